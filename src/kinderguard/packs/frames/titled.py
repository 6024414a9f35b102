"""A column that bears a fact's title or a ledger's header (出生日期, "birth date") instead of the fact's path.

Called where a table is refused or a warning is given; gives the path that the column should have, and renames nothing.
"""

import re
from collections.abc import Mapping
from functools import cache

from kinderguard.engines.frame.inputs import PERSONAL
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.model.errors import nearest
from kinderguard.model.text import Text
from kinderguard.packs.frames.schema import column_title, list_of
from kinderguard.packs.ledger_headers import FACTS, STANDARD, plain_header
from kinderguard.rules.titles import path_titles

#: Whose facts a title without an owner means: the child's, else the household's.
_OWNERS = ("child", "household")


def path_titled(name: str, own: Mapping[str, Text] | None = None) -> str | None:
    """The path of the fact whose title or ledger header a column bears; None where it bears none, or a personal one's.

    Args:
        name: the column.
        own: the titles of the facts that packs declare, by code.

    >>> path_titled("出生年月"), path_titled("Birth date"), path_titled("district")
    ('child.birth_date', 'child.birth_date', None)
    """
    titles = _titles() | {_plain(said): path for path, title in (own or {}).items() for said in (title.zh, title.en)}
    plain = _plain(name)
    if not plain:
        return None
    found = titles.get(plain)
    if found is None and not plain.isascii():  # an English word is too like others for a guess
        near = nearest(plain, titles)
        found = titles[near] if near is not None and not near.isascii() else None
    return None if found in PERSONAL else found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", plain_header(name)).lower()


@cache
def _titles() -> dict[str, str]:
    """Every title and header, plain, with the path that is meant."""
    found: dict[str, str] = {
        "dateofbirth": "child.birth_date",
        "行政区划代码": "division_code",
        "主管行政区划代码": "division_code",
    }
    for header, also in STANDARD.items():
        for said in (header, *also) if header in FACTS else ():
            found.setdefault(_plain(said), FACTS[header])
    paths = [p for p in (*fact_kinds().fields, *fact_kinds().lists) if not list_of(p)[0]]
    for path in paths:
        title = column_title(path)
        for said in (title.zh, title.en, title.zh.replace("是否", ""), title.en.removeprefix("the ")):
            found.setdefault(_plain(said), path)
    for owner in _OWNERS:
        for path in (p for p in paths if p.split(".")[0] == owner):
            title = path_titles(path)[-1]
            for said in (title.zh, title.en):
                found.setdefault(_plain(said), path)
    return found

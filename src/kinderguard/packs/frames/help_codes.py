"""Codes of policies in the help received of a table that no policy has: help under them counts nowhere, and in silence.

Called before a table is assessed. A code is repeated only where it is formed as one: what else stands there may be anything.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from kinderguard.engines.frame.orphans import KeyedRecords
from kinderguard.model.text import Text
from kinderguard.packs.place_rules import PlaceRules
from kinderguard.rules.policy_codes import is_formed, mend_of_policy_code

_HELP, _POLICY = "help", "policy"
#: How many codes are named.
SHOWN = 5


class UnknownHelpWarning(UserWarning):
    """Help received under codes that no policy has: no rule takes it into account.

    ``codes`` has, by code, how many records have it; ``records`` is how many there are in all, those among them whose
    text is no code and is not repeated.
    """

    def __init__(self, message: str, codes: Mapping[str, int] | None = None, records: int = 0) -> None:
        super().__init__(message)
        self.codes = dict(codes or {})
        self.records = records


def warn_of_help(children: pl.LazyFrame, tables: Iterable[KeyedRecords], places: Iterable[PlaceRules]) -> None:
    """Say at once under which codes help is recorded that no policy has."""
    overlays = [p.overlay for p in {p.group: p for p in places}.values()]
    policies: dict[str, Text] = {}
    for overlay in overlays:
        policies |= overlay.policies
    spaces = {code for overlay in overlays for code in overlay.versions}
    wrong: dict[str, int] = {}
    mends: list[Text] = []
    unformed = 0
    for code, records in _recorded(children, tables):
        near = mend_of_policy_code(code, policies, spaces)
        if near is None:
            continue
        if is_formed(code):
            wrong[code] = wrong.get(code, 0) + records
            mends.append(Text(f"{code}（{records} 条）。{near.zh}", f"{code} ({records}).{near.en}"))
        else:
            unformed += records
    if wrong or unformed:
        warnings.warn(UnknownHelpWarning(_told(mends, unformed), wrong, sum(wrong.values()) + unformed), stacklevel=5)


def _recorded(children: pl.LazyFrame, tables: Iterable[KeyedRecords]) -> Iterator[tuple[str, int]]:
    """Each policy that help is recorded under, with how many records are."""
    given = [t.rows for t in tables if t.path == _HELP]
    schema = children.collect_schema()
    dtype = schema.get(_HELP)
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):
        given.append(children.select(pl.col(_HELP).explode()).unnest(_HELP))
    for records in given:
        if records.collect_schema().get(_POLICY) != pl.String:
            continue
        counted = records.select(_POLICY).drop_nulls().group_by(_POLICY).len().sort(_POLICY)
        yield from counted.collect(engine="streaming").iter_rows()


def _told(mends: list[Text], unformed: int) -> str:
    shown = mends[:SHOWN]
    zh, en = [t.zh for t in shown], [t.en for t in shown]
    if len(mends) > SHOWN:
        zh.append(f"另有 {len(mends) - SHOWN} 个")
        en.append(f"{len(mends) - SHOWN} more")
    if unformed:
        zh.append(f"{unformed} 条写的不是代码")
        en.append(f"{unformed} records whose text is no code")
    return (
        f"已享受救助中有不存在的政策代码，没有规则会考虑这些救助；请改正：{'；'.join(zh)}\n"
        f"Help is recorded under codes that no policy has, so no rule takes it into account; correct them: {'; '.join(en)}"
    )

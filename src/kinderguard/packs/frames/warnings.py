"""What is said before a table is assessed: facts without a column, columns that look like a misspelt fact, and records
that belong to nobody.
"""

import difflib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import polars as pl

from kinderguard.engines.frame.columns import DIVISION_COLUMNS, ListKinds
from kinderguard.engines.frame.inputs import PERSONAL, RecordTable
from kinderguard.engines.frame.orphans import KeyedRecords, OrphanedRecordsWarning, orphaned
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.model.text import Text, join
from kinderguard.packs.frames.schema import column_title, list_of
from kinderguard.packs.frames.tables import KEYS
from kinderguard.packs.frames.titled import path_titled
from kinderguard.packs.place_rules import PlaceRules
from kinderguard.rules.titles import SUBJECTS, Titles, list_title, record_of

#: How many columns a warning names, and how many rules of each.
SHOWN, SHOWN_RULES = 8, 3
#: How alike two names are, of 1, for one to be taken for the other misspelt.
ALIKE = 0.8


class MissingColumnsWarning(UserWarning):
    """Facts that rules read and the frame has no column for: unknown in every row.

    ``columns`` has all of them with the rules that read each, the most read first; the message names the first few.
    """

    def __init__(self, message: str, columns: Mapping[str, tuple[str, ...]] | None = None) -> None:
        super().__init__(message)
        self.columns = dict(columns or {})


class MisspeltColumnsWarning(UserWarning):
    """Columns that are no facts and look like one that has no column, or bear its title (出生日期); ``columns`` has the fact
    that is nearest to each.
    """

    def __init__(self, message: str, columns: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.columns = dict(columns or {})


def warn(table: pl.DataFrame, tables: Sequence[RecordTable], places: Iterable[PlaceRules]) -> None:
    """Say at once which columns look misspelt, and which facts have no column and which rules read them."""
    schema = table.schema
    read: dict[str, dict[str, None]] = {}
    titles: dict[str, Text] = {}
    given = {p.group: p for p in places}
    own = own_titles(given.values())
    for rules in given.values():
        for path, owners in rules.overlay.readers.items():
            if path not in rules.rules.providers:  # what a provider gives needs no column
                read.setdefault(path, {}).update(dict.fromkeys(owners))
            if path in own:
                titles[path] = rules.overlay.titles[path]
    misspelt = misspelt_columns(schema, tables, own)
    if misspelt:
        warnings.warn(MisspeltColumnsWarning(_told_misspelt(misspelt), misspelt), stacklevel=5)
    lacking = missing_columns(read, schema, tables)
    if lacking:
        warnings.warn(MissingColumnsWarning(_told_missing(lacking, titles), lacking), stacklevel=5)


def own_titles(places: Iterable[PlaceRules]) -> dict[str, Text]:
    """The titles of the facts that packs declare, by code."""
    return {code: p.overlay.titles[code] for p in places for code in p.overlay.rules.facts}


def warn_of_orphans(
    children: pl.LazyFrame, tables: Iterable[KeyedRecords], places: Iterable[PlaceRules], rows: int | None = None
) -> None:
    """Say at once which records belong to nobody; where no rule asks for a list, nobody's are missed.

    Args:
        children, tables: see ``orphaned``.
        places: the rules.
        rows: how many children there are, where that is known.
    """
    for told in orphaned(children, asked_of(tables, places), rows):
        warnings.warn(told, stacklevel=5)


T = TypeVar("T", RecordTable, KeyedRecords)


def asked_of(tables: Iterable[T], places: Iterable[PlaceRules]) -> list[T]:
    """Those tables of records that a rule asks for."""
    read = {path for rules in {p.group: p for p in places}.values() for path in rules.overlay.readers}
    return [t for t in tables if any(path == t.path or path.startswith(f"{t.path}.") for path in read)]


# ---- facts without a column -----------------------------------------------------------------------------------------


def missing_columns(
    read: Mapping[str, Iterable[str]], schema: Mapping[str, Any], tables: Sequence[RecordTable]
) -> dict[str, tuple[str, ...]]:
    """The facts that are read and have no column, with the rules that read each; those that most rules read first."""
    lacking = {path: tuple(owners) for path, owners in read.items() if not _has_column(path, schema, tables)}
    # A list that is not there is told once, not field by field.
    told = [path for path in lacking if list_of(path)[0] not in lacking]
    return {path: lacking[path] for path in sorted(told, key=lambda path: (-len(lacking[path]), path))}


def _has_column(path: str, schema: Mapping[str, Any], tables: Sequence[RecordTable]) -> bool:
    of, _ = list_of(path)
    if not of:
        return path in schema or any(t.path == path for t in tables)
    fields = _fields_of(of, schema, tables)
    return fields is None or path[len(of) + 1 :] in fields


def _fields_of(of: str, schema: Mapping[str, Any], tables: Sequence[RecordTable]) -> Mapping[str, Any] | None:
    """The fields of a list's records; None where it holds no record, or is not there, which is told by itself."""
    table = next((t for t in tables if t.path == of), None)
    if table is not None:
        return table.frame.schema
    outer = next((path for path in fact_kinds().lists if of.startswith(f"{path}.")), None)
    around = schema if outer is None else _fields_of(outer, schema, tables) or {}
    return _fields(around.get(of if outer is None else of[len(outer) + 1 :]))


def _fields(dtype: Any) -> dict[str, Any] | None:
    inner = dtype.inner if isinstance(dtype, pl.List) else None
    return {field.name: field.dtype for field in inner.fields} if isinstance(inner, pl.Struct) else None


def _told_missing(lacking: Mapping[str, tuple[str, ...]], titles: Titles) -> str:
    rest = list(lacking)[SHOWN:]
    many = Text("；读它的规则最多的：", "; those that most rules read:") if rest else Text("：", ":")
    lines = [
        f"规则要读的事实中有 {len(lacking)} 项在表中没有列，每一行都按未知处理{many.zh}",
        f"The frame has no column for {len(lacking)} of the facts that rules read: unknown in every row{many.en}",
    ]
    for path, owners in list(lacking.items())[:SHOWN]:
        more = len(owners) - SHOWN_RULES
        tail = f" … +{more}" if more > 0 else ""
        lines.append(f"  {path}: read by {', '.join(owners[:SHOWN_RULES])}{tail} · {column_title(path, titles)}")
    if rest:
        groups: dict[str, int] = {}
        for path in rest:
            groups[path.split(".")[0]] = groups.get(path.split(".")[0], 0) + 1
        counted = join([_about(root) + Text(f" {k}", f" {k}") for root, k in groups.items()])
        lines += [
            f"其余 {len(rest)} 项：{counted.zh}。全部列名及读它的规则见此警告的 .columns，或 book.frame_schema()。",
            f"{len(rest)} more: {counted.en}. All of them, with their rules: `.columns` of this warning, or book.frame_schema().",
        ]
    return "\n".join(lines)


def _about(root: str) -> Text:
    """Whom the facts under a root are about."""
    if root[:1].isdigit():
        return Text(f"{root} 本地事实", f"local facts of {root}")
    return SUBJECTS.get(root) or list_title(root)


# ---- columns that look misspelt -------------------------------------------------------------------------------------


def misspelt_columns(
    schema: Mapping[str, Any], tables: Sequence[RecordTable], own: Titles | None = None
) -> dict[str, str]:
    """The columns and the fields of records that are no facts and look like one that has no column, with that fact.

    Args:
        schema: the children's columns.
        tables: records in tables of their own.
        own: the titles of the facts that packs declare, by code.
    """
    given = {*schema, *(t.path for t in tables)}
    found = {}
    for name in schema:
        near = likely_path(name, own or {})
        if near is not None and near not in given:
            found[name] = near
    for path, kinds in fact_kinds().lists.items():
        found |= dict(_misspelt_fields(_fields(schema.get(path)) or {}, kinds, path))
    for table in tables:
        fields = {name: dtype for name, dtype in table.frame.schema.items() if name not in KEYS}
        found |= dict(_misspelt_fields(fields, fact_kinds().lists[table.path], table.path))
    return found


def _misspelt_fields(fields: Mapping[str, Any], kinds: ListKinds, at: str) -> Iterator[tuple[str, str]]:
    for name in fields:
        near = _nearest_field(name, at, (*kinds.fields, *kinds.lists))
        if near is not None and near not in fields:
            yield f"{at}.{name}" if not name.startswith(f"{at}.") else name, f"{at}.{near}"
    for name, nested in kinds.lists.items():
        yield from _misspelt_fields(_fields(fields.get(name)) or {}, nested, f"{at}.{name}")


def likely_path(name: str, own: Titles) -> str | None:
    """The path of the fact that a column of the children looks like, or whose title it bears; None where it is a fact
    itself, or looks like none.

    Args:
        name: the column.
        own: the titles of the facts that packs declare, by code.
    """
    if name in KEYS or _is_known(name, tuple(own)):
        return None
    return _nearest_fact(name, tuple(own)) or path_titled(name, own)


def _is_known(name: str, own: tuple[str, ...]) -> bool:
    kinds = fact_kinds()
    return any(name in known for known in (kinds.fields, kinds.lists, own, DIVISION_COLUMNS, PERSONAL))


@lru_cache(maxsize=4096)
def _nearest_fact(name: str, own: tuple[str, ...]) -> str | None:
    """The fact that a column of the children looks like; None where it is one, or looks like none."""
    kinds = fact_kinds()
    facts = {*kinds.fields, *kinds.lists, *own, *DIVISION_COLUMNS}
    if name in facts or name in PERSONAL or name in KEYS:
        return None
    # The owner left out: birth_date for child.birth_date.
    tails = [f for f in sorted(facts) if f.count(".") == 1 and _plain(f.split(".")[1]) == _plain(name)]
    bare = [f for f in tails if f.split(".")[0] in ("child", "household")]
    near = bare[0] if len(bare) == 1 and _plain(name) else _nearest(name, {*facts, *PERSONAL, *KEYS})
    return near if near in facts else None


@lru_cache(maxsize=4096)
def _nearest_field(name: str, at: str, facts: tuple[str, ...]) -> str | None:
    """The field that a column of a list's records looks like; None where it is one, or looks like none."""
    model = record_of(at)
    if name in facts or _in_model(name, at):
        return None
    # member.birth_date, household.members.birth_date: the records' own name before the field.
    bare = name.removeprefix(f"{at}.")
    first, _, rest = bare.partition(".")
    bare = rest if rest and _ratio(_plain(first), _plain(at.split(".")[-1])) >= ALIKE else bare
    if bare in facts:
        return bare
    if _in_model(bare, at):
        return None
    near = _nearest(bare, {*facts, *model.model_fields})
    return near if near in facts else None


def _in_model(name: str, at: str) -> bool:
    """Whether it is a field of the model that no rule reads, such as a member's name."""
    model = record_of(at)
    *parts, last = name.split(".")
    for part in parts:
        if part not in model.model_fields:
            return False
        model = record_of(part, model)
    return last in model.model_fields


def _nearest(name: str, known: Iterable[str]) -> str | None:
    found = [(score, k) for k in sorted(known) if (score := _likeness(name, k)) >= ALIKE]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _likeness(name: str, known: str) -> float:
    """How alike two names are. Where both begin with the same owner, the rest has to be alike: mother_id is not mother.kind."""
    a, b = _plain(name), _plain(known)
    if len(a) < 4:
        return float(a == b)
    owner = _plain(known.split(".")[0]) if "." in known else ""
    return _ratio(a.removeprefix(owner), b.removeprefix(owner)) if owner and a.startswith(owner) else _ratio(a, b)


def _ratio(a: str, b: str) -> float:
    matcher = difflib.SequenceMatcher(None, a, b)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _told_misspelt(columns: Mapping[str, str]) -> str:
    lines = [
        "以下列不是事实，不会读取；列名与没有列的事实相近，是否写错或未改为路径？",
        "These columns are no facts and are not read; each looks like a fact that has no column. Misspelt, or not renamed?",
        *(f"  {name} → {near}" for name, near in columns.items()),
    ]
    return "\n".join(lines)


__all__ = [
    "MissingColumnsWarning",
    "MisspeltColumnsWarning",
    "OrphanedRecordsWarning",
    "missing_columns",
    "misspelt_columns",
    "warn",
    "warn_of_orphans",
]

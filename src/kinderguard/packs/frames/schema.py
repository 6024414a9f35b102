"""The columns that ``assess_frame`` reads: names, kinds, codes, and which rules read each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

import attrs
import polars as pl

from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.engines.frame.columns import OTHER_COUNTY, ListKinds
from kinderguard.engines.frame.rows import polars_type, struct_type
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.model.codes import Code
from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.text import Text
from kinderguard.packs.overlay import readers
from kinderguard.rules.definitions import Policy
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.ruleset import RuleSet, facts_read, references
from kinderguard.rules.stacking import Capped, Excludes
from kinderguard.rules.titles import fact_title, list_title, path_titles


class UnknownColumnError(ToldError, KeyError):
    """A column that no rule reads; the nearest is offered."""

    @classmethod
    def of(cls, name: str, known: Iterable[str]) -> Self:
        """The error for a name."""
        near = suggestion(name, known) or Text("列名见 book.frame_schema()。", " See book.frame_schema().")
        return cls(Text(f"没有规则读取列 {name!r}。", f"No rule here reads a column {name!r}.") + near)


@attrs.frozen
class FrameColumn:
    """A column that a frame may have: a fact by its path, or a list of records.

    A fact of a record (``father.situations.kind``) is a field of the list's structs, or a column of its own table.
    """

    name: str
    #: ``condition``, ``code``, ``codes``, ``money`` (yuan), ``number``, ``date`` or ``list``.
    kind: str
    unit: str
    title: Text
    #: The codes that it may hold, by their titles; empty where it holds none.
    codes: Mapping[str, Text]
    #: The list that it is a field of; empty for a column of the children.
    of: str
    #: The categories, policies and checks that read it.
    read_by: tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class FrameSchema:
    """The columns that ``assess_frame`` reads. Iterable; ``schema["child.birth_date"]`` finds one."""

    columns: tuple[FrameColumn, ...]

    def __iter__(self) -> Iterator[FrameColumn]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, name: str) -> FrameColumn:
        found = next((c for c in self.columns if c.name == name), None)
        if found is None:
            raise UnknownColumnError.of(name, (c.name for c in self.columns))
        return found

    def __contains__(self, name: object) -> bool:
        return any(c.name == name for c in self.columns)

    def under(self, prefix: str) -> "FrameSchema":
        """Those columns whose names begin with a text: ``schema.under("child.care")``."""
        return FrameSchema(tuple(c for c in self.columns if c.name.startswith(prefix)))

    def to_dicts(self) -> list[dict[str, Any]]:
        """The schema as JSON has it: an object a column, titles in both languages."""
        return [
            attrs.asdict(c, recurse=False)
            | {
                "title": c.title.to_dict(),
                "codes": [{"code": code, "title": title.to_dict()} for code, title in c.codes.items()],
                "read_by": list(c.read_by),
            }
            for c in self.columns
        ]

    def to_polars(self) -> pl.DataFrame:
        """The schema as a table."""
        rows = [
            (c.name, c.kind, c.unit, c.title.zh, c.title.en, list(c.codes), c.of, list(c.read_by)) for c in self.columns
        ]
        names = ["name", "kind", "unit", "title_zh", "title_en", "codes", "of", "read_by"]
        several = pl.List(pl.String())
        types = [*[pl.String()] * 5, several, pl.String(), several]
        return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")

    def empty(self) -> pl.DataFrame:
        """A frame without rows that has every column of the children, each of the type it is read fastest in."""
        kinds = fact_kinds()
        schema: dict[str, Any] = {"ref": pl.String, "division_code": pl.String}
        for column in self.columns:
            if column.kind == "list" and not column.of:
                schema[column.name] = pl.List(struct_type(kinds.lists[column.name]))
            elif not column.of:
                schema[column.name] = polars_type(_kind_of(column), dates=pl.Date)
        return pl.DataFrame(schema=schema)

    def __repr__(self) -> str:
        return f"<FrameSchema of {len(self.columns)} columns>"

    def _repr_html_(self) -> str:
        return self.to_polars()._repr_html_()


_KIND_WORDS = {Sort.BOOL: "condition"}


def _kind_of(column: FrameColumn) -> Kind:
    kinds = fact_kinds().fields
    if column.name in kinds:
        return kinds[column.name]
    sort = next((s for s, word in _KIND_WORDS.items() if word == column.kind), None) or Sort(column.kind)
    codes = type(next(iter(column.codes))) if column.codes else None
    return Kind(sort, column.unit, codes if codes and issubclass(codes, Code) else None)


def frame_schema(
    rules: RuleSet, titles: Mapping[str, Text], chosen: Iterable[str] | None = None, *, unread: bool = False
) -> FrameSchema:
    """The columns that some rules read.

    Args:
        rules: the rules of a place.
        titles: what packs call their own facts.
        chosen: only what these categories, policies and checks rest on; everything, if left out.
        unread: the facts, too, that no rule reads.

    Raises:
        UnknownCodeError: no such rule; with the nearest code.
    """
    kinds = fact_kinds()
    extra = {code: fact.kind for code, fact in rules.facts.items()}
    wanted = None if chosen is None else rested_on(rules, [chosen] if isinstance(chosen, str) else chosen)
    columns = []
    read = dict.fromkeys((*every_path(), *extra), ()) | readers(rules) if unread else readers(rules)
    for path, all_owners in sorted(read.items()):
        owners = tuple(o for o in all_owners if wanted is None or o in wanted)
        if path == OTHER_COUNTY or not (owners or unread):
            continue
        of, kind = list_of(path)
        known = kind or {**kinds.fields, **extra}.get(path)
        title = column_title(path, titles)
        if known is None:
            columns.append(FrameColumn(path, "list", "", title, {}, of, owners))
            continue
        unit = "yuan" if known.sort is Sort.MONEY else known.unit
        word = _KIND_WORDS.get(known.sort, known.sort.value)
        codes = {str(c): c.label for c in known.codes or ()}
        columns.append(FrameColumn(path, word, unit, title, codes, of, owners))
    return FrameSchema(tuple(columns))


def every_path() -> Iterator[str]:
    """Every fact of a case that a rule may ask for, and every list of records, by its path."""

    def below(kinds: ListKinds, prefix: str) -> Iterator[str]:
        yield from (prefix + name for name in kinds.fields)
        for name, records in kinds.lists.items():
            yield prefix + name
            yield from below(records, f"{prefix}{name}.")

    return below(fact_kinds(), "")


def rested_on(rules: RuleSet, codes: Iterable[str]) -> frozenset[str]:
    """The rules that some rules rest on, themselves among them: the categories that they ask for, the checks on them,
    the policies that they are stacked with, and the providers of facts that they read.

    Raises:
        UnknownCodeError: no such rule.
    """
    known = {**rules.categories, **rules.policies, **rules.checks}
    waiting = list(codes)
    for code in waiting:
        if code not in known:
            raise UnknownCodeError(code, known)
    expressions: dict[str, list[Any]] = {}
    for owner, expr in rules.expressions():
        expressions.setdefault(owner, []).append(expr)
    for code, provider in rules.providers.items():
        expressions[code] = list(provider.needs)
    beside = _stacked_with(rules.policies)
    found: set[str] = set()
    while waiting:
        code = waiting.pop()
        if code in found:
            continue
        found.add(code)
        for expr in expressions.get(code, ()):
            waiting += references(expr.node).categories
            waiting += (path for path in facts_read(expr) if path in rules.providers)
        waiting += (check.code for check in rules.checks.values() if check.on == code)
        waiting += [rules.checks[code].on] if code in rules.checks else []
        waiting += beside.get(code, ())
    return frozenset(found)


def _stacked_with(policies: Mapping[str, Policy]) -> dict[str, set[str]]:
    """By policy, those whose results its own rests on."""
    found: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for code, policy in policies.items():
        for rule in policy.stacking:
            if isinstance(rule, Capped):
                groups.setdefault(rule.group, set()).add(code)
            elif isinstance(rule, Excludes):  # either may be the one that gives way
                found.setdefault(code, set()).add(rule.other)
                found.setdefault(rule.other, set()).add(code)
            else:
                found.setdefault(code, set()).update(c for c in rule.counting if isinstance(c, str))
    for members in groups.values():
        for code in members:
            found.setdefault(code, set()).update(members)
    return found


def column_title(path: str, titles: Mapping[str, Text] | None = None) -> Text:
    """What a column is called: a field of a record by its list (父亲状况：起始日期), no word twice in a row."""
    of, _ = list_of(path)
    if not of:
        title = list_title(path, titles) if path in fact_kinds().lists else fact_title(path, titles)
        parent = path.split(".")[0] in ("father", "mother")
        # "the father's kind of parent" is 父亲类别.
        return Text(title.zh[:2] + title.zh[2:].removeprefix("父母"), title.en) if parent else title
    around, own = column_title(of, titles), path_titles(path)[-1]
    if around.zh.endswith(own.zh):
        own = Text("类别", "kind" if around.en.endswith(f"{own.en}s") else own.en)
    twice = next((k for k in range(len(own.zh) - 2, 0, -1) if around.zh.endswith(own.zh[:k])), 0)
    return Text(f"{around.zh}：{own.zh[twice:]}", f"{around.en}: {own.en}")


def list_of(path: str) -> tuple[str, Kind | None]:
    """The list that a path lies in (empty for the child's own), and its kind if it is a value."""
    for name, kinds in fact_kinds().lists.items():
        if path.startswith(name + "."):
            rest, of = path[len(name) + 1 :], name
            for inner, nested in kinds.lists.items():
                if rest.startswith(inner + "."):
                    return f"{name}.{inner}", nested.fields.get(rest[len(inner) + 1 :])
            return of, kinds.fields.get(rest)
    return "", None

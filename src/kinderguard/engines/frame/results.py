"""How what was computed is written as a table: the columns of the results, and for each group of rules its expressions.

Made once for the places that a run has met. What every group has from the shared rules is written for a whole batch at
once; only what differs is written group by group.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import polars as pl

from kinderguard.engines.frame.blame import UNSET
from kinderguard.engines.frame.engine import BATCH, PLACE, SOURCE_ROW, Computed, FrameEngine, Group, Part
from kinderguard.engines.frame.outputs import Asked, End, Money
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.engines.frame.vectors import Dtype, Vector
from kinderguard.engines.inexact_place import COUNTY_UNKNOWN
from kinderguard.engines.unborn import NOT_YET_BORN
from kinderguard.model.errors import BLOCKING, ToldError
from kinderguard.model.text import Text

#: A total of one frequency: ``due.month``, and ``due.month.household`` for what is paid to the household.
DUE = "due"
#: The three numbers of an amount.
AMOUNTS = ("amount", "low", "high")
#: The columns beside the results.
MISSING, REASONS, PROBLEMS, COMPLETE = "missing", "reasons", "problems", "complete"
#: What provinces and counties add, where it is given in lists: each with its code.
LOCAL_CATEGORIES, LOCAL_POLICIES = "local.categories", "local.policies"
#: More local columns than this are refused: a table so wide is of no use, and fills the memory with blanks.
MOST_LOCAL_COLUMNS = 1000
DIVIDED_BY_ZERO, NOT_VALID, NO_DIVISION = "rule.division_by_zero", "fact.not_valid", "case.division_unknown"
NO_VALUE = "parameter.missing"
#: Money in yuan.
YUAN = pl.Decimal(38, 2)
#: Columns on the way to the lists: whether a fact is open, a condition fails a rule, a rule divided by zero.
_OPEN, _REASON, _FAULT = "#open:", "#reason:", "#fault"
_UNSET = _OPEN + UNSET
#: What was asked beside the results.
_TOLD = "told:"


class TooManyLocalColumnsError(ToldError, ValueError):
    """So many provinces and counties add rules that a column for each result makes no table; use ``local="lists"``."""


@attrs.frozen
class Options:
    """What to give, and how."""

    #: The unknown facts that leave a result open, as a list of paths for each child.
    missing: bool = True
    #: The conditions by which a rule does not hold, as a list of ``rule:step`` for each child; ``"hold"`` or ``"fail"``: of
    #: every rule those that do, through conditions without a name; ``"unset"``: of the rules ``of``, as ``rule:parameter``,
    #: the parameters without a value that leave them open. With one of these words, the results themselves are not given.
    reasons: bool | str = False
    of: frozenset[str] = frozenset()
    #: Conditions that are told beside the results, by name: a column ``told:<name>`` for each.
    asked: tuple[tuple[str, Asked], ...] = ()
    #: What was wrong with packs, rules or cells for each child, and whether every rule could be used.
    problems: bool = True
    #: ``yuan`` (Decimal) or ``fen`` (whole numbers).
    money: str = "yuan"
    #: Categories and policies of provinces and counties as ``columns`` of their own, or in ``lists`` of records.
    local: str = "columns"
    #: Whether a cell that cannot be read is an error; else it is unknown, and its row says so.
    strict: bool = True
    #: How many rows are computed at a time.
    batch: int = BATCH

    @property
    def unit(self) -> str:
        """What the names of columns that hold money end in."""
        return "" if self.money == "yuan" else "_fen"

    @property
    def money_type(self) -> pl.DataType:
        """The type of columns that hold money."""
        return YUAN if self.money == "yuan" else pl.Int64()


@attrs.frozen
class Result:
    """The vector behind a column of the results."""

    vector: Vector
    is_money: bool = False


Types = dict[str, pl.DataType]


class ResultWriter:
    """Writes the results of an engine that has met its places.

    Raises:
        TooManyLocalColumnsError: where local results are asked for as columns, and there are too many.
    """

    def __init__(self, engine: FrameEngine, options: Options) -> None:
        self.engine = engine
        self.options = options
        self._groups = list(engine.groups.values())
        self._found = {group.number: self._totals | self._results_of(group) for group in self._groups}
        self._local = self._local_codes()
        wanted = self._columns()
        self._refuse_width(wanted)
        wanted |= {_TOLD + name: pl.Int64() if isinstance(a, End) else pl.Boolean() for name, a in options.asked}
        marks = self._marks()
        shared = self._found[engine.base.number]
        differs = {name for group in self._groups for name in self._differing(group, shared)}
        every = wanted | marks
        #: The columns that every group has from the shared rules, unchanged; and the others.
        self._same = {name: dtype for name, dtype in every.items() if name in shared and name not in differs}
        self._other = {name: dtype for name, dtype in every.items() if name not in self._same}
        self._open = [name for name in marks if name.startswith(_OPEN) and name != _UNSET]
        self._why = [name for name in marks if name.startswith(_REASON)]
        own = {code for rules in engine.rules for code in rules.rules.facts}
        self._paths = sorted({*open_paths(), *own})
        self._written: dict[tuple[int, str], list[pl.Expr]] = {}
        #: The columns of the results with their types.
        self.schema: Types = wanted | (self._list_types if options.local == "lists" else {})
        if options.missing:
            self.schema[MISSING] = pl.List(pl.Enum(self._paths))
        if options.reasons:
            self.schema[REASONS] = pl.List(pl.Enum(self._named_reasons))
        if options.problems:
            self.schema |= {PROBLEMS: pl.List(pl.String()), COMPLETE: pl.Boolean()}

    # ---- which columns there are --------------------------------------------------------------------------------

    def _local_codes(self) -> frozenset[str]:
        """The codes of categories and policies that the nation does not have."""
        base = _outputs(self.engine.base)
        found: set[str] = set()
        for group in self._groups:
            outputs = _outputs(group)
            found |= outputs.categories.keys() - base.categories.keys()
            found |= outputs.policies.keys() - base.policies.keys()
        return frozenset(found)

    def _columns(self) -> Types:
        left_out = self._local if self.options.local == "lists" else ()
        money, unit = self.options.money_type, self.options.unit
        found: Types = {}
        for outputs in map(_outputs, self._groups):
            for code in outputs.categories:
                if code not in left_out:
                    found[code] = pl.Boolean()
            for code, policy in outputs.policies.items():
                if code in left_out:
                    continue
                found[f"{code}.eligible"] = pl.Boolean()
                if policy.granted is not None:
                    found[f"{code}.granted"] = pl.Boolean()
                else:
                    found |= {f"{code}.{end}{unit}": money for end in AMOUNTS}
        for outputs in map(_outputs, self._groups):
            for every, per in outputs.totals:
                found |= {f"{total_name(every, per)}.{end}{unit}": money for end in AMOUNTS}
        return found

    def _refuse_width(self, wanted: Types) -> None:
        count = len(wanted) - len(_outputs(self.engine.base).categories)
        if self.options.local == "columns" and len(self._local) > 1 and count > MOST_LOCAL_COLUMNS:
            raise TooManyLocalColumnsError(
                Text(
                    f"各省、县共增加 {len(self._local)} 个类别和政策，结果将有 {len(wanted)} 列；"
                    f'请用 local="lists"，写入 {LOCAL_CATEGORIES} 和 {LOCAL_POLICIES} 两列。',
                    f"Provinces and counties add {len(self._local)} categories and policies here: {len(wanted)} columns of "
                    f'results. Give local="lists" to have them in {LOCAL_CATEGORIES} and {LOCAL_POLICIES}.',
                )
            )

    def _marks(self) -> Types:
        """The columns that the lists are made of."""
        found: Types = {}
        for outputs in map(_outputs, self._groups):
            if self.options.missing:
                found |= {_OPEN + path: pl.Boolean() for path in outputs.missing}
            found |= {_REASON + name: pl.Boolean() for name in outputs.reasons}
            if self.options.problems:
                found[_FAULT] = pl.Boolean()
        return found

    @property
    def _named_reasons(self) -> list[str]:
        return [name.removeprefix(_REASON) for name in self._why]

    @cached_property
    def _list_types(self) -> dict[str, pl.List]:
        """The types of the columns that hold what provinces and counties add."""
        codes = pl.Enum(sorted(self._local))
        amounts = {f"{end}{self.options.unit}": self.options.money_type for end in AMOUNTS}
        yes_or_no = pl.Boolean()
        return {
            LOCAL_CATEGORIES: pl.List(pl.Struct({"code": codes, "holds": yes_or_no})),
            LOCAL_POLICIES: pl.List(pl.Struct({"code": codes, "eligible": yes_or_no, "granted": yes_or_no} | amounts)),
        }

    # ---- a group's results --------------------------------------------------------------------------------------

    def _results_of(self, group: Group) -> dict[str, Result]:
        """A group's results by the names of their columns."""
        outputs = _outputs(group)
        found = {code: Result(vector) for code, vector in outputs.categories.items()}
        for code, policy in outputs.policies.items():
            found[f"{code}.eligible"] = Result(policy.eligible)
            if policy.granted is not None:
                found[f"{code}.granted"] = Result(policy.granted)
            if policy.money is not None:
                found |= self._money(code, policy.money)
        for (every, per), money in outputs.totals.items():
            found |= self._money(total_name(every, per), money)
        if self.options.missing:
            found |= {_OPEN + path: Result(vector) for path, vector in outputs.missing.items()}
        found |= {_REASON + name: Result(vector) for name, vector in outputs.reasons.items()}
        found |= {_TOLD + name: Result(vector) for name, vector in outputs.told.items()}
        if self.options.problems and outputs.fault is not None:
            found[_FAULT] = Result(outputs.fault)
        return found

    @cached_property
    def _totals(self) -> dict[str, Result]:
        """Every total as it is where nothing is paid so often: nothing is due."""
        zero = self.engine.graph.lit(0, Dtype.INT)
        names = {total_name(*key): None for outputs in map(_outputs, self._groups) for key in outputs.totals}
        return {name: r for n in names for name, r in self._money(n, Money(zero, zero, zero)).items()}

    def _money(self, name: str, money: Money) -> dict[str, Result]:
        return {f"{name}.{end}{self.options.unit}": Result(getattr(money, end), is_money=True) for end in AMOUNTS}

    def _differing(self, group: Group, shared: Mapping[str, Result]) -> Iterator[str]:
        """The columns of the shared rules that the group does not have from them."""
        own = self._found[group.number]
        if group is not self.engine.base:
            yield from (name for name, r in shared.items() if name not in own or own[name].vector is not r.vector)

    def _exprs(self, group: Group, which: str) -> list[pl.Expr]:
        """How a group's results are written: ``same``, ``other`` or ``lists``; made once."""
        found = self._written.get((group.number, which))
        if found is None:
            if which == "lists":
                found = list(self._lists_of(group))
            else:
                own = self._found[group.number]
                wanted = self._same if which == "same" else self._other
                found = [self._expr(own.get(name), dtype).alias(name) for name, dtype in wanted.items()]
            self._written[group.number, which] = found
        return found

    def _expr(self, result: Result | None, dtype: pl.DataType) -> pl.Expr:
        if result is None:
            return pl.lit(None).cast(dtype)
        expr = self.engine.expr(result.vector)
        if result.is_money and self.options.money == "yuan":
            # Decimals are held as whole numbers of their last place, which is the fen.
            return expr.cast(pl.Int128).reinterpret(dtype=YUAN)
        # A number that its bounds make narrow may come out of a wide computation (the least of a wide and a narrow one).
        return expr if dtype == pl.Boolean and result.vector.dtype is Dtype.BOOL else expr.cast(dtype)

    def _lists_of(self, group: Group) -> Iterator[pl.Expr]:
        """What a province or county adds, as lists of records."""
        outputs, own = _outputs(group), self._found[group.number]
        policies = {f"{end}{self.options.unit}": f".{end}{self.options.unit}" for end in AMOUNTS}
        policies = {"eligible": ".eligible", "granted": ".granted"} | policies
        for name, codes, ends in (
            (LOCAL_CATEGORIES, outputs.categories, {"holds": ""}),
            (LOCAL_POLICIES, outputs.policies, policies),
        ):
            record = self._list_types[name].inner
            assert isinstance(record, pl.Struct)
            types: Mapping[str, Any] = {field.name: field.dtype for field in record.fields}
            records = [
                pl.struct(
                    pl.lit(code, dtype=types["code"]).alias("code"),
                    *(self._expr(own.get(code + end), types[field]).alias(field) for field, end in ends.items()),
                )
                for code in sorted(codes)
                if code in self._local
            ]
            lists = pl.concat_list(records) if records else pl.lit([], dtype=self._list_types[name])
            # Beside a column, so that there is a list for every row.
            yield pl.when(pl.col(SOURCE_ROW).is_not_null()).then(lists).alias(name)

    # ---- writing ------------------------------------------------------------------------------------------------

    def write(self, computed: Computed, noted: Mapping[str, pl.Series]) -> pl.DataFrame:
        """The results of a batch, in its order, with ``#source_row``.

        Args:
            computed: what the engine gave.
            noted: by problem, the rows of the caller's frame (``#source_row``) in which it was met.
        """
        base, parts = self.engine.base, computed.parts
        if len(parts) == 1:
            found = self._part(parts[0], "same", "other")
        else:
            found = computed.rows.select(SOURCE_ROW, PLACE, *self._exprs(base, "same"))
            stacked = pl.concat([self._part(part, "other") for part in parts or [Part(base, computed.rows, None)]])
            found = found.hstack(in_row_order(stacked.drop(SOURCE_ROW, PLACE), parts).get_columns())
        lists = list(self._lists(found, noted))
        return (found.with_columns(lists) if lists else found)[[SOURCE_ROW, *self.schema]]

    def _part(self, part: Part, *which: str) -> pl.DataFrame:
        wanted = [*which, "lists"] if self.options.local == "lists" else which
        # The row's number stands first, so that a constant has a value for every row.
        return part.rows.select(SOURCE_ROW, PLACE, *(e for w in wanted for e in self._exprs(part.group, w)))

    def _lists(self, found: pl.DataFrame, noted: Mapping[str, pl.Series]) -> Iterator[pl.Series]:
        """Open facts and problems of each row."""
        born = ~found[SOURCE_ROW].is_in(noted[NOT_YET_BORN].implode()) if NOT_YET_BORN in noted else None
        if self.options.missing:
            marks = {name.removeprefix(_OPEN): found[name] for name in self._open}
            if born is not None:  # nothing is missing of whom nothing stated counts yet
                marks = {path: mark & born for path, mark in marks.items()}
            yield listed(marks, self._paths, len(found)).alias(MISSING)
        if self.options.reasons:
            marks = {name.removeprefix(_REASON): found[name].fill_null(False) for name in self._why}
            yield listed(marks, self._named_reasons, len(found)).alias(REASONS)
        if not self.options.problems:
            return
        place = found[PLACE]
        marks = {code: at.gather(place) for code, at in self._place_problems.items()}

        def more(code: str, mark: pl.Series) -> None:
            marks[code] = marks[code] | mark if code in marks else mark

        for code, rows in noted.items():
            more(code, found[SOURCE_ROW].is_in(rows.implode()))
        more(DIVIDED_BY_ZERO, found[_FAULT].fill_null(False))
        if _UNSET in found.columns:
            more(NO_VALUE, found[_UNSET].fill_null(False))
        if born is not None:  # before birth nothing is assessed, and nothing else matters
            of_the_child = (NO_DIVISION, COUNTY_UNKNOWN, NO_VALUE, DIVIDED_BY_ZERO)
            marks = {code: mark & born if code in of_the_child else mark for code, mark in marks.items()}
        yield listed(marks, sorted(marks), len(found)).cast(pl.List(pl.String)).alias(PROBLEMS)
        complete = pl.repeat(True, len(found), dtype=pl.Boolean, eager=True)
        for code, mark in marks.items():
            if code.startswith(BLOCKING):
                complete = complete & ~mark
        yield complete.alias(COMPLETE)

    @cached_property
    def _place_problems(self) -> dict[str, pl.Series]:
        """By code of what was wrong with packs, at which places it was."""
        codes = [{p.code for p in rules.problems} for rules in self.engine.rules]
        for division, place in self.engine.places.items():
            if division is None:
                codes[place].add(NO_DIVISION)
        every = sorted(set().union(*codes))
        return {code: pl.Series([code in own for own in codes], dtype=pl.Boolean) for code in every}


def _outputs(group: Group) -> Any:
    assert group.outputs is not None
    return group.outputs


def total_name(every: str, per: str) -> str:
    """The name of a total: what is paid to the child, or to the household."""
    return f"{DUE}.{every}" if per == "child" else f"{DUE}.{every}.household"


def in_row_order(stacked: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """Parts one after another, back in the order of the batch."""
    rows = [p.where for p in parts if isinstance(p.where, pl.Series)]
    if len(rows) < len(parts) or not rows:
        return stacked
    at = pl.concat(rows)
    back = pl.repeat(0, len(at), dtype=pl.UInt32, eager=True)
    return stacked[back.scatter(at, pl.int_range(len(at), dtype=pl.UInt32, eager=True))]


def open_paths() -> list[str]:
    """Every path that may be asked for: facts, lists, and facts of records without the record's number."""
    kinds = fact_kinds()
    found = [*kinds.fields, *kinds.lists]
    waiting = list(kinds.lists.items())
    while waiting:
        path, nested = waiting.pop()
        found += [f"{path}.{name}" for name in (*nested.fields, *nested.lists)]
        waiting += [(f"{path}.{name}", inner) for name, inner in nested.lists.items()]
    return found


def listed(marks: Mapping[str, pl.Series], names: Sequence[str], rows: int) -> pl.Series:
    """For each row the names of the marks that are set, in the order of ``names``."""
    place = {name: k for k, name in enumerate(names)}
    dtype = pl.Enum(names)
    chosen = sorted((place[name], mark) for name, mark in marks.items() if mark.any())
    if not chosen:
        return pl.Series([[]], dtype=pl.List(dtype)).new_from_index(0, rows)
    # Row by row, so that each row's names come out together and in order.
    table = np.empty((rows, len(chosen)), dtype=bool)
    for k, (_, mark) in enumerate(chosen):
        table[:, k] = mark.to_numpy()
    row, column = np.divmod(np.flatnonzero(table), len(chosen))
    codes = pl.Series(np.array([k for k, _ in chosen], dtype=np.uint32)[column]).cat.to(dtype)
    found = pl.DataFrame([pl.Series("row", row.astype(np.uint32)).set_sorted(), codes.alias("name")])
    lists = found.group_by("row", maintain_order=True).agg("name")
    places = pl.repeat(None, rows, dtype=pl.UInt32, eager=True)
    places = places.scatter(lists["row"], pl.int_range(len(lists), dtype=pl.UInt32, eager=True))
    return lists["name"].gather(places).fill_null(pl.Series([[]], dtype=pl.List(dtype)))


__all__ = ["Options", "ResultWriter", "TooManyLocalColumnsError", "listed", "open_paths", "total_name"]

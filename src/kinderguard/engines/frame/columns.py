"""The columns that a frame of children may have: reading each into what the engine computes with, and saying what is
wrong with one.

A code becomes its place in its list, several codes the bits of one number, money whole fen, a date known only to the
month two dates. What cannot be read is told by column and row, with the nearest codes; never the value of a date or an
amount, which may be personal.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import attrs
import polars as pl

from kinderguard.engines.frame.algebra import Records
from kinderguard.engines.frame.intervals import Interval, point
from kinderguard.engines.frame.vectors import Dtype, Graph, Scope, Vector
from kinderguard.engines.reading import MOST_NUMBER
from kinderguard.model.errors import Problem, ToldError, closed, nearest
from kinderguard.model.money import LIMIT
from kinderguard.model.places import PROVINCES
from kinderguard.model.text import Text, join
from kinderguard.rules.kinds import Kind, Sort

#: No amount (fen) reaches this: what does is a mistake of typing, and is refused.
MOST_FEN = LIMIT * 100 - 1
#: Tighter limits that the model sets.
NUMBER_LIMITS = {"household.size": (1, 100)}
#: A fact that a rule reads and a column does not hold: computed from these columns.
OTHER_COUNTY = "child.lives_in_another_county"
DIVISIONS = ("child.registration.division", "child.residence.division")
#: Where the division in charge of a row stands: as stated, else of registration, else of residence.
DIVISION_COLUMNS = ("division_code", *DIVISIONS)

#: How many row numbers an error names.
SHOWN = 5
#: How many codes an error lists where none is near.
SHOWN_CODES = 12


class FrameColumnError(ToldError, ValueError):
    """Columns that cannot be read; ``problems`` has one entry a column and fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(join([p.message for p in self.problems], "\n", "\n"))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


@attrs.frozen
class Held:
    """How a column is held once it is read: one column, or two for a date known only within bounds."""

    kind: Kind
    two: bool = False
    #: Whether any cell may be empty, or become so because it cannot be read.
    nullable: bool = True


@attrs.frozen
class ListHeld:
    """How a list is held: a column of lists, or records in a table of their own found by a key."""

    fields: "Mapping[str, Held]"
    lists: "Mapping[str, ListHeld]"
    #: The column of the children that finds the records, where they stand in a table.
    key: str | None = None
    #: Whether any row's list may be unknown.
    nullable: bool = True


#: A list that there is no column for.
NOTHING = ListHeld({}, {})


@attrs.frozen
class Layout:
    """Which facts there are columns for. What there is no column for is unknown in every row."""

    columns: Mapping[str, Held]
    lists: Mapping[str, ListHeld]

    def _at(self, scope: Scope) -> tuple[Mapping[str, Held], Mapping[str, ListHeld]]:
        if scope.parent is None:
            return self.columns, self.lists
        held = self._lists_in(scope)
        return held.fields, held.lists

    def _lists_in(self, scope: Scope) -> ListHeld:
        # A list of the child is found at the top, one of a record in the list around it.
        parts = scope.path.split("/")
        lists, held = self.lists, None
        for part in parts:
            held = lists.get(part, NOTHING)
            lists = held.lists
        assert held is not None
        return held

    def fact(self, g: Graph, scope: Scope, path: str, kind: Kind) -> "Vector | Interval":
        """A fact as vectors; unknown where there is no column."""
        columns, _ = self._at(scope)
        if path == OTHER_COUNTY and scope.parent is None:
            return self._other_county(g)
        held = columns.get(path)
        if kind.sort is Sort.BOOL:
            return _column(g, scope, path, Dtype.BOOL, held)
        if kind.sort is Sort.CODE:
            return _column(g, scope, path, Dtype.TEXT if kind.codes is None else Dtype.CODE, held)
        if kind.sort is Sort.CODES:
            return _column(g, scope, path, Dtype.BITS, held)
        if kind.sort is Sort.DATE:
            if held is not None and held.two:
                low = _column(g, scope, path + FROM, Dtype.DATE, held)
                return Interval(low, _column(g, scope, path + TO, Dtype.DATE, held))
            return point(_column(g, scope, path, Dtype.DATE, held))
        most = MOST_FEN if kind.sort is Sort.MONEY else NUMBER_LIMITS.get(path, (0, MOST_NUMBER))[1]
        high = _column(g, scope, path, Dtype.INT, held, most)
        return Interval(g.fill(high, 0), high)

    def _other_county(self, g: Graph) -> Vector:
        home, here = (_column(g, g.top, path, Dtype.TEXT, self.columns.get(path)) for path in DIVISIONS)
        if None in (self.columns.get(path) for path in DIVISIONS):
            return g.unknown
        return g.make("other_county", (home, here), Dtype.BOOL, nullable=True)

    def lacks_division(self, g: Graph, path: str) -> Vector:
        """Whether a division is not known to the county; never null."""
        held = self.columns.get(path)
        if held is None:
            return g.true
        return g.make("no_county", (_column(g, g.top, path, Dtype.TEXT, held),), Dtype.BOOL, nullable=False)

    def records(self, g: Graph, scope: Scope, path: str) -> Records:
        """A list as a vector, and where it is known."""
        _, lists = self._at(scope)
        full = f"{scope.path}/{path}" if scope.parent is not None else path
        held = lists.get(path)
        if held is None:
            return Records(g.lit(None, Dtype.LIST), full, g.false)
        source = g.make("source", (), Dtype.LIST, nullable=held.nullable, payload=(path,), scope=scope)
        there = g.make("listed", (source,), Dtype.BOOL, nullable=False, payload=(full,)) if held.nullable else g.true
        return Records(source, full, there)

    @staticmethod
    def code(kind: Kind, value: Any) -> Any:
        """How a code (or several) of a kind is held."""
        if kind.codes is None:
            return str(value)
        values = [c.value for c in kind.codes]
        if kind.sort is Sort.CODES or isinstance(value, tuple):
            return sum(1 << values.index(v) for v in set(map(str, value)))
        return values.index(str(value))


FROM, TO = "#from", "#to"


def _column(g: Graph, scope: Scope, name: str, dtype: Dtype, held: Held | None, most: int = 0) -> Vector:
    if held is None:
        return g.lit(None, dtype)
    low, high = (0, most) if dtype is Dtype.INT else (None, None)
    return g.make("source", (), dtype, nullable=held.nullable, payload=(name,), low=low, high=high, scope=scope)


# ---- reading ----------------------------------------------------------------------------------------------------


def holds(kind: Kind, dtype: pl.DataType) -> Held:
    """How a column of a Polars type is held."""
    return Held(kind, two=kind.sort is Sort.DATE and dtype == pl.String)


def _inner(dtype: pl.List) -> pl.DataType:
    """The type of what a list holds; a built list type never holds a bare class."""
    return cast(pl.DataType, dtype.inner)


def layout_of_lists(
    schema: Mapping[str, pl.DataType], kinds: "Mapping[str, ListKinds]", at: str = ""
) -> "dict[str, ListHeld]":
    """How the lists among some columns are held. A column that holds nothing but null is as good as none.

    Raises:
        FrameColumnError: a column that should hold lists of records and does not.
    """
    there = {name: dtype for name, dtype in schema.items() if name in kinds and dtype != pl.Null}
    wrong = [_no_list(f"{at}{name}", dtype) for name, dtype in there.items() if not _holds_records(dtype)]
    if wrong:
        raise FrameColumnError(tuple(wrong))
    return {name: layout_of_records(dtype, kinds[name], at=f"{at}{name}.") for name, dtype in there.items()}


def _holds_records(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.List) and (isinstance(dtype.inner, pl.Struct) or dtype.inner == pl.Null)


def layout_of_records(dtype: pl.DataType, kinds: "ListKinds", key: str | None = None, *, at: str = "") -> ListHeld:
    """How the records of a list column (or of a table, as a struct type) are held."""
    inner = _inner(dtype) if isinstance(dtype, pl.List) else dtype
    fields = {f.name: cast(pl.DataType, f.dtype) for f in inner.fields} if isinstance(inner, pl.Struct) else {}
    return ListHeld(
        {name: holds(kind, fields[name]) for name, kind in kinds.fields.items() if name in fields},
        layout_of_lists(fields, kinds.lists, at),
        key,
    )


@attrs.frozen
class ListKinds:
    """The facts of a list's records by name, and their own lists."""

    fields: Mapping[str, Kind]
    lists: "Mapping[str, ListKinds]"


@attrs.frozen
class Fault:
    """Cells of a column that cannot be read."""

    column: str
    what: Text
    #: For each row (of the frame that was read) whether its cell is at fault.
    rows: pl.Series
    #: The values at fault, where they may be shown (codes).
    values: tuple[str, ...] = ()


@attrs.frozen
class Columns:
    """The columns of a frame that are facts, as the engine holds them."""

    read: pl.DataFrame
    #: Others, which nothing is wrong with: still to be read, so that it is done together with what is computed of them.
    unread: list[pl.Series]
    reads: list[pl.Expr]
    #: What cannot be read; it is null in ``read``.
    faults: list[Fault]

    @property
    def whole(self) -> pl.DataFrame:
        """All of them, read."""
        now = pl.DataFrame(self.unread).select(self.reads)
        return pl.DataFrame([*self.read.get_columns(), *now.get_columns()])


def read_columns(frame: pl.DataFrame, kinds: Mapping[str, Kind], at: str = "") -> tuple[pl.DataFrame, list[Fault]]:
    """The columns of ``frame`` that are facts, as the engine holds them, and what cannot be read (null there).

    Raises:
        FrameColumnError: a column of a type that no fact of its kind can have.
    """
    found = columns_of(frame, kinds, at)
    return found.whole, found.faults


def columns_of(frame: pl.DataFrame, kinds: Mapping[str, Kind], at: str = "") -> Columns:
    """The columns of ``frame`` that are facts, some of them still to be read.

    Raises:
        FrameColumnError: a column of a type that no fact of its kind can have.
    """
    readings: dict[str, _Reading] = {}
    wrong: list[Problem] = []
    schema = frame.schema
    for name, kind in kinds.items():
        if name not in schema:
            continue
        reading = _reading(name, kind, schema[name])
        if reading is None:
            wrong.append(_wrong_type(f"{at}{name}", kind, schema[name]))
        else:
            readings[name] = reading
    if wrong:
        raise FrameColumnError(tuple(wrong))
    sound = _within_limits(frame, readings)
    now = {name: reading for name, reading in readings.items() if name not in sound}
    exprs = [expr for reading in now.values() for expr in reading.columns]
    columns = frame.select(exprs).get_columns() if exprs else []
    columns += [reading.whole(frame[name]).alias(name) for name, reading in now.items() if reading.whole]
    read = pl.DataFrame(columns)
    faults = []
    for name, reading in now.items():
        if reading.fault is None:
            continue
        there, held = _there(frame[name]), read[name if name in read.columns else name + FROM]
        # Counted first: a column of which nothing is lost is not looked at cell by cell.
        if int(there.sum()) > len(held) - held.null_count():
            rows = there & held.is_null()
            shown = _code_values(frame[name].filter(rows)) if kinds[name].codes is not None else ()
            faults.append(Fault(f"{at}{name}", reading.fault, rows, shown))
    return Columns(read, [number for number, _ in sound.values()], [expr for _, expr in sound.values()], faults)


def _within_limits(frame: pl.DataFrame, readings: "Mapping[str, _Reading]") -> dict[str, tuple[pl.Series, pl.Expr]]:
    """Columns of numbers of which every one lies within its limits, with how they are read; the least and the greatest
    tell.
    """
    limited = {name: r.limits for name, r in readings.items() if r.limits is not None}
    numbers = frame.select(limits.number.alias(name) for name, limits in limited.items())
    ends = numbers.select(
        end.alias(f"{name}#{k}")
        for name, limits in limited.items()
        for k, end in enumerate(limits.ends(name, numbers.schema[name]))
    )
    inside = dict.fromkeys(limited, True)
    for found in ends.get_columns():
        name, end = found.name.rsplit("#", 1)[0], found.item()
        inside[name] &= end is None or limited[name].least <= end <= limited[name].most
    return {
        name: (numbers[name], limits.read(pl.col(name)).alias(name))
        for name, limits in limited.items()
        if inside[name] and numbers[name].null_count() == frame[name].null_count()
    }


def _there(cells: pl.Series) -> pl.Series:
    """Which cells hold something; NaN is a gap, as pandas keeps it."""
    there = cells.is_not_null()
    return there & cells.is_not_nan().fill_null(False) if cells.dtype.is_float() else there


@attrs.frozen
class _Reading:
    """How a column is read: null where the cell is, and where it cannot be read."""

    columns: list[pl.Expr]
    #: What is wrong with a cell that is there and reads as null; None where every cell can be read.
    fault: Text | None
    #: Instead of ``columns``: the column read as a whole.
    whole: Callable[[pl.Series], pl.Series] | None = None
    #: Of a column of numbers, what makes ``columns`` needless.
    limits: "_Limits | None" = None


@attrs.frozen
class _Limits:
    """Between which numbers all cells are to lie, so that each can be read; and how they are read then."""

    #: The numbers; null where one is too great for 64 bits.
    number: pl.Expr
    least: int
    most: int
    read: Callable[[pl.Expr], pl.Expr]

    def ends(self, name: str, dtype: pl.DataType) -> "list[pl.Expr]":
        """What of the column is to lie within, so that all of it does."""
        number = pl.col(name)
        if self.least == 0 and dtype == pl.Int64:
            # Read without a sign, what is below zero is greater than any limit.
            return [number.reinterpret(signed=False).max()]
        return [number.min(), number.max()]

    def reading(self, fault: Text) -> "_Reading":
        """How a column is read with these limits: null where a number lies outside."""
        inside = self.number.cast(pl.Int128, strict=False).is_between(self.least, self.most)
        return _Reading([pl.when(inside).then(self.read(self.number))], fault, limits=self)


def _reading(name: str, kind: Kind, dtype: pl.DataType) -> _Reading | None:
    column = pl.col(name)
    if dtype == pl.Null:
        # A cast rather than a constant, which would be one row high.
        held = pl.String if kind.sort is Sort.CODE and kind.codes is None else HELD_TYPES[kind.sort]
        return _Reading([column.cast(held)], None)
    match kind.sort:
        case Sort.BOOL:
            return _Reading([column], None) if dtype == pl.Boolean else None
        case Sort.CODE:
            return _read_code(column, name, kind, dtype)
        case Sort.CODES:
            return _read_codes(column, name, kind, dtype)
        case Sort.MONEY:
            return _read_money(column, dtype)
        case Sort.NUMBER:
            return _read_number(column, name, dtype)
        case Sort.DATE:
            return _read_date(column, name, dtype)


HELD_TYPES: dict[Sort, Any] = {
    Sort.BOOL: pl.Boolean, Sort.CODE: pl.UInt16, Sort.CODES: pl.UInt64, Sort.MONEY: pl.Int64, Sort.NUMBER: pl.Int64, Sort.DATE: pl.Date,
}  # fmt: skip

#: What the model takes for a division: 2, 4, 6, 9 or 12 digits that begin with a province.
_DIVISION = rf"^(?:{'|'.join(PROVINCES)})(?:\d{{2}}(?:\d{{2}}(?:\d{{3}}(?:\d{{3}})?)?)?)?$"
NO_DIVISION = Text(
    "不是行政区划代码（以省级代码开头的 2、4、6、9 或 12 位数字）",
    "a division code has 2, 4, 6, 9 or 12 digits that begin with a province",
)
NO_SUCH_CODE = Text("没有这个代码", "there is no such code")


def _values(kind: Kind) -> list[str]:
    return [c.value for c in kind.codes or ()]


def _is_text(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.String | pl.Categorical | pl.Enum)


def _as_code(value: pl.Expr, kind: Kind, dtype: pl.DataType) -> pl.Expr:
    """Text as the place in the list of codes; null where there is no such code."""
    values = _values(kind)
    if isinstance(dtype, pl.Enum) and dtype.categories.to_list() == values:
        return value.to_physical()
    if not isinstance(dtype, pl.String):
        value = value.cast(pl.String)
    return value.cast(pl.Enum(values), strict=False).to_physical()


def _read_code(column: pl.Expr, name: str, kind: Kind, dtype: pl.DataType) -> _Reading | None:
    if name in DIVISION_COLUMNS and (_is_text(dtype) or dtype.is_integer()):
        return _Reading([], NO_DIVISION, as_divisions)
    if not _is_text(dtype):
        return None
    if kind.codes is None:
        return _Reading([column.cast(pl.String)], None)
    same = isinstance(dtype, pl.Enum) and dtype.categories.to_list() == _values(kind)
    return _Reading([_as_code(column, kind, dtype).alias(name)], None if same else NO_SUCH_CODE)


def as_divisions(cells: pl.Series) -> pl.Series:
    """Division codes as text; null where a text is none."""
    if not (_is_text(cells.dtype) or cells.dtype.is_integer()):
        # What is of another type is refused by whoever reads the column.
        return pl.repeat(None, len(cells), dtype=pl.String, eager=True)
    text = cells.cast(pl.String)
    # There are few of them, however many rows.
    known = distinct(text).drop_nulls()
    right = known.filter(known.str.contains(_DIVISION))
    return text if len(right) == len(known) else text.set(~text.is_in(right.implode()), None)


def distinct(cells: pl.Series) -> pl.Series:
    """Each value once. Neighbours are often alike, and soon compared: few are left to be looked for among all."""
    new = cells.ne_missing(cells.shift(1))
    return pl.concat([cells.head(1), cells.filter(new)]).unique()


def _read_codes(column: pl.Expr, name: str, kind: Kind, dtype: pl.DataType) -> _Reading | None:
    if not isinstance(dtype, pl.List) or not (_is_text(_inner(dtype)) or dtype.inner == pl.Null):
        return None
    if dtype.inner == pl.Null:
        return _Reading([pl.when(column.is_not_null()).then(pl.lit(0, dtype=pl.UInt64)).alias(name)], None)
    return _Reading([], NO_SUCH_CODE, _Codes(kind).read)


#: The bit that marks a list which holds what is no code; no kind has so many codes.
_NO_CODE = 1 << 63


@attrs.frozen
class _Codes:
    """Reads lists of codes as bits."""

    kind: Kind

    def read(self, lists: pl.Series) -> pl.Series:
        """The bits, null where the list is or holds what is no code."""
        code = _as_code(pl.element(), self.kind, _inner(cast(pl.List, lists.dtype)))
        each = lists.list.eval(pl.lit(2, dtype=pl.UInt64).pow(code).fill_null(_NO_CODE))
        bits = each.list.sum()
        # The sum is the union where no code is given twice: then it has as many bits as there are codes.
        twice = (bits.bitwise_count_ones() != lists.list.len()).arg_true()
        if len(twice):
            bits = bits.scatter(twice, each.gather(twice).list.unique().list.sum())
        most = bits.max()
        known = not isinstance(most, int) or most < _NO_CODE
        return bits if known else bits.set((bits >= _NO_CODE).fill_null(False), None)


def _read_money(column: pl.Expr, dtype: pl.DataType) -> _Reading | None:
    if dtype.is_integer():
        return _Limits(column, 0, LIMIT - 1, lambda yuan: yuan.cast(pl.Int64, strict=False) * 100).reading(BEYOND)
    if isinstance(dtype, pl.Decimal) and dtype.scale == 2:
        # Decimals are held as whole numbers of their last place, which is the fen.
        fen = column.to_physical().cast(pl.Int64, strict=False)
        return _Limits(fen, 0, MOST_FEN, lambda fen: fen).reading(NOT_MONEY)
    if dtype == pl.String:
        text = column.str.strip_chars()
        well_formed = text.str.contains(r"^\d{1,15}(\.\d{1,2}0*)?$")
        value = pl.when(well_formed).then(text).str.to_decimal(scale=2)
    elif isinstance(dtype, pl.Decimal):
        value = column if dtype.scale <= 2 else pl.when(column == column.round(2)).then(column)
    else:
        return None
    fen = value.cast(pl.Decimal(38, 2)).to_physical()
    return _Reading([pl.when((fen >= 0) & (fen <= MOST_FEN)).then(fen).cast(pl.Int64)], NOT_MONEY)


#: The first and the last date that can be written, as dates are held.
CALENDAR = ((dt.date.min - dt.date(1970, 1, 1)).days, (dt.date.max - dt.date(1970, 1, 1)).days)
BEYOND = Text("数值为负或超出合理范围", "the number is negative or beyond any plausible one")
NOT_MONEY = Text(
    "不是非负的金额（元，最多两位小数）", "it is not an amount of zero or more in yuan with at most two decimals"
)
NOT_WHOLE = Text("不是整数", "it is not a whole number")
NOT_A_DATE = Text("日期应写作 2012-03-05、2012-03 或 2012", "write the date as 2012-03-05, 2012-03 or 2012")
NO_TIME = Text("日期不应带时刻", "a date has no time of day")


def _read_number(column: pl.Expr, name: str, dtype: pl.DataType) -> _Reading | None:
    low, high = NUMBER_LIMITS.get(name, (0, MOST_NUMBER))
    if dtype.is_float():
        # pandas turns whole numbers with gaps into floats; NaN is a gap.
        there = column.is_not_null() & column.is_not_nan()
        whole = pl.when(there & (column == column.round(0)) & (column >= low) & (column <= high)).then(column)
        return _Reading([whole.cast(pl.Int64).alias(name)], NOT_WHOLE)
    if not dtype.is_integer():
        return None
    return _Limits(column, low, high, lambda number: number.cast(pl.Int64, strict=False)).reading(BEYOND)


def _read_date(column: pl.Expr, name: str, dtype: pl.DataType) -> _Reading | None:
    if dtype == pl.Date:
        # As days since 1970: a date beyond those that can be written has no other form here.
        return _Limits(column.to_physical(), *CALENDAR, lambda days: days.cast(pl.Date)).reading(BEYOND)
    if isinstance(dtype, pl.Datetime):
        day = column.dt.date()
        midnight = column == day.cast(dtype)
        return _Reading([pl.when(midnight).then(day).alias(name)], NO_TIME)
    if dtype != pl.String:
        return None
    # Known to the year, the month or the day: the first and the last day that it may be.
    parts = column.str.extract_groups(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$").struct
    year = parts.field("1").cast(pl.Int32)
    month, day = parts.field("2").cast(pl.Int32), parts.field("3").cast(pl.Int32)
    text = column.str
    first = (
        pl.when(text.len_chars() == 4)
        .then(column + "-01-01")
        .when(text.len_chars() == 7)
        .then(column + "-01")
        .otherwise(column)
        .str.to_date("%Y-%m-%d", strict=False)
    )
    first = pl.when(year >= 1).then(first)
    last = (
        pl.when(day.is_not_null())
        .then(first)
        .when(month.is_not_null())
        .then(first.dt.month_end())
        .otherwise(pl.date(year, 12, 31))
    )
    last = pl.when(first.is_not_null()).then(last)
    return _Reading([first.alias(name + FROM), last.alias(name + TO)], NOT_A_DATE)


def _code_values(cells: pl.Series) -> tuple[str, ...]:
    flat = cells.explode() if isinstance(cells.dtype, pl.List) else cells
    return tuple(str(v) for v in flat.drop_nulls().unique().sort().head(20))


def _type_name(dtype: pl.DataType) -> str:
    """A type without what it lists: the categories of an Enum are values of the column."""
    if isinstance(dtype, pl.List):
        return f"List({_type_name(_inner(dtype))})"
    return type(dtype).__name__


def _no_list(column: str, dtype: pl.DataType) -> Problem:
    return Problem(
        "frame.column_type",
        Text(
            f"列 {column} 的类型为 {_type_name(dtype)}，应为记录的列表，或用单独的表给出（members=…）",
            f"The column {column!r} is {_type_name(dtype)}; it holds records, which needs lists of structs, or a table of its own (members=…).",
        ),
        column,
    )


def _wrong_type(column: str, kind: Kind, dtype: pl.DataType) -> Problem:
    wanted = {
        Sort.BOOL: Text("布尔", "Boolean"), Sort.CODE: Text("文字或 Enum", "text or Enum"),
        Sort.CODES: Text("文字或 Enum 的列表", "lists of text or Enum"), Sort.NUMBER: Text("整数", "whole numbers"),
        Sort.MONEY: Text("以元为单位的 Decimal 或文字", "Decimal or text in yuan"),
        Sort.DATE: Text("日期，或 2012-03 这样的文字", "dates, or text such as 2012-03"),
    }[kind.sort]  # fmt: skip
    why = _mend_of_code(kind, dtype) or (_mend_of_float(column, kind) if dtype.is_float() else Text("", ""))
    return Problem(
        "frame.column_type",
        Text(
            f"列 {column} 的类型为 {_type_name(dtype)}，应为{wanted.zh}{why.zh}",
            f"The column {column!r} is {_type_name(dtype)}; it holds {kind}, which needs {wanted.en}.{why.en}",
        ),
        column,
    )


def _mend_of_code(kind: Kind, dtype: pl.DataType) -> Text | None:
    """What turns numbers, or several codes in one text, into codes; None where that is not what stands there."""
    if kind.sort is Sort.CODES and _is_text(dtype):
        return Text('；Polars 与 pandas 都用 `.str.split(",")`', ' In Polars and in pandas: `.str.split(",")`.')
    if kind.sort is not Sort.CODE or kind.codes is None or not dtype.is_numeric():
        return None
    values = _values(kind)
    if any(value.isdigit() for value in values):
        polars = "`.cast(pl.Int64).cast(pl.String)`" if dtype.is_float() else "`.cast(pl.String)`"
        pandas = '`.astype("Int64").astype("string")`'
    else:
        named = f'{{1: "{values[0]}", …}}'
        polars, pandas = f"`.replace_strict({named}, return_dtype=pl.String)`", f"`.map({named})`"
    return Text(f"：Polars 用 {polars}；pandas 用 {pandas}", f" In Polars {polars}; in pandas {pandas}.")


def _mend_of_float(column: str, kind: Kind) -> Text:
    """What turns floats into what can be read, in Polars' and in pandas' words: pandas makes floats of gaps (NaN)."""
    if kind.sort is Sort.MONEY:
        polars, whole = "`.cast(pl.Decimal(14, 2))`", '`.astype("Int64")`'
        other = '`.map("{:.2f}".format, na_action="ignore")`'
        return Text(
            f"；浮点数不精确：Polars 用 {polars}；pandas 全为整数元时用 {whole}，否则用 {other}",
            f" A float is not exact: in Polars {polars}; in pandas {whole} where all are whole yuan, else {other}.",
        )
    if kind.sort is Sort.BOOL or column in DIVISION_COLUMNS:
        cast = '`.astype("boolean")`' if kind.sort is Sort.BOOL else '`.astype("Int64")`'
        return Text(f"；pandas 因空值转成了浮点数时用 {cast}", f" Where pandas made floats because of gaps: {cast}.")
    return Text("", "")


def fault_problem(fault: Fault, kind: Kind | None, first_row: int = 0) -> Problem:
    """What is wrong with a column, with the rows and, for codes, the nearest right ones."""
    places = fault.rows.arg_true()
    rows = ", ".join(str(first_row + int(r)) for r in places.head(SHOWN))
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    zh, en = fault.what.zh, fault.what.en
    if fault.values and kind is not None:
        # What stands in the cell is not repeated: in a column that was mixed up it may be a name.
        near = _nearest_codes(fault, kind)
        few = _values(kind)[:SHOWN_CODES]
        zh += f"，最接近的代码：{'、'.join(near)}" if near else f"，可用的代码：{'、'.join(few)}"
        en += f"; did you mean {' or '.join(map(repr, near))}?" if near else f"; the codes are {', '.join(few)} …"
    return Problem(
        "frame.value",
        Text(
            f"列 {fault.column} 第 {rows} 行{'等' if more else ''}（自 0 起）：{closed(zh, '。')}请改正，不清楚的留空",
            f"The column {fault.column!r}, row {rows}{more} (counted from 0): {closed(en, '.')} Correct it, or leave it empty where "
            "it is not known",
        ),
        fault.column,
    )


def _nearest_codes(fault: Fault, kind: Kind) -> list[str]:
    """The codes that were probably meant."""
    values = _values(kind)
    near = (nearest(value, values) for value in fault.values if value not in values)
    return list(dict.fromkeys(code for code in near if code is not None))[:SHOWN]

"""By what an analysis counts children: place, main class, age, sex, or a column of their table; and what its values are called.

Each dimension gives every child a value; what is not known is ``unknown``, a value as any other, so that nobody is left out.
A child in two main classes counts in both: the rows by ``class`` do not add up to all children, all others do.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import attrs
import polars as pl

from kinderguard.analysis.people import Marks, People
from kinderguard.engines.frame.inputs import RecordTable
from kinderguard.model.codes import Sex
from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.places import place_name
from kinderguard.model.text import Text, join, same
from kinderguard.rules import child
from kinderguard.rules.expression import BoolExpr

UNKNOWN, NONE = "unknown", "none"
#: Below so many children a number is small: this library's default, not law.
FEW = 10
FOR_THE_OFFICE = Text(
    f"供机关内部使用：含有小于 {FEW} 的人数。发布前须经 publishable 处理。",
    f"For the office: there are counts below {FEW}. What is to be published goes through publishable first.",
)
#: Where counts by class stand in rows or columns.
CLASSES_OVERLAP = Text(
    "按主要类别的人数有重叠：一名儿童可同属几类，相加会多于总数。",
    "The counts by main class overlap: a child may be in several, so that they add up to more than all.",
)
#: The main classes, in the order of the law.
CLASSES = ("cn.economic_hardship", "cn.guardianship_deficit", "cn.special_difficulty")
#: Bands of whole years of age: the first and the last year of each.
AGES: Mapping[str, tuple[int, int | None]] = {
    "0-2": (0, 2),
    "3-5": (3, 5),
    "6-11": (6, 11),
    "12-14": (12, 14),
    "15-17": (15, 17),
    "18+": (18, None),
}
DIMENSIONS = ("place", "class", "age", "sex")
#: What results call their own columns, beside which a column of the children cannot stand.
RESERVED = frozenset({
    "row", "ref", "kind", "year_low", "year_high", "once_low", "once_high", "reached_before", "lost_after", "policy", "reach",
    "reform", "table", "children", "gains", "may_gain", "same", "may_lose", "loses", "open",
    *(f"{name}_{end}" for name in ("cost_a_year", "cost_once", "gained", "lost") for end in ("low", "high")),
    "eligible", "receiving", "not_receiving", "not_known_to_receive", "undetermined", "undetermined_receiving",
    "not_eligible_receiving", "perhaps_due", "nothing_due",
    "need", "domain", "urgency", "present", "to_clarify",
})  # fmt: skip
TITLES: Mapping[str, Text] = {
    "place": Text("地区", "place"),
    "class": Text("主要类别", "main class"),
    "age": Text("年龄", "age"),
    "sex": Text("性别", "sex"),
}
#: The values of one row of a table, one for each dimension.
Key: TypeAlias = tuple[str, ...]


class UnknownDimensionError(ToldError, ValueError):
    """A dimension that is neither ours nor a column of the children, the nearest is offered; or a column that cannot be one.

    That is a column whose name is one that results have themselves, or that holds lists or records and no single value.
    """


@attrs.frozen
class By:
    """The dimensions of one table: several make a table of every combination that occurs.

    >>> By.of(["place", ("place", "age")])
    (By(names=('place',)), By(names=('place', 'age')))
    """

    names: tuple[str, ...]

    @classmethod
    def of(cls, by: "str | Iterable[str | Iterable[str]]") -> "tuple[By, ...]":
        """The tables that a caller asks for."""
        given = [by] if isinstance(by, str) else list(by)
        names = ((one,) if isinstance(one, str) else tuple(dict.fromkeys(one)) for one in given)
        return tuple(dict.fromkeys(map(cls, names)))

    @property
    def name(self) -> str:
        """How the table is called among others: ``place``, ``place × age``."""
        return " × ".join(self.names)


def _bands() -> dict[str, BoolExpr]:
    found = {}
    for name, (first, last) in AGES.items():
        since = child.age >= first
        found[f"age:{name}"] = since if last is None else since & (child.age <= last)
    return found


class Sorting:
    """Gives each child its value of each dimension.

    Args:
        people: the children.
        day: the day, for ages.
        by: the tables that are asked for.
        place_digits: how many digits of the division make a place: 2 for the province, 4 for the city, 6 for the county.

    Raises:
        UnknownDimensionError: a dimension that is neither ours nor a column, or a column that cannot be one.
    """

    def __init__(self, people: People, day: dt.date, by: Sequence[By], place_digits: int) -> None:
        self.names = tuple(dict.fromkeys(name for each in by for name in each.names))
        for name in self.names:
            if name not in DIMENSIONS and name not in people.schema:
                near = suggestion(name, [*DIMENSIONS, *people.schema])
                raise UnknownDimensionError(
                    Text(
                        f"没有维度 {name!r}；可用 {'、'.join(DIMENSIONS)}，或儿童表中的列。",
                        f"There is no dimension {name!r}: use {', '.join(DIMENSIONS)}, or a column of the children.",
                    )
                    + near
                )
        #: Further columns of the children that are needed.
        self.columns = tuple(name for name in self.names if name not in DIMENSIONS)
        for name in self.columns:
            _refuse_column(name, people.schema[name])
        self._digits = place_digits
        sexes = {f"sex:{sex.value}": child.sex == sex for sex in Sex}
        asked = (_bands() if "age" in self.names else {}) | (sexes if "sex" in self.names else {})
        self._marks = Marks(people, day, asked) if asked else None
        self.reads = tuple(self._marks.columns) if self._marks else ()

    def columns_of(
        self,
        rows: pl.DataFrame,
        tables: Sequence[RecordTable],
        places: pl.Series,
        categories: pl.DataFrame,
    ) -> pl.DataFrame:
        """A column for each dimension; ``class`` holds all that a child is in, joined by ``|``.

        Args:
            rows, tables, places: the children, their records and the divisions in charge.
            categories: the results of an assessment, for the classes.
        """
        found: dict[str, pl.Series] = {}
        marks = self._marks.of(rows, tables) if self._marks else None
        for name in self.names:
            match name:
                case "place":
                    found[name] = places.str.slice(0, self._digits).fill_null(UNKNOWN)
                case "class":
                    found[name] = classes(categories)
                case "age" | "sex":
                    assert marks is not None
                    found[name] = _chosen(marks, name)
                case _:
                    found[name] = rows[name].cast(pl.String).fill_null(UNKNOWN)
        return pl.DataFrame([column.alias(name) for name, column in found.items()])


def _refuse_column(name: str, dtype: pl.DataType) -> None:
    """Refuse a column of the children that cannot be a dimension: results would have two columns of a name, or it has no one value."""
    if name in RESERVED or ":" in name or name.startswith("#") or " × " in name:
        raise UnknownDimensionError(
            Text(
                f"列 {name!r} 不能用作维度：结果自身已用这个列名。请以另一列名（不含“:”“×”，不以“#”开头）添上同一列再用，如 "
                f"children.with_columns(pl.col({name!r}).alias('my_column'))，by='my_column'。",
                f"The column {name!r} cannot be a dimension: results have that name themselves. Give it under another name (without "
                f"“:” and “×”, not beginning with “#”): children.with_columns(pl.col({name!r}).alias('my_column')), "
                "by='my_column'.",
            )
        )
    if dtype.is_nested():
        raise UnknownDimensionError(
            Text(
                f"列 {name!r} 的每格是列表或记录，没有单一的值，不能用作维度。请先由它作出每名儿童一个值的列，如列表可写 "
                f"children.with_columns(pl.col({name!r}).list.sort().list.eval(pl.element().cast(pl.String)).list.join('|').alias('my_column'))，"
                "by='my_column'。",
                f"A cell of the column {name!r} is a list or a record, not one value, so it cannot be a dimension. Make a column of "
                f"one value a child of it first; of a list, children.with_columns(pl.col({name!r}).list.sort()"
                ".list.eval(pl.element().cast(pl.String)).list.join('|').alias('my_column')), by='my_column'.",
            )
        )


def _chosen(marks: pl.DataFrame, prefix: str) -> pl.Series:
    """The one mark of a group that holds for sure."""
    names = [c for c in marks.columns if c.startswith(f"{prefix}:")]
    values = [pl.when(pl.col(c)).then(pl.lit(c.split(":", 1)[1])) for c in names]
    return marks.select(pl.coalesce(*values, pl.lit(UNKNOWN)).alias(prefix)).to_series()


def classes(found: pl.DataFrame) -> pl.Series:
    """The main classes that each child is in for sure, joined by ``|``; ``none``, or ``unknown`` where that is open."""
    there = [code for code in CLASSES if code in found.columns]
    if not there:
        return pl.repeat(UNKNOWN, len(found), dtype=pl.String, eager=True)
    # Few combinations occur: a number for each, then its name.
    bits: Any = pl.lit(0, pl.UInt8)
    for bit, code in enumerate(there):
        bits = bits + pl.when(pl.col(code)).then(2**bit).otherwise(0).cast(pl.UInt8)
    open_ = pl.any_horizontal(pl.col(code).is_null() for code in there)
    number = pl.when((bits == 0) & open_.fill_null(False)).then(2 ** len(there)).otherwise(bits).cast(pl.UInt32)
    names = ["|".join(code for bit, code in enumerate(there) if k >> bit & 1) or NONE for k in range(2 ** len(there))]
    return pl.Series([*names, UNKNOWN]).gather(found.select(number.alias("class")).to_series())


def parted(counted: pl.DataFrame, by: By) -> pl.DataFrame:
    """Counts by the values of dimensions, with children of several classes counted in each of them.

    Args:
        counted: a row for each combination, with a column ``by:<name>`` for each dimension.
        by: the dimensions.
    """
    names = [f"by:{name}" for name in by.names]
    if "class" in by.names:
        counted = counted.with_columns(pl.col("by:class").str.split("|")).explode("by:class")
    return counted.group_by(names).sum().sort([_order(name) for name in by.names])


def _order(dimension: str) -> pl.Expr:
    """What the values of a dimension are sorted by: ages by age, what is not known last, all else as it is written."""
    value = pl.col(f"by:{dimension}")
    if dimension != "age":
        return value
    return value.replace_strict(list(AGES), range(len(AGES)), default=len(AGES), return_dtype=pl.Int64)


def known_name(name: str, names: Iterable[str], what: Text) -> None:
    """Refuse a name that is not among those there are.

    Raises:
        UnknownDimensionError: it is not; the nearest is offered.
    """
    names = list(dict.fromkeys(names))
    if name not in names:
        raise UnknownDimensionError(
            Text(f"这里没有{what.zh} {name!r}；有 {'、'.join(names[:12])}。", f"There is no {what.en} {name!r} here: there are {', '.join(names[:12])}.")
            + suggestion(name, names)
        )  # fmt: skip


def values_of(dimension: str, tables: Mapping[str, Mapping[Key, Any]]) -> Iterator[str]:
    """The values that a dimension can have: those in some tables, by their names, and those that it has anywhere."""
    for name, table in tables.items():
        names = name.split(" × ")
        if dimension in names:
            yield from (key[names.index(dimension)] for key in table)
    yield from {"class": (*CLASSES, NONE, UNKNOWN), "age": (*AGES, UNKNOWN), "sex": (*Sex, UNKNOWN)}.get(dimension, ())


def chosen_children(
    kept: pl.DataFrame, where: Mapping[str, str], tables: Mapping[str, Mapping[Key, Any]] = MappingProxyType({})
) -> pl.DataFrame:
    """The children with some values of dimensions, of a table with a column for each (``class`` as a list).

    Args:
        kept: the children, not all of them: those of whom there is something to say.
        where: values of dimensions.
        tables: those in which all children are counted; their values are known though no child of ``kept`` has them.

    Raises:
        UnknownDimensionError: there is no such dimension, or no such value of one.
    """
    for given, value in where.items():
        name = given.rstrip("_")
        known_name(name, [c for c in kept.columns if ":" not in c], Text("维度", "dimension"))
        column = kept[name]
        there = column.explode() if isinstance(column.dtype, pl.List) else column
        values = [*values_of(name, tables), *there.drop_nulls().cast(pl.String).unique().sort()]
        known_name(value, values, TITLES.get(name, same(name)))
        kept = kept.filter(column.list.contains(value) if isinstance(column.dtype, pl.List) else column == value)
    return kept


def value_title(dimension: str, value: str, titles: Mapping[str, Text]) -> Text:
    """What a value of a dimension is called.

    Args:
        dimension, value: the two.
        titles: of codes.
    """
    if value == UNKNOWN:
        return Text("不详", "unknown")
    match dimension:
        case "place":
            return place_name(value, titles)
        case "class":
            return Text("不属任何类别", "in none") if value == NONE else titles.get(value, same(value))
        case "age":
            return Text(f"{value} 周岁", f"{value} years")
        case "sex":
            return next(sex.label for sex in Sex if sex.value == value)
        case _:
            return same(value)


def cell_title(names: Sequence[str], key: Key, titles: Mapping[str, Text]) -> Text:
    """What the cell of a table is called: its values, one after the other."""
    return join([value_title(name, value, titles) for name, value in zip(names, key, strict=True)], "，", ", ")


def table_title(names: Sequence[str]) -> Text:
    """What a table by some dimensions is called."""
    return join([TITLES.get(name, same(name)) for name in names], " × ", " × ")


def is_for_the_office(counts: Iterable[int]) -> bool:
    """Whether some numbers are too small to be published as they are."""
    return any(0 < count < FEW for count in counts)


__all__ = [
    "AGES", "CLASSES", "CLASSES_OVERLAP", "DIMENSIONS", "FOR_THE_OFFICE", "NONE", "RESERVED", "TITLES", "UNKNOWN", "By", "Key", "Sorting", "UnknownDimensionError",
    "cell_title", "chosen_children", "classes", "is_for_the_office", "known_name", "parted", "table_title", "value_title",
    "values_of",
]  # fmt: skip

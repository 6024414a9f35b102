"""Tables of any kind as Polars, and back: the caller's own, and those of records."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from kinderguard.engines.frame.columns import FrameColumnError
from kinderguard.engines.frame.inputs import RecordTable
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.model.errors import MissingExtraError, Problem, did_you_mean
from kinderguard.model.text import Text


def taken(native: Any) -> tuple[Any, Any]:
    """A caller's table as Polars, and what turns a Polars table into the caller's kind."""
    if isinstance(native, pl.DataFrame | pl.LazyFrame):
        return native, lambda found: found
    try:
        frame = nw.from_native(native)
    except TypeError:
        raise FrameColumnError(
            (
                Problem(
                    "frame.kind",
                    Text(
                        f"不支持的表类型：{type(native).__name__}；请给出 Polars 或 pandas 表、PyArrow 表或 DuckDB 关系",
                        f"A {type(native).__name__} is no table that can be read: give a Polars or pandas frame, a PyArrow table or a DuckDB relation.",
                    ),
                ),
            )
        ) from None
    kind = frame.implementation
    if isinstance(frame, nw.LazyFrame):
        table = frame.collect("polars").to_native()
        return table, (lambda found: _as_duckdb(native, found)) if kind.is_duckdb() else (lambda found: found)
    table = _as_polars(frame)
    if kind.is_pandas_like():
        index = native.index
        table = _without_guesses(table)

        def to_pandas(found: pl.DataFrame) -> Any:
            made = found.to_pandas(use_pyarrow_extension_array=_has_arrow(native))
            made.index = index
            if not _has_arrow(native):
                three_valued = [name for name, dtype in found.schema.items() if dtype == pl.Boolean]
                made = made.astype(dict.fromkeys(three_valued, "boolean"))
            return made

        return table, to_pandas
    return table, (lambda found: found.to_arrow()) if kind.is_pyarrow() else (lambda found: found)


def _as_polars(frame: Any) -> pl.DataFrame:
    try:
        found: pl.DataFrame = frame.to_polars()
    except ModuleNotFoundError as error:
        raise MissingExtraError("frames", error.name or "pyarrow") from None
    except Exception:  # noqa: BLE001  whatever it is, its own words may quote a cell
        mixed = [name for name in frame.columns if not _converts(frame.select(name))]
        raise FrameColumnError(tuple(_mixed(name) for name in mixed or frame.columns)) from None
    return found


def _converts(column: Any) -> bool:
    try:
        column.to_polars()
    except Exception:  # noqa: BLE001  as above
        return False
    return True


def _mixed(name: str) -> Problem:
    return Problem(
        "frame.column_type",
        Text(
            f"列 {name} 的值类型不一，无法读取；请统一为一种类型，未知写 None",
            f"The column {name!r} cannot be read: its values are of several types. Give it one type, with None for unknown.",
        ),
        name,
    )


def _without_guesses(table: pl.DataFrame) -> pl.DataFrame:
    """A pandas column of nothing but blanks comes as text or as floats, whatever it was for: it is of no type."""
    blank = [
        name
        for name, dtype in table.schema.items()
        if (dtype == pl.String or dtype.is_float()) and name != "ref" and _is_blank(table[name])
    ]
    return table.with_columns(pl.repeat(None, len(table), dtype=pl.Null, eager=True).alias(name) for name in blank)


def _is_blank(column: pl.Series) -> bool:
    filled = column.fill_nan(None) if column.dtype.is_float() else column
    return filled.null_count() == len(filled)


def _has_arrow(frame: Any) -> bool:
    return any(type(dtype).__name__ == "ArrowDtype" for dtype in frame.dtypes)


def _as_duckdb(relation: Any, found: pl.DataFrame) -> Any:
    """Results as a relation on the caller's own connection, so that they can be joined to tables there."""
    import duckdb

    # Found by its name, as DuckDB finds a Python variable: a relation does not say which connection it is of.
    kinderguard_results = found.to_arrow(compat_level=pl.CompatLevel.oldest())
    try:
        made = relation.query("kinderguard_children", "select * from kinderguard_results")
        return made.set_alias("kinderguard_results")
    except duckdb.Error:  # the caller's connection does not look at Python variables
        # One of its own: the connection that all of a process share may be busy with a result nobody has read.
        return duckdb.connect().from_arrow(kinderguard_results)


#: The columns by which records find their children.
KEYS = ("household.number", "ref")


def record_tables(members: Any, schema: Mapping[str, Any]) -> list[RecordTable]:
    """The tables of records, each with the column that finds them."""
    if members is None:
        return []
    given = members if isinstance(members, Mapping) else {"household.members": members}
    found = []
    for path, native in given.items():
        if path not in fact_kinds().lists:
            raise _frame_error(
                f"没有名为 {path} 的列表；请从这些中选用：{'、'.join(sorted(fact_kinds().lists))}",
                f"There is no list {path!r}.{did_you_mean(path, fact_kinds().lists)} Use one of "
                f"{', '.join(sorted(fact_kinds().lists))}.",
            )
        table, _ = taken(native)
        table = table.collect() if isinstance(table, pl.LazyFrame) else table
        key = next((k for k in KEYS if k in table.columns and k in schema), None)
        if key is None:
            raise _frame_error(
                f"{path} 的表与儿童表没有共同的键列；两个表都须有 {' 或 '.join(KEYS)} 列",
                f"The table of {path} and the children share no key: both need a column {' or '.join(map(repr, KEYS))}.",
            )
        found.append(RecordTable(path, table, key))
    return found


def _frame_error(zh: str, en: str) -> FrameColumnError:
    return FrameColumnError((Problem("frame.records", Text(zh, en)),))

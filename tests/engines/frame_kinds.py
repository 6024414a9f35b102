"""The kinds of table that ``assess_frame`` takes: made from one Polars frame, and read back into one."""

import duckdb
import polars as pl

from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.rules.kinds import Sort


def _numpy(frame):
    return frame.to_pandas()


def _nullable(frame):
    return frame.to_pandas().convert_dtypes(dtype_backend="numpy_nullable")


def _arrow_backed(frame):
    return frame.to_pandas(use_pyarrow_extension_array=True)


def _duckdb(frame):
    return duckdb.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))


def _strings(dtype):
    """A type with text in place of Enums, also within lists and records."""
    if isinstance(dtype, pl.Enum):
        return pl.String()
    if isinstance(dtype, pl.List):
        return pl.List(_strings(dtype.inner))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({field.name: _strings(field.dtype) for field in dtype.fields})
    return dtype


def _text(frame):
    """Codes as plain text."""
    return frame.with_columns(pl.col(name).cast(_strings(dtype)) for name, dtype in frame.schema.items())


def _categorical(frame):
    """Codes as categories that Polars found itself."""
    codes = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Enum)]
    return frame.with_columns(pl.col(codes).cast(pl.String).cast(pl.Categorical))


def _days(frame):
    """Dates as such, where every one of a column is known to the day."""
    kinds = fact_kinds().fields
    dates = [name for name, kind in kinds.items() if kind.sort is Sort.DATE and frame.schema.get(name) == pl.String]
    exact = [name for name in dates if (frame[name].str.len_chars().fill_null(10) == 10).all()]
    return frame.with_columns(pl.col(exact).str.to_date())


def _typed_by_value(frame):
    """As Polars itself types rows: whole numbers that are never negative, text, lists of nothing."""
    return pl.from_dicts(_text(frame).to_dicts(), infer_schema_length=None)


#: By name, what makes the kind of a Polars frame.
KINDS = {
    "polars": lambda frame: frame,
    "lazy": lambda frame: frame.lazy(),
    "text": _text,
    "categorical": _categorical,
    "days": _days,
    "typed by value": _typed_by_value,
    "pandas": _numpy,
    "nullable pandas": _nullable,
    "arrow-backed pandas": _arrow_backed,
    "pyarrow": lambda frame: frame.to_arrow(),
    "duckdb": _duckdb,
}


def back(found):
    """A table of results as a Polars frame."""
    if isinstance(found, pl.LazyFrame):
        return found.collect()
    if isinstance(found, pl.DataFrame):
        return found
    if isinstance(found, duckdb.DuckDBPyRelation):
        return found.pl()
    return pl.from_arrow(found) if hasattr(found, "to_pydict") else pl.from_pandas(found)

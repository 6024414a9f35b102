"""The children's ``ref`` in a table: one that stands twice or is empty, is a person's ID number, or holds what nobody sees.

Called before anything is assessed. Names rows, and repeats no ref.
"""

import warnings
from collections.abc import Iterable, Sequence

import polars as pl

from kinderguard.engines.frame.columns import FrameColumnError
from kinderguard.engines.frame.inputs import RecordTable
from kinderguard.model.errors import Problem
from kinderguard.model.patterns import BLANK, UNSEEN
from kinderguard.model.refs import OWN_REF_MEND as MEND
from kinderguard.model.resident_id import is_resident_id
from kinderguard.model.text import Text

REF = "ref"
#: How many rows are named, and how many texts that look like an ID number are looked at closely.
SHOWN, LOOKED_AT = 5, 1000
_LIKE_AN_ID = r"^(?:[1-8]\d{16}[\dXx]|[1-8]\d{14})$"
#: The least number of as many digits as the shortest ID number has.
_FIFTEEN_DIGITS = 10**14
_ODD, _UNSEEN, _SOMETHING = "[^!-~]", f"[{UNSEEN}]", f"[^{BLANK}]"
#: How many refs of a large table are held at a time; see ``orphans``.
HELD = 8_000_000


class RepeatedRefsWarning(UserWarning):
    """Refs that several rows have, or that are empty: a result cannot be joined to its child by them.

    ``repeated`` is how many rows share their ref with another, ``blank`` how many have none.
    """

    def __init__(self, repeated: int, blank: int) -> None:
        super().__init__(repeated, blank)
        self.repeated, self.blank = repeated, blank

    def __str__(self) -> str:
        told = Text(
            f"ref 列：{self.repeated} 行与其他行相同，{self.blank} 行为空；结果仍逐行给出，但不能凭 ref 与儿童对应。"
            "请为每名儿童给出各自的编号。",
            f"In the column ref, {self.repeated} rows have the ref of another and {self.blank} have none: results come row "
            "by row, and cannot be joined to the children by ref. Give each child a number of its own.",
        )
        return f"{told.zh}\n{told.en}"


def look_at_refs(table: pl.DataFrame, tables: Iterable[RecordTable]) -> None:
    """Say that refs stand twice or are empty; refuse it where records are found by them.

    Args:
        table: the children.
        tables: the records that a rule asks for.

    Raises:
        FrameColumnError: records are found by ref, and one stands twice or is empty.
    """
    if REF not in table.columns or not len(table):
        return
    refs = _given(table[REF])
    blank = refs.null_count() + (refs.is_nan().sum() if refs.dtype.is_float() else 0)
    if blank == len(refs):  # as good as no column
        return
    # Numbered one after the other, no two are alike. Else hashes are sooner told apart than texts; that two refs share one
    # of 64 bits need not be feared.
    numbered = not blank and (refs.dtype == pl.String or refs.dtype.is_integer())
    rising = numbered and (refs < refs.shift(-1)).all()
    alone = rising or refs.hash().n_unique() == len(refs)
    repeated = 0 if alone else int((refs.is_duplicated() & refs.is_not_null()).sum())
    if not repeated and not blank:
        return
    if _found_by_ref(tables):
        wrong = refs.is_duplicated() | refs.is_null()
        raise _refused(wrong.arg_true().head(SHOWN).to_list(), int(wrong.sum()))
    warnings.warn(RepeatedRefsWarning(repeated, int(blank)), stacklevel=5)


def refuse_shared_ref(table: pl.DataFrame | pl.LazyFrame, one: pl.DataFrame, tables: Iterable[RecordTable]) -> None:
    """Refuse to open a row whose records another row of the same ref would take too; of a lazy table that is not known.

    Raises:
        FrameColumnError: as ``look_at_refs``.
    """
    if isinstance(table, pl.LazyFrame) or REF not in table.columns or not _found_by_ref(tables):
        return
    same = (table[REF] == one[REF].item()).fill_null(False)
    if same.sum() > 1:
        raise _refused(same.arg_true().head(SHOWN).to_list(), int(same.sum()))


def look_at_many_refs(table: pl.LazyFrame, keys: Sequence[str], rows: int | None = None) -> None:
    """Refuse refs that stand twice or are empty in a lazy table or in files, streamed; nothing is asked of them where no
    record is found by them.

    Args:
        table: the children.
        keys: the columns by which records that a rule asks for are found.
        rows: how many children there are, where that is known.

    Raises:
        FrameColumnError: as ``look_at_refs``.
    """
    if REF not in keys or REF not in table.collect_schema():
        return
    refs = table.select(given(REF, table.collect_schema()[REF]))
    parts = 1 if rows is None else 1 + rows // HELD
    ref = pl.col(REF)
    for part in range(parts):
        # A hash takes a third of the room of a ref; that two refs share one of 64 bits need not be feared.
        mine = (
            refs.with_row_index("#row").with_columns(ref.hash().alias("#hash")).filter(pl.col("#hash") % parts == part)
        )
        few = (
            mine.group_by("#hash").agg(pl.len().alias("#rows"), pl.col("#row").max()).filter(pl.col("#rows") > 1)
            .select(pl.col("#row").sort().head(SHOWN), pl.col("#rows").sum())
        )  # fmt: skip
        found = few.collect(engine="streaming")
        if len(found):
            raise _refused(found["#row"].to_list(), found["#rows"][0])


def _found_by_ref(tables: Iterable[RecordTable]) -> bool:
    return any(table.key == REF for table in tables)


def _refused(rows: Sequence[int], number: int) -> FrameColumnError:
    shown, more = ", ".join(map(str, rows)), number > len(rows)
    return FrameColumnError(
        (
            Problem(
                "frame.ref_repeated",
                Text(
                    f"有 {number} 行的 ref 与其他行相同或为空（第 {shown} 行{'等' if more else ''}，自 0 起），而 members= 的记录"
                    "按 ref 归于儿童，会归错人。请为每名儿童给出各自的 ref，两个表一致",
                    f"{number} rows have the ref of another, or none (row {shown}{' and more' if more else ''}, counted from 0), "
                    "and the records in members= find their child by ref: they would be given to the wrong child. Give each "
                    "child a ref of its own, the same in both tables",
                ),
                REF,
            ),
        )
    )


def given(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column of refs; one that is blank is none."""
    ref = pl.col(name)
    return pl.when(ref.str.contains(_SOMETHING)).then(ref).alias(name) if dtype == pl.String else ref


def _given(refs: pl.Series) -> pl.Series:
    """The refs; one that is blank is none."""
    return refs.to_frame().select(given(refs.name, refs.dtype)).to_series()


def refuse_refs(refs: pl.Series) -> None:
    """Refuse refs that are ID numbers, or that hold a line break or another character that is not seen.

    Raises:
        FrameColumnError: with rows, and no ref.
    """
    _refuse_ids(refs)
    refs = refs.cast(pl.String) if isinstance(refs.dtype, pl.Categorical | pl.Enum) else refs
    if refs.dtype != pl.String or not refs.str.contains(_ODD).any():  # most are plain, which is soon seen
        return
    rows = refs.str.contains(_UNSEEN).fill_null(False).arg_true()
    if len(rows):
        shown, more = ", ".join(map(str, rows.head(SHOWN))), len(rows) > SHOWN
        raise FrameColumnError(
            (
                Problem(
                    "frame.ref_unseen",
                    Text(
                        f"ref 列第 {shown} 行{'等' if more else ''}（自 0 起）含有换行、制表符或其他看不见的字符。请去掉，"
                        "凭 ref 对应的各表一致",
                        f"The column ref, row {shown}{' and more' if more else ''} (counted from 0), holds a line break, a tab "
                        "or another character that is not seen. Take it out, in all tables that are joined by ref",
                    ),
                    REF,
                ),
            )
        )


def _refuse_ids(refs: pl.Series) -> None:
    """Refuse refs that are ID numbers: a ref stands in every line, explanation and error.

    Raises:
        FrameColumnError: with rows, and no number.
    """
    dtype = refs.dtype
    if dtype.is_integer():
        there = refs >= _FIFTEEN_DIGITS
    elif dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        refs = refs.cast(pl.String)
        there = refs.str.len_bytes().is_in([15, 18])
    else:
        return
    if not there.any():
        return
    texts = refs.cast(pl.String)
    like = (there & texts.str.contains(_LIKE_AN_ID)).fill_null(False).arg_true().head(LOOKED_AT)
    rows = [int(row) for row in like if is_resident_id(texts[int(row)])]
    if rows:
        shown = ", ".join(map(str, rows[:SHOWN]))
        more = len(rows) > SHOWN
        raise FrameColumnError(
            (
                Problem(
                    "frame.ref_is_id",
                    Text(
                        f"ref 列第 {shown} 行{'等' if more else ''}（自 0 起）是身份证号，而 ref 会出现在各处结果和消息里。请{MEND.zh}",
                        f"The column ref, row {shown}{' and more' if more else ''} (counted from 0), holds a resident ID, and a "
                        f"ref stands in results and messages everywhere. Use {MEND.en}",
                    ),
                    REF,
                ),
            )
        )

"""Columns that were not renamed, and children's numbers that stand twice, are empty, or are a person's."""

import datetime as dt

import pandas as pd
import polars as pl
import pytest

import kinderguard
from kinderguard import FrameColumnError, MisspeltColumnsWarning, RepeatedRefsWarning
from kinderguard.packs.frames.titled import path_titled

DAY = dt.date(2025, 9, 1)
BORN = {"child.birth_date": ["2012-03-05", "2014-01-01"]}
#: The example of GB 11643.
ID = "11010519491231002X"


@pytest.fixture(scope="module")
def book():
    return kinderguard.load(packs=()).on(DAY)


def assessed(book, frame, **given):
    """Results; a lazy frame is refused only when it is collected."""
    results = book.assess_frame(frame, **given)
    return results.collect() if isinstance(results, pl.LazyFrame) else results


def problem(book, frame, **given):
    with pytest.raises(FrameColumnError) as refused:
        assessed(book, frame, **given)
    (found,) = refused.value.problems
    return found


def test_a_table_of_unknown_columns_is_refused_with_the_path_of_each_title(book):
    frame = pl.DataFrame(
        {"ref": ["a"], "出生日期": ["2012-03-05"], "户籍区划": ["330106"], "Birth weight": [1], "姓名": ["x"]}
    )
    for call in (book.assess_frame, lambda f: book.explain_row(f, 0), lambda f: book.assess_frame(f.lazy())):
        with pytest.raises(FrameColumnError) as refused:
            call(frame)
        (found,) = refused.value.problems
        assert found.code == "frame.no_facts"
        for said in (found.message.zh, found.message.en):
            assert "出生日期 → child.birth_date" in said
            assert "户籍区划 → child.registration.division" in said
            assert "'Birth weight', '姓名'" in said.replace("、", ", ")


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
def test_a_table_of_keys_and_divisions_alone_has_nothing_to_rename(book):
    assert len(book.assess_frame(pl.DataFrame({"ref": ["a"], "division_code": ["330106"]}))) == 1


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
def test_titles_beside_facts_are_told_with_their_path(book):
    with pytest.warns(MisspeltColumnsWarning) as told:
        book.assess_frame(pl.DataFrame(BORN | {"性别": ["男", "女"], "household size": [3, 4]}))
    assert told[0].message.columns == {"性别": "child.sex", "household size": "household.size"}


@pytest.mark.parametrize(
    ("column", "path"),
    [
        ("出生年月", "child.birth_date"),
        ("家庭月人均收入（元）", "household.monthly_income_per_head"),
        ("母亲残疾等级", "mother.disability.grade"),
        ("父亲状况", "father.situations"),
        ("Aid status", "household.aid"),
        ("the mother's birth date", "mother.birth_date"),
        ("儿童姓名", None),  # no rule reads it
        ("学校", None),
        ("district", None),
        ("", None),
    ],
)
def test_a_title_or_header_tells_its_fact(column, path):
    assert path_titled(column) == path


def test_a_packs_own_title_tells_its_fact():
    assert path_titled("集中供暖", {"330199.heating": kinderguard.Text("集中供暖", "heating")}) == "330199.heating"


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
@pytest.mark.parametrize(("refs", "repeated", "blank"), [(["a", "a"], 2, 0), (["a", None], 0, 1), ([7, 7], 2, 0)])
def test_repeated_and_empty_refs_are_told(book, refs, repeated, blank):
    with pytest.warns(RepeatedRefsWarning) as told:
        book.assess_frame(pl.DataFrame({"ref": refs} | BORN))
    (told,) = [w.message for w in told if isinstance(w.message, RepeatedRefsWarning)]
    assert (told.repeated, told.blank) == (repeated, blank)


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
@pytest.mark.parametrize("refs", [["a", "b"], [None, None], [1, 2]])
def test_refs_that_tell_children_apart_or_are_not_given_at_all_need_no_word(book, refs):
    assert len(book.assess_frame(pl.DataFrame({"ref": refs} | BORN))) == 2


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(("refs", "rows"), [(["a-ref", "a-ref"], "0, 1"), (["a-ref", None], "1")])
def test_records_are_not_given_to_children_of_one_ref(book, refs, rows, lazy):
    frame = pl.DataFrame({"ref": refs} | BORN)
    situations = pl.DataFrame({"ref": ["a-ref"], "kind": ["dead"]})
    if lazy and None in refs:
        frame = pl.concat([frame, frame.tail(1)])
    found = problem(book, frame.lazy() if lazy else frame, members={"father.situations": situations})
    assert found.code == "frame.ref_repeated"
    assert lazy or f"row {rows}," in found.message.en
    assert "a-ref" not in found.message.zh + found.message.en


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("number", [ID, ID.lower(), "110105491231002", 110105491231002, 110105194912310038])
def test_a_ref_that_is_a_persons_number_is_refused_and_not_repeated(book, number, lazy):
    frame = pl.DataFrame({"ref": [7 if isinstance(number, int) else "7", number]} | BORN)
    found = problem(book, frame.lazy() if lazy else frame)
    assert found.code == "frame.ref_is_id"
    assert lazy or "row 1 (" in found.message.en  # of a lazy table, the row of the batch
    assert str(number)[:14] not in found.message.zh + found.message.en


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
@pytest.mark.parametrize("lazy", [False, True])
def test_a_ref_with_a_line_break_is_refused_and_not_repeated(book, lazy):
    frame = pl.DataFrame({"ref": ["a-ref", "a-ref\n"]} | BORN)
    found = problem(book, frame.lazy() if lazy else frame)
    assert found.code == "frame.ref_unseen"
    assert lazy or "row 1 (" in found.message.en
    assert "a-ref" not in found.message.zh + found.message.en
    with pytest.raises(kinderguard.InvalidRecordError, match="take it out"):
        book.explain_row(frame, 1)


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
def test_a_blank_ref_is_none(book):
    frame = pl.DataFrame({"ref": ["a", " "]} | BORN)
    with pytest.warns(RepeatedRefsWarning) as told:
        book.assess_frame(frame)
    assert told[0].message.blank == 1
    assert book.explain_row(frame, 1).ref is None
    situations = {"father.situations": pl.DataFrame({"ref": [" "], "kind": ["dead"]})}
    assert problem(book, frame, members=situations).code == "frame.ref_repeated"


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
def test_long_numbers_of_ones_own_are_refs(book):
    refs = ["110105194912310021", "330199202500007"]  # a wrong check digit; a year and a serial number
    assert book.assess_frame(pl.DataFrame({"ref": refs} | BORN))["ref"].to_list() == refs


def test_a_row_is_not_opened_with_another_rows_records(book):
    frame = pl.DataFrame({"ref": ["a", "a", "b"], "child.birth_date": ["2012-03-05", "2013", "2014"]})
    situations = {"father.situations": pl.DataFrame({"ref": ["a", "b"], "kind": ["dead", "dead"]})}
    with pytest.raises(FrameColumnError, match="row 0, 1, counted"):
        book.explain_row(frame, 1, members=situations)
    assert book.explain_row(frame, 2, members=situations).case.father.situations


@pytest.mark.parametrize(("row", "kind"), [("K7", TypeError), (True, TypeError), (1.0, TypeError), (2, IndexError)])
def test_what_is_no_row_is_told_with_the_mend(book, row, kind):
    with pytest.raises(kind) as refused:
        book.explain_row(pl.DataFrame(BORN), row)
    assert isinstance(refused.value, kinderguard.KinderguardError)
    assert "K7" not in refused.value.text.zh + refused.value.text.en


NUMBERS = pl.DataFrame({"child.disability.grade": [1, None, 4]})


@pytest.mark.filterwarnings("ignore::kinderguard.MissingColumnsWarning")
@pytest.mark.parametrize(
    ("frame", "mend", "mended"),
    [
        (NUMBERS, "`.cast(pl.String)`", lambda c: c.cast(pl.String)),
        (NUMBERS.cast(pl.Float64), "`.cast(pl.Int64).cast(pl.String)`", lambda c: c.cast(pl.Int64).cast(pl.String)),
        (NUMBERS.to_pandas(), '`.astype("Int64").astype("string")`', lambda c: c.astype("Int64").astype("string")),
        (pl.DataFrame({"household.aid": ["dibao,tekun", "", None]}), '`.str.split(",")`', None),
        (pl.DataFrame({"child.care.kind": [1]}), '`.replace_strict({1: "', None),
    ],
)
def test_a_column_of_the_wrong_type_is_told_with_the_call_that_mends_it(book, frame, mend, mended):
    with pytest.raises(FrameColumnError) as refused:
        book.assess_frame(frame)
    assert mend in refused.value.text.zh
    assert mend in refused.value.text.en
    if mended is not None:
        (name,) = frame.columns
        table = (
            frame.assign(**{name: mended(frame[name])})
            if isinstance(frame, pd.DataFrame)
            else frame.select(mended(pl.col(name)))
        )
        assert len(book.assess_frame(table)) == 3

"""Rows of lists that could not be read: counted, listed, told as due until a later edition reads or somebody settles them."""

import datetime as dt

import attrs
import pytest
import sqlalchemy as sa

from casefile.children import rules
from kinderguard.casefile import CaseStore, EntryRefusedError, new_key
from kinderguard.casefile.chain import tables as t
from kinderguard.survey import combine, read_ledger
from survey.lists import number, source
from told import stray

BY = "330199.u1"
JULY, AUGUST = dt.date(2025, 7, 1), dt.date(2025, 8, 1)
TODAY = dt.date(2025, 9, 1)
EAST = "330199001"
HEAD = "序号,儿童姓名,身份证号,性别,出生日期,户籍地行政区划代码,现居住地行政区划代码"
GIRL, OTHER = number(2), number(4)
ROW = {"child.name": "甲一一", "child.resident_id": number(6), "child.registration.division": EAST}


@pytest.fixture(scope="module")
def book():
    return rules()


def read(folder, *rows, name="名单.csv"):
    (folder / name).write_text("\n".join([HEAD, *rows]), "utf-8")
    return read_ledger(folder / name)


def row(number_, name="甲二二", sex="女", place=EAST):
    return f"1,{name},{number_},{sex},2015-03-05,{place},{place}"


def survey_of(ledger, as_of, covers=None):
    like = source("civil_affairs", as_of=as_of)
    return combine([attrs.evolve(like, ledger=ledger, covers=covers)])


def unread(store, book, **more):
    return store.due(book, today=TODAY, **more).of("unread")


def test_a_row_that_contradicts_itself_is_counted_and_due_until_the_list_reads(file_store, book, tmp_path):
    filed = file_store.import_survey(survey_of(read(tmp_path, row(GIRL, sex="男")), JULY), by=BY)
    assert "1 row was not read, so its child is not filed" in filed.summary("en")
    (item,) = unread(file_store, book)
    assert (item.division, item.day, item.overdue, item.who.value) == (EAST, TODAY, False, "township")
    assert "row 2 (名单) of list civil_affairs of 2025-07-01 was not read" in item.what.en
    assert not stray(item.text, "名单", "civil_affairs", "性别")
    assert not any(each in item.text.zh + item.text.en for each in (GIRL, "甲二二"))
    assert unread(file_store, book, division="330106") == ()
    assert unread(file_store, book, division="330199") == unread(file_store, book, division=f"{EAST}002") == (item,)
    file_store.import_survey(survey_of(read(tmp_path, row(GIRL)), AUGUST), by=BY)
    assert (unread(file_store, book), len(file_store.refs()), file_store.verify().ok) == ((), 1, True)


def test_the_same_edition_once_more_is_told_as_of_the_first_day_and_mended_ends_it(file_store, book, tmp_path, clock):
    wrong = read(tmp_path, row(GIRL, sex="男"))
    assert len(file_store.import_ledger(wrong, at=JULY, by=BY).unread) == 1
    clock.move(days=3)
    file_store.import_ledger(wrong, at=JULY, by=BY)
    (item,) = file_store.due(book, today=TODAY + dt.timedelta(days=3)).of("unread")
    assert (item.day, item.overdue) == (TODAY, True)
    assert "of list ledger of" in item.what.en  # and not by the name of its file, which may be a child's
    file_store.import_ledger(read(tmp_path, row(GIRL), name="更正.csv"), at=JULY, by=BY)
    assert unread(file_store, book) == ()


@pytest.mark.parametrize(
    ("as_of", "place", "remains"),
    [(AUGUST, EAST, False), (AUGUST, "330199", False), (AUGUST, "330199002", True), (dt.date(2025, 6, 1), EAST, True)],
)
def test_only_a_newer_edition_of_that_place_ends_it(file_store, book, tmp_path, as_of, place, remains):
    file_store.import_survey(survey_of(read(tmp_path, row(GIRL, sex="男"), row(OTHER)), JULY, EAST), by=BY)
    file_store.import_survey(combine([source("education", ROW, as_of=AUGUST)]), by=BY)
    assert len(unread(file_store, book)) == 1
    file_store.import_survey(survey_of(read(tmp_path, row(number(8), "甲三三")), as_of, place), by=BY)
    assert bool(unread(file_store, book)) is remains


def test_a_row_is_settled_by_somebody_and_told_no_more(file_store, book, tmp_path):
    survey = survey_of(read(tmp_path, row(GIRL, sex="男")), JULY)
    file_store.import_survey(survey, by=BY)
    (item,) = unread(file_store, book)
    with pytest.raises(EntryRefusedError):
        file_store.settle_row(item.ref, reason=f"{GIRL} 已补", by=BY)
    with pytest.raises(EntryRefusedError, match="no row of that number"):
        file_store.settle_row("0" * 32, reason="已补入下月名单", by=BY)
    file_store.settle_row(item.ref, reason="已补入下月名单", by=BY)
    file_store.settle_row(item.ref, reason="已补入下月名单", by=BY)
    file_store.import_survey(survey, by=BY)
    assert (unread(file_store, book), file_store.verify().ok) == ((), True)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((row(OTHER, sex="男"),), []),  # its ID tells whose row it is
        ((row(number(11), name="甲 二二"),), []),  # and so does its name, where the ID is another's
        ((row("", name="", sex="").replace("2015-03-05", ""),), [(1,)]),
        ((), [(0,)]),
    ],
)
def test_a_child_in_a_row_that_was_not_read_is_not_said_to_be_gone(file_store, tmp_path, rows, told):
    both = read(tmp_path, row(GIRL, "甲一一"), row(OTHER, "甲二二"))
    file_store.import_survey(survey_of(both, JULY, EAST), by=BY)
    later = survey_of(read(tmp_path, row(GIRL, "甲一一"), *rows), AUGUST, EAST)
    gone = file_store.no_longer_listed(later)
    assert [(each.unread,) for each in gone] == told
    assert all(("not read, where the child may be" in each.text.en) is bool(each.unread) for each in gone)


def test_what_was_not_read_is_sealed_and_its_loss_is_seen(tmp_path, book):
    url, key = f"sqlite:///{tmp_path}/files.db", new_key()
    survey = survey_of(read(tmp_path, row(GIRL, sex="男")), JULY)
    with CaseStore(url, key=key) as store:
        store.import_survey(survey, by=BY)
        with store._database.writing() as connection:
            (kept,) = connection.execute(sa.select(t.unread.c.content)).scalars()
            assert b"330199" not in kept
            assert "性别".encode() not in kept
            connection.execute(sa.update(t.unread).values(content=b"x"))
        assert [problem.code for problem in store.due(book, today=TODAY).problems] == ["file.unread"]
        assert [problem.code for problem in store.verify().problems] == ["chain.waiting"]
        store.rebuild()
        assert (store.due(book, today=TODAY).problems, store.verify().ok) == ((), True)
        store.import_survey(survey, by=BY)
        with store._database.writing() as connection:
            connection.execute(sa.delete(t.unread))
        store.import_survey(survey, by=BY)  # what is written later does not hide that something was taken away before
        assert [problem.code for problem in store.verify().problems] == ["chain.waiting"]

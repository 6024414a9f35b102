"""Rows of lists that could not be read: counted, listed, told as due until a later edition reads or somebody settles them."""

import datetime as dt

import attrs
import pytest
import sqlalchemy as sa

from casefile.children import rules
from kinderguard import Case
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


# ---- rows that do not say who the child is, and those of closed files ---------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [{"出生日期": ""}, {"出生日期": "2015-03"}, {"儿童姓名": ""}],
    ids=["no birth date", "the month alone", "no name"],
)
@pytest.mark.parametrize("how", ["ledger", "survey"])
def test_a_row_that_does_not_say_who_the_child_is_is_due_until_the_list_does(file_store, book, tmp_path, who, how):
    def imported(whole, at):
        said = dict(zip(HEAD.split(","), row("").split(","), strict=True)) | ({} if whole else who)
        read_ = read(tmp_path, row(OTHER, "甲一一"), ",".join(said.values()))
        if how == "ledger":
            return file_store.import_ledger(read_, at=at, by=BY)
        return file_store.import_survey(survey_of(read_, at), by=BY)

    done = imported(False, JULY)
    if how == "ledger":
        assert [place.row for place in done.unidentified] == [3]
        assert "1 that does not say who the child is, told as due" in done.summary("en")
    (item,) = unread(file_store, book)
    assert (item.division, "row 3 (名单)" in item.what.en, "was not filed: no resident ID" in item.what.en) == (
        EAST,
        True,
        True,
    )
    assert not stray(item.text, "名单", "civil_affairs", "ID")
    assert "甲二二" not in item.text.zh + item.text.en
    imported(True, AUGUST)
    assert (unread(file_store, book), len(file_store.refs())) == ((), 2)


def test_who_a_row_is_may_be_settled_and_is_told_no_more(file_store, book, tmp_path):
    unsaid = read(tmp_path, row("").replace("2015-03-05", ""))
    file_store.import_ledger(unsaid, at=JULY, by=BY)
    (item,) = unread(file_store, book)
    file_store.settle_row(item.ref, reason="已补入下月名单", by=BY)
    file_store.import_ledger(unsaid, at=JULY, by=BY)
    assert (unread(file_store, book), file_store.verify().ok) == ((), True)


@pytest.mark.parametrize("end", ["reopened", "settled", "no longer listed"])
def test_a_row_of_a_closed_file_is_due_until_it_is_open_settled_or_gone(file_store, book, tmp_path, end):
    listed = read(tmp_path, row(GIRL), row(OTHER, "甲一一"))
    file_store.import_ledger(listed, at=JULY, by=BY)
    ref = file_store.pseudonym(f"id:{GIRL}")
    file_store.close_file(ref, reason="death", happened_on=dt.date(2025, 7, 10), last_paid="2025-07", by=BY)
    file_store.import_ledger(listed, at=AUGUST, by=BY)
    (item,) = unread(file_store, book)
    assert f"row 2 (名单) of list ledger of 2025-08-01, file {ref}: the file is closed" in item.what.en
    assert not stray(item.text, "名单", "ledger")
    if end == "reopened":
        file_store.reopen_file(ref, reason="moved back", by=BY)
    elif end == "settled":
        file_store.settle_row(item.ref, reason="名单下月更正", by=BY)
        file_store.import_ledger(listed, at=TODAY, by=BY)
    else:
        file_store.import_ledger(read(tmp_path, row(OTHER, "甲一一")), at=TODAY, by=BY)
    assert unread(file_store, book) == ()


def transferred(store, folder):
    """A child whose file another county took over; the list of its old county says something new of it."""
    store.import_ledger(read(folder, row(GIRL)), at=JULY, by=BY, source="civil")
    (ref,) = store.refs()
    store.propose_transfer(ref, to="330106", by=BY, on=JULY)
    store.accept_transfer(ref, by="330106.u1", acting="330106", on=JULY)
    return ref, read(folder, row(GIRL, place=f"{EAST}002"))


@pytest.mark.parametrize("how", ["ledger", "survey"])
def test_news_that_a_file_does_not_take_is_due_for_both_counties_until_settled(file_store, book, tmp_path, how):
    ref, news = transferred(file_store, tmp_path)
    if how == "ledger":
        file_store.import_ledger(news, at=AUGUST, by=BY, source="civil")
    else:
        file_store.import_survey(survey_of(news, AUGUST), by=BY)
    (item,) = unread(file_store, book)
    assert unread(file_store, book, division="330106") == unread(file_store, book, division="330199") == (item,)
    assert unread(file_store, book, division="330109") == ()
    assert f"was not written to file {ref}: Division 330106 is in charge" in item.what.en
    assert not stray(item.what, "civil")
    file_store.settle_row(item.ref, reason="passed on", by=BY)
    assert (unread(file_store, book), file_store.verify().ok) == ((), True)


def test_a_row_that_a_file_does_not_take_is_due_no_longer_once_a_later_edition_says_nothing_new(
    file_store, book, tmp_path
):
    _, news = transferred(file_store, tmp_path)
    file_store.import_ledger(news, at=AUGUST, by=BY, source="civil")
    file_store.import_ledger(read(tmp_path, row(GIRL)), at=TODAY, by=BY, source="civil")
    assert unread(file_store, book) == ()


def test_two_rows_of_one_child_that_contradict_each_other_are_due_and_neither_is_believed(file_store, book, tmp_path):
    rows = [f"{row(GIRL)},3,是", f"{row(GIRL)},4,是"]
    for order in (rows, rows[::-1]):
        (tmp_path / "两行.csv").write_text("\n".join([f"{HEAD},家庭人口,财产符合规定", *order]), "utf-8")
        done = file_store.import_ledger(read_ledger(tmp_path / "两行.csv"), at=JULY, by=BY, source="civil")
        (ref,) = file_store.refs()
        household = file_store.case(ref).household
        assert (household.size, household.property_within_limits, len(done.not_filed)) == (None, True, 1)
        assert "household size" in done.not_filed[0].why.en
    assert done.before == 1, "whichever stands first"
    (item,) = unread(file_store, book)
    assert "they contradict each other" in item.what.en
    assert not stray(item.what, "civil", "两行")
    (tmp_path / "两行.csv").write_text("\n".join([f"{HEAD},家庭人口,财产符合规定", rows[0]]), "utf-8")
    file_store.import_ledger(read_ledger(tmp_path / "两行.csv"), at=JULY, by=BY, source="civil")
    assert (unread(file_store, book), file_store.case(ref).household.size) == ((), 3)


def test_two_rows_of_one_child_that_agree_are_told_and_not_due(file_store, book, tmp_path):
    done = file_store.import_ledger(read(tmp_path, row(GIRL), row(GIRL)), at=JULY, by=BY, source="civil")
    assert (done.written, len(done.not_filed), unread(file_store, book)) == (1, 1, ())


def test_what_a_person_recorded_stands_where_two_rows_contradict_each_other(file_store, book, tmp_path):
    (tmp_path / "两行.csv").write_text(f"{HEAD},家庭人口\n{row(GIRL)},3", "utf-8")
    file_store.import_ledger(read_ledger(tmp_path / "两行.csv"), at=JULY, by=BY, source="civil")
    (ref,) = file_store.refs()
    file_store.record(Case.from_facts({"ref": ref, "household.size": 3}), at=JULY, by=BY)
    (tmp_path / "两行.csv").write_text(f"{HEAD},家庭人口\n{row(GIRL)},3\n{row(GIRL)},4", "utf-8")
    file_store.import_ledger(read_ledger(tmp_path / "两行.csv"), at=AUGUST, by=BY, source="civil")
    (question,) = file_store.doubts(ref)
    assert (file_store.case(ref).household.size, question.path) == (3, "household.size")

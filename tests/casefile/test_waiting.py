"""Children that an import leaves until somebody says who they are: told as due until they are filed, by no name."""

import datetime as dt

import pytest
import sqlalchemy as sa

from casefile.children import day, rules
from kinderguard.casefile import CaseStore, new_key
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.filing.waiting import waiting_in
from kinderguard.survey import combine, read_ledger
from survey.lists import number, source
from told import stray

BY = "330199.user3"
DAY = dt.date(2025, 9, 1)
ID, OTHER = number(1, "20140203"), number(3, "20140203")
NAMED = {
    "child.name": "何安然",
    "child.birth_date": "2014-02-03",
    "child.sex": "male",
    "child.registration.division": "330199001",
}


@pytest.fixture(scope="module")
def book():
    return rules()


def two_ids(other=OTHER):
    return combine(
        [
            source("civil_affairs", NAMED | {"child.resident_id": ID}),
            source("education", NAMED | {"child.resident_id": other}),
        ]
    )


def waiting(store, book, today=DAY, **more):
    return store.due(book, today=today, **more).of("waiting")


def test_two_ids_of_perhaps_one_child_are_due_until_they_are_filed(file_store, book, clock):
    survey = two_ids()
    file_store.import_survey(survey, by=BY)
    items = waiting(file_store, book)
    assert [(item.day, item.overdue, item.division, item.who.value) for item in items] == [
        (DAY, False, "330199001", "township"),
        (DAY, False, "330199001", "township"),
    ]
    assert {item.ref for item in items} == {file_store.pseudonym(f"id:{each}") for each in (ID, OTHER)}
    assert "civil_affairs/表/2" in items[0].what.en + items[1].what.en
    assert not any(stray(item.text, "ID", "two_ids=True", "civil_affairs/表/2", "education/表/2") for item in items)
    assert not any("何安然" in str(item) or ID in str(item) for item in items)
    clock.move(days=10)
    file_store.import_survey(survey, by=BY)
    assert {(item.day, item.overdue) for item in waiting(file_store, book, day("2025-09-11"))} == {(DAY, True)}
    file_store.import_survey(survey, by=BY, two_ids=True)
    assert waiting(file_store, book) == ()


def test_nobody_is_lost_when_other_lists_are_imported_between(file_store, book):
    file_store.import_survey(two_ids(), by=BY)
    other = combine([source("education.other", {"child.resident_id": number(5, "20150101")})])
    file_store.import_survey(other, by=BY)
    assert len(waiting(file_store, book)) == 2


def test_a_part_of_the_same_lists_that_names_nobody_of_the_place_ends_nothing(file_store, book):
    file_store.import_survey(two_ids(), by=BY)
    elsewhere = {"child.resident_id": number(5, "20150101"), "child.registration.division": "330199002"}
    file_store.import_survey(combine([source("civil_affairs", elsewhere), source("education", elsewhere)]), by=BY)
    assert len(waiting(file_store, book)) == 2


def test_a_mended_number_in_a_newer_edition_of_the_lists_ends_it(file_store, book):
    file_store.import_survey(two_ids(), by=BY)
    assert file_store.import_survey(two_ids(ID), by=BY).counts["written"] == 1
    assert waiting(file_store, book) == ()


def test_a_division_sees_those_that_live_there_or_of_whom_nobody_knows(file_store, book):
    file_store.import_survey(two_ids(), by=BY)
    assert (len(waiting(file_store, book, division="330199")), waiting(file_store, book, division="330106")) == (2, ())


def test_one_id_with_two_names_in_a_ledger_is_due_until_each_has_its_own(file_store, book, tmp_path):
    def ledger(name, *rows):
        head = "序号,儿童姓名,身份证号,户籍地行政区划代码"
        (tmp_path / name).write_text("\n".join([head, *(f"{n},{who},{i},330199" for n, who, i in rows)]), "utf-8")
        return read_ledger(tmp_path / name)

    file_store.import_ledger(ledger("八月.csv", (1, "孙子明", ID), (2, "孙子文", ID)), at=DAY, by=BY)
    assert len(waiting(file_store, book)) == 2
    file_store.import_ledger(ledger("九月.csv", (1, "孙子明", ID), (2, "孙子文", OTHER)), at=DAY, by=BY)
    assert waiting(file_store, book) == ()


# ---- one ID with two names, one of them that of a file ---------------------------------------------------------------

TWIN = NAMED | {"child.name": "何安宁"}


def months(store, how, tmp_path):
    """What imports one list of rows as of a day, as a ledger or as a survey."""

    def imported(at, *rows):
        if how == "survey":
            return store.import_survey(combine([source("civil_affairs", *rows, as_of=day(at))]), by=BY)
        heads = {
            "child.name": "儿童姓名",
            "child.birth_date": "出生日期",
            "child.registration.division": "户籍地行政区划代码",
        }
        heads["child.resident_id"] = "身份证号"
        lines = [",".join(str(row.get(path, "")) for path in heads) for row in rows]
        (tmp_path / "名单.csv").write_text("\n".join([",".join(heads.values()), *lines]), "utf-8")
        return store.import_ledger(read_ledger(tmp_path / "名单.csv"), at=day(at), by=BY)

    return imported


@pytest.mark.parametrize("how", ["ledger", "survey"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_row_of_a_files_own_name_goes_there_and_a_twin_with_its_id_is_asked_about(
    file_store, book, tmp_path, how, turned
):
    imported = months(file_store, how, tmp_path)
    imported("2025-07-01", NAMED | {"child.resident_id": ID})
    (ref,) = file_store.refs()
    both = (NAMED | {"child.resident_id": ID, "household.size": 3}, TWIN | {"child.resident_id": ID})
    rows = both[::-1] if turned else both
    imported("2025-08-01", *rows)
    assert (file_store.refs(), waiting(file_store, book)) == ((ref,), ())
    (asked,) = file_store.doubts(ref)
    assert asked.likeness.value == "id"
    assert file_store.entries(ref, kinds=["facts"])[-1].valid_from == day(
        "2025-08-01" if how == "survey" else "2025-07-01"
    )
    file_store.answer(ref, asked.other, same=False, by=BY)
    imported("2025-08-15", *rows)
    imported("2025-09-01", *rows)
    names = {each: file_store.case(each, at=DAY).child for each in file_store.refs()}
    assert {each.name.reveal() for each in names.values()} == {"何安然", "何安宁"}
    assert (names[ref].name.reveal(), names[asked.other].resident_id) == ("何安然", None)
    assert file_store.doubts(ref) == file_store.doubts(asked.other) == ()
    imported("2025-09-01", rows[0], TWIN | {"child.resident_id": OTHER}) if not turned else None
    assert (len(file_store.refs()), file_store.verify().ok) == (2, True)


@pytest.mark.parametrize("how", ["ledger", "survey"])
def test_who_was_answered_to_be_one_child_and_stands_beside_it_is_told_in_its_file(file_store, book, tmp_path, how):
    imported = months(file_store, how, tmp_path)
    imported("2025-07-01", NAMED | {"child.resident_id": ID})
    (ref,) = file_store.refs()
    imported("2025-08-01", TWIN | {"child.resident_id": ID})
    (asked,) = file_store.doubts(ref)
    file_store.answer(ref, asked.other, same=True, by=BY)
    imported("2025-09-01", TWIN | {"child.resident_id": ID}, NAMED | {"child.resident_id": ID})
    assert (file_store.refs(), waiting(file_store, book)) == ((ref,), ())
    (item,) = (each for each in file_store.due(book, today=DAY).of("doubt") if each.ref == ref)
    assert f"is not filed, and file {ref} with its ID is there" in item.what.en
    assert "no file yet" not in item.text.en
    assert file_store.case(ref, at=DAY).child.name.reveal() == "何安然"


def test_who_waits_is_sealed_and_a_damaged_row_is_told_and_comes_again(tmp_path, book):
    path = tmp_path / "files.db"
    with CaseStore(
        f"sqlite:///{path}", key=new_key(), clock=lambda: dt.datetime(2025, 9, 1, 2, tzinfo=dt.UTC)
    ) as store:
        store.import_survey(two_ids(), by=BY)
        with store._database.reading() as connection:
            kept = [bytes(row.content) for row in connection.execute(sa.select(t.waiting))]
        assert len(kept) == 2
        assert not any(b"civil_affairs" in each or b"330199" in each for each in kept)
        with store._database.writing() as connection:
            connection.execute(sa.update(t.waiting).values(content=b"x"))
        found = store.due(book, today=DAY)
        assert (found.of("waiting"), [p.code for p in found.problems]) == ((), ["file.waiting"])
        store.import_survey(two_ids(), by=BY)
        assert len(waiting_in(store)[0]) == 2
        with store._database.writing() as connection:
            connection.execute(sa.update(t.waiting).values(content=b"x"))
        store.rebuild()
        assert (store.due(book, today=DAY).problems, store.verify().ok) == ((), True)


def test_erasing_a_file_forgets_who_would_have_begun_it(file_store):
    file_store.import_survey(two_ids(), by=BY)
    ref = file_store.pseudonym(f"id:{ID}")
    file_store.append(ref, "facts", {"facts": {"household.size": 3}}, valid_from=DAY, by=BY)
    file_store.erase(ref, reason="保存期满", by=BY)
    assert [child.ref for child in waiting_in(file_store)[0]] == [file_store.pseudonym(f"id:{OTHER}")]


def test_a_store_of_an_earlier_version_is_given_the_table_when_it_is_opened(tmp_path, book):
    url = f"sqlite:///{tmp_path}/files.db"
    with CaseStore(url, key=None) as store, store._database.writing() as connection:
        connection.execute(sa.text("DROP TABLE kg_waiting"))
    with CaseStore(url, key=None) as store:
        assert waiting_in(store) == ((), ())

"""One child has one file, also where a list leaves its ID out, fills it in or mends it; who may be two waits and is told."""

import sqlite3

import pytest

from casefile.children import BY, day, rules
from casefile.earlier_store import without_table
from kinderguard import Case
from kinderguard.casefile import CaseStore, Filing, new_key
from kinderguard.survey import RowKey, combine, read_ledger
from survey.lists import number, source
from told import stray

JULY, AUG = day("2025-07-01"), day("2025-08-01")
CIVIL, SCHOOL = RowKey("civil_affairs", "表", 2), RowKey("education", "表", 2)
ONE, GIRLS, MENDED = (number(n, "20140203") for n in (1, 2, 3))
NAMED = {
    "child.name": "王三秘", "child.birth_date": "2014-02-03", "child.sex": "male",
    "child.registration.division": "330199001",
}  # fmt: skip
WITH_ID = NAMED | {"child.resident_id": ONE}


@pytest.fixture(params=["plain", "encrypted"])
def keyed(request, tmp_path, clock):
    key = None if request.param == "plain" else new_key()
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=key, clock=clock) as store:
        yield store


def filed(store, *rows, at=JULY, **options):
    """What becomes of the children of one list."""
    return store.import_survey(combine([source("civil_affairs", *rows, as_of=at)]), by=BY, **options)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (WITH_ID, NAMED),
        (WITH_ID, NAMED | {"child.resident_id": MENDED}),
        (WITH_ID, NAMED | {"child.name": "王三 秘"}),
        (NAMED, NAMED | {"child.registration.division": "330199002"}),
        (NAMED | {"child.registration.division": "330199002"}, WITH_ID),
    ],
    ids=["left out", "mended", "typed otherwise", "moved", "filled in after a move"],
)
def test_who_may_be_the_child_of_an_open_file_waits_and_names_it(keyed, first, then):
    filed(keyed, first)
    (ref,) = keyed.refs()
    done = filed(keyed, then, at=AUG)
    assert (done[0].filing, done[0].ref, done[0].perhaps) == (Filing.NOT_FILED, None, (ref,))
    assert ref in done[0].why.en
    assert "1 that may be the child of a file" in done.summary("en")
    assert not stray(done[0].text)
    assert keyed.refs() == (ref,)
    assert filed(keyed, then, at=AUG, two_ids=True)[0].filing is Filing.WRITTEN
    assert len(keyed.refs()) == 2
    assert filed(keyed, then, at=AUG)[0].perhaps == (), "it has a file of its own now"
    assert keyed.verify().ok


def test_an_id_that_is_filled_in_goes_into_the_file_that_has_none(keyed):
    filed(keyed, NAMED)
    (ref,) = keyed.refs()
    (child,) = filed(keyed, WITH_ID, at=AUG)
    assert (child.ref, child.filing, child.perhaps) == (ref, Filing.WRITTEN, ())
    assert keyed.find(ONE, by=BY, reason="a call") == (ref,)
    assert [each.ref for each in (*filed(keyed, NAMED, at=AUG), *filed(keyed, WITH_ID, at=AUG))] == [ref, ref]


def test_a_mended_id_that_is_recorded_in_the_file_finds_it(keyed):
    filed(keyed, WITH_ID)
    (ref,) = keyed.refs()
    keyed.record(Case.from_facts({"ref": ref, "child.resident_id": MENDED}), at=AUG, by=BY)
    assert [each.ref for each in filed(keyed, NAMED | {"child.resident_id": MENDED}, at=AUG)] == [ref]


def test_two_children_of_one_list_with_two_ids_are_for_the_survey_to_ask(file_store):
    girl = NAMED | {"child.resident_id": GIRLS, "child.sex": "female"}
    survey = combine([source("civil_affairs", WITH_ID, girl)])
    two = survey.different(CIVIL, RowKey("civil_affairs", "表", 3), by=BY)
    assert file_store.import_survey(two, by=BY).counts["written"] == 2
    assert file_store.import_survey(two, by=BY).counts["not_filed"] == 0


def test_a_row_without_an_id_beside_one_with_it_in_the_same_list_waits(file_store):
    first, second = filed(file_store, WITH_ID, NAMED)
    assert (first.filing, second.perhaps) == (Filing.WRITTEN, (first.ref,))


def test_two_rows_with_one_id_and_two_names_wait_until_the_number_is_mended(file_store):
    survey = combine([source("civil_affairs", WITH_ID, WITH_ID | {"child.name": "李四秘"})])
    other = RowKey("civil_affairs", "表", 3)
    for undecided in (survey, survey.different(CIVIL, other, by=BY)):
        assert file_store.import_survey(undecided, by=BY).counts["not_filed"] == 2
    assert file_store.import_survey(survey.same(CIVIL, other, by=BY), by=BY).counts["written"] == 1


def test_who_was_decided_to_be_another_has_a_file_of_its_own(file_store):
    lists = [source("civil_affairs", NAMED), source("education", NAMED | {"child.registration.division": "330199"})]
    assert file_store.import_survey(combine(lists), by=BY).counts["not_filed"] == 1
    two = combine(lists).different(CIVIL, SCHOOL, by=BY)
    assert file_store.import_survey(two, by=BY).counts["not_filed"] == 0


def test_a_file_that_a_person_wrote_entry_by_entry_is_found_and_a_corrected_name_is_not(keyed):
    for path in ("child.name", "child.birth_date"):
        keyed.record(Case.from_facts({"ref": "a", path: NAMED[path]}), at=JULY, by=BY)
    assert filed(keyed, WITH_ID, at=AUG)[0].perhaps == ("a",)
    keyed.correct("a", 1, {"child.name": "别人"}, reason="a slip", by=BY)
    assert filed(keyed, WITH_ID, at=AUG)[0].perhaps == ()
    keyed.erase("a", reason="kept long enough", by=BY)
    assert keyed.verify().ok


def test_nobody_is_told_to_have_left_the_lists_who_waits(file_store):
    filed(file_store, WITH_ID)
    survey = combine([source("civil_affairs", NAMED, as_of=AUG)])
    assert (file_store.no_longer_listed(survey), file_store.survey_files(survey)) == ((), {})


def ledger(tmp_path, *numbers):
    head = "儿童姓名,身份证号,性别,出生日期,户籍地行政区划代码"
    rows = (f"王三秘,{each},{'女' if each == GIRLS else '男'},2014-02-03,330199001" for each in numbers)
    (tmp_path / "台账.csv").write_text("\n".join([head, *rows]), "utf-8")
    return read_ledger(tmp_path / "台账.csv")


def test_a_ledgers_row_waits_as_well(keyed, tmp_path):
    keyed.import_ledger(ledger(tmp_path, ONE), at=JULY, by=BY)
    (ref,) = keyed.refs()
    done = keyed.import_ledger(ledger(tmp_path, ""), at=AUG, by=BY)
    assert ([place.ref for place in done.perhaps], done.not_filed) == ([ref], done.perhaps)
    assert "1 that may be the child of a file" in done.summary("en")
    assert keyed.import_ledger(ledger(tmp_path, ""), at=AUG, by=BY, two_ids=True).written == 1


def test_two_rows_of_a_ledger_that_agree_in_all_but_the_id_wait_until_somebody_said_that_they_are_two(keyed, tmp_path):
    done = keyed.import_ledger(ledger(tmp_path, ONE, MENDED), at=JULY, by=BY)
    assert (done.written, len(done.not_filed), keyed.refs()) == (0, 2, ())
    assert all("two_ids=True" in place.why.zh and not stray(place.why) for place in done.not_filed)
    assert len(keyed.due(rules(), today=AUG).of("waiting")) == 2
    assert keyed.import_ledger(ledger(tmp_path, ONE, MENDED), at=JULY, by=BY, two_ids=True).written == 2
    again = keyed.import_ledger(ledger(tmp_path, MENDED, GIRLS, ONE), at=AUG, by=BY)
    assert [place.row for place in again.not_filed] == [3], "the two have files of their own by now"
    assert len(keyed.refs()) == 2


def test_a_ledger_that_names_a_filed_child_once_more_with_a_mistyped_id_begins_no_second_file(keyed, tmp_path):
    keyed.import_ledger(ledger(tmp_path, ONE), at=JULY, by=BY)
    done = keyed.import_ledger(ledger(tmp_path, ONE, MENDED), at=AUG, by=BY)
    assert ([place.row for place in done.not_filed], len(keyed.refs())) == ([3], 1)


def test_a_ledgers_row_whose_file_is_closed_is_told(file_store, tmp_path):
    file_store.import_ledger(ledger(tmp_path, ONE), at=JULY, by=BY)
    (ref,) = file_store.refs()
    file_store.close_file(ref, reason="adopted", last_paid="2025-07", on=AUG, by=BY)
    done = file_store.import_ledger(ledger(tmp_path, ONE), at=AUG, by=BY)
    assert (done.unchanged, [place.ref for place in done.closed]) == (1, [ref])
    assert "1 with a closed file is still in the ledger" in done.summary("en")


def test_a_store_of_an_earlier_version_finds_namesakes_after_it_was_opened(tmp_path):
    url = f"sqlite:///{tmp_path}/cases.db"
    with CaseStore(url, key=None) as store:
        filed(store, WITH_ID)
    without_table(tmp_path / "cases.db", "kg_persons")
    with CaseStore(url, key=None) as store:
        assert store.verify().ok
        assert len(filed(store, NAMED, at=AUG)[0].perhaps) == 1


def test_a_damaged_file_keeps_only_who_may_be_its_child_waiting(tmp_path):
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=None) as store:
        filed(store, WITH_ID)
        (ref,) = store.refs()
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute("UPDATE kg_bodies SET content = zeroblob(9)")
    connection.close()
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=None) as store:
        first, second = filed(store, NAMED, NAMED | {"child.name": "李四秘"}, at=AUG)
        assert (first.perhaps, second.filing) == ((ref,), Filing.WRITTEN)


def test_a_damaged_question_keeps_no_other_from_being_settled(tmp_path):
    other = {"child.name": "李四宝", "child.birth_date": "2013-06-07", "child.sex": "male"}
    other |= {"child.registration.division": "330199001"}
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=None) as store:
        filed(store, WITH_ID, other | {"child.resident_id": number(1, "20130607")})
        filed(store, NAMED, other, at=AUG)
        asked = {each.ref: each.entry for ref in store.refs() for each in store.doubts(ref)}
    (ref,) = (ref for ref in asked if ref == store.pseudonym(f"id:{ONE}"))
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute("UPDATE kg_bodies SET content = zeroblob(9) WHERE number = ?", (asked[ref],))
    connection.close()
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=None) as store:
        filed(store, other | {"child.resident_id": number(1, "20130607")}, at=day("2025-09-01"))
        (left,) = (each for each in asked if each != ref)
        assert store.doubts(left) == ()


def test_the_name_stands_nowhere_in_an_encrypted_store(tmp_path):
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=new_key()) as store:
        filed(store, WITH_ID)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [text for text in ("王三秘", "2014-02-03", ONE) if text.encode() in content]


def test_a_closed_file_that_lists_still_name_is_told(file_store):
    filed(file_store, WITH_ID)
    (ref,) = file_store.refs()
    file_store.close_file(ref, reason="adopted", last_paid="2025-07", on=AUG, by=BY)
    done = filed(file_store, WITH_ID, at=AUG)
    assert (done[0].filing, done[0].closed, done[0].ref) == (Filing.UNCHANGED, True, ref)
    assert "closed file" in done.summary("en")
    assert done[0].why is None

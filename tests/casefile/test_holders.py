"""One child has one file: found by the resident ID that stands in it, whatever its number is, also in an encrypted store."""

import sqlite3

import pytest
import sqlalchemy as sa

from casefile.children import BY, child, day, rules
from kinderguard.casefile import (
    CaseStore,
    DamagedEntryError,
    EntryKind,
    EntryRefusedError,
    ErasedError,
    StoreUnusableError,
    new_key,
)
from kinderguard.casefile.chain.tables import keys
from kinderguard.survey import read_ledger
from told import stray

NUMBER = "330106201203050018"
JAN, SEPT = day("2025-01-15"), day("2025-09-01")
OTHER = "330106201203050034"


def with_id(ref, number=None):
    return child(ref=ref, child__resident_id=number or NUMBER)


@pytest.fixture(params=["plain", "encrypted"])
def keyed(request, tmp_path, clock):
    key = None if request.param == "plain" else new_key()
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=key, clock=clock) as store:
        yield store


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text(f"儿童姓名,身份证号,性别,户籍地行政区划代码\n某甲,{NUMBER},男,330106\n", encoding="utf-8")
    return read_ledger(path)


def test_a_second_file_with_the_same_id_is_doubted(keyed):
    assert keyed.record(with_id("a"), at=JAN, by=BY).doubts == ()
    (doubt,) = keyed.record(with_id("b"), at=JAN, by=BY).doubts
    assert "file a" in doubt.en
    assert NUMBER not in doubt.en + doubt.zh
    assert not stray(doubt)


def test_two_files_with_the_same_id_written_at_once_are_doubted(file_store):
    first, second = file_store.append_many([_facts("a"), _facts("b")])
    assert (first.doubts, len(second.doubts)) == ((), 1)


@pytest.fixture
def twins(keyed):
    """Two open files with one ID, the second written a day later."""
    for ref in ("a", "b"):
        keyed.record(with_id(ref), at=JAN, by=BY)
        keyed._clock.move(days=1)
    return keyed


def told_of(store):
    """By file, the others that each of the ways to look names."""
    due = store.due(rules(), today=store.today()).of("doubt")
    asked = {ref: each.others for ref in store.refs() for each in store.doubts(ref)}
    assert {item.ref: (item.day, item.overdue) for item in due} == dict.fromkeys(asked, (day("2025-09-02"), True))
    report = store.verify()
    assert report.ok
    assert [finding.where for finding in report.findings] == sorted(asked)[:1]
    for text in (*(item.text for item in due), *(finding.message for finding in report.findings)):
        assert NUMBER not in text.zh + text.en
        assert not stray(text)
    return asked


def test_files_with_one_id_are_told_until_all_but_one_are_closed(twins):
    assert told_of(twins) == {"a": ("b",), "b": ("a",)}
    twins.close_file("b", reason="other", note="twice", last_paid=None, by=BY)
    assert told_of(twins) == {}
    twins.reopen_file("b", reason="a slip", by=BY)
    assert set(told_of(twins)) == {"a", "b"}


@pytest.mark.parametrize(
    "settle",
    [
        lambda s: s.erase("b", reason="kept long enough", by=BY),
        lambda s: s.correct("b", 2, {"child.resident_id": OTHER}, reason="mistyped", by=BY),
        lambda s: s.correct("b", 2, None, reason="another child", by=BY),
    ],
)
def test_files_of_which_one_is_erased_or_holds_the_id_no_more_are_not_told(twins, settle):
    settle(twins)
    assert told_of(twins) == {}


def test_an_id_that_the_file_of_another_child_holds_on_some_day_is_told(file_store):
    file_store.record(with_id("a"), at=JAN, by=BY)
    file_store.record(with_id("a", OTHER), at=SEPT, by=BY)
    for ref, number in (("b", NUMBER), ("c", OTHER)):
        file_store.record(with_id(ref, number), at=JAN, by=BY)
    (seen,) = file_store.doubts("a")
    assert seen.others == ("b", "c")
    assert [each.others for ref in ("b", "c") for each in file_store.doubts(ref)] == [("a",), ("a",)]


def test_a_damaged_file_hides_no_other_that_holds_its_id(tmp_path, twins):
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute("UPDATE kg_bodies SET content = zeroblob(9) WHERE number = 2")
    connection.close()
    assert [each.others for each in twins.doubts("a")] == [("b",)]
    due = twins.due(rules(), today=SEPT)
    assert [item.ref for item in due.of("doubt")] == ["a"]
    assert "file.unreadable" in [problem.code for problem in due.problems]


def test_a_closed_file_with_the_id_is_told_only_to_whoever_begins_another(file_store):
    file_store.record(with_id("a"), at=JAN, by=BY)
    file_store.close_file("a", reason="adopted", last_paid=None, by=BY)
    (doubt,) = file_store.record(with_id("b"), at=JAN, by=BY).doubts
    assert "store.reopen_file" in doubt.en
    assert file_store.doubts("b") == ()


def test_an_import_uses_the_one_file_that_is_left_open(keyed, ledger):
    for ref in (keyed.pseudonym(NUMBER), "b"):
        keyed.record(with_id(ref), at=JAN, by=BY)
    keyed.close_file(keyed.pseudonym(NUMBER), reason="other", note="twice", last_paid=None, by=BY)
    assert keyed.import_ledger(ledger, at=SEPT, by=BY).written == 1
    assert keyed.case("b", at=SEPT).child.name.reveal() == "某甲"


def _facts(ref):
    from kinderguard.casefile import NewEntry

    return NewEntry(ref, EntryKind.FACTS, {"facts": {"child.resident_id": NUMBER}}, JAN, by=BY)


def test_an_import_uses_the_file_that_holds_the_id(keyed, ledger):
    keyed.record(with_id("a"), at=JAN, by=BY)
    assert keyed.import_ledger(ledger, at=SEPT, by=BY).written == 1
    assert keyed.refs() == ("a",)
    assert keyed.case("a", at=SEPT).child.name.reveal() == "某甲"


def test_an_import_files_nothing_where_several_files_hold_the_id(file_store, ledger):
    for ref in ("a", "b"):
        file_store.record(with_id(ref), at=JAN, by=BY)
    (left,) = file_store.import_ledger(ledger, at=SEPT, by=BY).not_filed
    assert "a, b" in left.why.en
    assert NUMBER not in left.why.en
    assert file_store.refs() == ("a", "b")


def test_an_id_that_was_corrected_finds_the_file_no_more(file_store):
    file_store.record(with_id("a"), at=JAN, by=BY)
    file_store.correct("a", 1, {"child.resident_id": OTHER}, reason="mistyped", by=BY)
    assert file_store.find(NUMBER, by=BY, reason="a call from the school") == ()
    assert file_store.find(OTHER, by=BY, reason="a call from the school") == ("a",)


def test_a_search_is_kept_in_the_file_without_the_id(keyed):
    keyed.record(with_id("a"), at=JAN, by=BY)
    assert keyed.find(NUMBER.lower(), by="330106.user9", reason="a call from the school") == ("a",)
    entry = keyed.entries("a")[-1]
    assert (entry.kind, entry.by, entry.body) == (
        EntryKind.SEARCH, "330106.user9", {"reason": "a call from the school", "by": "resident_id"},
    )  # fmt: skip
    with pytest.raises(EntryRefusedError) as told:
        keyed.find("330106201203050013", by=BY, reason="a call")
    assert "3301" not in str(told.value)
    with pytest.raises(EntryRefusedError):
        keyed.find(NUMBER, by=BY, reason=" ")


def test_the_pseudonym_of_an_id_is_the_file_that_an_import_begins(keyed, ledger):
    keyed.import_ledger(ledger, at=SEPT, by=BY)
    assert keyed.refs() == (keyed.pseudonym(NUMBER),)


def test_an_erased_file_is_found_by_its_id_no_more_and_takes_nothing(file_store):
    file_store.record(with_id("a"), at=JAN, by=BY)
    file_store.erase("a", reason="kept long enough", by=BY)
    assert file_store.find(NUMBER, by=BY, reason="a call") == ()
    for write in (
        lambda: file_store.record(with_id("a"), at=JAN, by=BY),
        lambda: file_store.append("a", "visit", {}, valid_from=JAN, by=BY),
        lambda: file_store.close_file("a", reason="adopted", last_paid=None, by=BY),
    ):
        with pytest.raises(ErasedError) as told:
            write()
        assert not stray(told.value.text)
    assert file_store.verify().ok


def test_a_store_of_an_earlier_version_finds_files_by_id_after_it_was_opened(tmp_path):
    url = f"sqlite:///{tmp_path}/cases.db"
    with CaseStore(url) as store:
        store.record(with_id("a"), at=JAN, by=BY)
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute("DROP TABLE kg_ids")
    connection.close()
    with CaseStore(url) as store:
        assert store.verify().ok
        assert store.find(NUMBER, by=BY, reason="a call") == ("a",)


@pytest.mark.parametrize("key", [None, new_key()], ids=["plain", "encrypted"])
@pytest.mark.parametrize("damage", ["X''", "X'00'", "'text'", "zeroblob(60)", "zeroblob(33)"])
def test_a_damaged_secret_is_told_with_the_mend(tmp_path, key, damage):
    url = f"sqlite:///{tmp_path}/cases.db"
    CaseStore(url, key=key).close()
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute(f"UPDATE kg_store SET secret = {damage}")
    connection.close()
    wrong = damage == "zeroblob(60)" and key is not None
    with pytest.raises(Exception if wrong else StoreUnusableError) as told:
        CaseStore(url, key=key)
    assert not stray(told.value.text)
    assert "backup" in told.value.text.en


def test_files_are_found_and_their_tables_made_anew_on_each_database(store):
    store.record(with_id("a"), at=JAN, by=BY)
    store.record(child(ref="b", division_code="330106001"), at=JAN, by=BY)
    assert store.find(NUMBER, by=BY, reason="a call") == ("a",)
    store.erase("b", reason="kept long enough", by=BY)
    visit = store.append("a", "visit", {}, valid_from=JAN, by=BY, key="v1")
    for change in (sa.delete(keys), sa.insert(keys).values(digest="x", ref="a", number=99)):
        with store._database.writing() as connection:
            connection.execute(change)
        assert [problem.code for problem in store.verify().problems] == ["chain.keys"]
        assert store.rebuild() == 2
        assert store.verify().ok
    assert store.append("a", "visit", {}, valid_from=JAN, by=BY, key="v1") == visit
    assert store.find(NUMBER, by=BY, reason="a call") == ("a",)
    assert store.refs("330106") == ("a",)
    (doubt,) = store.record(with_id("c"), at=JAN, by=BY).doubts
    assert "file a" in doubt.en
    assert [each.others for each in store.doubts("c")] == [("a",)]
    (doubt,) = store.record(child(ref="d", division_code="331988001"), at=JAN, by="user3").doubts
    assert "331988" in doubt.en


def test_a_damaged_entry_keeps_nobody_from_opening_a_store_of_an_earlier_version(tmp_path):
    url = f"sqlite:///{tmp_path}/cases.db"
    with CaseStore(url) as store:
        store.record(with_id("a"), at=JAN, by=BY)
        store.record(with_id("b", OTHER), at=JAN, by=BY)
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute("DROP TABLE kg_ids")
        connection.execute("UPDATE kg_bodies SET content = zeroblob(9) WHERE number = 1")
    connection.close()
    with CaseStore(url) as store:
        assert [problem.where for problem in store.verify().problems] == ["#1"]
        assert store.find(OTHER, by=BY, reason="a call") == ("b",)
        with pytest.raises(DamagedEntryError):
            store.rebuild()
        assert store.find(OTHER, by=BY, reason="a call") == ("b",)

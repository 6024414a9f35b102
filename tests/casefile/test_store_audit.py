"""The audit chain: any change, loss, addition or reordering that is made behind the store's back is found and placed."""

import datetime as dt
import hashlib
import hmac
import sqlite3

import pytest

import kinderguard
from kinderguard import Case
from kinderguard.casefile import CaseStore, DamagedEntryError, EntryRefusedError, Head, StoreUnusableError
from kinderguard.casefile.chain.entries import FIRST, entry_hash
from kinderguard.model import Text
from kinderguard.survey import CellProblem, Ledger, LedgerRow
from told import stray

JAN = dt.date(2025, 1, 1)
BY = "330106.user3"


@pytest.fixture
def path(tmp_path):
    """A database of six entries of two files."""
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}") as store:
        for ref in ("a", "b"):
            store.record(Case.from_facts({"ref": ref, "household.size": 3}), at=JAN, by=BY)
            store.append(ref, "visit", {"seen": True}, valid_from=JAN, by=BY)
            store.append(ref, "share", {"to": "school"}, valid_from=JAN, by=BY)
    return path


def tamper(path, *statements):
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def found(path, remembered=None):
    with CaseStore(f"sqlite:///{path}") as store:
        report = store.verify(remembered)
    assert report.ok == bool(report) == (not report.problems)
    return [(p.code, p.where) for p in report.problems]


def test_an_untouched_chain_is_whole(path):
    assert found(path) == []


CHANGES = {
    "ref": "'z'", "kind": "'plan'", "valid_from": "'2024-01-01'", "valid_until": "'2026-01-01'",
    "known_at": "known_at + 1", "written_by": "'somebody'", "corrects": "1", "body_digest": "'" + "0" * 64 + "'",
    "previous": "'" + "2" * 64 + "'", "hash": "'" + "1" * 64 + "'",
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_change_of_any_column_of_any_entry_is_found(path, column, number):
    tamper(path, f"UPDATE kg_entries SET {column} = {CHANGES[column]} WHERE number = {number}")
    assert any(where in (f"#{number}", f"#{number + 1}") for _, where in found(path))


def test_every_column_of_an_entry_is_tried():
    from kinderguard.casefile.chain.tables import entries

    assert set(CHANGES) == {c.name for c in entries.c} - {"number"}


@pytest.mark.parametrize(
    ("statements", "problems"),
    [
        (["UPDATE kg_bodies SET content = CAST('{}' AS BLOB) WHERE number = 2"], [("chain.body_changed", "#2")]),
        (["UPDATE kg_bodies SET salt = zeroblob(16) WHERE number = 2"], [("chain.body_changed", "#2")]),
        (["DELETE FROM kg_bodies WHERE number = 2"], [("chain.body_missing", "#2")]),
        (["DELETE FROM kg_entries WHERE number = 3", "DELETE FROM kg_bodies WHERE number = 3"],
         [("chain.missing", "#4"), ("chain.file", "a")]),
        (["DELETE FROM kg_entries WHERE number = 2"], [("chain.missing", "#3"), ("chain.stray_body", "#2")]),
        (["DELETE FROM kg_entries WHERE number = 6", "DELETE FROM kg_bodies WHERE number = 6"],
         [("chain.head", "#6"), ("chain.file", "b")]),
        (["INSERT INTO kg_bodies VALUES (99, zeroblob(16), zeroblob(1))"], [("chain.stray_body", "#99")]),
        (["UPDATE kg_head SET number = 5"], [("chain.head", "#5")]),
        (["UPDATE kg_files SET last = 2 WHERE ref = 'a'"], [("chain.file", "a")]),
        (["DELETE FROM kg_files WHERE ref = 'a'"], [("chain.file", "a")]),
    ],
)  # fmt: skip
def test_what_was_done_is_named_where_it_was_done(path, statements, problems):
    tamper(path, *statements)
    assert found(path) == problems


@pytest.mark.parametrize("table", ["kg_head", "kg_store"])
def test_a_table_of_one_row_that_was_emptied_is_named_with_the_mend(path, table):
    tamper(path, f"DELETE FROM {table}")
    with (
        pytest.raises(StoreUnusableError, match=f"{table} .* restore a backup") as told,
        CaseStore(f"sqlite:///{path}") as store,
    ):
        store.verify()
    assert (table in told.value.text.zh, stray(told.value.text)) == (True, [])


def test_two_entries_that_changed_places_are_found(path):
    tamper(
        path,
        "UPDATE kg_entries SET number = -2 WHERE number = 2", "UPDATE kg_entries SET number = 2 WHERE number = 5",
        "UPDATE kg_entries SET number = 5 WHERE number = -2",
    )  # fmt: skip
    assert {"#2", "#5"} <= {where for _, where in found(path)}


def test_an_entry_whose_body_was_swapped_cannot_be_read(path):
    tamper(path, "UPDATE kg_bodies SET content = (SELECT content FROM kg_bodies WHERE number = 4) WHERE number = 3")
    with CaseStore(f"sqlite:///{path}") as store, pytest.raises(DamagedEntryError, match="entry 3"):
        store.entries("a")


def test_a_pretended_erasure_is_found(path):
    """Bodies may be missing before an erasure of their own file only, and an audit entry's never."""
    with CaseStore(f"sqlite:///{path}") as store:
        store.erase("a", reason="r", by=BY)
    assert found(path) == []
    tamper(path, "DELETE FROM kg_bodies WHERE number IN (3, 4)")
    assert found(path) == [("chain.body_missing", "#3"), ("chain.body_missing", "#4")]


def rewrite(path):
    """What somebody with the database and this library's source can do: change an entry and make the whole chain anew."""
    connection = sqlite3.connect(path)
    previous = FIRST
    rows = connection.execute("SELECT * FROM kg_entries ORDER BY number").fetchall()
    for number, ref, kind, since, until, known, _, corrects, kept, _, _ in rows:
        digest = kept
        if number == 2:
            content = b'{"seen":false}'
            (salt,) = connection.execute("SELECT salt FROM kg_bodies WHERE number = 2").fetchone()
            digest = hmac.new(salt, content, hashlib.sha256).hexdigest()
            connection.execute("UPDATE kg_bodies SET content = ? WHERE number = 2", (content,))
        days = [None if d is None else dt.date.fromisoformat(d) for d in (since, until)]
        own = entry_hash(number, ref, kind, *days, known, BY, corrects, digest, previous)
        connection.execute(
            "UPDATE kg_entries SET body_digest = ?, previous = ?, hash = ? WHERE number = ?",
            (digest, previous, own, number),
        )
        previous = own
    connection.execute("UPDATE kg_head SET hash = ?", (previous,))
    connection.commit()
    connection.close()


def test_a_history_that_was_made_anew_is_found_by_a_head_kept_elsewhere(path):
    with CaseStore(f"sqlite:///{path}") as store:
        kept = store.head()
        store.append("a", "visit", {}, valid_from=JAN, by=BY)
    assert found(path, kept) == []
    rewrite(path)
    assert found(path) == []
    assert found(path, kept) == [("chain.rewritten", "#6")]


def test_a_head_kept_elsewhere_finds_an_end_that_was_cut_off(path):
    assert found(path, Head(7, "0" * 64)) == [("chain.truncated", "#7")]


def test_problems_are_told_in_both_languages(path):
    tamper(path, "DELETE FROM kg_entries WHERE number IN (2, 3)")
    with CaseStore(f"sqlite:///{path}") as store:
        problem = store.verify().problems[0]
    assert problem.message.en.startswith("entry 2–3 is missing; stop writing")
    assert problem.message.zh.startswith("缺少记录 2–3；请停止写入")


def test_verifying_reads_a_chain_longer_than_one_step(tmp_path, monkeypatch):
    from kinderguard.casefile.chain import verifying

    monkeypatch.setattr(verifying, "_STEP", 4)
    path = tmp_path / "long.db"
    with CaseStore(f"sqlite:///{path}") as store:
        for n in range(10):
            store.append(f"r{n}", "visit", {}, valid_from=JAN, by=BY)
        assert store.verify().entries == 10
    tamper(path, "UPDATE kg_entries SET previous = hash WHERE number = 5")
    assert ("chain.broken", "#5") in found(path)


DERIVED = {
    "chain.places": [
        "DELETE FROM kg_places WHERE ref = 'b'",
        "UPDATE kg_places SET division = '370831' WHERE ref = 'b'",
        "INSERT INTO kg_places VALUES ('nobody', '330106')",
    ],
    "chain.erased": ["UPDATE kg_files SET erased = 1 WHERE ref = 'b'"],
    "chain.ids": ["DELETE FROM kg_ids", "UPDATE kg_ids SET digest = 'x'"],
    "chain.persons": ["DELETE FROM kg_persons", "UPDATE kg_persons SET digest = 'x'"],
    "chain.file": ["DELETE FROM kg_files WHERE ref = 'b'", "UPDATE kg_files SET last = 1 WHERE ref = 'b'"],
}


@pytest.mark.parametrize(("code", "change"), [(code, each) for code, some in DERIVED.items() for each in some])
def test_what_is_worked_out_from_entries_is_checked_against_them_and_made_anew(path, code, change):
    with CaseStore(f"sqlite:///{path}") as store:
        facts = {"ref": "b", "division_code": "330106", "child.resident_id": "330106201203050018"}
        facts["child.name"] = "某甲"
        store.record(Case.from_facts(facts), at=JAN, by=BY)
        assert store.verify().ok
    tamper(path, change)
    assert {told for told, _ in found(path)} == {code}
    with CaseStore(f"sqlite:///{path}") as store:
        store.rebuild()
        assert store.verify().ok
        assert "b" in store.refs("330106")


def test_what_waits_beside_the_entries_and_the_last_time_are_checked(path):
    with CaseStore(f"sqlite:///{path}") as store:
        wrong = CellProblem("ledger.row", "表", 2, None, Text("核对", "check"))
        ledger = Ledger("名单.csv", (LedgerRow("表", 2, None, None, wrong, ()),), (), (), (), {}, 1)
        store.import_ledger(ledger, at=JAN, by=BY)
    assert found(path) == []
    tamper(path, "UPDATE kg_head SET known_at = 1")
    assert found(path) == [("chain.head", "#6")]
    tamper(path, "UPDATE kg_head SET known_at = (SELECT max(known_at) FROM kg_entries)", "DELETE FROM kg_unread")
    assert found(path) == [("chain.waiting", "")]
    with CaseStore(f"sqlite:///{path}") as store:
        store.rebuild()
        assert store.verify().ok
    tamper(path, "INSERT INTO kg_waiting VALUES ('x', x'00')")
    assert found(path) == [("chain.waiting", "")]


def test_a_store_of_an_earlier_version_is_sealed_as_it_is_when_it_is_opened(path):
    tamper(path, "DROP TABLE kg_unread", "DROP TABLE kg_seal", "INSERT INTO kg_waiting VALUES ('x', x'00')")
    assert found(path) == []
    tamper(path, "DELETE FROM kg_waiting")
    assert found(path) == [("chain.waiting", "")]


UNREADABLE = {
    "valid_from": "'2026-13-01'", "valid_until": "'soon'", "known_at": "'x'", "corrects": "'x'", "written_by": "x'ff'", "hash": "x'00'",
    "kind": "x'00'", "ref": "x'00'",
}  # fmt: skip


@pytest.mark.parametrize("column", UNREADABLE)
def test_an_entry_that_cannot_even_be_read_is_named_with_its_column(path, column):
    tamper(path, f"UPDATE kg_entries SET {column} = {UNREADABLE[column]} WHERE number = 4")
    with CaseStore(f"sqlite:///{path}") as store:
        (told,) = [problem for problem in store.verify().problems if problem.code == "chain.unreadable"]
        assert (told.where, f"column {column} holds" in told.message.en) == ("#4", True)
        assert ("file b" in told.message.en) is (column != "ref")
        assert store.entries("a")
        with pytest.raises(DamagedEntryError, match="entry 4"):
            store.entry(4)


def test_an_entry_without_a_number_is_named_and_the_rest_is_read(path):
    tamper(path, "UPDATE kg_entries SET number = 'x' WHERE number = 6")
    assert {("chain.unreadable", "#?"), ("chain.head", "#6")} <= set(found(path))


def test_what_is_due_goes_on_without_the_file_whose_entry_cannot_be_read(path):
    tamper(path, "UPDATE kg_entries SET valid_from = '2026-13-01' WHERE number = 4")
    with CaseStore(f"sqlite:///{path}") as store:
        found = store.due(kinderguard.load(), today=dt.date(2025, 2, 1))
        assert {item.ref for item in found} == {"a"}
        assert [problem.where for problem in found.problems if problem.code == "file.unreadable"] == ["b"]


@pytest.mark.parametrize("change", ["valid_from = '2020-01-01'", "written_by = 'somebody'", "kind = 'visit'"])
def test_an_entry_whose_day_author_or_kind_was_changed_cannot_be_read(path, change):
    tamper(path, f"UPDATE kg_entries SET {change} WHERE number = 3")
    with CaseStore(f"sqlite:///{path}") as store, pytest.raises(DamagedEntryError, match="entry 3"):
        store.entries("a")


KEYS = [
    "DELETE FROM kg_keys",
    "UPDATE kg_keys SET number = 99 WHERE ref = 'a'",
    "UPDATE kg_keys SET number = number - 1 WHERE ref = 'a'",
    "UPDATE kg_keys SET ref = 'b' WHERE ref = 'a'",
    "UPDATE kg_keys SET digest = 'x' WHERE ref = 'a'",
    "INSERT INTO kg_keys SELECT 'x', ref, number FROM kg_keys WHERE ref = 'a'",
    "INSERT INTO kg_keys VALUES ('x', 'nobody', 99)",
]


@pytest.mark.parametrize("change", KEYS)
def test_keys_are_held_against_the_entries_and_had_again_from_them(path, change):
    def again(store):
        return [store.append(ref, "visit", {}, valid_from=JAN, by=BY, key=f"{ref}1").number for ref in ("a", "b")]

    with CaseStore(f"sqlite:///{path}") as store:
        numbers = again(store)
        assert store.verify().ok
    tamper(path, change)
    assert {told for told, _ in found(path)} == {"chain.keys"}
    with CaseStore(f"sqlite:///{path}") as store:
        store.rebuild()
        assert store.verify().ok
        assert again(store) == numbers


def test_a_key_that_led_to_nothing_outlives_a_rebuilding(path):
    old, new = (Case.from_facts({"ref": "a", "household.size": size}) for size in (3, 4))
    with CaseStore(f"sqlite:///{path}") as store:
        assert store.record(old, at=JAN, by=BY, key="a1") is None
        store.rebuild()
        assert store.record(new, at=JAN, by=BY, key="a1") is None


def test_of_keys_of_what_was_erased_nothing_is_left(path):
    with CaseStore(f"sqlite:///{path}") as store:
        for kind in ("visit", "share"):
            store.append("a", kind, {}, valid_from=JAN, by=BY, key=kind)
        digest = store._vault.key_digest("share")
        store.erase("a", reason="r", by=BY)
        assert store.verify().ok
        store.rebuild()
        assert store.verify().ok
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM kg_keys").fetchone() == (0,)
    connection.close()
    assert digest.encode() not in path.read_bytes()


def test_no_reader_is_given_the_digest_of_a_key_and_none_is_given_as_one(path):
    with CaseStore(f"sqlite:///{path}") as store:
        for entry in (store.append("a", "visit", {}, valid_from=JAN, by=BY, key="a1"), store.entries("a")[-1]):
            assert entry.body == {}
        with pytest.raises(EntryRefusedError, match="kg_key"):
            store.append("a", "visit", {"kg_key": "x"}, valid_from=JAN, by=BY)

"""Filing a ledger: each child once, however often and by however many it is imported; no row is lost without a word."""

import datetime as dt
import threading
from pathlib import Path

import pytest

from kinderguard.casefile import CaseStore
from kinderguard.survey import read_ledger
from told import stray

DAY = dt.date(2025, 9, 1)
BY = "330106.user3"
EXAMPLE = Path(__file__).parents[2] / "examples/ledger.xlsx"


def resident_id(n, born="20150101"):
    from kinderguard.model.resident_id import check_digit

    first = f"990101{born}{n:03d}".replace("990101", "330106")
    return first + check_digit(first)


@pytest.fixture
def ledger(tmp_path):
    """Read a ledger of the given rows: (序号, 姓名, 身份证号, 出生日期, 家庭人口)."""

    def read(*rows, name="九月.csv"):
        head = "序号,儿童姓名,身份证号,出生日期,家庭人口,户籍地行政区划代码"
        lines = [head, *(",".join(str(cell) for cell in row) + ",330106" for row in rows)]
        (tmp_path / name).write_text("\n".join(lines), "utf-8")
        return read_ledger(tmp_path / name)

    return read


ONE, TWO = resident_id(1), resident_id(2)


def counts(done):
    return done.written, done.unchanged, done.before, len(done.not_filed)


def test_every_child_has_one_file_and_a_second_import_does_nothing(store, ledger):
    book = ledger((1, "甲", ONE, "", 3), (2, "乙", TWO, "", 4))
    assert counts(store.import_ledger(book, at=DAY, by=BY)) == (2, 0, 0, 0)
    assert counts(store.import_ledger(book, at=DAY, by=BY)) == (0, 0, 2, 0)
    assert len(store.refs()) == store.head().number == 2
    done = store.import_ledger(book, at=DAY, by=BY)
    assert done.summary("en") == "2 rows = 0 written + 0 unchanged + 2 imported before + 0 not filed"
    assert str(done) == "2 行 = 已写入 0 + 无变化 0 + 以前已导入 2 + 未存档 0"
    assert store.case(store.pseudonym(f"id:{ONE}")).household.size == 3


def test_next_months_ledger_goes_into_the_same_files(store, ledger):
    store.import_ledger(ledger((1, "甲", ONE, "", 3), (2, "乙", TWO, "", 4)), at=DAY, by=BY)
    later = ledger((1, "乙", TWO, "", 5), (2, "甲", ONE, "", 3))  # another order, other row numbers
    october = dt.date(2025, 10, 1)
    assert counts(store.import_ledger(later, at=october, by=BY)) == (1, 1, 0, 0)
    ref = store.pseudonym(f"id:{TWO}")
    assert [store.case(ref, at=day).household.size for day in (DAY, october)] == [4, 5]


def test_importing_an_old_ledger_again_does_not_undo_what_was_learnt_since(store, ledger):
    old = ledger((1, "甲", ONE, "", 3))
    store.import_ledger(old, at=DAY, by=BY)
    ref = store.pseudonym(f"id:{ONE}")
    store.append(ref, "facts", {"facts": {"household.size": 4}}, valid_from=DAY, by=BY)
    store.import_ledger(old, at=DAY, by=BY)
    assert store.case(ref, at=DAY).household.size == 4


def test_next_months_ledger_that_repeats_the_old_undoes_nothing_whatever_its_name(file_store, ledger):
    file_store.import_ledger(ledger((1, "甲", ONE, "", 3)), at=dt.date(2025, 7, 1), by=BY)
    ref = file_store.pseudonym(f"id:{ONE}")
    file_store.correct(ref, 1, {"household.size": 4}, reason="miscounted", by=BY)
    done = file_store.import_ledger(ledger((7, "甲", ONE, "", 3), name="八月.csv"), at=dt.date(2025, 8, 1), by=BY)
    assert file_store.case(ref, at=DAY).household.size == 4
    (place,) = done.held_back
    assert (place.row, place.ref, place.facts) == (2, ref, ("household.size",))
    assert not stray(place.why)
    assert done.summary("en").endswith(
        "; 1 row contradicts what somebody recorded, names a place in another county, or takes back a stated end or death: not taken, to be checked"
    )
    assert len(file_store.doubts(ref)) == 1
    again = file_store.import_ledger(ledger((1, "甲", ONE, "", 3), name="九月.csv"), at=DAY, by=BY)
    assert (counts(again), len(again.held_back), len(file_store.doubts(ref))) == ((0, 1, 0, 0), 1, 1)
    file_store.import_ledger(ledger((1, "甲", ONE, "", 4), name="十月.csv"), at=dt.date(2025, 10, 1), by=BY)
    assert file_store.doubts(ref) == (), "it has come round"


def test_an_old_ledger_whose_keys_were_lost_undoes_no_correction(file_store, ledger, tmp_path):
    import sqlite3

    old = ledger((1, "甲", ONE, "", 3))
    file_store.import_ledger(old, at=DAY, by=BY)
    ref = file_store.pseudonym(f"id:{ONE}")
    file_store.correct(ref, 1, {"household.size": 4}, reason="miscounted", by=BY)
    with sqlite3.connect(tmp_path / "cases.db") as database:
        database.execute("delete from kg_keys")
    done = file_store.import_ledger(old, at=DAY, by=BY)
    assert (counts(done), len(done.held_back)) == ((0, 1, 0, 0), 1)
    assert (file_store.case(ref, at=DAY).household.size, file_store.doubts(ref)) == (4, ())


def test_rows_with_one_id_and_two_names_are_filed_in_nobodys_file(store, ledger):
    book = ledger((1, "孙子明", ONE, "", 3), (2, "孙子文", ONE, "", 4), (3, "乙", TWO, "", 4))
    done = store.import_ledger(book, at=DAY, by=BY)
    assert counts(done) == (1, 0, 0, 2)
    assert store.refs() == (store.pseudonym(f"id:{TWO}"),)
    assert all("双胞胎" in left.why.zh and not stray(left.why, "ID") for left in done.not_filed)


def test_a_child_twice_in_one_ledger_is_filed_once_and_told(store, ledger):
    done = store.import_ledger(ledger((1, "甲", ONE, "", 3), (2, "甲", ONE, "", 4)), at=DAY, by=BY)
    assert counts(done) == (1, 0, 0, 1)
    assert done.not_filed[0].row == 3
    assert "row 2" in done.not_filed[0].why.en


def test_a_child_without_an_id_is_filed_by_name_and_day_and_named_to_be_looked_at(store, ledger):
    done = store.import_ledger(
        ledger((1, "甲", "", "2015-01-01", 3), (2, "", "", "2015-01-01", 4), (3, "丙", "", "2015-01", 4)), at=DAY, by=BY
    )
    assert (done.written, [p.row for p in done.without_id], [p.row for p in done.not_filed]) == (1, [2], [3, 4])
    assert store.import_ledger(ledger((9, "甲", "", "2015-01-01", 3)), at=DAY, by=BY).before == 1
    assert len(store.refs()) == 1


def test_a_row_that_could_not_be_read_is_told_with_its_reason(store, ledger):
    done = store.import_ledger(ledger((1, "甲", ONE, "2011-05-05", 3), (2, "乙", TWO, "", 4)), at=DAY, by=BY)
    assert done.written + len(done.not_filed) == done.rows == 2


def test_an_erased_child_does_not_come_back_by_itself(store, ledger):
    book = ledger((1, "甲", ONE, "", 3))
    store.import_ledger(book, at=DAY, by=BY)
    ref = store.pseudonym(f"id:{ONE}")
    store.erase(ref, reason="kept long enough", by=BY)
    done = store.import_ledger(book, at=DAY, by=BY)
    assert counts(done) == (0, 0, 0, 1)
    assert "erased" in done.not_filed[0].why.en
    assert store.refs() == ()


def test_a_row_that_its_file_refuses_is_told_and_the_others_are_filed(store, ledger):
    ref = store.pseudonym(f"id:{ONE}")
    store.append(ref, "facts", {"facts": {"child.sex": "female"}}, valid_from=dt.date(2025, 12, 1), by=BY)
    done = store.import_ledger(ledger((1, "甲", ONE, "", 3), (2, "乙", TWO, "", 4)), at=DAY, by=BY)
    assert counts(done) == (1, 0, 0, 1)
    assert "contradict itself" in done.not_filed[0].why.en
    assert store.verify()


def test_whose_file_a_row_belongs_to_can_be_said(store, ledger):
    book = ledger((1, "甲", ONE, "", 3), (2, "乙", TWO, "", 4))
    done = store.import_ledger(book, at=DAY, by=BY, refs=lambda row: f"own-{row.ref}" if row.ref == "1" else None)
    assert counts(done) == (1, 0, 0, 1)
    assert store.refs() == ("own-1",)


def test_progress_is_told(store):
    seen = []
    store.import_ledger(read_ledger(EXAMPLE), at=DAY, by=BY, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (seen[-1][1], seen[-1][1])
    assert len(seen) > 1


def test_two_imports_of_one_ledger_at_once_file_each_child_once(store_url):
    book = read_ledger(EXAMPLE)
    with CaseStore(store_url) as alone:
        done, start = [], threading.Barrier(2)

        def run():
            with CaseStore(store_url) as store:
                start.wait()
                done.append(store.import_ledger(book, at=DAY, by=BY))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        children = len(alone.refs())
        assert sum(d.written for d in done) == children == alone.head().number
        assert sum(d.before for d in done) == children
        assert {d.rows for d in done} == {book.rows_in}
        assert alone.verify()

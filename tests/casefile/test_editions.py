"""The order in which editions of lists are filed: a late one changes nothing of what newer ones said, and going back is taken."""

import datetime as dt
import itertools
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from casefile.earlier_store import without_table
from casefile.test_store_imports import BY, ONE, TWO, counts, ledger  # noqa: F401 - a fixture
from kinderguard import Case
from kinderguard.casefile import CaseStore, new_key
from kinderguard.casefile.chain import tables as t
from kinderguard.survey import Source, built_in_profiles, combine, read_ledger

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (dt.date(2025, month, 1) for month in (9, 10, 11, 12))


def sizes(store, *days):
    (ref,) = store.refs()
    return [store.case(ref, at=day).household.size for day in days]


def filed(store, ledger, *editions, source="civil"):  # noqa: F811
    """File editions of a list of one child: (its day, the size of the household)."""
    return [
        store.import_ledger(ledger((1, "甲", ONE, "", size)), at=day, by=BY, source=source) for day, size in editions
    ]


def surveyed(ledger, day, size, kind="civil_affairs"):  # noqa: F811
    return combine([Source(built_in_profiles()[kind], day, ledger((1, "甲", ONE, "", size)))])


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::3])
def test_what_a_file_says_does_not_depend_on_the_order_of_its_lists(tmp_path, clock, ledger, order):  # noqa: F811
    editions = [(SEPTEMBER, 3), (OCTOBER, 4), (NOVEMBER, 3), (DECEMBER, 3)]
    with CaseStore("sqlite://", clock=clock) as store:
        filed(store, ledger, *(editions[each] for each in order))
        assert sizes(store, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER) == [3, 4, 3, 3]


def test_an_older_survey_filed_late_changes_nothing_of_what_the_newer_one_confirmed(file_store, ledger):  # noqa: F811
    for day, size in ((SEPTEMBER, 3), (NOVEMBER, 3), (OCTOBER, 4)):
        (child,) = file_store.import_survey(surveyed(ledger, day, size), by=BY)
    assert sizes(file_store, SEPTEMBER, OCTOBER, NOVEMBER) == [3, 4, 3]
    assert child.facts == ("household.size",)
    (ref,) = file_store.refs()
    *_, late, again = file_store.entries(ref)
    assert (late.valid_from, again.valid_from) == (OCTOBER, NOVEMBER)
    assert [(row["list"], row["as_of"], row["facts"]) for row in again.body["sources"]] == [
        ("civil_affairs", "2025-11-01", ["household.size"])
    ]


def test_what_another_newer_list_confirmed_counts_as_well(file_store, ledger):  # noqa: F811
    filed(file_store, ledger, (SEPTEMBER, 3))
    filed(file_store, ledger, (NOVEMBER, 3), source="police")
    filed(file_store, ledger, (OCTOBER, 4))
    assert sizes(file_store, OCTOBER, NOVEMBER) == [4, 3]


def test_a_list_that_says_nothing_of_a_fact_confirms_nothing_of_it(file_store, ledger):  # noqa: F811
    filed(file_store, ledger, (SEPTEMBER, 3), (NOVEMBER, ""), (OCTOBER, 4))
    assert sizes(file_store, OCTOBER, NOVEMBER) == [4, 4]


def test_of_a_list_that_changed_something_else_the_rest_counts_as_confirmed(file_store, ledger):  # noqa: F811
    filed(file_store, ledger, (SEPTEMBER, 3))
    with_name = ledger((1, "甲", ONE, "2015-01-01", 3))
    file_store.import_ledger(with_name, at=NOVEMBER, by=BY, source="civil")
    filed(file_store, ledger, (OCTOBER, 4))
    assert sizes(file_store, OCTOBER, NOVEMBER) == [4, 3]


def test_an_older_list_filed_late_does_not_undo_what_a_person_recorded_since(file_store, ledger):  # noqa: F811
    filed(file_store, ledger, (SEPTEMBER, 3), (NOVEMBER, 3))
    (ref,) = file_store.refs()
    file_store.record(Case.from_facts({"ref": ref, "household.size": 5}), at=NOVEMBER, by=BY)
    filed(file_store, ledger, (OCTOBER, 4))
    assert sizes(file_store, SEPTEMBER, OCTOBER, NOVEMBER) == [3, 4, 5]


def test_a_claim_that_comes_late_is_not_asked_where_the_newer_list_says_what_a_person_recorded(file_store, ledger):  # noqa: F811
    filed(file_store, ledger, (SEPTEMBER, 3))
    (ref,) = file_store.refs()
    file_store.correct(ref, 1, {"household.size": 4}, reason="miscounted", by=BY)
    filed(file_store, ledger, (NOVEMBER, 4), (OCTOBER, 5))
    assert (sizes(file_store, OCTOBER, NOVEMBER), file_store.doubts(ref)) == ([4, 4], ())


@pytest.mark.parametrize("turns", [3, 4, 5, 6])
def test_going_back_to_an_earlier_content_of_the_same_day_is_taken_every_time(file_store, ledger, turns):  # noqa: F811
    right, wrong = ledger((1, "甲", ONE, "", 3)), ledger((1, "甲", ONE, "", 4))
    for turn in range(turns):
        book = (right, wrong)[turn % 2]
        assert counts(file_store.import_ledger(book, at=SEPTEMBER, by=BY, source="civil")) == (1, 0, 0, 0)
        assert counts(file_store.import_ledger(book, at=SEPTEMBER, by=BY, source="civil")) == (0, 0, 1, 0)
        assert sizes(file_store, SEPTEMBER) == [(3, 4)[turn % 2]]
    assert file_store.head().number == turns
    assert file_store.verify().ok


def test_a_survey_that_goes_back_to_its_first_content_of_the_day_is_taken(file_store, ledger):  # noqa: F811
    for size in (3, 4, 3):
        (child,) = file_store.import_survey(surveyed(ledger, SEPTEMBER, size), by=BY)
        assert (child.filing.value, sizes(file_store, SEPTEMBER)) == ("written", [size])
    (child,) = file_store.import_survey(surveyed(ledger, SEPTEMBER, 3), by=BY)
    assert child.filing.value == "before"


def test_lists_of_two_departments_of_one_day_filed_again_by_turns_change_nothing(file_store, ledger):  # noqa: F811
    filed(file_store, ledger, (SEPTEMBER, 3))
    filed(file_store, ledger, (SEPTEMBER, 4), source="police")
    (again,) = filed(file_store, ledger, (SEPTEMBER, 3))
    assert (counts(again), sizes(file_store, SEPTEMBER)) == ((0, 0, 1, 0), [4])


def test_an_import_that_was_interrupted_files_only_the_rest(file_store, ledger):  # noqa: F811
    first, whole = ledger((1, "甲", ONE, "", 3)), ledger((1, "甲", ONE, "", 3), (2, "乙", TWO, "", 4))
    file_store.import_ledger(first, at=SEPTEMBER, by=BY, source="civil")
    assert counts(file_store.import_ledger(whole, at=SEPTEMBER, by=BY, source="civil")) == (1, 0, 1, 0)


def test_what_editions_confirmed_holds_no_value_in_clear_goes_with_an_erasure_and_is_verified(tmp_path, ledger):  # noqa: F811
    path = tmp_path / "kept.db"
    with CaseStore(f"sqlite:///{path}", key=new_key()) as store:
        filed(store, ledger, (SEPTEMBER, 3), (NOVEMBER, 3))
        with store._database.reading() as connection:
            kept = [bytes(row.content) for row in connection.execute(sa.select(t.editions))]
        assert len(kept) == 2
        assert not any(b"household" in each or ONE.encode() in each for each in kept)
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE kg_editions SET content = x'00'")
        assert [each.code for each in store.verify().problems] == ["chain.editions"]
        store.rebuild()
        assert store.verify().ok
        filed(store, ledger, (OCTOBER, 3))
        (ref,) = store.refs()
        store.erase(ref, reason="kept long enough", by=BY)
        with store._database.reading() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(t.editions)).scalar() == 0


def test_a_store_of_an_earlier_version_takes_late_lists_and_knows_what_was_imported(tmp_path, clock, ledger):  # noqa: F811
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}", clock=clock, key=None) as store:
        filed(store, ledger, (SEPTEMBER, 3))
    without_table(path, "kg_editions")
    with CaseStore(f"sqlite:///{path}", clock=clock, key=None) as store:
        assert counts(*filed(store, ledger, (SEPTEMBER, 3))) == (0, 0, 1, 0)
        filed(store, ledger, (NOVEMBER, 3), (OCTOBER, 4), (OCTOBER, 3))
        assert sizes(store, SEPTEMBER, OCTOBER, NOVEMBER) == [3, 3, 3]


def mothers(store, tmp_path, *editions):
    """File editions that tell how the mother is: (its day, her situation, since when)."""
    for day, situation, since in editions:
        (tmp_path / "mother.csv").write_text(
            f"序号,儿童姓名,身份证号,母亲状况,母亲状况起始日期\n1,甲,{ONE},{situation},{since}", "utf-8"
        )
        store.import_ledger(read_ledger(tmp_path / "mother.csv"), at=day, by=BY, source="civil")
    (ref,) = store.refs()
    said = [store.case(ref, at=day).mother.situations for day in (SEPTEMBER, OCTOBER, NOVEMBER)]
    return [[(each.kind.value, str(each.since)) for each in some or ()] for some in said], store.doubts(ref)


ALIVE, DEAD, LESS = (SEPTEMBER, "健在", ""), (OCTOBER, "死亡", "2025-09-20"), (NOVEMBER, "死亡", "2025-09")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1), (2, 1, 0)])
def test_a_newer_list_that_says_less_of_a_death_does_not_hide_the_day_that_an_older_one_tells_late(
    file_store, tmp_path, order
):
    said, asked = mothers(file_store, tmp_path, *((ALIVE, DEAD, LESS)[each] for each in order))
    assert (said, asked) == ([[], [("dead", "2025-09-20")], [("dead", "2025-09-20")]], ())


@pytest.mark.parametrize("late", [False, True], ids=["in the order of their days", "the death told late"])
def test_no_list_takes_back_a_death_whichever_is_filed_first(file_store, tmp_path, late):
    editions = [DEAD, (NOVEMBER, "健在", "")]
    said, asked = mothers(file_store, tmp_path, ALIVE, *(reversed(editions) if late else editions))
    assert said == [[], [("dead", "2025-09-20")], [("dead", "2025-09-20")]]
    if late:  # the list of November only confirmed what the file said then
        (ref,) = file_store.refs()
        assert [row["as_of"] for row in file_store.entries(ref)[-1].body["sources"]] == ["2025-11-01"]
    assert [(each.path, each.since, each.takes_back) for each in asked] == [("mother.situations", NOVEMBER, True)]


def test_no_list_takes_back_a_death_that_an_older_one_tells_late_where_the_newer_one_stated_otherwise(
    file_store, tmp_path
):
    prison = (SEPTEMBER, "服刑在押", "2025-01-10")
    said, asked = mothers(file_store, tmp_path, prison, (NOVEMBER, "健在", ""), DEAD)
    assert said[1:] == [[("dead", "2025-09-20")], [("dead", "2025-09-20")]]
    assert [(each.path, each.since, each.takes_back) for each in asked] == [("mother.situations", NOVEMBER, True)]
    assert file_store.verify().ok

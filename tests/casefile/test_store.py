"""The store: two times, corrections that keep what was thought before, idempotency, conflicts, what is refused."""

import datetime as dt
import logging
import traceback

import pytest

from kinderguard import Case
from kinderguard.casefile import (
    CaseStore,
    ConflictError,
    ContradictionError,
    EntryKind,
    EntryRefusedError,
    ErasedError,
    ErasureResidueWarning,
    NewEntry,
    Recording,
    StoreUnusableError,
    UnknownEntryError,
    UnknownFileError,
)
from kinderguard.model import InvalidRecordError

JAN, FEB, MAR, APR = (dt.date(2025, month, 1) for month in (1, 2, 3, 4))
BY = "330106.user3"


def case(ref="a", **facts):
    return Case.from_facts({"ref": ref, **{path.replace("__", "."): value for path, value in facts.items()}})


def facts(store, ref="a", **values):
    return {"facts": {path.replace("__", "."): value for path, value in values.items()}}


# ---- two times --------------------------------------------------------------------------------------------------


def test_a_fact_holds_from_its_day_until_a_later_one(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    store.record(case(household__size=4), at=MAR, by=BY)
    sizes = [store.case("a", at=day).household.size for day in (dt.date(2024, 12, 31), JAN, FEB, MAR, APR)]
    assert sizes == [None, 3, 3, 4, 4]


def test_what_is_learnt_late_was_not_known_before(store, clock):
    store.record(case(household__size=3), at=JAN, by=BY)
    before = clock.now
    clock.move(days=30)
    store.record(case(household__size=4), at=FEB, by=BY)
    assert store.case("a", at=MAR, known=before).household.size == 3
    assert store.case("a", at=MAR).household.size == 4
    assert store.case("a", at=JAN).household.size == 3


def test_what_is_true_earlier_does_not_undo_what_is_true_later(store):
    store.record(case(household__size=4), at=MAR, by=BY)
    store.record(case(household__size=3), at=JAN, by=BY)
    assert [store.case("a", at=day).household.size for day in (FEB, MAR)] == [3, 4]


def test_of_the_same_day_the_later_word_counts(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    store.record(case(household__size=4), at=JAN, by=BY)
    assert store.case("a", at=JAN).household.size == 4


def test_a_fact_with_a_last_day_gives_way_to_the_one_before(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    store.append("a", "facts", facts(store, household__size=5), valid_from=FEB, valid_until=dt.date(2025, 2, 28), by=BY)
    assert [store.case("a", at=day).household.size for day in (JAN, FEB, dt.date(2025, 2, 28), MAR)] == [3, 5, 5, 3]


def test_a_blank_never_overrides_a_value_and_null_makes_it_unknown(store):
    store.record(case(household__size=3, child__adopted=False), at=JAN, by=BY)
    store.record(case(child__adopted=True), at=FEB, by=BY)
    assert store.case("a", at=FEB).household.size == 3
    store.record(case(), at=MAR, by=BY, unknown=["household.size", "child.sex"])
    assert store.case("a", at=MAR).household.size is None
    assert store.case("a", at=FEB).household.size == 3
    assert store.entries("a")[-1].body == {"facts": {"household.size": None}}


def test_nothing_is_written_where_nothing_differs(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    assert store.record(case(household__size=3), at=FEB, by=BY) is None
    assert len(store.entries("a")) == 1


def test_only_what_differs_is_written(store):
    store.record(case(household__size=3, child__adopted=False), at=JAN, by=BY, source="civil_affairs")
    entry = store.record(case(household__size=4, child__adopted=False), at=FEB, by=BY, source="education")
    assert entry.body == {"facts": {"household.size": 4}, "source": "education"}


def test_every_kind_of_fact_comes_back_as_it_was(store):
    given = Case.from_facts(
        {
            "ref": "a",
            "division_code": "330106",
            "child.name": "某某",
            "child.birth_date": "2012-03",
            "child.disability.kind": "none",
            "father.situations": [{"kind": "imprisoned", "since": "2020-05-01", "term_months": 60}],
            "household.aid": [],
            "household.dibao_monthly": "1234.50",
            "household.members": [{"relation": "sibling", "birth_date": "2015-01-02"}],
            "330106.central_heating": True,
        }
    )
    store.record(given, at=JAN, by=BY)
    assert store.case("a", at=JAN) == given


def test_today_is_the_day_in_beijing(store, clock):
    assert store.today() == dt.date(2025, 9, 1)
    clock.move(hours=14)  # half past midnight in Beijing would still be the day before in UTC
    assert store.today() == dt.date(2025, 9, 2)
    store.record(case(household__size=3), at=dt.date(2025, 9, 2), by=BY)
    assert store.case("a").household.size == 3


def test_a_moment_without_a_time_zone_is_refused(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    with pytest.raises(EntryRefusedError, match="time zone"):
        store.case("a", known=dt.datetime(2025, 9, 1))


def test_numbers_have_no_gap_and_times_rise_even_if_the_clock_goes_back(store, clock):
    first = store.append("a", "visit", {}, valid_from=JAN, by=BY)
    clock.move(days=-400)
    second = store.append("b", "visit", {}, valid_from=JAN, by=BY)
    assert (first.number, second.number) == (1, 2)
    assert second.known_at > first.known_at
    assert second.previous == first.hash
    assert store.verify()


def test_a_fact_has_one_form_however_it_was_given(store):
    entry = store.append(
        "a", "facts", {"facts": {"household.size": 3, "household.dibao_monthly": 700}}, valid_from=JAN, by=BY
    )
    assert entry.body == {"facts": {"household.dibao_monthly": "700.00", "household.size": 3}}
    assert store.record(store.case("a", at=JAN), at=JAN, by=BY) is None


def test_what_is_given_back_is_what_is_read(store):
    entry = store.append("a", "visit", {"seen": (1, 2), "at": {"b": 1, "a": None}}, valid_from=JAN, by=BY)
    assert store.entry(entry.number) == entry
    assert entry.body["seen"] == [1, 2]


@pytest.mark.parametrize("length", [980, 1_000, 50_000])
def test_long_and_short_bodies_come_back_as_they_were(store, length):
    entry = store.append("a", "visit", {"x": "长" * length}, valid_from=JAN, by=BY)
    assert store.entry(entry.number).body == {"x": "长" * length}
    assert store.verify()


def test_a_misspelt_path_of_what_became_unknown_is_refused(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    with pytest.raises(InvalidRecordError, match="did you mean 'size'"):
        store.record(case(), at=FEB, by=BY, unknown=["household.sise"])


# ---- corrections -------------------------------------------------------------------------------------------------


def test_a_correction_changes_what_is_thought_from_then_on_only(store, clock):
    wrong = store.record(case(household__size=3, child__adopted=False), at=JAN, by=BY)
    clock.move(days=1)
    store.correct("a", wrong.number, {"household.size": 2}, reason="miscounted", by=BY)
    assert store.case("a", at=JAN).household.size == 2
    assert store.case("a", at=JAN).child.adopted is False
    assert store.case("a", at=JAN, known=wrong.known_at).household.size == 3


def test_an_entry_taken_back_is_as_if_never_written(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    wrong = store.record(case(household__size=4), at=FEB, by=BY)
    store.correct("a", wrong.number, None, reason="another family's", by=BY)
    assert store.case("a", at=MAR).household.size == 3


def test_a_fact_that_should_not_have_been_said_is_withdrawn(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    wrong = store.record(case(household__size=4, child__adopted=True), at=FEB, by=BY)
    store.correct("a", wrong.number, {}, withdrawn=["household.size"], reason="typing error", by=BY)
    seen = store.case("a", at=FEB)
    assert (seen.household.size, seen.child.adopted) == (3, True)


def test_a_correction_can_itself_be_taken_back(store):
    entry = store.record(case(household__size=3), at=JAN, by=BY)
    correction = store.correct("a", entry.number, None, reason="thought to be wrong", by=BY)
    assert store.case("a", at=JAN).household.size is None
    store.correct("a", correction.number, None, reason="it was right after all", by=BY)
    assert store.case("a", at=JAN).household.size == 3


def test_a_correction_of_a_correction_corrects_its_facts(store):
    entry = store.record(case(household__size=3), at=JAN, by=BY)
    correction = store.correct("a", entry.number, {"household.size": 4}, reason="r", by=BY)
    store.correct("a", correction.number, {"household.size": 5}, reason="r", by=BY)
    assert store.case("a", at=JAN).household.size == 5


@pytest.mark.parametrize(
    ("facts", "more", "message"),
    [
        ({}, {}, "nothing to correct"),
        (None, {"withdrawn": ["household.size"]}, "leave withdrawn out"),
        ({"household.size": 4}, {"reason": "  "}, "Say why"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(store, facts, more, message):
    entry = store.record(case(household__size=3), at=JAN, by=BY)
    with pytest.raises(EntryRefusedError, match=message):
        store.correct("a", entry.number, facts, **({"reason": "r", "by": BY} | more))
    assert len(store.entries("a")) == 1


def test_another_files_entry_cannot_be_corrected(store):
    entry = store.record(case("b", household__size=3), at=JAN, by=BY)
    with pytest.raises(UnknownEntryError, match=f"no entry {entry.number}"):
        store.correct("a", entry.number, None, reason="r", by=BY)


def test_what_is_no_fact_can_only_be_taken_back_whole(store):
    visit = store.append("a", "visit", {"seen": True}, valid_from=JAN, by=BY)
    with pytest.raises(EntryRefusedError, match="taken back whole"):
        store.correct("a", visit.number, {"household.size": 3}, reason="r", by=BY)
    assert store.correct("a", visit.number, None, reason="r", by=BY).corrects == visit.number


def test_an_audit_entry_cannot_be_corrected(store):
    share = store.append("a", "share", {"to": "school"}, valid_from=JAN, by=BY)
    with pytest.raises(EntryRefusedError, match="audit trail"):
        store.correct("a", share.number, None, reason="r", by=BY)


# ---- history and differences ----------------------------------------------------------------------------------------


def test_history_says_what_each_entry_changed(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    second = store.record(case(household__size=4), at=FEB, by=BY)
    store.append("a", "visit", {}, valid_from=FEB, by=BY)
    store.correct("a", second.number, None, reason="r", by=BY)
    seen = [(line.entry.kind.value, [(c.path, c.before, c.after) for c in line.changes]) for line in store.history("a")]
    assert seen == [
        ("facts", [("household.size", None, 3)]),
        ("facts", [("household.size", 3, 4)]),
        ("visit", []),
        ("correction", [("household.size", 4, 3)]),
    ]


def test_diff_names_the_entries_on_both_sides(store, clock):
    first = store.record(case(household__size=3, child__adopted=True), at=JAN, by=BY)
    then = clock.now
    clock.move(days=1)
    second = store.record(case(household__size=4), at=JAN, by=BY)
    (change,) = store.diff("a", (JAN, then), (JAN, None))
    assert (change.before, change.after) == (3, 4)
    assert (change.before_entry, change.after_entry) == (first.number, second.number)
    assert change.title.en == "household: household size"
    assert store.diff("a", (JAN, None), (FEB, None)) == ()


# ---- one at a time --------------------------------------------------------------------------------------------------


def test_the_same_key_writes_once(store):
    first = store.append("a", "visit", {"n": 1}, valid_from=JAN, by=BY, key="visit-1")
    again = store.append("a", "visit", {"n": 1}, valid_from=JAN, by=BY, key="visit-1")
    assert again == first
    assert len(store.entries("a")) == 1


def test_a_key_used_for_another_file_or_kind_is_refused(store):
    store.append("a", "visit", {}, valid_from=JAN, by=BY, key="k")
    for ref, kind in (("b", "visit"), ("a", "plan")):
        with pytest.raises(EntryRefusedError, match="This key was used"):
            store.append(ref, kind, {}, valid_from=JAN, by=BY, key="k")


def test_recording_again_with_a_key_does_nothing_even_if_the_file_went_on(store):
    """An old row that is imported again must not undo what was learnt since."""
    store.record(case(household__size=3), at=JAN, by=BY)
    assert store.record(case(household__size=3), at=FEB, by=BY, key="row-7") is None
    store.record(case(household__size=4), at=FEB, by=BY)
    assert store.record(case(household__size=3), at=FEB, by=BY, key="row-7") is None
    assert store.case("a", at=FEB).household.size == 4


def test_a_key_that_led_to_nothing_cannot_be_used_for_an_entry(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    store.record(case(household__size=3), at=JAN, by=BY, key="k")
    with pytest.raises(EntryRefusedError, match="This key was used"):
        store.append("a", "visit", {}, valid_from=JAN, by=BY, key="k")


def test_a_writer_that_has_not_seen_the_last_entry_is_refused(store):
    seen = store.append("a", "visit", {}, valid_from=JAN, by=BY, expect=0)
    store.append("a", "visit", {}, valid_from=JAN, by=BY, expect=seen.number)
    with pytest.raises(ConflictError, match="changed by somebody else") as told:
        store.append("a", "closing", {}, valid_from=JAN, by=BY, expect=seen.number)
    assert (told.value.ref, told.value.expected, told.value.found) == ("a", 1, 2)
    assert "已被他人更新" in told.value.text.zh
    assert len(store.entries("a")) == 2


def test_many_are_written_together_or_not_at_all(store):
    good = NewEntry("a", EntryKind.VISIT, {}, JAN, by=BY)
    with pytest.raises(ConflictError):
        store.append_many([good, NewEntry("a", EntryKind.VISIT, {}, JAN, by=BY, expect=99)])
    assert store.head().number == 0
    assert store.append_many([]) == ()
    assert [e.number for e in store.append_many([good, good])] == [1, 2]


def test_many_take_no_more_statements_than_a_few(store):
    """Else a large import would be as slow as one by one."""
    import sqlalchemy as sa

    seen = []
    sa.event.listen(store._database._engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for start in (0, 40):
        store.append_many(
            NewEntry(f"r{n}", EntryKind.FACTS, {"facts": {"household.size": 3}}, JAN, by=BY, key=f"{start}-{n}")
            for n in range(40)
        )
    assert store.verify().entries == 80
    assert len(seen) < 50


def test_many_see_each_other(store):
    written = store.record_many(
        [Recording(case(household__size=3), JAN, by=BY, key="k"), Recording(case(household__size=3), FEB, by=BY),
         Recording(case(household__size=9), JAN, by=BY, key="k")]
    )  # fmt: skip
    assert [e and e.number for e in written] == [1, None, 1]


# ---- what is refused ----------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(store):
    for read in (store.entries, store.case, store.history):
        with pytest.raises(UnknownFileError, match="no file nobody"):
            read("nobody")
    with pytest.raises(UnknownEntryError, match="no entry 7"):
        store.entry(7)


def test_many_files_are_read_together_as_each_by_itself(store, monkeypatch):
    from kinderguard.casefile.chain import reading

    monkeypatch.setattr(reading, "CHUNK", 3)
    for n in range(7):
        store.record(case(f"r{n}", household__size=n + 1), at=JAN, by=BY)
        store.append(f"r{n}", "visit", {}, valid_from=JAN, by=BY)
    store.append("visited", "visit", {}, valid_from=JAN, by=BY)
    refs = ["r5", "visited", *(f"r{n}" for n in range(5))]
    assert list(store.cases(refs, at=JAN)) == [store.case(ref, at=JAN) for ref in refs]
    assert list(store.cases(refs, at=dt.date(2024, 1, 1))) == [Case(ref=ref) for ref in refs]
    assert dict(store.entries_of(refs)) == {ref: store.entries(ref) for ref in refs}
    assert [entries for _, entries in store.entries_of(["r1", "nobody"], kinds=["visit"])] == [
        store.entries("r1", kinds=["visit"]), (),
    ]  # fmt: skip
    with pytest.raises(UnknownFileError, match="nobody"):
        list(store.cases(["r1", "nobody"]))


def test_a_file_of_visits_only_is_a_case_of_which_nothing_is_known(store):
    store.append("a", "visit", {}, valid_from=JAN, by=BY)
    assert store.case("a") == Case(ref="a")
    assert store.entries("a", kinds=["facts"]) == ()


def test_a_fact_that_does_not_exist_is_refused_with_the_nearest(store):
    with pytest.raises(InvalidRecordError, match="did you mean 'size'"):
        store.append("a", "facts", {"facts": {"household.sise": 3}}, valid_from=JAN, by=BY)
    with pytest.raises(InvalidRecordError, match="did you mean 'size'"):
        store.append("a", "facts", {"facts": {"household.sise": None}}, valid_from=JAN, by=BY)
    with pytest.raises(EntryRefusedError, match="body of an entry of facts"):
        store.append("a", "facts", {"household.size": 3}, valid_from=JAN, by=BY)
    assert store.head().number == 0


def test_facts_that_contradict_the_file_are_refused_on_whatever_day_they_do(store):
    store.record(case(child__disability__kind="visual", child__disability__grade="1"), at=MAR, by=BY)
    store.record(case(child__disability__kind="none", child__disability__grade="none"), at=APR, by=BY)
    with pytest.raises(ContradictionError, match="from 2025-03-01 on") as told:
        store.append("a", "facts", {"facts": {"child.disability.kind": "none"}}, valid_from=MAR, by=BY)
    assert "自相矛盾" in told.value.text.zh
    # Earlier, nothing stands against it; later it is overridden before it could.
    assert store.append("a", "facts", {"facts": {"child.disability.kind": "none"}}, valid_from=FEB, by=BY).number == 3
    with pytest.raises(ContradictionError, match="from 2025-04-01 on"):
        store.correct("a", 2, {}, withdrawn=["child.disability.grade"], reason="r", by=BY)


@pytest.mark.parametrize("kind", ["correction", "assessment", "erasure"])
def test_kinds_with_a_method_of_their_own_are_not_appended(file_store, kind):
    with pytest.raises(EntryRefusedError, match="is not appended"):
        file_store.append("a", kind, {}, valid_from=JAN, by=BY)


def test_a_kind_that_does_not_exist_is_told_the_nearest(file_store):
    with pytest.raises(EntryRefusedError, match=r"Did you mean 'visit'\?"):
        file_store.append("a", "visits", {}, valid_from=JAN, by=BY)


@pytest.mark.parametrize("ref", ["", "张三", "a b", "x" * 121, "11010519491231002X", None])
def test_a_ref_is_neither_a_name_nor_an_id_number(file_store, ref):
    with pytest.raises(EntryRefusedError) as told:
        file_store.append(ref, "visit", {}, valid_from=JAN, by=BY)
    assert "ref has 1 to 120" in str(told.value)
    assert not ref or ref not in told.value.text.zh + told.value.text.en


@pytest.mark.parametrize("by", ["", "李四", "11010519491231002X"])
def test_a_user_is_a_code(file_store, by):
    with pytest.raises(EntryRefusedError, match="user's code"):
        file_store.append("a", "visit", {}, valid_from=JAN, by=by)


def test_days_are_days_in_order(file_store):
    with pytest.raises(EntryRefusedError, match=r"datetime\.date"):
        file_store.append("a", "visit", {}, valid_from="2025-01-01", by=BY)
    with pytest.raises(EntryRefusedError, match="before valid_from"):
        file_store.append("a", "visit", {}, valid_from=FEB, valid_until=JAN, by=BY)


@pytest.mark.parametrize("value", [JAN, float("nan"), {1, 2}, object()])
def test_a_body_holds_json_only_and_its_value_is_not_shown(file_store, value):
    with pytest.raises(EntryRefusedError, match="JSON values only") as told:
        file_store.append("a", "visit", {"x": value}, valid_from=JAN, by=BY)
    assert told.value.__cause__ is None
    assert told.value.__context__ is None


# ---- which files there are ----------------------------------------------------------------------------------------------


def test_files_are_found_by_the_division_in_charge(store):
    store.record(case("home", child__registration__division="330106"), at=JAN, by=BY)
    store.record(case("other", child__registration__division="220102"), at=JAN, by=BY)
    store.record(case("stated", division_code="330106003", child__registration__division="220102"), at=JAN, by=BY)
    store.record(case("nowhere", household__size=3), at=JAN, by=BY)
    assert store.refs() == ("home", "nowhere", "other", "stated")
    assert store.refs("33") == store.refs("330106") == ("home", "stated")
    assert store.refs("330106003") == ("stated",)
    assert store.refs("220102") == ("other",)


def test_a_file_is_found_where_it_was_on_the_day(store):
    entry = store.record(case(division_code="330106"), at=JAN, by=BY)
    store.record(case(division_code="220102"), at=MAR, by=BY)
    assert (store.refs("33", at=FEB), store.refs("33", at=MAR)) == (("a",), ())
    assert (store.refs("22", at=FEB), store.refs("22", at=MAR)) == ((), ("a",))
    store.correct("a", entry.number, {"division_code": "440103"}, reason="r", by=BY)
    assert (store.refs("33", at=FEB), store.refs("44", at=FEB)) == ((), ("a",))


def test_closed_files_are_told_from_open_ones_on_a_day(store):
    for ref in ("open", "closed", "again", "mistake"):
        store.append(ref, "visit", {}, valid_from=JAN, by=BY)
    for ref in ("closed", "again", "mistake"):
        closing = store.append(ref, "closing", {}, valid_from=FEB, by=BY)
    store.append("again", "reopening", {}, valid_from=MAR, by=BY)
    store.correct("mistake", closing.number, None, reason="the wrong file", by=BY)
    assert store.refs() == store.refs(open=True) == ("again", "mistake", "open")
    assert store.refs(open=None) == ("again", "closed", "mistake", "open")
    assert store.refs(open=False) == ("closed",)
    assert store.refs(open=False, at=FEB) == ("again", "closed")
    assert store.refs(open=False, at=JAN) == ()


# ---- erasure ------------------------------------------------------------------------------------------------------------


def test_erasure_takes_contents_away_and_leaves_the_chain(store):
    entry = store.record(case(child__name="赵小明", division_code="330106"), at=JAN, by=BY, key="k")
    share = store.append("a", "share", {"to": "school"}, valid_from=JAN, by=BY)
    other = store.record(case("b", household__size=3), at=JAN, by=BY)
    erased = store.erase("a", reason="kept long enough", by=BY)
    assert store.entry(entry.number).erased
    assert store.entry(entry.number).body == {}
    assert store.entry(share.number).body == {"to": "school"}
    assert erased.body == {"entries": 1, "reason": "kept long enough"}
    assert store.case("a") == Case(ref="a")
    assert store.case("b").household.size == 3
    report = store.verify()
    assert (report.ok, report.entries, report.erased) == (True, 4, 1)
    assert store.refs() == ("b",)
    assert store.refs("33") == ()
    with pytest.raises(ErasedError):
        store.correct("a", entry.number, None, reason="r", by=BY)
    assert other.number == 3


def test_an_erased_file_begins_again_only_where_somebody_says_why(store):
    store.record(case(household__size=3), at=JAN, by=BY)
    store.erase("a", reason="kept long enough", by=BY)
    with pytest.raises(ErasedError):
        store.record(case(household__size=4), at=JAN, by=BY)
    assert store.refs(open=None) == ()
    store.record(case(household__size=4), at=JAN, by=BY, override="the child has come back")
    assert store.case("a").household.size == 4
    assert store.refs() == ("a",)
    decision = store.entries("a")[-1]
    assert (decision.kind, decision.body["because"]) == (EntryKind.DECISION, "erased")
    store.append("a", "visit", {}, valid_from=JAN, by=BY)
    assert store.verify()


def test_nothing_of_what_was_erased_is_left_in_the_files(tmp_path, clock):
    """SQLite keeps deleted bytes unless told otherwise, and its journal keeps a copy."""
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", clock=clock) as store:
        store.record(case(child__name="欧阳无名氏"), at=JAN, by=BY, key="欧阳无名氏")
        store.append_many([NewEntry("a", EntryKind.VISIT, {"n": "欧阳无名氏" * 900}, JAN, by=BY) for _ in range(20)])
        name = "欧阳无名氏".encode()
        assert any(name in path.read_bytes() for path in tmp_path.iterdir())
        store.erase("a", reason="r", by=BY)
        assert not any(name in path.read_bytes() for path in tmp_path.iterdir())


def test_an_erasure_says_where_a_copy_is_left_for_now(tmp_path):
    url = f"sqlite:///{tmp_path}/cases.db"
    with CaseStore(url, wait=0.1) as store, CaseStore(url) as other:
        store.append("a", "visit", {}, valid_from=JAN, by=BY)
        with other._database.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM kg_entries").one()
            with pytest.warns(ErasureResidueWarning, match="a copy is in the database's journal"):
                entry = store.erase("a", reason="r", by=BY)
        assert store.entries("a")[-1] == entry
        assert store.verify()


def test_erasing_needs_a_file_and_a_reason(file_store):
    with pytest.raises(UnknownFileError):
        file_store.erase("a", reason="r", by=BY)
    file_store.append("a", "visit", {}, valid_from=JAN, by=BY)
    with pytest.raises(EntryRefusedError, match="Say why"):
        file_store.erase("a", reason="", by=BY)


# ---- opening, and what is never shown -----------------------------------------------------------------------------------


def test_a_store_goes_on_where_it_was(store_url):
    with CaseStore(store_url) as store:
        store.record(case(household__size=3), at=JAN, by=BY)
    with CaseStore(store_url) as store:
        assert store.record(case(household__size=4), at=FEB, by=BY).number == 2
        assert store.verify().entries == 2


def test_a_new_database_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}") as store:
        store.record(case(household__size=3), at=JAN, by=BY)
        assert {p.stat().st_mode & 0o777 for p in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("url", ["cases.db", "mysql://u@h/db", "nonsense://x"])
def test_a_url_of_another_database_is_refused_with_the_right_form(url):
    with pytest.raises(StoreUnusableError, match=r"sqlite:///kinderguard\.db"):
        CaseStore(url)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreUnusableError, match="check that its folder exists"):
        CaseStore(f"sqlite:///{tmp_path}/nowhere/cases.db")


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "cases.db").write_bytes(b"this is a text, not a database" * 100)
    with pytest.raises(StoreUnusableError, match="SQLITE_NOTADB"):
        CaseStore(f"sqlite:///{tmp_path}/cases.db")


def test_a_store_of_a_later_format_is_not_touched(tmp_path):
    import sqlite3

    CaseStore(f"sqlite:///{tmp_path}/cases.db").close()
    with sqlite3.connect(tmp_path / "cases.db") as connection:
        connection.execute("UPDATE kg_store SET format = 'kinderguard.casefile/9'")
    connection.close()
    with pytest.raises(StoreUnusableError, match="upgrade kinderguard"):
        CaseStore(f"sqlite:///{tmp_path}/cases.db")


def test_sqlalchemy_logs_statements_but_no_values_whatever_its_level(store_url, caplog):
    """At DEBUG it would log every row that it reads."""
    for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool"):
        caplog.set_level(logging.DEBUG, logger=name)
    with CaseStore(store_url) as store:
        store.record(case(child__name="SECRET-NAME"), at=JAN, by=BY)
        assert store.case("a", at=JAN).child.name.reveal() == "SECRET-NAME"
    assert "SELECT" in caplog.text
    assert "SECRET-NAME" not in caplog.text


def test_no_name_is_in_a_repr_a_log_or_an_error(store, caplog):
    secret = "欧阳无名氏"
    caplog.set_level(logging.DEBUG)
    entry = store.record(case(child__name=secret), at=JAN, by=BY, source="s", key=secret)
    shown = [repr(x) for x in (store, entry, store.entries("a"), store.case("a"), store.history("a"))]
    shown += [repr(store.diff("a", (dt.date(2024, 1, 1), None)))]
    shown += [repr(NewEntry("a", EntryKind.VISIT, {"n": secret}, JAN, by=BY, key=secret))]
    with pytest.raises(InvalidRecordError) as told:
        store.append("a", "facts", {"facts": {"child.name": [secret]}}, valid_from=JAN, by=BY)
    shown += [repr(told.value), str(told.value), caplog.text]
    assert not [text for text in shown if secret in text]


def test_a_database_error_shows_no_statement_and_no_value(store):
    """Whatever goes wrong underneath, neither the message nor a chained error may show what was being written."""
    import sqlalchemy as sa

    secret = "欧阳无名氏"
    with store._database.writing() as connection:
        connection.execute(sa.text("DROP TABLE kg_bodies"))
    with pytest.raises(StoreUnusableError) as told:
        store.append("a", "visit", {"n": secret}, valid_from=JAN, by=BY)
    shown = "".join(traceback.format_exception(told.value))
    assert secret not in shown + repr(vars(told.value.__context__))
    assert "INSERT" not in shown

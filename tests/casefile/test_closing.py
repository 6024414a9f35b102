"""Closing with a coded reason and the last month paid, and opening again."""

import pytest

from casefile.children import BY, child, day, rules
from kinderguard.casefile import EntryRefusedError
from kinderguard.casefile.ending.closing import DATED, FileState, close_file, closing_of, file_state, reopen_file
from kinderguard.casefile.moving.moves import MoveRefusedError
from kinderguard.model.codes import ClosingReason
from told import stray

ON = day("2025-09-01")


@pytest.fixture
def filed(file_store):
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    return file_store


def test_a_closing_keeps_reason_day_and_last_month_paid(store):
    store.record(child(), at=day("2025-01-15"), by=BY)
    entry = close_file(
        store,
        "a",
        reason=ClosingReason.PARENT_RELEASED,
        happened_on=day("2025-08-20"),
        last_paid="2025-08",
        by=BY,
        on=ON,
    )
    closing = closing_of(store.entries("a"))
    assert (closing.entry, closing.on, closing.reason) == (entry.number, ON, ClosingReason.PARENT_RELEASED)
    assert (closing.happened_on, closing.last_paid) == (day("2025-08-20"), "2025-08")
    assert (store.refs(open=True, at=ON), store.refs(open=False, at=ON)) == ((), ("a",))
    assert store.refs(open=True, at=day("2025-08-31")) == ("a",)


def test_a_closed_file_can_be_opened_again_with_everything_in_it(filed):
    before = filed.case("a", at=ON)
    close_file(filed, "a", reason="adopted", last_paid="2025-08", by=BY, on=ON)
    reopen_file(filed, "a", reason="returned", by=BY, on=day("2025-10-01"))
    states = [file_state(filed.entries("a"), d) for d in (day("2025-08-31"), ON, day("2025-09-30"), day("2025-10-01"))]
    assert states == [FileState.OPEN, FileState.CLOSED, FileState.CLOSED, FileState.OPEN]
    assert filed.case("a", at=day("2025-10-01")) == before


@pytest.mark.parametrize("reason", list(ClosingReason))
def test_every_reason_closes_a_file_with_what_its_form_asks_for(filed, reason):
    given = {"happened_on": day("2025-08-01")} if reason in DATED else {}
    given |= {"note": "迁往境外"} if reason is ClosingReason.OTHER else {}
    filed.record(child(child__birth_date="2007-09-01"), at=day("2025-01-15"), by=BY)  # 18 on the very day
    close_file(filed, "a", reason=reason.value, last_paid=None, by=BY, on=ON, **given)
    assert closing_of(filed.entries("a")).reason is reason


@pytest.mark.parametrize(
    "given",
    [
        {"reason": "moved", "last_paid": None},
        {"reason": "某某某搬走", "last_paid": None},
        {"reason": "death", "last_paid": None},
        {"reason": "death", "last_paid": None, "happened_on": day("2025-09-02")},
        {"reason": "adopted", "last_paid": "2025-13"},
        {"reason": "adopted", "last_paid": "2025-8"},
        {"reason": "adopted", "last_paid": "2025-10"},
        {"reason": "adopted", "last_paid": 202508},
        {"reason": "other", "last_paid": None},
        {"reason": "other", "last_paid": None, "note": "  "},
        {"reason": "other", "last_paid": None, "note": "字" * 51},
    ],
)
def test_what_does_not_fit_is_refused_in_both_languages_and_nothing_is_written(filed, given):
    head = filed.head()
    with pytest.raises(EntryRefusedError) as told:
        close_file(filed, "a", by=BY, on=ON, **given)
    assert not stray(told.value.text), told.value.text
    assert "某某某" not in str(told.value) + told.value.text.zh
    assert filed.head() == head


def test_the_last_month_paid_may_be_that_of_the_closing_and_a_note_has_fifty_characters(filed):
    close_file(filed, "a", reason="other", last_paid="2025-09", note="字" * 50, by=BY, on=ON)
    assert closing_of(filed.entries("a")).last_paid == "2025-09"


def test_a_file_is_not_closed_twice_nor_opened_while_it_is_open(filed):
    with pytest.raises(MoveRefusedError) as told:
        reopen_file(filed, "a", reason="why", by=BY, on=ON)
    assert "“在册”" in told.value.text.zh
    assert not stray(told.value.text)
    close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    with pytest.raises(MoveRefusedError) as told:
        close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    assert "已结案" in told.value.text.zh


def test_it_is_not_opened_before_it_was_closed_nor_without_a_reason(filed):
    close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    for given in ({"reason": "back", "on": day("2025-08-31")}, {"reason": " ", "on": ON}):
        with pytest.raises(MoveRefusedError) as told:
            reopen_file(filed, "a", by=BY, **given)
        assert not stray(told.value.text)
    assert file_state(filed.entries("a")) is FileState.CLOSED


def test_a_closing_that_was_taken_back_leaves_the_file_open(filed):
    wrong = close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    filed.correct("a", wrong.number, None, reason="another child", by=BY)
    assert file_state(filed.entries("a")) is FileState.OPEN
    assert filed.refs(open=True, at=ON) == ("a",)


def test_reasons_are_those_of_the_forms_and_the_schemes_in_both_languages():
    assert [r.zh for r in ClosingReason][:4] == ["父（母）刑满释放", "父（母）戒毒成功", "找回父（母）", "儿童死亡"]
    assert all(r.zh and r.en for r in ClosingReason)


@pytest.mark.parametrize(
    "given",
    [
        {"reason": "reached_18", "last_paid": None},
        {"reason": "death", "last_paid": None, "happened_on": day("2012-03-04")},
        {"reason": "adopted", "last_paid": "2012-02"},
    ],
)
def test_what_cannot_be_with_the_birth_date_is_refused(filed, given):
    with pytest.raises(MoveRefusedError) as told:
        close_file(filed, "a", by=BY, on=ON, **given)
    assert not stray(told.value.text), told.value.text
    assert file_state(filed.entries("a")) is FileState.OPEN


def test_what_may_be_with_a_birth_date_that_is_not_known_well_is_not_refused(filed):
    filed.record(child(child__birth_date="2007"), at=day("2025-01-15"), by=BY)
    close_file(filed, "a", reason="reached_18", last_paid="2007-01", by=BY, on=ON)
    assert file_state(filed.entries("a")) is FileState.CLOSED


def test_nothing_is_recorded_or_corrected_in_a_closed_file_until_it_is_open_again(filed):
    close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    head = filed.head()
    for write in (
        lambda: filed.record(child(household__size=4), at=day("2025-02-01"), by=BY),
        lambda: filed.correct("a", 1, {"household.size": 4}, reason="miscounted", by=BY),
        lambda: filed.append("a", "visit", {}, valid_from=ON, by=BY),
    ):
        with pytest.raises(MoveRefusedError) as told:
            write()
        assert "store.reopen_file" in told.value.text.en
        assert not stray(told.value.text), told.value.text
    assert filed.head() == head
    consent = {"giver": "guardian", "scope": "share", "withdrawn_on": "2025-09-01"}
    filed.append("a", "consent", consent, valid_from=day("2025-08-01"), by=BY)  # can be withdrawn at any time
    reopen_file(filed, "a", reason="back", by=BY, on=ON)
    assert filed.correct("a", 1, {"household.size": 4}, reason="miscounted", by=BY).corrects == 1


def test_a_closing_taken_back_by_mistake_can_be_put_back(filed):
    closing = close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    taken = filed.correct("a", closing.number, None, reason="another child", by=BY)
    filed.correct("a", taken.number, None, reason="it was this child", by=BY)
    assert file_state(filed.entries("a")) is FileState.CLOSED
    filed.correct("a", closing.number, None, reason="another child after all", by=BY)
    assert file_state(filed.entries("a")) is FileState.OPEN


def test_a_closing_of_a_later_day_leaves_the_file_open_until_then(filed):
    entry = close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=day("2025-10-01"))
    assert "2025-10-01" in entry.doubts[0].zh
    assert filed.append("a", "visit", {}, valid_from=ON, by=BY).doubts == ()


def test_nothing_is_assessed_for_a_day_after_the_closing_and_a_look_back_is(filed):
    book = rules()
    first = filed.assess("a", book, on=day("2025-08-20"), by=BY, key="august")
    close_file(filed, "a", reason="adopted", last_paid="2025-08", by=BY, on=day("2025-08-10"))
    head = filed.head()
    for on in ("2025-08-10", "2025-12-05"):
        with pytest.raises(MoveRefusedError, match="closed on 2025-08-10") as refused:
            filed.assess("a", book, on=day(on), by=BY)
        assert "store.reopen_file" in refused.value.text.zh
    assert filed.head() == head
    assert filed.assess("a", book, on=day("2025-08-20"), by=BY, key="august").fingerprint == first.fingerprint
    assert filed.assess("a", book, on=day("2025-08-09"), by=BY).on == day("2025-08-09")
    reopen_file(filed, "a", reason="收养未成立", by=BY, on=day("2025-08-15"))
    assert filed.assess("a", book, on=day("2025-08-20"), by=BY).on == day("2025-08-20")
    with pytest.raises(MoveRefusedError):
        filed.assess("a", book, on=day("2025-08-12"), by=BY)

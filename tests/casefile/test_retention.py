"""Which closed files may be erased when: only by the county's own time; the chain stays valid."""

import pytest

import kinderguard
from casefile.children import BY, child, day
from kinderguard.casefile.ending.closing import close_file, reopen_file
from kinderguard.casefile.ending.retention import Retention, RetentionNotSetError, erasable, erase_expired
from kinderguard.model import Text
from kinderguard.model.codes import ClosingReason
from kinderguard.packs.pack import Pack
from kinderguard.rules import Trust
from kinderguard.rules.citations import Period
from kinderguard.rules.kinds import MONEY, MONTHS
from kinderguard.rules.parameters import Parameter, ParameterValue
from told import stray

CLOSED = day("2024-08-31")


def closed(store, ref="a", reason="adopted", on=CLOSED, **facts):
    store.record(child(ref=ref, **facts), at=day("2024-01-15"), by=BY)
    close_file(store, ref, reason=reason, last_paid=None, by=BY, on=on)


def refs(found):
    return [e.ref for e in found]


def test_no_time_is_built_in():
    for given in ({}, {"months": -1}, {"months": 1.5}, {"months": True}, {"by_reason": {ClosingReason.DEATH: -1}}):
        with pytest.raises(RetentionNotSetError) as told:
            Retention(**given)
        assert not stray(told.value.text)


def test_a_closed_file_may_be_erased_so_many_months_after_the_day_of_leaving(store):
    closed(store)
    keep = Retention(months=6)
    assert refs(erasable(store, keep, today=day("2025-02-27"))) == []
    (found,) = erasable(store, keep, today=day("2025-02-28"))  # six months after 31 August
    assert (found.ref, found.closed_on, found.reason, found.since) == (
        "a",
        CLOSED,
        ClosingReason.ADOPTED,
        day("2025-02-28"),
    )


def test_an_open_a_reopened_and_a_held_file_are_kept(file_store):
    file_store.record(child(ref="open"), at=day("2024-01-15"), by=BY)
    closed(file_store, "again")
    reopen_file(file_store, "again", reason="back", by=BY, on=day("2024-10-01"))
    closed(file_store, "held")
    closed(file_store, "gone")
    keep = Retention(months=0, hold={"held"})
    assert refs(erasable(file_store, keep, today=day("2025-09-01"))) == ["gone"]


def test_a_file_that_will_be_opened_again_is_kept(file_store):
    closed(file_store)
    reopen_file(file_store, "a", reason="back", by=BY, on=day("2025-12-01"))
    assert refs(erasable(file_store, Retention(months=0), today=day("2025-09-01"))) == []


def test_each_reason_may_have_its_own_time_and_without_one_a_file_is_kept(file_store):
    closed(file_store, "a", "adopted")
    closed(file_store, "b", "reached_18", child__birth_date="2006-03-05")
    today = day("2025-09-01")
    assert refs(erasable(file_store, Retention(by_reason={ClosingReason.ADOPTED: 12}), today=today)) == ["a"]
    assert refs(erasable(file_store, Retention(24, {ClosingReason.REACHED_18: 1}), today=today)) == ["b"]


def test_only_the_files_of_a_division(file_store):
    closed(file_store, "a")
    closed(file_store, "b", division_code="330199")
    assert refs(erasable(file_store, Retention(months=1), today=day("2025-09-01"), division="330199")) == ["b"]


def test_an_erasure_takes_the_contents_and_leaves_a_valid_chain(store):
    closed(store, "a", child__name="某某某")
    closed(store, "b", on=day("2025-08-31"), child__name="某某乙")
    done = erase_expired(store, Retention(months=6), by=BY, today=day("2025-09-01"))
    assert refs(done) == ["a"]
    assert store.case("a", at=day("2025-09-01")).child.name is None
    assert store.case("b", at=day("2025-09-01")).child.name.reveal() == "某某乙"
    assert store.verify().ok
    assert "某某" not in str([dict(e.body) for e in store.entries("a")])
    assert refs(erasable(store, Retention(months=6), today=day("2025-09-01"))) == []


def test_a_countys_parameter_may_say_how_long(file_store):
    value = ParameterValue("330106", Period(None, None), 12, "×民发〔2025〕1号", Trust.ILLUSTRATIVE)
    parameters = [
        Parameter("330106.file.months", MONTHS, title=Text("档案保存期限", "time files are kept"), values=(value,)),
        Parameter("330106.file.fee", MONEY, title=Text("费用", "fee")),
    ]
    pack = Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", parameters=parameters)
    book = kinderguard.load(packs=[pack])
    on = day("2025-09-01")
    keep = Retention.from_parameter(book, "330106.file.months", "330106", on)
    assert keep.months == 12
    closed(file_store)
    assert refs(erasable(file_store, keep, today=on)) == ["a"]
    for code, place in (
        ("330106.file.month", "330106"),
        ("330106.file.fee", "330106"),
        ("330106.file.months", "330199"),
    ):
        with pytest.raises(RetentionNotSetError) as told:
            Retention.from_parameter(book, code, place, on)
        assert not stray(told.value.text), told.value.text

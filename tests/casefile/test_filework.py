"""The store's methods for working on files: one child from filing to erasure."""

import datetime as dt

from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard.casefile import CaseStore, Recipient, Retention, TransferState


def test_one_child_from_filing_to_erasure(store, clock):
    book = rules()
    situations = [{"kind": "imprisoned", "since": "2025-01-10", "until": "2025-11-20", "ongoing": True}]
    store.record(child(father__situations=situations), at=day("2025-01-15"), by=BY)
    store.assess("a", book, on=day("2025-02-01"), by=BY)

    assert [item.kind.value for item in store.due(book, today=day("2025-09-01"))] == ["release"]
    assert store.due(book) == store.due(book, today=store.today())
    assert {c.on for c in store.forecast("a", book, until=day("2026-01-31"))} == {day("2025-11-21")}

    store.propose_transfer("a", "330199", by=BY)
    store.refuse_transfer("a", acting="330199", reason="still here", by="330199.user1")
    store.propose_transfer("a", "330199", by=BY)
    store.withdraw_transfer("a", acting="330106", by=BY)
    store.propose_transfer("a", "330199", by=BY)
    store.accept_transfer("a", acting="330199", by="330199.user1", on=day("2025-12-15"))
    assert [t.state for t in store.transfers("a")] == [
        TransferState.REFUSED,
        TransferState.WITHDRAWN,
        TransferState.ACCEPTED,
    ]

    told = [c for c in store.changes("a", book, on=day("2025-12-10")) if c.code == ALLOWANCE]
    assert [c.kind.value for c in told] == ["ends", "overpaid"]
    assert (told[-1].overpaid.first, told[-1].overpaid.months) == ("2025-12", 1)

    store.close_file(
        "a",
        reason="parent_released",
        happened_on=day("2025-11-20"),
        last_paid="2025-11",
        by="330199.user1",
        on=day("2025-12-20"),
    )
    store.reopen_file("a", reason="one more visit", by="330199.user1", on=day("2025-12-21"))
    store.close_file("a", reason="adopted", last_paid="2025-11", by="330199.user1", on=day("2025-12-22"))
    shared = store.share(
        "a",
        recipient=Recipient("education", "示例小学"),
        purpose="schooling",
        basis="statutory_duty",
        by="330199.user1",
        on=day("2025-12-22"),
    )
    assert "child.birth_date" in shared.facts

    keep = Retention(months=12)
    assert store.erasable(keep, today=day("2026-12-21")) == ()
    clock.now = dt.datetime(2026, 12, 22, 2, tzinfo=dt.UTC)
    assert store.erase_expired(keep, by=BY) == ()  # it was handed over
    assert [e.ref for e in store.erase_expired(keep, by="330199.user1")] == ["a"]
    assert store.verify().ok
    assert store.refs() == ()


def test_every_way_of_working_on_files_is_a_method_of_the_store():
    for name in [
        "changes",
        "due",
        "forecast",
        "transfers",
        "propose_transfer",
        "accept_transfer",
        "refuse_transfer",
        "withdraw_transfer",
        "close_file",
        "reopen_file",
        "share",
        "erasable",
        "erase_expired",
    ]:
        assert callable(getattr(CaseStore, name))
        assert getattr(CaseStore, name).__doc__

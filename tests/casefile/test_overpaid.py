"""Overpayments that somebody looked at: told no more, kept in the history, and told anew where there is more."""

from decimal import Decimal

import pytest

from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard.casefile import (
    CaseStore,
    EntryKind,
    EntryRefusedError,
    MoveRefusedError,
    NotAssessedError,
    NothingOverpaidError,
    OverpaymentOutcome,
    UnreadableEntryError,
    new_key,
)
from kinderguard.casefile.following.overpaid import overpayment_decisions, standing_decisions
from told import stray

TODAY = day("2025-09-01")
WHY = "已与监护人约定退回"


@pytest.fixture(scope="module")
def book():
    return rules()


@pytest.fixture
def overpaid_store(file_store, clock):
    """A child whose father was free since 21 June, learnt in November: July and August were overpaid."""
    return fill(file_store, clock)


def fill(store, clock):
    store.record(child(), at=day("2025-01-10"), by=BY)
    store.assess("a", rules(), on=day("2025-06-05"), by=BY)
    clock.move(days=60)
    store.append("a", "facts", {"facts": {"father.situations": []}}, valid_from=day("2025-06-21"), by=BY)
    return store


def told(store, book, on=TODAY):
    """The months that are told as overpaid on a day."""
    found = [c.overpaid for c in store.changes("a", book, on=on) if c.overpaid]
    return [month for each in found for month, _, _ in each.by_month]


def settle(store, book, outcome="recovering", reason=WHY, on=TODAY, **more):
    return store.settle_overpayment("a", ALLOWANCE, book, outcome=outcome, reason=reason, by=BY, on=on, **more)


def test_an_overpayment_that_was_looked_at_is_told_no_more_and_stays_in_the_history(overpaid_store, book):
    store = overpaid_store
    assert told(store, book) == ["2025-07", "2025-08"]
    entry = settle(store, book, amount=Decimal("3000"))
    assert told(store, book) == []
    assert store.due(book, today=TODAY).of("overpaid") == ()
    assert [line.entry.number for line in store.history("a")][-1] == entry.number
    (decision,) = store.overpayment_decisions("a")
    assert (decision.policy, decision.outcome, decision.amount, decision.reason, decision.by) == (
        ALLOWANCE, OverpaymentOutcome.RECOVERING, Decimal("3000.00"), WHY, BY,
    )  # fmt: skip
    assert decision.months == {"2025-07": Decimal("1780.00"), "2025-08": Decimal("1780.00")}
    assert not stray(decision.text)
    assert WHY not in repr(decision)
    assert store.verify().ok


def test_a_further_month_is_told_anew_and_only_that(overpaid_store, book):
    settle(overpaid_store, book)
    (change,) = [c for c in overpaid_store.changes("a", book, on=day("2025-10-02")) if c.overpaid]
    assert (change.overpaid.first, change.overpaid.last, change.overpaid.amount) == (
        "2025-09", "2025-10", Decimal("3560.00"),
    )  # fmt: skip
    assert change.overpaid.since == day("2025-06-21")


def test_one_month_can_be_settled_alone_and_the_others_stay_open(overpaid_store, book):
    settle(overpaid_store, book, months=["2025-07"])
    assert told(overpaid_store, book) == ["2025-08"]


def test_more_that_was_overpaid_in_a_month_that_was_looked_at_is_told_anew(file_store, clock, book):
    store = fill(file_store, clock)
    body = dict(settle(store, book).body) | {"months": {"2025-07": "1780.00", "2025-08": "500.00"}}
    store.append("a", "decision", body, valid_from=TODAY, by=BY)
    assert told(store, book) == ["2025-08"]


def test_the_last_decision_on_the_same_months_counts_and_the_same_again_is_not_written(overpaid_store, book):
    first = settle(overpaid_store, book)
    assert settle(overpaid_store, book).number == first.number
    second = settle(overpaid_store, book, "recovered", "已全部退回", amount="3560.00")
    assert second.body["months"] == first.body["months"]
    assert [d.outcome.value for d in overpaid_store.overpayment_decisions("a")] == ["recovering", "recovered"]
    assert settle(overpaid_store, book, "recovered", "已全部退回", amount="3560.00").number == second.number


def test_a_decision_keeps_how_much_it_was_at_least_and_at_most(overpaid_store, book):
    settle(overpaid_store, book, months=["2025-07"], amount="1780.00")
    (decision,) = overpaid_store.overpayment_decisions("a")
    assert (decision.low, decision.high) == (Decimal("1780.00"), Decimal("1780.00"))
    again = settle(overpaid_store, book, "recovered", "已全部退回", months=["2025-07"])
    assert again.body["most"] == {"2025-07": "1780.00"}
    with pytest.raises(EntryRefusedError, match="1780"):
        settle(overpaid_store, book, "recovered", "多退", months=["2025-07"], amount="2500")


def test_of_a_decision_that_an_older_version_wrote_no_most_is_known(overpaid_store, book):
    body = {
        "what": "overpayment", "policy": ALLOWANCE, "months": {"2025-07": "1780.00", "2025-08": "1780.00"},
        "outcome": "recovering", "amount": None, "reason": WHY,
    }  # fmt: skip
    overpaid_store.append("a", "decision", body, valid_from=TODAY, by=BY)
    assert overpaid_store.overpayment_decisions("a")[-1].high is None
    assert settle(overpaid_store, book, "recovered", "已全部退回", amount="5000").body["amount"] == "5000.00"


def test_a_decision_that_is_taken_back_opens_the_months_again(overpaid_store, book):
    entry = settle(overpaid_store, book)
    overpaid_store.correct("a", entry.number, None, reason="登记有误", by=BY)
    assert told(overpaid_store, book) == ["2025-07", "2025-08"]
    assert overpaid_store.overpayment_decisions("a") == ()


def test_due_lists_it_until_it_is_looked_at(overpaid_store, book):
    (item,) = overpaid_store.due(book, today=TODAY).of("overpaid")
    assert (item.day, item.overdue, item.codes, item.who.value) == (day("2025-07-01"), True, (ALLOWANCE,), "county")
    assert "store.settle_overpayment" in item.what.en
    assert not stray(item.text)


def test_a_closed_files_overpayment_can_be_settled(overpaid_store, book):
    overpaid_store.close_file("a", reason="adopted", last_paid="2025-08", by=BY, on=day("2025-08-20"))
    assert told(overpaid_store, book) == ["2025-07", "2025-08"]
    settle(overpaid_store, book, "waived")
    assert told(overpaid_store, book) == []


REFUSED = [
    ({"policy": "cn.orphan_allowance"}, NothingOverpaidError),
    ({"months": ["2025-09"]}, NothingOverpaidError),
    ({"outcome": "punished"}, EntryRefusedError),
    ({"amount": 12.5}, EntryRefusedError),
    ({"amount": "-1"}, EntryRefusedError),
    ({"amount": "1.005"}, EntryRefusedError),
    ({"amount": "3560.01"}, EntryRefusedError),
    ({"amount": "1780.01", "months": ["2025-07"]}, EntryRefusedError),
    ({"reason": " "}, MoveRefusedError),
    ({"reason": "退款人 11010119900307771X"}, EntryRefusedError),
    ({"reason": "请打 13800138000"}, EntryRefusedError),
]


def test_what_does_not_fit_is_refused_with_its_mend_and_nothing_is_written(overpaid_store, book):
    before = overpaid_store.head()
    fitting = {"policy": ALLOWANCE, "outcome": "waived", "reason": WHY, "amount": None, "months": None}
    for wrong, error in REFUSED:
        given = fitting | wrong
        with pytest.raises(error) as raised:
            overpaid_store.settle_overpayment("a", given.pop("policy"), book, by=BY, on=TODAY, **given)
        assert not stray(raised.value.text)
        assert "1380013" not in str(raised.value)
    assert overpaid_store.head() == before


def test_the_name_of_somebody_in_the_file_is_refused_as_a_reason(file_store, clock, book):
    store = fill(file_store, clock)
    store.append("a", "facts", {"facts": {"father.name": "张三丰"}}, valid_from=day("2025-06-21"), by=BY)
    with pytest.raises(EntryRefusedError, match="reason"):
        settle(store, book, reason="张三丰已退回")


def test_without_an_assessment_nothing_can_have_been_overpaid(file_store, book):
    file_store.record(child(), at=day("2025-01-10"), by=BY)
    with pytest.raises(NotAssessedError):
        settle(file_store, book)


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": {}},
        {"months": ["2025-07"]},
        {"months": {"2025-13": "1.00"}},
        {"months": {"2025-07": 1}},
        {"outcome": "?"},
        {"amount": 5},
        {"most": {"2025-08": "1780.00"}},
        {"most": {"2025-07": 1780}},
        {"reason": ""},
        {"policy": "张三"},
    ],
    ids=str,
)
def test_a_decision_that_could_not_be_read_later_is_refused_when_it_is_written(file_store, wrong):
    file_store.record(child(), at=day("2025-01-10"), by=BY)
    body = {
        "what": "overpayment", "policy": ALLOWANCE, "months": {"2025-07": "1780.00"}, "outcome": "waived", "amount": None,
        "reason": WHY,
    }  # fmt: skip
    with pytest.raises(EntryRefusedError):
        file_store.append("a", "decision", body | wrong, valid_from=TODAY, by=BY)
    file_store.append("a", "decision", {"what": "something else"}, valid_from=TODAY, by=BY)
    assert file_store.overpayment_decisions("a") == ()


def test_an_entry_that_says_too_little_is_named(file_store):
    file_store.record(child(), at=day("2025-01-10"), by=BY)
    entry = file_store.append("a", "decision", {"what": "else"}, valid_from=TODAY, by=BY)
    object.__setattr__(entry, "body", {"what": "overpayment"})
    with pytest.raises(UnreadableEntryError):
        overpayment_decisions([entry])


def test_it_is_encrypted_and_erased_with_the_file(tmp_path, clock, book):
    path = tmp_path / "files.db"
    with CaseStore(f"sqlite:///{path}", key=new_key(), clock=clock) as store:
        entry = settle(fill(store, clock), book)
        content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
        assert WHY.encode() not in content
        assert b"recovering" not in content
        store.erase("a", reason="保存期满", by=BY)
        assert (store.entry(entry.number).erased, store.entry(entry.number).body) == (True, {})
        assert store.overpayment_decisions("a") == ()
        assert store.verify().ok


def test_what_is_shared_of_a_file_says_nothing_of_it(overpaid_store, book):
    settle(overpaid_store, book)
    shared = overpaid_store.share(
        "a", recipient=_school(), purpose="schooling", basis="statutory_duty", by=BY, on=TODAY, override=_override()
    )
    assert not any("overpa" in path for path in (*shared.facts, *shared.withheld))
    kinds = [e.kind for e in overpaid_store.entries("a")]
    assert (kinds.count(EntryKind.DECISION), WHY in repr(shared)) == (1, False)


def _school():
    from kinderguard.casefile import Recipient

    return Recipient("education", "示例县第一中学")


def _override():
    from kinderguard.casefile import Override

    return Override(reason="入学所需")


# ---- paid after the child's death -------------------------------------------------------------------------------------


def closed_by_death(store, last_paid):
    store.record(child(), at=day("2025-01-10"), by=BY)
    store.assess("a", rules(), on=day("2025-06-05"), by=BY)
    store.close_file("a", reason="death", happened_on=day("2025-07-20"), last_paid=last_paid, on=TODAY, by=BY)


def test_what_was_paid_per_child_for_months_after_its_death_is_told(file_store, book, clock):
    clock.move(days=120)
    closed_by_death(file_store, "2025-09")
    (change,) = [c for c in file_store.changes("a", book, on=day("2025-10-02")) if c.overpaid]
    assert (change.code, change.overpaid.since) == (ALLOWANCE, day("2025-07-21"))
    assert [month for month, _, _ in change.overpaid.by_month] == ["2025-08", "2025-09"]
    assert change.overpaid.low == change.overpaid.high > 0
    assert not stray(change.text)
    settle(file_store, book, on=day("2025-10-02"))
    assert told(file_store, book, on=day("2025-10-02")) == []


@pytest.mark.parametrize(("last_paid", "months"), [("2025-07", []), ("2025-08", ["2025-08"])])
def test_nothing_is_told_up_to_the_month_of_death_and_one_month_is_one(file_store, book, clock, last_paid, months):
    clock.move(days=120)
    closed_by_death(file_store, last_paid)
    assert told(file_store, book, on=day("2025-10-02")) == months
    said = [c.text for c in file_store.changes("a", book, on=day("2025-10-02")) if c.overpaid]
    assert ["2025-08一个月多发" in each.zh and "to 2025-08" not in each.en for each in said] == [True] * len(months)


# ---- what counts of several decisions ---------------------------------------------------------------------------------


def standing(store):
    return [
        (
            each.decision.outcome.value,
            sorted(each.decision.months),
            each.is_part,
            [e.outcome.value for e in each.earlier],
        )
        for each in standing_decisions(store.overpayment_decisions("a"))
    ]


def test_of_months_that_were_decided_twice_the_last_decision_counts_and_the_earlier_is_its_history(
    overpaid_store, book
):
    settle(overpaid_store, book, outcome="recovering")
    settle(overpaid_store, book, outcome="recovered")
    both = ["2025-07", "2025-08"]
    assert standing(overpaid_store) == [("recovered", both, False, ["recovering"])]


def test_of_a_decision_that_was_made_anew_for_one_month_the_others_stand(overpaid_store, book):
    settle(overpaid_store, book, outcome="recovering")
    settle(overpaid_store, book, outcome="recovered", months=["2025-07"])
    assert standing(overpaid_store) == [
        ("recovering", ["2025-08"], True, []), ("recovered", ["2025-07"], False, ["recovering"]),
    ]  # fmt: skip

"""Transfers: what is allowed when and to whom, who is in charge meanwhile, and that nothing is lost on the way."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casefile.children import BY, child, day
from kinderguard.casefile import CaseStore, ConflictError, EntryKind, EntryRefusedError, UnknownFileError
from kinderguard.casefile.ending.closing import FileState, close_file, file_state, reopen_file
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.moving.moves import MoveRefusedError
from kinderguard.casefile.moving.transfers import (
    MOVES,
    WHOSE,
    TransferMove,
    TransferState,
    accept_transfer,
    open_transfer,
    propose_transfer,
    refuse_transfer,
    transfers,
    withdraw_transfer,
)
from told import stray

HERE, THERE = "330106", "330199"
THEIRS = "330199.user1"
ON = day("2025-09-01")


@pytest.fixture
def filed(file_store):
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    return file_store


def refused(told):
    assert not stray(told.value.text), told.value.text
    return told.value.text


def test_the_sender_is_in_charge_until_the_receiver_accepts(store):
    store.record(child(), at=day("2025-01-15"), by=BY)
    propose_transfer(store, "a", THERE, by=BY, on=ON)
    assert store.case("a", at=day("2025-12-31")).division == HERE
    assert store.refs(THERE, at=day("2025-12-31")) == ()
    accept_transfer(store, "a", acting=THERE, by="330199.user1", on=day("2025-09-10"))
    assert [store.case("a", at=d).division for d in (day("2025-09-09"), day("2025-09-10"))] == [HERE, THERE]
    assert (store.refs(HERE, at=day("2025-09-10")), store.refs(THERE, at=day("2025-09-10"))) == ((), ("a",))


def test_a_refusal_and_a_withdrawal_leave_the_sender_in_charge(filed):
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    refuse_transfer(filed, "a", acting=THERE, reason="not moved yet", by=THEIRS, on=ON)
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    withdraw_transfer(filed, "a", acting=HERE, by=BY, on=ON)
    assert [t.state for t in transfers(filed.entries("a"))] == [TransferState.REFUSED, TransferState.WITHDRAWN]
    assert filed.case("a", at=day("2026-01-01")).division == HERE


def test_the_acceptance_and_the_new_division_are_written_together(filed, monkeypatch):
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    before = filed.head()
    from kinderguard.casefile.chain.writing import Writing

    real = Writing.write

    def fails_at_the_fact(self, new, **more):
        if new.kind is EntryKind.FACTS:
            raise RuntimeError("power cut")
        return real(self, new, **more)

    monkeypatch.setattr(Writing, "write", fails_at_the_fact)
    with pytest.raises(RuntimeError):
        accept_transfer(filed, "a", acting=THERE, by=THEIRS, on=ON)
    assert filed.head() == before
    assert open_transfer(filed.entries("a")) is not None


@pytest.mark.parametrize("state", list(TransferState))
def test_every_state_allows_exactly_its_moves(filed, state):
    """What the table does not allow is refused, names what can be done, and writes nothing."""
    if state is not TransferState.NONE:
        propose_transfer(filed, "a", THERE, by=BY, on=ON)
    {
        TransferState.ACCEPTED: lambda: accept_transfer(filed, "a", acting=THERE, by=THEIRS, on=ON),
        TransferState.REFUSED: lambda: refuse_transfer(filed, "a", acting=THERE, reason="no", by=THEIRS, on=ON),
        TransferState.WITHDRAWN: lambda: withdraw_transfer(filed, "a", acting=HERE, by=BY, on=ON),
    }.get(state, lambda: None)()
    moves = {
        TransferMove.PROPOSE: lambda: propose_transfer(filed, "a", "330108", by=BY, on=ON),
        TransferMove.ACCEPT: lambda: accept_transfer(filed, "a", acting=THERE, by=THEIRS, on=ON),
        TransferMove.REFUSE: lambda: refuse_transfer(filed, "a", acting=THERE, reason="no", by=THEIRS, on=ON),
        TransferMove.WITHDRAW: lambda: withdraw_transfer(filed, "a", acting=HERE, by=BY, on=ON),
    }
    for move in set(moves) - set(MOVES.table[state]):
        head = filed.head()
        with pytest.raises(MoveRefusedError) as told:
            moves[move]()
        text = refused(told)
        assert f"“{state.zh}”" in text.zh
        assert all(allowed.zh in text.zh and allowed.en in text.en for allowed in MOVES.table[state])
        assert filed.head() == head


@pytest.mark.parametrize("move", [TransferMove.ACCEPT, TransferMove.REFUSE, TransferMove.WITHDRAW])
def test_only_the_side_whose_move_it_is_may_make_it(filed, move):
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    wrong = HERE if WHOSE[move].value == "receiver" else THERE
    make = {
        TransferMove.ACCEPT: lambda: accept_transfer(filed, "a", acting=wrong, by=BY, on=ON),
        TransferMove.REFUSE: lambda: refuse_transfer(filed, "a", acting=wrong, reason="no", by=BY, on=ON),
        TransferMove.WITHDRAW: lambda: withdraw_transfer(filed, "a", acting=wrong, by=BY, on=ON),
    }[move]
    with pytest.raises(MoveRefusedError) as told:
        make()
    assert wrong in refused(told).zh
    assert open_transfer(filed.entries("a")) is not None


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("the same division", lambda s: propose_transfer(s, "a", HERE, by=BY, on=ON)),
        ("no division", lambda s: propose_transfer(s, "a", "99", by=BY, on=ON)),
        (
            "no reason",
            lambda s: (
                propose_transfer(s, "a", THERE, by=BY, on=ON),
                refuse_transfer(s, "a", acting=THERE, reason=" ", by=THEIRS),
            ),
        ),
        (
            "a day before",
            lambda s: (
                propose_transfer(s, "a", THERE, by=BY, on=ON),
                accept_transfer(s, "a", acting=THERE, by=THEIRS, on=day("2025-08-31")),
            ),
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_both_languages(filed, what, make):
    with pytest.raises(MoveRefusedError) as told:
        make(filed)
    refused(told)
    assert filed.case("a", at=day("2026-01-01")).division == HERE


def test_a_closed_file_and_one_nobody_is_in_charge_of_cannot_be_transferred(filed):
    close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    with pytest.raises(MoveRefusedError) as told:
        propose_transfer(filed, "a", THERE, by=BY, on=ON)
    assert "store.reopen_file" in refused(told).en
    filed.record(child(ref="b", division_code=None), at=day("2025-01-15"), by=BY)
    with pytest.raises(MoveRefusedError) as told:
        propose_transfer(filed, "b", THERE, by=BY, on=ON)
    refused(told)


def test_a_file_with_an_open_transfer_cannot_be_closed(filed):
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    with pytest.raises(MoveRefusedError) as told:
        close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON)
    refused(told)


def test_a_proposal_that_was_taken_back_is_no_proposal(filed):
    proposal = propose_transfer(filed, "a", THERE, by=BY, on=ON)
    filed.correct("a", proposal.number, None, reason="wrong file", by=BY)
    assert transfers(filed.entries("a")) == ()
    propose_transfer(filed, "a", THERE, by=BY, on=ON)


@pytest.mark.parametrize(
    "second",
    [
        lambda s: refuse_transfer(s, "a", acting=THERE, reason="no", by=THEIRS, on=ON),
        lambda s: withdraw_transfer(s, "a", acting=HERE, by=BY, on=ON),
        lambda s: accept_transfer(s, "a", acting=THERE, by=THEIRS, on=ON),
    ],
)
def test_two_who_answer_at_once_do_not_both_succeed(filed, monkeypatch, second):
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    seen = filed.entries("a")
    accept_transfer(filed, "a", acting=THERE, by=THEIRS, on=ON)
    head = filed.head()
    monkeypatch.setattr(filed, "entries", lambda *_, **__: seen)  # the other one had read before
    with pytest.raises(ConflictError):
        second(filed)
    assert filed.head() == head


def test_two_who_propose_or_close_at_once_do_not_both_succeed(filed, monkeypatch):
    seen = filed.entries("a")
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    monkeypatch.setattr(filed, "entries", lambda *_, **__: seen)
    monkeypatch.setattr(filed, "case", lambda *_, **__: child())
    for second in (
        lambda: propose_transfer(filed, "a", "330108", by=BY, on=ON),
        lambda: close_file(filed, "a", reason="adopted", last_paid=None, by=BY, on=ON),
    ):
        with pytest.raises(ConflictError):
            second()


def test_there_is_no_such_file(file_store):
    with pytest.raises(UnknownFileError):
        propose_transfer(file_store, "nobody", THERE, by=BY)


def test_the_reason_is_kept_and_shown_nowhere_else(filed):
    entry = propose_transfer(filed, "a", THERE, reason=" 随母亲某某某搬迁 ", by=BY, on=ON)
    assert filed.entry(entry.number).body["reason"] == "随母亲某某某搬迁"
    assert "某某某" not in repr(entry) + repr(transfers(filed.entries("a")))


@pytest.mark.parametrize("to", ["33", "3301", "33010", "3301990", "33019900100", "990199", "", None])
def test_only_a_whole_code_of_a_county_township_or_village_can_receive_a_file(filed, to):
    with pytest.raises(MoveRefusedError) as told:
        propose_transfer(filed, "a", to, by=BY, on=ON)
    refused(told)
    assert open_transfer(filed.entries("a")) is None


def test_a_file_is_not_transferred_to_where_it_lies_already(filed):
    filed.record(child(ref="b", division_code="330199002"), at=day("2025-01-15"), by=BY)
    with pytest.raises(MoveRefusedError) as told:
        propose_transfer(filed, "b", "330199", by=BY, on=ON)
    assert "330199002" in refused(told).en
    assert propose_transfer(filed, "b", "330199003", by=THEIRS, on=ON).body["to"] == "330199003"


@pytest.mark.parametrize(("acting", "in_charge"), [("330199003", "330199003"), ("3301", THERE), (THERE, THERE)])
def test_who_accepts_within_what_was_proposed_is_in_charge(filed, acting, in_charge):
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    accept_transfer(filed, "a", acting=acting, by=f"{acting}001.u" if acting == THERE else "u", on=ON)
    assert filed.case("a", at=ON).division == in_charge


def test_a_former_county_corrects_no_more_what_it_handed_over(filed):
    propose_transfer(filed, "a", THERE, by=BY, on=ON)
    accept_transfer(filed, "a", acting=THERE, by="330199.u", on=ON)
    size = {"household.size": 4}
    for wrong in ({"by": BY}, {"by": "someone"}, {"by": "330199.u", "acting": HERE}):
        with pytest.raises(EntryRefusedError) as told:
            filed.correct("a", 1, size, reason="miscounted", **wrong)
        assert "acting" in refused(told).en
        assert filed.case("a", at=ON).household.size == 3
    filed.correct("a", 1, size, reason="miscounted", by="330199002.u")
    filed.correct("a", 1, {"household.size": 5}, reason="miscounted", by="someone", acting=THERE)
    assert filed.case("a", at=ON).household.size == 5


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*TransferMove, "close", "reopen", "fact"]),
        st.sampled_from([HERE, THERE, "330108"]),
        st.integers(0, 5),
    ),
    max_size=14,
)


def tried(store, move, division, on, number, in_charge):
    here, there = f"{in_charge}.u", f"{division}.u"
    match move:
        case TransferMove.PROPOSE:
            propose_transfer(store, "a", division, by=here, on=on)
        case TransferMove.ACCEPT:
            accept_transfer(store, "a", acting=division, by=there, on=on)
        case TransferMove.REFUSE:
            refuse_transfer(store, "a", acting=division, reason="no", by=there, on=on)
        case TransferMove.WITHDRAW:
            withdraw_transfer(store, "a", acting=division, by=there, on=on)
        case "close":
            close_file(store, "a", reason="adopted", last_paid="2025-08", by=here, on=on)
        case "reopen":
            reopen_file(store, "a", reason="back", by=here, on=on)
        case "fact":
            store.append("a", "facts", {"facts": {"household.size": 3 + number}}, valid_from=on, by=here)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_is_tried_nothing_is_lost(steps):
    """A model beside the store: who is in charge, whether a transfer is open, whether the file is."""
    clock = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
    with CaseStore("sqlite://", clock=lambda: clock) as store:
        store.record(child(), at=day("2025-01-15"), by=BY)
        expected = facts_of(child()) | {"division_code": HERE}
        in_charge, pending, is_open, today = HERE, None, True, ON
        kept = store.entries("a")
        for move, division, later in steps:
            today += dt.timedelta(days=later)
            allowed = {
                TransferMove.PROPOSE: is_open and pending is None and division != in_charge,
                TransferMove.ACCEPT: pending == division,
                TransferMove.REFUSE: pending == division,
                TransferMove.WITHDRAW: pending is not None and division == in_charge,
                "close": is_open and pending is None,
                "reopen": not is_open,
                "fact": is_open,
            }[move]
            before = len(store.entries("a"))
            if not allowed:
                with pytest.raises(MoveRefusedError):
                    tried(store, move, division, today, later, in_charge)
                assert len(store.entries("a")) == before
                continue
            tried(store, move, division, today, later, in_charge)
            assert len(store.entries("a")) == before + (2 if move is TransferMove.ACCEPT else 1)
            match move:
                case TransferMove.PROPOSE:
                    pending = division
                case TransferMove.ACCEPT:
                    in_charge, pending = division, None
                    expected["division_code"] = division
                case TransferMove.REFUSE | TransferMove.WITHDRAW:
                    pending = None
                case "close":
                    is_open = False
                case "reopen":
                    is_open = True
                case "fact":
                    expected["household.size"] = 3 + later
            entries = store.entries("a")
            assert entries[: len(kept)] == kept
            kept = entries
            assert facts_of(store.case("a", at=today)) == expected
            assert store.case("a", at=today).division == in_charge
            assert (file_state(entries, today) is FileState.OPEN) is is_open
            assert store.refs(open=True, at=today) == (("a",) if is_open else ())
            assert (open_transfer(entries) is None) is (pending is None)
        assert store.verify().ok

"""Who may write to a file: the division in charge; what another one writes all the same says why."""

import pytest

from casefile.children import BY, child, day, rules
from kinderguard.casefile import EntryKind, MoveRefusedError, SharingRefusedError
from kinderguard.casefile.sharing import Recipient
from told import stray

HERE, THERE, THEIRS = "330106", "330199", "330199.user1"
ON = day("2025-09-01")

WRITES = {
    "facts": lambda s, **k: s.record(child(division_code=None, household__size=4), at=ON, **k),
    "correction": lambda s, **k: s.correct("a", 1, {"household.size": 4}, reason="miscounted", **k),
    "visit": lambda s, **k: s.append("a", "visit", {}, valid_from=ON, **k),
    "consent": lambda s, **k: s.append("a", "consent", {"giver": "guardian", "scope": "share"}, valid_from=ON, **k),
    "closing": lambda s, **k: s.close_file("a", reason="adopted", last_paid=None, on=ON, **k),
    "assessment": lambda s, **k: s.assess("a", rules(), on=ON, **k),
    "transfer": lambda s, **k: s.propose_transfer("a", "330108", on=ON, **k),
    "erasure": lambda s, **k: s.erase("a", reason="kept long enough", **k),
}


@pytest.fixture
def moved(file_store):
    """A file that Xihu District handed over to the example county."""
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    file_store.propose_transfer("a", THERE, by=BY, on=ON)
    file_store.accept_transfer("a", acting=THERE, by=THEIRS, on=ON)
    return file_store


@pytest.mark.parametrize("kind", WRITES)
def test_a_division_that_handed_a_file_over_writes_no_more_to_it(moved, kind):
    head = moved.head()
    for wrong in ({"by": BY}, {"by": "user3"}, {"by": BY, "acting": THERE}, {"by": THEIRS, "acting": HERE}):
        with pytest.raises(MoveRefusedError) as told:
            WRITES[kind](moved, **wrong)
        assert not stray(told.value.text)
    assert moved.head() == head


@pytest.mark.parametrize("kind", WRITES)
def test_the_division_in_charge_writes(moved, kind):
    WRITES[kind](moved, by=THEIRS)
    assert moved.entries("a")[-1].kind.value == kind


def test_an_override_says_why_and_is_kept(moved):
    with pytest.raises(MoveRefusedError):
        moved.record(child(division_code=None, household__size=4), at=ON, by=BY, override=" ")
    entry = moved.record(child(division_code=None, household__size=4), at=ON, by=BY, override="their network is down")
    kept = moved.entries("a")[-1]
    assert (kept.kind, kept.body["of"], kept.body["in_charge"], kept.body["acting"]) == (
        EntryKind.DECISION, entry.number, THERE, HERE,
    )  # fmt: skip
    assert kept.body["reason"] == "their network is down"
    head = moved.head()
    moved.record(child(division_code=None, household__size=5), at=ON, by=THEIRS, override="not needed")
    assert moved.head().number == head.number + 1


def test_the_reason_of_an_overridden_erasure_outlives_it(moved):
    moved.erase("a", reason="a court ordered it", by=BY, override="their network is down")
    (erasure,) = moved.entries("a", kinds=["erasure"])
    assert erasure.body["override"] == {"reason": "their network is down"}
    assert moved.verify().ok


def test_the_sender_cannot_accept_its_own_transfer(file_store):
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    file_store.propose_transfer("a", THERE, by=BY, on=ON)
    with pytest.raises(MoveRefusedError) as told:
        file_store.accept_transfer("a", acting=THERE, by=BY, on=ON)
    assert BY in told.value.text.en
    with pytest.raises(MoveRefusedError):
        file_store.append("a", "transfer", {"move": "accept", "proposal": 2}, valid_from=ON, by=BY)
    assert file_store.case("a", at=ON).division == HERE


def test_a_file_is_erased_by_no_division_that_it_never_spoke_of(file_store):
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    with pytest.raises(MoveRefusedError):
        file_store.erase("a", reason="kept long enough", by=THEIRS)
    assert file_store.case("a").household.size == 3
    file_store.erase("a", reason="kept long enough", by="user3")


def test_a_user_from_elsewhere_only_looks_doubtful_where_nothing_was_handed_over(file_store):
    file_store.record(child(child__residence__division="370831"), at=day("2025-01-15"), by="user3")
    assert file_store.append("a", "visit", {}, valid_from=ON, by="370831002.user1").doubts == ()
    (doubt,) = file_store.append("a", "visit", {}, valid_from=ON, by=THEIRS).doubts
    assert THERE in doubt.en


def test_a_division_that_handed_a_file_over_shares_it_no_more_and_the_attempt_is_kept(moved):
    with pytest.raises(SharingRefusedError) as told:
        moved.share(
            "a", recipient=Recipient("education", "school"), purpose="schooling", basis="statutory_duty", by=BY, on=ON
        )
    assert "not_in_charge" in [reason.value for reason in told.value.why]
    assert moved.entries("a")[-1].kind is EntryKind.SHARE

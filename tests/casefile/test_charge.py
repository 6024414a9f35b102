"""Who may write to a file: the division in charge; what another one writes all the same says why."""

import pytest

from casefile.children import BY, child, day, rules
from kinderguard.casefile import (
    CaseStore,
    EntryKind,
    EntryRefusedError,
    MoveRefusedError,
    SharingRefusedError,
    UsersError,
    read_users,
)
from kinderguard.casefile.giving.sharing import Recipient
from kinderguard.casefile.giving.whole import whole_file
from kinderguard.survey import Source, built_in_profiles, combine, read_ledger
from told import stray

NUMBER = "330106201203050018"
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


def refuses(store, write):
    head = store.head()
    with pytest.raises(MoveRefusedError) as told:
        write()
    assert not stray(told.value.text)
    assert store.head() == head
    return told.value.text.en


def test_who_proposed_a_transfer_never_answers_it_whatever_is_said(file_store):
    file_store.record(child(), at=day("2025-01-15"), by="u9")
    file_store.propose_transfer("a", THERE, by="u9", on=ON)
    answer = {"move": "accept", "proposal": 2}
    for more in ({}, {"override": "there is nobody else"}):
        assert "another user" in refuses(
            file_store, lambda m=more: file_store.accept_transfer("a", acting=THERE, by="u9", on=ON, **m)
        )
        refuses(
            file_store,
            lambda m=more: file_store.append("a", "transfer", answer, valid_from=ON, by="u9", acting=THERE, **m),
        )
        refuses(file_store, lambda m=more: file_store.append("a", "transfer", answer, valid_from=ON, by="u9", **m))
    refuses(file_store, lambda: file_store.refuse_transfer("a", acting=THERE, reason="not ours", by="u9", on=ON))
    file_store.withdraw_transfer("a", acting=HERE, by="u9", on=ON)
    assert file_store.case("a", at=ON).division == HERE


def test_whoever_is_to_receive_a_file_does_not_propose_that_itself(file_store):
    file_store.record(child(child__residence__division=THERE), at=day("2025-01-15"), by=BY)
    told = refuses(file_store, lambda: file_store.propose_transfer("a", THERE, by=THEIRS, on=ON))
    assert HERE in told
    move = {"move": "propose", "from": THERE, "to": "330199001"}
    refuses(file_store, lambda: file_store.append("a", "transfer", move, valid_from=ON, by=THEIRS))
    file_store.propose_transfer("a", THERE, by=THEIRS, on=ON, override="their office was dissolved")
    assert file_store.entries("a")[-1].body["because"] == "not_in_charge"


def test_an_answer_says_which_division_acts_and_that_is_kept(file_store):
    file_store.record(child(), at=day("2025-01-15"), by="u9")
    file_store.propose_transfer("a", THERE, by="u9", on=ON)
    answer = {"move": "accept", "proposal": 2}
    assert THERE in refuses(file_store, lambda: file_store.append("a", "transfer", answer, valid_from=ON, by="u8"))
    accepted, _ = file_store.accept_transfer("a", acting=THERE, by="u8", on=ON)
    assert file_store.entry(accepted.number).body["acting"] == THERE


def test_a_user_of_no_division_stays_on_the_side_that_it_took_in_the_transfer(file_store):
    file_store.record(child(), at=day("2025-01-15"), by="u9")
    file_store.propose_transfer("a", THERE, by="u9", on=ON)
    file_store.accept_transfer("a", acting=THERE, by="u8", on=ON)
    visit = {"ref": "a", "kind": "visit", "body": {}, "valid_from": ON}
    assert HERE in refuses(file_store, lambda: file_store.append(**visit, by="u9", acting=THERE))
    for more in ({"by": "u8", "acting": THERE}, {"by": "u7", "acting": THERE}):
        assert file_store.append(**visit, **more).kind is EntryKind.VISIT
    written = file_store.append(**visit, by="u9", acting=THERE, override="moved to that office")
    assert file_store.entries("a")[-1].body["of"] == written.number


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


# ---- the whole file --------------------------------------------------------------------------------------------------


def whole(store, **who):
    return whole_file(store, "a", reason="for the court", on=ON, **who)


@pytest.mark.parametrize("wrong", [{"by": BY}, {"by": "u9"}, {"by": BY, "acting": THERE}, {"by": "u9", "acting": HERE}])
def test_only_the_division_in_charge_has_the_whole_file_written_out(moved, wrong):
    with pytest.raises(SharingRefusedError) as told:
        whole(moved, **wrong)
    assert not stray(told.value.text)
    assert f"Let a user of {THERE} do it" in told.value.text.en
    kept = moved.entries("a")[-1]
    assert (kept.number, kept.body["outcome"], kept.body["fields"]) == (told.value.entry, "refused", [])
    for right in ({"by": THEIRS}, {"by": "u9", "acting": THERE}):
        entry, facts = whole(moved, **right)
        assert (entry.body["outcome"], facts["household.size"]) == ("given", 3)


def test_why_the_whole_file_was_written_out_all_the_same_outlives_an_erasure(moved):
    assert whole(moved, by=BY, override="their network is down")[1]
    moved.erase("a", reason="kept long enough", by=THEIRS)
    share = moved.entries("a", kinds=["share"])[-1]
    assert (share.body["reason"], share.body["override"]["reason"]) == ("for the court", "their network is down")
    assert (share.body["in_charge"], share.body["acting"]) == (THERE, HERE)


def test_a_file_that_was_never_handed_over_is_written_out_for_no_division_that_it_never_spoke_of(file_store):
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    with pytest.raises(SharingRefusedError) as told:
        whole(file_store, by=THEIRS)
    assert HERE in told.value.text.en
    assert whole(file_store, by="u9")[1]
    with pytest.raises(EntryRefusedError):
        whole_file(file_store, "a", reason=" ", by=BY, on=ON)


# ---- imports ---------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["ledger", "survey"])
def again(request, tmp_path):
    """A list of the division that handed the file over still names the child; files it, by whoever is given."""
    path = tmp_path / "list.csv"
    path.write_text(f"儿童姓名,身份证号,户籍地行政区划代码\n某甲,{NUMBER},{HERE}\n", encoding="utf-8")
    ledger = read_ledger(path)
    survey = combine([Source(built_in_profiles()["civil_affairs"], ON, ledger)])

    def file(store, **who):
        if request.param == "ledger":
            return not store.import_ledger(ledger, at=ON, **who).not_filed
        return not store.import_survey(survey, **who).of("not_filed")

    return file


def test_a_list_is_filed_in_others_files_only_with_a_reason_that_each_keeps(moved, again):
    moved.correct("a", 1, {"child.resident_id": NUMBER}, reason="it was missing", by=THEIRS)
    before = moved.head()
    for wrong in ({"by": BY}, {"by": "u9"}, {"by": "u9", "acting": HERE}):
        assert not again(moved, **wrong)
    assert moved.head() == before
    assert again(moved, by=BY, override="their network is down")
    facts, decision = moved.entries("a")[-2:]
    assert (decision.body["of"], decision.body["reason"]) == (facts.number, "their network is down")


def test_a_list_is_filed_for_the_division_in_charge_that_is_stated(moved, again):
    moved.correct("a", 1, {"child.resident_id": NUMBER}, reason="it was missing", by=THEIRS)
    assert again(moved, by="u7", acting=THERE)


def test_no_reason_begins_an_erased_file_again_by_a_list(moved, again):
    ref = moved.pseudonym(NUMBER)
    moved.record(child(ref=ref), at=ON, by=BY)
    moved.erase(ref, reason="kept long enough", by=BY)
    assert not again(moved, by=BY, override="their network is down")
    assert moved.entries(ref)[-1].kind is EntryKind.ERASURE


# ---- who the users are, as the team says ----------------------------------------------------------------------------

USERS = {"li": HERE, "wang": THERE, "chen": "330106001", "sheng": "33", "job": "*", "left": "", "330106.lent": THERE}


@pytest.fixture
def known(file_store, clock, tmp_path):
    """The store of ``moved``, before the file is handed over, opened by a team that says who its users are."""
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=None, clock=clock, users=USERS) as opened:
        yield opened


def visit(store, **who):
    return store.append("a", "visit", {}, valid_from=ON, **who)


@pytest.mark.parametrize(
    "who",
    [
        {"by": "li", "acting": HERE},
        {"by": "li", "acting": "330106001"},
        {"by": "li", "acting": "33"},
        {"by": "chen", "acting": HERE},
        {"by": "sheng", "acting": HERE},
        {"by": "li"},
        {"by": "wang"},
    ],
)
def test_a_user_that_is_known_acts_for_its_own_division_one_within_it_and_one_above_it(known, who):
    visit(known, **who)
    assert [each.kind for each in known.entries("a")] == [EntryKind.FACTS, EntryKind.VISIT]


def test_a_user_of_another_division_cannot_act_for_the_one_in_charge_and_is_doubted_without_acting(known):
    for user in ("wang", "330106.lent"):
        assert f"User {user} does not belong to {HERE}" in refuses(
            known, lambda u=user: visit(known, by=u, acting=HERE)
        )
        assert any("330199" in each.en for each in visit(known, by=user).doubts)
    assert visit(known, by="wang", acting=HERE, override="their network is down").kind is EntryKind.VISIT


def test_a_user_that_is_not_known_writes_nothing_whatever_is_said(known):
    for more in ({}, {"acting": HERE}, {"acting": HERE, "override": "there is nobody else"}):
        for user in ("zhao", BY):
            told = refuses(known, lambda u=user, m=more: visit(known, by=u, **m))
            assert f"no user {user}" in told
            assert "add the user" in told
    with pytest.raises(MoveRefusedError):
        known.find(NUMBER, by="zhao", reason="looking")
    with pytest.raises(MoveRefusedError):
        whole_file(known, "a", by="zhao", reason="looking", on=ON, acting=None, override="now")
    assert [each.kind for each in known.entries("a")] == [EntryKind.FACTS]


def test_no_import_by_a_user_that_is_not_known_begins(known, tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text(f"姓名,身份证号,户籍地行政区划代码\n明明,{NUMBER},{HERE}\n", "utf-8")
    read = read_ledger(path)
    refuses(known, lambda: known.import_ledger(read, at=ON, by="zhao"))
    survey = combine([Source(built_in_profiles()["civil_affairs"], ON, read)])
    refuses(known, lambda: known.import_survey(survey, by="zhao"))
    assert known.import_ledger(read, at=ON, by="li").written == 1


def test_only_a_user_that_the_team_lets_act_for_any_division_is_believed(known):
    assert visit(known, by="job", acting=HERE).kind is EntryKind.VISIT
    known.propose_transfer("a", THERE, by="job", acting=HERE, on=ON)
    known.accept_transfer("a", acting=THERE, by="wang", on=ON)
    assert visit(known, by="job", acting=THERE).kind is EntryKind.VISIT


def test_a_user_of_no_division_writes_nothing_and_is_given_nothing(known):
    for more in ({}, {"acting": HERE}, {"acting": HERE, "override": "there is nobody else"}):
        told = refuses(known, lambda m=more: visit(known, by="left", **m))
        assert "User left belongs to no division" in told
        assert '"*"' in told
        with pytest.raises(MoveRefusedError):
            whole_file(known, "a", by="left", reason="looking", on=ON, **more)
    assert [each.kind for each in known.entries("a")] == [EntryKind.FACTS]


def test_acting_for_a_division_above_reaches_no_further_than_the_users_own(known):
    known.propose_transfer("a", THERE, by="li", on=ON)
    assert THERE in refuses(known, lambda: known.accept_transfer("a", acting="33", by="chen", on=ON))
    known.accept_transfer("a", acting=THERE, by="wang", on=ON)
    assert THERE in refuses(known, lambda: visit(known, by="li", acting="33"))
    assert visit(known, by="sheng", acting="33").kind is EntryKind.VISIT
    assert visit(known, by="wang", acting="33").kind is EntryKind.VISIT


def test_a_function_says_who_the_users_are_as_well(file_store, clock, tmp_path):
    file_store.record(child(), at=day("2025-01-15"), by=BY)
    url = f"sqlite:///{tmp_path}/cases.db"
    with CaseStore(url, key=None, clock=clock, users=lambda user: USERS[user]) as opened:
        visit(opened, by="li", acting=HERE)
        refuses(opened, lambda: visit(opened, by="wang", acting=HERE))
        refuses(opened, lambda: visit(opened, by="zhao", acting=HERE))
    with CaseStore(url, key=None, clock=clock, users=lambda user: "Xihu") as opened, pytest.raises(UsersError):
        visit(opened, by="li")


@pytest.mark.parametrize(
    "wrong", [{"li": "99"}, {"li": 330106}, {"li": None}, {"li": "**"}, {NUMBER: HERE}, {1: HERE}, ["li"]]
)
def test_what_says_who_the_users_are_is_checked_when_the_store_is_opened(wrong):
    with pytest.raises(UsersError) as told:
        CaseStore("sqlite://", users=wrong)
    assert not stray(told.value.text)
    assert NUMBER not in str(told.value)


def test_users_are_read_from_a_file_and_its_mistakes_are_told(tmp_path):
    path = tmp_path / "users.toml"
    path.write_text('li = "330106"\n"330199.wang" = "330199"\njob = "*"\nleft = ""\n', "utf-8")
    assert read_users(path) == {"li": "330106", "330199.wang": "330199", "job": "*", "left": ""}
    for text in ("li = 330106\n", 'li = "3301"x\n', '[li]\ndivision = "330106"\n', '"王 明" = "330106"\n'):
        path.write_text(text, "utf-8")
        with pytest.raises(UsersError, match=r"users\.toml"):
            read_users(path)
    with pytest.raises(UsersError, match="check the path"):
        read_users(tmp_path / "none.toml")

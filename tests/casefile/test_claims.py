"""What a person recorded only a person changes: a list that says otherwise is kept beside it and asked about."""

import pickle
import sqlite3

import pytest

from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard import Case
from kinderguard.casefile import CaseStore, EntryRefusedError, FactSource, Recording, new_key
from kinderguard.casefile.facts import facts_of
from told import stray

SIZE, FATHER = "household.size", "father.situations"
RELEASED = [{"kind": "imprisoned", "since": "2025-01-10", "until": "2025-06-20", "ongoing": False}]
JULY, AUG, SEPT, OCT, NOV = (day(f"2025-{month:02}-01") for month in range(7, 12))


def listed(store, at, *, code="civil_affairs", key=None, **facts):
    """File a row of a list as of a day."""
    case = Case.from_facts({"ref": "a"} | {path.replace("__", "."): value for path, value in facts.items()})
    row = FactSource(code, "表", 2, at, tuple(facts_of(case)))
    (entry,) = store.record_many([Recording(case, at, by=BY, sources=(row,), key=key)])
    return entry


def recorded(store, at, **facts):
    case = Case.from_facts({"ref": "a"} | {path.replace("__", "."): value for path, value in facts.items()})
    return store.record(case, at=at, by=BY)


def size(store, at=OCT):
    return store.case("a", at=at).household.size


@pytest.fixture
def recorded_since(file_store):
    """A list of July says 3, and a person recorded 4 of August."""
    listed(file_store, JULY, household__size=3)
    recorded(file_store, AUG, household__size=4)
    return file_store


def test_money_does_not_begin_again_by_a_list_that_was_not_brought_up_to_date(file_store):
    said = facts_of(child())
    row = FactSource("civil_affairs", "表", 2, JULY, tuple(said))
    file_store.record_many([Recording(child(), JULY, by=BY, sources=(row,))])
    file_store.correct("a", 1, {FATHER: RELEASED}, reason="he was free already", by=BY)
    entry = listed(file_store, SEPT, father__situations=said[FATHER])
    assert (entry.body["facts"], entry.body["claims"]) == ({}, {FATHER: said[FATHER]})
    assert entry.body["sources"] == [
        {"list": "civil_affairs", "sheet": "表", "row": 2, "as_of": "2025-09-01", "facts": [], "claims": [FATHER]}
    ]
    assert not rules().assess(file_store.case("a", at=SEPT), on=SEPT).policies[ALLOWANCE].eligible
    (asked,) = file_store.doubts("a")
    assert (asked.path, asked.entry, asked.since, asked.hidden_by, asked.lists) == (
        FATHER, 3, SEPT, 2, ("civil_affairs",),
    )  # fmt: skip
    (item,) = file_store.due(rules(), today=OCT).of("doubt")
    assert "civil_affairs" in item.text.en
    assert not stray(item.what)
    assert "imprisoned" not in repr(asked)


def test_what_the_file_never_held_is_asked_about_too_and_what_no_person_recorded_is_filed(recorded_since):
    entry = listed(recorded_since, SEPT, household__size=5, child__schooling__stage="primary")
    assert (entry.body["facts"], entry.body["claims"]) == ({"child.schooling.stage": "primary"}, {SIZE: 5})
    assert (size(recorded_since), [asked.path for asked in recorded_since.doubts("a")]) == (4, [SIZE])


def test_a_value_that_a_list_said_last_is_replaced_by_an_older_one_as_ever(file_store):
    for at, people in ((JULY, 3), (AUG, 4), (SEPT, 3)):
        listed(file_store, at, household__size=people)
    assert (size(file_store), file_store.doubts("a")) == (3, ())


def test_the_same_row_next_month_asks_no_second_time(recorded_since):
    listed(recorded_since, SEPT, household__size=3)
    head = recorded_since.head()
    assert listed(recorded_since, OCT, household__size=3, key="october") is None
    assert (recorded_since.head(), len(recorded_since.doubts("a")), size(recorded_since)) == (head, 1, 4)


@pytest.mark.parametrize("people", [3, 4], ids=["the list is right", "the file is right"])
@pytest.mark.parametrize("at", [SEPT, NOV])
def test_recording_either_value_anew_answers_it(recorded_since, people, at):
    listed(recorded_since, SEPT, household__size=3)
    assert recorded(recorded_since, AUG, household__size=4) is None, "of an earlier day it says nothing of the list's"
    entry = recorded(recorded_since, at, household__size=people)
    assert entry.body["facts"] == {SIZE: people}
    assert (recorded_since.doubts("a"), size(recorded_since, NOV)) == ((), people)
    assert recorded(recorded_since, at, household__size=people) is None, "once answered, nothing is left to confirm"


def test_who_has_answered_is_not_asked_again_by_the_same_row(recorded_since):
    listed(recorded_since, SEPT, household__size=3)
    recorded(recorded_since, SEPT, household__size=4)
    assert listed(recorded_since, NOV, household__size=3) is None
    assert (recorded_since.doubts("a"), size(recorded_since, NOV)) == ((), 4)


def test_a_newer_row_that_agrees_answers_it_and_the_persons_word_goes_on_counting(recorded_since):
    listed(recorded_since, SEPT, household__size=3)
    listed(recorded_since, OCT, household__size=4, code="education")
    assert len(recorded_since.doubts("a")) == 1, "another list cannot answer for it"
    listed(recorded_since, OCT, household__size=4)
    assert recorded_since.doubts("a") == ()
    assert listed(recorded_since, NOV, household__size=3).body["claims"] == {SIZE: 3}, "it has changed its mind"
    assert (len(recorded_since.doubts("a")), size(recorded_since, NOV)) == (1, 4)


def test_two_lists_that_say_the_same_old_value_are_one_question(recorded_since):
    listed(recorded_since, SEPT, household__size=3)
    listed(recorded_since, OCT, household__size=3, code="education")
    (asked,) = recorded_since.doubts("a")
    assert (asked.lists, asked.since) == (("civil_affairs", "education"), OCT)
    (item,) = recorded_since.due(rules(), today=NOV).of("doubt")
    assert not stray(item.what)
    assert recorded(recorded_since, SEPT, household__size=4) is None, (
        "of that day, one of them would go on being asked about"
    )
    recorded(recorded_since, OCT, household__size=4)
    assert recorded_since.doubts("a") == ()


def test_of_what_a_list_claims_the_newest_is_asked(recorded_since):
    listed(recorded_since, SEPT, household__size=3)
    claim = listed(recorded_since, OCT, household__size=6)
    (asked,) = recorded_since.doubts("a")
    assert (asked.entry, asked.since, size(recorded_since, NOV)) == (claim.number, OCT, 4)


def test_what_somebody_answered_is_asked_no_more_when_another_list_says_it(recorded_since):
    listed(recorded_since, SEPT, household__size=3)
    recorded(recorded_since, SEPT, household__size=4)
    listed(recorded_since, OCT, household__size=3, code="education")
    assert (recorded_since.doubts("a"), size(recorded_since, NOV)) == ((), 4)
    listed(recorded_since, NOV, household__size=5, code="education")
    assert len(recorded_since.doubts("a")) == 1, "that nobody has answered"


def test_corrections_answer_a_claim_as_well(recorded_since):
    claim = listed(recorded_since, SEPT, household__size=3).number
    recorded_since.correct("a", 2, {SIZE: 4}, reason="asked again", by=BY)
    assert recorded_since.doubts("a") == ()
    recorded_since.correct("a", claim, {SIZE: 3}, reason="the list was right", by=BY)
    assert [size(recorded_since, at) for at in (AUG, SEPT)] == [4, 3]


def test_a_claim_that_is_taken_back_is_asked_about_no_more(recorded_since):
    claim = listed(recorded_since, SEPT, household__size=3).number
    recorded_since.correct("a", claim, None, reason="the wrong list", by=BY)
    assert recorded_since.doubts("a") == ()


@pytest.mark.parametrize("key", [None, "another"])
def test_an_old_list_again_without_its_key_undoes_no_correction_and_asks_nothing(file_store, key):
    listed(file_store, JULY, household__size=3, key="july")
    file_store.correct("a", 1, {SIZE: 4}, reason="miscounted", by=BY)
    assert listed(file_store, JULY, household__size=3, key=key) is None
    assert (size(file_store), file_store.doubts("a")) == (4, ())


def test_what_a_person_said_ought_not_to_have_been_said_stays_unsaid(file_store):
    listed(file_store, JULY, household__size=3, child__health="healthy")
    file_store.correct("a", 1, {}, withdrawn=[SIZE], reason="of another child", by=BY)
    listed(file_store, SEPT, household__size=3)
    assert (size(file_store), len(file_store.doubts("a"))) == (None, 1)
    confirmed = file_store.record(Case.from_facts({"ref": "a"}), at=SEPT, by=BY, unknown=[SIZE])
    assert (confirmed.body["facts"], file_store.doubts("a")) == ({SIZE: None}, ())


def test_an_import_that_was_taken_back_whole_can_be_done_again(file_store):
    listed(file_store, JULY, household__size=3)
    file_store.correct("a", 1, None, reason="the wrong day", by=BY)
    assert listed(file_store, AUG, household__size=3).body["facts"] == {SIZE: 3}


def test_news_that_cannot_stand_without_what_it_repeats_waits_with_it(file_store):
    listed(file_store, JULY, child__disability__kind="physical", child__disability__grade="2")
    recorded(file_store, AUG, child__disability__kind="none", child__disability__grade="none")
    entry = listed(
        file_store, SEPT, child__disability__kind="physical", child__disability__grade="3", household__size=3
    )
    assert set(entry.body["claims"]) == {"child.disability.kind", "child.disability.grade"}
    assert entry.body["facts"] == {SIZE: 3}


def test_a_list_that_is_only_less_exact_neither_coarsens_nor_asks(file_store):
    listed(file_store, JULY, child__birth_date="2012-03")
    recorded(file_store, AUG, child__birth_date="2012-03-05")
    assert listed(file_store, SEPT, child__birth_date="2012-03") is None
    assert (str(file_store.case("a", at=SEPT).child.birth_date), file_store.doubts("a")) == ("2012-03-05", ())


SINCE, TERM = {"since": "2025-01-10"}, {"term_months": 24}
STILL = {"kind": "imprisoned", "ongoing": True}


@pytest.mark.parametrize("less", [{"since": "2025-01"} | TERM, TERM, SINCE, {}])
def test_a_list_that_says_only_less_of_the_old_value_repeats_it_too(file_store, less):
    listed(file_store, JULY, father__situations=[STILL | SINCE | TERM])
    recorded(file_store, AUG, father__situations=RELEASED)
    listed(file_store, SEPT, father__situations=[STILL | less], code="police")
    assert facts_of(file_store.case("a", at=SEPT))[FATHER] == RELEASED
    assert [asked.path for asked in file_store.doubts("a")] == [FATHER]
    assert listed(file_store, OCT, father__situations=[STILL | less], code="police") is None
    assert listed(file_store, NOV, father__situations=[STILL], code="police") is None, "less of what is asked already"


@pytest.mark.parametrize("code", ["civil_affairs", "police"])
@pytest.mark.parametrize("between", [[], RELEASED, [{"kind": "imprisoned", "ongoing": False}], None])
def test_a_list_that_catches_up_does_not_hand_the_fact_back_to_the_lists(file_store, between, code):
    """August says what the person recorded, in its own way, or nothing; September says what July said."""
    prison = [{"kind": "imprisoned", "since": "2025-01-10", "term_months": 24}]
    listed(file_store, JULY, father__situations=prison, father__supports_child=False)
    recorded(file_store, JULY, father__situations=RELEASED, father__supports_child=True)
    if between is not None:
        listed(file_store, AUG, father__situations=between, father__supports_child=True)
    assert file_store.doubts("a") == ()
    listed(file_store, SEPT, father__situations=prison, father__supports_child=False, code=code)
    said = facts_of(file_store.case("a", at=NOV))
    assert (said[FATHER], said["father.supports_child"]) == (RELEASED, True)
    assert {asked.path for asked in file_store.doubts("a")} == {FATHER, "father.supports_child"}


def test_what_a_list_adds_to_a_persons_word_is_filed_and_the_word_goes_on_standing(file_store):
    recorded(file_store, JULY, father__situations=[STILL])
    added = listed(file_store, AUG, father__situations=[STILL | SINCE])
    assert added.body["facts"] == {FATHER: [STILL | SINCE]}
    assert listed(file_store, SEPT, father__situations=[STILL | TERM]).body["facts"], (
        "the person said nothing of a term"
    )
    assert listed(file_store, OCT, father__situations=[]).body["claims"] == {FATHER: []}


@pytest.mark.parametrize("word", ["recorded", "corrected", "unknown", "withdrawn"])
def test_another_term_than_before_a_persons_word_begins_nothing(file_store, word):
    listed(file_store, JULY, father__situations=[STILL | SINCE | TERM], child__health="healthy")
    if word == "recorded":
        recorded(file_store, AUG, father__situations=[])
    elif word == "corrected":
        file_store.correct("a", 1, {FATHER: []}, reason="looked up", by=BY)
    elif word == "withdrawn":
        file_store.correct("a", 1, {}, withdrawn=[FATHER], reason="of another child", by=BY)
    else:
        file_store.record(Case.from_facts({"ref": "a"}), at=AUG, by=BY, unknown=[FATHER])
    listed(file_store, NOV, father__situations=[STILL | SINCE | {"term_months": 36}])
    assert facts_of(file_store.case("a", at=NOV)).get(FATHER, []) == []
    assert [asked.path for asked in file_store.doubts("a")] == [FATHER]


def test_aid_that_a_person_said_is_not_drawn_does_not_come_back_by_a_longer_list(file_store):
    listed(file_store, JULY, household__aid=["dibao"])
    recorded(file_store, AUG, household__aid=[])
    entry = listed(file_store, SEPT, household__aid=["dibao", "tekun"])
    assert entry.body["claims"] == {"household.aid": ["dibao", "tekun"]}
    assert facts_of(file_store.case("a", at=OCT))["household.aid"] == []


def test_a_list_that_does_not_say_who_the_guardian_is_takes_no_name_away(file_store):
    listed(file_store, JULY, guardians=[{"name": "王秘", "telephone": "13800010001"}])
    assert listed(file_store, AUG, guardians=[{"telephone": "13800010001"}], code="education") is None


# ---- places -----------------------------------------------------------------------------------------------------------

HOME, HERE = "child.registration.division", "child.residence.division"
ID = "330106201503100128"


@pytest.mark.parametrize(
    ("held", "said", "kept"),
    [
        # A county is less exact than its township, and what may be inferred from the ID is not above what is stated.
        ({HOME: "330199001"}, {HOME: "330199"}, {HOME: "330199001"}),
        ({HERE: "330199001"}, {HOME: "330106"}, {HERE: "330199001"}),
        ({HOME: "330199001"}, {HOME: "330106"}, {HOME: "330199001"}),
        # Another township of the county, and where a child lives that is registered here.
        ({HOME: "330199001"}, {HOME: "330199002"}, {HOME: "330199002"}),
        ({HOME: "330199001"}, {HERE: "330106003"}, {HOME: "330199001", HERE: "330106003"}),
    ],
)
def test_a_place_that_a_list_only_infers_or_says_less_of_moves_nothing(file_store, held, said, kept):
    listed(file_store, JULY, child__resident_id=ID, **held)
    listed(file_store, AUG, child__resident_id=ID, **said)
    facts = facts_of(file_store.case("a", at=SEPT))
    assert ({path: facts.get(path) for path in kept}, file_store.doubts("a")) == (kept, ())
    assert facts.get(HOME) == kept.get(HOME)


@pytest.mark.parametrize("path", [HOME, HERE])
def test_a_place_in_another_county_is_asked_about_and_moves_nothing(file_store, path):
    listed(file_store, JULY, **{path: "330199001"})
    assert listed(file_store, AUG, **{path: "330106003"}).body["claims"] == {path: "330106003"}
    (asked,) = file_store.doubts("a")
    assert (asked.path, asked.moves, file_store.case("a", at=SEPT).division) == (path, True, "330199001")
    (item,) = file_store.due(rules(), today=OCT).of("doubt")
    assert "propose_transfer" in item.text.en
    assert listed(file_store, SEPT, **{path: "330106003"}) is None, "asked once"
    recorded(file_store, SEPT, **{path: "330199001"})
    assert file_store.doubts("a") == ()


AGAIN = {"kind": "imprisoned", "since": "2025-08-20"}
FREE = {"kind": "imprisoned", "ongoing": False}
BORN = "child.birth_date"


@pytest.mark.parametrize(
    ("path", "told", "said", "lists", "at", "becomes"),
    [
        # What the list said before somebody recorded otherwise, with more of it, however new the list is.
        (FATHER, [STILL], [FREE], [STILL | SINCE], OCT, "claim"),
        (FATHER, [STILL], RELEASED, [{"kind": "imprisoned", "since": "2024-03", "until": "2027"}], OCT, "claim"),
        (FATHER, [STILL | SINCE], RELEASED, [STILL | SINCE | TERM], OCT, "claim"),
        (FATHER, [STILL | TERM], [], [STILL | SINCE | TERM], OCT, "claim"),
        (BORN, "2012-03", "2012-04-02", "2012-03-09", OCT, "claim"),
        # What ends by the person's word goes on by the list's, in other words.
        (FATHER, [STILL | SINCE], RELEASED, [STILL | TERM | {"since": "2024-03"}], OCT, "claim"),
        (FATHER, [STILL | SINCE | TERM], RELEASED, [STILL | SINCE | {"term_months": 36}], OCT, "claim"),
        (FATHER, [STILL | SINCE], [FREE], [STILL | {"since": "2024-03"}], OCT, "claim"),
        (FATHER, [{"kind": "lost_contact"}], RELEASED, [STILL | {"since": "2024-03"}], OCT, "claim"),
        # A list that is no newer than the person's word.
        (SIZE, 3, 4, 5, AUG, "claim"),
        (FATHER, [STILL], RELEASED, [AGAIN], AUG, "claim"),
        # Of what says no more than the person nothing is to be asked.
        (BORN, None, "2012-03-05", "2012-03", OCT, "nothing"),
        (FATHER, [STILL], RELEASED, [FREE], OCT, "nothing"),
        (FATHER, [STILL], RELEASED, [], OCT, "nothing"),
        # Never said before and newer, or of another kind: a person says whether it is so.
        (SIZE, 3, 4, 5, SEPT, "claim"),
        (SIZE, None, 4, 5, SEPT, "claim"),
        (FATHER, [STILL | SINCE], RELEASED, [AGAIN], OCT, "claim"),
        (FATHER, [STILL | SINCE], [FREE], [{"kind": "imprisoned", "since": "2025-08-20"}], OCT, "claim"),
        (FATHER, [STILL], RELEASED, [{"kind": "lost_contact", "since": "2025-07-20"}], OCT, "claim"),
        (BORN, "2012-03", "2012-03-05", "2012-03-07", OCT, "claim"),
        # More of what the person said, and never said before.
        (FATHER, [STILL], [STILL | SINCE], [STILL | SINCE | TERM], OCT, "fact"),
        (BORN, "2012", "2012-03", "2012-03-05", OCT, "fact"),
    ],
)  # fmt: skip
def test_what_a_list_says_against_a_persons_word(file_store, path, told, said, lists, at, becomes):
    """A list of July tells something, a person records otherwise as of August, and the next list says something again."""
    if told is not None:
        listed(file_store, JULY, **{path: told})
    recorded(file_store, AUG, **{path: said})
    entry = listed(file_store, at, **{path: lists})
    found = {kept: (entry.body.get(kept) or {}).get(path) for kept in ("facts", "claims")} if entry else {}
    assert found == {"fact": {"facts": lists, "claims": None}, "claim": {"facts": None, "claims": lists}}.get(
        becomes, {}
    )
    assert facts_of(file_store.case("a", at=NOV))[path] == (lists if becomes == "fact" else said)
    assert [asked.path for asked in file_store.doubts("a")] == ([path] if becomes == "claim" else [])
    assert listed(file_store, NOV, **{path: lists}) is None, "asked once, or filed once"


@pytest.mark.parametrize(("as_of", "people"), [(AUG, 3), (AUG, 5), (OCT, 5), (OCT, 3)])
def test_a_correction_stands_against_lists_as_what_was_recorded_does(file_store, as_of, people):
    listed(file_store, JULY, household__size=3)
    file_store.correct("a", 1, {SIZE: 4}, reason="miscounted", by=BY)
    listed(file_store, as_of, household__size=people, code="education")
    assert (size(file_store, NOV), len(file_store.doubts("a"))) == (4, 1)


@pytest.mark.parametrize("value", [3, 5])
def test_what_ought_not_to_have_been_said_stays_unsaid_whatever_lists_say(file_store, value):
    listed(file_store, JULY, household__size=3, child__health="healthy")
    file_store.correct("a", 1, {}, withdrawn=[SIZE], reason="of another child", by=BY)
    listed(file_store, OCT, household__size=value)
    assert (size(file_store, NOV), len(file_store.doubts("a"))) == (None, 1)


def test_money_does_not_begin_again_by_a_stale_list_that_says_more(file_store):
    said = facts_of(child(father__situations=[{"kind": "imprisoned", "ongoing": True}]))
    row = FactSource("civil_affairs", "表", 2, JULY, tuple(said))
    file_store.record_many([Recording(child(father__situations=said[FATHER]), JULY, by=BY, sources=(row,))])
    recorded(file_store, AUG, father__situations=RELEASED)
    listed(file_store, OCT, father__situations=[{"kind": "imprisoned", "since": "2024-03", "until": "2027-03"}])
    assert not rules().assess(file_store.case("a", at=OCT), on=OCT).policies[ALLOWANCE].eligible
    recorded(file_store, OCT, father__situations=[{"kind": "imprisoned", "since": "2024-03", "until": "2027-03"}])
    assert rules().assess(file_store.case("a", at=OCT), on=OCT).policies[ALLOWANCE].eligible, "somebody says so"
    assert file_store.doubts("a") == ()


def test_a_hidden_fact_is_confirmed_in_the_same_way(file_store):
    recorded(file_store, SEPT, household__size=3)
    recorded(file_store, JULY, household__size=4)
    assert len(file_store.doubts("a")) == 1
    assert recorded(file_store, OCT, household__size=3) is None, "of another day it says nothing of that one"
    assert recorded(file_store, SEPT, household__size=3).body["facts"] == {SIZE: 3}
    assert (file_store.doubts("a"), size(file_store, SEPT)) == ((), 3)


def test_sources_in_a_form_of_the_callers_own_are_passed_over(recorded_since):
    body = {
        "facts": {"child.health": "healthy"},
        "sources": [{"list": "own", "row": 1}, {"list": "own", "as_of": "autumn"}],
    }
    recorded_since.append("a", "facts", body, valid_from=AUG, by=BY)
    listed(recorded_since, SEPT, household__size=3)
    assert len(recorded_since.doubts("a")) == 1


def test_only_a_list_claims(file_store):
    with pytest.raises(EntryRefusedError) as refused:
        file_store.append("a", "facts", {"facts": {SIZE: 3}, "claims": {SIZE: 4}}, valid_from=JULY, by=BY)
    assert not stray(refused.value.text)


# ---- claims are personal data as facts are -----------------------------------------------------------------------------


def with_a_claimed_name(store):
    listed(store, JULY, child__name="王三秘", child__birth_date="2014-02-03")
    recorded(store, AUG, child__name="王三米")
    return listed(store, SEPT, child__name="王三秘")


def test_a_claimed_name_is_shown_nowhere_is_no_part_of_a_reason_and_goes_with_an_erasure(tmp_path):
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}", key=new_key()) as store:
        entry = with_a_claimed_name(store)
        assert entry.body["claims"] == {"child.name": "王三秘"}
        assert "王三秘" not in repr(entry) + repr(store.doubts("a")) + repr(store.history("a"))
        assert "王三秘".encode() not in path.read_bytes(), "it is encrypted"
        with pytest.raises(EntryRefusedError, match="holds a name"):
            store.correct("a", 2, {}, withdrawn=["child.name"], reason="王三秘 is another", by=BY)
        assert pickle.loads(pickle.dumps(store.doubts("a"))) == store.doubts("a")
        assert store.verify()
        store.erase("a", reason="kept long enough", by=BY)
        assert store.entry(entry.number).body == {}
        assert store.verify()
    with sqlite3.connect(path) as plain:
        assert plain.execute("select count(*) from kg_bodies where number = ?", (entry.number,)).fetchone() == (0,)


def test_a_claim_is_given_to_nobody(file_store):
    from kinderguard.casefile import Recipient

    with_a_claimed_name(file_store)
    listed(file_store, SEPT, child__birth_date="2014-02-03", child__schooling__stage="primary")
    recorded(file_store, SEPT, child__schooling__stage="junior_middle")
    listed(file_store, OCT, child__schooling__stage="primary")
    shared = file_store.share(
        "a",
        recipient=Recipient("education", "示例县第一中学"),
        purpose="schooling",
        basis="statutory_duty",
        by=BY,
        on=NOV,
    )
    assert shared.facts["child.schooling.stage"] == "junior_middle"
    assert "primary" not in str(shared.to_dict())


# ---- ends and deaths that a list takes back ------------------------------------------------------------------------

INSIDE = {"kind": "imprisoned", "since": "2025-01-10", "ongoing": True}
OUT = {"kind": "imprisoned", "since": "2025-01-10", "until": "2025-07-20"}
LOST = {"kind": "dead", "since": "2020-01-01"}


@pytest.mark.parametrize("code", ["civil_affairs", "public_security"])
@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param([OUT], [INSIDE], id="an end"),
        pytest.param([{**OUT, "ongoing": False}], [INSIDE], id="an end that has come"),
        pytest.param([LOST], [], id="a death"),
        pytest.param([LOST], [INSIDE], id="a death, by another situation"),
    ],
)
def test_an_end_or_a_death_that_a_list_takes_back_is_asked_and_not_taken(file_store, code, before, now):
    listed(file_store, AUG, father__situations=before)
    entry = listed(file_store, SEPT, code=code, father__situations=now, father__supports_child=False)
    assert (entry.body["facts"], entry.body["claims"]) == ({"father.supports_child": False}, {FATHER: now})
    (asked,) = file_store.doubts("a")
    assert (asked.path, asked.hidden_by, asked.takes_back, asked.moves) == (FATHER, 1, True, False)
    (item,) = file_store.due(rules(), today=OCT).of("doubt")
    assert "is none. The list may be older" in item.text.en
    assert "father: supports" in item.text.en
    assert not stray(item.what)
    recorded(file_store, SEPT, father__situations=now)
    assert file_store.doubts("a") == ()


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param([OUT], [], id="no longer named"),
        pytest.param([OUT], [OUT, {**INSIDE, "since": "2025-08-10"}], id="another sentence"),
        pytest.param([INSIDE], [OUT], id="an end that is news"),
        pytest.param([INSIDE], [], id="free without a day"),
        pytest.param([INSIDE], [LOST], id="a death that is news"),
        pytest.param([{**OUT, "until": "2025-12-20"}], [INSIDE], id="an end to come"),
    ],
)
def test_what_takes_no_end_back_is_taken_from_a_list(file_store, before, now):
    listed(file_store, AUG, father__situations=before)
    listed(file_store, SEPT, father__situations=now)
    assert file_store.doubts("a") == ()


def test_a_list_that_goes_on_taking_back_a_death_is_asked_about_once_until_it_comes_round(file_store):
    listed(file_store, AUG, father__situations=[LOST])
    listed(file_store, SEPT, father__situations=[])
    assert listed(file_store, OCT, father__situations=[]) is None
    assert len(file_store.doubts("a")) == 1
    listed(file_store, NOV, father__situations=[LOST])
    assert file_store.doubts("a") == ()


# ---- a list that goes back to what it said before -------------------------------------------------------------------


@pytest.fixture
def filed(file_store):
    """A child whose allowance is due, by a list of July."""
    row = FactSource("civil_affairs", "表", 2, JULY, tuple(facts_of(child())))
    file_store.record_many([Recording(child(), JULY, by=BY, sources=(row,))])
    return file_store


def asked_on(store, on):
    return [item.what.en for item in store.due(rules(), today=on).of("doubt")]


def test_a_list_that_goes_back_is_taken_and_asked_about_where_money_changes(filed):
    before = facts_of(child())[FATHER]
    listed(filed, AUG, father__situations=[])
    assert asked_on(filed, AUG) == []
    entry = listed(filed, SEPT, father__situations=before)
    assert entry.body["facts"] == {FATHER: before}
    (text,) = asked_on(filed, SEPT)
    assert "went back to what it said before, while that of 2025-08-01 said otherwise (entry 2)" in text
    recorded(filed, SEPT, father__situations=before)
    assert asked_on(filed, SEPT) == []


@pytest.mark.parametrize(
    ("august", "september", "code"),
    [
        pytest.param({"household__size": 4}, {"household__size": 3}, "civil_affairs", id="no money changes"),
        pytest.param(
            {"father__situations": []}, {"father__situations": facts_of(child())[FATHER]}, "b", id="another list"
        ),
    ],
)
def test_a_list_that_goes_back_without_money_or_against_another_list_is_not_asked_about(filed, august, september, code):
    listed(filed, AUG, code=code, **august)
    listed(filed, SEPT, **september)
    assert asked_on(filed, SEPT) == []

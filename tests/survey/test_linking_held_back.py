"""Pairs that other rows keep from being joined: why is said with the pair, and a person's word overrules it."""

import pytest
from hypothesis import given

from kinderguard.commands.questions import Answer, answered, asked
from kinderguard.survey import LinkSettings, RowKey, combine
from kinderguard.survey.linking import Band, Links, Pair, PairDecision
from survey.lists import DAY, source
from survey.test_linking_groups import found

A1, A2, B1, C1 = (RowKey(code, "表", row) for code, row in (("a", 2), ("a", 3), ("b", 2), ("c", 2)))


def links(*pairs, rows=(A1, A2, B1, C1)):
    made = tuple(
        Pair(one, other, Band(band), weight, (), (), apart and apart[0]) for one, other, band, weight, *apart in pairs
    )
    return Links(tuple(sorted(rows)), tuple(sorted(made, key=lambda p: p.key)), LinkSettings(), {})


#: a1 and b1 are one child. a2 fits b1 too, but stands in the list of a1, with which it has little in common.
TAKEN = links((A1, B1, "same", 20.0), (A2, B1, "same", 12.0))


def test_a_pair_that_stays_two_because_the_list_has_another_row_for_the_child_says_so():
    assert TAKEN.open() == ()
    (pair,) = TAKEN.held_back()
    assert pair.key == (A2, B1)
    assert "a/表/2" in pair.notes[0].zh
    assert "两行" in pair.notes[0].zh
    assert "two rows of one list" in pair.notes[0].en
    assert pair.notes[0].en in pair.explain().en


def test_a_pair_that_is_asked_about_for_that_reason_says_so_as_well():
    twice = links((A1, B1, "same", 20.0), (A2, B1, "same", 12.0), (A1, A2, "ask", 1.0))
    (question,) = twice.open()
    assert question.key == (A2, B1)
    assert "two rows of one list" in question.notes[-1].en
    assert twice.held_back() == ()


def test_a_pair_that_another_row_of_the_child_contradicts_says_so():
    against = links((A1, B1, "same", 20.0), (B1, C1, "same", 12.0), (A1, C1, "ask", 1.0, True))
    (question,) = against.open()
    assert (question.key, "contradict each other" in question.notes[0].en) == ((B1, C1), True)
    assert "a/表/2" in question.notes[0].zh


def test_a_pair_that_was_joined_or_decided_is_not_held_back():
    assert TAKEN.pair(A1, B1).notes == ()
    for verdict in ("same", "different"):
        assert TAKEN.held_back([PairDecision(A2, B1, verdict)]) == ()
    assert {frozenset(g) for g in TAKEN.groups([PairDecision(A2, B1, "same")])} == {
        frozenset((A1, A2, B1)),
        frozenset((C1,)),
    }


@given(found())
def test_no_pair_is_left_without_a_word(given_):
    """What was found alike and has not two IDs is joined, asked about, or held back with the reason."""
    ids, pairs = given_
    rows = tuple(sorted({row for two in pairs for row in two} | set(ids)))
    made = Links(rows, tuple(sorted(pairs.values(), key=lambda p: p.key)), LinkSettings(), ids)
    group = {row: g for g in made.groups() for row in g}
    told = {frozenset((group[p.left], group[p.right])) for p in (*made.open(), *made.held_back())}
    for pair in pairs.values():
        one, other = group[pair.left], group[pair.right]
        numbers = {ids[row] for row in one | other if row in ids}
        if pair.band is not Band.DIFFERENT and one is not other and len(numbers) < 2:
            assert frozenset((one, other)) in told
    assert all(pair.notes for pair in made.held_back())


@pytest.fixture
def survey():
    rows = [RowKey(code, "表", row) for code, row in (("civil_affairs", 2), ("civil_affairs", 3), ("education", 2))]
    first, second, school = rows
    child = {"child.name": "王三秘", "child.birth_date": "2014-02-03"}
    held = links((first, school, "same", 20.0), (second, school, "same", 12.0), rows=rows)
    return combine([source("civil_affairs", child, child), source("education", child)], links=held)


def test_a_survey_tells_what_was_held_back_and_asks_nobody(survey):
    assert survey.to_decide == ()
    (pair,) = survey.held_back
    assert survey.counts["held_back"] == 1
    assert "two rows of one list" in pair.text.en
    assert "王三秘" not in repr(survey.held_back) + str(survey) + pair.text.zh + pair.text.en
    assert len(survey.children) == 2
    joined = survey.decide(pair, True)
    assert (len(joined.children), joined.held_back) == (1, ())
    assert (len(survey.decide(pair, False).children), survey.decide(pair, False).held_back) == (2, ())


def test_the_sheet_of_questions_ends_with_what_was_held_back_and_an_answer_to_it_is_taken(survey):
    (row,) = asked(survey, "en", personal=False)
    assert "need not be answered" in row[2]
    assert "two rows of one list" in row[7]
    answer = Answer(row[0], row[5], "yes", 2)
    joined, left = answered(survey, [answer], by="u12", on=DAY, name="to_decide.csv", progress=lambda *_: None)
    assert (len(joined.children), left, joined.decisions[0].by) == (1, (), "u12")


def test_a_survey_without_linking_holds_nothing_back():
    assert combine([source("civil_affairs", {"child.name": "某", "child.birth_date": "2014-02-03"})]).held_back == ()

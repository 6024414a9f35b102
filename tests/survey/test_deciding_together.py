"""Many answers at once: the same survey as one after the other, and nothing is built that no answer touches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinderguard.survey import DecisionError, Disagreement, OpenPair, RowKey, SurveyError, combine
from kinderguard.survey import combining as combining_module
from kinderguard.survey.linking import Band, Links, LinkSettings, Pair
from survey.lists import DAY, number, source
from survey.test_combine_laws import surveys

SIZES = [{"child.resident_id": number(n), "household.size": n} for n in (1, 3, 5)]
OTHER_SIZES = [row | {"household.size": 9} for row in SIZES]


@pytest.fixture
def built(monkeypatch):
    """The numbers of the children that were built."""
    found = []
    build = combining_module.build
    monkeypatch.setattr(combining_module, "build", lambda ref, *rest: found.append(ref) or build(ref, *rest))
    return found


def told(survey):
    """Everything that a survey says."""
    return (
        [(c.ref, c.rows, c.case.to_json(), {p: tuple(said) for p, said in c.facts.items()}, c.disagreements) for c in survey.children],
        survey.decisions,
        [str(s) for s in survey.set_aside],
        survey.to_decide,
        survey.counts,
    )  # fmt: skip


def one_by_one(survey, answers, **more):
    for question, answer in answers:
        survey = survey.decide(question, answer, **more)
    return survey


def test_many_answers_build_each_child_that_they_touch_once(built):
    survey = combine([source("civil_affairs", *SIZES), source("civil_affairs.b", *OTHER_SIZES)])
    answers = [(question, question.rows[0]) for question in survey.to_decide]
    built.clear()
    together = survey.decide_all(answers[:2], by="u12", on=DAY)
    assert sorted(built) == sorted(question.ref for question, _ in answers[:2])
    assert told(together) == told(one_by_one(survey, answers[:2], by="u12", on=DAY))
    assert {(d.by, d.on) for d in together.decisions} == {("u12", DAY)}


def test_one_answer_and_taking_it_back_build_one_child_each(built):
    survey = combine([source("civil_affairs", *SIZES), source("civil_affairs.b", *OTHER_SIZES)])
    first, second, _ = survey.to_decide
    decided = survey.decide(first, first.rows[0])
    built.clear()
    both = decided.decide(second, second.rows[0])
    assert built == [second.ref]
    built.clear()
    undone = both.undo(both.decisions[1])
    assert built == [second.ref]
    assert told(undone) == told(decided)


@pytest.fixture
def linked():
    """Three pairs of rows to ask about, and children who differ in a fact, before those answers or after them."""
    rows = [RowKey(code, "表", n) for code in ("civil_affairs", "civil_affairs.b") for n in (2, 3, 4)]
    pairs = tuple(Pair(one, other, Band.ASK, 2.5, ()) for one, other in zip(rows[:3], rows[3:], strict=True))
    named = [{"child.name": "某某", "child.birth_date": "2014-02-03", "household.size": n} for n in (3, 4, 5)]
    twice = [
        {"child.resident_id": number(1), "household.size": 3}, {"child.resident_id": number(1), "household.size": 4},
    ]  # fmt: skip
    lists = [source("civil_affairs", *named, *twice), source("civil_affairs.b", *named[::-1])]
    every = tuple(sorted([*rows, RowKey("civil_affairs", "表", 5), RowKey("civil_affairs", "表", 6)]))
    ids = {RowKey("civil_affairs", "表", n): 0 for n in (5, 6)}
    same = Pair(*sorted(ids), Band.SAME, 30.0, ())
    return combine(lists, links=Links(every, tuple(sorted((*pairs, same), key=lambda p: p.key)), LinkSettings(), ids))


def test_answers_about_pairs_and_about_facts_go_together_the_pairs_first(linked):
    answers = [(q, True if isinstance(q, OpenPair) else q.rows[0]) for q in linked.to_decide]
    pairs, facts = answers[:3], answers[3:]
    assert [isinstance(q, OpenPair) for q, _ in answers] == [True] * 3 + [False]
    together = linked.decide_all([*facts, *pairs])
    assert told(together) == told(one_by_one(linked, [*pairs, *facts]))
    assert len(together.children) == 4
    further = [(q, q.rows[1]) for q in together.to_decide if isinstance(q, Disagreement)]
    assert further
    assert told(together.decide_all(further)) == told(one_by_one(together, further))


def test_of_two_answers_to_one_question_the_later_counts(linked):
    *_, question = linked.to_decide
    both = [(question, row) for row in question.rows]
    together = linked.decide_all(both)
    assert told(together) == told(one_by_one(linked, both))
    assert len(together.decisions) == 1


def test_one_answer_that_does_not_fit_refuses_them_all(linked):
    pair, *_, question = linked.to_decide
    with pytest.raises(SurveyError, match="True or False"):
        linked.decide_all([(pair, "yes")])
    with pytest.raises(SurveyError, match="'education' says nothing of the fact"):
        linked.decide_all([(pair, True), (question, "education")])
    with pytest.raises(DecisionError, match="never a name"):
        linked.decide_all([(pair, True)], by="王五")
    assert linked.decide_all([]) is linked


@settings(max_examples=40, deadline=None)
@given(surveys(), st.data())
def test_whatever_is_answered_together_is_what_one_after_the_other_gives(made, data):
    _, survey = made
    asked = data.draw(st.lists(st.sampled_from(survey.to_decide or [None]), max_size=5))
    answers = [(question, data.draw(st.sampled_from(question.rows))) for question in asked if question is not None]
    together = survey.decide_all(answers)
    assert told(together) == told(one_by_one(survey, answers))
    assert told(together) == told(combine(survey.sources, decisions=together.decisions))

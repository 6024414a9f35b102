"""A decision groups only what it can reach: the same, always, as grouping every row anew."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinderguard.survey import RowKey, combine
from kinderguard.survey.linking import Band, LinkDecisionError, Links, LinkSettings, Pair
from kinderguard.survey.linking import links as links_module
from survey.lists import number, source
from survey.test_combine_laws import LISTS
from survey.test_deciding_together import told
from survey.test_linking_groups import ROWS, decided, found


def links_of(given_):
    ids, pairs = given_
    return Links(tuple(ROWS), tuple(sorted(pairs.values(), key=lambda p: p.key)), LinkSettings(), ids)


def what(grouped):
    return grouped.groups, grouped.open, grouped.held_back


@settings(max_examples=100, deadline=None)
@given(found(), st.lists(decided(), min_size=2, max_size=4), st.booleans())
def test_links_with_other_decisions_are_what_they_are_from_the_beginning(given_, steps, asked_before):
    links = links_of(given_)
    try:
        now = links.grouped(steps[0])
    except LinkDecisionError:
        return
    for decisions in steps[1:]:
        if asked_before:
            what(now)
        try:
            expected = links.grouped(decisions)
        except LinkDecisionError:
            with pytest.raises(LinkDecisionError):
                now.again(decisions)
            return
        now = now.again(decisions)
        assert what(now) == what(expected)
        assert set(now.groups_of(now.touched)) <= set(now.groups)


@settings(max_examples=60, deadline=None)
@given(LISTS, st.data())
def test_a_survey_without_links_is_what_combining_with_its_decisions_gives(lists, data):
    survey = combine(lists)
    rows = sorted(survey.by_row)
    twos = [(a, b) for a in rows for b in rows if a < b]
    for one, other in data.draw(st.lists(st.sampled_from(twos), max_size=5)) if twos else ():
        survey = (survey.same if data.draw(st.booleans()) else survey.different)(one, other)
        if survey.decisions and data.draw(st.booleans()):
            survey = survey.undo(data.draw(st.sampled_from(survey.decisions)))
    assert told(survey) == told(combine(lists, decisions=survey.decisions))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_survey_with_links_is_what_combining_with_its_decisions_gives(data):
    rows = [RowKey(code, "表", n) for code in ("civil_affairs", "education") for n in (2, 3, 4, 5)]
    lists = [
        source(
            code, *({"child.name": "某某", "child.birth_date": "2014-02-03", "household.size": n} for n in range(1, 5))
        )
        for code in ("civil_affairs", "education")
    ]
    twos = [(a, b) for a in rows for b in rows if a < b]
    bands = data.draw(st.dictionaries(st.sampled_from(twos), st.sampled_from(Band), max_size=8))
    pairs = tuple(Pair(*two, bands[two], 2.5, ()) for two in sorted(bands))
    links = Links(tuple(rows), pairs, LinkSettings(), {})
    survey = combine(lists, links=links)
    for one, other in data.draw(st.lists(st.sampled_from(twos), max_size=4)):
        answer = survey.same if data.draw(st.booleans()) else survey.different
        try:
            survey = answer(one, other)
        except LinkDecisionError:
            continue
        if data.draw(st.booleans()):
            try:
                survey = survey.undo(data.draw(st.sampled_from(survey.decisions)))
            except LinkDecisionError:
                continue
    again = combine(lists, links=links, decisions=survey.decisions)
    assert (told(survey), survey.held_back) == (told(again), again.held_back)


def test_a_decision_regroups_the_rows_that_it_can_reach_and_no_others(monkeypatch):
    """Three pairs to ask about: an answer to one, and taking it back, look at its two rows."""
    rows = [RowKey(code, "表", n) for code in ("civil_affairs", "education") for n in (2, 3, 4)]
    pairs = tuple(Pair(one, other, Band.ASK, 2.5, ()) for one, other in zip(rows[:3], rows[3:], strict=True))
    named = [{"child.name": "某某", "child.birth_date": "2014-02-03", "household.size": n} for n in (3, 4, 5)]
    lists = [source("civil_affairs", *named), source("education", *named)]
    survey = combine(lists, links=Links(tuple(rows), pairs, LinkSettings(), {}))
    looked_at = []
    regrouped = links_module.regrouped

    def watched(*given_):
        grouping, touched = regrouped(*given_)
        looked_at.append(touched)
        return grouping, touched

    monkeypatch.setattr(links_module, "regrouped", watched)
    decided_ = survey.decide(survey.to_decide[0], True)
    decided_.undo(decided_.decisions[0])
    assert looked_at == [frozenset(pairs[0].key)] * 2


def test_a_number_that_two_children_share_after_a_decision_names_neither():
    """With a key a child is called by its only ID, unless two are: also where only one of the two was grouped again."""
    ids = [{"child.resident_id": number(1), "household.size": n} for n in (3, 4, 5)]
    key = bytes(32)
    lists = [source("civil_affairs", *ids)]
    survey = combine(lists, key=key)
    one, _, other = sorted(survey.by_row)
    apart = survey.different(one, other)
    assert [c.ref for c in apart.children] == [
        c.ref for c in combine(lists, key=key, decisions=apart.decisions).children
    ]
    assert survey.children[0].ref.startswith("k")
    assert all(child.ref.startswith("c") for child in apart.children)

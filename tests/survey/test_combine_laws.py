"""What holds of every survey, whatever stands in the lists."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from kinderguard.model import PartialDate
from kinderguard.survey import ChosenBy, RowKey, TrustOrder, TrustRule, combine, decisions_from_json, decisions_to_json
from kinderguard.survey.facts import facts_of
from kinderguard.survey.values import APART, agreed, joined
from survey.lists import DAY, number, source

CODES = ("civil_affairs", "education", "public_security", "education.b")
IDS = [number(n) for n in (1, 3, 5)]
DATES = [
    PartialDate(2024),
    PartialDate(2024, 3),
    PartialDate(2024, 3, 5),
    PartialDate(2024, 5),
    PartialDate(2023, 1, 1),
]
KINDS = st.sampled_from(["dead", "imprisoned", "away_for_work"])
SITUATIONS = st.lists(
    st.fixed_dictionaries({"kind": KINDS}, optional={"since": st.sampled_from(DATES), "ongoing": st.booleans()}),
    max_size=2,
)
VALUES = {
    "household.size": st.integers(1, 3),
    "household.aid": st.lists(st.sampled_from(["dibao", "tekun"]), unique=True),
    "child.residence.since": st.sampled_from(DATES),
    "child.care.last_visit": st.sampled_from(DATES),
    "child.registration.division": st.sampled_from(["330199", "330199001", "330199001003", "330199002", "22"]),
    "child.schooling.stage": st.sampled_from(["primary", "junior_middle"]),
    "child.disability.kind": st.sampled_from(["none", "physical"]),
    "child.disability.grade": st.sampled_from(["none", "1"]),
    "child.harms": st.lists(st.fixed_dictionaries({"level": st.sampled_from(["suspected", "confirmed"])}), max_size=1),
    "father.situations": SITUATIONS,
    "father.name": st.sampled_from(["某甲", "某 甲", "某乙"]),
    "330199.central_heating": st.booleans(),
}
FACTS = st.fixed_dictionaries({}, optional=VALUES)


def _consistent(facts):
    kind, grade = facts.get("child.disability.kind"), facts.get("child.disability.grade")
    return None in (kind, grade) or (kind == "none") == (grade == "none")


ROWS = st.builds(
    lambda who, facts: who | facts,
    st.one_of(
        st.sampled_from(IDS).map(lambda n: {"child.resident_id": n}),
        st.sampled_from(DATES).map(lambda d: {"child.name": "某某", "child.birth_date": d}),
    ),
    FACTS.filter(_consistent),
)
LISTS = st.lists(
    st.tuples(st.lists(ROWS, max_size=4), st.integers(0, 2), st.sampled_from([0, 30, 400])), min_size=1, max_size=4
).map(
    lambda given: [
        source(code, *rows, skipped=skipped, as_of=DAY - dt.timedelta(days=days))
        for code, (rows, skipped, days) in zip(CODES, given, strict=False)
    ]
)


@st.composite
def surveys(draw):
    """Lists with a person's decisions on their rows."""
    lists = draw(LISTS)
    rows = sorted(row for child in combine(lists).children for row in child.rows)
    survey = combine(lists)
    pairs = [(a, b) for a in rows for b in rows if a < b]
    for one, other in draw(st.lists(st.sampled_from(pairs), max_size=3)) if pairs else ():
        survey = (survey.same if draw(st.booleans()) else survey.different)(one, other)
    return lists, survey


@settings(max_examples=150, deadline=None)
@given(surveys())
def test_every_row_is_in_exactly_one_child_or_listed_as_skipped(made):
    lists, survey = made
    out = [row for child in survey.children for row in child.rows] + [s.key for s in survey.skipped]
    assert sorted(out) == sorted(s.key(row.sheet, row.row) for s in lists for row in s.ledger.rows)
    aside = {s.decision for s in survey.set_aside}
    for decision in survey.decisions:
        together = survey.by_row[decision.keys[0]] is survey.by_row[decision.keys[1]]
        assert decision in aside or together is (decision.kind == "same")


@settings(max_examples=150, deadline=None)
@given(surveys(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_does_not_matter(made, chance):
    lists, survey = made
    turned = list(lists)
    chance.shuffle(turned)
    # Decisions are followed in the order in which they were made.
    other = combine(turned, decisions=survey.decisions)

    def told(found):
        return {
            frozenset(child.rows): (child.ref, child.case.to_json(), {(d.path, d.reason) for d in child.disagreements})
            for child in found.children
        }

    assert told(survey) == told(other)


@settings(max_examples=200, deadline=None)
@given(surveys())
def test_a_blank_never_wins_and_nothing_is_invented(made):
    _, survey = made
    for child in survey.children:
        taken, opened = facts_of(child.case), {d.path for d in child.disagreements if d.is_open or d.contradicts}
        for path, said in child.facts.items():
            assert path in opened or path in taken
            assert all(s.value is not None for s in said)
            if path in taken and path not in opened:
                assert any(s.chosen for s in said)
            if not any(d.path == path for d in child.disagreements):
                assert all(joined(path, taken[path], s.value) is not APART for s in said)
        derived = {"child.birth_date", "child.sex"}
        assert set(taken) - derived <= set(child.facts)
        for path in set(taken) - opened:
            reasons = {d.path: d.reason for d in child.disagreements}
            if path in child.facts and reasons.get(path) is not ChosenBy.ALL:
                assert any(joined(path, taken[path], s.value) is not APART for s in child.facts[path])


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_undoing_every_decision_gives_back_the_first_survey(made):
    lists, survey = made
    for decision in survey.decisions:
        survey = survey.undo(decision)
    first = combine(lists)
    assert [(c.ref, c.rows, c.case) for c in survey.children] == [(c.ref, c.rows, c.case) for c in first.children]


@settings(max_examples=100, deadline=None)
@given(surveys(), st.sampled_from([None, b"sixteen bytes or more"]))
def test_decisions_come_back_from_json_as_they_were(made, key):
    lists, survey = made
    keyed = combine(lists, decisions=survey.decisions, key=key)
    asked = [q for q in keyed.to_decide if not getattr(q, "contradicts", ())]
    for question in asked[:2]:
        keyed = keyed.take(question.path, question.rows[-1])
    assert decisions_from_json(decisions_to_json(keyed.decisions)) == keyed.decisions
    again = combine(lists, decisions=keyed.decisions, key=key)
    assert [(c.ref, c.case) for c in again.children] == [(c.ref, c.case) for c in keyed.children]


PATHS = st.sampled_from(sorted(VALUES))


@settings(max_examples=400, deadline=None)
@given(PATHS.flatmap(lambda p: st.tuples(st.just(p), VALUES[p], VALUES[p], VALUES[p])))
def test_what_values_say_together_does_not_depend_on_their_order(given_values):
    path, *values = given_values
    one, other, third = (facts_of(source("education", {path: v}).ledger.cases[0]).get(path) for v in values)
    both = joined(path, one, other)
    assert joined(path, one, one) is not APART
    assert (both is APART) == (joined(path, other, one) is APART)
    if both is APART:
        assert agreed(path, [one, other]) == agreed(path, [other, one])
    else:
        assert joined(path, both, one) is not APART
        assert joined(path, both, other) is not APART
        if joined(path, one, third) is APART:
            assert joined(path, both, third) is APART


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["*", "child", "child.schooling", "father.situations", "330199.own"]),
        st.builds(
            TrustRule,
            prefer=st.sampled_from(["order", "newest", "ask", "all", "latest"]),
            order=st.lists(st.sampled_from(["education", "civil_affairs", "health", "street.b"]), unique=True),
            stale_after_days=st.none() | st.integers(0, 900),
        ),
    )
)
def test_an_order_of_trust_comes_back_from_toml_as_it_was(rules):
    order = TrustOrder(rules)
    assert TrustOrder.from_text(order.to_toml()) == order


def test_a_row_key_orders_by_list_sheet_and_number():
    assert RowKey("a", "1", 2) < RowKey("a", "1", 10) < RowKey("a", "2", 1) < RowKey("b", "1", 1)

"""What an explanation says would have to change: it holds once changed so, and names nothing that nobody can change."""

import datetime as dt

import pytest
from hypothesis import given

import kinderguard
from engines.agreement import DAY, books, examples
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.analysis import synthesize
from kinderguard.engines.changing import Changes, changed_case
from kinderguard.engines.reasons import Reasons
from kinderguard.model.codes import ParentKind, SchoolStage, Sex, SituationKind
from kinderguard.rules import child, father, household, parents
from kinderguard.testing import strategies

TITLE = Text("某", "some")
HEAD = "若要符合，最少须改变"
DEAD = [{"kind": "dead", "since": "2020-01-01"}]
BORN = {"child.birth_date": "2012-03-05"}
EXAMPLE = {**BORN, "child.registration.division": "330199"}


@pytest.fixture(scope="module")
def book():
    return kinderguard.load().on(DAY)


def told(book, facts, code, lang="zh"):
    """The lines from the head on."""
    text = book.assess(Case.from_facts(facts)).explain(code).text(lang)
    return text[text.index(HEAD) :] if HEAD in text else ""


def changes_of(result):
    """By category and policy that does not hold, its step and what would have to change."""
    plan, found = result.basis.bound.plan, Changes(result, Reasons(result.trace))
    roots = plan.categories | {code: p.eligible for code, p in plan.policies.items()}
    return {c: (s, change) for c, s in roots.items() if result.trace[s.index] is False and (change := found.of(s))}


def as_changed(case, result, change):
    """The case with the values of a change, as a file has it."""
    nodes = {step.index: step.node for step in result.basis.bound.plan.dynamic}
    return changed_case(case, {nodes[at]: value for at, value in change.values.items()})


def check(assess, case, result):
    """That every change said makes its result hold, with the conditions as named; how many there were."""
    for code, (_, change) in changes_of(result).items():
        changed = assess(as_changed(case, result, change))
        outcome = changed.categories.get(code, changed.policies[code].eligible if code in changed.policies else None)
        assert outcome is True, (code, change)
        for leaf in change.leaves:
            assert changed.trace[leaf.step.index] is leaf.wanted
        for who in ("father", "mother"):
            before, after = getattr(case, who), getattr(changed.case, who)
            assert before.kind == after.kind
            assert before.sex in (None, after.sex)  # what is not known may be found out
            assert deaths(before) == deaths(after)
        born, found_out = case.child.birth_date, changed.case.child.birth_date
        assert born is None or born.earliest <= found_out.earliest <= found_out.latest <= born.latest
    return len(changes_of(result))


def deaths(parent):
    return [s for s in parent.situations or () if s.kind in ("dead", "declared_dead")]


# ---- it holds once changed so ---------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
def test_what_would_have_to_change_suffices_for_children_of_a_county(book):
    people = synthesize(24, seed=11, divisions=["330199", "220102"])
    said = 0
    for row in range(24):
        result = book.explain_row(people.children, row, members=people.members)
        if result.division is not None:
            case = result.case
            said += check(book.assess, case, result)
    assert said > 60


@examples(20)
@given(case=strategies.cases())
def test_what_would_have_to_change_suffices_for_any_child(book, case):
    result = book.assess(case, division="330199")
    check(lambda c: book.assess(c, division="330199"), result.case, result)


@examples(30)
@given(book=books(), case=strategies.cases())
def test_what_would_have_to_change_suffices_by_any_rules(book, case):
    result = book.assess(case, on=DAY)
    check(lambda c: book.assess(c, on=DAY), result.case, result)


# ---- what nobody can change -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"father.disability.kind": "physical", "father.disability.grade": "3"}])
def test_of_an_orphan_nothing_of_the_parents_would_have_to_change(book, more):
    facts = EXAMPLE | {"father.situations": DEAD, "mother.situations": DEAD} | more
    assert book.assess(Case.from_facts(facts)).policies["cn.unattended_allowance"].eligible is False
    assert told(book, facts, "cn.unattended_allowance") == ""


def test_nobody_is_told_that_a_living_mother_would_have_to_be_none(book):
    facts = {
        "child.birth_date": "2024-04-29", "child.registration.division": "330199", "father.situations": DEAD,
        "mother.situations": [{"kind": "lost_contact", "since": "2024-10-28", "ongoing": True}],
        "mother.supports_child": False, "household.aid": ["dibao"],
    }  # fmt: skip
    assert "法律上有母亲" not in told(book, facts, "cn.orphan_study_grant")


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        (child.age < 6, {}),
        (child.age > 16, {}),
        (child.sex == Sex.FEMALE, {"child.sex": "male"}),
        (parents.any(lambda p: p.situations.any(lambda s: s.kind == SituationKind.DEAD)), {"father.situations": [], "mother.situations": []}),
        (~father.situations.any(lambda s: s.kind == SituationKind.DEAD), {"father.situations": DEAD}),
        (~child.illness.hiv, {"child.illness.hiv": True}),
        (~child.harms.any(), {"child.harms": [{"kind": "abuse", "level": "confirmed"}]}),
        (father.kind == ParentKind.NONE, {"father.kind": "birth"}),
        (child.residence.since < dt.date(2020, 1, 1), {"child.residence.since": "2024-01-01"}),
    ],
)  # fmt: skip
def test_what_nobody_can_change_is_never_named_even_beside_what_can_be(when, facts):
    beside = child.adopted
    book = kinderguard.load(packs=[pack(r.Category("cn.x", TITLE, when=when & beside))])
    facts = BORN | {"division_code": "370831", "child.adopted": False} | facts
    result = book.assess(Case.from_facts(facts), on=DAY)
    assert result.categories["cn.x"] is False
    assert HEAD not in result.explain("cn.x").text("zh")
    assert result.explain("cn.x").to_dict()["categories"]["cn.x"]["needed"] == []


def pack(*categories):
    return kinderguard.Pack(code="cn", title=TITLE, version="1", kinderguard=">=0.1", categories=categories)


def test_where_one_way_is_closed_the_other_is_told_with_all_that_it_takes():
    way = (child.age < 6) | (child.living_on_street & (household.size > 2))
    book = kinderguard.load(packs=[pack(r.Category("cn.x", TITLE, when=way & child.adopted))])
    facts = BORN | {"division_code": "370831", "child.living_on_street": False, "child.adopted": False, "household.size": 2}  # fmt: skip
    result = book.assess(Case.from_facts(facts), on=DAY)
    text = result.explain("cn.x").text("en")
    said = text[text.index("The least that would have to change") :]
    assert "age" not in said
    for part in ("(all of these)", "on the street", "household's size", "adopted"):
        assert part in said, part
    assert len(result.explain("cn.x").to_dict()["categories"]["cn.x"]["needed"]) == 3


def test_conditions_that_exclude_each_other_are_not_named_together():
    both = (child.schooling.stage == SchoolStage.PRIMARY) & ~child.schooling.stage.is_in(SchoolStage.PRIMARY, SchoolStage.JUNIOR_MIDDLE)  # fmt: skip
    book = kinderguard.load(packs=[pack(r.Category("cn.x", TITLE, when=both & child.adopted))])
    facts = BORN | {"division_code": "370831", "child.schooling.stage": "primary", "child.adopted": False}
    assert HEAD not in book.assess(Case.from_facts(facts), on=DAY).explain("cn.x").text("zh")


def test_what_is_not_known_would_have_to_be_found_out(book):
    rule = r.Category("cn.x", TITLE, when=child.adopted & child.living_on_street)
    facts = BORN | {"division_code": "370831", "child.adopted": False}
    text = kinderguard.load(packs=[pack(rule)]).assess(Case.from_facts(facts), on=DAY).explain("cn.x").text("zh")
    assert "最少须改变或查明（以下各项）" in text

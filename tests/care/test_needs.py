"""Needs: from categories and facts, each with reason and urgency; what is unknown is to be clarified, never "no"."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard import Case
from kinderguard.care import (
    NATIONAL_NEEDS,
    Need,
    NeedDomain,
    NeedRule,
    NeedStatus,
    Service,
    UnknownNeedError,
    Urgency,
    assess_needs,
    need_rules,
    needs,
)
from kinderguard.model import Text
from kinderguard.national import ECONOMIC_HARDSHIP
from kinderguard.packs.book import NoDayError, PolicyBook
from kinderguard.packs.loader import PackState
from kinderguard.rules import (
    Category,
    Check,
    DeclaredFact,
    DefinitionError,
    ExpressionError,
    FactProvider,
    any_of,
    child,
)
from kinderguard.testing import strategies

DAY = dt.date(2025, 9, 1)
BOOK = kinderguard.load()

#: Of a child of whom everything is known that the national needs ask for, and who needs nothing.
AT_EASE = {
    "ref": "K1",
    "child.birth_date": "2015-03-05",
    "child.registration.division": "330106",
    "child.registration.kind": "urban",
    "child.residence.division": "330106",
    "child.health": "healthy",
    "child.illness.serious": False,
    "child.illness.hiv": False,
    "child.disability.kind": "none",
    "child.disability.grade": "none",
    "child.disability.needs_long_term_care": False,
    "child.schooling.stage": "primary",
    "child.care.kind": "parental",
    "child.care.quality": "good",
    "child.care.alone_overnight": False,
    "child.adopted": False,
    "child.birth_parents_not_found": False,
    "child.living_on_street": False,
    "child.state_guardianship": [],
    "child.harms": [],
    "child.risks": [],
    "child.individual_dibao": False,
    "father.situations": [],
    "father.supports_child": True,
    "father.disability.kind": "none",
    "father.disability.grade": "none",
    "father.illness.serious": False,
    "mother.situations": [],
    "mother.supports_child": True,
    "mother.disability.kind": "none",
    "mother.disability.grade": "none",
    "mother.illness.serious": False,
    "guardians": [],
    "household.aid": [],
    "household.property_within_limits": False,
}


def found(facts, status=NeedStatus.PRESENT):
    return {need.code for need in needs(BOOK, Case.from_facts(AT_EASE | facts), on=DAY) if need.status is status}


def test_a_child_of_whom_all_is_known_and_well_needs_nothing():
    assert needs(BOOK, Case.from_facts(AT_EASE), on=DAY) == ()


#: What makes each need, as a change of the child above.
MADE_BY = {
    "cn.need.living": {"household.aid": ["dibao"]},
    "cn.need.supplies": {"household.aid": ["dibao"]},
    "cn.need.migrant_services": {"child.residence.division": "330199", "child.residence.since": "2024-01-01"},
    "cn.need.back_to_school": {"child.risks": [{"kind": "dropping_out"}]},
    "cn.need.schooling_with_disability": {
        "child.schooling.stage": "not_in_school",
        "child.health": "disabled",
        "child.disability.kind": "visual",
        "child.disability.grade": "3",
    },
    "cn.need.schooling_support": {"household.aid": ["dibao_marginal"]},
    "cn.need.medical_support": {"child.illness.serious": True},
    "cn.need.rehabilitation": {"child.disability.kind": "hearing", "child.disability.grade": "2"},
    "cn.need.psychological_after_harm": {"child.harms": [{"level": "suspected", "reported": True}]},
    "cn.need.self_harm": {"child.risks": [{"kind": "self_harm"}]},
    "cn.need.psychological_care": {"child.care.quality": "absent"},
    "cn.need.looked_after": {"child.care.alone_overnight": True},
    "cn.need.fit_caregiver": {"guardians": [{"entrusted": True, "unfit_grounds": ["alcohol"]}]},
    "cn.need.state_guardianship": {"child.state_guardianship": ["guardian_refuses"]},
    "cn.need.guardian_visits": {"child.care.quality": "absent"},
    "cn.need.company": {"child.care.quality": "absent"},
    "cn.need.report": {"child.harms": [{"level": "suspected", "reported": False}]},
    "cn.need.off_the_street": {"child.living_on_street": True},
    "cn.need.safe_home": {"child.risks": [{"kind": "unsafe_home"}]},
    "cn.need.legal_help": {"mother.situations": [{"kind": "guardianship_revoked", "ongoing": True}]},
    "cn.need.family_guidance": {"household.aid": ["tekun"]},
}


@pytest.mark.parametrize("rule", NATIONAL_NEEDS, ids=lambda rule: rule.code)
def test_each_national_need_is_present_where_its_facts_are(rule):
    assert rule.code in found(MADE_BY[rule.code])
    assert rule.code not in found({})


def test_a_left_behind_child_needs_visits_company_and_guidance():
    away = {"kind": "away_for_work", "ongoing": True}
    left = {"child.registration.kind": "rural", "father.situations": [away], "mother.situations": [away]}
    assert found(left) == {
        "cn.need.guardian_visits",
        "cn.need.company",
        "cn.need.psychological_care",
        "cn.need.family_guidance",
    }


def test_a_risk_that_is_resolved_makes_no_need_and_one_of_which_nothing_is_said_does():
    assert "cn.need.self_harm" not in found({"child.risks": [{"kind": "self_harm", "resolved": True}]})
    assert "cn.need.self_harm" in found({"child.risks": [{"kind": "self_harm"}]})


def test_a_harm_that_is_reported_leaves_no_report_to_be_made_but_help_to_be_given():
    needed = found({"child.harms": [{"level": "confirmed", "kind": "violence", "reported": True}]})
    assert "cn.need.report" not in needed
    assert {"cn.need.psychological_after_harm", "cn.need.legal_help"} <= needed


def test_an_adult_has_none_of_the_national_needs_that_are_for_children():
    grown = {"child.birth_date": "2007-09-01", "household.aid": ["dibao"], "child.risks": [{"kind": "self_harm"}]}
    assert found(grown) == set()
    assert "cn.need.living" in found(grown | {"child.birth_date": "2007-09-02"})


@pytest.mark.parametrize("path", ["child.harms", "child.living_on_street", "household.aid", "child.risks"])
def test_a_fact_that_nobody_recorded_makes_needs_to_be_clarified_that_name_it(path):
    open_needs = [need for need in needs(BOOK, Case.from_facts(AT_EASE | {path: None}), on=DAY) if need.to_clarify]
    assert open_needs
    assert all(path in need.facts for need in open_needs)


def test_of_a_child_of_whom_nothing_is_known_every_need_is_to_be_clarified():
    nothing = needs(BOOK, Case(), on=DAY)
    assert {need.code for need in nothing} == {rule.code for rule in NATIONAL_NEEDS}
    assert all(need.to_clarify and need.facts for need in nothing)


@settings(max_examples=60, deadline=None)
@given(strategies.cases())
def test_a_need_is_present_open_or_absent_exactly_as_its_condition_is_true_unknown_or_false(case):
    """As the book itself answers, where the conditions are put into it as categories."""
    result = BOOK.with_policies(*(rule.as_category() for rule in NATIONAL_NEEDS)).assess(case, on=DAY)
    asked = assess_needs(BOOK, case, on=DAY)
    present = {need.code for need in asked.needs if not need.to_clarify}
    unclear = {need.code for need in asked.needs if need.to_clarify}
    for rule in NATIONAL_NEEDS:
        assert (rule.code in present, rule.code in unclear) == (
            result.categories[rule.code] is True,
            result.categories[rule.code] is None,
        )
    assert all(need.facts for need in asked.needs if need.to_clarify)
    assert [rule.code for rule in asked.undecided] == [need.code for need in asked.to_clarify]


@settings(max_examples=40, deadline=None)
@given(strategies.cases(), st.data())
def test_to_forget_a_fact_takes_no_need_away(case, data):
    """Unknown is never no: what was present stays present or becomes something to clarify.

    Of facts that no category answers by another one; a ground of state guardianship that is not recorded is answered by
    guardianship assessed as good, as the category's note says.
    """
    before = {need.code for need in needs(BOOK, case, on=DAY)}
    path = data.draw(st.sampled_from(["harms", "risks", "living_on_street"]))
    forgotten = case.model_copy(update={"child": case.child.model_copy(update={path: None})})
    assert before <= {need.code for need in needs(BOOK, forgotten, on=DAY)}


def test_needs_come_with_the_most_urgent_first_and_those_to_be_clarified_last():
    case = Case.from_facts(
        AT_EASE | {"household.aid": ["dibao"], "child.harms": [{"level": "suspected"}], "child.risks": None}
    )
    order = [(need.to_clarify, need.urgency.rank) for need in needs(BOOK, case, on=DAY)]
    assert order == sorted(order)
    assert order[0] == (False, 0)


def test_an_assessment_gives_its_case_its_day_and_its_place():
    case = Case.from_facts(AT_EASE | {"household.aid": ["dibao"]})
    assessment = BOOK.assess(case, on=DAY)
    assert needs(BOOK, assessment) == needs(BOOK, case, on=DAY)
    later = dt.date(2033, 3, 5)
    assert needs(BOOK, assessment, on=later) == needs(BOOK, case, on=later) == ()


def test_without_a_day_nothing_is_guessed():
    with pytest.raises(NoDayError, match="needs\\(book, case"):
        needs(BOOK, Case())
    assert needs(BOOK.on(DAY), Case()) == needs(BOOK, Case(), on=DAY)


def test_the_book_stays_as_it_was():
    book = kinderguard.load().for_division("330199")
    before, result = book.fingerprint, book.assess(Case.from_facts(AT_EASE), on=DAY)
    needs(book, Case.from_facts(AT_EASE), on=DAY)
    after = book.assess(Case.from_facts(AT_EASE), on=DAY)
    assert (book.fingerprint, after.fingerprint, after.categories) == (before, result.fingerprint, result.categories)


def test_a_child_of_another_place_is_told_by_a_pinned_book():
    pinned, elsewhere = BOOK.for_division("330199"), Case.from_facts(AT_EASE | {"division_code": "330106"})
    asked = assess_needs(pinned, elsewhere, on=DAY)
    assert ([p.code for p in asked.problems], asked.complete) == (["case.division_elsewhere"], False)
    named = assess_needs(BOOK, elsewhere, on=DAY, division="330199")
    assert (named.problems, named.complete) == ((), True)  # whoever names the place knows


def test_needs_of_a_place_that_is_known_only_roughly_are_not_complete():
    asked = assess_needs(BOOK, Case.from_facts(AT_EASE | {"division_code": "33"}), on=DAY)
    assert ("case.county_unknown" in {p.code for p in asked.problems}, asked.complete) == (True, False)


def test_observers_of_assessments_see_no_needs(book_with):
    seen = []
    pack = kinderguard.Pack(code="4501", title=Text("某地", "Somewhere"), version="1", kinderguard=">=0.1,<0.2")
    book, _ = book_with("4501", kinderguard_pack=lambda: pack, kinderguard_observers=lambda: [seen.append])
    needs(book, Case(division_code="450102"), on=DAY)
    assert seen == []


def test_an_explanation_goes_down_to_facts_and_law_in_both_languages():
    facts = AT_EASE | {"child.harms": [{"level": "suspected", "reported": False}]}
    asked = assess_needs(BOOK, Case.from_facts(facts), on=DAY)
    zh, en = (asked.explain("cn.need.report").text(lang) for lang in ("zh", "en"))
    assert "立即报告：是" in zh
    assert "《中华人民共和国未成年人保护法》第11条" in zh
    assert "there is a harm, or suspicion of one, that is not recorded as reported" in en
    with pytest.raises(UnknownNeedError, match=r"cn\.need\.report'"):
        asked.explain("cn.need.repport")


def test_what_would_decide_a_need_has_a_name_in_both_languages():
    asked = assess_needs(BOOK, Case.from_facts(AT_EASE | {"child.living_on_street": None}), on=DAY)
    need = next(each for each in asked.needs if each.code == "cn.need.off_the_street")
    assert need.facts == ("child.living_on_street",)
    assert need.asks == (Text("儿童是否处于流浪状态", "whether the child lives on the street"),)
    # A need that was kept without the names of its facts is asked for by the model's own.
    assert need.model_copy(update={"fact_titles": ()}).asks == need.asks


def test_a_parameter_that_the_county_has_not_set_is_named_where_it_decides():
    rule = NeedRule(
        "450199.need.visit", NeedDomain.SAFETY, Text("走访", "a visit"),
        kinderguard.rules.param.number("cn.visit.interval_months", "months") >= 3, Urgency.SOON,
        Text("间隔长", "a long interval"), ours=True,
    )  # fmt: skip
    (need,) = [n for n in needs(BOOK, Case.from_facts(AT_EASE), on=DAY, rules=[rule]) if n.code == rule.code]
    assert need.facts == ("cn.visit.interval_months",)
    assert need.asks == (BOOK.rules.parameters["cn.visit.interval_months"].title,)


def test_a_need_reads_back_from_json_as_it_was_and_shows_nobody():
    case = Case.from_facts(AT_EASE | {"child.name": "隐名某", "household.aid": None, "child.illness.hiv": True})
    for need in needs(BOOK, case, on=DAY):
        assert Need.model_validate_json(need.to_json()) == need
        assert "隐名某" not in repr(need) + need.to_json()
        # A helper who is told of the need is not told of the illness.
        assert need.to_clarify or "hiv" not in repr(need).lower()


def test_the_place_is_where_the_child_lives_else_where_it_is_registered():
    lives = needs(
        BOOK, Case.from_facts(AT_EASE | {"household.aid": ["dibao"], "child.residence.division": "330199"}), on=DAY
    )
    assert lives[0].division == "330199"
    known = needs(
        BOOK, Case.from_facts(AT_EASE | {"household.aid": ["dibao"], "child.residence.division": None}), on=DAY
    )
    assert known[0].division == "330106"


# ---- packs -------------------------------------------------------------------------------------------------------

HEATED = DeclaredFact.yes_no("4501.heated", zh="有取暖", en="is heated")


def pack_of(**parts):
    return kinderguard.Pack(
        code="4501", title=Text("某地", "Somewhere"), version="1", kinderguard=">=0.1,<0.2", **parts
    )


def winter(code="4501.need.winter", when=None):
    condition = when if when is not None else child.is_in(ECONOMIC_HARDSHIP) & ~HEATED.expr
    return NeedRule(
        code, NeedDomain.LIVING, Text("御寒衣物", "winter clothes"), condition, Urgency.SOON, Text("冷", "cold"),
        services=Service.SUPPLIES, ours=True,
    )  # fmt: skip


def test_a_pack_adds_needs_for_its_own_place_only(book_with):
    book, _ = book_with("4501", kinderguard_pack=lambda: pack_of(facts=[HEATED]), kinderguard_needs=lambda: [winter()])
    cold = {"household.aid": ["dibao"], "4501.heated": False}
    here = needs(book, Case.from_facts(AT_EASE | cold | {"division_code": "450102"}), on=DAY)
    there = needs(book, Case.from_facts(AT_EASE | cold | {"division_code": "330106"}), on=DAY)
    assert "4501.need.winter" in {need.code for need in here}
    assert "4501.need.winter" not in {need.code for need in there}
    assert [rule.code for rule in need_rules(book, "450102")][-1] == "4501.need.winter"


def test_a_fact_of_a_packs_own_is_asked_for_by_the_title_that_the_pack_gives(book_with):
    book, _ = book_with("4501", kinderguard_pack=lambda: pack_of(facts=[HEATED]), kinderguard_needs=lambda: [winter()])
    case = Case.from_facts(AT_EASE | {"household.aid": ["dibao"], "division_code": "450102"})
    (need,) = [need for need in needs(book, case, on=DAY) if need.code == "4501.need.winter"]
    assert (need.facts, need.asks) == (("4501.heated",), (HEATED.title,))


def test_a_provider_is_asked_for_a_fact_that_only_a_need_reads_and_one_that_fails_is_named(book_with):
    def broken(facts):
        raise KeyError("secret")

    for one, expected in ((lambda facts: False, NeedStatus.PRESENT), (broken, NeedStatus.TO_CLARIFY)):
        provider = FactProvider(HEATED, [child.birth_date], one)
        book, _ = book_with(
            "4501",
            kinderguard_pack=lambda p=provider: pack_of(facts=[HEATED], providers=[p]),
            kinderguard_needs=lambda: [winter()],
        )
        case = Case.from_facts(AT_EASE | {"household.aid": ["dibao"], "division_code": "450102"})
        asked = assess_needs(book, case, on=DAY)
        assert {n.code: n.status for n in asked.needs}["4501.need.winter"] is expected
        assert [p.code for p in asked.problems if p.code == "provider.failed"] == ["provider.failed"] * (one is broken)
        assert "secret" not in repr(asked.problems)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (lambda: [winter(when=HEATED.expr)], "no pack declares the fact 4501.heated"),
        (lambda: [winter(when=child.is_in("cn.orphen"))], "cn.orphan"),
        (lambda: [winter(code="4502.need.winter", when=child.age < 3)], "with '4501.'"),
        (lambda: ["4501.need.winter"], "NeedRule values"),
    ],
)
def test_a_pack_whose_needs_do_not_stand_is_named_and_kept_out_and_the_others_go_on(book_with, given, says):
    book, source = book_with("4501", kinderguard_pack=pack_of, kinderguard_needs=given)
    case = Case.from_facts(AT_EASE | {"household.aid": ["dibao"], "division_code": "450102"})
    assert "cn.need.living" in {need.code for need in needs(book, case, on=DAY)}
    assert source.state is PackState.QUARANTINED
    (problem,) = source.problems
    assert says in problem.message.en
    assert not book.assess(case, on=DAY).complete


def test_a_book_that_came_as_json_has_the_needs_of_its_packs(book_with):
    book, _ = book_with("4501", kinderguard_pack=lambda: pack_of(facts=[HEATED]), kinderguard_needs=lambda: [winter()])
    there = PolicyBook.from_json(book.to_json(divisions=["4501"]))
    assert need_rules(there, "450102") == need_rules(book, "450102")
    for heated in (True, False, None):
        facts = AT_EASE | {"household.aid": ["dibao"], "division_code": "450102", "4501.heated": heated}
        case = Case.from_facts(facts)
        one, other = assess_needs(book, case, on=DAY), assess_needs(there, case, on=DAY)
        assert one.needs == other.needs
        assert one.problems == other.problems == ()


def test_a_book_without_a_category_says_which_need_rests_on_it():
    with pytest.raises(DefinitionError, match=r"cn\.need\.migrant_services.*cn\.migrant"):
        needs(BOOK.without("cn.migrant"), Case(), on=DAY)


def test_a_changed_category_changes_the_needs():
    nobody = BOOK.with_policies(Category(code="cn.migrant", title=Text("流动儿童", "Migrant"), when=any_of()))
    assert "cn.need.migrant_services" not in {need.code for need in needs(nobody, Case(), on=DAY)}


def test_a_county_that_widens_a_category_widens_the_needs_that_rest_on_it():
    wider = Check(
        "330199.wider", on="cn.economic_hardship", reason=Text("本县扩大", "widened here"), widens=child.age < 12
    )
    case = Case.from_facts(AT_EASE | {"division_code": "330199"})
    assert {need.code for need in needs(BOOK.with_policies(wider), case, on=DAY)} >= {"cn.need.supplies"}


# ---- how rules are written ------------------------------------------------------------------------------------------

RIGHT = {
    "code": "4501.need.x", "domain": NeedDomain.LIVING, "title": Text("甲", "a"), "when": child.age < 3,
    "urgency": Urgency.SOON, "reason": Text("乙", "b"), "ours": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"code": "winter"}, DefinitionError, "not well formed"),
        ({"domain": "living"}, DefinitionError, "NeedDomain.LIVING"),
        ({"title": "甲"}, DefinitionError, "both languages"),
        ({"when": True}, ExpressionError, "condition"),
        ({"urgency": "soon"}, DefinitionError, "Urgency.SOON"),
        ({"reason": "乙"}, DefinitionError, "r.Text"),
        ({"services": ["supplies"]}, DefinitionError, "Service.COMPANY"),
        ({"qualifications": ["teacher"]}, DefinitionError, "Qualification.TEACHER"),
        ({"cites": ["law"]}, DefinitionError, "r.Cite"),
        ({"ours": False}, DefinitionError, "ours=True"),
    ],
)
def test_a_rule_that_is_written_wrongly_says_the_right_form(wrong, error, says):
    with pytest.raises(error, match=says):
        NeedRule(**RIGHT | wrong)


def test_rules_are_values():
    assert NeedRule(**RIGHT) == NeedRule(**RIGHT)
    assert hash(NeedRule(**RIGHT)) == hash(NeedRule(**RIGHT))
    assert NeedRule(**RIGHT) != NeedRule(**RIGHT | {"when": child.age < 4})


# ---- what the national needs rest on --------------------------------------------------------------------------------


def test_every_national_need_says_what_it_rests_on_or_that_it_is_ours():
    for rule in NATIONAL_NEEDS:
        assert rule.cites or rule.ours, rule.code
        assert all(re.search("[一-鿿]", text.zh) and text.en for text in (rule.title, rule.reason)), rule.code


def test_every_domain_has_a_national_need():
    assert {rule.domain for rule in NATIONAL_NEEDS} == set(NeedDomain)


def test_national_needs_name_no_number_but_ages_that_the_law_names():
    """No threshold, amount or interval is made up here: such numbers are a county's parameters."""
    source = (Path(kinderguard.__file__).parent / "care/national_needs.py").read_text("utf-8")
    code = re.sub(r'"[^"\n]*"|#.*', "", source)
    assert set(re.findall(r"(?<![\w.])\d+", code)) == set()

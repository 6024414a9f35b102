"""What an official reads: how the parts of a condition make it, what leaves an amount open, which standard is not set."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.model.codes import CareKind, SituationKind
from kinderguard.report.page import page
from kinderguard.report.run import AssessedRow
from kinderguard.report.summary import Summary
from kinderguard.report.summary_text import _example
from kinderguard.report.workbook import _texts
from kinderguard.rules import child, father, household
from kinderguard.rules.kinds import MONEY
from kinderguard.survey.ledger import CellProblem, LedgerRow

DAY = dt.date(2025, 9, 1)
TITLE = Text("某", "some")
ADOPTED, STREET, ALONE = child.adopted, child.living_on_street, child.individual_dibao


def book_of(when=None, amount=None, parameters=(), **policy):
    """A nation with one category and one policy for every child in it."""
    category = r.Category("cn.in", TITLE, when=ADOPTED if when is None else when)
    gift = r.Policy(
        "cn.gift",
        Text("赠", "gift"),
        eligible=child.is_in(category),
        amount=r.yuan("5") if amount is None else amount,
        every=r.MONTH,
        **policy,
    )
    pack = Pack(
        code="cn", title=TITLE, version="1", kinderguard=">=0.1", categories=[category], policies=[gift],
        parameters=list(parameters),
    )  # fmt: skip
    return kinderguard.load(packs=[pack])


def explained(when, facts, code="cn.in"):
    return book_of(when).assess(Case.from_facts(facts), on=DAY).explain(code)


def lines(when, facts):
    """The explanation of the category in English, below its heading, with the branches as indents."""
    _, *rows = explained(when, facts).text("en").splitlines()
    return [row.translate(str.maketrans("├└│─", "    ")).replace(" " * 3, "  ").rstrip()[2:] for row in rows]


def named(condition, title="named"):
    return r.named("step", condition, zh=f"名{title}", en=title)


ALL, NONE = (
    {"child.adopted": True, "child.living_on_street": True},
    {"child.adopted": False, "child.living_on_street": False},
)


@pytest.mark.parametrize(
    ("when", "facts", "zh", "en"),
    [
        (ADOPTED & STREET, ALL, "✓ 条件：以下各项同时符合", "✓ Condition: all of these"),
        (ADOPTED | STREET, ALL, "✓ 条件：以下各项符合其一（另有1项未列）", "✓ Condition: at least one of these (1 more not decisive)"),
        (ADOPTED & STREET, {}, "? 条件：以下各项同时符合", "? Condition: all of these"),
        (ADOPTED & STREET, {"child.adopted": True}, "（其余1项已符合：儿童被收养）", "all of these (1 more holds: the child is adopted)"),
        (ADOPTED | STREET, {"child.adopted": False}, "（其余1项不符合：儿童被收养）", "at least one of these (1 more does not hold: the child is adopted)"),
        (ADOPTED | STREET, NONE, "因为不满足：以下各项符合其一", "Because this does not hold: at least one of these"),
        (ADOPTED & STREET, NONE, "因为不满足：以下各项同时符合（另有1项未列）", "all of these (1 more not decisive)"),
        (ADOPTED & named(~(ADOPTED & STREET)), {"child.adopted": True, "child.living_on_street": False}, "✓ 名named：以下不成立", "✓ named: not this"),
        (ADOPTED & named(STREET & ALONE), {}, "? 名named：以下各项同时符合", "? named: all of these"),
        (ADOPTED & (STREET | ALONE), ALL | {"child.individual_dibao": True}, "✓ 2项之一：", "✓ one of 2: "),
        (ADOPTED & (STREET | ALONE), {"child.individual_dibao": False}, "? 2项之一（另一项不符合：儿童按单人户享受低保）：", "? one of 2 (the other does not hold: the child is on dibao as a one-person household): "),
        (ADOPTED | (STREET & ALONE), NONE, "✗ 2项须同时符合：", "✗ both are needed: "),
    ],
)  # fmt: skip
def test_every_condition_made_of_others_says_how_they_make_it(when, facts, zh, en):
    explanation = explained(when, facts)
    assert zh in explanation.text("zh")
    assert en in explanation.text("en")
    assert en.split(":")[0].lstrip("✓✗? ") in explanation.html("en")


def test_of_many_parts_that_hold_the_first_are_named_in_the_line_and_all_below_it():
    """In text as in the tree that folds; a wording too long for a line stands below alone."""
    facts = ALL | {"child.individual_dibao": True, "household.property_within_limits": True}
    many = [ADOPTED, STREET, ALONE, household.property_within_limits]
    text = explained(r.all_of(*many, household.size > 2), facts).text("en")
    assert "(4 more hold: the child is adopted; the child lives on the street and others, see below)" in text
    said = [
        "the child is adopted",
        "the child lives on the street",
        "the child is on dibao as a one-person household",
        "the household has property within the limits",
    ]
    below = [line.strip("│├└─ ") for line in text.splitlines()]
    at = below.index("those that hold")
    assert below[at + 1 : at + 5] == [f"✓ {each}" for each in said]
    assert "those that hold" in explained(r.all_of(*many, household.size > 2), facts).html("en")
    long = father.situations.any(lambda x: (x.kind == SituationKind.IMPRISONED) & (x.since < dt.date(2024, 1, 1)))
    text = explained(long & ADOPTED, {"father.situations": [{"kind": "imprisoned", "since": "2023-01-01"}]}).text("zh")
    assert "（另一项已符合，见下）：" not in text  # the wording alone would be the line
    assert "其余1项已符合，见下" in text
    assert "其中已符合的" in text


def test_a_not_stands_between_a_yes_and_the_no_below_it():
    gone = named(father.situations.any(lambda x: x.kind == SituationKind.DEAD), "gone")
    when = named(~named(gone | STREET, "either"), "neither") & ADOPTED
    facts = {"child.adopted": True, "child.living_on_street": False, "father.situations": []}
    found = lines(when, facts)
    at = next(i for i, line in enumerate(found) if "not this" in line)
    assert found[at].strip() == "✓ neither: not this"
    assert found[at + 1].strip() == "✗ either: at least one of these"
    assert "the father's situations: none on record" in "".join(found)


def test_a_case_distinction_says_if_and_then_and_otherwise():
    when = r.when(ADOPTED & STREET, ALONE).otherwise(household.property_within_limits)
    facts = NONE | {"household.property_within_limits": True, "child.adopted": True}
    found = lines(when, facts)
    assert [line.strip() for line in found[:3]] == [
        "✓ Condition: if … then …, otherwise …",
        "✗ if: both are needed: the child lives on the street",
        "✓ otherwise: the household has property within the limits",
    ]
    assert "✓ 否则：" in explained(when, facts).text("zh")


def test_what_only_counts_where_it_is_recorded_says_so():
    when = r.when(ADOPTED.is_known(), ADOPTED & ALONE).otherwise(STREET) & ALONE
    found = "\n".join(lines(when, {"child.living_on_street": True, "child.individual_dibao": True}))
    assert "✓ where that is not recorded: the child lives on the street" in found


@pytest.mark.parametrize(("kind", "says"), [("any", "for at least one of the guardians"), ("all", "for every one of the guardians")])  # fmt: skip
def test_what_is_asked_of_records_says_of_how_many_and_is_told_part_by_part(kind, says):
    """Wordings that are too long to be read are taken apart at the record that decides."""

    def fit(x):
        return (
            (x.entrusted & (x.unfit_grounds.is_known())) & (x.birth_date < dt.date(1980, 1, 1)) & x.entrusted.is_known()
        )

    when = named(getattr(r.guardians, kind)(fit), "fit") & ADOPTED
    facts = {"child.adopted": True, "guardians": [{"birth_date": "1957-12-05", "unfit_grounds": []}]}
    found = [line.strip() for line in lines(when, facts)]
    assert f"✗ fit: {says}" in " ".join(found)
    at = next(i for i, line in enumerate(found) if line.startswith("✗ person 1 ("))
    assert "birth date: 5 December 1957" in found[at]
    assert found[at].endswith(": all of these (3 more not decisive)")
    assert found[at + 1] == "✗ it is known whether that person is entrusted by the parents"


def test_a_record_that_is_not_meant_does_not_count():
    when = father.situations.current().any(lambda x: x.kind == SituationKind.LOST_CONTACT)
    situations = [
        {"kind": "lost_contact", "since": "2020-01-01", "until": "2020-02-01"},
        {"kind": "lost_contact", "since": "2024-01-01", "ongoing": True},
    ]
    found = lines(when, {"father.situations": situations})
    assert [line.strip().endswith("(does not count)") for line in found if "record" in line] == [True, False]


def test_what_was_told_above_is_only_referred_to():
    both = named(ADOPTED & STREET, "both")
    found = lines((both | ALONE) & (both | ~ADOPTED), ALL)
    assert sum("the child is adopted" in line for line in found) == 1
    assert any(line.strip().endswith("both (see above)") for line in found)


def test_a_category_that_refuses_several_policies_is_told_once_in_the_whole_text():
    category = r.Category("cn.in", Text("此类", "the category"), when=ADOPTED & STREET)
    gifts = [
        r.Policy(f"cn.gift{k}", TITLE, eligible=child.is_in(category) & ALONE, amount=r.yuan("5"), every=r.MONTH)
        for k in (1, 2)
    ]
    pack = Pack(code="cn", title=TITLE, version="1", kinderguard=">=0.1", categories=[category], policies=gifts)
    explanation = kinderguard.load(packs=[pack]).assess(Case.from_facts(NONE), on=DAY).explain()
    for _ in range(2):
        text = explanation.text("en")
        assert text.count("✗ the category: all of these (1 more not decisive)") == 1
        assert text.count("✗ the category (see above)") == 1
    assert "see above" not in str(explanation.line("cn.gift2"))


def test_what_is_taken_to_hold_where_it_is_not_recorded_is_one_line():
    when = r.when(ADOPTED.is_known(), ADOPTED).otherwise(r.all_of()) & STREET
    assert "✓ the child is adopted (or not known)" in explained(when, {"child.living_on_street": True}).text("en")


def test_the_least_that_would_have_to_change_says_what_holds_but_must_not():
    text = explained(
        ADOPTED & ~STREET & ~ALONE, NONE | {"child.living_on_street": True, "child.individual_dibao": True}
    )
    assert "(all of these)" in text.text("en")
    assert "✓ holds, but must not: the child " in text.text("en")
    assert "✓ 现成立，须不成立：" in text.text("zh")


@pytest.mark.parametrize("lives", [True, False])
def test_a_condition_that_is_one_case_distinction_has_its_code(lives):
    when = r.when(ADOPTED & STREET, ALONE).otherwise(STREET)
    facts = {"child.adopted": False, "child.living_on_street": lives}
    text = explained(when, facts).text("en", codes=True)
    assert "[cn.in:#1]" in text.splitlines()[1]
    assert text.count("[cn.in:#1]") == 1


def test_a_record_is_never_called_as_an_article_of_law_is():
    situations = [{"kind": "dead", "since": "2020-01-01"}]
    dead = explained(father.situations.any(lambda x: x.kind == SituationKind.DEAD), {"father.situations": situations})
    assert "✓ 第1项记录：状况：死亡" in dead.text("zh")
    assert "✓ record 1: situation: dead" in dead.text("en")
    cared = explained(r.guardians.any(lambda g: g.capable), {"guardians": [{"capable": True}]})
    assert "✓ 第1人：有照护能力：是" in cared.text("zh")
    assert "✓ person 1: able to care: yes" in cared.text("en")


def test_a_record_of_which_nothing_is_asked_is_not_called_unknown():
    there = explained(father.situations.any(), {"father.situations": [{"kind": "dead"}]}).text("zh")
    assert "✓ 第1项记录\n" in f"{there}\n"
    assert "内容未知" not in there


def test_of_changes_that_are_as_few_one_that_is_not_known_is_named_before_one_that_is_sure():
    found = explained(~STREET & (~ADOPTED | ~ALONE), {"child.living_on_street": True, "child.adopted": True})
    sure, change = [row for row in found.text("en").splitlines() if "must not" in row]
    assert sure.endswith("✓ holds, but must not: the child lives on the street")
    assert change.endswith("? must not hold: the child is on dibao as a one-person household: unknown")


# ---- amounts that are open ------------------------------------------------------------------------------------------

SHARE = r.named(
    "share", r.when(ALONE, r.yuan("400")).otherwise(r.yuan("0")), zh="已领的份额", en="the share that is drawn"
)


def open_amount(lang):
    result = book_of(amount=r.max_of(r.yuan(0), r.yuan("1900") - SHARE)).assess(
        Case.from_facts({"child.adopted": True}), on=DAY
    )
    return result, result.explain("cn.gift").text(lang)


def test_an_eligible_child_whose_amount_is_open_is_told_what_to_find_out():
    result, text = open_amount("en")
    assert result.policies["cn.gift"].eligible is True
    assert "gift: amount open, 1,500.00 to 1,900.00 yuan a month" in text
    told = text.split("What would decide it, the most decisive first")[1]
    assert [m.path in told for m in result.missing] == [True]
    assert "需要了解" in open_amount("zh")[1]


def test_an_open_amount_names_the_step_that_opens_it():
    result, text = open_amount("en")
    opened = text.split("The amount is open, because this is not known")[1].splitlines()
    assert opened[1].endswith("? the share that is drawn: 0 yuan to 400 yuan")
    assert opened[2].endswith("? the child is on dibao as a one-person household: unknown")
    assert "金额待定，因为以下未知" in open_amount("zh")[1]
    outcome = result.explain("cn.gift").to_dict()
    (step,) = outcome["policies"]["cn.gift"]["open_steps"]
    assert next(s["path"] for s in outcome["steps"] if s["id"] == step) == "child.individual_dibao"


def test_a_fact_or_standard_of_which_nothing_is_known_is_not_said_to_be_at_least_nothing(unset):
    text = unset.explain("cn.gift").text("en")
    assert "standard of the gift [cn.gift.monthly] (not set in Xihu District, Hangzhou)" in text
    income = book_of(household.monthly_income_per_head < r.yuan("900")).assess(Case(), on=DAY).explain("cn.in")
    assert "the household's monthly income per head: unknown" in income.text("en")
    assert "at least 0 yuan" not in income.text("en")


def test_a_known_amount_has_neither():
    text = book_of().assess(Case.from_facts({"child.adopted": True}), on=DAY).explain("cn.gift")
    assert "not known" not in text.text("en")
    assert text.to_dict()["policies"]["cn.gift"]["open_steps"] == []


def test_the_allowance_of_an_unattended_child_says_that_dibao_as_one_person_opens_it():
    facts = {
        "child.birth_date": "2015-01-01", "household.aid": [], "child.illness.hiv": False, "child.chosen_scheme": "child",
        "household.monthly_income_per_head": "1200", "household.property_within_limits": True,
        **{f"{parent}.situations": [{"kind": "imprisoned", "since": "2024-01-01", "ongoing": True, "term_months": 60}]
           for parent in ("father", "mother")},
    }  # fmt: skip
    result = kinderguard.load().assess(Case.from_facts(facts), on=DAY, division="330199")
    policy = result.policies["cn.unattended_allowance"]
    assert (policy.eligible, policy.amount) == (True, None)
    text = result.explain("cn.unattended_allowance").text("zh")
    assert "儿童按单人户享受低保" in text.split("金额待定，因为以下未知")[1].split("说明")[0]
    assert all(f"[{m.path}]" in text for m in result.missing if "cn.unattended_allowance" in m.changes)


# ---- standards that nobody set --------------------------------------------------------------------------------------


@pytest.fixture
def unset():
    standard = r.Parameter("cn.gift.monthly", title=Text("赠款标准", "standard of the gift"), kind=MONEY)
    book = book_of(amount=r.param("cn.gift.monthly"), parameters=[standard])
    return book.assess(Case.from_facts({"child.adopted": True}), on=DAY, division="330106001")


def test_a_standard_that_is_not_set_is_named_with_the_place_in_text_and_view(unset):
    explanation = unset.explain("cn.gift")
    assert "Standard not set in Xihu District, Hangzhou: standard of the gift [cn.gift.monthly]" in explanation.text(
        "en"
    )
    assert "西湖区未设定的标准：赠款标准 [cn.gift.monthly]" in explanation.text("zh")
    assert "gift: Standard not set in Xihu District, Hangzhou: standard of the gift" in unset.view("en").text


def test_a_standard_that_is_not_set_is_named_with_the_place_in_the_document(unset):
    document = unset.explain("cn.gift").to_dict()
    (missing,) = document["policies"]["cn.gift"]["unset"]
    assert (missing["code"], missing["place"]) == ("cn.gift.monthly", "330106")
    assert missing["place_name"]["en"] == "Xihu District, Hangzhou"
    (step,) = [s for s in document["steps"] if s["op"] == "param"]
    assert (step["parameter"]["set"], step["parameter"]["place"]) == (False, "330106")
    assert document["policies"]["cn.gift"]["open_steps"] == [step["id"]]


def test_a_value_that_was_supposed_says_so_in_both_languages():
    standard = r.Parameter("cn.gift.monthly", title=Text("赠款标准", "standard of the gift"), kind=MONEY)
    book = book_of(amount=r.param("cn.gift.monthly"), parameters=[standard]).with_parameters({"cn.gift.monthly": "9"})
    explanation = book.assess(Case.from_facts({"child.adopted": True}), on=DAY).explain("cn.gift")
    assert "来源：测算时假设的数值（" in explanation.text("zh")
    assert "source: a what-if value (" in explanation.text("en")
    assert not [line for line in explanation.text("zh").splitlines() if "what-if" in line]
    shown = book.overlay(None).rules.parameters["cn.gift.monthly"].view("zh").text
    assert "测算时假设的数值" in shown
    (step,) = [s for s in explanation.to_dict()["steps"] if s["op"] == "param"]
    assert step["parameter"]["source"] == "what-if"


def test_where_nobody_knows_the_place_it_says_so():
    standard = r.Parameter("cn.gift.monthly", title=Text("赠款标准", "standard of the gift"), kind=MONEY)
    result = book_of(amount=r.param("cn.gift.monthly"), parameters=[standard]).assess(
        Case.from_facts({"child.adopted": True}), on=DAY
    )
    assert "division in charge unknown" in result.explain("cn.gift").text("en")
    assert result.explain("cn.gift").to_dict()["policies"]["cn.gift"]["unset"][0]["place"] is None


# ---- the document ---------------------------------------------------------------------------------------------------


def test_the_document_says_how_the_parts_of_a_step_make_it_and_which_decide():
    care = child.care.kind == CareKind.FOSTER
    document = explained((ADOPTED | STREET) & ~care, ALL | {"child.care.kind": "parental"}).to_dict()
    by_op = {s["op"]: s for s in document["steps"]}
    assert {op: by_op[op]["joins"]["en"] for op in ("and", "or", "not")} == {
        "and": "all of these", "or": "at least one of these", "not": "not this"
    }  # fmt: skip
    assert len(by_op["or"]["deciding"]) == 1 < len(by_op["or"]["reads"])
    assert by_op["and"]["deciding"] == by_op["and"]["reads"]
    assert "joins" not in by_op["fact"]


# ---- the printed page -----------------------------------------------------------------------------------------------


def test_the_page_says_how_conditions_are_made_and_which_standards_are_not_set(unset):
    row = LedgerRow("表", 2, "7", unset.case, None, ())
    summary = Summary()
    summary.add(AssessedRow(row, unset))
    printed = "".join(page([AssessedRow(row, unset)], summary, title="x", lang="en"))
    assert "Standards not set" in printed
    assert "gift — Standard not set in Xihu District, Hangzhou: standard of the gift" in printed


@pytest.fixture(scope="module")
def orphan():
    dead = [{"kind": "dead", "since": "2020-05-01"}]
    facts = {
        "child.birth_date": "2014-03-05", "child.registration.division": "330199", "father.situations": dead,
        "mother.situations": dead, "household.aid": [],
    }  # fmt: skip
    return kinderguard.load().assess(Case.from_facts(facts), on=DAY)


def test_the_page_and_the_workbook_hold_papers_for_what_is_due_and_may_be_apart(orphan):
    row = AssessedRow(LedgerRow("表", 2, "7", orphan.case, None, ()), orphan)
    summary = Summary()
    summary.add(row)
    printed = "".join(page([row], summary, title="x"))
    due, may_be = "尚需材料（应享受的政策）</dt><dd>", "可能还需要的材料（待定的政策，查明符合条件后再要）</dt><dd>"
    told = [printed.split(head)[1].split("</dd>")[0] for head in (due, may_be)]
    texts = dict(_texts(row, "zh"))
    assert [texts["papers"], texts["papers_open"]] == told
    assert "死亡证明" in told[0]
    assert "残疾人证" not in told[0]
    assert "残疾人证" in told[1]
    assert not set(told[0].split("；")) & set(told[1].split("；"))


@pytest.mark.parametrize(("lang", "colon"), [("zh", "身份证号：有误"), ("en", "身份证号: wrong")])
def test_a_cell_of_the_ledger_is_told_with_the_colon_of_the_language(lang, colon):
    problem = CellProblem("ledger.x", "表", 2, "身份证号", Text("有误", "wrong"))
    row = AssessedRow(LedgerRow("表", 2, "7", None, None, (problem,)), None)
    assert dict(_texts(row, lang))["problems"] == colon
    assert _example(problem, lang).endswith(colon)


def test_that_nothing_is_known_of_an_amount_is_said_once_and_never_as_at_least_nothing():
    value = r.Parameter("cn.far", MONEY, "", Text("标准", "standard"))
    book = book_of(amount=r.param("cn.far"), parameters=[value], per="household")
    for adopted, zh, en in (
        (True, "赠：金额未知（每月，按户）", "gift: amount not known (a month, per household)"),
        (None, "赠：待定，金额未知（每月，按户）", "gift: undetermined, amount not known (a month, per household)"),
    ):
        facts = {"division_code": "330106"} | ({} if adopted is None else {"child.adopted": adopted})
        result = book.assess(Case.from_facts(facts), on=DAY)
        assert zh in result.explain().text("zh")
        assert en in result.explain().text("en")
        assert "至少0" not in result.explain().text("zh")
        row = AssessedRow(LedgerRow("表", 2, "7", result.case, None, ()), result)
        assert zh.removeprefix("赠：").removeprefix("待定，") in "".join(_facts_of(row))


def _facts_of(row):
    summary = Summary()
    summary.add(row)
    return page([row], summary, title="x")


def test_what_an_amount_is_for_is_said_in_one_bracket():
    book = book_of(per="household")
    text = book.assess(Case.from_facts({"division_code": "330106", "child.adopted": True}), on=DAY).explain()
    assert "赠：5.00元（每月，按户）" in text.text("zh")
    assert "gift: 5.00 yuan a month (per household)" in text.text("en")


def test_help_that_may_shut_out_another_is_told_as_the_reason_why_it_is_asked_for():
    """HIV bears on the allowance for unattended children by way of the orphan allowance alone."""
    case = Case.from_facts({
        "child.birth_date": "2015-06-01", "father.situations": [{"kind": "imprisoned", "ongoing": True, "term_months": 30}],
    })  # fmt: skip
    result = kinderguard.load().on(DAY).assess(case)
    assert result.policies["cn.orphan_allowance"].eligible is None
    explained = result.explain("cn.unattended_allowance")
    assert "? not paid if Basic living allowance for orphans is due, which is not known (only one" in explained.text(
        "en"
    )
    assert "? 若享受孤儿基本生活费则不发放（两项补贴只发一项），是否享受待定" in explained.text("zh")


def test_what_a_policy_and_a_check_on_it_both_cite_is_told_once():
    decree, other = (
        r.Cite("某令", article="三", trust="illustrative"),
        r.Cite("某令", article="四", trust="illustrative"),
    )
    gift = r.Policy("cn.gift", TITLE, eligible=ADOPTED, amount=r.yuan("5"), every=r.MONTH, cites=[decree])
    wider = r.Check("cn.wider", on="cn.gift", widens=STREET, reason=TITLE, cites=[decree, other])
    pack = Pack(code="cn", title=TITLE, version="1", kinderguard=">=0.1", policies=[gift], checks=[wider])
    book = kinderguard.load(packs=[pack])
    result = book.assess(Case.from_facts({"child.adopted": True}), on=DAY)
    text = result.explain("cn.gift").text("en")
    assert [text.count(c.text.en) for c in (decree, other)] == [1, 1]
    told = result.explain("cn.gift").to_dict()["policies"]["cn.gift"]["cites"]
    assert [c["article"] for c in told] == ["三", "四"]
    assert book.reason("cn.gift:#1", on=DAY).cites == (decree, other)

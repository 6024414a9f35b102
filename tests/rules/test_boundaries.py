"""The comparisons of a rule as values: which there are, where they stand, what they are called."""

import datetime as dt

import pytest

from kinderguard import rules as r
from kinderguard.model import SituationKind, Text
from kinderguard.rules import boundaries as b
from kinderguard.rules import child, father, household, param

TITLE = Text("规则", "rule")
income = household.monthly_income_per_head


def category(when):
    return r.Category("330199.some", TITLE, when)


def policy(**parts):
    return r.Policy(
        "330199.grant", TITLE, **({"eligible": child.age < 16, "amount": r.yuan(100), "every": r.MONTH} | parts)
    )


def said(rule, lang="en"):
    return [found.text(lang) for found in b.boundaries(rule)]


def test_each_distinct_comparison_is_there_once_with_the_part_where_it_stands_first():
    poor = income < param("cn.dibao.monthly_standard")
    rule = policy(
        eligible=(child.age >= 6) & poor | ~(child.age >= 6),
        amount=r.when(poor, r.yuan(200)).otherwise(r.when(income <= 900, r.yuan(100)).otherwise(r.yuan(0))),
    )
    assert [(found.part, type(found.comparison).__name__, found.unit) for found in b.boundaries(rule)] == [
        ("eligible", "AtMost", b.Unit.ONE), ("eligible", "Less", b.Unit.FEN), ("amount", "AtMost", b.Unit.FEN),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "condition", [child.schooling.stage == r.when(child.adopted, child.schooling.stage).otherwise(child.schooling.stage),
                  child.adopted == household.property_within_limits, child.adopted, child.is_in("cn.orphan")]
)  # fmt: skip
def test_codes_and_conditions_have_no_boundary(condition):
    assert b.boundaries(category(condition)) == ()


def test_equality_of_what_is_ordered_is_a_boundary():
    assert said(category(child.age == 6)) == ["the child is 6"]
    assert said(category(child.birth_date != dt.date(2010, 1, 1))) == ["the child's birth date is 1 January 2010"]


def test_stacking_and_checks_are_searched_too():
    rule = policy(
        stacking=[
            r.excludes("cn.orphan_allowance", when=child.age > 3),
            r.tops_up(counting=[r.when(income < 5, r.yuan(1)).otherwise(r.yuan(0))], to=r.when(income < 7, r.yuan(9)).otherwise(r.yuan(8))),
            r.capped("group", r.when(income < 11, r.yuan(1)).otherwise(r.yuan(2))),
        ]
    )  # fmt: skip
    assert [found.part for found in b.boundaries(rule)] == [
        "eligible", "stacking[0].when", "stacking[1].counting[0]", "stacking[1].to", "stacking[2].limit",
    ]  # fmt: skip
    check = r.Check(
        "330199.more", "cn.orphan_allowance", TITLE, at_least=r.when(child.age < 3, r.yuan(9)).otherwise(r.yuan(8))
    )
    assert [found.part for found in b.boundaries(check)] == ["at_least"]


def test_what_is_asked_of_records_names_their_list():
    held = father.situations.current().any(lambda s: (s.kind == SituationKind.IMPRISONED) & (s.term >= 6))
    *_, term = b.boundaries(category(held))
    assert term.within == ("father.situations",)
    assert term.text("zh") == "父亲状况中的每一项：期限不少于6个月"
    assert term.text("en") == "for each of the father's situations: its term is at least 6 months"


def test_records_within_records_name_both_lists():
    rich = household.members.any(lambda m: m.incomes.any(lambda i: i.amount > 1000))
    (found,) = b.boundaries(category(rich))
    assert found.within == ("household.members.incomes",)  # nothing is asked of the member itself
    both = household.members.any(lambda m: m.incomes.any(lambda i: i.amount > m.monthly_income))
    (found,) = b.boundaries(category(both))
    assert found.within == ("household.members", "household.members.incomes")
    assert found.text("zh").startswith("家庭成员的收入记录中的每一项")


def test_a_count_is_compared_once_for_the_case_and_what_it_counts_for_each_record():
    rule = category(household.members.count(lambda m: m.age < 18) >= 2)
    assert [(found.within, found.unit_text.en) for found in b.boundaries(rule)] == [
        ((), "1 person"), (("household.members",), "1 year"),
    ]  # fmt: skip


def test_ids_stay_when_steps_are_renamed_and_differ_where_the_line_does():
    plain, named = category(child.age < 16), category(child.age.named("age", zh="年龄", en="age") < 16)
    ids = [b.boundaries(rule)[0].id for rule in (plain, named, category(child.age <= 16), category(child.age < 17))]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(i.startswith("330199.some:") for i in ids)


def test_the_place_of_a_comparison_of_parameters_alone_is_no_childs():
    found = b.boundaries(category((param("cn.dibao.monthly_standard") < 600) & (income < 700)))
    assert [x.asks_the_child for x in found] == [False, True]


def test_the_unit_is_read_aloud():
    rule = category((income < 5) & (child.birth_date < dt.date(2010, 1, 1)) & (child.age < 6))
    assert [x.unit_text.en for x in b.boundaries(rule)] == ["0.01 yuan", "1 day", "1 year"]
    assert [x.unit_text.zh for x in b.boundaries(rule)] == ["0.01元", "1天", "1周岁"]


def test_every_comparison_of_every_installed_pack_reads_in_both_languages():
    import kinderguard

    book = kinderguard.load()
    overlay = book.overlay("330199")
    rules = (*overlay.rules.categories.values(), *overlay.rules.policies.values(), *overlay.rules.checks.values())
    found = [x for rule in rules for x in b.boundaries(rule)]
    assert len(found) > 50
    assert len({x.id for x in found}) == len(found)
    for boundary in found:
        assert boundary.text("zh", overlay.titles)
        assert boundary.text("en", overlay.titles).isascii() or "×" in boundary.text("en", overlay.titles)

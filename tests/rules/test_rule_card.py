"""A rule on a card: whatever it computes is on it, and nothing stands for something else."""

import kinderguard
from kinderguard import rules as r
from kinderguard.rules import child, father, household, mother
from kinderguard.rules.rule_card import rule_card
from kinderguard.rules.ruleset import RuleSet


def texts(line):
    yield line.text.en
    for below in line.below:
        yield from texts(below)


def ill(parent):
    return r.named("ill", parent.illness.serious, zh="重病", en="is ill")


def test_a_step_of_one_name_for_father_and_mother_stands_for_both():
    rule = r.Category("330199.x", r.Text("类别", "class"), ill(father) & ill(mother))
    said = list(texts(rule_card(RuleSet([rule], []), "330199.x")))
    assert [text for text in said if text.startswith("is ill: ")] == [
        "is ill: the father is seriously ill as recognised by the county",
        "is ill: the mother is seriously ill as recognised by the county",
    ]


def test_what_stacking_computes_is_written_out_and_among_the_facts():
    share = r.named("share", household.dibao_monthly, zh="低保金", en="dibao paid")
    policy = r.Policy(
        "330199.topup", r.Text("补差", "top-up"), eligible=child.age < 18, amount=r.yuan(400), every=r.MONTH,
        stacking=[r.tops_up(counting=[share])], cites=[r.Cite("测试文件", article="一")],
    )  # fmt: skip
    said = list(texts(rule_card(RuleSet([], [policy]), "330199.topup")))
    assert any(text.startswith("dibao paid: ") for text in said)
    assert any("[household.dibao_monthly]" in text for text in said)


def test_the_nation_s_top_up_names_what_it_counts():
    said = list(texts(rule_card(kinderguard.load(packs=()).rules, "cn.unattended_allowance")))
    assert any("[household.dibao_monthly]" in text for text in said)

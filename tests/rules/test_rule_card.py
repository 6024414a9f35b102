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


def test_a_local_rule_shown_alone_has_no_code_for_a_title():
    check = r.Check("330199.more", "cn.gift", r.Text("理由", "reason"), widens=child.adopted)
    alone = check.view("en").text
    assert alone.startswith("A local rule\n")
    assert "\nOn: cn.gift\n" in alone
    gift = r.Policy("cn.gift", r.Text("赠", "gift"), eligible=child.adopted, amount=r.yuan(4), every=r.MONTH)
    among = check.view("en", rules=RuleSet([], [gift], checks=[check])).text
    assert among.startswith("A local rule on: gift [cn.gift]\n")
    assert "\nOn: " not in among


def test_an_article_in_chinese_characters_is_a_figure_in_english():
    said = {article: r.Cite("某法", article=article).text for article in ("三", "二十三", "一百零二之一", "14", "附")}
    assert [text.en.split(" (")[0] for text in said.values()] == [
        "某法, art. 3", "某法, art. 23", "某法, art. 102之一", "某法, art. 14", "某法, art. 附",
    ]  # fmt: skip
    assert said["三"].zh.startswith("某法第三条")

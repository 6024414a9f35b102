"""What an official reads of one child: amounts, papers and problems, each said once and none that misleads."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import Case

DAY = dt.date(2025, 9, 1)
BOOK = kinderguard.load().on(DAY)
DEAD = [{"kind": "dead", "since": "2020-05-01"}]
ORPHAN = {
    "child.birth_date": "2014-03-05", "child.registration.division": "330199", "father.situations": DEAD,
    "mother.situations": DEAD,
}  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    """By place, what is shown of an orphan, above the tree, in both languages."""

    def of(division):
        facts = {k: v for k, v in (ORPHAN | {"child.registration.division": division}).items() if v is not None}
        result = BOOK.assess(Case.from_facts(facts))
        return {lang: result.view(lang).text.split(why)[0] for lang, why in (("zh", "\n为什么\n"), ("en", "\nWhy\n"))}

    return {division: of(division) for division in ("330199", "220102", None)}


def part(text, title):
    """The lines below a heading."""
    _, below = text.split(f"\n{title}\n")
    return below.split("\n\n")[0]


def test_categories_that_are_open_stand_apart_from_those_that_hold(shown):
    text = shown["330199"]["en"]
    assert part(text, "Categories") == "✓ Orphan, ✓ Guardianship deficit, ✓ Child in difficulty"
    assert "? Disabled child" in part(text, "Categories that are open")
    unknown = BOOK.assess(Case.from_facts({"child.registration.division": "330199"})).view("zh").text
    assert part(unknown, "类别") == "没有能够确定的类别。"


def test_papers_for_what_is_due_stand_apart_from_those_for_what_may_be(shown):
    """Nobody asks an orphan for a disability certificate as if it were needed."""
    due, may_be = "尚需材料（应享受的政策）", "可能还需要的材料（待定的政策，查明符合条件后再要）"
    text = shown["330199"]["zh"]
    assert "死亡证明" in part(text, due)
    assert "残疾人证" not in part(text, due)
    assert "残疾人证" in part(text, may_be)
    explained = BOOK.assess(Case.from_facts(ORPHAN)).explain().text("zh")
    assert (
        explained.index(due) < explained.index("─ 死亡证明") < explained.index(may_be) < explained.index("─ 残疾人证")
    )


@pytest.mark.parametrize(("lang", "said", "unsaid"), [("zh", "金额未知", "至少0"), ("en", "amount not known", "at least 0")])  # fmt: skip
def test_of_an_amount_that_nothing_bounds_it_is_said_that_it_is_not_known(shown, lang, said, unsaid):
    assert said in shown["220102"][lang]
    assert unsaid not in shown["220102"][lang]
    verdict = BOOK.assess(Case.from_facts(ORPHAN | {"child.registration.division": "220102"})).explain(
        "cn.dibao_benefit"
    )
    assert said in verdict.text(lang).splitlines()[0]


def test_totals_that_are_not_the_bounds_added_up_say_so(shown):
    assert "The totals take the policies together" in shown["330199"]["en"]
    money = (code for code, p in BOOK.rules.policies.items() if p.amount is not None and code != "cn.orphan_allowance")
    alone = BOOK.without(*money).assess(Case.from_facts(ORPHAN)).view("en").text
    assert "In all (a month, per child)" in alone
    assert "The totals take" not in alone


def test_standards_that_are_not_set_are_told_once(shown):
    text = shown["220102"]["zh"]
    assert text.count("长春市南关区在当日没有") == 1
    assert text.count("请在本地规则包的参数文件中填写") == 1
    lines = [line for line in part(text, "应享受与可能应享受").splitlines() if "未设定的标准" in line]
    assert len(lines) == len({line.split("未设定的标准")[1] for line in lines})
    assert any("、低保金" in line or "低保金、" in line for line in lines)


def test_where_the_place_is_unknown_nobody_is_told_to_set_its_standards(shown):
    zh, en = shown[None]["zh"], shown[None]["en"]
    assert "负责地区不详，因此不知道以下标准的值，请填写户籍地行政区划代码：" in zh
    assert "参数文件" not in zh
    assert "未设定" not in zh
    assert "the division in charge is unknown, and so are these standards; fill in the division of registration: " in en
    said = BOOK.assess(Case.from_facts({"child.birth_date": "2014-03-05"})).explain("cn.dibao_benefit")
    assert "Standard not known, as the division in charge is unknown: monthly dibao standard" in said.text("en")
    assert "因负责地区不详而未知的标准：最低生活保障标准" in said.text("zh")

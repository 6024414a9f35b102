"""The page for a family: what an assessment says, in plain words, and nothing that is not for the family's eyes."""

import datetime as dt
import re

import pytest

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.engines.family_questions import question_of
from kinderguard.model.codes import Code
from kinderguard.model.errors import ArgumentError
from kinderguard.rules import child
from kinderguard.rules.citations import ALWAYS
from kinderguard.rules.kinds import BOOL
from kinderguard.rules.titles import path_titles

DAY = dt.date(2025, 9, 1)
BOOK = kinderguard.load().on(DAY)
DEAD = [{"kind": "dead", "since": "2020-05-01"}]
WELL = {"kind": "none", "grade": "none"}
HERE = {"child.registration.division": "330199"}
ORPHAN = HERE | {"child.birth_date": "2014-03-05", "father.situations": DEAD, "mother.situations": DEAD}
#: Five children, SYNTHETIC: an orphan, one of whom little is known, one on dibao, one who came of age, and a disabled one
#: of a place that sets nothing.
CHILDREN = {
    "orphan": ORPHAN,
    "hardly known": HERE | {"child.birth_date": "2014-05-20"},
    "on dibao": HERE
    | {
        "child.birth_date": "2016-01-01", "household.aid": ["dibao"], "household.size": 4,
        "household.monthly_income_per_head": "812.55", "330199.central_heating": False,
        "father.situations": [{"kind": "imprisoned", "since": "2024-01-10", "term_months": 30, "ongoing": True}],
    },
    "of age": ORPHAN
    | {
        "child.birth_date": "2006-01-01", "child.schooling.stage": "not_in_school",
        "help": [{"policy": "cn.orphan_allowance", "since": "2020-06", "amount": "1500", "every": "month", "ongoing": True}],
    },
    "disabled": {
        "child.registration.division": "220102", "child.birth_date": "2017-01-01", "child.disability.kind": "hearing",
        "child.disability.grade": "1", "child.disability.needs_long_term_care": True,
    },
}  # fmt: skip
EACH = pytest.mark.parametrize("name", CHILDREN)
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
DUE = {"zh": "按规定应得到的", "en": "What is due"}
MAY = {"zh": "可能得到的", "en": "What may be due"}
ASKED = {"zh": "先弄清这些（最要紧的在前）", "en": "What decides it, the most important first"}
PAPERS = {"zh": "要带的材料", "en": "Papers to bring"}
NOT_DUE = {"zh": "这次算下来不给的，和原因", "en": "What is not due this time, and why"}


@pytest.fixture(scope="module")
def results():
    return {name: BOOK.assess(Case.from_facts(facts)) for name, facts in CHILDREN.items()}


def part(text, title):
    """The lines below a heading; none where it is not there."""
    _, found, below = text.partition(f"\n{title}\n")
    return below.split("\n\n")[0].splitlines() if found else []


def line_of(lines, title):
    (found,) = [line for line in lines if line.startswith(f"- {title}")]
    return found


@EACH
@LANGUAGES
def test_each_sum_is_the_assessments(results, name, lang):
    result, text = results[name], results[name].for_family(lang).text
    lines = part(text, DUE[lang]) + part(text, MAY[lang])
    assert result.due.cash
    for p in result.due.cash:
        if not any(line.startswith(f"- {p.title.in_(lang)}") for line in lines):
            assert p.eligible is None  # of what may be due, the last are named without their sums
            continue
        told, _, _ = line_of(lines, p.title.in_(lang)).partition("（记录中" if lang == "zh" else " (recorded")
        sums = [float(n.replace(",", "")) for n in re.findall(r"([\d,]+(?:\.\d\d)?) ?(?:元|yuan|至|to)", told)]
        bounds = {float(b) for b in (p.low, p.high) if b is not None}
        assert sums == sorted(bounds - {0.0})
        if not sums:
            assert {"zh": "数额还不知道", "en": "the amount is not known yet"}[lang] in told
        else:
            assert p.every.label.in_(lang) in told
            assert (("全家" in told) if lang == "zh" else ("whole household" in told)) is (p.per == "household")


@EACH
@LANGUAGES
def test_there_is_no_code_and_no_source_on_it(results, name, lang):
    page = results[name].for_family(lang, asked=list(results[name].policies)).text
    assert not re.search(
        r"\[|\b(cn|330199|child|father|mother|household)\.[a-z_]|〔|checked|核对于|illustrative|非真实", page
    )
    assert not re.search(r"\d{6}", page)
    every = {*BOOK.for_division("330199").rules.policies, *BOOK.rules.categories}
    assert not [code for code in every if code in page]


@EACH
def test_what_is_due_or_may_be_is_told_and_nothing_else(results, name):
    result, text = results[name], results[name].for_family("zh").text
    due, may = part(text, DUE["zh"]), part(text, MAY["zh"])
    for p in (*result.due.cash, *result.due.services):
        is_sure = p.eligible and (p.low or (p.granted if p.service else p.title.zh in "".join(due)))
        assert any(p.title.zh in line for line in (due if is_sure else may)), p.code
    for p in result.policies.values():
        if p.eligible is False:
            assert not any(line.startswith(f"- {p.title.zh}：") for line in due + may)


@EACH
def test_the_most_decisive_comes_first_and_every_open_line_says_what_decides_it(results, name):
    result, text = results[name], results[name].for_family("zh").text
    asked = [q for fact in result.missing if (q := question_of(fact.path, result.basis.titles)) is not None]
    lines = part(text, ASKED["zh"])
    assert lines[0].startswith(f"1．{asked[0].text.zh}")
    assert len(lines) <= 7
    numbers = [
        int(n)
        for line in part(text, MAY["zh"])
        for told in re.findall(r"第([\d、]+)项", line)
        for n in told.split("、")
    ]
    assert set(numbers) <= set(range(1, len(lines) + 1))
    listed = [line for line in part(text, MAY["zh"]) if not line.startswith("- 还可能有：")]
    assert all(re.search("要看(下面第|当地|其余)|由工作人员|由主管部门", line) for line in listed)


def test_papers_stand_with_what_they_are_for_and_those_seen_are_left_out(results):
    lines = part(results["orphan"].for_family("zh").text, PAPERS["zh"])
    assert "死亡证明" in line_of(lines, "孤儿基本生活费：")
    seen = BOOK.assess(Case.from_facts(ORPHAN | {"evidence": [{"document": "death_proof"}]}))
    assert "死亡证明" not in seen.for_family("zh").text
    (later,) = [line for line in lines if line.startswith("- 查明可以得到后")]
    assert "残疾人证" in later


def test_no_paper_is_asked_for_what_gives_way_to_other_help():
    result = BOOK.assess(Case.from_facts(KNOWN | {"household.aid": ["dibao"]}))
    supplement = result.policies["330199.dibao_supplement"]
    assert (supplement.eligible, supplement.high) == (True, 0)
    lines = part(result.for_family("zh").text, PAPERS["zh"])
    assert lines
    assert not [line for line in lines if supplement.title.zh in line]


def test_no_paper_is_asked_for_help_that_is_received_already():
    received = [{"policy": "cn.unattended_allowance", "since": "2024-06", "ongoing": True}]
    for given, asked in (([], True), (received, False), ([received[0] | {"ongoing": False}], True)):
        result = BOOK.assess(Case.from_facts(KNOWN | {"household.aid": [], "help": given}))
        lines = part(result.for_family("zh").text, PAPERS["zh"])
        assert ("死亡证明" in "".join(lines)) is asked
        assert any("事实无人抚养" in line for line in lines) is asked


MOTHER_GONE = [{"kind": "lost_contact", "since": "2024-10-28", "ongoing": True}]


@pytest.mark.parametrize(
    ("mother", "asked", "left_out"),
    [
        ({"mother.situations": MOTHER_GONE, "mother.supports_child": False}, {"失联查找材料"}, {"医疗诊断证明", "残疾人证"}),
        (
            {"mother.situations": MOTHER_GONE, "mother.supports_child": False, "mother.illness.serious": True},
            {"失联查找材料"}, {"医疗诊断证明"},
        ),
        ({"mother.situations": [], "mother.illness.serious": True}, {"医疗诊断证明"}, {"失联查找材料", "残疾人证"}),
        (
            {"mother.situations": [], "mother.disability": {"kind": "physical", "grade": "1"}, "mother.illness.serious": True},
            {"医疗诊断证明"}, {"失联查找材料", "残疾人证"},  # one of the two is enough
        ),
    ],
)  # fmt: skip
def test_a_paper_is_asked_for_only_if_it_proves_the_ground_by_which_help_is_due(mother, asked, left_out):
    facts = {k: v for k, v in KNOWN.items() if not k.startswith("mother.")} | {"household.aid": [], "child.illness.serious": False}  # fmt: skip
    result = BOOK.assess(Case.from_facts(facts | mother))
    assert result.policies["cn.unattended_allowance"].eligible
    told = "；".join(
        line for line in part(result.for_family("zh").text, PAPERS["zh"]) if "事实无人抚养" in line.partition("：")[0]
    )
    papers = set(re.split("[：；]", told.replace("- ", "")))
    assert "死亡证明" in papers
    assert asked <= papers
    assert not left_out & papers


def test_what_may_come_to_nothing_does_not_stand_with_what_is_due(results):
    text = results["on dibao"].for_family("zh").text
    line = line_of(part(text, MAY["zh"]), "低保家庭儿童补助")
    assert line.startswith(
        "- 低保家庭儿童补助：符合条件，但不与孤儿基本生活费、事实无人抚养儿童基本生活补贴同时给；每月最多270元；"
    )
    english = line_of(part(results["on dibao"].for_family("en").text, MAY["en"]), "Supplement for children on dibao")
    assert "eligible, but not given beside" in english
    for name in CHILDREN:
        for line in part(results[name].for_family("zh").text, DUE["zh"]):
            assert "最多" not in line


def test_of_several_records_of_one_help_the_one_that_runs_is_told():
    gone = {"policy": "cn.orphan_allowance", "since": "2020-06", "until": "2021-06", "amount": "900", "every": "month"}
    runs = {"policy": "cn.orphan_allowance", "since": "2023", "amount": "1500", "every": "month", "ongoing": True}
    later = {"policy": "cn.orphan_allowance", "since": "2025-10", "ongoing": True}
    told = [
        line_of(
            part(BOOK.assess(Case.from_facts(ORPHAN | {"help": help_})).for_family("zh").text, MAY["zh"]),
            "孤儿基本生活费",
        )
        for help_ in ([gone, runs, later], [runs, gone], [gone], [later])
    ]
    assert [line.partition("（记录中")[2] for line in told] == [
        "自2023年起已在领取，每月1,500元）", "自2023年起已在领取，每月1,500元）", "已经停发）", "",
    ]  # fmt: skip


def test_what_is_not_due_is_told_only_where_it_was_asked_for_or_is_recorded(results):
    orphan, of_age = results["orphan"], results["of age"]
    assert part(orphan.for_family("zh").text, NOT_DUE["zh"]) == []
    assert part(orphan.for_family("zh", asked="cn.orphan_allowance").text, NOT_DUE["zh"]) == []
    (line,) = part(orphan.for_family("zh", asked="cn.orphan_study_grant").text, NOT_DUE["zh"])
    assert line == "- 福彩圆梦·孤儿助学：不符合“儿童年满18周岁”这一条"
    assert part(of_age.for_family("zh").text, NOT_DUE["zh"]) == [
        "- 孤儿基本生活费（记录中自2020年6月起已在领取，每月1,500元）：不属于“孤儿”，因为不符合“未满18周岁”这一条"
    ]
    (line,) = part(of_age.for_family("en").text, NOT_DUE["en"])
    assert line.endswith("the child does not count as ‘Orphan’, since the condition ‘the child is under 18’ is not met")


def test_help_that_gives_way_says_to_what():
    facts = ORPHAN | {"household.aid": ["tekun"], "child.chosen_scheme": "tekun"}
    text = BOOK.assess(Case.from_facts(facts)).for_family("zh", asked=["cn.orphan_allowance"]).text
    assert line_of(part(text, NOT_DUE["zh"]), "孤儿基本生活费").endswith("：符合条件，但不与特困人员供养同时发放")


def test_what_was_asked_for_stands_first_of_what_may_be_due(results):
    last = [p for p in results["hardly known"].policies.values() if p.eligible is None][-1]
    text = results["hardly known"].for_family("zh", asked=last.code).text
    assert part(text, MAY["zh"])[0].startswith(f"- {last.title.zh}：")


@EACH
def test_every_sentence_of_why_not_is_short_and_says_a_condition(results, name):
    """Whatever is asked for: no policy of the nation's or the county's leaves the family without a reason."""
    result = results[name]
    for lang, unsaid in (("zh", "有条件不符合"), ("en", "a condition is not met")):
        lines = part(result.for_family(lang, asked=list(result.policies)).text, NOT_DUE[lang])
        assert not [line for line in lines if unsaid in line or "None" in line or len(line) > 400]


PERSONAL = {
    "child.name": "测试甲", "child.resident_id": "330199201403051239", "child.telephone": "199 0000 1234",
    "child.registration.address": "虚构路1号", "father.name": "测试乙",
}  # fmt: skip


def test_nothing_personal_is_on_it_but_the_name_where_that_is_asked_for():
    facts = {k: v for k, v in (ORPHAN | PERSONAL).items() if k != "child.resident_id"}
    result = BOOK.assess(Case.from_facts(facts | {"ref": "F-0001"}))
    for shown in (result.for_family("zh"), result.for_family("en")):
        for written in (shown.text, shown.page):
            assert not [value for value in PERSONAL.values() if value in written]
    named = result.for_family("zh", personal=True)
    assert "测试甲" in named.text
    assert "测试甲" in named.page
    assert "199 0000" not in named.text
    assert "测试乙" not in named.page


@EACH
@LANGUAGES
def test_infection_and_harm_are_no_question_on_paper(results, name, lang):
    asked = "\n".join(part(results[name].for_family(lang).text, ASKED[lang]))
    assert not re.search("艾滋|侵害|HIV|harm|监护情况评估|不宜", asked)


#: Of whom nearly all is known.
KNOWN = HERE | {
    "child.birth_date": "2016-01-01", "household.size": 3, "household.monthly_income_per_head": "900",
    "household.dibao_monthly": "300", "father.situations": DEAD, "child.adopted": False, "child.disability": WELL,
    "child.health": "healthy", "child.care.kind": "kinship",
    "mother.situations": [{"kind": "imprisoned", "since": "2024-01-10", "term_months": 30, "ongoing": True}],
}  # fmt: skip


def test_what_only_the_office_asks_is_said_to_be_for_the_office():
    known = ORPHAN | {
        "father.situations": [],
        "mother.situations": [],
        "child.illness.serious": False,
        "child.health": "ill",
    }
    known |= {f"{who}.disability": WELL for who in ("child", "father", "mother")}
    known |= {"father.illness.serious": False, "mother.illness.serious": False, "child.care.kind": "kinship"}
    known |= {"household.aid": [], "child.adopted": False, "child.birth_parents_not_found": False}
    text = BOOK.assess(Case.from_facts(known)).for_family("zh", asked="cn.orphan_allowance").text
    assert part(text, MAY["zh"])[0] == "- 孤儿基本生活费：每月最多1,900元；由工作人员当面了解后再定"


@LANGUAGES
def test_it_says_that_it_is_no_decision_that_no_paper_is_why_and_whom_to_ask(results, lang):
    text = results["orphan"].for_family(lang).text
    for zh, en in (
        (
            "按2025年9月1日的情况和示例县（虚构）的规定计算",
            "Worked out for 1 September 2025 by the rules of the example county",
        ),
        ("没有一项是因为缺少材料而不给的", "Nothing is refused because a paper is missing"),
        ("不是决定", "not a decision"),
        ("请问示例县（虚构）的民政部门", "the civil affairs department of the example county (fictitious)"),
    ):
        assert (zh if lang == "zh" else en) in text


def test_a_place_without_a_name_is_not_called_by_its_code():
    text = (
        BOOK.assess(Case.from_facts({"child.registration.division": "331198", "child.birth_date": "2015-01-01"}))
        .for_family("en")
        .text
    )
    assert "331198" not in text
    assert "the civil affairs department of the child's county" in text


def test_standards_that_the_place_has_not_set_are_told_as_that(results):
    text = results["disabled"].for_family("zh").text
    assert line_of(part(text, MAY["zh"]), "重度残疾人护理补贴").endswith(
        "符合条件，但不与特困人员供养同时给；数额还不知道；要看当地的标准"
    )
    sure = BOOK.assess(Case.from_facts(CHILDREN["disabled"] | {"household.aid": []}))
    assert line_of(part(sure.for_family("zh").text, DUE["zh"]), "重度残疾人护理补贴").endswith(
        "：数额还不知道；到底多少要看当地的标准"
    )
    lacking = "当地的有些标准这里还没有录入"
    assert text.count(lacking) == 1
    assert lacking not in results["orphan"].for_family("zh").text


def test_a_result_that_is_not_whole_says_so_first():
    nowhere = BOOK.assess(Case.from_facts({"child.birth_date": "2015-01-01"})).for_family("zh").text
    assert "还不知道由哪个县（区）负责" in nowhere.split("\n\n")[2]
    rough = BOOK.assess(Case.from_facts({"child.birth_date": "2015-01-01", "child.registration.division": "33"}))
    assert not rough.complete
    assert "结果不完整" in rough.for_family("zh").text.split("\n\n")[2]
    assert "结果不完整" not in BOOK.assess(Case.from_facts(ORPHAN)).for_family("zh").text


def test_of_a_child_who_is_not_born_yet_nothing_is_told_but_that():
    early = kinderguard.load().assess(Case.from_facts(ORPHAN), on=dt.date(2014, 1, 1)).for_family("zh").text
    assert "还没有出生" in early
    assert DUE["zh"] not in early
    assert "材料" not in early


def test_a_code_that_is_no_policys_is_refused(results):
    with pytest.raises(UnknownCodeError):
        results["orphan"].for_family("zh", asked="cn.orphan_alowance")
    with pytest.raises(ArgumentError, match=r"cn\.orphan"):
        results["orphan"].for_family("zh", asked="cn.orphan")


def test_questions_stand_for_facts_that_there_are():
    """A fact that is called otherwise one day must not lose its plain words without a word."""
    from kinderguard.engines import family_questions as q

    paths = [f"{who}.{path}" for path in q._OF_A_PERSON for who in ("child", "father")] + list(q._OF_THE_FAMILY)
    of_parents = ("situations", "supports_child", "can_act_as_guardian", "kind", "foreign")
    for path in paths:
        owner, _, rest = path.partition(".")
        if owner in ("child", "father") and (rest in of_parents) is (owner == "child"):
            continue
        if owner == "father" and not rest.startswith(("disability", "illness", "birth_date", *of_parents)):
            continue
        assert all(title.zh != part for title, part in zip(path_titles(path), path.split("."), strict=True)), path


def test_a_packs_own_fact_is_asked_as_a_question(results):
    titles = results["orphan"].basis.titles
    asked = question_of("330199.central_heating", titles, {"330199.central_heating": BOOL})
    assert asked.text == Text("“集中供暖”：是，还是不是", "whether this is so: ‘has central heating’")
    page = BOOK.assess(Case.from_facts(KNOWN | {"household.aid": ["dibao"]})).for_family("zh").text
    assert "．“集中供暖”：是，还是不是" in page


class Way(Code):
    WALK = "walk", "步行", "on foot"
    BUS = "bus", "校车", "by school bus"


@pytest.mark.parametrize(
    ("fact", "zh", "en"),
    [
        (r.DeclaredFact.choice("33.x", Way, zh="上学交通", en="way to school"), "“上学交通”：是哪一种（步行、校车）", "which it is: ‘way to school’ (on foot, by school bus)"),
        (r.DeclaredFact.money("33.x", zh="存款", en="savings"), "“存款”：多少元", "how much it is, in yuan: ‘savings’"),
        (r.DeclaredFact.number("33.x", zh="离校", en="way", unit="km"), "“离校”：多少公里", "how many km: ‘way’"),
        (r.DeclaredFact.number("33.x", zh="分", en="points"), "“分”：多少", "how much it is: ‘points’"),
        (r.DeclaredFact.day("33.x", zh="入住", en="moved in"), "“入住”：是哪一天", "what day it is: ‘moved in’"),
    ],
)  # fmt: skip
def test_a_packs_own_fact_is_a_question_of_its_kind(fact, zh, en):
    assert question_of("33.x", {"33.x": fact.title}, {"33.x": fact.kind}).text == Text(zh, en)


@EACH
@LANGUAGES
def test_it_is_one_page(results, name, lang):
    """About fifty lines of print; what is more is counted, and asked when the rest is known."""
    wide = 45 if lang == "zh" else 95
    assert sum(1 + len(line) // wide for line in results[name].for_family(lang).text.splitlines()) <= 50


# ---- why not ---------------------------------------------------------------------------------------------------

TITLE = Text("某", "some")
ADOPTED, STREET, ALONE = child.adopted, child.living_on_street, child.individual_dibao


def why_not(facts, eligible, stacking=(), lang="zh", categories=(), day=DAY, effective=ALWAYS):
    """What is said of a gift that is asked for, in a nation that has another gift of 9 yuan for everybody."""
    gift = r.Policy(
        "cn.gift", Text("赠", "gift"), eligible=eligible, amount=r.yuan("5"), every=r.MONTH, stacking=stacking, effective=effective,
    )  # fmt: skip
    other = r.Policy("cn.other", Text("他", "other"), eligible=r.all_of(), amount=r.yuan("9"), every=r.MONTH)
    pack = Pack(
        code="cn", title=TITLE, version="1", kinderguard=">=0.1", policies=[gift, other], categories=list(categories)
    )
    result = kinderguard.load(packs=[pack]).assess(Case.from_facts(facts), on=day)
    (line,) = part(result.for_family(lang, asked="cn.gift").text, NOT_DUE[lang])
    return line.partition("：" if lang == "zh" else ": ")[2]


NONE = {"child.adopted": False, "child.living_on_street": False, "child.individual_dibao": False}
KIN, STREETS = (
    r.Category("cn.kin", Text("亲", "kin"), when=ADOPTED),
    r.Category("cn.street", Text("街", "street"), when=STREET),
)


@pytest.mark.parametrize(
    ("eligible", "categories", "zh", "en"),
    [
        (ADOPTED, [], "不符合“儿童被收养”这一条", "the condition ‘the child is adopted’ is not met"),
        (
            ADOPTED & STREET & ~ALONE, [],
            "不符合“儿童被收养”和“儿童处于流浪状态”这两条",
            "the conditions ‘the child is adopted’ and ‘the child lives on the street’ are not met",
        ),
        (ADOPTED | STREET, [], "不符合“儿童被收养”这一条", "the condition ‘the child is adopted’ is not met"),
        (
            child.is_in(KIN) & ~ALONE, [KIN],
            "不属于“亲”，因为不符合“儿童被收养”这一条",
            "the child does not count as ‘kin’, since the condition ‘the child is adopted’ is not met",
        ),
        (
            child.is_in(KIN) | child.is_in(STREETS), [KIN, STREETS],
            "不属于以下任何一类：亲、街", "the child counts as none of these: kin, street",
        ),
        (
            child.is_in(r.Category("cn.either", Text("任", "either"), when=ADOPTED | STREET)),
            [r.Category("cn.either", Text("任", "either"), when=ADOPTED | STREET)],
            "不属于“任”，因为“儿童被收养”和“儿童处于流浪状态”都不符合",
            "the child does not count as ‘either’, since neither ‘the child is adopted’ nor ‘the child lives on the street’ holds",
        ),
    ],
)  # fmt: skip
def test_one_sentence_names_the_condition_that_fails(eligible, categories, zh, en):
    assert why_not(NONE, eligible, categories=categories) == zh
    assert why_not(NONE, eligible, categories=categories, lang="en") == en


@pytest.mark.parametrize(
    ("stacking", "zh"),
    [
        ([r.excludes("cn.other", keep="other")], "符合条件，但不与他同时发放"),
        ([r.tops_up(counting=["cn.other"])], "符合条件，但已有的救助不低于它，没有差额可补"),
    ],
)
def test_what_gives_way_is_called_eligible(stacking, zh):
    assert why_not({"child.adopted": True}, ADOPTED, stacking) == zh
    assert why_not({}, ADOPTED, stacking) == zh.replace("符合条件，但", "即使符合条件，")


def test_of_what_is_not_in_force_on_the_day_that_is_said():
    later = r.Period("2026-01-01", None)
    assert why_not({"child.adopted": True}, ADOPTED, effective=later) == "这一天当地没有施行这项政策"

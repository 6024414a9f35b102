"""How single cells are read: what people write, and what is said of what nobody can read."""

import datetime as dt
from decimal import Decimal

import pytest

import kinderguard
from kinderguard.model import PartialDate
from kinderguard.survey.cells import UnreadableError, date, money

UNKNOWN = ["", "不详", "未知", "待核实", " ", "—"]


@pytest.mark.parametrize("cell", UNKNOWN)
@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("流浪", "child.living_on_street"), ("性别", "child.sex"), ("父亲状况", "father.situations"),
        ("家庭救助类型", "household.aid"), ("家庭人口", "household.size"), ("家庭月人均收入", "household.monthly_income_per_head"),
        ("遭受侵害情形", "child.harms"), ("已享受救助", "help"), ("残疾类别", "child.disability.kind"),
        ("居住起始日期", "child.residence.since"), ("受托人不宜情形", "guardians"), ("重病", "child.illness.serious"),
    ],
)  # fmt: skip
def test_a_blank_and_its_words_are_unknown_and_no_problem(read_cell, cell, header, path):
    assert read_cell(header, cell, path) == (None, [])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *((c, True) for c in ("√", "✓", "是", "1", "有", "１", " 是 ", "Y")),
        *((c, False) for c in ("×", "否", "0", "无", "０", "No")),
    ],
)
def test_ticks(read_cell, cell, expected):
    assert read_cell("流浪", cell, "child.living_on_street") == (expected, [])


@pytest.mark.parametrize("cell", ["也许", "2", "是否"])
def test_what_is_no_tick_is_unknown_and_reported(read_cell, cell):
    assert read_cell("流浪", cell, "child.living_on_street") == (None, ["ledger.yes_no"])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2012-03-05", "2012-03-05"), ("2012/3/5", "2012-03-05"), ("20120305", "2012-03-05"),
        ("2012年3月5日", "2012-03-05"), ("2012.3", "2012-03"), ("2012年3月", "2012-03"), ("2012-03", "2012-03"),
        ("２０１２-０３-０５", "2012-03-05"), ("2012", "2012"), ("2012年", "2012"), ("201203", "2012-03"),
        (dt.date(2012, 3, 5), "2012-03-05"), (dt.datetime(2012, 3, 5, 8, 30), "2012-03-05"), (20120305.0, "2012-03-05"),
        (40973.0, "2012-03-05"), (2012.3, "2012-03"), (2012.11, "2012-11"), ("2012-03-05 00:00:00", "2012-03-05"),
        ("2012. 3. 5", "2012-03-05"), ("2012-3-5 00:00:00", "2012-03-05"), ("2012-3-15 0:00:00", "2012-03-15"),
        ("2012/3/5 0:00", "2012-03-05"), ("2012-3-05T00:00:00", "2012-03-05"), ("2012-03-05 00:00:00.000", "2012-03-05"),
        ("2012年3月5日0:00", "2012-03-05"), ("2012-03-0500:00:00", "2012-03-05"), ("20120305 00:00:00", "2012-03-05"),
        ("二〇一二年三月五日", "2012-03-05"), ("二零一二年十二月三十一日", "2012-12-31"), ("二○一二年十月廿日", "2012-10-20"),
        ("二〇一二年一月卅一日", "2012-01-31"), ("二〇〇九年十一月十九日", "2009-11-19"), ("二〇一二年〇三月零五日", "2012-03-05"),
        ("2012年三月二十日", "2012-03-20"), ("二〇一二年三月", "2012-03"), ("二〇一二年", "2012"),
        ("二〇一二年 三月廿一日 00:00", "2012-03-21"),
    ],
)  # fmt: skip
def test_dates_of_every_form(cell, expected):
    assert date(cell) == PartialDate.of(expected)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2023-02-30", "ledger.date_impossible"), ("2023-13-01", "ledger.date_impossible"), ("去年", "ledger.date_form"),
        ("2012-3-500:00:00", "ledger.date_form"), ("2012-3-112:00", "ledger.date_form"),
        ("二〇一二年二月三十日", "ledger.date_impossible"), ("二〇一二年十三月", "ledger.date_impossible"),
        ("一二年三月五日", "ledger.date_form"), ("二〇一二年一二月五日", "ledger.date_form"), ("二〇一二年三月初五", "ledger.date_form"),
        ("二〇一二年正月", "ledger.date_form"), ("二〇一二年三月十十日", "ledger.date_form"), ("二〇一二年三月五", "ledger.date_form"),
        ("12/3/5", "ledger.date_form"), (2012.1, "ledger.date_ambiguous"), ("5.3.2012", "ledger.date_form"),
    ],
)  # fmt: skip
def test_what_is_no_date_says_what_is_wrong(cell, code):
    with pytest.raises(UnreadableError) as error:
        date(cell)
    assert error.value.code == code


def test_a_future_date_is_refused_but_not_for_an_end(read_cell):
    assert read_cell("居住起始日期", "2052-06-03", "child.residence.since") == (None, ["ledger.date_future"])
    value, problems = read_cell("残疾证有效期至", "2052-06-03", "child.disability.valid_until")
    assert (str(value), problems) == ("2052-06-03", [])
    assert str(read_cell("残疾证有效期至", "长期", "child.disability.valid_until")[0]) == "9999-12-31"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1250", "1250.00"), ("1,250.50元", "1250.50"), (1250.0, "1250.00"), (0.1, "0.10"), ("１２５０", "1250.00"), ("¥600", "600.00"), ("0", "0.00")],
)  # fmt: skip
def test_money_is_exact(cell, expected):
    assert money(cell) == Decimal(expected)
    assert isinstance(money(cell), Decimal)


@pytest.mark.parametrize("cell", ["-5", "1250.505", 0.1 + 0.2, "一千", "1e99", "NaN"])
def test_what_is_no_amount_is_refused(cell):
    with pytest.raises(UnreadableError):
        money(cell)


@pytest.mark.parametrize(("cell", "expected"), [("4", 4), ("4人", 4), ("３口", 3)])
def test_counts(read_cell, cell, expected):
    assert read_cell("家庭人口", cell, "household.size") == (expected, [])


@pytest.mark.parametrize(
    ("cell", "kind", "grade", "autism"),
    [
        ("肢体", "physical", None, None), ("肢体二级", "physical", "2", None), ("智力 3级", "intellectual", "3", None),
        ("听力残疾一级", "hearing", "1", None), ("多重（肢体、智力）一级", "multiple", "1", None), ("肢体、智力二级", "multiple", "2", None),
        ("孤独症", None, None, True), ("精神（孤独症）二级", "mental", "2", True), ("无", "none", "none", None), ("言语　四级", "speech", "4", None),
    ],
)  # fmt: skip
def test_kind_and_grade_of_a_disability_in_one_cell(read_cell, cell, kind, grade, autism):
    found, problems = read_cell("残疾类别", cell, "child.disability")
    assert (found.kind, found.grade, found.autism, problems) == (kind, grade, autism, [])


def test_the_components_of_a_multiple_disability(read_cell):
    found, _ = read_cell("残疾类别", "多重（肢体、智力）一级", "child.disability.components")
    assert found == ("physical", "intellectual")


@pytest.mark.parametrize(("cell", "expected"), [("一级", "1"), ("2", "2"), ("3级", "3"), ("４", "4"), ("无", "none")])
def test_grades(read_cell, cell, expected):
    assert read_cell("残疾等级", cell, "child.disability.grade") == (expected, [])


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("健在", []), ("死亡", ["dead"]), ("宣告失踪", ["declared_missing"]), ("服刑在押、撤销监护资格", ["imprisoned", "guardianship_revoked"]),
        ("外出务工", ["away_for_work"]), ("其他限制人身自由", ["other_restriction"]), ("遣送出境", ["deported"]), ("健在、外出务工", ["away_for_work"]),
    ],
)  # fmt: skip
def test_situations_of_a_parent(read_cell, cell, kinds):
    found, problems = read_cell("父亲状况", cell, "father.situations")
    assert ([s.kind for s in found], problems) == (kinds, [])
    assert all(s.ongoing for s in found)


@pytest.mark.parametrize("cell", ["失踪", "离家出走", "健在、死亡"])
def test_a_situation_that_no_list_holds_is_unknown_never_none(read_cell, cell):
    found, problems = read_cell("父亲状况", cell, "father.situations")
    assert found is None
    assert problems[0] in ("ledger.code", "ledger.contradiction")


def test_a_dead_parent_in_prison_is_told_with_its_place_and_both_are_kept(read):
    row = {"儿童姓名": "某某", "父亲状况": "死亡、服刑在押", "父亲状况起始日期": "2024-03-05", "父亲刑期月数": "12"}
    ledger = read({"儿童姓名": "某乙", "父亲状况": "死亡"}, row)
    (problem,) = ledger.all_problems
    assert (problem.code, problem.row, problem.column) == ("ledger.dead_and_living", 3, "父亲状况")
    assert "“死亡”与“服刑在押”并列" in problem.message.zh
    assert "父亲状况截止日期" in problem.message.zh
    assert "it says dead, and serving a sentence in custody now" in problem.message.en
    assert [(s.kind, s.term_months) for s in ledger.cases[1].father.situations] == [("dead", None), ("imprisoned", 12)]


@pytest.mark.parametrize(
    ("cell", "until", "codes"),
    [
        ("死亡、服刑在押", "2020-01-01", []), ("死亡、撤销监护资格", "", []), ("死亡、遣送出境", "", []),
        ("死亡、服刑在押", "2099-01-01", ["ledger.dead_and_living"]), ("宣告死亡、外出务工", "", ["ledger.dead_and_living"]),
        ("死亡、服刑在押、强制戒毒", "", ["ledger.dead_and_living"]),
    ],
)  # fmt: skip
def test_what_ended_before_the_death_contradicts_nothing(read_cell, cell, until, codes):
    assert read_cell("母亲状况", cell, "mother.situations", 母亲状况截止日期=until)[1] == codes


def test_one_set_of_dates_belongs_to_the_only_term(read_cell):
    dates = {"父亲状况起始日期": "2023-11-20", "父亲状况截止日期": "2028-11-20", "父亲刑期月数": "60"}
    found, problems = read_cell("父亲状况", "服刑在押、撤销监护资格", "father.situations", **dates)
    assert [(s.kind, str(s.since) if s.since else None, s.term_months) for s in found] == [
        ("imprisoned", "2023-11-20", 60), ("guardianship_revoked", None, None),
    ]  # fmt: skip
    assert problems == []


def test_dates_that_may_belong_to_either_are_unknown_and_reported(read_cell):
    found, problems = read_cell("父亲状况", "失联、撤销监护资格", "father.situations", 父亲状况起始日期="2023-11-20")
    assert [s.since for s in found] == [None, None]
    assert problems == ["ledger.dates_ambiguous"]


def test_a_term_that_ends_before_it_begins_loses_its_dates(read_cell):
    dates = {"父亲状况起始日期": "2024-01-01", "父亲状况截止日期": "2023-01-01"}
    found, problems = read_cell("父亲状况", "服刑在押", "father.situations", **dates)
    assert [(s.kind, s.since, s.until) for s in found] == [("imprisoned", None, None)]
    assert problems == ["ledger.contradiction"]


@pytest.mark.parametrize(
    ("cell", "serious", "named"),
    [("是", True, False), ("无", False, False), ("白血病", True, True), ("√", True, False)],
)
def test_a_serious_illness_by_tick_or_by_name(read_cell, cell, serious, named):
    found, problems = read_cell("重病", cell, "child.illness")
    assert (found.serious, found.name is not None, problems) == (serious, named, [])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("低保", ("dibao",)), ("低保、脱贫户", ("dibao", "formerly_poor")), ("低保/脱贫户", ("dibao", "formerly_poor")), ("无", ()), ("低保边缘家庭", ("dibao_marginal",))],
)  # fmt: skip
def test_several_codes_in_one_cell(read_cell, cell, expected):
    assert read_cell("家庭救助类型", cell, "household.aid") == (expected, [])


def test_none_beside_something_is_a_contradiction(read_cell):
    assert read_cell("家庭救助类型", "无、低保", "household.aid") == (None, ["ledger.contradiction"])


def test_help_received_with_amounts_titles_and_codes(read):
    titles = {"低保金": "cn.dibao_benefit"}
    row = {
        "儿童姓名": "某某",
        "已享受救助": "低保金（1,250）、cn.medical_aid、过节慰问（200）",
        "资金发放类型": "201 社会散居孤儿",
    }
    ledger = read(row, policy_titles=titles)
    assert [(h.policy, h.amount, h.payment) for h in ledger.cases[0].help] == [
        ("cn.dibao_benefit", Decimal("1250.00"), None), ("cn.medical_aid", None, None), (None, Decimal("200.00"), None),
        (None, None, "201"),
    ]  # fmt: skip
    assert [p.code for p in ledger.all_problems] == ["ledger.help_title"]


def test_a_code_in_the_help_received_that_no_policy_has_is_told_with_the_nearest(read):
    row = {"儿童姓名": "某某", "出生日期": "2015-06-01", "已享受救助": "cn.dibao_benifit、330106.rice、低保斤"}
    ledger = read(row, book=kinderguard.load())
    told = {p.code: p.message for p in ledger.all_problems if p.code.startswith("ledger.help")}
    assert list(told) == ["ledger.help_code", "ledger.help_title"]
    assert "'cn.dibao_benefit'" in told["ledger.help_code"].zh
    assert "'cn.dibao_benefit'" in told["ledger.help_code"].en
    assert "'低保金'" in told["ledger.help_title"].en
    assert [h.policy for h in ledger.cases[0].help] == ["cn.dibao_benifit", "330106.rice", None]


def test_a_payment_code_alone_does_not_make_a_list_of_help(read_cell):
    assert read_cell("资金发放类型", "201", "help") == (None, ["ledger.help_unknown"])


@pytest.mark.parametrize(("cell", "levels"), [("无", []), ("疑似", ["suspected"]), ("确认", ["confirmed"])])
def test_harm(read_cell, cell, levels):
    found, _ = read_cell("遭受侵害情形", cell, "child.harms")
    assert [h.level for h in found] == levels


def test_grounds_of_unfitness_say_that_the_child_was_entrusted(read_cell):
    found, _ = read_cell("受托人不宜情形", "酗酒、gambling", "guardians.0")
    assert (found.unfit_grounds, found.entrusted) == (("alcohol", "gambling"), True)
    found, _ = read_cell("受托人不宜情形", "无", "guardians.0")
    assert (found.unfit_grounds, found.entrusted) == ((), None)


def test_a_wrong_code_names_the_nearest_and_all_that_there_are(read):
    ledger = read({"儿童姓名": "某某", "就学情况": "小学校"})
    (problem,) = ledger.all_problems
    assert "是否为“小学”" in problem.message.zh
    assert "did you mean 小学" in problem.message.en
    assert "普通高中" in problem.message.zh

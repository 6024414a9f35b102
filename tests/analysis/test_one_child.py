"""Questions about one child: other facts, a moving income, month by month."""

import datetime as dt
import re
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.analysis.one_child import EventKind, NotANumberError, marginal, timeline, what_if
from kinderguard.model import InvalidRecordError, SituationKind, Text
from kinderguard.packs.book import NoDayError
from kinderguard.rules import child, household

DAY = dt.date(2025, 9, 1)
INCOME = "household.monthly_income_per_head"


def a_policy(code, eligible, amount):
    return r.Policy(
        f"330199.{code}", Text("测试补贴", "Test grant"), eligible=eligible, amount=amount, every=r.MONTH,
        evidence=[r.Document.HUKOU_BOOK], cites=[r.Cite("测试文件", article="一")],
    )  # fmt: skip


@pytest.fixture(scope="module")
def nation():
    return kinderguard.load(packs=[]).on(DAY).for_division("330199")


def only(book, *policies):
    """The nation without its money, and these policies."""
    return book.without(*(c for c, p in book.rules.policies.items() if p.amount is not None)).with_policies(*policies)


@pytest.fixture(scope="module")
def below_a_line(nation):
    """600 yuan up to an income of 1,000 yuan per head, nothing above."""
    return only(nation, a_policy("line", household.monthly_income_per_head <= 1000, r.yuan(600)))


def a_child(**facts):
    return Case.from_facts({"ref": "K1", "child.birth_date": "2012-03-05"} | facts)


# ---- what if -----------------------------------------------------------------------------------------------------


def test_what_if_tells_what_another_fact_changes(below_a_line):
    found = what_if(below_a_line, a_child(**{INCOME: "900"}), {INCOME: "1000.01"})
    assert [(c.code, c.kind.value) for c in found.changes if c.what == "money"] == [("330199.line", "ends")]
    assert [t.amount for t in found.total()] == [Decimal("600.00"), Decimal("0.00")]
    assert "Test grant ends" in found.summary("en")
    row = next(row for row in found.rows() if row["code"] == "330199.line")
    assert (row["low_before"], row["high_after"]) == ("600.00", "0.00")


def test_what_if_a_fact_were_unknown_the_amount_is_open_and_never_a_refusal(below_a_line):
    found = what_if(below_a_line, a_child(**{INCOME: "900"}), {INCOME: None})
    assert found.after.policies["330199.line"].eligible is None
    assert (found.total()[1].low, found.total()[1].high) == (Decimal("0.00"), Decimal("600.00"))


def test_what_if_a_whole_part_is_made_unknown_the_rest_stays(nation):
    case = a_child(**{"child.disability.kind": "physical", "child.disability.grade": "2", "household.size": 3})
    found = what_if(nation, case, {"child.disability": None})
    assert found.after.case.child.disability.kind is None
    assert found.after.case.household.size == 3


def test_what_if_by_other_rules_with_the_same_facts(nation):
    reform = nation.with_parameters({"cn.orphan.scattered_monthly": "2000"})
    case = a_child(**{"child.orphan_since": "2020-01-01"})
    found = what_if(nation, case, reform=reform)
    assert found.facts == ()
    assert found.before.fingerprint != found.after.fingerprint


def test_of_two_policies_that_exclude_each_other_the_bounds_are_not_added_up(nation):
    """Whichever the child turns out to get; what is sure besides is in both bounds."""
    either = Text("二选一", "one of the two")
    book = only(
        nation,
        a_policy("a", child.adopted, r.yuan(600)),
        attrs.evolve(a_policy("b", child.living_on_street, r.yuan(900)), stacking=(r.excludes("330199.a", keep="this", reason=either),)),
        a_policy("c", household.size >= 1, r.yuan(50)),
    )  # fmt: skip
    case = a_child(**{"household.size": 3})
    assert book.assess(case).due.monthly.high == 1550
    found = what_if(book, case, {"child.living_on_street": True})
    assert [(t.low, t.high) for t in found.total()] == [(50, 950), (950, 950)]
    assert "before | 50.00 | 950.00" in found.view("en").text
    year = timeline(book, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    assert (year.months[0].due.high, year.total.high) == (950, 12 * 950)


@pytest.mark.parametrize(
    "unknown", ["household.aid", "child.schooling.stage", "father.situations", "child.disability.kind"]
)
def test_what_is_due_together_bounds_what_a_child_turns_out_to_get(nation, unknown):
    facts = {
        "child.registration.division": "330106", "household.size": 3, INCOME: "500", "household.aid": ["dibao"],
        "child.schooling.stage": "senior_high", "child.disability.kind": "physical", "child.disability.grade": "2",
        "father.situations": [{"kind": "imprisoned", "since": "2024-01-10", "term_months": 60, "ongoing": True}],
        "mother.situations": [{"kind": "dead", "since": "2020-01-10"}],
    }  # fmt: skip
    book = nation.with_parameters({"cn.dibao.monthly_standard": "900", "cn.orphan.scattered_monthly": "1800"})
    found = what_if(book, a_child(**facts), {unknown: None})
    for every in ("month", "year"):
        exact, open_ = found.total(every)
        assert exact.low >= open_.low
        assert open_.high is None or (exact.high is not None and exact.high <= open_.high)


def test_a_result_its_view_and_the_points_of_a_line_say_the_same_in_all(nation):
    either = attrs.evolve(
        a_policy("b", child.living_on_street, r.yuan(900)), stacking=(r.excludes("330199.a", keep="this"),)
    )
    book, case = only(nation, a_policy("a", child.adopted, r.yuan(600)), either), a_child(**{INCOME: "0"})
    result = book.assess(case)
    assert (result.in_all().low, result.in_all().high, result.due.total().high) == (0, 900, 1500)
    shown = result.view("en").text
    assert "0.00 to 900.00 yuan" in shown
    assert "1,500.00" not in shown
    line = marginal(book, case, INCOME, over=(0, 100), step=50)
    assert {(p.total.low, p.total.high) for p in line.points} == {(0, 900)}


def test_a_misspelt_fact_is_refused_also_where_it_is_made_unknown(nation):
    with pytest.raises(InvalidRecordError, match="birth_date"):
        what_if(nation, a_child(), {"child.birthdate": None})


def test_a_day_is_asked_for(nation):
    with pytest.raises(NoDayError):
        what_if(kinderguard.load(packs=[]), a_child(), {"household.size": 3})


# ---- marginal ----------------------------------------------------------------------------------------------------


def test_a_cliff_is_found_to_the_fen_and_named(below_a_line):
    line = marginal(below_a_line, a_child(), INCOME, over=(0, 3000))
    (cliff,) = line.cliffs
    assert (cliff.below, cliff.above, cliff.lost_low, cliff.lost_high) == (
        Decimal("1000.00"),
        Decimal("1000.01"),
        Decimal(600),
        Decimal(600),
    )
    assert cliff.is_cliff
    assert [move.code for move in cliff.policies] == ["330199.line"]
    assert cliff.because == (
        Text(
            "成立：家庭月人均收入高于1,000元", "now holds: the household's monthly income per head is above 1,000 yuan"
        ),
    )
    assert "（1 处确定是“悬崖”）" in line.summary("zh")
    assert [p.total.amount for p in line.points if p.value in (Decimal("1000.00"), Decimal("1000.01"))] == [
        Decimal(600),
        Decimal(0),
    ]


def test_what_stacking_compares_is_no_reason_of_its_own(nation):
    first = a_policy("first", household.monthly_income_per_head <= r.yuan(1000), r.yuan(300))
    second = a_policy("second", household.monthly_income_per_head <= r.yuan(2000), r.yuan(200))
    second = attrs.evolve(second, stacking=[r.excludes(first, keep="higher")])
    (cliff, _) = marginal(only(nation, first, second), a_child(), INCOME, over=(0, 3000)).cliffs
    assert [(move.code, move.after.amount) for move in cliff.policies] == [
        ("330199.first", Decimal(0)),
        ("330199.second", Decimal(200)),
    ]
    assert len(cliff.because) == 1
    assert "1,000" in cliff.because[0].en


def test_a_benefit_that_falls_yuan_for_yuan_is_no_cliff(nation):
    taper = a_policy("taper", household.size >= 1, r.max_of(r.yuan(600) - household.monthly_income_per_head, r.yuan(0)))
    line = marginal(only(nation, taper), a_child(**{"household.size": 1}), INCOME, over=(0, 1000))
    assert line.cliffs == ()
    assert line.steep == ()
    assert line.points[0].total.amount == Decimal(600)


def test_a_benefit_that_falls_faster_than_the_income_rises_is_steep(nation):
    double = r.yuan(600) - household.monthly_income_per_head * 2
    taper = a_policy("taper", household.size >= 1, r.max_of(double, r.yuan(0)))
    line = marginal(only(nation, taper), a_child(**{"household.size": 1}), INCOME, over=(0, 1000), step=10)
    assert line.steep == ((Decimal("0.00"), Decimal("300.00")),)


def test_of_an_income_per_head_the_household_gets_as_much_as_it_has_members(nation):
    """Dibao falls by as much as the household earns more: no yuan is lost."""
    paid = r.max_of(r.yuan(600) - household.monthly_income_per_head, r.yuan(0)) * household.size
    book = only(nation, a_policy("taper", household.size >= 1, paid))
    line = marginal(book, a_child(**{"household.size": 4}), INCOME, over=(0, 1000))
    assert line.brings == 4
    assert (line.cliffs, line.steep) == ((), ())


def test_what_one_policy_makes_up_for_another_is_not_taken_for_a_gain_of_its_own(nation):
    """A top-up that is perhaps due rises as the grant ends: together they fall by what it does not make up."""
    grant = a_policy("grant", household.monthly_income_per_head <= 1000, r.yuan(600))
    top = attrs.evolve(
        a_policy("top", child.schooling.boarding, r.yuan(400)),
        stacking=(r.tops_up(counting=("330199.grant",), reason=Text("补差", "tops up")),),
    )
    book = only(nation, grant, top)
    (cliff,) = marginal(book, a_child(), INCOME, over=(0, 2000)).cliffs
    assert (cliff.is_cliff, cliff.lost_low, cliff.lost_high) == (True, Decimal(200), Decimal(600))
    assert cliff.text.en.split(", ")[-1].startswith("200.00 to 600.00 yuan less (now holds")
    for boards, lost in ((True, 200), (False, 600)):
        known = a_child(**{"child.schooling.boarding": boards})
        assert [c.lost_low for c in marginal(book, known, INCOME, over=(0, 2000)).cliffs] == [lost]


def test_where_another_fact_is_unknown_a_cliff_is_perhaps_one(nation):
    eligible = (household.monthly_income_per_head <= 1000) & (child.adopted)
    line = marginal(only(nation, a_policy("line", eligible, r.yuan(600))), a_child(), INCOME, over=(0, 3000))
    (cliff,) = line.cliffs
    assert cliff.is_cliff is None
    assert (cliff.lost_low, cliff.lost_high) == (Decimal(0), Decimal(600))


def test_what_is_lost_is_exact_to_the_fen_with_what_only_moves_along(nation):
    """Dibao that falls yuan by yuan is no jump, and still lost where it ends with the grant."""
    left = r.max_of(r.yuan(1000) - household.monthly_income_per_head, r.yuan(0)) * household.size
    grant, taper = (
        a_policy("grant", household.monthly_income_per_head < 1000, r.yuan(275)),
        a_policy("taper", household.size >= 1, left),
    )
    (cliff,) = marginal(only(nation, grant, taper), a_child(**{"household.size": 30}), INCOME, over=(0, 2000)).cliffs
    assert (cliff.before.amount, cliff.after.amount) == (Decimal("275.30"), 0)
    assert cliff.lost_low == cliff.lost_high == Decimal("275.30")
    assert [move.code for move in cliff.policies] == ["330199.grant"]


def test_a_household_of_unknown_size_has_no_more_members_than_the_model_lets_it(nation):
    """A fen a head below the line, of one to a hundred heads; above it, 1,200 yuan for the child alone."""
    left = r.max_of(r.yuan(1200) - household.monthly_income_per_head, r.yuan(0)) * household.size
    alone = a_policy("alone", household.monthly_income_per_head >= 1200, r.yuan(1200))
    book = only(nation, alone, a_policy("dibao", household.monthly_income_per_head < 1200, left))
    (b,) = marginal(book, a_child(), INCOME, over=(0, 2000)).breaks
    assert (b.lost_low, b.lost_high, b.is_cliff) == (Decimal("-1199.99"), Decimal("-1199.00"), False)
    told = what_if(book, a_child(**{INCOME: "500"}), {INCOME: "400"})
    assert (told.change().low, told.change().high) == (100, 10_000)


def test_a_line_names_the_policies_that_change_on_it_but_are_paid_otherwise(nation):
    yearly = attrs.evolve(a_policy("year", household.monthly_income_per_head <= 1000, r.yuan(2300)), every=r.YEAR)
    still = attrs.evolve(a_policy("still", household.size >= 1, r.yuan(50)), every=r.YEAR)
    book, case = only(nation, yearly, still), a_child(**{"household.size": 3})
    line = marginal(book, case, INCOME, over=(0, 2000))
    assert (line.breaks, [(each.code, each.every.value) for each in line.uncounted]) == ((), [("330199.year", "year")])
    said = "Only help paid a month is counted, not: Test grant (a year)"
    assert line.summary("en").splitlines()[1] == said
    assert said in line.view("en").text
    assert "help paid a month: no break" in line.summary("en")
    assert line.summary("zh").endswith("\n只计每月发放的，未计入：测试补贴（每年）")
    by_year = marginal(book, case, INCOME, over=(0, 2000), every="year")
    assert ([b.lost_low for b in by_year.cliffs], by_year.uncounted) == ([Decimal(2300)], ())


def test_the_pictures_say_what_is_not_counted(nation):
    pytest.importorskip("altair")
    yearly = attrs.evolve(a_policy("year", household.monthly_income_per_head <= 1000, r.yuan(2300)), every=r.YEAR)
    book, case = only(nation, yearly), a_child(**{INCOME: "900"})
    line = marginal(book, case, INCOME, over=(0, 2000))
    months = timeline(book, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 1, 31))
    for picture in (line.plot("en"), months.plot("en")):
        assert "Only help paid a month is counted, not: Test grant (a year)" in picture.title.en
        assert not re.search(
            r'[="]|。；|\.;', picture.title.zh + picture.title.en
        )  # words for readers, and no stop within


def test_the_view_of_a_line_says_how_much_is_lost(nation):
    book = only(nation, a_policy("line", child.adopted & (household.monthly_income_per_head <= 1000), r.yuan(600)))
    shown = marginal(book, a_child(), INCOME, over=(0, 2000)).view("en").text
    assert "in all before | in all after | change | cliff" in shown
    assert "0.00 to 600.00 yuan | 0.00 yuan | 0.00 to 600.00 yuan less | ? perhaps" in shown


def test_the_view_of_a_line_tells_a_gain_in_words_of_a_gain(nation):
    many = a_policy("many", household.size >= 4, r.yuan(100))
    line = marginal(only(nation, many), a_child(), "household.size", over=(1, 8))
    assert "0.00 yuan | 100.00 yuan | 100.00 yuan more | no" in line.view("en").text
    assert "0.00元 | 100.00元 | 增加100.00元 | 否" in line.view("zh").text


def test_a_number_that_is_no_money_moves_by_one(nation):
    many = a_policy("many", household.size >= 4, r.yuan(100))
    line = marginal(only(nation, many), a_child(), "household.size", over=(1, 8))
    assert [(b.below, b.above, b.lost_low) for b in line.breaks] == [(Decimal(3), Decimal(4), Decimal(-100))]
    assert line.cliffs == ()


def test_the_rows_hold_exact_text(below_a_line):
    rows = marginal(below_a_line, a_child(), INCOME, over=(0, 2000), step=1000).rows()
    assert rows[0] == {"value": "0.00", "low": "600.00", "high": "600.00", "330199.line.low": "600.00", "330199.line.high": "600.00"}  # fmt: skip


@pytest.mark.parametrize("fact", ["child.birth_date", "child.sex", "household.nothing"])
def test_what_is_no_number_is_refused(nation, fact):
    with pytest.raises(NotANumberError, match=fact):
        marginal(nation, a_child(), fact, over=(0, 10))


@pytest.mark.parametrize(("over", "step"), [((10, 0), None), ((0, 0), None), ((0, 10), 0)])
def test_a_way_that_leads_nowhere_is_refused(nation, over, step):
    with pytest.raises(ValueError, match=r"over=|step="):
        marginal(nation, a_child(), INCOME, over=over, step=step)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 299_999), st.integers(2, 900)), min_size=1, max_size=4))
def test_every_line_that_rules_draw_is_found(nation, lines):
    """Law: wherever one fen more loses more than a yuan, there is a cliff there, and nowhere else."""
    policies = [
        a_policy(f"p{k}", household.monthly_income_per_head <= Decimal(at) / 100, r.yuan(amount))
        for k, (at, amount) in enumerate(lines)
    ]
    line = marginal(only(nation, *policies), a_child(), INCOME, over=(0, 3000), step=500)
    assert {cliff.below for cliff in line.cliffs} == {Decimal(at) / 100 for at, _ in lines}
    assert sum(cliff.lost_low for cliff in line.cliffs) == sum(amount for _, amount in lines)


# ---- timeline ----------------------------------------------------------------------------------------------------


def test_a_birthday_that_ends_help_stands_on_its_month(nation):
    young = only(nation, a_policy("young", child.age < 14, r.yuan(300)))
    year = timeline(young, a_child(), start=dt.date(2025, 9, 1), until=dt.date(2026, 8, 31))
    assert [m.month for m in year.months][:2] == ["2025-09", "2025-10"]
    assert len(year.months) == 12
    assert [m.due.amount for m in year.months] == [Decimal(300)] * 7 + [Decimal(0)] * 5
    march = year.months[6]
    assert [e.kind for e in march.events if e.kind is not EventKind.RESULT] == [EventKind.BIRTHDAY]
    assert any("330199.young" in e.codes for e in march.events)
    assert year.total.amount == Decimal(2100)
    assert year.on(dt.date(2026, 3, 4)).categories == year.on(dt.date(2026, 3, 1)).categories
    assert "2026-03" in str(year)


def test_the_law_s_own_changes_are_on_it(nation):
    later = r.Policy(
        "330199.later", Text("新政策", "New grant"), eligible=child.age < 18, amount=r.yuan(50), every=r.MONTH,
        evidence=[r.Document.HUKOU_BOOK], cites=[r.Cite("测试文件", article="一")],
        effective=r.Period(dt.date(2026, 1, 1), dt.date(2026, 2, 28)),
    )  # fmt: skip
    months = timeline(only(nation, later), a_child(), start=dt.date(2025, 12, 1), until=dt.date(2026, 3, 31)).months
    assert [m.due.amount for m in months] == [Decimal(0), Decimal(50), Decimal(50), Decimal(0)]
    law = [(e.day, e.text.en) for m in months for e in m.events if e.kind is EventKind.LAW]
    assert law == [
        (dt.date(2026, 1, 1), "New grant comes into force"),
        (dt.date(2026, 3, 1), "New grant is no longer in force"),
    ]


def test_ends_of_papers_and_of_a_parent_s_term_are_on_it(nation):
    case = a_child(**{
        "child.disability.kind": "physical", "child.disability.grade": "2", "child.disability.valid_until": "2026-05-31",
        "father.situations": [{"kind": "imprisoned", "since": "2024-01-10", "term_months": 30, "ongoing": True}],
    })  # fmt: skip
    year = timeline(nation, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    ends = {e.day: e.text.en for e in year.events if e.kind is EventKind.EXPIRY}
    assert set(ends) == {dt.date(2026, 5, 31), dt.date(2026, 7, 9)}
    assert "the term ends" in ends[dt.date(2026, 7, 9)]


def test_after_a_stated_term_it_is_open_whether_a_parent_is_away(nation):
    """That the sentence goes on was said while it ran."""
    sentence = {"kind": "imprisoned", "since": "2024-01-10", "term_months": 24, "ongoing": True}
    away = r.Policy(
        "330199.away", Text("测试补贴", "Test grant"), every=r.MONTH, amount=r.yuan(600), cites=[r.Cite("测试文件")],
        eligible=r.father.situations.current().any(lambda s: s.kind.is_in(SituationKind.IMPRISONED)),
    )  # fmt: skip
    book = only(nation, away)
    months = {"start": dt.date(2025, 12, 1), "until": dt.date(2026, 2, 28)}
    year = timeline(book, a_child(**{"father.situations": [sentence]}), **months)
    assert [(m.due.low, m.due.high) for m in year.months] == [(600, 600), (600, 600), (0, 600)]
    (opens,) = (e for e in year.events if "330199.away" in e.codes)
    assert opens.day == dt.date(2026, 1, 10)
    assert year.on(opens.day).policies["330199.away"].eligible is None
    for stated in (sentence | {"term_months": None}, sentence | {"since": "2022-01-10"}):
        same = timeline(book, a_child(**{"father.situations": [stated]}), **months)
        assert [m.due.amount for m in same.months] == [600, 600, 600]


def test_help_that_is_not_paid_each_month_is_named(nation):
    yearly = attrs.evolve(a_policy("year", child.age < 18, r.yuan(2300)), every=r.YEAR)
    year = timeline(only(nation, yearly), a_child(), start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    said = "Only help paid a month is counted, not: Test grant (a year)"
    assert year.total.amount == 0
    assert year.summary("en").endswith(said)
    assert said in year.view("en").text
    assert year.on(dt.date(2026, 5, 1)).in_all("year").amount == 2300


def test_money_stands_first_among_the_changes_of_a_day_and_reasons_are_few(nation):
    young = (child.age < 14) & (child.age <= 13) & (child.age * 2 < 28)
    first = r.Category("330199.a", Text("甲类", "First class"), when=child.age < 14)
    book = only(nation, a_policy("z", young, r.yuan(100)), first)
    year = timeline(book, a_child(), start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    results = [e for e in year.events if e.kind is EventKind.RESULT and e.day == dt.date(2026, 3, 5)]
    is_money = [e.changes[0].what == "money" for e in results]
    assert is_money == sorted(is_money, reverse=True)
    assert (results[0].codes, False in is_money) == (("330199.z",), True)
    assert len(results[0].changes[0].because) == 3
    assert results[0].text.en.endswith("; 1 more).")
    assert results[0].text.zh.endswith("；另有1项）。")


def test_a_day_outside_is_refused(nation):
    year = timeline(nation, a_child(), start=dt.date(2026, 1, 1), until=dt.date(2026, 2, 1))
    with pytest.raises(ValueError, match="outside"):
        year.on(dt.date(2026, 2, 2))


def test_nothing_personal_is_in_what_is_shown(nation):
    case = a_child(**{"child.name": "合成某某", "child.registration.address": "合成路1号"})
    year = timeline(nation, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    found = what_if(nation, case, {"household.size": 3})
    line = marginal(nation, case, INCOME, over=(0, 100))
    for shown in (repr(year), str(year), str(year.rows()), repr(found), str(found), repr(line), str(line)):
        assert "合成某某" not in shown
        assert "合成路" not in shown


def test_a_notebook_shows_them_in_both_languages(below_a_line):
    case = a_child(**{INCOME: "900"})
    line = marginal(below_a_line, case, INCOME, over=(0, 3000))
    year = timeline(below_a_line, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    found = what_if(below_a_line, case, {INCOME: "1000.01"})
    assert "1,000.01 | - Test grant" in line.view("en").text
    assert "now holds: the household's monthly income per head is above 1,000 yuan" in line.view("en").text
    assert "2026-03 | 600.00 | 600.00 | - 2026-03-05 儿童满14周岁" in year.view("zh").text
    assert "before | 600.00 | 600.00" in found.view("en").text
    assert "停止" in found.view("zh").html
    assert all(shown._repr_html_().startswith("<") for shown in (line, year, found))


def test_of_a_birth_known_to_the_month_the_first_and_the_last_day_are_told(nation):
    case = Case.from_facts({"child.birth_date": "2010-01"})
    year = timeline(nation, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31), division="330199")
    told = [(str(e.day), e.text.en) for e in year.events if e.kind is EventKind.BIRTHDAY]
    assert told == [
        ("2026-01-01", "the child turns 16 (at the earliest)"),
        ("2026-01-31", "the child turns 16 (at the latest)"),
    ]


def test_what_brings_a_change_about_is_told_before_it(nation):
    book = only(nation, a_policy("young", child.age < 14, r.yuan(100)))
    events = timeline(book, a_child(), start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31)).events
    on_the_day = [e.kind for e in events if e.day == dt.date(2026, 3, 5)]
    assert on_the_day[0] is EventKind.BIRTHDAY
    assert EventKind.RESULT in on_the_day


def test_cliffs_that_only_may_be_are_counted_apart(nation):
    book = only(nation, a_policy("line", child.adopted & (household.monthly_income_per_head <= 1000), r.yuan(600)))
    more = a_policy("more", household.monthly_income_per_head <= 1500, r.yuan(100))
    less = a_policy("less", household.monthly_income_per_head > 800, r.yuan(100))
    for policies, zh, en in (
        ((), "共 1 处转折（1 处可能是“悬崖”）", "1 break in all (1 possible cliff)"),
        (
            (more, less),
            "共 3 处转折（1 处确定是“悬崖”，1 处可能是“悬崖”）",
            "3 breaks in all (1 certain cliff, 1 possible cliff)",
        ),
    ):
        line = marginal(book.with_policies(*policies), a_child(), INCOME, over=(0, 2000))
        assert zh in line.summary("zh")
        assert en in line.summary("en")
        assert "? perhaps" in line.view("en").text
    rising = marginal(only(nation, less), a_child(), INCOME, over=(0, 2000))
    assert "1 break in all (no cliff)" in rising.summary("en")
    assert "A cliff:" not in rising.view("en").text
    assert "没有转折" in marginal(book, a_child(**{"child.adopted": False}), INCOME, over=(0, 2000)).summary("zh")


@pytest.mark.parametrize(
    ("eligible", "zh", "en"),
    [
        (household.monthly_income_per_head <= 1000, "成立：家庭月人均收入高于1,000元", "now holds: the household's monthly income per head is above 1,000 yuan"),
        (~(household.monthly_income_per_head > 1000), "成立：家庭月人均收入高于1,000元", "now holds: the household's monthly income per head is above 1,000 yuan"),
        (r.named("rich", ~(household.monthly_income_per_head > 1000), zh="不富", en="the family is not rich"), "成立：家庭月人均收入高于1,000元", "now holds: the household's monthly income per head is above 1,000 yuan"),
        (r.named("poor", household.monthly_income_per_head <= 1000, zh="不富裕", en="the family is not well off"), "成立：家庭月人均收入高于1,000元", "now holds: the household's monthly income per head is above 1,000 yuan"),
        (r.named("poor", household.monthly_income_per_head <= 1000, zh="家庭贫困", en="the family is poor"), "不再成立：家庭贫困", "no longer holds: the family is poor"),
    ],
)  # fmt: skip
def test_what_is_so_is_told_where_a_negative_ends(nation, eligible, zh, en):
    (cliff,) = marginal(only(nation, a_policy("line", eligible, r.yuan(600))), a_child(), INCOME, over=(0, 2000)).cliffs
    assert cliff.because == (Text(zh, en),)

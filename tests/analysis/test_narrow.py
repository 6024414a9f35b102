"""How many kinds of children ``compare`` looks into once more: bounds hold under any budget, and it says whose are wider."""

import datetime as dt
from functools import cache

import polars as pl
import pytest

import kinderguard
from kinderguard.analysis import compare, synthesize
from kinderguard.analysis.comparing import NarrowError
from kinderguard.packs.frames import MissingColumnsWarning

DAY = dt.date(2025, 9, 1)
PLACE = "330106"
BUDGETS = (0, 10, None)


@cache
def base():
    return kinderguard.load().on(DAY).with_parameters(
        {
            "cn.orphan.scattered_monthly": {PLACE: "1800"}, "cn.orphan.institution_monthly": {PLACE: "2400"},
            "cn.dibao.monthly_standard": {PLACE: "1000"}, "cn.tekun.monthly_standard": {PLACE: "1300"},
            "cn.disability.living_subsidy_monthly": {PLACE: "275"},
        }
    )  # fmt: skip


@cache
def people():
    return synthesize(250, seed=23, divisions=[PLACE])


@cache
def compared(narrow):
    reform = base().without("cn.disability_living_subsidy")
    return compare(base(), reform, people(), narrow=narrow, progress=False, by=("sex",))


@cache
def filled():
    children = people().children.with_columns(pl.col("household.monthly_income_per_head").fill_null("900"))
    reform = base().without("cn.disability_living_subsidy")
    return compare(base(), reform, children, members=people().members, narrow=0, progress=False, by=("sex",))


def bounds(narrow):
    """The bounds of every child's change in a year, in the order of the population; of those in no row, nothing."""
    found = pl.DataFrame({"row": pl.int_range(250, dtype=pl.UInt32, eager=True)}).join(
        compared(narrow).children().select("row", "year_low", "year_high").with_columns(there=True),
        on="row", how="left", maintain_order="left",
    )  # fmt: skip
    return [(low, high) if there else (0, 0) for _, low, high, there in found.iter_rows()]


def test_a_budget_of_nothing_leaves_the_bounds_of_the_first_look_and_none_narrows_all():
    assert compared(None)["reform"].not_narrowed == 0
    assert compared(0)["reform"].not_narrowed > compared(10)["reform"].not_narrowed > 0
    assert compared(0)["reform"].all.may_gain > 0  # the first look
    assert compared(None)["reform"].all.may_gain == 0  # nobody is paid more where a programme is taken away


def test_a_budget_goes_to_those_first_of_whom_it_is_not_said_whether_they_gain_or_lose():
    """Who may gain or lose was last in the line, so that some "might gain" by what is taken away from them."""
    assert compared(10)["reform"].all.may_gain < compared(0)["reform"].all.may_gain
    assert compared(40)["reform"].all.may_gain == 0


@pytest.mark.parametrize("narrow", [10, None])
def test_bounds_are_never_wider_than_with_less_of_a_budget(narrow):
    less = BUDGETS[BUDGETS.index(narrow) - 1]
    for (low, high), (least, most) in zip(bounds(narrow), bounds(less), strict=True):
        assert least is None or low >= least
        assert most is None or high <= most


@pytest.mark.parametrize("narrow", BUDGETS)
def test_bounds_hold_where_the_truth_is_known_under_any_budget(narrow):
    """The truth of a child whose blanks are filled in one way lies between them."""
    truth = filled()
    for row, low, high in truth.children().select("row", "year_low", "year_high").iter_rows():
        least, most = bounds(narrow)[row]
        # What is still open of both reaches into the bounds at least.
        assert least is None or high is None or high >= least
        assert most is None or low is None or low <= most


def test_what_is_not_narrowed_is_said():
    found, count = compared(0), compared(0)["reform"].not_narrowed
    said = f"the bounds of {count:,} children are not as narrow as can be (narrow=None narrows all)"
    assert said in found.summary("en")
    assert said in found.view("en").html
    assert f"{count:,} 名儿童的上下限未收到最窄" in found.summary("zh")
    assert "narrow=None" not in compared(None).summary("en")


@pytest.mark.parametrize("narrow", BUDGETS)
def test_the_total_is_the_sum_of_what_the_children_show(narrow):
    """Nothing here is paid to households alone, so what children get is what it costs."""
    cost = compared(narrow)["reform"].all.cost_a_year
    lows, highs = zip(*bounds(narrow), strict=True)
    assert None not in lows
    assert None not in highs
    assert (cost.low, cost.high) == (sum(lows), sum(highs))


@pytest.mark.parametrize("wrong", [-1, 2.5, "many", True])
def test_a_budget_is_a_whole_number_or_none(wrong):
    with pytest.raises(NarrowError, match="narrow"):
        compare(base(), base(), people(), narrow=wrong)


@cache
def households():
    """Nine children of dibao households of three, each by itself, and two of a household of which the size is not known."""
    return pl.DataFrame(
        {
            "division_code": [PLACE] * 11, "child.birth_date": ["2015-03-01"] * 11,
            "household.number": [*range(10), 9], "household.size": [3] * 9 + [None] * 2,
            "household.monthly_income_per_head": ["500"] * 11, "household.property_within_limits": [True] * 11,
            "household.aid": [["dibao"]] * 11,
        }
    )  # fmt: skip


@cache
def wide(size=None, narrow=None):
    reform = base().with_parameters(
        {"cn.dibao.monthly_standard": {PLACE: "1100"}, "cn.orphan.scattered_monthly": {PLACE: "1900"}}
    )
    children = households().with_columns(pl.col("household.size").fill_null(pl.lit(size)))
    with pytest.warns(MissingColumnsWarning):
        return compare(base(), reform, children, narrow=narrow, progress=False, by=("sex",))


def test_what_the_width_of_the_cost_rests_on_is_named_with_how_many_children_and_how_much_of_it():
    """A household's help counts once: both children are left open, and the width is that of the one household."""
    effect = wide()["reform"]
    width = next(width for width in effect.widths if width.code == "household.size")
    assert (width.what, width.children, width.limits) == ("fact", 2, (1, 100))
    known = wide(size=3)["reform"].cost_a_year
    cost = effect.cost_a_year
    assert cost.high - cost.low > width.apart > (cost.high - cost.low) - (known.high - known.low) > 100_000
    assert [w.apart for w in effect.widths] == sorted((w.apart for w in effect.widths), reverse=True)
    assert all(w.apart <= cost.high - cost.low for w in effect.widths)


def test_a_condition_that_others_are_taken_as_one_with_is_named_by_these():
    """Whether the parents can care for the child is taken as one question; what is not known are its facts."""
    named = {width.code: width.what for width in wide()["reform"].widths}
    assert {"father.situations", "mother.situations", "father.illness.serious"} <= set(named)
    assert named["cn.foster_care.standard"] == "number"
    assert "household.monthly_income_per_head" not in named  # it is known


def test_what_carries_half_of_the_width_is_said_with_the_mend():
    """Much is unknown of all eleven; what is told is the one thing that two of them have most of the width by."""
    said = "lie with 2 children of whom ‘the household's size’ (household.size) is not known, taken as anything from 1 to 100"
    assert said in wide().summary("en")
    assert "fill_null" in wide().view("en").html
    assert "涉及 2 名儿童：“家庭人口”（household.size）未知，未知时按 1 至 100 计" in wide().summary("zh")
    assert "household.size" not in wide(size=3).summary("en")  # nothing is said once it is filled in


def test_the_picture_of_costs_says_what_its_width_rests_on_without_a_number():
    from kinderguard.analysis import plots

    note = "half or more of the width of the sum lies with children of whom ‘the household's size’ is not known"
    assert note in str(plots.cost(wide(), "en", k=None))
    assert "household's size" not in str(plots.cost(wide(size=3), "en", k=None))


def test_what_is_not_looked_into_is_not_counted_in_what_the_width_rests_on():
    assert wide(narrow=0)["reform"].widths == ()

"""What a household's help costs: what is paid, once for a household or for each who draws it alone, in whatever order of rows."""

import datetime as dt
import random
import warnings
from decimal import Decimal
from functools import cache

import attrs
import polars as pl
import pytest

import kinderguard
from analysis.comparing import base
from kinderguard import rules as r
from kinderguard.analysis import compare
from kinderguard.analysis.comparing import Reach, Why, paid_once
from kinderguard.rules import child, household

DIBAO = "cn.dibao_benefit"
PLACE, OTHER = "330106", "220102"


@cache
def books():
    """Dibao alone: as it is, with a wider margin, with a higher standard."""
    book = base().with_parameters({"cn.dibao.monthly_standard": {PLACE: "1200", OTHER: "800"}})
    rules = book.overlay(PLACE).in_force(dt.date(2025, 9, 1)).rules
    book = book.without(*(code for code in rules.policies if code != DIBAO))
    return book, {
        "wider": book.with_parameters({"cn.dibao_marginal.multiple": 2}),
        "higher": book.with_parameters({"cn.dibao.monthly_standard": {PLACE: "1500", OTHER: "1000"}}),
    }


def row(number, *, disabled=False, alone=False, income=2000, size=4, place=PLACE, aid=()):
    return {
        "division_code": place, "child.birth_date": dt.date(2015, 1, 1), "household.number": f"H{number}",
        "household.size": size, "household.monthly_income_per_head": income, "household.property_within_limits": True,
        "household.aid": list(aid), "household.dibao_monthly": 0, "child.individual_dibao": alone,
        "child.illness.serious": False, "child.health": "disabled" if disabled else "healthy",
        "child.disability.kind": "physical" if disabled else "none", "child.disability.grade": "1" if disabled else "none",
        "child.disability.valid_until": None,
    }  # fmt: skip


def table(rows):
    types = {"child.disability.valid_until": pl.Date, "household.aid": pl.List(pl.String)}
    types |= {"child.individual_dibao": pl.Boolean, "household.monthly_income_per_head": pl.Int64}
    frame = pl.DataFrame(rows, infer_schema_length=None, schema_overrides=types)
    return frame.with_columns(home="household.number")


def found(rows, by=("place",), **options):
    children = rows if isinstance(rows, pl.DataFrame) else table(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compare(*books(), children, by=by, progress=False, **options)


def dibao(effect):
    (policy,) = (policy for policy in effect.policies if policy.code == DIBAO)
    return policy


HEALTHY, DISABLED = row(1), row(1, disabled=True)


@pytest.mark.parametrize(
    ("rows", "drawing"),
    [
        ([HEALTHY, DISABLED], 1), ([DISABLED, HEALTHY], 1), ([DISABLED, DISABLED], 2), ([HEALTHY, DISABLED, DISABLED], 2),
        ([HEALTHY, HEALTHY], 0),
    ],
)  # fmt: skip
def test_dibao_of_one_person_is_paid_for_each_who_draws_it_wherever_it_is_listed(rows, drawing):
    effect = found(rows)["wider"]
    assert effect.cost_a_year.amount == 12 * 1200 * drawing
    policy = dibao(effect)
    assert (policy.before.amount, policy.after.amount) == (0, 12 * 1200 * drawing)
    assert policy.change.amount == 12 * 1200 * drawing
    assert policy.payees == (0, drawing)
    assert effect.all.gained.amount == effect.cost_a_year.amount


def test_dibao_of_a_household_is_paid_once_for_its_children():
    effect = found([row(1, income=1000), row(1, income=1000, disabled=True)])["higher"]
    assert effect.cost_a_year.amount == 12 * 300 * 4
    assert dibao(effect).payees == (1, 1)


def test_two_who_drew_it_alone_and_whose_household_comes_to_have_it_cost_what_it_gets_less_what_they_drew():
    effect = found([row(1, income=1300, disabled=True), row(1, income=1300, disabled=True)])["higher"]
    assert dibao(effect).before.amount == 12 * 2 * 1200
    assert effect.cost_a_year.amount == 12 * (4 * 200 - 2 * 1200)


def test_where_it_is_not_known_who_draws_it_alone_both_ends_hold():
    rows = [row(1), row(1, alone=None), row(1, alone=None)]
    wider = dibao(found(rows)["wider"])
    # Each of the two may draw it already, or, not disabled, get nothing by either margin.
    assert (wider.before.low, wider.before.high) == (0, 0)
    assert (wider.after.low, wider.after.high) == (0, 12 * 2 * 1200)
    assert (wider.change.low, wider.change.high) == (0, 12 * 2 * 1200)


def test_the_cost_lies_with_the_place_of_the_first_child_who_gets_it():
    effect = found([row(1), row(1, disabled=True, place=OTHER, income=1500)])["wider"]
    assert effect.tables["place"][PLACE,].cost_a_year.is_zero
    assert effect.tables["place"][OTHER,].cost_a_year.amount == 12 * 800


def households(seed, count=40):
    """Rows of households of one to three children; what is not known of a household is so of all its children."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        income = draw.choice([500, 1000, 1300, 1700, 2000, None])
        aid = draw.choice([(), (), ("dibao",), ("dibao_marginal",)])
        # Whether one draws it already is asked of marginal households alone; of others, not known is taken as no.
        alone = [False, False, True, *([None] if aid == ("dibao_marginal",) else [])]
        for _ in range(draw.choice([1, 2, 2, 3])):
            rows.append(
                row(
                    number, disabled=draw.random() < 0.4, alone=draw.choice(alone), income=income,
                    size=draw.choice([3, 3]), aid=aid,
                )
            )  # fmt: skip
    return table(rows)


def completed(children, seed):
    """The same children with what is not known filled in, of a household's income alike for all its children."""
    draw = random.Random(seed)
    incomes = {number: draw.randrange(25, 2600, 50) for number in children["home"].unique(maintain_order=True)}
    alone = [draw.choice([True, False]) for _ in range(len(children))]
    return children.with_columns(
        pl.col("household.monthly_income_per_head").fill_null(pl.col("home").replace_strict(incomes)),
        pl.col("child.individual_dibao").fill_null(pl.Series(alone)),
    )


def numbers(comparison):
    """Every number of what is paid; of places, in which the order may change where a household's cost lies, none."""
    return {
        name: (effect.all, [(p.code, p.before, p.after, p.change, p.payees) for p in effect.policies])
        for name, effect in comparison.reforms.items()
    }


@pytest.mark.parametrize("narrow", [0, None])
def test_the_order_of_rows_changes_no_sum(narrow):
    children = households(1)
    expected = numbers(found(children, narrow=narrow))
    for seed in range(3):
        shuffled = children.sample(fraction=1, shuffle=True, seed=seed)
        assert numbers(found(shuffled, narrow=narrow)) == expected


def test_a_household_that_is_read_in_several_parts_costs_the_same(monkeypatch):
    children = households(2)
    expected = numbers(found(children, narrow=0))
    pieces = paid_once.People.pieces
    monkeypatch.setattr(paid_once.People, "pieces", lambda self, sets, more=(): pieces(self, sets, more, size=7))
    assert numbers(found(children.sample(fraction=1, shuffle=True, seed=3), narrow=0)) == expected


@pytest.mark.parametrize("narrow", [0, None])
def test_whatever_the_unknown_facts_are_what_each_household_costs_lies_within_its_bounds(narrow):
    children = households(3)
    bounds = found(children, by=("home",), narrow=narrow)
    for seed in range(3):
        truth = found(completed(children, seed), by=("home",))
        for name, effect in truth.reforms.items():
            for home, cell in effect.tables["home"].items():
                outer, exact = bounds[name].tables["home"][home].cost_a_year, cell.cost_a_year.amount
                assert exact is not None, (name, home)
                assert outer.low is None or outer.low <= exact, (name, home)
                assert outer.high is None or exact <= outer.high, (name, home)
            outer, exact = dibao(bounds[name]), dibao(effect)
            for side in ("before", "after", "change"):
                inner, between = getattr(exact, side).amount, getattr(outer, side)
                assert between.low <= inner <= between.high, (name, side)


def by_hand(children, standard, multiple):
    """What is paid by the words of the rules, where everything is known (yuan a year)."""
    total, once = 0, {}
    for d in children.iter_rows(named=True):
        income, aid = d["household.monthly_income_per_head"], d["household.aid"]
        on = "dibao" in aid or income < standard
        marginal = ("dibao_marginal" in aid and "dibao" not in aid) or (income < standard * multiple and not on)
        if on:
            once[d["home"]] = max(0, (standard - income) * d["household.size"])
        elif d["child.individual_dibao"] or (marginal and d["child.health"] == "disabled"):
            total += standard
    return 12 * (total + sum(once.values()))


def test_where_all_is_known_it_is_what_a_plain_loop_adds_up():
    children = completed(households(4), 0)
    comparison = found(children)
    before = by_hand(children, 1200, Decimal("1.5"))
    for name, after in (("wider", by_hand(children, 1200, 2)), ("higher", by_hand(children, 1500, Decimal("1.5")))):
        policy = dibao(comparison[name])
        assert (policy.before.amount, policy.after.amount) == (before, after)
        assert comparison[name].cost_a_year.amount == policy.change.amount == after - before


def test_help_for_a_household_of_a_rule_of_ones_own_is_paid_once_however_many_of_its_children_are_eligible():
    def policy(amount, limit):
        return r.Policy(
            code="cn.test_household", title=r.Text("补助", "help"), per="household", every=r.MONTH,
            eligible=(child.age < limit) & (household.size >= 1), amount=r.yuan(amount),
            cites=[r.Cite("an invented document", trust="illustrative")],
        )  # fmt: skip

    older = row(1) | {"child.birth_date": dt.date(2010, 1, 1)}
    book = books()[0]
    for rows in ([older, row(1), row(1)], [row(1), older, row(1)]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            comparison = compare(
                book.with_policies(policy("300", 12)),
                {"wider": book.with_policies(policy("300", 18)), "higher": book.with_policies(policy("400", 12))},
                table(rows), by=(), progress=False,
            )  # fmt: skip
        assert comparison["wider"].cost_a_year.is_zero
        assert comparison["higher"].cost_a_year.amount == 1200


@pytest.mark.parametrize(("recorded", "children"), [(600, 1), (None, 0)])
def test_a_recorded_amount_of_what_the_reform_changes_is_said_with_how_many_children_rest_on_it(recorded, children):
    gone = [{"kind": "lost_contact", "since": dt.date(2020, 1, 1), "until": None, "ongoing": True}]
    rows = table(
        [
            row(1, income=1000, aid=["dibao"]) | {"father.situations": gone, "mother.situations": gone},
            row(2, income=1000)
            | {"child.birth_date": dt.date(2000, 1, 1), "father.situations": gone, "mother.situations": gone},
        ]
    )
    rows = rows.with_columns(pl.lit(recorded, pl.Int64).alias("household.dibao_monthly"))
    standards = {"cn.dibao.monthly_standard": "1200", "cn.orphan.scattered_monthly": "1800"}
    book = base().with_parameters(standards)
    reforms = {
        "dibao": book.with_parameters({"cn.dibao.monthly_standard": "1300"}),
        "orphan": book.with_parameters({"cn.orphan.scattered_monthly": "1900"}),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        comparison = compare(book, reforms, rows, by=(), progress=False)
    effect = comparison["dibao"]
    assert [(f.path, f.policy, f.children) for f in effect.recorded] == (
        [("household.dibao_monthly", DIBAO, children)] if children else []
    )
    assert comparison["orphan"].recorded == ()  # what is recorded is of another policy
    said = f"of {children} child"
    for text in (comparison.summary("en"), comparison.view("en").html):
        assert (said in text) == bool(children)
    assert ("改革前后按同一金额计" in comparison.summary("zh")) == bool(children)


def test_the_reasons_why_children_fall_out_say_where_they_overlap():
    def why(children, code):
        return Why(code, r.Text("甲", "income"), children)

    reach = Reach("cn.x", r.Text("甲", "x"), "policy", (0, 0), (1500, 0), 0, 0, (why(1200, "a"), why(1, "b")))
    assert [text.en for text in reach.why] == [
        "1,200 children: no longer holds: income",
        "1 child: no longer holds: income",
    ]
    overlapping = attrs.evolve(reach, reasons=(why(1200, "a"), why(900, "b")))
    assert overlapping.why[-1].en == (
        "1,500 children in all: one child may have several of these reasons, so they overlap"
    )
    assert overlapping.why[-1].zh == "共 1,500 人；一人可有多项原因，各项人数有重叠"


@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
def test_households_of_two_counties_with_one_number_are_two():
    book = kinderguard.load().on(dt.date(2025, 9, 1)).with_parameters({"cn.dibao.monthly_standard": {"33": "1000"}})
    higher = book.with_parameters({"cn.dibao.monthly_standard": {"33": "1100"}})
    row = {
        "household.number": "1", "household.size": 2, "household.monthly_income_per_head": "500", "household.aid": ["dibao"],
        "child.individual_dibao": False, "child.birth_date": "2014-01-01", "household.property_within_limits": True,
    }  # fmt: skip

    def cost(*places):
        children = pl.DataFrame([row | {"division_code": place} for place in places])
        (dibao,) = [p for p in compare(book, higher, children).effect().policies if p.code == "cn.dibao_benefit"]
        return dibao.before.amount, dibao.change.amount

    assert cost("330106", "330106001") == (12_000, 2_400)
    assert cost("330106", "330102") == (24_000, 4_800)

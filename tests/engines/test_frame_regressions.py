"""What the agreement tests found on the way, each by itself."""

from decimal import Decimal

import pandas as pd
import polars as pl
import pytest

from engines.agreement import DAY, book_of, differences
from engines.test_frame_traps import TITLE
from engines.test_frame_traps import book_of as nation_of
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.engines.frame.columns import FrameColumnError
from kinderguard.engines.frame.results import Options
from kinderguard.engines.frame.rows import frame_of
from kinderguard.model import SituationKind
from kinderguard.model.codes import Frequency
from kinderguard.packs.frames import assess_table
from kinderguard.rules import child, father, help_received, household
from kinderguard.rules.citations import ALWAYS, Trust
from kinderguard.rules.expression import UNKNOWN
from kinderguard.rules.kinds import BOOL, NUMBER
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.rules.ruleset import RuleSet

PLACE = {"division_code": "370831"}
NOTHING_OF_HELP = {"help": pl.List(pl.Null)}


def test_a_column_that_holds_nothing_is_read_whatever_stands_beside_it():
    """A constant in place of a column was one row high, and a list column of no type was no list."""
    book = nation_of(child.adopted | father.situations.any() | (child.birth_date > DAY))
    frame = pl.DataFrame(
        {"child.adopted": [None, None], "father.situations": [None, None], "child.birth_date": [None, None]}
    ).with_columns(division_code=pl.lit("370831"))
    assert frame.schema["father.situations"] == pl.Null
    assert book.assess_frame(frame)["cn.c"].to_list() == [None, None]


def test_records_with_a_field_that_holds_nothing_are_read():
    book = nation_of(household.members.any(lambda m: (m.monthly_income > 10) | m.incomes.any() | m.counted))
    frame = pl.DataFrame(
        {
            "division_code": "370831",
            "household.members": [[{"monthly_income": None, "incomes": None, "counted": False}] * 3],
        }
    )
    assert book.assess_frame(frame)["cn.c"].to_list() == [None]


def test_a_pandas_column_of_blanks_is_of_no_type():
    """It arrived as text, and a list or a condition cannot be text."""
    book = nation_of(child.adopted | father.situations.any() | (household.size > 3))
    columns = ["child.adopted", "father.situations", "household.size"]
    frame = pd.DataFrame({"division_code": ["370831"], **{c: pd.Series([None], dtype=object) for c in columns}})
    assert book.assess_frame(frame)["cn.c"].tolist() == [pd.NA]


def test_a_list_of_divisions_with_no_type_is_read():
    """A division of no type became a number, and its first six digits could not be asked for."""
    book = nation_of(child.lives_in_another_county)
    frame = pl.DataFrame({"child.registration.division": [None], "child.residence.division": ["330106"]})
    assert book.assess_frame(frame)["cn.c"].to_list() == [None]


def test_records_of_a_table_that_are_only_counted_are_found():
    """No column of the table was read, and so no row."""
    book = nation_of(household.members.count() == 2)
    children = pl.DataFrame({"ref": ["a", "b"], **PLACE})
    found = book.assess_frame(children, members=pl.DataFrame({"ref": ["a", "a", "b"]}))
    assert found["cn.c"].to_list() == [True, False]


def test_a_total_is_at_least_zero_where_nothing_is_known_of_an_amount():
    """The least of nobody's incomes is unknown without bounds; but nobody pays less than nothing."""
    book = nation_of(amount=household.incomes.min(lambda i: i.amount))
    case = Case.from_facts({**PLACE, "household.incomes": []})
    (row,) = book.assess_frame(frame_of([case])).to_dicts()
    total = book.assess(case).due.total(Frequency.MONTH)
    assert (row["due.month.low"], row["due.month.high"]) == (total.low, total.high) == (Decimal("0.00"), None)


def test_nothing_is_due_where_nothing_is_paid_so_often():
    """The county pays by the year and the nation does not: elsewhere that total was unknown."""
    nation, county = RuleSet([], []), _paying("330199.gift", Frequency.YEAR)
    book = book_of(nation, nation, county)
    cases = [Case.from_facts({"division_code": d}) for d in ("330199", "370831")]
    rows = book.assess_frame(frame_of(cases)).to_dicts()
    assert [row["due.year.low"] for row in rows] == [Decimal("5.00"), Decimal("0.00")]
    for case, row in zip(cases, rows, strict=True):
        assert differences(book.assess(case), row) == {}


def _paying(code, every):
    return RuleSet([], [r.Policy(code, TITLE, eligible=r.all_of(), amount=r.yuan(5), every=every)])


def test_results_that_are_constants_have_a_value_for_every_row_of_a_place():
    """Rows of two places with nothing but constants to say: the results of one came one row high."""
    nation, county = _paying("cn.gift", Frequency.MONTH), _paying("330199.gift", Frequency.MONTH)
    both = RuleSet([], [*nation.policies.values(), *county.policies.values()])
    book = book_of(nation, nation, both)
    cases = [Case(), Case(), Case.from_facts({"division_code": "330199"})]
    for case, row in zip(cases, book.assess_frame(frame_of(cases)).to_dicts(), strict=True):
        assert differences(book.assess(case), row) == {}


def test_a_result_that_is_no_more_than_a_number_of_the_place_has_a_column():
    """A province's category that asks a flag alone, which two of its counties set otherwise: nothing was left to compute."""
    values = [
        ParameterValue(place, ALWAYS, value, "x", Trust.ILLUSTRATIVE)
        for place, value in (("330106", True), ("330199", False))
    ]
    flag = Parameter("cn.flag", BOOL, "", TITLE, None, tuple(values))
    nation = RuleSet([], (), (), (), (), {"cn.flag": flag})
    asks = r.Category("33.own", TITLE, r.param.flag("cn.flag"))
    province = RuleSet([asks], (), (), (), (), nation.parameters)
    book = book_of(nation, province)
    cases = [Case.from_facts({"division_code": place}) for place in ("330106", "330199", "370831", "330106")]
    for case, row in zip(cases, book.assess_frame(frame_of(cases)).to_dicts(), strict=True):
        assert differences(book.assess(case), row) == {}


@pytest.mark.parametrize("text", ["33010x", "99", "3", "", "3301991", "3301060030211"])
def test_what_is_no_division_code_is_refused_or_unknown(text):
    """It was taken for a place without rules of its own, and the row said that it was complete."""
    frame = pl.DataFrame({"division_code": ["330106", text]})
    book = nation_of(r.all_of())
    with pytest.raises(FrameColumnError, match=r"'division_code', row 1 .* 2, 4, 6, 9 or 12 digits"):
        book.assess_frame(frame)
    found = book.assess_frame(frame, strict=False)
    assert found["complete"].to_list() == [True, False]
    assert found["problems"].to_list() == [[], ["case.division_unknown", "fact.not_valid"]]


def test_a_division_may_be_a_whole_number():
    frame = pl.DataFrame({"division_code": [330199, 370831]})
    nation = RuleSet([], [])
    book = book_of(nation, nation, _paying("330199.gift", Frequency.YEAR))
    assert book.assess_frame(frame)["330199.gift.eligible"].to_list() == [True, None]


@pytest.mark.parametrize("column", [["a"], [1], [[1]], [{"kind": "dead"}]])
def test_a_column_that_should_hold_records_and_does_not_is_named(column):
    book = nation_of(father.situations.any())
    frame = pl.DataFrame({**PLACE, "father.situations": column})
    with pytest.raises(FrameColumnError, match=r"'father.situations' is .* which needs lists of structs"):
        book.assess_frame(frame)


def test_what_cannot_be_read_in_columns_lists_and_later_batches_is_told_at_once():
    """The first bad column of the first batch was told, and then the next one, run after run."""
    book = nation_of(father.situations.any(lambda s: s.kind == SituationKind.DEAD) | (child.age < 3))
    frame = pl.DataFrame(
        {
            "division_code": ["370831", "370831", "x"], "child.birth_date": ["2012-13", None, "2012-14"],
            "father.situations": [[{"kind": "ded"}], [], [{"kind": "dead"}]],
        }
    )  # fmt: skip
    for batch in (1, 100):
        with pytest.raises(FrameColumnError) as caught:
            assess_table(book, frame, [], DAY, None, Options(batch=batch))
        problems = {p.where: p.message.en for p in caught.value.problems}
        assert set(problems) == {"division_code", "child.birth_date", "father.situations.kind"}
        assert "row 0, 2 (" in problems["child.birth_date"]
        assert "did you mean 'dead'" in problems["father.situations.kind"].lower()


def test_one_row_explains_itself_with_its_own_facts_of_any_kind():
    """Money and dates of a pack's own are no JSON values, and a case holds JSON values."""
    from kinderguard.testing import expressions

    rent, moved = expressions.FACTS[1], expressions.FACTS[3]
    county = RuleSet(
        [r.Category("330199.c", TITLE, when=(rent.expr > 100) & (moved.expr < DAY))], [], facts=expressions.FACTS
    )
    nation = RuleSet([], [])
    book = book_of(nation, nation, county)
    facts = {rent.code: [Decimal("100.01")], moved.code: [DAY.replace(year=2020)]}
    frame = pl.DataFrame({"division_code": ["330199"], **facts})
    assert book.explain_row(frame, 0).categories["330199.c"] is True
    assert book.assess_frame(frame)["330199.c"].to_list() == [True]


def test_an_amount_that_is_at_most_nothing_is_not_due():
    """The greater of an unknown amount and a negative one, capped at nothing: from below zero to zero."""
    amount = r.max_of(household.members.min(lambda m: m.monthly_income), r.yuan(0) - r.yuan(1376))
    policy = r.Policy(
        "cn.p", TITLE, eligible=r.all_of(), amount=amount, every=r.MONTH, stacking=[r.capped("cn.group", r.yuan(0))]
    )
    book = book_of(RuleSet([], [policy]))
    case = Case.from_facts({**PLACE, "household.members": []})
    (row,) = book.assess_frame(frame_of([case])).to_dicts()
    assert differences(book.assess(case), row) == {}
    assert (row["due.month.low"], row["due.month.high"]) == (Decimal("0.00"), Decimal("0.00"))


def test_nobodys_facts_are_asked_for_where_every_record_would_be_asked_alike():
    """What leaves the greatest amount of help open is the same for each record, and there is none."""
    book = nation_of(amount=r.when(UNKNOWN, help_received.max(lambda h: h.amount)).otherwise(r.yuan(0)))
    frame = pl.DataFrame({**PLACE, "help": [[]]}, schema_overrides={"help": pl.List(pl.Null)})
    (found,) = book.assess_frame(frame)["missing"].to_list()
    assert found == list(book.assess(Case.from_facts({**PLACE, "help": []})).open_facts) == []


def test_what_is_asked_of_the_child_for_each_record_is_not_asked_where_there_is_none():
    book = nation_of(household.members.any(lambda m: child.adopted) | UNKNOWN)
    for members in ([], [{}]):
        case = Case.from_facts({**PLACE, "household.members": members})
        (row,) = book.assess_frame(frame_of([case])).to_dicts()
        assert differences(book.assess(case), row) == {}
        assert row["missing"] == (["child.adopted"] if members else [])


@pytest.mark.parametrize("helped", [[], None, [None]])
def test_one_list_is_asked_for_each_record_of_another_of_which_a_table_says_nothing(helped):
    """What it was filtered by was nothing in every row, so that it was looked for where it does not stand."""
    members_of = household.members
    book = nation_of(help_received.any(lambda h: members_of.where(lambda m: h.ongoing).any(lambda m: m.counted)))
    members = [[{"counted": False}, {}]]
    frame = pl.DataFrame({**PLACE, "help": [helped], "household.members": members}, schema_overrides=NOTHING_OF_HELP)
    facts = {**PLACE, "help": [{}] if helped else helped, "household.members": members[0]}
    case = Case.from_facts({k: v for k, v in facts.items() if v is not None})
    (row,) = book.assess_frame(frame).to_dicts()
    assert differences(book.assess(case), row) == {}


@pytest.mark.parametrize("members", [[], [{"monthly_income": "5"}], [{}]])
def test_a_division_by_zero_for_each_of_nobody_is_none(members):
    """The divisor is zero for everybody, and nobody is divided by it."""
    per_record = household.members.sum(lambda m: m.monthly_income.divided_by(child.age * 0, to="1", rounding=r.UP))
    outside = household.members.sum(lambda m: household.dibao_monthly.divided_by(child.age * 0, to="1", rounding=r.UP))
    for amount in (per_record, outside):
        book = nation_of(amount=amount)
        case = Case.from_facts({**PLACE, "household.members": members})
        (row,) = book.assess_frame(frame_of([case])).to_dicts()
        assert differences(book.assess(case), row) == {}
        assert row["complete"] is (amount is per_record and not members)


@pytest.mark.parametrize("adopted", [True, False, None])
def test_a_division_by_zero_that_needs_no_child_counts_only_where_it_is_chosen(adopted):
    """It was told of every child of the place, eligible or not."""
    zero = r.param.number("cn.size") * 0
    share = r.min_of(r.yuan("2.20"), r.yuan("6.13").divided_by(zero, to="0.10", rounding=r.DOWN))
    size = r.Parameter("cn.size", NUMBER, title=TITLE)
    book = nation_of(amount=r.when(child.adopted, share).otherwise(r.yuan("1")), parameters=[size])
    case = Case.from_facts(PLACE | {"child.adopted": adopted})
    (row,) = book.assess_frame(frame_of([case])).to_dicts()
    assert differences(book.assess(case), row) == {}
    assert ("rule.division_by_zero" in row["problems"]) is (adopted is not False)


def test_the_least_of_a_wide_and_a_narrow_amount_is_a_column_of_whole_fen_like_any_other():
    """Its bounds are narrow, its computation is not: the columns of two places had two types and could not be stacked."""
    book = nation_of(amount=r.min_of(r.yuan("100"), household.monthly_income_per_head * 100_000))
    frame = pl.DataFrame({**PLACE, "household.monthly_income_per_head": [Decimal("0.00"), None, Decimal("3.00")]})
    found = assess_table(
        book,
        frame.with_columns(pl.col("household.monthly_income_per_head").cast(pl.Decimal(20, 2))),
        (),
        DAY,
        None,
        Options(money="fen"),
    )
    assert {found[f"cn.p.{end}_fen"].dtype for end in ("amount", "low", "high")} == {pl.Int64}
    assert found["cn.p.high_fen"].to_list() == [0, 100_00, 100_00]

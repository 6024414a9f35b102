"""Known traps of dataframes and of three-valued logic: each with the answer written out, for both engines."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import polars as pl
import pytest

from engines.agreement import DAY, differences
from kinderguard import Case, Pack, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.engines.frame.columns import FrameColumnError
from kinderguard.engines.frame.rows import frame_of
from kinderguard.engines.frame.vectors import OverflowRiskError
from kinderguard.model import DisabilityKind, Sex, SituationKind
from kinderguard.model.codes import AidStatus
from kinderguard.packs.loader import Registry, source_of
from kinderguard.rules import child, father, help_received, household, mother, param, parents
from kinderguard.rules import nodes as n
from kinderguard.rules.expression import DateExpr, expression
from kinderguard.rules.kinds import MONEY, MONTHS
from kinderguard.rules.parameters import Parameter

TITLE = Text("某", "some")
YES, NO, UNKNOWN = True, False, None


def book_of(condition=None, amount=None, **more):
    """A nation with one category, or one policy that everybody is eligible for."""
    categories = [] if condition is None else [r.Category("cn.c", TITLE, when=condition)]
    policies = [] if amount is None else [r.Policy("cn.p", TITLE, eligible=r.all_of(), amount=amount, every=r.MONTH)]
    pack = Pack(
        code="cn", title=TITLE, version="1", kinderguard=">=0.1", categories=categories, policies=policies, **more
    )
    return PolicyBook(Registry([source_of(pack)], ()), day=DAY)


def both(book, facts, on=DAY):
    """The results of the reference engine, the frame engine being of the same opinion."""
    case = Case.from_facts({"division_code": "370831", **facts})
    assessment = book.assess(case, on=on)
    (row,) = book.assess_frame(frame_of([case]), on=on).to_dicts()
    assert differences(assessment, row) == {}
    return assessment, row


def holds(condition, facts, on=DAY):
    """Whether a condition holds, by both engines."""
    assessment, row = both(book_of(condition), facts, on)
    assert assessment.categories["cn.c"] is row["cn.c"]
    return row["cn.c"]


def pays(amount, facts, on=DAY, **more):
    """The bounds of an amount (yuan), by both engines."""
    _, row = both(book_of(amount=amount, **more), facts, on)
    low, high = row["cn.p.low"], row["cn.p.high"]
    assert row["cn.p.amount"] == (low if low == high else None)
    return tuple(None if x is None else str(x) for x in (low, high))


def exactly(amount):
    return (amount, amount)


# ---- Kleene's and, or, not ------------------------------------------------------------------------------------------

ADOPTED, STREET = "child.adopted", "child.living_on_street"


def two(a, b):
    return {name: value for name, value in ((ADOPTED, a), (STREET, b)) if value is not None}


@pytest.mark.parametrize(
    ("a", "b", "both_hold", "either", "alike"),
    [
        (YES, YES, YES, YES, YES),
        (YES, NO, NO, YES, NO),
        (NO, NO, NO, NO, YES),
        (YES, UNKNOWN, UNKNOWN, YES, UNKNOWN),
        (UNKNOWN, YES, UNKNOWN, YES, UNKNOWN),
        (NO, UNKNOWN, NO, UNKNOWN, UNKNOWN),
        (UNKNOWN, NO, NO, UNKNOWN, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_and_or_and_equality_are_kleenes(a, b, both_hold, either, alike):
    x, y = child.adopted, child.living_on_street
    assert holds(x & y, two(a, b)) is both_hold
    assert holds(x | y, two(a, b)) is either
    assert holds(x == y, two(a, b)) is alike
    assert holds(~(x & y), two(a, b)) is (None if both_hold is None else not both_hold)


def test_not_known_is_not_no():
    assert holds(~child.adopted, {}) is UNKNOWN
    assert holds(child.adopted | ~child.adopted, {}) is UNKNOWN  # each is asked by itself, also where both are one fact
    assert holds(r.known(child.adopted), {}) is NO
    assert holds(~r.known(child.adopted), {}) is YES


def test_of_no_conditions_all_hold_and_none_holds():
    assert holds(r.all_of(), {}) is YES
    assert holds(r.any_of(), {}) is NO


# ---- codes and lists of codes with null -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "blind", "other"),
    [
        ({"child.disability.kind": "visual"}, YES, NO),
        ({"child.disability.kind": "hearing"}, NO, YES),
        ({}, UNKNOWN, UNKNOWN),
    ],
)
def test_is_in_with_null_is_unknown_not_false(facts, blind, other):
    kinds = (DisabilityKind.VISUAL, DisabilityKind.MENTAL)
    assert holds(child.disability.kind.is_in(*kinds), facts) is blind
    assert holds(~child.disability.kind.is_in(*kinds), facts) is other
    assert holds(child.disability.kind != DisabilityKind.VISUAL, facts) is other


@pytest.mark.parametrize(
    ("aid", "has", "empty"), [(["dibao"], YES, NO), (["tekun"], NO, NO), ([], NO, YES), (None, UNKNOWN, UNKNOWN)]
)
def test_a_list_of_codes_that_is_unknown_is_not_empty(aid, has, empty):
    facts = {} if aid is None else {"household.aid": aid}
    assert holds(household.aid.has(AidStatus.DIBAO), facts) is has
    assert holds(household.aid.is_empty(), facts) is empty


# ---- choices --------------------------------------------------------------------------------------------------------


def test_when_the_condition_is_unknown_neither_branch_is_taken():
    choice = r.when(child.adopted, r.yuan("100")).otherwise(r.yuan("40"))
    assert pays(choice, {"child.adopted": True}) == exactly("100.00")
    assert pays(choice, {"child.adopted": False}) == exactly("40.00")
    assert pays(choice, {}) == ("40.00", "100.00")
    alike = r.when(child.adopted, child.living_on_street).otherwise(child.living_on_street)
    assert holds(alike, {STREET: True}) is YES  # both branches agree
    assert holds(alike, {}) is UNKNOWN
    assert (
        holds(r.when(child.adopted, child.living_on_street).otherwise(child.illness.serious), {STREET: True}) is UNKNOWN
    )


def test_a_code_chosen_by_an_unknown_condition_is_known_only_where_both_agree():
    sex = r.when(child.adopted, father.sex).otherwise(mother.sex)
    assert holds(sex == Sex.MALE, {"father.sex": "male", "mother.sex": "male"}) is YES
    assert holds(sex == Sex.MALE, {"father.sex": "male", "mother.sex": "female"}) is UNKNOWN
    assert holds(sex == Sex.MALE, {"child.adopted": False, "father.sex": "male", "mother.sex": "female"}) is NO


# ---- groups: empty, unknown, with unknown members -------------------------------------------------------------------

INCOME = household.incomes


@pytest.mark.parametrize(
    ("members", "any_counted", "all_counted", "count", "paid"),
    [
        (None, UNKNOWN, UNKNOWN, (UNKNOWN, UNKNOWN), ("0.00", None)),
        ([], NO, YES, (NO, NO), exactly("0.00")),
        ([{"counted": True, "monthly_income": "10"}], YES, YES, (YES, NO), exactly("10.00")),
        ([{"counted": False, "monthly_income": "10"}], NO, NO, (NO, NO), exactly("0.00")),
        ([{"counted": True}], YES, YES, (YES, NO), ("0.00", None)),
        ([{"monthly_income": "10"}], UNKNOWN, UNKNOWN, (UNKNOWN, NO), ("0.00", "10.00")),
        ([{}, {"counted": True, "monthly_income": "1"}], YES, UNKNOWN, (YES, UNKNOWN), ("1.00", None)),
        ([{}, {"counted": False}], UNKNOWN, NO, (UNKNOWN, NO), ("0.00", None)),
    ],
)  # fmt: skip
def test_groups_that_are_empty_unknown_or_have_unknown_members(members, any_counted, all_counted, count, paid):
    facts = {} if members is None else {"household.members": members}
    counted = household.members.where(lambda m: m.counted)
    assert holds(household.members.any(lambda m: m.counted), facts) is any_counted
    assert holds(household.members.all(lambda m: m.counted), facts) is all_counted
    assert tuple(holds(counted.count() >= k, facts) for k in (1, 2)) == count
    assert pays(counted.sum(lambda m: m.monthly_income), facts) == paid


def test_the_least_of_nobody_is_unknown_and_somebody_who_may_not_count_only_widens_it():
    least = r.max_of(household.members.where(lambda m: m.counted).min(lambda m: m.monthly_income), r.yuan(0))
    most = r.max_of(household.members.where(lambda m: m.counted).max(lambda m: m.monthly_income), r.yuan(0))

    def of(*members):
        facts = {"household.members": list(members)}
        return pays(least, facts), pays(most, facts)

    sure, maybe = {"counted": True, "monthly_income": "50"}, {"monthly_income": "30"}
    assert of() == (("0.00", None), ("0.00", None))
    assert of(maybe) == (("0.00", None), ("0.00", None))
    assert of(sure) == (exactly("50.00"), exactly("50.00"))
    assert of(sure, maybe) == (("30.00", "50.00"), exactly("50.00"))


def test_a_member_of_whom_nothing_is_known_is_a_record_all_the_same():
    assert holds(household.members.count() == 2, {"household.members": [{}, {}]}) is YES
    frame = pl.DataFrame({"division_code": ["370831"], "household.members": [[None, {"counted": True}]]})
    book = book_of(household.members.count(lambda m: m.counted) == 2)
    assert book.assess_frame(frame)["cn.c"].to_list() == [UNKNOWN]


def test_a_question_about_a_record_in_a_record_looks_at_its_own_records_only():
    rich = household.members.any(lambda m: m.incomes.sum(lambda i: i.amount) >= r.yuan("100"))
    apart = [{"incomes": [{"amount": "60"}]}, {"incomes": [{"amount": "60"}]}]
    together = [{"incomes": [{"amount": "60"}, {"amount": "60"}]}, {"incomes": []}]
    assert holds(rich, {"household.members": apart}) is NO
    assert holds(rich, {"household.members": together}) is YES
    assert holds(rich, {"household.members": [{"incomes": []}, {}]}) is UNKNOWN


def test_both_parents_are_asked_unless_the_record_says_there_is_none():
    dead = parents.all(lambda p: p.is_in_situation(SituationKind.DEAD))
    gone = {"father.situations": [{"kind": "dead", "ongoing": True}]}
    assert holds(dead, gone) is UNKNOWN
    assert holds(dead, gone | {"mother.kind": "none"}) is YES
    assert holds(dead, gone | {"mother.situations": []}) is NO
    assert holds(parents.count() == 2, {"mother.kind": "none"}) is NO


# ---- arithmetic -----------------------------------------------------------------------------------------------------

STEP = {"to": "1", "rounding": r.HALF_UP}


def signed(amount):
    """An amount that may be negative, made visible: a thousand yuan more."""
    return r.yuan("1000") + amount


@pytest.mark.parametrize(
    ("rounding", "plus_half", "minus_half", "minus_third"),
    [
        (r.HALF_UP, "1003.00", "997.00", "998.00"),  # -2.5 goes to -3, -2.33… to -2
        (r.UP, "1003.00", "997.00", "997.00"),
        (r.DOWN, "1002.00", "998.00", "998.00"),
    ],
)
def test_rounding_of_negative_amounts_is_symmetric(rounding, plus_half, minus_half, minus_third):
    to = {"to": "1", "rounding": rounding}
    income = household.monthly_income_per_head
    facts = {"household.monthly_income_per_head": "5", "household.size": 2}
    thirds = {"household.monthly_income_per_head": "7", "household.size": 3}
    assert pays(signed((income / 2).rounded(**to)), facts) == exactly(plus_half)
    assert pays(signed(((r.yuan(0) - income) / 2).rounded(**to)), facts) == exactly(minus_half)
    assert pays(signed((r.yuan(0) - income).divided_by(household.size, **to)), facts) == exactly(minus_half)
    assert pays(signed((r.yuan(0) - income).divided_by(household.size, **to)), thirds) == exactly(minus_third)
    assert pays(signed(income.divided_by(0 - household.size, **to)), facts) == exactly(minus_half)


def test_whole_division_of_fen_is_exact():
    third = household.monthly_income_per_head.divided_by(household.size, to="0.01", rounding=r.DOWN)
    assert pays(third, {"household.monthly_income_per_head": "100", "household.size": 3}) == exactly("33.33")
    assert pays(third * 3, {"household.monthly_income_per_head": "100", "household.size": 3}) == exactly("99.99")
    ratio = (household.monthly_income_per_head * r.ratio(1, 3) * 3).rounded(**STEP)
    assert pays(ratio, {"household.monthly_income_per_head": "100"}) == exactly("100.00")


def test_dividing_by_what_is_zero_is_a_fault_and_by_what_may_be_zero_unknown():
    share = r.yuan("100").divided_by(household.size - 3, **STEP)
    assessment, row = both(book_of(amount=share), {"household.size": 3})
    assert (row["cn.p.high"], row["complete"], row["problems"]) == (None, False, ["rule.division_by_zero"])
    assert not assessment.complete
    assert pays(share, {"household.size": 5}) == exactly("50.00")
    _, row = both(book_of(amount=share), {})
    assert (row["cn.p.amount"], row["complete"]) == (None, True)


def test_what_a_rule_guards_against_is_no_fault():
    guarded = r.when(household.size > 3, r.yuan("100").divided_by(household.size - 3, **STEP)).otherwise(r.yuan("7"))
    _, row = both(book_of(amount=guarded), {"household.size": 3})
    assert (row["cn.p.amount"], row["problems"]) == (Decimal("7.00"), [])


def test_nothing_times_the_unknown_is_nothing():
    count = household.members.count()
    assert pays(household.dibao_monthly * count, {"household.dibao_monthly": "0"}) == exactly("0.00")
    assert pays(household.dibao_monthly * count, {"household.members": []}) == exactly("0.00")
    assert pays(household.dibao_monthly * count, {"household.dibao_monthly": "5"}) == ("0.00", None)


def test_large_amounts_do_not_overflow():
    most = "99999999999.99"
    summed = help_received.sum(lambda h: h.amount) * 10**6
    found = pays(summed, {"help": [{"amount": most}] * 10})
    assert found == exactly("999999999999900000.00")


def test_a_rule_beyond_128_bits_is_refused_not_wrapped_round():
    count = help_received.count()
    book = book_of(amount=household.dibao_monthly * (count * count * 10**18))
    case = Case.from_facts({"household.dibao_monthly": "1", "help": [{}]})
    assert book.assess(case).policies["cn.p"].amount == Decimal(10**18)
    with pytest.raises(OverflowRiskError):
        book.assess_frame(frame_of([case]))


# ---- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("1969-12-31", dt.date(2025, 9, 1), 55),
        ("1948-02-29", dt.date(2025, 2, 28), 76),
        ("1948-02-29", dt.date(2025, 3, 1), 77),
        ("2008-02-29", dt.date(2026, 2, 28), 17),
        ("2008-02-29", dt.date(2026, 3, 1), 18),
        ("2008-02-29", dt.date(2024, 2, 29), 16),
        ("2007-09-01", dt.date(2025, 9, 1), 18),
        ("2007-09-02", dt.date(2025, 9, 1), 17),
        ("1930-01-01", dt.date(1969, 12, 31), 39),
    ],
)
def test_ages_on_leap_days_and_before_1970(born, on, age):
    facts = {"father.birth_date": born}
    assert holds(father.age == age, facts, on) is YES
    # The same comparison another way: with a day that the engine cannot fold into a threshold.
    assert holds(father.birth_date.age_on(r.max_of(r.DAY, dt.date(1900, 1, 1))) == age, facts, on) is YES


@pytest.mark.parametrize(
    ("born", "on", "under_18"),
    [
        ("2007-09", dt.date(2025, 8, 31), YES),  # born on the 1st at the earliest
        ("2007-09", dt.date(2025, 9, 1), UNKNOWN),
        ("2007-09", dt.date(2025, 9, 29), UNKNOWN),
        ("2007-09", dt.date(2025, 9, 30), NO),
        ("2007", dt.date(2024, 12, 31), YES),
        ("2007", dt.date(2025, 1, 1), UNKNOWN),
        ("2007", dt.date(2025, 12, 31), NO),
        ("2008-02", dt.date(2026, 2, 28), UNKNOWN),  # perhaps on the 29th, and then not before 1 March
        ("2008-02", dt.date(2026, 3, 1), NO),
    ],
)
def test_births_known_to_the_month_or_year(born, on, under_18):
    facts = {"child.birth_date": born}
    assert holds(child.age < 18, facts, on) is under_18
    assert holds(child.birth_date.plus(years=18) > r.DAY, facts, on) is (
        NO if born == "2008-02" and on.day == 28 else under_18
    )


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        ("2025-08-31", "2026-02-28", 6),
        ("2024-08-31", "2025-02-27", 5),
        ("1968-02-29", "1969-02-28", 12),
        ("1969-12-31", "1970-01-31", 1),
        ("2025-03-15", "2025-02-14", -1),
        ("2025-03-15", "2025-02-16", 0),
    ],
)
def test_whole_months_across_short_months_1970_and_backwards(since, until, months):
    facts = {"father.birth_date": since, "mother.birth_date": until}
    assert holds(father.birth_date.months_until(mother.birth_date) == months, facts) is YES


@pytest.mark.parametrize(
    ("born", "moved", "expected"),
    [
        ("2025-08-31", {"months": 6}, dt.date(2026, 2, 28)),
        ("2024-02-29", {"years": 1}, dt.date(2025, 2, 28)),
        ("1970-01-01", {"days": -1}, dt.date(1969, 12, 31)),
        ("1970-03-31", {"months": -1}, dt.date(1970, 2, 28)),
        ("0001-01-15", {"days": 30}, dt.date(1, 2, 14)),
    ],
)
def test_dates_move_to_the_last_day_of_a_shorter_month(born, moved, expected):
    assert holds(father.birth_date.plus(**moved) == expected, {"father.birth_date": born}) is YES


def test_a_ratio_of_months_counts_towards_zero():
    """No rule can be written so; one that is read from JSON may be."""
    for months, expected in (((7, 2), dt.date(2025, 11, 30)), ((-7, 2), dt.date(2025, 5, 31))):
        moved = DateExpr(n.Later(father.birth_date.node, n.Const(MONTHS, r.ratio(*months))))
        assert holds(moved == expected, {"father.birth_date": "2025-08-31"}) is YES


def test_a_date_moved_beyond_the_calendar_has_no_bound():
    far = father.birth_date.plus(years=7980)
    assert holds(far > dt.date(9999, 12, 1), {"father.birth_date": "2020-01-01"}) is UNKNOWN
    assert holds(father.birth_date.plus(years=-2030) < dt.date(1, 1, 1), {"father.birth_date": "2020-01-01"}) is UNKNOWN


# ---- types of columns -----------------------------------------------------------------------------------------------

SITUATED = father.situations.any(lambda s: s.kind == SituationKind.DEAD) & (child.sex == Sex.FEMALE)


@pytest.mark.parametrize("order", [["male", "female"], ["female", "male"]])
def test_enums_plain_strings_and_categories_are_the_same_codes(order):
    rows = pl.DataFrame({"division_code": "370831", "child.sex": ["female", "male", None]})
    situations = pl.Series("father.situations", [[{"kind": "dead"}]] * 3)
    kinds = [pl.String, pl.Enum(order), pl.Enum([*order, "no_such_code"]), pl.Categorical]
    for kind in kinds:  # an Enum in another order than ours must not be read by position
        frame = rows.with_columns(pl.col("child.sex").cast(kind), situations)
        assert book_of(SITUATED).assess_frame(frame)["cn.c"].to_list() == [YES, NO, UNKNOWN]


def test_nan_and_null_in_pandas_are_both_unknown():
    big = book_of((household.size > 3) & child.adopted)
    columns = {
        "division_code": ["370831"] * 4,
        "household.size": [4, 2, 4, None],
        "child.adopted": [True, True, None, True],
    }
    expected = [YES, NO, UNKNOWN, UNKNOWN]
    plain = pd.DataFrame(columns)
    assert plain["household.size"].dtype == "float64"  # NaN stands for what is missing
    nullable = plain.astype({"household.size": "Int64", "child.adopted": "boolean"})
    nan = plain.assign(**{"child.adopted": pd.Series([True, True, float("nan"), True], dtype=object)})
    none = plain.assign(**{"household.size": pd.Series([4, 2, 4, pd.NA], dtype="Int32")})
    for frame in (plain, nullable, nan, none, plain.convert_dtypes(dtype_backend="pyarrow")):
        found = big.assess_frame(frame)["cn.c"]
        assert [None if pd.isna(x) else bool(x) for x in found] == expected


def test_nan_in_a_polars_column_of_numbers_is_unknown():
    frame = pl.DataFrame({"division_code": ["370831"] * 3, "household.size": [float("nan"), None, 4.0]})
    assert book_of(household.size > 3).assess_frame(frame)["cn.c"].to_list() == [UNKNOWN, UNKNOWN, YES]


def test_pandas_times_and_texts_are_dates():
    rows = {"division_code": ["370831"] * 3, "child.birth_date": pd.to_datetime(["2012-03-05", None, "2000-01-01"])}
    assert book_of(child.age < 18).assess_frame(pd.DataFrame(rows))["cn.c"].tolist() == [YES, pd.NA, NO]


# ---- records in tables of their own ---------------------------------------------------------------------------------

CHILDREN = pl.DataFrame(
    {"ref": ["a", "b", "c", "d"], "division_code": "370831", "household.number": ["1", "1", "2", None]}
)
MEMBERS = pl.DataFrame({"household.number": ["1", "2", "1"], "counted": [True, False, True]})


def test_duplicate_keys_children_of_one_household_have_the_same_members():
    book = book_of(household.members.count(lambda m: m.counted) == 2)
    found = book.assess_frame(CHILDREN, members=MEMBERS)
    assert found["cn.c"].to_list() == [YES, YES, NO, UNKNOWN]


def test_duplicate_refs_do_not_take_the_same_records():
    book = book_of(father.situations.count() == 2)
    situations = pl.DataFrame({"ref": ["a", "a"], "kind": ["dead", "missing_declared"]})
    assert book.assess_frame(CHILDREN, members={"father.situations": situations})["cn.c"].to_list()[0] is YES
    with pytest.raises(FrameColumnError, match="given to the wrong child"):
        book.assess_frame(pl.concat([CHILDREN, CHILDREN]), members={"father.situations": situations})


def test_orphaned_members_are_counted_and_left_out():
    from kinderguard.packs.frames import OrphanedRecordsWarning

    book = book_of(household.members.count(lambda m: m.counted) >= 1)
    lost = pl.concat([MEMBERS, pl.DataFrame({"household.number": ["9", None], "counted": [True, True]})])
    with pytest.warns(OrphanedRecordsWarning, match="2 of 5 rows of household.members"):
        found = book.assess_frame(CHILDREN, members=lost)
    assert found["cn.c"].to_list() == [YES, YES, NO, UNKNOWN]  # a key that is null finds nobody, not the null member


@pytest.mark.parametrize("kind", [pl.Int64, pl.Float64, pl.String, pl.Categorical])
def test_a_key_may_be_a_number_in_one_table_and_text_in_the_other(kind):
    book = book_of(household.members.count(lambda m: m.counted) == 2)
    number = pl.col("household.number").cast(pl.String)
    keyed = CHILDREN.with_columns(
        number.cast(kind) if kind in (pl.String, pl.Categorical) else number.cast(pl.Int64).cast(kind)
    )
    for members in (MEMBERS, MEMBERS.with_columns(pl.col("household.number").cast(pl.Int32))):
        assert book.assess_frame(keyed, members=members)["cn.c"].to_list() == [YES, YES, NO, UNKNOWN]
        assert book.explain_row(keyed, 1, members=members).categories["cn.c"] is YES


# ---- parameters -----------------------------------------------------------------------------------------------------


def test_a_parameter_without_a_value_is_known_by_its_floor():
    standard = Parameter("cn.standard", MONEY, "", TITLE)
    assert pays(param("cn.standard"), {}, parameters=[standard]) == ("0.00", None)
    assert holds(expression(n.Const(r.known(child.adopted).kind, None)), {}) is UNKNOWN

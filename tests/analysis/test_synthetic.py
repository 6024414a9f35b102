"""Synthetic children: the same everywhere, of the model's types, accepted by the model, and in agreement."""

import datetime as dt
import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kinderguard
from analysis.comparing import cases
from kinderguard.analysis import Population, coverage, synthesize
from kinderguard.analysis.synthetic.asked import SynthesisError
from kinderguard.analysis.synthetic.identity import resident_ids
from kinderguard.model import Case, Child, Guardian, Harm, Household, KinderguardError, Member, Parent, Risk, Situation
from kinderguard.model.record import Record
from kinderguard.model.resident_id import read_resident_id
from kinderguard.rules.facts import field_kind
from kinderguard.rules.kinds import Sort

AS_OF = dt.date(2025, 9, 1)

CHILD = [
    "birth_date", "sex", "health", "disability.kind", "disability.grade", "disability.components",
    "disability.valid_until", "disability.autism", "disability.needs_long_term_care", "illness.serious", "illness.hiv",
    "registration.kind", "registration.division", "residence.division", "residence.since", "residence.permit",
    "schooling.stage", "schooling.boarding", "schooling.full_time", "schooling.continuous_since_18",
    "own_labour_income", "care.kind", "care.quality", "care.last_visit", "care.alone_overnight", "individual_dibao",
    "chosen_scheme", "adopted", "birth_parents_not_found", "orphan_since", "living_on_street", "state_guardianship",
    "harms", "risks",
]  # fmt: skip
PARENT = [
    "kind", "situations", "supports_child", "can_act_as_guardian", "foreign", "birth_date", "disability.kind",
    "disability.grade", "disability.components", "disability.valid_until", "illness.serious",
]  # fmt: skip
HOUSEHOLD = ["size", "monthly_income_per_head", "property_within_limits", "aid", "dibao_monthly"]
MEMBER = [
    "relation", "birth_date", "sex", "counted", "monthly_income", "disability.kind", "disability.grade", "situations",
]  # fmt: skip
RECORDS = {"situations": Situation, "harms": Harm, "risks": Risk, "guardians": Guardian}
#: What all children of a household have in common.
SHARED = [
    *(f"{who}.{name}" for who in ("father", "mother") for name in PARENT),
    "guardians",
    *(f"household.{name}" for name in HOUSEHOLD),
    "division_code",
]


def digest(frame: pl.DataFrame) -> str:
    """A fingerprint of the values, whatever the versions of Polars and numpy."""
    return hashlib.sha256(repr((frame.columns, frame.rows())).encode()).hexdigest()[:16]


# ---- the same everywhere --------------------------------------------------------------------------------------------


def test_one_seed_gives_the_same_tables_on_every_machine():
    people = synthesize(300, seed=20250901, ids=True)
    assert (digest(people.children), digest(people.members)) == ("e121556533a04f2b", "0359dfda65d68cbd")


def test_asking_for_partial_dates_or_ids_changes_nothing_else():
    plain, more = synthesize(400, seed=5), synthesize(400, seed=5, ids=True, partial_dates=True)
    same = [name for name, dtype in plain.children.schema.items() if dtype != pl.Date]
    assert_frame_equal(plain.children.select(same), more.children.select(same))


def test_townships_are_nine_digits_of_the_county_and_change_nothing_else():
    plain, more = (synthesize(400, seed=5, divisions=["330199", "330106"], townships=k) for k in (0, 3))
    assert_frame_equal(plain.children.drop("division_code"), more.children.drop("division_code"))
    assert_frame_equal(plain.members, more.members)
    codes = more.children["division_code"]
    assert codes.str.slice(0, 6).equals(plain.children["division_code"])
    assert {code[6:] for code in codes if code.startswith("330106")} == {"001", "002", "003"}
    lives = more.children.filter(
        (pl.col("child.residence.division").str.len_chars() >= 9)
        & pl.col("child.residence.division").str.starts_with(pl.col("division_code").str.slice(0, 6))
    )
    assert lives.height
    assert lives.filter(~pl.col("child.residence.division").str.starts_with(pl.col("division_code"))).is_empty()
    assert (
        more.children.group_by("household.number").agg(pl.col("division_code").n_unique())["division_code"].max() == 1
    )
    with pytest.raises(SynthesisError, match="999"):
        synthesize(1, townships=1000)


@pytest.mark.parametrize("partial_dates", [False, True])
def test_help_is_received_by_the_share_of_the_eligible_that_was_asked_for(partial_dates):
    book = kinderguard.load().on(AS_OF)
    plain = synthesize(1500, seed=3, divisions=["330199"], partial_dates=partial_dates)
    people = plain.with_help(book, Decimal("0.7"), unknown=Decimal("0.1"), not_eligible=Decimal("0.02"))
    assert_frame_equal(plain.children, people.children.drop("help"))
    assert people.children["help"].equals(plain.with_help(book, Decimal("0.7"), unknown=Decimal("0.1"), not_eligible=Decimal("0.02")).children["help"])  # fmt: skip
    found = coverage(book, people, progress=False)
    for code in ("cn.boarder_stipend", "cn.medical_aid"):
        cover = found.all[code]
        told = cover.receiving + cover.not_receiving
        assert 0.06 < cover.not_known_to_receive / cover.eligible < 0.15
        assert 0.6 < cover.receiving / told < 0.8
        assert cover.not_eligible_receiving
    dibao = found.all["cn.dibao_benefit"]
    assert dibao.receiving / dibao.eligible > 0.7  # those whose households are on dibao receive it, whatever was drawn
    assert dibao.missed[0] > 0
    assert {case.help is None for case in cases(Population(people.children.head(80), people.members, AS_OF, 3))} == {True, False}  # fmt: skip


def test_a_households_help_is_received_by_all_of_its_children_or_none():
    people = synthesize(1500, seed=3, divisions=["330199"]).with_help(kinderguard.load().on(AS_OF), Decimal("0.5"))
    eligible = kinderguard.load().on(AS_OF).assess_frame(people.children, members=people.members)["cn.dibao_benefit.eligible"]  # fmt: skip
    gets = people.children.select(
        "household.number", pl.col("help").list.eval(pl.element().struct.field("policy")).list.contains("cn.dibao_benefit").alias("gets")
    ).filter(eligible.fill_null(False))  # fmt: skip
    counts = gets.drop_nulls().group_by("household.number").agg(pl.col("gets").n_unique(), pl.len())
    assert counts["len"].max() > 1
    assert counts["gets"].max() == 1
    with pytest.raises(SynthesisError, match="share"):
        people.with_help(kinderguard.load().on(AS_OF), Decimal("1.2"))


def test_seeds_differ_and_places_leave_the_people_alone():
    one, other, elsewhere = (
        synthesize(400, seed=1),
        synthesize(400, seed=2),
        synthesize(400, seed=1, divisions=["110105"]),
    )
    assert not one.children["child.birth_date"].equals(other.children["child.birth_date"])
    assert one.children["child.birth_date"].equals(elsewhere.children["child.birth_date"])
    assert set(elsewhere.children["division_code"]) == {"110105"}


# ---- the columns ----------------------------------------------------------------------------------------------------


def expected_type(model: type[Record], path: str) -> pl.DataType:
    """The Polars type of a fact, from the model."""
    *parts, name = path.split(".")
    for part in parts:
        model = type(model.model_fields[part].default)
    kind = field_kind(model, name)
    assert kind is not None, path
    codes = pl.Enum([code.value for code in kind.codes]) if kind.codes else pl.String()
    return {
        Sort.BOOL: pl.Boolean(), Sort.NUMBER: pl.Int32(), Sort.MONEY: pl.Decimal(14, 2), Sort.DATE: pl.Date(),
        Sort.CODE: codes, Sort.CODES: pl.List(codes),
    }[kind.sort]  # fmt: skip


def check_types(schema: Mapping[str, pl.DataType], model: type[Record], prefix: str = "") -> None:
    """Every column that begins with ``prefix`` has the type of its fact; records likewise, fact by fact."""
    for column, dtype in schema.items():
        path = column.removeprefix(prefix)
        if not column.startswith(prefix) or column == "household.number":
            continue
        if path in RECORDS:
            assert isinstance(dtype, pl.List)
            assert isinstance(dtype.inner, pl.Struct)
            check_types({field.name: field.dtype for field in dtype.inner.fields}, RECORDS[path])
        else:
            assert dtype == expected_type(model, path), column


def test_columns_are_the_facts_of_the_model_with_its_types(people):
    schema = people.children.schema
    parents = [f"{who}.{name}" for who in ("father", "mother") for name in PARENT]
    facts = [*(f"child.{f}" for f in CHILD), *parents, "guardians", *(f"household.{f}" for f in HOUSEHOLD)]
    assert list(schema)[:3] == ["ref", "division_code", "household.number"]
    assert set(list(schema)[3:]) == set(facts)
    check_types(schema, Child, "child.")
    check_types(schema, Parent, "father.")
    check_types(schema, Parent, "mother.")
    check_types(schema, Household, "household.")
    check_types({"guardians": schema["guardians"]}, Case)
    assert [f.name for f in schema["guardians"].inner.fields] == [
        "relation", "entrusted", "capable", "unfit_grounds", "birth_date",
    ]  # fmt: skip


def test_members_have_the_types_of_the_model(people):
    assert people.members.columns == ["household.number", *MEMBER]
    check_types(people.members.drop("household.number").schema, Member)


def test_keys_are_never_blank_and_refs_are_unique(people):
    keys = people.children.select("ref", "division_code", "household.number")
    assert keys.null_count().row(0) == (0, 0, 0)
    assert keys["ref"].n_unique() == people.children.height
    assert keys["ref"][0] == "S0000001"
    assert people.members["household.number"].null_count() == 0


def test_households_and_parents_follow_from_the_children(people):
    assert people.households["household.number"].is_unique().all()
    assert people.households.height == people.children["household.number"].n_unique()
    assert people.parents.columns == ["ref", "parent", *PARENT]
    mothers = people.parents.filter(pl.col("parent") == "mother")
    assert mothers["situations"].equals(people.children["mother.situations"])


# ---- the model ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"n": 3000, "seed": 1},
        {"n": 1500, "seed": 2, "ids": True, "partial_dates": True},
        {"n": 1000, "seed": 3, "as_of": dt.date(2000, 1, 1), "ids": True},
        {"n": 1000, "seed": 4, "as_of": dt.date(2024, 2, 29)},
    ],
)
def test_the_model_accepts_every_row(asked):
    assert len(cases(synthesize(**asked))) == asked["n"]


def test_rules_find_children_on_both_sides():
    people, book = synthesize(1500, seed=6, divisions=["330199"]), kinderguard.load()
    found = Counter()
    for case in cases(people):
        for code, value in book.assess(case, on=people.as_of).categories.items():
            found[code, value] += 1
    codes = {code for code, _ in found}
    assert {c for c in codes if not found[c, True]} == set()
    assert {c for c in codes if not found[c, False]} == set()
    # Whether a child is disabled is open only where condition, kind and grade are all blank, as in a row whose whole part
    # on health is.
    assert {c for c in codes if not found[c, None]} == set()


# ---- agreement ------------------------------------------------------------------------------------------------------


def test_siblings_share_household_parents_and_guardians(people):
    per_household = people.children.group_by("household.number", maintain_order=True).agg(pl.len().alias("children"))
    assert set(per_household["children"]) == {1, 2, 3, 4}
    seen: dict[str, Any] = {}
    for number, *facts in people.children.head(10_000).select("household.number", *SHARED).rows():
        assert seen.setdefault(number, facts) == facts


def test_siblings_stand_eldest_first_and_some_are_twins(people):
    born = pl.col("child.birth_date").diff().over("household.number").dt.total_days()
    gaps = people.children.select(born).to_series().drop_nulls()
    assert gaps.min() == 0
    assert 0 < (gaps == 0).mean() < 0.05
    assert ((gaps == 0) | (gaps >= 335)).all()


def test_members_repeat_what_is_known_of_the_children(people):
    facts = ["birth_date", "sex", "disability.kind", "disability.grade"]
    young = people.members.filter(pl.col("relation").is_in(["child", "sibling"]))
    listed = Counter(young.select("household.number", *facts).rows())
    children = Counter(people.children.select("household.number", *(f"child.{f}" for f in facts)).rows())
    assert not children - listed
    # Who is left is an elder brother or sister who is the guardian, and grown up.
    others = list((listed - children).elements())
    assert others
    assert all(AS_OF.year - born.year >= 18 for _, born, *_ in others)
    assert (people.members["relation"] == "child").sum() == people.households.height


def test_members_repeat_what_is_known_of_the_parents(people):
    facts = ["birth_date", "disability.kind", "disability.grade", "situations"]
    for who in ("father", "mother"):
        rows = people.children.select("household.number", *(f"{who}.{f}" for f in facts)).rows()
        stated = {number: known for number, *known in rows}
        listed = people.members.filter(pl.col("relation") == who).select("household.number", *facts).rows()
        assert len(listed) > 1000
        assert all(stated[number] == known for number, *known in listed)


def test_the_dead_are_no_members_and_prisoners_are_not_counted(people):
    kinds = pl.col("situations").list.eval(pl.element().struct.field("kind"))
    parents = people.members.filter(pl.col("relation").is_in(["father", "mother"])).with_columns(kinds.alias("kinds"))
    assert not parents["kinds"].list.contains("dead").fill_null(False).any()
    detox = parents.filter(pl.col("kinds").list.contains("compulsory_detox"))
    assert detox.height
    assert not detox["counted"].drop_nulls().any()


def test_size_and_income_agree_with_the_members(people):
    counted = people.members.group_by("household.number").agg(
        pl.col("counted").sum().alias("counted"),
        (pl.col("counted").null_count() + pl.col("monthly_income").null_count() == 0).alias("known"),
        pl.col("monthly_income").cast(pl.Decimal(20, 2)).sum().alias("income"),
    )
    both = people.households.join(counted, on="household.number").filter(pl.col("known")).drop_nulls()
    assert both.height > 10_000
    assert (both["household.size"] == both["counted"]).all()
    total = both["household.monthly_income_per_head"] * both["household.size"].cast(pl.Decimal(10, 0))
    assert (total.cast(pl.Decimal(20, 2)) == both["income"].cast(pl.Decimal(20, 2))).all()


def test_aid_agrees_with_income(people, stated):
    """Who is recognised lies below the line, but for the stated share whose review is due."""
    line = pl.col("division_code").replace_strict(lines(stated, people), return_dtype=pl.Decimal(14, 2))
    known = people.households.drop_nulls().with_columns(line.alias("line"))
    marginal = known.filter(pl.col("household.aid").list.contains("dibao_marginal"))
    income = marginal["household.monthly_income_per_head"]
    assert ((income >= marginal["line"]) & (income * 2 < marginal["line"] * 3)).all()
    dibao = known.filter(pl.col("household.aid").list.contains("dibao"))
    above = (dibao["household.monthly_income_per_head"] >= dibao["line"]).mean()
    assert 0 < above < 0.06


def lines(stated, people) -> dict[str, Decimal]:
    """The dibao line of every division of the population."""
    table = stated["dibao_line"]
    return {c: Decimal(table.get(c, table["other"])["yuan"]) for c in people.children["division_code"].unique()}


# ---- edges ----------------------------------------------------------------------------------------------------------


def test_birthdays_on_the_day_and_on_29_february(people):
    born = people.children["child.birth_date"]
    for years in (6, 8, 16, 18):
        for off in (-1, 0, 1):
            assert (born == AS_OF.replace(year=2025 - years) + dt.timedelta(days=off)).sum() > 5
    assert ((born.dt.month() == 2) & (born.dt.day() == 29)).mean() > 0.003
    assert born.drop_nulls().value_counts()["count"].max() < 0.002 * len(born)
    assert born.max() == AS_OF
    assert born.min() > dt.date(2004, 9, 1)


def test_incomes_stand_on_both_sides_of_each_edge(people, stated):
    line = pl.col("division_code").replace_strict(lines(stated, people), return_dtype=pl.Decimal(14, 2))
    known = people.households.select(
        pl.col("household.monthly_income_per_head").alias("income"), line=line
    ).drop_nulls()
    fen = [(int(income * 100), int(line * 100)) for income, line in known.rows()]
    for edge in (Fraction(1), Fraction(3, 2)):
        off = Counter(min(max(income - int(line * edge), -2), 2) for income, line in fen)
        assert off[0] > 300
        assert off[-1] > 150
        assert off[-2] > 5000
        assert off[2] > 5000


def test_some_dates_lie_after_the_day(people):
    flat = people.children["father.situations"].explode().drop_nulls().struct.unnest()
    assert (flat["until"] > AS_OF).sum() > 100
    assert (flat["until"] < AS_OF).sum() > 100
    later = flat.filter(pl.col("since") > AS_OF)
    assert later.height > 20
    assert later["since"].max() <= dt.date(2025, 12, 31)
    assert (people.children["child.disability.valid_until"] > AS_OF).sum() > 1000
    assert (people.children["child.disability.valid_until"] == AS_OF).sum() > 5
    assert people.children["child.care.last_visit"].max() <= AS_OF


def test_some_records_are_known_only_in_part(people):
    flat = people.children["father.situations"].explode().drop_nulls().struct.unnest()
    assert flat["kind"].null_count() == 0
    assert 0.02 < flat["since"].null_count() / flat.height < 0.06


def test_partial_dates_are_known_to_the_day_the_month_or_the_year():
    people = synthesize(5000, seed=1, partial_dates=True)
    for column in ("child.birth_date", "mother.birth_date", "child.care.last_visit"):
        lengths = Counter(people.children[column].drop_nulls().str.len_chars())
        assert set(lengths) == {10, 7, 4}
        assert 0.9 < lengths[10] / lengths.total() < 0.96
    young = people.members.filter(pl.col("relation").is_in(["child", "sibling"]))
    listed = Counter(young.select("household.number", "birth_date").rows())
    assert not Counter(people.children.select("household.number", "child.birth_date").rows()) - listed


# ---- identities -----------------------------------------------------------------------------------------------------


def test_resident_ids_are_valid_unique_and_agree_with_the_child():
    people = synthesize(20_000, seed=3, ids=True, divisions=["330106"])
    rows = people.children.select("child.resident_id", "child.birth_date", "child.sex").rows()
    numbers = [number for number, _, _ in rows if number]
    assert len(numbers) > 19_000
    assert len(set(numbers)) == len(numbers)
    for number, born, sex in rows:
        if number:
            said = read_resident_id(number)
            assert (said.birth_date, said.sex) == (born, sex)
            assert "0190" <= said.division[2:] <= "0199"
        assert number is None or None not in (born, sex)
    assert people.children["child.name"].str.starts_with("合成").all()


def test_too_many_born_on_one_day_for_their_ids_is_told():

    twins = np.zeros(5001, dtype=np.int64)
    with pytest.raises(SynthesisError, match="leave ids out"):
        resident_ids(twins, twins, twins + 33, twins == 0)


# ---- what is asked for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_small_populations(n):
    people = synthesize(n, ids=True)
    assert people.children.height == n
    assert people.parents.height == 2 * n
    assert people.members.schema == synthesize(50).members.schema
    assert f"{n} children" in repr(people)


def test_divisions_by_weight():
    people = synthesize(20_000, seed=1, divisions={"330106": 3, "220104": Fraction(1), "110105": 0})
    share = (people.children["division_code"] == "330106").mean()
    assert abs(share - 0.75) < 0.02
    assert set(people.children["division_code"]) == {"330106", "220104"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"n": -1}, "n is a whole number from 0, not -1"),
        ({"n": 2.0}, "n is a whole number from 0, not a float"),
        ({"n": True}, "n is a whole number from 0"),
        ({"n": 1, "seed": -3}, "seed is a whole number"),
        ({"n": 1, "seed": None}, "seed is a whole number from 0, not a NoneType"),
        ({"n": 1, "divisions": "330106"}, "a list of codes"),
        ({"n": 1, "divisions": 330106}, "a list of codes"),
        ({"n": 1, "divisions": []}, "At least one division"),
        ({"n": 1, "divisions": {"330106": 0}}, "At least one division"),
        ({"n": 1, "divisions": ["3301"]}, "'3301' cannot be used: a county's code has 6 digits"),
        ({"n": 1, "divisions": ["990106"]}, "no province"),
        ({"n": 1, "divisions": ["西湖区"]}, r"12 \(a village\) digits"),
        ({"n": 1, "divisions": [330106]}, "it must be text"),
        ({"n": 1, "divisions": {"330106": -1}}, "The weight of division 330106"),
        ({"n": 1, "divisions": {"330106": float("nan")}}, "The weight of division 330106"),
        ({"n": 1, "divisions": {"330106": "2"}}, "The weight of division 330106"),
        ({"n": 1, "as_of": "2025-09-01"}, "as_of is a date"),
        ({"n": 1, "as_of": dt.date(1999, 12, 31)}, "as_of is a date"),
        ({"n": 1, "as_of": dt.date(2999, 1, 1)}, "as_of is a date"),
    ],
)
def test_what_cannot_be_made_is_told_with_the_mend(asked, told):
    with pytest.raises(SynthesisError, match=told) as caught:
        synthesize(**asked)
    assert isinstance(caught.value, KinderguardError)
    assert caught.value.text.zh


@pytest.mark.parametrize("missing", ["polars", "numpy"])
def test_without_the_extra_the_error_names_it(missing):
    code = f"import sys; sys.modules[{missing!r}] = None; from kinderguard.analysis import synthesize"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode
    assert f"MissingExtraError: This needs the package {missing!r}" in found.stderr
    assert "pip install 'kinderguard[frames]'" in found.stderr


def test_importing_analysis_alone_loads_nothing_heavy():
    code = "import sys, kinderguard.analysis; print({'polars', 'numpy'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.strip() == "set()"

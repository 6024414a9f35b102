"""What comes out has the shares that the parameter file states, and each of these has a basis."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import sqrt
from typing import Any

import polars as pl
import pytest

from kinderguard.analysis import synthesize
from kinderguard.analysis.synthetic import shares as reading
from kinderguard.model.dates import age_on


def assert_near(found: int, of: int, share: Decimal | float) -> None:
    """Within five standard deviations of the share."""
    p = float(share)
    assert abs(found / of - p) < 5 * sqrt(p * (1 - p) / of) + 1e-9, f"{found / of:.4f}, stated {p:.4f}"


# ---- the file -------------------------------------------------------------------------------------------------------


def statements(at: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table of the file that states something of its own, with its name."""
    own = {
        k: v
        for k, v in table.items()
        if not isinstance(v, Mapping) or k in ("shares", "days_off", "grades", "kinds", "stages")
    }
    for number, one in enumerate(own.pop("school", ())):
        yield f"school.{number}", one
    if own:
        yield at, table
    for name in table.keys() - own.keys() - {"school"}:
        yield from statements(f"{at}.{name}", table[name])


def test_every_share_has_its_basis(stated):
    found = dict(statements("", stated))
    assert len(found) > 100
    for name, table in found.items():
        assumed = table.get("assumed") is True and len(table.get("reason", "")) > 5
        assert assumed or "policy-facts.md" in table.get("source", ""), f"{name} has no basis"


def test_shares_add_up_to_one(stated):
    for name, table in statements("", stated):
        for part in ("shares", "days_off"):
            if part in table:
                assert sum(table[part].values()) == 1, name
    assert sum(family.share for family in reading.shares().families()) == 1


def test_the_file_says_that_the_data_are_synthetic():
    import kinderguard.analysis
    from kinderguard.analysis import synthesize, synthetic

    head = reading.FILE.read_text("utf-8").splitlines()[0]
    for text in (head, kinderguard.analysis.__doc__, synthetic.__doc__, synthesize.__doc__):
        assert "SYNTHETIC" in text


def test_blanks_are_stated_for_columns_that_exist(stated, people):
    names = {*people.children.columns, *(f"members.{c}" for c in people.members.columns), "child.resident_id"}
    assert set(stated["unknown"]["columns"]) - {"assumed", "reason"} <= names


def blanks(stated: Mapping[str, Any], column: str) -> Decimal:
    """The share of blanks in a column: single ones, and those of every whole part that it belongs to."""
    known = 1 - Decimal(stated["unknown"]["columns"].get(column, stated["unknown"]["default"]))
    for part in stated["unknown"]["parts"].values():
        if any(column.startswith(c) if c.endswith(".") else column == c for c in part["columns"]):
            known *= 1 - part["share"]
    return 1 - known


def test_blank_parts_are_made_of_columns_that_exist_and_lie_apart(stated, people):
    of = Counter(c for part in reading.shares().blank_parts() for c in people.children.columns if part.has(c))
    assert set(of.values()) == {1}
    for part in stated["unknown"]["parts"].values():
        for column in part["columns"]:
            assert any(c.startswith(column) if column.endswith(".") else c == column for c in of), column


# ---- the people -----------------------------------------------------------------------------------------------------


def stated_share(situation: str, who: str) -> Decimal:
    """The share of households in which one parent is in a state with such a situation."""
    shares = reading.shares()
    states = {s.name for s in shares.states() if any(x.kind == situation for x in s.situations)}
    total = Decimal(0)
    for family in shares.families():
        first, second = (family.father, family.mother) if who == "father" else (family.mother, family.father)
        half = Decimal("0.5") if family.either else 0
        total += family.share * ((1 - half) * (first in states) + half * (second in states))
    return total


@pytest.mark.parametrize("who", ["father", "mother"])
@pytest.mark.parametrize(
    "situation",
    ["dead", "declared_dead", "declared_missing", "lost_contact", "imprisoned", "compulsory_detox", "guardianship_revoked",
     "deported", "other_restriction"],
)  # fmt: skip
def test_situations_of_parents(people, stated, who, situation):
    lists = people.children.unique("household.number", maintain_order=True)[f"{who}.situations"]
    found = lists.list.eval(pl.element().struct.field("kind")).list.contains(situation).sum()
    known = 1 - blanks(stated, f"{who}.situations")
    assert_near(found, len(lists), stated_share(situation, who) * known)


def test_left_behind_by_the_narrow_and_the_wide_definition(people):
    """Both away, or one away and the other unable, make 902 of 6,102 households with a parent away."""
    households = people.children.unique("household.number", maintain_order=True)
    away = [
        households[f"{who}.situations"]
        .list.eval(
            (pl.element().struct.field("kind") == "away_for_work") & pl.element().struct.field("until").is_null()
        )
        .list.any()
        for who in ("father", "mother")
    ]
    wide, both = (away[0] | away[1]).sum(), (away[0] & away[1]).sum()
    assert 0.18 < wide / households.height < 0.26
    assert 0.08 < both / wide < 0.16


def test_numbers_of_children(people, stated):
    number = Counter(people.children["household.number"].value_counts()["count"])
    assert set(number) == {1, 2, 3, 4}
    for children, share in stated["households"]["children"]["shares"].items():
        assert abs(number[int(children)] / number.total() - float(share)) < 0.03


def test_disability_kinds_and_grades(people, stated):
    table = stated["disability"]
    kinds, grades = (people.children[f"child.disability.{name}"].drop_nulls() for name in ("kind", "grade"))
    disabled = kinds.filter(kinds != "none")
    assert_near(len(disabled), len(kinds), table["share"])
    for kind, share in table["kind"]["shares"].items():
        assert_near((disabled == kind).sum(), len(disabled), share)
    of = grades.filter(grades != "none")
    for grade, share in table["grade"]["shares"].items():
        assert_near((of == grade).sum(), len(of), share)


def test_school_stages_by_age(people, stated):
    """Severely disabled children aside, whom a share keeps out of school."""
    rows = people.children.filter(pl.col("child.disability.grade").is_in(["none", "3", "4"])).select(
        "child.birth_date", "child.schooling.stage"
    )
    found: dict[int, Counter] = {}
    for born, stage in rows.drop_nulls().rows():
        found.setdefault(age_on(born, people.as_of), Counter())[stage] += 1
    assert set(found) == set(range(21))
    for table in stated["school"]:
        first, last = table["ages"]
        stages = sum((found[age] for age in range(first, last + 1)), Counter())
        for stage, share in table["shares"].items():
            assert_near(stages[stage], stages.total(), share)


@pytest.mark.parametrize(
    ("column", "value", "table"),
    [
        ("child.sex", "male", ("sex", "shares", "male")),
        ("child.illness.serious", True, ("illness", "serious", "share")),
        ("child.illness.hiv", True, ("illness", "hiv", "share")),
    ],
)
def test_single_facts(people, stated, column, value, table):
    share = stated
    for name in table:
        share = share[name]
    known = people.children[column].drop_nulls()
    assert_near((known == value).sum(), len(known), share)


@pytest.mark.parametrize("name", ["harms", "risks"])
def test_harms_and_risks(people, stated, name):
    lengths = people.children[f"child.{name}"].drop_nulls().list.len()
    assert_near((lengths > 0).sum(), len(lengths), stated[name]["share"])
    assert (lengths == 2).any()


def test_incomes_by_bracket(people, stated):
    """The households of the poorer kind have the incomes stated for them, the others theirs."""
    table = stated["dibao_line"]
    lines = {c: table.get(c, table["other"])["yuan"] for c in people.children["division_code"].unique()}
    line = pl.col("division_code").replace_strict(lines, return_dtype=pl.Decimal(14, 2))
    known = people.households.select(
        pl.col("household.monthly_income_per_head").alias("income"), line=line
    ).drop_nulls()
    below = (known["income"] < known["line"]).sum()
    poor = sum(f.share for f in reading.shares().families() if f.means == "poor")
    names = ("nothing", "far_below", "below", "a_fen_below_the_line")
    of = {kind: sum(stated["income"][kind]["shares"][name] for name in names) for kind in ("usual", "poor")}
    assert abs(below / known.height - float(of["poor"] * poor + of["usual"] * (1 - poor))) < 0.015


#: Columns in which nothing is blank but what is forgotten on purpose.
ALWAYS_THERE = [
    "child.birth_date", "child.sex", "child.health", "child.disability.kind", "child.disability.grade",
    "child.disability.components", "child.illness.serious", "child.illness.hiv", "child.registration.kind",
    "child.residence.since", "child.schooling.stage", "child.care.kind", "child.care.alone_overnight", "child.adopted",
    "child.state_guardianship", "child.harms", "child.risks", "guardians", "household.aid",
]  # fmt: skip


@pytest.mark.parametrize("column", ALWAYS_THERE)
def test_blanks_have_the_stated_share(people, stated, column):
    of_households = not column.startswith("child.")
    rows = people.children.unique("household.number", maintain_order=True) if of_households else people.children
    assert_near(rows[column].null_count(), rows.height, blanks(stated, column))


@pytest.fixture(scope="module")
def without_blank_parts(people):
    """The same people, of whom only single facts were forgotten."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading.Shares, "blank_parts", lambda self: ())
        return synthesize(people.children.height, seed=people.seed)


@pytest.mark.parametrize("part", reading.shares().blank_parts(), ids=lambda part: part.name)
def test_a_part_is_blank_as_a_whole_in_the_stated_share_of_rows(people, without_blank_parts, part):
    columns = [c for c in people.children.columns if part.has(c)]
    blank = pl.all_horizontal(pl.col(columns).is_null())
    numbers = people.children["household.number"]
    there = pl.DataFrame({"household.number": numbers}).with_columns(
        before=without_blank_parts.children.select(~blank).to_series(), now=people.children.select(~blank).to_series()
    )
    if not columns[0].startswith("child."):
        there = there.unique("household.number", maintain_order=True)
    written = there.filter("before")
    assert_near((~written["now"]).sum(), written.height, part.share)
    assert not there.filter(~pl.col("before"))["now"].any()


def test_blank_parts_change_nothing_else(people, without_blank_parts):
    """Where a fact is still known it is the one that was drawn; a row lost one only with the whole part."""
    parts = reading.shares().blank_parts()
    for column in people.children.columns:
        before, now = without_blank_parts.children[column], people.children[column]
        lost = now.is_null() & before.is_not_null()
        assert before.filter(~lost).equals(now.filter(~lost)), column
        of = [part for part in parts if part.has(column)]
        if not of:
            assert not lost.any(), column
            continue
        rest = [c for c in people.children.columns if of[0].has(c)]
        assert people.children.filter(lost).select(pl.all_horizontal(pl.col(rest).is_null())).to_series().all(), column


def test_every_column_has_blanks_and_values(people):
    children = people.children.drop("ref", "division_code", "household.number")
    members = people.members.drop("household.number", "relation")
    for frame in (children, members):
        for column in frame.columns:
            assert 0 < frame[column].null_count() < frame.height, column

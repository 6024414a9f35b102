"""Boundaries: facts that reach their lines, cases that cover them, cases proposed for those that nothing covers."""

import datetime as dt
import tomllib
from fractions import Fraction

import attrs
import pytest

import kinderguard
from kinderguard import rules as r
from kinderguard.model import SituationKind, Text
from kinderguard.rules import child, father, help_received, household, param, parents
from kinderguard.rules.boundaries import boundaries
from kinderguard.testing.comparing import compared
from kinderguard.testing.coverage import cases_at, covered, proposals
from kinderguard.testing.policy_cases import PolicyCase, read_policy_cases
from kinderguard.testing.solving import Solver

DAY = dt.date(2025, 9, 1)
PLACE = "330199"
TITLE = Text("试验", "trial")
income = household.monthly_income_per_head


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


def trial(book, when):
    """A category of the county with one condition, and the book that has it."""
    rule = r.Category("330199.trial", TITLE, when)
    return book.for_division(PLACE).with_policies(rule), boundaries(rule)


STANDARD = param("cn.dibao.monthly_standard")
CONDITIONS = {
    "age": (child.age < 16, "2009-09-02", "2009-09-01"),
    "at least": (child.age >= 16, "2009-09-01", "2009-09-02"),
    "turned round": (r.yuan(600) > income, "599.99", "600.00"),
    "multiple": (income <= STANDARD * r.ratio(3, 2), "1500.00", "1500.01"),
    "in between two fen": (income < STANDARD * r.ratio(2, 3), "666.66", "666.67"),
    "sum of two": (income + household.dibao_monthly <= 900, None, None),
    "date": (child.residence.since <= dt.date(2025, 3, 1), "2025-03-01", "2025-03-02"),
    "moved date": (child.residence.since.plus(months=6) <= r.DAY, "2025-03-01", "2025-03-02"),
    "months": (child.residence.since.months_until(r.DAY) >= 6, "2025-03-01", "2025-03-02"),
    "size": (household.size > 3, 4, 3),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_line_is_found_to_the_unit(book, name):
    condition, holds, fails = CONDITIONS[name]
    changed, (boundary,) = trial(book, condition)
    solver = Solver(boundary, changed, DAY, PLACE)
    line = solver.line({})
    assert line is not None
    apart = [solver.apart(line.holds), solver.apart(line.fails)]
    assert min(abs(a) for a in apart) < 1
    assert abs(apart[0] - apart[1]) <= 1
    if holds is not None:
        assert (*line.holds.values(), *line.fails.values()) == (holds, fails)


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        (household.members.count(lambda m: m.age < 18) >= 2, "household.members"),
        (father.situations.current().count(lambda s: s.kind == SituationKind.IMPRISONED) == 1, "father.situations"),
        (household.members.sum(lambda m: m.monthly_income) > 1000, "household.members"),
        (household.members.where(lambda m: m.counted).sum(lambda m: m.monthly_income) > 1000, "household.members"),
        (household.members.any(lambda m: m.incomes.any(lambda i: i.amount > 1000)), "household.members"),
        (parents.count(lambda p: p.foreign) >= 2, "father.foreign"),
    ],
)
def test_lists_counts_and_sums_are_brought_to_the_line_too(book, condition, path):
    changed, found = trial(book, condition)
    boundary = found[0]
    cases = cases_at(boundary, changed, on=DAY, division=PLACE)
    assert {c.holds for c in cases} == {True, False}
    assert all(path in c.facts for c in cases)
    assert covered([boundary], as_cases(cases), changed).complete


def as_cases(proposed):
    return [PolicyCase(f"{k}", c.day, c.division, c.facts, c.expect) for k, c in enumerate(proposed)]


def test_an_equality_gets_a_case_on_either_side(book):
    changed, (boundary,) = trial(book, child.age == 6)
    cases = cases_at(boundary, changed, on=DAY, division=PLACE)
    ages = []
    for c in cases:
        result = changed.assess(kinderguard.Case.from_facts(c.facts), on=DAY)
        ages += [x.apart for x in compared(result, boundary)]
    assert sorted(ages) == [-1, 0, 1]


@pytest.mark.parametrize(
    ("day", "born"), [("2026-02-28", "2008-02-28"), ("2026-03-01", "2008-03-01"), ("2024-02-29", "2006-02-28")]
)
def test_the_line_of_an_age_knows_29_february(book, day, born):
    changed, (boundary,) = trial(book, child.age < 18)
    line = Solver(boundary, changed, dt.date.fromisoformat(day), PLACE).line({})
    assert line.fails == {"child.birth_date": born if day != "2024-02-29" else "2006-03-01"} or line.fails == {
        "child.birth_date": born
    }


def test_where_the_place_sets_no_standard_there_is_no_line(book):
    rule = book.overlay("220102").rules.categories["cn.dibao"]
    poor = boundaries(rule)[0]
    assert cases_at(poor, book, on=DAY, division="220102") == ()
    assert cases_at(poor, book, on=DAY, division=PLACE)


# ---- coverage


def cases_of(*born):
    return [PolicyCase(day, DAY, PLACE, {"child.birth_date": day}, {"cn.orphan": "unknown"}) for day in born]


@pytest.mark.parametrize(
    ("born", "complete", "lacking"),
    [
        (("2009-09-01", "2009-09-02"), True, ""),
        (("2009-09-01",), False, "beside the line, where it holds"),
        (("2009-09-02",), False, "exactly on the line; beside the line, where it fails"),
        (("2009-09-02", "2008-09-01"), False, "exactly on the line"),  # 15 and 17: `<=` for `<` would not be seen
        (("2012-01-01", "2005-01-01"), False, "exactly on the line; beside the line, where it holds; beside the line, where it fails"),
    ],
)  # fmt: skip
def test_a_boundary_needs_the_line_and_both_sides(book, born, complete, lacking):
    changed, found = trial(book, child.age < 16)
    coverage = covered(found, cases_of(*born), changed)
    assert coverage.complete is complete
    text = coverage.text("en")
    assert ("1 of 1" if complete else "0 of 1") in text
    assert complete or f"no case {lacking}" in text


def test_a_line_between_two_fen_is_reached_from_both_sides(book):
    changed, found = trial(book, income < STANDARD * r.ratio(2, 3))

    def case(amount):
        return PolicyCase(amount, DAY, PLACE, {"household.monthly_income_per_head": amount}, {})

    assert covered(found, [case("666.66"), case("666.67")], changed).complete
    assert not covered(found, [case("666.66"), case("666.68")], changed).complete


def test_a_rule_that_is_in_force_in_no_case_says_so(book):
    _, found = trial(book, child.age < 16)
    assert "in force" in covered(found, cases_of("2009-09-01"), book).text("en")


def test_comparisons_without_a_child_are_left_out(book):
    changed, found = trial(book, (STANDARD < 600) & (child.age < 16))
    assert len(found) == 2
    assert len(covered(found, (), changed).reached) == 1


def test_unknown_facts_reach_nothing(book):
    changed, found = trial(book, child.age < 16)
    assert not covered(found, cases_of("2009", "2009-09"), changed).reached[0].on_the_line


# ---- proposals


def test_proposals_are_cases_that_pass_cover_and_turn_the_result(book, tmp_path):
    from kinderguard_example_county import PACK

    found = [b for rule in (*PACK.policies, *PACK.checks) for b in boundaries(rule)]
    proposed = proposals(found, book, on=DAY, division=PLACE)
    assert all(c.decides for c in proposed)
    folder = tmp_path / "cases"
    folder.mkdir()
    unique = {c.toml() for c in proposed}
    assert all("请对照文件核对" in text for text in unique)
    (folder / "lines.toml").write_text("\n".join(sorted(unique)), "utf-8")
    read = read_policy_cases(folder)
    assert [o.text("en") for c in read if not (o := c.run(book)).passed] == []
    assert covered(found, read, book).complete
    by_boundary = {}
    for c in proposed:
        by_boundary.setdefault(c.boundary, []).append(c.expect)
    assert all(one != other for one, other in by_boundary.values())


def test_cases_for_like_lines_of_several_rules_stand_in_one_file(book, tmp_path):
    """All under 18, and one an equality, which fails on both sides of its line."""
    title = r.Text("补助", "Grant")
    young = [r.Policy(f"330199.{c}", title, (child.age < 18), amount=r.yuan(9), every=r.MONTH) for c in "ab"]
    six = r.Policy("330199.c", title, child.age == 6, amount=r.yuan(9), every=r.MONTH)
    changed = book.with_policies(*young, six)
    proposed = proposals([b for rule in (*young, six) for b in boundaries(rule)], changed, on=DAY, division=PLACE)
    file = tmp_path / "lines.toml"
    file.write_text("\n".join(c.toml() for c in proposed), "utf-8")
    read = read_policy_cases(file)
    assert len(read) == 7
    assert [o.text("en") for c in read if not (o := c.run(changed)).passed] == []


def test_a_proposal_says_nothing_that_it_need_not_say(book):
    """Of the ways in which a child can be in special difficulty, no infection is taken to show an age."""
    from kinderguard.national import HIV_AFFECTED, ORPHAN, SPECIAL_DIFFICULTY

    for rule in (child.is_in(SPECIAL_DIFFICULTY), child.is_in(ORPHAN) | child.is_in(HIV_AFFECTED)):
        changed, (boundary,) = trial(book, (child.age < 16) & rule)
        proposed = cases_at(boundary, changed, on=DAY, division=PLACE)
        assert all(c.decides for c in proposed)
        for c in proposed:
            assert c.facts.get("child.illness.hiv") in (None, False), c.facts
            assert c.facts.get("child.harms") in (None, []), c.facts
            assert not [p for p, v in c.facts.items() if v is True], c.facts


def test_what_another_policy_takes_away_is_settled_by_plain_facts(book):
    """The supplement is not paid beside the orphans' allowance, which a child with HIV has: that was the way taken."""
    rule = book.overlay(PLACE).rules.policies["330199.dibao_supplement"]
    paid, refused = cases_at(boundaries(rule)[0], book, on=DAY, division=PLACE)
    assert paid.facts.get("child.illness.hiv", False) is False
    assert paid.facts["father.situations"] == []
    assert [c.expect[f"{rule.code}.amount"] for c in (paid, refused)] == ["270.00", "0.00"]


def test_what_is_not_needed_is_left_out_of_a_proposal(book):
    changed, (boundary,) = trial(book, (child.age < 16) & ((child.illness.hiv | ~child.illness.hiv) & ~child.adopted))
    for c in cases_at(boundary, changed, on=DAY, division=PLACE):
        assert c.facts == {"child.birth_date": c.facts["child.birth_date"], "child.illness.hiv": False, "child.adopted": False}  # fmt: skip


def test_what_would_say_much_is_said_where_the_line_is_not_reached_otherwise(book):
    changed, (boundary,) = trial(book, (child.age < 16) & child.illness.hiv)
    proposed = cases_at(boundary, changed, on=DAY, division=PLACE)
    assert [c.decides for c in proposed] == [True, True]
    assert {c.facts["child.illness.hiv"] for c in proposed} == {True}


def test_a_proposal_starts_from_the_facts_of_the_author(book):
    rule = book.overlay(PLACE).rules.policies["330199.winter_heating"]
    base = {"household.aid": ["tekun"], "330199.central_heating": False, "child.sex": "female"}
    for c in cases_at(boundaries(rule)[0], book, on=DAY, division=PLACE, base=base):
        assert base.items() <= c.facts.items()
        assert c.decides
        assert tomllib.loads(c.toml())["case"][0]["facts"] == c.facts


def test_distances_of_ratios_stay_exact(book):
    changed, (boundary,) = trial(book, income < STANDARD * r.ratio(2, 3))
    solver = Solver(boundary, changed, DAY, PLACE)
    assert solver.apart({"household.monthly_income_per_head": "666.67"}) == Fraction(1, 3)


def test_a_rule_about_help_under_a_policy_gets_cases_that_turn_it(book):
    """No handle has the policy of help as a fact of its own; the code that the rule names is tried."""
    helped = help_received.any(lambda h: h.is_for("cn.orphan_allowance"))
    changed, (boundary,) = trial(book, (child.age < 16) & helped)
    proposed = cases_at(boundary, changed, on=DAY, division=PLACE)
    assert [p.decides for p in proposed] == [True, True]
    assert proposed[0].facts["help"][0]["policy"] == "cn.orphan_allowance"


def test_a_proposal_that_comes_out_alike_on_both_sides_says_that_it_tests_nothing():
    rule = r.Policy("330106.meal", r.Text("午餐", "Meal"), r.child.age < 16, amount=r.yuan("5"), every=r.MONTH)
    book = kinderguard.load().with_policies(rule)
    proposed = cases_at(boundaries(rule)[0], book, on=dt.date(2025, 9, 1), division="330106")
    assert proposed
    for case in proposed:
        assert "检验不了" not in case.toml()
        assert "检验不了" in attrs.evolve(case, decides=False).toml().splitlines()[1]

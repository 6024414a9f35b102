"""Comparisons: every count and every fen as a plain loop over the reference engine has them."""

import re
from collections import defaultdict
from importlib import import_module

import attrs
import polars as pl
import pytest

from analysis.comparing import (
    A_YEAR,
    COUNT,
    DAY,
    ON_DIBAO,
    ONE_PERSON,
    PLACES,
    added,
    amounts,
    assessed,
    base,
    draws_alone,
    household_totals,
    keys,
    people,
    reforms,
    total_of,
)  # fmt: skip
from kinderguard import Text
from kinderguard import rules as r
from kinderguard.analysis import compare, synthesize
from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing import NoReformError, UnknownReformError
from kinderguard.analysis.comparing.differences import touched
from kinderguard.analysis.comparing.opened import changes_of as together_by_its_results
from kinderguard.analysis.comparing.opened import compared
from kinderguard.analysis.dimensions import UnknownDimensionError
from kinderguard.analysis.people import ChildNotFoundError
from kinderguard.model.codes import Frequency
from kinderguard.model.progress import CHILDREN
from kinderguard.model.view import Table, display_language
from kinderguard.national.orphan import ORPHAN_ALLOWANCE
from kinderguard.national.terms import UNDER_18
from kinderguard.packs.frames import MissingColumnsWarning

DIBAO = "cn.dibao_benefit"


@pytest.fixture(scope="module")
def found():
    return compare(base(), reforms(), people(), by=("place", "class", "age", "sex", ("place", "age")), progress=False)


def changes_of(name):
    """For each child, what changes in a year and once, of the child and of what it costs, by the reference engine.

    ``shares`` says that the cost is that of a household of several: no closer than what is due to it before and after.
    """
    before, after = assessed(), assessed(name)
    differing, households, made = {}, defaultdict(list), []
    for number, a, b in zip(people().children["household.number"], before, after, strict=True):
        if a.division not in differing:
            differing[a.division] = touched(a.basis.bound, b.basis.bound)
        found = differing[a.division]
        whole = compared(0, a, b, found)
        together = together_by_its_results(a, b, found)
        due = DIBAO in found.money and any(amounts(x.policies[DIBAO]) != (0, 0) for x in (a, b))
        dibao = next((bounds_of(p) for p in whole.policies if p.code == DIBAO), (0, 0))
        change = {"due": due, "dibao": dibao, "shares": False}
        for kind in ("year", "once", "own_year", "own_once"):
            name = kind.removeprefix("own_")
            counted = [
                p for p in whole.policies
                if (p.every is Frequency.ONCE) == (name == "once") and (name == kind or p.per == "child")
            ]  # fmt: skip
            joint = getattr(together, kind)
            change[kind] = narrower(added(bounds_of(p) for p in counted), (joint.low_fen, joint.high_fen))
        assert (whole.change_a_year.low_fen, whole.change_a_year.high_fen) == change["year"]
        for kind in ("year", "once"):
            own = change[f"own_{kind}"]
            change[f"cost_{kind}"] = change[kind] if change["due"] else narrower(change[kind], own)
        households[number].append((change, a, b))
        made.append(change)
    for theirs in households.values():
        if len(theirs) > 1 and (due := [each for each in theirs if each[0]["due"]]):
            alone = [[draws_alone(x) for x in books if amounts(x.policies[DIBAO]) != (0, 0)] for _, *books in due]
            others = [each for each, drawn in zip(due, alone, strict=True) if not all(drawn)]
            paid = minus(
                *(total_of([(amounts(x[k].policies[DIBAO]), draws_alone(x[k])) for x in others]) for k in (2, 1))
            )
            if sum(any(x is not False for x in drawn) and not all(drawn) for drawn in alone) <= 1:
                lows, highs = (
                    zip(*(change["dibao"] for change, _, _ in others), strict=True) if others else ((0,), (0,))
                )
                hull = None if None in lows else min(lows), None if None in highs else max(highs)
                paid = narrower(paid, hull)
            for each in due:
                change = each[0]
                change["shares"] = True
                change["cost_once"] = change["own_once"]
                share = (paid if each is others[0] else (0, 0)) if each in others else change["dibao"]
                change["cost_year"] = added([change["own_year"], share])
    return made


def minus(x, y):
    return None if y[1] is None else x[0] - y[1], None if x[1] is None else x[1] - y[0]


def bounds_of(part):
    times = A_YEAR[part.every.value]
    return tuple(None if x is None else x * times for x in (part.change.low_fen, part.change.high_fen))


def narrower(x, y):
    lows, highs = ([v for v in pair if v is not None] for pair in zip(x, y, strict=True))
    return max(lows, default=None), min(highs, default=None)


def kind_of(change):
    low, high = added([change["year"], change["once"]])
    at_least, at_most = low is not None and low >= 0, high is not None and high <= 0
    if at_least and low > 0:
        return "gains"
    if at_most and high < 0:
        return "loses"
    if at_least and at_most:
        return "same"
    return "may_gain" if at_least else "may_lose" if at_most else "open"


@pytest.mark.parametrize("name", ["higher", "less"])
def test_every_cell_is_what_a_plain_loop_counts(found, name):
    expected = {}
    for result, change in zip(assessed(), changes_of(name), strict=True):
        values = keys(result)
        cells = [("all", ()), *((dim, (v,)) for dim, vs in values.items() for v in vs)]
        cells += [("place × age", (values["place"][0], values["age"][0]))]
        for cell in cells:
            expected.setdefault(cell, []).append(change)
    effect = found[name]
    got = {("all", ()): effect.all} | {(t, k): cell for t, cells in effect.tables.items() for k, cell in cells.items()}
    assert got.keys() == expected.keys()
    for cell, changes in expected.items():
        kinds = [kind_of(c) for c in changes]
        assert got[cell].children == len(changes)
        for kind in set(kinds) | {"gains", "loses", "open"}:
            assert getattr(got[cell], kind) == kinds.count(kind), (cell, kind)
        for attribute, of in (("cost_a_year", "cost_year"), ("cost_once", "cost_once")):
            bounds, expected_ = getattr(got[cell], attribute), added(c[of] for c in changes)
            ends = bounds.low_fen, bounds.high_fen
            if any(c["shares"] for c in changes) and expected_[0] != expected_[1]:
                assert narrower(ends, expected_) == ends, (cell, attribute)
            else:
                assert ends == expected_, (cell, attribute)
        gained = added(added([c["year"], c["once"]]) for c, k in zip(changes, kinds, strict=True) if k == "gains")
        assert (got[cell].gained.low_fen, got[cell].gained.high_fen) == gained


@pytest.mark.parametrize("name", ["higher", "less"])
def test_costs_of_policies_are_what_a_plain_loop_adds_up(found, name):
    for policy in found[name].policies:
        for book, bounds in ((None, policy.before), (name, policy.after)):
            given_ = [p for result in assessed(book) if (p := result.policies.get(policy.code)) is not None]
            if given_ and given_[0].per == "household":
                total = added(household_totals(assessed(book), policy.code).values())
            else:
                total = added(map(amounts, given_))
            assert (bounds.low_fen, bounds.high_fen) == total, (policy.code, book)


@pytest.mark.parametrize("name", ["higher", "less"])
def test_whom_rules_reach_and_who_falls_out_is_what_a_plain_loop_finds(found, name):
    def holds(result, code):
        policy = result.policies.get(code)
        if policy is not None:
            return policy.eligible if policy.is_cash else policy.granted
        return result.categories.get(code, "absent")

    for code in {*assessed()[0].categories, *assessed()[0].policies} - {ON_DIBAO, ONE_PERSON}:
        moves = [(holds(a, code), holds(b, code)) for a, b in zip(assessed(), assessed(name), strict=True)]
        reach = found[name].reach(code)
        if all(a == b for a, b in moves):
            assert reach is None
            continue
        assert reach.reached == (moves.count((False, True)), moves.count((None, True)))
        assert reach.lost == (moves.count((True, False)) + moves.count((True, "absent")), moves.count((True, None)))


def test_a_reform_that_raises_a_known_standard_takes_from_nobody_although_much_is_unknown():
    """Bound by bound, a child who may be an orphan could lose all of the old amount; of one child both amounts hang together."""
    before = base().with_parameters({"cn.orphan.scattered_monthly": "1500", "cn.orphan.institution_monthly": "1500"})
    after = before.with_parameters({"cn.orphan.scattered_monthly": "1600"})
    effect = compare(before, after, synthesize(150, seed=5, divisions=["110105"]), progress=False)["reform"]
    orphans = next(p for p in effect.policies if p.code == "cn.orphan_allowance")
    assert orphans.before.low_fen < orphans.before.high_fen
    assert effect.all.losers == (0, 0)
    assert effect.all.gains
    assert effect.all.may_gain
    assert 0 < orphans.change.low_fen < orphans.change.high_fen
    assert [p.code for p in effect.policies if not p.change.is_zero] == [
        "cn.orphan_allowance",
        "cn.unattended_allowance",
    ]


def test_a_multiple_that_rises_changes_nothing_for_a_child_whose_class_it_leaves_alone_and_takes_from_nobody():
    """Dibao, the living subsidy and the allowance that they are counted against all hang on the one class."""
    before = base().with_parameters(
        {
            "cn.dibao.monthly_standard": "1000",
            "cn.disability.living_subsidy_monthly": "100",
            "cn.orphan.scattered_monthly": "1700",
        }
    )
    after, children = before.with_parameters({"cn.dibao_marginal.multiple": "2"}), people()
    found = compare(before, after, children, progress=False)
    alike, other = set(), set()
    classes = [
        book.assess_frame(children.children, members=children.members)["cn.dibao_marginal"] for book in (before, after)
    ]
    for row, (a, b) in enumerate(zip(*classes, strict=True)):
        (alike if a is b is not None else other).add(row)
    moved = set(found.effect().changes.filter(pl.col("kind") != "same")["row"])
    assert len(alike) > 60
    assert not moved & alike
    assert moved & other
    assert found.effect().all.losers == (0, 0)


def test_a_wider_condition_takes_from_nobody():
    wider = attrs.evolve(ORPHAN_ALLOWANCE, eligible=ORPHAN_ALLOWANCE.eligible | (UNDER_18 & (r.child.age < 3)))
    before = base().with_parameters({"cn.orphan.scattered_monthly": "1500", "cn.orphan.institution_monthly": "2000"})
    effect = compare(before, before.with_policies(wider), people(), progress=False)["reform"]
    orphans = next(p for p in effect.policies if p.code == "cn.orphan_allowance")
    assert orphans.change.low_fen > 0
    assert effect.reach("cn.orphan_allowance").fallen_out == 0
    assert effect.reach("cn.orphan_allowance").newly_reached > 0


def test_who_falls_out_is_told_which_condition_fails():
    code = "cn.orphan_allowance"
    narrower = attrs.evolve(
        ORPHAN_ALLOWANCE,
        eligible=ORPHAN_ALLOWANCE.eligible & r.named("young", r.child.age < 6, zh="未满6周岁", en="is under 6"),
    )
    reform = base().with_policies(narrower)
    effect = compare(base(), reform, people(), division="110105", progress=False)["reform"]
    reach = effect.reach(code)
    assert reach.lost[0] > 0
    assert [(why.code, why.title.en, why.children) for why in reach.reasons] == [
        (f"{code}:young", "is under 6", reach.lost[0])
    ]


def test_of_alternatives_only_what_held_before_is_told_as_a_reason_and_its_smallest_part():
    boards, adopted = r.child.schooling.boarding, r.named("adopted", r.child.adopted, zh="被收养", en="is adopted")
    before, after = (
        base().with_policies(attrs.evolve(ORPHAN_ALLOWANCE, eligible=((r.child.age < age) & boards) | adopted))
        for age in (10, 6)
    )
    rows = pl.DataFrame(
        {"child.birth_date": ["2017-03-01"] * 3, "child.schooling.boarding": [True, True, False], "child.adopted": [False, True, True]}
    )  # fmt: skip
    with pytest.warns(MissingColumnsWarning):
        effect = compare(before, after, rows, division="110105", progress=False)["reform"]
    reach = effect.reach("cn.orphan_allowance")
    assert reach.lost == (1, 0)
    assert [(why.title.en, why.children) for why in reach.reasons] == [("the child is under 6", 1)]


def test_an_alternative_that_never_held_is_no_reason_though_a_part_of_it_held():
    young = {age: r.named("young", r.child.age < age, zh="年幼", en="is young") for age in (10, 6)}
    before, after = (
        base().with_policies(
            attrs.evolve(ORPHAN_ALLOWANCE, eligible=(year & r.child.schooling.boarding) | (year & r.child.adopted))
        )
        for year in young.values()
    )
    rows = pl.DataFrame(
        {"child.birth_date": ["2017-03-01"], "child.schooling.boarding": [True], "child.adopted": [False]}
    )
    with pytest.warns(MissingColumnsWarning):
        effect = compare(before, after, rows, division="110105", progress=False)["reform"]
    (why,) = effect.reach("cn.orphan_allowance").reasons
    assert (why.code, why.title.en, why.new) == ("cn.orphan_allowance:#1.1", "is young", True)


def test_who_falls_out_by_a_number_is_told_what_no_longer_holds_and_of_alternatives_only_that():
    """A day pupil on one-person dibao: that the family is in hardship no longer holds, too, but counted for boarders alone."""
    wider = base().with_parameters({"cn.dibao.monthly_standard": "1000", "cn.dibao_marginal.multiple": "2"})
    rows = pl.DataFrame(
        {
            "child.birth_date": ["2014-03-01"], "child.schooling.stage": ["primary"], "child.schooling.boarding": [False],
            "child.disability.kind": ["none"], "child.disability.grade": ["none"], "child.individual_dibao": [False],
            "child.illness.serious": [True], "household.size": [3],
            "household.monthly_income_per_head": ["1800"], "household.property_within_limits": [True], "household.aid": [[]],
        }
    )  # fmt: skip
    narrower = wider.with_parameters({"cn.dibao_marginal.multiple": "3/2"})
    with pytest.warns(MissingColumnsWarning):
        found = compare(wider, narrower, rows, division="320102", progress=False)
    reach = found.effect().reach("cn.boarder_stipend")
    four_kinds = "the child is on dibao, extremely poor, disabled, or of a household lifted out of poverty"
    assert [(why.title.en, why.new) for why in reach.reasons] == [(four_kinds, False)]
    assert "1 child: no longer holds: Child on subsistence allowance (dibao)" in found.summary("en")
    assert "1 人：不再成立：低保儿童" in found.summary("zh")


def test_who_rises_from_one_programme_into_another_is_said_to_get_that_and_what_excludes_it_is_said_without_a_double_no():
    before = base().with_parameters({"cn.dibao.monthly_standard": "1000", "cn.dibao_marginal.multiple": "3/2"})
    rows = pl.DataFrame(
        {
            "child.birth_date": ["2014-03-01"], "child.schooling.stage": ["primary"], "child.schooling.boarding": [False],
            "child.disability.kind": ["none"], "child.disability.grade": ["none"], "child.individual_dibao": [False],
            "child.illness.serious": [False], "household.size": [3],
            "household.monthly_income_per_head": ["1050"], "household.property_within_limits": [True], "household.aid": [[]],
        }
    )  # fmt: skip
    after = before.with_parameters({"cn.dibao.monthly_standard": "1100"})
    with pytest.warns(MissingColumnsWarning):
        found = compare(before, after, rows, division="320102", progress=False)
    (why,) = found.effect().reach("cn.dibao_marginal").reasons
    assert why.excluded_by.en == "the household is on dibao, or its income and property are within the limits"
    assert [(code, count) for code, _, count in why.newly] == [("cn.dibao_benefit", 1)]
    assert why.said.en == (
        f"what now holds: ‘{why.excluded_by.en}’, which excludes it; 1 of these newly get ‘Subsistence allowance (dibao)’"
    )
    assert "不成立" not in why.said.zh
    assert "现在成立的是“家庭已享受低保，或收入和财产符合低保条件”，因而被排除；其中 1 人新获" in found.summary("zh")


def test_dibao_is_as_before_for_a_child_that_is_no_case_for_one_person_dibao_whatever_its_income_is():
    rows = pl.DataFrame(
        {
            "child.birth_date": ["2014-03-01"] * 2, "child.disability.kind": ["none"] * 2, "child.disability.grade": ["none"] * 2,
            "child.illness.serious": [False, None], "child.individual_dibao": [False] * 2, "household.aid": [[], []],
        },
        schema_overrides={"household.aid": pl.List(pl.String)},
    )  # fmt: skip
    reform = base().with_parameters({"cn.dibao_marginal.multiple": "2"})
    with pytest.warns(MissingColumnsWarning):
        found = compare(base(), reform, rows, division="320102", progress=False)
    codes = [{p.code for p in found.open(row).policies} for row in (0, 1)]
    assert "cn.dibao_benefit" not in codes[0]
    assert "cn.dibao_benefit" in codes[1]
    assert found.effect().all.losers == (0, 0)


def test_any_child_behind_a_number_can_be_opened(found):
    for name, kind in (("higher", {"gains": True}), ("less", {"loses": True})):
        table = found.children(name, **kind)
        assert len(table) == (found[name].all.gains if "gains" in kind else found[name].all.loses)
        for row, ref, low, high in table.select("row", "ref", "year_low", "year_high").head(5).iter_rows():
            opened = found.open(ref, name)
            assert (opened.row, opened.before.ref) == (row, ref)
            assert (opened.change_a_year.low, opened.change_a_year.high) == (low, high)
            assert opened.after.explain().text("en")
            assert opened.summary("zh") != opened.summary("en")


def test_a_rule_that_a_book_does_not_have_is_a_no_and_no_doubt(found):
    """So a child that never had the help is not told to lose it, and one who may have had it may."""
    code, befores = "cn.boarder_stipend", set()
    for row, result in enumerate(assessed()):
        befores.add(before := result.policies[code].eligible)
        if len(befores) > 1 and before is False:
            continue
        changes = {r.code: (r.before, r.after) for r in found.open(row, "less").rules}
        assert changes.get(code) == (None if before is False else (before, False))
        if befores == {True, False, None}:
            return
    raise AssertionError(befores)


def test_children_are_found_by_cell_and_by_what_reaches_them(found):
    table = found.children("higher", gains=True, place="330106")
    assert len(table) == found["higher"].tables["place"]["330106",].gains
    reach = found["less"].reach("cn.boarder_stipend")
    assert len(found.children("less", lost="cn.boarder_stipend")) == reach.fallen_out
    assert "lost_after" in found.children("less", lost="cn.boarder_stipend").columns
    in_class = found.children("higher", gains=True, class_="cn.economic_hardship")
    assert len(in_class) == found["higher"].tables["class"]["cn.economic_hardship",].gains


def test_children_newly_reached_are_told_from_those_of_whom_it_was_not_known(found):
    code = next(r.code for r in found["higher"].reaches if r.reached[1])
    was = found.children("higher", reached=code)["reached_before"].to_list()
    reach = found["higher"].reach(code)
    assert (was.count("no") + was.count("absent"), was.count("not_known")) == reach.reached
    now = found.children("less", lost="cn.boarder_stipend")["lost_after"].to_list()
    assert set(now) == {"absent"}


def test_files_and_tables_of_any_kind_give_the_same(found, tmp_path):
    children = people()
    children.children.head(70).write_parquet(tmp_path / "a.parquet")
    children.children.slice(70).write_parquet(tmp_path / "b.parquet")
    children.members.write_parquet(tmp_path / "members.parquet")
    files = compare(
        base(), reforms(), str(tmp_path / "[ab].parquet"), members=tmp_path / "members.parquet", progress=False,
        by=("place", "class", "age", "sex", ("place", "age")),
    )  # fmt: skip
    assert files.rows() == found.rows()
    row = files.children("higher", gains=True)["row"][0]
    assert files.open(row, "higher").change_a_year == found.open(row, "higher").change_a_year


def test_parts_and_places_apart_give_the_same(found, monkeypatch):
    from kinderguard.analysis import people as reading
    from kinderguard.engines.frame import results

    monkeypatch.setattr(reading.People.pieces, "__defaults__", ((), 40))
    together = (
        base().assess_frame(people().children, missing=False, problems=False).width - 1 - len(base().rules.categories)
    )
    monkeypatch.setattr(results, "MOST_LOCAL_COLUMNS", together - 1)  # so that not all places have jobs together
    told = []
    again = compare(
        base().on(DAY), reforms(), people(), by=("place", "class", "age", "sex", ("place", "age")),
        progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert again.rows() == found.rows()
    assert again["higher"].changes.sort("row").equals(found["higher"].changes.sort("row"))
    assert told[-1] == (COUNT, COUNT)
    assert len(told) > 4


def test_it_tells_how_far_it_is_within_a_reform(monkeypatch):
    monkeypatch.setattr(import_module("kinderguard.analysis.comparing.compare"), "TOLD_EVERY", 0)
    told, some = [], people().children.head(40)
    compare(base().on(DAY), reforms()["higher"], some, progress=lambda done, _: told.append(done))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 40)
    # By itself the one reform tells that the base is through (8), that it is assessed (16), and its end.
    # Between these: the bounds of one kind of children after the other, by the rules and then narrowed.
    assert len([done for done in set(told) if 16 < done < 28]) > 3
    assert len([done for done in set(told) if 28 < done < 40]) > 3


@pytest.mark.parametrize(("narrow", "much", "shown"), [(5, 24, False), (5, 23, True), (0, 23, False)])
def test_a_bar_shows_by_children_times_reforms_where_bounds_are_narrowed(narrow, much, shown, monkeypatch, capsys):
    monkeypatch.setattr(import_module("kinderguard.analysis.comparing.compare"), "MUCH", much)
    some = people().children.head(12)
    compare(base().on(DAY), dict.fromkeys("ab", base().on(DAY)), some, narrow=narrow)
    assert (CHILDREN.in_(display_language()) in capsys.readouterr().err) is shown


def test_an_interrupted_comparison_leaves_the_books_as_they_were(found):
    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(base(), reforms(), people(), progress=stop)
    again = compare(base(), reforms()["higher"], people(), progress=False)
    assert again["reform"].all == found["higher"].all


def test_what_is_not_there_is_refused_with_the_nearest(found):
    with pytest.raises(UnknownReformError, match="higher"):
        found["highr"]
    with pytest.raises(UnknownReformError, match="several"):
        found.children()
    with pytest.raises(UnknownReformError, match=r"cn\.orphan"):
        found.children("higher", reached="cn.orphn")
    with pytest.raises(UnknownReformError, match="may_lose"):
        found.children("higher", loses="perhaps")
    with pytest.raises(UnknownReformError, match="220102, 330106, 330199"):
        found.children("higher", place="110105")
    with pytest.raises(UnknownReformError, match=r"cn\.special_difficulty"):
        found.children("higher", class_="cn.orphan")
    assert found.children("higher", gains=True, class_="none").is_empty()
    with pytest.raises(UnknownDimensionError, match="place"):
        compare(base(), base(), people(), by="plce")
    with pytest.raises(NoReformError):
        compare(base(), {}, people())
    with pytest.raises(ChildNotFoundError):
        found.open("nobody", "higher")
    with pytest.raises(ChildNotFoundError):
        found.open(10_000, "higher")


def test_a_book_beside_itself_changes_nothing():
    effect = compare(base(), base().for_division("330199").on(DAY), people(), division="330199", progress=False)[
        "reform"
    ]
    assert effect.all.same == effect.all.children == COUNT
    assert effect.reaches == ()
    assert effect.changes.is_empty()
    assert effect.cost_a_year.is_zero


def test_a_population_of_nobody_and_one_of_whom_nearly_nothing_is_known_are_compared_too():
    nobody = compare(base(), reforms(), people().children.head(0), progress=False)
    assert nobody["higher"].all.children == 0
    assert nobody["higher"].cost_a_year.is_zero
    with pytest.warns(MissingColumnsWarning):
        barely = compare(base(), reforms()["less"], people().children.select("child.birth_date"), progress=False)[
            "reform"
        ]
    assert barely.all.gains == 0
    assert barely.all.children == barely.all.open + barely.all.may_lose + barely.all.same + barely.all.loses
    assert set(barely.tables["place"]) == {("unknown",)}


def test_money_in_tables_is_exact_yuan(found):
    table = found.to_polars().filter((pl.col("reform") == "less") & (pl.col("table") == "all"))
    for name in ("cost_a_year", "cost_once", "gained", "lost"):
        for end in ("low", "high"):
            assert table[f"{name}_{end}"].dtype == pl.Decimal(38, 2)
            assert table[f"{name}_{end}"].to_list() == [getattr(getattr(found["less"].all, name), end)]


def test_a_number_that_a_place_has_not_set_is_named_where_nothing_bounds_a_change():
    reform = base().with_parameters({"cn.orphan.scattered_monthly": "2300"})
    effect = compare(base(), reform, people(), progress=False)["reform"]
    open_ = next(p for p in effect.policies if p.code == "cn.orphan_allowance").change
    assert open_.low_fen is None
    unset = next(value for value in effect.unset if value.code == "cn.orphan.scattered_monthly")
    assert unset.places == ("220102", "330106")  # the example county has set its own
    assert 0 < unset.children <= effect.all.children
    assert "monthly standard for orphans in the community" in unset.said.en
    assert unset.said.en in effect_said(base(), reform)


def test_the_numbers_not_set_that_are_named_are_those_that_can_change_a_number():
    """With all others set, everything that is shown of changes is the same; with one of them set, it is not."""
    wider = {"cn.dibao_marginal.multiple": "2"}
    numbers = {
        "cn.orphan.scattered_monthly": "2400", "cn.orphan.institution_monthly": "2900", "cn.dibao.monthly_standard": "900",
        "cn.tekun.monthly_standard": "1400", "cn.disability.living_subsidy_monthly": "150",
        "cn.disability.care_subsidy_monthly": "160", "cn.foster_care.standard": True,
    }  # fmt: skip

    def effect(numbers):
        book = base().with_parameters(numbers)
        return compare(
            book, book.with_parameters(wider), people(), by="age", division="320102", progress=False
        ).effect()

    bare = effect({})
    named = {value.code for value in bare.unset}
    assert "cn.dibao.monthly_standard" in named
    assert {"cn.disability.care_subsidy_monthly", "cn.orphan.institution_monthly"}.isdisjoint(named)
    others = effect({code: value for code, value in numbers.items() if code not in named})
    shown = [(e.all, e.tables, e.reaches, [p.change for p in e.policies]) for e in (bare, others)]
    assert shown[0] == shown[1]
    assert {value.code for value in others.unset} == named
    assert effect({"cn.dibao.monthly_standard": "900"}).all != bare.all


def effect_said(before, after):
    return compare(before, after, people(), progress=False).summary("en")


def test_the_rows_add_up_and_show_nothing_personal():
    named = synthesize(60, seed=2, divisions=PLACES, ids=True)
    result = compare(base(), reforms(), named, progress=False)
    table = result.to_polars()
    for name in result.reforms:
        for dimension in ("place", "age", "sex"):
            rows = table.filter((pl.col("reform") == name) & (pl.col("table") == dimension))
            assert rows["children"].sum() == 60
    shown = " ".join(
        [repr(result), str(result), result._repr_html_(), repr(result["less"]), str(result.children("less"))]
    )
    for column in ("child.name", "child.resident_id"):
        for value in named.children[column].drop_nulls():
            assert value not in shown


def test_a_view_says_yuan_in_its_heads_and_that_small_numbers_are_for_the_office(found):
    shown = found.view("en").html
    cells = re.findall(r"<td[^>]*>(.*?)</td>", shown)
    assert "cost a year (yuan)" in shown
    assert any(re.fullmatch(r"[-\d,.]+ to [-\d,.]+", cell) for cell in cells)
    assert not [cell for cell in cells if cell.endswith(" yuan")]
    assert any(0 < cell.gains < 10 for cell in found["higher"].tables["age"].values())
    assert "publishable" in shown
    many = compare(base(), base(), people(), by="sex", division="330199", progress=False)
    assert many.effect().all.same == COUNT
    assert "改革方案" in many.view("zh").html


def test_a_view_of_several_reforms_begins_with_a_row_for_each(found):
    first, *_ = found.view("en").blocks
    assert isinstance(first, Table)
    assert [row[0].en for row in first.rows] == list(found.reforms)
    for row, effect in zip(first.rows, found.reforms.values(), strict=True):
        every = effect.all
        assert row[1:6] == (every.gains, every.may_gain, every.loses, every.may_lose, every.open)
        assert row[6] == effect.cost_a_year.figures
    alone = compare(base(), reforms()["less"], people(), by="sex", progress=False)
    assert not isinstance(alone.view("en").blocks[0], Table)


def test_of_whom_a_rule_was_not_known_both_what_is_settled_as_yes_and_as_no_is_told():
    from kinderguard.analysis.comparing.result import Reach, _reach_in_words

    said = _reach_in_words(Reach("cn.c", Text("困境儿童", "Child in difficulty"), "category", (0, 488), (0, 0), 711, 0))
    assert said.en == "not known before, now known to be: 488, not known before, now known not to be: 711"
    assert "488 人" in said.zh
    assert "711 人" in said.zh
    assert _reach_in_words(Reach("cn.c", said, "category", (3, 0), (2, 1), 0, 4)).en == (
        "newly reached: 3, fall out: 2, were, and it is not known now: 1, were not, and it is not known now: 4"
    )


def test_an_amount_is_printed_in_the_language_that_is_set():
    amount = Between(0, 120000)
    before = display_language()
    try:
        display_language("en")
        assert str(amount) == "0.00 to 1,200.00 yuan"
    finally:
        display_language(before)

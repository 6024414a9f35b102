"""Tables safe to publish: what is printed is true, and nothing printed tells of a few children."""

import gc
import json
import pickle
import random
import sys
from decimal import Decimal
from fractions import Fraction
from itertools import product

import attrs
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinderguard.analysis import publishable
from kinderguard.analysis.publishing import (
    Linked,
    ProtectionError,
    Published,
    PublishingError,
    choosing,
    publishing,
)
from kinderguard.analysis.publishing.attack import Interval, attack
from kinderguard.analysis.publishing.choosing import Choice
from kinderguard.analysis.publishing.together import together
from kinderguard.model.errors import MissingExtraError, ToldError
from told import stray

PLACES = [
    {"place": "a", "sex": "girl", "children": 4},
    {"place": "a", "sex": "boy", "children": 31},
    {"place": "b", "sex": "girl", "children": 25},
    {"place": "b", "sex": "boy", "children": 28},
    {"place": "c", "sex": "girl", "children": 40},
    {"place": "c", "sex": "boy", "children": 36},
]


def truth(rows, published, column="children"):
    """The true number of each cell, totals included."""
    found = {}
    for row in rows:
        for labels in product(*((str(row[d]), published.total) for d in published.dimensions)):
            found[labels] = found.get(labels, 0) + row[column]
    return found


def somebody(rows, labels, published):
    """How many finest cells of a cell hold anybody: a reader who sees noughts knows so much."""
    pairs = list(zip(published.dimensions, labels, strict=True))
    return sum(1 for r in rows if r["children"] and all(label in (published.total, r[d]) for d, label in pairs))


@st.composite
def tables(draw):
    shape = draw(st.sampled_from([(4,), (2, 2), (3, 3), (4, 3), (2, 2, 2), (3, 2, 2)]))
    number = st.one_of(st.just(0), st.integers(1, 12), st.integers(1, 90))
    return [
        {f"d{axis}": f"{axis}{value}" for axis, value in enumerate(place)} | {"children": draw(number)}
        for place in product(*map(range, shape))
    ]


def test_a_small_number_is_hidden_with_others_and_all_totals_stay():
    published = publishable(PLACES)
    assert published.number("children", place="a", sex="girl") is None
    assert published.number("children", place="a", sex="boy") is None
    assert published.hidden == 4
    assert published.number("children") == 164
    assert published.number("children", sex="girl") == 69


def test_what_the_caller_can_do_without_is_hidden_rather_than_others():
    published = publishable(PLACES, hide_first={"sex": ["total"]})
    assert published.number("children", place="a", sex="girl") is None
    assert published.number("children", place="a", sex="boy") == 31
    assert published.number("children", place="a") is None
    assert published.number("children", sex="girl") == 69
    with pytest.raises(PublishingError, match="names of dimensions"):
        publishable(PLACES, hide_first={"sx": ["total"]})


@settings(max_examples=12, deadline=None)
@given(tables(), st.sampled_from(["total", "00", "11"]))
def test_no_small_number_can_be_told_whatever_is_hidden_first(rows, first):
    published = publishable(rows, hide_first={"d0": [first]})
    true = truth(rows, published)
    for one in published.intervals():
        assert not one.tells(published.k)
    for row in published.rows():
        number = true[tuple(row[d] for d in published.dimensions)]
        assert row["children"] in (None, number)
        assert row["children"] is None or not 0 < number < published.k


def test_a_table_without_small_numbers_is_published_whole():
    rows = [{"place": "a", "children": 10}, {"place": "b", "children": 0}, {"place": "c", "children": 200}]
    published = publishable(rows)
    assert [row["children"] for row in published.rows()] == [210, 10, 0, 200]
    assert published.intervals() == []


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from([2, 5, 10]))
def test_no_small_number_can_be_told_and_what_is_printed_is_true(rows, k):
    published = publishable(rows, k)
    true = truth(rows, published)
    for row in published.rows():
        labels = tuple(row[d] for d in published.dimensions)
        assert row["children"] in (None, true[labels])
        assert row["children"] is None or row["children"] == 0 or row["children"] >= k
    for interval in attack(published):
        labels = tuple(interval.where.values())
        low, high = interval.low, interval.high
        assert low <= true[labels]
        assert high is None or true[labels] <= high
        assert not interval.pinned
        if 0 < true[labels] < k:
            least = somebody(rows, labels, published)
            assert low <= max(least, 1)
            assert high is None or high >= k


def test_every_value_of_a_small_number_is_possible_when_all_tables_are_written_out():
    rows = [{"x": x, "y": y, "children": n} for (x, y), n in zip(product("ab", "pqr"), [1, 9, 8, 9, 7, 6], strict=True)]
    published = publishable(rows, 3)
    printed = {(r["x"], r["y"]): r["children"] for r in published.rows()}
    possible: dict[tuple[str, str], set[int]] = {}
    for numbers in product(range(1, 12), repeat=4):
        hidden = iter(numbers)
        cells = [key for key in product("ab", "pqr") if printed[key] is None]
        assert len(cells) == 4
        full = {key: printed[key] if printed[key] is not None else next(hidden) for key in product("ab", "pqr")}
        other = truth([{"x": x, "y": y, "children": n} for (x, y), n in full.items()], published)
        if all(n is None or other[key] == n for key, n in printed.items()):
            for key in cells:
                possible.setdefault(key, set()).add(full[key])
    assert possible["a", "p"] >= {1, 2, 3}
    assert all(len(numbers) > 1 for numbers in possible.values())


def test_the_table_can_be_written_as_csv_with_the_names_of_what_is_hidden():
    rows = [
        {"place": p, "kind": k, "children": n}
        for (p, k), n in {("a", "x"): 3, ("a", "y"): 40, ("b", "x"): 50, ("b", "y"): 60}.items()
    ]
    table = publishable(rows, 10)
    written = table.to_polars().write_csv()
    assert "children" in written.split("\n", 1)[1]
    assert table.to_polars().filter(pl.col("hidden") == "children").height == table.hidden
    assert [row["hidden"] for row in table.rows() if row["hidden"]] == [["children"]] * table.hidden


def test_the_order_of_rows_and_the_kind_of_table_change_nothing():
    frame = pl.DataFrame(PLACES)
    asked = [PLACES, PLACES[::-1], frame, frame.lazy(), frame.to_arrow(), pd.DataFrame(PLACES)]
    first, *others = [publishable(table).rows() for table in asked]
    assert all(other == first for other in others)


def reachable(value, seen):
    """Every whole number and text that can be reached from a value, whatever its attributes are called."""
    if id(value) in seen or isinstance(value, type):
        return
    seen[id(value)] = value
    yield value
    if not callable(value):
        for inner in gc.get_referents(value):
            yield from reachable(inner, seen)


def test_what_is_hidden_is_nowhere_in_the_result():
    rows = [
        {"place": place, "sex": sex, "children": n, "paid": n * 7}
        for (place, sex), n in zip(product("abc", "fm"), [8642, 77001, 53112, 61234, 49876, 58321], strict=True)
    ]
    published = publishable(rows, 10_000, money="paid", shares="sex", linked={"after": rows})
    hidden = {row["children"] for row in rows} - {r["children"] for r in published.rows()}
    assert 8642 in hidden
    told = [pickle.dumps(published, 0).decode("latin-1"), published.to_json(), published.to_csv(), repr(published)]
    told += [published._repr_html_(), published.report("zh"), published.report("en"), published.summary()]
    told += [str(published.to_polars().to_dicts()), str(attrs.asdict(published))]
    numbers = {v for v in reachable(published, {}) if isinstance(v, int | Decimal)}
    for number in hidden:
        assert not any(str(number) in text.replace(",", "") for text in told)
        assert not {number, number * 700, Decimal(number * 7)} & numbers


def test_the_table_can_be_pickled_and_read_again():
    published = publishable(PLACES)
    assert pickle.loads(pickle.dumps(published)).rows() == published.rows()
    assert json.loads(published.to_json()) == published.rows()


def test_a_share_near_all_does_not_give_the_few_others_away():
    rows = [{"place": p, "children": n, "reached": r} for p, n, r in [("a", 100, 97), ("b", 80, 40), ("c", 90, 50)]]
    published = publishable(rows, counts={"children": None, "reached": "children"})
    row = {r["place"]: r for r in published.rows()}["a"]
    assert None in (row["children"], row["reached"])
    assert row["reached_percent_of_children"] is None
    rest = [i for i in published.intervals() if i.column == "children − reached" and i.where == {"place": "a"}]
    assert rest[0].low <= 1
    assert rest[0].high is None or rest[0].high >= 10


def test_parts_that_make_up_the_whole_are_protected_together():
    """Missed is what is eligible and does not receive: each of the three can be reckoned from the other two."""
    rows = [
        {"place": p, "eligible": a + b, "receiving": a, "missed": b}
        for p, a, b in [("a", 96, 4), ("b", 40, 30), ("c", 50, 60), ("d", 70, 20)]
    ]
    counts = {"eligible": None, "receiving": "eligible", "missed": "eligible"}
    published = publishable(rows, counts=counts)
    row = {r["place"]: r for r in published.rows()}["a"]
    assert [row[name] for name in counts].count(None) >= 2


def test_a_linked_table_does_not_give_a_few_away_by_its_difference():
    before = [{"place": p, "children": n} for p, n in [("a", 50), ("b", 60), ("c", 70)]]
    after = [{"place": p, "children": n} for p, n in [("a", 47), ("b", 60), ("c", 90)]]
    assert publishable(before).hidden == publishable(after).hidden == 0
    published = publishable(before, linked={"after": Linked(after)})
    other = published.linked["after"]
    assert None in (published.number("children", place="a"), other.number("children", place="a"))
    difference = {i.where["place"]: i for i in published.intervals() if i.column == "children − after.children"}["a"]
    assert difference.low is None or difference.low <= 1
    assert difference.high is None or difference.high >= 10


@pytest.mark.parametrize("part", [False, True])
def test_a_table_of_the_same_children_by_fewer_dimensions_tells_nothing_that_the_first_hides(part):
    """Both are known to be of the same children, whatever was said of them: a total hidden in one is hidden in the other."""
    draw = random.Random(5)
    for _ in range(12):
        held = {(p, c): draw.choice([0, draw.randint(1, 9), draw.randint(10, 40)]) for p in "abc" for c in "xy"}
        rows = [{"place": p, "class": c, "children": n} for (p, c), n in held.items()]
        whole = [{"place": p, "children": held[p, "x"] + held[p, "y"]} for p in "abc"]
        published = publishable(rows, linked={"whole": Linked(whole, part=part)})
        other = published.linked["whole"]
        assert other.same_as == (("children", ""),)
        for row in whole:
            at = {"place": row["place"]}
            assert published.number("children", **at) == other.number("children", **at)
        assert not [one for one in published.intervals() if one.tells(10)]


def test_tables_that_differ_anywhere_are_not_taken_for_the_same():
    other = [{"place": "a", "children": 45}, {"place": "b", "children": 53}, {"place": "c", "children": 76}]
    first = [row | {"children": row["children"] + 20} if row["place"] == "c" else row for row in other]
    assert publishable(first, linked={"other": other}).linked["other"].same_as == ()


def test_the_others_of_a_linked_part_are_protected_as_a_group():
    everybody = [
        {"place": p, "sex": s, "children": n} for (p, s), n in zip(product("ab", "fm"), [40, 50, 60, 70], strict=True)
    ]
    some = [{"place": "a", "children": 88}, {"place": "b", "children": 100}]
    published = publishable(everybody, linked={"some": Linked(some, part=True)})
    assert None in (published.number("children", place="a"), published.linked["some"].number("children", place="a"))


def test_differences_of_two_counts_are_protected_where_they_are_named():
    rows = [{"place": p, "before": b, "after": a} for p, b, a in [("a", 50, 52), ("b", 60, 90), ("c", 80, 20)]]
    free = publishable(rows, counts=["before", "after"])
    bound = publishable(rows, counts=["before", "after"], differences=[("before", "after")])
    assert free.hidden == 0
    assert None in (bound.number("before", place="a"), bound.number("after", place="a"))


def test_money_does_not_give_counts_away_to_who_knows_the_standards():
    """Two unknown counts with their sum and what they cost at 600 and 1,000 yuan are two equations."""
    standard = {"scattered": 600, "institution": 1000}
    numbers = {("a", "scattered"): 40, ("a", "institution"): 5, ("b", "scattered"): 33, ("b", "institution"): 21}
    rows = [{"place": p, "type": t, "children": n, "paid": Decimal(n * standard[t])} for (p, t), n in numbers.items()]
    published = publishable(rows, money="paid")
    known = {"paid": {(p, t): Decimal(standard[t]) for p, t in numbers}}
    aware = {tuple(i.where.values()): i for i in attack(published, known)}
    assert aware["a", "institution"].low <= 1
    assert aware["a", "institution"].high is None or aware["a", "institution"].high >= 10
    assert published.number("paid", place="a") is None, "with it, 5 could be reckoned"
    assert published.number("children", place="a") == 45
    assert published.number("paid") in (None, Decimal(40 * 600 + 5000 + 33 * 600 + 21000))
    for row in published.rows():
        assert row["paid"] is None or row["children"] is not None


def test_money_of_a_linked_table_with_fewer_dimensions_is_bound_too():
    rows = [{"place": p, "sex": s, "children": 50, "paid": 50 * 600} for p, s in product("abc", "fm")]
    linked = [
        {"place": p, "children": n, "paid": n * r} for p, n, r in [("a", 4, 600), ("b", 40, 1000), ("c", 60, 731)]
    ]
    other = publishable(rows, money="paid", linked={"other": linked}).linked["other"]
    assert other.number("children", place="a") is None
    assert other.number("children") == 104
    assert other.number("paid") is None, "with it and the two standards, 4 could be reckoned"


def test_one_standard_for_all_leaves_the_sums_of_printed_counts():
    rows = [row | {"paid": 600 * row["children"]} for row in PLACES]
    published = publishable(rows, money="paid")
    assert published.number("paid", place="a") == Decimal(600 * 35)
    assert published.number("paid", place="a", sex="girl") is None


def test_money_is_rounded_to_its_unit_and_what_is_not_known_stays_so():
    rows = [{"place": "a", "children": 20, "paid": "12345.67"}, {"place": "b", "children": 20, "paid": None}]
    published = publishable(rows, money="paid", money_unit=Decimal(100))
    assert published.number("paid", place="a") == Decimal("12300.00")
    assert published.rows()[2]["paid"] is None
    assert published.rows()[2]["hidden"] == []
    fen = publishable([{"place": "a", "children": 20, "paid": 1234567}], money="paid", money_in="fen")
    assert fen.number("paid") == Decimal("12345.67")


def test_a_rest_that_everybody_can_work_out_is_pinned_and_gives_nobody_away():
    rows = [{"place": p, "children": 45, "reached": n} for p, n in (("a", 15), ("b", 25), ("c", 41))]
    published = publishable(rows, counts={"children": None, "reached": "children"})
    found = published.intervals()
    rests = [i for i in found if i.pinned]
    assert {i.column for i in rests} == {"children − reached"}
    assert min(i.low for i in rests) >= 10
    assert not any(i.tells(10) for i in found)


@pytest.mark.parametrize(
    ("low", "high", "tells"),
    [(1, 9, True), (4, 4, True), (1, 10, False), (30, 30, False), (0, 0, False), (0, 9, True), (-3, 5, True), (-12, 5, False), (1, None, False)],
)  # fmt: skip
def test_what_a_reader_may_not_conclude_is_a_number_below_k_that_is_not_nobody(low, high, tells):
    assert Interval("", {"place": "a"}, "children", low, high).tells(10) is tells


def test_the_grand_total_of_money_stands_in_coarser_units_where_it_cannot_to_the_fen():
    """Two hidden cells with two averages: the sum of both with their number would tell each."""
    rows = [
        {"place": p, "class": c, "children": n, "paid": Decimal(rate) * n}
        for p, c, n, rate in (("a", "x", 4, 600), ("a", "y", 60, 925), ("b", "x", 30, 700), ("b", "y", 45, 810))
    ]
    assert publishable(rows, money="paid").number("paid") is None
    coarse = publishable(rows, money="paid", money_unit=Decimal(100_000))
    assert coarse.number("paid") == Decimal("100000.00")
    same = [row | {"paid": Decimal(600) * row["children"]} for row in rows]
    assert publishable(same, money="paid").number("paid") == Decimal(600 * 139)


@settings(max_examples=40, deadline=None)
@given(tables(), st.integers(0, 2))
def test_percentages_add_up_and_are_made_of_printed_numbers(rows, decimals):
    published = publishable(rows, 5, shares="d0", decimals=decimals)
    lines: dict[tuple[str, ...], list[dict]] = {}
    for row in published.rows():
        lines.setdefault(tuple(row[d] for d in published.dimensions[1:]), []).append(row)
    for total, *parts in lines.values():
        printed = [row for row in parts if row["children"] is not None]
        assert all(row["children_percent"] is None for row in parts if row not in printed)
        if not total["children"]:
            continue
        step = Fraction(1, 10**decimals)
        shares = [Fraction(row["children_percent"]) for row in printed]
        exact = [Fraction(100 * row["children"], total["children"]) for row in printed]
        assert all(abs(share - e) < step for share, e in zip(shares, exact, strict=True))
        if len(printed) == len(parts):
            assert sum(shares) == 100
        else:
            rest = 100 - sum(exact)
            assert abs(100 - sum(shares) - rest) < step


def test_division_codes_have_totals_of_each_level_and_those_known_no_finer_a_row_of_their_own():
    counties = [("330106", 40), ("330110", 3), ("330782", 70), ("220102", 55), ("33", 12), (None, 30)]
    published = publishable(
        [{"place": p, "children": n} for p, n in counties], dimensions={"place": "division"}, shares="place"
    )
    rows = {row["place"]: row for row in published.rows()}
    assert list(published.parents["place"]) == ["220102", "33", "33 *", "3301", "330106", "330110", "330782", "unknown"]
    assert published.parents["place"]["330106"] == "3301"
    assert rows["33"]["children"] == 125
    assert rows["330110"]["children"] is None
    assert rows["total"]["children"] == 210
    top = [rows[p]["children_percent"] for p in ("220102", "33", "unknown")]
    assert sum(map(Decimal, top)) == 100


def test_an_order_of_ones_own_gives_its_totals():
    parents = {"0-2": "under 6", "3-5": "under 6"}
    rows = [{"age": a, "children": n} for a, n in [("0-2", 30), ("3-5", 40), ("6-11", 50)]]
    published = publishable(rows, dimensions={"age": parents})
    assert published.number("children", age="under 6") == 70


def test_noughts_are_printed_unless_they_are_to_be_hidden():
    rows = [
        {"place": p, "sex": s, "children": n}
        for (p, s), n in zip(product("abc", "fm"), [0, 60, 50, 70, 40, 30], strict=True)
    ]
    assert publishable(rows).number("children", place="a", sex="f") == 0
    published = publishable(rows, hide_zeros=True)
    nought = {tuple(i.where.values()): i for i in published.intervals()}["a", "f"]
    assert nought.low == 0
    assert nought.high is None or nought.high >= 10


def test_a_total_that_has_to_stay_is_refused_where_it_tells():
    rows = [{"place": "a", "children": 4}, {"place": "b", "children": 6}]
    with pytest.raises(ProtectionError):
        publishable(rows, keep_total=True)
    assert publishable(rows).hidden == 3
    assert publishable([*rows, {"place": "c", "children": 50}], keep_total=True).number("children") == 60


def test_what_is_chosen_badly_does_not_pass_the_check(monkeypatch):
    """Only the small number hidden: its row gives it away, and the check at the end says so."""

    def small_only(problem, mover, step):
        return Choice(problem.small & problem.shown, {})

    monkeypatch.setattr(publishing, "chosen", small_only)
    with pytest.raises(ProtectionError, match="check"):
        publishable(PLACES)


def test_rows_of_totals_are_checked_against_the_sums():
    total = {"place": "total", "sex": "girl", "children": 69}
    assert publishable([*PLACES, total]).rows() == publishable(PLACES).rows()
    with pytest.raises(PublishingError, match="not the sum"):
        publishable([*PLACES, total | {"children": 70}])


WRONG = {
    "no rows": ([], {}),
    "no table": (3.5, {}),
    "a misspelt column": (PLACES, {"counts": "childern"}),
    "no counts": (PLACES, {"counts": []}),
    "k too small": (PLACES, {"k": 1}),
    "a blank count": ([{"place": "a", "children": None}], {}),
    "half a child": ([{"place": "a", "children": 20.5}], {}),
    "a row twice": ([*PLACES, PLACES[0]], {}),
    "a float for money": ([{"place": "a", "children": 20, "paid": 1.5}], {"money": "paid"}),
    "money for nobody": ([{"place": "a", "children": 0, "paid": 1}], {"money": "paid"}),
    "more than the whole": ([{"p": "a", "n": 20, "m": 21}], {"counts": {"n": None, "m": "n"}}),
    "part of itself": ([{"p": "a", "n": 20, "m": 20}], {"counts": {"n": "m", "m": "n"}}),
    "no such dimension": (PLACES, {"shares": "age"}),
    "no such order": (PLACES, {"dimensions": {"place": "province", "sex": None}}),
    "a circle": (PLACES, {"dimensions": {"place": {"a": "x", "x": "a"}, "sex": None}}),
    "a value that looks like the total": (PLACES, {"total": "33", "dimensions": {"place": {"a": "33"}, "sex": None}}),
    "only totals": ([{"place": "total", "children": 20}], {}),
    "a linked table that is no part": (
        PLACES,
        {"linked": {"x": Linked([p | {"children": 99} for p in PLACES], part=True)}},
    ),
    "a unit of nothing": (PLACES, {"money_unit": Decimal(0)}),
    "decimals": (PLACES, {"decimals": 9}),
    "no pair": (PLACES, {"differences": [("children", "boys")]}),
    "a dot in a name": (PLACES, {"linked": {"a.b": PLACES}}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told_in_both_languages_without_any_number(wrong):
    table, asked = WRONG[wrong]
    with pytest.raises(PublishingError) as caught:
        publishable(table, **asked)
    assert isinstance(caught.value, ToldError)
    assert stray(caught.value.text, "None", "True", "kinderguard") == []


def test_the_report_says_what_was_done_in_either_language():
    published = publishable([row | {"paid": 1} for row in PLACES], money="paid", shares="sex", linked={"x": PLACES})
    assert published.report("zh") != published.report("en")
    assert "次级隐藏" in published.report("zh")
    assert "secondary suppression" in published.report("en")
    assert "4 of 12" in publishable(PLACES).summary("en")
    assert "×" in publishable(PLACES)._repr_html_()
    assert isinstance(published, Published)


def test_without_the_solver_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(MissingExtraError, match=r"kinderguard\[analysis\]"):
        publishable(PLACES)


def test_progress_is_told():
    told = []
    publishable(PLACES, progress=lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] > 0


def test_a_forgotten_count_is_refused_and_not_printed_as_a_label():
    rows = [{"place": "a", "children": 40, "gains": 3}, {"place": "b", "children": 50, "gains": 12}]
    with pytest.raises(PublishingError, match="gains hold numbers"):
        publishable(rows)
    assert publishable(rows, counts=["children", "gains"]).number("gains", place="a") is None
    # Whoever names it means it: a year, a class of school.
    years = [{"year": 2024, "children": 40}, {"year": 2025, "children": 50}]
    assert publishable(years, dimensions=["year"]).number("children", year="2024") == 40


def test_with_several_counts_money_says_whose_it_is():
    rows = [{"place": p, "children": 60, "orphans": n, "paid": n * 1700} for p, n in (("a", 1), ("b", 30), ("c", 25))]
    with pytest.raises(PublishingError, match="money="):
        publishable(rows, counts={"children": None, "orphans": "children"}, money="paid")
    table = publishable(rows, counts={"children": None, "orphans": "children"}, money={"paid": "orphans"})
    assert table.number("orphans", place="a") is None
    assert table.number("paid", place="a") is None


def pair_of_tables(few=4):
    """Children by place and by age, of two kinds each, and all of them."""
    by_place = {("a",): {("", "yes"): few, ("", "no"): 50}, ("b",): {("", "yes"): 60, ("", "no"): 70}}
    by_age = {("0-5",): {("", "yes"): 30, ("", "no"): 55}, ("6-17",): {("", "yes"): few + 30, ("", "no"): 65}}
    whole = {(): {("", "yes"): few + 60, ("", "no"): 120}}
    return {("place",): by_place, ("age",): by_age, (): whole}


def numbers_of(made, dimension, values, kind="yes"):
    return [made.number(((dimension, value),), ("", kind)) for value in values]


def test_tables_that_share_a_sum_are_protected_by_it_together():
    """By age all who are of the kind would be told: so none of the other place alone may be missing by place."""
    made = together(pair_of_tables(), 10, lambda at, column: 3 ** (1 - len(at)), "no")
    by_place, by_age = numbers_of(made, "place", "ab"), numbers_of(made, "age", ("0-5", "6-17"))
    assert by_place[0] is None
    assert by_place[1] is None or None in by_age


def test_a_number_that_noughts_alone_tell_is_hidden_and_needs_no_other_table():
    """One child of each of three kinds in one place, and nobody else: everybody sees that there are at least three."""
    rows = {("a",): {("", "x"): 1, ("", "y"): 1, ("", "z"): 1}, ("b",): {("", "x"): 0, ("", "y"): 0, ("", "z"): 0}}
    made = together({("place",): rows}, 10, lambda at, column: 1, "z")
    assert [made.number((("place", "b"),), ("", kind)) for kind in "xyz"] == [0, 0, 0]
    assert made.number((), None) is None


def test_what_was_chosen_for_several_tables_is_checked_before_it_is_given(monkeypatch):
    from kinderguard.analysis.publishing import together as module

    def too_little(bound, mover, step, **options):
        choice = choosing.chosen(bound, mover, step, **options)
        spared = next(v for v in choice.hidden.nonzero()[0] if not bound.small[v])
        choice.hidden[spared] = False
        return choice

    monkeypatch.setattr(module, "chosen", too_little)
    with pytest.raises(ProtectionError, match="did not pass its check"):
        together(pair_of_tables(), 10, lambda at, column: 3 ** (1 - len(at)), "no")

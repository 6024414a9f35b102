"""Plots of many children: what is counted is that of the analysis, small numbers are not drawn, and no name is in it."""

import datetime as dt
import re
from itertools import product

import attrs
import pytest

pytest.importorskip("altair")

import kinderguard
from browser import UNREADABLE, Browser, needs_chromium
from kinderguard.analysis import compare, coverage, growth, plots, synthesize
from kinderguard.analysis.between import NOTHING, Between
from kinderguard.analysis.comparing.counting import Effect
from kinderguard.analysis.comparing.result import PolicyCost
from kinderguard.analysis.coverage_result import Cover
from kinderguard.analysis.growing import Growth, GrowthPoint
from kinderguard.analysis.plots import counted, picture, populations, protected
from kinderguard.model import Text
from kinderguard.model.codes import Frequency

DAY = dt.date(2025, 9, 1)
PLACES = ("330199", "330106")


@pytest.fixture(scope="module")
def people():
    return synthesize(1200, seed=5, divisions=PLACES, ids=True)


@pytest.fixture(scope="module")
def book():
    return kinderguard.load().on(DAY)


@pytest.fixture(scope="module")
def compared(book, people):
    reform = book.with_parameters({"cn.orphan.scattered_monthly": {"330199": "2600"}})
    return compare(book, reform, people, by=("place", "age"), progress=False)


@pytest.fixture(scope="module")
def covered(book, people):
    return coverage(book, people, progress=False)


@pytest.fixture(scope="module")
def drawn(compared, covered, series):
    makes = {
        "winners": lambda lang: plots.winners(compared, lang),
        "cost": lambda lang: plots.cost(compared, lang),
        "coverage": lambda lang: plots.coverage(covered, lang),
        "coverage of one": lambda lang: plots.coverage(covered, lang, policy="cn.orphan_allowance"),
        "growth": lambda lang: plots.growth(series, lang),
    }
    return {(name, lang): make(lang) for name, make in makes.items() for lang in ("zh", "en")}


@pytest.fixture(scope="module")
def series(people, book):
    pytest.importorskip("sqlalchemy")
    from kinderguard.casefile import CaseStore
    from kinderguard.model import Case

    with CaseStore("sqlite://") as store:
        for number in range(14):
            case = Case.from_facts({"ref": f"K{number}", "child.name": "合成某某", "child.birth_date": "2015-06-01"})
            day = dt.date(2025, 3 if number < 12 else 6, 1)
            store.record(case, at=day, by="t.user1")
        return growth(store, dt.date(2025, 3, 1), dt.date(2025, 7, 31), book=book)


def test_all_counts_are_drawn_where_nothing_is_published(compared):
    shown = plots.winners(compared, by="age", k=None)
    tables = compared.reforms[next(iter(compared.reforms))].tables["age"]
    assert {row["at"]: row["gains"] for row in shown.rows} == {key[0]: cell.gains for key, cell in tables.items()}


def test_small_counts_are_not_drawn_and_the_title_says_how_many(covered):
    assert any(0 < n < 10 for cover in covered.all.values() for n in (cover.eligible, cover.undetermined))
    shown = plots.coverage(covered)
    counts = [n for row in shown.rows for name, n in row.items() if name != "at"]
    assert None in counts
    assert not [n for n in counts if n is not None and 0 < n < 10]
    assert "未公布" in shown.title.zh
    assert f"{counts.count(None)} numbers are not published" in shown.title.en
    drawn = [row["children"] for row in _data(shown) if "kind" in row]
    assert drawn
    assert '"×"' in shown.chart_text()
    assert not [n for n in drawn if 0 < n < 10]


def bars(counts, k=10, first=()):
    """Bars of one row of counts by kind, and what may be shown of it."""
    safe = counted.counted({"a": counts}, k, first)
    names, kinds = {"a": Text("甲", "A")}, populations._KINDS
    return safe, counted.stacked(safe, k, names, kinds, Text("地区", "place"), "en", dark=False)


def test_what_hidden_counts_leave_of_a_published_sum_is_drawn_as_not_published():
    counts = {"gains": 40, "may_gain": 60, "open": 0, "may_lose": 3, "loses": 30}
    safe, shown = bars(counts)
    hidden = sum(n for kind, n in counts.items() if safe.shown["a"][kind] is None)
    assert hidden > 10
    assert safe.rest("a", 10, populations._KINDS) == hidden
    assert [how.en for how in shown.how] == ["× is a number that is not published"]  # no bar is shorter than the truth


def test_few_losers_hide_no_other_number_that_is_drawn():
    places = {
        at: {"gains": 167, "may_gain": 35, "open": 46, "may_lose": 0, "loses": loses, "same": 409}
        for at, loses in (("a", 9), ("b", 8), ("c", 7), ("d", 5))
    }
    safe = counted.counted(places, 10, ("same",))
    for at, counts in places.items():
        assert {kind for kind, n in safe.shown[at].items() if n is None} == {"loses", "same"}
        assert safe.sums[at] == sum(counts.values())


def test_few_in_a_row_hide_what_stands_in_a_short_row_and_not_in_a_long_one():
    kinds = ("gains", "may_gain", "open", "may_lose", "loses", "same")
    rows = {
        "6-11": (563, 150, 26, 17, 65, 1733), "15-17": (193, 78, 8, 16, 31, 1050), "18+": (53, 12, 15, 15, 17, 559),
        "0-2": (152, 63, 13, 19, 18, 550), "unknown": (4, 18, 11, 0, 13, 65),
    }  # fmt: skip
    counts = {at: dict(zip(kinds, row, strict=True)) for at, row in rows.items()}
    table = {(at,): {("", kind): n for kind, n in row.items()} for at, row in counts.items()}
    made = protected._made({("age",): table}, 10, "same", short_rows=True)
    shown = {at: {kind: made.number((("age", at),), ("", kind)) for kind in kinds} for at in rows}
    safe = counted.Safe(shown, {at: made.number((("age", at),), None) for at in rows})
    assert safe.shown["15-17"]["gains"] == 193
    assert {at for at, shown in safe.shown.items() if shown["gains"] is None} == {"18+", "unknown"}
    assert safe.sums == {at: sum(row) for at, row in rows.items()}


KINDS = (*populations._KINDS, "same")


def counted_by(compared, seed, reforms=("a",)):
    """A comparison by place, age and both, whose numbers are drawn at random."""
    import random

    draw = random.Random(seed)
    made = {}
    for name in reforms:
        cells = {}
        for key in product("ABC", ("0-2", "3-5", "6-11", "unknown")):
            few = 0.1 if key[1] == "unknown" else 1
            cells[key] = [int(draw.expovariate(1 / (mean * few))) for mean in (90, 30, 6, 2, 4, 200)]
        if made:  # the same children, parted another way
            for key, row in cells.items():
                row[-1] = 0
                whole = sum(made["a"]["place × age"][key])
                cells[key] = [min(n, whole // 6) for n in row]
                cells[key][-1] = whole - sum(cells[key])
        tables = {"place": {}, "age": {}, "place × age": cells}
        for (place, age), row in cells.items():
            for table, key in (("place", (place,)), ("age", (age,))):
                tables[table][key] = [a + b for a, b in zip(tables[table].get(key, [0] * 6), row, strict=True)]
        made[name] = tables
    effect = compared.effect()
    return attrs.evolve(compared, reforms={
        name: attrs.evolve(effect, name=name, all=an_effect([sum(n) for n in zip(*tables["place"].values(), strict=True)]), tables={
            table: {key: an_effect(row) for key, row in rows.items()} for table, rows in tables.items()
        }) for name, tables in made.items()
    })  # fmt: skip


def an_effect(row):
    gains, may_gain, open_, may_lose, loses, same = row
    return Effect(sum(row), gains, may_gain, same, may_lose, loses, open_, *(4 * [NOTHING]))


def told(found, beside=None):
    """What all pictures of a comparison together tell of numbers below ten: an integer program over all that they show."""
    highspy = pytest.importorskip("highspy")
    solver = highspy.Highs()
    solver.silent()
    at, true = {}, {}
    for name, effect in found.reforms.items():
        for table in effect.tables:
            shown = {row["at"]: row for row in plots.winners(found, reform=name, by=table, beside=beside).rows}
            for key, cell in effect.tables[table].items():
                for kind in KINDS:
                    n = shown[" × ".join(key)][kind]
                    low, high = (0, solver.inf) if n is None else (n, n)
                    where = frozenset(zip(table.split(" × "), key, strict=True))
                    at[name, where, kind] = solver.addVariable(low, high, type=highspy.HighsVarType.kInteger)
                    true[name, where, kind] = getattr(cell, kind), n
    for (name, where, kind), variable in at.items():
        if len(where) == 1:
            solver.addConstr(variable == sum(v for (r, w, k), v in at.items() if (r, k) == (name, kind) and w > where))
    for where in {w for _, w, _ in at if len(w) == 2}:
        rows = [[v for (r, w, _), v in at.items() if (r, w) == (name, where)] for name in found.reforms]
        for row in rows[1:]:  # the same children
            solver.addConstr(sum(row) == sum(rows[0]))
    found_out = []
    for cell, (number, shown) in true.items():
        if shown is None and number < 10:
            solver.maximize(at[cell])
            if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal and solver.val(at[cell]) < 9.5:
                found_out.append(cell)
    return found_out


def test_pictures_of_one_comparison_side_by_side_give_nothing_away(compared):
    for seed in range(3):
        assert told(counted_by(compared, seed)) == []
    assert told(counted_by(compared, 0), beside=()) != []  # each by itself would


def test_pictures_of_two_reforms_of_one_comparison_give_nothing_away(compared):
    assert told(counted_by(compared, 5, ("a", "b"))) == []


def test_what_a_picture_hides_is_the_same_in_every_language_and_whenever_it_is_drawn(compared):
    once, again = (counted_by(compared, 1) for _ in range(2))
    assert plots.winners(once, "zh", by="place × age").rows == plots.winners(once, "en", by="place × age").rows
    assert plots.winners(again, "en", by="place").rows == plots.winners(once, "zh", by="place").rows


def test_tables_that_are_published_together_may_be_named_and_the_picture_says_so(compared):
    found = counted_by(compared, 1)
    shown = plots.winners(found, "en", by="place", beside=("age",))
    assert "only pictures by age may be published beside it" in shown.title.en
    assert "not to be published beside" in plots.winners(found, "en", beside=()).title.en
    assert "published beside" not in plots.winners(found, "en").title.en
    with pytest.raises(plots.NothingToDrawError, match="place × age"):
        plots.winners(found, by="place", beside=("agee",))


def test_what_classes_leave_of_all_children_is_protected_too(compared):
    """Of 100 who gain 97 are of one class: both numbers would tell of three who are not."""
    effect = compared.effect()
    rows = {("cn.economic_hardship",): an_effect([97, 0, 0, 0, 0, 60]), ("none",): an_effect([3, 0, 0, 0, 0, 40])}
    tables = {"class": rows, "place": {("330106",): an_effect([100, 0, 0, 0, 0, 100])}}
    found = attrs.evolve(
        compared, reforms={effect.name: attrs.evolve(effect, tables=tables, all=tables["place"]["330106",])}
    )
    gains = [row["gains"] for by in ("class", "place") for row in plots.winners(found, by=by).rows]
    assert gains in ([None, None, 100], [97, None, None])


def test_pictures_of_one_coverage_are_protected_together(covered):
    """What all places come to is the policy's bar among all: where the number of one place alone is hidden, the bar is too."""
    whole = {row["at"]: row for row in plots.coverage(covered).rows}
    seen = 0
    for code, bar in whole.items():
        places = plots.coverage(covered, policy=code).rows
        for kind in populations._COVER:
            hidden = sum(row[kind] is None for row in places)
            seen += hidden
            assert hidden != 1 or bar[kind] is None
    assert seen


def test_a_picture_says_for_which_day_it_is_and_that_its_children_are_made_up(compared, covered):
    for shown in (plots.winners(compared, "en"), plots.cost(compared, "en"), plots.coverage(covered, "en")):
        assert shown.chart.to_dict()["title"]["subtitle"][0].startswith("As of 2025-09-01; synthetic data")
    assert "评估日期 2025-09-01；合成数据" in plots.winners(compared, "zh").title.zh


def test_children_of_a_table_are_not_called_synthetic(book, people):
    found = coverage(book, people.children, members=people.members, progress=False)
    assert "synthetic" not in plots.coverage(found, "en").title.en


def test_which_rows_are_short_is_asked_only_where_their_sums_can_be_shown():
    counts = {(at,): {("", "gains"): 40 + n, ("", "same"): 5} for n, at in enumerate("abc")}
    few = {("at",): counts | {("d",): {("", "gains"): 3, ("", "same"): 0}}}
    assert protected._made(few, 10, "same", short_rows=True) == protected._made(few, 10, "same", short_rows=False)


def test_few_of_whom_help_is_not_known_hide_no_other_number():
    counts = {"receiving": 82, "not_known_to_receive": 3, "not_receiving": 21, "undetermined": 570}
    safe = counted.counted({"a": counts}, 10, (counted.SUM,))
    assert safe.shown["a"] == counts | {"not_known_to_receive": None}
    assert safe.sums["a"] is None


def test_every_number_stands_in_its_bar_or_beside_it_and_no_kind_is_in_the_legend_for_nothing():
    _, shown = bars({"gains": 400, "may_gain": 12, "open": 0, "may_lose": 0, "loses": 3, "same": 90}, first=("same",))
    drawn = shown.chart.to_dict()
    said = [row["said"] for rows in drawn["datasets"].values() for row in rows]
    assert sorted(text for text in said if text) == ["12", "400", "×"]
    colours = drawn["layer"][0]["encoding"]["fill"]["scale"]["domain"]
    assert colours == ["gains", "may gain", "loses"]


def test_rows_of_classes_are_said_to_overlap(compared):
    effect = compared.effect()
    classes = attrs.evolve(effect, tables={"class": {("cn.orphan",): effect.all}})
    shown = plots.winners(attrs.evolve(compared, reforms={effect.name: classes}), "en", by="class")
    assert "a child of two classes stands in both rows" in shown.title.en
    assert "two classes" not in plots.winners(compared, "en").title.en


def test_a_reform_without_a_name_is_called_the_reform(compared):
    assert plots.winners(compared, "zh").title.zh.startswith("改革方案：")
    assert plots.cost(compared, "en").title.en.startswith("By how much yearly costs change: the reform (")


def test_a_reforms_name_keeps_its_letters(compared):
    named = attrs.evolve(compared, reforms={"dibao 低保": attrs.evolve(compared.effect(), name="dibao 低保")})
    for shown in (plots.winners(named, "en"), plots.cost(named, "en")):
        (title,) = shown.chart.to_dict()["title"]["text"]
        assert title.endswith(": dibao 低保")
        assert title[0].isupper()


def test_where_nobody_gains_or_loses_there_is_nothing_to_draw(book, people):
    same = compare(book, {"same": book.with_parameters({"cn.rehabilitation.until_age": 7})}, people, progress=False)
    for k in (10, None):
        with pytest.raises(plots.NothingToDrawError, match="by ‘same’ nobody gains or loses") as error:
            plots.winners(same, k=k)
        assert "“same”下无人受益" in error.value.text.zh
    with pytest.raises(plots.NothingToDrawError, match="no change of cost"):
        plots.cost(same)


def test_a_policy_that_nobody_may_get_has_no_picture_by_place(covered):
    nobody = dict.fromkeys(covered.all, Cover(0, 0, 0, 0, 0, 0, 0))
    empty = attrs.evolve(covered, all=nobody, tables={"place": {("330199",): nobody}})
    with pytest.raises(plots.NothingToDrawError, match="nobody may be eligible"):
        plots.coverage(empty, policy="cn.orphan_allowance")


def test_children_are_counted_in_whole_numbers():
    def axis(n, k):
        return bars({"loses": n}, k)[1].chart.to_dict()["layer"][0]["encoding"]["x"]["axis"]

    assert axis(2, None)["values"] == [0, 1, 2]
    assert axis(2, 10)["values"] == [0]  # of what is hidden, the axis says nothing
    assert "values" not in axis(900, None)


def test_a_series_of_noughts_has_them_at_its_foot():
    point = GrowthPoint(DAY, 0, 0, 0, 0, 0, {}, {}, NOTHING, {}, 0, 0, 0, 0)
    y = plots.growth(Growth("month", None, (point,), {})).chart.to_dict()["layer"][0]["encoding"]["y"]
    assert (y["scale"]["domain"], y["axis"]["values"]) == ([0, 1], [0])


def _data(shown):
    return [row for rows in shown.chart.to_dict()["datasets"].values() for row in rows]


def only_costs(compared, *costs, payees=(20, 20), in_all=NOTHING):
    """The comparison with policies of these costs (before, after, change) alone."""
    effect = compared.effect()
    policies = tuple(
        PolicyCost(f"330199.p{i}", Text(f"补贴{i}", f"Grant {i}"), every, before, after, change, payees)
        for i, (every, before, after, change) in enumerate(costs)
    )
    known = attrs.evolve(effect.all, cost_a_year=in_all)
    return attrs.evolve(compared, reforms={effect.name: attrs.evolve(effect, policies=policies, all=known)})


def drawn_rows(shown):
    return {row["policy"]: row for row in _data(shown) if "policy" in row}


YEAR, ONCE = Frequency.YEAR, Frequency.ONCE
SOME = Between(70_000, 90_000)


def test_a_policy_that_few_may_get_has_no_cost_in_the_picture_nor_has_the_sum(compared):
    few = only_costs(compared, (YEAR, NOTHING, SOME, SOME), payees=(0, 9), in_all=SOME)
    with pytest.raises(plots.NothingToDrawError, match="fewer than 10"):
        plots.cost(few)
    assert [row["policy"] for row in plots.cost(few, k=None).rows] == ["330199.p0"]
    effect = few.effect()
    many = PolicyCost("330199.many", Text("多", "Many"), YEAR, NOTHING, SOME, SOME, (0, 40))
    both = attrs.evolve(few, reforms={effect.name: attrs.evolve(effect, policies=(*effect.policies, many))})
    shown = plots.cost(both, "en")
    assert list(drawn_rows(shown)) == ["Many"]
    assert "and the sum, which would tell of that" in shown.title.en
    assert list(drawn_rows(plots.cost(both, "en", k=None))) == ["Grant 0", "Many", "In all"]


def test_a_change_for_few_children_in_all_is_not_drawn(compared):
    effect = compared.effect()
    for_few = attrs.evolve(effect, all=attrs.evolve(effect.all, same=effect.all.children - 9))
    with pytest.raises(plots.NothingToDrawError, match="不足 10 名"):
        plots.cost(attrs.evolve(compared, reforms={effect.name: for_few}))


def test_only_what_the_reform_changes_is_drawn_with_its_bounds_and_the_sum(compared):
    effect = compared.effect()
    shown = plots.cost(compared, "en", k=None)
    changed = {p.code: p for p in effect.policies if not p.change.is_zero}
    assert 0 < len(changed) < len(effect.policies)
    assert {row["policy"] for row in shown.rows} == set(changed)
    for row in shown.rows:
        p = changed[row["policy"]]
        assert (row["change_low"], row["after_low"]) == (str(p.change.low), str(p.after.low))
    total = drawn_rows(shown)["In all"]
    assert (total["low"], total["high"]) == (float(effect.cost_a_year.low), float(effect.cost_a_year.high))


def test_changes_stand_the_largest_first_and_each_says_what_it_comes_to(compared):
    kinds = (
        (YEAR, SOME, SOME, NOTHING),  # as before
        (YEAR, Between(0, None), Between(70_000, None), Between(None, None)),
        (YEAR, SOME, NOTHING, -SOME),
        (YEAR, SOME, Between(70_000, None), Between(20_000, None)),
        (ONCE, NOTHING, Between(4_000, 4_000), Between(4_000, 4_000)),
    )
    shown = plots.cost(only_costs(compared, *kinds, in_all=Between(None, None)), "en")
    rows = drawn_rows(shown)
    assert [(name, row["said"]) for name, row in rows.items()] == [
        ("Grant 1", "open: nothing bounds it"), ("Grant 2", "-900 to -700"), ("Grant 3", "at least +200"),
        ("Grant 4 (once)", "+40"), ("In all", "open: nothing bounds it"), ("In all (once)", "0"),
    ]  # fmt: skip
    assert (rows["Grant 2"]["sure"], rows["Grant 3"]["sure"], rows["Grant 1"]["sure"]) == (-700, 200, 0)
    assert (rows["Grant 1"]["from"], rows["Grant 1"]["to"]) == (
        min(r["from"] for r in rows.values()),
        rows["Grant 3"]["to"],
    )
    assert "dashed: nothing bounds the change on that side" in shown.title.en
    with pytest.raises(plots.NothingToDrawError):
        plots.cost(only_costs(compared, kinds[0]))


def test_a_view_of_coverage_has_the_order_of_its_plot(covered):
    shown = plots.coverage(covered, "en", k=None)
    seen = [line.split(" | ")[0] for line in covered.view("en").text.splitlines() if " | " in line]
    titles = [covered.policies[row["at"]].en for row in shown.rows]
    assert [title for title in seen if title in titles][: len(titles)] == titles


def test_what_is_not_published_is_pale_on_every_ground(compared):
    effect = compared.effect()
    few = Effect(133, 40, 60, 0, 3, 30, 0, *(4 * [NOTHING]))  # nobody as before: another number has to be hidden
    found = attrs.evolve(compared, reforms={effect.name: attrs.evolve(effect, tables={"place": {("330106",): few}})})
    light, dark = (plots.winners(found, "en", dark=dark) for dark in (False, True))
    colours = [shown.chart.to_dict() for shown in (light, dark)]
    assert picture.pale(False) in str(colours[0])
    assert picture.pale(True) in str(colours[1])
    assert picture.pale(False) not in str(colours[1])
    assert f"[fill='{picture.pale(False)}'] {{ fill: {picture.pale(True)}; }}" in light.svg
    assert f"[stroke='{picture.rim(False)}'] {{ stroke: {picture.rim(True)}; }}" in light.svg
    assert all(contrast(picture.rim(dark), ground) >= 3 for dark, ground in ((False, "#ffffff"), (True, "#0d1117")))


def contrast(one, other):
    """How far two colours stand apart in brightness, as WCAG reckons it."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dim, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_notes_stand_under_a_title_and_in_its_words(covered):
    shown = plots.coverage(covered, "en")
    title = shown.chart.to_dict()["title"]
    assert title["text"] == ["Whom each policy reaches and misses"]
    assert title["subtitle"][0] == "As of 2025-09-01; synthetic data: no child in it exists"
    assert title["subtitle"][1].endswith(
        "numbers are not published: they are below 10, or would give such a number away"
    )
    assert shown.title.en.startswith("Whom each policy reaches and misses (")
    assert shown.chart.to_dict()["description"] == shown.title.en


def test_the_series_of_the_store_is_drawn_month_by_month(series):
    shown = plots.growth(series, "en", k=None)
    rows = [(row["day"], row["children"]) for row in shown.rows if row["what"] == "not assessed"]
    assert rows == [
        (f"2025-0{m}-{d}", n) for m, d, n in ((3, 31, 12), (4, 30, 12), (5, 31, 12), (6, 30, 14), (7, 31, 14))
    ]


def lines(*counts, k=10):
    """The lines of a growth whose points have so many files assessed and not, and so many who receive the allowance."""
    points = tuple(
        GrowthPoint(dt.date(2025, month, 1), a + n, 0, 0, a, n, {}, {}, NOTHING, {"cn.orphan_allowance": (r, 0)}, 0, 0, 0, 0)
        for month, (a, n, r) in enumerate(counts, 1)
    )  # fmt: skip
    shown = plots.growth(Growth("month", None, points, {}), "en", k=k)
    held = {}
    for row in shown.rows:
        held.setdefault(row["what"].split()[0], []).append(row["children"])
    return held["assessed"], held["not"], held["known"], shown.title.en


def test_the_labels_of_months_stand_under_their_points(series):
    drawn = plots.growth(series, "en", k=None).chart.to_dict()
    days = [(each["month"], each["date"]) for each in drawn["layer"][0]["encoding"]["x"]["axis"]["values"]]
    assert days == [(3, 31), (4, 30), (5, 31), (6, 30), (7, 31)]
    assert "×" not in plots.growth(series, "en", k=None).title.en


def many_lines(number, k=None):
    """A growth in which so many kinds of help are received, each by one child more than the one before."""
    codes = [f"330199.help{i}" for i in range(number)]
    points = tuple(
        GrowthPoint(dt.date(2025, m, 1), 90, 0, 0, 60, 30, {}, {}, NOTHING, {c: (m + i, 0) for i, c in enumerate(codes)}, 0, 0, 0, 0)
        for m in (1, 2)
    )  # fmt: skip
    titles = {code: Text("很长的补贴名称", f"A grant with a long name, number {i}") for i, code in enumerate(codes)}
    return plots.growth(Growth("month", None, points, titles), "en", k=k).chart.to_dict()


def test_a_series_without_categories_shows_no_empty_table():
    point = GrowthPoint(DAY, 9, 0, 0, 6, 3, {}, {}, NOTHING, {"330199.help": (2, 0)}, 0, 0, 0, 0)
    seen = Growth("month", None, (point,), {}).view("en").html
    assert "receiving (children)" in seen
    assert "category (children)" not in seen


def test_no_two_lines_look_alike_however_many_there_are():
    drawn = many_lines(12)
    *lines, points = drawn["layer"]
    colour, shape = (points["encoding"][channel]["scale"] for channel in ("color", "shape"))
    assert colour["domain"] == shape["domain"]
    assert len(set(zip(colour["range"], shape["range"], strict=True))) == 14
    looks = [(of, str(line["mark"]["strokeDash"])) for line in lines for of in line["transform"][0]["filter"]["oneOf"]]
    assert [name for name, _ in looks] == colour["domain"]
    assert len({(colour["range"][i], dash) for i, (_, dash) in enumerate(looks)}) == 14


def test_a_legend_says_every_name_whole_and_in_the_order_of_the_lines_at_their_ends():
    drawn = many_lines(3)
    legend = drawn["layer"][-1]["encoding"]["shape"]
    assert drawn["config"]["legend"]["labelLimit"] == 0
    assert legend["legend"]["columns"] == 1
    assert legend["scale"]["domain"][2] == "known to receive: A grant with a long name, number 2"


def test_a_change_of_a_few_from_one_month_to_another_is_not_drawn(series):
    assessed, rest, _, title = lines((100, 50, 40), (103, 50, 40), (115, 50, 40), (104, 50, 40))
    assert assessed == [None, None, 115, 104]  # the first is four less than the last
    assert rest == [50, 50, 50, 50]  # where one of the two is not drawn, what they come to is not told
    assert "are not published" in title
    assert [row["children"] for row in plots.growth(series, "en").rows if row["what"] == "not assessed"] == [
        None, None, None, 14, 14,
    ]  # fmt: skip
    assert lines((100, 50, 40), (103, 50, 40), k=None)[0] == [100, 103]


def test_a_line_has_its_last_point_beside_the_nought_that_completes_it():
    assessed, rest, _, title = lines((100, 0, 0), (130, 0, 0), (155, 0, 0), (160, 0, 0))
    assert (assessed, rest) == ([100, 130, None, 160], [0, 0, 0, 0])
    assert title.endswith("× under the picture marks these days; thin dots only join the points about them)")
    assert lines((0, 20, 0), (0, 60, 0), (0, 153, 0), (160, 0, 0))[:2] == ([0, 0, 0, 160], [20, 60, None, 0])


def test_few_who_are_helped_in_one_month_hide_no_other_month():
    """What the months come to counts a child many times: it is no number that anybody is told."""
    assert lines((60, 40, 0), (80, 60, 3), (110, 90, 20), (150, 120, 50))[2] == [0, None, 20, 50]
    assert lines((60, 40, 97), (80, 60, 60), (110, 90, 30))[2] == [None, 60, 30]


def test_a_gap_is_joined_and_each_hidden_number_is_marked():
    points = tuple(
        GrowthPoint(dt.date(2025, month, 1), n, 0, 0, n, 0, {}, {}, NOTHING, {}, 0, 0, 0, 0)
        for month, n in enumerate((4, 100, 130, 155, 160), 1)
    )
    data = _data(plots.growth(Growth("month", None, points, {}), "en"))
    assert [(row["day"][:7], row["children"]) for row in data if "gap" in row] == [("2025-03", 130), ("2025-05", 160)]
    marks = [row for row in data if "children" not in row]
    assert [(row["day"][:7], row["what"]) for row in marks] == [("2025-01", "assessed"), ("2025-04", "assessed")]


def test_what_two_lines_make_up_together_may_not_change_by_a_few_either():
    assert lines((100, 50, 40), (120, 33, 40))[:2] == ([100, 120], [None, 33])  # 3 files more
    assert lines((100, 50, 40), (120, 30, 40))[:2] == ([100, 120], [50, 30])


def test_a_line_is_drawn_month_by_month_though_only_a_few_files_wait_for_their_assessment():
    assessed, rest, _, title = lines((20, 4, 0), (41, 7, 0), (60, 3, 0), (80, 0, 0))
    assert assessed == [20, 41, 60, 80]
    assert rest == [None, None, None, 0]
    assert "3 numbers are not published" in title


def test_a_line_of_help_may_stay_as_it_is_while_a_few_files_come():
    _, _, helped, _ = lines((100, 50, 40), (103, 50, 40), (130, 50, 65))
    assert helped == [None, 40, 65]  # 30 files more and 25 who receive it: 5 who do not


def test_a_few_files_that_are_the_rest_of_many_are_not_given_away(people, book):
    """97 of 100 files assessed: drawing both, or all of them elsewhere, would tell that three are not."""
    point = GrowthPoint(DAY, 100, 0, 0, 97, 3, {}, {}, NOTHING, {"cn.orphan_allowance": (95, 0)}, 0, 0, 0, 0)
    few = Growth("month", None, (point,), {})
    assert [row["children"] for row in plots.growth(few).rows] == [97, None, None]
    assert "未公布" in plots.growth(few).title.zh
    assert len(plots.growth(few, k=None).rows) == 3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda c, v: plots.winners(c, by="plce"), "place"),
        (lambda c, v: plots.coverage(v, policy="cn.orphan_allowanc"), "cn.orphan_allowance"),
        (lambda c, v: plots.coverage(v, policy="cn.orphan_allowance", by="sx"), "place"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(compared, covered, call, said):
    with pytest.raises(plots.NothingToDrawError, match=said):
        call(compared, covered)


def test_english_plots_have_no_chinese_letters(drawn):
    for (name, lang), shown in drawn.items():
        if lang == "en":
            assert not re.findall(r"[\u4e00-\u9fff]", shown.chart_text()), name


def test_no_name_is_in_a_plot(drawn):
    for shown in drawn.values():
        assert "合成0" not in shown.chart_text()
        assert "合成某某" not in shown.chart_text()


@needs_chromium
def test_every_plot_is_drawn_in_a_real_browser(drawn, tmp_path):
    with Browser() as browser:
        # One language of each: they differ in their letters only.
        for number, ((name, lang), shown) in enumerate(drawn.items()):
            if (lang == "en") == (number // 2 % 2 == 1):
                continue
            page = browser.open(shown.save(tmp_path / f"{name}-{lang}.html"), width=1100, height=900)
            size = page.run("(e => [e.clientWidth, e.clientHeight])(document.querySelector('canvas, svg.marks'))")
            assert min(size) > 80, (name, lang, size)
            assert page.run(UNREADABLE) == [], (name, lang)


def test_a_png_is_drawn_with_its_letters(drawn, tmp_path):
    if not picture.has_chinese_font():
        pytest.skip("no font here has Chinese letters (Debian: apt install fonts-wqy-microhei)")
    assert drawn["winners", "zh"].save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")

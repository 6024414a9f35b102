"""Plots of many children: what is counted is that of the analysis, small numbers are not drawn, and no name is in it."""

import datetime as dt
import re

import pytest

pytest.importorskip("altair")

import kinderguard
from browser import Browser, needs_chromium
from kinderguard.analysis import compare, coverage, growth, plots, synthesize
from kinderguard.analysis.plots import picture
from kinderguard.model import Text

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


def test_what_hidden_counts_leave_of_a_published_sum_is_drawn_as_not_published():
    from kinderguard.analysis.plots import populations

    counts = {"a": {"gains": 40, "may_gain": 60, "open": 0, "may_lose": 3, "loses": 30, "same": 100}}
    safe = populations._counted(counts, 10)
    kinds = populations._KINDS
    _, how, _ = populations._stacked(safe, 10, {"a": Text("甲", "A")}, kinds, Text("地区", "place"), "en")
    hidden = sum(n for kind, n in counts["a"].items() if safe.shown["a"][kind] is None)
    assert hidden > 10
    assert safe.rest("a") == hidden
    assert how.en == ""  # no bar is shorter than the truth


def test_few_of_whom_something_is_open_are_counted_with_all_who_may_gain_or_lose():
    from kinderguard.analysis.plots.populations import _gathered

    kinds = {"gains": 40, "may_gain": 60, "same": 100, "may_lose": 3, "loses": 0, "open": 12}
    assert _gathered(kinds, 10) == {"gains": 40, "may_gain": 60, "same": 100, "loses": 0, "open": 15}
    assert _gathered(kinds | {"open": 2}, 10) == kinds | {"open": 2}  # 5 would be hidden as well


def test_a_reform_without_a_name_is_called_the_reform(compared):
    assert plots.winners(compared, "zh").title.zh.startswith("改革方案：")
    assert plots.cost(compared, "en").title.en.startswith("The reform: ")


def _data(shown):
    return [row for rows in shown.chart.to_dict()["datasets"].values() for row in rows]


def test_a_policy_that_few_may_get_has_no_cost_in_the_picture(compared):
    few = {p.code for p in compared.effect().policies if 0 < max(p.payees) < 10 and not p.before.is_zero}
    assert few, "the population must have such a policy, or this tests nothing"
    assert not few & {row["policy"] for row in plots.cost(compared).rows}
    assert few <= {row["policy"] for row in plots.cost(compared, k=None).rows}


def test_costs_are_those_of_the_comparison(compared):
    rows = {row["policy"]: row for row in plots.cost(compared, k=None).rows}
    orphan = next(p for p in compared.effect().policies if p.code == "cn.orphan_allowance")
    assert rows["cn.orphan_allowance"]["after_low"] == str(orphan.after.low)
    assert rows["cn.orphan_allowance"]["before_low"] == str(orphan.before.low)


def test_the_series_of_the_store_is_drawn_month_by_month(series):
    shown = plots.growth(series, "en", k=None)
    rows = [(row["day"], row["children"]) for row in shown.rows if row["what"] == "not assessed"]
    assert rows == [
        (f"2025-0{m}-{d}", n) for m, d, n in ((3, 31, 12), (4, 30, 12), (5, 31, 12), (6, 30, 14), (7, 31, 14))
    ]


def lines(*counts, k=10):
    """The lines of a growth whose points have so many files assessed and not, and so many who receive the allowance."""
    from kinderguard.analysis.between import NOTHING
    from kinderguard.analysis.growing import Growth, GrowthPoint

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
    days = [(each["month"], each["date"]) for each in drawn["encoding"]["x"]["axis"]["values"]]
    assert days == [(3, 31), (4, 30), (5, 31), (6, 30), (7, 31)]
    assert "×" not in plots.growth(series, "en").title.en


def test_a_change_of_a_few_from_one_month_to_another_is_not_drawn(series):
    assessed, rest, _, title = lines((100, 50, 40), (103, 50, 40), (115, 50, 40), (104, 50, 40))
    assert assessed == [100, None, 115, None]  # 104 is four more than the first
    assert rest == [50, None, 50, None]
    assert "are not published" in title
    assert [row["children"] for row in plots.growth(series, "en").rows if row["what"] == "not assessed"] == [
        12, 12, 12, None, None,
    ]  # fmt: skip
    assert lines((100, 50, 40), (103, 50, 40), k=None)[0] == [100, 103]


def test_what_two_lines_make_up_together_may_not_change_by_a_few_either():
    assert lines((100, 50, 40), (120, 33, 40))[0] == [100, None]  # 3 files more
    assert lines((100, 50, 40), (120, 30, 40))[0] == [100, 120]


def test_a_line_of_help_may_stay_as_it_is_while_a_few_files_come():
    _, _, helped, _ = lines((100, 50, 40), (103, 50, 40), (130, 50, 65))
    assert helped == [40, 40, None]  # 30 files more and 25 who receive it: 5 who do not


def test_a_few_files_that_are_the_rest_of_many_are_not_given_away(people, book):
    """97 of 100 files assessed: drawing both would tell that three are not."""
    from kinderguard.analysis.between import NOTHING
    from kinderguard.analysis.growing import Growth, GrowthPoint

    point = GrowthPoint(DAY, 100, 0, 0, 97, 3, {}, {}, NOTHING, {"cn.orphan_allowance": (95, 0)}, 0, 0, 0, 0)
    few = Growth("month", None, (point,), {})
    assert {row["children"] for row in plots.growth(few).rows} == {None}
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


def test_a_png_is_drawn_with_its_letters(drawn, tmp_path):
    if not picture.has_chinese_font():
        pytest.skip("no font here has Chinese letters (Debian: apt install fonts-wqy-microhei)")
    assert drawn["winners", "zh"].save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")

"""Plots of one child and of rules: the figures are those of the values, the letters are there, nothing personal or fetched."""

import datetime as dt
import json
import re

import attrs
import pytest

pytest.importorskip("altair")

import kinderguard
from browser import UNREADABLE, Browser, needs_chromium
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.analysis import marginal, plots, timeline
from kinderguard.analysis.plots import picture
from kinderguard.model import Text
from kinderguard.rules import child, household
from kinderguard.rules.kinds import BOOL, MONEY
from kinderguard.rules.parameters import ASSUMED

DAY = dt.date(2025, 9, 1)
INCOME = "household.monthly_income_per_head"


def a_policy(code, eligible, amount):
    return r.Policy(
        f"330106.{code}", Text("测试补贴", "Test grant"), eligible=eligible, amount=amount, every=r.MONTH,
        evidence=[r.Document.HUKOU_BOOK], cites=[r.Cite("测试文件", article="一")],
    )  # fmt: skip


@pytest.fixture(scope="module")
def book():
    nation = kinderguard.load(packs=[]).on(DAY)
    only = nation.without(*(c for c, p in nation.rules.policies.items() if p.amount is not None))
    line = a_policy("line", household.monthly_income_per_head <= 1000, r.yuan(600))
    return only.for_division("330106").with_policies(
        line, a_policy("open", child.adopted & (child.age < 14), r.yuan(300))
    )


@pytest.fixture(scope="module")
def case():
    return Case.from_facts({
        "ref": "K1", "child.name": "合成某某", "child.registration.address": "合成路1号", "child.birth_date": "2012-03-05",
        INCOME: "500",
    })  # fmt: skip


@pytest.fixture(scope="module")
def drawn(book, case):
    """Every plot of this module in both languages, by name."""
    line = marginal(book, case, INCOME, over=(0, 3000), step=100)
    months = timeline(book, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 6, 30))
    overlay = book.overlay("330199")
    makes = {
        "income": lambda **o: plots.income(line, **o),
        "timeline": lambda **o: plots.timeline(months, **o),
        "parameter": lambda **o: plots.parameter(overlay.rules.parameters["cn.orphan.scattered_monthly"], **o),
        "decision_tree": lambda **o: plots.decision_tree(overlay.rules.categories["cn.orphan"], titles=overlay.titles, **o),
    }  # fmt: skip
    return {(name, lang): make(lang=lang) for name, make in makes.items() for lang in ("zh", "en")}


def test_the_line_of_an_income_is_that_of_the_values(book, case):
    line = marginal(book, case, INCOME, over=(0, 3000), step=500)
    shown = plots.income(line)
    assert list(shown.rows) == line.rows()
    found = json.loads(shown.chart.to_json())["datasets"].values()
    drawn = [(p["value"], p["low"]) for data in found for p in data if 999 < p["value"] < 1001 and "high" in p]
    assert {(1000.0, 600.0), (1000.01, 0.0)} <= set(drawn)
    assert "-600.00" in shown.chart_text()


def test_a_cliff_that_depends_on_what_is_unknown_is_called_a_may_be(book, case):
    eligible = child.adopted & (household.monthly_income_per_head <= 1000)
    line = marginal(book.with_policies(a_policy("line", eligible, r.yuan(600))), case, INCOME, over=(0, 3000))
    assert "可能减少" in plots.income(line).chart_text()
    assert "may fall" in plots.income(line, "en").chart_text()


def test_an_income_without_cliffs_is_drawn(book, case):
    line = marginal(book, case, INCOME, over=(0, 900), step=300)
    assert line.cliffs == ()
    assert "悬崖" not in plots.income(line).chart_text()


def test_a_tree_takes_a_named_step_apart_once():
    poor = r.named("poor", (household.monthly_income_per_head <= 1000) & (household.size >= 1), zh="贫困", en="poor")
    rule = r.Category("330199.x", Text("类别", "class"), (poor & (child.age < 18)) | (poor & (child.age >= 60)))
    said = [row["en"] for row in plots.decision_tree(rule).rows]
    assert said.count("poor: all of these") == 1
    assert said.count("poor (see above)") == 1
    assert said[0] == "at least one of these"


def test_a_leaf_that_says_not_is_not_denied_once_more():
    adopted = r.named("adopted", child.adopted | child.living_on_street, zh="另有安排", en="elsewhere")
    rule = r.Category("330199.x", Text("类别", "class"), ~child.adopted & ~child.is_in("330199.y") & ~adopted)
    drawing = plots.decision_tree(rule, "en", titles={"330199.y": Text("另类", "the other")})
    assert [(row["depth"], row["kind"], row["en"]) for row in drawing.rows] == [
        (0, "all", "all of these"),
        (1, "ask", "the child is not adopted"),
        (1, "category", "the child is not in ‘the other’"),
        (1, "not", "not this"),
        (2, "any", "elsewhere: at least one of these"),
        (3, "ask", "the child is adopted"),
        (3, "ask", "the child lives on the street"),
    ]
    legend = drawing.chart.to_dict()["layer"][1]["encoding"]["color"]["scale"]["domain"]
    assert legend == ["all of these", "at least one of these", "not this", "another category", "a plain condition"]


def test_a_parameter_without_dates_is_bars_and_not_a_history(book):
    undated = r.Parameter("330199.x", MONEY, title=Text("标准", "standard"), values=(_value("", None, 60_000),))
    assert "2020" not in plots.parameter(undated).chart_text()
    dated = r.Parameter("330199.x", MONEY, title=Text("标准", "standard"), values=(
        _value("", r.Period(dt.date(2020, 1, 1), dt.date(2021, 12, 31)), 60_000),
        _value("", r.Period(dt.date(2022, 1, 1), None), 70_000),
    ))  # fmt: skip
    rows = plots.parameter(dated).rows
    assert [(row["day"], row["value"]) for row in rows][:3] == [("2020-01-01", 600), ("2021-12-31", 600), ("2022-01-01", 700)]  # fmt: skip


def test_what_holds_from_before_is_seen_before_it_changes_and_points_stand_at_days_that_are_given():
    from itertools import pairwise

    parameter = r.Parameter("330199.x", MONEY, title=Text("标准", "standard"), values=(
        _value("33", r.Period(None, dt.date(2021, 12, 31)), 60_000), _value("33", r.Period(dt.date(2022, 1, 1), None), 70_000),
        _value("11", r.Period(dt.date(2021, 7, 1), None), 80_000),
    ))  # fmt: skip
    drawn = {lang: plots.parameter(parameter, lang) for lang in ("zh", "en")}
    points = [row for row in _data(drawn["en"]) if row["place"] == "Zhejiang"]
    assert [(row["day"], row["given"]) for row in points] == [
        ("2020-07-01", False), ("2021-12-31", True), ("2022-01-01", True), ("2023-12-31", False),
    ]  # fmt: skip
    assert all(a["day"] < b["day"] for a, b in pairwise(points))
    domains = [shown.chart.to_dict()["layer"][-1]["encoding"]["color"]["scale"] for shown in drawn.values()]
    assert [domain["domain"] for domain in domains] == [["北京市", "浙江省"], ["Beijing", "Zhejiang"]]
    assert domains[0]["range"] == domains[1]["range"]


def _of_places(count, period=None):
    """A standard of so many counties and of a province after them."""
    places = [*(f"3301{number:02d}" for number in range(1, count)), "99"]
    period = period or r.Period(dt.date(2022, 1, 1), None)
    values = tuple(_value(place, period, 60_000 + 100 * number) for number, place in enumerate(places))
    return r.Parameter("330199.x", MONEY, title=Text("标准", "standard"), values=values)


def test_of_many_places_as_many_lines_are_drawn_as_are_told_apart():
    shown = plots.parameter(_of_places(40), "zh")
    drawn = list(dict.fromkeys(row["place"] for row in shown.rows))
    assert len(drawn) == 12
    assert drawn[0] == "杭州市 330101" or "330101" in drawn[0]
    assert "99" in drawn[-1]  # a wider place is drawn rather than a county
    assert shown.title.zh.startswith("标准（未画：")
    assert "等 28 处；可另选地区" in shown.title.zh
    assert "330112" in shown.title.en
    assert "and 25 more; other places can be chosen" in shown.title.en
    assert "未画" not in plots.parameter(_of_places(12)).title.zh


def test_places_are_chosen_by_their_codes():
    many = _of_places(40)
    shown = plots.parameter(many, "en", places=["330139", "330102"])
    assert len({row["place"] for row in shown.rows}) == 2
    assert "not drawn" not in shown.title.en
    assert len({row["place"] for row in plots.parameter(many, places=[v.place for v in many.values]).rows}) == 40
    bars = plots.parameter(_of_places(40, r.Period()))
    assert len(bars.rows) == 40  # bars stand below one another
    assert len(plots.parameter(_of_places(40, r.Period()), places=["99"]).rows) == 1
    nation = attrs.evolve(many, values=(*many.values, _value("", None, 50_000)))
    assert {row["place"] for row in plots.parameter(nation, places=["cn"]).rows} == {"全国"}
    with pytest.raises(plots.NothingToDrawError, match="330147"):
        plots.parameter(many, places=["330147"])
    with pytest.raises(plots.NothingToDrawError, match="No place is named"):
        plots.parameter(many, places=[])


def test_no_legend_ends_before_its_last_entry():
    assert plots.parameter(_of_places(40)).chart.to_dict()["config"]["legend"]["symbolLimit"] == 0


def test_an_amount_is_drawn_with_its_period(book):
    parameters = book.overlay(None).rules.parameters
    grant = {lang: plots.parameter(parameters["cn.high_school_grant.yearly"], lang) for lang in ("zh", "en")}
    titles = {lang: _titles(shown.chart.to_dict()) for lang, shown in grant.items()}
    assert ("元/年" in titles["zh"], "yuan a year" in titles["en"]) == (True, True)
    assert {row["said"] for row in grant["zh"].rows} >= {"2,300.00元/年"}


def _titles(chart):
    return [part["encoding"]["y"].get("title") for part in chart["layer"] if "y" in part["encoding"]]


def _data(shown):
    return [row for rows in shown.chart.to_dict()["datasets"].values() for row in rows]


def _value(place, period, amount):
    from kinderguard.rules.parameters import ParameterValue

    return ParameterValue(place, period or r.Period(), amount, "测试", r.Trust.ILLUSTRATIVE)


def test_a_parameter_that_is_no_amount_is_refused():
    flag = r.Parameter("330199.flag", BOOL, title=Text("是否", "whether"))
    with pytest.raises(ValueError, match=r"330199\.flag"):
        plots.parameter(flag)


def test_where_no_upper_bound_is_known_the_picture_says_so(book, case):
    unset = a_policy("unset", child.age < 18, r.param("cn.orphan.scattered_monthly"))
    line = marginal(book.with_policies(unset), case, INCOME, over=(0, 2000), step=1000)
    assert "no upper bound is known" in plots.income(line, "en").title.en
    months = timeline(book.with_policies(unset), case, start=dt.date(2026, 1, 1), until=dt.date(2026, 2, 28))
    assert "no upper bound is known" in plots.timeline(months, "en").title.en


def test_a_picture_of_nothing_that_is_sure_has_its_nought_at_the_foot_and_speaks_of_no_line(book, case):
    unset = book.with_policies(a_policy("unset", child.age < 18, r.param("cn.dibao.monthly_standard"))).without(
        "330106.line", "330106.open"
    )
    line = plots.income(marginal(unset, case, INCOME, over=(0, 2000), step=1000), "en")
    months = plots.timeline(timeline(unset, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 2, 28)), "en")
    low = [line.chart.to_dict()["layer"][0], months.chart.to_dict()["vconcat"][0]["layer"][0]]
    for y in (part["encoding"]["y"] for part in low):
        assert (y["scale"]["domain"], y["axis"]["values"]) == ([0, 1], [0])
    assert "(nothing is surely due a month; no upper bound is known)" in line.title.en
    assert "(nothing is surely due a month; no upper bound is known)" in months.title.en
    assert "orange" not in months.title.en


def test_a_picture_of_nothing_that_is_due_says_so(book, case):
    none = book.without("330106.line", "330106.open")
    line = plots.income(marginal(none, case, INCOME, over=(0, 2000), step=1000))
    months = plots.timeline(timeline(none, case, start=dt.date(2026, 1, 1), until=dt.date(2026, 2, 28)))
    assert line.title.zh.endswith("（没有每月应发金额）")
    assert months.title.zh.endswith("（没有每月应发金额）")


@pytest.mark.parametrize(
    ("start", "until", "named"),
    [
        ((2025, 12), (2026, 3), ["2025-12", "2026-01", "2026-02", "2026-03"]),
        ((2025, 9), (2031, 8), ["2025-10", *(f"{y}-{m:02}" for y in range(2026, 2032) for m in (1, 4, 7, 10))][:24]),
        ((2025, 9), (2045, 8), [f"{y}-01" for y in range(2026, 2046)]),
    ],
)
def test_months_that_are_named_have_room_and_every_year_is(book, case, start, until, named):
    months = timeline(book, case, start=dt.date(*start, 1), until=dt.date(*until, 28))
    bars, events = plots.timeline(months).chart.to_dict()["vconcat"]
    axis = bars["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"] == named
    assert axis["labelOverlap"] is False
    assert f"'{named[0]}'" in axis["labelExpr"]  # the year under the first that is named, too
    lines = events["encoding"]["x"]["axis"]["values"]
    assert (lines[0], lines[-1], len(lines) <= len(named) + 2) == (0, len(months.months), True)
    width = events["width"] / len(months.months)
    marks = [layer["mark"]["width"] for layer in bars["layer"] if layer["mark"]["type"] == "tick"]
    assert marks
    assert max(marks) < width


def test_the_loss_at_a_cliff_is_written_where_no_other_cliff_crosses_it(book, case):
    more = a_policy("more", household.monthly_income_per_head <= 1100, r.yuan(400))
    line = marginal(book.with_policies(more), case, INCOME, over=(0, 3000), step=500)
    shown = plots.income(line).chart.to_dict()
    texts = {rows[0]["text"]: name for name, rows in shown["datasets"].items() if "why" in rows[0]}
    align = {layer["data"]["name"]: layer["mark"]["align"] for layer in shown["layer"] if "align" in layer["mark"]}
    assert [(text, align[texts[text]]) for text in ("-600.00", "-400.00")] == [
        ("-600.00", "right"),
        ("-400.00", "left"),
    ]


@pytest.mark.parametrize(
    ("at", "left"),
    [
        ((100,), [False]),
        ((100, 105), [True, False]),
        ((100, 105, 110), [True, False, False]),
        ((100, 150), [False, False]),
    ],
)
def test_a_text_stands_left_of_a_line_that_another_follows_and_none_goes_before(at, left):
    from kinderguard.analysis.plots.one_child import _left

    assert _left(at, near=20) == left


def test_axes_end_on_a_figure_and_their_figures_keep_apart(drawn):
    for shown in drawn.values():
        config = shown.chart.to_dict()["config"]
        assert (config["axis"]["labelFlush"], config["axis"]["labelOverlap"]) == (False, "greedy")
        assert config["axisQuantitative"] == {"tickCount": 6}
        assert config["axisY"]["titleAngle"] == 0


def test_what_happens_has_no_colour_of_a_policy(drawn):
    bars, events = drawn["timeline", "en"].chart.to_dict()["vconcat"]
    assert events["mark"]["color"] == picture.ink(dark=False)
    assert events["mark"]["color"] not in bars["layer"][0]["encoding"]["color"]["scale"]["range"]
    assert set(events["encoding"]["y"]["scale"]["domain"]) == {
        row["kind"] for row in _data(drawn["timeline", "en"]) if "kind" in row
    }


def test_the_legend_of_a_tree_has_the_words_of_its_rows(drawn):
    drawing = drawn["decision_tree", "en"]
    rows = {row["en"] for row in drawing.rows}
    legend = drawing.chart.to_dict()["layer"][1]["encoding"]["color"]["scale"]["domain"]
    assert {"all of these", "at least one of these"} & rows
    assert {text.rpartition(": ")[2] for text in rows} & set(legend)
    assert "at least one of these" in legend


def test_the_legend_of_a_tree_lists_no_kind_that_is_not_in_it():
    rule = r.Category("330199.x", Text("类别", "class"), (child.age < 18) & (household.size >= 1))
    drawing = plots.decision_tree(rule, "en")
    scale = drawing.chart.to_dict()["layer"][1]["encoding"]["color"]["scale"]
    assert scale == {"domain": ["all of these", "a plain condition"], "range": [picture.GAIN, picture.ink(dark=False)]}


def test_the_legend_of_months_is_in_the_order_of_the_stack(book, case):
    more = attrs.evolve(a_policy("more", child.age < 18, r.yuan(100)), title=Text("另一补贴", "Another grant"))
    months = timeline(book.with_policies(more), case, start=DAY, until=dt.date(2025, 10, 31))
    shown = plots.timeline(months, "zh")
    bars = [row for row in _data(shown) if row.get("policy")]
    stack = [row["policy"] for row in sorted(bars, key=lambda row: -row["order"])]
    scale = shown.chart.to_dict()["vconcat"][0]["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == list(dict.fromkeys(stack))
    assert len(scale["domain"]) == 2


def test_what_happens_stands_on_its_day(book):
    born = Case.from_facts({"child.birth_date": "2012-03-31", INCOME: "500"})
    months = timeline(book, born, start=dt.date(2026, 1, 1), until=dt.date(2026, 6, 30))
    shown = plots.timeline(months, "en")
    (at,) = [row["at"] for row in _data(shown) if row.get("kind") == "birthday"]
    assert 2.97 < at < 3  # the last day of the third month
    assert shown.chart.to_dict()["vconcat"][1]["encoding"]["x"]["scale"]["domain"] == [0, 6]


def test_a_what_if_value_is_marked_in_a_line_and_in_a_bar(book):
    code = "cn.orphan.scattered_monthly"
    undated = plots.parameter(
        book.with_parameters({code: {"330106": "2600"}}).overlay("330106").rules.parameters[code], "en"
    )
    assert (
        "Hollow bars: a what-if value (Xihu District, Hangzhou, on every day)"
        in undated.chart.to_dict()["title"]["subtitle"]
    )
    dated = r.Parameter("330199.x", MONEY, title=Text("标准", "standard"), values=(
        _value("33", r.Period(dt.date(2022, 1, 1), None), 70_000),
        attrs.evolve(_value("11", None, 80_000), source=ASSUMED),
    ))  # fmt: skip
    shown = plots.parameter(dated, "zh")
    assert "细点线：测算时假设的数值（北京市，不分日期）" in shown.title.zh
    assert [row["what_if"] for row in shown.rows] == [True, True, False, False]
    assert "what-if" not in plots.parameter(attrs.evolve(dated, values=dated.values[:1]), "en").title.en


def test_english_titles_begin_with_a_capital(drawn):
    titles = [
        drawn[name, "en"].chart.to_dict()["title"]["text"][0] for name in ("income", "parameter", "decision_tree")
    ]
    assert all(title[0].isupper() for title in titles)


def test_english_titles_have_straight_quotation_marks(drawn):
    titles = [drawn[name, "en"].chart.to_dict()["title"]["text"] for name in ("income", "timeline", "decision_tree")]
    assert "household's" in " ".join(titles[0])
    assert not re.search("[‘’“”]", str(titles))


def test_months_are_stacked_in_one_order_in_every_language_and_their_upper_ends_explained(drawn):
    order = [
        {row["order"] for row in rows if row.get("policy")}
        for lang in ("zh", "en") for rows in drawn["timeline", lang].chart.to_dict()["datasets"].values()
        if "policy" in rows[0]
    ]  # fmt: skip
    assert order[0] == order[1] != set()
    assert '"field": "order"' in drawn["timeline", "en"].chart_text()
    assert drawn["timeline", "en"].title.en.endswith("(orange lines: at most, by what is not known)")
    assert '"most": "at most"' in drawn["income", "en"].chart_text()


def test_bars_of_a_month_come_to_what_is_sure_in_all_though_no_policy_is_sure_of_it():
    """300 are due by the living subsidy or, where that may not be, more by the allowance that it is taken off."""
    nation = kinderguard.load(packs=[]).on(DAY).for_division("330106").with_parameters({
        "cn.orphan.scattered_monthly": "1900", "cn.dibao.monthly_standard": "1200", "cn.disability.living_subsidy_monthly": "300",
    })  # fmt: skip
    case = Case.from_facts({
        "child.birth_date": "2012-03-05", "child.disability.kind": "physical", "child.disability.grade": "2", INCOME: "500",
        "father.situations": [{"kind": "imprisoned", "since": "2024-01-10", "term_months": 30, "ongoing": True}],
        "household.size": 3, "household.property_within_limits": True, "household.aid": ["dibao"],
    })  # fmt: skip
    (month,) = (months := timeline(nation, case, start=DAY, until=dt.date(2025, 9, 30))).months
    assert sum(float(t.low) for t in month.policies.values()) < float(month.due.low)
    shown = plots.timeline(months, "en")
    bars = [row for row in _data(shown) if "policy" in row]
    assert sum(row["low"] for row in bars) == float(month.due.low)
    assert [row["low"] for row in bars if row["policy"] == "sure in all, not known by which policy"] == [300]
    scale = shown.chart.to_dict()["vconcat"][0]["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"][0] == "sure in all, not known by which policy"  # on top of the stack, as of the legend
    assert len(scale["domain"]) == len(scale["range"]) == len(set(scale["range"]))


def test_english_plots_have_no_chinese_letters_but_names_of_fonts_and_documents(drawn):
    for (name, lang), shown in drawn.items():
        if lang == "en" and name != "parameter":  # whose sources are Chinese documents
            assert not re.findall(r"[\u4e00-\u9fff]", shown.chart_text()), name


def test_nothing_personal_is_in_a_plot(drawn):
    for shown in drawn.values():
        assert "合成某某" not in shown.chart_text()
        assert "合成路" not in shown.chart_text()


def test_without_a_chinese_font_a_png_is_refused_and_says_how_to_get_one(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(picture, "has_chinese_font", lambda: False)
    with pytest.raises(plots.NoChineseFontError, match="fonts-wqy-microhei"):
        drawn["income", "zh"].save(tmp_path / "x.png")
    assert not (tmp_path / "x.png").exists()
    assert drawn["income", "en"].save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert "悬崖" in drawn["income", "zh"].save(tmp_path / "x.svg").read_text("utf-8") or "-600.00" in drawn["income", "zh"].svg  # fmt: skip


def test_a_font_is_told_from_boxes(monkeypatch):
    import vl_convert

    picture.has_chinese_font.cache_clear()
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda svg: b"the same box")
    assert not picture.has_chinese_font()
    picture.has_chinese_font.cache_clear()
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda svg: svg.encode())
    assert picture.has_chinese_font()
    picture.has_chinese_font.cache_clear()


def test_fonts_of_a_folder_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(NotADirectoryError, match="nowhere"):
        plots.fonts_from(tmp_path / "nowhere")
    plots.fonts_from(tmp_path)


def test_another_kind_of_file_is_refused(drawn, tmp_path):
    with pytest.raises(ValueError, match=r"\.svg"):
        drawn["income", "en"].save(tmp_path / "x.bmp")


def test_a_notebook_shows_the_picture_itself_and_fetches_nothing(drawn):
    for plot in drawn.values():
        bundle = plot._repr_mimebundle_()
        assert {re.sub(r"\d+", "N", kind) for kind in bundle} == {"application/vnd.vegalite.vN+json", "image/svg+xml"}
        assert "<svg" in bundle["image/svg+xml"]
        assert not re.search(r"<script|(href|src)=.https?:", bundle["image/svg+xml"])


def test_an_html_page_fetches_nothing(drawn, tmp_path):
    page = drawn["income", "zh"].save(tmp_path / "x.html").read_text("utf-8")
    assert 'lang="zh-CN"' in page
    assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=", page)


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
            assert len(set(page.picture())) > 100  # not one colour


@needs_chromium
def test_a_light_plot_turns_dark_where_the_readers_pages_are_dark_and_a_dark_one_stays(drawn, book, case, tmp_path):
    light = drawn["income", "en"]
    dark = plots.income(marginal(book, case, INCOME, over=(0, 3000), step=500), "en", dark=True)
    ground = {
        "html": "style(document.querySelector('svg.marks')).backgroundColor",
        "svg": "style(document.querySelector('rect')).fill",
    }
    on_white, on_black = ["rgb(255, 255, 255)", "rgb(31, 35, 40)"], ["rgb(13, 17, 23)", "rgb(230, 237, 243)"]
    seen = {}
    with Browser() as browser:
        # Both kinds of file where they turn; what stays as it is is seen in the smaller one.
        for suffix, shown, prefers in (
            ("svg", light, False),
            ("svg", light, True),
            ("svg", dark, False),
            ("html", light, True),
        ):
            colours = (
                f"(style => [{ground[suffix]}, style(document.querySelector('text')).fill])(e => getComputedStyle(e))"
            )
            page = browser.open(shown.save(tmp_path / f"x.{suffix}"), dark=prefers)
            seen[suffix, shown is light, prefers] = page.run(colours)
    assert list(seen.values()) == [on_white, on_black, on_black, on_black]
    assert "prefers-color-scheme" not in dark.svg


@pytest.mark.parametrize("name", ["Plot", "income", "winners"])
def test_plots_name_the_extra_where_altair_is_not_there(name, monkeypatch):
    import importlib

    from kinderguard.model.errors import MissingExtraError

    def absent(module):
        raise ModuleNotFoundError(f"No module named {module}", name="altair")

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"kinderguard\[analysis\]"):
        plots.__getattr__(name)

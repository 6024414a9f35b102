"""Views are made of blocks: written once, as HTML that screen readers understand and as text, in both languages."""

from decimal import Decimal
from html.parser import HTMLParser

import pytest

from kinderguard import Text, display_language
from kinderguard.model.lines import Line
from kinderguard.model.view import (
    Code,
    Column,
    Fields,
    Listing,
    Marked,
    Paragraph,
    Picture,
    Section,
    Table,
    Tags,
    Together,
    Tree,
    Verbatim,
    View,
)

TITLE = Text("标题", "title")


def html_of(*blocks, lang="en"):
    return View(TITLE, blocks, lang).html.split("</style>")[1]


def test_whatever_is_text_is_escaped():
    nasty = "<b>&\"'"
    line = Line(Text(nasty, nasty), "yes", (Line(Text(nasty, nasty)),))
    blocks = [
        nasty, Paragraph(nasty), Fields([(nasty, nasty)]), Table([Text(nasty, nasty)], [(nasty,)], Text(nasty, nasty)),
        Tree([line]), Tags([nasty]), Listing([nasty]), Verbatim(nasty), Code(nasty), Marked(nasty, "no"),
        Section(Text(nasty, nasty), [nasty], folded=True), Together([nasty]), Picture(lambda lang: "", Text(nasty, nasty)),
    ]  # fmt: skip
    for block in blocks:
        written = html_of(block)
        assert "<b>" not in written, block
        assert "&lt;b&gt;&amp;&quot;" in written, block
    assert "<title>&lt;b&gt;" in View(nasty, (), "zh").page
    assert "<b>" not in View(nasty, (), "zh").page


def test_a_table_says_what_its_rows_and_columns_are():
    table = Table([Text("政策", "policy"), Column(Text("人数", "children"), number=True)], [("A", 1200)], TITLE)
    written = html_of(table)
    assert '<th scope="col">policy</th><th scope="col" class="kg-number">children</th>' in written
    assert '<th scope="row">A</th><td class="kg-number">1,200</td>' in written
    assert "<caption>title</caption>" in written
    assert 'role="region" aria-label="title"' in written


def test_a_long_table_says_how_much_it_leaves_out():
    table = Table([TITLE], [(str(k),) for k in range(10)], most=3)
    assert "7 more rows are not shown" in html_of(table)
    assert "另有 7 行未显示" in View(TITLE, [table], "zh").text
    assert html_of(table).count('scope="row"') == 3
    assert "more rows" not in html_of(Table([TITLE], [("a",)] * 3, most=3))


def test_a_row_of_another_width_is_refused():
    with pytest.raises(ValueError, match="argument"):
        html_of(Table([TITLE], [("a", "b")]))


def test_unknown_is_never_an_empty_cell():
    assert "? unknown" in html_of(Table([TITLE, TITLE], [("a", None)]))
    assert "a | 未知" in View(TITLE, [Table([TITLE, TITLE], [("a", None)])], "zh").text


def test_yes_no_and_amounts_are_written_for_people():
    assert View(TITLE, [Listing([True, False, Decimal("1234.50"), 7])], "zh").text.endswith(
        "- 是\n- 否\n- 1,234.50\n- 7"
    )


def test_a_mark_is_a_sign_and_not_only_a_colour():
    written = html_of(
        Tags([Marked(TITLE, "yes"), Marked(TITLE, "no"), Marked(TITLE, "unknown"), Marked(TITLE, "quiet")])
    )
    assert [s in written for s in ("✓ title", "✗ title", "? title")] == [True] * 3
    assert '<span class="kg-quiet">title</span>' in written


def test_a_tree_folds_below_the_levels_that_are_open():
    deep = Line(TITLE, "", (Line(TITLE, "", (Line(TITLE),)),))
    assert html_of(Tree([deep], opened=1)).count("<details open>") == 1
    assert html_of(Tree([deep], opened=1)).count("<details>") == 1
    assert "└─ title" in View(TITLE, [Tree([deep])], "en").text


def test_codes_and_chinese_within_english_are_told_apart():
    written = html_of(Paragraph(Text("见民发〔2019〕62号", "see 民发〔2019〕62号 [cn.orphan]")))
    assert "<code>cn.orphan</code>" in written
    assert '<span lang="zh-CN">民发〔2019〕62号</span>' in written
    assert "<span lang" not in html_of(Paragraph(TITLE), lang="zh")


@pytest.mark.parametrize("text", ["2024-11-01 – …", "2024-11-01", "2024-11"])
def test_a_day_or_month_is_not_broken_at_the_end_of_a_line(text):
    assert f'since <span class="kg-day">{text}</span>' in html_of(Paragraph(f"since {text}"))
    assert "kg-day" not in html_of(Paragraph("330199-12, 2024-111, S-2024-11"))


def test_a_picture_says_in_words_what_it_shows():
    picture = Picture(lambda lang: f"<svg><text>{lang}</text></svg>", Text("图", "a drawing"))
    assert '<div role="img" aria-label="a drawing"><svg><text>en</text></svg></div>' in html_of(picture)
    assert View(TITLE, [picture], "zh").text.endswith("图")


def test_the_language_is_the_one_that_is_set_where_none_is_asked_for():
    assert View(TITLE, ()).lang == "zh"
    assert display_language("en") == "en"
    assert View(TITLE, ()).lang == "en" == display_language()
    assert View(TITLE, (), "zh").text == "标题"
    with pytest.raises(ValueError, match="lang is 'zh' or 'en'"):
        display_language("fr")
    assert display_language() == "en"


def test_a_view_is_saved_as_a_page_that_needs_nothing_else(tmp_path):
    view = View(TITLE, [Paragraph("x")], "en")
    saved = view.save(tmp_path / "view.html")
    assert saved.read_text("utf-8") == view.page
    assert view.page.startswith('<!doctype html>\n<html lang="en">')
    assert repr(view) == "<View in en>"


class Selectors(HTMLParser):
    """The style of a fragment, rule by rule."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_data(self, data):
        if self.lasttag == "style" and not self.found:
            flat = data.replace("@media(prefers-color-scheme:dark){", "").replace("@media print{", "")
            self.found = [rule.split("{")[0] for rule in flat.replace("}}", "}").split("}") if "{" in rule]


def test_the_style_stays_inside_the_view():
    selectors = Selectors(View(TITLE, (), "en").html).found
    assert len(selectors) > 20
    for selector in selectors:
        inside = selector.split(") .kg-view")[-1] if selector.startswith(":is(") else selector
        parts = [part for part in inside.split(",") if part]
        assert all(part.startswith(".kg-view") for part in parts), selector


def test_the_style_fetches_nothing():
    page = View(TITLE, (), "en").page
    assert not [word for word in ("<script", "url(", "@import", "http", "src=", "<link") if word in page]

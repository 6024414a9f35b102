"""Every value shows itself in a notebook: well formed, in both languages, with nothing personal unless asked for."""

import re
from html.parser import HTMLParser

import pytest

from kinderguard import Case, display_language
from kinderguard.rules.rule_card import NoSuchRuleError

from .conftest import CASE, DAY, PERSONAL

CHINESE = re.compile(r"[\u3400-\u9fff]")
EMPTY = {"meta", "line", "br", "path"}


class Checked(HTMLParser):
    """Reads HTML strictly: what is opened is closed, in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self.open.append(tag)
        if tag in ("th", "summary", "td", "tr", "dt", "dd", "li"):
            parents = {
                "th": ["tr"],
                "td": ["tr"],
                "summary": ["details"],
                "dt": ["dl"],
                "dd": ["dl"],
                "li": ["ul", "ol"],
            }
            assert self.open[-2] in ("thead", "tbody", *parents.get(tag, ())), self.open
        if tag == "th":
            assert dict(attrs)["scope"] in ("col", "row")

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            assert self.open.pop() == tag


def all_views(gallery):
    return [(name, lang, view(lang)) for name, view in gallery.items() for lang in ("zh", "en")]


def test_every_view_is_well_formed_and_runs_and_fetches_nothing(gallery):
    for name, _, view in all_views(gallery):
        read = Checked(view.html)
        assert not {"script", "link", "img", "iframe", "object", "form", "a"} & set(read.tags), name
        assert not [a for a, _ in read.attributes if a in ("src", "href", "id", "style") or a.startswith("on")], name
        assert not re.search(r"url\(|@import", view.html), name
        Checked(view.page.removeprefix("<!doctype html>\n"))


def test_nothing_personal_is_in_any_view(gallery):
    for name, lang, view in all_views(gallery):
        shown = view.html + view.page + view.text + repr(view) + str(view)
        assert [p for p in PERSONAL.values() if p in shown] == [], (name, lang)


def test_a_case_shows_what_is_personal_when_it_is_asked_for():
    case = Case.model_validate(CASE)
    for lang in ("zh", "en"):
        shown = case.view(lang, personal=True)
        assert [p for p in PERSONAL.values() if p not in shown.html or p not in shown.text] == []
    assert "personal=True" in case.view("en").html
    assert "personal=True" not in case.view("en", personal=True).html
    assert "personal=True" not in Case.model_validate({"child": {"sex": "male"}}).view("en").html


def test_an_assessment_shows_the_name_alone_when_it_is_asked_for(book):
    shown = book.assess(Case.model_validate(CASE)).view("zh", personal=True)
    assert [p for p in PERSONAL.values() if p in shown.html] == [PERSONAL["name"]]
    assert "A-7" in shown.text.splitlines()[0]


def test_the_english_views_are_english(gallery, book):
    """Names of documents and places of print stay Chinese, and so does what a Chinese ledger has in its cells."""
    official = {"集中供暖"}  # the header of a ledger's column
    rules = book.rules
    for rule in (*rules.categories.values(), *rules.policies.values(), *rules.checks.values()):
        official |= {part for cite in rule.cites for part in (cite.document, cite.article) if part}
    for parameter in rules.parameters.values():
        official |= {v.source for v in (*parameter.values, *([parameter.floor] if parameter.floor else []))}
    for name, view in gallery.items():
        text = view("en").text
        if name == "ledger":
            continue
        for said in sorted(official, key=len, reverse=True):
            text = text.replace(said, "")
        assert [line for line in text.splitlines() if CHINESE.search(line)] == [], name


def test_a_ledger_is_shown_in_english_but_for_what_it_says_itself(gallery):
    text = gallery["ledger"]("en").text
    lines = text.splitlines()
    assert "rows read: 502" in lines
    assert "problem | sheet | row | column" in lines
    said = [line.split(" [ledger.")[0] for line in lines if " [ledger." in line]
    assert said
    assert not [s for s in said if not re.search(r"[a-z]+ [a-z]+", s)]


def test_the_chinese_views_are_chinese(gallery):
    for name, view in gallery.items():
        text = view("zh").text
        assert CHINESE.search(text), name
        assert re.findall(r"(?<![\w./:\[_-])[A-Za-z]{2,} [a-z]{2,} [a-z]+", text) == [], name
        assert text != view("en").text


def test_a_notebook_shows_every_value_in_the_language_that_is_set(values):
    for lang, tag in (("en", 'lang="en"'), ("zh", 'lang="zh-CN"')):
        display_language(lang)
        for name, value in values.items():
            shown = value._repr_html_()
            assert f'<div class="kg-view" {tag}>' in shown, name
            assert shown == value.view(lang).html, name


def test_unknown_is_shown_as_unknown(gallery):
    text = gallery["case"]("en").text
    assert "2 | unknown | unknown | none" in text  # nothing is known of the second member but that it has no situations
    assert "harms suffered or suspected: none" in text
    assert "Whatever is not listed is unknown." in text


def test_an_open_assessment_shows_bounds_and_what_would_decide_it(gallery):
    text = gallery["open assessment"]("en").text
    assert re.search(
        r"Basic living allowance for orphans \[cn.orphan_allowance\] \| \? open \| \? 0.00 to 2,600.00", text
    )
    assert "What would decide it, the most decisive first" in text
    assert re.search(r"^\d+ more$", text, re.MULTILINE)


def test_a_settled_amount_is_shown_with_its_sum(book):
    text = book.assess(Case.model_validate(CASE)).view("zh").text
    assert "低保金 [cn.dibao_benefit] | ✓ 是 | 720.00 | 每月，按户" in text
    assert "合计（每月，按户）：720.00元" in text


def test_a_rule_alone_names_codes_and_in_its_book_titles_and_values(gallery):
    alone, within = gallery["policy"]("en").text, gallery["policy of the book"]("en").text
    assert "cn.orphan.scattered_monthly" in alone
    assert "1,900.00 yuan" not in alone
    assert "monthly standard for orphans in the community [cn.orphan.scattered_monthly]" in within
    assert "the example county (fictitious) | 1,900.00 yuan" in within


def test_a_rule_shows_ways_boundaries_stacking_and_law(gallery):
    text = gallery["policy of the book"]("en").text
    for said in (
        "Each way in which it holds", "Boundaries", "the child is under 18", "Beside other policies", "Sources",
        "民发〔2010〕161号", "Papers:",
    ):  # fmt: skip
        assert said in text


def test_a_parameter_is_drawn_over_time_and_listed(gallery):
    html = gallery["parameter over time"]("en").html
    assert "<svg" in html
    assert "2,300.00 yuan" in html.split("<svg")[1].split("</svg>")[0]
    assert "全国" in gallery["parameter over time"]("zh").html.split("<svg")[1]
    text = gallery["parameter by place"]("en").text
    assert "Shanghai | 1,650.00 yuan a month | 2025-07-01 – …" in text
    assert "Unit: yuan a month" in text
    assert "上海市 | 1,650.00元/月 | " in gallery["parameter by place"]("zh").text


def test_a_book_shows_the_values_of_its_place_and_day(gallery, book):
    text = gallery["book"]("en").text
    assert f"Day: {DAY}" in text
    assert (
        "monthly standard for orphans in the community [cn.orphan.scattered_monthly] | 1,900.00 yuan a month | the example county"
        in text
    )
    changed = gallery["changed book"]("en").text
    assert "Changes\n- ‘monthly standard for orphans in the community’ in the example county" in changed
    assert "[cn.orphan.scattered_monthly] | 2,100.00 yuan a month" in changed
    assert "Changes" not in text
    assert "not pinned" in book.__class__(book.registry).view("en").text


def test_a_code_that_is_not_there_is_told_with_the_nearest(book):
    with pytest.raises(NoSuchRuleError, match=r"cn\.orphan_allowance"):
        book.view(code="cn.orphan_alowance")


def test_a_report_folds_what_is_to_be_weighed_and_says_where_to_mend(gallery):
    html = gallery["proofs"]("en").html
    assert "? Refuted, to be weighed" in html
    assert re.search(r"<details class=\"kg-part\"><summary>Counterexample.*3.*above the line", html, re.DOTALL)
    assert "<code>a/rules.py:12</code>" in gallery["doctor"]("en").html
    assert "✓ passed" in gallery["conformance"]("en").html

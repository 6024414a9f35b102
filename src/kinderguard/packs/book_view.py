"""The view of a policy book: its place and day, categories, policies, local rules, parameters, and the packs they come from."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Code, Column, Content, Fields, Listing, Marked, Section, Table, View
from kinderguard.packs.describing import described
from kinderguard.packs.loader import PackSource, PackState
from kinderguard.rules.definitions import Category, CategoryKind, Policy
from kinderguard.rules.parameters import Parameter, show
from kinderguard.rules.rule_card import NoSuchRuleError
from kinderguard.rules.rule_view import parameter_view, rule_view

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

_STATES = {
    PackState.LOADED: Marked(Text("已启用", "in use"), "yes"),
    PackState.QUARANTINED: Marked(Text("已停用", "quarantined"), "no"),
    PackState.WAITING: Marked(Text("未载入（尚未用到）", "not loaded (not needed yet)"), "quiet"),
}
_KINDS = {CategoryKind.MAIN: Text("大类", "main class"), CategoryKind.TYPE: Text("类型", "type")}


def book_view(book: "PolicyBook", lang: Language | None = None, *, code: str | None = None) -> View:
    """The view of a book, or of one of its rules.

    Args:
        book: the book.
        lang: its language; the one that is set, if left out.
        code: of a category, policy, check or parameter.

    Raises:
        NoSuchRuleError: there is no such code; with the nearest.
    """
    if code is None:
        return View(Text("政策库", "Policy book"), _blocks(book), lang)
    rules = book.rules
    rule = rules.categories.get(code) or rules.policies.get(code) or rules.checks.get(code)
    if rule is not None:
        return rule_view(rule, lang, rules=rules, division=book.division, on=book.day)
    if code not in rules.parameters:
        raise NoSuchRuleError.of(code, rules)
    return parameter_view(rules.parameters[code], lang, places=rules.places)


def _blocks(book: "PolicyBook") -> Iterator[Content]:
    rules = book.rules
    about: list[tuple[Content, Content]] = [
        (Text("地区", "Place"), place_name(book.division or "", rules.places)),
        (Text("日期", "Day"), book.day or Marked(Text("未指定", "not pinned"), "quiet")),
        (Text("指纹", "Fingerprint"), Code(rules.fingerprint)),
    ]
    yield Fields(about)
    if book.changes:
        yield Section(Text("改动", "Changes"), [Listing(described(book))])
    yield from _categories(rules.categories.values())
    yield from _policies(rules.policies.values())
    if rules.checks:
        rows = [
            (c.reason + same(f" [{c.code}]"), _title(book, c.on), c.effective.text)
            for c in sorted(rules.checks.values(), key=lambda c: c.code)
        ]
        columns = (Text("理由", "reason"), Text("针对", "on"), Text("施行期间", "in force"))
        yield _part(Text("地方规定", "Local rules"), columns, rows)
    yield from _parameters(book)
    yield from _packs(book)


def _title(book: "PolicyBook", code: str) -> Text:
    return book.overlay(book.division).titles.get(code, same(code)) + same(f" [{code}]")


def _categories(categories: Iterable[Category]) -> Iterator[Section]:
    kinds = list(CategoryKind)
    listed = sorted(categories, key=lambda c: (kinds.index(c.kind), c.code))
    rows = [(c.title + same(f" [{c.code}]"), _KINDS[c.kind], c.effective.text) for c in listed]
    columns = (Text("类别", "category"), Text("性质", "kind"), Text("施行期间", "in force"))
    yield _part(Text("类别", "Categories"), columns, rows)


def _policies(policies: Iterable[Policy]) -> Iterator[Section]:
    listed = sorted(policies, key=lambda p: p.code)
    rows = [(p.title + same(f" [{p.code}]"), _gives(p), _paid(p), p.effective.text) for p in listed]
    columns = (Text("政策", "policy"), Text("给予", "gives"), Text("发放", "paid"), Text("施行期间", "in force"))
    yield _part(Text("政策", "Policies"), columns, rows)


def _gives(p: Policy) -> Text:
    return Text("资金", "money") if p.service is None else p.service


def _paid(p: Policy) -> Text:
    if p.service is not None:
        return same("–")
    return p.every.label + (
        Text("，按户", ", per household") if p.per == "household" else Text("，按人", ", per child")
    )


def _parameters(book: "PolicyBook") -> Iterator[Section]:
    """The values in force at the book's place on its day; without a day, how many values there are."""
    listed = sorted(book.rules.parameters.values(), key=lambda p: p.code)
    rows = [(_name(p), *_value(book, p)) for p in listed]
    columns = (Text("参数", "parameter"), Column(Text("数值", "value"), number=True), Text("地区", "place"))
    yield _part(Text("参数", "Parameters"), columns, rows)


def _name(p: Parameter) -> Text:
    return (p.title or same("")) + same(f" [{p.code}]")


def _value(book: "PolicyBook", p: Parameter) -> tuple[Content, Content]:
    if book.day is None:
        return Text(f"{len(p.values)} 个值", f"{len(p.values)} values"), same("–")
    found = p.at(book.division, book.day)
    if found is None or p.kind is None:
        return Marked(Text("未设定", "not set"), "unknown"), same("–")
    return show(found.value, p.kind, p.unit), place_name(found.place, book.rules.places)


def _packs(book: "PolicyBook") -> Iterator[Section]:
    rows = [(_pack_name(s), s.distribution, _STATES[s.state]) for s in sorted(book.packs, key=lambda s: s.jurisdiction)]
    columns = (Text("规则包", "pack"), Text("来源", "from"), Text("状态", "state"))
    yield _part(Text("规则包", "Packs"), columns, rows)
    if book.problems:
        yield Section(Text("问题", "Problems"), [Listing(Marked(p.message, "no") for p in book.problems)])


def _pack_name(source: PackSource) -> Text:
    title = source.pack.title if source.pack is not None else place_name(source.jurisdiction)
    return title + same(f" [{source.name}]")


def _part(title: Text, columns: Sequence[Text | Column], rows: Sequence[Sequence[Content]]) -> Section:
    counted = Text(f"{title.zh}（{len(rows)}）", f"{title.en} ({len(rows)})")
    return Section(counted, [Table(columns, rows, most=200)], folded=True)

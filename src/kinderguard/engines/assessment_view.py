"""The view of an assessment: what the child is, what is due and may be, what to ask for, and why, as a tree that folds."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from kinderguard.engines.explanation import Explanation, problems_said
from kinderguard.engines.opening import amount_said, unset_said
from kinderguard.engines.papers import papers_of
from kinderguard.engines.unborn import is_unborn
from kinderguard.model.codes import Frequency
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.model.view import (
    Block,
    Column,
    Content,
    Fields,
    Listing,
    Marked,
    Paragraph,
    Section,
    Table,
    Tags,
    Tree,
    View,
)
from kinderguard.rules.titles import fact_title

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment, PolicyResult, Total

_PER = {"child": Text("按人", "per child"), "household": Text("按户", "per household")}
#: So many facts to ask for are shown at once.
_FIRST = 8
_JOINT = Text(
    "合计把各项政策合在一起算：不能同时享受的不重复计，因此不等于各项上下限相加。",
    "The totals take the policies together: of two that exclude each other one counts, so they are not the bounds added up.",
)
_INCOMPLETE = Text(
    "有规则未能使用，结果不完整；见“问题”。", "Some rules could not be used, so this is incomplete; see ‘Problems’."
)


def assessment_view(result: "Assessment", lang: Language | None = None, *, personal: bool = False) -> View:
    """The view of an assessment.

    Args:
        result: the assessment.
        lang: its language; the one that is set, if left out.
        personal: whether the child's name stands above it.
    """
    name, ref = result.case.child.name, result.ref
    whose = [name.reveal()] if personal and name is not None else []
    whose += [ref] if ref else []
    title = Text("评估结果", "Assessment") + same("".join(f" · {w}" for w in whose))
    return View(title, _blocks(result), lang)


def _blocks(result: "Assessment") -> Iterator[Content]:
    where = place_name(result.division, result.basis.titles) if result.division else Text("不详", "unknown")
    yield Fields([(Text("日期", "Day"), result.on), (Text("负责地区", "Division in charge"), where)])
    if is_unborn(result.case, result.on):
        yield from (Paragraph(Marked(p.message, "unknown")) for p in result.problems)
        return
    if not result.complete:
        yield Paragraph(Marked(_INCOMPLETE, "unknown"))
    yield from _categories(result)
    yield from _due(result)
    yield from _missing(result)
    for title, papers in papers_of(result):
        yield Section(title, [Tags(d.document.label for d in papers)])
    if result.problems:
        yield Section(Text("问题", "Problems"), [Listing(Marked(said, "unknown") for said in problems_said(result))])
    yield Section(Text("为什么", "Why"), [Tree(Explanation(result).tree().below, opened=0)], folded=True)


def _categories(result: "Assessment") -> Iterator[Block]:
    titles = result.basis.titles
    is_in = [Marked(titles[c], "yes") for c, value in result.categories.items() if value]
    may_be = [Marked(titles[c], "unknown") for c, value in result.categories.items() if value is None]
    blocks: list[Content] = [Tags(is_in)] if is_in else []
    if not is_in:
        nothing = (
            Text("没有能够确定的类别。", "In no category for certain.")
            if may_be
            else Text("没有符合的类别。", "In no category.")
        )
        blocks.append(Paragraph(nothing))
    yield Section(Text("类别", "Categories"), blocks)
    if may_be:
        yield Section(Text("待定类别", "Categories that are open"), [Tags(may_be)])


def _due(result: "Assessment") -> Iterator[Block]:
    due = sorted((*result.due.cash, *result.due.services), key=lambda p: p.eligible is None)
    if not due:
        yield Section(Text("应享受", "Due"), [Paragraph(Text("没有。", "Nothing."))])
        return
    columns = (
        Text("政策", "policy"), Text("符合条件", "eligible"), Column(Text("金额（元）", "yuan"), number=True),
        Text("发放", "paid"),
    )  # fmt: skip
    rows = [(p.title + same(f" [{p.code}]"), _verdict(p.eligible), _amount(p), _paid(p)) for p in due]
    blocks: list[Content] = [Table(columns, rows), Fields(_totals(result))]
    if any(_is_joint(result, every, per) for every in Frequency for per in _PER):
        blocks.append(Paragraph(Marked(_JOINT, "quiet")))
    unset = dict[Text, list[Text]]()
    for p in due if result.division else ():  # where that is unknown, the problems say so once
        if (said := unset_said(result, p.code)) is not None:
            unset.setdefault(said, []).append(p.title)
    if unset:
        named = [(join(titles, "、", "; "), said) for said, titles in unset.items()]
        blocks.append(Listing(Marked(titles + Text("：", ": ") + said, "unknown") for titles, said in named))
    yield Section(Text("应享受与可能应享受", "Due, or may be due"), blocks)


def _verdict(eligible: bool | None) -> Content:
    if eligible is None:
        return Marked(Text("待定", "open"), "unknown")
    return Marked(Text("是", "yes"), "yes") if eligible else Marked(Text("否", "no"), "no")


def _amount(p: "PolicyResult") -> Content:
    if p.service is not None:
        return Marked("–", "quiet")
    assert p.low is not None
    return _between(p.low, p.high)


def _between(low: Decimal, high: Decimal | None) -> Content:
    return low if low == high else Marked(amount_said(low, high, unit=False), "unknown")


def _paid(p: "PolicyResult") -> Content:
    if p.service is not None:
        return p.service
    return p.every.label + Text("，", ", ") + _PER[p.per]


def _totals(result: "Assessment") -> Iterator[tuple[Content, Content]]:
    """What is paid in all, for each period and for child and household apart, where there is something."""
    for every in Frequency:
        for per, said in _PER.items():
            if any(p.every is every and p.per == per for p in result.due.cash):
                label = Text(f"合计（{every.zh}，{said.zh}）", f"In all ({every.en}, {said.en})")
                yield label, _total(result.in_all(every, per))


def _is_joint(result: "Assessment", every: Frequency, per: str) -> bool:
    """Whether what is paid in all is narrower than the bounds of each policy added up."""
    return result.in_all(every, per) != result.due.total(every, per)


def _total(total: "Total") -> Content:
    said = amount_said(total.low, total.high)
    return said if total.amount is not None else Marked(said, "unknown")


def _missing(result: "Assessment") -> Iterator[Block]:
    """What to ask for; a long list is folded after the facts that decide most."""
    asked = [fact_title(m.path, result.basis.titles) + same(f" [{m.path}]") for m in result.missing]
    if not asked:
        return
    blocks: list[Content] = [Listing(asked[:_FIRST])]
    if len(asked) > _FIRST:
        left = len(asked) - _FIRST
        blocks.append(Section(Text(f"另外 {left} 项", f"{left} more"), [Listing(asked[_FIRST:])], folded=True))
    yield Section(Text("需要了解（按作用大小排列）", "What would decide it, the most decisive first"), blocks)

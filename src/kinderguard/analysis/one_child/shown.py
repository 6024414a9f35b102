"""How a notebook shows questions about one child: blocks of the shared view, with no personal data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kinderguard.engines.assessment import Total
from kinderguard.model.money import NO_BOUND
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Column, Content, Fields, Listing, Marked, Paragraph, Section, Table, View

if TYPE_CHECKING:
    from kinderguard.analysis.one_child.marginal import Break, Marginal
    from kinderguard.analysis.one_child.timeline import Timeline
    from kinderguard.analysis.one_child.what_if import WhatIf

_LOW = Column(Text("至少（元）", "at least (yuan)"), number=True)
_HIGH = Column(Text("至多（元）", "at most (yuan)"), number=True)


def _ends(total: Total) -> tuple[Content, Content]:
    return total.low, NO_BOUND if total.high is None else total.high


def what_if_view(found: "WhatIf", lang: Language | None) -> View:
    """See ``WhatIf.view``."""
    head, *_ = found._said.zh.splitlines()
    before, after = found.total()
    blocks: list[Content] = [
        Table(
            (Text("每月应发", "due each month"), _LOW, _HIGH),
            [(Text("之前", "before"), *_ends(before)), (Text("之后", "after"), *_ends(after))],
        )
    ]
    if found.changes:
        blocks.append(Listing([change.said for change in found.changes]))
    return View(Text(head.rstrip("：。"), found._said.en.splitlines()[0].rstrip(":.")), blocks, lang)


def marginal_view(line: "Marginal", lang: Language | None) -> View:
    """See ``Marginal.view``."""
    title = Text(f"“{line.title.zh}”变化时应发多少", f"What is due as ‘{line.title.en}’ moves")
    blocks: list[Content] = [
        Paragraph(Text(line._said.zh.splitlines()[0], line._said.en.splitlines()[0])),
        *([_break_table(line.breaks)] if line.breaks else []),
        Section(
            Text("各点", "points"),
            [Table((Text("数值", "value"), _LOW, _HIGH), [(p.value, *_ends(p.total)) for p in line.points])],
            folded=True,
        ),
    ]
    return View(title, blocks, lang)


def _break_table(breaks: "tuple[Break, ...]") -> Table:
    titles = (
        Text("转折", "break"),
        Text("政策", "policies"),
        Text("由", "from"),
        Text("到", "to"),
        Text("悬崖", "cliff"),
    )
    return Table(titles, list(_breaks(breaks)))


def _breaks(breaks: "tuple[Break, ...]") -> Iterator[tuple[Content, ...]]:
    for b in breaks:
        names = Listing(
            [Text(f"{m.title.zh}（{c.zh}）", f"{m.title.en} ({c.en})") for m in b.policies for c in b.because[:1]]
        )
        yield b.above, names, b.before.text, b.after.text, b.is_cliff


def timeline_view(line: "Timeline", lang: Language | None) -> View:
    """See ``Timeline.view``."""
    rows = [
        (
            m.month,
            *_ends(m.due),
            Listing([same(f"{e.day} ") + e.text for e in m.events]) if m.events else Marked("", "quiet"),
        )
        for m in line.months
    ]
    blocks: list[Content] = [
        Fields([(Text("合计", "in all"), line.total.text)]),
        Table((Text("月份", "month"), _LOW, _HIGH, Text("事项", "what happens")), rows),
    ]
    title = Text(f"{line.start} 至 {line.end} 逐月应发", f"What is due month by month, {line.start} to {line.end}")
    return View(title, blocks, lang)

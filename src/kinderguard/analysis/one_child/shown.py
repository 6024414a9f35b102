"""How a notebook shows questions about one child: blocks of the shared view, with no personal data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kinderguard.analysis.between import Between
from kinderguard.engines.assessment import Total
from kinderguard.model.codes import Frequency
from kinderguard.model.money import NO_BOUND
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Column, Content, Fields, Listing, Marked, Paragraph, Section, Table, View

if TYPE_CHECKING:
    from kinderguard.analysis.one_child.marginal import Break, Marginal
    from kinderguard.analysis.one_child.timeline import Timeline
    from kinderguard.analysis.one_child.what_if import WhatIf

_LOW = Column(Text("至少（元）", "at least (yuan)"), number=True)
_PERHAPS = Marked(Text("可能", "perhaps"), "unknown")
_CLIFF = Text(
    "“悬崖”：数值再增加一点，应发的减少得比增加的还多。",
    "A cliff: a little more of the number costs more than it brings.",
)
_HIGH = Column(Text("至多（元）", "at most (yuan)"), number=True)


def _ends(total: Total | Between) -> tuple[Content, Content]:
    low, high = (NO_BOUND if end is None else end for end in (total.low, total.high))
    return low, high


def what_if_view(found: "WhatIf", lang: Language | None) -> View:
    """See ``WhatIf.view``."""
    head, *_ = found._said.zh.splitlines()
    before, after = found._due(Frequency.MONTH)
    blocks: list[Content] = [
        Table(
            (Text("每月应发", "due each month"), _LOW, _HIGH),
            [
                (Text("之前", "before"), *_ends(before)),
                (Text("之后", "after"), *_ends(after)),
                (Text("变动", "change"), *_ends(found.change())),
            ],
        )
    ]
    if found._told:
        blocks.append(Listing(found._told))
    return View(Text(head.rstrip("：。"), found._said.en.splitlines()[0].rstrip(":.")), blocks, lang)


def marginal_view(line: "Marginal", lang: Language | None) -> View:
    """See ``Marginal.view``."""
    title = Text(f"“{line.title.zh}”变化时应发多少", f"What is due as ‘{line.title.en}’ moves")
    blocks: list[Content] = [
        Paragraph(Text(line._said.zh.splitlines()[0], line._said.en.splitlines()[0])),
        *([Paragraph(_CLIFF)] if line.cliffs else []),
        *([_break_table(line.breaks)] if line.breaks else []),
        *map(Paragraph, line._not_counted),
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
        Text("原因", "why"),
        Text("之前合计", "in all before"),
        Text("之后合计", "in all after"),
        Text("变动", "change"),
        Text("悬崖", "cliff"),
    )
    return Table(titles, list(_breaks(breaks)))


def _breaks(breaks: "tuple[Break, ...]") -> Iterator[tuple[Content, ...]]:
    for b in breaks:
        names, why = Listing([m.title for m in b.policies]), Listing(b.because)
        yield b.above, names, why, b.before.text, b.after.text, b._lost, _PERHAPS if b.is_cliff is None else b.is_cliff


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
        *map(Paragraph, line._not_counted),
        Table((Text("月份", "month"), _LOW, _HIGH, Text("事项", "what happens")), rows),
    ]
    title = Text(f"{line.start} 至 {line.end} 逐月应发", f"What is due month by month, {line.start} to {line.end}")
    return View(title, blocks, lang)

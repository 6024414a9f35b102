"""How a notebook shows a comparison, and one child of it: blocks of the shared view, with no personal data."""

from collections.abc import Iterator, Sequence

from kinderguard.analysis.comparing.counting import Effect
from kinderguard.analysis.comparing.opened import ChildCompared, unset_in
from kinderguard.analysis.comparing.result import Comparison, ReformEffect, is_moved
from kinderguard.analysis.dimensions import FOR_THE_OFFICE, cell_title, is_for_the_office, table_title
from kinderguard.model.text import Language, Text
from kinderguard.model.view import Column, Content, Fields, Listing, Marked, Paragraph, Section, Table, View

_HEADS = {
    "gains": Text("受益", "gain"),
    "may_gain": Text("可能受益", "may gain"),
    "same": Text("不变", "same"),
    "may_lose": Text("可能受损", "may lose"),
    "loses": Text("受损", "lose"),
    "open": Text("尚不能定", "open"),
}
_COUNTS = [Column(title, number=True) for title in (Text("儿童", "children"), *_HEADS.values())]
_A_YEAR = Column(Text("每年支出变动（元）", "change in cost a year (yuan)"), number=True)
_ONCE = Column(Text("一次性（元）", "once (yuan)"), number=True)

_REACHES = [
    Column(title, number=True)
    for title in (
        Text("新覆盖", "newly reached"),
        Text("原待定，现符合", "not known before, now yes"),
        Text("原待定，现不符合", "not known before, now no"),
        Text("退出", "fall out"),
        Text("原符合，现待定", "yes before, not known now"),
        Text("原不符合，现待定", "no before, not known now"),
    )
]


def comparison_view(found: Comparison, lang: Language | None) -> View:
    """See ``Comparison.view``."""
    sections: list[Content] = [_side_by_side(found)] if len(found.reforms) > 1 else []
    sections += [Section(Marked(effect.title, "name"), _reform(found, effect)) for effect in found.reforms.values()]
    effects = [e for effect in found.reforms.values() for e in _effects(effect)]
    if is_for_the_office(getattr(effect, kind) for effect in effects for kind in _HEADS):
        sections.append(Paragraph(FOR_THE_OFFICE))
    return View(Text(f"改革比较（{found.day}）", f"Reforms compared ({found.day})"), sections, lang)


#: What is told of each of several reforms, before anything else.
_SIDE_BY_SIDE = ("gains", "may_gain", "loses", "may_lose", "open")


def _side_by_side(found: Comparison) -> Content:
    effects = list(found.reforms.values())
    costs = [_A_YEAR, *([] if all(effect.all.cost_once.is_zero for effect in effects) else [_ONCE])]
    counts = (Column(_HEADS[kind], number=True) for kind in _SIDE_BY_SIDE)
    heads = [Column(Text("改革方案", "reform")), *counts, *costs]
    rows: list[tuple[Content, ...]] = []
    for effect in effects:
        money = (effect.all.cost_a_year.figures, effect.all.cost_once.figures)
        rows.append((effect.title, *(getattr(effect.all, kind) for kind in _SIDE_BY_SIDE), *money[: len(costs)]))
    return Table(heads, rows)


def _reform(found: Comparison, effect: ReformEffect) -> Iterator[Content]:
    yield Listing(effect.description)
    costs = [_A_YEAR, *([] if effect.all.cost_once.is_zero else [_ONCE])]
    yield Table([Column(Text("", "")), *_COUNTS, *costs], [(Text("全部", "all"), *_cells(effect.all, costs))])
    if effect.notes:
        yield Listing(effect.notes)
    money = [p for p in effect.policies if not p.change.is_zero]
    if money:
        yield Table(
            [
                Text("政策", "policy"), Column(Text("之前", "before"), number=True),
                Column(Text("之后", "after"), number=True), Column(Text("变动", "change"), number=True),
            ],
            [(p.title, p.before.figures, p.after.figures, p.change.figures) for p in money],
            Text("元/年（一次性的为元/次）", "yuan a year (or once, where it is paid once)"),
        )  # fmt: skip
    moved = [reach for reach in effect.reaches if is_moved(reach)]
    if moved:
        counts = [(r.reached[0], r.reached[1], r.settled_no, r.lost[0], r.lost[1], r.opened_no) for r in moved]
        # What was not known, or is not, has a column where there is any; settled as yes and as no stand side by side.
        settled = any(row[1] or row[2] for row in counts)
        kept = [
            k
            for k, wanted in enumerate(
                (True, settled, settled, True, any(row[4] for row in counts), any(row[5] for row in counts))
            )
            if wanted
        ]
        heads = [_REACHES[k] for k in kept]
        rows: list[tuple[Content, ...]] = [
            (reach.title, *(row[k] for k in kept)) for reach, row in zip(moved, counts, strict=True)
        ]
        if any(reach.reasons for reach in moved):
            heads.append(Column(Text("退出原因", "why they fall out")))
            rows = [(*row, Listing(reach.why)) for row, reach in zip(rows, moved, strict=True)]
        yield Table([Text("类别或政策", "category or policy"), *heads], rows)
    for names in found.by:
        table = effect.tables[" × ".join(names)]
        title = table_title(names)
        cells = [(cell_title(names, key, found.titles), *_cells(cell, costs)) for key, cell in table.items()]
        yield Section(title, [Table([Column(title), *_COUNTS, *costs], cells)], folded=True)
    yield Paragraph(
        Text(
            "“尚不能定”为可能受益也可能受损。上下限：无论未知事实如何，实际都在其间。按类别的各行有重叠。",
            "“Open”: may gain or lose. Bounds: the truth lies between them, whatever the unknown facts are. The rows by class overlap.",
        )
    )


def _effects(effect: ReformEffect) -> Iterator[Effect]:
    yield effect.all
    for table in effect.tables.values():
        yield from table.values()


def _cells(effect: Effect, costs: Sequence[Column]) -> tuple[Content, ...]:
    money = (effect.cost_a_year.figures, effect.cost_once.figures)
    return effect.children, *(getattr(effect, kind) for kind in _HEADS), *money[: len(costs)]


def child_view(found: ChildCompared, lang: Language | None) -> View:
    """See ``ChildCompared.view``."""
    title = Text(f"第 {found.row} 行的儿童", f"The child of row {found.row}")
    if (not_born := found.not_born) is not None:
        return View(title, [Paragraph(not_born)], lang)
    sure = [each.said for each in found.surely_paid]
    blocks: list[Content] = [
        *([Listing(sure)] if sure else []),
        Fields(
            [
                (Text("每年变动", "change a year"), found.change_a_year.text),
                (Text("一次性变动", "change once"), found.change_once.text),
            ]
        ),
    ]
    if found.policies:
        blocks.append(
            Table(
                [
                    Text("政策", "policy"), Text("周期", "how often"), Column(Text("之前", "before"), number=True),
                    Column(Text("之后", "after"), number=True), Column(Text("变动", "change"), number=True),
                    Text("原因", "why"),
                ],
                [
                    (p.title, p.every.label, p.before.figures, p.after.figures, p.change.figures, Listing(p.because))
                    for p in found.policies
                ],
                Text("元，每次发放", "yuan, each time it is paid"),
            )
        )  # fmt: skip
    if unset := unset_in(found):
        blocks.append(Paragraph(unset))
    if found.rules:
        blocks.append(
            Table(
                [Text("类别或政策", "category or policy"), Text("之前", "before"), Text("之后", "after")],
                [(r.title, r.before, r.after) for r in found.rules],
            )
        )
    for title, result in ((Text("之前", "before"), found.before), (Text("之后", "after"), found.after)):
        explained = result.explain()
        view = getattr(explained, "view", None)
        if view is not None:
            blocks.append(Section(title, view(lang=lang).blocks, folded=True))
    return View(title, blocks, lang)

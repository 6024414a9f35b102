"""How a notebook shows a comparison, and one child of it: blocks of the shared view, with no personal data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kinderguard.analysis.comparing.counting import Effect
from kinderguard.analysis.comparing.result import KIND_TITLES, Comparison, Reach, ReformEffect
from kinderguard.analysis.dimensions import cell_title, table_title
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Column, Content, Fields, Listing, Paragraph, Section, Table, View

if TYPE_CHECKING:
    from kinderguard.analysis.comparing.opened import ChildCompared

_COUNTS = [Column(Text("儿童", "children"), number=True)] + [
    Column(title, number=True) for title in KIND_TITLES.values()
]
_COSTS = [
    Column(Text("每年支出变动", "change in cost a year"), number=True),
    Column(Text("一次性", "once"), number=True),
]


def comparison_view(found: Comparison, lang: Language | None) -> View:
    """See ``Comparison.view``."""
    sections: list[Content] = [Section(same(name), _reform(found, effect)) for name, effect in found.reforms.items()]
    return View(Text(f"改革比较（{found.day}）", f"Reforms compared ({found.day})"), sections, lang)


def _reform(found: Comparison, effect: ReformEffect) -> Iterator[Content]:
    yield Listing(effect.description)
    yield Table([Column(Text("", "")), *_COUNTS, *_COSTS], [(Text("全部", "all"), *_cells(effect.all))])
    money = [p for p in effect.policies if not p.change.is_zero]
    if money:
        yield Table(
            [
                Text("政策", "policy"), Column(Text("之前", "before"), number=True),
                Column(Text("之后", "after"), number=True), Column(Text("变动", "change"), number=True),
            ],
            [(p.title, p.before.text, p.after.text, p.change.text) for p in money],
            Text("每年（一次性的为一次）", "a year (or once, where it is paid once)"),
        )  # fmt: skip
    moved = [reach for reach in effect.reaches if reach.newly_reached or reach.fallen_out]
    if moved:
        heads = [Column(Text("新覆盖", "newly reached"), number=True), Column(Text("退出", "fall out"), number=True)]
        rows: list[tuple[Content, ...]] = [(reach.title, reach.newly_reached, reach.fallen_out) for reach in moved]
        if any(reach.reasons for reach in moved):
            heads.append(Column(Text("退出原因", "why they fall out")))
            rows = [(*row, Listing(_why(reach))) for row, reach in zip(rows, moved, strict=True)]
        yield Table([Text("类别或政策", "category or policy"), *heads], rows)
    for names in found.by:
        table = effect.tables[" × ".join(names)]
        title = table_title(names)
        cells = [(cell_title(names, key, found.titles), *_cells(cell)) for key, cell in table.items()]
        yield Section(title, [Table([Column(title), *_COUNTS, *_COSTS], cells)], folded=True)
    yield Paragraph(
        Text(
            "上下限：无论未知事实如何，实际都在其间。按类别的各行有重叠。",
            "Bounds: the truth lies between them, whatever the unknown facts are. The rows by class overlap.",
        )
    )


def _why(reach: Reach) -> list[Text]:
    return [Text(f"{w.title.zh}（{w.children:,} 人）", f"{w.title.en} ({w.children:,})") for w in reach.reasons]


def _cells(effect: Effect) -> tuple[Content, ...]:
    counts = [getattr(effect, kind) for kind in KIND_TITLES]
    return effect.children, *counts, effect.cost_a_year.text, effect.cost_once.text


def child_view(found: "ChildCompared", lang: Language | None) -> View:
    """See ``ChildCompared.view``."""
    blocks: list[Content] = [
        Fields(
            [
                (Text("每年变动", "change a year"), found.change_a_year.text),
                (Text("一次性变动", "change once"), found.change_once.text),
            ]
        )
    ]
    if found.policies:
        blocks.append(
            Table(
                [
                    Text("政策", "policy"), Text("周期", "how often"), Column(Text("之前", "before"), number=True),
                    Column(Text("之后", "after"), number=True), Column(Text("变动", "change"), number=True),
                ],
                [(p.title, p.every.label, p.before.text, p.after.text, p.change.text) for p in found.policies],
            )
        )  # fmt: skip
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
    return View(Text(f"第 {found.row} 行的儿童", f"The child of row {found.row}"), blocks, lang)

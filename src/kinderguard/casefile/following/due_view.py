"""How a notebook shows what falls due: by kind and who should act, then day by day. Called by ``DueList.view``.

A child is its file's number; no name and no fact of anybody is in it.
"""

from collections import Counter
from typing import TYPE_CHECKING

from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text
from kinderguard.model.view import Code, Column, Content, Listing, Marked, Section, Table, View

if TYPE_CHECKING:
    from kinderguard.casefile.following.due import DueItem, DueList


def due_view(of: "DueList", lang: Language | None) -> View:
    """See ``DueList.view``."""
    counts = Counter((item.kind, item.who) for item in of)
    late = Counter((item.kind, item.who) for item in of if item.overdue)
    blocks: list[Content] = [
        Table(
            [
                Text("事项", "what"), Text("责任人", "who"), Column(Text("件数", "items"), number=True),
                Column(Text("其中逾期", "of them overdue"), number=True),
            ],
            [(kind.label, who.label, number, late[kind, who]) for (kind, who), number in counts.most_common()],
        )
    ]  # fmt: skip
    if len(of):
        heads = [Text("日期", "day"), Text("档案", "file"), Text("地方", "place"), Text("做什么", "what to do"), Text("责任人", "who")]  # fmt: skip
        blocks.append(Section(Text("按日期", "Day by day"), [Table(heads, map(_row, of))], folded=False))
    if of.problems:
        said = Listing(Marked(problem.message, "unknown") for problem in of.problems)
        blocks.append(Section(Text("未设定，无法说明", "Not set, so that it cannot be said"), [said]))
    return View(Text(f"待办（{len(of)} 件）", f"What falls due ({len(of)})"), blocks, lang)


def _row(item: "DueItem") -> tuple[Content, ...]:
    day = Marked(f"{item.day}", "no") if item.overdue else item.day
    place = place_name(item.division) if item.division else Text("地点不详", "place unknown")
    return (
        day,
        Code(item.ref),
        place,
        Text(f"{item.kind.zh}：{item.what.zh}", f"{item.kind.en}: {item.what.en}"),
        item.who.label,
    )


__all__ = ["due_view"]

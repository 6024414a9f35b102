"""How a notebook shows an allocation: how far needs are served, places, what one more would bring, then every need.

File numbers, divisions and codes are all it has of anybody. Called by ``Allocation.view``; nothing is decided here.
"""

from collections import Counter
from typing import TYPE_CHECKING

from kinderguard.model.text import Language, Text
from kinderguard.model.view import Code, Column, Content, Fields, Listing, Section, Table, View
from kinderguard.packs.need_rules import Urgency

if TYPE_CHECKING:
    from kinderguard.care.allocation.result import Allocation, Allotment

_SERVED = Column(Text("已安排", "served"), number=True)
_NEEDS = Column(Text("需求", "needs"), number=True)


def allocation_view(of: "Allocation", lang: Language | None) -> View:
    """See ``Allocation.view``."""
    decided = Counter(each.decided for each in of.allotments)
    blocks: list[Content] = [
        Fields([(kind.label, number) for kind, number in decided.most_common()]),
        Table(
            [Text("紧迫程度", "urgency"), _SERVED, _NEEDS], [(level.label, *of.served(level)) for level in Urgency]
        ),
        Table(
            [Text("地方", "place"), _SERVED, _NEEDS], [(place.name, place.served, place.needs) for place in of.places], most=30
        ),
    ]  # fmt: skip
    if of.prices:
        title = Text("再增一个名额的作用", "What one more place would bring")
        blocks.append(Section(title, [Listing(price.message for price in of.prices)]))
    heads: list[Column | Text] = [
        Text("档案", "file"), Text("需求", "need"), Text("紧迫程度", "urgency"), Text("结果", "decided"),
        Text("供给", "offer"), Column(Text("公里", "km"), number=True), Text("理由", "why"),
    ]  # fmt: skip
    rows = Table(heads, map(_row, of.allotments))
    blocks.append(Section(Text("逐项", "One by one"), [rows], folded=True))
    title = Text(
        f"服务安排建议（{of.asked.on}，需求 {len(of.allotments):,} 项）",
        f"Who is to serve which need: a proposal ({of.asked.on}, {len(of.allotments):,} needs)",
    )
    return View(title, blocks, lang)


def _row(of: "Allotment") -> tuple[Content, ...]:
    need = of.need
    km = "" if of.km is None else f"{of.km:.1f}"
    file = "" if need.ref is None else Code(need.ref)
    return file, need.title, need.urgency.label, of.decided.label, Code(of.offer) if of.offer else "", km, of.reason


__all__ = ["allocation_view"]

"""How a notebook shows an allocation: how far needs are served, places, what one more would bring, then every need.

File numbers, divisions and codes are all it has of anybody. Called by ``Allocation.view``; nothing is decided here.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kinderguard.care.allocation.showing import counted, needs_in_all, unclear_in
from kinderguard.model.text import Language, Text
from kinderguard.model.view import Code, Column, Content, Fields, Listing, Marked, Section, Table, View
from kinderguard.packs.need_rules import Urgency

if TYPE_CHECKING:
    from kinderguard.care.allocation.result import Allocation, Allotment, Decided

_URGENCY = Text("紧迫程度", "urgency")
_SERVED = Column(Text("已安排", "served"), number=True)
_NEEDS = Column(Text("需求", "needs"), number=True)
#: The same where needs to be clarified stand beside them.
_PRESENT = Column(Text("现有需求", "present needs"), number=True)
_HELD = Column(Text("已预留", "held"), number=True)
_UNCLEAR = Column(Text("待核实", "to be clarified"), number=True)


def allocation_view(of: "Allocation", lang: Language | None) -> View:
    """See ``Allocation.view``."""
    blocks: list[Content] = [*(_parted(of) if unclear_in(of) else _together(of))]
    if of.places:
        needs = _PRESENT if unclear_in(of) else _NEEDS
        rows = [(place.name, place.served, place.needs) for place in of.places]
        blocks.append(Table([Text("地方", "place"), _SERVED, needs], rows, most=30))
    if of.prices:
        title = Text("再增一个名额的作用", "What one more place would bring")
        blocks.append(Section(title, [Listing(price.message for price in of.prices)]))
    heads: list[Column | Text] = [
        Text("档案", "file"), Text("需求", "need"), Text("紧迫程度", "urgency"), Text("状态", "status"), Text("结果", "decided"),
        Text("供给", "offer"), Column(Text("公里", "km"), number=True), Text("理由", "why"),
    ]  # fmt: skip
    blocks.append(Section(Text("逐项", "One by one"), [Table(heads, map(_row, of.allotments))], folded=True))
    title = Text(f"服务安排建议（{of.asked.on}，", f"Who is to serve which need: a proposal ({of.asked.on}, ")
    return View(title + needs_in_all(of) + Text("）", ")"), blocks, lang)


def _together(of: "Allocation") -> Iterator[Content]:
    """What becomes of how many needs, and how many of each urgency are served: all of them present."""
    yield Fields([(kind.label, number) for kind, number, _ in _by_kind(of)])
    yield Table([_URGENCY, _SERVED, _NEEDS], [(level.label, *of.served(level)) for level in Urgency])


def _parted(of: "Allocation") -> Iterator[Content]:
    """The same with needs to be clarified in columns of their own."""
    yield Table([Text("结果", "decided"), _PRESENT, _UNCLEAR], [(kind.label, *both) for kind, *both in _by_kind(of)])
    rows = [(level.label, *of.served(level), *of.held(level)) for level in Urgency]
    yield Table([_URGENCY, _SERVED, _PRESENT, _HELD, _UNCLEAR], rows)


def _by_kind(of: "Allocation") -> list[tuple["Decided", int, int]]:
    return counted((each.decided, each.need) for each in of.allotments)


def _row(of: "Allotment") -> tuple[Content, ...]:
    need = of.need
    km = "" if of.km is None else f"{of.km:.1f}"
    file = "" if need.ref is None else Code(need.ref)
    status = Marked(need.status.label, "unknown") if need.to_clarify else need.status.label
    offer = Code(of.offer) if of.offer else ""
    return file, need.title, need.urgency.label, status, of.decided.label, offer, km, of.reason


__all__ = ["allocation_view"]

"""An allocation as others take it: a JSON document, a table, a summary. Called by ``Allocation``; nothing is decided here.

File numbers, divisions and codes are all it has of anybody: no name, no fact of a child, no place on a map. Needs that are
present and needs that are to be clarified are never counted together.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from kinderguard.casefile.care.needs import Need
from kinderguard.model.text import Language, Text, same
from kinderguard.packs.need_rules import Service, Urgency

if TYPE_CHECKING:
    from kinderguard.care.allocation.result import Allocation, Allotment, PlaceShare, Price

FORMAT = "kinderguard.allocation/1"

#: How many reasons a summary lists.
_REASONS = 12

_What = TypeVar("_What", bound=Hashable)


# ---- counted --------------------------------------------------------------------------------------------------------


def counted(of: Iterable[tuple[_What, Need]]) -> list[tuple[_What, int, int]]:
    """By what becomes of needs: how many present ones, and how many to be clarified; the most present ones first."""
    found: dict[_What, list[int]] = {}
    for what, need in of:
        found.setdefault(what, [0, 0])[need.to_clarify] += 1
    both = [(what, present, unclear) for what, (present, unclear) in found.items()]
    return sorted(both, key=lambda each: (-each[1], -each[2]))


def unclear_in(of: "Allocation") -> int:
    """How many of the needs are still to be clarified."""
    return sum(each.need.to_clarify for each in of.allotments)


def needs_in_all(of: "Allocation", form: str = ",") -> Text:
    """How many needs there are, those to be clarified apart; ``form`` is how numbers are written."""
    unclear = unclear_in(of)
    present = len(of.allotments) - unclear
    more = (
        Text(f"，另有 {unclear:{form}} 项待核实", f", {unclear:{form}} more to be clarified")
        if unclear
        else Text("", "")
    )
    return Text(f"{present:{form}} 项需求", f"{present:{form}} needs") + more


def _both(present: int, unclear: int, more: Text | None = None) -> Text:
    """A number of present needs, and of those to be clarified where there are any."""
    if not unclear:
        return Text(f"{present}", f"{present}")
    more = more or Text("", "")
    return Text(f"{present}（另有待核实 {unclear}{more.zh}）", f"{present} (and {unclear} to be clarified{more.en})")


# ---- a document -------------------------------------------------------------------------------------------------


def document(of: "Allocation") -> dict[str, Any]:
    """See ``Allocation.to_dict``."""
    from kinderguard import __version__

    objective, limits = of.asked.objective, of.asked.limits
    return {
        "format": FORMAT,
        "versions": {"kinderguard": __version__},
        "on": of.asked.on.isoformat(),
        "objective": {
            "place_digits": objective.place_digits,
            "remote": sorted(objective.remote),
            "remote_floor": f"{objective.remote_floor.numerator}/{objective.remote_floor.denominator}",
            "familiar_km": objective.familiar_km,
            "hold_for_unclear": objective.hold_for_unclear,
        },
        "limits": {"max_km": limits.max_km, "per_organisation": dict(sorted(limits.per_organisation.items()))},
        "allotments": [entry(each) for each in of.allotments],
        "places": [_place(each) for each in of.places],
        "prices": [_price(each) for each in of.prices],
        "aims": [{"title": aim.title.to_dict(), "proved": aim.proved} for aim in of.aims],
    }


def entry(of: "Allotment") -> dict[str, Any]:
    """See ``Allotment.to_dict``."""
    need = of.need
    return {
        "ref": need.ref,
        "division": need.division,
        "need": need.code,
        "title": need.title.to_dict(),
        "urgency": need.urgency.value,
        "status": need.status.value,
        "decided": of.decided.value,
        "offer": of.offer,
        "organisation": of.organisation,
        "service": None if of.service is None else of.service.value,
        "km": of.km,
        "familiar": of.familiar,
        "in_line": of.in_line,
        "position": of.position,
        "clarify": [title.to_dict() for title in need.asks],
        "find_out": [{"offer": each.offer, "what": each.what.to_dict()} for each in of.find_out],
        "reason": of.reason.to_dict(),
    }


def _place(of: "PlaceShare") -> dict[str, Any]:
    return {
        "place": of.place,
        "name": of.name.to_dict(),
        "needs": of.needs,
        "served": of.served,
        "remote": of.remote,
        "floor_reached": of.floor_reached,
    }


def _price(of: "Price") -> dict[str, Any]:
    return {
        "kind": of.kind.value,
        "code": of.code,
        "limit": of.limit,
        "used": of.used,
        "urgency": None if of.urgency is None else of.urgency.value,
        "to_clarify": of.to_clarify,
        "instead_of": None if of.instead_of is None else of.instead_of.value,
        "instead_to_clarify": of.instead_to_clarify,
        "message": of.message.to_dict(),
    }


# ---- a table ----------------------------------------------------------------------------------------------------

_HEADS = (
    Text("档案编号", "File"), Text("所在行政区划", "Where it lives"), Text("紧迫程度", "Urgency"), Text("需求", "Need"),
    Text("状态", "Status"), Text("结果", "Decided"), Text("组织", "Organisation"), Text("供给", "Offer"), Text("服务", "Service"),
    Text("距离（公里）", "Kilometres"), Text("理由", "Reason"), Text("需求代码", "Code"),
)  # fmt: skip


def table(of: "Allocation", lang: Language) -> tuple[list[str], list[tuple[Any, ...]]]:
    """See ``Allocation.table``."""
    return [head.in_(lang) for head in _HEADS], [_row(each, each.need, each.service, lang) for each in of.allotments]


def _row(of: "Allotment", need: Need, service: Service | None, lang: Language) -> tuple[Any, ...]:
    return (
        need.ref, need.division, need.urgency.label.in_(lang), need.title.in_(lang), need.status.label.in_(lang),
        of.decided.label.in_(lang), of.organisation, of.offer, service.label.in_(lang) if service else None, of.km, of.reason.in_(lang), need.code,
    )  # fmt: skip


# ---- a summary --------------------------------------------------------------------------------------------------


def summary(of: "Allocation") -> Iterator[Text]:
    """See ``Allocation.summary``: its lines."""
    offers = len(of.asked.offers)
    yield needs_in_all(of, "") + Text(f"，{offers} 项供给", f", {offers} offers")
    for kind, present, unclear in counted((each.decided, each.need) for each in of.allotments):
        yield _line(kind.label, Text(f"{unclear}", f"{unclear}") if kind.only_unclear else _both(present, unclear))
    yield Text("按紧迫程度（已安排／需求）", "By urgency (served of needed)")
    for urgency in Urgency:
        (served, needed), (held, unclear) = of.served(urgency), of.held(urgency)
        more = Text(f"，其中已预留 {held}", f", {held} of them held a place") if held else None
        yield _line(urgency.label, Text(f"{served}/", f"{served}/") + _both(needed, unclear, more))
    if of.places:
        yield Text("按居住地（已安排／需求）", "By where the children live (served of needed)")
    yield from (_line(_where(each), same(f"{each.served}/{each.needs}")) for each in of.places)
    yield Text("按供给（已用／名额；再增一个名额的作用）", "By offer (used of places; what one more would bring)")
    yield from (Text("  ", "  ") + price.message for price in of.prices)
    waiting = counted((each.in_line, each.need) for each in of.allotments if each.in_line is not None)
    if waiting:
        yield Text("候补（按供给）", "Waiting, by offer")
        yield from (_line(same(offer), _both(present, unclear)) for offer, present, unclear in waiting)
    yield from _reasons(of)


def _where(of: "PlaceShare") -> Text:
    """The place's name, with its code where the name does not have it."""
    if of.place is None or of.place in of.name.zh:
        return of.name
    return Text(f"{of.name.zh} {of.place}", f"{of.name.en} {of.place}")


def _reasons(of: "Allocation") -> Iterator[Text]:
    """Of those who wait each reason names its own position in the line: only the table has them."""
    found = counted((each.obstacle, each.need) for each in of.allotments if each.obstacle is not None)
    if not found:
        return
    yield Text("其余未安排的理由", "Why the others are not served")
    for why, present, unclear in found[:_REASONS]:
        count = _both(present, unclear)
        yield Text(f"  {count.zh}  {why.zh}", f"  {count.en}  {why.en}")
    more = len(found) - _REASONS
    if more > 0:
        yield Text(f"  另有 {more} 种理由，见明细表", f"  and {more} more reasons, in the table")


def _line(what: Text, number: Text) -> Text:
    return Text(f"  {what.zh}：{number.zh}", f"  {what.en}: {number.en}")

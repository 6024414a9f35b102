"""What becomes of every need and why, in Chinese and English. Called by ``allocate`` once everything is chosen; it decides nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs
import numpy as np

from kinderguard.care.allocation.candidates import Numbers
from kinderguard.care.allocation.instance import Instance
from kinderguard.care.allocation.obstacles import Obstacles
from kinderguard.care.allocation.result import Allotment, Decided, FindOut, PlaceShare
from kinderguard.casefile.care.fields import Weekday
from kinderguard.casefile.care.needs import Need
from kinderguard.model.text import Text, join

#: How many offers to be found out are named with one need.
_NAMED = 3


class Explainer:
    """Reasons for one allocation.

    Args:
        instance: what was asked.
        chosen: the pairs that were chosen.
    """

    def __init__(self, instance: Instance, chosen: Numbers) -> None:
        self.instance = instance
        self.obstacles = Obstacles(instance.candidates)
        pairs = instance.pairs
        #: By need, the pair that was chosen; −1: none.
        self.pair = np.full(len(instance.needs), -1, np.int64)
        self.pair[pairs.need[chosen]] = chosen
        self.load = np.bincount(pairs.offer[chosen], minlength=len(instance.offers))
        self.taken = Counter(
            zip(pairs.offer[chosen].tolist(), instance.levels[pairs.need[chosen]].tolist(), strict=True)
        )
        self.used = Counter(instance.offers[offer].organisation for offer in pairs.offer[chosen].tolist())
        self.places = tuple(self._places(chosen))
        self._lines = self._waiting()

    def allotments(self) -> tuple[Allotment, ...]:
        """One for every need, in order."""
        return tuple(self._told(number, need) for number, need in enumerate(self.instance.needs))

    def _told(self, number: int, need: Need) -> Allotment:
        """Whatever becomes of a need that may not be there, that comes first: nobody has said that the child has it."""
        found = self._allotment(number, need)
        if not need.to_clarify:
            return found
        return attrs.evolve(found, reason=join([_clarify(need), found.reason], "；", "; "))

    def _allotment(self, number: int, need: Need) -> Allotment:
        if self.pair[number] >= 0:
            return self._placed(number, need)
        if not need.for_helpers:
            text = Text("此需求由主管部门处理，不交服务组织", "the need is for the authorities, not for helpers")
            if need.to_clarify:
                text = Text(
                    "如属实，由主管部门处理，不交服务组织", "if it is there, it is for the authorities, not for helpers"
                )
            return Allotment(need, Decided.FOR_AUTHORITIES, text)
        if not self.instance.takes_part[number]:
            why = Text("没有为待核实的需求预留名额", "no place is held for needs that are to be clarified")
            return Allotment(need, Decided.TO_CLARIFY, why, obstacle=why)
        here = self.instance.pairs.of(number)
        if here.start < here.stop:
            return self._waits(number, need)
        found, count = self._find_out(number)
        if count:
            why = _to_find_out(found, count)
            return Allotment(need, Decided.FIND_OUT, why, find_out=found, obstacle=why)
        why = self.obstacles.reason(number)
        return Allotment(need, Decided.NO_OFFER, why, obstacle=why)

    # ---- served -------------------------------------------------------------------------------------------------

    def _placed(self, number: int, need: Need) -> Allotment:
        instance, pair = self.instance, int(self.pair[number])
        offer = instance.offers[int(instance.pairs.offer[pair])]
        service, km = instance.pairs.service_of(pair), float(instance.pairs.km[pair])
        travels, familiar = bool(instance.travels[pair]), bool(instance.familiar[pair])
        parts = [
            Text(
                f"由{offer.organisation}（供给 {offer.code}）提供{service.zh}",
                f"{offer.organisation} (offer {offer.code}) gives {service.en}",
            )
        ]
        if travels and np.isnan(km):
            parts.append(Text("距离不详", "at an unknown distance"))
        elif travels:
            parts.append(Text(f"距离{km:.1f}公里", f"{km:.1f} km away"))
        if familiar:
            parts.append(Text("儿童熟悉该组织", "the child knows the organisation"))
        if travels and offer.weekdays:
            parts.append(_days(offer.weekdays, need))
        parts.append(Text(f"紧迫程度：{need.urgency.zh}", f"urgency: {need.urgency.en}"))
        parts.append(self._among(number, pair))
        if need.to_clarify:
            parts.append(Text("仅用现有需求之后的余额预留", "held from what present needs left"))
        decided = Decided.HELD if need.to_clarify else Decided.SERVED
        return Allotment(
            need, decided, join(parts, "；", "; "), offer.code, offer.organisation, service,
            km if travels and not np.isnan(km) else None, familiar,
        )  # fmt: skip

    def _among(self, number: int, pair: int) -> Text:
        """How the offer stands among those that fit."""
        here = self.instance.pairs.of(number)
        costs = self.instance.costs[here]
        count, better = len(costs), int((costs < self.instance.costs[pair]).sum())
        if count == 1:
            return Text("是唯一合适的供给", "the only offer that fits")
        if not better:
            return Text(
                f"在{count}个合适的供给中最近或最熟悉", f"of {count} offers that fit, none is nearer or better known"
            )
        return Text(
            f"{count}个合适的供给中有{better}个更近或更熟悉，其名额或组织限额按优先次序另有安排",
            f"of {count} offers that fit, {better} nearer or better known: used for others, by the order of the aims",
        )

    # ---- waiting ------------------------------------------------------------------------------------------------

    def _waits(self, number: int, need: Need) -> Allotment:
        instance = self.instance
        here = instance.pairs.of(number)
        offers = instance.pairs.offer[here].tolist()
        nearest = offers[int(np.argmin(instance.costs[here]))]
        offer, line = instance.offers[nearest], self._lines[nearest]
        position = line[number]
        parts = [self._full(number, nearest)]
        if len(offers) > 1:
            more = len(offers) - 1
            have = "1 more that fits has" if more == 1 else f"{more} more that fit have"
            parts.append(Text(f"另有{more}个合适的供给也没有余额", f"{have} no place left either"))
        parts.append(
            Text(
                f"在该供给的候补中排第{position}位（共{len(line)}位）",
                f"next in line there: position {position} of {len(line)}",
            )
        )
        if instance.place_of[number] >= 0:
            place = self.places[int(instance.place_of[number])]
            parts.append(
                Text(
                    f"{place.name.zh}的{place.needs}项需求已安排{place.served}项",
                    f"{place.name.en}: {place.served} of {place.needs} needs are served",
                )
            )
        found, count = self._find_out(number)
        if count:
            parts.append(_to_find_out(found, count))
        return Allotment(
            need, Decided.WAITING, join(parts, "；", "; "), in_line=offer.code, position=position, find_out=found
        )

    def _full(self, number: int, nearest: int) -> Text:
        """Why the nearest offer has no place: its own are taken, or its organisation's."""
        instance = self.instance
        offer, level = instance.offers[nearest], int(instance.levels[number])
        if self.load[nearest] < offer.capacity:
            most = instance.candidates.limits.per_organisation[offer.organisation]
            return Text(
                f"组织 {offer.organisation} 合计最多服务{most}项（供给 {offer.code} 属该组织），已用完",
                f"organisation {offer.organisation}, which makes offer {offer.code}, may serve {most} needs in all, and does",
            )
        more = sum(n for (at, other), n in self.taken.items() if at == nearest and other < level)
        same_level = self.taken[nearest, level]
        taken = []
        if more:
            taken.append(Text(f"{more}个用于更紧迫的需求", f"{more} by more urgent needs"))
        if same_level:
            taken.append(
                Text(
                    f"{same_level}个用于同样紧迫的需求（先看各地是否公平，再看路程和发现先后）",
                    f"{same_level} by needs as urgent (by fairness between places, then travel, then who was found earlier)",
                )
            )
        places = offer.capacity
        all_places = (
            f"all {places} places of offer {offer.code} are"
            if places > 1
            else f"the one place of offer {offer.code} is"
        )
        all_taken = Text(f"供给 {offer.code} 的全部{places}个名额已用：", f"{all_places} taken, ")
        return all_taken + join(taken, "，", ", ")

    def _waiting(self) -> dict[int, dict[int, int]]:
        """By offer, who waits, with the position: the most urgent first, then whose place is served worst, then the nearest."""
        instance, pairs = self.instance, self.instance.pairs
        shares = [place.share for place in self.places]
        found: dict[int, list[tuple[int, Fraction, int, object, int]]] = {}
        for pair in np.flatnonzero(self.pair[pairs.need] < 0).tolist():
            need = int(pairs.need[pair])
            place = int(instance.place_of[need])
            share = shares[place] if place >= 0 else Fraction(1)
            key = (int(instance.levels[need]), share, int(instance.costs[pair]), instance.needs[need].on, need)
            found.setdefault(int(pairs.offer[pair]), []).append(key)
        return {
            offer: {key[-1]: position for position, key in enumerate(sorted(keys), 1)} for offer, keys in found.items()
        }

    # ---- what is not known --------------------------------------------------------------------------------------

    def _find_out(self, number: int) -> tuple[tuple[FindOut, ...], int]:
        candidates = self.instance.candidates
        here = candidates.open.of(number)
        offers, km = candidates.open.offer[here], candidates.open.km[here]
        order = np.lexsort((offers, np.where(np.isnan(km), np.inf, km)))[:_NAMED]
        named = [
            FindOut(candidates.offers[offer].code, candidates.fit(number, offer).reason)
            for offer in offers[order].tolist()
        ]
        return tuple(named), len(offers)

    def _places(self, chosen: Numbers) -> Iterator[PlaceShare]:
        instance = self.instance
        place_of = instance.place_of[instance.pairs.need[chosen]]
        served = np.bincount(place_of[place_of >= 0], minlength=len(instance.places)).tolist()
        floor = instance.objective.remote_floor
        for place, needs, done, far in zip(
            instance.places, instance.place_sizes.tolist(), served, instance.remote.tolist(), strict=True
        ):
            yield PlaceShare(place, needs, done, far, Fraction(done, needs) >= floor if far else None)


def _clarify(need: Need) -> Text:
    if not need.asks:
        return Text("此需求尚待核实", "the need is still to be clarified")
    shown = join(list(need.asks))
    return Text(
        f"此需求尚待核实，请先查明：{shown.zh}", f"the need is still to be clarified; find out first: {shown.en}"
    )


def _days(serves: Sequence[Weekday], need: Need) -> Text:
    """On which days it may be; where nobody asked when the child is free, that this is to be asked."""
    days = join([each.label for each in serves if need.weekdays is None or each in need.weekdays])
    ask = (
        Text("（请先了解儿童何时有空）", " (ask first when the child is free)")
        if need.weekdays is None
        else Text("", "")
    )
    return Text(f"服务日：{days.zh}", f"on {days.en}") + ask


def _to_find_out(found: Sequence[FindOut], count: int) -> Text:
    each = join([Text(f"供给 {f.offer}：{f.what.zh}", f"offer {f.offer}: {f.what.en}") for f in found], "；", "; ")
    more = count - len(found)
    rest = Text(f"；另有{more}个供给也须查明", f"; and of {more} more") if more else Text("", "")
    return Text("须先查明：", "first find out: ") + each + rest

"""Why no offer fits a need: the obstacle that the last offers fail at. Called by ``explaining``.

Offers are sifted in a fixed order (what they do, when, for whom, where, by whom, how far), each step as ``fit`` tells it; the
step that leaves none is the reason. It names the wanted service, qualification or distance, and nobody.
"""

import numpy as np

from kinderguard.care.allocation.candidates import Candidates
from kinderguard.care.offers import fit, free_days
from kinderguard.casefile.care.needs import Need
from kinderguard.model.places import place_name
from kinderguard.model.text import Text, join

_TOO_FAR = "offer.too_far"

#: The findings of ``fit`` that rule a match out, in the order in which offers are sifted.
_ORDER = (
    "offer.no_service", "offer.not_open", "offer.no_capacity", "offer.barred_person", "offer.outside_area",
    "offer.no_common_day", "offer.no_qualification", "offer.no_language", _TOO_FAR,
)  # fmt: skip


class Obstacles:
    """Reasons for the needs of one allocation that no offer fits."""

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates
        self._against: dict[object, list[frozenset[str]]] = {}

    def reason(self, number: int) -> Text:
        """Why no offer fits one need."""
        candidates = self._candidates
        need = candidates.needs[number]
        left = list(range(len(candidates.offers)))
        if not left:
            return Text("没有任何供给", "there are no offers at all")
        against = self._without_distance(number)
        for code in _ORDER:
            if code == _TOO_FAR:
                break
            through = [offer for offer in left if code not in against[offer]]
            if not through:
                return _told(code, need, len(left))
            left = through
        others = sorted(set().union(*(against[offer] for offer in left)))
        if others:  # a finding that came later than this list: said in the words of ``fit``
            return candidates.fit(number, left[0]).reason
        return self._too_far(number, left)

    def _without_distance(self, number: int) -> list[frozenset[str]]:
        """By offer, what stands against it wherever the child lived in reach of it."""
        candidates = self._candidates
        kind = candidates.kind(number)
        if kind not in self._against:
            need = candidates.needs[number].model_copy(update={"place": None})
            self._against[kind] = [
                frozenset(p.code for p in fit(offer, need, on=candidates.on, km=0).against)
                for offer in candidates.limited
            ]
        return self._against[kind]

    def _too_far(self, number: int, offers: list[int]) -> Text:
        candidates = self._candidates
        need, km = candidates.needs[number], candidates.km(number, offers)
        nearest = int(np.nanargmin(km))
        offer, away = candidates.limited[offers[nearest]], float(km[nearest])
        who, limit = _who(need), offer.reach_km
        if candidates.limits.max_km is not None and limit == candidates.limits.max_km:
            return Text(
                f"{limit:g}公里内没有{who.zh}；最近的（供给 {offer.code}）距离{away:.1f}公里",
                f"no {who.en} within {limit:g} km; the nearest, offer {offer.code}, is {away:.1f} km away",
            )
        return Text(
            f"没有可达的{who.zh}；最近的（供给 {offer.code}）距离{away:.1f}公里，只到{limit:g}公里",
            f"no {who.en} in reach; the nearest, offer {offer.code}, is {away:.1f} km away and goes {limit:g} km",
        )


def _either(labels: list[Text]) -> Text:
    return join(labels, "或", " or ")


def _what(need: Need) -> Text:
    return _either([service.label for service in need.services])


def _who(need: Need) -> Text:
    """Whom the need asks for: a qualification where it asks for one, else a service."""
    labels = [q.label for q in need.qualifications]
    return _either(labels) if labels else Text(f"提供{_what(need).zh}的供给", f"offer of {_what(need).en}")


def _told(code: str, need: Need, count: int) -> Text:
    where = Text("儿童所在地", "where the child lives") if need.division is None else place_name(need.division)
    match code:
        case "offer.no_service":
            what = _what(need)
            return Text(f"没有供给提供{what.zh}", f"no offer gives {what.en}")
        case "offer.not_open":
            found = Text("当日不在服务期内", "stands on that day")
        case "offer.no_capacity":
            found = Text("没有名额", "has any capacity")
        case "offer.barred_person":
            found = Text(
                "有《未成年人保护法》第21、22或62条禁止的人；请供给方更换人员后重新核查",
                "is without somebody whom articles 21, 22 or 62 of the law on minors bar; let the provider put somebody else "
                "in, who is then checked",
            )
        case "offer.outside_area":
            found = Text(f"不服务{where.zh}", f"serves {where.en}")
        case "offer.no_common_day":
            free = free_days(need)
            found = Text(f"不在儿童有空的日子（{free.zh}）服务", f"serves when the child is free ({free.en})")
        case "offer.no_qualification":
            who = _who(need)
            found = Text(f"没有{who.zh}", f"has a {who.en}")
        case _:
            spoken = _either([language.label for language in need.languages or ()])
            found = Text(f"不会{spoken.zh}", f"speaks {spoken.en}")
    there = where if _ORDER.index(code) > _ORDER.index("offer.outside_area") else None
    return _none_of(need, count, there) + found


def _none_of(need: Need, count: int, where: Text | None) -> Text:
    """Of how many offers of what is wanted, that serve the place if one is named, there is none that …"""
    what = _what(need)
    here = Text("", "") if where is None else Text(f"服务{where.zh}的", f" that may serve {where.en}")
    if count == 1:
        return Text(f"{here.zh}唯一提供{what.zh}的供给", f"the one offer of {what.en}{here.en} is none that ")
    return Text(f"{here.zh}{count}个提供{what.zh}的供给都", f"of {count} offers of {what.en}{here.en}, none ")

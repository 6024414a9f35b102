"""Offers 服务供给: what an organisation, an enterprise, volunteers or a station can do, where, when and for how many.

Used before anything is promised: ``fit`` holds one offer against one need and says in both languages what stands against
it. A person barred under the law on minors is never matched, and the reason never says who it is. What is not known
(nobody looked whether a person is barred) does not count as "no objection": it is asked for first.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import attrs
from pydantic import model_validator

from kinderguard.casefile.care.fields import CodeName, Day, Place, Reach, Weekday, WholeNumber
from kinderguard.casefile.care.needs import Language, Need
from kinderguard.model.codes import Code, UnfitGround
from kinderguard.model.dates import as_day
from kinderguard.model.errors import FieldValueError, Problem
from kinderguard.model.personal import Personal
from kinderguard.model.places import DivisionCode, covers, place_name
from kinderguard.model.record import Record, fact
from kinderguard.model.text import Text, join
from kinderguard.packs.need_rules import Qualification, Service


class ProviderKind(Code):
    """Who helps 服务主体."""

    ORGANISATION = "organisation", "社会组织", "organisation"
    ENTERPRISE = "enterprise", "企业", "enterprise"
    VOLUNTEERS = "volunteers", "志愿者", "volunteers"
    STATION = "station", "服务站点（如家庭教育指导站）", "station, such as one for family-education guidance"
    ONLINE = "online", "线上平台", "online platform"
    PUBLIC_BODY = "public_body", "公办单位", "public body"


class BarringArticle(Code):
    """The article of the law on minors under which somebody was found to be barred 《未成年人保护法》条款."""

    ART_21 = "21", "《未成年人保护法》第21条", "law on minors, art. 21"
    ART_22 = "22", "《未成年人保护法》第22条", "law on minors, art. 22"
    ART_62 = "62", "《未成年人保护法》第62条", "law on minors, art. 62"


class Helper(Record):
    """Somebody who would meet the child 服务人员. Whether barred is recorded by whoever checked; nothing is guessed.

    Art. 22 names its grounds for those to whom parents entrust a child. That they bar a helper as well, and that somebody
    has to be checked first, is this library's rule, on the safe side of the law.
    """

    ref: CodeName | None = fact("人员编号", "number of the person", note="Never a name or an ID number.")
    name: Personal | None = fact("姓名", "name")
    unfit_grounds: tuple[UnfitGround, ...] | None = fact(
        "不宜情形", "grounds of unfitness (art. 22)", note="An empty list: checked, and none found."
    )
    barred_by: tuple[BarringArticle, ...] | None = fact(
        "查实的禁止条款", "articles under which the person was found to be barred", note="An empty list: checked, none."
    )

    @property
    def barred(self) -> bool | None:
        """Whether the person may not be matched with a child; None where it was not checked."""
        if self.unfit_grounds or self.barred_by:
            return True
        return None if self.unfit_grounds is None or self.barred_by is None else False


class Offer(Record):
    """What one provider can do 服务供给.

    ``capacity`` counts needs served at one time. ``area`` lists division prefixes; the empty tuple is everywhere.
    """

    code: str = fact("供给编号", "code of the offer", default=...)
    organisation: CodeName = fact("组织编号", "code of the organisation", default=..., note="Never a person's name.")
    provider: ProviderKind = fact("服务主体", "who helps", default=...)
    services: tuple[Service, ...] = fact("服务", "services", default=...)
    capacity: WholeNumber = fact("可同时服务的需求数", "needs it can serve at one time", unit="needs", default=...)
    area: tuple[DivisionCode, ...] = fact("服务区域", "divisions it serves", default=())
    since: Day | None = fact("起始日期", "first day", note="Left out: it stands already.")
    until: Day | None = fact("截止日期", "last day", note="Left out: it stands until it is withdrawn.")
    weekdays: tuple[Weekday, ...] | None = fact(
        "服务日", "days of the week on which it serves", note="Left out: not known. An empty list: on none."
    )
    languages: tuple[Language, ...] | None = fact("语言", "languages spoken")
    qualifications: tuple[Qualification, ...] | None = fact("资质", "qualifications")
    people: tuple[Helper, ...] | None = fact(
        "服务人员",
        "people who would meet the child",
        note="An empty list: nobody meets the child. Of a service in which somebody does, it says nothing.",
    )
    place: Place | None = fact("位置", "where it is, on the map")
    reach_km: Reach | None = fact("可达距离（公里）", "how far it reaches (km)", unit="km")

    @model_validator(mode="after")
    def _consistent(self) -> "Offer":
        if self.since and self.until and self.until < self.since:
            raise FieldValueError(
                "截止日期（until）早于起始日期（since）", "the last day (until) lies before the first (since)"
            )
        return self

    @property
    def barred(self) -> bool | None:
        """Whether somebody barred would meet the child; None where that was not checked, or nobody is recorded.

        An empty list beside a service in which somebody meets the child is nobody recorded.
        """
        if not self.people and (self.people is None or any(service.in_contact for service in self.services)):
            return None
        found = [person.barred for person in self.people]
        return True if True in found else None if None in found else False


@attrs.frozen
class Fit:
    """One offer held against one need: ``verdict`` is True (may be matched), False, or None (something is not known).

    ``against`` says what rules it out, ``unsettled`` what must be found out first; both in the words of an official, without
    naming anybody. ``service`` is what the offer would do for the need, None where it does nothing that meets it.
    """

    offer: str
    need: tuple[str | None, str]
    service: Service | None
    against: tuple[Problem, ...] = ()
    unsettled: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> bool | None:
        """Whether the two may be matched."""
        return False if self.against else None if self.unsettled else True

    @property
    def reason(self) -> Text:
        """Why not, or what is to be found out, in one line; empty where they fit."""
        return join([p.message for p in (*self.against, *self.unsettled)], "；", "; ")


def fit(offer: Offer, need: Need, *, on: dt.date | None = None, km: float | None = None) -> Fit:
    """Whether an offer may be matched with a need, and what stands against it.

    Args:
        offer: what the provider can do.
        need: what the child needs. Whether it is still to be clarified plays no part here.
        on: the day; the need's own if left out.
        km: the distance between the two in kilometres; from their places if left out.
    """
    day = need.on if on is None else as_day(on, "on")
    distance = km if km is not None else _km(offer, need)
    common = [service for service in need.services if service in offer.services]
    if not common:
        return Fit(offer.code, need.key, None, (_no_service(need),))
    found = [_fit_service(offer, need, service, day, distance) for service in common]
    return min(found, key=lambda each: (True, None, False).index(each.verdict))


def _fit_service(offer: Offer, need: Need, service: Service, day: dt.date, km: float | None) -> Fit:
    told = [*_standing(offer, day), *_barred(offer, service), *_area(offer, need)]
    if service.in_contact:
        told += [*_days(offer, need), *_skills(offer, need), *_reach(offer, km)]
    told += _language(offer, need)
    return Fit(
        offer.code,
        need.key,
        service,
        tuple(problem for rules_out, problem in told if rules_out),
        tuple(problem for rules_out, problem in told if not rules_out),
    )


def _km(offer: Offer, need: Need) -> float | None:
    return offer.place.km_to(need.place) if offer.place and need.place else None


#: Whether a finding rules the match out (else it is only to be settled first), and the finding.
_Told = tuple[bool, Problem]


def _no_service(need: Need) -> Problem:
    if not need.for_helpers:
        text = Text("此需求由主管部门处理，不交服务组织", "the need is for the authorities, not for helpers")
        return Problem("offer.not_for_helpers", text)
    names = join([service.label for service in need.services], "、", " or ")
    return Problem("offer.no_service", Text(f"不提供{names.zh}", f"it does not offer {names.en}"))


def _standing(offer: Offer, day: dt.date) -> Iterator[_Told]:
    if offer.capacity == 0:
        yield True, Problem("offer.no_capacity", Text("没有可服务名额", "it has no capacity"))
    if (offer.since and day < offer.since) or (offer.until and offer.until < day):
        yield True, Problem("offer.not_open", Text(f"{day}不在服务期内", f"it does not stand on {day}"))


def _barred(offer: Offer, service: Service) -> Iterator[_Told]:
    """The provider's people: one who is barred rules out everything, one who was not checked whatever is in contact."""
    if offer.barred:
        yield (
            True,
            Problem(
                "offer.barred_person",
                Text(
                    "服务人员中有《未成年人保护法》第21、22或62条禁止的人，不得安排；请供给方更换人员后重新核查",
                    "somebody among its people is barred by articles 21, 22 or 62 of the law on minors, so it is not matched; "
                    "the provider has to put somebody else in, who is then checked",
                ),
            ),
        )
    elif offer.barred is None and service.in_contact:
        yield False, Problem("offer.person_not_checked", _not_checked(offer, service))


def _not_checked(offer: Offer, service: Service) -> Text:
    if offer.people is None:
        return Text("没有记录由谁接触儿童", "who would meet the child is not recorded")
    if not offer.people:
        return Text(
            f"没有记录由谁接触儿童：服务人员写为“无”，而{service.zh}须有人接触儿童",
            f"who would meet the child is not recorded: its people are an empty list, though somebody has to for {service.en}",
        )
    return Text("服务人员是否有法律禁止的情形尚未核查", "whether its people are barred was not checked")


def _area(offer: Offer, need: Need) -> Iterator[_Told]:
    if not offer.area or any(need.division and covers(area, need.division) for area in offer.area):
        return
    if need.division is None or any(covers(need.division, area) for area in offer.area):
        yield (
            False,
            Problem(
                "offer.place_unknown",
                Text("儿童住址的行政区划不够明确", "where the child lives is not known precisely enough"),
            ),
        )
        return
    where = place_name(need.division)
    yield True, Problem("offer.outside_area", Text(f"不服务{where.zh}", f"it does not serve {where.en}"))


def _days(offer: Offer, need: Need) -> Iterator[_Told]:
    """Only what is known of the child bars: as long as nobody asked when it is free, every day will do."""
    if need.weekdays is None or set(need.weekdays) & set(offer.weekdays or ()):
        return
    if need.weekdays and offer.weekdays is None:
        text = Text("服务日未记录", "on which days of the week it serves is not recorded")
        yield False, Problem("offer.days_unknown", text)
    else:
        text = Text(
            f"服务日不在儿童有空的日子（{free_days(need).zh}）内",
            f"it does not serve when the child is free ({free_days(need).en})",
        )
        yield True, Problem("offer.no_common_day", text)


def free_days(need: Need) -> Text:
    """When a child is free, as far as that is known: the days of the week by name."""
    return join([each.label for each in need.weekdays or ()]) or Text("没有", "never")


def _skills(offer: Offer, need: Need) -> Iterator[_Told]:
    wanted = need.qualifications
    if not wanted or (offer.qualifications and set(wanted) & set(offer.qualifications)):
        return
    names = _either([q.label for q in wanted])
    if offer.qualifications is None:
        text = Text(f"是否有{names.zh}未记录", f"whether it has a {names.en} is not recorded")
        yield False, Problem("offer.qualification_unknown", text)
    else:
        yield True, Problem("offer.no_qualification", Text(f"没有{names.zh}", f"it has no {names.en}"))


def _language(offer: Offer, need: Need) -> Iterator[_Told]:
    if not need.languages or (offer.languages and set(need.languages) & set(offer.languages)):
        return
    names = _either([each.label for each in need.languages])
    if offer.languages is None:
        text = Text(f"是否会{names.zh}未记录", f"whether it speaks {names.en} is not recorded")
        yield False, Problem("offer.language_unknown", text)
    else:
        yield True, Problem("offer.no_language", Text(f"不会{names.zh}", f"it does not speak {names.en}"))


def _reach(offer: Offer, km: float | None) -> Iterator[_Told]:
    if offer.reach_km is None or (km is not None and km <= offer.reach_km):
        return
    if km is None:
        yield False, Problem("offer.distance_unknown", Text("距离未知", "the distance is not known"))
    else:
        text = Text(
            f"距离{km:g}公里，超出可达的{offer.reach_km:g}公里",
            f"it is {km:g} km away and reaches {offer.reach_km:g} km",
        )
        yield True, Problem("offer.too_far", text)


def _either(names: Sequence[Text]) -> Text:
    return join(list(names), "或", " or ")

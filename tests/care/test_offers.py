"""Offers against needs: who may be matched, who never, and what is to be found out first; nobody is named."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinderguard.care import (
    BarringArticle,
    Helper,
    Language,
    Need,
    NeedDomain,
    Offer,
    Place,
    ProviderKind,
    Qualification,
    Service,
    Urgency,
    Weekday,
    fit,
)
from kinderguard.model import InvalidRecordError, Text, UnfitGround

DAY = dt.date(2025, 9, 1)
CHECKED = Helper(ref="p1", unfit_grounds=[], barred_by=[])


def a_need(**given):
    base = {
        "ref": "K1", "code": "cn.need.company", "domain": NeedDomain.GUARDIANSHIP_AND_COMPANY, "title": Text("陪伴", "company"),
        "urgency": Urgency.PLANNED, "reason": Text("甲", "a"), "on": DAY, "division": "330199001",
        "services": [Service.COMPANY],
    }  # fmt: skip
    return Need(**base | given)


def an_offer(**given):
    base = {
        "code": "o1", "organisation": "org1", "provider": ProviderKind.VOLUNTEERS, "services": [Service.COMPANY],
        "capacity": 5, "people": [CHECKED],
    }  # fmt: skip
    return Offer(**base | given)


def codes(found):
    return [problem.code for problem in (*found.against, *found.unsettled)]


def test_an_offer_with_nothing_against_it_fits():
    found = fit(an_offer(), a_need())
    assert (found.verdict, found.service, str(found.reason)) == (True, Service.COMPANY, "")


@pytest.mark.parametrize("service", Service)
@pytest.mark.parametrize(
    "found",
    [*({"unfit_grounds": [ground], "barred_by": []} for ground in UnfitGround),
     *({"unfit_grounds": [], "barred_by": [article]} for article in BarringArticle),
     {"barred_by": ["62"]}],
    ids=str,
)  # fmt: skip
def test_a_person_who_is_barred_is_never_matched_whatever_is_offered(service, found):
    barred = Helper(ref="p2", name="隐名某", **found)
    result = fit(an_offer(services=list(Service), people=[CHECKED, barred]), a_need(services=[service]))
    assert result.verdict is False
    assert "offer.barred_person" in codes(result)


def test_somebody_barred_rules_an_offer_out_beside_people_whom_nobody_checked():
    people = [Helper(ref="p1"), Helper(ref="p2", barred_by=["62"]), CHECKED]
    assert fit(an_offer(people=people), a_need()).verdict is False


def test_the_reason_of_a_bar_names_neither_the_person_nor_what_was_found():
    barred = Helper(ref="p2", name="隐名某", unfit_grounds=["drugs"])
    result = fit(an_offer(people=[barred]), a_need())
    told = repr(result) + str(result.reason)
    assert "21、22或62条" in result.reason.zh
    assert "articles 21, 22 or 62" in result.reason.en
    assert not any(word in told for word in ("隐名某", "p2", "吸毒", "drug"))


@pytest.mark.parametrize(
    "people", [None, [Helper(ref="p1")], [Helper(unfit_grounds=[])], [CHECKED, Helper(barred_by=[])]]
)
def test_a_person_whom_nobody_checked_is_not_taken_for_fit(people):
    result = fit(an_offer(people=people), a_need())
    assert (result.verdict, codes(result)) == (None, ["offer.person_not_checked"])


def test_nobody_has_to_be_checked_for_what_is_sent_and_not_brought():
    sent = fit(an_offer(services=[Service.SUPPLIES], people=None), a_need(services=[Service.SUPPLIES]))
    assert sent.verdict is True
    both = an_offer(services=[Service.SUPPLIES, Service.COMPANY], people=[])
    assert fit(both, a_need(services=[Service.SUPPLIES])).verdict is True


@pytest.mark.parametrize("service", [service for service in Service if service.in_contact])
def test_an_empty_list_of_people_says_nothing_where_somebody_has_to_meet_the_child(service):
    offer = an_offer(services=[service], people=[])
    result = fit(offer, a_need(services=[service]))
    assert (result.verdict, codes(result), offer.barred) == (None, ["offer.person_not_checked"], None)
    assert service.zh in result.reason.zh
    assert service.en in result.reason.en
    assert an_offer(services=[Service.SUPPLIES], people=[]).barred is False


@pytest.mark.parametrize(
    ("offered", "needed", "code", "verdict"),
    [
        ({"services": [Service.REHABILITATION]}, {}, "offer.no_service", False),
        ({}, {"services": []}, "offer.not_for_helpers", False),
        ({"capacity": 0}, {}, "offer.no_capacity", False),
        ({"since": "2025-09-02"}, {}, "offer.not_open", False),
        ({"until": "2025-08-31"}, {}, "offer.not_open", False),
        ({"area": ["330106"]}, {}, "offer.outside_area", False),
        ({"area": ["330199"]}, {"division": None}, "offer.place_unknown", None),
        ({"area": ["330199001004"]}, {}, "offer.place_unknown", None),
        ({"qualifications": ["teacher"]}, {"qualifications": ["psychologist"]}, "offer.no_qualification", False),
        ({"qualifications": []}, {"qualifications": ["psychologist"]}, "offer.no_qualification", False),
        ({"qualifications": None}, {"qualifications": ["psychologist"]}, "offer.qualification_unknown", None),
        ({"languages": ["cmn"]}, {"languages": ["bo"]}, "offer.no_language", False),
        ({"languages": None}, {"languages": ["bo"]}, "offer.language_unknown", None),
        ({"reach_km": 60}, {}, "offer.distance_unknown", None),
        (
            {"reach_km": 5, "place": Place(x_km=0, y_km=0)},
            {"place": Place(x_km=3, y_km=4.1)},
            "offer.too_far",
            False,
        ),
    ],
)
def test_what_stands_against_a_match_is_said_in_both_languages(offered, needed, code, verdict):
    result = fit(an_offer(**offered), a_need(**needed))
    assert (codes(result), result.verdict) == ([code], verdict)
    assert result.reason.zh != result.reason.en


@pytest.mark.parametrize(
    ("offered", "needed"),
    [
        ({"since": "2025-09-01", "until": "2025-09-01"}, {}),
        ({"area": ["33", "11"]}, {}),
        ({"area": ["330199001"]}, {"division": "330199001004"}),
        ({"qualifications": ["teacher", "lawyer"]}, {"qualifications": ["psychologist", "lawyer"]}),
        ({"languages": ["cmn", "bo"]}, {"languages": ["bo"]}),
        ({"languages": None}, {"languages": None}),
        ({"reach_km": 5, "place": Place(x_km=0, y_km=0)}, {"place": Place(x_km=3, y_km=4)}),
    ],
)
def test_the_ends_of_a_period_an_area_and_a_reach_belong_to_it(offered, needed):
    assert fit(an_offer(**offered), a_need(**needed)).verdict is True


def test_a_distance_of_the_callers_table_goes_before_the_map():
    near = {"reach_km": 5, "place": Place(x_km=0, y_km=0)}
    over_the_hill = fit(an_offer(**near), a_need(place=Place(x_km=1, y_km=0)), km=40)
    assert "距离40公里" in over_the_hill.reason.zh


@pytest.mark.parametrize(
    ("serves", "free", "verdict", "code"),
    [
        (["saturday", "sunday"], ["sunday"], True, None),
        (["monday"], ["saturday", "sunday"], False, "offer.no_common_day"),
        (None, ["sunday"], None, "offer.days_unknown"),
        ([], ["sunday"], False, "offer.no_common_day"),
        (None, [], False, "offer.no_common_day"),
        # Nobody asked yet when the child is free: that bars nobody.
        (["monday"], None, True, None),
        (None, None, True, None),
    ],
)
def test_somebody_who_meets_the_child_comes_on_a_day_on_which_it_is_free(serves, free, verdict, code):
    found = fit(an_offer(weekdays=serves), a_need(weekdays=free))
    assert found.verdict is verdict
    assert [p.code for p in (*found.against, *found.unsettled)] == [code] * (code is not None)


def test_what_is_sent_or_online_asks_for_no_day():
    need = a_need(services=[Service.ONLINE_COURSE], weekdays=["sunday"])
    assert fit(an_offer(services=[Service.ONLINE_COURSE], weekdays=["monday"]), need).verdict is True


def test_of_several_services_the_one_that_fits_best_is_taken_in_the_order_of_the_need():
    offer = an_offer(services=[Service.ONLINE_COURSE, Service.FAMILY_GUIDANCE], people=None)
    need = a_need(services=[Service.FAMILY_GUIDANCE, Service.ONLINE_COURSE])
    assert (fit(offer, need).service, fit(offer, need).verdict) == (Service.ONLINE_COURSE, True)
    checked = offer.model_copy(update={"people": [CHECKED]})
    assert fit(checked, need).service is Service.FAMILY_GUIDANCE


maybe = st.none() | st.sampled_from([(), (UnfitGround.ABUSE,)])
articles = st.none() | st.sampled_from([(), (BarringArticle.ART_62,)])
helpers = st.builds(Helper, unfit_grounds=maybe, barred_by=articles)
offers = st.builds(
    Offer,
    code=st.just("o"),
    organisation=st.just("g"),
    provider=st.sampled_from(ProviderKind),
    services=st.lists(st.sampled_from(Service), max_size=4),
    capacity=st.integers(0, 3),
    area=st.lists(st.sampled_from(["33", "330199", "330199001004", "11"]), max_size=2),
    languages=st.none() | st.lists(st.sampled_from(Language), max_size=3),
    qualifications=st.none() | st.lists(st.sampled_from(Qualification), max_size=3),
    weekdays=st.none() | st.lists(st.sampled_from(Weekday), max_size=2, unique=True),
    people=st.none() | st.lists(helpers, max_size=3),
    reach_km=st.none() | st.floats(0, 100),
    place=st.none() | st.builds(Place, x_km=st.floats(-90, 90), y_km=st.floats(-90, 90)),
)
wanted = st.builds(
    a_need,
    division=st.sampled_from([None, "33", "330199001", "11"]),
    services=st.lists(st.sampled_from(Service), max_size=3),
    qualifications=st.lists(st.sampled_from(Qualification), max_size=2),
    languages=st.none() | st.lists(st.sampled_from(Language), max_size=2),
    weekdays=st.none() | st.lists(st.sampled_from(Weekday), max_size=2, unique=True),
    place=st.none() | st.builds(Place, x_km=st.floats(-90, 90), y_km=st.floats(-90, 90)),
)


@given(offers, wanted)
def test_whatever_fits_has_only_people_who_were_checked_and_found_fit(offer, need):
    result = fit(offer, need)
    if result.verdict is True:
        assert result.service in offer.services
        assert result.service in need.services
        assert offer.barred is False or (offer.barred is None and not result.service.in_contact)
        assert offer.capacity > 0
    else:
        assert result.reason.zh
        assert result.reason.en


@given(offers, wanted)
def test_to_find_something_out_never_turns_a_refusal_into_a_match(offer, need):
    """A verdict of None may become either; one of False stays, whatever else is learnt about unknown facts."""
    if fit(offer, need).verdict is False:
        people = (CHECKED,) if offer.people is None else offer.people
        learnt = {
            "people": people,
            "languages": offer.languages if offer.languages is not None else tuple(Language),
            "weekdays": offer.weekdays if offer.weekdays is not None else tuple(Weekday),
            "qualifications": offer.qualifications if offer.qualifications is not None else tuple(Qualification),
        }
        assert fit(offer.model_copy(update=learnt), need).verdict is False


@given(offers)
def test_an_offer_reads_back_from_json_as_it_was(offer):
    assert Offer.model_validate_json(offer.to_json()) == offer


def test_a_helper_is_never_shown_by_name():
    helper = Helper(ref="p", name="隐名某", unfit_grounds=["abuse"])
    assert "隐名某" not in repr(an_offer(people=[helper]))
    assert Offer.model_validate_json(an_offer(people=[helper]).to_json()).people[0].name.reveal() == "隐名某"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"capacity": -1}, "negative"),
        ({"reach_km": -1}, "negative"),
        ({"reach_km": float("nan")}, "reach_km"),
        ({"since": "2025-09-02", "until": "2025-09-01"}, "before the first"),
        ({"since": "2025-9-1"}, "2025-09-01"),
        ({"since": dt.datetime(2025, 9, 1, 8, 0)}, "without a time"),
        ({"since": 1756684800}, "2025-09-01"),
        ({"area": ["9"]}, "area"),
        ({"servises": []}, "services"),
    ],
)
def test_an_offer_that_contradicts_itself_is_refused_with_the_mend(wrong, says):
    with pytest.raises(InvalidRecordError, match=says):
        an_offer(**wrong)


def test_every_code_has_a_title_in_both_languages():
    for codes_of in (ProviderKind, Weekday, BarringArticle, Service, Qualification, Language, Urgency, NeedDomain):
        for code in codes_of:
            assert code.zh
            assert code.en
            assert code.zh != code.en


@pytest.mark.parametrize("code", ["张梦", "13800001111", "11010519491231002X", "o" * 65, "an organisation"])
def test_the_code_of_an_organisation_or_a_person_is_no_name_and_no_number(code):
    for refused in (lambda: Helper(ref=code), lambda: an_offer(organisation=code)):
        with pytest.raises(InvalidRecordError) as error:
            refused()
        assert code not in str(error.value)
        assert error.value.problems[0].where in ("ref", "organisation")


def test_a_number_below_zero_is_refused_with_its_field():
    for field in ("capacity", "reach_km"):
        with pytest.raises(InvalidRecordError) as error:
            an_offer(**{field: -1})
        assert [problem.where for problem in error.value.problems] == [field]

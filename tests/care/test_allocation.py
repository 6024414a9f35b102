"""Allocations as people meet them: who is served, why somebody is not, and what is asked for wrongly."""

import datetime as dt
import json
import subprocess
import sys
from fractions import Fraction

import attrs
import numpy as np
import pytest

pytest.importorskip("highspy")

from care.allocating import DAY, a_need, an_offer, at
from kinderguard.care import Helper, NeedStatus, Place, Service, Urgency
from kinderguard.care.allocation import (
    AllocationError,
    Decided,
    Limits,
    Objective,
    SolverError,
    TwiceError,
    allocate,
)
from kinderguard.care.allocation.solver import NO_BOUND, Program, proved, solve
from kinderguard.model import Text
from kinderguard.model.errors import MissingExtraError

CODE = "cn.need.company"


def decided(result, ref="K1"):
    return result.allotment(ref, CODE)


# ---- the aims -----------------------------------------------------------------------------------------------------


def test_one_immediate_need_goes_before_any_number_of_planned_ones():
    planned = [a_need(f"K{n}", division="330199001") for n in range(1, 6)]
    urgent = a_need("K9", urgency=Urgency.IMMEDIATE, division="330199002")
    result = allocate([*planned, urgent], [an_offer()], on=DAY)
    assert [each.need.ref for each in result.placed] == ["K9"]
    assert result.served(Urgency.IMMEDIATE) == (1, 1)
    assert result.served(Urgency.PLANNED) == (0, 5)


def test_a_need_to_be_clarified_never_takes_a_place_from_one_that_is_present():
    unclear = a_need("K1", urgency=Urgency.IMMEDIATE, status=NeedStatus.TO_CLARIFY, facts=["child.residence.division"])
    present = a_need("K2", urgency=Urgency.PLANNED)
    result = allocate([unclear, present], [an_offer()], on=DAY)
    assert decided(result, "K2").decided is Decided.SERVED
    assert decided(result, "K1").decided is Decided.WAITING
    held = allocate([unclear, present], [an_offer(capacity=2)], on=DAY)
    assert decided(held, "K1").decided is Decided.HELD
    asked = Text("儿童现居住地行政区划代码", "the child's division of residence")
    assert asked.en in decided(held, "K1").reason.en
    assert asked.zh in decided(held, "K1").reason.zh
    assert "child." not in str(decided(held, "K1").reason)
    not_held = allocate([unclear], [an_offer()], on=DAY, objective=Objective(hold_for_unclear=False))
    assert decided(not_held, "K1").decided is Decided.TO_CLARIFY


def test_places_are_served_alike_though_one_is_nearer():
    near = [a_need(f"A{n}", division="330199001", place=at(1)) for n in range(4)]
    far = [a_need(f"B{n}", division="330199002", place=at(9)) for n in range(4)]
    result = allocate([*near, *far], [an_offer(capacity=4, place=at(0))], on=DAY)
    assert {place.place: place.served for place in result.places} == {"330199001": 2, "330199002": 2}


def test_a_place_nobody_can_reach_does_not_make_the_others_unequal():
    nobody = a_need("C1", division="330199003", services=[Service.LEGAL_HELP])
    near = [a_need(f"A{n}", division="330199001", place=at(1)) for n in range(4)]
    far = [a_need(f"B{n}", division="330199002", place=at(9)) for n in range(4)]
    result = allocate([nobody, *near, *far], [an_offer(capacity=4, place=at(0))], on=DAY)
    assert [place.served for place in result.places] == [2, 2, 0]
    assert result.worst_place.place == "330199003"


def test_remote_places_are_brought_to_their_floor_first():
    many = [a_need(f"A{n}", division="330199001") for n in range(10)]
    remote = [a_need(f"R{n}", division="330199002") for n in range(2)]

    def served(objective):
        result = allocate([*many, *remote], [an_offer(capacity=3)], on=DAY, objective=objective)
        return {place.place: (place.served, place.floor_reached) for place in result.places}

    assert served(Objective()) == {"330199001": (2, None), "330199002": (1, None)}
    floor = Objective(remote=["330199002"], remote_floor=Fraction(1))
    assert served(floor) == {"330199001": (1, None), "330199002": (2, True)}


def test_an_organisation_the_child_knows_may_be_further_by_so_many_kilometres():
    need = a_need(place=at(0), familiar=["org-known"])
    for away, expected in ((9.9, "known"), (10.2, "near")):
        offers = [an_offer("near", place=at(0)), an_offer("known", place=at(away))]
        found = decided(allocate([need], offers, on=DAY, objective=Objective(familiar_km=10)))
        assert found.offer == expected
        assert found.familiar is (expected == "known")


def test_of_two_that_are_equal_the_one_found_earlier_goes_first():
    needs = [a_need("K1"), a_need("K2", on=DAY - dt.timedelta(days=3))]
    assert decided(allocate(needs, [an_offer()], on=DAY), "K2").decided is Decided.SERVED


# ---- the reasons ----------------------------------------------------------------------------------------------------


def test_who_is_served_is_told_by_whom_how_far_and_why():
    need = a_need(place=at(0), familiar=["org-o1"])
    found = decided(allocate([need], [an_offer(place=at(3)), an_offer("o2", place=at(70))], on=DAY))
    assert found.reason == Text(
        "由org-o1（供给 o1）提供志愿陪伴；距离3.0公里；儿童熟悉该组织；紧迫程度：按计划；在2个合适的供给中最近或最熟悉",
        "org-o1 (offer o1) gives volunteers' company; 3.0 km away; the child knows the organisation; urgency: as planned; "
        "of 2 offers that fit, none is nearer or better known",
    )


def test_who_is_served_is_told_on_which_days_and_that_it_is_to_be_asked_where_nobody_did():
    weekend = an_offer(weekdays=["monday", "saturday", "sunday"])
    free = decided(allocate([a_need(weekdays=["sunday", "saturday"])], [weekend], on=DAY)).reason
    assert "；服务日：星期六、星期日；" in free.zh
    assert "; on Saturday, Sunday; " in free.en
    asked = decided(allocate([a_need()], [weekend], on=DAY))
    assert asked.decided is Decided.SERVED
    assert "on Monday, Saturday, Sunday (ask first when the child is free)" in asked.reason.en
    assert "服务日：星期一、星期六、星期日（请先了解儿童何时有空）" in asked.reason.zh


def test_a_provider_whose_days_nobody_noted_is_asked_first():
    found = decided(allocate([a_need(weekdays=["sunday"])], [an_offer()], on=DAY))
    assert found.decided is Decided.FIND_OUT
    assert "on which days of the week it serves is not recorded" in found.reason.en


def test_who_waits_is_told_what_the_places_went_to_and_the_position_in_line():
    needs = [
        a_need("K1", urgency=Urgency.SOON),
        a_need("K2", urgency=Urgency.SOON),
        a_need("K3", division="330199002"),
        a_need("K4", division="330199002"),
    ]
    result = allocate(needs, [an_offer(capacity=2)], on=DAY)
    last = decided(result, "K4")
    assert (last.decided, last.in_line, last.position) == (Decided.WAITING, "o1", 2)
    assert "all 2 places of offer o1 are taken, 2 by more urgent needs" in last.reason.en
    assert "position 2 of 2" in last.reason.en
    assert "0 of 2 needs are served" in last.reason.en
    assert "全部2个名额已用：2个用于更紧迫的需求" in last.reason.zh
    assert [each.need.ref for each in result.waiting_for("o1")] == ["K3", "K4"]


def test_places_that_went_to_needs_as_urgent_are_told_apart():
    needs = [a_need("K1", urgency=Urgency.SOON), a_need("K2"), a_need("K3")]
    waits = decided(allocate(needs, [an_offer(capacity=2)], on=DAY), "K3")
    assert "are taken, 1 by more urgent needs, 1 by needs as urgent" in waits.reason.en
    assert "1个用于更紧迫的需求，1个用于同样紧迫的需求" in waits.reason.zh


def test_the_limit_of_an_organisation_is_told_as_the_reason():
    needs = [a_need("K1"), a_need("K2")]
    limits = Limits(per_organisation={"org-o1": 1})
    waits = decided(allocate(needs, [an_offer(capacity=5)], on=DAY, limits=limits), "K2")
    assert "org-o1, which makes offer o1, may serve 1 needs in all" in waits.reason.en
    assert "合计最多服务1项" in waits.reason.zh


def test_no_psychologist_within_the_limit_is_told_with_the_nearest():
    need = a_need(services=[Service.PSYCHOLOGICAL_SUPPORT], qualifications=["psychologist"], place=at(0))
    offers = [
        an_offer("o1", services=[Service.PSYCHOLOGICAL_SUPPORT], qualifications=["psychologist"], place=at(83)),
        an_offer("o2", services=[Service.PSYCHOLOGICAL_SUPPORT], qualifications=["teacher"], place=at(1)),
    ]
    found = decided(allocate([need], offers, on=DAY, limits=Limits(max_km=60)))
    assert found.decided is Decided.NO_OFFER
    assert found.reason.en == "no psychologist within 60 km; the nearest, offer o1, is 83.0 km away"
    assert found.reason.zh == "60公里内没有心理咨询（治疗）人员；最近的（供给 o1）距离83.0公里"


@pytest.mark.parametrize(
    ("offered", "needed", "says"),
    [
        ({"services": [Service.LEGAL_HELP]}, {}, "no offer gives volunteers' company"),
        ({"until": "2025-08-31"}, {}, "is none that stands on that day"),
        ({"capacity": 0}, {}, "is none that has any capacity"),
        ({"people": [Helper(ref="p", name="隐名某", barred_by=["62"])]}, {}, "articles 21, 22 or 62"),
        ({"area": ["330106"]}, {}, "is none that serves"),
        (
            {"weekdays": ["monday"]},
            {"weekdays": ["saturday", "sunday"]},
            "is none that serves when the child is free (Saturday, Sunday)",
        ),
        ({}, {"weekdays": []}, "is none that serves when the child is free (never)"),
        ({"qualifications": []}, {"qualifications": ["teacher"]}, "is none that has a teacher"),
        ({"languages": ["cmn"]}, {"languages": ["csl"]}, "is none that speaks sign language"),
        ({"reach_km": 5, "place": at(0)}, {"place": at(9)}, "is 9.0 km away and goes 5 km"),
    ],
)
def test_what_leaves_no_offer_is_told(offered, needed, says):
    found = decided(allocate([a_need(**needed)], [an_offer(**offered)], on=DAY))
    assert found.decided is Decided.NO_OFFER
    assert says in found.reason.en
    assert found.reason.zh != found.reason.en
    assert "隐名某" not in str(found.reason) + repr(found)


def test_several_offers_that_all_fail_are_told_with_their_number():
    offers = [an_offer(code=code, area=["330106"]) for code in ("a", "b")]
    found = decided(allocate([a_need()], offers, on=DAY)).reason
    assert found.zh.startswith("2个提供志愿陪伴的供给都不服务示例县（虚构）")
    assert found.en.startswith("of 2 offers of volunteers' company, none serves ")
    assert decided(allocate([a_need()], offers[:1], on=DAY)).reason.zh.startswith("唯一提供志愿陪伴的供给不服务")


def test_what_is_not_known_is_asked_for_and_not_matched():
    found = decided(allocate([a_need()], [an_offer(people=None)], on=DAY))
    assert (found.decided, found.offer) == (Decided.FIND_OUT, None)
    assert "offer o1: who would meet the child is not recorded" in found.reason.en
    assert found.find_out[0].offer == "o1"


def test_a_need_for_the_authorities_is_left_to_them():
    found = decided(allocate([a_need(services=[])], [an_offer()], on=DAY))
    assert found.decided is Decided.FOR_AUTHORITIES


def test_nothing_to_serve_and_nobody_to_serve_it_is_no_error():
    assert allocate([], [], on=DAY).allotments == ()
    assert decided(allocate([a_need()], [], on=DAY)).decided is Decided.NO_OFFER
    assert allocate([], [an_offer()], on=DAY).mean_km is None


def test_the_distance_that_counts_is_that_of_the_table():
    offers = [an_offer("o1", place=at(1)), an_offer("o2", place=at(2))]
    table = {("330199001", "o1"): 30.0}
    result = allocate([a_need(place=at(0))], offers, on=DAY, distances=table)
    assert (decided(result).offer, decided(result).km) == ("o2", 2.0)


def test_what_is_sent_costs_no_travel():
    need = a_need(services=[Service.SUPPLIES], place=at(0))
    offers = [an_offer("o1", services=[Service.SUPPLIES], place=Place(x_km=900, y_km=0))]
    found = decided(allocate([need], offers, on=DAY, limits=Limits(max_km=10)))
    assert (found.decided, found.km) == (Decided.SERVED, None)


def test_progress_is_told_step_by_step():
    told = []
    allocate([a_need()], [an_offer()], on=DAY, progress=lambda done, of: told.append((done, of)))
    assert told == [(n, 6) for n in range(1, 7)]


# ---- what is asked for wrongly -----------------------------------------------------------------------------------


def test_the_same_need_or_offer_twice_is_refused():
    with pytest.raises(TwiceError, match="K1"):
        allocate([a_need(), a_need()], [an_offer()], on=DAY)
    with pytest.raises(TwiceError, match="o1"):
        allocate([a_need()], [an_offer(), an_offer()], on=DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Objective(place_digits=7),
        lambda: Objective(remote=["9"]),
        lambda: Objective(remote_floor=2),
        lambda: Objective(familiar_km=-1),
        lambda: Objective(familiar_km=1.5),
        lambda: Limits(max_km=-1),
        lambda: Limits(max_km=float("nan")),
        lambda: Limits(per_organisation={"g": -1}),
        lambda: Limits(per_organisation={"g": 1.5}),
        lambda: Limits(seconds=0),
        lambda: allocate([a_need()], [an_offer()], on=DAY, distances={("K1", "o1"): -1.0}),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_both_languages(wrong):
    with pytest.raises(AllocationError) as caught:
        wrong()
    assert caught.value.text.zh
    assert caught.value.text.en


# ---- the solver ----------------------------------------------------------------------------------------------------


def a_program():
    """Two needs and two offers of one place; the first need fits both, the second only the first."""
    whole = lambda *values: np.array(values, np.int64)  # noqa: E731
    return Program(
        gain=whole(3, 3, 2),
        most=np.full(3, NO_BOUND),
        rows=whole(0, 2, 0, 3, 1, 2),
        columns=whole(0, 0, 1, 1, 2, 2),
        entries=np.ones(6, np.int64),
        lower=np.zeros(4, np.int64),
        upper=np.ones(4, np.int64),
    )


def test_an_answer_is_proved_and_another_is_not():
    program = a_program()
    solved = solve(program, Text("甲", "a"), None)
    assert (solved.x.tolist(), solved.value) == ([0, 1, 1], 5)
    assert proved(program, solved)
    for x in ([1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1], [0, 2, 1], [0, 1, -1]):
        assert not proved(program, attrs.evolve(solved, x=np.array(x)))
    cheaper = solved.prices * 0
    assert not proved(program, attrs.evolve(solved, prices=cheaper, left=program.priced(cheaper)))


def test_an_answer_that_is_not_proved_is_never_given_out(monkeypatch):
    monkeypatch.setattr("kinderguard.care.allocation.solver.proved", lambda program, solved: False)
    with pytest.raises(SolverError, match="could not be proved"):
        allocate([a_need()], [an_offer()], on=DAY)


def test_a_solver_that_stops_too_early_gives_an_error_and_no_allocation():
    needs = [a_need(f"K{n:03d}", place=at(n % 17, n % 5), division=f"330199{n % 9 + 1:03d}") for n in range(300)]
    offers = [an_offer(f"o{n:02d}", capacity=7, place=at(n, n % 3), reach_km=6) for n in range(17)]
    with pytest.raises(SolverError, match=r"more limits\.seconds"):
        allocate(needs, offers, on=DAY, limits=Limits(seconds=1e-9))


def test_without_the_extra_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(MissingExtraError, match=r"kinderguard\[care\]"):
        allocate([a_need()], [an_offer()], on=DAY)


def in_a_process_of_its_own(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def test_asking_for_an_allocation_loads_nothing_of_the_extra_and_its_lack_is_told():
    code = (
        "import datetime, json, sys\n"
        "from kinderguard.care import *\n"
        "from kinderguard.care.allocation import *\n"
        "loaded = sorted({'numpy', 'highspy'} & set(sys.modules))\n"
        "sys.modules['numpy'] = None\n"
        "try:\n    allocate([], [], on=datetime.date(2025, 9, 1))\n"
        "except Exception as error:\n    print(json.dumps([loaded, type(error).__name__, str(error)]))\n"
    )
    loaded, error, text = json.loads(in_a_process_of_its_own(code))
    assert (loaded, error) == ([], "MissingExtraError")
    assert "kinderguard[care]" in text


def test_the_solver_writes_nothing_to_standard_output():
    """Its own greeting would stand in front of JSON lines that a command writes there."""
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from care.allocating import DAY, a_need, an_offer\n"
        "from kinderguard.care.allocation import allocate\n"
        "assert allocate([a_need()], [an_offer()], on=DAY).placed\n"
    )
    assert in_a_process_of_its_own(code) == ""

"""An allocation for others: the document, the table and the summary say the same, in codes and two languages, of nobody by name."""

import json

import jsonschema
import pytest

pytest.importorskip("highspy")

from care.allocating import DAY, a_need, an_offer, at
from kinderguard.care import Decided, Helper, Limits, NeedStatus, Objective, Service, Urgency, allocate
from kinderguard.formats import schema

HELPER = Helper(ref="p7", name="隐名某", unfit_grounds=[], barred_by=[])
NEEDS = [
    a_need("K1", urgency=Urgency.IMMEDIATE, place=at(0)),
    a_need("K2", division="330199002", place=at(4)),
    a_need("K3", services=[Service.LEGAL_HELP], division=None),
    a_need("K4", services=[]),
    a_need("K5", status=NeedStatus.TO_CLARIFY, facts=["child.birth_date"], services=[Service.SUPPLIES]),
]
OFFERS = [
    an_offer(people=[HELPER], place=at(3), reach_km=30, area=["330199"]),
    an_offer("o2", services=[Service.SUPPLIES], people=None),
]
OBJECTIVE = Objective(remote=["330199002", "330199001"], remote_floor="1/3")


@pytest.fixture(scope="module")
def allocation():
    return allocate(
        NEEDS, OFFERS, on=DAY, objective=OBJECTIVE, limits=Limits(max_km=60, per_organisation={"org-o1": 1})
    )


def test_the_document_has_what_becomes_of_every_need_in_codes(allocation):
    data = json.loads(allocation.to_json())
    assert data == allocation.to_dict()
    assert (data["format"], data["on"]) == ("kinderguard.allocation/1", "2025-09-01")
    by_ref = {each["ref"]: each for each in data["allotments"]}
    assert {ref: each["decided"] for ref, each in by_ref.items()} == {
        "K1": "served", "K2": "waiting", "K3": "no_offer", "K4": "for_authorities", "K5": "held",
    }  # fmt: skip
    first = by_ref["K1"]
    assert (first["offer"], first["organisation"], first["service"], first["km"]) == ("o1", "org-o1", "company", 3.0)
    assert (first["need"], first["urgency"], first["status"]) == ("cn.need.company", "immediate", "present")
    assert (by_ref["K2"]["in_line"], by_ref["K2"]["position"]) == ("o1", 1)
    for each, allotment in zip(data["allotments"], allocation.allotments, strict=True):
        assert each["reason"] == {"zh": allotment.reason.zh, "en": allotment.reason.en}


def test_the_document_is_what_its_schema_says(allocation):
    validator = jsonschema.Draft202012Validator(schema("allocation", closed=True))
    validator.validate(allocation.to_dict())
    validator.validate(allocate([], [], on=DAY).to_dict())
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(allocation.to_dict() | {"format": "kinderguard.allocation/2"})


def test_the_document_tells_what_was_asked_the_places_and_the_prices(allocation):
    data = allocation.to_dict()
    assert data["objective"] == {
        "place_digits": 9, "remote": ["330199001", "330199002"], "remote_floor": "1/3", "familiar_km": 10,
        "hold_for_unclear": True,
    }  # fmt: skip
    assert data["limits"] == {"max_km": 60, "per_organisation": {"org-o1": 1}}
    places = {each["place"]: (each["served"], each["needs"], each["floor_reached"]) for each in data["places"]}
    assert places == {"330199001": (1, 1, True), "330199002": (0, 1, False), None: (0, 1, None)}
    prices = {(each["kind"], each["code"]): each for each in data["prices"]}
    assert prices["organisation", "org-o1"]["used"] == 1
    assert prices["offer", "o2"]["message"]["en"] == allocation.prices[1].message.en
    assert all(each["proved"] for each in data["aims"])
    assert len(data["aims"]) == 4


def test_what_is_to_be_clarified_is_named_and_no_path_of_a_fact_is_shown(allocation):
    data = allocation.to_dict()
    (unclear,) = [each["clarify"] for each in data["allotments"] if each["clarify"]]
    assert unclear == [{"zh": "儿童出生日期", "en": "the child's birth date"}]
    assert "child." not in allocation.to_json() + allocation.summary("en") + str(allocation.table("en"))


def test_nobody_is_named_and_no_place_on_the_map_is_told(allocation):
    shown = allocation.to_json() + allocation.summary() + repr(allocation.table()) + repr(allocation)
    assert not [word for word in ("隐名某", "p7", "y_km") if word in shown]


def test_the_same_needs_and_offers_give_the_same_document(allocation):
    limits = Limits(max_km=60, per_organisation={"org-o1": 1})
    other = allocate(NEEDS[::-1], OFFERS[::-1], on=DAY, objective=OBJECTIVE, limits=limits)
    assert other.to_json() == allocation.to_json()


def test_the_table_has_a_row_of_plain_values_for_every_need(allocation):
    for lang in ("zh", "en"):
        heads, rows = allocation.table(lang)
        assert [row[0] for row in rows] == [each.need.ref for each in allocation.allotments]
        assert {len(row) for row in rows} == {len(heads)}
        assert {type(value) for row in rows for value in row} <= {str, float, type(None)}
        decided = heads.index({"zh": "结果", "en": "Decided"}[lang])
        assert [row[decided] for row in rows] == [each.decided.label.in_(lang) for each in allocation.allotments]


def test_the_summary_counts_by_urgency_place_and_offer_and_says_why(allocation):
    lines = allocation.summary("en").split("\n")
    assert lines[0] == "4 needs, 1 more to be clarified, 2 offers"
    for line in (
        "  served: 1",
        "  at once: 1/1",
        "  as planned: 0/2 (and 1 to be clarified, 1 of them held a place)",
        "  a place is held until the need is clarified: 1",
        "  place unknown: 0/1",
        "  o1: 1",
        "  1  no offer gives legal help",
    ):
        assert line in lines, line
    assert f"  {allocation.prices[0].message.en}" in lines
    assert "  立即：1/1" in allocation.summary().split("\n")
    # A place is named once, with its code.
    assert [line.count("330199002") for line in lines if "330199002" in line] == [1]


#: Of nobody known to have any of them: for the authorities, for whom there is no offer, with something to find out, waiting.
UNCLEAR = {
    "authorities": {"services": []},
    "no_offer": {"services": [Service.LEGAL_HELP]},
    "find_out": {"services": [Service.SCHOOLING_SUPPORT]},
    "held": {},
    "waiting": {},
}
UNCHECKED = an_offer("o2", services=[Service.SCHOOLING_SUPPORT], people=None)


def unclear(given=UNCLEAR):
    return [
        a_need(
            ref, urgency=Urgency.IMMEDIATE, status=NeedStatus.TO_CLARIFY, facts=["child.harms"], code=f"cn.need.{n}", **more
        )
        for n, (ref, more) in enumerate(given.items())
    ]  # fmt: skip


@pytest.mark.parametrize("hold", [True, False])
def test_a_need_that_nobody_said_is_there_is_shown_as_to_be_clarified_whatever_becomes_of_it(hold):
    found = allocate(unclear(), [an_offer(), UNCHECKED], on=DAY, objective=Objective(hold_for_unclear=hold))
    kinds = {each.need.ref: each.decided for each in found.allotments}
    assert kinds["authorities"] is Decided.FOR_AUTHORITIES
    left = {Decided.NO_OFFER, Decided.FIND_OUT, Decided.HELD, Decided.WAITING} if hold else {Decided.TO_CLARIFY}
    assert set(kinds.values()) == {Decided.FOR_AUTHORITIES, *left}
    for lang, state, why in (
        ("zh", "待核实", "此需求尚待核实，请先查明：儿童遭受侵害情形；"),
        ("en", "to be clarified", "the need is still to be clarified; find out first: the child's harms suffered or suspected; "),
    ):  # fmt: skip
        heads, rows = found.table(lang)
        for row in rows:
            told = dict(zip(heads, row, strict=True))
            assert told[{"zh": "状态", "en": "Status"}[lang]] == state
            assert told[{"zh": "理由", "en": "Reason"}[lang]].startswith(why)
        cells = [line.split(" | ") for line in found.view(lang).text.split("\n")]
        assert [row[3] for row in cells if row[0] in UNCLEAR and len(row) == 8] == [f"? {state}"] * len(rows)
    assert {each.to_dict()["status"] for each in found.allotments} == {"to_clarify"}


def test_what_is_there_and_what_is_to_be_clarified_are_counted_apart_everywhere():
    present = [a_need("K1", services=[Service.LEGAL_HELP]), a_need("K2", services=[]), a_need("K3")]
    found = allocate([*present, *unclear()], [an_offer(capacity=2), UNCHECKED], on=DAY)
    assert [found.served(each) for each in Urgency] == [(0, 0), (0, 0), (1, 2)]
    assert [found.held(each) for each in Urgency] == [(1, 4), (0, 0), (0, 0)]
    lines = found.summary("en").split("\n")
    for line in (
        "3 needs, 5 more to be clarified, 2 offers",
        "  no offer fits: 1 (and 1 to be clarified)",
        "  for the authorities: 1 (and 1 to be clarified)",
        "  something has to be found out first: 0 (and 1 to be clarified)",
        "  at once: 0/0 (and 4 to be clarified, 1 of them held a place)",
        "  as planned: 1/2",
        "  o1: 0 (and 1 to be clarified)",
        "  1 (and 1 to be clarified)  no offer gives legal help",
    ):
        assert line in lines, line
    shown = found.view("zh").text.split("\n")
    for line in (
        "服务安排建议（2025-09-01，3 项需求，另有 5 项待核实）",
        "结果 | 现有需求 | 待核实",
        "由主管部门处理 | 1 | 1",
        "紧迫程度 | 已安排 | 现有需求 | 已预留 | 待核实",
        "立即 | 0 | 0 | 1 | 4",
    ):
        assert line in shown, line


def test_where_every_need_is_there_nothing_is_said_of_needs_to_be_clarified():
    found = allocate([a_need("K1")], [an_offer()], on=DAY)
    assert "待核实" not in found.summary("zh") + found.view("zh").text
    assert "clarified" not in found.summary("en") + found.view("en").text


def test_a_summary_of_many_reasons_says_how_many_it_leaves_out():
    needs = [a_need(f"K{n:02d}", division=f"3301{n:02d}", services=[Service.COMPANY]) for n in range(10, 25)]
    offers = [an_offer(area=["330199"])]
    result = allocate(needs, offers, on=DAY)
    assert {each.decided for each in result.allotments} == {Decided.NO_OFFER}
    lines = result.summary("en").split("\n")
    assert lines[-1] == "  and 3 more reasons, in the table"

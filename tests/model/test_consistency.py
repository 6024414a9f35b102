"""What one record may not say at once; and cases made from facts by path."""

from decimal import Decimal
from typing import Any

import pytest

from kinderguard.model import (
    Case,
    Child,
    Disability,
    HelpReceived,
    InvalidRecordError,
    PartialDate,
    Registration,
    Residence,
    Situation,
)
from kinderguard.model.record import Record


@pytest.mark.parametrize("model", [Situation, HelpReceived])
def test_an_end_before_the_beginning_is_refused(model: type[Record]) -> None:
    with pytest.raises(InvalidRecordError, match="before the beginning"):
        model(since="2024-03-02", until="2024-03-01")
    with pytest.raises(InvalidRecordError, match="before the beginning"):
        model(since="2024-03", until="2024-02-29")


@pytest.mark.parametrize("model", [Situation, HelpReceived])
@pytest.mark.parametrize(
    ("since", "until"),
    [("2024-03-02", "2024-03-02"), ("2024-03-02", "2024-03"), ("2024-03-31", "2024"), ("2024", "2024-01-01")],
)
def test_an_end_that_may_lie_after_the_beginning_is_accepted(model: type[Record], since: str, until: str) -> None:
    record = model.model_validate({"since": since, "until": until})
    assert str(record.model_dump(mode="json")["until"]) == until


def test_a_negative_term_is_refused() -> None:
    with pytest.raises(InvalidRecordError, match="negative"):
        Situation(term_months=-1)


@pytest.mark.parametrize("facts", [{"kind": "none", "grade": "1"}, {"kind": "visual", "grade": "none"}])
def test_a_disability_that_is_none_and_is_not_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecordError, match="contradict"):
        Disability(**facts)


@pytest.mark.parametrize(
    "facts", [{"kind": "none", "grade": "none"}, {"kind": "none"}, {"grade": "none"}, {"grade": "4"}]
)
def test_a_disability_that_agrees_is_accepted(facts: dict[str, Any]) -> None:
    assert Disability(**facts).model_dump(mode="json", exclude_none=True) == facts


def test_a_case_is_made_from_facts_by_path() -> None:
    case = Case.from_facts(
        {
            "child.birth_date": "2012-03",
            "child.disability.grade": "1",
            "household.monthly_income_per_head": "600",
            "father.situations": [{"kind": "dead"}],
            "mother": {"kind": "birth"},
            "330199.central_heating": True,
            "330199.heating.kind": "gas",
            "child.care": None,
        }
    )
    assert case.child.birth_date == PartialDate(2012, 3)
    assert case.child.disability.grade == "1"
    assert case.household.monthly_income_per_head == Decimal("600.00")
    assert case.extra == {"330199": {"central_heating": True, "heating.kind": "gas"}}


@pytest.mark.parametrize(
    ("path", "near"), [("chld.birth_date", "child"), ("child.birth_dat", "birth_date"), ("houshold", "household")]
)
def test_a_path_that_does_not_exist_is_refused_with_the_nearest(path: str, near: str) -> None:
    with pytest.raises(InvalidRecordError, match=f"did you mean '{near}'"):
        Case.from_facts({path: {}})


@pytest.mark.parametrize(
    "facts",
    [
        {"child": {"sex": "male"}, "child.birth_date": "2012"},
        {"child.birth_date": "2012", "child": {"sex": "male"}},
        {"child.birth_date": "2012", "child.birth_date.year": 2012},
    ],
)
def test_facts_that_collide_are_refused(facts: dict[str, Any]) -> None:
    before = {path: dict(v) if isinstance(v, dict) else v for path, v in facts.items()}
    with pytest.raises(InvalidRecordError, match="collides"):
        Case.from_facts(facts)
    assert facts == before


@pytest.mark.parametrize(
    ("home", "here", "differs"),
    [
        ("330106", "330106003", False), ("330106", "330199", True), ("330106", None, None), (None, "330106", None),
        ("3301", "330106", None),
    ],
)  # fmt: skip
def test_living_in_another_county_is_unknown_where_a_county_is(
    home: str | None, here: str | None, differs: bool | None
) -> None:
    child = Child(registration=Registration(division=home), residence=Residence(division=here))
    assert child.lives_in_another_county is differs


def test_the_division_in_charge_is_the_one_stated_else_of_registration_else_of_residence() -> None:
    child = Child(registration=Registration(division="33"), residence=Residence(division="22"))
    assert Case(division_code="71", child=child).division == "71"
    assert Case(child=child).division == "33"
    assert Case(child=Child(residence=Residence(division="22"))).division == "22"
    assert Case().division is None

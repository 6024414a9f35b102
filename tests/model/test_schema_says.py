"""What the schema of a case can say, the model says too."""

import jsonschema
import pytest

from kinderguard import Case, InvalidRecordError
from kinderguard.report import schema

VALIDATOR = jsonschema.Draft202012Validator(schema("case"))


def takes(data):
    try:
        Case.model_validate(data)
    except InvalidRecordError:
        return False
    return True


def division(code):
    return {"child": {"registration": {"division": code}}}


@pytest.mark.parametrize(
    ("data", "right"),
    [
        *(({"household": {"size": size}}, right) for size, right in ((1, True), (100, True), (0, False), (101, False), (-1, False))),
        *((division(code), True) for code in ("33", "3301", "330199", "330199001", "330199001002")),
        *((division(code), False) for code in ("3", "330", "33019", "3301990", "3301990010", "99", "990000", "33a1", "")),
        ({"child": {"resident_id": "11010519491231002X"}}, True),
        ({"child": {"resident_id": "11010519491231002"}}, False),
        ({"child": {"resident_id": "x1010519491231002X"}}, False),
        *(({"child": {"birth_date": day}}, True) for day in ("2012", "2012-03", "2012-03-05")),
        *(({"child": {"birth_date": day}}, False) for day in ("12", "2012-13", "2012-00", "2012-03-32", "2012-3", "2012/03")),
        *(({"household": {"dibao_monthly": amount}}, True) for amount in ("0", "600.5", "600.00", "999999999999.99")),
        *(({"household": {"dibao_monthly": amount}}, False) for amount in ("-1", "6.001", "1000000000000", "x")),
        ({"father": {"situations": [{"kind": "imprisoned", "term_months": 0}]}}, True),
        ({"father": {"situations": [{"kind": "imprisoned", "term_months": -1}]}}, False),
        ({"extra": {"330199": {"central_heating": True}}}, True),
        ({"extra": {"330199.central_heating": True}}, False),
        ({"330199.central_heating": True}, False),
    ],
)  # fmt: skip
def test_model_and_schema_agree(data, right):
    assert (takes(data), VALIDATOR.is_valid(data)) == (right, right)


@pytest.mark.parametrize(
    "data",
    [
        {"child": {"birth_date": "2013-02-30"}},  # no such day
        {"child": {"birth_date": "2999"}},  # in the future
        {"child": {"resident_id": "110105194912310021"}},  # its check digit is wrong
        {"child": {"resident_id": "11010519491231002X", "sex": "male"}},  # contradicts itself
        {"ref": "11010519491231002X"},
    ],
)
def test_what_a_schema_cannot_say_the_model_refuses(data):
    assert VALIDATOR.is_valid(data)
    assert not takes(data)

"""What the schema of a case can say, the model says too."""

import json
import re

import duckdb
import jsonschema
import pytest

from kinderguard import Case, InvalidRecordError
from kinderguard.formats import FORMATS
from kinderguard.formats import schema as published
from kinderguard.model.patterns import BLANK, BLANKS
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


TEXTS = {
    "child.birth_date": ("2013-02-03", "2013-02", "2013", "1000", "0100", "0010", "0001", "0000"),
    "household.dibao_monthly": ("500", "0.5", "-0", "-0.00", "000000000000", "0000000000000", "5.000", "5."),
    "division_code": ("33", "330106", "330106001002"),
    "ref": ("A", "A 1", "七号", "", "\u3000", "\x1c", "\x85", "A\tB"),
    "child.name": ("王", " 王 ", "\x1c", "\x85", "\ufeff", "\u200b", "\u3000", "\x00", "\t", "a\n"),
    "child.resident_id": ("11010519491231002X", " 11010519491231002x\n", "\x1c11010519491231002X\ufeff"),
}


def nested(path, value):
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


@pytest.mark.parametrize("path", TEXTS)
def test_however_a_text_is_written_model_and_schema_agree_and_what_is_taken_is_written_back(path):
    full_width = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
    for text in TEXTS[path]:
        for way in (text, text + "\n", f"\ufeff{text}", text + " ", text.translate(full_width)):
            data = nested(path, way)
            try:
                case = Case.model_validate(data)
            except InvalidRecordError:
                case = None
            # The model knows the calendar too.
            assert VALIDATOR.is_valid(data) is (case is not None), (path, way)
            if case is None:
                with pytest.raises(InvalidRecordError):
                    Case.model_validate_json(json.dumps(data))
            else:
                assert VALIDATOR.is_valid(json.loads(case.to_json()))
                assert Case.model_validate_json(json.dumps(data)) == case == Case.model_validate_json(case.to_json())


def patterns(described):
    if isinstance(described, dict):
        found = [described["pattern"]] if isinstance(described.get("pattern"), str) else []
        return found + [each for inner in described.values() for each in patterns(inner)]
    return [each for inner in described for each in patterns(inner)] if isinstance(described, list) else []


@pytest.mark.parametrize("name", FORMATS)
def test_every_pattern_is_read_by_re2_and_means_the_same_everywhere(name):
    for pattern in set(patterns(published(name))):
        assert not re.search(r"\\[dDsSwWbZzu]|\(\?", pattern), pattern
        # RE2, as Go has it; read to the end, since an unfinished result keeps a connection from all other work.
        assert duckdb.connect().execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()


def test_the_name_of_what_is_blank_is_one_thing_in_both_forms():
    inside = {code for code in range(0x11000) if not 0xD800 <= code < 0xE000 and re.match(f"[{BLANK}]", chr(code))}
    assert {chr(code) for code in inside} == set(BLANKS)
    assert {c for c in map(chr, inside) if c.isspace()} == {chr(c) for c in range(0x11000) if chr(c).isspace()}

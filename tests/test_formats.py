"""The published formats: who reads one of a later version is not turned away, and who writes one can be held to it."""

import json
from decimal import Decimal
from types import SimpleNamespace

import jsonschema
import pytest

import kinderguard
from kinderguard import InvalidRecordError
from kinderguard.formats import FORMATS, schema
from kinderguard.report import AssessedRow, AssessmentLine, SkippedLine, assessment_line, ledger_line, read_line
from kinderguard.report.schemas import READ_BACK

pytest.importorskip("sqlalchemy")


def objects(described):
    return [each for each in (described, *described.get("$defs", {}).values()) if "properties" in each]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_has_an_identity_and_lets_new_keys_pass_where_it_is_only_written(name):
    published = schema(name)
    assert published["$id"] == f"urn:kinderguard:{name}:1"
    jsonschema.Draft202012Validator.check_schema(published)
    open_to_keys = {each.get("additionalProperties", True) is not False for each in objects(published)}
    assert open_to_keys == {name not in READ_BACK}
    assert all(each.get("additionalProperties") is not None for each in objects(schema(name, closed=True)))


@pytest.fixture(scope="module")
def line():
    import datetime as dt

    case = kinderguard.Case.from_facts({"child.birth_date": "2012-03-05"})
    return assessment_line(kinderguard.load(packs=()).assess(case, on=dt.date(2025, 9, 1)))


def test_a_line_of_a_later_version_is_read(line):
    later = line | {"new": 1, "problems": [{"code": "a", "column": None, "message": "b", "new": 2}]}
    jsonschema.validate(later, schema("assessment-line"))
    assert AssessmentLine.model_validate(later).format == "kinderguard.assessment-line/1"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(later, schema("assessment-line", closed=True))


def test_a_line_that_was_written_before_lines_said_their_format_is_read(line):
    assert AssessmentLine.model_validate({k: v for k, v in line.items() if k != "format"}).on == "2025-09-01"


def test_another_format_is_no_line(line):
    with pytest.raises(InvalidRecordError, match="kinderguard schema assessment-line") as refused:
        AssessmentLine.model_validate(line | {"format": "kinderguard.assessment-line/2"})
    assert "assessment-line/2" not in str(refused.value)


def test_amounts_are_decimal_in_python_and_text_in_json(line):
    read = AssessmentLine.model_validate(line)
    code, written = next((code, p) for code, p in line["policies"].items() if p["low"] is not None)
    assert read.policies[code].low == Decimal(written["low"])
    assert AssessmentLine.model_validate(read.model_dump()) == read
    for wrong in (600, "600", "-1.00", "1e2", Decimal("1.234"), "٦.٠٠"):
        with pytest.raises(InvalidRecordError, match="amount in yuan"):
            AssessmentLine.model_validate(line | {"policies": {code: written | {"low": wrong}}})


def test_a_line_that_was_read_is_written_as_it_was(line):
    assert json.loads(AssessmentLine.model_validate({"ref": "a"} | line).to_json()) == {"ref": "a"} | line


def test_whose_line_it_is_is_not_in_repr(line):
    for read in (AssessmentLine.model_validate({"ref": "某某"} | line), read_line(SKIPPED | {"ref": "某某"})):
        assert "某某" not in f"{read!r}{read}"
        assert read.ref == "某某"


@pytest.mark.parametrize("wrong", [{"division": "某某"}, {"division": "3301990"}, {"ref": "某\n"}, {"ref": ""}])
def test_a_place_or_a_number_that_is_none_is_refused_without_it(line, wrong):
    with pytest.raises(InvalidRecordError) as refused:
        AssessmentLine.model_validate(line | wrong)
    assert "某" not in str(refused.value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(line | wrong, schema("assessment-line"))


SKIPPED = {
    "format": "kinderguard.assessment-line/1",
    "sheet": "台账",
    "row": 3,
    "ref": None,
    "error": {"code": "ledger.id_conflict", "column": None, "message": "…"},
    "problems": [],
}


def test_a_file_of_assessed_and_skipped_rows_is_read_line_by_line(line):
    lines = [json.dumps(each) for each in ({"sheet": "台账", "row": 2} | line, SKIPPED)]
    assessed, skipped = map(read_line, lines)
    assert isinstance(assessed, AssessmentLine)
    assert isinstance(skipped, SkippedLine)
    assert skipped.error.code == "ledger.id_conflict"
    assert json.loads(skipped.to_json()) == SKIPPED
    assert read_line(SKIPPED) == skipped


@pytest.mark.parametrize("wrong", ["{", b"\xff", "[1]", '{"error": 1}', '{"name": "secret"}', {"on": "secret"}])
def test_what_is_no_line_is_refused_without_its_values(wrong):
    with pytest.raises(InvalidRecordError) as refused:
        read_line(wrong)
    assert "secret" not in f"{refused.value!s}{refused.value!r}"


def test_where_nobody_looked_for_what_is_missing_that_is_not_said_to_be_nothing():
    import datetime as dt

    case = kinderguard.Case.from_facts({"child.birth_date": "2012-03-05"})
    result = kinderguard.load(packs=()).assess(case, on=dt.date(2025, 9, 1))
    short, full = assessment_line(result, missing=False), assessment_line(result)
    assert full["missing"]
    assert short == full | {"missing": None}
    jsonschema.validate(short, schema("assessment-line", closed=True))
    assert AssessmentLine.model_validate(short).missing is None
    row = AssessedRow(SimpleNamespace(sheet="台账", row=2, ref="a", problems=()), result)
    assert read_line(ledger_line(row, missing=False)).missing is None


@pytest.mark.parametrize(
    "facts",
    [
        {"child": {"birth_date": "2013-02-30"}},
        {"child": {"birth_date": "2090-01-01"}},
        {"father": {"situations": [{"kind": "imprisoned", "since": "2024-01-10", "until": "2023-01-01"}]}},
        {"child": {"resident_id": "110101201301010013"}},
        {"ref": "110101199003074514"},
        {"child": {"disability": {"kind": "none", "grade": "1"}}},
        {"extra": {"330199": {"note": "\ud800"}}},
    ],
    ids=[
        "no such day",
        "in the future",
        "end before beginning",
        "check digit",
        "ID as ref",
        "kind and grade",
        "no JSON",
    ],
)
def test_what_a_schema_cannot_say_the_model_refuses(facts):
    assert jsonschema.Draft202012Validator(schema("case")).is_valid(facts)
    with pytest.raises(InvalidRecordError):
        kinderguard.Case.model_validate(facts)

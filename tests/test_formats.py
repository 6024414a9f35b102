"""The published formats: who reads one of a later version is not turned away, and who writes one can be held to it."""

import jsonschema
import pytest

import kinderguard
from kinderguard import InvalidRecordError
from kinderguard.formats import FORMATS, schema
from kinderguard.report import AssessmentLine, assessment_line
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
    with pytest.raises(InvalidRecordError, match="format"):
        AssessmentLine.model_validate(line | {"format": "kinderguard.assessment-line/2"})

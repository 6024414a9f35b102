"""What commands write as JSON is what the published schemas say."""

import json
from pathlib import Path

import jsonschema
import pytest

from cli.offers import ONE_OFFER
from kinderguard.formats import schema
from survey.lists import number, write

pytest.importorskip("sqlalchemy")
pytest.importorskip("highspy")

DAY, BY = "2025-09-01", ("--by", "330199.u1")
ON = ("--on", DAY)


def check(name, *documents):
    """Hold each against the published schema, dates included."""
    validator = jsonschema.Draft202012Validator(schema(name, closed=True), format_checker=jsonschema.FormatChecker())
    assert documents
    for document in documents:
        validator.validate(document)
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(document | {"no_such_key": 1})


def lines_of(result):
    assert result.exit_code in (0, 1), result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_what_care_writes(kinderguard, filed):
    Path("offers.toml").write_text(ONE_OFFER, "utf-8")
    check("need", *lines_of(kinderguard("care", "needs", *ON, "--to-clarify", "--format", "jsonl")))
    plans = lines_of(kinderguard("care", "plan", *ON, "--format", "jsonl"))
    assert any(plan["follow_ups"] for plan in plans)
    check("plan", *plans)
    assert {plan["state"] for plan in plans} == {"draft"}
    write(Path("promises.csv"), {"organisation": "o1", "service": "company", "by": "2025-08-01"})
    check(
        "provider-line",
        *lines_of(kinderguard("care", "providers", "--deliveries", "promises.csv", *ON, "--format", "jsonl")),
    )
    write(Path("goals.csv"), {"year": "2025", "measure": "visits_made", "division": "330199", "goal": "9"})
    check("target-line", *lines_of(kinderguard("care", "targets", "--targets", "goals.csv", *ON, "--format", "jsonl")))
    allotments = lines_of(kinderguard("care", "allocate", "--offers", "offers.toml", *ON, "--format", "jsonl"))
    assert {"served"} < {each["decided"] for each in allotments}
    check("allotment", *allotments)


def test_what_is_due_and_what_is_shared(kinderguard, filed):
    check("due-line", *lines_of(kinderguard("file", "due", *ON, "--format", "jsonl")))
    given = ("--role", "education", "--organisation", "示例小学", "--purpose", "schooling", "--basis", "statutory_duty")
    for how in (given, ("--whole", "--reason", "court order")):
        done = kinderguard("file", "export", filed[0], *how, *ON, *BY, "--out", "given.json")
        assert done.exit_code == 0, done.stderr
        check("shared-file", json.loads(Path("given.json").read_text("utf-8")))


def test_what_a_survey_writes_and_what_is_filed_of_it(kinderguard, elsewhere, tmp_path):
    child = {"儿童姓名": "张宁远", "身份证号": number(1, "20150305"), "户籍地行政区划代码": "330199001"}
    write(tmp_path / "civil.csv", child | {"家庭人口": "3"}, child | {"家庭人口": "4"}, {"儿童姓名": "何安"})
    lists = ("civil.csv:civil_affairs",)
    kinderguard("survey", *lists, *ON, "--out", "out", "--lang", "en")
    sheet = Path("out/to_decide.csv").read_text("utf-8-sig")
    Path("answers.csv").write_text(sheet.replace(",,which row", ",civil_affairs/civil/2,which row"), "utf-8-sig")
    kinderguard("survey", *lists, *ON, "--out", "again", "--decisions", "answers.csv", *BY)
    decided = json.loads(Path("again/decisions.json").read_text("utf-8"))
    assert [each["kind"] for each in decided["decisions"]] == ["value"]
    check("decisions", decided)
    filed = lines_of(kinderguard("file", "import", *lists, "--at", DAY, *BY, "--format", "jsonl"))
    assert {each["filing"] for each in filed} == {"written", "not_filed"}
    check("filed-line", *filed)

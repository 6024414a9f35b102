"""The explanation as a document: others can compute every step again without this library."""

import datetime as dt
import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

import kinderguard
from explanation_auditor import audit
from kinderguard import Case
from kinderguard.report import schema
from kinderguard.survey import read_ledger
from kinderguard.testing import strategies

ROOT = Path(__file__).parents[2]
DAY = dt.date(2025, 9, 1)
VALIDATOR = jsonschema.Draft202012Validator(schema("explanation", closed=True))


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


def document_of(result):
    return json.loads(json.dumps(result.explain().to_dict()))


@pytest.mark.parametrize("path", sorted((ROOT / "examples/cases").glob("*.json")), ids=lambda p: p.stem)
def test_every_step_of_the_example_cases_follows(book, path):
    document = document_of(book.assess(Case.model_validate_json(path.read_text("utf-8")), on=DAY))
    VALIDATOR.validate(document)
    assert audit(document) == []


def test_every_step_of_the_ledger_follows(book):
    for case in read_ledger(ROOT / "examples/ledger.xlsx", book=book).cases[::9]:
        assert audit(document_of(book.assess(case, on=DAY))) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=strategies.cases())
def test_every_step_of_any_case_follows(book, case):
    document = document_of(book.assess(case, on=DAY, division="330199"))
    VALIDATOR.validate(document)
    assert audit(document) == []


def test_a_document_that_was_tampered_with_is_found_out(book):
    case = Case.model_validate_json(
        (ROOT / "examples/cases/orphan-both-parents-dead-in-community.json").read_text("utf-8")
    )
    document = document_of(book.assess(case, on=DAY))
    step = next(s for s in document["steps"] if s["op"] == "years")
    step["value"] = 17
    assert audit(document)
    document = document_of(book.assess(case, on=DAY))
    document["categories"]["cn.orphan"]["value"] = False
    assert audit(document) == ["cn.orphan is not what its step says"]


def test_a_refused_and_an_open_result_say_what_would_be_needed(book):
    case = Case.model_validate_json(
        (ROOT / "examples/cases/undetermined-father-never-recorded.json").read_text("utf-8")
    )
    document = document_of(book.assess(case, on=DAY))
    outcome = document["categories"]["cn.de_facto_unattended"]
    assert outcome["value"] is None
    assert outcome["needed"]
    assert document["missing"][0]["path"] == "father.situations"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=strategies.cases())
def test_nothing_personal_is_in_any_explanation(book, case):
    data, secrets = json.loads(case.to_json()), []
    mark(data, secrets)
    result = book.assess(Case.model_validate(data), on=DAY, division="330199")
    explanation = result.explain()
    shown = "".join(
        [explanation.text("zh"), explanation.text("en"), explanation.html("zh"), json.dumps(explanation.to_dict(), ensure_ascii=False),
         repr(result), repr(explanation), result._repr_html_(), str(result.problems)]
    )  # fmt: skip
    assert [s for s in secrets if s in shown] == []


PERSONAL = {"name", "telephone", "address", "number", "child_director", "note"}


def mark(value, secrets):
    """Replace the personal texts of a case's JSON by marked ones; IDs are kept, since they must stay valid."""
    if isinstance(value, list):
        for inner in value:
            mark(inner, secrets)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "resident_id" and inner:
            secrets.append(inner)
        elif key in PERSONAL and isinstance(inner, str):
            value[key] = f"秘密{len(secrets)}号"
            secrets.append(value[key])
        else:
            mark(inner, secrets)


def test_the_html_is_self_contained(book):
    case = Case.model_validate_json((ROOT / "examples/cases/suspected-harm.json").read_text("utf-8"))
    html = book.assess(case, on=DAY).explain()._repr_html_()
    assert not re.search(r"<script|src=|@import|url\(", html)

"""Whatever the model accepts goes through JSON without loss, and its JSON Schema agrees."""

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kinderguard.model import Case, Child, InvalidRecordError, Person
from kinderguard.model.record import Record, field_title, models_within
from kinderguard.testing import strategies

MODELS = [*models_within(Case), Person]
SCHEMA = Draft202012Validator(Case.model_json_schema())
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(strategies.cases())
def test_a_case_reads_back_as_it_was(case: Case) -> None:
    text = case.to_json()
    again = Case.model_validate_json(text)
    assert again == case
    assert again.to_json() == text
    assert Case.model_validate(json.loads(text)) == case
    assert Case.model_validate_json(case.model_dump_json()) == case
    assert Case.model_validate(case.model_dump()) == case


@quick
@given(strategies.cases())
def test_the_json_schema_accepts_what_to_json_writes(case: Case) -> None:
    SCHEMA.validate(json.loads(case.to_json()))


@quick
@given(strategies.cases(unknown=False))
def test_the_json_schema_accepts_a_case_of_which_all_is_known(case: Case) -> None:
    SCHEMA.validate(json.loads(case.model_dump_json()))


@quick
@given(strategies.cases())
def test_a_case_survives_copying_and_pickling(case: Case) -> None:
    assert pickle.loads(pickle.dumps(case)) == case == copy.deepcopy(case) == case.model_copy(deep=True)
    assert case.model_copy(update={"ref": "7"}).ref == "7"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_record_reads_back_as_it_was(model: type[Record]) -> None:
    @settings(quick, max_examples=25)
    @given(strategies.records(model) | strategies.records(model, unknown=False))
    def law(record: Record) -> None:
        assert model.model_validate_json(record.to_json()) == record

    law()


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_a_record_of_which_nothing_is_known_is_empty_json(model: type[Record]) -> None:
    assert model().to_json() == "{}"
    assert repr(model()) == f"{model.__name__}()"


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_null_means_unknown_for_every_fact(model: type[Record]) -> None:
    data = {name: None for name in model.model_fields if name != "extra"}
    assert model.model_validate(data) == model() == model.model_validate_json(json.dumps(data))


def test_there_is_none_is_not_unknown() -> None:
    assert Child(harms=[]).to_json() == '{"harms":[]}'
    assert Child(harms=[]) != Child()


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_fact_has_a_title_in_both_languages(model: type[Record]) -> None:
    for field in model.model_fields.values():
        assert field_title(field).zh
        assert field_title(field).en


def test_a_person_of_which_all_is_known_has_no_unknown() -> None:
    @quick
    @given(strategies.children(unknown=False))
    def law(child: Child) -> None:
        assert None not in [getattr(child, name) for name in Child.model_fields]

    law()


@pytest.mark.parametrize("word", ["birth_dat", "nmae", "registraton", "schoolng"])
def test_an_unknown_key_is_refused_with_the_nearest_name(word: str) -> None:
    right = {"birth_dat": "birth_date", "nmae": "name", "registraton": "registration", "schoolng": "schooling"}[word]
    with pytest.raises(InvalidRecordError, match=f"(?s)child.{word}.*did you mean '{right}'"):
        Case.model_validate({"child": {word: None if word == "nmae" else "2012"}})


def test_an_unknown_key_like_nothing_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidRecordError) as caught:
        Case.model_validate({"child": {"qqqqqq": 1}})
    assert [(p.code, p.where) for p in caught.value.problems] == [("record.extra_forbidden", "child.qqqqqq")]


@pytest.mark.parametrize(
    "key", ["张三", "Zhang San", "zhang san", "110105194912310021", "t13800138000", "x" * 41, "a@b"]
)
def test_a_key_that_may_be_a_person_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        Case.model_validate({"child": {key: 1}})
    assert [p.where for p in caught.value.problems] == ["child.…"]
    assert key not in str(caught.value)


def test_the_nearest_name_is_one_of_the_same_object() -> None:
    with pytest.raises(InvalidRecordError) as caught:
        Case.from_facts({"child.age": 4, "child.nmae": "x", "birth_date": "2012", "child.kind": "alone"})
    said = {p.where: p.message.en for p in caught.value.problems}
    assert "did you mean" not in said["child.age"]
    assert "did you mean 'name'?" in said["child.nmae"]
    assert "did you mean 'child.birth_date'?" in said["birth_date"]
    assert "did you mean 'disability.kind'?" in said["child.kind"]


def test_the_path_of_a_problem_reaches_the_field() -> None:
    with pytest.raises(InvalidRecordError) as caught:
        Case.from_facts({"household.size": 0, "father.situations": [{"term_months": -1}]})
    assert {p.where for p in caught.value.problems} == {"household.size", "father.situations.0.term_months"}


def test_the_json_schema_refuses_unknown_keys() -> None:
    assert not SCHEMA.is_valid({"child": {"qqqqqq": 1}})


def test_the_json_schema_marks_what_is_personal() -> None:
    assert Child.model_json_schema()["properties"]["name"]["anyOf"][0]["x-personal"] is True


def test_every_problem_is_told_at_once() -> None:
    data: dict[str, Any] = {
        "child": {"sex": "x", "birth_date": "2012-13-01", "resident_id": "1", "care": {"kind": "x"}},
        "household": {"size": 0, "aid": ["x"], "members": [{"monthly_income": 1.5}]},
    }
    with pytest.raises(InvalidRecordError) as caught:
        Case.model_validate(data)
    assert {p.where for p in caught.value.problems} == {
        "child.sex", "child.birth_date", "child.resident_id", "child.care.kind", "household.size", "household.aid.0",
        "household.members.0.monthly_income",
    }  # fmt: skip


def test_a_wrong_code_is_told_with_those_there_are() -> None:
    with pytest.raises(InvalidRecordError, match="use one of 'male' or 'female'"):
        Child(sex="m")


@given(st.sampled_from(list(Case.model_fields)))
def test_a_case_is_frozen(name: str) -> None:
    with pytest.raises(InvalidRecordError, match="model_copy"):
        setattr(Case(), name, None)

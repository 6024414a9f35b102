"""What is wrong with a record is said in words of both languages, whatever kind of finding it is."""

import typing

import pytest
from pydantic_core.core_schema import ErrorType

from kinderguard import Case, InvalidRecordError
from kinderguard.engines.assessment_line import AssessmentLine
from kinderguard.model import errors
from kinderguard.model.record import models_within

#: By kind of schema, the kinds of finding that pydantic has for it; those that begin so, where it ends with ``_``.
FINDINGS = {
    "bool": ("bool_",),
    "int": ("int_", "finite_number", "greater_than", "greater_than_equal", "less_than", "less_than_equal"),
    "str": ("string_",),
    "tuple": ("tuple_type", "too_long", "too_short"),
    "model": ("model_type", "model_attributes_type"),
    "model-fields": ("missing", "extra_forbidden"),
    "dict": ("dict_type", "too_long", "too_short"),
    "enum": ("enum",),
    "literal": ("literal_error",),
    "list": ("list_type", "too_long", "too_short"),
    "definitions": ("recursion_loop",),
}
#: Only where a text is asked to be ASCII, which none is.
NEVER = {"string_not_ascii"}


def schemas(core):
    """The kinds of schema that a model is made of."""
    if isinstance(core, dict):
        if isinstance(core.get("type"), str):
            yield core["type"]
        for value in core.values():
            yield from schemas(value)
    elif isinstance(core, list | tuple):
        for value in core:
            yield from schemas(value)


USED = {
    kind for root in (Case, AssessmentLine) for m in models_within(root) for kind in schemas(m.__pydantic_core_schema__)
}
KINDS = sorted(
    kind
    for kind in typing.get_args(ErrorType)
    if kind not in NEVER
    and any(
        kind == start or (start.endswith("_") and kind.startswith(start))
        for start in ("json_", *(start for used in USED for start in FINDINGS.get(used, ())))
    )
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finding_has_words_in_both_languages(kind):
    limits = {
        "ge": 1,
        "gt": 1,
        "le": 9,
        "lt": 9,
        "max_length": 3,
        "min_length": 1,
        "pattern": "a",
        "expected": "'a' or 'b'",
    }
    said = errors._meaning({"type": kind, "loc": ("x",), "msg": "m", "ctx": limits, "input": None}, lambda at: ("x",))
    assert "不合要求" not in said.zh
    assert "not acceptable" not in said.en
    assert "None" not in said.zh + said.en


def test_the_kinds_are_those_of_the_models():
    assert {"bool", "int", "str", "tuple", "model", "dict", "enum"} <= USED
    assert {"model_type", "int_from_float", "string_too_short", "dict_type"} <= set(KINDS)


def problem(data):
    with pytest.raises(InvalidRecordError) as refused:
        Case.model_validate(data)
    (found,) = refused.value.problems
    return found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"child": "x"}, "对象"),
        ({"household": {"size": 1.5}}, "整数"),
        ({"child": {"name": ""}}, "不能为空"),
        ({"household": {"size": float("nan")}}, "数字"),
        ({"extra": {"330199": {"a": object()}}}, "JSON"),
        ({"child.birth_date": "2012"}, '{"child": {"birth_date"'),
        ({"330199.central_heating": True}, '{"extra": {"330199": {"central_heating"'),
        ({"extra": {"330199.central_heating": True}}, '{"extra": {"330199": {"central_heating"'),
        ({"child": {"father.kind": "birth"}}, "嵌套"),
    ],
)
def test_the_right_form_is_named(data, said):
    found = problem(data)
    assert said in found.message.zh
    assert "not acceptable" not in found.message.en


def test_json_that_cannot_be_read_says_where():
    with pytest.raises(InvalidRecordError, match="line 2, column 10") as refused:
        Case.model_validate_json('{"ref": "a",\n"child": }')
    assert "第 2 行" in refused.value.text.zh


def test_a_line_that_is_none_is_told_without_its_values():
    for read in (
        lambda: AssessmentLine.model_validate({"division": "secret", "on": "secret"}),
        lambda: AssessmentLine.model_validate_json('{"division": "secret", "complete": "secret"}'),
        lambda: AssessmentLine(complete="secret"),
    ):
        with pytest.raises(InvalidRecordError) as refused:
            read()
        assert "secret" not in f"{refused.value}{refused.value.__cause__}{refused.value.__context__}"

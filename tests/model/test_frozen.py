"""What was read or assessed is not changed by accident, however deep inside, and no refusal repeats a value."""

import copy
import datetime as dt
import json
import pickle

import pytest

import kinderguard
from kinderguard import Case, InvalidRecordError, KinderguardError
from kinderguard.report import AssessmentLine, assessment_line, read_line

CASE = Case.from_facts({"division_code": "330199", "330199.x": {"a": [1, {"b": 2}]}})
RESULT = kinderguard.load(packs=()).assess(Case.from_facts({"child.birth_date": "2012"}), on=dt.date(2025, 9, 1))
LINE = assessment_line(RESULT)


@pytest.mark.parametrize(
    "change",
    [
        lambda extra: extra.__setitem__("330106", {}), lambda extra: extra["330199"].update(x=True),
        lambda extra: extra["330199"]["x"].pop("a"), lambda extra: extra["330199"]["x"]["a"].append(3),
        lambda extra: extra["330199"]["x"]["a"].sort(), lambda extra: extra["330199"]["x"]["a"][1].clear(),
    ],
)  # fmt: skip
def test_local_facts_of_a_case_are_not_written_to(change):
    with pytest.raises(KinderguardError, match="model_copy"):
        change(CASE.extra)
    assert CASE.to_json() == '{"division_code":"330199","extra":{"330199":{"x":{"a":[1,{"b":2}]}}}}'


def test_a_case_without_local_facts_is_not_written_to_either():
    with pytest.raises(KinderguardError):
        Case().extra["330199"] = {}
    assert Case().extra == {}


def test_local_facts_travel_and_are_changed_in_a_copy():
    assert pickle.loads(pickle.dumps(CASE)) == copy.deepcopy(CASE) == CASE == Case.model_validate(CASE.model_dump())
    with pytest.raises(KinderguardError):
        pickle.loads(pickle.dumps(CASE)).extra["330199"]["x"]["a"].append(3)
    with pytest.raises(KinderguardError):
        CASE.model_copy(deep=True).extra.clear()
    changed = CASE.model_copy(update={"extra": {"330199": {**CASE.extra["330199"], "y": 1}}})
    assert changed.extra["330199"] == {"x": {"a": [1, {"b": 2}]}, "y": 1}
    assert json.dumps(CASE.extra) == '{"330199": {"x": {"a": [1, {"b": 2}]}}}'


def test_what_the_caller_gave_stays_the_callers():
    given = {"330199": {"x": [1]}}
    case = Case.model_validate({"extra": given})
    given["330199"]["x"].append(2)
    assert case.extra == {"330199": {"x": [1]}}


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.categories.update(x=True), lambda line: line.policies.clear(), lambda line: line.missing.append("x"),
        lambda line: line.documents.append("x"), lambda line: line.problems.clear(),
        lambda line: next(iter(line.policies.values())).stacking.append(None),
    ],
)  # fmt: skip
def test_a_line_that_was_read_is_not_written_to(change):
    line = AssessmentLine.model_validate(LINE)
    with pytest.raises(KinderguardError, match="make a copy"):
        change(line)
    assert json.loads(line.to_json()) == LINE
    assert pickle.loads(pickle.dumps(line)) == copy.deepcopy(line) == line


def test_a_field_of_a_line_is_refused_without_the_value():
    line = AssessmentLine.model_validate(LINE)
    with pytest.raises(InvalidRecordError, match="cannot be changed") as refused:
        line.ref = "王小明"
    assert "王小明" not in f"{refused.value!s}{refused.value!r}"
    with pytest.raises(InvalidRecordError):
        del next(iter(line.policies.values())).low


@pytest.mark.parametrize(
    "day", ["2025-13-45", "2025-02-30", "0000-01-01", "2025-09-01\n", "２０２５-09-01", "20250901"]
)
def test_a_line_of_no_day_is_none(day):
    with pytest.raises(InvalidRecordError) as refused:
        read_line(LINE | {"on": day})
    assert [p.where for p in refused.value.problems] == ["on"]


@pytest.mark.parametrize(
    "bounds",
    [{"low": "500.00", "high": "10.00"}, {"low": "1.00", "amount": "2.00", "high": "1.00"}, {"low": "3.00", "amount": "2.00"}],
)  # fmt: skip
def test_a_line_whose_bounds_are_out_of_order_is_none(bounds):
    code = next(iter(LINE["policies"]))
    policy = LINE["policies"][code] | {"amount": None, "low": None, "high": None} | bounds
    with pytest.raises(InvalidRecordError, match="out of order"):
        read_line(LINE | {"policies": {code: policy}})
    read_line(LINE | {"policies": {code: policy | {"low": "0.00", "amount": None, "high": None}}})


# ---- how deep, and how often ---------------------------------------------------------------------------------------------


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return {"extra": {"330199": {"a": value}}}


def test_local_facts_are_as_deep_in_python_as_in_json():
    case = Case.model_validate(nested(98))
    assert Case.model_validate_json(case.to_json()) == case == Case.model_validate_json(json.dumps(nested(98)))
    for levels in (99, 200, 900):
        with pytest.raises(InvalidRecordError, match=r"extra: .*nested more than 100 deep"):
            Case.model_validate(nested(levels))
        with pytest.raises(InvalidRecordError, match="nested"):
            Case.model_validate_json(json.dumps(nested(levels)))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"ref": "a", "ref": "b"}', ["ref"]),
        ('{"child": {"sex": "male", "x": 1, "sex": "female"}}', ["child.sex"]),
        ('{"father": {"situations": [{}, {"kind": "dead", "kind": "dead"}]}}', ["father.situations.1.kind"]),
        ('{"extra": {"330199": {"王小明": 1, "王小明": 2}}, "ref": "a", "ref": "a"}', ["extra.330199.…", "ref"]),
    ],
)
@pytest.mark.parametrize("read", [Case.model_validate_json, lambda text: Case.model_validate_json(text.encode())])
def test_a_name_that_stands_twice_in_json_is_refused(read, text, where):
    with pytest.raises(InvalidRecordError, match="more than once") as refused:
        read(text)
    assert sorted(p.where for p in refused.value.problems) == sorted(where)
    assert "王小明" not in str(refused.value)


def test_a_name_that_stands_twice_in_a_line_is_refused():
    with pytest.raises(InvalidRecordError, match="more than once"):
        read_line(json.dumps(LINE)[:-1] + ', "on": "2025-09-02"}')


# ---- a day is no moment ---------------------------------------------------------------------------------------------------


def test_a_moment_is_no_day_of_an_assessment():
    book = kinderguard.load(packs=())
    for moment in (dt.datetime(2025, 9, 1, 20), dt.datetime(2025, 8, 31, 17, tzinfo=dt.UTC)):
        with pytest.raises(kinderguard.NotADayError, match="date") as refused:
            book.assess(CASE, on=moment)
        assert "日期" in refused.value.text.zh
        with pytest.raises(kinderguard.NotADayError):
            book.on(moment)


def test_a_pack_is_named_in_a_line():
    assert all(len(repr(pack)) < 120 for pack in kinderguard.load().packs)
    assert "330199" in repr(kinderguard.load().packs)

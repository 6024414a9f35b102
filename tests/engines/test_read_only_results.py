"""What a result gives is read and sent on as any dict is, and cannot be changed by accident."""

import copy
import datetime as dt
import json
import pickle

import pytest

import kinderguard
from kinderguard import Case, KinderguardError
from kinderguard.formats import schema
from kinderguard.report import assessment_line

RESULT = kinderguard.load().assess(
    Case.from_facts({"child.birth_date": "2012", "division_code": "330199"}), on=dt.date(2025, 9, 1)
)


@pytest.mark.parametrize("name", ["categories", "policies"])
def test_a_result_s_dicts_travel_as_any_dict(name):
    given = getattr(RESULT, name)
    assert given == dict(given)
    for made in (pickle.loads(pickle.dumps(given)), copy.copy(given), copy.deepcopy(given)):
        assert made == given
        with pytest.raises(KinderguardError):
            made["x"] = True
    assert json.loads(json.dumps(RESULT.categories)) == RESULT.categories
    assert (given | {"mine": 1})["mine"] == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(x=1), lambda d: d.__setitem__("x", 1), lambda d: d.pop("cn.orphan", None), lambda d: d.clear(),
        lambda d: d.setdefault("x", 1), lambda d: d.popitem(), lambda d: d.__delitem__("cn.orphan"), lambda d: d.__ior__({"x": 1}),
    ],
)  # fmt: skip
def test_a_result_is_not_written_to(change):
    before = dict(RESULT.categories)
    with pytest.raises(KinderguardError, match="make a copy"):
        change(RESULT.categories)
    assert before == RESULT.categories


def test_a_line_in_a_language_that_there_is_not_is_refused():
    with pytest.raises(KinderguardError, match="'zh' or 'en'"):
        assessment_line(RESULT, lang="fr")


@pytest.mark.parametrize("name", ["cas", None, 5])
def test_a_format_that_there_is_not_is_refused_with_those_there_are(name):
    with pytest.raises(KinderguardError, match="case, assessment-line"):
        schema(name)

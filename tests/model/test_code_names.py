"""Codes as people write them: by a label in either language or by value, within records too."""

import pytest

from kinderguard import Case
from kinderguard.model.code_names import by_value, by_values, code_named, field_at, no_such_code
from kinderguard.model.codes import AidStatus, SituationKind


@pytest.mark.parametrize("code", SituationKind)
def test_a_code_is_named_by_both_labels_and_by_value(code):
    for name in (code.zh, code.en, code.value, f" {code.en.upper()} "):
        assert code_named(SituationKind, name) is code


def test_what_names_no_code_is_answered_with_the_nearest_and_all_labels():
    assert code_named(SituationKind, "失联了") is None
    told = no_such_code(SituationKind, "失联了")
    assert "是否为“失联”（lost_contact）？" in told.zh
    assert all(
        f"{code.zh}（{code.value}）" in told.zh and f"{code.en} ({code.value})" in told.en for code in SituationKind
    )


def test_codes_in_lists_and_records_are_given_by_value_and_the_rest_stays():
    aid = field_at(Case, ["household", "aid"])
    assert by_value(aid.annotation, ["低保", "x"]) == [AidStatus.DIBAO.value, "x"]
    father = {"situations": [{"kind": "失联", "since": "2024-05"}], "name": "张梦"}
    parent = type(Case().father)
    assert by_values(parent, father)["situations"] == [{"kind": "lost_contact", "since": "2024-05"}]
    assert by_values(parent, father)["name"] == "张梦"
    assert field_at(Case, ["household", "nothing"]) is None

"""Two codes of one value: Python would make the second another name of the first, without a word."""

import pickle

import pytest

from kinderguard.model.codes import Code
from kinderguard.model.errors import RepeatedCodeError


def test_a_value_twice_is_refused_where_the_class_is_made_with_both_members_and_the_mend():
    with pytest.raises(RepeatedCodeError) as refused:

        class Fuel(Code):
            COAL = "coal", "煤", "coal"
            GAS = "coal", "燃气", "gas"

    assert "Fuel.COAL and Fuel.GAS both have the value 'coal'" in refused.value.text.en
    assert "给 GAS 另一个值" in refused.value.text.zh
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_each_value_once_is_a_code_of_its_own():
    class Fuel(Code):
        COAL = "coal", "煤", "coal"
        GAS = "gas", "煤", "coal"

    assert [code.value for code in Fuel] == ["coal", "gas"]

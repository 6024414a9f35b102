"""What numbers are counted in: nothing is converted, so two units never meet, and money is yuan."""

import pytest

from kinderguard import Text
from kinderguard import rules as r
from kinderguard.rules import DefinitionError, RuleSet, child, param
from kinderguard.rules.parameters import merge, read_parameters, show

TITLE = Text("某", "some")
DISTANCE = r.DeclaredFact.number("33.school_distance", zh="离学校的距离", en="distance to school", unit="km")
FAR = param.number("33.far")
VALUE = 'values = [{ value = "5", source = "某文件", trust = "illustrative" }]\n'
HEAD = 'title = { zh = "远", en = "far" }\n'


def read(tmp_path, *lines):
    file = tmp_path / "parameters.toml"
    file.write_text('["33.far"]\n' + HEAD + "\n".join(lines) + "\n" + VALUE, "utf-8")
    return read_parameters(file, jurisdiction="33")


def rules(tmp_path, unit, condition):
    parameters = read(tmp_path, 'kind = "number"', f'unit = "{unit}"')
    return RuleSet(
        [r.Category("33.far_off", TITLE, when=condition)], [], facts=[DISTANCE], parameters=merge(parameters)
    )


@pytest.mark.parametrize(
    "condition",
    [DISTANCE.expr >= FAR, r.max_of(DISTANCE.expr, FAR) > 3, (DISTANCE.expr + FAR * 2) > 3,
     r.when(child.adopted, FAR).otherwise(DISTANCE.expr) > 3, ~(DISTANCE.expr == FAR.named("33.f", zh="远", en="far"))],
)  # fmt: skip
def test_a_parameter_in_metres_beside_a_fact_in_km_is_refused_with_the_mend(tmp_path, condition):
    with pytest.raises(DefinitionError) as refused:
        rules(tmp_path, "m", condition)
    assert "5 km" in refused.value.text.en
    assert "公里" in refused.value.text.zh
    assert "33.far_off" in str(refused.value)


@pytest.mark.parametrize("unit", ["km", "公里"])
def test_one_unit_may_be_written_in_either_language_and_a_plain_number_goes_with_any(tmp_path, unit):
    assert rules(tmp_path, unit, (DISTANCE.expr >= FAR) & (FAR > 2) & (DISTANCE.expr < FAR * 3)).categories


def test_what_is_multiplied_by_what_has_a_unit_states_none(tmp_path):
    assert rules(tmp_path, "m", FAR * DISTANCE.expr > DISTANCE.expr).categories


@pytest.mark.parametrize("unit", ["wan", "months", "fen", "万元"])
def test_money_is_yuan_alone(tmp_path, unit):
    with pytest.raises(DefinitionError, match=r"parameters\.toml.*33\.far.*money is in yuan"):
        read(tmp_path, 'kind = "money"', f'unit = "{unit}"')


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("元/月", "5.00元/月", "5.00 yuan a month"), ("yuan/month", "5.00元/月", "5.00 yuan a month"),
        ("元/学年", "5.00元/学年", "5.00 yuan a school year"), ("元/年", "5.00元/年", "5.00 yuan a year"),
        ("元/季", "5.00元/季", "5.00 yuan a quarter"), ("", "5.00元", "5.00 yuan"),
    ],
)  # fmt: skip
def test_money_may_say_for_how_long_it_is(tmp_path, unit, zh, en):
    (found,) = read(tmp_path, 'kind = "money"', f'unit = "{unit}"')
    assert show(found.values[0].value, found.kind, found.unit) == Text(zh, en)
    assert show(found.values[0].value, found.kind) == Text("5.00元", "5.00 yuan")


@pytest.mark.parametrize("unit", ["yuan", "元", ""])
def test_money_may_say_that_it_is_yuan(tmp_path, unit):
    (found,) = read(tmp_path, 'kind = "money"', f'unit = "{unit}"')
    assert found.values[0].value == 500


def test_a_kind_that_is_a_unit_takes_no_other(tmp_path):
    with pytest.raises(DefinitionError, match="something else"):
        read(tmp_path, 'kind = "months"', 'unit = "years"')


def test_a_parameter_that_is_read_wrongly_is_told_how_it_is_read(tmp_path):
    with pytest.raises(DefinitionError, match=r"write param\.number\('33\.far'\)"):
        rules(tmp_path, "km", DISTANCE.expr >= param.number("33.far", "km"))

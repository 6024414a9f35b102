"""Income at, below and above 1.5 times the standard, in Zhejiang and elsewhere."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import Case

DAY = dt.date(2025, 9, 1)


@pytest.mark.parametrize(
    ("division", "income", "expected"),
    [
        ("330106", "1499.99", True),
        ("330106", "1500.00", True),
        ("330106", "1500.01", False),
        ("33", "1500.00", True),
        ("370829", "1499.99", True),
        ("370829", "1500.00", False),
    ],
)
def test_equality_counts_in_zhejiang(division, income, expected):
    book = kinderguard.load(strict=True).with_parameters({"cn.dibao.monthly_standard": "1000"})
    case = Case.from_facts(
        {
            "division_code": division,
            "household.monthly_income_per_head": income,
            "household.property_within_limits": True,
            "household.aid": [],
        }
    )
    assert book.assess(case, on=DAY).categories["cn.dibao_marginal"] is expected


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_explanation_names_the_province_and_its_regulation(lang):
    book = kinderguard.load().with_parameters({"cn.dibao.monthly_standard": "1000"})
    facts = {
        "division_code": "330106",
        "household.monthly_income_per_head": "1500",
        "household.property_within_limits": True,
        "household.aid": [],
    }
    text = book.assess(Case.from_facts(facts), on=DAY).explain("cn.dibao_marginal").text(lang)
    assert {"zh": "浙江省", "en": "Zhejiang"}[lang] in text
    assert "《浙江省社会救助条例》" in text

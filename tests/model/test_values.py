"""Resident IDs, money, division codes: what is accepted, what is refused, and exactly."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinderguard.engines.assessment import Total
from kinderguard.model import (
    Child,
    Guardian,
    Household,
    Income,
    InvalidRecordError,
    PartialDate,
    Registration,
    Sex,
    Text,
)
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import FieldValueError
from kinderguard.model.money import as_yuan, bounds_text, fen, yuan
from kinderguard.model.places import COUNTIES, check_division, covers, place_name, prefixes
from kinderguard.model.resident_id import check_digit, read_resident_id
from kinderguard.testing import strategies

VALID = "11010519491231002X"


def with_check(first17: str) -> str:
    return first17 + check_digit(first17)


def test_a_resident_id_says_division_birth_date_and_sex() -> None:
    said = read_resident_id(VALID)
    assert (said.division, said.birth_date, said.sex) == ("110105", dt.date(1949, 12, 31), Sex.FEMALE)


def test_a_small_x_and_blanks_around_are_read() -> None:
    assert read_resident_id(f" {VALID.lower()} ") == read_resident_id(VALID)


def test_one_number_written_with_small_and_large_x_is_equal() -> None:
    assert Child(resident_id=VALID.lower()) == Child(resident_id=VALID)


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        (VALID[:-1] + "1", "check digit"),
        ("01" + VALID[2:], "province"),
        (with_check("99010519491231002"), "province"),
        (with_check("11010519491331002"), "does not exist"),
        (with_check("11010520230229002"), "does not exist"),
        (with_check("11010518991231002"), "impossible"),
        (with_check(f"110105{dt.date.today() + dt.timedelta(1):%Y%m%d}002"), "impossible"),
        (VALID[:-1], "18 characters"),
        (VALID[:6] + VALID[8:], "18 characters"),
        ("X" + VALID[1:], "18 characters"),
        ("１" + VALID[1:], "18 characters"),
        ("", "18 characters"),
    ],
)
def test_a_wrong_resident_id_is_refused_and_not_repeated(number: str, wrong: str) -> None:
    with pytest.raises(FieldValueError, match=wrong) as caught:
        read_resident_id(number)
    assert not number or number not in str(caught.value)
    with pytest.raises(InvalidRecordError, match=wrong):
        Child(resident_id=number or "x")


@given(strategies.resident_ids(), st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_is_always_found(number: str, place: int, more: int) -> None:
    digit = str((int(number[place]) + more) % 10)
    with pytest.raises(FieldValueError):
        read_resident_id(number[:place] + digit + number[place + 1 :])


@given(strategies.resident_ids())
def test_an_id_fills_in_what_is_unknown(number: str) -> None:
    child, said = Child(resident_id=number), read_resident_id(number)
    assert (child.birth_date, child.sex) == (PartialDate.of(said.birth_date), said.sex)


def test_an_id_agrees_with_a_birth_month() -> None:
    assert Child(resident_id=VALID, birth_date="1949-12").birth_date == PartialDate(1949, 12)


@pytest.mark.parametrize("facts", [{"birth_date": "1949-12-30"}, {"birth_date": "1949-11"}, {"sex": "male"}])
def test_an_id_that_contradicts_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecordError, match="contradicts"):
        Child(resident_id=VALID, **facts)


@pytest.mark.parametrize(("given", "exact"), [("600", "600.00"), (600, "600.00"), ("272.4", "272.40"), ("-0", "0.00")])
def test_money_is_exact_to_the_fen(given: Any, exact: str) -> None:
    assert str(as_yuan(given)) == exact


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (600.0, "float"), (0.1, "float"), (True, "true or false"), ("0.001", "two decimals"), (Decimal("1.005"), "two decimals"),
        (Decimal("1e-3"), "two decimals"), ("1e3", "number"), ("+5", "number"), (" 5", "number"), (".5", "number"), ("1_000", "number"), ("NaN", "number"), ("Infinity", "number"), ("六百", "number"), ("", "number"),
        (None, "number"), ([], "number"), (Decimal("1e40"), "plausible"), (Decimal("1e999999999"), "plausible"), (Decimal("-1e999999999"), "plausible"), (10**12, "plausible"), ("9" * 40 + ".12", "plausible"),
    ],
)  # fmt: skip
def test_what_is_no_exact_amount_is_refused(wrong: Any, reason: str) -> None:
    with pytest.raises(FieldValueError, match=reason):
        as_yuan(wrong)


@pytest.mark.parametrize("wrong", ["-0.01", -1, 1.5, "0.001", "1e40"])
def test_a_record_refuses_wrong_money(wrong: Any) -> None:
    with pytest.raises(InvalidRecordError, match="monthly_income"):
        Guardian(monthly_income=wrong)


@given(st.integers(0, 10**13))
def test_fen_and_yuan_are_one_amount(amount: int) -> None:
    assert fen(yuan(amount)) == amount


def test_an_amount_between_two_fen_does_not_leave_the_engine() -> None:
    with pytest.raises(ValueError, match="state the rounding"):
        yuan(Fraction(100, 3))


@given(strategies.amounts())
def test_money_keeps_its_two_decimals_in_json(amount: Decimal) -> None:
    assert Income(amount=amount).to_json() == f'{{"amount":"{amount:.2f}"}}'


@pytest.mark.parametrize("code", ["33", "3301", "330106", "330106003", "330106003021", "83"])
def test_a_division_code_has_the_digits_of_a_level(code: str) -> None:
    assert check_division(code) == code == Registration(division=code).division


@pytest.mark.parametrize(
    "wrong",
    [
        "330",
        "33019",
        "3301991",
        "33019900",
        "3301990010",
        "33019900100",
        "3",
        "",
        "3301060030211",
        "33010a",
        "001234",
        "99",
        "浙江",
        "３３",
        "-3301",
        "33 01",
    ],
)
def test_what_is_no_division_code_is_refused(wrong: str) -> None:
    with pytest.raises(FieldValueError):
        check_division(wrong)
    with pytest.raises(InvalidRecordError, match="division"):
        Registration(division=wrong)


def test_a_code_of_another_length_is_refused_with_the_levels_and_is_not_repeated() -> None:
    with pytest.raises(FieldValueError) as told:
        check_division("3301991")
    assert told.value.text.en.endswith("not 7; give the whole code")
    assert "12（村）" in told.value.text.zh
    assert "3301991" not in told.value.text.zh + told.value.text.en


@given(strategies.divisions())
def test_a_division_lies_in_each_of_its_prefixes(code: str) -> None:
    assert prefixes(code)[-1] == code
    assert all(covers(prefix, code) for prefix in ("", *prefixes(code)))
    assert not covers(code + "9", code)


def test_a_place_is_called_by_the_smallest_known_place_around_it() -> None:
    assert place_name("330106") == COUNTIES["330106"]
    assert place_name("330106003") == Text("杭州市西湖区 330106003", "Xihu District, Hangzhou 330106003")
    assert place_name("") == Text("全国", "the nation")


@pytest.mark.parametrize("size", [0, -1, 101, 2.5, "x"])
def test_an_impossible_household_size_is_refused(size: Any) -> None:
    with pytest.raises(InvalidRecordError):
        Household(size=size)


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        ("1780", "1780", "1,780元", "1,780 yuan"),
        ("0.00", "1780.50", "0.00至1,780.50元", "0.00 to 1,780.50 yuan"),
        ("600", None, "至少600元", "at least 600 yuan"),
        (None, "600", "至多600元", "at most 600 yuan"),
        (None, None, "不定（无界）", "open (nothing bounds it)"),
    ],
)
def test_an_amount_within_bounds_is_said_alike_everywhere(low: str | None, high: str | None, zh: str, en: str) -> None:
    bounds = [None if x is None else Decimal(x) for x in (low, high)]
    assert bounds_text(*bounds) == Text(zh, en)
    if low is not None:
        assert bounds_text(*bounds, Frequency.MONTH) == Text(f"{zh}（每月）", f"{en} a month")
        assert bounds_text(*bounds, unit=False) == Text(zh.removesuffix("元"), en.removesuffix(" yuan"))


def test_a_sum_of_amounts_has_a_bound_where_all_of_them_have_one() -> None:
    some, most = Total(Decimal("1.50"), Decimal("2")), Total(Decimal("1"), None)
    assert some + some == Total(Decimal("3.00"), Decimal("4"))
    assert (some + most).text == Text("至少2.50元", "at least 2.50 yuan")

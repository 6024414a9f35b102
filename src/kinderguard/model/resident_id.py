"""Resident identity numbers (居民身份证号码): 18 digits, check digit by ISO 7064 MOD 11-2.

The first six digits are a division, the next eight the birth date, an odd seventeenth digit is male. An error
here never repeats the number.
"""

import datetime as dt
import re
from functools import lru_cache

import attrs

from kinderguard.model.codes import Sex
from kinderguard.model.errors import FieldValueError
from kinderguard.model.patterns import BLANKS
from kinderguard.model.places import PROVINCES

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RUN = re.compile(r"[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}", re.ASCII)


@attrs.frozen
class ResidentIdFacts:
    """What a valid number says: the first division, the birth date, the sex."""

    division: str
    birth_date: dt.date
    sex: Sex


def holds_resident_id(text: str) -> bool:
    """Whether a text holds what looks like a resident ID: 17 digits with a birth date among them, whatever follows.

    The check digit does not count: somebody's number with one digit mistyped still gives that person away.

    >>> holds_resident_id("see 110105194912310021-b"), holds_resident_id("330199-2025-0007")
    (True, False)
    """
    return _RUN.search(text) is not None


def is_resident_id(text: str) -> bool:
    """Whether a text is nothing but a valid resident ID: of 18 characters, or of 15 as until 1999.

    Of the short ones, which have no check digit, only those of people born since 1940: a file number of a year and a
    serial number is not taken for one.

    >>> is_resident_id("11010519491231002X"), is_resident_id("110105491231002"), is_resident_id("330199202500007")
    (True, True, False)
    """
    plain = text.strip(BLANKS)
    whole = f"{plain[:6]}19{plain[6:]}0" if len(plain) == 15 and plain[6:7] >= "4" else plain
    try:
        _read(f"{whole[:17]}{check_digit(whole[:17])}" if whole is not plain else plain.upper(), dt.date.today())
    except (FieldValueError, ValueError):
        return False
    return True


def check_digit(first17: str) -> str:
    """The check digit of the first seventeen digits.

    >>> check_digit("11010519491231002")
    'X'
    """
    return _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, first17, strict=True)) % 11]


def read_resident_id(number: str, *, today: dt.date | None = None) -> ResidentIdFacts:
    """What ``number`` says.

    Args:
        number: 18 characters, the last a digit or X.
        today: the day after which no birth date can lie; the machine's date if left out.

    Raises:
        FieldValueError: the number's length, province, date or check digit is wrong. The number is not repeated.
    """
    return _read(number.strip(BLANKS).upper(), today or dt.date.today())


# One person's number is read several times in a row: by the cell, the field and the record.
@lru_cache(maxsize=32)
def _read(number: str, today: dt.date) -> ResidentIdFacts:
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()) or number[17] not in "0123456789X":
        raise FieldValueError(
            "身份证号应为 18 位（前 17 位数字，末位数字或 X）",
            "a resident ID has 18 characters: 17 digits, then a digit or X",
        )
    if number[:2] not in PROVINCES:
        raise FieldValueError("身份证号的前两位不是省级代码", "the resident ID does not begin with a province")
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise FieldValueError(
            "身份证号中的出生日期不存在", "the resident ID holds a date that does not exist"
        ) from None
    if not dt.date(1900, 1, 1) <= born <= today:
        raise FieldValueError("身份证号中的出生日期不可能", "the resident ID holds an impossible birth date")
    if check_digit(number[:17]) != number[17]:
        raise FieldValueError(
            "身份证号校验码不符，可能有一位写错", "the resident ID's check digit is wrong: a digit may be mistyped"
        )
    return ResidentIdFacts(number[:6], born, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)

"""Reading one cell: what people write for yes, a date, a grade, a sum of money. A cell that cannot be read says how to
mend it and never repeats what a personal one holds. Blank, 不详, 未知 and 待核实 are unknown, never "no".
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Generic, TypeVar

import attrs

from kinderguard.model.codes import Code
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import FieldValueError, nearest
from kinderguard.model.money import as_yuan
from kinderguard.model.places import check_division
from kinderguard.model.resident_id import read_resident_id
from kinderguard.model.text import Text

C = TypeVar("C", bound=Code)
R = TypeVar("R")

UNKNOWN = {
    "", "不详", "不祥", "不明", "未知", "未填", "未填写", "未核实", "无法核实", "待核实", "待查", "待定", "待补", "待补充", "不清楚", "空", "空白",
    "-", "--", "–", "—", "——", "/", "?", "??", "...", "N/A", "n/a", "#N/A", "NULL", "null", "NaN", "nan",
}  # fmt: skip
YES = {"√", "✓", "✔", "☑", "是", "有", "1", "y", "yes", "true", "对"}
NO = {"×", "✗", "✘", "☒", "否", "无", "0", "n", "no", "false", "没有", "x"}
NONE = {"无", "没有", "0", "否", "×", "none"}
#: Where a name, a number or an address should stand, these say no more than a blank.
_NO_TEXT = {*NONE, "暂无"}
#: A date that never comes: 长期 on a certificate.
FOREVER = PartialDate(9999, 12, 31)

_SEPARATORS = re.compile(r"[、,;/\n]|及|和")
_DATE = re.compile(r"(\d{4})[-/.年](?:(\d{1,2})(?:[-/.月](?:(\d{1,2})日?)?)?)?\Z", re.ASCII)
#: The time behind a date. Without a space, a T or 日 before it, only two digits of the day beside two of the hour are told apart.
_TIME = re.compile(
    r"(?:\s+|T|(?<=日)|(?<=\D\d\d)(?=\d\d:))\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\Z", re.ASCII | re.IGNORECASE
)
#: Chinese numerals as dates have them, positional in a year (二〇一二) and counted in a month or a day (十二, 三十一, 廿一).
_ZEROS, _ONES = "〇零○", "一二三四五六七八九"
_DIGIT = {**dict.fromkeys(_ZEROS, "0"), **{sign: str(n) for n, sign in enumerate(_ONES, 1)}}
_TENS = {"十": 10, "二十": 20, "廿": 20, "三十": 30, "卅": 30}
_NUMERALS = {
    **{zero + one: n for zero in ("", *_ZEROS) for n, one in enumerate(_ONES, 1)},
    **{ten + one: tens + n for ten, tens in _TENS.items() for n, one in enumerate(("", *_ONES))},
}
_IN_CHINESE = re.compile(
    rf"([{_ZEROS}{_ONES}]{{4}}|\d{{4}})年(?:([{_ZEROS}{_ONES}十]+|\d{{1,2}})月(?:([{_ZEROS}{_ONES}十廿卅]+|\d{{1,2}})日)?)?\Z",
    re.ASCII,
)
_DIGITS = re.compile(r"(\d{4})(\d{2})?(\d{2})?\Z", re.ASCII)
#: Excel's day numbers from 1954 to 2064: anything else that is a bare number is no date.
_SERIALS = (20_000, 60_000)
#: 20123 may be day 20,123 or March 2012 with its zero left out.
_MONTH_OR_DAY = range(20_000, 20_300)
_MOST_DIGITS = 12
#: Beyond these Excel keeps no digit of a number.
_EXACT_DIGITS = 15
_LOST_DIGITS = re.compile(r"\d(\.\d+)?e\+\d+\Z", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z", re.ASCII)
#: What stands in a text and is not seen: zero-width spaces, marks of direction, a byte order mark.
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))


class UnreadableError(Exception):
    """A cell that cannot be read: a stable code, and how to mend it."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.text = code, Text(zh, en)
        super().__init__(en)


def plain(value: Any) -> str:
    """A cell as text: half width, without outer spaces; whole numbers without a decimal point."""
    if isinstance(value, str):
        if value.isascii():
            return value.strip()
        text = unicodedata.normalize("NFKC", value)
        return (text if text.isprintable() else text.translate(_UNSEEN)).strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_EXACT_DIGITS:
        value = int(value)
    if isinstance(value, dt.datetime):
        value = value.date()
    return unicodedata.normalize("NFKC", str(value)).strip()


def is_unknown(value: Any) -> bool:
    """Whether a cell says nothing, or says that nothing is known."""
    return value is None or plain(value) in UNKNOWN


def words(value: Any) -> str:
    """A cell as one word, without any space."""
    return re.sub(r"\s+", "", plain(value))


def listed(value: Any) -> list[str]:
    """The items of a cell that lists several."""
    return [item for item in (words(part) for part in _SEPARATORS.split(plain(value))) if item]


def yes_no(value: Any) -> bool:
    """A tick."""
    word = words(value).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise UnreadableError(
        "ledger.yes_no", "应填“是”或“否”，不知道时留空", "write 是 or 否; leave it blank where unknown"
    )


def date(value: Any) -> PartialDate:
    """A date in any of the forms that ledgers use, perhaps to the month or year only."""
    if isinstance(value, dt.date):
        return PartialDate.of(value)
    if isinstance(value, float) and re.fullmatch(r"\d{4}\.1", repr(value)):
        # Excel drops the zero of 2012.10.
        raise UnreadableError(
            "ledger.date_ambiguous",
            "无法分辨是1月还是10月；请写作 2012-01 或 2012-10",
            "this may be January or October; write 2012-01 or 2012-10",
        )
    text = in_digits(words(_TIME.sub("", plain(value))))
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
    if number in _MONTH_OR_DAY:
        raise UnreadableError(
            "ledger.date_ambiguous",
            "无法分辨是年月还是 Excel 的日期序号；请写作 2012-03 或 2012-03-05",
            "this may be a year and month or Excel's number of a day; write 2012-03 or 2012-03-05",
        )
    if _SERIALS[0] < number < _SERIALS[1]:
        return PartialDate.of(dt.date(1899, 12, 30) + dt.timedelta(days=number))
    match = _DIGITS.match(text) or _DATE.match(text)
    if match is None:
        raise UnreadableError(
            "ledger.date_form", "日期无法识别；请写作 2012-03-05 或 2012-03", "no date; write 2012-03-05 or 2012-03"
        )
    year, month, day = match.groups()
    try:
        return PartialDate(int(year), int(month) if month else None, int(day) if day else None)
    except FieldValueError as error:
        raise UnreadableError(
            "ledger.date_impossible", f"{error.text.zh}；请核对", f"{error.text.en}; check it"
        ) from None


def in_digits(text: str) -> str:
    """A date in Chinese numerals as one in digits; any other text, and numerals that are read in two ways, as they stand.

    >>> in_digits("二〇一二年三月廿一日"), in_digits("二〇一二年一二月")
    ('2012年3月21日', '二〇一二年一二月')
    """
    match = _IN_CHINESE.match(text)
    if match is None:
        return text
    parts = ["".join(_DIGIT.get(sign, sign) for sign in match[1]) + "年"]
    for written, unit in ((match[2], "月"), (match[3], "日")):
        if written is None:
            break
        number = int(written) if written.isascii() else _NUMERALS.get(written)
        if number is None:
            return text
        parts.append(f"{number}{unit}")
    return "".join(parts)


def past_date(value: Any) -> PartialDate:
    """A date of something that has happened."""
    found = date(value)
    if found.earliest > dt.date.today():
        raise UnreadableError(
            "ledger.date_future", "日期在将来；请核对年份", "the date lies in the future; check the year"
        )
    return found


def end_date(value: Any) -> PartialDate:
    """A last day; 长期 never comes."""
    return FOREVER if words(value) in ("长期", "永久", "长期有效") else date(value)


def money(value: Any) -> Decimal:
    """Yuan, not negative, exact to the fen."""
    text = re.sub(r"¥|元(/月)?$|/月$", "", words(repr(value) if isinstance(value, float) else value))
    try:
        # 3,5 is no grouping of thousands: it may be 3.5.
        amount = as_yuan(text.replace(",", "") if _GROUPED.match(text) else text)
    except FieldValueError as error:
        raise UnreadableError(
            "ledger.money", f"{error.text.zh}；请写作 1250.50", f"{error.text.en}; write 1250.50"
        ) from None
    if amount < 0:
        raise UnreadableError("ledger.money", "金额不能为负；请核对", "an amount is not negative; check it")
    return amount


def count(value: Any) -> int:
    """A whole number, perhaps with 人 or 个月 behind it."""
    text = re.sub(r"(人|口|个月|月)$", "", words(value))
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        raise UnreadableError("ledger.count", "应填整数", "write a whole number")
    return int(text)


def division(value: Any) -> str:
    """A division code of a county, a township or a village."""
    text = words(value)
    try:
        code = check_division(text)
    except FieldValueError as error:
        raise UnreadableError("ledger.division", f"{error.text.zh}；请核对", f"{error.text.en}; check it") from None
    if len(code) < 6:
        raise UnreadableError("ledger.division", "应填 6、9 或 12 位行政区划代码", "write 6, 9 or 12 digits")
    return code


def resident_id(value: Any) -> str:
    """An ID number, only where the cell still holds every digit."""
    if isinstance(value, int | float) or _LOST_DIGITS.match(words(value)):
        raise UnreadableError(
            "ledger.id_float",
            "身份证号被 Excel 转为数字，末几位已丢失；请将该列设为“文本”后按证件重新录入",
            "Excel turned the ID into a number and lost its last digits; format the column as text and enter it again",
        )
    text = words(value).upper().lstrip("'‘’`")
    try:
        read_resident_id(text)
    except FieldValueError as error:
        raise UnreadableError(
            "ledger.id_invalid", f"{error.text.zh}；请按证件核对", f"{error.text.en}; check it against the card"
        ) from None
    return text


def personal(value: Any) -> str | None:
    """A name, a telephone number, an address; None where it says 无: that is no name, and nobody is called so."""
    text = plain(value)
    if _LOST_DIGITS.match(text) or (isinstance(value, float) and abs(value) >= 10**_EXACT_DIGITS):
        raise UnreadableError(
            "ledger.number_float",
            "编号被 Excel 转为数字，末几位已丢失；请将该列设为“文本”后重新录入",
            "Excel turned the number into one of its own and lost its last digits; format the column as text and enter it again",
        )
    return None if text.lower() in _NO_TEXT else text


@attrs.frozen
class Coded(Generic[C, R]):
    """A reader of one code of a list, or of several in one cell: its list is known to who asks what may be written."""

    codes: type[C]
    several: bool
    _read: Callable[[Any], R] = attrs.field(repr=False, eq=False)

    def __call__(self, value: Any) -> R:
        """The code, or the codes, that a cell names."""
        return self._read(value)


def coded(codes: type[C], also: Mapping[str, C] | None = None) -> Coded[C, C]:
    """A reader of one code of a list, by its Chinese or English title, its value, or another spelling."""
    known = _spellings(codes, also)

    def read(value: Any) -> C:
        return _code(words(value), known)

    return Coded(codes, False, read)


def several(codes: type[C], also: Mapping[str, C] | None = None) -> Coded[C, tuple[C, ...]]:
    """A reader of several codes in one cell; 无 is the empty list."""
    known = _spellings(codes, also)

    def read(value: Any) -> tuple[C, ...]:
        items = listed(value)
        if any(item in NONE and item not in known for item in items):
            if len(items) > 1:
                raise UnreadableError(
                    "ledger.contradiction",
                    "“无”与其他内容并列，请核对",
                    "it says 无 (none) beside something else; check it",
                )
            return ()
        return tuple(dict.fromkeys(_code(item, known) for item in items))

    return Coded(codes, True, read)


def _spellings(codes: type[C], also: Mapping[str, C] | None) -> dict[str, C]:
    found: dict[str, C] = {}
    for code in codes:
        # 农业（农村） is also written 农业 or 农村.
        parts = re.fullmatch(r"(.+)（(.+)）", code.zh)
        for spelling in (code.value, code.en, code.zh, *(parts.groups() if parts else ())):
            found.setdefault(words(spelling).lower(), code)
    return found | {words(s).lower(): code for s, code in (also or {}).items()}


def _code(word: str, known: Mapping[str, C]) -> C:
    code = known.get(word.lower())
    if code is not None:
        return code
    close = nearest(word.lower(), known)
    titles = "、".join(dict.fromkeys(c.zh for c in known.values()))
    hint = f"是否为“{known[close].zh}”？" if close else ""
    raise UnreadableError(
        "ledger.code",
        f"没有这个选项；{hint}可填：{titles}",
        f"there is no such choice; {f'did you mean {known[close].zh}? ' if close else ''}use one of {titles}",
    )

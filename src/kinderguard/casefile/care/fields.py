"""Fields that the records of care share: days of the calendar and of the week, texts in both languages, a place on a map.

Read by every module that keeps something of care, here and in ``care``; it decides nothing.
"""

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from kinderguard.model.codes import Code
from kinderguard.model.errors import FieldValueError
from kinderguard.model.record import Record, fact
from kinderguard.model.resident_id import holds_resident_id
from kinderguard.model.text import Text


def _day(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        raise FieldValueError("应为日期，不含时刻", "must be a day, without a time")
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise FieldValueError("日期应写作 2025-09-01", "write the day as 2025-09-01") from None
    if not isinstance(value, dt.date):
        raise FieldValueError("日期应写作 2025-09-01", "write the day as 2025-09-01")
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]
"""A day of the calendar; a time of day or a number is refused."""


class Weekday(Code):
    """A day of the week 星期."""

    MONDAY = "monday", "星期一", "Monday"
    TUESDAY = "tuesday", "星期二", "Tuesday"
    WEDNESDAY = "wednesday", "星期三", "Wednesday"
    THURSDAY = "thursday", "星期四", "Thursday"
    FRIDAY = "friday", "星期五", "Friday"
    SATURDAY = "saturday", "星期六", "Saturday"
    SUNDAY = "sunday", "星期日", "Sunday"


def _both(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, dict) and set(value) == {"zh", "en"} and all(isinstance(v, str) for v in value.values()):
        return Text(**value)
    raise FieldValueError("文字须同时有中文（zh）和英文（en）", "a text has zh and en, both of them")


BothTexts = Annotated[
    Text,
    PlainValidator(_both),
    PlainSerializer(Text.to_dict, return_type=dict[str, str]),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
            "required": ["zh", "en"],
            "additionalProperties": False,
        }
    ),
]
"""A text in Chinese and English; in JSON ``{"zh": …, "en": …}``."""


_CODE = re.compile(r"[A-Za-z0-9._:/@+-]{1,64}\Z")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?86)?1\d{10}(?!\d)")


def _codename(value: str) -> str:
    if not _CODE.match(value) or holds_resident_id(value) or _TELEPHONE.search(value):
        raise FieldValueError(
            "应为代码（1 至 64 个字母、数字或 ._:/@+-），不能是姓名、证件号或电话",
            "must be a code (1 to 64 letters, digits or ._:/@+-), neither a name nor an ID number or telephone",
        )
    return value


CodeName = Annotated[str, AfterValidator(_codename)]
"""The code of an organisation or of somebody who works there: never a name, an ID number or a telephone."""


#: A pseudonym of a store or a survey: digits in it are chance.
_PSEUDONYM = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{32}|k[0-9a-f]{16}|c[0-9a-f]{12})(?![0-9A-Za-z])")
#: The number of a child of whom the ledger has none: its sheet and its row.
_SHEET_AND_ROW = re.compile(r".{1,60}/\d{1,7}\Z")
_FILE = re.compile(r"[A-Za-z0-9._:/#@+-]{1,120}\Z")


def _filenumber(value: str) -> str:
    plain = _PSEUDONYM.sub("", value)
    if not (_FILE.match(value) or _SHEET_AND_ROW.match(value)) or holds_resident_id(plain) or _TELEPHONE.search(plain):
        raise FieldValueError(
            "应为档案编号（字母、数字或 ._:/#@+-），不能是姓名、证件号或电话",
            "must be a file's number (letters, digits or ._:/#@+-), neither a name nor an ID number or telephone",
        )
    return value


FileNumber = Annotated[str, AfterValidator(_filenumber)]
"""The number of a child's file, or the sheet and row of a ledger: never a name, an ID number or a telephone."""


def _from_zero(value: Any) -> Any:
    if value < 0:
        raise FieldValueError("不能为负", "cannot be negative")
    return value


WholeNumber = Annotated[int, AfterValidator(_from_zero)]
"""A whole number from 0 on."""

Kilometres = Annotated[float, AllowInfNan(False)]
"""A length in kilometres; "not a number" and "without end" are refused."""

Reach = Annotated[float, AllowInfNan(False), AfterValidator(_from_zero)]
"""A distance in kilometres, from 0 on."""


class Place(Record):
    """A point on a plane map, in kilometres from any origin that all points of one map share 位置."""

    x_km: Kilometres = fact("东西方向（公里）", "east (km)", unit="km", default=...)
    y_km: Kilometres = fact("南北方向（公里）", "north (km)", unit="km", default=...)

    def km_to(self, other: "Place") -> float:
        """The straight distance in kilometres.

        >>> Place(x_km=0, y_km=0).km_to(Place(x_km=3, y_km=4))
        5.0
        """
        return float(((self.x_km - other.x_km) ** 2 + (self.y_km - other.y_km) ** 2) ** 0.5)

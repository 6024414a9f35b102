"""What a proof speaks about: the children within stated limits, and what is said of these limits in a report.

The limits are those of the model (``model/``), cut where something without an end has to have one: years, the number
of records in a list, plain numbers. Every case within them is one that ``Case`` accepts.
"""

import datetime as dt
from collections.abc import Iterator

import attrs

from kinderguard.model.money import LIMIT
from kinderguard.model.text import Text

#: Divisions that tell apart all that a rule can ask of two of them: another county, a township in one, and a division
#: known only to the province.
_OTHER_COUNTIES = ("370831", "370831001", "440103")
_PROVINCE_ONLY = "37"
OTHER_TEXT = "other"
#: Fen; what is beyond is refused by the model.
MOST_MONEY = LIMIT * 100 - 1


@attrs.frozen
class Domain:
    """The limits of a proof.

    Args:
        day: the day of the assessment.
        today: no event lies after it (the model refuses one that does).
        household: the most household members in the list of members.
        lists: the most records in every other list.
        numbers: the most that a plain number can be.
        first_year, last_year: of all dates.
        divisions: the divisions that a fact can name.
        texts: the codes, such as policies, that a fact without a code list can name.
    """

    day: dt.date
    today: dt.date = attrs.field(factory=dt.date.today)
    household: int = 3
    lists: int = 2
    numbers: int = 10_000
    first_year: int = 1901
    last_year: int = 2099
    divisions: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def all_divisions(self) -> tuple[str, ...]:
        """The divisions in question, some that differ from them included."""
        return tuple(dict.fromkeys((*self.divisions, *_OTHER_COUNTIES, _PROVINCE_ONLY)))

    @property
    def all_texts(self) -> tuple[str, ...]:
        """The codes in question, and one that is none of them."""
        return tuple(dict.fromkeys((*self.texts, OTHER_TEXT)))

    def records(self, path: str) -> int:
        """How many records a list can have."""
        return self.household if path == "household.members" else self.lists

    def assumptions(self) -> Iterator[Text]:
        """The limits in words."""
        day, today = self.day.isoformat(), self.today.isoformat()
        yield Text(
            f"规则和参数以 {day} 为准", f"rules and parameter values are those of {day}"
        )  # fmt: skip
        yield Text(
            f"日期在 {self.first_year} 至 {self.last_year} 年之间，已发生的事不晚于 {today}，儿童至迟于 {day} 出生",
            f"dates lie from {self.first_year} to {self.last_year}, what has happened not after {today}, and the child is born "
            f"by {day}",
        )
        yield Text(
            f"家庭成员名单至多 {self.household} 人，其他每份名单至多 {self.lists} 条记录；家庭人口为 1 至 100",
            f"at most {self.household} household members are listed and at most {self.lists} records in any other list; "
            "a household's size is 1 to 100",
        )
        yield Text(
            f"金额在 {LIMIT:,} 元以内，其他数目至多 {self.numbers:,}",
            f"money is below {LIMIT:,} yuan, and no other number is above {self.numbers:,}",
        )
        yield Text(
            "儿童的任何事实都可以未知，日期可以只知道到年或月；由事实来源提供的事实可以是任何值",
            "any fact can be unknown and any date known only to the year or month; what a fact provider says can be anything",
        )

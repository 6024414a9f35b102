"""The household: whom it counts, what it has, what aid it is recognised for."""

from pydantic import field_validator

from kinderguard.model.codes import AidStatus, IncomeKind, MemberRelation
from kinderguard.model.errors import FieldValueError
from kinderguard.model.money import Yuan
from kinderguard.model.people import Person, Situation
from kinderguard.model.personal import Personal
from kinderguard.model.record import PastDate, Record, Whole, fact


class Income(Record):
    """Income received on a day or in a month 收入."""

    kind: IncomeKind | None = fact("收入类型", "kind of income")
    on: PastDate | None = fact("取得日期", "date received")
    amount: Yuan | None = fact("金额", "amount")


class Member(Person):
    """A member of the household 家庭成员."""

    relation: MemberRelation | None = fact("与儿童关系", "relation to the child")
    counted: bool | None = fact(
        "计入共同生活成员",
        "counted as living together",
        yes=("计入共同生活成员", "is counted as living together"),
        no=("不计入共同生活成员", "is not counted as living together"),
    )
    monthly_income: Yuan | None = fact("月收入", "monthly income")
    incomes: tuple[Income, ...] | None = fact("收入记录", "incomes")
    situations: tuple[Situation, ...] | None = fact("状况", "situations")


class Household(Record):
    """The household that lives together 家庭."""

    number: Personal | None = fact("家庭编号", "household number")
    size: Whole | None = fact("家庭人口", "household size", unit="persons", schema={"minimum": 1, "maximum": 100})
    members: tuple[Member, ...] | None = fact("家庭成员", "household members")
    incomes: tuple[Income, ...] | None = fact("家庭收入记录", "household incomes")
    monthly_income_per_head: Yuan | None = fact("家庭月人均收入", "monthly income per head")
    property_within_limits: bool | None = fact(
        "财产符合规定",
        "property within the limits",
        yes=("财产符合规定", "has property within the limits"),
        no=("财产不符合规定", "has property beyond the limits"),
        whether="财产是否符合规定",
    )
    aid: tuple[AidStatus, ...] | None = fact("家庭救助类型", "aid status")
    dibao_monthly: Yuan | None = fact("低保金月额", "monthly dibao")

    @field_validator("size")
    @classmethod
    def _plausible(cls, size: int | None) -> int | None:
        if size is not None and not 1 <= size <= 100:
            raise FieldValueError("家庭人口应在 1 至 100 之间", "a household has 1 to 100 members")
        return size

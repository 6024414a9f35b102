"""Help received, papers seen, consents given: what happened, with its dates."""

from pydantic import model_validator

from kinderguard.model.codes import ConsentGiver, ConsentScope, Document, Frequency, PaymentCode
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import FieldValueError
from kinderguard.model.money import Yuan
from kinderguard.model.record import PastDate, Record, Words, fact


class HelpReceived(Record):
    """Help that the child or the household receives or received 已享受救助.

    ``policy`` is a policy's code (``cn.orphan_allowance``). A record with no ``until`` still runs where
    ``ongoing`` says so.
    """

    policy: Words | None = fact("政策代码", "policy code")
    payment: PaymentCode | None = fact("资金发放类型", "national payment code")
    amount: Yuan | None = fact("金额", "amount")
    every: Frequency | None = fact("发放周期", "how often")
    since: PastDate | None = fact("起始日期", "first day")
    until: PartialDate | None = fact("截止日期", "last day")
    ongoing: bool | None = fact(
        "仍在发放", "still runs", yes=("仍在发放", "still runs"), no=("已停止发放", "no longer runs")
    )

    @model_validator(mode="after")
    def _consistent(self) -> "HelpReceived":
        if self.since and self.until and self.until.latest < self.since.earliest:
            raise FieldValueError("截止日期早于起始日期", "the end lies before the beginning")
        return self


class Evidence(Record):
    """A paper that was seen 证明材料."""

    document: Document | None = fact("材料", "document")
    paper: Words | None = fact("地方材料代码", "code of a pack's own paper")
    seen_on: PastDate | None = fact("查验日期", "date seen")
    valid_until: PartialDate | None = fact("有效期至", "last day of validity")


class Consent(Record):
    """A consent to handle the child's data 个人信息处理同意."""

    giver: ConsentGiver | None = fact("同意人", "given by")
    scope: ConsentScope | None = fact("同意事项", "what it allows")
    since: PastDate | None = fact("同意日期", "date given")
    until: PartialDate | None = fact("截止日期", "last day")
    withdrawn_on: PastDate | None = fact("撤回日期", "date of withdrawal")

"""What a file says of whether a policy is drawn, beside what the child would be eligible for.

Used where results are summed up and where an overpayment would be told. A household that meets the conditions of dibao, or of
support as extremely poor, is given it only once it has applied and is recognised; where the file says that it is not, nothing
was paid that could have been too much. Silence says nothing.
"""

import datetime as dt
from collections.abc import Mapping

from kinderguard.model.case import Case
from kinderguard.model.codes import AidStatus
from kinderguard.national.dibao import DIBAO_BENEFIT
from kinderguard.national.tekun import TEKUN_SUPPORT

#: What a household is recognised for.
_BY_AID: Mapping[str, AidStatus] = {DIBAO_BENEFIT.code: AidStatus.DIBAO, TEKUN_SUPPORT.code: AidStatus.TEKUN}


def draws(policy: str, case: Case, on: dt.date) -> bool | None:
    """Whether a file says that a policy which a household is recognised for is drawn on a day; None where it does not say so,
    and of every other policy.

    Args:
        policy: its code.
        case: what is known.
        on: the day.

    >>> from kinderguard import Case
    >>> draws("cn.dibao_benefit", Case.from_facts({"household.aid": [], "help": []}), dt.date(2025, 9, 1))
    False
    >>> draws("cn.dibao_benefit", Case.from_facts({"household.aid": ["dibao"]}), dt.date(2025, 9, 1))
    True
    >>> draws("cn.dibao_benefit", Case.from_facts({"help": []}), dt.date(2025, 9, 1)) is None
    True
    """
    status = _BY_AID.get(policy)
    if status is None:
        return None
    alone = policy == DIBAO_BENEFIT.code and case.child.individual_dibao is True
    listed = any(
        each.policy == policy
        and each.ongoing is not False
        and not (each.since is not None and each.since.earliest > on)
        and not (each.until is not None and each.until.latest < on)
        for each in case.help or ()
    )
    if alone or listed or status in (case.household.aid or ()):
        return True
    return None if case.household.aid is None else False

"""What several children are due together: help that is paid to a household counts once, whoever of them is read first.

Of dibao that a child draws as one person each is counted. The comparison of two books reckons alike, a million rows at a time
(``analysis/comparing/paid_once``).
"""

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal

import attrs

from kinderguard.engines.assessment import ZERO, Total
from kinderguard.model.places import COUNTY
from kinderguard.national.dibao import DIBAO_BENEFIT, DIBAO_MARGINAL


@attrs.frozen
class Due:
    """What one child is due of one policy.

    Args:
        low, high: at least and at most (yuan); ``high`` is None without a bound.
        household: what the files of one household have in common; None where the help is the child's, or nobody shares it.
        alone: whether it is for this child alone although it is paid per household; None where that is open.
    """

    low: Decimal
    high: Decimal | None
    household: str | None = None
    alone: bool | None = False


def household_key(per: str, division: str | None, number: str | None) -> str | None:
    """What children have in common to whose household help is paid, never the number itself; None where it is paid per child, or
    where no number is known."""
    if per != "household" or number is None:
        return None
    return hashlib.sha256(f"{(division or '')[:COUNTY]}:{number}".encode()).hexdigest()


def for_one_person(policy: str, individual_dibao: bool | None, categories: Mapping[str, bool | None]) -> bool | None:
    """Whether a policy that is paid per household is a child's alone (one-person dibao); None where that is open.

    Args:
        policy: its code.
        individual_dibao: whether the child is recorded as drawing dibao as one person.
        categories: the child's.

    >>> for_one_person("cn.dibao_benefit", None, {"cn.dibao_marginal": True})
    True
    """
    if policy != DIBAO_BENEFIT.code:
        return False
    return True if individual_dibao else categories.get(DIBAO_MARGINAL.code)


def total_of(dues: Iterable[Due]) -> Total:
    """What some children are due of one policy in all.

    At least: what is surely each one's own, and once what any of a household is surely due. At most: of those of whom it is
    open, all draw it alone, or their household has it.

    >>> of_household = Due(Decimal(500), Decimal(500), "330106:1")
    >>> total_of([of_household, of_household]).low
    Decimal('500.00')
    """
    found, together = Total(ZERO, ZERO), dict[str, list[Due]]()
    for due in dues:
        if due.household is None or due.alone:
            found += Total(due.low, due.high)
        else:
            together.setdefault(due.household, []).append(due)
    for shared in together.values():
        once = _most(d.high for d in shared)
        apart = Total(ZERO, ZERO)
        for due in shared:
            apart += Total(ZERO, due.high if due.alone is None else ZERO)
        found += Total(max(d.low for d in shared), _most((once, apart.high)))
    return found


def _most(highs: Iterable[Decimal | None]) -> Decimal | None:
    known = list(highs)
    return None if None in known else max((h for h in known if h is not None), default=ZERO)


__all__ = ["Due", "for_one_person", "household_key", "total_of"]

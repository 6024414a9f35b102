"""What an assessment says, as plain values that can be compared and sent to another process."""

from itertools import product
from typing import Any

from kinderguard.engines.assessment import Assessment
from kinderguard.model.codes import Frequency


def columns_of(result: Assessment) -> dict[str, Any]:
    """Every outcome by the column that a table of many children has for it, exact values as they are."""
    found: dict[str, Any] = dict(result.categories)
    for code, policy in result.policies.items():
        found[f"{code}.eligible"] = policy.eligible
        if policy.is_cash:
            found |= {f"{code}.amount": policy.amount, f"{code}.low": policy.low, f"{code}.high": policy.high}
        else:
            found[f"{code}.granted"] = policy.granted
    return found


def totals_of(result: Assessment) -> dict[tuple[Frequency, str], tuple[Any, Any, Any]]:
    """What is due for each frequency, to the child and to the household: exact, low and high."""
    found = {}
    for every, per in product(Frequency, ("child", "household")):
        total = result.due.total(every, per)
        found[every, per] = (total.amount, total.low, total.high)
    return found


def outcomes_of(result: Assessment) -> dict[str, str]:
    """Every outcome as text, with what is missing and what was wrong."""
    found = {name: str(value) for name, value in columns_of(result).items()}
    found["missing"] = ",".join(result.open_facts)
    found["problems"] = ",".join(sorted(p.code for p in result.problems))
    return found

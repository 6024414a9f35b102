"""Divisions by zero: which of them an amount rests on, and what is said of one. Such an amount is unknown, though every
fact may be known, so nothing that is missing tells why.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from kinderguard.engines.plan import Step
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.titles import Titles
from kinderguard.rules.wording import wording


def by_zero(step: Step, trace: Sequence[Any]) -> Iterator[Step]:
    """The divisions by zero that a step's value rests on; of a choice, only in what may be chosen."""
    waiting, seen = [step], set()
    while waiting:
        here = waiting.pop(0)
        if here.index in seen:
            continue
        seen.add(here.index)
        inputs = list(here.inputs)
        if isinstance(here.node, n.Divide) and trace[here.inputs[1].index] == 0:
            yield here
        if isinstance(here.node, n.When):
            condition, then, otherwise = here.inputs
            holds = trace[condition.index]
            inputs = [*([then] if holds is not False else []), *([otherwise] if holds is not True else [])]
        waiting += inputs


def zero_divisor(division: Step, titles: Titles) -> Text:
    """What is the matter with a division by zero, and what to do about it."""
    assert isinstance(division.node, n.Divide)
    divisor = wording(division.node.right, titles)
    return Text(
        f"除数“{divisor.zh}”为零，无法计算，结果按未知处理。请核对所记录的事实；确为零的，请修改规则，写明为零时怎样计算："
        "r.when(除数 > 0, …).otherwise(…)",
        f"the divisor ‘{divisor.en}’ is zero, so the result is unknown. Look whether what is recorded is right; if it is, mend "
        "the rule to say what is paid then: r.when(divisor > 0, …).otherwise(…)",
    )

"""Checks of what takes no effect without a word: rules that the pack does not list, ledger columns that are never read,
raises that are no higher than what they raise.
"""

from fractions import Fraction
from typing import Any

from kinderguard.model.money import bounds_text, yuan
from kinderguard.model.text import Text
from kinderguard.packs.ledger_headers import column_clashes
from kinderguard.packs.unlisted import unlisted
from kinderguard.rules import nodes as n
from kinderguard.rules.expression import Expr
from kinderguard.testing.conformance.registry import Found, Needs, check
from kinderguard.testing.conformance.results import Finding, Note
from kinderguard.testing.conformance.subject import Subject


@check(
    "rules_listed",
    title=Text("定义的规则都列入了 Pack", "every rule that is defined is listed in the Pack"),
    protects=Text(
        "没有列入的政策不起作用：测试全部通过，儿童却什么也得不到。",
        "A policy that is not listed does nothing: every test passes, and no child gets anything.",
    ),
    mend=Text(
        "写进 Pack(policies=[…]) 等相应列表；不用的就删去",
        "add it to the list that it belongs into, as in Pack(policies=[…]); take out what is not used",
    ),
)
def rules_listed(subject: Subject) -> Found:
    """Categories, policies, checks, facts, providers and parameters that a module of the pack holds."""
    assert subject.pack is not None
    subject.target.load()
    for one in unlisted(subject.pack, subject.target.module):
        yield Finding(one.message, one.mend, **subject.at(one.code))


@check(
    "ledger_columns",
    title=Text("每个台账列只填一个事实", "every ledger column fills one fact"),
    protects=Text(
        "与标准列同名的列、填两个事实的列，填了也读不到，儿童因此缺少事实。",
        "Of a column named as a standard one, or filled for two facts, one is never read, and children lack the fact.",
    ),
    mend=Text("给事实另一个列名", "give the fact a header of its own"),
)
def ledger_columns(subject: Subject) -> Found:
    """No header or spelling of a standard column, and none twice."""
    for column, text in column_clashes(subject.columns):
        yield Finding(text, Text("改列名，或删去该写法", "give the column another header, or take the spelling out"), **subject.at_text(column.header))  # fmt: skip


@check(
    "raises_act",
    title=Text("提高的标准高于原来的", "what a check raises an amount to is more than it is"),
    protects=Text(
        "不高于原标准的 at_least 从不起作用，多半是金额写错了。",
        "An at_least that is no more than the amount itself never acts: most likely the number is wrong.",
    ),
    mend=Text("核对 at_least 的金额；不再需要的就删去", "look at the amount of at_least; take it out where it is not needed"),
    needs=Needs.BOOK,
)  # fmt: skip
def raises_act(subject: Subject) -> Found:
    """Told, not judged: the standard may rise above it later. Only amounts that are one number each are compared."""
    assert subject.pack is not None
    for one in subject.pack.checks:
        policy = subject.book.overlay(subject.place).rules.policies.get(one.on)
        least, amount = _number(subject, one.at_least), _number(subject, policy.amount if policy else None)
        if least is not None and amount is not None and least <= amount:
            raised, own = (bounds_text(yuan(x), yuan(x)) for x in (least, amount))
            at = subject.at(one.code)
            place = f"{at['file']}:{at['line']}: " if at["file"] else ""
            yield Note(
                Text(
                    f"{place}{one.code} 的 at_least 为{raised.zh}，不高于 {one.on} 的{own.zh}，不起作用",
                    f"{place}at_least of {one.code} is {raised.en}, no more than the {own.en} of {one.on}: it never acts",
                )
            )


def _number(subject: Subject, expr: Expr | None) -> Fraction | int | None:
    """What an amount is at the place on the day, where it is one number: a parameter or a constant (fen)."""
    node = None if expr is None else expr.node
    if isinstance(node, n.Const):
        value: Any = node.value
        return value if isinstance(value, int | Fraction) else None
    if isinstance(node, n.Param):
        found = subject.book.overlay(subject.place).rules.parameters[node.code].at(subject.where, subject.day)
        given: Any = None if found is None else found.value
        return given if isinstance(given, int | Fraction) else None
    return None

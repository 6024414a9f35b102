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
    title=Text("有没有不起作用的“提高”（只提示，不算不合格）", "raises that do not act (worth knowing, never a failure)"),
    protects=Text(
        "不高于原标准的 at_least 不起作用，儿童照原标准领取，一分不少；但多半是金额写错了。",
        "An at_least that is no more than the amount itself does nothing: children are paid the amount as before, and no "
        "less; but most likely the number is wrong.",
    ),
    mend=Text(
        "核对 at_least 的金额；不再需要的就删去。at_least 只能提高，不能降低",
        "look at the amount of at_least; take it out where it is not needed. It can raise an amount, never lower it",
    ),
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
            how = Text("低于", "less than") if least < amount else Text("等于", "the same as")
            yield Note(
                Text(
                    f"{place}{one.code} 的 at_least 为{raised.zh}，{how.zh} {one.on} 的{own.zh}：目前不起作用，儿童仍领{own.zh}；"
                    f"如要提高，请写高于{own.zh}的金额",
                    f"{place}at_least of {one.code} is {raised.en}, {how.en} the {own.en} of {one.on}: it does nothing now, "
                    f"and children are still paid {own.en}; to raise it write more than {own.en}",
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

"""The national floor: what a place's rules give is never below what the nation's give, for any child.

Rule by rule before stacking (whom it reaches, what it gives by itself), since a place may well pay one thing in another's
stead; and in total after stacking, since in the end nobody may have less.
"""

from collections.abc import Iterator

from kinderguard.engines.prove import spans as sp
from kinderguard.engines.prove.logic import Bool, both, either, less, negated
from kinderguard.engines.prove.prover import Prover, Question, Side
from kinderguard.engines.prove.ruling import Results, Ruling
from kinderguard.engines.prove.spans import Span, Truth
from kinderguard.model.codes import Frequency
from kinderguard.model.text import Text

#: Against which national numbers a floor is held.
COUNTY, LAW = "county", "law"
_READINGS = {
    COUNTY: Text("按本地标准计算的国家规定", "the national rules with the place's own numbers"),
    LAW: Text("按国家标准和最低标准计算的国家规定", "the national rules with the nation's own numbers and floors"),
}
_PER = {"child": Text("发给儿童的", "paid to the child"), "household": Text("发给家庭的", "paid to the household")}


def lost(nation: Truth, county: Truth) -> Bool:
    """What the nation grants for sure, and the county does not."""
    return both(nation.yes, negated(county.yes))


def below(nation: Span, county: Span) -> Bool:
    """The county's guaranteed amount, or the most that it may come to, is below the nation's."""
    a, b = sp.alike((nation, county))
    high = both(b.has_high, either(negated(a.has_high), less(b.high, a.high)))
    return either(less_sure(nation, county), high)


def less_sure(nation: Span, county: Span) -> Bool:
    """The county's guaranteed amount is below the nation's: what nobody can tell for sure is no guarantee."""
    a, b = sp.alike((nation, county))
    return both(a.has_low, either(negated(b.has_low), less(b.low, a.low)))


def floor_questions(prover: Prover, county: Ruling, nation: Ruling, reading: str) -> Iterator[Question]:
    """The questions of one reading, rule by rule and then the totals.

    Each total is asked for twice: ``floor.total`` of children of whom everything is known, ``floor.bounds`` of its bounds
    while facts are unknown. Bounds are sound, not always the tightest, so that they alone may be the wider.
    """
    sides = (prover.side(nation), prover.side(county))
    for code in nation.plan.policies:
        yield from _of_policy(code, sides, reading)
    for every in Frequency:
        for per in ("child", "household"):
            if sides[0].results.cash(every, per):
                yield _of_total(every, per, sides, reading)
                yield _of_bounds(every, per, sides, reading)


def _of_policy(code: str, sides: tuple[Side, Side], reading: str) -> Iterator[Question]:
    title, against = sides[0].ruling.rules.policies[code].title, _READINGS[reading]

    def eligible(results: tuple[Results, ...]) -> Bool:
        return lost(*(r.applies(code) for r in results))

    yield Question(
        "floor.eligible", code, sides, eligible,
        Text(f"{against.zh}给予“{title.zh}”的儿童，本地都给予", f"whoever is eligible for ‘{title.en}’ by {against.en} is so here"),
        Text(f"有儿童{against.zh}应符合“{title.zh}”，按本地规则不能确定符合", f"a child is eligible for ‘{title.en}’ by {against.en}, and not for sure here"),
        reading=reading, against=against,
    )  # fmt: skip
    if sides[0].results.is_cash(code):
        yield Question(
            "floor.amount", code, sides, lambda results: below(*(r.own(code) for r in results)),
            Text(f"本地“{title.zh}”（衔接前）不低于{against.zh}", f"‘{title.en}’ (before stacking) is never below {against.en}"),
            Text(f"有儿童的“{title.zh}”（衔接前）低于{against.zh}", f"for a child ‘{title.en}’ (before stacking) is below {against.en}"),
            reading=reading, against=against,
        )  # fmt: skip
    else:
        yield Question(
            "floor.service", code, sides, lambda results: lost(*(r.given(code) for r in results)),
            Text(f"{against.zh}提供的服务“{title.zh}”，衔接后本地都提供", f"the service ‘{title.en}’ is given after stacking wherever {against.en} give it"),
            Text(f"有儿童{against.zh}应得到服务“{title.zh}”，本地衔接后不能确定得到", f"a child is given the service ‘{title.en}’ by {against.en}, and not for sure here after stacking"),
            reading=reading, against=against,
        )  # fmt: skip


def total_subject(every: Frequency, per: str) -> str:
    """``due.month.child``."""
    return f"due.{every.value}.{per}"


def _of_total(every: Frequency, per: str, sides: tuple[Side, Side], reading: str) -> Question:
    against, who = _READINGS[reading], _PER[per]

    def totals(results: tuple[Results, ...]) -> tuple[Span, Span]:
        nation, county = (r.total(every, per) for r in results)
        return nation, county

    return Question(
        "floor.total", total_subject(every, per), sides,
        lambda results: less_sure(*totals(results)),
        Text(
            f"事实已知时，{every.zh}{who.zh}合计（衔接后）不低于{against.zh}",
            f"once the facts are known the total {every.en} {who.en} after stacking is never below {against.en}",
        ),
        Text(
            f"有儿童{every.zh}{who.zh}合计（衔接后）低于{against.zh}，或不能确定达到",
            f"for a child the total {every.en} {who.en} after stacking is below {against.en}, or not sure to reach it",
        ),
        complete=True, compared=totals, reading=reading, against=against, total=(every, per),
    )  # fmt: skip


def _of_bounds(every: Frequency, per: str, sides: tuple[Side, Side], reading: str) -> Question:
    against, who = _READINGS[reading], _PER[per]
    return Question(
        "floor.bounds", total_subject(every, per), sides,
        lambda results: below(*(r.total(every, per) for r in results)),
        Text(
            f"有事实未知时，{every.zh}{who.zh}合计的下限和上限也不低于{against.zh}",
            f"nor are the bounds of the total {every.en} {who.en} while facts are unknown below {against.en}",
        ),
        Text(
            f"有儿童在事实未知时，{every.zh}{who.zh}合计的下限或上限低于{against.zh}（只涉及显示的范围；事实已知后的合计另有求证）",
            f"for a child of whom facts are unknown a bound of the total {every.en} {who.en} is below that of {against.en} "
            "(this is about the bounds that are shown; what is due once the facts are known is a question of its own)",
        ),
        reading=reading, against=against, total=(every, per),
    )  # fmt: skip

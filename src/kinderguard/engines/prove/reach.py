"""Whom rules reach: rules that can never apply or always do, two that overlap, categories that leave a gap."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import attrs

from kinderguard.engines.explain import Compiled
from kinderguard.engines.plan import compile_plan
from kinderguard.engines.prove import spans as sp
from kinderguard.engines.prove.logic import Bool, both, either, negated
from kinderguard.engines.prove.prover import Prover, Question
from kinderguard.engines.prove.ruling import Results, Ruling
from kinderguard.model.text import Text
from kinderguard.rules.definitions import Category
from kinderguard.rules.expression import BoolExpr
from kinderguard.rules.signs import ends
from kinderguard.rules.stacking import Excludes

_TITLE = Text("求证的条件", "a condition of a question")


def asked_with(ruling: Ruling, conditions: Mapping[str, BoolExpr]) -> Ruling:
    """The same rules with conditions added as categories, so that questions can speak of them."""
    if not conditions:
        return ruling
    added = [Category(code, _TITLE, when=condition) for code, condition in conditions.items()]
    rules = attrs.evolve(ruling.rules, categories=[*ruling.rules.categories.values(), *added])
    compiled = Compiled.of(compile_plan(rules))
    lacking = [code for code in compiled.plan.parameters if code not in ruling.values]
    values = dict(ruling.values)
    for code in lacking:
        value = rules.parameters[code].at(ruling.division, ruling.day)
        values[code] = None if value is None else value.value
    return attrs.evolve(ruling, compiled=compiled, values=values, bound={})


def _applies(code: str, results: tuple[Results, ...]) -> Bool:
    return results[0].applies(code).yes


def _does_not(code: str, results: tuple[Results, ...]) -> Bool:
    return results[0].applies(code).no


def _pays(code: str, results: tuple[Results, ...]) -> Bool:
    """By itself: what stacking leaves of it is another question."""
    return both(_applies(code, results), sp.less(sp.number(0), results[0].own(code)).yes)


def _may_pay_nothing(ruling: Ruling, code: str) -> bool:
    """Whether the form of an amount leaves it open that it is never above zero; a number that is not set here may be."""
    amount = ruling.rules.policies[code].amount
    if amount is None:
        return False
    set_here = {parameter: 1 if value is None else value for parameter, value in ruling.values.items()}
    low, _ = ends(amount.node, set_here)
    return low is None or low <= 0


def _both_apply(a: str, b: str, results: tuple[Results, ...]) -> Bool:
    return both(_applies(a, results), _applies(b, results))


def reach_questions(prover: Prover, ruling: Ruling, codes: Iterable[str] | None = None) -> Iterator[Question]:
    """For each rule in effect: whether any child can be reached (and paid), and whether anybody is not."""
    rules, sides = ruling.rules, (prover.side(ruling),)
    titled = {c.code: c.title for c in rules.categories.values()} | {p.code: p.title for p in rules.policies.values()}
    wanted = set(titled) if codes is None else set(codes)
    for code, title in titled.items():
        rule = rules.categories.get(code) or rules.policies[code]
        if code not in wanted or ruling.day not in rule.effective:
            continue
        yield Question(
            "can_apply", code, sides, partial(_applies, code),
            Text(f"“{title.zh}”可以适用", f"‘{title.en}’ can apply"),
            Text(f"“{title.zh}”对任何儿童都不适用", f"‘{title.en}’ can never apply"),
            exists=True,
        )  # fmt: skip
        if code in rules.policies and _may_pay_nothing(ruling, code):
            yield Question(
                "can_pay", code, sides, partial(_pays, code),
                Text(f"“{title.zh}”可以发出大于零的金额", f"‘{title.en}’ can pay more than nothing"),
                Text(
                    f"“{title.zh}”的金额对任何儿童都不大于零，一分也不会发",
                    f"the amount of ‘{title.en}’ is above zero for no child: it never pays anything",
                ),
                exists=True,
            )  # fmt: skip
        yield Question(
            "can_be_refused", code, sides, partial(_does_not, code),
            Text(f"“{title.zh}”并非适用于所有儿童", f"‘{title.en}’ does not apply to every child"),
            Text(f"“{title.zh}”对所有儿童都适用", f"‘{title.en}’ applies to every child"),
            exists=True,
        )  # fmt: skip


def stacked_apart(ruling: Ruling) -> dict[tuple[str, str], BoolExpr | None]:
    """The pairs of policies of which a stacking rule says that only one is given, with the condition of the rule.

    Of several rules about one pair any condition is enough.
    """
    found: dict[tuple[str, str], BoolExpr | None] = {}
    for code, policy in ruling.rules.policies.items():
        for rule in policy.stacking:
            if isinstance(rule, Excludes):
                pair = code, rule.other
                earlier = found.get(pair, rule.when)
                found[pair] = None if earlier is None or rule.when is None else earlier | rule.when
    return found


def apart_questions(prover: Prover, ruling: Ruling) -> Iterator[Question]:
    """Two policies that exclude each other are not both given after stacking."""
    pairs = stacked_apart(ruling)
    conditions = {f"cn.asked.apart{i}": when for i, when in enumerate(pairs.values()) if when is not None}
    ruling = asked_with(ruling, conditions)
    sides = (prover.side(ruling),)
    for i, ((a, b), when) in enumerate(pairs.items()):
        condition = "" if when is None else f"cn.asked.apart{i}"

        def overlap(results: tuple[Results, ...], a: str = a, b: str = b, when: str = condition) -> object:
            both_given = both(results[0].given(a).yes, results[0].given(b).yes)
            return both(both_given, results[0].applies(when).yes) if when else both_given

        x, y = (ruling.rules.policies[code].title for code in (a, b))
        where = Text("在规定的条件下", " where the rule says so") if condition else Text("", "")
        yield Question(
            "apart", f"{a} {b}", sides, overlap,
            Text(
                f"“{x.zh}”与“{y.zh}”{where.zh}互斥，不会同时发放",
                f"‘{x.en}’ and ‘{y.en}’ exclude each other{where.en} and are never both given{' there' if condition else ''}",
            ),
            Text(
                f"“{x.zh}”与“{y.zh}”{where.zh}互斥，却有儿童两项都得到",
                f"‘{x.en}’ and ‘{y.en}’ exclude each other{where.en}, and a child is given both",
            ),
            shown=((0, a), (0, b)),
        )  # fmt: skip


def beside_question(prover: Prover, ruling: Ruling, top_up: str, counted: str, other: str, *, whole: bool) -> Question:
    """Whether a top-up is ever paid in full beside another policy, because the one that it counts gives way to that.

    Args:
        prover, ruling: the rules.
        top_up, counted, other: the codes of the three policies.
        whole: whether the top-up fills up to its own amount, so that "in full" is that.
    """

    def paid_beside(results: tuple[Results, ...]) -> object:
        r = results[0]
        gave_way = either(*(sp.less(after, before).yes for before, after in r.given_way(counted, other)))
        in_full = negated(sp.less(r.final(top_up), r.own(top_up)).yes) if whole else True
        return both(r.given(top_up).yes, in_full, r.given(other).yes, gave_way)

    a, b, c = (ruling.rules.policies[code].title for code in (top_up, counted, other))
    return Question(
        "beside", f"{top_up} {counted} {other}", (prover.side(ruling),), paid_beside,
        Text(f"“{b.zh}”让位于“{c.zh}”时，不发“{a.zh}”", f"‘{a.en}’ is not paid where ‘{b.en}’ gives way to ‘{c.en}’"),
        Text(f"“{b.zh}”让位于“{c.zh}”，“{a.zh}”照发", f"‘{b.en}’ gives way to ‘{c.en}’, and ‘{a.en}’ is paid beside it"),
    )  # fmt: skip


def overlap_questions(prover: Prover, ruling: Ruling, pairs: Iterable[tuple[str, str]]) -> Iterator[Question]:
    """No child is in both rules of a pair that the caller names."""
    sides = (prover.side(ruling),)
    for a, b in pairs:
        x, y = (_title(ruling, code) for code in (a, b))
        yield Question(
            "overlap", f"{a} {b}", sides, partial(_both_apply, a, b),
            Text(f"没有儿童同时属于“{x.zh}”和“{y.zh}”", f"no child is in both ‘{x.en}’ and ‘{y.en}’"),
            Text(f"有儿童同时属于“{x.zh}”和“{y.zh}”", f"a child is in both ‘{x.en}’ and ‘{y.en}’"),
            shown=((0, a), (0, b)),
        )  # fmt: skip


def declared_apart(ruling: Ruling) -> Iterator[tuple[str, str]]:
    """The pairs of categories of which one says that it excludes the other; each pair once."""
    told: set[frozenset[str]] = set()
    for code, category in ruling.rules.categories.items():
        for other in category.apart_from if ruling.day in category.effective else ():
            if frozenset((code, other)) not in told:
                told.add(frozenset((code, other)))
                yield code, other


def parts_questions(prover: Prover, ruling: Ruling) -> Iterator[Question]:
    """Every child of a category that is divided into parts is in one of them."""
    sides = (prover.side(ruling),)
    for code, category in ruling.rules.categories.items():
        if not category.parts or ruling.day not in category.effective:
            continue

        def gap(results: tuple[Results, ...], whole: str = code, parts: Sequence[str] = category.parts) -> object:
            return both(results[0].applies(whole).yes, *(results[0].applies(part).no for part in parts))

        named = [_title(ruling, part) for part in category.parts]
        zh, en = "、".join(t.zh for t in named), ", ".join(t.en for t in named)
        title = category.title
        yield Question(
            "gap", " ".join((code, *category.parts)), sides, gap,
            Text(f"“{title.zh}”的每名儿童都属于以下之一：{zh}", f"every child in ‘{title.en}’ is in one of: {en}"),
            Text(f"有“{title.zh}”的儿童不属于以下任何一类：{zh}", f"a child in ‘{title.en}’ is in none of: {en}"),
            shown=tuple((0, each) for each in (code, *category.parts)),
        )  # fmt: skip


def gap_questions(prover: Prover, ruling: Ruling, gaps: Sequence[tuple[Sequence[str], BoolExpr]]) -> Iterator[Question]:
    """Every child of whom a condition holds is in one of some categories."""
    ruling = asked_with(ruling, {f"cn.asked.gap{i}": within for i, (_, within) in enumerate(gaps)})
    sides = (prover.side(ruling),)
    for i, (codes, _) in enumerate(gaps):

        def gap(results: tuple[Results, ...], codes: Sequence[str] = codes, asked: str = f"cn.asked.gap{i}") -> object:
            return both(results[0].applies(asked).yes, *(results[0].applies(code).no for code in codes))

        named = [_title(ruling, code) for code in codes]
        zh, en = "、".join(t.zh for t in named), ", ".join(t.en for t in named)
        yield Question(
            "gap", " ".join(codes), sides, gap,
            Text(f"符合条件的儿童都属于以下之一：{zh}", f"every child in question is in one of: {en}"),
            Text(f"有符合条件的儿童不属于以下任何一类：{zh}", f"a child in question is in none of: {en}"),
            shown=tuple((0, code) for code in codes),
        )  # fmt: skip


def _title(ruling: Ruling, code: str) -> Text:
    rules = ruling.rules
    return (rules.categories.get(code) or rules.policies[code]).title

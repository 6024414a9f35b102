"""A check of rules that take a blank for "no": a child is refused while a fact is not known, and not once it is.

Only ``known`` can do that: everything else in the rule language is unknown where a fact is. So the rules of the pack that
ask for it are looked at, and of these only such questions as decide by themselves: ``x & (x.is_known() | ~other)``, where
another fact that is known speaks in place of the blank, decides nothing while that is blank, too.
"""

from collections.abc import Callable, Iterator, Set
from functools import partial
from typing import Any

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.missing import DERIVED
from kinderguard.engines.prove.witness import blanked
from kinderguard.model.case import Case
from kinderguard.model.errors import KinderguardError
from kinderguard.model.text import Text, same
from kinderguard.packs.book import PolicyBook
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import Rule, parts_of, unnamed
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.expression import UNKNOWN, Expr
from kinderguard.rules.ruleset import RuleSet, facts_read, references
from kinderguard.rules.stacking import Excludes, TopsUp
from kinderguard.rules.titles import fact_title
from kinderguard.testing.conformance.children import shown, smallest
from kinderguard.testing.conformance.registry import Found, Needs, Skip, check
from kinderguard.testing.conformance.results import Finding, Note
from kinderguard.testing.conformance.solving import solver_of
from kinderguard.testing.conformance.subject import Subject


@check(
    "refused_by_blank",
    title=Text("没有儿童因一项事实空缺而被拒绝", "no child is refused by a blank"),
    protects=Text(
        "台账中的空格被当作“否”：家庭得不到应得的待遇，也没有人会去补问。",
        'A blank cell is taken for "no": the family is not given what it is due, and nobody asks.',
    ),
    mend=Text(
        "去掉 r.known(…)（即 .is_known()）：事实未知时规则本来就是未知；确需由另一项已知事实代替的，写作 x & (x.is_known() | ~另一项)",
        "take r.known(…), or .is_known(), out: a rule is unknown by itself while a fact is; where another fact that is known "
        "speaks in its place, write x & (x.is_known() | ~other)",
    ),
    needs=Needs.BOOK,
)
def refused_by_blank(subject: Subject) -> Found:
    """No rule of the pack that asks whether something is known says "no" while it is not, and "yes" once it is.

    Rules from above that it takes up are theirs. What the nation's own rules say of a blank is told and not judged: there
    the law, or the form that it prescribes, says what it means.
    """
    overlay = subject.overlay
    assert overlay is not None
    theirs = _above(subject)
    asking = {rule.code: found for rule in subject.rules if (found := _deciding(rule, theirs))}
    if subject.place is None:
        if asking:
            yield _told(list(asking))
        return
    for rule in subject.rules:
        child = next(_refused(subject, rule, asking[rule.code]), None) if rule.code in asking else None
        if child is not None:
            yield Finding(
                _said(subject, rule, child),
                Text(
                    "去掉 r.known(…)；确需由另一项已知事实代替的，写作 x & (x.is_known() | ~另一项)",
                    "take r.known(…) out; where another fact that is known speaks in its place, write "
                    "x & (x.is_known() | ~other)",
                ),
                **subject.at(rule.code),
                details=(Text("虚构的儿童：", "a made-up child: ") + same(shown(child.case)),),
            )


def _told(codes: list[str]) -> Note:
    return Note(
        Text(
            f"{len(codes)} 条全国规则按规定或表格自行解释空缺：{'、'.join(codes)}",
            f"{len(codes)} of the nation's rules say themselves what a blank means, as the law or its forms do: {', '.join(codes)}",
        )
    )


def _said(subject: Subject, rule: Rule, found: "_Refused") -> Text:
    assert subject.overlay is not None
    title = fact_title(found.path, subject.overlay.titles) + same(f" [{found.path}]")
    result = subject.full_book.assess(found.case, on=subject.day, division=subject.where)
    if _result(result, found.code)[0] is False:
        return Text(
            f"{rule.code} 把“{title.zh}”空缺当作“否”：空缺时 {found.code} 判为不符合，填写后可以符合",
            f'{rule.code} takes a blank ‘{title.en}’ for "no": {found.code} is refused while it is blank, and given once it '
            "has a certain value",
        )
    return Text(
        f"{rule.code} 在“{title.zh}”空缺时少算：{found.code} 的上限低于填写后可以得到的金额",
        f"{rule.code} counts less for a blank ‘{title.en}’: the most that {found.code} may come to is below what it gives once "
        "that has a certain value",
    )


# ---- which questions decide ------------------------------------------------------------------------------------------


@attrs.frozen
class _Deciding:
    """The questions of a rule, whether something is known, that decide by themselves; and the facts that they are about."""

    nodes: frozenset[n.Node]
    facts: tuple[str, ...]
    #: Whether any stands in a stacking rule.
    stacked: bool


def _above(subject: Subject) -> frozenset[n.Node]:
    """What the rules of other packs say of blanks, so that it is theirs wherever it stands."""
    assert subject.overlay is not None
    own = {rule.code for rule in subject.rules}
    rules = subject.overlay.rules
    others: tuple[Rule, ...] = (*rules.categories.values(), *rules.policies.values(), *rules.checks.values())
    parts = (expr.node for rule in others if rule.code not in own for _, expr in parts_of(rule))
    return frozenset(
        unnamed(node)
        for part in parts
        for node in n.walk(part)
        if not _only_asks(node) and any(isinstance(k, n.Known) for k in n.walk(node))
    )


def _deciding(rule: Rule, theirs: Set[n.Node]) -> _Deciding | None:
    nodes: set[n.Node] = set()
    facts: dict[str, None] = {}
    stacked = False
    for part, expr in parts_of(rule):
        found = _of(unnamed(expr.node), theirs)
        nodes |= found
        stacked = stacked or (bool(found) and part.startswith("stacking["))
        facts |= dict.fromkeys(_facts_of(expr, found))
    return _Deciding(frozenset(nodes), tuple(facts), stacked) if nodes else None


def _of(root: n.Node, theirs: Set[n.Node]) -> set[n.Node]:
    """The questions whether something is known by which a part of an expression is decided with every fact blank."""
    found: set[n.Node] = set()
    for node in n.walk(root):
        if node is not root and _only_asks(node):
            continue
        asked = {k for k in n.walk(node) if isinstance(k, n.Known) and _reads(k)}
        if asked and _blank(node, theirs) is not None:
            found |= {k for k in asked if _blank(node, theirs | {k}) is None}
            # Of several, each may be enough.
            found |= asked if _blank(node, theirs | asked) is None else set()
    return found


def _only_asks(node: n.Node) -> bool:
    """Whether it is nothing but a question, or several, whether something is known."""
    if isinstance(node, n.Known):
        return True
    return isinstance(node, n.And | n.Or | n.Not | n.Named) and all(_only_asks(part) for part in node.parts())


def _reads(known: n.Known) -> bool:
    return any(isinstance(part, n.Fact | n.Collection | n.InCategory | n.Each) for part in n.walk(known))


def _blank(node: n.Node, open_: Set[n.Node]) -> Any:
    """What a node comes to with every fact blank; None where that is unknown.

    Args:
        node: of a condition or an amount.
        open_: nodes that are taken as unknown, whatever they are.
    """
    if node in open_:
        return None
    match node:
        case n.Const():
            return node.value
        case n.Named():
            return _blank(node.arg, open_)
        case n.Known():
            return False if _reads(node) else None
        case n.Not():
            value = _blank(node.arg, open_)
            return None if value is None else not value
        case n.And() | n.Or():
            values = [_blank(arg, open_) for arg in node.args]
            decided = isinstance(node, n.Or)
            return decided if decided in values else None if None in values else not decided
        case n.When():
            condition = _blank(node.condition, open_)
            then, otherwise = (_blank(part, open_) for part in (node.then, node.otherwise))
            return (
                then
                if condition or (condition is None and then == otherwise)
                else otherwise
                if condition is False
                else None
            )
    return None  # fmt: skip


def _facts_of(expr: Expr, asked: Set[n.Node]) -> Iterator[str]:
    """The facts that questions are about, with those of a record behind the path of their list; in reading order."""
    inside = {part.path for known in asked for part in n.walk(known) if isinstance(part, n.Fact | n.Collection)}
    for path in facts_read(expr):
        if any(path == own or path.endswith(f".{own}") for own in inside):
            yield from DERIVED.get(path, (path,))


# ---- whom they refuse ------------------------------------------------------------------------------------------------


@attrs.frozen
class _Refused:
    """A child with the blank, the policy or category by which it is refused, and the fact."""

    case: Case
    code: str
    path: str


def _refused(subject: Subject, rule: Rule, found: _Deciding) -> Iterator[_Refused]:
    mended = subject.full_book.with_policies(_mended(rule, found))
    solver = solver_of(subject)
    for code in _outcomes(subject, rule):
        for path in found.facts:
            proof = solver and solver.blank(mended, code, path, stacked=found.stacked)
            if proof and proof.outcome == "proved":
                continue
            # What the solver cannot take, or had no time for, is looked for among generated children.
            case = (proof and proof.counterexample) or _drawn(subject, mended, code, path)
            if case is not None:
                yield _Refused(case, code, path)


def _outcomes(subject: Subject, rule: Rule) -> list[str]:
    """What a rule decides; of a category, the policies with money that ask for it, whosever they are."""
    assert subject.overlay is not None
    rules = subject.overlay.rules
    if isinstance(rule, Policy):
        return [rule.code]
    code = rule.on if isinstance(rule, Check) else rule.code
    if code in rules.policies or isinstance(rule, Check):
        return [code]
    return [p.code for p in rules.policies.values() if p.amount is not None and code in _classes(rules, p)]


def _classes(rules: RuleSet, policy: Policy) -> set[str]:
    """The categories that a policy asks for, and those that these ask for."""
    found: set[str] = set()
    waiting = {code for _, expr in parts_of(policy) for code in references(expr.node).categories}
    while waiting:
        code = waiting.pop()
        found.add(code)
        waiting |= set(references(rules.categories[code].when.node).categories) - found
    return found


def _mended(rule: Rule, found: _Deciding) -> Rule:
    """A rule with the questions unknown where they are false."""
    change = partial(_opened, found.nodes)
    match rule:
        case Category():
            return attrs.evolve(rule, when=change(rule.when))
        case Check():
            return attrs.evolve(rule, **{name: change(expr) for name, expr in parts_of(rule)})
    amount = None if rule.amount is None else change(rule.amount)
    stacking = [_stacking(stacked, change) for stacked in rule.stacking]
    return attrs.evolve(rule, eligible=change(rule.eligible), amount=amount, stacking=stacking)


def _stacking(rule: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(rule, Excludes):
        return attrs.evolve(rule, when=None if rule.when is None else change(rule.when))
    if isinstance(rule, TopsUp):
        counting = tuple(change(each) if isinstance(each, Expr) else each for each in rule.counting)
        return attrs.evolve(rule, counting=counting, to=None if rule.to is None else change(rule.to))
    return attrs.evolve(rule, limit=change(rule.limit))


def _opened(known: Set[n.Node], expr: Any) -> Any:
    def change(node: n.Node) -> n.Node | None:
        return n.Or((node, UNKNOWN.node)) if isinstance(node, n.Known) and unnamed(node) in known else None

    return type(expr)(n.rewrite(expr.node, change))


def _drawn(subject: Subject, mended: PolicyBook, code: str, path: str) -> Case | None:
    """A generated child, or one of the author's cases, who is refused with the fact taken away."""

    def said(book: PolicyBook, case: Case) -> tuple[bool | None, Any, Any]:
        return _result(book.assess(case, on=subject.day, division=subject.where), code)

    def refused(case: Case) -> bool:
        try:
            less = blanked(case, path)
        except KinderguardError:
            return False
        after = said(subject.full_book, case)
        return less != case and _worse(said(subject.full_book, less), after) and not _worse(said(mended, less), after)

    try:
        children = subject.children
    except Skip:
        return None
    for case in children:
        if refused(case):
            return blanked(smallest(case, refused), path)
    return None


def _result(result: Assessment, code: str) -> tuple[bool | None, Any, Any]:
    """Whether it applies, and from what to what it pays."""
    policy = result.policies.get(code)
    if policy is None:
        return result.categories.get(code), None, None
    return policy.eligible, policy.low, policy.high


def _worse(before: tuple[bool | None, Any, Any], after: tuple[bool | None, Any, Any]) -> bool:
    """Whether what is sure before is less than what is sure after."""
    if before[0] is False and after[0] is True:
        return True
    return before[2] is not None and after[1] is not None and before[2] < after[1]

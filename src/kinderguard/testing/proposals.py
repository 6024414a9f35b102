"""Policy cases for a boundary, as TOML ready to paste: one on the line, one beyond it.

What they expect is what the rules give now. It is for the author to hold against the decree, and the text says so. Facts
that are not the boundary's own are as plain as they can be: a case about an age says nothing of an illness.
"""

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.model.case import Case
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import Boundary
from kinderguard.rules.errors import UnknownFactError
from kinderguard.rules.expression import Expr
from kinderguard.rules.facts import LISTS, ROOTS
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.ruleset import facts_read, references
from kinderguard.rules.stacking import Excludes, Stacking, TopsUp
from kinderguard.testing.comparing import size
from kinderguard.testing.expectations import UNKNOWN
from kinderguard.testing.fact_paths import known_paths
from kinderguard.testing.plainness import is_plain, plainest_first, says_much
from kinderguard.testing.solving import Facts, Line, Solver, is_given, put, split_at_lists, values_to_try

#: How many further facts are filled in, so that the rule's result turns with the comparison.
MOST_FACTS = 12
#: The same where each is as plain as can be: that settles less at once, and what was not needed is left out afterwards.
MOST_PLAIN_FACTS = 24
#: How often that is begun anew, with other values.
ATTEMPTS = 3
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: What is said above a case that its counterpart comes out like.
_UNDECIDED = (
    "# 界线两侧结果相同，这个用例还检验不了它：请补充事实，使两侧结果不同 / both sides of the line come out alike, so that "
    "this tests nothing yet: add facts until they differ"
)
_PLAIN_CODE = Kind(Sort.CODE)


@attrs.frozen
class ProposedCase:
    """One case beside a boundary.

    Args:
        boundary: whose line it is.
        title: what is special about it.
        day, division: of the assessment.
        facts: by path.
        expect: what the rules give now.
        holds: whether the comparison holds.
        decides: whether the result of the rule differs between this case and its counterpart: whether the comparison
            decides it, all else being as it is here.
    """

    boundary: Boundary
    title: Text
    day: dt.date
    division: str | None
    facts: Facts = attrs.field(hash=False)
    expect: Facts = attrs.field(hash=False)
    holds: bool
    decides: bool

    def toml(self) -> str:
        """The case as a file of cases has it, with a comment for whoever pastes it."""
        lines = [
            f"# {self.boundary.id}：结果由规则算出，请对照文件核对 / what the rules give now: check it against the decree",
            *([] if self.decides else [_UNDECIDED]),
            "[[case]]",
            f"title = {_toml({'zh': self.title.zh, 'en': self.title.en})}",
            f"on = {self.day.isoformat()}",
        ]
        lines += [f"division = {_toml(self.division)}"] if self.division else []
        lines += [f"facts = {_toml(self.facts)}", f"expect = {_toml(self.expect)}"]
        return "\n".join(lines) + "\n"


def cases_at(
    boundary: Boundary,
    book: PolicyBook,
    *,
    on: dt.date,
    division: str | None,
    base: Mapping[str, Any] | None = None,
) -> tuple[ProposedCase, ...]:
    """Cases with the comparison exactly on its line and one unit beyond; of an equality, on either side.

    Args:
        boundary: the comparison.
        book: the rules.
        on, division: where and when the rule is in force; of the place's parameters the line is made.
        base: facts of a child to start from, such as those of another case of the author's; all else is unknown, and
            filled in as far as it takes for the comparison to decide the rule's result.

    Returns:
        Two or three cases; none where the line could not be found, as where the place sets no standard.
    """
    line = Solver(boundary, book, on, division).line(base or {})
    if line is None:
        return ()
    pivot = _Pivot(boundary, book, on, division)
    line, decides = pivot.decided(line, set(base or {}))
    sides = [(line.holds, True), (line.fails, False), *([(line.beyond, False)] if line.beyond is not None else [])]
    titles = book.overlay(division).titles
    on_line = [facts for facts, _ in sides if pivot.solver.apart(facts) == 0]
    return tuple(
        _proposed(boundary, pivot, facts, holds, decides, titles, a_day=any(_a_day_apart(facts, o) for o in on_line))
        for facts, holds in sides
    )


def _proposed(
    boundary: Boundary,
    pivot: "_Pivot",
    facts: Facts,
    holds: bool,
    decides: bool,
    titles: Mapping[str, Text],
    *,
    a_day: bool,
) -> ProposedCase:
    apart = pivot.solver.apart(facts)
    assert apart is not None
    # Of an age a day is enough to be a year off: that day is what the case is about.
    unit, said = Text("1天", "1 day") if a_day else boundary.unit_text, boundary.wording(titles)
    zh = "恰好在界线上" if apart == 0 else f"左右相差不到{unit.zh}" if size(apart) < 1 else f"相差{unit.zh}"
    en = "on the line" if apart == 0 else f"within {unit.en}" if size(apart) < 1 else f"{unit.en} off"
    if isinstance(boundary.comparison, n.Equal) and apart != 0:
        # An equality fails on both sides of its line; a file wants every case under a title of its own.
        zh, en = (
            (f"低于界线，{zh}", f"below the line, {en}") if apart < 0 else (f"高于界线，{zh}", f"above the line, {en}")
        )
    side_zh, side_en = ("成立", "holds") if holds else ("不成立", "fails")
    # Several rules ask the same, such as an age: the code tells whose line it is.
    title = Text(f"{boundary.owner}：{said.zh}：{side_zh}（{zh}）", f"{boundary.owner}: {said.en}: {side_en} ({en})")
    expect = pivot.expected(pivot.assess(facts))
    return ProposedCase(boundary, title, pivot.day, pivot.division, facts, expect, holds, decides)


def _a_day_apart(one: Facts, other: Facts) -> bool:
    """Whether two children differ in one date alone, by a day."""
    differing = [path for path in one.keys() | other.keys() if one.get(path) != other.get(path)]
    if len(differing) != 1:
        return False
    days = [str(facts.get(differing[0])) for facts in (one, other)]
    if not all(_DAY.fullmatch(day) for day in days):
        return False
    a, b = map(dt.date.fromisoformat, days)
    return abs((a - b).days) == 1


class _Pivot:
    """Fills in facts until the rule's result turns with the comparison, and says what the rules give."""

    def __init__(self, boundary: Boundary, book: PolicyBook, day: dt.date, division: str | None) -> None:
        self.book, self.day, self.division = book, day, division
        self.solver = Solver(boundary, book, day, division)
        rules = book.overlay(division).rules
        check = rules.checks.get(boundary.owner)
        self.rule = check.on if check else boundary.owner

    def assess(self, facts: Facts) -> Assessment:
        """The rules for these facts."""
        return self.book.assess(Case.from_facts(facts), on=self.day, division=self.division)

    def expected(self, result: Assessment) -> Facts:
        """The rule's result as ``expect`` is written."""
        if self.rule in result.categories:
            return {self.rule: _truth(result.categories[self.rule])}
        policy = result.policies.get(self.rule)
        if policy is None:
            return {f"{self.rule}.eligible": False}
        found: Facts = {f"{self.rule}.eligible": _truth(policy.eligible)}
        if not policy.is_cash:
            return found | {f"{self.rule}.granted": _truth(policy.granted)}
        if policy.amount is not None:
            return found | {f"{self.rule}.amount": str(policy.amount)}
        return found | {
            f"{self.rule}.low": str(policy.low),
            f"{self.rule}.high": UNKNOWN if policy.high is None else str(policy.high),
        }

    def decided(self, line: Line, given: set[str]) -> tuple[Line, bool]:
        """The line with further facts, and whether the result turns with the comparison now."""
        for attempt in range(ATTEMPTS):
            # The first time the plainest of the values that do best is taken, later one of them by chance.
            chance = random.Random(f"{self.solver.boundary.id}{attempt}") if attempt else None
            found = self._decided(line, given, chance)
            if found is not None:
                return self._plainer(found, given), True
        return line, False

    def _plainer(self, line: Line, given: set[str]) -> Line:
        """The line with every fact left out, or made plain, that is neither given nor the boundary's own and not needed."""
        own = self.solver.paths
        for path in list(line.holds):
            if path in given or any(o == path or o.startswith(f"{path}.") for o in own):
                continue
            for simpler in self._simpler(line, path):
                results = self._both(simpler)
                if results is not None and self._turns(results) and self._as_far_apart(simpler, line):
                    line = simpler
                    break
        return line

    def _simpler(self, line: Line, path: str) -> Iterator[Line]:
        """The line without a fact, then with each plain value of it."""
        yield _changed(line, lambda facts: {p: v for p, v in facts.items() if p != path})
        values = values_to_try(path, _kind_of(path, self.book, self.division), self.day)
        for value in values:
            if is_plain(path, value) and not is_plain(path, line.holds[path]):
                yield _changed(line, _putting(path, value))

    def _as_far_apart(self, one: Line, other: Line) -> bool:
        """Whether two lines have the comparison at the same distances."""
        sides = ((one.holds, other.holds), (one.fails, other.fails), (one.beyond, other.beyond))
        return all(a is None or b is None or self.solver.apart(a) == self.solver.apart(b) for a, b in sides)

    def _decided(self, line: Line, given: set[str], chance: random.Random | None) -> Line | None:
        for _ in range(MOST_FACTS if chance else MOST_PLAIN_FACTS):
            results = self._both(line)
            if results is None:
                return None
            if self._turns(results):
                return line
            path = self._next_open(results, line, given)
            better = [] if path is None else self._best(line, path, plain=chance is None)
            if not better:
                return None
            line = chance.choice(better) if chance else better[0]
        return None

    def _both(self, line: Line) -> tuple[Assessment, Assessment] | None:
        try:
            return self.assess(line.holds), self.assess(line.fails)
        except InvalidRecordError:
            return None

    def _turns(self, results: tuple[Assessment, Assessment]) -> bool:
        one, other = (self.expected(r) for r in results)
        # An amount within bounds on both sides is no result to hold against a decree.
        known = all(v != UNKNOWN for e in (one, other) for v in e.values()) and not any(
            k.endswith(".low") for k in (*one, *other)
        )
        return known and one != other

    def _next_open(self, results: tuple[Assessment, Assessment], line: Line, given: set[str]) -> str | None:
        """The fact that decides most about the rule, of those that are neither given nor set by the comparison."""
        deciding = (m.path for result in results for m in result.missing if self.rule in m.changes)
        # What decides nothing by itself may still be needed.
        unknown = (path for result in results for path in result.open_facts if path in self.reads)
        for path in (*deciding, *unknown):
            held = path in given or is_given(line.holds, path)
            settable = path in known_paths(in_records=True) or path[:1].isdigit()
            if settable and not held:
                return path
        return None

    @cached_property
    def reads(self) -> frozenset[str]:
        """The facts that the rule rests on, through categories, checks and the policies that its stacking names too."""
        rules = self.book.overlay(self.division).rules
        owned: dict[str, list[Expr]] = {}
        for owner, expr in rules.expressions():
            check = rules.checks.get(owner)
            owned.setdefault(check.on if check else owner, []).append(expr)
        found: set[str] = set()
        waiting, seen = [self.rule], {self.rule}
        while waiting:
            code = waiting.pop()
            partners = (
                {p for rule in rules.policies[code].stacking for p in _partners(rule)}
                if code in rules.policies
                else set()
            )
            waiting += sorted(partners - seen)
            seen |= partners
            for expr in owned.get(code, ()):
                found.update(facts_read(expr))
                asked = {*references(expr.node).categories} - seen
                seen |= asked
                waiting += sorted(asked)
        return frozenset(found)

    def _best(self, line: Line, path: str, *, plain: bool) -> list[Line]:
        """The line with each value of a fact that brings the two sides nearest to differing, the plainest first; none where all end alike."""
        scored: list[tuple[int, bool, Line]] = []
        kind = _kind_of(path, self.book, self.division)
        values = self._named(path) if kind == _PLAIN_CODE else values_to_try(path, kind, self.day)
        for value in plainest_first(path, values):
            changed = _changed(line, _putting(path, value))
            results = self._both(changed)
            if results is not None and (score := self._score(results)):
                scored.append((score, says_much(path, value), changed))
        # What would say much of the child is left for where nothing else keeps the comparison alive.
        quiet = [found for found in scored if not found[1]] if plain else []
        left = quiet or scored
        most = max((score for score, *_ in left), default=0)
        return [changed for score, _, changed in left if score == most]

    def _named(self, path: str) -> list[str]:
        """The codes that rules name of a fact without a code list, such as the policy that help is under."""
        found: dict[str, None] = {}
        for _, expr in self.book.overlay(self.division).rules.expressions():
            for node in n.walk(expr.node):
                if isinstance(node, n.IsIn) and isinstance(node.arg, n.Fact) and path.endswith(f".{node.arg.path}"):
                    found |= dict.fromkeys(node.codes)
        return list(found)

    def _score(self, results: tuple[Assessment, Assessment]) -> int:
        if self._turns(results):
            return 4
        states = [self._state(r) for r in results]
        if states[0] is states[1] is False or (states[0] is states[1] is True and self._settled(results)):
            return 0  # the comparison can no longer matter
        return 3 if states[0] is not states[1] else 2 if True in states else 1

    def _settled(self, results: tuple[Assessment, Assessment]) -> bool:
        return UNKNOWN not in self.expected(results[0]).values() and not any(
            ".low" in k for k in self.expected(results[0])
        )

    def _state(self, result: Assessment) -> bool | None:
        if self.rule in result.categories:
            return result.categories[self.rule]
        return result.policies[self.rule].eligible if self.rule in result.policies else False


def _partners(rule: Stacking) -> tuple[str, ...]:
    """The policies that a stacking rule names."""
    if isinstance(rule, Excludes):
        return (rule.other,)
    return tuple(c for c in rule.counting if isinstance(c, str)) if isinstance(rule, TopsUp) else ()


def _putting(path: str, value: Any) -> Callable[[Facts], Facts]:
    return lambda facts: put(facts, path, value)


def _changed(line: Line, change: Callable[[Facts], Facts]) -> Line:
    """A line with the facts of all its sides changed alike."""
    beyond = None if line.beyond is None else change(line.beyond)
    return attrs.evolve(line, holds=change(line.holds), fails=change(line.fails), beyond=beyond)


def _kind_of(path: str, book: PolicyBook, division: str | None) -> Kind | None:
    """The kind of a fact by its path; None for a list of records."""
    declared = book.overlay(division).rules.facts.get(path)
    if declared is not None:
        return declared.kind
    try:
        found = _handle_at(path)
    except UnknownFactError:
        return _PLAIN_CODE  # what rules ask of by a method alone, such as the policy that help is under
    return found.kind if isinstance(found, Expr) else None


def _handle_at(path: str) -> Any:
    """What a rule's author writes for a path."""
    found: Any = None
    for place, part in enumerate(split_at_lists(path)):
        first, *rest = part.split(".")
        found = (
            LISTS.get(first, ROOTS.get(first)) if place == 0 else getattr(found.handle(each=n.Each(first, 0)), first)
        )
        for name in rest:
            found = getattr(found, name)
    return found


def _truth(value: bool | None) -> bool | str:
    return UNKNOWN if value is None else value


def _toml(value: Any) -> str:
    """A value on one line, as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(v) for v in value)}]"
    if isinstance(value, int | dt.date):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else f'"{key}"'

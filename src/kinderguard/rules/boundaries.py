"""The boundaries of a rule: every ordered comparison in it as a value of its own, with wording and a stable id.

Strategies draw children on both sides of each, policy cases are held against them, and documentation prints them. A
boundary knows no place and no day; what the two sides come to for a child, an engine says.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

import attrs

from kinderguard.model.text import Language, Text, join
from kinderguard.rules import nodes as n
from kinderguard.rules.canonical import digest, node_to_json
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.kinds import DAYS, Kind, Sort
from kinderguard.rules.stacking import Excludes, TopsUp
from kinderguard.rules.titles import Titles, list_title, own_title, record_of
from kinderguard.rules.wording import quantity, wording

Rule: TypeAlias = Policy | Category | Check
Comparison: TypeAlias = n.Less | n.AtMost | n.Equal


class Unit(StrEnum):
    """The least by which the two sides of a comparison can differ: what "just beside the line" means."""

    FEN = "fen"
    ONE = "one"
    DAY = "day"


@attrs.frozen
class Boundary:
    """One comparison of a rule.

    Args:
        owner: the code of the rule.
        part: where it stands in the rule first: ``eligible``, ``amount``, ``when``, ``widens``, ``stacking[0].to`` …
        comparison: the node, with the names of its steps.
        within: the paths of the lists whose records it is asked of, outermost first; empty where it is asked of the case.
    """

    owner: str
    part: str
    comparison: Comparison
    within: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Short and stable: the same for the same comparison of the same rule, whatever its steps are called."""
        return f"{self.owner}:{digest(node_to_json(unnamed(self.comparison)))[:8]}"

    @property
    def kind(self) -> Kind:
        """The kind of the two sides."""
        return self.comparison.left.kind

    @property
    def unit(self) -> Unit:
        """A fen for money, a day for dates, one for numbers."""
        return {Sort.MONEY: Unit.FEN, Sort.DATE: Unit.DAY}.get(self.kind.sort, Unit.ONE)

    @property
    def unit_text(self) -> Text:
        """The unit in words: 0.01元, 1周岁, 1天."""
        return quantity(1, DAYS if self.unit is Unit.DAY else self.kind)

    @property
    def asks_the_child(self) -> bool:
        """Whether it depends on the child at all, and not on parameters, the day and constants alone."""
        return any(isinstance(part, n.Fact | n.Collection | n.Each | n.InCategory) for part in n.walk(self.comparison))

    def wording(self, titles: Titles | None = None) -> Text:
        """The comparison as documentation prints it.

        Args:
            titles: names of categories, parameters and packs' facts by code.
        """
        said = wording(self.comparison, titles)
        if not self.within:
            return said
        lists = [list_title(self.within[0], titles)]
        for outer, path in zip(self.within, self.within[1:], strict=False):
            lists.append(own_title(record_of(outer), path.removeprefix(f"{outer}.")))
        where = join(lists, "的", ", ")
        return Text(f"{where.zh}中的每一项：{said.zh}", f"for each of {where.en}: {said.en}")

    def text(self, lang: Language, titles: Titles | None = None) -> str:
        """``wording`` in one language."""
        return self.wording(titles).in_(lang)

    def __str__(self) -> str:
        return f"{self.id} ({self.part}): {self.wording()}"


def boundaries(rule: Rule) -> tuple[Boundary, ...]:
    """Every ordered comparison of a rule, each distinct one once, in reading order.

    Of everything that the rule states itself: conditions, amount, stacking, and what is asked of the records of a list.
    What a category that it asks for compares is that category's own.

    >>> from kinderguard import rules as r
    >>> from kinderguard.model import Text
    >>> school = r.Category("330199.pupil", Text("学龄儿童", "of school age"), r.child.age.between(6, 15))
    >>> for boundary in boundaries(school):
    ...     print(boundary.text("zh"), boundary.text("en"), boundary.unit, sep="; ")
    儿童年满6周岁; the child is at least 6; one
    儿童年龄不超过15周岁; the child is at most 15; one
    """
    found: dict[n.Node, Boundary] = {}
    for part, expr in parts_of(rule):
        for comparison, within in _comparisons(expr.node):
            boundary = Boundary(rule.code, part, comparison, within)
            found.setdefault(unnamed(comparison), boundary)
    return tuple(found.values())


def parts_of(rule: Rule) -> Iterator[tuple[str, Expr]]:
    """The expressions of a rule, each with what it is called in the rule."""
    match rule:
        case Category():
            yield "when", rule.when
        case Check():
            given = (("widens", rule.widens), ("requires", rule.requires), ("at_least", rule.at_least))
            yield from ((name, expr) for name, expr in given if expr is not None)
        case Policy():
            yield "eligible", rule.eligible
            if rule.amount is not None:
                yield "amount", rule.amount
            for place, stacked in enumerate(rule.stacking):
                own: list[tuple[str, Expr | None]] = [("when", stacked.when)] if isinstance(stacked, Excludes) else []
                if isinstance(stacked, TopsUp):
                    own += [(f"counting[{k}]", c) for k, c in enumerate(stacked.counting) if isinstance(c, Expr)]
                    own += [("to", stacked.to)]
                elif not isinstance(stacked, Excludes):
                    own += [("limit", stacked.limit)]
                yield from ((f"stacking[{place}].{name}", expr) for name, expr in own if expr is not None)


def counts_paid(part: str) -> bool:
    """Whether a part of a rule, as ``parts_of`` calls it, is what a top-up counts as paid already."""
    return part.startswith("stacking[") and "].counting[" in part


def unnamed(node: n.Node) -> n.Node:
    """A node without the titles of its steps, which change no value."""
    return n.rewrite(node, lambda part: unnamed(part.arg) if isinstance(part, n.Named) else None)


def _comparisons(root: n.Node) -> Iterator[tuple[Comparison, tuple[str, ...]]]:
    """The ordered comparisons in reading order, each with the lists of the records that it is asked of."""
    seen: set[tuple[n.Node, tuple[tuple[n.Each, str], ...]]] = set()
    stack: list[tuple[n.Node, dict[n.Each, str]]] = [(root, {})]
    while stack:
        node, records = stack.pop()
        key = (node, tuple(records.items()))
        if key in seen:
            continue
        seen.add(key)
        if isinstance(node, n.Less | n.AtMost | n.Equal) and node.left.kind.is_ordered:
            yield node, tuple(path for each, path in records.items() if each in free_records(node))
        if isinstance(node, n.Aggregate):
            outer = records.get(node.source.of) if node.source.of else None
            inner = records | {node.each: f"{outer}.{node.source.path}" if outer else node.source.path}
            stack += [(node.body, inner), (node.where, inner)]
        elif not isinstance(node, n.Fact | n.Collection | n.Each):
            stack += [(part, records) for part in reversed(node.parts())]


def free_records(node: n.Node) -> frozenset[n.Each]:
    """The records that a node asks about and does not go through itself."""
    if isinstance(node, n.Each):
        return frozenset({node})
    found: frozenset[n.Each] = frozenset().union(*(free_records(part) for part in node.parts()))
    return found - {node.each} if isinstance(node, n.Aggregate) else found

"""What would have to be otherwise for a condition that does not hold: the fewest conditions that somebody can still change,
tried on the child as it is. Read by explanations, in words and as a document.

Nothing is named that nobody can change: an age, a death, whether there is a parent, a sex, a day in the past. What is named
was tried: with some values of the facts that it reads, everything else as it is, the condition holds. Where nothing that
can be changed is found to suffice, nothing is said; which facts are worth asking for is for ``missing``.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import attrs

from kinderguard.engines.blame import is_unknown
from kinderguard.engines.plan import PROVIDED, Step
from kinderguard.engines.reading import unknown
from kinderguard.engines.reasons import Leaf, Reasons
from kinderguard.engines.tries import compared_with, fact_tries, list_tries
from kinderguard.engines.worlds import Reach, set_of, steps_in
from kinderguard.model.case import Case
from kinderguard.model.codes import ParentKind, SituationKind
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.money import yuan
from kinderguard.model.people import Harm, Parent
from kinderguard.model.record import Record
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment

#: So many ways to change a condition are kept, the best of each part; after so many tries of one result no more is said of it.
_WAYS, _TRIES = 6, 2000
_DEATHS = frozenset({SituationKind.DEAD, SituationKind.DECLARED_DEAD})
#: Of nobody can these change, once they are known, or once they are so; a date only where it is an end, as of a certificate.
_FIXED_ONCE_KNOWN = frozenset({"sex", "birth_parents_not_found", "ethnic_group", "schooling.continuous_since_18"})
_FIXED_ONCE_SO = frozenset({"illness.hiv", "disability.autism"})
_ENDS = frozenset({"until", "valid_until"})
#: Whether there is a parent is as it is, and with the place the rules would be others.
_FIXED = frozenset({"father.kind", "mother.kind", "child.lives_in_another_county"})
#: So many people there are in a household, as the model has it.
_HOUSEHOLDS = range(1, 101)


@attrs.frozen
class Change:
    """What would have to be otherwise.

    Attributes:
        leaves: the conditions, each with what it would have to be.
        values: by step of a fact, a value of the trace with which they are so.
    """

    leaves: tuple[Leaf, ...]
    values: Mapping[int, Any]


#: Of results that are still held: a view, a text and a document of one ask the same.
_OF: "WeakKeyDictionary[Assessment, Changes]" = WeakKeyDictionary()


def changes_of(assessment: "Assessment", reasons: Reasons) -> "Changes":
    """The changes of a result, found once however often it is explained."""
    found = _OF.get(assessment)
    if found is None:
        found = _OF[assessment] = Changes(assessment, reasons)
    return found


class Changes:
    """The changes of one result.

    Args:
        assessment: the result.
        reasons: those of its trace.
    """

    def __init__(self, assessment: "Assessment", reasons: Reasons) -> None:
        basis = assessment.basis
        self._case, self._day, self._bound = assessment.case, assessment.on, basis.bound
        self._dependents, self._reach = basis.dependents, Reach.of(basis.dependents)
        self._trace, self._effort = assessment.trace, reasons.effort
        self._ways_of: dict[tuple[int, bool], tuple[tuple[Leaf, ...], ...]] = {}
        self._left = 0
        self._found: dict[int, Change | None] = {}

    def of(self, step: Step) -> Change | None:
        """The least change by which a condition would hold that does not; None where none was found."""
        if step.index not in self._found:
            self._found[step.index] = self._search(step)
        return self._found[step.index]

    def _search(self, step: Step) -> Change | None:
        self._left = _TRIES
        found = None
        for leaves in self._ways(step, wanted=True):
            values = self._fitting(step, leaves, {}, None)
            if values is not None:
                found = Change(self._telling(leaves), values)
                break
        if self._left <= 0:
            self._ways_of.clear()  # what was broken off says nothing of another result
        return found

    def _telling(self, leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
        """The conditions without those that are so whenever another is: that a fact is known, where a value is wanted."""
        told = list(leaves)
        for leaf in leaves:
            if any(self._implies(other, leaf) for other in told if other is not leaf):
                told.remove(leaf)
        return tuple(told)

    def _implies(self, other: Leaf, leaf: Leaf) -> bool:
        below = self._reach.below
        if below[leaf.step.index] & self._changeable & ~below[other.step.index]:
            return False
        tried = list(self._settings(other, {}))
        return bool(tried) and all(self._with(v, leaf.step)[leaf.step.index] is leaf.wanted for v in tried)

    # ---- which conditions -------------------------------------------------------------------------------------

    def _ways(self, step: Step, *, wanted: bool) -> tuple[tuple[Leaf, ...], ...]:
        """The sets of conditions that make a condition as it is wanted, the least first; none where nobody can."""
        if self._trace[step.index] is wanted:
            return ((),)
        key = (step.index, wanted)
        found = self._ways_of.get(key)
        if found is None:
            found = self._ways_of[key] = tuple(self._made(step, wanted=wanted))
        return found

    def _made(self, step: Step, *, wanted: bool) -> list[tuple[Leaf, ...]]:
        node = step.node
        if isinstance(node, n.Not):
            return list(self._ways(step.inputs[0], wanted=not wanted))
        if isinstance(node, n.When):
            return self._best([way for holds in (True, False) for way in self._branch(step, holds, wanted=wanted)])
        if not isinstance(node, n.And | n.Or):
            leaf = Leaf(step, wanted)
            return [(leaf,)] if next(self._settings(leaf, {}), None) is not None else []
        parts = [self._ways(i, wanted=wanted) for i in step.inputs if self._trace[i.index] is not wanted]
        if isinstance(node, n.And) is not wanted:
            return self._best([way for ways in parts for way in ways])
        return self._all_of(parts)

    def _branch(self, step: Step, holds: bool, *, wanted: bool) -> list[tuple[Leaf, ...]]:
        """The ways by one branch of a case distinction."""
        condition, then, otherwise = step.inputs
        return self._all_of(
            [self._ways(condition, wanted=holds), self._ways(then if holds else otherwise, wanted=wanted)]
        )

    def _all_of(self, parts: Iterable[tuple[tuple[Leaf, ...], ...]]) -> list[tuple[Leaf, ...]]:
        found: list[tuple[Leaf, ...]] = [()]
        for ways in parts:
            found = self._best([_joined(before, way) for before in found for way in ways])
        return found

    def _best(self, ways: list[tuple[Leaf, ...]]) -> list[tuple[Leaf, ...]]:
        return sorted(dict.fromkeys(ways), key=self._effort)[:_WAYS]

    # ---- with which values ------------------------------------------------------------------------------------

    def _fitting(
        self, root: Step, leaves: tuple[Leaf, ...], chosen: dict[int, Any], last: Leaf | None
    ) -> dict[int, Any] | None:
        """Values beside those that are chosen with which all the conditions are as wanted and the result holds."""
        trace = self._with(chosen, root)
        leaf = next((leaf for leaf in leaves if trace[leaf.step.index] is not leaf.wanted), None)
        if leaf is None:
            return chosen if trace[root.index] is True and self._holds(root, leaves, chosen) else None
        if leaf == last:
            return None  # what was chosen for it made no difference beside the rest
        for more in self._settings(leaf, chosen):
            found = self._fitting(root, leaves, chosen | more, leaf)
            if found is not None:
                return found
        return None

    def _holds(self, root: Step, leaves: tuple[Leaf, ...], chosen: Mapping[int, Any]) -> bool:
        """Whether there can be such a child, and the result and the conditions are as wanted once all is worked out for it."""
        nodes: dict[n.Fact | n.Collection, Any] = {}
        for at, value in chosen.items():
            node = self._facts[at].node
            assert isinstance(node, n.Fact | n.Collection)
            nodes[node] = value
        try:
            case = changed_case(self._case, nodes)
        except InvalidRecordError:
            return False
        trace = self._bound.run(case, self._trace[PROVIDED])
        return trace[root.index] is True and all(trace[leaf.step.index] is leaf.wanted for leaf in leaves)

    def _settings(self, leaf: Leaf, chosen: Mapping[int, Any]) -> Iterator[dict[int, Any]]:
        """Values of one fact each, beside those that are chosen, that make a condition as it is wanted."""
        for at in steps_in(self._reach.below[leaf.step.index] & self._changeable):
            read = self._facts[at]
            for value in self._values(read, chosen):
                if self._left <= 0:
                    return
                more = {at: value, **self._beside(read, value)}
                if self._with({**chosen, **more}, leaf.step)[leaf.step.index] is leaf.wanted:
                    yield more

    def _with(self, chosen: Mapping[int, Any], step: Step) -> list[Any]:
        """The trace with other values of facts, as far as a step rests on them."""
        self._left -= 1
        above = 0
        for at in chosen:
            above |= self._reach.above[at]
        return self._bound.rerun(self._trace, chosen, tuple(steps_in(above & self._reach.below[step.index])))

    @cached_property
    def _facts(self) -> dict[int, Step]:
        """By place, the facts and lists of the case that can change."""
        return {
            step.index: step
            for step in self._bound.plan.dynamic
            if isinstance(step.node, n.Fact | n.Collection) and step.node.of is None and not self._is_fixed(step)
        }

    @cached_property
    def _changeable(self) -> int:
        """Their places, as a set."""
        return set_of(self._facts)

    def _is_fixed(self, step: Step) -> bool:
        assert isinstance(step.node, n.Fact | n.Collection)
        path, known = step.node.path, not is_unknown(self._trace[step.index])
        owner, _, rest = path.partition(".")
        last = path.rpartition(".")[2]
        if owner == "former_parents" or path in _FIXED or last == "division" or owner in self._gone:
            return True
        is_past = step.node.kind.sort is Sort.DATE and last not in _ENDS
        return known and (
            is_past or rest in _FIXED_ONCE_KNOWN or (rest in _FIXED_ONCE_SO and self._trace[step.index] is True)
        )

    @cached_property
    def _gone(self) -> frozenset[str]:
        """The parents of whom nothing changes any more: they are dead, or there is none."""
        of: dict[str, Parent] = {"father": self._case.father, "mother": self._case.mother}
        return frozenset(
            who
            for who, parent in of.items()
            if parent.kind is ParentKind.NONE or any(s.kind in _DEATHS for s in parent.situations or ())
        )

    def _values(self, step: Step, chosen: Mapping[int, Any]) -> Iterator[Any]:
        """What a fact could be instead."""
        assert isinstance(step.node, n.Fact | n.Collection)
        now = chosen.get(step.index, self._trace[step.index])
        if isinstance(step.node, n.Collection):
            yield from self._lists(step.node.path, now)
        elif step.index not in chosen:
            kind = step.node.kind
            if kind.sort is Sort.CODES and now is not None:
                yield from ((*now, code) for code in kind.codes or () if code not in now)
                yield from (tuple(c for c in now if c != code) for code in now)
                return
            is_past = kind.sort is Sort.DATE and step.node.path.rpartition(".")[2] not in _ENDS
            compared = partial(compared_with, self._dependents, self._trace, step)
            tried = fact_tries(kind, now if is_past else unknown(kind), compared, self._day)
            there_is = _HOUSEHOLDS.__contains__ if step.node.path == "household.size" else lambda _: True
            yield from (v for v in tried if v != now and there_is(v) and not (is_past and v > self._day))

    def _lists(self, path: str, now: tuple[Any, ...] | None) -> Iterator[tuple[Any, ...]]:
        """A list with a record more or less; nobody dies in it, or comes to life, and no harm is undone."""
        here = now or ()
        for number, record in enumerate(here):
            if not _is_a_death(record) and not isinstance(record, Harm):
                yield (*here[:number], *here[number + 1 :])
        for more in list_tries(path, self._day):
            if (now is None or more) and not any(_is_a_death(record) for record in more):
                yield (*here, *more)

    def _beside(self, step: Step, value: Any) -> dict[int, Any]:
        """What cannot stay as it is beside another value: of kind and grade of a disability, not only one is ‘none’."""
        assert isinstance(step.node, n.Fact | n.Collection)
        owner, _, part = step.node.path.rpartition(".")
        other = {"kind": "grade", "grade": "kind"}.get(part)
        if other is None or not owner.endswith("disability"):
            return {}
        return {
            at: None
            for at, read in self._facts.items()
            if isinstance(read.node, n.Fact)
            and read.node.path == f"{owner}.{other}"
            and self._trace[at] is not None
            and (self._trace[at] == "none") is not (value == "none")
        }


def changed_case(case: Case, values: "Mapping[n.Fact | n.Collection, Any]") -> Case:
    """A case with other values of some facts, as rules read them.

    Raises:
        InvalidRecordError: there can be no such child.
    """
    data = json.loads(case.to_json())
    for node, value in values.items():
        *holders, last = ["extra", *node.path.split(".", 1)] if node.path[0].isdigit() else node.path.split(".")
        place = data
        for name in holders:
            place = place.setdefault(name, {})
        place[last] = _stated(node, value)
    return Case.model_validate(data)


def _stated(node: n.Fact | n.Collection, value: Any) -> Any:
    """A value of the trace as a case states it."""
    if isinstance(value, tuple):
        return [
            json.loads(each.model_dump_json(exclude_unset=True)) if isinstance(each, Record) else each for each in value
        ]
    if value is not None and node.kind.sort is Sort.MONEY:
        return str(yuan(value))
    return value.isoformat() if isinstance(value, dt.date) else value


def _is_a_death(record: Any) -> bool:
    return getattr(record, "kind", None) in _DEATHS


def _joined(first: tuple[Leaf, ...], second: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    return tuple({(leaf.step.index, leaf.wanted): leaf for leaf in (*first, *second)}.values())


__all__ = ["Change", "Changes", "changed_case", "changes_of"]

"""Which unknown facts would change a result, the most decisive first.

A fact is asked for only where a witness is found: some value of it (perhaps beside some values of the other unknown
facts) with which an outcome differs from what it is with another value. So nobody is sent for a paper that cannot
matter. Candidates come from walking down from undetermined outcomes; witnesses from computing again.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import attrs
from pydantic import BaseModel

from kinderguard.engines.explain import Bound, ReferenceAlgebra
from kinderguard.engines.plan import CASE, Plan, Step
from kinderguard.engines.ranges import Range, bounds, months_later
from kinderguard.model.case import Case
from kinderguard.model.codes import Code
from kinderguard.model.dates import PartialDate, add_months
from kinderguard.model.money import yuan
from kinderguard.model.record import Record
from kinderguard.rules import facts as handles
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort

#: How many random completions of the other unknown facts are tried for one that decides nothing alone.
COMPLETIONS = 24
#: A fact that is derived from others is asked for through them.
DERIVED = {"child.lives_in_another_county": ("child.registration.division", "child.residence.division")}


def is_unknown(value: Any) -> bool:
    """Whether a value of the trace is not known exactly."""
    return value is None or value.__class__ is Range


@attrs.frozen
class MissingFact:
    """A fact to ask for: its path, how much it decides by itself, and the outcomes that it can change."""

    path: str
    #: The share of undetermined outcomes that it settles by itself, over its possible values (0 to 1).
    decides: float
    changes: tuple[str, ...]


@attrs.frozen(eq=False)
class _Item:
    """One unknown: where it stands in the trace, and values to try. ``put`` makes the value of the step from a try."""

    path: str
    step: Step
    tries: tuple[Any, ...]
    put: Callable[[Any, Any], Any]


@attrs.frozen(eq=False, slots=False)
class Dependents:
    """For each step of a plan, the steps that must be computed again when its value changes; made once a plan."""

    plan: Plan
    read_by: dict[int, list[int]]
    _cones: dict[int, tuple[int, ...]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> "Dependents":
        """Follow every reading, inner steps included."""
        read_by: dict[int, list[int]] = {}
        for step in plan.dynamic:
            for read in _reads(step):
                read_by.setdefault(read.index, []).append(step.index)
        return cls(plan, read_by)

    def cone(self, index: int) -> tuple[int, ...]:
        """The steps that depend on ``index``, in order."""
        found = self._cones.get(index)
        if found is None:
            seen: set[int] = set()
            waiting = [index]
            while waiting:
                for reader in self.read_by.get(waiting.pop(), ()):
                    if reader not in seen:
                        seen.add(reader)
                        waiting.append(reader)
            found = self._cones[index] = tuple(sorted(seen))
        return found

    @cached_property
    def reads(self) -> dict[int, list[int]]:
        """For each step, what it reads."""
        found: dict[int, list[int]] = {}
        for read, readers in self.read_by.items():
            for reader in readers:
                found.setdefault(reader, []).append(read)
        return found

    @cached_property
    def readers(self) -> tuple[tuple[int, ...], ...]:
        """For each place of a trace, the steps that read it."""
        size = 1 + max((step.index for step in self.plan.steps), default=-1)
        return tuple(tuple(set(self.read_by.get(index, ()))) for index in range(size))

    @cached_property
    def comparisons(self) -> dict[int, Step]:
        """The comparisons of the outermost level by their place."""
        return {s.index: s for s in self.plan.dynamic if isinstance(s.node, n.Less | n.AtMost | n.Equal)}


def _reads(step: Step) -> Iterator[Step]:
    """The outermost steps that a step reads, its inner steps' reading included."""
    own = {id(s) for s in _inside(step)} | {id(step.element)}
    for reader in (step, *_inside(step)):
        yield from (i for i in reader.inputs if id(i) not in own)
        # A body that does not ask about the record stands outside.
        yield from (s for s in (reader.where, reader.body) if s is not None and id(s) not in own)


def _inside(step: Step) -> Iterator[Step]:
    for inner in step.inner:
        yield inner
        if inner.element is not None:
            yield inner.element
        yield from _inside(inner)


class Search:
    """The search for one assessment."""

    def __init__(self, bound: Bound, trace: list[Any], dependents: Dependents) -> None:
        self.bound = bound
        self.trace = trace
        self.dependents = dependents
        self.places: dict[str, list[int]] = {code: [s.index] for code, s in bound.plan.categories.items()}
        for code, p in bound.plan.policies.items():
            self.places[code] = [p.eligible.index, p.final.index]
        self._algebra = ReferenceAlgebra()
        self._cones: dict[int, tuple[int, ...]] = {}
        self._completed: list[list[Any]] = []

    @cached_property
    def undetermined(self) -> tuple[str, ...]:
        """The outcomes that are not determined."""
        return tuple(c for c, at in self.places.items() if any(is_unknown(self.trace[i]) for i in at))

    @cached_property
    def _leaves(self) -> tuple[dict[tuple[str, int, tuple[Any, ...]], Step], list[str]]:
        walk = _Blame(self)
        for code in self.undetermined:
            for step in self._outcome_steps(code):
                walk.visit(step, self.trace, ())
        return walk.facts, walk.parameters

    def _outcome_steps(self, code: str) -> Iterable[Step]:
        plan = self.bound.plan
        if code in plan.categories:
            return (plan.categories[code],)
        return (plan.policies[code].eligible, plan.policies[code].final)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters without a value that leave an outcome undetermined."""
        return tuple(dict.fromkeys(self._leaves[1]))

    @property
    def open_facts(self) -> tuple[str, ...]:
        """The unknown facts that an undetermined outcome rests on, as it was computed; of records, without number."""
        found = set()
        for path, _, where in self._leaves[0]:
            found |= set(self._asked(path)) if not where else {path}
        return tuple(sorted(found))

    def facts(self) -> tuple[MissingFact, ...]:
        """The facts to ask for, most decisive first."""
        items = [item for (path, _, where), step in self._leaves[0].items() for item in self._items(path, step, where)]
        found: dict[str, tuple[float, set[str]]] = {}
        silent = []
        for item in items:
            share, changed = self._alone(item)
            if changed:
                before = found.get(item.path, (0.0, set()))
                found[item.path] = (max(before[0], share), before[1] | changed)
            else:
                silent.append(item)
        for item in silent:
            changed = self._beside(item, items)
            if changed:
                before = found.get(item.path, (0.0, set()))
                found[item.path] = (before[0], before[1] | changed)
        ordered = sorted(found.items(), key=lambda f: (-f[1][0], -len(f[1][1]), f[0]))
        return tuple(MissingFact(path, share, tuple(sorted(changed))) for path, (share, changed) in ordered)

    def _alone(self, item: _Item) -> tuple[float, set[str]]:
        """How much a fact settles by itself, and which outcomes it changes."""
        settled, changed = 0, set()
        for v, others in self._tried(self.trace, item):
            for code in self._codes(others):
                changed.add(code)
                settled += not any(is_unknown(v[i]) for i in self.places[code])
        return settled / (len(self.undetermined) * max(1, len(item.tries))), changed

    def _tried(self, v: list[Any], item: _Item) -> Iterator[tuple[list[Any], list[int]]]:
        """For each value of an unknown fact, the trace with it, and the steps that are others with it."""
        index = item.step.index
        for value in item.tries:
            yield self._spread(v, {index: item.put(v[index], value)})

    def _spread(self, v: list[Any], chosen: Mapping[int, Any]) -> tuple[list[Any], list[int]]:
        return self.bound.spread(v, chosen, self.dependents.readers, self._wanted_steps)

    def _codes(self, others: Iterable[int]) -> set[str]:
        """The undetermined outcomes that some of these steps hold."""
        of = self._outcome_of
        return {code for i in others if i in of for code in of[i]}

    @cached_property
    def _outcome_of(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for code in self.undetermined:
            for i in self.places[code]:
                found.setdefault(i, []).append(code)
        return found

    @cached_property
    def _wanted(self) -> frozenset[int]:
        """The steps that an undetermined outcome rests on; nothing else need be computed again."""
        seen = {i for code in self.undetermined for i in self.places[code]}
        waiting = list(seen)
        while waiting:
            for read in self.dependents.reads.get(waiting.pop(), ()):
                if read not in seen:
                    seen.add(read)
                    waiting.append(read)
        return frozenset(seen)

    @cached_property
    def _wanted_steps(self) -> bytearray:
        found = bytearray(len(self.trace))
        for index in self._wanted:
            found[index] = 1
        return found

    def _cone(self, index: int) -> tuple[int, ...]:
        found = self._cones.get(index)
        if found is None:
            found = self._cones[index] = tuple(i for i in self.dependents.cone(index) if i in self._wanted)
        return found

    def _completions(self, items: list[_Item]) -> Iterator[list[Any]]:
        """Traces in which every unknown fact has some value; each is made once and serves every fact in question."""
        for number in range(COMPLETIONS):
            if number == len(self._completed):
                chance = random.Random(number)  # the same answer every time
                # The same step may hold several unknowns (two fields of one record): put them one after another.
                chosen: dict[int, Any] = {}
                for item in items:
                    if item.tries:
                        place = item.step.index
                        value = _completing(item, number, chance)
                        chosen[place] = item.put(chosen.get(place, self.trace[place]), value)
                self._completed.append(self._spread(self.trace, chosen)[0])
            yield self._completed[number]

    def _beside(self, item: _Item, items: list[_Item]) -> set[str]:
        """The outcomes that a fact changes beside some values of the other unknown facts."""
        for completed in self._completions(items):
            for _, others in self._tried(completed, item):
                if codes := self._codes(others):
                    return codes
        return set()

    # ---- what to try ----------------------------------------------------------------------------------------

    def _items(self, path: str, step: Step, where: tuple[Any, ...]) -> Iterator[_Item]:
        if where:
            tries = tuple(_record_tries(step, where, self.bound.day))
            yield _Item(path, step, tries, lambda records, value: _with(records, where, value))
        elif isinstance(step.node, n.Collection):
            yield _Item(path, step, _list_tries(path, self.bound.day), lambda _, value: value)
        else:
            tries = tuple(self._fact_tries(step))
            for asked in self._asked(path):
                yield _Item(asked, step, tries, lambda _, value: value)

    def _asked(self, path: str) -> Iterator[str]:
        """The paths to ask for: a derived fact is asked for through those it comes from."""
        case: Case = self.trace[CASE]
        for source in DERIVED.get(path, (path,)):
            if source == path:
                yield path
                continue
            value: Any = case
            for part in source.split("."):
                value = getattr(value, part)
            if value is None or len(value) < 6:
                yield source

    def _fact_tries(self, step: Step) -> Iterator[Any]:
        kind = step.node.kind
        match kind.sort:
            case Sort.BOOL:
                yield from (True, False)
            case Sort.CODE:
                yield from tuple(kind.codes) if kind.codes else ("", "?")
            case Sort.CODES:
                yield ()
                yield from ((c,) for c in kind.codes or ())
            case _:
                low, high = bounds(self.trace[step.index])
                thresholds = self._thresholds(step)
                wanted = (
                    _dates(thresholds, self.bound.day, low, high) if kind.sort is Sort.DATE else _numbers(thresholds)
                )
                inside = sorted({x for x in wanted if (low is None or x >= low) and (high is None or x <= high)})
                yield from inside if len(inside) <= 16 else inside[:: -(-len(inside) // 16)]

    def _thresholds(self, step: Step) -> set[tuple[Any, str]]:
        """What the fact, or a length of time from it, is compared with: (value, unit)."""
        found = set()
        near = {step.index, *(i for i in self.dependents.cone(step.index))}
        for index, comparison in self.dependents.comparisons.items():
            if index in near:
                for side, other in (comparison.inputs, comparison.inputs[::-1]):
                    value = self.trace[other.index]
                    if side.index in near and not is_unknown(value):
                        found.add((value, side.node.kind.unit or side.node.kind.sort.value))
        return found


def _completing(item: _Item, number: int, chance: random.Random) -> Any:
    """A value for the completion of that number: all quiet, all loud, then ever more by chance.

    Quiet is "no" and "none": beside it a single "yes" shows what it decides.
    """
    if number == 1:
        return next((t for t in item.tries if t is True), item.tries[-1])
    if number == 0 or chance.random() < 0.3:
        return next((t for t in item.tries if t is False or t == ()), item.tries[0])
    return chance.choice(item.tries)


def _numbers(thresholds: set[tuple[Any, str]]) -> Iterator[int]:
    yield from (0, 1, 100, 10**9)
    for value, unit in thresholds:
        if unit != "date" and value.__class__ is not bool:
            whole = int(value)
            yield from (max(0, whole - 1), whole, whole + 1)


def _dates(thresholds: set[tuple[Any, str]], day: dt.date, low: Any, high: Any) -> Iterator[dt.date]:
    one = dt.timedelta(days=1)
    yield from (d for d in (low, high) if d is not None)
    yield from (add_months(day, -12 * years) for years in (0, 1, 10, 40))
    if high is None:
        yield add_months(day, 12)
    for value, unit in thresholds:
        if unit == "date":
            yield from (value - one, value, value + one)
        elif unit in ("years", "months", "days"):
            back = (
                day - int(value) * one
                if unit == "days"
                else months_later(day, -int(value) * (12 if unit == "years" else 1))
            )
            if isinstance(back, dt.date):
                yield from (back - one, back, back + one)


def _model_of(path: str) -> tuple[type[Record], type[handles.Handle]]:
    """The model and the handle of the records of a list, by its index-free path."""
    root, _, rest = path.partition(".")
    current: Any = handles.ROOTS[root] if root in handles.ROOTS else handles.LISTS[root]
    for part in rest.split(".") if rest else ():
        current = getattr(current.handle() if hasattr(current, "handle") else current, part)
    return current.handle.model, current.handle


def _kinds(handle: type[handles.Handle]) -> dict[str, Kind]:
    """The facts of a record that are values: their kinds."""
    kinds = {name: handles.field_kind(handle.model, name) for name in handle.fact_names()}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _model_tries(kind: Kind, day: dt.date) -> tuple[Any, ...]:
    """Values of a record's fact to try, as the model holds them."""
    match kind.sort:
        case Sort.BOOL:
            return (True, False)
        case Sort.MONEY:
            return tuple(yuan(x) for x in (0, 50_000, 10**9))
        case Sort.NUMBER:
            return (0, 3, 6, 60, 1000)
        case Sort.DATE:
            return tuple(PartialDate.of(add_months(day, m)) for m in (-120, -12, -6, -3, 0, 12))
        case Sort.CODE:
            return tuple(kind.codes) if kind.codes else ()
        case Sort.CODES:
            return ((), *((c,) for c in kind.codes or ()))


def _record_tries(step: Step, where: tuple[Any, ...], day: dt.date) -> Iterator[Any]:
    assert isinstance(step.node, n.Collection)
    path = ".".join([step.node.path, *(p for p in where if isinstance(p, str))])
    parent, _, name = path.rpartition(".")
    try:
        _, handle = _model_of(parent)
    except AttributeError:
        # A part of a record, such as members.disability.grade.
        owner, _, part = parent.rpartition(".")
        handle = type(getattr(_model_of(owner)[1](), part))
    kind = _kinds(handle).get(name)
    if kind is not None:
        yield from _model_tries(kind, day)
    elif name in handle.fact_names():
        yield from _list_tries(path, day)
    else:
        # Text, such as the policy of help received: what the rule asks for, and something else.
        asked = (s.node for s in _inside(step) if isinstance(s.node, n.IsIn))
        yield from sorted({code for m in asked if getattr(m.arg, "path", None) == name for code in m.codes})
        yield "-"


@lru_cache(maxsize=256)
def _list_tries(path: str, day: dt.date) -> tuple[tuple[Any, ...], ...]:
    """Lists to try: none, and one record of each kind, with its other facts in two extremes."""
    return tuple(_lists(path, day))


def _lists(path: str, day: dt.date) -> Iterator[tuple[Any, ...]]:
    model, handle = _model_of(path)
    kinds = _kinds(handle)
    coded = [(name, code) for name, kind in kinds.items() if kind.sort is Sort.CODE for code in kind.codes or ()]
    yield ()
    tries: list[tuple[str | None, Code | None]] = [*coded] or [(None, None)]
    for name, code in tries:
        record = {k: _typical(kind, day) for k, kind in kinds.items()}
        if "until" in record:
            record["until"] = None
        for flag in (True,) if coded and len(coded) > 6 else (True, False):
            values = record | {k: flag for k, kind in kinds.items() if kind.sort is Sort.BOOL}
            if name is not None:
                values[name] = code
            yield (model.model_construct(**{k: x for k, x in values.items() if x is not None}),)


def _typical(kind: Kind, day: dt.date) -> Any:
    match kind.sort:
        case Sort.DATE:
            return PartialDate.of(add_months(day, -11))
        case Sort.NUMBER:
            return 60
        case Sort.MONEY:
            return yuan(100_000)
        case Sort.CODES:
            return tuple(kind.codes)[:1] if kind.codes else ()
        case _:
            return None


def _with(records: tuple[Any, ...] | None, where: tuple[Any, ...], value: Any) -> Any:
    """The records with one fact of one of them replaced; ``where`` is (index, field, …, field)."""
    if records is None:
        return None
    index, *rest = where
    if index >= len(records):
        return records
    return (*records[:index], _replaced(records[index], rest, value), *records[index + 1 :])


def _replaced(record: BaseModel, path: list[Any], value: Any) -> BaseModel:
    name, *rest = path
    if not rest:
        new = value
    elif isinstance(rest[0], int):
        new = _with(getattr(record, name), tuple(rest), value)
    else:
        new = _replaced(getattr(record, name), rest, value)
    # Pydantic's own copy does not validate: these records live only while the question is asked.
    copied: BaseModel = BaseModel.model_copy(record, update={name: new})
    return copied


class _Blame:
    """Walks down from an undetermined step to the unknown facts and parameters that leave it so."""

    def __init__(self, search: Search) -> None:
        self.facts: dict[tuple[str, int, tuple[Any, ...]], Step] = {}
        self.parameters: list[str] = []
        self._search = search
        self._seen: set[tuple[int, tuple[Any, ...]]] = set()

    def visit(self, step: Step, v: list[Any], records: "tuple[tuple[Step, Step, int], ...]") -> None:
        """``records`` says in which record of which aggregate we are: (element, aggregate, index), outermost first."""
        key = (id(step), tuple(i for _, _, i in records) if self._is_inner(step, records) else ())
        if key in self._seen or not is_unknown(v[step.index]):
            return
        self._seen.add(key)
        match step.node:
            case n.Fact() | n.Collection():
                self._leaf(step, records)
            case n.Param(code=code):
                self.parameters.append(code)
            case n.When():
                condition, then, otherwise = step.inputs
                holds = v[condition.index]
                if holds is None:
                    self.visit(condition, v, records)
                if holds is not False:
                    self.visit(then, v, records)
                if holds is not True:
                    self.visit(otherwise, v, records)
            case n.Aggregate():
                self._aggregate(step, v, records)
            case _:
                for read in step.inputs:
                    self.visit(read, v, records)

    def _is_inner(self, step: Step, records: "tuple[tuple[Step, Step, int], ...]") -> bool:
        return any(step in aggregate.inner for _, aggregate, _ in records)

    def _leaf(self, step: Step, records: "tuple[tuple[Step, Step, int], ...]") -> None:
        node = step.node
        assert isinstance(node, n.Fact | n.Collection)
        if node.of is None:
            self.facts.setdefault((node.path, step.index, ()), step)
            return
        # From the record outwards to the list in the case.
        where: tuple[Any, ...] = tuple(node.path.split("."))
        element = step.inputs[0]
        path = node.path
        for known, aggregate, index in reversed(records):
            if known is element:
                source = aggregate.inputs[0]
                assert isinstance(source.node, n.Collection)
                path = f"{source.node.path}.{path}"
                if source.node.of is None:
                    self.facts.setdefault((path, source.index, (index, *where)), source)
                    return
                where = (*source.node.path.split("."), index, *where)
                element = source.inputs[0]

    def _aggregate(self, step: Step, v: list[Any], records: "tuple[tuple[Step, Step, int], ...]") -> None:
        source = step.inputs[0]
        assert step.element is not None
        assert step.where is not None
        assert step.body is not None
        listed = v[source.index]
        if listed is None:
            self.visit(source, v, records)
            return
        for index, inner in enumerate(inner_values(self._search._algebra, step, v)):
            here = (*records, (step.element, step, index))
            where, body = inner[step.where.index], inner[step.body.index]
            if where is not False and body is not _settled(step.node):
                self.visit(step.where, inner, here)
                self.visit(step.body, inner, here)


def _settled(node: n.Node) -> Any:
    """The body with which a record cannot change the aggregate, whether or not it belongs."""
    assert isinstance(node, n.Aggregate)
    return {n.How.ANY: False, n.How.COUNT: False, n.How.ALL: True}.get(node.how, ...)


def inner_values(algebra: ReferenceAlgebra, step: Step, v: list[Any]) -> Iterator[list[Any]]:
    """For each record of an aggregate, the values as they stood while its inner steps ran."""
    meanings = [algebra.meaning(s) for s in step.inner]
    for record in v[step.inputs[0].index] or ():
        w = [*v[: step.index], record]
        for meaning in meanings:
            w.append(meaning(w))
        yield w


__all__ = ["Dependents", "MissingFact", "Search", "inner_values", "is_unknown"]

"""One child with the gaps in what is known of it open: everything that the child can be."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import attrs

from kinderguard.engines.prove.calendar import key_of
from kinderguard.engines.prove.facts import (
    ELSEWHERE,
    Facts,
    Listed,
    Otherwise,
    Stated,
    divisions_of,
    elsewhere,
    owner_of,
    plain,
    stated_at,
)
from kinderguard.engines.prove.free import PARTNERS, Free
from kinderguard.engines.prove.logic import Bool, equals, whole
from kinderguard.engines.prove.spans import Span, Value
from kinderguard.engines.prove.variables import DateVariable, Model, holds
from kinderguard.model.case import Case
from kinderguard.model.dates import PartialDate
from kinderguard.model.people import Person
from kinderguard.model.record import Record
from kinderguard.model.resident_id import read_resident_id
from kinderguard.rules.facts import field_kind
from kinderguard.rules.kinds import DATE, Kind

R = TypeVar("R", bound=Record)


class Completed(Facts):
    """The facts of a case as far as they are known, and every possible value of the others, exactly known.

    Without ``settle`` what is not known may also stay so.
    """

    def __init__(
        self, case: Case, free: Free, provided: Mapping[str, Any] | None = None, *, settle: bool = True
    ) -> None:
        self.stated, self.free, self.settle = Stated(case, provided), free, settle
        self.settled: list[Bool] = []

    def value(self, path: str, kind: Kind) -> Value:
        """What a rule reads at a path."""
        if path == ELSEWHERE:
            return elsewhere(*divisions_of(self))
        raw = stated_at(self.stated.case, path)
        if raw is None and path[:1].isdigit():
            raw = self.stated.provided.get(path)
        stated = self.stated.value(path, kind)
        if raw is not None and kind != DATE and _is_known(stated):
            return stated
        if isinstance(stated, Span) and kind == DATE and stated.known is True:
            return stated
        variable = self.free.variable(path, kind)
        self._beside(path)
        if self.settle:
            self.settled.append(variable.known)
        if isinstance(variable, DateVariable) and _has_low(stated):
            self.settled += [variable.within(PartialDate.of(raw)), *self._by_id(path, variable)]
        return variable.value

    def _by_id(self, path: str, variable: DateVariable) -> Iterator[Bool]:
        """Of a birth date stated to the month or year, the day that the person's resident ID says."""
        owner, _, name = path.rpartition(".")
        person = None if path[:1].isdigit() or name != "birth_date" else stated_at(self.stated.case, owner)
        if isinstance(person, Person) and person.resident_id is not None:
            born = read_resident_id(person.resident_id.reveal()).birth_date
            yield equals(variable.key, whole(key_of(born)))

    def _beside(self, path: str) -> None:
        """What the model asks of a gap beside a fact of the same record that is known: no grade "none" of a kind."""
        owner, _, name = path.rpartition(".")
        partner = PARTNERS.get(name)
        if path[:1].isdigit() or partner is None or partner not in owner_of(plain(path)).model_fields:
            return
        raw = stated_at(self.stated.case, f"{owner}.{partner}")
        kind = field_kind(owner_of(plain(path)), partner)
        if raw is None or kind is None:
            return
        known = self.free.variable(f"{owner}.{partner}", kind)
        self.settled.append(
            known.within(PartialDate.of(raw)) if isinstance(known, DateVariable) else known.holding(raw)
        )

    def listed(self, path: str) -> Listed:
        """The list at a path."""
        stated = self.stated.listed(path)
        if stated.known:
            return stated
        found = self.free.listed(path)
        if self.settle:
            self.settled.append(found.known)
        return found

    def filled(self, model: Model, otherwise: Otherwise | None = None) -> Case:
        """The case with its gaps filled as in the solver's answer; ``otherwise`` than in these facts at one path.

        Raises:
            InvalidRecordError: the model does not accept it.
        """
        return self._filled(self.stated.case, "", _Filling(self, otherwise, model))

    def _filled(self, record: R, path: str, filling: "_Filling") -> R:
        values: dict[str, Any] = {}
        for name in type(record).model_fields:
            raw, at = getattr(record, name), f"{path}{name}"
            if isinstance(raw, Record):
                values[name] = self._filled(raw, f"{at}.", filling)
            elif isinstance(raw, tuple) and raw and isinstance(raw[0], Record):
                values[name] = tuple(self._filled(each, f"{at}[{i}].", filling) for i, each in enumerate(raw))
            elif at == "extra":
                values[name] = filling.own(raw)
            else:
                values[name] = filling.value(at, raw)
        return type(record)(**{name: value for name, value in values.items() if value is not None})


@attrs.frozen(eq=False)
class _Filling:
    """What the solver's answer has at each path."""

    facts: Completed
    otherwise: Otherwise | None
    model: Model

    def _free(self, path: str) -> Free:
        facts = self.facts if self.otherwise is None else self.otherwise.at(path)
        assert isinstance(facts, Completed)
        return facts.free

    def value(self, path: str, raw: Any) -> Any:
        """Of a fact or list of the model: what is stated stays, of a date to the month or year the day is filled in."""
        free = self._free(path)
        if raw is None and path in free.lists:
            return free.records(self.model, path) if holds(self.model, free.lists[path].known) else None
        if path in free.variables and (raw is None or isinstance(raw, PartialDate)):
            return free.variables[path].read(self.model)
        return raw

    def own(self, stated: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """The packs' own facts."""
        found = {space: dict(facts) for space, facts in stated.items()}
        for path in self.facts.free.variables:
            if path[:1].isdigit() and (read := self._free(path).variables[path].read(self.model)) is not None:
                space, name = path.split(".", 1)
                found.setdefault(space, {})[name] = read
        return found


def _has_low(value: Value) -> bool:
    return isinstance(value, Span) and value.has_low is True


def _is_known(value: Value) -> bool:
    return value.known is True

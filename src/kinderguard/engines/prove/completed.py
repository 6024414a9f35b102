"""One child with the gaps in what is known of it open: everything that the child can be."""

from collections.abc import Mapping
from typing import Any

from kinderguard.engines.prove.facts import (
    ELSEWHERE,
    Facts,
    Listed,
    Stated,
    divisions_of,
    elsewhere,
    owner_of,
    plain,
    stated_at,
)
from kinderguard.engines.prove.free import PARTNERS, Free
from kinderguard.engines.prove.logic import Bool
from kinderguard.engines.prove.spans import Span, Value
from kinderguard.engines.prove.variables import DateVariable
from kinderguard.model.case import Case
from kinderguard.model.dates import PartialDate
from kinderguard.rules.facts import field_kind
from kinderguard.rules.kinds import DATE, Kind


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
            self.settled.append(variable.within(PartialDate.of(raw)))
        return variable.value

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


def _has_low(value: Value) -> bool:
    return isinstance(value, Span) and value.has_low is True


def _is_known(value: Value) -> bool:
    return value.known is True

"""Facts of which nothing is fixed: a variable for each that a rule asks for, what the model asks of them together, and
the solver's answer read back as the data of a case.
"""

from collections.abc import Iterator
from typing import Any

from kinderguard.engines.prove.calendar import Calendar, key_of
from kinderguard.engines.prove.domains import MOST_MONEY, OTHER_TEXT, Domain
from kinderguard.engines.prove.facts import (
    ELSEWHERE,
    Facts,
    Listed,
    divisions_of,
    elsewhere,
    fits,
    is_past,
    owner_of,
    plain,
    stated_at,
)
from kinderguard.engines.prove.logic import Bool, at_most, both, either, implied, negated
from kinderguard.engines.prove.spans import Value
from kinderguard.engines.prove.variables import (
    ChoiceVariable,
    DateVariable,
    ListVariable,
    Model,
    NumberVariable,
    SeveralVariable,
    TruthVariable,
    Variable,
    holds,
)
from kinderguard.engines.unborn import BIRTH_DATE
from kinderguard.model.case import Case
from kinderguard.model.help import HelpReceived
from kinderguard.model.people import Disability, Situation
from kinderguard.rules.kinds import Kind, Sort

#: Facts of one record that the model holds against each other.
PARTNERS = {"kind": "grade", "grade": "kind", "since": "until", "until": "since"}


class Free(Facts):
    """Facts that can be anything the model accepts within a domain. With ``below``, somebody knows more of them."""

    def __init__(self, domain: Domain, calendar: Calendar, name: str = "", below: "Free | None" = None) -> None:
        self.domain, self.calendar, self.name, self.below = domain, calendar, name, below
        self.variables: dict[str, Variable] = {}
        self.lists: dict[str, ListVariable] = {}
        self._related: list[Bool] = []
        #: The kinds of packs' own facts.
        self._kinds: dict[str, Kind] = {}

    # ---- what rules read ----------------------------------------------------------------------------------------

    def value(self, path: str, kind: Kind) -> Value:
        """What a rule reads at a path."""
        if path == ELSEWHERE:
            return elsewhere(*divisions_of(self))
        return self.variable(path, kind).value

    def listed(self, path: str) -> Listed:
        """The list at a path."""
        found = self.lists.get(path)
        if found is None:
            below = None if self.below is None else self.below._list(path)
            found = self.lists[path] = ListVariable.of(self.name + path, self.domain.records(plain(path)), below)
        return Listed(found.known, found.taken)

    def _list(self, path: str) -> ListVariable:
        self.listed(path)
        return self.lists[path]

    def variable(self, path: str, kind: Kind) -> Variable:
        """The variable of a fact."""
        found = self.variables.get(path)
        if found is None:
            below = None if self.below is None else self.below.variable(path, kind)
            made = self._made(self.name + path, path, kind) if below is None else below.refined(self.name + path)
            found = self.variables[path] = made
            if path[:1].isdigit():
                self._kinds[path] = kind
            self._related += between(path, self, self)
        return found

    def _made(self, name: str, path: str, kind: Kind) -> Variable:
        domain = self.domain
        match kind.sort:
            case Sort.BOOL:
                return TruthVariable(name)
            case Sort.MONEY:
                return NumberVariable(name, 0, MOST_MONEY, money=True)
            case Sort.NUMBER:
                size = path == "household.size"
                return NumberVariable(name, int(size), 100 if size else domain.numbers, money=False)
            case Sort.DATE:
                past = key_of(domain.today) if not path[:1].isdigit() and is_past(plain(path)) else None
                if past is not None and path == BIRTH_DATE:
                    past = min(past, key_of(domain.day))  # of a child who is not born yet nothing counts
                return DateVariable(name, self.calendar, domain.first_year, domain.last_year, past)
            case Sort.CODES:
                return SeveralVariable(name, [c.value for c in kind.codes or ()])
        if kind.codes is not None:
            return ChoiceVariable(name, [c.value for c in kind.codes], None)
        if path.endswith("division"):
            return ChoiceVariable(name, domain.all_divisions, None)
        return ChoiceVariable(name, domain.all_texts, OTHER_TEXT)

    # ---- what the model asks of them ----------------------------------------------------------------------------

    def constraints(self) -> Iterator[Bool]:
        """What the model asks of every fact in use."""
        for variable in self.variables.values():
            yield from variable.constraints
        for listed in self.lists.values():
            yield from listed.constraints
        yield from self._related

    def complete(self) -> Bool:
        """That every fact in use is known exactly."""
        return both(*(v.known for v in self.variables.values()), *(x.known for x in self.lists.values()))

    # ---- the solver's answer ------------------------------------------------------------------------------------

    def read(self, model: Model) -> dict[str, Any]:
        """The case in the solver's answer, as data for ``Case``; what is unknown is left out."""
        data: dict[str, Any] = {}
        for path, listed in self.lists.items():
            if "[" not in path and holds(model, listed.known):
                put(data, path, self.records(model, path))
        for path, variable in self.variables.items():
            if "[" not in path and (raw := variable.read(model)) is not None:
                put(data, path, raw)
        return data

    def records(self, model: Model, path: str) -> list[dict[str, Any]]:
        """The records of a list in the solver's answer, as data."""
        records: list[dict[str, Any]] = []
        for i, taken in enumerate(self.lists[path].taken):
            if not holds(model, taken):
                break
            own, record = f"{path}[{i}].", dict[str, Any]()
            for inner in self.lists:
                if inner.startswith(own) and "[" not in inner[len(own) :] and holds(model, self.lists[inner].known):
                    put(record, inner[len(own) :], self.records(model, inner))
            for fact, variable in self.variables.items():
                if fact.startswith(own) and "[" not in fact[len(own) :]:
                    raw = variable.read(model)
                    if raw is not None:
                        put(record, fact[len(own) :], raw)
            records.append(record)
        return records

    def holding(self, case: Case) -> Iterator[Bool]:
        """That every fact in use is what a case holds."""
        for path, listed in self.lists.items():
            records = stated_at(case, path)
            count = -1 if records is None else len(records)
            yield listed.known if count >= 0 else negated(listed.known)
            yield from (taken if i < count else negated(taken) for i, taken in enumerate(listed.taken))
        for path, variable in self.variables.items():
            raw = stated_at(case, path)
            # A pack's own fact that does not fit its kind is unknown.
            yield variable.holding(None if path in self._kinds and not fits(raw, self._kinds[path]) else raw)


def partner_of(path: str) -> str:
    """The other fact of the record that the model holds against this one; the fact itself where there is none."""
    owner, _, name = path.rpartition(".")
    return path if path[:1].isdigit() or name not in PARTNERS else f"{owner}.{PARTNERS[name]}"


def between(path: str, one: Free, other: Free) -> Iterator[Bool]:
    """What the model asks of a fact in ``one`` and the other fact of its record in ``other``, once both are in use."""
    partner = partner_of(path)
    if partner == path:
        return
    model = owner_of(plain(path))
    here, there = one.variables.get(path), other.variables.get(partner)
    if issubclass(model, Disability) and isinstance(here, ChoiceVariable) and isinstance(there, ChoiceVariable):
        for a, b in ((here, there), (there, here)):
            yield implied(either(b.held["none"], negated(b.known)), a.held["none"])
    if (
        issubclass(model, Situation | HelpReceived)
        and isinstance(here, DateVariable)
        and isinstance(there, DateVariable)
    ):
        begin, end = (here.value, there.value) if path.endswith(".since") else (there.value, here.value)
        yield implied(at_most(begin.low, end.high), both(begin.has_low, end.has_high))


def put(data: dict[str, Any], path: str, raw: Any) -> None:
    """Set a fact in the data of a case."""
    names = ["extra", *path.split(".", 1)] if path[:1].isdigit() else path.split(".")
    for name in names[:-1]:
        data = data.setdefault(name, {})
    data[names[-1]] = raw

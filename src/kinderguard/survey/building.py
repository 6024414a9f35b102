"""One child out of its rows: every fact with its sources, the values taken, and the case that they make.

Called by ``combine`` for each group of rows. Facts taken from different lists may contradict each other; then the less
trusted ones become unknown, and that is said.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import attrs

from kinderguard.model.case import Case
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.resident_id import read_resident_id
from kinderguard.model.text import Text
from kinderguard.packs.source_profiles import within
from kinderguard.survey.choosing import Choice, Disagreement, Sourced, Taken, choose
from kinderguard.survey.keys import RowKey
from kinderguard.survey.said import FactsSaid, said_by, sourced
from kinderguard.survey.sources import Source
from kinderguard.survey.trust import ChosenBy, TrustOrder, TrustRule
from kinderguard.survey.values import APART, joined

_PERSONS = ("child", "father", "mother")
_NOTHING: Mapping[str, Taken] = MappingProxyType({})


@attrs.frozen(eq=False)
class SurveyedChild:
    """One child of the survey.

    Attributes:
        ref: the child's number in this survey, made from its rows (or, with a key, from a keyed mark); never a name.
        case: what is taken to be known.
        rows: where the child stands in the lists.
        facts: by path, what each row says of the fact, and what was taken.
        disagreements: facts about which rows contradict each other, decided or open.
    """

    ref: str
    case: Case = attrs.field(repr=False)
    rows: tuple[RowKey, ...]
    facts: Mapping[str, tuple[Sourced, ...]] = attrs.field(repr=False)
    disagreements: tuple[Disagreement, ...] = attrs.field(repr=False)
    #: Facts on which a person's decision could not be followed any more.
    reopened: tuple[str, ...] = attrs.field(default=(), repr=False)
    #: By fact, what a person decided, whether or not it could be followed.
    decided: Mapping[str, Taken] = attrs.field(default=_NOTHING, repr=False)

    @property
    def open(self) -> tuple[Disagreement, ...]:
        """The disagreements that a person must decide."""
        return tuple(d for d in self.disagreements if d.is_open)

    @property
    def sources(self) -> tuple[str, ...]:
        """The lists in which the child stands."""
        return tuple(dict.fromkeys(row.source for row in self.rows))

    @property
    def repeated(self) -> tuple[str, ...]:
        """The lists in which the child stands more than once."""
        names = [row.source for row in self.rows]
        return tuple(name for name in self.sources if names.count(name) > 1)


@attrs.define
class Rules:
    """The rules of trust by fact, looked up once each."""

    trust: TrustOrder
    _found: dict[str, TrustRule] = attrs.field(factory=dict)

    def of(self, path: str) -> TrustRule:
        """The rule of a fact."""
        rule = self._found.get(path)
        if rule is None:
            rule = self._found[path] = self.trust.rule(path)
        return rule


def ref_of(rows: Iterable[RowKey]) -> str:
    """A child's number, from its rows alone; the same whatever order the lists come in."""
    text = "\n".join(f"{r.source}\0{r.sheet}\0{r.row}" for r in sorted(rows))
    return "c" + hashlib.sha256(text.encode()).hexdigest()[:12]


def build(
    ref: str,
    rows: Sequence[RowKey],
    cases: Mapping[RowKey, Case],
    sources: Mapping[str, Source],
    rules: Rules,
    taken: Mapping[str, Taken] = _NOTHING,
    departments: Mapping[str, Text] = MappingProxyType({}),
    titles: Mapping[str, Text] = MappingProxyType({}),
) -> SurveyedChild:
    """One child out of its rows.

    Args:
        ref: what to call it.
        rows: its rows, in order.
        cases: the case of each row.
        sources: the lists by code.
        rules: whose word counts.
        taken: by fact, what a person decided.
        departments: how to name each list.
        titles: what packs' and lists' own facts are called.
    """
    said = said_by(rows, cases, sources)
    choices: dict[str, Choice] = {}
    for path in sorted(said, key=_identity_first):
        choices[path] = choose(
            path, said[path], rules.of(path), fits_id=_fits_id(path, choices), taken=taken.get(path)
        )  # fmt: skip
    case, contradicting = _case(ref, choices, rules)
    overruled = {p: _overruled(p, choices[p], [choices[o] for o in others]) for p, others in contradicting.items()}
    for path, reason in overruled.items():
        choices[path] = attrs.evolve(choices[path], chosen=(False,) * len(choices[path].said), reason=reason)
    contested = {path: c for path, c in choices.items() if c.disagrees or path in contradicting}
    facts = FactsSaid(rows, cases, sources, contested)
    disagreements = tuple(
        Disagreement(ref, path, sourced(path, c), c.reason, contradicting.get(path, ()), departments, titles)
        for path, c in contested.items()
    )
    reopened = tuple(path for path, c in choices.items() if c.reopened)
    return SurveyedChild(ref, case, tuple(rows), facts, disagreements, reopened, taken)


def _identity_first(path: str) -> tuple[bool, str]:
    """Resident IDs first: birth date and sex follow from them."""
    return not path.endswith(".resident_id"), path


def _fits_id(path: str, choices: Mapping[str, Choice]) -> Callable[[Any], bool] | None:
    """Of a person's birth date and sex, how to tell whether a value agrees with the ID that was taken."""
    who, _, name = path.partition(".")
    if who not in _PERSONS or name not in ("birth_date", "sex"):
        return None
    number = choices.get(f"{who}.resident_id")
    if number is None or number.value is None:
        return None
    return partial(_agrees, path, read_resident_id(number.value.reveal()))


def _agrees(path: str, says: Any, value: Any) -> bool:
    if path.endswith(".sex"):
        return bool(value is says.sex)
    return bool(value.earliest <= says.birth_date <= value.latest)


def _case(ref: str, choices: Mapping[str, Choice], rules: Rules) -> tuple[Case, dict[str, tuple[str, ...]]]:
    """The case of what was taken; and the facts that could not stand beside others, with those others."""
    facts = {path: c.value for path, c in choices.items() if c.value is not None}
    dropped: dict[str, tuple[str, ...]] = {}
    while True:
        try:
            return Case.from_facts({"ref": ref, **facts}), dropped
        except InvalidRecordError as error:
            given_up = {}
            for problem in error.problems:
                involved = [p for p in _involved(problem.where, facts) if p in facts]
                for path in _less_trusted(involved, choices, rules):
                    given_up[path] = tuple(p for p in involved if p != path)
            if not given_up:
                raise
        for path in given_up:
            del facts[path]
        dropped |= given_up


def _involved(where: str, facts: Mapping[str, Any]) -> list[str]:
    """The facts that a record's own contradiction is about."""
    number = facts.get(f"{where}.resident_id")
    if where in _PERSONS and number is not None:
        says = read_resident_id(number.reveal())
        told = [p for p in (f"{where}.birth_date", f"{where}.sex") if p in facts and not _agrees(p, says, facts[p])]
        return [f"{where}.resident_id", *told]
    if where.endswith("disability"):
        return [f"{where}.kind", f"{where}.grade"]
    return [path for path in facts if where and (within(path, where) or within(where, path))]


def _overruled(path: str, choice: Choice, others: Iterable[Choice]) -> ChosenBy | None:
    """By which rule the rows that say something were overruled already in what they cannot stand beside.

    Whoever is not believed that there is no disability is not believed about its grade either: nobody need be asked. Of
    an ID somebody is always asked.
    """
    if path.endswith(".resident_id"):
        return None
    rows = {s.key for s in choice.said}
    for other in others:
        believed = {s.key for s, chosen in zip(other.said, other.chosen, strict=True) if chosen}
        if other.disagrees and other.reason is not None and believed and rows.isdisjoint(believed):
            return other.reason
    return None


def _less_trusted(involved: Sequence[str], choices: Mapping[str, Choice], rules: Rules) -> list[str]:
    """Of facts that contradict each other, those to give up: what nobody decided, of the less trusted list; else all."""
    undecided = [p for p in involved if choices[p].reason is not ChosenBy.DECISION]
    ranks = {p: _rank(p, choices[p], rules) for p in undecided}
    best = min(ranks.values(), default=0)
    worse = [p for p, rank in ranks.items() if rank > best]
    if len(undecided) < len(involved):
        return undecided or list(involved)
    return worse or list(involved)


def _rank(path: str, choice: Choice, rules: Rules) -> int:
    """The place in the order of trust of the best list that says what was taken."""
    rule = rules.of(path)
    return min(
        (rule.rank(s.source) for s in choice.said if joined(path, choice.value, s.value) is not APART),
        default=len(rule.order),
    )

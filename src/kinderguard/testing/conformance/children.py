"""Children for a pack: generated ones, ones near its boundaries, and the author's own cases with facts taken away.

The same at every run: drawn from a seed, never from a database of earlier failures.
"""

import contextlib
import datetime as dt
import json
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.errors import KinderguardError
from kinderguard.model.record import Record, is_personal
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.testing.conformance.registry import Skip
from kinderguard.testing.conformance.subject import Subject


def generated(subject: Subject) -> tuple[Case, ...]:
    """Children at the pack's place, with values of the facts that packs declare there.

    Raises:
        Skip: hypothesis is not installed.
    """
    try:
        from kinderguard.testing import strategies
    except ModuleNotFoundError as error:
        raise Skip(
            f"需要安装 {error.name}：pip install 'kinderguard[kit]'",
            f"this needs {error.name}: pip install 'kinderguard[kit]'",
        ) from None
    with _leaving_nothing():
        drawn = _drawn(strategies.cases(), subject.examples // 2, subject.seed)
        drawn += _near(subject, strategies, subject.examples - len(drawn))
    chance = random.Random(subject.seed)
    placed = [_placed(case, subject, chance) for case in drawn]
    return tuple(placed + _from_cases(subject, chance))


@contextlib.contextmanager
def _leaving_nothing() -> Iterator[None]:
    """While children are drawn, hypothesis keeps its notes elsewhere: it would leave them in the author's folder."""
    from hypothesis.configuration import set_hypothesis_home_dir

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as elsewhere:
        set_hypothesis_home_dir(elsewhere)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)  # its usual place again


def _drawn(strategy: Any, count: int, seed: int) -> list[Case]:
    """Values of a strategy, as many as are asked for, from a seed."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, given, settings

    found: list[Case] = []

    def collect(case: Case) -> None:
        found.append(case)

    quiet: Any = settings(
        max_examples=max(count, 1), database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    drawing: Any = given(strategy)
    seeded: Any = hypothesis.seed
    seeded(seed)(quiet(drawing(collect)))()
    return found[:count]


def _near(subject: Subject, strategies: Any, count: int) -> list[Case]:
    """Children on both sides of the comparisons of each rule, shared out among the rules."""
    near = getattr(strategies, "near", None)
    if near is None or not subject.rules or count <= 0:
        return []
    from kinderguard.rules.boundaries import boundaries

    compared = [rule for rule in subject.rules if boundaries(rule)]
    found: list[Case] = []
    for rule in compared:
        share = max(2, count // len(compared))
        found += _drawn(near(rule, book=subject.full_book, on=subject.day, division=subject.where), share, subject.seed)
    return found


def _placed(case: Case, subject: Subject, chance: random.Random) -> Case:
    """The case at the pack's place, with values of declared facts; some unknown."""
    overlay = subject.overlay
    assert overlay is not None
    facts: dict[str, dict[str, Any]] = {}
    for code, fact in overlay.rules.facts.items():
        space, name = code.split(".", 1)
        value = case.extra.get(space, {}).get(name) if chance.random() < 0.3 else _value(fact.kind, subject.day, chance)
        if value is not None:
            facts.setdefault(space, {})[name] = value
    places = _places(subject)
    changed = case.model_copy(update={"extra": facts, "division_code": subject.where})
    if places and chance.random() < 0.7:
        residence = case.child.residence.model_copy(update={"division": chance.choice(places)})
        changed = changed.model_copy(update={"child": case.child.model_copy(update={"residence": residence})})
    return changed


def _value(kind: Kind, day: dt.date, chance: random.Random) -> Any:
    """A value of a pack's own fact as JSON has it; unknown in one of four."""
    if chance.random() < 0.25:
        return None
    match kind.sort:
        case Sort.BOOL:
            return chance.random() < 0.5
        case Sort.MONEY:
            return f"{chance.choice([0, 1, 500, 59_999, 60_000, 60_001, 200_000]) / 100:.2f}"
        case Sort.NUMBER:
            return chance.choice([0, 1, 2, 3, 5, 6, 7, 12, 18, 60])
        case Sort.DATE:
            past = day - dt.timedelta(days=chance.randrange(0, 6000))
            return chance.choice([past.isoformat(), past.isoformat()[:7], day.isoformat()])
        case Sort.CODE if kind.codes:
            return chance.choice([c.value for c in kind.codes])
    return None


def _places(subject: Subject) -> list[str]:
    """Divisions of the place; those that the author's files name, since a provider may know just these."""
    here = subject.place
    if here is None:
        return []

    def search() -> list[str]:
        texts = "\n".join(file.text for file in subject.sources.python)
        named = {m for m in re.findall(rf"\b{here}\d*\b", texts) if len(m) in (2, 4, 6, 9, 12)}
        return sorted({*named, here.ljust(6, "0") if len(here) < 6 else f"{here[:6]}001"})

    found: list[str] = subject.once("places", search)
    return found


def _from_cases(subject: Subject, chance: random.Random) -> list[Case]:
    """The author's cases as they are, and each with one fact taken away."""
    found: list[Case] = []
    for given in author_cases(subject):
        with contextlib.suppress(KinderguardError):
            found.append(given.case())
            path = chance.choice(sorted(given.facts)) if given.facts else ""
            found.append(Case.from_facts({p: v for p, v in given.facts.items() if p != path}))
    chance.shuffle(found)
    return found[: subject.examples]


def author_cases(subject: Subject) -> tuple[Any, ...]:
    """The policy cases that the author wrote; a file that cannot be read is told by ``policy_cases``."""

    def read() -> tuple[Any, ...]:
        from kinderguard.testing.policy_cases import PolicyCaseError, read_policy_cases

        cases: list[Any] = []
        for file in subject.case_files:
            with contextlib.suppress(PolicyCaseError):
                cases += read_policy_cases(file)
        return tuple(cases)

    found: tuple[Any, ...] = subject.once("author_cases", read)
    return found


def smallest(case: Case, still: Callable[[Case], bool], *, tries: int = 30) -> Case:
    """The case with every fact left out that does not matter: the first that remain are what the author looks at."""
    data = case.model_dump(mode="json", exclude_defaults=True)
    for path in _leaves(data):
        if tries <= 0:
            break
        tries -= 1
        less = _without(data, path)
        try:
            shrunk = Case.model_validate(less)
        except KinderguardError:
            continue
        if still(shrunk):
            data = less
    return Case.model_validate(data)


def _leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    """Paths into nested data, whole parts before what is in them."""
    items = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    for key, value in items:
        yield (*path, key)
        yield from _leaves(value, (*path, key))


def _without(data: Any, path: tuple[Any, ...]) -> Any:
    """Nested data without one part; unchanged where it is gone already."""
    head, *rest = path
    if isinstance(data, dict):
        if head not in data:
            return data
        if not rest:
            return {k: v for k, v in data.items() if k != head}
        return data | {head: _without(data[head], tuple(rest))}
    if isinstance(data, list) and isinstance(head, int) and head < len(data):
        if not rest:
            return [v for k, v in enumerate(data) if k != head]
        return [_without(v, tuple(rest)) if k == head else v for k, v in enumerate(data)]
    return data


def shown(case: Case) -> str:
    """A case as facts, short, without names and the like: one of the author's own cases may have them."""
    text = json.dumps(_impersonal(case), ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= 600 else f"{text[:600]}…"


def _impersonal(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, plain in record.model_dump(mode="json", exclude_defaults=True).items():
        held = getattr(record, name)
        if is_personal(type(record).model_fields[name]):
            continue
        if isinstance(held, tuple) and held and isinstance(held[0], Record):
            found[name] = [_impersonal(each) for each in held]
        else:
            found[name] = _impersonal(held) if isinstance(held, Record) else plain
    return {name: value for name, value in found.items() if value != {}}

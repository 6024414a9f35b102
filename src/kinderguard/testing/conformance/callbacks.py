"""A check of the pack's own code that is called for every child: observers and the functions of fact providers.

Where one raises, an assessment goes on without it and says so; here it is a fault, with the line that raised it.
"""

import contextlib
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from kinderguard.engines.reading import extra_value
from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError
from kinderguard.model.text import Text, same
from kinderguard.packs.fact_providers import needs_of, value_at
from kinderguard.rules.definitions import FactProvider
from kinderguard.testing.conformance.children import shown
from kinderguard.testing.conformance.registry import Found, Needs, check
from kinderguard.testing.conformance.results import Finding
from kinderguard.testing.conformance.subject import Subject

_MEND = Text(
    "修改该行：每名儿童都会调用它，任何事实都可能是未知（None）",
    "mend that line: it is called for every child, and any fact may be unknown (None)",
)


@check(
    "callbacks_run",
    title=Text("观察函数和事实提供函数不报错", "observers and fact providers raise nothing"),
    protects=Text(
        "出错的观察函数一条记录也不留，出错的提供函数使事实成为未知；评估照常进行，很久都没有人发觉。",
        "An observer that raises records nothing, and a provider that raises leaves its fact unknown; assessments go on, and "
        "nobody notices for long.",
    ),
    mend=_MEND,
    needs=Needs.BOOK,
)
def callbacks_run(subject: Subject) -> Found:
    """Each with a child of whom nothing is known, then with generated ones, until it raises."""
    # What they write beside themselves must not be left in the author's folder.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as elsewhere, contextlib.chdir(elsewhere):
        for observer in subject.observers:
            yield from _first(subject, partial(_observed, subject, observer))
        for provider in subject.pack.providers if subject.pack else ():
            yield from _first(subject, partial(_provided, subject, provider))


def _first(subject: Subject, tried: Callable[[Case], Finding | None]) -> Iterator[Finding]:
    """The first finding about any child."""
    found = (finding for case in _children(subject) if (finding := tried(case)) is not None)
    yield from islice(found, 1)


def _children(subject: Subject) -> Iterator[Case]:
    yield Case()
    yield from subject.children


def _observed(subject: Subject, observer: Callable[[Any], None], case: Case) -> Finding | None:
    result = subject.book.assess(case, on=subject.day, division=subject.where)
    name = getattr(observer, "__name__", type(observer).__name__)
    said = Text(f"观察函数 {name}", f"the observer {name}")
    return _raised(subject, said, lambda: observer(result), subject.at_hook("kinderguard_observers"), case)


def _provided(subject: Subject, provider: FactProvider, case: Case) -> Finding | None:
    facts = {path: value_at(case, path) for path in needs_of(provider)}
    said = Text(f"{provider.code} 的提供函数 one", f"one of the provider of {provider.code}")
    answers: list[Any] = []
    at = subject.at(provider.code)
    found = _raised(subject, said, lambda: answers.append(provider.one(dict(facts))), at, case)
    if found is None and provider.many is not None:
        many, several = (
            provider.many,
            Text(f"{provider.code} 的提供函数 many", f"many of the provider of {provider.code}"),
        )
        found = _raised(subject, several, lambda: list(many([dict(facts)])), at, case)
    return found or _unfit(subject, provider, answers[0], case)


def _unfit(subject: Subject, provider: FactProvider, answer: Any, case: Case) -> Finding | None:
    try:
        extra_value(answer, provider.fact.kind)
    except FieldValueError as error:
        return Finding(
            Text(
                f"{provider.code} 的提供函数给出的值不符：",
                f"the provider of {provider.code} gives what does not fit: ",
            )
            + error.text,
            Text("给出该事实的值，未知时给出 None", "give a value of the fact, None where it is unknown"),
            **subject.at(provider.code),
            paste=shown(case),
        )
    return None


def _raised(subject: Subject, what: Text, call: Callable[[], object], at: dict[str, Any], case: Case) -> Finding | None:
    """What a call raised; the error's own words may hold what is known of a child, so only its kind and line are told."""
    try:
        call()
    except (Exception, SystemExit) as error:  # noqa: BLE001  the author's code may raise anything
        return Finding(
            what + Text(f" 出错（{type(error).__name__}）", f" raises {type(error).__name__}"),
            _MEND,
            **(_line(subject, error) or at),
            details=(Text("虚构的儿童：", "a made-up child: ") + same(shown(case)),),
        )
    return None


def _line(subject: Subject, error: BaseException) -> dict[str, Any] | None:
    """The last line of the pack's own files that an error came through."""
    package = subject.target.package
    if package is None:
        return None
    frames = [(Path(f.f_code.co_filename), line) for f, line in traceback.walk_tb(error.__traceback__)]
    own = [(file, line) for file, line in frames if file == package or file.is_relative_to(package)]
    return {"file": subject.sources.shown(own[-1][0]), "line": own[-1][1]} if own else None

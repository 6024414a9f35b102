"""The pack under test with everything that checks ask about, each found once: the pack, its book, its files, children."""

import contextlib
import copy
import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from kinderguard.model.case import Case
from kinderguard.model.errors import KinderguardError, Problem
from kinderguard.model.places import PROVINCES
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.columns import LedgerColumn
from kinderguard.packs.loader import PackSource, Registry, discover
from kinderguard.packs.need_rules import NeedRule
from kinderguard.packs.overlay import Overlay
from kinderguard.packs.pack import Pack
from kinderguard.packs.source_profiles import SourceProfile
from kinderguard.rules.definitions import Category, Check, OwnDocument, Policy
from kinderguard.rules.kinds import Sort
from kinderguard.rules.parameters import Parameter, readable_parameters
from kinderguard.testing.case_files import case_files
from kinderguard.testing.conformance.causes import owner_of
from kinderguard.testing.conformance.days import Days, days_of
from kinderguard.testing.conformance.locating import Place, Sources
from kinderguard.testing.conformance.targets import Target

Rule: TypeAlias = Category | Policy | Check
#: Rules of no stated beginning are checked on this day; a day on which generated facts lie in the past.
USUAL_DAY = dt.date(2025, 9, 1)


@attrs.define(eq=False, slots=False)
class Subject:
    """A pack under test.

    Args:
        target: where it was found.
        examples: how many children are generated.
        seed: of their generation.
        cases: a file or folder of policy cases beside those that belong to the pack: a wheel leaves them behind.
        on: the days on which it is checked; the usual one, if there is none.
    """

    target: Target
    examples: int = 60
    seed: int = 0
    cases: Path | None = None
    on: tuple[dt.date, ...] = ()

    @property
    def name(self) -> str:
        """The entry point's name."""
        return self.target.name

    @cached_property
    def sources(self) -> Sources:
        """The author's files."""
        return Sources(self.target.package, self.target.project)

    # ---- the pack and its book -------------------------------------------------------------------------------

    def as_installed(self) -> PackSource:
        """The pack before anything of it is loaded."""
        return PackSource(self.target.name, self.target.distribution, self.target.load, value=self.target.value)

    @cached_property
    def source(self) -> PackSource:
        """The pack as the loader sees it: loaded, or with its problems."""
        source = self.as_installed()
        # What an import writes beside itself must not be left in the author's folder.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as elsewhere, contextlib.chdir(elsewhere):
            Registry([source]).ensure(source)
        return source

    @cached_property
    def _brought(self) -> PackSource:
        # Kept apart from the source: of a pack that does not fit those above it, nothing is left there.
        return copy.copy(self.source)

    @property
    def pack(self) -> Pack | None:
        """The pack, before it is put together with those above it; None where it does not load."""
        return self._brought.pack

    @property
    def documents(self) -> tuple[OwnDocument, ...]:
        """The papers that it registers."""
        return self._brought.documents

    @property
    def columns(self) -> tuple[LedgerColumn, ...]:
        """The ledger columns that it adds."""
        return self._brought.columns

    @property
    def observers(self) -> tuple[Callable[[Any], None], ...]:
        """The functions that it has called with every assessment."""
        return self._brought.observers

    @property
    def needs(self) -> tuple[NeedRule, ...]:
        """The needs that it adds."""
        return self._brought.needs

    @property
    def profiles(self) -> tuple[SourceProfile, ...]:
        """The kinds of list that it adds."""
        return self._brought.profiles

    @cached_property
    def _assembled(self) -> tuple[PolicyBook, Overlay | None]:
        if self.pack is None:
            return PolicyBook(discover()), None
        found = discover()
        registry = Registry([*(s for s in found.sources if s.name != self.name), self.source], found.problems)
        book = PolicyBook(registry)
        try:
            overlay = book.overlay(self.place)
        except KinderguardError:  # the nation's own pack does not stand; the source's problems say why
            return book, None
        return book, overlay if any(p.code == self.name for p in overlay.packs) else None

    @property
    def book(self) -> PolicyBook:
        """The pack with every installed one."""
        return self._assembled[0]

    @property
    def overlay(self) -> Overlay | None:
        """The rules at the pack's place; None where it does not fit those above it."""
        return self._assembled[1]

    @property
    def stands(self) -> bool:
        """Whether the pack loads and fits those above it."""
        return self.overlay is not None

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the pack out, as the loader says it."""
        _ = self._assembled
        return self.source.problems

    def owner_of(self, problem: Problem) -> str:
        """The id of the check that tells a problem of the loader; ``loads`` where none is nearer."""
        found = owner_of(problem)
        # The loader holds needs to the same as rules, so that only the code tells them apart.
        said = problem.message.en
        if found == "facts_exist" and any(re.search(rf"{re.escape(n.code)}(?![\w.])", said) for n in self.needs):
            return "need_facts"
        return found

    # ---- place and day ---------------------------------------------------------------------------------------

    @property
    def place(self) -> str | None:
        """The division that the pack speaks for; None for the nation."""
        return (None if self.pack is None else self.pack.jurisdiction) or None

    @cached_property
    def where(self) -> str:
        """The division at which children are assessed: the pack's; for the nation, a province that has no pack."""
        if self.place is not None:
            return self.place
        taken = {source.jurisdiction[:2] for source in self.book.registry.sources}
        return next((p for p in sorted(PROVINCES) if p not in taken), min(PROVINCES))

    @cached_property
    def day(self) -> dt.date:
        """The first day given; else the usual one, or the first on which every rule and value of the pack has begun."""
        if self.on:
            return self.on[0]
        starts = [d for d in self._starts() if d is not None]
        return max([USUAL_DAY, *starts])

    @cached_property
    def days(self) -> Days:
        """The days on which proofs are asked: those given; else that of the checks, and those on which the rules turn."""
        return Days(tuple(dict.fromkeys(self.on))) if self.on else days_of(self)

    def _starts(self) -> Iterator[dt.date | None]:
        yield from (rule.effective.start for rule in self.rules)
        for parameter in self.parameters:
            yield from (value.period.start for value in parameter.values)

    # ---- what the pack defines -------------------------------------------------------------------------------

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its categories, policies and checks."""
        return () if self.pack is None else (*self.pack.categories, *self.pack.policies, *self.pack.checks)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that it declares or sets values of; those of a file that cannot be read are left out."""
        if self.overlay is not None:
            return self.overlay.parameters[self.name]
        return tuple(self._read_alone()) if self.pack is not None else ()

    def _read_alone(self) -> Iterator[Parameter]:
        assert self.pack is not None
        above = self.book.overlay(None).rules.parameters if self.name != "cn" else {}
        kinds = {code: p.kind for code, p in above.items() if p.kind is not None}
        for given in self.pack.parameters:
            if isinstance(given, Parameter):
                yield given
            else:  # the loader's problem says what is wrong with the file
                yield from readable_parameters(given, jurisdiction=self.pack.jurisdiction, kinds=kinds)

    # ---- places in the author's files ------------------------------------------------------------------------

    def at(self, code: str) -> dict[str, Any]:
        """``file`` and ``line`` of a finding about a code."""
        return _placed(self.sources.code(code))

    def at_text(self, text: str) -> dict[str, Any]:
        """``file`` and ``line`` of a finding about a text."""
        return _placed(self.sources.string(text))

    def at_parameter(self, parameter: Parameter, holding: str = "") -> dict[str, Any]:
        """``file`` and ``line`` of a finding about a parameter, or a value of it."""
        return _placed(self.sources.parameter(parameter.code, parameter.file, holding))

    def at_hook(self, name: str) -> dict[str, Any]:
        """``file`` and ``line`` of a finding about a hook."""
        return _placed(self.sources.function(name))

    def at_project(self, key: str) -> dict[str, Any]:
        """``file`` and ``line`` of a finding about a key of ``pyproject.toml``."""
        return _placed(self.sources.pyproject(key))

    # ---- children --------------------------------------------------------------------------------------------

    @cached_property
    def full_book(self) -> PolicyBook:
        """The book with invented values of parameters that the place does not set, so that amounts are reached."""
        overlay = self.overlay
        assert overlay is not None
        absent: dict[str, Any] = {}
        for code, parameter in overlay.rules.parameters.items():
            if parameter.kind is not None and parameter.at(self.where, self.day) is None:
                absent[code] = _invented(parameter)
        return self.book.with_parameters(absent) if absent else self.book

    @cached_property
    def children(self) -> tuple[Case, ...]:
        """Generated children, the same at every run."""
        from kinderguard.testing.conformance.children import generated

        return generated(self)

    @cached_property
    def case_files(self) -> tuple[Path, ...]:
        """The author's files of policy cases: inside the package, and beside ``pyproject.toml``."""
        folders = [self.target.package] if self.target.package and self.target.package.is_dir() else []
        folders += [self.target.project] if self.target.project else []
        given = [] if self.cases is None else case_files(self.cases)
        found = [file for folder in folders for file in sorted((folder / "cases").glob("*.toml"))]
        return tuple(dict.fromkeys(file.resolve() for file in (*found, *given)))

    @property
    def cases_were_left_behind(self) -> bool:
        """Whether the pack was built into a wheel without its cases, so that nothing can be said of them."""
        return not self.case_files and self.target.project is None and bool(self.target.module)

    _memo: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """What several checks ask for, made once."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]


def _placed(place: Place) -> dict[str, Any]:
    return {"file": place[0], "line": place[1]}


def _invented(parameter: Parameter) -> Any:
    """A plausible value of a parameter that nobody sets at the place."""
    floor = parameter.floor.value if parameter.floor else 0
    least = int(floor) if isinstance(floor, int | Fraction) else 0
    assert parameter.kind is not None
    match parameter.kind.sort:
        case Sort.BOOL:
            return True
        case Sort.MONEY:
            return str(max(1000, least // 100 * 2))
        case Sort.DATE:
            return USUAL_DAY
        case _:
            return least + 2

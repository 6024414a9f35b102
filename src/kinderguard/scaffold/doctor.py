"""``diagnose()``: every installed pack, where it comes from, what it brings, and what is wrong. A broken pack stops nothing.

>>> from kinderguard.scaffold.doctor import diagnose
>>> [pack.name for pack in diagnose().packs][0]
'cn'
"""

import re
import traceback
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import kinderguard
from kinderguard.model.errors import Problem
from kinderguard.model.places import place_name
from kinderguard.model.text import Text, same
from kinderguard.packs import NoPacksError, Pack, PackSource, PackState, PackWarning, PolicyBook
from kinderguard.packs.elsewhere import elsewhere
from kinderguard.packs.failures import place_in_pack, told
from kinderguard.packs.installed import installed
from kinderguard.packs.ledger_headers import column_clashes
from kinderguard.packs.loader import GROUP
from kinderguard.packs.mends import MENDS, OTHERWISE
from kinderguard.packs.project_file import project_file
from kinderguard.packs.unlisted import unlisted
from kinderguard.packs.unregistered import unregistered
from kinderguard.packs.valueless import valueless
from kinderguard.rules.definitions import Check
from kinderguard.rules.kinds import Kind
from kinderguard.rules.parameters import Parameter, readable_parameters, show
from kinderguard.scaffold.conflicts import Held, conflicts
from kinderguard.scaffold.copied import copied
from kinderguard.scaffold.diagnosis import Change, Diagnosis, Finding, PackReport, Place, Rule, ValueSet
from kinderguard.scaffold.whereabouts import Whereabouts

_NO_PARAMETER = re.compile(r"no pack declares the parameter (?P<code>[a-z0-9_.]*[a-z0-9_])")


def diagnose(book: PolicyBook | None = None) -> Diagnosis:
    """Look at every installed pack.

    Args:
        book: whose packs; every installed one, if left out.

    Raises:
        NoPacksError: the national pack itself cannot be used.
    """
    if book is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PackWarning)  # each is a finding
            book = kinderguard.load()
    where = {name: Whereabouts.of(name, value) for name, value in _values().items()}
    # Taken before they are put together: one that does not fit is let go then, and could not be compared any more.
    packs = {s.name: s.pack for s in book.registry.all() if s.pack is not None}
    crashed = list(_put_together(book, where))
    kinds: dict[str, Kind] = {}
    held = {
        name: Held(pack, tuple(_parameters(pack, kinds)), where.get(name) or Whereabouts.of(name, ""))
        for name, pack in packs.items()
    }
    around = _around(book.registry.sources)
    reports = tuple(
        _report(s, around[s.jurisdiction], held.get(s.name), where.get(s.name), kinds) for s in book.registry.sources
    )
    # A misspelt group is found among the silent ones, too, and there with the file and line of its project.
    found = [_told(p, where) for p in dict.fromkeys(book.problems) if p.code != "pack.not_registered"]
    silent = [
        *_unlisted(packs, where),
        *_column_clashes(book, where),
        *_unregistered(),
        *_elsewhere(book),
        *_valueless(held),
        *_copied(book, packs, where),
    ]
    return Diagnosis(kinderguard.__version__, reports, (*found, *crashed, *silent, *conflicts(held, reports)))


def _values() -> dict[str, str]:
    """By entry point, the module that it names; of two with one name, the first."""
    found: dict[str, str] = {}
    for one in installed(GROUP):
        found.setdefault(one.point.name, one.point.value)
    return found


def _around(sources: Iterable[PackSource]) -> dict[str, tuple[str, ...]]:
    """By jurisdiction, the packs of the places around it, the nation's first."""
    names: dict[str, list[str]] = {}
    for source in sources:
        names.setdefault(source.jurisdiction, []).append(source.name)
    return {here: tuple(n for end in range(len(here)) for n in names.get(here[:end], ())) for here in names}


def _put_together(book: PolicyBook, where: Mapping[str, Whereabouts]) -> Iterator[Finding]:
    """Put every pack together with those above it; what raises where the loader expects no error is a finding too."""
    for source in book.registry.sources:
        try:
            book.overlay(source.jurisdiction or None)
        except NoPacksError:
            raise
        except Exception as error:  # noqa: BLE001  whatever a pack's values raise, the others are still looked at
            last = traceback.extract_tb(error.__traceback__)[-1]
            at = place_in_pack(error, source.module) or f"{Path(last.filename).name}:{last.lineno}"
            message = Text(f"载入时出错（{at}）：", f"it raised while it was put together ({at}): ") + told(error)
            place = (
                where[source.name].problem(Problem("pack.crashed", told(error))) if source.name in where else Place()
            )
            yield Finding("pack.crashed", (source.name,), message, MENDS["pack.crashed"], place)


def _unlisted(packs: Mapping[str, Pack], where: Mapping[str, Whereabouts]) -> Iterator[Finding]:
    for name, pack in packs.items():
        if name in where:
            for one in unlisted(pack, where[name].module):
                yield Finding("pack.rule_unlisted", (name,), one.message, one.mend, where[name].rule(one.code))


def _copied(book: PolicyBook, packs: Mapping[str, Pack], where: Mapping[str, Whereabouts]) -> Iterator[Finding]:
    for source in book.registry.sources:
        if source.name in packs and source.name in where:
            for text in copied(packs[source.name], source.distribution, where[source.name]):
                place = where[source.name].text(packs[source.name].title.zh)
                yield Finding("pack.copied", (source.name,), text, MENDS["pack.copied"], place, serious=False)


def _column_clashes(book: PolicyBook, where: Mapping[str, Whereabouts]) -> Iterator[Finding]:
    for source in book.registry.sources:
        for column, text in column_clashes(source.columns):
            place = where[source.name].text(column.header) if source.name in where else Place()
            yield Finding("pack.column_clash", (source.name,), text, MENDS["pack.column_clash"], place)


def _unregistered() -> Iterator[Finding]:
    for one in unregistered():
        place = Place(one.file, one.line)
        mend = MENDS["pack.not_registered"]
        yield Finding("pack.not_registered", (one.name,), one.message, mend, place, serious=one.sure)


def _valueless(held: Mapping[str, Held]) -> Iterator[Finding]:
    code = "pack.parameter_without_value"
    for name, one in held.items():
        for found in valueless(one.pack, one.parameters):
            place = one.where.parameter(found.parameter.code)
            yield Finding(code, (name,), found.message, MENDS[code], place, found.sure)


def _elsewhere(book: PolicyBook) -> Iterator[Finding]:
    """Packs of the folder in which the author stands that are used from another place."""
    here = Path.cwd()
    project = next((p for folder in (here, *list(here.parents)[:3]) if (p := project_file(folder)) is not None), None)
    for one in () if project is None else elsewhere(project, book.registry.sources):
        file = one.written / "__init__.py" if one.written.is_dir() else one.written
        yield Finding(
            "pack.elsewhere", (one.name,), one.message, MENDS["pack.elsewhere"], Place(str(file)), bool(one.differing)
        )


def _parameters(pack: Pack, kinds: dict[str, Kind]) -> Iterator[Parameter]:
    """The parameters of a pack as far as they can be read; ``kinds`` are those declared so far, and grow."""
    for given in pack.parameters:
        read = (  # what cannot be read, the loader tells
            [given]
            if isinstance(given, Parameter)
            else readable_parameters(given, jurisdiction=pack.jurisdiction, kinds=kinds)
        )
        for parameter in read:
            if parameter.kind is not None:
                kinds.setdefault(parameter.code, parameter.kind)
            yield parameter


def _told(problem: Problem, where: Mapping[str, Whereabouts]) -> Finding:
    name = problem.where.split(" (", 1)[0]
    place = where[name].problem(problem) if name in where else Place()
    mend = MENDS.get(problem.code, OTHERWISE)
    if name in where and (absent := _NO_PARAMETER.search(problem.message.en)):
        mend = where[name].sources.unlisted_file(absent["code"]) or mend
    return Finding(problem.code, (name,), problem.message, mend, place)


def _report(
    source: PackSource,
    within: tuple[str, ...],
    held: Held | None,
    where: Whereabouts | None,
    kinds: Mapping[str, Kind],
) -> PackReport:
    division = source.jurisdiction
    pack = held.pack if held else None
    return PackReport(
        name=source.name,
        title=pack.title if pack else None,
        distribution=source.distribution,
        file=str(where.package) if where and where.package else "",
        state=source.state,
        covers=place_name(division)
        + same(f" {division}" if division and division not in place_name(division).zh else ""),
        within=within,
        kinderguard=pack.kinderguard if pack else "",
        adds=tuple(_adds(source, held)) if held else (),
        changes=tuple(_change(check, held.where) for check in held.pack.checks) if held else (),
        values=tuple(_value_sets(held, kinds)) if held else (),
    )


def _adds(source: PackSource, held: Held) -> Iterator[Rule]:
    pack, where = held.pack, held.where
    for kind, values in (("category", pack.categories), ("policy", pack.policies), ("fact", pack.facts)):
        for value in values:
            yield Rule(kind, value.code, value.title, where.rule(value.code))
    titles = {fact.code: fact.title for fact in pack.facts}
    for provider in pack.providers:
        yield Rule("provider", provider.code, titles.get(provider.code, same(provider.code)), where.rule(provider.code))
    for paper in source.documents:
        yield Rule("document", paper.code, paper.title, where.rule(paper.code))
    for column in source.columns:
        yield Rule("column", column.header, same(column.header))
    for parameter in held.parameters:
        if parameter.kind is not None:
            title = parameter.title or same(parameter.code)
            yield Rule("parameter", parameter.code, title, where.parameter(parameter.code))


def _change(check: Check, where: Whereabouts) -> Change:
    how = "widens" if check.widens is not None else "raises" if check.at_least is not None else "narrows"
    return Change(check.code, check.on, how, check.reason, where.rule(check.code))


def _value_sets(held: Held, kinds: Mapping[str, Kind]) -> Iterator[ValueSet]:
    for parameter in held.parameters:
        kind = parameter.kind or kinds.get(parameter.code)
        for value in parameter.values:
            said = show(value.value, kind, parameter.unit) if kind else same(str(value.value))
            place = held.where.parameter(parameter.code)
            yield ValueSet(parameter.code, value.place, value.period.text, said, place)


__all__ = ["Diagnosis", "Finding", "PackReport", "PackState", "diagnose"]

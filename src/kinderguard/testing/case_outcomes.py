"""A policy case as a value: run against a book, compared, and told as a person would want to read it."""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.reading import extra_value
from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError, InvalidRecordError, KinderguardError, Problem, ToldError
from kinderguard.model.lines import MARKS, Line, plain_text
from kinderguard.model.places import covers, place_and_code
from kinderguard.model.text import Language, Text, join, same
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.elsewhere import elsewhere
from kinderguard.packs.loader import PackState
from kinderguard.packs.pack import jurisdiction_of
from kinderguard.packs.project_file import ProjectFile, project_file
from kinderguard.packs.unlisted import unlisted
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.rules.kinds import Sort
from kinderguard.testing.expectations import Difference, read_expectation, unexpected_problems
from kinderguard.testing.fact_paths import no_such_fact, value_at


class PolicyCaseError(ToldError, ValueError):
    """A file of policy cases that cannot be read. ``problems`` has every finding with its file, line and mend."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [Text(f"{p.where}：", f"{p.where}: ") + p.message for p in self.problems]
        super().__init__(join(lines, "\n", "\n"))

    def __reduce__(self) -> tuple[type, tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def _titled(value: str | Text) -> Text:
    """A title; one that was given in one language stands for both."""
    return value if isinstance(value, Text) else same(value)


@attrs.frozen
class PolicyCase:
    """One case, or one variant of it.

    Args:
        title: of the case, as text or in both languages.
        day: of the assessment.
        division: whose rules; the child's own, by its facts, where None.
        facts: by path, as for ``Case.from_facts``.
        expect: by key, as for ``read_expectation``.
        file, line: where it is written.
        variant: the title of the variant; empty where the case has none.
        group: the title of the file.
    """

    title: Text = attrs.field(converter=_titled)
    day: dt.date
    division: str | None
    facts: Mapping[str, Any] = attrs.field(hash=False)
    expect: Mapping[str, Any] = attrs.field(hash=False)
    file: str = ""
    line: int = 0
    variant: Text = attrs.field(default=same(""), converter=_titled)
    group: Text = attrs.field(default=same(""), converter=_titled)

    @property
    def name(self) -> str:
        """The Chinese title, with that of the variant: unique in its file."""
        return self.full_title.zh

    @property
    def full_title(self) -> Text:
        """The title, with that of the variant, in both languages."""
        return self.title + same(" · ") + self.variant if self.variant.zh else self.title

    @property
    def where(self) -> str:
        """``cases/heating.toml:12``, from the current folder where the file lies in it."""
        path = Path(self.file)
        here = Path.cwd()
        return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{self.line}"

    def case(self) -> Case:
        """What is known of the child.

        Raises:
            InvalidRecordError: facts that the model does not accept.
        """
        return Case.from_facts(self.facts)

    def run(self, book: PolicyBook) -> "CaseOutcome":
        """Assess the child by the rules of the book, and compare."""
        places = book.overlay(self.division).rules.places if self.division is not None else {}
        return attrs.evolve(self._outcome(book), places=places)

    def _outcome(self, book: PolicyBook) -> "CaseOutcome":
        try:
            return self._run(book)
        except InvalidRecordError as error:
            return CaseOutcome(self, problems=tuple(_at(p, f"facts.{p.where}") for p in error.problems))
        except KinderguardError as error:
            message = error.text if isinstance(error, ToldError) else same(str(error))
            return CaseOutcome(self, problems=(Problem("case.not_run", message),))

    def _run(self, book: PolicyBook) -> "CaseOutcome":
        stale = self._packs_elsewhere(book)
        if stale:
            # Whatever came out would be said of other rules than those in the author's folder.
            return CaseOutcome(self, problems=(_not_here(),), kept_out=stale)
        case = self.case()
        expected = tuple(read_expectation(key, value) for key, value in self.expect.items())
        lacking = tuple(self._packs_lacking(book))
        place = self.division or case.division
        rules = book.overlay(place).rules
        wrong = [
            (e.key, text + _where_defined(e.rule or e.key, book, place))
            for e in expected
            if (text := e.misuse(rules)) is not None
        ]
        wrong += [
            (f"facts.{path}", _elsewhere(path, book, place) or text)
            for path in self.facts
            if (text := no_such_fact(path, rules.facts)) is not None
        ]
        wrong += [(f"facts.{path}", text) for path, text in _no_codes(case, rules.facts)]
        wrong += [
            (e.key, _elsewhere(path, book, place) or text)
            for e in expected
            if e.aspect.startswith("missing")
            for path in e.wanted
            if (text := no_such_fact(path, rules.facts, in_records=True)) is not None
        ]
        kept_out = self._packs_kept_out(book)
        needed = any(place is None or covers(jurisdiction_of(name), place) for name in kept_out)
        if kept_out and (lacking or wrong or (needed and not any(e.aspect == "problems" for e in expected))):
            # What it expects cannot be there: advice on its codes would lead away from the mend.
            return CaseOutcome(
                self,
                problems=tuple(_kept_out(name) for name in kept_out),
                kept_out=tuple(p for problems in kept_out.values() for p in problems),
            )
        if lacking:
            return CaseOutcome(self, problems=(_not_run(),), kept_out=lacking)
        if wrong:
            return CaseOutcome(self, problems=tuple(Problem("case.misuse", text, where) for where, text in wrong))
        result = book.assess(case, on=self.day, division=self.division)
        broken = tuple(Problem("case.broken", text, where) for where, text in unexpected_problems(result, expected))
        found = (e.difference(result) for e in expected)
        return CaseOutcome(self, result, tuple(d for d in found if d is not None), broken)

    def _packs_elsewhere(self, book: PolicyBook) -> tuple[Problem, ...]:
        """The packs of the case's own folder that are installed from another place, with other rules."""
        project = _project_of(self.file)
        if project is not None and project.fault is not None and not project.about and self._places_named():
            return (Problem("case.project_unreadable", project.fault.text, str(project.folder)),)
        found = () if project is None else elsewhere(project, book.packs)
        return tuple(Problem("case.pack_elsewhere", one.message, one.name) for one in found if one.differing)

    def _packs_kept_out(self, book: PolicyBook) -> dict[str, tuple[Problem, ...]]:
        """The packs that the case is about and the book cannot use, each with what the loader says."""
        project = _project_of(self.file)
        own = () if project is None else project.points
        named = self._places_named()
        found: dict[str, tuple[Problem, ...]] = {}
        for problem in book.registry.problems:
            name = problem.where.partition(" ")[0]
            if name in own:
                found[name] = (*found.get(name, ()), problem)
        for source in book.packs:
            if source.name in own or source.jurisdiction in named:
                book.overlay(source.jurisdiction or None)  # whether it fits those above it is found out there
                if source.state is PackState.QUARANTINED:
                    found[source.name] = source.problems
        return found

    def _places_named(self) -> set[str]:
        return {key.split(".")[0] for key in (*self.expect, *self.facts) if key[:1].isdigit()}

    def _packs_lacking(self, book: PolicyBook) -> Iterator[Problem]:
        """The packs that the case is about and nobody installed: those of its codes, and that of its own folder."""
        installed = {source.name for source in book.packs}
        missing = {name for name in self._places_named() if not any(i.split(".")[0] == name for i in installed)}
        project = _project_of(self.file)
        own = {} if project is None else project.points
        if project is not None and project.fault is not None and missing and project.looks_like_a_pack:
            # To install it once more would change nothing.
            fault = project.fault.text
            text = Text(f"请改正 {fault.zh}", f"correct {fault.en}")
            yield Problem("case.pack_not_registered", text, str(project.folder))
            return
        for name in sorted(missing | (set(own) - installed)):
            place = f" {project.folder}" if project is not None and name in own else ""
            yield Problem(
                "case.pack_not_installed",
                Text(
                    f"规则包 {name} 未安装；请先安装：pip install -e{place or ' <规则包所在文件夹>'}",
                    f"the pack {name} is not installed; install it first: pip install -e{place or ' <folder of the pack>'}",
                ),
                name,
            )


@attrs.frozen
class CaseOutcome:
    """How a case came out: what differs, and what kept it from being run.

    ``kept_out`` is why a pack that the case is about cannot be used: what the loader says, or that nobody installed it.
    """

    case: PolicyCase
    assessment: Assessment | None = None
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()
    kept_out: tuple[Problem, ...] = ()
    #: What packs call their places, for a case that could not be run.
    _places: Mapping[str, Text] = attrs.field(factory=dict, eq=False, repr=False, alias="places")

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences and not self.problems

    def text(self, lang: Language) -> str:
        """What was expected, what came, and why: as a person would want to read it."""
        return plain_text(self.tree(), lang)

    def _repr_html_(self) -> str:
        from kinderguard.model.view import Tree, View

        tree = self.tree()
        return View(same(f"{MARKS[tree.mark]} ") + tree.text, [Tree(tree.below, opened=2)]).html

    def tree(self) -> Line:
        """The same as lines within lines."""
        c = self.case
        place = c.division or (self.assessment.division if self.assessment else None)
        where = (
            place_and_code(place, self.assessment.basis.titles if self.assessment else self._places)
            if place
            else Text("地区不详", "place unknown")
        )
        below = [Line(same(f"{c.where}  {c.day}  ") + where)] if c.file else [Line(same(f"{c.day}  ") + where)]
        told = (*self.problems, *self.kept_out)
        below += [Line(same(f"{p.where}: " if p.where else "") + p.message, "unknown") for p in told]
        for d in self.differences:
            compared = (Line(Text("预期：", "expected: ") + d.expected), Line(Text("实际：", "got: ") + d.got))
            why = (Line(Text("原因", "Why"), below=d.why),) if d.why else ()
            below.append(Line(d.title + same(f" [{d.what}]"), "no", (*compared, *why)))
        return Line(c.full_title, "yes" if self.passed else "no", tuple(below))


@attrs.frozen
class FactNotThere:
    """A fact that cases give and nobody declares: told once, however many cases give it.

    Args:
        path: as the cases write it.
        message: what is wrong, with the nearest name.
        cases: those that give it, in order.
    """

    path: str
    message: Text
    cases: tuple[PolicyCase, ...]

    @property
    def text(self) -> Text:
        """The message with the number of cases."""
        count = len(self.cases)
        return self.message + Text(
            f"（{count} 个用例写了它）", f" ({count} case{'s give' if count > 1 else ' gives'} it)"
        )


def facts_not_there(outcomes: Iterable[CaseOutcome]) -> tuple[tuple[FactNotThere, ...], tuple[CaseOutcome, ...]]:
    """The facts that nobody declares, each with its cases; and the outcomes without these problems.

    An outcome that had no other problem is left out of the second.
    """
    found: dict[tuple[str, Text], list[PolicyCase]] = {}
    rest: list[CaseOutcome] = []
    for outcome in outcomes:
        mine = [p for p in outcome.problems if p.code == "case.misuse" and p.where.startswith("facts.")]
        for problem in mine:
            found.setdefault((problem.where.removeprefix("facts."), problem.message), []).append(outcome.case)
        others = tuple(p for p in outcome.problems if p not in mine)
        if others or outcome.differences or not mine:
            rest.append(attrs.evolve(outcome, problems=others))
    return tuple(FactNotThere(path, said, tuple(cases)) for (path, said), cases in found.items()), tuple(rest)


def _no_codes(case: Case, declared: Mapping[str, DeclaredFact[Any]]) -> Iterator[tuple[str, Text]]:
    """The packs' own choices of a case that their lists of codes do not have, as national ones are refused."""
    for code, fact in declared.items():
        if fact.kind.sort is Sort.CODE:
            try:
                extra_value(value_at(case, code), fact.kind)
            except FieldValueError as error:
                yield code, error.text


def _kept_out(name: str) -> Problem:
    return Problem(
        "case.pack_kept_out",
        Text(
            f"规则包 {name} 未能加载，用例未运行；请先修复规则包：kinderguard packs doctor",
            f"the pack {name} could not be loaded; the case was not run. Mend the pack first: kinderguard packs doctor",
        ),
    )


def _elsewhere(code: str, book: PolicyBook, place: str | None) -> Text | None:
    """That a pack has a code, and is not in force at the place of the case; None where none has it."""
    for source in book.packs:
        if code.startswith(f"{source.name}."):
            book.registry.ensure(source)  # or what one case is told would hang on those before it
        pack = source.pack
        if pack is None or (place is not None and covers(source.jurisdiction, place)):
            continue
        coded: tuple[Any, ...] = (*pack.categories, *pack.policies, *pack.facts)
        if any(code == value.code for value in coded):
            here = Text("未知的地区", "an unknown place") if place is None else same(place)
            return Text(
                f"{code} 由规则包 {source.name} 声明，但它在{here.zh}不适用；请改正用例的 division",
                f"{code} is declared by the pack {source.name}, which is not in force in {here.en}; correct the case's division",
            )
    return None


def _where_defined(code: str, book: PolicyBook, place: str | None) -> Text:
    """Where a rule is that a case expects and its place has not: of another place's pack, or defined and not listed."""
    other = _elsewhere(code, book, place)
    if other is not None:
        return Text(f"；{other.zh}", f"; {other.en}")
    for source in book.packs:
        if source.pack is None or not code.startswith(f"{source.name}."):
            continue
        for one in unlisted(source.pack, source.module):
            if one.code == code:
                file = Path(getattr(sys.modules.get(one.module), "__file__", None) or one.module).name
                return Text(
                    f"。{file} 定义了它（{one.name}），但 Pack({one.belongs}=…) 没有列出",
                    f". {file} defines it ({one.name}), but Pack({one.belongs}=…) does not list it",
                )
    return same("")


def _not_run() -> Problem:
    return Problem(
        "case.pack_not_used",
        Text(
            "用例未运行：缺少规则包，请先按规则包的提示修改",
            "the case was not run: a pack is lacking; mend first what is said of it",
        ),
    )


def _not_here() -> Problem:
    return Problem(
        "case.pack_not_used",
        Text(
            "用例未运行：请先按上面的提示处理",
            "the case was not run: see first to what is said above",
        ),
    )


def _at(problem: Problem, where: str) -> Problem:
    return attrs.evolve(problem, where=where)


def _project_of(file: str) -> ProjectFile | None:
    """The distribution whose source a file is part of."""
    folders = list(Path(file).absolute().parents)[:8] if file else []
    return next((found for folder in folders if (found := project_file(folder)) is not None), None)

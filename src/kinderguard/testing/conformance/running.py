"""Running the checks: one generator, and its front ends for a notebook (``check_pack``) and pytest.

A check that cannot be made because the pack does not stand is skipped, and says which check to look at first.
"""

import datetime as dt
import inspect
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.errors import Problem, ToldError
from kinderguard.model.text import Text, same
from kinderguard.packs.elsewhere import elsewhere
from kinderguard.packs.failures import told
from kinderguard.packs.project_file import project_file
from kinderguard.testing.conformance.registry import CHECKS, Needs, PackCheck, Skip, UnknownCheckError, checks_named
from kinderguard.testing.conformance.results import CheckResult, Finding, Note, Report, Status
from kinderguard.testing.conformance.subject import Subject
from kinderguard.testing.conformance.targets import target_of

if TYPE_CHECKING:
    import pytest

Progress = Callable[[int, int, PackCheck | None], None]


class UnreasonedError(ToldError, ValueError):
    """An expected failure without a reason."""


def check_pack(
    pack: Any,
    *,
    only: Iterable[str] | str | None = None,
    expected_failures: Mapping[str, str] | None = None,
    examples: int = 60,
    seed: int = 0,
    cases: str | Path | None = None,
    on: dt.date | Iterable[dt.date] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check a pack: what is wrong, where, and how to mend it. In a notebook the report shows itself.

    Args:
        pack: a ``Pack``, a module, the name of an entry point (``"330106"``) or of a distribution, or the folder of one.
        only: the ids of the checks to make; all of them, if left out.
        expected_failures: by id, why a check is known to fail. One that passes after all is an error.
        examples: how many children are generated.
        seed: of their generation; the same seed gives the same children.
        cases: a file or folder of policy cases, beside ``cases/*.toml`` in the package and next to ``pyproject.toml``: a
            wheel leaves the latter behind.
        on: the day, or days: proofs are asked on each, all else on the first. If left out, the first day on which all the
            pack's rules and values have begun; proofs are asked on those days too on which its rules read otherwise.
        progress: called with the checks done, all checks, and the next one.

    Raises:
        ConformanceError: there is no such pack, or there are several.
        UnknownCheckError: there is no check of that id; the nearest is named.
        UnreasonedError: an expected failure without a reason.

    >>> from kinderguard.testing import check_pack
    >>> report = check_pack("33", only=["titles", "citations"])
    >>> report.ok, [result.check_id for result in report.results]
    (True, ['titles', 'citations'])
    """
    subject = Subject(target_of(pack), examples=examples, seed=seed, cases=_path(cases), on=_days(on))
    chosen = checks_named(None if only is None else (only,) if isinstance(only, str) else tuple(only))
    return report_on(subject, chosen, expected_failures, progress)


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)


def _days(given: dt.date | Iterable[dt.date] | None) -> tuple[dt.date, ...]:
    return () if given is None else (given,) if isinstance(given, dt.date) else tuple(given)


def report_on(
    subject: Subject,
    chosen: Iterable[PackCheck],
    expected_failures: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report of some checks on a subject."""
    expected = reasons(expected_failures)
    listed, results = list(chosen), []
    failing = _failing(listed, expected)
    for done, check in enumerate(listed):
        if progress is not None:
            progress(done, len(listed), check)
        results.append(run_check(check, subject, expected.get(check.check_id), failing))
    if not subject.stands and all(result.ok for result in results):
        # Checks that could not be made say nothing good of a pack that is kept out.
        results.append(run_check(CHECKS["loads"], subject, expected.get("loads"), failing))
    if progress is not None:
        progress(len(listed), len(listed), None)
    title = subject.pack.title if subject.pack is not None else same(subject.name)
    return Report(subject.name, title, tuple(results), subject.day if subject.stands else None)


def reasons(expected_failures: Mapping[str, str] | None) -> dict[str, str]:
    """The expected failures, each of a known check and with its reason.

    Raises:
        UnknownCheckError, UnreasonedError: one of them is not.
    """
    for check_id, reason in (expected_failures or {}).items():
        if check_id not in CHECKS:
            raise UnknownCheckError(check_id)
        if not isinstance(reason, str) or not reason.strip():
            raise UnreasonedError(
                Text(
                    f"expected_failures[{check_id!r}] 须写明原因。",
                    f"An expected failure needs its reason: expected_failures={{{check_id!r}: 'why'}}.",
                )
            )
    return dict(expected_failures or {})


def _failing(chosen: Iterable[PackCheck], expected: Mapping[str, str]) -> frozenset[str]:
    """The checks of a run that fail it where they find something."""
    return frozenset(check.check_id for check in chosen) - expected.keys()


def run_check(
    check: PackCheck, subject: Subject, expected: str | None = None, failing: Collection[str] = ()
) -> CheckResult:
    """Make one check.

    Args:
        check: the check.
        subject: the pack under test.
        expected: why it is known to fail.
        failing: the checks of the same run that fail it: what one of them tells, ``loads`` need not tell again.
    """
    start = time.perf_counter()
    findings, notes, skipped = _found(check, subject)
    if check.check_id == "loads" and not findings and not subject.stands:
        findings, skipped = _kept_out(subject, failing)
    seconds = time.perf_counter() - start
    status, reason = Status.PASSED, None
    if findings:
        status = Status.FAILED if expected is None else Status.EXPECTED
        reason = None if expected is None else same(expected)
    elif skipped is not None:
        status, reason = Status.SKIPPED, skipped
    elif expected is not None:
        status = Status.FAILED
        findings = [_passed_after_all(check, expected)]
    return CheckResult(check.check_id, check.title, status, tuple(findings), tuple(notes), reason, seconds)


def _passed_after_all(check: PackCheck, reason: str) -> Finding:
    return Finding(
        Text(f"预计不通过（{reason}），但已通过", f"it was expected to fail ({reason}), but it passes"),
        Text(f"从 expected_failures 中删去 {check.check_id!r}", f"take {check.check_id!r} out of expected_failures"),
    )


def _found(check: PackCheck, subject: Subject) -> tuple[list[Finding], list[Note], Text | None]:
    """What a check found, and why it could not be made."""
    findings: list[Finding] = []
    notes: list[Note] = []
    owned = [p for p in subject.problems if subject.owner_of(p) == check.check_id]
    try:
        if check.needs is Needs.BOOK and not subject.stands:
            raise _not_standing(subject)
        if check.needs is Needs.PACK and subject.pack is None:
            raise _not_standing(subject)
        for found in check.run(subject):
            if isinstance(found, Note):
                notes.append(found)
            else:
                findings.append(found)
    except Skip as skip:
        if not owned:
            return findings, notes, skip.reason
    except (Exception, SystemExit) as error:  # noqa: BLE001  what a pack brings may fail anywhere; the other checks go on
        findings.append(_broken_off(error))
    if owned and not findings:
        # The check's own finding is nearer to the line; without one the loader's words stand.
        findings = [_of_problem(subject, problem) for problem in owned]
    return findings, notes, None


def _kept_out(subject: Subject, failing: Collection[str]) -> tuple[list[Finding], Text | None]:
    """What ``loads`` says of a pack that cannot be used for a reason that another check looks after."""
    owners = {subject.owner_of(p): None for p in subject.problems}
    seen = Text(f"规则包未被采用：见 {'、'.join(owners)}", f"kept out: see {', '.join(owners)}")
    if owners and owners.keys() <= set(failing):
        return [], seen
    findings = [attrs.evolve(_of_problem(subject, problem), mend=seen) for problem in subject.problems]
    nation = Finding(
        Text("全国规则包未能使用，规则包因此未被采用", "kept out: the national pack cannot be used"),
        Text("运行 kinderguard packs 查看原因", "see why with: kinderguard packs"),
    )
    return findings or [nation], None


def _broken_off(error: BaseException) -> Finding:
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = told(error) + same(f" ({Path(last.filename).name}:{last.lineno})")
    return Finding(
        Text("检查中断：", "the check broke off: ") + said,
        Text("如果不是规则包所致，请报告给 kinderguard", "where the pack is not the cause, report it to kinderguard"),
    )


def _not_standing(subject: Subject) -> Skip:
    first = next((subject.owner_of(p) for p in subject.problems), "loads")
    return Skip(f"规则包未能加载，请先看 {first}", f"the pack does not stand; look at {first} first")


def _of_problem(subject: Subject, problem: Problem) -> Finding:
    """The loader's problem with the line that it names, or that of the code that it speaks of."""
    file, line = subject.sources.problem(problem, subject.name)
    mend = _ADD_MARK if "put @hookimpl" in problem.message.en else _AS_IT_SAYS
    return Finding(problem.message, mend, file, line)


_AS_IT_SAYS = Text("按提示修改；其余检查在此之后进行", "mend it as it says; what could not be checked is checked then")
_ADD_MARK = Text(
    "在这一行上面写 @hookimpl（from kinderguard import hookimpl）；不是钩子的函数请换个名称",
    "write @hookimpl above this line (from kinderguard import hookimpl); give a function that is no hook another name",
)


# ---- pytest -----------------------------------------------------------------------------------------------------


@attrs.frozen
class CheckToRun:
    """One check of one pack, as a test calls it: ``check()``."""

    check: PackCheck
    _subject: "_Lazily" = attrs.field(repr=False)
    _failing: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    def __call__(self) -> None:
        """Make the check: skip where it cannot be made, fail with what is to be mended."""
        import pytest

        __tracebackhide__ = True
        stale = self._subject.stale()
        if stale is not None:
            pytest.fail(f"{stale.zh}\n{stale.en}", pytrace=False)
        result = run_check(self.check, self._subject(), failing=self._failing)
        if result.status is Status.SKIPPED:
            assert result.reason is not None
            pytest.skip(str(result.reason))
        if result.status is Status.FAILED:
            raise PackCheckFailed("\n" + result.text("zh") + "\n" + result.text("en"))


class PackCheckFailed(AssertionError):  # noqa: N818  it is no error of the run: the pack does not conform
    """A check of a pack failed; the text says where and how to mend it."""


@attrs.define(eq=False)
class _Lazily:
    """The subject, made when the first check of a module runs: collecting tests loads no pack."""

    pack: Any
    examples: int
    seed: int
    cases: Path | None
    on: tuple[dt.date, ...] = ()
    #: The file that asks for the checks.
    asking: Path | None = None
    _made: Subject | None = attrs.field(default=None, init=False)

    def stale(self) -> Text | None:
        """That the pack of the folder in which the tests stand is installed from another place, with other rules."""
        if not isinstance(self.pack, str) or self.asking is None:
            return None
        subject = self()
        if subject.target.path:
            return None  # a folder: its own files are checked
        project = next((p for folder in list(self.asking.parents)[:3] if (p := project_file(folder)) is not None), None)
        found = () if project is None else elsewhere(project, [subject.as_installed()])
        return next((one.message for one in found if one.differing), None)

    def __call__(self) -> Subject:
        if self._made is None:
            self._made = Subject(
                target_of(self.pack), examples=self.examples, seed=self.seed, cases=self.cases, on=self.on
            )
        return self._made


def parametrize_with_checks(
    pack: Any,
    *,
    only: Iterable[str] | None = None,
    expected_failures: Mapping[str, str] | None = None,
    examples: int = 60,
    seed: int = 0,
    cases: str | Path | None = None,
    on: dt.date | Iterable[dt.date] | None = None,
) -> "pytest.MarkDecorator":
    """Every check of a pack as a test of its own, named by its id.

    Args:
        pack, only, examples, seed, cases, on: as for ``check_pack``.
        expected_failures: by id, why a check is known to fail: it is marked ``xfail``, strictly, so that one that passes
            after all fails the run.

    The test takes the check and calls it::

        from kinderguard.testing import parametrize_with_checks

        @parametrize_with_checks("330106")
        def test_the_pack_conforms(check):
            check()
    """
    import pytest

    expected = reasons(expected_failures)
    caller = inspect.currentframe()
    file = None if caller is None or caller.f_back is None else caller.f_back.f_globals.get("__file__")
    subject = _Lazily(pack, examples, seed, _path(cases), _days(on), _path(file))
    parameters, chosen = [], tuple(checks(only))
    failing = _failing(chosen, expected)
    for each in chosen:
        reason = expected.get(each.check_id)
        marks = [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True, raises=PackCheckFailed)]
        parameters.append(pytest.param(CheckToRun(each, subject, failing), id=each.check_id, marks=marks))
    return pytest.mark.parametrize("check", parameters)


def checks(only: Iterable[str] | None = None) -> Iterator[PackCheck]:
    """Every check that there is (or those of these ids), in the order in which they are made."""
    yield from checks_named(None if only is None else tuple(only))

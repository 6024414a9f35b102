"""Finding packs and loading them: by entry point, by jurisdiction, each contained.

A distribution that is broken is named, with its file and the mend, and kept out; the others go on. Nothing of a
distribution is imported before a child of its jurisdiction is assessed.
"""

import contextlib
import inspect
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

import attrs
import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from kinderguard.model.errors import Problem, ToldError, closed, suggestion
from kinderguard.model.places import COUNTY
from kinderguard.model.text import Text, join, same
from kinderguard.packs import hookspecs
from kinderguard.packs.failures import entry_point_fault, place_in_pack, told
from kinderguard.packs.installed import Installed, installed_or_nearly
from kinderguard.packs.pack import Pack, check_pack_code, jurisdiction_of
from kinderguard.packs.written_code import written_code
from kinderguard.rules.definitions import OwnDocument
from kinderguard.rules.errors import DefinitionError

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment
    from kinderguard.packs.columns import LedgerColumn
    from kinderguard.packs.need_rules import NeedRule
    from kinderguard.packs.source_profiles import SourceProfile

GROUP = "kinderguard"
#: Of so many packs each is looked at before the first child of a county is told that its rules are complete.
_FEW = 60


class PackWarning(UserWarning):
    """A pack that is installed and can never be used as it is registered; told once, when a book is loaded."""


@attrs.frozen
class PackInHand:
    """What a source may load instead of a module: a pack that needs no hooks, or why there is none.

    ``problems`` of a pack that is there do not keep it out; they make the assessments of its jurisdiction incomplete.
    ``needs`` are those that it adds.
    """

    pack: Pack | None
    problems: tuple[Problem, ...] = ()
    needs: "tuple[NeedRule, ...]" = ()


class PackError(ToldError):
    """A pack that cannot be used, raised where the caller asked for strictness; ``problems`` has every finding."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [same(f"{p.where}: ") + p.message + same(f" [{p.code}]") for p in self.problems]
        super().__init__(join(lines, "\n", "\n"))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


class PackState(StrEnum):
    """Where a pack stands."""

    WAITING = "waiting"
    LOADED = "loaded"
    QUARANTINED = "quarantined"


@attrs.define(eq=False, repr=False)
class PackSource:
    """One entry point: what it is called, who brings it, and once it was needed, what came of it."""

    name: str
    #: A text, or what finds it: reading the metadata of thousands of distributions takes longer than a child.
    _distribution: str | Callable[[], str]
    load: Callable[[], Any]
    state: PackState = PackState.WAITING
    pack: Pack | None = None
    columns: "tuple[LedgerColumn, ...]" = ()
    profiles: "tuple[SourceProfile, ...]" = ()
    documents: tuple[OwnDocument, ...] = ()
    observers: "tuple[Callable[[Assessment], None], ...]" = ()
    needs: "tuple[NeedRule, ...]" = ()
    problems: tuple[Problem, ...] = ()
    #: What the entry point names, ``module`` or ``module:attribute``; empty where there is none.
    value: str = ""

    def __repr__(self) -> str:
        return f"<PackSource {self.name!r} of {self.distribution}: {self.state.value}>"

    @property
    def module(self) -> str:
        """The module that the entry point names."""
        return self.value.partition(":")[0].strip()

    @property
    def distribution(self) -> str:
        """Who brings it, with the version."""
        if not isinstance(self._distribution, str):
            self._distribution = self._distribution()
        return self._distribution

    @property
    def jurisdiction(self) -> str:
        """The division prefix it speaks for; empty for the nation."""
        return jurisdiction_of(self.name)

    @property
    def where(self) -> str:
        """How problems name it."""
        return f"{self.name} ({self.distribution})"

    def quarantine(self, problems: Iterable[Problem]) -> None:
        """Keep it out, and say why."""
        self.state = PackState.QUARANTINED
        self.pack = None
        self.columns, self.profiles, self.documents, self.observers, self.needs = (), (), (), (), ()
        self.problems = (*self.problems, *problems)


class Registry:
    """All packs that are installed, each loaded at most once, when its jurisdiction is first needed.

    Args:
        sources: the packs, by the name of their entry points.
        problems: of what is registered and no pack.
        strays: what that is: kept out from the start, and named to the children of the division that it was meant for.
    """

    def __init__(
        self, sources: Iterable[PackSource], problems: Iterable[Problem] = (), strays: Iterable[PackSource] = ()
    ) -> None:
        self.sources = tuple(sorted(sources, key=lambda s: (s.jurisdiction, s.name)))
        self.problems = tuple(problems)
        self.strays = tuple(strays)
        self._by_jurisdiction: dict[str, list[PackSource]] = {}
        for source in self.sources:
            self._by_jurisdiction.setdefault(source.jurisdiction, []).append(source)
        self._lock = threading.RLock()
        #: The places within which a pack speaks for one that is smaller.
        self.wider = frozenset(j[:length] for j in self._by_jurisdiction for length in range(1, len(j)))

    def chain(self, division: str | None) -> tuple[PackSource, ...]:
        """The packs whose jurisdiction covers a division, the nation's first; loaded. Behind them, those that are kept out
        since they were registered under another name than the code of their own, which covers it.
        """
        prefixes = [""] if division is None else [division[:length] for length in range(len(division) + 1)]
        found = [s for prefix in prefixes for s in self._by_jurisdiction.get(prefix, ())]
        for source in found:
            self.ensure(source)
        if division is not None:
            found += [s for s in self._meant_for(division, found) if s not in found]
        return tuple(found)

    def _meant_for(self, division: str, found: Sequence[PackSource]) -> Iterable[PackSource]:
        """What was registered wrongly and meant for a division. Where there are many packs and the county has its own, only
        what is known to be wrong is looked at: reading the source of each takes longer than a child.
        """
        has_own = any(len(source.jurisdiction) >= COUNTY for source in found)
        is_quick = len(self.sources) <= _FEW or "misnamed" in vars(self)
        is_told = is_quick or (len(division) >= COUNTY and not has_own)
        meant = self.misnamed if is_told else self._strays_by_code
        return [source for code, source in meant.items() if division.startswith(jurisdiction_of(code))]

    @cached_property
    def _strays_by_code(self) -> dict[str, PackSource]:
        return {code: s for s in self.strays for code in (s.name, written_code(s.value)) if _is_local(code)}

    @cached_property
    def misnamed(self) -> dict[str, PackSource]:
        """What was registered wrongly, by the code that its source gives itself; the strays by their names, too."""
        found = dict(self._strays_by_code)
        for source in self.sources:
            code = written_code(source.value) if source.value and source.name != "cn" else None
            if not _is_local(code) or code == source.name:
                continue
            self.ensure(source)
            if source.state is PackState.QUARANTINED:  # what is written there is right after all, where it was loaded
                found.setdefault(code, source)
        return found

    def ensure(self, source: PackSource) -> None:
        """Load a pack if it was not loaded yet. What it prints goes to standard error: the other holds results."""
        if source.state is PackState.WAITING:
            with self._lock:
                if source.state is PackState.WAITING:
                    with contextlib.redirect_stdout(sys.stderr):
                        load_source(source)

    def all(self) -> tuple[PackSource, ...]:
        """Every pack, loaded."""
        for source in self.sources:
            self.ensure(source)
        return self.sources

    def warn(self) -> None:
        """Tell what is registered and no pack."""
        for problem in self.problems:
            said = problem.message
            warnings.warn(f"{problem.where}: {said.zh}\n{said.en} [{problem.code}]", PackWarning, stacklevel=3)


def _is_local(code: str | None) -> TypeGuard[str]:
    """Whether a code is that of a pack for a place; a county's pack with the nation's code is told by its name alone."""
    try:
        return code is not None and jurisdiction_of(check_pack_code(code)) != ""
    except DefinitionError:
        return False


def discover() -> Registry:
    """The packs of every installed distribution, by their entry points; nothing is imported."""
    found: dict[str, list[PackSource]] = {}
    strays: list[PackSource] = []
    for one in installed_or_nearly(GROUP):
        point = one.point
        source = PackSource(point.name, partial(getattr, one, "distribution"), point.load, value=point.value)
        wrong = _wrongly_registered(one, source)
        if wrong is None:
            found.setdefault(point.name, []).append(source)
        else:
            source.quarantine([wrong])
            strays.append(source)
    sources = []
    for name, claiming in sorted(found.items()):
        sources += _unique(name, claiming)
    return Registry(sources, dict.fromkeys(p for s in strays for p in s.problems), strays)


def _wrongly_registered(one: Installed, source: PackSource) -> Problem | None:
    """Why an entry point cannot be used as it stands in the metadata."""
    if one.point.group != GROUP:
        from kinderguard.packs.project_file import not_registered

        return Problem("pack.not_registered", not_registered((one.point.group,)), source.where)
    try:
        check_pack_code(source.name)
    except DefinitionError as error:
        own = written_code(source.value)
        mend = same("")
        if own is not None:
            mend = Text(f'该包的代码是 {own}，请写 "{own}"。', f' The pack\'s own code is {own}: write "{own}".')
        return Problem(
            "pack.name_invalid",
            Text(
                f"入口点名称应为行政区划代码：{closed(error.text.zh, '。')}",
                f"the entry point's name is its division: {closed(error.text.en, '.')}",
            )
            + mend,
            source.where,
        )
    return None


def _unique(name: str, sources: list[PackSource]) -> list[PackSource]:
    """The one source of a name; where two distributions claim it, neither is used and both are named."""
    if len(sources) == 1:
        return sources
    who = sorted(s.distribution for s in sources)
    clash = PackSource(name, " + ".join(who), lambda: None)
    clash.quarantine(
        [
            Problem(
                "pack.name_taken",
                Text(
                    f"{'、'.join(who)} 都以“{name}”注册；请卸载其一，或加后缀（如 {name}.education）",
                    f"{' and '.join(who)} both register {name!r}; uninstall one, or give one a suffix such as {name}.education",
                ),
                clash.where,
            )
        ]
    )
    return [clash]


def source_of(pack: Pack) -> PackSource:
    """A pack given as a value, as if it were installed."""
    source = PackSource(pack.code, f"given {pack.version}", lambda: pack)
    source.pack, source.state = pack, PackState.LOADED
    problem = _version_problem(pack, source)
    if problem:
        source.quarantine([problem])
    return source


# ---- loading one pack ----------------------------------------------------------------------------------------


def load_source(source: PackSource) -> None:
    """Import a pack, check its hooks and call them. Whatever fails is kept in the source's problems."""
    try:
        module = source.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001  a plug-in may raise anything; it is named and contained
        source.quarantine([_failed(source, "pack.import_failed", "导入", "import", error)])
        return
    if isinstance(module, PackInHand):
        _take(source, module)
        return
    faults = hook_faults(module, source)
    if faults:
        source.quarantine(faults)
        return
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module, name=source.name)
        manager.check_pending()
        packs = manager.hook.kinderguard_pack()
        source.columns = _flat(manager.hook.kinderguard_ledger_columns())
        source.profiles = _flat(manager.hook.kinderguard_source_profiles())
        source.documents = _flat(manager.hook.kinderguard_documents())
        source.observers = _flat(manager.hook.kinderguard_observers())
        source.needs = _flat(manager.hook.kinderguard_needs())
    except (Exception, SystemExit) as error:  # noqa: BLE001  as above
        source.quarantine([_failed(source, "pack.registration_failed", "注册", "registration", error)])
        return
    problems = _pack_problems(packs, source) + _value_problems(source, packs)
    if not problems and (unfit := _version_problem(packs[0], source)) is not None:
        problems = [unfit]
    if problems:
        source.quarantine(problems)
        return
    source.pack, source.state = packs[0], PackState.LOADED


def _take(source: PackSource, found: PackInHand) -> None:
    """Take a pack that is a value. With which versions its distribution works is no matter: none of its code is run, so
    that the rules of an old result can be read after an upgrade; the format of the book says whether they can.
    """
    source.needs = found.needs
    unfit = [] if found.pack is None else _pack_problems([found.pack], source) + _value_problems(source, [found.pack])
    if found.pack is None or unfit:
        source.quarantine([*found.problems, *unfit])
        return
    source.pack, source.state, source.problems = found.pack, PackState.LOADED, found.problems


def _flat(results: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    return tuple(value for result in results for value in result)


def _failed(source: PackSource, code: str, zh: str, en: str, error: BaseException) -> Problem:
    """A failure with the file and line where it happened; a definition's own message names its mend."""
    what = told(error, source.module)
    if code == "pack.import_failed" and source.module and entry_point_fault(error, source.module):
        place = f'pyproject.toml [project.entry-points.{GROUP}] {source.name} = "{source.value}"'
        mend = Text("改正入口点的值并重新安装", "Mend the entry point's value and install it again")
    else:
        place = place_in_pack(error, source.module) or source.module or "?"
        if isinstance(error, SyntaxError):
            place = f"{Path(error.filename or '?').name}:{error.lineno}"
        mend = Text("修改该文件", "Mend that file")
    return Problem(
        code,
        Text(
            f"{zh}失败（{place}）：{closed(what.zh, '。')}请{mend.zh}，或卸载此规则包；其余规则包不受影响",
            f"{en} failed ({place}): {closed(what.en, '.')} {mend.en}, or uninstall the pack; the other packs go on",
        ),
        source.where,
    )


def _specifications() -> dict[str, tuple[str, ...]]:
    """Every hook with its arguments."""
    return {
        name: tuple(inspect.signature(function).parameters)
        for name, function in vars(hookspecs).items()
        if name.startswith("kinderguard_") and inspect.isfunction(function)
    }


def hook_faults(module: Any, source: PackSource) -> list[Problem]:
    """Every fault of a module's hooks, found before any is called, each with the nearest right name."""
    known = _specifications()
    found: list[tuple[str, Text]] = []
    members: Mapping[str, Any] = (
        vars(module) if isinstance(module, ModuleType) else {k: getattr(module, k) for k in dir(module)}
    )
    marked = {name for name, value in members.items() if hasattr(value, "kinderguard_impl")}
    for name in sorted(marked | {k for k in members if k.startswith("kinderguard_") and inspect.isroutine(members[k])}):
        if name not in known:
            near = suggestion(name, known) or Text(f"可用：{'、'.join(known)}。", f" There are {', '.join(known)}.")
            found.append((name, Text(f"没有名为 {name} 的钩子。", f"there is no hook {name!r}.") + near))
        elif name not in marked:
            found.append(
                (
                    name,
                    Text(
                        f"{name} 缺少 @hookimpl 标记：请在它上面写 @hookimpl（来自 kinderguard.packs）",
                        f"{name} is not marked: put @hookimpl (from kinderguard.packs) above it",
                    ),
                )
            )
        else:
            extra = [p for p in _required_names(members[name]) if p not in known[name]]
            if extra:
                takes = ", ".join(known[name])
                found.append(
                    (
                        name,
                        Text(
                            f"{name} 的参数为 {takes}，没有 {', '.join(extra)}"
                            if takes
                            else f"{name} 没有参数，请删去 {', '.join(extra)}",
                            f"{name} takes {takes or 'no arguments'}, not {', '.join(extra)}",
                        ),
                    )
                )
    if "kinderguard_pack" not in members and not found:
        found.append(
            (
                "kinderguard_pack",
                Text(
                    "没有实现 kinderguard_pack 钩子；请写一个返回 Pack 的 kinderguard_pack，并标记 @hookimpl",
                    "it does not implement the hook kinderguard_pack: write one that gives the Pack, marked @hookimpl",
                ),
            )
        )
    file = Path(getattr(module, "__file__", None) or "?").name
    return [
        Problem("pack.hook_invalid", Text(f"{file}：{text.zh}", f"{file}: {text.en}"), source.where)
        for _, text in found
    ]


def _required_names(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return []
    return list(parameters)


def _pack_problems(packs: list[Any], source: PackSource) -> list[Problem]:
    if len(packs) != 1 or not isinstance(packs[0], Pack):
        got = type(packs[0]).__name__ if packs else ""
        return [
            Problem(
                "pack.not_a_pack",
                Text(
                    f"kinderguard_pack {f'返回了 {got}' if got else '没有返回值'}；它应返回一个 Pack",
                    f"kinderguard_pack returned {got or 'nothing'}; it must return one Pack",
                ),
                source.where,
            )
        ]
    pack = packs[0]
    if pack.code != source.name:
        return [
            Problem(
                "pack.code_differs",
                Text(
                    f"入口点名称为 {source.name}，Pack 的代码却是 {pack.code}；两者须一致",
                    f"the entry point is named {source.name}, but the Pack's code is {pack.code}; make them the same",
                ),
                source.where,
            )
        ]
    return []


def _version_problem(pack: Pack, source: PackSource) -> Problem | None:
    from kinderguard import __version__

    try:
        fits = SpecifierSet(pack.kinderguard).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        return Problem(
            "pack.version_range_invalid",
            Text(
                f"版本范围 {pack.kinderguard!r} 无法识别；请写作 '>=0.1,<0.2'",
                f"the version range {pack.kinderguard!r} cannot be read; write it as '>=0.1,<0.2'",
            ),
            source.where,
        )
    if fits:
        return None
    return Problem(
        "pack.version_unfit",
        Text(
            f"该规则包适用于 kinderguard {pack.kinderguard}，而安装的是 {__version__}；请升级规则包或 kinderguard",
            f"the pack works with kinderguard {pack.kinderguard}, but {__version__} is installed; upgrade one of them",
        ),
        source.where,
    )


def _value_problems(source: PackSource, packs: list[Any]) -> list[Problem]:
    from kinderguard.packs.columns import LedgerColumn
    from kinderguard.packs.need_rules import NeedRule
    from kinderguard.packs.source_profiles import SourceProfile

    given: tuple[tuple[str, type, tuple[Any, ...]], ...] = (
        ("kinderguard_ledger_columns", LedgerColumn, source.columns),
        ("kinderguard_source_profiles", SourceProfile, source.profiles),
        ("kinderguard_documents", OwnDocument, source.documents),
        ("kinderguard_needs", NeedRule, source.needs),
    )
    found = [
        _wrong_value(source, hook, Text(f"{kind.__name__} 值", f"{kind.__name__} values"), value)
        for hook, kind, values in given
        for value in values
        if not isinstance(value, kind)
    ]
    function = Text("函数", "functions")
    found += [_wrong_value(source, "kinderguard_observers", function, o) for o in source.observers if not callable(o)]
    # A pack whose own code is not that of its entry point is told once, and not for each code that begins with it.
    own = next((pack.code for pack in packs if isinstance(pack, Pack)), source.name)
    found += [
        _foreign_code(source, hook, value.code)
        for hook, kind, values in given
        for value in values
        if kind in (SourceProfile, NeedRule) and isinstance(value, kind) and not value.code.startswith(f"{own}.")
    ]
    return found


def _wrong_value(source: PackSource, hook: str, wanted: Text, value: Any) -> Problem:
    got = type(value).__name__
    return Problem(
        "pack.hook_result_invalid",
        Text(f"{hook} 应返回{wanted.zh}，不是 {got}；请改为返回这样的值", f"{hook} must give {wanted.en}, not a {got}"),
        source.where,
    )


def _foreign_code(source: PackSource, hook: str, code: str) -> Problem:
    return Problem(
        "pack.hook_result_invalid",
        Text(
            f"{hook} 返回的代码 {code!r} 不属于本包；请使其以 {source.name + '.'!r} 开头",
            f"{hook} gave the code {code!r}, which is not the pack's own; begin it with {source.name + '.'!r}",
        ),
        source.where,
    )

"""What is to be checked: a pack by its entry point, its distribution, its folder, its module or as a value.

Finding it imports nothing of the pack; a folder need not be installed.
"""

import contextlib
import importlib
import importlib.metadata as metadata
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text
from kinderguard.packs.installed import installed
from kinderguard.packs.loader import GROUP, PackInHand
from kinderguard.packs.pack import Pack, check_pack_code
from kinderguard.packs.package_files import package_of
from kinderguard.packs.project_file import project_file
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.kinds import CODE_LISTS


class ConformanceError(ToldError):
    """Nothing could be checked: there is no such pack, or several."""


@attrs.frozen
class Target:
    """One pack that was found.

    Args:
        name: its entry point.
        distribution: who brings it, for messages.
        load: gives the module (or the pack in hand), as an entry point's ``load`` does.
        value: what the entry point names, ``module`` or ``module:attribute``; empty for a value without a module.
        path: the folder from which the module is imported, where it is not installed; else empty.
        package: the folder (or the one file) of the module; None where there is none.
        project: the folder of ``pyproject.toml``; None in a wheel.
    """

    name: str
    distribution: str
    load: Callable[[], Any]
    value: str = ""
    path: str = ""
    package: Path | None = None
    project: Path | None = None

    @property
    def module(self) -> str:
        """The module's name; empty where the pack was given as a value without one."""
        return self.value.partition(":")[0]


def targets(given: Any) -> tuple[Target, ...]:
    """The packs of what was given; several only where a distribution brings several.

    Raises:
        ConformanceError: nothing was found, with what can be given.
    """
    if isinstance(given, Pack):
        return (_of_value(given),)
    if isinstance(given, ModuleType):
        return (_of_module(given),)
    if isinstance(given, Path) or (isinstance(given, str) and Path(given).is_dir() and not _is_code(given)):
        return tuple(_of_folder(Path(given)))
    if isinstance(given, str):
        found = tuple(_of_installed(given))
        if found:
            return found
    shown = given if isinstance(given, str) else type(given).__name__
    raise ConformanceError(
        Text(
            f"没有找到规则包 {shown!r}。请给出入口点名称（如 '330106'）、发行包名称、含 pyproject.toml 的文件夹、模块或 Pack。",
            f"There is no pack {shown!r}. Give the name of its entry point ('330106'), of its distribution, a folder with "
            "pyproject.toml, a module or a Pack.",
        )
    )


def target_of(given: Any) -> Target:
    """The one pack of what was given.

    Raises:
        ConformanceError: none, or several.
    """
    found = targets(given)
    if len(found) > 1:
        names = ", ".join(t.name for t in found)
        raise ConformanceError(
            Text(
                f"该发行包含多个规则包（{names}），请先安装，再逐个按入口点名称检查。",
                f"The distribution brings several packs ({names}): install it and check each by its entry point's name.",
            )
        )
    return found[0]


def _is_code(text: str) -> bool:
    try:
        check_pack_code(text)
    except DefinitionError:
        return False
    return True


def _of_installed(name: str) -> Iterator[Target]:
    """Entry points of this name, or of the distribution of this name."""
    wanted = None if _is_code(name) else {(p.name, p.value) for p in _points_of(name)}
    for one in installed(GROUP):
        point = one.point
        if point.name == name if wanted is None else (point.name, point.value) in wanted:
            package = package_of(point.value.partition(":")[0])
            yield Target(point.name, one.distribution, point.load, point.value, "", package, _project_of(package))


def _points_of(distribution: str) -> list[metadata.EntryPoint]:
    try:
        points = metadata.distribution(distribution).entry_points
    except (metadata.PackageNotFoundError, ValueError):
        return []
    return [p for p in points if p.group == GROUP]


def _project_of(package: Path | None) -> Path | None:
    """The folder whose ``pyproject.toml`` a package belongs to: only where it stands in the usual place."""
    if package is None:
        return None
    for folder in list(package.parents)[:3]:
        if (folder / "pyproject.toml").is_file():
            return folder
    return None


def _of_value(pack: Pack) -> Target:
    """A pack given as a value; the module that holds it is found where there is one."""
    for module in list(sys.modules.values()):
        # What is there, and not what a module makes of any name that it is asked for.
        own = getattr(module, "__dict__", {})
        if own.get("__file__") and callable(own.get("kinderguard_pack")) and _holds(module, pack):
            return _of_module(module)
    return Target(pack.code, f"given {pack.version}", lambda: PackInHand(pack))


def _holds(module: ModuleType, pack: Pack) -> bool:
    return any(value is pack for value in list(vars(module).values()))


def _of_module(module: ModuleType) -> Target:
    file = getattr(module, "__file__", None)
    origin = Path(file) if file else None
    package = origin.parent if origin is not None and origin.name == "__init__.py" else origin
    point = next((one for one in installed(GROUP) if one.point.value.partition(":")[0] == module.__name__), None)
    if point is not None:
        name, distribution = point.point.name, point.distribution
    else:
        hook = getattr(module, "kinderguard_pack", None)
        pack = hook() if callable(hook) else None
        if not isinstance(pack, Pack):
            raise ConformanceError(
                Text(
                    f"模块 {module.__name__} 的 kinderguard_pack 没有给出 Pack。",
                    f"kinderguard_pack of the module {module.__name__} gives no Pack.",
                )
            )
        name, distribution = pack.code, f"{module.__name__} {pack.version}"
    path = "" if point is not None or package is None else str(package.parent)
    return Target(name, distribution, lambda: module, module.__name__, path, package, _project_of(package))


def _of_folder(folder: Path) -> Iterator[Target]:
    folder = folder.resolve()
    project = project_file(folder)
    if project is None:
        raise ConformanceError(
            Text(f"{folder.name} 中没有 pyproject.toml。", f"There is no pyproject.toml in {folder.name}.")
        )
    if project.fault is not None:
        raise ConformanceError(project.fault.text + Text("。", "."))
    about = project.about
    root = folder / "src" if (folder / "src").is_dir() else folder
    for name, value in project.points.items():
        module = value.partition(":")[0]
        place = root.joinpath(*module.split("."))
        package = place if place.is_dir() else place.with_suffix(".py")
        yield Target(
            name,
            f"{about.get('name', folder.name)} {about.get('version', '?')}",
            partial(_import_from, root, value),
            value, str(root), package, folder,
        )  # fmt: skip


#: The folders from which modules were imported here, by the module's first name.
_IMPORTED_FROM: dict[str, tuple[str, float]] = {}


def _import_from(root: Path, value: str) -> Any:
    """Import what an entry point names from a folder that need not be installed.

    A module that was imported before is used again only where its files are the same: an author mends a file and checks
    again in the same notebook.
    """
    module, _, attribute = value.partition(":")
    first = module.partition(".")[0]
    written = max((f.stat().st_mtime for f in root.rglob("*.py")), default=0.0)
    known = _IMPORTED_FROM.get(first)
    loaded = sys.modules.get(first)
    same_place = loaded is not None and str(getattr(loaded, "__file__", "")).startswith(str(root))
    if known is not None and known[0] != str(root):
        with contextlib.suppress(ValueError):
            sys.path.remove(known[0])
    # Of a package whose import failed the parts that came before stay behind.
    if not (same_place and (known is None or known == (str(root), written))):
        _forget(first)
    if str(root) not in sys.path:
        # Kept there: a pack may import parts of itself later.
        sys.path.insert(0, str(root))
    _IMPORTED_FROM[first] = (str(root), written)
    importlib.invalidate_caches()
    found: Any = importlib.import_module(module)
    for name in filter(None, attribute.split(".")):
        found = getattr(found, name)
    return found


def _forget(first: str) -> None:
    """Forget a module with its parts, and the code lists that it brought."""
    for name in [m for m in sys.modules if m == first or m.startswith(f"{first}.")]:
        del sys.modules[name]
    for name, codes in list(CODE_LISTS.items()):
        if codes.__module__.partition(".")[0] == first:
            del CODE_LISTS[name]

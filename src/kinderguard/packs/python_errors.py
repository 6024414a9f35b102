"""What Python itself raised while a pack was imported, told as its author needs it: which rule, what is missing or misspelt,
and what to write. Called by ``failures``; it runs nothing of the pack.
"""

import ast
import difflib
import inspect
import re
import sys
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import attrs

from kinderguard.model.codes import Code
from kinderguard.model.errors import suggested, suggestion
from kinderguard.model.text import Text, join, same
from kinderguard.packs.syntax_errors import syntax_told

_LACKS = re.compile(r"(?P<name>[\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (?P<args>.+)")
_UNKNOWN = re.compile(r"(?P<name>[\w.<>]+)\(\) got an unexpected keyword argument '(?P<arg>\w+)'")
_TWICE = re.compile(r"(?P<name>[\w.<>]+)\(\) got multiple values for argument '(?P<arg>\w+)'")
_TOO_MANY = re.compile(r"(?P<name>[\w.<>]+)\(\) takes .*positional arguments? but \d+ w(?:as|ere) given")
_NOT_IN = re.compile(r"cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<module>[\w.]+)'")
_CODE = re.compile(r"(?:cn|\d{2,12})\.[a-z][a-z0-9_.]*")

#: How an argument of a definition is written; of others only the name is said.
_FORMS = {
    "code": "code='330106.winter_heating'",
    "title": "title=r.Text(zh='…', en='…')",
    "reason": "reason=r.Text(zh='…', en='…')",
    "eligible": "eligible=(child.age < 16)",
    "when": "when=(child.age < 16)",
    "on": "on='cn.orphan_allowance'",
    "document": "r.Cite('文件名称和文号')",
    "zh": "zh='…'",
    "en": "en='…'",
    "version": "version='0.1.0'",
    "kinderguard": "kinderguard='>=0.1,<0.2'",
}
_TEXTS = {"title", "reason", "zh", "en"}
#: Where the names come from that a pack uses.
_OURS = ("kinderguard.rules", "kinderguard", "kinderguard.packs", "kinderguard.national")
#: As many names of what there is are listed.
_LISTED = 12


@attrs.frozen(slots=False)
class Spot:
    """The line of the author's own code that an error came through."""

    frame: FrameType
    line: int

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of the file; empty where it cannot be read."""
        return _tree(self.frame.f_code.co_filename)

    @property
    def known(self) -> dict[str, Any]:
        """What has a name there."""
        builtins = self.frame.f_builtins
        return {**builtins, **self.frame.f_globals, **self.frame.f_locals}

    def call_of(self, name: str) -> ast.Call | None:
        """The call on that line of what has a name, the innermost first."""
        calls = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call)
            and node.lineno <= self.line <= (node.end_lineno or node.lineno)
            and (_last_name(node.func) == name)
        ]
        return min(calls, key=lambda c: ((c.end_lineno or c.lineno) - c.lineno, -c.lineno), default=None)

    def assigned_to(self, call: ast.Call) -> str:
        """The name that a call is assigned to: ``GRANT = r.Policy(…)``; empty where it is to none."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and node.value is call and isinstance(node.targets[0], ast.Name):
                return node.targets[0].id
        return ""

    def value_of(self, node: ast.expr) -> Any:
        """What a name, or a name of a module or class, stands for there; None where it is anything else."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id)
        if isinstance(node, ast.Attribute):
            holder = self.value_of(node.value)
            return getattr(holder, node.attr, None) if isinstance(holder, ModuleType | type) else None
        return None


def meaning(error: BaseException, spot: Spot | None) -> Text | None:
    """What an error of Python's own means, with the mend; None for one that only its author knows.

    Args:
        error: what was raised.
        spot: the last line of the author's code that it came through.
    """
    match error:
        case SyntaxError():
            return syntax_told(error)
        case TypeError():
            return _of_call(str(error), spot)
        case NameError():
            return _of_name(error.name or "", spot)
        case ModuleNotFoundError():
            return _of_module(error.name or "", spot)
        case ImportError():
            return _of_import(str(error), spot)
        case AttributeError():
            return _of_attribute(error)
    return None


# ---- calls -----------------------------------------------------------------------------------------------------


def _of_call(said: str, spot: Spot | None) -> Text | None:
    if found := _LACKS.fullmatch(said):
        return _lacking(_called(found["name"], spot), re.findall(r"'(\w+)'", found["args"]))
    if found := _UNKNOWN.match(said):
        what, takes = _called(found["name"], spot), _arguments(found["name"], spot)
        near = suggestion(found["arg"], takes)
        there_are = Text(f"可用：{'、'.join(takes)}", f" It takes {', '.join(takes)}.") if takes else same("")
        return what + Text(
            f" 没有参数 {found['arg']!r}。{near.zh or there_are.zh or '请改正或删去。'}",
            f" has no argument {found['arg']!r}.{near.en or there_are.en or ' Correct or remove it.'}",
        )
    if found := _TWICE.match(said):
        return _called(found["name"], spot) + Text(
            f" 的 {found['arg']} 给了两次（一次按位置，一次按名称）；请只按名称写一次",
            f" is given {found['arg']} twice, by its place and by its name; write it once, by its name",
        )
    if found := _TOO_MANY.match(said):
        takes = _arguments(found["name"], spot)
        names = Text(f"（{'、'.join(takes)}）", f" ({', '.join(takes)})") if takes else same("")
        return _called(found["name"], spot) + Text(
            f" 给的参数多了；请按名称写各参数{names.zh}",
            f" is given too many arguments; write them by their names{names.en}",
        )
    if "'DeclaredFact'" in said and ("not supported between" in said or "unsupported operand" in said):
        return Text(
            "声明的事实本身不能比较或计算；规则中写 名称.expr，如 DISTANCE.expr >= 5",
            "a declared fact cannot be compared or reckoned with itself: rules read NAME.expr, as in DISTANCE.expr >= 5",
        )
    return None


def _lacking(what: Text, names: list[str]) -> Text:
    """What is said of a definition without something that it needs."""
    listed, forms = join([same(n) for n in names], "、", " and "), ", ".join(_FORMS.get(n, f"{n}=…") for n in names)
    texts = set(names) & _TEXTS
    both = Text("，中英文都要写", ", in both languages") if texts else same("")
    return what + Text(f" 缺少 {listed.zh}；请补上 {forms}{both.zh}", f" lacks {listed.en}: write {forms}{both.en}")


def _named(qualified: str) -> str:
    """What the author calls: the class of an ``__init__``, else the function."""
    parts = qualified.split(".")
    return parts[-2] if parts[-1] in ("__init__", "__new__") and len(parts) > 1 else parts[-1]


def _called(qualified: str, spot: Spot | None) -> Text:
    """What was called, with the code that it was to have; else the name that it was to be known by."""
    name = _named(qualified)
    call = spot.call_of(name) if spot else None
    if call is None or spot is None:
        return same(name)
    given = [k.value for k in call.keywords if k.arg == "code"] or call.args[:1]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.fullmatch(value.value):
            return same(f"{name} {value.value}")
    assigned = spot.assigned_to(call)
    return same(f"{name} {assigned}") if assigned else same(name)


def _arguments(qualified: str, spot: Spot | None) -> tuple[str, ...]:
    """The names of the arguments that something takes; empty where it cannot be told."""
    call = spot.call_of(_named(qualified)) if spot else None
    callee = spot.value_of(call.func) if spot and call else None
    try:
        return tuple(p for p in inspect.signature(callee).parameters if p != "self") if callee else ()
    except (TypeError, ValueError):
        return ()


# ---- names -----------------------------------------------------------------------------------------------------


def _of_name(name: str, spot: Spot | None) -> Text:
    missing = Text(f"没有名为 {name} 的东西。", f"there is nothing called {name}.")
    if spot is not None and (line := _defined(spot.tree).get(name)) is not None and line > spot.line:
        return missing + Text(
            f"它在第 {line} 行才定义；请移到这一行之前", f" It is defined only on line {line}; move it above this line"
        )
    for module in map(sys.modules.get, _OURS):
        if module is not None and name in getattr(module, "__all__", ()):
            return missing + Text(
                f"请先写 from {module.__name__} import {name}", f" Write from {module.__name__} import {name} first"
            )
    near = suggestion(name, [n for n in (spot.known if spot else {}) if not n.startswith("__")])
    return missing + Text(
        near.zh or "请改正名称，或先导入、定义它", near.en or " Correct the name, or import or define it first"
    )


def _of_attribute(error: AttributeError) -> Text | None:
    """A name that a module, a class or a value does not have."""
    holder, name = error.obj, error.name
    if holder is None or name is None:
        return None
    if "circular import" in str(error) and isinstance(holder, ModuleType):
        return _circular(holder.__name__, name)
    kind = holder if isinstance(holder, type) else type(holder)
    what = same(holder.__name__ if isinstance(holder, ModuleType) else kind.__name__)
    names = [n for n in dir(holder) if not n.startswith("_")]
    member = same(" ")
    if issubclass(kind, Code):
        names, member = list(kind.__members__), Text("成员 ", " member ")
    return what + Text(f" 没有{member.zh}{name}。", f" has no{member.en}{name}.") + _nearest_of(name, names)


def _nearest_of(name: str, names: Iterable[str]) -> Text:
    """The nearest names that there are; a mend, where none is near."""
    near = difflib.get_close_matches(name, names := list(names), n=3, cutoff=0.6)
    if near:
        return suggested(near)
    if 0 < len(names) <= _LISTED:
        return Text(f"可用：{'、'.join(names)}。", f" There are {', '.join(names)}.")
    return Text("请改正名称", " Correct the name")


# ---- imports ---------------------------------------------------------------------------------------------------


def _of_module(name: str, spot: Spot | None) -> Text:
    """A module that is not there: of the pack itself, of something that is installed, or not installed at all."""
    parent, _, last = name.rpartition(".")
    file = _file_of(parent, spot) if parent else None
    if file is not None:
        write = Text(f"，或在该文件夹中写 {last}.py", f", or write {last}.py in that folder") if spot else same("")
        return Text(f"{parent} 中没有模块 {last}。", f"{parent} has no module {last}.") + (
            suggestion(last, _modules_in(file)) or Text("请改正名称", " Correct the name") + write
        )
    top = name.partition(".")[0]
    if spot is None:  # nothing of the author's was run: an entry point names it
        return Text(f"没有模块 {name}。请改正名称", f"there is no module {name}. Correct the name")
    if top in _modules_in(Path(spot.frame.f_code.co_filename)):
        return Text(
            f"{top}.py 在规则包内。请写 from . import {top}", f"{top}.py is in the pack. Write from . import {top}"
        )
    near = suggested(difflib.get_close_matches(top, sys.stdlib_module_names, n=1, cutoff=0.85))
    return Text(
        f"没有安装提供 {top} 的软件包。{near.zh}请安装它（pip install），并写入 pyproject.toml 的 dependencies；"
        "若名称写错，请改正",
        f"nothing that is installed brings {top}.{near.en} Install what brings it (pip install), and list it under "
        "dependencies in pyproject.toml; or correct the name",
    )


def _of_import(said: str, spot: Spot | None) -> Text | None:
    """A name that a module does not give: it has none, or is not ready, since it is being imported itself."""
    found = _NOT_IN.match(said)
    if found is None:
        return None
    name, file = found["name"], _file_of(found["module"], spot)
    # The import itself would define the name, where a file asks for its own.
    itself = spot.line if spot is not None and file == Path(spot.frame.f_code.co_filename) else None
    defined = _defined(_tree(str(file)), itself) if file else {}
    if "partially initialized" in said and name in defined:
        return _circular(found["module"], name)
    listed = getattr(sys.modules.get(found["module"]), "__all__", ())
    names = dict.fromkeys([*defined, *_modules_in(file), *listed])
    return Text(f"{found['module']} 中没有 {name}。", f"{found['module']} has no {name}.") + _nearest_of(
        name, [n for n in names if not n.startswith("_")]
    )


def _circular(module: str, name: str) -> Text:
    return Text(
        f"循环导入：{module} 还没有载入完，这里就要用其中的 {name}。请把两处都要用的移到另一个文件，两处都从那里导入",
        f"a circular import: {module} is not loaded yet where {name} of it is asked for. Move what both need to a file of "
        "its own, and import it from there in both",
    )


# ---- files -----------------------------------------------------------------------------------------------------


def _tree(file: str) -> ast.Module:
    try:
        return ast.parse(Path(file).read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def assigned_in(file: str) -> frozenset[str]:
    """The names that a file gives values to at its outermost level; what it imports is none of them."""
    targets: list[ast.expr] = []
    for node in _tree(file).body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    return frozenset(target.id for target in targets if isinstance(target, ast.Name))


def _defined(tree: ast.Module, but: int | None = None) -> dict[str, int]:
    """By name, the line on which a file defines it at its outermost level; one line may be left out."""
    found: dict[str, int] = {}
    for node in tree.body:
        if node.lineno == but:
            continue
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                found.setdefault(node.name, node.lineno)
            case ast.Assign():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found.setdefault(target.id, node.lineno)
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.setdefault(name, node.lineno)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    found.setdefault((alias.asname or alias.name).partition(".")[0], node.lineno)
    return found


def _file_of(module: str, spot: Spot | None) -> Path | None:
    """The file of a module; of the pack's own beside the line, since what failed to be imported is known no more."""
    loaded = getattr(sys.modules.get(module), "__file__", None)
    if loaded:
        return Path(loaded)
    here = str(spot.frame.f_globals.get("__name__", "")) if spot else ""
    if spot is None or here.partition(".")[0] != module.partition(".")[0]:
        return None
    file = Path(spot.frame.f_code.co_filename)
    # Of a package's own file the folder is the package; each further dot of its name is a folder above.
    depth = here.count(".") + (file.name == "__init__.py")
    beside = file.parents[depth].joinpath(*module.split("."))
    return next((f for f in (beside / "__init__.py", beside.with_suffix(".py")) if f.is_file()), None)


def _modules_in(file: Path | None) -> list[str]:
    """The modules in the folder of a package; of any other file, those beside it."""
    if file is None:
        return []
    found = [p.stem for p in file.parent.glob("*.py")] + [p.parent.name for p in file.parent.glob("*/__init__.py")]
    return sorted(n for n in found if not n.startswith("_"))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""

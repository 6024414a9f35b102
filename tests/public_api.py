"""The public surface as lines of text: names with their signatures, hooks, commands, codes, formats.

``python tests/public_api.py`` (``make api``) writes those of today over the snapshot; ``broken`` tells what others would
lose between two of them.
"""

import ast
import dataclasses
import enum
import importlib
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

SNAPSHOT = Path(__file__).parents[1] / "docs" / "reference" / "public-api.txt"

#: Made by pydantic in our classes; its own to change.
_PYDANTIC = {"model_config", "model_post_init"}

#: What docs/stability.md calls public. A module that only a person at a terminal uses has its commands here instead.
MODULES = (
    "kinderguard", "kinderguard.rules", "kinderguard.model", "kinderguard.packs", "kinderguard.national",
    "kinderguard.survey", "kinderguard.survey.linking", "kinderguard.casefile", "kinderguard.care",
    "kinderguard.care.allocation", "kinderguard.formats", "kinderguard.report", "kinderguard.analysis", "kinderguard.analysis.plots",
    "kinderguard.model.view", "kinderguard.testing",
    "kinderguard.engines.spark", "kinderguard.scaffold.doctor",
)  # fmt: skip


def public_api() -> list[str]:
    """One line each, sorted."""
    return sorted({*_names(), *_hooks(), *_commands(), *_codes(), *_formats()})


def _names() -> Iterator[str]:
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in module.__all__:
            yield from _lines(f"{module_name}.{name}", getattr(module, name))


def _lines(path: str, value: object) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"class {path}"
        if issubclass(value, enum.Enum):
            yield from (f"member {path}.{member.name} = {member.value!r}" for member in value)
            return
        yield from _members(path, value)
    elif inspect.isroutine(value):
        yield f"def {path}{_signature(value)}"
    else:
        yield f"name {path}"


def _members(path: str, cls: type) -> Iterator[str]:
    own = [c for c in cls.__mro__ if c.__module__.startswith("kinderguard")]
    fields = {f for c in own for f in getattr(c, "__annotations__", {}) if not f.startswith("_")}
    yield from (f"field {path}.{name}" for name in fields)
    if hasattr(cls, "__attrs_attrs__") or dataclasses.is_dataclass(cls):
        yield f"def {path}{_signature(cls)}"
    for name in {n for c in own for n in vars(c) if not n.startswith("_")} - fields - _PYDANTIC:
        static = inspect.getattr_static(cls, name)
        if isinstance(static, classmethod | staticmethod) or inspect.isfunction(static):
            yield f"def {path}.{name}{_signature(getattr(cls, name))}"
        elif isinstance(static, property) or type(static).__name__ == "cached_property":
            yield f"property {path}.{name}"


def _signature(value: object) -> str:
    """Parameters with their order, kinds and defaults; annotations change in writing without changing in meaning."""
    try:
        signature = inspect.signature(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "(...)"
    plain = [
        p.replace(annotation=p.empty, default=p.default if _is_plain(p.default) else _Shown())
        for p in signature.parameters.values()
    ]
    return str(signature.replace(parameters=plain, return_annotation=signature.empty))


def _is_plain(default: object) -> bool:
    if default is inspect.Parameter.empty:
        return True
    return isinstance(default, str | int | float | bool | None) and not isinstance(default, enum.Enum)


class _Shown:
    def __repr__(self) -> str:
        return "..."


def _hooks() -> Iterator[str]:
    from kinderguard.packs import hookspecs

    for name, spec in vars(hookspecs).items():
        if name.startswith("kinderguard_"):
            yield f"hook {name}{_signature(spec)}"


def _commands() -> Iterator[str]:
    from typer.main import get_command

    from kinderguard.commands import app

    def walk(command: object, path: str) -> Iterator[str]:
        for param in command.params:  # type: ignore[attr-defined]
            shown = max(param.opts, key=len) if param.param_type_name == "option" else param.name
            yield f"{param.param_type_name} {path} {shown}"
        yield f"command {path}"
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, f"{path} {name}")

    yield from walk(get_command(app), "kinderguard")


def _codes() -> Iterator[str]:
    import kinderguard

    rules = kinderguard.load(packs=()).overlay(None).rules
    for what, codes in (("category", rules.categories), ("policy", rules.policies), ("parameter", rules.parameters)):
        yield from (f"{what} {code}" for code in codes)


def _formats() -> Iterator[str]:
    from kinderguard.formats import FORMATS

    yield from (f"schema {name}" for name in FORMATS)


# ---- what others would lose ----------------------------------------------------------------------------------------


def broken(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """What was there and is gone, or can no longer be called as it could."""
    there = list(now)
    calls = {_head(line): line for line in there if line.startswith(("def ", "hook "))}
    lost = []
    for line in set(before) - set(there):
        other = calls.get(_head(line)) if line.startswith(("def ", "hook ")) else None
        if other is None:
            lost.append(f"gone: {line}")
        elif not _still_callable(line, other):
            lost.append(f"changed: {line} -> {other}")
    return sorted(lost)


def _head(line: str) -> str:
    return line.partition("(")[0]


def _still_callable(before: str, now: str) -> bool:
    """Whether every call that was right is right: parameters stay in their order; new ones have defaults."""
    old, new = _parameters(before), _parameters(now)
    if old is None or new is None:
        return before == now
    positional, keywords, required = old
    positional_now, keywords_now, required_now = new
    return (
        positional_now[: len(positional)] == positional
        and keywords <= keywords_now | set(positional_now)
        and required_now <= required
    )


def _parameters(line: str) -> tuple[list[str], set[str], set[str]] | None:
    """Positional names in order, keyword names, and those without a default."""
    text = re.sub(r"=<[^>]*>", "=...", "(" + line.partition("(")[2])
    try:
        arguments = ast.parse(f"def f{text}: ...").body[0].args  # type: ignore[attr-defined]
    except SyntaxError:
        return None
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    needed = set(positional[: len(positional) - len(arguments.defaults)])
    needed |= {a.arg for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is None}
    return positional, {a.arg for a in arguments.kwonlyargs} | set(positional), needed


if __name__ == "__main__":
    SNAPSHOT.write_text("\n".join(public_api()) + "\n", "utf-8")
    sys.stdout.write(f"{SNAPSHOT.name}: {len(public_api())} lines\n")

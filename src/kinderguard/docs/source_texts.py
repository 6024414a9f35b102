"""Texts as the source writes them, without running it: what is filled in only when it happens is left open as ``…``."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

import attrs

from kinderguard.model.text import Text

OPEN = "…"
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@attrs.frozen
class Scope:
    """What names stand for: within a function as called, then in its module."""

    assigned: Mapping[str, list[tuple[int, ast.expr]]]
    given: Mapping[str, "Bound"] = attrs.field(factory=dict)
    looped: frozenset[str] = frozenset()
    module: "Scope | None" = None
    functions: Mapping[str, Function] = attrs.field(factory=dict)

    @classmethod
    def of_module(cls, tree: ast.Module) -> "Scope":
        """The names and functions of a module."""
        functions = {node.name: node for node in tree.body if isinstance(node, Function)}
        outside = [s for s in tree.body if not isinstance(s, Function | ast.ClassDef)]
        return cls(_assigned(outside), functions=functions)

    def inside(self, function: Function, given: Mapping[str, "Bound"] | None = None) -> "Scope":
        """The names within a function of this module, with what it is given."""
        assigned, looped = _names_of(function)
        return Scope(assigned, given or {}, looped, self, self.functions)

    def called(self, function: Function, call: ast.Call) -> "Scope":
        """The names within a function of this module as a call made in this scope gives them."""
        names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        given = {name: Bound(value, self) for name, value in zip(names, call.args, strict=False)}
        given |= {k.arg: Bound(k.value, self) for k in call.keywords if k.arg}
        return (self.module or self).inside(function, given)

    def find(self, name: ast.Name) -> "Bound | None":
        """What a name stands for where it is read: what was last assigned above it."""
        above = [value for line, value in self.assigned.get(name.id, ()) if line < name.lineno or self.module is None]
        if above:
            return Bound(above[-1], self)
        if name.id in self.given:
            return self.given[name.id]
        return None if name.id in self.looped or self.module is None else self.module.find(name)


@attrs.frozen
class Bound:
    """An expression with the scope that its names are read in."""

    expr: ast.expr
    scope: Scope


def texts(node: ast.expr, scope: Scope) -> list[Text]:
    """Every text that an expression may give; none where it gives no text that can be read off the source."""
    match node:
        case ast.IfExp():
            return [*texts(node.body, scope), *texts(node.orelse, scope)]
        case ast.Name() if (bound := scope.find(node)) is not None and bound.expr is not node:
            return texts(bound.expr, bound.scope)
        case ast.BinOp(op=ast.Add()):
            left, right = texts(node.left, scope), texts(node.right, scope)
            unread = [Text(OPEN, OPEN)]
            sums = ((a, b) for a in left or unread for b in right or unread) if left or right else ()
            return [Text(_once(a.zh + b.zh), _once(a.en + b.en)) for a, b in sums]
        case ast.Call(func=ast.Name(id="Text")):
            given = [*node.args, *(k.value for k in node.keywords)]
            zh, en = (string(each, scope) for each in given[:2])
            return [Text(zh or "", en or "")] if zh is not None and en is not None else []
        case ast.Call(func=ast.Name(id=name)) if name in scope.functions:
            function = scope.functions[name]
            inner = scope.called(function, node)
            return [text for value in _returned(function) for text in texts(value, inner)]
    return []


def string(node: ast.expr, scope: Scope) -> str | None:
    """A string with what is filled in left open; None for what is no string that can be read off the source."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr():
            return _once("".join(_part(each, scope) for each in node.values))
        case ast.BinOp(op=ast.Add()):
            left, right = string(node.left, scope), string(node.right, scope)
            return None if left is None and right is None else _once((left or OPEN) + (right or OPEN))
        case ast.Name() if (bound := scope.find(node)) is not None and bound.expr is not node:
            return string(bound.expr, bound.scope)
        case ast.Attribute(attr="zh" | "en", value=ast.Name() as name) if (bound := scope.find(name)) is not None:
            found = [] if isinstance(bound.expr, ast.IfExp) else texts(bound.expr, bound.scope)
            return (found[0].zh if node.attr == "zh" else found[0].en) if len(found) == 1 else OPEN
        case ast.Subscript() | ast.Attribute() | ast.Call():
            return OPEN
    return None


# A function is looked into once for every place that it is called from, so that what stands in it is kept.


@lru_cache(maxsize=1024)
def calls(function: Function) -> tuple[ast.Call, ...]:
    """Every call that stands in a function."""
    return tuple(node for node in ast.walk(function) if isinstance(node, ast.Call))


@lru_cache(maxsize=1024)
def _returned(function: Function) -> tuple[ast.expr, ...]:
    return tuple(n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None)


@lru_cache(maxsize=1024)
def _names_of(function: Function) -> tuple[Mapping[str, list[tuple[int, ast.expr]]], frozenset[str]]:
    """What is assigned in a function, and the names that it loops over."""
    targets = [n.target for n in ast.walk(function) if isinstance(n, ast.For | ast.comprehension)]
    looped = frozenset(n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    return _assigned(function.body), looped


def _part(node: ast.expr, scope: Scope) -> str:
    if isinstance(node, ast.FormattedValue):
        named = isinstance(node.value, ast.Name) or (
            isinstance(node.value, ast.Attribute) and node.value.attr in ("zh", "en")
        )
        return (string(node.value, scope) if named else None) or OPEN
    return string(node, scope) or ""


def _once(text: str) -> str:
    return re.sub(f"{OPEN}+", OPEN, text)


def _assigned(body: list[ast.stmt]) -> dict[str, list[tuple[int, ast.expr]]]:
    found: dict[str, list[tuple[int, ast.expr]]] = {}
    for line, name, value in sorted(_assignments(body), key=lambda each: each[0]):
        found.setdefault(name, []).append((line, value))
    return found


def _assignments(body: list[ast.stmt]) -> Iterator[tuple[int, str, ast.expr]]:
    for node in (n for statement in body for n in ast.walk(statement)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield node.lineno, name, value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for each, value in zip(names, values, strict=False):
                    if isinstance(each, ast.Name):
                        yield node.lineno, each.id, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield node.lineno, name, value

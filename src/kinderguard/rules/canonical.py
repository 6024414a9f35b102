"""Canonical JSON of rules: one text for one meaning, read back without loss, hashed for fingerprints."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from kinderguard.model.codes import Code
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.expression import Expr
from kinderguard.rules.kinds import CODE_LISTS, Kind, Sort, value_from_json, value_to_json

FORMAT = "kinderguard.rules/1"


def operation_name(cls: type[n.Node]) -> str:
    """What an operation is called in JSON: ``at_most`` for ``AtMost``."""
    name = cls.__name__
    return name[0].lower() + "".join("_" + c.lower() if c.isupper() else c for c in name[1:])


def _classes(base: type[n.Node]) -> Iterable[type[n.Node]]:
    for cls in base.__subclasses__():
        if not cls.__name__.startswith("_"):
            yield cls
        yield from _classes(cls)


#: Every node class by the name it has in JSON.
OPERATIONS: dict[str, type[n.Node]] = {operation_name(cls): cls for cls in _classes(n.Node)}
_NODES = {"left", "right", "arg", "condition", "then", "otherwise", "source", "each", "of", "where", "body"}


def node_to_json(node: n.Node) -> dict[str, Any]:
    """A node as nested objects: ``{"op": "less", "left": …, "right": …}``. What is at its default is left out."""
    data: dict[str, Any] = {"op": operation_name(type(node))}
    for field in attrs.fields(type(node)):
        value = getattr(node, field.name)
        if value is None or (field.default is not attrs.NOTHING and value == field.default):
            continue
        data[field.name] = _to_json(value)
    if isinstance(node, n.Const):
        data["value"] = value_to_json(node.value)
    return data


def _to_json(value: Any) -> Any:
    if isinstance(value, n.Node):
        return node_to_json(value)
    if isinstance(value, Kind):
        return value.to_json()
    if isinstance(value, Text):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_to_json(v) for v in value]
    return value_to_json(value)


def node_from_json(
    data: Any, *, lists: Mapping[str, type[Code]] = CODE_LISTS, shared: dict[n.Node, n.Node] | None = None
) -> n.Node:
    """The node that ``node_to_json`` wrote.

    Args:
        data: nested objects.
        lists: the code lists by name.
        shared: the nodes read so far; one that is there already is used again, as it was before it was written.

    Raises:
        DefinitionError: for an operation that does not exist or a part that is missing.
    """
    op = data.get("op") if isinstance(data, dict) else data
    if not isinstance(data, dict) or not isinstance(op, str) or op not in OPERATIONS:
        raise DefinitionError(Text(f"{FORMAT} 中没有运算 {op!r}。", f"There is no operation {op!r} in {FORMAT}."))
    cls = OPERATIONS[op]
    names = {f.name for f in attrs.fields(cls)}
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name == "op":
            continue
        if name not in names:
            raise DefinitionError(
                Text(f"运算 {op!r} 没有部分 {name!r}。", f"The operation {op!r} has no part {name!r}.")
            )
        try:
            values[name] = _part(name, value, lists, shared)
        except DefinitionError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError):
            raise DefinitionError(
                Text(
                    f"运算 {op!r} 的部分 {name!r} 无法读取。",
                    f"The part {name!r} of the operation {op!r} cannot be read.",
                )
            ) from None
    try:
        if cls is n.Const:
            values["value"] = value_from_json(data["value"], values["kind"])
        node = cls(**values)
        return node if shared is None else shared.setdefault(node, node)
    except (KeyError, TypeError):
        raise DefinitionError(Text(f"运算 {op!r} 不完整。", f"The operation {op!r} is not complete.")) from None
    except ValueError:
        kind = values["kind"].text
        raise DefinitionError(Text(f"{op!r} 的值不是{kind.zh}。", f"The value of {op!r} is not {kind.en}.")) from None


def kind_from_json(text: str, lists: Mapping[str, type[Code]] = CODE_LISTS) -> Kind:
    """The kind that ``Kind.to_json`` wrote, with its code list out of ``lists``."""
    sort, _, tail = text.partition(":")
    return Kind(Sort(sort), codes=lists[tail]) if sort in (Sort.CODE, Sort.CODES) and tail else Kind.from_json(text)


def _part(name: str, value: Any, lists: Mapping[str, type[Code]], shared: dict[n.Node, n.Node] | None) -> Any:
    if name in _NODES:
        return node_from_json(value, lists=lists, shared=shared)
    if name == "args":
        return tuple(node_from_json(v, lists=lists, shared=shared) for v in value)
    if name == "kind":
        return kind_from_json(value, lists)
    if name == "title":
        return Text(value["zh"], value["en"])
    if name == "codes":
        return tuple(value)
    if name == "how":
        return n.How(value)
    if name == "rounding":
        return n.Rounding(value)
    return value


def plain(value: Any) -> Any:
    """Any definition (category, policy, parameter …) as plain JSON values, its expressions included."""
    if isinstance(value, Expr):
        return node_to_json(value.node)
    if isinstance(value, n.Node):
        return node_to_json(value)
    if isinstance(value, Text):
        return value.to_dict()
    if isinstance(value, Kind):
        return value.to_json()
    if attrs.has(type(value)):
        data = {
            f.name: plain(getattr(value, f.name))
            for f in attrs.fields(type(value))
            if not _is_left_out(getattr(value, f.name)) and not f.metadata.get("code_only")
        }
        return {"is": type(value).__name__.lower()} | data
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, dt.date):
        return value.isoformat()
    return value_to_json(value)


def _is_left_out(value: Any) -> bool:
    # By type first: comparing an expression with anything makes a condition.
    return value is None or (isinstance(value, str | tuple) and not value)


def canonical_text(data: Any) -> str:
    """Plain JSON values as one line with sorted keys: the text that is hashed."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(data: Any) -> str:
    """The SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_text(data).encode()).hexdigest()

"""What can be wrong, and how it is told: one exception class per kind of mistake, one ``Problem`` per finding.

An error says what is wrong, where, and what to do. It never carries a value out of a child's file.
"""

import difflib
from collections.abc import Iterable
from typing import Any

import attrs
from pydantic_core import ErrorDetails

from kinderguard.model.text import Text


class KinderguardError(Exception):
    """The base of every error this library raises by itself."""


class ToldError(KinderguardError):
    """What went wrong and what to do, as ``text`` in both languages; the message is the English one."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)

    def __reduce__(self) -> tuple[type, tuple[Text]]:
        return type(self), (self.text,)


class MissingExtraError(KinderguardError, ImportError):
    """Something that needs packages of an extra that is not installed; the message says which."""

    def __init__(self, extra: str, module: str) -> None:
        self.extra = extra
        super().__init__(
            f"This needs the package {module!r}, which is not installed: pip install 'kinderguard[{extra}]'."
        )

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.extra, "")


@attrs.frozen
class Problem:
    """One finding: a stable ``code`` for programs, a ``message`` for people, and where it was found.

    ``where`` is a path (``child.birth_date``), a rule's code, or a file; never a personal value.
    """

    code: str
    message: Text
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where + ': ' if self.where else ''}{self.message.en}"


class InvalidRecordError(KinderguardError, ValueError):
    """Data that the model does not accept. ``problems`` holds every finding; no value is kept or shown."""

    def __init__(self, model: str, problems: Iterable[Problem]) -> None:
        self.model = model
        self.problems = tuple(problems)
        lines = [f"{len(self.problems)} problem(s) in {model}; values are left out on purpose:"]
        lines += [f"  {p.where or '(the whole record)'}: {p.message.en} [{p.code}]" for p in self.problems]
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type, tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.model, self.problems)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None where nothing is near."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` or nothing: the tail of an error about an unknown name."""
    close = nearest(name, known)
    return f" Did you mean {close!r}?" if close else ""


def closed(sentence: str, mark: str) -> str:
    """A sentence with the full stop of the language around it, whether or not it had one; a question stays one."""
    bare = sentence.rstrip().removesuffix(".")
    if bare.endswith("?"):
        return bare[:-1] + "？" if mark == "。" else bare
    return bare if bare.endswith(("？", "。", "！", "!")) else bare + mark


#: What pydantic's findings mean, in both languages. Types that are not here keep pydantic's English text,
#: which names limits and kinds but never the input.
_MEANINGS: dict[str, Text] = {
    "missing": Text("缺少必填项", "this field is required"),
    "bool_type": Text("应为是或否（true/false/null）", "must be true, false or null (unknown)"),
    "bool_parsing": Text("应为是或否（true/false/null）", "must be true, false or null (unknown)"),
    "int_type": Text("应为整数", "must be a whole number"),
    "int_parsing": Text("应为整数", "must be a whole number"),
    "tuple_type": Text("应为列表", "must be a list"),
    "string_type": Text("应为文字", "must be text"),
}


def no_such_field(name: str, known: Iterable[str]) -> Text:
    """What is said of a name that no model has. The nearest one that exists is named, the given one is not."""
    close = nearest(name, known)
    return Text(
        "没有这个字段" + (f"，是否想写 {close!r}？" if close else "；请删除，或由插件声明"),
        "there is no such field" + (f"; did you mean {close!r}?" if close else "; remove it, or let a pack declare it"),
    )


def shown_path(parts: Iterable[object], known: Iterable[str]) -> str:
    """A path as errors show it. Keys are shown only if they are, or nearly are, names of fields: one may be a name."""
    names = frozenset(known)
    shown = [str(p) if isinstance(p, int) or p in names or nearest(str(p), names) else "…" for p in parts]
    return ".".join(shown)


def _meaning(error: ErrorDetails, fields: dict[str, frozenset[str]]) -> Text:
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "extra_forbidden":
        return no_such_field(str(error["loc"][-1]), frozenset().union(*fields.values()))
    if kind == "enum":
        return Text(
            f"代码不存在；可用：{context.get('expected', '')}",
            f"no such code; use one of {context.get('expected', '')}",
        )
    if kind in ("value_error", "assertion_error"):
        raised = context.get("error")
        if isinstance(raised, FieldValueError):
            return raised.text
    if kind in _MEANINGS:
        return _MEANINGS[kind]
    return Text(
        f"值不合要求（{kind}）",
        f"not acceptable: {kind if kind in ('value_error', 'assertion_error') else error['msg']}",
    )


class FieldValueError(ValueError):
    """Raised inside a field's validator: a bilingual text that does not repeat the value."""

    def __init__(self, zh: str, en: str) -> None:
        self.text = Text(zh, en)
        super().__init__(en)

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.text.zh, self.text.en)


def record_error(model: str, errors: Iterable[Any], fields: dict[str, frozenset[str]]) -> InvalidRecordError:
    """Our error for pydantic's findings: places, kinds and mends, without the input values."""
    known = frozenset().union(*fields.values())
    return InvalidRecordError(
        model,
        [
            Problem(f"record.{error['type']}", _meaning(error, fields), shown_path(error["loc"], known))
            for error in errors
        ],
    )

"""What can be wrong, and how it is told: one exception class per kind of mistake, one ``Problem`` per finding.

An error says what is wrong, where, and what to do. It never carries a value out of a child's file.
"""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, Self

import attrs
from pydantic_core import ErrorDetails

from kinderguard.model.text import Text, join, same


class KinderguardError(Exception):
    """The base of every error this library raises by itself."""


class ToldError(KinderguardError):
    """What went wrong and what to do, as ``text`` in both languages.

    The message is the English one; the Chinese one is a note on it, so that a traceback shows both.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)
        self.add_note(text.zh)

    def __str__(self) -> str:
        return self.text.en  # a KeyError would show it in quotation marks

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.text,)


class OneLanguageError(ToldError, TypeError):
    """A ``Text`` without one of its two languages; the message shows the right form."""

    @classmethod
    def lacking(cls, lang: str) -> Self:
        """The error of a text that has no ``lang``."""
        return cls(
            Text(
                f"文字须同时写明中文和英文，这里缺少 {lang}：请写作 Text(zh='孤儿', en='Orphan')。",
                f"A text is given in both languages, and {lang} is missing here: write Text(zh='孤儿', en='Orphan').",
            )
        )


class MissingExtraError(ToldError, ImportError):
    """Something that needs packages of an extra that is not installed; the message says which."""

    def __init__(self, extra: str, module: str) -> None:
        self.extra, self.module = extra, module
        super().__init__(
            Text(
                f"此功能需要软件包 {module!r}，尚未安装；请运行 pip install 'kinderguard[{extra}]'。",
                f"This needs the package {module!r}, which is not installed: pip install 'kinderguard[{extra}]'.",
            )
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.extra, self.module)


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


class InvalidRecordError(ToldError, ValueError):
    """Data that the model does not accept. ``problems`` holds every finding; no value is kept or shown."""

    def __init__(self, model: str, problems: Iterable[Problem]) -> None:
        self.model = model
        self.problems = tuple(problems)
        lines = [
            Text(
                f"{model} 中有 {len(self.problems)} 处问题（有意不显示所填的值），请按下列各项改正：",
                f"{len(self.problems)} problem(s) in {model}; values are left out on purpose:",
            )
        ]
        for p in self.problems:
            where = same(p.where) if p.where else Text("（整条记录）", "(the whole record)")
            lines.append(Text(f"  {where.zh}：", f"  {where.en}: ") + p.message + same(f" [{p.code}]"))
        super().__init__(join(lines, "\n", "\n"))

    def __reduce__(self) -> tuple[type, tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.model, self.problems)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None where nothing is near."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` or nothing: the tail of an error about an unknown name."""
    return suggestion(name, known).en


def suggestion(name: str, known: Iterable[str]) -> Text:
    """The same in both languages, to be added to a text that ends with a full stop."""
    close = nearest(name, known)
    return suggested([close] if close else [])


def suggested(names: Sequence[str]) -> Text:
    """``Did you mean …?`` with these names, or nothing where there are none."""
    if not names:
        return Text("", "")
    shown = [same(repr(str(name))) for name in names]
    listed = join(shown[:-1]) + Text("或", " or ") + shown[-1] if len(shown) > 1 else shown[0]
    return Text(f"是否想写 {listed.zh}？", f" Did you mean {listed.en}?")


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


def unknown_field(where: str, field: str, known: Iterable[str]) -> Text:
    """What is said of a field that a table of a TOML file has and should not; the nearest is named."""
    close = nearest(field, known)
    return Text(
        f"{where}：没有字段 {field!r}" + (f"，是否想写 {close!r}？" if close else ""),
        f"{where}: there is no field {field!r}" + (f"; did you mean {close!r}?" if close else ""),
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
            f"代码不存在；可用：{str(context.get('expected', '')).replace(' or ', '、').replace(', ', '、')}",
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


class NotADayError(ToldError, TypeError):
    """Something else where a day is asked for; the argument and the right form are named, the value is not repeated."""

    @classmethod
    def of(cls, name: str, value: object) -> Self:
        """The error for one argument."""
        kind = type(value).__name__
        mend = "；文字请先转换：datetime.date.fromisoformat(…)", "; read a text with datetime.date.fromisoformat(...)"
        zh, en = mend if isinstance(value, str) else ("", "")
        return cls(
            Text(
                f"{name} 应为日期，如 datetime.date(2025, 9, 1)，不是 {kind}{zh}。",
                f"{name} is a day, as datetime.date(2025, 9, 1), not a {kind}{en}.",
            )
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

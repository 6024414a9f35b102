"""What can be wrong, and how it is told: one exception class per kind of mistake, one ``Problem`` per finding.

An error says what is wrong, where, and what to do. It never carries a value out of a child's file.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import attrs
from pydantic_core import ErrorDetails

from kinderguard.model.text import Text, join, same


class KinderguardError(Exception):
    """The base of every error this library raises by itself. Each has ``text`` in both languages."""

    text: Text


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
    def of(cls, zh: object, en: object) -> Self:
        """The error of a text by what was given for its two languages; what is there is shown with the rest to be filled in."""
        if en is None and isinstance(zh, str) and zh.isascii() and zh:
            zh, en = None, zh  # one text alone, and in English
        lang = "en" if isinstance(zh, str) else "zh"
        write = f"Text(zh={_as_given(zh)}, en={_as_given(en)})"
        return cls(
            Text(
                f"文字须同时写明中文和英文，这里缺少 {lang}：请写作 {write}。",
                f"A text is given in both languages, and {lang} is missing here: write {write}.",
            )
        )


def _as_given(text: object) -> str:
    if not isinstance(text, str):
        return "'…'"
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


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


class CannotTravelError(ToldError, TypeError):
    """Something that pickle cannot send to another process; the message says what to send instead."""


#: How the codes of those problems begin that mean that not every rule could be used: what comes out is not complete.
BLOCKING = (
    "pack.", "provider.", "rule.", "case.division_unknown", "case.county_unknown", "case.division_elsewhere", "case.not_yet_born",
)  # fmt: skip


@attrs.frozen
class Problem:
    """One finding: a stable ``code`` for programs, a ``message`` for people, and where it was found.

    ``where`` is a path (``child.birth_date``), a rule's code, or a file; never a personal value.
    """

    code: str
    message: Text
    where: str = ""

    @property
    def told(self) -> Text:
        """The message as people read it in a list: of a pack, with its name and distribution before it."""
        if not self.code.startswith("pack.") or not self.where:
            return self.message
        return Text(f"规则包 {self.where}：", f"pack {self.where}: ") + self.message

    def __str__(self) -> str:
        return f"{self.where + ': ' if self.where else ''}{self.message.en}"


def pack_kept_out(problems: Iterable[Problem]) -> str | None:
    """Which pack could not be used at all, as problems name it; None where each could."""
    return next((p.where for p in problems if p.code.startswith("pack.") and p.code != "pack.provider_absent"), None)


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


_OBJECT = Text("应为对象（字段：值），须嵌套填写", "must be an object of fields and values")
_WHOLE = Text("应为整数", "must be a whole number")
_TEXT = Text("应为文字", "must be text")
_LIST = Text("应为列表", "must be a list")
_FLAG = Text("应为是或否（true/false/null）", "must be true, false or null (unknown)")
_NUMBER = Text("应为数字", "must be a number")
_FINITE = Text("应为有限的数字", "must be a finite number")
_DATE = Text("应为日期，如 2012-03-05", "must be a date such as 2012-03-05")
_EMPTY = Text(
    "不能为空；不知道的请写 null 或不写", "must not be empty; write null, or leave it out, where it is not known"
)
_JSON = Text(
    "不是可以读取的 JSON；请核对括号、引号和逗号", "is no JSON that can be read; check brackets, quotes and commas"
)
_PLAIN = Text(
    "应为 JSON 能写的值（文字、数字、true/false、列表、对象）",
    "must be what JSON can hold: text, a number, true or false, a list, an object",
)
_UNICODE = Text("文字编码有误，应为 UTF-8", "must be text in UTF-8")
_ONE_OF = Text(
    "不在可用的值之内；请查阅公布的格式（kinderguard schema case）",
    "must be one of the values in the published format (kinderguard schema case)",
)
_DEEP = Text("嵌套过深或互相引用；请给出普通的数据", "must be plain data that does not contain itself")
_LEVELS = Text("嵌套过深；请减少层次", "is nested too deep; give it with fewer levels")
#: What pydantic's findings mean, in both languages; ``_limit`` has those that name a limit. Of types that neither knows the
#: English is pydantic's, which names limits and kinds but never the input.
_MEANINGS: dict[str, Text] = {
    "missing": Text("缺少必填项", "this field is required"),
    "bool_type": _FLAG, "bool_parsing": _FLAG,
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE,
    "int_parsing_size": Text("数字过大，请核对", "the number is beyond any plausible one; check it"),
    "float_type": _NUMBER, "float_parsing": _NUMBER, "finite_number": _FINITE,
    "decimal_type": _NUMBER, "decimal_parsing": _NUMBER,
    "tuple_type": _LIST, "list_type": _LIST, "set_type": _LIST, "frozen_set_type": _LIST, "iterable_type": _LIST,
    "iteration_error": _LIST,
    "string_type": _TEXT, "string_sub_type": _TEXT, "string_unicode": _UNICODE, "string_too_short": _EMPTY,
    "model_type": _OBJECT, "model_attributes_type": _OBJECT, "dict_type": _OBJECT, "mapping_type": _OBJECT, "invalid_key": _TEXT,
    "is_instance_of": _OBJECT,
    "date_type": _DATE, "date_parsing": _DATE, "date_from_datetime_parsing": _DATE, "date_from_datetime_inexact": _DATE,
    "datetime_type": _DATE, "datetime_parsing": _DATE, "datetime_from_date_parsing": _DATE,
    "json_invalid": _JSON, "json_type": _JSON, "invalid-json-value": _PLAIN,
    "literal_error": _ONE_OF, "recursion_loop": _DEEP, "cycle-json-value": _DEEP,
}  # fmt: skip

#: Dotted paths are for facts by path; where records are nested they are no fields.
_NESTED = Text(
    '带点的路径只用于 Case.from_facts；这里须嵌套填写，如 {"child": {"birth_date": "2012-03-05"}}',
    'dotted paths are for Case.from_facts; here parts are nested, as in {"child": {"birth_date": "2012-03-05"}}',
)
_OF_PACKS = Text(
    '地方事实须嵌套在 extra 中，先写地区代码，再写事实，如 {"extra": {"330199": {"central_heating": true}}}',
    'the facts of packs are nested in extra, by the place\'s code and then the fact, as in {"extra": {"330199": {"central_heating": true}}}',
)


def _limit(kind: str, context: dict[str, Any]) -> Text | None:
    """What a finding means that names a limit of the model."""
    match kind:
        case "greater_than_equal":
            return Text(f"不能小于 {context.get('ge')}", f"must be at least {context.get('ge')}")
        case "greater_than":
            return Text(f"应大于 {context.get('gt')}", f"must be more than {context.get('gt')}")
        case "less_than_equal":
            return Text(f"不能大于 {context.get('le')}", f"must be at most {context.get('le')}")
        case "less_than":
            return Text(f"应小于 {context.get('lt')}", f"must be less than {context.get('lt')}")
        case "string_too_long":
            most = context.get("max_length")
            return Text(f"最多 {most} 个字", f"must have at most {most} characters")
        case "string_pattern_mismatch":
            pattern = context.get("pattern")
            return Text(f"格式不对，应符合 {pattern}", f"must be written as {pattern} asks")
        case "too_long":
            most = context.get("max_length")
            return Text(f"最多 {most} 项", f"must have at most {most} items")
        case "too_short":
            least = context.get("min_length")
            return Text(f"至少 {least} 项", f"must have at least {least} items")
    return None


def no_such_field(name: str, known: Iterable[str]) -> Text:
    """What is said of a name that an object does not have. The nearest that it has is named: one of its own, or one of its
    parts' that bears the very name.
    """
    paths = [*known]
    below = next((path for path in paths if path.endswith(f".{name}")), None)
    close = nearest(name, [path for path in paths if "." not in path]) or below
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


#: A name of a field as somebody would invent one, or the code of a province, city or county: no number of a person is so
#: short, and no name of one is written so.
_PLAIN_NAME = re.compile(r"(?!.*[0-9]{4})[a-z_][A-Za-z0-9_]{0,39}|[0-9]{2}(?:[0-9]{2}){0,2}")


def shown_path(parts: Iterable[object], known: Iterable[str]) -> str:
    """A path as errors show it. Keys are shown only if they are, or look like, names of fields: one may be a person's name
    or number.
    """
    names = frozenset(known)
    return ".".join(
        str(p) if isinstance(p, int) or p in names or all(map(_PLAIN_NAME.fullmatch, str(p).split("."))) else "…"
        for p in parts
    )


def _meaning(error: ErrorDetails, beside: Callable[[tuple[int | str, ...]], Iterable[str]]) -> Text:
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "extra_forbidden" and "." in str(error["loc"][-1]):
        return _OF_PACKS if str(error["loc"][-1])[:1].isdigit() else _NESTED
    if kind == "dict_type" and error["loc"][0:1] == ("extra",):
        return _OF_PACKS
    if kind == "extra_forbidden":
        return no_such_field(str(error["loc"][-1]), beside(error["loc"][:-1]))
    if kind == "enum":
        return Text(
            f"代码不存在；可用：{str(context.get('expected', '')).replace(' or ', '、').replace(', ', '、')}",
            f"no such code; use one of {context.get('expected', '')}",
        )
    if kind in ("value_error", "assertion_error"):
        raised = context.get("error")
        if isinstance(raised, FieldValueError):
            return raised.text
    if kind == "json_invalid" and "recursion" in error["msg"]:
        return _LEVELS
    place = re.search(r"line (\d+) column (\d+)", error["msg"]) if kind == "json_invalid" else None
    if place is not None:
        return Text(
            f"第 {place[1]} 行第 {place[2]} 列起{_JSON.zh}", f"from line {place[1]}, column {place[2]} on it {_JSON.en}"
        )
    known = _MEANINGS.get(kind) or _limit(kind, context)
    if known is not None:
        return known
    return Text(
        f"值不合要求（{kind}）；请按公布的格式填写（kinderguard schema case）",
        f"not acceptable: {kind if kind in ('value_error', 'assertion_error') else error['msg']}",
    )


class NotADayError(ToldError, TypeError):
    """Something else where a day is asked for; the argument and the right form are named, the value is not repeated."""

    @classmethod
    def of(cls, name: str, value: object) -> Self:
        """The error for one argument."""
        kind = type(value).__name__
        zh, en = "", ""
        if isinstance(value, str):
            zh, en = (
                "；文字请先转换：datetime.date.fromisoformat(…)",
                "; read a text with datetime.date.fromisoformat(...)",
            )
        elif isinstance(value, dt.datetime):
            zh = "；请取其在中国的日期：有时区的用 moment.astimezone(datetime.timezone(datetime.timedelta(hours=8))).date()，没有的用 moment.date()"
            en = (
                "; give its day in China: moment.astimezone(datetime.timezone(datetime.timedelta(hours=8))).date(), or "
                "moment.date() where it has no zone"
            )
        return cls(
            Text(
                f"{name} 应为日期，如 datetime.date(2025, 9, 1)，不是 {kind}{zh}。",
                f"{name} is a day, as datetime.date(2025, 9, 1), not a {kind}{en}.",
            )
        )


class FieldValueError(ToldError, ValueError):
    """A value that a field cannot have, raised where one is read: a bilingual text that does not repeat the value."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(Text(zh, en))

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.text.zh, self.text.en)


class RepeatedCodeError(ToldError, ValueError):
    """A class of codes gives two of its members one value; the second would be no code of its own.

    Args:
        codes: the class.
        first, second: its two members.
        value: what both have.
    """

    def __init__(self, codes: str, first: str, second: str, value: str) -> None:
        self.codes, self.first, self.second, self.value = codes, first, second, value
        super().__init__(
            Text(
                f"{codes}.{first} 与 {codes}.{second} 的值都是 {value!r}，后者只会成为前者的别名。给 {second} 另一个值，或删去它。",
                f"{codes}.{first} and {codes}.{second} both have the value {value!r}, so that the second would only be another name "
                f"of the first. Give {second} a value of its own, or take it out.",
            )
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.codes, self.first, self.second, self.value)


class ArgumentError(ToldError, ValueError):
    """An argument that can have few values and has another; the message names them."""

    @classmethod
    def of(cls, name: str, known: Iterable[object]) -> Self:
        """The error for one argument; what was given is not repeated."""
        few = [same(repr(each)) for each in known]
        return cls(
            Text(
                f"{name} 应为 {join(few, ' 或 ', ' or ').zh}，请从中选用。",
                f"{name} is {join(few, ' 或 ', ' or ').en}: give one of them.",
            )
        )


def record_error(
    model: str,
    errors: Iterable[Any],
    known: frozenset[str],
    beside: Callable[[tuple[int | str, ...]], Iterable[str]],
) -> InvalidRecordError:
    """Our error for pydantic's findings: places, kinds and mends, without the input values.

    Args:
        model: its name.
        errors: the findings.
        known: the names of all fields in it.
        beside: the names of the fields of the object at a place.
    """
    return InvalidRecordError(
        model,
        [
            Problem(f"record.{error['type']}", _meaning(error, beside), shown_path(error["loc"], known))
            for error in errors
        ],
    )

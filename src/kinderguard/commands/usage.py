"""What typer says of a command that is written wrongly, in Chinese as well: typer's own errors are English alone.

``BilingualGroup`` is the class of the application; whatever a command under it refuses passes through it. The words of
typer are known here by pattern; what is not known keeps its English words, never less.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, ClassVar

import typer
from typer.core import TyperGroup

from kinderguard.model.echo import shown_file
from kinderguard.model.text import Text

#: The class above all of typer's errors of usage. Typer has its own copy of click, older versions click itself.
_UsageError: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "UsageError")

#: What typer (and the checks of values below it) says, and the Chinese for it.
_SAID = tuple(
    (re.compile(pattern + r"\Z", re.DOTALL), chinese)
    for pattern, chinese in (
        (r"No such option: (\S+)(?: \(Possible options: (.+)\)|\. ?Did you mean (.+)\?|\.)?", "没有选项 {0}{1}{2}"),
        (r"No such option '(.+?)'\.?(?: \(Possible options: (.+)\)| ?Did you mean (.+)\?)?", "没有选项 {0}{1}{2}"),
        (r"No such command ('.+?')\.(?: Did you mean (.+)\?)?", "没有命令 {0}{1}"),
        (r"Missing command\.", "缺少命令"),
        (r"Missing option ('.+')\.(.*)", "缺少选项 {0}"),
        (r"Missing argument ('.+')\.(.*)", "缺少参数 {0}"),
        (r"Got unexpected extra arguments? \((.*)\)|Got unexpected extra argument\(s\) \((.*)\)", "多余的参数：{0}{1}"),
        (r"Option ('.+') does not take a value\.", "选项 {0} 不带值"),
        (r"Option ('.+') requires (?:an argument|\d+ arguments)\.", "选项 {0} 须带值"),
        (r"Argument ('.+') takes (\d+) values\.", "参数 {0} 须有 {1} 个值"),
        (r"('.*') is not one of (.+?)\.", "{0} 不是可用的值；可用：{1}"),
        (r"Input should be a valid number.*|.* is not a valid float\.?", "应为数字"),
        (r"Input should be a valid integer.*|.* is not a valid (?:integer|int)\.?", "应为整数"),
        (r"Input should be a valid boolean.*|.* is not a valid boolean\.?", "应为是或否"),
        (r"Input should be greater than or equal to (\S+)", "应不小于 {0}"),
        (r"Input should be less than or equal to (\S+)", "应不大于 {0}"),
        (r".* is not in the range (.+?)\.", "应在 {0} 范围内"),
        (r"(?:File|Path|Directory) ('.+') does not exist\.", "{0} 不存在"),
    )
)  # fmt: skip
_INVALID = re.compile(r"Invalid value(?: for ('.+?'(?: / '.+?')*))?: (.+)\Z", re.DOTALL)
#: Where typer repeats what somebody typed, which may be a name or a number of a person.
_TYPED = re.compile(
    r"(?<=Got unexpected extra argument \().*(?=\)\Z)|(?<=Got unexpected extra arguments \().*(?=\)\Z)"
    r"|(?<=Got unexpected extra argument\(s\) \().*(?=\)\Z)|(?<=No such command ').*?(?=')",
    re.DOTALL,
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def in_both(message: str) -> Text:
    """A message of typer in both languages; one of ours, which says both already, is taken apart.

    >>> in_both("Missing option '--on'.").zh, in_both("Invalid value for '--on': 日期 / a day").en
    ("缺少选项 '--on'", "Invalid value for '--on': a day")
    """
    message = _TYPED.sub(lambda typed: shown_file(typed.group()), message)
    found = _INVALID.match(message)
    if found is None:
        return _halves(message)
    of, told = found.groups()
    what = _halves(told.removeprefix("Value error, "))
    return Text(f"{of} 的值无效：", f"Invalid value for {of}: ") + what if of else what


def _halves(message: str) -> Text:
    if _CHINESE.search(message):
        zh, _, en = message.partition(" / ")
        return Text(zh, en or zh)
    for pattern, chinese in _SAID:
        found = pattern.match(message)
        if found is not None:
            first, *near = (part or "" for part in (*found.groups(), ""))
            is_near = "{2}" in chinese or chinese.startswith("没有命令")
            more = [f"；是否想写 {part}？" if part and is_near else part for part in near]
            return Text(chinese.format(first, *more), message)
    return Text(message, message)


class UsageTold(typer.BadParameter):
    """An error of usage as it is shown: how the command is called, and what is wrong in both languages."""

    def __init__(self, error: Any) -> None:
        super().__init__(error.message, ctx=getattr(error, "ctx", None))
        self.text = in_both(error.format_message())

    def format_message(self) -> str:
        """What is wrong, in both languages."""
        return f"{self.text.zh}\n{self.text.en}"

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it to standard error."""
        lines = []
        if self.ctx is not None:
            ask = f"{self.ctx.command_path} {self.ctx.help_option_names[0]}"
            lines += [self.ctx.get_usage(), f"说明 For help: {ask}", ""]
        lines += [f"错误：{self.text.zh}", f"Error: {self.text.en}"]
        typer.echo("\n".join(lines), file=file, err=file is None)


class BilingualGroup(TyperGroup):
    """The application: what its commands refuse is said in both languages."""

    shown_as_it_is: ClassVar = ("NoArgsIsHelpError",)

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """As typer's."""
        with self._told():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """As typer's."""
        with self._told():
            return super().invoke(ctx)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except _UsageError as error:
            if type(error).__name__ in self.shown_as_it_is or isinstance(error, UsageTold):
                raise
            raise UsageTold(error) from None

"""What all commands share: the application, common options, progress, and how errors end.

Results go to standard output (or ``--out``), everything else to standard error. Exit code 0: done; 1: done, with rows
skipped or problems reported; 2: nothing could be done.
"""

import datetime as dt
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from kinderguard.commands.usage import BilingualGroup
from kinderguard.commands.writable import file_to_write
from kinderguard.model.errors import FieldValueError, KinderguardError, ToldError
from kinderguard.model.places import check_division
from kinderguard.model.progress import Progress
from kinderguard.model.text import Text
from kinderguard.packs import PackError, PackWarning, load

app = typer.Typer(
    name="kinderguard",
    cls=BilingualGroup,
    help="困境儿童：读取台账，评估每名儿童，说明理由。Children in difficulty: read a ledger, assess every child, say why.",
    no_args_is_help=True,
    context_settings={"max_content_width": 110, "help_option_names": ["--help", "-h"]},
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
error_console = Console(stderr=True, highlight=False, soft_wrap=True)

DONE, WITH_PROBLEMS, NOTHING_DONE = 0, 1, 2


def _version(asked: bool) -> None:
    if asked:
        from kinderguard import __version__
        from kinderguard.model.build import build
        from kinderguard.national import PACK

        typer.echo(
            f"kinderguard {__version__} (build {build()})\n{PACK.title.zh} {PACK.title.en} [{PACK.code}] {PACK.version}"
        )
        raise typer.Exit(DONE)


@app.callback()
def _application(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_version,
            help="版本，以及国家规则的版本 / this version and that of the national rules",
        ),
    ] = False,
) -> None:
    pass


class Lang(StrEnum):
    """The language of results."""

    ZH = "zh"
    EN = "en"


def day(text: str) -> dt.date:
    """A day as an option gives it."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("日期写作 2025-09-01 / write the day as 2025-09-01") from None


def examples(*commands: str) -> str:
    """Commands as the end of a help text shows them, a line each."""
    return "\b\n示例 Examples:\n" + "\n".join(f"  {each}" for each in commands)


def division_code(text: str) -> str:
    """A division as an option gives it."""
    refused: FieldValueError
    try:
        return check_division(text)
    except FieldValueError as error:
        refused = error
    raise typer.BadParameter(f"{refused.text.zh} / {refused.text.en}")


LedgerPath = Annotated[
    Path, typer.Argument(metavar="LEDGER", help="台账文件（Excel 或 CSV） / the ledger, Excel or CSV")
]
OnDay = Annotated[dt.date, typer.Option("--on", parser=day, metavar="DATE", help="评估日期 / the day, as 2025-09-01")]
OptionalDay = Annotated[
    dt.date | None,
    typer.Option("--on", parser=day, metavar="DATE", help="评估日期，默认今天 / the day; today if left out"),
]
OutPath = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="PATH", callback=file_to_write, help="输出文件 / where to write the result"),
]
InLang = Annotated[Lang, typer.Option("--lang", help="结果语言 / language of the result")]


def _refuse_broken_packs(strict: bool) -> bool:
    """Before anything is done: every pack that is installed is looked at, wherever it is for."""
    if strict:
        with contained():
            warnings.simplefilter("ignore", PackWarning)  # told as the error
            found = load().check()
            if found:
                raise PackError(dict.fromkeys(found))
    return strict


Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        callback=_refuse_broken_packs,
        help="任何已安装的规则包有问题即停止 / stop where any rule pack that is installed is broken, instead of reporting it",
    ),
]
OnSheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="只读此工作表 / read this sheet only")]


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A bar on standard error while it is a terminal; nothing otherwise."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=error_console, transient=True, disable=not error_console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def write(pieces: Iterator[str], out: Path | None) -> None:
    """Write text piece by piece, to a file or to standard output, as UTF-8."""
    if out is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def say(text: str) -> None:
    """A line on standard error."""
    error_console.print(text, markup=False)


def fail(message: Text) -> NoReturn:
    """End with exit code 2 and the message in both languages (see ``contained``)."""
    raise ToldError(message)


def _show_warning(otherwise: Callable[..., None], message: Warning | str, category: type[Warning], *more: Any) -> None:
    if issubclass(category, PackWarning):
        say(str(message))
    else:
        otherwise(message, category, *more)


@contextmanager
def contained() -> Iterator[None]:
    """Our own errors end with exit code 2 and their message; anything else is a defect and shows where it is. What is
    registered and no pack is told as a line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", PackWarning)
            warnings.showwarning = partial(_show_warning, warnings.showwarning)
            yield
    except KinderguardError as error:
        text: Any = getattr(error, "text", None)
        say(f"{text.zh}\n{text.en}" if isinstance(text, Text) else str(error))
        raise typer.Exit(NOTHING_DONE) from None
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough (``| head``)
        raise typer.Exit(DONE) from None

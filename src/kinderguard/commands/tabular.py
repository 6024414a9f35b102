"""What ``survey``, ``file`` and ``care`` write beside their summaries: tables, JSON lines, and files with personal data.

A file that holds names and numbers of people can be read by its owner alone. Nothing here prints anything personal.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from kinderguard.commands.application import write
from kinderguard.commands.writable import STAYS, told_unwritten
from kinderguard.model.text import Text
from kinderguard.survey.tables import Row, write_csv, write_workbook


class TableFormat(StrEnum):
    """What a list is written as."""

    SUMMARY = "summary"
    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"


AsTable = Annotated[TableFormat, typer.Option("--format", "-f", help="输出形式 / what to write")]


def check_out(form: TableFormat, out: Path | None) -> None:
    """A table needs a file: before anything is done.

    Raises:
        typer.BadParameter: none was named.
    """
    if form in (TableFormat.CSV, TableFormat.XLSX) and out is None:
        raise typer.BadParameter(f"{form} 须用 --out 指定文件 / {form} needs --out PATH")


def write_list(
    form: TableFormat,
    out: Path | None,
    *,
    summary: Iterable[str],
    lines: Iterable[Mapping[str, Any]],
    heads: Sequence[Text],
    rows: Iterable[Row],
    lang: str,
) -> None:
    """Write one of the forms; the others are not computed where they are given as generators."""
    titles = [head.zh if lang == "zh" else head.en for head in heads]
    with told_unwritten(out, STAYS):
        match form:
            case TableFormat.SUMMARY:
                write((line + "\n" for line in summary), out)
            case TableFormat.JSONL:
                write(json_lines(lines), out)
            case TableFormat.CSV:
                assert out is not None
                write_csv(out, titles, rows)
            case TableFormat.XLSX:
                assert out is not None
                write_workbook(out, out.stem[:31], titles, rows)


def json_lines(lines: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Plain values as JSON lines."""
    for line in lines:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def write_for_owner(path: Path, pieces: Iterable[str]) -> None:
    """Write a file with personal data: nobody but its owner may read it (where the system has such rights)."""
    only_owner(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def only_owner(path: Path) -> None:
    """Make a file empty, and nobody's but its owner's to read, before anything is written to it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    path.chmod(0o600)


def columns_of(lines: Iterable[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """Lines whose parts stand below each other, whatever mixture of wide and narrow characters they are."""
    rows = list(lines)
    if not rows:
        return
    widths = [max(_width(row[n]) for row in rows if n < len(row)) for n in range(max(map(len, rows)))]
    for row in rows:
        *padded, last = [part + " " * (widths[n] - _width(part)) for n, part in enumerate(row)]
        yield (indent + "  ".join([*padded, last])).rstrip()


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)

"""What organisations send in, as records: their offers of help (TOML or a table), and the services they promise or give.

Read by ``care``. A file is read whole or refused: every fault is named with its file and line, and no value is repeated.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from kinderguard.care import Offer, ServiceGiven
from kinderguard.model.code_names import by_values, code_named, codes_in, field_at, no_such_code
from kinderguard.model.errors import InvalidRecordError, Problem, ToldError, suggestion
from kinderguard.model.record import Record, field_title
from kinderguard.model.text import Text, join, same
from kinderguard.survey import open_sheets

R = TypeVar("R", bound=Record)
_BETWEEN = re.compile(r"[、，,;；\n]+")
#: The fields that hold a list in one cell.
_LISTS = {"services", "area", "weekdays", "languages", "qualifications"}


class SheetError(ToldError, ValueError):
    """A file of offers or services that cannot be used; the message names the place and the mend."""


def read_offers(path: Path) -> tuple[Offer, ...]:
    """The offers in a TOML file (``[[offers]]``), or in a table whose heads are the fields' names or titles.

    In a table lists are written with 、 or ; between; a cell that is empty says nothing, 无 is an empty list. Codes are
    written by their Chinese or English label, or their value. Who would meet the children is told in TOML only: in a table,
    ``people`` is 无 where nobody does.

    Raises:
        SheetError: offers do not fit, each with its place and mend, or two have one code.
    """
    found = _all(Offer, _tables(path, "offers") if path.suffix.lower() == ".toml" else _lines(path, Offer))
    codes = [offer.code for offer in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise SheetError(
            Text(
                f"{path.name}：供给编号重复：{'、'.join(twice)}",
                f"{path.name}: codes that stand twice: {', '.join(twice)}",
            )
        )
    return found


def read_services(path: Path) -> tuple[ServiceGiven, ...]:
    """The services in a table: file number, need, service, organisation, first and last day, division.

    Raises:
        SheetError: lines do not fit, each with its place and mend.
    """
    return _all(ServiceGiven, _lines(path, ServiceGiven))


def read_distances(path: Path) -> dict[tuple[str, str], float]:
    """Kilometres by (file number or division, code of the offer): the first three columns, below a line of heads.

    Raises:
        SheetError: a line does not fit.
    """
    found: dict[tuple[str, str], float] = {}
    for sheet in open_sheets(path):
        for line, cells in sheet.rows[1:]:
            texts = [_text(cell) for cell in cells[:3]]
            if not any(texts):
                continue
            try:
                child, offer, km = texts
                found[child, offer] = float(km)
            except ValueError:
                raise SheetError(
                    Text(
                        f"{path.name} 第 {line} 行：应为档案编号或区划代码、供给编号、公里数",
                        f"{path.name}, line {line}: it should be a file number or division, an offer's code, kilometres",
                    )
                ) from None
    return found


def _all(model: type[R], entries: Iterable[tuple[Text, Mapping[str, Any]]]) -> tuple[R, ...]:
    """Every entry as a record.

    Raises:
        SheetError: with what is wrong in each of those that do not fit.
    """
    found: list[R] = []
    wrong: list[Text] = []
    for where, entry in entries:
        coded = by_values(model, entry)
        try:
            found.append(model.model_validate(coded))
        except InvalidRecordError as error:
            told = [_at(model, p) + _said(model, coded, p) for p in error.problems]
            wrong.append(where + Text("：", ": ") + join(told, "；", "; "))
    if wrong:
        raise SheetError(join(wrong, "\n", "\n"))
    return tuple(found)


def _at(model: type[Record], problem: Problem) -> Text:
    """The field that is meant, by its title and its name."""
    if not problem.where:
        return Text("", "")
    field = model.model_fields.get(problem.where.split(".")[0])
    title = same(problem.where) if field is None else field_title(field)
    name = Text("", "") if field is None else Text(f"（{problem.where}）", f" ({problem.where})")
    return title + name + Text("：", ": ")


def _said(model: type[Record], entry: Mapping[str, Any], problem: Problem) -> Text:
    """What is wrong; of a code that is none, its choices by label."""
    field = field_at(model, problem.where.split("."))
    codes = None if field is None else codes_in(field.annotation)
    written: Any = entry
    for part in problem.where.split("."):
        if isinstance(written, Mapping):
            written = written.get(part)
        elif isinstance(written, list) and part.isdigit():
            written = written[int(part)]
    return problem.message if codes is None or problem.code != "record.enum" else no_such_code(codes, str(written))


def _tables(path: Path, name: str) -> Iterator[tuple[Text, Mapping[str, Any]]]:
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get(name)
    except (OSError, UnicodeDecodeError):
        raise SheetError(Text(f"读不到文件 {path.name}", f"{path.name} cannot be read; check the path")) from None
    except tomllib.TOMLDecodeError as error:
        raise SheetError(Text(f"{path.name} 不是 TOML：{error}", f"{path.name} is no TOML: {error}")) from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SheetError(Text(f"{path.name}：每项写作 [[{name}]]", f"{path.name}: each entry is written as [[{name}]]"))
    for number, entry in enumerate(entries, 1):
        yield Text(f"{path.name} 第 {number} 个 [[{name}]]", f"{path.name} [[{name}]] {number}"), entry


def _lines(path: Path, model: type[Record]) -> Iterator[tuple[Text, dict[str, Any]]]:
    """The lines of every sheet as fields. Heads are the fields' names or Chinese titles; one that is neither is refused."""
    named = dict(_names(model))
    for sheet in open_sheets(path):
        fields: list[str] | None = None
        for line, cells in sheet.rows:
            texts = [_text(cell) for cell in cells]
            if not any(texts):
                continue
            if fields is None:
                fields = [_field(head, named, path) for head in texts]
            else:
                where = Text(f"{path.name} 第 {line} 行", f"{path.name}, line {line}")
                yield where, {f: _value(model, f, text) for f, text in zip(fields, texts, strict=False) if f and text}


def _names(model: type[Record]) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        yield name, name
        yield field_title(field).zh, name
        yield field_title(field).en, name


def _field(head: str, named: Mapping[str, str], path: Path) -> str:
    if head and head not in named:
        close = suggestion(head, named)
        raise SheetError(
            Text(
                f"{path.name}：没有列 {head!r}；可用：{'、'.join(dict.fromkeys(named.values()))}。{close.zh}",
                f"{path.name}: there is no column {head!r}; there are {', '.join(dict.fromkeys(named.values()))}.{close.en}",
            )
        )
    return named.get(head, "")


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell).strip()


def _value(model: type[Record], field: str, text: str) -> Any:
    if field in _LISTS:
        return [] if text == "无" else [item for part in _BETWEEN.split(text) for item in _items(model, field, part)]
    return [] if field == "people" and text == "无" else text


def _items(model: type[Record], field: str, part: str) -> list[str]:
    """What a part of a list holds: an English label keeps its spaces, anything else is divided by them."""
    codes = codes_in(model.model_fields[field].annotation)
    return [part] if codes is not None and code_named(codes, part) is not None else part.split()

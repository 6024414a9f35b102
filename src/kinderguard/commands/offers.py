"""What organisations send in, as records: their offers of help (TOML or a table), and the services they promise or give.

Read by ``care``. A file is read whole or refused: every fault is named with its file and line, and no value is repeated.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from kinderguard.care import Offer, ServiceGiven
from kinderguard.model.errors import InvalidRecordError, ToldError, suggestion
from kinderguard.model.record import Record
from kinderguard.model.text import Text, join, same
from kinderguard.survey import open_sheets

R = TypeVar("R", bound=Record)
_BETWEEN = re.compile(r"[、，,;；\s]+")
_LISTS = {"services", "area", "weekdays", "languages", "qualifications"}


class SheetError(ToldError, ValueError):
    """A file of offers or services that cannot be used; the message names the place and the mend."""


def read_offers(path: Path) -> tuple[Offer, ...]:
    """The offers in a TOML file (``[[offers]]``), or in a table whose heads are the fields' names or titles.

    In a table lists are written with 、 or ; between; a cell that is empty says nothing, 无 is an empty list. Who would
    meet the children is told in TOML only: in a table, ``people`` is 无 where nobody does.

    Raises:
        SheetError: an offer does not fit, or two have one code.
    """
    if path.suffix.lower() == ".toml":
        found = [_made(Offer, entry, where) for where, entry in _tables(path, "offers")]
    else:
        found = [_made(Offer, entry, where) for where, entry in _lines(path, Offer)]
    codes = [offer.code for offer in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise SheetError(
            Text(
                f"{path.name}：供给编号重复：{'、'.join(twice)}",
                f"{path.name}: codes that stand twice: {', '.join(twice)}",
            )
        )
    return tuple(found)


def read_services(path: Path) -> tuple[ServiceGiven, ...]:
    """The services in a table: file number, need, service, organisation, first and last day, division.

    Raises:
        SheetError: a line does not fit.
    """
    return tuple(_made(ServiceGiven, entry, where) for where, entry in _lines(path, ServiceGiven))


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


def _made(model: type[R], entry: Mapping[str, Any], where: Text) -> R:
    try:
        return model.model_validate(entry)
    except InvalidRecordError as error:
        why = join([same(p.where) + Text("：", ": ") + p.message for p in error.problems], "；", "; ")
        raise SheetError(where + Text("：", ": ") + why) from None


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
                yield where, {f: _value(f, text) for f, text in zip(fields, texts, strict=False) if f and text}


def _names(model: type[Record]) -> Iterator[tuple[str, str]]:
    from kinderguard.model.record import field_title

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


def _value(field: str, text: str) -> Any:
    if field in _LISTS:
        return [] if text == "无" else [part for part in _BETWEEN.split(text) if part]
    return [] if field == "people" and text == "无" else text

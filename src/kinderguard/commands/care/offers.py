"""What organisations and counties send in, as records: offers of help, services promised or given, deliveries, targets.

Read by ``care``. A file is read whole or refused: every fault is named with its file and line, and no value is repeated.
"""

import datetime as dt
import re
import tomllib
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from kinderguard.care import Offer
from kinderguard.model.code_names import by_values, code_named, codes_in, field_at, no_such_code
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import FieldValueError, InvalidRecordError, Problem, ToldError, suggestion
from kinderguard.model.places import LEVELS, check_division
from kinderguard.model.record import Record, field_title
from kinderguard.model.text import Text, join, same
from kinderguard.model.toml_files import read_toml, wrong_toml
from kinderguard.survey import open_sheets

R = TypeVar("R", bound=Record)
_BETWEEN = re.compile(r"[、，,;；\n]+")
_FLAGS = {"是": True, "yes": True, "否": False, "no": False}
#: The fields that hold a list in one cell.
_LISTS = {"services", "area", "weekdays", "languages", "qualifications"}
#: Whether a person was checked, as a table has it behind the code: 无 and the articles are what was found.
_CHECKED = re.compile(r"(?P<ref>[^=＝]*)(?:[=＝](?P<found>[^=＝]*))?")
_NOT_CHECKED, _NOTHING = {"", "未查", "未核查", "not checked"}, {"无", "none"}
_ARTICLES = {"21", "22", "62"}
_PEOPLE_FORM = Text(
    "表格中写作 h1=无、h2=未查、h3=62（人员编号=核查结果：无、未查，或第 21、22、62 条），没有人接触儿童时写“无”；不写姓名。"
    "更详细的用 TOML 文件",
    "in a table they are written h1=无; h2=未查; h3=62 (the person's code = what the check found: 无 none, 未查 not checked, "
    "or article 21, 22 or 62), and 无 where nobody meets the child; never a name. A TOML file can say more",
)


class SheetError(ToldError, ValueError):
    """A file of records that cannot be used; the message names the place and the mend."""


def read_offers(path: Path) -> tuple[Offer, ...]:
    """The offers in a TOML file (``[[offers]]``), or in a table whose heads are the fields' names or titles.

    In a table lists are written with 、 or ; between; a cell that is empty says nothing, 无 is an empty list. Codes are
    written by their Chinese or English label, or their value. Who would meet the children is written ``h1=无、h2=未查、h3=62``:
    the person's code and what the check found; ``people`` is 无 where nobody does.

    Raises:
        SheetError: offers do not fit, each with its place and mend, or two have one code.
    """
    found = read_records(path, Offer, "offers")
    codes = [offer.code for offer in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise SheetError(
            Text(
                f"{shown_file(path.name)}：供给编号重复：{'、'.join(twice)}",
                f"{shown_file(path.name)}: codes that stand twice: {', '.join(twice)}",
            )
        )
    return found


def read_placed(path: Path, model: type[R]) -> list[tuple[Text, R]]:
    """The records in a table, each with the file and the line that it stands in.

    Raises:
        SheetError: lines do not fit, each with its place and mend.
    """
    return _all(model, _lines(path, model))


def read_records(path: Path, model: type[R], name: str) -> tuple[R, ...]:
    """The records in a TOML file (``[[name]]``), or in a table whose heads are the fields' names or titles.

    Raises:
        SheetError: records do not fit, each with its place and mend.
    """
    entries = _tables(path, name) if path.suffix.lower() == ".toml" else _lines(path, model)
    return tuple(record for _, record in _all(model, entries))


def read_communities(path: Path) -> tuple[str, ...]:
    """The codes in the first column of a table, below a line of heads of any wording.

    Raises:
        SheetError: a code is no division, or is not a village's or a residents' committee's.
    """
    found: list[str] = []
    for sheet in open_sheets(path):
        for line, cells in sheet.rows[1:]:
            code = _text(cells[0]) if cells else ""
            if not code:
                continue
            where = Text(f"{shown_file(path.name)} 第 {line} 行：", f"{shown_file(path.name)}, line {line}: ")
            try:
                digits = check_division(code)
            except FieldValueError as error:
                raise SheetError(where + error.text) from None
            if len(digits) != LEVELS[-1]:
                raise SheetError(
                    where
                    + Text(
                        "村（社区）的区划代码为 12 位；请写全", "a community's code has 12 digits; give the whole code"
                    )
                )
            found.append(digits)
    return tuple(found)


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
                        f"{shown_file(path.name)} 第 {line} 行：应为档案编号或区划代码、供给编号、公里数",
                        f"{shown_file(path.name)}, line {line}: it should be a file number or division, an offer's code, kilometres",
                    )
                ) from None
    return found


def _all(model: type[R], entries: Iterable[tuple[Text, Mapping[str, Any]]]) -> list[tuple[Text, R]]:
    """Every entry as a record, with its place.

    Raises:
        SheetError: with what is wrong in each of those that do not fit.
    """
    found: list[tuple[Text, R]] = []
    wrong: list[Text] = []
    for where, entry in entries:
        coded = by_values(model, entry)
        try:
            found.append((where, model.model_validate(coded)))
        except InvalidRecordError as error:
            told = [_at(model, p) + _said(model, coded, p) for p in error.problems]
            wrong.append(where + Text("：", ": ") + join(told, "；", "; "))
    if wrong:
        raise SheetError(join(wrong, "\n", "\n"))
    return found


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
    if problem.where == "people" and isinstance(entry.get("people"), str):
        return _PEOPLE_FORM
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
        entries = read_toml(path).get(name)
    except (OSError, UnicodeDecodeError):
        raise SheetError(
            Text(f"读不到文件 {shown_file(path.name)}", f"{shown_file(path.name)} cannot be read; check the path")
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SheetError(
            Text(f"{shown_file(path.name)} 不是 TOML：", f"{shown_file(path.name)} is no TOML: ")
            + wrong_toml(error, path.read_text("utf-8-sig", errors="replace"))
        ) from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SheetError(
            Text(
                f"{shown_file(path.name)}：每项写作 [[{name}]]",
                f"{shown_file(path.name)}: each entry is written as [[{name}]]",
            )
        )
    for number, entry in enumerate(entries, 1):
        yield (
            Text(f"{shown_file(path.name)} 第 {number} 个 [[{name}]]", f"{shown_file(path.name)} [[{name}]] {number}"),
            entry,
        )


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
                fields = [_field(head, number, named, path) for number, head in enumerate(texts, 1)]
            else:
                where = Text(f"{shown_file(path.name)} 第 {line} 行", f"{shown_file(path.name)}, line {line}")
                yield where, {f: _value(model, f, text) for f, text in zip(fields, texts, strict=False) if f and text}


def _names(model: type[Record]) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        yield name, name
        yield field_title(field).zh, name
        yield field_title(field).en, name


def _field(head: str, number: int, named: Mapping[str, str], path: Path) -> str:
    """The field of a column. A head that is like none may be somebody's name: then the column is told by its number."""
    if head and head not in named:
        there = list(dict.fromkeys(named.values()))
        name, close = shown_file(path.name), suggestion(head, named)
        what = Text(f"没有列 {head!r}", f"there is no column {head!r}")
        if not close.en:
            what = Text(f"第 {number} 列的列名不可用", f"the head of column {number} is none of its heads")
        raise SheetError(
            Text(
                f"{name}：{what.zh}；可用：{'、'.join(there)}。{close.zh}",
                f"{name}: {what.en}; there are {', '.join(there)}.{close.en}",
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
    if bool in typing.get_args(model.model_fields[field].annotation):
        return _FLAGS.get(text.casefold(), text)
    return _people(text) if field == "people" else text


def _people(text: str) -> Any:
    """People and what a check of each found; the text itself where it is not written so, to be refused."""
    if text.casefold() in _NOTHING:
        return []
    found = []
    for part in (each.strip() for each in _BETWEEN.split(text) if each.strip()):
        match = _CHECKED.fullmatch(part)
        result = "" if match is None else (match["found"] or "").strip().removeprefix("第").removesuffix("条")
        if match is None or not (result in _NOT_CHECKED or result in _NOTHING or result in _ARTICLES):
            return text
        person: dict[str, Any] = {"ref": match["ref"].strip()}
        if result not in _NOT_CHECKED:
            person |= {"unfit_grounds": [], "barred_by": [result] if result in _ARTICLES else []}
        found.append(person)
    return found


def _items(model: type[Record], field: str, part: str) -> list[str]:
    """What a part of a list holds: an English label keeps its spaces, anything else is divided by them."""
    codes = codes_in(model.model_fields[field].annotation)
    return [part] if codes is not None and code_named(codes, part) is not None else part.split()

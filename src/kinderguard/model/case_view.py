"""The view of a case: what is known, person by person. What is not shown is unknown; what is personal is shown when asked."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic.fields import FieldInfo

from kinderguard.model import codes
from kinderguard.model.personal import Personal
from kinderguard.model.places import place_and_code
from kinderguard.model.record import Record, field_title, field_unit, models_within
from kinderguard.model.text import Language, Text, join, same
from kinderguard.model.view import (
    Block,
    Code,
    Column,
    Content,
    Fields,
    Listing,
    Marked,
    Paragraph,
    Section,
    Table,
    View,
)

if TYPE_CHECKING:
    from kinderguard.model.case import Case

_UNITS = {"persons": Text("人", " persons"), "months": Text("个月", " months")}
_UNKNOWN = Text("未列出的均为未知。", "Whatever is not listed is unknown.")
_HIDDEN = Text(
    "姓名、证件号、电话、地址等个人信息未显示；view(personal=True) 可显示。",
    " Personal data (names, ID numbers, telephone numbers, addresses) is not shown; view(personal=True) shows it.",
)
_NOT_SHOWN = Marked(Text("未显示", "not shown"), "quiet")
_NONE = Text("无", "none")
_NUMBER = Column(Text("序", "no."), number=True)
#: What a case says of itself, and not of anybody in it.
_OWN = ("ref", "division_code", "extra")


def case_view(case: "Case", lang: Language | None = None, *, personal: bool = False) -> View:
    """The view of a case.

    Args:
        case: the case.
        lang: its language; the one that is set, if left out.
        personal: whether names, ID numbers, telephone numbers, addresses and packs' own facts are shown.
    """
    writer = _Writer(personal)
    blocks: list[Content] = []
    if case.division:
        blocks.append(Fields([(Text("负责地区", "Division in charge"), place_and_code(case.division))]))
    for name, field in type(case).model_fields.items():
        inside = [] if name in _OWN else [*writer.part(field, getattr(case, name))]
        if inside:
            blocks.append(Section(field_title(field), inside))
    blocks += writer.local(case)
    hidden = not personal and (bool(case.extra) or _has_personal(case))
    blocks.append(Paragraph(Marked(_UNKNOWN + _HIDDEN if hidden else _UNKNOWN, "quiet")))
    return View(Text("个案", "Case") + same(f" {case.ref}" if case.ref else ""), blocks, lang)


class _Writer:
    """Writes records as blocks, with what is personal or without."""

    def __init__(self, personal: bool) -> None:
        self.personal = personal

    def part(self, field: FieldInfo, value: Any) -> Iterator[Block]:
        """A part of a case: one record, or a list of records."""
        if isinstance(value, Record):
            pairs = [*self.pairs(value)]
            if pairs:
                yield Fields(pairs)
            for name, inner in type(value).model_fields.items():
                records = getattr(value, name)
                if isinstance(records, tuple) and records and _holds_records(inner):
                    yield self.table(records, field_title(inner))
        elif value:
            yield self.table(value, None)
        elif value is not None:
            yield Paragraph(_NONE)

    def table(self, records: tuple[Record, ...], title: Text | None) -> Table:
        """Records one below the other; what is not known of one is unknown."""
        said = [dict(self.pairs(record, with_lists=True)) for record in records]
        titles = list(dict.fromkeys(t for row in said for t in row))
        rows = [(number, *(row.get(t) for t in titles)) for number, row in enumerate(said, 1)]
        return Table([_NUMBER, *titles], rows, title)

    def pairs(self, record: Record, *, with_lists: bool = False) -> Iterator[tuple[Text, Content]]:
        """What a record and its parts say, field by field; an empty list says that there is none."""
        for name, field in type(record).model_fields.items():
            value, title = getattr(record, name), field_title(field)
            if isinstance(value, Record):
                yield from self.pairs(value, with_lists=with_lists)
            elif isinstance(value, Personal):
                if self.personal:
                    yield title, value.reveal()
            elif value is None:
                continue
            elif not value and isinstance(value, tuple):
                yield title, _NONE
            elif not _holds_records(field):
                yield title, _said(name, field, value)
            elif with_lists:
                yield title, Listing(join([_one(t, c) for t, c in self.pairs(inner)], "，", ", ") for inner in value)

    def local(self, case: "Case") -> Iterator[Section]:
        """Facts that packs declare. What they hold is theirs to say, so the values are shown only when asked for."""
        for space, facts in case.extra.items():
            of = place_and_code(space) if space.isdigit() else same(space)
            pairs = [(Code(f"{space}.{name}"), _json(v) if self.personal else _NOT_SHOWN) for name, v in facts.items()]
            yield Section(Text("地方事实：", "Facts of ") + of, [Fields(pairs)])


def _json(value: Any) -> Content:
    """What a pack's own fact holds."""
    return value if isinstance(value, bool | int | str | None) else json.dumps(value, ensure_ascii=False)


def _one(title: Text, content: Content) -> Text:
    said = content if isinstance(content, Text) else same(str(content))
    return title + Text("：", ": ") + said


def _said(name: str, field: FieldInfo, value: Any) -> Content:
    """A value as people read it."""
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, codes.Code):
        return value.label
    if isinstance(value, tuple):
        return join([v.label if isinstance(v, codes.Code) else same(str(v)) for v in value])
    if isinstance(value, Decimal):
        return Text(f"{value:,}元", f"{value:,} yuan")
    if name.startswith("division"):
        return place_and_code(value)
    unit = _UNITS.get(field_unit(field) or "", same(""))
    return same(str(value)) + unit


def _holds_records(field: FieldInfo) -> bool:
    return next(models_within(field.annotation), None) is not None


def _has_personal(record: Record) -> bool:
    """Whether something personal is known."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Personal) or (isinstance(part, Record) and _has_personal(part)):
                return True
    return False

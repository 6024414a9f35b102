"""The standard headers with what each fills and what may be written below it: for people who prepare a list.

Read by ``kinderguard headers`` and held against the documentation. It reads no list; ``columns`` does.
"""

from collections.abc import Iterator, Mapping

import attrs

from kinderguard.model.codes import Code, DisabilityGrade, DisabilityKind, HarmLevel, PaymentCode, SituationKind
from kinderguard.model.text import Language, Text
from kinderguard.packs.ledger_headers import FACTS, STANDARD
from kinderguard.packs.source_profiles import SourceProfile
from kinderguard.rules.titles import fact_title, list_title
from kinderguard.survey import cells
from kinderguard.survey.columns import READERS, Reader, disability, grade, harm, illness, payment, reader_of, situations

_DATE = Text("日期", "date")
_SEVERAL, _ONE = Text("可多项，用、分开", "one or more, joined by 、"), Text("选一项", "one of")
_KINDS: Mapping[Reader, tuple[Text, type[Code] | None]] = {
    cells.plain: (Text("文字", "text"), None),
    cells.personal: (Text("文字（个人信息）", "text (personal)"), None),
    cells.resident_id: (Text("18 位身份证号（个人信息）", "18-digit resident ID (personal)"), None),
    cells.yes_no: (Text("是／否", "yes or no (是, 否)"), None),
    cells.date: (_DATE, None),
    cells.past_date: (_DATE, None),
    cells.end_date: (Text("日期，或“长期”", "date, or 长期 (no end)"), None),
    cells.money: (Text("金额（元）", "amount (yuan)"), None),
    cells.count: (Text("整数", "whole number"), None),
    cells.division: (Text("6、9 或 12 位行政区划代码", "division code of 6, 9 or 12 digits"), None),
    situations: (_SEVERAL, SituationKind),
    disability: (Text("选一项，等级可写在后面", "one of, perhaps with the grade behind it"), DisabilityKind),
    grade: (_ONE, DisabilityGrade),
    illness: (Text("是／否，或病名（个人信息）", "yes or no (是, 否), or the illness's name (personal)"), None),
    payment: (_ONE, PaymentCode),
    harm: (_SEVERAL, HarmLevel),
}


@attrs.frozen
class HeaderShown:
    """A header as somebody who prepares a list needs it.

    Attributes:
        header: the standard header.
        also: other spellings that are understood.
        fact: the path of the fact that it fills; None for the row's own number.
        title: what the fact is called.
        kind: what may be written below it.
        codes: the labels that may be written, where there is a list of them.
    """

    header: str
    also: tuple[str, ...]
    fact: str | None
    title: Text
    kind: Text
    codes: tuple[Text, ...]

    def values(self, lang: Language) -> str:
        """The labels that may be written; the Chinese ones, and beside them the English ones where they are asked for."""
        if lang == "zh":
            return "、".join(code.zh for code in self.codes)
        return ", ".join(f"{code.zh} ({code.en})" for code in self.codes)


def headers_shown(profile: SourceProfile | None = None) -> Iterator[HeaderShown]:
    """Every standard header; with ``profile``, its own spellings and columns too."""
    columns = () if profile is None else profile.ledger_columns
    more: dict[str, list[str]] = {}
    for column in columns:
        more.setdefault(column.header, []).extend(column.also)
    for header, also in STANDARD.items():
        fact = FACTS.get(header)
        title = Text("行的编号", "the row's own number") if fact is None else _title(fact)
        yield HeaderShown(header, (*also, *more.get(header, ())), fact, title, *_written(READERS[header]))
    for column in columns:
        if column.fact is not None:
            yield HeaderShown(
                column.header, column.also, column.fact.code, column.fact.title, *_written(reader_of(column.fact))
            )


def _title(fact: str) -> Text:
    return list_title(fact) if fact in ("guardians", "help") else fact_title(fact)


def _written(reader: Reader) -> tuple[Text, tuple[Text, ...]]:
    """What kind of cell a reader takes, and which labels."""
    if isinstance(reader, cells.Coded):
        kind, codes = (_SEVERAL if reader.several else _ONE), reader.codes
    else:
        kind, given = _KINDS[reader]
        if given is None:
            return kind, ()
        codes = given
    labels = [code.label for code in codes]
    if codes is SituationKind:
        labels.insert(0, Text("健在", "alive"))
    if codes is PaymentCode:
        labels = [Text(f"{code.value} {code.zh}", f"{code.value} {code.en}") for code in codes]
    none = Text("无", "none")
    if reader is harm or (isinstance(reader, cells.Coded) and reader.several):
        labels += [] if any(label.zh == none.zh for label in labels) else [none]
    return kind, tuple(labels)

"""The standard headers with what each fills and what may be written below it: for people who prepare a list.

Read by ``kinderguard headers`` and held against the documentation. It reads no list; ``columns`` does.
"""

from collections.abc import Iterator, Mapping

import attrs

from kinderguard.model.codes import Code, DisabilityGrade, DisabilityKind, HarmLevel, PaymentCode, SituationKind
from kinderguard.model.text import Language, Text
from kinderguard.packs.source_profiles import SourceProfile
from kinderguard.rules.titles import fact_title, list_title
from kinderguard.survey import cells
from kinderguard.survey.columns import READERS, Reader, disability, grade, harm, illness, payment, reader_of, situations
from kinderguard.survey.headers import STANDARD

_PARENT = {
    "姓名": "name", "身份证号": "resident_id", "联系电话": "telephone", "状况": "situations", "状况起始日期": "situations",
    "状况截止日期": "situations", "刑期月数": "situations", "是否履行抚养义务": "supports_child", "残疾类别": "disability.kind",
    "残疾等级": "disability.grade", "重病": "illness.serious", "监护能力": "can_act_as_guardian",
}  # fmt: skip
#: The fact that each standard header fills; 序号 is the row's own number and no fact.
FACTS: Mapping[str, str] = {
    "儿童姓名": "child.name", "身份证号": "child.resident_id", "性别": "child.sex", "民族": "child.ethnic_group",
    "出生日期": "child.birth_date", "户籍地行政区划代码": "child.registration.division",
    "户籍地址": "child.registration.address", "户籍性质": "child.registration.kind",
    "现居住地行政区划代码": "child.residence.division", "现居住地": "child.residence.address",
    "居住起始日期": "child.residence.since", "身体状况": "child.health", "残疾类别": "child.disability.kind",
    "残疾等级": "child.disability.grade", "残疾证有效期至": "child.disability.valid_until", "重病": "child.illness.serious",
    "感染艾滋病病毒": "child.illness.hiv", "就学情况": "child.schooling.stage", "是否寄宿": "child.schooling.boarding",
    "连续就读": "child.schooling.continuous_since_18", "养育方式": "child.care.kind", "是否被收养": "child.adopted",
    "查找不到生父母": "child.birth_parents_not_found", "监护人姓名": "guardians", "监护人身份证号": "guardians",
    "监护人电话": "guardians", "与儿童关系": "guardians", "监护人出生日期": "guardians", "受托人不宜情形": "guardians",
    "监护情况评估": "child.care.quality", "家庭编号": "household.number", "家庭人口": "household.size",
    "家庭月人均收入": "household.monthly_income_per_head", "财产符合规定": "household.property_within_limits",
    "家庭救助类型": "household.aid", "单人保": "child.individual_dibao", "低保金月额": "household.dibao_monthly",
    "已享受救助": "help", "资金发放类型": "help", "遭受侵害情形": "child.harms", "流浪": "child.living_on_street",
    "儿童主任": "child.child_director", "最近走访日期": "child.care.last_visit", "备注": "child.note",
    **{zh + header: f"{who}.{name}" for who, zh in (("father", "父亲"), ("mother", "母亲")) for header, name in _PARENT.items()},
}  # fmt: skip

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
    cells.division: (Text("6 至 12 位行政区划代码", "division code of 6 to 12 digits"), None),
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

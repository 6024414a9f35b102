"""The ledger's headers: the standard ones with their other spellings, and how a sheet's header row is found."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from kinderguard.model.errors import nearest
from kinderguard.packs.columns import LedgerColumn
from kinderguard.rules.definitions import DeclaredFact

#: Standard header: other spellings. ``父亲…`` stands for both parents.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "序号": ("编号",),
    "儿童姓名": ("姓名",),
    "身份证号": ("公民身份号码", "身份证号码", "公民身份证号码", "儿童身份证号"),
    "性别": (),
    "民族": (),
    "出生日期": ("出生年月",),
    "户籍地行政区划代码": ("户籍所在地代码",),
    "户籍地址": ("户籍所在地",),
    "户籍性质": ("户口性质", "城市/农村人口"),
    "现居住地行政区划代码": ("居住地代码",),
    "现居住地": ("现住址", "实际居住地"),
    "居住起始日期": (),
    "身体状况": ("身体情况", "健康状况"),
    "残疾类别": ("残疾类型", "残疾类别及等级", "残疾类型及等级"),
    "残疾等级": (),
    "残疾证有效期至": (),
    "重病": ("患病类型", "重大疾病"),
    "感染艾滋病病毒": (),
    "就学情况": ("就学状况", "学段"),
    "是否寄宿": ("是否学校寄宿",),
    "连续就读": (),
    "养育方式": ("安置方式", "照料方式"),
    "是否被收养": (),
    "查找不到生父母": (),
    "监护人姓名": ("实际监护人", "委托照护人"),
    "监护人身份证号": (),
    "监护人电话": (),
    "与儿童关系": ("与被监护人关系",),
    "监护人出生日期": (),
    "监护情况评估": ("监护情况", "监护类型"),
    "受托人不宜情形": (),
    "家庭编号": ("户编号",),
    "家庭人口": ("共同生活家庭成员数",),
    "家庭月人均收入": ("人均月收入",),
    "财产符合规定": (),
    "家庭救助类型": ("低保/特困情况", "享受救助"),
    "单人保": (),
    "低保金月额": (),
    "已享受救助": ("救助帮扶情况",),
    "资金发放类型": (),
    "遭受侵害情形": (),
    "流浪": (),
    "儿童主任": (),
    "最近走访日期": ("走访日期",),
    "备注": (),
}
_OF_A_PARENT: dict[str, tuple[str, ...]] = {
    "姓名": (),
    "身份证号": ("身份证号码", "公民身份号码"),
    "联系电话": ("电话",),
    "状况": ("情况",),
    "状况起始日期": (),
    "状况截止日期": ("刑满释放日期", "戒毒成功日期"),
    "刑期月数": (),
    "是否履行抚养义务": (),
    "残疾类别": ("残疾类型",),
    "残疾等级": (),
    "重病": (),
    "监护能力": (),
}


def _standard() -> dict[str, tuple[str, ...]]:
    parents = {
        who + header: tuple(who + other for other in also)
        for who in ("父亲", "母亲")
        for header, also in _OF_A_PARENT.items()
    }
    # Where a form has one column for the release, it means the father's.
    parents["父亲状况截止日期"] += ("刑满释放日期", "戒毒成功日期")
    return _SPELLINGS | parents


#: Every standard header with its other spellings.
STANDARD: Mapping[str, tuple[str, ...]] = _standard()

#: How far down a header row is looked for, and how many known headers make one.
SEARCHED_ROWS, LEAST_HEADERS = 20, 2


def plain_header(value: Any) -> str:
    """A header without what forms put around it: spaces, line breaks, full width, units in brackets, asterisks."""
    text = unicodedata.normalize("NFKC", str(value)) if value is not None else ""
    return re.sub(r"\s+|\*|\([^)]*\)$", "", text)


@attrs.frozen
class KnownHeaders:
    """The standard headers together with those that packs add."""

    #: Plain spelling: standard header.
    spellings: Mapping[str, str]
    #: A pack's header: the fact it fills.
    facts: Mapping[str, DeclaredFact[Any]]

    @classmethod
    def of(cls, columns: Iterable[LedgerColumn] = ()) -> "KnownHeaders":
        """With the packs' columns. A standard spelling is never taken over by a pack."""
        spellings = {plain_header(s): header for header, also in STANDARD.items() for s in (header, *also)}
        facts: dict[str, DeclaredFact[Any]] = {}
        for column in columns:
            standard = spellings.get(plain_header(column.header))
            if column.fact is not None and standard is None:
                facts[column.header] = column.fact
            for s in (column.header, *column.also):
                spellings.setdefault(plain_header(s), standard or column.header)
        return cls(spellings, facts)

    def nearest(self, header: str) -> str | None:
        """The known header most like an unknown one."""
        found = nearest(plain_header(header), self.spellings)
        return None if found is None else self.spellings[found]


@attrs.frozen
class SheetHeaders:
    """A sheet's header row: its number, and what each column is, by its position."""

    row: int
    #: Position: (standard header, the header as the sheet writes it).
    columns: Mapping[int, tuple[str, str]]
    #: Position: the header as the sheet writes it, for headers that nobody knows.
    unknown: Mapping[int, str]
    #: Position: standard header, for those that stand there a second time.
    repeated: Mapping[int, str]


def find_headers(rows: list[tuple[int, list[Any]]], known: KnownHeaders) -> SheetHeaders | None:
    """The row among the first that has most known headers; None where no row has any to speak of."""
    best: tuple[int, int, list[Any]] | None = None
    for number, cells in rows[:SEARCHED_ROWS]:
        count = len({known.spellings[h] for h in map(plain_header, cells) if h in known.spellings})
        if count >= LEAST_HEADERS and (best is None or count > best[0]):
            best = (count, number, cells)
    if best is None:
        return None
    columns: dict[int, tuple[str, str]] = {}
    unknown: dict[int, str] = {}
    repeated: dict[int, str] = {}
    seen: set[str] = set()
    for position, cell in enumerate(best[2]):
        plain = plain_header(cell)
        if not plain:
            continue
        standard = known.spellings.get(plain)
        if standard is None:
            unknown[position] = str(cell).strip()
        elif standard in seen:
            repeated[position] = standard
        else:
            seen.add(standard)
            columns[position] = (standard, re.sub(r"\s*\n\s*", "", str(cell)).strip())
    return SheetHeaders(best[1], columns, unknown, repeated)

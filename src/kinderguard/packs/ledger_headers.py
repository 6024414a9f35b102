"""The ledger's standard headers (台账表头): how else each is spelt, and which fact it fills.

Read by whoever reads lists, and by the book on tables, which tells a column that was not renamed which fact it holds.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.packs.columns import LedgerColumn

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
    "残疾证有效期至": ("残疾证到期日",),
    "重病": ("患病类型", "重大疾病", "是否患有重病", "是否患重病"),
    "感染艾滋病病毒": ("是否感染艾滋病病毒",),
    "就学情况": ("就学状况", "学段"),
    "是否寄宿": ("是否学校寄宿",),
    "连续就读": (),
    "养育方式": ("安置方式", "照料方式"),
    "是否被收养": (),
    "查找不到生父母": ("是否查找不到生父母",),
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
    "财产符合规定": ("家庭财产是否符合规定",),
    "家庭救助类型": ("低保/特困情况", "享受救助"),
    "单人保": ("是否按单人户享受低保",),
    "低保金月额": ("家庭低保金月额",),
    "已享受救助": ("救助帮扶情况",),
    "资金发放类型": (),
    "遭受侵害情形": (),
    "流浪": ("是否处于流浪状态",),
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
    "重病": ("是否患有重病", "是否患重病"),
    "监护能力": ("是否有监护能力",),
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


#: By plain spelling, the standard header.
_STANDARD_OF: dict[str, str] = {}


def standard_spellings() -> dict[str, str]:
    """By plain spelling, the standard header; a child's also with 儿童 before it, as explanations call its facts."""
    found = {plain_header(s): header for header, also in STANDARD.items() for s in (header, *also)}
    for spelling, header in list(found.items()):
        if FACTS.get(header, "").startswith("child."):
            found.setdefault(f"儿童{spelling}", header)
    return found


def column_clashes(columns: "Iterable[LedgerColumn]") -> "Iterator[tuple[LedgerColumn, Text]]":
    """The columns that lose their header to another: to a standard one, or to a second fact; with the mend."""
    if not _STANDARD_OF:
        _STANDARD_OF.update(standard_spellings())
    taken: dict[str, LedgerColumn] = {}
    for column in columns:
        own = _STANDARD_OF.get(plain_header(column.header))
        if column.fact is not None and own is not None:
            fills = f"（{FACTS[own]}）" if own in FACTS else ""
            yield (
                column,
                Text(
                    f"“{column.header}”是标准列{fills}，{column.fact.code} 不会从中读取；请给它另一个列名",
                    f"{column.header} is a standard header{f' ({FACTS[own]})' if fills else ''}, and {column.fact.code} "
                    "is never read from it; give the fact a header of its own",
                ),
            )
            continue
        for spelling in column.also:
            standard = _STANDARD_OF.get(plain_header(spelling))
            if standard is not None and standard != (own or column.header):
                yield (
                    column,
                    Text(
                        f"“{column.header}”的写法“{spelling}”是标准列“{standard}”，读作后者；请删去或改写",
                        f"the spelling {spelling} of {column.header} is the standard header {standard}, and is read as "
                        "that; take it out, or write another",
                    ),
                )
        if column.fact is None:
            continue
        for spelling in dict.fromkeys(map(plain_header, (column.header, *column.also))):
            first = taken.setdefault(spelling, column)
            if first.fact is not None and first.fact.code != column.fact.code:
                yield (
                    column,
                    Text(
                        f"台账列“{spelling}”既填 {first.fact.code} 又填 {column.fact.code}，只能填一个；请改其中一个的列名",
                        f"the ledger column {spelling} fills {first.fact.code} and {column.fact.code} too, and can fill "
                        "one alone; give one of them another header",
                    ),
                )


def plain_header(value: Any) -> str:
    """A header without what forms put around it: spaces, line breaks, full width, units in brackets, asterisks."""
    text = unicodedata.normalize("NFKC", str(value)) if value is not None else ""
    return re.sub(r"\s+|\*|\([^)]*\)$", "", text)

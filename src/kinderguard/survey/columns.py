"""What each standard column holds: how its cells are read."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from kinderguard.model.codes import (
    AidStatus,
    CareKind,
    DisabilityGrade,
    DisabilityKind,
    GuardianRelation,
    GuardianshipQuality,
    HarmLevel,
    HealthStatus,
    PaymentCode,
    RegistrationKind,
    SchoolStage,
    Sex,
    SituationKind,
    UnfitGround,
)
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.rules.kinds import Sort
from kinderguard.survey import cells
from kinderguard.survey.cells import NONE, UnreadableError, listed, words

Reader = Callable[[Any], Any]

DEAD = {SituationKind.DEAD, SituationKind.DECLARED_DEAD}
_ALIVE = "健在"
_situation = cells.coded(
    SituationKind,
    {
        "去世": SituationKind.DEAD, "已故": SituationKind.DEAD,
        "服刑": SituationKind.IMPRISONED, "强制戒毒": SituationKind.COMPULSORY_DETOX,
        "其他限制人身自由": SituationKind.OTHER_RESTRICTION, "限制人身自由": SituationKind.OTHER_RESTRICTION,
        "撤销监护资格": SituationKind.GUARDIANSHIP_REVOKED, "遣送出境": SituationKind.DEPORTED,
        "驱逐出境": SituationKind.DEPORTED, "外出打工": SituationKind.AWAY_FOR_WORK, "务工": SituationKind.AWAY_FOR_WORK,
    },
)  # fmt: skip


def situations(value: Any) -> tuple[SituationKind, ...]:
    """A parent's situations; 健在 alone is the empty list."""
    items = listed(value)
    found = tuple(dict.fromkeys(_situation(item) for item in items if item != _ALIVE))
    if _ALIVE in items and DEAD & set(found):
        raise UnreadableError(
            "ledger.contradiction", "“健在”与“死亡”并列，请核对", "it says both alive and dead; check it"
        )
    return found


@attrs.frozen
class DisabilityCell:
    """What a disability cell says: it may combine kind and grade."""

    kind: DisabilityKind | None = None
    components: tuple[DisabilityKind, ...] | None = None
    grade: DisabilityGrade | None = None
    autism: bool | None = None


_KINDS = {k.zh: k for k in DisabilityKind if k is not DisabilityKind.NONE}
_GRADES = {
    **dict.fromkeys("一1", DisabilityGrade.FIRST), **dict.fromkeys("二2", DisabilityGrade.SECOND),
    **dict.fromkeys("三3", DisabilityGrade.THIRD), **dict.fromkeys("四4", DisabilityGrade.FOURTH),
}  # fmt: skip
_GRADE = re.compile(r"([一二三四1-4])级?\Z")


def disability(value: Any) -> DisabilityCell:
    """A kind of disability, perhaps with its grade: 肢体, 肢体二级, 智力 3级, 多重（肢体、智力）一级, 孤独症."""
    text = words(value)
    if text in NONE:
        return DisabilityCell(DisabilityKind.NONE, grade=DisabilityGrade.NONE)
    rest = re.sub(r"残疾|[(),、,;:]", "", text)
    grade = _GRADE.search(rest)
    rest = _GRADE.sub("", rest)
    autism = bool(re.search("孤独症|自闭症", rest)) or None
    rest = re.sub("孤独症|自闭症", "", rest)
    kinds = [kind for zh, kind in _KINDS.items() if zh in rest]
    for zh in _KINDS:
        rest = rest.replace(zh, "")
    if rest or not (kinds or autism):
        raise UnreadableError(
            "ledger.code",
            f"没有这个选项；可填：{'、'.join(_KINDS)}、无，等级可写在后面，如“肢体二级”",
            f"there is no such choice; use one of {', '.join(_KINDS)} or 无, perhaps with the grade, as in 肢体二级",
        )
    single = [k for k in kinds if k is not DisabilityKind.MULTIPLE]
    several = DisabilityKind.MULTIPLE in kinds or len(single) > 1
    return DisabilityCell(
        kind=DisabilityKind.MULTIPLE if several else single[0] if single else None,
        components=tuple(single) if several and single else None,
        grade=_GRADES[grade[1]] if grade else None,
        autism=autism,
    )


def grade(value: Any) -> DisabilityGrade:
    """A grade: 二级, 2, 2级, 无."""
    text = words(value).removesuffix("残疾")
    if text in NONE:
        return DisabilityGrade.NONE
    match = _GRADE.fullmatch(text)
    if match is None:
        raise UnreadableError(
            "ledger.code", "等级可填：一级、二级、三级、四级、无", "a grade is 一级, 二级, 三级, 四级 or 无"
        )
    return _GRADES[match[1]]


@attrs.frozen
class IllnessCell:
    """Whether an illness is serious, and its name where the cell has it."""

    serious: bool
    name: str | None = attrs.field(default=None, repr=False)


_WELL = {"无病", "无疾病", "无重病", "无大病", "无重大疾病", "没有重病", "未患病", "未患重病", "健康", "身体健康"}
#: What denies or doubts is no illness's name.
_NO_ILLNESS = re.compile(r"[无没否]|未[患有发见确诊]|不[是严属]|待[查诊核定]|疑似|正常|良好|一般|[\d.]+\Z", re.ASCII)


def illness(value: Any) -> IllnessCell:
    """A tick, or the illness's name."""
    word = words(value)
    if word in _WELL:
        return IllnessCell(False)
    if _NO_ILLNESS.match(word) and word not in cells.YES | cells.NO:
        raise UnreadableError(
            "ledger.yes_no",
            "无法判断是否患重病；应填“是”“否”或病名，不知道时留空",
            "this does not say whether there is a serious illness; write 是, 否 or the illness's name, or leave it blank",
        )
    try:
        return IllnessCell(cells.yes_no(value))
    except UnreadableError:
        return IllnessCell(True, cells.plain(value))


_payment = cells.coded(PaymentCode)


def payment(value: Any) -> PaymentCode:
    """A national payment code, perhaps with its title behind it."""
    digits = re.match(r"\d{3}", words(value))
    return _payment(digits[0] if digits else value)


def harm(value: Any) -> tuple[HarmLevel, ...]:
    """无, 疑似 or 确认."""
    return _harm(value)


_harm = cells.several(HarmLevel)

_CHILD: dict[str, Reader] = {
    "序号": cells.plain,
    "儿童姓名": cells.personal,
    "身份证号": cells.resident_id,
    "性别": cells.coded(Sex),
    "民族": cells.plain,
    "出生日期": cells.past_date,
    "户籍地行政区划代码": cells.division,
    "户籍地址": cells.personal,
    "户籍性质": cells.coded(
        RegistrationKind, {"农业户口": RegistrationKind.RURAL, "非农业户口": RegistrationKind.URBAN, "城市": RegistrationKind.URBAN}
    ),
    "现居住地行政区划代码": cells.division,
    "现居住地": cells.personal,
    "居住起始日期": cells.past_date,
    "身体状况": cells.coded(HealthStatus),
    "残疾类别": disability,
    "残疾等级": grade,
    "残疾证有效期至": cells.end_date,
    "重病": illness,
    "感染艾滋病病毒": cells.yes_no,
    "就学情况": cells.coded(
        SchoolStage,
        {
            "高中": SchoolStage.SENIOR_HIGH, "职高": SchoolStage.SECONDARY_VOCATIONAL,
            "中专": SchoolStage.SECONDARY_VOCATIONAL, "技校": SchoolStage.SECONDARY_VOCATIONAL,
            "大专": SchoolStage.HIGHER_VOCATIONAL, "大学": SchoolStage.UNDERGRADUATE,
        },
    ),
    "是否寄宿": cells.yes_no,
    "连续就读": cells.yes_no,
    "养育方式": cells.coded(CareKind, {"集中供养": CareKind.RESIDENTIAL}),
    "是否被收养": cells.yes_no,
    "查找不到生父母": cells.yes_no,
    "监护人姓名": cells.personal,
    "监护人身份证号": cells.resident_id,
    "监护人电话": cells.personal,
    "与儿童关系": cells.coded(
        GuardianRelation,
        {
            **dict.fromkeys(("祖父", "祖母", "爷爷", "奶奶"), GuardianRelation.PATERNAL_GRANDPARENT),
            **dict.fromkeys(("外祖父", "外祖母", "外公", "外婆", "姥姥", "姥爷"), GuardianRelation.MATERNAL_GRANDPARENT),
            **dict.fromkeys(("哥哥", "姐姐", "兄", "姐"), GuardianRelation.SIBLING),
            **dict.fromkeys(("父亲", "母亲", "父", "母"), GuardianRelation.PARENT),
            **dict.fromkeys(("村委会", "居委会"), GuardianRelation.COMMITTEE),
        },
    ),
    "监护人出生日期": cells.past_date,
    "监护情况评估": cells.coded(GuardianshipQuality),
    "受托人不宜情形": cells.several(UnfitGround),
    "家庭编号": cells.personal,
    "家庭人口": cells.count,
    "家庭月人均收入": cells.money,
    "财产符合规定": cells.yes_no,
    "家庭救助类型": cells.several(
        AidStatus,
        {
            "低保户": AidStatus.DIBAO, "最低生活保障": AidStatus.DIBAO, "特困人员": AidStatus.TEKUN,
            "特困供养": AidStatus.TEKUN, "低保边缘家庭": AidStatus.DIBAO_MARGINAL,
            "刚性支出困难家庭": AidStatus.RIGID_EXPENDITURE,
        },
    ),
    "单人保": cells.yes_no,
    "低保金月额": cells.money,
    "已享受救助": cells.plain,
    "资金发放类型": payment,
    "遭受侵害情形": harm,
    "流浪": cells.yes_no,
    "儿童主任": cells.personal,
    "最近走访日期": cells.past_date,
    "备注": cells.personal,
}  # fmt: skip
_PARENT: dict[str, Reader] = {
    "姓名": cells.personal,
    "身份证号": cells.resident_id,
    "联系电话": cells.personal,
    "状况": situations,
    "状况起始日期": cells.past_date,
    "状况截止日期": cells.end_date,
    "刑期月数": cells.count,
    "是否履行抚养义务": cells.yes_no,
    "残疾类别": disability,
    "残疾等级": grade,
    "重病": illness,
    "监护能力": cells.yes_no,
}
#: By standard header, how a cell is read.
READERS: Mapping[str, Reader] = _CHILD | {who + h: read for who in ("父亲", "母亲") for h, read in _PARENT.items()}


def reader_of(fact: DeclaredFact[Any]) -> Reader:
    """How the cells of a pack's own column are read: by the kind of its fact."""
    sort = fact.kind.sort
    if sort is Sort.CODE and fact.kind.codes is not None:
        return cells.coded(fact.kind.codes)
    if sort is Sort.CODES and fact.kind.codes is not None:
        return cells.several(fact.kind.codes)
    return {Sort.BOOL: cells.yes_no, Sort.MONEY: cells.money, Sort.NUMBER: cells.count, Sort.DATE: cells.date}[sort]


_UNITS: Mapping[Reader, re.Pattern[str]] = {
    # 2024年 and 上年度 say of when the amount is, not for how long.
    cells.money: re.compile(r"[万千季美港]|(?<![\d上本当])年"),
    cells.count: re.compile(r"\A(?:年|[万千]人?)\Z"),
    **dict.fromkeys((cells.date, cells.past_date, cells.end_date), re.compile("农历|阴历")),
}


def takes_another_unit(header: str, fact: DeclaredFact[Any] | None, bracket: str) -> bool:
    """Whether the bracket behind a header names a unit in which its cells are not read.

    >>> takes_another_unit("家庭月人均收入", None, "元"), takes_another_unit("家庭月人均收入", None, "万元")
    (False, True)
    """
    reader = reader_of(fact) if fact is not None else READERS.get(header)
    unit = None if reader is None or isinstance(reader, cells.Coded) else _UNITS.get(reader)
    return unit is not None and unit.search(bracket) is not None

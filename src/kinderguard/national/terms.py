"""Terms that several schemes share: a child, a parent who is gone, a severe disability. Each says which rule it is from.

"Six months or more" includes six months exactly, "under 16" excludes the 16th birthday (民法典 art. 1259).
"""

from kinderguard.model.codes import (
    CareKind,
    DisabilityGrade,
    DisabilityKind,
    HealthStatus,
    SchoolStage,
    SituationKind,
)
from kinderguard.rules import DAY, BoolExpr, all_of, child, father, mother, named, param, parents, when
from kinderguard.rules.facts import DisabilityFacts, ParentFacts, SituationFacts
from kinderguard.rules.records import unless_open

UNDER_18 = named("under_18", child.age < 18, zh="未满18周岁", en="the child is under 18")
UNDER_16 = named("under_16", child.age < 16, zh="未满16周岁", en="the child is under 16")
IN_INSTITUTION = named(
    "in_institution",
    child.care.kind == CareKind.RESIDENTIAL,
    zh="由福利机构养育",
    en="the child lives in an institution",
)

GRADES = (DisabilityGrade.FIRST, DisabilityGrade.SECOND, DisabilityGrade.THIRD, DisabilityGrade.FOURTH)
KINDS = tuple(kind for kind in DisabilityKind if kind is not DisabilityKind.NONE)


def has_begun(situation: SituationFacts) -> BoolExpr:
    """Whether a situation has begun by the day; one whose beginning is not recorded has."""
    begun = unless_open(situation.since <= DAY, all_of())
    return named("begun", begun, zh="已经开始", en="it has begun")


def is_dead(parent: ParentFacts) -> BoolExpr:
    """Dead, or declared dead by a court."""
    kinds = (SituationKind.DEAD, SituationKind.DECLARED_DEAD)
    dead = parent.situations.any(lambda s: s.kind.is_in(*kinds) & has_begun(s))
    return named("dead", dead, zh=f"{parent.who.zh}已死亡", en=f"{parent.who.en} is dead")


def is_gone(parent: ParentFacts) -> BoolExpr:
    """Dead, or declared missing by a court (set D of the rule on de facto unattended children)."""
    missing = parent.is_in_situation(SituationKind.DECLARED_MISSING)
    return named(
        "gone",
        is_dead(parent) | missing,
        zh=f"{parent.who.zh}已死亡或被宣告失踪",
        en=f"{parent.who.en} is dead or declared missing",
    )


BOTH_PARENTS_GONE = named(
    "both_parents_gone",
    parents.all(is_gone),
    zh="父母均已死亡或被宣告失踪",
    en="both parents are dead or declared missing",
)
#: A parent of whom something is recorded has been found.
_A_PARENT_IS_ON_RECORD = father.situations.any().is_known() | mother.situations.any().is_known()
_NOT_FOUND = child.birth_parents_not_found
BIRTH_PARENTS_NOT_FOUND = named(
    "birth_parents_not_found", _NOT_FOUND & (_NOT_FOUND.is_known() | ~_A_PARENT_IS_ON_RECORD) & ~child.adopted,
    zh="查找不到生父母且未被收养", en="the birth parents cannot be found and the child is not adopted",
)  # fmt: skip
#: An orphan's situation, at any age.
WITHOUT_PARENTS = BOTH_PARENTS_GONE | BIRTH_PARENTS_NOT_FOUND

RECOGNISED_BEFORE_18 = named(
    "recognised_before_18", child.birth_date.age_on(child.orphan_since) < 18,
    zh="18周岁前认定为孤儿", en="the child was recognised as an orphan before the 18th birthday",
)  # fmt: skip


def is_recorded(disability: DisabilityFacts) -> BoolExpr:
    """Not recorded as none: where the kind or the grade is "none", the other need not be asked for."""
    kind, grade = disability.kind, disability.grade
    some_kind = when(kind.is_known(), kind != DisabilityKind.NONE).otherwise(all_of())
    some_grade = when(grade.is_known(), grade != DisabilityGrade.NONE).otherwise(all_of())
    zh, en = f"{disability.whose.zh}残疾未记为“无”", f"{disability.whose.en} disability is not recorded as none"
    return named("recorded", some_kind & some_grade, zh=zh, en=en)


def is_severe(disability: DisabilityFacts) -> BoolExpr:
    """重残 of the rule on de facto unattended children: grade 1–2 of any kind, 3–4 mental or intellectual."""
    first_two = disability.grade.is_in(DisabilityGrade.FIRST, DisabilityGrade.SECOND)
    mental = disability.grade.is_in(DisabilityGrade.THIRD, DisabilityGrade.FOURTH) & disability.any_kind(
        DisabilityKind.MENTAL, DisabilityKind.INTELLECTUAL
    )
    return named(
        "severely_disabled", is_recorded(disability) & disability.in_force & (first_two | mental),
        zh=f"{disability.whose.zh}属重度残疾（一、二级，或三、四级精神、智力残疾）",
        en=f"{disability.whose.en} disability is severe (grade 1–2, or 3–4 mental or intellectual)",
    )  # fmt: skip


def is_severe_for_dibao(disability: DisabilityFacts) -> BoolExpr:
    """重残 of the dibao rules: grade 1–2 of any kind, 3 mental or intellectual."""
    first_two = disability.grade.is_in(DisabilityGrade.FIRST, DisabilityGrade.SECOND)
    mental = (disability.grade == DisabilityGrade.THIRD) & disability.any_kind(
        DisabilityKind.MENTAL, DisabilityKind.INTELLECTUAL
    )
    return named(
        "severely_disabled_for_dibao", is_recorded(disability) & disability.in_force & (first_two | mental),
        zh=f"{disability.whose.zh}残疾为一、二级，或三级精神、智力残疾",
        en=f"{disability.whose.en} disability is of grade 1–2, or 3 mental or intellectual",
    )  # fmt: skip


def unless_healthy(condition: BoolExpr, *healthy: HealthStatus) -> BoolExpr:
    """A condition of health; where it was not recorded, a physical condition recorded as ``healthy`` answers it."""
    open_ = condition.is_known() | ~child.health.is_in(*healthy)
    return condition & named(
        "not_ruled_out", open_, zh="有记录，或身体状况一栏不能排除", en="it is recorded, or the physical condition does not rule it out",
    )  # fmt: skip


#: Stages in which help goes on after the 18th birthday, where a county lets it; full-time only.
_STAGES = (
    SchoolStage.PRIMARY, SchoolStage.JUNIOR_MIDDLE, SchoolStage.SENIOR_HIGH, SchoolStage.SECONDARY_VOCATIONAL,
    SchoolStage.HIGHER_VOCATIONAL, SchoolStage.UNDERGRADUATE,
)  # fmt: skip


def is_at(*stages: SchoolStage) -> BoolExpr:
    """In one of some stages of schooling. What is not recorded of a child under three is not asked: none is in school."""
    stage = child.schooling.stage.is_in(*stages)
    asked = named(
        "old_enough_for_school", stage & (child.age >= 3),
        zh="已满3周岁的须查明，未满的视为不在校", en="to be found out from the age of 3 on; a younger child is not at school",
    )  # fmt: skip
    return unless_open(stage, asked)


IN_SCHOOL = named(
    "in_school", child.schooling.stage.is_in(*_STAGES, SchoolStage.MASTER), zh="在校就读", en="the child is in school"
)
ADULT_IN_SCHOOL = named(
    "adult_in_school",
    (child.age >= 18) & child.schooling.stage.is_in(*_STAGES) & child.schooling.full_time,
    zh="年满18周岁仍在全日制学校就读（不含研究生）", en="the child is 18 or over and in full-time school (not postgraduate)",
)  # fmt: skip
SCATTERED = param("cn.orphan.scattered_monthly")
INSTITUTION = param("cn.orphan.institution_monthly")

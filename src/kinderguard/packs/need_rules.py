"""What a pack says about needs 需求: a rule by which a child has one, and the codes that such a rule speaks in.

A frozen value beside ``LedgerColumn``: packs give it through the hook ``kinderguard_needs``, and ``kinderguard.care``
evaluates it. It travels in a book's JSON, but takes no part in an assessment and in no fingerprint: a need opens no money
and closes none.
"""

from typing import Any

import attrs

from kinderguard.model.codes import Code
from kinderguard.model.text import Text
from kinderguard.rules.citations import Cite
from kinderguard.rules.definitions import Category
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.expression import BoolExpr


class NeedDomain(Code):
    """The side of a child's life that a need belongs to 需求领域."""

    LIVING = "living", "基本生活", "living"
    SCHOOLING = "schooling", "就学", "schooling"
    HEALTH_AND_REHABILITATION = "health_and_rehabilitation", "医疗康复", "health and rehabilitation"
    PSYCHOLOGICAL = "psychological", "心理", "psychological"
    GUARDIANSHIP_AND_COMPANY = "guardianship_and_company", "监护与陪伴", "guardianship and company"
    SAFETY = "safety", "安全", "safety"
    LEGAL = "legal", "法律", "legal"
    FAMILY_EDUCATION = "family_education", "家庭教育", "family education"


class Urgency(Code):
    """How soon a need is to be met 紧迫程度. Which need is how urgent is this library's default, not law."""

    IMMEDIATE = "immediate", "立即", "at once"
    SOON = "soon", "尽快", "soon"
    PLANNED = "planned", "按计划", "as planned"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return tuple(Urgency).index(self)


class Service(Code):
    """What may be done for a child or a family 服务."""

    SUPPLIES = "supplies", "物资帮扶", "supplies"
    AID_APPLICATION = "aid_application", "协助申请救助", "help to apply for aid"
    GUARDIAN_VISIT = "guardian_visit", "走访监护人", "visits to the guardian"
    COMPANY = "company", "志愿陪伴", "volunteers' company"
    TEMPORARY_CARE = "temporary_care", "临时照护", "temporary care"
    MEDICAL_SUPPORT = "medical_support", "就医帮扶", "medical support"
    REHABILITATION = "rehabilitation", "康复服务", "rehabilitation"
    SCHOOLING_SUPPORT = "schooling_support", "助学与学业辅导", "schooling support"
    PSYCHOLOGICAL_SUPPORT = "psychological_support", "心理疏导", "psychological support"
    LEGAL_HELP = "legal_help", "法律服务", "legal help"
    FAMILY_GUIDANCE = "family_guidance", "家庭教育指导", "family-education guidance"
    ONLINE_COURSE = "online_course", "线上课程", "online courses"

    @property
    def in_contact(self) -> bool:
        """Whether somebody meets the child or is in the home for it."""
        return self not in (Service.SUPPLIES, Service.AID_APPLICATION, Service.ONLINE_COURSE)


class Qualification(Code):
    """What somebody who helps has learned 资质."""

    SOCIAL_WORKER = "social_worker", "社会工作者", "social worker"
    PSYCHOLOGIST = "psychologist", "心理咨询（治疗）人员", "psychologist"
    PHYSICIAN = "physician", "医师", "physician"
    REHABILITATION_THERAPIST = "rehabilitation_therapist", "康复治疗师", "rehabilitation therapist"
    TEACHER = "teacher", "教师", "teacher"
    LAWYER = "lawyer", "律师、法律援助人员", "lawyer or legal-aid worker"
    FAMILY_EDUCATION_GUIDE = "family_education_guide", "家庭教育指导人员", "family-education guide"
    TRAINED_VOLUNTEER = "trained_volunteer", "经培训的志愿者", "trained volunteer"


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


@attrs.frozen
class NeedRule:
    """When a child has a need: true, false or unknown for a child on a day, as a category is.

    Args:
        code: begins with the code of the pack, as in ``330199.need.winter_clothes``.
        domain: the side of life.
        title: the need, in both languages.
        when: the condition, in the rule language.
        urgency: how soon it is to be met.
        reason: why the condition makes a need, in both languages.
        services: what meets it, any one of them; empty where it is not for helpers but for the authorities.
        qualifications: of which whoever meets it in person has at least one; empty where none is asked for.
        cites: what the need rests on.
        ours: whether the need is this library's (or the pack's) own default, and not what the sources say.

    Raises:
        DefinitionError, ExpressionError: a part is missing or of the wrong kind; the message gives the right form.

    >>> from kinderguard.rules import Text, child
    >>> NeedRule("330199.need.escort", NeedDomain.SAFETY, Text("上学接送", "an escort to school"), child.age < 8,
    ...          Urgency.SOON, Text("年龄小", "young"), services=[Service.COMPANY], ours=True).services
    (Service.COMPANY,)
    """

    code: str
    domain: NeedDomain
    title: Text
    when: BoolExpr = attrs.field(eq=lambda expr: expr.node)
    urgency: Urgency
    reason: Text
    services: tuple[Service, ...] = attrs.field(default=(), converter=_tuple)
    qualifications: tuple[Qualification, ...] = attrs.field(default=(), converter=_tuple)
    cites: tuple[Cite, ...] = attrs.field(default=(), converter=_tuple)
    ours: bool = False

    def __attrs_post_init__(self) -> None:
        # Code, title, condition and sources are held to what is asked of a category.
        self.as_category()
        for name, kind, example in (
            ("domain", NeedDomain, "NeedDomain.LIVING"),
            ("urgency", Urgency, "Urgency.SOON"),
            ("reason", Text, "r.Text(zh='…', en='…')"),
        ):
            if not isinstance(getattr(self, name), kind):
                raise DefinitionError(Text(f"{name} 应写作 {example}。", f"{name} is {example}."), self.code)
        for name, code, example in (
            ("services", Service, "[Service.COMPANY]"),
            ("qualifications", Qualification, "[Qualification.TEACHER]"),
        ):
            if not all(isinstance(each, code) for each in getattr(self, name)):
                raise DefinitionError(Text(f"{name} 应写作 {example}。", f"{name} is {example}."), self.code)
        if not self.cites and not self.ours:
            raise DefinitionError(
                Text(
                    "请写明依据 cites=[r.Cite(…)]；没有依据的，写明 ours=True。",
                    "say what it rests on with cites=[r.Cite(…)], or ours=True where it rests on nothing.",
                ),
                self.code,
            )

    def as_category(self) -> Category:
        """The condition as the engines know it."""
        return Category(code=self.code, title=self.title, when=self.when, cites=self.cites)

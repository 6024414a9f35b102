"""One need of one child, as a plan in a file holds it. ``care.needs`` finds needs; here is what one of them says.

A record alone: it stands here, below ``care``, so that a file can refuse a plan that could not be read later.
"""

from kinderguard.casefile.care.fields import BothTexts, Day, Place, Weekday
from kinderguard.model.codes import Code
from kinderguard.model.places import DivisionCode
from kinderguard.model.record import Record, fact
from kinderguard.model.text import Text
from kinderguard.packs.need_rules import NeedDomain, Qualification, Service, Urgency
from kinderguard.rules.titles import fact_title


class Language(Code):
    """A language that somebody speaks 语言 (values: ISO 639)."""

    MANDARIN = "cmn", "普通话", "Mandarin"
    WU = "wuu", "吴语", "Wu"
    CANTONESE = "yue", "粤语", "Cantonese"
    MIN_NAN = "nan", "闽南语", "Southern Min"
    HAKKA = "hak", "客家话", "Hakka"
    ZHUANG = "za", "壮语", "Zhuang"
    YI = "ii", "彝语", "Yi"
    MIAO = "hmn", "苗语", "Miao"
    TIBETAN = "bo", "藏语", "Tibetan"
    UYGHUR = "ug", "维吾尔语", "Uyghur"
    KAZAKH = "kk", "哈萨克语", "Kazakh"
    MONGOLIAN = "mn", "蒙古语", "Mongolian"
    KOREAN = "ko", "朝鲜语", "Korean"
    SIGN = "csl", "手语", "sign language"


class NeedStatus(Code):
    """Whether a need was found or is still open 需求状态."""

    PRESENT = "present", "有此需求", "present"
    TO_CLARIFY = "to_clarify", "待核实", "to be clarified"


class Need(Record):
    """One need of one child on a day 需求. Made by ``needs``; ``model_copy(update=…)`` adds what the file does not hold.

    ``services`` are alternatives: any one of them meets the need. A need without services is not for helpers but for the
    authorities, and is never matched with an offer.
    """

    ref: str | None = fact("序号", "the file's own number", note="Never a name or an ID number.")
    code: str = fact("需求代码", "code of the need", default=...)
    domain: NeedDomain = fact("需求领域", "domain", default=...)
    title: BothTexts = fact("需求名称", "title", default=...)
    urgency: Urgency = fact("紧迫程度", "urgency", default=...)
    status: NeedStatus = fact("需求状态", "status", default=NeedStatus.PRESENT)
    reason: BothTexts = fact("理由", "reason", default=...)
    facts: tuple[str, ...] = fact("待核实的事实", "facts that would decide it, the most decisive first", default=())
    fact_titles: tuple[BothTexts, ...] = fact("待核实事实的名称", "what those facts are called", default=())
    sources: tuple[BothTexts, ...] = fact("依据", "what it rests on", default=())
    ours: bool = fact("本库默认，非法律规定", "a default of ours, not law", default=False)
    on: Day = fact("日期", "the day", default=...)
    division: DivisionCode | None = fact("所在行政区划代码", "division where the child lives")
    services: tuple[Service, ...] = fact("可满足的服务", "services, any one of which meets it", default=())
    qualifications: tuple[Qualification, ...] = fact(
        "所需资质（任一）", "qualifications, one of which is needed", default=()
    )
    languages: tuple[Language, ...] | None = fact("儿童能用的语言", "languages that the child can use")
    weekdays: tuple[Weekday, ...] | None = fact(
        "儿童有空的日子",
        "days of the week on which the child is free",
        note="Left out: not known. An empty list: on none.",
    )
    place: Place | None = fact("位置", "where the child lives, on the map")
    familiar: tuple[str, ...] = fact("熟悉的服务组织", "organisations that the child knows", default=())

    @property
    def to_clarify(self) -> bool:
        """Whether it is not known yet if the child has it."""
        return self.status is NeedStatus.TO_CLARIFY

    @property
    def for_helpers(self) -> bool:
        """Whether helpers can meet it; else it is for the authorities."""
        return bool(self.services)

    @property
    def asks(self) -> tuple[Text, ...]:
        """What is to be found out where the need is to be clarified: what its facts are called, in both languages."""
        return self.fact_titles or tuple(fact_title(path) for path in self.facts)

    @property
    def key(self) -> tuple[str | None, str]:
        """Which need of which child: file number and code."""
        return self.ref, self.code

"""What a family is asked for an unknown fact, in plain words, with the paper that shows it. Called by ``family_page``.

Several facts may be one question: kind, grade and expiry of a disability all stand on one certificate. What the office finds
out by itself, or asks face to face only, is no question on a page that others may read.
"""

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from kinderguard.model.codes import Document
from kinderguard.model.text import Text, join
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.titles import Titles, fact_title
from kinderguard.rules.units import unit_text


@attrs.frozen
class FamilyQuestion:
    """A question in plain words, and the paper that answers it, where there is one."""

    text: Text
    paper: Document | None = None


_WHO = {
    "child": Text("孩子", "the child"),
    "father": Text("父亲", "the father"),
    "mother": Text("母亲", "the mother"),
}
#: Of the child or a parent; who it is stands before it (in English after "whether", where that is what it begins with).
_OF_A_PERSON: Mapping[str, FamilyQuestion] = {
    "birth_date": FamilyQuestion(Text("{who}的出生日期", "the birth date of {who}"), Document.HUKOU_BOOK),
    "disability": FamilyQuestion(
        Text("{who}有没有残疾人证，是哪一类、几级（有的请带来）", "whether {who} has a disability certificate; if so, bring it")
    ),
    "disability.autism": FamilyQuestion(
        Text("{who}是否诊断为孤独症", "whether {who} is diagnosed with autism"), Document.MEDICAL_PROOF
    ),
    "disability.needs_long_term_care": FamilyQuestion(
        Text("{who}是否长期需要人照护", "whether {who} needs somebody's care for a long time")
    ),
    "illness.serious": FamilyQuestion(
        Text("{who}有没有得重病", "whether {who} is seriously ill"), Document.MEDICAL_PROOF
    ),
    "health": FamilyQuestion(Text("{who}身体怎么样：健康、残疾还是患病", "whether {who} is healthy, disabled or ill")),
    "situations": FamilyQuestion(
        Text(
            "{who}现在的情况：在家、外出务工、失去联系、服刑、去世等，从哪天起",
            "whether {who} is at home, away, out of contact, in prison or dead, and since when",
        )
    ),
    "supports_child": FamilyQuestion(
        Text("{who}有没有管孩子、给抚养费", "whether {who} looks after the child or pays for it")
    ),
    "can_act_as_guardian": FamilyQuestion(Text("{who}有没有能力照管孩子", "whether {who} is able to look after the child")),
    "registration.division": FamilyQuestion(
        Text("{who}的户口在哪个县（区）", "in which county {who} is registered"), Document.HUKOU_BOOK
    ),
    "registration.kind": FamilyQuestion(
        Text("{who}是农村户口还是城镇户口", "whether {who} has a rural or an urban registration"), Document.HUKOU_BOOK
    ),
    "residence": FamilyQuestion(
        Text("{who}现在住在哪个县（区），从哪天住起", "in which county {who} lives now, and since when"),
        Document.RESIDENCE_PERMIT,
    ),
    "schooling": FamilyQuestion(
        Text("{who}在不在上学、在哪一级学校、是否住校、是否一直没有中断", "whether {who} is at school, at which, and without a break; boarding or not"),
        Document.SCHOOL_CERTIFICATE,
    ),
    "care.kind": FamilyQuestion(
        Text("{who}由谁养：父母、亲戚、寄养家庭、福利机构等", "who brings {who} up: parents, kin, a foster family, an institution …")
    ),
    "sex": FamilyQuestion(Text("{who}是男是女", "the sex of {who}"), Document.HUKOU_BOOK),
    "kind": FamilyQuestion(
        Text("{who}是亲生的还是收养的，或法律上没有", "whether {who} is a birth or an adoptive parent, or there is none by law")
    ),
    "foreign": FamilyQuestion(
        Text("{who}是不是外国籍或无国籍", "whether {who} is a foreigner or stateless")
    ),
    "adopted": FamilyQuestion(Text("{who}有没有被收养", "whether {who} is adopted")),
    "birth_parents_not_found": FamilyQuestion(
        Text("{who}的亲生父母是不是查找不到", "whether the birth parents of {who} cannot be found"),
        Document.NOT_FOUND_PROOF,
    ),
    "orphan_since": FamilyQuestion(
        Text("{who}有没有认定为孤儿，是哪天认定的", "whether {who} is recognised as an orphan, and since when")
    ),
    "individual_dibao": FamilyQuestion(
        Text("{who}是不是单独按一户领低保", "whether {who} is on dibao alone, as a household of one")
    ),
    "own_labour_income": FamilyQuestion(
        Text("{who}是不是主要靠自己干活挣钱生活", "whether {who} lives mainly on what it earns")
    ),
    "chosen_scheme": FamilyQuestion(
        Text(
            "只能选一种时，选孤儿（事实无人抚养儿童）保障，还是选特困人员供养",
            "where only one can be had: the help for orphans and unattended children, or that for the extremely poor",
        )
    ),
}  # fmt: skip
_OF_THE_FAMILY: Mapping[str, FamilyQuestion] = {
    "household.monthly_income_per_head": FamilyQuestion(
        Text("家里每月的收入，平均每人多少", "the household's income a month, for each of its members"),
        Document.INCOME_PROOF,
    ),
    "household.incomes": FamilyQuestion(Text("家里有哪些收入", "what income the household has"), Document.INCOME_PROOF),
    "household.property_within_limits": FamilyQuestion(
        Text("家里的房屋、车辆、存款等是否在规定以内", "whether the household's house, car and savings are within the limits"),
        Document.INCOME_PROOF,
    ),
    "household.aid": FamilyQuestion(
        Text("家里是不是低保、低保边缘或特困等家庭", "whether the household is on dibao, near it, or extremely poor")
    ),
    "household.dibao_monthly": FamilyQuestion(
        Text("家里每月领多少低保金", "how much dibao the household gets a month")
    ),
    "household.size": FamilyQuestion(
        Text("家里一起生活的有几口人", "how many people live in the household"), Document.HUKOU_BOOK
    ),
    "household.members": FamilyQuestion(
        Text("家里一起生活的都有谁，身体和收入怎么样", "who lives in the household, and the health and income of each"),
        Document.HUKOU_BOOK,
    ),
    "guardians": FamilyQuestion(
        Text("孩子平时由谁照看，是不是父母托付的", "who looks after the child from day to day, and whether the parents asked it"),
        Document.ENTRUSTMENT,
    ),
    "former_parents": FamilyQuestion(
        Text("收养以前父母的情况", "how it stood with the parents before the adoption")
    ),
}  # fmt: skip
#: What the office finds out: infections and harm are nobody's to ask on paper, and how a child is cared for is its own to judge.
_FOR_THE_OFFICE = (
    "illness.hiv", "harms", "risks", "state_guardianship", "care.quality", "care.last_visit", "care.alone_overnight",
    "living_on_street", "unfit_grounds",
)  # fmt: skip


def question_of(path: str, titles: Titles, own: Mapping[str, Kind] = MappingProxyType({})) -> FamilyQuestion | None:
    """What a family is asked for a fact; None for what the office finds out by itself.

    Args:
        path: of the fact; of a record in a list, without its number.
        titles: what packs call their own facts.
        own: the kinds of packs' own facts, by code: a title alone is no question.
    """
    if path in own:
        return FamilyQuestion(_asked_of_own(fact_title(path, titles), own[path]))
    owner, _, rest = path.partition(".")
    if any(_is_within(rest, office) or _is_within(rest.partition(".")[2], office) for office in _FOR_THE_OFFICE):
        return None
    who = _WHO.get(owner)
    asked = _widest(rest, _OF_A_PERSON) if who else _widest(path, _OF_THE_FAMILY)
    if asked is None:
        return FamilyQuestion(fact_title(path, titles))
    if who is None:
        return asked
    text = Text(asked.text.zh.replace("{who}", who.zh), asked.text.en.replace("{who}", who.en))
    return attrs.evolve(asked, text=text)


def _asked_of_own(title: Text, kind: Kind) -> Text:
    """What is asked for a fact that a pack calls by a title: yes or no, which, how much, or what day."""
    zh, en = f"“{title.zh}”", f"‘{title.en}’"
    match kind.sort:
        case Sort.BOOL:
            return Text(f"{zh}：是，还是不是", f"whether this is so: {en}")
        case Sort.MONEY:
            return Text(f"{zh}：多少元", f"how much it is, in yuan: {en}")
        case Sort.NUMBER:
            unit = unit_text(kind.unit or "")
            return Text(f"{zh}：多少{unit.zh}", f"how many {unit.en}: {en}" if unit.en else f"how much it is: {en}")
        case Sort.DATE:
            return Text(f"{zh}：是哪一天", f"what day it is: {en}")
        case _:
            said = join([code.label for code in kind.codes or ()], "、", ", ")
            which = Text(f"（{said.zh}）", f" ({said.en})") if said else said
            return Text(f"{zh}：是哪一种{which.zh}", f"which it is: {en}{which.en}")


def _is_within(path: str, part: str) -> bool:
    return path == part or path.startswith(part + ".")


def _widest(path: str, known: Mapping[str, FamilyQuestion]) -> FamilyQuestion | None:
    """The entry for a path, else for the part of the record that it lies in."""
    while path and path not in known:
        path = path.rpartition(".")[0]
    return known.get(path)


__all__ = ["FamilyQuestion", "question_of"]

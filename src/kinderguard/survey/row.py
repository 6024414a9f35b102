"""From a row's readable facts to a case. What contradicts itself becomes unknown and is reported, or, where it is the
child's identity, the row is skipped. Nothing is guessed.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import attrs

from kinderguard.model.case import Case
from kinderguard.model.codes import DisabilityGrade, DisabilityKind, SituationKind
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import InvalidRecordError, Problem, suggestion
from kinderguard.model.resident_id import read_resident_id
from kinderguard.model.text import Text, join, same
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.rules.policy_codes import mend_of_policy_code
from kinderguard.rules.titles import fact_title
from kinderguard.survey import cells
from kinderguard.survey.cells import NONE, UnreadableError
from kinderguard.survey.columns import DEAD, DisabilityCell, IllnessCell
from kinderguard.survey.facts import happened_after

PARENTS = {"father": "父亲", "mother": "母亲"}
_CODE = re.compile(r"(cn|\d{2,12})\.[a-z0-9_.]+\Z")
_CONFINED = (SituationKind.IMPRISONED, SituationKind.COMPULSORY_DETOX, SituationKind.OTHER_RESTRICTION)
#: What nobody is in any more who is dead.
_OF_THE_LIVING = (*_CONFINED, SituationKind.AWAY_FOR_WORK)

#: Where a record can be at odds with itself, by its path: the columns that then become unknown; the first is named.
_RECORDS: dict[str, tuple[str, ...]] = {
    "child.disability": ("残疾类别", "残疾等级"),
    "household": ("家庭人口",),
    "guardians": ("监护人身份证号", "监护人出生日期"),
    **{f"{p}.disability": (f"{zh}残疾类别", f"{zh}残疾等级") for p, zh in PARENTS.items()},
    **{f"{p}.situations": (f"{zh}状况截止日期", f"{zh}状况起始日期", f"{zh}刑期月数") for p, zh in PARENTS.items()},
    **{p: (f"{zh}身份证号",) for p, zh in PARENTS.items()},
}


class RowError(Exception):
    """The row cannot be used: its code, the standard header meant (or None), and how to mend it."""

    def __init__(self, code: str, header: str | None, text: Text) -> None:
        self.code, self.header, self.text = code, header, text
        super().__init__(text.en)


def refuse_later(case: Case, day: dt.date) -> None:
    """Refuse a row that is said to be true on a day, and tells of what happened only later.

    Raises:
        RowError: which facts these are.
    """
    late = happened_after(case, day)
    if late:
        titles = join([fact_title(path) for path in late])
        raise RowError(
            "ledger.date_after_list", None,
            Text(f"晚于名单的日期（{day}），不可能已经发生：{titles.zh}；请核对年份，或核对名单的日期",
                 f"this lies after the day of the list ({day}), so it cannot have happened: {titles.en}; check the year, or the "
                 "day that was given for the list"),
        )  # fmt: skip


@attrs.frozen
class Finding:
    """A fact that became unknown or is in doubt: the code, the standard header, and the mend. A note says where one comes from."""

    code: str
    header: str | None
    text: Text
    is_note: bool = False


@attrs.define
class RowReader:
    """Turns facts by standard header into cases.

    ``policy_titles`` gives the code of a policy's title, as it stands in 已享受救助; ``facts`` are the packs' own.
    """

    policy_titles: Mapping[str, str]
    facts: Mapping[str, DeclaredFact[Any]]

    @cached_property
    def _policies(self) -> Mapping[str, Text]:
        """All policies at hand: a book gives each by its code as well, where titles given by hand are only some."""
        return {code: same(title) for title, code in self.policy_titles.items() if code in self.policy_titles}

    @cached_property
    def _spaces(self) -> frozenset[str]:
        return frozenset(code.partition(".")[0] for code in self._policies)

    def case(self, facts: Mapping[str, Any]) -> tuple[Case, list[Finding]]:
        """The case of a row, and what became unknown or is in doubt on the way, with notes of what was taken from elsewhere.

        Raises:
            RowError: the row says nothing of a child, or contradicts itself about who the child is.
        """
        known = dict(facts)
        if not any(known.get(h) is not None for h in ("儿童姓名", "身份证号", "出生日期")):
            raise RowError(
                "ledger.no_child", None,
                Text("没有姓名、身份证号和出生日期，无法确认是哪名儿童；请补填", "no name, ID or birth date: nobody can tell which child is meant; fill one in"),
            )  # fmt: skip
        _agrees_with_id(known)
        found = list(_finer_births(known))
        while True:
            data = self.data(known, found)
            try:
                return Case.model_validate(data), found
            except InvalidRecordError as error:
                self.give_up(known, error.problems, found)

    def give_up(self, known: dict[str, Any], problems: tuple[Problem, ...], found: list[Finding]) -> None:
        """Make the columns behind a refused record unknown.

        Raises:
            RowError: no column can be given up for it.
        """
        for problem in problems:
            record = next((r for r in _RECORDS if problem.where == r or problem.where.startswith(r + ".")), None)
            headers = [h for h in _RECORDS.get(record or "", ()) if known.get(h) is not None]
            if not headers:
                raise RowError("ledger.row", None, problem.message + Text("；请核对此行", "; check this row"))
            for header in headers:
                known[header] = None
            finding = Finding("ledger.contradiction", headers[0], problem.message + Text("；请核对", "; check it"))
            if finding not in found:
                found.append(finding)

    def data(self, f: Mapping[str, Any], found: list[Finding]) -> dict[str, Any]:
        """The case as plain data. What is not there is unknown."""
        get = f.get
        levels = get("遭受侵害情形")
        return {
            "ref": get("序号"),
            "child": {
                "name": get("儿童姓名"),
                "resident_id": get("身份证号"),
                "sex": get("性别"),
                "birth_date": get("出生日期"),
                "ethnic_group": get("民族"),
                "health": get("身体状况"),
                "registration": {
                    "division": get("户籍地行政区划代码") or _first_division(f),
                    "kind": get("户籍性质"),
                    "address": get("户籍地址"),
                },
                "residence": {
                    "division": get("现居住地行政区划代码"),
                    "since": get("居住起始日期"),
                    "address": get("现居住地"),
                },
                "disability": _disability("", f, found) | {"valid_until": get("残疾证有效期至")},
                "illness": _illness(get("重病")) | {"hiv": get("感染艾滋病病毒")},
                "schooling": {
                    "stage": get("就学情况"),
                    "boarding": get("是否寄宿"),
                    "continuous_since_18": get("连续就读"),
                },
                "care": {
                    "kind": get("养育方式"),
                    "quality": get("监护情况评估"),
                    "last_visit": get("最近走访日期"),
                },
                "adopted": get("是否被收养"),
                "birth_parents_not_found": get("查找不到生父母"),
                "individual_dibao": get("单人保"),
                "living_on_street": get("流浪"),
                "harms": None if levels is None else tuple({"level": level} for level in levels),
                "child_director": get("儿童主任"),
                "note": get("备注"),
            },
            **{parent: _parent(zh, f, found) for parent, zh in PARENTS.items()},
            "guardians": _guardians(f),
            "household": {
                "number": get("家庭编号"),
                "size": get("家庭人口"),
                "monthly_income_per_head": get("家庭月人均收入"),
                "property_within_limits": get("财产符合规定"),
                "aid": get("家庭救助类型"),
                "dibao_monthly": get("低保金月额"),
            },
            "help": self.help(f, found),
            "extra": self.extra(f),
        }

    def extra(self, f: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The packs' own facts, under their divisions."""
        spaces: dict[str, dict[str, Any]] = {}
        for header, fact in self.facts.items():
            value = f.get(header)
            if value is not None:
                space, name = fact.code.split(".", 1)
                spaces.setdefault(space, {})[name] = str(value) if isinstance(value, Decimal | PartialDate) else value
        return spaces

    def help(self, f: Mapping[str, Any], found: list[Finding]) -> tuple[dict[str, Any], ...] | None:
        """The help received now. The list claims to be whole, so a payment code alone does not make one."""
        text, payment = f.get("已享受救助"), f.get("资金发放类型")
        if text is None:
            if payment is not None:
                _add(found, "ledger.help_unknown", "资金发放类型",
                     "填了资金发放类型而已享受救助为空，无法知道是否还有其他救助；请补填",
                     "a payment code stands here but 已享受救助 is blank, so other help may exist; fill it in")  # fmt: skip
            return None
        records = [] if text in NONE else [self.helped(item, found) for item in _helps(text)]
        if payment is not None:
            records.append({"payment": payment, "ongoing": True})
        return tuple(records)

    def helped(self, item: str, found: list[Finding]) -> dict[str, Any]:
        """One item of 已享受救助: a policy's title or code, perhaps with its amount in brackets."""
        match = re.fullmatch(r"(.*?)(?:\((.*)\))?", item)
        assert match is not None
        name, written = match[1].strip(), match[2]
        code = self.policy_titles.get(name) or (name if _CODE.match(name) else None)
        if code is None and self.policy_titles:
            nearest = suggestion(name, self.policy_titles)
            _add(found, "ledger.help_title", "已享受救助",
                 "有一项救助不是已知政策的名称或代码，已按未知救助保留；请用政策名称。" + nearest.zh,
                 "one item is no title or code of a policy and is kept as help of an unknown kind; use the policy's title."
                 + nearest.en)  # fmt: skip
        elif code is not None and (near := mend_of_policy_code(code, self._policies, self._spaces)) is not None:
            _add(found, "ledger.help_code", "已享受救助",
                 "有一项救助的政策代码不存在，没有规则会考虑它；请改正代码。" + near.zh,
                 "the code of one item is no policy's, so no rule takes it into account; correct it." + near.en)  # fmt: skip
        amount = None
        if written is not None:
            try:
                amount = cells.money(written)
            except UnreadableError as error:
                found.append(Finding(error.code, "已享受救助", error.text))
        return {"policy": code, "amount": amount, "ongoing": True}


def _add(found: list[Finding], code: str, header: str, zh: str, en: str) -> None:
    finding = Finding(code, header, Text(zh, en))
    if finding not in found:
        found.append(finding)


def _helps(text: str) -> Iterator[str]:
    """The items of a list whose separators may also stand within brackets."""
    yield from (item.strip() for item in re.split(r"[、,;\n](?![^(]*\))", text) if item.strip())


def _agrees_with_id(f: Mapping[str, Any]) -> None:
    """The ID's birth date and sex must be those of the row: a conflict is an error of the row."""
    if f.get("身份证号") is None:
        return
    said = read_resident_id(f["身份证号"])
    born, sex = f.get("出生日期"), f.get("性别")
    for header, differs in (
        ("出生日期", born is not None and not born.earliest <= said.birth_date <= born.latest),
        ("性别", sex is not None and sex is not said.sex),
    ):
        if differs:
            raise RowError(
                "ledger.id_conflict", header,
                Text(f"{header}与身份证号不一致；请按证件核对其中之一", f"{header} contradicts the ID; check both against the card"),
            )  # fmt: skip


def _finer_births(f: dict[str, Any]) -> Iterator[Finding]:
    """Put the day that a valid ID gives for a birth date that is known to its month or year alone, and say so."""
    for number, header in (("身份证号", "出生日期"), ("监护人身份证号", "监护人出生日期")):
        born: PartialDate | None = f.get(header)
        if born is None or born.is_exact or f.get(number) is None:
            continue
        day = read_resident_id(f[number]).birth_date
        if born.earliest <= day <= born.latest:
            f[header] = PartialDate.of(day)
            yield Finding(
                "ledger.birth_day_of_id", header,
                Text("出生日期只到年月或年，与身份证号相符，已按身份证号取到日；无须更正",
                     "the birth date is written to the month or year alone and agrees with the ID, so the day was taken from the ID; "
                     "nothing need be mended"),
                is_note=True,
            )  # fmt: skip


def _first_division(f: Mapping[str, Any]) -> str | None:
    """The division where the ID was first given, used where the row names no place: what is inferred is never above what a
    row states, and the place of registration would be above that of residence.
    """
    number: str | None = f.get("身份证号")
    return None if number is None or f.get("现居住地行政区划代码") is not None else number[:6]


def _disability(who: str, f: Mapping[str, Any], found: list[Finding]) -> dict[str, Any]:
    cell: DisabilityCell | None = f.get(f"{who}残疾类别")
    grade = f.get(f"{who}残疾等级")
    if cell is None:
        return {"grade": grade}
    if grade is not None and cell.grade is not None and grade is not cell.grade:
        if cell.kind is DisabilityKind.NONE:
            zh, en = "残疾类别为“无”而等级不是“无”；请核对", "the kind is 无 but the grade is not; check both"
            _add(found, "ledger.contradiction", f"{who}残疾等级", zh, en)
        else:
            zh, en = (
                "类别一栏中的等级与等级一栏不同；请核对",
                "the grade beside the kind differs from the grade column; check both",
            )
            _add(found, "ledger.contradiction", f"{who}残疾等级", zh, en)
        return (
            {}
            if cell.kind is DisabilityKind.NONE
            else {"kind": cell.kind, "components": cell.components, "autism": cell.autism}
        )
    if grade is DisabilityGrade.NONE and cell.kind is not DisabilityKind.NONE:
        zh, en = "有残疾类别而等级为“无”；请核对", "a kind is given but the grade is 无; check both"
        _add(found, "ledger.contradiction", f"{who}残疾等级", zh, en)
        return {"autism": cell.autism}
    return {"kind": cell.kind, "components": cell.components, "grade": cell.grade or grade, "autism": cell.autism}


def _illness(cell: IllnessCell | None) -> dict[str, Any]:
    return {} if cell is None else {"serious": cell.serious, "name": cell.name}


def _parent(who: str, f: Mapping[str, Any], found: list[Finding]) -> dict[str, Any]:
    return {
        "name": f.get(f"{who}姓名"),
        "resident_id": f.get(f"{who}身份证号"),
        "telephone": f.get(f"{who}联系电话"),
        "situations": _situations(who, f, found),
        "supports_child": f.get(f"{who}是否履行抚养义务"),
        "can_act_as_guardian": f.get(f"{who}监护能力"),
        "disability": _disability(who, f, found),
        "illness": _illness(f.get(f"{who}重病")),
    }


def _situations(who: str, f: Mapping[str, Any], found: list[Finding]) -> tuple[dict[str, Any], ...] | None:
    """A parent's situations. The ledger tells how things stand now, so one without an end still holds.

    There is one set of dates. With several situations it belongs to the only term (prison, detoxification, another
    restriction) where an end or a length is given; otherwise the dates are unknown.
    """
    kinds: tuple[SituationKind, ...] | None = f.get(f"{who}状况")
    dates = {
        "since": f.get(f"{who}状况起始日期"),
        "until": f.get(f"{who}状况截止日期"),
        "term_months": f.get(f"{who}刑期月数"),
    }
    if kinds is None:
        return None
    is_dated = any(d is not None for d in dates.values())
    terms = [k for k in kinds if k in _CONFINED]
    dated: SituationKind | None = None
    if len(kinds) == 1:
        dated = kinds[0]
    elif len(terms) == 1 and (dates["until"] or dates["term_months"] is not None):
        dated = terms[0]
    elif kinds and is_dated:
        zh = "有几种状况而只有一组日期，无法判断属于哪一种；请每种状况单独说明日期"
        en = "several situations share one set of dates: nobody can tell which it belongs to; state the dates of each"
        _add(found, "ledger.dates_ambiguous", f"{who}状况起始日期", zh, en)
    ended = dated if dates["until"] and dates["until"].earliest <= dt.date.today() else None
    _tell_of_the_dead(who, [k for k in kinds if k is not ended], found)
    return tuple(
        {"kind": k, **(dates if k is dated else {}), "ongoing": None if k is dated and dates["until"] else True}
        for k in kinds
    )


def _tell_of_the_dead(who: str, now: list[SituationKind], found: list[Finding]) -> None:
    """Say so where a parent is dead and is, as things stand now, where only the living are. Both stay: nobody can tell which
    is the mistake.
    """
    dead, living = [k for k in now if k in DEAD], [k for k in now if k in _OF_THE_LIVING]
    if not dead or not living:
        return
    one, other = join([k.label for k in dead]), join([k.label for k in living])
    end_zh, end_en = "", ""
    if len(living) == 1 and living[0] in _CONFINED:
        end_zh = f"，或在{who}状况截止日期填写“{other.zh}”的结束日期"
        end_en = f", or write in {who}状况截止日期 when the other ended"
    _add(found, "ledger.dead_and_living", f"{who}状况",
         f"“{one.zh}”与“{other.zh}”并列，去世的人不会仍处于后一状况，两项均已保留；请核对，只写现在的状况{end_zh}",
         f"it says {one.en}, and {other.en} now, which the dead are not; both were kept. Check it, and write only how things "
         f"stand now{end_en}")  # fmt: skip


def _guardians(f: Mapping[str, Any]) -> tuple[dict[str, Any], ...] | None:
    grounds = f.get("受托人不宜情形")
    guardian = {
        "name": f.get("监护人姓名"),
        "resident_id": f.get("监护人身份证号"),
        "telephone": f.get("监护人电话"),
        "birth_date": f.get("监护人出生日期"),
        "relation": f.get("与儿童关系"),
        "unfit_grounds": grounds,
        # The column is about somebody to whom the child was entrusted.
        "entrusted": True if grounds else None,
    }
    return (guardian,) if any(v is not None for v in guardian.values()) else None

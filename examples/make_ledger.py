"""EVERYTHING MADE HERE IS SYNTHETIC: no child, no parent and no household in the ledger exists.

``make_ledger`` writes an Excel ledger (台账) as counties keep them, for the documentation, the tests and the
benchmarks: several sheets whose headers are spelt differently, with the blanks, the handwriting and the mistakes
of real forms. The same seed gives the same bytes.

Why nobody is meant: names are random combinations of characters; a resident ID begins with a division code that
GB/T 2260 never gave to a place (``330199``, ``220199``, ``370899`` …), then a random birth date, a running number
and a valid check digit; telephone numbers lie in ``199 0000 xxxx``; towns and villages are invented; standards and
amounts are invented too and say nothing about what a county pays. The data's reference day is 2025-09-01.

    python examples/make_ledger.py [PATH] [--children N] [--seed S] [--no-mess]
"""

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from kinderguard.model.dates import add_months, age_on, months_between
from kinderguard.model.resident_id import check_digit

REFERENCE_DAY = dt.date(2025, 9, 1)
SYNTHETIC = "合成数据，人物、证件、电话、金额均属虚构"
UNKNOWN = ("不详", "待核实", "未知")

Facts = dict[str, Any]
"""One child's row, by standard header. None is a blank cell."""


# --- places ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class County:
    """A county, its share of the children, and its invented monthly standards in yuan."""

    code: str
    name: str
    share: float
    dibao: int
    scattered: int
    institution: int

    @property
    def id_division(self) -> str:
        """The first six digits of the resident IDs given here: a code that no place ever had."""
        return self.code[:4] + "99"


COUNTIES = (
    County("330199", "示例县", 0.30, 1000, 1900, 2600),
    County("330106", "西湖区", 0.20, 1200, 2100, 2900),
    County("220102", "南关区", 0.12, 800, 1300, 1800),
    County("222401", "延吉市", 0.10, 720, 1250, 1750),
    County("370829", "嘉祥县", 0.16, 860, 1987, 2480),
    County("440103", "荔湾区", 0.12, 1240, 2150, 3000),
)
BY_CODE = {county.code: county for county in COUNTIES}
TOWNS = ("柳溪镇", "青石镇", "云塘乡", "桥东街道")
VILLAGES = ("上湾村", "下湾村", "松林村", "石井村", "新桥社区")


# --- people ---------------------------------------------------------------------------------------------------

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余"
GIVEN = "安博晨丹恩凡歌涵佳可岚梦宁沛琪然书田望溪雅远泽知子航星禾乐清言川平春秋明文思成"


class Registry:
    """Gives out names, resident IDs (each once) and telephone numbers."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._given: Counter[tuple[str, dt.date, bool]] = Counter()

    def surname(self) -> str:
        """A surname."""
        return self.rng.choice(SURNAMES)

    def name(self, surname: str | None = None) -> str:
        """A surname and one or two characters drawn at random."""
        return (surname or self.surname()) + "".join(self.rng.sample(GIVEN, self.rng.choice((1, 2, 2, 2))))

    def resident_id(self, county: County, born: dt.date, male: bool) -> str:
        """The next number of that division, day and sex, with a valid check digit."""
        key = (county.id_division, born, male)
        self._given[key] += 1
        sequence = 2 * self._given[key] - (1 if male else 0)
        first = f"{county.id_division}{born:%Y%m%d}{sequence:03d}"
        return first + check_digit(first)

    def telephone(self) -> str:
        """A number in a range kept for this fiction."""
        return f"1990000{self.rng.randrange(10_000):04d}"


def random_day(rng: Random, first: dt.date, last: dt.date) -> dt.date:
    """A day from ``first`` to ``last``, both included."""
    return first + dt.timedelta(days=rng.randint(0, max(0, (last - first).days)))


def birth_date(rng: Random, ages: tuple[int, int]) -> dt.date:
    """A birth date that gives an age from ``ages`` on the reference day, from 2007 on."""
    first = add_months(REFERENCE_DAY, -12 * (ages[1] + 1)) + dt.timedelta(days=1)
    return random_day(rng, max(first, dt.date(2007, 1, 1)), add_months(REFERENCE_DAY, -12 * ages[0]))


# --- what happened to a parent: facts by the end of the header (父亲状况, 母亲状况 …) ------------------------------

ParentStory = Callable[[Random, dt.date], Facts]
"""Given the eldest child's birth date, the facts of one parent."""


def alive(rng: Random, born: dt.date) -> Facts:
    """Living with the child and able."""
    return {"状况": "健在", "是否履行抚养义务": True, "监护能力": "有"}


def not_recorded(rng: Random, born: dt.date) -> Facts:
    """Nobody wrote anything down."""
    return {"状况": rng.choice((None, "不详"))}


def happened(kind: str, *, least: int = 0, most: int = 60, supports: bool | None = None) -> ParentStory:
    """An event ``least`` to ``most`` months before the reference day, and after the child was born."""

    def story(rng: Random, born: dt.date) -> Facts:
        lived = months_between(born, REFERENCE_DAY)
        months = rng.randint(min(least, lived), max(min(most, lived), min(least, lived)))
        since = max(born, add_months(REFERENCE_DAY, -months) - dt.timedelta(days=rng.randint(1, 20)))
        return {"状况": kind, "状况起始日期": since, "是否履行抚养义务": supports}

    return story


def detained(kind: str, *, lowest: int = 12, highest: int = 60) -> ParentStory:
    """A term of whole months that began after the child was born and ends after the reference day."""

    def story(rng: Random, born: dt.date) -> Facts:
        term = rng.randint(lowest, highest)
        served = rng.randint(1, max(1, min(term - 2, months_between(born, REFERENCE_DAY))))
        since = add_months(REFERENCE_DAY, -served) - dt.timedelta(days=rng.randint(1, 20))
        return {
            "状况": kind,
            "状况起始日期": since,
            "状况截止日期": add_months(since, term),
            "刑期月数": term,
            "是否履行抚养义务": False,
        }

    return story


def disabled(kinds: Sequence[str], grades: Sequence[str]) -> ParentStory:
    """At home, with a disability certificate."""

    def story(rng: Random, born: dt.date) -> Facts:
        return {
            "状况": "健在",
            "残疾类别": rng.choice(kinds),
            "残疾等级": rng.choice(grades),
            "是否履行抚养义务": False,
            "监护能力": "无",
        }

    return story


def on_dates(kind: str, since: dt.date, until: dt.date | None = None, term: int | None = None) -> ParentStory:
    """Exact dates, for the cases that lie on a boundary."""
    facts = {
        "状况": kind, "状况起始日期": since, "状况截止日期": until, "刑期月数": term, "是否履行抚养义务": False,
    }  # fmt: skip
    return lambda rng, born: dict(facts)


def seriously_ill(rng: Random, born: dt.date) -> Facts:
    """At home, seriously ill."""
    ill = rng.choice((True, "尿毒症", "恶性肿瘤"))
    return {"状况": "健在", "重病": ill, "是否履行抚养义务": False, "监护能力": "无"}


def remarried(rng: Random, born: dt.date) -> Facts:
    """Alive elsewhere, not supporting the child: no ground of any scheme."""
    return {"状况": "健在", "是否履行抚养义务": False, "监护能力": "有"}


DEAD = happened("死亡")
DECLARED_DEAD = happened("宣告死亡", most=24)
DECLARED_MISSING = happened("宣告失踪", most=24)
LOST = happened("失联", least=8, supports=False)
LOST_BUT_SUPPORTS = happened("失联", least=8, supports=True)
JUST_LOST = happened("失联", least=1, most=4, supports=False)
IN_PRISON = detained("服刑在押")
IN_DETOX = detained("强制隔离戒毒", lowest=24, highest=24)
RESTRICTED = detained("其他限制人身自由", lowest=6, highest=12)
REVOKED = happened("撤销监护资格", most=36, supports=False)
DEPORTED = happened("遣送出境", most=36, supports=False)
AWAY = happened("外出务工", least=7, most=48, supports=True)
SEVERELY_DISABLED = disabled(("肢体", "视力", "智力", "精神"), ("一级", "二级"))
MENTALLY_DISABLED = disabled(("智力", "精神"), ("三级", "四级"))
SIX_MONTHS_LOST = on_dates("失联", dt.date(2025, 3, 1))
RELEASED = on_dates("服刑在押", dt.date(2023, 7, 10), dt.date(2025, 7, 10), 24)
SHORT_TERM = on_dates("服刑在押", dt.date(2025, 6, 15), dt.date(2025, 11, 15), 5)
PRISON_AND_REVOKED = on_dates("服刑在押、撤销监护资格", dt.date(2023, 11, 20), dt.date(2028, 11, 20), 60)


# --- scenarios ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    """A kind of family. Each occurs at least once in a ledger that is long enough, then by weight."""

    title: str
    weight: float = 1
    father: ParentStory = alive
    mother: ParentStory = alive
    ages: tuple[int, int] = (0, 17)
    born: dt.date | None = None
    care: str = "父母抚养"
    guardian: str | None = None
    payment: str | None = None
    aid: tuple[str, ...] = ()
    income: tuple[float, float] = (1.6, 3.5)
    rural: bool | None = None
    child: Facts = field(default_factory=dict)
    moved_months: int | None = None
    siblings: bool = True


POOR = {"aid": ("低保",), "income": (0.2, 0.95)}
MARGINAL = {"aid": ("低保边缘",), "income": (1.0, 1.45)}
WITH_KIN = {"care": "亲属抚养", "guardian": "祖父母"}
ORPHAN = {"care": "社会散居", "guardian": "祖父母", "payment": "201 社会散居孤儿", "income": (0.3, 2.0)}
UNATTENDED = {**WITH_KIN, "payment": "120 社会散居事实无人抚养儿童", "income": (0.3, 1.8)}
IN_INSTITUTION = {"guardian": "儿童福利机构", "payment": "202 机构养育孤弃儿童", "siblings": False}
NOT_FOUND = {"father": not_recorded, "mother": not_recorded, "child": {"查找不到生父母": True}}
ADULT = {"ages": (18, 18), "siblings": False}


def guardianship_scenarios() -> Iterator[Scenario]:
    """Orphans, de facto unattended children, and those who nearly are."""
    yield Scenario("both parents dead", 6, DEAD, DEAD, **ORPHAN)
    yield Scenario("both dead, with maternal grandparents", 2, DEAD, DEAD, **{**ORPHAN, "guardian": "外祖父母"})
    yield Scenario("parents not found, institution", 4, ages=(1, 17), care="机构养育", **NOT_FOUND, **IN_INSTITUTION)
    yield Scenario("parents not found, foster family", 2, ages=(1, 15), care="家庭寄养", **NOT_FOUND, **IN_INSTITUTION)
    # A court declares somebody missing after two years, dead after four.
    yield Scenario("dead and declared missing", 2, DEAD, DECLARED_MISSING, ages=(5, 17), **ORPHAN)
    yield Scenario("declared dead and missing", 1, DECLARED_DEAD, DECLARED_MISSING, ages=(7, 17), **ORPHAN)
    yield Scenario("dead and out of contact", 4, DEAD, LOST, **UNATTENDED)
    yield Scenario("dead and out of contact, poor", 3, DEAD, LOST, **{**UNATTENDED, **POOR})
    yield Scenario("dead and out of contact, but supports", 2, DEAD, LOST_BUT_SUPPORTS, **WITH_KIN)
    yield Scenario("dead and remarried", 3, DEAD, remarried, **WITH_KIN)
    yield Scenario("prison and out of contact", 4, IN_PRISON, LOST, **UNATTENDED)
    yield Scenario("both in prison", 2, IN_PRISON, IN_PRISON, **UNATTENDED)
    yield Scenario("prison and detox", 2, IN_PRISON, IN_DETOX, **UNATTENDED)
    yield Scenario("detox, mother at home", 2, IN_DETOX, **MARGINAL)
    yield Scenario("prison, mother at home", 3, IN_PRISON, **POOR)
    revoked = {**UNATTENDED, "guardian": "民政部门", "care": "机构养育", "payment": "121 集中供养事实无人抚养儿童"}
    yield Scenario("both revoked", 1, REVOKED, REVOKED, **revoked)
    yield Scenario("dead and deported", 1, DEAD, DEPORTED, **UNATTENDED)
    yield Scenario("other restriction and disabled", 1, RESTRICTED, SEVERELY_DISABLED, **UNATTENDED)
    yield Scenario("prison and lost for less than six months", 1, IN_PRISON, JUST_LOST, **WITH_KIN)
    yield Scenario("dead and lost for exactly six months", 1, DEAD, SIX_MONTHS_LOST, ages=(2, 15), **WITH_KIN)
    yield Scenario("released, mother out of contact", 1, RELEASED, LOST, ages=(3, 15), **UNATTENDED)
    yield Scenario("short term, mother dead", 1, SHORT_TERM, DEAD, **WITH_KIN)
    yield Scenario("prison with revocation, mother lost", 1, PRISON_AND_REVOKED, LOST, ages=(4, 15), **UNATTENDED)
    yield Scenario("both severely disabled", 2, SEVERELY_DISABLED, SEVERELY_DISABLED, **{**UNATTENDED, **POOR})
    yield Scenario("mentally disabled and seriously ill", 2, MENTALLY_DISABLED, seriously_ill, **UNATTENDED)
    yield Scenario("father not recorded, mother dead", 3, not_recorded, DEAD, **WITH_KIN)
    yield Scenario("father not recorded, mother in prison", 2, not_recorded, IN_PRISON, **WITH_KIN)
    for stage, continuous in (("本科", True), ("高职", True), ("中职", True), ("普通高中", True), ("高职", False)):
        study = {"就学情况": stage, "连续就读": continuous}
        yield Scenario(f"adult orphan, {stage}", 0.5, DEAD, DEAD, **{**ORPHAN, **ADULT}, child=study)
    grant = {**ORPHAN, **ADULT, "payment": "205 孤儿助学", "child": {"就学情况": "本科", "连续就读": True}}
    yield Scenario("adult orphan with the study grant", 0.5, DEAD, DEAD, **grant)
    born = dt.date(2007, 9, 1)
    yield Scenario("orphan who turns 18 on the day", 0, DEAD, DEAD, born=born, **ORPHAN)


def care_scenarios() -> Iterator[Scenario]:
    """Left-behind and migrant children, and care that is missing or harmful."""
    yield Scenario("both away", 8, AWAY, AWAY, ages=(1, 15), rural=True, **WITH_KIN)
    yield Scenario("one away, other capable", 6, AWAY, ages=(1, 15), rural=True)
    yield Scenario("one away, other incapable", 2, AWAY, SEVERELY_DISABLED, ages=(1, 15), rural=True, guardian="祖父母")
    yield Scenario("both away, urban", 1, AWAY, AWAY, ages=(1, 15), rural=False, **WITH_KIN)
    born = dt.date(2009, 9, 1)
    yield Scenario("both away, 16 on the day", 0, AWAY, AWAY, born=born, rural=True, **WITH_KIN)
    unfit = {"ages": (1, 15), "rural": True, "care": "亲属抚养"}
    for guardian, ground in (("其他亲属", "酗酒"), ("非亲属", "drugs"), ("其他亲属", "赌博、曾实施虐待")):
        bad = {"受托人不宜情形": ground, "监护情况评估": "差"}
        yield Scenario(f"unfit caregiver {ground}", 0.5, AWAY, AWAY, guardian=guardian, child=bad, **unfit)
    nobody = {"监护情况评估": "无人监护"}
    yield Scenario("small child unattended", 1, AWAY, AWAY, ages=(2, 7), rural=True, care="独自生活", child=nobody)
    alone = {"监护情况评估": "无人监护", "就学情况": "辍学"}
    yield Scenario("living alone, dropped out", 1, AWAY, DEAD, ages=(14, 15), care="独自生活", child=alone)
    yield Scenario("migrant", 5, ages=(3, 15), moved_months=30)
    yield Scenario("migrant for less than six months", 1, ages=(3, 15), moved_months=4)
    yield Scenario("migrant for exactly six months", 1, ages=(3, 15), moved_months=6)
    for level in ("疑似", "确认"):
        harmed = {"遭受侵害情形": level, "监护情况评估": "差"}
        yield Scenario(f"harm {level}", 1.5, ages=(4, 17), child=harmed)
    yield Scenario("street child", 1, remarried, LOST, ages=(10, 16), child={"流浪": True, "就学情况": "辍学"})
    yield Scenario("adopted", 1, ages=(2, 14), care="收养", child={"是否被收养": True})
    yield Scenario("boarder", 3, AWAY, ages=(12, 17), child={"是否寄宿": True})
    yield Scenario(
        "committee as guardian", 1, DEAD, LOST, **{**UNATTENDED, "guardian": "村(居)委会", "care": "社会散居"}
    )
    yield Scenario("elder sister as guardian", 1, DEAD, DEAD, **{**ORPHAN, "guardian": "兄姐"})


def hardship_scenarios() -> Iterator[Scenario]:
    """Poverty, disability and illness; and families with nothing of the kind."""
    yield Scenario("dibao", 10, **POOR)
    yield Scenario("dibao boarder", 2, ages=(8, 14), child={"是否寄宿": True}, **POOR)
    yield Scenario("marginal", 5, **MARGINAL)
    yield Scenario("marginal at exactly 1.5 times", 1, aid=("低保边缘",), income=(1.5, 1.5))
    alone = {"单人保": True, "残疾类别": "智力", "残疾等级": "二级"}
    yield Scenario("one-person dibao", 1, child=alone, **MARGINAL)
    tekun = {"care": "亲属抚养", "guardian": "祖父母", "aid": ("特困",), "income": (0.0, 0.6)}
    yield Scenario("tekun", 2, DEAD, SEVERELY_DISABLED, **{**tekun, "ages": (3, 15)})
    yield Scenario("tekun, both dead", 1, DEAD, DEAD, **{**tekun, "ages": (3, 15)})
    rigid = {"aid": ("刚性支出困难",), "income": (1.5, 2.4)}
    yield Scenario("rigid expenditure", 3, child={"重病": "白血病"}, **rigid)
    yield Scenario("formerly poor", 3, aid=("脱贫户",), income=(1.2, 2.5), rural=True)
    yield Scenario("formerly poor, dibao", 1, aid=("低保", "脱贫户"), income=(0.3, 0.9), rural=True)
    yield Scenario("seriously ill", 2, child={"重病": True})
    hiv = {"感染艾滋病病毒": True}
    yield Scenario("HIV", 1, child=hiv, payment="300 艾滋病病毒感染儿童", siblings=False)
    yield Scenario("HIV, mother dead", 1, mother=DEAD, child=hiv, payment="300 艾滋病病毒感染儿童", siblings=False)
    yield Scenario("autism", 1, ages=(2, 12), child={"残疾类别": "孤独症", "残疾等级": "二级"})
    yield Scenario("dibao, mental disability of grade 3", 1, child={"残疾类别": "精神", "残疾等级": "三级"}, **POOR)
    for kind in ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"):
        for grade in ("一级", "二级", "三级", "四级"):
            disability = {"残疾类别": kind, "残疾等级": grade}
            yield Scenario(f"disabled {kind}{grade}", 0.35, ages=(2, 17), income=(0.9, 3.0), child=disability)
    yield Scenario("an ordinary family", 6)


SCENARIOS = (*guardianship_scenarios(), *care_scenarios(), *hardship_scenarios())


# --- one family -----------------------------------------------------------------------------------------------


@dataclass
class Line:
    """One row to be: its county, its facts, those that its scenario is about, and its faults (kind, header)."""

    county: County
    facts: Facts
    essential: frozenset[str] = frozenset()
    faults: list[tuple[str, str]] = field(default_factory=list)


class Families:
    """Builds families, one scenario each."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.registry = Registry(rng)
        self._households: Counter[str] = Counter()

    def family(self, scenario: Scenario, county: County) -> list[Line]:
        """The children of one household, the eldest first."""
        rng = self.rng
        births = self._births(scenario)
        surname = self.registry.surname()
        shared = (
            self._home(scenario, county)
            | self._parent("父亲", surname, scenario.father, births[0], county)
            | self._parent("母亲", None, scenario.mother, births[0], county)
            | self._guardian(scenario, births[0], county)
            | {"养育方式": scenario.care, "资金发放类型": scenario.payment}
            | {"儿童主任": self.registry.name(), "包片领导": self.registry.name()}
        )
        shared |= self._household(scenario, county, len(births) + adults_at_home(scenario, shared))
        subject = rng.randrange(len(births)) if len(births) > 1 else 0
        lines = []
        for number, born in enumerate(births):
            own = scenario.child if number == subject else {}
            facts = shared | self._child(surname, born, shared["户籍地行政区划代码"]) | own
            complete(facts, rng, age_on(born, REFERENCE_DAY))
            facts["已享受救助"] = help_received(facts, county, rng)
            lines.append(Line(county, facts, frozenset(own)))
        return lines

    def _births(self, scenario: Scenario) -> list[dt.date]:
        if scenario.born:
            return [scenario.born]
        count = self.rng.choices((1, 2, 3), (80, 17, 3))[0] if scenario.siblings else 1
        births = sorted(birth_date(self.rng, scenario.ages) for _ in range(count))
        kept = births[:1]
        for born in births[1:]:
            if months_between(kept[-1], born) >= 11:
                kept.append(born)
        return kept

    def _home(self, scenario: Scenario, county: County) -> Facts:
        rng = self.rng
        town, village = rng.choice(TOWNS), rng.choice(VILLAGES)
        address = f"{county.name}{town}{village}{rng.randint(1, 99)}号"
        # The fictitious county has towns and villages of its own; of real ones only the county is named.
        below = f"{TOWNS.index(town) + 1:03d}{VILLAGES.index(village) + 201:03d}" if county.code == "330199" else ""
        here = county.code + below[: rng.choice((0, 3, 6))]
        rural = rng.random() < 0.65 if scenario.rural is None else scenario.rural
        home = {
            "户籍地行政区划代码": here,
            "户籍地址": address,
            "户籍性质": "农业" if rural else "非农业",
            "现居住地行政区划代码": here,
            "现居住地": address,
            "居住起始日期": None,
        }
        if scenario.moved_months is not None:
            origin = rng.choice([c for c in COUNTIES if c.code[:2] != county.code[:2]])
            home["户籍地行政区划代码"] = origin.code
            home["户籍地址"] = f"{origin.name}{rng.choice(TOWNS)}{rng.choice(VILLAGES)}"
            home["居住起始日期"] = add_months(REFERENCE_DAY, -scenario.moved_months)
        return home

    def _child(self, surname: str, born: dt.date, registered: str) -> Facts:
        male = self.rng.random() < 0.53
        county = BY_CODE[registered[:6]]
        return {
            "儿童姓名": self.registry.name(surname),
            "身份证号": self.registry.resident_id(county, born, male),
            "性别": "男" if male else "女",
            "民族": ethnic_group(self.rng, county),
            "出生日期": born,
        }

    def _parent(self, who: str, surname: str | None, story: ParentStory, eldest: dt.date, county: County) -> Facts:
        rng = self.rng
        facts = story(rng, eldest)
        if facts["状况"] not in (None, "不详"):
            born = add_months(eldest, -rng.randint(264, 430)) - dt.timedelta(days=rng.randint(0, 28))
            facts["姓名"] = self.registry.name(surname)
            facts["身份证号"] = self.registry.resident_id(county, born, who == "父亲")
            if facts["状况"] in ("健在", "外出务工"):
                facts["联系电话"] = self.registry.telephone()
            if facts["状况"] not in ("死亡", "宣告死亡"):
                if rng.random() < 0.6 and "残疾类别" not in facts:
                    facts |= {"残疾类别": "无", "残疾等级": "无"}
                facts.setdefault("重病", False if rng.random() < 0.6 else None)
        return {who + name: value for name, value in facts.items()}

    def _guardian(self, scenario: Scenario, eldest: dt.date, county: County) -> Facts:
        rng, relation = self.rng, scenario.guardian
        facts: Facts = {"与儿童关系": relation}
        if relation in ("儿童福利机构", "民政部门", "村(居)委会"):
            return facts | {"监护人电话": self.registry.telephone(), "监护情况评估": "较好"}
        if relation:
            older = {"祖父母": (45, 68), "外祖父母": (45, 68), "兄姐": (3, 9)}.get(relation, (20, 45))
            born = add_months(min(eldest, dt.date(2009, 1, 1)), -12 * rng.randint(*older)) - dt.timedelta(
                days=rng.randint(0, 300)
            )
            facts["监护人姓名"] = self.registry.name()
            facts["监护人出生日期"] = born
            facts["监护人身份证号"] = self.registry.resident_id(county, born, rng.random() < 0.5)
            facts["监护人电话"] = self.registry.telephone()
        return facts | {"监护情况评估": rng.choices(("较好", "一般", "差"), (5, 4, 1))[0]}

    def _household(self, scenario: Scenario, county: County, least: int) -> Facts:
        rng = self.rng
        self._households[county.code] += 1
        if scenario.care in ("机构养育", "家庭寄养"):
            return {"家庭救助类型": "无"}
        size = least + rng.randint(0, 2)
        income = (Decimal(str(rng.uniform(*scenario.income))) * county.dibao).quantize(Decimal(1))
        poor = "低保" in scenario.aid
        return {
            "家庭编号": f"{county.code}-{self._households[county.code]:04d}",
            "家庭人口": size,
            "家庭月人均收入": income,
            "财产符合规定": True if scenario.aid else rng.choice((True, True, None)),
            "家庭救助类型": "、".join(scenario.aid) or "无",
            "单人保": None if scenario.aid == () else False,
            "低保金月额": (county.dibao - income) * size if poor else None,
            "集中供暖": rng.choice((True, False)) if county.code == "330199" else None,
        }


def adults_at_home(scenario: Scenario, facts: Facts) -> int:
    """Parents who count as members of the household, and the relative who cares for the child."""
    stories = {"父亲": scenario.father, "母亲": scenario.mother}
    parents = sum(
        facts[f"{who}状况"] in ("健在", "外出务工") and story is not remarried for who, story in stories.items()
    )
    return parents + (scenario.guardian in ("祖父母", "外祖父母", "兄姐", "其他亲属"))


def ethnic_group(rng: Random, county: County) -> str:
    """Mostly 汉族; in Yanji nearly half 朝鲜族."""
    if county.code == "222401" and rng.random() < 0.45:
        return "朝鲜族"
    return rng.choices(("汉族", "回族", "满族", "畲族"), (92, 3, 3, 2))[0]


def complete(facts: Facts, rng: Random, age: int) -> None:
    """Fill in what follows from age and health, without touching what the scenario said."""
    stage = facts.setdefault("就学情况", school_stage(rng, age))
    facts.setdefault("是否寄宿", stage in ("初中", "普通高中", "中职", "高职", "本科") and rng.random() < 0.35)
    facts.setdefault("连续就读", None)
    kind = facts.setdefault("残疾类别", "无" if rng.random() < 0.8 else None)
    facts.setdefault("残疾等级", "无" if kind == "无" else None)
    has_disability = kind not in ("无", None)
    if has_disability:
        facts["残疾证有效期至"] = random_day(rng, dt.date(2025, 3, 1), dt.date(2033, 12, 31))
    facts.setdefault("重病", False if rng.random() < 0.8 else None)
    facts.setdefault("感染艾滋病病毒", False if rng.random() < 0.1 else None)
    ill = bool(facts["重病"]) or bool(facts["感染艾滋病病毒"])
    facts["身体状况"] = {
        (True, True): "残疾且患病", (True, False): "残疾", (False, True): "患病", (False, False): "健康",
    }[has_disability, ill]  # fmt: skip
    facts.setdefault("是否被收养", False if rng.random() < 0.7 else None)
    facts.setdefault("查找不到生父母", False if rng.random() < 0.7 else None)
    facts.setdefault("遭受侵害情形", "无" if rng.random() < 0.8 else None)
    facts.setdefault("流浪", False if rng.random() < 0.7 else None)
    facts["最近走访日期"] = random_day(rng, dt.date(2024, 9, 1), dt.date(2025, 8, 28))
    if rng.random() < 0.06:
        facts["备注"] = rng.choice(("电话未接通，下次再访", "材料待补", "已与学校联系", "奶奶年事已高"))


def school_stage(rng: Random, age: int) -> str:
    """The stage usual at that age, with a few who are not in school."""
    if age < 3:
        return "未入园"
    if age < 6:
        return rng.choices(("幼儿园", "未入园"), (9, 1))[0]
    if age < 12:
        return "小学"
    if age < 15:
        return "初中"
    if age < 18:
        return rng.choices(("普通高中", "中职", "不在学"), (11, 8, 1))[0]
    return rng.choices(("普通高中", "中职", "高职", "本科"), (4, 2, 2, 2))[0]


def help_received(facts: Facts, county: County, rng: Random) -> str:
    """What such a child would draw, now and then with something left out; titles or codes, amounts in （）."""
    payment = (facts["资金发放类型"] or "")[:3]
    severe = facts["残疾等级"] in ("一级", "二级")
    aid = facts.get("家庭救助类型") or ""
    helps = [
        (payment == "201", "孤儿基本生活费", "cn.orphan_allowance", county.scattered),
        (payment == "202", "孤儿基本生活费", "cn.orphan_allowance", county.institution),
        (payment == "205", "福彩圆梦·孤儿助学", "cn.orphan_study_grant", 10000),
        (payment == "300", "艾滋病病毒感染儿童基本生活费", None, county.scattered),
        (payment == "120", "事实无人抚养儿童基本生活补贴", "cn.unattended_allowance", county.scattered),
        (payment == "121", "事实无人抚养儿童基本生活补贴", "cn.unattended_allowance", county.institution),
        ("低保" in aid.split("、"), "低保金", "cn.dibao_benefit", facts.get("低保金月额")),
        ("特困" in aid, "特困人员供养", "cn.tekun_support", county.dibao * 13 // 10),
        ("低保" in aid.split("、") and severe, "困难残疾人生活补贴", "cn.disability_living_subsidy", 100),
        (severe, "重度残疾人护理补贴", "cn.disability_care_subsidy", 120),
        (facts["身体状况"] != "健康" and rng.random() < 0.3, "医疗救助", "cn.medical_aid", None),
        (facts["残疾类别"] in ("孤独症", "听力") and rng.random() < 0.6, "康复救助", "cn.rehabilitation", None),
    ]
    drawn = []
    for due, title, code, amount in helps:
        if due and rng.random() > 0.1:
            name = code if code and rng.random() < 0.1 else title
            drawn.append(f"{name}（{amount}）" if amount else name)
    return "、".join(drawn) or "无"


# --- the children of a ledger ---------------------------------------------------------------------------------


def make_lines(rng: Random, children: int) -> list[Line]:
    """Exactly ``children`` rows, county by county; every scenario occurs first, then by weight."""
    families = Families(rng)
    first = list(SCENARIOS)
    rng.shuffle(first)
    weights = [scenario.weight for scenario in SCENARIOS]
    lines: list[Line] = []
    for county, count in quotas(children):
        of_county: list[Line] = []
        while len(of_county) < count:
            scenario = first.pop() if first else rng.choices(SCENARIOS, weights)[0]
            of_county += families.family(scenario, county)
        lines += of_county[:count]
    return lines


def quotas(children: int) -> list[tuple[County, int]]:
    """How many children each county gets; they add up."""
    marks, total = [0], 0.0
    for county in COUNTIES:
        total += county.share
        marks.append(round(children * total))
    marks[-1] = children
    return [(county, marks[n + 1] - marks[n]) for n, county in enumerate(COUNTIES)]


#: Headers that are never lost, and how often the others are.
KEPT = {"儿童姓名", "与儿童关系", "户籍地行政区划代码", "家庭编号", "资金发放类型"}
LOST_SHARE = 0.06


def forget(line: Line, rng: Random, *, words: bool) -> None:
    """Blank a realistic share of the facts; ``words`` lets some read 不详 or 待核实 instead."""
    facts = line.facts
    for header, value in facts.items():
        if header in KEPT | line.essential or rng.random() >= (LOST_SHARE if value is not None else 0.01):
            continue
        facts[header] = rng.choice(UNKNOWN) if words and rng.random() < 0.4 else None


# --- deliberate faults ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """A mistake put into the ledger on purpose: its kind, and the sheet, the row (from 1) and the header."""

    kind: str
    sheet: str
    row: int
    header: str


@dataclass(frozen=True)
class Raw:
    """A cell to be written exactly so."""

    cell: str | float


Spoil = Callable[[Facts, Random], str | None]
"""Spoils one row and names the standard header; None where the row does not lend itself to it."""


def _has_id(facts: Facts) -> bool:
    number = facts["身份证号"]
    return isinstance(number, str) and len(number) == 18


def float_id(facts: Facts, rng: Random) -> str | None:
    """Excel took the ID for a number and lost its last digits."""
    if not _has_id(facts) or facts["身份证号"].endswith("X"):
        return None
    facts["身份证号"] = Raw(float(facts["身份证号"][:15] + "000"))
    return "身份证号"


def wrong_check_digit(facts: Facts, rng: Random) -> str | None:
    """The last digit is another one."""
    if not _has_id(facts):
        return None
    *first, last = facts["身份证号"]
    facts["身份证号"] = Raw("".join(first) + rng.choice([d for d in "0123456789X" if d != last]))
    return "身份证号"


def short_id(facts: Facts, rng: Random) -> str | None:
    """A digit is missing."""
    if not _has_id(facts):
        return None
    facts["身份证号"] = Raw(facts["身份证号"][:13] + facts["身份证号"][14:])
    return "身份证号"


def birth_date_conflict(facts: Facts, rng: Random) -> str | None:
    """The birth date is a year off the ID's."""
    if not _has_id(facts) or not isinstance(facts["出生日期"], dt.date):
        return None
    facts["出生日期"] = Raw(add_months(facts["出生日期"], -12).isoformat())
    return "出生日期"


def sex_conflict(facts: Facts, rng: Random) -> str | None:
    """The sex is not the ID's."""
    if not _has_id(facts) or facts["性别"] not in ("男", "女"):
        return None
    facts["性别"] = Raw("女" if facts["性别"] == "男" else "男")
    return "性别"


def unknown_code(facts: Facts, rng: Random) -> str | None:
    """A value that no list holds."""
    header, value = rng.choice((("就学情况", "私塾"), ("养育方式", "邻居代管"), ("父亲状况", "离家出走")))
    facts[header] = Raw(value)
    return header


def misspelt_code(facts: Facts, rng: Random) -> str | None:
    """A value with one wrong character."""
    facts["就学情况"] = Raw("小学校")
    return "就学情况"


def future_date(facts: Facts, rng: Random) -> str | None:
    """Something that is said to have happened lies far ahead: two digits changed places."""
    if facts.get("父亲状况起始日期"):
        facts["父亲状况起始日期"] = Raw("2052-03-18")
        return "父亲状况起始日期"
    facts["居住起始日期"] = Raw("2052年6月3日")
    return "居住起始日期"


def impossible_date(facts: Facts, rng: Random) -> str | None:
    """A day that is not in the calendar."""
    facts["居住起始日期"] = Raw("2023-02-30")
    return "居住起始日期"


def end_before_start(facts: Facts, rng: Random) -> str | None:
    """A term that ends before it begins."""
    since = facts.get("父亲状况起始日期")
    if not isinstance(since, dt.date) or not isinstance(facts.get("父亲状况截止日期"), dt.date):
        return None
    facts["父亲状况起始日期"] = Raw(since.isoformat())
    facts["父亲状况截止日期"] = Raw(add_months(since, -14).isoformat())
    return "父亲状况截止日期"


def disability_contradiction(facts: Facts, rng: Random) -> str | None:
    """No disability, of grade 2."""
    facts["残疾类别"], facts["残疾等级"] = Raw("无"), Raw("二级")
    return "残疾等级"


def unreadable_number(facts: Facts, rng: Random) -> str | None:
    """A household size in words."""
    facts["家庭人口"] = Raw("若干")
    return "家庭人口"


#: Each kind of fault and how often it occurs in 500 rows.
FAULTS: tuple[tuple[Spoil, int], ...] = (
    (float_id, 3),
    (wrong_check_digit, 3),
    (short_id, 1),
    (birth_date_conflict, 2),
    (sex_conflict, 1),
    (unknown_code, 3),
    (misspelt_code, 1),
    (future_date, 2),
    (impossible_date, 1),
    (end_before_start, 1),
    (disability_contradiction, 1),
    (unreadable_number, 1),
)


#: These need a column that other sheets leave out or write in another way.
FIRST_SHEET_ONLY = {impossible_date, end_before_start, disability_contradiction}


def spoil(lines: list[Line], rng: Random, children: int) -> None:
    """Put the faults in, at most one a row, and duplicates: by turns on the child's sheet and on another."""
    waiting = rng.sample(lines, len(lines))
    for fault, often in FAULTS:
        wanted = max(1, often * children // 500)
        for line in list(waiting):
            if not wanted:
                break
            if fault in FIRST_SHEET_ONLY and line.county.code != "330199":
                continue
            header = fault(line.facts, rng)
            if header:
                line.faults.append((fault.__name__, header))
                waiting.remove(line)
                wanted -= 1
    whole = [line for line in waiting if _has_id(line.facts)]
    for number, line in enumerate(whole[: max(1, children // 250)]):
        again = duplicate(line, number % 2 == 1, rng)
        neighbours = [place for place, other in enumerate(lines) if other.county is again.county]
        lines.insert(rng.choice(neighbours or [0]), again)


def duplicate(line: Line, elsewhere: bool, rng: Random) -> Line:
    """The same child again, visited on another day, here or in a county of another sheet."""
    county = line.county
    if elsewhere:
        county = BY_CODE["370829" if county.code != "370829" else "330199"]
    facts = dict(line.facts) | {"最近走访日期": random_day(rng, dt.date(2025, 1, 1), dt.date(2025, 8, 28))}
    return Line(county, facts, faults=[("duplicate_child", "身份证号")])


# --- handwriting: how a fact becomes a cell ---------------------------------------------------------------------

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
GRADE_DIGITS = {"一级": "1", "二级": "2", "三级": "3", "四级": "4"}


def date_iso(day: dt.date) -> str:
    """2012-03-05."""
    return day.isoformat()


def date_slash(day: dt.date) -> str:
    """2012/3/5."""
    return f"{day.year}/{day.month}/{day.day}"


def date_compact(day: dt.date) -> str:
    """20120305."""
    return f"{day:%Y%m%d}"


def date_number(day: dt.date) -> int:
    """20120305 as a number."""
    return int(f"{day:%Y%m%d}")


def date_chinese(day: dt.date) -> str:
    """2012年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_month(day: dt.date) -> str:
    """2012.3, to the month only."""
    return f"{day.year}.{day.month}"


def date_full_width(day: dt.date) -> str:
    """２０１２-０３-０５."""
    return day.isoformat().translate(FULL_WIDTH)


def date_excel(day: dt.date) -> dt.date:
    """A date as Excel knows it."""
    return day


DATE_FORMS = (
    date_iso, date_slash, date_compact, date_number, date_chinese, date_month, date_full_width, date_excel,
)  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """How one office writes: weights of ``DATE_FORMS``, its ticks, and how often it strays."""

    dates: tuple[int, ...]
    ticks: tuple[tuple[str | int, str | int], ...]
    strays: float
    town: tuple[str, str] = ("农业", "非农业")
    combines: float = 0.0

    def cell(self, header: str, value: Any, rng: Random) -> Any:
        """The cell for one fact."""
        if isinstance(value, Raw):
            return value.cell
        if value is None or value in UNKNOWN:
            return value
        if isinstance(value, bool):
            yes, no = rng.choice(self.ticks)
            return yes if value else no
        if isinstance(value, dt.date):
            return rng.choices(DATE_FORMS, self.dates)[0](value)
        if isinstance(value, int | Decimal):
            return self._number(value, rng)
        return self._text(header, value, rng)

    def _number(self, value: int | Decimal, rng: Random) -> Any:
        if rng.random() >= self.strays * 3:
            return value
        return rng.choice((str(value), str(value).translate(FULL_WIDTH), f"{value}　"))

    def _text(self, header: str, value: str, rng: Random) -> Any:
        if header == "户籍性质":
            return dict(zip(("农业", "非农业"), self.town, strict=True)).get(value, value)
        if rng.random() >= self.strays:
            return value
        if header.endswith("残疾等级"):
            digit = GRADE_DIGITS.get(value, value)
            return int(digit) if digit.isdigit() and rng.random() < 0.5 else digit.translate(FULL_WIDTH)
        if header.endswith("身份证号"):
            return rng.choice((value.translate(FULL_WIDTH), f" {value}", value.lower()))
        if header.endswith("代码"):
            return int(value)
        return value + "　"

    def combined(self, facts: Facts, rng: Random) -> Facts:
        """The facts with kind and grade of a disability in one cell, where this office does so."""
        if not self.combines:
            return facts
        facts = dict(facts)
        for who in ("", "父亲", "母亲"):
            kind, grade = facts.get(f"{who}残疾类别"), facts.get(f"{who}残疾等级")
            if kind in (None, "无", "孤独症", *UNKNOWN) or grade not in GRADE_DIGITS or rng.random() >= self.combines:
                continue
            written = rng.choice((f"{kind}{grade}", f"{kind} {GRADE_DIGITS[grade]}级", f"{kind}　{grade}"))
            facts[f"{who}残疾类别"], facts[f"{who}残疾等级"] = Raw(written), None
        return facts


TIDY = Hand((1, 0, 0, 0, 0, 0, 0, 0), (("是", "否"),), 0)


# --- sheets ---------------------------------------------------------------------------------------------------

PARENT_HEADERS = (
    "姓名", "身份证号", "联系电话", "状况", "状况起始日期", "状况截止日期", "刑期月数", "是否履行抚养义务",
    "残疾类别", "残疾等级", "重病", "监护能力",
)  # fmt: skip
CHILD_HEADERS = (
    "序号", "儿童姓名", "身份证号", "性别", "民族", "出生日期", "户籍地行政区划代码", "户籍地址", "户籍性质",
    "现居住地行政区划代码", "现居住地", "居住起始日期", "身体状况", "残疾类别", "残疾等级", "残疾证有效期至", "重病",
    "感染艾滋病病毒", "就学情况", "是否寄宿", "连续就读", "养育方式", "是否被收养", "查找不到生父母",
)  # fmt: skip
GUARDIAN_HEADERS = (
    "监护人姓名", "监护人身份证号", "监护人电话", "与儿童关系", "监护人出生日期", "监护情况评估", "受托人不宜情形",
)  # fmt: skip
HOUSEHOLD_HEADERS = (
    "家庭编号", "家庭人口", "家庭月人均收入", "财产符合规定", "家庭救助类型", "单人保", "低保金月额",
)  # fmt: skip
OTHER_HEADERS = (
    "已享受救助", "资金发放类型", "遭受侵害情形", "流浪", "儿童主任", "最近走访日期", "备注",
)  # fmt: skip
GROUPS = (
    ("儿童基本情况", CHILD_HEADERS),
    ("父亲情况登记", tuple("父亲" + name for name in PARENT_HEADERS)),
    ("母亲情况登记", tuple("母亲" + name for name in PARENT_HEADERS)),
    ("监护情况登记", GUARDIAN_HEADERS),
    ("家庭情况登记", HOUSEHOLD_HEADERS),
    ("救助与走访登记", OTHER_HEADERS),
)
HEADERS = tuple(header for _, headers in GROUPS for header in headers)


@dataclass(frozen=True)
class Sheet:
    """One office's form: its counties, its title rows, its spellings, what it leaves out and adds."""

    name: str
    counties: tuple[str, ...]
    hand: Hand
    titles: tuple[str, ...] = ()
    grouped: bool = False
    spellings: dict[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    added: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """The standard headers of the columns, in order, then what was added."""
        return tuple(h for h in HEADERS if h not in self.left_out) + self.added

    def tidy(self) -> "Sheet":
        """The same counties on the standard form."""
        return Sheet(self.name, self.counties, TIDY, added=tuple(h for h in self.added if h == "集中供暖"))


SHEETS = (
    Sheet(
        "示例县",
        ("330199",),
        Hand((50, 8, 4, 2, 8, 4, 2, 22), (("是", "否"),) * 8 + (("√", "×"), ("1", "0")), 0.02, combines=0.15),
        titles=(f"示例县困境儿童台账（{SYNTHETIC}）", "填报单位：示例县（虚构）　　填报日期：2025年9月1日"),
        added=("集中供暖",),
    ),
    Sheet(
        "西湖 南关 延吉",
        ("330106", "220102", "222401"),
        Hand((6, 40, 12, 8, 10, 4, 0, 20), (("√", "×"), ("√", "×"), ("✓", "×"), (1, 0)), 0.03, combines=0.3),
        titles=(f"困境儿童和留守儿童基本信息采集表（{SYNTHETIC}）",),
        spellings={
            "儿童姓名": "姓名", "身份证号": "公民身份号码", "户籍地行政区划代码": "户籍所在地代码",
            "户籍地址": "户籍所在地", "户籍性质": "户口性质", "现居住地行政区划代码": "居住地代码",
            "现居住地": "现住址", "身体状况": "健康状况", "残疾类别": "残疾类型", "重病": "患病类型",
            "就学情况": "就学状况", "是否寄宿": "是否学校寄宿", "养育方式": "安置方式", "父亲状况": "父亲情况",
            "母亲状况": "母亲情况", "监护人姓名": "实际监护人", "与儿童关系": "与被监护人关系",
            "监护情况评估": "监护情况", "家庭编号": "户编号", "家庭人口": "共同生活家庭成员数",
            "家庭月人均收入": "人均月收入", "家庭救助类型": "低保/特困情况", "已享受救助": "救助帮扶情况",
            # Misspelt on purpose: the nearest name is 最近走访日期.
            "最近走访日期": "最近走防日期",
        },
        left_out=frozenset({"单人保"}),
    ),
    Sheet(
        "嘉祥 荔湾",
        ("370829", "440103"),
        Hand((4, 6, 10, 4, 30, 30, 4, 12), (("有", "无"), ("是", "否"), ("1", "0"), ("√", "×")), 0.03,
             town=("农村", "城镇"), combines=1.0),
        titles=(f"困境儿童信息登记表（{SYNTHETIC}）", "填报单位：（示例）　　单位：人、元"),
        grouped=True,
        spellings={
            "身份证号": "公民身份证号码", "性别": "性　别", "出生日期": "出生年月", "户籍性质": "城市/农村人口",
            "现居住地": "实际居住地", "身体状况": "身体情况", "残疾类别": "残疾类型", "重病": "重大疾病",
            "就学情况": "学段", "养育方式": "照料方式", "父亲状况截止日期": "父亲刑满释放日期",
            "母亲状况截止日期": "母亲刑满释放日期", "监护人姓名": "委托照护人", "监护情况评估": "监护类型",
            "家庭救助类型": "享受救助", "最近走访日期": "走访日期",
        },
        left_out=frozenset({"残疾等级", "单人保", "感染艾滋病病毒"}),
        added=("包片领导",),
    ),
)  # fmt: skip


class Writer:
    """Writes sheets into one workbook and remembers where the faults came to lie."""

    def __init__(self, book: xlsxwriter.Workbook, rng: Random) -> None:
        self.book = book
        self.rng = rng
        self.faults: list[Fault] = []
        self._title = book.add_format({"bold": True, "align": "center", "font_size": 14})
        self._head = book.add_format({"bold": True, "align": "center", "text_wrap": True, "border": 1})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})

    def write(self, form: Sheet, lines: Sequence[Line], *, total: bool) -> None:
        """One sheet: titles, headers, one row a child, and the total at the foot."""
        page = self.book.add_worksheet(form.name)
        row = self._heading(page, form)
        for number, line in enumerate(lines, 1):
            self._faults_of(line, form, row)
            facts = form.hand.combined(line.facts, self.rng) | {"序号": number}
            for column, header in enumerate(form.headers):
                self._cell(page, row, column, form.hand.cell(header, facts.get(header), self.rng))
            row += 1
        if total:
            self._total(page, form, lines, row)

    def _heading(self, page: Any, form: Sheet) -> int:
        """Write what stands above the children; the first row below it."""
        last = len(form.headers) - 1
        for row, title in enumerate(form.titles):
            page.merge_range(row, 0, row, last, title, self._title)
        row = len(form.titles)
        if form.grouped:
            self._groups(page, form, row)
            row += 1
        for column, header in enumerate(form.headers):
            page.write_string(row, column, form.spellings.get(header, header), self._head)
        page.set_column(0, last, 14)
        page.freeze_panes(row + 1, 2)
        return row + 1

    def _groups(self, page: Any, form: Sheet, row: int) -> None:
        names = {header: group for group, headers in GROUPS for header in headers}
        column = 0
        for group, members in groupby(form.headers, lambda header: names.get(header, "其他")):
            width = len(list(members))
            if width > 1:
                page.merge_range(row, column, row, column + width - 1, group, self._head)
            else:
                page.write_string(row, column, group, self._head)
            column += width

    def _faults_of(self, line: Line, form: Sheet, row: int) -> None:
        for kind, header in line.faults:
            self.faults.append(Fault(kind, form.name, row + 1, form.spellings.get(header, header)))

    def _total(self, page: Any, form: Sheet, lines: Sequence[Line], row: int) -> None:
        page.write_string(row, 0, "合计")
        page.write_string(row, 1, f"{len(lines)}人")
        drawn = sum(
            line.facts["低保金月额"] for line in lines if isinstance(line.facts.get("低保金月额"), int | Decimal)
        )
        page.write_number(row, form.headers.index("低保金月额"), float(drawn))

    def _cell(self, page: Any, row: int, column: int, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, str):
            page.write_string(row, column, value)
        elif isinstance(value, dt.date):
            page.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), self._day)
        else:
            page.write_number(row, column, float(value))


def make_ledger(path: str | Path, *, children: int = 500, seed: int = 2025, mess: bool = True) -> list[Fault]:
    """Write a synthetic ledger.

    Args:
        path: the .xlsx file to write.
        children: how many children, over all sheets. With ``mess`` the duplicates (2 in 500) are rows more.
        seed: the same seed gives the same file, byte for byte.
        mess: write as real forms are written. Without it every sheet has the standard headers in its first row,
            ISO dates, 是 and 否, and no faults; blanks there are too.

    Returns:
        The faults put in on purpose, in the order of sheets and rows.
    """
    rng = Random(seed)
    lines = make_lines(rng, children)
    for line in lines:
        forget(line, rng, words=mess)
    if mess:
        spoil(lines, rng, children)
    book = xlsxwriter.Workbook(str(path))
    book.set_properties(
        {"title": "Synthetic ledger of kinderguard", "comments": SYNTHETIC, "created": dt.datetime(2025, 9, 1)}
    )
    writer = Writer(book, rng)
    for form in SHEETS:
        of_sheet = [line for line in lines if line.county.code in form.counties]
        writer.write(form if mess else form.tidy(), of_sheet, total=mess)
    book.close()
    return writer.faults


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write a synthetic ledger; nobody in it exists.")
    parser.add_argument("path", nargs="?", type=Path, default=Path(__file__).with_name("ledger.xlsx"))
    parser.add_argument("--children", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--no-mess", dest="mess", action="store_false", help="standard headers, no faults")
    asked = parser.parse_args()
    faults = make_ledger(asked.path, children=asked.children, seed=asked.seed, mess=asked.mess)
    print(f"{asked.path}: {asked.children} synthetic children, {len(faults)} deliberate faults")
    for fault in faults:
        print(f"  {fault.sheet} row {fault.row}: {fault.kind} ({fault.header})")


if __name__ == "__main__":
    main()

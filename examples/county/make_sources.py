"""EVERYTHING MADE HERE IS SYNTHETIC: no child, no parent, no household and no organisation in these files exists.

Writes what the walk in ``README.md`` starts from, into a folder: the lists of four departments of the fictitious county
330199 about the same children, each with its own columns and its own mistakes; a count of children by township; and the
offers of help of invented organisations. The same seed gives the same files.

Families, names, resident IDs and amounts are those of ``examples/make_ledger.py``, which says why nobody is meant by them.

    python examples/county/make_sources.py FOLDER [--children N] [--seed S]
"""

import argparse
import csv
import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

sys.path.insert(0, str(Path(__file__).parents[1]))
import make_ledger as ledger

COUNTY = ledger.BY_CODE["330199"]
Facts = ledger.Facts
#: Characters that sound alike, or are easily taken for one another.
ALIKE = dict(
    zip("安博晨丹佳可岚梦宁书航子明文远知星禾清川平", "桉搏辰单嘉珂兰孟咛舒杭梓铭雯媛之馨和青穿萍", strict=True)
)

# --- the lists: the department's header, and the standard header that says what is in it -------------------------------

_PARENT = (
    "姓名",
    "状况",
    "状况起始日期",
    "状况截止日期",
    "刑期月数",
    "是否履行抚养义务",
    "残疾类别",
    "残疾等级",
    "重病",
    "监护能力",
)
CIVIL_AFFAIRS = {
    "儿童编号": "序号",
    **{h: h for h in ("儿童姓名", "身份证号", "性别", "出生日期", "户籍地行政区划代码", "户籍性质", "现居住地行政区划代码")},
    "家庭住址": "现居住地",
    **{h: h for h in ("居住起始日期", "身体状况", "残疾类别", "残疾等级", "重病", "感染艾滋病病毒", "就学情况", "是否寄宿")},
    **{h: h for h in ("连续就读", "养育方式", "是否被收养", "查找不到生父母")},
    **{who + h: who + h for who in ("父亲", "母亲") for h in _PARENT},
    **{h: h for h in ("监护人姓名", "监护人身份证号", "监护人电话", "与儿童关系", "监护人出生日期", "监护情况评估", "受托人不宜情形")},
    **{h: h for h in ("家庭编号", "家庭人口", "家庭月人均收入", "财产符合规定")},
    "保障类型": "家庭救助类型",
    "单人保": "单人保",
    "低保金额": "低保金月额",
    **{h: h for h in ("已享受救助", "资金发放类型", "遭受侵害情形", "流浪", "儿童主任", "最近走访日期")},
}  # fmt: skip
EDUCATION = {
    "学生姓名": "儿童姓名", "身份证件号": "身份证号", "学生性别": "性别", "出生日期": "出生日期", "就读学段": "就学情况",
    "是否住校": "是否寄宿", "居住地代码": "现居住地行政区划代码", "家庭住址": "现居住地", "家长姓名": "监护人姓名",
    "家长电话": "监护人电话", "与学生关系": "与儿童关系",
}  # fmt: skip
PUBLIC_SECURITY = {
    "姓名": "儿童姓名", "公民身份号码": "身份证号", "性别": "性别", "民族": "民族", "出生日期": "出生日期",
    "户籍地区划": "户籍地行政区划代码", "住址": "户籍地址", "户口类别": "户籍性质",
    "父亲姓名": "父亲姓名", "父亲公民身份证号码": "父亲身份证号", "父亲状况": "父亲状况", "父亲状况起始日期": "父亲状况起始日期",
    "父亲状况截止日期": "父亲状况截止日期", "父亲刑期月数": "父亲刑期月数",
    "母亲姓名": "母亲姓名", "母亲公民身份证号码": "母亲身份证号", "母亲状况": "母亲状况", "母亲状况起始日期": "母亲状况起始日期",
    "母亲状况截止日期": "母亲状况截止日期", "母亲刑期月数": "母亲刑期月数",
}  # fmt: skip
DISABLED_FEDERATION = {
    "残疾人姓名": "儿童姓名", "身份证号": "身份证号", "性别": "性别", "出生日期": "出生日期", "残疾类别": "残疾类别",
    "残疾级别": "残疾等级", "证件有效期": "残疾证有效期至", "户籍地行政区划代码": "户籍地行政区划代码", "住址": "户籍地址",
    "监护人联系电话": "监护人电话",
}  # fmt: skip

Belongs = Callable[[Facts], bool]


def in_difficulty(facts: Facts) -> bool:
    """Whether the county's civil affairs would keep the child in its ledger: roughly, and not by the rules."""
    parents = {facts.get("父亲状况"), facts.get("母亲状况")}
    return (
        bool(parents - {"健在", None, "不详"})
        or facts.get("家庭救助类型") not in (None, "无")
        or facts.get("身体状况") != "健康"
        or facts.get("养育方式") != "父母抚养"
        or facts.get("遭受侵害情形") not in (None, "无")
    )


def is_pupil(facts: Facts) -> bool:
    """Whether the child goes to a school that education keeps a list of."""
    return facts.get("就学情况") in ("小学", "初中", "普通高中", "中职")


def is_registered(facts: Facts) -> bool:
    """Whether the child is registered in the county."""
    return str(facts["户籍地行政区划代码"]).startswith(COUNTY.code)


def is_disabled(facts: Facts) -> bool:
    """Whether the child has a certificate of disability."""
    return facts.get("残疾类别") not in (None, "无")


#: File, headers, who belongs in the list, how many of them stand in it, and the share of rows without an ID.
LISTS: tuple[tuple[str, dict[str, str], Belongs, float, float], ...] = (
    ("civil_affairs.xlsx", CIVIL_AFFAIRS, in_difficulty, 0.93, 0.04),
    ("education.csv", EDUCATION, is_pupil, 0.94, 0.05),
    ("public_security.xlsx", PUBLIC_SECURITY, is_registered, 0.97, 0.0),
    ("disabled_federation.csv", DISABLED_FEDERATION, is_disabled, 0.9, 0.04),
)


# --- the children, and how a list has them ------------------------------------------------------------------------


def children(rng: Random, count: int) -> list[Facts]:
    """Families of the county until there are so many children."""
    families = ledger.Families(rng)
    scenarios = [s for s in ledger.SCENARIOS if s.ages[1] < 18 or s.born is None]
    weights = [s.weight * (3 if s.title == "an ordinary family" else 1) for s in scenarios]
    found: list[Facts] = []
    while len(found) < count:
        for line in families.family(rng.choices(scenarios, weights)[0], COUNTY):
            facts = line.facts
            # Visits of the last weeks, so that a month's work is in sight; one in ten was forgotten.
            facts["户籍地行政区划代码"] = to_township(facts["户籍地行政区划代码"], facts["户籍地址"])
            facts["现居住地行政区划代码"] = to_township(facts["现居住地行政区划代码"], facts["现居住地"])
            days = rng.randint(35, 200) if rng.random() < 0.1 else rng.randint(1, 33)
            facts["最近走访日期"] = ledger.REFERENCE_DAY - dt.timedelta(days=days)
            found.append(facts)
    return found[:count]


def to_township(division: str, address: str) -> str:
    """A division of the county to the township at least, as its lists have it."""
    town = next((n for n, name in enumerate(ledger.TOWNS, 1) if name in address), None)
    return f"{division}{town:03d}" if division == COUNTY.code and town else division


def rows(rng: Random, everybody: Sequence[Facts], belongs: Belongs, share: float, without_id: float) -> Iterator[Facts]:
    """The children of a list, as the department has written them down; now and then twice."""
    for facts in everybody:
        if belongs(facts) and rng.random() < share:
            yield written(dict(facts), rng, without_id)
            if rng.random() < 0.02:  # entered again by somebody else, who was told another income
                again = dict(facts)
                if isinstance(again.get("家庭月人均收入"), Decimal):
                    again["家庭月人均收入"] += 60
                yield written(again, rng, without_id)


def written(facts: Facts, rng: Random, without_id: float) -> Facts:
    """One child as somebody wrote it down: blanks, a name that sounds alike, another grade, older news of a parent."""
    if rng.random() < without_id:
        facts["身份证号"] = None
    name = facts["儿童姓名"]
    if rng.random() < 0.04:
        facts["儿童姓名"] = name[0] + "".join(ALIKE.get(c, c) for c in name[1:])
    if is_disabled(facts) and rng.random() < 0.1:
        facts["残疾等级"] = rng.choice([g for g in ("一级", "二级", "三级", "四级") if g != facts["残疾等级"]])
    for who in ("父亲", "母亲"):
        if facts.get(f"{who}状况") == "失联" and rng.random() < 0.2:
            facts[f"{who}状况"] = "外出务工"
        if rng.random() < 0.03:
            facts[f"{who}状况"] = facts[f"{who}状况起始日期"] = facts[f"{who}状况截止日期"] = None
    for header, value in facts.items():
        if header not in ("儿童姓名", "身份证号", "户籍地行政区划代码") and value is not None and rng.random() < 0.03:
            facts[header] = None
    return facts


def cell(value: Any) -> str | int:
    """A fact as these lists write it."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case dt.date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == int(value) else str(value)
    return value  # type: ignore[no-any-return]


# --- files ------------------------------------------------------------------------------------------------------


def write_workbook(path: Path, title: str, heads: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    """A workbook as offices keep them: a title above the heads, and who keeps it below."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    book.set_properties({"comments": ledger.SYNTHETIC, "created": dt.datetime(2025, 9, 1)})
    sheet = book.add_worksheet("名单")
    sheet.write(0, 0, f"{COUNTY.name}{title}（{ledger.SYNTHETIC}）")
    for number, line in enumerate([heads, *lines], 1):
        sheet.write_row(number, 0, line)
    book.close()


def write_csv(path: Path, heads: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    """A CSV file as Excel saves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heads, *lines])


TITLES = {"civil_affairs.xlsx": "困境儿童台账", "public_security.xlsx": "户籍未成年人名单"}

OFFERS = """\
# SYNTHETIC: none of these organisations exists. Who barred a person, and on what ground, is recorded by whoever checked.
# 合成数据：机构均属虚构。
{offers}"""

_OFFER = """
[[offers]]
code = "{code}"
organisation = "{organisation}"
provider = "{provider}"
services = [{services}]
capacity = {capacity}
area = [{area}]
qualifications = [{qualifications}]
languages = ["cmn"]
people = [{people}]
"""
CHECKED = '{ ref = "1", unfit_grounds = [], barred_by = [] }'
NOT_CHECKED = '{ ref = "1" }'
#: Code, organisation, kind, services, capacity, townships, qualifications, people.
HELP = (
    ("psychology", "330199.sunshine", "organisation", "psychological_support", 30, "330199", "psychologist social_worker", CHECKED),
    ("company", "330199.volunteers", "volunteers", "company guardian_visit", 40, "330199001 330199002", "trained_volunteer", CHECKED),
    ("tutoring", "330199.volunteers", "volunteers", "schooling_support", 25, "330199001 330199002 330199003", "teacher", CHECKED),
    ("rehabilitation", "330199.centre", "public_body", "rehabilitation medical_support", 20, "330199", "rehabilitation_therapist", CHECKED),
    ("supplies", "330199.factory", "enterprise", "supplies", 60, "330199", "", ""),
    ("aid_desk", "330199.station", "station", "aid_application family_guidance", 80, "330199", "family_education_guide social_worker", CHECKED),
    ("lawyers", "330199.legal_aid", "public_body", "legal_help", 10, "330199", "lawyer", CHECKED),
    ("summer_camp", "330199.newcomers", "organisation", "company schooling_support", 50, "330199", "trained_volunteer", NOT_CHECKED),
)  # fmt: skip


def offers() -> str:
    """The offers of help, as TOML."""

    def listed(text: str) -> str:
        return ", ".join(f'"{word}"' for word in text.split())

    return OFFERS.format(
        offers="".join(
            _OFFER.format(
                code=code, organisation=organisation, provider=provider, services=listed(services), capacity=capacity,
                area=listed(area), qualifications=listed(skills), people=people,
            )
            for code, organisation, provider, services, capacity, area, skills, people in HELP
        )
    )  # fmt: skip


def make_sources(folder: str | Path, *, count: int = 240, seed: int = 2025) -> dict[str, int]:
    """Write everything that the walk starts from.

    Args:
        folder: where to; made where it is not there.
        count: how many children there are.
        seed: the same seed gives the same files.

    Returns:
        By file, how many rows it has.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    everybody = children(Random(seed), count)
    made = {}
    for name, columns, belongs, share, without_id in LISTS:
        rng = Random(f"{seed} {name}")
        listed = list(rows(rng, everybody, belongs, share, without_id))
        rng.shuffle(listed)
        for number, facts in enumerate(listed, 1):
            facts["序号"] = number
        lines = [[cell(facts.get(standard)) for standard in columns.values()] for facts in listed]
        path = folder / name
        if path.suffix == ".xlsx":
            write_workbook(path, TITLES[name], list(columns), lines)
        else:
            write_csv(path, list(columns), lines)
        made[name] = len(listed)
    towns = Counter(str(f["户籍地行政区划代码"])[:9] for f in everybody if is_registered(f))
    counts = [(town, number) for town, number in sorted(towns.items()) if len(town) == 9]
    write_csv(folder / "reference.csv", ["区划代码", "未成年人数"], counts)
    (folder / "offers.toml").write_text(offers(), "utf-8")
    return made | {"reference.csv": len(counts), "offers.toml": len(HELP)}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Write four synthetic lists of one fictitious county; nobody in them exists."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--children", type=int, default=240)
    parser.add_argument("--seed", type=int, default=2025)
    given = parser.parse_args()
    for name, number in make_sources(given.folder, count=given.children, seed=given.seed).items():
        print(f"{name}: {number}")


if __name__ == "__main__":
    main()

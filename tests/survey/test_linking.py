"""Linking: what two rows agree in, the hard cases (twins, siblings, namesakes, wrong IDs), and what is never done."""

import logging
import os
import random
import subprocess
import sys
from collections import Counter
from itertools import combinations

import pytest

from kinderguard import Case
from kinderguard.analysis import plant
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.resident_id import check_digit
from kinderguard.survey.linking import (
    Band,
    LinkDecisionError,
    LinkMemoryError,
    Links,
    LinkSettings,
    PairDecision,
    RepeatedRowError,
    RowKey,
    link,
)
from kinderguard.survey.linking.linking import columns_of
from kinderguard.survey.linking.scoring import Scorer

VILLAGE = "330199101203"
MING = {
    "child.name": "王小明", "child.birth_date": "2015-03-05", "child.sex": "male", "father.name": "王建国",
    "mother.name": "李秀英", "child.registration.division": VILLAGE,
}  # fmt: skip


def resident_id(day: str, order: int) -> str:
    first17 = f"330190{day}{order:03d}"
    return first17 + check_digit(first17)


def linked(**lists: list[dict]) -> Links:
    """Link lists of facts; the rows of list ``a`` are a/1/1, a/1/2 and so on."""
    rows = [
        (RowKey(code, "1", number), Case.from_facts(facts))
        for code, some in lists.items()
        for number, facts in enumerate(some, 1)
    ]
    return link(rows)


def row(name: str) -> RowKey:
    code, number = name[0], int(name[1:])
    return RowKey(code, "1", number)


def groups(links: Links, *decisions: PairDecision) -> set[frozenset[str]]:
    return {frozenset(f"{r.source}{r.row}" for r in group) for group in links.groups(decisions)}


def sets(*some: str) -> set[frozenset[str]]:
    return {frozenset(one.split()) for one in some}


# ---- what two rows agree in --------------------------------------------------------------------------------------

NAMES = [
    ("王小明", "王小明", "same"),
    ("王小明", "王 小明", "same"),
    ("阿依·古丽", "阿依•古丽", "same"),
    ("李文轩", "李雯萱", "homophone"),
    ("单晓梅", "善小梅", "homophone"),  # 单 is read shàn as a surname, dān elsewhere
    ("赵子涵", "子涵赵", "turned"),
    ("欧阳思雨", "思雨欧阳", "turned"),
    ("孙梓轩", "紫萱孙", "turned"),  # turned, and in characters that sound the same
    ("周语晨", "周宇辰", "homophone"),
    ("吴莹蕾", "吴颖蕾", "sound"),
    ("张天一", "张天乙", "sound"),  # yī and yǐ, though both are read yì somewhere
    ("郑一鸣", "郑一帆", "one_character"),
    ("冯天佑", "冯佑", "one_character"),
    ("陈强", "陈勇", "different"),
    ("褚国庆", "卫建华", "different"),
]


@pytest.fixture(scope="module")
def by_name() -> Links:
    """For each pair of names, two rows that agree in everything else."""

    def facts(number: int, name: str) -> dict:
        return {
            "child.name": name, "child.birth_date": f"2014-{1 + number % 12:02d}-{13 + number:02d}",
            "father.name": f"合成父{number}", "mother.name": f"合成母{number}", "child.registration.division": VILLAGE,
        }  # fmt: skip

    return linked(
        a=[facts(n, one) for n, (one, _, _) in enumerate(NAMES)],
        b=[facts(n, other) for n, (_, other, _) in enumerate(NAMES)],
    )


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_names_agree_by_degrees(by_name, number):
    pair = by_name.pair(RowKey("a", "1", number + 1), RowKey("b", "1", number + 1))
    assert {r.comparison: r.degree for r in pair.reasons}["name"] == NAMES[number][2]


DATES = [
    ("2015-03-05", "2015-03-05", "same"),
    ("2015-03-05", "2015-05-03", "turned"),
    ("2015-03-05", "2015-03-15", "one_digit"),
    ("2015-03-12", "2015-03-21", "one_digit"),  # neighbours swapped
    ("2015-03-05", "2015-03-28", "other_day"),
    ("2015-03-05", "2015-03", "to_month"),
    ("2015-03-05", "2015", "to_year"),
    ("2015-03", "2015", "to_year"),
    ("2015-03-05", "2015-07", "different"),
    ("2015-03-05", "2011-10-28", "different"),
    ("2015-03-05", None, None),
]


@pytest.fixture(scope="module")
def by_date() -> Links:
    def facts(number: int, day: str | None) -> dict:
        return {
            "child.name": f"合成童{number}", "child.birth_date": day, "father.name": f"合成父{number}",
            "mother.name": f"合成母{number}",
        }  # fmt: skip

    return linked(
        a=[facts(n, one) for n, (one, _, _) in enumerate(DATES)],
        b=[facts(n, other) for n, (_, other, _) in enumerate(DATES)],
    )


@pytest.mark.parametrize("number", range(len(DATES)))
def test_birth_dates_agree_as_far_as_they_are_known(by_date, number):
    pair = by_date.pair(RowKey("a", "1", number + 1), RowKey("b", "1", number + 1))
    assert {r.comparison: r.degree for r in pair.reasons}.get("birth_date") == DATES[number][2]


def test_unknown_is_no_evidence_either_way():
    bare = {k: v for k, v in MING.items() if k != "mother.name"}
    more = {"guardians": [{"name": "李大山"}], "child.sex": None}
    one = linked(a=[bare], b=[bare]).pair(row("a1"), row("b1"))
    other = linked(a=[MING], b=[bare]).pair(row("a1"), row("b1"))
    assert other.weight == one.weight
    asked = linked(a=[bare | more], b=[bare]).pair(row("a1"), row("b1"))
    assert {r.comparison for r in asked.reasons} == {r.comparison for r in one.reasons} - {"sex"}


def test_a_guardian_whom_the_other_row_knows_as_a_parent_agrees_and_a_father_does_not_speak_twice():
    school = {"child.name": "王小明", "child.birth_date": "2015-03-05", "guardians": [{"name": "王建国"}]}
    pair = linked(a=[MING], b=[school]).pair(row("a1"), row("b1"))
    assert {r.comparison: r.degree for r in pair.reasons}["guardian"] == "among_kin"
    twice = MING | {"guardians": [{"name": "王建国"}]}
    pair = linked(a=[twice], b=[twice]).pair(row("a1"), row("b1"))
    assert "guardian" not in {r.comparison for r in pair.reasons}


def test_telephones_divisions_and_addresses_are_compared():
    one = MING | {"father.telephone": "138 0000 1111", "child.registration.address": "示例县东河镇桥头村3组12号"}
    other = MING | {
        "guardians": [{"telephone": "+86 13800001111"}],
        "child.residence.address": "浙江省杭州市示例县东河镇桥头村12号",
    }
    other |= {"child.registration.division": "330199101204"}
    degrees = {r.comparison: r.degree for r in linked(a=[one], b=[other]).pair(row("a1"), row("b1")).reasons}
    assert degrees["telephone"] == "same"
    assert degrees["division"] == "township"
    assert degrees["address"] in ("same", "near")


@pytest.mark.parametrize(
    ("one", "other", "degree"),
    [
        ("浙江省杭州市示例县东河镇桥头村12号", "东河镇桥头村12号", "same"),
        ("示例县幸福小区3栋2单元", "示例县和平社区3栋2单元", "different"),  # a neighbourhood is no district
        ("广西壮族自治区柳州市丙县丁镇戊村", "柳州市丙县丁镇戊村", "same"),
        ("内蒙古自治区甲盟乙旗丙苏木丁嘎查", "乙旗丙苏木丁嘎查", "same"),
        ("示例县东河镇桥头村12号", "示例县西河镇坪头村99号", "different"),
    ],
)
def test_addresses_are_compared_below_the_county(one, other, degree):
    rows = [MING | {"child.residence.address": address} for address in (one, other)]
    pair = linked(a=rows[:1], b=rows[1:]).pair(row("a1"), row("b1"))
    assert {r.comparison: r.degree for r in pair.reasons}["address"] == degree


def test_a_common_name_weighs_less():
    crowd = [
        {
            "child.name": "张伟",
            "child.birth_date": f"20{10 + n % 8}-0{1 + n % 9}-{10 + n % 18}",
            "mother.name": f"合成{n}",
        }
        for n in range(60)
    ]
    rare = {"child.name": "尉迟恭谨", "child.birth_date": "2013-06-07", "mother.name": "甲"}
    common = rare | {"child.name": "张伟", "mother.name": "乙", "child.birth_date": "2009-11-30"}
    links = linked(a=[*crowd, rare, common], b=[rare, common])
    weights = [
        next(r.weight for r in links.pair(row(a), row(b)).reasons if r.comparison == "name")
        for a, b in (("a61", "b1"), ("a62", "b2"))
    ]
    assert weights[1] < weights[0] - 4


# ---- the hard cases ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["王小亮", "王丽"], ids=["one character", "quite different"])
def test_twins_stay_two_children_and_nobody_is_asked_once_each_has_found_its_own_row(other):
    twins = [MING, MING | {"child.name": other}]
    links = linked(a=twins, b=list(reversed(twins)))
    assert groups(links) == sets("a1 b2", "a2 b1")
    assert links.open() == ()


@pytest.mark.parametrize(("one", "other"), [("王文", "王雯"), ("王子涵", "王紫涵")])
def test_twins_whose_names_sound_alike_stay_two_children_until_a_person_has_said_so(one, other):
    """They may as well be one child who was written down twice: somebody is asked, and nothing is joined wrongly."""
    twins = [MING | {"child.name": one}, MING | {"child.name": other}]
    links = linked(a=twins, b=list(reversed(twins)))
    assert groups(links) == sets("a1 b2", "a2 b1")
    (question,) = links.open()
    said = question.decide("different")
    assert links.open([said]) == ()
    assert groups(links, said) == sets("a1 b2", "a2 b1")


def test_a_twin_who_stands_alone_in_each_list_is_asked_about():
    links = linked(a=[MING], b=[MING | {"child.name": "王小亮"}])
    assert links.pair(row("a1"), row("b1")).band is Band.ASK
    assert groups(links) == sets("a1", "b1")
    assert [pair.key for pair in links.open()] == [(row("a1"), row("b1"))]


def test_siblings_stay_apart_though_the_whole_family_agrees():
    elder = MING | {"child.birth_date": "2012-08-19", "child.name": "王小亮"}
    more = {
        "father.telephone": "13800001111",
        "child.registration.address": "示例县东河镇桥头村12号",
        "guardians": [{"name": "王大山"}],
    }
    links = linked(a=[MING | more, elder | more], b=[elder | more, MING | more])
    assert groups(links) == sets("a1 b2", "a2 b1")
    nameless = {k: v for k, v in (MING | more).items() if k != "child.birth_date"}
    links = linked(a=[elder | more], b=[nameless])
    assert links.pair(row("a1"), row("b1")).band is not Band.SAME


def test_two_children_of_one_name_in_one_village_stay_apart():
    namesake = MING | {"child.birth_date": "2013-11-27", "father.name": "赵德胜", "mother.name": "孙桂兰"}
    links = linked(a=[MING, namesake], b=[namesake, MING])
    assert groups(links) == sets("a1 b2", "a2 b1")


OWN = {key: MING[key] for key in ("child.name", "child.birth_date", "child.sex")}
HERE, THERE = ({"child.registration.division": f"{VILLAGE[:6]}{township}"} for township in ("101", "205"))


@pytest.mark.parametrize(
    ("one", "other"),
    [(HERE, THERE), ({}, HERE), (HERE | {"child.resident_id": resident_id("20150305", 1)}, THERE)],
    ids=["two townships", "nothing else known", "an ID in one of them"],
)
def test_a_name_a_birth_date_and_a_sex_in_common_join_nobody_by_themselves(one, other):
    links = linked(a=[OWN | one], b=[OWN | other])
    (pair,) = links.open()
    assert (pair.band, groups(links)) == (Band.ASK, sets("a1", "b1"))
    assert pair.weight > LinkSettings().bands.same
    assert "nothing agrees besides the name" in pair.explain().en
    assert "除姓名、出生日期和性别外" in pair.explain().zh
    assert groups(links, pair.decide("same")) == sets("a1 b1")


@pytest.mark.parametrize(
    "shared",
    [
        HERE,
        {"mother.name": "李秀英"},
        {"guardians": [{"name": "王大山"}]},
        {"mother.telephone": "13800001111"},
        {"child.registration.address": "示例县东河镇桥头村12号"},
    ],
    ids=["township", "mother", "guardian", "telephone", "address"],
)
def test_one_thing_besides_that_agrees_joins_them(shared):
    links = linked(a=[OWN | HERE | shared], b=[OWN | (THERE | shared)])
    assert groups(links) == sets("a1 b1")


def test_a_row_that_fits_two_namesakes_is_asked_about_and_joins_neither():
    def without(facts: dict, *names: str) -> dict:
        return {k: v for k, v in facts.items() if k not in names}

    namesake = MING | {"child.birth_date": "2013-11-27"}  # of fathers with one name, too
    vague = without(MING, "child.birth_date", "mother.name")
    links = linked(a=[without(MING, "mother.name"), without(namesake, "mother.name")], b=[vague])
    assert groups(links) == sets("a1", "a2", "b1")
    assert {pair.key for pair in links.open()} == {(row("a1"), row("b1")), (row("a2"), row("b1"))}


def test_a_surer_question_about_a_row_is_not_settled_by_joining_the_row_elsewhere():
    """The school's row fits two with an ID each, and a third, less surely, that is neither of them."""
    first, second = (MING | {"child.resident_id": resident_id("20150305", n)} for n in (1, 3))
    third = MING | {"child.birth_date": "2015-03-15", "child.resident_id": resident_id("20150315", 5)}
    links = linked(a=[first], b=[second], c=[third], d=[MING])
    assert groups(links) == sets("a1", "b1", "c1", "d1")
    asked = {pair.key: pair for pair in links.open()}
    assert set(asked) == {(row(one), row("d1")) for one in ("a1", "b1", "c1")}
    weaker = asked[row("c1"), row("d1")]
    assert weaker.band is Band.SAME
    assert weaker.weight < asked[row("a1"), row("d1")].weight - LinkSettings().bands.rival
    assert "another row fits" in weaker.explain().en
    neither = [asked[row(one), row("d1")].decide("different") for one in ("a1", "b1")]
    assert groups(links, *neither) == sets("a1", "b1", "c1 d1")
    assert links.open(neither) == ()
    first_asked = links.grouped()
    assert first_asked.open  # as they were before the answers
    assert first_asked.again(neither).groups_of(links.rows) == links.groups(neither)
    assert groups(links, asked[row("a1"), row("d1")].decide("same")) == sets("a1 d1", "b1", "c1")


@pytest.mark.parametrize("names", [("李静", "李晶"), ("张子涵", "张梓涵")], ids=["other tones", "the same tones"])
def test_a_twin_whose_id_is_mistyped_in_one_list_is_asked_about_and_not_joined_to_the_other(names):
    """Civil affairs mistype the second one's ID, the police have both right, and the school lists the second without one."""
    one, other = (MING | {"child.name": name, "guardians": [{"name": "王大山"}]} for name in names)
    right = [
        one | {"child.resident_id": resident_id("20150305", 1)},
        other | {"child.resident_id": resident_id("20150305", 3)},
    ]
    links = linked(a=[right[0], other | {"child.resident_id": resident_id("20150305", 5)}], b=[other], c=right)
    assert groups(links) == sets("a1 c1", "a2", "b1", "c2")
    asked = {pair.key for pair in links.open()}
    assert {(row("a2"), row("b1")), (row("b1"), row("c2"))} < asked
    known = linked(a=[right[0]], b=[other], c=right)
    assert groups(known) == sets("a1 c1", "b1 c2"), "nothing is asked where the twin's own row is there"
    assert known.open() == ()


@pytest.mark.parametrize("number", [{}, {"child.resident_id": resident_id("20150305", 1)}], ids=["no ID", "one ID"])
@pytest.mark.parametrize(("name", "other"), [("李静", "李晶"), ("王文博", "王雯博"), ("张天一", "张天乙")])
def test_names_that_sound_alike_are_asked_about_where_only_what_twins_share_agrees(name, other, number):
    shared = MING | {"father.telephone": "13800001111", "child.registration.address": "示例县东河镇桥头村12号"}
    links = linked(a=[shared | {"child.name": name} | number], b=[shared | {"child.name": other}])
    (pair,) = links.open()
    assert (pair.band, groups(links)) == (Band.ASK, sets("a1", "b1"))
    assert pair.weight > LinkSettings().bands.same
    assert "twins have in common" in pair.explain().en
    assert "双胞胎" in pair.explain().zh
    assert groups(links, pair.decide("same")) == sets("a1 b1")


def test_a_row_without_a_name_is_no_twins_by_itself():
    nameless = {k: v for k, v in MING.items() if k != "child.name"}
    links = linked(a=[MING], b=[nameless], c=[MING | {"child.name": "王晓明"}])
    assert groups(links) == sets("a1", "b1", "c1")


@pytest.mark.parametrize(
    ("one", "other"), [("張寧", "张宁"), ("赵子涵", "子涵赵")], ids=["in traditional characters", "the other way round"]
)
def test_a_name_of_the_same_characters_is_joined_as_before(one, other):
    assert groups(linked(a=[MING | {"child.name": one}], b=[MING | {"child.name": other}])) == sets("a1 b1")


FATHER, GUARDIAN = {"father.name": "李刚"}, {"guardians": [{"name": "李国庆"}]}
HOUSE, OTHER_HOUSE = ({"child.residence.address": each} for each in ("示例镇西街8号", "示例镇东河村三组21号"))


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (FATHER | HOUSE, GUARDIAN | OTHER_HOUSE, False),
        (FATHER, GUARDIAN, False),
        (FATHER | HOUSE, GUARDIAN | HOUSE, True),
        (FATHER | HOUSE, FATHER | OTHER_HOUSE, True),
        (HOUSE, OTHER_HOUSE, True),
    ],
    ids=["house and adult differ", "adults differ", "one house", "one father", "houses differ"],
)
def test_a_township_in_common_does_not_outweigh_another_adult(one, other, joined):
    links = linked(a=[OWN | HERE | one], b=[OWN | HERE | other])
    assert groups(links) == (sets("a1 b1") if joined else sets("a1", "b1"))
    assert ["weighs more than what agrees" in pair.explain().en for pair in links.open()] == ([] if joined else [True])


def test_one_child_twice_in_one_list_with_one_id_is_one_child():
    known = MING | {"child.resident_id": resident_id("20150305", 1), "child.birth_date": None}
    links = linked(a=[known, known | {"father.name": None}])
    assert links.pair(row("a1"), row("a2")).band is Band.SAME
    assert groups(links) == sets("a1 a2")


def test_one_id_with_a_name_that_another_list_misspells_as_it_sounds_is_one_child_but_not_within_one_list():
    known = MING | {"child.resident_id": resident_id("20150305", 1)}
    alike = known | {"child.name": "王晓明"}
    assert groups(linked(a=[known], b=[alike])) == sets("a1 b1")
    within = linked(a=[known, alike])
    assert groups(within) == sets("a1", "a2")
    assert [pair.key for pair in within.open()] == [(row("a1"), row("a2"))]


@pytest.mark.parametrize("number", [None, 3], ids=["no ID", "the twin's ID"])
def test_an_id_that_a_list_gives_to_the_twin_whose_name_sounds_alike_is_asked_about(number):
    """The other list has the very name beside it: whose ID it is only a person can say, whatever sounds alike."""
    mine = {"child.resident_id": resident_id("20150305", 1)}
    own = MING if number is None else MING | {"child.resident_id": resident_id("20150305", number)}
    links = linked(a=[MING | mine], b=[own, MING | mine | {"child.name": "王晓明"}])
    assert groups(links) == sets("a1", "b1", "b2")
    assert links.pair(row("a1"), row("b2")).band is Band.ASK
    if number is None:
        assert links.pair(row("a1"), row("b1")).band is Band.ASK


@pytest.mark.parametrize("name", ["李桂花", "王小亮"])
def test_one_id_with_two_names_is_asked_about(name):
    number = {"child.resident_id": resident_id("20150305", 1)}
    links = linked(a=[MING | number], b=[MING | number | {"child.name": name}])
    pair = links.pair(row("a1"), row("b1"))
    assert pair.band is Band.ASK
    assert "somebody else's number" in pair.notes[0].en
    assert links.open() == (pair,)
    assert groups(links, pair.decide("same")) == sets("a1 b1")


def test_an_id_with_one_wrong_digit_is_dropped_and_the_rest_still_finds_the_child(read):
    right = resident_id("20150305", 1)
    wrong = right[:15] + str((int(right[15]) + 1) % 10) + right[16:]
    cells = {"儿童姓名": "王小明", "出生日期": "2015-03-05", "性别": "男", "父亲姓名": "王建国", "母亲姓名": "李秀英"}
    case = read(cells | {"身份证号": wrong}).cases[0]
    assert case.child.resident_id is None
    other = read(cells | {"身份证号": right}).cases[0]
    links = link([(row("a1"), case), (row("b1"), other)])
    assert groups(links) == sets("a1 b1")


def test_rows_with_different_valid_ids_are_never_joined_by_a_chain():
    first, second = (MING | {"child.resident_id": resident_id("20150305", n)} for n in (1, 3))
    links = linked(a=[first], b=[MING], c=[second], d=[MING | {"child.name": "王晓明"}])
    assert all(not {"a1", "c1"} <= group for group in groups(links))
    between = PairDecision(row("a1"), row("b1"), "same")
    assert all(not {"a1", "c1"} <= group for group in groups(links, between))


def test_a_decision_that_would_join_two_valid_ids_is_refused():
    first, second = (MING | {"child.resident_id": resident_id("20150305", n)} for n in (1, 3))
    links = linked(a=[first], b=[second], c=[MING])
    with pytest.raises(LinkDecisionError, match=r"a/1/1 and b/1/1.*two different valid resident IDs") as told:
        links.groups([PairDecision(row("a1"), row("b1"), "same")])
    assert "身份证号" in told.value.text.zh
    with pytest.raises(LinkDecisionError, match="different valid resident"):  # in two steps
        links.groups([PairDecision(row("a1"), row("c1"), "same"), PairDecision(row("b1"), row("c1"), "same")])


def test_a_chain_does_not_join_what_contradicts():
    """Both complete rows agree with the bare one; they differ in the birth date."""
    bare = {k: v for k, v in MING.items() if k != "child.birth_date"}
    other = MING | {"child.birth_date": "2011-10-28"}
    links = linked(a=[MING], b=[bare], c=[other])
    assert all(not {"a1", "c1"} <= group for group in groups(links))


# ---- decisions ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three() -> Links:
    return linked(a=[MING], b=[MING], c=[MING | {"child.name": "王小亮"}])


def test_a_merge_can_be_undone_and_the_undoing_undone(three):
    assert groups(three) == sets("a1 b1", "c1")
    undone = three.undo(three.pair(row("a1"), row("b1")))
    assert groups(undone) == sets("a1", "b1", "c1")
    assert groups(undone.undo(undone.decisions[0])) == sets("a1 b1", "c1")
    assert groups(three) == sets("a1 b1", "c1")  # nothing was changed


def test_decisions_override_the_bands_and_close_questions(three):
    assert [pair.key for pair in three.open()] == [(row("a1"), row("c1"))]  # it answers b1 and c1 as well
    same, different = (PairDecision(row("c1"), row("a1"), verdict) for verdict in ("same", "different"))
    assert groups(three, same) == sets("a1 b1 c1")
    assert three.open([same]) == ()
    assert groups(three, different) == sets("a1 b1", "c1")
    assert three.open([different]) == ()  # the other row of the same child is settled with it
    assert groups(three.decided(same).decided(different)) == sets("a1 b1", "c1")  # the later one counts


def test_an_answer_about_one_row_is_one_about_the_rows_that_belong_to_it():
    """Three rows with one ID; a fourth has it beside another name. Who says that it is the child says so of all."""
    known = MING | {"child.resident_id": resident_id("20150305", 1), "child.birth_date": None}
    links = linked(a=[known], b=[known], c=[known], d=[known | {"child.name": "李桂花"}])
    assert groups(links) == sets("a1 b1 c1", "d1")
    (question,) = links.open()
    assert groups(links, question.decide("same")) == sets("a1 b1 c1 d1")
    assert links.open([question.decide("same")]) == ()
    but = PairDecision(row("c1"), row("d1"), "different")
    assert groups(links, question.decide("same"), but) == sets("a1 b1 d1", "c1")


def test_decisions_go_through_json_unharmed(three):
    import json

    decision = three.pair(row("a1"), row("b1")).decide(Band.DIFFERENT)
    assert PairDecision.from_data(json.loads(json.dumps(decision.to_data()))) == decision


@pytest.mark.parametrize("verdict", ["ask", "perhaps"])
def test_a_decision_says_same_or_different(verdict):
    with pytest.raises(LinkDecisionError, match="says 'same'"):
        PairDecision(row("a1"), row("b1"), verdict)


def test_decisions_that_contradict_each_other_or_name_strange_rows_are_refused(three):
    ab, bc, ac = (
        PairDecision(row(x), row(y), v)
        for x, y, v in (("a1", "b1", "same"), ("b1", "c1", "same"), ("a1", "c1", "different"))
    )
    with pytest.raises(LinkDecisionError, match="a/1/1 and c/1/1 contradict"):
        three.groups([ab, bc, ac])
    with pytest.raises(LinkDecisionError, match="a/1/1 and b/1/1 contradict"):
        three.groups([ab, PairDecision(row("a1"), row("b1"), "different")])
    with pytest.raises(LinkDecisionError, match="the row z/1/9, which is in none"):
        three.groups([PairDecision(row("a1"), row("z9"), "same")])


# ---- what is never done ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lists():
    return plant(250, seed=5, noise="medium")


@pytest.fixture(scope="module")
def found(lists) -> Links:
    return link(lists.cases())


def test_every_row_is_in_exactly_one_group_and_no_group_has_two_ids(lists, found):
    rows = [r for group in found.groups() for r in group]
    assert Counter(rows) == Counter(key for key, _ in lists.cases())
    ids = {key: case.child.resident_id for key, case in lists.cases() if case.child.resident_id is not None}
    assert all(len({ids[r] for r in group if r in ids}) <= 1 for group in found.groups())


def test_planted_children_are_found_again(lists, found):
    sizes = Counter(lists.truth.values())
    true = sum(n * (n - 1) // 2 for n in sizes.values())
    pairs = [two for group in found.groups() for two in combinations(sorted(group), 2)]
    right = sum(lists.truth[a] == lists.truth[b] for a, b in pairs)
    assert right / len(pairs) >= 0.998
    assert right / true >= 0.93
    open_ = found.open()
    answers = [p.decide("same" if lists.truth[p.left] == lists.truth[p.right] else "different") for p in open_]
    pairs = [two for group in found.groups(answers) for two in combinations(sorted(group), 2)]
    assert sum(lists.truth[a] == lists.truth[b] for a, b in pairs) / true >= 0.985
    assert sum(lists.truth[p.left] == lists.truth[p.right] for p in open_) >= 0.8 * len(open_)  # worth asking


def test_the_same_rows_in_any_order_give_the_same_pairs(lists, found):
    rows = list(lists.cases())
    random.Random(7).shuffle(rows)
    again = link(rows)
    assert again.pairs == found.pairs
    assert again.groups() == found.groups()


def test_nothing_that_is_shown_holds_a_personal_value(lists, found):
    shown = "\n".join(
        [
            repr(found),
            str(found),
            repr(found.open()),
            repr(found.pairs[0].reasons),
            *(str(p.explain()) for p in found.pairs),
        ]
    )
    for _, case in lists.cases():
        people = (case.child, case.father, case.mother, *(case.guardians or ()))
        for person in people:
            for value in (person.name, person.resident_id, person.telephone):
                assert value is None or len(value.reveal()) < 2 or value.reveal() not in shown
        if case.child.birth_date is not None and case.child.birth_date.is_exact:
            assert str(case.child.birth_date) not in shown


def test_a_reason_is_told_in_both_languages_with_its_weights(three):
    told = three.pair(row("a1"), row("b1")).explain()
    assert "儿童姓名相同（+12.1，兄弟姐妹间 +8.8）" in told.zh
    assert "the child's name is the same (+12.1; +8.8 among siblings)" in told.en
    assert told.en.startswith("a/1/1 and b/1/1: one child (weight +")


def test_nothing_is_written_to_the_disk_or_the_terminal(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    level = logging.getLogger("splink").level
    linked(a=[MING], b=[MING])
    assert os.listdir(tmp_path) == []
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("splink").level == level
    with Scorer(LinkSettings(), {name: [None] for name in LinkSettings().columns}, ["a"]) as scorer:
        spill = scorer.connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert spill == ("",)


def test_too_little_memory_is_told_and_nothing_goes_to_the_disk_instead(lists, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = LinkSettings()
    keys, columns = columns_of(lists.cases(), settings)

    def weigh_in_too_little() -> None:
        with Scorer(settings, columns, [key.source for key in keys]) as scorer:
            scorer.connection.execute("SET memory_limit = '8MB'")
            list(scorer.scored(least=0.0))

    with pytest.raises(LinkMemoryError, match="county by county"):
        weigh_in_too_little()
    assert os.listdir(tmp_path) == []


def test_siblings_are_reckoned_with_where_no_parent_is_named():
    bare = {k: v for k, v in MING.items() if not k.startswith(("father", "mother"))}
    pair = linked(a=[bare], b=[bare | {"child.name": "王小亮"}]).pair(row("a1"), row("b1"))
    assert pair.band is Band.ASK  # perhaps a slip of the pen, perhaps a twin


@pytest.mark.parametrize("module", ["splink", "pypinyin", "duckdb"])
def test_a_missing_library_is_named_with_its_extra(monkeypatch, module):
    if module == "pypinyin":
        from kinderguard.survey.linking import names

        names.name_keys.cache_clear()
        names._readings.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"kinderguard\[link\]"):
        linked(a=[MING], b=[MING])


def test_importing_it_loads_no_heavy_library():
    code = (
        "import sys, kinderguard.survey.linking; print({'splink', 'duckdb', 'pypinyin', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_no_rows_and_one_row_and_one_key_twice():
    assert link([]).groups() == ()
    assert groups(linked(a=[MING])) == sets("a1")
    with pytest.raises(RepeatedRowError, match="different codes"):
        link([(row("a1"), Case.from_facts(MING))] * 2)


def test_progress_goes_up_to_all_steps():
    seen: list[tuple[int, int]] = []
    link(
        [(row("a1"), Case.from_facts(MING)), (row("b1"), Case.from_facts(MING))],
        progress=lambda d, t: seen.append((d, t)),
    )
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]
    assert len({total for _, total in seen}) == 1

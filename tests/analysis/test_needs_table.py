"""Needs of many children: every count as ``care.assess_needs`` has it child by child."""

from collections import Counter

import pytest

import kinderguard
from analysis.comparing import DAY, age_band, assessed, base, keys, people
from kinderguard.analysis import needs
from kinderguard.analysis.needing import NeedCount
from kinderguard.care import assess_needs
from kinderguard.packs.need_rules import NeedDomain, NeedRule, Urgency
from kinderguard.rules import Text, child


@pytest.fixture(scope="module")
def found():
    return needs(base(), people(), by=("place", "class", ("place", "age")), progress=False)


def test_every_cell_is_what_the_reference_engine_finds_child_by_child(found):
    expected = {}
    for result in assessed():
        values = keys(result)
        cells = [("all", ()), *(("place", (p,)) for p in values["place"]), *(("class", (c,)) for c in values["class"])]
        cells.append(("place × age", (values["place"][0], values["age"][0])))
        one = assess_needs(base(), result.case)
        for cell in cells:
            for code in one.rules:
                expected.setdefault((*cell, code), Counter())[one._result.categories[code]] += 1
    got = {("all", (), code): c for code, c in found.all.items()}
    got |= {(t, k, code): c for t, rows in found.tables.items() for k, cs in rows.items() for code, c in cs.items()}
    assert got == {cell: NeedCount(n.total(), n[True], n[None]) for cell, n in expected.items()}


def test_needs_show_themselves_in_both_languages_and_as_rows(found):
    assert "待核实" in found.summary("zh")
    assert "to be clarified" in found.summary("en")
    assert found.view("zh").html != found.view("en").html
    table = found.to_polars()
    assert (
        table.filter((table["table"] == "all") & (table["need"] == "cn.need.living"))["present"][0]
        == found.all["cn.need.living"].present
    )


def test_the_tables_show_of_how_many_a_need_is_not_known_and_that_they_are_for_the_office(found):
    code = "cn.need.safe_home"
    counts = [found.tables["class"][key][code] for key in found.tables["class"]]
    assert any(each.to_clarify and not each.present for each in counts)
    for lang, said, office in (
        ("zh", "{}（待核实 {}）", "供机关内部使用：含有小于 10 的人数"),
        ("en", "{} ({} open)", "For the office: there are counts below 10"),
    ):
        text = found.view(lang).text
        title = found.title(code).in_(lang)
        row = " | ".join(
            [title, *(said.format(n.present, n.to_clarify) if n.to_clarify else f"{n.present}" for n in counts)]
        )
        assert row in text.split("\n")
        assert office in text


def test_the_table_by_class_says_that_classes_overlap_and_the_one_by_place_does_not(found):
    said = "一名儿童可同属几类"
    before, after = found.view("zh").text.split("\n主要类别\n")
    assert said not in before
    assert after.count(said) == 1


def test_a_packs_own_needs_count_for_its_own_place_only():
    rule = NeedRule(
        "2201.need.escort", NeedDomain.SAFETY, Text("接送", "an escort"), child.age < 8, Urgency.SOON,
        Text("年龄小", "young"), ours=True,
    )  # fmt: skip
    pack = kinderguard.Pack(code="2201", title=Text("某市", "some city"), version="1", kinderguard=">=0.1,<0.2")
    book = kinderguard.load(packs=[pack])
    next(source for source in book.packs if source.name == "2201").needs = (rule,)
    found = needs(book, people(), on=DAY, by="place", progress=False)
    there = [result for result in assessed() if result.division.startswith("2201")]
    ages = [age_band(result) for result in there]
    assert found.all[rule.code].children == len(there)
    assert found.tables["place"]["220102",][rule.code].to_clarify == ages.count("unknown")
    assert found.tables["place"]["220102",][rule.code].present > 0
    assert rule.code not in found.tables["place"]["330106",]

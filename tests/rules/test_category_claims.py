"""What a category says of others: its parts, and those that it excludes. Both change no result."""

import datetime as dt
import json

import pytest

import kinderguard
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.rules import child
from kinderguard.rules.canonical import plain
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.reading import Reading
from kinderguard.rules.rule_card import rule_card
from kinderguard.rules.ruleset import RuleSet

TITLE = Text("某类", "some category")


def category(code, when=None, **more):
    return r.Category(code, TITLE, child.age < 16 if when is None else when, **more)


ONE, TWO = category("cn.one"), category("cn.two", child.age < 6)


def test_parts_are_named_by_value_or_code_alone_or_in_a_list():
    assert category("cn.x", parts=[ONE, "cn.two"]).parts == ("cn.one", "cn.two")
    assert category("cn.x", parts="cn.one", apart_from=TWO).apart_from == ("cn.two",)


@pytest.mark.parametrize("field", ["parts", "apart_from"])
def test_they_are_in_the_canonical_json_only_where_there_are_any_and_come_back(field):
    plainly = plain(ONE)
    assert field not in plainly
    claiming = category("cn.x", **{field: [ONE, TWO]})
    data = json.loads(json.dumps(plain(claiming)))
    assert data[field] == ["cn.one", "cn.two"]
    assert Reading().read(data, r.Category, "here") == claiming


def test_a_rule_set_without_them_has_the_fingerprint_that_it_had():
    """The text that is hashed, as it was before there were such fields."""
    hashed = json.dumps(RuleSet([ONE], []).to_plain()["categories"])
    assert "parts" not in hashed
    assert "apart" not in hashed


@pytest.mark.parametrize("field", ["parts", "apart_from"])
@pytest.mark.parametrize(
    ("given", "said"),
    [("cn.x", "itself"), (["cn.one", "cn.one"], "twice"), ("one", "not well formed"), ([7], "not well formed")],
)
def test_what_cannot_be_said_is_refused_where_it_is_written(field, given, said):
    with pytest.raises(DefinitionError, match=said):
        category("cn.x", **{field: given})


@pytest.mark.parametrize("field", ["parts", "apart_from"])
def test_a_code_that_does_not_exist_is_refused_with_the_nearest(field):
    with pytest.raises(DefinitionError, match=rf"cn\.x.*{field}.*cn\.onee.*Did you mean 'cn\.one'"):
        RuleSet([ONE, category("cn.x", **{field: "cn.onee"})], [])


def test_a_county_may_name_national_categories_and_no_result_changes():
    book = kinderguard.load().for_division("330199")
    own = category("330199.x", apart_from=["cn.orphan"])
    changed = book.with_policies(own)
    case = Case.from_facts({"child.birth_date": "2015-03-01"})
    before, after = (
        b.assess(case, on=dt.date(2025, 9, 1)) for b in (book.with_policies(category("330199.x")), changed)
    )
    assert before.categories == after.categories
    again = kinderguard.PolicyBook.from_json(changed.to_json())
    assert again.rules.categories["330199.x"] == own


def test_leaving_a_category_out_takes_back_what_was_said_of_it():
    book = kinderguard.load().with_policies(
        ONE, TWO, category("cn.x", parts=[ONE, TWO], apart_from=["cn.one"]), category("cn.y", apart_from=[ONE, TWO])
    )
    rules = book.without("cn.one").rules
    assert (rules.categories["cn.x"].parts, rules.categories["cn.x"].apart_from) == ((), ())
    assert rules.categories["cn.y"].apart_from == ("cn.two",)


def test_the_card_of_a_rule_says_it():
    rules = RuleSet([ONE, TWO, category("cn.x", parts=[ONE], apart_from=[TWO])], [])
    said = [line.text for line in rule_card(rules, "cn.x").below]
    assert "Divided into (in at least one of): some category [cn.one]" in [t.en for t in said]
    assert "与以下类别互斥：某类 [cn.two]" in [t.zh for t in said]


def test_the_rulebook_prints_each_on_a_line_with_links():
    pytest.importorskip("sphinx")
    from sphinx import addnodes

    from kinderguard.docs.content import Printer

    rules = RuleSet([ONE, TWO, category("cn.x", parts=[ONE, TWO], apart_from=[TWO])], [])
    printed = list(Printer(rules, ("zh", "en"), set()).category(rules.categories["cn.x"]))
    lines = [node for node in printed if node.astext().startswith(("分为", "与以下类别互斥"))]
    assert [line.astext().split("  ")[0] for line in lines] == [
        "分为（至少属于其中一类） · Divided into (in at least one of)",
        "与以下类别互斥 · Never together with",
    ]
    targets = [[link["reftarget"] for link in line.findall(addnodes.pending_xref)] for line in lines]
    assert targets == [["cn.one", "cn.two"], ["cn.two"]]
    assert not [n for n in Printer(rules, ("en",), set()).category(ONE) if n.astext().startswith(("Divided", "Never"))]

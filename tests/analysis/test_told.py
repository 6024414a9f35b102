"""What the tables of a comparison and of a coverage tell beside the numbers of who is sure: who is not known, who should not."""

import datetime as dt

import attrs
import polars as pl
import pytest

import kinderguard
from kinderguard import Pack, Text
from kinderguard import rules as r
from kinderguard.analysis import compare, coverage
from kinderguard.analysis.comparing.recorded import Recorded
from kinderguard.analysis.comparing.result import Boundless
from kinderguard.analysis.elsewhere import Elsewhere
from kinderguard.analysis.unset import UnsetValue

DAY = dt.date(2025, 9, 1)
GIFT = r.Policy("cn.gift", Text("赠", "gift"), eligible=r.child.age < 18, amount=r.yuan("5"), every=r.MONTH)


def book_of(policy):
    pack = Pack(code="cn", title=Text("某", "some"), version="1", kinderguard=">=0.1", policies=[policy])
    return kinderguard.load(packs=[pack]).on(DAY)


def children(**more):
    facts = {"child.birth_date": ["2015-01-01"] * 3, "child.adopted": [True, False, None], **more}
    return pl.DataFrame(facts, schema_overrides={"child.adopted": pl.Boolean})


def cells(view, title):
    """The row of a title, in the last table that has one."""
    return [line for line in view.text.splitlines() if line.startswith(f"{title} |")][-1].split(" | ")


def test_of_those_who_fall_out_a_comparison_shows_of_how_many_it_is_not_known():
    narrower = book_of(attrs.evolve(GIFT, eligible=r.child.adopted))
    found = compare(book_of(GIFT), narrower, children(), division="110105", progress=False)
    assert found["reform"].reach("cn.gift").lost == (1, 1)
    assert cells(found.view("en"), "gift")[1:4] == ["0", "1", "1"]
    assert "新覆盖 | 退出 | 原符合，现待定" in found.view("zh").text
    back = compare(narrower, book_of(GIFT), children(), division="110105", progress=False)
    assert cells(back.view("en"), "gift")[1:] == ["1", "1", "0", "0"]
    assert "newly reached | not known before, now yes | not known before, now no | fall out" in back.view("en").text


@pytest.mark.parametrize(("given", "said"), [(["cn.gift"] * 3, True), (["cn.gift", None, None], False)])
def test_a_coverage_shows_who_receives_what_they_are_not_eligible_for(given, said):
    adopted = book_of(attrs.evolve(GIFT, eligible=r.child.adopted))
    listed = [[{"policy": code, "ongoing": True}] if code else [] for code in given]
    type_ = pl.List(pl.Struct({"policy": pl.String, "ongoing": pl.Boolean}))
    found = coverage(adopted, children(help=pl.Series(listed, dtype=type_)), division="110105", progress=False)
    assert found.all["cn.gift"].not_eligible_receiving == said
    assert ("不符合而已享受 1 人" in found.summary("zh")) is said
    assert ("1 receive it and are not eligible" in found.summary("en")) is said
    assert cells(found.view("en"), "gift")[-1] == str(int(said))


def test_a_policy_that_only_those_receive_who_are_not_eligible_is_in_the_tables():
    nobody = book_of(attrs.evolve(GIFT, eligible=r.child.age < 3))
    listed = pl.Series([[{"policy": "cn.gift", "ongoing": True}]] * 3)
    found = coverage(nobody, children(help=listed), division="110105", progress=False)
    assert cells(found.view("en"), "gift")[1:] == ["0", "0", "0", "0", "0", "3"]
    assert "3 receive it and are not eligible" in found.summary("en")


def test_what_a_household_s_cost_rests_on_is_the_same_in_every_order_of_its_children():
    gift = attrs.evolve(GIFT, per="household", eligible=r.child.adopted | r.child.schooling.boarding)
    rows = pl.DataFrame(
        {
            "child.birth_date": ["2015-01-01"] * 2, "household.number": ["H"] * 2,
            "child.adopted": [None, False], "child.schooling.boarding": [False, None],
        }, schema_overrides={"child.adopted": pl.Boolean, "child.schooling.boarding": pl.Boolean},
    )  # fmt: skip
    dearer = book_of(attrs.evolve(gift, amount=r.yuan("7")))
    for table in (rows, rows.reverse()):
        effect = compare(book_of(gift), dearer, table, division="110105", progress=False).effect()
        assert {width.code: (width.children, width.apart) for width in effect.widths} == {
            "child.adopted": (1, 24), "child.schooling.boarding": (1, 24),
        }  # fmt: skip
        assert effect.cost_a_year.high == 24


def test_one_child_is_not_called_children():
    found = compare(book_of(GIFT), book_of(GIFT).without("cn.gift"), children()[:1], division="110105", progress=False)
    assert "Of 1 child 0 gain, 1 loses, and 0 are for sure as before." in found.summary("en")
    same = compare(book_of(GIFT), book_of(GIFT), children()[:1], division="110105", progress=False)
    assert "Of 1 child 0 gain, 0 lose, and 1 is for sure as before." in same.summary("en")
    adopted = book_of(attrs.evolve(GIFT, eligible=r.child.adopted))
    reached = coverage(adopted, children()[2:], division="110105", progress=False)
    assert "1 child, of whom 1 has a result" in reached.summary("en")
    assert "child is adopted: 1 child (1 lacks it alone)" in reached.summary("en")
    assert "1 child)" in reached.view("en").text
    title, said = Text("某", "some"), []
    said += [Boundless("cn.x", title, 1).said.en, UnsetValue("cn.x", title, ("110105",), 1).said.en]
    said += [Elsewhere("110105", title, 1).said.en, Recorded("x", title, "cn.x", title, (), 1).said.en]
    assert not [each for each in said if "1 children" in each]
    assert "the change of 1 child has no bound" in said[0]


def test_a_condition_that_stands_elsewhere_in_another_place_s_rules_is_told_once():
    """A local check makes the nation's condition a part of an "or": its number is another one there."""
    widening = r.Check("4501.more", "cn.gift", Text("更宽", "wider"), widens=r.child.adopted)
    local = Pack(code="4501", title=Text("某市", "a city"), version="1", kinderguard=">=0.1", checks=[widening])
    nation = Pack(code="cn", title=Text("某", "some"), version="1", kinderguard=">=0.1", policies=[GIFT])
    book = kinderguard.load(packs=[nation, local]).on(DAY)
    narrower = book.with_policies(attrs.evolve(GIFT, eligible=(r.child.age < 18) & (r.child.age < 8)))
    rows = children(division_code=["110105", "450102", "450102"]).with_columns(pl.lit(False).alias("child.adopted"))
    for table in (rows, rows.reverse()):
        reach = compare(book, narrower, table, progress=False).effect().reach("cn.gift")
        ((why, code),) = ((each.title.en, each.code) for each in reach.reasons)
        assert (why, code) == ("the child is under 8", "cn.gift:#1.2")
        assert [said.en for said in reach.why] == ["3 children: asked by the reform, and not so: the child is under 8"]

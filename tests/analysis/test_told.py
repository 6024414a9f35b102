"""What the tables of a comparison and of a coverage tell beside the numbers of who is sure: who is not known, who should not."""

import datetime as dt

import attrs
import polars as pl
import pytest

import kinderguard
from kinderguard import Pack, Text
from kinderguard import rules as r
from kinderguard.analysis import compare, coverage

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

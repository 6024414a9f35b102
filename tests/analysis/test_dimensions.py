"""What an analysis can count children by: what cannot be a dimension is refused before anything is assessed."""

import polars as pl
import pytest

import kinderguard
from analysis.test_told import DAY, GIFT, book_of, children
from kinderguard.analysis import compare, coverage, needs
from kinderguard.analysis.dimensions import RESERVED, By, UnknownDimensionError
from kinderguard.packs.frames import MissingColumnsWarning

BOOK, NATION = book_of(GIFT), kinderguard.load().on(DAY)

pytestmark = pytest.mark.filterwarnings(f"ignore::{MissingColumnsWarning.__module__}.MissingColumnsWarning")


def compared(table, by):
    return compare(BOOK, BOOK.without("cn.gift"), table, division="110105", by=by, progress=False)


ASKING = {
    "compare": compared,
    "coverage": lambda table, by: coverage(BOOK, table, division="110105", by=by, progress=False),
    "needs": lambda table, by: needs(NATION, table, division="110105", by=by, progress=False),
}


def test_every_name_that_results_have_themselves_is_reserved():
    found, table = {how: ask(children(ref=["a", "b", "c"]), "age") for how, ask in ASKING.items()}, set()
    for each in found.values():
        table |= set(each.to_polars().columns)
    table |= set(found["coverage"].children().columns)
    table |= set(found["compare"].children(lost="cn.gift").columns)
    table |= set(found["compare"].children(reached="cn.gift").columns)
    assert {"ref", "kind", "policy", "lost_after", "year_low", "to_clarify"} <= table
    assert table - {"age"} <= RESERVED


@pytest.mark.parametrize("how", ASKING)
@pytest.mark.parametrize("name", ["ref", "row", "kind", "year_low", "policy", "children", "a:b", "a × b", "#at"])
def test_a_column_that_results_have_themselves_is_refused_with_the_mend(how, name):
    table = children(**{name: ["x", "y", "y"]})
    with pytest.raises(UnknownDimensionError) as refused:
        ASKING[how](table, ["age", ("age", name)])
    for text in (refused.value.text.zh, refused.value.text.en):
        assert repr(name) in text
        assert "by='my_column'" in text
    mended = ASKING[how](table.with_columns(pl.col(name).alias("my_column")), "my_column")
    assert [row["my_column"] for row in mended.rows() if row["table"] == "my_column"][-1] == "y"


@pytest.mark.parametrize("how", ASKING)
def test_a_column_of_lists_is_refused_with_the_mend(how):
    name = "household.aid"
    table = children(**{name: [["tekun", "dibao"], [], None]})
    with pytest.raises(UnknownDimensionError) as refused:
        ASKING[how](table, name)
    assert repr(name) in refused.value.text.zh
    assert repr(name) in refused.value.text.en
    (mend,) = (part for part in refused.value.text.en.split(", ") if part.startswith("children.with_columns"))
    assert mend in refused.value.text.zh
    mended = ASKING[how](eval(mend, {"children": table, "pl": pl}), "my_column")
    values = [row["my_column"] for row in mended.rows() if row["table"] == "my_column"]
    assert list(dict.fromkeys(values)) == ["", "dibao|tekun", "unknown"]


def test_a_dimension_named_twice_counts_once():
    assert By.of([("age", "age"), "age"]) == (By(("age",)),)
    assert [*ASKING["compare"](children(), [("age", "age")]).effect().tables] == ["age"]

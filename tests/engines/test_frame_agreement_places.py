"""One meaning, with the children of many places in one frame: nation, province, county, towns, and nowhere known."""

from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import children, differences, examples, worlds
from kinderguard.engines.frame.results import AMOUNTS, LOCAL_CATEGORIES, LOCAL_POLICIES


@examples(240)
@given(worlds(3, levels=3), children(8), st.integers(1, 4))
def test_rows_of_many_places_keep_their_order_whatever_the_batch(world, cases, batch):
    rows = world.frame(cases, batch=batch).to_dicts()
    for case, row in zip(cases, rows, strict=True):
        assert differences(world.assess(case), row) == {}


@examples(130)
@given(worlds(3, levels=3), children(6))
def test_what_places_add_is_the_same_in_lists(world, cases):
    rows = world.frame(cases, local="lists").to_dicts()
    for case, row in zip(cases, rows, strict=True):
        own = {r["code"]: r["holds"] for r in row.pop(LOCAL_CATEGORIES)}
        for r in row.pop(LOCAL_POLICIES):
            code = r.pop("code")
            own |= {f"{code}.{name}": value for name, value in r.items()}
        assert differences(world.assess(case), row | own) == {}


@examples(130)
@given(worlds(3, levels=3), children(6))
def test_fen_are_the_same_amounts_and_lists_can_be_left_out(world, cases):
    yuan = world.frame(cases)
    fen = world.frame(cases, money="fen", missing=False, problems=False)
    for name, column in yuan.to_dict().items():
        if name in ("missing", "problems", "complete"):
            assert name not in fen.columns
        elif name.rsplit(".", 1)[-1] in AMOUNTS:
            assert fen[f"{name}_fen"].to_list() == [None if x is None else int(x * 100) for x in column]
        else:
            assert fen[name].to_list() == column.to_list()

"""A place that nobody here knows is asked about when somebody writes it, and never refused."""

import pytest

from casefile.children import BY, child, day
from kinderguard.casefile import FactSource, Recording
from told import stray

ON = day("2025-09-01")


def filed(store, ref, division, **more):
    return store.record(child(ref=ref, division_code=division), at=ON, by="user3", **more).doubts


def test_a_county_that_no_pack_and_no_file_knows_is_doubted_once(file_store):
    (doubt,) = filed(file_store, "a", "331988")
    assert "331988" in doubt.en
    assert not stray(doubt)
    assert filed(file_store, "b", "331988001") == ()


def test_a_township_that_no_other_file_knows_is_doubted_where_others_of_the_county_are_known(file_store):
    assert filed(file_store, "a", "330199001") == ()
    assert filed(file_store, "b", "330199001004") == ()
    (doubt,) = filed(file_store, "c", "330199777")
    assert "330199777" in doubt.zh
    assert filed(file_store, "d", "330199") == ()


@pytest.mark.parametrize(("to", "doubts"), [("331988", 1), ("330199", 0), ("330199777", 0)])
def test_a_transfer_to_a_place_nobody_knows_is_doubted(file_store, to, doubts):
    file_store.record(child(), at=ON, by=BY)
    assert len(file_store.propose_transfer("a", to, by=BY, on=ON).doubts) == doubts


def test_the_rows_of_lists_are_not_doubted_one_by_one(file_store):
    row = FactSource("police", "Sheet1", 2, ON, ("division_code",))
    case = child(division_code="331988")
    (entry,) = file_store.record_many([Recording(case, ON, by="user3", sources=(row,))])
    assert entry.doubts == ()

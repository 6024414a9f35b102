"""Whom a newer edition of a list no longer names: told of the division that the list covers, and of no other."""

import datetime as dt

import attrs
import pytest

from casefile.children import BY
from kinderguard.model.errors import FieldValueError
from kinderguard.survey import combine
from survey.lists import DAY, number, source

JULY = dt.date(2025, 7, 1)
EAST, WEST = "330106001", "330106002"


def of_township(place, *numbers, as_of=JULY, covers=None, code="civil_affairs"):
    """A township's list, its children by their numbers, each registered in that place."""
    rows = [
        {"child.resident_id": number(n), "child.registration.division": place, "household.size": 3} for n in numbers
    ]
    return combine([attrs.evolve(source(code, *rows, as_of=as_of), covers=covers)])


def gone_from(store, survey):
    return {each.ref: each.covers for each in store.no_longer_listed(survey)}


def test_lists_of_two_townships_with_one_code_do_not_speak_of_each_others_children(file_store):
    file_store.import_survey(of_township(EAST, 1, 3), by=BY)
    file_store.import_survey(of_township(WEST, 4, 5), by=BY)
    later = of_township(WEST, 4, as_of=DAY)
    assert gone_from(file_store, later) == {file_store.pseudonym(number(5)): WEST}


def test_a_county_code_does_not_tell_the_township_unless_somebody_says_which_it_is(file_store):
    file_store.import_survey(of_township("330106", 1, 3, covers=EAST), by=BY)
    file_store.import_survey(of_township("330106", 4, 5, covers=WEST), by=BY)
    said = gone_from(file_store, of_township("330106", 4, as_of=DAY, covers=WEST))
    assert said == {file_store.pseudonym(number(5)): WEST}
    unsaid = gone_from(file_store, of_township("330106", 4, as_of=DAY))
    assert unsaid == {file_store.pseudonym(number(n)): None for n in (1, 3, 5)}


def test_a_countys_list_names_the_children_of_its_townships_lists(file_store):
    file_store.import_survey(of_township(EAST, 1, 3), by=BY)
    file_store.import_survey(of_township("330199001", 4), by=BY)
    later = of_township(WEST, 5, as_of=DAY, covers="330106")
    assert gone_from(file_store, later) == {file_store.pseudonym(number(n)): "330106" for n in (1, 3)}


def test_of_rows_that_say_nothing_of_their_list_the_place_of_the_file_decides(file_store):
    mixed = [
        {"child.resident_id": number(n), "child.registration.division": place, "household.size": 3}
        for n, place in ((1, EAST), (3, EAST), (4, WEST))
    ]
    file_store.import_survey(combine([source("civil_affairs", *mixed, as_of=JULY)]), by=BY)
    later = of_township(EAST, 1, as_of=DAY)
    assert gone_from(file_store, later) == {file_store.pseudonym(number(3)): EAST}


def test_a_list_that_names_nobody_says_nothing_of_anybody(file_store):
    file_store.import_survey(of_township(EAST, 1, 3), by=BY)
    assert gone_from(file_store, of_township(EAST, as_of=DAY, covers=EAST)) == {}


def test_a_ledger_that_is_named_is_the_list_of_that_name(file_store):
    first, later = (of_township(EAST, *numbers, as_of=day) for numbers, day in (((1, 3), JULY), ((1,), DAY)))
    ledger = first.sources[0].ledger
    assert file_store.import_ledger(ledger, at=JULY, by=BY, source="civil_affairs").written == 2
    assert gone_from(file_store, later) == {file_store.pseudonym(number(3)): EAST}
    (row,) = file_store.entries(file_store.pseudonym(number(1)))[0].body["sources"]
    assert (row["list"], row["covers"]) == ("civil_affairs", EAST)
    with pytest.raises(FieldValueError):
        file_store.import_ledger(ledger, at=DAY, by=BY, covers="Xihu")
    with pytest.raises(FieldValueError):
        of_township(EAST, 1, covers="99")

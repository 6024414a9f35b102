"""A book in worker processes: it arrives as it was, or says why it cannot."""

import datetime as dt
import pickle

import pytest

import kinderguard
from kinderguard import Pack, Text
from kinderguard import rules as r
from kinderguard.model.errors import CannotTravelError
from kinderguard.packs.sending import _loaded_again
from kinderguard.rules import child

DAY = dt.date(2025, 9, 1)
CASE = kinderguard.Case.from_facts({"child.birth_date": "2014-05-20", "child.registration.division": "330199"})
HEATING = r.DeclaredFact.yes_no("330106.heating", zh="集中供暖", en="heating")


@pytest.fixture(scope="module")
def book():
    return kinderguard.load().on(DAY)


def sent(book):
    return pickle.loads(pickle.dumps(book))


def given(one=None):
    """A pack as a notebook has it; with what fetches its fact, where one is given."""
    providers = [] if one is None else [r.FactProvider(HEATING, needs=[child.birth_date], one=one)]
    return Pack(
        "330106", title=Text("西湖区", "Xihu"), version="1", kinderguard=">=0.1", facts=[HEATING], providers=providers
    )


def of_a_module(known):
    return True


def test_a_book_is_the_same_in_another_process(book):
    changed = book.with_parameters({"cn.orphan.scattered_monthly": {"330199": "2000"}}).for_division("330199")
    again = sent(changed)
    assert (again.day, again.division, again.changes) == (DAY, "330199", changed.changes)
    assert again.assess(CASE).categories == changed.assess(CASE).categories


def test_what_installed_packs_bring_beside_their_rules_arrives_too(book):
    assert len(book.ledger_columns(["330199"])) == len(sent(book).ledger_columns(["330199"])) > 0


def test_a_book_read_from_json_travels(book):
    read = kinderguard.PolicyBook.from_json(book.to_json(divisions=["330199"]))
    assert sent(read).assess(CASE).fingerprint == read.assess(CASE).fingerprint


def test_a_pack_given_as_a_value_travels_with_the_book():
    book = kinderguard.load(packs=[given(of_a_module)])
    assert sent(book).for_division("330106").fingerprint == book.for_division("330106").fingerprint


def test_a_function_without_a_name_is_told_with_the_mend():
    with pytest.raises(CannotTravelError, match="Make the book there") as refused:
        pickle.dumps(kinderguard.load(packs=[given(lambda known: True)]))
    assert "kinderguard.load()" in refused.value.text.zh


def test_other_packs_where_the_book_arrives_are_told():
    with pytest.raises(CannotTravelError, match="Install the same ones in both places"):
        _loaded_again((("cn", "kinderguard.national"), ("999999", "nowhere")), (), False, DAY, None, ())


@pytest.mark.parametrize("make", [lambda result: result, lambda result: result.explain("cn.orphan")])
def test_an_assessment_says_what_to_send_instead(book, make):
    with pytest.raises(CannotTravelError, match="assessment_line") as refused:
        pickle.dumps(make(book.assess(CASE)))
    assert "result.case" in refused.value.text.zh

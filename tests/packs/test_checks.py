"""Checks: what a pack adds to a rule, also to a category of its own."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.engines.frame.rows import frame_of
from kinderguard.national import ORPHAN
from kinderguard.rules import child

TITLE, DAY = Text("某", "some"), dt.date(2025, 9, 1)
OWN = r.Category("4501.young", TITLE, when=child.age < 18)
IN_NEED = r.Policy("4501.gift", TITLE, eligible=child.is_in(OWN), amount=r.yuan("50"), every=r.MONTH)
STREET = Text("流浪", "lives on the street")


def book_with(*checks):
    pack = Pack(
        code="4501", title=TITLE, version="1", kinderguard=">=0.1", categories=[OWN], policies=[IN_NEED], checks=checks
    )
    return kinderguard.load(packs=[pack]).on(DAY)


def requires(on=OWN, code="4501.only", **more):
    return r.Check(code, on=on, reason=STREET, requires=child.living_on_street, **more)


def case(**facts):
    return Case.from_facts({"division_code": "450103", "child.birth_date": "2012-03-05"} | facts)


def belongs(book, of):
    """Whether the child is in the pack's own category, by both engines."""
    found = book.assess(of)
    (row,) = book.assess_frame(frame_of([of])).to_dicts()
    assert row["4501.young"] is found.categories["4501.young"]
    assert row["4501.gift.eligible"] is found.policies["4501.gift"].eligible
    return found.categories["4501.young"]


@pytest.mark.parametrize("street", [True, False, None])
@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
def test_a_condition_that_a_check_adds_to_an_own_category_counts(street):
    """It was taken without a word, and the category stayed as it was."""
    facts = {} if street is None else {"child.living_on_street": street}
    assert belongs(book_with(), case(**facts)) is True
    assert belongs(book_with(requires()), case(**facts)) is street


@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
def test_what_a_check_requires_counts_for_those_whom_another_adds_too():
    older = r.Check("4501.older", on=OWN, reason=TITLE, widens=child.age < 20)
    adult = case(**{"child.birth_date": "2006-03-05", "child.living_on_street": False})
    assert belongs(book_with(older), adult) is True
    assert belongs(book_with(older, requires()), adult) is False


def test_the_explanation_names_what_a_check_on_a_category_lacks():
    told = book_with(requires()).assess(case(**{"child.living_on_street": False})).explain("4501.young")
    assert STREET.zh in told.text("zh")
    assert STREET.en in told.text("en")


@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
def test_a_check_on_a_category_applies_in_its_period():
    later = requires(effective=r.Period("2026-01-01", None))
    settled = case(**{"child.living_on_street": False})
    assert belongs(book_with(later), settled) is True
    assert belongs(book_with(later).on(dt.date(2026, 1, 1)), settled) is False


def test_a_condition_on_somebody_elses_category_is_refused_with_the_mend():
    book = book_with(requires(on=ORPHAN, code="4501.fewer_orphans"))
    found = book.assess(case())
    assert not found.complete
    (problem,) = [p for p in book.problems if p.code == "pack.rules_invalid"]
    assert problem.where.startswith("4501 ")
    for part in ("4501.fewer_orphans", "cn.orphan", "category of your own"):
        assert part in problem.message.en

"""A case as facts by path and back: nothing known is lost, nothing unknown is made up."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings

from kinderguard import Case
from kinderguard.casefile import CaseStore, pseudonym
from kinderguard.casefile.facts import case_of, facts_of, title_of
from kinderguard.model.record import Record
from kinderguard.testing.strategies import cases

DAY = dt.date(2025, 1, 1)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def without_blanks(case):
    """The same knowledge: of packs' own facts, what is null or an empty space says nothing."""
    extra = {space: {n: v for n, v in facts.items() if v is not None} for space, facts in case.extra.items()}
    return case.model_copy(update={"ref": "a", "extra": {space: facts for space, facts in extra.items() if facts}})


@FEW
@given(cases())
def test_any_case_comes_back_from_its_facts(case):
    assert case_of("a", facts_of(case)) == without_blanks(case)


@FEW
@given(cases())
def test_any_case_comes_back_from_the_store(case):
    given_case = without_blanks(case)
    with CaseStore("sqlite://") as store:
        store.append("a", "visit", {}, valid_from=DAY, by="u")
        entry = store.record(given_case, at=DAY, by="u")
        assert store.case("a", at=DAY) == given_case
        assert (entry is None) == (facts_of(case) == {})
        assert store.record(given_case, at=DAY, by="u") is None


def every_path(model, before=""):
    for name, field in model.model_fields.items():
        if isinstance(field.default, Record):
            yield from every_path(type(field.default), f"{before}{name}.")
        elif f"{before}{name}" not in ("ref", "extra"):
            yield f"{before}{name}"


@pytest.mark.parametrize("path", sorted(every_path(Case)))
def test_every_fact_has_a_title_in_both_languages(path):
    title = title_of(path)
    assert title.zh != title.en
    assert title.en.count(": ") == path.count(".")


def test_a_packs_own_fact_is_called_by_its_path():
    assert title_of("330106.central_heating").en == "330106.central_heating"


def test_a_pseudonym_does_not_hold_the_text():
    assert "11010519491231002X" not in pseudonym(b"k" * 32, "11010519491231002X")

"""The national rules alone, with invented standards everywhere, and a child of whom everything ordinary is known."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import Case

DAY = dt.date(2025, 9, 1)

#: Standards, invented for the tests (yuan a month).
STANDARDS = {
    "cn.orphan.scattered_monthly": "1900",
    "cn.orphan.institution_monthly": "2600",
    "cn.dibao.monthly_standard": "1000",
    "cn.tekun.monthly_standard": "1300",
    "cn.disability.living_subsidy_monthly": "100",
    "cn.disability.care_subsidy_monthly": "120",
    "cn.foster_care.standard": True,
}

#: An ordinary child: nothing that any scheme is about, and all of it known.
ORDINARY = {
    "child.birth_date": "2013-05-20",
    "child.registration.kind": "urban",
    "child.registration.division": "370831",
    "child.residence.division": "370831",
    "child.health": "healthy",
    "child.disability.kind": "none",
    "child.disability.grade": "none",
    "child.disability.needs_long_term_care": False,
    "child.illness.serious": False,
    "child.illness.hiv": False,
    "child.schooling.stage": "primary",
    "child.schooling.boarding": False,
    "child.care.kind": "parental",
    "child.care.quality": "good",
    "child.care.alone_overnight": False,
    "child.adopted": False,
    "child.birth_parents_not_found": False,
    "child.individual_dibao": False,
    "child.living_on_street": False,
    "child.state_guardianship": [],
    "child.harms": [],
    **{f"{p}.situations": [] for p in ("father", "mother")},
    **{f"{p}.disability.kind": "none" for p in ("father", "mother")},
    **{f"{p}.disability.grade": "none" for p in ("father", "mother")},
    **{f"{p}.illness.serious": False for p in ("father", "mother")},
    **{f"{p}.supports_child": True for p in ("father", "mother")},
    **{f"{p}.can_act_as_guardian": True for p in ("father", "mother")},
    "guardians": [],
    "household.size": 3,
    "household.monthly_income_per_head": "3000",
    "household.property_within_limits": True,
    "household.aid": [],
    "household.dibao_monthly": "0",
}


@pytest.fixture(scope="session")
def book():
    """The national rules with invented standards."""
    return kinderguard.load().with_parameters(STANDARDS)


@pytest.fixture(scope="session")
def assess(book):
    """Assess an ordinary child of whom some facts differ; a fact given as None is unknown."""

    def run(changes=None, on=DAY, using=book, **keywords):
        facts = ORDINARY | (changes or {})
        return using.assess(Case.from_facts({k: v for k, v in facts.items() if v is not None}), on=on, **keywords)

    return run

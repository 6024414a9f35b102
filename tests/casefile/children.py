"""Children and rules for tests of files: one child whose father is in prison and whose mother is dead, in Xihu District."""

import datetime as dt

import kinderguard
from kinderguard import Case

BY = "330106.user3"

#: A de facto unattended child: the allowance is 1,780 yuan a month, exactly.
UNATTENDED = {
    "ref": "a",
    "division_code": "330106",
    "child.birth_date": "2012-03-05",
    "child.illness": {"serious": False, "hiv": False},
    "child.disability": {"kind": "none", "grade": "none"},
    "child.individual_dibao": False,
    "child.own_labour_income": False,
    "father.situations": [{"kind": "imprisoned", "since": "2025-01-10", "term_months": 24, "ongoing": True}],
    "father.illness.serious": False,
    "father.disability": {"kind": "none", "grade": "none"},
    "father.supports_child": False,
    "mother.situations": [{"kind": "dead", "since": "2020-01-01"}],
    "household.aid": [],
    "household.monthly_income_per_head": "5000",
    "household.size": 3,
    "household.property_within_limits": True,
}
ALLOWANCE = "cn.unattended_allowance"


def rules(scattered="1780", **more):
    """The installed rules with Xihu District's standards given."""
    return kinderguard.load().with_parameters(
        {
            "cn.orphan.scattered_monthly": {"330106": scattered},
            "cn.dibao.monthly_standard": {"330106": "1100"},
            "cn.tekun.monthly_standard": {"330106": "1500"},
            "cn.disability.living_subsidy_monthly": {"330106": "300"},
            **more,
        }
    )


def child(**facts):
    """That child with some facts otherwise: ``child(father__situations=[])``; None makes a fact unknown."""
    changed = {**UNATTENDED, **{path.replace("__", "."): value for path, value in facts.items()}}
    return Case.from_facts({path: value for path, value in changed.items() if value is not None})


def day(text):
    """A date from its text."""
    return dt.date.fromisoformat(text)

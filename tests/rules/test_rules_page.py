"""The page on the rule language: what it says of dates holds of a pack that is written as it shows."""

import datetime as dt
import re
from pathlib import Path

import pytest

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.model import SituationKind
from kinderguard.rules import child, help_received, household, param, parents

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A pack with the page's parameter and its condition of six months."""
    (toml,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^settled = (.*)$", PAGE, re.MULTILINE)
    file = tmp_path_factory.mktemp("pack") / "parameters.toml"
    file.write_text(toml, "utf-8")
    settled = r.Category(
        "330199.settled", Text("定居", "settled"), when=eval(shown, {"r": r, "child": child, "param": param})
    )
    return kinderguard.load(
        packs=[Pack("330199", Text("某县", "A county"), "1", ">=0.1", categories=[settled], parameters=[file])]
    )


@pytest.mark.parametrize(
    ("since", "on", "settled"),
    [
        ("2025-03-01", "2025-09-01", True),
        ("2025-03-02", "2025-09-01", False),
        ("2025-08-31", "2026-02-28", True),
        ("2025-08-31", "2026-02-27", False),
        ("2025-02", "2025-09-01", True),
        ("2025-03", "2025-09-01", None),
        (None, "2025-09-01", None),
    ],
)
def test_six_months_of_residence_are_counted_as_the_page_says(book, since, on, settled):
    case = Case.from_facts({"child.residence.since": since} if since else {})
    assert book.assess(case, on=dt.date.fromisoformat(on), division="330199").categories["330199.settled"] is settled


NAMES = {
    "r": r, "child": child, "help_received": help_received, "household": household, "parents": parents,
    "SituationKind": SituationKind,
}  # fmt: skip
PRISON = [{"kind": "imprisoned", "since": "2024-01-01", "ongoing": True}]
HERE = {"child.registration.division": "330199", "child.residence.division": "330199002"}
ELSEWHERE = HERE | {"child.residence.division": "330106"}
PAID = [{"policy": "330199.school_start", "since": "2024-09-02", "every": "once"}]


def shown(name):
    (written,) = re.findall(rf"^{name} = (.*(?:\n[ )].*)*)$", PAGE, re.MULTILINE)
    return eval(written, NAMES)


def holds(condition, facts, on="2025-09-01"):
    asked = r.Category("330199.asked", Text("某", "asked"), when=condition)
    book = kinderguard.load(packs=[Pack("330199", Text("某县", "A county"), "1", ">=0.1", categories=[asked])])
    result = book.assess(Case.from_facts(facts), on=dt.date.fromisoformat(on), division="330199")
    return result.categories["330199.asked"]


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("every_parent_in_prison", {"father.kind": "none", "mother.kind": "none"}, False),
        ("every_parent_in_prison", {"father.kind": "none", "mother.situations": PRISON}, True),
        ("all_elderly", {"household.members": []}, False),
        ("all_elderly", {"household.members": [{"birth_date": "1950-01-01"}]}, True),
        ("living_here", HERE | {"child.residence.since": "2024-09-01"}, True),
        ("living_here", HERE | {"child.residence.since": "2024-09-02"}, False),
        ("living_here", ELSEWHERE | {"child.residence.since": "2020-01-01"}, False),
        ("living_here", {"child.residence.since": "2020-01-01"}, None),
        ("had_it", {}, None),
        ("had_it", {"help": []}, False),
        ("had_it", {"help": PAID}, True),
        ("had_it", {"help": [{"policy": "cn.dibao_benefit"}]}, False),
        ("had_it_this_year", {"help": PAID}, True),
        ("had_it_this_year", {"help": [PAID[0] | {"since": "2024-09-01"}]}, False),
    ],
)
def test_what_the_page_shows_holds_of_the_children_that_it_speaks_of(name, facts, expected):
    assert holds(shown(name), facts) is expected


def test_a_child_born_on_29_february_sees_an_age_and_a_length_of_time_differ_as_the_page_says():
    born = {"child.birth_date": "2020-02-29"}
    said = ("child.age < 6", "child.birth_date.months_until(r.DAY) < 72")
    assert all(f"`{each}`" in PAGE for each in said)
    by_age, by_months = (eval(each, NAMES) for each in said)
    assert (holds(by_age, born, "2026-02-28"), holds(by_age, born, "2026-03-01")) == (True, False)
    assert (holds(by_months, born, "2026-02-27"), holds(by_months, born, "2026-02-28")) == (True, False)
    assert holds(child.birth_date.plus(years=6) == r.DAY, born, "2026-02-28")

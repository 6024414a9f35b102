"""The page for authors of plug-ins: its files, put together as it says, are a pack that conforms and that works."""

import datetime as dt
import re
from pathlib import Path

import pytest

from kinderguard import Case
from kinderguard import rules as r
from kinderguard.care import needs
from kinderguard.model.codes import Code
from kinderguard.packs import PolicyBook, hookspecs
from kinderguard.packs.loader import PackState, Registry, discover
from kinderguard.rules.kinds import CODE_LISTS
from kinderguard.testing import check_pack
from kinderguard.testing.conformance.subject import Subject
from kinderguard.testing.conformance.targets import target_of

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text("utf-8")
DAY = dt.date(2025, 9, 1)
CHILD = {"child.birth_date": "2014-05-09", "household.aid": ["dibao"], "330199.central_heating": False}


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the files that the page shows."""
    home = tmp_path_factory.mktemp("mycounty")
    package = home / "src" / "kinderguard_mycounty"
    package.mkdir(parents=True)
    project, parameters = blocks("toml")
    (home / "pyproject.toml").write_text(project, "utf-8")
    (package / "parameters.toml").write_text(parameters, "utf-8")
    (package / "__init__.py").write_text("\n\n".join(blocks("python")), "utf-8")
    return home


@pytest.fixture(scope="module")
def source(folder):
    return Subject(target_of(folder)).source


def test_every_hook_has_an_example():
    assert {name for name in vars(hookspecs) if name.startswith("kinderguard_")} == set(
        re.findall(r"^@hookimpl\ndef (kinderguard_\w+)\(\):$", "\n".join(blocks("python")), re.MULTILINE)
    )


def test_the_examples_are_a_pack_that_pays_counts_and_needs(source):
    book = PolicyBook(Registry([*(s for s in discover().sources if s.name == "cn"), source]))
    result = book.assess(Case.from_facts(CHILD), on=DAY, division="330199")
    assert source.state is PackState.LOADED
    assert result.policies["330199.heating"].amount == 600
    assert {need.code for need in needs(book, Case.from_facts(CHILD), on=DAY, division="330199")} >= {
        "330199.need.winter_clothes"
    }
    assert [column.header for column in source.columns] == ["集中供暖", "身份证号"]
    assert [profile.code for profile in source.profiles] == ["330199.street_office"]
    assert [document.code for document in source.documents] == ["330199.heating_bill"]
    (observer,) = source.observers
    assert observer.__name__ == "count_incomplete"


def test_what_is_shown_in_a_line_is_python_that_runs():
    """Declared facts and rules of stacking: each as the tables of the page write it."""

    class Stove(Code):
        COAL = "coal", "煤炉", "coal stove"

    shown = re.findall(r"`(r\.(?:DeclaredFact\.\w+|excludes|tops_up|capped)\([^`]*\))`", PAGE)
    made = [eval(code, {"r": r, "Stove": Stove}) for code in shown]  # our own page
    CODE_LISTS.pop("Stove")
    assert {type(value).__name__ for value in made} == {"DeclaredFact", "Excludes", "TopsUp", "Capped"}
    assert {fact.kind.sort.name for fact in made if isinstance(fact, r.DeclaredFact)} == {
        "BOOL",
        "MONEY",
        "NUMBER",
        "DATE",
        "CODE",
    }


def test_the_examples_conform(folder):
    told = ["loads", "titles", "citations", "effective_dates", "evidence", "facts_exist", "jurisdiction", "wording"]
    given = [
        "need_titles",
        "need_codes",
        "need_facts",
        "need_services",
        "need_wording",
        "profile_titles",
        "profile_facts",
    ]
    numbers = [
        "profile_codes",
        "profile_headers",
        "parameter_sources",
        "parameter_dates",
        "parameter_gaps",
        "exact_money",
    ]
    report = check_pack(folder, only=[*told, *given, *numbers, "metadata", "version_range"])
    assert report.ok, report.text("en")

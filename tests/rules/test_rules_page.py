"""The page on the rule language: what it says of dates holds of a pack that is written as it shows."""

import datetime as dt
import re
from pathlib import Path

import pytest

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.rules import child, param

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

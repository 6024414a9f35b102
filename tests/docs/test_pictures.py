"""The plots and views on the pages are those that the library draws today: their words and numbers, if not every line."""

import re
import runpy
from pathlib import Path

import pytest

pytest.importorskip("altair")
pytest.importorskip("sqlalchemy")

FOLDER = Path(__file__).parents[2] / "docs/pictures"
#: Drawn by hand, and not by the library.
BY_HAND = {"flow.svg"}
KEPT = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".svg", ".html") and path.name not in BY_HAND)


def words(drawn):
    """What a reader reads in a picture or view, in order."""
    return [found.strip() for found in re.findall(r">([^<>]+)<", drawn) if found.strip()]


@pytest.fixture(scope="module")
def drawn():
    return dict(runpy.run_path(str(FOLDER / "draw.py"))["pictures"]())


def test_every_picture_is_drawn_and_every_drawing_kept(drawn):
    assert sorted(drawn) == KEPT


@pytest.mark.parametrize("name", KEPT)
def test_a_page_shows_what_the_library_draws_today(drawn, name):
    assert words((FOLDER / name).read_text("utf-8")) == words(drawn[name]), "draw them again: make pictures"


@pytest.mark.parametrize("name", KEPT)
def test_every_picture_stands_on_a_page(name):
    pages = [page.read_text("utf-8") for page in FOLDER.parent.rglob("*.md")]
    assert any(f"pictures/{name}" in page for page in pages)

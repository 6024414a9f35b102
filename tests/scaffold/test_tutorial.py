"""The tutorial for counties is followed block by block in an empty folder; the English page has the same blocks."""

from pathlib import Path

from pack_environment import make_environment
from tutorial_steps import Reader, steps

COUNTIES = Path(__file__).parents[2] / "docs" / "counties"


def test_whoever_follows_the_tutorial_gets_what_it_shows(tmp_path):
    reader = Reader(tmp_path, make_environment(tmp_path))
    for step in steps(COUNTIES / "tutorial.md"):
        differs = reader.follow(step)
        assert differs is None, f"tutorial.md, line {step.line}: {differs}"


def test_the_english_tutorial_has_the_same_commands_and_files():
    chinese, english = (
        [(s.kind, s.note, s.text) for s in steps(COUNTIES / name)] for name in ("tutorial.md", "tutorial.en.md")
    )
    assert english == chinese

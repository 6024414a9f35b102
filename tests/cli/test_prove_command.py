"""``kinderguard prove``: the answers on standard output, a page on request, an exit code to build on."""

import pytest

from testing.bad_packs import GOOD, INIT, write

pytest.importorskip("z3")

FLOOR = ("prove", "330199", "--on", "2025-09-01", "--question", "floor")


def test_the_floor_of_a_county_is_proved(kinderguard, tmp_path):
    page = tmp_path / "proofs.html"
    done = kinderguard(*FLOOR, "--all", "--lang", "en", "--html", page)
    assert done.exit_code == 0, done.stderr
    assert "cn.dibao_benefit" in done.stdout
    assert "at most 3 household members" in done.stdout
    assert "示例县" in page.read_text("utf-8") or "example county" in page.read_text("utf-8")


def test_a_cliff_is_told_with_a_child_and_judges_nothing(kinderguard):
    done = kinderguard("prove", "330199", "--on", "2025-09-01", "-q", "cliffs", "--lang", "zh")
    assert done.exit_code == 0
    assert "不成立" in done.stdout
    assert "再加：" in done.stdout


def test_a_packs_own_fact_is_printed_with_its_title_and_path(kinderguard, tmp_path):
    """A rule that no child without a stove is in is never refuted by one; the stove is named as people know it."""
    changed = GOOD[INIT].replace(
        "when=(child.age < 16)", 'parts=["cn.orphan"],\n    when=STOVE.expr & (child.age < 16)'
    )
    write(GOOD | {INIT: changed}, tmp_path)
    done = kinderguard("prove", f"{tmp_path}/", "--on", "2025-09-01", "-q", "gaps", "--lang", "en")
    assert done.exit_code == 1, done.stderr
    assert "heats with a stove [450199.stove]: yes" in " ".join(done.stdout.split())
    assert "450199stove" not in done.stdout


def test_what_cannot_be_asked_is_refused(kinderguard):
    assert kinderguard("prove", "330199", "-q", "flor").exit_code == 2
    assert kinderguard("prove", "339999").exit_code == 2


def test_a_pack_that_is_kept_out_is_named_and_nothing_is_proved(kinderguard, tmp_path):
    write(GOOD | {INIT: GOOD[INIT].replace("child.is_in(PUPIL) & ", "child.is_in(PUPIL) and ")}, tmp_path)
    done = kinderguard("prove", f"{tmp_path}/")
    assert done.exit_code == 2
    assert "450199" in done.stderr
    assert "__init__.py" in done.stderr
    assert done.stdout == ""

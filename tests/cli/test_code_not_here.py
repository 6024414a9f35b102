"""A code that is not known although its pack is installed: why is said, and not that somebody misspelt it."""

import importlib
import sys

import pytest

from testing.bad_packs import GOOD, INIT, write

DAY = ("--on", "2025-09-01")


@pytest.fixture
def install(tmp_path, monkeypatch):
    def run(init):
        write(GOOD | {INIT: init}, tmp_path)
        info = tmp_path / "src" / "kinderguard_good-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kinderguard-good\nVersion: 0.1.0\n", "utf-8")
        (info / "entry_points.txt").write_text("[kinderguard]\n450199 = kg_good_pack\n", "utf-8")
        sys.modules.pop("kg_good_pack", None)
        monkeypatch.syspath_prepend(str(tmp_path / "src"))
        importlib.invalidate_caches()

    yield run
    sys.modules.pop("kg_good_pack", None)


@pytest.fixture
def ledger(tmp_path):
    """A list with a child of the pack's county, one of another, and one of whom no division is stated."""
    path = tmp_path / "list.csv"
    path.write_text(
        "儿童姓名,出生日期,户籍地行政区划代码\n甲,2015-05-09,450199\n乙,2015-05-09,330106\n丙,2015-05-09,\n", "utf-8"
    )
    return path


@pytest.mark.parametrize("asked", [("450199.grant",), ("450199",), ("--facts", "450199")])
def test_of_a_broken_pack_it_is_said_that_it_is_kept_out_and_why(kinderguard, install, asked):
    install(GOOD[INIT].replace("child.age < 16", "child.age() < 16"))
    for lang, kept_out, why in (
        ("zh", "规则包 450199 已停用", "不写括号"),
        ("en", "the pack 450199 is kept out", "takes no brackets"),
    ):
        result = kinderguard("rules", *asked, "--lang", lang)
        assert result.exit_code == 2
        said = "".join(result.stderr.split("\n"))
        assert kept_out in said
        assert why in said


def test_explain_says_of_a_broken_pack_why_it_is_kept_out(kinderguard, install, ledger):
    install(GOOD[INIT].replace("child.age < 16", "child.age() < 16"))
    result = kinderguard("explain", ledger, "--row", "2", "--code", "450199.grant", *DAY)
    assert result.exit_code == 2
    assert "规则包 450199 已停用" in result.stderr


@pytest.mark.parametrize(("row", "said"), [(3, "330106"), (4, "where this child is was not read")])
def test_explain_says_that_a_sound_pack_is_not_for_this_child(kinderguard, install, ledger, row, said):
    install(GOOD[INIT])
    result = kinderguard("explain", ledger, "--row", row, "--code", "450199.grant", "--lang", "en", *DAY)
    assert result.exit_code == 2
    assert "the rules of 450199 are for children there" in result.stderr
    assert said in " ".join(result.stderr.split())


def test_a_misspelt_code_of_a_pack_in_use_is_still_told_with_the_nearest(kinderguard, install, ledger):
    install(GOOD[INIT])
    result = kinderguard("explain", ledger, "--row", "2", "--code", "450199.grnt", *DAY)
    assert "450199.grant" in result.stderr
    assert "450199.grant" in kinderguard("rules", "450199.grnt").stderr

"""What ``assess`` says of packs beside its result: which were used, where none is installed, and which are broken."""

import json
import re

import pytest

from packs.conftest import install  # noqa: F401  the fixture

DAY = "2025-09-01"
BROKEN = "print('hello')\n1 / 0\n"


@pytest.fixture
def children(tmp_path):
    """A ledger with a child of each of some counties."""

    def write(*divisions):
        path = tmp_path / "children.csv"
        rows = "".join(f"某某{k},2015-03-05,{division}\n" for k, division in enumerate(divisions))
        path.write_text(f"儿童姓名,出生日期,户籍地行政区划代码\n{rows}", "utf-8-sig")
        return path

    return write


def test_it_says_which_packs_were_used_and_where_none_is_installed(kinderguard, children):
    en = kinderguard(
        "assess", children("330199", "330106", "370831"), "--on", DAY, "--format", "jsonl", "--lang", "en"
    ).stderr
    assert re.search(r"^packs used: cn \S+, 33 \S+, 330199 \S+$", en, re.MULTILINE)
    assert "no pack for Xihu District, Hangzhou 330106 is installed: the nation's and Zhejiang's rules alone\n" in en
    assert "no pack for Sishui County 370831 is installed: the nation's rules alone\n" in en
    zh = kinderguard("assess", children("330106"), "--on", DAY, "--format", "jsonl").stderr
    assert "未安装杭州市西湖区 330106 的规则包：只用全国和浙江省的规则\n" in zh


def test_a_broken_pack_has_a_line_of_its_own_that_ends_with_its_code(kinderguard, children, install):  # noqa: F811
    install("450102", BROKEN)
    ran = kinderguard("assess", children("450102"), "--on", DAY, "--format", "jsonl", "--lang", "en")
    (line,) = [line for line in ran.stderr.splitlines() if re.search(r"\[(pack|provider)\.[a-z_]+\]$", line)]
    assert line.startswith("450102 (kinderguard-test-0 1.0): import failed (__init__.py:2): ZeroDivisionError")
    assert "no pack for 450102" not in ran.stderr
    assert ran.exit_code == 1
    (child,) = map(json.loads, ran.stdout.splitlines())  # and nothing that the pack prints
    assert child["complete"] is False


def test_what_a_broken_pack_would_have_set_is_not_asked_of_its_file(kinderguard, children, install):  # noqa: F811
    install("450102", BROKEN)
    ran = kinderguard("assess", children("450102"), "--on", DAY, "--lang", "en").stdout
    assert "pack 450102 (kinderguard-test-0 1.0): import failed" in ran
    assert "the pack 450102 (kinderguard-test-0 1.0) could not be used; mend that first" in ran
    assert "in the parameter file" not in ran


def test_strict_stops_where_any_installed_pack_is_broken_wherever_it_is_for(kinderguard, children, install):  # noqa: F811
    install("450102", BROKEN)
    path = children("330199")
    assert kinderguard("assess", path, "--on", DAY, "--format", "jsonl").exit_code == 0
    ran = kinderguard("assess", path, "--on", DAY, "--format", "jsonl", "--strict")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "450102 (kinderguard-test-0 1.0)" in ran.stderr


def test_what_can_never_be_used_is_told_by_each_command_that_loads_packs(kinderguard, install):  # noqa: F811
    install("guangxi")
    assert "guangxi (kinderguard-test-0 1.0)" in kinderguard("rules", "cn.orphan").stderr
    listed = kinderguard("packs")
    assert listed.stderr.count("[pack.name_invalid]") == 1
    assert re.search(r"^guangxi +已停用", listed.stdout, re.MULTILINE)
    assert listed.exit_code == 1

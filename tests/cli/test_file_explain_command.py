"""``kinderguard file explain``: a filed child's result in words, for the office or the family, without writing anything."""

import json

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
DAY, BY = "2025-09-01", ("--by", "330199.u1")
NAME = "张宁远"


@pytest.fixture
def ref(kinderguard, children):
    """The file of the boy whose mother died and whose father is in prison."""
    kinderguard("file", "import", children, "--at", DAY, *BY)
    found = {
        r: kinderguard("file", "explain", r, "--on", DAY).stdout for r in kinderguard("file", "list").stdout.split()
    }
    (boy,) = [r for r, text in found.items() if "✓ 事实无人抚养儿童" in text]
    return boy


def test_the_file_is_explained_as_the_row_of_its_list_is(kinderguard, children, ref):
    of_file = kinderguard("file", "explain", ref, "--on", DAY, "--code", "cn.unattended_allowance", "--format", "json")
    of_row = kinderguard(
        "explain", children, "--row", 2, "--on", DAY, "--code", "cn.unattended_allowance", "--format", "json"
    )
    told = [json.loads(each.stdout)["policies"]["cn.unattended_allowance"] for each in (of_file, of_row)]
    assert told[0]["eligible"] is True
    assert told[0] == told[1]


def test_the_family_gets_its_page_with_a_name_only_where_it_was_asked_for(kinderguard, ref):
    before = kinderguard("file", "show", ref, "--history").stdout
    page = kinderguard("file", "explain", ref, "--on", DAY, "--for", "family")
    named = kinderguard("file", "explain", ref, "--on", DAY, "--for", "family", "--names")
    assert page.stdout.startswith("给家长的说明")
    assert "事实无人抚养儿童基本生活补贴：" in page.stdout
    assert NAME not in page.stdout + page.stderr
    assert NAME in named.stdout
    assert kinderguard("file", "show", ref, "--history").stdout == before
    assert kinderguard("file", "explain", ref, "--for", "family", "--format", "json").exit_code == 2


def test_a_closed_file_is_told_and_an_erased_one_explains_nothing(kinderguard, ref):
    kinderguard("file", "close", ref, "--reason", "adopted", "--last-paid", "2025-08", "--on", "2025-08-31", *BY)
    closed = kinderguard("file", "explain", ref, "--on", DAY, "--lang", "en")
    assert (closed.exit_code, f"file {ref} is closed on {DAY}" in closed.stderr) == (1, True)
    kinderguard("file", "erase", ref, "--reason", "保存期满", "--yes", *BY)
    erased = kinderguard("file", "explain", ref, "--on", DAY)
    assert (erased.exit_code, erased.stdout) == (2, "")
    assert "330199.u1" in erased.stderr


def test_a_file_or_a_code_that_is_not_there_is_an_error(kinderguard, ref):
    assert kinderguard("file", "explain", "F-none", "--on", DAY).exit_code == 2
    wrong = kinderguard("file", "explain", ref, "--on", DAY, "--code", "cn.orphan_alowance", "--lang", "en")
    assert wrong.exit_code == 2
    assert "cn.orphan_allowance" in wrong.stderr

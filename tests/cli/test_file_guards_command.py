"""What ``kinderguard file`` tells until it is settled, and what it does for the division in charge alone."""

import json
import sqlite3
from pathlib import Path

import pytest

from survey.lists import number

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
DAY, BY, THEIRS = "2025-09-01", ("--by", "330199.u1"), ("--by", "330106.u2")


@pytest.fixture
def moved(kinderguard, filed):
    """The boy's file, which the county handed over."""
    for move, who in (("propose", (*BY, "--to", "330106")), ("accept", (*THEIRS, "--acting", "330106"))):
        assert kinderguard("file", "transfer", move, filed[0], "--on", DAY, *who).exit_code == 0
    return filed[0]


def test_two_files_with_one_id_are_named_wherever_somebody_looks(kinderguard, filed):
    Path("facts.json").write_text(json.dumps({"child.resident_id": number(1, "20120305")}), "utf-8")
    kinderguard("file", "record", filed[1], "--facts", "facts.json", "--at", DAY, *BY)
    looks = (
        ("show", filed[0]), ("show", filed[0], "--format", "json"), ("due", "--on", DAY, "--kind", "doubt"),
        ("assess", filed[0], "--on", DAY, *BY), ("verify",),
    )  # fmt: skip
    for look in looks:
        done = kinderguard("file", *look)
        told = [line for line in (done.stdout + done.stderr).splitlines() if "同一身份证号" in line]
        assert any(ref in line for line in told for ref in filed), look
        assert "kinderguard file close" in told[0]
        assert number(1, "20120305") not in done.stdout + done.stderr
    verified = kinderguard("file", "verify", "--lang", "en")
    assert (verified.exit_code, "all in order" in verified.stdout, "No damage" in verified.stdout) == (1, True, True)
    kinderguard(
        "file", "close", filed[1], "--reason", "other", "--note", "twice", "--last-paid", "none", "--on", DAY, *BY
    )
    assert [kinderguard("file", *look).stdout.count("同一身份证号") for look in looks] == [0] * 5
    assert kinderguard("file", "verify").exit_code == 0


def test_what_is_due_names_the_command_that_settles_it(kinderguard, filed):
    kinderguard("file", "record", filed[0], "household.size=3", "--at", "2025-09-01", *BY)
    kinderguard("file", "record", filed[0], "household.size=4", "--at", "2025-08-01", *BY)
    due = ("file", "due", "--on", DAY, "--kind", "doubt")
    texts = [kinderguard(*due).stdout, kinderguard(*due, "--format", "jsonl").stdout]
    kinderguard(*due, "--format", "csv", "--out", "due.csv")
    for text in (*texts, Path("due.csv").read_text("utf-8-sig")):
        assert "kinderguard file correct" in text
        assert "store." not in text


def test_the_whole_file_is_written_out_for_the_division_in_charge(kinderguard, moved):
    asked = ("file", "export", moved, "--whole", "--reason", "移交法院", "--on", DAY, "--out", "x.json")
    for wrong in (BY, ("--by", "u9"), ("--by", "u9", "--acting", "330199")):
        done = kinderguard(*asked, *wrong)
        assert (done.exit_code, done.stdout, Path("x.json").exists()) == (2, "", False)
        assert "--override" in done.stderr
    assert kinderguard(*asked, *THEIRS).exit_code == 0
    assert kinderguard(*asked, *BY, "--override", "断网").exit_code == 0
    text = kinderguard("file", "show", moved, "--at", DAY, "--history").stdout
    assert (text.count("写出整份档案"), "断网" in text, "whole_file" in text) == (5, True, False)


def test_a_row_of_a_file_that_was_handed_over_is_filed_with_the_option_that_its_refusal_names(
    kinderguard, moved, children
):
    text = Path(children).read_text("utf-8-sig").replace("初中", "小学")
    Path(children).write_text(text, "utf-8-sig")
    again = ("file", "import", children, "--at", "2025-09-02", *BY)
    refused = kinderguard(*again)
    assert "用 --override 写明理由" in refused.stderr
    assert "由 330106 办理（--acting）" in refused.stderr
    done = kinderguard(*again, "--override", "断网")
    assert (done.exit_code, "已写入 1" in done.stdout) == (0, True), done.stderr
    assert "断网" in kinderguard("file", "show", moved, "--history").stdout


def test_lost_keys_are_told_and_put_back(kinderguard, filed):
    with sqlite3.connect("files.db") as database:
        database.execute("DELETE FROM kg_keys")
    database.close()
    told = kinderguard("file", "verify")
    assert (told.exit_code, "kinderguard file verify --rebuild" in told.stdout) == (1, True)
    assert kinderguard("file", "verify", "--rebuild").exit_code == 0

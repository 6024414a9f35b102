"""``kinderguard file answer``: a child of a list who may be that of a file is told, due, answered, and filed."""

import json

import pytest

from survey.lists import number, write

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
BY = ("--by", "330199.u1")
NAMED = {"儿童姓名": "张宁远", "性别": "男", "出生日期": "2012-03-05", "户籍地行政区划代码": "330199001"}


@pytest.mark.parametrize(("listed", "answer"), [("", "--same"), (":civil_affairs", "--another")])
def test_a_child_written_otherwise_is_asked_about_answered_and_filed(
    kinderguard, monkeypatch, tmp_path, listed, answer
):
    monkeypatch.setenv("KINDERGUARD_KEY", kinderguard("file", "new-key").stdout.strip())
    write(tmp_path / "july.csv", NAMED | {"身份证号": number(1, "20120305")})
    write(tmp_path / "august.csv", NAMED | {"儿童姓名": "张宁园"})
    kinderguard("file", "import", f"july.csv{listed}", "--at", "2025-07-01", *BY)
    (ref,) = kinderguard("file", "list").stdout.split()
    again = ("file", "import", f"august.csv{listed}", "--at", "2025-08-01", *BY, "--lang", "en")
    held = kinderguard(*again)
    assert held.exit_code == 2, "nothing was filed"
    assert "1 that may be the child of an open file" in held.stdout
    assert "kinderguard file answer" in held.stderr
    due = kinderguard("file", "due", "--on", "2025-08-02", "--format", "jsonl", "--lang", "en").stdout.splitlines()
    (asked,) = (line["what"] for line in map(json.loads, due) if line.get("kind") == "doubt")
    assert "kinderguard file answer" in asked
    other = asked.partition("one child with ")[2][:32]
    assert other in kinderguard("file", "show", ref).stdout
    done = kinderguard("file", "answer", ref, other, answer, *BY, "--lang", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "0 not filed" in kinderguard(*again).stdout
    assert set(kinderguard("file", "list").stdout.split()) == ({ref} if answer == "--same" else {ref, other})
    assert "张" not in held.stdout + held.stderr + asked + done.stdout


def test_what_was_not_asked_cannot_be_answered(kinderguard, filed):
    refused = kinderguard("file", "answer", filed[0], "another", "--same", *BY)
    assert refused.exit_code == 2
    assert "未写入任何内容" in refused.stderr

"""``kinderguard file answer``: a child of a list who may be that of a file, or has its ID, is told, due, answered, and filed."""

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
    assert "1 that may be the child of a file" in held.stdout
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


def test_another_name_with_a_files_id_is_told_shown_by_its_number_and_answered_by_the_command_that_due_names(
    kinderguard, monkeypatch, tmp_path
):
    monkeypatch.setenv("KINDERGUARD_KEY", kinderguard("file", "new-key").stdout.strip())
    child = NAMED | {"身份证号": number(1, "20120305")}
    write(tmp_path / "july.csv", child)
    write(tmp_path / "august.csv", child | {"儿童姓名": "李四米"})
    kinderguard("file", "import", "july.csv", "--at", "2025-07-01", *BY)
    (ref,) = kinderguard("file", "list").stdout.split()
    again = ("file", "import", "august.csv", "--at", "2025-08-01", *BY, "--lang", "en")
    held = kinderguard(*again)
    assert (held.exit_code, "1 that may be the child of a file" in held.stdout) == (2, True)
    due = kinderguard("file", "due", "--on", "2025-08-02", "--lang", "en").stdout
    command = due.partition("kinderguard file answer ")[2].partition(" --same")[0].split()
    assert command[0] == ref
    shown = kinderguard("file", "show", command[1], "--lang", "en")
    assert (shown.exit_code, "is no file yet" in shown.stdout, ref in shown.stdout) == (0, True, True)
    assert json.loads(kinderguard("file", "show", command[1], "--format", "json").stdout)["file"] is None
    kinderguard("file", "answer", *command, "--another", *BY)
    assert "1 written" in kinderguard(*again).stdout
    assert set(kinderguard("file", "list").stdout.split()) == {ref, command[1]}
    assert "李四米" not in held.stdout + held.stderr + due + shown.stdout


def test_the_child_of_a_closed_file_is_told_to_be_closed_and_stays_so(kinderguard, monkeypatch, tmp_path):
    monkeypatch.setenv("KINDERGUARD_KEY", kinderguard("file", "new-key").stdout.strip())
    write(tmp_path / "july.csv", NAMED | {"身份证号": number(1, "20120305")})
    write(tmp_path / "august.csv", NAMED)
    kinderguard("file", "import", "july.csv", "--at", "2025-07-01", *BY)
    (ref,) = kinderguard("file", "list").stdout.split()
    died = ("--reason", "death", "--happened-on", "2025-07-20", "--last-paid", "2025-07", "--on", "2025-07-25")
    kinderguard("file", "close", ref, *died, *BY)
    assert kinderguard("file", "import", "august.csv", "--at", "2025-08-01", *BY).exit_code == 2
    due = kinderguard("file", "due", "--on", "2025-08-02").stdout
    assert "儿童死亡" in due
    command = due.partition("kinderguard file answer ")[2].partition(" --same")[0].split()
    told = kinderguard("file", "answer", *command, "--same", *BY, "--lang", "en").stdout
    assert "the file stays closed" in told
    listed = kinderguard("file", "import", "august.csv", "--at", "2025-08-01", *BY, "--lang", "en")
    assert "closed file is still in the ledger" in listed.stdout
    assert kinderguard("file", "list").stdout == ""


def test_the_number_of_a_waiting_child_shows_what_waits(kinderguard, monkeypatch, tmp_path):
    monkeypatch.setenv("KINDERGUARD_KEY", kinderguard("file", "new-key").stdout.strip())
    child = NAMED | {"身份证号": number(1, "20120305")}
    write(tmp_path / "july.csv", child, child | {"儿童姓名": "李四米"})
    kinderguard("file", "import", "july.csv", "--at", "2025-07-01", *BY)
    due = kinderguard("file", "due", "--on", "2025-07-02", "--lang", "en").stdout
    mark = due.partition("no file yet, mark ")[2][:32]
    shown = kinderguard("file", "show", mark, "--lang", "en")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert "/july/2" in shown.stdout
    assert kinderguard("file", "show", "nobody").exit_code == 2

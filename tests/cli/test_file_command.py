"""``kinderguard file``: filing, showing, assessing, what is due, giving out, checking; nothing personal unasked."""

import json
import sqlite3
from pathlib import Path

import pytest
from typer.main import get_command

from kinderguard.commands import app
from survey.lists import number, write

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")
from kinderguard.casefile.chain.encryption import new_key

pytestmark = pytest.mark.usefixtures("elsewhere")
DAY, BY = "2025-09-01", ("--by", "330199.u1")
NAMES = ("张宁远", "张梦", "何星", number(1), "19900001111", "柳溪镇上湾村7号")
SHARE = ("--purpose", "schooling", "--organisation", "示例小学", *BY)


def test_a_ledger_is_filed_once_however_often_it_is_imported(kinderguard, children):
    first = kinderguard("file", "import", children, "--at", DAY, *BY)
    assert first.stdout.startswith("2 行 = 已写入 2 + 无变化 0 + 以前已导入 0 + 未存档 0")
    assert "未加密" in first.stderr
    again = kinderguard("file", "import", children, "--at", DAY, *BY, "--lang", "en")
    assert again.stdout.startswith("2 rows = 0 written + 0 unchanged + 2 imported before + 0 not filed")
    assert again.stderr == ""
    assert len(kinderguard("file", "list").stdout.split()) == 2


def test_the_files_are_listed_as_json_lines_too(kinderguard, children):
    kinderguard("file", "import", children, "--at", DAY, *BY)
    refs = kinderguard("file", "list").stdout.split()
    lines = [json.loads(line) for line in kinderguard("file", "list", "--format", "jsonl").stdout.splitlines()]
    assert lines == [{"ref": ref, "state": "open"} for ref in refs]
    assert kinderguard("file", "list", "--format", "csv").exit_code == 2
    done = kinderguard("file", "list", "--format", "csv", "--out", "files.csv", "--lang", "en")
    assert done.exit_code == 0
    assert Path("files.csv").read_text("utf-8-sig").splitlines() == ["File,State", *(f"{ref},open" for ref in refs)]


def test_rows_without_an_identity_are_told_together_and_where_no_row_is_filed_nothing_was_done(kinderguard, tmp_path):
    nobody = {"儿童姓名": "何安", "户籍地行政区划代码": "330199001", "性别": "女"}
    write(tmp_path / "x.csv", nobody, nobody)
    done = kinderguard("file", "import", "x.csv", "--at", DAY, *BY)
    assert done.exit_code == 2
    assert "未存档 2" in done.stdout
    assert done.stderr.count("请补全后再导入") == 1
    assert "第 2, 3 行（共 2 行）" in done.stderr
    assert "何安" not in done.stdout + done.stderr


def test_a_survey_without_personal_data_files_nobody_and_the_mend_is_named(kinderguard, children):
    kinderguard("survey", f"{children}:civil_affairs", "--on", DAY, "--out", "out")
    done = kinderguard("file", "import", "out/children.jsonl", "--at", DAY, *BY, "--lang", "en")
    assert done.exit_code == 2
    assert "--personal" in done.stderr
    assert done.stderr.count("complete it and import again") <= 1


def test_the_children_of_a_survey_are_filed_and_a_broken_line_is_told(kinderguard, children, tmp_path):
    kinderguard("survey", f"{children}:civil_affairs", "--on", DAY, "--out", "out", "--personal")
    lines = (tmp_path / "out" / "children.jsonl").read_text("utf-8")
    (tmp_path / "children.jsonl").write_text(lines + '{"child": {"name": "何安", "sexx": "male"}}\n', "utf-8")
    done = kinderguard("file", "import", "children.jsonl", "--at", DAY, *BY)
    assert done.exit_code == 1
    assert "3 行 = 已写入 2" in done.stdout
    assert "children 第 3 行" in done.stderr
    assert "何安" not in done.stderr
    # The same children as the ledger itself: nobody gets a second file.
    kinderguard("file", "import", children, "--at", DAY, *BY)
    assert len(kinderguard("file", "list").stdout.split()) == 2


def test_a_store_that_is_not_named_or_not_there_is_told_and_not_made(kinderguard, tmp_path, monkeypatch):
    missing = kinderguard("file", "list")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "files.db" in missing.stderr
    assert not (tmp_path / "files.db").exists()
    monkeypatch.delenv("KINDERGUARD_STORE")
    unnamed = kinderguard("file", "list")
    assert unnamed.exit_code == 2
    assert "--store" in unnamed.stderr


def test_the_store_may_be_named_by_path_or_by_url(kinderguard, children, tmp_path):
    kinderguard("file", "import", children, "--at", DAY, *BY, "--store", tmp_path / "other.db")
    by_path = kinderguard("file", "list", "--store", tmp_path / "other.db").stdout
    assert by_path == kinderguard("file", "list", "--store", f"sqlite:///{tmp_path}/other.db").stdout != ""


def test_the_key_is_read_from_the_environment_alone(kinderguard, children, tmp_path, monkeypatch):
    key = kinderguard("file", "new-key").stdout.strip()
    monkeypatch.setenv("KINDERGUARD_KEY", key)
    done = kinderguard("file", "import", children, "--at", DAY, *BY)
    assert (done.exit_code, done.stderr) == (0, "")
    assert not [name for name in NAMES if name.encode() in (tmp_path / "files.db").read_bytes()]
    assert len(kinderguard("file", "list").stdout.split()) == 2
    for other in (new_key(), "no key at all"):
        monkeypatch.setenv("KINDERGUARD_KEY", other)
        wrong = kinderguard("file", "list")
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert other not in wrong.stderr
        assert key not in wrong.stderr
    monkeypatch.delenv("KINDERGUARD_KEY")
    assert kinderguard("file", "list").exit_code == 2


def test_no_command_takes_a_key_as_an_option():
    def options(command):
        yield from (name for parameter in command.params for name in parameter.opts)
        for each in getattr(command, "commands", {}).values():
            yield from options(each)

    assert not [name for name in options(get_command(app)) if "key" in name]


def test_a_file_is_shown_without_names_unless_asked(kinderguard, filed):
    shown = kinderguard("file", "show", filed[0], "--at", DAY, "--history")
    assert shown.exit_code == 0
    assert "初中" in shown.stdout
    assert "330199.u1" in shown.stdout
    as_json = kinderguard("file", "show", filed[0], "--at", DAY, "--format", "json", "--history")
    facts = json.loads(as_json.stdout)["facts"]
    assert facts["child.schooling.stage"] == "junior_middle"
    assert not [name for name in NAMES if name in shown.stdout + as_json.stdout]
    whole = kinderguard("file", "show", filed[0], "--at", DAY, "--personal").stdout
    assert all(name in whole for name in ("张宁远", "张梦", "何星", "19900001111", "柳溪镇上湾村7号"))


def test_a_file_is_shown_as_it_was_and_as_it_was_known(kinderguard, filed):
    assert "服刑在押" in kinderguard("file", "show", filed[0], "--at", DAY).stdout
    assert "服刑在押" not in kinderguard("file", "show", filed[0], "--at", "2025-08-31").stdout
    before = kinderguard("file", "show", filed[0], "--at", DAY, "--known", "2020-01-01")
    assert before.exit_code == 2
    assert kinderguard("file", "show", filed[0], "--known", "yesterday").exit_code == 2


def test_a_file_that_is_not_there_ends_with_2_in_both_languages(kinderguard, filed):
    for command in (
        ("show",),
        ("visit", "--on", DAY, *BY),
        ("export", "--whole", "--reason", "x", *BY, "--out", "x.json"),
    ):
        name, *options = command
        done = kinderguard("file", name, "nobody", *options)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "nobody" in done.stderr
    assert sorted(kinderguard("file", "list").stdout.split()) == sorted(filed)


def test_an_assessment_is_kept_once_and_a_later_one_tells_what_has_changed(kinderguard, filed):
    first = kinderguard("file", "assess", "--on", DAY, *BY)
    assert first.exit_code == 0, first.stderr
    assert "新存 2" in first.stdout
    assert "新存 0，此前已存 2" in kinderguard("file", "assess", "--on", DAY, *BY).stdout
    later = kinderguard("file", "assess", "--on", "2030-03-05", *BY, "--lang", "en")  # the boy is 18
    assert "changes since the last assessment" in later.stdout
    again = kinderguard("file", "assess", "--on", "2030-03-05", *BY, "--lang", "en")
    assert "0 results kept, 2 kept before" in again.stdout
    assert again.stdout.splitlines()[1:] == later.stdout.splitlines()[1:]  # the same changes, told again
    (head,) = (n for n, line in enumerate(later.stdout.splitlines()) if "since the last assessment" in line)
    *children, how = later.stdout.splitlines()[head + 1 :]
    assert [line.split()[0] for line in children] == [ref for ref in filed if ref in later.stdout.split()], (
        "one line a child"
    )
    assert any("more changes" in line for line in children)
    assert how.endswith("--details")
    whole = kinderguard("file", "assess", "--on", "2030-03-05", *BY, "--lang", "en", "--details").stdout.splitlines()
    count = int(whole[head].split()[0])
    assert (len(whole[head + 1 :]), whole[:head]) == (count, again.stdout.splitlines()[:head])
    assert count > len(children)
    lines = kinderguard("file", "assess", filed[0], "--on", DAY, *BY, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["ref"] for line in lines] == [filed[0]]
    kinderguard("file", "assess", "--on", DAY, *BY, "--format", "csv", "--out", "changes.csv")
    assert Path("changes.csv").read_text("utf-8-sig").startswith("档案编号,")


def test_what_is_due_is_listed_and_a_visit_that_was_made_is_due_no_more(kinderguard, filed):
    due = [json.loads(x) for x in kinderguard("file", "due", "--on", DAY, "--format", "jsonl").stdout.splitlines()]
    assert ("visit", filed[1], True) in [(i["kind"], i["ref"], i["overdue"]) for i in due]
    assert ("release", filed[0], "2025-10-20") in [(i["kind"], i["ref"], i["day"]) for i in due]
    visits = ("file", "due", "--on", DAY, "--kind", "visit")
    assert filed[0] not in kinderguard(*visits).stdout
    month = kinderguard(*visits, "--until", "2025-09-30")
    assert "2025-09-20" in month.stdout
    assert month.stdout.startswith("待办 2 项，其中已逾期 1 项")
    assert kinderguard("file", "visit", filed[1], "--on", DAY, *BY).exit_code == 0
    assert filed[1] not in kinderguard(*visits).stdout
    assert kinderguard("file", "due", "--on", DAY, "--kind", "vist").exit_code == 2
    assert kinderguard(*visits, "--until", "2025-08-01").exit_code == 2


def test_a_place_that_has_not_set_the_interval_is_told(kinderguard, tmp_path):
    write(tmp_path / "x.csv", {"儿童姓名": "何安", "身份证号": number(2), "户籍地行政区划代码": "220102"})
    kinderguard("file", "import", "x.csv", "--at", DAY, *BY)
    done = kinderguard("file", "due", "--on", DAY, "--lang", "en")
    assert done.exit_code == 1
    assert "cn.visit.interval_months" in done.stderr


def test_a_table_needs_a_file(kinderguard, filed):
    assert kinderguard("file", "due", "--on", DAY, "--format", "csv").exit_code == 2
    assert kinderguard("file", "due", "--on", DAY, "--format", "xlsx", "--out", "due.xlsx").exit_code == 0
    assert Path("due.xlsx").stat().st_size > 1000


def test_a_school_is_given_what_its_purpose_allows_and_it_is_written_down(kinderguard, filed):
    given = kinderguard(
        "file", "export", filed[0], "--role", "education", "--basis", "statutory_duty", *SHARE, "--out", "school.json"
    )
    assert given.exit_code == 0, given.stderr
    facts = json.loads(Path("school.json").read_text("utf-8"))["facts"]
    assert facts["child.name"] == "张宁远"
    assert not [path for path in facts if path.startswith("father.")]
    assert "张宁远" not in given.stdout + given.stderr
    assert "信息共享" in kinderguard("file", "show", filed[0], "--history").stdout


def test_what_may_not_be_given_is_refused_and_the_attempt_is_written_down(kinderguard, filed):
    asked = ("--role", "social_organisation", "--basis", "consent", *SHARE, "--out", "x.json")
    refused = kinderguard("file", "export", filed[0], *asked)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert len(refused.stderr.strip().splitlines()) == 2
    assert not Path("x.json").exists()
    assert "信息共享" in kinderguard("file", "show", filed[0], "--history").stdout
    forced = kinderguard(
        "file", "export", filed[0], *asked, "--override", "法院要求", "--field", "child.schooling.stage"
    )
    assert forced.exit_code == 0, forced.stderr
    assert kinderguard("file", "export", filed[0], *BY, "--out", "x.json", "--role", "education").exit_code == 2


def test_the_whole_file_is_written_only_with_a_reason_and_is_written_down(kinderguard, filed):
    assert kinderguard("file", "export", filed[0], *BY, "--whole", "--out", "x.json").exit_code == 2
    assert not Path("x.json").exists()
    done = kinderguard(
        "file", "export", filed[0], *BY, "--whole", "--reason", "移交法院", "--on", DAY, "--out", "x.json"
    )
    assert done.exit_code == 0
    facts = json.loads(Path("x.json").read_text("utf-8"))["facts"]
    assert (facts["child.name"], facts["father.name"]) == ("张宁远", "张梦")
    assert Path("x.json").stat().st_mode & 0o077 == 0
    assert "信息共享" in kinderguard("file", "show", filed[0], "--history").stdout


def entries(kinderguard) -> str:
    return kinderguard("file", "verify").stdout.splitlines()[0]


WHOLE = ("--whole", "--reason", "移交法院", "--on", DAY, *BY, "--lang", "en")
SCHOOL = ("--role", "education", "--basis", "statutory_duty", *SHARE, "--lang", "en")


@pytest.mark.parametrize("how", [WHOLE, SCHOOL])
def test_nothing_is_recorded_as_given_where_the_file_cannot_be_written(kinderguard, filed, how):
    before = entries(kinderguard)
    for out, mend in (("nodir/x.json", "there is no folder nodir; make it first"), (".", "name a file in it")):
        done = kinderguard("file", "export", filed[0], *how, "--out", out)
        assert (done.exit_code, mend in done.stderr, len(done.stderr.strip().splitlines())) == (2, True, 2), done.stderr
        assert "；未做任何处理" in done.stderr
    assert entries(kinderguard) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_disk_that_fills_up_while_a_file_is_given_is_told_with_the_entry(kinderguard, filed):
    done = kinderguard("file", "export", filed[0], *WHOLE, "--out", "/dev/full")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "recorded as entry 3, but the recipient was not given all of it" in done.stderr
    assert "第 3 条" in done.stderr


def test_what_stood_in_a_file_stays_where_nothing_is_given_and_goes_where_something_is(kinderguard, filed):
    Path("x.json").write_text("y" * 100_000, "utf-8")
    refused = ("--role", "social_organisation", "--basis", "consent", *SHARE)
    assert kinderguard("file", "export", filed[0], *refused, "--out", "x.json").exit_code == 2
    assert Path("x.json").stat().st_size == 100_000
    assert kinderguard("file", "export", filed[0], *WHOLE, "--out", "x.json").exit_code == 0
    assert json.loads(Path("x.json").read_text("utf-8"))["ref"] == filed[0]
    assert Path("x.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "command",
    [
        ("file", "assess", "--on", DAY, *BY),
        ("file", "due", "--on", DAY),
        ("file", "overpayment", "list", "--on", DAY),
        ("care", "plan", "--on", DAY, "--save", *BY),
        ("care", "show", "--on", DAY),
    ],
)
def test_a_list_that_cannot_be_written_is_refused_before_anything_is_done(kinderguard, filed, command):
    before = entries(kinderguard)
    for form in ("jsonl", "csv", "xlsx"):
        done = kinderguard(*command, "--format", form, "--out", f"nodir/x.{form}")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "没有文件夹 nodir，请先建立或改正路径；未做任何处理" in done.stderr
        assert "there is no folder nodir; make it first, or mend the path; nothing was done" in done.stderr
    assert entries(kinderguard) == before


def test_an_import_is_refused_before_it_files_where_its_tables_cannot_be_written(kinderguard, children):
    for option in ("--out", "--no-longer-listed"):
        done = kinderguard("file", "import", children, "--at", DAY, *BY, "--source", "civil", option, "nodir/x.csv")
        assert (done.exit_code, "nodir/x.csv cannot be written" in done.stderr) == (2, True)
    assert not Path("files.db").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_list_that_was_not_written_whole_is_told(kinderguard, filed, form):
    done = kinderguard("file", "due", "--on", DAY, "--format", form, "--out", "/dev/full")
    assert (done.exit_code, "/dev/full could not be written whole" in done.stderr) == (2, True)


def test_verify_finds_what_somebody_changed(kinderguard, filed):
    good = kinderguard("file", "verify")
    assert (good.exit_code, "完好" in good.stdout) == (0, True)
    head = good.stdout.splitlines()[1].rpartition("：")[2]
    assert kinderguard("file", "verify", "--head", head).exit_code == 0
    assert kinderguard("file", "verify", "--head", "1:" + "0" * 64).exit_code == 1
    assert kinderguard("file", "verify", "--head", "first").exit_code == 2
    database = sqlite3.connect("files.db")
    with database:
        database.execute("UPDATE kg_entries SET written_by = 'somebody' WHERE number = 1")
    database.close()
    bad = kinderguard("file", "verify", "--lang", "en")
    assert bad.exit_code == 1
    assert "faults" in bad.stdout

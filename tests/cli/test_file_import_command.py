"""``kinderguard file import`` of several departments' lists, of lists that are no ledger, and with a store on PostgreSQL."""

import ast
import json
import re
from pathlib import Path

import pytest

from kinderguard.commands.wording import in_commands
from kinderguard.model.text import Text
from survey.lists import number, write

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
DAY, BY = "2025-09-01", ("--by", "330199.u1")
AT = ("--at", DAY, *BY)
BORN = "20150305"


@pytest.fixture
def lists(elsewhere, tmp_path):
    """Civil affairs' ledger and a school's list of July: one boy in both, about whose household two rows differ."""
    boy = {"儿童姓名": "张宁远", "身份证号": number(1, BORN), "户籍地行政区划代码": "330199001"}
    write(tmp_path / "civil.csv", boy | {"家庭人口": "3"}, boy | {"家庭人口": "4"})
    school = {"学生姓名": "张宁远", "身份证件号": number(1, BORN), "就读学段": "小学", "出生日期": "2015-03-05"}
    write(tmp_path / "school.csv", school, {"学生姓名": "何安", "就读学段": "小学"})
    return "civil.csv:civil_affairs", "school.csv:education@2025-07-01"


def test_lists_are_combined_and_filed_each_fact_with_its_list_and_its_day(kinderguard, lists):
    done = kinderguard("file", "import", *lists, *AT)
    assert done.exit_code == 1
    assert done.stdout.startswith("2 名儿童 = 已写入 1 + 无变化 0 + 以前已导入 0 + 未存档 1")
    assert "家庭人口  1" in done.stdout
    assert "education/school/3（共 1 名）" in done.stderr
    assert "张宁远" not in done.stdout + done.stderr
    (ref,) = kinderguard("file", "list").stdout.split()
    assert "小学" in kinderguard("file", "show", ref, "--at", "2025-07-01").stdout
    shown = json.loads(kinderguard("file", "show", ref, "--at", DAY, "--format", "json", "--history").stdout)
    assert "household.size" not in shown["facts"]
    assert [(e["valid_from"], e["source"]) for e in shown["entries"]] == [
        ("2025-07-01", "civil_affairs,education"), (DAY, "civil_affairs,education"),
    ]  # fmt: skip
    again = kinderguard("file", "import", *lists, *AT, "--lang", "en")
    assert again.stdout.startswith("2 children = 0 written + 0 unchanged + 1 imported before + 1 not filed")


def test_what_somebody_decided_is_filed(kinderguard, lists):
    kinderguard("survey", *lists, "--on", DAY, "--out", "out", "--lang", "en")
    sheet = Path("out/to_decide.csv").read_text("utf-8-sig")
    sheet = sheet.replace(",,which row counts", ",civil_affairs/civil/2,which row counts")
    Path("answers.csv").write_text(sheet, "utf-8-sig")
    done = kinderguard("file", "import", *lists, *AT, "--decisions", "answers.csv")
    assert "家庭人口" not in done.stdout
    (ref,) = kinderguard("file", "list").stdout.split()
    assert json.loads(kinderguard("file", "show", ref, "--format", "json").stdout)["facts"]["household.size"] == 3


def test_what_was_filed_of_each_child_is_written_on_request(kinderguard, lists):
    done = kinderguard("file", "import", *lists, *AT, "--format", "jsonl", "--lang", "en")
    boy, girl = (json.loads(line) for line in done.stdout.splitlines())
    assert (boy["filing"], boy["open"], boy["rows"][0]) == ("written", ["household.size"], "civil_affairs/civil/2")
    assert (girl["filing"], girl["ref"], girl["why"].startswith("no resident ID")) == ("not_filed", None, True)
    assert "张宁远" not in done.stdout
    table = kinderguard("file", "import", *lists, *AT, "--format", "csv", "--out", "filed.csv")
    assert table.exit_code == 1
    assert Path("filed.csv").read_text("utf-8-sig").splitlines()[0].startswith("儿童编号,档案编号,结果")


def test_where_no_child_is_filed_nothing_was_done(kinderguard, tmp_path):
    write(tmp_path / "school.csv", {"学生姓名": "何安", "就读学段": "小学"})
    done = kinderguard("file", "import", "school.csv:education", *AT)
    assert done.exit_code == 2
    assert "未存档 1" in done.stdout


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        (("civil.csv", "school.csv"), "civil.csv:education"),
        (("civil.csv:civil_affairs", "school.csv"), "school.csv:education"),
        (("civil.csv", "--link"), "civil.csv:civil_affairs"),
        (("civil.csv:civil_affairs", "--sheet", "x"), "PATH:KIND=CODE"),
        (("civil.csv:police",), "public_security"),
    ],
)
def test_lists_and_ledgers_that_are_mixed_up_are_told_and_nothing_is_filed(kinderguard, lists, given, mend):
    done = kinderguard("file", "import", *given, *AT)
    assert (done.exit_code, done.stdout) == (2, "")
    assert mend in done.stderr
    assert not Path("files.db").exists()


SCHOOL = {"学生姓名": "张宁远", "身份证件号": number(1, BORN), "就读学段": "小学"}
POLICE = {"姓名": "张宁远", "公民身份号码": number(1, BORN), "户籍地区划": "330199001", "户口类别": "农业"}
NO_HEADERS_KNOWN = {"学生姓名": "张宁远", "身份证件号": number(1, BORN)}


@pytest.mark.parametrize(
    ("row", "kind"), [(SCHOOL, "education"), (POLICE, "public_security"), (NO_HEADERS_KNOWN, "education")]
)
def test_a_departments_list_that_is_no_ledger_points_to_the_survey(kinderguard, tmp_path, row, kind):
    write(tmp_path / "list.csv", row)
    done = kinderguard("file", "import", "list.csv", *AT)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"kinderguard survey list.csv:{kind}" in done.stderr
    assert f"kinderguard file import list.csv:{kind}" in done.stderr
    assert not Path("files.db").exists()


def test_a_ledger_with_a_column_that_departments_have_too_is_a_ledger(kinderguard, tmp_path):
    ledger = {
        "儿童姓名": "张宁远",
        "身份证号": number(1, BORN),
        "户籍地行政区划代码": "330199001",
        "家庭住址": "柳溪镇",
    }
    write(tmp_path / "list.csv", ledger)
    done = kinderguard("file", "import", "list.csv", *AT)
    assert (done.exit_code, "已写入 1" in done.stdout) == (1, True)
    assert "list.csv：1 处填写问题" in done.stderr
    assert "kinderguard assess" not in done.stderr  # each is said here
    assert "[ledger." in done.stderr


# ---- wording ---------------------------------------------------------------------------------------------------------

_CALL = re.compile(r"store\.\w+|CaseStore\(|facts=|Override\(|make=|happened_on|open=None")


def test_no_text_of_the_store_names_a_python_call_on_the_command_line():
    """Every text of the folder, whatever brings it about; the parts between the braces of an f-string are left out."""
    texts, folder = [], Path(__file__).parents[2] / "src/kinderguard/casefile"
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text" and len(node.args) == 2:
                texts.append(Text(*("".join(_constants(arg)) for arg in node.args)))
    assert len(texts) > 100
    named = [text for text in texts if _CALL.search(text.zh) or _CALL.search(text.en)]
    assert len(named) > 10, "the library itself names its calls"
    left = [each for text in named for each in (in_commands(text).zh, in_commands(text).en) if _CALL.search(each)]
    assert left == []


def _constants(node):
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_a_file_that_is_not_there_is_told_with_the_command_that_lists_them(kinderguard, lists):
    kinderguard("file", "import", *lists, *AT)
    done = kinderguard("file", "show", "nobody")
    assert done.exit_code == 2
    assert done.stderr.count("kinderguard file list") == 2
    assert "store." not in done.stderr


# ---- PostgreSQL ------------------------------------------------------------------------------------------------------


def test_a_store_on_postgresql_is_made_by_an_import_alone_and_works_like_any_other(kinderguard, lists, postgres):
    pytest.importorskip("psycopg")
    store = ("--store", postgres.url())
    for command in (("list",), ("verify",), ("due", "--on", DAY)):
        missing = kinderguard("file", *command, *store)
        assert (missing.exit_code, missing.stdout) == (2, "")
        assert "kinderguard file import" in missing.stderr
    first = kinderguard("file", "import", *lists, *AT, *store)
    assert "已写入 1" in first.stdout
    assert "未加密" in first.stderr
    again = kinderguard("file", "import", *lists, *AT, *store)
    assert ("以前已导入 1" in again.stdout, "未加密" in again.stderr) == (True, False)
    (ref,) = kinderguard("file", "list", *store).stdout.split()
    assert "小学" in kinderguard("file", "show", ref, "--at", DAY, *store).stdout
    assert (
        kinderguard(
            "file", "close", ref, "--reason", "adopted", "--last-paid", "none", "--on", DAY, *BY, *store
        ).exit_code
        == 0
    )
    assert kinderguard("file", "list", "--closed", "--at", DAY, *store).stdout.split() == [ref]
    assert kinderguard("file", "erase", ref, "--reason", "x", *BY, "--yes", *store).exit_code == 0
    verified = kinderguard("file", "verify", *store)
    assert (verified.exit_code, "完好" in verified.stdout) == (0, True)
    assert not Path("files.db").exists()


def test_two_valid_ids_that_may_be_one_childs_wait_and_the_summary_says_so(kinderguard, tmp_path):
    child = {"儿童姓名": "张宁远", "户籍地行政区划代码": "330199001", "身份证号": number(1, BORN)}
    write(tmp_path / "civil.csv", child, child | {"身份证号": number(3, BORN)})
    done = kinderguard("file", "import", "civil.csv:civil_affairs", *AT)
    assert done.exit_code == 2
    assert "未存档中 2 名：两个有效身份证号" in done.stdout
    assert "--two-ids" in done.stderr
    asked = kinderguard("file", "import", "civil.csv:civil_affairs", *AT, "--two-ids", "--lang", "en")
    assert asked.stdout.startswith("2 children = 2 written")


def test_a_list_that_was_not_brought_up_to_date_is_told_and_answered_on_the_command_line(kinderguard, tmp_path):
    boy = {"儿童姓名": "张宁远", "身份证号": number(1, BORN), "户籍地行政区划代码": "330199001"}
    other = boy | {"儿童姓名": "何安", "身份证号": number(3, BORN)}
    write(tmp_path / "july.csv", boy | {"家庭人口": "3"}, other)
    write(tmp_path / "august.csv", boy | {"家庭人口": "3"})
    kinderguard("file", "import", "july.csv:civil_affairs", "--at", "2025-07-01", *BY)
    (ref,) = (
        r for r in kinderguard("file", "list").stdout.split() if "家庭人口" in kinderguard("file", "show", r).stdout
    )
    kinderguard("file", "correct", ref, "1", "--fact", "household.size=4", "--reason", "登记有误", *BY)
    done = kinderguard(
        "file", "import", "august.csv:civil_affairs", "--at", "2025-08-01", *BY, "--no-longer-listed", "gone.csv"
    )
    assert done.exit_code == 1
    assert "1 名儿童有名单所报与由人记载的不符" in done.stdout
    assert "家庭人口  1" in done.stdout
    assert ref in done.stderr
    assert "不再列有 1 份未结案档案的儿童" in done.stderr
    (line,) = Path("gone.csv").read_text("utf-8-sig").splitlines()[1:]
    assert line.split(",")[1:] == ["civil_affairs", "2025-08-01", "2025-07-01"]
    shown = kinderguard("file", "show", ref, "--history", "--lang", "en").stdout
    assert "What the list says (civil_affairs):" in shown
    assert "with kinderguard file record, which confirms it" in shown
    assert "said by lists and not taken as facts" in shown
    kinderguard("file", "record", ref, "household.size=4", "--at", "2025-08-01", *BY)
    assert "To be checked" not in kinderguard("file", "show", ref, "--lang", "en").stdout
    write(tmp_path / "september.csv", boy | {"家庭人口": "3"})
    again = kinderguard("file", "import", "september.csv:civil_affairs", "--at", "2025-09-01", *BY, "--partial")
    assert (again.exit_code, again.stderr, "待核对" in again.stdout) == (0, "", False)
    assert "1 名儿童的名单仍报此前已由人答复的事实" in again.stdout
    row = kinderguard(
        "file", "import", "september.csv:civil_affairs", "--at", "2025-09-02", *BY, "--partial", "--format", "jsonl"
    )
    (line,) = map(json.loads, row.stdout.splitlines())
    assert line["held_back"] == line["answered"] == ["household.size"]


def test_somebody_who_confirms_what_a_list_says_is_told_so_and_no_list_changes_it(kinderguard, tmp_path):
    boy = {"儿童姓名": "张宁远", "身份证号": number(1, BORN), "户籍地行政区划代码": "330199001"}

    def imported(people, day):
        write(tmp_path / "list.csv", boy | {"家庭人口": people})
        return kinderguard("file", "import", "list.csv:civil_affairs", "--at", day, *BY, "--partial")

    imported("3", "2025-06-01")
    imported("4", "2025-07-01")
    (ref,) = kinderguard("file", "list").stdout.split()[:1]
    record = ("file", "record", ref, "household.size=4", "--at", "2025-07-01", *BY)
    done = kinderguard(*record, "--lang", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "(1 as the file said already, and confirmed: no list changes it from now on)" in done.stdout
    assert "已由人如此记载，未再写入" in kinderguard(*record).stdout
    assert "confirmed: household: " in kinderguard("file", "show", ref, "--history", "--lang", "en").stdout
    assert imported("3", "2025-08-01").exit_code == 1
    assert "家庭人口" in kinderguard("file", "due", "--on", "2025-08-02", "--kind", "doubt", "--format", "jsonl").stdout
    assert '"household.size": 4' in kinderguard("file", "show", ref, "--format", "json").stdout


def test_who_may_have_a_file_already_waits_until_a_person_says_and_a_ledger_cannot_tell_who_has_left(
    kinderguard, tmp_path
):
    girl = {"儿童姓名": "何安", "户籍地行政区划代码": "330199001", "出生日期": "2015-03-05", "性别": "女"}
    with_id = girl | {"身份证号": number(2, BORN)}
    write(
        tmp_path / "civil.csv",
        with_id,
        {"儿童姓名": "张宁远", "户籍地行政区划代码": "330199001", "出生日期": "2014-01-01"},
    )
    first = kinderguard("file", "import", "civil.csv", *AT)
    assert "不再列有" not in first.stderr
    write(tmp_path / "civil.csv", girl)
    for given in ("civil.csv", "civil.csv:civil_affairs"):
        waits = kinderguard("file", "import", given, "--at", "2025-10-01", *BY)
        assert (waits.exit_code, "可能就是已有档案（含已结案）的儿童" in waits.stdout) == (2, True)
        assert "何安" not in waits.stdout + waits.stderr
    assert "civil.csv:civil_affairs" in kinderguard("file", "import", "civil.csv", "--at", "2025-10-01", *BY).stderr
    assert "--two-ids" in waits.stderr
    assert kinderguard("file", "import", "civil.csv", "--at", "2025-10-01", *BY, "--two-ids").exit_code == 0


def test_a_row_that_is_not_read_is_listed_and_due_until_somebody_settles_it(kinderguard, tmp_path):
    orphan = {"儿童姓名": "何安", "性别": "男", "户籍地行政区划代码": "330199001", "身份证号": number(2, BORN)}
    write(tmp_path / "civil.csv", orphan)
    done = kinderguard("file", "import", "civil.csv:civil_affairs", *AT)
    assert (done.exit_code, "另有 1 行未能读取" in done.stdout) == (1, True)
    assert "未能读取，已列入待办：civil_affairs/civil 第 2 行（共 1 行）：性别与身份证号不一致" in done.stderr
    due = ("file", "due", "--on", DAY, "--kind", "unread", "--format", "jsonl")
    (line,) = map(json.loads, kinderguard(*due).stdout.splitlines())
    assert (line["division"], "kinderguard file settle-row 行号" in line["what"]) == ("330199001", True)
    assert not any(each in f"{done.stdout}{done.stderr}{line}" for each in ("何安", number(2, BORN)))
    settled = kinderguard("file", "settle-row", line["ref"], "--reason", "已补入下月名单", *BY)
    assert (settled.exit_code, kinderguard(*due).stdout) == (0, "")


def test_who_is_still_listed_although_the_file_is_closed_is_told(kinderguard, tmp_path):
    write(tmp_path / "civil.csv", {"儿童姓名": "何安", "户籍地行政区划代码": "330199001", "身份证号": number(2, BORN)})
    kinderguard("file", "import", "civil.csv", *AT)
    (ref,) = kinderguard("file", "list").stdout.split()
    kinderguard("file", "close", ref, "--reason", "adopted", "--last-paid", "2025-08", "--on", DAY, *BY)
    told = kinderguard("file", "import", "civil.csv", "--at", "2025-10-01", *BY)
    assert (told.exit_code, "kinderguard file reopen" in told.stderr) == (1, True)
    listed = kinderguard("file", "import", "civil.csv:civil_affairs", "--at", "2025-10-01", *BY, "--format", "jsonl")
    assert [json.loads(line)["closed"] for line in listed.stdout.splitlines()] == [True]
    assert (listed.exit_code, ref in listed.stderr) == (1, True)

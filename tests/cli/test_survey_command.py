"""``kinderguard survey``: one child each out of several lists, what is to decide given back, nothing personal unasked."""

import csv
import datetime as dt
import json
import os
import sys

import pytest
from python_calamine import CalamineWorkbook

from kinderguard import Case, survey
from kinderguard.model.dates import today_in_china
from survey.lists import number, write

DAY, BY = ("--on", "2025-09-01"), ("--by", "u1")
NAMES = ("张宁远", "李书航", "张梦", number(1), "19900001111", "柳溪镇上湾村7号")


@pytest.fixture(autouse=True)
def _no_key(monkeypatch):
    monkeypatch.delenv("KINDERGUARD_KEY", raising=False)


@pytest.fixture
def lists(tmp_path):
    """Two lists: one child in both, twice in one of them with two incomes; one child in each alone."""
    boy = {"儿童姓名": "张宁远", "身份证号": number(1), "户籍地行政区划代码": "330199001", "父亲姓名": "张梦"}
    write(
        tmp_path / "民政.csv",
        {**boy, "家庭月人均收入": "900", "户籍地址": "柳溪镇上湾村7号", "监护人电话": "19900001111"},
        {**boy, "家庭月人均收入": "700"},
        {
            "儿童姓名": "李书航",
            "出生日期": "2016-05-07",
            "户籍地行政区划代码": "330199002",
            "性别": "男",
            "父亲姓名": "李明川",
        },
    )
    write(
        tmp_path / "学生.csv",
        {"学生姓名": "张宁远", "身份证件号": number(1), "就读学段": "小学"},
        {"学生姓名": "何安", "身份证件号": number(2, "20140101"), "就读学段": "初中"},
    )
    return f"{tmp_path}/民政.csv:civil_affairs", f"{tmp_path}/学生.csv:education"


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill_in(path, answers):
    """Fill in answers by the order of the questions."""
    rows = table(path)
    for row, answer in zip(rows, answers, strict=True):
        row["回答"] = answer
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_every_row_is_in_one_child_and_the_summary_counts_them(kinderguard, lists, tmp_path):
    done = kinderguard("survey", *lists, *DAY, "--out", tmp_path / "out", "--lang", "en")
    assert done.exit_code == 1, done.stderr  # a child stands twice in a list, and the list is to be mended
    assert "civil_affairs: 2 problem(s)" in done.stderr
    assert "rows: 5" in done.stdout
    assert "children: 3" in done.stdout
    assert "to decide: 1" in done.stdout
    rows = table(tmp_path / "out" / "rows.csv")
    assert len(rows) == 5
    assert len({row["Child"] for row in rows}) == 3
    cases = [
        Case.model_validate_json(line) for line in (tmp_path / "out" / "children.jsonl").read_text("utf-8").splitlines()
    ]
    assert {case.ref for case in cases} == {row["Child"] for row in rows}


def test_nothing_personal_is_printed_or_written_unless_asked(kinderguard, lists, tmp_path):
    for form in ("jsonl", "xlsx"):
        out = tmp_path / form
        done = kinderguard("survey", *lists, *DAY, "--out", out, "--format", form)
        texts = [done.stdout, done.stderr]
        for file in out.iterdir():
            if file.suffix == ".xlsx":
                book = CalamineWorkbook.from_path(str(file))
                texts += [str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
            else:
                texts.append(file.read_text("utf-8"))
        assert [name for name in NAMES if any(name in text for text in texts)] == []


def test_with_leave_the_children_are_written_whole_for_their_owner_alone(kinderguard, lists, tmp_path):
    done = kinderguard("survey", *lists, *DAY, "--out", tmp_path / "out", "--personal")
    children = tmp_path / "out" / "children.jsonl"
    text = children.read_text("utf-8")
    assert [name for name in NAMES if name not in text] == []
    assert [name for name in NAMES if name in done.stdout + done.stderr] == []
    assert "个人信息" in done.stderr
    if sys.platform != "win32":
        assert os.stat(children).st_mode & 0o077 == 0


def test_the_workbook_has_one_child_a_line_in_words(kinderguard, lists, tmp_path):
    kinderguard("survey", *lists, *DAY, "--out", tmp_path, "--format", "xlsx", "--personal")
    heads, *rows = CalamineWorkbook.from_path(str(tmp_path / "children.xlsx")).get_sheet_by_index(0).to_python()
    assert len(rows) == 3
    child = dict(zip(heads, next(row for row in rows if number(1) in row), strict=True))
    assert child["儿童：姓名"] == "张宁远"
    assert child["儿童：就学：就学情况"] == "小学"


def test_without_a_folder_nothing_is_written(kinderguard, lists, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert "儿童：3" in kinderguard("survey", *lists, *DAY).stdout
    assert list((tmp_path / "here").iterdir()) == []


def test_an_answer_is_taken_and_holds_the_next_time(kinderguard, lists, tmp_path):
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    (question,) = table(out / "to_decide.csv")
    assert "900" in question["名单所写"]
    fill_in(out / "to_decide.csv", ["civil_affairs/民政/3"])
    done = kinderguard(
        "survey", *lists, *DAY, "--out", out, "--decisions", out / "to_decide.csv", "--by", "u1", "--personal"
    )
    assert "待决定：0" in done.stdout
    incomes = [json.loads(line)["household"].get("monthly_income_per_head") for line in
               (out / "children.jsonl").read_text("utf-8").splitlines() if "household" in json.loads(line)]  # fmt: skip
    assert incomes == ["700.00"]
    saved = json.loads((out / "decisions.json").read_text("utf-8"))["decisions"]
    assert [(d["kind"], d["path"], d["by"]) for d in saved] == [("value", "household.monthly_income_per_head", "u1")]
    again = kinderguard("survey", *lists, *DAY, "--decisions", out / "decisions.json")
    assert "待决定：0" in again.stdout
    # The next edition of a list is another one: without a key nobody can tell that the rows are the same.
    text = (tmp_path / "民政.csv").read_text("utf-8")
    (tmp_path / "民政.csv").write_text(text.replace("李书航", "李舒航"), "utf-8")
    other = kinderguard("survey", *lists, *DAY, "--decisions", out / "decisions.json")
    assert "待决定：1" in other.stdout
    assert "决定未能沿用" in other.stderr


def test_with_the_offices_key_a_decision_holds_for_the_next_edition(kinderguard, lists, tmp_path, monkeypatch):
    from kinderguard.casefile.chain.encryption import new_key

    monkeypatch.setenv("KINDERGUARD_KEY", new_key())
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    fill_in(out / "to_decide.csv", ["civil_affairs/民政/3"])
    kinderguard("survey", *lists, *DAY, "--out", out, "--decisions", out / "to_decide.csv", *BY)
    text = (tmp_path / "民政.csv").read_text("utf-8")
    (tmp_path / "民政.csv").write_text(text.replace("李书航", "李舒航"), "utf-8")
    done = kinderguard("survey", *lists, *DAY, "--decisions", out / "decisions.json")
    assert "待决定：0" in done.stdout
    assert "决定未能沿用" not in done.stderr


def test_python_with_the_same_key_gives_the_children_the_same_numbers(kinderguard, lists, tmp_path, monkeypatch):
    from kinderguard.casefile import new_key

    key = new_key()
    monkeypatch.setenv("KINDERGUARD_KEY", key)
    kinderguard("survey", *lists, *DAY, "--out", tmp_path / "out", "--lang", "en")
    written = {row["Child"] for row in table(tmp_path / "out" / "rows.csv")}
    day = dt.date(2025, 9, 1)
    sources = [survey.read_source(path, kind, as_of=day) for path, kind in (text.rsplit(":", 1) for text in lists)]
    assert {child.ref for child in survey.combine(sources, key=key).children} == written
    monkeypatch.setenv("KINDERGUARD_KEY", "a password")
    refused = kinderguard("survey", *lists, *DAY)
    assert refused.exit_code == 2
    assert "kinderguard file new-key" in refused.stderr
    assert "a password is no key" in refused.stderr


def test_another_answer_to_a_decided_question_is_a_change_of_mind_and_is_dated(kinderguard, lists, tmp_path):
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    sheet, saved = tmp_path / "mine.csv", out / "decisions.json"
    fill_in(out / "to_decide.csv", ["civil_affairs/民政/3"])
    sheet.write_bytes((out / "to_decide.csv").read_bytes())
    kinderguard("survey", *lists, *DAY, "--out", out, "--decisions", out / "to_decide.csv", *BY)
    again = kinderguard("survey", *lists, *DAY, "--out", out, "--decisions", saved, "--decisions", sheet, *BY)
    assert "mine.csv" not in again.stderr  # the same answer again is nothing new
    fill_in(sheet, ["civil_affairs/民政/2"])
    done = kinderguard("survey", *lists, *DAY, "--out", out, "--decisions", saved, "--decisions", sheet, "--by", "u2")
    assert "待决定：0" in done.stdout
    assert "已撤回或改变的决定：1" in done.stdout
    before, now = json.loads(saved.read_text("utf-8"))["decisions"]
    today = today_in_china().isoformat()
    assert before["withdrawn"] == {"by": "u2", "on": today}
    assert (before["by"], before["on"], now["by"], now["on"]) == ("u1", today, "u2", today)
    assert now["rows"][0]["row"] == 2


def test_a_decision_is_undone_by_its_mark_and_asked_again(kinderguard, lists, tmp_path):
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    (question,) = table(out / "to_decide.csv")
    fill_in(out / "to_decide.csv", ["civil_affairs/民政/3"])
    kinderguard("survey", *lists, *DAY, "--out", out, "--decisions", out / "to_decide.csv", *BY)
    (decided,) = table(out / "decided.csv")
    assert (decided["问题"], decided["由谁"], decided["状态"]) == (question["问题"], "u1", "有效")
    undo = ("survey", *lists, *DAY, "--out", out, "--decisions", out / "decisions.json", "--undo", decided["问题"])
    assert "--by" in kinderguard(*undo).stderr
    done = kinderguard(*undo, "--by", "u2")
    assert "待决定：1" in done.stdout
    (decided,) = table(out / "decided.csv")
    assert decided["问题"] == ""
    assert decided["状态"] == f"已撤回或改变 {today_in_china()} u2"
    unknown = kinderguard(*undo, "--by", "u2")
    assert unknown.exit_code == 2
    assert question["问题"] in unknown.stderr


def test_no_number_or_name_in_an_argument_is_repeated(kinderguard, tmp_path):
    for source in (f"{number(1)}.csv:education", "学生.csv:张宁远", "19900001111.csv", f"a.csv:{number(1)}",
                   "张宁远.csv:education", "学生.csv:张宁远.toml"):  # fmt: skip
        done = kinderguard("survey", source, *DAY)
        assert done.exit_code == 2
        assert [name for name in NAMES if name in done.stderr] == []
    write(tmp_path / "a.csv", {"学生姓名": "某某", "身份证件号": number(1)})
    for option in ("--reference", "--decisions", "--trust"):
        for name in ("19900001111.json", "张宁远.csv"):
            done = kinderguard("survey", f"{tmp_path}/a.csv:education", *DAY, option, tmp_path / name)
            assert done.exit_code == 2
            assert [name for name in NAMES if name in done.stderr] == []
    refused = kinderguard("survey", f"{tmp_path}/a.csv:education=19900001111", *DAY)
    assert refused.exit_code == 2
    assert "19900001111" not in refused.stderr


def test_an_answer_to_rows_that_have_changed_is_not_used(kinderguard, lists, tmp_path):
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    fill_in(out / "to_decide.csv", ["civil_affairs/民政/3"])
    text = (tmp_path / "民政.csv").read_text("utf-8")
    (tmp_path / "民政.csv").write_text(text.replace(",700", ",800"), "utf-8")
    done = kinderguard("survey", *lists, *DAY, "--decisions", out / "to_decide.csv", *BY)
    assert done.exit_code == 1
    assert "to_decide.csv 第 2 行" in done.stderr
    assert "待决定：1" in done.stdout


def test_an_answer_that_is_none_is_named_with_its_line(kinderguard, lists, tmp_path):
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    fill_in(out / "to_decide.csv", ["education"])
    done = kinderguard("survey", *lists, *DAY, "--decisions", out / "to_decide.csv", *BY)
    assert done.exit_code == 2
    assert "第 2 行" in done.stderr
    assert "line 2" in done.stderr


def test_answers_and_decisions_are_never_overwritten_unread(kinderguard, lists, tmp_path):
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    fill_in(out / "to_decide.csv", ["civil_affairs/民政/3"])
    kept = (out / "to_decide.csv").read_bytes()
    refused = kinderguard("survey", *lists, *DAY, "--out", out)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--decisions" in refused.stderr
    assert (out / "to_decide.csv").read_bytes() == kept
    kinderguard("survey", *lists, *DAY, "--out", out, "--decisions", out / "to_decide.csv", *BY)
    kept = (out / "decisions.json").read_bytes()
    assert kinderguard("survey", *lists, *DAY, "--out", out).exit_code == 2
    assert (out / "decisions.json").read_bytes() == kept


def test_rows_that_are_alike_are_asked_about_and_joined_by_an_answer(kinderguard, tmp_path):
    pytest.importorskip("splink")
    alike = {"儿童姓名": "张宁远", "性别": "男", "父亲姓名": "张文川", "户籍地行政区划代码": "330199001"}
    write(
        tmp_path / "a.csv",
        {
            **alike,
            "身份证号": number(1),
            "监护人姓名": "何星",
            "监护人电话": "19900001111",
            "现居住地": "柳溪镇上湾村7号",
        },
    )
    write(tmp_path / "b.csv", {"学生姓名": "张宁远", "学生性别": "男", "家庭住址": "柳溪镇上湾村7号"})
    sources = (f"{tmp_path}/a.csv:civil_affairs", f"{tmp_path}/b.csv:education")
    done = kinderguard("survey", *sources, *DAY, "--link", "--out", tmp_path / "out", "--lang", "en")
    assert "children: 2" in done.stdout, done.stderr
    assert "of them whether two rows are one child: 1" in done.stdout
    text = (tmp_path / "out" / "to_decide.csv").read_text("utf-8-sig")
    assert "张宁远" not in text
    (tmp_path / "answers.csv").write_text(text.replace(",,yes (", ",yes,yes (", 1), "utf-8-sig")
    joined = kinderguard(
        "survey", *sources, *DAY, "--link", "--decisions", tmp_path / "answers.csv", *BY, "--lang", "en"
    )
    assert "children: 1" in joined.stdout, joined.stderr
    (tmp_path / "answers.csv").write_text(text.replace(",,yes (", ",no,yes (", 1), "utf-8-sig")
    apart = kinderguard(
        "survey", *sources, *DAY, "--link", "--decisions", tmp_path / "answers.csv", *BY, "--lang", "en"
    )
    assert "children: 2" in apart.stdout
    assert "to decide: 0" in apart.stdout


def test_two_lists_of_one_kind_and_their_days_are_told_apart(kinderguard, lists, tmp_path):
    pupils = f"{tmp_path}/学生.csv:education"
    refused = kinderguard("survey", pupils, pupils, *DAY)
    assert refused.exit_code == 2
    done = kinderguard("survey", f"{pupils}=education.north@2025-08-01", f"{pupils}=education.south", *DAY)
    assert done.exit_code == 0, done.stderr
    assert "（education.north，2025-08-01）" in done.stdout
    assert "（education.south，2025-09-01）" in done.stdout


def test_the_places_are_held_against_a_reference(kinderguard, lists, tmp_path):
    reference = write(
        tmp_path / "应有.csv", {"区划代码": "330199001", "人数": "4"}, {"区划代码": "330199002", "人数": "1"}
    )
    done = kinderguard("survey", *lists, *DAY, "--reference", reference, "--out", tmp_path / "out")
    assert "1/4  25%" in done.stdout
    assert done.stdout.count("330199001") == 1
    assert [row["应有人数"] for row in table(tmp_path / "out" / "coverage.csv")] == ["4", "1"]
    assert [row["地名"] for row in table(tmp_path / "out" / "coverage.csv")] == ["示例县（虚构）", "示例县（虚构）"]
    reference.write_text("区划代码,人数\n330199001,4\n330199002,很多\n", "utf-8")
    wrong = kinderguard("survey", *lists, *DAY, "--reference", reference)
    assert wrong.exit_code == 2
    assert "第 3 行" in wrong.stderr
    assert "line 3" in wrong.stderr


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("区划代码,人数\nabc,\n330199001,4\n", "第 2 行：行政区划代码应为", "line 2: a division code has"),
        ("330199001,abc\n", "第 1 行：人数应为整数", "line 1: the count is a whole number"),
        ("区划代码,人数\n33019,4\n330199001,4\n99,1\n330199001,2\n", "第 2 行：行政区划代码应为", "line 2: "),
        ("区划代码,人数\n", "没有“区划代码、人数”两列", "there is no division with a count"),
    ],
)
def test_every_wrong_line_of_a_reference_is_told_with_its_reason(kinderguard, lists, tmp_path, text, zh, en):
    (tmp_path / "应有.csv").write_text(text, "utf-8")
    done = kinderguard("survey", *lists, *DAY, "--reference", tmp_path / "应有.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert zh in done.stderr
    assert en in done.stderr
    if "99,1" in text:
        assert "第 4 行：行政区划代码的前两位不是省级代码" in done.stderr
        assert "第 5 行：区划代码重复" in done.stderr


def test_a_reference_may_have_a_title_and_heads_or_neither(kinderguard, lists, tmp_path):
    for head in ("", "区划代码,人数\n", "2025年应有儿童,\n\n区划代码,人数\n"):
        (tmp_path / "应有.csv").write_text(f"{head}330199001,4\n", "utf-8")
        done = kinderguard("survey", *lists, *DAY, "--reference", tmp_path / "应有.csv")
        assert "1/4  25%" in done.stdout, head


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("学生.csv", "PATH:KIND"),
        ("学生.csv:educaton", "'education'"),
        ("nowhere.csv:education", "nowhere.csv"),
        ("学生.csv:education@1.9.2025", "2025-09-01"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_told_in_both_languages(kinderguard, lists, source, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = kinderguard("survey", source, *DAY)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2


def test_what_a_rule_settled_is_listed_with_the_rule_and_without_personal_values(kinderguard, tmp_path):
    one = {
        "儿童姓名": "张宁远",
        "身份证号": number(1),
        "户籍地行政区划代码": "330199001",
        "父亲姓名": "张梦",
        "养育方式": "亲属抚养",
    }
    write(tmp_path / "a.csv", one | {"就学情况": "小学"})
    write(tmp_path / "b.csv", {"学生姓名": "张宁远", "身份证件号": number(1), "就读学段": "初中", "父亲姓名": "张孟"})
    lists = (f"{tmp_path}/a.csv:civil_affairs", f"{tmp_path}/b.csv:education")
    kinderguard("survey", *lists, *DAY, "--out", tmp_path / "out", "--lang", "en")
    rows = {row["Fact"]: row for row in table(tmp_path / "out" / "differences.csv")}
    stage = rows["the child's school stage"]
    assert stage["Rows taken"] == "education/b/2"
    assert stage["Rows"] == "education/b/2 civil_affairs/a/2"
    assert "by the order of trust" in stage["By which rule"]
    father = rows["the father's name"]
    assert "张" not in "".join(father.values())


def test_of_what_the_order_of_trust_settled_against_a_newer_list_the_newer_rows_are_named(kinderguard, tmp_path):
    write(tmp_path / "a.csv", {"身份证号": number(1), "户籍地行政区划代码": "330199001", "就学情况": "小学"})
    write(tmp_path / "b.csv", {"身份证件号": number(1), "就读学段": "初中"})
    for of_civil_affairs, newer in (("2025-09-01", True), ("2025-06-01", False)):
        lists = (f"{tmp_path}/a.csv:civil_affairs@{of_civil_affairs}", f"{tmp_path}/b.csv:education@2025-06-01")
        kinderguard("survey", *lists, *DAY, "--out", tmp_path / of_civil_affairs, "--lang", "en")
        (row,) = table(tmp_path / of_civil_affairs / "differences.csv")
        said = row["By which rule"]
        assert said.endswith("; a newer list says otherwise: civil_affairs/a/2") is newer


def test_what_could_not_be_read_is_listed_where_it_is_said_to_be(kinderguard, lists, tmp_path):
    done = kinderguard("survey", *lists, *DAY, "--out", tmp_path / "out", "--lang", "en")
    assert str(tmp_path / "out" / "problems.csv") in done.stderr.replace("\n", "")
    problems = table(tmp_path / "out" / "problems.csv")
    assert [(p["List"], p["Row"], p["Column"], p["Code"]) for p in problems] == [
        ("civil_affairs", row, "身份证号", "ledger.duplicate") for row in ("2", "3")
    ]
    assert "keep one" in problems[0]["Problem and mend"]
    printed = kinderguard("survey", *lists, *DAY, "--lang", "en").stderr
    assert "民政, row 2, 身份证号: the same ID stands in 民政 row 3" in printed
    assert "kinderguard assess" not in printed


def test_answers_need_to_say_who_decided(kinderguard, lists, tmp_path):
    out = tmp_path / "out"
    kinderguard("survey", *lists, *DAY, "--out", out)
    fill_in(out / "to_decide.csv", ["civil_affairs/民政/3"])
    refused = kinderguard("survey", *lists, *DAY, "--decisions", out / "to_decide.csv")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--by" in refused.stderr


def test_two_valid_numbers_of_one_name_and_birth_date_are_in_the_sheet(kinderguard, tmp_path):
    child = {"儿童姓名": "张宁远", "户籍地行政区划代码": "330199001", "父亲姓名": "张梦"}
    write(tmp_path / "a.csv", child | {"身份证号": number(1)}, child | {"身份证号": number(3)})
    done = kinderguard("survey", f"{tmp_path}/a.csv:civil_affairs", *DAY, "--out", tmp_path / "out")
    assert "其中是否同一名儿童：1" in done.stdout
    (question,) = table(tmp_path / "out" / "to_decide.csv")
    assert question["名单行"] == "civil_affairs/a/2 civil_affairs/a/3"
    assert "身份证号不同" in question["说明"]


def test_the_headers_are_listed_with_those_of_a_kind_of_list(kinderguard, tmp_path):
    done = kinderguard("headers", "--lang", "en")
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("性别")]
    assert "child.sex" in line
    assert "男 (male), 女 (female)" in line
    (tmp_path / "street.toml").write_text(
        'code = "330199.street"\ntitle = {zh = "走访", en = "visits"}\ndepartment = "other"\n[spellings]\n"娃娃姓名" = "儿童姓名"\n'
        '[[columns]]\nheader = "集中供暖"\nfact = "330199.heated"\nkind = "yes_no"\ntitle = {zh = "集中供暖", en = "central heating"}\n',
        "utf-8",
    )
    out = tmp_path / "headers.csv"
    kinderguard("headers", tmp_path / "street.toml", "--format", "csv", "--out", out)
    rows = {row["列名"]: row for row in table(out)}
    assert rows["儿童姓名"]["也可写作"] == "姓名、娃娃姓名"
    assert (rows["集中供暖"]["事实"], rows["集中供暖"]["填写"]) == ("330199.heated", "是／否")
    wrong = kinderguard("headers", "educaton")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "'education'" in wrong.stderr


def test_a_fact_of_the_lists_own_is_called_by_its_title(kinderguard, tmp_path):
    (tmp_path / "street.toml").write_text(
        'code = "330199.street"\ntitle = {zh = "走访", en = "visits"}\ndepartment = "other"\n'
        '[[columns]]\nheader = "集中供暖"\nfact = "330199.heated"\nkind = "yes_no"\ntitle = {zh = "有集中供暖", en = "central heating"}\n',
        "utf-8",
    )
    child = {"儿童姓名": "张宁远", "身份证号": number(1), "户籍地行政区划代码": "330199001"}
    write(tmp_path / "a.csv", child | {"集中供暖": "是"}, child | {"集中供暖": "否"})
    done = kinderguard("survey", f"{tmp_path}/a.csv:{tmp_path}/street.toml", *DAY, "--out", tmp_path / "out")
    assert done.exit_code == 1, done.stderr
    (question,) = table(tmp_path / "out" / "to_decide.csv")
    assert question["事实"] == "有集中供暖"
    assert question["说明"].startswith("有集中供暖：")


def test_a_row_that_was_skipped_is_told_once(kinderguard, tmp_path):
    write(tmp_path / "a.csv", {"儿童姓名": "某某", "身份证号": number(1), "出生日期": "2016-01-01"})
    for more in ((), ("--out", tmp_path / "out")):
        said = kinderguard("survey", f"{tmp_path}/a.csv:civil_affairs", *DAY, "--lang", "en", *more).stderr
        assert said.count("contradicts the ID") == 1
    (problem,) = table(tmp_path / "out" / "problems.csv")
    assert problem["Code"] == "ledger.id_conflict"

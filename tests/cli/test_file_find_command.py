"""``kinderguard file find``, and what the commands say where somebody should look: doubts, another division, erased files."""

import json
import sqlite3

import pytest

from survey.lists import number

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
DAY, BY = "2025-09-01", ("--by", "330199.u1")
WHY = ("--reason", "the school called", *BY)
BOY = number(1, "20120305")


@pytest.fixture
def asked(tmp_path):
    path = tmp_path / "who.json"
    path.write_text(json.dumps({"child.resident_id": BOY}), encoding="utf-8")
    return path


def test_a_file_is_found_by_the_id_in_a_file_and_the_search_is_kept(kinderguard, filed, asked):
    done = kinderguard("file", "find", "--facts", asked, *WHY)
    assert (done.exit_code, done.stdout.split()) == (0, [filed[0]]), done.stderr
    history = kinderguard("file", "show", filed[0], "--history", "--lang", "en")
    assert "looked for by the resident ID" in history.stdout
    assert "the school called" in history.stdout
    assert BOY not in done.stdout + done.stderr + history.stdout


def test_an_id_that_is_typed_is_not_shown_and_one_nobody_has_ends_with_2(filed):
    from typer.testing import CliRunner

    from kinderguard.commands import app

    found = CliRunner().invoke(app, ["file", "find", "--id", *WHY, "--format", "json"], input=f"{BOY}\n")
    assert json.loads(found.stdout) == {"files": [{"ref": filed[0], "open": True}]}
    assert BOY not in found.output
    nobody = CliRunner().invoke(app, ["file", "find", "--id", *WHY], input=f"{number(7, '20120305')}\n")
    assert (nobody.exit_code, nobody.stdout.strip()) == (2, "")
    wrong = CliRunner().invoke(app, ["file", "find", "--id", *WHY], input="330199201203051111\n")
    assert wrong.exit_code == 2
    assert "330199201203051111" not in wrong.output


def test_what_is_typed_in_place_of_a_number_is_not_repeated(kinderguard, filed):
    for typed in (BOY, "13800000000", "张三", "330199201203051111"):
        for command in (
            ("show", typed),
            ("record", typed, "household.size=4", *BY),
            ("visit", typed, "--on", DAY, *BY),
        ):
            done = kinderguard("file", *command)
            assert done.exit_code == 2
            assert typed not in done.output
        for command in (("show", filed[0], typed), (typed,), ("find", "--facts", typed, *WHY)):
            done = kinderguard("file", *command)
            assert (done.exit_code, typed in done.output) == (2, False)
        done = kinderguard("file", "record", filed[0], f"{typed}=4", *BY)
        assert (done.exit_code, typed in done.output) == (2, False)


def test_a_release_that_an_earlier_entry_hides_is_told_and_falls_due(kinderguard, filed):
    released = '[{"kind":"imprisoned","since":"2024-10-20","until":"2025-06-20","ongoing":false}]'
    done = kinderguard(
        "file", "record", filed[0], f"father.situations={released}", "--at", "2025-06-21", *BY, "--lang", "en"
    )
    assert done.exit_code == 1
    assert "says otherwise from 2025-09-01 on" in done.stderr
    assert "kinderguard file correct" in done.stderr
    due = kinderguard("file", "due", "--on", "2025-10-01", "--kind", "doubt", "--lang", "en")
    assert "entry 1" in due.stdout or "entry 2" in due.stdout
    shown = kinderguard("file", "show", filed[0], "--at", "2025-10-01", "--lang", "en")
    assert "says otherwise" in shown.stdout
    assessed = kinderguard("file", "assess", filed[0], "--on", "2025-10-01", *BY, "--lang", "en")
    assert (assessed.exit_code, "says otherwise" in assessed.stderr) == (1, True)


def test_another_division_is_refused_and_an_override_is_told_in_the_history(kinderguard, filed):
    kinderguard("file", "transfer", "propose", filed[0], "--to", "330106", "--on", DAY, *BY)
    own = kinderguard("file", "transfer", "accept", filed[0], "--acting", "330106", "--on", DAY, *BY)
    assert own.exit_code == 2
    theirs = ("--acting", "330106", "--on", DAY, "--by", "330106.u2")
    assert kinderguard("file", "transfer", "accept", filed[0], *theirs).exit_code == 0
    record = ("file", "record", filed[0], "household.size=4", "--at", DAY, *BY)
    refused = kinderguard(*record)
    assert (refused.exit_code, "--override" in refused.stderr, "--acting" in refused.stderr) == (2, True, True)
    assert kinderguard(*record, "--override", "their line is down").exit_code == 0
    history = kinderguard("file", "show", filed[0], "--history", "--lang", "en").stdout
    assert "although 330106 is in charge" in history
    assert "their line is down" in history


def test_one_file_that_cannot_be_assessed_does_not_keep_the_others(kinderguard, filed):
    assert kinderguard("file", "erase", filed[0], "--yes", *WHY).exit_code == 0
    done = kinderguard("file", "assess", *filed, "--on", DAY, *BY, "--lang", "en")
    assert done.exit_code == 1
    assert "1 files assessed" in done.stdout or "1 file assessed" in done.stdout
    assert "was erased" in done.stderr
    again = kinderguard("file", "record", filed[0], "household.size=4", "--at", DAY, *BY)
    assert (again.exit_code, "--override" in again.stderr) == (2, True)


def test_a_table_that_was_tampered_with_is_named_and_made_anew(kinderguard, filed):
    with sqlite3.connect("files.db") as connection:
        connection.execute("DELETE FROM kg_places")
    connection.close()
    assert kinderguard("file", "list", "--division", "330199", "--at", DAY).stdout == ""
    told = kinderguard("file", "verify", "--lang", "en")
    assert (told.exit_code, "kinderguard file verify --rebuild" in told.stdout) == (1, True)
    assert kinderguard("file", "verify", "--rebuild").exit_code == 0
    assert len(kinderguard("file", "list", "--division", "330199", "--at", DAY).stdout.split()) == 2


def test_a_file_that_was_not_known_yet_is_not_called_missing(kinderguard, filed):
    done = kinderguard("file", "show", filed[0], "--known", "2020-01-01", "--lang", "en")
    assert done.exit_code == 2
    assert "nothing was known" in done.stderr
    assert "no such file" not in done.stderr


PROFILE = """
code = "330199.school_office"
department = "education"
title = { zh = "示例县校办名单", en = "example county's list of the school office" }

[[columns]]
header = "是否留守"
fact = "330199.central_heatin"
kind = "yes_no"
title = { zh = "校办认定留守", en = "left behind, as the school sees it" }
"""


def test_a_fact_that_a_list_declares_keeps_its_title_and_is_no_misspelt_one(kinderguard, tmp_path):
    from survey.lists import write

    (tmp_path / "school.toml").write_text(PROFILE, encoding="utf-8")
    row = {"儿童姓名": "何安", "身份证号": number(2, "20160101"), "户籍地行政区划代码": "330199002", "是否留守": "是"}
    write(tmp_path / "list.csv", row)
    done = kinderguard("file", "import", f"list.csv:{tmp_path / 'school.toml'}", "--at", DAY, *BY)
    assert done.exit_code in (0, 1), done.stderr
    (ref,) = kinderguard("file", "list", "--at", DAY).stdout.split()
    shown = kinderguard("file", "show", ref, "--at", DAY, "--lang", "en").stdout
    assert "left behind, as the school sees it" in shown
    assert "central_heatin" not in shown
    done = kinderguard("file", "assess", "--on", DAY, *BY, "--lang", "en")
    assert "central_heatin" not in done.stderr
    assert done.exit_code == 0, done.stderr


def test_the_results_of_files_are_summed_up_and_tabled_with_amounts(kinderguard, filed):
    import csv
    from pathlib import Path

    done = kinderguard("file", "assess", "--on", DAY, *BY, "--lang", "en")
    assert "yuan in all (a month)" in done.stdout or "yuan in all" in done.stdout, done.stdout
    kinderguard("file", "assess", "--on", DAY, *BY, "--lang", "en", "--format", "csv", "--out", "results.csv")
    with Path("results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    money = [row for row in rows if row["Kind"] == "money" and row["File"] == filed[0]]
    assert money
    assert all(float(row["At least (yuan)"]) >= 0 and row["Every"] for row in money)
    assert {row["Result"] for row in rows} <= {"yes", "open", "no"}
    assert {row["File"] for row in rows} == set(filed)


def test_a_surveys_tables_name_the_files_of_their_children(kinderguard, filed, children):
    import csv
    from pathlib import Path

    done = kinderguard("survey", f"{children}:civil_affairs", "--on", DAY, "--out", "survey", "--store", "files.db")
    assert done.exit_code in (0, 1), done.stderr
    for name in ("work", "rows"):
        with Path(f"survey/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["档案编号"] for row in rows} <= set(filed)
        assert rows
    assert {row["档案编号"] for row in rows} == set(filed)
    assert kinderguard("survey", f"{children}:civil_affairs", "--on", DAY, "--out", "plain").exit_code in (0, 1)
    assert "档案编号" not in Path("plain/rows.csv").read_text("utf-8-sig")

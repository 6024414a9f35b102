"""``kinderguard file`` record, consent, forecast, and the history that show tells."""

import json
import sqlite3
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
DAY, BY = "2025-09-01", ("--by", "330199.u1")
ON = ("--on", DAY, *BY)
THEIR_ON = ("--on", DAY, "--by", "330106.u2")


@pytest.fixture
def file(kinderguard, filed):
    """Runs a ``file`` command on the boy's file."""

    def run(*command, **more):
        name = [command[0]] if command[0] not in ("transfer", "consent") else list(command[:2])
        return kinderguard("file", *name, filed[0], *command[len(name) :])

    return run


def shown(file, *options):
    return json.loads(file("show", "--at", "2025-10-01", "--format", "json", "--history", *options).stdout)


# ---- recording -------------------------------------------------------------------------------------------------------


def test_what_is_learnt_is_recorded_from_a_day_on(file, filed):
    done = file(
        "record", "household.size=4", "child.schooling.stage=primary", "--at", "2025-09-15", *BY, "--lang", "en"
    )
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.strip() == f"2 facts of file {filed[0]} recorded from 2025-09-15 on; recorded as entry 3"
    assert shown(file)["facts"]["household.size"] == 4
    again = file("record", "household.size=4", "--at", "2025-09-15", *BY, "--format", "json")
    assert json.loads(again.stdout)["entry"] is None
    unknown = file("record", "--unknown", "household.size", "--at", "2025-09-20", *BY, "--format", "json")
    assert json.loads(unknown.stdout)["facts"] == ["household.size"]
    assert "household.size" not in shown(file)["facts"]


@pytest.mark.parametrize("written", ["低保、特困", "dibao, tekun", '["dibao", "tekun"]'])
def test_a_list_of_codes_is_written_as_people_write_one(file, written):
    assert file("record", f"household.aid={written}", "--at", "2025-09-15", *BY).exit_code == 0
    assert shown(file)["facts"]["household.aid"] == ["dibao", "tekun"]
    assert file("record", "household.aid=无", "--at", "2025-09-16", *BY).exit_code == 0
    assert shown(file)["facts"]["household.aid"] == []


def test_yes_and_no_are_written_as_people_write_them(file):
    for written, kept in (("是", True), ("否", False), ("不详", None)):
        assert file("record", f"child.own_labour_income={written}", "--at", "2025-09-15", *BY).exit_code == 0
        assert shown(file)["facts"].get("child.own_labour_income") is kept
    refused = file("record", "child.own_labour_income=对", "--at", "2025-09-15", *BY)
    assert (refused.exit_code, "是或否" in refused.stderr) == (2, True)


@pytest.mark.parametrize(("why", "says"), [(" ", "须写明理由"), ("见 11010519491231002X", "身份证号")])
def test_a_reason_for_an_override_is_checked_also_where_none_is_needed(file, why, says):
    refused = file("record", "household.size=7", "--at", "2025-09-15", *BY, "--override", why)
    assert (refused.exit_code, says in refused.stderr) == (2, True)


def test_a_list_that_cannot_be_taken_is_answered_with_the_form_or_the_nearest_code(file):
    wrong = file("record", "household.aid=dibaoo", "--at", "2025-09-15", *BY)
    assert wrong.exit_code == 2
    assert "是否为“低保”（dibao）" in wrong.stderr
    assert "did you mean subsistence allowance (dibao)?" in wrong.stderr.replace("\n", " ")
    parts = file("record", "father.situations=失联", "--at", "2025-09-15", *BY)
    assert parts.exit_code == 2
    assert "father.situations=[{" in parts.stderr


def test_names_are_recorded_from_a_file_alone(file):
    refused = file("record", "mother.name=李四密", *BY)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "李四密" not in refused.stderr
    Path("facts.json").write_text(json.dumps({"mother.name": "李四密"}), "utf-8")
    done = file("record", "--facts", "facts.json", *BY)
    assert done.exit_code == 0, done.stderr
    assert "李四密" not in done.stdout + done.stderr


def test_a_recording_of_nothing_of_nobody_or_of_a_day_to_come_is_told(file, kinderguard, filed):
    assert file("record", *BY).exit_code == 2
    assert file("record", "household.sizes=4", *BY).exit_code == 2
    nobody = kinderguard("file", "record", "nobody", "household.size=4", *BY)
    assert (nobody.exit_code, "kinderguard file list" in nobody.stderr) == (2, True)
    ahead = file("record", "household.size=4", "--at", "2099-09-01", *BY)
    assert (ahead.exit_code, "2099-09-01" in ahead.stderr) == (1, True)


def test_a_ledger_of_a_day_to_come_is_filed_and_the_day_is_doubted(kinderguard, children):
    done = kinderguard("file", "import", children, "--at", "2099-09-01", *BY)
    assert (done.exit_code, "2099-09-01" in done.stderr) == (0, True)


def test_a_closed_file_is_told_to_be_opened_first(file):
    file("close", "--reason", "adopted", "--last-paid", "none", *ON)
    for command in (("record", "household.size=4", *BY), ("visit", *ON)):
        done = file(*command)
        assert (done.exit_code, "kinderguard file reopen" in done.stderr) == (2, True)


# ---- consents --------------------------------------------------------------------------------------------------------


def test_a_consent_lets_share_until_it_is_withdrawn(file):
    asked = (
        "export", "--role", "education", "--purpose", "schooling", "--organisation", "示例小学", "--basis", "consent", *ON,
        "--out", "x.json",
    )  # fmt: skip
    assert file(*asked).exit_code == 2
    given = file(
        "consent", "give", "--giver", "guardian", "--scope", "share", "--on", "2025-08-01", *BY, "--format", "json"
    )
    assert json.loads(given.stdout)["giver"] == "guardian"
    assert file(*asked).exit_code == 0
    gone = file("consent", "withdraw", "--giver", "guardian", "--scope", "share", *ON, "--lang", "en")
    assert (gone.exit_code, gone.stdout.startswith("The withdrawal is recorded")) == (0, True)
    refused = file(*asked)
    assert (refused.exit_code, "撤回" in refused.stderr) == (2, True)


def test_a_withdrawal_that_does_not_say_of_what_names_the_consents_that_stand(file):
    for scope in ("share", "use"):
        file("consent", "give", "--giver", "guardian", "--scope", scope, "--on", "2025-08-01", *BY)
    file("consent", "withdraw", "--giver", "guardian", "--scope", "use", *ON)
    entries = len(shown(file)["entries"])
    asked = file("consent", "withdraw", "--giver", "guardian", *ON, "--lang", "en")
    assert (asked.exit_code, "--giver guardian --scope share" in asked.stderr) == (2, True)
    assert "--scope use" not in asked.stderr
    assert len(shown(file)["entries"]) == entries


def test_a_consent_by_or_for_something_unknown_is_refused(file, kinderguard, filed):
    for options in (("--giver", "aunt", "--scope", "share"), ("--giver", "guardian", "--scope", "sell")):
        assert file("consent", "give", *options, *ON).exit_code == 2
    assert (
        kinderguard("file", "consent", "give", "nobody", "--giver", "guardian", "--scope", "share", *ON).exit_code == 2
    )
    assert len(shown(file)["entries"]) == 1


# ---- forecast --------------------------------------------------------------------------------------------------------


def test_what_is_coming_is_told_as_text_and_as_json(file):
    coming = ("forecast", "--from", DAY, "--until", "2030-12-31")
    text = file(*coming, "--lang", "en")
    assert text.exit_code == 0, text.stderr
    assert text.stdout.splitlines()[0].endswith("if facts and rules stay")
    told = json.loads(file(*coming, "--format", "json").stdout)
    assert len(text.stdout.splitlines()) == 1 + len(told["changes"])
    assert "2030-03-05" in {change["on"] for change in told["changes"]}  # the 18th birthday
    assert file("forecast", "--from", DAY, "--until", "2025-08-01").exit_code == 2


# ---- history ---------------------------------------------------------------------------------------------------------


def test_the_history_tells_reasons_answers_and_to_whom_what_was_given(file):
    file("correct", "1", "--fact", "household.size=4", "--reason", "miscounted", *BY)
    file("transfer", "propose", "--to", "330106", "--reason", "moved there", *ON)
    file("transfer", "refuse", "--acting", "330106", "--reason", "not ours", *THEIR_ON)
    file(
        "export", "--role", "education", "--purpose", "schooling", "--organisation", "示例小学", "--basis", "statutory_duty",
        *ON, "--out", "x.json",
    )  # fmt: skip
    file("close", "--reason", "death", "--happened-on", "2025-08-30", "--last-paid", "2025-08", *ON)
    text = file("show", "--at", DAY, "--history", "--lang", "en").stdout
    for part in ("miscounted", "330106", "moved there", "refused", "not ours", "示例小学", "statutory duty", "2025-08-30",
                 "corrects entry 1", "last month paid: 2025-08"):  # fmt: skip
        assert part in text, part
    said = {entry["kind"]: entry["said"] for entry in shown(file)["entries"]}
    assert said["correction"]["reason"] == "miscounted"
    assert (said["transfer"]["move"], said["transfer"]["reason"]) == ("refuse", "not ours")
    assert (said["share"]["recipient"]["organisation"], said["share"]["basis"]) == ("示例小学", "statutory_duty")
    assert (said["closing"]["reason"], said["closing"]["happened_on"]) == ("death", "2025-08-30")


def test_times_are_those_of_beijing(file):
    assert shown(file)["entries"][0]["known_at"].endswith("+08:00")
    assert "UTC" not in file("show", "--history").stdout


def test_the_rows_that_facts_are_from_are_told(kinderguard, children):
    kinderguard("file", "import", f"{children}:civil_affairs", "--at", DAY, *BY)
    ref = kinderguard("file", "list").stdout.split()[0]
    assert "civil_affairs（2025-09-01）" in kinderguard("file", "show", ref, "--history").stdout


def test_an_erased_file_says_when_and_why(file):
    file("erase", "--reason", "the guardian's request", *BY, "--yes")
    text = file("show", "--history", "--lang", "en").stdout
    assert "was erased on" in text.splitlines()[0]
    assert "the guardian's request" in text.splitlines()[0]
    assert shown(file)["erased"]["said"]["reason"] == "the guardian's request"


# ---- giving and checking -----------------------------------------------------------------------------------------------


def test_a_fact_that_the_role_is_not_given_is_refused_by_name(file):
    asked = ("export", "--role", "education", "--purpose", "schooling", "--organisation", "示例小学", "--basis",
             "statutory_duty", *ON, "--out", "x.json")  # fmt: skip
    refused = file(*asked, "--field", "father.situations", "--field", "child.name")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "father.situations" in refused.stderr
    assert "child.name" not in refused.stderr
    assert not Path("x.json").exists()
    assert file(*asked, "--field", "child.name").exit_code == 0


def test_a_head_that_is_not_whole_is_no_rewritten_history(kinderguard, filed):
    for head in ("1", "1:", "1:abc", f"1:{'g' * 64}", f"x:{'0' * 64}"):
        done = kinderguard("file", "verify", "--head", head)
        assert (done.exit_code, done.stdout) == (2, ""), head
        assert "64" in done.stderr
    assert kinderguard("file", "verify", "--head", f"1:{'0' * 64}").exit_code == 1


def test_a_body_that_became_text_is_named(kinderguard, filed):
    with sqlite3.connect("files.db") as database:
        database.execute("UPDATE kg_bodies SET content = CAST(content AS TEXT) WHERE number = 2")
    database.close()
    done = kinderguard("file", "verify")
    assert (done.exit_code, "#2" in done.stdout, "#1" in done.stdout) == (1, True, False)


def test_a_row_of_a_closed_file_is_not_filed_and_the_others_are(file, kinderguard, filed, children):
    file("close", "--reason", "adopted", "--last-paid", "none", *ON)
    text = Path(children).read_text("utf-8-sig").replace("初中", "小学").replace("2025-06-01", "2025-08-01")
    Path(children).write_text(text, "utf-8-sig")
    done = kinderguard("file", "import", children, "--at", "2025-09-02", *BY)
    assert done.exit_code == 1
    assert "已写入 1" in done.stdout
    assert "kinderguard file reopen" in done.stderr


def test_a_consent_and_a_visit_of_today_are_taken_at_any_hour(file):
    assert file("consent", "give", "--giver", "guardian", "--scope", "use", *BY).exit_code == 0
    today = json.loads(file("consent", "give", "--giver", "child", "--scope", "use", *BY, "--format", "json").stdout)[
        "on"
    ]
    assert file("visit", "--on", today, *BY).exit_code == 0

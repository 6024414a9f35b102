"""``kinderguard file`` close, reopen, transfer, correct, erase: what the store does, with its exit codes and its words."""

import json
from pathlib import Path

import pytest

from survey.lists import number

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
        name = [command[0]] if command[0] != "transfer" else list(command[:2])
        return kinderguard("file", *name, filed[0], *command[len(name) :])

    return run


def listed(kinderguard, *options):
    return kinderguard("file", "list", "--at", DAY, *options).stdout.split()


def facts(file):
    return json.loads(file("show", "--at", DAY, "--format", "json").stdout)["facts"]


def first_entry(file):
    return json.loads(file("show", "--at", DAY, "--format", "json", "--history").stdout)["entries"][0]["number"]


# ---- closing ---------------------------------------------------------------------------------------------------------


def test_a_file_is_closed_with_its_reason_and_opened_again(kinderguard, filed, file):
    done = file("close", "--reason", "adopted", "--last-paid", "2025-08", *ON)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip() == f"档案 {filed[0]} 已于 2025-09-01 结案（被收养）；已记为第 3 条"
    assert (listed(kinderguard), listed(kinderguard, "--closed")) == ([filed[1]], [filed[0]])
    again = file("reopen", "--reason", "adoption undone", *ON, "--lang", "en")
    assert again.stdout.strip() == f"File {filed[0]} is open again from 2025-09-01 on; recorded as entry 4"
    assert listed(kinderguard) == sorted(filed)


def test_a_closing_as_json_names_the_entry_and_where_nothing_was_paid_says_so(file, filed):
    done = file("close", "--reason", "adopted", "--last-paid", "none", *ON, "--format", "json")
    assert json.loads(done.stdout) == {
        "ref": filed[0], "entry": 3, "kind": "closing", "on": DAY, "reason": "adopted", "last_paid": None, "happened_on": None,
    }  # fmt: skip


def test_a_code_is_corrected_by_its_label_and_one_that_is_none_is_answered_with_the_labels(kinderguard, filed, file):
    gone = '[{"kind": "失联", "since": "2024-05", "ongoing": true}]'
    done = file("correct", "1", "--fact", f"father.situations={gone}", "--reason", "x", *BY)
    assert done.exit_code == 0, done.stderr
    assert "失联" in kinderguard("file", "show", filed[0], "--at", "2025-09-01").stdout
    wrong = file("correct", "1", "--fact", "child.schooling.stage=初钟", "--reason", "x", *BY)
    assert wrong.exit_code == 2
    assert "初中（" in wrong.stderr


@pytest.mark.parametrize(
    ("options", "mend"),
    [
        (("--reason", "parent_released", "--last-paid", "2025-08"), "--happened-on"),
        (("--reason", "other", "--last-paid", "2025-08"), "--note"),
        (("--reason", "adopted", "--last-paid", "August"), "或 none|or none"),
        (("--reason", "tired", "--last-paid", "none"), "reached_18"),
    ],
)
def test_what_a_closing_lacks_is_told_as_the_option_that_gives_it(file, kinderguard, filed, options, mend):
    done = file("close", *options, *ON)
    assert (done.exit_code, done.stdout, len(done.stderr.strip().splitlines())) == (2, "", 2)
    assert any(each in done.stderr for each in mend.split("|"))
    assert listed(kinderguard) == sorted(filed)


def test_a_move_out_of_turn_is_refused_with_what_can_be_done(file):
    done = file("reopen", "--reason", "x", *ON)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "此时可以：结案" in done.stderr


# ---- transfers -------------------------------------------------------------------------------------------------------


def test_a_file_is_handed_over_once_the_other_accepts(kinderguard, filed, file):
    proposed = file("transfer", "propose", "--to", "330106", *ON, "--lang", "en")
    assert proposed.exit_code == 0, proposed.stderr
    assert "from 330199001 to" in proposed.stdout
    assert listed(kinderguard, "--division", "330106") == []
    accepted = file("transfer", "accept", "--acting", "330106", *THEIR_ON, "--format", "json")
    assert json.loads(accepted.stdout)["division"] == "330106"
    assert listed(kinderguard, "--division", "330106") == [filed[0]]


def test_who_sees_a_file_that_goes_to_a_county_is_said(kinderguard, filed, file):
    proposed = file("transfer", "propose", "--to", "330106", *ON, "--lang", "en")
    accepted = file("transfer", "accept", "--acting", "330106", *THEIR_ON, "--lang", "en")
    for told in (proposed.stdout, accepted.stdout):
        assert "is the county's: it stands in the lists and among what is due of the county (-d 330106)" in " ".join(
            told.split()
        ).replace("Once accepted, the file", "The file")
    onward = file("transfer", "propose", "--to", "330106001", *THEIR_ON, "--acting", "330106", "--lang", "en")
    assert "the county's" not in onward.stdout + onward.stderr


def test_a_transfer_is_refused_with_a_reason_or_withdrawn_by_its_sender(kinderguard, file):
    file("transfer", "propose", "--to", "330106", *ON)
    stranger = file("transfer", "refuse", "--acting", "220102", "--reason", "x", *ON)
    assert (stranger.exit_code, stranger.stdout) == (2, "")
    refused = file("transfer", "refuse", "--acting", "330106", "--reason", "not ours", *THEIR_ON)
    assert (refused.exit_code, "已拒收" in refused.stdout) == (0, True)
    file("transfer", "propose", "--to", "330106", *ON)
    blank = file("transfer", "refuse", "--acting", "330106", "--reason", " ", *THEIR_ON)
    assert blank.exit_code == 2
    assert "--reason" in blank.stderr
    withdrawn = file("transfer", "withdraw", "--acting", "330199", *ON, "--lang", "en")
    assert (withdrawn.exit_code, "is withdrawn" in withdrawn.stdout) == (0, True)
    assert listed(kinderguard, "--division", "330106") == []


# ---- corrections -----------------------------------------------------------------------------------------------------


def test_an_entry_is_corrected_and_what_was_thought_before_is_kept(kinderguard, filed, file):
    entry = first_entry(file)
    prison = '[{"kind": "imprisoned", "since": "2024-10-20", "until": "2026-10-20"}]'
    done = file(
        "correct", entry, "--fact", f"father.situations={prison}", "--fact", "household.size=4", "--withdraw",
        "child.care.last_visit", "--reason", "misread", *BY, "--lang", "en",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip() == f"Entry {entry} of file {filed[0]} is corrected; recorded as entry 3"
    found = facts(file)
    assert (found["father.situations"][0]["until"], found["household.size"]) == ("2026-10-20", 4)
    assert "child.care.last_visit" not in found
    history = json.loads(file("show", "--at", DAY, "--format", "json", "--history").stdout)["entries"]
    assert [line["kind"] for line in history] == ["facts", "correction"]


def test_an_entry_is_taken_back_whole(kinderguard, filed, file):
    visit = file("visit", *ON)
    assert visit.exit_code == 0
    done = file("correct", "3", "--whole", "--reason", "another child", *BY, "--format", "json")
    assert json.loads(done.stdout)["withdrawn"] is True
    due = kinderguard("file", "due", "--on", "2025-10-01", "--kind", "visit", "--format", "jsonl").stdout.splitlines()
    assert {json.loads(line)["day"] for line in due if filed[0] in line} == {"2025-09-20"}


def test_names_are_taken_from_a_file_and_never_from_the_command_line(file):
    shown = file("correct", "1", "--fact", "mother.name=李四密", "--reason", "x", *BY)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "--facts" in shown.stderr
    assert "李四密" not in shown.stderr
    Path("facts.json").write_text(json.dumps({"mother.name": "李四密"}), "utf-8")
    entry = first_entry(file)
    done = file("correct", entry, "--facts", "facts.json", "--reason", "x", *BY)
    assert done.exit_code == 0, done.stderr
    assert "李四密" not in done.stdout + done.stderr
    assert "李四密" in file("show", "--at", DAY, "--personal").stdout


@pytest.mark.parametrize(
    ("options", "mend"),
    [
        ((), "--whole"),
        (("--whole", "--withdraw", "household.size"), "--withdraw"),
        (("--whole", "--fact", "household.size=4"), "--whole"),
        (("--fact", "household.size"), "household.size=4"),
        (("--fact", "household.size=4", "--fact", "household.size=5"), "household.size"),
        (("--fact", "father.situations=[{"), "JSON"),
        (("--fact", "household.sizes=4"), "household.size"),
        (("--facts", "nowhere.json"), "nowhere.json"),
    ],
)
def test_a_correction_that_says_nothing_or_cannot_be_read_is_told(file, options, mend):
    entry = first_entry(file)
    done = file("correct", entry, *options, "--reason", "x", *BY)
    assert (done.exit_code, done.stdout) == (2, "")
    assert mend in done.stderr
    assert "facts=None" not in done.stderr


def test_an_entry_that_is_not_there_is_told_with_the_command_that_lists_them(file):
    done = file("correct", "99", "--fact", "household.size=4", "--reason", "x", *BY)
    assert done.exit_code == 2
    assert "kinderguard file show REF --history" in done.stderr


# ---- erasure ---------------------------------------------------------------------------------------------------------


def test_a_file_is_erased_only_where_that_was_confirmed(kinderguard, filed, file):
    asked = file("erase", "--reason", "the guardian's request", *BY)
    assert (asked.exit_code, asked.stdout) == (2, "")
    assert "--yes" in asked.stderr
    assert listed(kinderguard) == sorted(filed)
    done = file("erase", "--reason", "the guardian's request", *BY, "--yes", "--lang", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.strip() == f"What 1 entry of file {filed[0]} said is erased; recorded as entry 3"
    assert listed(kinderguard) == [filed[1]]
    assert not [b for b in ("张宁远", number(1, "20120305")) if b.encode() in Path("files.db").read_bytes()]
    verified = kinderguard("file", "verify", "--lang", "en")
    assert (verified.exit_code, "1 erased" in verified.stdout) == (0, True)


def test_what_an_open_reader_keeps_in_the_journal_is_said(filed, file, monkeypatch):
    import sqlite3

    from kinderguard.casefile import CaseStore

    monkeypatch.setitem(CaseStore.__init__.__kwdefaults__, "wait", 0.1)
    reader = sqlite3.connect("files.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM kg_entries").fetchone()
    done = file("erase", "--reason", "x", *BY, "--yes")
    reader.close()
    assert (done.exit_code, "已删除" in done.stdout) == (1, True)
    assert "日志" in done.stderr


def test_a_file_that_is_not_there_is_neither_closed_nor_moved_nor_erased(kinderguard, filed):
    for command in (
        ("close", "nobody", "--reason", "adopted", "--last-paid", "none", *ON),
        ("reopen", "nobody", "--reason", "x", *ON),
        ("transfer", "propose", "nobody", "--to", "330106", *ON),
        ("transfer", "accept", "nobody", "--acting", "330106", *THEIR_ON),
        ("erase", "nobody", "--reason", "x", *BY, "--yes"),
    ):
        done = kinderguard("file", *command)
        assert (done.exit_code, done.stdout) == (2, ""), command
        assert "kinderguard file list" in done.stderr
    assert listed(kinderguard) == sorted(filed)


def test_the_users_that_the_team_names_are_held_against_their_divisions(kinderguard, filed, monkeypatch):
    Path("users.toml").write_text('li = "330199"\nwang = "330106"\n', "utf-8")
    record = ("file", "record", filed[0], "--at", "2025-09-01", "--lang", "en")
    assert kinderguard(*record, "household.size=5", "--by", "wang", "--acting", "330199").exit_code == 0
    monkeypatch.setenv("KINDERGUARD_USERS", "users.toml")
    for who in (("--by", "li"), ("--by", "li", "--acting", "330199")):
        assert kinderguard(*record, "household.size=4", *who).exit_code == 0
    other = kinderguard(*record, "household.size=3", "--by", "wang", "--acting", "330199")
    assert (other.exit_code, "User wang does not belong to 330199" in other.stderr) == (2, True)
    stranger = kinderguard(*record, "household.size=3", "--by", "zhao", "--acting", "330199", "--override", "why not")
    assert (stranger.exit_code, "There is no user zhao" in stranger.stderr) == (2, True)
    assert "the file that KINDERGUARD_USERS names" in stranger.stderr
    Path("users.toml").write_text('night = ""\n', "utf-8")
    of_none = kinderguard(*record, "household.size=3", "--by", "night", "--acting", "330199")
    assert (of_none.exit_code, "User night belongs to no division" in of_none.stderr) == (2, True)
    asked = ("file", "export", filed[0], "--whole", "--reason", "x", "--by", "night", "--acting", "330199001")
    assert kinderguard(*asked, "--out", "f.json").exit_code == 2
    assert not Path("f.json").exists()
    Path("users.toml").write_text('li = "Xihu"\n', "utf-8")
    wrong = kinderguard(*record, "household.size=3", "--by", "li")
    assert (wrong.exit_code, "users.toml" in wrong.stderr) == (2, True)

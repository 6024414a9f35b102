"""What ``kinderguard file`` tells until it is settled, and what it does for the division in charge alone."""

import json
import sqlite3
from pathlib import Path

import pytest

from cli.offers import ONE_OFFER
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


# ---- closed files --------------------------------------------------------------------------------------------------


def test_a_closed_file_is_not_assessed_after_its_closing_and_the_others_are(kinderguard, filed):
    before = kinderguard("file", "assess", filed[0], "--on", "2025-09-20", *BY)
    assert "1,900.00元" in before.stdout
    kinderguard("file", "close", filed[0], "--reason", "adopted", "--last-paid", "2025-07", "--on", "2025-09-10", *BY)
    both = kinderguard("file", "assess", *filed, "--on", "2025-09-20", *BY)
    assert both.exit_code == 1
    assert f"档案 {filed[0]} 已于 2025-09-10 结案" in both.stderr
    assert "kinderguard file reopen" in both.stderr
    assert "评估 1 份档案" in both.stdout
    assert "事实无人抚养儿童基本生活补贴      符合条件 0" in both.stdout
    assert kinderguard("file", "assess", filed[0], "--on", "2025-09-20", *BY).exit_code == 2
    assert "评估 1 份档案：新存 1" in kinderguard("file", "assess", filed[0], "--on", "2025-09-09", *BY).stdout
    kinderguard("file", "reopen", filed[0], "--reason", "收养未成立", "--on", "2025-09-15", *BY)
    assert kinderguard("file", "assess", filed[0], "--on", "2025-09-20", *BY).exit_code == 0


# ---- facts given as a part -----------------------------------------------------------------------------------------


def _facts(kinderguard, ref):
    return json.loads(kinderguard("file", "show", ref, "--at", DAY, "--format", "json").stdout)["facts"]


def test_a_part_given_whole_is_corrected_as_it_is_recorded(kinderguard, filed):
    part = 'father.disability={"kind":"physical","grade":"2"}'
    assert kinderguard("file", "record", filed[0], part, "--at", DAY, *BY).exit_code == 0
    recorded = _facts(kinderguard, filed[0])
    shown = json.loads(kinderguard("file", "show", filed[0], "--at", DAY, "--history", "--format", "json").stdout)
    correct = ("file", "correct", filed[0], shown["entries"][-1]["number"], "--reason", "补登", *BY, "--fact")
    assert kinderguard(*correct, 'father.disability={"kind":"visual","grade":"1"}').exit_code == 0
    corrected = _facts(kinderguard, filed[0])
    assert (recorded["father.disability.grade"], corrected["father.disability.grade"]) == ("2", "1")
    assert kinderguard(*correct, "father.disability=null").exit_code == 0
    assert not [path for path in _facts(kinderguard, filed[0]) if path.startswith("father.disability")]
    assert kinderguard(*correct, part).exit_code == 0
    assert kinderguard("file", "record", filed[0], "--unknown", "father.disability", "--at", DAY, *BY).exit_code == 0
    assert not [path for path in _facts(kinderguard, filed[0]) if path.startswith("father.disability")]


def test_the_number_of_a_file_is_no_fact_and_packs_facts_stay_off_the_command_line(kinderguard, filed):
    for given, said in (("ref=other", "不是事实"), ('extra={"330199":{"a":1}}', "--facts")):
        done = kinderguard("file", "record", filed[0], given, "--at", DAY, *BY)
        assert done.exit_code == 2
        assert said in done.stderr
    assert "other" not in kinderguard("file", "list", "--at", DAY).stdout


# ---- users from elsewhere ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "work",
    [("file", "assess"), ("care", "plan", "--save"), ("care", "allocate", "--offers", "offers.toml", "--save")],
)
def test_work_by_a_user_from_elsewhere_is_doubted_once_with_the_files(kinderguard, filed, work):
    Path("offers.toml").write_text(ONE_OFFER, "utf-8")
    ours = kinderguard(*work, "--on", DAY, *BY)
    assert (ours.exit_code, ours.stderr) == (0, "")
    theirs = kinderguard(*work, "--on", "2025-09-02", "--by", "220102.u9")
    doubts = [line for line in theirs.stderr.splitlines() if "经办人属 220102" in line]
    if work[1] == "allocate":  # every place is taken by then, so nothing was written
        assert (theirs.exit_code, doubts) == (0, [])
        return
    assert theirs.exit_code == 1
    assert sorted(ref for line in doubts for ref in filed if ref in line) == sorted(filed)


def test_what_a_user_from_elsewhere_is_given_is_doubted(kinderguard, filed):
    asked = (
        "file", "export", filed[0], "--role", "education", "--organisation", "示例小学", "--purpose", "schooling",
        "--basis", "statutory_duty", "--on", DAY, "--out", "x.json",
    )  # fmt: skip
    assert kinderguard(*asked, *BY).exit_code == 0
    done = kinderguard(*asked, "--by", "220102.u9")
    assert done.exit_code == 1
    assert "从未涉及用户 220102.u9 所属的行政区划" in done.stderr
    assert Path("x.json").exists()


# ---- visits, sums --------------------------------------------------------------------------------------------------


def test_the_newest_visit_counts_whether_a_list_or_the_file_tells_of_it(kinderguard, filed):
    assert kinderguard("file", "visit", filed[0], "--on", "2025-09-10", *BY).exit_code == 0
    show = ("file", "show", filed[0], "--format", "json", "--at")
    for at, newest in (("2025-09-09", "2025-08-20"), ("2025-09-10", "2025-09-10")):
        assert json.loads(kinderguard(*show, at).stdout)["facts"]["child.care.last_visit"] == newest


def test_a_household_of_two_files_is_summed_once_and_told_where_nothing_is_drawn(kinderguard, filed):
    facts = {
        "household.number": "H1", "household.size": 3, "household.monthly_income_per_head": 900,
        "household.property_within_limits": True, "household.aid": [],
    }  # fmt: skip
    Path("facts.json").write_text(json.dumps(facts), "utf-8")

    def dibao():
        done = kinderguard("file", "assess", *filed, "--on", DAY, *BY)
        return next(line.split() for line in done.stdout.splitlines() if line.startswith("  低保金"))

    for ref in filed:
        done = kinderguard("file", "record", ref, "--facts", "facts.json", "--at", DAY, *BY)
        assert done.exit_code == 0, done.stderr
    once = dibao()
    assert once[1:3] == ["符合条件", "2，待定"]
    assert once[-2:] == ["其中档案载明未享受", "2"]
    Path("facts.json").write_text(json.dumps({"household.number": "H2"}), "utf-8")
    assert kinderguard("file", "record", filed[1], "--facts", "facts.json", "--at", DAY, *BY).exit_code == 0
    twice = dibao()
    amounts = [
        float(next(part for part in line if "元" in part).partition("元")[0].replace(",", "")) for line in (once, twice)
    ]
    assert amounts[1] == 2 * amounts[0] > 0


def test_a_rule_of_another_county_is_named_by_its_title(kinderguard, filed):
    kinderguard("file", "record", filed[0], 'household.aid=["dibao"]', "--at", DAY, *BY)
    kinderguard("file", "assess", filed[0], "--on", DAY, *BY)
    kinderguard(
        "file", "transfer", "propose", filed[0], "--to", "330106", "--on", "2025-09-05", "--reason", "迁移", *BY
    )
    kinderguard("file", "transfer", "accept", filed[0], "--acting", "330106", "--on", "2025-09-05", *THEIRS)
    told = kinderguard("file", "assess", filed[0], "--on", "2025-09-06", *THEIRS).stdout
    assert "低保家庭儿童补助" in told
    assert "dibao_supplement" not in told

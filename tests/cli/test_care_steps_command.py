"""``kinderguard care show``, ``move``, ``service``, ``follow-up`` and ``goal``: a plan from its draft to its end."""

import datetime as dt
import json
from pathlib import Path

import pytest

from cli.offers import ONE_OFFER

pytest.importorskip("sqlalchemy")
pytest.importorskip("highspy")

DAY, BY = ("--on", "2025-09-01"), ("--by", "330199.u1")


@pytest.fixture
def planned(kinderguard, filed):
    """The boy's file with the draft of a plan of two services and two visits."""
    from kinderguard.casefile import CaseStore

    services = [
        {"number": 1, "need": "cn.need.company", "service": "company"},
        {"number": 2, "need": "cn.need.guardian_visits", "service": "guardian_visit"},
    ]
    visits = [{"number": n, "planned_on": f"2025-{9 + n}-01"} for n in (1, 2)]
    goals = [{"number": 1, "title": {"zh": "陪伴", "en": "company"}}]
    plan = {"ref": filed[0], "division": "330199001", "made_on": "2025-09-01", "services": services,
            "follow_ups": visits, "goals": goals}  # fmt: skip
    with CaseStore("sqlite:///files.db", key=None) as store:
        store.append(filed[0], "plan", plan, valid_from=dt.date(2025, 9, 1), by="330199.u1")
    return filed[0]


@pytest.fixture
def step(kinderguard, planned):
    """Takes a step of the plan; what it wrote as JSON."""

    def take(name, *args, code=0):
        done = kinderguard("care", name, planned, *args, *BY, "--format", "json")
        assert done.exit_code == code, done.stderr
        return json.loads(done.stdout) if code == 0 else done.stderr

    return take


@pytest.fixture
def kept(kinderguard, planned):
    """The plan as it is kept now."""
    return lambda: json.loads(kinderguard("care", "show", planned, *DAY, "--format", "jsonl").stdout)


def test_a_plan_is_moved_step_by_step_and_the_same_step_twice_writes_nothing(step, kept):
    assert step("move", "agreed", *DAY)["entry"]
    assert step("move", "agreed", *DAY)["entry"] is None
    assert step("move", "running", "--on", "2025-09-05", "--reason", "某某同意")["state"] == "running"
    moves = kept()["moves"]
    assert [(m["after"], m["on"]) for m in moves] == [("agreed", "2025-09-01"), ("running", "2025-09-05")]
    assert all("reason" not in m for m in moves)  # for the file, and shown nowhere
    refused = step("move", "agreed", *DAY, code=2)
    assert "此时只能转为：暂停、已完成、提前终止" in refused


def test_a_service_goes_from_promised_to_delivered_and_takes_on_what_the_family_says_later(step, kept):
    assert "--organisation" in step("service", 1, "promised", *DAY, code=2)
    promise = ("service", 1, "promised", "--organisation", "330199.volunteers", "--since", "2025-09-10", *DAY)
    assert step(*promise)["entry"]
    assert step(*promise)["entry"] is None
    assert step("service", 1, "delivered", "--delivered-on", "2025-09-20", "--on", "2025-09-20")["entry"]
    assert step("service", 1, "delivered", "--satisfied", "--outcome", "met", "--on", "2025-10-20")["entry"]
    service = kept()["services"][0]
    assert (service["state"], service["delivered_on"], service["satisfied"], service["outcome"]) == (
        "delivered", "2025-09-20", True, "met",
    )  # fmt: skip
    assert "1, 2" in step("service", 9, "cancelled", *DAY, code=2)


def test_what_an_allocation_promised_is_taken_up_in_the_plan_and_counted_once(kinderguard, step, kept, planned):
    from kinderguard.casefile import CaseStore

    with CaseStore("sqlite:///files.db", key=None) as store:
        promised = {"ref": planned, "need": "cn.need.guardian_visits", "service": "guardian_visit",
                    "organisation": "330199.volunteers", "offer": "company", "since": "2025-09-01"}  # fmt: skip
        store.append(planned, "service", promised, valid_from=dt.date(2025, 9, 1), by="330199.u1")

    def services():
        return kinderguard("care", "overlaps", *DAY, "--lang", "en").stdout.split(",")[0]

    assert services() == "1 service"
    assert step("service", 1, "promised", "--organisation", "330199.volunteers", *DAY)["entry"]
    assert services() == "1 service"  # another need, and nobody said from when
    assert step("service", 2, "promised", *DAY)["organisation"] == "330199.volunteers"
    assert {name: kept()["services"][1][name] for name in ("offer", "since")} == {
        "offer": "company", "since": "2025-09-01",
    }  # fmt: skip
    assert services() == "1 service"
    Path("offers.toml").write_text(ONE_OFFER, "utf-8")
    assert "company" in kinderguard("care", "allocate", "--offers", "offers.toml", *DAY, "--lang", "en").stdout
    step("service", 2, "cancelled", *DAY)
    assert services() == "0 services"


def test_a_visit_of_the_plan_is_a_visit_of_the_file_too(kinderguard, step, kept, planned):
    visit = ("follow-up", 1, "--on", "2025-10-02")
    assert step(*visit)["entry"]
    assert step(*visit)["entry"] is None
    assert "请新增一次随访" in step("follow-up", 1, "--on", "2025-10-03", code=2)
    due = kinderguard("file", "due", "--on", "2025-10-15", "--kind", "visit", "--format", "jsonl").stdout
    assert planned not in due
    again = kinderguard("file", "visit", planned, "--on", "2025-10-02", *BY)
    assert "未重复写入" in again.stdout
    assert step("follow-up", 2, "--day-unknown")["day"] is None
    assert step("follow-up", "--kind", "call", "--on", "2025-10-08")["follow_up"] == 3
    assert step("follow-up", "--kind", "call", "--on", "2025-10-08")["entry"] is None
    assert [(f["kind"], f.get("done_on")) for f in kept()["follow_ups"]] == [
        ("visit", "2025-10-02"), ("visit", None), ("call", "2025-10-08"),
    ]  # fmt: skip
    assert "晚于今天" in step("follow-up", "--on", "2999-01-01", code=2)
    assert "--day-unknown" in step("follow-up", 2, code=2)


def test_a_goal_is_settled_once(step, kept):
    assert step("goal", 1, "--reached", *DAY)["entry"]
    assert step("goal", 1, "--reached", *DAY)["entry"] is None
    assert kept()["goals"][0]["reached"] is True


def test_what_is_late_is_shown_also_of_a_draft_that_is_still_to_be_agreed(kinderguard, step, planned):
    late = ("care", "show", "--late", "--on", "2025-10-05")
    assert "草拟 1" in " ".join(kinderguard(*late).stdout.split())
    assert kinderguard(*late[:-1], "2025-10-01", "--format", "jsonl").stdout == ""
    step("move", "agreed", *DAY)
    told = kinderguard(*late).stdout
    assert told.startswith("2 份档案，有逾期事项的方案 1 份")
    assert "逾期 4 天" in told
    kinderguard(*late, "--format", "csv", "--out", "late.csv")
    rows = Path("late.csv").read_text("utf-8-sig").splitlines()
    assert rows[0].startswith("档案编号,所在行政区划,方案状态")
    assert len(rows) == 1 + 1 + 2 + 2


def test_a_file_without_a_plan_says_how_to_draft_one(kinderguard, filed):
    done = kinderguard("care", "goal", filed[0], 1, "--reached", *BY)
    assert (done.exit_code, f"care plan {filed[0]} --save" in done.stderr) == (2, True)
    assert kinderguard("care", "show", "nobody", *DAY).exit_code == 2


# ---- drafts --------------------------------------------------------------------------------------------------------


def test_saving_drafts_again_says_what_became_of_each(kinderguard, filed):
    save = ("care", "plan", "--save", *BY, "--on")
    assert "新存入档案 2 份\n" in kinderguard(*save, "2025-09-01").stdout
    assert "新存入档案 0 份；此前已存、内容相同 2 份" in kinderguard(*save, "2025-09-01").stdout
    assert "新存入档案 2 份\n" in kinderguard(*save, "2025-09-02").stdout
    kinderguard("care", "move", filed[0], "agreed", "--on", "2025-09-02", *BY)
    told = kinderguard(*save, "2025-10-01", "--lang", "en").stdout
    assert "1 kept in the files now; 1 not kept, a plan is agreed or running" in told
    assert f"{filed[0]}: its plan is agreed" in told
    plans = kinderguard("care", "show", "--on", "2025-10-01", "--format", "jsonl").stdout.splitlines()
    assert {p["made_on"]: p["state"] for p in map(json.loads, plans)} == {"2025-09-02": "agreed", "2025-10-01": "draft"}


# ---- whose children ------------------------------------------------------------------------------------------------


def test_a_division_means_those_it_is_in_charge_of_and_the_output_says_so(kinderguard, filed):
    kinderguard("file", "record", filed[0], "child.residence.division=330106001", "--at", "2025-09-01", *BY)
    Path("offers.toml").write_text(ONE_OFFER, "utf-8")
    said = "330199 负责的 2 名儿童，其中 1 名住在别处"
    for command in (("needs",), ("plan",), ("overlaps",), ("allocate", "--offers", "offers.toml")):
        assert said in kinderguard("care", *command, *DAY, "-d", "330199").stdout, command
        assert "330106 负责的 0 名儿童" in kinderguard("care", *command, *DAY, "-d", "330106").stdout, command
    kinderguard("care", "plan", *DAY, "-d", "330199", "--save", *BY)
    assert kinderguard("care", "show", *DAY, "-d", "330199").stdout.startswith("2 份档案")
    assert kinderguard("care", "show", *DAY, "-d", "330106").stdout.startswith("0 份档案")


def test_a_place_that_is_taken_in_one_division_is_not_given_again_in_another(kinderguard, filed):
    from kinderguard.casefile import CaseStore

    with CaseStore("sqlite:///files.db", key=None) as store:
        promised = {"ref": filed[1], "need": "cn.need.company", "service": "company",
                    "organisation": "330199.volunteers", "offer": "company", "since": "2025-09-01"}  # fmt: skip
        store.append(filed[1], "service", promised, valid_from=dt.date(2025, 9, 1), by="330199.u1")
    Path("offers.toml").write_text(ONE_OFFER, "utf-8")
    told = kinderguard("care", "allocate", "--offers", "offers.toml", *DAY, "-d", "330199001").stdout
    assert "名额已全部用于已承诺的服务：company" in told


def test_what_is_to_be_clarified_is_told_as_what_would_be_so(kinderguard, filed):
    asked = ("care", "needs", *DAY, "--ref", filed[0], "--to-clarify")
    told = kinderguard(*asked, "--format", "text").stdout
    assert "理由：如属实：" in told
    present = kinderguard(*asked[:-1], "--format", "text").stdout
    assert "如属实" not in present


@pytest.mark.parametrize("told", ["张宁远外出", "电话19900001111", "证号 11010120120305001X"])
def test_what_is_noted_in_a_plan_gives_nobody_away(kinderguard, planned, step, kept, told):
    step("move", "agreed", *DAY)
    step("move", "running", *DAY)
    refused = step("move", "paused", "--reason", told, *DAY, code=2)
    assert "此处会长期保留" in refused
    assert told not in refused
    assert kept()["state"] == "running"
    assert step("move", "paused", "--reason", "儿童外出", *DAY)["entry"]


def test_a_name_learnt_after_it_was_noted_stops_no_plan(kinderguard, planned, step):
    step("move", "agreed", *DAY)
    step("move", "running", "--reason", "王小明同意", *DAY)
    Path("facts.json").write_text(json.dumps({"mother.name": "王小明"}), "utf-8")
    kinderguard("file", "record", planned, "--facts", "facts.json", "--at", "2025-09-01", "--by", "330199.u1")
    assert "此处会长期保留" in step("move", "paused", "--reason", "王小明外出", *DAY, code=2)
    assert step("move", "paused", *DAY)["entry"]


def test_a_new_draft_keeps_what_was_done_and_what_is_due_and_revives_nothing(kinderguard, planned, step, kept):
    def draft(on):
        done = kinderguard("care", "plan", planned, "--on", on, "--save", "--by", "330199.u1")
        assert done.exit_code == 0, done.stderr
        return done.stdout

    step("follow-up", 1, "--on", "2025-10-02")
    assert "新存入档案 1 份" in draft("2025-11-10")
    first = kept()
    follow_ups = first["follow_ups"]
    assert [(f["number"], f["state"], f.get("planned_on")) for f in follow_ups[:3]] == [
        (1, "done", "2025-10-01"), (2, "planned", "2025-11-01"), (3, "planned", "2025-12-10"),
    ]  # fmt: skip
    assert first["goals"][0]["title"]["zh"] == "陪伴"  # one that somebody wrote stays
    assert "内容相同 1 份" in draft("2025-11-10")
    assert kept() == first
    step("move", "dropped", "--on", "2025-11-11")
    told = draft("2025-12-01")
    assert "方案未采用、需求未变，未存 1 份" in told
    assert kept()["state"] == "dropped"
    disabled = 'child.disability={"kind":"physical","grade":"1"}'
    assert kinderguard("file", "record", planned, disabled, "--at", "2025-12-02", "--by", "330199.u1").exit_code == 0
    assert "新存入档案 1 份" in draft("2025-12-03")
    assert kept()["state"] == "draft"
    assert [f["number"] for f in kept()["follow_ups"] if f["state"] == "done"] == [1]


def test_an_organisation_answers_for_what_an_allocation_promised(kinderguard, planned, step):
    Path("offers.toml").write_text(ONE_OFFER, "utf-8")
    saved = kinderguard("care", "allocate", "--offers", "offers.toml", *DAY, "--save", "--by", "330199.u1").stdout
    count = int(saved.partition("新存入档案 ")[2].split()[0])
    assert count > 0

    def promised(on="2025-09-30"):
        return kinderguard("care", "providers", "--on", on).stdout.partition("承诺共 ")[2].split()[0]

    assert promised() == str(count)
    kinderguard(
        "file",
        "close",
        planned,
        "--reason",
        "adopted",
        "--last-paid",
        "none",
        "--on",
        "2025-09-10",
        "--by",
        "330199.u1",
    )
    free = [
        kinderguard("care", "allocate", "--offers", "offers.toml", "--on", on).stdout
        for on in ("2025-09-09", "2025-09-11")
    ]
    assert ["名额已全部用于" in each for each in free] == [True, False]


def test_a_draft_is_kept_for_the_division_in_charge_with_the_options_that_its_refusal_names(kinderguard, planned):
    who = ("--by", "330106.u2", "--acting", "330106", "--on", "2025-09-01")
    kinderguard("file", "transfer", "propose", planned, "--to", "330106", *DAY, "--by", "330199.u1", "--reason", "迁移")
    kinderguard("file", "transfer", "accept", planned, *who)
    save = ("care", "plan", planned, "--on", "2025-09-02", "--save")
    refused = kinderguard(*save, "--by", "330199.u1")
    assert refused.exit_code == 1
    assert "--override" in refused.stderr
    assert "新存入档案 1 份" in kinderguard(*save, "--by", "330199.u1", "--override", "转移前商定").stdout
    theirs = kinderguard("care", "plan", planned, "--on", "2025-09-03", "--save", "--by", "u2", "--acting", "330106")
    assert "新存入档案 1 份" in theirs.stdout

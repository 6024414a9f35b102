"""``kinderguard care``: needs, plans, allocation and overlaps, from a store or a ledger; nothing personal in any of them."""

import csv
import json
from pathlib import Path

import pytest

from cli.offers import ONE_OFFER, UNCHECKED
from survey.lists import number, write

pytest.importorskip("sqlalchemy")
pytest.importorskip("highspy")

DAY, BY = ("--on", "2025-09-01"), ("--by", "330199.u1")
NAMES = ("张宁远", "张梦", "何星", number(1, "20120305"), "19900001111")
OFFERS = ONE_OFFER + UNCHECKED


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Each test has a folder and a store of its own, and no key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KINDERGUARD_STORE", "files.db")
    monkeypatch.delenv("KINDERGUARD_KEY", raising=False)
    Path("offers.toml").write_text(OFFERS, "utf-8")


@pytest.fixture
def children(tmp_path):
    """Two de facto unattended children of the fictitious county."""
    child = {
        "序号": "1", "儿童姓名": "张宁远", "身份证号": number(1, "20120305"), "户籍地行政区划代码": "330199001",
        "父亲姓名": "张梦", "父亲状况": "死亡", "母亲状况": "服刑在押", "母亲状况起始日期": "2024-10-20", "母亲状况截止日期": "2027-10-20",
        "监护人姓名": "何星", "监护人电话": "19900001111", "与儿童关系": "祖父母", "就学情况": "初中",
    }  # fmt: skip
    other = child | {
        "序号": "2",
        "儿童姓名": "张远",
        "身份证号": number(3, "20140305"),
        "户籍地行政区划代码": "330199002",
    }
    return write(tmp_path / "台账.csv", child, other)


@pytest.fixture
def filed(kinderguard, children):
    """The store with both children; their refs."""
    assert kinderguard("file", "import", children, "--at", "2025-09-01", *BY).exit_code == 0
    return kinderguard("file", "list", "--at", "2025-09-01").stdout.split()


def lines_of(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def allocated(kinderguard, *more):
    return lines_of(kinderguard("care", "allocate", "--offers", "offers.toml", *DAY, "--format", "jsonl", *more))


def test_needs_come_from_a_ledger_or_a_store_with_reason_and_no_name(kinderguard, children, filed):
    of_ledger = kinderguard("care", "needs", children, *DAY, "--format", "jsonl")
    of_store = kinderguard("care", "needs", *DAY, "--format", "jsonl")
    assert {n["ref"] for n in lines_of(of_ledger)} == {"1", "2"}
    assert {n["ref"] for n in lines_of(of_store)} == set(filed)
    assert sorted(n["code"] for n in lines_of(of_ledger)) == sorted(n["code"] for n in lines_of(of_store))
    assert all(n["reason"]["zh"] and n["reason"]["en"] for n in lines_of(of_store))
    assert not [name for name in NAMES if name in of_ledger.stdout + of_store.stdout + of_store.stderr]
    assert "cn.need.guardian_visits" in kinderguard("care", "needs", *DAY).stdout


def test_what_is_to_be_clarified_is_listed_on_request_with_its_facts(kinderguard, children):
    assert not [n for n in lines_of(kinderguard("care", "needs", children, *DAY, "--format", "jsonl")) if n["facts"]]
    found = lines_of(kinderguard("care", "needs", children, *DAY, "--to-clarify", "--format", "jsonl"))
    unclear = [n for n in found if n.get("status") == "to_clarify"]
    assert unclear
    assert all(n["facts"] for n in unclear)
    kinderguard(
        "care", "needs", children, *DAY, "--to-clarify", "--format", "csv", "--out", "needs.csv", "--lang", "en"
    )
    with Path("needs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["To find out"]]
    assert len(rows) == len(unclear)
    assert all(row["Fact"] and "child" in row["To find out"] for row in rows if "child." in row["Fact"])
    assert not [row for row in rows if "child." in row["To find out"]]


def test_needs_that_are_left_out_are_counted_by_urgency_in_every_form(kinderguard, children):
    asked = ("care", "needs", children, *DAY)
    unclear = [
        n for n in lines_of(kinderguard(*asked, "--to-clarify", "--format", "jsonl")) if n.get("status") == "to_clarify"
    ]
    counts = {level: [n["urgency"] for n in unclear].count(level) for level in ("immediate", "soon", "planned")}
    urgent = f"立即 {counts['immediate']}，尽快 {counts['soon']}，按计划 {counts['planned']}"
    said = f"另有 {len(unclear)} 项需求待核实，涉及 2 名儿童（{urgent}）；加 --to-clarify 列出，并写明须了解什么"
    assert kinderguard(*asked).stdout.split("\n")[1] == said
    for form in (("jsonl",), ("csv", "--out", "n.csv")):
        done = kinderguard(*asked, "--format", *form)
        assert said in done.stderr.replace("\n", "")
        assert done.exit_code == 0
    one = kinderguard(*asked, "--ref", "1", "--format", "text", "--lang", "en").stdout
    assert one.count("further needs to be clarified (at once ") == 1
    listed = kinderguard(*asked, "--to-clarify")
    assert "另有" not in listed.stdout + listed.stderr
    assert f"\n待核实，立即 {counts['immediate']}\n" in listed.stdout


def test_a_child_of_whom_little_is_known_is_not_told_to_need_nothing(kinderguard, tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text('{"ref": "7", "child": {"birth_date": "2015-03-05"}}\n', "utf-8")
    told = kinderguard("care", "needs", path, *DAY, "--format", "text", "--lang", "en").stdout.split("\n")
    assert told[0] == "Child 7, no need found"
    assert "further needs to be clarified (at once " in told[1]


def test_the_needs_of_one_place_are_asked_for_by_division(kinderguard, filed):
    found = lines_of(kinderguard("care", "needs", *DAY, "--division", "330199001", "--format", "jsonl"))
    assert {n["division"] for n in found} == {"330199001"}


def test_a_draft_plan_is_shown_and_kept_once(kinderguard, filed):
    shown = kinderguard("care", "plan", filed[0], *DAY)
    assert "走访监护人" in shown.stdout
    assert "2025-10-01" in shown.stdout  # the county's interval is one month
    assert kinderguard("care", "plan", *DAY, "--save").exit_code == 2
    for _ in range(2):
        assert kinderguard("care", "plan", *DAY, "--save", *BY).exit_code == 0
    assert kinderguard("file", "show", filed[0], "--history").stdout.count("关爱方案") == 1
    assert not [name for name in NAMES if name in shown.stdout]


def test_needs_and_plan_of_one_child_are_told_in_words(kinderguard, children, filed):
    told = kinderguard("care", "needs", children, "--ref", "1", *DAY, "--format", "text", "--to-clarify").stdout
    assert told.startswith("儿童 1\n")
    assert "儿童 2" not in told
    assert "走访监护人" in told
    assert "理由：" in told
    assert "待了解：" in told
    assert kinderguard("care", "needs", children, "--ref", "9", *DAY).exit_code == 2
    of_store = kinderguard("care", "needs", "--ref", filed[0], *DAY, "--format", "text", "--lang", "en").stdout
    assert of_store.startswith(f"Child {filed[0]}\n")
    plan = kinderguard("care", "plan", filed[0], *DAY, "--format", "text", "--lang", "en").stdout
    assert plan.startswith(f"Child {filed[0]} the example county")
    for part in ("plan: draft, 2025-09-01", "goals", "services", "follow-ups\n    visit 2025-10-01"):
        assert part in plan
    assert not [name for name in NAMES if name in told + of_store + plan]


def test_every_need_is_decided_with_its_reason(kinderguard, filed):
    decisions = allocated(kinderguard)
    needs = lines_of(kinderguard("care", "needs", *DAY, "--format", "jsonl"))
    assert sorted((d["ref"], d["need"]) for d in decisions) == sorted((n["ref"], n["code"]) for n in needs)
    assert all(d["reason"]["zh"] and d["reason"]["en"] for d in decisions)
    (served,) = [d for d in decisions if d["decided"] == "served"]
    assert (served["organisation"], served["offer"]) == ("330199.volunteers", "company")
    assert not [d for d in decisions if d["offer"] == "unchecked"]
    summary = kinderguard("care", "allocate", "--offers", "offers.toml", *DAY, "--lang", "en").stdout
    assert "1 of 1" in summary
    assert summary.startswith("10 needs, 2 offers")
    assert "Waiting, by offer" in summary
    assert "further needs to be clarified, of 2 children" in summary.split("\n")[1]
    assert "which take no part" in summary.split("\n")[1]


def test_what_was_promised_is_kept_and_not_promised_again(kinderguard, filed):
    assert kinderguard("care", "allocate", "--offers", "offers.toml", *DAY, "--save").exit_code == 2
    (served,) = [d for d in allocated(kinderguard, "--save", *BY) if d["decided"] == "served"]
    later = allocated(kinderguard)
    assert (served["ref"], served["need"]) not in {(d["ref"], d["need"]) for d in later}
    assert not [d for d in later if d["decided"] == "served"]  # its one place is taken
    summary = kinderguard("care", "allocate", "--offers", "offers.toml", *DAY, "--lang", "en").stdout
    assert summary.split("\n")[:2] == [
        "1 further need is served already",
        "all places are taken by services promised before: company",
    ]
    Path("offers.toml").write_text(OFFERS.replace("capacity = 1", "capacity = 2"), "utf-8")
    assert len([d for d in allocated(kinderguard) if d["decided"] == "served"]) == 1


def test_an_allocation_from_a_ledger_writes_to_no_store(kinderguard, children):
    done = kinderguard("care", "allocate", children, "--offers", "offers.toml", *DAY)
    assert done.exit_code == 0, done.stderr
    assert kinderguard("care", "allocate", children, "--offers", "offers.toml", *DAY, "--save", *BY).exit_code == 2
    assert not Path("files.db").exists()


def test_limits_and_distances_are_kept(kinderguard, children):
    Path("offers.csv").write_text(
        "供给编号,组织编号,服务主体,服务,可同时服务的需求数,服务人员\n"
        "goods,330199.factory,enterprise,supplies、online_course,9,无\n"
        "aid,330199.station,station,aid_application、family_guidance,9,无\n",
        "utf-8",
    )
    offers = ("care", "allocate", children, "--offers", "offers.csv", *DAY, "--format", "jsonl")
    served = [d["organisation"] for d in lines_of(kinderguard(*offers)) if d["decided"] == "served"]
    assert len(served) > 1
    most = [d for d in lines_of(kinderguard(*offers, "--most", "330199.station=1")) if d["decided"] == "served"]
    assert [d["organisation"] for d in most].count("330199.station") == 1
    Path("km.csv").write_text("儿童或区划,供给,公里\n330199001,company,80\n330199002,company,3\n", "utf-8")
    near = ("care", "allocate", children, "--offers", "offers.toml", *DAY, "--format", "jsonl", "--distances", "km.csv")
    (found,) = [d for d in lines_of(kinderguard(*near, "--max-km", "60")) if d["decided"] == "served"]
    assert (found["division"], found["km"]) == ("330199002", 3)


def test_a_need_that_two_organisations_serve_is_found_before_it_happens(kinderguard, filed):
    (served,) = [d for d in allocated(kinderguard, "--save", *BY, "--until", "2025-12-31") if d["decided"] == "served"]
    Path("other.csv").write_text(
        f"ref,need,service,organisation,since,until\n{served['ref']},{served['need']},{served['service']},330199.newcomers,2025-10-01,\n",
        "utf-8",
    )
    alone = kinderguard("care", "overlaps", "--on", "2025-10-01")
    assert alone.stdout.startswith("1 项服务，重复 0 处")
    assert "项需求待核实，涉及 2 名儿童" in alone.stdout
    twice = kinderguard("care", "overlaps", "--on", "2025-10-01", "--services", "other.csv", "--format", "jsonl")
    (found,) = lines_of(twice)
    assert (found["ref"], found["since"], found["until"]) == (served["ref"], "2025-10-01", "2025-12-31")
    assert set(found["organisations"]) == {"330199.volunteers", "330199.newcomers"}
    told = kinderguard("care", "overlaps", "--on", "2025-10-01", "--services", "other.csv").stdout
    assert f"的同一需求（走访监护人，{served['need']}）自" in told
    # A need that another organisation reports is allocated to nobody else.
    Path("other.csv").write_text(Path("other.csv").read_text("utf-8").replace("2025-10-01", "2025-08-01"), "utf-8")
    mine = {(d["ref"], d["need"]) for d in allocated(kinderguard, "--services", "other.csv")}
    assert (served["ref"], served["need"]) not in mine


def test_services_alone_are_compared_without_a_store(kinderguard, monkeypatch):
    monkeypatch.delenv("KINDERGUARD_STORE")
    line = "K1,cn.need.company,company,{},2025-09-01\n"
    Path("s.csv").write_text("ref,need,service,organisation,since\n" + line.format("a") + line.format("b"), "utf-8")
    assert kinderguard("care", "overlaps", *DAY, "--services", "s.csv", "--lang", "en").stdout.startswith(
        "2 services, 1 done twice"
    )
    assert kinderguard("care", "overlaps", *DAY).exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OFFERS.replace("capacity = 1", "capacity = -1"), "[[offers]] 1"),
        (OFFERS.replace("capacity", "capacty", 1), "capacity"),
        (OFFERS.replace('"unchecked"', '"company"'), "company"),
        ("[[offers]", "TOML"),
        ("[[offer]]\ncode = 'x'", "[[offers]]"),
    ],
)
def test_offers_that_do_not_fit_are_told_with_their_place(kinderguard, children, text, said):
    Path("offers.toml").write_text(text, "utf-8")
    done = kinderguard("care", "allocate", children, "--offers", "offers.toml", *DAY)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_every_offer_that_does_not_fit_is_told_at_once_with_the_field(kinderguard, children):
    Path("offers.csv").write_text(
        "供给编号,组织编号,服务主体,服务,可同时服务的需求数,服务人员\n"
        "a,330199.a,志愿者,志愿陪伴,-1,无\n"
        "b,张宁远13800001111,志愿者,志愿陪半,1,无\n",
        "utf-8",
    )
    done = kinderguard("care", "allocate", children, "--offers", "offers.csv", *DAY)
    assert (done.exit_code, done.stdout) == (2, "")
    said = done.stderr.replace("\n", "")
    assert "第 2 行：可同时服务的需求数（capacity）：不能为负" in said
    assert "line 2: needs it can serve at one time (capacity): cannot be negative" in said
    assert "第 3 行：组织编号（organisation）：应为代码" in said
    assert "是否为“志愿陪伴”（company）" in said
    assert "张宁远" not in said


def test_codes_in_a_table_of_offers_are_written_by_label_or_value(kinderguard, children):
    from kinderguard.commands.care.offers import read_offers

    heads = "供给编号,组织编号,服务主体,服务,可同时服务的需求数,服务日,资质\n"
    for row in (
        "a,o,志愿者,志愿陪伴、心理疏导,1,星期一、星期日,教师",
        "a,o,volunteers,company; psychological_support,1,Monday;Sunday,teacher",
        "a,o,volunteers,company psychological_support,1,monday sunday,teacher",
    ):
        Path("offers.csv").write_text(heads + row + "\n", "utf-8")
        (offer,) = read_offers(Path("offers.csv"))
        assert [service.value for service in offer.services] == ["company", "psychological_support"]
        assert [day.value for day in offer.weekdays] == ["monday", "sunday"]
        assert offer.qualifications[0].value == "teacher"


def test_an_offer_in_a_table_that_says_nobody_meets_the_child_is_not_matched_for_company(kinderguard, children):
    heads = "供给编号,组织编号,服务主体,服务,可同时服务的需求数,服务人员\n"
    for people, decided in (
        ("无", "find_out"),
        ("h1=未查", "find_out"),
        ("h1=无、h2=无", "served"),
        ("h1=62", "no_offer"),
    ):
        Path("offers.csv").write_text(f"{heads}a,o,志愿者,志愿陪伴、走访监护人,9,{people}\n", "utf-8")
        lines = lines_of(kinderguard("care", "allocate", children, "--offers", "offers.csv", *DAY, "--format", "jsonl"))
        assert {d["decided"] for d in lines if d["need"] == "cn.need.company"} == {decided}, people


@pytest.mark.parametrize(("people", "said"), [("某某=无", "应为代码"), ("h1=好", "h1=无、h2=未查"), ("h1=无=", "TOML")])
def test_people_in_a_table_are_codes_with_what_was_found_and_the_form_is_told(kinderguard, children, people, said):
    heads = "供给编号,组织编号,服务主体,服务,可同时服务的需求数,服务人员\n"
    Path("offers.csv").write_text(f"{heads}a,o,志愿者,志愿陪伴,9,{people}\n", "utf-8")
    done = kinderguard("care", "allocate", children, "--offers", "offers.csv", *DAY)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "某某" not in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("K1,cn.need.compny,company,a,2025-09-01", "'cn.need.company'"),
        ("K1,cn.need.company,legal_help,a,2025-09-01", "法律服务不能满足"),
        ("K1,cn.need.report,company,a,2025-09-01", "由主管部门处理"),
        ("张宁远,cn.need.company,company,a,2025-09-01", "档案编号"),
        ("330199201203050019,cn.need.company,company,a,2025-09-01", "档案编号"),
    ],
)
def test_a_service_that_cannot_be_is_refused_with_its_line(kinderguard, line, said):
    good = "K1,cn.need.company,company,a,2025-09-01\n"
    Path("s.csv").write_text(f"ref,need,service,organisation,since\n{good}{line}\n", "utf-8")
    done = kinderguard("care", "overlaps", *DAY, "--services", "s.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "s.csv 第 3 行" in done.stderr
    assert said in done.stderr.replace("\n", "")
    assert line.partition(",")[0] == "K1" or line.partition(",")[0] not in done.stderr


def test_a_service_for_a_child_without_a_file_is_told_and_not_counted(kinderguard, filed):
    lines = "".join(f"K1,cn.need.company,company,{who},2025-09-01\n" for who in "ab")
    Path("s.csv").write_text(f"ref,need,service,organisation,since\n{lines}", "utf-8")
    done = kinderguard("care", "overlaps", *DAY, "--services", "s.csv")
    assert done.exit_code == 1
    assert done.stdout.startswith("0 项服务，重复 0 处")
    assert "s.csv 第 3 行：没有此编号的儿童" in done.stderr


def test_a_number_that_may_be_somebodys_is_not_repeated(kinderguard, children):
    for ref in (number(1, "20120305"), "张宁远"):
        done = kinderguard("care", "needs", children, *DAY, "--ref", ref)
        assert done.exit_code == 2
        assert ref not in done.stderr
    assert "K7" in kinderguard("care", "needs", children, *DAY, "--ref", "K7").stderr


def test_a_head_that_is_like_none_is_told_by_its_column(kinderguard):
    Path("s.csv").write_text("张宁远,cn.need.company,company,a,2025-09-01\n", "utf-8")
    done = kinderguard("care", "overlaps", *DAY, "--services", "s.csv")
    assert "第 1 列" in done.stderr
    assert "张宁远" not in done.stderr


def test_a_plan_keeps_what_is_to_be_found_out_and_what_is_for_the_authorities(kinderguard, filed):
    (first, *_) = lines_of(kinderguard("care", "plan", filed[0], *DAY, "--format", "jsonl"))
    codes = [goal["need"] for goal in first["goals"]]
    assert "cn.need.report" in codes
    assert any(need.get("status") == "to_clarify" for need in first["needs"])
    assert len(codes) == len(first["needs"])
    shown = kinderguard("care", "plan", filed[0], *DAY, "--save", *BY, "--lang", "en").stdout
    assert "Goals to find something out: " in shown
    assert " of them at once" in shown
    from kinderguard.casefile import CaseStore, EntryKind

    with CaseStore("sqlite:///files.db", key=None) as store:
        (kept,) = store.entries(filed[0], kinds=[EntryKind.PLAN])
    assert [goal["need"] for goal in kept.body["goals"]] == codes


def test_a_limit_of_an_organisation_that_offers_nothing_is_refused_with_the_nearest(kinderguard, children):
    done = kinderguard("care", "allocate", children, "--offers", "offers.toml", *DAY, "--most", "330199.voluntears=1")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'330199.volunteers'" in done.stderr


def test_a_table_of_services_names_the_line_or_the_column(kinderguard):
    Path("s.csv").write_text("ref,need,service,organisation,since\nK1,x,company,a,soon\n", "utf-8")
    wrong = kinderguard("care", "overlaps", *DAY, "--services", "s.csv")
    assert wrong.exit_code == 2
    assert "第 2 行" in wrong.stderr
    Path("s.csv").write_text("ref,need,service,organistion,since\n", "utf-8")
    assert "organisation" in kinderguard("care", "overlaps", *DAY, "--services", "s.csv").stderr


def test_a_file_that_was_handed_over_keeps_no_plan_of_the_others_out(kinderguard, filed):
    from kinderguard.casefile import CaseStore, EntryKind

    gone, stays = filed
    assert kinderguard("file", "transfer", "propose", gone, "--to", "330106", *DAY, *BY).exit_code == 0
    theirs = ("--acting", "330106", *DAY, "--by", "330106.u1")
    assert kinderguard("file", "transfer", "accept", gone, *theirs).exit_code == 0
    result = kinderguard("care", "plan", *DAY, gone, stays, "--save", *BY, "--lang", "en")
    assert result.exit_code == 1
    assert "1 kept in the files" in result.stdout
    assert f"File {gone}: " in result.stderr
    with CaseStore("sqlite:///files.db", key=None) as store:
        assert [any(e.kind is EntryKind.PLAN for e in store.entries(ref)) for ref in filed] == [False, True]


def test_a_child_without_a_number_is_numbered_by_its_sheet_whatever_that_is_called(kinderguard, tmp_path):
    path = tmp_path / "名\u200b单.jsonl"
    path.write_text('{"child": {"birth_date": "2015-03-05"}, "household": {"aid": ["dibao"]}}\n', "utf-8")
    done = kinderguard("care", "needs", path, *DAY, "--format", "jsonl")
    assert json.loads(done.stdout.splitlines()[0])["ref"] == "名单/1"


def test_where_no_interval_of_visits_is_set_the_county_is_named_with_the_number_of_plans(kinderguard, filed):
    from casefile.children import child, day
    from kinderguard.casefile import CaseStore

    with CaseStore("sqlite:///files.db", key=None) as store:
        store.record(child(), at=day("2025-07-01"), by="330106.u1")
    done = kinderguard("care", "plan", "a", filed[0], *DAY, "--lang", "en")
    note, county = done.stdout.partition("The county has set no interval of visits")[2].splitlines()[:2]
    assert note.endswith("states how often.")
    assert county.split()[-2:] == ["(330106)", "1"]

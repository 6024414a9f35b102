"""``kinderguard care providers``, ``care targets``, and what an allocation would be otherwise."""

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from cli.offers import ONE_OFFER
from survey.lists import number, write

pytest.importorskip("sqlalchemy")
pytest.importorskip("highspy")

pytestmark = pytest.mark.usefixtures("elsewhere")
DAY, BY = ("--on", "2025-09-01"), ("--by", "330199.u1")


def lines_of(result):
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def no_store(monkeypatch):
    monkeypatch.delenv("KINDERGUARD_STORE", raising=False)


# ---- providers -----------------------------------------------------------------------------------------------------


@pytest.fixture
def deliveries(tmp_path):
    """Two organisations: one with two promises that came due and one that waits, one with a delivery alone."""
    kept = {
        "组织编号": "o1",
        "服务": "志愿陪伴",
        "状态": "已提供",
        "期限": "2025-08-01",
        "提供日期": "2025-08-01",
        "家庭满意": "是",
    }
    late = {"组织编号": "o1", "服务": "志愿陪伴", "期限": "2025-08-01"}
    return write(
        tmp_path / "promises.csv", kept, late, late | {"期限": "2025-10-01"}, kept | {"组织编号": "o2", "家庭满意": ""}
    )


def test_organisations_are_scored_with_their_cases_and_few_cases_have_no_place(kinderguard, deliveries, no_store):
    asked = ("care", "providers", *DAY, "--deliveries", deliveries)
    one, other = lines_of(kinderguard(*asked, "--minimum", 2, "--format", "jsonl"))
    assert (one["organisation"], one["rank"], one["promised"], one["waiting"], one["cases"]) == ("o1", 1, 3, 1, 2)
    assert (one["delivered"]["count"], one["delivered"]["of"]) == (1, 2)
    assert (one["satisfied"]["count"], other["satisfied"]["unknown"]) == (1, 1)
    assert (other["organisation"], other["rank"]) == ("o2", None)
    text = kinderguard(*asked, "--lang", "en").stdout
    assert "1 cases came due, fewer than 10: not ranked" in text
    assert "50% (9%–91%; 2 cases)" in text
    table = kinderguard(*asked, "--format", "csv", "--out", "scores.csv")
    assert table.exit_code == 0
    head, *rows = csv.reader(Path("scores.csv").read_text("utf-8-sig").splitlines())
    assert head[:3] == ["名次", "组织编号", "承诺"]
    assert len(rows) == 2


def test_a_store_brings_the_promises_of_its_plans(kinderguard, filed, tmp_path):
    plan = {"ref": filed[0], "made_on": "2025-08-01", "services": [
        {"number": 1, "need": "cn.need.company", "service": "company", "organisation": "o1", "state": "promised", "by": "2025-08-20"}
    ]}  # fmt: skip
    from kinderguard.casefile import CaseStore

    with CaseStore(f"sqlite:///{tmp_path}/files.db", key=None) as store:
        store.append(filed[0], "plan", plan, valid_from=dt.date(2025, 8, 1), by="u1")
    (one,) = lines_of(kinderguard("care", "providers", *DAY, "--format", "jsonl"))
    assert (one["organisation"], one["delivered"]["of"], one["delivered"]["count"]) == ("o1", 1, 0)


def test_what_a_completed_plan_delivered_counts_on_when_a_new_draft_takes_its_place(kinderguard, filed, tmp_path):
    from kinderguard.care import CarePlan
    from kinderguard.casefile import CaseStore

    service = {"number": 1, "need": "cn.need.company", "service": "company", "organisation": "o1"}
    done = {"state": "delivered", "by": "2025-08-20", "delivered_on": "2025-08-19", "outcome": "met"}
    plan = CarePlan.model_validate({"ref": filed[0], "made_on": "2025-08-01", "services": [service | done]})
    promised = {"ref": filed[0], "since": "2025-08-01", "division": "330199"} | {
        name: value for name, value in service.items() if name != "number"
    }
    with CaseStore(f"sqlite:///{tmp_path}/files.db", key=None) as store:
        store.append(filed[0], "service", promised, valid_from=dt.date(2025, 8, 1), by="u1")
        for state in (None, "agreed", "running", "completed"):
            if state is not None:
                plan = plan.moved(state, on=dt.date(2025, 8, 25), by="u1", outcome="met")
            store.append(filed[0], "plan", plan.model_dump(mode="json"), valid_from=dt.date(2025, 8, 25), by="u1")
    before = lines_of(kinderguard("care", "providers", *DAY, "--format", "jsonl"))
    assert [(one["promised"], one["delivered"]["count"], one["on_time"]["count"]) for one in before] == [(1, 1, 1)]
    assert kinderguard("care", "plan", filed[0], *DAY, "--save", *BY).exit_code == 0
    (shown,) = lines_of(kinderguard("care", "show", filed[0], *DAY, "--format", "jsonl"))
    assert shown["state"] == "draft"
    assert lines_of(kinderguard("care", "providers", *DAY, "--format", "jsonl")) == before
    from kinderguard.commands.care.kept import kept_services

    with CaseStore(f"sqlite:///{tmp_path}/files.db", key=None) as store:
        assert kept_services(store, filed) == ([], 0), "what a plan delivered is promised no more by an allocation"


def test_providers_without_anything_to_score_and_with_lines_that_do_not_fit_are_refused(
    kinderguard, monkeypatch, tmp_path
):
    monkeypatch.delenv("KINDERGUARD_STORE")
    assert "--deliveries" in kinderguard("care", "providers", *DAY).stderr
    wrong = write(tmp_path / "wrong.csv", {"组织编号": "o1", "服务": "魔术", "家庭满意": "也许"})
    refused = kinderguard("care", "providers", *DAY, "--deliveries", wrong)
    assert refused.exit_code == 2
    for part in ("第 2 行", "服务（service）", "家庭满意（satisfied）", "应为是或否"):
        assert part in refused.stderr


# ---- targets -------------------------------------------------------------------------------------------------------


@pytest.fixture
def targets():
    Path("targets.toml").write_text(
        "".join(
            f'[[targets]]\nyear = 2025\nmeasure = "{measure}"\ndivision = "330199"\ngoal = {goal}\n'
            for measure, goal in (("sessions_held", 2), ("communities_covered", 50), ("visits_made", 1))
        ),
        "utf-8",
    )
    return "targets.toml"


def test_targets_stand_beside_what_is_on_file_and_what_is_not_given_is_not_known(
    kinderguard, targets, tmp_path, no_store
):
    sessions = write(
        tmp_path / "sessions.csv",
        {"行政区划代码": "330199001001", "日期": "2025-05-04", "已举办": "是"},
        {"行政区划代码": "330199002001", "日期": "", "已举办": "是"},
        {"行政区划代码": "330199002001", "日期": "2025-05-06", "已举办": "否"},
    )
    communities = write(tmp_path / "communities.csv", {"村": "330199001001"}, {"村": "330199002001"})
    Path("none.csv").write_text("code,division\n", "utf-8")
    asked = ("care", "targets", *DAY, "--targets", targets, "--sessions", sessions, "--communities", communities)
    held, covered, visits = lines_of(kinderguard(*asked, "--stations", "none.csv", "--format", "jsonl"))
    assert (held["low"], held["high"], held["reached"]) == (1, 2, None)
    assert (covered["low"], covered["high"], covered["of"], covered["reached"]) == (1, 2, 2, True)
    assert (visits["low"], visits["high"], visits["reached"]) == (0, None, None)
    text = kinderguard(*asked, "--lang", "en")
    assert (text.exit_code, text.stdout.splitlines()[0]) == (0, "3 targets: 1 reached, 2 not known")
    assert "goal 2: not known yet" in text.stdout


def test_a_community_that_is_none_is_refused_with_its_line(kinderguard, targets, tmp_path, no_store):
    communities = write(tmp_path / "communities.csv", {"村": "330199001001"}, {"村": "330199001"})
    refused = kinderguard("care", "targets", *DAY, "--targets", targets, "--communities", communities)
    assert refused.exit_code == 2
    assert "communities.csv 第 3 行" in refused.stderr
    assert "12 digits" in refused.stderr


# ---- what if -------------------------------------------------------------------------------------------------------


def test_what_would_be_without_an_offer_or_with_more_places_is_told_and_kept_nowhere(kinderguard, tmp_path):
    Path("offers.toml").write_text(ONE_OFFER, "utf-8")
    child = {
        "序号": "1", "儿童姓名": "张宁远", "身份证号": number(1, "20120305"), "户籍地行政区划代码": "330199001", "父亲状况": "死亡",
        "母亲状况": "服刑在押", "母亲状况起始日期": "2024-10-20", "母亲状况截止日期": "2027-10-20", "监护人姓名": "何星", "与儿童关系": "祖父母",
    }  # fmt: skip
    ledger = write(tmp_path / "list.csv", child, child | {"序号": "2", "身份证号": number(3, "20140305")})
    asked = ("care", "allocate", ledger, "--offers", "offers.toml", *DAY)
    served = sum(each["decided"] == "served" for each in lines_of(kinderguard(*asked, "--format", "jsonl")))
    assert served == 1
    for gone in ("company", "330199.volunteers"):
        lost = lines_of(kinderguard(*asked, "--without", gone, "--format", "jsonl"))
        assert [each["urgency"] for each in lost] == ["immediate", "soon", "planned"]
        assert sum(each["present"] for each in lost) == -1
    more = lines_of(kinderguard(*asked, "--with-capacity", "company=3", "--format", "jsonl"))
    assert sum(each["present"] for each in more) == 2
    text = kinderguard(*asked, "--without", "company", "--lang", "en").stdout
    assert text.startswith("Beside the offers as they are: 1 needs fewer (supposed; nothing is kept)")
    for wrong, told in (
        (("--without", "compny"), "'company'"),
        (("--with-capacity", "company"), "OFFER=N"),
        (("--with-capacity", "compny=2"), "'company'"),
    ):
        refused = kinderguard(*asked, *wrong)
        assert refused.exit_code == 2
        assert told in refused.stderr
    assert (
        "--save"
        in kinderguard(
            "care", "allocate", "--offers", "offers.toml", *DAY, "--save", *BY, "--without", "company"
        ).stderr
    )


def test_what_would_be_otherwise_counts_needs_that_are_there_and_those_to_be_clarified_apart(kinderguard, tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text('{"ref": "7", "child": {"birth_date": "2015-03-05"}}\n', "utf-8")
    heads = "供给编号,组织编号,服务主体,服务,可同时服务的需求数\n"
    Path("offers.csv").write_text(heads + "goods,330199.factory,企业,物资帮扶,1\n", "utf-8")
    asked = ("care", "allocate", path, "--offers", "offers.csv", *DAY, "--without", "goods")
    assert kinderguard(*asked, "--to-clarify").stdout.split("\n")[:4] == [
        "与现有供给相比：多满足 0 项需求，少预留 1 项待核实需求（只是假设，未存档）",
        "  立即    +0  待核实 +0",
        "  尽快    +0  待核实 +0",
        "  按计划  +0  待核实 -1",
    ]
    assert "待核实" not in kinderguard(*asked).stdout

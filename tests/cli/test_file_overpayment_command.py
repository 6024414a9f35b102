"""``kinderguard file overpayment``: what was overpaid, listed until somebody looked at it, and what was decided."""

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")

pytestmark = pytest.mark.usefixtures("elsewhere")
BY = ("--by", "330106.u1")
OTHER = "cn.dibao_benefit"


@pytest.fixture
def overpaid(tmp_path):
    """A child whose allowance was assessed by the county's standard, and of whom it was learnt later that nothing was due."""
    from casefile.children import child, rules
    from kinderguard.casefile import CaseStore

    with CaseStore(
        f"sqlite:///{tmp_path}/files.db", key=None, clock=lambda: dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
    ) as store:
        store.record(child(), at=dt.date(2025, 1, 10), by="330106.u1")
        store.assess("a", rules(), on=dt.date(2025, 6, 5), by="330106.u1")
        store.append(
            "a", "facts", {"facts": {"father.situations": []}}, valid_from=dt.date(2025, 6, 21), by="330106.u1"
        )
    return "cn.unattended_allowance"


def lines_of(result):
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_overpayment_is_listed_as_due_settled_and_listed_with_what_was_decided(kinderguard, overpaid):
    on = ("--on", "2025-09-01")
    (open_,) = lines_of(kinderguard("file", "overpayment", "list", "--open", *on, "--format", "jsonl"))
    assert (open_["ref"], open_["policy"], open_["months"], open_["outcome"]) == (
        "a",
        overpaid,
        ["2025-07", "2025-08"],
        None,
    )
    due = kinderguard("file", "due", *on, "--kind", "overpaid", "--format", "jsonl")
    (item,) = [json.loads(line) for line in due.stdout.splitlines()]
    assert (item["kind"], "kinderguard file overpayment settle" in item["what"]) == ("overpaid", True)
    settle = ("file", "overpayment", "settle", "a", overpaid, *BY, *on, "--reason", "监护人已退回")
    refused = kinderguard(*settle, "--outcome", "fined")
    assert (refused.exit_code, "--outcome" in refused.stderr, "recovering" in refused.stderr) == (2, True, True)
    done = kinderguard(*settle, "--outcome", "recovered", "--amount", "3560.00", "--lang", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "2025-07, 2025-08) is looked at: recovered; recorded as entry" in done.stdout
    again = kinderguard(*settle, "--outcome", "recovered", "--amount", "3560", "--lang", "en")
    assert (again.exit_code, "recorded before" in again.stdout) == (0, True)
    assert kinderguard("file", "due", *on, "--kind", "overpaid", "--format", "jsonl").stdout == ""
    assert lines_of(kinderguard("file", "overpayment", "list", "--open", *on, "--format", "jsonl")) == []
    (kept,) = lines_of(kinderguard("file", "overpayment", "list", *on, "--format", "jsonl"))
    assert (kept["outcome"], kept["amount"], kept["by"], kept["low"]) == (
        "recovered",
        "3560.00",
        "330106.u1",
        "3560.00",
    )
    assert "监护人已退回" not in json.dumps(kept, ensure_ascii=False)
    kinderguard("file", "overpayment", "list", *on, "--format", "csv", "--out", "多发.csv")
    head, row = csv.reader(Path("多发.csv").read_text("utf-8-sig").splitlines())
    assert (head[0], row[0], row[7]) == ("档案编号", "a", "已追回")
    history = kinderguard("file", "show", "a", "--at", "2025-09-01", "--history").stdout
    assert f"多发已处理：{overpaid}，2025-07、2025-08：已追回，3560.00元" in history
    assert "监护人已退回" in history
    assert "待处理的多发 0 项，已登记处理结果 1 项" in kinderguard("file", "overpayment", "list", *on).stdout


def test_what_is_not_overpaid_cannot_be_settled_and_the_open_ones_are_named(kinderguard, overpaid):
    refused = kinderguard(
        "file", "overpayment", "settle", "a", OTHER, *BY, "--on", "2025-09-01", "--outcome", "waived", "--reason", "无"
    )
    assert refused.exit_code == 2
    assert overpaid in refused.stderr
    assert "2025-07至2025-08" in refused.stderr


def test_one_overpayment_that_was_decided_twice_is_one_line_with_its_last_state_and_the_earlier(kinderguard, overpaid):
    on = ("--on", "2025-09-01")
    for outcome in ("recovering", "recovered"):
        settle = ("settle", "a", overpaid, *BY, *on, "--reason", "分期退回", "--outcome", outcome, "--amount", "3560")
        assert kinderguard("file", "overpayment", *settle).exit_code == 0
    (kept,) = lines_of(kinderguard("file", "overpayment", "list", *on, "--format", "jsonl"))
    assert (kept["outcome"], [each["outcome"] for each in kept["earlier"]]) == ("recovered", ["recovering"])
    told = kinderguard("file", "overpayment", "list", *on).stdout
    assert "已登记处理结果 1 项" in told
    assert told.count("3560.00元") == 1
    assert "此前：追回中（2025-09-01）" in told

"""Growth: what the store says of each period, as a plain reading of its files has it."""

import datetime as dt
from itertools import product

import polars as pl
import pytest

import kinderguard
from casefile.children import BY, child, day, rules
from kinderguard import Case
from kinderguard.analysis import growth
from kinderguard.analysis.growing import PeriodError, runs
from kinderguard.casefile import CaseStore
from kinderguard.engines.assessment import ZERO, Total
from kinderguard.model.help import HelpReceived
from kinderguard.report import AssessedRow, Summary
from kinderguard.rules import Category, Text, help_received
from kinderguard.survey.ledger import LedgerRow

RUNNING = {"policy": "cn.unattended_allowance", "since": "2025-03", "ongoing": True}


@pytest.fixture(scope="module")
def store():
    """Two children of Xihu and one of Changchun; one is closed in April, one never assessed, one gets help from March."""
    with CaseStore("sqlite://") as made:
        made.record(child(help=[]), at=day("2025-01-20"), by=BY)
        made.record(child(ref="b"), at=day("2025-02-10"), by=BY)
        made.record(child(ref="c", division_code="220102"), at=day("2025-03-01"), by=BY)
        book = rules()
        made.assess("a", book, on=day("2025-02-28"), by=BY)
        made.assess("b", book, on=day("2025-03-05"), by=BY)
        made.record(Case.from_facts({"ref": "a", "help": [RUNNING]}), at=day("2025-03-10"), by=BY)
        made.append("b", "visit", {"on": "x"}, valid_from=day("2025-03-12"), by=BY)
        made.close_file("b", reason="other", last_paid="2025-03", note="x", by=BY, on=day("2025-04-02"))
        yield made


def test_each_point_stands_as_things_were_on_its_day(store):
    found = growth(store, day("2025-01-01"), day("2025-04-15"))
    assert [p.day.isoformat() for p in found.points] == ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-15"]
    assert [p.open_files for p in found.points] == [1, 2, 3, 2]
    assert [(p.opened, p.closed) for p in found.points] == [(1, 0), (1, 0), (1, 0), (0, 1)]
    assert [(p.assessed, p.not_assessed) for p in found.points] == [(0, 1), (1, 1), (2, 1), (1, 1)]
    assert [(p.due_a_month.low, p.due_a_month.high) for p in found.points] == [
        (low, None) for low in (0, 1780, 3560, 1780)
    ]
    assert [p.receiving.get("cn.unattended_allowance", (0, 0)) for p in found.points] == [
        (0, 0),
        (0, 0),
        (1, 0),
        (1, 0),
    ]
    assert [p.help_unknown for p in found.points] == [0, 1, 2, 1]
    assert [p.visits for p in found.points] == [0, 0, 1, 0]
    assert [p.categories.get("cn.de_facto_unattended") for p in found.points] == [None, (1, 1), (2, 1), (1, 1)]


def test_a_file_that_nobody_assessed_is_not_known_and_no_nought(store):
    found = growth(store, day("2025-01-01"), day("2025-02-28"), book=kinderguard.load())
    assert "每月应发：未评估，不详 → 至少1,780.00元" in found.summary("zh")
    assert "due a month: none assessed, not known → at least 1,780.00 yuan" in found.summary("en")
    assert "0 (1 more not known)" in found.view("en").html
    assert ">0.00 yuan" not in found.view("en").html


def test_a_division_has_its_own_files_and_quarters_are_those_of_the_calendar(store):
    found = growth(store, day("2025-02-01"), day("2025-05-01"), every="quarter", division="2201")
    assert [(p.day.isoformat(), p.open_files) for p in found.points] == [("2025-03-31", 1), ("2025-05-01", 1)]


def test_a_series_shows_itself_in_both_languages_and_as_rows(store):
    found = growth(store, day("2025-01-01"), day("2025-04-15"), book=kinderguard.load())
    assert "每月应发" in found.summary("zh")
    assert "due a month" in found.summary("en")
    assert "De facto unattended" in found.view("en").html
    table = found.to_polars()
    assert table.filter(table["what"] == "open_files")["value"].to_list() == [1, 2, 3, 2]
    due = table.filter(table["what"] == "due_a_month")
    assert due["value"].null_count() == 4
    assert due["low"].dtype == due["high"].dtype == pl.Decimal(38, 2)
    assert due["low"].to_list() == [point.due_a_month.low for point in found.points]


def test_a_households_help_counts_once_however_many_of_its_children_are_filed():
    poor = {"household__aid": ["dibao"], "household__monthly_income_per_head": "500", "household__dibao_monthly": "900"}
    with CaseStore("sqlite://") as made:
        for ref, number in (("a", "H1"), ("b", "H1"), ("c", "H2")):
            made.record(child(ref=ref, **(poor | {"household__number": number})), at=day("2025-01-20"), by=BY)
            result = made.assess(ref, rules(), on=day("2025-01-31"), by=BY)
        (point,) = growth(made, day("2025-01-01"), day("2025-01-31")).points
    household = result.due.total("month", "household").amount
    assert household
    assert point.due_a_month.amount == 3 * result.due.total("month", "child").amount + 2 * household


MARGINAL = {
    "division_code": "330106", "household.number": "H1", "household.size": 3, "household.property_within_limits": True,
    "household.monthly_income_per_head": "1500", "household.aid": ["dibao_marginal"], "child.illness.serious": False,
}  # fmt: skip
DISABLED = MARGINAL | {
    "child.birth_date": "2015-01-01", "child.health": "disabled", "child.disability.kind": "physical",
    "child.disability.grade": "1",
}  # fmt: skip
HEALTHY = MARGINAL | {"child.birth_date": "2013-01-01", "child.health": "healthy", "child.individual_dibao": False}
OPEN = MARGINAL | {"child.birth_date": "2013-01-01", "child.health": "healthy"}


@pytest.mark.parametrize(
    ("children", "dibao"),
    [((DISABLED, DISABLED), (2400, 2400)), ((DISABLED, HEALTHY), (1200, 1200)), ((DISABLED, OPEN), (1200, 2400))],
)
def test_dibao_that_each_draws_alone_counts_for_each_whoever_comes_first(children, dibao):
    book = kinderguard.load().with_parameters({"cn.dibao.monthly_standard": {"330106": "1200"}}).on(day("2025-02-01"))
    for some in (children, children[::-1]):
        summary, others = Summary(), Total(ZERO, ZERO)
        with CaseStore("sqlite://") as made:
            for k, facts in enumerate(some):
                made.record(Case.from_facts(facts | {"ref": f"r{k}"}), at=day("2025-01-20"), by=BY)
                result = made.assess(f"r{k}", book, on=day("2025-02-01"), by=BY)
                summary.add(AssessedRow(LedgerRow("s", k, None, result.case, None, ()), result))
                others += result.in_all("month", "child")
            (point,) = growth(made, day("2025-02-01"), day("2025-02-28"), book=book).points
        total = summary.policies["cn.dibao_benefit"].total
        assert (total.low, total.high) == dibao
        assert point.due_a_month.low == others.low + dibao[0]
        assert others.high is None or point.due_a_month.high == others.high + dibao[1]


def test_no_such_period_is_refused(store):
    with pytest.raises(PeriodError):
        growth(store, day("2025-04-01"), day("2025-01-01"))
    with pytest.raises(PeriodError):
        growth(store, day("2025-01-01"), day("2025-04-01"), every="week")


DATES = (None, "2025", "2025-09", "2025-08", "2025-09-01", "2025-08-31", "2025-09-02", "2024-01-01")


def test_help_runs_when_the_rules_say_so():
    """One meaning: what a plain reading of a record says is what ``help_received.current()`` says, for every form of it."""
    asked = Category("cn.asked", Text("问", "asked"), help_received.current().any(lambda h: h.is_for("cn.p")))
    book = kinderguard.load().with_policies(asked)
    seen = set()
    for since, until, ongoing in product(DATES, DATES, (None, True, False)):
        try:
            record = HelpReceived.model_validate({"policy": "cn.p", "since": since, "until": until, "ongoing": ongoing})
        except kinderguard.KinderguardError:
            continue  # it contradicts itself
        case = Case.model_validate({"help": [record.model_dump()]})
        expected = book.assess(case, on=dt.date(2025, 9, 1)).categories["cn.asked"]
        assert runs(record, dt.date(2025, 9, 1)) is expected, record
        seen.add(expected)
    assert seen == {True, False, None}


def test_help_of_which_it_is_not_known_whether_it_runs_is_open_and_not_absent():
    """A record with a first day and no more: neither counted as received nor passed over."""
    with CaseStore("sqlite://") as store:
        unsure = {
            "ref": "u",
            "division_code": "330106",
            "help": [{"policy": "cn.dibao_benefit", "since": "2024-01-01"}],
        }
        store.record(Case.from_facts(unsure), at=dt.date(2025, 1, 20), by="330106.user3")
        found = growth(store, dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    (point,) = found.points
    assert point.receiving == {"cn.dibao_benefit": (0, 1)}
    assert [(row["value"], row["open"]) for row in found.rows() if row["what"] == "receiving"] == [(0, 1)]


def test_help_of_an_unknown_policy_leaves_every_policy_open_that_is_not_surely_received():
    running = {"since": "2024-01", "ongoing": True}
    dibao, other = running | {"policy": "cn.dibao_benefit"}, running | {"policy": "cn.other"}
    files = {
        "sure": [dibao, running],  # beside the one that is named, it may be the other
        "unnamed": [running],
        "ended": [{"until": "2024-06-30"}],
        "other": [other],
        "ended_and_unnamed": [{"policy": "cn.dibao_benefit", "until": "2024-06-30"}, {"since": "2024-01"}],
    }
    with CaseStore("sqlite://") as store:
        for ref, received in files.items():
            facts = {"ref": ref, "division_code": "330106", "help": received}
            store.record(Case.from_facts(facts), at=dt.date(2025, 1, 20), by="330106.user3")
        found = growth(store, dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    (point,) = found.points
    assert (point.help_unknown, point.help_unnamed) == (0, 3)
    assert point.receiving == {"cn.dibao_benefit": (1, 2), "cn.other": (1, 3)}
    assert "1 (2 more not known)" in found.view("en").html

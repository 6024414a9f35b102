"""What the conformance suite makes of the prover's answers; the prover itself is played here."""

import datetime as dt
import sys
from types import ModuleType, SimpleNamespace

import pytest

from kinderguard import Case, Text
from kinderguard.model.errors import MissingExtraError
from kinderguard.testing import check_pack
from kinderguard.testing.conformance import CHECKS, Status
from kinderguard.testing.conformance.proofs import ASKED, QUESTIONS
from kinderguard.testing.conformance.subject import USUAL_DAY
from testing.bad_packs import GOOD, INIT, write

CHILD = Case.from_facts({"child.birth_date": "2012-03-05"})
WITH_STOVE = Case.from_facts({"child.birth_date": "2012-03-05", "450199.stove": True})


def answer(question, subject="450199.grant", outcome="refuted", *, fault=False, reading="county", size=None):
    child = CHILD if outcome == "refuted" else None
    said = Text(f"{subject} 的回答", f"the answer about {subject}")
    # Of a question about a paper, the child once the pack's own fact is known.
    after = WITH_STOVE if child and question == "paper" else None
    return SimpleNamespace(
        question=question, subject=subject, outcome=outcome, statement=said, counterexample=child, after=after,
        parameters=(), parameter_lines=(), rests_on_numbers=False, fault=fault, reading=reading, size=size, size_is_exact=True,
        facts=lambda: (Text("出生日期：2012-03-05", "birth date: 2012-03-05"),) if child else (),
    )  # fmt: skip


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """The results of the checks by proof where the prover gives these answers; and how often it was asked."""

    def run(*answers, only=tuple(QUESTIONS)):
        asked = []

        def prove(book, *, division, on, seconds, questions, about):
            asked.append((division, *questions))
            return SimpleNamespace(proofs=answers)

        module = ModuleType("kinderguard.engines.prove")
        module.prove = prove
        monkeypatch.setitem(sys.modules, "kinderguard.engines.prove", module)
        report = check_pack(write(GOOD, tmp_path), only=only, on=USUAL_DAY)
        # Each kind of question is asked once, and only those that the checks need.
        assert sorted(asked) == sorted({("450199", ASKED[check_id]) for check_id in only})
        return report

    return run


@pytest.mark.parametrize(
    ("question", "check_id"),
    [("floor.amount", "floor"), ("can_apply", "never_applies"), ("can_be_refused", "always_applies"), ("apart", "overlaps"),
     ("overlap", "overlaps"), ("gap", "gaps"), ("paper", "worse_with_paper")],
)  # fmt: skip
def test_a_refutation_is_told_with_the_line_of_the_rule_and_the_child(checked, question, check_id):
    report = checked(answer(question))
    assert [r.check_id for r in report.failed] == [check_id]
    (finding,) = report[check_id].findings
    assert finding.file == INIT
    assert [line.zh for line in finding.details] == ["虚构的儿童：出生日期：2012-03-05"]
    assert finding.mend == CHECKS[check_id].mend


def test_a_widening_that_has_a_child_paid_less_is_pointed_at_and_is_what_is_to_be_mended(checked, monkeypatch):
    """Let into tekun support, a disabled child loses both subsidies: to widen more would be the wrong advice."""
    wider = """checks=[r.Check(code="450199.wider", on="cn.tekun_support", reason=Text("放宽", "wider"), widens=child.is_in(DIBAO),
        cites=[DECREE], effective=r.Period("2024-11-01", None))], parameters="""
    source = GOOD[INIT].replace("parameters=", wider, 1)
    monkeypatch.setitem(GOOD, INIT, source)
    total = answer("floor.total", "due.month.child")
    total.counterexample = Case.from_facts(
        {"child.birth_date": "2012", "household.aid": ["dibao"], "child.disability.grade": "1", "child.health": "disabled",
         "child.disability.kind": "physical", "child.disability.needs_long_term_care": True}
    )  # fmt: skip
    total.compared = (
        Text("每月合计：国家 500.00元，本地 0.00元", "total a month: the nation 500.00 yuan, here 0.00 yuan"),
    )
    (finding,) = checked(total, only=["floor"])["floor"].findings
    assert "450199.wider" in source.lstrip().splitlines()[finding.line - 1]
    assert "[450199.wider] widens it" in finding.message.en
    assert "leave such children out of widens" in finding.mend.en
    assert finding.details[-1] == total.compared[0]


def test_of_the_cliffs_the_largest_is_told_with_its_size_and_child_and_judges_nothing(checked):
    incomes = ("household.monthly_income_per_head", "household.members[0].monthly_income")
    small, large = (answer("cliff", path, size=size) for path, size in zip(incomes, (299, 4_000), strict=True))
    report = checked(small, large, only=["cliffs"])
    assert report["cliffs"].status is Status.PASSED
    (note,) = report["cliffs"].notes
    assert note.message.en.startswith(
        f"the answer about {incomes[1]} [{incomes[1]}]; so it is with 2 incomes; such as "
    )
    assert "2012-03-05" in note.message.zh


def test_a_cliff_of_a_size_that_nobody_set_goes_before_the_others(checked):
    report = checked(
        answer("cliff", "household.monthly_income", size=299), answer("cliff", "330199.rent"), only=["cliffs"]
    )
    (note,) = report["cliffs"].notes
    assert "330199.rent" in note.message.en
    assert "how much depends on amounts that are not set here" in note.message.en


def test_what_gets_worse_by_a_paper_names_the_fact_and_the_case(checked):
    known = Case.from_facts({"child.birth_date": "2012-03-05", "father.situations": [{"kind": "imprisoned", "until": "2026-01-01"}]})  # fmt: skip
    before = Case.from_facts({"child.birth_date": "2012-03-05", "father.situations": [{"kind": "imprisoned"}]})
    law = answer("paper")
    law.counterexample, law.after = before, known
    (note,) = checked(law, only=["worse_with_paper"])["worse_with_paper"].notes
    assert '[father.situations[0].until] = "2026-01-01"' in note.message.en
    assert "多知道的事实：父亲" in note.message.zh
    assert note.message.zh.endswith("；例：出生日期：2012-03-05")
    own = checked(answer("paper"), only=["worse_with_paper"])["worse_with_paper"]
    assert "; the fact that is known then: heats with a stove [450199.stove] = true" in own.findings[0].message.en


@pytest.mark.parametrize("outcome", ["undecided", "not_taken"])
def test_what_was_not_decided_is_told(checked, outcome):
    report = checked(answer("can_apply", outcome=outcome))
    assert report.ok
    assert "450199.grant" in report["never_applies"].notes[0].message.en


@pytest.mark.parametrize("question", ["floor.amount", "cliff", "paper"])
def test_a_fault_of_the_library_is_told_as_one_and_not_as_time_that_ran_out(checked, question):
    (result,) = checked(answer(question, outcome="undecided", fault=True)).failed
    (finding,) = result.findings
    assert "a fault of kinderguard itself" in finding.message.en
    assert (finding.file, finding.details) == ("", ())
    assert result.notes == ()


@pytest.mark.parametrize(
    ("totals", "ok"),
    [([("due.month.child", "proved", "county")], True), ([], False), ([("due.month.child", "undecided", "county")], False),
     ([("due.month.child", "proved", "law"), ("due.year.child", "proved", "county")], False)],
)  # fmt: skip
def test_lower_bounds_are_excused_only_where_the_total_itself_is_proved(checked, totals, ok):
    proofs = [answer("floor.total", subject, outcome, reading=reading) for subject, outcome, reading in totals]
    report = checked(*proofs, answer("floor.bounds", "due.month.child"))
    assert report.ok is ok
    assert len(report["floor"].findings) == (0 if ok else 1)


def test_a_floor_is_passed_where_it_rests_on_numbers_that_are_not_set_and_not_where_a_child_mentions_one(checked):
    total = answer("floor.total", "due.month.child")
    total.parameters, total.parameter_lines = {"cn.n": 1}, (Text("某标准：1分", "some standard: 1 fen"),)
    assert not checked(total, only=["floor"]).ok
    total.rests_on_numbers = True
    report = checked(total, answer("floor.bounds", "due.month.child"), only=["floor"])
    assert report.ok
    assert "only for numbers that are not set here: some standard: 1 fen" in report["floor"].notes[0].message.en
    assert "only for the numbers that are told of the total" in report["floor"].notes[1].message.en


def test_bounds_add_nothing_where_the_total_itself_is_refuted(checked):
    proofs = [answer(f"floor.{kind}", "due.month.child") for kind in ("total", "bounds")]
    result = checked(*proofs, only=["floor"])["floor"]
    assert (len(result.findings), len(result.notes)) == (1, 1)


TWICE = (dt.date(2025, 9, 1), dt.date(2026, 2, 1))


@pytest.fixture
def on_days(monkeypatch, tmp_path):
    """The report where the prover gives these answers on the two days."""

    def run(check_id, *answers):
        given = dict(zip(TWICE, answers, strict=True))
        asked = []

        def prove(book, *, on, about, **_):
            asked.append((on, set(about)))
            return SimpleNamespace(proofs=given[on])

        module = ModuleType("kinderguard.engines.prove")
        module.prove = prove
        monkeypatch.setitem(sys.modules, "kinderguard.engines.prove", module)
        return check_pack(write(GOOD, tmp_path), only=check_id, on=TWICE)[check_id], asked

    return run


def test_a_floor_that_is_broken_on_one_day_fails_and_names_the_day(on_days):
    kept, broken = (answer("floor.total", "due.month.child", outcome) for outcome in ("proved", "refuted"))
    result, _ = on_days("floor", [kept], [broken])
    (finding,) = result.findings
    assert finding.message.en.endswith(" (on 2026-02-01)")
    assert finding.message.zh.endswith("（2026-02-01）")
    assert [note.message.en for note in result.notes] == ["asked for 2025-09-01, 2026-02-01"]


def test_what_is_so_on_several_days_is_told_once_with_the_days(on_days):
    broken = answer("floor.total", "due.month.child")
    (finding,) = on_days("floor", [broken], [broken])[0].findings
    assert finding.message.en.endswith(" (on 2025-09-01, 2026-02-01)")


def test_bounds_are_excused_by_the_total_of_the_same_day(on_days):
    kept, bounds = answer("floor.total", "due.month.child", "proved"), answer("floor.bounds", "due.month.child")
    result, _ = on_days("floor", [kept], [bounds])
    (finding,) = result.findings
    assert "on 2026-02-01" in finding.message.en


@pytest.mark.parametrize(
    ("first", "then", "found", "noted"),
    [("refuted", "proved", 0, 0), ("refuted", "refuted", 1, 0), ("undecided", "refuted", 0, 1), ("refuted", "undecided", 0, 1)],
)  # fmt: skip
def test_a_rule_never_applies_only_where_it_applies_on_no_day(on_days, first, then, found, noted):
    shown = [answer("can_apply", "450199.pupil", "proved")]
    result, asked = on_days(
        "never_applies", [answer("can_apply", outcome=first), *shown], [answer("can_apply", outcome=then)]
    )
    assert (len(result.findings), len(result.notes)) == (found, noted + 1)
    (_, about), (_, about_later) = asked
    assert {"450199.grant", "450199.pupil"} <= about
    assert "450199.pupil" not in about_later, "it was shown on the first day"


def test_what_is_shown_on_the_first_day_is_not_asked_again(on_days):
    shown = [answer(q, c, "proved") for q in ("can_apply", "can_be_refused") for c in ("450199.grant", "450199.pupil")]
    monthly = answer("can_apply", "cn.dibao_benefit", "proved")
    result, asked = on_days("never_applies", [*shown, monthly], [])
    assert [day for day, about in asked if "450199.grant" in about] == [TWICE[0]]
    assert result.findings == ()


def test_a_rule_that_is_in_force_on_none_of_the_days_is_told(tmp_path, monkeypatch):
    module = ModuleType("kinderguard.engines.prove")
    module.prove = lambda *_, **__: SimpleNamespace(proofs=())
    monkeypatch.setitem(sys.modules, "kinderguard.engines.prove", module)
    result = check_pack(write(GOOD, tmp_path), only="never_applies", on=dt.date(2020, 1, 1))["never_applies"]
    (note,) = result.notes
    assert note.message.en == "not in force on 2020-01-01, so that nothing was asked: 450199.pupil, 450199.grant"


def test_a_pack_answers_for_its_own_rules_for_values_it_sets_and_for_totals(checked):
    report = checked(
        answer("can_apply", "cn.migrant"), answer("floor.amount", "cn.orphan_allowance"), answer("floor.total", "due.month")
    )  # fmt: skip
    assert [r.check_id for r in report.failed] == ["floor"]
    assert len(report["floor"].findings) == 2


def test_without_the_prover_the_checks_are_skipped_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "kinderguard.engines.prove", None)
    report = check_pack(write(GOOD, tmp_path), only=list(QUESTIONS))
    assert {r.status for r in report.results} == {Status.SKIPPED}
    assert "kinderguard[prove]" in report["floor"].reason.en


def test_without_the_solver_that_the_prover_asks_they_are_skipped_too(tmp_path, monkeypatch):
    def prove(*_, **__):
        raise MissingExtraError("prove", "z3")

    monkeypatch.setattr(pytest.importorskip("kinderguard.engines.prove"), "prove", prove)
    report = check_pack(write(GOOD, tmp_path), only=list(QUESTIONS))
    assert {r.status for r in report.results} == {Status.SKIPPED}


def test_every_kind_of_question_belongs_to_a_check():
    report = pytest.importorskip("kinderguard.engines.prove.report")
    kinds = {question for question, *_ in report._ORDER} - {"equivalent"}  # asked of two rule sets, not of a pack
    taken = tuple(start for starts in QUESTIONS.values() for start in starts)
    assert {kind for kind in kinds if not kind.startswith(taken)} == set()

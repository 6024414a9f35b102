"""``kinderguard prove``: the answers on standard output, a page on request, an exit code to build on."""

import datetime as dt
import io

import attrs
import pytest
from rich.cells import cell_len
from rich.console import Console

from kinderguard import Case, Text
from kinderguard.commands import proofs
from testing.bad_packs import GOOD, INIT, write

pytest.importorskip("z3")
from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.engines.prove.report import ProofReport

FLOOR = ("prove", "330199", "--on", "2025-09-01", "--question", "floor")


def test_the_floor_of_a_county_is_proved(kinderguard, tmp_path):
    page = tmp_path / "proofs.html"
    done = kinderguard(*FLOOR, "--all", "--lang", "en", "--html", page)
    assert done.exit_code == 0, done.stderr
    assert "cn.dibao_benefit" in done.stdout
    assert "at most 3 household members" in done.stdout
    assert "示例县" in page.read_text("utf-8") or "example county" in page.read_text("utf-8")


def test_a_cliff_is_told_with_a_child_and_judges_nothing(kinderguard):
    done = kinderguard("prove", "330199", "--on", "2025-09-01", "-q", "cliffs", "--lang", "zh")
    assert done.exit_code == 0
    assert "不成立" in done.stdout
    assert "再加：" in done.stdout


def test_a_packs_own_fact_is_printed_with_its_title_and_path(kinderguard, tmp_path):
    """A rule that no child without a stove is in is never refuted by one; the stove is named as people know it."""
    changed = GOOD[INIT].replace(
        "when=(child.age < 16)", 'parts=["cn.orphan"],\n    when=STOVE.expr & (child.age < 16)'
    )
    write(GOOD | {INIT: changed}, tmp_path)
    done = kinderguard("prove", f"{tmp_path}/", "--on", "2025-09-01", "-q", "gaps", "--lang", "en")
    assert done.exit_code == 1, done.stderr
    assert "heats with a stove [450199.stove]: yes" in " ".join(done.stdout.split())
    assert "450199stove" not in done.stdout


def test_a_proof_that_breaks_off_ends_otherwise_than_one_that_is_refuted(kinderguard, monkeypatch):
    def broken(*_):
        raise TypeError("no such end")

    monkeypatch.setattr("kinderguard.packs.proofs.parts_questions", broken)
    done = kinderguard("prove", "330199", "--on", "2025-09-01", "-q", "gaps", "--lang", "en")
    assert done.exit_code == 2
    assert "gap broke off (TypeError: no such end" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_what_cannot_be_asked_is_refused(kinderguard):
    assert kinderguard("prove", "330199", "-q", "flor").exit_code == 2
    assert kinderguard("prove", "339999").exit_code == 2


def test_a_pack_that_is_kept_out_is_named_and_nothing_is_proved(kinderguard, tmp_path):
    write(GOOD | {INIT: GOOD[INIT].replace("child.is_in(PUPIL) & ", "child.is_in(PUPIL) and ")}, tmp_path)
    done = kinderguard("prove", f"{tmp_path}/")
    assert done.exit_code == 2
    assert "450199" in done.stderr
    assert "__init__.py" in done.stderr
    assert done.stdout == ""


# ---- how the answers stand ---------------------------------------------------------------------------------------------


def proof(question, outcome, statement, **more):
    en = f"{statement} of a child with every fact that can be named in one line"
    return Proof(question, "330199.winter_heating", outcome, Text(f"{statement}的说明" * 8, en), **more)


CHILD = Case.from_facts({"child.birth_date": "2012", "household.aid": ["dibao"]})
TREE = "\n".join([f"├─ ✗ {'a step that is told at length ' * 6}", "│  └─ ✓ the last"])
ANSWERS = ProofReport(
    Text("某县", "Some county"), "330199", dt.date(2025, 9, 1), "",
    (
        proof("can_apply", Outcome.PROVED, "can apply"),
        proof("floor.total", Outcome.PROVED, "sure of the total", reading="law"),
        proof("paper", Outcome.UNDECIDED, "took too long"),
        proof("cliff", Outcome.REFUTED, "a cliff"),
        proof("floor.bounds", Outcome.REFUTED, "lower bounds", reading="law", counterexample=CHILD),
        proof("gap", Outcome.REFUTED, "a gap", counterexample=CHILD, why=(Text(TREE, TREE),)),
    ),
    (Text("前提一", "an assumption"),),
)  # fmt: skip


def shown(monkeypatch, *, width, lang="en", every=False, why=True):
    """What is written on a terminal of a width; elsewhere than on a terminal, where it has none."""
    console = Console(
        width=width or 80, force_terminal=width is not None, color_system=None, highlight=False, file=io.StringIO()
    )
    monkeypatch.setattr(proofs, "Console", lambda **_: console)
    proofs._show(ANSWERS, lang, every=every, why=why)
    return console.file.getvalue().splitlines()


def test_what_is_refuted_stands_first_then_what_is_not_decided_then_what_is_proved(monkeypatch):
    lines = shown(monkeypatch, width=None, every=True)
    answers = [line.strip() for line in lines if line[:1] in "✗?✓" and line]
    assert [a.split(" of a child")[0] for a in answers] == [
        "✗ a gap", "✗ lower bounds", "✗ a cliff", "? took too long", "✓ sure of the total", "✓ can apply",
    ]  # fmt: skip
    assert [g.name for g, _ in ANSWERS.groups()] == ["REFUTED", "TOLD", "OPEN", "PROVED"]
    assert (
        ANSWERS.summary("en") == "The national floor: all proved. 1 refuted, 2 to be weighed, 1 not decided, 2 proved"
    )
    page = ANSWERS.to_html("en")
    places = [
        page.index(f"{said} of a child") for said in ("a gap", "lower bounds", "a cliff", "took too long", "can apply")
    ]
    assert places == sorted(places)


def test_it_is_said_whose_rules_the_answers_are_about_and_the_places_own_stand_first():
    def of(subject, question="paper"):
        return Proof(
            question,
            subject,
            Outcome.REFUTED,
            Text("说明", "said"),
            reading="law" if question.startswith("floor") else "",
        )

    answers = attrs.evolve(
        ANSWERS,
        proofs=(of("cn.orphan"), of("cn.raised"), of("due.month.child", "floor.bounds"), of("330199.grant"), of("household.income", "cliff")),
        changed=frozenset({"cn.raised"}),
    )  # fmt: skip
    ((group, shown_),) = answers.groups()
    assert [p.subject for p in shown_] == [
        "cn.raised",
        "330199.grant",
        "due.month.child",
        "household.income",
        "cn.orphan",
    ]
    assert answers.by_whose(group).en == "2 of this place's own rules, 2 of totals of all rules, 1 of rules from above"
    assert "本地规则 2 项，各项规则的合计 2 项，上级规则 1 项" in answers.text("zh")
    # What the nation gives and the place does not is never the nation's doing.
    assert answers.whose(of("cn.orphan_allowance", "floor.amount")).name == "OWN"
    assert attrs.evolve(answers, division=None).by_whose(group) is None


def test_what_is_proved_is_counted_unless_all_is_asked_for(monkeypatch):
    lines = shown(monkeypatch, width=None)
    assert any("Proved (2)" in line and "--all" in line for line in lines)
    assert not any("can apply" in line for line in lines)


def test_bounds_that_are_lower_stand_with_what_holds_once_the_facts_are_known(monkeypatch):
    lines = shown(monkeypatch, width=None)
    (number,) = [k for k, line in enumerate(lines) if line.startswith("✗ lower bounds")]
    assert lines[number + 4].startswith("    ✓ sure of the total")
    assert "sure of the total" in ANSWERS.text("en")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal_lines_are_broken_to_its_width_and_the_tree_is_not(monkeypatch, width, lang):
    lines = shown(monkeypatch, width=width, lang=lang)
    tree = [line for line in lines if "─" in line]
    assert tree == [f"    {line}" for line in TREE.splitlines()]
    assert [line for line in lines if cell_len(line) > width] == [tree[0]]
    # The sign stands with the beginning of what it is a sign of.
    assert all(len(line) > 4 for line in lines if line[:1] in "✗?✓" and line)


def test_elsewhere_an_answer_is_one_line(monkeypatch):
    lines = shown(monkeypatch, width=None)
    (line,) = [line for line in lines if line.startswith("✗ a gap")]
    assert line.endswith("one line  330199.winter_heating")

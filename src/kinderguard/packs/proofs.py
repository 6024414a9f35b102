"""The policy book and the solver: ``PolicyBook.prove`` and its companions are written here, so that the book itself needs
no solver.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.engines.plan import Plan
from kinderguard.engines.prove.blanks import refused_by_blank
from kinderguard.engines.prove.bounds import ExactBounds, confirmed, exact_bounds
from kinderguard.engines.prove.cliffs import cliff, incomes_read
from kinderguard.engines.prove.compare import equivalence_questions
from kinderguard.engines.prove.domains import Domain
from kinderguard.engines.prove.floor import COUNTY, LAW, floor_questions
from kinderguard.engines.prove.orders import with_orders
from kinderguard.engines.prove.papers import paper_proofs
from kinderguard.engines.prove.proof import Proof
from kinderguard.engines.prove.prover import Prover, broken_off
from kinderguard.engines.prove.reach import (
    apart_questions,
    beside_question,
    declared_apart,
    gap_questions,
    overlap_questions,
    parts_questions,
    reach_questions,
)
from kinderguard.engines.prove.report import ProofReport
from kinderguard.engines.prove.ruling import Ruling
from kinderguard.engines.prove.unset import with_set_numbers
from kinderguard.engines.unborn import what_counts
from kinderguard.model.case import Case
from kinderguard.model.errors import KinderguardError
from kinderguard.model.places import place_name
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.expression import BoolExpr
from kinderguard.rules.parameters import ParameterValue

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

#: What can be asked.
QUESTIONS = ("floor", "reach", "apart", "gaps", "cliffs", "papers")
Progress = Callable[[int, Proof], None]


def ruling_of(book: "PolicyBook", division: str | None, day: dt.date) -> Ruling:
    """The rules of a place on a day."""
    overlay = book.overlay(division)
    in_force = overlay.in_force(day)
    given = in_force.values(division, day)
    values = {code: None if value is None else value.value for code, value in given.items()}
    return Ruling(in_force.compiled, day, division, values, overlay.titles, overlay.rules.fingerprint, given)


def national_floor(book: "PolicyBook", county: Ruling, reading: str) -> Ruling:
    """The nation's rules as the pack states them, held against a place.

    Args:
        reading: ``county``: with the place's own numbers, so that only its rules can take anything away; ``law``: with
            the nation's value, else its floor, wherever it sets one, so that numbers below the law show too.
    """
    stated = attrs.evolve(book, changes=(), division=None, overlays={}, bases={})
    nation = ruling_of(stated, None, county.day)
    values: dict[str, Any] = {}
    stated_by: dict[str, ParameterValue | None] = {}
    for code, own in nation.values.items():
        parameter = county.rules.parameters[code]
        here = parameter.at(county.division, county.day)
        law = nation.shown.get(code) if own is not None else nation.parameter(code).floor
        stated_by[code] = law if reading == LAW and law is not None else here
        values[code] = None if (given := stated_by[code]) is None else given.value
    # Explained as what it is: with the place's name, and the number where it is from.
    return attrs.evolve(
        nation, division=county.division, values=values, shown=stated_by, titles=county.titles, bound={}
    )


def domain_of(
    plans: Sequence[Plan], division: str | None, day: dt.date, household: int, asked: Sequence[BoolExpr] = ()
) -> Domain:
    """The limits of a proof about these rules (and conditions asked about): every code that they name is in them."""
    named: dict[str, None] = {}
    for expr in (*(expr for plan in plans for _, expr in plan.rules.expressions()), *asked):
        for node in n.walk(expr.node):
            if isinstance(node, n.IsIn) and node.arg.kind.codes is None:
                named |= dict.fromkeys(node.codes)
            if isinstance(node, n.Const) and isinstance(node.value, str) and node.kind.codes is None:
                named[node.value] = None
    places = [code for code in named if code.isdigit()]
    home = [division.ljust(6, "0")] if division else []
    return Domain(
        day, household=household, divisions=tuple(home + places), texts=tuple(c for c in named if not c.isdigit())
    )


def prove(
    book: "PolicyBook",
    division: str | None,
    day: dt.date,
    household: int,
    seconds: float,
    progress: Progress | None,
    questions: Sequence[str],
    apart: Sequence[tuple[str, str]],
    gaps: Sequence[tuple[Sequence[str], BoolExpr]],
    about: Iterable[str] | None,
) -> ProofReport:
    """See ``PolicyBook.prove``."""
    county = ruling_of(book, division, day)
    nations = {reading: national_floor(book, county, reading) for reading in (COUNTY, LAW)}
    conditions = [within for _, within in gaps]
    prover = Prover(domain_of([county.plan, nations[LAW].plan], division, day, household, conditions), seconds)
    found = []
    for proof in _proofs(prover, county, nations, questions, apart, gaps, None if about is None else frozenset(about)):
        found.append(proof)
        if progress is not None:
            progress(len(found), proof)
    return ProofReport(
        _place(book, division), division, day, county.fingerprint, tuple(found), (*prover.assumptions, *_open(county)),
        _changed(book, division),
    )  # fmt: skip


def _changed(book: "PolicyBook", division: str | None) -> frozenset[str]:
    """The rules that the packs of a place have checks on."""
    packs = book.overlay(division).packs
    return frozenset(check.on for pack in packs if pack.jurisdiction == (division or "") for check in pack.checks)


def _place(book: "PolicyBook", division: str | None) -> Text:
    """What a place is called: by its own pack, where it has one."""
    if division is None:
        return Text("全国", "the nation")
    return place_name(division, book.overlay(division).titles)


def _open(ruling: Ruling) -> Iterator[Text]:
    """What is assumed of parameters that nobody has set."""
    names = [ruling.titles.get(code, Text(code, code)) for code in ruling.open]
    if names:
        zh, en = "、".join(t.zh for t in names), "; ".join(t.en for t in names)
        yield Text(
            f"本地未设定的参数可以是不低于最低标准的任何值：{zh}",
            f"parameters that the place does not set can have any value from their floor, or none: {en}",
        )


def _proofs(
    prover: Prover,
    county: Ruling,
    nations: dict[str, Ruling],
    questions: Sequence[str],
    apart: Sequence[tuple[str, str]],
    gaps: Sequence[tuple[Sequence[str], BoolExpr]],
    about: frozenset[str] | None,
) -> Iterator[Proof]:
    asked: dict[str, tuple[tuple[str, str], Callable[[], Iterator[Proof]]]] = {
        "floor": (("floor", COUNTY), lambda: _floor(prover, county, nations)),
        "reach": (("can_apply", ""), lambda: map(prover.prove, reach_questions(prover, county, about))),
        "apart": (("apart", ""), lambda: _apart(prover, county)),
        "gaps": (("gap", ""), lambda: map(prover.prove, parts_questions(prover, county))),
        "cliffs": (("cliff", ""), lambda: (cliff(prover, county, path) for path in incomes_read(prover, county))),
        "papers": (("paper", ""), lambda: paper_proofs(prover, county, about)),
    }
    for kind, (told, answers) in asked.items():
        if kind in questions:
            yield from _contained(kind, *told, answers)
        if kind == "apart":
            yield from map(prover.prove, overlap_questions(prover, county, apart))
        if kind == "gaps":
            yield from map(prover.prove, gap_questions(prover, county, gaps))


def _contained(kind: str, question: str, reading: str, answers: Callable[[], Iterator[Proof]]) -> Iterator[Proof]:
    """The answers of a kind. Where the questions themselves cannot be put, that is told as a fault, and the other kinds
    are asked all the same.
    """
    try:
        yield from answers()
    except KinderguardError:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, it is a fault of the library and told as one
        asked = Text(f"问题“{kind}”", f"the question ‘{kind}’")
        yield attrs.evolve(broken_off(question, "", asked, error), reading=reading)


def _floor(prover: Prover, county: Ruling, nations: dict[str, Ruling]) -> Iterator[Proof]:
    for reading, nation in nations.items():
        for question in floor_questions(prover, county, nation, reading):
            proof = with_set_numbers(prover, question, prover.prove(question))
            yield with_orders(prover, question, proof)


def _apart(prover: Prover, county: Ruling) -> Iterator[Proof]:
    yield from map(prover.prove, apart_questions(prover, county))
    yield from map(prover.prove, overlap_questions(prover, county, declared_apart(county)))


class Asking:
    """Single questions about the rules of a place, as checks of a pack ask them.

    Args:
        book: the rules, with a value for every parameter.
        division: the place; None is the nation.
        day: the day.
        seconds: the most time for one question.
    """

    def __init__(self, book: "PolicyBook", division: str | None, day: dt.date, seconds: float) -> None:
        self.division, self.day = division, day
        self.ruling = ruling_of(book, division, day)
        self.prover = Prover(domain_of([self.ruling.plan], division, day, 3), seconds)

    def blank(self, mended: "PolicyBook", code: str, path: str, *, stacked: bool) -> Proof:
        """Whether a rule refuses any child for a blank; see ``refused_by_blank``."""
        other = ruling_of(mended, self.division, self.day)
        return refused_by_blank(self.prover, self.ruling, other, code, path, stacked=stacked)

    def beside(self, top_up: str, counted: str, other: str, *, whole: bool) -> Proof:
        """Whether a top-up is paid in full where what it counts gives way to another policy; see ``beside_question``."""
        return self.prover.prove(beside_question(self.prover, self.ruling, top_up, counted, other, whole=whole))


def compare(
    book: "PolicyBook", other: "PolicyBook", division: str | None, day: dt.date, household: int, seconds: float
) -> ProofReport:
    """See ``PolicyBook.prove_same``."""
    one, two = ruling_of(book, division, day), ruling_of(other, division, day)
    prover = Prover(domain_of([one.plan, two.plan], division, day, household), seconds)
    proofs = tuple(map(prover.prove, equivalence_questions(prover, one, two)))
    return ProofReport(
        _place(book, division), division, day, one.fingerprint, proofs, (*prover.assumptions, *_open(one))
    )


def _of_case(
    book: "PolicyBook", case: Case, division: str | None, day: dt.date, household: int
) -> tuple[Ruling, dict[str, Any], Domain]:
    place = division or book.division or case.division
    provided, _ = book.ready(place, day).provide(case)
    ruling = ruling_of(book, place, day)
    return ruling, provided, domain_of([ruling.plan], place, day, household)


def bounds_of(
    book: "PolicyBook", case: Case, division: str | None, day: dt.date, household: int, seconds: float
) -> ExactBounds:
    """See ``PolicyBook.exact_bounds``."""
    ruling, provided, domain = _of_case(book, case, division, day, household)
    return exact_bounds(ruling, what_counts(case, day), provided, domain, seconds)


def confirmed_missing(
    book: "PolicyBook", case: Case, division: str | None, day: dt.date, household: int, seconds: float
) -> dict[str, bool | None]:
    """See ``PolicyBook.confirm_missing``."""
    ruling, provided, domain = _of_case(book, case, division, day, household)
    case = what_counts(case, day)
    paths = tuple(dict.fromkeys(m.path for m in ruling.assess(case, provided=provided).missing))
    return confirmed(ruling, case, provided, domain, seconds, paths)

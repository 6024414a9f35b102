"""Which children a paper can be asked of: proof of a death only where somebody died, a disability card only where somebody is
disabled.

Conditions on the facts of a child, with three values: where it is not known whether somebody died, it is not known whether
the proof is to be brought. A paper that is not here can be asked of everybody. What a policy asks for at all stands with the
policy. Called by assessments and by ``coverage``.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kinderguard.engines.blame import is_unknown
from kinderguard.engines.explain import Bound, Compiled
from kinderguard.engines.plan import Plan, Step, compile_plan
from kinderguard.engines.reading import unknown
from kinderguard.model.case import Case
from kinderguard.model.codes import (
    DisabilityKind,
    Document,
    GuardianRelation,
    HealthStatus,
    SchoolStage,
    SituationKind,
)
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import Category
from kinderguard.rules.expression import DAY, BoolExpr, all_of
from kinderguard.rules.facts import ParentFacts, PersonFacts, child, father, guardians, mother, parents
from kinderguard.rules.records import unless_open
from kinderguard.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment, DocumentNeeded

_FOR_DUE = Text("尚需材料（应享受的政策）", "Papers to bring for what is due")
_FOR_OPEN = Text(
    "可能还需要的材料（待定的政策，查明符合条件后再要）", "Papers for what is open, once it turns out to be due"
)


def papers_of(result: "Assessment") -> "Iterator[tuple[Text, list[DocumentNeeded]]]":
    """The papers to bring, as people are asked for them: those for what is due, and those for what only may be."""
    yield from (
        (title, papers) for title, papers in zip((_FOR_DUE, _FOR_OPEN), papers_apart(result), strict=True) if papers
    )


def papers_apart(result: "Assessment") -> "tuple[list[DocumentNeeded], list[DocumentNeeded]]":
    """The papers for what is due, and those for what only may be; each stands once."""
    for_due, for_open = list["DocumentNeeded"](), list["DocumentNeeded"]()
    for paper in result.documents:
        is_for_due = any(result.policies[code].eligible for code in paper.policies)
        (for_due if is_for_due else for_open).append(paper)
    return for_due, for_open


def _died(parent: ParentFacts, *kinds: SituationKind) -> BoolExpr:
    """Whether a parent is dead, or was declared so; a death has no end."""
    return parent.situations.any(lambda s: s.kind.is_in(*kinds) & unless_open(s.since <= DAY, all_of()))


def _lives(parent: ParentFacts) -> BoolExpr:
    return ~_died(parent, SituationKind.DEAD, SituationKind.DECLARED_DEAD)


def _a_parent(*kinds: SituationKind) -> BoolExpr:
    """Whether a parent who lives is in one of some situations on the day: nobody proves a sentence that was served."""
    return parents.any(lambda p: _lives(p) & p.is_in_situation(*kinds))


def _is_disabled(person: PersonFacts) -> BoolExpr:
    return person.disability.kind != DisabilityKind.NONE


def _is_ill(person: PersonFacts) -> BoolExpr:
    """Seriously ill, or known to be infected with HIV: where that is not known, nobody is asked for a proof of it."""
    return person.illness.serious | (person.illness.hiv.is_known() & person.illness.hiv)


def _unless_healthy(condition: BoolExpr, *healthy: HealthStatus) -> BoolExpr:
    """A condition of the child; where it was not recorded, a physical condition recorded as ``healthy`` answers it."""
    return condition & (condition.is_known() | ~child.health.is_in(*healthy))


_CHILD_IS_DISABLED = _unless_healthy(_is_disabled(child), HealthStatus.HEALTHY, HealthStatus.ILL)
_CHILD_IS_ILL = _unless_healthy(_is_ill(child), HealthStatus.HEALTHY, HealthStatus.DISABLED)
_CHILD_IS_AUTISTIC = child.disability.autism.is_known() & child.disability.autism


#: A parent of whom something is recorded has been found.
_A_PARENT_IS_ON_RECORD = father.situations.any().is_known() | mother.situations.any().is_known()
_NOT_FOUND = child.birth_parents_not_found
_NOT_AT_SCHOOL = (SchoolStage.NOT_YET, SchoolStage.KINDERGARTEN, SchoolStage.DROPPED_OUT, SchoolStage.NOT_IN_SCHOOL)

#: By paper, of whom it can be asked.
ASKED_OF: Mapping[Document, BoolExpr] = {
    Document.DEATH_PROOF: parents.any(lambda p: _died(p, SituationKind.DEAD)),
    Document.COURT_DECLARATION: parents.any(lambda p: _died(p, SituationKind.DECLARED_DEAD))
    | _a_parent(SituationKind.DECLARED_MISSING),
    Document.NOT_FOUND_PROOF: _NOT_FOUND & (_NOT_FOUND.is_known() | ~_A_PARENT_IS_ON_RECORD),
    Document.JUDGMENT: _a_parent(
        SituationKind.IMPRISONED, SituationKind.OTHER_RESTRICTION, SituationKind.GUARDIANSHIP_REVOKED
    ),
    Document.DETOX_NOTICE: _a_parent(SituationKind.COMPULSORY_DETOX),
    Document.LOST_CONTACT_PROOF: _a_parent(SituationKind.LOST_CONTACT),
    Document.DEPORTATION_PROOF: _a_parent(SituationKind.DEPORTED),
    Document.DISABILITY_CARD: _CHILD_IS_DISABLED | parents.any(lambda p: _lives(p) & _is_disabled(p)),
    # What a disabled child lacks a card for, such as autism, a diagnosis proves.
    Document.MEDICAL_PROOF: _CHILD_IS_ILL
    | _CHILD_IS_DISABLED
    | _CHILD_IS_AUTISTIC
    | parents.any(lambda p: _lives(p) & _is_ill(p)),
    Document.GUARDIAN_PROOF: guardians.any(lambda g: g.relation != GuardianRelation.PARENT),
    Document.SCHOOL_CERTIFICATE: ~child.schooling.stage.is_in(*_NOT_AT_SCHOOL),
    Document.RESIDENCE_PERMIT: child.lives_in_another_county,
}
#: By paper, the parts of people's records that it proves. A rule that reads none of them, or those of somebody else than the
#: child and the parents, means something that is not known here: its paper is asked of everybody.
_PROVES: Mapping[Document, frozenset[str]] = {
    **dict.fromkeys(
        (
            Document.DEATH_PROOF, Document.COURT_DECLARATION, Document.JUDGMENT, Document.DETOX_NOTICE,
            Document.LOST_CONTACT_PROOF, Document.DEPORTATION_PROOF,
        ),
        frozenset({"situations"}),
    ),
    Document.DISABILITY_CARD: frozenset({"disability"}),
    Document.MEDICAL_PROOF: frozenset({"illness", "disability"}),
    Document.SCHOOL_CERTIFICATE: frozenset({"schooling"}),
}  # fmt: skip
_FAMILY = frozenset({"child", "father", "mother"})

#: By plan, by policy; see ``asked_of_some``.
_ASKED_OF_SOME: WeakKeyDictionary[Plan, dict[str, frozenset[Document]]] = WeakKeyDictionary()


def asked_of_some(plan: Plan, policy: str) -> frozenset[Document]:
    """The papers that a policy asks only of those of whom ``ASKED_OF`` says so, as far as its rule says whom they are about."""
    known = _ASKED_OF_SOME.setdefault(plan, {})
    if policy not in known:
        read = set(_read(plan.policies[policy].eligible))
        of = {paper: {owner for owner, part in read if part in parts} for paper, parts in _PROVES.items()}
        known[policy] = frozenset(p for p in ASKED_OF if p not in _PROVES or (of[p] and of[p] <= _FAMILY))
    return known[policy]


def _read(root: Step) -> Iterator[tuple[str, str]]:
    """Whose facts a condition reads, and which part of the record: the father's situations, a member's disability."""
    waiting, seen = [root], set()
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        waiting += [*step.inputs, *step.inner]
        if isinstance(step.node, n.Fact | n.Collection):
            of, path = step.node.of, step.node.path
            owner, _, rest = (of.collection, "", path) if of is not None else path.partition(".")
            yield owner, rest.partition(".")[0]


def beside_the_ground(result: "Assessment", code: str) -> frozenset[Document]:
    """The papers that a policy which is due would ask for, but that prove nothing by which it is: what is not known does not
    carry it, nor what it would be due without, in the same amount. Of papers that would do each for itself one is left.

    Args:
        result: the assessment, by which the policy is due.
        code: of the policy.
    """
    bound, trace = result.basis.bound, result.trace
    policy, of_child = bound.plan.policies[code], asked_of(result.case, result.on)
    some = asked_of_some(bound.plan, code)
    papers = [p for p in bound.plan.rules.policies[code].evidence if isinstance(p, Document) and p in some]
    # What other help leaves of it, no paper of this one proves.
    decided = [step for step in (policy.eligible, policy.own) if step is not None]
    found = {p for p in papers if of_child[p] is None and not any(is_unknown(trace[s.index]) for s in decided)}
    without: dict[int, object] = {}
    for paper in papers:
        if of_child[paper] and paper in _PROVES and policy.own is not None:
            left_out = without | _unknown(bound.plan, _PROVES[paper])
            now = bound.rerun(trace, left_out, result.basis.dependents.cones(left_out))
            if all(now[step.index] == trace[step.index] for step in decided):
                found.add(paper)
                without = left_out
    return frozenset(found)


def _unknown(plan: Plan, parts: frozenset[str]) -> dict[int, object]:
    """By place, that nothing is known of some parts of the records of the child and the parents."""
    return {
        step.index: None if isinstance(step.node, n.Collection) else unknown(step.node.kind)
        for step in plan.dynamic
        if isinstance(step.node, n.Fact | n.Collection)
        and step.node.of is None
        and (where := step.node.path.split("."))[0] in _FAMILY
        and where[1] in parts
    }


def asked_of(case: Case, day: dt.date) -> dict[Document, bool | None]:
    """By paper of ``ASKED_OF``, whether it can be asked of a child on a day."""
    bound, places = _on(day)
    trace = bound.run(case)
    return {paper: trace[place] for paper, place in places.items()}


@lru_cache(maxsize=16)
def _on(day: dt.date) -> tuple[Bound, Mapping[Document, int]]:
    plan, compiled = _compiled()
    return compiled.bind(day, {}), {p: plan.categories[f"cn.paper_{p.value}"].index for p in ASKED_OF}


@cache
def _compiled() -> tuple[Plan, Compiled]:
    asked = [Category(f"cn.paper_{paper.value}", paper.label, condition) for paper, condition in ASKED_OF.items()]
    plan = compile_plan(RuleSet(asked, ()))
    return plan, Compiled.of(plan)


__all__ = ["ASKED_OF", "asked_of", "asked_of_some", "beside_the_ground", "papers_apart", "papers_of"]

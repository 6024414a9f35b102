"""Which children a paper can be asked of: proof of a death only where somebody died, a disability card only where somebody is
disabled.

Conditions on the facts of a child, with three values: where it is not known whether somebody died, it is not known whether
the proof is to be brought. A paper that is not here can be asked of everybody. What a policy asks for at all stands with the
policy. Called by ``coverage``.
"""

from collections.abc import Mapping

from kinderguard.model.codes import DisabilityKind, Document, GuardianRelation, SituationKind
from kinderguard.national.terms import IN_SCHOOL
from kinderguard.rules import child, guardians, parents
from kinderguard.rules.expression import BoolExpr
from kinderguard.rules.facts import ParentFacts, PersonFacts


def _a_parent(*kinds: SituationKind) -> BoolExpr:
    """Whether a parent is, or was, in one of some situations."""

    def is_recorded(parent: ParentFacts) -> BoolExpr:
        return parent.situations.any(lambda s: s.kind.is_in(*kinds))

    return parents.any(is_recorded)


def _is_disabled(person: PersonFacts) -> BoolExpr:
    return person.disability.kind != DisabilityKind.NONE


def _is_ill(person: PersonFacts) -> BoolExpr:
    return person.illness.serious | person.illness.hiv


#: By paper, of whom it can be asked.
ASKED_OF: Mapping[Document, BoolExpr] = {
    Document.DEATH_PROOF: _a_parent(SituationKind.DEAD),
    Document.COURT_DECLARATION: _a_parent(SituationKind.DECLARED_DEAD, SituationKind.DECLARED_MISSING),
    Document.NOT_FOUND_PROOF: child.birth_parents_not_found,
    Document.JUDGMENT: _a_parent(
        SituationKind.IMPRISONED, SituationKind.OTHER_RESTRICTION, SituationKind.GUARDIANSHIP_REVOKED
    ),
    Document.DETOX_NOTICE: _a_parent(SituationKind.COMPULSORY_DETOX),
    Document.LOST_CONTACT_PROOF: _a_parent(SituationKind.LOST_CONTACT),
    Document.DEPORTATION_PROOF: _a_parent(SituationKind.DEPORTED),
    Document.DISABILITY_CARD: _is_disabled(child) | parents.any(_is_disabled),
    Document.MEDICAL_PROOF: _is_ill(child) | parents.any(_is_ill),
    Document.GUARDIAN_PROOF: guardians.any(lambda g: g.relation != GuardianRelation.PARENT),
    Document.SCHOOL_CERTIFICATE: IN_SCHOOL,
    Document.RESIDENCE_PERMIT: child.lives_in_another_county,
}

__all__ = ["ASKED_OF"]

"""The papers to bring are those of the child's own situation; what a county means by a paper of its own is left to it."""

import pytest

from kinderguard import Text
from kinderguard import rules as r
from kinderguard.model.codes import DisabilityKind
from tests_national import situation

DEAD = {"kind": "dead", "since": "2024-01-01"}
PRISON = situation("imprisoned", term_months=60)
FAMILY = {
    "death_proof", "court_declaration", "not_found_proof", "judgment", "detox_notice", "lost_contact_proof",
    "deportation_proof", "disability_card", "medical_proof",
}  # fmt: skip


def papers(result):
    return {needed.document.value for needed in result.documents}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"father.situations": [DEAD], "mother.situations": [PRISON]}, {"death_proof", "judgment"}),
        ({"father.situations": [PRISON, DEAD], "mother.situations": [situation("compulsory_detox", term_months=24)]},
         {"death_proof", "detox_notice"}),
        ({"father.situations": [situation("imprisoned", ongoing=False, term_months=60), DEAD],
          "mother.disability.kind": "mental", "mother.disability.grade": "3"}, {"death_proof", "disability_card"}),
        ({"father.situations": [situation("declared_missing")], "mother.illness.serious": True},
         {"court_declaration", "medical_proof"}),
        ({"father.situations": [DEAD], "father.disability.kind": "mental", "father.disability.grade": "1",
          "father.illness.serious": True, "mother.situations": [PRISON]}, {"death_proof", "judgment"}),
        ({"father.situations": [DEAD], "mother.situations": [DEAD | {"kind": "declared_dead"}]},
         {"death_proof", "court_declaration"}),
        ({"father.situations": None, "mother.situations": None, "child.birth_parents_not_found": True},
         {"not_found_proof", "death_proof", "court_declaration"}),
    ],
)  # fmt: skip
def test_only_papers_of_the_childs_situation_are_asked_for(assess, facts, expected):
    result = assess(facts)
    due = {code for code, p in result.policies.items() if p.eligible}
    assert due & {"cn.orphan_allowance", "cn.unattended_allowance"}
    asked = {d.document.value for d in result.documents if due & set(d.policies)}
    assert asked & FAMILY == expected
    assert {"application", "hukou_book"} <= asked


def test_a_paper_is_asked_for_where_it_is_not_known_whether_anybody_is_in_the_situation(assess):
    assert "death_proof" in papers(assess({"father.situations": None, "mother.situations": [PRISON]}))
    assert "death_proof" not in papers(assess({"father.situations": [PRISON], "mother.situations": [PRISON]}))


@pytest.mark.parametrize(
    "rule",
    [
        r.household.members.any(lambda m: m.disability.kind != DisabilityKind.NONE),
        r.child.birth_date.is_known(),
    ],
    ids=["somebody else's disability", "nobody's disability"],
)
def test_a_countys_paper_of_somebody_else_is_asked_of_every_child(assess, book, rule):
    grant = r.Policy(
        code="370831.grant", title=Text("补助", "Grant"), eligible=rule, service=Text("服务", "help"),
        evidence=[r.Document.DISABILITY_CARD], cites=[r.Cite("×政办发〔2024〕1号")],
    )  # fmt: skip
    sister = {"relation": "sibling", "disability": {"kind": "mental", "grade": "1"}}
    result = assess({"household.members": [sister]}, using=book.with_policies(grant))
    assert result.policies["370831.grant"].eligible
    assert papers(result) == {"disability_card"}


def test_what_the_parents_situations_ask_for_comes_before_what_may_be_asked(assess):
    unknown = dict.fromkeys(("mother.disability.kind", "mother.illness.serious"))
    result = assess({"father.situations": [DEAD], "mother.situations": [PRISON], **unknown})
    order = [d.document.value for d in result.documents if "cn.unattended_allowance" in d.policies]
    assert result.policies["cn.unattended_allowance"].eligible
    assert {"judgment", "death_proof"} <= set(order[:-2])
    assert set(order[-2:]) == {"disability_card", "medical_proof"}

"""Every pair of parents' situations, against an oracle written from the facts and not from the rules.

D is dead or declared missing; L the eight conditions; N neither. Orphan: D and D. De facto unattended: L and L, or one
in D and the other in L. An unknown parent may be any of the three.
"""

from itertools import product

import pytest

from tests_national import situation

NOT_SUPPORTING = {"supports_child": False}


def disability(kind, grade, **more):
    return {"disability.kind": kind, "disability.grade": grade} | more


#: What is recorded of a parent, and what may be true: D, L, N.
PARENTS = {
    "well": ({}, "N"),
    "remarried, gives no support": (NOT_SUPPORTING, "N"),
    "away for work": ({"situations": [situation("away_for_work")]}, "N"),
    "dead": ({"situations": [{"kind": "dead", "since": "2020-01-01"}]}, "D"),
    "declared dead": ({"situations": [{"kind": "declared_dead", "since": "2020-01-01"}]}, "D"),
    "declared missing": ({"situations": [situation("declared_missing")]}, "D"),
    "dead and formerly in prison": (
        {"situations": [situation("imprisoned", term_months=60), {"kind": "dead", "since": "2024-01-01"}]}, "D",
    ),
    "lost six months to the day": ({"situations": [situation("lost_contact", "2025-03-01")], **NOT_SUPPORTING}, "L"),
    "lost a day short of six months": ({"situations": [situation("lost_contact", "2025-03-02")], **NOT_SUPPORTING}, "N"),
    "lost but sends money": ({"situations": [situation("lost_contact")], "supports_child": True}, "N"),
    "lost, support not recorded": ({"situations": [situation("lost_contact")], "supports_child": None}, "LN"),
    "lost, since when not recorded": ({"situations": [situation("lost_contact", None)], **NOT_SUPPORTING}, "LN"),
    "in prison for six months": ({"situations": [situation("imprisoned", term_months=6)]}, "L"),
    "in prison for five months": ({"situations": [situation("imprisoned", term_months=5)]}, "N"),
    "in prison by dates": ({"situations": [situation("imprisoned", "2025-06-15", until="2025-12-14")]}, "L"),
    "in prison by dates, a day short": ({"situations": [situation("imprisoned", "2025-06-15", until="2025-12-13")]}, "N"),
    "in prison by months": ({"situations": [situation("imprisoned", "2025-07", until="2025-12")]}, "LN"),
    "not disabled by kind alone": (disability("none", None), "N"),
    "not disabled by grade alone": (disability(None, "none"), "N"),
    "severely disabled, alive or not": ({"situations": None, **disability("physical", "1")}, "DL"),
    "in prison, term not recorded": ({"situations": [situation("imprisoned")]}, "LN"),
    "released": ({"situations": [situation("imprisoned", until="2025-08-31", ongoing=None, term_months=60)]}, "N"),
    "released on the day": ({"situations": [situation("imprisoned", until="2025-09-01", ongoing=None, term_months=60)]}, "L"),
    "in detoxification": ({"situations": [situation("compulsory_detox", term_months=24)]}, "L"),
    "otherwise confined": ({"situations": [situation("other_restriction", term_months=6)]}, "L"),
    "guardianship revoked": ({"situations": [situation("guardianship_revoked")]}, "L"),
    "deported": ({"situations": [situation("deported")], **NOT_SUPPORTING}, "L"),
    "deported but supports": ({"situations": [situation("deported")]}, "N"),
    "disabled, grade 2 physical": (disability("physical", "2"), "L"),
    "disabled, grade 3 physical": (disability("physical", "3"), "N"),
    "disabled, grade 3 mental": (disability("mental", "3"), "L"),
    "disabled, grade 4 intellectual": (disability("intellectual", "4"), "L"),
    "disabled, grade 4 multiple": (disability("multiple", "4"), "LN"),
    "disabled, grade 4 multiple with mental": (
        disability("multiple", "4", **{"disability.components": ["physical", "mental"]}), "L",
    ),
    "disabled, certificate expired": (disability("physical", "1", **{"disability.valid_until": "2025-08-31"}), "N"),
    "disabled, certificate of the day": (disability("physical", "1", **{"disability.valid_until": "2025-09-01"}), "L"),
    "seriously ill": ({"illness.serious": True}, "L"),
    "ill, not recorded whether seriously": ({"illness.serious": None}, "LN"),
    "never recorded": (
        dict.fromkeys(
            ("situations", "disability.kind", "disability.grade", "illness.serious", "supports_child",
             "can_act_as_guardian")
        ), "DLN",
    ),
}  # fmt: skip


def settled(values):
    """The value where all possibilities agree."""
    return values.pop() if len(values) == 1 else None


def oracle(father, mother):
    """Orphan and de facto unattended, over everything that may be true."""
    pairs = list(product(father, mother))
    orphan = {pair == ("D", "D") for pair in pairs}
    unattended = {set(pair) in ({"L"}, {"D", "L"}) for pair in pairs}
    return settled(orphan), settled(unattended)


@pytest.mark.parametrize("father", PARENTS)
@pytest.mark.parametrize("mother", PARENTS)
def test_each_pair_of_parents(assess, father, mother):
    facts = {f"father.{k}": v for k, v in PARENTS[father][0].items()}
    facts |= {f"mother.{k}": v for k, v in PARENTS[mother][0].items()}
    result = assess(facts)
    found = result.categories["cn.orphan"], result.categories["cn.de_facto_unattended"]
    assert found == oracle(PARENTS[father][1], PARENTS[mother][1])


def test_a_grandmother_who_can_raise_the_child_does_not_matter(assess):
    dead = [{"kind": "dead", "since": "2020-01-01"}]
    guardians = [{"relation": "paternal_grandparent", "entrusted": False, "capable": True, "monthly_income": "9000"}]
    result = assess({"father.situations": dead, "mother.situations": dead, "guardians": guardians})
    assert result.categories["cn.orphan"] is True


def test_an_adopted_child_has_the_adoptive_parents(assess):
    dead = [{"kind": "dead", "since": "2020-01-01"}]
    adopted = {
        "child.adopted": True,
        "child.birth_parents_not_found": True,
        "father.kind": "adoptive",
        "mother.kind": "adoptive",
    }
    assert assess(adopted).categories["cn.orphan"] is False
    both = adopted | {"father.situations": dead, "mother.situations": dead}
    assert assess(both).categories["cn.orphan"] is True


def test_a_child_with_one_legal_parent_depends_on_that_one(assess):
    alone = {"child.adopted": True, "mother.kind": "adoptive", "father.kind": "none", "father.situations": None}
    assert assess(alone).categories["cn.orphan"] is False
    dead = alone | {"mother.situations": [{"kind": "dead", "since": "2020-01-01"}]}
    assert assess(dead).categories["cn.orphan"] is True
    ill = alone | {"mother.illness.serious": True}
    assert assess(ill).categories["cn.de_facto_unattended"] is True


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2025-07-01", "2025-12-31", True),
        ("2025-07-01", "2025-12-30", False),
        ("2025-07", "2025-11", False),
        ("2025-07", "2026-02", True),
        ("2025-08-31", "2026-02-27", True),
        ("2025-08-31", "2026-02-26", False),
    ],
)
def test_the_first_and_the_last_day_of_a_term_count(assess, since, until, expected):
    dead = [{"kind": "dead", "since": "2015-01-01"}]
    confined = [situation("compulsory_detox", since, until=until)]
    result = assess({"father.situations": dead, "mother.situations": confined})
    assert result.categories["cn.de_facto_unattended"] is expected


def test_birth_parents_who_cannot_be_found_make_an_orphan(assess):
    nobody = {f"{p}.situations": None for p in ("father", "mother")}
    found = {"child.birth_parents_not_found": True}
    assert assess(nobody | found).categories["cn.orphan"] is True
    assert assess(nobody | found | {"child.adopted": None}).categories["cn.orphan"] is None
    assert assess(nobody | {"child.birth_parents_not_found": None}).categories["cn.orphan"] is None


def test_what_would_decide_a_father_never_recorded_is_asked_first(assess):
    unknown = dict.fromkeys(f"father.{k}" for k in PARENTS["never recorded"][0])
    result = assess(unknown | {"mother.situations": [{"kind": "dead", "since": "2020-01-01"}]})
    assert result.missing[0].path == "father.situations"

"""Care: who brings the children of a household up, the kin who live with them, and the guardians."""

from itertools import pairwise
from typing import Any

import attrs
import numpy as np

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.families import Families
from kinderguard.analysis.synthetic.parents import Parent
from kinderguard.analysis.synthetic.shares import Shares
from kinderguard.model.codes import CareKind, GuardianRelation, MemberRelation, Sex, UnfitGround

_KIN = {
    GuardianRelation.PATERNAL_GRANDPARENT: MemberRelation.GRANDPARENT,
    GuardianRelation.MATERNAL_GRANDPARENT: MemberRelation.GRANDPARENT,
    GuardianRelation.SIBLING: MemberRelation.SIBLING,
    GuardianRelation.OTHER_RELATIVE: MemberRelation.OTHER_RELATIVE,
    GuardianRelation.NON_RELATIVE: MemberRelation.OTHER,
}
_PERSONS = (GuardianRelation.PARENT, *_KIN)


@attrs.frozen(eq=False)
class Adult:
    """Another adult in some of the households: the place of the relation (-1: nobody), birth day and sex."""

    relation: Ints
    born: Ints
    sex: Ints

    @property
    def there(self) -> Flags:
        """Whether there is somebody."""
        return self.relation >= 0


@attrs.frozen(eq=False)
class Care:
    """The care arrangement of every household (a place in ``CareKind``), its other adults and its guardians."""

    kind: Ints
    adults: tuple[Adult, ...]
    guardians: c.Lookup

    def is_kind(self, *kinds: CareKind) -> Flags:
        """Whether the arrangement is one of ``kinds``."""
        return _is(self.kind, *kinds)

    @property
    def by_parents(self) -> Flags:
        """Whether a parent, by birth or by adoption, brings the children up."""
        return self.is_kind(*_BY_PARENTS)

    @property
    def away_from_home(self) -> Flags:
        """Whether the children live in an institution or a foster family: a household in name only."""
        return self.is_kind(CareKind.RESIDENTIAL, CareKind.FOSTER)


_BY_PARENTS = (CareKind.PARENTAL, CareKind.ADOPTIVE)


def _is(kind: Ints, *kinds: CareKind) -> Flags:
    return np.isin(kind, [c.place_of(some) for some in kinds])


@attrs.frozen(eq=False)
class _Guardian:
    """A guardian in some of the households: the place of the relation (-1: nobody) and the birth day."""

    relation: Ints
    born: Ints


def draw_care(chance: Chance, shares: Shares, families: Families, father: Parent, mother: Parent) -> Care:
    """Care for every household."""
    kind = _kinds(chance, shares, families)
    relation = _relations(chance, shares, kind)
    maternal = relation == c.place_of(GuardianRelation.MATERNAL_GRANDPARENT)
    parent_born = np.where(maternal, mother.born, father.born)
    first, second = _grandparents(chance, shares, families, kind, relation, parent_born)
    nearest = _either(_other_kin(chance, shares, families, relation), first)
    guardians = _guardians(kind, relation, nearest, second, father, mother)
    lists = _guardian_lists(chance, shares, families, guardians, father, mother)
    step_parent = _step_parents(chance, shares, families, kind, father, mother)
    # Only kin share the children's home; foster parents and who sees to a child in the community do not.
    at_home = Adult(
        np.where(_is(kind, CareKind.KINSHIP, CareKind.PARENTAL), nearest.relation, -1), nearest.born, nearest.sex
    )
    return Care(kind, (at_home, second, step_parent), lists)


def _kinds(chance: Chance, shares: Shares, families: Families) -> Ints:
    mixes = tuple(shares.table("care"))
    mix = np.array([mixes.index(kind.care) for kind in families.kinds])[families.family]
    kind = chance.pick_by("care", mix, [shares.shares(f"care.{name}").over(CareKind) for name in mixes])
    youngest = d.ages(families.youngest, families.day)
    for alone in (CareKind.INDEPENDENT, CareKind.CHILD_HEADED):
        too_young = youngest < int(shares.table("care_ages")[alone.value])
        kind = np.where((kind == c.place_of(alone)) & too_young, c.place_of(CareKind.KINSHIP), kind)
    # A household is headed by a child only where a child is old enough for it.
    headed = kind == c.place_of(CareKind.CHILD_HEADED)
    heads = d.ages(families.eldest, families.day) >= int(shares.table("care_ages")["head"])
    return np.where(headed & ~heads, c.place_of(CareKind.KINSHIP), kind)


def _relations(chance: Chance, shares: Shares, kind: Ints) -> Ints:
    """What the first guardian is, where it is no parent."""
    relation = np.full(len(kind), -1)
    for some in (CareKind.KINSHIP, CareKind.SCATTERED, CareKind.FOSTER, CareKind.RESIDENTIAL):
        table = shares.shares(f"guardians.{some.value}")
        drawn = chance.pick(f"guardian {some.value}", table.over(GuardianRelation), len(relation))
        relation = np.where(_is(kind, some), drawn, relation)
    committee = chance.happens("committee", shares.share("guardians.independent"), len(relation))
    alone = _is(kind, CareKind.INDEPENDENT, CareKind.CHILD_HEADED)
    return np.where(alone & committee, c.place_of(GuardianRelation.COMMITTEE), relation)


def _grandparents(
    chance: Chance, shares: Shares, families: Families, kind: Ints, relation: Ints, parent_born: Ints
) -> tuple[Adult, Adult]:
    """Grandparents as guardians, or at home beside the parents; sometimes both of them."""
    count = len(families)
    both = [c.place_of(r) for r in (GuardianRelation.PATERNAL_GRANDPARENT, GuardianRelation.MATERNAL_GRANDPARENT)]
    at_home = _is(kind, CareKind.PARENTAL) & chance.happens(
        "grandparent at home", shares.share("households.grandparent_at_home"), count
    )
    one = np.isin(relation, both) | at_home
    two = one & chance.happens("second grandparent", shares.share("households.second_grandparent"), count)
    low, high = shares.span("kin_ages", "grandparent")
    sex = chance.below("sex of grandparent", 2, count)
    born = [parent_born - chance.between(f"age of grandparent {k}", 366 * low, 366 * high, count) for k in (1, 2)]
    place = c.place_of(MemberRelation.GRANDPARENT)
    return (
        Adult(np.where(one, place, -1), born[0], sex),
        Adult(np.where(two, place, -1), born[1], 1 - sex),
    )


def _other_kin(chance: Chance, shares: Shares, families: Families, relation: Ints) -> Adult:
    """Elder siblings, other relatives and others who are guardians."""
    count = len(families)
    born = np.zeros(count, dtype=np.int64)
    member = np.full(count, -1)
    for guardian, relative in _KIN.items():
        if relative is MemberRelation.GRANDPARENT:
            continue
        span = "sibling" if relative is MemberRelation.SIBLING else "other_relative"
        low, high = shares.span("kin_ages", span)
        age = chance.between(f"age of {guardian.value}", 366 * low, 366 * high, count)
        here = relation == c.place_of(guardian)
        before_eldest = families.eldest - 300 if relative is MemberRelation.SIBLING else families.day
        born = np.where(here, np.minimum(families.day - age, before_eldest), born)
        member = np.where(here, c.place_of(relative), member)
    return Adult(member, born, chance.below("sex of kin", 2, count))


def _either(one: Adult, other: Adult) -> Adult:
    """The one, where there is somebody, else the other."""
    return Adult(
        np.where(one.there, one.relation, other.relation),
        np.where(one.there, one.born, other.born),
        np.where(one.there, one.sex, other.sex),
    )


def _step_parents(
    chance: Chance, shares: Shares, families: Families, kind: Ints, father: Parent, mother: Parent
) -> Adult:
    """The new spouse of a parent at home whose former one lives apart or is dead."""
    count = len(families)
    remarried = chance.happens("step-parent", shares.share("households.step_parent"), count)
    home, former = (
        [families.is_in(p.state, *names) for p in (father, mother)] for names in (("home",), ("apart", "dead"))
    )
    there = _is(kind, CareKind.PARENTAL) & remarried & ((home[0] & former[1]) | (home[1] & former[0]))
    # Takes the place of the parent who is not there, and is about as old.
    sex = np.where(home[0], c.place_of(Sex.FEMALE), c.place_of(Sex.MALE))
    born = np.where(home[0], mother.born, father.born) + chance.between("age of step-parent", -1000, 1000, count)
    return Adult(np.where(there, c.place_of(MemberRelation.STEP_PARENT), -1), born, sex)


def _guardians(
    kind: Ints, relation: Ints, nearest: Adult, second: Adult, father: Parent, mother: Parent
) -> tuple[_Guardian, _Guardian]:
    """Up to two in a household: the parents at home, or who takes their place."""
    parent = c.place_of(GuardianRelation.PARENT)
    by_parents = _is(kind, *_BY_PARENTS)
    one = by_parents & (father.at_home | mother.at_home)
    both = by_parents & father.at_home & mother.at_home
    two_kin = _is(kind, CareKind.KINSHIP) & second.there
    parent_born = np.where(father.at_home, father.born, mother.born)
    return (
        _Guardian(np.where(one, parent, relation), np.where(one, parent_born, nearest.born)),
        _Guardian(np.where(both, parent, np.where(two_kin, relation, -1)), np.where(both, mother.born, second.born)),
    )


def _guardian_lists(
    chance: Chance, shares: Shares, families: Families, guardians: tuple[_Guardian, ...], father: Parent, mother: Parent
) -> c.Lookup:
    owners = [np.flatnonzero(g.relation >= 0) for g in guardians]
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    owner = owner[order]

    def joined(name: str) -> Any:
        parts = [getattr(g, name)[some] for g, some in zip(guardians, owners, strict=True)]
        return np.concatenate(parts)[order]

    def partly(name: str, column: c.Column) -> c.Column:
        lost = chance.happens(f"guardian {name} unknown", shares.share("unknown.within_records"), len(owner))
        return column.forgetting(lost)

    relation = joined("relation")
    person = np.isin(relation, [c.place_of(r) for r in _PERSONS])
    parent = relation == c.place_of(GuardianRelation.PARENT)
    somebody_lives = (father.lives | mother.lives)[owner]
    handed_over = chance.happens("entrusted", shares.share("guardians.entrusted"), len(owner))
    fields: dict[str, c.Column] = {
        "relation": c.codes_of(GuardianRelation, relation),
        "entrusted": partly("entrusted", c.yes_or_no(person & ~parent & somebody_lives & handed_over)),
        "capable": partly("capable", c.yes_or_no(~person | chance.happens("capable", shares.share("guardians.capable"), len(owner)))),
        "unfit_grounds": partly("unfit_grounds", _unfit_grounds(chance, shares, person)),
        "birth_date": partly("birth_date", c.Days(np.where(person, joined("born"), d.UNKNOWN))),
    }  # fmt: skip
    return c.record_lists(owner, fields, len(families))


def _unfit_grounds(chance: Chance, shares: Shares, person: Flags) -> c.Column:
    """None of a body; of a person sometimes one ground, seldom two."""
    grounds = list(UnfitGround)
    pairs = [[a, b] for a, b in pairwise(grounds)]
    lists: list[list[UnfitGround]] = [[], *([ground] for ground in grounds), *pairs]
    count = len(person)
    ground = chance.pick("ground", shares.shares("guardians.ground").over(UnfitGround), count)
    unfit = person & chance.happens("unfit", shares.share("guardians.unfit"), count)
    two = chance.happens("two grounds", shares.share("guardians.two_grounds"), count)
    pair = 1 + len(grounds) + np.minimum(ground, len(pairs) - 1)
    return c.code_lists(UnfitGround, lists, np.where(unfit, np.where(two, pair, 1 + ground), 0))

"""Parents: what is recorded of the father and of the mother of each household, by the state that each is in."""

import attrs
import numpy as np

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.families import Families
from kinderguard.analysis.synthetic.health import components_of, valid_until_of
from kinderguard.analysis.synthetic.shares import Shares
from kinderguard.analysis.synthetic.situations import GONE, draw_situations
from kinderguard.model.codes import DisabilityGrade, DisabilityKind, ParentKind


@attrs.frozen(eq=False)
class Parent:
    """One parent in every household. ``facts`` are columns by the names of the parent's facts.

    The rest is what other facts follow from: the birth day; since when the parent is gone; whether the parent lives, is
    at home with the children, is of the household and counts in it, earns, and is seriously ill.
    """

    state: Ints
    facts: dict[str, c.Column]
    born: Ints
    gone_since: Ints
    lives: Flags
    at_home: Flags
    counted: Flags
    in_household: Flags
    earns: Flags
    ill: Flags


def draw_parent(chance: Chance, shares: Shares, families: Families, who: str, day: int) -> Parent:
    """The ``father`` or the ``mother`` of every household, as recorded on ``day``."""
    state: Ints = getattr(families, who)
    count = len(families)
    situations = draw_situations(chance, shares, families, state, who)
    recorded = families.of_states(state, "is_recorded")
    dead = families.is_in(state, *(kind.value for kind in GONE[:2]))
    born = _births(chance, shares, families, who)
    known = ~families.is_in(state, "not_found", "no_parent")
    asked = recorded & ~dead  # nobody asks after the health of the dead
    disabled, kind, grade = _disability(chance, shares, families, state, who)
    ill = families.of_states(state, "serious_illness") | chance.happens(
        f"{who} ill", shares.share("parents.serious_illness"), count
    )
    foreign = families.of_states(state, "foreign") | chance.happens(
        f"{who} foreign", shares.share("parents.foreign"), count
    )
    member = families.of_states(state, "member")
    facts: dict[str, c.Column] = {
        "kind": _parent_kind(families, state),
        "situations": situations.lists,
        "supports_child": _by_share(chance, families, state, "supports", f"{who} supports"),
        "can_act_as_guardian": _by_share(chance, families, state, "can_act", f"{who} can act"),
        "foreign": c.yes_or_no(foreign).forgetting(~recorded),
        "birth_date": c.Days(born).forgetting(~known),
        "disability.kind": c.codes_of(DisabilityKind, kind).forgetting(~asked),
        "disability.grade": c.codes_of(DisabilityGrade, grade).forgetting(~asked),
        "disability.components": components_of(chance, shares, kind, f"{who} ").forgetting(~asked),
        "disability.valid_until": c.Days(valid_until_of(chance, shares, day, disabled, f"{who} ")).forgetting(~asked),
        "illness.serious": c.yes_or_no(ill).forgetting(~asked),
    }
    return Parent(
        state=state, facts=facts, born=born, gone_since=situations.gone_since,
        lives=recorded & ~families.is_in(state, *(kind.value for kind in GONE)),
        at_home=(member == "counted") & ~families.is_in(state, "away"), counted=member == "counted",
        in_household=member != "absent",
        earns=(member == "counted") & ~families.is_in(state, "severely_disabled", "mentally_disabled", "seriously_ill"),
        ill=ill & asked,
    )  # fmt: skip


def _births(chance: Chance, shares: Shares, families: Families, who: str) -> Ints:
    """Birth days: years of age at the birth of the eldest child, the middle of the span commonest."""
    low, high = (366 * years // 2 for years in shares.span("parent_ages", who))
    first, second = (chance.between(f"{who} age {k}", low, high, len(families)) for k in (1, 2))
    return families.eldest - first - second


def _parent_kind(families: Families, state: Ints) -> c.Column:
    stated = families.of_states(state, "parent")
    places = np.full(len(state), -1)
    for kind in ParentKind:
        places[stated == kind.value] = c.place_of(kind)
    return c.codes_of(ParentKind, places)


def _by_share(chance: Chance, families: Families, state: Ints, name: str, label: str) -> c.Column:
    """Yes by the share of each state; unknown in a state that says nothing."""
    given = {k: share for k, s in enumerate(families.states) if (share := getattr(s, name)) is not None}
    stated = np.isin(state, list(given))
    return c.yes_or_no(chance.happens_by(label, state, given)).forgetting(~stated)


def _disability(chance: Chance, shares: Shares, families: Families, state: Ints, who: str) -> tuple[Flags, Ints, Ints]:
    """Whether disabled, kind and grade: as the state has it, else by the share of parents."""
    usual = (shares.shares("disability.kind_of_adults"), shares.shares("disability.grade"))
    kinds = [(s.kinds or usual[0]).over(DisabilityKind) for s in families.states]
    grades = [(s.grades or usual[1]).over(DisabilityGrade) for s in families.states]
    by_state = np.array([s.grades is not None for s in families.states])[state]
    disabled = by_state | chance.happens(f"{who} disabled", shares.share("parents.disability"), len(state))
    none = c.place_of(DisabilityKind.NONE), c.place_of(DisabilityGrade.NONE)
    kind = np.where(disabled, chance.pick_by(f"{who} disability", state, kinds), none[0])
    grade = np.where(disabled, chance.pick_by(f"{who} grade", state, grades), none[1])
    return disabled, kind, grade

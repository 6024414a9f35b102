"""Conditions in one canonical form: two that come out alike for every choice of their atoms are one number, no others are."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinderguard.analysis.comparing.truths import ALWAYS, MOST, NEVER, TooManyDecisionsError, Truths

ATOMS = range(4)
FORMULAS = st.recursive(
    st.sampled_from([*ATOMS, True, False]),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.just("when"), inner, inner, inner),
    ),
    max_leaves=8,
)


def holds(formula, world):
    match formula:
        case bool():
            return formula
        case int():
            return world[formula]
        case "not", x:
            return not holds(x, world)
        case "and", x, y:
            return holds(x, world) and holds(y, world)
        case "or", x, y:
            return holds(x, world) or holds(y, world)
        case "when", c, x, y:
            return holds(x, world) if holds(c, world) else holds(y, world)


def made(truths, formula):
    match formula:
        case bool():
            return ALWAYS if formula else NEVER
        case int():
            return truths.atom(formula)
        case "not", x:
            return truths.negated(made(truths, x))
        case "and", x, y:
            return truths.both(made(truths, x), made(truths, y))
        case "or", x, y:
            return truths.either(made(truths, x), made(truths, y))
        case "when", c, x, y:
            return truths.chosen(made(truths, c), made(truths, x), made(truths, y))


@settings(max_examples=120, deadline=None)
@given(FORMULAS, FORMULAS)
def test_two_conditions_are_one_number_just_where_they_always_come_out_alike(one, other):
    truths = Truths()
    x, y = made(truths, one), made(truths, other)
    worlds = [dict(enumerate(world)) for world in product((True, False), repeat=len(ATOMS))]
    assert (x == y) is all(holds(one, w) == holds(other, w) for w in worlds)
    for world in worlds:
        assert truths.given(x, world) == (ALWAYS if holds(one, world) else NEVER)
    first = {0: True}
    rest = truths.given(x, first)
    assert 0 not in truths.atoms(rest)
    assert all(truths.given(rest, w) == truths.given(x, w) for w in worlds if w[0])


def test_a_sole_atom_is_told_from_its_contrary():
    truths = Truths()
    assert truths.sole(truths.atom(7)) == 7
    assert truths.sole(truths.negated(truths.atom(7))) is None


def test_a_condition_that_branches_too_much_is_refused():
    """Pairs far apart in the order of atoms: every choice of the first ones counts."""
    pairs = [("and", k, 100 + k) for k in range(20)]
    formula = pairs[0]
    for pair in pairs[1:]:
        formula = "or", formula, pair
    with pytest.raises(TooManyDecisionsError):
        made(Truths(), formula)
    assert MOST < 2**20

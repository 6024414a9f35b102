"""One meaning: the solver's terms give the reference engine's answer for generated rules and generated children.

Once with a child's facts asserted of free ones, as every proof has them; once with the facts as constants, which is fast
and goes through the same algebra. A nightly run tries more: ``KINDERGUARD_EXAMPLES=40000``.
"""

from hypothesis import given

from engines.agreement import examples, worlds
from engines.solving import ruling_of, solver_differences, stated_differences
from kinderguard.testing import strategies


@examples(150)
@given(worlds(3), strategies.cases())
def test_the_solver_gives_the_reference_engines_answer_with_a_cases_facts_asserted(world, case):
    place, rules = list(world.levels.items())[-1]
    assert solver_differences(ruling_of(rules, place or None), case) == {}


@examples(150)
@given(worlds(4), strategies.cases())
def test_the_solvers_algebra_gives_it_on_constants(world, case):
    for place, rules in world.levels.items():
        assert stated_differences(ruling_of(rules, place or None), case) == {}

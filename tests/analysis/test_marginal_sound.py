"""What a line says of one child with unknown facts holds of every child that it may turn out to be."""

from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import DAY, book_of, examples
from engines.test_frame_traps import TITLE
from engines.test_together import INCOME, VALUES, of, paid, rule_sets
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.analysis import marginal, what_if
from kinderguard.rules import child, household
from kinderguard.rules.ruleset import RuleSet

OTHERS = sorted(VALUES.keys() - {INCOME})


def line_of(book, case):
    return marginal(book, case, INCOME, over=(0, 1100), step=550, on=DAY)


def below(amount):
    return household.monthly_income_per_head <= r.yuan(amount)


@examples(12)
@given(rule_sets(), st.lists(st.sampled_from(OTHERS), min_size=1, max_size=2, unique=True), st.data())
def test_points_and_breaks_hold_of_whatever_the_child_turns_out_to_be(rules, unknown, data):
    book = book_of(rules)
    known = {path: data.draw(st.sampled_from(VALUES[path])) for path in OTHERS if path not in unknown}
    line = line_of(book, of(known))
    for point in (line.points[0], line.points[-1], *line.points[1:-1:9]):
        assert point.total == what_if(book, of(known), {INCOME: str(point.value)}, on=DAY).total()[1]
    ways = [of(known | dict(zip(unknown, way, strict=True))) for way in product(*(VALUES[path] for path in unknown))]
    for case in ways:
        for b in line.breaks:
            before, after = what_if(book, of_income(case, b.below), {INCOME: str(b.above)}, on=DAY).total()
            lost = before.amount - after.amount
            assert b.lost_low <= lost <= b.lost_high


def of_income(case, amount):
    return case.model_copy(update={"household": case.household.model_copy(update={"monthly_income_per_head": amount})})


def test_what_another_policy_makes_up_for_between_the_same_bounds_is_no_sure_cliff():
    """Of those on the street the adopted get 600 more where the grant ends, and lose nothing."""
    grant = paid("cn.grant", below(500), 600)
    street = r.Policy(
        "cn.street", TITLE, eligible=child.living_on_street, every=r.MONTH,
        amount=r.when(child.adopted & below(500), r.yuan(100)).otherwise(r.yuan(700)),
    )  # fmt: skip
    (cliff,) = line_of(book_of(RuleSet([], [grant, street])), Case()).cliffs
    assert (cliff.is_cliff, cliff.lost_low, cliff.lost_high) == (None, 0, 600)
    assert [move.code for move in cliff.policies] == ["cn.grant", "cn.street"]


def test_a_break_between_the_same_bounds_is_found():
    """Adopted or not, 600 yuan are due on one side of 500 alone."""
    either = paid("cn.either", (child.adopted & below(500)) | (~child.adopted & ~below(500)), 600)
    line = line_of(book_of(RuleSet([], [either])), Case())
    (cliff,) = line.cliffs
    assert (cliff.below, cliff.is_cliff, cliff.lost_low, cliff.lost_high) == (Decimal(500), None, -600, 600)
    assert {(p.total.low, p.total.high) for p in line.points} == {(0, 600)}


def test_what_is_unknown_is_the_same_on_both_sides():
    """An adopted child gets 400 or 300, another nothing: never 300 more, nor 400 less."""
    adopted = r.Policy(
        "cn.adopted", TITLE, eligible=child.adopted, every=r.MONTH,
        amount=r.when(below(500), r.yuan(400)).otherwise(r.yuan(300)),
    )  # fmt: skip
    (cliff,) = line_of(book_of(RuleSet([], [adopted])), Case()).cliffs
    assert (cliff.is_cliff, cliff.lost_low, cliff.lost_high) == (None, 0, 100)

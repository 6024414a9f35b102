"""What stacking comes to: the same whatever policies are called and however their rules are listed."""

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engines.agreement import World, examples
from engines.test_frame_traps import TITLE
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.rules import CircleError, child
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.stacking_order import Order

ADOPTED = Case.from_facts({"child.adopted": True})


def paid(code, amount, *stacking, eligible=None, **more):
    given = {"every": r.MONTH, "counties_may_narrow": True} | more
    condition = r.all_of() if eligible is None else eligible
    return r.Policy(code, TITLE, eligible=condition, amount=r.yuan(amount), stacking=stacking, **given)


def amounts(*policies, case=ADOPTED):
    result = World(RuleSet([], policies)).assess(case)
    return {code.removeprefix("cn."): int(p.amount) for code, p in result.policies.items()}


def either_way(one, other):
    """Two rules, listed in both orders."""
    return [(one, other), (other, one)]


def capped(limit, group="g"):
    return r.capped(group, r.yuan(limit))


ORPHAN, A, B = "cn.o", "cn.a", "cn.b"


# ---- within one policy ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", either_way(r.excludes(ORPHAN), capped(200)))
def test_what_a_cap_leaves_takes_nothing_higher_away(rules):
    assert amounts(paid(ORPHAN, 1500), paid("cn.x", 1600, *rules)) == {"o": 1500, "x": 0}


@pytest.mark.parametrize("rules", either_way(r.tops_up(counting=[A], to=r.yuan(1000)), capped(300)))
def test_a_top_up_is_capped_wherever_it_is_listed(rules):
    assert amounts(paid(A, 400), paid("cn.x", 900, *rules)) == {"a": 400, "x": 300}


@pytest.mark.parametrize(
    "rules", either_way(r.tops_up(counting=[r.yuan(5)], to=r.yuan(900)), r.excludes(ORPHAN, keep="other"))
)
def test_a_top_up_revives_nothing_that_gave_way(rules):
    assert amounts(paid(ORPHAN, 100), paid("cn.x", 50, *rules)) == {"o": 100, "x": 0}


@pytest.mark.parametrize("rules", either_way(r.excludes(A), r.excludes(B)))
def test_who_gives_way_to_one_takes_no_other_away(rules):
    assert amounts(paid(A, 100), paid(B, 300), paid("cn.x", 200, *rules)) == {"a": 100, "b": 300, "x": 0}


@pytest.mark.parametrize("rules", either_way(r.excludes(A, keep="this"), r.excludes(B, keep="other")))
def test_who_gives_way_does_not_take_away_whatever_it_pays(rules):
    assert amounts(paid(A, 100), paid(B, 1), paid("cn.x", 200, *rules)) == {"a": 100, "b": 1, "x": 0}


def test_one_pair_may_be_decided_either_way_each_under_its_condition():
    choice = r.excludes(ORPHAN, keep="this", when=child.adopted), r.excludes(ORPHAN, keep="other", when=~child.adopted)
    policies = paid(ORPHAN, 100), paid("cn.x", 50, *choice)
    assert amounts(*policies) == {"o": 0, "x": 50}
    assert amounts(*policies, case=Case.from_facts({"child.adopted": False})) == {"o": 100, "x": 0}


# ---- among policies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high"), [("cn.a", "cn.z"), ("cn.z", "cn.a")])
def test_of_several_that_exclude_one_by_the_higher_each_is_held_against_what_it_paid(low, high):
    found = amounts(paid(ORPHAN, 1500), paid(low, 1000, r.excludes(ORPHAN)), paid(high, 1900, r.excludes(ORPHAN)))
    assert found == {"o": 0, low[3:]: 0, high[3:]: 1900}


@pytest.mark.parametrize("code", ["cn.a", "cn.z"])
def test_a_top_up_counts_what_is_left_in_the_end(code):
    top = paid(code, 2000, r.tops_up(counting=[ORPHAN]))
    assert amounts(paid(ORPHAN, 1500), paid("cn.m", 1900, r.excludes(ORPHAN)), top) == {
        "o": 0,
        "m": 1900,
        code[3:]: 2000,
    }


@pytest.mark.parametrize("code", ["cn.a", "cn.z"])
def test_who_gives_way_to_another_is_asked_after_those_that_take_that_away(code):
    yields = paid(code, 50, r.excludes(ORPHAN, keep="other"))
    assert amounts(paid(ORPHAN, 100), paid("cn.m", 1, r.excludes(ORPHAN, keep="this")), yields) == {
        "o": 0,
        "m": 1,
        code[3:]: 50,
    }


@pytest.mark.parametrize("code", ["cn.a", "cn.z"])
def test_what_is_taken_away_whatever_it_pays_is_no_longer_the_higher(code):
    compares = paid(code, 50, r.excludes(ORPHAN))
    assert amounts(paid(ORPHAN, 100), paid("cn.m", 1, r.excludes(ORPHAN, keep="this")), compares) == {
        "o": 0,
        "m": 1,
        code[3:]: 50,
    }


@pytest.mark.parametrize("code", ["cn.a", "cn.z"])
def test_what_leaves_a_cap_group_makes_room_in_it(code):
    members = [paid(c, 800, capped(1000)) for c in ("cn.b", "cn.c")]
    found = amounts(*members, paid(code, 1, r.excludes("cn.b", keep="this")))
    assert found == {"b": 0, "c": 800, code[3:]: 1}


@pytest.mark.parametrize(("one", "other"), [("cn.a", "cn.b"), ("cn.b", "cn.a")])
def test_in_a_cap_group_one_that_names_another_comes_after_it(one, other):
    assert amounts(paid(one, 600, capped(1000)), paid(other, 900, capped(1000), r.excludes(one))) == {
        one[3:]: 600, other[3:]: 0,
    }  # fmt: skip


@pytest.mark.parametrize("code", ["cn.a", "cn.n"])
def test_a_circle_of_what_is_paid_is_told_with_what_ties_it_together(code):
    top, other = (
        paid(code, 2000, r.tops_up(counting=[ORPHAN])),
        paid("cn.m", 1900, r.excludes(ORPHAN), r.excludes(code)),
    )
    with pytest.raises(CircleError) as error:
        RuleSet([], [paid(ORPHAN, 1500), top, other])
    assert {*error.value.members} == {ORPHAN, code, "cn.m"}
    for said in (
        f"cn.m looks at what {code} pays", f"{code} looks at what cn.o pays", "cn.m may take cn.o away",
        "have a top-up count that too",
    ):  # fmt: skip
        assert said in error.value.text.en
    for said in (f"{code} 要看 cn.o 发多少", "cn.m 可能取代 cn.o", "列入 counting"):
        assert said in error.value.text.zh
    # Taking both away looks at neither.
    takes = [r.excludes(each, keep="this") for each in (ORPHAN, code)]
    assert amounts(paid(ORPHAN, 1500), top, paid("cn.m", 1900, *takes)) == {"o": 0, code[3:]: 0, "m": 1900}


# ---- of any policies ------------------------------------------------------------------------------------------------

CONDITIONS = st.sampled_from([r.all_of(), child.adopted, ~child.adopted])
#: Codes whose order is not that of the policies.
CODES = [f"cn.p{k}" for k in range(5)]


@attrs.frozen
class Drawn:
    """A policy; of whom its rules speak stands as a number of an earlier one."""

    eligible: object
    amount: int | None
    #: What is needed to write each rule down, given the codes.
    rules: tuple
    #: Whether it belongs to the cap group.
    capped: bool


@st.composite
def drawn(draw):
    """Policies each of which may name earlier ones; of those in the cap group only what they count is asked."""
    made = []
    for k in range(draw(st.integers(2, 5))):
        amount = draw(st.sampled_from([None, 0, 100, 200, 300, 500]))
        in_group = amount is not None and draw(st.integers(0, 3)) == 0
        free = [j for j in range(k) if not made[j].capped]
        rules = []
        for j in draw(st.lists(st.sampled_from(free), unique=True, max_size=3)) if free else []:
            compares = amount is not None and made[j].amount is not None
            kinds = (
                (["tops_up"] if compares else [])
                if in_group
                else ["this", "other", *(["higher", "tops_up"] if compares else [])]
            )
            if kinds:
                rules.append((draw(st.sampled_from(kinds)), j, draw(st.none() | CONDITIONS)))
        made.append(Drawn(draw(CONDITIONS), amount, tuple(rules), in_group))
    return made


def ruled(policies, codes, lists):
    """The rule set, each policy with its rules in one of its orders; None where they go in a circle."""
    found = []
    for k, policy in enumerate(policies):
        counted = [codes[j] for kind, j, _ in policy.rules if kind == "tops_up"]
        stacking = [r.excludes(codes[j], keep=kind, when=when) for kind, j, when in policy.rules if kind != "tops_up"]
        stacking += [r.tops_up(counting=counted)] if counted else []
        stacking += [capped(400)] if policy.capped else []
        stacking = [stacking[i] for i in lists(len(stacking))]
        what = {"service": TITLE} if policy.amount is None else {"amount": r.yuan(policy.amount), "every": r.MONTH}
        found.append(r.Policy(codes[k], TITLE, eligible=policy.eligible, stacking=stacking, **what))
    try:
        return RuleSet([], found)
    except CircleError:
        return None


@examples(80)
@given(drawn(), st.permutations(CODES), st.data(), st.sampled_from([True, False, None]))
def test_neither_names_nor_lists_change_what_anybody_is_paid(policies, codes, data, adopted):
    """In a cap group the codes say who gives way; its total is the same."""
    one = ruled(policies, CODES, range)
    other = ruled(policies, codes, lambda count: data.draw(st.permutations(range(count))))
    assert (one is None) is (other is None)
    assume(one is not None)
    case = Case() if adopted is None else Case.from_facts({"child.adopted": adopted})
    results = [World(rules).assess(case) for rules in (one, other)]
    in_group = []
    for k, policy in enumerate(policies):
        a, b = (result.policies[code[k]] for result, code in zip(results, (CODES, codes), strict=True))
        if policy.capped:
            in_group.append((a.amount, b.amount))
        else:
            assert (a.eligible, a.granted, a.low, a.high) == (b.eligible, b.granted, b.low, b.high)
    if adopted is not None and in_group:
        totals = [sum(column) for column in zip(*in_group, strict=True)]
        assert totals[0] == totals[1] <= 400


@examples(60)
@given(drawn(), st.sampled_from([True, False, None]))
def test_who_is_taken_away_with_what_it_counts_need_not_know_of_it(policies, adopted):
    """That makes bounds narrower, and changes nothing that is known."""
    rules = ruled(policies, CODES, range)
    assume(rules is not None)
    case = Case() if adopted is None else Case.from_facts({"child.adopted": adopted})
    found = World(rules).assess(case).policies
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Order, "idle", lambda *_: [])
        plain = World(rules).assess(case).policies
    for code in found:
        assert found[code].eligible is plain[code].eligible
        if adopted is not None:
            assert (found[code].amount, found[code].granted) == (plain[code].amount, plain[code].granted)
        elif found[code].is_cash:
            assert plain[code].low <= found[code].low <= found[code].high <= plain[code].high


def test_an_allowance_that_gives_way_together_with_what_it_counts_counts_it():
    first, counted = paid(ORPHAN, 1500, eligible=child.adopted), paid(A, 100)
    top = paid("cn.t", 1900, r.tops_up(counting=[A]))
    taking = attrs.evolve(first, code="cn.u", stacking=[r.excludes(c, keep="this") for c in (A, "cn.t")])
    result = World(RuleSet([], [counted, top, taking])).assess(Case())
    assert (result.policies["cn.t"].low, result.policies["cn.t"].high) == (0, 1800)


def test_a_cap_says_its_limit_and_what_was_counted():
    members = [paid(f"cn.{code}", amount, capped(1000)) for code, amount in (("a", 800), ("b", 100), ("c", 600))]
    explanation = World(RuleSet([], members)).assess(ADOPTED).explain("cn.c")
    assert "合计不超过上限 1,000元；同组已计 900元：600.00元 → 100.00元" in explanation.text("zh")
    assert "capped in total at 1,000 yuan; 900 yuan of the group counted already" in explanation.text("en")
    assert explanation.text("en").count("counted: ") == 2
    (first,) = World(RuleSet([], members[:1])).assess(ADOPTED).policies["cn.a"].stacking
    assert not first.changed

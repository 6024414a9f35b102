"""The law of grouping, whatever the pairs, IDs and decisions: no chain ever joins what may not be one child."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kinderguard.survey.linking import Band, LinkDecisionError, Pair, PairDecision, RowKey
from kinderguard.survey.linking.grouping import grouped

ROWS = [RowKey(code, "1", number) for code in "abc" for number in (1, 2, 3)]
TWOS = list(combinations(ROWS, 2))


@st.composite
def found(draw):
    """Pairs with bands and weights, some apart; IDs, each of up to a few rows."""
    ids = draw(st.dictionaries(st.sampled_from(ROWS), st.integers(0, 2)))
    pairs = {}
    for two in draw(st.lists(st.sampled_from(TWOS), unique=True)):
        band = draw(st.sampled_from(Band))
        left, right = (ids.get(r) for r in two)
        if left is not None and right is not None:
            band = Band.SAME if left == right else Band.DIFFERENT  # as judging has it
        apart = band is not Band.SAME and draw(st.booleans())
        pairs[two] = Pair(*two, band, draw(st.integers(-9, 20)) + 0.5, (), (), apart)
    return ids, pairs


@st.composite
def decided(draw):
    verdicts = st.sampled_from([Band.SAME, Band.DIFFERENT])
    return [
        PairDecision(*two, draw(verdicts)) for two in draw(st.lists(st.sampled_from(TWOS), unique=True, max_size=4))
    ]


@given(found(), decided())
def test_no_group_holds_two_ids_or_a_pair_that_was_decided_to_be_different(given_, decisions):
    ids, pairs = given_
    try:
        grouping = grouped(ids, pairs, decisions)
    except LinkDecisionError:
        return  # the decisions cannot all be followed: said, not guessed
    for row in ROWS:
        group = grouping.of(row)
        assert row in group
        assert len({ids[r] for r in group if r in ids}) <= 1
    for decision in decisions:
        together = decision.right in grouping.of(decision.left)
        assert together is (decision.verdict is Band.SAME)


@given(found())
def test_without_decisions_no_group_holds_a_pair_apart_or_two_rows_of_a_list_that_were_not_found_the_same(given_):
    ids, pairs = given_
    grouping = grouped(ids, pairs, [])
    for left, right in TWOS:
        if right in grouping.of(left):
            pair = pairs.get((left, right))
            assert pair is None or not pair.apart
            assert left.source != right.source or (pair is not None and pair.band is Band.SAME)


@given(found())
def test_a_pair_is_open_only_where_joining_it_is_still_possible_and_needed(given_):
    ids, pairs = given_
    grouping = grouped(ids, pairs, [])
    for pair in pairs.values():
        if grouping.is_open(pair):
            assert pair.right not in grouping.of(pair.left)
            assert pair.band is not Band.DIFFERENT
            answered = grouped(ids, pairs, [pair.decide(Band.SAME)])
            assert pair.right in answered.of(pair.left)
            assert not answered.is_open(pair)


@given(found())
def test_an_answer_joins_what_belongs_to_the_two_rows_without_doubt(given_):
    """Nothing that was joined before falls apart because a person said that two rows are one child."""
    ids, pairs = given_
    before = grouped(ids, pairs, [])
    for pair in pairs.values():
        if before.is_open(pair):
            after = grouped(ids, pairs, [pair.decide(Band.SAME)])
            assert before.of(pair.left) | before.of(pair.right) <= after.of(pair.left)


@given(found(), st.randoms(use_true_random=False))
def test_the_order_in_which_pairs_come_does_not_matter(given_, random):
    ids, pairs = given_
    shuffled = list(pairs.items())
    random.shuffle(shuffled)
    one, other = grouped(ids, pairs, []), grouped(ids, dict(shuffled), [])
    assert all(one.of(row) == other.of(row) for row in ROWS)

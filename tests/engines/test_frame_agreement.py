"""One meaning: the frame engine gives the reference engine's answer for generated rules and generated children.

All agreement tests together (``test_frame_agreement*.py``) try at least 2,000 examples in every run. A nightly run tries
more: ``KINDERGUARD_EXAMPLES=40000 pytest -n auto --dist loadfile tests/engines``. What they found has a test of its own
in ``test_frame_regressions.py``.
"""

from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import children, differences, examples, worlds


@examples(1010)
@given(worlds(), children(), st.booleans())
def test_the_frame_engine_gives_the_reference_engines_answer(world, cases, full):
    rows = world.frame(cases, full=full).to_dicts()
    for case, row in zip(cases, rows, strict=True):
        assert differences(world.assess(case), row) == {}

"""One meaning: the frame engine gives the reference engine's answer for generated rules and generated children.

All agreement tests together (``test_frame_agreement*.py``) try at least 1,700 examples in every run, and all tests of this
folder at least 2,000. A nightly run tries more: ``KINDERGUARD_EXAMPLES=40000 pytest -n auto --dist loadfile tests/engines``.
What they found has a test of its own in ``test_frame_regressions.py``.
"""

from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import children, differences, examples, reasons_of_a_refusal, worlds


@examples(710)
@given(worlds(), children(), st.booleans())
def test_the_frame_engine_gives_the_reference_engines_answer_and_its_reasons(world, cases, full):
    rows = world.frame(cases, full=full, reasons=True).to_dicts()
    for case, row in zip(cases, rows, strict=True):
        assessment = world.assess(case)
        assert differences(assessment, row) == {}
        refused = [code for code, holds in assessment.categories.items() if holds is False]
        for code in refused[:1]:
            assert reasons_of_a_refusal(assessment, code) <= set(row["reasons"])

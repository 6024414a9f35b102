"""One meaning: the frame engine gives the reference engine's answer for generated rules and generated children."""

import os

from hypothesis import HealthCheck, given, settings

from engines.agreement import children, differences, worlds

#: The profile for nightly runs sets more.
EXAMPLES = int(os.environ.get("KINDERGUARD_EXAMPLES", "600"))
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@MANY
@given(worlds(), children())
def test_the_frame_engine_gives_the_reference_engines_answer(world, cases):
    rows = world.frame(cases).to_dicts()
    for case, row in zip(cases, rows, strict=True):
        assert differences(world.assess(case), row) == {}

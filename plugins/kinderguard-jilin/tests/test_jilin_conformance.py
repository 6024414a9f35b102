"""The pack passes every check of kinderguard's conformance suite, from its wheel too: without exceptions."""

from pathlib import Path

from kinderguard.testing import parametrize_with_checks


@parametrize_with_checks("22", cases=Path(__file__).parents[1] / "cases")
def test_the_pack_conforms(check):
    check()

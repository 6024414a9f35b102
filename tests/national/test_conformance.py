"""The national pack passes every check that a county's must, without exceptions."""

from kinderguard.testing import parametrize_with_checks


@parametrize_with_checks("cn")
def test_the_national_pack_conforms(check):
    check()

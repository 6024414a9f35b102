"""What others build on stays: today's public surface against the last snapshot."""

import pytest

from public_api import SNAPSHOT, broken, public_api


def test_nothing_that_was_public_is_gone_or_called_otherwise():
    """Mend: bring it back and deprecate it first (docs/stability.md). Before a first release: `make api`."""
    assert broken(SNAPSHOT.read_text("utf-8").splitlines(), public_api()) == []


def test_what_is_new_is_in_the_snapshot():
    """So that a review sees it. Mend: `make api`."""
    assert set(public_api()) - set(SNAPSHOT.read_text("utf-8").splitlines()) == set()


@pytest.mark.parametrize(
    ("before", "now", "lost"),
    [
        (["def k.f(a, b=1)"], ["def k.f(a, b=1, *, c=None)"], []),
        (["def k.f(a, *, b=1)"], ["def k.f(a, b=1)"], []),
        (["def k.f(a)"], ["def k.f(a=None)"], []),
        (["def k.f(a)"], ["def k.f(a, b)"], ["changed: def k.f(a) -> def k.f(a, b)"]),
        (["def k.f(a, b)"], ["def k.f(b, a)"], ["changed: def k.f(a, b) -> def k.f(b, a)"]),
        (["def k.f(*, a=1)"], ["def k.f()"], ["changed: def k.f(*, a=1) -> def k.f()"]),
        (["def k.f()"], [], ["gone: def k.f()"]),
        (["hook k(a)"], ["hook k(a, b)"], ["changed: hook k(a) -> hook k(a, b)"]),
        (["policy cn.x"], ["policy cn.y"], ["gone: policy cn.x"]),
        (["member k.C.A = 'a'"], ["member k.C.A = 'b'"], ["gone: member k.C.A = 'a'"]),
    ],
)
def test_what_breaks_others_is_told_from_what_does_not(before, now, lost):
    assert broken(before, now) == lost

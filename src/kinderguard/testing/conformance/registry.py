"""The checks by their stable ids, in the order in which they are made. Each is a small function of a ``Subject``.

Ids are public: pytest shows them, ``expected_failures`` names them, the documentation lists them.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.text import Text
from kinderguard.testing.conformance.results import Finding, Note

if TYPE_CHECKING:
    from kinderguard.testing.conformance.subject import Subject


class Needs(IntEnum):
    """What must be there before a check can be made; each includes those before it."""

    #: Only that the pack was found.
    NOTHING = 0
    #: The ``Pack`` as a value.
    PACK = 1
    #: The pack, put together with those above it.
    BOOK = 2


Found = Iterator[Finding | Note]


class Skip(Exception):  # noqa: N818  it is no error: a check raises it to say that it cannot be made here
    """A check that cannot be made, and why."""

    def __init__(self, zh: str, en: str) -> None:
        self.reason = Text(zh, en)
        super().__init__(en)


@attrs.frozen
class PackCheck:
    """One check.

    Args:
        check_id: its stable id.
        title: what is checked.
        protects: what goes wrong for a child, an official or an author where it fails.
        mend: what to do in general; a finding says what to do there.
        needs: what must be there.
        run: gives what was found.
    """

    check_id: str
    title: Text
    protects: Text
    mend: Text
    needs: Needs
    run: "Callable[[Subject], Found]" = attrs.field(eq=False, repr=False)


class UnknownCheckError(ToldError, KeyError):
    """There is no check of this id; the nearest one is offered."""

    def __init__(self, check_id: str) -> None:
        self.check_id = check_id
        super().__init__(
            Text(
                f"没有名为 {check_id!r} 的检查；可用：{'、'.join(CHECKS)}。",
                f"There is no check {check_id!r}; there are {', '.join(CHECKS)}.",
            )
            + suggestion(check_id, CHECKS)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.check_id,)


#: Every check by its id, in the order of registration.
CHECKS: dict[str, PackCheck] = {}


def check(
    check_id: str, *, title: Text, protects: Text, mend: Text, needs: Needs = Needs.PACK
) -> "Callable[[Callable[[Subject], Found]], Callable[[Subject], Found]]":
    """Register a function as the check of this id."""

    def register(run: "Callable[[Subject], Found]") -> "Callable[[Subject], Found]":
        assert check_id not in CHECKS, check_id
        CHECKS[check_id] = PackCheck(check_id, title, protects, mend, needs, run)
        return run

    return register


def checks_named(only: "tuple[str, ...] | None" = None) -> tuple[PackCheck, ...]:
    """The checks of these ids, in the fixed order; all of them where none is named.

    Raises:
        UnknownCheckError: with the nearest id.
    """
    for check_id in only or ():
        if check_id not in CHECKS:
            raise UnknownCheckError(check_id)
    return tuple(c for c in CHECKS.values() if only is None or c.check_id in only)

"""How plain a fact's value is: what a person writes of a child of whom nothing more is meant to be said.

Called where cases are proposed, so that a case about an age does not say in passing that the child has HIV. It decides
nothing about a rule, and judges nobody: "plain" is only what goes without saying.
"""

from collections.abc import Iterable
from typing import Any

#: Yes-or-no facts of which "yes" goes without saying; of all others it is "no".
_ORDINARILY_YES = frozenset(
    {
        "supports_child", "can_act_as_guardian", "capable", "counted", "property_within_limits", "full_time",
        "continuous_since_18", "reported", "resolved",
    }
)  # fmt: skip
#: Codes that say that there is nothing to say.
_ORDINARY_CODES = frozenset({"none", "healthy", "parental", "birth", "good"})
#: Lists that are empty for most children, and say much of the one for whom they are not.
_WEIGHTY_LISTS = frozenset({"harms", "risks", "unfit_grounds", "state_guardianship"})


def is_plain(path: str, value: Any) -> bool:
    """Whether a value goes without saying.

    >>> is_plain("child.illness.hiv", False), is_plain("father.supports_child", False)
    (True, False)
    """
    name = path.rpartition(".")[2]
    if isinstance(value, bool):
        return value is (name in _ORDINARILY_YES and not path[:1].isdigit())
    if isinstance(value, list):
        return not value
    return value in _ORDINARY_CODES if isinstance(value, str) else False


def says_much(path: str, value: Any) -> bool:
    """Whether a value is one that nobody would write who means something else: any "yes" or "no" that is not plain too."""
    if is_plain(path, value):
        return False
    return isinstance(value, bool) or path.rpartition(".")[2] in _WEIGHTY_LISTS


def plainest_first(path: str, values: Iterable[Any]) -> list[Any]:
    """The values with the plain ones first, else in their order.

    >>> plainest_first("child.illness.hiv", [True, False])
    [False, True]
    """
    return sorted(values, key=lambda value: not is_plain(path, value))

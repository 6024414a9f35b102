"""What a plot raises where there is nothing of the kind that was to be drawn."""

from typing import Any

from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.text import Text


class NothingToDrawError(ToldError, ValueError):
    """There is nothing of the kind that was to be drawn."""


def absent(given: str, known: Any) -> NothingToDrawError:
    """Of a name that is not there, with those that are."""
    near = suggestion(given, list(known)) or Text("", "")
    return NothingToDrawError(
        Text(
            f"这里没有 {given!r}；有 {'、'.join(known)}。", f"There is no {given!r} here; there are {', '.join(known)}."
        )
        + near
    )

"""The solver engine (extra ``[prove]``): what holds of the rules for every possible child.

Asked through the policy book: ``book.prove(...)``, ``book.prove_same(...)``, ``book.exact_bounds(...)``. It never says
"refuted" of what the reference engine does not confirm.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kinderguard.engines.prove.proof import Proof
    from kinderguard.engines.prove.report import ProofReport


def prove(
    book: Any,
    *,
    division: str | None = None,
    on: dt.date | None = None,
    household: int = 3,
    seconds: float = 10.0,
    progress: "Callable[[int, Proof], None] | None" = None,
    questions: Sequence[str] | None = None,
    about: Iterable[str] | None = None,
) -> "ProofReport":
    """See ``PolicyBook.prove``."""
    asked = {} if questions is None else {"questions": questions}
    report: ProofReport = book.prove(
        division, on=on, household=household, seconds=seconds, progress=progress, about=about, **asked
    )
    return report


__all__ = ["prove"]

"""Read by mypy alone (``make check``): the public names are typed, so that a wrong use of one is refused."""

import datetime as dt

import kinderguard
from kinderguard.analysis import plots, synthesize
from kinderguard.casefile import CaseStore
from kinderguard.testing import check_pack

book: kinderguard.PolicyBook = kinderguard.load()
wrong: int = kinderguard.load()  # type: ignore[assignment]
result: kinderguard.Assessment = book.assess(kinderguard.Case(), on=dt.date(2025, 9, 1))
people: int = synthesize(5)  # type: ignore[assignment]
plot: int = plots.timeline  # type: ignore[assignment]
store: int = CaseStore("sqlite://")  # type: ignore[assignment]
check: int = check_pack  # type: ignore[assignment]

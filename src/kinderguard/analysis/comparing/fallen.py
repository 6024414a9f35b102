"""Why children fall out of a rule: the conditions that hold by the book as it is and fail by the reform.

Of the alternatives of an "or" only those are told that held. Of a condition without a name, the parts that changed are told
instead of the whole. Only the children who fall out are assessed once more. Called by the comparison, part by part.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

import attrs
import polars as pl

from kinderguard.analysis.people import People, Piece, job_of
from kinderguard.engines.plan import Plan
from kinderguard.engines.reasons import UnknownReasonError, inner_conditions
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.job import FrameJob
from kinderguard.rules import nodes as n

#: So many reasons of a rule that children fall out of are told, the most frequent first.
REASONS = 8


@attrs.frozen
class Why:
    """Why children fall out of a rule, and how many of them: a condition that held by the book and fails by the reform.

    Args:
        code: ``rule:step``, as ``book.reason`` takes it; ``absent`` where the reform has no such rule.
        title: the condition, in both languages.
        children: of how many it fails. Several may fail for one child.
    """

    code: str
    title: Text
    children: int


class Fallen:
    """Counts the reasons while parts come in.

    Args:
        base, reform: the two books.
        day: the day.
        people: the children.
        places: the places of each set of jobs.
    """

    def __init__(
        self, base: PolicyBook, reform: PolicyBook, day: dt.date, people: People, places: Sequence[pl.Series]
    ) -> None:
        self._books = {"hold": base, "fail": reform}
        self._day, self._people, self._places = day, people, places
        self._jobs: dict[tuple[int, str], FrameJob] = {}
        self._why: dict[str, Counter[str]] = {}
        self._place_of: dict[str, str | None] = {}
        self._parts: dict[tuple[int, str], Mapping[str, n.Node]] = {}

    def add(self, piece: Piece, out: Mapping[str, pl.Series]) -> None:
        """Count some children.

        Args:
            piece: the children.
            out: by rule, who of them falls out.
        """
        out = {code: mask for code, mask in out.items() if mask.any()}
        if not out:
            return
        any_of = pl.DataFrame(list(out.values())).select(pl.any_horizontal(pl.all()).alias("out")).to_series()
        rows = piece.rows.filter(any_of)
        conditions = pl.DataFrame(
            [self._job(piece.jobs, how).assess(rows, piece.tables)["reasons"].alias(how) for how in ("hold", "fail")]
        ).with_columns(piece.places.filter(any_of).alias("place"))
        for code, mask in out.items():
            theirs = conditions.filter(mask.filter(any_of)).with_columns(
                pl.col(how).list.eval(_of_rule(code)).list.join("|") for how in ("hold", "fail")
            )
            counts = self._why.setdefault(code, Counter())
            for held, failing, place, children in theirs.group_by("hold", "fail", "place").len().iter_rows():
                for why in self._changed(code, place, set(held.split("|")), failing.split("|")):
                    counts[why] += children
                    self._place_of.setdefault(why, place)

    def _job(self, number: int, how: str) -> FrameJob:
        found = self._jobs.get((number, how))
        if found is None:
            people = self._people
            make = job_of(self._books[how], self._day, people, reasons=how)
            found = self._jobs[number, how] = make(
                people.schema, self._places[number], people.empty_tables, people.full
            )
        return found

    def _changed(self, rule: str, place: str | None, held: set[str], failing: Sequence[str]) -> list[str]:
        """The conditions that failed to go on holding, each by its smallest parts; all that fail, where none is alike."""
        before, after = (self._conditions(book, rule, place) for book in self._books.values())
        held_nodes = {before[code] for code in held if code in before}
        known = set(before.values())
        new = [c for c in failing if c in after and (after[c] in held_nodes or after[c] not in known)]
        smallest = [c for c in new if not any(other.startswith(f"{c}.") for other in new)]
        return smallest or [c for c in failing if "." not in c]

    def _conditions(self, book: PolicyBook, rule: str, place: str | None) -> Mapping[str, n.Node]:
        plan = book.overlay(self._people.division or place).in_force(self._day).plan
        key = id(plan), rule
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = _nodes(plan, rule)
        return found

    def why(self, code: str) -> list[Why]:
        """Why children fall out of a rule: the most frequent reasons first, of as frequent ones the shortest."""
        found = [Why(c, self._titled(c), count) for c, count in self._why.get(code, Counter()).items()]
        return sorted(found, key=lambda why: (-why.children, len(why.title.en), why.code))[:REASONS]

    def _titled(self, code: str) -> Text:
        division = self._people.division or self._place_of[code]
        try:
            return self._books["fail"].reason(code, on=self._day, division=division).title
        except UnknownReasonError:
            return Text(code, code)


def _of_rule(code: str) -> pl.Expr:
    element = pl.element().cast(pl.String)
    return element.filter(element.str.starts_with(f"{code}:"))


def _nodes(plan: Plan, rule: str) -> Mapping[str, n.Node]:
    if rule not in plan.categories and rule not in plan.policies:
        return {}
    root = plan.categories[rule] if rule in plan.categories else plan.policies[rule].eligible
    conditions = inner_conditions(rule, root, {step: code for code, step in plan.categories.items()})
    return {f"{rule}:{code}": parts[0].node for code, parts in conditions.items()}


__all__ = ["REASONS", "Fallen", "Why"]

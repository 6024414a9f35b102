"""Which boundaries of the rules an author's policy cases reach, and cases for those that they don't.

A boundary is covered where one case stands on the line (both sides equal; or as near as whole fen come to a line between
two of them), and cases within one unit of it come out both ways. A rule with ``<`` for ``<=`` can then not pass.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.model.errors import KinderguardError
from kinderguard.model.text import Language, Text, join, same
from kinderguard.packs.book import PolicyBook
from kinderguard.rules.boundaries import Boundary
from kinderguard.rules.titles import Titles
from kinderguard.testing.case_outcomes import PolicyCase
from kinderguard.testing.comparing import compared, is_computed
from kinderguard.testing.proposals import ProposedCase, cases_at


@attrs.frozen
class Reached:
    """How near cases come to one boundary: the names of those that do.

    Args:
        on_the_line: both sides are equal.
        holds, fails: within one unit, and the comparison holds or fails.
        computed: whether the rule was in force where and when any case was assessed.
    """

    boundary: Boundary
    on_the_line: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    computed: bool = False

    @property
    def covered(self) -> bool:
        """Whether cases stand on the line and come out both ways beside it."""
        return bool(self.on_the_line and self.holds and self.fails)

    @property
    def lacking(self) -> Text:
        """What is missing for it to be covered."""
        if not self.computed:
            return Text(
                "没有用例在该规则生效的地区和日期", "no case is at a place and on a day where the rule is in force"
            )
        lacks = [
            (self.on_the_line, Text("恰好在界线上", "exactly on the line")),
            (self.holds, Text("界线旁成立的一侧", "beside the line, where it holds")),
            (self.fails, Text("界线旁不成立的一侧", "beside the line, where it fails")),
        ]
        missing = [what for names, what in lacks if not names]
        which = join(missing, "、", "; ")
        return Text(f"缺少用例：{which.zh}", f"no case {which.en}") if missing else same("")


@attrs.frozen
class BoundaryCoverage:
    """The boundaries of some rules, each with the cases that reach it; those that ask nothing of a child are left out."""

    reached: tuple[Reached, ...]

    @property
    def missing(self) -> tuple[Boundary, ...]:
        """The boundaries that are not covered."""
        return tuple(r.boundary for r in self.reached if not r.covered)

    @property
    def complete(self) -> bool:
        """Whether every boundary is covered."""
        return not self.missing

    def text(self, lang: Language, titles: Titles | None = None) -> str:
        """One line a boundary, and what is lacking."""
        lines = []
        for r in self.reached:
            said = f"{'✓' if r.covered else '✗'} [{r.boundary.id}] {r.boundary.text(lang, titles)}"
            lines.append(said if r.covered else f"{said} — {r.lacking.in_(lang)}")
        total, covered = len(self.reached), len(self.reached) - len(self.missing)
        lines.append(
            Text(f"界线 {total} 条，已覆盖 {covered} 条", f"{covered} of {total} boundaries covered").in_(lang)
        )
        return "\n".join(lines)


def covered(boundaries: Iterable[Boundary], cases: Sequence[PolicyCase], book: PolicyBook) -> BoundaryCoverage:
    """Which boundaries the cases reach on both sides, as the reference engine computes them.

    Args:
        boundaries: of ``rules.boundaries.boundaries``.
        cases: of ``read_policy_cases``. Whether they pass does not matter here; one that cannot be run reaches nothing.
        book: the rules.
    """
    found = {b: Reached(b) for b in boundaries if b.asks_the_child}
    for case in cases:
        try:
            result = book.assess(case.case(), on=case.day, division=case.division)
        except KinderguardError:
            continue
        plan = result.basis.bound.plan
        for boundary, reached in found.items():
            if is_computed(plan, boundary):
                found[boundary] = _with(attrs.evolve(reached, computed=True), case.name, result)
    return BoundaryCoverage(tuple(found.values()))


def _with(reached: Reached, name: str, result: Assessment) -> Reached:
    beside = [c for c in compared(result, reached.boundary) if c.is_beside]

    def added(names: tuple[str, ...], there: bool) -> tuple[str, ...]:
        return (*names, name) if there else names

    return attrs.evolve(
        reached,
        on_the_line=added(reached.on_the_line, any(c.is_on_the_line for c in beside)),
        holds=added(reached.holds, any(c.holds for c in beside)),
        fails=added(reached.fails, any(not c.holds for c in beside)),
    )


def proposals(
    boundaries: Iterable[Boundary],
    book: PolicyBook,
    *,
    on: dt.date,
    division: str | None,
    base: Mapping[str, object] | None = None,
) -> tuple[ProposedCase, ...]:
    """The cases of ``cases_at`` for several boundaries."""
    return tuple(c for b in boundaries for c in cases_at(b, book, on=on, division=division, base=base))


__all__ = ["BoundaryCoverage", "ProposedCase", "Reached", "cases_at", "covered", "proposals"]

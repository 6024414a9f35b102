"""``coverage``: who is eligible, who receives it, who is missed; and what keeps children undetermined.

Whether a child receives a policy's help is read from the help received (``help``): a record of that policy that runs on the
day. The list claims to be whole, so that a child with a list and no such record does not receive it; of one without a list
that is not known, and never taken as "no". Dibao and support as extremely poor are received too where the household's aid
status says so; where that is not known, neither is whether they are received. Eligibility is what the rules say, bounds and all.
Who is eligible, but to whom nothing is due (another help excludes it, or exceeds it), is not missed.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from kinderguard.analysis.coverage_result import (
    NOTHING_DUE,
    PERHAPS_DUE,
    REACH,
    STATES,
    Cover,
    Coverage,
    MissingCount,
    PaperCount,
)
from kinderguard.analysis.dimensions import By, Sorting
from kinderguard.analysis.elsewhere import ElsewhereCount
from kinderguard.analysis.people import Marks, People, Piece, at_places, job_of, wanted
from kinderguard.analysis.states import NO, OPEN, YES, StateCounts, truth
from kinderguard.analysis.unborn import UnbornCount
from kinderguard.analysis.unset import Unset
from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.engines.papers import ASKED_OF, asked_of_some
from kinderguard.model.codes import AidStatus, Document
from kinderguard.model.text import Text
from kinderguard.national.dibao import DIBAO_BENEFIT
from kinderguard.national.tekun import TEKUN_SUPPORT
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.parquet import told
from kinderguard.rules import child, evidence, help_received, household
from kinderguard.rules.definitions import Policy
from kinderguard.rules.expression import BoolExpr
from kinderguard.rules.titles import fact_title

if TYPE_CHECKING:
    from kinderguard.packs.frames.parquet import Progress


def coverage(
    book: PolicyBook,
    population: Any,
    *,
    members: Any = None,
    on: dt.date | None = None,
    division: str | None = None,
    by: str | Iterable[str | Iterable[str]] = ("place", "class", "age", "sex"),
    place_digits: int = 6,
    help_of: Iterable[str] | None = None,
    progress: "bool | Progress | None" = None,
) -> Coverage:
    """Who is eligible for each policy, who of them receives it, and who is missed; and what keeps children undetermined.

    Args:
        book: the rules.
        population, members, on, division, by, place_digits, progress: as for ``compare``; if ``progress`` is left out, a bar
            for more than 100,000 children. Who receives what is read from the list ``help``; without it that is not known of
            any child.
        help_of: the policies that these lists are of, as where a register holds some alone: that a list has no record of
            another policy says nothing then. Of all policies, if left out: each list is whole.

    Raises:
        UnknownCodeError: ``help_of`` names a policy that is in force nowhere here.
        UnknownDimensionError: no such dimension, or a column that cannot be one.
        FrameColumnError, ParquetRunError: the population cannot be read.
        NoDayError: no day was given.

    >>> import datetime as dt, kinderguard
    >>> from kinderguard.analysis import coverage, synthesize
    >>> book = kinderguard.load().on(dt.date(2025, 9, 1))
    >>> found = coverage(book, synthesize(300, seed=7, divisions=["330199"]))
    >>> found.all["cn.orphan_allowance"].eligible > 0, found.all["cn.orphan_allowance"].missed[0]
    (True, 0)
    """
    day = book.day_of(on)
    people = People(population, members, division or book.division)
    tables = By.of(by)
    sorting = Sorting(people, day, tables, place_digits)
    sets = people.jobs({"book": job_of(book, day, people, missing=True)})
    people.warn([place for each in sets for place in each.jobs["book"].places])
    run = _Covering(book, day, people, tables, None if help_of is None else frozenset(help_of))
    with told(wanted(progress, people.count), 0, people.count) as tell:
        done = 0
        for part in people.pieces(sets, [*sorting.columns, *sorting.reads, *run.reads]):
            piece = run.unborn.apart(part)
            results = (job := sets[piece.jobs].jobs["book"]).assess(piece.rows, piece.tables)
            run.elsewhere.add(job, piece.rows)
            run.add(
                piece,
                results,
                sets[piece.jobs].places,
                sorting.columns_of(piece.rows, piece.tables, piece.places, results),
            )
            done += len(part.rows)
            tell(done, people.count)
    return run.finished()


class _Covering:
    """The counts while parts come in."""

    def __init__(
        self, book: PolicyBook, day: dt.date, people: People, tables: Sequence[By], help_of: frozenset[str] | None
    ) -> None:
        self._day, self._tables = day, tables
        self._titles: dict[str, Text] = {}
        self._policies: dict[str, Policy] = {}
        self._categories: dict[str, None] = {}
        self._here: dict[str | None, frozenset[str]] = {}
        #: By policy, the papers that it asks of some only, wherever it is.
        self._of_some: dict[str, frozenset[Document]] = {}
        for place in people.divisions:
            overlay = book.overlay(people.division or place)
            self._titles |= overlay.titles
            plan = overlay.in_force(day).plan
            self._policies |= plan.rules.policies
            self._categories |= dict.fromkeys(plan.rules.categories)
            self._here[place] = frozenset({*plan.rules.policies, *plan.rules.categories})
            for code in plan.policies:
                self._of_some[code] = asked_of_some(plan, code) & self._of_some.get(code, frozenset(ASKED_OF))
        self._policies = dict(sorted(self._policies.items()))
        for code in sorted(help_of or ()):
            if code not in self._policies:
                raise UnknownCodeError(code, self._policies)
        self._not_listed = frozenset(self._policies) - help_of if help_of is not None else frozenset()
        self._book, self._people = book, people
        self._unset = Unset(book, day, people)
        self.elsewhere, self.unborn = ElsewhereCount(people.division), UnbornCount(day)
        self._kept: list[pl.DataFrame] = []
        self._papers: dict[str, tuple[Text, list[str]]] = {}
        asked: dict[str, BoolExpr] = {}
        for code, policy in self._policies.items():
            asked[f"help:{code}"] = _receiving(code)
            for paper in policy.evidence:
                if isinstance(paper, Document):
                    self._papers.setdefault(paper.value, (paper.label, []))[1].append(code)
                    asked[f"paper:{paper.value}"] = _seen(paper)
                    if paper in ASKED_OF:
                        asked[f"asked:{paper.value}"] = ASKED_OF[paper]
        self._marks = Marks(people, day, asked)
        self.reads = self._marks.columns
        self._counts = StateCounts(tables, STATES)
        self._missing: Counter[str] = Counter()
        self._alone: Counter[str] = Counter()
        self._undetermined = self._by_values = 0
        self._to_bring: Counter[str] = Counter()
        self._perhaps: Counter[str] = Counter()

    def add(self, piece: Piece, results: pl.DataFrame, places: pl.Series, dimensions: pl.DataFrame) -> None:
        """Count some children."""
        marks = self._marks.of(piece.rows, piece.tables).with_columns(
            pl.when(f"help:{code}").then(True).alias(f"help:{code}") for code in self._not_listed
        )
        there = [code for code in self._policies if f"{code}.eligible" in results.columns]
        both = results.hstack(marks)
        has = {code: pl.lit(at_places(code, self._here, piece.places)) for code in there}
        states = both.select(
            pl.when(has[code]).then(_state(code, f"{code}.high_fen" in results.columns)).alias(code) for code in there
        )
        self._counts.add(states, dimensions)
        self._keep(piece, states, dimensions)
        self._count_missing(results, piece, places)
        self._count_papers(both, states)

    def _count_missing(self, results: pl.DataFrame, piece: Piece, places: pl.Series) -> None:
        facts = results["missing"]
        counted = pl.DataFrame({"fact": facts.explode().drop_nulls().cast(pl.String)}).group_by("fact").len()
        self._missing.update(dict(counted.iter_rows()))
        alone = facts.filter(facts.list.len() == 1).explode().cast(pl.String)
        self._alone.update(dict(alone.value_counts().iter_rows()))
        open_ = results.select(expr.alias(code) for code, expr in self._open(results, piece))
        self._unset.add(open_, piece, places)
        found = open_.select(pl.any_horizontal(pl.all()).alias("open")).with_columns(
            (results["missing"].list.len() == 0).alias("none")
        )
        self._undetermined += int(found["open"].sum())
        self._by_values += int((found["open"] & found["none"]).sum())

    def _keep(self, piece: Piece, states: pl.DataFrame, dimensions: pl.DataFrame) -> None:
        """The children whom a policy reaches, misses, or may."""
        own = [piece.numbers.alias("row"), *([piece.rows["ref"]] if "ref" in piece.rows.columns else [])]
        columns = [
            (states[code] if code in states.columns else pl.Series([None], dtype=pl.UInt8).new_from_index(0, len(states)))
            .fill_null(0).cast(pl.UInt8).alias(f"state:{code}")
            for code in self._policies
        ]  # fmt: skip
        frame = pl.DataFrame(own).hstack(dimensions).hstack(columns)
        kept = frame.filter(pl.any_horizontal(pl.col(column.name).is_in(list(REACH)) for column in columns))
        self._kept.append(kept.with_columns(pl.col("class").str.split("|")) if "class" in kept.columns else kept)

    def _open(self, results: pl.DataFrame, piece: Piece) -> Iterator[tuple[str, pl.Expr]]:
        """For each rule that a place has, whether it is not determined: whether it holds, or what it gives."""
        for code in (*self._categories, *self._policies):
            ends = ("",) if code in self._categories else (".eligible", ".granted", ".amount_fen")
            names = [code + end for end in ends if code + end in results.columns]
            if names:
                open_ = pl.any_horizontal(pl.col(name).is_null() for name in names)
                yield code, open_ & pl.lit(at_places(code, self._here, piece.places))

    def _count_papers(self, both: pl.DataFrame, states: pl.DataFrame) -> None:
        names = [name for name in both.columns if name.startswith(("paper:", "asked:"))]
        frame = states.hstack(both.select(names).get_columns())  # no paper, no column
        for paper, (_, policies) in self._papers.items():
            asking = [code for code in policies if code in states.columns]
            if not asking:
                continue
            # A list of papers that is not there shows none: they are to be brought.
            lacking = ~pl.col(f"paper:{paper}").fill_null(False)
            asked = {code: self._asked(code, paper) for code in asking}
            sure = pl.any_horizontal(
                (pl.col(code) == YES * 3 + NO).fill_null(False) & asked[code].fill_null(False) for code in asking
            )
            maybe = pl.any_horizontal(
                pl.col(code).is_in(_TO_BRING).fill_null(False) & asked[code].fill_null(True) for code in asking
            )
            surely, perhaps = lacking & sure, lacking & maybe & ~sure
            found = frame.select(surely.sum().alias("sure"), perhaps.sum().alias("maybe"))
            self._to_bring[paper] += found["sure"][0]
            self._perhaps[paper] += found["maybe"][0]

    def _asked(self, policy: str, paper: str) -> pl.Expr:
        """Whether a policy's paper is asked of a child."""
        return pl.col(f"asked:{paper}") if paper in self._of_some[policy] else pl.lit(True)

    def finished(self) -> Coverage:
        """What was counted."""
        cells, _ = self._counts.tables()
        return Coverage(
            day=self._day,
            count=self._counts.children,
            undetermined=self._undetermined,
            undetermined_by_values=self._by_values,
            policies={code: policy.title for code, policy in self._policies.items()},
            all=_covers(self._counts.all()),
            tables={table: {key: _covers(found) for key, found in rows.items()} for table, rows in cells.items()},
            by=tuple(each.names for each in self._tables),
            missing=tuple(
                MissingCount(path, fact_title(path, self._titles), count, self._alone[path])
                for path, count in sorted(self._missing.items(), key=lambda item: (-item[1], item[0]))
            ),
            papers=tuple(
                PaperCount(paper, title, tuple(policies), self._to_bring[paper], self._perhaps[paper])
                for paper, (title, policies) in sorted(
                    self._papers.items(), key=lambda i: (-self._to_bring[i[0]], i[0])
                )
                if self._to_bring[paper] or self._perhaps[paper]
            ),
            titles=self._titles,
            unset=self._unset.found(),
            elsewhere=self.elsewhere.found(self._titles),
            unborn=self.unborn.children,
            book=self._book,
            people=self._people,
            kept=pl.concat(self._kept),
        )


#: Of whom papers may still be needed: who receives a policy, or to whom nothing is due, needs none for it.
_TO_BRING = [YES * 3 + NO, YES * 3 + OPEN, PERHAPS_DUE, OPEN * 3 + NO, OPEN * 3 + OPEN]


def _state(code: str, is_money: bool) -> pl.Expr:
    """How a policy reaches a child, as ``REACH`` has it."""
    receives = truth(pl.col(f"help:{code}"))
    state = truth(pl.col(f"{code}.eligible")) * 3 + receives
    if not is_money:
        return state
    missed = (state // 3 == YES) & (receives != YES)
    nothing = (pl.col(f"{code}.high_fen") == 0).fill_null(False)
    perhaps = (pl.col(f"{code}.low_fen").fill_null(0) == 0) & (receives == NO)
    found = pl.when(missed & nothing).then(NOTHING_DUE).when(missed & perhaps).then(PERHAPS_DUE).otherwise(state)
    return found.cast(pl.UInt8)


def _receiving(code: str) -> BoolExpr:
    """Whether a child receives a policy's help on the day."""
    listed = help_received.current().any(lambda h: h.is_for(code))
    return listed | _DRAWN[code] if code in _DRAWN else listed


#: What tells besides the list that help is drawn. One's own dibao is asked of few: not known, it leaves the list its word.
_DRAWN: Mapping[str, BoolExpr] = {
    DIBAO_BENEFIT.code: household.aid.has(AidStatus.DIBAO)
    | (child.individual_dibao.is_known() & child.individual_dibao),
    TEKUN_SUPPORT.code: household.aid.has(AidStatus.TEKUN),
}


def _seen(paper: Document) -> BoolExpr:
    """Whether a paper was seen and is in force."""
    return evidence.current().any(lambda e: e.document == paper)


def _covers(found: Mapping[str, tuple[int, ...]]) -> dict[str, Cover]:
    return {code: Cover.of(states) for code, states in found.items() if any(states)}


__all__ = ["coverage"]

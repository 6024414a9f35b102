"""``coverage``: who is eligible, who receives it, who is missed; and what keeps children undetermined.

Whether a child receives a policy's help is read from the help received (``help``): a record of that policy that runs on the
day. The list claims to be whole, so that a child with a list and no such record does not receive it; of one without a list
that is not known, and never taken as "no". Eligibility is what the rules say, bounds and all.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from kinderguard.analysis.dimensions import By, Key, Sorting, cell_title, table_title
from kinderguard.analysis.people import Marks, People, Piece, at_places, job_of, wanted
from kinderguard.analysis.states import NO, OPEN, YES, StateCounts, truth
from kinderguard.model.codes import Document
from kinderguard.model.text import Language, Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.parquet import told
from kinderguard.rules import evidence, help_received
from kinderguard.rules.definitions import Policy
from kinderguard.rules.expression import BoolExpr
from kinderguard.rules.titles import fact_title

if TYPE_CHECKING:
    from kinderguard.analysis.plots import Plot
    from kinderguard.model.view import View
    from kinderguard.packs.frames.parquet import Progress


@attrs.frozen
class Cover:
    """How far a policy reaches some children.

    Args:
        eligible: who is eligible for sure. They are of three kinds: ``receiving``, ``not_receiving``, and
            ``not_known_to_receive``, of whom it is not known whether they receive it.
        undetermined: of whom it is not known whether they are eligible; ``undetermined_receiving`` of them receive it.
        not_eligible_receiving: who receives it and is not eligible by what is known.
    """

    eligible: int
    receiving: int
    not_receiving: int
    not_known_to_receive: int
    undetermined: int
    undetermined_receiving: int
    not_eligible_receiving: int

    @property
    def missed(self) -> tuple[int, int]:
        """Who is eligible for sure and misses it: at least (it is known that they do not receive it), and at most."""
        return self.not_receiving, self.not_receiving + self.not_known_to_receive

    @classmethod
    def of(cls, states: Sequence[int]) -> "Cover":
        """From counts by 3 × eligible + receiving."""
        sure, open_ = 3 * YES, 3 * OPEN
        return cls(
            eligible=sum(states[sure : sure + 3]),
            receiving=states[sure + YES],
            not_receiving=states[sure + NO],
            not_known_to_receive=states[sure + OPEN],
            undetermined=sum(states[open_ : open_ + 3]),
            undetermined_receiving=states[open_ + YES],
            not_eligible_receiving=states[3 * NO + YES],
        )


@attrs.frozen
class MissingCount:
    """How many children an unknown fact keeps undetermined.

    Args:
        path, title: the fact.
        children: of whom it leaves a category or policy open.
        alone: of these, for whom it is the only such fact: with it, everything that hangs on facts is decided (a list
            that comes in may bring open facts with it).
    """

    path: str
    title: Text
    children: int
    alone: int


@attrs.frozen
class PaperCount:
    """How many children still have to bring a paper. Papers of a pack's own are not looked for.

    Args:
        code, title: the paper.
        policies: the policies that ask for it.
        children: who is eligible for at least one of them for sure and has no such paper seen and in force.
        perhaps: who may be eligible for one, and is not for sure.
    """

    code: str
    title: Text
    policies: tuple[str, ...]
    children: int
    perhaps: int


@attrs.frozen(eq=False, repr=False)
class Coverage:
    """Whom help reaches and whom it misses. Made by ``coverage``.

    Attributes:
        day: the day.
        children: how many there are.
        undetermined: of whom at least one category or policy is not determined, or an amount is not known.
        undetermined_by_values: of these, of whom that is open by no fact: a number that their place has not set.
        policies: the titles of the policies by code.
        all: by policy, of all children.
        tables: by the name of a table, by the values of its dimensions, by policy. A child in two main classes counts in
            both.
        missing: the unknown facts that keep children undetermined, the most frequent first.
        papers: the papers still to be brought, the most frequent first.
    """

    day: dt.date
    children: int
    undetermined: int
    undetermined_by_values: int
    policies: Mapping[str, Text]
    all: Mapping[str, Cover]
    tables: Mapping[str, Mapping[Key, Mapping[str, Cover]]]
    by: tuple[tuple[str, ...], ...]
    missing: tuple[MissingCount, ...]
    papers: tuple[PaperCount, ...]
    titles: Mapping[str, Text]

    def rows(self) -> list[dict[str, Any]]:
        """A row for each table, cell and policy: plain values, for a dataframe."""
        names = list(dict.fromkeys(name for by in self.by for name in by))
        cells: list[tuple[str, dict[str, str | None], Mapping[str, Cover]]] = [("all", {}, self.all)]
        for by in self.by:
            table = " × ".join(by)
            cells += [(table, dict(zip(by, key, strict=True)), found) for key, found in self.tables[table].items()]
        return [
            {"table": table, **dict.fromkeys(names), **at, "policy": code, **attrs.asdict(cover)}
            for table, at, found in cells
            for code, cover in found.items()
        ]

    def to_polars(self) -> pl.DataFrame:
        """``rows`` as a table."""
        return pl.DataFrame(self.rows(), infer_schema_length=None)

    def missing_rows(self) -> list[dict[str, Any]]:
        """The unknown facts as rows of plain values."""
        return [
            {"path": m.path, "title_zh": m.title.zh, "title_en": m.title.en, "children": m.children, "alone": m.alone}
            for m in self.missing
        ]

    def summary(self, lang: Language | None = None) -> str:
        """Coverage by policy, and the ten facts that keep most children undetermined, in words."""
        from kinderguard.model.view import display_language

        lines = [
            Text(
                f"{self.day}：儿童 {self.children:,} 人，其中 {self.undetermined:,} 人有待定的结果",
                f"{self.day}: {self.children:,} children, of whom {self.undetermined:,} have a result that is not determined",
            )
        ]
        for code, cover in self.all.items():
            if cover.eligible or cover.undetermined:
                low, high = cover.missed
                zh, en = (f"{low:,}", f"{low:,}") if low == high else (f"{low:,} 至 {high:,}", f"{low:,} to {high:,}")
                title = self.policies[code]
                lines.append(
                    Text(
                        f"  {title.zh}：符合 {cover.eligible:,} 人，已享受 {cover.receiving:,} 人，漏享 {zh} 人，待定 {cover.undetermined:,} 人",
                        f"  {title.en}: {cover.eligible:,} eligible, {cover.receiving:,} receive it, {en} missed, "
                        f"{cover.undetermined:,} not determined",
                    )
                )
        for fact in self.missing[:10]:
            lines.append(
                Text(
                    f"  缺 {fact.title.zh}：{fact.children:,} 人（仅缺此项 {fact.alone:,} 人）",
                    f"  not known: {fact.title.en}: {fact.children:,} children ({fact.alone:,} lack it alone)",
                )
            )
        chosen = lang or display_language()
        return "\n".join(line.in_(chosen) for line in lines)

    def view(self, lang: Language | None = None) -> "View":
        """The coverage as a notebook shows it."""
        from kinderguard.model.view import Column, Content, Section, Table, View

        heads = [
            Column(Text("符合条件", "eligible"), number=True), Column(Text("已享受", "receiving"), number=True),
            Column(Text("确定未享受", "not receiving"), number=True),
            Column(Text("是否享受不详", "not known to receive"), number=True),
            Column(Text("资格待定", "not determined"), number=True),
        ]  # fmt: skip

        def cells(c: Cover) -> tuple[int, ...]:
            return c.eligible, c.receiving, c.not_receiving, c.not_known_to_receive, c.undetermined

        shown = [code for code, c in self.all.items() if c.eligible or c.undetermined]
        blocks: list[Any] = [
            Table([Text("政策", "policy"), *heads], [(self.policies[code], *cells(self.all[code])) for code in shown]),
            Table(
                [
                    Text("未知的事实", "fact not known"), Column(Text("待定儿童", "children undetermined"), number=True),
                    Column(Text("仅缺此项", "lack it alone"), number=True),
                ],
                [(m.title, m.children, m.alone) for m in self.missing],
                most=20,
            ),
            Table(
                [
                    Text("待补材料", "paper still to be brought"), Column(Text("符合条件的儿童", "children eligible"), number=True),
                    Column(Text("资格待定的儿童", "not determined"), number=True),
                ],
                [(p.title, p.children, p.perhaps) for p in self.papers],
                most=20,
            ),
        ]  # fmt: skip
        for by in self.by:
            rows: list[tuple[Content, ...]] = [
                (
                    cell_title(by, key, self.titles),
                    self.policies[code],
                    *cells(found[code]),
                )
                for key, found in self.tables[" × ".join(by)].items()
                for code in shown
                if code in found and (found[code].eligible or found[code].undetermined)
            ]
            title = table_title(by)
            blocks.append(Section(title, [Table([title, Text("政策", "policy"), *heads], rows)], folded=True))
        title = Text(
            f"覆盖情况（{self.day}，儿童 {self.children:,} 人）", f"Coverage ({self.day}, {self.children:,} children)"
        )
        return View(title, blocks, lang)

    def plot(self, lang: Language | None = None, **options: Any) -> "Plot":
        """Whom help reaches as a picture; options as for ``analysis.plots.coverage``."""
        from kinderguard.analysis import plots

        return plots.coverage(self, lang, **options)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr__(self) -> str:
        return f"<Coverage on {self.day}: {len(self.all)} policies, {self.children} children, {self.undetermined} undetermined>"

    def __str__(self) -> str:
        return self.summary()


def coverage(
    book: PolicyBook,
    population: Any,
    *,
    members: Any = None,
    on: dt.date | None = None,
    division: str | None = None,
    by: str | Iterable[str | Iterable[str]] = ("place",),
    place_digits: int = 6,
    progress: "bool | Progress | None" = None,
) -> Coverage:
    """Who is eligible for each policy, who of them receives it, and who is missed; and what keeps children undetermined.

    Args:
        book: the rules.
        population, members, on, division, by, place_digits, progress: as for ``compare``. Who receives what is read from
            the list ``help``; without it that is not known of any child.

    Raises:
        UnknownDimensionError: no such dimension.
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
    run = _Covering(book, day, people, tables)
    with told(wanted(progress, people.count), 0, people.count) as tell:
        done = 0
        for piece in people.pieces(sets, [*sorting.columns, *sorting.reads, *run.reads]):
            results = sets[piece.jobs].jobs["book"].assess(piece.rows, piece.tables)
            run.add(piece, results, sorting.columns_of(piece.rows, piece.tables, piece.places, results))
            done += len(piece.rows)
            tell(done, people.count)
    return run.finished()


class _Covering:
    """The counts while parts come in."""

    def __init__(self, book: PolicyBook, day: dt.date, people: People, tables: Sequence[By]) -> None:
        self._day, self._tables = day, tables
        self._titles: dict[str, Text] = {}
        self._policies: dict[str, Policy] = {}
        self._categories: dict[str, None] = {}
        self._here: dict[str | None, frozenset[str]] = {}
        for place in people.divisions:
            overlay = book.overlay(people.division or place)
            self._titles |= overlay.titles
            in_force = overlay.in_force(day).rules
            self._policies |= in_force.policies
            self._categories |= dict.fromkeys(in_force.categories)
            self._here[place] = frozenset({*in_force.policies, *in_force.categories})
        self._policies = dict(sorted(self._policies.items()))
        self._papers: dict[str, tuple[Text, list[str]]] = {}
        asked: dict[str, BoolExpr] = {}
        for code, policy in self._policies.items():
            asked[f"help:{code}"] = _receiving(code)
            for paper in policy.evidence:
                if isinstance(paper, Document):
                    self._papers.setdefault(paper.value, (paper.label, []))[1].append(code)
                    asked[f"paper:{paper.value}"] = _seen(paper)
        self._marks = Marks(people, day, asked)
        self.reads = self._marks.columns
        self._counts = StateCounts(tables, 9)
        self._missing: Counter[str] = Counter()
        self._alone: Counter[str] = Counter()
        self._undetermined = self._by_values = 0
        self._to_bring: Counter[str] = Counter()
        self._perhaps: Counter[str] = Counter()

    def add(self, piece: Piece, results: pl.DataFrame, dimensions: pl.DataFrame) -> None:
        """Count some children."""
        marks = self._marks.of(piece.rows, piece.tables)
        there = [code for code in self._policies if f"{code}.eligible" in results.columns]
        both = results.hstack(marks)
        has = {code: pl.lit(at_places(code, self._here, piece.places)) for code in there}
        states = both.select(
            pl.when(has[code]).then(truth(pl.col(f"{code}.eligible")) * 3 + truth(pl.col(f"help:{code}"))).alias(code)
            for code in there
        )
        self._counts.add(states, dimensions)
        self._count_missing(results, piece)
        self._count_papers(both, states)

    def _count_missing(self, results: pl.DataFrame, piece: Piece) -> None:
        facts = results["missing"]
        counted = pl.DataFrame({"fact": facts.explode().drop_nulls().cast(pl.String)}).group_by("fact").len()
        self._missing.update(dict(counted.iter_rows()))
        alone = facts.filter(facts.list.len() == 1).explode().cast(pl.String)
        self._alone.update(dict(alone.value_counts().iter_rows()))
        found = results.select(
            pl.any_horizontal(*self._open(results, piece)).alias("open"),
            (pl.col("missing").list.len() == 0).alias("none"),
        )
        self._undetermined += int(found["open"].sum())
        self._by_values += int((found["open"] & found["none"]).sum())

    def _open(self, results: pl.DataFrame, piece: Piece) -> Iterator[pl.Expr]:
        """For each rule that a place has, whether it is not determined: whether it holds, or what it gives."""
        for code in (*self._categories, *self._policies):
            ends = ("",) if code in self._categories else (".eligible", ".granted", ".amount_fen")
            names = [code + end for end in ends if code + end in results.columns]
            if names:
                open_ = pl.any_horizontal(pl.col(name).is_null() for name in names)
                yield open_ & pl.lit(at_places(code, self._here, piece.places))

    def _count_papers(self, both: pl.DataFrame, states: pl.DataFrame) -> None:
        frame = both.select(f"paper:{code}" for code in self._papers).hstack(states)
        for paper, (_, policies) in self._papers.items():
            asking = [code for code in policies if code in states.columns]
            if not asking:
                continue
            # A list of papers that is not there shows none: they are to be brought.
            lacking = ~pl.col(f"paper:{paper}").fill_null(False)
            sure = pl.any_horizontal(*((pl.col(code) // 3 == YES).fill_null(False) for code in asking))
            maybe = pl.any_horizontal(*((pl.col(code) // 3 == OPEN).fill_null(False) for code in asking))
            found = frame.select((lacking & sure).sum().alias("sure"), (lacking & maybe & ~sure).sum().alias("maybe"))
            self._to_bring[paper] += found["sure"][0]
            self._perhaps[paper] += found["maybe"][0]

    def finished(self) -> Coverage:
        """What was counted."""
        cells, _ = self._counts.tables()
        return Coverage(
            day=self._day,
            children=self._counts.children,
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
        )


def _receiving(code: str) -> BoolExpr:
    """Whether a child receives a policy's help on the day."""
    return help_received.current().any(lambda h: h.is_for(code))


def _seen(paper: Document) -> BoolExpr:
    """Whether a paper was seen and is in force."""
    return evidence.current().any(lambda e: e.document == paper)


def _covers(found: Mapping[str, tuple[int, ...]]) -> dict[str, Cover]:
    return {code: Cover.of(states) for code, states in found.items() if any(states)}


__all__ = ["Cover", "Coverage", "MissingCount", "PaperCount", "coverage"]

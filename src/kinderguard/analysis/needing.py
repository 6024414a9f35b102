"""``needs``: how many children need what, by place, class, age and sex.

The rules of needs are those of ``kinderguard.care``; here the frame engine asks them of every child at once, and a few hundred
children are compared with ``care.assess_needs`` in the tests. What is not known is a need to be clarified, never "no".
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs
import polars as pl

from kinderguard.analysis.dimensions import (
    CLASSES_OVERLAP,
    FOR_THE_OFFICE,
    By,
    Key,
    Sorting,
    cell_title,
    is_for_the_office,
    table_title,
)
from kinderguard.analysis.people import People, at_places, job_of, so_many, wanted
from kinderguard.analysis.states import NO, OPEN, YES, StateCounts, truth
from kinderguard.analysis.unborn import UnbornCount, unborn_said
from kinderguard.care.needs import need_rules, overlay_with_needs
from kinderguard.model.text import Language, Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.parquet import told
from kinderguard.packs.need_rules import NeedRule
from kinderguard.packs.overlay import Overlay

if TYPE_CHECKING:
    from kinderguard.model.view import View
    from kinderguard.packs.frames.parquet import Progress


@attrs.frozen
class NeedCount:
    """How many children have a need.

    Args:
        children: how many there are for whom the need has a rule.
        present: of whom it is present.
        to_clarify: of whom that is not known.
    """

    children: int
    present: int
    to_clarify: int


@attrs.frozen(eq=False, repr=False)
class NeedsTable:
    """Needs counted. Made by ``needs``.

    Attributes:
        day: the day.
        children: how many children there are who are born, or may be; ``unborn`` are not yet, and in no other number.
        rules: the rules of needs by code.
        all: by need, of all children.
        tables: by the name of a table, by the values of its dimensions, by need. A child in two main classes counts in both.
    """

    day: dt.date
    children: int
    rules: Mapping[str, NeedRule]
    all: Mapping[str, NeedCount]
    tables: Mapping[str, Mapping[Key, Mapping[str, NeedCount]]]
    by: tuple[tuple[str, ...], ...]
    titles: Mapping[str, Text]
    unborn: int = 0

    def title(self, code: str) -> Text:
        """What a need is called."""
        return self.rules[code].title

    def rows(self) -> list[dict[str, Any]]:
        """A row for each table, cell and need: plain values, for a dataframe."""
        names = list(dict.fromkeys(name for by in self.by for name in by))
        cells: list[tuple[str, dict[str, str | None], Mapping[str, NeedCount]]] = [("all", {}, self.all)]
        for by in self.by:
            table = " × ".join(by)
            cells += [(table, dict(zip(by, key, strict=True)), found) for key, found in self.tables[table].items()]
        return [
            {
                "table": table, **dict.fromkeys(names), **at, "need": code, "domain": self.rules[code].domain.value,
                "urgency": self.rules[code].urgency.value, "children": count.children, "present": count.present,
                "to_clarify": count.to_clarify,
            }
            for table, at, found in cells
            for code, count in found.items()
        ]  # fmt: skip

    def to_polars(self) -> pl.DataFrame:
        """``rows`` as a table."""
        return pl.DataFrame(self.rows(), infer_schema_length=None)

    def summary(self, lang: Language | None = None) -> str:
        """The needs, the most frequent of each urgency first, in words."""
        from kinderguard.model.view import display_language

        lang = lang or display_language()
        head = Text(f"{self.day}：儿童 {self.children:,} 人", f"{self.day}: {so_many(self.children)}")
        told = [(Text("  ", "  ") + said).in_(lang) for said in unborn_said(self.unborn)]
        return "\n".join([head.in_(lang), *told, *(self._line(code).in_(lang) for code in self._ordered())])

    def _ordered(self) -> list[str]:
        return sorted(self.all, key=lambda c: (self.rules[c].urgency.rank, -self.all[c].present, c))

    def _line(self, code: str) -> Text:
        rule, count = self.rules[code], self.all[code]
        return Text(
            f"  {rule.urgency.zh} · {rule.title.zh}：{count.present:,} 人，待核实 {count.to_clarify:,} 人",
            f"  {rule.urgency.en} · {rule.title.en}: {count.present:,}, to be clarified {count.to_clarify:,}",
        )

    def view(self, lang: Language | None = None) -> "View":
        """The table as a notebook shows it."""
        from kinderguard.model.view import Column, Paragraph, Section, Table, View

        columns: list[Column | Text] = [
            Text("需求", "need"), Text("领域", "domain"), Text("紧迫程度", "urgency"),
            Column(Text("有此需求", "present"), number=True), Column(Text("待核实", "to be clarified"), number=True),
        ]  # fmt: skip
        rows = [
            (self.rules[c].title, self.rules[c].domain.label, self.rules[c].urgency.label, n.present, n.to_clarify)
            for c, n in ((c, self.all[c]) for c in self._ordered())
        ]
        blocks: list[Any] = [Table(columns, rows), *map(Paragraph, unborn_said(self.unborn))]
        for by in self.by:
            table = self.tables[" × ".join(by)]
            keys = list(table)
            heads = [cell_title(by, key, self.titles) for key in keys]
            body = [
                (self.rules[c].title, *(_beside(table[k][c]) if c in table[k] else "" for k in keys))
                for c in self._ordered()
            ]
            title = table_title(by)
            what = Text("需求（人数）", "need (children; open: to be clarified)")
            shown = Table([what, *(Column(h, number=True) for h in heads)], body)
            notes = [Paragraph(CLASSES_OVERLAP)] if "class" in by else []
            blocks.append(Section(title, [shown, *notes], folded=True))
        tables = [self.all, *(found for table in self.tables.values() for found in table.values())]
        if is_for_the_office(n for found in tables for each in found.values() for n in (each.present, each.to_clarify)):
            blocks.append(Paragraph(FOR_THE_OFFICE))
        title = Text(f"需求（{self.day}，儿童 {self.children:,} 人）", f"Needs ({self.day}, {so_many(self.children)})")
        return View(title, blocks, lang)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr__(self) -> str:
        return f"<NeedsTable on {self.day}: {len(self.rules)} needs of {self.children} children>"

    def __str__(self) -> str:
        return self.summary()


@attrs.define(eq=False)
class _NeedsBook:
    """A policy book whose categories are joined by the needs of each place, as the frame engine asks for it."""

    book: PolicyBook
    jobs: dict[Any, Any] = attrs.field(factory=dict)

    @property
    def division(self) -> str | None:
        return self.book.division

    def overlay(self, division: str | None) -> Overlay:
        return overlay_with_needs(self.book, division)


def needs(
    book: PolicyBook,
    population: Any,
    *,
    members: Any = None,
    on: dt.date | None = None,
    division: str | None = None,
    by: str | Iterable[str | Iterable[str]] = ("place", "class", "age", "sex"),
    place_digits: int = 6,
    progress: "bool | Progress | None" = None,
) -> NeedsTable:
    """How many children have which need, for sure and perhaps.

    Args:
        book: the rules; the needs of the packs of each place are among them.
        population, members, on, division, by, place_digits, progress: as for ``compare``; if ``progress`` is left out, a bar
            for more than 100,000 children.

    Raises:
        UnknownDimensionError: no such dimension, or a column that cannot be one.
        FrameColumnError, ParquetRunError: the population cannot be read.
        NoDayError: no day was given.

    >>> import datetime as dt, kinderguard
    >>> from kinderguard.analysis import needs, synthesize
    >>> book = kinderguard.load().on(dt.date(2025, 9, 1))
    >>> found = needs(book, synthesize(300, seed=7, divisions=["330199"]))
    >>> found.all["cn.need.living"].present > 0
    True
    """
    day = book.day_of(on)
    people = People(population, members, division or book.division)
    tables = By.of(by)
    sorting = Sorting(people, day, tables, place_digits)
    needing = cast("PolicyBook", _NeedsBook(book))  # all of a book that a job asks for

    rules: dict[str, NeedRule] = {}
    of_place: dict[str | None, frozenset[str]] = {}
    for place in people.divisions:
        there = need_rules(book, people.division or place)
        rules |= {rule.code: rule for rule in there}
        of_place[place] = frozenset(rule.code for rule in there)
    sets = people.jobs({"needs": job_of(needing, day, people)})
    people.warn([place for each in sets for place in each.jobs["needs"].places])
    counts, unborn = StateCounts(tables, 3), UnbornCount(day)
    with told(wanted(progress, people.count), 0, people.count) as tell:
        done = 0
        for part in people.pieces(sets, [*sorting.columns, *sorting.reads]):
            piece = unborn.apart(part)
            results = sets[piece.jobs].jobs["needs"].assess(piece.rows, piece.tables)
            mask_of = {code: at_places(code, of_place, piece.places) for code in rules if code in results.columns}
            states = results.select(
                pl.when(pl.lit(mask)).then(truth(pl.col(code))).alias(code) for code, mask in mask_of.items()
            )
            counts.add(states, sorting.columns_of(piece.rows, piece.tables, piece.places, results))
            done += len(part.rows)
            tell(done, people.count)
    cells, _ = counts.tables()
    titles = {
        code: title
        for place in people.divisions
        for code, title in book.overlay(people.division or place).titles.items()
    }
    return NeedsTable(
        day=day,
        children=counts.children,
        rules=rules,
        all=_counted(counts.all()),
        tables={table: {key: _counted(found) for key, found in rows.items()} for table, rows in cells.items()},
        by=tuple(each.names for each in tables),
        titles=titles,
        unborn=unborn.children,
    )


def _beside(count: NeedCount) -> Text | int:
    """Who has a need, and beside it of whom that is not known: a bare 0 would say that nobody has it."""
    if not count.to_clarify:
        return count.present
    return Text(f"{count.present:,}（待核实 {count.to_clarify:,}）", f"{count.present:,} ({count.to_clarify:,} open)")


def _counted(found: Mapping[str, tuple[int, ...]]) -> dict[str, NeedCount]:
    return {
        code: NeedCount(sum(states), states[YES], states[OPEN])
        for code, states in found.items()
        if states[NO] or states[YES] or states[OPEN]
    }


__all__ = ["NeedCount", "NeedsTable", "needs"]

"""What a coverage says: for each policy whom it reaches and misses, the children behind each number, what keeps others open.

Made by ``coverage``. Numbers and codes only; a child is named by its number in the population, and opened from there.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import polars as pl

from kinderguard.analysis.dimensions import (
    CLASSES_OVERLAP,
    FOR_THE_OFFICE,
    Key,
    cell_title,
    chosen_children,
    is_for_the_office,
    known_name,
    table_title,
)
from kinderguard.analysis.elsewhere import Elsewhere
from kinderguard.analysis.people import People, so_many
from kinderguard.analysis.states import NO, OPEN, YES
from kinderguard.analysis.unborn import unborn_said
from kinderguard.analysis.unset import UnsetValue
from kinderguard.model.text import Language, Text
from kinderguard.packs.book import PolicyBook

if TYPE_CHECKING:
    from kinderguard.analysis.plots import Plot
    from kinderguard.engines.assessment import Assessment
    from kinderguard.model.view import View

#: Of those who are eligible for sure and do not receive it, or of whom that is not known: to whom nothing is due for sure; and
#: of those who do not, to whom perhaps nothing is. Beside the states of eligible and receiving, which are 0 to 8.
NOTHING_DUE, PERHAPS_DUE = 9, 10
#: How many states there are.
STATES = 11
#: How a policy reaches a child, by 3 × eligible + receiving, or one of the two others.
REACH: Mapping[int, str] = {
    3 * YES + YES: "receiving",
    3 * YES + NO: "not_receiving",
    3 * YES + OPEN: "not_known_to_receive",
    3 * OPEN + YES: "undetermined_receiving",
    3 * OPEN + NO: "undetermined",
    3 * OPEN + OPEN: "undetermined",
    3 * NO + YES: "not_eligible_receiving",
    NOTHING_DUE: "nothing_due",
    PERHAPS_DUE: "perhaps_due",
}


@attrs.frozen
class Cover:
    """How far a policy reaches some children.

    Args:
        eligible: who is eligible for sure. They are of five kinds: ``receiving``; ``not_receiving``, to whom something is due
            for sure, or a service; ``not_known_to_receive``, of whom it is not known whether they receive it; ``perhaps_due``,
            who do not receive it and to whom it is not known whether anything is due; and ``nothing_due``, who do not receive
            it, or of whom that is not known, and to whom nothing is due for sure: another help excludes or exceeds it.
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
    perhaps_due: int = 0
    nothing_due: int = 0

    @property
    def missed(self) -> tuple[int, int]:
        """Who is eligible for sure and misses it: at least (it is known that they do not receive it, and that something is
        due to them), and at most.
        """
        return self.not_receiving, self.not_receiving + self.not_known_to_receive + self.perhaps_due

    @property
    def concerns(self) -> bool:
        """Whether anybody is eligible, or may be, or receives it."""
        return bool(self.eligible or self.undetermined or self.not_eligible_receiving)

    @classmethod
    def of(cls, states: Sequence[int]) -> "Cover":
        """From counts by state: see ``REACH``."""
        sure, open_ = 3 * YES, 3 * OPEN
        return cls(
            eligible=sum(states[sure : sure + 3]) + states[NOTHING_DUE] + states[PERHAPS_DUE],
            receiving=states[sure + YES],
            not_receiving=states[sure + NO],
            not_known_to_receive=states[sure + OPEN],
            undetermined=sum(states[open_ : open_ + 3]),
            undetermined_receiving=states[open_ + YES],
            not_eligible_receiving=states[3 * NO + YES],
            perhaps_due=states[PERHAPS_DUE],
            nothing_due=states[NOTHING_DUE],
        )


@attrs.frozen
class MissingCount:
    """How many children an unknown fact keeps undetermined.

    Args:
        path, title: the fact.
        children: of whom an open category or policy rests on it as it was computed, as ``Assessment.open_facts`` has it.
            ``Assessment.missing`` of one child asks further whether a value of it makes a result differ, and may name fewer.
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

    A paper that proves something of somebody is asked of those only of whom it may be so: proof of a death, where a parent
    died or where that is not known.

    Args:
        code, title: the paper.
        policies: the policies that ask for it.
        children: who misses at least one of them for sure (is eligible, does not receive it, and something is due), is in the
            situation that the paper proves, and has no such paper seen and in force.
        perhaps: of whom the one or the other is not known. Who receives a policy already needs no paper for it.
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
        count: how many children there are who are born, or may be; ``unborn`` are not yet, and in no other number.
        undetermined: of whom at least one category or policy is not determined, or an amount is not known.
        undetermined_by_values: of these, of whom that is open by no fact: a number that their place has not set.
        unset: the numbers that places have not set: which, where, and of how many children a result is open that rests on
            one.
        elsewhere: where the book is pinned to a place, of how many children it is another: they were assessed by its rules
            all the same; None where there are none.
        policies: the titles of the policies by code.
        all: by policy, of all children.
        tables: by the name of a table, by the values of its dimensions, by policy. A child in two main classes counts in
            both.
        missing: the unknown facts that keep children undetermined, the most frequent first.
        papers: the papers still to be brought, the most frequent first.
    """

    day: dt.date
    count: int
    undetermined: int
    undetermined_by_values: int
    policies: Mapping[str, Text]
    all: Mapping[str, Cover]
    tables: Mapping[str, Mapping[Key, Mapping[str, Cover]]]
    by: tuple[tuple[str, ...], ...]
    missing: tuple[MissingCount, ...]
    papers: tuple[PaperCount, ...]
    titles: Mapping[str, Text]
    unset: tuple[UnsetValue, ...]
    _book: PolicyBook
    _people: People
    _kept: pl.DataFrame
    elsewhere: Elsewhere | None = attrs.field(default=None, kw_only=True)
    unborn: int = attrs.field(default=0, kw_only=True)

    # ---- the children behind a number ---------------------------------------------------------------------------

    def children(
        self,
        policy: str | None = None,
        *,
        missed: "bool | Literal['perhaps'] | None" = None,
        reach: str | None = None,
        **where: str,
    ) -> pl.DataFrame:
        """The children behind a number, a row for each child and policy; ``open`` takes their ``row`` or ``ref``.

        Args:
            policy: the code of one policy; of every policy, if left out.
            missed: those who are eligible for sure and do not receive it, though something is due to them (True); those of
                whom that is not known, too (``"perhaps"``); all others (False).
            reach: how the policy reaches them: ``receiving``, ``not_receiving``, ``not_known_to_receive``, ``perhaps_due`` or
                ``nothing_due`` of those who are eligible for sure, ``undetermined`` or ``undetermined_receiving`` of those of whom that is not known,
                ``not_eligible_receiving``.
            where: values of dimensions: ``place="330106"``, ``class_="cn.economic_hardship"``.

        Returns:
            Their number in the population, ``ref``, dimensions, the policy and ``reach``. Who is not eligible and receives
            nothing is in no row. It holds no name and no ID number.

        Raises:
            UnknownDimensionError: there is no such policy, ``reach`` or dimension here.

        >>> import datetime as dt, kinderguard
        >>> from kinderguard.analysis import coverage, synthesize
        >>> found = coverage(kinderguard.load().on(dt.date(2025, 9, 1)), synthesize(300, seed=7, divisions=["330199"]))
        >>> len(found.children("cn.orphan_allowance", missed="perhaps")) == found.all["cn.orphan_allowance"].missed[1]
        True
        """
        codes = [name.removeprefix("state:") for name in self._kept.columns if name.startswith("state:")]
        if policy is not None:
            known_name(policy, self.policies, Text("政策", "policy"))
            codes = [code for code in codes if code == policy]
        if reach is not None:
            known_name(reach, REACH.values(), Text("覆盖情形", "kind of reach"))
        found = chosen_children(self._kept, where, self.tables)
        own = [name for name in found.columns if not name.startswith("state:")]
        wanted = {YES * 3 + NO} | ({YES * 3 + OPEN, PERHAPS_DUE} if missed == "perhaps" else set())
        states = [state for state in REACH if missed is None or (state in wanted) is (missed is not False)]
        states = [state for state in states if reach is None or REACH[state] == reach]
        parts = [
            found.filter(pl.col(f"state:{code}").is_in(states)).select(
                *own, pl.lit(code).alias("policy"),
                pl.col(f"state:{code}").replace_strict(REACH, return_dtype=pl.String).alias("reach"),
            )
            for code in codes
        ]  # fmt: skip
        if not parts:
            return found.head(0).select(*own, pl.lit("").alias("policy"), pl.lit("").alias("reach"))
        return pl.concat(parts).sort("row", maintain_order=True)

    def open(self, child: int | str) -> "Assessment":
        """One child, by the reference engine.

        Args:
            child: the number of its row, or its ``ref``.

        Raises:
            ChildNotFoundError: there is no such child, or several.
        """
        people = self._people
        one, tables = people.opened(people.row_of(child))
        return self._book.explain_row(one, 0, members=tables, on=self.day, division=people.division, strict=False)

    # ---- as text, rows and pictures -----------------------------------------------------------------------------

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
                f"{self.day}：儿童 {self.count:,} 人，其中 {self.undetermined:,} 人有待定的结果",
                f"{self.day}: {so_many(self.count)}, of whom {self.undetermined:,} {'has' if self.undetermined == 1 else 'have'} a "
                "result that is not determined",
            ),
            *(Text("  ", "  ") + said for said in self._told()),
        ]
        for code, cover in self.all.items():
            if cover.concerns:
                low, high = cover.missed
                zh, en = (f"{low:,}", f"{low:,}") if low == high else (f"{low:,} 至 {high:,}", f"{low:,} to {high:,}")
                title = self.policies[code]
                line = Text(
                    f"  {title.zh}：符合 {cover.eligible:,} 人，已享受 {cover.receiving:,} 人，漏享 {zh} 人，待定 {cover.undetermined:,} 人",
                    f"  {title.en}: {cover.eligible:,} eligible, {cover.receiving:,} receive it, {en} missed, "
                    f"{cover.undetermined:,} not determined",
                )
                if cover.nothing_due:
                    line += Text(
                        f"，符合而无应发金额 {cover.nothing_due:,} 人",
                        f", {cover.nothing_due:,} eligible to whom nothing is due",
                    )
                if cover.not_eligible_receiving:
                    line += Text(
                        f"，不符合而已享受 {cover.not_eligible_receiving:,} 人",
                        f", {cover.not_eligible_receiving:,} receive it and are not eligible",
                    )
                lines.append(line)
        for fact in self.missing[:10]:
            lines.append(
                Text(
                    f"  缺 {fact.title.zh}：{fact.children:,} 人（仅缺此项 {fact.alone:,} 人）",
                    f"  not known: {fact.title.en}: {so_many(fact.children)} ({fact.alone:,} {'lacks' if fact.alone == 1 else 'lack'} it alone)",
                )
            )
        lines += [Text("  ", "  ") + value.said for value in self.unset]
        chosen = lang or display_language()
        return "\n".join(line.in_(chosen) for line in lines)

    def _told(self) -> list[Text]:
        """What to know of all numbers."""
        return unborn_said(self.unborn) + ([] if self.elsewhere is None else [self.elsewhere.said])

    def view(self, lang: Language | None = None) -> "View":
        """The coverage as a notebook shows it."""
        from kinderguard.model.view import Column, Content, Listing, Paragraph, Section, Table, View

        columns = {
            "eligible": Text("符合条件", "eligible"),
            "receiving": Text("已享受", "receiving"),
            "not_receiving": Text("确定漏享", "missed"),
            "not_known_to_receive": Text("是否享受不详", "not known to receive"),
            "perhaps_due": Text("未享受，是否有应发金额不详", "not receiving, perhaps nothing due"),
            "nothing_due": Text("无应发金额", "nothing due"),
            "undetermined": Text("资格待定", "not determined"),
            "not_eligible_receiving": Text("不符合而已享受", "receiving, not eligible"),
        }
        rare = ("perhaps_due", "nothing_due")
        names = [n for n in columns if n not in rare or any(getattr(cover, n) for cover in self.all.values())]
        heads = [Column(columns[name], number=True) for name in names]

        def cells(c: Cover) -> tuple[int, ...]:
            return tuple(getattr(c, name) for name in names)

        may = {code: c.eligible + c.undetermined for code, c in self.all.items()}
        shown = sorted((code for code in may if self.all[code].concerns), key=may.__getitem__, reverse=True)
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
                    Text("待补材料", "paper still to be brought"), Column(Text("确定漏享的儿童", "children who miss the help"), number=True),
                    Column(Text("尚不能定的儿童", "perhaps"), number=True),
                ],
                [(p.title, p.children, p.perhaps) for p in self.papers],
                most=20,
            ),
        ]  # fmt: skip
        if listed := [*self._told(), *(value.said for value in self.unset)]:
            blocks.append(Listing(listed))
        for by in self.by:
            rows: list[tuple[Content, ...]] = [
                (
                    cell_title(by, key, self.titles),
                    self.policies[code],
                    *cells(found[code]),
                )
                for key, found in self.tables[" × ".join(by)].items()
                for code in shown
                if code in found and found[code].concerns
            ]
            title = table_title(by)
            notes = [Paragraph(CLASSES_OVERLAP)] if "class" in by else []
            blocks.append(Section(title, [Table([title, Text("政策", "policy"), *heads], rows), *notes], folded=True))
        tables = [self.all, *(found for table in self.tables.values() for found in table.values())]
        if is_for_the_office(n for covers in tables for cover in covers.values() for n in cells(cover)):
            blocks.append(Paragraph(FOR_THE_OFFICE))
        title = Text(f"覆盖情况（{self.day}，儿童 {self.count:,} 人）", f"Coverage ({self.day}, {so_many(self.count)})")
        return View(title, blocks, lang)

    def plot(self, lang: Language | None = None, **options: Any) -> "Plot":
        """Whom help reaches as a picture; options as for ``analysis.plots.coverage``."""
        from kinderguard.analysis import plots

        return plots.coverage(self, lang, **options)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr__(self) -> str:
        return f"<Coverage on {self.day}: {len(self.all)} policies, {self.count} children, {self.undetermined} undetermined>"

    def __str__(self) -> str:
        return self.summary()


__all__ = ["NOTHING_DUE", "PERHAPS_DUE", "REACH", "STATES", "Cover", "Coverage", "MissingCount", "PaperCount"]

"""What a comparison says: for each reform who gains and loses, what it costs, whom it reaches and who falls out, and why.

Made by ``compare``. Numbers and codes only; a child is named by its number in the population, and opened from there.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from kinderguard.analysis.between import Between, money_table
from kinderguard.analysis.comparing.counting import MONEY, Effect
from kinderguard.analysis.comparing.fallen import Why
from kinderguard.analysis.comparing.opened import ChildCompared, open_child
from kinderguard.analysis.comparing.recorded import Recorded
from kinderguard.analysis.comparing.rows import ABSENT, KINDS, NO, OPEN, YES
from kinderguard.analysis.dimensions import TITLES, Key, values_of
from kinderguard.analysis.elsewhere import Elsewhere
from kinderguard.analysis.people import People, so_many
from kinderguard.analysis.unborn import unborn_said
from kinderguard.analysis.unset import UnsetValue
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.money import yuan
from kinderguard.model.text import Language, Text, join, same
from kinderguard.packs.book import PolicyBook

if TYPE_CHECKING:
    from kinderguard.analysis.plots import Plot
    from kinderguard.model.view import View

#: The key of a reform that was given without a name, and what it is called.
UNNAMED = "reform"
_UNNAMED = Text("改革方案", "The reform")


def reform_title(name: str) -> Text:
    """A reform's name as people read it; of one that was given without a name, ``the reform``."""
    return _UNNAMED if name == UNNAMED else same(name)


class UnknownReformError(ToldError, KeyError):
    """A reform, or a table of one, that the comparison does not have; the nearest is offered."""


@attrs.frozen
class Reach:
    """How a category or policy comes out otherwise.

    Args:
        code, title: of the rule.
        what: ``category``, ``policy`` (money: whether a child is eligible) or ``service`` (whether it is given).
        reached: children of whom it now holds and was not: of whom it did not hold, and of whom that was not known.
        lost: children of whom it held and does no more: of whom it does not hold, and of whom that is not known now.
        settled_no, opened_no: of whom it was not known and does not hold now; of whom it did not hold and is not known now.
        reasons: why those of whom it does not hold any more fall out, the most frequent first.
    """

    code: str
    title: Text
    what: str
    reached: tuple[int, int]
    lost: tuple[int, int]
    settled_no: int
    opened_no: int
    reasons: tuple[Why, ...] = ()

    @property
    def newly_reached(self) -> int:
        """Of whom it holds for sure now, and did not before for sure."""
        return sum(self.reached)

    @property
    def fallen_out(self) -> int:
        """Of whom it held for sure, and does not for sure any more."""
        return sum(self.lost)

    @property
    def why(self) -> tuple[Text, ...]:
        """Why they fall out, in words: of each reason how many children first; and where one child has several, that it is so."""
        said = [
            Text(f"{why.children:,} 人：{why.said.zh}", f"{so_many(why.children)}: {why.said.en}")
            for why in self.reasons
        ]
        if sum(why.children for why in self.reasons) > self.lost[0]:
            said.append(
                Text(
                    f"共 {self.lost[0]:,} 人；一人可有多项原因，各项人数有重叠",
                    f"{so_many(self.lost[0])} in all: one child may have several of these reasons, so they overlap",
                )
            )
        return tuple(said)


@attrs.frozen
class PolicyCost:
    """What a policy costs before and after (a household's help counted once), a year or once.

    Args:
        code, title: of the policy.
        every: how often it is paid; ``once`` is a sum of its own and no part of a year's.
        before, after: what is due in all, a year (or once). What is due before has the same bounds for every reform of a
            comparison, the narrowest that all of them show together.
        change: by how much it changes: narrower than the difference of the two, since what is unknown of a child is
            unknown in both.
        payees: to how many it is paid, or may be, before and after: children, or households; who draws dibao as one person
            counts by itself.
    """

    code: str
    title: Text
    every: Frequency
    before: Between
    after: Between
    change: Between
    payees: tuple[int, int]


@attrs.frozen
class Boundless:
    """Something not known without which a change of money has no bound on one side.

    Args:
        code, title: the path of a fact, or the code of a number that is not set.
        children: of how many children it leaves a change so.
    """

    code: str
    title: Text
    children: int

    @property
    def said(self) -> Text:
        """In words."""
        en = "the change of 1 child has" if self.children == 1 else f"the changes of {self.children:,} children have"
        return Text(
            f"“{self.title.zh}”（{self.code}）未知，{self.children:,} 名儿童的变动因此缺上限或下限",
            f"‘{self.title.en}’ ({self.code}) is not known: {en} no bound on a side",
        )


@attrs.frozen
class Width:
    """Something not known that leaves a change open, and how much of the width of a reform's cost lies with its children.

    A child of whom several things are not known counts under each that its change rests on, so the widths of several overlap
    and are no sum: each is the most that knowing it can take away. What a household's help costs counts under what is not
    known of any of its children.

    Args:
        code, title: the path of a fact or list, or the code of a number that is not set.
        what: ``fact`` or ``number``.
        children: of how many children it leaves a change open, of those looked into (``compare(narrow=…)``).
        apart_fen: how far the low and the high end of what they cost a year are apart, in whole fen; None where there is no
            end.
        limits: the least and the most that it is taken to be while it is not known, where the model says so.

    >>> Width("household.size", Text("家庭人口", "household size"), "fact", 82, 12_000, (1, 100)).apart
    Decimal('120.00')
    """

    code: str
    title: Text
    what: str
    children: int
    apart_fen: int | None
    limits: tuple[int, int] | None = None

    @property
    def apart(self) -> Decimal | None:
        """How far the ends of what they cost a year are apart, in yuan; None: there is no end."""
        return None if self.apart_fen is None else yuan(self.apart_fen)


@attrs.frozen(eq=False, repr=False)
class ReformEffect:
    """What one reform does.

    Args:
        name: its name in the comparison.
        description: what it changes, a text for each change.
        all: what it does to all children.
        tables: by the name of a table, by the values of its dimensions: what it does to those children.
        policies: what each policy of money costs.
        reaches: how categories and policies come out otherwise.
        changes: the children of whom anything may change, a row each: ``row``, ``ref``, ``kind``, the dimensions, changes in
            fen, and ``state:<code>``.
        unset: the numbers that places have not set, in the book or the reform, on which an open change of money, or whom a
            rule reaches, rests: which, where, and for how many children. One on which the forms of the rules show that none of
            these rests is not named; one that is named may still turn out to change nothing.
        boundless: the facts that nobody knows, and numbers not set, without which a change of money has no bound on one side,
            those of most children first; of children whose bounds were narrowed.
        widths: what the distance between the low and the high end of the cost a year rests on: facts that are not known and
            numbers not set, the widest first; of children whose bounds were narrowed.
        elsewhere: where the books are pinned to a place, of how many children it is another: they were assessed by its rules
            all the same; None where there are none.
        recorded: the facts that record what a policy pays which the reform changes: what is recorded stays the same by both
            books, and so does what other help counts of it; of how many children.
        unborn: how many children are not born yet on the day: nobody is paid before birth, by either book, and they are in no other
            number, nor in ``changes``.
        not_narrowed: of how many children bounds are not as narrow as can be, as ``compare(narrow=…)`` left them out.
    """

    name: str
    description: tuple[Text, ...]
    all: Effect
    tables: Mapping[str, Mapping[Key, Effect]]
    policies: tuple[PolicyCost, ...]
    reaches: tuple[Reach, ...]
    changes: pl.DataFrame
    unset: tuple[UnsetValue, ...] = ()
    boundless: tuple[Boundless, ...] = ()
    not_narrowed: int = 0
    widths: tuple[Width, ...] = ()
    elsewhere: Elsewhere | None = None
    recorded: tuple[Recorded, ...] = ()
    unborn: int = 0

    @property
    def notes(self) -> tuple[Text, ...]:
        """What to know of the numbers, in words: children who are not born yet, children of another place than the books', recorded facts that stand for what a
        changed policy pays, and what leaves bounds wide: numbers not set, facts not known, and children whose bounds were not narrowed.
        """
        said = unborn_said(self.unborn)
        said += [] if self.elsewhere is None else [self.elsewhere.said]
        said += [fact.said for fact in self.recorded]
        said += [*(value.said for value in self.unset), *(value.said for value in self.boundless)]
        if (width := self.widest) is not None:
            said.append(_width_in_words(width, self))
        if self.not_narrowed:
            said.append(
                Text(
                    f"{self.not_narrowed:,} 名儿童的上下限未收到最窄（narrow=None 则全部收窄）",
                    f"the bounds of {so_many(self.not_narrowed)} are not as narrow as can be (narrow=None narrows all)",
                )
            )
        return tuple(said)

    @property
    def widest(self) -> Width | None:
        """What carries half of the width of the cost or more: of several, what is unknown of the fewest children.

        None where nothing does, or where several lie with the same children, so that none of them says more than the others.
        """
        low, high = self.cost_a_year.low_fen, self.cost_a_year.high_fen
        if low is None or high is None or low == high:
            return None
        wide = [width for width in self.widths if width.apart_fen is not None and width.apart_fen * 2 >= high - low]
        wide.sort(key=_fewest_first)
        if not wide or (len(wide) > 1 and _fewest_first(wide[0]) == _fewest_first(wide[1])):
            return None
        return wide[0]

    @property
    def title(self) -> Text:
        """Its name as people read it; of one that was given without a name, ``the reform``."""
        return reform_title(self.name)

    @property
    def cost_a_year(self) -> Between:
        """By how much what is due in a year changes: twelve months, four quarters, a year's and a school year's help."""
        return self.all.cost_a_year

    def reach(self, code: str) -> Reach | None:
        """How a category or policy comes out otherwise; None where it comes out as before of every child."""
        return next((r for r in self.reaches if r.code == code), None)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.all.gains} of {self.all.children} children gain, {self.all.loses} lose>"


@attrs.frozen(eq=False, repr=False)
class Comparison:
    """What reforms do, beside the book they change. Made by ``compare``.

    Attributes:
        day: the day.
        base: the book as it is.
        books: the reforms by name.
        reforms: what each does.
        by: the names of the tables.

    A change of a child, ``low`` to ``high``, holds whatever its unknown facts are: nothing outside can come about. It may be
    wider than what can come about: a child of whom only ``may_gain`` is said may be one that gains for sure, never the
    reverse. Policies that a reform does not touch cancel; of the others, both books are taken to be met by one and the same
    child.

    The bounds are those of facts that become known: what a rule makes of not knowing itself (``r.known``) is taken as it is
    asked today, as in every bound of an assessment. Only where a rule asks of a fact both whether it holds and whether it is
    known, a change is that of the fact's being known: what holds is known to hold.
    """

    day: dt.date
    base: PolicyBook
    books: Mapping[str, PolicyBook]
    reforms: Mapping[str, ReformEffect]
    by: tuple[tuple[str, ...], ...]
    titles: Mapping[str, Text]
    _people: People

    def __getitem__(self, reform: str) -> ReformEffect:
        if reform not in self.reforms:
            raise UnknownReformError(
                Text(
                    f"没有名为 {reform!r} 的改革；有 {'、'.join(self.reforms)}。",
                    f"There is no reform {reform!r} here; there are {', '.join(self.reforms)}.",
                )
                + suggestion(reform, self.reforms)
            )
        return self.reforms[reform]

    def effect(self, reform: str | None = None) -> ReformEffect:
        """What one reform does.

        Args:
            reform: its name; the only one, if left out.

        Raises:
            UnknownReformError: there is no such reform, or several and none was named.
        """
        if reform is None and len(self.reforms) > 1:
            raise UnknownReformError(
                Text(
                    f"有多项改革，请写明其一：{'、'.join(self.reforms)}。",
                    f"There are several reforms; say which: {', '.join(self.reforms)}.",
                )
            )
        return self[next(iter(self.reforms)) if reform is None else reform]

    # ---- the children behind a number ---------------------------------------------------------------------------

    def children(
        self,
        reform: str | None = None,
        *,
        gains: bool | None = None,
        loses: bool | None = None,
        kind: str | None = None,
        reached: str | None = None,
        lost: str | None = None,
        **where: str,
    ) -> pl.DataFrame:
        """The children behind a number, a row each; ``open`` takes their ``row`` or ``ref``.

        Args:
            reform: its name; the only one, if left out.
            gains: those who gain for sure (True), or do not for sure (False).
            loses: those who lose for sure (True), or do not for sure (False).
            kind: ``gains``, ``may_gain``, ``may_lose``, ``loses``, ``open``, or ``same``: of those in a row, see below.
            reached: the code of a category or policy that reaches them newly: of whom it did not hold, and of whom that
                was not known. The column ``reached_before`` says which: ``no``, ``not_known``, or ``absent`` where the
                book does not have the rule.
            lost: the code of one that they fall out of. The column ``lost_after`` says how it comes out now, likewise.
            where: values of dimensions: ``place="330106"``, ``age="6-11"``, ``sex="female"``, ``class_="cn.economic_hardship"``.

        Returns:
            Their number in the population, ``ref``, dimensions, and changes in yuan a year and once, of the child and its
            household. Children of whom nothing can change are in no row, nor those who are not born yet; one whose money stays the same and of whom a
            category or policy comes out otherwise has the kind ``same``. It holds no name and no ID number.

        Raises:
            UnknownReformError: there is no such reform, rule, dimension or value of one here, or ``gains`` or ``loses`` is
                neither True nor False.
        """
        effect = self.effect(reform)
        found = effect.changes
        for wanted, name in ((gains, "gains"), (loses, "loses")):
            if wanted is not None:
                _known_flag(name, wanted)
                found = found.filter((pl.col("kind") == name) == wanted)
        if kind is not None:
            _known(kind, KINDS, Text("情形", "kind"))
            found = found.filter(pl.col("kind") == kind)
        for code, wanted_states in ((reached, _REACHED), (lost, _LOST)):
            if code is not None:
                states = [c.removeprefix("state:") for c in found.columns if c.startswith("state:")]
                if code not in states:
                    _known(code, [*states, *self.titles], Text("类别或政策", "category or policy"))
                    return found.head(0).select(_shown(found))
                found = found.filter(pl.col(f"state:{code}").is_in(list(wanted_states)))
                state = pl.col(f"state:{code}")
                name, other = ("reached_before", state // 4) if wanted_states is _REACHED else ("lost_after", state % 4)
                found = found.with_columns(other.replace_strict(_STATES, return_dtype=pl.String).alias(name))
        for given, value in where.items():
            name = given.rstrip("_")
            _known(name, [c for c in found.columns if ":" not in c], Text("维度", "dimension"))
            column = found[name]
            many = isinstance(column.dtype, pl.List)
            there = (column.explode() if many else column).drop_nulls().cast(pl.String).unique().sort()
            _known(value, [*values_of(name, effect.tables), *there], TITLES.get(name, same(name)))
            found = found.filter(column.list.contains(value) if many else column == value)
        return found.select(_shown(found))

    def open(self, child: int | str, reform: str | None = None) -> ChildCompared:
        """One child, by the book as it is and by a reform: both assessments, and what differs.

        Args:
            child: the number of its row, or its ``ref``.
            reform: its name; the only one, if left out.

        Raises:
            ChildNotFoundError: there is no such child, or several.
            UnknownReformError: there is no such reform here.
        """
        effect = self.effect(reform)
        others = [book for name, book in self.books.items() if name != effect.name]
        return open_child(self._people, self.base, self.books[effect.name], child, self.day, others)

    # ---- as text, rows and pictures -----------------------------------------------------------------------------

    def rows(self) -> list[dict[str, Any]]:
        """Every number as rows of plain values, for a dataframe: a row for each reform, table and cell.

        ``table`` is ``all`` or the name of a table, and a column for each dimension says which cell. Money is text in yuan;
        None is no bound.
        """
        names = list(dict.fromkeys(name for by in self.by for name in by))
        found: list[dict[str, Any]] = []
        for name, effect in self.reforms.items():
            none = dict.fromkeys(names)
            found.append({"reform": name, "table": "all", **none, **effect.all.plain()})
            for by in self.by:
                table = " × ".join(by)
                for key, cell in effect.tables[table].items():
                    at = none | dict(zip(by, key, strict=True))
                    found.append({"reform": name, "table": table, **at, **cell.plain()})
        return found

    def to_polars(self) -> pl.DataFrame:
        """``rows`` as a table: money is exact, decimals of two places (yuan); null is no bound."""
        return money_table(self.rows(), MONEY)

    def summary(self, lang: Language | None = None) -> str:
        """What the reforms do, in words.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.model.view import display_language

        return "\n\n".join(text.in_(lang or display_language()) for text in self._said())

    def _said(self) -> Iterator[Text]:
        for effect in self.reforms.values():
            yield _in_words(effect)

    def view(self, lang: Language | None = None) -> "View":
        """The comparison as a notebook shows it."""
        from kinderguard.analysis.comparing.shown import comparison_view

        return comparison_view(self, lang)

    def plot(self, lang: Language | None = None, **options: Any) -> "Plot":
        """Winners and losers as a picture; options as for ``analysis.plots.winners``."""
        from kinderguard.analysis import plots

        return plots.winners(self, lang, **options)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr__(self) -> str:
        return f"<Comparison on {self.day}: {', '.join(map(repr, self.reforms.values()))}>"

    def __str__(self) -> str:
        return self.summary()


_REACHED = {NO * 4 + YES, OPEN * 4 + YES, ABSENT * 4 + YES}
_LOST = {YES * 4 + NO, YES * 4 + OPEN, YES * 4 + ABSENT}

_STATES = {NO: "no", YES: "yes", OPEN: "not_known", ABSENT: "absent"}
#: So many names are listed where one is not there.
_LISTED = 12


def _known(value: str, known: Iterable[str], what: Text) -> None:
    names = list(dict.fromkeys(known))
    if value not in names:
        more = len(names) > _LISTED
        listed = names[:_LISTED]
        raise UnknownReformError(
            Text(
                f"这里没有{what.zh} {value!r}；有 {'、'.join(listed)}{'等' if more else ''}。",
                f"There is no {what.en} {value!r} here; there are {', '.join(listed)}{' and others' if more else ''}.",
            )
            + suggestion(value, names)
        )


def _known_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        may = f"may_{name.removesuffix('s')}"
        raise UnknownReformError(
            Text(
                f"{name} 只取 True 或 False；仅可能如此的儿童用 kind={may!r}，可能受益也可能受损的用 kind='open'。",
                f"{name} is True or False; of whom it is only possible: kind={may!r}, and kind='open' for who may gain or lose.",
            )
        )


def _shown(found: pl.DataFrame) -> list[pl.Expr]:
    """The columns of children as they are given: changes in yuan, dimensions, no states."""
    shown = []
    for name, dtype in found.schema.items():
        if ":" in name:
            continue
        if name.endswith(("_low", "_high")) and dtype == pl.Int64:
            # Decimals are held as whole numbers of their last place, which is the fen.
            shown.append((pl.col(name).cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2)).alias(name))
        else:
            shown.append(pl.col(name))
    return shown


def _in_words(effect: ReformEffect) -> Text:
    every = effect.all
    lines = [
        *effect.description,
        Text(
            f"儿童 {every.children:,} 人：受益 {_count(every.winners)[0]} 人，受损 {_count(every.losers)[0]} 人，"
            f"确定不变 {every.same:,} 人。",
            f"Of {so_many(every.children)} {_count(every.winners)[1]} {'gains' if every.winners == (1, 1) else 'gain'}, "
            f"{_count(every.losers)[1]} {'loses' if every.losers == (1, 1) else 'lose'}, and "
            f"{every.same:,} {'is' if every.same == 1 else 'are'} for sure as before.",
        ),
        *(Text("  ", "  ") + said for said in effect.notes),
        Text(f"每年支出变动：{every.cost_a_year.text.zh}", f"Change in cost a year: {every.cost_a_year.text.en}")
        + (
            Text("", "")
            if every.cost_once.is_zero
            else Text(f"；一次性：{every.cost_once.text.zh}", f"; once: {every.cost_once.text.en}")
        ),
    ]
    for policy in effect.policies:
        if not policy.change.is_zero:
            lines.append(
                Text(
                    f"  {policy.title.zh}：{policy.before.text.zh} → {policy.after.text.zh}，变动 {policy.change.text.zh}",
                    f"  {policy.title.en}: {policy.before.text.en} → {policy.after.text.en}, a change of "
                    f"{policy.change.text.en}",
                )
            )
    for reach in effect.reaches:
        if is_moved(reach):
            lines.append(Text(f"  {reach.title.zh}：", f"  {reach.title.en}: ") + _reach_in_words(reach))
            lines += [Text(f"    {why.zh}", f"    {why.en}") for why in reach.why]
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def _fewest_first(width: Width) -> tuple[int, int, bool]:
    return width.children, -(width.apart_fen or 0), width.limits is None


def _width_in_words(width: Width, effect: ReformEffect) -> Text:
    low, high = effect.cost_a_year.low, effect.cost_a_year.high
    assert low is not None
    assert high is not None
    whole = high - low
    least, most = width.limits or (None, None)
    taken = (
        Text(f"，未知时按 {least} 至 {most} 计", f", taken as anything from {least} to {most}")
        if width.limits
        else Text("", "")
    )
    looked = Text("（仅计已逐一收窄者）", " (of those looked into)") if effect.not_narrowed else Text("", "")
    filled = f'children.with_columns(pl.col("{width.code}").fill_null(…))'
    mend = Text(
        "设定该数值后再比较，或先用 with_parameters 试算",
        "set the number and compare again, or try one first by with_parameters",
    )
    if width.what == "fact":
        mend = Text("补填后再比较", "fill it in and compare again")
        if width.limits:
            mend += Text(f"，或先填一值试算：{filled}", f", or try a value first: {filled}")
    return Text(
        f"每年支出变动的上下限相差 {whole:,} 元，其中至多 {width.apart:,} 元涉及 {width.children:,} 名儿童{looked.zh}："
        f"“{width.title.zh}”（{width.code}）未知{taken.zh}。{mend.zh}",
        f"of the {whole:,} yuan between the low and the high end of the cost a year, up to {width.apart:,} lie with "
        f"{so_many(width.children)}{looked.en} of whom ‘{width.title.en}’ ({width.code}) is not known{taken.en}; {mend.en}",
    )


def is_moved(reach: Reach) -> bool:
    """Whether it comes out otherwise of any child, for sure or as far as is known."""
    return bool(reach.newly_reached or reach.fallen_out or reach.settled_no or reach.opened_no)


def _reach_in_words(reach: Reach) -> Text:
    """Each way in which it comes out otherwise; of whom it was not known, both what is settled as yes and as no."""
    parts = (
        (reach.reached[0], Text("新覆盖", "newly reached")),
        (reach.reached[1], Text("原先待定、现已确定符合", "not known before, now known to be")),
        (reach.settled_no, Text("原先待定、现已确定不符合", "not known before, now known not to be")),
        (reach.lost[0], Text("退出", "fall out")),
        (reach.lost[1], Text("原先符合、现为待定", "were, and it is not known now")),
        (reach.opened_no, Text("原先不符合、现为待定", "were not, and it is not known now")),
    )
    said = [Text(f"{what.zh} {n:,} 人", f"{what.en}: {n:,}") for n, what in parts if n]
    return join(said, "，", ", ")


def _count(bounds: tuple[int, int]) -> tuple[str, str]:
    low, high = bounds
    return (f"{low:,}", f"{low:,}") if low == high else (f"{low:,} 至 {high:,}", f"{low:,} to {high:,}")


__all__ = [
    "UNNAMED",
    "Boundless",
    "Comparison",
    "PolicyCost",
    "Reach",
    "Recorded",
    "ReformEffect",
    "UnknownReformError",
    "Why",
    "Width",
]

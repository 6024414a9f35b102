"""``compare``: reforms beside a book, over many children.

The base is assessed once, each reform once, part by part; what differs is counted while a part is in memory, and only the
children of whom something may change are kept.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from kinderguard.analysis.between import NOTHING, Between, total
from kinderguard.analysis.comparing.beside import Asking, Beside
from kinderguard.analysis.comparing.counting import Counting, Sums
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR
from kinderguard.analysis.comparing.fallen import ABSENT as GONE
from kinderguard.analysis.comparing.fallen import Fallen, Why
from kinderguard.analysis.comparing.lacking import Lacking
from kinderguard.analysis.comparing.narrowing import NARROW, RESTS, Narrowing
from kinderguard.analysis.comparing.outlined import limits
from kinderguard.analysis.comparing.paid_once import Households, PaidOnce, Totals
from kinderguard.analysis.comparing.recorded import RecordedCount
from kinderguard.analysis.comparing.result import (
    UNNAMED,
    Boundless,
    Comparison,
    PolicyCost,
    Reach,
    ReformEffect,
    Width,
    reform_title,
)
from kinderguard.analysis.comparing.rows import ABSENT, NO, OPEN, YES, changed, settled
from kinderguard.analysis.dimensions import By, Sorting
from kinderguard.analysis.elsewhere import ElsewhereCount
from kinderguard.analysis.people import Jobs, People, Piece, job_of, wanted
from kinderguard.analysis.unborn import UnbornCount
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import ToldError
from kinderguard.model.places import place_and_code
from kinderguard.model.progress import SHORT
from kinderguard.model.text import Text, join
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.describing import described
from kinderguard.packs.frames.parquet import told
from kinderguard.rules.titles import fact_title

if TYPE_CHECKING:
    from kinderguard.packs.frames.parquet import Progress

BASE = "#base"
#: More children times reforms than this take so long that a bar is shown, where bounds are narrowed.
MUCH = 10_000
#: A reform takes so many times as long as an assessment by the base: it is assessed, and bounds are narrowed.
REFORM = 4
#: After so many seconds it is told again how far a reform is.
TOLD_EVERY = 0.5


class NoReformError(ToldError, ValueError):
    """Nothing to compare with, or reforms of another kind than books."""


class ReformPinError(ToldError, ValueError):
    """A reform is pinned to another day or place than the book it is held against; the message names both.

    A comparison holds the children, the day and the place fixed and changes the rules.
    """


class NarrowError(ToldError, ValueError):
    """How many kinds of children are narrowed is no whole number from 0 up."""


def compare(
    base: PolicyBook,
    reform: PolicyBook | Mapping[str, PolicyBook],
    population: Any,
    *,
    members: Any = None,
    on: dt.date | None = None,
    division: str | None = None,
    by: str | Iterable[str | Iterable[str]] = ("place", "class", "age", "sex"),
    place_digits: int = 6,
    narrow: int | None = NARROW,
    progress: "bool | Progress | None" = None,
) -> Comparison:
    """Who gains and who loses by a reform, by how much, what it costs, whom it reaches, who falls out and why.

    Args:
        base: the book as it is.
        reform: a book that was made from it (``with_parameters``, ``with_policies``, ``without``), or several by name. The
            base is assessed once for all of them. Its day and place are the base's, unless ``on`` and ``division`` say others
            for both.
        population: a ``Population``, a table as ``assess_frame`` takes it, or Parquet files (a path, a folder, a pattern
            or several paths), which are read part by part.
        members: the household members, or tables by list, of the same kind as the children.
        on: the day, for all books; the base's own if left out.
        division: whose rules, for all children and books; if left out, those of the place that the base is pinned to, else of
            the division in charge of each child. Where a pinned book meets children of elsewhere, ``elsewhere`` of a reform
            says how many.
        by: the tables that are counted: dimensions (``place``, ``class``, ``age``, ``sex``, or a column of the children),
            or several of them for a table of every combination. A column has one value a child, and another name than those
            that results have themselves.
        place_digits: how many digits of a division make a place.
        narrow: how many kinds of children (alike in all that bears on the change) are looked into once more, where the bounds
            of their change are open: so many of whom it is not said whether they gain or lose, or who have no bound though
            their place has set all numbers; and a tenth as many of the others, those first who are many and whose bounds
            are far apart. Bounds of those left out hold as well, and are wider; ``not_narrowed`` of a reform says how many
            children these are. None: all, which takes about a millisecond for each kind; 0: none.
        progress: a bar in a terminal or notebook (True), or a function that is called with children done and in all; if
            left out, a bar for more than 10,000 children times reforms (100,000 with ``narrow=0``).

    Returns:
        A ``Comparison``. Money is what is due by the rules in a year: twelve months, four quarters, a year's and a school
        year's help; what is paid once is a column of its own. Who gains is judged by both together, in the first year. Help
        for a household is counted for each of its children where it is asked who gains, and once where it is asked what it
        costs (with the first of its children who may get it), but dibao that children draw as one person for each of them.

        Where facts are unknown, every number has a lower and an upper bound: whatever the unknown facts are, the truth lies
        between. Cells that cannot be read are unknown.

    Raises:
        NoReformError: no reform, or one that is no book.
        ReformPinError: a reform is pinned to another day or place than the base, and ``on`` or ``division`` is left out.
        NarrowError: ``narrow`` is no whole number from 0 up.
        UnknownDimensionError: no such dimension, or a column that cannot be one.
        FrameColumnError, ParquetRunError: the population cannot be read.
        NoDayError: no day was given.
        KeyboardInterrupt: it was interrupted; nothing was changed, and it can be called again.

    >>> import datetime as dt, kinderguard
    >>> from kinderguard.analysis import compare, synthesize
    >>> book = kinderguard.load().on(dt.date(2025, 9, 1)).with_parameters({"cn.orphan.scattered_monthly": "1500"})
    >>> reform = book.with_parameters({"cn.orphan.scattered_monthly": "1600"})
    >>> found = compare(book, reform, synthesize(300, seed=7, divisions=["330106"]))
    >>> found["reform"].all.losers, found["reform"].all.gains > 0
    ((0, 0), True)
    """
    _check(narrow)
    reforms = _reforms(reform)
    day = base.day_of(on)
    _refuse_other_pins(base, reforms, day, own_day=on is None, own_place=not division)
    people = People(population, members, division or base.division)
    tables = By.of(by)
    sorting = Sorting(people, day, tables, place_digits)
    long = wanted(progress, people.count * len(reforms), SHORT if narrow == 0 else MUCH)
    with told(long, 0, people.count) as tell:
        tell(0, people.count)  # before the rules of all places are read and laid beside each other
        return _compared(base, reforms, day, people, tables, sorting, narrow, tell)


def _compared(
    base: PolicyBook,
    reforms: Mapping[str, PolicyBook],
    day: dt.date,
    people: People,
    tables: Sequence[By],
    sorting: Sorting,
    narrow: int | None,
    tell: "Progress",
) -> Comparison:
    books = {BASE: base, **reforms}
    asking = {name: Asking() for name in books}
    beside = {
        name: Beside(base, book, day, people.divisions, people.division, (asking[BASE], asking[name]))
        for name, book in reforms.items()
    }
    households = {name: Households(book, day, people, asking[name]) for name, book in books.items()}
    sets = people.jobs({name: job_of(book, day, people, asked=asking[name].all) for name, book in books.items()})
    # What the table lacks is told once: reforms read much the same.
    people.warn([place for each in sets for place in each.jobs[BASE].places])
    before_sums = _PolicySums(base, day, people, households[BASE])
    found = {
        name: _Running(
            base, book, day, people, tables, sets, beside[name], narrow, (households[BASE], households[name])
        )
        for name, book in reforms.items()
    }
    elsewhere, unborn = ElsewhereCount(people.division), UnbornCount(day)
    so_far = _SoFar(tell, people.count, len(found))
    for part in people.pieces(sets, [*sorting.columns, *sorting.reads]):
        piece = unborn.apart(part)
        jobs = sets[piece.jobs].jobs
        before = jobs[BASE].assess(piece.rows, piece.tables)
        before_sums.add(piece, before)
        elsewhere.add(jobs[BASE], piece.rows)
        dimensions = sorting.columns_of(piece.rows, piece.tables, piece.places, before)
        so_far.begin(len(part.rows))
        for name, running in found.items():
            after = jobs[name].assess(piece.rows, piece.tables)
            running.add(piece, before, after, dimensions, so_far.step())
            del after
        so_far.end()
    before_sums.close()
    for running in found.values():
        running.close()
    titles = _titles(books.values(), people)
    due_before = _due_before(before_sums, found.values())
    return Comparison(
        day=day,
        base=base,
        books=reforms,
        reforms={
            name: running.finished(name, titles, due_before, before_sums, elsewhere, unborn)
            for name, running in found.items()
        },
        by=tuple(each.names for each in tables),
        titles=titles,
        people=people,
    )


@attrs.define(eq=False)
class _SoFar:
    """Tells how far a comparison is, in children: of each part the base's share, then those of the reforms.

    Args:
        tell: what is told.
        count: how many children there are.
        reforms: how many reforms.
    """

    tell: "Progress"
    count: int
    reforms: int
    _done: int = 0
    _part: int = 0
    _steps: int = 0
    _last: float = 0.0

    def begin(self, part: int) -> None:
        """The base is through with a part of so many children."""
        self._part, self._steps = part, 0
        self._say(1)

    def step(self) -> "Callable[[float], None]":
        """The next reform was asked; what takes from here how far it is with the rest of it, 0 to 1."""
        first = 1 + REFORM * self._steps
        self._steps += 1
        self._say(first + 1)

        def within(share: float) -> None:
            if monotonic() - self._last >= TOLD_EVERY:
                self._say(first + 1 + (REFORM - 1) * share)

        return within

    def end(self) -> None:
        """All are through with the part."""
        self._done += self._part
        self._part = 0
        self._say(0)

    def _say(self, steps: float) -> None:
        self._last = monotonic()
        done = self._done + int(self._part * steps / (1 + REFORM * self.reforms))
        self.tell(done, self.count)


def _check(narrow: object) -> None:
    if narrow is not None and (not isinstance(narrow, int) or isinstance(narrow, bool) or narrow < 0):
        raise NarrowError(
            Text(
                "narrow 为 0 或正整数，或 None（全部收窄）。",
                "narrow is a whole number from 0 up, or None to narrow all.",
            )
        )


def _reforms(reform: Any) -> dict[str, PolicyBook]:
    reforms = dict(reform) if isinstance(reform, Mapping) else {UNNAMED: reform}
    wrong = [name for name, book in reforms.items() if not hasattr(book, "assess_frame") or name == BASE]
    if wrong or not reforms:
        raise NoReformError(
            Text(
                "改革须为规则书（如 book.with_parameters(…)），或由名称到规则书的字典。",
                "A reform is a policy book, such as book.with_parameters(…), or several by name: {'higher': …}.",
            )
        )
    return reforms


def _refuse_other_pins(
    base: PolicyBook, reforms: Mapping[str, PolicyBook], day: dt.date, *, own_day: bool, own_place: bool
) -> None:
    """Refuse reforms of another day or place than the base: what differs would not be what they change in the rules.

    Args:
        base, reforms: the books.
        day: the day of the comparison.
        own_day, own_place: whether these are the base's own, and not said for all books.
    """
    lines: list[Text] = []
    # A book without a day has none that could differ; one without a place takes each child's own.
    days = {name: book.day for name, book in reforms.items() if own_day and book.day not in (None, day)}
    places = {name: book for name, book in reforms.items() if own_place and book.division != base.division}
    for name, theirs in days.items():
        title = reform_title(name)
        lines.append(
            Text(
                f"“{title.zh}”的日期是 {theirs}，而原规则集的是 {day}。",
                f"‘{title.en}’ is pinned to {theirs}, and the book that it is held against to {day}.",
            )
        )
    if days:
        lines.append(
            Text(
                f"请写 compare(…, on=date({day.year}, {day.month}, {day.day}))，或改用 reform.on(base.day)。要比较两个日期：一名儿童用 timeline，许多儿童用 "
                "assess_frame 各日评估一次。",
                f"Give compare(…, on=date({day.year}, {day.month}, {day.day})), or take reform.on(base.day). To compare two "
                "days: timeline for one child, assess_frame once for each day for many.",
            )
        )
    for name, book in places.items():
        title, own, place = reform_title(name), _place_of(base), _place_of(book)
        lines.append(
            Text(
                f"“{title.zh}”的地区：{place.zh}；原规则集的地区：{own.zh}。",
                f"‘{title.en}’ is for {place.en}, and the book that it is held against is for {own.en}.",
            )
        )
    if places:
        lines.append(_mend_of_places(base, places.values()))
    if lines:
        raise ReformPinError(
            Text(
                "比较时儿童、日期和地区不变，只改规则；请用同一日期、同一地区的规则集，或以 on=、division= 统一指定。",
                "A comparison holds the children, the day and the place fixed and changes the rules. Take books of one day and "
                "one place, or give on= and division=, which are meant for all.",
            )
            + join([Text("", ""), *lines], "\n", "\n")
        )


def _place_of(book: PolicyBook) -> Text:
    if book.division is None:
        return Text("未指定（按每名儿童自己的地区）", "no one place (each child by the rules of its own)")
    return place_and_code(book.division, book.overlay(book.division).titles)


def _mend_of_places(base: PolicyBook, reforms: Iterable[PolicyBook]) -> Text:
    if base.division is not None:
        return Text(
            f"请写 compare(…, division={base.division!r})，或改用 reform.for_division({base.division!r})。",
            f"Give compare(…, division={base.division!r}), or take reform.for_division({base.division!r}).",
        )
    place = next(book.division for book in reforms)
    return Text(
        f"请写 compare(…, division={place!r})，或由未指定地区的规则集作出改革。",
        f"Give compare(…, division={place!r}), or make the reform from the book that is for no one place.",
    )


def _titles(books: Iterable[PolicyBook], people: People) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for book in books:
        for place in people.divisions:
            found |= book.overlay(people.division or place).titles
    return found


class _PolicySums:
    """What each policy of money comes to in one book, a household's help counted once."""

    def __init__(self, book: PolicyBook, day: dt.date, people: People, households: Households) -> None:
        self.every: dict[str, Frequency] = {}
        for place in people.divisions:
            for code, policy in book.overlay(people.division or place).in_force(day).rules.policies.items():
                if policy.amount is not None:
                    self.every[code] = policy.every
        self._to_households = households.codes
        self._totals = Totals(households)
        self._sums = Sums()
        self.payees: Counter[str] = Counter()

    def add(self, piece: Piece, results: pl.DataFrame) -> None:
        """Count some children."""
        exprs = []
        for code in self.every:
            low, high = f"{code}.low_fen", f"{code}.high_fen"
            if low not in results.columns:
                continue
            # Of a policy that a place does not have, nothing is there; of an unknown amount, at least nothing is known.
            there = pl.col(f"{code}.eligible").is_not_null() | pl.col(low).is_not_null()
            exprs += [
                pl.when(there).then(pl.col(low).cast(pl.Int64).fill_null(0)).otherwise(0).alias(f"{code}:low"),
                pl.when(there).then(pl.col(high).cast(pl.Int64)).otherwise(0).alias(f"{code}:high"),
            ]
        frame = results.select(exprs)
        for code in sorted(self._to_households):
            names = [f"{code}:{end}" for end in ("low", "high")]
            if names[0] in frame.columns:
                amounts = frame.select(pl.col(name).alias(name.rpartition(":")[2]) for name in names)
                kept = pl.lit(self._totals.add(code, piece, results, amounts))
                frame = frame.with_columns(pl.when(~kept).then(pl.col(name)).otherwise(0).alias(name) for name in names)
        self._sums.add(frame, frame.columns)
        for code in self.every:
            if f"{code}:high" in frame.columns:
                # Nothing above is a bound that is not there: something may be given.
                self.payees[code] += int((frame[f"{code}:high"] != 0).fill_null(True).sum())

    def close(self) -> None:
        """Count the households that were kept: all children have come."""
        for code, low, high, payees in self._totals.found():
            frame = pl.DataFrame(
                {f"{code}:low": [low], f"{code}:high": [high]}, schema_overrides={f"{code}:high": pl.Int64}
            )
            self._sums.add(frame, frame.columns)
            self.payees[code] += payees

    def of(self, code: str) -> Between:
        """What a policy comes to, a year or once."""
        factor = TIMES_A_YEAR.get(self.every[code], 1) if code in self.every else 1
        return self._sums.between(code).times(factor)


def _due_before(base: _PolicySums, reforms: "Iterable[_Running]") -> dict[str, Between]:
    """What each policy comes to by the book as it is: one amount for all reforms, as narrow as they together show.

    By one book it is no further from another than what changes between them, and each of these bounds holds.
    """
    reforms = list(reforms)
    found = {code: base.of(code) for code in sorted({*base.every, *(code for each in reforms for code in each.paid)})}
    for each in reforms:
        for code, own in found.items():
            found[code] = own.within(each.due_after(code) - each.change(code))
    return found


class _Running:
    """One reform while parts come in."""

    def __init__(
        self,
        base: PolicyBook,
        book: PolicyBook,
        day: dt.date,
        people: People,
        tables: Sequence[By],
        sets: Sequence[Jobs],
        beside: Beside,
        narrow: int | None,
        households: tuple[Households, Households],
    ) -> None:
        self._base, self._book, self._day, self._people = base, book, day, people
        self._places = [each.places for each in sets]
        self._beside = beside
        self._counting = Counting(tables)
        self._sums, self._after = Sums(), _PolicySums(book, day, people, households[1])
        self._states: dict[str, Counter[int]] = {code: Counter() for code in self._beside.codes}
        self._kept: list[pl.DataFrame] = []
        self._narrowing = Narrowing(base, book, day, people, self._places, beside, narrow)
        self._once = PaidOnce(beside, *households)
        self._recorded = RecordedCount(base, book, day, people, beside)
        self._lacking = Lacking(base, book, day, people, self._places, beside)
        self._fallen = Fallen(base, book, day, people, [each.places for each in sets])

    def add(
        self,
        piece: Piece,
        before: pl.DataFrame,
        after: pl.DataFrame,
        dimensions: pl.DataFrame,
        tell: Callable[[float], None],
    ) -> None:
        """Count some children; tell how far their bounds are."""
        found = changed(piece, before, after, self._beside, lambda share: tell(share / 2))
        found = self._narrowing.narrowed(piece, found, lambda share: tell((1 + share) / 2))
        self._recorded.add(piece, before, after, found)
        found = settled(self._once.costs(piece, {"a": before, "b": after}, found, dimensions))
        self._count(found, dimensions)
        self._after.add(piece, after)
        for code in self._beside.codes:
            states = found[f"state:{code}"].value_counts()
            self._states[code].update(dict(states.iter_rows()))
        self._lacking.add(piece, found)
        self._fallen.add(
            piece,
            {code: found[f"state:{code}"] == YES * 4 + NO for code in self._beside.codes},
            {
                code: found[f"state:{code}"].is_in([NO * 4 + YES, ABSENT * 4 + YES])
                for code in self._beside.codes
                if code in self._beside.paid_after
            },
        )
        self._keep(piece, found, dimensions)

    def _count(self, found: pl.DataFrame, dimensions: pl.DataFrame) -> None:
        self._counting.add(found, dimensions)
        self._sums.add(found, [name for name in found.columns if name.startswith("policy:")])
        if RESTS in found.columns:
            self._narrowing.add_widths(found)

    def close(self) -> None:
        """Count what households cost that were kept: all children have come."""
        self._after.close()
        if (kept := self._once.kept()) is not None:
            self._count(*kept)

    def _keep(self, piece: Piece, found: pl.DataFrame, dimensions: pl.DataFrame) -> None:
        """The children of whom something may change."""
        states = [pl.col(f"state:{code}") for code in self._beside.codes]
        moved = pl.any_horizontal(pl.col("kind") != "same", *(s // 4 != s % 4 for s in states))
        wanted = found.select(moved.alias("moved")).to_series()
        own = [piece.numbers.alias("row"), *([piece.rows["ref"]] if "ref" in piece.rows.columns else [])]
        columns = ["kind", *(f"{name}_{end}" for name in ("year", "once") for end in ("low", "high"))]
        columns += [f"state:{code}" for code in self._beside.codes]
        frame = pl.DataFrame(own).hstack(dimensions).hstack(found.select(columns))
        kept = frame.filter(wanted)
        self._kept.append(kept.with_columns(pl.col("class").str.split("|")) if "class" in kept.columns else kept)

    # ---- in the end ---------------------------------------------------------------------------------------------

    @property
    def paid(self) -> Iterable[str]:
        """The policies of money that its book has."""
        return self._after.every

    def due_after(self, code: str) -> Between:
        """What a policy comes to by its book."""
        return self._after.of(code)

    def change(self, code: str) -> Between:
        """By how much what a policy comes to changes."""
        if code not in self._beside.money:
            return NOTHING
        return total(self._sums.between(f"policy:{code}:{name}") for name in ("year", "once"))

    def finished(
        self,
        name: str,
        titles: Mapping[str, Text],
        before: Mapping[str, Between],
        base: _PolicySums,
        elsewhere: ElsewhereCount,
        unborn: UnbornCount,
    ) -> ReformEffect:
        """What the reform does.

        Args:
            name: its name.
            titles: of rules by code.
            before: what each policy comes to by the book as it is.
            base: how often that book pays each, and to how many.
            elsewhere: the children of another place than the books'.
            unborn: those who are not born yet.
        """
        return ReformEffect(
            name=name,
            description=described(self._book, self._base),
            all=self._counting.all,
            tables=self._counting.tables(),
            policies=tuple(self._costs(titles, before, base)),
            reaches=tuple(reach for code in self._beside.codes if (reach := self._reach(code, titles)) is not None),
            changes=pl.concat(self._kept, how="vertical") if self._kept else pl.DataFrame(),
            unset=(unset := self._lacking.found()),
            not_narrowed=self._narrowing.not_narrowed,
            boundless=tuple(
                Boundless(code, titles.get(code) or fact_title(code), children)
                for code, children in sorted(self._narrowing.endless.items(), key=lambda each: (-each[1], each[0]))
                if code not in {value.code for value in unset}
            ),
            recorded=tuple(self._recorded.found(titles)),
            widths=tuple(sorted(self._widths(titles), key=_widest_first)),
            elsewhere=elsewhere.found(titles),
            unborn=unborn.children,
        )

    def _widths(self, titles: Mapping[str, Text]) -> Iterable[Width]:
        for code, (children, fen, endless) in self._narrowing.widths.items():
            is_number = code in self._narrowing.numbers
            low, high = (None, None) if is_number else limits(code)
            yield Width(
                code,
                titles.get(code) or fact_title(code),
                "number" if is_number else "fact",
                children,
                None if endless else fen,
                (low, high) if low is not None and high is not None else None,
            )

    def _costs(
        self, titles: Mapping[str, Text], before: Mapping[str, Between], base: _PolicySums
    ) -> Iterable[PolicyCost]:
        for code in sorted({*base.every, *self._after.every}):
            every = (self._after.every | base.every)[code]
            change = self.change(code)
            payees = (base.payees[code], self._after.payees[code])
            after = self.due_after(code).within(before[code] + change)
            yield PolicyCost(code, titles.get(code, Text(code, code)), every, before[code], after, change, payees)

    def _reach(self, code: str, titles: Mapping[str, Text]) -> Reach | None:
        states = self._states[code]
        if not any(count for state, count in states.items() if state // 4 != state % 4):
            return None
        absent = states[YES * 4 + ABSENT]
        why = self._fallen.why(code)
        if absent:
            why.append(Why(GONE, Text("改革中没有这项规则", "the reform has no such rule"), absent))
        paid = self._beside.paid_after.get(code) or self._beside.paid_before.get(code)
        return Reach(
            code=code,
            title=titles.get(code, Text(code, code)),
            what="category" if paid is None else "policy" if paid.cash else "service",
            reached=(states[NO * 4 + YES] + states[ABSENT * 4 + YES], states[OPEN * 4 + YES]),
            lost=(states[YES * 4 + NO] + absent, states[YES * 4 + OPEN]),
            settled_no=states[OPEN * 4 + NO] + states[OPEN * 4 + ABSENT],
            opened_no=states[NO * 4 + OPEN] + states[ABSENT * 4 + OPEN],
            reasons=tuple(why),
        )


def _widest_first(width: Width) -> tuple[bool, int, int, str]:
    return width.apart_fen is not None, -(width.apart_fen or 0), -width.children, width.code


__all__ = ["NarrowError", "NoReformError", "ReformPinError", "compare"]

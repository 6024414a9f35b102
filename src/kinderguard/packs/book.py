"""The policy book: every installed pack, put together by place and day, ready to assess a child.

Immutable: ``on``, ``for_division``, ``with_parameters``, ``with_policies`` and ``without`` give new books.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs

from kinderguard.engines.assessment import Assessment, Basis
from kinderguard.engines.plan import Plan
from kinderguard.engines.reasons import Reason, reason
from kinderguard.engines.unborn import is_unborn
from kinderguard.model.case import Case
from kinderguard.model.dates import as_day_of_assessment
from kinderguard.model.errors import ArgumentError, MissingExtraError, Problem, ToldError
from kinderguard.model.places import check_division, covers
from kinderguard.model.text import Language, Text, join
from kinderguard.packs import portable
from kinderguard.packs.changes import (
    Change,
    Given,
    Without,
    WithParameters,
    WithPolicies,
    divisions_of,
    refuse_absent_packs,
    refuse_elsewhere,
)
from kinderguard.packs.columns import LedgerColumn
from kinderguard.packs.fact_providers import needed_providers, said_of
from kinderguard.packs.loader import PackError, PackSource, PackState, Registry, discover, source_of
from kinderguard.packs.overlay import Overlay, Stacks, build_overlay
from kinderguard.packs.pack import Pack
from kinderguard.packs.place_problems import problems_of_case, problems_of_place
from kinderguard.rules.canonical import digest
from kinderguard.rules.definitions import Category, Check, FactProvider, Policy
from kinderguard.rules.expression import BoolExpr
from kinderguard.rules.ruleset import RuleSet

if TYPE_CHECKING:
    import os

    from kinderguard.engines.prove.bounds import ExactBounds
    from kinderguard.engines.prove.proof import Proof
    from kinderguard.engines.prove.report import ProofReport
    from kinderguard.model.progress import Progress
    from kinderguard.model.view import View
    from kinderguard.packs.frames import FrameJob, FrameSchema
    from kinderguard.packs.frames.parquet import ParquetRun, Source
    from kinderguard.packs.source_profiles import SourceProfile


class NoDayError(ToldError, ValueError):
    """An assessment needs a day, and neither the call nor the book has one."""


class NoPacksError(ToldError):
    """No national pack is installed: the installation is broken."""


@attrs.frozen(eq=False, slots=False, repr=False)
class PolicyBook:
    """The rules of a country, its provinces and counties. Made by ``kinderguard.load()``.

    >>> import kinderguard
    >>> from datetime import date
    >>> book = kinderguard.load()
    >>> result = book.assess(kinderguard.Case.from_facts({"child.birth_date": "2012-03-05"}), on=date(2025, 9, 1))
    >>> result.categories["cn.orphan"] is None
    True
    """

    registry: Registry
    day: dt.date | None = None
    division: str | None = None
    strict: bool = False
    changes: tuple[Change, ...] = ()
    _stacks: Stacks = attrs.field(factory=dict)
    _overlays: dict[tuple[str, ...], Overlay] = attrs.field(factory=dict)
    _bases: dict[tuple[str | None, dt.date], "Ready"] = attrs.field(factory=dict)
    #: Rules compiled for tables that were assessed before; see ``frames.assess_table``.
    jobs: dict[Any, "FrameJob"] = attrs.field(factory=dict, init=False)

    # ---- other books ---------------------------------------------------------------------------------------

    def on(self, day: dt.date) -> "PolicyBook":
        """The same book pinned to a day."""
        return attrs.evolve(self, day=as_day_of_assessment(day, "day"), overlays=self._overlays, bases=self._bases)

    def for_division(self, division: str) -> "PolicyBook":
        """The same book pinned to a place: every case is assessed by its rules.

        Raises:
            FieldValueError: not a division code.
        """
        return attrs.evolve(self, division=check_division(division), overlays=self._overlays, bases=self._bases)

    def _changed(self, change: Change) -> "PolicyBook":
        changed = attrs.evolve(self, changes=(*self.changes, change), overlays={}, bases={})
        for place in (self.division, *divisions_of(change)):
            changed.overlay(place)  # a change that does not stand is refused here, where it is made
        return changed

    def with_parameters(self, values: Mapping[str, Given | Mapping[str, Given]]) -> "PolicyBook":
        """A book with other parameter values, for what-if questions.

        Args:
            values: by code, a value for everywhere (``"2100"`` yuan, ``Fraction(3, 2)``, ``True``, a date), or
                ``{place: value}`` for some places (``"cn"`` is the nation). A value for a wider place replaces what
                narrower ones have set, unless theirs is given beside it; ``describe`` says which these are.

        Raises:
            DefinitionError: no such parameter or place, a value that does not fit, or one below the national floor.
        """
        change = WithParameters(values)
        refuse_absent_packs(change, (source.jurisdiction for source in self.registry.sources))
        return self._changed(change)

    def with_policies(self, *definitions: Policy | Category | Check) -> "PolicyBook":
        """A book with policies, categories or checks added, or replaced where the code is there already.

        A code says where a rule holds, as in a pack: ``cn.…`` everywhere, ``330782.…`` in that division and whatever lies
        within it, and nowhere else.

        Raises:
            DefinitionError: something does not fit the rest, or holds only in a division that the book is not for.

        >>> import kinderguard
        >>> from datetime import date
        >>> from kinderguard import rules as r
        >>> meal = r.Policy("330782.meal", r.Text("午餐补助", "Meal"), r.child.age < 16, amount=r.yuan("150"), every=r.MONTH)
        >>> book, child = kinderguard.load().with_policies(meal), kinderguard.Case.from_facts({"child.birth_date": "2012-03-05"})
        >>> [
        ...     "330782.meal" in book.assess(child, on=date(2025, 9, 1), division=place).policies
        ...     for place in ("330782", "330106")
        ... ]
        [True, False]
        """
        change = WithPolicies(definitions)
        refuse_elsewhere(change, self.division)
        return self._changed(change)

    def without(self, *codes: str) -> "PolicyBook":
        """A book without some policies, categories or checks. Codes of other places' packs are left alone.

        Raises:
            DefinitionError: something else rests on them.
        """
        return self._changed(Without(frozenset(codes)))

    def describe(self, lang: Language | None = None, *, since: "PolicyBook | None" = None) -> str:
        """What the book changes, in words: parameters by place, rules added, replaced, left out.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            since: the book that it is held against, such as the one that a reform was made from: only what comes out otherwise
                is told then. All changes since the book was loaded, if left out.

        >>> import kinderguard
        >>> reform = kinderguard.load().with_parameters({"cn.orphan.institution_monthly": {"330106": "2500"}})
        >>> print(reform.describe("en"))
        ‘monthly standard for orphans in institutions’ in Xihu District, Hangzhou: 2,500 yuan a month instead of ...
        >>> print(reform.without("cn.boarder_stipend").describe("en", since=reform))
        the policy ‘Stipend in compulsory schooling’ (cn.boarder_stipend) is left out
        """
        from kinderguard.model.view import display_language
        from kinderguard.packs.describing import described

        return "\n".join(line.in_(lang or display_language()) for line in described(self, since))

    # ---- as a text -----------------------------------------------------------------------------------------

    def to_json(self, *, divisions: Iterable[str] | None = None) -> str:
        """The book as canonical JSON, for another process or machine; no code travels in it.

        Args:
            divisions: take only the packs that speak for these places; every pack, if left out. A child of a place whose
                pack was left out is assessed by the rest, and the result says that it is incomplete.

        The text holds its own digest, and says which version and build of the library wrote it. The needs that packs add
        travel with them. Observers and ledger columns stay behind, and so do the functions of
        fact providers: where the book is read, they are taken from the installed distribution of the same version.
        """
        return portable.to_text(self, divisions)

    @classmethod
    def from_json(cls, text: str, *, edited: bool = False) -> "PolicyBook":
        """The book that ``to_json`` wrote. A pack in it is read when its jurisdiction is first needed.

        Args:
            text: as it was written.
            edited: read it as a new book although it was changed since: its digest is not looked at.

        Raises:
            DefinitionError: no such text, one that was changed after it was written, or one in a format that this version does
                not know.
        """
        return cls(**portable.read(text, edited=edited))

    # ---- what is in it --------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple[Any, ...]:
        from kinderguard.packs.sending import reduced

        return reduced(self)

    def overlay(self, division: str | None) -> Overlay:
        """The packs of a place, put together."""
        chain = self.registry.chain(division)
        # Places with the same packs differ where a rule was added for some of them.
        key = (*(s.name for s in chain), *(f"+{d}" for d in self._added_for if covers(d, division or "")))
        found = self._overlays.get(key)
        if found is None:
            found = self._overlays[key] = build_overlay(chain, self.changes, self._stacks, division)
            if not found.packs or found.packs[0].code != "cn":
                why = join([p.message for p in found.problems], "；", "; ") or Text(
                    "没有发行包注册它。请重新安装 kinderguard。",
                    "no distribution registers it. Install kinderguard again.",
                )
                raise NoPacksError(
                    Text("全国规则包 'cn' 未能使用：", "The national pack 'cn' could not be used: ") + why
                )
        if self.strict and (found.problems or self.registry.problems):
            raise PackError((*self.registry.problems, *found.problems))
        return found

    @cached_property
    def _added_for(self) -> tuple[str, ...]:
        """The divisions for which rules were added or replaced."""
        return tuple(sorted({d for c in self.changes if isinstance(c, WithPolicies) for d in c.divisions}))

    @property
    def rules(self) -> RuleSet:
        """The rules of the book's place (of the nation, where it has none)."""
        return self.overlay(self.division).rules

    @property
    def fingerprint(self) -> str:
        """A hash of every rule and parameter value of the book's place (of all packs, where it has none)."""
        if self.division is not None:
            return self.rules.fingerprint
        self.check()
        chains = {"", *(s.jurisdiction for s in self.registry.sources), *self._added_for}
        return digest({place: self.overlay(place or None).rules.fingerprint for place in sorted(chains)})

    @property
    def packs(self) -> tuple[PackSource, ...]:
        """Every installed pack and how it stands; one that was not needed yet is still waiting. Those that are registered in
        a way that they cannot be used stand last.
        """
        return (*self.registry.sources, *self.registry.strays)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with packs, as far as they were needed. ``check()`` loads them all first."""
        return (*self.registry.problems, *(p for s in self.registry.sources for p in s.problems))

    def ledger_columns(self, divisions: Iterable[str]) -> tuple[LedgerColumn, ...]:
        """The columns that packs of these places add to a ledger; only those packs are loaded."""
        chains = [self.registry.chain(place) for place in sorted(set(divisions))]
        loaded = {s.name: s for chain in chains for s in chain if s.state is PackState.LOADED}
        return tuple(column for name in sorted(loaded) for column in loaded[name].columns)

    def source_profiles(self, divisions: Iterable[str]) -> "tuple[SourceProfile, ...]":
        """The kinds of list that packs of these places know; only those packs are loaded."""
        chains = [self.registry.chain(place) for place in sorted(set(divisions))]
        loaded = {s.name: s for chain in chains for s in chain if s.state is PackState.LOADED}
        return tuple(profile for name in sorted(loaded) for profile in loaded[name].profiles)

    def policy_titles(self, divisions: Iterable[str] = ()) -> dict[str, str]:
        """The policies' codes by their titles in both languages and by the codes themselves, for these places."""
        found: dict[str, str] = {}
        for place in (None, *sorted(set(divisions))):
            for code, policy in self.overlay(place).rules.policies.items():
                found |= {policy.title.zh: code, policy.title.en: code, code: code}
        return found

    def check(self) -> tuple[Problem, ...]:
        """Load every pack, put each with those above it, and give all problems."""
        for source in self.registry.all():
            self.overlay(source.jurisdiction or None)
        return self.problems

    # ---- assessing -------------------------------------------------------------------------------------------

    def assess(self, case: Case, *, on: dt.date | None = None, division: str | None = None) -> Assessment:
        """What one child is and what is due.

        Args:
            case: what is known.
            on: the day; the book's own if left out.
            division: whose rules; the book's own place, else the case's, if left out.

        Raises:
            ArgumentError: what is given is no case.
            NoDayError: no day was given.
            PackError: strict, and a pack of the place is broken.
        """
        if not isinstance(case, Case):
            raise _no_case(case)
        day = self.day_of(on)
        place = (check_division(division) if division else None) or self.division or case.division
        ready = self.ready(place, day)
        provided, problems = ready.provide(case)
        problems += problems_of_case(self, case, place)
        result = Assessment(case, ready.basis, provided, problems)
        for observer in ready.overlay.observers:
            _observe(observer, result)
        return result

    def day_of(self, on: dt.date | None = None) -> dt.date:
        """The day of a question: ``on``, else the book's own.

        Raises:
            NoDayError: neither is given.
            NotADayError: what is given is no day: a text, say.
        """
        day = self.day if on is None else on
        if day is None:
            raise NoDayError(
                Text(
                    "评估须有日期：请写 book.assess(case, on=date(2025, 9, 1))，或先用 book.on(day)。",
                    "An assessment needs a day: book.assess(case, on=date(2025, 9, 1)), or book.on(day) first.",
                )
            )
        return as_day_of_assessment(day, "on")

    def assess_frame(
        self,
        children: Any,
        *,
        members: Any = None,
        on: dt.date | None = None,
        division: str | None = None,
        missing: bool = True,
        reasons: bool = False,
        problems: bool = True,
        money: Literal["yuan", "fen"] = "yuan",
        local: Literal["columns", "lists"] = "columns",
        strict: bool = True,
    ) -> Any:
        """What many children are and what is due: a table in, a table of the same kind out, row for row.

        Args:
            children: a Polars frame (eager or lazy), a pandas frame, a PyArrow table or a DuckDB relation. Its columns
                are the facts' paths (see ``frame_schema``); null is unknown, and so is a fact without a column.
            members: the household members in a table of their own, or tables by list
                (``{"father.situations": …}``). A table shares a column ``household.number`` or ``ref`` with the children.
            on: the day; the book's own if left out.
            division: whose rules, for all rows; the book's own place, else each row's, if left out.
            missing: give the list of unknown facts that leave a result open.
            reasons: give the list of conditions by which categories and policies do not hold, each as ``rule:step``:
                ``reason`` says what it stands for, and ``explain().text(codes=True)`` shows it.
            problems: give what was wrong for each row, and whether every rule could be used.
            money: ``"yuan"`` (decimals), or ``"fen"`` (whole numbers, in columns that end in ``_fen``).
            local: whether each category and policy of a province or county has columns of its own, null where it does
                not apply (``"columns"``), or all of a row's stand in two columns of lists, ``local.categories`` and
                ``local.policies`` (``"lists"``, for many places at once).
            strict: whether a cell that cannot be read stops the run; else it is unknown, and named in ``problems``.

        Returns:
            For each category a column of its code (true, false or null); for each policy ``.eligible`` and
            ``.amount``, ``.low``, ``.high`` (or ``.granted`` for a service) after stacking; totals ``due.month.…`` for
            what is paid to the child and ``due.month.household.…`` for what is paid to the household; ``missing``,
            ``problems`` and ``complete``; before them the children's ``ref``.

        Raises:
            FrameColumnError: columns that cannot be read, with rows and nearest codes; all of them at once.
            TooManyLocalColumnsError: so many places add rules that ``local="lists"`` is needed.
            NoDayError: no day was given.
        """
        options = _options(missing=missing, reasons=reasons, problems=problems, money=money, local=local, strict=strict)
        place = check_division(division) if division else self.division
        return _frames().assess_frame(self, children, members, self.day_of(on), place, options)

    def frame_job(
        self,
        schema: Mapping[str, Any],
        divisions: Iterable[str | None],
        *,
        on: dt.date | None = None,
        division: str | None = None,
        warn: bool = True,
        **options: Any,
    ) -> "FrameJob":
        """The rules compiled for tables of one schema: for those who bring the rows themselves, table after table.

        Args:
            schema: the children's columns with their Polars types.
            divisions: the places that will occur (None: not known); the columns of the results depend on them.
            on, division: as for ``assess_frame``.
            warn: whether to name the facts that rules read and the schema has no column for.
            options: ``missing``, ``reasons``, ``problems``, ``money``, ``local`` and ``strict``, as for ``assess_frame``.

        Raises:
            FrameColumnError: a column that is misspelt or of the wrong type.
        """
        frames = _frames()
        place = check_division(division) if division else self.division
        import polars as pl

        places = pl.Series([place] if place is not None else sorted(set(divisions), key=str), dtype=pl.String)
        job: FrameJob = frames.FrameJob(self, schema, places, (), self.day_of(on), place, _options(**options))
        if warn:
            frames.warn(pl.DataFrame(schema=schema), (), job.places)
        return job

    def assess_parquet(
        self,
        children: "Source",
        out: "str | os.PathLike[str]",
        *,
        members: "Source | Mapping[str, Source] | None" = None,
        on: dt.date | None = None,
        division: str | None = None,
        missing: bool = True,
        reasons: bool = False,
        problems: bool = True,
        money: Literal["yuan", "fen"] = "yuan",
        local: Literal["columns", "lists"] = "lists",
        strict: bool = False,
        part: int = 500_000,
        progress: "bool | Progress | None" = True,
    ) -> "ParquetRun":
        """What the children in Parquet files are and what is due, for files larger than memory.

        The results are written part by part, row for row in the order of the children, and take the name ``out`` only
        when all are there. Interrupted (or killed), the same call goes on with what is lacking: no row is lost or written
        twice. Until then the parts stand in ``<out>.partial``.

        Args:
            children: a path, a folder, a pattern (``"children/*.parquet"``) or several paths.
            out: a folder for the parts, or a name that ends in ``.parquet`` for one file. It must not be there yet.
            members: the household members' files, or files by list. They are found fastest where they stand in the order
                of their key, as the children do.
            on, division, missing, reasons, problems, money: as for ``assess_frame``.
            local: as for ``assess_frame``, but in lists if left out.
            strict: whether a cell that cannot be read stops the run; else it is unknown, its row says so, and the run's
                ``problems`` name the column.
            part: how many children are read, assessed and written at a time; memory follows it.
            progress: a bar (True), nothing (False), or a function that is called with the rows done and all rows; None is
                a bar where there is much to do.

        Raises:
            ParquetRunError: no such files, ``out`` is there already, or an interrupted run was begun with other inputs,
                rules or options.
            FrameColumnError: as for ``assess_frame``.
        """
        place = check_division(division) if division else self.division
        options = _options(missing=missing, reasons=reasons, problems=problems, money=money, local=local, strict=strict)
        from kinderguard.packs.frames.parquet import assess_parquet

        return assess_parquet(self, children, out, members, self.day_of(on), place, options, part, progress)

    def frame_schema(
        self, division: str | None = None, *, rules: Iterable[str] | None = None, unread: bool = False
    ) -> "FrameSchema":
        """The columns that ``assess_frame`` reads: names, kinds, codes, and which rules read each.

        Args:
            division: of the rules of this place; of the book's own, or the nation's, if left out.
            rules: only what these categories and policies rest on, by code; everything, if left out.
            unread: the facts, too, that no rule reads: all that a rule may ask for.

        Raises:
            UnknownCodeError: no such rule at the place; with the nearest code.
        """
        overlay = self.overlay(division or self.division)
        schema: FrameSchema = _frames().frame_schema(overlay.rules, overlay.titles, rules, unread=unread)
        return schema

    def plan(self, *, on: dt.date | None = None, division: str | None = None) -> Plan:
        """The rules in force as one list of steps, each distinct one once: ``print(book.plan().show())``.

        Args:
            on: the day; the book's own if left out.
            division: whose rules; the book's own place, else the nation's, if left out.
        """
        return self.overlay(division or self.division).in_force(self.day_of(on)).plan

    def reason(self, code: str, *, on: dt.date | None = None, division: str | None = None) -> Reason:
        """What a code among the ``reasons`` of a frame stands for: ``book.reason("cn.dibao:household_on_dibao").title``.

        Args:
            code: ``rule:step``, as ``assess_frame`` gives it with ``reasons=True``.
            on: the day; the book's own if left out.
            division: the place of the row: a place's checks count among the conditions of the nation's rules. The book's
                own, else the one that the code begins with, if left out.

        Raises:
            UnknownReasonError: no such rule, or no such condition of it; with the nearest.
        """
        spaces = (part.split(".")[0] for part in reversed(code.split(":")))
        place = division or self.division or next((s for s in spaces if s.isdigit()), None)
        overlay = self.overlay(check_division(place) if place else None)
        return reason(overlay.in_force(self.day_of(on)).plan, code, overlay.titles)

    def explain_row(
        self,
        children: Any,
        row: int,
        *,
        members: Any = None,
        on: dt.date | None = None,
        division: str | None = None,
        strict: bool = True,
    ) -> Assessment:
        """One row of a frame, assessed by itself: ``print(book.explain_row(children, 7).explain())``.

        Args:
            children, members, on, division: as for ``assess_frame``.
            row: the number of the row, counted from 0.
            strict: whether a cell that cannot be read is an error; else it is unknown, and the result's ``problems`` name
                its column.

        Raises:
            IndexError: no such row.
            FrameColumnError: a column that cannot be read, or, if strict, a cell.
            InvalidRecordError: the row contradicts itself, so that it makes no case.
        """
        place = check_division(division) if division else None
        found: Assessment = _frames().explain_row(self, children, row, members, self.day_of(on), place, strict=strict)
        return found

    # ---- proving -------------------------------------------------------------------------------------------------

    def prove(
        self,
        division: str | None = None,
        *,
        on: dt.date | None = None,
        household: int = 3,
        seconds: float = 10.0,
        progress: "Callable[[int, Proof], None] | None" = None,
        questions: Sequence[str] = ("floor", "reach", "apart", "gaps", "cliffs", "papers"),
        never_both: Sequence[tuple[str, str]] = (),
        gaps: Sequence[tuple[Sequence[str], BoolExpr]] = (),
        about: Iterable[str] | None = None,
    ) -> "ProofReport":
        """What holds of the rules for every possible child: ``print(book.prove("330199").text("en"))``.

        Args:
            division: whose rules; the book's own place, else the nation's, if left out.
            on: the day; the book's own if left out.
            household: the most household members that a list of them holds.
            seconds: the most time for one question.
            progress: called with the number of answers so far and the last one.
            questions: ``floor`` (never below the nation's), ``reach`` (rules that can never apply, or always do),
                ``apart`` (policies that exclude each other, categories that are declared apart), ``gaps`` (categories
                between whose declared parts nobody falls), ``cliffs`` (one yuan more of income), ``papers`` (a fact more
                makes nothing worse).
            never_both: further pairs of categories or policies of which no child should be in both.
            gaps: lists of categories with a condition: each child of whom it holds should be in one of them.
            about: the codes of the only rules of which ``reach`` and ``papers`` ask; all of the place, if left out.

        Raises:
            NoDayError: no day was given.
            MissingExtraError: the solver is not installed.
        """
        found: ProofReport = _proofs().prove(
            self,
            self._place(division),
            self.day_of(on),
            household,
            seconds,
            progress,
            questions,
            never_both,
            gaps,
            about,
        )
        return found

    def prove_same(
        self,
        other: "PolicyBook",
        division: str | None = None,
        *,
        on: dt.date | None = None,
        household: int = 3,
        seconds: float = 10.0,
    ) -> "ProofReport":
        """Whether another book says the same of every possible child, rule by rule; a child of whom it doesn't, if not.

        Args:
            other: a book with other rules or numbers, such as ``book.with_policies(…)``.
            division, on, household, seconds: as for ``prove``.
        """
        found: ProofReport = _proofs().compare(self, other, self._place(division), self.day_of(on), household, seconds)
        return found

    def exact_bounds(
        self,
        case: Case,
        *,
        on: dt.date | None = None,
        division: str | None = None,
        household: int = 3,
        seconds: float = 10.0,
    ) -> "ExactBounds":
        """The tightest bounds of what is due to a child, over everything that is not known of it.

        Args:
            case: what is known.
            on, division: as for ``assess``.
            household: the most household members that an unknown list of them holds.
            seconds: the most time for one amount.
        """
        found: ExactBounds = _proofs().bounds_of(self, case, self._place(division), self.day_of(on), household, seconds)
        return found

    def confirm_missing(
        self,
        case: Case,
        *,
        on: dt.date | None = None,
        division: str | None = None,
        household: int = 3,
        seconds: float = 10.0,
    ) -> dict[str, bool | None]:
        """For each fact that ``assess(case).missing`` asks for, whether it can change a result; None: not decided in time.

        Args:
            case, on, division, household: as for ``exact_bounds``.
            seconds: the most time for one fact.
        """
        found: dict[str, bool | None] = _proofs().confirmed_missing(
            self, case, self._place(division), self.day_of(on), household, seconds
        )
        return found

    def _place(self, division: str | None) -> str | None:
        return check_division(division) if division else self.division

    def ready(self, place: str | None, day: dt.date) -> "Ready":
        """The rules of a place (None: not known) on a day with everything bound, kept for the next child of the place."""
        found = self._bases.get((place, day))
        if found is None:
            overlay = self.overlay(place)
            found = self._bases[place, day] = Ready.of(overlay, place, day, problems_of_place(self, place))
        return found

    def view(self, lang: Language | None = None, *, code: str | None = None) -> "View":
        """What is in the book for its place, or one of its rules, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            code: of a category, policy, check or parameter: its wording, ways, boundaries, values and law.

        Raises:
            NoSuchRuleError: no such code; with the nearest.
        """
        from kinderguard.packs.book_view import book_view

        return book_view(self, lang, code=code)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr__(self) -> str:
        pinned = [f"on {self.day}" if self.day else "", f"for {self.division}" if self.division else ""]
        changed = f"{len(self.changes)} change(s)" if self.changes else ""
        text = ", ".join(p for p in (f"{len(self.registry.sources)} packs", *pinned, changed) if p)
        return f"<PolicyBook of {text}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """In a shell and in hypothesis: the short form, not every rule of the country."""
        printer.text(repr(self))


@attrs.frozen(eq=False, slots=False)
class Ready:
    """A place on a day with everything bound: what is left is the child."""

    overlay: Overlay
    basis: Basis
    providers: tuple[FactProvider, ...]

    @classmethod
    def of(cls, overlay: Overlay, place: str | None, day: dt.date, of_place: tuple[Problem, ...]) -> "Ready":
        """Of the packs of a place."""
        basis = overlay.basis(place, day, overlay.rules.fingerprint, of_place)
        return cls(overlay, basis, needed_providers(overlay.rules, overlay.in_force(day).facts_read))

    @cached_property
    def _none(self) -> tuple[dict[str, Any], tuple[Problem, ...]]:
        return {}, ()

    def provide(self, case: Case) -> tuple[dict[str, Any], tuple[Problem, ...]]:
        """What the fact providers of the place say of a case, and which of them failed."""
        if not self.providers or is_unborn(case, self.basis.bound.day):
            return self._none
        return said_of(case, self.providers, self.basis.titles)


def _observe(observer: Callable[[Assessment], None], result: Assessment) -> None:
    try:
        observer(result)
    except (Exception, SystemExit) as error:  # noqa: BLE001  an observer may raise anything; it is named, and changes no result
        name = getattr(observer, "__name__", type(observer).__name__)
        result.report(
            Problem(
                "observer.failed",
                Text(
                    f"观察函数 {name} 出错（{type(error).__name__}），结果不受影响；请修改该函数",
                    f"the observer {name} failed ({type(error).__name__}); the result stands. Mend the observer",
                ),
                name,
            )
        )


def _no_case(given: object) -> ArgumentError:
    """What is said of something else in a case's place; what it holds is not repeated."""
    kind = type(given).__name__
    return ArgumentError(
        Text(
            f"case 应为 Case，不是 {kind}：字典请用 Case.from_facts 或 Case.model_validate 读取，JSON 文字请用 "
            "Case.model_validate_json。",
            f"case is a Case, not a {kind}: read a dict with Case.from_facts or Case.model_validate, JSON text with "
            "Case.model_validate_json.",
        )
    )


def _proofs() -> Any:
    """The module that knows the solver; an error that names the extra where it is not installed."""
    try:
        from kinderguard.packs import proofs
    except ModuleNotFoundError as error:
        raise MissingExtraError("prove", error.name or "z3") from None
    return proofs


def _frames() -> Any:
    """The module that knows frames; an error that names the extra where it is not installed."""
    try:
        from kinderguard.packs import frames
    except ModuleNotFoundError as error:
        raise MissingExtraError("frames", error.name or "polars") from None
    return frames


def _options(*, money: str = "yuan", local: str = "columns", **given: bool) -> Any:
    """What a run gives, checked."""
    for name, value, known in (("money", money, ("yuan", "fen")), ("local", local, ("columns", "lists"))):
        if value not in known:
            raise ArgumentError.of(name, known)
    return _frames().Options(money=money, local=local, **given)


def load(*, strict: bool = False, packs: Iterable[Pack] | None = None) -> PolicyBook:
    """The policy book of every installed pack.

    Args:
        strict: raise at the first assessment that a broken pack would touch, instead of reporting it.
        packs: further packs given as values (in a notebook or a test); one with the code of an installed pack
            takes its place.

    Warns:
        PackWarning: something is registered as a pack that can never be used: its entry point's name is no division, or the
            group of its entry points is misspelt.

    Raises:
        PackError: strict, and two distributions claim one name, or something is registered that can never be used.
    """
    found = discover()
    given = {pack.code: source_of(pack) for pack in packs or ()}
    sources = [*(s for s in found.sources if s.name not in given), *given.values()]
    registry = Registry(sources, found.problems, found.strays)
    taken = [p for s in registry.sources if s.state is PackState.QUARANTINED for p in s.problems]
    if strict and (taken or registry.problems):
        raise PackError((*registry.problems, *taken))
    registry.warn()
    return PolicyBook(registry, strict=strict)

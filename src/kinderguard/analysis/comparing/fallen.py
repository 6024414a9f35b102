"""Why children fall out of a rule: the conditions that hold by the book as it is and fail by the reform.

Of the alternatives of an "or" only those are told that held, as wholes. Of a condition without a name, the parts that held and
do no more are told instead of the whole. Only the children who fall out are assessed once more. Called by the comparison, part
by part.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import TypeAlias

import attrs
import polars as pl

from kinderguard.analysis.people import People, Piece, job_of
from kinderguard.engines.plan import Plan, Step
from kinderguard.engines.reasons import UnknownReasonError, inner_conditions
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.job import FrameJob
from kinderguard.rules import nodes as n
from kinderguard.rules.wording import wording

_NO_MORE = Text("不再成立：", "no longer holds: ")
_INNER_QUOTES = str.maketrans("“”", "‘’")
#: So many policies are named that children newly get who are excluded from another.
_NAMED = 3
#: The code of the reason that there is no such rule any more.
ABSENT = "absent"
#: So many reasons of a rule that children fall out of are told, the most frequent first.
REASONS = 8


@attrs.frozen
class Why:
    """Why children fall out of a rule, and how many of them: a condition that held by the book and fails by the reform.

    Args:
        code: ``rule:step``, as ``book.reason`` takes it; ``absent`` where the reform has no such rule.
        title: the condition, in both languages.
        children: of how many it fails. Several may fail for one child.
        new: whether the reform asks it and the book as it is does not, or otherwise.
        excluded_by: where the condition is that something does not hold: what holds by the reform, and excludes them.
        newly: of those whom it excludes, what they newly get instead: code and title of a policy, and how many of them.
    """

    code: str
    title: Text
    children: int
    new: bool = False
    excluded_by: Text | None = None
    newly: tuple[tuple[str, Text, int], ...] = ()

    @property
    def said(self) -> Text:
        """The condition, and that it holds no more; of an exclusion, what holds now, and what they get instead."""
        if self.code == ABSENT:
            return self.title
        if self.excluded_by is not None:
            holds = Text(self.excluded_by.zh.translate(_INNER_QUOTES), self.excluded_by.en)
            said = (
                Text(f"改革新设的排除情形：“{holds.zh}”", f"excluded by the reform where it holds: ‘{holds.en}’")
                if self.new
                else Text(f"现在成立的是“{holds.zh}”，因而被排除", f"what now holds: ‘{holds.en}’, which excludes it")
            )
            for _, title, children in self.newly:
                said += Text(
                    f"；其中 {children:,} 人新获“{title.zh}”", f"; {children:,} of these newly get ‘{title.en}’"
                )
            return said
        return (Text("改革要求而不成立：", "asked by the reform, and not so: ") if self.new else _NO_MORE) + self.title


#: What is said of a condition, and whether it is new.
_Words: TypeAlias = tuple[Text, bool]


@attrs.define(eq=False)
class _Said:
    """Of how many children something is said, under which codes at which places, and what they newly get."""

    children: int = 0
    places: set[tuple[str, str]] = attrs.field(factory=set)
    newly: Counter[str] = attrs.field(factory=Counter)


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
        self._why: dict[str, dict[_Words, _Said]] = {}
        self._titles: dict[tuple[int, str], Text] = {}
        self._parts: dict[tuple[int, str], _Conditions] = {}

    def add(self, piece: Piece, out: Mapping[str, pl.Series], newly: Mapping[str, pl.Series]) -> None:
        """Count some children.

        Args:
            piece: the children.
            out: by rule, who of them falls out.
            newly: by policy, who of them newly gets it.
        """
        out = {code: mask for code, mask in out.items() if mask.any()}
        if not out:
            return
        any_of = pl.DataFrame(list(out.values())).select(pl.any_horizontal(pl.all()).alias("out")).to_series()
        rows = piece.rows.filter(any_of)
        conditions = pl.DataFrame(
            [self._job(piece.jobs, how).assess(rows, piece.tables)["reasons"].alias(how) for how in ("hold", "fail")]
        ).with_columns(
            piece.places.filter(any_of).alias("place"),
            pl.concat_str(
                [pl.lit(""), *(pl.when(mask.filter(any_of)).then(pl.lit(code)) for code, mask in newly.items())],
                separator="|", ignore_nulls=True,
            ).alias("newly"),
        )  # fmt: skip
        for code, mask in out.items():
            theirs = conditions.filter(mask.filter(any_of)).with_columns(
                pl.col(how).list.eval(_of_rule(code)).list.join("|") for how in ("hold", "fail")
            )
            said = self._why.setdefault(code, {})
            groups = theirs.group_by("hold", "fail", "place", "newly").len()
            for held, failing, place, got, children in groups.iter_rows():
                # The same condition may be another step elsewhere, and another one the same: told apart by their words.
                words: dict[_Words, str] = {}
                for why, new in self._changed(code, place, set(held.split("|")), set(failing.split("|"))):
                    words.setdefault((self._titled(why, place), new), why)
                for each, why in words.items():
                    reason = said.setdefault(each, _Said())
                    reason.children += children
                    reason.places.add((why, place or ""))
                    reason.newly.update(dict.fromkeys(got.split("|")[1:], children))

    def _job(self, number: int, how: str) -> FrameJob:
        found = self._jobs.get((number, how))
        if found is None:
            people = self._people
            make = job_of(self._books[how], self._day, people, reasons=how)
            found = self._jobs[number, how] = make(self._places[number])
        return found

    def _changed(self, rule: str, place: str | None, held: set[str], failing: set[str]) -> list[tuple[str, bool]]:
        """The conditions that failed to go on holding, each by its smallest parts, and whether it is new; all that fail, where
        none is alike.
        """
        before, after = (self._conditions(book, rule, place) for book in self._books.values())
        lost = _Lost(before, after, held, failing)
        codes = list(lost.parts("")) or [code for code in after.parts.get("", ()) if code in failing]
        return [(code, lost.is_new(code)) for code in codes]

    def _conditions(self, book: PolicyBook, rule: str, place: str | None) -> "_Conditions":
        plan = book.overlay(self._people.division or place).in_force(self._day).plan
        key = id(plan), rule
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = _Conditions.of(plan, rule)
        return found

    def why(self, code: str) -> list[Why]:
        """Why children fall out of a rule: the most frequent reasons first, of as frequent ones the shortest."""
        found = [self._reason(title, new, said) for (title, new), said in self._why.get(code, {}).items()]
        return sorted(found, key=lambda why: (-why.children, len(why.title.en), why.code))[:REASONS]

    def _reason(self, title: Text, new: bool, said: "_Said") -> Why:
        code, where = min(said.places)
        children = said.children
        book = self._books["fail"].overlay(self._people.division or where or None)
        conditions = self._conditions(self._books["fail"], code.partition(":")[0], where or None)
        node = conditions.nodes.get(code)
        # That an amount is not below another is said as its being at least that much: no exclusion.
        if not isinstance(node, n.Not) or isinstance(node.arg, n.Less | n.AtMost):
            return Why(code, title, children, new)
        (holds,) = conditions.steps[code].inputs
        policies = book.in_force(self._day).plan.policies
        got = said.newly
        far = {
            code: far for code in got if code in policies and (far := _far(policies[code].eligible, holds)) is not None
        }
        # What excludes from the one gives the other: of all that they newly get, that which asks for it most directly.
        nearest = sorted((c for c in far if far[c] == min(far.values())), key=lambda c: (-got[c], c))
        newly = tuple((c, book.titles.get(c, Text(c, c)), got[c]) for c in nearest[:_NAMED])
        return Why(code, title, children, new, wording(node.arg, book.titles), newly)

    def _titled(self, code: str, place: str | None) -> Text:
        book, division = self._books["fail"], self._people.division or place
        key = id(book.overlay(division).in_force(self._day).plan), code
        if key not in self._titles:
            try:
                self._titles[key] = book.reason(code, on=self._day, division=division).title
            except UnknownReasonError:
                self._titles[key] = Text(code, code)
        return self._titles[key]


def _far(whole: Step, part: Step) -> int | None:
    """How many steps a condition is below another that it is asked in; None where it is not."""
    here, seen, far = [whole], {whole}, 0
    while here:
        if part in here:
            return far
        below = (each for step in here for each in (*step.inputs, step.where, step.body) if each is not None)
        here = [step for step in dict.fromkeys(below) if step not in seen]
        seen |= set(here)
        far += 1
    return None


def _of_rule(code: str) -> pl.Expr:
    element = pl.element().cast(pl.String)
    return element.filter(element.str.starts_with(f"{code}:"))


@attrs.frozen(eq=False)
class _Conditions:
    """What a rule's condition is joined of, level by level, by the codes of reasons; "" is the whole.

    Args:
        nodes: the conditions.
        parts: of each that is joined of others, these.
        steps: where each is worked out.
    """

    nodes: Mapping[str, n.Node]
    parts: Mapping[str, tuple[str, ...]]
    steps: Mapping[str, Step]

    @classmethod
    def of(cls, plan: Plan, rule: str) -> "_Conditions":
        """Those of a rule; none where there is no such rule."""
        if rule not in plan.categories and rule not in plan.policies:
            return cls({}, {}, {})
        root = plan.categories[rule] if rule in plan.categories else plan.policies[rule].eligible
        conditions = inner_conditions(rule, root, {step: code for code, step in plan.categories.items()})
        steps = {f"{rule}:{code}": parts[0] for code, parts in conditions.items()}
        nodes = {code: step.node for code, step in steps.items()}
        parts: dict[str, list[str]] = {}
        for code in nodes:
            # Codes of rules and steps have dots of their own; those of parts follow a "#".
            above, _, inner = code.rpartition(".")
            parts.setdefault(above if inner.isdigit() and above in nodes else "", []).append(code)
        return cls({"": root.node, **nodes}, {code: tuple(inner) for code, inner in parts.items()}, steps)


@attrs.frozen(eq=False)
class _Lost:
    """What held of a rule by the book as it is and fails by the reform, for children alike.

    Args:
        before, after: the conditions of both books.
        held, failing: the codes of those that held, and of those that fail.
    """

    before: _Conditions
    after: _Conditions
    held: Set[str]
    failing: Set[str]

    def parts(self, code: str) -> Iterator[str]:
        """The smallest parts of a condition that held and fail: of alternatives, of each that held."""
        inner = [part for part in self.after.parts.get(code, ()) if part in self.failing and self.may_have_held(part)]
        if code and not inner:
            yield code
        for part in inner:
            yield from self.parts(part)

    def may_have_held(self, code: str) -> bool:
        """Whether a condition of the reform held by the book as it is; of one that is new, whether its parts may have."""
        if (known := self._of_node.get(self.after.nodes[code])) is not None:
            return known
        inner = self.after.parts.get(code)
        if inner:
            return (any if isinstance(self.after.nodes[code], n.Or) else all)(map(self.may_have_held, inner))
        # One that stands where another stood, which is no more, is that one changed.
        replaced = code in self.before.nodes and self.before.nodes[code] not in self._nodes_after
        return code in self.held if replaced else True

    def is_new(self, code: str) -> bool:
        """Whether the book as it is does not ask a condition of the reform."""
        return self.after.nodes[code] not in self._of_node

    @cached_property
    def _of_node(self) -> Mapping[n.Node, bool]:
        found: dict[n.Node, bool] = {}
        for code, node in self.before.nodes.items():
            if code:
                found[node] = found.get(node, False) or code in self.held
        return found

    @cached_property
    def _nodes_after(self) -> Set[n.Node]:
        return set(self.after.nodes.values())


__all__ = ["ABSENT", "REASONS", "Fallen", "Why"]

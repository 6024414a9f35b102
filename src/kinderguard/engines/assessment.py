"""The result for one child: categories, policies with amounts and bounds, what is missing, problems, and the trace.

Made by the policy book. Everything beyond the trace is worked out when it is asked for.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import attrs

from kinderguard.engines.dependents import Dependents
from kinderguard.engines.divisions import zero_divisor
from kinderguard.engines.explain import Bound, Fault
from kinderguard.engines.missing import MissingFact, Search
from kinderguard.engines.papers import asked_of, asked_of_some
from kinderguard.engines.plan import FAULTS, PolicySteps, StackedSteps, Step
from kinderguard.engines.ranges import bounds
from kinderguard.engines.together import Together
from kinderguard.engines.unborn import is_unborn, not_yet_born
from kinderguard.model.case import Case
from kinderguard.model.codes import Document, Frequency
from kinderguard.model.errors import (
    BLOCKING,
    ArgumentError,
    CannotTravelError,
    Problem,
    ToldError,
    pack_kept_out,
    shown_path,
    suggested,
    suggestion,
)
from kinderguard.model.money import bounds_text, yuan
from kinderguard.model.places import covers, place_name
from kinderguard.model.read_only import ReadOnlyDict
from kinderguard.model.text import Language, Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import OwnDocument
from kinderguard.rules.kinds import Sort
from kinderguard.rules.parameters import ParameterValue
from kinderguard.rules.policy_codes import mend_of_policy_code
from kinderguard.rules.stacking import Capped, Excludes, TopsUp
from kinderguard.rules.titles import fact_title

if TYPE_CHECKING:
    from kinderguard.engines.explanation import Explanation
    from kinderguard.model.view import View

ZERO = Decimal("0.00")
#: How a pack's own fact is written, by its sort, for one that does not fit.
_WRITTEN = {
    Sort.BOOL: Text("是或否，写作 true 或 false", "true or false"),
    Sort.MONEY: Text('不小于零的金额，写作 "600.00"', 'an amount of zero or more, as in "600.00"'),
    Sort.NUMBER: Text("不小于零的整数，不加引号", "a whole number of zero or more, without quotation marks"),
    Sort.DATE: Text("日期，写作 2025-09-01", "a date, as in 2025-09-01"),
    Sort.CODE: Text("规则包代码表中的代码", "a code of the pack's list"),
    Sort.CODES: Text("规则包代码表中代码的列表", "a list of codes of the pack's list"),
}


class UnknownCodeError(ToldError, KeyError):
    """A category or policy that the book does not have; the nearest code is offered."""

    def __init__(self, code: str, known: Iterable[str]) -> None:
        self.code, self.known = code, tuple(known)
        near = suggestion(code, self.known) or Text(
            "请用 kinderguard rules 查看。", " See what there is with `kinderguard rules`."
        )
        super().__init__(
            Text(f"这里没有类别或政策 {code!r}。", f"There is no category or policy {code!r} here.") + near
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, self.known)


@attrs.frozen(eq=False)
class Basis:
    """What an assessment rests on: rules, place, day, parameter values, and what was wrong with packs."""

    bound: Bound
    dependents: Dependents
    #: The division whose rules and values were used; None where it is not known.
    division: str | None
    #: By code, the value in force at the place, or None where there is none.
    parameters: Mapping[str, ParameterValue | None]
    fingerprint: str
    titles: Mapping[str, Text]
    #: By pack code, its version.
    versions: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    #: What is wrong with the place itself: that its county is not known, say.
    of_place: tuple[Problem, ...] = ()
    #: By code, the titles of all policies at the place, those not in force on the day among them.
    policies: Mapping[str, Text] = attrs.field(factory=dict)


@attrs.frozen
class StackingEffect:
    """What one stacking rule did to a policy's amount (yuan), or to whether a service is given."""

    #: ``excludes``, ``tops_up`` or ``capped``.
    rule: str
    #: The policy that the rule stands with.
    owner: str
    others: tuple[str, ...]
    before: Any
    after: Any
    reason: Text | None

    @property
    def changed(self) -> bool:
        """Whether it made a difference."""
        return bool(self.before != self.after)


@attrs.frozen
class PolicyResult:
    """One policy for one child. Amounts are yuan, each ``every``, after stacking."""

    code: str
    title: Text
    eligible: bool | None
    #: What is due, or None where it is not known exactly (or for a service).
    amount: Decimal | None
    #: Sound bounds of the amount; ``high`` is None where there is none.
    low: Decimal | None
    high: Decimal | None
    every: Frequency
    per: Literal["child", "household"]
    service: Text | None
    #: For a service: whether it is given after stacking.
    granted: bool | None
    stacking: tuple[StackingEffect, ...]

    @property
    def is_cash(self) -> bool:
        """Whether it is money."""
        return self.service is None


@attrs.frozen
class Total:
    """A sum of what is due (yuan): exact, or within bounds. ``high`` is None where there is no bound."""

    low: Decimal
    high: Decimal | None

    @property
    def amount(self) -> Decimal | None:
        """The sum where it is known."""
        return self.low if self.low == self.high else None

    def __add__(self, other: "Total") -> "Total":
        return Total(self.low + other.low, None if self.high is None or other.high is None else self.high + other.high)

    @property
    def text(self) -> Text:
        """As people read it, in yuan."""
        return bounds_text(self.low, self.high)

    def __str__(self) -> str:
        return str(self.text)


@attrs.frozen
class Due:
    """What is due: the cash policies that give, or may give, something, and their totals; and the services."""

    cash: tuple[PolicyResult, ...]
    services: tuple[PolicyResult, ...]

    def total(self, every: Frequency | str = Frequency.MONTH, per: str | None = None) -> Total:
        """The sum of what is paid ``every``, of what is per ``"child"`` or ``"household"``, or both.

        The bounds of each policy are added up, as the columns ``due.month.…`` of tables have it: while facts are unknown,
        ``high`` may be more than can come about. ``Assessment.in_all`` takes the policies together.

        Raises:
            ValueError: no such frequency, or neither child nor household.
        """
        every = Frequency.of(every)
        if per not in (None, "child", "household"):
            raise ArgumentError.of("per", ("child", "household", None))
        chosen = (Total(p.low or ZERO, p.high) for p in self.cash if p.every is every and per in (None, p.per))
        return sum(chosen, Total(ZERO, ZERO))

    @property
    def monthly(self) -> Total:
        """What is paid each month."""
        return self.total(Frequency.MONTH)

    @property
    def one_off(self) -> Total:
        """What is paid once."""
        return self.total(Frequency.ONCE)


@attrs.frozen
class DocumentNeeded:
    """A paper still to be brought, and the policies that ask for it."""

    document: Document | OwnDocument
    policies: tuple[str, ...]


class Assessment:
    """What one child is and what is due on a day. ``print(result.explain())`` says why.

    Attributes:
        ref: the case's own number.
        on: the day.
        division: the division whose rules were used, or None where the case does not say.
        fingerprint: the hash of every rule and parameter value that was used.
    """

    def __init__(self, case: Case, basis: Basis, provided: Mapping[str, Any], problems: tuple[Problem, ...]) -> None:
        self.basis = basis
        #: The facts that providers found, which the case does not state.
        self.provided = frozenset(code for code, value in provided.items() if value is not None)
        self.trace = basis.bound.run(case, provided)
        self._case = case
        self._own_problems = problems

    def __reduce__(self) -> NoReturn:
        """Refuse pickle: what the result rests on is compiled for this process.

        Raises:
            CannotTravelError: with what to send instead.
        """
        raise CannotTravelError(
            Text(
                "评估结果不能发送到另一个进程。请发送 kinderguard.report.assessment_line(result)、"
                "result.explain().to_dict() 或 result.policies；或只发送 result.case，在那里再评估。",
                "An assessment cannot be sent to another process. Send kinderguard.report.assessment_line(result), "
                "result.explain().to_dict() or result.policies; or send result.case, and assess it there.",
            )
        )

    def report(self, problem: Problem) -> None:
        """Add a problem found after the assessment was made (by the book, when an observer fails)."""
        self._own_problems += (problem,)
        self.__dict__.pop("problems", None)

    @property
    def case(self) -> Case:
        """The case that was assessed."""
        return self._case

    @property
    def ref(self) -> str | None:
        """The case's own number."""
        return self.case.ref

    @property
    def on(self) -> dt.date:
        """The day."""
        return self.basis.bound.day

    @property
    def division(self) -> str | None:
        """The division whose rules were used."""
        return self.basis.division

    @property
    def fingerprint(self) -> str:
        """The hash of every rule and parameter value that was used."""
        return self.basis.fingerprint

    @cached_property
    def categories(self) -> Mapping[str, bool | None]:
        """For each category: true, false, or None where it is undetermined."""
        return ReadOnlyDict((code, self.trace[s.index]) for code, s in self.basis.bound.plan.categories.items())

    @cached_property
    def policies(self) -> Mapping[str, PolicyResult]:
        """For each policy in force: eligible or not, and what it gives."""
        return ReadOnlyDict((code, self._policy(code, p)) for code, p in sorted(self.basis.bound.plan.policies.items()))

    def _policy(self, code: str, steps: PolicySteps) -> PolicyResult:
        policy = self.basis.bound.plan.rules.policies[code]
        final = self.trace[steps.final.index]
        cash = steps.own is not None
        low, high = _yuan_bounds(final) if cash else (None, None)
        return PolicyResult(
            code=code,
            title=policy.title,
            eligible=self.trace[steps.eligible.index],
            amount=low if cash and low == high else None,
            low=low,
            high=high,
            every=policy.every,
            per=policy.per,
            service=policy.service,
            granted=None if cash else final,
            stacking=tuple(self._effect(s) for s in steps.stacking) if steps.stacking else (),
        )

    def _effect(self, s: StackedSteps) -> StackingEffect:
        name = {Excludes: "excludes", TopsUp: "tops_up", Capped: "capped"}[type(s.rule)]
        before, after = self.trace[s.before.index], self.trace[s.after.index]
        if s.after.node.kind.is_ordered:
            before, after = _yuan_bounds(before), _yuan_bounds(after)
        return StackingEffect(name, s.owner, s.others, before, after, s.rule.reason)

    @cached_property
    def due(self) -> Due:
        """What is due, or may be."""
        given = [p for p in self.policies.values() if (p.granted is not False if not p.is_cash else p.high != ZERO)]
        return Due(tuple(p for p in given if p.is_cash), tuple(p for p in given if not p.is_cash))

    def in_all(self, every: Frequency | str = Frequency.MONTH, per: str | None = None) -> Total:
        """What is paid ``every`` in all (yuan), policies taken together; per ``"child"``, ``"household"``, or both.

        Never wider than ``due.total``, which adds up the bounds of each policy: of two that exclude each other, or of which
        one counts the other, what cannot be at once is left out. Where one policy alone is open, its own bounds stand. The
        bounds hold every amount that can come about; with very many unknown facts they may be wider than need be.

        Raises:
            ValueError: no such frequency, or neither child nor household.

        >>> import datetime as dt, kinderguard
        >>> book = kinderguard.load().on(dt.date(2025, 9, 1)).for_division("330199")
        >>> result = book.assess(kinderguard.Case.from_facts({"child.birth_date": "2019-05-04"}))
        >>> result.in_all("month", "child").high < result.due.total("month", "child").high
        True
        """
        every = Frequency.of(every)
        key = every, per
        found = self._in_all.get(key)
        if found is None:
            summed = self.due.total(every, per)
            paid = [p for p in self.due.cash if p.every is every and per in (None, p.per)]
            found = self._in_all[key] = self._together(summed, paid)
        return found

    def _together(self, summed: Total, paid: Sequence[PolicyResult]) -> Total:
        """What some policies come to; ``summed`` is their bounds added up."""
        open_ = [p for p in paid if p.low != p.high]
        if len(open_) < 2:
            return summed
        sure = sum((p.low or ZERO for p in paid if p.low == p.high), ZERO)
        steps = [self.basis.bound.plan.policies[p.code].final for p in open_]
        low, high = Together(self.basis.bound, self.trace, self.basis.dependents, steps).bounds()
        return Total(sure + yuan(low), None if high is None else sure + yuan(high))

    @cached_property
    def _in_all(self) -> dict[tuple[Frequency, str | None], Total]:
        return {}

    @cached_property
    def _search(self) -> Search:
        return Search(self.basis.bound, self.trace, self.basis.dependents)

    @property
    def undetermined(self) -> tuple[str, ...]:
        """The categories and policies that are not determined."""
        return self._search.undetermined

    @cached_property
    def missing(self) -> tuple[MissingFact, ...]:
        """The unknown facts that would change a result, the most decisive first."""
        if is_unborn(self.case, self.on):
            return ()  # nothing is missing: what is stated does not count yet
        titles = self.basis.titles
        return tuple(attrs.evolve(fact, title=fact_title(fact.path, titles)) for fact in self._search.facts())

    @cached_property
    def open_facts(self) -> tuple[str, ...]:
        """The paths of the unknown facts that an undetermined result rests on as it was computed.

        All engines give these alike. ``missing`` goes further: of these, what can change a result, and how much.
        """
        return () if is_unborn(self.case, self.on) else self._search.open_facts

    @cached_property
    def documents(self) -> tuple[DocumentNeeded, ...]:
        """Papers to be brought for what is due, then for what may be; those seen and in force are left out. Of each, what
        is asked for whatever turns out comes before what depends on facts not known.

        A paper that proves something of somebody is asked for where it is so, or may be: proof of a death where a parent
        died, or where that is not known. Of a child who is not born yet nobody asks for a paper.
        """
        if is_unborn(self.case, self.on):
            return ()
        seen = {
            paper
            for e in self.case.evidence or ()
            for paper in (e.document, e.paper)
            if paper is not None and (e.valid_until is None or e.valid_until.latest >= self.on)
        }
        wanted: dict[Document | OwnDocument, list[str]] = {}
        ranks: dict[Document | OwnDocument, tuple[bool, bool]] = {}
        plan, of_child = self.basis.bound.plan, asked_of(self.case, self.on)
        for result in sorted(self.policies.values(), key=lambda p: p.eligible is None):
            if result.eligible is not False:
                of_some = asked_of_some(plan, result.code)
                for paper in plan.rules.policies[result.code].evidence:
                    asked = of_child[paper] if isinstance(paper, Document) and paper in of_some else True
                    if paper.value not in seen and asked is not False:
                        wanted.setdefault(paper, []).append(result.code)
                        rank = result.eligible is None, asked is None
                        ranks[paper] = min(ranks.get(paper, rank), rank)
        return tuple(
            DocumentNeeded(paper, tuple(codes)) for paper, codes in sorted(wanted.items(), key=lambda w: ranks[w[0]])
        )

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with packs, providers, rules or parameters in this assessment."""
        return (*self.basis.problems, *self._own_problems, *self._found())

    def _found(self) -> Iterator[Problem]:
        if is_unborn(self.case, self.on):
            yield not_yet_born(self.on)
            return  # nothing else matters before birth
        if self.division is None:
            yield Problem(
                "case.division_unknown",
                Text(
                    "不知道由哪个县（区）负责，只适用了全国规定；请填写户籍地行政区划代码",
                    "which division is in charge is unknown, so only national rules were used; fill in the division of registration",
                ),
                "child.registration.division",
            )
        yield from self.basis.of_place
        faults = dict.fromkeys(self.trace[FAULTS])
        reached = self._reached() if any(f.code == "rule.division_by_zero" for f in faults) else frozenset()
        for fault in faults:
            if fault.code != "rule.division_by_zero" or fault.step in reached:
                yield self._fault(fault)
        for code in self._search.parameters:
            yield self._absent(code)
        yield from self._misspelt()
        yield from self._help_of_no_policy()

    def _misspelt(self) -> Iterator[Problem]:
        """Packs' own facts that no pack of the place declares: nobody would miss them."""
        if self.division is None:
            return  # whose facts they are is unknown, and told as that
        rules = self.basis.bound.plan.rules
        declared = {*rules.facts, *rules.providers}
        for space, facts in self.case.extra.items():
            if facts and not covers(space, self.division):
                yield self._elsewhere(space)
                continue
            for name in facts:
                if f"{space}.{name}" not in declared:
                    yield self._undeclared(space, name, declared)

    def _undeclared(self, space: str, name: str, declared: Iterable[str]) -> Problem:
        """One of them; the fact of that name elsewhere, or the one most like it, is named."""
        codes = sorted(declared)
        bearing = [code for code in codes if code.partition(".")[2] == name]
        near = suggested(bearing[:1]) if bearing else suggestion(f"{space}.{name}", codes)
        path = shown_path([space, *name.split(".")], codes)
        return Problem(
            "fact.unknown",
            Text(
                f"没有规则使用事实 {path}，未予考虑；请改正名称，或去掉它。",
                f"No rule knows the fact {path}, so it was left out of account; correct its name, or take it out.",
            )
            + near,
            path,
        )

    def _elsewhere(self, space: str) -> Problem:
        """Packs' own facts under another place than the child's: no rule of the child's looks there."""
        shown = space if space.isascii() and space.isdigit() else "…"
        return Problem(
            "fact.unknown",
            Text(
                f"{shown} 的地方事实未予考虑：只有该地区的儿童才读取，而负责此儿童的是 {self.division}；请改正地区代码，或去掉这些事实",
                f"the local facts under {shown} were left out of account: they are read for children of that place, and "
                f"{self.division} is in charge of this child; correct the place's code, or take the facts out",
            ),
            f"extra.{shown}",
        )

    def _help_of_no_policy(self) -> Iterator[Problem]:
        """Help received under a code that no policy has: nobody would miss it."""
        policies = self.basis.policies
        for number, given in enumerate(self.case.help or () if policies else ()):
            near = None if given.policy is None else mend_of_policy_code(given.policy, policies, self.basis.versions)
            if near is not None:
                yield Problem(
                    "fact.policy_unknown",
                    Text("已享受救助中的政策代码不存在，没有规则会考虑这项救助；请改正代码。", "The policy code of help received is no policy's, so no rule takes this help into account; correct the code.") + near,
                    f"help.{number}.policy",
                )  # fmt: skip

    def _reached(self) -> frozenset[Step]:
        """The steps that a result takes into account: of a choice, only what may be chosen. What a rule guards
        against is no fault.
        """
        waiting, reached = list(self.basis.bound.plan.roots()), set()
        while waiting:
            step = waiting.pop()
            if step in reached:
                continue
            reached.add(step)
            if isinstance(step.node, n.When) and step.index < len(self.trace) and step.inputs[0].index in self._outer:
                condition, then, otherwise = step.inputs
                holds = self.trace[condition.index]
                waiting.append(condition)
                waiting += [then] if holds is not False else []
                waiting += [otherwise] if holds is not True else []
            else:
                waiting += [*step.inputs, *step.inner, *(s for s in (step.where, step.body) if s is not None)]
        return frozenset(reached)

    @cached_property
    def _outer(self) -> frozenset[int]:
        return frozenset(s.index for s in self.basis.bound.plan.steps)

    def _fault(self, fault: Fault) -> Problem:
        if fault.code == "fact.not_valid":
            assert isinstance(fault.step.node, n.Fact)
            path = fault.step.node.path
            name = fact_title(path, self.basis.titles)
            if fault.step.node.kind.sort is Sort.CODE:
                said = Text(f"“{name.zh}”按未知处理：", f"‘{name.en}’ is taken as unknown: ") + fault.detail
                return Problem("fact.not_valid", said, path)
            return Problem(
                "fact.not_valid",
                Text(
                    f"“{name.zh}”的值不合声明的类型，按未知处理；应为{_WRITTEN[fault.step.node.kind.sort].zh}",
                    f"‘{name.en}’ does not fit its kind ({fault.detail.en}); taken as unknown. Write "
                    f"{_WRITTEN[fault.step.node.kind.sort].en}",
                ),
                path,
            )
        rule = self.rule_of(fault.step.index)
        title = self.basis.titles.get(rule, same(rule))
        named = Text(f"“{title.zh}”：", f"‘{title.en}’: ") if rule else same("")
        return Problem("rule.division_by_zero", named + zero_divisor(fault.step, self.basis.titles), rule)

    def _absent(self, code: str) -> Problem:
        title = self.basis.titles.get(code, Text(code, code))
        if not self.division:
            return Problem(
                "parameter.missing",
                Text(
                    f"负责地区不详，不知道“{title.zh}”的值；请填写户籍地行政区划代码",
                    f"the division in charge is unknown, and so is its ‘{title.en}’; fill in the division of registration",
                ),
                code,
            )
        place = place_name(self.division[:6], self.basis.titles)
        if (kept_out := pack_kept_out(self.basis.problems)) is not None:
            return Problem(
                "parameter.missing",
                Text(
                    f"{place.zh}的“{title.zh}”没有值可用：规则包 {kept_out} 未能使用，请先修好它",
                    f"{place.en} has no value of ‘{title.en}’: the pack {kept_out} could not be used; mend that first",
                ),
                code,
            )
        return Problem(
            "parameter.missing",
            Text(
                f"{place.zh}在当日没有“{title.zh}”的值；请在本地规则包的参数文件中填写",
                f"{place.en} has no value of ‘{title.en}’ on the day; set it in the parameter file of the local pack",
            ),
            code,
        )

    def rule_of(self, index: int) -> str:
        """The code of the first category or policy whose result rests on a step."""
        cone = {index, *self.basis.dependents.cone(index)}
        plan = self.basis.bound.plan
        for code, step in plan.categories.items():
            if step.index in cone:
                return code
        for code, p in plan.policies.items():
            if p.eligible.index in cone or p.final.index in cone:
                return code
        return ""

    @property
    def complete(self) -> bool:
        """Whether every rule that applies could be used: no quarantined pack, failed provider or place that is unknown
        or known too roughly, no child of another place than the one that the book is pinned to, and none who is not born yet on the day.
        """
        return not any(p.code.startswith(BLOCKING) for p in self.problems)

    def explain(self, code: str | None = None) -> "Explanation":
        """Why: of one category or policy, or of everything. ``str()`` gives text; a notebook shows HTML.

        Raises:
            UnknownCodeError: with the nearest code.
        """
        from kinderguard.engines.explanation import Explanation

        if code is not None and code not in self.categories and code not in self.policies:
            raise UnknownCodeError(code, [*self.categories, *self.policies])
        return Explanation(self, code)

    def for_family(
        self, lang: Language | None = None, *, asked: str | Iterable[str] = (), personal: bool = False
    ) -> "View":
        """One page in plain words to hand to the family or to read to it, without codes and sources: what the child gets, what
        it may get and what decides that, the papers to bring, and why help is not due that was asked for or is recorded.

        Amounts are those of ``policies``. ``print(result.for_family("zh"))`` gives text, ``.save(path)`` a page to print.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            asked: the code of a policy that the family asked for, or several.
            personal: whether the child's name stands above it.

        Raises:
            UnknownCodeError: no such policy; with the nearest code.
            ArgumentError: the code is a category's.

        >>> import datetime as dt, kinderguard
        >>> book = kinderguard.load().on(dt.date(2025, 9, 1)).for_division("330199")
        >>> dead = [{"kind": "dead", "since": "2020-05-01"}]
        >>> facts = {"child.birth_date": "2014-03-05", "father.situations": dead, "mother.situations": dead}
        >>> facts |= {"child.care.kind": "kinship", "household.aid": []}
        >>> page = book.assess(kinderguard.Case.from_facts(facts)).for_family("en", asked="cn.unattended_allowance")
        >>> "Basic living allowance for orphans: 1,900 yuan a month" in page.text
        True
        """
        from kinderguard.engines.family_page import family_page

        codes = (asked,) if isinstance(asked, str) else tuple(asked)
        known = {**self.policies, **self.basis.policies}
        for code in codes:
            if code in self.categories:
                raise ArgumentError(
                    Text(f"{code} 是类别，家长问的是政策。", f"{code} is a category, and a family asks for a policy.")
                    + (suggestion(code, known) or Text("请给出政策的代码。", " Give the code of a policy."))
                )
            if code not in known:
                raise UnknownCodeError(code, known)
        return family_page(self, lang, asked=codes, personal=personal)

    def __repr__(self) -> str:
        holds = [c for c, value in self.categories.items() if value]
        return f"<Assessment on {self.on} at {self.division or '?'}: {', '.join(holds) or 'no category'}; {len(self.undetermined)} undetermined>"

    def view(self, lang: Language | None = None, *, personal: bool = False) -> "View":
        """What the child is and what is due, and why, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            personal: whether the child's name stands above it.
        """
        from kinderguard.engines.assessment_view import assessment_view

        return assessment_view(self, lang, personal=personal)

    def _repr_html_(self) -> str:
        return self.view().html


def _yuan_bounds(value: Any) -> tuple[Decimal | None, Decimal | None]:
    """The bounds of an amount of the trace in yuan; a known amount is both of them."""
    if isinstance(value, int):
        amount = yuan(value)
        return amount, amount
    low, high = bounds(value)
    return _yuan(low), _yuan(high)


def _yuan(amount: Any) -> Decimal | None:
    return None if amount is None else yuan(amount)

"""Checks by proof, over every possible child: never below the national floor, rules that cannot apply, and the like.

The proofs themselves are made by ``engines.prove`` with z3, each kind of question once. Where that is not installed the
checks are skipped and say so; what the loader refuses already (a value below the floor) is told without it.
"""

import datetime as dt
import importlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from kinderguard.model.case import Case
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.money import bounds_text
from kinderguard.model.text import Text, join, same
from kinderguard.rules.definitions import Check, Policy
from kinderguard.rules.ruleset import parameters_read, references
from kinderguard.rules.titles import fact_title
from kinderguard.testing.conformance.registry import CHECKS, Found, Needs, Skip, check
from kinderguard.testing.conformance.results import Finding, Note
from kinderguard.testing.conformance.subject import Subject

#: Seconds for one question.
PATIENCE = 10.0
#: Whom rules reach is asked about only of those of which it was not shown yet, and so on so many more days.
MOST_FOR_REACH = 24
#: The prover's kinds of question by the check that tells their answers; a kind begins with one of these.
QUESTIONS = {
    "floor": ("floor",),
    "never_applies": ("can_apply", "can_pay"),
    "always_applies": ("can_be_refused",),
    "overlaps": ("overlap", "apart"),
    "gaps": ("gap",),
    "cliffs": ("cliff",),
    "worse_with_paper": ("paper",),
}
#: What the prover is asked for a check.
ASKED = {
    "floor": "floor",
    "never_applies": "reach",
    "always_applies": "reach",
    "overlaps": "apart",
    "gaps": "gaps",
    "cliffs": "cliffs",
    "worse_with_paper": "papers",
}
_OPEN = {
    "undecided": Text("（未能在时限内判定）", " (not decided in time)"),
    "not_taken": Text("（求解器不支持其中的写法）", " (the solver does not take what it is written with)"),
}

_CODE = re.compile(r"(?:cn|\d{2,12})(?:\.[a-z0-9_]+)+")
_FAULT = Text(
    "（未能求证：这是 kinderguard 本身的错误，不是规则包的错误）",
    " (not proved: a fault of kinderguard itself, not of the pack)",
)
_REPORT = Text("请将此项报告给 kinderguard", "report this line to kinderguard")


@attrs.frozen
class _Answer:
    """The prover's answer, and the day on which it was asked."""

    day: dt.date
    proof: Any


@attrs.frozen
class _Run:
    """All answers of a kind, the days on which they were asked, and how many days were left out."""

    answers: tuple[_Answer, ...]
    days: tuple[dt.date, ...]
    left_out: int


def _proofs(subject: Subject, check_id: str) -> list[_Answer]:
    """The answers about what the pack decides that belong to a check, on every day on which they were asked."""
    about = _decided(subject)
    found = [a for a in _run(subject, check_id).answers if str(a.proof.question).startswith(QUESTIONS[check_id])]
    # A total is everybody's, and so is what an income costs: whatever the pack changes shows in it. So is a fault.
    return [
        a
        for a in found
        if check_id == "cliffs"
        or a.proof.fault
        or str(a.proof.subject).startswith("due")
        or _codes(a.proof.subject) & about
    ]


def _run(subject: Subject, check_id: str) -> _Run:
    """What the prover was asked for a check, each kind of question once.

    Raises:
        Skip: it needs a package that is not installed.
    """
    kind = ASKED[check_id]
    run = subject.once(f"proofs of {kind}", lambda: _asked(subject, kind))
    if isinstance(run, Skip):
        raise run
    found: _Run = run
    return found


def _asked(subject: Subject, kind: str) -> _Run | Skip:
    """What the prover answers on each day. Whom a rule reaches is asked again only where it was not shown before, and
    then on further days too; cliffs judge nothing, and are asked about on one day.
    """
    found: list[_Answer] = []
    asked: list[dt.date] = []
    about = _decided(subject)
    planned = subject.days
    days, left_out = planned.asked, len(planned.more)
    match kind:
        case "cliffs":
            days, left_out = days[:1], 0
        case "floor":
            days, left_out = (*days, *planned.of_values), left_out + len(planned.more_of_values)
        case "reach":
            days, left_out = (*days, *planned.more[:MOST_FOR_REACH]), len(planned.more[MOST_FOR_REACH:])
    for day in days:
        report = _prove(subject, kind, day, about)
        if isinstance(report, Skip):
            return report
        asked.append(day)
        found += [_Answer(day, proof) for proof in report.proofs]
        if kind == "reach" and not (about := _not_shown(subject, found)):
            return _Run(tuple(found), tuple(asked), 0)
    return _Run(tuple(found), tuple(asked), left_out)


def _not_shown(subject: Subject, answers: Iterable[_Answer]) -> set[str]:
    """The rules of which something was not shown on any day, or that were not in force on any."""
    assert subject.overlay is not None
    shown: dict[str, dict[str, bool]] = {}
    for answer in answers:
        for code in _codes(answer.proof.subject):
            questions = shown.setdefault(code, {})
            question = str(answer.proof.question)
            questions[question] = questions.get(question, False) or answer.proof.outcome == "proved"
    rules = subject.overlay.rules
    return {
        code
        for code in _decided(subject) & {*rules.categories, *rules.policies}
        if not all(shown.get(code, {"": False}).values())
    }


def _decided(subject: Subject) -> set[str]:
    """The pack's own rules, those that its checks are on, and those that read a parameter which it sets."""
    overlay = subject.overlay
    assert overlay is not None
    found = {rule.code for rule in subject.rules} | {r.on for r in subject.rules if isinstance(r, Check)}
    given = {parameter.code for parameter in subject.parameters}
    return found | {code for code, expr in overlay.rules.expressions() if given & set(parameters_read(expr))}


def _codes(subject: Any) -> set[str]:
    """The rules that an answer is about."""
    return set(_CODE.findall(str(subject)))


def _prove(subject: Subject, kind: str, day: dt.date, about: set[str]) -> Any:
    lacking = Skip("需要安装 z3：pip install 'kinderguard[prove]'", "this needs z3: pip install 'kinderguard[prove]'")
    try:
        # By name, since the engine is an extra.
        prove = importlib.import_module("kinderguard.engines.prove").prove
    except (ImportError, AttributeError):
        return lacking
    try:
        return prove(
            subject.book, division=subject.place, on=day, seconds=PATIENCE, questions=[kind], about=about
        )  # fmt: skip
    except MissingExtraError:  # the engine loads its solver when it is asked
        return lacking


def _answers(subject: Subject, check_id: str, told: Callable[[_Answer], Text | None] = lambda answer: None) -> Found:
    """A finding for each refutation with its child, and for each fault of the library; a note for what was not decided.

    What is so on several days is told once, with the days.

    Args:
        subject: the pack.
        check_id: whose answers.
        told: why a refutation is no fault of the pack's, only worth knowing; None where it is a fault.
    """
    answers = _proofs(subject, check_id)
    if ASKED[check_id] == "reach":
        answers = _never_shown(answers)
    found: dict[Any, tuple[Finding | Note, list[dt.date]]] = {}
    for answer in answers:
        proof = answer.proof
        said = _said(subject, check_id, answer, told)
        if said is not None:
            key = (proof.question, str(proof.subject), proof.reading, str(proof.outcome), proof.fault, type(said))
            found.setdefault(key, (said, []))[1].append(answer.day)
    run = _run(subject, check_id)
    several = len(run.days) > 1
    for said, days in found.values():
        listed = ", ".join(map(str, days))
        on = Text(f"（{listed}）", f" (on {listed})") if several else same("")
        yield attrs.evolve(said, message=said.message + on)
    if several:
        yield Note(_days_told(run))


def _said(
    subject: Subject, check_id: str, answer: _Answer, told: Callable[[_Answer], Text | None]
) -> Finding | Note | None:
    """What is told of one answer; None of one that is as it should be."""
    proof, outcome = answer.proof, str(answer.proof.outcome)
    if proof.fault or outcome in _OPEN:
        return _unanswered(proof)
    if outcome != "refuted":
        return None
    excuse = told(answer)
    if excuse is not None:
        return Note(proof.statement + excuse)
    codes = [c for c in _CODE.findall(str(proof.subject)) if c in {r.code for r in subject.rules}]
    codes += [r.code for r in subject.rules if isinstance(r, Check) and r.on in _codes(proof.subject)]
    causes = _causes(subject, answer)
    codes = [*(cause.code for cause in causes), *codes]
    place = next((at for at in map(subject.at, codes) if at["file"]), subject.at(subject.name))
    return Finding(
        proof.statement + _learned_text(subject, proof) + join([cause.said for cause in causes], "", ""),
        next((cause.mend for cause in causes), CHECKS[check_id].mend),
        **place,
        details=_details(proof),
    )


def _never_shown(answers: list[_Answer]) -> list[_Answer]:
    """Of whom rules reach: what was shown on one day is shown. A fault is told all the same."""

    def about(answer: _Answer) -> tuple[str, str]:
        return str(answer.proof.question), str(answer.proof.subject)

    shown = {about(a) for a in answers if a.proof.outcome == "proved"}
    open_ = {about(a) for a in answers if str(a.proof.outcome) in _OPEN and not a.proof.fault}
    return [
        a
        for a in answers
        if a.proof.fault or (about(a) not in shown and (a.proof.outcome != "refuted" or about(a) not in open_))
    ]


def _days_told(run: _Run) -> Text:
    """The days on which the proofs were asked, and whether there are more."""
    listed = ", ".join(map(str, run.days))
    said = Text(f"求证的日期：{listed}", f"asked for {listed}")
    if not run.left_out:
        return said
    return said + Text(
        f"；另有 {run.left_out} 个规则有变化的日期没有问到，可用 --on 指定",
        f"; {run.left_out} more days on which the rules read otherwise were not asked about: name them with --on",
    )


@attrs.frozen
class _Cause:
    """A rule of the pack's by which a child gets less, what it does, and the mend."""

    code: str
    said: Text
    mend: Text


_TAKES = Text(
    '改用 keep="higher"（取高者，无人因此少得），或提高本项金额',
    'use keep="higher", so that nobody gets less, or raise what this policy pays',
)
_WIDENS = Text(
    "这条放宽使儿童改领另一项而少得：把这样的儿童排除在 widens 之外（& ~…），或另立一项政策发放",
    "by this widening the child is paid another policy and less: leave such children out of widens (& ~…), or pay them by a "
    "policy of your own",
)


def _causes(subject: Subject, answer: _Answer) -> list[_Cause]:
    """Of a total that is below the nation's: the pack's own policies that take from others, and its checks that let somebody
    else's policy do so.
    """
    proof = answer.proof
    if proof.counterexample is None or not str(proof.subject).startswith("due."):
        return []
    assert subject.overlay is not None
    own = {rule.code for rule in subject.rules}
    policies = subject.overlay.rules.policies
    result = subject.full_book.assess(proof.counterexample, on=answer.day, division=subject.where)
    found: dict[str, _Cause] = {}
    for policy in result.policies.values():
        for effect in policy.stacking:
            if effect.owner == policy.code or not effect.changed:
                continue
            loss = _loss(effect, policy.title, result.policies[effect.owner].title)
            if effect.owner in own:
                found.setdefault(effect.owner, _Cause(effect.owner, loss, _TAKES))
            for check_ in _widening(subject, policies[effect.owner]):
                reached = Text(
                    f"；“{check_.reason.zh}”[{check_.code}] 放宽了它",
                    f"; ‘{check_.reason.en}’ [{check_.code}] widens it",
                )
                found.setdefault(check_.code, _Cause(check_.code, loss + reached, _WIDENS))
    return list(found.values())


def _widening(subject: Subject, policy: Policy) -> Iterator[Check]:
    """The pack's checks that widen a policy, or a category that it asks for."""
    read = {policy.code, *references(policy.eligible.node).categories}
    yield from (r for r in subject.rules if isinstance(r, Check) and r.widens is not None and r.on in read)


def _details(proof: Any) -> tuple[Text, ...]:
    """The made-up child of a refutation in a line; of a floor also both totals, and the policies that differ."""
    child = _child(proof)
    told = () if not child.zh else (Text("虚构的儿童：", "a made-up child: ") + child,)
    return (*told, *getattr(proof, "compared", ()))


def _loss(effect: Any, title: Text, owner: Text) -> Text:
    taken = Text(
        f"；“{owner.zh}”[{effect.owner}] 使“{title.zh}”不再发放",
        f"; ‘{owner.en}’ [{effect.owner}] takes the place of ‘{title.en}’",
    )
    if not isinstance(effect.before, tuple):
        return taken  # a service
    before, after = bounds_text(*effect.before), bounds_text(*effect.after)
    return taken + Text(f"（{before.zh} → {after.zh}）", f" ({before.en} → {after.en})")


def _unanswered(proof: Any) -> Finding | Note:
    """A question without an answer: a fault of the library, or what the solver could not do."""
    if not proof.fault:
        return Note(proof.statement + _OPEN[str(proof.outcome)])
    return Finding(proof.statement + _FAULT, _REPORT, details=tuple(getattr(proof, "why", ())))


def _child(proof: Any) -> Text:
    """The made-up child of a refutation, in words."""
    facts = list(proof.facts()) if proof.counterexample is not None else []
    return join(facts, "；", "; ") if facts else same("")


@check(
    "floor",
    title=Text("任何儿童都不低于国家标准", "no child gets less than the nation gives"),
    protects=Text(
        "县里可以提高和放宽，不得减少；否则当地儿童少得应得的钱。",
        "A county may raise and widen, not take away: its children would be paid less than they are due.",
    ),
    mend=Text(
        "提高金额或参数；条件比国家窄的放宽条件；因放宽或衔接而改领另一项的，把这样的儿童排除在外",
        "raise the amount or the parameter; widen a condition that is narrower than the nation's; where a widening or stacking "
        "has a child paid something else, leave such children out",
    ),
    needs=Needs.BOOK,
)
def floor(subject: Subject) -> Found:
    """For every possible child, each policy and the sum of what is due."""
    totals = {_about(a): a.proof for a in _proofs(subject, "floor") if a.proof.question == "floor.total"}
    return _answers(subject, "floor", lambda answer: _excused(answer.proof, totals.get(_about(answer))))


def _about(answer: _Answer) -> tuple[dt.date, str, str]:
    """On which day and of what a floor was asked, and against which national numbers."""
    return answer.day, answer.proof.subject, answer.proof.reading


def _excused(proof: Any, total: Any) -> Text | None:
    """A floor that only fails for numbers which the place does not set, or only in bounds that are wider than need be.

    Args:
        proof: the answer.
        total: the one about the same total once all facts are known; None where there is none.
    """
    named = join(list(proof.parameter_lines), "、", ", ")
    if proof.rests_on_numbers:
        return Text(
            f"（仅当本地未设定的参数取这样的值：{named.zh}；设定后请再检查）",
            f" (only for numbers that are not set here: {named.en}; check again once they are)",
        )
    if proof.question != "floor.bounds":
        return None
    if total is not None and total.outcome == "proved":
        return Text("（已知全部事实时不会少）", " (with all facts known nobody gets less)")
    if total is not None and total.outcome == "refuted":
        if total.rests_on_numbers:
            return Text(
                "（已知全部事实时，只有合计一项所列的未设定数值下才会少）",
                " (with all facts known only for the numbers that are told of the total)",
            )
        return Text("（合计本身已不成立，先改正合计）", " (the total itself is refuted; mend that first)")
    if proof.parameters:
        return Text(
            f"（例中本地未设定的参数取这样的值：{named.zh}；设定后请再检查）",
            f" (with these values of numbers that are not set here: {named.en}; check again once they are)",
        )
    return None


@check(
    "never_applies",
    title=Text("没有永远不适用的规则", "no rule can never apply"),
    protects=Text(
        "条件自相矛盾或金额从不大于零的政策，永远发不出一分钱，也没有人会发觉。",
        "A policy whose conditions contradict one another, or whose amount is never above zero, never pays, and nobody "
        "notices.",
    ),
    mend=Text(
        "找出互相矛盾的条件，或使金额能大于零",
        "look for conditions that contradict one another, or let the amount be above zero for somebody",
    ),
    needs=Needs.BOOK,
)
def never_applies(subject: Subject) -> Found:
    """A child exists for whom each rule applies, and to whom a policy with an amount pays more than nothing."""
    yield from _answers(subject, "never_applies")
    days = _run(subject, "never_applies").days
    unasked = [r for r in subject.rules if not isinstance(r, Check) and not any(day in r.effective for day in days)]
    if unasked:
        codes, listed = ", ".join(rule.code for rule in unasked), ", ".join(map(str, days))
        yield Note(
            Text(
                f"在 {listed} 都不生效，没有问到：{codes}",
                f"not in force on {listed}, so that nothing was asked: {codes}",
            )
        )


@check(
    "always_applies",
    title=Text("没有对所有儿童都成立的规则", "no rule applies to every child"),
    protects=Text(
        "对所有儿童都成立的条件，多半漏写了一部分。",
        "A condition that every child meets has most likely lost a part.",
    ),
    mend=Text("补上漏写的条件", "write the condition that was left out"),
    needs=Needs.BOOK,
)
def always_applies(subject: Subject) -> Found:
    """A child exists for whom each rule does not apply."""
    return _answers(subject, "always_applies")


@check(
    "overlaps",
    title=Text("互斥的政策不会同时发放，互斥的类别不重叠", "policies that exclude each other are never both given, nor do such categories overlap"),
    protects=Text(
        "文件规定只能享受一项的，两项都发，日后要追回；家庭已经花掉了。",
        "Where the decree allows one of two and both are paid, one is claimed back after the family has spent it.",
    ),
    mend=Text(
        "检查 r.excludes 的 keep 和 when，类别的 apart_from 和两项条件，以及放宽其中一项的 Check",
        "look at keep and when of r.excludes, at apart_from and the two conditions, and at checks that widen one of them",
    ),
    needs=Needs.BOOK,
)  # fmt: skip
def overlaps(subject: Subject) -> Found:
    """Policies after stacking, categories that are declared apart; for every possible child."""
    return _answers(subject, "overlaps")


@check(
    "gaps",
    title=Text("划分出的类别之间没有空隙", "the parts of a category leave no gap"),
    protects=Text(
        "落在两个类别之间的儿童，哪一项都享受不到。",
        "A child between two categories gets neither.",
    ),
    mend=Text(
        "对照文件核对各类别的界线，或改正 parts=[…]",
        "hold the lines of these categories against the decree, or correct parts=[…]",
    ),
    needs=Needs.BOOK,
)
def gaps(subject: Subject) -> Found:
    """Every possible child of a category that names its ``parts`` is in one of them."""
    return _answers(subject, "gaps")


@check(
    "cliffs",
    title=Text("收入多一元，所得少多少", "how much a yuan more of income costs"),
    protects=Text(
        "收入多一元，补助少几百元的家庭，会被劝退工作。",
        "A family that loses hundreds for a yuan more of income is told not to work.",
    ),
    mend=Text("如由本地决定，可改为逐步减少；仅供了解", "where it is yours to decide, let the amount fall step by step; it is only worth knowing"),
    needs=Needs.BOOK,
)  # fmt: skip
def cliffs(subject: Subject) -> Found:
    """Told, not judged: the law itself has cliffs. Only the largest is told, with its size and child."""
    found = [answer.proof for answer in _proofs(subject, "cliffs")]
    yield from (_unanswered(p) for p in found if p.fault or str(p.outcome) in _OPEN)
    refuted = [p for p in found if str(p.outcome) == "refuted"]
    if refuted:
        yield Note(_largest(refuted))


def _largest(cliffs: list[Any]) -> Text:
    """The largest cliff in words; one whose size rests on amounts that the place does not set goes before the others."""
    most = max(cliffs, key=lambda p: (p.size is None, p.size or 0))
    said: Text = most.statement + same(f" [{most.subject}]")
    if most.size is None:
        said += Text("，多少取决于本地未设定的标准", "; how much depends on amounts that are not set here")
    elif not most.size_is_exact:
        said += Text("（限时内找到的最大值）", " (the most that was found in time)")
    incomes = len({p.subject for p in cliffs})
    if incomes > 1:
        said += Text(f"；共有 {incomes} 项收入如此", f"; so it is with {incomes} incomes")
    child = _child(most)
    return said + (Text(f"；例：{child.zh}", f"; such as {child.en}") if child.zh else same(""))


@check(
    "worse_with_paper",
    title=Text("多交一份材料不会变差", "nothing gets worse when a family brings a paper"),
    protects=Text(
        "交了材料反而少得，家庭就不会再交材料。",
        "Where a paper costs the family something, nobody brings it.",
    ),
    mend=Text("不要用 is_known() 使已知的情况不如未知", "let no is_known() make what is known worse than what is not"),
    needs=Needs.BOOK,
)
def worse_with_paper(subject: Subject) -> Found:
    """What is known of the pack's own facts never lowers what is sure. Of other facts it is told: the law reads some of
    them by a default, such as a sentence without an end that still runs.
    """
    own = {fact.code for fact in subject.pack.facts} if subject.pack else set()

    def told(answer: _Answer) -> Text | None:
        proof = answer.proof
        if own & _learned(proof).keys():
            return None
        child = _child(proof)
        example = Text(f"；例：{child.zh}", f"; such as {child.en}") if child.zh else same("")
        return _learned_text(subject, proof) + example

    return _answers(subject, "worse_with_paper", told)


def _learned_text(subject: Subject, proof: Any) -> Text:
    """The facts that a child of a proof has in its second state only, in words; nothing where there is no such state."""
    assert subject.overlay is not None
    titles = subject.overlay.titles
    named = [
        fact_title(re.sub(r"\[\d+\]", "", path), titles) + same(f" [{path}] = {value}")
        for path, value in _learned(proof).items()
    ]
    if not named:
        return same("")
    said = join(named)
    return Text(f"；多知道的事实：{said.zh}", f"; the fact that is known then: {said.en}")


def _learned(proof: Any) -> dict[str, Any]:
    """By path, what a child of a proof has in its second state only, or otherwise."""
    if proof.counterexample is None or getattr(proof, "after", None) is None:
        return {}
    before = dict(_facts(proof.counterexample))
    return {path: value for path, value in _facts(proof.after) if path not in before or before[path] != value}


def _facts(case: Case) -> Iterator[tuple[str, Any]]:
    """Every known fact of a made-up child: ``father.situations[0].until``, ``450199.stove``."""

    def walked(value: Any, path: str) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from walked(inner, f"{path}.{name}".removeprefix("."))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for place, inner in enumerate(value):
                yield from walked(inner, f"{path}[{place}]")
        else:
            yield path.removeprefix("extra."), json.dumps(value, ensure_ascii=False)

    yield from walked(case.model_dump(mode="json", exclude_none=True, exclude_defaults=True), "")

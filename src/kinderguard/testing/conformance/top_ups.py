"""A check of what top-ups count: all that is paid in place of what they count, and beside it.

One that counts a policy which is a top-up itself has to count what that one counts; one that counts a policy which gives
way to another has to count that other, or to exclude it.
"""

from collections.abc import Iterator

import attrs

from kinderguard.model.case import Case
from kinderguard.model.money import bounds_text
from kinderguard.model.text import Text, join, same
from kinderguard.rules.definitions import Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.stacking import Capped, Excludes, Keep, Stacking, TopsUp
from kinderguard.rules.stacking_order import groups_of
from kinderguard.rules.titles import Titles
from kinderguard.rules.wording import title_of_step
from kinderguard.testing.conformance.children import shown
from kinderguard.testing.conformance.registry import Found, Needs, check
from kinderguard.testing.conformance.results import Finding
from kinderguard.testing.conformance.solving import solver_of
from kinderguard.testing.conformance.subject import Subject


@check(
    "top_ups",
    title=Text("补差没有漏计已享受的待遇", "no top-up leaves out what is paid already"),
    protects=Text(
        "所计的政策本身也是补差时，它已扣除的低保等待遇若不一并计入，合计就超过目标；所计的政策让位于另一项时，它计为零，"
        "补差全额照发，再加上另一项。多发的钱日后要追回。",
        "Where what is counted is a top-up itself, the dibao that it was lessened by is paid beside it: left out of the count, "
        "the total exceeds the target. Where what is counted gives way to another policy, it counts nothing, and the whole "
        "top-up is paid beside that other. What was overpaid is claimed back.",
    ),
    mend=Text(
        "对象相同的，用 r.Check(at_least=…) 提高所计政策的标准；否则把它扣除的、它让位的待遇也列入 r.tops_up(counting=[…])，"
        "或以 r.excludes(…) 排除；确属有意的，在 expected_failures 中写明理由",
        "for the same children, raise the counted policy by r.Check(at_least=…); else list what it counts, and what it gives "
        "way to, in r.tops_up(counting=[…]) too, or exclude that by r.excludes(…); where that is meant, say why in "
        "expected_failures",
    ),
    needs=Needs.BOOK,
)
def top_ups(subject: Subject) -> Found:
    """Of each of the pack's own top-ups, whatever its counted policies count, and whatever they give way to."""
    assert subject.overlay is not None
    rules = subject.overlay.rules
    for policy in subject.pack.policies if subject.pack else ():
        for rule in policy.stacking:
            for counted in _lessened(rule, rules.policies) if isinstance(rule, TopsUp) else ():
                yield _told(
                    subject, policy, counted, subject.overlay.titles, raises=_could_raise(policy, rule, counted)
                )
            if isinstance(rule, TopsUp):
                yield from _paid_beside(subject, policy, rule)


# ---- what is counted gives way to something else -----------------------------------------------------------------------


def _paid_beside(subject: Subject, policy: Policy, rule: TopsUp) -> Iterator[Finding]:
    """What a counted policy gives way to, and the top-up neither counts nor excludes; asked of the solver where it is there."""
    assert subject.overlay is not None
    policies = subject.overlay.rules.policies
    counted = [code for code in rule.counting if isinstance(code, str)]
    for code in counted:
        for other in _winners(code, policies):
            if other in counted or other == policy.code or _exclusive(policy, policies[other]):
                continue
            solver = solver_of(subject)
            proof = solver and solver.beside(policy.code, code, other, whole=rule.to is None)
            if not proof or proof.outcome != "proved":
                yield _told_beside(subject, policy, policies[code], policies[other], proof and proof.counterexample)


def _winners(code: str, policies: dict[str, Policy]) -> dict[str, None]:
    """The policies with money in whose favour a policy is not paid, or paid less, by what stacking says."""
    own = policies[code]
    found = [r.other for r in own.stacking if isinstance(r, Excludes) and r.keep is not Keep.THIS]
    groups = groups_of(policies)
    for members in (groups[r.group] for r in own.stacking if isinstance(r, Capped)):
        found += members[: members.index(code)]
    for other in policies.values():
        for r in other.stacking:
            if isinstance(r, Excludes) and r.other == code and r.keep is not Keep.OTHER:
                found.append(other.code)
    return dict.fromkeys(each for each in found if each != code and policies[each].amount is not None)


def _exclusive(a: Policy, b: Policy) -> bool:
    """Whether two policies are said never to be paid together, whatever the case."""
    pairs = ((a, b), (b, a))
    return any(isinstance(r, Excludes) and r.other == y.code and r.when is None for x, y in pairs for r in x.stacking)


def _told_beside(subject: Subject, policy: Policy, counted: Policy, other: Policy, child: Case | None) -> Finding:
    a, b = (p.title + same(f" [{p.code}]") for p in (counted, other))
    constant = other.code.partition(".")[2].upper()
    return Finding(
        Text(
            f"{policy.code} 补差时只计入“{a.zh}”；它会让位于“{b.zh}”，这时计为零，补差与后者一并发放，合计超过目标",
            f"{policy.code} tops up and counts ‘{a.en}’, which may give way to ‘{b.en}’: then it counts nothing, the top-up is "
            "paid beside the latter, and the total exceeds the target",
        ),
        Text(
            f'也列入它：counting=[…, {constant}]；不应同时享受的，在 stacking 中加 r.excludes({constant}, keep="other")',
            f"count it too: counting=[…, {constant}]; where the two are not to be had together, add r.excludes({constant}, "
            'keep="other") to stacking',
        ),
        **subject.at(policy.code),
        details=() if child is None else tuple(_paid(subject, child, (policy, counted, other))),
    )


def _paid(subject: Subject, child: Case, policies: tuple[Policy, ...]) -> Iterator[Text]:
    yield Text("虚构的儿童：", "a made-up child: ") + same(shown(child))
    result = subject.full_book.assess(child, on=subject.day, division=subject.where)
    for policy in policies:
        paid = result.policies[policy.code]
        said = bounds_text(paid.low, paid.high)
        yield policy.title + Text("：", ": ") + said


# ---- what is counted is a top-up itself --------------------------------------------------------------------------------


@attrs.frozen
class _Lessened:
    """A counted policy that is itself lessened by what the top-up does not count."""

    policy: Policy
    by: tuple[str | Expr, ...]
    #: Which of its stacking rules says so.
    number: int


def _lessened(rule: TopsUp, policies: dict[str, Policy]) -> Iterator[_Lessened]:
    counts = {_key(each) for each in rule.counting}
    for code in rule.counting:
        for number, inner in enumerate(policies[code].stacking) if isinstance(code, str) else ():
            if isinstance(inner, TopsUp):
                left_out = tuple(each for each in inner.counting if _key(each) not in counts)
                if left_out:
                    yield _Lessened(policies[str(code)], left_out, number)


def _key(counted: "str | Expr") -> object:
    return counted.node if isinstance(counted, Expr) else counted


def _could_raise(policy: Policy, rule: Stacking, counted: _Lessened) -> bool:
    """Whether the top-up may as well be written as a raise: it counts nothing but that policy, which is paid as it is."""
    other = counted.policy
    assert isinstance(rule, TopsUp)
    return rule.counting == (other.code,) and (policy.every, policy.per) == (other.every, other.per)


def _told(subject: Subject, policy: Policy, counted: _Lessened, titles: Titles, *, raises: bool) -> Finding:
    named = [
        title_of_step(each.node, titles)
        if isinstance(each, Expr)
        else titles.get(each, same(each)) + same(f" [{each}]")
        for each in counted.by
    ]
    left_out, other = join(named), counted.policy
    constant = other.code.partition(".")[2].upper()
    name = f"…, *{constant}.stacking[{counted.number}].counting"
    count = Text(f"也列入它们：counting=[{name}]", f"count them too: counting=[{name}]")
    raise_it = Text(
        f"如享受 {other.code} 的儿童都补到这一标准，不必另立政策：改写为提高它的标准，r.Check(on={constant}, at_least=…)，"
        "金额不变，已享受的由它自己扣除；只补其中一部分儿童的，",
        f"where every child with {other.code} is to reach this standard, no policy of your own is needed: raise it instead, "
        f"r.Check(on={constant}, at_least=…) with this amount, and it takes off itself what is paid already; where only "
        "some of them are, ",
    )
    return Finding(
        Text(
            f"{policy.code} 补差时计入了 {other.code}，而后者本身是补差，已扣除：{left_out.zh}；这些没有计入，合计会超过目标",
            f"{policy.code} tops up and counts {other.code}, a top-up itself that is less by: {left_out.en}. These are not "
            "counted, and the total exceeds the target",
        ),
        raise_it + count if raises else count,
        **subject.at(policy.code),
    )

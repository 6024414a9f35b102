"""In which order stacking is settled: by what each rule looks at, never by how policies are called or listed.

Every policy goes through three stages. In the first it follows its own list: it tops up, is capped, and gives way. In
the second it is taken away by those that take it whatever it pays. In the third it is taken away by those that look at
it as well, all of which saw it as it was before any of them did (``contenders``); whoever only looks at it sees what is
left in the end. Called when rules are put together, to find circles, and by what writes stacking out for the engines.
"""

import graphlib
from collections.abc import Iterator, Mapping
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from kinderguard.model.text import Text
from kinderguard.rules.errors import CircleError, DefinitionError
from kinderguard.rules.stacking import Capped, Excludes, Keep, TopsUp

if TYPE_CHECKING:
    from kinderguard.rules.definitions import Policy


class Stage(IntEnum):
    """How far a policy is settled."""

    #: It followed its own list.
    OWN = 0
    #: Those took it away that do not look at it.
    CONTENDED = 1
    FINAL = 2


@attrs.frozen
class Settled:
    """A policy at one stage."""

    code: str
    stage: Stage


@attrs.frozen
class Order:
    """The stages of all policies, each after those that it rests on, and who takes what away."""

    stages: tuple[Settled, ...]
    #: By policy, those that take it away without looking at it, with the rule.
    takers: dict[str, list[tuple[str, Excludes]]]
    #: By policy, those that look at it and may take it away, with the rule that does.
    contenders: dict[str, list[tuple[str, Excludes]]]
    #: By cap group, its members in the order in which they share.
    groups: dict[str, list[str]]

    @classmethod
    def of(cls, policies: "Mapping[str, Policy]") -> "Order":
        """The order of these policies.

        Raises:
            CircleError: what one pays rests on what another leaves of it.
        """
        groups = groups_of(policies)
        looks = {code: dict.fromkeys(_looked_at(policy, groups)) for code, policy in policies.items()}
        takers: dict[str, list[tuple[str, Excludes]]] = {code: [] for code in policies}
        contenders: dict[str, list[tuple[str, Excludes]]] = {code: [] for code in policies}
        for code in sorted(policies):
            for rule in policies[code].stacking:
                if isinstance(rule, Excludes) and rule.keep is not Keep.OTHER:
                    (contenders if rule.other in looks[code] else takers)[rule.other].append((code, rule))
        order = cls((), takers, contenders, groups)
        needs: dict[Settled, list[Settled]] = {}
        for code in sorted(policies):
            own, contended, final = (Settled(code, stage) for stage in Stage)
            needs[own] = [order.seen(code, other) for other in looks[code]]
            needs[contended] = [own, *(Settled(by, Stage.OWN) for by, _ in takers[code])]
            needs[final] = [contended, *(Settled(by, Stage.OWN) for by, _ in contenders[code])]
        try:
            stages = tuple(graphlib.TopologicalSorter(needs).static_order())
        except graphlib.CycleError as error:
            # As graphlib lists it, each is needed by the next; the first stands at the end again.
            raise _circle(error.args[1]) from None
        return attrs.evolve(order, stages=stages)

    def seen(self, by: str, of: str) -> Settled:
        """What one policy sees of another that it looks at."""
        contends = any(code == by for code, _ in self.contenders[of])
        return Settled(of, Stage.CONTENDED if contends else Stage.FINAL)

    def idle(self, by: str, of: str) -> list[tuple[str, Excludes]]:
        """Of those that take a policy away, the rules of which whoever looks at it need not know: they take it away as well.

        It comes to nothing then, whatever it saw; so that while facts are unknown its bounds are no wider for it. One that
        takes others away itself has to know, since it does so by what it comes to before it is taken away.
        """
        takes_itself = any(
            code == by for side in (self.takers, self.contenders) for rules in side.values() for code, _ in rules
        )
        if takes_itself:
            return []
        return [
            (taker, rule)
            for taker, rule in (*self.takers[of], *self.contenders[of])
            if rule.keep is Keep.THIS and any(taker == code and _covers(own, rule) for code, own in self.takers[by])
        ]

    def earlier(self, code: str, group: str) -> list[str]:
        """The members of a cap group that are served before one."""
        return _before(code, self.groups[group])


def groups_of(policies: "Mapping[str, Policy]") -> dict[str, list[str]]:
    """The members of each cap group in the order in which they share: by code, but one that names another after it."""
    found: dict[str, list[str]] = {}
    for code in sorted(policies):
        for rule in policies[code].stacking:
            if isinstance(rule, Capped):
                found.setdefault(rule.group, []).append(code)
    return {group: _named_first(members, policies) for group, members in found.items()}


def _named_first(members: list[str], policies: "Mapping[str, Policy]") -> list[str]:
    placed: list[str] = []
    while len(placed) < len(members):
        left = [code for code in members if code not in placed]
        # Where they name each other in a circle, that is told as such.
        free = (code for code in left if not {*named_by(policies[code])} & {*left} - {code})
        placed.append(next(free, left[0]))
    return placed


def named_by(policy: "Policy") -> Iterator[str]:
    """The policies that the stacking rules of one name."""
    for rule in policy.stacking:
        if isinstance(rule, Excludes):
            yield rule.other
        elif isinstance(rule, TopsUp):
            yield from (c for c in rule.counting if isinstance(c, str))


def _before(code: str, members: list[str]) -> list[str]:
    return members[: members.index(code)]


def _covers(rule: Excludes, other: Excludes) -> bool:
    """Whether one exclusion holds wherever another one of the same policy does."""
    return rule.when is None or (other.when is not None and rule.when.node == other.when.node)


def _looked_at(policy: "Policy", groups: dict[str, list[str]]) -> Iterator[str]:
    """The policies whose amount, or whether they are given, decides on this one."""
    for rule in policy.stacking:
        if isinstance(rule, TopsUp):
            yield from (c for c in rule.counting if isinstance(c, str))
        elif isinstance(rule, Capped):
            yield from _before(policy.code, groups[rule.group])
        elif rule.keep is not Keep.THIS:
            yield rule.other


def _circle(listed: list[Settled]) -> CircleError:
    """The error of a circle of stages: who is in it, and what ties each to the next."""
    members = [*dict.fromkeys(each.code for each in reversed(listed))]
    ties = [
        Text(f"{a.code} 要看 {b.code} 发多少", f"{a.code} looks at what {b.code} pays")
        if a.stage is Stage.OWN
        else Text(f"{b.code} 可能取代 {a.code}", f"{b.code} may take {a.code} away")
        for a, b in pairwise(reversed(listed))
        if a.code != b.code
    ]
    zh, en = "，".join(t.zh for t in ties), ", ".join(t.en for t in ties)
    return CircleError(
        Text("叠加规则", "The stacking rules"),
        tuple(members),
        Text(
            f"{zh}，结果取决于先问哪一条。请去掉其中一条，或让补差把取代它所计政策的那一项也列入 counting；"
            'keep="this" 的排除不看对方金额。',
            f"{en}: what comes out would depend on which is asked first. Take one of these rules out, or have a top-up "
            'count that too which takes away what it counts; an exclusion with keep="this" looks at no amount.',
        ),
    )


def check_groups(policies: "Mapping[str, Policy]") -> None:
    """Refuse cap groups whose members cannot be held against one limit.

    Raises:
        DefinitionError: members of several packs, of other periods or payees, or with another limit.
    """
    for group, members in groups_of(policies).items():
        if len({code.split(".", 1)[0] for code in members}) > 1:
            raise DefinitionError(
                Text(
                    f"封顶组 {group!r} 包含几个规则包的政策：{'、'.join(members)}。"
                    "规则包只能给自己的政策封顶；请给该组另起名称。",
                    f"The group {group!r} caps policies of several packs: {', '.join(members)}. A pack caps its "
                    "own policies only; give the group another name.",
                )
            )
        first = policies[members[0]]
        for code in members[1:]:
            _check_member(first, policies[code], group)


def _check_member(first: "Policy", policy: "Policy", group: str) -> None:
    if policy.every is not first.every:
        raise DefinitionError(
            Text(
                f"它与 {first.code} 同在封顶组 {group!r}，发放周期却为{policy.every.zh}，{first.code} 为{first.every.zh}："
                "周期不同的金额不能合计；请改用相同的 every，或给该组另起名称。",
                f"it is in the cap group {group!r} with {first.code}, but is paid {policy.every.en} and {first.code} "
                f"{first.every.en}: amounts of different periods cannot be added up. Give both the same `every`, or give "
                "the group another name.",
            ),
            policy.code,
        )
    if policy.per != first.per:
        raise DefinitionError(
            Text(
                f"它与 {first.code} 同在封顶组 {group!r}，{per_differs(policy, first).zh}，不能合计；"
                "请改用相同的 per，或给该组另起名称。",
                f"it is in the cap group {group!r} with {first.code}, but {per_differs(policy, first).en}: the two cannot "
                "be added up. Give both the same `per`, or give the group another name.",
            ),
            policy.code,
        )
    if limit_of(policy, group) != limit_of(first, group):
        raise DefinitionError(
            Text(
                f"封顶组 {group!r} 的上限与 {first.code} 所写的不同；请写同一上限（同一金额或参数），或给该组另起名称。",
                f"its limit of the cap group {group!r} is not that of {first.code}. Write one limit (the same amount or "
                "parameter) in all of the group, or give the group another name.",
            ),
            policy.code,
        )


def per_differs(policy: "Policy", other: "Policy") -> Text:
    """That one is paid to the child and the other to the household."""
    zh = {"child": "按儿童发放", "household": "按户发放"}
    en = {"child": "paid for each child", "household": "paid to the household"}
    return Text(
        f"它{zh[policy.per]}，{other.code} {zh[other.per]}",
        f"it is {en[policy.per]} and {other.code} {en[other.per]}",
    )


def limit_of(policy: "Policy", group: str) -> object:
    """The limit that a policy states of a cap group, as a value to compare."""
    return next(rule.limit.node for rule in policy.stacking if isinstance(rule, Capped) and rule.group == group)


__all__ = ["Order", "Settled", "Stage", "check_groups", "groups_of", "per_differs"]

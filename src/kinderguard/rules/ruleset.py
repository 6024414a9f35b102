"""A rule set: everything that packs define, put together and checked as a whole.

Checks that a single value cannot make: codes that do not exist, facts nobody declares, circles of categories and
of stacking. A rule set has no place and no day yet; the policy book gives it those.
"""

import datetime as dt
import graphlib
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import attrs

from kinderguard.model.errors import suggestion
from kinderguard.model.text import Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.canonical import FORMAT, digest, plain
from kinderguard.rules.definitions import Category, Check, DeclaredFact, FactProvider, Policy
from kinderguard.rules.errors import CircleError, DefinitionError
from kinderguard.rules.expression import Expr
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.parameters import PARAMETER_KINDS, Parameter
from kinderguard.rules.stacking import Capped, Excludes, Keep, Stacking, TopsUp
from kinderguard.rules.stacking_order import Order, check_groups, per_differs
from kinderguard.rules.units import clashes, unit_text
from kinderguard.rules.wording import wording

#: How the results of a policy end, behind its code.
_RESULTS = ("eligible", "granted", *(f"{end}{unit}" for end in ("amount", "low", "high") for unit in ("", "_fen")))
D = TypeVar("D", Category, Policy, Check, DeclaredFact[Any], FactProvider)


def _by_code(kind: Text, values: Iterable[D] | Mapping[str, D]) -> dict[str, D]:
    found: dict[str, D] = {}
    for value in values.values() if isinstance(values, Mapping) else values:
        if value.code in found:
            raise DefinitionError(
                Text(
                    f"{kind.zh} {value.code} 定义了两次；请改掉其中一个代码。",
                    f"{kind.en} {value.code} is defined twice. Give one of the two another code.",
                )
            )
        found[value.code] = value
    return found


def _categories(values: Iterable[Category]) -> dict[str, Category]:
    return _by_code(Text("类别", "Category"), values)


def _policies(values: Iterable[Policy]) -> dict[str, Policy]:
    return _by_code(Text("政策", "Policy"), values)


def _checks(values: Iterable[Check]) -> dict[str, Check]:
    return _by_code(Text("地方规定", "Check"), values)


def _facts(values: Iterable[DeclaredFact[Any]]) -> dict[str, DeclaredFact[Any]]:
    return _by_code(Text("事实", "Fact"), values)


def _providers(values: Iterable[FactProvider]) -> dict[str, FactProvider]:
    return _by_code(Text("事实提供者", "The provider of"), values)


@attrs.frozen(slots=False)
class RuleSet:
    """Categories, policies, checks, facts, providers and parameters by code. Immutable; checked when made.

    Raises:
        DefinitionError: naming the rule, what is wrong and the mend.
        CircleError: categories or stacking that need one another in a circle.
    """

    categories: dict[str, Category] = attrs.field(converter=_categories)
    policies: dict[str, Policy] = attrs.field(converter=_policies)
    checks: dict[str, Check] = attrs.field(default=(), converter=_checks)
    facts: dict[str, DeclaredFact[Any]] = attrs.field(default=(), converter=_facts)
    providers: dict[str, FactProvider] = attrs.field(default=(), converter=_providers)
    parameters: dict[str, Parameter] = attrs.field(factory=dict)
    #: What the packs call the places that they speak for, by code; no result rests on it.
    places: dict[str, Text] = attrs.field(factory=dict, eq=False)

    def __attrs_post_init__(self) -> None:
        self._check_codes()
        for owner, node in self._conditions():
            self._check_references(owner, node)
        for category in self.categories.values():
            self._check_claims(category)
        for check in self.checks.values():
            self._check_target(check)
        for code, provider in self.providers.items():
            if code not in self.facts:
                near = suggestion(code, self.facts)
                raise DefinitionError(
                    Text(
                        f"事实提供者给出的事实 {code} 没有规则包声明。{near.zh}请改正代码，或在 facts 中声明它。",
                        f"The provider of {code} gives a fact that no pack declares.{near.en} "
                        "Correct the code, or declare it among the facts.",
                    )
                )
            for need in provider.needs:
                self._check_references(code, need.node)
        _ = self.category_order, self.stacking_order, self.provider_order
        Order.of(self.policies)

    def expressions(self) -> Iterator[tuple[str, Expr]]:
        """Every expression with the code of the rule that it stands in."""
        for category in self.categories.values():
            yield category.code, category.when
        for policy in self.policies.values():
            yield policy.code, policy.eligible
            if policy.amount is not None:
                yield policy.code, policy.amount
            for rule in policy.stacking:
                if isinstance(rule, Excludes) and rule.when is not None:
                    yield policy.code, rule.when
                if isinstance(rule, TopsUp):
                    yield from ((policy.code, c) for c in rule.counting if isinstance(c, Expr))
                    if rule.to is not None:
                        yield policy.code, rule.to
                if isinstance(rule, Capped):
                    yield policy.code, rule.limit
        for check in self.checks.values():
            yield from ((check.code, e) for e in (check.widens, check.requires, check.at_least) if e is not None)

    def require_defined(self, owner: str, expr: Expr) -> None:
        """Refuse an expression that stands outside the set and names something that the set does not have.

        Raises:
            DefinitionError: naming ``owner``, what is not there, and the nearest that is.
        """
        self._check_references(owner, expr.node)

    def _conditions(self) -> Iterator[tuple[str, n.Node]]:
        return ((code, expr.node) for code, expr in self.expressions())

    def _check_references(self, owner: str, root: n.Node) -> None:
        named = references(root)
        for code in named.categories:
            if code in self.policies:
                raise DefinitionError(
                    Text(
                        f"{code} 是政策，不是类别；请写类别，或该政策的 .eligible。",
                        f"{code} is a policy, not a category. Name a category, or take .eligible of the policy.",
                    ),
                    owner,
                )
            if code not in self.categories:
                raise DefinitionError(self._no_category(code), owner)
        for fact in named.facts:
            declared = self.facts.get(fact.path)
            if declared is None:
                raise DefinitionError(_undeclared(Text("事实", "fact"), fact.path, self.facts), owner)
            if declared.kind != fact.kind:
                declared_as, used_as = declared.kind.text, fact.kind.text
                raise DefinitionError(
                    Text(
                        f"事实 {fact.path} 是{declared_as.zh}，不是{used_as.zh}；请用它的 DeclaredFact 的 .expr。",
                        f"the fact {fact.path} is {declared_as.en}, not {used_as.en}. Use .expr of its DeclaredFact.",
                    ),
                    owner,
                )
        for node in named.parameters:
            parameter = self.parameters.get(node.code)
            if parameter is None or parameter.kind is None:
                raise DefinitionError(_undeclared(Text("参数", "parameter"), node.code, self.parameters), owner)
            if parameter.kind != node.kind:
                declared_as, used_as = parameter.kind.text, node.kind.text
                read = _as_read(parameter)
                raise DefinitionError(
                    Text(
                        f"参数 {node.code} 是{declared_as.zh}，却用作{used_as.zh}：请写 {read}",
                        f"the parameter {node.code} is {declared_as.en}, but is used as {used_as.en}: write {read}",
                    )
                    + _or_declare(node.code, node.kind, owner)
                    + Text("。", "."),
                    owner,
                )
        if any(self.parameters[node.code].unit for node in named.parameters):
            self._check_units(owner, root)

    def _check_units(self, owner: str, root: n.Node) -> None:
        """What a parameter's declaration says that it is counted in; units of facts alone are refused as they are written."""
        declared = {code: named.title for code, named in self.facts.items()}
        titles = declared | {code: named.title for code, named in self.parameters.items() if named.title is not None}
        for one, unit, other, its in clashes(root, lambda code: self.parameters[code].unit):
            a, b = wording(one, titles), wording(other, titles)
            raise DefinitionError(
                Text(
                    f"“{a.zh}”以{unit_text(unit).zh}计，“{b.zh}”以{unit_text(its).zh}计，不能比较或相加。"
                    "请把参数的值和 unit 换算成事实的单位（如 5000米写作 5公里），或改用单位相同的事实。",
                    f"‘{a.en}’ is in {unit_text(unit).en} and ‘{b.en}’ in {unit_text(its).en}: the two cannot be compared "
                    "or added. State the parameter's value and unit in the unit of the fact (5000 m is 5 km), or use facts "
                    "of one unit.",
                ),
                owner,
            )

    def _check_codes(self) -> None:
        """No two results of one name: of two columns of a table only one would be left."""
        for policy in self.policies.values():
            for name in (policy.code, *(f"{policy.code}.{end}" for end in _RESULTS)):
                if name in self.categories:
                    what = Text("类别", "category")
                elif name in self.policies and name != policy.code:
                    what = Text("政策", "policy")
                else:
                    continue
                raise DefinitionError(
                    Text(
                        f"{what.zh} {name} 与它的代码或结果列同名，两者只会留下其一；请给其中一个另一个代码。",
                        f"the {what.en} {name} has the name of this policy or of one of its results: only one of the two "
                        "would be left. Give one of them another code.",
                    ),
                    policy.code,
                )

    def _no_category(self, code: str) -> Text:
        """What is said of a category that is not there; of one that was named by its title, its code."""
        entitled = titled(code, self.categories.values())
        if entitled is None:
            return _no_such(Text("类别", "category"), code, self.categories)
        return Text(
            f"没有类别 {code}：这是名称，请写它的代码 {entitled!r}。",
            f"there is no category {code}: that is a title. Write its code, {entitled!r}.",
        )

    def _check_claims(self, category: Category) -> None:
        for field, codes in (("parts", category.parts), ("apart_from", category.apart_from)):
            for code in codes:
                if code not in self.categories:
                    missing = self._no_category(code)
                    raise DefinitionError(missing, f"{category.code}, {field}")

    def _check_target(self, check: Check) -> None:
        taken = Text("政策", "policy") if check.code in self.policies else Text("类别", "category")
        if check.code in self.policies or check.code in self.categories:
            raise DefinitionError(
                Text(
                    f"Check 与{taken.zh} {check.code} 同用一个代码；请给 Check 另一个代码。",
                    f"a Check has the code of the {taken.en} {check.code}. Give the Check a code of its own.",
                ),
                check.code,
            )
        target = self.policies.get(check.on) or self.categories.get(check.on)
        if target is None:
            known = [*self.policies, *self.categories]
            raise DefinitionError(_no_such(Text("政策或类别", "policy or category"), check.on, known), check.code)
        if check.at_least is not None and (not isinstance(target, Policy) or target.amount is None):
            raise DefinitionError(
                Text(
                    f"at_least 只能用于写明金额的政策，而 {target.code} 不是；请改用 widens 或 requires。",
                    f"at_least applies only to a policy with an amount, which {target.code} is not. "
                    "Use widens or requires.",
                ),
                check.code,
            )
        if check.requires is None or _pack_of(check.code) == _pack_of(target.code):
            return
        if isinstance(target, Category):
            raise DefinitionError(
                Text(
                    f"地方可以放宽 {target.code}，不能增加条件。请另设自己的类别，同时要求两者，"
                    "或把条件写进自己的政策。",
                    f"a county may widen {target.code}, but not add a condition to it. Define a category of "
                    "your own that asks for both, or write the condition into your own policies.",
                ),
                check.code,
            )
        if not target.counties_may_narrow:
            raise DefinitionError(
                Text(
                    f"地方可以放宽和提高 {target.code}，不能增加条件：{target.code} 没有写明允许。"
                    "请改用 widens 或 at_least，或把条件写进自己的政策。",
                    f"a county may widen and raise {target.code}, but not add a condition to it: "
                    f"{target.code} does not say that counties may. Use widens or at_least, or write the condition into "
                    "a policy of your own.",
                ),
                check.code,
            )

    @cached_property
    def category_order(self) -> tuple[str, ...]:
        """Categories so that each comes after those it refers to."""
        needs = {code: _categories_in(c.when.node) for code, c in self.categories.items()}
        for check in self.checks.values():
            for condition in (check.widens, check.requires):
                if check.on in needs and condition is not None:
                    needs[check.on] |= _categories_in(condition.node)
        return _ordered(Text("类别", "The categories"), needs)

    @cached_property
    def stacking_order(self) -> tuple[str, ...]:
        """Policies so that each comes after those its stacking rules name; ties by code."""
        needs: dict[str, set[str]] = {code: set() for code in self.policies}
        for policy in self.policies.values():
            for rule in policy.stacking:
                if isinstance(rule, Capped):
                    continue
                named = [rule.other] if isinstance(rule, Excludes) else [c for c in rule.counting if isinstance(c, str)]
                for other in named:
                    self._check_partner(policy, rule, other)
                    needs[policy.code].add(other)
        check_groups(self.policies)
        return _ordered(Text("叠加规则", "The stacking rules"), needs)

    @cached_property
    def provider_order(self) -> tuple[str, ...]:
        """Provided facts so that each comes after those that its provider needs."""
        needs = {
            code: {need.node.path for need in provider.needs if isinstance(need.node, n.Fact)} & self.providers.keys()
            for code, provider in self.providers.items()
        }
        return _ordered(Text("事实提供者", "The providers"), needs)

    def _check_partner(self, policy: Policy, rule: Excludes | TopsUp, other: str) -> None:
        partner = self.policies.get(other)
        if other == policy.code:
            raise DefinitionError(
                Text(
                    "stacking 写的是该政策自己；请写另一项政策，或去掉该 stacking。",
                    "its stacking names the policy itself. Name another policy, or leave this stacking out.",
                ),
                policy.code,
            )
        if partner is None:
            near = suggestion(other, self.policies)
            absent = same("")
            if _pack_of(other) not in map(_pack_of, self.policies):
                absent = Text(f"，或安装规则包 {_pack_of(other)}", f", install the pack {_pack_of(other)}")
            raise DefinitionError(
                Text(
                    f"stacking 中的 {other} 不存在。{near.zh}请改正代码{absent.zh}，或去掉该 stacking。",
                    f"its stacking names {other}, which does not exist.{near.en} Correct the code{absent.en}, or leave this "
                    "stacking out.",
                ),
                policy.code,
            )
        takes_away = isinstance(rule, Excludes) and rule.keep is Keep.THIS
        if takes_away and _pack_of(policy.code) != _pack_of(other) and not partner.counties_may_narrow:
            raise DefinitionError(
                Text(
                    f'stacking 会取消 {other}，而它没有写明地方可以这样做。请用 keep="higher"（无人因此少得）'
                    '或 keep="other"。',
                    f"its stacking takes {other} away, which does not say that counties may. "
                    'Use keep="higher", so that nobody gets less, or keep="other".',
                ),
                policy.code,
            )
        compares = isinstance(rule, TopsUp) or rule.keep == "higher"
        if compares and (partner.amount is None or policy.amount is None):
            raise DefinitionError(
                Text(
                    f'stacking 要与 {other} 比较金额，而两者之一是服务；请用 keep="this" 或 keep="other"。',
                    f"its stacking compares amounts with {other}, but one of the two is a service. "
                    'Use keep="this" or keep="other".',
                ),
                policy.code,
            )
        if compares and partner.every is not policy.every:
            raise DefinitionError(
                Text(
                    f"它的发放周期为{policy.every.zh}，{other} 为{partner.every.zh}：周期不同的金额不能比较；"
                    "请改用相同的 every，或去掉该 stacking。",
                    f"it is paid {policy.every.en} and {other} {partner.every.en}: amounts of different periods cannot "
                    "be compared. Give both the same `every`, or leave this stacking out.",
                ),
                policy.code,
            )
        if compares and partner.per != policy.per:
            differs = per_differs(policy, partner)
            share = Text(
                '或改为计入分摊到每人的金额，如 household.dibao_monthly.divided_by(household.size, to="0.01", rounding=r.DOWN)',
                "or count a share of it instead, such as "
                'household.dibao_monthly.divided_by(household.size, to="0.01", rounding=r.DOWN)',
            )
            other_mend = Text('或用 keep="other"', 'or use keep="other"')
            mend = share if isinstance(rule, TopsUp) else other_mend
            raise DefinitionError(
                Text(
                    f"{differs.zh}：两者的金额不能比较；请改用相同的 per，{mend.zh}。",
                    f"{differs.en}: their amounts cannot be compared. Give both the same `per`, {mend.en}.",
                ),
                policy.code,
            )

    def in_force(self, day: dt.date) -> "RuleSet":
        """The rules that apply on ``day``."""
        if all(day in r.effective for r in self._dated()):
            return self
        return attrs.evolve(
            self,
            categories=[_as_never(c) if day not in c.effective else c for c in self.categories.values()],
            policies=policies_without(
                self.policies, {p.code for p in self.policies.values() if day not in p.effective}
            ),
            checks=[c for c in self.checks.values() if day in c.effective and self._target_in_force(c, day)],
        )

    def _dated(self) -> list[Category | Policy | Check]:
        return [*self.categories.values(), *self.policies.values(), *self.checks.values()]

    def _target_in_force(self, check: Check, day: dt.date) -> bool:
        target = self.policies.get(check.on) or self.categories[check.on]
        return day in target.effective

    def to_plain(self) -> dict[str, Any]:
        """Everything as plain JSON values, in a fixed order."""
        return {
            "format": FORMAT,
            **{
                name: [plain(values[code]) for code in sorted(values)]
                for name, values in (
                    ("categories", self.categories), ("policies", self.policies), ("checks", self.checks),
                    ("facts", self.facts), ("providers", self.providers), ("parameters", self.parameters),
                )
            },
        }  # fmt: skip

    @cached_property
    def fingerprint(self) -> str:
        """A hash of every rule and parameter: two sets with one fingerprint give the same results."""
        return digest(self.to_plain())


def _pack_of(code: str) -> str:
    """The division that a code begins with: whose rule it is."""
    return code.split(".", 1)[0]


def _as_never(category: Category) -> Category:
    from kinderguard.rules.expression import any_of

    return attrs.evolve(category, when=any_of())


def policies_without(policies: Mapping[str, Policy], gone: Set[str]) -> list[Policy]:
    """The policies that remain, with stacking rules about those that are gone left out."""
    kept = []
    for policy in policies.values():
        if policy.code in gone:
            continue
        rules: list[Stacking] = []
        for rule in policy.stacking:
            if isinstance(rule, Excludes) and rule.other in gone:
                continue
            if isinstance(rule, TopsUp):
                counted = tuple(c for c in rule.counting if not (isinstance(c, str) and c in gone))
                rules.append(attrs.evolve(rule, counting=counted))
            else:
                rules.append(rule)
        kept.append(attrs.evolve(policy, stacking=tuple(rules)))
    return kept


@attrs.frozen
class References:
    """What an expression names that somebody has to define."""

    categories: tuple[str, ...]
    #: Facts that packs declare.
    facts: tuple[n.Fact, ...]
    parameters: tuple[n.Param, ...]


@lru_cache(maxsize=16_384)
def references(root: n.Node) -> References:
    """What an expression names, in reading order. Kept, since every county's rules stand on the nation's."""
    nodes = tuple(n.walk(root))
    own = (m for m in nodes if isinstance(m, n.Fact) and m.of is None and m.path[:1].isdigit())
    return References(
        tuple(m.code for m in nodes if isinstance(m, n.InCategory)),
        tuple(own),
        tuple(m for m in nodes if isinstance(m, n.Param)),
    )


def _or_declare(code: str, used: Kind, owner: str) -> Text:
    """The other mend of a parameter that is read as another kind: where it is the rule's own pack's, its kind may be wrong."""
    word = next((word for word, kind in PARAMETER_KINDS.items() if kind == used), None)
    if word is None or code.partition(".")[0] != owner.partition(".")[0]:
        return same("")
    also = Text("，并同单位相同的数作比较", ", and compare it with a number of the same unit")
    return (also if used.sort is Sort.NUMBER and used.unit else same("")) + Text(
        f'；若参数本应是{used.text.zh}，请在参数文件中写 kind = "{word}"',
        f'; or, where it is meant to be {used.text.en}, write kind = "{word}" in its parameter file',
    )


def _as_read(parameter: Parameter) -> str:
    """How rules read a parameter of its kind; the unit of a plain number stands in the parameter file alone."""
    assert parameter.kind is not None
    match parameter.kind.sort, parameter.kind.unit:
        case Sort.NUMBER, "":
            return f"param.{'number' if parameter.unit else 'ratio'}({parameter.code!r})"
        case Sort.NUMBER, unit:
            return f"param.number({parameter.code!r}, {unit!r})"
        case sort, _:
            return {Sort.BOOL: "param.flag", Sort.DATE: "param.day"}.get(sort, "param") + f"({parameter.code!r})"


def _categories_in(node: n.Node) -> set[str]:
    return set(references(node).categories)


def titled(title: str, categories: Iterable[Category]) -> str | None:
    """The code of the category that has this title, in either language."""
    return next((c.code for c in categories if title in (c.title.zh, c.title.en)), None)


def _no_such(what: Text, code: str, known: Iterable[str]) -> Text:
    known = list(known)
    near = suggestion(code, known)
    return Text(
        f"没有{what.zh} {code}。{near.zh}请改正代码，或安装定义它的规则包。",
        f"there is no {what.en} {code}.{near.en} Correct the code, or install the pack that defines it.",
    )


def _undeclared(what: Text, code: str, known: Iterable[str]) -> Text:
    # A code of the pack's own was never meant to be somebody else's.
    whose = code.partition(".")[0] + "."
    near = suggestion(code, [k for k in known if k.startswith(whose)])
    return Text(
        f"没有规则包声明{what.zh} {code}。{near.zh}请改正代码，或在规则包中声明它。",
        f"no pack declares the {what.en} {code}.{near.en} Correct the code, or declare it in the pack.",
    )


def _ordered(what: Text, needs: dict[str, set[str]]) -> tuple[str, ...]:
    sorter = graphlib.TopologicalSorter({code: sorted(needs[code]) for code in sorted(needs)})
    try:
        return tuple(sorter.static_order())
    except graphlib.CycleError as error:
        circle = error.args[1]
        raise CircleError(what, tuple(reversed(circle[1:]))) from None


def facts_read(expr: Expr) -> tuple[str, ...]:
    """The paths of the facts an expression reads, in reading order; records' facts as ``father.situations.kind``."""
    return _facts_read(expr.node)


@lru_cache(maxsize=16_384)
def _facts_read(root: n.Node) -> tuple[str, ...]:
    found: dict[str, None] = {}
    seen: set[tuple[n.Node, tuple[tuple[n.Each, str], ...]]] = set()
    # Each node with the full path of every variable that stands for a record there.
    stack: list[tuple[n.Node, dict[n.Each, str]]] = [(root, {})]
    while stack:
        node, records = stack.pop()
        if isinstance(node, n.Fact | n.Collection):
            found[full_path(node, records)] = None
        if (node, tuple(records.items())) in seen:
            continue
        seen.add((node, tuple(records.items())))
        if isinstance(node, n.Aggregate):
            inner = records | {node.each: full_path(node.source, records)}
            stack += [(node.body, inner), (node.where, inner), (node.source, records)]
        else:
            stack += [(part, records) for part in reversed(node.parts())]
    return tuple(found)


def full_path(node: n.Fact | n.Collection, records: Mapping[n.Each, str]) -> str:
    """The path of a fact or list; of one of a record, behind the path of the list that the record is in."""
    return f"{records.get(node.of, node.of.collection)}.{node.path}" if node.of else node.path


def parameters_read(expr: Expr) -> tuple[str, ...]:
    """The codes of the parameters an expression reads, in reading order."""
    return tuple(dict.fromkeys(node.code for node in n.walk(expr.node) if isinstance(node, n.Param)))

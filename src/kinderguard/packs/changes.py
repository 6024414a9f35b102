"""Changes that an analyst makes to a book: ``with_parameters``, ``with_policies``, ``without``.

Each is a frozen value that turns the rules of any place into others, so that a changed book can be written as JSON.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from kinderguard.model.errors import FieldValueError, nearest, suggested
from kinderguard.model.places import COUNTIES, PROVINCES, check_division, covers, place_name
from kinderguard.model.text import Text
from kinderguard.rules.citations import ALWAYS, Trust
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.expression import type_of
from kinderguard.rules.parameters import ASSUMED, Parameter, ParameterValue, merge, parameter_value, shown_value
from kinderguard.rules.ruleset import RuleSet, parameters_read, policies_without, references

#: What ``with_parameters`` takes: a value everywhere, or values by place.
Given: TypeAlias = str | int | Decimal | Fraction | bool | dt.date


class ChangeError(DefinitionError):
    """A change that does not stand; ``text`` says why, and the mend, in both languages."""


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    wrong = [code for code in values if not isinstance(code, str)] if isinstance(values, Mapping) else [values]
    if wrong:
        given = shown_value(wrong[0])
        raise ChangeError(
            Text(
                f'with_parameters 接受以参数代码为键的字典，如 {{"cn.orphan.scattered_monthly": "2100"}}，不接受 {given}。',
                f'with_parameters takes a dict of values by code, as {{"cn.orphan.scattered_monthly": "2100"}}, not {given}.',
            )
        )
    return {code: dict(given) if isinstance(given, Mapping) else given for code, given in values.items()}


@attrs.frozen
class WithParameters:
    """Other values of parameters: by code, a value for everywhere or ``{place: value}``.

    A wider place never replaces a narrower one that is given beside it.

    Raises:
        ChangeError: a place that is certainly none, or where the parameter cannot apply.
    """

    values: Mapping[str, Given | Mapping[str, Given]] = attrs.field(converter=_copied)

    def __attrs_post_init__(self) -> None:
        for code, given in self.values.items():
            for place in given if isinstance(given, Mapping) else ():
                _check_place(code, place)

    def __call__(self, rules: RuleSet) -> RuleSet:
        """The rules with these values. Codes of packs that are not there are left alone."""
        parameters = dict(rules.parameters)
        for code, given in self.values.items():
            declared = parameters.get(code)
            if declared is None or declared.kind is None:
                _refuse_other_kinds(code, rules)
                _known(code, parameters, Text("参数", "parameter"))
                continue
            parameters[code] = _with_value(declared, given)
        return RuleSet(
            rules.categories.values(),
            rules.policies.values(),
            rules.checks.values(),
            rules.facts.values(),
            rules.providers.values(),
            merge(parameters.values()),
            rules.places,
        )


@attrs.frozen
class WithPolicies:
    """Policies, categories or checks added, or put in the place of those with their codes.

    As in a pack, a code that begins with a division is of that division: elsewhere there is no such rule.
    """

    definitions: tuple[Policy | Category | Check, ...]

    @property
    def divisions(self) -> frozenset[str]:
        """The divisions that the codes begin with."""
        return frozenset(owner for d in self.definitions if (owner := _owner(getattr(d, "code", ""))) not in ("cn", ""))

    def at(self, place: str | None) -> "WithPolicies":
        """What of it there is in a place (None: the nation)."""
        elsewhere = {division for division in self.divisions if not covers(division, place or "")}
        if not elsewhere:
            return self
        return WithPolicies(tuple(d for d in self.definitions if _owner(getattr(d, "code", "")) not in elsewhere))

    def __call__(self, rules: RuleSet) -> RuleSet:
        """The rules with these definitions."""
        categories, policies, checks = dict(rules.categories), dict(rules.policies), dict(rules.checks)
        for definition in self.definitions:
            if isinstance(definition, Category):
                categories[definition.code] = definition
            elif isinstance(definition, Policy):
                policies[definition.code] = definition
            elif isinstance(definition, Check):
                checks[definition.code] = definition
            else:
                given = type_of(definition)
                raise ChangeError(
                    Text(
                        f"with_policies 只接受 Policy、Category 和 Check，不能是{given.zh}。",
                        f"with_policies takes policies, categories and checks, not {given.en}.",
                    )
                )
        return RuleSet(
            categories.values(),
            policies.values(),
            checks.values(),
            rules.facts.values(),
            rules.providers.values(),
            rules.parameters,
            rules.places,
        )


@attrs.frozen
class Without:
    """Some policies, categories or checks left out."""

    codes: frozenset[str]

    def __call__(self, rules: RuleSet) -> RuleSet:
        """The rules without them. Codes of packs that are not there are left alone."""
        for code in self.codes:
            if code in rules.parameters:
                raise ChangeError(
                    Text(
                        f"{code} 是参数，不能删去；请用 with_parameters 改变它的值。",
                        f"{code} is a parameter, which cannot be left out: give it another value with with_parameters.",
                    )
                )
            _known(
                code,
                [*rules.policies, *rules.categories, *rules.checks],
                Text("政策、类别或检查规则", "policy, category or check"),
            )
        self._refuse_what_others_ask_for(rules)
        return RuleSet(
            [_without_claims(c, self.codes) for c in rules.categories.values() if c.code not in self.codes],
            policies_without(rules.policies, self.codes),
            [c for c in rules.checks.values() if c.code not in self.codes and c.on not in self.codes],
            rules.facts.values(),
            rules.providers.values(),
            rules.parameters,
            rules.places,
        )

    def _refuse_what_others_ask_for(self, rules: RuleSet) -> None:
        gone = self.codes | {check.code for check in rules.checks.values() if check.on in self.codes}
        asked: dict[str, dict[str, None]] = {}
        for owner, expr in rules.expressions():
            if owner not in gone:
                for code in self.codes.intersection(references(expr.node).categories):
                    asked.setdefault(code, {})[owner] = None
        for code, owners in sorted(asked.items()):
            by = ", ".join(owners)
            raise ChangeError(
                Text(
                    f"{code} 不能删去：{by} 要用到它；请一并删去，或先用 with_policies 换掉。",
                    f"{code} cannot be left out: {by} ask for it. Leave them out too, or replace them with with_policies "
                    "first.",
                )
            )


def _without_claims(category: Category, gone: frozenset[str]) -> Category:
    """A category that says nothing of those that are gone; what they shared among them may have a gap now."""
    if gone.isdisjoint((*category.parts, *category.apart_from)):
        return category
    parts = category.parts if gone.isdisjoint(category.parts) else ()
    return attrs.evolve(category, parts=parts, apart_from=tuple(c for c in category.apart_from if c not in gone))


Change: TypeAlias = WithParameters | WithPolicies | Without


def divisions_of(change: Change) -> tuple[str, ...]:
    """The divisions that a change names by its codes: what it says of them is checked with their packs."""
    if isinstance(change, WithPolicies):
        return tuple(sorted(change.divisions))
    codes = change.values if isinstance(change, WithParameters) else change.codes
    return tuple(sorted({_owner(code) for code in codes} - {"cn", ""}))


def refuse_elsewhere(change: WithPolicies, pinned: str | None) -> None:
    """Refuse rules of a division that a book pinned to another is not for: no child of it would ever be told of them.

    Args:
        change: the change.
        pinned: the division of the book; None where it is for all.

    Raises:
        ChangeError: a rule holds neither there nor around it nor within it.
    """
    for owner in sorted(change.divisions):
        if pinned is not None and not (covers(owner, pinned) or covers(pinned, owner)):
            code = next(d.code for d in change.definitions if _owner(getattr(d, "code", "")) == owner)
            raise ChangeError(
                Text(
                    f"{code} 只用于 {owner}，而此规则集只管 {pinned}，加入后不起作用；请改正代码，或先用 for_division({owner!r})，"
                    "或用未指定地区的规则集。",
                    f"{code} holds in {owner} alone, and this book is for {pinned}, where it would do nothing. Correct the "
                    f"code, take for_division({owner!r}) first, or use a book that is for no one division.",
                )
            )


def refuse_absent_packs(change: WithParameters, installed: Iterable[str]) -> None:
    """Refuse values of a pack that is not there.

    Args:
        change: the change.
        installed: the jurisdictions of the packs that are there.

    Raises:
        ChangeError: nobody declares such a parameter.
    """
    there = set(installed)
    for code in change.values:
        owner = _owner(code)
        if owner not in there | {"cn", ""}:
            raise ChangeError(
                Text(
                    f"没有参数 {code!r}：代码以所属规则包的地区开头，而没有安装地区 {owner} 的规则包；"
                    "请安装它，或改正代码。",
                    f"There is no parameter {code!r}: a code begins with its pack's division, and no pack of {owner} is "
                    "installed. Install it, or correct the code.",
                )
            )


def _owner(code: str) -> str:
    """The division that a code begins with, or ``cn``; empty where it begins with neither."""
    first = code.split(".", 1)[0] if isinstance(code, str) else ""
    return first if first == "cn" or re.fullmatch(r"[0-9]{2,12}", first) else ""


def _known(code: str, known: Iterable[str], what: Text) -> None:
    """Refuse a code that its own pack, which is here, does not have; a pack that is not here is another place's."""
    codes, owner = set(known), _owner(code)
    if code in codes or (owner and not any(_owner(c) == owner for c in codes)):
        return
    near = suggested(near_codes(code, codes)) or Text(
        f"请用 kinderguard rules 查看有哪些{what.zh}。", " See what there is with `kinderguard rules`."
    )
    raise ChangeError(Text(f"没有{what.zh} {code!r}。", f"There is no {what.en} {code!r}.") + near)


def _refuse_other_kinds(code: str, rules: RuleSet) -> None:
    """Tell whoever gives a policy a value which parameters it reads."""
    policy = rules.policies.get(code)
    if policy is None and code not in rules.categories and code not in rules.checks:
        return
    read = parameters_read(policy.amount) if policy is not None and policy.amount is not None else ()
    near = suggested([*read[:3]] if read else near_codes(code, rules.parameters))
    raise ChangeError(
        Text(
            f"{code} 是规则，不是参数；规则请用 with_policies 改变。",
            f"{code} is a rule, not a parameter; change a rule with with_policies.",
        )
        + near
    )


def near_codes(code: str, known: Iterable[str]) -> list[str]:
    """The codes that somebody may have meant, at most three: those that have every word of ``code``, else the most alike."""
    codes, words = sorted(known), _words(str(code))
    containing = [c for c in codes if words and words <= _words(c)]
    same_pack = [c for c in containing if _owner(c) == _owner(str(code))] or containing
    return same_pack if 1 <= len(same_pack) <= 3 else _alike(str(code).lower(), same_pack or codes)


def _alike(name: str, known: Iterable[str]) -> list[str]:
    found = nearest(name, sorted(known))
    return [found] if found else []


def _words(code: str) -> set[str]:
    """The words of a code, without its pack."""
    return {w for w in re.split(r"[^a-z0-9]+", code.lower()) if w and w != "cn" and not w.isdigit()}


#: The lengths of division codes: province, city, county, township, village.
_LENGTHS = (2, 4, 6, 9, 12)


def _check_place(code: str, place: Any) -> None:
    """Refuse a place that is certainly none, or in which a local parameter is never read.

    Most counties are not in our table, so one that is not is let through.
    """
    if place in ("", "cn"):
        return
    if not isinstance(place, str):
        given = shown_value(place)
        hint = f'"{given}"' if given.isdigit() and len(given) in _LENGTHS else '"330106"'
        raise ChangeError(
            Text(f"地区 {given} 应写作文字，如 {hint}。", f"the place {given} is written as text, such as {hint}."),
            code,
        )
    why = _no_place(place)
    if why is not None:
        near = _near_place(place)
        raise ChangeError(
            Text(
                f"没有地区 {shown_value(place)}：{why.zh}；全国写作 'cn'。",
                f"there is no place {shown_value(place)}: {why.en}; the nation is 'cn'.",
            )
            + near,
            code,
        )
    owner = _owner(code)
    if owner not in ("cn", "") and not (covers(owner, place) or covers(place, owner)):
        of, at = place_name(owner), place_name(place)
        raise ChangeError(
            Text(
                f"这个参数只在{of.zh}（{owner}）使用，{at.zh}（{place}）不在其中；请改为 {owner!r} 或其下级地区。",
                f"this parameter is read in {of.en} ({owner}) alone, and {at.en} ({place}) does not lie there; "
                f"write {owner!r} or a place within it.",
            ),
            code,
        )


def _no_place(place: str) -> Text | None:
    """Why a text is certainly no place; None where it may be one."""
    if not (place.isascii() and place.isdigit() and len(place) in _LENGTHS):
        return Text("行政区划代码为 2、4、6、9 或 12 位数字", "a division code has 2, 4, 6, 9 or 12 digits")
    try:
        check_division(place)
    except FieldValueError as error:
        return error.text
    return None


def _near_place(place: str) -> Text:
    """The place that somebody may have meant: by its name, or a known one of which too many or too few digits stand."""
    given, names = place.strip(), PROVINCES | COUNTIES
    if given.lower() == "cn" or given in ("全国", "中国"):
        return suggested(["cn"])
    if given in names:
        return suggested([given])
    if given.isdigit():
        found = [c for c in COUNTIES if covers(given, c) or covers(c, given)]
    else:
        found = [c for c, name in names.items() if len(given) > 1 and given.lower() in f"{name.zh} {name.en}".lower()]
    return suggested(found) if len(found) <= 3 else Text("", "")


def _with_value(declared: Parameter, given: Given | Mapping[str, Given]) -> Parameter:
    assert declared.kind is not None
    by_place = given if isinstance(given, Mapping) else {"": given}
    kept = declared.values
    # The widest place first: it replaces what stood within it, not what is given for a narrower place beside it.
    for place, raw in sorted(by_place.items(), key=lambda given: 0 if given[0] == "cn" else len(given[0])):
        at = "" if place == "cn" else place
        value = parameter_value(raw, declared.kind, f"{declared.code} @ {place or 'cn'}")
        kept = tuple(v for v in kept if not v.place.startswith(at))
        kept += (ParameterValue(at, ALWAYS, value, ASSUMED, Trust.ILLUSTRATIVE),)
    return attrs.evolve(declared, values=kept)

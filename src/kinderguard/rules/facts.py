"""The handles on the facts of a case: ``child``, ``father``, ``mother``, ``parents``, ``guardians``, ``household`` …

A handle lists its facts by name and kind, so that editors complete them and a type checker sees misuse; titles
and units come from the model. A misspelt fact fails where it is written, with the nearest name.
"""

import types
import typing
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from kinderguard.model import codes as c
from kinderguard.model import help as help_model
from kinderguard.model import household as household_model
from kinderguard.model import people
from kinderguard.model.codes import Code
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import suggestion
from kinderguard.model.record import Record, field_unit, is_personal
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.errors import ExpressionError, UnknownFactError
from kinderguard.rules.expression import (
    DAY,
    BoolExpr,
    CodeExpr,
    CodesExpr,
    DateExpr,
    Expr,
    MoneyExpr,
    NumberExpr,
    all_of,
    any_of,
    expression,
    type_of,
    when,
    yuan,
)
from kinderguard.rules.kinds import BOOL, DATE, MONEY, PERSONS, Kind, Sort
from kinderguard.rules.records import Records, period_holds, period_touches, unless_open
from kinderguard.rules.titles import owner_title

X = TypeVar("X", NumberExpr, MoneyExpr)


def _plain(annotation: Any) -> Any:
    """``X`` of ``X | None``."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        inner = [a for a in typing.get_args(annotation) if a is not type(None)]
        return _plain(inner[0]) if len(inner) == 1 else annotation
    if typing.get_origin(annotation) is typing.Annotated:
        return _plain(typing.get_args(annotation)[0])
    return annotation


def field_kind(model: type[Record], name: str) -> Kind | None:
    """The kind of value of a model's field; None where it is a part, a list of records, or not for rules."""
    field = model.model_fields[name]
    plain = _plain(field.annotation)
    if is_personal(field):
        return None
    if plain is bool:
        return BOOL
    if plain is int:
        return Kind(Sort.NUMBER, field_unit(field) or "")
    if plain is Decimal:
        return MONEY
    if plain is PartialDate:
        return DATE
    if plain is str:  # a division: fact providers may need it, rules of a place are the place's packs
        return Kind(Sort.CODE)
    if isinstance(plain, type) and issubclass(plain, Code):
        return Kind(Sort.CODE, codes=plain)
    if typing.get_origin(plain) is tuple:
        item = typing.get_args(plain)[0]
        if isinstance(item, type) and issubclass(item, Code):
            return Kind(Sort.CODES, codes=item)
    return None


class Handle:
    """The facts of one part of a case, or of one record of a list."""

    model: ClassVar[type[Record]]

    def __init__(self, path: str = "", each: n.Each | None = None) -> None:
        self._path = path
        self._each = each

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _fact(self, name: str, kind: Kind) -> Expr:
        return expression(n.Fact(kind, self._at(name), self._each))

    @classmethod
    def _is_person(cls) -> bool:
        return issubclass(cls.model, people.Person)

    def _holds(self) -> BoolExpr:
        raise self._dateless("current")

    def _touches(self, start: DateExpr) -> BoolExpr:
        raise self._dateless("within")

    def _dateless(self, asked: str) -> ExpressionError:
        name = self.model.__name__
        return ExpressionError(
            Text(
                f"{name} 没有日期，不能用 `.{asked}()`；请改用 `.where(lambda x: ...)` 写明条件。",
                f"A {name} has no dates: `.{asked}()` does not apply to it. State the condition with `.where(lambda x: ...)`.",
            )
        )

    @classmethod
    def fact_names(cls) -> list[str]:
        """The names that rules may ask for on this handle."""
        hints: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            hints |= getattr(base, "__annotations__", {})
        return [name for name in hints if not name.startswith("_") and name != "model"]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            listed = fact_types(type(self)).get(name)
            if listed is None:
                own = [*self.fact_names(), *(k for k in dir(type(self)) if not k.startswith("_") and k != "model")]
                where = self._path or self.model.__name__.lower()
                near, here = suggestion(name, own), sorted(set(own) - {"fact_names"})
                raise UnknownFactError(
                    Text(
                        f"{where!r} 没有名为 {name!r} 的事实。{near.zh}可用的事实：{'、'.join(here)}。",
                        f"There is no fact {name!r} about {where!r}.{near.en} Facts here: {', '.join(here)}.",
                    )
                )
            if isinstance(listed, type) and issubclass(listed, Handle):
                return listed(self._at(name), self._each)
            if typing.get_origin(listed) is Records:
                return Records(n.Collection(self._at(name), self._each), typing.get_args(listed)[0])
            kind = field_kind(self.model, name)
            assert kind is not None, name
            return self._fact(name, kind)

        def __setattr__(self, name: str, value: Any) -> None:
            if not name.startswith("_"):
                raise ExpressionError(
                    Text(
                        f"不能给事实赋值（{name}）；请写关于它的规则，如 `child.age < 16`。",
                        f"A handle's facts cannot be assigned ({name}); write a rule about them, as in `child.age < 16`.",
                    )
                )
            object.__setattr__(self, name, value)

        def _refuse(self, *_: object) -> NoReturn:
            where = self._path or self.model.__name__.lower()
            raise ExpressionError(
                Text(
                    f"{where!r} 是一组事实，不是值：请写其中一项，如 `child.age`。",
                    f"{where!r} is a group of facts, not a value: ask for one of them, as in `child.age`.",
                )
            )

        __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __iter__ = _refuse
        __hash__ = object.__hash__


_hints: dict[type[Handle], dict[str, Any]] = {}


def fact_types(handle: type[Handle]) -> dict[str, Any]:
    """The facts of a handle by name: what each is, as annotated."""
    if handle not in _hints:
        _hints[handle] = {k: v for k, v in typing.get_type_hints(handle).items() if k in handle.fact_names()}
    return _hints[handle]


class DisabilityFacts(Handle):
    """Disability 残疾."""

    model = people.Disability
    kind: CodeExpr[c.DisabilityKind]
    components: CodesExpr[c.DisabilityKind]
    grade: CodeExpr[c.DisabilityGrade]
    valid_until: DateExpr
    autism: BoolExpr
    needs_long_term_care: BoolExpr

    @property
    def in_force(self) -> BoolExpr:
        """Whether the certificate has not expired; one whose end is not recorded counts."""
        valid = unless_open(self.valid_until >= DAY, _true())
        zh, en = f"{self.whose.zh}残疾证未过期", f"{self.whose.en} disability certificate has not expired"
        return valid.named("certificate_in_force", zh=zh, en=en)

    @property
    def whose(self) -> Text:
        """Whose disability it is, for the title of a step: 父亲, the father's."""
        return owner_title(self._path)

    def any_kind(self, *kinds: c.DisabilityKind) -> BoolExpr:
        """Whether the disability is, or as a multiple one includes, one of ``kinds``."""
        multiple = (self.kind == c.DisabilityKind.MULTIPLE) & self.components.has(*kinds)
        return self.kind.is_in(*kinds) | multiple


class IllnessFacts(Handle):
    """Illness 患病."""

    model = people.Illness
    serious: BoolExpr
    hiv: BoolExpr


class RegistrationFacts(Handle):
    """Household registration 户籍."""

    model = people.Registration
    division: CodeExpr[Any]
    kind: CodeExpr[c.RegistrationKind]


class ResidenceFacts(Handle):
    """Where the child lives 现居住地."""

    model = people.Residence
    division: CodeExpr[Any]
    since: DateExpr
    permit: BoolExpr


class SchoolingFacts(Handle):
    """Schooling 就学."""

    model = people.Schooling
    stage: CodeExpr[c.SchoolStage]
    boarding: BoolExpr
    full_time: BoolExpr
    continuous_since_18: BoolExpr


class CareFacts(Handle):
    """Care 照护."""

    model = people.Care
    kind: CodeExpr[c.CareKind]
    quality: CodeExpr[c.GuardianshipQuality]
    last_visit: DateExpr
    alone_overnight: BoolExpr


class SituationFacts(Handle):
    """One legal situation with its dates 状况."""

    model = people.Situation
    kind: CodeExpr[c.SituationKind]
    since: DateExpr
    until: DateExpr
    ongoing: BoolExpr
    term_months: NumberExpr

    @property
    def term(self) -> NumberExpr:
        """The term in whole months: as stated, else from its first day to its last, both included (months).

        From 1 July to 31 December is six months, as a judgment writes it.
        """
        by_dates = self.since.months_until(self.until.plus(days=1))
        term = when(self.term_months.is_known(), self.term_months).otherwise(by_dates)
        return term.named("term", zh="期限", en="its term")

    @property
    def months_so_far(self) -> NumberExpr:
        """Whole months since it began."""
        return self.since.months_until(DAY)

    def _holds(self) -> BoolExpr:
        return period_holds(self.since, self.until, self.ongoing)

    def _touches(self, start: DateExpr) -> BoolExpr:
        return period_touches(self.since, self.until, self.ongoing, start)


class PersonFacts(Handle):
    """Anybody 人."""

    model = people.Person
    sex: CodeExpr[c.Sex]
    birth_date: DateExpr
    disability: DisabilityFacts
    illness: IllnessFacts

    @property
    def age(self) -> NumberExpr:
        """Whole years on the day of the assessment; reached on the birthday itself (1 March for 29 February)."""
        return self.birth_date.age_on(DAY)


class HarmFacts(Handle):
    """A harm suffered or suspected 侵害."""

    model = people.Harm
    level: CodeExpr[c.HarmLevel]
    kind: CodeExpr[c.HarmKind]
    on: DateExpr
    reported: BoolExpr

    def _touches(self, start: DateExpr) -> BoolExpr:
        return (self.on > start) & (self.on <= DAY)


class RiskFacts(Handle):
    """A risk that somebody should look at 风险."""

    model = people.Risk
    kind: CodeExpr[c.RiskKind]
    on: DateExpr
    resolved: BoolExpr

    def _touches(self, start: DateExpr) -> BoolExpr:
        return (self.on > start) & (self.on <= DAY)


class ChildFacts(PersonFacts):
    """The child 儿童."""

    model = people.Child
    health: CodeExpr[c.HealthStatus]
    registration: RegistrationFacts
    residence: ResidenceFacts
    schooling: SchoolingFacts
    care: CareFacts
    adopted: BoolExpr
    birth_parents_not_found: BoolExpr
    orphan_since: DateExpr
    own_labour_income: BoolExpr
    individual_dibao: BoolExpr
    living_on_street: BoolExpr
    chosen_scheme: CodeExpr[c.Scheme]
    state_guardianship: CodesExpr[c.StateGuardianshipGround]
    harms: Records[HarmFacts]
    risks: Records[RiskFacts]

    def is_in(self, category: Any) -> BoolExpr:
        """Whether the child is in a ``Category`` (or one of that code)."""
        code = getattr(category, "code", category)
        if isinstance(getattr(category, "eligible", None), BoolExpr):
            raise ExpressionError(
                Text(
                    f"{code} 是政策，不是类别。请写类别，如 child.is_in('cn.orphan')；要用该政策的条件，写它的 .eligible。",
                    f"{code} is a policy, not a category. Name a category, as in child.is_in('cn.orphan'); the condition of "
                    "the policy is its .eligible.",
                )
            )
        if not isinstance(code, str):
            given = type_of(category)
            raise ExpressionError(
                Text(
                    f"child.is_in 需要 Category 或它的代码，如 'cn.orphan'，不能是{given.zh}。",
                    f"child.is_in needs a Category or its code, such as 'cn.orphan', not {given.en}.",
                )
            )
        return BoolExpr(n.InCategory(code))

    @property
    def lives_in_another_county(self) -> BoolExpr:
        """Whether the county of residence differs from the county of registration (first six digits)."""
        return BoolExpr(n.Fact(BOOL, "child.lives_in_another_county"))


class ParentFacts(PersonFacts):
    """A legal parent 父母."""

    model = people.Parent
    kind: CodeExpr[c.ParentKind]
    situations: Records[SituationFacts]
    supports_child: BoolExpr
    can_act_as_guardian: BoolExpr
    foreign: BoolExpr

    @property
    def exists(self) -> BoolExpr:
        """Whether there is such a legal parent: yes, unless the record says that there is none."""
        there = when(self.kind.is_known(), self.kind != c.ParentKind.NONE).otherwise(True)
        who = self.who
        return there.named("exists", zh=f"法律上有{who.zh}", en=f"there is a legal {who.en.removeprefix('the ')}")

    @property
    def _is_missing(self) -> BoolExpr:
        who = self.who
        return (~self.exists).named(
            "does_not_exist", zh=f"法律上没有{who.zh}", en=f"there is no legal {who.en.removeprefix('the ')}"
        )

    @property
    def who(self) -> Text:
        """Which parent it is, for the title of a step: 父亲, the father."""
        roles = {"father": Text("父亲", "the father"), "mother": Text("母亲", "the mother")}
        return roles.get(self._path, Text("该父母", "the parent"))

    def is_in_situation(self, *kinds: c.SituationKind) -> BoolExpr:
        """Whether any of ``kinds`` holds on the day."""
        return self.situations.current().any(lambda s: s.kind.is_in(*kinds))


class GuardianFacts(PersonFacts):
    """Somebody who looks after the child 监护人、受托人."""

    model = people.Guardian
    relation: CodeExpr[c.GuardianRelation]
    entrusted: BoolExpr
    capable: BoolExpr
    unfit_grounds: CodesExpr[c.UnfitGround]
    monthly_income: MoneyExpr


class IncomeFacts(Handle):
    """Income received 收入."""

    model = household_model.Income
    kind: CodeExpr[c.IncomeKind]
    on: DateExpr
    amount: MoneyExpr

    def _touches(self, start: DateExpr) -> BoolExpr:
        return (self.on > start) & (self.on <= DAY)


class MemberFacts(PersonFacts):
    """A household member 家庭成员."""

    model = household_model.Member
    relation: CodeExpr[c.MemberRelation]
    counted: BoolExpr
    monthly_income: MoneyExpr
    incomes: Records[IncomeFacts]
    situations: Records[SituationFacts]


class HouseholdFacts(Handle):
    """The household 家庭."""

    model = household_model.Household
    size: NumberExpr
    members: Records[MemberFacts]
    incomes: Records[IncomeFacts]
    monthly_income_per_head: MoneyExpr
    property_within_limits: BoolExpr
    aid: CodesExpr[c.AidStatus]
    dibao_monthly: MoneyExpr

    def has(self, code: str) -> BoolExpr:
        """A pack's own yes-or-no fact about the household by its code, such as ``330199.central_heating``."""
        return extra_fact(code, BOOL)  # type: ignore[return-value]  # the kind says which expression


class HelpFacts(Handle):
    """Help received 已享受救助."""

    model = help_model.HelpReceived
    payment: CodeExpr[c.PaymentCode]
    amount: MoneyExpr
    every: CodeExpr[c.Frequency]
    since: DateExpr
    until: DateExpr
    ongoing: BoolExpr

    def is_for(self, policy: Any) -> BoolExpr:
        """Whether it is help under ``policy`` (a Policy or its code)."""
        code = getattr(policy, "code", policy)
        return BoolExpr(n.IsIn(n.Fact(Kind(Sort.CODE), self._at("policy"), self._each), (code,)))

    def _holds(self) -> BoolExpr:
        return period_holds(self.since, self.until, self.ongoing)

    def _touches(self, start: DateExpr) -> BoolExpr:
        return period_touches(self.since, self.until, self.ongoing, start)


class EvidenceFacts(Handle):
    """A paper seen 证明材料."""

    model = help_model.Evidence
    document: CodeExpr[c.Document]
    seen_on: DateExpr
    valid_until: DateExpr

    def _holds(self) -> BoolExpr:
        valid = unless_open(self.valid_until >= DAY, _true())
        return valid.named("holds", zh="当日仍有效", en="it holds on the day")


class ConsentFacts(Handle):
    """A consent 同意."""

    model = help_model.Consent
    giver: CodeExpr[c.ConsentGiver]
    scope: CodeExpr[c.ConsentScope]
    since: DateExpr
    until: DateExpr
    withdrawn_on: DateExpr

    def _holds(self) -> BoolExpr:
        not_over = unless_open(self.until >= DAY, _true())
        not_withdrawn = unless_open(self.withdrawn_on > DAY, _true())
        holds = (self.since <= DAY) & not_over & not_withdrawn
        return holds.named("holds", zh="当日仍有效", en="it holds on the day")


class Parents:
    """Both legal parents: father and mother, each unless the record says that there is none (single adoption).

    What is asked of both is written out for each, so that an explanation names the father and the mother.
    """

    def __init__(self, father: ParentFacts, mother: ParentFacts) -> None:
        self._both = (father, mother)

    if not TYPE_CHECKING:

        def _refuse(self, *_: object) -> NoReturn:
            raise ExpressionError(
                Text(
                    "`parents` 不是列表：请写 `parents.all(lambda p: ...)`、`.any(...)` 或 `.count(...)`。",
                    "`parents` is no list: write `parents.all(lambda p: ...)`, `.any(...)` or `.count(...)`.",
                )
            )

        __bool__ = __iter__ = __len__ = __contains__ = _refuse

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("__"):
                raise AttributeError(name)
            near = suggestion(name, ("all", "any", "count", "sum"))
            raise UnknownFactError(
                Text(
                    f"父母双方没有 {name!r}。{near.zh}请对每一方提问，如 `parents.any(lambda p: p.foreign)`，"
                    "或写 `father`、`mother`。",
                    f"There is no {name!r} about both parents.{near.en} Ask for it of each parent, as in "
                    "`parents.any(lambda p: p.foreign)`, or of `father` or `mother`.",
                )
            )

    def all(self, condition: Callable[[ParentFacts], BoolExpr]) -> BoolExpr:
        """Whether every legal parent meets ``condition``."""
        return all_of(*(p._is_missing | condition(p) for p in self._both))

    def any(self, condition: Callable[[ParentFacts], BoolExpr]) -> BoolExpr:
        """Whether at least one legal parent meets ``condition``."""
        return any_of(*(p.exists & condition(p) for p in self._both))

    def count(self, condition: Callable[[ParentFacts], BoolExpr] | None = None) -> NumberExpr:
        """How many legal parents meet ``condition``, or are there (persons)."""
        one, none = (NumberExpr(n.Const(PERSONS, k)) for k in (1, 0))
        father, mother = (p.exists & (condition(p) if condition else _true()) for p in self._both)
        return when(father, one).otherwise(none) + when(mother, one).otherwise(none)

    def sum(self, value: Callable[[ParentFacts], X]) -> X:
        """The sum of a value over the legal parents."""
        father, mother = (value(p) for p in self._both)
        zero = type(father)(n.Const(father.kind, 0))
        a = when(self._both[0].exists, father).otherwise(zero)
        b = when(self._both[1].exists, mother).otherwise(zero)
        return type(father)(n.Add(father.kind, (a.node, b.node)))


def _true() -> BoolExpr:
    return BoolExpr(n.Const(BOOL, True))


def extra_fact(code: str, kind: Kind) -> Expr:
    """A fact that a pack declares, by its code."""
    if not code[:1].isdigit() or "." not in code:
        raise UnknownFactError(
            Text(
                f"规则包自有的事实以其行政区划代码开头，如 '330199.central_heating'，不能是 {code!r}。",
                f"A pack's own fact begins with the pack's division, as in '330199.central_heating', not {code!r}.",
            )
        )
    return expression(n.Fact(kind, code))


child = ChildFacts("child")
father = ParentFacts("father")
mother = ParentFacts("mother")
parents = Parents(father, mother)
household = HouseholdFacts("household")
guardians: Records[GuardianFacts] = Records(n.Collection("guardians"), GuardianFacts)
former_parents: Records[ParentFacts] = Records(n.Collection("former_parents"), ParentFacts)
help_received: Records[HelpFacts] = Records(n.Collection("help"), HelpFacts)
evidence: Records[EvidenceFacts] = Records(n.Collection("evidence"), EvidenceFacts)
consents: Records[ConsentFacts] = Records(n.Collection("consents"), ConsentFacts)

#: The handles by the first part of a path.
ROOTS: dict[str, Handle] = {"child": child, "father": father, "mother": mother, "household": household}
LISTS: dict[str, Records[Any]] = {
    "guardians": guardians,
    "former_parents": former_parents,
    "help": help_received,
    "evidence": evidence,
    "consents": consents,
}

__all__ = [
    "child", "consents", "evidence", "extra_fact", "father", "former_parents", "guardians", "help_received",
    "household", "mother", "parents", "yuan",
]  # fmt: skip

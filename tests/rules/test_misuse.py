"""What is written wrongly fails at the line that writes it, with the right form in the message.

That a type checker sees it too is shown to mypy itself, by ``make check``: ``tests/typed/misused.py``.
"""

from decimal import Decimal

import pytest

from kinderguard import Text
from kinderguard import rules as r
from kinderguard.model import DisabilityGrade, DisabilityKind, ParentKind, SchoolStage, Sex, SituationKind
from kinderguard.rules import (
    CircleError,
    DefinitionError,
    ExpressionError,
    FloatError,
    RoundingError,
    RuleError,
    RuleSet,
    TruthError,
    UnknownFactError,
    child,
    father,
    guardians,
    help_received,
    household,
    param,
    parents,
)

YOUNG = child.age < 16
POOR = household.monthly_income_per_head < param("cn.dibao.monthly_standard")
SIZE, INCOME = household.size, household.monthly_income_per_head
TITLE = Text("某", "some")

MISUSES = {
    "and": (lambda: YOUNG and POOR, TruthError, "&"),
    "or": (lambda: YOUNG or POOR, TruthError, r"\|"),
    "not": (lambda: not YOUNG, TruthError, "~"),
    "if": (lambda: 1 if YOUNG else 2, TruthError, r"when\("),
    "chained comparison": (lambda: 6 < child.age < 16, TruthError, "between"),
    "in": (lambda: YOUNG in [POOR], TruthError, None),
    "bool()": (lambda: bool(SIZE), TruthError, None),
    "number beside condition": (lambda: child.age & True, ExpressionError, None),
    "condition beside number": (lambda: YOUNG & 1, ExpressionError, None),
    "is not None": (lambda: (child.residence.since is not None) & YOUNG, ExpressionError, "is_known"),
    "is, after a condition": (lambda: YOUNG & (child.sex is Sex.FEMALE), ExpressionError, "Python's own True or False"),
    "is, before a condition": (lambda: (child.sex is Sex.FEMALE) | YOUNG, ExpressionError, "=="),
    "is not, turned round": (lambda: ~(child.sex is not Sex.FEMALE) & YOUNG, ExpressionError, "=="),
    "is, turned round": (lambda: YOUNG & ~(child.sex is Sex.FEMALE), ExpressionError, "=="),
    "is in all_of": (lambda: r.all_of(YOUNG, child.sex is Sex.FEMALE), ExpressionError, "=="),
    "is in any_of": (lambda: r.any_of(child.sex is Sex.FEMALE), ExpressionError, "r.any_of"),
    "is in when": (lambda: r.when(child.sex is Sex.FEMALE, INCOME), ExpressionError, "=="),
    "is, of each parent": (lambda: parents.all(lambda p: p.kind is ParentKind.NONE), ExpressionError, "=="),
    "is, of each record": (lambda: guardians.any(lambda g: g.relation is None), ExpressionError, "is_known"),
    "is, of the records to keep": (lambda: guardians.where(lambda g: g.relation is None), ExpressionError, "is_known"),
    "money and persons": (lambda: INCOME + SIZE, ExpressionError, "persons"),
    "money compared with persons": (lambda: INCOME < SIZE, ExpressionError, None),
    "ages and persons": (lambda: child.age + SIZE, ExpressionError, None),
    "money times money": (lambda: INCOME * INCOME, ExpressionError, None),
    "an amount times a decimal number": (lambda: INCOME * Decimal("1.2"), ExpressionError, r"Write r\.ratio\(120, 100\)\."),
    "an amount times a decimal number of many places": (lambda: INCOME * Decimal("0.0125"), ExpressionError, r"Write r\.ratio\(125, 10000\)\."),
    "a number beside a whole decimal": (lambda: child.age < Decimal("16.0"), ExpressionError, r"Write 16\."),
    "an amount times what is no number": (lambda: INCOME * Decimal("NaN"), ExpressionError, r"r\.ratio\(30, 100\) for a share"),
    "an amount times a number beyond all bounds": (lambda: INCOME * Decimal("1E+999999"), ExpressionError, r"r\.ratio\(30, 100\) for a share"),
    "an amount times a parameter that is read as one": (lambda: INCOME * param("330106.share"), ExpressionError, r"param\.ratio\('330106\.share'\)"),
    "a fact with brackets": (lambda: child.age() < 16, ExpressionError, "takes no brackets"),
    "a source's trust that is none": (lambda: r.Cite("甲", trust="gov"), DefinitionError, "not 'gov'"),
    "a float as money": (lambda: INCOME < 600.5, FloatError, "yuan"),
    "a float as a share": (lambda: INCOME * 0.3, FloatError, None),
    "a float in yuan": (lambda: r.yuan(0.1), FloatError, None),
    "a bare string for a code": (lambda: child.sex == "female", ExpressionError, "Sex"),
    "a code of another list": (lambda: child.sex == SchoolStage.PRIMARY, ExpressionError, "Sex"),
    "a code of another list in is_in": (lambda: child.disability.kind.is_in(DisabilityGrade.FIRST), ExpressionError, "DisabilityKind"),
    "no code at all": (child.sex.is_in, ExpressionError, "at least one"),
    "two lists compared": (lambda: child.sex == child.disability.kind, ExpressionError, "different lists"),
    "a misspelt fact": (lambda: child.agee, UnknownFactError, "'age'"),
    "a misspelt part": (lambda: child.disabilty.kind, UnknownFactError, "'disability'"),
    "a misspelt fact of a part": (lambda: child.disability.grad, UnknownFactError, "'grade'"),
    "a misspelt fact of a parent": (lambda: father.suports_child, UnknownFactError, "'supports_child'"),
    "a misspelt fact of a record": (lambda: guardians.any(lambda g: g.relaton == 1), UnknownFactError, "'relation'"),
    "a personal fact": (lambda: child.name, UnknownFactError, "no fact"),
    "a personal number": (lambda: child.resident_id, UnknownFactError, "no fact"),
    "a fact of both parents": (lambda: parents.foreign, UnknownFactError, "parents.any"),
    "a list that is looped over": (lambda: list(guardians), ExpressionError, "any"),
    "a list as a condition": (lambda: bool(help_received), ExpressionError, "any"),
    "a group of facts as a condition": (lambda: bool(child.disability), ExpressionError, "group of facts"),
    "a fact that is assigned": (lambda: setattr(child, "age", 3), ExpressionError, "assigned"),
    "when without a condition": (lambda: r.when(child.age, 1), ExpressionError, None),
    "when with two kinds": (lambda: r.when(YOUNG, r.yuan("1")).otherwise(SIZE), ExpressionError, None),
    "max of two kinds": (lambda: r.max_of(INCOME, SIZE), ExpressionError, None),
    "sum of conditions": (lambda: guardians.sum(lambda g: g.capable), ExpressionError, "money or a number"),
    "any without a condition": (lambda: guardians.any(lambda g: g.monthly_income), ExpressionError, None),
    "a window of no length": (lambda: household.incomes.within(months=0), DefinitionError, "positive"),
    "a window over what has no dates": (lambda: guardians.within(months=3), ExpressionError, "no dates"),
    "division by zero": (lambda: INCOME / 0, DefinitionError, "zero"),
    "a fraction of a fen": (lambda: r.yuan("0.001"), RuleError, None),
    "a parameter without its pack": (lambda: param("standard"), DefinitionError, "begins with"),
    "a parameter as a condition": (lambda: r.Category("cn.x", TITLE, when=param("cn.x")), ExpressionError, "condition"),
    "a division compared": (lambda: child.residence.division == "330106", ExpressionError, "fact provider"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISUSES)
def test_a_misuse_raises_where_it_is_written_with_the_right_form(what):
    wrong, error, says = MISUSES[what]
    with pytest.raises(error, match=says):
        wrong()


def policy(**changes):
    given = {"code": "cn.gift", "title": TITLE, "eligible": YOUNG, "amount": r.yuan("5")} | changes
    return r.Policy(**given)


DEFINITIONS = {
    "a code that is not well formed": (lambda: policy(code="Gift"), "330106.winter_heating"),
    "neither amount nor service": (lambda: policy(amount=None), "amount or a service"),
    "both amount and service": (lambda: policy(service=TITLE), "amount or a service"),
    "an amount that is a number": (lambda: policy(amount=SIZE), "money"),
    "an amount between two fen": (lambda: policy(amount=INCOME / 3), "rounded"),
    "an amount below zero": (lambda: policy(amount=r.yuan("-280")), "below zero"),
    "an outcome below zero": (lambda: policy(amount=r.when(YOUNG, r.yuan("-280")).otherwise(5)), "below zero"),
    "a ceiling below zero": (lambda: policy(stacking=[r.capped("g", r.yuan("-5"))]), "below zero"),
    "a raise to below zero": (lambda: r.Check("33.x", on="cn.gift", reason=TITLE, at_least=r.yuan("-5")), "below zero"),
    "a title in one language": (lambda: policy(title="礼物"), "both languages"),
    "Python's own answer as a condition": (lambda: policy(eligible=child.sex is not None), "is_known"),
    "Python's own answer as a category": (lambda: r.Category("cn.x", TITLE, when=child.sex is None), "is_known"),
    "Python's own answer as a check": (lambda: r.Check("33.x", on="cn.gift", reason=TITLE, widens=child.sex is None), "is_known"),
    "a period that is a word": (lambda: policy(every="month"), "MONTH"),
    "paid to somebody else": (lambda: policy(per="village"), "household"),
    "a paper that is a word": (lambda: policy(evidence=["户口簿"]), "Document"),
    "stacking that is a word": (lambda: policy(stacking=["cn.other"]), "excludes"),
    "a check that does nothing": (lambda: r.Check("33.x", on="cn.gift", reason=TITLE), "exactly one"),
    "a check that does two things": (lambda: r.Check("33.x", on="cn.gift", reason=TITLE, widens=YOUNG, requires=YOUNG), "exactly one"),
    "a period that ends first": (lambda: r.Period("2025-01-01", "2024-01-01"), "before"),
    "a date that is none": (lambda: r.Period("1.1.2025"), "2024-11-01"),
}  # fmt: skip


@pytest.mark.parametrize("what", DEFINITIONS)
def test_a_definition_that_lacks_something_says_what(what):
    wrong, says = DEFINITIONS[what]
    with pytest.raises(RuleError, match=says):
        wrong()


@pytest.mark.parametrize(
    "other",
    [
        r.Category("cn.gift", TITLE, when=YOUNG),
        r.Category("cn.gift.eligible", TITLE, when=YOUNG),
        r.Category("cn.gift.low_fen", TITLE, when=YOUNG),
        policy(code="cn.gift.granted"),
    ],
    ids=lambda rule: f"{type(rule).__name__} {rule.code}",
)
def test_a_code_that_is_also_the_name_of_a_policys_result_is_refused(other):
    """In a table of results one column would have stood for both."""
    categories, policies = ([other], []) if isinstance(other, r.Category) else ([], [other])
    with pytest.raises(DefinitionError, match=rf"cn\.gift: the \w+ {other.code} has the name .* another code"):
        RuleSet(categories, [policy(), *policies])
    RuleSet([r.Category("cn.gift.kind", TITLE, when=YOUNG)], [policy(), policy(code="cn.gift.more")])


def test_what_always_or_never_holds_is_said_as_such():
    assert r.when(YOUNG, POOR).otherwise(True).node.otherwise.value is True
    assert (child.adopted == True).same_as(child.adopted)  # noqa: E712  an answer beside a fact is compared, not lost
    assert (YOUNG & r.all_of()).node.args == (YOUNG | r.any_of()).node.args == (YOUNG.node,)


def test_an_amount_between_two_fen_names_the_rounding_error():
    with pytest.raises(RoundingError, match=r"cn\.gift"):
        policy(amount=INCOME / 3)
    assert policy(amount=(INCOME / 3).rounded(to="0.01", rounding=r.DOWN))


def test_a_circle_of_categories_names_its_members():
    one = r.Category("cn.one", TITLE, when=child.is_in("cn.two"))
    two = r.Category("cn.two", TITLE, when=child.is_in("cn.three") | YOUNG)
    three = r.Category("cn.three", TITLE, when=child.is_in("cn.one"))
    with pytest.raises(CircleError) as error:
        RuleSet([one, two, three], []).category_order  # noqa: B018
    for code in ("cn.one", "cn.two", "cn.three"):
        assert code in str(error.value)


def test_a_circle_of_stacking_names_its_members():
    one = policy(code="cn.one", stacking=[r.excludes("cn.two")])
    two = policy(code="cn.two", stacking=[r.excludes("cn.one")])
    with pytest.raises(CircleError) as error:
        RuleSet([], [one, two]).stacking_order  # noqa: B018
    assert "cn.one" in str(error.value)
    assert "cn.two" in str(error.value)


def test_a_group_caps_policies_of_one_pack_only():
    ours = [policy(code=f"33.{n}", stacking=[r.capped("local", r.yuan("8"))]) for n in ("one", "two")]
    assert RuleSet([], ours).stacking_order
    with pytest.raises(DefinitionError, match=r"cn\.gift"):
        RuleSet([], [*ours, policy(stacking=[r.capped("local", r.yuan("8"))])])


def test_a_category_that_is_not_there_is_named_with_the_nearest():
    orphan = r.Category("cn.orphan", TITLE, when=YOUNG)
    with pytest.raises(DefinitionError, match=r"cn\.orphan"):
        RuleSet([orphan], [policy(eligible=child.is_in("cn.orpan"))])


def test_kinds_and_situations_are_codes_of_their_lists():
    assert child.disability.kind.is_in(DisabilityKind.MENTAL).same_as(child.disability.kind == DisabilityKind.MENTAL)
    assert (child.sex == Sex.FEMALE).same_as(child.sex.is_in(Sex.FEMALE))
    assert not father.is_in_situation(SituationKind.DEAD).same_as(father.is_in_situation(SituationKind.DEPORTED))

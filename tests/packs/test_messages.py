"""What is wrong with a rule, a parameter file, a pack or a call is told with its mend in Chinese and in English."""

import copy
import datetime as dt
import importlib
import json
import pickle
import traceback
from fractions import Fraction

import pytest

import kinderguard
from kinderguard import Pack, PackError, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.model.codes import Code
from kinderguard.model.errors import (
    ArgumentError,
    CannotTravelError,
    FieldValueError,
    InvalidRecordError,
    MissingExtraError,
    NotADayError,
    OneLanguageError,
    RepeatedCodeError,
    ToldError,
)
from kinderguard.packs import LedgerColumn, NoDayError, NoPacksError
from kinderguard.packs.changes import ChangeError
from kinderguard.packs.loader import Registry
from kinderguard.rules import (
    CircleError,
    DefinitionError,
    ExpressionError,
    FloatError,
    RoundingError,
    RuleSet,
    TruthError,
    UnknownFactError,
    child,
    guardians,
    household,
    param,
    parents,
)
from kinderguard.rules.expression import RoundingNeededError
from kinderguard.rules.rule_card import NoSuchRuleError, rule_card
from told import stray

DAY = dt.date(2025, 9, 1)
YOUNG, SIZE, INCOME = child.age < 16, household.size, household.monthly_income_per_head
TITLE = Text("某", "some")
STANDARD = "cn.dibao.monthly_standard"


def policy(code="cn.gift", **changes):
    return r.Policy(**{"code": code, "title": TITLE, "eligible": YOUNG, "amount": r.yuan("5")} | changes)


def book():
    return kinderguard.load()


def circle():
    one = r.Category("cn.one", TITLE, when=child.is_in("cn.two"))
    RuleSet([one, r.Category("cn.two", TITLE, when=child.is_in("cn.one"))], [])


def of_pack(**arguments):
    return Pack(**{"code": "4501", "title": TITLE, "version": "1", "kinderguard": ">=0.1"} | arguments)


def missing_extra():
    raise MissingExtraError("prove", "z3")


#: What is written wrongly; the error; what its Chinese message tells to do, and its English one.
MISUSES = {
    "and": (lambda: YOUNG and YOUNG, TruthError, "请写作 `a & b`", "Write `a & b` for `a and b`"),
    "or": (lambda: YOUNG or YOUNG, TruthError, "写作 `a | b`", "`a | b` for `a or b`"),
    "not": (lambda: not YOUNG, TruthError, "写作 `~a`", "`~a` for `not a`"),
    "if": (lambda: 1 if YOUNG else 2, TruthError, "写作 `r.when(c, a).otherwise(b)`", "for `a if c else b`"),
    "a chained comparison": (lambda: 6 < child.age < 16, TruthError, "写作 `x.between(a, b)`", "for `a < x < b`"),
    "a misspelt fact": (lambda: child.agee, UnknownFactError, "是否想写 'age'？", "Did you mean 'age'?"),
    "a fact like none": (lambda: child.zzz, UnknownFactError, "可用的事实：adopted", "Facts here: adopted"),
    "a fact of both parents": (lambda: parents.foreign, UnknownFactError, "请对每一方提问", "Ask for it of each parent"),
    "an own fact without its pack": (lambda: household.has("warm"), UnknownFactError, "行政区划代码开头", "begins with the pack's division"),
    "two kinds": (lambda: child.age & True, ExpressionError, "请先作比较", "Compare first"),
    "a condition negated that is none": (lambda: ~child.age, ExpressionError, "请先作比较", "Compare first"),
    "two units": (lambda: child.age + SIZE, ExpressionError, "请改用单位相同的", "of one unit"),
    "a code as a word": (lambda: child.sex == "femal", ExpressionError, "请用 Sex 的代码，如 Sex.MALE。是否想写 'female'？", "Did you mean 'female'?"),
    "a list looped over": (lambda: list(guardians), ExpressionError, "请写 `.any", "write `.any"),
    "a sum of conditions": (lambda: guardians.sum(lambda g: g.capable), ExpressionError, "须给出金额或数", "needs money or a number"),
    "a when without its end": (lambda: r.when(YOUNG, SIZE) + 1, ExpressionError, "请加上 `.otherwise", "add `.otherwise"),
    "half a when as a condition": (lambda: YOUNG & r.when(YOUNG, SIZE), ExpressionError, "请加上 `.otherwise", "add `.otherwise"),
    "a fraction of a fen": (lambda: r.yuan("0.001"), ExpressionError, "请写作 r.yuan('272.40')", "Write r.yuan('272.40')"),
    "excludes on a number": (lambda: r.excludes("cn.x", when=SIZE), ExpressionError, "需要条件", "needs a condition"),
    "a float": (lambda: INCOME * 0.3, FloatError, "比例写作 r.ratio(30, 100)", "r.ratio(30, 100)"),
    "a float as money": (lambda: r.yuan(0.1), FloatError, "不能用作金额", "cannot be used as money"),
    "a division by a fact": (lambda: INCOME / SIZE, RoundingNeededError, "请写明如何取整", "state the rounding"),
    "an amount between two fen": (lambda: policy(amount=INCOME / 3), RoundingError, "请写明如何取整", "State the rounding"),
    "a division by zero": (lambda: INCOME / 0, DefinitionError, "请改用不为零的除数", "Give another divisor"),
    "a code that is not well formed": (lambda: policy("Gift"), DefinitionError, "如 '330106.winter_heating'", "as in '330106.winter_heating'"),
    "a title in one language": (lambda: policy(title="礼物"), DefinitionError, "写作 r.Text(zh='…', en='…')", "is r.Text(zh='…', en='…')"),
    "neither amount nor service": (lambda: policy(amount=None), DefinitionError, "且只写其一", "either an amount or a service"),
    "a citation's date": (lambda: r.Cite("某", checked_on="1.1.2025"), DefinitionError, "日期请写作", "Write a date as"),
    "a citation's trust": (lambda: r.Cite("某", trust="goverment"), DefinitionError, "是否想写 'government'？", "Did you mean 'government'?"),
    "citations that are words": (lambda: policy(cites=["某"]), DefinitionError, "须逐项写作 r.Cite(", "lists r.Cite("),
    "a period that ends first": (lambda: r.Period("2025-01-01", "2024-01-01"), DefinitionError, "请改正其中之一", "Correct one of the two"),
    "a parameter without its pack": (lambda: param("standard"), DefinitionError, "以所属规则包的代码开头", "begins with its pack's code"),
    "a parameter of another kind": (
        lambda: RuleSet([r.Category("cn.x", TITLE, when=param.flag("cn.y"))], [], parameters={"cn.y": r.Parameter("cn.y", r.yuan(1).kind)}),
        DefinitionError, "却用作条件：请写 param('cn.y')", "write param('cn.y')",
    ),
    "a parameter of another unit": (
        lambda: RuleSet([r.Category("cn.x", TITLE, when=child.residence.since.months_until(r.DAY) >= param.number("cn.y", "months"))], [], parameters={"cn.y": r.Parameter("cn.y", child.age.kind)}),
        DefinitionError, """请写 param.number('cn.y', 'years')，并同单位相同的数作比较；若参数本应是以个月计的数，请在参数文件中写 kind = "months\"""", """or, where it is meant to be a number of months, write kind = "months\"""",
    ),
    "a parameter without a unit": (
        lambda: RuleSet([r.Category("cn.x", TITLE, when=child.residence.since.months_until(r.DAY) >= param.number("cn.y", "months"))], [], parameters={"cn.y": r.Parameter("cn.y", param.ratio("cn.y").kind)}),
        DefinitionError, """请在参数文件中写 kind = "months\"""", """write kind = "months\" in its parameter file""",
    ),
    "a category that is not there": (lambda: RuleSet([], [policy(eligible=child.is_in("cn.y"))]), DefinitionError, "请改正代码", "Correct the code"),
    "two policies of one code": (lambda: RuleSet([], [policy(), policy()]), DefinitionError, "请改掉其中一个代码", "Give one of the two another code"),
    "stacking of two periods": (
        lambda: RuleSet([], [policy("cn.a", every=r.MONTH), policy("cn.b", every=r.YEAR, stacking=[r.excludes("cn.a")])]),
        DefinitionError, "请改用相同的 every", "Give both the same `every`",
    ),
    "a circle": (circle, CircleError, "请去掉其中一处引用", "Take one of these references out"),
    "another's code in a pack": (lambda: of_pack(policies=[policy()]), DefinitionError, "请写针对它的 Check", "with a Check on it"),
    "a pack's code": (lambda: of_pack(code="9901"), DefinitionError, "请写行政区划代码", "Write the division"),
    "a ledger column without a use": (lambda: LedgerColumn("供暖"), DefinitionError, "请写明 fact=", "give fact="),
    "two codes of one value": (
        lambda: Code("Fuel", {"GAS": ("gas", "燃气", "gas"), "COAL": ("gas", "煤", "coal")}),
        RepeatedCodeError, "给 COAL 另一个值", "Give COAL a value of its own",
    ),
    "an expression in JSON": (lambda: r.node_from_json({"op": "guess"}), DefinitionError, "中没有运算 'guess'", "There is no operation 'guess'"),
    "a book that is none": (lambda: PolicyBook.from_json("{}"), DefinitionError, "请用 book.to_json() 重新写出", "Write it again with book.to_json()"),
    "a parameter left out": (lambda: book().without(STANDARD), ChangeError, "请用 with_parameters", "with with_parameters"),
    "a value for no place": (lambda: book().with_parameters({STANDARD: {"33010": "900"}}), ChangeError, "是否想写 '330106'？", "Did you mean '330106'?"),
    "a value in per cent": (lambda: book().with_parameters({"cn.dibao_marginal.multiple": "150 %"}).rules, DefinitionError, '30% 写作 "30/100"', '30 % is "30/100"'),
    "a value that is no money": (lambda: book().with_parameters({STANDARD: Fraction(1, 3)}).rules, DefinitionError, "金额写作文字", "Money is text"),
    "a value below the floor": (
        lambda: book().with_parameters({"cn.orphan.scattered_monthly": "599"}).rules,
        DefinitionError, "地方可以提高，不能降低；请写 600.00元或更高", "A county may raise it, not lower it: write 600.00 yuan or more",
    ),
    "a change that is none": (lambda: book().with_policies("cn.gift"), ChangeError, "只接受 Policy、Category 和 Check", "takes policies, categories and checks"),
    "no day": (lambda: book().assess(kinderguard.Case()), NoDayError, "请写 book.assess(", "book.assess("),
    "a day as text": (lambda: book().assess(kinderguard.Case(), on="2025-09-01"), NotADayError, "datetime.date.fromisoformat(…)", "datetime.date.fromisoformat(...)"),
    "no national pack": (lambda: PolicyBook(Registry([])).rules, NoPacksError, "请重新安装 kinderguard", "Install kinderguard again"),
    "a rule that is not there": (lambda: rule_card(book().rules, "cn.orpan"), NoSuchRuleError, "是否想写 'cn.orphan'？", "Did you mean 'cn.orphan'?"),
    "a rule like none": (lambda: rule_card(book().rules, "zzz"), NoSuchRuleError, "请用 kinderguard rules 查看", "with `kinderguard rules`"),
    "an explanation of no rule": (
        lambda: book().assess(kinderguard.Case(), on=DAY).explain("cn.orpan"),
        kinderguard.engines.assessment.UnknownCodeError, "是否想写 'cn.orphan'？", "Did you mean 'cn.orphan'?",
    ),
    "a text without English": (lambda: r.Text("孤儿"), OneLanguageError, "缺少 en：请写作 Text(zh='孤儿', en='…')", "write Text(zh='孤儿', en='…')"),
    "a text without Chinese": (lambda: r.Text("Orphan"), OneLanguageError, "缺少 zh：请写作 Text(zh='…', en='Orphan')", "zh is missing here: write Text(zh='…', en='Orphan')"),
    "a fact of a case": (lambda: kinderguard.Case.from_facts({"child.birth_dat": "2012"}), InvalidRecordError, "是否想写", "did you mean"),
    "an option that there is not": (lambda: book().assess_frame({}, on=DAY, money="euro"), ArgumentError, "'yuan' 或 'fen'", "'yuan' or 'fen': give one"),
    "a place that is none": (lambda: book().for_division("33019"), FieldValueError, "请写全或去掉多余的位", "give the whole code"),
    "an assessment for another process": (lambda: pickle.dumps(book().assess(kinderguard.Case(), on=DAY)), CannotTravelError, "请发送 kinderguard.report", "Send kinderguard.report"),
    "a package that is not installed": (missing_extra, MissingExtraError, "请运行 pip install 'kinderguard[prove]'", "pip install 'kinderguard[prove]'"),
}  # fmt: skip


def raised(what):
    wrong, error, *_ = MISUSES[what]
    with pytest.raises(error) as found:
        wrong()
    return found.value


@pytest.mark.parametrize("what", MISUSES)
def test_a_misuse_is_told_with_its_mend_in_each_language_alone(what):
    *_, zh, en = MISUSES[what]
    error = raised(what)
    assert isinstance(error, ToldError)
    assert zh in error.text.zh
    assert en in error.text.en
    assert stray(error.text) == []
    assert str(error) == error.text.en


@pytest.mark.parametrize("what", MISUSES)
def test_a_traceback_shows_both_languages(what):
    error = raised(what)
    shown = "".join(traceback.format_exception_only(error))
    assert error.text.zh in shown
    assert error.text.en in shown


@pytest.mark.parametrize("what", MISUSES)
def test_an_error_can_be_sent_to_another_process(what):
    error = raised(what)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.text, str(again)) == (type(error), error.text, str(error))


def test_every_kind_of_error_of_rules_and_packs_is_among_these():
    modules = ["model.errors", "rules.errors", "rules.expression", "packs.book", "packs.changes", "packs.loader", "rules.rule_card", "engines.assessment"]  # fmt: skip
    kinds = {
        value
        for name in modules
        for value in vars(importlib.import_module(f"kinderguard.{name}")).values()
        if isinstance(value, type) and issubclass(value, ToldError)
    }
    bases = {ToldError, r.RuleError}
    assert kinds - bases - {PackError} == {error for _, error, *_ in MISUSES.values()}


SOURCE = (
    "from pathlib import Path\nfrom kinderguard import Pack, Text, hookimpl\nfrom kinderguard import rules as r\n"
    "from kinderguard.rules import child, household, param\n"
    "@hookimpl\ndef kinderguard_pack():\n    return Pack(code='4501', title=Text('某', 'Some'), version='1', kinderguard='>=0.1', {})\n"
)
GIFT = "r.Policy(code='4501.gift', title=Text('礼', 'Gift'), eligible={}, amount=r.yuan(5))"
VALUE = '["cn.dibao.monthly_standard"]\nvalues = [{%s}]'

#: A pack that is refused; the Chinese message's mend and the English one's.
REFUSED = {
    "a misspelt fact": (SOURCE.format(f"policies=[{GIFT.format('child.agee < 16')}]"), "是否想写 'age'？", "Did you mean 'age'?"),
    "an `and`": (SOURCE.format(f"policies=[{GIFT.format('(child.age < 16) and (child.age > 6)')}]"), "请写作 `a & b`", "Write `a & b`"),
    "a text without English": (SOURCE.format("").replace("Text('某', 'Some')", "Text('某')"), "请写作 Text(zh='某', en='…')", "write Text(zh='某', en='…')"),
    "another's code": (SOURCE.format(f"policies=[{GIFT.format('child.age < 16')}]").replace("4501.gift", "33.gift"), "请写针对它的 Check", "with a Check on it"),
    "a category that is not there": (SOURCE.format(f"""policies=[{GIFT.format("child.is_in('cn.orpan')")}]"""), "是否想写 'cn.orphan'？", "Did you mean 'cn.orphan'?"),
    "a condition on the nation's policy": (
        SOURCE.format("checks=[r.Check('4501.x', on='cn.dibao_benefit', reason=Text('某', 'x'), requires=child.age < 16)]"),
        "请改用 widens 或 at_least", "Use widens or at_least",
    ),
    "no hook": ("x = 1\n", "请写一个返回 Pack 的 kinderguard_pack", "write one that gives the Pack"),
    "a hook without its mark": ("def kinderguard_pack():\n    return None\n", "请在它上面写 @hookimpl", "put @hookimpl"),
}  # fmt: skip
#: The same for a parameter file.
FILES = {
    "is below the national floor": ('["cn.orphan.scattered_monthly"]\nvalues = [{value = "599.99", source = "x", trust = "press"}]', "请写 600.00元或更高", "write 600.00 yuan or more"),
    "is for another place": (VALUE % 'place = "33", value = "1", source = "x", trust = "press"', "请把 place 改为 4501 或其下级地区", "Write 4501 or a place within it"),
    "has two values at once": (VALUE % 'value = "1", source = "x", trust = "press"}, {value = "2", source = "x", trust = "press"', "请用 `until` 结束前一个", "End the first with `until`"),
    "has a float": (VALUE % 'value = 600.5, source = "x", trust = "press"', '金额请写作文字（"600.00"）', 'Write money as text ("600.00")'),
    "has a value of another kind": (VALUE % 'value = true, source = "x", trust = "press"', "金额写作文字", "Money is text"),
    "has no source": (VALUE % 'value = "600", trust = "press"', "都须写明 source；请补上", "every value states its source. Add it"),
    "has a trust that is none": (VALUE % 'value = "600", source = "x", trust = "sure"', "trust 为 statute、", "trust is one of statute, "),
    "misspells a key": (VALUE % 'valu = "600", source = "x", trust = "press"', "是否想写 'value'？", "Did you mean 'value'?"),
    "has a place that is none": (VALUE % 'place = "x", value = "6", source = "x", trust = "press"', "加引号的行政区划代码", "a division code in quotation marks"),
    "ends before it begins": (VALUE % 'from = 2025-01-01, until = 2024-01-01, value = "6", source = "x", trust = "press"', "请改正其中之一", "Correct one of the two"),
    "misspells a parameter": ('["cn.dibao.monthly_standart"]\nvalues = []', "是否想写 'cn.dibao.monthly_standard'？", "Did you mean 'cn.dibao.monthly_standard'?"),
    "has a kind that is none": ('["4501.x"]\nkind = "cash"\n', "可用：money、", "use one of money, "),
    "sets the nation's floor": ('["cn.dibao.monthly_standard"]\nfloor = {value = "6", source = "x", trust = "press"}', "请删去 floor", "Take the floor out"),
    "declares the nation's parameter": ('["cn.own"]\nkind = "money"\n', "请删去 kind 和 title", "leave kind and title out"),
}  # fmt: skip


@pytest.mark.parametrize("what", [*REFUSED, *FILES])
def test_a_pack_that_is_refused_is_told_with_its_mend_in_each_language_alone(problems_of, what):
    if what in FILES:
        text, zh, en = FILES[what]
        (problem,) = problems_of(
            SOURCE.format("parameters=[Path(__file__).with_name('p.toml')]"), files={"p.toml": text}
        )
    else:
        source, zh, en = REFUSED[what]
        (problem,) = problems_of(source)
    assert zh in problem.message.zh
    assert en in problem.message.en
    assert stray(problem.message) == []


def test_of_a_file_that_is_no_toml_only_the_words_of_the_parser_are_english(problems_of):
    (problem,) = problems_of(SOURCE.format("parameters=[Path(__file__).with_name('p.toml')]"), files={"p.toml": "x = "})
    assert "请改正该处，并以 UTF-8 保存" in problem.message.zh
    assert "Correct that place, and save the file as UTF-8" in problem.message.en
    assert stray(problem.message, "Invalid value (at end of document)", "Invalid value (at line 1, column 5)") == []


def test_a_pack_that_may_not_fail_is_told_in_both_languages(install):
    install("4501", SOURCE.format(f"policies=[{GIFT.format('child.agee < 16')}]"))
    with pytest.raises(PackError) as found:
        kinderguard.load(strict=True).for_division("4501").rules  # noqa: B018
    assert "是否想写 'age'？" in found.value.text.zh
    assert "Did you mean 'age'?" in found.value.text.en
    assert pickle.loads(pickle.dumps(found.value)).text == found.value.text


def test_a_pack_that_cannot_be_read_from_a_book_is_told_in_each_language_alone():
    data = json.loads(kinderguard.load(packs=[of_pack(policies=[policy("4501.gift")])]).to_json(divisions=["4501"]))
    (written,) = [p for p in data["packs"] if p["name"] == "4501"]
    written["pack"]["policies"][0]["titel"] = written["pack"]["policies"][0].pop("title")
    read = PolicyBook.from_json(json.dumps(data), edited=True)
    (problem,) = [p for p in read.for_division("4501").overlay("4501").problems if p.code == "pack.unreadable"]
    assert "是否想写 'title'？请用 book.to_json() 重新写出" in problem.message.zh
    assert "Did you mean 'title'? Write the book again" in problem.message.en
    assert stray(problem.message) == []


def test_a_text_keeps_its_two_languages_when_it_is_copied_or_sent():
    assert copy.deepcopy(TITLE) == pickle.loads(pickle.dumps(TITLE)) == TITLE

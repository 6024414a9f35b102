"""Every view that the library gives, of one made-up child and of the rules of a fictitious county."""

import datetime as dt
from pathlib import Path

import pytest

import kinderguard
from care.allocating import a_need, an_offer
from kinderguard import Case, Text, display_language
from kinderguard import rules as r
from kinderguard.care import Urgency, allocate
from kinderguard.casefile.following.due import DueItem, DueKind, DueList, Duty, Lead
from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.engines.prove.report import ProofReport
from kinderguard.model.errors import Problem
from kinderguard.rules import child
from kinderguard.scaffold.diagnosis import Finding, Place
from kinderguard.scaffold.doctor import diagnose
from kinderguard.survey import RowKey, combine, missing_work, read_ledger
from kinderguard.survey.linking.links import Links
from kinderguard.survey.linking.pairs import Band, Compared, Pair
from kinderguard.survey.linking.settings import LinkSettings
from kinderguard.testing.conformance import check_pack
from survey.lists import source

ROOT = Path(__file__).parents[2]
DAY = dt.date(2025, 9, 1)
#: Made-up personal data, one mark a field; none of it may be seen unless it is asked for.
PERSONAL = {
    "name": "隐名某",
    "resident_id": "11010519491231002X",
    "telephone": "13900001111",
    "address": "隐秘路9号院",
    "number": "HIDDENNO77",
    "child_director": "隐主任",
    "note": "隐备注文字",
    "illness": "隐病名",
    "own fact": "隐事实",
}
CASE = {
    "ref": "A-7",
    "child": {
        "name": PERSONAL["name"],
        "telephone": PERSONAL["telephone"],
        "birth_date": "2015-08-27",
        "sex": "female",
        "registration": {"division": "330199", "kind": "rural", "address": PERSONAL["address"]},
        "illness": {"serious": True, "name": PERSONAL["illness"]},
        "care": {"kind": "kinship"},
        "child_director": PERSONAL["child_director"],
        "note": PERSONAL["note"],
        "harms": [],
    },
    "father": {"situations": [{"kind": "imprisoned", "since": "2023-05-15", "until": "2027-05-15", "term_months": 48}]},
    "mother": {
        "resident_id": PERSONAL["resident_id"],
        "situations": [{"kind": "lost_contact", "since": "2024-01", "ongoing": True}],
    },
    "guardians": [{"relation": "paternal_grandparent", "name": PERSONAL["name"], "monthly_income": "1234.50"}],
    "household": {
        "number": PERSONAL["number"],
        "size": 2,
        "monthly_income_per_head": "640.00",
        "aid": ["dibao"],
        "members": [
            {"name": PERSONAL["name"], "counted": True, "incomes": [{"amount": "900.00", "on": "2025-01"}, {"kind": "wages"}]},
            {"situations": []},
        ],
    },
    "help": [{"policy": "cn.dibao_benefit", "amount": "720.00", "every": "month", "ongoing": True}],
    "extra": {"330199": {"central_heating": False, "own_word": PERSONAL["own fact"]}},
}  # fmt: skip


def lists():
    """Two lists that both have one child, the first of them twice and with different words; each has a row of no use."""
    child = {
        "child.name": PERSONAL["name"], "child.resident_id": PERSONAL["resident_id"],
        "child.registration.address": PERSONAL["address"], "child.registration.division": "330199001",
    }  # fmt: skip
    both = [child | {"household.aid": [aid]} for aid in ("dibao", "tekun")]
    civil = source("civil_affairs", *both, skipped=1, sheet="1")
    return [civil, source("education", child | {"child.schooling.boarding": False}, skipped=1, sheet="1")]


def surveyed(book):
    """A survey, what is missing in it, and what a linking found."""
    survey = combine(lists())
    assert survey.to_decide
    a, b, c, d = (RowKey("education", "1", row) for row in range(2, 6))
    reason = Compared("name", "sound", 5.0, 2.0, Text("姓名读音相同", "names sound alike"))
    pairs = (Pair(a, b, Band.ASK, 3.25, (reason,)), Pair(a, c, Band.SAME, 12.0, (reason,)))
    links = Links((a, b, c, d), pairs, LinkSettings(), {})
    return {"survey": survey, "work list": missing_work(survey, book), "links": links}


def what_is_due():
    """What falls due for one file, with something overdue and something that is not set."""
    items = tuple(
        DueItem(day, "A-7", "330199001", DueKind.VISIT, Duty.CHILD_DIRECTOR, Text("走访", "visit the child"), Lead(days=7), overdue=day < DAY)
        for day in (dt.date(2025, 8, 1), dt.date(2025, 9, 9))
    )  # fmt: skip
    return DueList(items, (Problem("due.no_interval", Text("未设定走访间隔", "no interval of visits is set")),))


def allotted():
    """One offer for two needs."""
    needs = [a_need("A-7"), a_need("A-8", urgency=Urgency.SOON)]
    return allocate(needs, [an_offer()], on=DAY)


def views(book):
    """By name, what gives the view in a language."""
    case = Case.model_validate(CASE)
    result = book.assess(case)
    known = book.assess(case.model_copy(update={"ref": None}))
    open_ = book.assess(Case.model_validate({"child": {"birth_date": "2012"}}), division="330199")
    refuted = Proof(
        "cliff", "household.monthly_income_per_head", Outcome.REFUTED, Text("多一元收入反而减少", "a yuan more loses"),
        counterexample=Case.model_validate({"household": {"size": 3}}), why=(Text("因为超过标准", "above the line"),), seconds=0.5,
    )  # fmt: skip
    proved = Proof("can_apply", "cn.orphan", Outcome.PROVED, Text("可以适用", "can apply"))
    waiting = Proof(
        "gap", "cn.a cn.b", Outcome.UNDECIDED, Text("未能判定", "not decided"), why=(Text("超时", "no time"),)
    )
    report = ProofReport(
        Text("示例县", "the example county"),
        "330199",
        DAY,
        "f" * 64,
        (refuted, proved, waiting),
        (Text("前提", "given"),),
    )
    wrong = Finding(
        "pack.x", ("330199",), Text("名称缺失", "no title"), Text("请补上", "add it"), Place("a/rules.py", 12)
    )
    doctor = diagnose()
    doctor = type(doctor)(doctor.installed, doctor.packs, (wrong,))
    changed = book.with_parameters({"cn.orphan.scattered_monthly": {"330199": "2100"}})
    policy = book.rules.policies["cn.orphan_allowance"]
    given = {
        "case": case,
        "assessment": result,
        "assessment without a number": known,
        "open assessment": open_,
        "explanation": result.explain(),
        "explanation of one": result.explain("cn.de_facto_unattended"),
        "category": book.rules.categories["cn.de_facto_unattended"],
        "policy": policy,
        "check": next(iter(book.rules.checks.values())),
        "condition": (child.age < 16) & ~child.adopted,
        "amount": r.max_of(r.yuan("600"), r.param("cn.orphan.scattered_monthly")),
        "parameter over time": book.rules.parameters["cn.high_school_grant.yearly"],
        "parameter by place": book.rules.parameters["cn.dibao.monthly_standard"],
        "book": book,
        "changed book": changed,
        "proofs": report,
        "conformance": check_pack("330199", only=["titles", "citations"]),
        "doctor": doctor,
        "ledger": read_ledger(ROOT / "examples/ledger.xlsx", book=book),
        **surveyed(book),
        "due": what_is_due(),
        "allocation": allotted(),
    }
    named = {name: value.view for name, value in given.items()}
    return named | {
        "page for the family": lambda lang: result.for_family(lang, asked=list(result.policies)),
        "policy in its book": lambda lang: policy.view(lang, rules=book.rules),
        "policy of the book": lambda lang: book.view(lang, code="cn.orphan_allowance"),
        "parameter of the book": lambda lang: book.view(lang, code="cn.orphan.scattered_monthly"),
    }, given


@pytest.fixture(scope="session")
def book():
    return kinderguard.load().for_division("330199").on(DAY)


@pytest.fixture(scope="session")
def _made(book):
    return views(book)


@pytest.fixture(scope="session")
def gallery(_made):
    """By name, what gives a view in a language."""
    return _made[0]


@pytest.fixture(scope="session")
def values(_made):
    """By name, what a notebook shows by itself."""
    return _made[1]


@pytest.fixture(autouse=True)
def _chinese():
    """The language of notebooks as it is at first, whatever a test sets."""
    yield
    display_language("zh")

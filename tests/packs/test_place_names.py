"""A place is called as its own pack calls it, wherever the book's rules are at hand."""

import datetime as dt

import pytest

from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.model.places import place_and_code, place_name
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.loader import Registry, discover, source_of
from kinderguard.rules.citations import ALWAYS
from kinderguard.rules.parameters import ParameterValue
from kinderguard.testing import PolicyCase

DAY = dt.date(2026, 3, 1)
DIBAO = "cn.dibao.monthly_standard"
NAME = Text("云溪县", "Yunxi County")


@pytest.fixture(scope="module")
def book():
    value = ParameterValue("331199", ALWAYS, 100_000, "虚构", r.Trust.ILLUSTRATIVE)
    packs = [
        Pack("331199", NAME, "1", ">=0.1", parameters=[r.Parameter(DIBAO, values=(value,))]),
        Pack("331199.education", Text("云溪县教育局", "Education bureau of Yunxi"), "1", ">=0.1"),
    ]
    sources = (*(s for s in discover().sources if s.name in ("cn", "33")), *map(source_of, packs))
    return PolicyBook(Registry(list(sources), ()), day=DAY)


@pytest.fixture(scope="module")
def result(book):
    return book.assess(Case.from_facts({"division_code": "331199001", "child.birth_date": "2015-01-01"}))


@pytest.mark.parametrize(
    ("lang", "name", "code"), [("zh", "云溪县", "浙江省 331199"), ("en", "Yunxi County", "Zhejiang 331199")]
)
def test_an_explanation_a_view_and_the_problems_name_the_county(result, lang, name, code):
    told = [result.explain().text(lang), result.view(lang).text, *(p.message.in_(lang) for p in result.problems)]
    assert name in told[0]
    assert name in told[1]
    assert any(name in message for message in told[2:])
    assert not [text for text in told if code in text]


def test_the_rulebook_a_books_view_and_what_it_changes_name_the_county(book):
    here = book.for_division("331199")
    assert "云溪县" in here.view("zh").text
    assert "云溪县" in here.explain_rule(DIBAO).text("zh") if hasattr(here, "explain_rule") else True
    assert "in Yunxi County" in here.with_parameters({DIBAO: {"331199": "1200"}}).describe("en")
    assert "教育局" not in here.view("zh").text.partition("规则包")[0]


def test_names_leave_no_trace_in_the_fingerprint(book):
    other = [
        source_of(Pack("331199", Text("别名县", "Other"), "1", ">=0.1", parameters=s.pack.parameters))
        if s.name == "331199"
        else s
        for s in book.registry.sources
    ]
    renamed = PolicyBook(Registry(other, ()), day=DAY).for_division("331199")
    assert renamed.rules.fingerprint == book.for_division("331199").rules.fingerprint
    assert renamed.rules.places["331199"].en == "Other"


def test_a_name_stands_before_the_code_once():
    assert place_and_code("331199").zh == "浙江省 331199"
    assert place_and_code("331199", {"331199": NAME}).zh == "云溪县 331199"
    assert place_name("331199001", {"331199": NAME}).en == "Yunxi County 331199001"


@pytest.mark.parametrize("facts", [{"child.birth_date": "2015-01-01"}, {"child.birth_date": "some day"}])
def test_a_policy_case_that_could_not_be_run_names_the_county(book, facts):
    case = PolicyCase("x", DAY, "331199", facts, {"331199.gone.amount": "5.00"})
    outcome = case.run(book)
    assert outcome.assessment is None
    assert "2026-03-01  云溪县 331199" in outcome.text("zh")
    assert "2026-03-01  Yunxi County 331199" in outcome.text("en")

"""The needs of packs in a book's JSON: the same rules are read back, no fingerprint changes, and nothing is taken on trust."""

import datetime as dt
import json
import re
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard import Case, Pack, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.care import NATIONAL_NEEDS, needs
from kinderguard.model.codes import Code
from kinderguard.packs import NeedDomain, NeedRule, PackState, Qualification, Service, Urgency
from kinderguard.packs.loader import PackSource, Registry, discover
from kinderguard.packs.portable_needs import needs_from_plain, needs_to_plain
from kinderguard.rules import child
from kinderguard.rules.canonical import canonical_text
from kinderguard.rules.kinds import CODE_LISTS
from kinderguard.rules.reading import Reading
from kinderguard.testing import expressions

DAY = dt.date(2025, 9, 1)
HEATED = r.DeclaredFact.yes_no("4501.heated", zh="有取暖", en="is heated")
WINTER = NeedRule(
    "4501.need.winter", NeedDomain.LIVING, Text("御寒衣物", "winter clothes"), ~HEATED.expr & (child.age < 12),
    Urgency.SOON, Text("冷", "cold"), services=[Service.SUPPLIES, Service.COMPANY], qualifications=[Qualification.TEACHER],
    cites=[r.Cite("虚构", article="三", trust="illustrative")],
)  # fmt: skip
HERE = {"division_code": "450102", "child.birth_date": "2015-01-01"}


def book_of(rules, *, facts=(HEATED,)):
    """The packs that are installed, and one more with these needs."""
    pack = Pack(code="4501", title=Text("某地", "Somewhere"), version="1", kinderguard=">=0.1,<0.2", facts=facts)
    hooks = {"kinderguard_pack": lambda: pack, "kinderguard_needs": lambda: rules}
    module = SimpleNamespace(**{name: kinderguard.hookimpl(hook) for name, hook in hooks.items()})
    own = PackSource("4501", "kinderguard-test 1.0", lambda: module)
    return PolicyBook(Registry([*(s for s in discover().sources if s.name != "4501"), own]))


def again(book):
    return PolicyBook.from_json(book.to_json(divisions=["4501"]))


def source_of(book):
    book.overlay("4501")
    return next(source for source in book.packs if source.name == "4501")


def read_back(rules):
    return needs_from_plain(json.loads(canonical_text(needs_to_plain(rules))), "needs", Reading())


def test_every_national_need_could_travel():
    assert read_back(NATIONAL_NEEDS) == NATIONAL_NEEDS


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    when=expressions.conditions(),
    domain=st.sampled_from(NeedDomain),
    urgency=st.sampled_from(Urgency),
    services=st.lists(st.sampled_from(Service), max_size=3),
    qualifications=st.lists(st.sampled_from(Qualification), max_size=2),
    cites=st.lists(st.sampled_from([r.Cite("文", trust="press"), r.Cite("法", article="二", checked_on="2025-01-02")])),
)
def test_a_generated_need_is_the_same_when_it_is_read_back(when, domain, urgency, services, qualifications, cites):
    rule = NeedRule(
        "4501.need.x",
        domain,
        Text("甲", "a"),
        when,
        urgency,
        Text("乙", "b"),
        services,
        qualifications,
        cites,
        not cites,
    )
    assert read_back([rule]) == (rule,)


def test_the_needs_of_a_pack_travel_with_it():
    book = book_of([WINTER])
    copy = again(book)
    assert source_of(copy).needs == source_of(book).needs == (WINTER,)
    assert copy.to_json(divisions=["4501"]) == book.to_json(divisions=["4501"])
    case = Case.from_facts(HERE | {"4501.heated": False})
    assert "4501.need.winter" in {need.code for need in needs(copy, case, on=DAY) if not need.to_clarify}
    assert needs(copy, case, on=DAY) == needs(book, case, on=DAY)


def test_no_fingerprint_depends_on_a_need():
    with_need, without = book_of([WINTER]), book_of([])
    assert with_need.fingerprint == without.fingerprint
    for one in (with_need, again(with_need)):
        assert one.overlay("4501").rules.fingerprint == without.overlay("4501").rules.fingerprint
        assert (
            one.assess(Case.from_facts(HERE), on=DAY).fingerprint
            == without.assess(Case.from_facts(HERE), on=DAY).fingerprint
        )


class StoveFuel(Code):
    """A list of codes of a pack's own."""

    COAL = "coal", "煤", "coal"
    WOOD = "wood", "柴", "wood"


def test_a_need_that_speaks_of_a_packs_own_list_of_codes_travels(monkeypatch):
    monkeypatch.delitem(CODE_LISTS, "StoveFuel", raising=False)
    stove = r.DeclaredFact.choice("4501.stove", StoveFuel, zh="炉", en="stove")
    rule = NeedRule(
        "4501.need.stove", NeedDomain.SAFETY, Text("安全炉具", "a safe stove"), stove.expr.is_in(StoveFuel.COAL),
        Urgency.IMMEDIATE, Text("煤气中毒", "fumes"), ours=True,
    )  # fmt: skip
    text = book_of([rule], facts=[stove]).to_json(divisions=["4501"])
    monkeypatch.delitem(CODE_LISTS, "StoveFuel")
    case = Case.from_facts(HERE | {"4501.stove": "coal"})
    assert "4501.need.stove" in {n.code for n in needs(PolicyBook.from_json(text), case, on=DAY) if not n.to_clarify}


TAMPERED = {
    "a field too many": (lambda n: n.update(urgencyy="soon"), "needs.*'urgencyy'.*urgency"),
    "a field too few": (lambda n: n.pop("reason"), "needs.*'reason'"),
    "a domain that does not exist": (lambda n: n.update(domain="livng"), "domain.*'livng'.*living"),
    "a service that does not exist": (lambda n: n.update(services=["supplies", "money"]), r"services\[1\].*'money'"),
    "a list that is none": (lambda n: n.update(qualifications="teacher"), "qualifications.*list"),
    "a text in one language": (lambda n: n.update(title={"zh": "衣"}), "title.*'en'"),
    "no condition": (lambda n: n.update(when={"op": "const", "kind": "money", "value": 5}), "needs.*condition"),
    "a fact that does not exist": (
        lambda n: n.update(when={"op": "fact", "kind": "bool", "path": "child.adoptd"}), "when.*'adopted'",
    ),
    "another class": (lambda n: n.update(cites=[{"is": "module"}]), "cites.*'module'"),
    "nothing that it rests on": (lambda n: n.update(cites=[], ours=False), "ours=True"),
    "text for a flag": (lambda n: n.update(ours="no"), "ours.*true or false"),
    "a code of somebody else": (lambda n: n.update(code="cn.need.winter"), "with '4501.'"),
    "a category that does not exist": (
        lambda n: n.update(when={"op": "category", "code": "cn.orphen", "kind": "bool"}), "cn.orphan|category",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def text():
    return book_of([WINTER]).to_json(divisions=["4501"])


@pytest.mark.parametrize("what", TAMPERED)
def test_a_pack_whose_needs_were_tampered_with_is_kept_out_and_named(text, what):
    change, says = TAMPERED[what]
    data = json.loads(text)
    change(next(p for p in data["packs"] if p["name"] == "4501")["needs"][0])
    source = source_of(PolicyBook.from_json(json.dumps(data), edited=True))
    assert (source.state, source.needs) == (PackState.QUARANTINED, ())
    (problem,) = source.problems
    assert (problem.where.split()[0], problem.message.zh != problem.message.en) == ("4501", True)
    assert re.search(says, problem.message.en), problem.message.en


def test_a_list_of_needs_that_is_none_keeps_its_pack_out(text):
    data = json.loads(text)
    next(p for p in data["packs"] if p["name"] == "4501")["needs"] = {}
    assert [p.code for p in source_of(PolicyBook.from_json(json.dumps(data), edited=True)).problems] == [
        "pack.unreadable"
    ]

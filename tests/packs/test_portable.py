"""A book as JSON and back: the same fingerprints and results, and nothing that the text says is taken on trust."""

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard import Case, Pack, PackError, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.model import DisabilityGrade
from kinderguard.model.build import build
from kinderguard.model.codes import Code
from kinderguard.packs import PackState, PackWarning
from kinderguard.packs.loader import Registry, source_of
from kinderguard.rules import DefinitionError, child, household, param
from kinderguard.rules.canonical import canonical_text, plain
from kinderguard.rules.kinds import CODE_LISTS
from kinderguard.rules.parameters import Parameter
from kinderguard.rules.reading import Reading
from kinderguard.testing import expressions, rule_sets, strategies

DAY = dt.date(2025, 9, 1)
PLACES = [None, "330106", "330199", "220102", "370831"]
TITLE = Text("某", "some")
EXAMPLES = sorted((Path(__file__).parents[2] / "examples/cases").glob("*.json"))


def again(book, **options):
    return PolicyBook.from_json(book.to_json(**options))


def unsigned(book, **options):
    """The plain data of a book as an earlier version wrote it: without a digest, and without by what it was written."""
    data = json.loads(book.to_json(**options))
    return {key: value for key, value in data.items() if key not in ("digest", "kinderguard")}


def seen(result):
    """All that an assessment says, problems and steps included."""
    return json.dumps(result.explain().to_dict()), [str(p) for p in result.problems], result.complete


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


@pytest.fixture(scope="module")
def copy(book):
    return again(book)


def installed(name="4501", **more):
    """A pack as a value."""
    given = {"code": name, "title": TITLE, "version": "1.0", "kinderguard": ">=0.1", **more}
    return Pack(**given)


# ---- without loss ---------------------------------------------------------------------------------------------------


def test_fingerprints_are_the_same_after_a_round_trip(book, copy):
    assert copy.fingerprint == book.fingerprint
    for place in PLACES:
        assert copy.overlay(place).rules.fingerprint == book.overlay(place).rules.fingerprint
        assert copy.overlay(place).versions == book.overlay(place).versions
    assert copy.problems == book.problems == ()


def test_a_second_round_trip_gives_the_same_text(book, copy):
    assert copy.to_json() == book.to_json()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
@pytest.mark.parametrize("place", ["330199", "220102"])
def test_every_example_case_gets_the_same_explanation(book, copy, path, place):
    case = Case.model_validate_json(path.read_text("utf-8"))
    results = [b.assess(case, on=DAY, division=place) for b in (book, copy)]
    assert seen(results[0]) == seen(results[1])
    assert results[0].fingerprint == results[1].fingerprint


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=strategies.cases(), place=st.sampled_from(PLACES))
def test_any_case_gets_the_same_result(book, copy, case, place):
    assert seen(book.assess(case, on=DAY, division=place)) == seen(copy.assess(case, on=DAY, division=place))


def test_the_day_the_place_and_strictness_are_kept(book):
    pinned = again(book.on(DAY).for_division("330106"))
    assert (pinned.day, pinned.division, pinned.strict) == (DAY, "330106", False)
    assert again(kinderguard.load(strict=True)).strict
    assert (again(book).day, again(book).division) == (None, None)


@st.composite
def rules(draw):
    """Generated rules of a nation and of a county on top of them."""
    nation = draw(rule_sets.nations(3))
    return nation, draw(rule_sets.counties(nation, 2))


GENERATED = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
DEFINED = {
    "categories": r.Category, "policies": r.Policy, "checks": r.Check, "facts": r.DeclaredFact, "parameters": Parameter,
}  # fmt: skip


@GENERATED
@given(rules())
def test_generated_definitions_are_the_same_when_they_are_read_back(drawn):
    _, county = drawn
    data, reading = json.loads(canonical_text(county.to_plain())), Reading()
    for field, cls in DEFINED.items():
        read = reading.several(data[field], cls, field)
        values = getattr(county, field)
        assert list(read) == [values[code] for code in sorted(values)]
        assert [plain(value) for value in read] == data[field]


#: What the generated nation reads of the county, which no nation could, and what it reads instead.
ELSEWHERE = {
    '"kind":"number","op":"fact","path":"330199.rooms"': '"kind":"number","op":"const","value":3',
    "330199.heating": "child.adopted", "330199.rent": "household.dibao_monthly", "330199.moved": "child.birth_date",
    "330199.school": "child.schooling.stage", "330199.grant": "cn.standard",
}  # fmt: skip


def as_packs(nation, county):
    """Generated rules as two packs, the parameters as values."""
    text = canonical_text([plain(d) for f in ("categories", "policies", "checks") for d in getattr(nation, f).values()])
    for path, other in ELSEWHERE.items():
        text = text.replace(path, other)
    read = [Reading().read(d, DEFINED[DEFINED_AS[d["is"]]], "") for d in json.loads(text)]
    own = {f: [d for d in read if isinstance(d, DEFINED[f])] for f in DEFINED_AS.values()}
    added = {f: [d for c, d in getattr(county, f).items() if c not in getattr(nation, f)] for f in DEFINED_AS.values()}
    given = nation.parameters.values()
    code = expressions.COUNTY
    return [
        installed("cn", **own, parameters=[p for p in given if p.code.startswith("cn.")]),
        installed(code, **added, facts=expressions.FACTS, parameters=[p for p in given if p.code.startswith(code)]),
    ]


DEFINED_AS = {"category": "categories", "policy": "policies", "check": "checks"}


@GENERATED
@given(drawn=rules(), cases=st.lists(strategies.cases(), min_size=1, max_size=2))
def test_generated_packs_give_the_same_results_after_a_round_trip(drawn, cases):
    book = PolicyBook(Registry([source_of(pack) for pack in as_packs(*drawn)]))
    copy = again(book)
    for place in (None, expressions.COUNTY):
        before, after = book.overlay(place), copy.overlay(place)
        assert before.problems == after.problems == ()
        assert after.rules == before.rules
        assert after.rules.fingerprint == before.rules.fingerprint
        for case in cases:
            assert seen(book.assess(case, on=DAY, division=place)) == seen(copy.assess(case, on=DAY, division=place))


def test_all_that_a_rule_may_hold_is_kept():
    paper = r.OwnDocument("cn.paper", Text("单", "paper"))
    first = r.Policy(
        "cn.a", TITLE, eligible=child.age < 18, amount=r.yuan("0.01"), every=r.MONTH, per="household", review=12,
        evidence=[r.Document.HUKOU_BOOK, paper], note=Text("注", "note"), counties_may_narrow=True,
        cites=[r.Cite("文", article="三", trust="press", source="x", checked_on="2025-01-02")],
        effective=r.Period("2024-01-01", "2026-12-31"), stacking=[r.capped("both", r.yuan("5"), reason=TITLE)],
    )  # fmt: skip
    second = r.Policy(
        "cn.b", TITLE, eligible=child.adopted, amount=r.yuan("3"), every=r.MONTH, per="household",
        stacking=[r.excludes("cn.a", keep="this", when=child.age > 3), r.tops_up(counting=["cn.a", r.yuan("1")], to=r.yuan("9"))],
    )  # fmt: skip
    service = r.Policy("cn.c", TITLE, eligible=child.is_in("cn.main"), service=Text("服务", "service"))
    main = r.Category("cn.main", TITLE, child.age < 18, kind="main", duty=True)
    check = r.Check("cn.check", "cn.a", TITLE, at_least=r.yuan("2"))
    nation = installed("cn", categories=[main], policies=[first, second, service], checks=[check])
    copy = again(kinderguard.load(packs=[nation]), divisions=[])
    assert copy.overlay(None).packs == (nation,)


# ---- changed books --------------------------------------------------------------------------------------------------


CHANGES = {
    "values everywhere": lambda b: b.with_parameters(
        {"cn.dibao.monthly_standard": Decimal("1000.50"), "cn.dibao_marginal.multiple": Fraction(7, 4), "cn.left_behind.reference_date": dt.date(2025, 8, 31)}
    ),
    # In the other order the nation's value would take the province's away.
    "values by place, in their order": lambda b: b.with_parameters({"cn.dibao.monthly_standard": {"cn": "800", "33": 1000}}),
    "values by place, the nation's last": lambda b: b.with_parameters({"cn.dibao.monthly_standard": {"33": 1000, "cn": "800"}}),
    "a switch": lambda b: b.with_parameters({"cn.orphan.continues_in_school": True}),
    "policies": lambda b: b.with_policies(
        r.Policy("cn.gift", TITLE, eligible=child.age < 18, amount=param("cn.dibao.monthly_standard"), every=r.MONTH),
        r.Category("cn.young", TITLE, child.age < 6),
        r.Check("cn.more", "cn.gift", TITLE, widens=child.is_in("cn.young")),
    ),
    "without": lambda b: b.without("cn.boarder_stipend", "330199.winter_heating"),
    "several": lambda b: b.without("cn.boarder_stipend").with_parameters({"cn.dibao.monthly_standard": "700"}).for_division("330199"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_book_travels_with_its_changes(book, what):
    changed = CHANGES[what](book)
    copy = again(changed)
    assert copy.changes == changed.changes
    assert copy.fingerprint == changed.fingerprint != book.fingerprint
    case = Case.model_validate_json(EXAMPLES[0].read_text("utf-8"))
    for place in PLACES:
        assert seen(copy.assess(case, on=DAY, division=place)) == seen(changed.assess(case, on=DAY, division=place))


def test_a_change_does_not_follow_what_it_was_made_from(book):
    values = {"cn.dibao.monthly_standard": {"cn": "800"}}
    changed = book.with_parameters(values)
    values["cn.dibao.monthly_standard"]["cn"] = "900"
    assert changed.rules.parameters["cn.dibao.monthly_standard"].at("37", DAY).value == 80_000


def test_a_book_can_be_changed_after_it_travelled(book, copy):
    change = {"cn.dibao.monthly_standard": "700"}
    assert copy.with_parameters(change).fingerprint == book.with_parameters(change).fingerprint
    floor = {"cn.orphan.scattered_monthly": "599"}
    with pytest.raises(DefinitionError) as before:
        book.with_parameters(floor)
    with pytest.raises(DefinitionError) as after:
        copy.with_parameters(floor)
    assert str(after.value) == str(before.value)


# ---- only what is needed --------------------------------------------------------------------------------------------


def test_only_the_packs_of_some_places_travel(book):
    copy = again(book, divisions=["330106"])
    assert copy.overlay("330106").rules.fingerprint == book.overlay("330106").rules.fingerprint
    states = {s.name: s.state for s in copy.packs}
    assert states["330199"] is PackState.WAITING
    assert "330199.winter_heating" not in copy.registry.sources[-1].load.args
    assert len(book.to_json(divisions=["330106"])) < len(book.to_json())


def test_a_child_of_a_place_that_was_left_out_is_told_so(book):
    copy = again(book, divisions=["330106"])
    case = Case.from_facts({"child.birth_date": "2015-01-01"})
    result = copy.assess(case, on=DAY, division="330199")
    assert [p.code for p in result.problems if p.code.startswith("pack.")] == ["pack.left_out"]
    assert not result.complete
    assert copy.assess(case, on=DAY, division="330106").complete
    with pytest.raises(PackError, match="330199"):
        attrs.evolve(copy, strict=True).overlay("330199")


def test_a_pack_is_read_only_when_its_place_is_met(book):
    copy = again(book)
    assert {s.state for s in copy.packs} == {PackState.WAITING}
    copy.overlay("330106")
    states = {s.name: s.state for s in copy.packs}
    assert states["cn"] is states["33"] is PackState.LOADED
    assert states["22"] is PackState.WAITING


# ---- code that does not travel --------------------------------------------------------------------------------------

WARM = r.DeclaredFact.yes_no("4501.warm", zh="暖", en="warm")
WARM_PACK = """
from kinderguard import Pack, Text, hookimpl
from kinderguard import rules as r
from kinderguard.rules import child, household

WARM = r.DeclaredFact.yes_no("4501.warm", zh="暖", en="warm")

@hookimpl
def kinderguard_pack():
    return Pack(
        code="4501", title=Text("某", "some"), version="1.0", kinderguard=">=0.1", facts=[WARM],
        providers=[r.FactProvider(WARM, [child.birth_date], one=lambda facts: True)],
        policies=[r.Policy("4501.gift", Text("礼", "Gift"), eligible=household.has("4501.warm"), amount=r.yuan("5"))],
    )
"""
GUANGXI = Case.from_facts({"division_code": "450102", "child.birth_date": "2015-01-01"})


def test_the_functions_of_a_provider_come_from_the_installed_distribution(install):
    install("4501", WARM_PACK)
    book = kinderguard.load()
    copy = again(book, divisions=["4501"])
    assert copy.assess(GUANGXI, on=DAY).policies["4501.gift"].amount == 5
    assert seen(copy.assess(GUANGXI, on=DAY)) == seen(book.assess(GUANGXI, on=DAY))


def test_a_provider_that_is_not_installed_leaves_its_fact_unknown_and_says_so():
    provider = r.FactProvider(WARM, [child.birth_date], one=lambda facts: True)
    gift = r.Policy("4501.gift", TITLE, eligible=household.has("4501.warm"), amount=r.yuan("5"))
    book = kinderguard.load(packs=[installed(facts=[WARM], providers=[provider], policies=[gift])])
    copy = again(book, divisions=["4501"])
    result = copy.assess(GUANGXI, on=DAY)
    assert result.policies["4501.gift"].eligible is None
    (problem,) = [p for p in result.problems if p.code.startswith(("pack.", "provider."))]
    assert problem.code == "pack.provider_absent"
    assert "4501.warm" in problem.message.en
    assert "1.0" in problem.message.en
    assert "Install" in problem.message.en
    assert problem.message.zh != problem.message.en
    assert not result.complete
    assert copy.overlay("4501").rules.fingerprint == book.overlay("4501").rules.fingerprint
    stated = Case.from_facts({"division_code": "450102", "4501.warm": True})
    assert copy.assess(stated, on=DAY).policies["4501.gift"].amount == 5
    # What is absent here may be there in the next place: the text says nothing of it.
    assert "provider_absent" not in copy.to_json()


def test_another_version_or_another_declaration_is_no_provider(install):
    install("4501", WARM_PACK.replace('version="1.0"', 'version="1.1"'))
    provider = r.FactProvider(WARM, [child.birth_date], one=lambda facts: True)
    other = kinderguard.load(packs=[installed(facts=[WARM], providers=[provider])])
    (problem,) = again(other, divisions=["4501"]).overlay("4501").problems
    assert (problem.code, "1.1" in problem.message.en) == ("pack.provider_absent", True)
    install("4501", WARM_PACK, distribution="kinderguard-test-0")
    needs_more = r.FactProvider(WARM, [child.birth_date, child.sex], one=lambda facts: True)
    other = kinderguard.load(packs=[installed(facts=[WARM], providers=[needs_more])])
    (problem,) = again(other, divisions=["4501"]).overlay("4501").problems
    assert problem.code == "pack.provider_absent"


class StoveKind(Code):
    """A list of codes of a pack's own."""

    COAL = "coal", "煤", "coal"
    WOOD = "wood", "柴", "wood"


def test_a_packs_own_list_of_codes_travels(monkeypatch):
    monkeypatch.delitem(CODE_LISTS, "StoveKind", raising=False)
    stove = r.DeclaredFact.choice("4501.stove", StoveKind, zh="炉", en="stove")
    gift = r.Policy("4501.gift", TITLE, eligible=stove.expr.is_in(StoveKind.COAL), amount=r.yuan("5"))
    book = kinderguard.load(packs=[installed(facts=[stove], policies=[gift])])
    text = book.to_json(divisions=["4501"])
    case = Case.from_facts({"division_code": "450102", "4501.stove": "coal"})
    for there in (True, False):
        if not there:
            monkeypatch.delitem(CODE_LISTS, "StoveKind")
        copy = PolicyBook.from_json(text)
        assert copy.assess(case, on=DAY).policies["4501.gift"].amount == 5
        assert seen(copy.assess(case, on=DAY)) == seen(book.assess(case, on=DAY))
        assert copy.overlay("4501").rules.fingerprint == book.overlay("4501").rules.fingerprint
        assert copy.to_json(divisions=["4501"]) == text
    # The pack itself may still be imported.
    r.DeclaredFact.choice("4501.stove", StoveKind, zh="炉", en="stove")


# ---- what is broken -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ["1 / 0", WARM_PACK.replace("4501.gift", "4502.gift"), WARM_PACK.replace('household.has("4501.warm")', 'child.is_in("cn.orpan")')],
    ids=["import", "registration", "rules"],
)  # fmt: skip
def test_a_broken_pack_is_still_told_after_a_round_trip(install, source):
    install("4501", source)
    book = kinderguard.load()
    for options in ({}, {"divisions": ["450102"]}):
        copy = again(book, **options)
        assert copy.assess(GUANGXI, on=DAY).problems == book.assess(GUANGXI, on=DAY).problems
        assert not copy.assess(GUANGXI, on=DAY).complete
    strict = again(kinderguard.load(strict=True))
    with pytest.raises(PackError, match="4501"):
        strict.assess(GUANGXI, on=DAY)


def test_an_entry_point_that_is_no_division_is_still_told(install):
    install("guangxi")
    with pytest.warns(PackWarning, match="guangxi"):
        copy = again(kinderguard.load())
    assert [p.code for p in copy.problems] == ["pack.name_invalid"]


def test_a_book_is_read_after_an_upgrade_that_its_distributions_do_not_fit(book, monkeypatch):
    """None of their code is run: an old result must be had again."""
    text = book.to_json(divisions=["33"])
    monkeypatch.setattr(kinderguard, "__version__", "99.0")
    copy = PolicyBook.from_json(text)
    assert copy.overlay("33").problems == ()
    assert copy.overlay("33").rules.fingerprint == book.overlay("33").rules.fingerprint


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"format": "x"}', '"kinderguard.book/1"', "[" * 100_000]
)
def test_a_text_that_is_no_book_is_refused(text):
    with pytest.raises(DefinitionError, match="no book"):
        PolicyBook.from_json(text)


def test_a_format_that_is_not_known_says_what_to_do(book):
    text = book.to_json(divisions=[]).replace("kinderguard.book/1", "kinderguard.book/2")
    with pytest.raises(DefinitionError, match=r"kinderguard\.book/2.*Upgrade"):
        PolicyBook.from_json(text)


def test_nothing_of_the_head_is_taken_on_trust(book):
    data = unsigned(book.for_division("33"), divisions=[])
    for name, wrong in [
        ("day", "yesterday"), ("day", 5), ("division", "x"), ("division", "cn"), ("strict", 1), ("changes", [{"drop": []}]), ("changes", {}),
        ("changes", [{"with_parameters": [["cn.x", 0.5]]}]), ("changes", [{"with_parameters": [["cn.x", {"ratio": "1/0"}]]}]),
        ("changes", [{"with_policies": [{"is": "os.system"}]}]), ("packs", {}), ("packs", [{}]), ("left_out", ["../x"]), ("left_out", ["cn"]),
        ("problems", [{"code": "pack.x"}]), ("code_lists", {"Sex": [["A", "a", "a", "a"]]}), ("code_lists", {"X": [["A", 1, "a", "a"]]}),
        ("code_lists", {"X": 5}), ("more", 1),
    ]:  # fmt: skip
        try:
            PolicyBook.from_json(json.dumps(data | {name: wrong}))
        except DefinitionError:
            continue
        pytest.fail(f"{name}: {wrong!r} was taken")
    for name in data:
        with pytest.raises(DefinitionError, match=name):
            PolicyBook.from_json(
                json.dumps({k: v for k, v in data.items() if k != name} | ({} if name != "format" else {"x": name}))
            )


def test_a_text_that_was_changed_is_refused_unless_it_is_read_as_a_new_book(book):
    text = book.to_json(divisions=[])
    changed = text.replace('"value":60000', '"value":50000', 1)
    assert changed != text
    with pytest.raises(DefinitionError, match=r"changed or damaged.*edited=True") as refused:
        PolicyBook.from_json(changed)
    assert "edited=True" in refused.value.text.zh
    new = PolicyBook.from_json(changed, edited=True)
    assert new.overlay(None).rules.fingerprint != book.overlay(None).rules.fingerprint
    assert again(new, divisions=[]).overlay(None).rules.fingerprint == new.overlay(None).rules.fingerprint


@pytest.mark.parametrize("more", [{"more": 1}, {"digest": 5}, {"kinderguard": {}}, {"day": "\ud800"}])
def test_whatever_was_changed_is_seen_and_how_it_is_laid_out_is_not(book, more):
    data = json.loads(book.to_json(divisions=[]))
    with pytest.raises(DefinitionError, match="does not agree with its digest"):
        PolicyBook.from_json(json.dumps(data | more))
    assert PolicyBook.from_json(json.dumps(dict(reversed(data.items())), indent=2)).fingerprint


def test_a_text_of_an_earlier_version_has_no_digest_and_is_read(book):
    copy = PolicyBook.from_json(json.dumps(unsigned(book, divisions=["33"])))
    assert copy.overlay("33").rules.fingerprint == book.overlay("33").rules.fingerprint


def test_a_text_says_which_build_wrote_it(book, monkeypatch):
    assert json.loads(book.to_json(divisions=[]))["kinderguard"] == {
        "version": kinderguard.__version__,
        "build": build(),
    }
    monkeypatch.setattr("kinderguard.packs.portable.build", lambda: "another")
    text = book.to_json(divisions=[])
    monkeypatch.undo()
    assert PolicyBook.from_json(text).overlay(None).rules.fingerprint == book.overlay(None).rules.fingerprint


def _rule(data, code):
    """The plain data of one definition."""
    pack = data["packs"][0]["pack"]
    return next(d for kind in ("categories", "policies", "parameters") for d in pack[kind] if d["code"] == code)


TAMPERED = {
    "another class": (lambda d: _rule(d, "cn.orphan").update({"is": "module"}), "categories.*'module'"),
    "a field too many": (lambda d: _rule(d, "cn.orphan").update(tilte=1), "cn.orphan.*'tilte'.*title"),
    "a field too few": (lambda d: _rule(d, "cn.orphan_allowance").pop("every"), "cn.orphan_allowance.*'every'"),
    "no condition": (lambda d: _rule(d, "cn.orphan").pop("when"), "cn.orphan.*'when'"),
    "an operation that does not exist": (lambda d: _rule(d, "cn.orphan")["when"].update(op="import"), "cn.orphan, when.*'import'"),
    "a fact that does not exist": (lambda d: _rule(d, "cn.orphan").update(when={"op": "fact", "kind": "bool", "path": "child.adoptd"}), "cn.orphan, when.*'adopted'"),
    "a fact of another kind": (lambda d: _rule(d, "cn.orphan").update(when={"op": "fact", "kind": "bool", "path": "child.birth_date"}), "cn.orphan.*child.birth_date"),
    "what is no fact": (lambda d: _rule(d, "cn.orphan").update(when={"op": "fact", "kind": "bool", "path": "child.__class__"}), "cn.orphan.*__class__"),
    "money for a condition": (lambda d: _rule(d, "cn.orphan").update(when={"op": "const", "kind": "money", "value": 5}), "cn.orphan.*condition"),
    "a sum of conditions": (lambda d: _rule(d, "cn.orphan").update(when={"op": "and", "args": [{"op": "day"}]}), "cn.orphan.*And"),
    "a fraction of a fen": (lambda d: _rule(d, "cn.orphan_allowance").update(amount={"op": "const", "kind": "money", "value": "1/3"}), "cn.orphan_allowance.*fen"),
    "a step of rounding below zero": (lambda d: _rule(d, "cn.orphan_allowance").update(amount={"op": "round", "kind": "money", "arg": {"op": "const", "kind": "money", "value": 150}, "to": -100, "rounding": "down"}), "cn.orphan_allowance.*Round"),
    "text for a flag": (lambda d: _rule(d, "cn.orphan_allowance").update(counties_may_narrow="no"), "counties_may_narrow.*true or false"),
    "a frequency that does not exist": (lambda d: _rule(d, "cn.orphan_allowance").update(every="months"), "every.*month"),
    "a text in one language": (lambda d: _rule(d, "cn.orphan").update(title={"zh": "孤儿"}), "title.*both languages"),
    "a value of another kind": (lambda d: _rule(d, "cn.orphan.scattered_monthly")["floor"].update(value="3/2"), "cn.orphan.scattered_monthly.*money"),
    "a value that is none": (lambda d: _rule(d, "cn.orphan.scattered_monthly")["floor"].update(value=0.5), "floor, value"),
    "a date that is none": (lambda d: _rule(d, "cn.orphan_allowance").update(effective={"is": "period", "start": "2025-13-01"}), "effective, start.*date"),
    "a code of somebody else": (lambda d: _rule(d, "cn.orphan").update(code="330106.orphan"), "330106.orphan"),
    "a kind that does not exist": (lambda d: _rule(d, "cn.orphan.scattered_monthly").update(kind="money:yuan"), "kind.*money:yuan"),
    "a list that is none": (lambda d: d["packs"][0]["pack"].update(policies={}), "policies.*list"),
    "another code": (lambda d: d["packs"][0]["pack"].update(code="33"), "33"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_pack_is_kept_out_and_named(book, what):
    change, says = TAMPERED[what]
    data = unsigned(book, divisions=[])
    change(data)
    copy = PolicyBook.from_json(json.dumps(data))
    with pytest.raises(kinderguard.packs.NoPacksError, match=f"(?s){says}"):
        copy.overlay(None)
    assert [p.code for p in copy.problems] == ["pack.unreadable"]


def test_a_tampered_county_leaves_the_rest_standing(book):
    data = unsigned(book, divisions=["330199"])
    county = next(p for p in data["packs"] if p["name"] == "330199")["pack"]
    county["policies"][0]["eligible"] = {"op": "fact"}
    copy = PolicyBook.from_json(json.dumps(data))
    result = copy.assess(Case.from_facts({"child.birth_date": "2015-01-01"}), on=DAY, division="330199")
    assert [p.code for p in result.problems if p.code.startswith("pack.")] == ["pack.unreadable"]
    assert "cn.orphan" in result.categories
    assert not [code for code in result.policies if code.startswith("330199")]


def test_a_value_of_another_kind_for_somebody_elses_parameter_is_refused(book):
    data = unsigned(book, divisions=["330199"])
    county = next(p for p in data["packs"] if p["name"] == "330199")["pack"]
    values = next(p for p in county["parameters"] if p["code"] == "cn.dibao.monthly_standard")["values"]
    values[0]["value"] = True
    (problem,) = PolicyBook.from_json(json.dumps(data)).overlay("330199").problems
    assert problem.code == "pack.rules_invalid"
    assert "cn.dibao.monthly_standard" in problem.message.en


def test_no_code_is_in_the_text(book):
    text = book.to_json()
    assert "lambda" not in text
    assert str(Path.home()) not in text
    assert DisabilityGrade.FIRST.value in text

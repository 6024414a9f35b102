"""Sharing: who is given what, on which ground, with whose consent; every attempt is written down, without the facts."""

import json
import pickle

import pytest
from hypothesis import HealthCheck, given, settings

from casefile.children import BY, child, day
from kinderguard import Case
from kinderguard.casefile import CaseStore, EntryKind, UnknownFileError
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.giving.sharing import (
    Override,
    Recipient,
    Refusal,
    SharingBasis,
    SharingRefusedError,
    SharingRules,
    SharingRulesError,
    all_paths,
    personal_paths,
    share,
)
from kinderguard.model.help import Consent
from kinderguard.testing import strategies
from told import stray

ON = day("2025-09-01")
RULES = SharingRules.default()
CONSENT = {"giver": "guardian", "scope": "share", "since": "2025-01-01", "until": "2026-01-01"}
SCHOOL = Recipient("education", "示例小学")
CLUB = Recipient("volunteer", "示例志愿队")
#: A child of whom every personal fact is known.
SECRETS = {
    "child__name": "秘密甲",
    "child__telephone": "秘密乙",
    "child__residence__address": "秘密丙",
    "child__note": "秘密丁",
    "child__child_director": "秘密戊",
    "father__name": "秘密己",
    "guardians": [{"name": "秘密庚", "telephone": "秘密辛", "relation": "paternal_grandparent", "capable": True}],
    "child__schooling__stage": "primary",
    "child__sex": "female",
    "child__residence__division": "330106",
    "child__harms": [{"level": "suspected", "kind": "violence"}],
}


def filed(store, consents=(CONSENT,), **facts):
    store.record(child(**{**SECRETS, "consents": list(consents), **facts}), at=day("2025-01-15"), by=BY)
    return store


def given_to(store, recipient=SCHOOL, purpose="schooling", basis="statutory_duty", **more):
    return share(store, "a", recipient=recipient, purpose=purpose, basis=basis, by=BY, on=more.pop("on", ON), **more)


def audit(store):
    return store.entries("a", kinds=[EntryKind.SHARE])


def paths_in(value, path=""):
    """Every path of a value that has a value, without the numbers of records."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths_in(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
        for inner in value:
            yield from paths_in(inner, path)
    else:
        yield path


# ---- what is given --------------------------------------------------------------------------------------------------


def test_a_recipient_is_given_what_its_role_and_purpose_allow_and_no_more(store):
    shared = given_to(filed(store))
    assert shared.facts["child.name"] == "秘密甲"
    assert shared.facts["child.schooling.stage"] == "primary"
    assert shared.facts["guardians"] == [{"name": "秘密庚", "telephone": "秘密辛", "relation": "paternal_grandparent"}]
    assert {"child.telephone", "child.residence.address", "father.name", "guardians.capable", "child.harms"} <= set(
        shared.withheld
    )
    assert not any(
        hidden in json.dumps(shared.to_dict(), ensure_ascii=False) for hidden in ("秘密乙", "秘密丙", "秘密己")
    )


@pytest.mark.parametrize("rule", RULES.rules.values(), ids=lambda r: f"{r.role}-{r.purpose}")
@pytest.mark.parametrize("path", sorted(personal_paths()))
def test_a_personal_field_is_given_only_where_it_is_named_by_its_own_path(rule, path):
    assert RULES.allows(rule.role, rule.purpose, path) is (path in rule.fields)


@pytest.mark.parametrize("path", sorted(RULES.guarded))
def test_a_guarded_field_is_not_opened_by_what_it_lies_in(path):
    wide = {".".join(path.split(".")[:k]) for k in range(1, len(path.split(".")))}
    assert not RULES.opens(wide, path)
    assert not RULES.opens(wide, f"{path}.kind")
    assert RULES.opens({path}, path)


def test_no_field_of_any_department_opens_an_infection_or_a_harm_by_accident():
    who = {path: {k for k in RULES.rules if RULES.allows(*k, path)} for path in ("child.illness.hiv", "child.harms")}
    assert who["child.illness.hiv"] == {("civil_affairs", "assessment")}
    assert {purpose for _, purpose in who["child.harms"]} == {"protection"}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.cases())
def test_whatever_a_file_holds_nothing_but_allowed_paths_leaves_it(case):
    with CaseStore("sqlite://") as store:
        known = facts_of(case)
        assume_facts = known or {"household.size": 3}
        store.record(Case.from_facts({**assume_facts, "ref": "a"}), at=day("2025-01-01"), by=BY)
        for (role, purpose), rule in RULES.rules.items():
            basis = "statutory_duty" if SharingBasis.STATUTORY_DUTY in rule.bases else "consent"
            shared = given_to(store, Recipient(role, "x"), purpose, basis, override=Override("test"))
            for path in paths_in(dict(shared.facts)):
                assert RULES.allows(role, purpose, path), (role, purpose, path)
            assert all(any(v) for v in shared.facts.values() if isinstance(v, list) and v), "not even a count"
            # Nothing is both given and withheld, and nothing that is known is forgotten.
            told = set(paths_in(dict(shared.facts))) | set(shared.withheld)
            tops = {p for p, v in known.items() if v not in ([], {})}
            assert all(any(t == p or t.startswith(p + ".") for t in told) for p in tops)


def test_a_packs_own_fact_is_given_only_where_it_is_named(file_store, tmp_path):
    filed(file_store, **{"330199.central_heating": True})
    assert "330199.central_heating" in given_to(file_store).withheld
    shared = given_to(file_store, override=Override("moving house", ["330199.central_heating"]))
    assert shared.facts["330199.central_heating"] is True


def test_what_a_packs_own_fact_is_made_of_is_not_in_the_audit_entry(file_store):
    filed(file_store, **{"330199.contacts": {"秘密壬": "秘密癸"}})
    shared = given_to(file_store, override=Override("moving house", ["330199.contacts"]))
    assert shared.facts["330199.contacts"] == {"秘密壬": "秘密癸"}
    assert "330199.contacts" in audit(file_store)[-1].body["fields"]
    assert "秘密" not in json.dumps(dict(audit(file_store)[-1].body), ensure_ascii=False)


def test_not_even_how_many_harms_there_were_is_given(file_store):
    shared = given_to(filed(file_store), override=Override("flood", ["child"]))
    assert "child.harms" not in shared.facts


def test_a_repr_and_a_log_line_show_no_fact(file_store):
    shared = given_to(filed(file_store))
    assert "秘密" not in repr(shared) + str(shared)


# ---- the ground -----------------------------------------------------------------------------------------------------


def refusal(store, **given):
    before = len(audit(store))
    with pytest.raises(SharingRefusedError) as told:
        given_to(store, **given)
    error = told.value
    assert not stray(error.text), error.text
    assert "秘密" not in str(error) + error.text.zh
    entry = audit(store)[-1]
    assert (len(audit(store)), entry.number) == (before + 1, error.entry)
    assert (entry.body["outcome"], entry.body["fields"]) == ("refused", [])
    assert entry.body["refused_because"] == [r.value for r in error.why]
    assert "秘密" not in json.dumps(dict(entry.body), ensure_ascii=False).replace("示例", "")
    return error.why


VOLUNTEER = {"recipient": CLUB, "purpose": "company", "basis": "consent"}


def test_with_consent_in_force_it_is_given(file_store):
    shared = given_to(filed(file_store), **VOLUNTEER)
    assert shared.facts["child.name"] == "秘密甲"
    assert audit(file_store)[-1].body["consent"] == CONSENT


@pytest.mark.parametrize(
    ("consents", "why"),
    [
        ([], Refusal.NO_CONSENT),
        ([CONSENT | {"scope": "use"}], Refusal.NO_CONSENT),
        ([CONSENT | {"scope": None}], Refusal.NO_CONSENT),
        ([CONSENT | {"until": "2025-08-31"}], Refusal.EXPIRED),
        ([CONSENT | {"until": "2025-08"}], Refusal.EXPIRED),
        ([CONSENT | {"withdrawn_on": "2025-09-01"}], Refusal.CONSENT_WITHDRAWN),
        ([CONSENT | {"withdrawn_on": "2025-03-01"}], Refusal.CONSENT_WITHDRAWN),
        ([CONSENT | {"since": None}], Refusal.UNCLEAR),
        ([CONSENT | {"giver": None}], Refusal.UNCLEAR),
        ([CONSENT | {"giver": "child"}], Refusal.GUARDIAN_NEEDED),
    ],
)
def test_without_a_consent_in_force_it_is_refused_and_that_is_written_down(file_store, consents, why):
    assert refusal(filed(file_store, consents), **VOLUNTEER) == (why,)


@pytest.mark.parametrize("consent", [{"until": "2025-09-01"}, {"since": "2025-09-01"}, {"withdrawn_on": "2025-09-02"}])
def test_the_first_and_the_last_day_of_a_consent_count_and_the_day_before_its_withdrawal(file_store, consent):
    if "withdrawn_on" in consent:
        consent = {"withdrawn_on": "2025-09-01"}
        assert given_to(filed(file_store, [CONSENT | consent]), **VOLUNTEER, on=day("2025-08-31")).facts
    else:
        assert given_to(filed(file_store, [CONSENT | consent]), **VOLUNTEER).facts


def test_a_consent_that_has_not_begun_does_not_count(file_store):
    filed(file_store, [CONSENT])
    assert refusal(file_store, **VOLUNTEER, consent=Consent.model_validate(CONSENT | {"since": "2025-09-02"})) == (
        Refusal.NOT_YET,
    )


def test_one_good_consent_among_bad_ones_is_enough(file_store):
    anew = CONSENT | {"since": "2025-02-02"}
    consents = [CONSENT | {"until": "2025-02-01"}, anew, CONSENT | {"withdrawn_on": "2025-02-01"}]
    assert given_to(filed(file_store, consents), **VOLUNTEER).facts


@pytest.mark.parametrize("given_on", ["2025-01-01", "2025-08-15"])
def test_a_withdrawal_on_file_stands_against_a_consent_that_the_caller_shows(file_store, given_on):
    filed(file_store, [CONSENT | {"withdrawn_on": "2025-08-15"}])
    shown = Consent.model_validate(CONSENT | {"since": given_on})
    assert refusal(file_store, **VOLUNTEER, consent=shown) == (Refusal.CONSENT_WITHDRAWN,)


def test_a_consent_given_after_the_withdrawal_counts_and_so_does_another_givers(file_store):
    filed(file_store, [CONSENT | {"withdrawn_on": "2025-08-15"}], child__birth_date="2010-03-05")
    for later in ({"since": "2025-08-16"}, {"giver": "child"}):
        assert given_to(file_store, **VOLUNTEER, consent=Consent.model_validate(CONSENT | later)).facts


def test_a_withdrawal_counts_from_when_it_is_known_and_true(file_store):
    filed(file_store)
    assert given_to(file_store, **VOLUNTEER).facts
    file_store.append(
        "a",
        "facts",
        {"facts": {"consents": [CONSENT | {"withdrawn_on": "2025-08-15"}]}},
        valid_from=day("2025-08-15"),
        by=BY,
    )
    assert refusal(file_store, **VOLUNTEER) == (Refusal.CONSENT_WITHDRAWN,)


@pytest.mark.parametrize(
    ("born", "on", "needs"),
    [
        ("2011-09-01", "2025-08-31", True),  # 13, the last day
        ("2011-09-01", "2025-09-01", False),  # 14 on the birthday
        ("2012-02-29", "2026-02-28", True),
        ("2012-02-29", "2026-03-01", False),
        ("2011-09", "2025-09-29", True),  # may be 13 until the last day of the month
        ("2011-09", "2025-09-30", False),
        (None, "2025-09-01", True),  # not known
    ],
)
def test_under_fourteen_the_guardian_consents_and_from_the_birthday_on_the_child_may(file_store, born, on, needs):
    own = CONSENT | {"giver": "child", "until": None}
    filed(file_store, [own], child__birth_date=born)
    if needs:
        assert refusal(file_store, **VOLUNTEER, on=day(on)) == (Refusal.GUARDIAN_NEEDED,)
        guardians = Consent.model_validate(CONSENT | {"until": None})
        assert given_to(file_store, **VOLUNTEER, on=day(on), consent=guardians).facts
    else:
        assert given_to(file_store, **VOLUNTEER, on=day(on)).facts


def test_a_consent_may_be_an_entry_of_its_own_and_be_taken_back(file_store):
    filed(file_store, [])
    entry = file_store.append(
        "a", "consent", {"giver": "guardian", "scope": "share"}, valid_from=day("2025-08-01"), by=BY
    )
    assert given_to(file_store, **VOLUNTEER).facts
    file_store.correct("a", entry.number, None, reason="not signed", by=BY)
    assert refusal(file_store, **VOLUNTEER) == (Refusal.NO_CONSENT,)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"recipient": Recipient("enterprise", "x"), "purpose": "company", "basis": "consent"}, Refusal.NO_RULE),
        ({"recipient": CLUB, "purpose": "company", "basis": "statutory_duty"}, Refusal.NO_SUCH_BASIS),
        ({"recipient": SCHOOL, "purpose": "schooling", "basis": "mandatory_report"}, Refusal.NO_SUCH_BASIS),
    ],
)
def test_a_role_a_purpose_or_a_ground_that_the_rules_do_not_allow_is_refused(file_store, given, why):
    assert refusal(filed(file_store), **given) == (why,)


def test_a_duty_to_report_needs_no_consent(file_store):
    shared = given_to(filed(file_store, []), Recipient("public_security", "派出所"), "protection", "mandatory_report")
    assert shared.facts["child.harms"] == [{"level": "suspected", "kind": "violence"}]


def test_a_consent_withdrawn_while_the_file_is_read_is_not_overlooked(file_store, monkeypatch):
    filed(file_store)
    real, withdrawn = file_store.entries, []

    def entries(ref, **given):
        found = real(ref, **given)
        if not withdrawn:
            withdrawn.append(True)  # somebody else writes after this reading
            file_store.append(
                "a",
                "facts",
                {"facts": {"consents": [CONSENT | {"withdrawn_on": "2025-08-15"}]}},
                valid_from=day("2025-08-15"),
                by=BY,
            )
        return found

    monkeypatch.setattr(file_store, "entries", entries)
    with pytest.raises(SharingRefusedError) as told:
        given_to(file_store, **VOLUNTEER)
    assert told.value.why == (Refusal.CONSENT_WITHDRAWN,)


def test_a_recipient_without_an_organisation_is_refused():
    with pytest.raises(SharingRulesError) as told:
        Recipient("volunteer", "  ")
    assert not stray(told.value.text)


# ---- overriding -----------------------------------------------------------------------------------------------------


def test_an_override_gives_it_with_its_reason_marked_in_the_audit_entry(file_store):
    filed(file_store, [])
    shared = given_to(file_store, **VOLUNTEER, override=Override(" flood, children moved ", ["child.telephone"]))
    assert shared.overridden
    assert shared.facts["child.telephone"] == "秘密乙"
    body = audit(file_store)[-1].body
    assert body["override"] == {"reason": "flood, children moved", "fields": ["child.telephone"]}
    assert (body["outcome"], "child.telephone" in body["fields"]) == ("given", True)
    assert "秘密" not in json.dumps(dict(body), ensure_ascii=False)


def test_without_an_override_the_audit_entry_says_so(file_store):
    given_to(filed(file_store), **VOLUNTEER)
    assert audit(file_store)[-1].body["override"] is None


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_override_without_a_reason_is_refused(file_store, reason):
    assert refusal(filed(file_store, []), **VOLUNTEER, override=Override(reason)) == (Refusal.OVERRIDE_WITHOUT_REASON,)


def test_an_override_does_not_open_personal_fields_by_what_they_lie_in(file_store):
    shared = given_to(filed(file_store), **VOLUNTEER, override=Override("flood", ["child", "guardians"]))
    assert "child.telephone" in shared.withheld
    assert "child.harms" in shared.withheld
    assert shared.facts["guardians"] == [{"relation": "paternal_grandparent", "capable": True}]


# ---- the audit entry ------------------------------------------------------------------------------------------------


def test_the_audit_entry_says_who_was_given_which_fields_for_what_and_is_chained(store):
    shared = given_to(filed(store))
    (entry,) = audit(store)
    assert entry.number == shared.entry
    assert entry.body["recipient"] == {"role": "education", "organisation": "示例小学"}
    assert (entry.body["purpose"], entry.body["basis"], entry.valid_from) == ("schooling", "statutory_duty", ON)
    assert entry.body["fields"] == sorted(set(paths_in(dict(shared.facts))))
    assert store.verify().ok


def test_where_the_audit_entry_cannot_be_written_nothing_is_given(file_store, monkeypatch):
    filed(file_store)

    def full(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(file_store, "append", full)
    with pytest.raises(OSError, match="disk full"):
        given_to(file_store)


def test_what_was_shared_can_be_answered_for_after_an_erasure(file_store):
    given_to(filed(file_store))
    file_store.erase("a", reason="request", by=BY)
    (entry,) = audit(file_store)
    assert entry.body["fields"]
    assert file_store.verify().ok


def test_there_is_no_such_file(file_store):
    with pytest.raises(UnknownFileError):
        given_to(file_store)


# ---- the rules as data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{"recipient": Recipient("school", "x")}, {"purpose": "scooling"}, {"basis": "because"}]
)
def test_a_code_that_the_rules_do_not_have_is_told_with_those_there_are(file_store, wrong):
    head = filed(file_store).head()
    with pytest.raises(SharingRulesError) as told:
        given_to(file_store, **wrong)
    assert not stray(told.value.text)
    assert file_store.head() == head


def test_a_further_field_that_does_not_exist_is_told_with_the_nearest(file_store):
    with pytest.raises(SharingRulesError) as told:
        given_to(filed(file_store), override=Override("why", ["child.telefone"]))
    assert "child.telephone" in told.value.text.zh


GOOD = """
format = "kinderguard.sharing/1"
guarded = []
roles.school = { zh = "学校", en = "school" }
purposes.lunch = { zh = "午餐", en = "lunch" }
[[rules]]
role = "school"
purpose = "lunch"
bases = ["consent"]
fields = ["child.schooling"]
"""


def test_a_county_gives_its_own_rules(file_store, tmp_path):
    (tmp_path / "own.toml").write_text(GOOD, encoding="utf-8")
    own = SharingRules.from_toml(tmp_path / "own.toml")
    shared = given_to(filed(file_store), Recipient("school", "x"), "lunch", "consent", rules=own)
    assert shared.facts == {"child.schooling.stage": "primary"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("sharing/1", "sharing/9"), "format"),
        (('fields = ["child.schooling"]', 'fields = ["child.scholing"]'), "child.schooling"),
        (('role = "school"', 'role = "schol"'), "school"),
        (('bases = ["consent"]', 'bases = ["wish"]'), "statutory_duty"),
        (('bases = ["consent"]\n', ""), "bases"),
        (('en = "lunch"', 'eng = "lunch"'), "purposes"),
        (("guarded = []", "guarded = ["), "own.toml"),
        (
            ("[[rules]]", '[[rules]]\nrole = "school"\npurpose = "lunch"\nbases = []\nfields = []\n[[rules]]'),
            "rules[2]",
        ),
    ],
)
def test_a_faulty_file_of_rules_is_told_with_place_and_mend(tmp_path, change, says):
    (tmp_path / "own.toml").write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(SharingRulesError) as told:
        SharingRules.from_toml(tmp_path / "own.toml")
    assert says in told.value.text.zh
    assert says in told.value.text.en
    assert not stray(told.value.text), told.value.text


def test_the_defaults_say_that_they_are_not_law_and_carry_the_sources_of_what_is():
    import tomllib
    from pathlib import Path

    import kinderguard.casefile.giving.sharing as module

    text = Path(module.__file__).with_name("sharing.toml").read_text(encoding="utf-8")
    assert "NOT LAW" in text
    sources = tomllib.loads(text)["sources"]
    assert {(s["document"], s.get("article")) for s in sources if s["trust"] == "statute"} >= {
        ("个人信息保护法", a) for a in ("28", "29", "31")
    }
    assert next(s for s in sources if s.get("article") == "13")["trust"] == "unverified"


def test_only_state_bodies_are_given_anything_without_consent():
    state = {
        "civil_affairs",
        "township",
        "education",
        "health",
        "disabled_federation",
        "womens_federation",
        "public_security",
    }
    free = {r.role for r in RULES.rules.values() if r.bases - {SharingBasis.CONSENT}}
    assert free <= state
    assert RULES.roles.keys() > state


def test_every_path_is_one_a_case_can_have_and_errors_can_be_pickled(file_store):
    assert {"household.members.incomes.amount", "guardians.telephone", "child.name"} <= all_paths()
    assert personal_paths() < all_paths()
    with pytest.raises(SharingRefusedError) as told:
        given_to(filed(file_store, []), **VOLUNTEER)
    again = pickle.loads(pickle.dumps(told.value))
    assert (again.why, again.entry, str(again)) == (told.value.why, told.value.entry, str(told.value))

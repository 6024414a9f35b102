"""The coming changes of one child: exactly those that assessing every day would give."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kinderguard
from casefile.children import ALLOWANCE, child, day, rules
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.following.changes import ChangeKind, changes
from kinderguard.casefile.following.forecast import forecast
from kinderguard.casefile.following.turning import Calendar
from kinderguard.model import Text
from kinderguard.model.dates import PartialDate, add_months
from kinderguard.packs.pack import Pack
from kinderguard.testing import strategies

ONE = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def book():
    return rules()


def results(result):
    plan, trace = result.basis.bound.plan, result.trace
    policies = [(code, trace[p.eligible.index], trace[p.final.index]) for code, p in plan.policies.items()]
    return [(code, trace[s.index]) for code, s in plan.categories.items()], policies


def day_by_day(case, book, start, until):
    """The same by brute force: every day assessed by itself, a situation whose term has run out being open."""
    found, before = [], book.assess(case, on=start)
    terms = facts_of(case).keys() & {"father.situations", "mother.situations"}
    while before.on < until:
        on = before.on + ONE
        after = book.assess(after_terms(case, start, on) if terms else case, on=on)
        if results(before) != results(after):
            found += changes(before, after)
        before = after
    return found


def after_terms(case, start, on):
    """The case where situations whose term has run out are open; the same one, where none has."""
    facts, ended = facts_of(case), False
    for path in ("father.situations", "mother.situations"):
        for each in facts.get(path) or ():
            if start <= end_of_term(each) < on:
                each["ongoing"], ended = None, True
    return Case.from_facts(facts) if ended else case


def end_of_term(situation):
    """The last day of a term of what is said to go on; the last day of all, where there is none."""
    since, months = situation.get("since"), situation.get("term_months")
    if not since or months is None or situation.get("until") or not situation.get("ongoing"):
        return dt.date.max
    return add_months(PartialDate.of(since).earliest, months) - ONE


def told(found):
    return [(c.on, c.code, c.kind, c.before, c.after) for c in found]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(strategies.cases(), st.dates(day("2023-06-01"), day("2025-06-01")))
def test_a_forecast_is_what_assessing_every_day_of_two_years_gives(book, case, start):
    until = start + dt.timedelta(days=730)
    assert told(forecast(book, case, start=start, until=until)) == told(day_by_day(case, book, start, until))


SITUATIONS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["imprisoned", "lost_contact", "compulsory_detox"]),
            "ongoing": st.sampled_from([True, None]),
        },
        optional={
            "since": strategies.partial_dates(day("2024-10-01"), day("2025-08-31")).map(str),
            "until": strategies.partial_dates(day("2026-01-01"), day("2026-12-31")).map(str),
            "term_months": st.integers(4, 8),
        },
    ),
    max_size=2,
)


@pytest.mark.parametrize(
    ("situation", "opens"),
    [
        ({"since": "2024-02-10", "term_months": 24, "ongoing": True}, day("2026-02-10")),
        ({"since": "2024-02-10", "ongoing": True}, None),
        ({"since": "2023-02-10", "term_months": 24, "ongoing": True}, None),
    ],
    ids=["term that ends", "no term", "goes on after its term"],
)
def test_what_a_term_leaves_open_is_certain_no_more(book, situation, opens):
    """What was said to go on after its term goes on; a case without a term stays as it is."""
    case = child(
        father__situations=[{"kind": "imprisoned"} | situation],
        mother__situations=[{"kind": "dead", "since": "2020-01-01"}],
    )
    coming = forecast(book, case, start=day("2025-09-01"), until=day("2026-08-31"))
    turned = [c for c in coming if c.code == ALLOWANCE and c.kind is ChangeKind.MUST_BE_REVIEWED]
    assert [c.on for c in turned] == ([opens] if opens else [])
    assert all("father" in why.en and "open now" in why.en for c in turned for why in c.because)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(SITUATIONS, st.booleans(), strategies.partial_dates(day("2007-09-01"), day("2010-12-31")))
def test_terms_ends_and_birthdays_turn_on_their_own_day(book, situations, supports, born):
    case = child(
        father__situations=situations, mother__situations=None, mother__supports_child=supports,
        father__supports_child=supports, child__birth_date=str(born),
    )  # fmt: skip
    start, until = day("2024-09-01"), day("2026-07-01")
    assert told(forecast(book, case, start=start, until=until)) == told(day_by_day(case, book, start, until))


@pytest.mark.parametrize(
    ("born", "turns"),
    [("2008-02-29", "2026-03-01"), ("2008-03-01", "2026-03-01"), ("2008-02-28", "2026-02-28"), ("2010-02-29", None)],
)
def test_a_child_born_on_29_february_is_eighteen_on_1_march(book, born, turns):
    if turns is None:
        with pytest.raises(kinderguard.model.InvalidRecordError):
            child(child__birth_date=born)
        return
    found = forecast(
        book,
        child(child__birth_date=born, child__living_on_street=True),
        start=day("2026-01-01"),
        until=day("2026-12-31"),
    )
    assert [(c.on, c.kind) for c in found if c.code == "cn.street_child"] == [(day(turns), ChangeKind.ENDS)]


def test_the_allowance_ends_the_day_after_the_last_day_of_the_sentence(book):
    situations = [{"kind": "imprisoned", "since": "2025-01-10", "until": "2026-04-30", "ongoing": True}]
    found = forecast(book, child(father__situations=situations), start=day("2025-09-01"), until=day("2026-12-31"))
    assert [(c.on, c.kind) for c in found if c.code == ALLOWANCE] == [(day("2026-05-01"), ChangeKind.ENDS)]


def test_a_certificate_that_runs_out_is_foreseen(book):
    severe = {"kind": "physical", "grade": "1", "valid_until": "2026-03-31"}
    case = child(father__situations=[], father__disability=severe)
    found = forecast(book, case, start=day("2025-09-01"), until=day("2026-12-31"))
    changed = [c for c in found if c.code == ALLOWANCE]
    assert [c.on for c in changed] == [day("2026-04-01")]


def test_six_months_out_of_contact_are_complete_on_the_last_day_of_february(book):
    lost = [{"kind": "lost_contact", "since": "2025-08-31", "ongoing": True}]
    found = forecast(book, child(father__situations=lost), start=day("2025-09-01"), until=day("2026-12-31"))
    begins = [c for c in found if c.code == ALLOWANCE]
    assert [(c.on, c.kind) for c in begins] == [(day("2026-02-28"), ChangeKind.BEGINS)]


def test_a_value_and_a_rule_that_come_into_force_are_foreseen():
    gift = r.Policy(
        "330106.gift", r.Text("慰问金", "Gift"), r.child.age < 18, amount=r.yuan("100"), every=r.MONTH,
        effective=r.Period("2026-01-01", "2026-06-30"),
    )  # fmt: skip
    book = kinderguard.load(packs=[Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[gift])])
    found = forecast(book, child(), start=day("2025-09-01"), until=day("2026-12-31"))
    assert [(c.on, c.kind) for c in found if c.code == "330106.gift"] == [
        (day("2026-01-01"), ChangeKind.BEGINS),
        (day("2026-07-01"), ChangeKind.ENDS),
    ]
    shanghai = child(division_code="310101", household__aid=["dibao"], household__monthly_income_per_head="1000")
    (settled,) = [
        c
        for c in forecast(kinderguard.load(), shanghai, start=day("2025-06-01"), until=day("2025-12-31"))
        if c.code == "cn.dibao_benefit"
    ]
    assert settled.on == day("2025-07-01")
    assert any("1,650.00" in reason.zh for reason in settled.because)


def test_a_sentence_that_begins_and_ends_within_the_period_is_not_missed(book):
    situations = [{"kind": "imprisoned", "since": "2024-06-03", "until": "2024-12-31", "ongoing": True}]
    found = forecast(book, child(father__situations=situations), start=day("2024-01-01"), until=day("2025-12-31"))
    assert [(c.on, c.kind) for c in found if c.code == ALLOWANCE] == [
        (day("2024-06-03"), ChangeKind.BEGINS),
        (day("2025-01-01"), ChangeKind.ENDS),
    ]


@pytest.mark.parametrize(
    "condition",
    [
        (r.child.age >= 12) & (r.child.age < 13),
        (r.child.age >= 12) & ~(r.child.age >= 13),
        (r.child.birth_date.plus(months=144) <= r.DAY) & (r.child.birth_date.plus(months=156) > r.DAY),
        ~((r.child.age < 12) | (r.child.age > 12)),
        r.child.age == 12,
    ],
)
def test_what_holds_only_for_a_while_is_not_missed(condition):
    twelve = r.Policy("330106.twelve", r.Text("十二岁", "Twelve"), condition, service=r.Text("礼物", "a gift"))
    book = kinderguard.load(packs=[Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[twelve])])
    case = Case.from_facts({"division_code": "330106", "child.birth_date": "2013-07-04"})
    found = forecast(book, case, start=day("2025-02-01"), until=day("2026-12-31"))
    assert [(c.on, c.kind) for c in found if c.code == "330106.twelve"] == [
        (day("2025-07-04"), ChangeKind.BEGINS),
        (day("2026-07-04"), ChangeKind.ENDS),
    ]


def test_what_holds_of_all_records_may_fail_for_a_while():
    """Of all incomes so far, each is half a year old: true of none, false from the first one on, true again later."""
    old = r.Policy(
        "330106.quiet", r.Text("半年无收入", "No income for half a year"),
        r.household.incomes.where(lambda i: i.on <= r.DAY).all(lambda i: i.on.months_until(r.DAY) >= 6),
        service=r.Text("走访", "a visit"),
    )  # fmt: skip
    book = kinderguard.load(packs=[Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[old])])
    # Nothing else is known of the child, so nothing else makes the forecast look closer.
    case = Case.from_facts({"division_code": "330106", "household.incomes": [{"on": "2025-03-31", "amount": "10"}]})
    found = forecast(book, case, start=day("2024-09-01"), until=day("2026-09-01"))
    assert [(c.on, c.kind) for c in found if c.code == "330106.quiet"] == [
        (day("2025-03-31"), ChangeKind.ENDS),
        (day("2025-09-30"), ChangeKind.BEGINS),
    ]


def test_a_rule_that_asks_for_one_very_day_is_not_missed():
    on_the_day = r.Policy(
        "330106.cake", r.Text("生日慰问", "Birthday gift"), r.child.birth_date.months_until(r.DAY) == 165,
        amount=r.yuan("50"), every=r.ONCE,
    )  # fmt: skip
    book = kinderguard.load(packs=[Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[on_the_day])])
    found = forecast(book, child(), start=day("2025-09-01"), until=day("2026-08-31"))
    assert [c.on for c in found if c.code == "330106.cake"] == [day("2025-12-05"), day("2026-01-05")]


def test_a_condition_that_turned_earlier_and_changed_nothing_is_no_reason():
    young = r.Policy(
        "330106.young",
        r.Text("儿童卡", "Card"),
        (r.child.age < 16) | (r.child.age < 18),
        service=r.Text("卡", "a card"),
    )
    book = kinderguard.load(packs=[Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[young])])
    case = Case.from_facts({"division_code": "330106", "child.birth_date": "2012-03-05"})
    (change,) = [
        c for c in forecast(book, case, start=day("2027-01-01"), until=day("2031-01-01")) if c.code == "330106.young"
    ]
    assert change.on == day("2030-03-05")
    assert change.because == (Text("“未满18周岁”不再成立", "‘the child is under 18’ does not hold any more"),)


def test_observers_hear_nothing_of_days_that_are_only_asked_about(book):
    heard = []
    watched = kinderguard.load()
    overlay = watched.overlay("330106")
    object.__setattr__(overlay, "observers", (lambda result: heard.append(result.on),))
    forecast(watched, child(), start=day("2025-09-01"), until=day("2026-08-31"))
    assert heard == []
    watched.assess(child(), on=day("2025-09-01"))
    assert heard == [day("2025-09-01")]


def test_a_forecast_changes_no_case_and_names_nobody(book):
    case = child(child__name="某某某")
    before = case.to_json()
    found = forecast(book, case, start=day("2025-09-01"), until=day("2032-01-01"))
    assert found
    assert case.to_json() == before
    assert not any("某某某" in repr(c) + str(c.text) for c in found)


def test_a_period_that_ends_before_it_begins_is_refused(book):
    with pytest.raises(ValueError, match="before it begins"):
        forecast(book, child(), start=day("2025-09-02"), until=day("2025-09-01"))


def test_unknown_facts_do_not_make_it_look_at_every_day(book, monkeypatch):
    asked = []
    real = Calendar._basis
    monkeypatch.setattr(Calendar, "_basis", lambda *given: asked.append(given[-1]) or real(*given))
    assert forecast(book, Case.from_facts({}), start=day("2025-01-02"), until=day("2027-01-01")) == ()
    assert 0 < len(asked) < 40


def test_a_provider_is_asked_once_a_child_and_what_it_says_counts(book):
    calls = []
    far = r.DeclaredFact.yes_no("330106.far_from_school", zh="离校远", en="far from school")

    def look_up(known):
        calls.append(known)
        return True

    provider = r.FactProvider(far, (r.child.birth_date,), look_up)
    bus = r.Policy(
        "330106.bus", r.Text("校车", "School bus"), far.expr & (r.child.age < 16), service=r.Text("校车", "a bus")
    )
    pack = Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[bus], facts=[far], providers=[provider])
    found = forecast(kinderguard.load(packs=[pack]), child(), start=day("2027-09-01"), until=day("2028-08-31"))
    assert [(c.on, c.kind) for c in found if c.code == "330106.bus"] == [(day("2028-03-05"), ChangeKind.ENDS)]
    assert len(calls) == 1

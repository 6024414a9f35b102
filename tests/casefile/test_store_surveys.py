"""Filing a survey: each fact as of the day of its lists and with their rows, nothing doubled, nothing chosen for anybody."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.children import child, rules
from kinderguard import Case
from kinderguard.casefile import CaseStore, FactSource, Filing, Recording
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.filing.claims import is_within
from kinderguard.survey import RowKey, combine
from kinderguard.survey.linking.links import Links
from kinderguard.survey.linking.pairs import Band, Pair
from kinderguard.survey.linking.settings import LinkSettings
from survey.lists import DAY, number, source
from told import stray

BY = "330199.user3"
ID, OTHER = number(1), number(3)
JULY, OCTOBER = dt.date(2025, 7, 1), dt.date(2025, 10, 1)


def row(**facts):
    return {"child.resident_id": ID} | {path.replace("__", "."): value for path, value in facts.items()}


def lists(first, second, *, days=(JULY, DAY)):
    """One child in two lists that weigh alike, the first of July, the second of September."""
    codes = ("civil_affairs", "civil_affairs.b")
    return [source(code, facts, as_of=day) for code, facts, day in zip(codes, (first, second), days, strict=True)]


@pytest.fixture
def asking():
    """A trust under which two sizes of a household are a matter for a person, whatever the days of the lists."""
    from kinderguard.survey import Prefer, TrustOrder, TrustRule

    return TrustOrder.default().with_rule("household.size", TrustRule(Prefer.ASK))


def ref_of(store):
    return store.pseudonym(f"id:{ID}")


def size(store, at):
    return store.case(ref_of(store), at=at).household.size


def test_every_fact_is_filed_as_of_the_day_of_its_list_with_the_row_it_is_from(store):
    found = combine(lists(row(child__schooling__stage="primary"), row(household__size=3)))
    done = store.import_survey(found, by=BY)
    (child,) = done
    assert (child.filing, child.ref, len(child.entries)) == (Filing.WRITTEN, ref_of(store), 2)
    assert store.case(child.ref, at=JULY).child.schooling.stage == "primary"
    assert (size(store, JULY), size(store, DAY)) == (None, 3)
    july, september = store.entries(child.ref)
    assert (july.valid_from, september.valid_from) == (JULY, DAY)
    assert (september.body["source"], september.body["sources"]) == (
        "civil_affairs.b",
        [{"list": "civil_affairs.b", "sheet": "表", "row": 2, "as_of": "2025-09-01", "facts": ["household.size"]}],
    )
    both = {each["list"]: each["facts"] for each in july.body["sources"]}
    assert "child.schooling.stage" in both["civil_affairs"]
    assert "child.schooling.stage" not in both["civil_affairs.b"]
    assert "child.resident_id" in both["civil_affairs.b"], "what both say is from both"
    assert set(child.facts) == set(july.body["facts"]) | set(september.body["facts"])


def test_the_same_survey_again_writes_nothing_and_undoes_nothing_learnt_since(store):
    found = combine(lists(row(child__schooling__stage="primary"), row(household__size=3)))
    store.import_survey(found, by=BY)
    head = store.head()
    again = store.import_survey(combine(found.sources), by=BY)
    assert (again.counts["before"], store.head()) == (1, head)
    store.append(ref_of(store), "facts", {"facts": {"household.size": 4}}, valid_from=DAY, by=BY)
    store.import_survey(found, by=BY)
    assert size(store, DAY) == 4


def test_next_months_survey_adds_only_what_is_new(store):
    store.import_survey(combine([source("civil_affairs", row(household__size=3, child__health="healthy"))]), by=BY)
    later = combine([source("civil_affairs", row(household__size=4, child__health="healthy"), as_of=OCTOBER)])
    (child,) = store.import_survey(later, by=BY)
    assert (child.filing, child.facts) == (Filing.WRITTEN, ("household.size",))
    assert (size(store, DAY), size(store, OCTOBER)) == (3, 4)
    same = combine([source("civil_affairs", row(household__size=4), as_of=OCTOBER)])
    (child,) = store.import_survey(same, by=BY)
    assert (child.filing, child.facts) == (Filing.UNCHANGED, ())


def test_what_nobody_has_decided_is_unknown_in_the_file_and_named(file_store, asking):
    found = combine(lists(row(household__size=3), row(household__size=4)), trust=asking)
    (child,) = file_store.import_survey(found, by=BY)
    assert (size(file_store, DAY), child.open, child.filing) == (None, ("household.size",), Filing.WRITTEN)
    assert "household.size" not in child.facts
    assert "待决定" in child.text.zh
    assert not stray(child.text)


def test_a_value_that_the_lists_dispute_now_is_unknown_from_then_on_until_it_is_decided(file_store, asking):
    file_store.import_survey(combine([source("education", row(household__size=3), as_of=JULY)]), by=BY)
    found = combine(lists(row(household__size=3), row(household__size=4)), trust=asking)
    file_store.import_survey(found, by=BY)
    assert (size(file_store, JULY), size(file_store, DAY)) == (3, None)
    decided = found.take("household.size", RowKey("civil_affairs", "表", 2), by=BY)
    (child,) = file_store.import_survey(decided, by=BY)
    assert (size(file_store, DAY), child.open) == (3, ())
    assert file_store.import_survey(decided, by=BY).counts["before"] == 1


def test_what_the_lists_agree_on_is_filed_although_they_differ(file_store):
    birth = {"child.name": "王三秘", "child.registration.division": "330199"}
    born = [birth | {"child.resident_id": ID, "father.birth_date": text} for text in ("1980-03-05", "1980-03-07")]
    found = combine(lists(*born, days=(DAY, DAY)))
    (child,) = file_store.import_survey(found, by=BY)
    assert child.open == ("father.birth_date",)
    assert str(file_store.case(child.ref, at=DAY).father.birth_date) == "1980-03"


def test_facts_that_belong_together_may_be_known_from_different_days(file_store):
    july = row(child__disability__kind="physical", child__disability__grade="1")
    found = combine(lists(july, row(child__disability__kind="mental")))
    found = found.take("child.disability.kind", RowKey("civil_affairs.b", "表", 2), by=BY)
    (child,) = file_store.import_survey(found, by=BY)
    disabilities = [file_store.case(child.ref, at=day).child.disability for day in (JULY, DAY)]
    assert [(d.kind, d.grade) for d in disabilities] == [(None, "1"), ("mental", "1")]


CIVIL, SCHOOL = RowKey("civil_affairs", "表", 2), RowKey("education", "表", 2)
NAMED = {"child.name": "王三秘", "child.birth_date": "2014-02-03"}


def perhaps_one(first, second):
    """A survey of two rows that may be one child, which somebody is asked."""
    pair = Pair(CIVIL, SCHOOL, Band.ASK, 2.5, ())
    links = Links((CIVIL, SCHOOL), (pair,), LinkSettings(), {})
    return combine([source("civil_affairs", first), source("education", second)], links=links)


def test_who_may_be_one_child_with_another_row_waits_unless_its_own_id_says_whose_file_it_is(file_store):
    found = perhaps_one(NAMED | {"child.resident_id": number(1, "20140203")}, NAMED)
    sure, waiting = file_store.import_survey(found, by=BY)
    assert (sure.filing, waiting.filing, waiting.ref) == (Filing.WRITTEN, Filing.NOT_FILED, None)
    assert "decide, then file" in waiting.why.en
    one = found.same(CIVIL, SCHOOL, by=BY)
    assert [child.ref for child in file_store.import_survey(one, by=BY)] == [sure.ref]
    assert file_store.refs(at=DAY) == (sure.ref,), "nobody has two files"


def test_two_rows_without_an_id_that_may_be_one_child_both_wait(file_store):
    found = perhaps_one(NAMED, NAMED | {"child.registration.division": "330199"})
    assert file_store.import_survey(found, by=BY).counts["not_filed"] == 2
    two = found.different(CIVIL, SCHOOL, by=BY)
    assert file_store.import_survey(two, by=BY).counts["written"] == 2


def test_two_valid_ids_that_may_be_one_childs_both_wait_until_it_is_decided_or_asked_for(file_store):
    """A mistyped number would make two files of one child."""
    lists_ = [source("civil_affairs", NAMED | {"child.resident_id": number(1, "20140203")}, row()),
              source("education", NAMED | {"child.resident_id": number(3, "20140203")})]  # fmt: skip
    found = combine(lists_)
    done = file_store.import_survey(found, by=BY)
    assert [(child.filing, child.two_ids, child.ref is None) for child in done] == [
        (Filing.NOT_FILED, True, True), (Filing.WRITTEN, False, False), (Filing.NOT_FILED, True, True),
    ]  # fmt: skip
    assert "check the cards" in done[0].why.en
    assert not stray(done[0].text, "ID", "two_ids=True")
    assert done.summary("en").endswith(
        "; of those not filed, 2 with two valid IDs that may be one child's, to be decided"
    )
    assert "两个有效身份证号" in done.summary("zh")
    told_apart = found.different(CIVIL, SCHOOL, by=BY)
    with CaseStore("sqlite://") as other:
        assert other.import_survey(told_apart, by=BY).summary("en").startswith("3 children = 3 written")
    assert file_store.import_survey(found, by=BY, two_ids=True).counts["written"] == 2


def test_a_child_with_two_resident_ids_waits_until_somebody_says_which(file_store):
    found = combine(
        [source("civil_affairs", {"child.resident_id": ID}), source("education", {"child.resident_id": OTHER})]
    )
    found = found.same(CIVIL, SCHOOL, by=BY)
    (child,) = file_store.import_survey(found, by=BY)
    assert (child.filing, child.ref) == (Filing.NOT_FILED, None)
    assert not stray(child.text, "ID")
    decided = found.take("child.resident_id", SCHOOL, by=BY)
    (child,) = file_store.import_survey(decided, by=BY)
    assert child.ref == file_store.pseudonym(f"id:{OTHER}")


def test_a_child_known_by_name_alone_waits_while_its_name_is_disputed_and_is_named_to_be_looked_at(file_store):
    apart = {"child.birth_date": "2014-02-03", "child.sex": "female"}
    rows = [apart | {"child.name": name} for name in ("王三秘", "王三米")]
    found = combine([source("civil_affairs", rows[0]), source("civil_affairs.b", rows[1])])
    found = found.same(CIVIL, RowKey("civil_affairs.b", "表", 2), by=BY)
    (child,) = file_store.import_survey(found, by=BY)
    assert child.filing is Filing.NOT_FILED
    (child,) = file_store.import_survey(found.take("child.name", CIVIL, by=BY), by=BY)
    assert (child.filing, child.without_id) == (Filing.WRITTEN, True)


def test_nobody_knows_whose_row_it_is_without_id_and_name(file_store):
    (child,) = file_store.import_survey(combine([source("civil_affairs", {"household.size": 3})]), by=BY)
    assert (child.filing, file_store.refs()) == (Filing.NOT_FILED, ())
    assert "身份证号" in child.why.zh


def test_a_survey_goes_into_the_files_that_a_ledger_began(file_store):
    listed = source("civil_affairs", row(household__size=3), NAMED)
    file_store.import_ledger(listed.ledger, at=DAY, by=BY)
    later = source("civil_affairs", row(household__size=4), NAMED, as_of=OCTOBER)
    done = file_store.import_survey(combine([later]), by=BY)
    assert {child.ref for child in done} == set(file_store.refs(at=OCTOBER))
    assert done.counts == {"written": 1, "unchanged": 1, "before": 0, "not_filed": 0}


def test_two_children_of_one_identity_are_filed_once_and_told(file_store):
    one, other = file_store.import_survey(combine([source("civil_affairs", NAMED, NAMED)]), by=BY)
    assert (one.filing, other.filing) == (Filing.WRITTEN, Filing.NOT_FILED)
    assert one.child in other.why.en


def test_an_erased_child_does_not_come_back_and_a_refused_one_keeps_nobody_else_out(file_store):
    found = combine([source("civil_affairs", row(household__size=3), {"child.resident_id": OTHER})])
    first, second = file_store.import_survey(found, by=BY)
    file_store.erase(first.ref, reason="kept long enough", by=BY)
    file_store.append(second.ref, "facts", {"facts": {"child.living_on_street": True}}, valid_from=DAY, by=BY)
    wrong = {"child.resident_id": OTHER, "child.name": "王三秘"}
    file_store.append(second.ref, "facts", {"facts": {"child.disability.kind": "none"}}, valid_from=OCTOBER, by=BY)
    later = source(
        "civil_affairs", row(household__size=3), wrong | {"child.disability": {"kind": "physical", "grade": "1"}}
    )
    gone, refused = file_store.import_survey(combine([later]), by=BY)
    assert (gone.filing, refused.filing) == (Filing.NOT_FILED, Filing.NOT_FILED)
    assert "erased" in gone.why.en
    assert "contradict itself" in refused.why.en
    assert file_store.refs(at=DAY) == (second.ref,)


def test_whose_file_a_child_belongs_to_can_be_said_and_every_row_is_accounted_for(file_store):
    found = combine([source("civil_affairs", row(), NAMED, skipped=1)])
    seen = []
    done = file_store.import_survey(
        found,
        by=BY,
        refs=lambda child: "own-1" if child.case.child.resident_id else None,
        progress=lambda *step: seen.append(step),
    )
    assert [(child.ref, child.filing) for child in done] == [("own-1", Filing.WRITTEN), (None, Filing.NOT_FILED)]
    assert len(done.skipped) + sum(len(child.rows) for child in done) == 3
    assert seen == [(2, 2)]
    assert len(done.of("written")) == 1
    assert "2 children = 1 written" in done.summary("en")
    assert done.summary("zh").startswith("2 名儿童 = 已写入 1")


def test_nothing_personal_is_shown(file_store):
    found = combine([source("civil_affairs", NAMED), source("education", row(child__name="李四密"))])
    done = file_store.import_survey(found, by=BY)
    shown = repr(done) + "".join(str(child.text) for child in done)
    assert "child.name" in repr(done)
    assert not [secret for secret in ("王三秘", "李四密", ID, "2014-02-03") if secret in shown]


def test_an_interrupted_import_is_simply_started_again(tmp_path):
    found = combine([source("civil_affairs", *({"child.resident_id": number(n)} for n in range(1, 5)))])
    with CaseStore(f"sqlite:///{tmp_path}/cases.db") as store:
        store.import_survey(combine([source("civil_affairs", {"child.resident_id": number(1)})]), by=BY)
        assert store.import_survey(found, by=BY).counts == {"written": 3, "unchanged": 0, "before": 1, "not_filed": 0}
        assert store.verify()


# ---- lists that were not brought up to date ------------------------------------------------------------------------------


def corrected(store):
    """A list of July says that the household has 3 members; somebody found out that it has 4."""
    store.import_survey(combine([source("civil_affairs", row(household__size=3), as_of=JULY)]), by=BY)
    store.correct(ref_of(store), 1, {"household.size": 4}, reason="miscounted", by=BY)


def test_a_newer_list_that_repeats_the_old_undoes_nothing_and_says_so(file_store):
    corrected(file_store)
    stale = combine([source("civil_affairs", row(household__size=3, child__health="healthy"))])
    done = file_store.import_survey(stale, by=BY)
    (child,) = done
    assert (child.filing, child.facts, child.held_back) == (Filing.WRITTEN, ("child.health",), ("household.size",))
    assert size(file_store, DAY) == 4
    assert "household" in child.text.en
    assert not stray(child.text)
    assert done.summary("en").endswith(
        "; of 1 child lists contradict what somebody recorded, name a place in another county, or take back a stated end or death: not taken, to be checked"
    )
    assert "1 名儿童有名单所报与由人记载的不符" in done.summary("zh")
    (asked,) = file_store.doubts(child.ref)
    assert (asked.path, asked.lists, asked.since) == ("household.size", ("civil_affairs",), DAY)
    later = combine([source("civil_affairs", row(household__size=3), as_of=OCTOBER)])
    (child,) = file_store.import_survey(later, by=BY)
    assert (child.filing, child.held_back, len(file_store.doubts(child.ref))) == (
        Filing.UNCHANGED,
        ("household.size",),
        1,
    )


def test_a_dispute_between_the_old_value_and_the_recorded_one_leaves_that_alone(file_store, asking):
    corrected(file_store)
    (child,) = file_store.import_survey(
        combine(lists(row(household__size=3), row(household__size=4), days=(DAY, OCTOBER)), trust=asking), by=BY
    )
    assert (size(file_store, OCTOBER), child.open, child.held_back) == (4, ("household.size",), ("household.size",))
    (child,) = file_store.import_survey(
        combine(lists(row(household__size=3), row(household__size=5), days=(DAY, OCTOBER)), trust=asking), by=BY
    )
    assert (size(file_store, OCTOBER), child.held_back) == (4, ("household.size",)), "only a person changes it"
    asked = file_store.doubts(child.ref)
    assert sorted(file_store.entry(each.entry).body["claims"]["household.size"] for each in asked) == [3, 5]


def test_who_is_no_longer_on_a_newer_list_is_told_and_stays_open(file_store):
    both = [{"child.resident_id": number(n), "household.size": 3} for n in (1, 3)]
    first = combine([source("civil_affairs", *both, as_of=JULY), source("education", both[0], as_of=JULY)])
    file_store.import_survey(first, by=BY)
    assert file_store.no_longer_listed(first) == ()
    later = combine([source("civil_affairs", both[0]), source("civil_affairs.b", both[1])])
    (gone,) = file_store.no_longer_listed(later)
    ref = file_store.pseudonym(f"id:{number(3)}")
    assert (gone.ref, gone.source, gone.last, gone.as_of) == (ref, "civil_affairs", JULY, DAY)
    assert not stray(gone.text, "civil_affairs")
    assert ref in file_store.refs()
    assert file_store.no_longer_listed(later, division="330199") == ()
    file_store.close_file(ref, reason="adopted", last_paid=None, by=BY)
    assert file_store.no_longer_listed(later) == ()


def test_nobody_is_said_to_have_gone_who_may_be_there(file_store):
    file_store.import_survey(combine([source("civil_affairs", {"child.resident_id": OTHER}, as_of=JULY)]), by=BY)
    lists_ = [source(code, {"child.resident_id": said}) for code, said in (("civil_affairs", ID), ("education", OTHER))]
    one = combine(lists_).same(CIVIL, SCHOOL, by=BY)
    assert one.children[0].open, "which ID is right is not decided"
    assert file_store.no_longer_listed(one) == ()
    assert file_store.no_longer_listed(one.take("child.resident_id", SCHOOL, by=BY)) == ()
    assert len(file_store.no_longer_listed(one.take("child.resident_id", CIVIL, by=BY))) == 1


DAYS = st.sampled_from([JULY, dt.date(2025, 8, 1), DAY])
SAID = st.fixed_dictionaries(
    {},
    optional={
        "household.size": st.sampled_from([3, 4]),
        "child.schooling.stage": st.sampled_from(["primary", "junior_middle"]),
        "child.disability.kind": st.sampled_from(["none", "physical"]),
        "child.disability.grade": st.sampled_from(["none", "1", "2"]),
        "father.birth_date": st.sampled_from(["1980", "1980-03", "1980-03-05", "1981"]),
        "household.aid": st.sampled_from([[], ["dibao"]]),
    },
).filter(lambda said: ("child.disability.grade" in said) <= ("child.disability.kind" in said))
SAID = SAID.filter(lambda s: (s.get("child.disability.kind") == "none") == (s.get("child.disability.grade") == "none"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SAID, DAYS), min_size=1, max_size=3), SAID, st.randoms(use_true_random=False))
def test_on_the_day_of_the_newest_list_the_file_says_what_the_survey_says(said, before, random):
    """Whatever the lists say, whatever the file held, and however much is decided; and again changes nothing. Only what the file
    said more exactly stays.
    """
    codes = ("civil_affairs", "civil_affairs.b", "education")
    sources = [source(code, row() | facts, as_of=day) for code, (facts, day) in zip(codes, said, strict=False)]
    with CaseStore("sqlite://") as store:
        # What a list says of a disability may contradict what the file held, which is told and not filed: see above.
        held = {"child.resident_id": ID} | {path: v for path, v in before.items() if "disability" not in path}
        earlier = FactSource("older", "表", 2, dt.date(2025, 1, 1), tuple(held))
        case = Case.from_facts({"ref": ref_of(store), **held})
        store.record_many([Recording(case, dt.date(2025, 1, 1), by=BY, sources=(earlier,))])
        found = combine(sources)
        for survey in (found, decided_by_chance(found, random)):
            (child,) = store.import_survey(survey, by=BY)
            assert child.why is None
            wanted = facts_of(survey.children[0].case)
            newest = max(day for _, day in said)
            filed = facts_of(store.case(child.ref, at=newest))
            mentioned = set(survey.children[0].facts)
            wanted |= {p: v for p, v in held.items() if is_within(p, wanted.get(p), v)}
            assert {path: filed.get(path) for path in mentioned} == {path: wanted.get(path) for path in mentioned}
            head = store.head()
            assert store.import_survey(survey, by=BY).counts["before"] + (not child.entries) >= 1
            assert store.head() == head
        assert store.verify()


def decided_by_chance(survey, random):
    """The survey with its open facts decided, by chance, one way or the other."""
    while survey.to_decide:
        question = survey.to_decide[0]
        survey = survey.decide(question, random.choice(question.rows), by=BY)
    return survey


# ---- an older list's word against a newer one's --------------------------------------------------------------------

FATHER = "father.situations"
INSIDE = {"kind": "imprisoned", "since": "2024-01-10", "term_months": 36, "ongoing": True}


def by_trust(first, second, *, days=(JULY, DAY)):
    """One child in the list of the police, whose word on parents counts, and in that of civil affairs."""
    codes = ("public_security", "civil_affairs")
    return [
        source(code, row(**facts), as_of=day) for code, facts, day in zip(codes, (first, second), days, strict=True)
    ]


def unattended(**facts):
    """A child as rows say it, but for its place and its birth date, which its ID says."""
    return {
        path: value
        for path, value in facts_of(child(**facts)).items()
        if path not in ("division_code", "child.birth_date")
    }


def test_what_the_order_of_trust_took_against_a_newer_list_is_counted_and_named(store):
    done = store.import_survey(combine(by_trust({FATHER: [INSIDE]}, {FATHER: []})), by=BY)
    (each,) = done
    assert each.overruled == (FATHER,)
    assert each.held_back == ()
    assert "of 1 child the order of trust took an older list's word against a newer one's" in done.summary("en")
    assert "father: situations" in each.text.en
    assert not stray(each.text)
    assert store.case(each.ref, at=DAY).father.situations[0].kind == "imprisoned"
    (asked,) = store.doubts(each.ref)
    assert (asked.path, asked.lists, asked.since, asked.overruled) == (FATHER, ("civil_affairs",), DAY, True)


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        pytest.param([INSIDE], [], (DAY, JULY), id="the newer one counts"),
        pytest.param([INSIDE], [], (DAY, DAY), id="of one day"),
        pytest.param([INSIDE], [{"kind": "imprisoned"}], (JULY, DAY), id="says only less"),
    ],
)
def test_nothing_is_named_where_no_newer_list_was_overruled(store, first, second, days):
    done = store.import_survey(combine(by_trust({FATHER: first}, {FATHER: second}, days=days)), by=BY)
    assert done[0].overruled == ()
    assert store.doubts(done[0].ref) == ()


def test_it_is_due_where_money_changes_by_it_until_somebody_has_answered(store):
    book = rules()
    first = unattended() | {FATHER: [INSIDE], "child.registration.division": "330106"}
    done = store.import_survey(combine(by_trust(first, {FATHER: [], "household.size": 4})), by=BY)
    ref = done[0].ref
    (item,) = store.due(book, today=DAY).of("doubt")
    assert "the word of an older list, which was taken by the order of trust" in item.what.en
    assert not stray(item.what)
    store.record(Case.from_facts({"ref": ref, FATHER: [INSIDE]}), at=DAY, by=BY)
    assert (store.due(book, today=DAY).of("doubt"), store.doubts(ref)) == ((), ())


def test_it_is_not_due_where_no_money_changes(store):
    done = store.import_survey(combine(by_trust({FATHER: [INSIDE]}, {FATHER: [{"kind": "lost_contact"}]})), by=BY)
    assert store.doubts(done[0].ref)
    assert store.due(rules(), today=DAY).of("doubt") == ()


def test_the_same_lists_next_month_ask_once_and_a_list_that_comes_round_asks_no_more(store):
    for day in (DAY, OCTOBER):
        done = store.import_survey(combine(by_trust({FATHER: [INSIDE]}, {FATHER: []}, days=(JULY, day))), by=BY)
    ref = done[0].ref
    assert len(store.doubts(ref)) == 1
    agreed = by_trust({FATHER: [INSIDE]}, {FATHER: [INSIDE]}, days=(JULY, dt.date(2025, 11, 1)))
    store.import_survey(combine(agreed), by=BY)
    assert store.doubts(ref) == ()

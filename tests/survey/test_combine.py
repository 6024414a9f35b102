"""One child each out of several lists: what is joined, what is taken, and what is said about it."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import survey
from kinderguard.model import PartialDate
from kinderguard.survey import ChosenBy, RowKey, SurveyError, TrustOrder, TrustRule, combine
from kinderguard.survey.ledger import Ledger
from survey.lists import DAY, number, source, write

ID = number(1)
EARLIER = dt.date(2025, 6, 1)


def known(path, first, second, *, codes=("civil_affairs", "education"), days=(DAY, DAY), trust=None, **more):
    """The only child of two lists that say something of one fact."""
    rows = [{"child.resident_id": ID, path: value} | more for value in (first, second)]
    lists = [
        source(code, {k: v for k, v in row.items() if v is not None}, as_of=day)
        for code, row, day in zip(codes, rows, days, strict=True)
    ]
    (child,) = combine(lists, trust=trust).children
    return child


def value_of(child, path):
    value = child.case
    for part in path.split("."):
        value = getattr(value, part)
    return value


def test_a_user_reads_lists_of_three_departments_and_asks_for_one_fact(tmp_path):
    civil = write(
        tmp_path / "civil.csv",
        {"儿童姓名": "张一", "身份证号": ID, "家庭人口": "3"}, {"儿童姓名": "李二", "身份证号": number(2)},
    )  # fmt: skip
    school = write(tmp_path / "school.csv", {"学生姓名": "张一", "身份证件号": ID, "家庭人口": "5", "就读学段": "小学"})
    police = write(tmp_path / "police.csv", {"姓名": "张一", "公民身份号码": ID}, {"姓名": "", "性别": "男"})
    result = survey.combine([
        survey.read_source(civil, "civil_affairs", as_of=DAY),
        survey.read_source(school, "education", as_of=DAY),
        survey.read_source(police, "public_security", as_of=DAY),
    ])  # fmt: skip
    assert [len(child.rows) for child in result.children] == [3, 1]
    child = result.children[0]
    assert (child.case.household.size, child.case.child.schooling.stage) == (3, "primary")
    assert [(s.value, s.source, s.row, s.as_of, s.chosen) for s in child.facts["household.size"]] == [
        (3, "civil_affairs", RowKey("civil_affairs", "civil", 2), DAY, True),
        (5, "education", RowKey("education", "school", 2), DAY, False),
    ]
    (matter,) = child.disagreements
    assert (matter.path, matter.reason) == ("household.size", ChosenBy.ORDER)
    assert "民政" in matter.text.zh
    assert "civil affairs" in matter.text.en
    assert result.to_decide == ()
    assert [str(s.key) for s in result.skipped] == ["public_security/police/3"]
    assert "5 rows" not in result.summary("en")
    assert "rows: 5" in result.summary("en")
    assert str(result) == result.summary("zh") != result.summary("en")


def test_the_children_can_be_assessed_at_once():
    result = combine([source("civil_affairs", {"child.resident_id": ID, "household.aid": ["dibao"]})])
    book = kinderguard.load()
    assert book.assess(result.cases[0], on=DAY).categories["cn.dibao"] is True


def test_rows_without_an_id_stand_alone():
    row = {"child.name": "王三", "child.birth_date": "2014-02-03"}
    result = combine([source("civil_affairs", row), source("education", row)])
    assert [child.rows for child in result.children] == [
        (RowKey("civil_affairs", "表", 2),), (RowKey("education", "表", 2),),
    ]  # fmt: skip


def test_the_same_child_twice_in_one_list_is_one_child_and_said():
    result = combine([source("civil_affairs", {"child.resident_id": ID}, {"child.resident_id": ID})])
    (child,) = result.children
    assert child.repeated == ("civil_affairs",)
    assert result.counts["repeated"] == 1


def test_two_rows_of_one_list_that_differ_are_a_question_and_the_fact_is_unknown():
    rows = [{"child.resident_id": ID, "household.size": size} for size in (3, 4)]
    result = combine([source("civil_affairs", *rows)])
    (question,) = result.to_decide
    assert (question.path, question.is_open) == ("household.size", True)
    assert "2 rows of one list (civil affairs) differ" in question.text.en
    assert "民政同一名单的 2 行不一致" in question.text.zh
    assert result.children[0].case.household.size is None
    assert not any(said.chosen for said in result.children[0].facts["household.size"])


def test_a_blank_never_overrides_and_is_no_disagreement():
    child = known("household.size", None, 5)
    assert (child.case.household.size, child.disagreements) == (5, ())


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("path", "coarse", "fine"),
    [
        ("child.residence.since", "2024-03", "2024-03-05"),
        ("child.registration.division", "330199", "330199003"),
        ("father.situations", [{"kind": "imprisoned"}], [{"kind": "imprisoned", "since": "2024-01-02", "term_months": 24}]),
        ("guardians", [{"name": "某某"}], [{"name": "某某", "relation": "sibling"}]),
    ],
)  # fmt: skip
def test_a_less_exact_value_is_no_disagreement_and_the_finer_one_is_taken(path, coarse, fine, turned):
    child = known(path, *((fine, coarse) if turned else (coarse, fine)))
    assert child.disagreements == ()
    assert value_of(child, path) == value_of(known(path, None, fine), path)
    assert all(said.chosen for said in child.facts[path])


def test_a_month_of_birth_and_a_day_in_another_month_differ():
    lists = [
        source(code, {"child.name": "王三", "child.birth_date": born}, as_of=DAY)
        for code, born in (("civil_affairs", "2014-02"), ("education", "2014-03-01"))
    ]
    one, other = (s.key("表", 2) for s in lists)
    (child,) = combine(lists).same(one, other).children
    assert [d.path for d in child.disagreements] == ["child.birth_date"]
    assert str(child.case.child.birth_date) == "2014-02"


def test_records_that_know_different_things_of_one_situation_are_put_together():
    child = known(
        "father.situations",
        [{"kind": "imprisoned", "since": "2024-01-02"}],
        [{"kind": "imprisoned", "term_months": 24}],
    )
    (situation,) = child.case.father.situations
    assert (str(situation.since), situation.term_months, child.disagreements) == ("2024-01-02", 24, ())


def test_situations_are_compared_as_sets():
    one, other = ([{"kind": k} for k in kinds] for kinds in (["dead", "away_for_work"], ["away_for_work", "dead"]))
    assert known("father.situations", one, other).disagreements == ()
    child = known("father.situations", one, one[:1])
    assert [d.path for d in child.disagreements] == ["father.situations"]
    assert len(child.case.father.situations) == 2


def test_two_guardians_who_may_be_either_are_not_mixed_up():
    unnamed = [{"relation": "paternal_grandparent", "sex": sex} for sex in ("male", "female")]
    named = [{"relation": "paternal_grandparent", "name": name} for name in ("某甲", "某乙")]
    child = known("guardians", unnamed, named)
    assert [d.path for d in child.disagreements] == ["guardians"]
    assert {g.name for g in child.case.guardians} == {None}


def test_names_that_differ_in_spaces_and_width_are_the_same():
    assert known("child.name", "阿依·古丽", "阿依・ 古丽").disagreements == ()


def test_the_order_of_trust_is_by_fact():
    child = known("child.schooling.stage", "primary", "junior_middle")
    assert (child.case.child.schooling.stage, child.disagreements[0].reason) == ("junior_middle", ChosenBy.ORDER)


def test_a_trusted_but_coarse_value_does_not_settle_what_finer_ones_contradict():
    said = {"civil_affairs": "2024", "education.a": "2024-03", "education.b": "2024-05"}
    trust = TrustOrder.default().with_rule("child.residence", TrustRule(order=["civil_affairs", "education"]))
    lists = [source(code, {"child.resident_id": ID, "child.residence.since": since}) for code, since in said.items()]
    (child,) = combine(lists, trust=trust).children
    assert [d.path for d in child.open] == ["child.residence.since"]
    assert str(child.case.child.residence.since) == "2024"


@pytest.mark.parametrize(("path", "one", "other"), [
    ("father.name", "某甲", "某 甲"), ("household.aid", ["dibao", "tekun"], ["tekun", "dibao"]),
])  # fmt: skip
def test_of_two_ways_to_write_the_same_it_does_not_matter_which_list_comes_first(path, one, other):
    lists = [
        source(code, {"child.resident_id": ID, path: value})
        for code, value in (("education", one), ("education.b", other))
    ]
    first, second = combine(lists).cases[0], combine(lists[::-1]).cases[0]
    assert first.to_json() == second.to_json()
    assert value_of(combine(lists).children[0], path) is not None


def test_a_newer_list_counts_where_the_rule_says_so():
    child = known("child.residence.division", "330199001", "330199002", days=(EARLIER, DAY))
    assert child.case.child.residence.division == "330199002"
    assert child.disagreements[0].reason is ChosenBy.NEWER


def test_a_trusted_but_old_value_gives_way_by_a_stated_rule():
    trust = TrustOrder.default().with_rule("household.size", TrustRule(order=["civil_affairs"], stale_after_days=60))
    fresh = known("household.size", 3, 4, days=(EARLIER, DAY), trust=trust)
    assert (fresh.case.household.size, fresh.disagreements[0].reason) == (4, ChosenBy.FRESH)
    near = known("household.size", 3, 4, days=(dt.date(2025, 8, 1), DAY), trust=trust)
    assert (near.case.household.size, near.disagreements[0].reason) == (3, ChosenBy.ORDER)


def test_two_lists_of_one_department_need_two_codes_and_the_newer_counts():
    rows = [{"child.resident_id": ID, "household.size": size} for size in (3, 4)]
    with pytest.raises(SurveyError, match="code="):
        combine([source("civil_affairs", rows[0]), source("civil_affairs", rows[1])])
    old, new = source("civil_affairs.june", rows[0], as_of=EARLIER), source("civil_affairs.september", rows[1])
    (child,) = combine([old, new]).children
    assert (child.case.household.size, child.disagreements[0].reason) == (4, ChosenBy.NEWER)
    assert "civil_affairs.september" in child.disagreements[0].text.en


def test_where_only_a_person_can_tell_what_the_lists_agree_on_is_kept():
    trust = TrustOrder.default().with_rule("child.registration", TrustRule("ask"))
    child = known("child.registration.division", "330199001", "330199002", trust=trust)
    assert child.case.child.registration.division == "330199"
    assert child.open[0].path == "child.registration.division"


def test_a_harm_that_one_department_reports_is_not_taken_back_by_another():
    child = known("child.harms", [], [{"level": "suspected"}])
    assert [h.level for h in child.case.child.harms] == ["suspected"]
    assert child.disagreements[0].reason is ChosenBy.ALL
    both = known("child.harms", [{"level": "suspected", "kind": "abuse"}], [{"level": "confirmed", "kind": "abuse"}])
    assert {h.level for h in both.case.child.harms} == {"suspected", "confirmed"}


def test_of_two_departments_visits_the_later_one_is_the_last():
    child = known("child.care.last_visit", "2025-06-01", "2025-08-20", codes=("education", "education.b"))
    assert (str(child.case.child.care.last_visit), child.disagreements[0].reason) == ("2025-08-20", ChosenBy.LATEST)
    size = TrustOrder.default().with_rule("household.size", TrustRule("latest"))
    assert known("household.size", 3, 4, trust=size).open[0].path == "household.size"


def test_help_of_every_department_is_kept_and_of_one_policy_the_more_trusted_word():
    child = known(
        "help",
        [{"policy": "cn.orphan_allowance", "amount": "1000.00"}],
        [{"policy": "cn.orphan_allowance", "amount": "900.00"}, {"policy": "cn.boarder_stipend"}],
    )
    assert [(h.policy, str(h.amount)) for h in child.case.help] == [
        ("cn.orphan_allowance", "1000.00"), ("cn.boarder_stipend", "None"),
    ]  # fmt: skip


def test_two_amounts_of_one_policy_in_lists_of_the_same_trust_are_a_question():
    said = [[{"policy": "cn.orphan_allowance", "amount": amount}] for amount in ("1000.00", "900.00")]
    child = known("help", *said, codes=("education", "education.b"))
    assert (child.case.help, [d.path for d in child.open]) == (None, ["help"])


def test_two_valid_ids_of_one_child_are_never_chosen_between_by_rule():
    lists = [source("civil_affairs", {"child.resident_id": ID}), source("education", {"child.resident_id": number(3)})]
    result = combine(lists).same(lists[0].key("表", 2), lists[1].key("表", 2))
    (child,) = result.children
    assert child.case.child.resident_id is None
    assert [q.path for q in result.to_decide] == ["child.resident_id"]
    decided = result.decide(result.to_decide[0], "education")
    assert decided.children[0].case.child.resident_id.reveal() == number(3)


def test_a_birth_date_follows_the_resident_id_that_was_taken():
    lists = [
        source("civil_affairs", {"child.resident_id": ID}),
        source("public_security", {"child.name": "张一", "child.birth_date": "2015-03-15", "child.sex": "female"}),
    ]
    (child,) = combine(lists).same(*(s.key("表", 2) for s in lists)).children
    assert (str(child.case.child.birth_date), child.case.child.sex) == ("2015-03-05", "male")
    assert {d.path: d.reason for d in child.disagreements} == {
        "child.birth_date": ChosenBy.RESIDENT_ID, "child.sex": ChosenBy.RESIDENT_ID,
    }  # fmt: skip


def test_a_sex_that_a_person_decided_against_the_id_leaves_the_id_open_and_the_rest_as_it_was():
    lists = [
        source("civil_affairs", {"child.resident_id": ID}),
        source("public_security", {"child.name": "张一", "child.birth_date": "2015-03", "child.sex": "female"}),
    ]
    joined = combine(lists).same(*(s.key("表", 2) for s in lists))
    (child,) = joined.take("child.sex", lists[1].key("表", 2)).children
    assert (child.case.child.sex, child.case.child.resident_id) == ("female", None)
    assert str(child.case.child.birth_date) == "2015-03-05"
    assert [(d.path, d.contradicts) for d in child.open] == [("child.resident_id", ("child.sex",))]


def test_facts_of_two_lists_that_cannot_stand_together_become_unknown_and_are_asked():
    trust = TrustOrder.default()
    for path, first in (("child.disability.kind", "education"), ("child.disability.grade", "disabled_federation")):
        trust = trust.with_rule(path, TrustRule(order=[first]))
    lists = [
        source("education", {"child.resident_id": ID, "child.disability.kind": "none"}),
        source("disabled_federation", {"child.resident_id": ID, "child.disability.grade": "1"}),
    ]
    (child,) = combine(lists, trust=trust).children
    assert (child.case.child.disability.kind, child.case.child.disability.grade) == (None, None)
    assert {d.path: d.contradicts for d in child.open} == {
        "child.disability.kind": ("child.disability.grade",), "child.disability.grade": ("child.disability.kind",),
    }  # fmt: skip
    assert "不能同时成立" in child.open[0].text.zh


def test_of_facts_that_cannot_stand_together_the_more_trusted_one_is_kept():
    lists = [
        source("education", {"child.resident_id": ID, "child.disability.kind": "none"}),
        source("disabled_federation", {"child.resident_id": ID, "child.disability.grade": "1"}),
    ]
    (child,) = combine(lists).children
    assert (child.case.child.disability.kind, child.case.child.disability.grade) == (None, "1")
    assert [d.path for d in child.open] == ["child.disability.kind"]


def test_who_was_not_believed_about_a_disability_is_not_believed_about_its_grade_and_nobody_is_asked():
    lists = [
        source(
            "civil_affairs",
            {"child.resident_id": ID, "child.disability.kind": "none", "child.disability.grade": "none"},
        ),
        source("disabled_federation", {"child.resident_id": ID, "child.disability.kind": "physical"}),
    ]
    (child,) = combine(lists).children
    assert (child.case.child.disability.kind, child.case.child.disability.grade) == ("physical", None)
    assert child.open == ()
    assert {d.path: d.reason for d in child.disagreements} == {
        "child.disability.kind": ChosenBy.ORDER, "child.disability.grade": ChosenBy.ORDER,
    }  # fmt: skip
    assert not any(said.chosen for said in child.facts["child.disability.grade"])


def test_a_packs_own_fact_is_combined_too():
    child = known("330199.central_heating", True, False)
    assert child.case.extra == {"330199": {"central_heating": True}}
    assert "True" not in repr(child.facts["330199.central_heating"])


def test_a_lost_row_would_be_noticed():
    whole = source("civil_affairs", {"child.resident_id": ID}, {"child.resident_id": number(2)})
    result = combine([whole])
    with pytest.raises(RuntimeError, match="2 rows were read, but 1 came out"):
        type(result)(
            result.sources, result.children[:1], (), result.trust, None, (), (), (), result._register, result._again
        )


def test_the_number_of_a_child_comes_from_its_rows_alone():
    lists = [source(code, {"child.resident_id": ID, "child.name": "张一"}) for code in ("civil_affairs", "education")]
    renamed = [source(code, {"child.resident_id": ID, "child.name": "张义"}) for code in ("education", "civil_affairs")]
    refs = {combine(given).children[0].ref for given in (lists, renamed)}
    assert len(refs) == 1
    assert refs == {combine(lists).children[0].case.ref}


def test_with_a_key_the_number_stays_when_the_row_moves():
    first, key = {"child.resident_id": ID}, b"0123456789abcdef"
    before = combine([source("education", first)], key=key).children[0].ref
    moved = combine([source("education", {"child.resident_id": number(2)}, first)], key=key)
    assert moved.children[1].ref == before
    assert combine([source("education", first)], key=key[::-1]).children[0].ref != before


def test_nothing_given_says_what_to_give():
    with pytest.raises(SurveyError, match="read_source"):
        combine([])


def test_a_row_or_child_that_is_not_there_is_said():
    result = combine([source("education", {"child.resident_id": ID})])
    with pytest.raises(SurveyError, match="no row education/表/9"):
        result.same(RowKey("education", "表", 9), RowKey("education", "表", 2))
    with pytest.raises(SurveyError, match="no child"):
        result.child("c000")
    assert result.child(result.children[0].ref) is result.children[0]


def test_progress_reaches_the_end():
    rows = [{"child.resident_id": number(n)} for n in range(450)]
    steps = []
    combine([source("education", *rows)], progress=lambda done, total: steps.append((done, total)))
    assert steps == [(200, 450), (400, 450), (450, 450)]


def test_nothing_personal_is_shown_anywhere():
    secrets = {
        "child.name": "欧阳秘密", "child.resident_id": ID, "child.registration.address": "秘密路一号", "father.name": "欧阳父秘",
        "father.telephone": "19900009999", "guardians": [{"name": "监护秘密", "resident_id": number(7, "19800102")}],
        "child.note": "备注秘密", "household.number": "户秘密",
    }  # fmt: skip
    other = secrets | {"child.name": "欧阳泄密", "child.registration.address": "泄密路", "father.name": "欧阳泄父"}
    other |= {"guardians": [{"name": "监护泄密"}], "child.note": "泄密", "household.number": "户泄密"}
    asked = combine([source("civil_affairs", secrets), source("civil_affairs.b", other)])
    (pair,) = asked.to_decide
    assert not any(secret in pair.text.zh + pair.text.en for secret in ("秘", "泄密", ID))
    result = asked.decide(pair, True)
    assert len(result.to_decide) >= 5
    shown = [repr(result), str(result), *map(repr, result.children), *map(repr, result.to_decide)]
    shown += [str(q.text) for q in result.to_decide] + [repr(child.facts) for child in result.children]
    shown += [str(s) for s in result.sources] + [repr(s) for s in result.sources]
    text = "\n".join(shown)
    for secret in ["秘密", "泄密", "父秘", "泄父", ID, "19900009999", number(7, "19800102")]:
        assert secret not in text, secret


def test_dates_keep_their_exactness():
    child = known("child.residence.since", "2024", "2024-03")
    assert child.case.child.residence.since == PartialDate(2024, 3)


def test_a_list_of_no_children_is_no_error():
    empty = source("education")
    assert isinstance(empty.ledger, Ledger)
    assert combine([empty]).children == ()

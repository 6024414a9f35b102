"""What persons decide: made, followed, undone, saved without anything personal, and found again next month, or set aside."""

import datetime as dt
import json

import pytest

from kinderguard.casefile import new_key
from kinderguard.survey import (
    DecisionError,
    RowKey,
    SurveyError,
    Withdrawal,
    combine,
    decisions_from_json,
    decisions_to_json,
    read_decisions,
)
from kinderguard.survey.linking.links import Links
from kinderguard.survey.linking.pairs import Band, Pair
from kinderguard.survey.linking.settings import LinkSettings
from survey.lists import DAY, number, source

ID, OTHER = number(1), number(3)
KEY = b"a key that the office keeps"
OCTOBER = dt.date(2025, 10, 1)
CIVIL, SCHOOL = RowKey("civil_affairs", "表", 2), RowKey("education", "表", 2)
NAMED = {"child.name": "王三秘", "child.birth_date": "2014-02-03"}


def sizes(*values, day=DAY, before=0, **more):
    """Lists of departments that say different sizes of one child's household, ``before`` other rows above it."""
    codes = ("civil_affairs", "civil_affairs.b", "civil_affairs.c")
    others = [{"child.resident_id": number(n)} for n in range(100, 100 + before)]
    row = {"child.resident_id": ID} | more
    return [
        source(code, *others, row | {"household.size": value}, as_of=day)
        for code, value in zip(codes, values, strict=False)
    ]


def size(survey):
    return next(c for c in survey.children if c.case.child.resident_id.reveal() == ID).case.household.size


def test_a_person_decides_which_value_counts_and_takes_it_back():
    survey = combine(sizes(3, 4))
    decided = survey.decide(survey.to_decide[0], "civil_affairs.b", by="u12", on=DAY)
    assert (size(survey), size(decided), decided.to_decide) == (None, 4, ())
    assert decided.children[0].disagreements[0].reason.value == "decision"
    (decision,) = decided.decisions
    undone = decided.undo(decision)
    assert (size(undone), undone.decisions, len(undone.to_decide)) == (None, (), 1)


def test_deciding_anew_replaces_what_was_decided_before():
    survey = combine(sizes(3, 4))
    first = survey.take("household.size", RowKey("civil_affairs", "表", 2))
    second = first.take("household.size", RowKey("civil_affairs.b", "表", 2))
    assert (size(first), size(second), len(second.decisions)) == (3, 4, 1)
    assert [(d.rows, d.withdrawn) for d in second.withdrawn] == [(first.decisions[0].rows, Withdrawal())]
    both = combine(sizes(3, 4), decisions=[*first.decisions, *second.decisions])
    assert size(both) == 4
    assert [s.decision for s in both.set_aside] == list(first.decisions)
    assert "replaces" in both.set_aside[0].why.en


def test_what_was_taken_back_or_changed_is_kept_with_who_and_when(tmp_path):
    survey = combine(sizes(3, 4), key=KEY)
    first = survey.take("household.size", CIVIL, by="u1", on=DAY)
    changed = first.take("household.size", RowKey("civil_affairs.b", "表", 2), by="u2", on=OCTOBER)
    undone = changed.undo(changed.decisions[0], by="u3", on=OCTOBER)
    undone.save_decisions(tmp_path / "decisions.json")
    again = combine(sizes(3, 4), key=KEY, decisions=read_decisions(tmp_path / "decisions.json"))
    for each in (undone, again):
        assert (size(each), each.decisions, each.set_aside, len(each.to_decide)) == (None, (), (), 1)
        assert [(d.by, d.withdrawn) for d in each.withdrawn] == [
            ("u1", Withdrawal("u2", OCTOBER)),
            ("u2", Withdrawal("u3", OCTOBER)),
        ]
    with pytest.raises(DecisionError, match="never a name"):
        changed.undo(changed.decisions[0], by="王五")


def test_a_decision_that_holds_is_given_with_its_question_to_decide_otherwise():
    survey = combine([source("civil_affairs", NAMED), source("education", NAMED)], key=KEY).same(CIVIL, SCHOOL)
    ((decision, question),) = survey.decided
    apart = survey.decide(question, False, by="u2", on=DAY)
    assert (decision.kind.value, len(survey.children), len(apart.children)) == ("same", 1, 2)
    taken = combine(sizes(3, 4)).take("household.size", CIVIL)
    ((_, question),) = taken.decided
    assert size(taken.decide(question, "civil_affairs.b")) == 4


def test_a_blank_cannot_be_decided_for():
    lists = [
        source("civil_affairs", {"child.resident_id": ID, "household.size": 3}),
        source("education", {"child.resident_id": ID}),
    ]
    with pytest.raises(SurveyError, match=r"says nothing of household\.size; these rows do: civil_affairs/表/2"):
        combine(lists).take("household.size", SCHOOL)


def test_an_answer_must_fit_its_question():
    survey = combine(sizes(3, 4))
    with pytest.raises(SurveyError, match="'education' says nothing of the fact; answer with a row"):
        survey.decide(survey.to_decide[0], "education")
    with pytest.raises(SurveyError, match="which row counts"):
        survey.decide(survey.to_decide[0], True)
    with pytest.raises(SurveyError, match="no such decision"):
        survey.undo(survey.take("household.size", CIVIL).decisions[0])


@pytest.mark.parametrize("by", ["王五", "330199201503050018", "u" * 30, "13900000000"])
def test_who_decided_is_a_code_and_never_a_name_or_number(by):
    survey = combine(sizes(3, 4))
    with pytest.raises(DecisionError, match="never a name") as error:
        survey.take("household.size", CIVIL, by=by)
    assert by not in str(error.value)


def test_rows_without_an_id_are_joined_by_a_person_and_parted_again():
    lists = [source("civil_affairs", NAMED), source("education", NAMED | {"child.schooling.stage": "primary"})]
    survey = combine(lists)
    joined = survey.same(CIVIL, SCHOOL, by="u12")
    assert [child.rows for child in joined.children] == [(CIVIL, SCHOOL)]
    assert joined.children[0].case.child.schooling.stage == "primary"
    assert len(joined.undo(joined.decisions[0]).children) == 2
    assert len(joined.different(SCHOOL, CIVIL).children) == 2
    with pytest.raises(DecisionError, match="two different rows"):
        survey.same(CIVIL, CIVIL)


def test_rows_that_a_person_told_apart_never_meet_whatever_joins_them():
    row = {"child.resident_id": ID}
    survey = combine([source("civil_affairs", row), source("education", row), source("public_security", row)])
    police = RowKey("public_security", "表", 2)
    parted = survey.different(CIVIL, SCHOOL)
    assert {frozenset(c.rows) for c in parted.children} == {frozenset({CIVIL, police}), frozenset({SCHOOL})}
    clash = parted.same(SCHOOL, police).same(CIVIL, police)
    assert not any({CIVIL, SCHOOL} <= set(c.rows) for c in clash.children)
    assert [s.decision.keys for s in clash.set_aside] == [(CIVIL, police)]
    assert "clashes" in clash.set_aside[0].why.en


def test_decisions_are_saved_without_anything_personal_and_read_again(tmp_path):
    lists = [source("civil_affairs", NAMED | {"household.size": 3}), source("education", NAMED | {"household.size": 4})]
    survey = combine(lists, key=KEY).same(CIVIL, SCHOOL, by="u12", on=DAY).take("household.size", SCHOOL)
    path = tmp_path / "decisions.json"
    survey.save_decisions(path)
    text = path.read_text("utf-8")
    assert not any(secret in text for secret in ("王三秘", "2014-02-03", KEY.decode(), ID))
    assert read_decisions(path) == survey.decisions
    again = combine(lists, decisions=read_decisions(path), key=KEY)
    assert [(c.rows, c.case.household.size) for c in again.children] == [((CIVIL, SCHOOL), 4)]
    assert again.set_aside == ()


def test_the_same_edition_is_recognised_without_a_key():
    decided = combine(sizes(3, 4)).take("household.size", CIVIL)
    assert size(combine(sizes(3, 4), decisions=decided.decisions)) == 3


def test_next_month_a_decision_follows_its_row_by_the_key():
    decided = combine(sizes(3, 4), key=KEY).take("household.size", CIVIL)
    october = combine(sizes(3, 4, day=OCTOBER, before=2), decisions=decided.decisions, key=KEY)
    assert (size(october), october.set_aside, october.to_decide) == (3, (), ())


def test_without_a_key_a_decision_never_falls_on_another_row_next_month():
    decided = combine(sizes(3, 4)).take("household.size", CIVIL)
    october = combine(sizes(3, 4, day=OCTOBER), decisions=decided.decisions)
    assert (size(october), len(october.to_decide)) == (None, 1)
    assert "key=" in october.set_aside[0].why.en
    # Another child now stands in the row that was meant.
    moved = combine(sizes(3, 4, day=OCTOBER, before=1), decisions=decided.decisions, key=KEY)
    assert (size(moved), len(moved.set_aside)) == (None, 1)


def test_a_decision_does_not_outlive_the_values_that_it_was_about():
    decided = combine(sizes(3, 4), key=KEY).take("household.size", CIVIL)
    changed = combine(sizes(3, 5, day=OCTOBER), decisions=decided.decisions, key=KEY)
    assert (size(changed), len(changed.to_decide)) == (None, 1)
    assert "changed since" in changed.set_aside[0].why.en


def test_a_row_that_was_not_seen_opens_the_matter_again():
    decided = combine(sizes(3, 4), key=KEY).take("household.size", CIVIL)
    third = combine(sizes(3, 4, 5), decisions=decided.decisions, key=KEY)
    assert (size(third), len(third.to_decide)) == (None, 1)
    assert "not seen" in third.set_aside[0].why.en
    agreeing = combine(sizes(3, 4, 3), decisions=decided.decisions, key=KEY)
    assert (size(agreeing), agreeing.set_aside) == (3, ())


def test_a_decision_whose_list_or_row_is_gone_is_set_aside():
    decided = combine(sizes(3, 4), key=KEY).take("household.size", CIVIL)
    (gone,) = combine(sizes(3)[:1], decisions=decided.decisions, key=KEY).set_aside
    assert "no list civil_affairs.b" in gone.why.en
    others = [
        source(code, {"child.resident_id": OTHER, "household.size": 3}) for code in ("civil_affairs", "civil_affairs.b")
    ]
    (lost,) = combine(others, decisions=decided.decisions, key=KEY).set_aside
    assert "not in the list civil_affairs any more" in lost.why.en


def test_rows_of_one_list_that_have_moved_are_told_apart_by_what_they_said():
    def twice(*values, day=DAY):
        rows = [
            {"child.resident_id": ID, "household.size": value} if value else {"child.resident_id": OTHER}
            for value in values
        ]
        return [source("civil_affairs", *rows, as_of=day)]

    decided = combine(twice(3, 4), key=KEY).take("household.size", CIVIL)
    for moved in (twice(4, 3, day=OCTOBER), twice(None, 3, 4, day=OCTOBER), twice(None, None, 4, 3, day=OCTOBER)):
        october = combine(moved, decisions=decided.decisions, key=KEY)
        assert (size(october), october.set_aside) == (3, ())
    fewer = combine(
        twice(None, 3, 4, day=OCTOBER),
        decisions=combine(twice(3, 4, 4), key=KEY).take("household.size", CIVIL).decisions,
        key=KEY,
    )
    assert (size(fewer), fewer.set_aside) == (3, ())
    changed = combine(twice(None, 4, 5, day=OCTOBER), decisions=decided.decisions, key=KEY)
    assert "changed since" in changed.set_aside[0].why.en


def test_two_rows_that_are_alike_stay_told_apart_wherever_the_two_stand():
    lists = [source("civil_affairs", NAMED, NAMED)]
    decided = combine(lists, key=KEY).different(CIVIL, RowKey("civil_affairs", "表", 3))
    moved = [source("civil_affairs", {"child.resident_id": ID}, NAMED, NAMED, as_of=OCTOBER)]
    october = combine(moved, decisions=decided.decisions, key=KEY)
    assert october.set_aside == ()
    ((_, question),) = october.decided
    assert {row.row for row in question.rows} == {3, 4}
    one = [source("civil_affairs", {"child.resident_id": ID}, {"child.resident_id": OTHER}, NAMED, as_of=OCTOBER)]
    assert "any more" in combine(one, decisions=decided.decisions, key=KEY).set_aside[0].why.en
    three = [source("civil_affairs", {"child.resident_id": ID}, NAMED, NAMED, NAMED, as_of=OCTOBER)]
    assert "more than one row" in combine(three, decisions=decided.decisions, key=KEY).set_aside[0].why.en


def test_two_rows_that_have_become_one_are_no_longer_a_pair():
    with_id = NAMED | {"child.resident_id": number(1, "20140203")}
    decided = combine([source("civil_affairs", NAMED, with_id)], key=KEY).different(
        CIVIL, RowKey("civil_affairs", "表", 3)
    )
    october = combine([source("civil_affairs", with_id, as_of=OCTOBER)], key=KEY, decisions=decided.decisions)
    assert "any more" in october.set_aside[0].why.en


def test_rows_that_cannot_be_told_apart_are_not_chosen_between():
    decided = combine([source("civil_affairs", NAMED), source("education", NAMED)], key=KEY).same(CIVIL, SCHOOL)
    lists = [source("civil_affairs", {"child.resident_id": ID}, NAMED, NAMED), source("education", NAMED)]
    (aside,) = combine(lists, decisions=decided.decisions, key=KEY).set_aside
    assert "more than one row" in aside.why.en


@pytest.mark.parametrize("key", [b"short", "a text of more than sixteen", "ab"])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(DecisionError, match="a password is no key") as error:
        combine(sizes(3), key=key)
    assert str(key) not in str(error.value)


def test_one_text_is_the_key_everywhere_and_marks_children_alike():
    key = new_key()
    refs = {child.ref for lists in (sizes(3, 4), sizes(3)) for child in combine(lists, key=key).children}
    assert len(refs) == 1
    assert refs.isdisjoint(child.ref for child in combine(sizes(3), key=new_key()).children)


WHOLE = json.loads(decisions_to_json(combine(sizes(3, 4)).take("household.size", CIVIL).decisions))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.update(format="x"), "no file of decisions"),
        (lambda d: d["decisions"][0].pop("rows"), "decision 1 is not whole"),
        (lambda d: d["decisions"][0].update(kind="perhaps"), "decision 1 is not whole"),
        (lambda d: d["decisions"][0].pop("path"), "decision 1 is not whole"),
        (lambda d: d["decisions"][0]["rows"][0].pop("row"), "decision 1 is not whole"),
        (lambda d: d["decisions"][0].update(on="yesterday"), "decision 1 is not whole"),
    ],
)
def test_a_damaged_file_of_decisions_says_where(change, says):
    data = json.loads(json.dumps(WHOLE))
    change(data)
    with pytest.raises(DecisionError, match=says):
        decisions_from_json(json.dumps(data))


def test_a_file_that_is_none_says_so(tmp_path):
    with pytest.raises(DecisionError, match=r"none\.json cannot be read"):
        read_decisions(tmp_path / "none.json")
    with pytest.raises(DecisionError, match="no file of decisions"):
        decisions_from_json("[")


# ---- with the linking --------------------------------------------------------------------------------------------


def links(*pairs, rows=(CIVIL, SCHOOL)):
    found = tuple(Pair(one, other, Band(band), 2.5, ()) for one, other, band in pairs)
    return Links(rows, found, LinkSettings(), {})


def lists():
    return [source("civil_affairs", NAMED), source("education", NAMED)]


def test_the_linking_joins_what_it_is_sure_of_and_asks_the_rest():
    sure = combine(lists(), links=links((CIVIL, SCHOOL, "same")))
    assert [c.rows for c in sure.children] == [(CIVIL, SCHOOL)]
    asking = combine(lists(), links=links((CIVIL, SCHOOL, "ask")))
    (question,) = asking.to_decide
    assert (question.rows, question.weight, len(asking.children)) == ((CIVIL, SCHOOL), 2.5, 2)
    assert (asking.counts["to_decide"], asking.counts["pairs"]) == (1, 1)


@pytest.mark.parametrize(("answer", "children"), [(True, 1), (False, 2)])
def test_a_person_answers_what_the_linking_asks(answer, children):
    asking = combine(lists(), links=links((CIVIL, SCHOOL, "ask")))
    decided = asking.decide(asking.to_decide[0], answer, by="u12")
    assert (len(decided.children), decided.to_decide) == (children, ())
    assert len(decided.undo(decided.decisions[0]).to_decide) == 1
    with pytest.raises(SurveyError, match="True or False"):
        asking.decide(asking.to_decide[0], "education")


def test_a_person_parts_what_the_linking_joined():
    joined = combine(lists(), links=links((CIVIL, SCHOOL, "same")))
    assert len(joined.different(CIVIL, SCHOOL).children) == 2

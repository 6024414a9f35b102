"""Two rows that agree in all but the resident ID are asked about, within one list and across, with and without linking."""

import pytest

from kinderguard.commands.questions import Answer, AnswerError, answered, asked, decided, undone
from kinderguard.survey import LinkSettings, OpenPair, RowKey, Withdrawal, combine
from kinderguard.survey.linking import Links
from survey.lists import DAY, number, source

CIVIL, CIVIL3, SCHOOL = RowKey("civil_affairs", "表", 2), RowKey("civil_affairs", "表", 3), RowKey("education", "表", 2)
CHILD = {
    "child.name": "张宁远",
    "father.name": "张文川",
    "mother.name": "何星",
    "child.registration.address": "柳溪镇上湾村7号",
}
FIRST, SECOND = CHILD | {"child.resident_id": number(1)}, CHILD | {"child.resident_id": number(3)}


def pairs(survey):
    return [question.rows for question in survey.to_decide if isinstance(question, OpenPair)]


def two_lists(second=SECOND, **more):
    return combine([source("civil_affairs", FIRST), source("education", second)], **more)


def test_two_valid_numbers_beside_the_same_name_and_birth_date_are_asked_about():
    survey = two_lists()
    assert pairs(survey) == [(CIVIL, SCHOOL)]
    (question,) = survey.to_decide
    assert "身份证号不同" in question.text.zh
    assert "the father's name" in question.text.en
    assert "柳溪镇" not in question.text.zh + question.text.en
    assert survey.counts["pairs"] == 1


def test_they_are_asked_about_within_one_list_too():
    assert pairs(combine([source("civil_affairs", FIRST, SECOND)])) == [(CIVIL, CIVIL3)]


def test_they_are_asked_about_beside_the_linking_which_never_weighs_two_numbers():
    numbers = {CIVIL: 1, SCHOOL: 2}
    survey = two_lists(links=Links((CIVIL, SCHOOL), (), LinkSettings(), numbers))
    assert pairs(survey) == [(CIVIL, SCHOOL)]
    ((mark, _, may, _, _, rows, *_),) = asked(survey, "en", personal=False)
    assert may.startswith("no (")
    after, left = answered(
        survey, [Answer(mark, rows, "yes", 2)], by="u1", on=DAY, name="a.csv", progress=lambda *_: None
    )
    assert pairs(after) == [(CIVIL, SCHOOL)]
    assert "correct the wrong number" in left[0][1].en
    after, left = answered(
        survey, [Answer(mark, rows, "no", 2)], by="u1", on=DAY, name="a.csv", progress=lambda *_: None
    )
    assert (pairs(after), left) == ([], ())


def test_another_answer_about_a_decided_pair_is_a_change_of_mind_and_the_pair_can_be_undone():
    survey = two_lists()
    ((mark, _, _, _, _, rows, *_),) = asked(survey, "en", personal=False)

    def answer(survey, text, by):
        return answered(survey, [Answer(mark, rows, text, 2)], by=by, on=DAY, name="a.csv", progress=lambda *_: None)

    apart, left = answer(survey, "no", "u1")
    assert (len(apart.children), left) == (2, ())
    assert answer(apart, "no", "u2")[0].decisions == apart.decisions  # nothing new
    one, left = answer(apart, "yes", "u2")
    assert (len(one.children), left) == (1, ())
    assert [(d.kind.value, d.by, d.withdrawn) for d in one.withdrawn] == [("different", "u1", Withdrawal("u2", DAY))]
    assert [row[0] for row in decided(one, "en")] == [mark, ""]
    again = undone(one, mark, by="u3", on=DAY)
    assert (len(again.children), len(again.withdrawn)) == (2, 2)
    assert pairs(again) == [(CIVIL, SCHOOL)]
    with pytest.raises(AnswerError, match=mark):
        undone(again, mark, by="u3", on=DAY)


def test_who_was_told_apart_is_not_asked_about_again_and_who_is_one_child_is_asked_for_the_number():
    survey = two_lists()
    (question,) = survey.to_decide
    assert survey.decide(question, False).to_decide == ()
    one = survey.decide(question, True)
    assert [asked.path for asked in one.to_decide] == ["child.resident_id"]


def test_the_same_parents_are_enough_where_the_birth_date_differs():
    assert pairs(two_lists(SECOND | {"child.resident_id": number(1, "20150306")})) == [(CIVIL, SCHOOL)]


@pytest.mark.parametrize(
    "changes",
    [
        {"father.name": "李明川", "mother.name": "陈可"},
        {"child.name": "张宁近"},
        {"child.resident_id": number(1)},
        {"child.resident_id": number(1, "20150306"), "mother.name": None},
    ],
    ids=["other parents", "another name", "one number", "another birth date and one parent"],
)
def test_nobody_is_asked_about_two_children_or_one(changes):
    second = {path: value for path, value in (SECOND | changes).items() if value is not None}
    assert pairs(two_lists(second)) == []

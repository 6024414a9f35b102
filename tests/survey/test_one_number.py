"""Rows with one resident ID and different names are asked about: a number copied from a twin must lose no child."""

import datetime as dt

import pytest

from kinderguard.commands.questions import Answer, answered, asked
from kinderguard.survey import OpenPair, RowKey, combine, decisions_from_json, decisions_to_json
from survey.lists import DAY, number, source

ID, KEY = number(1), b"0123456789abcdef"
MING = {
    "child.name": "孙子明", "child.resident_id": ID, "child.birth_date": "2015-03-05", "father.name": "孙大山",
    "mother.name": "何小芳", "child.registration.division": "330199001",
}  # fmt: skip
WEN = MING | {"child.name": "孙子文", "child.registration.division": "330199002"}
FIRST, SECOND, SCHOOL = RowKey("civil_affairs", "表", 2), RowKey("civil_affairs", "表", 3), RowKey("education", "表", 2)
LINKING = pytest.mark.parametrize("linking", [False, True], ids=["by ID", "linked"])


def surveyed(*sources, linking=False, **more):
    if linking:
        from kinderguard.survey import link, rows_of

        more["links"] = link(rows_of(sources), progress=False)
    return combine(sources, **more)


def pairs(survey):
    return [question.rows for question in survey.to_decide if isinstance(question, OpenPair)]


def groups(survey):
    return [child.rows for child in survey.children]


@LINKING
def test_a_twin_with_the_number_of_the_other_is_no_part_of_the_other(linking):
    survey = surveyed(source("civil_affairs", MING, WEN), linking=linking)
    assert groups(survey) == [(FIRST,), (SECOND,)]
    (question,) = survey.to_decide
    assert (question.rows, question.one_id, question.two_ids) == ((FIRST, SECOND), True, False)
    assert "双胞胎" in question.text.zh
    assert "twins" in question.text.en
    assert not any(name in question.text.zh + question.text.en for name in ("孙", "何", ID))


@LINKING
def test_both_answers_are_taken(linking):
    survey = surveyed(source("civil_affairs", MING, WEN), linking=linking)
    (question,) = survey.to_decide
    two = survey.decide(question, False)
    assert (groups(two), two.to_decide, two.held_back) == ([(FIRST,), (SECOND,)], (), ())
    one = survey.decide(question, True)
    assert groups(one) == [(FIRST, SECOND)]
    assert "child.name" in [each.path for each in one.to_decide]
    ((decision, again),) = one.decided
    assert again.one_id
    assert pairs(one.undo(decision)) == [(FIRST, SECOND)]


@LINKING
def test_the_sheet_takes_either_answer(linking):
    survey = surveyed(source("civil_affairs", MING, WEN), linking=linking)
    ((mark, _, may, _, _, rows, *_),) = asked(survey, "en", personal=False)
    assert may == "yes (one child) / no"
    for answer, children in (("yes", 1), ("no", 2)):
        given = [Answer(mark, rows, answer, 2)]
        after, left = answered(survey, given, by="u1", on=DAY, name="a.csv", progress=lambda *_: None)
        assert (len(after.children), left) == (children, ())


@LINKING
def test_one_id_with_two_names_is_asked_about_across_lists_too(linking):
    survey = surveyed(source("civil_affairs", MING), source("education", WEN), linking=linking)
    assert pairs(survey) == [(FIRST, SCHOOL)]
    assert len(survey.children) == 2


@LINKING
@pytest.mark.parametrize(
    ("one", "other"), [("张宁远", "張寧遠"), ("张宁远", " 张 宁远"), ("阿依·古丽", "阿依古丽"), ("张宁远", None)]
)
def test_one_name_written_otherwise_or_left_out_is_one_child(one, other, linking):
    rows = [{path: value for path, value in (MING | {"child.name": name}).items() if value} for name in (one, other)]
    assert groups(surveyed(source("civil_affairs", *rows), linking=linking)) == [(FIRST, SECOND)]
    assert len(surveyed(source("civil_affairs", rows[0]), source("education", rows[1]), linking=linking).children) == 1


@LINKING
def test_a_row_without_a_name_is_given_to_neither_of_two_that_share_its_id(linking):
    bare = {"child.resident_id": ID}
    survey = surveyed(source("civil_affairs", MING, WEN), source("education", bare), linking=linking)
    assert groups(survey) == [(FIRST,), (SECOND,), (SCHOOL,)]
    assert pairs(survey) == [(FIRST, SECOND), (FIRST, SCHOOL), (SECOND, SCHOOL)]
    decided = survey.same(SCHOOL, SECOND).different(FIRST, SECOND)
    assert (groups(decided), pairs(decided)) == ([(FIRST,), (SECOND, SCHOOL)], [])


@LINKING
def test_rows_of_other_lists_go_with_their_own_name_and_one_question_is_asked(linking):
    survey = surveyed(source("civil_affairs", MING, WEN), source("education", WEN, MING), linking=linking)
    assert groups(survey) == [(FIRST, RowKey("education", "表", 3)), (SECOND, SCHOOL)]
    assert len(pairs(survey)) == 1
    assert len(survey.decide(survey.to_decide[0], True).children) == 1


@LINKING
def test_the_right_number_of_the_twin_in_another_list_is_told_by_a_question_of_its_own(linking):
    right = WEN | {"child.resident_id": number(3)}
    survey = surveyed(source("civil_affairs", MING, WEN), source("education", right), linking=linking)
    assert sorted(pairs(survey)) == [(FIRST, SECOND), (SECOND, SCHOOL)]
    assert len(survey.children) == 3


@pytest.mark.parametrize("answer", [True, False])
def test_an_answer_is_found_again_in_the_next_edition_by_id_and_name(answer):
    survey = combine([source("civil_affairs", MING), source("education", WEN)], key=KEY)
    kept = decisions_from_json(decisions_to_json(survey.decide(survey.to_decide[0], answer, by="u1", on=DAY).decisions))
    october = dt.date(2025, 10, 1)
    lists = [source("civil_affairs", WEN, MING, as_of=october), source("education", WEN, as_of=october)]
    again = combine(lists, key=KEY, decisions=kept)
    assert again.set_aside == ()
    assert (RowKey("civil_affairs", "表", 3) in again.by_row[SCHOOL].rows) is answer
    assert (SCHOOL in again.by_row[FIRST].rows) is True  # the same name and the same number


def test_an_answer_about_a_row_without_a_name_is_found_again_too():
    bare = {"child.resident_id": ID}
    survey = combine([source("civil_affairs", MING, WEN, bare)], key=KEY)
    kept = survey.same(RowKey("civil_affairs", "表", 4), SECOND).decisions
    again = combine([source("civil_affairs", bare, MING, WEN, as_of=dt.date(2025, 10, 1))], key=KEY, decisions=kept)
    assert again.set_aside == ()
    assert groups(again) == [(FIRST, RowKey("civil_affairs", "表", 4)), (SECOND,)]


def test_deciding_again_gives_what_a_new_survey_gives():
    lists = [source("civil_affairs", MING, WEN, {"child.resident_id": number(5)}), source("education", WEN)]
    survey = combine(lists)
    decided = survey.decide(survey.to_decide[0], True)
    assert groups(decided) == groups(combine(lists, decisions=decided.decisions))
    assert groups(decided.undo(decided.decisions[0])) == groups(survey)


def test_a_ledger_says_that_a_repeated_id_may_be_twins(read):
    cells = {"身份证号": ID, "出生日期": "2015-03-05"}
    ledger = read(cells | {"儿童姓名": "孙子明"}, cells | {"儿童姓名": "孙子文"})
    told = [problem.message for problem in ledger.all_problems if problem.code == "ledger.duplicate"]
    assert len(told) == 2
    assert all("双胞胎" in text.zh and "twins" in text.en for text in told)

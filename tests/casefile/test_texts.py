"""Free texts that are kept for good: nobody's name in them, however it is written; and what lists are called."""

import datetime as dt
import sqlite3

import attrs
import pytest

from kinderguard import Case
from kinderguard.casefile import EntryRefusedError
from kinderguard.casefile.chain.texts import check_text, names_said, perhaps_names
from kinderguard.survey import combine
from survey.lists import number, source

BY, DAY = "330199.u1", dt.date(2025, 9, 1)


@pytest.mark.parametrize(
    "text", ["子涵的祖母", "陈-子-涵", "陈 子·涵", "陳子涵", "陈子涵同学", "Chen Zihan", "zihan chen", "Chén Zǐ-hán"]
)
def test_a_name_is_known_however_it_is_written(text):
    assert names_said(text, ["陈子涵"])


@pytest.mark.parametrize("text", ["随母亲迁居", "把孩子，涵养的事", "陈某", "The child then went", "zihanchenlu"])
def test_what_is_no_name_may_be_written(text):
    assert not names_said(text, ["陈子涵"])


def test_a_name_across_a_comma_is_none_and_one_of_two_characters_is_known_whole():
    assert not names_said("收拾行李，明天走", ["李明"])
    assert names_said("李明的父亲", ["李明"])
    assert not names_said("明天", ["李明"])


def test_a_surname_of_two_characters_and_a_name_with_a_dot_are_cut_where_they_are_cut():
    assert names_said("小雨说的", ["欧阳小雨"])
    assert names_said("古丽来过", ["阿依·古丽"])
    assert not names_said("阳光小", ["欧阳小雨"])


def test_only_runs_of_characters_may_be_names():
    assert perhaps_names("与甲乙丙 abc") >= {"甲乙", "甲乙丙", "与甲乙丙"}
    assert perhaps_names("visit, 12") == set()


def filed(store, ref, name, born="2013-07-11", **more):
    case = Case.from_facts({"ref": ref, "child.name": name, "child.birth_date": born} | more)
    return store.record(case, at=DAY, by=BY)


def test_neither_the_guardian_by_the_given_name_nor_the_twin_is_written_of(file_store):
    filed(file_store, "a", "甲一一", guardians=[{"name": "陈老根", "relation": "paternal_grandparent"}])
    filed(file_store, "b", "甲二二")
    filed(file_store, "c", "赵雨桐", born="2014-01-01")
    for reason in ("老根说的", "与甲二二同住", "与甲-二-二同住", "與甲二二同住"):
        with pytest.raises(EntryRefusedError) as told:
            file_store.close_file("a", reason="other", note=reason, last_paid=None, by=BY)
        assert not any(name in str(told.value) for name in ("老根", "甲二二"))
    file_store.close_file("a", reason="other", note="祖父说的，随姑姑迁居", last_paid=None, by=BY)


@pytest.mark.parametrize("reason", ["嘉悦的姐姐同意", "与嘉 悦同住", "與嘉悦同住"])
def test_a_twin_is_not_written_of_by_the_given_name_alone(file_store, reason):
    filed(file_store, "a", "陈嘉怡")
    filed(file_store, "b", "陈嘉悦")
    with pytest.raises(EntryRefusedError) as told:
        file_store.close_file("a", reason="other", note=reason, last_paid=None, by=BY)
    assert "嘉悦" not in str(told.value)
    assert "the child" in told.value.text.en


def test_a_twin_of_another_surname_is_known_by_the_parents_and_a_stranger_of_that_day_by_the_whole_name_alone(
    file_store,
):
    filed(file_store, "a", "陈嘉怡", **{"mother.name": "林小满"})
    filed(file_store, "b", "林嘉悦", **{"mother.name": "林小满"})
    filed(file_store, "c", "王平安")
    filed(file_store, "d", "陈春晓", born="2014-01-01")
    for note in ("嘉悦的姐姐同意", "王平安的同学"):
        with pytest.raises(EntryRefusedError):
            file_store.close_file("a", reason="other", note=note, last_paid=None, by=BY)
    file_store.close_file("a", reason="other", note="春晓时平安迁居", last_paid=None, by=BY)


def test_a_twins_damaged_file_keeps_nothing_out_of_the_file(file_store, tmp_path):
    filed(file_store, "a", "陈嘉怡")
    filed(file_store, "b", "陈嘉悦")
    connection = sqlite3.connect(tmp_path / "cases.db")
    with connection:
        connection.execute("UPDATE kg_bodies SET content = x'00' WHERE number = 2")
    connection.close()
    file_store.close_file("a", reason="other", note="随姑姑迁居", last_paid=None, by=BY)
    assert file_store.refs(open=False) == ("a",)


def test_a_twin_is_not_written_of_in_pinyin(file_store):
    pytest.importorskip("pypinyin")
    filed(file_store, "a", "陈嘉怡")
    filed(file_store, "b", "陈嘉悦")
    with pytest.raises(EntryRefusedError):
        file_store.close_file("a", reason="other", note="moved with Chen Jiayue", last_paid=None, by=BY)
    file_store.close_file("a", reason="other", note="moved with the sister", last_paid=None, by=BY)


@pytest.mark.parametrize(
    "text",
    [
        "电话 0571-8712 3456", "0571 87123456", "（0571）8712-3456", "+86 571 8712 3456", "010-6512.3456", "0431-8512345",
        "电话：87123456", "tel 8712 3456", "138-0013-8000", "13 800 138 000", "1 3 8 0 0 1 3 8 0 0 0", "+86 138 0013 8000", "一三八零零一三八〇〇〇",
        "３３０１０６ 2013-07-11 0018", "330106/20130711/0018",
    ],
)  # fmt: skip
def test_telephones_and_ids_are_known_whatever_stands_between_their_digits(text):
    with pytest.raises(EntryRefusedError):
        check_text(text, "note")


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-01 至 2025-10-01", "电话走访 2025-09-01", "电话 2025-09-01 打过", "10:30-11:30", "每月 1,900.00 元，共 3,800.00 元",
        "2025-0007 号文件第 13 条", "2025-1-3、2025-1-4", "330199001、330199002", "电话3次未接", "09-01 2025-10-01", "the phone rang 3 times",
        "档案 330199-2025-0571", "1350.00-1900.00", "二〇二五年九月一日",
    ],
)  # fmt: skip
def test_days_amounts_and_divisions_are_no_telephone(text):
    check_text(text, "note")


def test_where_facts_are_from_is_no_name_of_the_file(file_store):
    case = Case.from_facts({"ref": "a", "child.name": "甲一一"})
    with pytest.raises(EntryRefusedError, match="source"):
        file_store.record(case, at=DAY, by=BY, source="甲一一的家访表")
    assert file_store.record(case, at=DAY, by=BY, source="家访表").number == 1
    with pytest.raises(EntryRefusedError, match="source"):
        file_store.record(Case.from_facts({"ref": "a", "household.size": 3}), at=DAY, by=BY, source="甲一一")


ROWS = ({"child.name": "赵雨桐", "child.resident_id": number(1), "father.name": "赵大勇"},)


@pytest.mark.parametrize(
    ("code", "sheet"), [("education.赵雨桐", "表"), ("education", "赵雨桐"), ("education", "趙大勇家")]
)
def test_a_list_or_a_sheet_that_is_called_by_a_name_in_it_is_not_filed(file_store, code, sheet):
    survey = combine([source(code, *ROWS, sheet=sheet)])
    with pytest.raises(EntryRefusedError, match="--source CODE") as told:
        file_store.import_survey(survey, by=BY)
    ledger = attrs.evolve(survey.sources[0].ledger, source="赵雨桐.csv")
    with pytest.raises(EntryRefusedError):
        file_store.import_ledger(ledger, at=DAY, by=BY)
    assert (file_store.refs(), "雨桐" in str(told.value)) == ((), False)
    file_store.import_survey(combine([source("education", *ROWS)]), by=BY)
    assert len(file_store.refs()) == 1


def test_a_ledger_is_never_called_by_its_files_name_in_what_is_asked_in_files(file_store):
    ledger = source("education", *ROWS).ledger
    file_store.import_ledger(attrs.evolve(ledger, source="林浩然.csv"), at=DAY, by=BY)
    other = {"child.name": "赵雨桐", "child.birth_date": "2015-03-05", "child.registration.division": "330199"}
    asked = attrs.evolve(source("education", other).ledger, source="林浩然.csv")
    assert len(file_store.import_ledger(asked, at=DAY, by=BY).perhaps) == 1
    (question,) = file_store.doubts(file_store.refs()[0])
    assert (question.lists, "林浩然" in question.text.zh) == (("ledger",), False)

"""What is said of the standard headers is what is read: the fact that each fills, and what may be written below it."""

from pathlib import Path

from kinderguard.packs.ledger_headers import STANDARD
from kinderguard.survey import built_in_profiles
from kinderguard.survey.columns import READERS
from kinderguard.survey.facts import facts_of
from kinderguard.survey.row import RowReader
from kinderguard.survey.standard import headers_shown
from survey.lists import number

DOCS = Path(__file__).parents[2] / "docs" / "ledger.md"
#: What may be written where no list of labels says so.
WRITTEN = {
    "text": "文字", "text (personal)": "文字", "18-digit resident ID (personal)": number(1, "19850203"), "date": "2016-05-07",
    "yes or no (是, 否)": "是", "date, or 长期 (no end)": "2032-05-07", "amount (yuan)": "900", "whole number": "3",
    "division code of 6, 9 or 12 digits": "330199001", "yes or no (是, 否), or the illness's name (personal)": "是",
}  # fmt: skip
#: Columns that mean nothing without another.
BESIDE = {
    "资金发放类型": {"已享受救助": "无"}, "残疾等级": {"残疾类别": "肢体"},
    **{f"{who}残疾等级": {f"{who}残疾类别": "肢体"} for who in ("父亲", "母亲")},
    **{f"{who}状况{date}": {f"{who}状况": "服刑在押"} for who in ("父亲", "母亲") for date in ("起始日期", "截止日期")},
    **{f"{who}刑期月数": {f"{who}状况": "服刑在押"} for who in ("父亲", "母亲")},
}  # fmt: skip


def facts(**cells):
    row = {"出生日期": "2015-03-05"} | cells
    case, found = RowReader({}, {}).case({header: READERS[header](cell) for header, cell in row.items()})
    assert found == []
    return facts_of(case)


def test_every_standard_header_is_shown_once_with_the_fact_that_it_fills():
    shown = list(headers_shown())
    assert [each.header for each in shown] == list(STANDARD)
    for each in shown:
        if each.fact is None:
            continue
        cell = (each.codes[-1].zh if each.codes else WRITTEN[each.kind.en]).split()[0]
        if each.header == "身份证号":
            cell = number(1)
        beside = BESIDE.get(each.header, {})
        without = {} if each.header == "出生日期" else facts(**beside)
        assert facts(**beside, **{each.header: cell}).get(each.fact) != without.get(each.fact), each.header


def test_every_label_that_may_be_written_is_read():
    for each in headers_shown():
        for code in each.codes:
            READERS[each.header](code.zh)  # raises where it is none


def test_a_kind_of_list_adds_its_own_spellings():
    also = {each.header: each.also for each in headers_shown(built_in_profiles()["education"])}
    assert "学生姓名" in also["儿童姓名"]


def test_the_table_in_the_docs_is_that_of_the_code():
    rows = [
        f"| {each.header} | {'、'.join(each.also)} | {f'`{each.fact}`' if each.fact else ''} | {each.kind.en} | {each.values('zh')} |"
        for each in headers_shown()
    ]
    table = "\n".join(["| header | also written | fact | to be written | allowed |", "|---|---|---|---|---|", *rows])
    assert table in DOCS.read_text("utf-8"), table

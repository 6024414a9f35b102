"""Sheets as they should not be: nobody is lost, no blank becomes a "no", nothing is read as what it is not or shown."""

import csv
import datetime as dt

import pytest

from kinderguard.casefile import CaseStore
from kinderguard.survey import LedgerError, Source, built_in_profiles, combine, read_ledger
from survey.lists import number, write

HEADERS = ["序号", "儿童姓名", "身份证号", "出生日期", "性别", "家庭人口"]
CHILD = ["1", "某某", number(1), "", "", "4"]
DAY = dt.date(2025, 8, 20)


@pytest.fixture
def sheet(tmp_path):
    """Read a CSV file of these rows as they stand."""

    def run(*rows, **options):
        path = tmp_path / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return read_ledger(path, **options)

    return run


def codes(ledger):
    return [(p.code, p.row, p.column) for p in ledger.all_problems]


# ---- the day of the list -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["身份证号", "父亲身份证号", "监护人身份证号"])
def test_a_birth_date_in_an_id_that_lies_after_the_day_of_the_list_is_told(read, header):
    row = {"儿童姓名": "某某", header: number(1, "20250821")}
    ledger = read(row, row | {header: number(3, "20250820")}, as_of=DAY)
    assert codes(ledger) == [("ledger.date_after_list", 2, header)]
    assert number(1, "20250821") not in str(list(ledger.all_problems))
    children = [case.child.birth_date for case in ledger.cases]
    assert [str(day) for day in children] == ["None", "2025-08-20" if header == "身份证号" else "None"]
    assert list(read(row).all_problems) == []


def test_a_row_that_tells_of_a_day_after_the_import_is_not_filed_whatever_it_was_read_for(tmp_path):
    good = {"儿童姓名": "某某", "身份证号": number(1), "最近走访日期": "2025-08-20"}
    late = [
        {"儿童姓名": "某乙", "身份证号": number(3), "最近走访日期": "2025-08-21"},
        {"儿童姓名": "某丙", "身份证号": number(5), "父亲状况": "死亡", "父亲状况起始日期": "2025-09"},
        {"儿童姓名": "某丁", "身份证号": number(7, "20250821")},
    ]
    month = good | {"儿童姓名": "某戊", "身份证号": number(9), "最近走访日期": "2025-08"}
    path = write(tmp_path / "a.csv", good, *(good | row for row in late), month)
    ledger = read_ledger(path)
    with CaseStore(f"sqlite:///{tmp_path}/files.db", key=None) as store:
        done = store.import_ledger(ledger, at=DAY, by="330199.u1")
        assert (done.written, [place.row for place in done.not_filed]) == (2, [3, 4, 5])
        assert [("last visit" in p.why.en, "first day" in p.why.en, "birth date" in p.why.en) for p in done.not_filed] == [
            (True, False, False), (False, True, False), (False, False, True),
        ]  # fmt: skip
        assert all("2025-08-20" in place.why.zh for place in done.not_filed)
        assert store.import_ledger(ledger, at=dt.date(2025, 9, 30), by="330199.u1").not_filed == ()


def test_a_list_of_an_earlier_day_than_its_ledger_was_read_for_skips_what_lies_later(tmp_path):
    good = {"儿童姓名": "某某", "身份证号": number(1)}
    ledger = read_ledger(write(tmp_path / "a.csv", good, good | {"身份证号": number(3), "最近走访日期": "2025-08-21"}))
    source = Source(built_in_profiles()["civil_affairs"], DAY, ledger)
    assert (len(source.ledger.cases), [row.row for row in source.ledger.skipped]) == (1, [3])
    assert "last visit" in source.ledger.skipped[0].error.message.en
    assert len(combine([source]).children) == 1
    assert Source(source.profile, dt.date(2025, 8, 21), ledger).ledger is ledger


# ---- sums and the foot ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        ["合計", "", "", "", "", "9"], ["", "累计", "", "", "", "9"], ["累計：", "12人", "", "", "", "9"], ["", "共 12 人"],
        ["平均", "", "", "", "", "4.5"], ["合计：12人，其中男5人"], ["制表人：某甲", "", "审核人：某乙"], ["填表日期", "2025年9月1日"],
        ["", "填表日期", "", "2025-09-01"], ["以下空白"], ["第 1 页"], ["", "合计", "12", "2012", "", "9"],
    ],
)  # fmt: skip
def test_a_sum_or_a_signature_is_left_out_and_its_row_is_told(sheet, row):
    ledger = sheet(HEADERS, CHILD, row)
    assert (len(ledger.rows), [each.row for each in ledger.ignored]) == (1, [1, 3])
    assert list(ledger.all_problems) == []
    assert "合计行或表尾说明" in ledger._repr_html_() or "a total, or a note" in ledger._repr_html_()


@pytest.mark.parametrize(
    "row",
    [
        ["", "平均", "", "", "", "4"], ["合计", "某某镇", "", "", "", "9"], ["制表人：", "某甲", "", "2025-09-01"],
        ["制表人：某甲", "", "", "2025-09-01"],
    ],
)  # fmt: skip
def test_a_row_that_may_be_a_sum_or_a_child_is_skipped_with_its_reason(sheet, row):
    ledger = sheet(HEADERS, CHILD, row)
    assert codes(ledger) == [("ledger.total_or_child", 3, None)]
    assert (len(ledger.cases), [each.row for each in ledger.skipped]) == (1, [3])


@pytest.mark.parametrize(
    "row",
    [
        ["2", "平均", "", "", "", "4"], ["", "平均", "", "", "男", "4"], ["", "平均", "", "2015-01-02", "", "4"],
        ["", "平均", number(3), "", "", "4"], ["", "合计", number(3)], ["2", "总数儿"], ["", "共明"], ["备注：迁入", "某乙"],
    ],
)  # fmt: skip
def test_a_child_whose_row_or_name_looks_like_a_sum_is_no_less_a_child(sheet, row):
    assert len(sheet(HEADERS, CHILD, row).cases) == 2


def test_a_column_before_the_name_does_not_make_its_rows_a_foot(sheet):
    ledger = sheet(["审批", "儿童姓名", "性别"], ["审核通过", "某某", "男"], ["填表已核", "某乙", "女"])
    assert len(ledger.cases) == 2


# ---- headers -------------------------------------------------------------------------------------------------------


def test_a_sheet_whose_headers_lack_shows_nothing_of_its_first_row(excel):
    # 重病 and 流浪 are headers as well as what somebody writes into a cell.
    path = excel({"一": [HEADERS, CHILD], "二": [["1", "欧阳某某", number(3), "重病", "流浪", "19900001111"]]})
    ledger = read_ledger(path)
    assert [(p.code, p.sheet, p.row) for p in ledger.problems] == [("ledger.no_headers", "二", 1)]
    assert "缺少表头" in ledger.problems[0].message.zh
    text = repr(ledger) + "".join(map(str, ledger.all_problems)) + ledger._repr_html_()
    assert not [secret for secret in ("欧阳", number(3), "19900001111") if secret in text]


def test_a_header_that_may_be_somebodys_is_named_by_its_column(sheet):
    mixed = sheet(
        ["儿童姓名", "性别", "备注（19900001111）", "户籍地址（李某）", number(3), "2015-03-05"], ["某某", "男"]
    )
    numerals = sheet(["儿童姓名", "性别", "二〇一五年三月五日"], ["某某", "男"])
    assert codes(numerals) == [("ledger.header_data", 1, None), ("ledger.header_unknown", 1, "… (C)")]
    assert codes(mixed) == [
        ("ledger.header_data", 1, None), *(("ledger.header_unknown", 1, f"… ({column})") for column in "EF"),
    ]  # fmt: skip
    assert not [secret for secret in ("19900001111", "李某", number(3)) if secret in repr(mixed.headers)]
    named = sheet(["儿童姓名", "性别", "李某", "集中供暖", "金额", "最近走防日期"], ["某某", "男"])
    assert [header.header for header in named.unknown_headers] == ["… (C)", "集中供暖", "金额", "最近走防日期"]


def test_headers_in_two_rows_are_put_together(excel):
    upper = ["序号", "姓名", "身份证号", "父亲情况", None, None, "母亲", None, "备注"]
    lower = [None, None, None, "姓名", "身份证号", "状况", "姓名", "电话", None]
    row = [1, "某某", number(1), "某父", number(3, "19850101"), "死亡", "某母", "19900001111", "某"]
    ledger = read_ledger(excel({"表": [["困境儿童登记表"], upper, lower, row]}))
    (case,) = ledger.cases
    assert list(ledger.all_problems) == []
    assert (case.child.resident_id.reveal(), case.father.resident_id.reveal()) == (number(1), number(3, "19850101"))
    assert (case.father.situations[0].kind, case.mother.telephone.reveal()) == ("dead", "19900001111")


def test_the_fathers_columns_are_never_the_childs(excel):
    upper = ["儿童", None, "父亲", None, None]
    ledger = read_ledger(excel({"表": [upper, ["姓名", "户籍性质", "身份证号", "性别", "残疾等级"],
                                       ["某某", "农业", number(3, "19850101"), "男", "二级"]]}))  # fmt: skip
    (case,) = ledger.cases
    assert (case.child.resident_id, case.child.sex, case.child.disability.grade) == (None, None, None)
    assert case.father.resident_id.reveal() == number(3, "19850101")
    assert codes(ledger) == [("ledger.header_unknown", 2, "父亲性别")]


def test_the_households_columns_take_the_name_of_their_group(excel):
    upper = ["姓名", "父亲情况", None, "家庭情况", None, None, None, "备注"]
    lower = [None, "姓名", "状况", "人口（人）", "享受救助", "人均月收入（元）", "现住址", None]
    ledger = read_ledger(excel({"表": [upper, lower, ["某某", "某父", "健在", 3, "低保", "2,300", "某处", "某"]]}))
    (case,) = ledger.cases
    assert list(ledger.all_problems) == []
    assert (case.household.size, case.household.aid, str(case.household.monthly_income_per_head)) == (
        3, ("dibao",), "2300.00",
    )  # fmt: skip
    assert case.child.residence.address.reveal() == "某处"
    assert ledger.headers["表"].columns[3] == ("家庭人口", "家庭人口（人）")
    numbered = read_ledger(
        excel({"表": [["儿童", None, "家庭基本情况"], ["编号", "姓名", "编号"], ["1", "某某", "甲7"]]})
    )
    assert (numbered.rows[0].ref, numbered.cases[0].household.number.reveal()) == ("1", "甲7")


def test_a_title_that_names_a_parent_is_over_nobodys_columns(excel):
    (case,) = read_ledger(excel({"表": [["父亲情况"], ["姓名", "身份证号"], ["某某", number(1)]]})).cases
    assert case.child.resident_id.reveal() == number(1)


def test_the_headers_once_more_are_no_child(sheet):
    ledger = sheet(HEADERS, CHILD, HEADERS, ["2", "某乙", number(3)])
    assert ([row.row for row in ledger.rows], list(ledger.all_problems)) == ([2, 4], [])


def test_a_child_with_headers_written_into_its_cells_is_no_row_of_headers(sheet):
    ledger = sheet(["儿童姓名", "性别", "重病", "备注"], ["某某", "男", "重病", "身份证号"], ["某乙", "女", "", ""])
    assert len(ledger.cases) == 2


def test_another_table_below_is_not_read_by_the_first_ones_headers(sheet):
    ledger = sheet(["儿童姓名", "性别", "流浪"], ["某某", "男", "否"], ["性别", "姓名", "流浪"], ["男", "某乙", "是"])
    assert (len(ledger.cases), codes(ledger)) == (1, [("ledger.second_headers", 4, None)])


def test_children_above_the_headers_are_not_taken_for_titles(sheet):
    rows = [
        ["1", "某某", number(3)],
        ["2", "某乙", "", "2015-03-05", "男"],
        ["填报单位", "", "19900001111", "2025-09-01"],
    ]
    ledger = sheet(*rows, HEADERS, CHILD)
    assert codes(ledger) == [("ledger.above_headers", 1, None), ("ledger.above_headers", 2, None)]
    assert (len(ledger.cases), len(ledger.skipped)) == (1, 2)


@pytest.mark.parametrize(
    ("header", "cell", "path"),
    [
        ("家庭月人均收入（万元）", "0.08", "household.monthly_income_per_head"), ("人均月收入(元/年)", "9600", "household.monthly_income_per_head"),
        ("出生日期（农历）", "2015-03-05", "child.birth_date"), ("性别（父亲）", "男", "child.sex"),
    ],
)  # fmt: skip
def test_a_bracket_that_names_another_unit_or_person_is_not_read_past(sheet, header, cell, path):
    ledger = sheet(["儿童姓名", "民族", header], ["某某", "汉族", cell])
    assert codes(ledger) == [("ledger.header_unit", 1, header)]
    value = ledger.cases[0]
    for part in path.split("."):
        value = getattr(value, part)
    assert value is None


@pytest.mark.parametrize(
    "header", ["家庭月人均收入（2024年）", "家庭月人均收入（上年度，元）", "家庭月人均收入（元/月）"]
)
def test_a_bracket_that_changes_nothing_is_read_past(sheet, header):
    assert list(sheet(["儿童姓名", "民族", header], ["某某", "汉族", "800"]).all_problems) == []


def test_a_tick_in_the_column_for_no_is_no_yes(excel):
    rows = [["儿童姓名", "是否寄宿", None, "流浪"], [None, "否", "是", None], ["某某", "√", None, "是"]]
    ledger = read_ledger(excel({"表": rows}))
    assert codes(ledger) == [("ledger.header_split", 2, "是否寄宿")]
    (case,) = ledger.cases
    assert (case.child.schooling.boarding, case.child.living_on_street) == (None, True)


def test_what_stands_below_no_header_is_told(excel):
    path = excel({"表": [["儿童姓名", None, "性别", None], ["某某", None, "男", None], ["某乙", "某", "女", None]]})
    assert codes(read_ledger(path)) == [("ledger.header_blank", 1, "B")]


def test_a_row_with_more_cells_than_headers_may_be_shifted_and_is_not_used(sheet):
    headers = ["儿童姓名", "户籍地址", "流浪", "是否寄宿"]
    ledger = sheet(headers, ["某某", "甲路", "1号", "是", "否"], ["某乙", "甲路", "否", "否", "", ""])
    assert codes(ledger) == [("ledger.too_many_cells", 2, None)]
    assert [row.row for row in ledger.rows if row.case is not None] == [3]


def test_a_hidden_sheet_is_read_and_told(tmp_path):
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("今", "旧"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["儿童姓名", "性别"])
            page.write_row(1, 0, ["某某", "男"])
        page.hide()
    ledger = read_ledger(path)
    assert (len(ledger.cases), [(p.code, p.sheet) for p in ledger.problems]) == (2, [("ledger.hidden_sheet", "旧")])


@pytest.mark.parametrize("sign", ["、", "；", "，"])
def test_a_file_with_other_signs_between_its_columns_says_so(tmp_path, sign):
    path = tmp_path / "a.csv"
    path.write_bytes(f"儿童姓名{sign}性别{sign}民族\n某某{sign}男{sign}汉\n".encode("gb18030"))
    with pytest.raises(LedgerError, match=f"separated by {sign}"):
        read_ledger(path)


# ---- cells ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["父亲姓名", "父亲联系电话", "监护人姓名", "监护人电话", "家庭编号", "户籍地址"])
@pytest.mark.parametrize("cell", ["无", "暂无", "空", "不明", "#N/A", "–"])
def test_a_word_for_nothing_is_nobodys_name_or_number(read, header, cell):
    (case,) = read({"儿童姓名": "某某", "民族": "汉族", header: cell}).cases
    assert (case.father.name, case.father.telephone, case.guardians) == (None, None, None)
    assert (case.household.number, case.child.registration.address) == (None, None)


@pytest.mark.parametrize("cell", ["3.30106E+17", 330106002001000123.0])
def test_a_household_number_that_lost_its_digits_joins_nobody(excel, cell):
    ledger = read_ledger(excel({"表": [["儿童姓名", "家庭编号"], ["某某", cell], ["某乙", 1234567890123.0]]}))
    assert [case.household.number and case.household.number.reveal() for case in ledger.cases] == [
        None,
        "1234567890123",
    ]
    assert codes(ledger) == [("ledger.number_float", 2, "家庭编号")]


@pytest.mark.parametrize(
    ("cell", "serious", "problems"),
    [
        ("无重大疾病", False, []), ("健康", False, []), ("白血病", True, []), ("非霍奇金淋巴瘤", True, []),
        ("未确诊", None, ["ledger.yes_no"]), ("疑似白血病", None, ["ledger.yes_no"]), ("2", None, ["ledger.yes_no"]),
    ],
)  # fmt: skip
def test_what_denies_or_doubts_an_illness_is_no_illness(read_cell, cell, serious, problems):
    found, told = read_cell("重病", cell, "child.illness")
    assert (found.serious, found.name is None or serious is True, told) == (serious, True, problems)


@pytest.mark.parametrize(
    ("header", "cell", "path", "code"),
    [
        ("家庭月人均收入", "3,5", "household.monthly_income_per_head", "ledger.money"), ("家庭人口", "፩", "household.size", "ledger.count"),
        ("居住起始日期", "20123", "child.residence.since", "ledger.date_ambiguous"), ("居住起始日期", "፩", "child.residence.since", "ledger.date_form"),
        ("居住起始日期", "2012.1", "child.residence.since", "ledger.date_ambiguous"),
        ("居住起始日期", "20150230", "child.residence.since", "ledger.date_impossible"),
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_unknown_and_told(read_cell, header, cell, path, code):
    assert read_cell(header, cell, path) == (None, [code])


@pytest.mark.parametrize("cell", ["'{}", "’{}", "{}\u200b", " {} ", "\ufeff{}"])
def test_what_is_not_seen_around_an_id_does_not_spoil_it(read, cell):
    (case,) = read({"儿童姓名": "某某", "身份证号": cell.format(number(1))}).cases
    assert case.child.resident_id.reveal() == number(1)

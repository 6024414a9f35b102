"""Whole ledgers: every row comes out, every planted mistake is found, nothing personal is shown."""

import datetime as dt
import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinderguard import Text
from kinderguard.model.resident_id import check_digit
from kinderguard.packs import LedgerColumn
from kinderguard.packs.ledger_headers import STANDARD
from kinderguard.rules import DeclaredFact
from kinderguard.survey import Ledger, LedgerError, combine, read_ledger, read_source
from survey.lists import write

ROOT = Path(__file__).parents[2]
NUMBER = "11010519491231002" + check_digit("11010519491231002")  # the example of the standard itself
CHILD = "33019920150305001"
ID = CHILD + check_digit(CHILD)


def make(tmp_path, **options):
    spec = importlib.util.spec_from_file_location("make_ledger_for_survey", ROOT / "examples" / "make_ledger.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = tmp_path / "made.xlsx"
    return path, module.make_ledger(path, **options)


#: What is said of each mistake that make_ledger plants.
SAID = {
    "float_id": "ledger.id_float", "wrong_check_digit": "ledger.id_invalid", "short_id": "ledger.id_invalid",
    "birth_date_conflict": "ledger.id_conflict", "sex_conflict": "ledger.id_conflict", "unknown_code": "ledger.code",
    "misspelt_code": "ledger.code", "future_date": "ledger.date_future", "impossible_date": "ledger.date_impossible",
    "end_before_start": "ledger.contradiction", "disability_contradiction": "ledger.contradiction",
    "unreadable_number": "ledger.count", "duplicate_child": "ledger.duplicate",
}  # fmt: skip


@pytest.mark.parametrize("seed", [2025, 1, 2])
def test_every_planted_mistake_is_found_where_it_lies(tmp_path, seed):
    path, faults = make(tmp_path, children=500, seed=seed)
    ledger = read_ledger(path)
    found = {(p.code, p.sheet, p.row, p.column) for p in ledger.all_problems}
    planted = {(SAID[f.kind], f.sheet, f.row, f.header) for f in faults}
    assert planted
    assert planted <= found
    unplanned = {
        p for p in found - planted if p[0] not in ("ledger.header_unknown", "ledger.help_unknown", "ledger.duplicate")
    }
    assert unplanned == set()


def test_every_row_of_the_example_ledger_comes_out():
    ledger = read_ledger(ROOT / "examples" / "ledger.xlsx")
    assert ledger.rows_in == 502 == len(ledger.cases) + len(ledger.skipped)
    assert {r.error.code for r in ledger.skipped} == {"ledger.id_conflict"}
    assert Counter(i.why.en for i in ledger.ignored)["a total, or a note at the foot"] == 3
    assert [(u.header, u.nearest) for u in ledger.unknown_headers] == [
        ("集中供暖", None), ("最近走防日期", "最近走访日期"), ("包片领导", None),
    ]  # fmt: skip


def test_a_tidy_ledger_has_no_problems(tmp_path):
    path, faults = make(tmp_path, children=60, mess=False)
    ledger = read_ledger(path)
    assert faults == []
    assert {p.code for p in ledger.all_problems} <= {"ledger.header_unknown", "ledger.help_unknown"}
    assert len(ledger.cases) == 60


def test_what_happened_after_the_day_of_the_list_is_unknown_and_told(tmp_path):
    row = {"儿童姓名": "某某", "身份证号": ID, "最近走访日期": "2025-08-20", "父亲状况": "服刑在押"}
    path = write(tmp_path / "a.csv", row, row | {"最近走访日期": "2025-08-21", "父亲状况截止日期": "2027-01-01"})
    day = dt.date(2025, 8, 20)
    source = read_source(path, "civil_affairs", as_of=day)
    assert [str(case.child.care.last_visit) for case in source.ledger.cases] == ["2025-08-20", "None"]
    (late,) = [p for p in source.ledger.all_problems if p.code != "ledger.duplicate"]
    assert (late.code, late.row, late.column) == ("ledger.date_after_list", 3, "最近走访日期")
    assert "2025-08-20" in late.message.zh
    assert "2025-08-20" in late.message.en
    assert "2025-08-21" not in str(late)
    # The month of the list's own day has not passed whole: a visit in it may have been.
    month = write(tmp_path / "b.csv", row | {"最近走访日期": "2025-08"})
    assert str(read_source(month, "civil_affairs", as_of=day).ledger.cases[0].child.care.last_visit) == "2025-08"


@pytest.mark.parametrize("name", ["合计", "总 计", "小计：", "本页小计", "合计（人）", "合计42人"])
def test_a_sum_in_the_column_of_names_is_no_child(tmp_path, name):
    child = {"序号": "1", "儿童姓名": "某某", "身份证号": ID}
    for total in ({"儿童姓名": name, "身份证号": "42"}, {"序号": name, "身份证号": "42", "出生日期": "42"}):
        ledger = read_ledger(write(tmp_path / "a.csv", child, total | {"户籍地址": "3"}))
        assert (len(ledger.rows), [each.row for each in ledger.ignored][-1]) == (1, 3)


@pytest.mark.parametrize("name", ["总数儿", "小计明", "合计平"])
def test_a_name_that_only_begins_like_a_sum_is_a_child(tmp_path, name):
    assert len(read_ledger(write(tmp_path / "a.csv", {"儿童姓名": name, "身份证号": ID})).cases) == 1
    # Whatever is said of the name: a number of a person is no count.
    assert len(read_ledger(write(tmp_path / "a.csv", {"儿童姓名": "合计", "身份证号": ID})).cases) == 1


def test_a_lost_row_would_be_noticed():
    with pytest.raises(RuntimeError, match="1 rows were read, but 0 came out"):
        Ledger("x.csv", (), (), (), (), {}, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_three_encodings(tmp_path, encoding):
    path = tmp_path / "ledger.csv"
    path.write_bytes("儿童姓名,性别,就学情况\n某某,女,小学\n".encode(encoding))
    (case,) = read_ledger(path).cases
    assert (case.child.name.reveal(), case.child.sex, case.child.schooling.stage) == ("某某", "female", "primary")


def test_titles_groups_other_spellings_and_totals(excel):
    path = excel({
        "表一": [
            ["困境儿童登记表"], ["填报单位", None, "日期"], ["基本情况", None, "家庭"],
            ["编号", "姓名\n（必填）", "人均月收入（元）", "性　别"],
            [1, "某甲", 350.5, "男"], [None, None, None, None], [2, "某乙", "不详", "女"], ["合计", "2人", 350.5],
        ],
    })  # fmt: skip
    ledger = read_ledger(path)
    assert [(r.row, r.ref) for r in ledger.rows] == [(5, "1"), (7, "2")]
    assert str(ledger.cases[0].household.monthly_income_per_head) == "350.50"
    assert ledger.cases[1].household.monthly_income_per_head is None
    assert list(ledger.all_problems) == []


def test_the_id_gives_birth_date_sex_and_division(read):
    (case,) = read({"儿童姓名": "某某", "身份证号": ID}).cases
    assert (str(case.child.birth_date), case.child.sex, case.child.registration.division) == (
        "2015-03-05",
        "male",
        "330199",
    )


@pytest.mark.parametrize(("column", "cell"), [("出生日期", "2014-03-05"), ("出生日期", "2015-04"), ("性别", "女")])
def test_a_conflict_with_the_id_skips_the_row(read, column, cell):
    ledger = read(
        {"儿童姓名": "某某", "身份证号": ID, column: cell}, {"儿童姓名": "某乙", "身份证号": "", column: cell}
    )
    assert (len(ledger.cases), [(r.error.code, r.error.column, r.row) for r in ledger.skipped]) == (
        1, [("ledger.id_conflict", column, 2)],
    )  # fmt: skip


def test_a_month_that_holds_the_ids_birth_date_is_no_conflict_and_takes_its_day(read):
    ledger = read(
        {"儿童姓名": "某某", "身份证号": ID, "出生年月": "2015.03"}, {"儿童姓名": "某乙", "出生年月": "2015.03"}
    )
    assert list(ledger.all_problems) == []
    assert [str(case.child.birth_date) for case in ledger.cases] == ["2015-03-05", "2015-03"]
    (note,) = ledger.notes
    assert (note.code, note.row, note.column) == ("ledger.birth_day_of_id", 2, "出生年月")
    assert "2015" not in note.message.zh + note.message.en
    assert "已按身份证号取到日" in ledger.view("zh").text
    assert "the day was taken from the ID" in ledger.view("en").text


def test_a_guardians_month_of_birth_takes_the_day_of_the_id_only_where_the_two_agree(read):
    row = {"儿童姓名": "某某", "监护人身份证号": NUMBER}
    ledger = read(row | {"监护人出生日期": "1949"}, row | {"监护人出生日期": "1950"})
    first, second = ledger.cases
    assert str(first.guardians[0].birth_date) == "1949-12-31"
    assert second.guardians is None
    assert [(n.row, n.column) for n in ledger.notes] == [(2, "监护人出生日期")]
    assert [(p.code, p.row) for p in ledger.all_problems] == [("ledger.contradiction", 3)]


def test_an_id_that_became_a_number_is_refused_and_the_row_is_used(excel):
    path = excel({"表": [["儿童姓名", "身份证号", "出生日期"], ["某某", float(ID[:15] + "000"), "2015-03-05"]]})
    ledger = read_ledger(path)
    assert ledger.cases[0].child.resident_id is None
    assert [(p.code, p.row, p.column) for p in ledger.all_problems] == [("ledger.id_float", 2, "身份证号")]


def test_the_same_child_twice_is_reported_in_both_rows(read):
    row = {"儿童姓名": "某某", "身份证号": ID}
    ledger = read(row, {"儿童姓名": "某乙", "身份证号": ""}, row)
    found = [(p.code, p.row) for p in ledger.all_problems]
    assert found == [("ledger.duplicate", 2), ("ledger.duplicate", 4)]
    assert "row 4" in next(iter(ledger.all_problems)).message.en


def test_a_row_that_names_no_child_is_skipped_and_said(read):
    ledger = read({"儿童姓名": "某某", "性别": "男"}, {"儿童姓名": "", "性别": "女"})
    assert [r.error.code for r in ledger.skipped] == ["ledger.no_child"]


def test_packs_add_columns_and_spellings(read):
    fact = DeclaredFact.yes_no("330199.central_heating", zh="集中供暖", en="has central heating")
    money = DeclaredFact.money("330199.rent", zh="房租", en="rent")
    columns = [
        LedgerColumn("集中供暖", fact=fact),
        LedgerColumn("房租", fact=money),
        LedgerColumn("身份证号", also=["证件号"]),
    ]
    row = {"儿童姓名": "某某", "集中供暖": "√", "房租": "1200", "证件号": ID}
    (case,) = read(row, columns=columns).cases
    assert case.extra == {"330199": {"central_heating": True, "rent": "1200.00"}}
    assert case.child.resident_id.reveal() == ID


def test_a_column_that_packs_claim_twice_is_told_where_it_stands(read):
    rent = DeclaredFact.money("330199.rent", zh="房租", en="rent")
    rooms = DeclaredFact.number("330199.rooms", zh="房间数", en="rooms")
    columns = [LedgerColumn("家庭人口", fact=rooms), LedgerColumn("房租", fact=rent), LedgerColumn("房租", fact=rooms)]
    found = read({"儿童姓名": "某某", "家庭人口": "3", "房租": "1200"}, columns=columns).problems
    assert [(p.code, p.column) for p in found] == [("ledger.header_clash", "家庭人口"), ("ledger.header_clash", "房租")]
    assert "330199.rooms is never read from it" in found[0].message.en
    assert list(read({"儿童姓名": "某某", "性别": "男"}, columns=columns).problems) == []


def test_headers_that_stand_there_twice_or_nowhere(excel):
    path = excel({
        "表": [["儿童姓名", "性别", "性别", "出身日期"], ["某某", "男", "女", "2015"]],
        "说明": [["请认真填写"]], "空": [],
    })  # fmt: skip
    ledger = read_ledger(path)
    assert [(p.code, p.sheet, p.column) for p in ledger.problems] == [
        ("ledger.header_unknown", "表", "出身日期"), ("ledger.header_repeated", "表", "性别"), ("ledger.no_headers", "说明", None),
    ]  # fmt: skip
    assert "出生日期" in ledger.problems[0].message.zh
    assert ledger.cases[0].child.sex == "male"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.xlsx", None, "there is no file"), ("ledger.docx", b"x", "save it as .xlsx"), ("bad.xlsx", b"not excel", "not a readable Excel"),
        ("bad.csv", b"\xff\xfe\x00\xd8\xff", "neither UTF-8 nor GB18030"), ("notes.csv", "今天,天气\n很,好\n".encode(), "no header row"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_what_to_do(tmp_path, name, content, says):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LedgerError, match=says) as error:
        read_ledger(path)
    assert isinstance(error.value.text, Text)
    assert error.value.text.zh != error.value.text.en


def test_a_sheet_that_is_not_there_names_those_that_are(excel):
    path = excel({"表一": [["儿童姓名", "性别"], ["某某", "男"]], "表二": [["儿童姓名", "性别"], ["某乙", "女"]]})
    assert len(read_ledger(path, sheet="表二").rows) == 1
    with pytest.raises(LedgerError, match="表一, 表二"):
        read_ledger(path, sheet="表三")


def test_without_calamine_the_error_names_the_extra(excel, monkeypatch):
    path = excel({"表": [["儿童姓名", "性别"]]})
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(LedgerError, match=r"kinderguard\[cli\]"):
        read_ledger(path)


def test_progress_reaches_the_end(tmp_path):
    path, _ = make(tmp_path, children=450)
    steps = []
    read_ledger(path, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1]
    assert len(steps) > 2


def test_nothing_personal_is_shown_anywhere(read, caplog):
    secrets = {
        "儿童姓名": "欧阳秘密", "身份证号": ID, "户籍地址": "秘密路一号", "现居住地": "秘密路二号", "父亲姓名": "欧阳父秘",
        "父亲联系电话": "19900009999", "母亲姓名": "母亲秘密", "监护人姓名": "监护秘密", "监护人身份证号": NUMBER, "监护人电话": "19900008888",
        "儿童主任": "主任秘密", "备注": "备注秘密", "重病": "秘密病", "家庭编号": "户秘密",
    }  # fmt: skip
    broken = secrets | {"出生日期": "2011-01-01"}
    wrong = secrets | {
        "身份证号": ID[:-1] + ("0" if ID[-1] != "0" else "1"),
        "性别": "秘密性",
        "父亲身份证号": "秘密证号",
    }
    ledger = read(secrets, broken, wrong, {"序号": ID, "儿童姓名": "某某"})
    shown = [repr(ledger), str(ledger), ledger._repr_html_(), *map(repr, ledger.rows), *map(str, ledger.all_problems)]
    shown += [p.message.zh + p.message.en for p in ledger.all_problems] + [str(ledger.rows[3].ref)]
    shown += [repr(c) for c in ledger.cases] + [caplog.text]
    text = "\n".join(shown)
    for secret in [*secrets.values(), "秘密性", "秘密证号", wrong["身份证号"]]:
        assert secret not in text, secret


@pytest.mark.parametrize(
    "secret", ["13900001111", "电话13900001111", NUMBER, f"证号{NUMBER}", f"{NUMBER}、13900001111"]
)
def test_a_telephone_or_id_in_the_wrong_cell_of_a_surveys_list_is_in_no_message(tmp_path, secret):
    """One row a column, each with the number in that column; whatever the survey says of them, it does not say it."""
    whole = {"儿童姓名": "某某", "出生日期": "2015-03-05", "性别": "男"}
    rows = [whole | {header: secret} for header in STANDARD]
    path = write(tmp_path / "list.csv", dict.fromkeys(STANDARD, ""), *rows)
    source = read_source(path, "civil_affairs", as_of=dt.date(2025, 9, 1))
    survey = combine([source])
    problems = list(source.ledger.all_problems)
    assert len({p.column for p in problems}) > 20  # many a cell does not take it, and says so
    texts = [p.message.zh + p.message.en + str(p) + repr(p) for p in problems]
    texts += [repr(x) + str(x) for x in (source, source.ledger, survey, *survey.skipped, *survey.children)]
    texts += [survey.summary("en"), *(str(row.ref) for row in source.ledger.rows)]
    for number in (secret, NUMBER, "13900001111"):
        assert [text for text in texts if number in text] == []


JUNK = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-(10**18), 10**18), st.floats(allow_nan=True), st.dates(), st.booleans(),
    st.sampled_from(["√", "无", "不详", "肢体二级", "2012.1", "死亡、失联", "低保金（x）", ID, "１２", "（", "、、", "健在"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(st.sampled_from(sorted(STANDARD)), JUNK, max_size=15), max_size=4))
def test_whatever_stands_in_the_cells_every_row_comes_out(rows, monkeypatch, tmp_path):
    from kinderguard.survey import read as reading
    from kinderguard.survey.sheets import RawSheet

    headers = sorted(STANDARD)
    cells = [headers, *([row.get(h) for h in headers] for row in rows)]
    sheet = RawSheet("表", list(enumerate(cells, 1)))
    monkeypatch.setattr(reading, "open_sheets", lambda path, name: [sheet])
    ledger = read_ledger("x.csv")
    assert ledger.rows_in == len(ledger.cases) + len(ledger.skipped) <= len(rows)
    for row in ledger.rows:
        for header, path in (("流浪", "living_on_street"), ("是否被收养", "adopted")):
            if row.case is not None and rows[row.row - 2].get(header) is None:
                assert getattr(row.case.child, path) is None


def test_the_first_division_of_an_id_is_used_where_a_row_names_no_place_at_all(tmp_path):
    row = {"儿童姓名": "某某", "身份证号": ID}
    lives = row | {"现居住地行政区划代码": "330199001"}
    said = [read_ledger(write(tmp_path / "a.csv", each)).cases[0].child for each in (row, lives)]
    assert [each.registration.division for each in said] == [ID[:6], None]

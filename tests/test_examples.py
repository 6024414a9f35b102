"""The files in ``examples/``: cases load and name nobody; the ledger is the same for the same seed."""

import importlib.util
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kinderguard.model import Case
from kinderguard.model.errors import FieldValueError
from kinderguard.model.record import is_personal, models_within
from kinderguard.model.resident_id import read_resident_id

calamine = pytest.importorskip("python_calamine")
pytest.importorskip("xlsxwriter")

EXAMPLES = Path(__file__).parents[1] / "examples"
CASES = sorted((EXAMPLES / "cases").glob("*.json"))
PERSONAL = {name for model in models_within(Case) for name, field in model.model_fields.items() if is_personal(field)}
ID_HEADERS = {
    "身份证号", "公民身份号码", "公民身份证号码", "父亲身份证号", "母亲身份证号", "监护人身份证号",
}  # fmt: skip
SPOILT_IDS = {"float_id", "wrong_check_digit", "short_id"}

Sheets = dict[str, list[list[Any]]]


@pytest.fixture(scope="module")
def maker() -> Any:
    spec = importlib.util.spec_from_file_location("examples_make_ledger", EXAMPLES / "make_ledger.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def made(maker: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    path = tmp_path_factory.mktemp("examples") / "ledger.xlsx"
    return path, maker.make_ledger(path)


def cells(path: Path) -> Sheets:
    book = calamine.CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def header_row(rows: list[list[Any]]) -> int:
    return next(n for n, row in enumerate(rows) if row[0] == "序号")


def written_ids(sheets: Sheets) -> Iterator[tuple[str, int, str, Any]]:
    """Every resident ID: its sheet, row (from 1), header and cell."""
    for name, rows in sheets.items():
        top = header_row(rows)
        for number, row in enumerate(rows[top + 1 :], top + 2):
            for header, cell in zip(rows[top], row, strict=True):
                if header in ID_HEADERS and cell not in ("", "不详", "待核实", "未知"):
                    yield name, number, header, cell


def is_valid_id(cell: Any) -> bool:
    try:
        read_resident_id(unicodedata.normalize("NFKC", str(cell)))
    except FieldValueError:
        return False
    return True


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_loads_and_round_trips(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    case = Case.model_validate_json(text)
    assert case.to_json(indent=2) + "\n" == text
    assert case.division


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_holds_no_name_and_no_number_of_anybody(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not set(re.findall(r'"(\w+)":', text)) & PERSONAL
    assert not re.search(r"\d{11}|[\u4e00-\u9fff]", text)


def test_there_are_cases_for_the_situations_worth_showing() -> None:
    assert len(CASES) >= 12


def test_the_same_seed_gives_the_same_ledger(maker: Any, made: tuple[Path, list[Any]], tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    faults = maker.make_ledger(again)
    assert faults == made[1]
    assert cells(again) == cells(made[0])
    assert again.read_bytes() == made[0].read_bytes()


def test_another_seed_gives_another_ledger(maker: Any, made: tuple[Path, list[Any]], tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    maker.make_ledger(other, seed=7)
    assert cells(other) != cells(made[0])


def test_the_ledger_that_is_kept_is_the_one_that_is_made(made: tuple[Path, list[Any]]) -> None:
    assert cells(EXAMPLES / "ledger.xlsx") == cells(made[0])


def test_every_id_is_valid_unless_it_was_spoilt_on_purpose(made: tuple[Path, list[Any]]) -> None:
    path, faults = made
    spoilt = {(f.sheet, f.row, f.header) for f in faults if f.kind in SPOILT_IDS}
    wrong = {(sheet, row, header) for sheet, row, header, cell in written_ids(cells(path)) if not is_valid_id(cell)}
    assert wrong == spoilt


def test_no_id_begins_with_a_division_that_exists(maker: Any, made: tuple[Path, list[Any]]) -> None:
    invented = {county.id_division for county in maker.COUNTIES}
    texts = [unicodedata.normalize("NFKC", c).strip() for *_, c in written_ids(cells(made[0])) if isinstance(c, str)]
    assert {text[:6] for text in texts} == invented
    assert all(code.endswith("99") for code in invented)


def test_no_id_is_given_to_two_people_but_for_siblings_parents_and_duplicates(made: tuple[Path, list[Any]]) -> None:
    path, faults = made
    children: dict[str, list[int]] = {}
    for _, row, header, cell in written_ids(cells(path)):
        if header in ("身份证号", "公民身份号码", "公民身份证号码") and is_valid_id(cell):
            number = unicodedata.normalize("NFKC", cell).strip().upper()
            children.setdefault(number, []).append(row)
    duplicates = [rows for rows in children.values() if len(rows) > 1]
    assert len(duplicates) == sum(f.kind == "duplicate_child" for f in faults)


@pytest.mark.parametrize(
    "wanted",
    [
        "死亡", "宣告死亡", "宣告失踪", "失联", "服刑在押", "强制隔离戒毒", "其他限制人身自由", "撤销监护资格",
        "遣送出境", "外出务工", "服刑在押、撤销监护资格", "机构养育", "家庭寄养", "社会散居", "亲属抚养", "收养",
        "独自生活", "低保", "特困", "低保边缘", "刚性支出困难", "脱贫户", "疑似", "确认", "孤独症", "未入园", "幼儿园",
        "小学", "初中", "普通高中", "中职", "高职", "本科", "辍学", "不在学", "无人监护", "民政部门", "村(居)委会",
        "儿童福利机构", "300 艾滋病病毒感染儿童", "205 孤儿助学", "不详", "待核实", "√", "✓", "×", "合计",
    ],
)  # fmt: skip
def test_every_situation_occurs(made: tuple[Path, list[Any]], wanted: str) -> None:
    assert any(wanted == str(cell).strip() for rows in cells(made[0]).values() for row in rows for cell in row)


def disabilities(sheets: Sheets) -> set[tuple[str, str]]:
    """Kind and grade (as a digit) of every child's disability, however it was written."""
    found = set()
    for rows in sheets.values():
        top = header_row(rows)
        kind = next(n for n, header in enumerate(rows[top]) if header in ("残疾类别", "残疾类型"))
        for row in rows[top + 1 :]:
            written = "".join(f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row[kind : kind + 2])
            match = re.match(r"(..)\s*([1-4一二三四])", unicodedata.normalize("NFKC", written))
            if match:
                found.add((match[1], match[2].translate(str.maketrans("一二三四", "1234"))))
    return found


def test_every_disability_occurs_in_every_grade(made: tuple[Path, list[Any]]) -> None:
    kinds = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
    assert {(kind, grade) for kind in kinds for grade in "1234"} <= disabilities(cells(made[0]))


def test_a_tidy_ledger_has_standard_headers_and_no_faults(maker: Any, tmp_path: Path) -> None:
    path = tmp_path / "tidy.xlsx"
    assert maker.make_ledger(path, children=80, mess=False) == []
    sheets = cells(path)
    assert sum(len(rows) - 1 for rows in sheets.values()) == 80
    for rows in sheets.values():
        assert tuple(rows[0][: len(maker.HEADERS)]) == maker.HEADERS
    assert all(is_valid_id(cell) for *_, cell in written_ids(sheets))


@pytest.mark.parametrize("children", [1, 7, 60])
def test_any_number_of_children_can_be_made(maker: Any, tmp_path: Path, children: int) -> None:
    path = tmp_path / "some.xlsx"
    maker.make_ledger(path, children=children, mess=False)
    assert sum(len(rows) - 1 for rows in cells(path).values()) == children

"""Ledgers as counties keep them: Chinese headers in several spellings, cells in several forms, and bad cells on request.

Every child in them is invented.
"""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import attrs
from hypothesis import strategies as st

from kinderguard.testing.strategies.parts import resident_ids


@attrs.frozen
class BadCell:
    """A cell that cannot be read: its row as the file numbers it, its header, and the code of the problem."""

    row: int
    header: str
    code: str


@attrs.frozen
class DrawnLedger:
    """A ledger to be written: rows of cells as text, the title and the headers first, and which cells are bad."""

    rows: tuple[tuple[str, ...], ...] = attrs.field(repr=False)
    children: int
    bad: tuple[BadCell, ...]
    encoding: str

    def write(self, path: str | Path) -> Path:
        """Write it: ``.csv`` in its encoding, ``.xlsx`` as text cells.

        Raises:
            ModuleNotFoundError: XlsxWriter (``pip install kinderguard[cli]``) is needed for ``.xlsx``.
        """
        path = Path(path)
        if path.suffix == ".xlsx":
            import xlsxwriter

            with xlsxwriter.Workbook(str(path)) as workbook:
                sheet = workbook.add_worksheet("台账")
                for row, cells in enumerate(self.rows):
                    for column, cell in enumerate(cells):
                        sheet.write_string(row, column, cell)
            return path
        with path.open("w", encoding=self.encoding, newline="") as file:
            csv.writer(file).writerows(self.rows)
        return path


def _days(*, future: bool = False) -> st.SearchStrategy[str]:
    last = dt.date(2030, 12, 31) if future else dt.date(2024, 12, 31)
    forms = ["{0:%Y-%m-%d}", "{0:%Y}/{0.month}/{0.day}", "{0:%Y%m%d}", "{0:%Y}年{0.month}月{0.day}日", "{0:%Y-%m}"]
    first = dt.date(2026, 1, 1) if future else dt.date(2008, 1, 1)
    return st.builds(lambda day, form: form.format(day), st.dates(first, last), st.sampled_from(forms))


def _one_of(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


_UNKNOWN = _one_of("", "", "不详", "未知", "待核实")
_TICKS = _one_of("是", "√", "否", "×", "1", "0", "有", "无")
_YUAN = st.integers(0, 300_000).map(lambda fen: f"{fen // 100}.{fen % 100:02}") | _one_of(
    "0", "1,200", "950元", "１０００"
)
_BAD_DAYS = [("2012-13-05", "ledger.date_impossible"), ("去年春天", "ledger.date_form"), ("12.3.5", "ledger.date_form")]
_BAD_TICKS = [("也许", "ledger.yes_no"), ("2", "ledger.yes_no")]
_BAD_YUAN = [("-5", "ledger.money"), ("约五百", "ledger.money"), ("10.005", "ledger.money")]
_BAD_COUNT = [("三", "ledger.count"), ("2.5", "ledger.count")]


@attrs.frozen
class _Column:
    """A column: its header in the spellings seen, cells that can be read, and cells that can't with what is said of them."""

    spellings: tuple[str, ...]
    good: st.SearchStrategy[str]
    bad: tuple[tuple[str, str], ...] = ()


def _columns() -> list[_Column]:
    return [
        _Column(("儿童姓名", "姓名"), st.text("甲乙丙丁戊己", min_size=2, max_size=3)),
        _Column(("身份证号", "公民身份号码"), resident_ids(dt.date(2008, 1, 1), dt.date(2024, 12, 31)) | _UNKNOWN,
                (("3.30106E+17", "ledger.id_float"), ("330106201203050000", "ledger.id_invalid"))),
        _Column(("户籍地行政区划代码", "户籍所在地代码"), _one_of("330199", "330199004", "33019900４"), (("12", "ledger.division"),)),
        _Column(("户籍性质", "户口性质"), _one_of("农业", "农村", "非农业", "城镇"), (("牧业", "ledger.code"),)),
        _Column(("现居住地行政区划代码", "居住地代码"), _one_of("330199", "330106"), (("99", "ledger.division"),)),
        _Column(("居住起始日期",), _days(), tuple(_BAD_DAYS)),
        _Column(("残疾证有效期至",), _days(future=True) | _one_of("长期"), tuple(_BAD_DAYS)),
        _Column(("感染艾滋病病毒",), _TICKS, tuple(_BAD_TICKS)),
        _Column(("就学情况", "就学状况", "学段"), _one_of("小学", "初中", "高中", "幼儿园"), (("小雪", "ledger.code"),)),
        _Column(("是否寄宿", "是否学校寄宿"), _TICKS, tuple(_BAD_TICKS)),
        _Column(("是否被收养",), _TICKS, tuple(_BAD_TICKS)),
        _Column(("父亲是否履行抚养义务",), _TICKS, tuple(_BAD_TICKS)),
        _Column(("母亲是否履行抚养义务",), _TICKS, tuple(_BAD_TICKS)),
        _Column(("家庭人口", "共同生活家庭成员数"), _one_of("2", "3人", "４"), tuple(_BAD_COUNT)),
        _Column(("家庭月人均收入", "人均月收入"), _YUAN, tuple(_BAD_YUAN)),
        _Column(("财产符合规定",), _TICKS, tuple(_BAD_TICKS)),
        _Column(("家庭救助类型", "享受救助"), _one_of("低保", "特困", "无", "低保边缘", "低保户"), (("低保，无", "ledger.contradiction"),)),
        _Column(("最近走访日期", "走访日期"), _days(), (*_BAD_DAYS, ("2099-01-01", "ledger.date_future"))),
        _Column(("流浪",), _TICKS, tuple(_BAD_TICKS)),
    ]  # fmt: skip


_ID_HEADERS = ("身份证号", "公民身份号码")


def _forget_repeated(cells: list[list[str]], columns: list[int]) -> None:
    """Blank a number that stands in a row above: two rows of one child would be a problem of its own."""
    for column in columns:
        seen: set[str] = set()
        for row in cells:
            if row[column] in seen:
                row[column] = ""
            seen.add(row[column])


@st.composite
def ledgers(draw: st.DrawFn, *, children: int = 5, bad_cells: int = 3) -> DrawnLedger:
    """Ledgers of a few invented children; cells are often blank, and some cannot be read.

    Args:
        children: at most so many rows.
        bad_cells: at most so many cells that cannot be read; each is named in ``DrawnLedger.bad``.

    >>> from hypothesis import given, settings
    >>> from kinderguard.survey import read_ledger
    >>> from kinderguard.testing import strategies
    >>> @settings(max_examples=5, database=None)
    ... @given(strategies.ledgers(bad_cells=0))
    ... def test_every_child_is_read(drawn):
    ...     import tempfile, pathlib
    ...     with tempfile.TemporaryDirectory() as folder:
    ...         read = read_ledger(drawn.write(pathlib.Path(folder) / "ledger.csv"))
    ...     assert len(read.cases) == drawn.children
    >>> test_every_child_is_read()
    """
    optional = _columns()
    chosen = [optional[0], *draw(st.lists(st.sampled_from(optional[1:]), min_size=3, unique_by=id))]
    headers = [draw(st.sampled_from(column.spellings)) for column in chosen]
    title = draw(st.booleans())
    count = draw(st.integers(1, children))
    # A name in every row: a row of blanks is no child.
    cells = [[draw(c.good if k == 0 else c.good | _UNKNOWN) for k, c in enumerate(chosen)] for _ in range(count)]
    _forget_repeated(cells, [k for k, header in enumerate(headers) if header in _ID_HEADERS])
    first = 3 if title else 2
    bad = []
    spoilt = [(r, c) for r in range(count) for c, column in enumerate(chosen) if column.bad]
    for r, c in draw(st.lists(st.sampled_from(spoilt), max_size=bad_cells, unique=True)):
        cells[r][c], code = draw(st.sampled_from(chosen[c].bad))
        bad.append(BadCell(first + r, headers[c], code))
    rows: list[list[Any]] = [headers, *cells]
    if title:
        rows.insert(0, ["示例县困境儿童台账", *[""] * (len(chosen) - 1)])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    return DrawnLedger(tuple(tuple(row) for row in rows), count, tuple(sorted(bad, key=attrs.astuple)), encoding)

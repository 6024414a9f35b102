"""What is wrong with a sheet's headers, told with the mend: they lack, are unknown, stand twice, or mean something else.

Called by ``read`` for each sheet. Nothing that may be somebody's name or number is repeated.
"""

from collections.abc import Iterator

from kinderguard.model.echo import HIDDEN
from kinderguard.model.text import Text
from kinderguard.survey.cells import is_unknown
from kinderguard.survey.headers import KnownHeaders, SheetHeaders, letter, looks_like_data
from kinderguard.survey.ledger import CellProblem, UnknownHeader
from kinderguard.survey.sheets import RawSheet


def without_headers(raw: RawSheet) -> Iterator[CellProblem]:
    """A sheet in which no headers were found; nothing where it is empty."""
    filled = [(number, cells) for number, cells in raw.rows if any(not is_unknown(cell) for cell in cells)]
    if not filled:
        return
    number, cells = filled[0]
    if any(map(looks_like_data, cells)):
        text = Text(
            "此工作表缺少表头：第一行就像是儿童的信息，整张表未读取；请在其上补一行列名",
            "this sheet lacks its headers: its first row looks like a child's already, so nothing was read. Put a row of headers "
            "above it",
        )
        yield CellProblem("ledger.no_headers", raw.name, number, None, text)
        return
    text = Text(
        "此工作表没有可识别的表头，未读取；请补上表头行",
        "this sheet has no known headers and was not read; give it a row of headers",
    )
    yield CellProblem("ledger.no_headers", raw.name, None, None, text)


def unknown_headers(sheet: str, headers: SheetHeaders, known: KnownHeaders) -> list[UnknownHeader]:
    """The headers that nobody knows, each with the nearest known one."""
    return [
        UnknownHeader(sheet, header, None if HIDDEN in header else known.nearest(header))
        for header in headers.unknown.values()
    ]


def of_headers(raw: RawSheet, headers: SheetHeaders, known: KnownHeaders) -> Iterator[CellProblem]:
    """What is wrong with the headers that were found, and with the sheet as a whole."""
    sheet = raw.name
    if raw.hidden:
        text = Text(
            "此工作表在 Excel 中是隐藏的，仍与其他工作表一样读取；若是旧表，请删去，或只读一张工作表",
            "this sheet is hidden in Excel, and was read like the others; if it is an old one, delete it, or read one sheet alone",
        )
        yield CellProblem("ledger.hidden_sheet", sheet, None, None, text)
    if headers.holds_data:
        text = Text(
            "表头行里像有儿童的信息，不认识的列名因此不显示；若缺少表头，请在其上补一行列名",
            "the row of headers seems to hold a child's data, so the headers that nobody knows are not shown; if the headers lack, "
            "put a row of them above it",
        )
        yield CellProblem("ledger.header_data", sheet, headers.row, None, text)
    for unknown in unknown_headers(sheet, headers, known):
        near = unknown.nearest
        hint = Text(f"，是否为“{near}”？", f"; did you mean {near}?") if near else Text("", "")
        text = (
            Text(
                "未识别的列，内容未读取；需要时请改正列名",
                "nobody knows this column; it was not read. Where it matters, correct the header",
            )
            + hint
        )
        yield CellProblem("ledger.header_unknown", sheet, headers.row, unknown.header, text)
    for header in headers.other_unit.values():
        text = Text(
            "列名括号里的单位、历法或人与此列应填的不同，未读取；请换算后去掉括号，或改正列名",
            "the bracket in this header names another unit, calendar or person than belongs here, so the column was not read; "
            "convert it and take the bracket away, or correct the header",
        )
        yield CellProblem("ledger.header_unit", sheet, headers.row, header, text)
    for header in headers.split.values():
        text = Text(
            "此列名下分“是”“否”两列，未读取；请合为一列，填“是”或“否”",
            "this header stands over a column for yes and one for no, which were not read; make them one, and write 是 or 否 in it",
        )
        yield CellProblem("ledger.header_split", sheet, headers.row, header, text)
    for header, _ in headers.columns.values():
        if header in known.clashes:
            clash = known.clashes[header]
            text = Text(
                f"规则包的列名有冲突，请转告规则包作者：{clash.zh}",
                f"a pack's column of this header clashes; tell the author of the pack: {clash.en}",
            )
            yield CellProblem("ledger.header_clash", sheet, headers.row, header, text)
    for header in headers.repeated.values():
        text = Text(
            "此列出现两次，只读取第一列；请删去或改名另一列",
            "this column stands here twice; only the first was read. Take the other out, or rename it",
        )
        yield CellProblem("ledger.header_repeated", sheet, headers.row, header, text)


def of_blank_headers(raw: RawSheet, headers: SheetHeaders, used: set[int]) -> Iterator[CellProblem]:
    """Columns without a header in which one of the rows ``used`` has something."""
    for position in headers.blank:
        if position - 1 in headers.split:
            continue
        filled = (n for n, cells in raw.rows if n in used and position < len(cells) and not is_unknown(cells[position]))
        number = next(filled, None)
        if number is not None:
            text = Text(
                f"此列没有列名而其下有内容（第 {number} 行起），未读取；请补上列名",
                f"this column has no header though something stands below it (from row {number} on); it was not read. Give it one",
            )
            yield CellProblem("ledger.header_blank", raw.name, headers.row, letter(position), text)

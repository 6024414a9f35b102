"""Which rows of a sheet are no child's: titles, blank rows, sums, and what is written at the foot.

Asked by ``read`` of every row. A row is left out only where it can be no child's; where it may be one all the same, it is
refused, and skipped with its reason like any row that cannot be used. A resident ID makes every row a child's.
"""

import re
from collections.abc import Sequence
from typing import Any

from kinderguard.model.resident_id import holds_resident_id
from kinderguard.model.text import Text
from kinderguard.survey.cells import UnreadableError, date, is_unknown, plain, words
from kinderguard.survey.headers import SheetHeaders
from kinderguard.survey.row import RowError

_SUMS = "合计|合計|总计|總計|共计|共計|小计|小計|总数|總數|累计|累計|总人数"
#: What stands in the place of a name where a row is a sum: the word, perhaps of a page or a place, perhaps with a bracket.
_TOTAL = re.compile(
    rf"(?:(?:本页|本表|本村|本社区|全[县区市乡镇村])?(?:{_SUMS})(?:\([^)]*\))?[::]?\d*|共[::]?\d+)[人名户个条行页]?\Z"
)
#: A sum in words, or whoever made or checked the list, and when.
_FOOT = re.compile(
    rf"(?:{_SUMS})(?=.*[\d:,])"
    r"|(?:制表|填表|填报|审核|审批|复核|负责|经办)(?:人|员|单位|部门|日期|时间|说明|要求|\(|[^:]{0,4}:|\Z)"
    r"|(?:联系人|联系电话|电话|单位|单位\(盖章\)|(?:打印|统计|截止)?日期)[::]"
    r"|共\d+[人名户个条]|以下空白|以下无正文|\(以下|[第共]\d+页"
)
_NOTE = re.compile(r"(?:注|备注|附注|说明)\d?[::]")
_MEAN = re.compile(r"(?:平均|均)[数值]?(?:\([^)]*\))?[::]?\Z|人均[::]?\Z")
_FIGURE = re.compile(r"[\d.,%¥元人名户岁月]+\Z")
#: What may stand in the place of a name beside a sum or a signature and is none: a count, a day.
_COUNT = re.compile(r"[\d年月日./-]+[人名户个]?\Z")
_SHORTEST_ID = 15

TITLE = Text("表头或其上的标题", "the header row, or a title above it")
BLANK = Text("空行", "a blank row")
TOTAL = Text("合计行或表尾说明", "a total, or a note at the foot")
HEADERS_AGAIN = Text("重复的表头", "the headers once more")


def not_a_child(number: int, cells: Sequence[Any], headers: SheetHeaders) -> Text | None:
    """Why a row is no child's; None where it is one.

    Raises:
        RowError: it may be a child's, and may be none; or its cells may stand below other headers than their own.
    """
    if number <= headers.row:
        if number < headers.row and _looks_like_a_child(cells):
            raise RowError(
                "ledger.above_headers", None,
                Text("此行在表头之上，却像是一名儿童，未读取；请将表头移到所有儿童之上",
                     "this row stands above the headers and looks like a child's, so it was not read; put the headers above all "
                     "children"),
            )  # fmt: skip
        return TITLE
    first = next((text for cell in cells if (text := plain(cell))), "")
    if not first:
        return BLANK
    named = {h: cells[p] for p, (h, _) in headers.columns.items() if p < len(cells)}
    # What is shorter than an ID is a sum, say.
    if len(words(named.get("身份证号"))) < _SHORTEST_ID and _is_sum_or_note(words(first), named, cells):
        return TOTAL
    if any(not is_unknown(cell) for cell in cells[headers.width :]):
        raise RowError(
            "ledger.too_many_cells", None,
            Text("此行的单元格多于表头，各列可能错位，未读取；含逗号的内容请加引号，或补上缺少的列名",
                 "this row has more cells than there are headers, so its columns may be shifted, and it was not read; put what has a "
                 "comma in it in quotation marks, or add the headers that lack"),
        )  # fmt: skip
    return None


def _is_sum_or_note(first: str, named: dict[str, Any], cells: Sequence[Any]) -> bool:
    """Of a row without an ID, whether it is a sum, a mean, a note or a signature."""
    name = words(named.get("儿童姓名"))
    said = (first, name)
    total, foot = any(map(_TOTAL.match, said)), any(map(_FOOT.match, said))
    if _MEAN.match(name):
        if _only_figures(name, named, cells):
            raise RowError(
                "ledger.total_or_child", None,
                Text("此行像平均数，未当作儿童；若确是儿童，请填写序号、性别、出生日期或身份证号",
                     "this row looks like a mean and was not read as a child; if it is one, fill in its number, sex, birth date or ID"),
            )  # fmt: skip
        return False
    nobody = not name or any(r.match(name) for r in (_TOTAL, _FOOT, _NOTE, _COUNT))
    if total or foot:
        if nobody and (total or _FOOT.match(name) or not _has_birth_date(named)):
            return True
        raise RowError(
            "ledger.total_or_child", None,
            Text("此行像合计或表尾签注，未当作儿童；若确是儿童，请填写身份证号，或删去此行开头的字样",
                 "this row looks like a sum or a signature at the foot and was not read as a child; if it is one, fill in the ID, or "
                 "take the words out of its first cell"),
        )  # fmt: skip
    return nobody and not _has_birth_date(named) and any(r.match(text) for r in (_NOTE, _MEAN) for text in said)


def _only_figures(name: str, named: dict[str, Any], cells: Sequence[Any]) -> bool:
    """Whether nothing beside the name is a child's: no number of the row, no birth date, no words."""
    if not is_unknown(named.get("序号")) or _has_birth_date(named):
        return False
    texts = [words(cell) for cell in cells if not is_unknown(cell)]
    return all(text == name or _FIGURE.match(text) for text in texts)


def _has_birth_date(named: dict[str, Any]) -> bool:
    try:
        return not is_unknown(named.get("出生日期")) and date(named["出生日期"]) is not None
    except UnreadableError:
        return False


def _looks_like_a_child(cells: Sequence[Any]) -> bool:
    """Whether a row has somebody's ID, or a sex beside a date."""
    texts = [plain(cell) for cell in cells if not is_unknown(cell)]
    return any(map(holds_resident_id, texts)) or (bool({"男", "女"} & set(texts)) and any(map(_is_date, texts)))


def _is_date(text: str) -> bool:
    try:
        return date(text).is_exact
    except UnreadableError:
        return False

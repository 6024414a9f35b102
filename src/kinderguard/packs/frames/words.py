"""What the kinds and units of facts are called where all facts are listed: on the command line and in the documentation."""

from kinderguard.model.text import Text, same
from kinderguard.packs.frames.schema import FrameColumn
from kinderguard.rules.derived import Derived

_KINDS = {
    "condition": Text("是/否", "yes or no"),
    "code": Text("代码", "code"),
    "codes": Text("多个代码", "several codes"),
    "money": Text("金额", "money"),
    "number": Text("数", "number"),
    "date": Text("日期", "date"),
    "list": Text("列表", "list"),
}
_UNITS = {
    "yuan": Text("元", "yuan"),
    "months": Text("月", "months"),
    "persons": Text("人", "persons"),
}


def derived_kind_text(question: Derived) -> Text:
    """The kind of what is worked out from facts."""
    return _KINDS[question.kind] + Text("，推算", ", worked out")


def kind_text(column: FrameColumn) -> Text:
    """The kind of a fact, and its unit where it has one."""
    if not column.unit:
        return _KINDS[column.kind]
    unit = _UNITS.get(column.unit, same(column.unit))
    return _KINDS[column.kind] + Text(f"（{unit.zh}）", f" ({unit.en})")

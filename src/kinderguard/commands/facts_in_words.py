"""A child's facts as an official reads them: title and value, in one language. Personal text is hidden unless asked for.

Read by ``file show`` and by the questions of ``survey``. It knows no rule and no file.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from kinderguard.casefile.facts import title_of
from kinderguard.model.case import Case
from kinderguard.model.codes import Code
from kinderguard.model.personal import HIDDEN, Personal
from kinderguard.model.record import Record, field_title, is_personal
from kinderguard.model.text import Language, Text
from kinderguard.survey.facts import facts_of


def lines_of(
    case: Case, lang: Language, *, personal: bool, titles: Mapping[str, Text] | None = None
) -> Iterator[tuple[str, str]]:
    """Every known fact of a case: its title and what it is. ``titles`` are those of lists' and packs' own facts."""
    for path, value in facts_of(case).items():
        title = (titles or {}).get(path) or title_of(path)
        yield title.in_(lang), said(value, lang, personal=personal, own=path[:1].isdigit())


def said(value: Any, lang: Language, *, personal: bool, own: bool = False) -> str:
    """One value in words.

    Args:
        value: as a case holds it.
        lang: ``zh`` or ``en``.
        personal: whether names, numbers and addresses are shown.
        own: whether it is a pack's own fact, of which nobody here knows if its text is personal.
    """
    match value:
        case Personal():
            return value.reveal() if personal else HIDDEN
        case Code():
            return value.label.in_(lang)
        case bool():
            return Text("是" if value else "否", "yes" if value else "no").in_(lang)
        case Decimal():
            return f"{value:,}"
        case tuple() if not value:
            return Text("无", "none").in_(lang)
        case tuple() | list():
            between = Text("；", "; ").in_(lang)
            return between.join(said(item, lang, personal=personal, own=own) for item in value)
        case Record():
            return _record(value, lang, personal)
        case str() if own and not personal:
            return HIDDEN
    return str(value)


def _record(record: Record, lang: Language, personal: bool) -> str:
    parts = []
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if value is not None and value != field.default:
            is_ = "：" if lang == "zh" else ": "
            parts.append(f"{field_title(field).in_(lang)}{is_}{said(value, lang, personal=personal)}")
    return ("，" if lang == "zh" else ", ").join(parts) if parts else Text("（未填写）", "(nothing recorded)").in_(lang)


def without_personal(case: Case) -> Case:
    """The case without names, numbers, telephone numbers and addresses, and without what packs hold as text.

    It is still about one child: birth date, place and circumstances stay.
    """
    extra = {
        space: {name: value for name, value in own.items() if isinstance(value, bool | int | float)}
        for space, own in case.extra.items()
    }
    bare = Case.model_validate(_bare(case))
    return bare.model_copy(update={"extra": {space: own for space, own in extra.items() if own}})


def _bare(value: Any) -> Any:
    """Records as plain values by field, without the personal ones."""
    if isinstance(value, Record):
        hidden = _personal_fields(type(value))
        return {name: _bare(getattr(value, name)) for name in type(value).model_fields if name not in hidden}
    if isinstance(value, tuple):
        return tuple(_bare(item) for item in value)
    return value


@cache
def _personal_fields(model: type[Record]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if is_personal(field))

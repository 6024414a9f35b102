"""Whose parents a file speaks of once the child was adopted: what was said of them before is of the birth parents.

Used when an entry is written, where a child is assessed and by ``due``. Parents are the legal ones: after an adoption the
adoptive ones (民法典 art. 1111), of whom the file may say nothing yet. Nothing is decided by it and no amount changes: it is
asked until somebody has said something of the parents after the adoption. Nothing is read or written here.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from kinderguard.casefile.facts import title_of
from kinderguard.casefile.history import Holding, Stated, stated_on
from kinderguard.casefile.situations import SITUATIONS, has_ended
from kinderguard.model.codes import CareKind
from kinderguard.model.text import Text, join

_ADOPTED, _CARE = "child.adopted", "child.care.kind"


@attrs.frozen
class ParentsBefore:
    """What a file says of parents since before an adoption.

    Attributes:
        entry: the number of the entry by which the child is adopted.
        text: what is asked, with the ways to settle it; no value is in it.
    """

    entry: int
    text: Text


def parents_before(held: Sequence[Holding], day: dt.date) -> ParentsBefore | None:
    """What is to be asked of the parents of a child who is adopted on a day; None where nothing is.

    Args:
        held: what ``holdings`` gives.
        day: the day.
    """
    stated = stated_on(held, day)
    adopted = _value(stated.get(_ADOPTED))
    if adopted is False or (adopted is None and _value(stated.get(_CARE)) != CareKind.ADOPTIVE.value):
        return None
    path, value = (_CARE, CareKind.ADOPTIVE.value) if adopted is None else (_ADOPTED, True)
    entry = _first(held, day, path, value)
    before = [p for p in SITUATIONS if p in stated and stated[p].entry < entry and _lasts(stated[p].value, day)]
    if not before:
        return None
    what, numbers = join([title_of(p) for p in before]), sorted({stated[p].entry for p in before})
    zh, en = "、".join(map(str, numbers)), ", ".join(map(str, numbers))
    return ParentsBefore(
        entry,
        Text(
            f"{what.zh}：儿童已被收养（第 {entry} 条），而所记是收养之前写入的（第 {zh} 条）。收养之后父母为养父母，请核实所记是谁：养父母的情况，请用 "
            f"store.record(…) 自收养之日起记录；所记确为养父母的，请用 store.correct(…) 将第 {zh} 条更正为其原值，即为确认；因被收养退出的，请用 "
            "store.close_file 结案",
            f"{what.en}: the child is adopted (entry {entry}), and this was written before (entry {en}). After an adoption the parents are "
            f"the adoptive ones, so find out whose it is: record how it is with the adoptive parents from the adoption on with "
            f"store.record(...); if it is theirs already, correct entry {en} to the value that it has with store.correct(...), which "
            "confirms it; if the child leaves since it was adopted, close the file with store.close_file",
        ),
    )


def _value(stated: Stated | None) -> Any:
    return None if stated is None else stated.value


def _first(held: Sequence[Holding], day: dt.date, path: str, value: Any) -> int:
    """The entry that first said what is said of a fact on a day, without another value since."""
    found: int | None = None
    for holding in held:
        if holding.covers(day) and path in holding.facts:
            said = holding.facts[path]
            found = (said.first if found is None else found) if said.value == value else None
    assert found is not None  # it is stated on the day
    return found


def _lasts(situations: Any, day: dt.date) -> bool:
    return any(not has_ended(each, day) for each in situations or ())

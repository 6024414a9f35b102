"""Columns that a pack adds to the ledger (台账): its own facts, and its spellings of the standard headers."""

from typing import Any

import attrs

from kinderguard.model.text import Text
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.rules.errors import DefinitionError


def _spellings(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@attrs.frozen
class LedgerColumn:
    """A header that a jurisdiction's ledgers have.

    Args:
        header: the header as it stands in the ledger. Where it is a standard one (``身份证号``), only the spellings
            in ``also`` are added to it.
        fact: the pack's declared fact that the column fills. Left out for spellings of a standard header.
        also: other spellings of the header.

    Raises:
        DefinitionError: the column says neither which fact it fills nor another spelling.

    >>> LedgerColumn("公民身份号码", also=["证件号"]).also
    ('证件号',)
    """

    header: str
    fact: DeclaredFact[Any] | None = None
    also: tuple[str, ...] = attrs.field(default=(), converter=_spellings)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.header, str) or not self.header.strip():
            raise DefinitionError(
                Text(
                    "台账列须有表头，如 LedgerColumn('集中供暖', fact=CENTRAL_HEATING)。",
                    "A ledger column needs its header, as in LedgerColumn('集中供暖', fact=CENTRAL_HEATING).",
                )
            )
        if self.fact is not None and not isinstance(self.fact, DeclaredFact):
            raise DefinitionError(
                Text(
                    f"台账列 {self.header}：fact 须为规则包声明的 DeclaredFact，如 r.DeclaredFact.yes_no(...)，"
                    "不能是它的代码或表达式。",
                    f"The ledger column {self.header!r}: fact is a DeclaredFact of the pack, such as "
                    "r.DeclaredFact.yes_no(...), not its code or expression.",
                )
            )
        if self.fact is None and not self.also:
            raise DefinitionError(
                Text(
                    f"台账列 {self.header} 既不填写事实，也不增加写法：请写明 fact=... 或 also=[...]。",
                    f"The ledger column {self.header!r} fills no fact and adds no spelling: give fact=... or also=[...].",
                )
            )

"""What is surely paid to one child although its assessment calls it open: each of two schemes may pay, and one of them does.

An assessment takes one scheme and one condition after the other; a comparison knows of the amounts of two books together.
Called for a child that was opened. It says where the two differ, and never changes what an assessment says.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from kinderguard.analysis.between import Between, total
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR
from kinderguard.model.money import yuan
from kinderguard.model.text import Text, join

if TYPE_CHECKING:
    from kinderguard.analysis.comparing.opened import ChildCompared, PolicyChange
    from kinderguard.engines.assessment import Assessment


@attrs.frozen
class SurelyPaid:
    """Money that is due to one child for sure, where its assessment leaves open whether any is.

    Args:
        book: by which book: ``before`` (as it is) or ``after`` (the reform).
        codes, titles: of the policy that pays it; of several, one or more of them do, and which is open.
        at_least: at least so much is due, in yuan, whatever the unknown facts are.
        once: whether that is paid once; else it is what is due in a year.
    """

    book: Literal["before", "after"]
    codes: tuple[str, ...]
    titles: tuple[Text, ...]
    at_least: Decimal
    once: bool

    @property
    def said(self) -> Text:
        """In words, and why the explanation says otherwise."""
        book, every = _BOOKS[self.book], _ONCE if self.once else _A_YEAR
        names = join(list(self.titles), "、", ", ")
        said = book + Text(
            "，综合各项事实，没有任何一种情形分文不发：",
            ", taken together, the facts leave no case in which nothing is paid: ",
        )
        due = f"{self.at_least:,}"
        if len(self.codes) == 1:
            return said + Text(
                f"{names.zh}{every.zh}至少应发 {due} 元。说明是逐个条件判断的，仍写作“待定”。",
                f"at least {due} yuan {every.en} is due by {names.en}. The explanation takes one condition after the other "
                "and still calls it undetermined.",
            )
        return said + Text(
            f"{every.zh}至少应发 {due} 元；究竟是哪一项，尚不能定（{names.zh}）。说明是逐项判断的，把各项都写作“待定”。",
            f"at least {due} yuan {every.en} is due; which of these schemes it is, is open ({names.en}). The explanation takes "
            "one scheme after the other and calls each of them undetermined.",
        )


def surely_paid(found: "ChildCompared") -> Iterator[SurelyPaid]:
    """Where a comparison says that a child is paid and its assessment calls that open, a year's money before what is paid once."""
    for is_once, change in ((False, found.change_a_year), (True, found.change_once)):
        paid = [p for p in found.policies if (p.every not in TIMES_A_YEAR) is is_once]
        before = [(p, p.before.times(TIMES_A_YEAR.get(p.every, 1))) for p in paid]
        after = [(p, p.after.times(TIMES_A_YEAR.get(p.every, 1))) for p in paid]
        in_all = total(due for _, due in before), total(due for _, due in after)
        yield from _by_book("before", found.before, before, in_all[0].within(in_all[1] - change), is_once=is_once)
        yield from _by_book("after", found.after, after, in_all[1].within(in_all[0] + change), is_once=is_once)


def _by_book(
    book: Literal["before", "after"],
    result: "Assessment",
    due: "Sequence[tuple[PolicyChange, Between]]",
    in_all: Between,
    *,
    is_once: bool,
) -> Iterator[SurelyPaid]:
    """By one book: policies that each pay for sure, then those of which one does or another.

    Args:
        book: which of the two.
        result: the assessment by it.
        due: by policy what is due, as far as the comparison shows.
        in_all: what is due by all of these.
    """
    open_ = [(p, amount) for p, amount in due if amount.high_fen != 0 and not _is_paid(result, p.code)]
    alone = [(p, amount) for p, amount in open_ if (amount.low_fen or 0) > 0]
    for policy, amount in alone:
        yield SurelyPaid(book, (policy.code,), (policy.title,), yuan(amount.low_fen or 0), is_once)
    left = [each for each in open_ if each not in alone]
    others = total(amount for p, amount in due if (p, amount) not in left)
    at_least = (in_all - others).low_fen
    if left and at_least is not None and at_least > 0:
        codes, titles = tuple(p.code for p, _ in left), tuple(p.title for p, _ in left)
        yield SurelyPaid(book, codes, titles, yuan(at_least), is_once)


def _is_paid(result: "Assessment", code: str) -> bool:
    """Whether an assessment by itself says that something is due."""
    policy = result.policies.get(code)
    return policy is not None and policy.low is not None and policy.low > 0


_BOOKS = {
    "before": Text("按现行规则", "By the book as it is"),
    "after": Text("按改革后的规则", "By the reform"),
}
_A_YEAR, _ONCE = Text("每年", "a year"), Text("一次性", "once")

__all__ = ["SurelyPaid", "surely_paid"]

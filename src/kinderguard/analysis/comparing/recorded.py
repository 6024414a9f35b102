"""Facts that record what a policy pays, where a reform changes that policy: what is recorded stays the same by both books.

What a household draws of dibao is such a fact: an allowance that counts it goes on counting the old amount. Called by the
comparison, which says of how many children it is so.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import attrs
import polars as pl

from kinderguard.analysis.comparing.beside import Beside
from kinderguard.analysis.people import People, Piece, so_many
from kinderguard.analysis.unset import steps_under
from kinderguard.engines.plan import Step
from kinderguard.model.text import Text, join, same
from kinderguard.national.dibao import DIBAO_BENEFIT
from kinderguard.packs.book import PolicyBook
from kinderguard.rules import nodes as n
from kinderguard.rules.titles import fact_title

#: By the path of a fact, the policy of which it records what is paid.
_RECORDS: Mapping[str, str] = {"household.dibao_monthly": DIBAO_BENEFIT.code}


@attrs.frozen
class Recorded:
    """A fact that records what a policy pays, where a reform changes what that is and other help counts the fact.

    Args:
        path, title: the fact.
        policy, policy_title: the policy that it records.
        counted_by: code and title of each policy that counts it.
        children: of how many children it is recorded, the policy may change, and something may be due that counts it.
    """

    path: str
    title: Text
    policy: str
    policy_title: Text
    counted_by: tuple[tuple[str, Text], ...]
    children: int

    @property
    def said(self) -> Text:
        """In words, with what can be done."""
        counting = join([Text(f"“{title.zh}”", f"‘{title.en}’") for _, title in self.counted_by], "、", ", ")
        return Text(
            f"改革改变“{self.policy_title.zh}”，而 {self.children:,} 名儿童的“{self.title.zh}”（{self.path}）已记录，改革前后按同一金额计，"
            f"据此抵扣的{counting.zh}不随之增减：发放增加的，支出变动因此偏高。如需计入，请按每本规则集应发的金额各填一次该列，"
            "分别用 assess_frame 评估后相减",
            f"the reform changes ‘{self.policy_title.en}’, but of {so_many(self.children)} ‘{self.title.en}’ ({self.path}) is "
            f"recorded and stays the same by both books, and so does what is counted of it for {counting.en}: where more is "
            "paid, the cost is overstated. To count it, fill the column in with what each book pays, assess each by "
            "assess_frame, and take the difference",
        )


class RecordedCount:
    """Counts such children while parts come in.

    Args:
        base, reform: the two books.
        day: the day.
        people: the children.
        beside: what differs.
    """

    def __init__(self, base: PolicyBook, reform: PolicyBook, day: dt.date, people: People, beside: Beside) -> None:
        self._counting: dict[str, dict[str, None]] = {}
        self._children: dict[str, int] = {}
        for path, policy in _RECORDS.items():
            if policy not in beside.money or path not in people.schema:
                continue
            for book in (base, reform):
                for place in people.divisions:
                    plan = book.ready(people.division or place, day).basis.bound.plan
                    for code, steps in plan.policies.items():
                        if code != policy and steps.own is not None and _reads(steps_under([steps.final]), path):
                            self._counting.setdefault(path, {})[code] = None

    def add(self, piece: Piece, before: pl.DataFrame, after: pl.DataFrame, found: pl.DataFrame) -> None:
        """Count some children.

        Args:
            piece: the children.
            before, after: the results of both books, in fen.
            found: what changes for them, as ``rows.changed`` has it.
        """
        for path, counting in self._counting.items():
            policy = _RECORDS[path]
            counted = pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(found))
            for results in (before, after):
                for high in (f"{code}.high_fen" for code in counting):
                    if high in results.columns:
                        counted |= (results[high] != 0).fill_null(True)
            changes = [(found[f"each:{policy}:{end}"] != 0).fill_null(True) for end in ("low", "high")]
            theirs = piece.rows[path].is_not_null() & counted & (changes[0] | changes[1])
            self._children[path] = self._children.get(path, 0) + int(theirs.sum())

    def found(self, titles: Mapping[str, Text]) -> Iterator[Recorded]:
        """The facts, with how many children."""
        for path, children in self._children.items():
            policy = _RECORDS[path]
            if children:
                yield Recorded(
                    path,
                    fact_title(path, titles),
                    policy,
                    titles.get(policy, same(policy)),
                    tuple((code, titles.get(code, same(code))) for code in self._counting[path]),
                    children,
                )


def _reads(steps: Iterable[Step], path: str) -> bool:
    return any(isinstance(step.node, n.Fact) and step.node.path == path for step in steps)


__all__ = ["Recorded", "RecordedCount"]

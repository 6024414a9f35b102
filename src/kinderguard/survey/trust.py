"""Whose word counts where departments differ: an order of trust for each fact, as data that can be read and changed.

Called by the survey for values that contradict each other, and for nothing else: a blank never takes part. What a rule
cannot tell apart it leaves open, for a person to decide.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from kinderguard.model.codes import Code, Department
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import ToldError, nearest, suggestion, unknown_field
from kinderguard.model.text import Text
from kinderguard.model.toml_files import toml_text, wrong_toml
from kinderguard.packs.source_profiles import within
from kinderguard.survey.facts import fact_paths
from kinderguard.survey.sources import Source

EVERYTHING = "*"


class TrustError(ToldError, ValueError):
    """An order of trust that is not well formed; the message names the rule and the mend."""


class Prefer(Code):
    """How a rule chooses between contradicting values 取值方式."""

    ORDER = "order", "按部门顺序", "by the order of departments"
    NEWEST = "newest", "以最新为准", "the newest list"
    ASK = "ask", "由人决定", "a person decides"
    ALL = "all", "全部保留", "everything that any list reports"
    LATEST = "latest", "以最晚日期为准", "the latest date that any list reports"


def _order(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


@attrs.frozen
class TrustRule:
    """How contradicting values of a fact are chosen between.

    Args:
        prefer: by order, the newest, a person, everything (of lists), or the latest (of dates, such as a last visit).
        order: departments, or codes of single lists, the most trusted first. Those left out come last, all alike.
        stale_after_days: with ``order``: a value that is older than the newest by more than so many days gives way.

    Raises:
        TrustError: no such way of choosing, or a number of days that is none.
    """

    prefer: Prefer = attrs.field(default=Prefer.ORDER)
    order: tuple[str, ...] = attrs.field(default=(), converter=_order)
    stale_after_days: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.prefer not in set(Prefer):
            raise _wrong(
                f"取值方式应为 {'、'.join(Prefer)} 之一",
                f"prefer is one of {', '.join(Prefer)}.{suggestion(str(self.prefer), [p.value for p in Prefer]).en}",
            )
        object.__setattr__(self, "prefer", Prefer.of(self.prefer))
        days = self.stale_after_days
        if days is not None and (not isinstance(days, int) or isinstance(days, bool) or days < 0):
            raise _wrong("stale_after_days 应为天数", "stale_after_days is a whole number of days")

    def rank(self, source: Source) -> int:
        """The place of a list in the order, 0 the first."""
        names = (source.code, source.profile.code, source.profile.department.value)
        return min((self.order.index(n) for n in names if n in self.order), default=len(self.order))

    def worth(self, source: Source, newest: dt.date) -> tuple[int, ...]:
        """What a value of a list weighs: the least is chosen, and equal ones are not told apart.

        Args:
            source: the list.
            newest: the day of the newest list that has a value of the fact.
        """
        age, rank = (newest - source.as_of).days, self.rank(source)
        match self.prefer:
            case Prefer.ORDER:
                limit = self.stale_after_days
                return (int(limit is not None and age > limit), rank, age)
            case Prefer.NEWEST:
                return (age, rank)
            case Prefer.ALL:
                return (rank, age)
            case _:
                return ()

    def reason(self, chosen: tuple[int, ...], other: tuple[int, ...]) -> "ChosenBy | None":
        """By what one weighs less than another; None where the rule cannot tell them apart."""
        for at, (mine, theirs) in enumerate(zip(chosen, other, strict=True)):
            if mine != theirs:
                return _REASONS[self.prefer][at]
        return None


class ChosenBy(Code):
    """By which rule a value was taken where lists contradict each other 取值依据."""

    ORDER = "order", "按部门的信任顺序", "by the order of trust between departments"
    NEWER = "newer", "以较新的名单为准", "the newer list counts"
    FRESH = "fresh", "另一值已过时", "the other value is too old"
    RESIDENT_ID = "resident_id", "与身份证号一致", "it agrees with the resident ID"
    ALL = (
        "all",
        "各名单报告的全部保留，同一项以更受信任的为准",
        "everything that any list reports is kept, of one thing the more trusted word",
    )
    LATEST = "latest", "各名单报告的最晚日期", "the latest date that any list reports"
    DECISION = "decision", "由人决定", "a person decided"


_REASONS = {
    Prefer.ORDER: (ChosenBy.FRESH, ChosenBy.ORDER, ChosenBy.NEWER),
    Prefer.NEWEST: (ChosenBy.NEWER, ChosenBy.ORDER),
    Prefer.ALL: (ChosenBy.ORDER, ChosenBy.NEWER),
}


def _frozen_rules(rules: Mapping[str, TrustRule]) -> Mapping[str, TrustRule]:
    return MappingProxyType(dict(rules))


@attrs.frozen
class TrustOrder:
    """A rule for each fact, or for a part or list and everything in it; ``*`` for the rest.

    >>> TrustOrder.default().rule("child.schooling.stage").order[0]
    'education'
    """

    rules: Mapping[str, TrustRule] = attrs.field(converter=_frozen_rules, hash=False)

    def __attrs_post_init__(self) -> None:
        for path in self.rules:
            if path != EVERYTHING and not path[:1].isdigit() and path not in fact_paths():
                close = suggestion(path, fact_paths())
                raise _wrong(f"没有事实 {path!r}。{close.zh}", f"There is no fact {path!r}.{close.en}")

    @classmethod
    def default(cls) -> "TrustOrder":
        """Ours: the department that keeps a fact goes first, and what cannot be told apart is asked. Not law."""
        return _default()

    def rule(self, path: str) -> TrustRule:
        """The rule of a fact: of those for it, the nearest."""
        owners = [owner for owner in self.rules if owner == EVERYTHING or within(path, owner)]
        nearest_owner = max(owners, key=lambda o: 0 if o == EVERYTHING else len(o), default=None)
        return TrustRule(Prefer.ASK) if nearest_owner is None else self.rules[nearest_owner]

    def with_rule(self, path: str, rule: TrustRule) -> "TrustOrder":
        """The same with another rule for a fact, a part, a list or ``*``.

        Raises:
            TrustError: there is no such fact.
        """
        return TrustOrder({**self.rules, path: rule})

    @classmethod
    def from_toml(cls, path: str | Path) -> "TrustOrder":
        """The order of trust in a TOML file, as ``to_toml`` writes it.

        Raises:
            TrustError: there is no such file, it is no TOML, or a rule does not fit; with the rule and the mend.
        """
        path = Path(path)
        try:
            text = toml_text(path)
        except (OSError, UnicodeDecodeError):
            raise _wrong(
                f"读不到文件 {shown_file(path.name)}；请检查路径，文件应为 UTF-8", f"{shown_file(path.name)} cannot be read; check the path; it is UTF-8"
            ) from None  # fmt: skip
        return cls.from_text(text, path.name)

    @classmethod
    def from_text(cls, text: str, name: str = "trust.toml") -> "TrustOrder":
        """The order of trust in a TOML text; ``name`` is what errors call it.

        Raises:
            TrustError: it is no TOML, or a rule does not fit.
        """
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            what = wrong_toml(error, text)
            raise _wrong(f"{name} 不是 TOML：{what.zh}", f"{name} is no TOML: {what.en}") from None
        rules = {}
        for path, table in data.items():
            where = f'{name} ["{path}"]'
            if not isinstance(table, Mapping):
                raise _wrong(
                    f'{name}：写作 ["{path}"]，下一行 prefer = "order"',
                    f'{name}: write ["{path}"], and prefer = "order" below it',
                )
            rules[path] = _rule(where, table)
        try:
            return cls(rules)
        except TrustError as error:
            raise _wrong(f"{name}：{error.text.zh}", f"{name}: {error.text.en}") from None

    def to_toml(self) -> str:
        """The order as TOML, which ``from_toml`` reads back."""
        lines: list[str] = []
        for path, rule in self.rules.items():
            lines += [f'["{path}"]', f'prefer = "{rule.prefer.value}"']
            if rule.order:
                lines.append(f"order = [{', '.join(chr(34) + name + chr(34) for name in rule.order)}]")
            if rule.stale_after_days is not None:
                lines.append(f"stale_after_days = {rule.stale_after_days}")
            lines.append("")
        return "\n".join(lines)


_RULE_FIELDS = tuple(field.name for field in attrs.fields(TrustRule))


def _rule(where: str, table: Mapping[str, Any]) -> TrustRule:
    for name in table:
        if name not in _RULE_FIELDS:
            raise TrustError(unknown_field(where, name, _RULE_FIELDS))
    order = table.get("order", [])
    if not isinstance(order, Sequence) or isinstance(order, str) or not all(isinstance(o, str) for o in order):
        raise _wrong(f"{where}：order 应为部门代码的列表", f"{where}: order is a list of departments")
    _known_names(where, order)
    try:
        return TrustRule(**table)
    except TrustError as error:
        raise _wrong(f"{where}：{error.text.zh}", f"{where}: {error.text.en}") from None


def _known_names(where: str, order: Sequence[str]) -> None:
    """A name nearly like a department's is a misspelt department; any other is the code of a list."""
    for name in order:
        close = None if name.startswith(tuple(Department)) else nearest(name, [d.value for d in Department])
        if close:
            raise _wrong(
                f"{where}：没有部门 {name!r}，是否想写 {close!r}？", f"{where}: there is no department {name!r}; did you mean {close!r}?"
            )  # fmt: skip


def _wrong(zh: str, en: str) -> TrustError:
    return TrustError(Text(zh, en))


@cache
def _default() -> TrustOrder:
    text = (resources.files("kinderguard.survey") / "trust.toml").read_text("utf-8")
    return TrustOrder.from_text(text)

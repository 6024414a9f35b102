"""What a policy case expects, key by key: how it is written, and where an assessment differs from it.

Keys: a category's code; ``<policy>.eligible``, ``.granted``, ``.amount``, ``.low``, ``.high`` and ``.every``; ``due.month`` and the
like; ``missing`` and ``missing_exactly``, of everything or ``<rule>.missing`` of one rule; ``problems``.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from kinderguard.engines.assessment import ZERO, Assessment
from kinderguard.engines.explanation import Explanation
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import FieldValueError, nearest
from kinderguard.model.lines import Line
from kinderguard.model.money import NO_BOUND, as_yuan, bounds_text
from kinderguard.model.text import Text, join, same
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.titles import fact_title
from kinderguard.testing.fact_paths import value_at

#: What TOML, which has no null, calls a result that is not known.
UNKNOWN = "unknown"
#: So much of a wrong value is repeated.
_QUOTED = 60
TRUTHS, AMOUNTS = ("eligible", "granted"), ("amount", "low", "high")
EVERY = "every"
LISTS = ("missing", "missing_exactly", "problems")
#: More entries than this of a list are counted and not shown.
MOST_SHOWN = 8
#: By its value, how often something is paid.
_EVERY = {frequency.value: frequency for frequency in Frequency}
_WORDS = {True: Text("是", "yes"), False: Text("否", "no"), None: Text("待定", "undetermined")}
#: What a key asks, after the title of the rule.
_ASKED = {
    "": Text("是否属于", "belongs"), "eligible": Text("是否符合条件", "eligible"), "granted": Text("是否提供", "given"),
    "amount": Text("金额", "amount"), "low": Text("金额下限", "least amount"), "high": Text("金额上限", "greatest amount"),
    "every": Text("发放周期", "how often"),
}  # fmt: skip


@attrs.frozen
class Difference:
    """One expectation that an assessment does not meet.

    Args:
        what: the key of ``expect``.
        title: what it asks, in words.
        expected, got: both in words.
        why: the explanation, narrowed to the reason.
    """

    what: str
    title: Text
    expected: Text
    got: Text
    why: tuple[Line, ...] = ()


@attrs.frozen
class Expectation:
    """One line of ``expect``, read: ``rule`` and ``aspect`` of the key, and the value as Python has it.

    ``wanted`` is True, False or None (undetermined); a Decimal, or None where there is no bound; a Frequency; or a tuple of
    texts.
    """

    key: str
    rule: str
    aspect: str
    wanted: Any

    def misuse(self, rules: RuleSet) -> Text | None:
        """What is wrong with the code at this place, with the mend; None where it is right."""
        if self.aspect in LISTS:
            here = not self.rule or self.rule in rules.categories or self.rule in rules.policies
            return (
                None
                if here
                else _no_rule("类别或政策", "category or policy", self.rule, [*rules.categories, *rules.policies])
            )
        if self.rule == "due":
            return None
        policy = rules.policies.get(self.rule)
        if self.aspect == "":
            return None if self.rule in rules.categories else self._no_category(rules)
        if policy is None:
            return _no_rule("政策", "policy", self.rule, rules.policies)
        if self.aspect == EVERY and policy.amount is None:
            return Text(
                f"{self.rule} 是服务，没有发放周期", f"{self.rule} is a service, which has no period of payment"
            )
        if (self.aspect == "granted") is (policy.amount is not None) and self.aspect != "eligible":
            right = "amount" if policy.amount is not None else "granted"
            return Text(
                f"{self.rule} {'发放现金' if right == 'amount' else '是服务'}；请写 {self.rule}.{right}",
                f"{self.rule} is {'paid in money' if right == 'amount' else 'a service'}; write {self.rule}.{right}",
            )
        return None

    def _no_category(self, rules: RuleSet) -> Text:
        if self.rule in rules.policies:
            return Text(
                f"{self.rule} 是政策；请写 {self.rule}.eligible 或 .amount",
                f"{self.rule} is a policy; write {self.rule}.eligible or .amount",
            )
        known = [
            *rules.categories,
            *(f"{code}.{aspect}" for code in rules.policies for aspect in (*TRUTHS, *AMOUNTS, EVERY)),
        ]
        return _no_rule("类别", "category", self.rule, known)

    def difference(self, result: Assessment) -> Difference | None:
        """Where the assessment differs, or None."""
        if self.aspect in LISTS:
            return self._listed(result)
        if self.rule == "due":
            return self._total(result)
        got, title = self._found(result), self._title(result)
        if got == self.wanted:
            return None
        there = self.rule in result.categories or self.rule in result.policies
        why: tuple[Line, ...] = (Line(Text("该规则当日未生效", "the rule is not in force on the day")),)
        if there:
            why = Explanation(result, self.rule).because(amount=self.aspect in AMOUNTS)
        return Difference(self.key, title, self._worded(self.wanted), self._got(got, result), why)

    def _found(self, result: Assessment) -> Any:
        """What the assessment says; a rule that is not in force gives nothing."""
        if self.aspect == "":
            return result.categories.get(self.rule, False)
        policy = result.policies.get(self.rule)
        if policy is None:
            return None if self.aspect == EVERY else ZERO if self.aspect in AMOUNTS else False
        return getattr(policy, self.aspect)

    def _got(self, got: Any, result: Assessment) -> Text:
        policy = result.policies.get(self.rule)
        if got is None and self.aspect == "amount" and policy is not None:
            low, high = _yuan(policy.low), _yuan(policy.high)
            return Text(f"待定（{low.zh}至{high.zh}）", f"undetermined ({low.en} to {high.en})")
        return self._worded(got)

    def _worded(self, value: Any) -> Text:
        if isinstance(value, Frequency):
            return value.label
        if self.aspect in ("low", "high") or isinstance(value, Decimal):
            return _yuan(value)
        return _WORDS[value]

    def _title(self, result: Assessment) -> Text:
        title = result.basis.titles.get(self.rule, same(self.rule))
        asked = _ASKED[self.aspect]
        return Text(f"{title.zh}：{asked.zh}", f"{title.en}: {asked.en}")

    def _total(self, result: Assessment) -> Difference | None:
        named, per, aspect = self.aspect.split("/")
        every = _EVERY[named]
        total = result.due.total(every, per)
        got = getattr(total, aspect)
        if got == self.wanted:
            return None
        frequency = every.label
        who = Text("按户", "per household") if per == "household" else Text("按儿童", "per child")
        asked = _ASKED[aspect]
        title = Text(f"{frequency.zh}合计（{who.zh}）：{asked.zh}", f"due {frequency.en}, {who.en}: {asked.en}")
        paid = [p for p in result.due.cash if p.every is every and p.per == per]
        why = tuple(Line(p.title + Text("：", ": ") + bounds_text(p.low, p.high)) for p in paid)
        codes = {p.code for p in paid if p.low != p.high}
        lacking = [m.path for m in result.missing if codes & set(m.changes)] if got is None else []
        why += tuple(_asked_for(path, result) for path in lacking[:MOST_SHOWN])
        shown = bounds_text(total.low, total.high) if aspect == "amount" and got is None else _yuan(got)
        return Difference(self.key, title, self._worded(self.wanted), shown, why)

    def _listed(self, result: Assessment) -> Difference | None:
        if self.aspect == "problems":
            return self._problems(result)
        found = [m.path for m in result.missing if not self.rule or self.rule in m.changes]
        lacking = [path for path in self.wanted if path not in found]
        beyond = [path for path in found if path not in self.wanted] if self.aspect == "missing_exactly" else []
        if not lacking and not beyond:
            return None
        why = [_why_not_missing(path, result) for path in lacking]
        why += [_asked_for(path, result) for path in beyond[:MOST_SHOWN]]
        title = Text("缺少的事实", "missing facts")
        if self.rule:
            title = result.basis.titles.get(self.rule, same(self.rule)) + Text("：", ": ") + title
        return Difference(self.key, title, _list(self.wanted), _list(found), tuple(why))

    def _problems(self, result: Assessment) -> Difference | None:
        found = {p.code: p for p in result.problems}
        if set(found) == set(self.wanted):
            return None
        why = tuple(
            Line(p.message + same(f" [{p.code}]"), "unknown") for p in found.values() if p.code not in self.wanted
        )
        return Difference(self.key, Text("问题", "problems"), _list(self.wanted), _list(sorted(found)), why)


def read_expectation(key: str, value: Any) -> Expectation:
    """One line of ``expect``.

    Raises:
        FieldValueError: a value that does not go with the key; in both languages, with the mend.
    """
    rule, _, aspect = key.rpartition(".")
    if aspect in LISTS and not (rule and aspect == "problems"):
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise FieldValueError(
                '应为文字列表，如 ["child.birth_date"]', 'must be a list such as ["child.birth_date"]'
            )
        return Expectation(key, rule, aspect, tuple(value))
    if key.split(".")[0] == "due":
        return Expectation(key, "due", _due_aspect(key), _amount(value))
    if aspect in AMOUNTS:
        return Expectation(key, rule, aspect, _amount(value))
    if rule and aspect == EVERY and not isinstance(value, bool):
        return Expectation(key, rule, aspect, _frequency(value))
    known = (*TRUTHS, *AMOUNTS, EVERY, *LISTS)
    near = None if aspect in TRUTHS or isinstance(value, bool) else nearest(aspect, known)
    if near is not None:
        raise FieldValueError(
            f"没有 .{aspect} 这一项，是否想写 {rule}.{near}？", f"there is no .{aspect}; did you mean {rule}.{near}?"
        )
    truth = _truth(value)
    return Expectation(key, rule, aspect, truth) if aspect in TRUTHS else Expectation(key, key, "", truth)


def _due_aspect(key: str) -> str:
    """``due.month.household.low`` as frequency, whom, and what; the names are those of a frame's columns."""
    _, *parts = key.split(".")
    every = parts.pop(0) if parts else ""
    per = parts.pop(0) if parts[:1] == ["household"] else "child"
    aspect = parts.pop(0) if parts else "amount"
    if every not in _EVERY or aspect not in AMOUNTS or parts:
        known = "、".join(f"due.{name}" for name in _EVERY)
        raise FieldValueError(
            f"没有这一项；可用 {known}，其后可加 .household，再加 .low 或 .high",
            f"there is no such total; there are {known.replace('、', ', ')}, each with .household, and .low or .high, after it",
        )
    return f"{every}/{per}/{aspect}"


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if value == UNKNOWN:
        return None
    raise _quoting(value, Text('应为 true、false 或 "unknown"', 'must be true, false or "unknown"'))


def _frequency(value: Any) -> Frequency:
    found = _EVERY.get(value) if isinstance(value, str) else None
    if found is None:
        zh, en = "、".join(f'"{name}"' for name in _EVERY), ", ".join(f'"{name}"' for name in _EVERY)
        raise _quoting(value, Text(f"应为 {zh} 之一", f"must be one of {en}"))
    return found


def _amount(value: Any) -> Decimal | None:
    if value == UNKNOWN:
        return None
    try:
        return as_yuan(value)
    except FieldValueError as error:
        raise _quoting(value, error.text) from None


def _quoting(value: Any, text: Text) -> FieldValueError:
    """What is wrong with something that was expected, with the value: an author's own, of no child."""
    given = json.dumps(value, ensure_ascii=False, default=str)
    given = given if len(given) <= _QUOTED else f"{given[:_QUOTED]}…"
    return FieldValueError(f"{text.zh}；这里写的是 {given}", f"{text.en}; here stands {given}")


def _yuan(amount: Decimal | None) -> Text:
    return NO_BOUND if amount is None else bounds_text(amount, amount)


def _list(values: Sequence[str]) -> Text:
    shown = join([same(v) for v in values[:MOST_SHOWN]]) if values else Text("无", "none")
    more = len(values) - MOST_SHOWN
    return shown + Text(f"……另有{more}项", f" … and {more} more") if more > 0 else shown


def _no_rule(zh: str, en: str, code: str, known: Iterable[str]) -> Text:
    near = nearest(code, known)
    hint = Text(f"，是否想写 {near!r}？", f"; did you mean {near!r}?") if near else Text("", "")
    return Text(f"没有{zh} {code!r}", f"there is no {en} {code!r}") + hint


def _why_not_missing(path: str, result: Assessment) -> Line:
    title = fact_title(path, result.basis.titles) + same(f" [{path}]")
    if path in result.open_facts:
        how = Text("：未知，但无论取何值都不改变结果", ": unknown, but no value of it changes a result")
    elif value_at(result.case, path) is not None:
        how = Text("：已知", ": is known")
    else:
        how = Text("：未知，但没有结果取决于它", ": unknown, but no result rests on it")
    return Line(title + how)


def _asked_for(path: str, result: Assessment) -> Line:
    changes = next((m.changes for m in result.missing if m.path == path), ())
    titles: Mapping[str, Text] = result.basis.titles
    what = join([titles.get(code, same(code)) for code in changes])
    title = fact_title(path, titles) + same(f" [{path}]")
    return Line(title + Text(f"：未知，关系到{what.zh}", f": unknown, and decides on {what.en}"), "unknown")


def unexpected_problems(result: Assessment, expected: tuple[Expectation, ...]) -> Iterator[tuple[str, Text]]:
    """Problems that make the results worthless, with where they are: a case that does not expect them has failed."""
    if any(e.aspect == "problems" for e in expected):
        return
    for problem in result.problems:
        if problem.code.startswith(("pack.", "fact.", "provider.", "rule.")):
            yield problem.where, problem.message

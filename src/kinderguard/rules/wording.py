"""The wording of a rule in Chinese and English, read off its nodes. Written once here; every view uses it.

A named step is written by its title; ``expand`` writes out what stands behind it. Numbers, dates and codes are
written as official texts write them (600元, 2025年9月1日, 未满16周岁).
"""

import datetime as dt
import re
import types
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import attrs

from kinderguard.model.codes import Code
from kinderguard.model.dates import PartialDate
from kinderguard.model.people import Person
from kinderguard.model.record import Record
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import BOOL, NUMBER, YEARS, Kind, Sort
from kinderguard.rules.titles import SUBJECTS, Titles, fact_title, list_title, own_title, predicate, record_of, whether
from kinderguard.rules.units import unit_text

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_UNITS = {
    "years": Text("周岁", "year"), "months": Text("个月", "month"), "days": Text("天", "day"),
    "persons": Text("人", "person"),
}  # fmt: skip


def quantity(value: object, kind: Kind) -> Text:
    """A value of a kind as people read it: money in yuan, ages in years, codes by title. Unknown says so."""
    if value is None:
        return Text("未知", "unknown")
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if kind.sort is Sort.MONEY and isinstance(value, int | Fraction):
        amount = _decimal(Fraction(value) / 100, places=2)
        return Text(f"{amount}元", f"{amount} yuan")
    if kind.sort is Sort.CODE and isinstance(value, str):
        return _label(kind.codes, value)
    if kind.sort is Sort.CODES and isinstance(value, tuple | frozenset):
        listed = [_label(kind.codes, v) for v in sorted(value)]
        return join(listed) if listed else Text("无", "none")
    if kind.sort is Sort.NUMBER and isinstance(value, int | Fraction):
        number, unit = _decimal(Fraction(value)), _UNITS.get(kind.unit)
        if unit is None:
            said = unit_text(kind.unit)
            return Text(f"{number}{said.zh}", f"{number} {said.en}".rstrip())
        return Text(f"{number}{unit.zh}", f"{number} {unit.en}{'' if value == 1 else 's'}")
    if isinstance(value, dt.date | PartialDate):
        return date_in_words(value.year, value.month, value.day)
    return same(str(value))


def _label(codes: type[Code] | None, value: str) -> Text:
    return {c.value: c.label for c in codes or ()}.get(value, same(value))


def _decimal(value: Fraction, places: int = 0) -> str:
    """A number in decimals where it has few, else as a ratio; ``places`` are shown unless they are all zero."""
    for digits in (0, places, *range(1, 5)):
        if (value * 10**digits).denominator == 1:
            return f"{Decimal((value * 10**digits).numerator).scaleb(-digits):,.{digits}f}"
    return f"{value.numerator}/{value.denominator}"


def date_in_words(year: int, month: int | None, day: int | None) -> Text:
    """A day, a month or a year as people say it."""
    zh = f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")
    return Text(zh, " ".join([*([str(day)] if day else []), *([_MONTHS[month - 1]] if month else []), str(year)]))


def wording(node: n.Node, titles: Titles | None = None, *, expand: bool = False) -> Text:
    """A node in words.

    Args:
        node: the node of an expression.
        titles: names of categories, parameters and packs' facts by code; the code itself where there is none.
        expand: write what stands behind a named step after its title, instead of the title alone.
    """
    return _Writer(titles or {}, expand).write(node)


def title_of_step(node: n.Node, titles: Titles | None = None) -> Text:
    """The title of a named step, else its wording."""
    return node.title if isinstance(node, n.Named) else wording(node, titles)


def quantified(node: n.Aggregate, titles: Titles | None = None) -> Text:
    """Of which records a condition must hold, without the condition: for at least one of the father's situations."""
    return _Writer(titles or {}, False).quantified(node)


@attrs.frozen
class _Listed:
    """The records that a variable goes through: their model, and what the list is called."""

    model: type[Record]
    title: Text

    @property
    def are_people(self) -> bool:
        return issubclass(self.model, Person)


class _Writer:
    """Writes one node. ``records`` are the variables that stand around it, the innermost last."""

    def __init__(self, titles: Mapping[str, Text], expand: bool, records: Mapping[n.Each, _Listed] | None = None):
        self.titles = titles
        self.expand = expand
        self.records = records or {}

    def write(self, node: n.Node) -> Text:
        match node:
            case n.Named(title=title, arg=arg):
                body = self.write(arg) if self.expand else None
                return Text(f"{title.zh}（{body.zh}）", f"{title.en} ({body.en})") if body else title
            case n.Const(value=value, kind=kind):
                return (
                    _ANSWERS[value]
                    if kind == BOOL and (value is None or value in (True, False))
                    else quantity(value, kind)
                )
            case n.Day():
                return Text("评估当日", "the day of assessment")
            case n.Fact() | n.Param() if node.kind == BOOL:
                return self.holds(node, True)
            case n.Fact(path=path, of=of):
                return self.record_fact(of, path) if of else fact_title(path, self.titles)
            case n.Param(code=code):
                return self.the_standard(code)
            case n.InCategory(code=code):
                name = self.titles.get(code, same(code))
                return Text(f"儿童属于“{name.zh}”", f"the child is in ‘{name.en}’")
            case n.And(args=args):
                return self.row(args, "，且", " and ", n.Or) if args else Text("恒成立", "always")
            case n.Or(args=args):
                return self.row(args, "，或", " or ", n.And) if args else Text("恒不成立", "never")
            case n.Not(arg=arg):
                return self.negated(arg)
            case n.Less(left=a, right=b):
                return self.compared(a, b, strict=True)
            case n.AtMost(left=a, right=b):
                return self.compared(a, b, strict=False)
            case n.Equal():
                return self.equal(node, True)
            case n.IsIn() | n.HasAny():
                return self.coded(node, True)
            case n.Known(arg=arg):
                return self.known(arg, True)
            case n.When():
                return self.choice(node)
            case n.Aggregate():
                return self.aggregate(node, True)
            case _:
                return self.value(node)

    # ---- values

    def value(self, node: n.Node) -> Text:
        match node:
            case n.Add(args=args):
                return join([self.term(a) for a in args], "＋", " + ")
            case n.Subtract(left=a, right=b):
                return join([self.write(a) if isinstance(a, n.Add) else self.term(a), self.term(b)], "－", " − ")
            case n.Times(left=a, right=n.Const(value=Fraction(numerator=1, denominator=parts), kind=kind)) if (
                kind == NUMBER and 100 % parts
            ):
                return join([self.factor(a), same(str(parts))], "÷", " ÷ ")
            case n.Times(left=a, right=b):
                return join([self.factor(a), self.factor(b)], "×", " × ")
            case n.Divide(left=a, right=b, to=to, rounding=rounding):
                divisor = self.bracketed(b, _COMPOUND | n.Times)
                return self.rounded(join([self.factor(a), divisor], "÷", " ÷ "), node.kind, to, rounding)
            case n.Round(arg=arg, to=to, rounding=rounding):
                return self.rounded(self.write(arg), node.kind, to, rounding)
            case n.Least(args=args):
                return self.extreme(args, "小", "lesser", "least")
            case n.Greatest(args=args):
                return self.extreme(args, "大", "greater", "greatest")
            case n.Years() | n.Months() | n.Days():
                return self.span(node)
            case n.Later(left=a, right=b):
                return self.moved(a, b)
            case n.Collection(path=path, of=of):
                return self.listed(path, of).title
            case _:
                return same(type(node).__name__)

    def value_of(self, node: n.Node) -> Text:
        """A fact or parameter by its title even where it is a yes-or-no one."""
        match node:
            case n.Fact(path=path, of=of):
                return self.record_fact(of, path) if of else fact_title(path, self.titles)
            case n.Param(code=code):
                return self.titles.get(code, same(code))
            case n.And() | n.Or() | n.Not() | n.When():
                part = self.write(node)
                return Text(f"（{part.zh}）", f"({part.en})")
            case _:
                return self.write(node)

    def the_standard(self, code: str) -> Text:
        """A parameter within a sentence: English puts an article before it."""
        title = self.titles.get(code)
        if title is None:
            return same(code)
        bare = title.en.split(" ", 1)[0].lower() in ("the", "a", "an", "whether")
        return title if bare else Text(title.zh, f"the {title.en}")

    def extreme(self, args: tuple[n.Node, ...], zh: str, of_two: str, of_more: str) -> Text:
        terms = [self.term(a) for a in args]
        parts = join([join(terms[:-1]), terms[-1]], "与", " and ") if len(terms) > 1 else terms[0]
        two = len(terms) == 2
        return Text(f"{parts.zh}中的{'较' if two else '最'}{zh}者", f"the {of_two if two else of_more} of {parts.en}")

    def term(self, node: n.Node) -> Text:
        return self.bracketed(node, n.Add | n.Subtract | n.When | n.Aggregate | n.Least | n.Greatest)

    def factor(self, node: n.Node) -> Text:
        if (
            isinstance(node, n.Const)
            and node.kind == NUMBER
            and isinstance(node.value, Fraction)
            and 0 < node.value < 1
        ):
            percent = node.value * 100
            if percent.denominator == 1:
                return same(f"{percent.numerator}%")
        return self.bracketed(node, _COMPOUND)

    def bracketed(self, node: n.Node, compound: type | types.UnionType) -> Text:
        part = self.write(node)
        return Text(f"（{part.zh}）", f"({part.en})") if isinstance(node, compound) else part

    def rounded(self, what: Text, kind: Kind, to: int, rounding: n.Rounding) -> Text:
        step = quantity(to, kind)
        how = {
            n.Rounding.HALF_UP: Text(f"四舍五入至{step.zh}", f"rounded half up to {step.en}"),
            n.Rounding.UP: Text(f"不足{step.zh}的按{step.zh}计", f"rounded up to {step.en}"),
            n.Rounding.DOWN: Text(f"不足{step.zh}的舍去", f"rounded down to {step.en}"),
        }[rounding]
        return Text(f"{what.zh}（{how.zh}）", f"{what.en} ({how.en})")

    def span(self, node: n.Years | n.Months | n.Days) -> Text:
        who = self.subject_of_age(node) if isinstance(node, n.Years) else None
        if who is not None:
            if isinstance(node.right, n.Day):
                return Text(f"{who.zh}年龄", f"{who.en}'s age")
            day = self.write(node.right)
            # Whose age it is was said: the child's age on the date of …, not on the child's date.
            day = Text(day.zh.removeprefix(who.zh), re.sub(f"^{re.escape(who.en)}'s ", "the ", day.en))
            return Text(f"{who.zh}在{day.zh}的年龄", f"{who.en}'s age on {day.en}")
        start, end = self.write(node.left), self.write(node.right)
        unit = {"years": Text("整年数", "number of whole years"), "months": Text("整月数", "number of whole months"),
                "days": Text("天数", "number of days")}[node.kind.unit]  # fmt: skip
        return Text(f"{start.zh}至{end.zh}的{unit.zh}", f"the {unit.en} from {start.en} to {end.en}")

    def subject_of_age(self, node: n.Node) -> Text | None:
        """Whose age it is, where it is counted from a birth date."""
        birth = node.left if isinstance(node, n.Years) else None
        if not isinstance(birth, n.Fact) or birth.path.rsplit(".", 1)[-1] != "birth_date":
            return None
        return self.subject(birth)

    def moved(self, start: n.Node, step: n.Node) -> Text:
        day, far = self.write(start), self.write(step)
        back = False
        if isinstance(step, n.Const) and isinstance(step.value, int):
            back, length = step.value < 0, abs(step.value)
            far = quantity(length, step.kind)
            if step.kind.unit == "months" and length % 12 == 0:
                far = Text(f"{length // 12}年", quantity(length // 12, YEARS).en)
        return Text(f"{day.zh}前{far.zh}", f"{far.en} before {day.en}") if back else Text(
            f"{day.zh}后{far.zh}", f"{far.en} after {day.en}")  # fmt: skip

    # ---- conditions

    def row(self, args: tuple[n.Node, ...], zh: str, en: str, bracketed: type[n.Node]) -> Text:
        parts = []
        for arg in args:
            part = self.write(arg)
            if isinstance(arg, bracketed | n.When) and not _stands_alone(arg):
                part = Text(f"（{part.zh}）", f"({part.en})")
            elif (
                isinstance(arg, n.Aggregate) and arg.body != _ALWAYS
            ):  # the comma after "for at least one of …" must not reach further
                part = Text(part.zh, f"({part.en})")
            elif isinstance(arg, n.Named) and not self.expand:
                part = _set_apart(part, " or " if en == " and " else " and ")
            parts.append(part)
        return join(parts, zh, en)

    def negated(self, arg: n.Node) -> Text:
        match arg:
            case n.IsIn() | n.HasAny():
                return self.coded(arg, False)
            case n.InCategory(code=code):
                name = self.titles.get(code, same(code))
                return Text(f"儿童不属于“{name.zh}”", f"the child is not in ‘{name.en}’")
            case n.Less(left=a, right=b):
                return self.compared(b, a, strict=False)
            case n.AtMost(left=a, right=b):
                return self.compared(b, a, strict=True)
            case n.Equal():
                return self.equal(arg, False)
            case n.Fact() | n.Param():
                return self.holds(arg, False)
            case n.Known(arg=inner):
                return self.known(inner, False)
            case n.Aggregate(how=n.How.ANY):
                return self.aggregate(arg, False)
            case n.Named():
                part = self.write(arg)
                return Text(f"“{part.zh.translate(_INNER_QUOTES)}”不成立", f"not ‘{part.en}’")
            case _:
                part = self.write(arg)
                return Text(f"（{part.zh}）不成立", f"not ({part.en})")

    def holds(self, node: n.Fact | n.Param, value: bool) -> Text:
        """A yes-or-no fact as a sentence about its subject; a pack's fact or a switch by its title."""
        said = self.said(node, value) if isinstance(node, n.Fact) else None
        if said and isinstance(node, n.Fact):
            who = self.subject(node)
            return Text(f"{who.zh}{said.zh}", f"{who.en} {said.en}")
        title = self.value_of(node)
        return Text(f"“{title.zh}”为{'是' if value else '否'}", f"‘{title.en}’ is {'yes' if value else 'no'}")

    def known(self, arg: n.Node, value: bool) -> Text:
        zh = "已知" if value else "未知"
        en = "is known" if value else "is not known"
        if arg.kind != BOOL:
            what = self.write(arg)
            return Text(f"{what.zh}{zh}", f"{what.en} {en}")
        part = self.write(arg)
        if isinstance(arg, n.Aggregate) and arg.how is n.How.ANY and arg.body == _ALWAYS == arg.where:
            what = self.listed(arg.source.path, arg.source.of).title
            return Text(f"{'已知' if value else '不知'}有无{what.zh}", f"it {en} whether {part.en}")
        asked = self.asked(arg) if isinstance(arg, n.Fact) else None
        which = asked.zh if asked else f"“{part.zh.translate(_INNER_QUOTES)}”是否成立"
        return Text(("已知" if value else "不知") + which, f"it {en} whether {part.en}")

    def said(self, node: n.Fact, value: bool) -> Text | None:
        """What a yes-or-no fact of the model says of its subject; None for a pack's own fact."""
        if node.path[:1].isdigit() or node.path in self.titles:
            return None
        return predicate(node.path, value, self.record(node.of).model) if node.of else predicate(node.path, value)

    def asked(self, node: n.Fact) -> Text | None:
        """A yes-or-no fact of the model as a question; None for a pack's own fact."""
        if self.said(node, True) is None:
            return None
        within = {"model": self.record(node.of).model} if node.of else {}
        return whether(node.path, subject=self.subject(node), **within)

    def coded(self, node: n.IsIn | n.HasAny, value: bool) -> Text:
        what, listed = self.write(node.arg), node.arg.kind.codes
        if isinstance(node, n.HasAny) and listed and set(node.codes) == {c.value for c in listed}:
            verb_en = "are" if _is_plural(what.en) else "is"
            return Text(f"{what.zh}{'不' if value else ''}为无", f"{what.en} {verb_en} {'not ' if value else ''}none")
        names = [_label(listed, c) if listed else self.titles.get(c, same(c)) for c in node.codes]
        if len(names) > 1 and not value:
            return self.none_of(node, what, names)
        wanted = names[0] if len(names) == 1 else join([join(names[:-1]), names[-1]], "或", " or ")
        verb = {
            (n.IsIn, True): Text("为", "is"), (n.IsIn, False): Text("不为", "is not"),
            (n.HasAny, True): Text("包括", "includes"), (n.HasAny, False): Text("不包括", "does not include"),
        }[type(node), value]  # fmt: skip
        if isinstance(node, n.HasAny) and _is_plural(what.en):
            verb = Text(verb.zh, verb.en.replace("includes", "include").replace("does", "do"))
        return Text(f"{what.zh}{verb.zh}{wanted.zh}", f"{what.en} {verb.en} {wanted.en}")

    def none_of(self, node: n.IsIn | n.HasAny, what: Text, names: list[Text]) -> Text:
        """Not any of several codes: neither … nor …, none of …."""
        every = join([join(names[:-1]), names[-1]], "、", " or ")
        two = len(names) == 2
        either = f"neither {names[0].en} nor {names[1].en}" if two else f"none of {every.en}"
        verb = Text("不属于", "is") if isinstance(node, n.IsIn) else Text("不包括", "includes")
        verb_en = "include" if verb.en == "includes" and _is_plural(what.en) else verb.en
        return Text(f"{what.zh}{verb.zh}{every.zh}中的任何一项", f"{what.en} {verb_en} {either}")

    def compared(self, left: n.Node, right: n.Node, *, strict: bool) -> Text:
        """``left < right`` (or ``<=``), the fact first and the standard after it."""
        turned = self.is_standard(left) and not self.is_standard(right)
        a, b = (right, left) if turned else (left, right)
        who = self.subject_of_age(a) if isinstance(a, n.Years) and isinstance(a.right, n.Day) else None
        if who is not None:
            years = str(b.value) if isinstance(b, n.Const) else self.write(b).en
            zh, en = {
                (True, False): ("未满{}", "is under {}"), (False, False): ("年龄不超过{}", "is at most {}"),
                (True, True): ("年龄超过{}", "is over {}"), (False, True): ("年满{}", "is at least {}"),
            }[strict, turned]  # fmt: skip
            return Text(who.zh + zh.format(self.write(b).zh), f"{who.en} {en.format(years)}")
        zh, en = _ORDER[_measure(a.kind)][strict, turned]
        what, standard = self.write(a), self.write(b)
        return Text(f"{what.zh}{zh}{standard.zh}", f"{what.en} {en} {standard.en}")

    def is_standard(self, node: n.Node) -> bool:
        """Whether it is what something else is measured by: a constant, a parameter, the day, or made of these."""
        return not any(isinstance(part, n.Fact | n.Collection | n.Each) for part in n.walk(node))

    def equal(self, node: n.Equal, value: bool) -> Text:
        if node.left.kind == BOOL:
            a, b = self.write(node.left), self.write(node.right)
            zh, en = ("一致", "exactly when") if value else ("不一致", "not exactly when")
            return Text(f"（{a.zh}）与（{b.zh}）{zh}", f"({a.en}) {en} ({b.en})")
        a, b = self.value_of(node.left), self.value_of(node.right)
        who = self.subject_of_age(node.left)
        if who is not None and isinstance(node.left, n.Years) and isinstance(node.left.right, n.Day):
            years = str(node.right.value) if isinstance(node.right, n.Const) else b.en
            return Text(f"{who.zh}{'' if value else '不'}为{b.zh}", f"{who.en} is {'' if value else 'not '}{years}")
        if node.left.kind.sort in (Sort.DATE, Sort.CODE):
            return Text(f"{a.zh}{'' if value else '不'}为{b.zh}", f"{a.en} is {'' if value else 'not '}{b.en}")
        return Text(
            f"{a.zh}{'' if value else '不'}等于{b.zh}", f"{a.en} {'equals' if value else 'does not equal'} {b.en}"
        )

    def choice(self, node: n.When) -> Text:
        """``when`` after ``when`` as one row: brackets read down. What is only asked of where known stands first."""
        if _asks_where_known(node):
            return self.where_known(node)
        zh, en, current = "", "", node
        while True:
            condition, then = self.write(current.condition), self.bracketed(current.then, n.When)
            zh += f"若{condition.zh}，则{then.zh}；"
            en += f"if {condition.en}, then {then.en}; "
            if not isinstance(current.otherwise, n.When):
                break
            current, zh, en = current.otherwise, zh + "否则，", en + "otherwise, "
        last = self.write(current.otherwise)
        return Text(f"{zh}否则{last.zh}", f"{en}otherwise {last.en}")

    def where_known(self, node: n.When) -> Text:
        """A value, and in brackets what stands in for it where it is not known."""
        what, instead = self.write(node.then), self.write(node.otherwise)
        unset = isinstance(node.then, n.Param)
        zh, en = ("未设定", "where not set") if unset else ("未知", "where not known")
        if node.kind != BOOL:
            return Text(f"{what.zh}（{zh}的，为{instead.zh}）", f"{what.en} ({en}, {instead.en})")
        if node.otherwise == n.And(()) or (
            isinstance(node.otherwise, n.Const) and isinstance(node.otherwise.value, bool)
        ):
            so = not isinstance(node.otherwise, n.Const) or node.otherwise.value
            return what + (Text("（或未知）", " (or not known)") if so else Text("（且已知）", " (and known)"))
        return Text(
            f"{what.zh}（{zh}的，以“{instead.zh.translate(_INNER_QUOTES)}”为准）", f"{what.en} ({en}: {instead.en})"
        )

    # ---- records

    def record(self, each: n.Each) -> _Listed:
        return self.records.get(each) or self.listed(each.collection, None)

    def listed(self, path: str, of: n.Each | None) -> _Listed:
        if of is None:
            # A record's list that stands alone (as in an explanation) is still known by its own name.
            model = record_of(path)
            return _Listed(model, list_title(path, self.titles))
        outer = self.record(of)
        return _Listed(record_of(path, outer.model), self.of(of, own_title(outer.model, path)))

    def of(self, each: n.Each, title: Text) -> Text:
        """Something of a record: 其 and "its" for the innermost one; those around it are named."""
        one = self.subject_of(each)
        if one.en in ("it", "that person"):
            return Text(one.zh + title.zh, f"{'its' if one.en == 'it' else one.en + chr(39) + 's'} {title.en}")
        return Text(f"{one.zh}的{title.zh}", f"the {title.en} of {one.en}")

    def subject_of(self, each: n.Each) -> Text:
        listed = self.record(each)
        if not self.records or each == list(self.records)[-1]:
            return Text("其", "that person" if listed.are_people else "it")
        return Text(f"该{listed.title.zh}", f"that one of {listed.title.en}")

    def subject(self, node: n.Fact) -> Text:
        if node.of is not None:
            return self.subject_of(node.of)
        first = node.path.split(".", 1)[0]
        return SUBJECTS.get(first, same(first))

    def record_fact(self, of: n.Each, path: str) -> Text:
        return self.of(of, own_title(self.record(of).model, path))

    def aggregate(self, node: n.Aggregate, value: bool) -> Text:
        listed = self.listed(node.source.path, node.source.of)
        inner = _Writer(self.titles, self.expand, {**self.records, node.each: listed})
        what, body = listed.title, inner.write(node.body)
        if node.where != _ALWAYS:
            only = inner.write(node.where)
            what = Text(f"{what.zh}（限{only.zh}的）", f"{what.en} (only where {only.en})")
        if node.how in (n.How.SUM, n.How.LEAST, n.How.GREATEST):
            return self.measured(node, what, inner)
        one, number = ("一人", "人数") if listed.are_people else ("一项", "项数")
        if node.body == _ALWAYS:
            if node.how is n.How.COUNT:
                return Text(f"{what.zh}的{number}", f"the number of {what.en}")
            there = ("存在", "there is at least one of") if value else ("不存在", "there is none of")
            return Text(there[0] + what.zh, f"{there[1]} {what.en}")
        meets = f"符合“{body.zh.translate(_INNER_QUOTES)}”"
        match node.how:
            case n.How.ANY:
                zh, en = (f"至少有{one}", "at least one") if value else (f"没有{one}", "none")
                return Text(f"{what.zh}中{zh}{meets}", f"for {en} of {what.en}, {body.en}")
            case n.How.ALL:
                return Text(f"{what.zh}中每{one}均{meets}", f"for every one of {what.en}, {body.en}")
            case _:
                return Text(f"{what.zh}中{meets}的{number}", f"the number of {what.en} for which {body.en}")

    def quantified(self, node: n.Aggregate) -> Text:
        """For at least one, or for every one, of the records; without what is to hold of it."""
        listed = self.listed(node.source.path, node.source.of)
        what = listed.title
        if node.where != _ALWAYS:
            only = _Writer(self.titles, self.expand, {**self.records, node.each: listed}).write(node.where)
            what = Text(f"{what.zh}（限{only.zh}的）", f"{what.en} (only where {only.en})")
        one = "一人" if listed.are_people else "一项"
        if node.how is n.How.ALL:
            return Text(f"{what.zh}中每{one}均须符合", f"for every one of {what.en}")
        return Text(f"{what.zh}中至少有{one}符合", f"for at least one of {what.en}")

    def measured(self, node: n.Aggregate, what: Text, inner: "_Writer") -> Text:
        """The total, least or greatest of something over the records."""
        body = node.body
        is_own = isinstance(body, n.Fact) and body.of == node.each
        title = (
            own_title(inner.record(node.each).model, body.path)
            if isinstance(body, n.Fact) and is_own
            else inner.write(body)
        )
        if node.how is n.How.SUM:
            return Text(f"{what.zh}的{title.zh}合计", f"the total {title.en} of {what.en}") if is_own else Text(
                f"{what.zh}的“{title.zh.translate(_INNER_QUOTES)}”合计", f"the total, over {what.en}, of {title.en}")  # fmt: skip
        zh, en = _EXTREMES[node.how, node.kind.sort is Sort.DATE]
        return Text(f"{what.zh}中{zh}的{title.zh}", f"the {en} {title.en} among {what.en}") if is_own else Text(
            f"{what.zh}中{zh}的“{title.zh.translate(_INNER_QUOTES)}”", f"the {en}, among {what.en}, of {title.en}")  # fmt: skip


def _set_apart(title: Text, other: str) -> Text:
    """The title of a step within a row, in quotation marks where its own commas, or the other word of the two that
    join conditions, would be read as the row's.
    """
    zh, en = _BRACKETS.sub("", title.zh), _BRACKETS.sub("", title.en)
    quoted_zh = f"“{title.zh.translate(_INNER_QUOTES)}”" if any(mark in zh for mark in "，；：") else title.zh
    return Text(quoted_zh, f"‘{title.en}’" if other in en or any(mark in en for mark in ",;:") else title.en)


def _is_plural(title: str) -> bool:
    """Whether an English title is of several: the child's grounds of state guardianship, not the aid status."""
    head = title.rsplit("'s ", 1)[-1].split(" of ", 1)[0]
    return head.endswith("s") and not head.endswith(("ss", "us"))


def _asks_where_known(node: n.When) -> bool:
    """Whether it is something that only counts where it is known: ``when(x.is_known(), x > 3).otherwise(…)``."""
    if not isinstance(node.condition, n.Known):
        return False
    asked, read = node.condition.arg, [list(n.walk(part)) for part in (node.condition.arg, node.then)]
    facts = [{m for m in part if isinstance(m, n.Fact | n.Param | n.InCategory | n.Collection)} for part in read]
    return asked in read[1] and facts[0] == facts[1]


def _stands_alone(node: n.Node) -> bool:
    """Whether it reads as one condition within a row, without brackets around it."""
    return isinstance(node, n.When) and _asks_where_known(node) and not isinstance(node.then, n.And | n.Or | n.When)


_ALWAYS = n.Const(BOOL, True)
#: What needs brackets beside × and ÷.
_COMPOUND = n.Add | n.Subtract | n.When | n.Aggregate | n.Least | n.Greatest | n.Divide | n.Round
_BRACKETS = re.compile(r"\([^()]*\)|（[^（）]*）")
#: Quotation marks within quotation marks.
_INNER_QUOTES = str.maketrans("“”", "‘’")
#: A constant where a condition is asked for.
_ANSWERS: dict[object, Text] = {
    True: Text("成立", "yes"), False: Text("不成立", "no"), None: Text("无法确定", "not known"),
}  # fmt: skip
#: (strict, turned round): a < b, a <= b, b < a, b <= a.
_ORDER = {
    "date": {
        (True, False): ("早于", "is before"), (False, False): ("不晚于", "is not after"),
        (True, True): ("晚于", "is after"), (False, True): ("不早于", "is not before"),
    },
    "years": {
        (True, False): ("小于", "is under"), (False, False): ("不超过", "is at most"),
        (True, True): ("超过", "is over"), (False, True): ("不小于", "is at least"),
    },
    "count": {
        (True, False): ("少于", "is fewer than"), (False, False): ("不超过", "is at most"),
        (True, True): ("超过", "is more than"), (False, True): ("不少于", "is at least"),
    },
    "amount": {
        (True, False): ("低于", "is below"), (False, False): ("不高于", "is at most"),
        (True, True): ("高于", "is above"), (False, True): ("不低于", "is at least"),
    },
}  # fmt: skip
_EXTREMES = {
    (n.How.LEAST, False): ("最小", "least"), (n.How.GREATEST, False): ("最大", "greatest"),
    (n.How.LEAST, True): ("最早", "earliest"), (n.How.GREATEST, True): ("最晚", "latest"),
}  # fmt: skip


def _measure(kind: Kind) -> str:
    if kind.sort is Sort.DATE:
        return "date"
    return {"years": "years", "persons": "count", "months": "count", "days": "count"}.get(kind.unit, "amount")

"""The wording of a rule in Chinese and English, read off its nodes. Written once here; every view uses it."""

from collections.abc import Mapping
from fractions import Fraction

from kinderguard.model.money import yuan
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.titles import Titles, fact_title, path_titles

_UNITS = {
    "years": Text("周岁", " years"), "months": Text("个月", " months"), "days": Text("天", " days"),
    "persons": Text("人", " persons"), "": same(""),
}  # fmt: skip
_ROUNDING = {
    n.Rounding.HALF_UP: Text("四舍五入", "rounded half up"),
    n.Rounding.UP: Text("向上取整", "rounded up"),
    n.Rounding.DOWN: Text("向下取整", "rounded down"),
}


def quantity(value: object, kind: Kind) -> Text:
    """A value of a kind as people read it: money in yuan, ages in years, codes by title. Unknown says so."""
    if value is None:
        return Text("未知", "unknown")
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if kind.sort is Sort.MONEY and isinstance(value, int | Fraction):
        amount = yuan(value) if value == int(value) else round(float(value) / 100, 4)
        return Text(f"{amount:,}元", f"{amount:,} yuan")
    if kind.sort is Sort.CODE and isinstance(value, str):
        return kind.codes(value).label if kind.codes else same(value)
    if kind.sort is Sort.CODES and isinstance(value, tuple | frozenset):
        listed = [kind.codes(v).label if kind.codes else same(v) for v in sorted(value)]
        return join(listed) if listed else Text("无", "none")
    if kind.sort is Sort.NUMBER:
        unit = _UNITS.get(kind.unit, same(" " + kind.unit))
        return Text(f"{value}{unit.zh}", f"{value}{unit.en}")
    return same(str(value))


def wording(node: n.Node, titles: Titles | None = None) -> Text:
    """A node in words. ``titles`` names categories, parameters and packs' facts by code."""
    return _Writer(titles or {}).write(node)


def title_of_step(node: n.Node, titles: Titles | None = None) -> Text:
    """The title of a named step, else its wording."""
    return node.title if isinstance(node, n.Named) else wording(node, titles)


class _Writer:
    def __init__(self, titles: Mapping[str, Text]) -> None:
        self.titles = titles

    def write(self, node: n.Node) -> Text:
        match node:
            case n.Named(title=title):
                return title
            case n.Const(value=value, kind=kind):
                return quantity(value, kind)
            case n.Day():
                return Text("评估当日", "the day of assessment")
            case n.Fact(path=path, of=of):
                return self.record_fact(of, path) if of else fact_title(path, self.titles)
            case n.Param(code=code):
                return self.titles.get(code, same(code))
            case n.InCategory(code=code):
                name = self.titles.get(code, same(code))
                return Text(f"属于“{name.zh}”", f"is in ‘{name.en}’")
            case n.And(args=args):
                return self.list(args, "且", "and", n.Or) if args else Text("恒为真", "always")
            case n.Or(args=args):
                return self.list(args, "或", "or", n.And) if args else Text("恒为假", "never")
            case n.Not(arg=arg):
                return self.negated(arg)
            case n.Less() | n.AtMost() | n.Equal():
                return self.compared(node)
            case n.IsIn(arg=arg, codes=codes):
                what, wanted = self.write(arg), self.codes(arg, codes)
                return Text(f"{what.zh}为{wanted.zh}", f"{what.en} is {wanted.en}")
            case n.HasAny(arg=arg, codes=codes):
                what, wanted = self.write(arg), self.codes(arg, codes)
                return Text(f"{what.zh}包括{wanted.zh}", f"{what.en} includes {wanted.en}")
            case _:
                return self.value(node)

    def value(self, node: n.Node) -> Text:
        match node:
            case n.Add(args=args):
                return join([self.inner(a) for a in args], " ＋ ", " + ")
            case n.Subtract(left=a, right=b):
                return join([self.inner(a), self.inner(b)], " － ", " − ")
            case n.Times(left=a, right=b):
                return join([self.inner(a), self.inner(b)], " × ", " × ")
            case n.Divide(left=a, right=b, to=to, rounding=rounding):
                return self.rounded(join([self.inner(a), self.inner(b)], " ÷ ", " ÷ "), node.kind, to, rounding)
            case n.Round(arg=arg, to=to, rounding=rounding):
                return self.rounded(self.inner(arg), node.kind, to, rounding)
            case n.Least(args=args) | n.Greatest(args=args):
                parts = join([self.write(a) for a in args])
                word = Text("较小者", "the least of") if isinstance(node, n.Least) else Text("较大者", "the greatest of")
                return Text(f"（{parts.zh}）的{word.zh}", f"{word.en} ({parts.en})")
            case n.When(condition=c, then=a, otherwise=b):
                c_, a_, b_ = self.write(c), self.write(a), self.write(b)
                return Text(f"若{c_.zh}则{a_.zh}，否则{b_.zh}", f"if {c_.en} then {a_.en}, else {b_.en}")
            case n.Known(arg=arg):
                what = self.write(arg)
                return Text(f"{what.zh}已知", f"{what.en} is known")
            case n.Years(left=a, right=n.Day()):
                return self.age(a)
            case n.Years(left=a, right=b) | n.Months(left=a, right=b) | n.Days(left=a, right=b):
                start, end, unit = self.write(a), self.write(b), _UNITS[node.kind.unit]
                return Text(f"自{start.zh}至{end.zh}的{unit.zh.removeprefix('周')}数", f"whole{unit.en} from {start.en} to {end.en}")
            case n.Later(left=a, right=b):
                start, step = self.write(a), self.write(b)
                return Text(f"{start.zh}加{step.zh}", f"{start.en} plus {step.en}")
            case n.Aggregate():
                return self.aggregate(node)
            case n.Collection(path=path, of=of):
                return self.record_fact(of, path) if of else self.collection(path)
            case _:
                return same(type(node).__name__)

    def list(self, args: tuple[n.Node, ...], zh: str, en: str, bracketed: type[n.Node]) -> Text:
        parts = []
        for arg in args:
            part = self.write(arg)
            parts.append(Text(f"（{part.zh}）", f"({part.en})") if isinstance(arg, bracketed) else part)
        return join(parts, f"，{zh}", f" {en} ")

    def inner(self, node: n.Node) -> Text:
        part = self.write(node)
        compound = isinstance(node, n.Add | n.Subtract | n.When)
        return Text(f"（{part.zh}）", f"({part.en})") if compound else part

    def negated(self, arg: n.Node) -> Text:
        match arg:
            case n.IsIn(arg=inner, codes=codes):
                what, wanted = self.write(inner), self.codes(inner, codes)
                return Text(f"{what.zh}不为{wanted.zh}", f"{what.en} is not {wanted.en}")
            case n.HasAny(arg=inner, codes=codes):
                what, wanted = self.write(inner), self.codes(inner, codes)
                return Text(f"{what.zh}不包括{wanted.zh}", f"{what.en} does not include {wanted.en}")
            case n.InCategory(code=code):
                name = self.titles.get(code, same(code))
                return Text(f"不属于“{name.zh}”", f"is not in ‘{name.en}’")
            case _:
                part = self.write(arg)
                return Text(f"并非（{part.zh}）", f"not ({part.en})")

    def compared(self, node: n.Less | n.AtMost | n.Equal) -> Text:
        left, right = node.left, node.right
        if isinstance(node, n.Equal):
            a, b = self.write(left), self.write(right)
            return Text(f"{a.zh}等于{b.zh}", f"{a.en} equals {b.en}")
        turned = isinstance(left, n.Const | n.Param | n.Day) and not isinstance(right, n.Const)
        strict = isinstance(node, n.Less)
        a, b = (self.write(right), self.write(left)) if turned else (self.write(left), self.write(right))
        if left.kind.sort is Sort.DATE:
            zh, en = (("晚于", "is after") if turned else ("早于", "is before")) if strict else (
                ("不早于", "is not before") if turned else ("不晚于", "is not after"))  # fmt: skip
        elif left.kind.unit == "years":
            zh, en = (("超过", "is over") if turned else ("不满", "is under")) if strict else (
                ("达到", "is at least") if turned else ("不超过", "is at most"))  # fmt: skip
        else:
            zh, en = (("高于", "is above") if turned else ("低于", "is below")) if strict else (
                ("不低于", "is at least") if turned else ("不高于", "is at most"))  # fmt: skip
        return Text(f"{a.zh}{zh}{b.zh}", f"{a.en} {en} {b.en}")

    def codes(self, arg: n.Node, codes: tuple[str, ...]) -> Text:
        listed = arg.kind.codes
        return join([listed(c).label if listed else self.titles.get(c, same(c)) for c in codes], "、", " or ")

    def rounded(self, what: Text, kind: Kind, to: int, rounding: n.Rounding) -> Text:
        step, how = quantity(to, kind), _ROUNDING[rounding]
        return Text(f"（{what.zh}，{how.zh}到{step.zh}）", f"({what.en}, {how.en} to {step.en})")

    def age(self, birth: n.Node) -> Text:
        if isinstance(birth, n.Fact) and birth.path.endswith("birth_date"):
            owner = fact_title(birth.path) if birth.of is None else self.record_fact(birth.of, birth.path)
            return Text(owner.zh.removesuffix("出生日期") + "年龄", owner.en.removesuffix("birth date") + "age")
        start = self.write(birth)
        return Text(f"自{start.zh}起的整年数", f"whole years since {start.en}")

    def collection(self, path: str) -> Text:
        return fact_title(path, self.titles) if "." in path else path_titles(path)[0]

    def record_fact(self, of: n.Each, path: str) -> Text:
        title = fact_title(f"{of.collection}.{path}" if "." in of.collection else f"{_list_path(of.collection)}.{path}")
        return Text("其" + title.zh.removeprefix(fact_title(_list_path(of.collection)).zh), "its " + title.en.rsplit(":", 1)[-1].strip())

    def aggregate(self, node: n.Aggregate) -> Text:
        what, body = self.collection(_list_path(node.source.path)), self.write(node.body)
        always = n.Const(n.BOOL, True)
        if node.where != always:
            filtered = self.write(node.where)
            what = Text(f"{what.zh}（{filtered.zh}）", f"{what.en} where {filtered.en}")
        plain = node.body == always
        match node.how:
            case n.How.ANY:
                return Text(f"有{what.zh}", f"there is {what.en}") if plain else Text(f"{what.zh}中有{body.zh}", f"in {what.en} there is one with {body.en}")
            case n.How.ALL:
                return Text(f"{what.zh}均{body.zh}", f"in {what.en} all have {body.en}")
            case n.How.COUNT:
                return Text(f"{what.zh}的数目", f"the number of {what.en}") if plain else Text(f"{what.zh}中{body.zh}的数目", f"the number in {what.en} with {body.en}")
            case n.How.SUM:
                return Text(f"{what.zh}中{body.zh}之和", f"the sum over {what.en} of {body.en}")
            case n.How.LEAST:
                return Text(f"{what.zh}中{body.zh}的最小值", f"the least over {what.en} of {body.en}")
            case _:
                return Text(f"{what.zh}中{body.zh}的最大值", f"the greatest over {what.en} of {body.en}")


def _list_path(path: str) -> str:
    """Where a list that belongs to a record is found in the model, for its title."""
    return {"situations": "father.situations", "incomes": "household.members.incomes"}.get(path, path)

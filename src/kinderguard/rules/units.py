"""What numbers are counted in: the unit that a fact, a parameter or a part of a rule states, and two that do not go
together. A number that states none goes with any; money is yuan and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping

from kinderguard.model.text import Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort

#: Ways of writing one unit; the first is the one that rules use.
_ALIKE = (
    ("years", "year", "岁", "周岁", "年"),
    ("months", "month", "月", "个月"),
    ("days", "day", "天", "日"),
    ("persons", "person", "人"),
    ("km", "公里", "千米"),
    ("m", "米"),
    ("times", "倍"),
    ("visits", "次"),
)
_ONE = {name: names[0] for names in _ALIKE for name in names}
_SAID = {
    "years": Text("周岁", "years"), "months": Text("个月", "months"), "days": Text("天", "days"),
    "persons": Text("人", "persons"), "km": Text("公里", "km"), "m": Text("米", "m"), "times": Text("倍", "times"),
    "visits": Text("次", "visits"),
}  # fmt: skip
#: What money may say that it is counted in: yuan, and for how long that is.
_YUAN = {
    ("", "元", "yuan"): Text("元", "yuan"), ("元/月", "yuan/month"): Text("元/月", "yuan a month"),
    ("元/季", "yuan/quarter"): Text("元/季", "yuan a quarter"),
    ("元/学年", "yuan/school year"): Text("元/学年", "yuan a school year"),
    ("元/年", "yuan/year"): Text("元/年", "yuan a year"),
}  # fmt: skip
YUAN: Mapping[str, Text] = {name: said for names, said in _YUAN.items() for name in names}


def one_unit(unit: str) -> str:
    """A unit as rules write it, whichever way it was written; as it stands where it has one way only."""
    return _ONE.get(unit, unit)


def unit_text(unit: str) -> Text:
    """A unit as people read it.

    >>> unit_text("km").zh, unit_text("公里").en
    ('公里', 'km')
    """
    return _SAID.get(one_unit(unit), same(unit))


def counted_in(kind: Kind, unit: str) -> Text:
    """What the values of a parameter are counted in, as people read it: of money with its period, where that is stated.

    >>> counted_in(Kind(Sort.MONEY), "元/月").en, counted_in(Kind(Sort.NUMBER, "years"), "").zh
    ('yuan a month', '周岁')
    """
    return YUAN[unit] if kind.sort is Sort.MONEY else unit_text(kind.unit or unit)


def clashes(root: n.Node, declared: Callable[[str], str]) -> Iterator[tuple[n.Node, str, n.Node, str]]:
    """The parts of comparisons, sums and choices that state different units, with what each states.

    Args:
        root: the rule's expression.
        declared: the unit that a parameter's declaration states, by its code.
    """
    found: dict[n.Node, str] = {}

    def unit(node: n.Node) -> str:
        if node not in found:
            found[node] = _stated(node, unit, declared)
        return found[node]

    for node in n.walk(root):
        stated = [(part, unit(part)) for part in _alike(node) if part.kind.sort is Sort.NUMBER and unit(part)]
        for part, other in stated[1:]:
            if other != stated[0][1]:
                yield *stated[0], part, other


def _alike(node: n.Node) -> tuple[n.Node, ...]:
    """The parts of a node that have to be counted in the same."""
    match node:
        case n.Less() | n.AtMost() | n.Equal() | n.Add() | n.Subtract() | n.Least() | n.Greatest():
            return node.parts()
        case n.When(then=then, otherwise=otherwise):
            return then, otherwise
        case _:
            return ()


def _stated(node: n.Node, unit: Callable[[n.Node], str], declared: Callable[[str], str]) -> str:
    """The unit that a node states; none where nothing in it does, or where what it is made of is multiplied."""
    match node:
        case n.Const():  # it takes the unit of what stands beside it
            return ""
        case n.Param(code=code):
            return one_unit(node.kind.unit or declared(code))
        case n.Named(arg=arg) | n.Round(arg=arg):
            return unit(arg)
        case n.Aggregate(how=how, body=body):
            return one_unit(node.kind.unit) if how is n.How.COUNT else unit(body)
        case n.Times(left=left, right=right):
            both = {unit(left), unit(right)} - {"", "times"}
            return both.pop() if len(both) == 1 else ""
        case n.Add() | n.Subtract() | n.Least() | n.Greatest() | n.When():
            return next((said for part in _alike(node) if (said := unit(part))), "")
        case _:
            return one_unit(node.kind.unit)

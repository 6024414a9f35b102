"""Parameters of a pack that its own rules read and that have no value at the pack's place: the amount is never known there.

The nation and a province may leave a value to their counties; a county that leaves its own parameter empty has forgotten
it, and one that gives it to some of its townships only may mean that.
"""

from collections.abc import Iterable, Iterator

import attrs

from kinderguard.model.places import COUNTY
from kinderguard.model.text import Text
from kinderguard.packs.pack import Pack
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import parts_of
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.parameters import Parameter


@attrs.frozen
class Valueless:
    """A parameter without a value at the place of its pack.

    Args:
        parameter: which.
        rule: the code of the first rule that reads it.
        message, mend: what that means, and what to do.
        sure: whether it is forgotten beyond doubt.
    """

    parameter: Parameter
    rule: str
    message: Text
    mend: Text
    sure: bool


def valueless(pack: Pack, parameters: Iterable[Parameter]) -> Iterator[Valueless]:
    """Each of the pack's own parameters that a rule of it reads and that has no value at its place; none for the nation."""
    here = pack.jurisdiction
    empty = {p.code: p for p in parameters if p.kind is not None and not any(v.place == here for v in p.values)}
    if not here or not empty:
        return
    read: dict[str, str] = {}
    rules: tuple[Category | Policy | Check, ...] = (*pack.categories, *pack.policies, *pack.checks)
    for rule in rules:
        for _, expr in parts_of(rule):
            for node in n.walk(expr.node):
                if isinstance(node, n.Param) and node.code in empty:
                    read.setdefault(node.code, rule.code)
    for code, rule_code in read.items():
        yield _told(empty[code], rule_code, here)


def _told(parameter: Parameter, rule: str, here: str) -> Valueless:
    places = list(dict.fromkeys(v.place for v in parameter.values))
    if not places:
        message = Text(
            f"{rule} 用到 {parameter.code}，但它没有任何值：结果待定",
            f"{rule} reads {parameter.code}, which has no value at all: the result stays undetermined",
        )
    else:
        zh, en = "、".join(places[:3]), ", ".join(places[:3])
        message = Text(
            f"{rule} 用到 {parameter.code}，但它只在 {zh} 有值，在 {here} 没有：其他地方的结果待定",
            f"{rule} reads {parameter.code}, which has values at {en} only and none at {here}: elsewhere the result stays "
            "undetermined",
        )
    mend = Text(
        f"填写 {here} 的值：values = [{{ from = …, value = …, source = … }}]，不写 place",
        f"give the value of {here}: values = [{{ from = …, value = …, source = … }}], without place",
    )
    return Valueless(parameter, rule, message, mend, len(here) >= COUNTY and not places)

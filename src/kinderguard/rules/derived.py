"""What rules may ask though no record holds it: an age, whether a child lives in another county than that of registration.

Each is worked out from facts, for the day of the assessment. It stands beside the facts where these are listed; a case
states the facts, and a table has columns for them alone.
"""

import typing
from collections.abc import Iterator
from functools import cache

import attrs

from kinderguard.model.text import Text
from kinderguard.rules import facts as f
from kinderguard.rules.records import Records


@attrs.frozen
class Derived:
    """A question that a rule may ask of what is recorded.

    Args:
        path: as a rule writes it (of a list: of each of its records).
        kind: ``condition`` or ``number``, as of a fact.
        title: what it says.
        of: the paths of the facts that it is worked out from.
    """

    path: str
    kind: str
    title: Text
    of: tuple[str, ...]


_Part = tuple[str, str, Text, tuple[str, ...]]
#: By the part of a case that they are asked of: how they are written, their kind, what they say, and the facts they rest on.
_PARTS: dict[type[f.Handle], tuple[_Part, ...]] = {
    f.PersonFacts: (
        ("age", "number", Text("年龄，评估当日的整岁数", "age: whole years on the day of the assessment"), ("birth_date",)),
    ),
    f.ChildFacts: (
        (
            "lives_in_another_county", "condition",
            Text("现居住县与户籍县是否不同", "whether the county of residence is another than that of registration"),
            ("registration.division", "residence.division"),
        ),
        ("is_in(CATEGORY)", "condition", Text("是否属于某一类别", "whether the child is in a category"), ()),
    ),
    f.ParentFacts: (
        ("exists", "condition", Text("法律上是否有这一方；未记录为“无”的即有", "whether there is such a legal parent: yes, unless recorded as none"), ("kind",)),
        ("is_in_situation(KIND, …)", "condition", Text("当日是否处于所列状况之一", "whether one of the situations named holds on the day"), ("situations",)),
    ),
    f.DisabilityFacts: (
        ("in_force", "condition", Text("残疾证是否未过期；没有到期日的即未过期", "whether the certificate has not expired; one without an end has not"), ("valid_until",)),
        ("any_kind(KIND, …)", "condition", Text("残疾类别是否为所列之一，多重残疾按所含类别", "whether the disability is, or as a multiple one includes, one of the kinds named"), ("kind", "components")),
    ),
    f.SituationFacts: (
        ("term", "number", Text("期限，整月数；未写明的由起止日期算出", "its term in whole months: as stated, else from its dates"), ("term_months", "since", "until")),
        ("months_so_far", "number", Text("开始至今的整月数", "whole months since it began"), ("since",)),
    ),
    f.HelpFacts: (
        ("is_for(POLICY)", "condition", Text("是否为某项政策的救助；规则中这一列表写作 help_received", "whether it is help under a policy; in rules the list is help_received"), ("policy",)),
    ),
}  # fmt: skip


@cache
def derived() -> tuple[Derived, ...]:
    """All of them, in the order in which facts are listed."""
    roots = ((path, type(handle)) for path, handle in f.ROOTS.items())
    lists = ((path, records.handle) for path, records in f.LISTS.items())
    return tuple(found for path, handle in (*roots, *lists) for found in _under(path, handle))


def derived_under(prefix: str) -> tuple[Derived, ...]:
    """Those whose paths begin with a text."""
    return tuple(each for each in derived() if each.path.startswith(prefix))


def _under(path: str, handle: type[f.Handle]) -> Iterator[Derived]:
    for kind, parts in _PARTS.items():
        if issubclass(handle, kind):
            for name, sort, title, of in parts:
                yield Derived(f"{path}.{name}", sort, title, tuple(f"{path}.{each}" for each in of))
    for name, listed in f.fact_types(handle).items():
        inner = typing.get_args(listed)[0] if typing.get_origin(listed) is Records else listed
        if isinstance(inner, type) and issubclass(inner, f.Handle):
            yield from _under(f"{path}.{name}", inner)

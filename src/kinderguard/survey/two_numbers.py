"""Rows that agree about who the child is in everything but the resident ID: two valid numbers, perhaps one child.

Called by the survey. Two different valid IDs never join by themselves, with or without the linking, so without this a
mistyped number would make two children unasked. It reads names and shows none.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import combinations

from kinderguard.model.case import Case
from kinderguard.model.personal import Personal
from kinderguard.model.text import Text, join
from kinderguard.rules.titles import fact_title
from kinderguard.survey.facts import facts_of
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.names import plain_name
from kinderguard.survey.values import APART, joined

Two = tuple[RowKey, RowKey]

_PARENTS = ("father", "mother")
#: What two such rows are compared by, to tell the person who decides what else agrees and what does not.
_COMPARED = (
    "child.name", "child.birth_date", "child.sex", "father.name", "father.resident_id", "father.telephone",
    "mother.name", "mother.resident_id", "mother.telephone", "child.registration.division",
    "child.registration.address", "child.residence.division", "child.residence.address",
)  # fmt: skip


def alike_but_for_id(cases: Mapping[RowKey, Case]) -> tuple[Two, ...]:
    """Pairs of rows that have different valid IDs, and the same name with the same birth date or the same father and
    mother. Children of other parents of the same name are two, however alike the rest is.
    """
    found: dict[Hashable, list[RowKey]] = defaultdict(list)
    for row, case in cases.items():
        for key in _keys(case):
            found[key].append(row)
    pairs: dict[Two, None] = {}
    for rows in found.values():
        for one, other in combinations(rows, 2):
            if _may_be_one(cases[one], cases[other]):
                pairs[(one, other) if one <= other else (other, one)] = None
    return tuple(pairs)


def between_children(pairs: Sequence[Two], child_of: Callable[[RowKey], str]) -> Iterator[Two]:
    """Of pairs of rows, the first between each two children."""
    seen: set[frozenset[str]] = set()
    for two in pairs:
        children = frozenset(map(child_of, two))
        if len(children) == 2 and children not in seen:
            seen.add(children)
            yield two


def _keys(case: Case) -> Iterator[Hashable]:
    """By what a row with a valid ID is found again."""
    child = case.child
    if child.resident_id is None or child.name is None:
        return
    name = plain_name(child.name.reveal())
    if not name:
        return
    if child.birth_date is not None:
        yield "born", name, child.birth_date
    father, mother = _plain(case.father.name), _plain(case.mother.name)
    if father and mother:
        yield "parents", name, father, mother


def _plain(name: Personal | None) -> str | None:
    return None if name is None else plain_name(name.reveal()) or None


def _may_be_one(one: Case, other: Case) -> bool:
    if one.child.resident_id == other.child.resident_id:
        return False
    names = [(_plain(getattr(one, who).name), _plain(getattr(other, who).name)) for who in _PARENTS]
    known = [a == b for a, b in names if a and b]
    return not known or any(known)


def compared(
    two: Two, case: Callable[[RowKey], Case], *, without: Sequence[str] = ()
) -> tuple[Text | None, Text | None]:
    """The titles of what two rows agree about, and of what they say differently; None where that is nothing."""
    one, other = (facts_of(case(row)) for row in two)
    both = [path for path in _COMPARED if path in one and path in other and path not in without]
    differ = [path for path in both if joined(path, one[path], other[path]) is APART]
    alike = [path for path in both if path not in differ]
    return _titles(alike), _titles(differ)


def _titles(paths: Sequence[str]) -> Text | None:
    return join([fact_title(path) for path in paths]) if paths else None


def why(two: Two, case: Callable[[RowKey], Case]) -> Text:
    """What the two rows agree and differ in, without values, and what is to be done."""
    alike, differ = compared(two, case)
    assert alike is not None
    head = Text(
        f"{two[0]} 与 {two[1]}：两个有效身份证号不同，而{alike.zh}相同",
        f"{two[0]} and {two[1]}: two different valid resident IDs, yet {alike.en} are the same",
    )
    if differ is not None:
        head += Text(f"；不同：{differ.zh}", f"; different: {differ.en}")
    return head + Text(
        "。请按证件核对：如为同一名儿童，请在名单中更正写错的身份证号；如为两名儿童，请回答“否”",
        ". Check both against the cards: if it is one child, correct the wrong number in its list; if not, answer that "
        "they are two children",
    )

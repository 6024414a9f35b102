"""Rows that have one valid resident ID and different names: two children with one number, or one child under two names.

Called by the survey. A number that was copied from one twin to the other would otherwise make one child of two, and one of
them would be lost without a word. It reads names and shows none.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import combinations

from kinderguard.model.case import Case
from kinderguard.model.text import Text
from kinderguard.survey.facts import facts_of
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.names import known_by
from kinderguard.survey.two_numbers import Two, compared


def names_of_one_id(cases: Mapping[RowKey, Case]) -> dict[RowKey, str]:
    """Of the rows whose ID stands with different names, the name that each is known by, to compare with the others."""
    return known_by(
        (row, case.child.resident_id, None if case.child.name is None else case.child.name.reveal())
        for row, case in cases.items()
    )


def one_number(cases: Mapping[RowKey, Case], names: Mapping[RowKey, str]) -> tuple[Two, ...]:
    """Pairs of rows that have the same valid ID and different names, given the names as ``names_of_one_id`` has them."""
    rows: dict[object, list[RowKey]] = defaultdict(list)
    for row in sorted(names):
        rows[cases[row].child.resident_id].append(row)
    return tuple(two for each in rows.values() for two in combinations(each, 2) if names[two[0]] != names[two[1]])


def why_one(two: Two, case: Callable[[RowKey], Case]) -> Text:
    """What the two rows agree and differ in, without values, and what is to be done."""
    named = all("child.name" in facts_of(case(row)) for row in two)
    alike, differ = compared(two, case, without=("child.name", "child.birth_date", "child.sex"))
    head = Text(
        f"{two[0]} 与 {two[1]}：有效身份证号相同，"
        + ("儿童姓名不同" if named else "但该号码对应不同姓名，其中一行没有姓名"),
        f"{two[0]} and {two[1]}: the same valid resident ID "
        + (
            "with different names of the child"
            if named
            else "which stands with different names, and one of these rows has no name"
        ),
    )
    if alike is not None:
        head += Text(f"；相同：{alike.zh}", f"; the same: {alike.en}")
    if differ is not None:
        head += Text(f"；不同：{differ.zh}", f"; different: {differ.en}")
    return head + Text(
        "。可能是双胞胎等两名儿童，其中一人的号码填错；也可能是同一名儿童重复登记或姓名写错。请按证件核对：如为同一名儿童，请回答“是”，"
        "并在名单中改正姓名、删去重复的行；如为两名儿童，请回答“否”，并在名单中更正填错的身份证号。答复或更正之前按两名儿童处理，都不建档",
        ". They may be two children, such as twins, one of whom has a wrong number, or one child that stands here twice or under a "
        "misspelt name. Check both against the cards: if it is one child, answer yes, and correct the name or take out the row "
        "that is double; if they are two children, answer no, and correct the wrong ID in its list. Until then they are held "
        "to be two children, and neither is filed",
    )

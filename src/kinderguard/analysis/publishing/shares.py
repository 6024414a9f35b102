"""Percentages that give nothing away: made of printed numbers only, and adding up.

Called by ``publishing``. A percentage is printed only where its number and its whole are. The rounding looks at nothing else:
what is hidden counts as one rest, the whole less what is printed, which every reader can reckon.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction


def apportioned(numbers: Sequence[int], whole: int, units: int) -> list[int]:
    """``units`` dealt out by the numbers, which add up to ``whole``: each rounded down, the largest remainders one more.

    >>> apportioned([1, 1, 1], 3, 1000)
    [334, 333, 333]
    """
    if not whole:
        return [0] * len(numbers)
    exact = [Fraction(number * units, whole) for number in numbers]
    found = [int(part) for part in exact]
    order = sorted(range(len(numbers)), key=lambda i: (found[i] - exact[i], i))
    for at in order[: units - sum(found)]:
        found[at] += 1
    return found


def line_of_tree(
    numbers: Sequence[int | None], below: Mapping[int, Sequence[int]], decimals: int
) -> list[Decimal | None]:
    """The percentages of one line of a dimension, whose first number is the total; ``below`` are the nodes of each node.

    What lies directly in a printed node, with what is hidden there as one rest, adds up to the percentage of the node.

    >>> line_of_tree([30, 10, 10, None], {0: [1, 2, 3]}, 1)
    [Decimal('100.0'), Decimal('33.4'), Decimal('33.3'), None]
    """
    whole = numbers[0]
    if not whole:
        return [None] * len(numbers)
    units: dict[int, int] = {0: 100 * 10**decimals}
    for node, parts in below.items():
        total = numbers[node]
        if total and node in units:
            printed = [part for part in parts if numbers[part] is not None]
            shown = [numbers[part] or 0 for part in printed]
            units |= zip(printed, apportioned([*shown, total - sum(shown)], total, units[node]), strict=False)
        else:  # what adds up to no printed number stands by itself
            for part in parts:
                if (number := numbers[part]) is not None:
                    units[part] = 0 if not number else round(Fraction(number * units[0], whole))
    return [Decimal(units[at]).scaleb(-decimals) if at in units else None for at in range(len(numbers))]


def percent(number: int | None, whole: int | None, decimals: int) -> Decimal | None:
    """One percentage by itself, halves to the even digit."""
    if number is None or not whole:
        return None
    return Decimal(round(Fraction(number * 100 * 10**decimals, whole))).scaleb(-decimals)

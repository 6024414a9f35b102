"""An attack on tables with small numbers hidden: what a reader recovers where only those are hidden, and from ``publishable``.

Tables are generated. The reader knows that counts are whole numbers and that noughts are printed, and solves for the least
and the greatest value of each hidden number. The last lines are of a reader who has this program as well: of all tables that
print the same, only those count for which ``publishable`` would have hidden the same cells (small tables only).

    python benchmarks/publishing.py [--tables 40] [--aware 40] [--seed 0]
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product

import attrs

from kinderguard.analysis.publishing import Published, publishable
from kinderguard.analysis.publishing.attack import attack

K = 10
SHAPES = {"2-way": [(3, 3), (6, 4), (12, 5)], "3-way": [(3, 3, 2), (5, 4, 3), (8, 4, 3)]}
Row = dict[str, object]


def generated(dice: random.Random, shape: tuple[int, ...], mean: float) -> list[Row]:
    """A table: one cell in eight empty, the others of very different sizes."""
    rows: list[Row] = []
    for place in product(*map(range, shape)):
        count = 0 if dice.random() < 1 / 8 else int(dice.expovariate(1 / mean))
        rows.append({f"d{axis}": f"{axis}{value}" for axis, value in enumerate(place)} | {"children": count})
    return rows


def true_numbers(rows: list[Row], published: Published) -> dict[tuple[str, ...], int]:
    """The number of every cell, totals included."""
    found: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        for labels in product(*((str(row[d]), published.total) for d in published.dimensions)):
            found[labels] += int(str(row["children"]))
    return found


def naive(rows: list[Row], published: Published, k: int) -> Published:
    """The same table with the small numbers hidden, and nothing else."""
    truth = true_numbers(rows, published)
    made = []
    for row in published.rows():
        number = truth[tuple(row[d] for d in published.dimensions)]
        made.append(row | {"children": None if 0 < number < k else number, "hidden": ()})
    return attrs.evolve(published, rows=made)


def attacked(rows: list[Row], published: Published, k: int) -> Counter[str]:
    """How many small numbers a reader finds exactly, and how many it sees to be under ``k``."""
    truth = true_numbers(rows, published)
    found: Counter[str] = Counter()
    for interval in attack(published):
        number = truth[tuple(interval.where.values())]
        if 0 < number < k:
            found["small"] += 1
            found["recovered"] += interval.pinned
            found["seen to be small"] += interval.high is not None and interval.high < k
    found["hidden"], found["cells"] = published.hidden, published.cells
    return found


def aware(dice: random.Random, tables: int) -> Counter[str]:
    """What a reader with this program finds in tables of 2 by 3 with k = 3 of which at most four inner cells are hidden."""
    found: Counter[str] = Counter()
    k = 3
    while found["tables"] < tables:
        rows = generated(dice, (2, 3), 5)
        published = publishable(rows, k, progress=False)
        printed = {tuple(r[d] for d in published.dimensions): r["children"] for r in published.rows()}
        hidden = [key for key, n in printed.items() if n is None and published.total not in key]
        if not 0 < len(hidden) <= 4:
            continue
        found["tables"] += 1
        shown = published.rows()
        possible: dict[tuple[str, ...], set[int]] = {}
        for other in printing_the_same(rows, published, printed, hidden):
            if publishable(other, k, progress=False).rows() == shown:
                for labels, number in true_numbers(other, published).items():
                    possible.setdefault(labels, set()).add(number)
        for labels, number in true_numbers(rows, published).items():
            if 0 < number < k:
                found["small"] += 1
                found["recovered"] += len(possible[labels]) == 1
                found["seen to be small"] += max(possible[labels]) < k
    return found


def printing_the_same(
    rows: list[Row], published: Published, printed: Mapping[tuple[str, ...], int | None], hidden: list[tuple[str, ...]]
) -> Iterator[list[Row]]:
    """Tables with the same printed numbers; no hidden number beyond a bound, which can only make the reader surer."""
    keys = [tuple(str(row[d]) for d in published.dimensions) for row in rows]
    most = max(int(str(row["children"])) for row in rows) + 3
    for numbers in product(range(1, most + 1), repeat=len(hidden)):
        cells = dict(zip(hidden, numbers, strict=True))
        other = [row | {"children": cells.get(key, printed[key])} for row, key in zip(rows, keys, strict=True)]
        truth = true_numbers(other, published)
        if all(truth[labels] == n if n is not None else truth[labels] > 0 for labels, n in printed.items()):
            yield other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=40, help="tables of each kind")
    parser.add_argument("--aware", type=int, default=40, help="tables for the reader who has the program")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    dice = random.Random(asked.seed)
    print(f"k = {K}, {asked.tables} tables of each kind")
    for kind, shapes in SHAPES.items():
        sums: dict[str, Counter[str]] = {"small numbers only": Counter(), "publishable": Counter()}
        seconds = 0.0
        for number in range(asked.tables):
            rows = generated(dice, shapes[number % len(shapes)], dice.choice([15, 40, 120]))
            start = time.perf_counter()
            published = publishable(rows, K, progress=False)
            seconds += time.perf_counter() - start
            sums["small numbers only"] += attacked(rows, naive(rows, published, K), K)
            sums["publishable"] += attacked(rows, published, K)
        for name, found in sums.items():
            print(
                f"{kind}, {name}: of {found['small']} small numbers {found['recovered']} recovered, "
                f"{found['seen to be small']} seen to be small; {found['hidden']} of {found['cells']} cells hidden"
            )
        print(f"{kind}: publishable took {seconds / asked.tables:.3f} s a table")
    found = aware(dice, asked.aware)
    print(
        f"a reader with the program, {asked.aware} tables of 2 by 3, k = 3: of {found['small']} small numbers "
        f"{found['recovered']} recovered, {found['seen to be small']} seen to be small"
    )


if __name__ == "__main__":
    main()

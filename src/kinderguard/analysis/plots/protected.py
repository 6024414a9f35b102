"""What pictures of one comparison, or of one coverage, may show of its counts: protected once, whichever of them are drawn.

Called by ``winners`` and ``coverage``. A picture by place and age, less one by place, would give numbers away that neither
shows; so all tables that were counted are made safe together, and each picture takes its numbers from there. The same value
gives the same numbers in every language and on every day.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kinderguard.analysis.plots.counted import SUM, Safe
from kinderguard.analysis.plots.nothing import absent
from kinderguard.analysis.publishing.together import Column, Together, Where, together, where
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.analysis.comparing import Comparison
    from kinderguard.analysis.comparing.counting import Effect
    from kinderguard.analysis.coverage_result import Cover, Coverage

#: Rows that do not add up: a child may be in two.
_OVERLAPPING = ("class",)
#: Numbers of so many rows of a table are hidden rather than those of others: a small number takes one beside it.
_SHORT_ROWS = 2
#: Tables of so many dimensions take seconds; whether short rows are better hidden is not tried with them.
_SLOW = 3
#: What it costs to hide what no bar shows, what stands in a short row, and all else.
_CHEAP, _SHORT, _DEAR = 1, 9, 81

_Tables = Mapping[tuple[str, ...], Mapping[tuple[str, ...], Mapping[tuple[str, str], int]]]
#: What was made safe already, as long as the value is held.
_MADE: WeakKeyDictionary[object, dict[Hashable, Together]] = WeakKeyDictionary()


def winners_shown(
    found: "Comparison", by: str, reform: str, kinds: Iterable[str], k: int | None, beside: Iterable[str] | None
) -> Safe:
    """One table of a comparison: what may be shown beside its other tables and the other reforms."""
    tables: dict[tuple[str, ...], dict[tuple[str, ...], dict[tuple[str, str], int]]] = {}
    kinds = tuple(kinds)
    for name, effect in found.reforms.items():
        every: Mapping[str, Mapping[tuple[str, ...], Effect]] = {**effect.tables, "": {(): effect.all}}
        for table, rows in every.items():
            if _taken(table, by, beside):
                for key, cell in rows.items():
                    counts = {(name, kind): getattr(cell, kind) for kind in kinds}
                    tables.setdefault(_dimensions(table), {}).setdefault(key, {}).update(counts)
    return _shown(found, ("winners", *kinds), tables, by, reform, kinds, k, beside, cheap="same", short_rows=True)


def coverage_shown(
    found: "Coverage", policy: str, by: str, kinds: Iterable[str], k: int | None, beside: Iterable[str] | None
) -> Safe:
    """One table of a policy's coverage (all children, if it has no name): what may be shown beside the other tables."""
    kinds = tuple(kinds)
    every: Mapping[str, Mapping[tuple[str, ...], Mapping[str, Cover]]] = {**found.tables, "": {(): found.all}}
    tables = {
        _dimensions(table): {
            key: {("", kind): getattr(covers[policy], kind) if policy in covers else 0 for kind in kinds}
            for key, covers in rows.items()
        }
        for table, rows in every.items()
        if _taken(table, by, beside)
    }
    return _shown(found, (policy, *kinds), tables, by, "", kinds, k, beside, cheap=SUM, short_rows=False)


def said_beside(beside: Iterable[str] | None, tables: Iterable[str], k: int | None) -> tuple[Text, ...]:
    """Which tables' pictures may stand beside this one, where these are not all."""
    if beside is None or k is None:
        return ()
    named = list(dict.fromkeys(beside))
    for table in named:
        if table not in (known := list(tables)):
            raise absent(table, known)
    if not named:
        return (Text("勿与同一结果的其他图一并公布", "not to be published beside other pictures of the same result"),)
    listed = ", ".join(named)
    return (
        Text(f"同一结果的图中，只可与 {listed} 一并公布", f"of the same result, only pictures by {listed} may be published beside it"),
    )  # fmt: skip


def _dimensions(table: str) -> tuple[str, ...]:
    return tuple(table.split(" × ")) if table else ()


def _taken(table: str, by: str, beside: Iterable[str] | None) -> bool:
    return beside is None or table in ("", by) or table in beside


def _shown(
    found: "Comparison | Coverage",
    of: tuple[str, ...],
    tables: _Tables,
    by: str,
    partition: str,
    kinds: tuple[str, ...],
    k: int | None,
    beside: Iterable[str] | None,
    *,
    cheap: str,
    short_rows: bool,
) -> Safe:
    names = _dimensions(by)
    rows = {" × ".join(key): (where(names, key), counts) for key, counts in tables[names].items()}
    if k is None:
        shown = {at: {kind: counts[partition, kind] for kind in kinds} for at, (_, counts) in rows.items()}
        return Safe(shown, {at: sum(counts.values()) for at, counts in shown.items()})
    made = _MADE.setdefault(found, {})
    asked = (of, k, frozenset(tables) if beside is not None else None)
    if asked not in made:
        made[asked] = _made(tables, k, cheap, short_rows=short_rows)
    safe = made[asked]
    return Safe(
        {at: {kind: safe.number(place, (partition, kind)) for kind in kinds} for at, (place, _) in rows.items()},
        {at: safe.number(place, None) for at, (place, _) in rows.items()},
    )


def _made(tables: _Tables, k: int, cheap: str, *, short_rows: bool) -> Together:
    """Protected with numbers of short rows hidden first, where all sums that say which these are can be shown."""
    dimensions = len({name for names in tables for name in names})
    spare = None if cheap == SUM else cheap
    slow = any(len(names) >= _SLOW for names in tables)
    short, told = _short(tables, k) if short_rows and not slow else (frozenset(), [])
    if short:
        safe = together(tables, k, _costs(dimensions, cheap, short), spare, _OVERLAPPING)
        if all(safe.number(at, None) is not None for at in told):
            return safe
    return together(tables, k, _costs(dimensions, cheap, frozenset()), spare, _OVERLAPPING)


def _short(tables: _Tables, k: int) -> tuple[frozenset[Where], list[Where]]:
    """The rows with the fewest children of each table whose sums are no small ones, and the rows whose sums say so."""
    short: set[Where] = set()
    told: list[Where] = []
    for names, rows in tables.items():
        sums = {where(names, key): sum(_one_partition(counts)) for key, counts in rows.items()}
        if len(sums) > _SHORT_ROWS and all(n == 0 or n >= k for n in sums.values()):
            short.update(sorted(sums, key=lambda at: (sums[at], at))[:_SHORT_ROWS])
            told += sums
    return frozenset(short), told


def _one_partition(counts: Mapping[tuple[str, str], int]) -> Iterator[int]:
    """What adds up to the children of a row."""
    first = next(iter(counts))[0]
    return (n for (partition, _), n in counts.items() if partition == first)


def _costs(dimensions: int, cheap: str, short: frozenset[Where]) -> Callable[[Where, Column], int]:
    def cost(at: Where, column: Column) -> int:
        kind = SUM if column is None else column[1]
        how = _CHEAP if kind == cheap else _SHORT if at in short else _DEAR
        levels = dimensions - len(at) + (column is None)
        return int(how * 3 ** min(levels, 12))

    return cost

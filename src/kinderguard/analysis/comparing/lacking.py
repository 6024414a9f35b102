"""Which numbers that places have not set could change a number of a comparison, where, and of how many children.

From the rules alone comes what can bear on how two books differ (``Touched.unset``); of a child only that is named on which its
own open result rests, by either book. Only the children with something open are assessed once more. Called by the comparison,
part by part.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import polars as pl

from kinderguard.analysis.comparing.beside import Beside
from kinderguard.analysis.comparing.rows import OPEN
from kinderguard.analysis.people import People, Piece, job_of
from kinderguard.analysis.unset import UnsetValue
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.job import FrameJob

#: What of a rule is open: how much it changes by, or whether it comes out otherwise.
MONEY, REACH = "money", "reach"


class Lacking:
    """Counts while parts come in.

    Args:
        base, reform: the two books.
        day: the day.
        people: the children.
        places: the places of each set of jobs.
        beside: what differs at each place.
    """

    def __init__(
        self,
        base: PolicyBook,
        reform: PolicyBook,
        day: dt.date,
        people: People,
        places: Sequence[pl.Series],
        beside: Beside,
    ) -> None:
        self._books = (base, reform)
        self._day, self._people, self._places, self._beside = day, people, places, beside
        rows = [
            (number, rule, sense, parameter)
            for number, standing in enumerate(beside.standings)
            for sense, unset in ((MONEY, standing.touched.unset), (REACH, standing.touched.unset_of_reach))
            for rule, parameters in unset.items()
            for parameter in sorted(parameters)
        ]
        schema = {"number": pl.UInt32, "rule": pl.String, "sense": pl.String, "parameter": pl.String}
        self._bearing = pl.DataFrame(rows, schema=schema, orient="row")
        self._rules = {
            sense: self._bearing.filter(pl.col("sense") == sense)["rule"].unique().sort().to_list()
            for sense in (MONEY, REACH)
        }
        self._jobs: dict[tuple[int, int], FrameJob] = {}
        self._children: Counter[str] = Counter()
        self._where: dict[str, dict[str | None, None]] = {}

    def add(self, piece: Piece, found: pl.DataFrame) -> None:
        """Count some children.

        Args:
            piece: the children.
            found: what changes for them, as ``rows.changed`` has it.
        """
        if self._bearing.is_empty():
            return
        numbers = self._beside.numbers(piece.places)
        open_ = self._open(found)
        asked = open_.with_columns(numbers.gather(open_["at"]).alias("number")).join(
            self._bearing, on=["number", "rule", "sense"]
        )
        if asked.is_empty():
            return
        at = asked["at"].unique().sort()
        rows = piece.rows[at]
        rests = [
            pl.DataFrame(
                {
                    "at": at,
                    "name": self._job(piece.jobs, book).assess(rows, piece.tables)["reasons"].cast(pl.List(pl.String)),
                }
            )
            for book in (0, 1)
        ]
        names = pl.concat(rests).explode("name").drop_nulls().unique()
        wanted = asked.with_columns((pl.col("rule") + ":" + pl.col("parameter")).alias("name"))
        bearing = (
            wanted.join(names, on=["at", "name"], how="semi").select("at", "parameter").unique(maintain_order=True)
        )
        bearing = bearing.with_columns(piece.places.gather(bearing["at"]).alias("place"))
        for parameter, place, count in bearing.group_by("parameter", "place", maintain_order=True).len().iter_rows():
            self._children[parameter] += count
            self._where.setdefault(parameter, {})[place] = None

    def _open(self, found: pl.DataFrame) -> pl.DataFrame:
        """What is open of each child: by the number of its row, the rule, and what of it."""
        parts = [pl.DataFrame(schema={"at": pl.UInt32, "rule": pl.String, "sense": pl.String})]
        masks = [(MONEY, code, found[f"open:{code}"]) for code in self._rules[MONEY] if f"open:{code}" in found.columns]
        masks += [
            (REACH, code, (state // 4 == OPEN) | (state % 4 == OPEN))
            for code in self._rules[REACH]
            for state in (found[f"state:{code}"],)
        ]
        for sense, code, mask in masks:
            at = mask.arg_true()
            parts.append(
                pl.DataFrame({"at": at.cast(pl.UInt32)}).with_columns(
                    pl.lit(code).alias("rule"), pl.lit(sense).alias("sense")
                )
            )
        return pl.concat(parts)

    def _job(self, number: int, book: int) -> FrameJob:
        found = self._jobs.get((number, book))
        if found is None:
            people, rules = self._people, frozenset(self._bearing["rule"])
            make = job_of(self._books[book], self._day, people, reasons="unset", of=rules)
            found = self._jobs[number, book] = make(self._places[number])
        return found

    def found(self) -> tuple[UnsetValue, ...]:
        """The numbers that bear on a result that is open, those of most children first."""
        values = (
            UnsetValue(code, self._title(code), tuple(sorted(self._where[code], key=lambda place: place or "~")), count)
            for code, count in self._children.items()
        )
        return tuple(sorted(values, key=lambda value: (-value.children, value.code)))

    def _title(self, code: str) -> Text:
        for place in self._where[code]:
            for book in self._books:
                title = book.overlay(self._people.division or place).titles.get(code)
                if title is not None:
                    return title
        return Text(code, code)


__all__ = ["Lacking"]

"""Help received, made up after the rules have said who is eligible: most of them receive it, some are missed.

Called by ``Population.with_help``. It is as SYNTHETIC as the children: how many are missed is what the caller says, and no
finding.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kinderguard.analysis.synthetic.asked import SynthesisError
from kinderguard.analysis.synthetic.chance import Chance, Flags
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.analysis.synthetic.population import Population
    from kinderguard.packs.book import PolicyBook

#: The most months for which help has run on the day.
_MONTHS = 36
_RECORD = pl.Struct({"policy": pl.String, "since": pl.Date, "ongoing": pl.Boolean})


def received(people: "Population", book: "PolicyBook", share: Decimal, unknown: Decimal, wrongly: Decimal) -> pl.Series:
    """The column ``help``. See ``Population.with_help``."""
    for name, value in (("share", share), ("unknown", unknown), ("not_eligible", wrongly)):
        if not isinstance(value, Decimal | int) or isinstance(value, bool) or not 0 <= value <= 1:
            raise SynthesisError(
                Text(f"{name} 应为 0 至 1 的 Decimal", f"{name} is a Decimal from 0 to 1, such as Decimal('0.8').")
            )
    results = _results(people, book)
    chance, n = Chance(people.seed), len(people.children)
    first = _first_of_household(people.children["household.number"])
    records: list[pl.DataFrame] = []
    for code, per in sorted(_policies(people, book).items()):
        name = f"{code}.eligible"
        if name not in results.columns:
            continue
        eligible = results[name].fill_null(False).to_numpy()
        no = (~results[name]).fill_null(False).to_numpy()
        gets = (eligible & chance.happens(f"help {code}", Decimal(share), n)) | (
            no & chance.happens(f"help of others {code}", Decimal(wrongly), n)
        )
        if per == "household":
            # Whether a household gets it is one question for all of its children who are eligible.
            gets = eligible & chance.happens(f"help of household {code}", Decimal(share), n)[first]
        months = chance.between(f"help since {code}", 1, _MONTHS, n)
        records.append(_records(gets, months, code, people))
    lost = chance.happens("unknown help", Decimal(unknown), n)
    return _lists(records, lost)


def _results(people: "Population", book: "PolicyBook") -> pl.DataFrame:
    from kinderguard.analysis.people import People, job_of

    among = People(people, None, book.division)
    sets = among.jobs({"book": job_of(book, people.as_of, among)})
    parts = [
        sets[p.jobs].jobs["book"].assess(p.rows, p.tables).with_columns(p.numbers.alias("#row"))
        for p in among.pieces(sets)
    ]
    return pl.concat(parts, how="diagonal").sort("#row")


def _policies(people: "Population", book: "PolicyBook") -> dict[str, str]:
    found: dict[str, str] = {}
    for place in people.children["division_code"].unique().to_list():
        rules = book.overlay(book.division or place).in_force(people.as_of).rules
        found |= {code: policy.per for code, policy in rules.policies.items()}
    return found


def _first_of_household(numbers: pl.Series) -> Any:
    """For each child, the row of the first of its household."""
    rows = pl.DataFrame({"number": numbers}).with_row_index("row")
    return rows.select(pl.col("row").first().over("number")).to_series().to_numpy()


def _records(gets: Flags, months: Any, code: str, people: "Population") -> pl.DataFrame:
    rows = np.flatnonzero(gets)
    since = pl.Series([people.as_of]).new_from_index(0, len(rows))
    table = pl.DataFrame({"row": rows, "since": since, "months": months[rows]})
    born = people.children["child.birth_date"].gather(rows)
    if born.dtype == pl.String:  # known in part: help begins after the year of birth, where that is over
        years = born.str.slice(0, 4).cast(pl.Int32)
        born = pl.select(pl.min_horizontal(pl.date(pl.lit(years), 12, 31), pl.lit(people.as_of))).to_series()
    ago = pl.col("since").dt.month_start().dt.offset_by("-" + pl.col("months").cast(pl.String) + "mo")
    begun = table.select("row", pl.max_horizontal(ago, pl.lit(born)).alias("since"))
    record = pl.struct(pl.lit(code).alias("policy"), "since", pl.lit(True).alias("ongoing")).cast(_RECORD)
    return begun.select("row", record.alias("record"))


def _lists(records: list[pl.DataFrame], lost: Flags) -> pl.Series:
    every = pl.DataFrame({"row": np.arange(len(lost))})
    empty = pl.DataFrame(schema={"row": pl.Int64, "record": _RECORD})
    listed = pl.concat([empty, *records]).group_by("row", maintain_order=True).agg("record")
    joined = every.join(listed, on="row", how="left", maintain_order="left")
    lists = pl.col("record").fill_null(pl.lit([], dtype=pl.List(_RECORD)))
    return joined.select(pl.when(pl.Series(~lost)).then(lists).alias("help")).to_series()


__all__ = ["received"]

"""A reform compared by hand in Polars: the national rules assessed twice, and the differences counted.

What an analyst writes who has the rules as in ``kleene.py`` (or ``plain.py``) and no library: both results side by side,
differences policy by policy, counts and sums by place, class, age and sex. A difference lies between ``low after - high
before`` and ``high after - low before``: whoever knows no more than the two results can say no more. Dibao of a household is
paid once, whichever of its children is listed first, and for each of those who draw it as one person. There are no reasons,
no rows to open, no descriptions.

The reform: the stipend in primary school rises to 1,500 yuan a year, the grant for senior high school to 2,600, and the
margin of dibao to twice the standard.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from handwritten import kleene, plain
from polars import col, when

#: What the reform sets: constants of ``kleene.py`` (fen), and the library's parameters.
CONSTANTS = {"PRIMARY": 1500_00, "HIGH_SCHOOL": 2600_00, "MARGIN": 2900_00}
PARAMETERS = {
    "cn.boarder_stipend.primary_yearly": "1500",
    "cn.high_school_grant.yearly": "2600",
    "cn.dibao_marginal.multiple": "2",
}
A_YEAR = {"month": 12, "month.household": 12, "year": 1, "school_year": 1}
CLASSES = ("cn.economic_hardship", "cn.guardianship_deficit", "cn.special_difficulty")
BANDS = ((3, "0-2"), (6, "3-5"), (12, "6-11"), (15, "12-14"), (18, "15-17"), (200, "18+"))
CODES = [f"cn.{code}" for codes in kleene.MONEY.values() for code in codes]
RULES = [*(f"cn.{code}" for code in kleene.CATEGORIES), *(f"{code}.eligible" for code in CODES)]

#: What is wanted of each child besides its results: whether its household is on dibao, and it could draw it as one person.
_ASKED = ("on_dibao", "one_person")

Results = dict[str, pl.DataFrame]


@contextmanager
def reformed() -> Iterator[None]:
    """The reform's numbers in place of the standing ones."""
    before = {name: getattr(kleene, name) for name in CONSTANTS}
    for name, value in CONSTANTS.items():
        setattr(kleene, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(kleene, name, value)


def with_unknowns(children: pl.DataFrame, members: pl.DataFrame | None = None) -> Results:
    """Tables by dimension, costs of policies and moves of rules, with bounds."""
    return _compared(children, kleene.assess, "low_fen", "high_fen")


def blanks_are_no(children: pl.DataFrame, members: pl.DataFrame | None = None) -> Results:
    """The same where a blank is a no: one number for each, and nothing said of what is not known."""
    return _compared(children, plain.assess, "amount_fen", "amount_fen")


def _compared(children: pl.DataFrame, assess: Callable[..., pl.DataFrame], low: str, high: str) -> Results:
    before = assess(children, more=_ASKED)
    with reformed():
        after = assess(children, more=_ASKED)
    frame = before.select(pl.all().name.prefix("a.")).hstack(after.select(pl.all().name.prefix("b.")))
    frame = frame.with_columns(*_dimensions(children), household=children["household.number"])
    frame = frame.with_columns(first=col("household").is_first_distinct())
    frame = frame.with_columns(**_changes(low, high))
    frame = frame.with_columns(kind=_kind())
    tables = {"all": frame.select(_measures())}
    for name in ("place", "age", "sex"):
        tables[name] = frame.group_by(name).agg(_measures()).sort(name)
    tables["class"] = frame.explode("class").group_by("class").agg(_measures()).sort("class")
    tables["policies"] = frame.select(_costs(low, high))
    tables["moves"] = frame.select(
        pl.struct(
            (col(f"b.{rule}").fill_null(False) & ~col(f"a.{rule}").fill_null(False)).sum().alias("reached"),
            (col(f"a.{rule}").fill_null(False) & ~col(f"b.{rule}").fill_null(False)).sum().alias("lost"),
        ).alias(rule)
        for rule in RULES
    )
    return tables


def _dimensions(children: pl.DataFrame) -> list[Any]:
    born = children["child.birth_date"]
    age = (kleene.date_number(pl.lit(kleene.DAY)) - kleene.date_number(pl.lit(born))) // 10_000
    band: Any = pl.lit("unknown")
    for below, name in reversed(BANDS):
        band = when(age < below).then(pl.lit(name)).otherwise(band)
    held = [when(col(f"a.{code}")).then(pl.lit(code)) for code in CLASSES]
    unsure = pl.any_horizontal(col(f"a.{code}").is_null() for code in CLASSES)
    rest = when(~pl.any_horizontal(col(f"a.{code}").fill_null(False) for code in CLASSES)).then(
        when(unsure).then(pl.lit("unknown")).otherwise(pl.lit("none"))
    )
    return [
        children["division_code"].str.slice(0, 6).alias("place"),
        when(pl.lit(born).is_null()).then(pl.lit("unknown")).otherwise(band).alias("age"),
        children["child.sex"].cast(pl.String).fill_null("unknown").alias("sex"),
        pl.concat_list(*held, rest).list.drop_nulls().alias("class"),
    ]


def _changes(low: str, high: str) -> dict[str, Any]:
    found: dict[str, list[Any]] = {"year_low": [], "year_high": [], "cost_low": [], "cost_high": []}
    for every, codes in kleene.MONEY.items():
        for code in (f"cn.{code}" for code in codes):
            least = (col(f"b.{code}.{low}") - col(f"a.{code}.{high}")) * A_YEAR[every]
            most = (col(f"b.{code}.{high}") - col(f"a.{code}.{low}")) * A_YEAR[every]
            # Where neither result differs, nothing does: the reform leaves most policies alone.
            same = col(f"b.{code}.{low}").eq_missing(col(f"a.{code}.{low}"))
            same &= col(f"b.{code}.{high}").eq_missing(col(f"a.{code}.{high}"))
            same &= col(f"b.{code}.{low}").eq_missing(col(f"b.{code}.{high}"))
            least, most = when(same).then(0).otherwise(least), when(same).then(0).otherwise(most)
            found["year_low"].append(least)
            found["year_high"].append(most)
            if every.endswith("household"):
                a_low, a_high = _of_households("a", code, low, high)
                b_low, b_high = _of_households("b", code, low, high)
                least, most = ((x - y) * A_YEAR[every] for x, y in ((b_low, a_high), (b_high, a_low)))
            found["cost_low"].append(least)
            found["cost_high"].append(most)
    return {name: sum(parts[1:], parts[0]) for name, parts in found.items()}


def _of_households(side: str, code: str, low: str, high: str) -> tuple[Any, Any]:
    """What is due of dibao to each household, at its first child: once, and to each who draws it as one person."""
    least, most = col(f"{side}.{code}.{low}"), col(f"{side}.{code}.{high}")
    alone = ~col(f"{side}.on_dibao") & col(f"{side}.one_person")
    alone = when((most == 0).fill_null(False)).then(False).otherwise(alone)
    sure = alone.fill_null(False)

    def of(whom: Any, amount: Any) -> Any:
        return when(whom).then(amount).otherwise(0)

    once = pl.max_horizontal(of(~sure, most).max(), of(alone.is_null(), most).sum())
    known = most.is_not_null().all()
    ends = of(sure, least).sum() + of(~sure, least).max(), when(known).then(of(sure, most).sum() + once)
    first, second = (when("first").then(end.over("household")).otherwise(0) for end in ends)
    return first, second


def _kind() -> Any:
    low, high = col("year_low"), col("year_high")
    at_least, at_most = (low >= 0).fill_null(False), (high <= 0).fill_null(False)
    return (
        when((low > 0).fill_null(False)).then(pl.lit("gains"))
        .when((high < 0).fill_null(False)).then(pl.lit("loses"))
        .when(at_least & at_most).then(pl.lit("same"))
        .when(at_least).then(pl.lit("may_gain"))
        .when(at_most).then(pl.lit("may_lose"))
        .otherwise(pl.lit("open"))
    )  # fmt: skip


def _measures() -> list[Any]:
    kinds = ("gains", "may_gain", "same", "may_lose", "loses", "open")
    found = [pl.len().alias("children"), *((col("kind") == kind).sum().alias(kind) for kind in kinds)]
    for name in ("cost_low", "cost_high"):
        found += [col(name).sum(), col(name).null_count().alias(f"{name}?")]
    gained = col("year_low").filter(col("kind") == "gains").sum().alias("gained_low")
    return [*found, gained]


def _costs(low: str, high: str) -> list[Any]:
    found = []
    for every, codes in kleene.MONEY.items():
        for code in (f"cn.{code}" for code in codes):
            for side in ("a", "b"):
                ends = col(f"{side}.{code}.{low}"), col(f"{side}.{code}.{high}")
                if every.endswith("household"):
                    ends = _of_households(side, code, low, high)
                for name, end in zip(("low", "high"), ends, strict=True):
                    amount = end * A_YEAR[every]
                    found += [
                        amount.sum().alias(f"{side}.{code}.{name}"),
                        amount.null_count().alias(f"{side}.{code}.{name}?"),
                    ]
    return found

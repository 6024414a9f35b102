"""A country of synthetic children, assessed at once and one by one by every installed pack."""

from collections import Counter, defaultdict

import polars as pl

import kinderguard
from engines.agreement import DAY, differences
from kinderguard.engines.frame.rows import case_of

#: The columns that say whose row it is; these are never blanked.
KEYS = ("ref", "division_code", "household.number", "relation")


def blanked(frame, one_in, seed):
    """``frame`` with one cell in so many unknown, the same ones every time."""
    row = pl.int_range(pl.len())
    return frame.with_columns(
        pl.when((row.hash(seed + k) % one_in) != 0).then(pl.col(name)).alias(name)
        for k, name in enumerate(frame.columns)
        if name not in KEYS
    )


def with_local_facts(children):
    """The children with what only the example county asks: stated for some, for others left to its provider."""
    some, home = pl.int_range(pl.len()).hash(7) % 3, pl.col("child.residence.division")
    return children.with_columns(
        pl.when(some > 0).then(some == 1).alias("330199.central_heating"),
        pl.when((some == 0) & (home == "330199")).then(home + "001").otherwise(home).alias("child.residence.division"),
    )


def compared(children, members):
    """Where the two engines differ (a few examples), and how often each result was found."""
    book = kinderguard.load().on(DAY)
    by_household = defaultdict(list)
    for member in members.iter_rows(named=True):
        by_household[member.pop("household.number")].append(member)
    rows = book.assess_frame(children, members=members).iter_rows(named=True)
    found, seen = [], Counter()
    for facts, row in zip(children.iter_rows(named=True), rows, strict=True):
        facts["household.members"] = by_household.get(facts["household.number"])
        case = case_of(facts, extra=["330199.central_heating"])
        differs = differences(book.assess(case), row)
        if differs and len(found) < 5:
            found.append((row["ref"], differs))
        seen.update(name for name, value in row.items() if value is True)
    return found, seen


def results_of_packs():
    """The categories and policies of the nation and of every installed pack."""
    book = kinderguard.load().on(DAY)
    assert book.check() == ()
    rules = [book.overlay(source.jurisdiction or None).rules for source in book.packs]
    return {c for r in rules for c in r.categories}, {p for r in rules for p in r.policies}

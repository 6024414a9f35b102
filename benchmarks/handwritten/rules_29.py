"""The 29 benchmark rules written by hand, once with NumPy and once with Polars, as a good engineer would.

Both read the population as it is: integer codes, whole yuan a month, nothing unknown. There are no titles, sources,
dates or explanations here, and a blank cell would be a wrong answer: what these cost is what ``peers.py`` measures.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

#: Statuses from one to another: dead or declared missing, and what leaves a parent unable. Kinds 0 and 1 are of the mind.
GONE, UNABLE, AWAY = (1, 2), (3, 7), 8
LIVING_SUBSIDY, CARE_SUBSIDY = 90, 100
COUNTIES = range(8)


def with_numpy(c: Mapping[str, "np.ndarray[Any, Any]"]) -> dict[str, "np.ndarray[Any, Any]"]:
    """The results by name, from the population's columns by name."""
    found = {}
    for who in ("father", "mother"):
        status, own_grade = c[f"{who}_status"], c[f"{who}_grade"]
        found[f"{who}_gone"] = (status >= GONE[0]) & (status <= GONE[1])
        found[f"{who}_unable"] = (
            ((status >= UNABLE[0]) & (status <= UNABLE[1]))
            | c[f"{who}_ill"]
            | (own_grade <= 2)
            | ((own_grade <= 4) & (c[f"{who}_kind"] <= 1))
        )
    father_gone, father_unable = found["father_gone"], found["father_unable"]
    mother_gone, mother_unable = found["mother_gone"], found["mother_unable"]
    father_away, mother_away = c["father_status"] == AWAY, c["mother_status"] == AWAY
    age, income, standard, grade = c["age"], c["income"], c["standard"], c["grade"]
    minor = age < 18

    orphan = minor & father_gone & mother_gone
    unattended = minor & ~orphan & (father_gone | father_unable) & (mother_gone | mother_unable)
    left_behind = (
        (age < 16) & c["rural"] & ((father_away & (mother_away | mother_unable)) | (mother_away & father_unable))
    )
    dibao = income <= standard
    marginal = ~dibao & (2 * income <= 3 * standard)
    disabled = grade <= 4
    severe = (grade <= 2) | ((grade <= 3) & (c["kind"] <= 1))
    economic = minor & (dibao | marginal)
    guardianship = orphan | unattended | left_behind
    special = minor & (disabled | c["ill"])
    difficult = economic | guardianship | special

    orphan_amount = orphan * c["orphan_standard"]
    unattended_amount = unattended * (c["orphan_standard"] - dibao * (standard - income))
    living_subsidy = (minor & disabled & dibao) * LIVING_SUBSIDY
    care_subsidy = (minor & severe) * CARE_SUBSIDY
    stipend = ((age >= 6) & (age < 15) & (dibao | marginal | disabled)) * c["stipend_amount"]
    found |= {
        "orphan": orphan, "unattended": unattended, "left_behind": left_behind, "dibao": dibao, "marginal": marginal,
        "disabled": disabled, "severe": severe, "economic": economic, "guardianship": guardianship,
        "special": special, "difficult": difficult, "orphan_amount": orphan_amount,
        "unattended_amount": unattended_amount, "living_subsidy": living_subsidy, "care_subsidy": care_subsidy,
        "stipend": stipend, "total": orphan_amount + unattended_amount + living_subsidy + care_subsidy + stipend,
    }  # fmt: skip
    tenfold = 10 * income
    for i in COUNTIES:
        found[f"county_{i}"] = difficult & (age < 10 + i) & (tenfold <= (10 + i) * standard)
    return found


def with_polars(population: pl.DataFrame) -> pl.DataFrame:
    """The results, a column each, from the population as a frame: each layer of rules reads those before it."""
    layers = (_parents_and_household(), _child(), _unattended(), _guardianship(), _difficulty(), _counties())
    lazy = population.lazy()
    for layer in layers:
        lazy = lazy.with_columns(**layer)
    return lazy.select(name for layer in layers for name in layer).collect()


Layer = dict[str, pl.Expr]
age, income, standard, grade = (pl.col(name) for name in ("age", "income", "standard", "grade"))
minor = age < 18


def _or_nothing(condition: pl.Expr, amount: pl.Expr | int) -> pl.Expr:
    return pl.when(condition).then(amount).otherwise(0)


def _parents_and_household() -> Layer:
    layer = {
        "dibao": income <= standard,
        "marginal": (income > standard) & (2 * income <= 3 * standard),
        "disabled": grade <= 4,
        "severe": (grade <= 2) | ((grade <= 3) & (pl.col("kind") <= 1)),
    }
    for who in ("father", "mother"):
        status, own_grade = pl.col(f"{who}_status"), pl.col(f"{who}_grade")
        layer[f"{who}_gone"] = status.is_between(*GONE)
        layer[f"{who}_unable"] = (
            status.is_between(*UNABLE)
            | pl.col(f"{who}_ill")
            | (own_grade <= 2)
            | ((own_grade <= 4) & (pl.col(f"{who}_kind") <= 1))
        )
    return layer


def _child() -> Layer:
    father_away, mother_away = pl.col("father_status") == AWAY, pl.col("mother_status") == AWAY
    dibao, marginal, disabled = pl.col("dibao"), pl.col("marginal"), pl.col("disabled")
    return {
        "orphan": minor & pl.col("father_gone") & pl.col("mother_gone"),
        "left_behind": (age < 16)
        & pl.col("rural")
        & ((father_away & (mother_away | pl.col("mother_unable"))) | (mother_away & pl.col("father_unable"))),
        "economic": minor & (dibao | marginal),
        "special": minor & (disabled | pl.col("ill")),
        "living_subsidy": _or_nothing(minor & disabled & dibao, LIVING_SUBSIDY),
        "care_subsidy": _or_nothing(minor & pl.col("severe"), CARE_SUBSIDY),
        "stipend": _or_nothing((age >= 6) & (age < 15) & (dibao | marginal | disabled), pl.col("stipend_amount")),
    }


def _unattended() -> Layer:
    lost = (pl.col(f"{who}_gone") | pl.col(f"{who}_unable") for who in ("father", "mother"))
    return {
        "unattended": pl.all_horizontal(minor, ~pl.col("orphan"), *lost),
        "orphan_amount": _or_nothing(pl.col("orphan"), pl.col("orphan_standard")),
    }


def _guardianship() -> Layer:
    less = _or_nothing(pl.col("dibao"), standard - income)
    return {
        "guardianship": pl.col("orphan") | pl.col("unattended") | pl.col("left_behind"),
        "unattended_amount": _or_nothing(pl.col("unattended"), pl.col("orphan_standard") - less),
    }


def _difficulty() -> Layer:
    amounts = ("orphan_amount", "unattended_amount", "living_subsidy", "care_subsidy", "stipend")
    return {
        "difficult": pl.col("economic") | pl.col("guardianship") | pl.col("special"),
        "total": pl.sum_horizontal(amounts),
    }


def _counties() -> Layer:
    return {
        f"county_{i}": pl.col("difficult") & (age < 10 + i) & (10 * income <= (10 + i) * standard) for i in COUNTIES
    }

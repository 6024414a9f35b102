"""A population: its tables, and the narrower ones that follow from them."""

import datetime as dt
from functools import cached_property

import attrs
import polars as pl


@attrs.frozen(eq=False, repr=False)
class Population:
    """SYNTHETIC children and their households as Polars tables: nobody in them exists.

    Columns are named by the facts' paths (``child.birth_date``, ``father.situations``), records in lists by the facts'
    names. Null is unknown (or that there is nothing to say: the end of a certificate that does not exist); an empty
    list says that there is none. Codes are Enums of the model's values, money is Decimal yuan, ``term_months`` months.

    Args:
        children: one row a child, siblings one after the other, the eldest first. ``household.number`` is their key to
            ``members``.
        members: one row a household member, the children among them: the eldest is its ``child``, the others
            ``sibling``. A parent in prison is there and not ``counted``; a dead parent is not there.
        as_of: the day of assessment that the facts were made for.
        seed: the seed.

    >>> from kinderguard.analysis import synthesize
    >>> people = synthesize(500, seed=1)
    >>> people.households.columns
    ['household.number', 'division_code', 'household.size', 'household.monthly_income_per_head', 'household.aid']
    >>> people.parents.height
    1000
    """

    children: pl.DataFrame
    members: pl.DataFrame
    as_of: dt.date
    seed: int

    @cached_property
    def households(self) -> pl.DataFrame:
        """One row a household: number, division, size (persons counted), monthly income per head (yuan), aid."""
        return self.children.select(
            "household.number", "division_code", "household.size", "household.monthly_income_per_head", "household.aid"
        ).unique("household.number", keep="first", maintain_order=True)

    @cached_property
    def parents(self) -> pl.DataFrame:
        """Two rows a child: ``ref``, ``parent`` (father or mother), and the parent's facts by their names."""
        both = pl.Enum(["father", "mother"])
        found = [
            self.children.select(
                "ref",
                pl.lit(who, dtype=both).alias("parent"),
                pl.col(f"^{who}\\..*$").name.map(lambda name: name.split(".", 1)[1]),
            )
            for who in both.categories
        ]
        return pl.concat(found)

    def __repr__(self) -> str:
        count = self.children["household.number"].n_unique()
        return f"Population(synthetic: {self.children.height} children of {count} households on {self.as_of}, seed {self.seed})"

"""A population: its tables, and the narrower ones that follow from them."""

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import polars as pl

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook


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

    def with_help(
        self,
        book: "PolicyBook",
        share: Decimal = Decimal("0.8"),
        *,
        unknown: Decimal = Decimal("0.05"),
        not_eligible: Decimal = Decimal("0.01"),
    ) -> "Population":
        """The same children with a list of the help they receive (``help``), made up by what the rules say.

        All else stays as it is, and the same arguments and rules give the same lists. Whom ``coverage`` then finds missed is
        what was asked for here, and no finding.

        Args:
            book: the rules that say who is eligible on ``as_of``.
            share: of those who are eligible for a policy for sure, who receives it (0 to 1); of a household's help, all of
                its children who are eligible or none. Those whose household is on dibao, or extremely poor, receive that
                help besides: ``household.aid`` says so, and ``coverage`` reads it.
            unknown: of how many children there is no list.
            not_eligible: of those who are not eligible, who receives it all the same.

        Raises:
            SynthesisError: a share that is none.

        >>> import datetime as dt, kinderguard
        >>> from decimal import Decimal
        >>> from kinderguard.analysis import coverage, synthesize
        >>> book = kinderguard.load().on(dt.date(2025, 9, 1))
        >>> people = synthesize(400, seed=7, divisions=["330199"]).with_help(book, Decimal("0.75"))
        >>> cover = coverage(book, people).all["cn.boarder_stipend"]
        >>> cover.receiving > cover.not_receiving > 0
        True
        """
        from kinderguard.analysis.synthetic.receiving import received

        column = received(self, book, share, unknown, not_eligible)
        return attrs.evolve(self, children=self.children.with_columns(column))

    def __repr__(self) -> str:
        count = self.children["household.number"].n_unique()
        return f"Population(synthetic: {self.children.height} children of {count} households on {self.as_of}, seed {self.seed})"

"""The shares of ``synthetic.toml``, read as exact decimals, with names that do not exist refused."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from kinderguard.model.codes import Code

FILE = Path(__file__).parents[1] / "synthetic.toml"


@attrs.frozen
class Distribution:
    """Values and their shares, which add up to 1."""

    values: tuple[str, ...]
    shares: tuple[Decimal, ...]

    def over(self, codes: type[Code] | tuple[str, ...]) -> tuple[Decimal, ...]:
        """The share of every one of ``codes``, in their order; zero for those that are not named."""
        order = [str(c) for c in codes]
        unknown = set(self.values) - set(order)
        assert not unknown, f"synthetic.toml names {sorted(unknown)}, which are none of {order}"
        given = dict(zip(self.values, self.shares, strict=True))
        return tuple(given.get(value, Decimal(0)) for value in order)


@attrs.frozen
class Family:
    """What both parents are in, and what follows for care and means."""

    father: str
    mother: str
    share: Decimal
    care: str
    means: str = "usual"
    either: bool = False
    only_child: bool = False


@attrs.frozen
class SituationSpec:
    """A situation of a state: months since it began, and months of its term still to come (None: no end is set)."""

    kind: str
    began: tuple[int, int]
    left: tuple[int, int] | None


@attrs.frozen
class State:
    """What is recorded of a parent in a state."""

    name: str
    situations: tuple[SituationSpec, ...]
    supports: Decimal | None
    can_act: Decimal | None
    member: str
    parent: str
    least_age: int
    foreign: bool
    serious_illness: bool
    kinds: Distribution | None
    grades: Distribution | None

    @property
    def is_recorded(self) -> bool:
        """Whether anything at all is known of this parent's situations."""
        return self.parent in ("birth", "adoptive")


@attrs.frozen
class BlankPart:
    """A part of a row of which everything is blank in a share of the rows: columns, or what they begin with."""

    name: str
    share: Decimal
    columns: tuple[str, ...]

    def has(self, column: str) -> bool:
        """Whether a column belongs to the part."""
        return any(column.startswith(c) if c.endswith(".") else column == c for c in self.columns)


@attrs.frozen
class Shares:
    """The parameter file."""

    tables: Mapping[str, Any]

    def table(self, path: str) -> Mapping[str, Any]:
        """A table by its dotted name."""
        found: Any = self.tables
        for part in path.split("."):
            found = found[part]
        assert isinstance(found, Mapping), path
        return found

    def share(self, path: str, name: str = "share") -> Decimal:
        """The share of a table."""
        return Decimal(self.table(path)[name])

    def shares(self, path: str) -> Distribution:
        """The distribution of a table."""
        return _distribution(self.table(path)["shares"])

    def span(self, path: str, name: str) -> tuple[int, int]:
        """The least and the most of a number."""
        low, high = self.table(path)[name]
        return int(low), int(high)

    def families(self) -> tuple[Family, ...]:
        """Every kind of family."""
        return tuple(Family(**kind) for group in self.table("families").values() for kind in group["kinds"])

    def states(self) -> tuple[State, ...]:
        """Every state of a parent."""
        return tuple(_state(name, table) for name, table in self.table("states").items())

    def blank_parts(self) -> tuple[BlankPart, ...]:
        """The parts of a row that are blank as a whole."""
        tables = self.table("unknown.parts").items()
        return tuple(BlankPart(name, Decimal(part["share"]), tuple(part["columns"])) for name, part in tables)

    def unknown(self, column: str) -> Decimal:
        """The share of single blanks put into a column."""
        return Decimal(self.table("unknown.columns").get(column, self.table("unknown")["default"]))


def _distribution(table: Mapping[str, Any]) -> Distribution:
    return Distribution(tuple(table), tuple(Decimal(v) for v in table.values()))


def _state(name: str, table: Mapping[str, Any]) -> State:
    def optional(key: str) -> Decimal | None:
        return Decimal(table[key]) if key in table else None

    return State(
        name=name,
        situations=tuple(
            SituationSpec(s["kind"], tuple(s["began"]), tuple(s["left"]) if "left" in s else None)
            for s in table.get("situations", ())
        ),
        supports=optional("supports"),
        can_act=optional("can_act"),
        member=table.get("member", "absent"),
        parent=table.get("parent", "birth"),
        least_age=table.get("least_age", 0),
        foreign=table.get("foreign", False),
        serious_illness=table.get("serious_illness", False),
        kinds=_distribution(table["kinds"]) if "kinds" in table else None,
        grades=_distribution(table["grades"]) if "grades" in table else None,
    )


@cache
def shares() -> Shares:
    """The parameter file that the library brings along."""
    with FILE.open("rb") as file:
        return Shares(tomllib.load(file, parse_float=Decimal))

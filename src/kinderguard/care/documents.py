"""The JSON that care is written as, for its published schemas: an allocation, ``kinderguard.allocation/1``, and its entries;
how an organisation kept what it promised; how far a place is with a target.

Read by ``kinderguard.formats`` alone. ``allocation.showing`` and ``commands`` write it; tests hold them together.
"""

from typing import Literal

from pydantic import Field

from kinderguard.care.allocation.result import Decided, LimitKind
from kinderguard.care.allocation.showing import FORMAT
from kinderguard.care.targets import Measure
from kinderguard.casefile.care.needs import NeedStatus
from kinderguard.engines.assessment_line import ContractLine, Day
from kinderguard.model.patterns import NO_LINE_FEED
from kinderguard.packs.need_rules import Service, Urgency
from kinderguard.report.schemas import Bilingual

Whole = Field(ge=0)


class FindOutEntry(ContractLine):
    """An offer that may fit once something is found out."""

    offer: str
    what: Bilingual


class AllotmentEntry(ContractLine):
    """What becomes of one need, and why: an entry of an allocation, and a line of ``kinderguard care allocate``."""

    ref: str | None = Field(description="the file's own number; never a name or an ID number")
    division: str | None
    need: str
    title: Bilingual
    urgency: Urgency
    status: NeedStatus
    decided: Decided
    offer: str | None
    organisation: str | None
    service: Service | None
    km: float | None = Field(ge=0, description="null: not known, or nobody travels")
    familiar: bool
    in_line: str | None
    position: int | None = Field(ge=1)
    clarify: list[Bilingual]
    find_out: list[FindOutEntry]
    reason: Bilingual


class ObjectiveEntry(ContractLine):
    """What was aimed at."""

    place_digits: int
    remote: list[str]
    remote_floor: str = Field(pattern=r"^[0-9]+/[0-9]+$", json_schema_extra=NO_LINE_FEED, description="a share, exact")
    familiar_km: float
    hold_for_unclear: bool


class LimitsEntry(ContractLine):
    """The limits that all offers share."""

    max_km: float | None = Field(description="null: none")
    per_organisation: dict[str, int]


class PlaceEntry(ContractLine):
    """How far the present needs of a place are served."""

    place: str | None = Field(description="null: no place is known")
    name: Bilingual
    needs: int = Whole
    served: int = Whole
    remote: bool
    floor_reached: bool | None = Field(description="null: no remote place")


class PriceEntry(ContractLine):
    """What one more place in a limit would bring."""

    kind: LimitKind
    code: str
    limit: int = Whole
    used: int = Whole
    urgency: Urgency | None = Field(description="null: it would bring nothing")
    to_clarify: bool
    instead_of: Urgency | None
    instead_to_clarify: bool
    message: Bilingual


class AimEntry(ContractLine):
    """An aim, in the order in which they were solved."""

    title: Bilingual
    proved: bool


class LibraryVersion(ContractLine):
    """The version that made it."""

    kinderguard: str


class AllocationDocument(ContractLine):
    """``kinderguard.allocation/1``: what was asked, what becomes of every need, places, prices."""

    format: Literal["kinderguard.allocation/1"]
    versions: LibraryVersion
    on: Day
    objective: ObjectiveEntry
    limits: LimitsEntry
    allotments: list[AllotmentEntry]
    places: list[PlaceEntry]
    prices: list[PriceEntry]
    aims: list[AimEntry]


class ShareEntry(ContractLine):
    """A share of cases, with its interval (95 of 100)."""

    value: float | None = Field(ge=0, le=1, description="null: no case yet")
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    count: int = Whole
    of: int = Whole
    unknown: int = Field(ge=0, description="cases beside them of which it is not known")


class ProviderLine(ContractLine):
    """How far one organisation kept what it promised: a line of ``kinderguard care providers``."""

    organisation: str
    until: Day
    rank: int | None = Field(ge=1, description="null: not ranked; said tells why")
    promised: int = Whole
    waiting: int = Field(ge=0, description="not due yet")
    cases: int = Whole
    delivered: ShareEntry
    on_time: ShareEntry
    better: ShareEntry
    satisfied: ShareEntry
    said: Bilingual


class TargetLine(ContractLine):
    """How far a place is with a target of the year: a line of ``kinderguard care targets``."""

    division: str
    year: int
    measure: Measure
    goal: int = Field(ge=0, description="a number, or whole percent for a share")
    on: Day
    low: int = Field(ge=0, description="what is sure")
    high: int | None = Field(ge=0, description="what is possible; null: a whole list is missing")
    of: int | None = Field(ge=0, description="of how many communities; null: not known, or no share")
    reached: bool | None = Field(description="null: what is not known decides it")
    message: Bilingual


assert FORMAT == "kinderguard.allocation/1"  # a new format gets a document of its own

"""The JSON that commands write of case files, for its published schemas: what is due, what was filed, what was shared.

Read by ``kinderguard.formats`` alone. ``commands`` and ``sharing`` write it; tests hold the two together.
"""

from pydantic import Field, JsonValue

from kinderguard.casefile.filing.surveying import Filing
from kinderguard.casefile.following.due import DueKind, Duty
from kinderguard.casefile.giving.sharing import SharingBasis
from kinderguard.engines.assessment_line import ContractLine, Day


class DueLine(ContractLine):
    """Something that falls due: a line of ``kinderguard file due``."""

    day: Day
    ref: str
    division: str | None
    kind: DueKind
    who: Duty
    overdue: bool
    what: str = Field(description="in the language that was asked for; no name is in it")
    codes: list[str]


class FiledLine(ContractLine):
    """What was filed of a child of a survey: a line of ``kinderguard file import``."""

    child: str
    ref: str | None = Field(description="null: whose file it is cannot be told, or is not decided")
    filing: Filing
    entries: list[int]
    facts: list[str] = Field(description="paths, no values")
    open: list[str] = Field(description="paths about which lists differ and nobody has decided")
    without_id: bool
    two_ids: bool
    held_back: list[str] = Field(
        description="paths in which lists contradict what somebody recorded, name a place in another county, or take back a stated end or death; not taken"
    )
    answered: list[str] = Field(
        description="paths of these that somebody has answered before, so that nothing is asked"
    )
    overruled: list[str] = Field(
        description="paths of which the order of trust took an older list's word against a newer one's"
    )
    perhaps: list[str] = Field(description="open files whose child it may be, so that it waits")
    closed: bool = Field(description="its file is closed and lists still name the child")
    why: str | None = Field(description="in the language that was asked for")
    rows: list[str]


class RecipientEntry(ContractLine):
    """Who is given something."""

    role: str
    organisation: str


class SharedDocument(ContractLine):
    """What a recipient is given of a file, or the whole file: written by ``kinderguard file export``. It holds personal
    data.
    """

    ref: str
    recipient: RecipientEntry | None = Field(default=None, description="left out: the whole file")
    purpose: str | None = Field(default=None, description="left out: the whole file")
    basis: SharingBasis | None = Field(default=None, description="left out: the whole file")
    on: Day
    entry: int = Field(ge=1)
    facts: dict[str, JsonValue] = Field(description="by path, as a case has them")

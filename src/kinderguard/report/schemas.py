"""The JSON Schemas of a case and its results: a ledger line, an explanation. ``kinderguard.formats`` has all that are published."""

from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from kinderguard.engines.assessment_line import Day, Money
from kinderguard.engines.explanation_document import FORMAT
from kinderguard.model.case import Case
from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.places import DivisionCode
from kinderguard.model.refs import Ref
from kinderguard.model.text import Text
from kinderguard.report.lines import LINE


class UnknownFormatError(ToldError, KeyError):
    """A published format that there is not; the nearest is named, and all that there are."""

    @classmethod
    def of(cls, name: object, known: Iterable[str]) -> Self:
        """The error for a name that is none of those known."""
        names = list(known)
        near = suggestion(name, names) if isinstance(name, str) else Text("", "")
        return cls(
            Text(
                f"没有这种格式；可用：{'、'.join(names)}。", f"There is no such format; use one of {', '.join(names)}."
            )
            + near
        )


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Bilingual(_Part):
    """A text in both languages."""

    zh: str
    en: str


class Citation(_Part):
    """A source and how far it was checked."""

    document: str
    article: str | None
    trust: str
    source: str | None
    checked_on: Day | None


class Needed(_Part):
    """A condition that would have to change for a "no" to become a "yes"."""

    step: int
    wanted: bool | None
    distance: Bilingual | None


class UnsetParameter(_Part):
    """A standard that nobody set, and the place where it is missing; ``place`` is null where nobody knows which."""

    code: str
    title: Bilingual
    place: str | None
    place_name: Bilingual


class CategoryOutcome(_Part):
    """A category: the step that holds its value, and the steps that decided it."""

    title: Bilingual
    step: int
    value: bool | None
    unset: list[UnsetParameter] = Field(
        default=[], description="the standards that leave it open since nobody set them"
    )
    because: list[int]
    needed: list[Needed]
    cites: list[Citation]


class StackingOutcome(_Part):
    """A stacking rule at work, as the steps before and after it."""

    rule: Literal["excludes", "tops_up", "capped"]
    owner: str
    others: list[str]
    before_step: int
    after_step: int
    reason: Bilingual | None


class PolicyOutcome(_Part):
    """A policy: eligibility, its amount by itself, and what remains after stacking."""

    title: Bilingual
    eligible_step: int
    own_step: int | None
    final_step: int
    eligible: bool | None
    amount: Money | None
    low: Money | None
    high: Money | None
    every: str
    per: Literal["child", "household"]
    open_steps: list[int] = Field(
        default=[], description="the conditions, facts and standards that leave open what an eligible child gets"
    )
    unset: list[UnsetParameter] = Field(
        default=[], description="the standards that leave it open since nobody set them"
    )
    because: list[int]
    needed: list[Needed]
    stacking: list[StackingOutcome]
    cites: list[Citation]


class ParameterUsed(_Part):
    """A parameter's value with its place, period and source. ``set`` is false where there is none: ``place`` is where it is
    missing.
    """

    code: str
    title: Bilingual
    set: bool
    place: str | None = None
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    source: str | None = None
    trust: str | None = None
    checked_on: Day | None = None


class StepEntry(_Part):
    """One step. Money is yuan as text (``"p/q"`` where it is no whole fen), a value within bounds ``{low, high}``."""

    id: int
    op: str
    kind: str
    wording: Bilingual
    value: Any
    reads: list[int] = Field(description="the steps it is computed from, in the order of its operands")
    joins: Bilingual | None = Field(
        default=None, description="of a condition made of others: how its parts make it, as explanations say it"
    )
    deciding: list[int] | None = Field(
        default=None, description="of a condition made of others: those of ``reads`` that make it what it is"
    )
    code: str | None = None
    title: Bilingual | None = None
    category: str | None = None
    path: str | None = Field(default=None, description="of a fact or a list of records")
    codes: list[str] | None = None
    to: Any = Field(default=None, description="the rounding step")
    rounding: Literal["half_up", "up", "down"] | None = None
    parameter: ParameterUsed | None = None
    how: Literal["any", "all", "count", "sum", "least", "greatest"] | None = None
    element: int | None = None
    where: int | None = None
    body: int | None = None
    records: "list[list[StepEntry]] | None" = Field(default=None, description="per record, the inner steps")


class MissingEntry(_Part):
    """A fact to ask for."""

    path: str
    title: Bilingual
    decides: float = Field(ge=0, le=1)
    changes: list[str]


class DocumentEntry(_Part):
    """A paper to bring."""

    document: str
    title: Bilingual
    policies: list[str]


class ProblemEntry(_Part):
    """Something that was wrong with a pack, a provider, a rule or a parameter."""

    code: str
    where: str
    message: Bilingual


class Versions(_Part):
    """The versions that made the result."""

    kinderguard: str
    build: str = Field(
        default="", description="digest of the library's own sources that decide a result; empty in earlier documents"
    )
    packs: dict[str, str]


class ExplanationDocument(_Part):
    """``kinderguard.explanation/1``: everything needed to audit one result without this library."""

    format: Literal["kinderguard.explanation/1"]
    versions: Versions
    fingerprint: str
    ref: Ref | None
    on: Day
    division: DivisionCode | None
    complete: bool
    categories: dict[str, CategoryOutcome]
    policies: dict[str, PolicyOutcome]
    steps: list[StepEntry] = Field(description="in dependency order")
    missing: list[MissingEntry]
    documents: list[DocumentEntry]
    problems: list[ProblemEntry]


assert FORMAT == "kinderguard.explanation/1"  # a new format gets a document of its own

#: By name, what the schema describes.
SCHEMAS: dict[str, TypeAdapter[Any]] = {
    "case": TypeAdapter(Case),
    "assessment-line": LINE,
    "explanation": TypeAdapter(ExplanationDocument),
}


#: What this library reads as well, and refuses where it has a key that the model does not know.
READ_BACK = frozenset({"case", "decisions", "need", "plan"})


def schema(name: str, *, closed: bool = False) -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) by name: ``case``, ``assessment-line``, ``explanation``.

    Args:
        name: of the format.
        closed: refuse keys that the format does not name, also in what is only written: for tests of what writes it.
            Without it a reader accepts what a later version adds.

    Raises:
        UnknownFormatError: there is no such format; with the nearest.
    """
    if name not in SCHEMAS:
        raise UnknownFormatError.of(name, SCHEMAS)
    made = SCHEMAS[name].json_schema(by_alias=True, mode="serialization" if name == "case" else "validation")
    return published(name, made, closed=closed)


def published(name: str, made: dict[str, Any], *, closed: bool = False) -> dict[str, Any]:
    """A schema as it is published, with its draft, its identity and the format's name."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kinderguard:{name}:1",
        "title": f"kinderguard {name}",
    }
    objects = [made, *made.get("$defs", {}).values()]
    for each in objects if closed or name in READ_BACK else ():
        if "properties" in each:
            each.setdefault("additionalProperties", False)
    for each in () if closed or name in READ_BACK else objects:
        if each.get("additionalProperties") is False:
            del each["additionalProperties"]
    return head | made

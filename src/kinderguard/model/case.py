"""The case: one child, and everything known that a rule may ask about."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from pydantic import JsonValue, field_validator

from kinderguard.model.echo import shown_code
from kinderguard.model.errors import FieldValueError, InvalidRecordError, Problem, shown_path
from kinderguard.model.help import Consent, Evidence, HelpReceived
from kinderguard.model.household import Household
from kinderguard.model.people import Child, Guardian, Parent
from kinderguard.model.places import DivisionCode
from kinderguard.model.read_only import OwnFacts, own
from kinderguard.model.record import Record, fact, models_within
from kinderguard.model.refs import Ref
from kinderguard.model.text import Language, Text

if TYPE_CHECKING:
    from kinderguard.model.view import View


#: How deep objects and lists stand in one another in ``extra``, itself the first, in Python as in JSON: readers of JSON stop at 200.
DEEPEST = 100


class Case(Record):
    """What is assessed 个案.

    >>> case = Case.from_facts({"child.birth_date": "2012-03", "father.situations": []})
    >>> str(case.child.birth_date), case.mother.situations is None
    ('2012-03', True)
    """

    ref: Ref | None = fact("序号", "the file's own number", note="Never a name or an ID number.")
    division_code: DivisionCode | None = fact(
        "主管行政区划代码", "division in charge, where it is not that of registration"
    )
    child: Child = fact("儿童", "child", default=Child())
    father: Parent = fact("父亲", "father", default=Parent())
    mother: Parent = fact("母亲", "mother", default=Parent())
    former_parents: tuple[Parent, ...] | None = fact("收养前的父母", "parents before an adoption")
    guardians: tuple[Guardian, ...] | None = fact("监护人", "guardians")
    household: Household = fact("家庭", "household", default=Household())
    help: tuple[HelpReceived, ...] | None = fact("已享受救助", "help received")
    evidence: tuple[Evidence, ...] | None = fact("证明材料", "papers seen")
    consents: tuple[Consent, ...] | None = fact("同意", "consents")
    #: Read-only, through and through.
    extra: dict[str, dict[str, JsonValue]] = fact("地方事实", "facts that packs declare", default=OwnFacts())

    @field_validator("extra", mode="before")
    @classmethod
    def _not_too_deep(cls, extra: Any) -> Any:
        """In Python as in JSON, whose readers go no deeper than about 200."""
        if _is_deeper(extra, DEEPEST):
            raise FieldValueError(
                f"地方事实嵌套超过 {DEEPEST} 层，或含有其自身；请减少层次",
                f"a pack's own fact is nested more than {DEEPEST} deep, or holds itself; give it with fewer levels",
            )
        return extra

    @field_validator("extra")
    @classmethod
    def _writable(cls, extra: dict[str, Any]) -> dict[str, Any]:
        """Python's values are wider than JSON: no NaN, no half characters, no number that nobody can write down."""
        try:
            json.dumps(extra, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):  # an encoding error is a ValueError
            raise FieldValueError(
                "地方事实中有 JSON 写不出的值（NaN、无穷、半个字符或过长的数字）；请改正",
                "a pack's own fact holds what JSON cannot write (NaN, infinity, half a character, too long a number); "
                "correct it",
            ) from None
        fixed: dict[str, Any] = own(extra)
        return fixed

    @property
    def division(self) -> str | None:
        """The division in charge: as stated, else that of registration, else that of residence."""
        return self.division_code or self.child.registration.division or self.child.residence.division

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """A case from facts by path; whatever is not named is unknown.

        Args:
            facts: ``{"child.birth_date": "2012-03-05", "household.size": 3, "330199.central_heating": True}``. A path
                that begins with digits is a pack's own fact.

        Raises:
            InvalidRecordError: a path that does not exist (with the nearest one), or a value that does not fit.
        """
        if not isinstance(facts, Mapping) or not all(isinstance(path, str) for path in facts):
            raise _no_facts()
        data: dict[str, Any] = {}
        made = {id(data)}  # the tables made here; one that the caller gave as a value is not written to
        for path, value in facts.items():
            *parents, last = path.split(".", 1) if path[:1].isdigit() else path.split(".")
            place: Any = data
            for name in ["extra", *parents] if path[:1].isdigit() else parents:
                if name not in place:
                    place[name] = {}
                    made.add(id(place[name]))
                place = place[name]
                if id(place) not in made:
                    raise _collision(path)
            if last in place:
                raise _collision(path)
            place[last] = value
        return cls.model_validate(data)

    def view(self, lang: Language | None = None, *, personal: bool = False) -> "View":
        """What is known of the child, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            personal: whether names, ID numbers, telephone numbers, addresses and packs' own facts are shown.
        """
        from kinderguard.model.case_view import case_view

        return case_view(self, lang, personal=personal)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr_args__(self) -> Any:
        """As every record, with packs' own facts by name only (what they hold is theirs to declare), and a ref only where it
        cannot be a name or a number of somebody.
        """
        for name, value in super().__repr_args__():
            if name == "ref":
                yield name, shown_code(value)
            elif name == "extra":
                yield name, {space: sorted(facts) for space, facts in self.extra.items()}
            else:
                yield name, value


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects stand in one another more than so deep."""
    inside = [value]
    for _ in range(levels):
        parts = [
            each
            for outer in inside
            for each in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list | tuple) else ()
            )
            if isinstance(each, dict | list | tuple)
        ]
        inside = list({id(each): each for each in parts}.values())  # what is held twice is looked at once
        if not inside:
            return False
    return True


def _no_facts() -> InvalidRecordError:
    how = Text(
        '应为以路径为键的字典，如 {"child.birth_date": "2012-03-05"}；JSON 文字请用 Case.model_validate_json',
        'must be a dict of facts by path, as in {"child.birth_date": "2012-03-05"}; JSON text is read by '
        "Case.model_validate_json",
    )
    return InvalidRecordError("Case", [Problem("record.facts", how)])


def _collision(path: str) -> InvalidRecordError:
    known = {name for model in models_within(Case) for name in model.model_fields}
    how = Text("与另一个事实冲突；请只给出其中之一", "collides with another fact given; give one of the two")
    return InvalidRecordError("Case", [Problem("record.path", how, shown_path(path.split("."), known))])

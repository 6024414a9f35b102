"""The base of every model: frozen, strict about names, silent about personal values.

``None`` is *unknown* in every field. ``fact(...)`` declares a field with its Chinese and English title, and the
rule language reads titles and units from there, so that a fact is described once.
"""

import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    Strict,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from kinderguard.model.dates import PartialDate, today_in_china
from kinderguard.model.errors import FieldValueError, InvalidRecordError, Problem, record_error, shown_path
from kinderguard.model.json_names import byte_order_mark, given_twice, paths_given_twice
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


M = TypeVar("M", bound=BaseModel)


def fact(
    zh: str,
    en: str,
    *,
    unit: str | None = None,
    default: Any = None,
    note: str = "",
    yes: tuple[str, str] | None = None,
    no: tuple[str, str] | None = None,
    whether: str | None = None,
    schema: Mapping[str, Any] | None = None,
) -> Any:
    """Declare a field.

    Args:
        zh, en: its title.
        unit: of a number (``persons``, ``months`` …).
        default: what is there if nothing is said; None for all but parts.
        note: what whoever fills it in should know.
        yes, no: of a yes-or-no fact, what it says of its subject (the child 被收养, "is adopted"), in both languages.
        schema: what a JSON Schema can say of its values beyond their type; the model checks it by itself.
        whether: how Chinese asks it (财产是否符合规定), where that is not 是否 before ``yes``.
    """
    extra: dict[str, Any] = {"x-title-zh": zh, "x-title-en": en}
    if unit:
        extra["x-unit"] = unit
    if yes and no:
        extra["x-yes"], extra["x-no"] = list(yes), list(no)
    if whether:
        extra["x-whether"] = whether
    extra |= schema or {}
    # What says yes or no is true or false: "n" and 0 would be taken for it, and a rule would rest on them.
    return Field(
        default=default,
        title=f"{zh} · {en}",
        description=note or None,
        json_schema_extra=extra,
        strict=bool(yes) or None,
    )


def field_title(field: FieldInfo) -> Text:
    """The titles given to ``fact(...)``."""
    extra = field.json_schema_extra
    if not isinstance(extra, dict):
        raise TypeError("This field was not declared with fact(...).")
    return Text(str(extra["x-title-zh"]), str(extra["x-title-en"]))


def field_unit(field: FieldInfo) -> str | None:
    """The unit given to ``fact(...)``, or None."""
    extra = field.json_schema_extra
    unit = extra.get("x-unit") if isinstance(extra, dict) else None
    return str(unit) if unit else None


def field_predicate(field: FieldInfo, value: bool) -> Text | None:
    """What a yes-or-no fact says of its subject where it is ``value``: 被收养, "is adopted"; None where not given."""
    extra = field.json_schema_extra
    said = extra.get("x-yes" if value else "x-no") if isinstance(extra, dict) else None
    return Text(str(said[0]), str(said[1])) if isinstance(said, list) else None


def field_question(field: FieldInfo) -> Text | None:
    """A yes-or-no fact as a question about its subject (是否被收养, "whether … is adopted"); None where not given.

    In English the subject stands between the two words: what comes after it is given.
    """
    said = field_predicate(field, True)
    extra = field.json_schema_extra
    asked = extra.get("x-whether") if isinstance(extra, dict) else None
    return Text(str(asked or f"是否{said.zh}"), said.en) if said else None


def _not_future(value: PartialDate) -> PartialDate:
    if value.earliest > today_in_china():
        raise FieldValueError("日期在将来", "the date lies in the future")
    return value


PastDate = Annotated[PartialDate, AfterValidator(_not_future)]
"""A date that can only have happened already: a future one is refused."""


def _whole(value: Any) -> Any:
    # Anything else would be counted out: a Decimal of a billion digits, say.
    if isinstance(value, bool) or not (isinstance(value, float) or hasattr(value, "__index__")):
        raise FieldValueError(
            "应为整数，不加引号，也不是 true 或 false", "must be a whole number, without quotation marks"
        )
    return value


#: Before a whole number: ``true`` and texts are refused.
WHOLE = BeforeValidator(_whole)
Whole = Annotated[int, WHOLE]
"""A whole number: ``true`` is none, nor is a text."""


Flag = Annotated[bool, Strict()]
"""Yes or no as ``true`` or ``false``, and nothing that could be taken for it."""


def _writable(text: str) -> str:
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise FieldValueError(
            "含有半个字符（编码有误），无法写出；请按 UTF-8 重新读取",
            "holds half a character, which cannot be written; read it again as UTF-8",
        )
    return text


Words = Annotated[str, AfterValidator(_writable)]
"""A text that can be written in UTF-8."""


class _QuietMeta(ModelMetaclass):
    """Turns pydantic's errors, which carry the input, into ours, which do not."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - the first argument is the class
        refused: ValidationError
        try:
            return super().__call__(*args, **kwargs)
        except ValidationError as error:
            refused = error
        # Raised outside the handler, so that the original is not chained: its input would show in a traceback.
        raise _quiet(cls, refused)


def _quiet(cls: type, error: ValidationError) -> InvalidRecordError:
    found = error.errors(include_url=False, include_input=False)
    return record_error(cls.__name__, found, _field_names(cls), lambda at: _names_at(cls, at))


def refuse_names_given_twice(cls: type, text: str | bytes | bytearray) -> None:
    """Refuse JSON in which an object has a name more than once.

    Raises:
        InvalidRecordError: with every such name by its path.
    """
    twice = paths_given_twice(text)
    if twice:
        names = _field_names(cls)
        raise InvalidRecordError(cls.__name__, [given_twice(shown_path(path, names)) for path in twice])


@cache
def _field_names(cls: type) -> frozenset[str]:
    """Field names of ``cls`` and of every model inside it."""
    return frozenset(name for model in _within(cls, Quiet) for name in model.model_fields)


def _names_at(cls: type, at: tuple[int | str, ...]) -> tuple[str, ...]:
    """The field names of the object at a place: what a misspelt name there is compared with.

    Those of the object's own parts follow with their paths, for a name that stands one level too high.
    """
    inside: Any = cls
    for part in at:
        model = _only_model(inside)
        if model is not None and part in model.model_fields:
            inside = model.model_fields[str(part)].annotation
    model = _only_model(inside)
    if model is None:
        return tuple(_field_names(cls))
    parts = ((name, _only_model(field.annotation)) for name, field in model.model_fields.items())
    below = (f"{name}.{n}" for name, part in parts if name in _parts(model) and part for n in part.model_fields)
    return (*model.model_fields, *below)


def _only_model(annotation: Any) -> type[BaseModel] | None:
    """The one model that an annotation names; None where it names none, or several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = {model for arg in typing.get_args(annotation) if (model := _only_model(arg)) is not None}
    return found.pop() if len(found) == 1 else None


def models_within(cls: Any) -> Iterator[type["Record"]]:
    """``cls`` and every record that its fields can hold, each once."""
    return _within(cls, Record)


def _within(cls: Any, base: type[M]) -> Iterator[type[M]]:
    seen: set[type] = set()
    waiting: list[Any] = [cls]
    while waiting:
        current = waiting.pop()
        if isinstance(current, type) and issubclass(current, base):
            if current not in seen:
                seen.add(current)
                waiting.extend(f.annotation for f in current.model_fields.values())
                yield current
        else:
            waiting.extend(typing.get_args(current))


class Quiet(BaseModel, metaclass=_QuietMeta):
    """A frozen model whose errors name places and mends, never values."""

    if not TYPE_CHECKING:  # a type checker already sees that they are frozen; pydantic's error would show the value

        def __setattr__(self, name: str, value: object) -> None:
            raise _frozen(type(self), name)

        def __delattr__(self, name: str) -> None:
            raise _frozen(type(self), name)

    @classmethod
    def model_validate(cls, obj: Any, **kwargs: Any) -> Self:
        """As pydantic's, but the error names places and mends, never values.

        Raises:
            InvalidRecordError: with every problem found.
        """
        refused: ValidationError
        try:
            return super().model_validate(obj, **kwargs)
        except ValidationError as error:
            refused = error
        raise _quiet(cls, refused)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **kwargs: Any) -> Self:
        """As pydantic's, but the error names places and mends, never values.

        Raises:
            InvalidRecordError: with every problem found; a name that stands twice in an object is one, a byte order mark
                before the text another.
        """
        if (mark := byte_order_mark(json_data)) is not None:
            raise InvalidRecordError(cls.__name__, [mark])
        refuse_names_given_twice(cls, json_data)
        refused: ValidationError
        try:
            return super().model_validate_json(json_data, **kwargs)
        except ValidationError as error:
            refused = error
        raise _quiet(cls, refused)

    @classmethod
    def model_validate_strings(cls, obj: Any, **kwargs: Any) -> Self:
        """As pydantic's, but the error names places and mends, never values.

        Raises:
            InvalidRecordError: with every problem found.
        """
        refused: ValidationError
        try:
            return super().model_validate_strings(obj, **kwargs)
        except ValidationError as error:
            refused = error
        raise _quiet(cls, refused)


class Record(Quiet):
    """Anything known about a child. Frozen; unknown keys are refused with the nearest name."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=False, protected_namespaces=()
    )

    @model_validator(mode="before")
    @classmethod
    def _unknown_part(cls, data: Any) -> Any:
        """``null`` for a part (``"disability": null``) means that nothing is known of it."""
        if isinstance(data, Mapping):
            return {k: v for k, v in data.items() if not (v is None and k in _parts(cls))}
        return data

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """As pydantic's, and ``null`` for a part, as ``_unknown_part`` reads it."""
        made = handler(schema)
        described = handler.resolve_ref_schema(made)
        for name in _parts(cls).intersection(described.get("properties", ())):
            part = described["properties"][name]
            if "$ref" in part:
                part["anyOf"] = [{"$ref": part.pop("$ref")}, {"type": "null"}]
        return made

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed; unlike pydantic's, the change is validated."""
        if not update:
            return super().model_copy(deep=deep)
        return type(self)(**{name: getattr(self, name) for name in type(self).model_fields} | dict(update))

    def to_json(self, *, indent: int | None = None) -> str:
        """The record as JSON, personal fields included; what is unknown is left out. Reads back without loss."""
        return self.model_dump_json(exclude_none=True, exclude_defaults=True, indent=indent)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What ``repr`` shows: what is known and is not personal."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is not None and value != field.default and not is_personal(field):
                yield name, value

    def __str__(self) -> str:
        return repr(self)


def _frozen(cls: type[BaseModel], name: str) -> InvalidRecordError:
    how = Text("记录不可修改；请用 model_copy(update={…})", "a record cannot be changed; use model_copy(update={...})")
    return InvalidRecordError(
        cls.__name__, [Problem("record.frozen_instance", how, shown_path([name], cls.model_fields))]
    )


@cache
def _parts(cls: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in cls.model_fields.items() if isinstance(field.default, Record))


def is_personal(field: FieldInfo) -> bool:
    """Whether a field holds personal text: its type says so, and nothing else does."""
    from kinderguard.model.personal import Personal

    return field.annotation is Personal or Personal in typing.get_args(field.annotation)

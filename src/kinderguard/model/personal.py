"""Personal text (names, ID numbers, telephone numbers, addresses): kept, compared and stored, but never shown by itself.

``str``, ``repr`` and formatting give ``‹personal›``; only ``reveal()`` gives the text. So a log line, an
exception or a notebook cell cannot leak it by accident.
"""

from typing import Any, final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from kinderguard.model.errors import FieldValueError
from kinderguard.model.patterns import BLANK, BLANKS

HIDDEN = "‹personal›"


def _text_of(value: Any) -> Any:
    return value.reveal() if isinstance(value, Personal) else value


def _read(value: Any) -> Any:
    """What is stated, without what shows nothing around it."""
    text = _text_of(value)
    return text.strip(BLANKS) if isinstance(text, str) else text


def _dumped(value: Any, info: SerializationInfo) -> Any:
    return _text_of(value) if info.mode_is_json() else value


@final
class Personal:
    """A text that identifies somebody. Equal when the texts are equal; shown only by ``reveal()``.

    >>> name = Personal("某某")
    >>> f"{name}", name == Personal("某某")
    ('‹personal›', True)
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise FieldValueError("应为文字", "must be text")
        object.__setattr__(self, "_text", text)

    _text: str

    def reveal(self) -> str:
        """The text itself. Call it only where the reader may know it."""
        return self._text

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Personal text cannot be changed; make a new one.")

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self._text == other._text

    def __hash__(self) -> int:
        return hash((Personal, self._text))

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return Personal, (self._text,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            _read,
            core_schema.no_info_after_validator_function(cls, core_schema.str_schema(min_length=1)),
            # JSON is how a case is stored and exchanged, so the text is written there; Python values stay hidden.
            serialization=core_schema.plain_serializer_function_ser_schema(
                _dumped, info_arg=True, when_used="unless-none"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "minLength": 1, "pattern": f"[^{BLANK}]", "x-personal": True}

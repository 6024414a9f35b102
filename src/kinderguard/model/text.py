"""Bilingual text: every title, reason and message an official may read, in Chinese and English.

Used by every floor of the library. It never translates: both texts are written by a person.
"""

from typing import TYPE_CHECKING, Literal

import attrs

Language = Literal["zh", "en"]


@attrs.frozen
class Text:
    """One text in Chinese (``zh``) and English (``en``).

    Raises:
        OneLanguageError: one of the two is missing, or is no text.

    >>> Text(zh="孤儿", en="orphan").in_("en")
    'orphan'
    """

    zh: str
    en: str

    if not TYPE_CHECKING:
        # A type checker already asks for both; at run time a text in one language is told what is missing.
        def __init__(self, zh=None, en=None):
            if not isinstance(zh, str) or not isinstance(en, str):
                from kinderguard.model.errors import OneLanguageError

                raise OneLanguageError.of(zh, en)
            self.__attrs_init__(zh, en)

    def in_(self, lang: Language) -> str:
        """The text in ``lang`` (``"zh"`` or ``"en"``)."""
        if lang not in ("zh", "en"):
            from kinderguard.model.errors import ArgumentError

            raise ArgumentError.of("lang", ("zh", "en"))
        return self.zh if lang == "zh" else self.en

    def to_dict(self) -> dict[str, str]:
        """Both texts, for JSON: ``{"zh": …, "en": …}``."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return f"{self.zh} ({self.en})" if self.zh != self.en else self.zh

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __add__(self, other: "Text") -> "Text":
        return Text(self.zh + other.zh, self.en + other.en)


def same(text: str) -> Text:
    """A text that reads the same in both languages (a number, a code, a date)."""
    return Text(text, text)


def join(parts: "list[Text]", zh: str = "、", en: str = ", ") -> Text:
    """The parts one after another, with the separator of each language."""
    return Text(zh.join(p.zh for p in parts), en.join(p.en for p in parts))

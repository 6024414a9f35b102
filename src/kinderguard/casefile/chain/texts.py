"""Free texts and codes that are kept for ever: they must not give away who somebody is.

Used wherever a reason, a note, an organisation or a file's number is written. A resident ID is known by the birth date in
it, also where its check digit is wrong or something follows it; a telephone by its eleven digits; a name by being one of
those that the file itself holds. What was found is never repeated.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from kinderguard.casefile.chain.entries import FACTUAL, Entry
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.model.resident_id import holds_resident_id
from kinderguard.model.text import Text

_TELEPHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}(?!\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-.·]+(?=[\dXx])")
#: By the key under which a body keeps it, at any depth that a reader knows: the argument that gave it.
_KEPT: tuple[tuple[tuple[str, ...], str], ...] = (
    (("reason",), "reason"),
    (("note",), "note"),
    (("override", "reason"), "override"),
    (("recipient", "organisation"), "organisation"),
    (("organisation",), "organisation"),
    (("offer",), "offer"),
    (("need",), "need"),
    (("policy",), "policy"),
)
#: In lists of a plan, the texts of each item.
_LISTED: tuple[tuple[str, str], ...] = (
    ("moves", "reason"), ("follow_ups", "note"), ("services", "organisation"), ("services", "offer"), ("services", "need"),
)  # fmt: skip


def texts_in(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The free texts of an entry's body, each with the name of the argument that it is from."""
    for path, name in _KEPT:
        value: Any = body
        for part in path:
            value = value.get(part) if isinstance(value, Mapping) else None
        if isinstance(value, str):
            yield name, value
    for listed, name in _LISTED:
        for item in _items(body, listed):
            if isinstance(text := item.get(name), str):
                yield name, text
    yield from _goals_in(body)
    for note in _items(body, "notes"):
        yield from (("notes", text) for text in note.values() if isinstance(text, str))


def _goals_in(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What goals say beside the titles of needs, which are a rule's texts and nobody's."""
    titles = [need["title"] for need in _items(body, "needs") if isinstance(need.get("title"), Mapping)]
    for goal in _items(body, "goals"):
        said = goal.get("title")
        for lang, text in said.items() if isinstance(said, Mapping) else ():
            if isinstance(text, str):
                known = [title[lang] for title in titles if title.get(lang)]
                yield "goal", next((text.replace(each, "") for each in known if each in text), text)


def _items(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = body.get(name)
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list | tuple) else []


def names_in(entries: Iterable[Entry]) -> frozenset[str]:
    """Every name of a person that a file ever stated, corrected or not, or that a list claimed."""
    found: set[str] = set()
    for entry in entries:
        if entry.kind in FACTUAL:
            for kept in ("facts", "claims"):
                for path, value in (entry.body.get(kept) or {}).items():
                    found |= set(_names(path.rpartition(".")[2], value, path))
    return frozenset(_plain(name) for name in found if len(_plain(name)) > 1)


def _names(key: str, value: Any, path: str) -> Iterator[str]:
    if path[:1].isdigit() or path.endswith("illness.name"):
        return  # a pack's own fact may be called so and be no person's; an illness is none either
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _names(name, inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _names(key, inner, path)
    elif key in ("name", "child_director") and isinstance(value, str):
        yield value


def check_text(text: str, name: str, names: Collection[str] = ()) -> None:
    """Refuse a free text that holds a resident ID, a telephone, or one of some names.

    Args:
        text: what is to be kept.
        name: the argument that it is from, for the message.
        names: as ``names_in`` gives them.

    Raises:
        EntryRefusedError: it does. What it holds is not repeated.
    """
    plain = unicodedata.normalize("NFKC", text)
    if holds_resident_id(_BETWEEN_DIGITS.sub("", plain)):
        what = Text("身份证号", "a resident ID")
    elif _TELEPHONE.search(plain):
        what = Text("电话号码", "a telephone number")
    elif any(_says(text, each) for each in names):
        what = Text("本档案中的姓名", "a name that stands in the file")
    else:
        return
    raise EntryRefusedError(
        Text(
            f"所写文字（{name}）含{what.zh}，此处会长期保留；未写入任何内容，请改用“儿童”“父亲”等称呼，删去号码。",
            f"The text given ({name}) holds {what.en} and would be kept for good; nothing was written. Write 'the child' or "
            "'the father' instead, and leave numbers out.",
        )
    )


def _plain(text: str) -> str:
    """A text for comparing: words in Latin letters with one blank between them, others without any."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return (" " if text.isascii() else "").join(words)


def _says(text: str, name: str) -> bool:
    """Whether a text holds a name; one in Latin letters only as a whole word."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    if name.isascii():
        return re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", " ".join(words)) is not None
    return name in "".join(words)

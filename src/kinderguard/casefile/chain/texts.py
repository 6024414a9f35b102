"""Free texts and codes that are kept for ever: they must not give away who somebody is.

Used wherever a reason, a note, an organisation or a file's number is written. A resident ID is known by the birth date in
it, also where its check digit is wrong or something follows it; a mobile telephone by its eleven digits, another by its area
code or by being called a telephone; a name by being one of those that the file itself holds. What stands between the digits
does not count. What was found is never repeated.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from kinderguard.casefile.chain.entries import FACTUAL, Entry, NewEntry
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.model.resident_id import holds_resident_id
from kinderguard.model.text import Text
from kinderguard.survey.linking.characters import simplified
from kinderguard.survey.linking.names import COMPOUND_SURNAMES, name_keys

#: What may stand between the digits of one number; NFKC has made the wide forms of brackets and hyphens narrow.
_GAP = r"[\s\-‐‑‒–—―_.·()]{0,3}"
_TELEPHONE = re.compile(
    # A mobile one, written in threes and fours or anyhow; the latter not where it may go on from a date.
    rf"(?<!\d)(?:\+?86{_GAP})?1\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"
    rf"|(?<!\d)(?<!\d[\s\-.])(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"
    # One with its area code (010, 020 to 029, 0310 to 0999; from abroad without the 0), and one that is called so, but for a day.
    rf"|(?<!\d)(?:(?:\+|00)86{_GAP})?0(?:10|2\d|[3-9]\d\d){_GAP}[2-9](?:{_GAP}\d){{6,7}}(?!\d)"
    rf"|(?<!\d)(?:\+|00)86{_GAP}(?:10|2\d|[3-9]\d\d){_GAP}[2-9](?:{_GAP}\d){{6,7}}(?!\d)"
    r"|(?:电话|座机|固话|手机|(?<![a-z])(?:tel|phone|telephone)(?![a-z]))(?:号码|号)?[\s:.,为是]{0,3}"
    rf"(?!20[0-4]\d)[2-9](?:{_GAP}\d){{6,7}}(?!\d)",
    re.IGNORECASE,
)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-‐‑‒–—―_.·,/()]+(?=[\dXx])")
#: Digits written as characters, so many that they are no year and no amount.
_SPELT = re.compile(r"[〇零一二三四五六七八九幺]{7,}")
_DIGITS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
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
#: Of these, those that are codes as a rule.
CODES = frozenset({"offer", "need", "policy", "organisation"})
OTHER_CHILD = Text("另一名儿童的姓名", "the name of another child")
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


def names_in(entries: Iterable[Entry | NewEntry]) -> frozenset[str]:
    """Every name of a person that a file ever stated, corrected or not, or that a list claimed."""
    found: set[str] = set()
    for entry in entries:
        if entry.kind in FACTUAL:
            for kept in ("facts", "claims"):
                for path, value in (entry.body.get(kept) or {}).items():
                    found |= set(_names(path.rpartition(".")[2], value, path))
    return frozenset(name for name in found if len(_plain(name)) > 1)


def children_in(entries: Iterable[Entry | NewEntry]) -> frozenset[str]:
    """Every name that a file ever stated for the child itself."""
    said = (entry.body.get("facts") or {} for entry in entries if entry.kind in FACTUAL)
    return frozenset(name for facts in said if isinstance(name := facts.get("child.name"), str))


def may_be_twins(entries: Iterable[Entry], others: Iterable[Entry]) -> bool:
    """Whether the children of two files, born on one day, may be of one family: by the surname, or by somebody named in both."""
    entries, others = list(entries), list(others)
    surnames, theirs = ({_surname(_joined(name)) for name in children_in(some)} for some in (entries, others))
    return bool(surnames & theirs) or bool(names_in(entries) & names_in(others))


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
    plain = _SPELT.sub(lambda run: run.group().translate(_DIGITS), unicodedata.normalize("NFKC", text))
    if holds_resident_id(_BETWEEN_DIGITS.sub("", plain)):
        what = Text("身份证号", "a resident ID")
    elif _TELEPHONE.search(plain):
        what = Text("电话号码", "a telephone number")
    elif names_said(text, names):
        what = Text("本档案中的姓名", "a name that stands in the file")
    else:
        return
    raise refused_text(name, what)


def refused_text(name: str, what: Text) -> EntryRefusedError:
    """The error for a free text, by the argument that it is from and what it holds."""
    return EntryRefusedError(
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


#: What may stand between the characters of a name and leaves it a name; a comma or a stop between them is two words.
_WITHIN = re.compile(r"[\s\-‐‑–—―_·•‧∙・･.*/\\|~+'’]+")
#: How long a run of characters is looked at that may be somebody's full name.
_NAME_LENGTHS = range(2, 5)


def names_said(text: str, names: Iterable[str], *, given_alone: bool = True) -> bool:
    """Whether a text holds one of some names, also with separators between its characters, in traditional characters or, where
    pypinyin is installed, in pinyin.

    Args:
        text: in which they may stand.
        names: full names.
        given_alone: whether a given name of two characters counts without its surname.

    >>> [names_said(text, ["陈子涵"]) for text in ("陈-子-涵", "陳子涵", "子涵的祖母", "孩子")]
    [True, True, True, False]
    """
    joined = _joined(text)
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    latin = _without_tones(words) if _LATIN.search(_without_tones(words)) else None
    return any(_says(joined, words, latin, name, given_alone) for name in names)


def perhaps_names(text: str) -> set[str]:
    """The runs of characters in a text that may be somebody's full name."""
    found = set()
    as_written = _WITHIN.sub("", unicodedata.normalize("NFKC", text))
    for run in (*_CHARACTERS.findall(as_written), *_CHARACTERS.findall(simplified(as_written))):
        for length in _NAME_LENGTHS:
            found |= {run[start : start + length] for start in range(len(run) - length + 1)}
    return found


def holds_latin(text: str) -> bool:
    """Whether a text may hold a name in pinyin, which is looked for where pypinyin is installed."""
    return _speaks() and _LATIN.search(_without_tones(text.casefold())) is not None


_LATIN = re.compile(r"[a-z]{2}")
_CHARACTERS = re.compile(r"[\u3400-\u9fff]{2,}")
_ONLY_CHARACTERS = re.compile(r"[\u3400-\u9fff]+\Z")


def _joined(text: str) -> str:
    return simplified(_WITHIN.sub("", unicodedata.normalize("NFKC", text).casefold()))


def _without_tones(text: str) -> str:
    """Pinyin without tones and with v for ü."""
    parts = unicodedata.normalize("NFD", text.replace("ü", "v"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def _says(joined: str, words: str, latin: str | None, name: str, given_alone: bool) -> bool:
    """Whether a text says a name; one in Latin letters only as a whole word."""
    plain = _plain(name)
    if len(plain) < _NAME_LENGTHS.start:
        return False
    if plain.isascii():
        return re.search(rf"(?<![a-z]){re.escape(plain)}(?![a-z])", words) is not None
    whole = _joined(name)
    if len(whole) >= _NAME_LENGTHS.start and whole in joined:
        return True
    if given_alone and any(part in joined for part in _given(name)):
        return True
    return latin is not None and _ONLY_CHARACTERS.match(whole) is not None and _sounds(latin, whole)


def _given(name: str) -> Iterator[str]:
    """The given name of two characters or more, and the parts of a name that is divided by a dot."""
    parts = [_joined(part) for part in re.split(r"[·•‧∙・･.]", unicodedata.normalize("NFKC", name))]
    if len(parts) > 1:
        yield from (part for part in parts if len(part) >= _NAME_LENGTHS.start)
        return
    whole = parts[0]
    given = whole[len(_surname(whole)) :]
    if len(given) >= _NAME_LENGTHS.start and _ONLY_CHARACTERS.match(whole):
        yield given


def _surname(name: str) -> str:
    return name[: 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 3 else 1]


@cache
def _speaks() -> bool:
    return find_spec("pypinyin") is not None


def _sounds(latin: str, name: str) -> bool:
    """Whether a text in Latin letters holds a name in pinyin, surname first or last; never where pypinyin is not installed."""
    if not _speaks() or (first := name_keys(name[0])) is None:
        return False
    # Of most names the first syllable is not there, so the others need not be spoken.
    if not any(each.replace("ü", "v") in latin or each.replace("ü", "u") in latin for each in first.sounds):
        return False
    if (keys := name_keys(name)) is None:
        return False
    cut = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    for sounds in keys.sounds:
        said = [each.replace("ü", "v") for each in sounds.split(" ")]
        if all(re.search(rf"{each}|{each.replace('v', 'u')}", latin) for each in said):
            for order in (said, said[cut:] + said[:cut]):
                spelt = r"[\s\-'’.,·_]*".join(each.replace("v", "[uv]") for each in order)
                if re.search(rf"(?<![a-z]){spelt}(?![a-z])", latin):
                    return True
    return False

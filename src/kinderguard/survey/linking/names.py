"""What two spellings of one Chinese name have in common: sounds, order of its parts, characters in their places.

Called for each row while rows are prepared. It gives keys to compare by and never decides who is who.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable
from functools import lru_cache
from itertools import islice, product
from typing import TypeVar

import attrs

from kinderguard.survey.linking.characters import simplified

#: Of a character with many readings, those looked at: the commonest come first.
READINGS = 3
#: Readings of a whole name kept, the commonest first.
COMBINATIONS = 18

#: Surnames of two characters, so that the order of surname and given name can be turned.
_COMPOUND = (
    "欧阳 上官 皇甫 令狐 诸葛 司徒 司马 申屠 夏侯 贺兰 完颜 慕容 尉迟 长孙 宇文 东方 南宫 独孤 公孙 轩辕 端木 百里 东郭 澹台 淳于 赫连 "
    "呼延 万俟 闻人 濮阳 公冶 宗政 钟离 鲜于 闾丘 司空 第五 拓跋 纳兰 南荣 西门 东门 左丘 梁丘 谷梁"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
_DOTS = re.compile(r"[·•‧∙・･．.]+")
#: What a name's place of a changed character is written as.
_ANY = "*"
_Row = TypeVar("_Row", bound=Hashable)


@attrs.frozen
class NameKeys:
    """The keys of one name. All of them identify somebody: they are never shown."""

    plain: str = attrs.field(repr=False)
    #: The likeliest sound without tones, for blocking.
    sound: str = attrs.field(repr=False)
    #: Every reading, with tones and without.
    tones: tuple[str, ...] = attrs.field(repr=False)
    sounds: tuple[str, ...] = attrs.field(repr=False)
    #: The readings with tones of the name with given name and surname, or its parts, the other way round.
    turned: tuple[str, ...] = attrs.field(repr=False)
    #: Names of three characters or more, each with one character open, and with one left out.
    open: tuple[str, ...] = attrs.field(repr=False)
    shorter: tuple[str, ...] = attrs.field(repr=False)
    #: The characters in a fixed order, for blocking.
    characters: str = attrs.field(repr=False)


def plain_name(name: str) -> str:
    """A name without spaces, in one width and case, its parts divided by ``·`` where they were divided at all.

    >>> plain_name(" 欧阳　小明 "), plain_name("阿依·古丽") == plain_name("阿依・古丽")
    ('欧阳小明', True)
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).upper()
    return _DOTS.sub("·", text).strip("·")


def spelling(name: str) -> str:
    """The characters of a name, by which it is the same name as another or not: in simplified ones, without spaces and dots.

    >>> spelling("張 寧") == spelling("张宁"), spelling("张宁") == spelling("章宁")
    (True, False)
    """
    return simplified(plain_name(name)).replace("·", "")


def known_by(rows: Iterable[tuple[_Row, Hashable | None, str | None]]) -> dict[_Row, str]:
    """Of rows whose valid resident ID stands with different names, the name that each is known by: "" where it has none.

    One name in traditional and in simplified characters, with spaces or without, is the same; one in other characters is
    not, also where it sounds the same.

    Args:
        rows: each with its ID and its name.

    >>> known_by([(1, "ID", "孙子明"), (2, "ID", "孙子文"), (3, "other ID", "張寧"), (4, "other ID", "张 宁")])
    {1: '孙子明', 2: '孙子文'}
    """
    by_id: dict[Hashable, dict[_Row, str]] = defaultdict(dict)
    for row, number, name in rows:
        if number is not None:
            by_id[number][row] = name or ""
    found: dict[_Row, str] = {}
    for written in by_id.values():
        if len(set(written.values())) > 1:
            names = {row: spelling(name) for row, name in written.items()}
            if len(set(names.values()) - {""}) > 1:
                found |= names
    return found


@lru_cache(maxsize=1 << 16)
def name_keys(name: str) -> NameKeys | None:
    """The keys of a name, or None where nothing of it is left.

    Raises:
        ModuleNotFoundError: pypinyin is not installed.
    """
    plain = plain_name(name)
    if not plain:
        return None
    letters = plain.replace("·", "")
    spoken = [_readings(c) for c in letters]
    tones = _toned(letters)
    sounds = _combined([toneless for _, toneless in spoken])
    long = len(letters) >= 3
    return NameKeys(
        plain=plain,
        sound=sounds[0],
        tones=tones,
        sounds=sounds,
        turned=_toned(_turned(plain)),
        open=tuple(letters[:i] + _ANY + letters[i + 1 :] for i in range(len(letters))) if long else (),
        shorter=tuple(dict.fromkeys(letters[:i] + letters[i + 1 :] for i in range(len(letters)))) if long else (),
        characters="".join(sorted(letters)),
    )


@lru_cache(maxsize=1 << 14)
def _readings(character: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A character's readings with tones and without; what is no Chinese character reads as itself."""
    from pypinyin import Style, pinyin

    toned = tuple(pinyin(character, style=Style.TONE3, heteronym=True)[0][:READINGS])
    return toned, tuple(dict.fromkeys(reading.rstrip("12345") for reading in toned))


def _toned(letters: str) -> tuple[str, ...]:
    return _combined([_readings(c)[0] for c in letters]) if letters else ()


def _combined(readings: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(" ".join(one) for one in islice(product(*readings), COMBINATIONS))


def _turned(plain: str) -> str:
    """The other order of surname and given name, or of a name's parts; nothing where it is the same name."""
    parts = plain.split("·")
    if len(parts) > 1:
        turned = "".join(reversed(parts))
    else:
        cut = 2 if plain[:2] in COMPOUND_SURNAMES and len(plain) > 2 else 1
        turned = plain[cut:] + plain[:cut]
    return "" if turned == plain.replace("·", "") else turned

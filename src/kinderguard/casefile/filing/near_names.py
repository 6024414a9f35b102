"""Whether two names may be one that is written otherwise: one character another, left out or added, the characters in another
order, or the same sound.

Used by ``namesakes`` for two children of one birth date, and of names that sound alike for two rows of one list. It compares by the keys that the linking of lists has
(``survey.linking.names``); what sounds alike is told only where pypinyin is installed. It decides nothing.
"""

from functools import cache
from importlib.util import find_spec

from kinderguard.survey.linking.names import name_keys, spelling


def are_near(one: str, other: str) -> bool:
    """Whether somebody should be asked whether two names are one.

    >>> are_near("王三秘", "王三米"), are_near("王三秘", "三秘王"), are_near("王三秘", "王秘"), are_near("張寧", "张宁")
    (True, True, True, True)
    >>> are_near("王三秘", "李四秘"), are_near("王丽", "李丽")
    (False, False)
    """
    a, b = spelling(one), spelling(other)
    if min(len(a), len(b)) < 2:
        return False
    return sorted(a) == sorted(b) or _one_apart(a, b) or _sound_alike(a, b)


def are_one_name(one: str, other: str) -> bool:
    """Whether two names may be one that was typed twice: the same sound, tones and all, or the same characters, simplified or not.
    Twins seldom have such names.

    >>> are_one_name("王一鸣", "王一名"), are_one_name("张寧", "张宁")
    (True, True)
    >>> are_one_name("李静", "李晶"), are_one_name("张天一", "张天乙"), are_one_name("王小明", "王小亮")
    (False, False, False)
    """
    if spelling(one) == spelling(other):
        return True
    if not _has_sounds():
        return False
    a, b = name_keys(one), name_keys(other)
    # What only rare readings of both have in common does not sound the same: 一 and 乙 are both read yì somewhere.
    return a is not None and b is not None and (a.tones[0] in b.tones or b.tones[0] in a.tones)


def _one_apart(one: str, other: str) -> bool:
    """Whether one character is another, or is left out. Of two characters the first, the surname, must be the same."""
    if len(one) == len(other):
        differing = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        return len(differing) == 1 and (len(one) > 2 or differing != [0])
    shorter, longer = sorted((one, other), key=len)
    return len(longer) - len(shorter) == 1 and any(
        longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
    )


def _sound_alike(one: str, other: str) -> bool:
    if not _has_sounds():
        return False
    a, b = name_keys(one), name_keys(other)
    if a is None or b is None:
        return False
    turned = set(a.turned) & set(b.tones) or set(b.turned) & set(a.tones)
    return bool(set(a.sounds) & set(b.sounds) or turned)


@cache
def _has_sounds() -> bool:
    return find_spec("pypinyin") is not None

"""How two rows are compared: for each kind of comparison its degrees of agreement, as conditions on prepared columns.

Read by ``scoring`` and ``training``, which hand the conditions to splink. The degrees of a kind are asked in their
order and the first that holds counts; where one of the two rows says nothing, no degree holds and no weight is given.
What a degree weighs stands in the settings, never here.
"""

from collections.abc import Callable, Mapping, Sequence

import attrs

#: The degree that holds where no other does.
OTHERWISE = "different"


@attrs.frozen
class Kind:
    """One kind of comparison.

    ``columns`` gives the prepared columns that it reads, ``unknown`` the condition under which nothing can be said,
    ``degrees`` the condition of each degree in order, all from the names of the comparison's columns.
    """

    columns: Callable[[Sequence[str]], tuple[str, ...]]
    unknown: Callable[[Sequence[str]], str]
    degrees: Callable[[Sequence[str]], Mapping[str, str]]


def _either_null(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _share(left: str, right: str | None = None) -> str:
    """Whether the list of one row and that of the other have something in common."""
    return f"list_has_any({left}_l, {right or left}_r)"


def _share_either_way(one: str, other: str) -> str:
    return f"{_share(one, other)} OR {_share(other, one)}"


def _likeliest_among(readings: str) -> str:
    """Whether the likeliest reading of one row, the first, is one of the other's: two that only rare readings have in common
    (一 and 乙 are both read yì somewhere) do not sound the same.
    """
    one, other = f"{readings}_l", f"{readings}_r"
    return f"list_contains({one}, list_extract({other}, 1)) OR list_contains({other}, list_extract({one}, 1))"


def _chinese_name(c: Sequence[str]) -> Mapping[str, str]:
    n = c[0]
    return {
        "same": _same(n),
        "homophone": _likeliest_among(f"{n}_tones"),
        "turned": _share_either_way(f"{n}_turned", f"{n}_tones"),
        "sound": _share(f"{n}_sounds"),
        "one_character": (
            f"{_share(f'{n}_open')} OR list_contains({n}_shorter_l, {n}_r) OR list_contains({n}_shorter_r, {n}_l)"
        ),
    }


def _name_columns(c: Sequence[str]) -> tuple[str, ...]:
    return (c[0], *(f"{c[0]}_{part}" for part in ("tones", "sounds", "turned", "open", "shorter")))


def _date(c: Sequence[str]) -> Mapping[str, str]:
    d = c[0]
    return {
        "same": _same(d),
        "turned": f"{d}_turned_l = {d}_r",
        "one_digit": f"{d}_l <> {d}_r AND damerau_levenshtein({d}_l, {d}_r) = 1",
        "other_day": f"{d}_l <> {d}_r AND {_same(f'{d}_month')}",
        "to_month": _same(f"{d}_month"),
        "to_year": f"{_same(f'{d}_year')} AND ({_either_null(f'{d}_month')})",
    }


def _person(c: Sequence[str]) -> Mapping[str, str]:
    p = c[0]
    return {
        "same_id": _same(f"{p}_id"),
        "other_id": f"{p}_id_l <> {p}_id_r",
        "same": _same(p),
        "homophone": _share(f"{p}_tones"),
        "close": f"{_share(f'{p}_sounds')} OR {_share(f'{p}_open')}",
    }


def _guardian(c: Sequence[str]) -> Mapping[str, str]:
    g = c[0]
    return {
        "same": _share(g),
        "homophone": _share(f"{g}_tones"),
        "among_kin": _share_either_way(g, f"{g}_kin"),
    }


def _guardian_unknown(c: Sequence[str]) -> str:
    """A guardian whom the other row knows as a parent counts; that it does not know one as such says nothing."""
    g = c[0]
    return f"({_either_null(g)}) AND NOT coalesce({_share_either_way(g, f'{g}_kin')}, false)"


def _division(c: Sequence[str]) -> Mapping[str, str]:
    d = c[0]
    return {"village": _share(f"{d}_village"), "township": _share(f"{d}_township"), "county": _share(f"{d}_county")}


def _pieces(c: Sequence[str]) -> Mapping[str, str]:
    a = c[0]
    alike = f"2.0 * len(list_intersect({a}_l, {a}_r)) / (len({a}_l) + len({a}_r))"
    return {"same": f"{alike} >= 0.85", "near": f"{alike} >= 0.7"}


def _latin_name(c: Sequence[str]) -> Mapping[str, str]:
    n = c[0]
    turned = {"turned": f"{n}_l = {c[1]}_r AND {c[1]}_l = {n}_r"} if len(c) > 1 else {}
    return {
        "same": _same(n),
        **turned,
        "near": f"damerau_levenshtein({n}_l, {n}_r) = 1 OR jaro_winkler_similarity({n}_l, {n}_r) >= 0.92",
        "alike": f"jaro_winkler_similarity({n}_l, {n}_r) >= 0.8",
    }


def _digits(c: Sequence[str]) -> Mapping[str, str]:
    return {"same": _same(c[0]), "one_digit": f"damerau_levenshtein({c[0]}_l, {c[0]}_r) = 1"}


#: Every kind by its name in the settings.
KINDS: Mapping[str, Kind] = {
    # A Chinese name: the same characters; the same sounds with tones in other characters; surname and given name the
    # other way round; the same sounds without tones; one character another or missing (of three or more).
    "chinese_name": Kind(_name_columns, lambda c: _either_null(c[0]), _chinese_name),
    # A date as far as it is known: the same day; day and month turned; one digit off, or two neighbours swapped; the
    # month alone the same; the same as far as known, to the month or to the year.
    "date": Kind(
        lambda c: (c[0], f"{c[0]}_month", f"{c[0]}_year", f"{c[0]}_turned"),
        lambda c: _either_null(f"{c[0]}_year"),
        _date,
    ),
    # One of the parents: by resident ID where both rows have one, else by name.
    "person": Kind(
        lambda c: (c[0], f"{c[0]}_id", f"{c[0]}_tones", f"{c[0]}_sounds", f"{c[0]}_open"),
        lambda c: f"({_either_null(c[0])}) AND ({_either_null(f'{c[0]}_id')})",
        _person,
    ),
    # Guardians other than a parent whom the same row names; one whom the other row names as a parent agrees too.
    "guardian": Kind(lambda c: (c[0], f"{c[0]}_tones", f"{c[0]}_kin"), _guardian_unknown, _guardian),
    # Divisions of registration and of residence, whichever agree furthest.
    "division": Kind(
        lambda c: (f"{c[0]}_village", f"{c[0]}_township", f"{c[0]}_county"),
        lambda c: _either_null(f"{c[0]}_county"),
        _division,
    ),
    # Texts by the pairs of neighbouring characters that they share.
    "pieces": Kind(lambda c: (c[0],), lambda c: _either_null(c[0]), _pieces),
    # Lists that agree where they share something.
    "any": Kind(lambda c: (c[0],), lambda c: _either_null(c[0]), lambda c: {"same": _share(c[0])}),
    # Codes that agree or do not.
    "code": Kind(lambda c: (c[0],), lambda c: _either_null(c[0]), lambda c: {"same": _same(c[0])}),
    # Numbers written in digits.
    "digits": Kind(lambda c: (c[0],), lambda c: _either_null(c[0]), _digits),
    # Names in Latin letters; a second column is the one that it may have changed places with.
    "latin_name": Kind(tuple, lambda c: _either_null(c[0]), _latin_name),
}

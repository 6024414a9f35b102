"""Which build of the library this is: a digest of those of its own sources on which a result depends.

Two builds may have one version while they differ, as between two releases. Rules and values are told apart by a book's
fingerprint; how they are evaluated is told apart by this. It is computed when somebody asks, never at import.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

#: The floors that decide what comes out: facts, the language, the engines, how packs are put together, the nation's rules.
_FLOORS = ("model", "rules", "engines", "packs", "national")


@cache
def build() -> str:
    """Twelve hexadecimal digits: alike wherever the same sources are installed, whatever the system and its line ends.

    >>> len(build())
    12
    """
    whole = hashlib.sha256()
    for floor in _FLOORS:
        for path, content in sorted(_sources(files("kinderguard") / floor, floor)):
            whole.update(f"{path}\0{len(content)}\0".encode() + content)
    return whole.hexdigest()[:12]


def _sources(folder: Traversable, at: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        path = f"{at}/{each.name}"
        if each.is_dir() and each.name != "cases":  # they show what comes out, and decide nothing
            yield from _sources(each, path)
        elif each.name.endswith((".py", ".toml")):
            yield path, each.read_bytes().replace(b"\r\n", b"\n")

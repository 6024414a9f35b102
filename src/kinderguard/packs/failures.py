"""What a pack's own code raised, told so that its author finds it: the file and line, what it means, and the mend."""

import os
import sysconfig
import traceback
from pathlib import Path
from types import FrameType

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text, same
from kinderguard.packs.python_errors import Spot, meaning

_OURS = str(Path(__file__).parents[1]) + os.sep
_LIBRARY = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")})
_INSTALLED = {"site-packages", "dist-packages"}


def place_in_pack(error: BaseException, module: str = "") -> str:
    """``file.py:12``: the last line of the author's own code that an error came through; empty where there is none.

    Args:
        error: what was raised.
        module: a module of the pack. Without it only what is no installed package counts as the author's.
    """
    spot = _spot(error, module)
    return file_and_line(Path(spot.frame.f_code.co_filename).name, spot.line) if spot else ""


def _spot(error: BaseException, module: str) -> Spot | None:
    """The last line of the author's own code that an error came through."""
    found = [Spot(f, line) for f, line in traceback.walk_tb(error.__traceback__) if _is_authors(f, module)]
    return found[-1] if found else None


def file_and_line(file: str, line: int | None) -> str:
    """A place as editors take it: ``rules.py:12``; the file alone where the line is not known."""
    return file if line is None else f"{file}:{line}"


def _is_authors(frame: FrameType, module: str) -> bool:
    file = frame.f_code.co_filename
    if file.startswith("<"):
        return False  # made on the spot, as the initialisers of attrs, or frozen, as the import system
    package = module if file.startswith(_OURS) else module.partition(".")[0]
    if package and f"{frame.f_globals.get('__name__')}.".startswith(f"{package}."):
        return True
    return not (file.startswith((_OURS, *_LIBRARY)) or _INSTALLED & set(Path(file).parts))


def entry_point_fault(error: BaseException, module: str) -> bool:
    """Whether what an entry point names is not there at all, so that no file of the pack is to blame."""
    if place_in_pack(error, module):
        return False
    if isinstance(error, ModuleNotFoundError):
        return f"{module}.".startswith(f"{error.name}.")
    return isinstance(error, AttributeError)


def told(error: BaseException, module: str = "") -> Text:
    """The kind of an error and what it means, with the mend; its own words, where only its author knows that.

    Args:
        error: what was raised.
        module: a module of the pack, as for ``place_in_pack``.
    """
    kind = same(f"{type(error).__name__}: ")
    if isinstance(error, ToldError):
        return kind + error.text
    return kind + (meaning(error, _spot(error, module)) or same(str(error)))

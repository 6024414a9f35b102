"""What a pack's own code raised, told so that its author finds it: the file and line, and what an unknown code is like."""

import difflib
import os
import sysconfig
import traceback
from pathlib import Path
from types import FrameType

from kinderguard.model.codes import Code
from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text, same

_OURS = str(Path(__file__).parents[1]) + os.sep
_LIBRARY = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")})
_INSTALLED = {"site-packages", "dist-packages"}


def place_in_pack(error: BaseException, module: str = "") -> str:
    """``file.py:12``: the last line of the author's own code that an error came through; empty where there is none.

    Args:
        error: what was raised.
        module: a module of the pack. Without it only what is no installed package counts as the author's.
    """
    found = [(f, line) for f, line in traceback.walk_tb(error.__traceback__) if _is_authors(f, module)]
    return f"{Path(found[-1][0].f_code.co_filename).name}:{found[-1][1]}" if found else ""


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


def told(error: BaseException) -> Text:
    """The kind and the words of an error; of an unknown member of a code list, the nearest that there are."""
    kind = type(error).__name__
    if isinstance(error, ToldError):
        return Text(f"{kind}: {error.text.zh}", f"{kind}: {error.text.en}")
    listed = getattr(error, "obj", None)
    if not (isinstance(error, AttributeError) and isinstance(listed, type) and issubclass(listed, Code)):
        return same(f"{kind}: {error}")
    names = list(listed.__members__)
    near = difflib.get_close_matches(error.name or "", names, n=3, cutoff=0.6)
    return Text(
        f"{kind}: {listed.__name__} 没有成员 {error.name}"
        + (f"，是否想写 {'、'.join(near)}？" if near else f"；可用：{'、'.join(names)}"),
        f"{kind}: {listed.__name__} has no member {error.name}"
        + (f". Did you mean {' or '.join(map(repr, near))}?" if near else f"; there are {', '.join(names)}"),
    )

"""How a long run tells how far it is: the caller's function, a bar, or nothing.

Every function that can take long has ``progress=``, and every one means the same by it. Its bar goes to standard error, so
that it never stands between results.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

from kinderguard.model.text import Text
from kinderguard.model.view import display_language

#: Called now and then with how many are done and how many there are.
Progress: TypeAlias = Callable[[int, int], None]
#: Up to so many children, assessed many at a time, no bar is shown unless it is asked for.
SHORT = 100_000
#: Up to so many rows or children, looked at one by one, no bar is shown unless it is asked for.
FEW = 2_000

CHILDREN = Text("已评估儿童", "children assessed")


def bar_wanted(progress: bool | Progress | None, count: int, short: int = SHORT) -> bool | Progress:
    """Whether a run shows how far it is: a long one does, unless the caller said otherwise."""
    return count > short if progress is None else progress


@contextlib.contextmanager
def told(
    progress: bool | Progress | None, done: int, total: int, what: Text = CHILDREN, *, short: int = SHORT
) -> Iterator[Progress]:
    """Something to tell how far it is: the caller's function, a bar, or lines where rich is not installed.

    Args:
        progress: the caller's function; a bar (True); nothing (False); or None: a bar where there is much to do.
        done: how many are done already.
        total: how many there are.
        what: what is counted.
        short: up to how many None shows nothing.
    """
    wanted = bar_wanted(progress, total, short)
    if callable(wanted):
        yield wanted
        return
    if not wanted:
        yield lambda done, total: None
        return
    words = what.in_(display_language())
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar
    except ImportError:
        yield lambda done, total: print(f"{words}: {done:,}/{total:,}", file=sys.stderr)  # noqa: T201  it is the bar
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(words, total=total, completed=done)
        yield lambda done, total: bar.update(task, completed=done, total=total)

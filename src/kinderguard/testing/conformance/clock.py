"""A clock that stands otherwise, for the modules of a pack alone: rules that are the same at every hour do not notice.

Modules that are imported while it is in place find other ``datetime`` and ``time``, which answer with a shifted time; all
values that these make are as ever. Whatever was imported before keeps the ones that it has.
"""

import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

#: Into another year, half-year, day of the month, day of the week and half of the day.
SHIFT = dt.timedelta(days=11 * 365 + 197, hours=13)


class ShiftedClock:
    """Put in place while a pack is imported.

    Args:
        root: the folder or file of the pack.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        #: The author's files and lines that asked for the time.
        self.asked: dict[tuple[str, int], None] = {}

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Until it is left, whoever imports the modules gets those of the shifted clock."""
        kept = {name: sys.modules[name] for name in ("datetime", "time")}
        sys.modules |= {"datetime": self._datetime(), "time": self._time()}
        try:
            yield
        finally:
            sys.modules |= kept

    def _time(self) -> ModuleType:
        def told(real: Callable[[], Any], moved: Any) -> Callable[[], Any]:
            return lambda: self._noted(real() + moved)

        def of_seconds(real: Callable[[float], Any]) -> Callable[..., Any]:
            return lambda seconds=None: real(now() if seconds is None else seconds)

        seconds = int(SHIFT.total_seconds())
        now = told(time.time, seconds)
        moment = of_seconds(time.localtime)
        return _like(
            time, time=now, time_ns=told(time.time_ns, seconds * 10**9),
            localtime=moment, gmtime=of_seconds(time.gmtime), ctime=of_seconds(time.ctime),
            strftime=lambda form, *given: time.strftime(form, *(given or (moment(),))),
            asctime=lambda *given: time.asctime(*(given or (moment(),))),
        )  # fmt: skip

    def _datetime(self) -> ModuleType:
        date: Any = _Stands("date", (dt.date,), {"today": lambda: self._noted((dt.datetime.now() + SHIFT).date())})
        moment: Any = _Stands(
            "datetime",
            (dt.datetime,),
            {
                "now": lambda tz=None: self._noted(dt.datetime.now(tz) + SHIFT),
                "today": lambda: self._noted(dt.datetime.now() + SHIFT),
                "utcnow": lambda: self._noted(dt.datetime.now(dt.UTC).replace(tzinfo=None) + SHIFT),
            },
        )
        return _like(dt, date=date, datetime=moment)

    def _noted(self, answer: Any) -> Any:
        """Keep the author's line that asked, where there is one."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename.startswith(self.root):
                self.asked.setdefault((frame.f_code.co_filename, frame.f_lineno))
                break
            frame = frame.f_back
        return answer


class _Stands(type):
    """A class in the place of one of ``datetime``: it makes that one's values, and takes them for its own."""

    def __new__(cls, name: str, bases: tuple[type, ...], told: dict[str, Callable[..., Any]]) -> Any:
        return super().__new__(cls, name, bases, {what: staticmethod(answer) for what, answer in told.items()})

    def __init__(cls, name: str, bases: tuple[type, ...], told: dict[str, Callable[..., Any]]) -> None:
        super().__init__(name, bases, {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.__mro__[1](*args, **kwargs)

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, cls.__mro__[1])

    def __subclasscheck__(cls, other: type) -> bool:
        return cls.__mro__[1] in other.__mro__


def _like(module: ModuleType, **other: Any) -> ModuleType:
    made = ModuleType(module.__name__)
    vars(made).update({**vars(module), **other})
    return made

"""Runs in a process of its own: imports a pack and tells what that did to the process, or tells what its
hooks give and assesses children.

Started by ``importing``, ``hooks`` and ``engines`` with a question as JSON on standard input; the answer is JSON in a file
of its own, so that what the pack prints is no part of it.
"""

import atexit
import decimal
import json
import logging
import os
import signal
import sys
import threading
import time
import warnings
from functools import partial
from types import FrameType
from typing import Any, cast

#: Events of the interpreter that an import of rules has no business with, and what they are called in findings.
_NETWORK = {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"}  # fmt: skip
_FILES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod"}
_ENVIRONMENT = {"os.putenv", "os.unsetenv"}
_PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn"}


class Watch:
    """What happens while a pack is imported, each with the author's file and line."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.found: dict[tuple[str, str, int], str] = {}
        self.on = False
        self.printed = sys.stdout

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        """An audit hook; it cannot be taken away, so it is switched off."""
        if not self.on:
            return
        if event == "open" and _writes(args):
            self.say("file", os.path.basename(str(args[0])))
        elif event in _FILES:
            self.say("file", event)
        elif event in _PROCESSES:
            self.say("process", event)
        elif event in _ENVIRONMENT:
            name = args[0]
            self.say("environment", name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name))
        elif event in _NETWORK:
            self.say("network", event)
            # Nothing goes out while an import is looked at.
            raise PermissionError("no network while a pack is imported")

    def write(self, text: str) -> int:
        """Stands in for standard output while the pack is imported: of what is printed, the line that prints it is kept."""
        if self.on and text.strip():
            self.say("print", text.strip().splitlines()[0][:60])
        return self.printed.write(text)

    def flush(self) -> None:
        """As the output's."""
        self.printed.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.printed, name)

    def say(self, what: str, detail: str) -> None:
        """Keep a finding where the author's own code did it."""
        place = self._author()
        if place is not None:
            self.found.setdefault((what, *place), detail)

    def _author(self) -> tuple[str, int] | None:
        """The author's line that led here; None where it was the import of somebody else's module."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(self.root):
                return name, frame.f_lineno
            if name.startswith("<frozen importlib"):
                return None
            frame = frame.f_back
        return None


def _writes(args: tuple[Any, ...]) -> bool:
    mode, flags = args[1], args[2]
    if isinstance(args[0], int):
        return False
    if isinstance(mode, str) and any(c in mode for c in "wax+"):
        return True
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _state() -> dict[str, Any]:
    """What a process has in common, as texts."""
    return {
        "warnings": [str(f) for f in warnings.filters],
        "decimal": str(decimal.getcontext()),
        "logging": [logging.getLogger().level, len(logging.getLogger().handlers)],
        "signals": {s: str(signal.getsignal(s)) for s in (signal.SIGINT, signal.SIGTERM)},
        "directory": os.getcwd(),
        "excepthook": str(sys.excepthook),
    }


def look(question: dict[str, Any]) -> dict[str, Any]:
    """Import a module, call its hooks, and tell what changed."""
    import importlib

    # What everybody imports is imported before, so that only the pack's own doing is seen.
    import kinderguard.national
    import kinderguard.packs.loader
    import kinderguard.rules  # noqa: F401  for what it does

    if question["path"]:
        sys.path.insert(0, question["path"])
    watch = Watch(question["root"])
    sys.addaudithook(watch.hook)
    register: Any = atexit.register

    def registering(function: Any, *args: Any, **kwargs: Any) -> Any:
        watch.say("atexit", getattr(function, "__name__", "?"))
        return register(function, *args, **kwargs)

    replaced: Any = atexit
    replaced.register = registering
    threads, before = set(threading.enumerate()), _state()
    watch.on = True
    sys.stdout = cast("Any", watch)
    start, error = time.perf_counter(), ""
    try:
        module = importlib.import_module(question["module"])
        seconds = time.perf_counter() - start
        for name in sorted(vars(module)):
            if name.startswith("kinderguard_") and callable(getattr(module, name)):
                getattr(module, name)()
    except (Exception, SystemExit) as raised:  # noqa: BLE001  a module may raise anything
        seconds, error = time.perf_counter() - start, f"{type(raised).__name__}: {raised}"
    watch.on = False
    sys.stdout = watch.printed
    after = _state()
    changed = [name for name in before if before[name] != after[name]]
    if set(threading.enumerate()) - threads:
        changed.append("threads")
    return {
        "effects": [[what, file, line, detail] for (what, file, line), detail in watch.found.items()],
        "changed": changed,
        "seconds": seconds,
        "error": error,
    }


def assess(question: dict[str, Any]) -> dict[str, Any]:
    """The fingerprint of a pack's place, what each child is there, and what the pack's hooks give."""
    import datetime as dt

    from kinderguard.model.case import Case
    from kinderguard.testing.conformance.outcomes import outcomes_of

    subject = _subject(question)
    given = _given(subject)
    if subject.overlay is None:
        return given | {"outcomes": []}
    day = dt.date.fromisoformat(question["day"])
    cases = [Case.model_validate(data) for data in question["cases"]]
    return given | {
        "outcomes": [outcomes_of(subject.book.assess(case, on=day, division=question["place"])) for case in cases]
    }


def another_time(question: dict[str, Any]) -> dict[str, Any]:
    """What the pack is now, and what it is where the clock stands otherwise; and which lines of it asked for the time."""
    from kinderguard.testing.conformance.clock import ShiftedClock
    from kinderguard.testing.conformance.targets import _forget

    # Whatever the pack imports has been imported then, so that the pack alone is told another time.
    now = _given(_subject(question))
    _forget(question["module"].partition(".")[0])
    clock = ShiftedClock(question["root"])
    then = _subject(question)
    with clock.in_place():
        _ = then.source
    return {"now": now, "then": _given(then), "asked": [list(place) for place in clock.asked]}


def _subject(question: dict[str, Any]) -> Any:
    """The pack; nothing of it is loaded yet."""
    from kinderguard.testing.conformance.subject import Subject
    from kinderguard.testing.conformance.targets import Target, _import_from, _of_installed

    if question["path"]:
        load = partial(_import_from, _path(question["path"]), question["value"])
        return Subject(Target(question["name"], "", load, question["value"], question["path"]))
    return Subject(next(iter(_of_installed(question["name"]))))


def _given(subject: Any) -> dict[str, Any]:
    """What the pack's hooks give, the fingerprint of its place, and each of its rules."""
    from kinderguard.rules.canonical import digest, plain
    from kinderguard.testing.conformance.hooks import needs_told, profiles_told

    overlay = subject.overlay
    return {
        "kinderguard_needs": needs_told(subject.needs),
        "kinderguard_source_profiles": profiles_told(subject.profiles),
        "fingerprint": "" if overlay is None else overlay.rules.fingerprint,
        "rules": {} if overlay is None else {rule.code: digest(plain(rule)) for rule in subject.rules},
    }


def _path(text: str) -> Any:
    from pathlib import Path

    return Path(text)


def main() -> None:
    """Answer the question on standard input."""
    question = json.load(sys.stdin)
    answer = {"import": look, "assess": assess, "another_time": another_time}[question["ask"]](question)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(answer, out, default=str)
    sys.stdout.flush()


if __name__ == "__main__":
    main()

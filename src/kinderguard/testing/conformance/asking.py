"""Asking a process of its own about a pack: what its import does, what it gives where texts are hashed otherwise."""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs

from kinderguard.testing.conformance.registry import Skip
from kinderguard.testing.conformance.subject import Subject

#: So many children are sent to other processes: the rules are the same for all of them.
SENT = 20
#: How texts are hashed in each of the processes that are asked for the same: the order of a set follows it.
HASH_SEEDS = ("1", "2", "3")
#: Seconds after which an import is given up: a rule pack takes a fraction of one.
PATIENCE = 120


@attrs.frozen
class Answer:
    """What the process said, and what the pack printed meanwhile."""

    data: dict[str, Any]
    printed: str


def ask(subject: Subject, question: dict[str, Any], *, hash_seed: str = "0") -> Answer:
    """Ask about the pack in a fresh process.

    Raises:
        Skip: the pack was given as a value, so that there is nothing to import.
    """
    target = subject.target
    if not target.module or target.package is None:
        raise Skip(
            "规则包以值的形式给出，没有可导入的模块",
            "the pack was given as a value; there is no module to import",
        )
    question = question | {
        "name": target.name, "module": target.module, "value": target.value, "path": target.path,
        "root": str(target.package),
    }  # fmt: skip
    # Nothing that the import leaves behind is left in the author's folder, and nothing of it in ours.
    environment = os.environ | {
        "PYTHONHASHSEED": hash_seed,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p and Path(p).is_dir())
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        try:
            process = subprocess.run(
                [sys.executable, "-m", "kinderguard.testing.conformance.probe", str(answer)],
                input=json.dumps(question), capture_output=True, text=True, encoding="utf-8", env=environment,
                cwd=folder, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Answer({"died": None, "error": f"{PATIENCE} s"}, "")
        said = answer.read_text("utf-8") if answer.exists() else ""
    if not said:
        return Answer({"died": process.returncode, "error": process.stderr[-2000:]}, process.stdout)
    return Answer(json.loads(said), process.stdout + process.stderr)


@attrs.frozen
class Elsewhere:
    """What other processes make of the pack: its fingerprint, its rules, generated children, its hooks.

    Args:
        alike: of processes that hash texts otherwise.
        clock: of one that reads it once more with the clock at another time: ``now``, ``then``, and who ``asked``.
    """

    alike: list[dict[str, Any]]
    clock: dict[str, Any]

    @property
    def died(self) -> str:
        """Why one of them could not answer; empty where all did."""
        return next((str(a["error"]) for a in self.alike if "died" in a), "")

    def by_the_clock(self, what: str) -> bool:
        """Whether something is otherwise at another time. Where the pack could not be read then, nobody knows."""
        now, then = self.clock.get("now"), self.clock.get("then")
        if now is None or then is None or not then["fingerprint"]:
            return False
        return bool(now[what] != then[what])

    def asked_the_time(self, subject: Subject) -> dict[str, Any] | None:
        """``file`` and ``line`` of the first line of the pack that asked for the present time."""
        for file, line in self.clock["asked"]:
            return {"file": subject.sources.shown(Path(file)), "line": line}
        return None


def elsewhere(subject: Subject) -> Elsewhere:
    """What some other processes make of the pack. They are asked once for all checks, and at the same time.

    Raises:
        Skip: the pack was given as a value.
    """
    found = subject.once("elsewhere", lambda: _asked_elsewhere(subject))
    if isinstance(found, Skip):
        raise found
    answers: Elsewhere = found
    return answers


def _asked_elsewhere(subject: Subject) -> Elsewhere | Skip:
    sent = [case.model_dump(mode="json") for case in subject.children[:SENT]]
    question = {"ask": "assess", "day": subject.day.isoformat(), "place": subject.where, "cases": sent}
    asked = [(question, seed) for seed in HASH_SEEDS] + [({"ask": "another_time"}, HASH_SEEDS[0])]
    try:
        with ThreadPoolExecutor(len(asked)) as pool:
            *alike, clock = (a.data for a in pool.map(lambda each: ask(subject, each[0], hash_seed=each[1]), asked))
    except Skip as skip:
        return skip
    return Elsewhere(alike, clock)

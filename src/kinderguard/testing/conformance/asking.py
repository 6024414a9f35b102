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


def elsewhere(subject: Subject) -> list[dict[str, Any]]:
    """What some processes that hash texts otherwise make of the pack: its fingerprint, generated children, its hooks.

    They are asked once for all checks, and at the same time.

    Raises:
        Skip: the pack was given as a value.
    """
    found = subject.once("elsewhere", lambda: _asked_elsewhere(subject))
    if isinstance(found, Skip):
        raise found
    answers: list[dict[str, Any]] = found
    return answers


def _asked_elsewhere(subject: Subject) -> list[dict[str, Any]] | Skip:
    sent = [case.model_dump(mode="json") for case in subject.children[:SENT]]
    question = {"ask": "assess", "day": subject.day.isoformat(), "place": subject.where, "cases": sent}
    try:
        with ThreadPoolExecutor(len(HASH_SEEDS)) as pool:
            return [answer.data for answer in pool.map(lambda seed: ask(subject, question, hash_seed=seed), HASH_SEEDS)]
    except Skip as skip:
        return skip

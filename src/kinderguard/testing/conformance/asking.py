"""Asking a process of its own about a pack: what its import does, what it gives where texts are hashed otherwise."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import attrs

from kinderguard.testing.conformance.registry import Skip
from kinderguard.testing.conformance.subject import Subject

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

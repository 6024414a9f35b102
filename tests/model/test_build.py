"""Two builds of one version are told apart where their sources differ."""

import re
import shutil
import subprocess
import sys
from importlib.resources import files

from kinderguard.model import build as module
from kinderguard.model.build import build


def test_a_build_is_known_by_the_sources_that_decide_a_result(tmp_path, monkeypatch):
    copy = tmp_path / "kinderguard"
    for floor in ("model", "rules", "engines", "packs", "national"):
        shutil.copytree(files("kinderguard") / floor, copy / floor, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "files", lambda _: copy)
    of_copy = build.__wrapped__
    assert re.fullmatch("[0-9a-f]{12}", build())
    assert of_copy() == build()
    dates, explain = copy / "model" / "dates.py", copy / "engines" / "explain.py"
    dates.write_bytes(dates.read_bytes().replace(b"\n", b"\r\n"))
    (copy / "national" / "cases" / "more.toml").write_text("x = 1\n", "utf-8")
    assert of_copy() == build()  # neither the ends of lines nor an example decides one
    explain.write_text(explain.read_text("utf-8") + "# another\n", "utf-8")
    assert of_copy() != build()


def test_nothing_is_read_for_it_at_import():
    code = "import sys, kinderguard; kinderguard.load; print('kinderguard.model.build' in sys.modules and sys.modules['kinderguard.model.build'].build.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("0", "False")

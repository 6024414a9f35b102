"""Packs put on the path for one test, as pip would have installed them."""

import importlib
import sys
from pathlib import Path

import pytest

PACK = """from kinderguard import Pack, Text, hookimpl
from kinderguard import rules as r
from kinderguard.rules import child
from pathlib import Path

{rules}

@hookimpl
def kinderguard_pack():
    return Pack(
        code="{code}",
        title=Text("某地", "Somewhere"),
        version="1.0",
        kinderguard=">=0.1,<0.2",
        {parts}
    )
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a pack: its code, its rules, what ``Pack`` takes, and further files. Gives the package's folder."""
    made = []

    def run(code: str, rules: str = "", parts: str = "", *, source: str | None = None, **files: str) -> Path:
        number = len(made)
        module = f"kg_doctor_pack_{number}"
        site = tmp_path / f"site{number}"
        package = site / module
        package.mkdir(parents=True)
        text = source or PACK.replace("{rules}", rules).replace("{code}", code).replace("{parts}", parts)
        (package / "__init__.py").write_text(text, "utf-8")
        for name, content in files.items():
            (package / name.replace("_toml", ".toml")).write_text(content, "utf-8")
        info = site / f"kg_doctor_{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: kg-doctor-{number}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[kinderguard]\n{code} = {module}\n", "utf-8")
        monkeypatch.syspath_prepend(str(site))
        importlib.invalidate_caches()
        made.append(module)
        return package

    yield run
    for module in made:
        sys.modules.pop(module, None)

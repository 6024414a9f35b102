"""Distributions made on the spot: a module, an entry point, and what pip would have written beside them."""

import importlib
import sys
import textwrap

import pytest

import kinderguard

#: A pack that works; ``{…}`` is filled in.
GOOD = """
from kinderguard import Pack, Text, hookimpl
from kinderguard import rules as r
from kinderguard.rules import child

GIFT = r.Policy(
    code="{code}.gift", title=Text("礼物", "Gift"), eligible=child.age < 18, amount=r.yuan("50"), every=r.MONTH,
    cites=[r.Cite("虚构", trust="illustrative")],
)

@hookimpl
def kinderguard_pack():
    return Pack(code="{code}", title=Text("某地", "Somewhere"), version="1.0", kinderguard=">=0.1,<0.2", policies=[GIFT])
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution: its entry point's name, and the source of its module."""
    made = []

    def run(name, source=GOOD, *, distribution=None, files=None, entry=None):
        number = len(made)
        module = f"kg_test_plugin_{number}"
        distribution = distribution or f"kinderguard-test-{number}"
        site = tmp_path / f"site{number}"
        (site / module).mkdir(parents=True)
        text = textwrap.dedent(source).replace("{code}", name)
        (site / module / "__init__.py").write_text(text, "utf-8")
        for file, content in (files or {}).items():
            (site / module / file).write_text(content, "utf-8")
        info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[kinderguard]\n{name} = {entry or module}\n", "utf-8")
        monkeypatch.syspath_prepend(str(site))
        importlib.invalidate_caches()
        made.append(module)
        return module

    yield run
    for module in made:
        sys.modules.pop(module, None)


@pytest.fixture
def problems_of(install):
    """The problems of one broken distribution for division 4501, and the book they were found with."""

    def run(source, name="4501", **more):
        install(name, source, **more)
        book = kinderguard.load()
        book.check()
        return [p for p in book.problems if name in p.where]

    return run

"""The examples in docstrings, the README and the docs are tests: each is run as it stands."""

import gc
import os
from collections.abc import Generator
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE

import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.markdown import CodeBlockParser as MarkdownCode
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

from console_examples import run_console

# Examples come from fixed seeds, so that a run says something of the change and not of its luck; which modules a worker has
# loaded still makes some difference to them. New ones are what `make explore` is for.
settings.load_profile("default" if os.environ.get("KINDERGUARD_EXPLORE") else "ci")

docstrings = Sybil(
    parsers=[DocTestParser(optionflags=ELLIPSIS | NORMALIZE_WHITESPACE)],
    patterns=["*.py"],
    path="src",
    document_types={".py": PythonDocStringDocument},
)
pages = Sybil(
    parsers=[SkipParser(), PythonCodeBlockParser(), MarkdownCode("console", run_console)],
    patterns=["README.md", "docs/*.md", "docs/why/*.md", "docs/tutorials/*.md", "plugins/*/README.md"],
)
pytest_collect_file = (docstrings + pages).pytest()

#: Files that take half a minute and more: begun first, or one worker goes on with the last of them while the others wait.
LONG = (
    "test_frame_agreement.py", "test_faults.py", "test_tutorial.py", "test_rulebook.py", "test_county_example.py",
    "test_frame_agreement_places.py", "test_frame_country.py", "test_notebooks.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, the rest in the order of their folders."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect the tests without looking for garbage, and never look through what was collected.

    Ten thousand tests with all their modules are three quarters of a million objects that stay to the end. Going through
    them again and again was a tenth to a quarter of the work, by file.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(2_000, 20, 50)
        gc.enable()

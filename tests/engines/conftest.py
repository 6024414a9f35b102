"""What holds for every test of the engines."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    """Generated children may share a ref, and have help under any code: what is computed of a row does not rest on it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for warning in ("RepeatedRefsWarning", "UnknownHelpWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::kinderguard.{warning}"))

"""One population for the tests that only look, and what its file of shares says."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from kinderguard.analysis import Population, synthesize
from kinderguard.analysis.synthetic.shares import FILE

N = 50_000


@pytest.fixture(scope="session")
def people() -> Population:
    return synthesize(N, seed=1)


@pytest.fixture(scope="session")
def stated() -> Mapping[str, Any]:
    with FILE.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)

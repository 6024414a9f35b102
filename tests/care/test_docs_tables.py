"""The tables of columns in the docs name every column that is read, by its name and its title."""

from pathlib import Path

import pytest

from kinderguard.care import Offer, ServiceGiven
from kinderguard.model.record import field_title

DOCS = (Path(__file__).parents[2] / "docs" / "care.md").read_text("utf-8")


@pytest.mark.parametrize("model", [Offer, ServiceGiven])
def test_every_column_of_the_table_is_documented(model):
    start = DOCS.index("`--offers`, a line" if model is Offer else "`--services`, a line")
    table = DOCS[start : DOCS.index("\n\n`--", start)]
    for name, field in model.model_fields.items():
        if name != "place":  # a point on a map, which only TOML can hold
            assert f"`{name}`" in table
            assert field_title(field).zh in table

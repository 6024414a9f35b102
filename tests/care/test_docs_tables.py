"""The tables of columns in the docs name every column that is read, by its name and its title."""

from pathlib import Path

import pytest

from kinderguard.care import Delivery, Offer, ServiceGiven, Session, Station, Target
from kinderguard.model.record import field_title

DOCS = (Path(__file__).parents[2] / "docs" / "care.md").read_text("utf-8")


OPTIONS = {Offer: "--offers", ServiceGiven: "--services", Delivery: "--deliveries", Target: "--targets",
           Station: "--stations", Session: "--stations"}  # fmt: skip


@pytest.mark.parametrize("model", OPTIONS)
def test_every_column_of_the_table_is_documented(model):
    start = DOCS.index(f"\n`{OPTIONS[model]}`")
    table = DOCS[start : DOCS.index("\n\n`--", start)]
    for name, field in model.model_fields.items():
        if name != "place":  # a point on a map, which only TOML can hold
            assert f"`{name}`" in table
            assert field_title(field).zh in table

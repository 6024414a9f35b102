"""The clock of a pack that is read once more: another present time, and every value as ever."""

import datetime as dt
import importlib
import sys
import time

import pytest

from kinderguard.testing.conformance.clock import SHIFT, ShiftedClock

MODULE = """
import datetime
import time
from datetime import date, datetime as moment

TODAY, NOW, UTC = date.today(), moment.now(), moment.now(datetime.timezone.utc)
SECONDS, YEAR, SAID, PLACE = time.time(), time.strftime("%Y"), time.ctime(), time.localtime().tm_year
SPRING, NOON = date(2025, 3, 5), moment.fromisoformat("2025-03-05T12:00")
KINDS = isinstance(SPRING, date), isinstance(NOON, moment), isinstance(NOON, date), issubclass(moment, date), isinstance(1, date)
MONTH = time.strftime("%m", time.gmtime(0))
"""


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "kg_asks_the_time.py").write_text(MODULE, "utf-8")
    clock = ShiftedClock(str(tmp_path))
    with clock.in_place():
        module = importlib.import_module("kg_asks_the_time")
    del sys.modules["kg_asks_the_time"]
    return module, clock


def test_who_asks_for_the_present_time_gets_another(read):
    module, _ = read
    then = dt.datetime.now() + SHIFT
    assert abs((module.NOW - then).total_seconds()) < 60
    assert abs(module.SECONDS - time.time() - SHIFT.total_seconds()) < 60
    assert module.UTC.tzinfo is dt.UTC
    assert {module.YEAR, module.SAID[-4:], str(module.PLACE), str(module.TODAY.year)} == {str(module.NOW.year)}


def test_values_are_of_the_classes_as_they_are(read):
    module, _ = read
    assert type(module.SPRING) is type(module.TODAY) is dt.date
    assert type(module.NOON) is type(module.NOW) is dt.datetime
    assert module.KINDS == (True, True, True, True, False)
    assert module.MONTH == "01"


def test_the_lines_that_asked_are_kept_and_the_clock_is_put_back(read):
    _, clock = read
    assert {line for _, line in clock.asked} == {6, 7}
    assert sys.modules["datetime"] is dt
    assert sys.modules["time"] is time

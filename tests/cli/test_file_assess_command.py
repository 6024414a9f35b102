"""``kinderguard file assess``: what it tells to be looked at besides the results."""

import json

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
BY = ("--by", "330199.u1")
NINE_MONTHS = {"kind": "imprisoned", "since": "2025-01-10", "term_months": 9, "ongoing": True}


def assess(kinderguard, ref, on="2025-11-08"):
    return kinderguard("file", "assess", ref, "--on", on, *BY, "--lang", "en")


def test_a_term_that_has_run_out_and_an_adoption_are_told_with_the_file_and_the_commands(kinderguard, filed):
    said = f"father.situations={json.dumps([NINE_MONTHS])}"
    assert kinderguard("file", "record", filed[0], said, "--at", "2025-09-02", *BY).exit_code == 0
    assert assess(kinderguard, filed[0], "2025-10-09").stderr == ""
    told = assess(kinderguard, filed[0])
    assert (told.exit_code, told.stderr.count(f"File {filed[0]}:")) == (1, 1)
    assert "ran out on 2025-10-09" in told.stderr
    assert "kinderguard file record" in told.stderr
    assert "store." not in told.stderr
    adopted = kinderguard("file", "record", filed[0], "child.adopted=是", "--at", "2025-09-15", *BY)
    assert (adopted.exit_code, "kinderguard file close" in adopted.stderr) == (1, True)
    told = assess(kinderguard, filed[0])
    assert "father: situations, mother: situations: the child is adopted (entry" in told.stderr


def test_a_day_far_ahead_is_told_once_with_what_to_use_instead(kinderguard, filed):
    told = kinderguard("file", "assess", "--on", "2060-01-01", *BY, "--lang", "en")
    assert (told.exit_code, told.stderr.count("only looks ahead")) == (1, 1)
    assert "kinderguard file forecast" in told.stderr
    assert "只算预看" in kinderguard("file", "assess", "--on", "2060-01-01", *BY).stderr

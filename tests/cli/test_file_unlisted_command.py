"""Whom a list no longer names, as ``kinderguard file import`` tells it."""

import json
from pathlib import Path

import pytest

from survey.lists import number, write

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

pytestmark = pytest.mark.usefixtures("elsewhere")
BY, JULY, AUGUST = ("--by", "330199.u1"), ("--at", "2025-07-01"), ("--at", "2025-08-01")
EAST, WEST = "330199001", "330199002"
NAMES = ("", "张宁远", "何安", "李思齐", "王若水")


@pytest.fixture
def filing(kinderguard):
    """Writes a list of some children of a place and files it."""

    def run(place, *serials, at, kind=":civil_affairs", options=()):
        heads = ("儿童姓名", "身份证号", "户籍地行政区划代码")
        rows = [(NAMES[n], number(n, f"2015030{n}"), place) for n in serials]
        Path("list.csv").write_text("\n".join(map(",".join, (heads, *rows))), "utf-8")
        return kinderguard("file", "import", f"list.csv{kind}", *at, *BY, "--lang", "en", *options)

    return run


def test_townships_that_file_their_lists_one_after_the_other_hear_only_of_their_own_children(filing):
    for place, serials in ((EAST, (1, 2)), (WEST, (3, 4))):
        assert "no longer names" not in filing(place, *serials, at=JULY).stderr
    done = filing(WEST, 3, at=AUGUST, options=("--no-longer-listed", "gone.csv"))
    assert (done.exit_code, "no longer names the children of 1 open file" in done.stderr) == (1, True)
    assert len(Path("gone.csv").read_text("utf-8-sig").splitlines()) == 2


def test_without_the_division_a_countys_list_asks_for_it_and_with_it_tells(filing):
    filing("330199", 1, 2, 3, at=JULY)
    asked = filing("330199", 1, 2, at=AUGUST, options=("--no-longer-listed", "gone.csv"))
    assert (asked.exit_code, "it is not said which division this list covers" in asked.stderr) == (1, True)
    assert "--division 330199001" in asked.stderr
    assert len(Path("gone.csv").read_text("utf-8-sig").splitlines()) == 1
    told = filing("330199", 1, 2, at=AUGUST, options=("--division", "330199"))
    assert (told.exit_code, "no longer names the children of 1 open file" in told.stderr) == (1, True)


def test_a_part_of_a_list_does_not_say_that_all_others_have_left(filing):
    filing(EAST, 1, 2, 3, 4, at=JULY)
    for options in ((), ("--division", EAST)):
        empty = filing(EAST, at=AUGUST, options=options)
        assert ("names no child that could be read" in empty.stderr, "no longer names" in empty.stderr) == (True, False)
    few = filing(EAST, 1, at=AUGUST)
    assert "names only few children of 330199001, and may not be whole" in few.stderr
    partial = filing(EAST, 1, at=AUGUST, options=("--partial",))
    assert (partial.exit_code, partial.stderr) == (0, "")
    whole = filing(EAST, 1, at=AUGUST, options=("--division", EAST))
    assert "no longer names the children of 3 open files" in whole.stderr
    both = filing(EAST, 1, at=AUGUST, options=("--partial", "--no-longer-listed", "gone.csv"))
    assert (both.exit_code, "leave one out" in both.stderr) == (2, True)


def test_children_who_may_be_anybody_are_told_beside_who_is_no_longer_named(filing, kinderguard, tmp_path):
    filing(EAST, 1, 2, at=JULY)
    known = {"儿童姓名": NAMES[1], "身份证号": number(1, "20150301"), "户籍地行政区划代码": EAST}
    write(tmp_path / "list.csv", known, known | {"身份证号": ""})
    done = kinderguard("file", "import", "list.csv:civil_affairs", *AUGUST, *BY, "--lang", "en")
    assert "no longer names the children of 1 open file" in done.stderr
    assert "of 1 of its children it cannot be told who they are" in done.stderr


@pytest.mark.parametrize("jsonl", [False, True])
def test_a_ledger_or_the_children_of_a_survey_are_a_list_by_the_name_that_is_given(
    filing, kinderguard, tmp_path, jsonl
):
    def file(*serials, at, options):
        if not jsonl:
            return filing(EAST, *serials, at=at, kind="", options=options)
        facts = [
            {"child": {"name": NAMES[n], "resident_id": number(n, f"2015030{n}")}, "division_code": EAST}
            for n in serials
        ]
        Path("children.jsonl").write_text("\n".join(json.dumps(each) for each in facts), "utf-8")
        return kinderguard("file", "import", "children.jsonl", *at, *BY, "--lang", "en", *options)

    named = ("--source", "摸排")
    assert file(1, 2, at=JULY, options=named).exit_code == 0
    nameless = file(1, at=AUGUST, options=())
    assert "--source, the same for every edition" in nameless.stderr
    assert file(1, at=AUGUST, options=("--no-longer-listed", "gone.csv")).exit_code == 2
    done = file(1, at=AUGUST, options=(*named, "--no-longer-listed", "gone.csv"))
    assert (done.exit_code, "摸排 of 2025-08-01 no longer names" in done.stderr) == (1, True)
    (line,) = Path("gone.csv").read_text("utf-8-sig").splitlines()[1:]
    assert line.split(",")[1:] == ["摸排", "2025-08-01", "2025-07-01"]
    assert "no longer" not in file(1, at=AUGUST, options=(*named, "--partial")).stderr

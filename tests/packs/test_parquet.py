"""Parquet files larger than memory: the same results as frames, resumable after any interruption, whole or not there."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kinderguard
from kinderguard import rules as r
from kinderguard.analysis import Population, synthesize
from kinderguard.engines.frame import orphans
from kinderguard.packs.frames import MissingColumnsWarning, OrphanedRecordsWarning
from kinderguard.packs.frames.parquet import ParquetRunError
from kinderguard.rules import household

pytestmark = pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")

DAY = dt.date(2025, 9, 1)
PLACES = ["330199", "330106", "220102", "110105"]
PER_HEAD = r.Policy(
    code="cn.per_member",
    title=r.Text(zh="按人补助", en="grant by members"),
    eligible=household.members.count(lambda m: m.counted) > 2,
    amount=r.yuan("10"),
    every=r.MONTH,
    cites=[r.Cite("invented", trust="illustrative")],
)


@pytest.fixture(scope="module")
def people() -> Population:
    return synthesize(3000, seed=11, divisions=PLACES)


@pytest.fixture(scope="module")
def book() -> kinderguard.PolicyBook:
    return kinderguard.load().with_policies(PER_HEAD).on(DAY)


@pytest.fixture(scope="module")
def expected(book, people) -> pl.DataFrame:
    return book.assess_frame(people.children, members=people.members, local="lists")


@pytest.fixture
def files(tmp_path, people) -> Path:
    """``a.parquet`` and ``b.parquet`` of the children, ``members.parquet``."""
    (tmp_path / "children").mkdir()
    people.children.head(1700).write_parquet(tmp_path / "children" / "a.parquet")
    people.children.slice(1700).write_parquet(tmp_path / "children" / "b.parquet")
    people.members.write_parquet(tmp_path / "members.parquet")
    return tmp_path


def run(book, files, out="results", **more):
    given = {"members": files / "members.parquet", "part": 400, "progress": False} | more
    return book.assess_parquet(files / "children", files / out, **given)


def test_the_results_are_those_of_a_frame_in_the_order_of_the_children(book, files, expected):
    made = run(book, files)
    assert_frame_equal(made.scan().collect(), expected)
    assert (made.rows, made.parts, made.resumed) == (3000, 9, 0)
    assert expected["cn.per_member.eligible"].n_unique() > 1, "members count"


def test_any_reader_of_a_folder_of_parquet_files_reads_the_results(book, files, expected):
    run(book, files)
    assert_frame_equal(pl.read_parquet(files / "results"), expected)
    assert {p.suffix for p in (files / "results").iterdir()} == {".parquet"}


def test_one_file_is_made_where_the_name_asks_for_it(book, files, expected):
    made = run(book, files, "results.parquet")
    assert made.out.is_file()
    assert_frame_equal(pl.read_parquet(made.out), expected)
    assert pl.read_parquet_metadata(made.out)["kinderguard.fingerprint"] == made.fingerprint
    assert not (files / "results.parquet.partial").exists()


def test_patterns_and_several_paths_are_read_in_order(book, files, expected):
    both = [files / "children" / "a.parquet", files / "children" / "b.parquet"]
    for k, children in enumerate((files / "children" / "*.parquet", both)):
        made = book.assess_parquet(children, files / f"out{k}", members=files / "members.parquet", progress=False)
        assert_frame_equal(made.scan().collect(), expected)


class InterruptedRunError(Exception):
    pass


def interrupt_after(rows):
    def tell(done, total):
        if done >= rows:
            raise InterruptedRunError

    return tell


def test_an_interrupted_run_leaves_no_result_and_goes_on_where_it_was(book, files, expected):
    with pytest.raises(InterruptedRunError):
        run(book, files, progress=interrupt_after(1200))
    assert not (files / "results").exists()
    told = []
    made = run(book, files, progress=lambda done, total: told.append((done, total)))
    assert made.resumed == 3
    assert told[0] == (1600, 3000)
    assert told[-1] == (3000, 3000)
    assert_frame_equal(made.scan().collect(), expected)


def press_keys(done, total):
    if done >= 1200:
        raise KeyboardInterrupt


def test_an_interrupt_by_hand_ends_in_one_line_that_says_how_to_go_on(book, files, expected):
    with pytest.raises(KeyboardInterrupt) as caught:
        run(book, files, progress=press_keys)
    text = str(caught.value)
    assert "\n" not in text
    assert "已中断：9 份中的 3 份" in text
    assert "3 of 9 parts are done" in text
    assert str(files / "results.partial") in text
    assert caught.value.__suppress_context__
    assert len(caught.traceback) <= 4, "the depths of the engine are of no use"
    made = run(book, files)
    assert made.resumed == 3
    assert_frame_equal(made.scan().collect(), expected)


SCRIPT = """
import datetime as dt, sys, warnings
warnings.simplefilter("ignore")
import kinderguard
from test_parquet import PER_HEAD
book = kinderguard.load().with_policies(PER_HEAD).on(dt.date(2025, 9, 1))
folder = sys.argv[1]
book.assess_parquet(f"{folder}/children", f"{folder}/{sys.argv[2]}", members=f"{folder}/members.parquet", part=int(sys.argv[3]),
                    progress=lambda done, total: print(done, flush=True))
"""


def begun(files, out, part):
    """A run in a process of its own, which tells how many children are done."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(files), out, str(part)], env=environment, stdout=subprocess.PIPE, text=True
    )


def test_a_run_that_is_killed_again_and_again_loses_no_row_and_writes_none_twice(files, expected):
    chance, kills = random.Random(7), 0
    while not (files / "results").exists():
        with begun(files, "results", 60) as process:
            if kills < 5 and process.stdout.readline():
                time.sleep(chance.uniform(0, 0.3))
                process.send_signal(signal.SIGKILL)
                kills += process.wait() == -signal.SIGKILL
            else:
                assert process.wait() == 0
    assert kills >= 2
    assert_frame_equal(pl.read_parquet(files / "results"), expected)


def test_a_run_that_is_killed_while_its_parts_are_made_one_file_is_finished_by_the_next(files, expected):
    with begun(files, "results.parquet", 900) as process:
        assert "3000\n" in iter(process.stdout.readline, "")
        process.send_signal(signal.SIGKILL)
    with begun(files, "results.parquet", 900) as process:
        assert process.wait() in (0, 1)  # 1: the kill came too late, and a complete result is never written over
    assert_frame_equal(pl.read_parquet(files / "results.parquet"), expected)


def test_a_run_begun_with_other_rules_inputs_or_options_is_refused(book, files):
    with pytest.raises(InterruptedRunError):
        run(book, files, progress=interrupt_after(400))
    with pytest.raises(ParquetRunError, match="begun with other options: money"):
        run(book, files, money="fen")
    with pytest.raises(ParquetRunError, match="begun with other rows_a_part, rules"):
        run(book.without("cn.per_member"), files, part=300)
    with pytest.raises(ParquetRunError, match="begun with other day"):
        run(book, files, on=dt.date(2025, 9, 2))
    os.utime(files / "children" / "a.parquet", (1, 1))
    with pytest.raises(ParquetRunError, match="begun with other children"):
        run(book, files)


def test_a_complete_result_is_never_written_over(book, files):
    run(book, files)
    with pytest.raises(ParquetRunError, match="is there already"):
        run(book, files)


def test_a_place_without_files_is_named(book, files):
    with pytest.raises(ParquetRunError, match=r"no file for children: .*nowhere"):
        book.assess_parquet(files / "nowhere.parquet", files / "out")
    with pytest.raises(ParquetRunError, match=r"no file for household\.members"):
        book.assess_parquet(files / "children", files / "out", members=files / "none" / "*.parquet")


def test_members_without_a_shared_key_are_refused(book, files, people):
    people.members.drop("household.number").write_parquet(files / "members.parquet")
    with pytest.raises(ParquetRunError, match="share no key"):
        run(book, files)


def test_a_cell_that_cannot_be_read_is_unknown_and_its_row_says_so(book, files, people):
    wrong = people.children.with_columns(
        pl.when(pl.int_range(pl.len()) == 2500)
        .then(pl.lit("lost"))
        .otherwise(pl.col("child.health").cast(pl.String))
        .alias("child.health")
    )
    (files / "children" / "b.parquet").unlink()
    wrong.write_parquet(files / "children" / "a.parquet")
    made = run(book, files)
    said = made.scan().collect()["problems"].list.contains("fact.not_valid")
    assert said.arg_true().to_list() == [2500]
    (problem,) = made.problems
    assert problem.where == "child.health"


def test_an_empty_file_gives_an_empty_result_with_all_columns(book, files, people, expected):
    for path in (files / "children").iterdir():
        path.unlink()
    people.children.clear().write_parquet(files / "children" / "a.parquet")
    made = run(book, files)
    found = made.scan().collect()
    assert len(found) == 0
    assert {"ref", "cn.orphan", "cn.orphan_allowance.low"} <= set(found.columns)


@pytest.mark.filterwarnings("default::kinderguard.packs.frames.MissingColumnsWarning")
def test_columns_that_are_not_there_are_told_once(book, files, people):
    people.children.drop("child.health").write_parquet(files / "children" / "a.parquet")
    people.children.drop("child.health").write_parquet(files / "children" / "b.parquet")
    with pytest.warns(MissingColumnsWarning, match=r"child\.health: read by") as told:
        run(book, files)
    assert len(told) == 1


@pytest.mark.parametrize("held", [orphans.HELD, 1000])
def test_records_of_nobody_are_counted_before_the_run(book, files, people, monkeypatch, held):
    monkeypatch.setattr(orphans, "HELD", held)
    strangers = people.members.head(3).with_columns(pl.Series("household.number", ["S-1", "S-1", None]))
    pl.concat([people.members, strangers]).write_parquet(files / "members.parquet")
    begun = []
    with pytest.warns(OrphanedRecordsWarning, match=r"3 of \d+ rows of household\.members") as told:
        run(book, files, progress=lambda done, total: begun.append(len(told)))
    assert begun[0] == len([w for w in told if w.category is OrphanedRecordsWarning]) == 1
    assert told[0].filename == __file__
    assert "S-1" not in str(told[0].message)


@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.OrphanedRecordsWarning")
@pytest.mark.parametrize("text", ["children", "members"])
def test_keys_that_are_numbers_in_one_file_and_text_in_the_other_find_each_other(book, files, people, expected, text):
    number = pl.col("household.number").str.extract(r"(\d+)$").cast(pl.Int64)
    tables = {"children": people.children.head(200), "members": people.members}
    keyed = {name: t.with_columns(number.cast(pl.String if name == text else pl.Int64)) for name, t in tables.items()}
    assert keyed["children"]["household.number"].n_unique() == tables["children"]["household.number"].n_unique()
    for name, table in keyed.items():
        table.write_parquet(files / f"{name}.parquet")
    made = book.assess_parquet(files / "children.parquet", files / "out", members=files / "members.parquet", part=80)
    assert_frame_equal(made.scan().collect(), expected.head(200))

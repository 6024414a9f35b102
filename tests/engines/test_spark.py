"""The rules on Spark: the frame engine's results row for row, by worker processes that get the book as text."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import textwrap
import warnings
from decimal import Decimal
from pathlib import Path

import attrs
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import strategies as st

import kinderguard
from engines.agreement import books, children, differences, keyed, lists_asked_for, sample, taken_apart, without_empty
from kinderguard import Pack, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.analysis import synthesize
from kinderguard.engines import spark as engine
from kinderguard.engines.frame.columns import FrameColumnError
from kinderguard.engines.frame.vectors import OverflowRiskError
from kinderguard.engines.spark import Held, Task, Worker, WorkerVersionError, assess_batches, assess_spark
from kinderguard.model.errors import MissingExtraError
from kinderguard.packs.frames import MissingColumnsWarning, OrphanedRecordsWarning
from kinderguard.rules import DefinitionError, child, household

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'kinderguard[spark]'")

DAY = dt.date(2025, 9, 1)
PLACES = ["330106", "330199", "220104", "110105"]
TITLE = Text("某", "some")
needs_java = pytest.mark.skipif(
    not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="Spark needs Java 17 or newer, and there is none"
)
pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    # Synthetic children have no column for what only one county asks for.
    pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning"),
    pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.OrphanedRecordsWarning"),
]


#: What pays only in long runs is left out: the second compiler, and collecting garbage side by side.
SHORT_RUN = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@pytest.fixture(scope="session")
def spark():
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = (
            SparkSession.builder.master("local[2]")
            .appName("kinderguard")
            .config("spark.driver.extraJavaOptions", SHORT_RUN)
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "3")
            .config("spark.sql.session.timeZone", "Asia/Shanghai")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "40")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


@pytest.fixture(scope="module")
def people():
    return synthesize(300, seed=5, divisions=PLACES)


def plain(dtype):
    """A Polars type as Spark can hold it: codes as strings."""
    if isinstance(dtype, pl.List):
        return pl.List(plain(dtype.inner))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({f.name: plain(f.dtype) for f in dtype.fields})
    return pl.String() if isinstance(dtype, pl.Enum | pl.Categorical) else dtype


def as_plain(frame):
    return frame.select(pl.col(name).cast(plain(dtype)) for name, dtype in frame.schema.items())


def on_spark(spark, frame, parts=4):
    table = as_plain(frame).to_arrow(compat_level=pl.CompatLevel.oldest())
    return spark.createDataFrame(table).repartition(parts)


def rows(results):
    """The results of Spark by the children's own numbers, each row once."""
    found = pl.from_arrow(results.toArrow()).sort("ref")
    assert found["ref"].is_unique().all()
    return found


def agree(found, frame):
    """Every column, row for row."""
    expected = as_plain(frame.sort("ref"))
    assert found.columns == expected.columns
    for name in expected.columns:
        assert found[name].to_list() == expected[name].to_list(), name


# ---- the frame engine's answer --------------------------------------------------------------------------------------


@needs_java
def test_children_and_members_get_the_frame_engines_results(spark, book, people):
    assert spark.sparkContext.defaultParallelism == 2
    children, members = on_spark(spark, people.children), on_spark(spark, people.members)
    results = assess_spark(children, book, on=DAY, members=members)
    agree(rows(results), book.assess_frame(people.children, members=people.members, on=DAY))


CHANGES = {
    "values": lambda b: b.with_parameters({"cn.dibao.monthly_standard": {"cn": "800", "33": Decimal("1100")}}),
    "policies": lambda b: b.with_policies(
        r.Policy("cn.gift", TITLE, eligible=child.age < 12, amount=r.yuan("12.34"), every=r.MONTH)
    ).without("cn.boarder_stipend"),
}


@needs_java
@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_book_gives_its_own_results(spark, book, people, what):
    changed = CHANGES[what](book).on(DAY)
    results = assess_spark(on_spark(spark, people.children), changed, missing=False, problems=False, money="fen")
    expected = changed.assess_frame(people.children, missing=False, problems=False, money="fen")
    assert results.columns == expected.columns
    agree(rows(results), expected)


@needs_java
def test_what_is_unknown_stays_unknown(spark, book):
    people = synthesize(200, seed=8, divisions=PLACES, partial_dates=True)
    some = pl.int_range(pl.len()) % 5 == 0
    names = ["division_code", "household.number", "child.birth_date", "father.situations", "household.aid", "child.sex"]
    # No division and no household number: the place and the members are unknown.
    children = people.children.with_columns(pl.when(~some).then(pl.col(name)).alias(name) for name in names)
    children = children.drop("mother.situations", "child.registration.division", "child.residence.division")
    results = assess_spark(
        on_spark(spark, children), book, on=DAY, members={"household.members": on_spark(spark, people.members)}
    )
    found = rows(results)
    agree(found, book.assess_frame(children, members=people.members, on=DAY))
    assert found.filter(pl.col("problems").list.contains("case.division_unknown")).height == 40


@needs_java
def test_any_list_can_stand_in_a_table_of_its_own(spark, book, people):
    lists = ["father.situations", "mother.situations", "guardians"]
    tables = {
        path: people.children.select("ref", path).explode(path).drop_nulls(path).select("ref", pl.col(path).struct.unnest())
        for path in lists
    }  # fmt: skip
    children = people.children.drop(lists)
    given = {path: on_spark(spark, table) for path, table in tables.items()}
    results = assess_spark(on_spark(spark, children), book, on=DAY, members=given)
    agree(rows(results), book.assess_frame(children, members=tables, on=DAY))


@needs_java
def test_one_place_for_all_rows_and_its_own_columns_in_lists(spark, book, people):
    df = on_spark(spark, people.children)
    pinned = assess_spark(df, book, on=DAY, division="330199")
    agree(rows(pinned), book.assess_frame(people.children, on=DAY, division="330199"))
    listed = rows(assess_spark(df, book, on=DAY, local="lists"))
    expected = book.assess_frame(people.children, on=DAY, local="lists")
    agree(listed, expected)
    policies = listed.select("local.policies").explode("local.policies").drop_nulls().unnest("local.policies")
    assert "330199.winter_heating" in policies["code"]


@needs_java
def test_the_rules_of_a_pack_that_no_worker_has_travel_as_text(spark, people):
    warm = r.DeclaredFact.yes_no("110105.warm", zh="暖", en="warm")
    gift = r.Policy("110105.gift", TITLE, eligible=household.has("110105.warm"), amount=r.yuan("5"), every=r.MONTH)
    pack = Pack("110105", TITLE, "1", ">=0.1", facts=[warm], policies=[gift])
    book = kinderguard.load(packs=[pack])
    children = people.children.with_columns((pl.int_range(pl.len()) % 2 == 0).alias("110105.warm"))
    found = rows(assess_spark(on_spark(spark, children), book, on=DAY))
    agree(found, book.assess_frame(children, on=DAY))
    assert found["110105.gift.amount"].sum() > 0


@needs_java
def test_the_results_have_types_that_spark_has(spark, book, people):
    from pyspark.sql import types as t

    held = {f.name: f.dataType for f in assess_spark(on_spark(spark, people.children), book, on=DAY).schema}
    assert held["ref"] == t.StringType()
    assert held["cn.orphan"] == held["cn.family_guidance.granted"] == t.BooleanType()
    assert held["cn.orphan_allowance.amount"] == t.DecimalType(20, 2)
    assert held["missing"] == held["problems"] == t.ArrayType(t.StringType())


@needs_java
def test_dates_amounts_and_numbers_come_as_spark_has_them(spark, book):
    df = spark.sql(
        """
        SELECT 7L AS ref, 330106 AS division_code, TIMESTAMP '2015-03-05 00:00:00' AS `child.birth_date`, 3Y AS `household.size`,
               '900.50' AS `household.monthly_income_per_head`, CAST(700 AS DECIMAL(12, 4)) AS `household.dibao_monthly`,
               array(named_struct('kind', 'dead', 'since', TIMESTAMP '2020-01-01 00:00:00')) AS `father.situations`,
               array() AS `household.aid`, map('a', 1) AS other, true AS `child.own_labour_income`
        """
    )
    frame = pl.DataFrame(
        {"ref": [7], "division_code": ["330106"], "child.birth_date": [dt.date(2015, 3, 5)], "household.size": [3],
         "household.monthly_income_per_head": [Decimal("900.50")], "household.dibao_monthly": [Decimal("700.00")],
         "father.situations": [[{"kind": "dead", "since": dt.date(2020, 1, 1)}]], "household.aid": [[]],
         "child.own_labour_income": [True]},
        schema_overrides={"household.aid": pl.List(pl.String)},
    )  # fmt: skip
    agree(rows(assess_spark(df, book, on=DAY)), book.assess_frame(frame, on=DAY))


@needs_java
@pytest.mark.filterwarnings("error::kinderguard.packs.frames.OrphanedRecordsWarning")
def test_generated_rules_and_children_get_the_reference_engines_answers(spark):
    """A few books with their children, most with records in tables of their own: rich ones, as the first are plain."""
    compared, joined = 0, set()
    for k, (book, drawn) in enumerate(sample(st.tuples(books(2), children(9)), 10, 1)[3:]):
        paths = lists_asked_for(book) if k % 3 else []
        cases = [without_empty(case, paths) for case in drawn]
        frame, tables = taken_apart(keyed(cases), paths)
        members = {path: on_spark(spark, records, 1) for path, records in tables.items()}
        places = {case.division for case in cases}
        try:
            found = assess_spark(
                on_spark(spark, frame, 1), book, on=DAY, members=members, divisions=places, reasons=True
            )
        except OverflowRiskError:
            continue
        for case, row in zip(cases, rows(found).to_dicts(), strict=True):
            assert differences(book.assess(case, on=DAY), row) == {}
            compared += 1
        joined |= tables.keys()
    assert (compared > 20, len(joined) > 4) == (True, True)


# ---- what is wrong --------------------------------------------------------------------------------------------------


@needs_java
def test_a_bad_cell_stops_the_run_and_names_column_and_rows_only(spark, book, people):
    children = as_plain(people.children).with_columns(
        pl.when(pl.int_range(pl.len()) == 17).then(pl.lit("5 May 2015")).otherwise(pl.col("child.birth_date").cast(pl.String)).alias("child.birth_date")
    )  # fmt: skip
    df = on_spark(spark, children, parts=1)
    with pytest.raises(
        Exception, match=r"partition \d+, after its first \d+ rows: The column 'child.birth_date', row \d+"
    ) as told:
        assess_spark(df, book, on=DAY).toArrow()
    assert "5 May 2015" not in str(told.value)
    assert "FrameColumnError" in str(told.value)
    # The same process goes on, and where it need not be strict, only that row says so.
    found = rows(assess_spark(df, book, on=DAY, strict=False))
    wrong = found.filter(pl.col("problems").list.contains("fact.not_valid"))
    assert wrong["ref"].to_list() == [children["ref"][17]]
    agree(found, book.assess_frame(children, on=DAY, strict=False))


@needs_java
def test_columns_that_cannot_be_read_are_told_before_anything_runs(spark, book):
    from pyspark.sql import functions as f

    df = spark.range(2).select(f.lit("2015-01-01").alias("child.birth_dat"))
    with pytest.raises(FrameColumnError, match=r"child\.birth_date"):
        assess_spark(df, book, on=DAY)
    df = spark.range(2).select(f.col("id").alias("ref"), f.lit(True).alias("x"))
    with pytest.raises(FrameColumnError, match=r"household\.membrs"):
        assess_spark(df, book, on=DAY, members={"household.membrs": df})
    with pytest.raises(FrameColumnError, match=r"household\.number"):
        assess_spark(df, book, on=DAY, members=df.select("x"))
    with pytest.raises(FrameColumnError, match="twice"):
        assess_spark(df.select("ref", f.array().alias("guardians")), book, on=DAY, members={"guardians": df})
    lists = f.array(f.struct(f.lit("x").alias("ongoing")))
    for column, says in (
        (f.lit(1.5).alias("household.monthly_income_per_head"), "float"),
        (lists.alias("father.situations"), "ongoing"),
    ):
        with pytest.raises(FrameColumnError, match=says):
            assess_spark(df.select("ref", column), book, on=DAY)
    with pytest.raises(ValueError, match="money"):
        assess_spark(df, book, on=DAY, money="dollars")


@needs_java
def test_facts_without_a_column_are_named_once_where_the_call_stands(spark, book, people):
    df = on_spark(spark, people.children.drop("father.situations"), parts=1)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assess_spark(df, book, on=DAY)
    (warning,) = [w for w in told if w.category is MissingColumnsWarning]
    assert "father.situations: read by" in str(warning.message)
    assert warning.filename == __file__


@needs_java
@pytest.mark.filterwarnings("error::kinderguard.packs.frames.OrphanedRecordsWarning")
def test_records_of_nobody_are_counted_for_the_lists_that_rules_ask_for_unless_it_is_spared(spark, book):
    children = on_spark(spark, pl.DataFrame({"ref": [7, 8]}), 1)
    given = {
        "father.situations": {"ref": ["7", "7", "zz-9", None], "kind": ["dead"] * 4},
        "mother.situations": {"ref": ["8"], "kind": ["dead"]},
        "household.members": {"ref": ["9"], "counted": [True]},
    }
    given = {path: on_spark(spark, pl.DataFrame(records), 1) for path, records in given.items()}
    with pytest.warns(OrphanedRecordsWarning, match=r"2 of 4 rows of father\.situations have a ref") as caught:
        assess_spark(children, book, on=DAY, members=given, division="330106")
    (told,) = [w for w in caught if w.category is OrphanedRecordsWarning]
    assert told.filename == __file__
    assert "zz-9" not in str(told.message)
    assess_spark(children, book, on=DAY, members=given, division="330106", orphaned=False)


@needs_java
def test_a_place_that_was_not_named_is_told_row_by_row(spark, book, people):
    found = rows(assess_spark(on_spark(spark, people.children), book, on=DAY, divisions=["330106", "110105"]))
    by_place = found.join(people.children.select("ref", place=pl.col("division_code").cast(pl.String)), on="ref")
    left_out = pl.col("problems").list.contains("pack.left_out")
    assert set(by_place.filter(left_out)["place"]) == {"330199", "220104"}
    assert set(by_place.filter(pl.col("complete"))["place"]) <= {"330106", "110105"}


# ---- the worker, without Spark --------------------------------------------------------------------------------------


def task_for(book, frame, **options):
    """A task as the driver makes it, for columns of a frame."""
    options = {"missing": True, "problems": True, "money": "yuan", "strict": True, **options}
    job = book.frame_job(frame.schema, PLACES, on=DAY, **options)
    text = book.to_json()
    return Task(
        names=tuple(frame.columns), types=tuple(str(t) for t in frame.dtypes), on=DAY, division=None, options=tuple(sorted(options.items())),
        results=tuple((name, engine._wire(dtype)) for name, dtype in job.schema.items()),
        book="kinderguard.packs.book:PolicyBook", digest=str(hash(text)), text=Held(text),
    )  # fmt: skip


def batches(frame, size):
    return iter(frame.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches(max_chunksize=size))


@pytest.fixture
def nothing_kept():
    for kept in (engine._workers, engine._books):
        kept.clear()
    yield
    for kept in (engine._workers, engine._books):
        kept.clear()


def test_a_process_reads_the_book_and_compiles_it_once(book, people, nothing_kept, monkeypatch):
    read, compiled = [], []
    from_json, frame_job = PolicyBook.from_json.__func__, PolicyBook.frame_job
    monkeypatch.setattr(PolicyBook, "from_json", classmethod(lambda cls, t: read.append(t) or from_json(cls, t)))
    monkeypatch.setattr(PolicyBook, "frame_job", lambda *a, **k: compiled.append(a) or frame_job(*a, **k))
    frame = as_plain(people.children)
    task = task_for(book, frame)
    compiled.clear()
    for _ in range(3):
        again = attrs.evolve(task, text=Held(task.text.value))  # as it comes with every partition
        found = pa.Table.from_batches(assess_batches(again, batches(frame, 50)))
        agree(pl.from_arrow(found).sort("ref"), book.assess_frame(people.children, on=DAY))
    assert (len(read), len(compiled)) == (1, 1)


@pytest.mark.parametrize("order", ["sorted", "mixed"])
def test_a_worker_grows_as_it_meets_places(book, people, monkeypatch, order):
    monkeypatch.setattr(engine, "ROWS", 64)
    frame = as_plain(people.children.sort("division_code") if order == "sorted" else people.children)
    worker = Worker(task_for(book, frame))
    met = []
    found = []
    for table in engine._tables(batches(frame, 16)):
        found.append(worker.assess(table, ""))
        met.append(worker._places)
    assert max(len(t) for t in found) <= 64
    assert (set(met[-1]) <= set(PLACES) and len(met[0]) < len(PLACES)) or order == "mixed"
    agree(pl.from_arrow(pa.concat_tables(found)).sort("ref"), book.assess_frame(people.children, on=DAY))


def test_only_a_few_jobs_are_kept():
    kept = engine.OrderedDict()
    for key in (1, 2, 3, 4, 1, 5):
        engine._kept(kept, key, object)
    assert list(kept) == [3, 4, 1, 5]


def test_a_worker_with_another_version_refuses(book, people):
    task = attrs.evolve(task_for(book, as_plain(people.children)), version="0.0")
    with pytest.raises(WorkerVersionError, match=r"0\.0"):
        list(assess_batches(task, iter([])))


def test_a_text_that_is_no_book_is_refused_by_the_worker(book, people):
    frame = as_plain(people.children)
    task = attrs.evolve(task_for(book, frame), text=Held("{}"), digest="none")
    with pytest.raises(DefinitionError):
        list(assess_batches(task, batches(frame, 10)))


@pytest.mark.parametrize("module", ["pyspark", "pyarrow"])
def test_without_pyspark_the_extra_is_named(monkeypatch, book, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"kinderguard\[spark\]"):
        assess_spark(None, book, on=DAY)


def test_the_module_loads_neither_spark_nor_the_packs():
    code = "import kinderguard.engines.spark, sys; print([m for m in sys.modules if m.split('.')[0] in ('pyspark', 'polars', 'pyarrow') or m.startswith('kinderguard.packs')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"


# ---- a cluster ------------------------------------------------------------------------------------------------------

CLUSTER = """
import json, os, sys
import datetime as dt
import warnings
warnings.simplefilter("ignore")
import polars as pl
from pyspark.sql import SparkSession
import kinderguard
from kinderguard.analysis import synthesize
from kinderguard.engines.spark import assess_spark
from engines.test_spark import PLACES, SHORT_RUN, on_spark

session = (
    SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2").config("spark.ui.showConsoleProgress", "false").config("spark.executor.memory", "1g")
    .config("spark.driver.extraJavaOptions", SHORT_RUN).config("spark.executor.extraJavaOptions", SHORT_RUN).getOrCreate()
)
session.sparkContext.setLogLevel("OFF")
people = synthesize(60, seed=5, divisions=PLACES)
children, members = on_spark(session, people.children, 2), on_spark(session, people.members, 2)
results = assess_spark(children, kinderguard.load(), on=dt.date(2025, 9, 1), members=members, divisions=PLACES)
found = pl.from_arrow(results.toArrow()).sort("ref")
found.write_ipc(sys.argv[1])
session.stop()
"""


@needs_java
def test_executors_in_processes_of_their_own_give_the_same(tmp_path, book):
    # Executors write beside Spark's own files, so it gets a home that can be thrown away.
    home = tmp_path / "spark"
    home.mkdir()
    for entry in Path(pyspark.__file__).parent.iterdir():
        (home / entry.name).symlink_to(entry)
    environment = os.environ | {
        "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "localhost", "PYTHONPATH": str(Path(__file__).parents[1]),
    }  # fmt: skip
    out = tmp_path / "found.arrow"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CLUSTER), str(out)], check=False, capture_output=True, text=True,
        timeout=300, env=environment,
    )  # fmt: skip
    assert out.exists(), done.stderr[-3000:]
    people = synthesize(60, seed=5, divisions=PLACES)
    agree(pl.read_ipc(out), book.assess_frame(people.children, members=people.members, on=DAY))
    assert (home / "work").is_dir()

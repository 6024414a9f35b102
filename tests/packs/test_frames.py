"""The policy book on tables: what columns there are, what comes back, what is warned of, and what is refused."""

import datetime as dt
import warnings
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kinderguard
from engines.frame_kinds import KINDS, back
from kinderguard import Pack, Text
from kinderguard import rules as r
from kinderguard.analysis import synthesize
from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.engines.frame.columns import FrameColumnError
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.packs.book import NoDayError
from kinderguard.packs.frames import MissingColumnsWarning, MisspeltColumnsWarning, OrphanedRecordsWarning
from kinderguard.packs.frames.help_codes import UnknownHelpWarning
from kinderguard.packs.frames.schema import column_title
from kinderguard.rules import household
from kinderguard.rules.facts import ROOTS, fact_types
from kinderguard.testing import expressions

DAY = dt.date(2025, 9, 1)
ORPHAN = {
    "father.situations": [{"kind": "dead", "since": "2016-05"}],
    "mother.situations": [{"kind": "dead", "since": "2019"}],
}

quiet = pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")


@pytest.fixture(scope="module")
def book():
    return kinderguard.load().on(DAY)


@pytest.fixture(scope="module")
def people():
    return synthesize(60, seed=11)


def table(**columns):
    """A small frame; the names of columns with two underscores for a dot."""
    return pl.DataFrame({name.replace("__", "."): values for name, values in columns.items()})


def problems_of(found):
    """What was wrong with each row, apart from standards that no place has set."""
    return [[code for code in row if code != "parameter.missing"] for row in found["problems"].to_list()]


# ---- the schema -----------------------------------------------------------------------------------------------------


def test_the_schema_names_each_column_with_what_it_holds_and_who_reads_it(book):
    schema = book.frame_schema()
    birth = schema["child.birth_date"]
    assert (birth.kind, birth.of, birth.title.zh) == ("date", "", "儿童出生日期")
    assert "cn.orphan" in birth.read_by
    assert dict(schema["father.kind"].codes)["none"].en.startswith("none (")
    assert (schema["household.monthly_income_per_head"].kind, schema["household.size"].unit) == ("money", "persons")
    assert schema["household.monthly_income_per_head"].unit == "yuan"
    assert schema["father.situations"].kind == "list"
    assert schema["father.situations.kind"].of == "father.situations"
    assert "child.name" not in schema
    with pytest.raises(KeyError, match=r"child\.birth_date"):
        schema["child.birth_dat"]


def test_the_schema_of_a_county_has_its_own_facts(book):
    assert "330199.central_heating" not in book.frame_schema()
    column = book.frame_schema("330199")["330199.central_heating"]
    assert (column.kind, column.read_by) == ("condition", ("330199.winter_heating",))
    assert "330199.central_heating" in book.for_division("330199").frame_schema()


def test_a_derived_fact_is_asked_for_through_the_columns_it_comes_from(book):
    schema = book.frame_schema()
    assert "child.lives_in_another_county" not in schema
    assert {"child.registration.division", "child.residence.division"} <= {c.name for c in schema}


def test_the_schema_is_a_table_too(book):
    schema = book.frame_schema("330199")
    shown = schema.to_polars()
    assert len(shown) == len(schema) == len(list(schema))
    assert shown.row(by_predicate=pl.col("name") == "child.sex") if "child.sex" in schema else True
    assert "<table" in schema._repr_html_()
    assert repr(schema) == f"<FrameSchema of {len(schema)} columns>"


def test_the_empty_frame_of_a_schema_is_read_without_a_warning(book):
    for place in (None, "330199"):
        empty = book.frame_schema(place).empty()
        found = book.assess_frame(empty, division=place)
        assert (len(found), "cn.orphan" in found.columns) == (0, True)
        one = empty.clear(1)  # a row of which nothing is known
        assert book.assess_frame(one, division=place)["cn.orphan"].to_list() == [None]


def test_every_column_that_a_rule_reads_is_a_fact_of_the_model(book):
    roots = {f"{root}.{name}" for root, handle in ROOTS.items() for name in fact_types(type(handle))}
    for column in book.frame_schema():
        assert column.of or any(column.name.startswith(r) for r in roots) or column.name in ("guardians", "help")


def test_no_title_of_a_column_says_a_word_twice():
    assert str(column_title("father.situations.kind")) == "父亲状况：类别 (the father's situations: kind)"
    assert column_title("father.situations.since").zh == "父亲状况：起始日期"
    assert column_title("household.members.birth_date").zh == "家庭成员：出生日期"
    assert column_title("mother.kind").zh == "母亲类别"
    lists = [(f"{path}.", kinds) for path, kinds in fact_kinds().lists.items()]
    lists += [(f"{at}{path}.", nested) for at, kinds in lists for path, nested in kinds.lists.items()]
    paths = [*fact_kinds().fields, *(f"{at}{name}" for at, kinds in lists for name in kinds.fields)]
    titles = [column_title(path).zh for path in paths]
    twice = [t for t in titles for k in range(len(t) - 3) if t[k : k + 2] == t[k + 2 : k + 4]]
    assert twice == []


def test_the_schema_of_some_rules_has_what_they_rest_on(book):
    dibao, orphan = book.frame_schema(rules=["cn.dibao"]), book.frame_schema(rules="cn.orphan_allowance")
    assert "household.monthly_income_per_head" in dibao
    assert "father.situations.kind" not in dibao
    assert "father.situations.kind" in orphan, "the category that the policy asks for reads it"
    assert "cn.orphan" in orphan["child.birth_date"].read_by
    assert "cn.dibao" not in orphan["child.birth_date"].read_by
    both = book.frame_schema(rules=["cn.dibao", "cn.orphan_allowance"])
    assert {c.name for c in both} == {c.name for c in (*dibao, *orphan)}
    local = book.frame_schema("330199", rules=["330199.winter_heating"])
    assert {"330199.central_heating", "child.residence.division"} <= {c.name for c in local}, (
        "with what its provider needs"
    )
    with pytest.raises(UnknownCodeError, match=r"'cn\.orphn'.*'cn\.orphan'"):
        book.frame_schema(rules=["cn.orphn"])


@quiet
def test_results_of_a_rule_are_the_same_with_the_columns_of_its_schema_alone(book, people):
    whole = book.assess_frame(people.children, members=people.members)
    for rule in ("cn.dibao", "cn.disabled", "cn.orphan"):
        needed = [c.name for c in book.frame_schema(rules=[rule]) if not c.of]
        found = book.assess_frame(people.children.select("division_code", *needed))
        assert found[rule].equals(whole[rule])


# ---- what comes back ------------------------------------------------------------------------------------------------


@quiet
@pytest.mark.parametrize(
    ("kind", "cls"),
    [
        ("polars", pl.DataFrame), ("lazy", pl.LazyFrame), ("pandas", pd.DataFrame), ("nullable pandas", pd.DataFrame),
        ("arrow-backed pandas", pd.DataFrame), ("pyarrow", pa.Table), ("duckdb", duckdb.DuckDBPyRelation),
    ],
)  # fmt: skip
def test_a_table_of_the_same_kind_comes_back_with_the_same_results(book, people, kind, cls):
    expected = book.assess_frame(people.children, members=people.members)
    found = book.assess_frame(KINDS[kind](people.children), members=KINDS[kind](people.members))
    assert isinstance(found, cls)
    assert back(found).to_dicts() == expected.to_dicts()


@quiet
def test_duckdb_results_join_the_tables_of_the_callers_own_connection(book):
    connection = duckdb.connect()
    children = table(ref=["a", "b"], child__birth_date=["2012-03-01", "2013-03-01"]).to_arrow()
    connection.execute("create table children as select * from children")
    results = book.assess_frame(connection.table("children"))
    joined = connection.sql('select ref, "cn.orphan" from children join results using (ref) order by ref')
    assert [row[0] for row in joined.fetchall()] == ["a", "b"]
    assert len(connection.table("children").join(results, "ref").fetchall()) == 2
    closed = duckdb.connect(config={"python_enable_replacements": False})
    closed.register("given", children)
    assert len(book.assess_frame(closed.table("given")).fetchall()) == 2
    try:
        duckdb.execute("select * from range(10)")  # a result that nobody has read, on the connection that all share
        assert len(book.assess_frame(closed.table("given")).fetchall()) == 2
    finally:
        duckdb.execute("select 1").fetchall()


@quiet
@pytest.mark.parametrize("kind", ["pandas", "nullable pandas", "arrow-backed pandas"])
def test_pandas_keep_their_index_and_three_values(book, kind):
    frame = KINDS[kind](table(child__birth_date=["2012-03", "1990-01-01"], child__adopted=[None, False]))
    frame.index = pd.Index(["x", "y"], name="file")
    found = book.assess_frame(frame)
    assert found.index.equals(frame.index)
    orphan = found["cn.orphan"]
    assert orphan.isna().tolist() == [True, False]
    assert orphan.dtype in ("boolean", "bool[pyarrow]")
    assert found["cn.orphan_allowance.high"].tolist()[1] == Decimal("0.00")


@quiet
def test_rows_stay_in_their_order_with_many_places_and_the_ref_goes_along(book):
    places = ["330199", None, "220104", "330106", "330199", "71", "220104", None] * 5
    refs = [f"r{k}" for k in range(len(places))]
    frame = pl.DataFrame({"ref": refs, "division_code": places, "child.birth_date": "2012-03-05"})
    found = book.assess_frame(frame)
    assert found["ref"].to_list() == refs
    assert found.columns[0] == "ref"
    assert [p != [] for p in problems_of(found)] == [p is None for p in places]
    own = found["330199.winter_heating.eligible"].is_not_null() | found["330199.winter_heating.high"].is_not_null()
    assert own.to_list() == [p == "330199" for p in places]


@quiet
def test_a_frame_without_a_division_has_the_national_rules_and_says_so(book):
    found = book.assess_frame(table(child__birth_date=["2012-03-05"]))
    assert problems_of(found) == [["case.division_unknown"]]
    assert found["complete"].to_list() == [False]
    pinned = book.for_division("330106").assess_frame(table(child__birth_date=["2012-03-05"]))
    assert (problems_of(pinned), pinned["complete"].to_list()) == ([[]], [True])
    assert book.assess_frame(table(child__birth_date=["2012"]), division="330106")["complete"].to_list() == [True]


@quiet
def test_an_empty_frame_has_all_columns_and_no_rows(book):
    frame = pl.DataFrame(schema={"ref": pl.String, "division_code": pl.String, "child.birth_date": pl.Date})
    filled = book.assess_frame(pl.DataFrame({"ref": ["a"], "division_code": [None], "child.birth_date": [None]}))
    for empty in (frame, frame.lazy(), frame.to_pandas(), frame.to_arrow(), frame.to_pandas().convert_dtypes()):
        found = back(book.assess_frame(empty))
        assert (found.columns, len(found)) == (filled.columns, 0)


@quiet
def test_a_day_is_needed(book):
    with pytest.raises(NoDayError):
        kinderguard.load().assess_frame(table(child__birth_date=["2012"]))
    aged = table(child__birth_date=["2007-09-01"], division_code=["330106"], **{k.replace(".", "__"): [v] for k, v in ORPHAN.items()})  # fmt: skip
    assert [book.assess_frame(aged, on=on)["cn.orphan"].item() for on in (DAY, dt.date(2025, 8, 31))] == [False, True]


@quiet
def test_the_choices_of_money_and_lists_are_checked(book):
    frame = table(child__birth_date=["2012"])
    fen = book.assess_frame(frame, money="fen", missing=False, problems=False)
    assert fen["cn.orphan_allowance.low_fen"].to_list() == [0]
    assert not {"missing", "problems", "complete"} & set(fen.columns)
    with pytest.raises(ValueError, match="'yuan' or 'fen'"):
        book.assess_frame(frame, money="euro")
    with pytest.raises(ValueError, match="'columns' or 'lists'"):
        book.assess_frame(frame, local="rows")


# ---- lazy frames ----------------------------------------------------------------------------------------------------


@quiet
def test_a_lazy_frame_is_computed_when_it_is_collected_with_the_same_schema(book, people):
    lazy = book.assess_frame(people.children.lazy(), members=people.members)
    expected = book.assess_frame(people.children, members=people.members)
    assert lazy.collect_schema() == expected.schema
    for engine in ("in-memory", "streaming"):
        assert lazy.collect(engine=engine).equals(expected)
    assert lazy.select("cn.dibao").filter(pl.col("cn.dibao")).collect()["cn.dibao"].all()


@quiet
def test_lazy_rows_that_cannot_be_read_are_marked_in_their_own_batch_only(book):
    bad = table(division_code=["330106"] * 2, child__birth_date=["2012-13", "2012-12"])
    good = table(division_code=["330106"] * 2, child__birth_date=["2012-01", "2012-02"])
    found = book.assess_frame(pl.concat([bad, good, bad]).lazy(), strict=False).collect()
    assert problems_of(found) == [["fact.not_valid"], [], [], [], ["fact.not_valid"], []]
    with pytest.raises(FrameColumnError, match=r"child\.birth_date"):
        book.assess_frame(bad.lazy()).collect()


# ---- one row --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_of_any_table_is_explained(book, people, kind):
    children, members = people.children, people.members
    expected = book.assess_frame(children, members=members, division="330106") if kind == "polars" else None
    for row in (0, 17, len(children) - 1):
        alone = book.explain_row(KINDS[kind](children), row, members=KINDS[kind](members), division="330106")
        assert alone.ref == children["ref"][row]
        assert "cn.dibao" in alone.categories
        assert str(alone.explain("cn.orphan"))
        if expected is not None:
            assert alone.categories["cn.dibao"] is expected["cn.dibao"][row]
            assert list(alone.open_facts) == expected["missing"][row].to_list()


def test_a_row_is_counted_from_the_end_too_and_one_that_is_not_there_is_an_error(book):
    frame = table(ref=["a", "b"])
    assert book.explain_row(frame, -1).ref == "b"
    assert book.explain_row(frame.lazy(), 1).ref == "b"
    for beyond in (2, -3):
        with pytest.raises(IndexError, match="the frame has 2"):
            book.explain_row(frame, beyond)
    with pytest.raises(IndexError):
        book.explain_row(frame.lazy(), 2)


BAD_ROW = {
    "division_code": ["330199", "330199"], "child.birth_date": ["2012-13", "2012"], "child.health": ["helthy", "healthy"],
    "child.sex": ["neither", None], "household.aid": [["dibao"], ["dibao"]],
    "father.situations": [[{"kind": "ded", "since": "2013-07-19x"}, None], [{"kind": "dead", "since": "2013"}]],
}  # fmt: skip


def test_a_row_with_cells_that_cannot_be_read_is_opened_and_says_so(book):
    frame = pl.DataFrame(BAD_ROW)
    opened = book.explain_row(frame, 0, strict=False)
    unread = [p for p in opened.problems if p.code == "fact.not_valid"]
    assert [p.where for p in unread] == [
        "child.birth_date", "child.health", "father.situations.kind", "father.situations.since"
    ]  # fmt: skip
    assert all(p.where in p.message.zh and p.where in p.message.en for p in unread)
    assert "'healthy'" in unread[1].message.en
    assert "helthy" not in str(opened.problems)
    assert "2013-07-19" not in str(opened.problems)
    assert opened.complete
    assert opened.case.child.birth_date is None
    assert opened.categories["cn.dibao"] is True or opened.categories["cn.dibao"] is None
    assert "无法" in opened.explain().text() or "child.birth_date" in opened.explain().text()
    assert not [p for p in book.explain_row(frame, 1).problems if p.code == "fact.not_valid"]


def test_a_row_with_cells_that_cannot_be_read_is_refused_where_strict_with_the_way_to_open_it(book):
    with pytest.raises(FrameColumnError, match=r"child\.birth_date', row 0") as caught:
        book.explain_row(pl.DataFrame(BAD_ROW), 0)
    assert {p.where for p in caught.value.problems} >= {"child.health", "father.situations.kind"}
    assert "strict=False" in caught.value.__notes__[-1]


@quiet
def test_a_packs_own_fact_that_cannot_be_read_is_unknown_and_its_provider_is_not_asked(book):
    moved = expressions.FACTS[3]
    title = Text("某", "some")
    provider = r.FactProvider(moved, [household.size], lambda facts: dt.date(2020, 1, 1))
    rule = r.Category(f"{moved.code.split('.')[0]}.in", title, when=moved.expr < DAY)
    pack = Pack(
        code=moved.code.split(".")[0], title=title, version="1", kinderguard=">=0.1", categories=[rule], facts=[moved],
        providers=[provider],
    )  # fmt: skip
    given = kinderguard.load(packs=[pack]).on(DAY)
    frame = pl.DataFrame({"division_code": [pack.code] * 2, moved.code: ["soon", None]})
    opened = [given.explain_row(frame, k, strict=False) for k in (0, 1)]
    assert [[p.where for p in o.problems if p.code == "fact.not_valid"] for o in opened] == [[moved.code], []]
    assert [o.categories[rule.code] for o in opened] == [None, True]
    assert given.assess_frame(frame, strict=False)[rule.code].to_list() == [None, True]


def test_a_bad_cell_of_records_in_another_table_is_unknown_too(book):
    frame = table(ref=["a", "b"], division_code=["330199"] * 2)
    situations = table(ref=["a", "b"], kind=["dead", "ded"])
    opened = [book.explain_row(frame, k, members={"father.situations": situations}, strict=False) for k in (0, 1)]
    unread = [[p.where for p in o.problems if p.code == "fact.not_valid"] for o in opened]
    assert unread == [[], ["father.situations.kind"]]
    assert opened[0].case.father.situations[0].kind == "dead"
    assert opened[1].case.father.situations[0].kind is None


# ---- warnings -------------------------------------------------------------------------------------------------------


def test_missing_columns_are_told_once_with_their_readers_where_the_caller_stands(book):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        book.assess_frame(table(child__birth_date=["2012"], division_code=["330199"]))
    (warning,) = [w for w in caught if issubclass(w.category, MissingColumnsWarning)]
    text = str(warning.message)
    assert warning.filename == __file__
    assert "  father.situations: read by cn.orphan" in text
    assert "child.birth_date" not in text
    columns = warning.message.columns
    assert "cn.orphan" in columns["child.adopted"]
    assert "father.situations.kind" not in columns, "a list is told once, not field by field"
    assert "330199.central_heating" not in columns, "its provider gives it"
    assert columns["child.residence.division"] == ("cn.migrant", "330199.central_heating"), "the provider needs it"


def test_the_warning_is_short_in_both_languages_and_begins_with_what_most_rules_read(book):
    with pytest.warns(MissingColumnsWarning) as caught:
        book.assess_frame(table(ref=["a"], division_code=["330106"]))
    (warning,) = caught
    text, columns = str(warning.message), warning.message.columns
    lines = text.splitlines()
    assert len(lines) == 12
    assert "没有列" in lines[0]
    assert "no column for" in lines[1]
    assert lines[2].startswith("  child.birth_date: read by ")
    assert "儿童出生日期 (the child's birth date)" in lines[2]
    counts = [len(owners) for owners in columns.values()]
    assert counts == sorted(counts, reverse=True)
    rest = len(columns) - 8
    assert f"其余 {rest} 项" in lines[-2]
    assert f"{rest} more" in lines[-1]
    assert ".columns" in lines[-1]


@quiet
def test_columns_that_look_like_a_fact_without_a_column_are_named_with_it_in_any_table(book, people):
    children = people.children.rename({"child.birth_date": "birth_date", "child.health": "child_helth"})
    children = children.with_columns(
        pl.col("father.situations").list.eval(
            pl.element().struct.rename_fields(["kind", "sinse", "until", "ongoing", "term_months"])
        )
    )
    children = children.with_columns(mother_id=pl.lit(1), serial=pl.lit(2), name=pl.lit("x"), 备注=pl.lit("y"))
    members = people.members.rename({"birth_date": "member.birthdate", "relation": "member.relation"})
    members = members.with_columns(name=pl.lit("x"), resident_id=pl.lit("y"), note=pl.lit("z"), telephone=pl.lit("1"))
    with pytest.warns(MisspeltColumnsWarning) as caught:
        book.assess_frame(children, members=members)
    (warning,) = [w for w in caught if w.category is MisspeltColumnsWarning]
    assert warning.filename == __file__
    assert warning.message.columns == {
        "birth_date": "child.birth_date",
        "child_helth": "child.health",
        "father.situations.sinse": "father.situations.since",
        "household.members.member.birthdate": "household.members.birth_date",
        "household.members.member.relation": "household.members.relation",
    }
    assert "member.birthdate → household.members.birth_date" in str(warning.message)
    assert "是否写错" in str(warning.message)


@quiet
@pytest.mark.filterwarnings("error::kinderguard.packs.frames.MisspeltColumnsWarning")
def test_a_column_beside_the_fact_that_it_looks_like_is_let_be(book, people):
    children = people.children.with_columns(child_birth_date_=pl.lit("x"))
    book.assess_frame(children, members=people.members.with_columns(birthdate=pl.lit("x")))


def test_fields_that_records_lack_are_told(book, people):
    frame = people.children.with_columns(pl.lit([], dtype=pl.List(pl.Struct({"kind": pl.String}))).alias("father.situations"))  # fmt: skip
    with pytest.warns(MissingColumnsWarning, match=r"father\.situations\.ongoing"):
        book.assess_frame(frame, members=people.members)
    with pytest.warns(MissingColumnsWarning, match=r"mother\.situations\.kind"):
        book.assess_frame(
            people.children.drop("mother.situations"), members={"mother.situations": people.children.select("ref")}
        )


@quiet
@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "pyarrow", "duckdb"])
def test_records_of_nobody_are_counted_and_left_out(book, kind):
    children, situations = table(ref=["a"]), table(ref=["a", "zz-9", None], kind=["dead"] * 3)
    with pytest.warns(OrphanedRecordsWarning, match=r"2 of 3 rows of father\.situations have a ref") as caught:
        book.assess_frame(KINDS[kind](children), members={"father.situations": KINDS[kind](situations)})
    (told,) = [w for w in caught if w.category is OrphanedRecordsWarning]
    assert told.filename == __file__
    assert "不属于任何儿童" in str(told.message)
    assert "zz-9" not in str(told.message)
    found = told.message
    assert (found.path, found.key, found.orphaned, found.records) == ("father.situations", "ref", 2, 3)


@pytest.mark.filterwarnings("error::kinderguard.packs.frames.OrphanedRecordsWarning")
@quiet
@pytest.mark.parametrize("kind", ["polars", "lazy"])
def test_no_orphans_are_told_of_records_that_have_a_child_or_that_no_rule_asks_for(book, kind):
    # A number and its digits are one key, here as where records are found.
    for mine, theirs in (([7, 8], ["7", "8", "7"]), (["7", "8"], [7.0, 8.0, 8.0])):
        situations = {"father.situations": table(ref=theirs, kind=["dead"] * 3)}
        book.assess_frame(KINDS[kind](table(ref=mine)), members=situations)
    book.assess_frame(KINDS[kind](table(ref=["a"])), members={"household.members": table(ref=["b"], counted=[True])})


@quiet
def test_a_lazy_frame_is_asked_for_its_keys_alone_and_only_where_a_rule_asks_for_their_records(book, tmp_path):
    asked = []

    def noted(rows):
        asked.append(rows.columns)
        return rows

    table(ref=["a"], child__birth_date=["2015"], division_code=["330199"]).write_parquet(tmp_path / "c.parquet")
    lazy = pl.scan_parquet(tmp_path / "c.parquet").map_batches(noted, projection_pushdown=True)
    book.assess_frame(lazy, members={"household.members": table(ref=["b"], counted=[True])}, division="330199")
    assert asked == []
    with pytest.warns(OrphanedRecordsWarning, match="1 of 1 rows"):
        book.assess_frame(lazy, members={"father.situations": table(ref=["b"], kind=["dead"])}, division="330199")
    assert asked == [["ref"], ["ref"]]  # whether one stands twice, and whose the records are


# ---- errors ---------------------------------------------------------------------------------------------------------


def refused(book, frame, **options):
    """The problems of a refusal, by the column."""
    with pytest.raises(FrameColumnError) as caught:
        book.assess_frame(frame, **options)
    return {p.where: p.message.en for p in caught.value.problems}


@quiet
def test_misspelt_columns_are_refused_all_at_once_with_the_nearest(book):
    frame = table(child__birth_dat=["2012"], household__member=[[]], child__name=["x"], note=["y"])
    found = refused(book, frame)
    assert set(found) == {"child.birth_dat", "household.member"}
    assert "child.birth_date" in found["child.birth_dat"]
    assert "household.members" in found["household.member"]


@quiet
def test_wrong_types_are_refused_all_at_once(book):
    found = refused(
        book,
        table(
            child__birth_date=[1.5], child__adopted=["yes"], household__monthly_income_per_head=[600.5],
            household__size=["three"], household__aid=["dibao"], child__health=[1],
        ),
    )  # fmt: skip
    assert set(found) == {
        "child.birth_date", "child.adopted", "household.monthly_income_per_head", "household.size", "household.aid",
        "child.health",
    }  # fmt: skip
    assert "Float64" in found["child.birth_date"]
    assert "Decimal" not in found["child.birth_date"]
    assert "pl.Decimal(14, 2)" in found["household.monthly_income_per_head"]


@quiet
def test_names_and_types_are_refused_in_one_go_in_records_and_other_tables_too(book):
    frame = table(
        ref=["a"], child__birth_dat=["2012"], child__adopted=["yes"], guardians=["x"],
        father__situations=[[{"kind": 1, "since": 2.5}]],
    )  # fmt: skip
    found = refused(book, frame, members={"mother.situations": table(ref=["a"], kind=[1], since=["2012"])})
    assert set(found) == {
        "child.birth_dat", "child.adopted", "guardians", "father.situations.kind", "father.situations.since",
        "mother.situations.kind",
    }  # fmt: skip
    with pytest.raises(FrameColumnError, match=r"child\.adopted"):
        book.assess_frame(frame.lazy().select("child.adopted"))


@quiet
def test_a_column_that_no_rule_reads_may_be_of_any_type(book):
    assert len(book.assess_frame(table(child__sex=[1], household__members=[[{"sex": 1}]]))) == 1


@quiet
def test_floats_that_pandas_made_of_gaps_are_refused_with_a_mend_that_works_in_pandas(book):
    frame = pd.DataFrame(
        {
            "household.monthly_income_per_head": [600.5, None],
            "division_code": [330106.0, None],
            "child.adopted": [1.0, None],
        }
    )
    found = refused(book, frame)
    assert '`.map("{:.2f}".format, na_action="ignore")`' in found["household.monthly_income_per_head"]
    assert '`.astype("Int64")`' in found["household.monthly_income_per_head"]
    assert '`.astype("Int64")`' in found["division_code"]
    assert '`.astype("boolean")`' in found["child.adopted"]
    income = frame["household.monthly_income_per_head"].map("{:.2f}".format, na_action="ignore")
    kinds = {"division_code": "Int64", "child.adopted": "boolean"}
    assert len(book.assess_frame(frame.astype(kinds).assign(**{income.name: income}))) == 2


@quiet
def test_cells_that_cannot_be_read_are_refused_all_at_once_with_rows_and_nearest_codes(book):
    frame = table(
        child__health=["healthy", "helthy", None, "?"], child__birth_date=["2012-02-30", None, "2012-3-5", "12"],
        household__aid=[["dibao", "tekum"], [], None, ["dibao"]], household__size=[0, 3, 101, None],
        household__monthly_income_per_head=["1", "-1", "1.005", "１２"],
        father__situations=[[{"kind": "ded", "since": "x"}], None, [], []],
    )  # fmt: skip
    found = refused(book, frame)
    assert "row 1, 3 (" in found["child.health"]
    assert "'healthy'" in found["child.health"]
    assert "row 0, 2, 3 (" in found["child.birth_date"]
    assert "'tekun'" in found["household.aid"]
    assert "row 0, 2 (" in found["household.size"]
    assert "row 1, 2, 3 (" in found["household.monthly_income_per_head"]
    assert "'dead'" in found["father.situations.kind"]
    assert "row 0 (" in found["father.situations.since"]
    assert len(found) == 7


@quiet
def test_many_bad_rows_are_counted_not_listed(book):
    found = refused(book, table(child__birth_date=["never"] * 100))
    assert "row 0, 1, 2, 3, 4 and 95 more" in found["child.birth_date"]


@quiet
def test_where_not_strict_a_bad_cell_is_unknown_and_its_row_says_so(book):
    frame = table(division_code=["330106"] * 2, child__birth_date=["never", "2020-01-01"])
    found = book.assess_frame(frame, strict=False)
    assert problems_of(found) == [["fact.not_valid"], []]
    assert found["complete"].to_list() == [True, True]
    assert "child.birth_date" in found["missing"][0].to_list()


@quiet
@pytest.mark.parametrize(
    ("members", "says"),
    [
        (pl.DataFrame({"number": ["1"]}), "share no key"),
        ({"household.membrs": pl.DataFrame({"ref": ["a"]})}, "household.members"),
        ({"household.members": [{"ref": "a"}]}, "A list is no table"),
    ],
)
def test_tables_of_records_that_do_not_fit_are_refused(book, members, says):
    with pytest.raises(FrameColumnError, match=says):
        book.assess_frame(table(ref=["a"]), members=members)


@quiet
def test_a_list_given_twice_is_refused(book):
    frame = table(ref=["a"], household__members=[[{"sex": "male"}]])
    with pytest.raises(FrameColumnError, match="given twice"):
        book.assess_frame(frame, members=table(ref=["a"]))


@quiet
def test_what_is_no_table_is_refused(book):
    for what in ([{"child.birth_date": "2012"}], {"child.birth_date": ["2012"]}, "people.csv", None):
        with pytest.raises(FrameColumnError, match="is no table"):
            book.assess_frame(what)


# ---- privacy --------------------------------------------------------------------------------------------------------

#: What must not be seen in any message: a name, a number, a day, an amount.
SECRETS = ["张小花", "330199201203051234", "2013-07-19", "13800138000", "31415926"]
SECRET = st.sampled_from(SECRETS)
CELLS = (
    SECRET | st.none() | st.lists(SECRET, max_size=2) | st.lists(st.fixed_dictionaries({"kind": SECRET, "since": SECRET}), max_size=2)
    | st.just(31415926) | st.just(-31415926.5) | st.just(Decimal("-31415926.123")) | st.just(dt.date(2013, 7, 19))
    | st.just(dt.datetime(2013, 7, 19, 3)) | st.booleans() | st.just(31415926 * 10**15) | st.just(dt.time(3))
)  # fmt: skip
COLUMNS = [
    "child.birth_date", "child.health", "child.adopted", "household.size", "household.monthly_income_per_head",
    "household.aid", "father.situations", "guardians", "child.residence.division", "division_code", "child.name",
    "household.number", "330199.central_heating", "child.birth_dat", "ref",
]  # fmt: skip


@st.composite
def odd_frames(draw):
    """Tables in which anything may stand anywhere, each column of one sort."""
    names = draw(st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1, max_size=6))
    columns = {}
    for name in names:
        cell = draw(CELLS)
        kind = draw(st.sampled_from([None, None, pl.Enum(SECRETS), pl.Categorical]))
        values = [cell, None] if draw(st.booleans()) else [cell, cell]
        text = isinstance(cell, str)
        columns[name] = pl.Series(name, values, dtype=kind if text else None, strict=False)
    return pl.DataFrame(columns)


@quiet
@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.OrphanedRecordsWarning")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(odd_frames(), st.none() | odd_frames(), st.booleans())
def test_whatever_stands_in_a_table_it_is_read_or_refused_and_no_value_is_repeated(book, frame, members, strict):
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            book.assess_frame(frame, members=members, strict=strict)
        told = [str(w.message) for w in caught]
    except FrameColumnError as error:
        told = [str(error), repr(error), *(str(p) for p in error.problems)]
    for text in told:
        for secret in SECRETS:
            assert secret not in text


@quiet
@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("household.size", [3, "张小花"]),
        ("child.adopted", [True, "张小花"]),
        ("father.situations", [[{"kind": "dead"}], "张小花"]),
        ("father.situations", [[{"kind": 1}], [{"kind": "张小花"}]]),
        ("child.birth_date", [dt.date(2013, 7, 19), "张小花"]),
    ],
)
def test_a_pandas_column_of_several_types_is_named_without_its_values(book, column, values):
    frame = pd.DataFrame({"ref": ["a", "b"], column: pd.Series(values, dtype=object)})
    with pytest.raises(FrameColumnError, match="several types") as caught:
        book.assess_frame(frame)
    assert [p.where for p in caught.value.problems] == [column]
    assert "张小花" not in str(caught.value)
    assert caught.value.__suppress_context__


@quiet
def test_a_row_that_contradicts_itself_is_refused_without_its_values(book):
    frame = table(father__situations=[[{"kind": "dead", "since": "2013-07-19", "until": "2001-02-03"}]])
    with pytest.raises(kinderguard.model.InvalidRecordError) as caught:
        book.explain_row(frame, 0)
    assert "2013" not in str(caught.value)


@quiet
@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.OrphanedRecordsWarning")
@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MisspeltColumnsWarning")
@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.RepeatedRefsWarning")
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(odd_frames())
def test_any_row_that_is_assessed_is_opened_with_the_same_results_and_the_same_unread_cells(book, frame):
    try:
        expected = book.assess_frame(frame, strict=False)
    except FrameColumnError:
        return
    for row in range(len(frame)):
        opened = book.explain_row(frame, row, strict=False)
        codes = {p.code for p in opened.problems}
        assert ("fact.not_valid" in codes) is ("fact.not_valid" in expected["problems"][row].to_list())
        assert opened.categories["cn.orphan"] is expected["cn.orphan"][row]
        assert sorted(opened.open_facts) == sorted(expected["missing"][row].to_list())
        for secret in SECRETS:
            assert secret not in str(opened.problems)


# ---- help received --------------------------------------------------------------------------------------------------


@quiet
@pytest.mark.parametrize("lazy", [False, True], ids=["frame", "lazy"])
def test_help_under_codes_that_no_policy_has_is_told_before_a_table_is_assessed(book, lazy):
    children = pl.DataFrame(
        {
            "child.birth_date": ["2015-06-01"] * 3,
            "help": [
                [{"policy": "cn.dibao_benifit"}, {"policy": "cn.dibao_benefit"}],
                [{"policy": "张三丰的补助"}, {"policy": "330106.rice"}],
                None,
            ],
        }
    )
    with pytest.warns(UnknownHelpWarning) as caught:
        book.assess_frame(children.lazy() if lazy else children, on=dt.date(2025, 9, 1))
    (told,) = [w.message for w in caught if isinstance(w.message, UnknownHelpWarning)]
    assert (told.codes, told.records) == ({"cn.dibao_benifit": 1}, 2)
    assert "Did you mean 'cn.dibao_benefit'?" in str(told)
    assert "张三丰" not in str(told)


@quiet
def test_help_in_a_table_of_its_own_is_looked_at_too(book):
    children = pl.DataFrame({"ref": ["a"], "child.birth_date": ["2015-06-01"]})
    helped = pl.DataFrame({"ref": ["a", "a"], "policy": ["cn.orphan_alowance", "cn.orphan_allowance"]})
    with pytest.warns(UnknownHelpWarning, match="cn.orphan_allowance"):
        book.assess_frame(children, members={"help": helped}, on=dt.date(2025, 9, 1))


def test_the_schema_gives_the_facts_that_no_rule_reads_where_asked(book):
    read, every = book.frame_schema(), book.frame_schema(unread=True)
    assert {c.name for c in read} < {c.name for c in every}
    assert set(fact_kinds().fields) <= {c.name for c in every}
    assert {c.name for c in every.under("child.care")} == {
        f"child.care.{name}" for name in ("alone_overnight", "kind", "last_visit", "quality")
    }
    assert [d["read_by"] for d in every.under("child.care.last").to_dicts()] == [[]]

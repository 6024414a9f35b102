"""A child who is not born yet on the day is paid nothing, by any engine, and the result says why."""

import datetime as dt

import attrs
import polars as pl
import pytest

import kinderguard
from engines.agreement import COUNTY, book_of, differences
from engines.test_frame_providers import HEATING, agree
from engines.test_frame_providers import book_of as providers_of
from engines.test_frame_traps import TITLE
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.analysis import compare, coverage, needs, timeline
from kinderguard.engines.assessment_line import assessment_line
from kinderguard.engines.frame.rows import frame_of
from kinderguard.rules.ruleset import RuleSet

DAY = dt.date(2025, 9, 1)
BOOK = kinderguard.load().on(DAY)
FACTS = {
    "child.registration.division": "330199",
    "father.situations": [{"kind": "dead", "since": "2020"}],
    "mother.situations": [{"kind": "dead", "since": "2020"}],
    "household.aid": ["dibao"],
    "child.disability.kind": "physical",
    "child.disability.grade": "1",
}
UNBORN = ("2025-09-02", "2025-10-01", "2025-10", "2026", "2026-05")
BORN = ("2025", "2025-09", "2025-09-01", "2020-02-29")

pytestmark = pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")


def of(birth, **more):
    return FACTS | {"child.birth_date": birth} | more


@pytest.mark.parametrize("birth", UNBORN)
def test_nothing_is_settled_before_birth(birth):
    result = BOOK.assess(Case.from_facts(of(birth)))
    assert set(result.categories.values()) | {p.eligible for p in result.policies.values()} == {None}
    assert {p.low for p in result.policies.values() if p.is_cash} == {0}
    assert not any(p.granted for p in result.policies.values())
    assert [(p.code, p.where) for p in result.problems] == [("case.not_yet_born", "child.birth_date")]
    assert not result.complete
    assert (result.missing, result.documents, result.open_facts) == (
        (),
        (),
        (),
    )  # the problem says what is to be corrected
    assert result.case == Case.from_facts(of(birth))


@pytest.mark.parametrize("division", ["330199", "220102", "3301", None])
def test_of_a_child_to_be_born_one_thing_is_said(division):
    """Not what is open, nor which standards nobody set, nor that the place is unknown; and by tables alike."""
    facts = {path: value for path, value in of("2025-10-01").items() if path != "child.registration.division"}
    facts |= {"child.registration.division": division} if division else {}
    result = BOOK.assess(Case.from_facts(facts))
    (problem,) = result.problems
    row = BOOK.assess_frame(pl.DataFrame([facts])).to_dicts()[0]
    assert row["problems"] == [problem.code] == ["case.not_yet_born"]
    assert differences(result, row) == {}
    for lang, open_ in (("zh", "待定"), ("en", "open")):
        said = problem.message.in_(lang)
        shown, explained = result.view(lang).text, result.explain().text(lang)
        assert (shown.count(said), explained.count(said)) == (1, 1)
        assert open_ not in shown + explained
        assert "0.00" not in shown + explained
        assert len(explained.splitlines()) == 2
    assert result.explain("cn.orphan_allowance").text("en").splitlines() == [
        "? Basic living allowance for orphans: not assessed [cn.orphan_allowance]", f"└─ ? {problem.message.en}",
    ]  # fmt: skip
    assert "before birth nothing can be assessed" in problem.message.en
    assert {tuple(p["unset"]) for p in result.explain().to_dict()["policies"].values()} == {()}


@pytest.mark.parametrize("birth", BORN)
def test_a_child_who_may_be_born_is_assessed(birth):
    result = BOOK.assess(Case.from_facts(of(birth)))
    assert result.policies["cn.orphan_allowance"].eligible is True
    assert result.complete


@pytest.mark.parametrize("kind", ["text", "date", "moment", "lazy", "parquet", "explained"])
def test_tables_say_the_same_row_for_row(kind, tmp_path):
    births = ("2025-10-01", "2025-09-01", "2012-03-05", None, "2025-09-02")
    frame = pl.DataFrame([of(birth) | {"ref": f"F-{k}"} for k, birth in enumerate(births)], infer_schema_length=None)
    if kind in ("date", "moment"):
        frame = frame.with_columns(pl.col("child.birth_date").str.to_date())
    if kind == "moment":
        frame = frame.with_columns(pl.col("child.birth_date").cast(pl.Datetime))
    if kind == "explained":
        said = [BOOK.explain_row(frame, k).problems for k in range(len(births))]
        assert [[p.code for p in problems] for problems in said] == [
            ["case.not_yet_born"],
            [],
            [],
            [],
            ["case.not_yet_born"],
        ]
        return
    if kind == "parquet":
        frame.write_parquet(tmp_path / "in.parquet")
        BOOK.assess_parquet(tmp_path / "in.parquet", tmp_path / "out.parquet", progress=False)
        found = pl.read_parquet(tmp_path / "out.parquet")
    else:
        found = BOOK.assess_frame(frame.lazy() if kind == "lazy" else frame)
        found = found.collect() if kind == "lazy" else found
    for birth, row in zip(births, found.to_dicts(), strict=True):
        result = BOOK.assess(Case.from_facts({k: v for k, v in of(birth).items() if v is not None}))
        assert row["problems"] == [p.code for p in result.problems]
        assert row["complete"] is result.complete
        assert sorted(row["missing"]) == sorted(result.open_facts)
        assert bool(row["missing"]) is (row["problems"] == [])
        for code, value in result.categories.items():
            assert row[code] is value
        for code in ("cn.orphan_allowance", "cn.dibao_benefit", "cn.disability_care_subsidy"):
            assert row[f"{code}.eligible"] is result.policies[code].eligible
            assert row[f"{code}.amount"] == result.policies[code].amount


def test_files_say_so_where_no_rule_asks_for_the_birth(tmp_path):
    """Only the columns that rules ask for are read from a file: the day of birth always, since nothing counts before it."""
    given = r.Policy("cn.given", TITLE, eligible=r.household.size >= 2, amount=r.yuan("100"), every=r.MONTH)
    book = book_of(RuleSet([], [given]))
    frame = pl.DataFrame({"ref": ["born", "unborn"], "child.birth_date": ["2025", "2026"], "household.size": [3, 3]})
    frame.write_parquet(tmp_path / "in.parquet")
    found = book.assess_parquet(tmp_path / "in.parquet", tmp_path / "out.parquet", progress=False).scan().collect()
    assert found["problems"].to_list() == [["case.division_unknown"], ["case.not_yet_born"]]
    assert found["cn.given.eligible"].to_list() == [True, None]
    there = book.assess_frame(frame)
    assert found.select(there.columns).equals(there)
    more = book.with_policies(attrs.evolve(given, amount=r.yuan("150")))
    for source in (tmp_path / "in.parquet", frame):
        found = compare(book, more, source)
        rows = found.children().select("ref", "kind", "year_low", "year_high").rows()
        assert rows == [("born", "gains", 600, 600)]
        assert (found.effect().all.children, found.effect().unborn) == (1, 1)


def test_nobody_is_asked_for_papers_of_a_child_to_be_born():
    frame = pl.DataFrame([of(birth) for birth in ("2025-10-01", "2026")], infer_schema_length=None)
    found = coverage(BOOK, frame)
    assert (found.count, found.unborn, found.undetermined, found.undetermined_by_values) == (0, 2, 0, 0)
    assert (found.papers, found.missing, found.unset) == ((), (), ())
    assert [len(found.children()), sum(cover.undetermined for cover in found.all.values())] == [0, 0]
    for lang, said in (("en", "2 more children are not born yet"), ("zh", "另有 2 名儿童当日尚未出生")):
        assert found.summary(lang).count(said) == found.view(lang).text.count(said) == 1
    assert coverage(BOOK, frame.with_columns(pl.lit("2012").alias("child.birth_date"))).papers


def test_a_child_to_be_born_neither_gains_nor_loses_nor_leaves_anything_open():
    reform = BOOK.with_parameters({"cn.dibao.monthly_standard": {"330199": "1300"}})
    frame = pl.DataFrame([of(birth) for birth in ("2025-10-01", "2012", "2026")], infer_schema_length=None)
    both, born = (compare(BOOK, reform, rows, by="age") for rows in (frame, frame[1:2]))
    found, alone = both.effect(), born.effect()
    assert (found.unborn, alone.unborn) == (2, 0)
    for name in ("all", "tables", "policies", "reaches", "unset", "boundless", "widths", "recorded", "not_narrowed"):
        assert getattr(found, name) == getattr(alone, name), name
    assert found.notes[1:] == alone.notes
    assert found.notes[0].en == "2 more children are not born yet on the day, and neither assessed nor counted here"
    assert both.children()["row"].to_list() == [1]
    for lang in ("zh", "en"):
        assert both.summary(lang).count(found.notes[0].in_(lang)) == 1
        assert both.view(lang).text.count(found.notes[0].in_(lang)) == 1
    opened = both.open(0)
    assert (opened.policies, opened.rules, opened.surely_paid) == ((), (), ())
    assert opened.change_a_year.is_zero
    assert opened.change_once.is_zero
    for lang in ("zh", "en"):
        (problem,) = opened.before.problems
        assert opened.summary(lang).count(problem.message.in_(lang)) == 1
        assert opened.view(lang).text.count(problem.message.in_(lang)) == 1
        assert "0.00" not in opened.summary(lang) + opened.view(lang).text
    assert both.open(1).policies


def test_a_household_s_help_is_counted_once_beside_a_child_to_be_born():
    reform = BOOK.with_parameters({"cn.dibao.monthly_standard": {"330199": "1300"}})
    one = {"household.number": "H", "household.size": 3, "household.monthly_income_per_head": "100"}
    rows = [of(birth, **one) for birth in ("2025-10-01", "2012", "2014")]
    both, born = (compare(BOOK, reform, pl.DataFrame(r, infer_schema_length=None)).effect() for r in (rows, rows[1:]))
    assert both.policies == born.policies
    assert both.cost_a_year == born.cost_a_year


def test_needs_of_a_child_to_be_born_are_not_to_be_clarified():
    frame = pl.DataFrame([of(birth) for birth in ("2025-10-01", "2012")], infer_schema_length=None)
    both, born = needs(BOOK, frame), needs(BOOK, frame[1:])
    assert (both.children, both.unborn, both.all) == (1, 1, born.all)
    assert both.summary("en").count("1 more child is not born yet") == 1
    assert both.view("zh").text.count("另有 1 名儿童当日尚未出生") == 1


def solved(amount):
    policy = r.Policy("cn.p", TITLE, eligible=r.all_of(), amount=amount, every=r.MONTH)
    return book_of(RuleSet([r.Category("cn.early", TITLE, r.child.birth_date > r.DAY)], [policy]))


def test_the_solver_knows_no_child_who_is_not_born():
    (never,) = solved(r.yuan("1")).prove(on=DAY, questions=("reach",), about=["cn.early"]).of("can_apply")
    assert never.outcome.value == "refuted"


def test_the_solver_s_bounds_hold_of_a_child_to_be_born():
    amount = r.when(r.child.birth_date > r.DAY, r.yuan("9")).otherwise(
        r.when(r.child.adopted, r.yuan("2")).otherwise(r.yuan("1"))
    )
    case = Case.from_facts({"child.birth_date": "2026", "child.adopted": True})
    book = solved(amount)
    own, exact = (x.policies["cn.p"] for x in (book.assess(case, on=DAY), book.exact_bounds(case, on=DAY)))
    assert (own.low, own.high) == (1, 9)
    assert (exact.low, exact.high) == (1, 2)  # nothing stated counts, and of those who are born nobody gets more


def test_of_a_child_to_be_born_nobody_tells_anything():
    asked = []
    book = providers_of(r.FactProvider(HEATING, [r.child.birth_date], asked.append))
    case = Case.from_facts({"division_code": COUNTY, "child.birth_date": "2025-10-01", "extra": {COUNTY: {"rooms": 9}}})
    result = book.assess(case)
    assert asked == []
    assert "provider.failed" not in {p.code for p in result.problems}
    agree(book, [case])


def test_a_timeline_begins_with_the_birth():
    line = timeline(BOOK, Case.from_facts(of("2025-10-15")), start=dt.date(2025, 9, 1), until=dt.date(2025, 12, 31))
    assert [month.due.low > 0 for month in line.months] == [False, False, True, True]
    assert [month.due.amount for month in line.months[:2]] == [0, 0]
    assert line.months[0].policies == {}
    assert min(event.day for event in line.events) == dt.date(2025, 10, 15)
    assert not [event for event in line.events if "-" in event.text.en.split("turns")[-1] and "turns" in event.text.en]


# ---- told of a case as a whole --------------------------------------------------------------------------------------


def test_a_child_of_another_place_is_told_by_a_pinned_book():
    book = BOOK.for_division("330199")
    facts = {"child.birth_date": "2012-03-05", "child.registration.division": "330106"}
    result = book.assess(Case.from_facts(facts))
    assert (result.division, result.complete) == ("330199", False)
    assert [p.code for p in result.problems] == ["case.division_elsewhere"]
    frame = pl.DataFrame(
        {
            "child.birth_date": ["2012-03-05"] * 5,
            "child.registration.division": ["330106", "330199001", "33", None, "44"],
        }
    )
    told = ["case.division_elsewhere"]
    assert book.assess_frame(frame)["problems"].to_list() == [told, [], [], [], told]
    assert book.assess_frame(frame)["complete"].to_list() == [False, True, True, True, False]
    for row, place in zip(book.assess_frame(frame).to_dicts(), frame["child.registration.division"], strict=True):
        facts = {"child.birth_date": "2012-03-05", "child.registration.division": place}
        assert differences(book.assess(Case.from_facts(facts)), row) == {}


def test_parquet_and_lines_say_that_a_child_of_another_place_is_incomplete(tmp_path):
    book, source = BOOK.for_division("330199"), tmp_path / "children.parquet"
    pl.DataFrame({"child.birth_date": ["2012-03-05"] * 2, "division_code": ["330106", "330199"]}).write_parquet(source)
    book.assess_parquet(source, tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out")["complete"].to_list() == [False, True]
    case = Case.from_facts({"child.birth_date": "2012-03-05", "division_code": "330106"})
    result = book.assess(case)
    assert assessment_line(result)["complete"] is False
    assert "incomplete" in result.view("en").text
    assert result.explain().to_dict()["complete"] is False


CHILD = {"child.birth_date": "2012-03-05"}
ROUGH = "case.county_unknown"


@pytest.mark.parametrize(
    ("division", "is_rough"), [("33", True), ("3301", True), ("330106", False), ("330199001", False), ("44", False)]
)
def test_a_place_known_to_province_or_city_is_told_where_a_county_within_has_rules_of_its_own(division, is_rough):
    case = Case.from_facts(CHILD | {"division_code": division})
    result, row = BOOK.assess(case), BOOK.assess_frame(frame_of([case])).row(0, named=True)
    assert (ROUGH in [p.code for p in result.problems], result.complete) == (is_rough, not is_rough)
    assert (ROUGH in row["problems"], row["complete"]) == (is_rough, not is_rough)
    unborn = Case.from_facts({"child.birth_date": "2026", "division_code": division})
    assert [p.code for p in BOOK.assess(unborn).problems] == ["case.not_yet_born"]
    assert BOOK.assess_frame(frame_of([unborn]))["problems"].to_list() == [["case.not_yet_born"]]


def test_it_is_told_by_what_the_book_holds():
    case = Case.from_facts(CHILD | {"division_code": "44"})
    meal = r.Policy("440103.meal", r.Text("午餐", "Meal"), r.child.age < 16, amount=r.yuan("150"), every=r.MONTH)
    for book in (BOOK.with_policies(meal), BOOK.with_parameters({"cn.dibao.monthly_standard": {"440103": "1200"}})):
        for by in (book, kinderguard.PolicyBook.from_json(book.to_json())):
            assert (ROUGH in {p.code for p in by.assess(case, on=DAY).problems}) is True
            assert ROUGH not in {p.code for p in by.assess(case, on=DAY, division="440103").problems}


@pytest.mark.parametrize("division", ["330106", "330199"])
def test_whoever_names_the_place_of_a_child_is_told_nothing(division):
    case = Case.from_facts({"child.birth_date": "2012-03-05", "child.registration.division": division})
    assert "case.division_elsewhere" not in {p.code for p in BOOK.assess(case, division="330199").problems}
    assert "case.division_elsewhere" not in {p.code for p in BOOK.assess(case).problems}


@pytest.mark.parametrize(
    ("place", "name", "near"),
    [
        ("330199", "foo", ""), ("330199", "zzzzzzzzz", ""), ("330199", "x", ""), ("330199", "central_heatng", "330199.central_heating"),
        ("3301", "central_heating", "330199.central_heating"), ("33", "central_heating", "330199.central_heating"),
    ],
)  # fmt: skip
def test_a_local_fact_that_no_rule_knows_is_told(place, name, near):
    case = Case.from_facts({"child.registration.division": "330199", "extra": {place: {name: True}}})
    (problem,) = BOOK.assess(case).problems
    assert (problem.code, problem.where) == ("fact.unknown", f"{place}.{name}")
    assert ("Did you mean" in problem.message.en) is bool(near)
    assert near in problem.message.en


def test_a_local_fact_that_may_be_a_person_is_told_without_its_name():
    case = Case.from_facts({"child.registration.division": "330199", "extra": {"330199": {"张三": 1}}})
    (problem,) = BOOK.assess(case).problems
    assert problem.where == "330199.…"
    assert "张三" not in str(problem.message)

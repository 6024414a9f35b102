"""What comes from outside is read or refused in the library's own words, and JSON is read as its published schema says."""

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard import Case, InvalidRecordError, KinderguardError
from kinderguard.engines.assessment_line import AssessmentLine, assessment_line
from kinderguard.report import schema

SCHEMA = schema("case")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
LINES = jsonschema.Draft202012Validator(schema("assessment-line"))
BOOK = kinderguard.load().on(dt.date(2025, 9, 1)).for_division("330199")

HUGE = 10**6000
EXTREME_TEXTS = (
    "", " ", "NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1e999999999", "-1e999999999", "1e-999999999", "-0", "0000",
    "9999-12-31", "0001-01-01", "9" * 5000, "\ud800", "1_000", "+5", ".5", "5.", "٣", "２０１２", "0" * 5000 + "1", "\x00",
)  # fmt: skip
EXTREME = (
    *EXTREME_TEXTS, HUGE, -HUGE, 0, -1, True, 1e400, -0.0, float("nan"), Decimal("1e999999999"), Decimal("sNaN"),
    Decimal("-0"), Fraction(1, 3), b"\xff", dt.date.min, dt.date.max, dt.datetime.max, [], [[]], {}, {"\ud800": HUGE}, object(), None,
)  # fmt: skip
PATHS = (
    "ref", "division_code", "child.birth_date", "child.name", "child.resident_id", "child.adopted", "child.ethnic_group",
    "child.registration.division", "child.orphan_since", "child.sex", "child.state_guardianship", "child", "household",
    "household.size", "household.monthly_income_per_head", "household.incomes", "household.aid", "father.situations", "help",
    "evidence", "extra", "330199.central_heating", "330199.x", "330199.\ud800", "33", "", ".", "child..x", "child.\ud800", "x" * 5000,
)  # fmt: skip
RECORDS = ("on", "amount", "since", "until", "term_months", "ongoing", "kind", "policy", "paper", "valid_until")


def refused_in_our_words(read: Any, *given_: Any) -> None:
    """Read, or an error of the library: nothing else comes out."""
    try:
        case = read(*given_)
    except KinderguardError:
        return
    if isinstance(case, Case):
        repr(case)
        Case.model_validate_json(case.to_json())


@pytest.mark.parametrize("path", PATHS)
def test_extreme_facts_are_read_or_refused_in_our_words(path: str) -> None:
    for value in EXTREME:
        refused_in_our_words(Case.from_facts, {path: value})


@pytest.mark.parametrize("field", RECORDS)
def test_extreme_fields_of_records_are_read_or_refused_in_our_words(field: str) -> None:
    for value in EXTREME:
        for path in ("father.situations", "household.incomes", "help", "evidence"):
            refused_in_our_words(Case.from_facts, {path: [{field: value}]})


extreme_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(EXTREME_TEXTS) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from((*Case.model_fields, *RECORDS, "birth_date", "size", "situations")), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(extreme_json)
def test_any_json_is_read_or_refused_in_our_words(data: Any) -> None:
    refused_in_our_words(Case.model_validate, data)
    refused_in_our_words(Case.model_validate_json, json.dumps(data))


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, b"\xff", '"\\ud800"', '{"child": {"name": "\\ud800"}}', "NaN", "9" * 5000, "1e400"]
)
def test_json_that_is_none_is_refused_in_our_words(text: str) -> None:
    with pytest.raises(InvalidRecordError):
        Case.model_validate_json(text)


@pytest.mark.parametrize("facts", [None, [], "{}", {1: 2}, {HUGE: 1}], ids=range(5))
def test_facts_that_are_no_dict_are_refused_with_how_they_are_given(facts: Any) -> None:
    with pytest.raises(InvalidRecordError, match="dict of facts by path"):
        Case.from_facts(facts)


# ---- the published schema and the model -----------------------------------------------------------------------------

RIGHT = {
    "boolean": [True, False], "integer": [1, 4, 100], "money": ["0", "600", "600.5", "999999999999.99"],
    "date": ["2012", "2012-03", "2012-03-05"], "division": ["33", "330199", "330199001002"], "text": ["x", "某某"],
}  # fmt: skip
WRONG = [
    "yes", "no", "n", "off", "true", "", " ", "5", " 5 ", "+5", ".5", "5.", "1_000", "1e3", "-0", "-1", "600.001", "0000", "2012-3",
    " 2012", "330199 ", "99", 0, 1, -1, 4.5, 0.0, 101, 1e300, 10**30, [], ["x"], {}, {"x": 1}, None, True,
]  # fmt: skip


def kind_of(field: dict[str, Any]) -> str | None:
    """What a field of the schema holds."""
    for way in (*field.get("anyOf", ()), field):
        if way.get("x-unit") == "yuan":
            return "money"
        if "x-kind" in way:
            return "date"
        if way.get("pattern", "").startswith("^(11|12"):
            return "division"
        if way.get("type") in ("boolean", "integer"):
            return str(way["type"])
        if way.get("type") == "string":
            return "text"
    return None


@st.composite
def documents(draw: st.DrawFn, ref: str = "", depth: int = 0) -> Any:
    """A case as the schema describes it, in which one value or another may be wrong."""
    described = SCHEMA if depth == 0 else SCHEMA["$defs"][ref.rsplit("/", 1)[1]]
    if "enum" in described:
        return draw(st.sampled_from([*described["enum"], *WRONG]))
    if "properties" not in described:
        return draw(st.sampled_from(WRONG))
    found = {}
    names = draw(st.lists(st.sampled_from(sorted(described["properties"])), max_size=4, unique=True))
    for name in names:
        field = described["properties"][name]
        if name in ("resident_id", "extra", "ref"):
            continue  # what a schema cannot say of them is tested beside it
        found[name] = draw(value_of(field, depth))
    return found


@st.composite
def value_of(draw: st.DrawFn, field: dict[str, Any], depth: int) -> Any:
    """A value of a field: one that fits, now and then one that does not."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(WRONG))
    ways = field.get("anyOf", [field])
    way = next(w for w in ways if w.get("type") != "null")
    if "$ref" in way:
        return draw(documents(way["$ref"], depth + 1)) if depth < 3 else None
    if way.get("type") == "array":
        item = way["items"]
        return draw(st.lists(documents(item["$ref"], depth + 1), max_size=2)) if depth < 3 else []
    return draw(st.sampled_from(RIGHT[kind_of(field) or "text"]))


#: What only the model can say: of two fields together, or of the calendar.
BEYOND = ("contradict", "lies before", "future")


@settings(max_examples=100, deadline=None)
@given(documents())
def test_the_model_reads_the_json_that_its_schema_describes_and_no_other(data: Any) -> None:
    try:
        Case.model_validate_json(json.dumps(data))
        read = True
    except InvalidRecordError as error:
        read = all(any(word in p.message.en for word in BEYOND) for p in error.problems)
    assert read == VALIDATOR.is_valid(data)


@pytest.mark.parametrize(
    "path", ["household.size", "child.adopted", "household.monthly_income_per_head", "child.birth_date"]
)
def test_each_wrong_value_is_refused_by_model_and_schema_alike(path: str) -> None:
    owner, name = path.split(".")
    for value in WRONG:
        data = {owner: {name: value}}
        try:
            Case.model_validate_json(json.dumps(data))
            read = True
        except InvalidRecordError:
            read = False
        assert read == VALIDATOR.is_valid(data), value


def test_python_may_give_money_as_numbers_that_are_exact() -> None:
    given_ = {"household": {"monthly_income_per_head": 600}}
    assert Case.model_validate(given_).household.monthly_income_per_head == Decimal("600.00")
    with pytest.raises(InvalidRecordError, match="quotation marks"):
        Case.model_validate_json(json.dumps(given_))


LINE = assessment_line(BOOK.assess(Case.from_facts({"child.birth_date": "2012", "division_code": "330199"})))


@pytest.mark.parametrize("name", ["complete", "row", "categories", "eligible", "ref"])
def test_a_line_is_read_as_its_schema_says(name: str) -> None:
    for value in (*WRONG, *LINE["categories"].values()):
        if name == "categories":
            data = LINE | {"categories": {"cn.orphan": value}}
        elif name == "eligible":
            policies = {"cn.orphan_allowance": LINE["policies"]["cn.orphan_allowance"] | {"eligible": value}}
            data = LINE | {"policies": policies}
        else:
            data = LINE | {name: value}
        data = {"ref": None, "sheet": None, "row": None} | data
        try:
            AssessmentLine.model_validate_json(json.dumps(data))
            read = True
        except InvalidRecordError:
            read = False
        assert read == LINES.is_valid(data), value


# ---- what a book is given -------------------------------------------------------------------------------------------

CODES = {str(p.kind): code for code, p in BOOK.rules.parameters.items()}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_extreme_values_of_parameters_are_taken_or_refused_in_our_words(code: str) -> None:
    for value in EXTREME:
        refused_in_our_words(BOOK.with_parameters, {code: value})
        refused_in_our_words(BOOK.with_parameters, {code: {"330199": value}})


@pytest.mark.parametrize("place", ["9" * 5000, HUGE, None, "\ud800", 330199], ids=range(5))
def test_extreme_places_are_refused_in_our_words(place: Any) -> None:
    with pytest.raises(KinderguardError):
        BOOK.with_parameters({"cn.orphan.scattered_monthly": {place: "2100"}})
    with pytest.raises(KinderguardError):
        BOOK.for_division(place)


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max, dt.date(1899, 12, 31), "2025-09-01", HUGE], ids=range(5))
def test_a_day_beyond_all_rules_is_refused_in_our_words(day: Any) -> None:
    with pytest.raises(KinderguardError):
        BOOK.on(day)
    with pytest.raises(KinderguardError):
        BOOK.assess(Case(), on=day)


@pytest.mark.parametrize(
    "value", ['"1e999999999"', "9" * 5000, "NaN", "1e400", '{"ratio":"1e999999999"}', '{"decimal":"sNaN"}']
)
def test_extreme_values_in_a_book_s_json_are_refused_in_our_words(value: str) -> None:
    text = kinderguard.load().with_parameters({"cn.orphan.scattered_monthly": "2100"}).to_json(divisions=["330199"])
    assert text.count('"2100"') == 1
    with pytest.raises(KinderguardError):
        kinderguard.PolicyBook.from_json(text.replace('"2100"', value), edited=True).rules  # noqa: B018  read when it is asked for


@pytest.mark.parametrize("case", [{}, {"child": {"birth_date": "2012"}}, "{}", None])
def test_what_is_no_case_is_refused_with_how_one_is_read(case: Any) -> None:
    with pytest.raises(KinderguardError, match="model_validate"):
        BOOK.assess(case)

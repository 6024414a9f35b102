"""What is missing and whose task it is; how many children each place has; who stands in one list and not in another."""

import csv
import datetime as dt
from fractions import Fraction

import pytest

import kinderguard
from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.model import Text
from kinderguard.model.codes import Department
from kinderguard.model.view import display_language
from kinderguard.packs.book import NoDayError
from kinderguard.survey import (
    Expectation,
    RowKey,
    SourceProfile,
    SurveyError,
    absent,
    combine,
    default_expectations,
    found_by_place,
    missing_work,
    read_expectations,
)
from survey.lists import DAY, number, source

ID = number(1)
#: Nothing is unknown that a national rule asks of this child.
WHOLE = {
    "child.resident_id": ID, "child.registration.division": "330199003", "child.registration.kind": "urban",
    "child.residence.division": "330199003", "child.residence.since": "2015-03-05", "child.health": "healthy",
    "child.disability.kind": "none", "child.disability.grade": "none", "child.illness.serious": False, "child.illness.hiv": False,
    "child.schooling.stage": "primary", "child.schooling.boarding": False, "child.care.kind": "parental",
    "child.care.quality": "good", "child.care.alone_overnight": False, "child.adopted": False, "child.birth_parents_not_found": False,
    "child.living_on_street": False, "child.state_guardianship": [], "child.harms": [], "child.individual_dibao": False,
    "father.situations": [], "mother.situations": [], "father.disability.kind": "none", "mother.disability.kind": "none",
    "father.illness.serious": False, "mother.illness.serious": False, "father.supports_child": True, "mother.supports_child": True,
    "father.can_act_as_guardian": True, "mother.can_act_as_guardian": True, "guardians": [], "household.aid": [], "help": [],
    "household.size": 3, "household.monthly_income_per_head": "5000.00", "household.property_within_limits": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


def without(*paths, **more):
    return {path: value for path, value in WHOLE.items() if path not in paths} | more


def test_a_child_of_whom_all_is_known_makes_no_work(book):
    work = missing_work(combine([source("civil_affairs", WHOLE)]), book, on=DAY)
    assert (list(work), work.children, work.complete) == ([], 1, 1)


@pytest.mark.parametrize(
    ("path", "department"),
    [
        ("child.disability.grade", Department.DISABLED_FEDERATION), ("household.aid", Department.CIVIL_AFFAIRS),
        ("father.situations", Department.PUBLIC_SECURITY), ("child.living_on_street", Department.PUBLIC_SECURITY),
        ("child.care.quality", Department.CIVIL_AFFAIRS),
    ],
)  # fmt: skip
def test_a_missing_fact_goes_to_the_department_that_answers_for_it(book, path, department):
    facts = without(path) | ({"child.disability.kind": "physical"} if path == "child.disability.grade" else {})
    if path == "father.situations":  # with a mother of whom all is known it could change nothing
        del facts["mother.situations"]
    work = missing_work(combine([source("civil_affairs", facts)]), book, on=DAY)
    (row,) = [row for row in work if row.path == path]
    assert (row.department, row.township, row.differs) == (department, "330199003", False)
    # A department without a row of the child is told where the child does stand.
    assert row.rows == (RowKey("civil_affairs", "表", 2),)
    assert row.changes


def test_a_department_with_a_row_of_the_child_is_told_that_row_alone(book):
    facts = without("household.aid", "child.living_on_street")
    survey = combine([source("civil_affairs", facts), source("public_security", {"child.resident_id": ID})])
    rows = {row.path: row.rows for row in missing_work(survey, book, on=DAY)}
    assert rows["household.aid"] == (RowKey("civil_affairs", "表", 2),)
    assert rows["child.living_on_street"] == (RowKey("public_security", "表", 2),)


@pytest.mark.parametrize(
    ("registered", "lives", "township"),
    [("330199", "330199002", "330199002"), ("330199", "330106003", "330199"), ("330199003", "330199002", "330199003")],
    ids=["county of the ID and a township in it", "township elsewhere", "township of registration"],
)
def test_a_child_known_to_the_county_only_is_asked_about_in_the_township_where_it_lives(
    book, registered, lives, township
):
    places = {"child.registration.division": registered, "child.residence.division": lives}
    survey = combine([source("civil_affairs", without("household.aid", **places)), source("education")])
    assert {row.township for row in missing_work(survey, book, on=DAY)} == {township}
    assert {row.township for row in absent(survey, book, on=DAY)} == {township}


def test_what_settles_more_comes_first_within_township_and_department(book):
    facts = without("household.aid", "guardians", "child.care.quality", "child.harms")
    work = missing_work(combine([source("civil_affairs", facts)]), book, on=DAY)
    civil = [row for row in work if row.department is Department.CIVIL_AFFAIRS]
    assert [row.settles for row in civil] == sorted((row.settles for row in civil), reverse=True)
    assert civil[0].path == "household.aid"


def test_the_list_is_by_township_and_a_child_without_a_place_comes_last(book):
    rows = [
        without("household.aid", **{"child.resident_id": number(n), "child.registration.division": place})
        for n, place in ((1, "330199009"), (3, "330199002001"))
    ]
    nowhere = without("household.aid", "child.residence.division", "child.registration.division", "child.resident_id")
    nowhere |= {"child.name": "某某", "child.birth_date": "2015-03-05", "child.sex": "male"}
    work = missing_work(combine([source("civil_affairs", *rows, nowhere)]), book, on=DAY)
    places = list(dict.fromkeys(row.township for row in work))
    assert places == ["330199002", "330199009", None]
    lost = [row for row in work if row.township is None]
    assert "child.registration.division" in {row.path for row in lost}
    assert next(r for r in lost if r.department is Department.PUBLIC_SECURITY).path == "child.registration.division"
    assert {row.township for row in work.of(township="330199002")} == {"330199002"}
    assert {row.department for row in work.of(department=Department.CIVIL_AFFAIRS)} == {Department.CIVIL_AFFAIRS}
    assert sum(work.counts.values()) == len(work)


def test_a_fact_that_settles_nothing_alone_is_marked_so(book):
    work = missing_work(combine([source("civil_affairs", {"child.resident_id": ID})]), book, on=DAY)
    told = {row.path: (row.state.en, row.settles > 0) for row in work}
    assert told["household.aid"] == ("no list says", True)
    assert told["household.size"] == ("no list says; settles nothing alone, only with others", False)
    assert {alone for _, alone in told.values()} == {True, False}
    assert all(("alone" in state) is not settles for state, settles in told.values())


def test_lists_that_contradict_each_other_are_work_to_decide_not_to_ask(book):
    rows = [
        source(code, without("household.aid", **{"household.aid": aid}))
        for code, aid in (("civil_affairs", ["dibao"]), ("civil_affairs.b", []))
    ]
    survey = combine(rows)
    (row,) = [row for row in missing_work(survey, book, on=DAY) if row.path == "household.aid"]
    assert row.differs
    assert missing_work(survey.take("household.aid", RowKey("civil_affairs.b", "表", 2)), book, on=DAY).rows == ()


def test_how_much_a_month_may_still_differ_is_shown_in_yuan(book):
    work = missing_work(combine([source("civil_affairs", without("household.aid"))]), book, on=DAY)
    (row,) = [row for row in work if row.path == "household.aid"]
    result = book.assess(combine([source("civil_affairs", without("household.aid"))]).cases[0], on=DAY)
    cash = [result.policies[c] for c in row.changes if c in result.policies]
    expected = sum(p.high - p.low for p in cash if p.is_cash and p.every == "month")
    assert expected > 0
    assert row.monthly == expected


def test_a_kind_of_list_of_ones_own_says_who_answers(book):
    street = SourceProfile("street", Text("街道", "street"), Department.OTHER, answers=["household.aid"])
    work = missing_work(combine([source("civil_affairs", without("household.aid"))]), book, on=DAY, profiles=[street])
    assert {row.department for row in work if row.path == "household.aid"} == {Department.OTHER}


def test_a_pinned_book_needs_no_day_and_without_one_nothing_is_guessed(book):
    survey = combine([source("civil_affairs", without("household.aid")), source("education")])
    assert missing_work(survey, book.on(DAY)) == missing_work(survey, book, on=DAY)
    assert absent(survey, book.on(DAY)) == absent(survey, book, on=DAY)
    for ask in (missing_work, absent):
        with pytest.raises(NoDayError):
            ask(survey, book)


def test_summaries_are_in_the_language_that_is_set_and_printed_as_they_are(book):
    survey = combine([source("civil_affairs", without("household.aid"))])
    told = [survey, missing_work(survey, book, on=DAY), found_by_place(survey, {"330199": 4})]
    assert [str(each) for each in told] == [each.summary("zh") for each in told]
    display_language("en")
    try:
        assert [str(each) for each in told] == [each.summary("en") for each in told]
    finally:
        display_language("zh")
    assert all(each.summary("zh") != each.summary("en") for each in told)


def test_the_work_list_goes_into_csv_and_a_workbook_without_names(book, tmp_path):
    facts = without("household.aid", **{"child.name": "欧阳秘密", "child.note": "备注秘密"})
    work = missing_work(combine([source("civil_affairs", facts, sheet="=1+1")]), book, on=DAY)
    work.save_csv(tmp_path / "work.csv")
    work.save_workbook(tmp_path / "work.xlsx", "en")
    raw = (tmp_path / "work.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert len(rows) == len(work)
    assert (rows[0]["部门"], rows[0]["待了解"], rows[0]["情况"]) == ("民政", "家庭救助类型", "没有名单填写")
    from python_calamine import CalamineWorkbook

    (sheet,) = CalamineWorkbook.from_path(str(tmp_path / "work.xlsx")).sheet_names
    written = CalamineWorkbook.from_path(str(tmp_path / "work.xlsx")).get_sheet_by_name(sheet).to_python()
    assert written[0][:3] == ["Township", "Place", "Department"]
    text = raw.decode("utf-8-sig") + str(written) + str(work) + repr(work) + repr(work.rows)
    assert not any(secret in text for secret in ("秘密", ID))


def test_a_cell_never_becomes_a_formula(tmp_path):
    from kinderguard.survey.tables import write_csv

    write_csv(tmp_path / "x.csv", ["a"], [["=1+1"], ["@x"], ["plain"], [-3, None]])
    assert (tmp_path / "x.csv").read_text("utf-8-sig").split() == ["a", "'=1+1", "'@x", "plain", "-3,"]


def test_progress_reaches_the_end(book):
    rows = [without(**{"child.resident_id": number(n)}) for n in range(1, 61)]
    survey, steps = combine([source("civil_affairs", *rows)]), []
    missing_work(survey, book, on=DAY, progress=lambda *step: steps.append(step))
    assert steps == [(50, 60), (60, 60)]
    steps.clear()
    absent(survey, book, on=DAY, progress=lambda *step: steps.append(step))
    assert steps == [(60, 60)]


# ---- coverage ----------------------------------------------------------------------------------------------------


def placed(*divisions, path="child.registration.division"):
    rows = [
        {"child.name": "某", "child.birth_date": "2015-03-05"} | ({path: d} if d else {}) for d in divisions
    ]  # fmt: skip
    return combine([source("civil_affairs", *rows)])


def test_children_are_counted_by_place_beside_the_reference_the_worst_first():
    found = found_by_place(
        placed("330199001", "330199001002", "330199002", "220102", None),
        {"330199001": 4, "330199002": 1, "330199": 10, "440103": 0},
    )
    assert [(p.division, p.found, p.expected, p.share, p.short) for p in found.places] == [
        ("330199", 3, 10, Fraction(3, 10), 7), ("330199001", 2, 4, Fraction(1, 2), 2), ("330199002", 1, 1, Fraction(1), 0),
        ("440103", 0, 0, None, 0),
    ]  # fmt: skip
    assert (found.elsewhere, found.unplaced) == (1, 1)
    assert "330199001" in str(found)


def test_a_place_without_a_name_is_printed_with_its_code_once():
    found = found_by_place(placed("330199001"), {"330199001": 1, "330198001": 2, "33": 3})
    assert str(found).splitlines()[:3] == [
        "330198001 浙江省：0/2 = 0.0%",
        "33 浙江省：1/3 = 33.3%",
        "330199001 示例县（虚构）：1/1 = 100.0%",
    ]


def test_a_child_known_to_the_county_only_is_in_no_township_of_it():
    found = found_by_place(placed("330199", "330199001"), {"330199001": 2, "330199002": 2})
    assert ([p.found for p in found.places], found.elsewhere, found.unplaced) == ([0, 1], 0, 1)


def test_children_can_be_counted_where_they_live():
    survey = placed("330199001", path="child.residence.division")
    assert found_by_place(survey, {"330199": 1}, placed_by="residence").places[0].found == 1
    assert found_by_place(survey, {"330199": 1}, placed_by="registration").unplaced == 1


@pytest.mark.parametrize(
    ("reference", "by", "says"),
    [({"9": 1}, "division", r"or 12 \(a village\) digits"), ({"330199": -1}, "division", "whole number"), ({"330199": 1}, "birth", "'registration'")],
)  # fmt: skip
def test_a_reference_that_is_none_is_refused(reference, by, says):
    with pytest.raises(SurveyError, match=says):
        found_by_place(placed("330199001"), reference, placed_by=by)


# ---- absent ------------------------------------------------------------------------------------------------------

DISABLED = {"child.disability.kind": "physical", "child.disability.grade": "2"}


def test_a_disabled_child_of_civil_affairs_is_missing_from_the_federations_list(book):
    lists = [
        source("civil_affairs", without(*DISABLED, **DISABLED, **{"child.name": "欧阳秘密"}), without(**{"child.resident_id": number(3)})),
        source("disabled_federation"),
    ]  # fmt: skip
    found = absent(combine(lists), book, on=DAY)
    (row,) = found
    assert (row.department, row.township, row.rows) == (
        Department.DISABLED_FEDERATION, "330199003", (RowKey("civil_affairs", "表", 2),),
    )  # fmt: skip
    assert "秘密" not in repr(found) + repr(found.rows) + str(found.table("en"))
    assert set(found.without_list) == {Department.EDUCATION, Department.PUBLIC_SECURITY, Department.WOMENS_FEDERATION}


def test_a_child_that_stands_in_both_lists_is_not_missing(book):
    lists = [source(code, without(*DISABLED, **DISABLED)) for code in ("civil_affairs", "disabled_federation")]
    assert len(absent(combine(lists), book, on=DAY)) == 0


def test_what_is_unknown_expects_nothing(book):
    lists = [source("civil_affairs", {"child.resident_id": ID}), source("disabled_federation"), source("education")]
    assert len(absent(combine(lists), book, on=DAY)) == 0


def test_a_pupil_is_expected_in_educations_list_and_told_once(book, tmp_path):
    lists = [source("civil_affairs", WHOLE), source("education"), source("public_security")]
    found = absent(combine(lists), book, on=DAY)
    assert [row.department for row in found] == [Department.EDUCATION, Department.PUBLIC_SECURITY]
    assert len(found.of(department=Department.EDUCATION)) == 1
    assert len(found.of(township="22")) == 0
    found.save_csv(tmp_path / "absent.csv")
    found.save_workbook(tmp_path / "absent.xlsx")
    assert "在校学生应在教育部门名单中" in (tmp_path / "absent.csv").read_text("utf-8-sig")


def test_expectations_can_be_ones_own(book):
    mine = [
        Expectation(Department.HEALTH, Text("应体检", "to be examined"), fact="child.living_on_street", among=["False"])
    ]
    profile = SourceProfile("health", Text("卫健", "health"), Department.HEALTH)
    from kinderguard.survey import Source

    clinic = Source(profile, DAY, source("education").ledger)
    survey = combine([source("civil_affairs", WHOLE), clinic])
    assert [row.because.en for row in absent(survey, book, on=DAY, expected=mine)] == ["to be examined"]


def test_every_category_that_is_expected_somewhere_exists(book):
    survey = combine([source("civil_affairs", WHOLE)])
    categories = book.assess(survey.cases[0], on=DAY).categories
    for expectation in default_expectations():
        assert expectation.category is None or expectation.category in categories
    wrong = [Expectation(Department.EDUCATION, Text("误", "wrong"), category="cn.orpan")]
    with pytest.raises(UnknownCodeError, match=r"cn\.orphan"):
        absent(combine([source("civil_affairs", WHOLE), source("education")]), book, on=DAY, expected=wrong)
    local = [Expectation(Department.EDUCATION, Text("他县", "elsewhere"), category="220102.own")]
    assert (
        len(absent(combine([source("civil_affairs", WHOLE), source("education")]), book, on=DAY, expected=local)) == 0
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[expected]]\ndepartment = "educaton"', "Did you mean 'education'"), ('[[expected]]\ndepartment = "education"', "because is written"),
        ('[[expected]]\ndepartment = "education"\nbecause = {zh = "因", en = "x"}', "names a category, or a fact"),
        ('[[expected]]\ndepartment = "education"\nbecause = {zh = "因", en = "x"}\nfact = "child.schoolling"\namong = ["x"]', "Did you mean 'child.schooling'"),
        ('[[expected]]\ndepartment = "education"\nbecause = {zh = "因", en = "x"}\ncategorie = "cn.orphan"', "did you mean 'category'"),
        ('expected = "x"', r"\[\[expected\]\]"), ("[", "no TOML"),
    ],
)  # fmt: skip
def test_expectations_that_are_not_right_name_entry_and_mend(tmp_path, text, says):
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SurveyError, match=says) as error:
        read_expectations(path)
    assert error.value.text.zh.startswith("mine.toml")
    with pytest.raises(SurveyError, match="cannot be read"):
        read_expectations(tmp_path / "none.toml")


def test_the_work_changes_with_the_day(book):
    grown = missing_work(combine([source("civil_affairs", {"child.resident_id": ID})]), book, on=dt.date(2060, 1, 1))
    young = missing_work(combine([source("civil_affairs", {"child.resident_id": ID})]), book, on=DAY)
    assert len(grown) < len(young)

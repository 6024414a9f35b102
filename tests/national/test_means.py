"""Income at the standard and at 1.5 times it; property; recognition; one-person dibao; what does not ask for means."""

import datetime as dt
from decimal import Decimal

import pytest

DAY = dt.date(2025, 9, 1)


def means(income, **more):
    return {"household.monthly_income_per_head": income} | {f"household.{k}": v for k, v in more.items()}


@pytest.mark.parametrize(
    ("income", "dibao", "marginal", "marginal_with_equality"),
    [
        ("999.99", True, False, False),
        ("1000.00", False, True, True),
        ("1000.01", False, True, True),
        ("1499.99", False, True, True),
        ("1500.00", False, False, True),
        ("1500.01", False, False, False),
        (None, None, None, None),
    ],
)
def test_below_the_standard_excludes_it_and_equality_is_a_switch(
    assess, book, income, dibao, marginal, marginal_with_equality
):
    including = book.with_parameters({"cn.dibao_marginal.includes_equality": True})
    found = assess(means(income)).categories
    assert (found["cn.dibao"], found["cn.dibao_marginal"]) == (dibao, marginal)
    assert assess(means(income), using=including).categories["cn.dibao_marginal"] is marginal_with_equality


@pytest.mark.parametrize(("limits", "expected"), [(True, True), (False, False), (None, None)])
def test_property_beyond_the_limits_rules_dibao_out(assess, limits, expected):
    assert assess(means("500", property_within_limits=limits)).categories["cn.dibao"] is expected


def test_recognition_counts_whatever_the_income(assess):
    assert assess(means("5000", aid=["dibao"])).categories["cn.dibao"] is True
    assert assess(means("5000", aid=["dibao_marginal"])).categories["cn.dibao_marginal"] is True
    assert assess(means("5000", aid=["rigid_expenditure"])).categories["cn.rigid_expenditure"] is True
    assert assess(means("5000", aid=["tekun"])).categories["cn.tekun"] is True


def test_without_a_local_standard_the_test_of_means_is_open_and_says_what_is_missing(assess):
    import kinderguard

    result = assess(means("500"), using=kinderguard.load())
    assert result.categories["cn.dibao"] is None
    assert "cn.dibao.monthly_standard" in {p.where for p in result.problems if p.code == "parameter.missing"}


@pytest.mark.parametrize(
    ("kind", "grade", "dibao"),
    [
        *((kind, "1", True) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")),
        *((kind, "2", True) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")),
        *((kind, "3", kind in ("intellectual", "mental")) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental")),
        ("multiple", "3", None),
        *((kind, "4", False) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")),
    ],
)  # fmt: skip
def test_one_person_dibao_in_a_marginal_household_takes_grades_1_2_and_3_mental(assess, kind, grade, dibao):
    child = {"child.disability.kind": kind, "child.disability.grade": grade, "child.health": "disabled"}
    result = assess(means("1200") | child)
    assert result.categories["cn.dibao_marginal"] is True
    assert result.categories["cn.dibao"] is dibao
    assert assess(means("3000") | child).categories["cn.dibao"] is False


def test_serious_illness_opens_one_person_dibao_in_a_marginal_household(assess):
    result = assess(means("1200") | {"child.illness.serious": True, "child.health": "ill"})
    assert result.categories["cn.dibao"] is True
    assert result.policies["cn.dibao_benefit"].amount == Decimal("1000.00")


def test_dibao_pays_the_difference_for_every_member(assess):
    benefit = assess(means("720.50", size=4)).policies["cn.dibao_benefit"]
    assert (benefit.amount, benefit.per) == (Decimal("1118.00"), "household")


def test_dibao_is_never_below_zero(assess):
    assert assess(means("4000", aid=["dibao"])).policies["cn.dibao_benefit"].amount == Decimal("0.00")


@pytest.mark.parametrize(
    ("on", "division", "standard"),
    [
        (dt.date(2025, 6, 30), "310101", None),
        (dt.date(2025, 7, 1), "310101", "1650"),
        (dt.date(2024, 6, 30), "110101", None),
        (dt.date(2024, 7, 1), "110101", "1450"),
    ],
)
def test_the_standards_that_are_shipped_begin_on_their_day(on, division, standard):
    import kinderguard

    value = kinderguard.load().rules.parameters["cn.dibao.monthly_standard"].at(division, on)
    assert (None if value is None else value.value) == (None if standard is None else int(standard) * 100)


@pytest.mark.parametrize(
    ("stage", "boarding", "changes", "amount"),
    [
        ("primary", True, {"household.aid": ["dibao"]}, "1250.00"),
        ("primary", False, {"household.aid": ["dibao"]}, "625.00"),
        ("junior_middle", True, {"household.aid": ["formerly_poor"]}, "1500.00"),
        ("junior_middle", False, {"household.aid": ["formerly_poor"]}, "750.00"),
        ("primary", True, {"household.aid": ["rigid_expenditure"]}, "1250.00"),
        ("primary", False, {"household.aid": ["rigid_expenditure"]}, "0.00"),
        ("senior_high", True, {"household.aid": ["dibao"]}, "0.00"),
        ("primary", None, {"household.aid": ["dibao"]}, None),
    ],
)
def test_the_stipend_of_boarders_and_half_of_it_for_the_four_kinds(assess, stage, boarding, changes, amount):
    result = assess(changes | {"child.schooling.stage": stage, "child.schooling.boarding": boarding})
    stipend = result.policies["cn.boarder_stipend"]
    assert stipend.amount == (None if amount is None else Decimal(amount))
    if amount is None:
        assert (stipend.low, stipend.high) == (Decimal("625.00"), Decimal("1250.00"))


@pytest.mark.parametrize("aid", ["dibao", "dibao_marginal", "tekun", "rigid_expenditure"])
def test_the_grant_of_a_senior_high_pupil_does_not_end_on_the_18th_birthday(assess, aid):
    pupil = {"child.birth_date": "2007-09-01", "child.schooling.stage": "senior_high", "household.aid": [aid]}
    result = assess(pupil)
    assert result.categories["cn.economic_hardship"] is False
    assert result.policies["cn.high_school_grant"].amount == Decimal("2300.00")
    assert assess(pupil | {"household.aid": []}).policies["cn.high_school_grant"].eligible is False


@pytest.mark.parametrize(
    ("on", "amount"),
    [(dt.date(2024, 12, 31), "2000.00"), (dt.date(2025, 1, 1), "2300.00"), (dt.date(2025, 9, 1), "2300.00")],
)
def test_the_high_school_grant(assess, on, amount):
    pupil = {"child.birth_date": "2008-10-01", "child.schooling.stage": "senior_high", "household.aid": ["dibao"]}
    assert assess(pupil, on=on).policies["cn.high_school_grant"].amount == Decimal(amount)


@pytest.mark.parametrize(
    ("aid", "income", "dibao", "marginal", "rigid"),
    [
        (["dibao", "dibao_marginal"], "1200", True, False, False),
        (["dibao", "rigid_expenditure"], "1200", True, False, False),
        (["dibao_marginal", "rigid_expenditure"], "1200", False, True, True),
        (["tekun"], "0", False, False, False),
        (["tekun"], "1000", False, False, False),
        (["tekun"], "1499.99", False, False, False),
        (None, "1200", None, None, None),
    ],
)
def test_a_household_on_dibao_or_extremely_poor_is_not_marginal(assess, aid, income, dibao, marginal, rigid):
    found = assess(means(income, aid=aid)).categories
    assert (found["cn.dibao"], found["cn.dibao_marginal"], found["cn.rigid_expenditure"]) == (dibao, marginal, rigid)


def test_a_severely_disabled_child_who_is_extremely_poor_is_not_on_one_person_dibao_beside(assess):
    severe = {"child.disability.kind": "physical", "child.disability.grade": "1", "child.health": "disabled"}
    result = assess(means("0", aid=["tekun"]) | severe)
    assert result.policies["cn.dibao_benefit"].amount == 0
    assert result.due.monthly.amount == Decimal("1300.00")


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("kindergarten", False),
        ("junior_middle", True),
        ("undergraduate", True),
        ("master", True),
        ("dropped_out", False),
    ],
)
def test_education_aid_reaches_every_stage_from_primary_school_on(assess, stage, expected):
    pupil = {"household.aid": ["dibao"], "child.schooling.stage": stage}
    assert assess(pupil).policies["cn.education_aid"].eligible is expected


@pytest.mark.parametrize(("born", "expected"), [("2007-09-02", True), ("2007-09-01", False)])
def test_education_aid_out_of_school_is_for_disabled_children(assess, born, expected):
    at_home = {
        "child.birth_date": born, "child.schooling.stage": "not_in_school", "child.disability.kind": "physical",
        "child.disability.grade": "3", "child.health": "disabled",
    }  # fmt: skip
    assert assess(at_home).policies["cn.education_aid"].eligible is expected


@pytest.mark.parametrize(
    "ill", [{"child.illness.serious": True, "child.health": "ill"}, {"father.illness.serious": True}]
)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"household.aid": ["dibao"]}, True),
        ({"household.aid": ["dibao"], "child.birth_date": "2007-09-01"}, True),
        ({"household.aid": ["rigid_expenditure"]}, True),
        ({"household.monthly_income_per_head": "1200"}, True),
        ({}, None),
        ({"household.monthly_income_per_head": "50000", "household.property_within_limits": False}, None),
        ({"child.birth_date": "2007-09-01"}, None),
    ],
)  # fmt: skip
def test_relief_for_serious_illness_refuses_no_family_for_its_means(assess, ill, changes, expected):
    relief = assess(ill | changes).policies["cn.temporary_relief"]
    assert (relief.eligible, relief.granted) == (expected, expected)


def test_without_serious_illness_at_home_no_relief_is_seen_whatever_the_means(assess):
    for aid in ([], ["dibao"], None):
        assert assess({"household.aid": aid}).policies["cn.temporary_relief"].eligible is False


def test_where_only_the_county_can_decide_on_relief_nothing_more_is_asked_for(assess):
    result = assess({"father.illness.serious": True})
    assert result.undetermined == ("cn.temporary_relief",)
    assert result.missing == ()
    assert "其他家庭由县核定" in result.explain("cn.temporary_relief").text("zh")
    assert "the county decides" in result.explain("cn.temporary_relief").text("en")


@pytest.mark.parametrize("path", ["father.illness.serious", "household.aid", "household.monthly_income_per_head"])
def test_what_may_still_decide_on_relief_is_asked_for(assess, path):
    result = assess({"father.illness.serious": True} | {path: None})
    assert result.policies["cn.temporary_relief"].eligible is None
    assert [fact.path for fact in result.missing] == [path]
    assert "cn.temporary_relief" in result.missing[0].changes


@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
def test_a_table_says_the_same_of_relief(book):
    pl = pytest.importorskip("polars")
    rows = pl.DataFrame(
        {
            "ref": ["poor", "other", "well", "blank"],
            "child.birth_date": ["2013-05-20"] * 4,
            "child.health": ["ill", "ill", "healthy", "ill"],
            "child.illness.serious": [True, True, False, None],
            "father.illness.serious": [False] * 4,
            "mother.illness.serious": [False] * 4,
            "child.individual_dibao": [False] * 4,
            "household.aid": [["dibao"], [], [], []],
            "household.monthly_income_per_head": ["3000"] * 4,
            "household.property_within_limits": [True] * 4,
        },
        schema_overrides={"household.aid": pl.List(pl.String)},
    )
    found = book.assess_frame(rows, on=DAY)
    assert found["cn.temporary_relief.eligible"].to_list() == [True, None, False, None]
    assert found["cn.temporary_relief.granted"].to_list() == [True, None, False, None]

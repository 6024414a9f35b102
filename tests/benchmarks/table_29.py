"""The table of the 29 benchmark rules in plain Python, and children to try it on."""

from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
STANDARDS = range(600, 1100)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Children as the benchmark's population has them, often at the very line of a rule."""
    standard = draw(st.sampled_from(STANDARDS))
    at_a_line = st.sampled_from([standard * k // 10 + more for k in range(10, 18) for more in (0, 1)])
    grade = st.integers(1, 6) | st.integers(1, 39)
    row: Row = {
        "age": draw(st.integers(0, 19)),
        "rural": draw(st.booleans()),
        "income": draw(at_a_line | st.integers(0, 2999)),
        "standard": standard,
        "grade": draw(grade),
        "kind": draw(st.integers(0, 3)),
        "ill": draw(st.booleans()),
    }
    for who in ("father", "mother"):
        row[f"{who}_status"] = draw(st.integers(0, 8))
        row[f"{who}_grade"], row[f"{who}_kind"] = draw(grade), draw(st.integers(0, 3))
        row[f"{who}_ill"] = draw(st.booleans())
    return row


def as_the_table_says(c: Row) -> Row:
    """The table of the benchmark, line by line."""
    age, income, standard, grade, kind = c["age"], c["income"], c["standard"], c["grade"], c["kind"]
    t: Row = {}
    for who in ("father", "mother"):
        t[f"{who}_gone"] = c[f"{who}_status"] in (1, 2)
        t[f"{who}_unable"] = (
            3 <= c[f"{who}_status"] <= 7
            or c[f"{who}_ill"]
            or c[f"{who}_grade"] <= 2
            or (c[f"{who}_grade"] <= 4 and c[f"{who}_kind"] in (0, 1))
        )
    father_away, mother_away = c["father_status"] == 8, c["mother_status"] == 8
    t["orphan"] = age < 18 and t["father_gone"] and t["mother_gone"]
    t["unattended"] = (
        age < 18
        and not t["orphan"]
        and (t["father_gone"] or t["father_unable"])
        and (t["mother_gone"] or t["mother_unable"])
    )
    t["left_behind"] = (
        age < 16
        and c["rural"]
        and (
            (father_away and mother_away)
            or (father_away and t["mother_unable"])
            or (mother_away and t["father_unable"])
        )
    )
    t["dibao"] = income <= standard
    t["marginal"] = standard < income and 2 * income <= 3 * standard
    t["disabled"] = grade <= 4
    t["severe"] = grade <= 2 or (grade <= 3 and kind in (0, 1))
    t["economic"] = age < 18 and (t["dibao"] or t["marginal"])
    t["guardianship"] = t["orphan"] or t["unattended"] or t["left_behind"]
    t["special"] = age < 18 and (t["disabled"] or c["ill"])
    t["difficult"] = t["economic"] or t["guardianship"] or t["special"]
    t["orphan_amount"] = 1500 if t["orphan"] else 0
    t["unattended_amount"] = 1500 - (standard - income if t["dibao"] else 0) if t["unattended"] else 0
    t["living_subsidy"] = 90 if age < 18 and t["disabled"] and t["dibao"] else 0
    t["care_subsidy"] = 100 if age < 18 and t["severe"] else 0
    t["stipend"] = 1250 if 6 <= age <= 14 and (t["dibao"] or t["marginal"] or t["disabled"]) else 0
    t["total"] = t["orphan_amount"] + t["unattended_amount"] + t["living_subsidy"] + t["care_subsidy"] + t["stipend"]
    for i in range(8):
        t[f"county_{i}"] = t["difficult"] and age < 10 + i and 10 * income <= standard * (10 + i)
    return t

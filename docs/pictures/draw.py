"""Draw the plots and views that the pages show: ``make pictures``. Every child in them is SYNTHETIC, every standard invented.

A test draws them again and holds their words against what is kept here, so that no page shows what no longer is.
"""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import kinderguard
from kinderguard import Case
from kinderguard.analysis import Growth, compare, coverage, growth, marginal, plots, synthesize, timeline
from kinderguard.analysis.plots import Plot
from kinderguard.casefile import CaseStore

DAY, COUNTY = dt.date(2025, 9, 1), "330199"
STANDARDS = {
    "cn.orphan.scattered_monthly": {"33": "1500"},
    "cn.orphan.institution_monthly": {"33": "2200"},
    "cn.dibao.monthly_standard": {"33": "900"},
    "cn.disability.care_subsidy_monthly": {"33": "120"},
    "cn.disability.living_subsidy_monthly": {"33": "100"},
}
CHILD = {
    "ref": "F-0001",
    "child.birth_date": "2012-03-05",
    "child.registration.division": COUNTY,
    "child.schooling.stage": "junior_middle",
    "child.disability.kind": "physical",
    "child.disability.grade": "2",
    "child.disability.needs_long_term_care": True,
    "child.disability.valid_until": "2026-05-31",
    "father.situations": [{"kind": "imprisoned", "since": "2024-01-10", "term_months": 30, "ongoing": True}],
    "mother.situations": [{"kind": "lost_contact", "since": "2024-02-01", "ongoing": True}],
    "household.size": 3,
    "household.monthly_income_per_head": "500",
    "household.property_within_limits": True,
    "household.aid": ["dibao"],
}
#: Of the same child with both parents at home: where dibao ends, more is lost than earned.
POORER = {
    "household.aid": [],
    "father.situations": [],
    "father.disability.kind": "none",
    "father.illness.serious": False,
    "mother.situations": [],
    "mother.disability.kind": "none",
    "mother.illness.serious": False,
}
PLACES = {"330196": 2, "330197": 3, "330198": 4}


def pictures() -> Iterator[tuple[str, str]]:
    """The name of each file, and what stands in it."""
    book = kinderguard.load().on(DAY)
    here, case = book.for_division(COUNTY), Case.from_facts(CHILD)
    line = marginal(here, Case.from_facts(CHILD | POORER), "household.monthly_income_per_head", over=(0, 2000))
    months = timeline(here, case, start=DAY, until=dt.date(2026, 8, 31))
    people = synthesize(1200, seed=7, divisions=PLACES, as_of=DAY)
    base = book.with_parameters(STANDARDS)
    dibao = base.with_parameters({"cn.dibao.monthly_standard": {"33": "1000"}})
    found = compare(base, {"dibao 低保": dibao}, people, progress=False)
    covered = coverage(base, people.with_help(base), progress=False)
    result = here.assess(case)
    year = _a_year(book)
    makes: dict[str, Callable[[str], Plot]] = {
        "income": line.plot,
        "timeline": months.plot,
        "decision_tree": lambda lang: plots.decision_tree(
            here.rules.categories["cn.orphan"], lang, titles=book.overlay(COUNTY).titles
        ),
        "parameter": lambda lang: plots.parameter(here.rules.parameters["cn.high_school_grant.yearly"], lang),
        "winners": lambda lang: plots.winners(found, lang),
        "cost": lambda lang: plots.cost(found, lang),
        "coverage": lambda lang: plots.coverage(covered, lang),
        "growth": lambda lang: plots.growth(year, lang),
    }
    for name, make in makes.items():
        yield f"{name}.svg", make("en").svg
    yield "winners.zh.svg", makes["winners"]("zh").svg
    yield "assessment.html", result.view("en").html
    yield "explanation.html", result.explain("cn.unattended_allowance").view("en").html
    yield "comparison.html", found.view("en").html


def _a_year(book: kinderguard.PolicyBook) -> Growth:
    """Files that come in month by month, with the help that each child has by then."""
    helped = ({"dibao_benefit": 1}, {"unattended_allowance": 4}, {"dibao_benefit": 2, "disability_care_subsidy": 6})
    with CaseStore("sqlite://") as store:
        for number in range(180):
            month = 1 + number * number // 2_800
            since = {f"cn.{code}": min(month + after, 12) for code, after in helped[number % len(helped)].items()}
            facts = {
                "ref": f"F-{number:04}",
                "child.birth_date": f"{2009 + number % 9}-03-01",
                "child.registration.division": COUNTY,
                "help": [{"policy": code, "since": f"2025-{at:02}-01", "ongoing": True} for code, at in since.items()],
            }
            store.record(Case.from_facts(facts), at=dt.date(2025, month, 15), by=f"{COUNTY}.user1")
        return growth(store, dt.date(2025, 1, 1), dt.date(2025, 12, 31), book=book)


def draw(folder: Path) -> list[Path]:
    """Write them all into a folder."""
    written = []
    for name, content in pictures():
        (folder / name).write_text(content, "utf-8")
        written.append(folder / name)
    return written


if __name__ == "__main__":
    for path in draw(Path(__file__).parent):
        sys.stderr.write(f"{path.name}\n")

"""Coverage: every count as a plain loop over the reference engine has it."""

import random
from collections import Counter

import polars as pl
import pytest

from analysis.comparing import COUNT, DAY, base, keys, people
from kinderguard.analysis import Population, coverage
from kinderguard.model.codes import Document

POLICIES = ("cn.orphan_allowance", "cn.unattended_allowance", "cn.dibao_benefit", "cn.boarder_stipend")


@pytest.fixture(scope="module")
def helped():
    """The children, with lists of help and of papers: some not known, some empty, some of help that is over."""
    draw = random.Random(5)
    records = [
        {"policy": policy, "until": until, "ongoing": ongoing}
        for policy in POLICIES
        for until, ongoing in ((None, True), (None, False), (None, None), ("2025-08", None), ("2026-01-01", None))
    ]
    papers = [
        {"document": paper, "valid_until": until} for paper in ("application", "hukou_book", "bank_card") for until in (None, "2024", "2026-05-01")
    ]  # fmt: skip
    help_ = [draw.choice([None, [], draw.choices(records, k=2)]) for _ in range(COUNT)]
    evidence = [draw.choice([None, [], draw.choices(papers, k=3)]) for _ in range(COUNT)]
    types = {"policy": pl.String, "until": pl.String, "ongoing": pl.Boolean}
    children = people().children.with_columns(
        pl.Series("help", help_, pl.List(pl.Struct(types))),
        pl.Series("evidence", evidence, pl.List(pl.Struct({"document": pl.String, "valid_until": pl.String}))),
    )
    return Population(children, people().members, DAY, 0)


@pytest.fixture(scope="module")
def found(helped):
    return coverage(base(), helped, by=("place", "class", ("place", "sex")), progress=False)


@pytest.fixture(scope="module")
def assessed(helped):
    return [base().explain_row(helped.children, row, members=helped.members) for row in range(COUNT)]


def receiving(result, code):
    """Whether a child receives a policy's help: a record that runs; not known without a list."""
    records = result.case.help
    if records is None:
        return None
    states = [runs(h) for h in records if h.policy == code]
    return True if True in states else None if None in states else False


def runs(h):
    if h.until is not None:
        return h.until.latest >= DAY
    return h.ongoing


def test_every_cell_is_what_a_plain_loop_counts(found, assessed):
    expected = {}
    for result in assessed:
        values = keys(result)
        cells = [("all", ()), *(("place", (p,)) for p in values["place"]), *(("class", (c,)) for c in values["class"])]
        cells.append(("place × sex", (values["place"][0], values["sex"][0])))
        for cell in cells:
            for code, policy in result.policies.items():
                state = policy.eligible, receiving(result, code)
                expected.setdefault((*cell, code), Counter())[state] += 1
    got = {("all", (), code): c for code, c in found.all.items()}
    got |= {(t, k, code): c for t, rows in found.tables.items() for k, cs in rows.items() for code, c in cs.items()}
    assert got.keys() == expected.keys()
    for cell, states in expected.items():
        cover = got[cell]
        assert cover.eligible == sum(n for (e, _), n in states.items() if e)
        assert cover.receiving == states[True, True]
        assert cover.not_receiving == states[True, False]
        assert cover.not_known_to_receive == states[True, None]
        assert cover.undetermined == sum(n for (e, _), n in states.items() if e is None)
        assert cover.undetermined_receiving == states[None, True]
        assert cover.not_eligible_receiving == states[False, True]
    assert sum(found.all[code].receiving for code in POLICIES)
    assert sum(found.all[code].not_receiving for code in POLICIES)


def test_what_keeps_children_undetermined_is_what_the_reference_engine_names(found, assessed):
    open_ = Counter(path for result in assessed for path in result.open_facts)
    alone = Counter(result.open_facts[0] for result in assessed if len(result.open_facts) == 1)
    assert {m.path: (m.children, m.alone) for m in found.missing} == {p: (n, alone[p]) for p, n in open_.items()}
    assert [m.children for m in found.missing] == sorted(open_.values(), reverse=True)
    undetermined = [result for result in assessed if result.undetermined]
    assert found.undetermined == len(undetermined)
    assert found.undetermined_by_values == sum(not result.open_facts for result in undetermined)
    assert found.undetermined_by_values


def test_papers_still_to_be_brought_are_those_of_the_reference_engine(found, assessed):
    sure, perhaps = Counter(), Counter()
    for result in assessed:
        for needed in result.documents:
            if isinstance(needed.document, Document):
                held = [result.policies[code].eligible for code in needed.policies]
                (sure if True in held else perhaps)[needed.document.value] += 1
    assert {p.code: (p.children, p.perhaps) for p in found.papers} == {
        code: (sure[code], perhaps[code]) for code in sure | perhaps
    }


def test_nobody_is_said_to_be_missed_where_nothing_is_known_of_help():
    found = coverage(base(), people(), progress=False)
    cover = found.all["cn.unattended_allowance"]
    assert cover.eligible
    assert cover.missed == (0, cover.eligible)
    assert cover.not_known_to_receive == cover.eligible


def test_a_coverage_shows_itself_in_both_languages_and_as_rows(found):
    assert "漏享" in found.summary("zh")
    assert "missed" in found.summary("en")
    assert found.view("zh").html != found.view("en").html
    table = found.to_polars()
    assert set(table["table"]) == {"all", "place", "class", "place × sex"}
    one = table.filter((pl.col("table") == "place") & (pl.col("policy") == "cn.dibao_benefit"))
    assert one["eligible"].sum() == found.all["cn.dibao_benefit"].eligible
    assert found.missing_rows()[0]["children"] == found.missing[0].children

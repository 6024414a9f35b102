"""Coverage: every count as a plain loop over the reference engine has it."""

import datetime as dt
import random
import warnings
from collections import Counter

import polars as pl
import polars.selectors as cs
import pytest

from analysis.comparing import COUNT, DAY, base, cases, keys, people
from kinderguard.analysis import Population, coverage, synthesize
from kinderguard.analysis.dimensions import UnknownDimensionError
from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.model.codes import AidStatus, DisabilityKind, Document, HealthStatus, ParentKind, SituationKind
from kinderguard.packs.frames import MissingColumnsWarning

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
    return [base().assess(case) for case in cases(helped)]


AID = {"cn.dibao_benefit": AidStatus.DIBAO, "cn.tekun_support": AidStatus.TEKUN}


def receiving(result, code):
    """Whether a child receives a policy's help: a record that runs, or the household's aid; not known without a list."""
    case, states = result.case, [False]
    states += [None] if case.help is None else [runs(h) for h in case.help if h.policy == code]
    if code in AID:
        states.append(None if case.household.aid is None else AID[code] in case.household.aid)
    if code == "cn.dibao_benefit":
        states.append(bool(case.child.individual_dibao))
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
                if policy.eligible and state[1] is not True and nothing_is_due(policy):
                    state = True, "nothing due"
                elif policy.eligible and state[1] is False and policy.low == 0 and policy.high != 0:
                    state = True, "perhaps due"
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
        assert cover.nothing_due == states[True, "nothing due"]
        assert cover.perhaps_due == states[True, "perhaps due"]
        assert cover.missed == (states[True, False], sum(states[True, x] for x in (False, None, "perhaps due")))
        assert cover.undetermined == sum(n for (e, _), n in states.items() if e is None)
        assert cover.undetermined_receiving == states[None, True]
        assert cover.not_eligible_receiving == states[False, True]
    assert sum(found.all[code].receiving for code in POLICIES)
    assert sum(found.all[code].not_receiving for code in POLICIES)


def nothing_is_due(policy):
    """Whether a policy of money gives nothing for sure; of a service, and of one without a bound, never."""
    return policy.high == 0


def test_what_keeps_children_undetermined_is_what_the_reference_engine_names(found, assessed):
    open_ = Counter(path for result in assessed for path in result.open_facts)
    alone = Counter(result.open_facts[0] for result in assessed if len(result.open_facts) == 1)
    assert {m.path: (m.children, m.alone) for m in found.missing} == {p: (n, alone[p]) for p, n in open_.items()}
    assert [m.children for m in found.missing] == sorted(open_.values(), reverse=True)
    undetermined = [result for result in assessed if result.undetermined]
    assert found.undetermined == len(undetermined)
    assert found.undetermined_by_values == sum(not result.open_facts for result in undetermined)
    assert found.undetermined_by_values


def holds(situation):
    """Whether a situation holds on the day."""
    if situation.since is not None and situation.since.earliest > DAY:
        return False
    until = situation.until
    if until is not None and (until.earliest >= DAY or until.latest < DAY):
        return until.latest >= DAY
    return situation.ongoing


def any_of(values):
    values = list(values)
    return True if True in values else None if None in values else False


def is_dead(parent):
    return None if parent is None or parent.situations is None else any(s.kind in DEATHS for s in parent.situations)


def is_asked(result, paper):
    """Whether somebody is dead, in prison or disabled of whom the paper says so; by a plain look at the facts."""
    case = result.case
    parents = [p for p in (case.father, case.mother) if p is None or p.kind is not ParentKind.NONE]
    if paper in SITUATIONS:
        return any_of(is_or_was(parent, SITUATIONS[paper]) for parent in parents)
    if paper is Document.DISABILITY_CARD:
        living = [p for p in parents if is_dead(p) is not True]
        kinds = [None if p is None else p.disability.kind for p in living]
        found = [None if k is None else k is not DisabilityKind.NONE for k in kinds]
        found = [None if f and is_dead(p) is None else f for f, p in zip(found, living, strict=True)]
        own = case.child.disability.kind
        if own is None and case.child.health in (HealthStatus.HEALTHY, HealthStatus.ILL):
            own = DisabilityKind.NONE
        return any_of([None if own is None else own is not DisabilityKind.NONE, *found])
    return True


def is_or_was(parent, kinds):
    """Whether a parent died so, or is so and lives."""
    if parent is None or parent.situations is None:
        return None
    dead = is_dead(parent)
    return any_of(s.kind in kinds and (s.kind in DEATHS or (not dead and holds(s))) for s in parent.situations)


DEATHS = {SituationKind.DEAD, SituationKind.DECLARED_DEAD}
SITUATIONS = {
    Document.DEATH_PROOF: {SituationKind.DEAD},
    Document.COURT_DECLARATION: {SituationKind.DECLARED_DEAD, SituationKind.DECLARED_MISSING},
    Document.JUDGMENT: {SituationKind.IMPRISONED, SituationKind.OTHER_RESTRICTION, SituationKind.GUARDIANSHIP_REVOKED},
    Document.DETOX_NOTICE: {SituationKind.COMPULSORY_DETOX},
    Document.LOST_CONTACT_PROOF: {SituationKind.LOST_CONTACT},
    Document.DEPORTATION_PROOF: {SituationKind.DEPORTED},
}
#: Papers whose conditions the loop above does not look at.
ELSEWHERE = {
    Document.MEDICAL_PROOF, Document.GUARDIAN_PROOF, Document.SCHOOL_CERTIFICATE, Document.RESIDENCE_PERMIT,
    Document.NOT_FOUND_PROOF,
}  # fmt: skip


def misses(result, code):
    """Whether a child misses a policy: is eligible, does not receive it, and something is due, or a service."""
    policy, receives = result.policies[code], receiving(result, code)
    if policy.eligible is False or receives or (policy.eligible and nothing_is_due(policy)):
        return False
    return True if policy.eligible and receives is False and (policy.low is None or policy.low > 0) else None


def lacking(result):
    """By paper that a policy asks for and nobody saw, whether the child misses such a policy."""
    seen = {e.document for e in result.case.evidence or () if e.valid_until is None or e.valid_until.latest >= DAY}
    rules, found = result.basis.bound.plan.rules.policies, {}
    for code, policy in result.policies.items():
        for paper in rules[code].evidence if policy.eligible is not False else ():
            if isinstance(paper, Document) and paper not in ELSEWHERE | seen:
                found.setdefault(paper, []).append(misses(result, code))
    return {paper: any_of(missed) for paper, missed in found.items()}


def test_papers_still_to_be_brought_are_those_that_the_childs_situation_asks_for(found, assessed):
    sure, perhaps, unasked = Counter(), Counter(), Counter()
    for result in assessed:
        wanted = set()
        for paper, missed in lacking(result).items():
            asked = is_asked(result, paper)
            counts = unasked if asked is False or missed is False else sure if missed and asked else perhaps
            counts[paper.value] += 1
            wanted |= {paper} if asked is not False else set()
        told = {d.document for d in result.documents if isinstance(d.document, Document)}
        assert told - ELSEWHERE == wanted
    assert unasked["death_proof"]
    assert unasked["disability_card"]
    elsewhere = {paper.value for paper in ELSEWHERE}
    assert {p.code: (p.children, p.perhaps) for p in found.papers if p.code not in elsewhere} == {
        code: (sure[code], perhaps[code]) for code in sure | perhaps
    }


def test_the_children_whom_a_policy_misses_can_be_listed_and_opened(found, assessed):
    code = "cn.boarder_stipend"
    for missed, count in ((True, found.all[code].missed[0]), ("perhaps", found.all[code].missed[1])):
        table = found.children(code, missed=missed)
        assert len(table) == count
        wanted = {False} if missed is True else {False, None}
        for row in table["row"]:
            assert assessed[row].policies[code].eligible
            assert receiving(assessed[row], code) in wanted
    place = found.children(code, missed="perhaps", place="330106")
    assert found.children(code, missed=True).height
    cover = found.tables["place"]["330106",][code]
    assert 0 < len(place) == cover.not_receiving + cover.not_known_to_receive
    in_class = found.children(code, reach="receiving", class_="cn.economic_hardship")
    assert len(in_class) == found.tables["class"]["cn.economic_hardship",][code].receiving
    everybody = found.children()
    assert len(everybody.filter(reach="undetermined")) + len(everybody.filter(reach="undetermined_receiving")) == sum(
        cover.undetermined for cover in found.all.values()
    )
    row = place["row"][0]
    assert found.open(row).categories == assessed[row].categories
    assert found.open(place["ref"][0]).ref == assessed[row].ref


def test_a_list_of_missed_children_holds_no_name_and_refuses_what_is_not_there(found):
    assert found.children(missed=True).columns == ["row", "ref", "place", "class", "sex", "policy", "reach"]
    for wrong in ({"policy": "cn.orphan_allowanc"}, {"reach": "recieving"}, {"plaze": "330106"}):
        with pytest.raises(UnknownDimensionError, match=r"orphan_allowance|receiving|place"):
            found.children(**wrong)


def test_numbers_that_places_have_not_set_are_named_with_the_children_they_leave_open(found, assessed):
    unset = {value.code: value for value in found.unset}
    standard = unset["cn.dibao.monthly_standard"]
    assert standard.places == ("220102", "330106")
    rests = ("cn.dibao", "cn.dibao_benefit")
    least = sum(
        r.division != "330199" and (r.categories["cn.dibao"] is None or r.policies[rests[1]].amount is None)
        for r in assessed
    )
    assert least <= standard.children < COUNT
    assert "cn.dibao.monthly_standard" in found.summary("en")
    assert standard.said.zh in found.view("zh").html


@pytest.mark.parametrize("code", ["cn.tekun.monthly_standard", "cn.disability.care_subsidy_monthly"])
def test_a_number_is_named_of_the_children_whose_results_it_can_change(code):
    """Set to its least, and to much: whoever's results differ rests on it; of nobody else, though the result is open."""
    made = synthesize(200, seed=7, divisions=["110101"], as_of=DAY)
    named = {value.code: value.children for value in coverage(base(), made).unset}
    least, much = (
        base()
        .with_parameters({code: {"110101": value}})
        .assess_frame(made.children)
        .select(cs.boolean() | cs.decimal())
        for value in ("100", "99999")
    )
    differ = pl.DataFrame([a.ne_missing(b).alias(a.name) for a, b in zip(least, much, strict=True)])
    assert named[code] == differ.select(pl.any_horizontal(pl.all())).to_series().sum() > 0


def test_a_number_that_no_open_result_rests_on_is_not_named():
    """A standard of those in foster care, of children who live at home; a day of survey that is not needed."""
    rows = pl.DataFrame(
        {"child.birth_date": ["2015-04-02"], "child.registration.division": ["110101"], "child.care.kind": ["parental"]}
    )
    with pytest.warns(MissingColumnsWarning):
        found = {value.code for value in coverage(base(), rows).unset}
    assert "cn.orphan.scattered_monthly" in found
    assert found.isdisjoint({"cn.foster_care.standard", "cn.left_behind.reference_date"})


@pytest.mark.parametrize(
    ("aid", "alone", "reached"),
    [(["dibao"], False, "receiving"), ([], True, "receiving"), ([], None, "not_receiving"), (None, None, "not_known_to_receive")],
)  # fmt: skip
def test_dibao_that_the_household_s_aid_tells_of_is_received_although_no_list_of_help_has_it(aid, alone, reached):
    book = base().with_parameters({"cn.dibao.monthly_standard": "1000"})
    rows = pl.DataFrame(
        {
            "child.birth_date": ["2015-03-01"], "household.aid": [aid], "child.individual_dibao": [alone], "help": [[]],
            "household.monthly_income_per_head": ["500"], "household.property_within_limits": [True],
            "household.size": [3],
        },
        schema_overrides={
            "household.aid": pl.List(pl.String), "child.individual_dibao": pl.Boolean,
            "help": pl.List(pl.Struct({"policy": pl.String, "ongoing": pl.Boolean})),
        },
    )  # fmt: skip
    with pytest.warns(MissingColumnsWarning):
        cover = coverage(book, rows, division="110105", progress=False).all["cn.dibao_benefit"]
    assert (cover.eligible + cover.undetermined, getattr(cover, reached) + cover.undetermined) == (1, 1)
    assert cover.missed[0] == (reached == "not_receiving")


LISTED = pl.List(pl.Struct({"policy": pl.String, "ongoing": pl.Boolean}))


def orphans(**facts):
    """An orphan of a dibao household who is disabled, with the orphan allowance or without: it excludes the living subsidy."""
    book = base().with_parameters(
        {
            "cn.orphan.scattered_monthly": "1500",
            "cn.disability.living_subsidy_monthly": "100",
            "cn.dibao.monthly_standard": "1000",
        }
    )
    dead = {"kind": "dead", "since": dt.date(2020, 1, 1), "until": None, "ongoing": None}
    rows = {
        "child.birth_date": "2015-03-01", "father.situations": [dead], "mother.situations": [dead], "father.kind": "birth",
        "mother.kind": "birth", "child.adopted": False, "child.health": "disabled", "child.disability.kind": "physical",
        "child.disability.grade": "1", "child.care.kind": "kinship", "household.aid": ["dibao"], "help": [],
    } | facts  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return coverage(
            book, pl.DataFrame([rows], schema_overrides={"help": LISTED}), division="110105", progress=False
        )


def test_who_is_eligible_but_to_whom_nothing_is_due_is_not_missed():
    found = orphans()
    assert found.all["cn.orphan_allowance"].missed == (1, 1)
    cover = found.all["cn.disability_living_subsidy"]
    assert (cover.eligible, cover.nothing_due, cover.missed) == (1, 1, (0, 0))
    assert found.children("cn.disability_living_subsidy")["reach"].to_list() == ["nothing_due"]
    assert found.children("cn.disability_living_subsidy", missed="perhaps").is_empty()
    assert "1 eligible to whom nothing is due" in found.summary("en")
    assert "无应发金额" in found.view("zh").html


def test_who_perhaps_gets_nothing_is_missed_at_most():
    found = orphans(**{"mother.situations": None})
    cover = found.all["cn.disability_living_subsidy"]
    assert (cover.eligible, cover.perhaps_due, cover.missed) == (1, 1, (0, 1))
    assert found.children("cn.disability_living_subsidy", missed="perhaps")["reach"].to_list() == ["perhaps_due"]


def test_who_receives_a_policy_needs_no_papers_for_it():
    def papers(**facts):
        return {p.code: (p.children, p.perhaps) for p in orphans(**facts).papers}

    codes = ["cn.orphan_allowance"]
    proof = "death_proof"
    policies = next(p.policies for p in orphans().papers if p.code == proof)
    received = [{"policy": code, "ongoing": True} for code in policies]
    assert papers()[proof] == (1, 0)
    assert proof not in papers(help=received)
    assert papers(help=None)[proof] == (0, 1)  # whether the child has it is not known
    assert set(codes) <= set(policies)


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


def test_the_table_by_class_says_that_classes_overlap_and_the_others_do_not(found):
    for lang, title, said in (
        ("zh", "主要类别", "一名儿童可同属几类"),
        ("en", "main class", "a child may be in several"),
    ):
        lines = found.view(lang).text.split("\n")
        assert sum(said in line for line in lines) == 1
        assert any(said in line for line in lines[lines.index(title) :])


def test_of_a_policy_that_the_register_is_not_of_no_list_says_no(helped, found):
    some = coverage(base(), helped, by="place", help_of=["cn.orphan_allowance", "cn.dibao_benefit"], progress=False)
    for code in ("cn.orphan_allowance", "cn.dibao_benefit"):
        assert some.all[code] == found.all[code]
    was, now = (each.all["cn.unattended_allowance"] for each in (found, some))
    assert (now.eligible, now.receiving) == (was.eligible, was.receiving)
    assert now.missed[0] == 0 < was.missed[0]
    assert now.missed[1] == was.eligible - was.receiving
    with pytest.raises(UnknownCodeError, match=r"cn\.orphan_allowance"):
        coverage(base(), helped, help_of=["cn.orphan_alowance"], progress=False)

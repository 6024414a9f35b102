"""Comparing the frame engine with the reference engine: the same rules, the same children, every result.

``World`` puts generated rules straight into both engines; ``book_of`` makes a policy book of them, as an installed pack
would, for what lies around the engines (tables of every kind, providers, places).
"""

import datetime as dt
import os
import re
from contextlib import contextmanager
from itertools import product

import attrs
import polars as pl
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from kinderguard import Pack, PolicyBook, Text
from kinderguard.engines.assessment import Assessment, Basis
from kinderguard.engines.dependents import Dependents
from kinderguard.engines.explain import Compiled, absent_parameter
from kinderguard.engines.frame.assess import FrameRun, Options, total_name
from kinderguard.engines.frame.rows import frame_of
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.engines.frame.unborn import without_unborn
from kinderguard.engines.frame.vectors import OverflowRiskError
from kinderguard.engines.plan import compile_plan
from kinderguard.engines.reasons import conditions_of, reason
from kinderguard.model.codes import Frequency
from kinderguard.packs.loader import Registry, source_of
from kinderguard.rules.errors import CircleError
from kinderguard.rules.wording import wording
from kinderguard.testing import expressions, rule_sets
from kinderguard.testing import strategies as cases
from kinderguard.testing.expressions import COUNTY, PROVINCE

DAY = dt.date(2025, 9, 1)
#: Packs' own facts, as ``frame_of`` takes them.
EXTRA = {f.code: f.kind for f in expressions.FACTS}
#: The lists of records, each of which may stand in a table of its own.
LISTS = sorted(fact_kinds().lists)
#: What every property's share is a part of: generated examples in one run of all tests of this folder together, at least.
#: A night takes more: ``KINDERGUARD_EXAMPLES=40000``.
USUAL = 2000
EXAMPLES = int(os.environ.get("KINDERGUARD_EXAMPLES", USUAL))


def examples(share):
    """The settings of a property that has ``share`` of the usual number of examples."""
    return settings(
        max_examples=max(1, EXAMPLES * share // USUAL),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


@contextmanager
def not_beyond_reckoning():
    """Drop an example whose amounts may outgrow 128 bits: the frame engine refuses such a rule, and says so."""
    try:
        yield
    except OverflowRiskError:
        reject()


@contextmanager
def without_circles():
    """Drop an example whose stacking rules go in a circle: such rules are refused, and say so."""
    try:
        yield
    except CircleError:
        reject()


@attrs.frozen(eq=False)
class Place:
    """The rules of a division, for the frame engine and for the reference engine."""

    division: str | None
    rules: object
    group: object
    problems: tuple = ()

    def parameters(self, codes):
        found = {}
        for code in codes:
            parameter = self.rules.parameters[code]
            value = parameter.at(self.division, DAY)
            floor = parameter.floor.value if parameter.floor else None
            found[code] = absent_parameter(parameter.kind, floor) if value is None else value.value
        return found


class World:
    """A nation's rules, perhaps with a province and a county that add to them."""

    def __init__(self, nation, province=None, county=None):
        self.levels = {"": nation}
        if province is not None:
            self.levels[PROVINCE] = province
        if county is not None:
            self.levels[COUNTY] = county
        self._in_force = {place: rules.in_force(DAY) for place, rules in self.levels.items()}
        self._compiled = {}

    def place(self, division):
        group = max((p for p in self.levels if (division or "").startswith(p)), key=len)
        return Place(division, self._in_force[group], group)

    def assess(self, case):
        """By the reference engine."""
        place = self.place(case.division)
        if place.group not in self._compiled:
            compiled = Compiled.of(compile_plan(place.rules))
            self._compiled[place.group] = (compiled, Dependents.of(compiled.plan))
        compiled, dependents = self._compiled[place.group]
        bound = compiled.bind(DAY, place.parameters(compiled.plan.parameters))
        rules = place.rules
        titles = {code: rule.title for code, rule in {**rules.categories, **rules.policies, **rules.facts}.items()}
        values = {code: rules.parameters[code].at(case.division, DAY) for code in compiled.plan.parameters}
        return Assessment(case, Basis(bound, dependents, case.division, values, "", titles, {}, ()), {}, ())

    def frame(self, children, *, full=False, **options):
        """By the frame engine; ``full`` tells it which columns have no empty cell, so that rules can be simpler."""
        frame = frame_of(children, extra=EXTRA)
        known = {c.name for c in without_unborn(frame, DAY).get_columns() if full and not c.null_count()}
        with not_beyond_reckoning():
            run = FrameRun(
                DAY, self.place, frame.schema, extra=EXTRA, division=None, options=Options(**options), full=known
            )
            return run.assess(frame)

    def __repr__(self):
        """The rules as people read them, so that a counterexample can be read."""
        return "\n".join(f"{place or 'nation'}:\n{shown(rules)}" for place, rules in self.levels.items())


def shown(rules):
    """Every rule of a set in words."""
    lines = [f"  {code}: {wording(expr.node).en}" for code, expr in rules.expressions()]
    lines += [f"  {code}: {p.stacking}" for code, p in rules.policies.items() if p.stacking]
    return "\n".join(lines)


def differences(assessment, row):
    """What one row of a frame's results has otherwise than the reference engine."""
    found = {}

    def compare(name, expected):
        if row.get(name) != expected or type(row.get(name)) is not type(expected):
            found[name] = (expected, row.get(name))

    for code, value in assessment.categories.items():
        compare(code, value)
    for code, policy in assessment.policies.items():
        compare(f"{code}.eligible", policy.eligible)
        if policy.is_cash:
            for end in ("amount", "low", "high"):
                compare(f"{code}.{end}", getattr(policy, end))
        else:
            compare(f"{code}.granted", policy.granted)
    paid = {(p.every, p.per) for p in assessment.policies.values() if p.is_cash}
    for every, per in product(Frequency, ("child", "household")):
        name, total = total_name(every, per), assessment.due.total(every, per)
        # Where nothing is paid so often here, but elsewhere in the frame, nothing is due.
        if (every, per) in paid or f"{name}.low" in row:
            for end in ("amount", "low", "high"):
                compare(f"{name}.{end}", getattr(total, end))
    if "missing" in row:
        compare("missing", list(assessment.open_facts))
    if "reasons" in row:
        row = row | {"reasons": sorted(row["reasons"])}
        compare("reasons", refusals(assessment))
    if "problems" in row:
        # A frame made of cases has left out what is not valid already.
        row = row | {"problems": [code for code in row["problems"] if code != "fact.not_valid"]}
        # A misspelt fact is a misspelt column of a table, and help of no policy is told with it: once, by a warning.
        blocking = {p.code for p in assessment.problems} - {"fact.not_valid", "fact.unknown", "fact.policy_unknown"}
        compare("problems", sorted(blocking))
        compare("complete", assessment.complete)
    return found


def refusals(assessment):
    """The codes of the conditions by which rules do not hold, from the trace of the reference engine."""
    plan, trace = assessment.basis.bound.plan, assessment.trace
    roots = plan.categories | {code: steps.eligible for code, steps in plan.policies.items()}
    return sorted(
        f"{rule}:{name}"
        for rule, root in roots.items()
        if trace[root.index] is False
        for name, parts in conditions_of(plan, rule).items()
        if any(trace[part.index] is False for part in parts)
    )


def reasons_of_a_refusal(assessment, rule):
    """The codes that the reference engine's explanation of a refusal gives as its reasons; each can be looked up."""
    plan = assessment.basis.bound.plan
    because, _, _ = assessment.explain(rule).text("en", codes=True).partition("The least that would have to change")
    codes = set(re.findall(rf"\[({re.escape(rule)}:[^\]]+)\]", because))
    assert {reason(plan, code, {}).rule for code in codes} <= {rule}
    # A rule that is never so has no condition to name.
    assert codes or not conditions_of(plan, rule), because
    return codes


# ---- what is generated ----------------------------------------------------------------------------------------------


@st.composite
def worlds(draw, depth=4, levels=None):
    """Rules of a nation, half the time with a county's, half of these with a province's between them.

    ``levels`` says how many levels there are at least.
    """
    nation = draw(rule_sets.nations(depth))
    province = county = None
    if levels == 3 or draw(st.booleans()):
        if levels == 3 or draw(st.booleans()):
            province = draw(rule_sets.counties(nation, 2, place=PROVINCE))
        county = draw(rule_sets.counties(province or nation, min(depth, 3)))
    return World(nation, province, county)


def children(most=4):
    """Cases as the frame's columns can hold them, in a county, elsewhere, or nowhere known."""
    return st.lists(cases.cases(), min_size=1, max_size=most)


@st.composite
def books(draw, depth=3):
    """A policy book of generated packs: the nation's, a province's and a county's."""
    nation = draw(rule_sets.nations(depth, local=False))
    province = draw(rule_sets.counties(nation, 2, place=PROVINCE))
    county = draw(rule_sets.counties(province, 2))
    return book_of(nation, province, county)


def book_of(*levels, providers=()):
    """A policy book of rule sets that stand on one another, the nation's first."""
    packs = []
    above = None
    for rules, code in zip(levels, ("cn", PROVINCE, COUNTY), strict=False):
        packs.append(
            Pack(
                code=code, title=Text("某", "some"), version="1", kinderguard=">=0.1",
                **{
                    kind: [v for c, v in getattr(rules, kind).items() if above is None or c not in getattr(above, kind)]
                    for kind in ("categories", "policies", "checks")
                },
                facts=expressions.FACTS if code == COUNTY else (),
                providers=providers if code == COUNTY else (),
                parameters=[p for c, p in rules.parameters.items() if c.split(".")[0] == code],
            )
        )  # fmt: skip
        above = rules
    return PolicyBook(Registry([source_of(pack) for pack in packs], ()), day=DAY)


def sample(strategy, count, number=0):
    """So many examples, the same ones every time; others with another ``number``.

    Ten at a time: after these hypothesis mostly varies what it has drawn before.
    """
    found = []
    for start in range(0, count, 10):
        _draw_into(found, strategy, min(10, count - start), f"{number}:{start}")
    return found


def _draw_into(found, strategy, count, number):
    @seed(number)
    @settings(
        max_examples=count, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    @given(strategy)
    def collect(example):
        found.append(example)

    collect()


# ---- records in tables of their own ---------------------------------------------------------------------------------


def without_empty(case, paths):
    """The case with no list that is known to be empty: a table of records cannot say that, so that it is unknown."""
    for path in paths:
        *parents, name = path.split(".")
        holder = getattr(case, parents[0]) if parents else case
        if getattr(holder, name) == ():
            changed = holder.model_copy(update={name: None})
            case = case.model_copy(update={parents[0]: changed}) if parents else changed
    return case


def taken_apart(frame, paths):
    """The children without some lists, and the records of these in tables that the key finds."""
    tables = {}
    for path in paths:
        key = "household.number" if path == "household.members" else "ref"
        records = frame.select(key, path).filter(pl.col(path).list.len() > 0).explode(path)
        tables[path] = records.unnest(path).reverse()  # their order is nobody's business
    return frame.drop(paths), tables


def lists_asked_for(book):
    """The lists that the rules of the book ask for."""
    read = book.overlay(COUNTY).readers
    return [path for path in LISTS if any(of == path or of.startswith(f"{path}.") for of in read)]


def keyed(cases, times=1):
    """The children as a frame, so many times over; each row has a ``ref`` and a household of its own."""
    frame = pl.concat([frame_of(cases, extra=EXTRA)] * times)
    numbers = pl.Series([f"n{k:04}" for k in range(len(frame))])
    return frame.with_columns(numbers.alias("ref"), numbers.alias("household.number"))

"""Comparing the frame engine with the reference engine: the same rules, the same children, every result."""

import datetime as dt

import attrs
from hypothesis import strategies as st

from kinderguard.engines.assessment import Assessment, Basis
from kinderguard.engines.explain import Compiled, absent_parameter
from kinderguard.engines.frame.assess import FrameRun, Options
from kinderguard.engines.frame.rows import frame_of
from kinderguard.engines.missing import Dependents
from kinderguard.engines.plan import compile_plan
from kinderguard.testing import expressions, rule_sets
from kinderguard.testing import strategies as cases

DAY = dt.date(2025, 9, 1)


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
    """A nation's rules, perhaps with a county that adds to them."""

    def __init__(self, nation, county=None):
        self.nation, self.county = nation, county or nation
        self._compiled = {}

    def place(self, division):
        local = division is not None and division.startswith(expressions.COUNTY)
        return Place(division, self.county if local else self.nation, local and self.county is not self.nation)

    def assess(self, case):
        """By the reference engine."""
        place = self.place(case.division)
        if place.group not in self._compiled:
            compiled = Compiled.of(compile_plan(place.rules))
            self._compiled[place.group] = (compiled, Dependents.of(compiled.plan))
        compiled, dependents = self._compiled[place.group]
        bound = compiled.bind(DAY, place.parameters(compiled.plan.parameters))
        return Assessment(case, Basis(bound, dependents, case.division, {}, "", {}, {}, ()), {}, ())

    def frame(self, children, **options):
        """By the frame engine."""
        frame = frame_of(children, extra={f.code: f.kind for f in expressions.FACTS})
        return self.run(frame, **options).assess(frame)

    def run(self, frame, **options):
        extra = {f.code: f.kind for f in expressions.FACTS}
        return FrameRun(DAY, self.place, frame.schema, extra=extra, division=None, options=Options(**options))


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
    compare("missing", list(assessment.open_facts))
    blocking = {p.code for p in assessment.problems} - {"parameter.missing", "fact.not_valid"}
    compare("problems", sorted(blocking))
    compare("complete", assessment.complete)
    return found


@st.composite
def worlds(draw, depth=4):
    nation = draw(rule_sets.nations(depth))
    return World(nation, draw(st.none() | rule_sets.counties(nation)))


def children():
    """Cases as the frame's columns can hold them, in a county, elsewhere, or nowhere known."""
    return st.lists(cases.cases(), min_size=1, max_size=4)

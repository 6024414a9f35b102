"""The law of the store: after any sequence of writes it says what a plain list of claims says, on any day, as known at any
entry.

The model here keeps, for every fact, from which entry until which entry it was believed: another way to the same answer
than the store's, which replays corrections each time.
"""

import datetime as dt

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kinderguard import Case
from kinderguard.casefile import CaseStore

BY = "330106.user3"
FIRST = dt.date(2025, 1, 1)
FOREVER = 10**9

#: Facts that cannot contradict each other.
VALUES = {
    "household.size": st.integers(1, 4),
    "child.adopted": st.booleans(),
    "household.aid": st.sampled_from([[], ["dibao"], ["tekun"]]),
    "330106.central_heating": st.booleans(),
}
days = st.integers(0, 6).map(lambda n: FIRST + dt.timedelta(days=n))
refs = st.sampled_from(["a", "b"])


def some_facts(*, unknown=False):
    """Values for some of the facts; ``unknown`` ones too."""
    values = {path: (value | st.none()) if unknown else value for path, value in VALUES.items()}
    return st.fixed_dictionaries({}, optional=values)


@attrs.define
class Claim:
    """What one entry says of one fact, believed from one entry on until another."""

    ref: str
    entry: int
    path: str
    value: object
    first: dt.date
    last: dt.date | None
    believed_from: int
    believed_until: int = FOREVER


@attrs.define
class Written:
    """An entry of facts, and the edits made to it: (number, still counting, set, withdrawn or True for all)."""

    ref: str
    first: dt.date
    last: dt.date | None
    facts: dict
    edits: list = attrs.field(factory=list)

    def now(self):
        facts = dict(self.facts)
        for _, counting, values, gone in self.edits:
            if counting:
                facts = {} if gone is True else {p: v for p, v in (facts | values).items() if p not in gone}
        return facts


class Model:
    """A plain list of claims."""

    def __init__(self):
        self.claims, self.written = [], {}

    def believe(self, number, entry):
        """From ``number`` on, an entry says what it now says."""
        for claim in self.claims:
            if claim.entry == entry and claim.believed_until == FOREVER:
                claim.believed_until = number
        one = self.written[entry]
        self.claims += [
            Claim(one.ref, entry, path, value, one.first, one.last, number) for path, value in one.now().items()
        ]

    def facts(self, ref, day, known):
        found = {}
        for path in VALUES:
            saying = [
                c
                for c in self.claims
                if (c.ref, c.path) == (ref, path)
                and c.believed_from <= known < c.believed_until
                and c.first <= day
                and (c.last is None or day <= c.last)
            ]
            if saying:
                value = max(saying, key=lambda c: (c.first, c.entry)).value
                if value is not None:
                    found[path] = value
        return found


class StoreAgreesWithModel(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.store = CaseStore("sqlite://")
        self.model = Model()
        self.times = {}

    def noted(self, entry):
        self.times[entry.number] = entry.known_at
        return entry.number

    @rule(ref=refs, day=days, facts=some_facts())
    def record(self, ref, day, facts):
        thought = self.model.facts(ref, day, FOREVER - 1)
        differing = {path: value for path, value in facts.items() if thought.get(path) != value}
        entry = self.store.record(Case.from_facts({"ref": ref, **facts}), at=day, by=BY)
        assert entry is not None or not differing
        if entry is not None:
            number, said = self.noted(entry), dict(entry.body["facts"])
            # What settles a question about the file is said once more, and is what was thought already.
            assert said == differing | {path: thought[path] for path in said if path not in differing}
            self.model.written[number] = Written(ref, day, None, said)
            self.model.believe(number, number)

    @rule(ref=refs, day=days, lasting=st.none() | st.integers(0, 3), facts=some_facts(unknown=True))
    def append(self, ref, day, lasting, facts):
        last = None if lasting is None else day + dt.timedelta(days=lasting)
        number = self.noted(self.store.append(ref, "facts", {"facts": facts}, valid_from=day, valid_until=last, by=BY))
        self.model.written[number] = Written(ref, day, last, facts)
        self.model.believe(number, number)

    @precondition(lambda self: self.model.written)
    @rule(data=st.data(), facts=some_facts(unknown=True), gone=st.sets(st.sampled_from(sorted(VALUES))))
    def correct(self, data, facts, gone):
        target = data.draw(st.sampled_from(sorted(self.model.written)))
        if not facts and not gone:
            return
        one = self.model.written[target]
        number = self.noted(self.store.correct(one.ref, target, facts, withdrawn=gone, reason="r", by=BY))
        one.edits.append([number, True, facts, gone])
        self.model.believe(number, target)

    @precondition(lambda self: self.model.written)
    @rule(data=st.data())
    def take_back(self, data):
        target = data.draw(st.sampled_from(sorted(self.model.written)))
        one = self.model.written[target]
        number = self.noted(self.store.correct(one.ref, target, None, reason="r", by=BY))
        one.edits.append([number, True, {}, True])
        self.model.believe(number, target)

    @precondition(lambda self: any(one.edits for one in self.model.written.values()))
    @rule(data=st.data())
    def take_back_a_correction(self, data):
        edited = {edit[0]: target for target, one in self.model.written.items() for edit in one.edits}
        correction = data.draw(st.sampled_from(sorted(edited)))
        one = self.model.written[edited[correction]]
        number = self.noted(self.store.correct(one.ref, correction, None, reason="r", by=BY))
        for edit in one.edits:
            if edit[0] == correction:
                edit[1] = False
        self.model.believe(number, edited[correction])

    @precondition(lambda self: self.times)
    @rule(data=st.data(), day=days)
    def ask(self, data, day):
        number = data.draw(st.sampled_from(sorted(self.times)))
        for ref in {one.ref for entry, one in self.model.written.items() if entry <= number}:
            expected = Case.from_facts({"ref": ref, **self.model.facts(ref, day, number)})
            assert self.store.case(ref, at=day, known=self.times[number]) == expected

    @invariant()
    def agrees_now(self):
        for ref in {one.ref for one in self.model.written.values()}:
            for offset in (0, 3, 20):
                day = FIRST + dt.timedelta(days=offset)
                expected = Case.from_facts({"ref": ref, **self.model.facts(ref, day, FOREVER - 1)})
                assert self.store.case(ref, at=day) == expected

    def teardown(self):
        report = self.store.verify()
        assert report.ok
        assert report.entries == len(self.times)
        self.store.close()


TestStoreAgreesWithModel = StoreAgreesWithModel.TestCase
TestStoreAgreesWithModel.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)

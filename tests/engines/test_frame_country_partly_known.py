"""The national pack and every installed plug-in on synthetic children of whom much is unknown: row by row equal to the
reference engine, missing facts included.

Dates are known to the month here and there, and one cell in twelve is blank. These are 50,000 children;
``test_frame_country.py`` has as many more.
"""

from engines.frame_country import blanked, compared, with_local_facts
from kinderguard.analysis import synthesize


def test_fifty_thousand_children_of_whom_much_is_unknown():
    people = synthesize(50_000, seed=2026, partial_dates=True)
    found, seen = compared(blanked(with_local_facts(people.children), 12, 0), blanked(people.members, 12, 1000))
    assert found == []
    assert seen["cn.child_in_difficulty"] > 0

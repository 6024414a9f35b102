"""The national pack and every installed plug-in on synthetic children: row by row equal to the reference engine.

These are 50,000; ``test_frame_country_partly_known.py`` has as many more.
"""

from engines.frame_country import compared, results_of_packs, with_local_facts
from kinderguard.analysis import synthesize


def test_fifty_thousand_children_of_every_installed_pack():
    people = synthesize(50_000, seed=2025)
    assert {"330199", "220104", "330106"} <= set(people.children["division_code"])
    found, seen = compared(with_local_facts(people.children), people.members)
    assert found == []
    # The sample is worth something: nearly every category holds, and every policy is open, to somebody.
    categories, policies = results_of_packs()
    assert {"22.treated_as_orphan", "330199.winter_heating", "330199.dibao_supplement"} <= categories | policies
    assert {code for code in categories if not seen[code]} <= {"cn.street_child"}
    assert {code for code in policies if not seen[f"{code}.eligible"]} == set()

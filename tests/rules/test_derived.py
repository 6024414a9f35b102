"""What is worked out from facts is listed with them: nothing that a rule may ask for is left to be found in the source."""

import inspect

import kinderguard
from kinderguard.rules import facts as f
from kinderguard.rules.derived import derived

#: What is no question about a child: the wording of a step, and a pack's own fact by its code.
OTHER = {"who", "whose", "fact_names", "has", "model"}


def test_every_question_of_a_part_of_a_case_is_listed():
    handles = [kind for _, kind in inspect.getmembers(f, inspect.isclass) if issubclass(kind, f.Handle)]
    asked = {name for kind in handles for name in vars(kind) if not name.startswith("_")} - OTHER
    assert {each.path.partition("(")[0].rpartition(".")[2] for each in derived()} == asked


def test_each_is_worked_out_from_facts_that_there_are():
    known = {column.name for column in kinderguard.load().frame_schema(unread=True)}
    assert {path for each in derived() for path in each.of} <= known

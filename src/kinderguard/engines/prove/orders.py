"""Whether what fails for numbers that nobody has set holds after all wherever those stand in a certain order.

"Refuted, for a living subsidy above the orphans' standard" is true, and of little use to a county that knows its numbers.
So orders are looked for under which the floor is proved, such as "wherever the subsidy is at most the standard": what
is needed of all amounts being alike. They never make a refuted answer a proved one; they are told beside it.
"""

import time
from itertools import permutations
from typing import TypeAlias

import attrs

from kinderguard.engines.prove.asking import Answer, ask
from kinderguard.engines.prove.logic import Bool, at_most
from kinderguard.engines.prove.proof import Proof
from kinderguard.engines.prove.prover import Prover, Question
from kinderguard.engines.prove.variables import NumberVariable
from kinderguard.model.text import Text, join

#: Amounts of which the first is at most the second.
Orders: TypeAlias = tuple[tuple[str, str], ...]
#: More orders than this at once are no answer that a person could use.
MOST = 3


def with_orders(prover: Prover, question: Question, proof: Proof) -> Proof:
    """The answer, and beside a refuted one that rests on open amounts the orders of these under which it is proved."""
    if not proof.rests_on_numbers or not question.complete:
        return proof
    began = time.perf_counter()
    orders = _orders(prover, question)
    if orders is not None:
        provided = _worded(question, orders)
        proof = attrs.evolve(proof, provided=provided, statement=proof.statement + Text("；", "; ") + provided)
    return attrs.evolve(proof, seconds=proof.seconds + time.perf_counter() - began)


def _orders(prover: Prover, q: Question) -> Orders | None:
    """Orders, none of which can be spared, under which nobody is as the question fears, and somebody is there at all."""
    bad = q.bad(tuple(side.results for side in q.sides))
    limits = [*prover.constraints(), *q.within, prover.complete()]
    amounts = [c for c, v in prover.opened.variables.items() if isinstance(v, NumberVariable) and v.money]

    def answered(condition: Bool, orders: Orders) -> Answer:
        return ask(condition, [*limits, *(_holds(prover, *order) for order in orders)], prover.seconds).answer

    # All amounts alike at first; then each is let go that does not matter, then each order.
    orders = tuple(permutations(amounts, 2))
    if answered(bad, orders) is not Answer.NONE:
        return None
    floors = {code: side.ruling.floor(code) or 0 for side in q.sides for code in side.ruling.open}
    likely_last = sorted(orders, key=lambda pair: floors.get(pair[1], 0) - floors.get(pair[0], 0))
    for gone in (*((code,) for code in amounts), *likely_last):
        fewer = tuple(pair for pair in orders if not (pair == gone if len(gone) == 2 else gone[0] in pair))
        if len(fewer) < len(orders) and answered(bad, fewer) is Answer.NONE:
            orders = fewer
    return orders if 0 < len(orders) <= MOST and answered(True, orders) is Answer.FOUND else None


def _holds(prover: Prover, low: str, high: str) -> Bool:
    one, other = prover.opened.variables[low], prover.opened.variables[high]
    assert isinstance(one, NumberVariable)
    assert isinstance(other, NumberVariable)
    return at_most(one.number, other.number)


def _worded(q: Question, orders: Orders) -> Text:
    titles: dict[str, Text] = {code: t for side in q.sides for code, t in side.ruling.titles.items()}

    def said(low: str, high: str) -> Text:
        a, b = (titles.get(code, Text(code, code)) for code in (low, high))
        return Text(f"“{a.zh}”不高于“{b.zh}”", f"‘{a.en}’ is at most ‘{b.en}’")

    listed = join([said(*order) for order in orders], "且", " and ")
    return Text(f"只要{listed.zh}，即已证明成立", f"it is proved wherever {listed.en}")

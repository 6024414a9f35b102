"""What is due to one child in all, its policies taken together: of two that exclude each other the bounds are not added up.

The totals of an assessment add the bounds of its policies; here the amounts are laid beside nothing at all, and bounded as a
comparison bounds the differences of two books. Called by ``what_if`` and ``timeline``. Changes no assessment.
"""

from functools import lru_cache

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.joint import TIMES_A_YEAR, Joint
from kinderguard.analysis.comparing.opened import told_by
from kinderguard.analysis.comparing.pairs import Pair
from kinderguard.analysis.comparing.shaped import Shaped, Shapes
from kinderguard.engines.assessment import ZERO, Assessment, Total
from kinderguard.engines.explain import Bound
from kinderguard.model.codes import Frequency
from kinderguard.model.money import fen, yuan

#: So many books, with the policies that are open, are kept laid out: those of one question and more.
_KEPT = 32


def due_together(result: Assessment, every: Frequency) -> Total:
    """The sum of what is paid ``every`` to the child and its household (yuan): never wider than that of the assessment."""
    paid = [p for p in result.due.cash if p.every is every]
    summed = result.due.total(every)
    open_ = tuple(p.code for p in paid if p.low != p.high)
    if len(open_) < 2:
        return summed
    joint = _against_nothing(result.basis.bound, open_)
    found = joint.changes({told: told_by(told, result) for told in joint.told})
    times = TIMES_A_YEAR.get(every)
    together = found.once if times is None else found.year
    sure = fen(sum((p.low or ZERO for p in paid if p.code not in open_), ZERO))
    low, high = (None if end is None else sure + end // (times or 1) for end in (together.low_fen, together.high_fen))
    narrowed = Between(low, high).within(Between(fen(summed.low), None if summed.high is None else fen(summed.high)))
    assert narrowed.low_fen is not None
    return Total(yuan(narrowed.low_fen), None if narrowed.high_fen is None else yuan(narrowed.high_fen))


@lru_cache(maxsize=_KEPT)
def _against_nothing(bound: Bound, codes: tuple[str, ...]) -> Joint:
    """A book beside the same one in which some policies give nothing: they differ by all that they give."""
    shapes = Shapes()
    given = Shaped(bound, shapes, completed=True)
    nothing = Shaped(bound, shapes, completed=True, giving_nothing=codes)
    return Joint(Pair(nothing, given, {}), codes)


__all__ = ["due_together"]

"""An allocation from what was asked: the aims one after the other, then reasons and prices. Called by ``allocate`` alone.

All that needs the extra ``[care]`` is behind this module. It decides in the order of the aims, and in no other.
"""

from kinderguard.care.allocation.explaining import Explainer
from kinderguard.care.allocation.prices import instance_of, prices
from kinderguard.care.allocation.result import Allocation, Asked
from kinderguard.care.allocation.stages import chosen
from kinderguard.model.progress import Progress

#: Candidates, four aims, prices and reasons.
STEPS = 6


def computed(asked: Asked, tell: Progress) -> Allocation:
    """See ``allocate``."""
    steps = _Steps(tell)
    instance = instance_of(asked)
    instance.pairs  # noqa: B018  found here, so that it counts as the first step
    steps.next()
    found = chosen(instance, steps.next)
    explained = Explainer(instance, found.pairs)
    result = Allocation(asked, explained.allotments(), explained.places, prices(instance, found.pairs), found.aims)
    steps.next()
    return result


class _Steps:
    def __init__(self, tell: Progress) -> None:
        self._done, self._tell = 0, tell

    def next(self) -> None:
        self._done += 1
        self._tell(self._done, STEPS)

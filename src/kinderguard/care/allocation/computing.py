"""An allocation from what was asked: the aims one after the other, then reasons and prices. Called by ``allocate`` alone.

All that needs the extra ``[care]`` is behind this module. It decides in the order of the aims, and in no other.
"""

from kinderguard.care.allocation.asking import Progress
from kinderguard.care.allocation.explaining import Explainer
from kinderguard.care.allocation.prices import instance_of, prices
from kinderguard.care.allocation.result import Allocation, Asked
from kinderguard.care.allocation.stages import chosen

#: Candidates, four aims, prices and reasons.
_STEPS = 6


def computed(asked: Asked, progress: Progress | None) -> Allocation:
    """See ``allocate``."""
    steps = _Steps(progress)
    instance = instance_of(asked)
    instance.pairs  # noqa: B018  found here, so that it counts as the first step
    steps.next()
    found = chosen(instance, steps.next)
    explained = Explainer(instance, found.pairs)
    result = Allocation(asked, explained.allotments(), explained.places, prices(instance, found.pairs), found.aims)
    steps.next()
    return result


class _Steps:
    def __init__(self, progress: Progress | None) -> None:
        self._done, self._progress = 0, progress

    def next(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, _STEPS)

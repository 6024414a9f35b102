"""How benchmarks measure: works in turn, so that a busy machine is busy for all of them, and peaks in processes of their own."""

import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class Times:
    """What several runs of one work took, in the order of the rounds: by the clock, and of all cores' time."""

    seconds: list[float]
    processor: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def least(self) -> float:
        return min(self.seconds)

    @property
    def median_processor(self) -> float:
        return statistics.median(self.processor)


def in_turn(works: Mapping[str, Callable[[], object]], runs: int) -> dict[str, Times]:
    """Times of each work, done in turn round after round, after a first round that does not count."""
    found = {name: Times([], []) for name in works}
    for round_number in range(runs + 1):
        for name, work in works.items():
            gc.collect()
            start, processor = time.perf_counter(), time.process_time()
            result = work()
            seconds, used = time.perf_counter() - start, time.process_time() - processor
            del result
            if round_number:
                found[name].seconds.append(seconds)
                found[name].processor.append(used)
    return found


def peak_mb() -> float:
    """The most memory this process has held (MB)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def in_own_process(script: str | Path, *arguments: object) -> dict[str, Any]:
    """What a script prints as JSON. Start it from a small process: Linux counts the starter's memory at that moment too."""
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found

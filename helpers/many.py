"""What many machines gain, worked out (chapter many-machines).

The work itself needs no code of its own here: `tuning.search` is shared by Keras Tuner's chief and
workers, and what runs through joblib by a Dask cluster.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.errors import InputError

if TYPE_CHECKING:  # Dask is optional
    from distributed import LocalCluster

PATIENCE = 120
"""Seconds in which a process of a cluster may end by itself."""


def speedup(workers: int, share: float) -> float:
    """How many times as fast so many workers are as one, by Amdahl's law.

    `share` of the work, from 0 to 1, cannot be divided among them. Raises InputError for less than
    one worker and for what is no share. Source: Amdahl 1967.

    >>> from helpers import many
    >>> round(many.speedup(workers=10, share=0.1), 2)
    5.26
    """
    if workers < 1:
        raise InputError(f"workers is {workers}; there must be at least one")
    if not 0 <= share <= 1:
        raise InputError(f"share is {share}; it must be a number from 0 to 1")
    return 1 / (share + (1 - share) / workers)


def schedule(
    seconds: Sequence[float],
    workers: int,
    killed: float = math.inf,
    again: float = math.inf,
) -> pd.DataFrame:
    """Who does which trial when, if each worker that is free takes the next one.

    `seconds` is how long each trial takes. Worker 1 is killed at the time `killed`. Started at the
    time `again`, it begins the trial that it had once more: to the chief it is still the worker
    that has it. Never started again, it leaves this trial undone.

    Returns a DataFrame with a row for each stretch of work: trial and worker (from 1), begin and
    end in seconds, and done, False for what a kill cut short. Raises InputError for less than one
    worker, and for one that starts again before it is killed.

    >>> from helpers import many
    >>> many.schedule([3, 2, 2], workers=2)[["trial", "worker", "begin", "end"]].values.tolist()
    [[1.0, 1.0, 0.0, 3.0], [2.0, 2.0, 0.0, 2.0], [3.0, 2.0, 2.0, 4.0]]
    """
    if workers < 1:
        raise InputError(f"workers is {workers}; there must be at least one")
    if again < killed:
        raise InputError(f"started again at {again}, before it was killed at {killed}")
    free = [(0.0, worker) for worker in range(1, workers + 1)]
    rows = []
    for trial, needed in enumerate(seconds, 1):
        if not free:
            break  # the only worker is gone
        begin, worker = heapq.heappop(free)
        if worker == 1 and begin <= killed < begin + needed:
            rows.append((trial, worker, begin, killed, False))
            begin = again
        if begin < math.inf:
            rows.append((trial, worker, begin, begin + needed, True))
            heapq.heappush(free, (begin + needed, worker))
    return pd.DataFrame(rows, columns=["trial", "worker", "begin", "end", "done"])


def close(cluster: LocalCluster) -> None:
    """Close a Dask cluster of processes on this machine, and wait until each has ended by itself.

    Its own `close` kills, with a warning, what has not ended after four seconds, as may be on a
    busy machine. Here a process has `PATIENCE`.

    >>> from dask.distributed import LocalCluster
    >>> from helpers import many
    >>> cluster = LocalCluster(1, dashboard_address=None)
    >>> many.close(cluster)
    >>> cluster.status.name
    'closed'
    """
    for worker in list(cluster.workers.values()):
        cluster.sync(worker.close, timeout=PATIENCE)
    cluster.close()

"""Hidden cases (chapter pruning)."""

import numpy as np

from helpers import exercises
from helpers.exercises.checking import NotYet, ask
from helpers.grading.cases import graded, returns


@graded(exercises.threshold_of, points=4)
def _threshold():
    rng = np.random.default_rng(8)
    below = -np.abs(rng.normal(size=(5, 8)))
    for weights, sparsity in (
        (rng.normal(size=(10, 10)), 0.3),
        (rng.normal(size=40), 0.9),
        (below, 0.5),
        (1e-4 * rng.normal(size=(2, 3, 10)), 0.1),
    ):
        yield lambda answer, w=weights, s=sparsity: _leaves(answer, w, s)


def _leaves(answer, weights: np.ndarray, sparsity: float) -> None:
    given = float(ask(answer, weights.copy(), sparsity))
    left, wanted = (np.abs(weights) >= given).sum(), round(weights.size * (1 - sparsity))
    if left != wanted:
        raise NotYet(f"At a sparsity of {sparsity} {left} of {weights.size} weights stay.")


@graded(exercises.reached_at, points=4)
def _step():
    for first, last, end, share in ((0.5, 0.9, 200, 0.3), (0.1, 0.6, 50, 0.75), (0, 1, 7, 0.5)):
        gone = 1 - (1 - share) ** 3
        yield returns(end * share, first + (last - first) * gone, first, last, end)
    yield returns(0.0, 0.25, 0.25, 0.75, 40)

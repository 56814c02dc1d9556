"""Hidden cases (chapter pruning)."""

import numpy as np

from helpers import exercises
from helpers.exercises.checking import NotYet, ask
from helpers.grading.cases import graded, returns


@graded(exercises.by_magnitude, points=4)
def _smallest():
    rng = np.random.default_rng(8)
    large, small = rng.normal(size=(6, 5)), 1e-3 * rng.normal(size=(5, 2, 2))
    for kernels, sparsity in (
        ([large], 0.3),
        ([small, large], 0.4),
        ([large, small, -np.abs(large[:2])], 0.9),
        ([rng.normal(size=n) for n in (1, 9, 30)], 0.75),
    ):
        yield lambda answer, k=kernels, s=sparsity: _cut(answer, k, s)


def _cut(answer, kernels: list[np.ndarray], sparsity: float) -> None:
    given = ask(answer, [kernel.copy() for kernel in kernels], sparsity)
    magnitudes = np.sort(np.concatenate([np.abs(kernel).ravel() for kernel in kernels]))
    threshold = magnitudes[round(sparsity * magnitudes.size)]
    for kernel, cut in zip(kernels, given, strict=True):
        if not np.array_equal(cut, np.where(np.abs(kernel) < threshold, 0, kernel)):
            raise NotYet(f"At a sparsity of {sparsity} other numbers are zero than the smallest.")


@graded(exercises.reached_at, points=4)
def _step():
    for first, last, end, share in ((0.5, 0.9, 200, 0.3), (0.1, 0.6, 50, 0.75), (0, 1, 7, 0.5)):
        gone = 1 - (1 - share) ** 3
        yield returns(end * share, first + (last - first) * gone, first, last, end)
    yield returns(0.0, 0.25, 0.25, 0.75, 40)

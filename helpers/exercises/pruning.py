"""Checks for the exercises (chapter pruning)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def by_magnitude(answer: Callable[[list[np.ndarray], float], list[np.ndarray]]) -> str:
    """All kernels of a network with the share `sparsity` of their numbers zeroed, the smallest.

    >>> from helpers import exercises
    >>> exercises.by_magnitude(lambda kernels, sparsity: kernels)
    Not yet. At a sparsity of 0.5 your kernels hold 0 zeros of 32 numbers; it should be 16.
    """
    rng = np.random.default_rng(0)
    kernels = [rng.normal(0, 0.1, (3, 2, 2)).round(3), rng.normal(size=(4, 5)).round(3)]
    magnitudes = np.concatenate([np.abs(kernel).ravel() for kernel in kernels])
    for sparsity in (0.5, 0.25, 0.75):
        handed = [kernel.copy() for kernel in kernels]
        given = [np.asarray(kernel) for kernel in ask(answer, handed, sparsity)]
        if [kernel.shape for kernel in given] != [kernel.shape for kernel in kernels]:
            raise NotYet("Return as many kernels as you got, in the same order and shapes.")
        if any((a != b).any() for a, b in zip(handed, kernels, strict=True)):
            raise NotYet("The kernels that you got have changed: cut a copy of each.")
        asked = f"At a sparsity of {sparsity}"
        zeros = [int((kernel == 0).sum()) for kernel in given]
        wanted = round(sparsity * magnitudes.size)
        if zeros == [round(sparsity * kernel.size) for kernel in kernels]:
            raise NotYet(f"{asked} you cut each kernel to its share; find one threshold for all.")
        if sum(zeros) != wanted:
            raise NotYet(
                f"{asked} your kernels hold {sum(zeros)} zeros of {magnitudes.size} numbers; it "
                f"should be {wanted}."
            )
        threshold = np.sort(magnitudes)[wanted]
        for kernel, cut in zip(kernels, given, strict=True):
            if not np.array_equal(cut, np.where(np.abs(kernel) < threshold, 0, kernel)):
                raise NotYet(
                    f"{asked} as many numbers are zero as should be, but not the smallest in "
                    "magnitude, or what stays has changed."
                )
    return "One threshold for all empties layers of small weights; the book takes one for each."


@checker
def reached_at(answer: Callable[[float, float, float, float], float]) -> str:
    """The step at which the polynomial schedule has come to a sparsity.

    >>> from helpers import exercises
    >>> exercises.reached_at(lambda s, first, last, end: end * (s - first) / (last - first))
    Not yet. To 0.65, from 0.5 to 0.8 in 100 steps, you say 50. So it would be on a straight
    line; this one rises faster.
    """
    cases = ((0.65, 0.5, 0.8, 100), (0.4, 0.0, 0.8, 2000), (0.5, 0.5, 0.8, 10), (0.8, 0.5, 0.8, 10))
    for sparsity, first, last, end in cases:
        given = float(ask(answer, sparsity, first, last, end))
        gone = (sparsity - first) / (last - first)
        share = 1 - (1 - gone) ** (1 / 3)
        asked = f"To {sparsity}, from {first} to {last} in {end} steps, you say {given:.4g}."
        if np.isclose(given, end * share, atol=1e-6):
            continue
        if np.isclose(given, share):
            raise NotYet(f"{asked} That is the share of the steps; return the step.")
        if np.isclose(given, end * gone):
            raise NotYet(f"{asked} So it would be on a straight line; this one rises faster.")
        raise NotYet(f"{asked} Solve s(t) for (1 - t / T) first, and take the cube root.")
    return "Half of the way is gone after a fifth of the steps."

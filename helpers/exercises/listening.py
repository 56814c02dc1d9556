"""Checks for the exercises (chapter listening)."""

from collections.abc import Callable

import numpy as np

from helpers import chunks
from helpers.exercises.checking import NotYet, ask, checker


@checker
def window_starts(answer: Callable[[int], list[int]]) -> str:
    """Where the page's windows begin in a recording of so many samples.

    >>> from helpers import exercises
    >>> exercises.window_starts(lambda samples: list(range(0, samples, 22_050)))
    Not yet. For 44,100 samples you return [0, 22050]. It is exactly one window.
    """
    size, hop = chunks.SAMPLES, chunks.SAMPLES // 2
    cases = {
        1000: ([0], "It is shorter than a window: one window, filled up with zeros."),
        size: ([0], "It is exactly one window."),
        size + hop: ([0, hop], "A second window fits exactly."),
        size + 399: ([0], "399 samples are left over, fewer than 400."),
        size + 400: ([0, 400], "400 samples are left over: one more window ends with them."),
        5 * hop + 7000: (
            [0, hop, 2 * hop, 3 * hop, 3 * hop + 7000],
            "The last window ends with the recording.",
        ),
    }
    for samples, (expected, hint) in cases.items():
        given = [int(start) for start in ask(answer, samples)]
        if given != expected:
            raise NotYet(f"For {samples:,} samples you return {given}. {hint}")
    return "All of a recording is heard, and none of it beyond its end."


@checker
def speaks_for(answer: Callable[..., np.ndarray]) -> str:
    """The heat of each input of a small ReLU network for one class.

    >>> from helpers import exercises
    >>> exercises.speaks_for(lambda x, w1, b1, w2, k: w1)
    Not yet. Return one number for each of the 4 inputs; yours is (4, 6).
    """
    rng = np.random.default_rng(4)
    for _ in range(5):
        x, w1, b1, w2 = (rng.normal(size=s) for s in ((4,), (4, 6), (6,), (6, 3)))
        k = int(rng.integers(3))
        opened = x @ w1 + b1 > 0
        slope = ((w1 * opened) @ w2)[:, k]
        given = np.asarray(ask(answer, x, w1, b1, w2, k), float)
        if given.shape != x.shape:
            raise NotYet(f"Return one number for each of the 4 inputs; yours is {given.shape}.")
        if np.allclose(given, np.maximum(slope * x, 0)):
            continue
        if np.allclose(given, slope * x):
            raise NotYet("What speaks against the class is still there: make it 0.")
        if np.allclose(given, np.maximum((w1 @ w2)[:, k] * x, 0)):
            raise NotYet("All units count in yours. Leave out those that are closed for this x.")
        if np.allclose(given, np.maximum(((w1 * (x @ w1 > 0)) @ w2)[:, k] * x, 0)):
            raise NotYet("Whether a unit is open depends on its bias too.")
        if np.allclose(given, np.maximum(slope, 0)):
            raise NotYet("These are the slopes. Multiply them by the inputs.")
        raise NotYet(
            f"For class {k} the heat should be {np.maximum(slope * x, 0).round(2)}; "
            f"yours is {given.round(2)}."
        )
    return "No gradient had to be asked for: a forward pass knew which units were open."

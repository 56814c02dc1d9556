"""Checks for the exercises (chapter gradcam)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def grad_cam(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str:
    """The heat map of a layer's maps and of the score's gradients by them.

    >>> from helpers import exercises
    >>> exercises.grad_cam(lambda maps, gradients: maps.sum(axis=2))
    Not yet. The values differ. A weight for each of the 3 filters, then the sum over them.
    """
    rng = np.random.default_rng(0)
    maps, gradients = np.maximum(rng.normal(size=(6, 4, 3)), 0), rng.normal(size=(6, 4, 3))
    given = np.asarray(ask(answer, maps.copy(), gradients.copy()), float)
    if given.shape != (6, 4):
        raise NotYet(f"Return a map of the shape (6, 4); yours is {given.shape}.")
    weighted = (maps * gradients.mean(axis=(0, 1))).sum(axis=2)
    if np.allclose(given, np.maximum(weighted, 0)):
        return "Each map counts by its mean slope, and what speaks against the class is gone."
    if np.allclose(given, weighted):
        raise NotYet("Some of your values are negative: they speak against the class.")
    if np.allclose(given, np.maximum((maps * gradients).sum(axis=2), 0)):
        raise NotYet("You weigh every place by its own gradient; a map has one weight, the mean.")
    raise NotYet("The values differ. A weight for each of the 3 filters, then the sum over them.")


@checker
def hottest_window(answer: Callable[[np.ndarray, int], int]) -> str:
    """The first frame of the window of `length` frames that has the most heat.

    >>> from helpers import exercises
    >>> exercises.hottest_window(lambda heat, length: int(heat.sum(axis=1).argmax()))
    Not yet. You found the hottest frame; three frames together have more heat later on.
    """
    heat = np.zeros((12, 2))
    heat[1, 0], heat[6:9, 1] = 4, 2
    given = ask(answer, heat.copy(), 3)
    if given == 6:
        if ask(answer, np.eye(5)[::-1][:, :1], 2) != 3:
            raise NotYet("Heat at the very end is missed: the last window begins at n - length.")
        return "The sum over a window counts, not the single hottest frame."
    if given == 1 or given == 0:
        raise NotYet("You found the hottest frame; three frames together have more heat later on.")
    raise NotYet(f"You say frame {given}. Add up the heat of frames i to i + length - 1.")

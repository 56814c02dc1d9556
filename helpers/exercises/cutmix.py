"""Checks for the exercises (chapter cutmix)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def kept_share(answer: Callable[[tuple, tuple], float]) -> str:
    """Lambda of a patch (top, bottom, left, right), its ends excluded.

    >>> from helpers import exercises
    >>> exercises.kept_share(lambda patch, shape: 0.5)
    Not yet. For (0, 10, 0, 10) in an image of 10 x 10 you say 0.5000. The patch covers 10
    frames and 10 coefficients.
    """
    cases = (((0, 10, 0, 10), (10, 10)), ((0, 0, 0, 0), (275, 13)), ((10, 110, 3, 8), (275, 13)))
    for patch, shape in cases:
        given = float(ask(answer, patch, shape))
        top, bottom, left, right = patch
        pasted = (bottom - top) * (right - left) / (shape[0] * shape[1])
        if np.isclose(given, 1 - pasted):
            continue
        if np.isclose(given, pasted):
            raise NotYet(f"For {patch} you give the share that is pasted; lambda is what stays.")
        if np.isclose(given, 1 - (bottom - top + 1) * (right - left + 1) / (shape[0] * shape[1])):
            raise NotYet(f"For {patch} you count one row and one column too many: ends excluded.")
        raise NotYet(
            f"For {patch} in an image of {shape[0]} x {shape[1]} you say {given:.4f}. The patch "
            f"covers {bottom - top} frames and {right - left} coefficients."
        )
    return "This is the lambda that labels need: taken from the patch, not from the draw."


@checker
def paste(answer: Callable[[np.ndarray, np.ndarray, tuple], np.ndarray]) -> str:
    """An image with the patch of another in it, both left as they were.

    >>> from helpers import exercises
    >>> exercises.paste(lambda image, other, patch: other)
    Not yet. For the patch (1, 4, 2, 4), frames 1 to 3 and coefficients 2 and 3 come from the
    other image, 6 values; yours has 24 of them.
    """
    one, other = np.zeros((6, 4)), np.arange(1.0, 25.0).reshape(6, 4)
    patch = (1, 4, 2, 4)
    first, second = one.copy(), other.copy()
    given = np.asarray(ask(answer, first, second, patch))
    if first.any() or not np.array_equal(second, other):
        raise NotYet("Your function changes an image it was given. Start from a copy.")
    if given.shape != one.shape:
        raise NotYet(f"Return an image of the shape {one.shape}; yours is {given.shape}.")
    expected = one.copy()
    expected[1:4, 2:4] = other[1:4, 2:4]
    if np.array_equal(given, expected):
        return "The patch comes from the same place of the other image: time and coefficient stay."
    if np.array_equal(given == 0, expected == 0):
        raise NotYet("The patch is in its place, but shows another part of the other image.")
    raise NotYet(
        f"For the patch {patch}, frames 1 to 3 and coefficients 2 and 3 come from the other image, "
        f"{int((expected != 0).sum())} values; yours has {int((given != 0).sum())} of them."
    )

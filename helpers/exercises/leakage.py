"""Checks for the exercises (chapter leakage)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def kept_together(answer: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]) -> str:
    """Which rows go to the test part, whole groups of them, about a share of all.

    >>> from helpers import exercises
    >>> exercises.kept_together(lambda groups, share, rng: rng.random(len(groups)) < share)
    Not yet. session 2 has rows on both sides. Draw groups, not rows.
    """
    sizes = (1, 2, 3, 4, 6, 8, 2, 5, 3, 6)
    groups = np.repeat([f"session {i}" for i in range(10)], sizes)
    rng = np.random.default_rng(0)
    groups = rng.permutation(groups)
    for seed in range(5):
        given = np.asarray(ask(answer, groups.copy(), 0.25, np.random.default_rng(seed)))
        if given.shape != groups.shape or given.dtype != bool:
            raise NotYet(
                f"Return True or False for each of the {len(groups)} rows; "
                f"yours is {given.dtype} {given.shape}."
            )
        divided = set(groups[given]) & set(groups[~given])
        if divided:
            raise NotYet(f"{min(divided)} has rows on both sides. Draw groups, not rows.")
        if not 0.1 <= given.mean() <= 0.45:
            raise NotYet(
                f"The test part got {given.mean():.0%} of the rows, not about 25 %. "
                "Take groups in random order until it is full."
            )
    first, again = (
        np.asarray(ask(answer, groups.copy(), 0.25, np.random.default_rng(seed))) for seed in (0, 3)
    )
    if (first == again).all():
        raise NotYet("Two generators gave the same groups. Draw them with `rng`.")
    return "No group is divided, so nothing that a group shares can help in the test."


@checker
def uploaded_beside(answer: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> str:
    """Which of some test ids have a training id no further away than a gap.

    >>> from helpers import exercises
    >>> exercises.uploaded_beside(lambda test, train, gap: test < train.max())
    Not yet. For the test id 111 the nearest training id is 100, 11 away, below; with a gap of
    10 the answer is False.
    """
    train, test = np.array([100, 300, 200]), np.array([90, 111, 195, 301, 250])
    expected = np.array([True, False, True, True, False])
    given = np.asarray(ask(answer, test.copy(), train.copy(), 10))
    if given.shape != test.shape:
        raise NotYet(f"Return one answer for each of the 5 test ids; yours is {given.shape}.")
    for number, said, right in zip(test, given, expected, strict=True):
        if bool(said) == right:
            continue
        nearest = train[np.abs(train - number).argmin()]
        far = abs(int(nearest - number))
        raise NotYet(
            f"For the test id {number} the nearest training id is {nearest}, {far} away, "
            f"{'above' if nearest > number else 'below'}; with a gap of 10 the answer is {right}."
        )
    return "Two clips uploaded in one go are seldom from two rooms."

"""Hidden cases (chapter cutmix)."""

import numpy as np

from helpers import exercises
from helpers.exercises import cutmix
from helpers.exercises.checking import NotYet, ask
from helpers.grading.cases import graded, returns


@graded(exercises.kept_share, points=4)
def _share():
    for patch, shape in (
        ((0, 275, 0, 13), (275, 13)),
        ((3, 5, 1, 9), (20, 10)),
        ((200, 275, 0, 1), (275, 13)),
        ((4, 5, 7, 8), (6, 9)),
    ):
        top, bottom, left, right = patch
        yield returns(1 - (bottom - top) * (right - left) / (shape[0] * shape[1]), patch, shape)


@graded(exercises.paste, points=4)
def _paste():
    rng = np.random.default_rng(5)
    for shape, patch in (((9, 7), (0, 3, 4, 7)), ((5, 13), (2, 5, 0, 13)), ((8, 8), (3, 3, 2, 6))):
        one, other = rng.normal(size=shape), rng.normal(size=shape)
        rows, columns = slice(*patch[:2]), slice(*patch[2:])
        mixed = one.copy()
        mixed[rows, columns] = other[rows, columns]
        yield returns(mixed, one, other, patch)
    yield _leaves_what_it_is_given


def _leaves_what_it_is_given(answer) -> None:
    one, other = np.ones((6, 5)), np.full((6, 5), 2.0)
    given = np.asarray(ask(answer, one, other, (1, 3, 1, 4)), float)
    if (one != 1).any() or (other != 2).any():
        raise NotYet("An image that it was given is another afterwards.")
    if given.shape != one.shape or (given == 2).sum() != 6:
        raise NotYet("The patch is not pasted.")


@graded(exercises.to_learn_from, points=6)
def _noise():
    for seed in (1, 2, 3):
        yield lambda answer, seed=seed: _withstands(answer, seed)


def _withstands(answer, seed: int) -> None:
    _, clean, noisy = cutmix.with_noise(answer, seed)
    if min(clean, noisy) < cutmix.ENOUGH:
        raise NotYet(f"It names {clean:.2f} of clean notes rightly, and {noisy:.2f} of noisy ones.")

"""Checks for the exercises (chapter cutmix)."""

from collections.abc import Callable

import numpy as np

from helpers import augment, baselines, sound
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


_TIMBRES = ([1, 0.5, 0.33, 0.25, 0.2, 0.16], [1, 0, 0.5, 0, 0.3, 0], [1, 0.1, 0.05])

NOISY_DB = 5.0
"""The ratio at which what learned with noise is asked."""

ENOUGH = 0.75
"""The share that it must name rightly, clean or noisy."""


def timbres(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Short notes of three timbres, at pitches and levels of their own: (n, 11025), labels (n,)."""
    labels = np.arange(n) % len(_TIMBRES)
    notes = [
        sound.tone(_TIMBRES[k], f0=rng.uniform(150, 450), seconds=0.5)
        * 10 ** (-rng.uniform(0, 12) / 20)
        for k in labels
    ]
    return augment.noise(np.stack(notes), 40, rng), labels


def with_noise(answer: Callable, seed: int) -> tuple[float, float, float]:
    """Shares that an SVM names rightly: in noise without training for it; with it, clean and noisy.

    `answer(waves, labels, rng)` makes what the second one learns from. Raises `NotYet` where that
    cannot be learned from.
    """
    rng = np.random.default_rng(seed)
    (waves, labels), (new, right) = timbres(60, rng), timbres(90, rng)
    noisy = augment.noise(new, NOISY_DB, rng)
    kept = waves.copy()
    given = ask(answer, waves, labels, np.random.default_rng(seed))
    if not np.array_equal(waves, kept):
        raise NotYet("Your function changes the waves that it is given. Add the noise to a copy.")
    more, named = (np.asarray(part) for part in given)
    if more.ndim != 2 or more.shape[1:] != waves.shape[1:] or len(more) != len(named):
        raise NotYet(
            f"Return waves (N, {waves.shape[1]}) and as many labels; yours are {more.shape} and "
            f"{named.shape}."
        )
    plain = baselines.svm().fit(baselines.statistics(waves), labels)
    model = baselines.svm().fit(baselines.statistics(more.astype(np.float32)), named)

    def score(of, heard: np.ndarray) -> float:
        return float((of.predict(baselines.statistics(heard)) == right).mean())

    return score(plain, noisy), score(model, new), score(model, noisy)


@checker
def to_learn_from(answer: Callable) -> str:
    """Waves and labels from which a classifier learns to withstand noise, and keeps what it knew.

    >>> from helpers import exercises
    >>> exercises.to_learn_from(lambda waves, labels, rng: (waves, labels))
    Not yet. With noise 5 dB under the sound it names .32 rightly, as it does without your waves.
    Does it hear noise while it learns, and at many ratios?
    """
    before, clean, noisy = (f"{share:.2f}".lstrip("0") for share in with_noise(answer, seed=0))
    if float(noisy) < ENOUGH:
        same = ", as it does without your waves" if noisy == before else ""
        raise NotYet(
            f"With noise {NOISY_DB:.0f} dB under the sound it names {noisy} rightly{same}. Does it "
            "hear noise while it learns, and at many ratios?"
        )
    if float(clean) < ENOUGH:
        raise NotYet(f"Of clean notes it names only {clean} rightly. Does it hear clean ones, too?")
    return (
        f"In noise it names {noisy} rightly, where {before} were right without; of clean notes "
        f"{clean}."
    )

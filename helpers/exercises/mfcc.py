"""Checks for the exercises (chapter mfcc)."""

from collections.abc import Callable

import numpy as np

from helpers import chunks, features
from helpers.exercises.checking import NotYet, ask, checker


@checker
def frame_count(answer: Callable[[int, int, int], int]) -> str:
    """Frames of `win` samples every `hop` in so many samples, the last one padded.

    >>> from helpers import exercises
    >>> exercises.frame_count(lambda samples, win, hop: samples // hop)
    Not yet. 400 samples, frames of 400 every 160: you say 2. One frame covers the start; then
    count the hops that are begun, the last one rounded up.
    """
    book = features.Settings()
    of_chunk = (chunks.SAMPLES, book.win_length, book.hop_length)
    cases = (of_chunk, (400, 400, 160), (401, 400, 160), (560, 400, 160), (100, 400, 160))
    for samples, win, hop in cases:
        expected = features.Settings(win_length=win, hop_length=hop).n_frames(samples)
        given = ask(answer, samples, win, hop)
        if given != expected:
            raise NotYet(
                f"{samples} samples, frames of {win} every {hop}: you say {given}. One frame "
                "covers the start; then count the hops that are begun, the last one rounded up."
            )
    frames = book.n_frames(chunks.SAMPLES)
    return f"{chunks.SAMPLES:,} samples give {frames} frames: one, and {frames - 1} more."


@checker
def deltas(answer: Callable[[np.ndarray], np.ndarray]) -> str:
    """How fast each coefficient changes: images (N, frames, coefficients) to as many slopes.

    >>> from helpers import exercises
    >>> exercises.deltas(lambda images: images[:, 1:] - images[:, :-1])
    Not yet. The result should keep the shape (2, 6, 3); yours is (2, 5, 3). Continue the images at
    both ends first.
    """
    images = np.random.default_rng(0).integers(-9, 10, size=(2, 6, 3)).astype(float)
    given = np.asarray(ask(answer, images.copy()))
    if given.shape != images.shape:
        raise NotYet(
            f"The result should keep the shape {images.shape}; yours is {given.shape}. Continue "
            "the images at both ends first."
        )
    ends = np.concatenate([images[:, :1], images, images[:, -1:]], axis=1)
    expected = (ends[:, 2:] - ends[:, :-2]) / 2
    if np.allclose(given, expected):
        return "Beside the image they tell a network what moves; a steady tone has zeros here."
    if np.allclose(given, -expected):
        raise NotYet("The signs are turned: what rises has a positive slope.")
    if np.allclose(given, 2 * expected):
        raise NotYet("From the frame before to the next one are two hops: halve the difference.")
    if np.allclose(given, np.gradient(images, axis=2)):
        raise NotYet("These are slopes from coefficient to coefficient; time is the axis before.")
    if np.allclose(given[:, 1:-1], expected[:, 1:-1]):
        raise NotYet("The first or the last frame is wrong: there the frame itself stands in.")
    raise NotYet("Take the next frame minus the one before, at each coefficient, and halve it.")

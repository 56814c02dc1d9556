"""Checks for the exercises (chapter cnn)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def conv_parameters(answer: Callable[[int, int, int], int]) -> str:
    """Parameters of a convolution of `filters` square kernels over `channels`.

    >>> from helpers import exercises
    >>> exercises.conv_parameters(lambda kernel, channels, filters: kernel**2 * filters)
    Not yet. For 40 kernels of side 1 over 1 channels you say 40: each filter has a bias as
    well.
    """
    for kernel, channels, filters in ((1, 1, 40), (5, 40, 32), (1, 32, 16), (3, 3, 8)):
        expected = kernel * kernel * channels * filters + filters
        given = ask(answer, kernel, channels, filters)
        asked = f"{filters} kernels of side {kernel} over {channels} channels"
        if given == expected - filters:
            raise NotYet(f"For {asked} you say {given}: each filter has a bias as well.")
        if given == kernel * channels * filters + filters and kernel > 1:
            raise NotYet(f"For {asked} you say {given}: a kernel is a square, not a row.")
        if given != expected:
            raise NotYet(
                f"For {asked} you say {given}. One filter has a weight for each place of its "
                "kernel and each channel, and one bias."
            )
    return "The second layer has 32,032 parameters; the image's size does not matter."


@checker
def convolution(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str:
    """The sums of a kernel at all places of an image where it fits in.

    >>> from helpers import exercises
    >>> exercises.convolution(lambda image, kernel: (image[:3, :3] * kernel).sum())
    Not yet. For an image (7, 5) and a kernel (3, 3) you return the shape (). It fits in at 5 x 3
    places: one sum for each.
    """
    rng = np.random.default_rng(0)
    for frames, rows, high, wide in ((7, 5, 3, 3), (6, 9, 2, 4), (4, 4, 1, 1)):
        image = rng.integers(-3, 4, (frames, rows)).astype(float)
        kernel = rng.integers(1, 9, (high, wide)).astype(float)
        kernel[0] *= -1
        given = np.asarray(ask(answer, image.copy(), kernel.copy()))
        _compare(given, image, kernel)
    return "Each layer of the chapter does this, with many kernels at once."


def _compare(given: np.ndarray, image: np.ndarray, kernel: np.ndarray) -> None:
    asked = f"For an image {image.shape} and a kernel {kernel.shape}"
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    frames, rows = places = windows.shape[:2]
    if given.shape == image.shape != places:
        raise NotYet(
            f"{asked} your answers have the image's shape: that is padding. Take only the places "
            f"where the whole kernel fits in, {frames} x {rows}."
        )
    if given.shape == (frames - 1, rows - 1):
        raise NotYet(f"{asked} the last place in each direction is missing: {frames} x {rows} fit.")
    if given.shape == windows.shape:
        raise NotYet(f"{asked} you return all products. Add up those of each place.")
    if given.shape != places:
        raise NotYet(
            f"{asked} you return the shape {given.shape}. It fits in at {frames} x {rows} places: "
            "one sum for each."
        )
    sums = np.einsum("ijkl,kl->ij", windows, kernel)
    if np.allclose(given, sums):
        return
    if np.allclose(given, np.einsum("ijkl,kl->ij", windows, kernel[::-1, ::-1])):
        raise NotYet(
            "You turn the kernel round, as mathematicians do. Networks lay it on as it is."
        )
    if np.allclose(given, np.maximum(sums, 0)):
        raise NotYet("Your negative sums became 0. That is ReLU, which comes after the sum.")
    if np.allclose(given, sums / kernel.size):
        raise NotYet("You take means of the products. Take their sums.")
    if np.allclose(given, windows.sum(axis=(2, 3))):
        raise NotYet("You add up what lies under the kernel. Multiply it by the kernel first.")
    raise NotYet(
        f"{asked} the first place should answer {sums[0, 0]:.0f}; yours answers "
        f"{given[0, 0]:.0f}. Multiply number by number, then add up."
    )

"""Pictures of MFCC images and what they are made of (chapter mfcc)."""

from collections.abc import Mapping

import numpy as np

from helpers import audio, features
from helpers.plots import axis
from helpers.plots.page import HUES, INK, looks, picture, words


@picture(2.3)
def framing(figure, wave: np.ndarray, n: int = 4) -> str:
    """The first frames of a wave: where each begins and ends in the book's images.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.framing(np.sin(np.arange(2000)), n=3)
    A wave over 33 ms with bars for its first 3 frames below. Each bar is 18.1 ms long and
    begins 7.26 ms after the one before, so neighbours overlap by more than half.
    """
    axes = figure.subplots()
    settings = features.Settings()
    end = settings.hop_length * (n - 1) + settings.win_length
    ms = 1000 / settings.sr
    axes.plot(np.arange(end) * ms, wave[:end] / np.abs(wave[:end]).max(), linewidth=1)
    rows = -1.4 - 0.45 * np.arange(n)
    axes.barh(
        rows,
        settings.win_length * ms,
        left=settings.hop_length * ms * np.arange(n),
        height=0.3,
        color=HUES[1],
    )
    axes.set_yticks(rows, [f"frame {k}" for k in range(n)])
    axes.set(xlabel="time (ms)", xlim=(0, end * ms))
    return (
        f"A wave over {end * ms:.0f} ms with bars for its first {n} frames below. Each bar is "
        f"{settings.win_length * ms:.1f} ms long and begins {settings.hop_length * ms:.2f} ms "
        "after the one before, so neighbours overlap by more than half."
    )


@picture(2.2)
def mel_filters(figure, filters: np.ndarray, sr: int = audio.SR) -> str:
    """The triangles that sum a spectrum into mel bands; every fifth is filled.

    >>> from helpers import features, plots
    >>> plots.mel_filters(features.mel_filters())
    26 triangles over frequency. The first peaks at 129 Hz, half of them under 1981 Hz, the last
    at 9690 Hz; they widen and flatten towards high frequencies.
    """
    axes = figure.subplots()
    frequency = np.linspace(0, sr / 2, filters.shape[1])
    for i, triangle in enumerate(filters):
        axes.plot(frequency, triangle / filters.max(), color=HUES[i % 5], linewidth=1)
    axes.set(xlabel="frequency (Hz)", ylabel="weight", xlim=(0, sr / 2))
    peaks = frequency[filters.argmax(axis=1)]
    return (
        f"{len(filters)} triangles over frequency. The first peaks at {peaks[0]:.0f} Hz, half of "
        f"them under {np.median(peaks):.0f} Hz, the last at {peaks[-1]:.0f} Hz; they widen and "
        "flatten towards high frequencies."
    )


@picture(2.5)
def bands(
    figure,
    image: np.ndarray,
    ylabel: str,
    title: str,
    settings: features.Settings | None = None,
) -> str:
    """An image of (frames, rows) with time from left to right and rows upwards.

    `settings` say how the frames were made of an image that does not. NaN leaves a place empty.

    >>> from helpers import dataset, features, plots
    >>> image = features.mfcc(dataset.note("Cello")[:44_100])
    >>> plots.bands(image, "coefficient", "a note").alt.split(",")[0]
    'a note: 275 frames by 13 rows'
    """
    axes = figure.subplots()
    end, xlabel = axis.of_frames(image, settings)
    image = np.asarray(image)
    drawn = axes.imshow(image.T, extent=(0, end, -0.5, image.shape[1] - 0.5))
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    figure.colorbar(drawn, pad=0.01)
    image = np.ma.masked_invalid(image)
    loud = int(image.mean(axis=0).argmax())
    return (
        f"{title}: {image.shape[0]} frames by {image.shape[1]} rows, values {image.min():.0f} to "
        f"{image.max():.0f}, highest on average in row {loud}."
    )


Scale = tuple[tuple[float, float], tuple[float, float]]
"""Lowest and highest of c0, and of the other coefficients."""


def scale_of(images: np.ndarray) -> Scale:
    """What `mfcc` needs to draw several images (..., frames, coefficients) on one scale.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.scale_of(np.array([[[-90, 3, 4]], [[-80, 1, 9]]]))
    ((-90.0, -80.0), (1.0, 9.0))
    """
    level, shape = np.asarray(images)[..., 0], np.asarray(images)[..., 1:]
    low, high = (float(end) for end in (level.min(), level.max()))
    return (low, high), (float(shape.min()), float(shape.max()))


@picture(2.5)
def mfcc(figure, image: np.ndarray, title: str, scale: Scale | None = None) -> str:
    """An MFCC image: coefficient 0 (the level) on a scale of its own, the others above it.

    Pictures that are to be compared are given one `scale`, see `scale_of`.

    >>> from helpers import dataset, features, plots
    >>> image = features.mfcc(dataset.note("Cello")[:44_100])
    >>> plots.mfcc(image, "a note").alt[:51]
    'MFCC image of a note: 275 frames by 13 coefficients'
    """
    shape, level = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    end, xlabel = axis.of_frames(image)
    lasts = f" over {end:.2f} s" if features.agreed(image) else ""
    image = np.asarray(image)
    n = image.shape[1]
    extent = (0, end, 0.5, n - 0.5)
    levels, (low, high) = scale or scale_of(image)
    drawn = shape.imshow(image[:, 1:].T, extent=extent, vmin=low, vmax=high)
    figure.colorbar(drawn, ax=shape, pad=0.01)
    shape.set(title=title, ylabel="coefficient")
    shape.set_yticks(range(1, n, max(1, n // 6)))
    middle = (np.arange(len(image)) + 0.5) * end / len(image)  # under the columns above
    level.plot(middle, image[:, 0], linewidth=1.2)
    level.set(xlabel=xlabel, ylabel="c0", xlim=(0, end))
    if scale:
        level.set_ylim(*levels)
    means = image.mean(axis=0)
    strongest = 1 + int(np.abs(means[1:]).argmax())
    return (
        f"MFCC image of {title}: {len(image)} frames by {n} coefficients{lasts}. c0, the level, "
        f"averages {means[0]:.0f}; the strongest other is c{strongest} with {means[strongest]:.0f}."
    )


@picture(2.9)
def waves_of_dct(figure, matrix: np.ndarray, n: int = 4) -> str:
    """The first `n` columns of a DCT matrix as curves over the mel bands.

    >>> from helpers import features, plots
    >>> plots.waves_of_dct(features.dct_matrix(26, 13))
    The cosines behind c0 to c3 over 26 mel bands: c0 is flat, c1 falls once from low to high
    bands, each further one swings half a wave more.
    """
    rows = figure.subplots(n, 1, sharex=True, sharey=True)
    for k, axes in enumerate(rows):
        axes.plot(matrix[:, k], ".-", color=HUES[k % 5])
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set(title=f"c{k}", yticks=[])
    rows[-1].set(xlabel="mel band")
    return (
        f"The cosines behind c0 to c{n - 1} over {len(matrix)} mel bands: c0 is flat, c1 falls "
        "once from low to high bands, each further one swings half a wave more."
    )


@picture(2.4)
def averages(figure, vectors: Mapping[str, np.ndarray]) -> str:
    """How far the averaged coefficients of each class lie from the mean of all; c0 is left out.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.averages({"Cello": np.array([0, 9, 2]), "Flute": np.array([0, 1, -4])})
    How far each class's mean coefficients lie from the mean of all: cello most in c1 (+4);
    flute most in c1 (-4).
    """
    axes = figure.subplots()
    middle = np.mean(list(vectors.values()), axis=0)
    numbers = np.arange(1, len(middle))
    told = []
    for (label, vector), hue, dash in zip(vectors.items(), *looks(), strict=False):
        apart = (vector - middle)[1:]
        axes.plot(numbers, apart, color=hue, ls=dash, marker=".", label=words(label))
        strongest = int(np.abs(apart).argmax())
        told.append(f"{words(label)} most in c{numbers[strongest]} ({apart[strongest]:+.0f})")
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.set(xlabel="coefficient", ylabel="from the mean of all", xticks=numbers)
    figure.legend(loc="outside upper center", ncols=2)
    return f"How far each class's mean coefficients lie from the mean of all: {'; '.join(told)}."

"""MFCC images of chunks, and what classifiers need around them (chapter mfcc).

The book's MFCC image of a 2 s chunk is 275 frames x 13 coefficients, the size of the slides'.
Source: slides "Feature Extraction". Each step is a function here, so that the chapter can draw
it; `mfcc` runs them all, and equals librosa.feature.mfcc. What it returns are `Images`, which say
how they were made: whoever wants other frames changes the settings there and nowhere else.
"""

import functools
import warnings
from dataclasses import dataclass

import numpy as np
import scipy.fft
from joblib import Parallel, delayed
from threadpoolctl import ThreadpoolController

from helpers import audio, progress, store
from helpers.errors import InputError, check_number, check_whole

LARGEST = 1 << 16
"""What a setting may be at most: frames of 3 s. A larger one, perhaps of a damaged file, would take
more memory than there is."""

LIMIT = 1e18
"""Means and spreads beyond it, or spreads under its inverse, are no coefficients'."""

_MOST = {"sr": 1_000_000, "n_mels": 1024}

BATCH = 4
"""Chunks computed at once: few enough that their frames stay in the processor's cache."""


@dataclass(frozen=True)
class Settings:
    """How an MFCC image is made. Lengths are in samples.

    >>> from helpers import features
    >>> features.Settings().n_frames(44_100), features.Settings(hop_length=441).n_frames(44_100)
    (275, 100)
    """

    sr: int = audio.SR
    win_length: int = 400
    hop_length: int = 160
    n_fft: int = 512
    n_mels: int = 26
    n_mfcc: int = 13
    top_db: int = 80
    """Powers more than this far under a chunk's loudest are raised to that floor."""

    def __post_init__(self):
        for name, value in vars(self).items():
            check_whole(name, value, 1, _MOST.get(name, LARGEST))
        if self.win_length > self.n_fft:
            raise InputError(f"win_length {self.win_length} does not fit in n_fft {self.n_fft}")
        if self.n_mfcc > self.n_mels:
            raise InputError(
                f"n_mfcc is {self.n_mfcc}, but {self.n_mels} mel bands give no more than "
                f"{self.n_mels} coefficients"
            )

    def n_frames(self, samples: int) -> int:
        """Frames in so many samples: one, and one for each hop begun after it.

        None begins after the last sample, however long the hop.
        """
        count = 1 + max(0, -(-(samples - self.win_length) // self.hop_length))
        return min(count, -(-samples // self.hop_length))

    def shape(self, samples: int) -> tuple[int, int]:
        """Frames and coefficients of the image of so many samples."""
        return self.n_frames(samples), self.n_mfcc

    def seconds(self, frames: float) -> float:
        """When a frame begins, in seconds; and how long so many frames take, one begun after the
        other."""
        return frames * self.hop_length / self.sr


class Images(np.ndarray):
    """An array (..., frames, coefficients) that knows how its frames were made: `settings`.

    MFCC images are, and scaled ones, and heat maps over them. Some picked from many keep their
    settings, so do copies, and what `np.concatenate` or `np.stack` makes of images that are made
    alike; of others it raises InputError. All else gives an array without: a part of the frames or
    coefficients, what is computed of an image, and `np.asarray(images)`.

    >>> import numpy as np
    >>> from helpers import features
    >>> slow = features.Settings(hop_length=512)
    >>> images = features.Images(np.zeros((5, 84, 13)), slow)
    >>> images[[0, 2]].settings.hop_length
    512
    >>> hasattr(images[:, :10], "settings")
    False
    """

    settings: Settings | None
    """None where what was done to the array left no images, such as a transpose."""

    def __new__(cls, array: np.ndarray, settings: Settings | None) -> "Images":
        images = np.asarray(array).view(cls)
        images.settings = settings
        return images

    def __array_finalize__(self, source) -> None:
        self.settings = None

    def __getitem__(self, index):
        found = np.asarray(self)[index]
        before = index[:-1] if isinstance(index, tuple) else ()
        try:  # does it pick whole images? Then it also fits what stands before their two axes,
            np.broadcast_to(0, self.shape[:-2])[index]
        except IndexError:
            return found
        skips = any(part is Ellipsis for part in before)  # ... unless it goes to the last axes
        return found if skips else Images(found, self.settings)

    def copy(self, order="C") -> "Images":
        """A copy, made alike."""
        return Images(np.array(self, order=order), self.settings)

    def __reduce__(self):
        return Images, (np.asarray(self), self.settings)

    def __array_ufunc__(self, ufunc, method, *given, **options):
        plain = [np.asarray(one) if isinstance(one, Images) else one for one in given]
        if "out" in options:
            options["out"] = tuple(
                np.asarray(one) if isinstance(one, Images) else one for one in options["out"]
            )
        return getattr(ufunc, method)(*plain, **options)

    def __array_function__(self, function, types, arguments, options):
        if function not in (np.concatenate, np.stack):
            made = super().__array_function__(function, types, arguments, options)
            return np.asarray(made) if isinstance(made, Images) else made
        parts = list(arguments[0])
        settings = agreed(*parts)
        joined = function([np.asarray(part) for part in parts], *arguments[1:], **options)
        axis = options.get("axis", arguments[1] if len(arguments) > 1 else 0)
        all_say = all(getattr(part, "settings", None) for part in parts)
        return Images(joined, settings) if all_say and axis == 0 and joined.ndim > 2 else joined


def agreed(*made) -> Settings | None:
    """The settings of images, heat maps and networks that belong together, None where none says.

    Those without `settings` are taken as they come. Raises InputError where two differ.
    """
    found = [had for one in made if (had := getattr(one, "settings", None)) is not None]
    for other in found[1:]:
        apart = [name for name, value in vars(found[0]).items() if value != getattr(other, name)]
        if apart:
            one, two = (
                ", ".join(f"{name} {getattr(each, name)}" for name in apart)
                for each in (found[0], other)
            )
            raise InputError(
                f"images made with {one} and with {two} do not belong together; "
                "make them with the same settings"
            )
    return found[0] if found else None


def settings_of(made) -> Settings:
    """How images were made, or those behind heat maps, or those that a network learned from.

    Raises InputError where that is not known.
    """
    settings = agreed(made)
    if settings is None:
        raise InputError(
            "it is not known how these images were made; take those of features.mfcc, or say it "
            "with features.Images(array, settings)"
        )
    return settings


def made_like(images: np.ndarray, array: np.ndarray) -> np.ndarray:
    """An array over the frames and coefficients of images, with their settings if they say them.

    >>> import numpy as np
    >>> from helpers import features, sound
    >>> images = features.mfcc(sound.tone([1.0])[None], hop_length=525)
    >>> features.made_like(images, np.zeros((1, 9, 13))).settings.hop_length
    525
    """
    settings = agreed(images)
    return np.asarray(array) if settings is None else Images(array, settings)


def mfcc(waves: np.ndarray, **settings) -> Images:
    """MFCC images of N waves: (N, samples) gives float32 (N, frames, n_mfcc); one wave gives one.

    Waves of 2 s give (N, 275, 13). `settings` are fields of `Settings`. The image equals
    `librosa.feature.mfcc(y=np.pad(wave, (56, 196)), center=False, ...)`: 140 zeros fill the last
    frame, and 56 at each end undo that librosa puts the 400 samples of a frame in the middle of
    the 512 of its FFT. More than a batch of waves are computed on all cores and kept in the cache.

    Raises InputError for settings that do not fit, and for waves that are integers or hold no
    numbers.

    >>> import numpy as np
    >>> from helpers import features
    >>> waves = np.random.default_rng(0).uniform(-1, 1, size=(3, 44_100))
    >>> features.mfcc(waves).shape, features.mfcc(waves[0], n_mfcc=20).shape
    ((3, 275, 13), (275, 20))
    """
    chosen = Settings(**settings)
    waves = np.asarray(waves)
    if not np.issubdtype(waves.dtype, np.floating):
        raise InputError(f"waves are {waves.dtype}; give floats in [-1, 1] (16 bits: / 32768)")
    waves = waves.astype(np.float32, copy=False)
    if waves.ndim == 1:
        return mfcc(waves[None], **settings)[0]
    if waves.ndim != 2 or waves.shape[1] < 1:
        raise InputError(f"waves have shape {waves.shape}; expected (samples,) or (N, samples)")
    if not np.isfinite(waves).all():
        raise InputError("waves hold samples that are NaN or infinite")
    if len(waves) <= BATCH:
        with one_thread_of_blas():  # two would split the product, and round otherwise than one
            return Images(_mfcc_batch(waves, chosen), chosen)

    return Images(store.keep("mfcc", _kept, waves, chosen)["mfcc"], chosen)


def average(images: np.ndarray) -> np.ndarray:
    """The slides' feature vector: each coefficient's mean over time, (N, 275, 13) to (N, 13).

    >>> import numpy as np
    >>> from helpers import features
    >>> features.average(np.array([[[1, 2], [3, 4], [5, 12]]])).tolist()
    [[3.0, 6.0]]
    """
    return images.mean(axis=-2)


def one_hot(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Labels (N,) as rows of zeros with a single one, float32 (N, n_classes).

    >>> import numpy as np
    >>> from helpers import features
    >>> features.one_hot(np.array([1, 0]), n_classes=3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    labels = np.asarray(labels)
    if labels.size and not 0 <= labels.min() <= labels.max() < n_classes:
        raise InputError(
            f"labels reach from {labels.min()} to {labels.max()}, not from 0 to {n_classes - 1}"
        )
    return np.eye(n_classes, dtype=np.float32)[labels]


@dataclass(frozen=True)
class Scaler:
    """Gives each coefficient mean 0 and spread 1 over the training part.

    The slides mapped all values to 0..1 by the smallest and largest of the whole set, test part
    included: a small leak. And as c0 lies far below the others, it takes most of that range.

    >>> import numpy as np
    >>> from helpers import features
    >>> scaler = features.Scaler.fit(np.array([[[0, 1], [2, 5]]]))
    >>> scaler.mean, scaler.spread
    ((1.0, 3.0), (1.0, 2.0))
    >>> scaler(np.array([[2, 3]])).tolist()
    [[1.0, 0.0]]
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]

    def __post_init__(self):
        if not len(self.mean) == len(self.spread) > 0:
            raise InputError(
                f"a scaler has {len(self.mean)} means and {len(self.spread)} spreads; "
                "it needs one of each for each coefficient"
            )
        for i, (mean, spread) in enumerate(zip(self.mean, self.spread, strict=True)):
            check_number(f"mean {i} of the scaler", mean, -LIMIT, LIMIT)
            check_number(f"spread {i} of the scaler", spread, 1 / LIMIT, LIMIT)

    @classmethod
    def fit(cls, train: np.ndarray) -> "Scaler":
        """Learn from training images (N, frames, coefficients).

        Raises InputError where there are none, and for a coefficient that never changes.
        """
        if not train.size:
            raise InputError("a scaler needs a training part; this one is empty")
        every = train.reshape(-1, train.shape[-1]).astype(np.float64)
        mean, spread = every.mean(axis=0), every.std(axis=0)
        if not spread.all():
            raise InputError(f"coefficient {int(spread.argmin())} is the same in all of the images")
        return cls(tuple(mean.tolist()), tuple(spread.tolist()))

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Scaled images, float32 of the same shape."""
        scaled = ((images - np.array(self.mean)) / np.array(self.spread)).astype(np.float32)
        return made_like(images, scaled)


def one_range(images: np.ndarray) -> Scaler:
    """The slides' scaling: all values to 0..1, by the smallest and largest of the whole set."""
    k = images.shape[-1]
    low, high = float(images.min()), float(images.max())
    return Scaler((low,) * k, (high - low,) * k)


def range_of_each(images: np.ndarray) -> Scaler:
    """Each coefficient to 0..1, by its own smallest and largest value."""
    low, high = images.min(axis=(0, 1)), images.max(axis=(0, 1))
    return Scaler(tuple(low.tolist()), tuple((high - low).tolist()))


SCALERS = {
    "one range, 0 to 1 (the slides')": one_range,
    "a range for each coefficient": range_of_each,
    "mean and spread of each coefficient": Scaler.fit,
}


# The steps, in their order. All take and give the last axes, so they work on one or many waves.


def frames(waves: np.ndarray, chosen: Settings = Settings()) -> np.ndarray:
    """Overlapping frames: (..., samples) gives (..., frames, win_length), the last zero-padded.

    >>> import numpy as np
    >>> from helpers import features
    >>> features.frames(np.zeros(44_100)).shape
    (275, 400)
    """
    count = chosen.n_frames(waves.shape[-1])
    short = (count - 1) * chosen.hop_length + chosen.win_length - waves.shape[-1]
    padded = np.pad(waves, [(0, 0)] * (waves.ndim - 1) + [(0, max(0, short))])
    views = np.lib.stride_tricks.sliding_window_view(padded, chosen.win_length, axis=-1)
    return views[..., :: chosen.hop_length, :][..., :count, :]


def window(chosen: Settings = Settings()) -> np.ndarray:
    """The Hann window that fades each frame in and out: float32 (win_length,).

    >>> from helpers import features
    >>> features.window()[[0, 200]].tolist()
    [0.0, 1.0]
    """
    turn = np.linspace(0, 2 * np.pi, chosen.win_length, endpoint=False)
    return (0.5 - 0.5 * np.cos(turn)).astype(np.float32)


def power_spectrum(framed: np.ndarray, chosen: Settings = Settings()) -> np.ndarray:
    """Power at each frequency: (..., frames, win_length) gives (..., frames, 1 + n_fft // 2).

    >>> import numpy as np
    >>> from helpers import features
    >>> power = features.power_spectrum(np.ones((1, 400)))
    >>> power.shape, int(power[0, 0])
    ((1, 257), 160000)
    """
    spectrum = scipy.fft.rfft(framed, chosen.n_fft)
    parts = spectrum.view(spectrum.real.dtype)  # real, imaginary, real, ...
    parts *= parts  # in place: memory is what takes the time
    return parts[..., ::2] + parts[..., 1::2]


def mel_filters(chosen: Settings = Settings()) -> np.ndarray:
    """librosa's mel filters (Slaney's scale): float32 (n_mels, 1 + n_fft // 2).

    Triangles between neighbouring bands' middles, each of the same area. The scale is linear up to
    1000 Hz, which is 15 mel, and logarithmic above. Computed here, because importing librosa takes
    longer than classifying a recording does. Warns of bands that lie between two frequencies of the
    spectrum.

    >>> from helpers import features
    >>> features.mel_filters().shape
    (26, 257)
    """
    step, highest = np.log(6.4) / 27, chosen.sr / 2
    top = 15 + np.log(highest / 1000) / step if highest >= 1000 else highest / (200 / 3)
    mel = np.linspace(0, top, chosen.n_mels + 2)
    middle = np.where(mel < 15, mel * (200 / 3), 1000 * np.exp(step * (mel - 15)))
    apart = middle[:, None] - np.fft.rfftfreq(chosen.n_fft, 1 / chosen.sr)
    width = np.diff(middle)[:, None]
    triangles = np.maximum(0, np.minimum(-apart[:-2] / width[:-1], apart[2:] / width[1:]))
    area = 2 / (middle[2:] - middle[:-2])[:, None]
    empty = np.count_nonzero(~triangles.any(axis=1))
    if empty:
        warnings.warn(
            f"{empty} of {chosen.n_mels} mel bands lie between the {chosen.n_fft // 2 + 1} "
            "frequencies of a frame and hold nothing: choose a larger n_fft or fewer n_mels",
            stacklevel=2,
        )
    return (triangles.astype(np.float32) * area).astype(np.float32)  # rounded where librosa does


def decibels(power: np.ndarray, chosen: Settings = Settings()) -> np.ndarray:
    """Power in dB, raised to `top_db` under the loudest of each wave (last two axes).

    >>> import numpy as np
    >>> from helpers import features
    >>> features.decibels(np.array([[1, 0.01, 1e-20]])).tolist()
    [[0.0, -20.0, -80.0]]
    """
    level = 10 * np.log10(np.maximum(power, 1e-10))
    return np.maximum(level, level.max(axis=(-2, -1), keepdims=True) - chosen.top_db)


def dct_matrix(n_mels: int, n_mfcc: int) -> np.ndarray:
    """The orthonormal DCT-II as a matrix: a row of n_mels times this gives n_mfcc coefficients.

    >>> import numpy as np
    >>> from helpers import features
    >>> matrix = features.dct_matrix(26, 13)
    >>> matrix.shape, np.allclose(matrix.T @ matrix, np.eye(13), atol=1e-5)
    ((26, 13), True)
    """
    return scipy.fft.dct(np.eye(n_mels, dtype=np.float32), norm="ortho")[:, :n_mfcc]


def one_thread_of_blas():
    """While this is entered, a matrix product takes one core, as there is a thread for each.

    With threads of its own under them it waits more than it computes, on a busy machine most of
    the time.
    """
    return _blas().limit(limits=1, user_api="blas")


@functools.cache
def _blas() -> ThreadpoolController:
    """The libraries of matrix products, found once: looking for them takes longer than an image."""
    return ThreadpoolController()


def _mfcc_batch(waves: np.ndarray, chosen: Settings) -> np.ndarray:
    framed = frames(waves, chosen)
    faded = np.zeros((*framed.shape[:-1], chosen.n_fft), np.float32)  # or the FFT would copy them
    np.multiply(framed, window(chosen), out=faded[..., : chosen.win_length])
    power = power_spectrum(faded, chosen)
    level = decibels(power @ mel_filters(chosen).T, chosen)
    return level @ dct_matrix(chosen.n_mels, chosen.n_mfcc)


def _kept(waves: np.ndarray, chosen: Settings) -> dict:
    return {"mfcc": in_batches(waves, chosen, "MFCC")}


def in_batches(waves: np.ndarray, chosen: Settings = Settings(), bar: str | None = None) -> Images:
    """MFCC images of waves (N, samples) on all cores, not kept: (N, frames, n_mfcc).

    `bar` is the name of a progress bar; by default none is shown.
    """
    batches = range(0, len(waves), BATCH)
    work = (delayed(_mfcc_batch)(waves[i : i + BATCH], chosen) for i in batches)
    with one_thread_of_blas():
        done = Parallel(-1, prefer="threads", return_as="generator")(work)  # which begins at once
        told = progress.bar(done, bar, len(batches), unit="batch", disable=bar is None)
        return Images(np.concatenate(list(told)), chosen)

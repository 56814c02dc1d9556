"""The same sound, recorded otherwise (chapters cutmix and leakage).

A classifier that has heard few players learns their rooms and microphones too. Here each chunk
is changed as another recording would change it: room, microphone, level, pitch; and the label
stays. `noise` also serves to test how much a trained model bears.
"""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.fft
import soundfile
import soxr
from joblib import Parallel, delayed

from helpers import audio
from helpers.errors import InputError


@dataclass(frozen=True)
class Variation:
    """How far a chunk is changed. Shares are how many of the chunks get that change."""

    semitones: float = 4.0
    """Played faster or slower by up to so much: pitch, tempo and resonances move together."""
    speed_share: float = 0.8
    cut_share: float = 0.3
    """Of chunks of which only a part stays, 30 % at least, with silence around it."""
    octave_db: float = 5.0
    """Spread of the gain at each octave: a microphone's colour."""
    tilt_db: float = 2.5
    """Spread of the slope, in dB an octave: dull or bright."""
    limit_share: float = 0.35
    """Of chunks that lose their treble (from 2.5 to 10 kHz), and of those that lose their bass."""
    room_share: float = 0.5
    wet: float = 0.6
    """The largest share of reverberation."""
    noise_share: float = 0.7
    snr_db: tuple[float, float] = (8.0, 60.0)
    level_db: float = 35.0
    """Peaks lie up to so much below full scale."""


def only(**variation) -> Variation:
    """A variation in what is named alone; all else stays as it is.

    >>> from helpers import augment
    >>> augment.only(room_share=1.0, wet=0.6).noise_share
    0.0
    """
    none = {name: 0.0 for name in vars(Variation()) if name != "snr_db"}
    return replace(Variation(), **none | variation)


KINDS: dict[str, Variation] = {
    "noise": only(noise_share=1.0, snr_db=(5.0, 20.0)),
    "level": only(level_db=30.0),
    "filter": only(octave_db=5.0, tilt_db=2.5, limit_share=0.7),
    "pitch": only(speed_share=1.0, semitones=4.0),
    "room": only(room_share=1.0, wet=0.6),
    "composed": replace(Variation(), level_db=12.0),
}
"""For the ear: one change at a time, and all of them; each chunk draws how far it goes."""


def recorded_otherwise(
    waves: np.ndarray, rng: np.random.Generator, variation: Variation = Variation()
) -> np.ndarray:
    """Change each chunk as another player, room and microphone would: (N, samples), float32.

    In this order: speed, a part of the chunk alone, filters, reverberation, noise, level; each
    chunk draws its own. What gets shorter is padded with zeros. Silence stays silence. The same
    generator gives the same changes, on any number of cores. Raises InputError for waves that
    have not this shape.

    >>> import numpy as np
    >>> from helpers import augment, sound
    >>> waves, rng = sound.tone([1.0])[None], np.random.default_rng(0)
    >>> changed = augment.recorded_otherwise(waves, rng, augment.only(level_db=30.0))
    >>> changed.shape, bool(0 > 20 * np.log10(np.abs(changed).max()) > -30)
    ((1, 33075), True)
    """
    waves = _checked(waves)
    work = (
        delayed(_change)(wave, own, variation)
        for wave, own in zip(waves, rng.spawn(len(waves)), strict=True)
    )
    changed = Parallel(-1, prefer="threads")(work)
    return np.stack(changed) if changed else waves.copy()


def noise(waves: np.ndarray, snr_db: float, rng: np.random.Generator) -> np.ndarray:
    """Add white noise to each chunk at exactly this signal-to-noise ratio: (N, samples), float32.

    The ratio is that of the powers over the whole chunk, in dB. Silence stays silence. What
    leaves [-1, 1] is not clipped, as clipping would change the ratio. Raises InputError for
    waves that have not this shape.

    >>> import numpy as np
    >>> from helpers import augment, sound
    >>> wave = sound.tone([1.0])[None]
    >>> noisy = augment.noise(wave, 20, np.random.default_rng(0))
    >>> round(float(10 * np.log10((wave**2).mean() / ((noisy - wave) ** 2).mean())), 1)
    20.0
    """
    waves = _checked(waves)
    hiss = rng.standard_normal(waves.shape, dtype=np.float32)
    return waves + hiss * _ratio(waves, hiss, snr_db)


def with_noisy(
    waves: np.ndarray, labels: np.ndarray, rng: np.random.Generator, snr_db: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Chunks, and under them each once more with noise: (2 N, samples) and labels (2 N, ...).

    Each draws its ratio in dB uniformly from `snr_db`. The noise is white.

    >>> import numpy as np
    >>> from helpers import augment, sound
    >>> waves, rng = sound.tone([1.0])[None], np.random.default_rng(0)
    >>> both, labels = augment.with_noisy(waves, np.array([3]), rng, snr_db=(0, 30))
    >>> both.shape, labels.tolist()
    ((2, 33075), [3, 3])
    """
    ratios = rng.uniform(*snr_db, size=len(waves))
    copies = [noise(wave[None], ratio, rng) for wave, ratio in zip(waves, ratios, strict=True)]
    return np.concatenate([waves, *copies]), np.concatenate([labels, labels])


def rumble(waves: np.ndarray, snr_db: float, rng: np.random.Generator) -> np.ndarray:
    """As `noise`, but of another colour: its power falls by 6 dB an octave, as that of traffic."""
    waves = _checked(waves)
    size = waves.shape[1]
    spectrum = scipy.fft.rfft(rng.standard_normal(waves.shape, dtype=np.float32))
    spectrum /= np.maximum(np.fft.rfftfreq(size, 1 / audio.SR), 30)
    deep = scipy.fft.irfft(spectrum, size).astype(np.float32)
    return waves + deep * _ratio(waves, deep, snr_db)


def _checked(waves: np.ndarray) -> np.ndarray:
    waves = np.asarray(waves)
    if waves.ndim != 2 or not np.issubdtype(waves.dtype, np.floating):
        raise InputError(f"waves are {waves.dtype} {waves.shape}; give floats (N, samples)")
    return waves.astype(np.float32, copy=False)


def _ratio(waves: np.ndarray, hiss: np.ndarray, snr_db: float) -> np.ndarray:
    """What to multiply noise with, so that it lies `snr_db` under its wave: (..., 1)."""
    wanted, power = (np.square(w, dtype=float).mean(axis=-1, keepdims=True) for w in (waves, hiss))
    return np.sqrt(wanted / power * 10 ** (-snr_db / 10)).astype(np.float32)


def _change(wave: np.ndarray, rng: np.random.Generator, variation: Variation) -> np.ndarray:
    samples = len(wave)
    if rng.random() < variation.speed_share:
        wave = _speed(wave, rng.uniform(-1, 1) * variation.semitones, rng)
    if rng.random() < variation.cut_share:
        wave = _part(wave, rng)
    wave = _placed(wave, samples, rng)
    wave = _filtered(wave, rng, variation)
    if rng.random() < variation.noise_share:
        hiss = _coloured(samples, rng)
        wave = wave + hiss * _ratio(wave, hiss, rng.uniform(*variation.snr_db))
    peak = np.abs(wave).max(initial=0)
    level = 10 ** (-rng.uniform(0, variation.level_db) / 20)
    return (wave * (level / peak) if peak > 0 else wave).astype(np.float32)


def _speed(wave: np.ndarray, semitones: float, rng: np.random.Generator) -> np.ndarray:
    """Played faster or slower, at most as long as before."""
    changed = soxr.resample(wave, audio.SR * 2 ** (semitones / 12), audio.SR, quality="LQ")
    spare = max(0, len(changed) - len(wave))
    return changed[rng.integers(spare + 1) :][: len(wave)]


def _part(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    length = max(1, round(rng.uniform(0.3, 1) * len(wave)))
    start = rng.integers(len(wave) - length + 1)
    wave = wave[start : start + length].copy()
    fade = min(length // 4, 200)  # 9 ms, so that it does not end with a click
    wave[length - fade :] *= np.linspace(1, 0, fade)
    return wave


def _placed(wave: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    """With silence after it, or on both sides, to fill `samples`."""
    spare = samples - len(wave)
    before = int(rng.integers(spare + 1)) if rng.random() < 0.5 else 0
    return np.pad(wave, (before, spare - before))


def _filtered(wave: np.ndarray, rng: np.random.Generator, variation: Variation) -> np.ndarray:
    """Through a random microphone and room, both at once in the spectrum."""
    size = scipy.fft.next_fast_len(len(wave) * 3 // 2, real=True)  # room for the echo's end
    frequency = np.fft.rfftfreq(size, 1 / audio.SR)
    octaves = np.arange(-5, 5)  # around 1 kHz: from 31 Hz to 16 kHz
    gains = rng.normal(0, variation.octave_db, len(octaves))
    gains += rng.normal(0, variation.tilt_db) * octaves
    of_each = np.interp(np.log2(np.maximum(frequency, 1) / 1000), octaves, gains)
    response = 10 ** (of_each / 20)
    if rng.random() < variation.limit_share:
        cut, order = 2500 * 4 ** rng.random(), rng.integers(2, 7)
        response /= np.sqrt(1 + (frequency / cut) ** (2 * order))
    if rng.random() < variation.limit_share:
        cut = 40 * 6 ** rng.random()
        response /= np.sqrt(1 + (cut / np.maximum(frequency, 1)) ** 4)
    if rng.random() < variation.room_share:
        share = rng.uniform(0, variation.wet)
        response = response * (1 - share + share * _room(size, size - len(wave), frequency, rng))
    spectrum = scipy.fft.rfft(wave, size) * response
    return scipy.fft.irfft(spectrum, size)[: len(wave)]


def _room(size: int, longest: int, frequency: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A room's response at each frequency: noise that falls by 60 dB in 0.1 to 1.5 s, dull."""
    seconds = 0.1 * 15 ** rng.random()
    t = np.arange(min(longest, round(seconds * audio.SR))) / audio.SR
    impulse = rng.standard_normal(len(t)) * 10 ** (-3 * t / seconds)
    treble = 2000 * 4 ** rng.random()
    spectrum = scipy.fft.rfft(impulse / np.linalg.norm(impulse), size)
    return spectrum / np.sqrt(1 + (frequency / treble) ** 2)


def _coloured(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Noise between hiss and rumble."""
    spectrum = scipy.fft.rfft(rng.standard_normal(samples))
    frequency = np.fft.rfftfreq(samples, 1 / audio.SR)
    spectrum *= np.maximum(frequency, 30) ** (-rng.uniform(-0.3, 2) / 2)
    return scipy.fft.irfft(spectrum, samples)


# What a recording may go through on its way.


def linear(path: str) -> np.ndarray:
    """Brought from a microphone's 48 kHz to the book's rate by a straight line between samples.

    So would careless code. What lies above half of the new rate is folded down into it.
    """
    wave = audio.read(path, 48_000)
    at = np.arange(round(len(wave) * audio.SR / 48_000)) * 48_000 / audio.SR
    return np.interp(at, np.arange(len(wave)), wave).astype(np.float32)


def telephone(path: str) -> np.ndarray:
    """Sent at 8 kHz: nothing above 4 kHz is left."""
    return soxr.resample(audio.read(path, 8000), 8000, audio.SR)


def opus(path: str) -> np.ndarray:
    """Coded as a browser codes what it records, and decoded."""
    coded = io.BytesIO()
    soundfile.write(coded, audio.read(path, 48_000), 48_000, format="OGG", subtype="OPUS")
    coded.seek(0)
    return soxr.resample(soundfile.read(coded, dtype="float32")[0], 48_000, audio.SR)


def quiet(path: str) -> np.ndarray:
    """Recorded 50 dB too low, in 16 bits."""
    return np.round(audio.read(path) * 10 ** (-50 / 20) * 32_768).astype(np.float32) / 32_768


def first_half_second(path: str) -> np.ndarray:
    """The half second after the sound begins, a tenth of its loudest, and nothing more."""
    wave = audio.read(path)
    begin = int((np.abs(wave) > np.abs(wave).max() / 10).argmax())
    return wave[begin : begin + audio.SR // 2]


def elsewhere(**variation) -> Callable[[str], np.ndarray]:
    """In another room or by another microphone, as the fields of `Variation` say.

    Each clip gets its own, the same each time.
    """
    chosen = only(**variation)

    def change(path: str) -> np.ndarray:
        rng = np.random.default_rng(zlib.crc32(Path(path).name.encode()))
        return recorded_otherwise(audio.read(path)[None], rng, chosen)[0]

    return change


def noisy(snr_db: float) -> Callable[[str], np.ndarray]:
    """With white noise at a signal-to-noise ratio in dB."""
    return lambda path: noise(audio.read(path)[None], snr_db, np.random.default_rng(0))[0]


CHANGES: dict[str, Callable[[str], np.ndarray]] = {
    "none": audio.read,
    "resampled linearly": linear,
    "telephone, 8 kHz": telephone,
    "coded by Opus": opus,
    "50 dB too quiet": quiet,
    "another microphone": elsewhere(octave_db=5.0, tilt_db=2.5, limit_share=0.5),
    "a reverberant room": elsewhere(room_share=1.0, wet=0.8),
    "noise at 20 dB": noisy(20),
    "noise at 10 dB": noisy(10),
    "noise at 0 dB": noisy(0),
    "first half second": first_half_second,
}
"""Changes of a recording: functions from a path to samples at the book's rate."""

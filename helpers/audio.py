"""Sound files as samples: mono, float32, at one sampling rate (chapters sound and dataset)."""

import contextlib
import io
import math
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from helpers import containers, names
from helpers.errors import InputError

SR = 22_050
"""The book's sampling rate in Hz, that of the slides (librosa's default)."""

BLOCK_SECONDS = 30
BLOCK_VALUES = 1 << 23  # of all channels together: 32 MB, whatever a header says
LONGEST_HOURS = 1000  # a header that says more says nothing
WHOLE_HOURS = 3  # 1 GB of samples
RATES = 1000, 1_000_000

SPAN = 1 << 13
"""Samples of a file over which its channels are compared: no file has so many of them that a block
does not hold as many of each."""

SILENT_DB = -60.0
"""What is under this level, in dB of full scale, is silent.

The level is the standard deviation, so that a constant offset is no sound.
"""

CANCELLED_DB = -20.0
"""Where the mean of the channels is so far under that of unrelated sounds of their levels, they
cancel each other."""

SCALED = 16.0
"""Floats most of which are beyond this are whole numbers of 16 bits or more, not scaled to 1."""


def seconds(path: str | Path) -> float:
    """Length of a sound file in seconds.

    It needs no decoding. Raises InputError when the file is missing, unreadable or empty, or does
    not say how long it is.
    """
    with _open(path) as links:
        return _seconds(links)


def blocks(path: str | Path) -> Iterator[np.ndarray]:
    """Yield a sound file piece by piece, so that an hour needs no more memory than a minute.

    Each piece is float32 of shape (n,) in [-1, 1] at 22 050 Hz. What a float file holds beyond full
    scale is clipped, as a loudspeaker would. Channels are averaged; where they cancel each other,
    the loudest is heard. Any sampling rate is converted by soxr. Files that were joined to one are
    heard one after the other. Raises InputError as `seconds` does, for samples that are no numbers,
    and for floats that are not scaled.
    """
    with _open(path) as links:
        for file in links:
            yield from _converted(file, path, SR)


def read(path: str | Path, sr: int = SR) -> np.ndarray:
    """A whole sound file as float32 of shape (n,) at `sr` Hz; see `blocks` for errors.

    A small file can hold days of silence: raises InputError for more than 3 hours, too.

    >>> from helpers import audio, dataset
    >>> note = dataset.data_folder() / "demo" / "notes" / "Cello.ogg"
    >>> wave = audio.read(note)
    >>> wave.dtype, wave.ndim, round(len(wave) / audio.SR, 1)
    (dtype('float32'), 1, 2.5)
    """
    with _open(path) as links:
        hours = _seconds(links) / 3600
        if hours > WHOLE_HOURS:
            raise InputError(f"{path}: lasts {hours:.1f} hours; cut it into {WHOLE_HOURS} or less")
        wave = np.concatenate([block for file in links for block in _converted(file, path, sr)])
    if not len(wave):
        raise InputError(f"{path}: is too short for a single sample at {sr} Hz")
    return wave


def level(waves: np.ndarray) -> np.ndarray:
    """How loud waves (..., samples) are, in dB of full scale: float (...,), -240 for silence.

    It is the standard deviation, as for `SILENT_DB`. A sine at full scale has -3 dB.

    >>> import numpy as np
    >>> from helpers import audio
    >>> audio.level(np.sin(np.arange(22_050) / 10)).round(1).item()
    -3.0
    """
    waves = np.asarray(waves)
    each = waves.reshape(math.prod(waves.shape[:-1]), waves.shape[-1])
    # At once it would take a copy of them all, of twice their size.
    spread = np.reshape([wave.std(dtype=float) for wave in each], waves.shape[:-1])
    return 20 * np.log10(np.maximum(spread, 1e-12))


def mp3(wave: np.ndarray, sr: int = SR) -> bytes:
    """A wave of shape (n,) as an MP3 file: small, and every browser plays it."""
    buffer = io.BytesIO()
    soundfile.write(buffer, wave, sr, format="MP3", subtype="MPEG_LAYER_III")
    return buffer.getvalue()


def _seconds(links: list[soundfile.SoundFile]) -> float:
    return sum(file.frames / file.samplerate for file in links)


def _converted(file: soundfile.SoundFile, path: str | Path, sr: int) -> Iterator[np.ndarray]:
    stream = soxr.ResampleStream(file.samplerate, sr, 1, dtype="float32")
    decoded = _decoded(file, path)
    block, whole = next(decoded, None), True
    while block is not None:
        following = next(decoded, None)
        mono = _mono(block)
        if whole and following is None:  # the same samples, in less time
            resampled = soxr.resample(mono, file.samplerate, sr)
        else:
            resampled = stream.resample_chunk(mono, last=following is None)
        yield np.clip(resampled, -1, 1, out=resampled)
        block, whole = following, False


def _decoded(file: soundfile.SoundFile, path: str | Path) -> Iterator[np.ndarray]:
    """All samples, float32 (n, channels) in [-1, 1], to where they end."""
    most = min(BLOCK_SECONDS * file.samplerate, BLOCK_VALUES // file.channels) // SPAN * SPAN
    count = 0
    while True:
        try:
            with _hush(file.format):
                block = file.read(most, "float32", True)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{path}: is damaged or cut short ({_words(error)})") from error
        if not len(block):
            break
        count += len(block)
        _check(block, path)
        yield np.clip(block, -1, 1, out=block)
    # The others are as long as what is there.
    if file.format == "FLAC" and count < file.frames:
        raise InputError(f"{path}: is cut short, {file.frames - count} samples are missing")


def _check(block: np.ndarray, path: str | Path) -> None:
    if not np.isfinite(block).all():
        raise InputError(f"{path}: holds samples that are NaN or infinite; export it again")
    loud = max(-block.min(), block.max())
    if loud > SCALED and np.median(np.abs(block[block != 0])) > SCALED:
        raise InputError(
            f"{path}: its floats reach {loud:.0f}, where full scale is 1; they seem to be whole "
            "numbers: divide them by the largest (32768 for 16 bits), or export it as 16 bits"
        )


def _mono(block: np.ndarray) -> np.ndarray:
    """The mean of the channels; in spans where they cancel each other, the loudest of them.

    So it is where the mean is silent and a channel is not.
    """
    if block.shape[1] == 1:
        return block[:, 0]
    channels = np.ascontiguousarray(block.T)  # sums along an axis of two numbers are slow
    mono = channels.mean(axis=0)
    silent, cancelled = (10 ** (level / 20) for level in (SILENT_DB, CANCELLED_DB))
    for begin in range(0, len(block), SPAN):
        span = slice(begin, begin + SPAN)
        level, loud = mono[span].std(), channels[:, span].std(axis=1)
        unrelated = np.sqrt(loud @ loud) / len(loud)
        if level < cancelled * unrelated or level < silent <= loud.max():
            # The first of those that are about as loud: it must not change from span to span.
            mono[span] = channels[np.argmax(loud > 0.7 * loud.max()), span]
    return mono


@contextlib.contextmanager
def _open(path: str | Path) -> Iterator[list[soundfile.SoundFile]]:
    """The files that a sound file consists of, one after the other; mostly one."""
    with contextlib.ExitStack() as stack:
        try:
            _check_is_file(path)
            file = stack.enter_context(open(path, "rb"))
            kind, parts = containers.links(file)
            links = []
            for part in parts:
                given = os.fsencode(path) if part is file else part  # libsndfile reads it faster
                with _hush(kind):
                    links.append(stack.enter_context(soundfile.SoundFile(given)))
        except (containers.Unread, soundfile.LibsndfileError) as error:
            # libsndfile may print what it was given, and may blame what is none of its matter.
            said = str(error) if isinstance(error, containers.Unread) else _words(error)
            raise InputError(
                f"{path}: not a sound file that can be read ({said}); "
                f"the book reads {containers.READ}. Convert it: {containers.conversion(path)}"
            ) from error
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
        for file in links:
            if not RATES[0] <= file.samplerate <= RATES[1]:
                raise InputError(
                    f"{path}: {file.samplerate} Hz is no sampling rate of sound; is it damaged?"
                )
            if file.frames > LONGEST_HOURS * 3600 * file.samplerate:
                raise InputError(
                    f"{path}: does not say how long it is; convert it: "
                    f"{containers.conversion(path)}"
                )
        if not any(file.frames for file in links):
            raise InputError(f"{path}: holds no sound")
        yield links


def _check_is_file(path: str | Path) -> None:
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # no name holds a zero byte
        raise InputError(f"{path}: there is no such file{names.beside(path)}") from None
    if stat.S_ISDIR(mode):
        raise InputError(f"{path}: is a folder; name the sound files in it")
    if not stat.S_ISREG(mode):
        raise InputError(f"{path}: is no file but a pipe or a device")


def _words(error: soundfile.LibsndfileError) -> str:
    """What libsndfile says; it has no words for a header that states what cannot be."""
    said = error.error_string
    return "its header is damaged" if "nternal" in said else said


_hushing = threading.Lock()
_hushed = 0
_stderr = None


@contextlib.contextmanager
def _hush(kind: str) -> Iterator[None]:
    """While this is entered, the library for MP3 does not print what it finds in damaged frames.

    It has no switch for it, so the process's stderr leads nowhere while it decodes a block.
    """
    global _hushed, _stderr
    if kind != "MP3":
        yield
        return
    with _hushing:
        if not _hushed:
            with contextlib.suppress(OSError):  # it may be closed
                _stderr = os.dup(2)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, 2)
                os.close(nowhere)
        _hushed += 1
    try:
        yield
    finally:
        with _hushing:
            _hushed -= 1
            if not _hushed and _stderr is not None:
                os.dup2(_stderr, 2)
                os.close(_stderr)
                _stderr = None

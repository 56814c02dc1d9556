"""Sound files as samples: mono, float32, at one sampling rate (chapters sound and dataset)."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from helpers.errors import InputError

SR = 22_050
"""The book's sampling rate in Hz, that of the slides (librosa's default)."""

BLOCK_SECONDS = 30
BLOCK_VALUES = 1 << 23  # of all channels together: 32 MB, whatever a header says
LONGEST_HOURS = 1000  # a header that says more says nothing
WHOLE_HOURS = 3  # 1 GB of samples
RATES = 1000, 1_000_000


def seconds(path: str | Path) -> float:
    """Length of a sound file in seconds, read from its header.

    Raises InputError when the file is missing, unreadable or empty.
    """
    with _open(path) as file:
        return file.frames / file.samplerate


def blocks(path: str | Path, sr: int = SR) -> Iterator[np.ndarray]:
    """Yield a sound file piece by piece, so that an hour needs no more memory than a minute.

    Each piece is float32 of shape (n,) in [-1, 1] at `sr` Hz. Channels are averaged; any
    sampling rate is converted by soxr; what a float file holds beyond full scale is clipped, as
    a loudspeaker would. Raises InputError as `seconds` does, and for samples that are no numbers.
    """
    with _open(path) as file:
        yield from _converted(file, path, sr)


def read(path: str | Path, sr: int = SR) -> np.ndarray:
    """A whole sound file as float32 of shape (n,); see `blocks` for units and errors.

    A small file can hold days of silence: raises InputError for more than 3 hours, too.
    """
    with _open(path) as file:
        hours = file.frames / file.samplerate / 3600
        if hours > WHOLE_HOURS:
            raise InputError(f"{path}: lasts {hours:.1f} hours; cut it into {WHOLE_HOURS} or less")
        wave = np.concatenate(list(_converted(file, path, sr)))
    if not len(wave):
        raise InputError(f"{path}: is too short for a single sample at {sr} Hz")
    return wave


def mp3(wave: np.ndarray, sr: int = SR) -> bytes:
    """A wave of shape (n,) as an MP3 file: small, and every browser plays it."""
    buffer = io.BytesIO()
    soundfile.write(buffer, wave, sr, format="MP3", subtype="MPEG_LAYER_III")
    return buffer.getvalue()


def _converted(file: soundfile.SoundFile, path: str | Path, sr: int) -> Iterator[np.ndarray]:
    convert = soxr.ResampleStream(file.samplerate, sr, 1, dtype="float32")
    left = file.frames
    most = min(BLOCK_SECONDS * file.samplerate, BLOCK_VALUES // file.channels)
    whole = left <= most
    while left:
        try:
            block = file.read(min(left, most), "float32", True)
        except soundfile.LibsndfileError as error:
            raise InputError(f"{path}: is damaged or cut short ({error})") from error
        if not len(block):
            raise InputError(f"{path}: is cut short, {left} samples are missing")
        if not np.isfinite(block).all():
            raise InputError(f"{path}: holds samples that are NaN or infinite; export it again")
        left -= len(block)
        mono = block[:, 0] if file.channels == 1 else block.mean(axis=1)
        if whole:  # the same samples, in less time
            resampled = soxr.resample(mono, file.samplerate, sr)
        else:
            resampled = convert.resample_chunk(mono, last=left == 0)
        yield np.clip(resampled, -1, 1, out=resampled)


def _open(path: str | Path) -> soundfile.SoundFile:
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file")
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, TypeError, UnicodeEncodeError) as error:
        raise InputError(
            f"{path}: not a sound file that soundfile can read ({error}); "
            "convert it to WAV, FLAC, Ogg or MP3"
        ) from error
    if file.frames <= 0:
        file.close()
        raise InputError(f"{path}: holds no sound")
    if not RATES[0] <= file.samplerate <= RATES[1]:
        file.close()
        raise InputError(
            f"{path}: {file.samplerate} Hz is no sampling rate of sound; is it damaged?"
        )
    if file.frames > LONGEST_HOURS * 3600 * file.samplerate:  # streamed files leave it open
        file.close()
        raise InputError(f"{path}: does not say how long it is; convert it again, to WAV or FLAC")
    return file

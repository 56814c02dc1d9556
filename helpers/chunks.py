"""Chunks: pieces of exactly 2 s, cut from clips (chapter dataset).

Source: slides "Dataset and Preparation", random sampling.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from helpers import audio
from helpers.errors import InputError

SECONDS = 2.0
SAMPLES = int(SECONDS * audio.SR)

WITHIN_DB = 20.0
"""What lies further under the loudest 2 s of its clip has a hundredth of its power at most."""

STEADY = audio.SR // 4
"""An example sounds in each quarter of a second."""

ASKED = 24
"""Of so many clips of a class, its first, examples are chosen."""


@dataclass(frozen=True)
class Chunks:
    """N chunks and where they come from; index it like an array to take some of them."""

    waves: np.ndarray
    """float32 (N, 44100) in [-1, 1] at 22 050 Hz."""
    label: np.ndarray
    """int (N,): positions in `classes`."""
    clip: np.ndarray
    """str (N,): the fname of the clip each was cut from."""
    session: np.ndarray
    """str (N,): the session of that clip."""
    start: np.ndarray
    """float (N,): where in the clip it begins, in seconds."""
    classes: tuple[str, ...]
    """The class names."""

    def __len__(self) -> int:
        return len(self.label)

    def __getitem__(self, index) -> "Chunks":
        rows = {name: getattr(self, name)[index] for name in _ROWS}
        return replace(self, **rows)


_ROWS = ("waves", "label", "clip", "session", "start")


def draw(clips: pd.DataFrame, n: int, seed: int) -> Chunks:
    """Draw `n` random chunks: a clip uniformly, then a start in it uniformly.

    A clip of exactly 2 s yields its one chunk. The same seed gives the same chunks. Raises
    InputError when there are no clips, when `n` is under 1, and for a clip under 2 s.

    >>> from helpers import chunks, dataset
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> cuts = chunks.draw(clips.head(8), 3, seed=0)
    >>> cuts.waves.shape, len(cuts)
    ((3, 44100), 3)
    """
    if n < 1:
        raise InputError(f"n is {n}; draw at least one chunk")
    if not len(clips):
        raise InputError("there are no clips to draw from")
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(clips), size=n)
    share = rng.random(n)  # of the room that a clip has for a start
    waves = np.empty((n, SAMPLES), np.float32)
    start = np.empty(n)

    def draw_from(row: int) -> None:
        wave = _read(clips.iloc[row])
        for i in np.flatnonzero(chosen == row):
            at = int(share[i] * (len(wave) - SAMPLES + 1))
            waves[i], start[i] = wave[at : at + SAMPLES], at / audio.SR

    Parallel(-1, prefer="threads", require="sharedmem")(
        delayed(draw_from)(row) for row in np.unique(chosen)
    )
    return _chunks(clips, chosen, waves, start)


def sounding(cuts: Chunks, clips: pd.DataFrame, seed: int) -> Chunks:
    """The same chunks, but each that is nearly silent is moved to where its clip sounds.

    `clips` are those that they were cut from. A chunk stays where its level is at most `WITHIN_DB`
    under that of the loudest 2 s of its clip; any other gets a new start, uniformly one of those
    where it would have stayed. So clips, labels and their number are as before.

    >>> from helpers import chunks, dataset
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> cuts = chunks.draw(clips.head(40), 60, seed=0)
    >>> moved = chunks.sounding(cuts, clips, seed=0)
    >>> int((moved.start != cuts.start).sum()), (moved.clip == cuts.clip).all().item()
    (6, True)
    """
    share = np.random.default_rng(seed).random(len(cuts))
    waves, start = cuts.waves.copy(), cuts.start.copy()

    def move(name: str) -> None:
        wave = _read(clips.loc[name])
        level = _levels(wave, SAMPLES)
        sounds = level >= level.max() - WITHIN_DB
        stays = np.flatnonzero(sounds)
        for i in np.flatnonzero(cuts.clip == name):
            if not sounds[round(start[i] * audio.SR)]:
                at = stays[int(share[i] * len(stays))]
                waves[i], start[i] = wave[at : at + SAMPLES], at / audio.SR

    Parallel(-1, prefer="threads", require="sharedmem")(
        delayed(move)(name) for name in np.unique(cuts.clip)
    )
    return replace(cuts, waves=waves, start=start)


def examples(clips: pd.DataFrame, each: int = 1) -> Chunks:
    """Clear chunks for the ear: `each` of every class, from as many clips, class by class.

    A chunk is as clear as its quietest quarter of a second is loud. Of the first clips of a class,
    the clearest are taken, from sessions of their own where there are so many. Raises InputError
    where a class has fewer clips than `each`.

    >>> from helpers import audio, chunks, dataset
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> clear = chunks.examples(clips, each=2)
    >>> clear.label.tolist(), (audio.level(clear.waves) > -35).all().item()
    ([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], True)
    """
    asked = clips.groupby("label", observed=True).head(ASKED)
    scarce = asked.label.value_counts(sort=False)
    for label, count in scarce[scarce < each].items():
        raise InputError(f"{label} has {count} clips of 2 s and more; {each} examples need as many")

    def of_clip(row: int) -> tuple[float, int, np.ndarray]:
        wave = _read(asked.iloc[row])
        count = SAMPLES // STEADY
        parts = audio.level(wave[: len(wave) // STEADY * STEADY].reshape(-1, STEADY))
        worst = np.lib.stride_tricks.sliding_window_view(parts, count).min(axis=1)
        best = int(worst.argmax())
        return worst[best], best * STEADY, wave[best * STEADY :][:SAMPLES]

    rows = range(len(asked))
    clear, at, waves = zip(
        *Parallel(-1, prefer="threads")(delayed(of_clip)(row) for row in rows), strict=True
    )
    ranked = asked.assign(row=rows, clear=clear).sort_values("clear", ascending=False)
    ranked["again"] = ranked.groupby(["label", "session"], observed=True).cumcount()
    first = ranked.sort_values(["label", "again", "clear"], ascending=[True, True, False])
    chosen = first.groupby("label", observed=True).head(each).row.to_numpy()
    start = np.array(at)[chosen] / audio.SR
    return _chunks(asked, chosen, np.stack([waves[row] for row in chosen]), start)


def _levels(wave: np.ndarray, samples: int) -> np.ndarray:
    """The level in dB of each piece of so many samples, one at every start."""

    def means(values: np.ndarray) -> np.ndarray:
        total = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
        return (total[samples:] - total[:-samples]) / samples

    power = means(np.square(wave, dtype=float)) - means(wave) ** 2
    return 10 * np.log10(np.maximum(power, 1e-24))


def windows(clips: pd.DataFrame, hop: float = 1.0) -> Chunks:
    """All chunks of each clip that start `hop` seconds apart: what a model is scored on.

    Random draws leave some clips out; here every clip counts. Raises InputError as `draw` does.

    >>> from helpers import chunks, dataset
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> cuts = chunks.windows(clips.head(1))
    >>> cuts.start[:3].tolist(), len(set(cuts.clip))
    ([0.0, 1.0, 2.0], 1)
    """
    step = round(hop * audio.SR)
    if step < 1:
        raise InputError(f"hop is {hop} s; it must be longer than one sample")
    if not len(clips):
        raise InputError("there are no clips to cut")

    def of_clip(row: int) -> np.ndarray:
        return np.stack([wave for _, wave in cut([_read(clips.iloc[row])], hop)])

    pieces = Parallel(-1, prefer="threads")(delayed(of_clip)(row) for row in range(len(clips)))
    counts = [len(piece) for piece in pieces]
    start = np.concatenate([np.arange(count) * step / audio.SR for count in counts])
    return _chunks(clips, np.repeat(np.arange(len(clips)), counts), np.concatenate(pieces), start)


def cut(
    blocks: Iterable[np.ndarray], hop: float = 1.0, rest: int | None = None
) -> Iterator[tuple[float, np.ndarray]]:
    """Yield the start in seconds and the samples (44100,) of each window of a recording.

    `blocks` are its samples, one piece after the other: an hour needs no more memory than a minute.
    Windows start `hop` seconds apart. Where `rest` samples or more are left behind the last of
    them, one more ends with the recording. What is under 2 s is filled up with zeros.

    >>> import numpy as np
    >>> from helpers import chunks
    >>> wave = np.zeros(60_000, np.float32)
    >>> [start for start, _ in chunks.cut([wave], hop=0.5)]
    [0.0, 0.5]
    >>> len(list(chunks.cut([wave], hop=0.5, rest=400)))
    3
    """
    step = round(hop * audio.SR)
    held, before = np.zeros(0, np.float32), 0  # samples, and how many went before them
    start = 0
    for block in blocks:
        held = np.concatenate([held, block])
        while start + SAMPLES <= before + len(held):
            yield start / audio.SR, held[start - before :][:SAMPLES]
            start += step
        # What the next window needs, and in case there is none, the last 2 s.
        past = max(0, min(start - before, len(held) - SAMPLES))
        held, before = held[past:], before + past
    total = before + len(held)
    if total < SAMPLES:
        yield 0.0, filled(held)
    elif rest is not None and total - (start - step + SAMPLES) >= rest:
        yield (total - SAMPLES) / audio.SR, held[-SAMPLES:]


def filled(wave: np.ndarray) -> np.ndarray:
    """A wave (n,), with zeros after it where it is shorter than a chunk.

    >>> import numpy as np
    >>> from helpers import chunks
    >>> chunks.filled(np.ones(1000, np.float32)).shape
    (44100,)
    """
    return np.pad(wave, (0, max(0, SAMPLES - len(wave))))


def _read(clip: pd.Series) -> np.ndarray:
    if clip.seconds < SECONDS:
        raise InputError(
            f"{clip.name}: lasts {clip.seconds:.2f} s, a chunk needs {SECONDS:.0f} s; "
            "drop such clips with dataset.drop_shorter(clips, seconds=2.0)"
        )
    return filled(audio.read(clip.path))  # resampling may lose one sample


def _chunks(clips: pd.DataFrame, rows: np.ndarray, waves: np.ndarray, start: np.ndarray) -> Chunks:
    return Chunks(
        waves=waves,
        label=clips.label.cat.codes.to_numpy()[rows].astype(int),
        clip=clips.index.to_numpy().astype(str)[rows],
        session=clips.session.to_numpy().astype(str)[rows],
        start=start,
        classes=tuple(clips.label.cat.categories),
    )

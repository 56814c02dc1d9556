"""How fast MFCC images are made (chapter mfcc)."""

import functools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import chunks, features
from helpers.experiments.runs import Run, draws, experiment


@experiment("mfcc", "many-machines", alone=True)
def mfcc_speed(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How many seconds of sound become MFCC images in a second, in batches and one by one?"""
    waves = chunks.draw(clips, draws(len(clips), profile), seed=0).waves
    measure = functools.partial(_mfcc_speed, waves)
    for repeat in range(5):
        for way in WAYS:
            yield Run({"way": way}, {"repeat": repeat}, measure)


def _mfcc_speed(waves: np.ndarray, way: str, repeat: int) -> dict:
    run = WAYS[way]
    run(waves[: features.BATCH])  # first calls load libraries
    begin = time.perf_counter()
    run(waves)
    return {"realtime": chunks.SECONDS * len(waves) / (time.perf_counter() - begin)}


def one_by_one(waves: np.ndarray) -> list[np.ndarray]:
    """librosa's own, as its documentation has it: what `mfcc` is compared with."""
    import librosa

    s = features.Settings()
    return [
        librosa.feature.mfcc(
            y=np.pad(wave, (56, 196)),
            sr=s.sr,
            n_mfcc=s.n_mfcc,
            n_mels=s.n_mels,
            center=False,
            n_fft=s.n_fft,
            win_length=s.win_length,
            hop_length=s.hop_length,
        ).T
        for wave in waves
    ]


WAYS: dict[str, Callable[[np.ndarray], object]] = {
    "in batches": features.in_batches,
    "librosa, one by one": one_by_one,
}

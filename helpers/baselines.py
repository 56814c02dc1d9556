"""Classifiers that are no networks, on short descriptions of chunks (chapter 8)."""

import functools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers import audio, chunks, dataset, features, splits, store
from helpers.runs import Run, draws


def statistics(waves: np.ndarray) -> np.ndarray:
    """Mean, spread and mean change of each MFCC: waves (N, samples) give (N, 39)."""
    images = features.mfcc(waves)
    change = np.abs(np.diff(images, axis=1)).mean(axis=1)
    return np.concatenate([images.mean(axis=1), images.std(axis=1), change], axis=1)


def timbre(waves: np.ndarray) -> np.ndarray:
    """The averaged MFCCs of chapter 3: waves (N, samples) give (N, 13)."""
    return features.average(features.mfcc(waves))


def pitches(waves: np.ndarray, sr: int = audio.SR) -> np.ndarray:
    """Which notes a chunk holds: waves (N, samples) give (N, 5) quantiles of pitch in semitones.

    The pitch of each 93 ms is YIN's estimate between 35 and 1100 Hz, in semitones above 35 Hz;
    the quantiles are 10, 25, 50, 75 and 90 %.
    """
    import librosa

    lowest = 35.0

    def make():
        f0 = librosa.yin(waves, fmin=lowest, fmax=1100, sr=sr, frame_length=2048)
        shares = np.quantile(12 * np.log2(f0 / lowest), [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)
        return {"pitches": shares.T}

    return store.keep("pitches", {"waves": waves, "sr": sr}, make)["pitches"]


def svm() -> Pipeline:
    """A support vector machine with an RBF kernel, scaling included."""
    return make_pipeline(StandardScaler(), SVC(C=5))


DESCRIPTIONS = {"statistics": statistics, "timbre": timbre, "pitch": pitches}
"""What an SVM may be told of a chunk."""


def difficulty(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How well does an SVM do when chunks, clips or sessions are kept apart?

    On statistics of random chunks. Five folds where every class has five sessions, else three;
    three shuffles.
    """
    fewest = clips.groupby("label", observed=True).session.nunique().min()
    folds = splits.FOLDS if fewest >= splits.FOLDS else 3
    measure = _with(_score, clips, draws(len(clips), profile), folds)
    for protocol in splits.PROTOCOLS:
        for seed in range(3):
            for fold in range(folds):
                yield Run({"protocol": protocol}, {"seed": seed, "fold": fold}, measure)


def pitch_or_timbre(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Can an SVM tell the instruments apart by their notes alone, or by their spectrum alone?

    The same machine and the same clips kept apart, for two descriptions of a chunk: its pitches,
    or its averaged MFCCs.
    """
    measure = _with(_score, clips, draws(len(clips), profile), splits.FOLDS)
    for description in ("pitch", "timbre"):
        compared = {"description": description, "protocol": "clip"}
        for fold in range(splits.FOLDS):
            yield Run(compared, {"seed": 0, "fold": fold}, measure)


def transfer(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does what an SVM learns on the bundled clips hold on these, and the other way round?

    Nothing to run where these are the bundled clips.
    """
    bundled = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    digest = dataset.digest(bundled)
    if digest == dataset.digest(clips):
        return
    measure = _with(_transfer, {"bundled": bundled, "these": clips}, profile)
    for trained, tested in (("bundled", "these"), ("these", "bundled")):
        compared = {"trained on": trained, "tested on": tested}
        for seed in range(3):
            yield Run(compared, {"seed": seed}, measure, rests_on=digest)


def _with(measure, *bound):
    """`measure` with its first arguments bound, still known by its module, as the cache asks."""
    return functools.update_wrapper(functools.partial(measure, *bound), measure)


def _score(
    clips: pd.DataFrame,
    n: int,
    folds: int,
    protocol: str,
    seed: int,
    fold: int,
    description: str = "statistics",
) -> dict:
    cuts = chunks.draw(clips, n, seed=seed)
    x = DESCRIPTIONS[description](cuts.waves)
    split = splits.PROTOCOLS[protocol](cuts, seed=seed, fold=fold, folds=folds)
    # Nothing is tuned, so the validation part joins the training part.
    known = np.concatenate([split.train, split.validation])
    model = svm().fit(x[known], cuts.label[known])
    return _accuracies(model.predict(x[split.test]), cuts[split.test])


def _transfer(sets: dict[str, pd.DataFrame], profile: str, seed: int, **on: str) -> dict:
    known, new = (
        chunks.draw(clips, draws(len(clips), profile), seed=seed)
        for clips in (sets[on["trained on"]], sets[on["tested on"]])
    )
    model = svm().fit(statistics(known.waves), known.label)
    return _accuracies(model.predict(statistics(new.waves)), new)


def _accuracies(predicted: np.ndarray, cuts: chunks.Chunks) -> dict:
    """Shares of chunks, and of clips by the label that most of their chunks got, that are right."""
    of_clip = pd.DataFrame({"predicted": predicted, "true": cuts.label}).groupby(cuts.clip)
    votes = of_clip.agg(lambda labels: labels.mode()[0])
    return {
        "accuracy of chunks": (predicted == cuts.label).mean(),
        "accuracy of clips, by vote": (votes.predicted == votes.true).mean(),
    }

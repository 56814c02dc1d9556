"""Classifiers that are no networks, on statistics of MFCC images (chapter 8)."""

import functools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers import chunks, dataset, features, splits
from helpers.runs import Run

CHUNKS_PER_CLIP = 4
"""The slides drew 6000 chunks from 1500 clips."""


def statistics(images: np.ndarray) -> np.ndarray:
    """Mean, spread and mean change of each coefficient: (N, frames, 13) gives (N, 39)."""
    change = np.abs(np.diff(images, axis=1)).mean(axis=1)
    return np.concatenate([images.mean(axis=1), images.std(axis=1), change], axis=1)


def svm() -> Pipeline:
    """A support vector machine with an RBF kernel, scaling included."""
    return make_pipeline(StandardScaler(), SVC(C=5))


def difficulty(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How well does an SVM do when chunks, clips or sessions are kept apart?

    Four chunks a clip on average. Five folds where every class has five sessions, else three;
    three shuffles. Nothing is tuned, so the validation part joins the training part. A clip's
    vote is the label that most of its chunks in the test part got.
    """
    fewest = clips.groupby("label", observed=True).session.nunique().min()
    folds = splits.FOLDS if fewest >= splits.FOLDS else 3
    measure = functools.partial(_score, clips, folds)
    functools.update_wrapper(measure, _score)
    for protocol in splits.PROTOCOLS:
        for seed in range(3):
            for fold in range(folds):
                yield Run({"protocol": protocol}, {"seed": seed, "fold": fold}, measure)


def transfer(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does what an SVM learns on the bundled clips hold on these, and the other way round?

    Nothing to run where these are the bundled clips.
    """
    bundled = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    if dataset.digest(bundled) == dataset.digest(clips):
        return
    sets = {"bundled": bundled, "these": clips}
    measure = functools.update_wrapper(functools.partial(_transfer, sets), _transfer)
    for trained, tested in (("bundled", "these"), ("these", "bundled")):
        for seed in range(3):
            yield Run({"trained on": trained, "tested on": tested}, {"seed": seed}, measure)


def _transfer(sets: dict[str, pd.DataFrame], seed: int, **on: str) -> dict:
    def drawn(name: str):
        cuts = chunks.draw(sets[name], CHUNKS_PER_CLIP * len(sets[name]), seed=seed)
        return statistics(features.mfcc(cuts.waves)), cuts

    x, known = drawn(on["trained on"])
    y, new = drawn(on["tested on"])
    return _accuracies(svm().fit(x, known.label).predict(y), new)


def _score(clips: pd.DataFrame, folds: int, protocol: str, seed: int, fold: int) -> dict:
    cuts = chunks.draw(clips, CHUNKS_PER_CLIP * len(clips), seed=seed)
    x = statistics(features.mfcc(cuts.waves))
    split = splits.PROTOCOLS[protocol](cuts, seed=seed, fold=fold, folds=folds)
    known = np.concatenate([split.train, split.validation])
    model = svm().fit(x[known], cuts.label[known])
    return _accuracies(model.predict(x[split.test]), cuts[split.test])


def _accuracies(predicted: np.ndarray, cuts: chunks.Chunks) -> dict:
    of_clip = pd.DataFrame({"predicted": predicted, "true": cuts.label}).groupby(cuts.clip)
    votes = of_clip.agg(lambda labels: labels.mode()[0])
    return {
        "accuracy of chunks": (predicted == cuts.label).mean(),
        "accuracy of clips, by vote": (votes.predicted == votes.true).mean(),
    }

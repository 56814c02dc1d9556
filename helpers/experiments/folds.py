"""What experiments make of a fold: its parts, their images, the network (every chapter).

All train on random chunks, take the epoch that is best on the validation part, and score the test
part once. What the runs of a fold share is made for the first of them and kept until the next fold.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import cnn, cutmix, dataset, features, metrics, splits
from helpers.chunks import Chunks
from helpers.experiments.runs import draws
from helpers.listener import Recipe

EPOCHS = {"quick": 12, "paper": 48}
"""The slides trained 30 epochs without CutMix and 50 with it; these can be divided by 4."""

EPOCHS_OF_PRUNING = {"quick": 3, "paper": 16}
"""For how long a trained network is trained on while it is pruned."""

RUN = 3
"""Where each fold means several trainings, so many of the five folds, or of three, are run."""


@dataclass(frozen=True)
class Fold:
    """The three parts of a fold, and the MFCC images of each."""

    train: Chunks
    validation: Chunks
    test: Chunks
    images: tuple[np.ndarray, ...]


def of(clips: pd.DataFrame, profile: str, folds: int = splits.FOLDS) -> Callable[[str, int], Fold]:
    """A function of protocol and fold that makes the fold; the last one is kept."""

    @functools.lru_cache(maxsize=1)
    def fold_of(protocol: str, fold: int) -> Fold:
        parts = splits.parts(clips, draws(len(clips), profile), protocol, 0, fold, folds)
        return Fold(*parts, tuple(features.mfcc(part.waves) for part in parts))

    return fold_of


def learned(clips: pd.DataFrame, profile: str) -> Callable[[int, str], tuple[Fold, cnn.Classifier]]:
    """A function of fold and way of CutMix: a fold by clip, and the network trained on it.

    The last one is kept.
    """
    fold_of = of(clips, profile)

    @functools.lru_cache(maxsize=1)
    def learned_on(fold: int, way: str) -> tuple[Fold, cnn.Classifier]:
        made = fold_of("clip", fold)
        return made, trained(made.train, made.validation, EPOCHS[profile], way)

    return learned_on


def recipes(clips: pd.DataFrame) -> Callable[[int], Recipe]:
    """A function from a seed to the small recipe; the last one is kept.

    Rendered clips are learned from where none of their session is scored.
    """
    rendered = dataset.load("demo")
    rendered = rendered[~rendered.session.isin(clips.session)]
    return functools.lru_cache(maxsize=1)(functools.partial(Recipe, clips, rendered))


def trained(
    train: Chunks,
    validation: Chunks,
    epochs: int,
    way: str = "on the fly",
    scaler: features.Scaler | None = None,
) -> cnn.Classifier:
    """The book's network as its experiments train it, seed 0, batches of 16.

    `way` is that of CutMix: "none", "on the fly", or "the slides'", whose set of four times the
    size gets a quarter of the epochs, so that each way sees as many images. `scaler` is by default
    fitted to the training part.
    """
    images: np.ndarray = features.mfcc(train.waves)
    labels = train.label
    mixing: Callable | None = cutmix.on_the_fly if way == "on the fly" else None
    if way == "the slides'":
        of_one = features.one_hot(labels, len(train.classes))
        images, labels = cutmix.of_the_slides(images, of_one, np.random.default_rng(0))
        epochs //= 4
    held = features.mfcc(validation.waves), validation.label
    return cnn.fit(
        images, labels, held, train.classes, epochs=epochs, augment=mixing, scaler=scaler
    )


def scores(probabilities: np.ndarray, test: Chunks) -> dict:
    """Figures of a model's probabilities (N, K) for a test part: those of `metrics.report`."""
    return metrics.report(probabilities, test.label, test.clip, test.classes).figures()


def count(clips: pd.DataFrame) -> int:
    """Five folds where every class has five sessions, else three."""
    fewest = clips.groupby("label", observed=True).session.nunique().min()
    return splits.FOLDS if fewest >= splits.FOLDS else 3

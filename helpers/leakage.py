"""Leaks between training and test part, found, measured and closed one by one (chapter leakage).

Source: slides "Dataset and Preparation" and "Results and Inferences", whose chunks were split
regardless of their clips, whose scaling knew the test part, and whose best epoch was chosen on it.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers import baselines, chunks, comparison, dataset, experiments, features, metrics, splits
from helpers.chunks import Chunks
from helpers.errors import InputError
from helpers.runs import Run, bound, draws


@dataclass(frozen=True)
class Rung:
    """A way of measuring: which parts may know of each other."""

    protocol: str
    """A name of `splits.PROTOCOLS`: what no two parts may share."""
    scaled_by: str
    """Whose mean and spread scale the inputs: "everything" or "training"."""
    chosen_on: str
    """The part that the best epoch, or the best settings, is chosen on."""


RUNGS = {
    "the slides' way": Rung("chunk", "everything", "test"),
    "clips kept apart": Rung("clip", "everything", "test"),
    "scaled by the training part": Rung("clip", "training", "test"),
    "chosen on the validation part": Rung("clip", "training", "validation"),
    "sessions kept apart": Rung("session", "training", "validation"),
}
"""From the leakiest to the most honest, each closing one leak more than the one before."""

MODELS = ("CNN", "SVM on 39 statistics")

OFFICIALLY = {"SVM on 39 statistics": None, "CNN": "none", "CNN + CutMix": "on the fly"}
"""Models for the official split, and which CutMix a network is trained with."""

CHUNKS_A_CLIP = (1, 2, 4, 8, 16)

NEAR = 10
"""Freesound ids no further apart than this were most likely uploaded one after the other."""

_SETTINGS = tuple(itertools.product((0.1, 1.0, 10.0, 100.0), (0.003, 0.01, 0.03, 0.1)))
"""C and gamma that the SVM of a rung is chosen from."""


def nearest(known: Chunks, new: Chunks) -> pd.DataFrame:
    """For each new chunk the most similar known one, by their 39 statistics.

    The statistics are standardised over the known chunks; the distance is Euclidean. Returns a
    DataFrame with a row for each of the new chunks: row (of the neighbour, in `known`), distance,
    and whether the two are of the same clip, session and class.
    """
    scale = StandardScaler()
    table = scale.fit_transform(baselines.statistics(known.waves))
    asked = scale.transform(baselines.statistics(new.waves))
    distance, row = NearestNeighbors(n_neighbors=1).fit(table).kneighbors(asked)
    found = known[row[:, 0]]
    return pd.DataFrame(
        {
            "row": row[:, 0],
            "distance": distance[:, 0],
            "same clip": found.clip == new.clip,
            "same session": found.session == new.session,
            "same class": found.label == new.label,
        }
    )


def shared(known: Chunks, new: Chunks) -> pd.Series:
    """The share of new chunks whose clip, and whose session, has chunks among the known ones.

    Both are 0 where the split is honest. Returns a Series of two numbers, "clip" and "session".
    """
    return pd.Series(
        {
            name: float(np.isin(getattr(new, name), getattr(known, name)).mean())
            for name in ("clip", "session")
        }
    )


def near_ids(
    clips: pd.DataFrame, gap: int = NEAR, classes: tuple[str, ...] = dataset.CLASSES
) -> pd.DataFrame:
    """Which test clips of an official split have a training clip uploaded beside them?

    `clips` has the columns label, part ("train" or "test") and freesound_id, as
    `dataset.metadata` returns it. Returns a DataFrame with a row for each test clip of these
    classes. Index: fname. Columns: label, freesound_id, distance to the nearest id of a training
    clip of the same class, and near: whether it is at most `gap`. Raises InputError where a
    column is missing, or a class has no training clips.
    """
    for column in ("label", "part", "freesound_id"):
        if column not in clips:
            raise InputError(f"the table has no column {column!r}; it has {list(clips)}")
    tables = []
    for label in classes:
        of_class = clips[clips.label == label]
        ids = np.sort(of_class[of_class.part == "train"].freesound_id.to_numpy())
        if not len(ids):
            raise InputError(f"there are no training clips of {label!r} in the table")
        test = of_class.loc[of_class.part == "test", ["label", "freesound_id"]]
        own = test.freesound_id.to_numpy()
        at = np.searchsorted(ids, own)
        below, above = ids[np.maximum(at - 1, 0)], ids[np.minimum(at, len(ids) - 1)]
        distance = np.minimum(np.abs(own - below), np.abs(own - above))
        tables.append(test.assign(distance=distance, near=distance <= gap))
    return pd.concat(tables)


def rungs(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How much of a score is each leak?

    Two models under each of `RUNGS`, on the folds of the experiment `comparison`. Of the network
    the epoch is chosen, of the SVM C and gamma.
    """
    measure = bound(_rung, comparison.parts_of(clips, profile), profile)
    for fold in range(experiments.FOLDS):
        for name in RUNGS:
            for model in MODELS:
                yield Run({"model": model, "rung": name}, {"fold": fold}, measure)


def crowding(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does the leak grow with the number of chunks cut from a clip?

    So many are drawn on average. Every chunk is scored once, by an SVM on 39 statistics that was
    trained on the other folds. Three draws of the chunks.
    """
    measure = bound(_crowding, clips, baselines.folds_of(clips))
    for count in CHUNKS_A_CLIP:
        for protocol in splits.PROTOCOLS:
            for seed in range(3):
                yield Run({"chunks a clip": count, "protocol": protocol}, {"seed": seed}, measure)


def neighbours(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Is the most similar training chunk of the same recording?

    For each test chunk, on the folds of the experiment `comparison`.
    """
    measure = bound(_neighbours, comparison.parts_of(clips, profile))
    for protocol in splits.PROTOCOLS:
        for fold in range(experiments.FOLDS):
            yield Run({"protocol": protocol}, {"fold": fold}, measure)


def official(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How well do models do on the data set's own test part?

    Trained on four fifths of the training clips, which differ by seed; the others choose the
    epoch. Test clips that have a training clip uploaded beside them are scored by themselves,
    too. Nothing to run where the data have no test part.
    """
    test = dataset.test_part(clips)
    if test is None:
        return
    digest = dataset.digest(test)
    measure = bound(_official, clips, dataset.drop_shorter(test, chunks.SECONDS), profile)
    for model in OFFICIALLY:
        for seed in range(3):
            yield Run({"model": model}, {"seed": seed}, measure, rests_on=digest)


def _rung(parts: Callable, profile: str, model: str, rung: str, fold: int) -> dict:
    way = RUNGS[rung]
    cuts, images = parts(way.protocol, fold)
    train, validation, test = cuts
    chosen_on = test if way.chosen_on == "test" else validation
    everything = way.scaled_by == "everything"
    if model == "CNN":
        scaler = features.Scaler.fit(np.concatenate(images)) if everything else None
        epochs = experiments.EPOCHS[profile]
        classifier = experiments.trained(train, chosen_on, epochs, "none", scaler)
        probabilities = classifier.predict(images[2])
    else:
        x = [baselines.summary(part) for part in images]
        scale = StandardScaler().fit(np.concatenate(x) if everything else x[0])
        known, held, new = (scale.transform(part) for part in x)
        machines = [
            SVC(C=c, gamma=gamma, break_ties=True).fit(known, train.label) for c, gamma in _SETTINGS
        ]
        judged = new if chosen_on is test else held
        best = max(machines, key=lambda machine: machine.score(judged, chosen_on.label))
        probabilities = features.one_hot(best.predict(new), len(test.classes))
    return metrics.report(probabilities, test.label, test.clip, test.classes).figures()


def _crowding(clips: pd.DataFrame, folds: int, protocol: str, seed: int, **compared: int) -> dict:
    cuts = chunks.draw(clips, compared["chunks a clip"] * len(clips), seed)
    x = baselines.statistics(cuts.waves)
    right = np.zeros(len(cuts), bool)
    for fold in range(folds):
        if protocol == "chunk":
            new = np.isin(np.arange(len(cuts)), splits.by_chunk(cuts, seed, fold, folds).test)
        else:
            split = splits.PROTOCOLS[protocol](clips, seed, fold, folds)
            new = np.isin(cuts.clip, clips.index[split.test])
        machine = baselines.svm().fit(x[~new], cuts.label[~new])
        right[new] = machine.predict(x[new]) == cuts.label[new]
    return {"accuracy": right.mean()}


def _neighbours(parts: Callable, protocol: str, fold: int) -> dict:
    train, _, test = parts(protocol, fold)[0]
    found = nearest(train, test)
    return found[["same clip", "same session", "same class"]].mean().to_dict()


def _official(clips: pd.DataFrame, test: pd.DataFrame, profile: str, model: str, seed: int) -> dict:
    cut = StratifiedKFold(splits.FOLDS, shuffle=True, random_state=seed)
    known, held = next(cut.split(clips, clips.label))
    share = round(draws(len(clips), profile) * len(known) / len(clips))
    train = chunks.draw(clips.iloc[known], share, seed)
    new = chunks.windows(test)
    if OFFICIALLY[model]:
        validation = chunks.windows(clips.iloc[held])
        epochs = experiments.EPOCHS[profile]
        classifier = experiments.trained(train, validation, epochs, OFFICIALLY[model])
        probabilities = classifier.predict(features.mfcc(new.waves))
    else:
        machine = baselines.svm().fit(baselines.statistics(train.waves), train.label)
        votes = machine.predict(baselines.statistics(new.waves))
        probabilities = features.one_hot(votes, len(new.classes))
    mean, label = metrics.by_clip(probabilities, new.label, new.clip)
    right = pd.Series(mean.argmax(axis=1) == label, np.unique(new.clip))
    both = pd.concat([clips.assign(part="train"), test.assign(part="test")])
    near = near_ids(both, classes=new.classes).near[right.index]
    return {
        "accuracy": (probabilities.argmax(axis=1) == new.label).mean(),
        "clip_accuracy": right.mean(),
        "clip_accuracy, with a neighbour": right[near].mean(),
        "clip_accuracy, without": right[~near].mean(),
    }

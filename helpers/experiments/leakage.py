"""What each leak adds to a score (chapter leakage)."""

import functools
import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers import baselines, chunks, dataset, features, leakage, listener, metrics, splits
from helpers.experiments import folds
from helpers.experiments.runs import Run, draws, experiment
from helpers.listener import Recipe

LADDER_MODELS = ("CNN", "SVM on 39 statistics")

OFFICIALLY = {"SVM on 39 statistics": None, "CNN": "none", "CNN + CutMix": "on the fly"}
"""Models for the official split, and which CutMix a network is trained with."""

BEYOND_MODELS = ("small network", "SVM, the same images", "SVM, unchanged clips alone")
"""What `beyond` compares."""

KEPT_APART = ("clip", "session")
"""Under which protocols it does."""

CHUNKS_A_CLIP = (1, 2, 4, 8, 16)

_SETTINGS = tuple(itertools.product((0.1, 1.0, 10.0, 100.0), (0.003, 0.01, 0.03, 0.1)))
"""C and gamma that the SVM of a rung is chosen from."""


@experiment("leakage")
def rungs(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How much of a score is each leak?

    Two models under each of `leakage.RUNGS`, on the folds of the experiment `comparison`. Of the
    network the epoch is chosen, of the SVM C and gamma. Split by chunk and scored on windows, a
    model learns from the chunks of the rung before, and has the validation and test part of the
    rung after: the same windows, whose clips it knows in one of the two alone.
    """
    measure = functools.partial(_rung, folds.of(clips, profile, folds.count(clips)), profile)
    for fold in range(folds.RUN):
        for name in leakage.RUNGS:
            for model in LADDER_MODELS:
                yield Run({"model": model, "rung": name}, {"fold": fold}, measure)


@experiment("leakage")
def crowding(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does the leak grow with the number of chunks cut from a clip?

    So many are drawn on average. Every chunk is scored once, by an SVM on 39 statistics that was
    trained on the other folds. Three draws of the chunks.
    """
    measure = functools.partial(_crowding, clips, folds.count(clips))
    for count in CHUNKS_A_CLIP:
        for protocol in splits.PROTOCOLS:
            for seed in range(3):
                yield Run({"chunks a clip": count, "protocol": protocol}, {"seed": seed}, measure)


@experiment("leakage")
def neighbours(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Is the most similar training chunk of the same recording?

    For each test chunk, on the folds of the experiment `comparison`.
    """
    measure = functools.partial(_neighbours, folds.of(clips, profile, folds.count(clips)))
    for protocol in splits.PROTOCOLS:
        for fold in range(folds.RUN):
            yield Run({"protocol": protocol}, {"fold": fold}, measure)


@experiment()
def official(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How well do models do on the data set's own test part?

    Trained on four fifths of the training clips, which differ by seed; the others choose the
    epoch. Test clips that have a training clip uploaded beside them are scored by themselves,
    too. Nothing to run where the data have no test part.
    """
    test = dataset.test_part(clips)
    if test is None:
        return
    measure = functools.partial(
        _official, clips, dataset.drop_shorter(test, chunks.SECONDS), profile
    )
    for model in OFFICIALLY:
        for seed in range(3):
            yield Run({"model": model}, {"seed": seed}, measure)


@experiment("leakage", sampled=True)
def beyond(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How good is the small recipe, with clips or sessions kept apart?

    Beside it stands an SVM with an RBF kernel on the mean and the spread of each coefficient, of
    the same images, or of the unchanged ones of these clips alone. All clips are scored, in
    five folds, each by the mean of its windows' probabilities; "right" is 1 for those named
    rightly, in the order of the clips. Three times. Rendered clips are learned from where none
    of their session is scored. The same in both profiles, but for the number of clips.
    """
    measure = functools.partial(_beyond, folds.recipes(clips))
    for seed in range(3):
        for protocol in KEPT_APART:
            for model in BEYOND_MODELS:
                yield Run({"model": model, "protocol": protocol}, {"seed": seed}, measure)


def parts_of(way: leakage.Rung, fold_of: Callable[[str, int], folds.Fold], fold: int) -> folds.Fold:
    """The three parts of a fold as a rung has them, see `rungs`."""
    made = fold_of(way.protocol, fold)
    if way.protocol != "chunk" or way.scored_on == "draws":
        return made
    next_rung = fold_of("clip", fold)
    images = made.images[0], *next_rung.images[1:]
    return folds.Fold(made.train, next_rung.validation, next_rung.test, images)


def _rung(fold_of: Callable, profile: str, model: str, rung: str, fold: int) -> dict:
    way = leakage.RUNGS[rung]
    made = parts_of(way, fold_of, fold)
    train, test, images = made.train, made.test, made.images
    chosen_on = test if way.chosen_on == "test" else made.validation
    everything = way.scaled_by == "everything"
    if model == "CNN":
        scaler = features.Scaler.fit(np.concatenate(images)) if everything else None
        epochs = folds.EPOCHS[profile]
        classifier = folds.trained(train, chosen_on, epochs, "none", scaler)
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
    return folds.scores(probabilities, test)


def _crowding(clips: pd.DataFrame, of: int, protocol: str, seed: int, **compared: int) -> dict:
    cuts = chunks.draw(clips, compared["chunks a clip"] * len(clips), seed)
    x = baselines.statistics(cuts.waves)
    right = np.zeros(len(cuts), bool)
    for fold in range(of):
        if protocol == "chunk":
            new = np.isin(np.arange(len(cuts)), splits.by_chunk(cuts, seed, fold, of).test)
        else:
            split = splits.PROTOCOLS[protocol](clips, seed, fold, of)
            new = np.isin(cuts.clip, clips.index[split.test])
        machine = baselines.svm().fit(x[~new], cuts.label[~new])
        right[new] = machine.predict(x[new]) == cuts.label[new]
    return {"accuracy": right.mean()}


def _neighbours(fold_of: Callable, protocol: str, fold: int) -> dict:
    made = fold_of(protocol, fold)
    found = leakage.nearest(made.train, made.test)
    return found[["same clip", "same session", "same class"]].mean().to_dict()


def _official(clips: pd.DataFrame, test: pd.DataFrame, profile: str, model: str, seed: int) -> dict:
    cut = StratifiedKFold(splits.FOLDS, shuffle=True, random_state=seed)
    known, held = next(cut.split(clips, clips.label))
    share = round(draws(len(clips), profile) * len(known) / len(clips))
    train = chunks.draw(clips.iloc[known], share, seed)
    new = chunks.windows(test)
    if way := OFFICIALLY[model]:
        validation = chunks.windows(clips.iloc[held])
        epochs = folds.EPOCHS[profile]
        classifier = folds.trained(train, validation, epochs, way)
        probabilities = classifier.predict(features.mfcc(new.waves))
    else:
        machine = baselines.svm().fit(baselines.statistics(train.waves), train.label)
        votes = machine.predict(baselines.statistics(new.waves))
        probabilities = features.one_hot(votes, len(new.classes))
    mean, label = metrics.by_clip(probabilities, new.label, new.clip)
    right = pd.Series(mean.argmax(axis=1) == label, np.unique(new.clip))
    both = pd.concat([clips.assign(part="train"), test.assign(part="test")])
    near = leakage.near_ids(both, classes=new.classes).near[right.index]
    return {
        "accuracy": (probabilities.argmax(axis=1) == new.label).mean(),
        "clip_accuracy": right.mean(),
        "clip_accuracy, with a neighbour": right[near].mean(),
        "clip_accuracy, without": right[~near].mean(),
    }


def _beyond(recipe_of: Callable[..., Recipe], model: str, protocol: str, seed: int) -> dict:
    recipe = recipe_of(seed=seed)
    sizes = []

    def learn(rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        if model == "small network":
            network = recipe.train(rows)
            size, predict = network.model.count_params(), network.predict
        else:
            size, predict = _machine(recipe, rows, alone=model != "SVM, the same images")
        sizes.append(size)
        return predict

    probabilities = recipe.kept_out(learn, protocol)
    return listener.scored(recipe, probabilities) | {"parameters": np.mean(sizes)}


def _machine(recipe: Recipe, rows: np.ndarray, alone: bool) -> tuple[int, Callable]:
    """An SVM's number of parameters, and what gives images probabilities."""
    images, labels = recipe.known(rows)
    if alone:  # the unchanged images of the real clips
        copies = recipe.copies
        chosen = np.arange(len(rows) * copies) % copies < copies // 2
        images, labels = images[: len(chosen)][chosen], labels[: len(chosen)][chosen]
    machine = baselines.svm().fit(listener.mean_and_spread(images), labels)
    size = machine[-1].support_vectors_.size + machine[-1].dual_coef_.size
    return size, lambda images: baselines.probabilities(machine, listener.mean_and_spread(images))

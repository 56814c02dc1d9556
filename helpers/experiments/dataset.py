"""How hard the data are: an SVM under each protocol (chapter dataset)."""

import functools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers import augment, baselines, chunks, dataset, splits
from helpers.experiments import folds
from helpers.experiments.runs import Run, draws, experiment

DESCRIPTIONS = {
    "statistics": baselines.statistics,
    "timbre": baselines.timbre,
    "pitch": baselines.pitches,
}
"""What an SVM may be told of a chunk."""


@experiment("dataset", "data-card")
def difficulty(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How well does an SVM do when chunks, clips or sessions are kept apart?

    On statistics of random chunks. Five folds where every class has five sessions, else three;
    three shuffles.
    """
    of = folds.count(clips)
    measure = functools.partial(score, clips, draws(len(clips), profile), of)
    for protocol in splits.PROTOCOLS:
        for seed in range(3):
            for fold in range(of):
                yield Run({"protocol": protocol}, {"seed": seed, "fold": fold}, measure)


TRAINED_ON = "every chunk", "chunks that sound"

HISSES = 200


@experiment("dataset")
def near_silence(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What do nearly silent chunks do to what an SVM learns, and does a threshold help?

    By clip. It learns from random chunks as they were drawn, or after `chunks.sounding` has moved
    those that are nearly silent. All windows of the test clips are scored, and those that sound;
    then it is asked about faint hiss, which is nobody's.
    """
    of = folds.count(clips)
    measure = functools.partial(_near_silence, clips, draws(len(clips), profile), of)
    for learned in TRAINED_ON:
        for seed in range(3):
            for fold in range(of):
                yield Run({"learned from": learned}, {"seed": seed, "fold": fold}, measure)


@experiment("data-card")
def transfer(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does what an SVM learns on the bundled clips hold on these, and the other way round?

    Nothing to run where these are the bundled clips.
    """
    bundled = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    if dataset.digest(bundled) == dataset.digest(clips):
        return
    measure = functools.partial(_transfer, {"bundled": bundled, "these": clips}, profile)
    for trained, tested in (("bundled", "these"), ("these", "bundled")):
        compared = {"trained on": trained, "tested on": tested}
        for seed in range(3):
            yield Run(compared, {"seed": seed}, measure)


def score(
    clips: pd.DataFrame,
    n: int,
    folds: int,
    protocol: str,
    seed: int,
    fold: int,
    description: str = "statistics",
) -> dict:
    """How an SVM does on one fold, told one of `DESCRIPTIONS` of each chunk."""
    cuts = chunks.draw(clips, n, seed=seed)
    x = DESCRIPTIONS[description](cuts.waves)
    split = splits.PROTOCOLS[protocol](cuts, seed=seed, fold=fold, folds=folds)
    # Nothing is tuned, so the validation part joins the training part.
    known = np.concatenate([split.train, split.validation])
    model = baselines.svm().fit(x[known], cuts.label[known])
    return _accuracies(model.predict(x[split.test]), cuts[split.test])


def _near_silence(clips: pd.DataFrame, n: int, of: int, seed: int, fold: int, **compared) -> dict:
    split = splits.by_clip(clips, seed=seed, fold=fold, folds=of)
    known = clips.iloc[np.concatenate([split.train, split.validation])]
    cuts = chunks.draw(known, n, seed=seed)
    moved = chunks.sounding(cuts, known, seed)
    nearly = moved.start != cuts.start
    learned = cuts if compared["learned from"] == TRAINED_ON[0] else moved
    model = baselines.svm().fit(baselines.statistics(learned.waves), learned.label)
    test = chunks.windows(clips.iloc[split.test])
    right = model.predict(baselines.statistics(test.waves)) == test.label
    sounds = chunks.sounding(test, clips, seed).start == test.start
    guitar = clips.label.cat.categories.get_loc("Acoustic_guitar")
    called = model.predict(baselines.statistics(_hisses(seed))) == guitar
    return {
        "nearly silent, %": 100 * nearly.mean(),
        "accuracy of all chunks": right.mean(),
        "accuracy of chunks that sound": right[sounds].mean(),
        "faint hiss called a guitar": called.mean(),
    }


def _hisses(seed: int) -> np.ndarray:
    """Nothing but the noise of rooms and microphones, 45 to 65 dB under full scale."""
    rng = np.random.default_rng(seed)
    hiss = rng.standard_normal((HISSES, chunks.SAMPLES), dtype=np.float32)
    quiet = augment.only(octave_db=5.0, tilt_db=2.5)
    coloured = augment.recorded_otherwise(hiss, rng, quiet)
    level = 10 ** (-rng.uniform(45, 65, size=(HISSES, 1)) / 20)
    return (coloured / coloured.std(axis=1, keepdims=True) * level).astype(np.float32)


def _transfer(sets: dict[str, pd.DataFrame], profile: str, seed: int, **on: str) -> dict:
    known, new = (
        chunks.draw(clips, draws(len(clips), profile), seed=seed)
        for clips in (sets[on["trained on"]], sets[on["tested on"]])
    )
    model = baselines.svm().fit(baselines.statistics(known.waves), known.label)
    return _accuracies(model.predict(baselines.statistics(new.waves)), new)


def _accuracies(predicted: np.ndarray, cuts: chunks.Chunks) -> dict:
    """Shares of chunks, and of clips by the label that most of their chunks got, that are right."""
    of_clip = pd.DataFrame({"predicted": predicted, "true": cuts.label}).groupby(cuts.clip)
    votes = of_clip.agg(lambda labels: labels.mode()[0])
    return {
        "accuracy of chunks": (predicted == cuts.label).mean(),
        "accuracy of clips, by vote": (votes.predicted == votes.true).mean(),
    }

"""The slides' own system, run as it was, and step by step on its way to ours (every chapter).

What the slides leave open is as their public notebook has it: python_speech_features at its
default of 16,000 Hz on sound of 22,050 Hz, one range for all numbers of all chunks, chunks dealt to
the parts wherever they come from, and, with CutMix, the epoch that does best on the test part. The
book does none of this; here it is done to see what it gives. The profile quick draws 4 chunks a
clip, the slides' ratio, and paper 6,000, their number. It takes many hours, so these experiments
run only when they are named.

Source: all slides; the notebook in their repository.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from helpers import (
    ablation,
    baselines,
    chunks,
    cnn,
    cutmix,
    features,
    pruning,
    splits,
    store,
)
from helpers.chunks import Chunks
from helpers.errors import InputError
from helpers.experiments import folds
from helpers.experiments.comparison import SPARSITY
from helpers.experiments.runs import Run, draws, experiment

REPEATS, OF_OTHERS = 3, 10
"""Draws, splits and beginnings of the weights, all by the number of the repeat: of networks, and of
the other models, which take seconds."""

EPOCHS = {"CNN without CutMix": 30, "CNN + CutMix": 50, "pruning": 30, "start": 5}
"""Theirs; and for how long it is watched whether a training begins to learn."""

BATCH = {"CNN without CutMix": 16, "CNN + CutMix": 32, "pruning": 16}

STARTS = 20
"""So many beginnings are counted."""

ALIVE = 0.98
"""A training has begun to learn when its loss falls under this share of what guessing costs."""


# How they did it


def mfcc(waves: np.ndarray) -> np.ndarray:
    """Their MFCC images of waves (N, 44100) in [-1, 1]: float32 (N, 275, 13), kept in the cache.

    python_speech_features with all of its defaults. Raises InputError where it is not installed.
    """
    try:
        import python_speech_features  # noqa: F401
    except ImportError as error:
        raise InputError(
            "the slides' MFCC needs python_speech_features; install it with "
            "pip install python_speech_features"
        ) from error
    return store.keep("their_mfcc", _mfcc, waves)["mfcc"]


def _mfcc(waves: np.ndarray) -> dict:
    from python_speech_features import mfcc

    with features.one_thread_of_blas():
        images = Parallel(-1, prefer="threads")(delayed(mfcc)(wave) for wave in waves)
    return {"mfcc": np.stack(images).astype(np.float32)}


def split(cuts: Chunks, protocol: str = "chunk", random_state: int = 1) -> splits.Split:
    """Their split of random chunks: a fifth is the test part, the last fifth of the rest validates.

    Under "clip" it is a fifth of the clips that makes the test part; all else is the same, so the
    validation part is of clips that the training part has, too. Nothing is stratified.
    """
    groups = {"chunk": np.arange(len(cuts)), "clip": cuts.clip}[protocol]
    known, new = train_test_split(
        np.unique(groups), test_size=0.2, random_state=random_state
    )  # of chunks it returns them in another order, of which they took the last fifth
    if protocol == "clip":  # in the order in which they were drawn, which is by lot
        known, new = (np.flatnonzero(np.isin(groups, part)) for part in (known, new))
    cut = int(0.8 * len(known))  # as Keras rounds it
    return splits.Split(known[:cut], known[cut:], new)


def dead(classifier: cnn.Classifier, labels: np.ndarray) -> bool:
    """Whether a training's loss stayed where guessing has it: at ln 5 where classes are even."""
    shares = np.bincount(labels) / len(labels)
    guessing = -sum(share * np.log(share) for share in shares if share)
    return min(classifier.history["loss"]) > ALIVE * guessing


# The experiments, each a record of its own


@experiment("ledger", on_request=True)
def replica(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What do the slides' two networks reach, trained and scored in the slides' way?

    By chunk as they did, and with the clips of the test part kept apart. The network without CutMix
    takes the epoch that is best on the validation part, that with CutMix the one that is best on
    the test part. "dead" is 1 for a training whose loss stays where guessing has it.
    """
    drawn = _drawn(clips, profile)
    for model in ("CNN without CutMix", "CNN + CutMix"):
        for repeat in range(REPEATS):
            for protocol in ("chunk", "clip"):
                compared = {"model": model, "protocol": protocol}
                yield Run(compared, {"repeat": repeat}, functools.partial(_network, drawn))


@experiment("ledger", on_request=True)
def replica_others(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What do the slides' other seven models reach, in the slides' way?

    On flattened images, all numbers scaled by one range. They learn from all that is not tested.
    """
    drawn = _drawn(clips, profile)
    for repeat in range(OF_OTHERS):
        for protocol in ("chunk", "clip"):
            for model in baselines.MODELS:
                compared = {"model": model, "protocol": protocol}
                yield Run(compared, {"repeat": repeat}, functools.partial(_other, drawn))


@experiment("ledger", on_request=True)
def replica_starts(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How often does the slides' network not begin to learn, and does the scaling matter?

    Their network without CutMix on their images, with one range for all numbers or one for each
    coefficient, over beginnings of the weights.
    """
    drawn = _drawn(clips, profile)
    for seed in range(STARTS):
        for scaling in ("one range for all", "a range for each coefficient"):
            yield Run({"scaling": scaling}, {"seed": seed}, functools.partial(_start, drawn))


@experiment("ledger", on_request=True)
def replica_changes(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does each step from the slides' way to the book's cost or bring?

    Each row changes one thing more; see `PATH`. All learn from as many chunks, for as many epochs,
    and none from the validation part.
    """
    for repeat in range(REPEATS):
        for step in PATH:
            yield Run({"step": step}, {"repeat": repeat}, functools.partial(_step, clips, profile))


@experiment("ledger", on_request=True)
def replica_pruned(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What is left of the slides' network with CutMix when half of all its kernels is pruned?

    It goes on from the network of `replica`, and takes the epoch that is best on the test part.
    """
    drawn = _drawn(clips, profile)
    for repeat in range(REPEATS):
        for protocol in ("chunk", "clip"):
            compared = {"model": "CNN + CutMix + Pruning", "protocol": protocol}
            yield Run(compared, {"repeat": repeat}, functools.partial(_pruned, drawn))


@experiment("ledger", on_request=True)
def replica_ablation(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does the slides' network reach without some of its layers, in the slides' way?

    With CutMix, by chunk, at the epoch that is best on the test part; a single training each.
    """
    drawn = _drawn(clips, profile)
    for variant in ablation.OF_THE_SLIDES:
        yield Run({"variant": variant}, {"repeat": 0}, functools.partial(_ablated, drawn))


# The path from their way to the book's


@dataclass(frozen=True)
class Way:
    """How a network is trained and chosen; as it stands, the slides' way but for CutMix."""

    chosen_on: str = "test"
    scaled_by: str = "everything"
    images: Callable[[np.ndarray], np.ndarray] = mfcc
    scaling: Callable[[np.ndarray], features.Scaler] = features.one_range
    mixing: Callable | None = None
    apart: str = "chunk"


CHANGES: dict[str, dict[str, Any]] = {
    "the slides' way, without CutMix": {},
    "epoch chosen on a part of its own": {"chosen_on": "validation"},
    "scaling fitted to the training part": {"scaled_by": "training"},
    "librosa's MFCC": {"images": features.mfcc},
    "a range for each coefficient": {"scaling": features.range_of_each},
    "CutMix on the fly": {"mixing": cutmix.on_the_fly},
    "clips kept apart": {"apart": "clip"},
    "sessions kept apart": {"apart": "session"},
}
"""What each step changes; it keeps what those before it changed."""

PATH: dict[str, Way] = {}
"""Each step's way."""

for _step_name, _change in CHANGES.items():
    PATH[_step_name] = replace([Way(), *PATH.values()][-1], **_change)


# Measuring


@dataclass(frozen=True)
class _Drawn:
    cuts: Chunks
    images: np.ndarray
    scaler: features.Scaler
    parts: splits.Split

    @property
    def known(self) -> np.ndarray:
        """All that is not tested, in the order in which it was dealt."""
        return np.concatenate([self.parts.train, self.parts.validation])


def _drawn(clips: pd.DataFrame, profile: str) -> Callable[[int, str], _Drawn]:
    @functools.lru_cache(maxsize=1)
    def chunks_of(repeat: int) -> tuple[Chunks, np.ndarray]:
        cuts = chunks.draw(clips, draws(len(clips), profile), seed=repeat)
        return cuts, mfcc(cuts.waves)

    def drawn(repeat: int, protocol: str = "chunk") -> _Drawn:
        cuts, images = chunks_of(repeat)
        parts = split(cuts, protocol, random_state=1 + repeat)  # theirs was 1
        return _Drawn(cuts, images, features.one_range(images), parts)

    return drawn


def _trained(
    drawn: _Drawn,
    model: str,
    seed: int,
    architecture: cnn.Architecture | None = None,
    scaler: features.Scaler | None = None,
    epochs: int | None = None,
) -> cnn.Classifier:
    """Their training of one of the two networks."""
    cuts, images, parts = drawn.cuts, drawn.images, drawn.parts
    if model == "CNN + CutMix":
        known, held = _stacked(drawn, seed), parts.test
    else:
        known, held = (images[parts.train], cuts.label[parts.train]), parts.validation
    return cnn.fit(
        *known,
        (images[held], cuts.label[held]),
        cuts.classes,
        architecture or cnn.Architecture(),
        epochs or EPOCHS[model],
        BATCH[model],
        seed,
        scaler=scaler or drawn.scaler,
    )


def _stacked(drawn: _Drawn, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What is not tested, and under it three copies of it that are mixed."""
    labels = features.one_hot(drawn.cuts.label[drawn.known], len(drawn.cuts.classes))
    return cutmix.of_the_slides(drawn.images[drawn.known], labels, np.random.default_rng(seed))


def _figures(classifier: cnn.Classifier, images: np.ndarray, test: Chunks, labels) -> dict:
    """All figures of a trained network; `labels` are those of the chunks it learned from."""
    curves = {name: np.array(curve) for name, curve in classifier.history.items()}
    return folds.scores(classifier.predict(images), test) | {
        "parameters": classifier.model.count_params(),
        "dead": int(dead(classifier, labels)),
        "best epoch": 1 + int(curves["val_accuracy"].argmax()),
        "accuracy it was chosen by": curves["val_accuracy"].max(),
        "accuracy of the last epoch": curves["val_accuracy"][-1],
        "fit seconds": classifier.seconds,
        "curve of loss": curves["loss"],
        "curve of val_accuracy": curves["val_accuracy"],
    }


def _network(drawn: Callable, model: str, protocol: str, repeat: int) -> dict:
    data = drawn(repeat, protocol)
    classifier = _trained(data, model, repeat)
    test = data.parts.test
    return _figures(
        classifier, data.images[test], data.cuts[test], data.cuts.label[data.parts.train]
    )


def _other(drawn: Callable, model: str, protocol: str, repeat: int) -> dict:
    data = drawn(repeat, protocol)
    x, labels = baselines.flattened(data.scaler(data.images)), data.cuts.label
    bare = baselines.MODELS[model](random_state=repeat)[-1]  # without the book's scaling
    test = data.parts.test
    with threadpool_limits(1):
        bare.fit(x[data.known], labels[data.known])
        probabilities = baselines.probabilities(bare, x[test])
    return folds.scores(probabilities, data.cuts[test])


def _start(drawn: Callable, scaling: str, seed: int) -> dict:
    data = drawn(0)
    scale = {
        "one range for all": features.one_range,
        "a range for each coefficient": features.range_of_each,
    }[scaling]
    model = "CNN without CutMix"
    classifier = _trained(data, model, seed, scaler=scale(data.images), epochs=EPOCHS["start"])
    loss = np.array(classifier.history["loss"])
    return {
        "dead": int(dead(classifier, data.cuts.label[data.parts.train])),
        "curve of loss": loss,
    }


def _pruned(drawn: Callable, model: str, protocol: str, repeat: int) -> dict:
    data = drawn(repeat, protocol)
    whole = _trained(data, "CNN + CutMix", repeat)
    test = data.cuts[data.parts.test]
    images = data.images[data.parts.test]
    classifier = pruning.prune(
        whole,
        *_stacked(data, repeat),
        (images, test.label),
        SPARSITY,
        layers="all",
        epochs=EPOCHS["pruning"],
        batch_size=BATCH["pruning"],
        seed=repeat,
    )
    before = folds.scores(whole.predict(images), test)
    return folds.scores(classifier.predict(images), test) | {
        "parameters": int(pruning.nonzero(classifier).nonzero.sum()),
        "accuracy before": before["accuracy"],
        "confusion before": before["confusion"],
    }


def _ablated(drawn: Callable, variant: str, repeat: int) -> dict:
    data = drawn(repeat)
    architecture = ablation.VARIANTS[variant].architecture
    classifier = _trained(data, "CNN + CutMix", repeat, architecture)
    test = data.parts.test
    return _figures(
        classifier, data.images[test], data.cuts[test], data.cuts.label[data.parts.train]
    )


def _step(clips: pd.DataFrame, profile: str, step: str, repeat: int) -> dict:
    way, model = PATH[step], "CNN without CutMix"
    train, validation, test = _parts(clips, draws(len(clips), profile), way.apart, repeat)
    images = [way.images(part.waves) for part in (train, validation, test)]
    ranged = images[0] if way.scaled_by == "training" else np.concatenate(images)
    held = {"validation": (images[1], validation.label), "test": (images[2], test.label)}
    classifier = cnn.fit(
        images[0],
        train.label,
        held[way.chosen_on],
        train.classes,
        epochs=EPOCHS[model],
        batch_size=BATCH[model],
        seed=repeat,
        augment=way.mixing,
        scaler=way.scaling(ranged),
    )
    return _figures(classifier, images[2], test, train.label)


def _parts(clips: pd.DataFrame, n: int, apart: str, repeat: int) -> tuple[Chunks, Chunks, Chunks]:
    """Random chunks for the three parts, as many whatever is kept apart between them."""
    drawn = chunks.draw(clips, n, seed=repeat)
    of_chunks = split(drawn, random_state=1 + repeat)
    if apart == "chunk":
        return drawn[of_chunks.train], drawn[of_chunks.validation], drawn[of_chunks.test]
    count = folds.count(clips) if apart == "session" else splits.FOLDS
    of_clips = splits.PROTOCOLS[apart](clips, seed=0, fold=repeat, folds=count)
    train, validation, test = (
        chunks.draw(clips.iloc[getattr(of_clips, part)], len(getattr(of_chunks, part)), repeat)
        for part in ("train", "validation", "test")
    )
    return train, validation, test

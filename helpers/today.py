"""Networks of today for the listener: what they hear, learn and keep apart (chapter today).

More sources are what helps a listener most, so here any number of pools join the clips: each in
FSDKaggle2018's layout, of some of the classes, also of `dataset.NONE`, what is none of them. Each
class is heard equally often, and in it no session more than `CAP` clips would be.

A network sees the log-mel image, 84 frames x 128 bands, of which MFCCs are but a few sums. It comes
as all 128 MFCCs, `SETTINGS`, from which the bands are one product away; so one image serves the
recipe of `listener`, which takes 13 of them, and a convolution, which wants the bands.

`Classifier` is such a network with what is known of it; the book's listener, see `classify`, is one
of `LISTENER`.
"""

import os
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import (
    audio,
    augment,
    chunks,
    cnn,
    dataset,
    features,
    listener,
    metrics,
    results,
    splits,
    store,
)
from helpers.dataset import NONE
from helpers.errors import (
    InputError,
    check_number,
    check_probabilities,
    check_whole,
    check_yes_or_no,
)

if TYPE_CHECKING:
    import keras

SETTINGS = features.Settings(
    win_length=2048, hop_length=512, n_fft=2048, n_mels=128, n_mfcc=128, top_db=90
)

COPIES, OF_RENDERED, OF_STRANGERS = 20, 2, 8
"""Chunks that are made of each real and each rendered clip, and of each stranger."""

CAP = 10
"""A session of more clips than this counts as one of so many."""

A_CLASS = {"known": 800, "none": 1600}
"""Chunks of real clips of each class that a network learns from in an epoch."""

KEPT = 0.95
"""The share of known clips that a refusal lets pass."""

EPOCHS, BATCH_SIZE, LEARNING_RATE = 12, 64, 3e-3


@dataclass(frozen=True)
class Design:
    """What a network is made of.

    >>> from helpers import today
    >>> today.Design(cepstra=13).filters
    (8, 16, 32)
    """

    filters: tuple[int, ...] = (8, 16, 32)
    """Of convolutions over the log-mel image; each halves its sides, the first takes 4 bands to 1.
    None: the statistics alone."""
    cepstra: int = 0
    """So many MFCCs' mean and spread over time stand beside what the convolutions say."""
    changes: bool = False
    """And the spread of each one's change from frame to frame."""
    units: int = 64
    noise: float = 0.3
    dropout: float = 0.3


LISTENER = Design(cepstra=20, changes=True)
"""What listens in the book: it did best by source where it was measured, see `answers`."""


def gathered(clips: pd.DataFrame, *pools: str | Path) -> pd.DataFrame:
    """Clips and those of pools in one table, with `NONE` as its last class if it has any.

    The pools are data sets of some of these classes, or of `NONE`. Raises InputError for a clip of
    a name that another has, beside the errors of `dataset.load`.
    """
    every = (*(c for c in clips.label.cat.categories if c != NONE), NONE)
    table = pd.concat([clips, *(dataset.load(pool, every, some=True) for pool in pools)])
    twice = table.index[table.index.duplicated()]
    if len(twice):
        raise InputError(f"two clips are called {twice[0]}; rename one of them")
    present = every if (table.label == NONE).any() else every[:-1]
    table["label"] = pd.Categorical(table.label, categories=present)
    if "source" not in table:
        table["source"] = None
    if "freesound_id" in table:  # whole numbers still, though some clips have none
        table["freesound_id"] = table.freesound_id.astype("Int64")
    return table


def heard(clips: pd.DataFrame, copies: int) -> np.ndarray:
    """Random chunks of each clip: images float16 (clips, copies, 84, 128).

    Every other one is as it was recorded, the rest recorded otherwise, see `listener.VARIED`.
    """
    found = np.empty((len(clips), copies, *SETTINGS.shape(chunks.SAMPLES)), np.float16)
    for rows in _by_session(clips):
        found[rows] = store.keep("heard", _heard, clips.iloc[rows][["path"]], copies)["images"]
    return found


def _heard(clips: pd.DataFrame, copies: int) -> dict:
    made = []
    for path in clips.path:
        wave = chunks.filled(audio.read(path))
        rng = np.random.default_rng([copies, zlib.crc32(Path(path).name.encode())])
        starts = rng.integers(len(wave) - chunks.SAMPLES + 1, size=copies)
        waves = np.stack([wave[start : start + chunks.SAMPLES] for start in starts])
        waves[1::2] = augment.recorded_otherwise(waves[1::2], rng, listener.VARIED)
        made.append(images_of(waves).astype(np.float16))
    return {"images": np.stack(made)}


def windows(clips: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Windows at a hop of 1 s: images float16 (W, 84, 128), and the row of each one's clip."""
    images, rows_of = [], []
    for rows in _by_session(clips):
        made = store.keep("windows", _windows, clips.iloc[rows][["path"]])
        images.append(made["images"])
        rows_of.append(np.repeat(rows, made["counts"]))
    return np.concatenate(images), np.concatenate(rows_of)


def _windows(clips: pd.DataFrame) -> dict:
    cut = [np.stack([wave for _, wave in chunks.cut([audio.read(path)])]) for path in clips.path]
    images = [images_of(waves).astype(np.float16) for waves in cut]
    return {"images": np.concatenate(images), "counts": np.array([len(each) for each in cut])}


def _by_session(clips: pd.DataFrame) -> list[np.ndarray]:
    """Row numbers, session by session: what is kept of one is used whatever else is learned."""
    return list(clips.reset_index().groupby("session", sort=False).indices.values())


def images_of(waves: np.ndarray) -> features.Images:
    """The images of chunks, (N, samples) to (N, 84, 128).

    >>> import numpy as np
    >>> from helpers import today
    >>> today.images_of(np.zeros((2, 44_100))).shape
    (2, 84, 128)
    """
    return features.in_batches(waves, SETTINGS)


def levels(images: np.ndarray) -> np.ndarray:
    """The log-mel images (..., 84, 128) in dB that lie behind images, see `images_of`.

    >>> import numpy as np
    >>> from helpers import today
    >>> wave = np.random.default_rng(0).normal(size=44_100)
    >>> log_mel = today.levels(today.images_of(wave[None]))
    >>> log_mel.shape, bool(log_mel.min() >= log_mel.max() - today.SETTINGS.top_db - 1e-3)
    ((1, 84, 128), True)
    """
    return np.asarray(images) @ features.dct_matrix(SETTINGS.n_mels, SETTINGS.n_mfcc).T


def shares(clips: pd.DataFrame, rows: np.ndarray, most: int) -> np.ndarray:
    """How many of its chunks each of these clips gives an epoch, at most `most`: (rows,).

    Classes are heard equally often, `A_CLASS`, and in them each session as often as it has clips,
    but for those above `CAP`.
    """
    chosen = clips.iloc[rows]
    size = chosen.groupby("session").path.transform("size")
    weight = np.minimum(size, CAP) / size
    of_class = chosen.label.map({NONE: A_CLASS["none"]}).astype(float).fillna(A_CLASS["known"])
    total = weight.groupby(chosen.label, observed=True).transform("sum")
    return np.clip(np.ceil(of_class * weight / total), 1, most).astype(int).to_numpy()


def build(design: Design, k: int, seed: int = 0):
    """A compiled Keras model: images (N, 84, 128) of `SETTINGS` in, probabilities (N, k) out.

    >>> from helpers import today
    >>> today.build(today.Design(), k=6).count_params()
    40182
    """
    import keras

    keras.utils.set_random_seed(seed)
    layers, last = keras.layers, {"data_format": "channels_last"}
    shape = SETTINGS.shape(chunks.SAMPLES)
    inputs = keras.Input(shape, name="mfcc")
    pooled = []
    if design.filters:
        turned = features.dct_matrix(SETTINGS.n_mels, SETTINGS.n_mfcc).T
        level = keras.ops.matmul(inputs, turned)  # dB in each band
        loudest = layers.GlobalMaxPooling1D(**last)(level)
        loudest = keras.ops.max(loudest, axis=-1)[:, None, None]
        x = (level - loudest) / 25 + 1.8
        x = layers.Reshape((*shape, 1), name="image")(x)
        for i, filters in enumerate(design.filters, 1):
            kernel, strides = ((3, 5), (2, 4)) if i == 1 else (3, (2, 2) if i == 2 else (1, 2))
            x = layers.Conv2D(
                filters, kernel, strides, padding="same", activation="relu", name=f"conv{i}", **last
            )(x)
        pooled += _over_time(x)
    if design.cepstra:
        n = design.cepstra
        x = inputs[:, :, :n]
        loudest = keras.ops.max(x[:, :, :1], axis=1, keepdims=True)
        x = x - loudest * np.eye(1, n, dtype=np.float32)  # c0 counts from its highest
        pooled += _over_time(x)
        if design.changes:
            pooled += _over_time(x[:, 1:] - x[:, :-1])[1:]
    x = layers.Concatenate(name="statistics")(pooled)
    x = layers.BatchNormalization(momentum=0.9, center=False, scale=False, name="pooled")(x)
    x = layers.GaussianNoise(design.noise, name="noise")(x)
    x = layers.Dense(design.units, activation="relu", name="dense1")(x)
    x = layers.Dropout(design.dropout, name="dense1_dropout")(x)
    outputs = layers.Dense(k, activation="softmax", name="probabilities")(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(LEARNING_RATE),
        "categorical_crossentropy",
        jit_compile=keras.backend.backend() == "jax",
    )
    return model


def _over_time(x) -> list:
    """Mean and spread over time of each place of (N, frames, ...), as two (N, places)."""
    from keras import layers, ops

    flat = layers.Flatten(data_format="channels_last")
    return [flat(ops.mean(x, axis=1)), flat(ops.sqrt(ops.var(x, axis=1) + 1e-4))]


def fit(
    design: Design,
    images: np.ndarray,
    targets: np.ndarray,
    seed: int = 0,
    averaged: bool = False,
    start: list[np.ndarray] | None = None,
    epochs: int = EPOCHS,
):
    """Train a network and return it as it is at the end, from the cache where it once was.

    `targets` are (N, K), one-hot or not. The learning rate falls to 0 along half a cosine, so that
    no epoch need be chosen. `averaged`: the weights are the mean of those after each of the last
    third of epochs, of which the rate then keeps a fifth. `start` are weights to begin with.
    """
    kept = store.keep("today", _fit, design, images, targets, seed, averaged, start, epochs)
    model = build(design, targets.shape[1], seed)
    model.set_weights(cnn.in_order(kept))
    return model


def _fit(
    design: Design,
    images: np.ndarray,
    targets: np.ndarray,
    seed: int,
    averaged: bool,
    start: list[np.ndarray] | None,
    epochs: int,
) -> dict:
    model = build(design, targets.shape[1], seed)
    if start is not None:
        model.set_weights(start)
    cnn.trace_once(model, images, targets)
    least, kept = (0.2, []) if averaged else (0.0, [])
    for epoch in range(epochs):
        rate = (1 + np.cos(np.pi * epoch / epochs)) / 2
        model.optimizer.learning_rate = LEARNING_RATE * max(least, rate)
        for x, y, _ in cnn.batches(images, targets, BATCH_SIZE, seed, epoch):
            model.train_on_batch(np.asarray(x, np.float32), y)
        if averaged and epoch >= epochs - epochs // 3:
            kept.append(model.get_weights())
    weights = [np.mean(each, axis=0) for each in zip(*kept, strict=True)] if averaged else None
    return cnn.numbered(weights or model.get_weights())


def predict(model, images: np.ndarray) -> np.ndarray:
    """Probabilities float32 (N, K) of images (N, 84, 128)."""
    parts = [
        model(np.asarray(images[i : i + cnn.AT_ONCE], np.float32), training=False)
        for i in range(0, len(images), cnn.AT_ONCE)
    ]
    return np.concatenate([np.asarray(part) for part in parts])


@dataclass(frozen=True)
class Classifier:
    """A trained network with all it needs to name the instrument of an image.

    It can stand in for a `cnn.Classifier` in `classify.recording`.
    """

    model: "keras.Model"
    """The Keras model, see `build`."""
    design: Design
    classes: tuple[str, ...]
    settings: features.Settings = SETTINGS

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Probabilities float32 (N, K) of images (N, 84, 128).

        Raises InputError for images that say they were made otherwise, and where the network
        answers with what is no number.
        """
        features.agreed(images, self)
        answers = predict(self.model, images)
        check_probabilities(answers)
        return answers

    def save(self, path: str | Path) -> None:
        """Write one file, without pickle, with weights of 16 bits, to which these are rounded too.

        Raises InputError where one is no number, or too large.
        """
        about = {
            "design": asdict(self.design),
            "classes": self.classes,
            "settings": asdict(self.settings),
        }
        cnn.write(path, self.model, about)


def load(path: str | Path) -> "Classifier | cnn.Classifier":
    """Load what `Classifier.save` wrote, here or in `cnn`; it predicts identically.

    A network is made only after its weights were found to be in the file. Raises InputError, which
    names the file and what in it cannot be used.

    >>> from helpers import models, today
    >>> network = today.load(models.path("listener"))
    >>> network.design == today.LISTENER, network.classes[-1]
    (True, 'None_of_these')
    """
    with cnn.of_this_book(path):
        about, arrays = cnn.read(path)
    if "design" not in about:
        return cnn.load(path)
    with cnn.of_this_book(path):
        classes = cnn.classes_of(about)
        with cnn.reading("design"):
            design = _design(about["design"])
        with cnn.reading("settings"):
            if features.Settings(**about["settings"]) != SETTINGS:
                raise ValueError("they are not those of helpers.today")
        weights = cnn.weights_of(arrays, weight_shapes(design, len(classes)))
    cnn.check_backend()
    model = build(design, len(classes))
    model.set_weights(weights)
    return Classifier(model, design, classes)


def _design(said: dict) -> Design:
    """A design as a file has it: JSON knows no tuples."""
    design = Design(**{**said, "filters": tuple(said["filters"])})
    for filters in design.filters:
        check_whole("filters", filters, 1, cnn.LARGEST)
    if len(design.filters) > cnn.DEEPEST:
        raise ValueError(f"{len(design.filters)} convolutions are too many")
    check_whole("cepstra", design.cepstra, 0, SETTINGS.n_mfcc)
    check_yes_or_no("changes", design.changes)
    check_whole("units", design.units, 1, cnn.LARGEST)
    check_number("noise", design.noise, 0, 1e3)
    check_number("dropout", design.dropout, 0, 0.99)
    if not design.filters and not design.cepstra:
        raise ValueError("it hears nothing")
    return design


def weight_shapes(design: Design, k: int) -> list[tuple[int, ...]]:
    """The shapes of the weights of what `build` makes, in their order, without making it.

    >>> from helpers import today
    >>> today.weight_shapes(today.Design(filters=(), cepstra=13, units=8), k=6)
    [(26,), (26,), (26, 8), (8,), (8, 6), (6,)]
    """
    shapes: list[tuple[int, ...]] = []
    bands, depth, size = SETTINGS.n_mels, 1, 0
    for i, filters in enumerate(design.filters, 1):
        height, width, step = (3, 5, 4) if i == 1 else (3, 3, 2)
        shapes += [(height, width, depth, filters), (filters,)]
        bands, depth = -(-bands // step), filters
        size = 2 * bands * filters
    if design.cepstra:
        size += (3 if design.changes else 2) * design.cepstra
    return [
        *shapes,
        (size,),
        (size,),
        (size, design.units),
        (design.units,),
        (design.units, k),
        (k,),
    ]


def pools() -> list[str]:
    """The folders that the environment variable BOOK_POOLS names, one after the other as in PATH.

    >>> from helpers import today
    >>> isinstance(today.pools(), list)
    True
    """
    return [each for each in os.environ.get("BOOK_POOLS", "").split(os.pathsep) if each]


def groups(clips: pd.DataFrame, protocol: str) -> np.ndarray:
    """What stays in one fold under "source", "session" or "clip"; strangers by source always."""
    source = np.array([f"source {each}" for each in splits.sources(clips)])
    own = {"source": source, "session": clips.session, "clip": clips.index}[protocol]
    return np.where(clips.label == NONE, source, np.asarray(own, str))


def kinds(clips: pd.DataFrame) -> pd.Series:
    """The kind of each stranger: the first word of its source, such as voice."""
    return clips.source.str.partition(" ")[0]


def scored(heard: "Heard", probabilities: np.ndarray) -> dict:
    """Figures of what `Heard.kept_out` returned, see the experiment `listeners`.

    "accuracy" is that of the clips of instruments that are in no pool, "in pools" that of the
    others, "of sources" the mean over classes of the mean over their sources. "area" is that under
    the ROC curve of the confidence, known against strangers; "refused" the share of strangers under
    the confidence that 95 % of the known reach, also of each of `kinds`.
    """
    known = heard.label != heard.classes.index(NONE)
    sure = np.delete(probabilities, heard.classes.index(NONE), axis=1)
    right = sure.argmax(axis=1) == heard.label
    confidence = sure.max(axis=1)
    own = heard.clips.source.isna().to_numpy()
    source = pd.Series(splits.sources(heard.clips))[known]
    of_source = pd.Series(right[known]).groupby([heard.label[known], source.to_numpy()]).mean()
    refused = confidence[~known] < np.quantile(confidence[known], 1 - KEPT)
    of_kinds = pd.Series(refused).groupby(kinds(heard.clips[~known]).to_numpy()).mean()
    return {
        "accuracy": right[known & own].mean(),
        "in pools": right[known & ~own].mean(),
        "of sources": of_source.groupby(level=0).mean().mean(),
        "area": roc_auc_score(known, confidence),
        "refused": refused.mean(),
        **{f"refused, {name}": share for name, share in of_kinds.items()},
        "calibration error": metrics.calibration_error(probabilities[known], heard.label[known]),
        "right": right[known].astype(int),
        "confidence": confidence[known].round(4),
        "strangers": confidence[~known].round(4),
    }


def answers(record: dict, network: str, protocol: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a record of `listeners` has of each clip: of the known ones, and of the strangers.

    Both tables have the clip's name as index, and the columns session, source (a number, see
    `splits.sources`) and confidence; the first label, own (whether the clip is in no pool) and
    right, 0 or 1; the second kind, see `kinds`. The pools are not bundled: names,
    sources and licences of all clips stand in `data/listeners/clips.csv`. Raises InputError for a
    record of other clips.

    >>> from helpers import results, today
    >>> record = results.load("listeners", "fsdkaggle2018-mini")
    >>> known, strangers = today.answers(record, "the recipe", "source")
    >>> len(known), known.source.nunique(), sorted(strangers.kind.unique())
    (460, 51, ['noise', 'presets', 'voice'])
    """
    clips = pd.read_csv(dataset.data_folder() / "listeners" / "clips.csv", index_col="fname")
    known = clips.label != NONE
    right, confidence, of_strangers = (
        results.each(record, name, network=network, protocol=protocol)[0]
        for name in ("right", "confidence", "strangers")
    )
    if (len(right), len(of_strangers)) != (known.sum(), (~known).sum()):
        raise InputError(
            f"the record is of {len(right)} clips and {len(of_strangers)} strangers, the book's of "
            f"{known.sum()} and {(~known).sum()}: take the record on fsdkaggle2018-mini that comes "
            "with the book"
        )
    table = clips.assign(
        source=splits.sources(clips),
        own=clips.source.isna(),
        kind=kinds(clips),
    )
    return (
        table.loc[known, ["label", "session", "source", "own"]].assign(
            right=right.astype(int), confidence=confidence
        ),
        table.loc[~known, ["kind", "session", "source"]].assign(confidence=of_strangers),
    )


class Heard:
    """What is heard of some clips, made once, and who learns from which of them."""

    def __init__(self, clips: pd.DataFrame, rendered: pd.DataFrame | None = None):
        self.clips = clips
        self.label = clips.label.cat.codes.to_numpy()
        self.classes = tuple(clips.label.cat.categories)
        strange = clips.label == NONE
        self._chunks: dict[int, np.ndarray] = {}
        for of_kind, copies in ((~strange, COPIES), (strange, OF_STRANGERS)):
            if of_kind.any():
                made = heard(clips[of_kind], copies)
                self._chunks |= dict(zip(np.flatnonzero(of_kind), made, strict=True))
        self.windows, self.of_clip = windows(clips)
        self.of_rendered = np.empty((0, *SETTINGS.shape(chunks.SAMPLES)), np.float16)
        self.label_of_rendered = np.empty(0, int)
        if rendered is not None:
            made = heard(rendered, OF_RENDERED)
            self.of_rendered = made.reshape(-1, *made.shape[2:])
            codes = pd.Categorical(rendered.label, self.classes).codes
            self.label_of_rendered = np.repeat(codes, OF_RENDERED)

    def known(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What a network learns from that knows these clips, and all rendered ones: images
        float16 (N, 84, 128) and one-hot labels (N, K)."""
        wanted = shares(self.clips, rows, COPIES)
        own = [self._chunks[row][:share] for row, share in zip(rows, wanted, strict=True)]
        labels = np.repeat(self.label[rows], [len(each) for each in own])
        images = np.concatenate([*own, self.of_rendered])
        labels = np.concatenate([labels, self.label_of_rendered])
        return images, features.one_hot(labels, len(self.classes))

    def rendered(self) -> tuple[np.ndarray, np.ndarray]:
        """What is heard of the rendered clips alone, and of no stranger."""
        return self.of_rendered, features.one_hot(self.label_of_rendered, len(self.classes))

    def kept_out(
        self, learn: Callable[[np.ndarray], Callable], groups: np.ndarray, seed: int = 0
    ) -> np.ndarray:
        """Probabilities (C, K) of each clip, the mean over its windows, by what learned from the
        clips of other groups; `learn` takes row numbers and returns what gives images them."""
        mean = np.zeros((len(self.clips), len(self.classes)))
        for rows, new in splits.deal(self.label, groups, splits.FOLDS, seed):
            predict = learn(rows)
            of_new = np.flatnonzero(np.isin(self.of_clip, new))
            found = predict(self.windows[of_new])
            np.add.at(mean, self.of_clip[of_new], found)
        return mean / np.bincount(self.of_clip, minlength=len(mean))[:, None]

"""The convolutional network: as data, trained, saved (chapter cnn).

Source: slides "CNN Model". Written against Keras 3 alone, so that it trains on any backend
(KERAS_BACKEND=jax needs no TensorFlow).
"""

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from helpers import chunks, features, memory, progress, store
from helpers.errors import (
    InputError,
    check_choice,
    check_number,
    check_probabilities,
    check_whole,
    check_yes_or_no,
)

if TYPE_CHECKING:
    import keras

BATCH_SIZE = 16
"""Images in a batch of training, as in the slides."""

SHAPE = features.Settings().shape(chunks.SAMPLES)
"""Frames and coefficients of the book's images of 2 s chunks."""

AT_ONCE = 64
"""Images that a network is asked about at once: their maps take 60 MB, of 256 they take 360."""

EVERY = 10.0
"""After so many seconds a training in progress is written down: after each epoch takes too long."""

LARGEST, DEEPEST = 1 << 16, 100
"""Filters, units, or the side of a kernel, and layers, that a network may have at most."""

SQUEEZED = 100
"""How many times its file's size a network's weights may take: of a network whose weights are
almost all 0 they take 50 times as much."""

_CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


@dataclass(frozen=True)
class Conv:
    """A convolution with `filters` square kernels of side `kernel`, ReLU, and dropout.

    >>> from helpers import cnn
    >>> cnn.Conv(filters=8, kernel=5)
    Conv(filters=8, kernel=5, dropout=0.2)
    """

    filters: int
    kernel: int
    dropout: float = 0.2

    def __post_init__(self):
        check_whole("filters of a convolution", self.filters, 1, LARGEST)
        check_whole("kernel of a convolution", self.kernel, 1, LARGEST)
        check_number("dropout of a convolution", self.dropout, 0, 0.99)


@dataclass(frozen=True)
class Dense:
    """A fully connected layer of `units`, ReLU, and dropout.

    >>> from helpers import cnn
    >>> cnn.Dense(units=16, dropout=0.1)
    Dense(units=16, dropout=0.1)
    """

    units: int
    dropout: float = 0.2

    def __post_init__(self):
        check_whole("units of a dense layer", self.units, 1, LARGEST)
        check_number("dropout of a dense layer", self.dropout, 0, 0.99)


@dataclass(frozen=True)
class Architecture:
    """The network as data: change a field, and you have another network.

    The default is that of the slides' tuner table, which their code used. Their figure of the
    network has 16 filters of side 1 and then 32 of side 5; the two contradict each other.

    >>> from dataclasses import replace
    >>> from helpers import cnn
    >>> slides = cnn.Architecture()
    >>> smaller = replace(slides, conv=slides.conv[:1], padding="valid")
    >>> len(slides.conv), len(smaller.conv), smaller.dense == slides.dense
    (3, 1, True)
    """

    conv: tuple[Conv, ...] = (Conv(40, 1), Conv(32, 5), Conv(16, 1))
    dense: tuple[Dense, ...] = (Dense(64), Dense(16), Dense(12, 0.1))
    padding: str = "same"
    learning_rate: float = 1e-3
    pooling: str = "flatten"
    """What the dense layers see: "flatten", every value and its place; "statistics", each filter's
    mean and spread over the image, wherever and however often something sounds; or "over time",
    its mean and spread at each coefficient, all standardised by batch normalisation."""
    noise: float = 0.0
    """Spread of the noise that is added, while training, to what pooling returns."""
    levelled: bool = False
    """c0 counts from its highest frame, so that a quiet recording looks like a loud one."""
    decay: bool = False
    """The learning rate falls to 0 along half a cosine."""

    def __post_init__(self):
        layers = [*self.conv, *self.dense]
        if len(layers) > DEEPEST:
            raise InputError(f"{len(layers)} layers are too many; give {DEEPEST} at most")
        check_choice("padding", self.padding, ("same", "valid"))
        # What a training can hold: with a huge one it fails, and says so.
        check_number("learning_rate", self.learning_rate, 0, float(np.finfo(np.float32).max))
        check_choice("pooling", self.pooling, ("flatten", "statistics", "over time"))
        check_number("noise", self.noise, 0, 1e3)
        for name in ("levelled", "decay"):
            check_yes_or_no(name, getattr(self, name))


def _keras():
    """Keras, where what it runs on can be loaded."""
    try:
        import keras
    except (ImportError, ValueError) as error:
        raise InputError(
            f"Keras cannot load its backend ({error}); the environment variable KERAS_BACKEND, or "
            "the file keras.json in ~/.keras or KERAS_HOME, names it: set it to tensorflow or jax"
        ) from error
    return keras


def check_backend() -> None:
    """Raise InputError where what Keras runs on cannot be loaded."""
    _keras()


def build(
    architecture: Architecture,
    n_classes: int,
    scaler: features.Scaler,
    shape: tuple[int, int] = SHAPE,
):
    """A compiled Keras model: raw MFCC images `(N, *shape)` in, probabilities (N, n_classes) out.

    The scaling is its first layer. Labels are one-hot or mixed, (N, n_classes). The shape of
    images made otherwise is that of one of them, or `Settings.shape`. Channels come last in it,
    whatever Keras is set to.

    >>> from helpers import cnn, features
    >>> scaler = features.Scaler(mean=(0.0,) * 13, spread=(1.0,) * 13)
    >>> network = cnn.build(cnn.Architecture(), n_classes=5, scaler=scaler)
    >>> network.input_shape, network.output_shape
    ((None, 275, 13), (None, 5))
    """
    keras = _keras()
    layers, last = keras.layers, {"data_format": "channels_last"}
    x = inputs = keras.Input(shape, name="mfcc")
    variance = [spread**2 for spread in scaler.spread]
    x = layers.Normalization(mean=scaler.mean, variance=variance, name="scale")(x)
    if architecture.levelled:
        loudest = layers.GlobalMaxPooling1D(keepdims=True, name="loudest", **last)(x)
        x = x - loudest * np.eye(1, shape[1], dtype=np.float32)  # of c0 alone
    x = layers.Reshape((*shape, 1), name="image")(x)
    for i, conv in enumerate(architecture.conv, 1):
        convolve = layers.Conv2D(
            conv.filters,
            conv.kernel,
            padding=architecture.padding,
            activation="relu",
            name=f"conv{i}",
            **last,
        )
        x = convolve(x)
        x = layers.Dropout(conv.dropout, name=f"conv{i}_dropout")(x)
    if architecture.pooling == "statistics":
        x = _mean_and_spread(x, axis=(1, 2))
    elif architecture.pooling == "over time":
        x = layers.Flatten(name="flatten", **last)(_mean_and_spread(x, axis=1))
        x = layers.BatchNormalization(momentum=0.9, center=False, scale=False, name="pooled")(x)
    else:
        x = layers.Flatten(name="flatten", **last)(x)
    if architecture.noise:
        x = layers.GaussianNoise(architecture.noise, name="noise")(x)
    for i, dense in enumerate(architecture.dense, 1):
        x = layers.Dense(dense.units, activation="relu", name=f"dense{i}")(x)
        x = layers.Dropout(dense.dropout, name=f"dense{i}_dropout")(x)
    outputs = layers.Dense(n_classes, activation="softmax", name="probabilities")(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(float(architecture.learning_rate)),
        "categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=keras.backend.backend() == "jax",  # on TensorFlow's CPU it is 8 times slower
    )
    # Metrics that are made within the first step have TensorFlow trace it twice, and keep five
    # graphs of it for good.
    any_answer = np.eye(n_classes, dtype=np.float32)[:1]
    model.compute_metrics(None, any_answer, any_answer)
    model.reset_metrics()
    return model


def _mean_and_spread(x, axis: int | tuple[int, int]):
    from keras import ops

    return ops.concatenate(
        [ops.mean(x, axis=axis), ops.sqrt(ops.var(x, axis=axis) + 1e-4)], axis=-1
    )


@dataclass(frozen=True)
class Classifier:
    """A trained network with all it needs to name the instrument of an MFCC image."""

    model: "keras.Model"
    """The Keras model, see `build`."""
    architecture: Architecture
    classes: tuple[str, ...]
    scaler: features.Scaler
    history: dict[str, list[float]] = field(default_factory=dict)
    """loss, accuracy, val_loss and val_accuracy after each epoch."""
    settings: features.Settings | None = None
    """How the images were made that it was trained on; None where they did not say."""
    seconds: float | None = None
    """How long `fit` took for it, here or wherever the cache has it from; a file does not say."""

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Probabilities float32 (N, K) of raw MFCC images (N, frames, coefficients).

        Raises InputError for images that say they were made otherwise than those it learned from,
        and where the network answers with what is no number.
        """
        features.agreed(images, self)
        images = np.asarray(images)
        # What Keras makes of many batches, a pipeline of TensorFlow's, takes as long as ten images.
        parts = [
            self.model.predict_on_batch(images[i : i + AT_ONCE])
            for i in range(0, len(images), AT_ONCE)
        ]
        answers = np.concatenate(parts)
        check_probabilities(answers)
        return answers

    def save(self, path: str | Path) -> None:
        """Write one file, without pickle, with weights of 16 bits.

        The weights of this classifier are rounded to 16 bits too, so that what is scored after
        saving is what another reader loads. Raises InputError where one is no number, or too large.
        """
        write(
            path,
            self.model,
            {
                "architecture": asdict(self.architecture),
                "classes": self.classes,
                "scaler": asdict(self.scaler),
                "history": self.history,
                "shape": self.model.input_shape[1:],
                "settings": self.settings and asdict(self.settings),
            },
        )


def write(path: str | Path, model, about: dict) -> None:
    """Write a Keras model's weights, which it rounds to 16 bits, and what is known about it.

    Errors are those of `Classifier.save`.
    """
    with np.errstate(over="ignore"):
        half = [weight.astype(np.float16) for weight in model.get_weights()]
    if not all(np.isfinite(weight).all() for weight in half):
        raise InputError(
            f"{path}: not written, as weights are beyond what 16 bits hold; "
            "train the network with a smaller learning rate"
        )
    model.set_weights([weight.astype(np.float32) for weight in half])
    store.write(
        Path(path),
        lambda file: np.savez_compressed(file, about=store.json_text(about), **numbered(half)),
    )


def load(path: str | Path) -> Classifier:
    """Load what `Classifier.save` wrote; it predicts identically.

    Raises InputError, which names the file and what in it cannot be used. A network is made only
    after its weights were found to be in the file. Old files do not say how the images were made
    that it learned from: they are taken for the book's where they have their shape.
    """
    with of_this_book(path):
        about, arrays = read(path)
        classes = classes_of(about)
        with reading("shape"):
            frames, coefficients = shape = tuple(about["shape"])
            check_whole("frames", frames, 1, features.LARGEST)
            check_whole("coefficients", coefficients, 1, features.LARGEST)
        with reading("architecture"):
            architecture = _architecture(about["architecture"])
            shapes = weight_shapes(architecture, len(classes), shape)
        with reading("scaler"):
            of_scaler = {name: tuple(values) for name, values in about["scaler"].items()}
            scaler = features.Scaler(**of_scaler)
            if len(scaler.mean) != coefficients:
                raise ValueError(f"it is for {len(scaler.mean)} of {coefficients} coefficients")
        with reading("settings"):
            told = about.get("settings", {} if shape == SHAPE else None)
            settings = None if told is None else features.Settings(**told)
            if settings and settings.n_mfcc != coefficients:
                raise ValueError(f"n_mfcc is {settings.n_mfcc}, but images have {coefficients}")
        with reading("history"):
            history = _history(about["history"])
        weights = weights_of(arrays, shapes)
    model = build(architecture, len(classes), scaler, shape)
    model.set_weights(weights)
    return Classifier(model, architecture, classes, scaler, history, settings)


def weight_shapes(
    architecture: Architecture, n_classes: int, shape: tuple[int, int]
) -> list[tuple[int, ...]]:
    """The shapes of the weights of what `build` makes, in their order, without making it.

    Raises InputError where the convolutions leave nothing of the image.
    """
    shapes, (height, width), depth = [], shape, 1
    for conv in architecture.conv:
        shapes += [(conv.kernel, conv.kernel, depth, conv.filters), (conv.filters,)]
        if architecture.padding == "valid":
            height, width = height - conv.kernel + 1, width - conv.kernel + 1
        depth = conv.filters
        if min(height, width) < 1:
            raise InputError(f"the convolutions leave nothing of images of {shape}")
    size = {
        "flatten": height * width * depth,
        "statistics": 2 * depth,
        "over time": 2 * width * depth,
    }[architecture.pooling]
    if architecture.pooling == "over time":
        shapes += [(size,)] * 2
    for dense in architecture.dense:
        shapes += [(size, dense.units), (dense.units,)]
        size = dense.units
    return [*shapes, (size, n_classes), (n_classes,)]


@contextlib.contextmanager
def of_this_book(path: str | Path):
    """Have what goes wrong while a model's file is read raise InputError that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except Exception as error:  # whatever a damaged file may cause
        raise InputError(
            f"{path}: not a model of this book ({_told(error)}); save it again with Classifier.save"
        ) from error


@contextlib.contextmanager
def reading(field: str):
    """Have what goes wrong inside raise InputError with the name of the field."""
    try:
        yield
    except Exception as error:  # a damaged file may cause any
        raise InputError(f"{field}: {_told(error)}") from error


def _told(error: Exception) -> str:
    return str(error) if type(error) in (InputError, ValueError) else repr(error)


def read(path: str | Path) -> tuple[dict, dict[str, np.ndarray]]:
    """What a model's file says of the network, and its weights, which are not yet checked."""
    arrays = store.arrays(path, SQUEEZED, 1_000_000)
    return store.parsed_json(str(arrays.pop("about"))), arrays


def classes_of(about: dict) -> tuple[str, ...]:
    """The classes that a model's file names. Raises InputError unless they are different words."""
    with reading("classes"):
        classes = tuple(about["classes"])
        is_words = isinstance(about["classes"], list) and {type(c) for c in classes} == {str}
        if not is_words or not all(classes) or not 1 < len(set(classes)) == len(classes):
            raise ValueError("they must be different words")
        return classes


def _architecture(said: dict) -> Architecture:
    """JSON knows no tuples."""
    layers = {
        "conv": tuple(Conv(**conv) for conv in said["conv"]),
        "dense": tuple(Dense(**dense) for dense in said["dense"]),
    }
    return Architecture(**said | layers)


def _history(said: dict) -> dict[str, list[float]]:
    """The curves of a training; JSON has null for what is no number."""
    history = {name: list(said[name]) for name in said and _CURVES}
    if len({len(curve) for curve in history.values()}) > 1:
        raise ValueError("its curves differ in length")
    for name, curve in history.items():
        for i, value in enumerate(curve):
            curve[i] = math.nan if value is None else value
            check_number(name, 0 if value is None else value)
    return history


def numbered(weights: Iterable) -> dict:
    """Weights, or what is of each, by the names that they have in files.

    >>> from helpers import cnn
    >>> list(cnn.numbered(["a kernel", "a bias"]))
    ['weight00', 'weight01']
    """
    return {f"weight{i:02d}": weight for i, weight in enumerate(weights)}


def in_order(arrays: dict) -> list:
    """What `numbered` gave names, among other things or alone.

    >>> from helpers import cnn
    >>> cnn.in_order({"seconds": 3, **cnn.numbered(["a kernel", "a bias"])})
    ['a kernel', 'a bias']
    """
    names = numbered(arrays)  # as many at most
    return [arrays[name] for name in names if name in arrays]


def weights_of(arrays: dict[str, np.ndarray], shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Weights of a file as float32, in their order, each of its shape and all of them numbers.

    Raises InputError where they are not.
    """
    expected = numbered(shapes)
    if different := sorted(expected.keys() ^ arrays.keys()):
        raise InputError(f"{different[0]} is too much or missing")
    for name, shape in expected.items():
        if arrays[name].shape != shape or arrays[name].dtype != np.float16:
            raise InputError(
                f"{name} has {arrays[name].dtype} of {arrays[name].shape}; "
                f"this network has float16 of {shape}"
            )
        if not np.isfinite(arrays[name]).all():
            raise InputError(f"{name} holds what is no number")
    return [arrays[name].astype(np.float32) for name in expected]


def fit(
    images: np.ndarray,
    labels: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    classes: tuple[str, ...],
    architecture: Architecture = Architecture(),
    epochs: int = 10,
    batch_size: int = BATCH_SIZE,
    seed: int = 0,
    augment: Callable | None = None,
    scaler: features.Scaler | None = None,
    watch: Callable[[dict], None] | None = None,
) -> Classifier:
    """Train a network and return it as it was after its best epoch on the validation part.

    `images` are raw MFCC images (N, frames, coefficients), whose settings the classifier keeps;
    `labels` are ints (N,) or, already mixed, (N, K). `validation` is a pair of images and int
    labels. `augment(images, labels, rng)`
    returns what is trained on in place of each batch, such as `cutmix.on_the_fly`. `scaler` is by
    default fitted to `images`.
    `watch(history)` is called after each epoch.

    The same arguments give the same network, from the cache where it was trained before. An
    interrupted training goes on where it was written down last, see `EVERY`. Raises InputError
    where the arguments do not belong together, for an `augment` that `keys` cannot read, and
    where the weights come out as no numbers.

    >>> import numpy as np
    >>> from helpers import cnn
    >>> images = np.random.default_rng(0).normal(size=(8, 5, 4))
    >>> labels = np.arange(8) % 2
    >>> small = cnn.Architecture(conv=(), dense=(cnn.Dense(2),))
    >>> known, held = (images[:6], labels[:6]), (images[6:], labels[6:])
    >>> network = cnn.fit(*known, held, ("Cello", "Flute"), small, epochs=1)
    >>> network.predict(images).shape, len(network.history["val_loss"])
    ((8, 2), 1)
    """
    settings = features.agreed(images, validation[0])
    known, held = training_data(images, labels, validation, len(classes))
    check_training(epochs, batch_size)
    shape = known[0].shape[1:]
    scaler = scaler or features.Scaler.fit(known[0])
    given = architecture, scaler, known, held, epochs, batch_size, seed, augment
    checkpoint = _Checkpoint(store.key(_train, *given))
    kept = store.keep("cnn", _train, *given, besides={"checkpoint": checkpoint, "watch": watch})
    checkpoint.remove()  # only now, or a kill in between would lose all epochs
    model = _beginning(architecture, len(classes), scaler, shape, seed)
    model.set_weights(in_order(kept))
    history = {name: kept[name].tolist() for name in _CURVES}
    seconds = kept["seconds"].item()
    return Classifier(model, architecture, tuple(classes), scaler, history, settings, seconds)


def check_training(epochs: int, batch_size: int) -> None:
    """Raise InputError unless there is an epoch, and a batch to take a mean over."""
    if epochs < 1 or batch_size < 2:
        raise InputError(f"epochs is {epochs} and batch_size {batch_size}; use 1 and 2 or more")


def training_data(
    images: np.ndarray,
    labels: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    n_classes: int,
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The training and the validation part as networks learn from them, each as float32 images
    (N, frames, coefficients) and one-hot or mixed labels (N, n_classes).

    What is given is that of `fit`. Raises InputError where numbers of images and labels differ, and
    where there are too few.
    """
    targets = labels if np.ndim(labels) == 2 else features.one_hot(labels, n_classes)
    known = np.asarray(images, np.float32), targets
    held = np.asarray(validation[0], np.float32), features.one_hot(validation[1], n_classes)
    sizes = [len(each) for each in (*known, *held)]
    if not sizes[0] == sizes[1] > 1 or not sizes[2] == sizes[3] > 0:
        raise InputError(
            "{} images with {} labels and {} validation images with {} labels cannot be trained "
            "on".format(*sizes)
        )
    return known, held


def batches(
    images: np.ndarray,
    targets: np.ndarray,
    batch_size: int,
    seed: int,
    epoch: int,
    augment: Callable | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """The batches of an epoch, counted from 0, drawn by the seed: images, targets, rows drawn.

    The same epoch has the same batches, as if nothing had been before it.
    """
    rng = np.random.default_rng([seed, epoch])
    order = np.array_split(rng.permutation(len(images)), -(-len(images) // batch_size))
    for rows in progress.bar(order, f"epoch {epoch + 1}", unit="batch", leave=False):
        x, y = images[rows], targets[rows]
        if augment and len(rows) > 1:
            x, y = augment(x, y, rng)
        yield x, y, len(rows)


def trace_once(model, images: np.ndarray, targets: np.ndarray) -> None:
    """Let TensorFlow trace once how a compiled Keras model trains, and how it is scored.

    Traced is what it runs as a graph: Python says once what is to be done. The batches may then be
    of any size, of images and targets such as these, without weights of samples. Keras would have
    it traced for each of the first two sizes, and anew for what the optimizer makes within the
    first step: of a small network that takes longer than some epochs. With another backend of
    Keras nothing is traced.

    >>> import numpy as np
    >>> from helpers import cnn
    >>> import keras
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    >>> model.compile("sgd", "mse")
    >>> cnn.trace_once(model, np.ones((8, 2), np.float32), np.ones((8, 3), np.float32))
    >>> _ = [model.train_on_batch(np.ones((n, 2)), np.ones((n, 3))) for n in (4, 3, 1)]
    """
    model.optimizer.build(model.trainable_variables)
    if _keras().backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    batch = [tf.TensorSpec((None, *part.shape[1:]), tf.float32) for part in (images, targets)]

    def traced(step: Callable) -> Callable:
        graph = tf.function(lambda x, y: step((x, y)), input_signature=batch, autograph=False)
        return lambda batches: graph(*(part for part in next(batches) if part is not None))

    model.train_function = traced(model.train_step)
    model.test_function = traced(model.test_step)


def run_epoch(
    model,
    known: tuple[np.ndarray, np.ndarray],
    held: tuple[np.ndarray, np.ndarray],
    batch_size: int,
    seed: int,
    epoch: int,
    augment: Callable | None = None,
) -> dict[str, float]:
    """Train a compiled Keras model for one epoch, counted from 0, in batches drawn by the seed.

    `known` and `held` are the images and one-hot labels of the training and the validation part.
    Returns loss and accuracy, means over the batches while training, val_loss and val_accuracy.
    Unlike Keras's `fit` and `evaluate` it need not wait for what TensorFlow would feed the batches
    by.
    """
    logs = dict.fromkeys(("loss", "accuracy"), 0.0)
    for x, y, rows in batches(*known, batch_size, seed, epoch, augment):
        of_batch = model.train_on_batch(x, y, return_dict=True)
        for name in logs:  # what Keras returns is the batch's alone
            logs[name] += float(of_batch[name]) * rows / len(known[0])
    right = 0
    logs["val_loss"] = 0.0
    for begin in range(0, len(held[0]), AT_ONCE):
        x, y = (part[begin : begin + AT_ONCE] for part in held)
        of_batch = model.test_on_batch(x, y, return_dict=True)
        logs["val_loss"] += float(of_batch["loss"]) * len(x) / len(held[0])
        right += round(float(of_batch["accuracy"]) * len(x))  # epochs that are level stay level
    return logs | {"val_accuracy": right / len(held[0])}


def _beginning(architecture: Architecture, k: int, scaler, shape: tuple[int, int], seed: int):
    """The network as a training begins with it; what Keras draws next is the same each time."""
    _keras().utils.set_random_seed(int(seed))
    return build(architecture, k, scaler, shape)


def _train(
    architecture: Architecture,
    scaler: features.Scaler,
    known: tuple[np.ndarray, np.ndarray],
    held: tuple[np.ndarray, np.ndarray],
    epochs: int,
    batch_size: int,
    seed: int,
    augment: Callable | None,
    checkpoint: "_Checkpoint",
    watch: Callable[[dict], None] | None,
) -> dict:
    """Weights of the best epoch, curves and seconds of a training, by name."""
    images, targets = known
    model = _beginning(architecture, targets.shape[1], scaler, images.shape[1:], seed)
    trace_once(model, *known)
    training = _Training(model, checkpoint)
    try:
        while training.epoch < epochs:
            if architecture.decay:
                training.slow_down(architecture.learning_rate, training.epoch / epochs)
            training.run_epoch(known, held, batch_size, seed, augment)
            if watch:
                watch(training.history)
        return training.result()
    finally:
        let_go(model)


def let_go(model) -> None:
    """Empty a model that was trained and is not used any more.

    TensorFlow keeps the graph of every training, and by it all weights and what the optimizer
    knows of each: 45 MB of the slides' network. It may be a model of Keras 3 or of tf_keras.

    >>> from helpers import cnn
    >>> import keras
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    >>> model.compile("adam")
    >>> cnn.let_go(model)
    >>> [weight.size for weight in model.get_weights()]
    [0, 0]
    """
    if _keras().backend.backend() == "tensorflow":
        import tensorflow as tf

        for variable in (*model.variables, *model.optimizer.variables):
            empty = tf.zeros(0, variable.dtype)
            tf.raw_ops.AssignVariableOp(resource=variable.handle, value=empty)
    memory.give_back()


class _Checkpoint:
    """The file that a training in progress is written to, under the key of its result."""

    def __init__(self, key: str):
        self.key = key
        self.path = store.folder() / "training" / f"{key}.npz"
        self.written = time.monotonic()

    def due(self) -> bool:
        return time.monotonic() - self.written >= EVERY

    def save(self, state: dict[str, np.ndarray]) -> None:
        # Without room for it, an interruption would cost more, but the training goes on.
        with contextlib.suppress(OSError):
            store.save(self.path, self.key, state)
            store.tidy(self.path.parent)
        self.written = time.monotonic()

    def load(self) -> dict[str, np.ndarray] | None:
        return store.load(self.path, self.key)

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()


class _Training:
    """A training in progress, written to disk as it goes on."""

    def __init__(self, model, checkpoint: _Checkpoint):
        self.model = model
        self.epoch = 0
        self.history: dict[str, list[float]] = {name: [] for name in _CURVES}
        self.best = model.get_weights()
        self.seconds = 0.0
        self.checkpoint = checkpoint
        self._resume()

    def slow_down(self, learning_rate: float, done: float) -> None:
        """Set the learning rate for an epoch that begins when a share `done` of them is."""
        self.model.optimizer.learning_rate = learning_rate * (1 + np.cos(np.pi * done)) / 2

    def run_epoch(self, known, held, batch_size, seed, augment) -> None:
        begin = time.perf_counter()
        logs = run_epoch(self.model, known, held, batch_size, seed, self.epoch, augment)
        if logs["val_accuracy"] > max(self.history["val_accuracy"], default=-1.0):
            self.best = self.model.get_weights()
        for name in _CURVES:
            self.history[name].append(logs[name])
        self.epoch += 1
        self.seconds += time.perf_counter() - begin
        made = self.result()
        if self.checkpoint.due():
            state = {f"state{i:03d}": np.asarray(v) for i, v in enumerate(self._variables())}
            self.checkpoint.save(state | made)

    def result(self) -> dict:
        if not all(np.isfinite(weight).all() for weight in self.best):
            raise InputError(
                f"after epoch {self.epoch} the network's weights are no numbers any more: give a "
                "smaller learning rate, and let Keras compute in float32"
            )
        curves = {name: np.array(curve) for name, curve in self.history.items()}
        return numbered(self.best) | curves | {"seconds": np.array(self.seconds)}

    def _variables(self) -> list:
        # The model's hold its weights and the state of the dropouts' random numbers.
        return [*self.model.variables, *self.model.optimizer.variables]

    def _resume(self) -> None:
        kept = self.checkpoint.load()
        if not kept:
            return
        for i, variable in enumerate(self._variables()):
            variable.assign(kept[f"state{i:03d}"])
        self.best = in_order(kept)
        self.history = {name: kept[name].tolist() for name in _CURVES}
        self.epoch, self.seconds = len(self.history["loss"]), kept["seconds"].item()

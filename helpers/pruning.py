"""Pruning: the smallest weights become zero, the rest learns without them (chapter pruning).

Source: slides "Pruning"; Zhu and Gupta 2017 (arXiv:1710.01878). This is the one module that
uses tfmot and the older Keras (tf_keras) which tfmot needs: a Keras 3 network goes in, and a
Keras 3 network comes out.
"""

import functools
import os
import weakref
from collections.abc import Callable, Collection, Container
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers import cnn, features, memory, store
from helpers.errors import BackendError, InputError, check_choice

if TYPE_CHECKING:
    from helpers import today

LAYERS = ("large", "all")
"""Which kernels are pruned: "all" as in the slides, or the "large" that hold nearly all weights."""

LARGE = 0.01
"""A large kernel holds at least this share of a network's weights.

In the paper's network that is dense1 alone, with 99 % of them. The small kernels have nothing to
spare: pruning them too costs much accuracy and saves next to nothing.
"""

RUNGS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""The sparsities that `prune_until` tries, from the slides' first upwards."""

UPDATES = 5
"""How often in the course of a pruning it is decided anew which weights go."""

TOLERANCE = 1e-5
"""How far the probabilities of one network may differ between the two versions of Keras."""


def magnitude(weights: np.ndarray, sparsity: float) -> np.ndarray:
    """A copy of the weights in which the share `sparsity` that is nearest to zero is zero.

    Of weights that are equally near, the first go first; one weight is always left, as in tfmot.
    Raises InputError for a sparsity outside [0, 1).

    >>> import numpy as np
    >>> from helpers import pruning
    >>> pruning.magnitude(np.array([0.1, -2.0, 3.0, -0.5]), 0.5).tolist()
    [0.0, -2.0, 3.0, 0.0]
    """
    _check(sparsity)
    zeros = weights.size - max(1, round(weights.size * (1 - sparsity)))
    sizes = np.abs(weights).ravel()
    # The least that stays; to sort them all takes ten times as long.
    least = np.partition(sizes, zeros)[zeros]
    pruned = sizes < least
    equal = np.flatnonzero(sizes == least)
    pruned[equal[: zeros - np.count_nonzero(pruned)]] = True
    return np.where(pruned.reshape(weights.shape), 0, weights)


def one_shot(classifier: cnn.Classifier, sparsity: float, layers: str = "large") -> cnn.Classifier:
    """The classifier with its kernels, of all layers or the large, cut by `magnitude`.

    It is not trained afterwards. Raises InputError for a sparsity or layers that there are not.

    >>> from helpers import models, pruning
    >>> network, _ = models.load("demo")
    >>> pruning.one_shot(network, 0.9).classes == network.classes
    True
    """
    cut = _holding(classifier, classifier.model.get_weights())
    for name, kernel in kernels(classifier, layers).items():
        cut.model.get_layer(name).kernel.assign(magnitude(kernel, sparsity))
    return cut


def kernels(
    classifier: "cnn.Classifier | today.Classifier", layers: str = "large"
) -> dict[str, np.ndarray]:
    """The kernels that are pruned, by the name of their layer. InputError for other `layers`.

    >>> from helpers import models, pruning
    >>> network, _ = models.load("demo")
    >>> [name for name in pruning.kernels(network)]
    ['dense1']
    """
    check_choice("layers", layers, LAYERS)
    every = {
        layer.name: np.asarray(layer.kernel)
        for layer in classifier.model.layers
        if hasattr(layer, "kernel")
    }
    least = LARGE * sum(kernel.size for kernel in every.values()) if layers == "large" else 0
    return {name: kernel for name, kernel in every.items() if kernel.size >= least}


def nonzero(classifier: cnn.Classifier) -> pd.DataFrame:
    """How many parameters of each layer are not zero; layers without parameters are left out.

    Columns: layer, parameters, nonzero, and sparsity, the share of zeros. Biases count too, which
    are never pruned: so a layer pruned to .8 has a little less than that.

    >>> from helpers import models, pruning
    >>> network, _ = models.load("demo")
    >>> table = pruning.nonzero(pruning.one_shot(network, 0.5))
    >>> round(float(table.nonzero.sum() / network.model.count_params()), 2)
    0.5
    """
    rows = []
    for layer in classifier.model.layers:
        weights = layer.get_weights()
        if weights:
            parameters = sum(weight.size for weight in weights)
            rows.append((layer.name, parameters, sum(np.count_nonzero(w) for w in weights)))
    table = pd.DataFrame(rows, columns=["layer", "parameters", "nonzero"])
    return table.assign(sparsity=1 - table.nonzero / table.parameters)


def prune(
    classifier: cnn.Classifier,
    images: np.ndarray,
    labels: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    sparsity: float,
    layers: str = "large",
    epochs: int = 4,
    batch_size: int = cnn.BATCH_SIZE,
    seed: int = 0,
    augment: Callable | None = None,
) -> cnn.Classifier:
    """Train a network on while the smallest weights of its kernels are set to zero.

    Images, labels, validation and augment are those of `cnn.fit`; the given classifier stays as
    it is. Biases are never pruned, nor under "large" small kernels, see `LAYERS`. In the first half
    of the training the sparsity rises from what these kernels have, fast at first and slower
    towards the end, until the share `sparsity` of each is zero. From then on the epoch that does
    best on the validation part is the one returned, with the history of this training. Sparsity 0
    trains on without pruning: what pruned networks are to be compared with.

    The same arguments give the same network, from the cache where it was pruned before. Raises
    InputError where the arguments do not belong together.

    >>> import numpy as np
    >>> from helpers import cnn, pruning
    >>> images = np.random.default_rng(0).normal(size=(8, 5, 4))
    >>> labels = np.arange(8) % 2
    >>> small = cnn.Architecture(conv=(), dense=(cnn.Dense(4),))
    >>> part = images, labels
    >>> network = cnn.fit(*part, part, ("Cello", "Flute"), small, epochs=1)
    >>> pruned = pruning.prune(network, *part, part, sparsity=0.5, layers="all", epochs=1)
    >>> kernel = np.array(pruned.model.get_layer("dense1").kernel)
    >>> f"{np.mean(kernel == 0):.0%}"
    '50%'
    """
    _check(sparsity)
    kernels(classifier, layers)  # raises for other layers
    cnn.check_training(epochs, batch_size)
    k, shape = len(classifier.classes), classifier.model.input_shape[1:]
    features.agreed(classifier, images, validation[0])
    known, held = cnn.training_data(images, labels, validation, k)
    if known[0].shape[1:] != shape or held[0].shape[1:] != shape:
        raise InputError(
            f"images of {known[0].shape[1:]} and validation images of {held[0].shape[1:]} are not "
            f"what this network takes, {shape}"
        )
    network = classifier.architecture, classifier.classes, classifier.scaler
    weights = classifier.model.get_weights()
    training = sparsity, layers, epochs, batch_size, seed, augment
    kept = store.keep("pruned", _train, *network, weights, known, held, *training)
    found = cnn.in_order(kept)
    names = cnn.numbered(found)
    history = {name: kept[name].tolist() for name in kept if name not in names}
    return replace(_holding(classifier, found), history=history)


def prune_until(
    classifier: cnn.Classifier,
    floor: float,
    images: np.ndarray,
    labels: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    **options,
) -> tuple[cnn.Classifier, pd.DataFrame]:
    """The slides' procedure: raise the sparsity until validation accuracy falls under `floor`.

    It tries 50 % and goes up by `RUNGS`; after the first failure it tries once more, half-way
    between that and the last that held. Each rung goes on from the network of the last. `options`
    are those of `prune`.

    Returns the network of the highest sparsity that held, and the ladder, a DataFrame with a row
    for each rung in the order in which they were tried, the given network's first: sparsity,
    val_accuracy, nonzero (parameters that are not zero) and held. Raises InputError where the
    given network is under the floor already.

    >>> import numpy as np
    >>> from helpers import cnn, pruning
    >>> images = np.random.default_rng(0).normal(size=(8, 5, 4))
    >>> labels = np.arange(8) % 2
    >>> small = cnn.Architecture(conv=(), dense=(cnn.Dense(4),))
    >>> part = images, labels
    >>> network = cnn.fit(*part, part, ("Cello", "Flute"), small, epochs=1)
    >>> best, ladder = pruning.prune_until(network, 0.0, *part, part, layers="all", epochs=1)
    >>> ladder.sparsity.tolist()
    [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    """
    held_x, held_y = validation

    def rung(sparsity: float, network: cnn.Classifier) -> dict:
        accuracy = float((network.predict(held_x).argmax(axis=1) == held_y).mean())
        left = int(nonzero(network).nonzero.sum())
        return {
            "sparsity": sparsity,
            "val_accuracy": accuracy,
            "nonzero": left,
            "held": accuracy >= floor,
        }

    ladder = [rung(0.0, classifier)]
    if not ladder[0]["held"]:
        raise InputError(
            f"floor is {floor}, but before any pruning the network is right on "
            f"{ladder[0]['val_accuracy']:.3f} of the validation part; set it lower"
        )
    best, sparsity = classifier, 0.0
    failed = None
    for higher in RUNGS:
        tried = prune(best, images, labels, validation, higher, **options)
        ladder.append(rung(higher, tried))
        if not ladder[-1]["held"]:
            failed = higher
            break
        best, sparsity = tried, higher
    if failed:
        between = round((sparsity + failed) / 2, 3)
        tried = prune(best, images, labels, validation, between, **options)
        ladder.append(rung(between, tried))
        if ladder[-1]["held"]:
            best = tried
    return best, pd.DataFrame(ladder)


def on_tensorflow(what: str) -> None:
    """Raise BackendError, which says what cannot be done, where Keras runs on something else."""
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise BackendError(
            f"Keras runs on {backend}, where a network cannot be {what}; "
            "start again with KERAS_BACKEND=tensorflow"
        )


def _check(sparsity: float) -> None:
    if not 0 <= sparsity < 1:
        raise InputError(f"sparsity is {sparsity}; it must be at least 0 and under 1")


def _holding(classifier: cnn.Classifier, weights: list[np.ndarray]) -> cnn.Classifier:
    """The same network with other weights."""
    memory.give_back()
    shape = classifier.model.input_shape[1:]
    model = cnn.build(
        classifier.architecture, len(classifier.classes), classifier.scaler, tuple(shape)
    )
    model.set_weights(weights)
    return replace(classifier, model=model)


def _train(
    architecture: cnn.Architecture,
    classes: tuple[str, ...],
    scaler: features.Scaler,
    weights: list[np.ndarray],
    known: tuple[np.ndarray, np.ndarray],
    held: tuple[np.ndarray, np.ndarray],
    sparsity: float,
    layers: str,
    epochs: int,
    batch_size: int,
    seed: int,
    augment: Callable | None,
) -> dict:
    """Weights and history of a pruning, by name."""
    import keras

    on_tensorflow("pruned")
    import tensorflow as tf

    tfmot, tf_keras = _tfmot()
    memory.give_back()
    keras.utils.set_random_seed(int(seed))
    network = cnn.build(architecture, len(classes), scaler, known[0].shape[1:])
    network.set_weights(weights)
    # Of the kernels only the names are kept: a copy of them is as large as the network.
    cut = kernels(cnn.Classifier(network, architecture, classes, scaler), layers)
    begins, chosen = _sparsity(cut.values()), set(cut)
    del cut
    images, targets = known
    steps = -(-len(images) // batch_size)  # an epoch's
    rise = max(1, epochs * steps // 2)
    frequency = max(1, rise // UPDATES)
    rise -= rise % frequency  # the last update is that to the full sparsity
    grows = tfmot.PolynomialDecay(begins, sparsity, 0, rise, frequency=frequency)
    twin = _twin(network, chosen, tf_keras)
    inputs = tf_keras.Input(network.input_shape[1:])
    pruned = tfmot.prune_low_magnitude(twin, grows)
    model = tf_keras.Model(inputs, pruned(inputs))
    pruned.pruning_obj._update_mask = functools.partial(_mask, pruned.pruning_obj)
    twin.set_weights([np.asarray(variable) for variable in _variables(network)])
    stripped = tfmot.strip_pruning(model)  # shares the weights
    _agree(network, stripped, images[:16])
    adam = tf_keras.optimizers.Adam(architecture.learning_rate)
    # This would sum the gradients of several devices. For one there is nothing to sum, but
    # TensorFlow would never forget the call, nor with it the network: 75 MB of a large one.
    adam.aggregate_gradients = list
    model.compile(adam, "categorical_crossentropy", metrics=["accuracy"])

    # Not by `fit`: where batches come from a function, TensorFlow may wait for 15 s at its end.
    # Nor by `train_on_batch`: what it does around a step takes longer than that of a small network.
    # What a step makes, and a batch of another size, would have it traced anew, for seconds.
    adam.build(model.trainable_variables)
    model.evaluate(held[0][:1], held[1][:1], verbose=0)
    batch = [tf.TensorSpec((None, *part.shape[1:]), tf.float32) for part in known]

    # Nothing in a step is written as Python's own branches, which AutoGraph would look for.
    @tf.function(input_signature=batch, autograph=False)
    def learn(x, y):
        return model.train_step((x, y))

    step = tfmot.UpdatePruningStep()
    step.set_model(model)
    step.on_train_begin()
    history: dict[str, list[float]] = {}
    best: list[np.ndarray] = []
    best_accuracy = -1.0
    for epoch in range(epochs):
        model.reset_metrics()
        for x, y, _ in cnn.batches(images, targets, batch_size, seed, epoch, augment):
            step.on_train_batch_begin(-1)
            logs = learn(np.asarray(x, np.float32), np.asarray(y, np.float32))
        step.on_epoch_end(epoch)  # what the last step moved away from zero is put back
        logs = {name: float(value) for name, value in logs.items()}
        scores = model.evaluate(*held, batch_size=batch_size, verbose=0, return_dict=True)
        logs |= {f"val_{name}": score for name, score in scores.items()}
        for name, value in logs.items():
            history.setdefault(name, []).append(value)
        if (epoch + 1) * steps >= rise and logs["val_accuracy"] > best_accuracy:
            best.clear()  # each is as large as the network
            best += stripped.get_weights()
            best_accuracy = logs["val_accuracy"]
    stripped.set_weights(best)
    for variable, weight in zip(_variables(network), best, strict=True):
        variable.assign(weight)
    _agree(network, stripped, images[:16])
    best.clear()
    cnn.let_go(model)
    curves = {name: np.array(curve) for name, curve in history.items()}
    return cnn.numbered(network.get_weights()) | curves


def _tfmot():
    """tfmot's pruning, and tf_keras.

    Its import tells all of TensorFlow, by the environment, to use the older Keras. That would
    also hold for the processes started from here, so the environment is put back.
    """
    before = os.environ.get("TF_USE_LEGACY_KERAS")
    try:
        import tf_keras
        from tensorflow_model_optimization.sparsity import keras as tfmot
    finally:
        os.environ.pop("TF_USE_LEGACY_KERAS", None)
        if before is not None:
            os.environ["TF_USE_LEGACY_KERAS"] = before
    return tfmot, tf_keras


def _mask(cut, weights):
    """The least magnitude that stays, and 1 for each weight that does, 0 for the others.

    It is what a `Pruning` of tfmot finds, which sorts all weights for it, and takes longer.
    """
    import tensorflow as tf

    sizes = tf.math.abs(weights)
    _, sparsity = cut._pruning_schedule(cut._step_fn())
    stay = tf.math.round(tf.cast(tf.size(sizes), tf.float32) * (1 - sparsity))
    last = tf.cast(tf.math.maximum(stay, 1), tf.int32) - 1
    least = tf.raw_ops.NthElement(input=tf.reshape(sizes, [-1]), n=last, reverse=True)
    return least, tf.cast(sizes >= least, weights.dtype)


def _twin(network, chosen: Container[str], tf_keras):
    """The network as one layer of tf_keras, with weights of its own, in the order of `_variables`.

    It lets the Keras 3 network compute, on these weights: so it is the same network whatever its
    layers. tfmot prunes the kernels of the layers chosen.
    """
    # TensorFlow never forgets a class: one that held the network would keep its memory for good.
    held = weakref.ref(network)
    prunable = [
        i
        for i, variable in enumerate(network.trainable_variables)
        if variable.path.removesuffix("/kernel") in chosen
    ]

    class Twin(tf_keras.layers.Layer):
        def build(self, input_shape):
            self.learned = [self.copy(variable) for variable in held().trainable_variables]
            self.others = [self.copy(variable) for variable in held().non_trainable_variables]

        def copy(self, variable):
            name = variable.path.replace("/", "_")
            return self.add_weight(
                name, variable.shape, variable.dtype, "zeros", trainable=variable.trainable
            )

        def call(self, images, training=False):
            probabilities, others = held().stateless_call(
                list(self.learned), list(self.others), images, training=training
            )
            for old, new in zip(self.others, others, strict=True):
                old.assign(new)  # such as the random numbers of the dropouts
            return probabilities

        def get_prunable_weights(self):
            return [self.learned[i] for i in prunable]

    return Twin()


def _variables(network) -> list:
    return [*network.trainable_variables, *network.non_trainable_variables]


def _agree(model, other, images: np.ndarray) -> None:
    """RuntimeError where a network in Keras 3 and one in tf_keras predict differently."""
    # Not by `predict`, for which TensorFlow would first have to compile each network.
    one, two = (np.asarray(each(images, training=False)) for each in (model, other))
    apart = np.abs(one - two).max()
    if not apart <= TOLERANCE:
        raise RuntimeError(
            f"the network in Keras 3 and that in tf_keras differ by {apart:.1e} in probability: "
            "the weights of the one have not reached the other"
        )


def _sparsity(weights: Collection[np.ndarray]) -> float:
    """The share of zeros in all of some arrays."""
    return float(1 - sum(map(np.count_nonzero, weights)) / sum(map(np.size, weights)))

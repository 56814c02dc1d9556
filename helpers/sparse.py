"""The listener's network with zeros for its smallest weights, and 8 bits for all (chapter today).

Chapter pruning leaves both to libraries. Here the weights are cut and rounded in the open, as the
training of `today` has no validation part that would choose an epoch, and as what is rounded here
is what the file of `lighten` holds: the network, its record and its file are the same.
"""

import numpy as np

from helpers import cnn, pruning, store, today

EPOCHS, LEARNING_RATE = 6, 1e-3

RISING = 3
"""The sparsity rises at the beginning of each of so many epochs; the rest heal."""

STEPS = 127
"""A weight of 8 bits is a whole number from minus so many to so many."""


def pruned(
    classifier: today.Classifier,
    images: np.ndarray,
    targets: np.ndarray,
    sparsity: float,
    seed: int = 0,
) -> today.Classifier:
    """Train a network on while the smallest weights of its large kernels are set to zero.

    Images and targets are those of `today.fit`; the given network stays as it is. In the end the
    share `sparsity` of each kernel is zero that `pruning.kernels` calls large. Sparsity 0 trains on
    without pruning. Errors are those of `pruning.magnitude`.
    """
    weights = classifier.model.get_weights()
    kept = store.keep("sparse", _prune, classifier.design, weights, images, targets, sparsity, seed)
    return _holding(classifier, cnn.in_order(kept))


def _prune(
    design: today.Design,
    weights: list[np.ndarray],
    images: np.ndarray,
    targets: np.ndarray,
    sparsity: float,
    seed: int,
) -> dict:
    model = today.build(design, targets.shape[1], seed)
    model.set_weights(weights)
    names = pruning.kernels(today.Classifier(model, design, ()))
    kernels = [model.get_layer(name).kernel for name in names]
    left: list[np.ndarray] = []
    cnn.trace_once(model, images, targets)
    for epoch in range(EPOCHS):
        if epoch < RISING:  # fast at first, as in pruning
            share = sparsity * (1 - (1 - (epoch + 1) / RISING) ** 3)
            left = [np.sign(pruning.magnitude(np.asarray(k), share)) ** 2 for k in kernels]
        model.optimizer.learning_rate = LEARNING_RATE * (1 + np.cos(np.pi * epoch / EPOCHS)) / 2
        for x, y, _ in cnn.batches(images, targets, today.BATCH_SIZE, seed, epoch):
            model.train_on_batch(np.asarray(x, np.float32), y)
            for kernel, mask in zip(kernels, left, strict=True):
                kernel.assign(kernel * mask)
    return cnn.numbered(model.get_weights())


def in_8_bits(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers int8 of a kernel's shape, and for each of its outputs what they count in.

    An output's largest weight counts `STEPS`. Their product is within half a count of the kernel,
    and rounds to itself; zeros stay zero.

    >>> import numpy as np
    >>> from helpers import sparse
    >>> whole, count = sparse.in_8_bits(np.array([[0.5, 0.0], [-1.0, 0.0]]))
    >>> whole.tolist(), [f"{of_output:.4f}" for of_output in count]
    ([[64, 0], [-127, 0]], ['0.0079', '0.0000'])
    """
    largest = np.abs(kernel).max(axis=tuple(range(kernel.ndim - 1)))
    count = (largest / STEPS).astype(np.float32)
    whole = np.rint(kernel / np.where(count, count, 1)).astype(np.int8)
    return whole, count


def rounded(classifier: today.Classifier) -> today.Classifier:
    """The network with every kernel as it is `in_8_bits`; all else stays as it is.

    >>> from helpers import models, sparse
    >>> network, _ = models.load("listener")
    >>> sparse.rounded(network).classes == network.classes
    True
    """
    copy = _holding(classifier, classifier.model.get_weights())
    for name, kernel in pruning.kernels(classifier, "all").items():
        whole, count = in_8_bits(kernel)
        copy.model.get_layer(name).kernel.assign(whole * count)
    return copy


def _holding(classifier: today.Classifier, weights: list[np.ndarray]) -> today.Classifier:
    """The same network with other weights."""
    model = today.build(classifier.design, len(classifier.classes))
    model.set_weights(weights)
    return today.Classifier(model, classifier.design, classifier.classes)

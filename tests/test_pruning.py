"""Pruning: exactly so many zeros, in kernels alone, and the rest of the process as it was."""

import gc
import subprocess
import sys
import weakref

import keras
import numpy as np
import pytest

from helpers import cnn, cutmix, features, pruning
from helpers.errors import InputError

CLASSES = ("a", "b", "c")
UNSCALED = features.Scaler((0.0,) * 13, (1.0,) * 13)
SMALL = cnn.Architecture(conv=(cnn.Conv(3, 3),), dense=(cnn.Dense(8, 0.0),), learning_rate=1e-2)


@pytest.fixture(scope="module")
def data():
    """Images whose class is written into one coefficient; and others to validate on."""
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=90)
    images = rng.normal(size=(90, 12, 5)).astype(np.float32)
    images[np.arange(90), :, labels] += 4
    return images[:60], labels[:60], (images[60:], labels[60:])


@pytest.fixture(scope="module")
def network(data, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOOK_CACHE", str(tmp_path_factory.mktemp("trained")))
        return cnn.fit(*data, CLASSES, SMALL, epochs=12, batch_size=8)


def untrained(architecture):
    scaler = features.Scaler((0.5,) * 5, (2.0,) * 5)
    return cnn.Classifier(
        cnn.build(architecture, 3, scaler, (12, 5)), architecture, CLASSES, scaler
    )


def pruned(network, data, sparsity, **changes):
    options = {"epochs": 2, "batch_size": 8, "seed": 1} | changes
    return pruning.prune(network, *data, sparsity, **options)


def weights(classifier):
    return classifier.model.get_weights()


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))


def accuracy(network, data):
    images, labels = data[2]
    return (network.predict(images).argmax(axis=1) == labels).mean()


def test_the_smallest_weights_go():
    before = np.array([[0.5, -0.1, 0.3], [-0.2, 0.9, -0.4]])
    after = pruning.magnitude(before, 0.5)
    np.testing.assert_array_equal(after, [[0.5, 0, 0], [0, 0.9, -0.4]])
    assert np.count_nonzero(before) == 6
    np.testing.assert_array_equal(pruning.magnitude(before, 0), before)
    np.testing.assert_array_equal(pruning.magnitude(before, 0.99), [[0, 0, 0], [0, 0.9, 0]])


def test_of_equal_weights_the_first_go():
    np.testing.assert_array_equal(
        pruning.magnitude(np.array([2, -1, 1, 1, -1, 2]), 1 / 3), [2, 0, 0, 1, -1, 2]
    )


def test_one_shot_cuts_kernels_alone(network):
    before = [weight.copy() for weight in weights(network)]
    cut = pruning.one_shot(network, 0.75, "all")
    for weight, kept, old in zip(weights(network), weights(cut), before, strict=True):
        np.testing.assert_array_equal(weight, old)  # the given network stays
        np.testing.assert_array_equal(kept, pruning.magnitude(old, 0.75) if old.ndim > 1 else old)


def test_large_kernels_are_those_of_a_hundredth_of_the_weights():
    paper = cnn.Architecture()
    network = cnn.Classifier(cnn.build(paper, 5, UNSCALED), paper, tuple("abcde"), UNSCALED)
    assert list(pruning.kernels(network)) == ["dense1"]
    assert list(pruning.kernels(network, "all")) == [
        *("conv1", "conv2", "conv3", "dense1", "dense2", "dense3", "probabilities")
    ]
    cut = pruning.nonzero(pruning.one_shot(network, 0.9)).set_index("layer")
    assert cut.nonzero["dense1"] == 57_200 * 64 / 10  # biases are zero before any training
    assert cut.nonzero["conv2"] == 32_000
    with pytest.raises(InputError, match="layers is 'dense1'; it must be one of 'large', 'all'"):
        pruning.one_shot(network, 0.5, "dense1")


def test_parameters_that_are_not_zero_are_counted_by_layer():
    network = untrained(SMALL)
    # conv 3 x 3 x 1 x 3 and 3, dense 12 x 5 x 3 x 8 and 8, softmax 8 x 3 and 3
    values = [np.ones_like(weight) for weight in weights(network)]
    values[0][0, 0, 0, :2] = 0
    values[3][:4] = 0
    network.model.set_weights(values)
    table = pruning.nonzero(network)
    assert table.to_dict("list") == {
        "layer": ["conv1", "dense1", "probabilities"],
        "parameters": [30, 1448, 27],
        "nonzero": [28, 1444, 27],
        "sparsity": [pytest.approx(2 / 30), pytest.approx(4 / 1448), 0],
    }


@pytest.mark.parametrize(
    "architecture",
    [
        SMALL,
        cnn.Architecture(conv=(), dense=(cnn.Dense(9), cnn.Dense(4))),
        cnn.Architecture((cnn.Conv(4, 1), cnn.Conv(2, 3)), (), "valid"),
        cnn.Architecture(
            (cnn.Conv(4, 3),), (cnn.Dense(5),), pooling="statistics", levelled=True, decay=True
        ),
    ],
    ids=["conv and dense", "dense alone", "conv alone", "every option"],
)
def test_each_kernel_of_any_network_gets_exactly_its_zeros(data, architecture):
    network = untrained(architecture)
    before = [weight.copy() for weight in weights(network)]
    after = pruned(network, data, 0.7, layers="all")
    for weight, old in zip(weights(after), before, strict=True):
        assert weight.shape == old.shape
        if weight.ndim > 1:
            assert np.count_nonzero(weight) == max(1, round(weight.size * 0.3))
        else:
            assert np.count_nonzero(weight) > 0  # biases began at zero and are not pruned
    assert all(np.array_equal(a, b) for a, b in zip(weights(network), before, strict=True))
    assert (after.architecture, after.scaler) == (network.architecture, network.scaler)
    assert set(after.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(after.history["loss"]) == 2


@pytest.mark.parametrize("step", [0, 3, 10])
@pytest.mark.parametrize("sparsity", [0.0, 0.37, 0.5, 0.999])
def test_the_weights_that_stay_are_those_of_tfmot(step, sparsity):
    tfmot, tf_keras = pruning._tfmot()
    grows = tfmot.PolynomialDecay(0.1, sparsity, 0, 10, frequency=1)
    layer = tfmot.prune_low_magnitude(tf_keras.layers.Dense(40), grows)
    layer.build((None, 30))
    layer.pruning_step.assign(step)
    cut = layer.pruning_obj
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=(30, 40)).astype(np.float32)
    for kernel in (drawn, drawn * (rng.random((30, 40)) < 0.4), drawn.round(1), 0 * drawn):
        for ours, theirs in zip(pruning._mask(cut, kernel), cut._update_mask(kernel), strict=True):
            assert np.array_equal(ours, theirs)


def test_a_pruned_network_still_works_and_is_its_best_epoch(network, data):
    after = pruned(network, data, 0.5, epochs=4)
    assert accuracy(after, data) > 0.8
    # Full sparsity is reached half-way: the first epoch does not count.
    assert accuracy(after, data) == pytest.approx(max(after.history["val_accuracy"][1:]))


def test_small_kernels_are_spared(data):
    network = untrained(cnn.Architecture(conv=(cnn.Conv(2, 1),), dense=(cnn.Dense(40),)))
    after = pruned(network, data, 0.9).model
    left = {layer.name: np.count_nonzero(layer.kernel) for layer in after.layers if layer.weights}
    assert left == {"conv1": 2, "dense1": 480, "probabilities": 12}  # of 2, 4,800 and 120


def test_sparsity_zero_trains_on_without_pruning(network, data):
    after = pruned(network, data, 0.0)
    assert pruning.nonzero(after).nonzero.sum() == pruning.nonzero(network).nonzero.sum()
    assert not same(after, network)


def test_it_is_pruned_once_and_again_to_the_bit(network, data, monkeypatch, tmp_path):
    options = {"augment": cutmix.on_the_fly}
    first = pruned(network, data, 0.6, **options)
    with monkeypatch.context() as patch:
        patch.setattr(keras.utils, "set_random_seed", None)  # what a training begins with
        again = pruned(network, data, 0.6, **options)
    assert same(first, again)
    assert first.history == again.history
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "elsewhere"))
    assert same(first, pruned(network, data, 0.6, **options))
    assert not same(first, pruned(network, data, 0.6))  # not augmented
    assert not same(first, pruned(network, data, 0.6, seed=2, **options))


def test_what_was_compiled_to_prune_a_network_is_forgotten(network, data):
    from tensorflow.python.framework.func_graph import FuncGraph

    def steps() -> int:
        gc.collect()
        # By type: of a weak reference to what is gone, isinstance would ask what it refers to.
        return sum(type(o) is FuncGraph and o.name == "learn" for o in gc.get_objects())

    pruned(network, data, 0.3)
    before = steps()
    for sparsity in (0.4, 0.5):
        pruned(network, data, sparsity)
    assert steps() == before


def test_a_network_no_longer_in_use_is_gone_when_the_next_is_cut(network):
    cut = pruning.one_shot(network, 0.3)
    cut.predict(np.zeros((1, *network.model.input_shape[1:])))
    model = weakref.ref(cut.model)
    del cut
    pruning.one_shot(network, 0.4)
    assert model() is None


def test_the_ladder_ends_where_accuracy_falls_under_the_floor(network, data):
    # At .95 one of the 24 weights before the softmax is left: two classes cannot be told apart.
    floor = 0.8
    best, ladder = pruning.prune_until(network, floor, *data, epochs=2, batch_size=8)
    failed = ladder.index[~ladder.held][0]
    tried = [0.0, *pruning.RUNGS][: failed + 1]
    assert failed > 1
    assert ladder.sparsity.tolist() == [*tried, pytest.approx(np.mean(tried[-2:]))]
    assert (ladder.held == (ladder.val_accuracy >= floor)).all()
    last = ladder[ladder.held].iloc[-1]
    assert last.nonzero == pruning.nonzero(best).nonzero.sum()
    assert last.val_accuracy == pytest.approx(accuracy(best, data))
    assert ladder.nonzero[:failed].is_monotonic_decreasing


def test_a_floor_that_nothing_holds(network, data):
    with pytest.raises(InputError, match=r"floor is 1\.1, but before any pruning"):
        pruning.prune_until(network, 1.1, *data)


def test_what_cannot_be_pruned(network, data):
    images, labels, (held, true) = data
    for sparsity in (1.0, -0.1):
        with pytest.raises(InputError, match=rf"sparsity is {sparsity}"):
            pruned(network, data, sparsity)
    with pytest.raises(InputError, match="epochs is 0"):
        pruned(network, data, 0.5, epochs=0)
    with pytest.raises(InputError, match="60 images with 59 labels"):
        pruned(network, (images, labels[:-1], (held, true)), 0.5)
    with pytest.raises(InputError, match=r"images of \(11, 5\)"):
        pruned(network, (images[:, 1:], labels, (held, true)), 0.5)


def test_the_process_and_its_children_keep_keras_3():
    program = """
import os, subprocess, sys
import numpy as np
from helpers import cnn, features, pruning

rng = np.random.default_rng(0)
images, labels = rng.normal(size=(12, 6, 4)).astype("float32"), np.arange(12) % 2
data = images, labels, (images, labels)
small = cnn.Architecture(conv=(cnn.Conv(2, 1),), dense=())
network = cnn.fit(*data, ("a", "b"), small, epochs=1, batch_size=4)
before = network.predict(images)
pruned = pruning.prune(network, *data, 0.5, epochs=1, batch_size=4)
assert "tf_keras" in sys.modules
import keras
assert keras.__version__.startswith("3.") and isinstance(pruned.model, keras.Model)
np.testing.assert_array_equal(network.predict(images), before)
cnn.fit(*data, ("a", "b"), small, epochs=1, batch_size=4, seed=1)
pruned.save(os.environ["BOOK_CACHE"] + "/pruned.npz")
cnn.load(os.environ["BOOK_CACHE"] + "/pruned.npz")
of_child = "import os; print(os.environ.get('TF_USE_LEGACY_KERAS'))"
child = subprocess.run([sys.executable, "-c", of_child], capture_output=True, text=True)
print(os.environ.get("TF_USE_LEGACY_KERAS"), child.stdout.strip())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["None", "None"], done.stderr


def test_tensorflow_keeps_its_remarks_to_itself(caplog):
    import tensorflow as tf

    logger = tf.get_logger()
    logger.warning("retracing")
    logger.error("this matters")
    assert [record.message for record in caplog.records] == ["this matters"]

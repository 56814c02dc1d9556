"""Exported networks: small, and never other than the network they come from."""

import numpy as np
import pytest

from helpers import chunks, cnn, dataset, export, features, pruning
from helpers.errors import InputError
from helpers.experiments import folds
from helpers.experiments import pruning as experiments

CLASSES = ("a", "b", "c")
SMALL = cnn.Architecture(conv=(cnn.Conv(3, 3),), dense=(cnn.Dense(40),), learning_rate=1e-2)


@pytest.fixture(scope="module")
def images():
    labels = np.arange(40) % 3
    images = np.random.default_rng(0).normal(size=(40, 12, 5)).astype(np.float32)
    images[np.arange(40), :, labels] += 3
    return images


@pytest.fixture(scope="module")
def network(images, tmp_path_factory):
    labels = np.arange(40) % 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOOK_CACHE", str(tmp_path_factory.mktemp("trained")))
        held = images[:9], labels[:9]
        return cnn.fit(images, labels, held, CLASSES, SMALL, epochs=5, batch_size=8)


@pytest.mark.parametrize("kind", export.TOLERANCES)
@pytest.mark.parametrize(
    "architecture",
    [
        SMALL,
        cnn.Architecture(conv=(), dense=SMALL.dense),
        cnn.Architecture((cnn.Conv(4, 3),), SMALL.dense, pooling="statistics", levelled=True),
        cnn.Architecture((), SMALL.dense, pooling="over time", noise=0.3, levelled=True),
    ],
    ids=["conv and dense", "dense alone", "every option", "mean and spread"],
)
def test_a_file_predicts_as_its_network(images, kind, architecture):
    scaler = features.Scaler.fit(images)
    model = cnn.build(architecture, 3, scaler, (12, 5))
    network = cnn.Classifier(model, architecture, CLASSES, scaler)
    exported = export.to_tflite(network, kind, images)
    assert exported.kind == kind
    probabilities = exported.predict(images)
    assert probabilities.shape == (40, 3)
    assert probabilities.dtype == np.float32
    expected = network.predict(images)
    np.testing.assert_allclose(probabilities, expected, atol=export.TOLERANCES[kind])
    assert (probabilities != probabilities[0]).any()


def test_eight_bits_are_smaller_and_zeros_count_only_when_compressed(network, images):
    float_, int8 = (export.to_tflite(network, kind, images) for kind in ("float", "int8"))
    assert len(int8.content) < 0.5 * len(float_.content)
    cut = export.to_tflite(pruning.one_shot(network, 0.9), "float", images)
    assert len(cut.content) == pytest.approx(len(float_.content), rel=0.01)
    assert cut.compressed < 0.5 * float_.compressed < 0.5 * len(float_.content)


def test_a_pruned_network_can_be_exported(network, images):
    labels = np.arange(40) % 3
    pruned = pruning.prune(network, images, labels, (images, labels), 0.5, epochs=1)
    exported = export.to_tflite(pruned, "int8", images)
    assert (exported.predict(images).argmax(axis=1) == labels).mean() > 0.5


def test_a_file_that_computes_something_else_is_an_error(network, images, monkeypatch):
    def careless(model, kind):
        import tensorflow as tf

        one = tf.TensorSpec((1, 12, 5), tf.float32)
        traced = tf.function(lambda mfcc: model(mfcc, training=False)).get_concrete_function(one)
        return tf.lite.TFLiteConverter.from_concrete_functions([traced], model).convert()

    with monkeypatch.context() as patch:
        patch.setattr(export, "_convert", careless)  # loses the weights, and says nothing
        with pytest.raises(export.ExportError, match=r"the exported network \(float\) is off by"):
            export.to_tflite(network, "float", images)

    of_another = export._convert(pruning.one_shot(network, 0.95).model, "float")
    monkeypatch.setattr(export, "_convert", lambda model, kind: of_another)
    with pytest.raises(export.ExportError, match=r"more than 0\.05; do not use it"):
        export.to_tflite(network, "int8", images)


def test_what_cannot_be_exported(network, images):
    with pytest.raises(InputError, match="kind is 'sparse'; it must be one of 'float', 'int8'"):
        export.to_tflite(network, "sparse", images)
    with pytest.raises(InputError, match="no images to check"):
        export.to_tflite(network, "float", images[:0])
    exported = export.to_tflite(network, "float", images)
    with pytest.raises(InputError, match=r"images are \(12, 5\); expected \(N, 12, 5\)"):
        exported.predict(images[0])


@pytest.fixture
def runs(monkeypatch):
    """Measure chosen rows of an experiment on its first fold, with few clips and short training."""
    for epochs in (folds.EPOCHS, folds.EPOCHS_OF_PRUNING):
        monkeypatch.setitem(epochs, "quick", 1)
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    clips = long.groupby("session").head(1)

    def measured(generator, *wanted):
        """All runs, and the figures of those on the first fold that compare what is wanted."""
        every = list(generator(clips, "quick"))
        first = [run for run in every if run.repeated["fold"] == 0]
        chosen = [
            next(run for run in first if each.items() <= run.compared.items()) for each in wanted
        ]
        return every, [run.measure(**run.compared, **run.repeated) for run in chosen]

    return measured


def test_the_experiments_measure_what_they_say(runs):
    every, (control, pruned) = runs(
        experiments.ladder,
        {"layers": "none", "epochs": 1},
        {"layers": "large", "sparsity": 0.8, "epochs": 1},
    )
    assert len(every) == folds.RUN * (2 + 4 + 2)
    assert control["nonzero"] == pytest.approx(3_694_813, abs=200)  # a bias may still be zero
    assert pruned["nonzero"] == pytest.approx(3_694_813 - 0.8 * 57_200 * 64, abs=200)
    assert pruned["int8 bytes, compressed"] < 0.6 * control["int8 bytes, compressed"]
    np.testing.assert_allclose(np.mean(pruned["recall of each class"]), pruned["recall"])

    forms = ("keras call", "tf.function", "tflite float", "pruned int8")
    every, figures = runs(experiments.export_speed, *({"form": form} for form in forms))
    assert {run.compared["form"] for run in every} == set(experiments.FORMS)
    call, function, float_, int8 = figures
    assert call["accuracy"] == function["accuracy"] == float_["accuracy"]
    assert int8["compressed"] == pruned["int8 bytes, compressed"]
    assert call["bytes"] == 4 * 3_694_813 < float_["bytes"] < 1.01 * call["bytes"]
    assert int8["bytes"] < 0.26 * call["bytes"]
    assert all(each["milliseconds"] > 0 for each in figures)

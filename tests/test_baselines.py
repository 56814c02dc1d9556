"""Baselines: scored on what they have not seen, as the protocol says."""

import numpy as np
import pandas as pd
import pytest

from helpers import baselines, chunks, dataset
from helpers.experiments import dataset as experiments


def measured(generator, clips):
    """The figures of each condition's first run."""
    runs = [run for run in generator(clips, "quick") if run.repeated["seed"] == 0]
    return [run.measure(**run.compared, **run.repeated) for run in runs]


@pytest.fixture
def clips():
    """The bundled clips of 2 s and more, a few of each session."""
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    return long.groupby("session").head(3)


def relabelled(clips, codes):
    names = pd.Categorical.from_codes(codes, categories=list(dataset.CLASSES))
    return clips.assign(label=names)


def test_random_labels_of_clips_cannot_be_learned_but_leak_by_chunk(clips):
    rng = np.random.default_rng(0)
    random = relabelled(clips, rng.permutation(clips.label.cat.codes))
    random["session"] = [f"{i % 30}" for i in range(len(clips))]
    of_each = {"chunk": [], "clip": [], "session": []}
    for run in experiments.difficulty(random, "quick"):
        if run.repeated["seed"] == 0:
            figures = run.measure(**run.compared, **run.repeated)
            of_each[run.compared["protocol"]].append(figures["accuracy of chunks"])
    assert np.mean(of_each["clip"]) < 0.3
    assert np.mean(of_each["session"]) < 0.3
    assert np.mean(of_each["chunk"]) > 0.45


def test_transfer_is_tested_on_the_other_set(clips):
    # The same clips under turned labels: what is learned on one set is wrong on the other.
    turned = relabelled(clips, (clips.label.cat.codes + 1) % 5)
    for figures in measured(experiments.transfer, turned):
        assert figures["accuracy of chunks"] < 0.1


def test_transfer_has_nothing_to_do_on_the_bundled_clips():
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    assert list(experiments.transfer(long, "quick")) == []


def test_a_clip_goes_by_most_of_its_chunks():
    cuts = chunks.Chunks(
        waves=np.zeros((6, 1), np.float32),
        label=np.array([0, 0, 0, 1, 1, 1]),
        clip=np.array(["a", "a", "a", "b", "b", "b"]),
        session=np.array(["s"] * 6),
        start=np.zeros(6),
        classes=("x", "y"),
    )
    figures = experiments._accuracies(np.array([1, 0, 0, 1, 0, 0]), cuts)
    assert figures == {"accuracy of chunks": 0.5, "accuracy of clips, by vote": 0.5}


def test_statistics_are_those_of_the_image():
    wave = np.random.default_rng(0).uniform(-1, 1, (2, 44_100)).astype(np.float32)
    described = baselines.statistics(wave)
    assert described.shape == (2, 39)
    np.testing.assert_allclose(described[:, :13], baselines.timbre(wave))


def test_pitches_find_the_note():
    t = np.arange(44_100) / 22_050
    waves = np.stack([np.sin(2 * np.pi * f * t) for f in (110.0, 440.0)]).astype(np.float32)
    low, high = baselines.pitches(waves)[:, 2]
    assert high - low == pytest.approx(24, abs=0.2)  # two octaves


@pytest.fixture(scope="module")
def clusters():
    """Inputs (200, 6) of three classes around means of their own."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 3
    return rng.normal(rng.normal(scale=4, size=(3, 6))[labels], 1.0), labels


@pytest.mark.parametrize("name", baselines.MODELS)
def test_every_model_learns_and_its_choice_is_the_most_probable(clusters, name):
    x, y = clusters
    model = baselines.MODELS[name](random_state=0).fit(x[:100], y[:100])
    probabilities = baselines.probabilities(model, x[100:])
    assert probabilities.shape == (100, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), model.predict(x[100:]))
    assert (model.predict(x[100:]) == y[100:]).mean() > 0.9


@pytest.mark.parametrize("name", baselines.MODELS)
def test_a_model_scales_its_inputs_itself(clusters, name):
    x, y = clusters
    scale, shift = 10.0 ** np.arange(-3, 3), np.arange(6) * 100.0
    of_each = [
        baselines.MODELS[name](random_state=0).fit(inputs[:100], y[:100]).predict(inputs[100:])
        for inputs in (x, x * scale + shift)
    ]
    assert (of_each[0] == of_each[1]).mean() > 0.98


@pytest.mark.parametrize("name", ["Decision Tree", "Random Forest", "MLP"])
def test_the_random_state_decides(name):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 6)), rng.integers(3, size=60)
    new = rng.normal(size=(200, 6))

    def predicted(random_state):
        model = baselines.MODELS[name](random_state=random_state).fit(x, y)
        return baselines.probabilities(model, new)

    np.testing.assert_array_equal(predicted(1), predicted(1))
    assert not np.array_equal(predicted(1), predicted(2))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Logistic Regression", 3 * 6 + 3),
        ("Naive Bayes", 3 * 6 + 3 * 6 + 3),  # means, variances, shares of the classes
        ("SVM", 3 * 6 + 3),  # three pairs of classes
        ("MLP", 6 * 64 + 64 + 64 * 16 + 16 + 16 * 12 + 12 + 12 * 3 + 3),
    ],
)
def test_parameters_are_those_worked_out_by_hand(clusters, name, parameters):
    x, y = clusters
    assert baselines.parameters(baselines.MODELS[name](random_state=0).fit(x, y)) == parameters


def test_parameters_of_trees_are_their_splits_and_leaves():
    x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 2])
    tree = baselines.MODELS["Decision Tree"](random_state=0).fit(x, y)
    assert baselines.parameters(tree) == 2 * 2 + 3
    x, y = np.arange(20.0)[:, None], (np.arange(20) > 9).astype(int)
    forest = baselines.MODELS["Random Forest"](random_state=0).fit(x, y)
    assert baselines.parameters(forest) == 50 * (2 + 2)
    stump = baselines.MODELS["AdaBoost"](random_state=0).fit(x, y)  # right at once, so it stops
    assert baselines.parameters(stump) == 2 + 2 + 1


def test_inputs_of_an_image():
    images = np.arange(2 * 3 * 2, dtype=np.float32).reshape(2, 3, 2)
    np.testing.assert_array_equal(baselines.flattened(images)[0], [0, 1, 2, 3, 4, 5])
    summary = baselines.summary(images)
    assert summary.shape == (2, 6)
    np.testing.assert_allclose(summary[0], [2, 3, *[np.std([0, 2, 4])] * 2, 2, 2], rtol=1e-6)

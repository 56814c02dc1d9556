"""The comparison: every model on the same parts, scored alike; classes near and far."""

import numpy as np
import pytest

from helpers import baselines, chunks, comparison, dataset, features, splits
from helpers.errors import InputError
from helpers.experiments import comparison as experiments
from helpers.experiments import folds


@pytest.fixture(scope="module")
def clips():
    """The bundled clips of 2 s and more, one of each session."""
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    return long.groupby("session").head(1)


def test_ten_models_under_each_protocol_the_cheap_ones_first(clips):
    runs = list(experiments.comparison(clips, "quick"))
    rows = {tuple(run.compared.values()) for run in runs}
    assert len(rows) == (7 * 2 + 3) * 3
    assert len(runs) == len(rows) * folds.RUN
    assert {len({row[0] for row in rows if row[2] == name}) for name in splits.PROTOCOLS} == {10}
    networks = [run.compared["model"] in experiments.NETWORKS for run in runs]
    assert networks == sorted(networks)


def test_the_slides_compare_the_same_ten_models():
    slides = comparison.OF_THE_SLIDES
    assert set(slides.index) == {*baselines.MODELS, *experiments.NETWORKS}
    assert slides.accuracy.is_monotonic_decreasing
    assert slides.loc["CNN + CutMix"].tolist() == [0.86, 0.86, 0.85, 0.85]


def test_few_sessions_are_enough_for_all_folds(clips):
    few = clips.groupby("label", observed=True).head(4)
    last = [
        run
        for run in experiments.comparison(few, "quick")
        if run.repeated["fold"] == folds.RUN - 1
        and run.compared["model"] == "Naive Bayes"
        and run.compared["inputs"] == "statistics"
    ]
    assert [run.compared["protocol"] for run in last] == list(splits.PROTOCOLS)
    for run in last:
        assert run.measure(**run.compared, **run.repeated)["confusion"].sum(axis=1).all()


@pytest.fixture
def measure(clips, monkeypatch):
    """Measure one row of the comparison on its first fold, networks trained for one epoch."""
    for epochs in (folds.EPOCHS, folds.EPOCHS_OF_PRUNING):
        monkeypatch.setitem(epochs, "quick", 1)
    runs = list(experiments.comparison(clips, "quick"))

    def measured(**wanted):
        run = next(run for run in runs if wanted.items() <= run.compared.items())
        return run.measure(**run.compared, **run.repeated)

    return measured


FIGURES = {
    *("accuracy", "precision", "recall", "f1", "clip_accuracy", "confusion"),
    *("fit seconds", "predict milliseconds", "parameters"),
}


@pytest.mark.parametrize("inputs", baselines.INPUTS)
def test_a_classical_model_knows_training_and_validation_and_is_scored_on_the_rest(
    clips, measure, inputs
):
    figures = measure(model="Naive Bayes", inputs=inputs, protocol="session")
    train, validation, test = splits.parts(clips, 4 * len(clips), "session")
    images = [features.mfcc(part.waves) for part in (train, validation, test)]
    x = [baselines.INPUTS[inputs](part) for part in images]
    model = baselines.MODELS["Naive Bayes"](random_state=0)
    model.fit(np.concatenate(x[:2]), np.concatenate([train.label, validation.label]))
    assert set(figures) == FIGURES
    assert figures["accuracy"] == model.score(x[2], test.label)
    assert figures["confusion"].sum() == len(test)
    assert figures["fit seconds"] > 0 and figures["predict milliseconds"] > 0
    assert figures["parameters"] == 2 * 5 * x[0].shape[1] + 5


def test_networks_are_scored_before_and_after_pruning(measure):
    whole = measure(model="CNN + CutMix", protocol="clip")
    pruned = measure(model="CNN + CutMix + Pruning", protocol="clip")
    assert set(whole) == FIGURES
    assert set(pruned) == FIGURES - {"fit seconds"}
    assert whole["parameters"] == 3_694_813
    assert pruned["parameters"] == pytest.approx(3_694_813 / 2, rel=1e-3)
    assert whole["confusion"].sum() == pruned["confusion"].sum() > 0
    assert whole["fit seconds"] > 0 and whole["predict milliseconds"] > 0


def test_the_slides_scaling_is_in_the_way_of_those_that_weigh_their_inputs_but_not_of_trees(clips):
    runs = list(experiments.scaled_inputs(clips, "quick"))

    def accuracy(model, scaling):
        wanted = {"model": model, "scaling": scaling, "protocol": "chunk"}
        run = next(run for run in runs if run.compared == wanted)
        return run.measure(**run.compared, **run.repeated)["accuracy"]

    one_range, *_, of_each = features.SCALERS
    assert accuracy("MLP", of_each) > accuracy("MLP", one_range) + 0.1
    forest = [accuracy("Random Forest", way) for way in (one_range, of_each)]
    assert forest[0] == pytest.approx(forest[1], abs=0.06)


def lines(*means: float) -> tuple[np.ndarray, np.ndarray]:
    """Twenty images of each class: one coefficient is its mean, the other the same in each."""
    labels = np.repeat(np.arange(len(means)), 20)
    images = np.zeros((len(labels), 275, 2))
    images[:, :, 0] = np.array(means)[labels, None]
    images[::2, :, 1] = 1
    return images, labels


def test_distances_are_those_of_the_class_means():
    images, labels = lines(0, 10, 30)
    apart = comparison.distances(images, labels, 3)
    assert apart.shape == (3, 3)
    np.testing.assert_allclose(apart, apart.T)
    np.testing.assert_array_equal(np.diag(apart), 0)
    assert apart[0, 2] / apart[0, 1] == pytest.approx(3)
    # No coefficient counts for more because its numbers are larger.
    images[:, :, 0] *= 1000
    np.testing.assert_allclose(comparison.distances(images, labels, 3), apart)


def test_distances_need_every_class():
    images, labels = lines(0, 10)
    with pytest.raises(InputError, match="no images of class 2"):
        comparison.distances(images, labels, 3)


def test_pairs_have_their_distance():
    apart = np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0]])
    table = comparison.related(np.array([[7, 2, 1], [2, 8, 0], [1, 0, 9]]), apart, ("a", "b", "c"))
    assert list(zip(table.one, table.other, strict=True)) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert table.distance.tolist() == [1, 2, 3]
    assert table.confused.corr(table.distance, method="spearman") == pytest.approx(-1)


def test_closeness_is_measured_on_three_draws(clips):
    runs = list(experiments.closeness(clips, "quick"))
    assert [run.repeated["seed"] for run in runs] == [0, 1, 2]
    apart = runs[0].measure(**runs[0].compared, **runs[0].repeated)["class means"]
    assert apart.shape == (5, 5)
    assert (apart[~np.eye(5, dtype=bool)] > 0).all()

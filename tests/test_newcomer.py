"""What a newcomer does first is done in one place; CONTRIBUTING has a recipe for each."""

import copy
import itertools

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers import baselines, chunks, comparison, dataset, plots, results
from helpers.experiments import comparison as experiments
from helpers.plots import page


def neighbours(random_state):
    return make_pipeline(StandardScaler(), KNeighborsClassifier(3))


@pytest.fixture
def one_more(monkeypatch):
    monkeypatch.setitem(baselines.MODELS, "Neighbours", neighbours)


@pytest.fixture(scope="module")
def clips():
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    return long.groupby("session").head(2)


def test_a_model_more_runs_and_is_counted(one_more, clips):
    every = list(experiments.comparison(clips, "quick"))
    (run, *others) = [run for run in every if run.compared["model"] == "Neighbours"]
    assert len(others) == 3 * 3 * 2 - 1  # protocols, folds, inputs
    figures = run.measure(**run.compared, **run.repeated)
    assert figures["accuracy"] > 0.3
    assert figures["parameters"] > 1000


def test_a_model_more_is_drawn_also_where_a_record_lacks_it():
    record = results.load("comparison", "demo")
    more = copy.deepcopy(record)
    for run in record["runs"]:
        if run["compared"]["model"] == "MLP":
            run = copy.deepcopy(run)
            run["compared"]["model"] = "Neighbours"
            more["runs"].append(run)
    drawn = plots.ten_models(
        [record, more], comparison.OF_THE_SLIDES, "accuracy", "clip", "statistics"
    )
    assert drawn.alt.count("Neighbours") == 1
    assert ">Neighbours<" in drawn


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_support_vectors_are_counted(kernel):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 7)), np.arange(40) % 4
    fitted = make_pipeline(StandardScaler(), SVC(kernel=kernel)).fit(x, y)
    vectors, pairs = len(fitted[-1].support_), 6
    expected = 7 * pairs + pairs if kernel == "linear" else 7 * vectors + 3 * vectors + pairs
    assert baselines.parameters(fitted) == expected


def test_what_cannot_be_counted_is_named():
    rng = np.random.default_rng(0)
    fitted = make_pipeline(StandardScaler(), GradientBoostingClassifier(n_estimators=2))
    fitted.fit(rng.normal(size=(20, 3)), np.arange(20) % 2)
    with pytest.raises(baselines.InputError, match=r"GradientBoostingClassifier.*add a case"):
        baselines.parameters(fitted)


def test_twenty_classes_look_different():
    looks = list(itertools.islice(zip(*page.looks(), strict=False), 25))
    assert len(set(looks)) == 25
    assert len({hue for hue, _ in looks[:5]}) == len({dash for _, dash in looks[:5]}) == 5

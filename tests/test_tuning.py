"""Searches: held to their budget, the same again, resumed after a kill, failures reported."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pandas as pd
import pytest

from helpers import chunks, cnn, dataset, store, tuning
from helpers.errors import InputError
from helpers.experiments import tuning as experiments

CLASSES = ("a", "b", "c")
BASE = cnn.Architecture(conv=(), dense=(cnn.Dense(8),))
TINY = {"dense1_units": (4, 8, 12, 16), "learning_rate": (0.1, 0.01, 0.001)}


def made() -> tuple:
    """Images whose class is written into one coefficient; and others to validate on."""
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=100)
    images = rng.normal(size=(100, 12, 5)).astype(np.float32)
    images[np.arange(100), :, labels] += 0.5
    return images[:40], labels[:40], (images[40:], labels[40:])


def searched(method="random", **changes) -> pd.DataFrame:
    images, labels, validation = changes.pop("data", made())
    options = {"space": TINY, "base": BASE, "budget": 5, "epochs": 2, "batch_size": 40}
    return tuning.search(images, labels, validation, CLASSES, method, **options | changes)


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.drop(columns="seconds").equals(other.drop(columns="seconds"))


@pytest.fixture
def trainings(monkeypatch):
    """The networks that are compiled to be trained, one after the other.

    What is patched is the library's: a function of the book's is in the keys of what is kept.
    """
    compiled, compile_ = [], keras.Model.compile

    def noted(model, *given, **options):
        compiled.append(model.name)
        return compile_(model, *given, **options)

    monkeypatch.setattr(keras.Model, "compile", noted)
    return compiled


def test_the_space_is_the_slides():
    assert [len(values) for values in tuning.SPACE.values()] == [7, 3, 5, 3, 5, 3, 7, 3, 3, 4]
    assert tuning.size() == 1_190_700  # 7 x 3 x 5 x 3 x 5 x 3 x 7 x 3 x 3 x 4
    assert {name: (min(v), max(v)) for name, v in tuning.SPACE.items() if "kernel" not in name} == {
        "conv1_filters": (16, 64),
        "conv2_filters": (16, 32),
        "conv3_filters": (8, 16),
        "dense1_units": (16, 64),
        "dense2_units": (8, 16),
        "dense3_units": (4, 8),
        "learning_rate": (0.001, 1),
    }


def test_the_slides_best_is_the_books_network_and_outside_its_space():
    assert tuning.architecture(tuning.BEST_OF_THE_SLIDES) == cnn.Architecture()
    outside = [n for n, best in tuning.BEST_OF_THE_SLIDES.items() if best not in tuning.SPACE[n]]
    assert outside == ["dense3_units"]


def test_dropouts_stay_and_what_is_not_named_too():
    changed = tuning.architecture({"dense3_units": 4, "conv2_kernel": 3, "learning_rate": 1})
    assert changed.dense == (cnn.Dense(64), cnn.Dense(16), cnn.Dense(4, dropout=0.1))
    assert changed.conv == (cnn.Conv(40, 1), cnn.Conv(32, 3), cnn.Conv(16, 1))
    assert changed.learning_rate == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dense4_units": 4}, "no hyperparameter 'dense4_units'; there are conv1_filters"),
        ({"conv1_filters": 4}, "conv1_filters: the network has no conv1, only 0"),
        ({"dense1_units": 0}, "dense1_units is 0"),
        ({"dense1_units": 4.5}, "dense1_units is 4.5"),
        ({"dense1_units": "four"}, "dense1_units is 'four'"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
    ],
)
def test_what_is_no_network_is_named(values, message):
    with pytest.raises(InputError, match=message):
        tuning.architecture(values, BASE)
    with pytest.raises(InputError, match=message):
        searched(space={name: (value,) for name, value in values.items()})


BUDGETS = {"hyperband": (6, 3)}
"""Budget and epochs of a trial, where not 4 and 1."""


@pytest.mark.parametrize("method", tuning.METHODS)
def test_an_interrupted_search_ends_as_if_it_had_not_been(method, trainings, monkeypatch, tmp_path):
    budget, epochs = BUDGETS.get(method, (4, 1))

    def stop(table):
        if len(table) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        searched(method, budget=budget, epochs=epochs, watch=stop)
    assert len(trainings) == 2
    table = searched(method, budget=budget, epochs=epochs)
    assert len(trainings) == len(table) > 3

    assert list(table.columns[:3]) == ["method", *TINY]
    assert set(table.status) == {"completed"}
    assert table.spent.tolist() == table.epochs.cumsum().tolist()
    assert table.spent.iloc[-1] <= budget
    assert table.reached.max() == epochs
    right = table.score * len(made()[2][0])
    np.testing.assert_allclose(right, right.round(), atol=1e-3)
    for name, values in TINY.items():
        assert set(table[name]) <= set(values)
    assert not table[table.epochs == table.reached].duplicated(list(TINY)).any()

    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "elsewhere"))
    assert same(table, searched(method, budget=budget, epochs=epochs))
    assert len(trainings) == 2 * len(table)


RATES = tuning.LogUniform(1e-4, 0.1)


def test_a_range_is_drawn_by_factors_and_to_its_ends():
    assert [RATES.at(share) for share in (0, 1 / 3, 2 / 3, 1)] == [1e-4, 1e-3, 1e-2, 0.1]
    table = searched("random", space={"learning_rate": RATES}, budget=12, epochs=1)
    assert table.learning_rate.between(1e-4, 0.1).all() and table.learning_rate.nunique() == 12
    assert (table.learning_rate < 0.01).sum() >= 4  # drawn by numbers, one in ten would be
    grid = searched("grid", space={"learning_rate": RATES}, budget=20, epochs=1)
    factors = np.diff(np.log(np.sort(grid.learning_rate)))
    assert len(grid) == 11 and grid.learning_rate[0] == 1e-4
    assert np.allclose(factors[1:], factors[1])
    assert tuning.size({"learning_rate": RATES, "dense1_units": (1, 2)}) == np.inf


@pytest.mark.parametrize("low, high", [(0, 1), (0.1, 0.1), (1, 0.1), (0.1, np.inf), (np.nan, 1)])
def test_a_range_that_is_none_is_refused(low, high):
    with pytest.raises(InputError, match="LogUniform"):
        tuning.LogUniform(low, high)


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")  # Keras Tuner's own
def test_what_follows_in_a_bayesian_search_is_where_its_surface_is_hoped_to_be_highest():
    """What is proposed is Keras Tuner's; the surface is the book's."""
    oracle = tuning._oracle("bayesian", {"learning_rate": RATES}, 10, 1, 0)
    oracle._set_project_dir(str(store.folder()), "alone")
    oracle.verbose = 0
    rates, scores, shares = [], [], np.linspace(0, 1, 201)
    for trials in range(10):
        trial = oracle.create_trial("one")
        rate = trial.hyperparameters.values["learning_rate"]
        if trials >= 3:  # the first third are drawn at random
            mean, unsure = tuning.surface(RATES, rates, scores, shares)
            hope = mean + tuning.HOPE * unsure
            place = np.log(rate / RATES.low) / np.log(RATES.high / RATES.low)
            assert np.interp(place, shares, hope) > hope.max() - 0.01
        rates.append(rate)
        scores.append(0.2 + 0.6 * np.exp(-(((np.log10(rate) + 2.2) / 0.7) ** 2)))
        oracle.update_trial(trial.trial_id, {"val_accuracy": scores[-1]}, step=0)
        trial.status = "COMPLETED"
        oracle.end_trial(trial)


def test_nothing_is_expected_of_nothing():
    with pytest.raises(InputError, match="2 numbers were tried and 1 scored"):
        tuning.surface(RATES, [0.001, 0.1], [0.5], np.zeros(1))
    with pytest.raises(InputError, match="0 numbers"):
        tuning.surface(RATES, [], [], np.zeros(1))


def test_the_grid_walks_its_first_points():
    table = searched("grid", budget=3, epochs=1)
    assert table.dense1_units.tolist() == [4, 4, 4]
    assert table.learning_rate.tolist() == [0.1, 0.01, 0.001]


def test_a_small_space_is_searched_whole_and_no_more():
    table = searched("grid", space={"learning_rate": (0.1, 0.01)}, budget=9, epochs=1)
    assert table.learning_rate.tolist() == [0.1, 0.01]


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")  # Keras Tuner's own
@pytest.mark.parametrize("method", ["random", "bayesian"])
def test_seeds_differ(method):
    # What is proposed, not what is trained: no trial costs anything.
    def proposed(seed):
        oracle = tuning._oracle(method, tuning.SPACE, 20, 10, seed)
        oracle._set_project_dir(str(store.folder()), f"{method}{seed}")
        oracle.verbose = 0
        return oracle.create_trial("one").hyperparameters.values

    first = [proposed(seed) for seed in range(3)]
    assert first[0] != first[1] != first[2] != first[0]
    assert proposed(0) == first[0]


@pytest.mark.parametrize("epochs", [1, 2, 3, 6, 9, 10, 27, 81, 100])
def test_the_brackets_are_keras_tuners(epochs):
    oracle = tuning._oracle("hyperband", tuning.SPACE, 1000, epochs, 0)
    last = oracle._get_num_brackets() - 1
    for later in range(last + 1):
        of = last - later
        rounds = [(oracle._get_size(of, r), oracle._get_epochs(of, r)) for r in range(of + 1)]
        assert tuning.bracket(epochs, later) == rounds
    with pytest.raises(InputError, match=f"give 0 to {last}"):
        tuning.bracket(epochs, last + 1)


def test_hyperband_goes_on_with_the_best_of_each_round():
    # Networks that learn nothing: one that went on scores as before, one begun anew does not.
    still = {"dense1_units": tuple(range(4, 24)), "learning_rate": (1e-30,)}
    table = searched("hyperband", space=still, budget=5, epochs=3)
    assert tuning.bracket(3) == [(3, 1), (1, 3)]
    assert table.epochs.tolist() == [1, 1, 1, 2]
    assert table.reached.tolist() == [1, 1, 1, 3]
    went_on = table.iloc[3]
    assert went_on.dense1_units == table.dense1_units[table.score[:3].idxmax()]
    assert went_on.score == table.score[:3].max()
    assert table.score[:3].nunique() == 3


def test_failed_trials_are_reported_and_the_search_goes_on():
    seen = []
    table = searched(
        "grid",
        space={"conv1_kernel": (3, 9), "learning_rate": (1e38, 0.1)},
        base=cnn.Architecture(conv=(cnn.Conv(2, 3),), dense=(), padding="valid"),
        budget=4,
        epochs=1,
        watch=lambda table: seen.append(len(table)),
    )
    assert table.status.tolist() == ["failed", "completed", "failed", "failed"]
    assert table.reason[0] == "the loss is no number after epoch 1"
    assert table.reason[1] == ""
    assert table.reason[2].startswith("ValueError: ")  # a kernel of 9 on 5 coefficients
    assert table.score.isna().tolist() == [True, False, True, True]
    assert table.spent.tolist() == [1, 2, 3, 4]
    assert seen == [1, 2, 3, 4]
    assert tuning.best(table) == {"conv1_kernel": 3, "learning_rate": 0.1}
    score = table.score[1]
    assert tuning.best_so_far(table, 5).tolist() == [0, score, score, score, score]


@pytest.mark.parametrize("method", ["random", "hyperband"])
def test_a_search_whose_trials_all_fail_is_an_error(method):
    exploding = {"dense1_units": tuple(range(4, 24)), "learning_rate": (1e38,)}
    with pytest.raises(InputError, match=f"all . trials of the {method} search failed.*no number"):
        searched(method, space=exploding, budget=3, epochs=1)


def test_a_failure_that_may_pass_is_tried_again(monkeypatch):
    build = cnn.build

    def no_memory(*given):
        raise MemoryError("no room for this network")

    monkeypatch.setattr(cnn, "build", no_memory)
    with pytest.raises(InputError, match="MemoryError: no room for this network"):
        searched(budget=2)
    monkeypatch.setattr(cnn, "build", build)
    assert searched(budget=2).status.tolist() == ["completed"]


def test_other_data_or_code_is_searched_anew_a_larger_budget_goes_on(trainings, monkeypatch):
    small = searched(budget=2)
    assert len(trainings) == 1
    larger = searched(budget=4)
    assert small.equals(larger[:1])
    assert len(trainings) == 2

    images, labels, (held, held_labels) = made()
    searched(budget=2, data=(images + 1, labels, (held, held_labels)))
    searched(budget=2, data=(images, labels[::-1], (held, held_labels)))
    searched(budget=2, data=(images, labels, (held, held_labels[::-1])))
    searched(budget=2, seed=1)
    assert len(trainings) == 6

    monkeypatch.setattr(cnn, "AT_ONCE", 7)  # as if the code had been edited
    searched(budget=2)
    assert len(trainings) == 7


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl+C"])
def test_a_killed_search_loses_no_finished_trial(trainings, tmp_path, end):
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys, time
            sys.path[:0] = [{os.path.dirname(__file__)!r}]
            from test_tuning import searched
            def watch(table):
                table.to_pickle({str(tmp_path / "table")!r})
                if len(table) == 3:
                    print("three", flush=True)
                    time.sleep(600)
            searched("hyperband", budget=6, epochs=3, watch=watch)
            """
        )
    )
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "three\n"
    process.send_signal(end)
    assert process.wait() == -end
    finished = pd.read_pickle(tmp_path / "table")
    resumed = searched("hyperband", budget=6, epochs=3)
    assert resumed[:3].equals(finished)  # the seconds too: they were not trained again
    assert len(trainings) == len(resumed) - 3 > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "luck"}, "no search 'luck'; there are random, grid"),
        ({"space": {}}, "the space is empty"),
        ({"space": {"dense1_units": ()}}, r"dense1_units has the values \(\)"),
        ({"space": {"dense1_units": (4, 4)}}, "give some, each once"),
        ({"epochs": 0}, "epochs is 0 and the budget 5"),
        ({"budget": 1}, "epochs is 2 and the budget 1"),
        ({"method": "hyperband", "epochs": 5}, "spends 16 epochs on them; the budget is 5"),
        ({"method": "hyperband", "space": {"dense1_units": (4,)}}, "the space holds 1"),
        ({"data": (*made()[:1], made()[1][1:], made()[2])}, "40 images with 39 labels"),
        ({"data": (*made()[:2], tuple(part[:0] for part in made()[2]))}, "0 validation images"),
    ],
)
def test_what_cannot_be_searched_is_said_before_the_work(changes, message, trainings):
    with pytest.raises(InputError, match=message):
        searched(**changes)
    assert not trainings


@pytest.fixture
def small(monkeypatch):
    """The bundled clips of 2 s and more, a few of each session, and experiments of tiny sizes."""
    monkeypatch.setattr(experiments, "SIZES", {"quick": (30, 1, 3)})
    monkeypatch.setattr(experiments, "OF_RATES", {"quick": (30, 1)})
    one = {name: values[:1] for name, values in tuning.SPACE.items()}
    for module in (tuning, experiments):
        monkeypatch.setattr(module, "SPACE", one | {"learning_rate": (1.0, 1e38, 0.001)})
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    return long.groupby("session").head(2)


def test_the_experiment_of_searches_and_its_trials(small):
    runs = list(experiments.searches(small, "quick"))
    assert [run.compared["method"] for run in runs[::3]] == list(tuning.METHODS)
    run = runs[3]
    figures = {n: np.asarray(v) for n, v in run.measure(**run.compared, **run.repeated).items()}
    assert figures["best so far"].shape == (3,)
    assert figures["best so far"][-1] == figures["best validation accuracy"]
    assert 0 <= figures["test accuracy by clip"] <= 1
    assert figures["best parameters"].shape == (10,)
    written = {name: value.tolist() for name, value in figures.items()}
    record = json.loads(
        json.dumps(
            {"runs": [{"compared": run.compared, "repeated": run.repeated, "figures": written}]},
            allow_nan=False,
        )
    )
    table = tuning.trials(record)
    assert table.method.tolist() == ["grid"] * 3
    assert table.learning_rate.tolist() == [1.0, 1e38, 0.001]
    assert table.completed.tolist() == [True, False, True]
    assert table.score.isna().tolist() == [False, True, False]
    assert table.score.max() == figures["best validation accuracy"]
    assert table.spent.tolist() == [1, 2, 3]


def test_the_experiment_of_many_trials(small, trainings, monkeypatch):
    monkeypatch.setattr(experiments, "OF_MANY", {"quick": (30, 4, 1)})
    monkeypatch.setattr(experiments, "FEW", 2)
    runs = list(experiments.many_trials(small, "quick"))
    assert [run.compared["network"] for run in runs[:3]] == ["as it was", "best of 2", "best of 4"]
    found, counts = [], []
    for run in runs[:3]:
        before = len(trainings)
        found.append(run.measure(**run.compared, **run.repeated))
        counts.append(len(trainings) - before)
    assert counts[0] >= 4 > max(counts[1:])  # one search for all three
    untuned, few, many = found
    assert "trials" not in untuned and "trials" not in few
    assert many["trials"].shape == (4, len(tuning.SENSIBLE) + 1)
    assert untuned["parameters"] != many["parameters"]
    assert {name for name in untuned} >= {"accuracy", "clip_accuracy", "best validation accuracy"}


def test_the_experiment_of_learning_rates(small):
    runs = list(experiments.learning_rates(small, "quick"))
    assert [run.compared["learning_rate"] for run in runs[::3]] == [1.0, 1e38, 0.001]
    figures = runs[0].measure(**runs[0].compared, **runs[0].repeated)
    assert {name for name, value in figures.items() if np.shape(value) == (1,)} == {
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
    }
    assert 0.2 <= figures["share of its commonest answer"] <= 1

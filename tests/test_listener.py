"""The recipe of the listener: what it hears, learns and keeps apart."""

import numpy as np
import pytest

from helpers import classify, dataset, features, listener, metrics, splits
from helpers.errors import InputError
from helpers.experiments import leakage as experiments


@pytest.fixture(scope="module")
def clips():
    """Six bundled clips of each instrument, some of them under 2 s."""
    return dataset.load("demo").groupby("label", observed=True).head(6)


@pytest.fixture(scope="module")
def recipe(clips, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(listener, "COPIES", 4)
        patch.setattr(listener, "EPOCHS", 30)
        yield listener.Recipe(clips)


def test_half_of_what_is_heard_is_as_it_is(clips):
    short = clips[clips.seconds < 2].head(2)  # so each has one chunk only
    images, labels = listener.heard(short, 4, seed=0)
    assert images.shape == (8, *listener.SETTINGS.shape(44_100))
    assert images.settings == listener.SETTINGS
    assert (labels == short.label.cat.codes.repeat(4)).all()
    plain, _, _ = listener.windows(short)
    for i, image in enumerate(plain):
        same = np.isclose(images[4 * i : 4 * i + 4], image, atol=1e-3).all(axis=(1, 2))
        assert same.tolist() == [True, True, False, False]
    again, _ = listener.heard(short, 4, seed=0)
    np.testing.assert_array_equal(images, again)


def test_it_learns_from_the_clips_it_is_told(recipe, clips):
    images, labels = recipe.known(np.array([0, 9]))
    assert images.settings == recipe.plain[0].settings == listener.SETTINGS
    assert labels.tolist() == [
        label for label in clips.label.cat.codes.iloc[[0, 9]] for _ in "1234"
    ]
    np.testing.assert_array_equal(images[4:], recipe.of_real[0][36:40])


@pytest.mark.parametrize("protocol", experiments.KEPT_APART)
def test_each_window_is_named_once_by_what_has_not_heard_it(recipe, clips, protocol):
    groups = clips.index.to_series() if protocol == "clip" else clips.session
    taught = []

    def learn(rows):
        taught.append(set(groups.iloc[rows]))
        return lambda images: np.full((len(images), 5), len(taught))

    fold = recipe.kept_out(learn, protocol)[:, 0].astype(int)
    assert set(fold) == {1, 2, 3, 4, 5}
    for number, clip in zip(fold, recipe.plain[2], strict=True):
        assert groups[clip] not in taught[number - 1]


def test_the_network_is_small_and_knows_its_images(recipe, clips):
    network = recipe.train(np.arange(len(clips)))
    assert network.settings == listener.SETTINGS
    assert network.model.count_params() <= 100_000
    images, labels, clip = recipe.plain
    assert network.model.input_shape[1:] == images.shape[1:]
    mean, label = metrics.by_clip(network.predict(images), labels, clip)
    assert (mean.argmax(axis=1) == label).mean() > 0.5


def test_classes_may_be_any_and_as_many_as_you_like(data_set, monkeypatch, tmp_path):
    labels = ["Oboe", "Flute", "Horn", "Harp", "Viola", "Tuba", "Bassoon"]
    several = ["Oboe"] * 3 + 2 * labels
    rows = [{"label": label, "session": f"{label}-{i}"} for i, label in enumerate(several)]
    folder = data_set(rows)
    clips = dataset.load(folder, classes=labels)
    monkeypatch.setattr(listener, "EPOCHS", 1)
    recipe = listener.Recipe(clips, copies=2)
    assert len(recipe.of_real[1]) == 2 * len(clips)
    network = recipe.train(np.arange(len(clips)))
    kept_out = recipe.kept_out(lambda rows: network.predict, "session")
    assert kept_out.shape == (len(recipe.plain[1]), 7)
    network.save(tmp_path / "mine.npz")
    loaded, threshold = classify.load(tmp_path / "mine.npz")
    heard = classify.recording(clips.path.iloc[0], loaded, threshold=threshold)
    assert heard.classes == tuple(labels) and heard.verdict in labels


@pytest.mark.parametrize("protocol", experiments.KEPT_APART)
@pytest.mark.parametrize(("flutes", "oboes"), [(1, 6), (2, 2), (4, 4)])
def test_too_few_to_keep_any_out_is_an_error(data_set, protocol, flutes, oboes):
    labels = ["Flute"] * flutes + ["Oboe"] * oboes
    rows = [{"label": label, "session": f"{label}-{i}"} for i, label in enumerate(labels)]
    recipe = listener.Recipe(dataset.load(data_set(rows), ["Flute", "Oboe"]), copies=1)
    with pytest.raises(InputError, match=f"Flute has {flutes} {protocol}s of {flutes + oboes}"):
        recipe.kept_out(lambda rows: None, protocol)


def test_the_experiment_says_what_is_right(clips, monkeypatch):
    monkeypatch.setattr(listener, "COPIES", 4)
    monkeypatch.setattr(listener, "EPOCHS", 1)
    monkeypatch.setattr(splits, "FOLDS", 2)
    long = clips[clips.seconds >= 2]
    runs = list(experiments.beyond(long, "quick"))
    assert len(runs) == 3 * len(experiments.KEPT_APART) * len(experiments.BEYOND_MODELS)
    for run in runs[: len(experiments.BEYOND_MODELS)]:
        figures = run.measure(**run.compared, **run.repeated)
        assert figures["right"].shape == (len(long),)
        assert figures["right"].mean() == pytest.approx(figures["clip_accuracy"])
        assert figures["parameters"] > 0


def test_mean_and_spread():
    images = np.random.default_rng(0).normal(size=(3, 10, 13))
    found = listener.mean_and_spread(images)
    np.testing.assert_allclose(found[:, :13], features.average(images))
    np.testing.assert_allclose(found[:, 13:], images.std(axis=1))

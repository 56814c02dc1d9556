"""Networks that learn from pools and of strangers: what they hear, learn and keep apart."""

import json

import numpy as np
import pandas as pd
import pytest

from helpers import classify, dataset, features, models, results, splits, today
from helpers.errors import InputError
from helpers.experiments import today as experiments

DESIGNS = set(experiments.CANDIDATES.values())


@pytest.fixture
def pool(data_set):
    """Six clips of three strangers, a session and a source each."""
    rows = [
        {
            "label": dataset.NONE,
            "session": f"s{i // 2}",
            "source": f"noise {i // 2}",
            "fname": f"{i}.wav",
        }
        for i in range(6)
    ]
    return data_set(rows)


@pytest.fixture
def table(pool):
    """Six bundled clips of each instrument, and the strangers."""
    clips = dataset.drop_shorter(dataset.load("demo"), 2)
    clips = clips.groupby(["label", "session"], observed=True).head(1)
    return today.gathered(clips.groupby("label", observed=True).head(6), pool)


@pytest.fixture
def small(monkeypatch):
    """Have few chunks be heard, a few times."""
    for name, value in {
        "COPIES": 2,
        "OF_STRANGERS": 2,
        "A_CLASS": {"known": 8, "none": 8},
        "EPOCHS": 2,
    }.items():
        monkeypatch.setattr(today, name, value)
    monkeypatch.setattr(today.fit, "__defaults__", (0, False, None, 2))


def images(n: int) -> np.ndarray:
    """Random images, at levels as of real chunks."""
    rng = np.random.default_rng(0)
    levels = rng.uniform(-60, 0, (n, *today.SETTINGS.shape(44_100)))
    return levels @ features.dct_matrix(128, 128)


def test_pools_join_the_clips(table, pool):
    assert tuple(table.label.cat.categories) == (*dataset.CLASSES, dataset.NONE)
    assert table.label.value_counts().to_dict() == dict.fromkeys(table.label.cat.categories, 6)
    assert table.source.notna().sum() == 6
    with pytest.raises(InputError, match=r"two clips are called 0\.wav"):
        today.gathered(table, pool)


def test_pools_are_named_as_in_a_path(monkeypatch):
    monkeypatch.setenv("BOOK_POOLS", "a:b c")
    monkeypatch.setattr("os.pathsep", ":")
    assert today.pools() == ["a", "b c"]
    monkeypatch.delenv("BOOK_POOLS")
    assert today.pools() == []


def test_classes_are_heard_equally_often_and_large_sessions_no_more_than_others():
    label = ["Cello"] * 60 + ["Clarinet"] * 20 + [dataset.NONE] * 40
    session = ["big"] * 40 + [f"c{i // 10}" for i in range(20)] + ["k"] * 20
    session += [f"s{i // 10}" for i in range(40)]
    clips = pd.DataFrame({"label": label, "session": session, "path": "x"})
    given = today.shares(clips, np.arange(120), most=1000)
    of_class = pd.Series(given).groupby(clips.label).sum()
    assert of_class.Clarinet == 800 and of_class[dataset.NONE] == 1600
    assert of_class.Cello == pytest.approx(800, abs=60)  # rounded up, clip by clip
    of_session = pd.Series(given).groupby(clips.session).sum()
    assert of_session.big == pytest.approx(of_session.c0, abs=40)
    assert today.shares(clips, np.arange(120), most=5).max() == 5
    alone = today.shares(clips, np.arange(60, 80), most=1000)
    assert alone.tolist() == [40] * 20


def test_what_is_heard_is_kept_and_every_other_chunk_is_as_it_was(table):
    few = table.head(2)
    heard = today.heard(few, 4)
    assert heard.shape == (2, 4, 84, 128)
    windows, row = today.windows(few)
    assert set(row) == {0, 1} and windows.shape[1:] == heard.shape[2:]
    np.testing.assert_array_equal(today.heard(few, 4), heard)
    np.testing.assert_array_equal(today.heard(few.iloc[::-1], 4), heard[::-1])


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_a_network_is_small_and_hears_no_level(design):
    model = today.build(design, 6)
    assert model.count_params() <= 100_000
    some = images(3)
    louder = some + 30 * np.sqrt(128) * np.eye(1, 128)  # c0 alone: 30 dB in every band
    found = today.predict(model, some)
    assert found.shape == (3, 6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(today.predict(model, louder), found, atol=1e-3)


def test_what_listens_is_what_the_record_is_of():
    assert experiments.CANDIDATES["both"] == today.LISTENER


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_a_saved_network_predicts_identically(design, tmp_path):
    model = today.build(design, 6)
    assert today.weight_shapes(design, 6) == [weight.shape for weight in model.get_weights()]
    classes = (*dataset.CLASSES, dataset.NONE)
    saved = today.Classifier(model, design, classes)
    saved.save(tmp_path / "own.npz")
    loaded = today.load(tmp_path / "own.npz")
    assert (loaded.design, loaded.classes, loaded.settings) == (design, classes, today.SETTINGS)
    some = features.Images(images(2), today.SETTINGS)
    np.testing.assert_array_equal(loaded.predict(some), saved.predict(some))
    with pytest.raises(InputError, match="do not belong together"):
        loaded.predict(features.Images(images(2), features.Settings()))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"design": {"filters": [8], "cepstra": 20, "units": 64}}, "conv"),
        ({"design": 7}, "design: "),
        ({"design": {"filters": [1e9]}}, "design: filters is 1000000000.0"),
        ({"design": {"filters": []}}, "it hears nothing"),
        ({"design": {"filters": [8], "units": -1}}, "units is -1"),
        ({"design": {"filters": [8], "colour": 1}}, "colour"),
        ({"classes": ["a", "a"]}, "different words"),
        ({"settings": {"n_mels": 26}}, "not those of helpers.today"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, change, told):
    path = tmp_path / "own.npz"
    design = today.Design(filters=(8, 16), units=8)
    today.Classifier(today.build(design, 2), design, ("a", "b")).save(path)
    with np.load(path) as file:
        arrays = dict(file)
    about = json.loads(str(arrays.pop("about")))
    np.savez(path, about=json.dumps(about | change), **arrays)
    with pytest.raises(InputError, match=r"own\.npz: not a model of this book") as error:
        today.load(path)
    assert told in str(error.value) or "weight" in str(error.value)


def test_a_training_can_be_averaged_and_go_on_from_another(small):
    x = images(16).astype(np.float16)
    y = features.one_hot(np.arange(16) % 2, 2)
    design = today.Design(filters=(), cepstra=13, units=4)
    plain = today.fit(design, x, y)
    again = today.fit(design, x, y)
    for one, other in zip(plain.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    other = today.fit(design, x, y, averaged=True, epochs=3)
    on = today.fit(design, x, y, start=plain.get_weights())
    kernels = [np.asarray(m.get_layer("dense1").kernel) for m in (plain, other, on)]
    assert np.abs(kernels[0] - kernels[1]).max() > 0 and np.abs(kernels[0] - kernels[2]).max() > 0
    assert np.abs(kernels[2] - kernels[0]).max() < 0.2  # it began there


@pytest.mark.parametrize("protocol", [*experiments.PROTOCOLS, "clip"])
def test_what_is_scored_was_not_learned_from(table, small, protocol):
    heard = today.Heard(table)
    groups = today.groups(table, protocol)
    taught = []

    def learn(rows):
        taught.append(set(groups[rows]))
        return lambda asked: np.full((len(asked), 6), len(taught))

    fold = heard.kept_out(learn, groups)[:, 0].astype(int)
    assert set(fold) == {1, 2, 3, 4, 5}
    for row, number in enumerate(fold):
        assert groups[row] not in taught[number - 1]
    strange = (table.label == dataset.NONE).to_numpy()
    assert set(groups[strange]) == {f"source {each}" for each in splits.sources(table)[strange]}


def test_the_figures_are_what_they_are_called(table):
    heard = today.Heard(table)
    probabilities = np.full((len(table), 6), 0.02)
    probabilities[np.arange(len(table)), heard.label] = 0.9
    rows = np.flatnonzero(heard.label == 0)[:3]
    probabilities[rows] = np.roll(probabilities[rows], 1, axis=1)  # three guitars are cellos
    found = today.scored(heard, probabilities)
    assert found["accuracy"] == pytest.approx(27 / 30)
    assert found["of sources"] == pytest.approx(0.9)
    assert found["right"].sum() == 27 and len(found["strangers"]) == 6
    assert found["area"] == found["refused"] == found["refused, noise"] == 1
    strange = heard.label == 5
    probabilities[strange] = probabilities[~strange][:6]
    found = today.scored(heard, probabilities)
    assert found["refused"] == 0 and found["area"] == pytest.approx(0.5)


def test_what_the_record_has_of_each_clip_is_of_the_clips_that_are_listed():
    record = results.load("listeners", "fsdkaggle2018-mini")
    for run in record["runs"]:
        figures = run["figures"]
        known, strangers = today.answers(record, **run["compared"])
        assert known.right[known.own].mean() == pytest.approx(figures["accuracy"])
        assert known.right[~known.own].mean() == pytest.approx(figures["in pools"])
        of_source = known.groupby(["label", "source"]).right.mean()
        assert of_source.groupby("label").mean().mean() == pytest.approx(figures["of sources"])
        threshold = np.quantile(known.confidence, 1 - today.KEPT)
        refused = strangers.confidence < threshold
        for kind, share in refused.groupby(strangers.kind).mean().items():
            assert share == pytest.approx(figures[f"refused, {kind}"])


def test_a_record_of_other_clips_has_no_answers_of_these():
    record = results.load("listeners", "fsdkaggle2018-mini")
    figures = {"right": [1, 0], "confidence": [0.9, 0.8], "strangers": [0.1]}
    run = record["runs"][0] | {"figures": figures}
    with pytest.raises(InputError, match="of 2 clips and 1 strangers, the book's of 460 and 498"):
        today.answers(record | {"runs": [run]}, **run["compared"])


def test_every_network_is_made_and_measured(table, pool, small, monkeypatch):
    monkeypatch.setenv("BOOK_POOLS", pool)
    runs = list(experiments.listeners(table[table.label != dataset.NONE], "quick"))
    assert len(runs) == len(experiments.PROTOCOLS) * len(experiments.CANDIDATES)
    heard = today.Heard(table, dataset.load("demo").groupby("label", observed=True).head(1))
    rows = np.arange(len(table))
    for network, design in experiments.CANDIDATES.items():
        predict = experiments.learned(heard, design, network, 0, rows)
        assert predict(heard.windows[:3]).shape == (3, 6)


def test_one_network_learns_half_from_labels_and_half_from_what_three_say(table, small):
    heard, rows = today.Heard(table), np.arange(len(table))
    images, targets = heard.known(rows)
    each = [experiments._alone(heard, seed, rows)(images) for seed in range(3)]
    three = experiments._three(heard, 0, rows)(images)
    np.testing.assert_allclose(three, np.mean(each, axis=0), atol=1e-6)
    model = today.fit(today.LISTENER, images, (targets + three) / 2, 0)
    taught = experiments._taught(heard, 0, rows)(heard.windows)
    np.testing.assert_allclose(taught, today.predict(model, heard.windows), atol=1e-6)


def test_a_share_of_the_sources_of_each_class_is_heard_and_every_stranger(table):
    source, label = splits.sources(table), table.label.to_numpy()
    rows = np.flatnonzero(np.arange(len(table)) % 7 > 0)
    strange = rows[label[rows] == dataset.NONE]
    pairs = {}
    for share in experiments.SHARES.values():
        kept = experiments.some_sources(table, rows, share, 1)
        assert set(strange) <= set(kept) <= set(rows)
        for name in dataset.CLASSES:
            every, some = (set(source[r[label[r] == name]]) for r in (rows, kept))
            assert len(some) == np.ceil(share * len(every))
            assert set(kept[label[kept] == name]) == {
                r for r in rows if label[r] == name and source[r] in some
            }
        pairs[share] = set(kept)
    assert pairs[0.25] < pairs[0.5] < pairs[1.0] == set(rows)


def test_the_further_questions_are_measured(table, pool, small, monkeypatch):
    monkeypatch.setenv("BOOK_POOLS", pool)
    monkeypatch.setattr(experiments, "TOGETHER", 1)
    monkeypatch.setattr(experiments, "SHARES", {"half": 0.5})
    clips = table[table.label != dataset.NONE]
    few = dataset.load("demo").groupby("label", observed=True).head(1)
    monkeypatch.setattr(
        dataset,
        "load",
        lambda *known, f=dataset.load, **more: few if known == ("demo",) else f(*known, **more),
    )
    *_, by_clip = experiments.distilled(clips, "quick")
    some = next(experiments.sources(clips, "quick"))
    *_, smaller = experiments.pruned_listener(clips, "quick")
    assert smaller.compared["network"].endswith("in 8 bits")
    for run in (by_clip, smaller, some):
        figures = run.measure(**run.compared, **run.repeated)
        assert 0 <= figures["accuracy"] <= 1 and len(figures["right"]) == 30
    assert 1 <= figures["sources"] < 6


@pytest.mark.parametrize(
    "experiment",
    [
        experiments.listeners,
        experiments.distilled,
        experiments.pruned_listener,
        experiments.sources,
    ],
)
def test_without_strangers_there_is_nothing_to_run(experiment, table, monkeypatch):
    monkeypatch.delenv("BOOK_POOLS", raising=False)
    clips = table[table.label != dataset.NONE]
    assert not list(experiment(clips, "quick"))


def test_a_listener_is_made_from_pools_and_its_card_credits_them(
    data_set, tmp_path, small, monkeypatch
):
    strangers = [
        {
            "label": dataset.NONE,
            "session": f"s{i}",
            "source": f"noise {i}",
            "fname": f"n{i}.wav",
            "license": "Creative Commons 0",
        }
        for i in range(5)
    ]
    data_set(strangers)
    pool = tmp_path / "pool"
    pool.mkdir()
    for folder in tmp_path.glob("Tiny.*"):
        folder.rename(pool / folder.name)
    rows = [
        {"label": c, "session": f"{c}-{i}", "freesound_id": 100 + i}
        for c in dataset.CLASSES
        for i in range(5)
    ]
    data = data_set(rows)
    few = dataset.load("demo").groupby(["label", "session"], observed=True).head(1)
    few = few.groupby("label", observed=True).head(5)
    load = dataset.load
    monkeypatch.setattr(
        dataset,
        "load",
        lambda source, *rest, **more: few if source == "demo" else load(source, *rest, **more),
    )
    monkeypatch.setattr(models, "path", lambda name: tmp_path / "made" / f"{name}.npz")
    models.make_listener(data, [str(pool)])
    network, card = models.load("listener")
    assert network.classes == (*dataset.CLASSES, dataset.NONE)
    assert (network.design, network.settings) == (today.LISTENER, today.SETTINGS)
    assert models.path("listener").with_suffix(".tflite").is_file()
    assert card["sources"]["sources"] >= 5
    assert card["protocol"].startswith("by source, 5 folds")
    assert card["kept out"]["clips"] == 25 and len(card["kept out"]["recall"]) == 5
    assert card["strangers"]["clips"] == 5 and 0 <= card["strangers"]["refused"] <= 1
    assert card["provenance"]["command"].endswith("--pool PATH/TO/pool")
    listed = {clip["fname"]: clip for clip in card["clips"]}
    assert len(listed) == 25 + 5 + len(few)
    assert sum(clip["part"] == "test" for clip in listed.values()) == 5
    assert len(models.unseen(few, card)) == 5
    assert listed["n3.wav"]["source"] == "noise 3" and listed["n3.wav"]["license"]
    links = {clip["link"] for clip in card["clips"] if "freesound_id" in clip}
    assert links == {f"https://freesound.org/s/{100 + i}/" for i in range(5)}
    heard = classify.recording(few.path.iloc[0], *classify.load(models.path("listener")))
    assert heard.classes == network.classes and (heard.verdict is None) == (
        heard.reason is not None
    )


def test_the_chapters_model_learns_from_no_pool(capsys):
    with pytest.raises(SystemExit):
        models.main(["reference", "--pool", "x"])
    assert "leave out --pool" in capsys.readouterr().err

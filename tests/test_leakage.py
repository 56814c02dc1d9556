"""The laboratory: leaks are found and named, and each rung closes the one it says."""

import itertools
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import baselines, chunks, dataset, features, leakage, splits
from helpers.errors import InputError
from helpers.experiments import folds
from helpers.experiments import leakage as experiments


@pytest.fixture(scope="module")
def clips():
    """The bundled clips of 2 s and more, two of each session."""
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    return long.groupby("session").head(2)


@pytest.fixture
def one_epoch(monkeypatch):
    monkeypatch.setitem(folds.EPOCHS, "quick", 1)


def measured(generator, clips, **wanted):
    """What the first run under a condition measures."""
    run = next(run for run in generator(clips, "quick") if wanted.items() <= run.compared.items())
    return run.measure(**run.compared, **run.repeated)


def test_a_chunk_that_was_trained_on_is_its_own_neighbour(clips):
    drawn = chunks.draw(clips, 40, seed=0)
    known, new = drawn[np.arange(30)], drawn[np.arange(20, 40)]
    found = leakage.nearest(known, new)
    again = found.iloc[:10]
    np.testing.assert_allclose(again.distance, 0, atol=1e-4)
    assert again[["same clip", "same session", "same class"]].all(axis=None)
    statistics = baselines.statistics(known.waves)
    x = (statistics - statistics.mean(axis=0)) / statistics.std(axis=0)
    y = baselines.statistics(new.waves) - statistics.mean(axis=0)
    apart = np.linalg.norm(y[-1] / statistics.std(axis=0) - x, axis=1)
    assert found.row.iloc[-1] == apart.argmin()
    assert found.distance.iloc[-1] == pytest.approx(apart.min(), rel=1e-4)


def test_neighbours_are_compared_by_clip_session_and_class(clips):
    of_guitar = clips[clips.label == "Acoustic_guitar"]
    session = of_guitar[of_guitar.session == of_guitar.session.iloc[0]]
    known, new = (chunks.draw(session.iloc[[i]], 3, seed=0) for i in (0, 1))
    found = leakage.nearest(known, new)
    assert not found["same clip"].any()
    assert found["same session"].all()
    assert found["same class"].all()


@pytest.mark.parametrize(("protocol", "clip", "session"), [("clip", 0, None), ("session", 0, 0)])
def test_an_honest_split_shares_nothing(clips, protocol, clip, session):
    train, _, test = splits.parts(clips, 200, protocol)
    shares = leakage.shared(train, test)
    assert shares["clip"] == clip
    assert session is None or shares["session"] == session


def test_the_slides_split_shares_nearly_every_clip(clips):
    train, _, test = splits.parts(clips, 16 * len(clips), "chunk")
    assert leakage.shared(train, test).min() > 0.9


def table(train: list[int], test: list[int], label: str = "Cello") -> pd.DataFrame:
    part = ["train"] * len(train) + ["test"] * len(test)
    return pd.DataFrame({"label": label, "part": part, "freesound_id": train + test})


def test_ids_uploaded_beside_a_training_clip_are_near():
    found = leakage.near_ids(table([100, 200, 300], [90, 111, 205, 400]), classes=("Cello",))
    assert found.distance.tolist() == [10, 11, 5, 100]
    assert found.near.tolist() == [True, False, True, False]


def test_only_training_clips_of_the_same_class_count():
    both = pd.concat([table([100], [200]), table([201], [300], "Clarinet")], ignore_index=True)
    assert not leakage.near_ids(both, classes=("Cello", "Clarinet")).near.any()


def test_the_official_split_of_each_class_is_looked_at():
    clips = dataset.metadata()
    found = leakage.near_ids(clips)
    expected = clips[(clips.part == "test") & clips.label.isin(dataset.CLASSES)]
    assert sorted(found.index) == sorted(expected.index)
    basses = found[found.label == "Double_bass"]
    train = clips[(clips.part == "train") & (clips.label == "Double_bass")].freesound_id.to_numpy()
    nearest = np.abs(basses.freesound_id.to_numpy()[:, None] - train).min(axis=1)
    np.testing.assert_array_equal(basses.distance, nearest)


def test_a_table_that_cannot_be_looked_at_is_refused():
    with pytest.raises(InputError, match="no column 'freesound_id'"):
        leakage.near_ids(table([1], [2]).drop(columns="freesound_id"))
    with pytest.raises(InputError, match="no training clips of 'Clarinet'"):
        leakage.near_ids(table([1], [2]), classes=("Clarinet",))


def test_each_rung_changes_one_thing():
    honest = {"protocol": ("chunk", "clip", "session"), "scaled_by": ("everything", "training")}
    honest["scored_on"] = ("draws", "windows")
    honest["chosen_on"] = ("test", "validation")
    ways = [vars(rung) for rung in leakage.RUNGS.values()]
    for before, after in itertools.pairwise(ways):
        (changed,) = [name for name in before if before[name] != after[name]]
        order = honest[changed]
        assert order.index(after[changed]) == order.index(before[changed]) + 1
    assert ways[0] == {name: order[0] for name, order in honest.items()}
    assert ways[-1] == {name: order[-1] for name, order in honest.items()}


def test_a_rung_is_measured_with_both_models(clips, one_epoch):
    for model in experiments.LADDER_MODELS:
        figures = measured(
            experiments.rungs, clips, model=model, rung="chosen on the validation part"
        )
        _, _, test = splits.parts(clips, 4 * len(clips), "clip")
        assert figures["confusion"].sum() == len(test)
        assert figures["accuracy"] == np.trace(figures["confusion"]) / len(test)


def test_windows_by_chunk_stand_between_two_rungs(clips):
    fold_of = folds.of(clips, "quick", 3)
    before, between, after = (
        experiments.parts_of(way, fold_of, 1) for way in list(leakage.RUNGS.values())[:3]
    )
    np.testing.assert_array_equal(between.train.waves, before.train.waves)
    for part in ("validation", "test"):
        np.testing.assert_array_equal(getattr(between, part).waves, getattr(after, part).waves)
    for images, part in zip(between.images, vars(between).values(), strict=False):
        np.testing.assert_array_equal(images, features.mfcc(part.waves))
    assert len(between.test) != len(before.test)
    assert leakage.shared(between.train, between.test)["clip"] > 0.5
    assert leakage.shared(after.train, after.test)["clip"] == 0


def test_settings_chosen_on_the_test_part_never_lose_there(clips):
    scores = [
        measured(experiments.rungs, clips, model="SVM on 39 statistics", rung=rung)["accuracy"]
        for rung in ("scaled by the training part", "chosen on the validation part")
    ]
    assert scores[0] >= scores[1]


def test_crowding_scores_every_chunk(clips):
    runs = list(experiments.crowding(clips, "quick"))
    conditions = {tuple(run.compared.values()) for run in runs}
    assert len(conditions) == len(experiments.CHUNKS_A_CLIP) * len(splits.PROTOCOLS)
    few = {"chunks a clip": experiments.CHUNKS_A_CLIP[1]}
    by_chunk, by_session = (
        measured(experiments.crowding, clips, protocol=protocol, **few)["accuracy"]
        for protocol in ("chunk", "session")
    )
    assert by_chunk > by_session


def test_split_by_chunk_most_neighbours_are_of_the_same_clip(clips):
    by_chunk = measured(experiments.neighbours, clips, protocol="chunk")
    assert by_chunk["same clip"] > 0.5
    assert by_chunk["same clip"] <= by_chunk["same session"] <= by_chunk["same class"]
    assert measured(experiments.neighbours, clips, protocol="session")["same session"] == 0


@pytest.fixture
def with_test_part(tmp_path, clips):
    """A data set with an official test part: the last clip of each session is in it.

    The first ten of them were uploaded beside another clip of their session.
    """
    last = clips.groupby("session").tail(1)
    test = last.index
    ids = pd.Series(1000 * np.arange(len(clips)), clips.index)
    for fname, session in last.session[:10].items():
        ids[fname] = ids[clips.index[clips.session == session][0]] + 1
    (tmp_path / "Set.meta").mkdir()
    for part, rows in (("train", clips.drop(test)), ("test", clips.loc[test])):
        sounds = tmp_path / f"Set.audio_{part}"
        sounds.mkdir()
        for path in rows.path:
            shutil.copy(path, sounds)
        columns = rows[["label"]].assign(freesound_id=ids)
        columns.to_csv(tmp_path / "Set.meta" / dataset.LISTS[part])
    return tmp_path


def test_the_official_split_trains_on_one_part_and_scores_the_other(with_test_part, one_epoch):
    clips = dataset.load(with_test_part)
    test = dataset.test_part(clips)
    assert not set(clips.index) & set(test.index)
    assert {Path(path).parent.name for path in test.path} == {"Set.audio_test"}
    for model in experiments.OFFICIALLY:
        figures = measured(experiments.official, clips, model=model)
        assert 0 <= figures["accuracy"] <= 1
        both = figures["clip_accuracy, with a neighbour"], figures["clip_accuracy, without"]
        assert min(both) <= figures["clip_accuracy"] <= max(both)


def test_data_without_a_test_part_have_nothing_to_run(clips):
    assert dataset.test_part(clips) is None
    assert not list(experiments.official(clips, "quick"))

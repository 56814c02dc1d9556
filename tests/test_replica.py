"""The slides' system as it was: features, split, stacking, the choice of the epoch, dead starts."""

import itertools
import sys
from dataclasses import fields

import numpy as np
import pytest
import python_speech_features
from sklearn.model_selection import train_test_split

from helpers import ablation, baselines, chunks, cnn, dataset, features
from helpers.errors import InputError
from helpers.experiments import EXPERIMENTS, replica


@pytest.fixture(scope="module")
def clips():
    """Six bundled clips of 2 s and more of each class, of three sessions at least."""
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    one_of_each = long.groupby("session").head(2)
    return one_of_each.groupby("label", observed=True).head(10)


@pytest.fixture(scope="module")
def cuts(clips):
    return chunks.draw(clips, 100, seed=0)


@pytest.fixture
def small(monkeypatch):
    """Two epochs of few chunks."""
    for name in replica.EPOCHS:
        monkeypatch.setitem(replica.EPOCHS, name, 2)
    monkeypatch.setattr(replica, "draws", lambda clips, profile: 60)


def measured(generator, clips, **wanted):
    run = next(r for r in generator(clips, "quick") if wanted.items() <= r.compared.items())
    return run.measure(**run.compared, **run.repeated)


def test_the_images_are_those_of_python_speech_features_as_it_comes(cuts):
    images = replica.mfcc(cuts.waves[:3])
    assert images.shape == (3, 275, 13) and images.dtype == np.float32
    for image, wave in zip(images, cuts.waves, strict=False):
        theirs = python_speech_features.mfcc(wave)
        np.testing.assert_array_equal(image, theirs.astype(np.float32))
    ours = features.mfcc(cuts.waves[:3])
    assert np.abs(images - ours).mean() > 1


def test_without_their_library_it_says_how_to_get_it(cuts, monkeypatch):
    monkeypatch.setitem(sys.modules, "python_speech_features", None)
    with pytest.raises(InputError, match="pip install python_speech_features"):
        replica.mfcc(cuts.waves[:2])


def test_chunks_are_split_as_they_split_them(cuts):
    known, new = train_test_split(np.arange(len(cuts)), test_size=0.2, random_state=1)
    found = replica.split(cuts)
    assert found.test.tolist() == new.tolist() and len(new) == 20
    assert found.train.tolist() == known[:64].tolist()
    assert found.validation.tolist() == known[64:].tolist()  # the last fifth, as in Keras
    assert set(cuts.clip[found.test]) & set(cuts.clip[found.train])


def test_by_clip_only_the_test_part_has_clips_of_its_own(cuts):
    found = replica.split(cuts, "clip")
    known = np.concatenate([found.train, found.validation])
    assert sorted([*known, *found.test]) == list(range(len(cuts)))
    assert not set(cuts.clip[found.test]) & set(cuts.clip[known])
    assert set(cuts.clip[found.validation]) & set(cuts.clip[found.train])
    assert len(found.validation) == len(known) - int(0.8 * len(known))


def test_one_range_holds_all_numbers_of_all_parts(clips, small):
    data = replica._drawn(clips, "quick")(0)
    scaled = data.scaler(data.images)
    assert (scaled.min(), scaled.max()) == (0, 1)
    assert len(set(data.scaler.mean)) == len(set(data.scaler.spread)) == 1


def test_three_mixed_copies_lie_under_what_is_not_tested(clips, small):
    data = replica._drawn(clips, "quick")(0)
    images, labels = replica._stacked(data, seed=0)
    n = len(data.known)
    assert n == 48 and len(images) == len(labels) == 4 * n
    np.testing.assert_array_equal(images[:n], data.images[data.known])
    assert (labels[:n].max(axis=1) == 1).all()
    np.testing.assert_allclose(labels.sum(axis=1), 1, rtol=1e-6)
    for copy in np.split(images, 4)[1:]:
        pasted = (copy != images[:n]).any(axis=0)  # one box for a whole copy
        rows, columns = pasted.any(axis=1), pasted.any(axis=0)
        assert (pasted == rows[:, None] & columns).all()


def test_with_cutmix_the_epoch_is_chosen_on_the_test_part(clips, small):
    figures = measured(replica.replica, clips, model="CNN + CutMix", protocol="chunk")
    assert figures["accuracy"] == pytest.approx(figures["accuracy it was chosen by"])
    assert figures["accuracy"] == pytest.approx(figures["curve of val_accuracy"].max())
    assert figures["confusion"].sum() == 12
    assert figures["parameters"] == 3_694_813


def test_without_cutmix_it_is_chosen_on_the_last_fifth_of_what_is_not_tested(clips, small):
    figures = measured(replica.replica, clips, model="CNN without CutMix", protocol="clip")
    data = replica._drawn(clips, "quick")(0, "clip")
    right = figures["accuracy it was chosen by"] * len(data.parts.validation)
    assert right == pytest.approx(round(right), abs=1e-4)
    assert figures["confusion"].sum() == len(data.parts.test)
    assert {"precision", "recall", "f1", "dead"} <= set(figures)


def test_a_dead_start_is_counted(cuts):
    labels = cuts.label

    def after(*loss):
        return cnn.Classifier(
            None, cnn.Architecture(), cuts.classes, features.Scaler((0,), (1,)), {"loss": loss}
        )

    shares = np.bincount(labels) / len(labels)
    guessing = -(shares * np.log(shares)).sum()
    assert replica.dead(after(1.75, guessing, guessing - 0.01), labels)
    assert not replica.dead(after(guessing, 1.2, 1.7), labels)


def test_inputs_that_are_all_alike_make_a_dead_training(clips, small, monkeypatch):
    far = features.Scaler((0.0,) * 13, (1e6,) * 13)
    monkeypatch.setattr(replica.features, "one_range", lambda images: far)
    figures = measured(replica.replica_starts, clips, scaling="one range for all")
    assert figures["dead"] == 1 and len(figures["curve of loss"]) == 2


def test_each_step_changes_one_thing_and_keeps_the_others():
    ways = list(replica.PATH.values())
    for before, after in itertools.pairwise(ways):
        different = [
            f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name)
        ]
        assert len(different) == 1
    assert ways[0] == replica.Way()
    assert ways[-1].apart == "session" and ways[-1].chosen_on == "validation"


def test_each_step_learns_from_as_many_chunks(clips):
    parts = {apart: replica._parts(clips, 100, apart, 0) for apart in ("chunk", "clip", "session")}
    assert {tuple(map(len, found)) for found in parts.values()} == {(64, 16, 20)}
    for apart in ("clip", "session"):
        names = [set(getattr(part, apart)) for part in parts[apart]]
        assert not names[0] & names[1] and not names[0] & names[2] and not names[1] & names[2]


def test_a_step_is_measured_on_the_part_that_its_way_says(clips, small):
    theirs = measured(replica.replica_changes, clips, step="the slides' way, without CutMix")
    assert theirs["accuracy"] == pytest.approx(theirs["accuracy it was chosen by"])
    last = measured(replica.replica_changes, clips, step="sessions kept apart")
    assert last["confusion"].sum() == theirs["confusion"].sum() == 12


def test_the_other_models_learn_from_all_that_is_not_tested(clips, small):
    runs = list(replica.replica_others(clips, "quick"))
    assert {run.compared["model"] for run in runs} == set(baselines.MODELS)
    assert len(runs) == len(baselines.MODELS) * 2 * replica.OF_OTHERS
    figures = measured(replica.replica_others, clips, model="Naive Bayes", protocol="chunk")
    assert figures["confusion"].sum() == 12


def test_pruned_goes_on_from_the_network_with_cutmix_and_has_half_of_it(clips, small):
    whole = measured(replica.replica, clips, model="CNN + CutMix", protocol="chunk")
    figures = measured(replica.replica_pruned, clips, protocol="chunk")
    assert figures["accuracy before"] == pytest.approx(whole["accuracy"])
    biases = 40 + 32 + 16 + 64 + 16 + 12 + 5
    assert figures["parameters"] <= (3_694_813 - biases) / 2 + biases + 4  # a kernel rounds up


def test_the_ablation_has_the_slides_seven_rows(clips, small):
    runs = list(replica.replica_ablation(clips, "quick"))
    assert [run.compared["variant"] for run in runs] == list(ablation.OF_THE_SLIDES)
    figures = measured(replica.replica_ablation, clips, variant="0 conv + 3 dense")
    assert figures["parameters"] == 3575 * 64 + 64 + 64 * 16 + 16 + 16 * 12 + 12 + 12 * 5 + 5


def test_none_of_them_runs_unless_it_is_named():
    entered = {name: entry for name, entry in EXPERIMENTS.items() if name.startswith("replica")}
    assert len(entered) == 6
    assert all(entry.on_request and entry.pages == ("ledger",) for entry in entered.values())

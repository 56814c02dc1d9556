"""Baselines: scored on what they have not seen, as the protocol says."""

import numpy as np
import pandas as pd
import pytest

from helpers import baselines, chunks, dataset


def measured(generator, clips):
    return [run.measure(**run.compared, **run.repeated) for run in generator(clips, "quick")]


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
    random["session"] = [f"{i % 12}" for i in range(len(clips))]
    of_each = {"chunk": [], "clip": [], "session": []}
    for run in baselines.difficulty(random, "quick"):
        if run.repeated["seed"] == 0:
            figures = run.measure(**run.compared, **run.repeated)
            of_each[run.compared["protocol"]].append(figures["accuracy of chunks"])
    assert np.mean(of_each["clip"]) < 0.3
    assert np.mean(of_each["session"]) < 0.3
    assert np.mean(of_each["chunk"]) > 0.45


def test_transfer_is_tested_on_the_other_set(clips):
    # The same clips under turned labels: what is learned on one set is wrong on the other.
    turned = relabelled(clips, (clips.label.cat.codes + 1) % 5)
    for figures in measured(baselines.transfer, turned):
        assert figures["accuracy of chunks"] < 0.1


def test_transfer_has_nothing_to_do_on_the_bundled_clips():
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    assert list(baselines.transfer(long, "quick")) == []


def test_a_clip_goes_by_most_of_its_chunks():
    cuts = chunks.Chunks(
        waves=np.zeros((6, 1), np.float32),
        label=np.array([0, 0, 0, 1, 1, 1]),
        clip=np.array(["a", "a", "a", "b", "b", "b"]),
        session=np.array(["s"] * 6),
        start=np.zeros(6),
        classes=("x", "y"),
    )
    figures = baselines._accuracies(np.array([1, 0, 0, 1, 0, 0]), cuts)
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

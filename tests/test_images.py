"""Images say how they were made, from the waves to the second at which a heat map is hottest."""

import pickle
import re
from dataclasses import asdict

import numpy as np
import pytest
import scipy.fft
from sklearn.model_selection import train_test_split

from helpers import (
    chunks,
    cnn,
    cutmix,
    faithfulness,
    features,
    gradcam,
    light,
    plots,
    pruning,
    tuning,
)
from helpers.errors import InputError

OTHER = features.Settings(hop_length=320)
"""The one place where the pipeline below is told of another hop."""

SR = OTHER.sr
SMALL = cnn.Architecture((), (), learning_rate=0.1, pooling="over time")
CLASSES = ("low", "high")


def burst(pitch, at, length=0.1):
    """A tone in silence: 2 s with a sound from second `at`."""
    wave = np.zeros(chunks.SAMPLES, np.float32)
    begin, count = round(at * SR), round(length * SR)
    wave[begin : begin + count] = 0.5 * np.sin(2 * np.pi * pitch * np.arange(count) / SR)
    return wave


@pytest.fixture(scope="module")
def bursts():
    """Waves of low and of high bursts somewhere in the silence, and which they are."""
    rng = np.random.default_rng(0)
    labels = np.arange(96) % 2
    waves = [burst((250, 4000)[label], rng.uniform(0.05, 1.85)) for label in labels]
    return np.stack(waves), labels


@pytest.fixture
def images():
    values = np.random.default_rng(0).normal(size=(6, 30, 13)).astype(np.float32)
    return features.Images(values, OTHER)


def made_with(hop_length, shape=(6, 30, 13)):
    return features.Images(np.ones(shape, np.float32), features.Settings(hop_length=hop_length))


def test_another_hop_is_told_once_and_heat_has_its_true_second(bursts, tmp_path):
    waves, labels = bursts
    images = features.mfcc(waves, **asdict(OTHER))
    known, held, y, held_y = train_test_split(images, labels, test_size=0.25, random_state=0)
    mixing = cutmix.mix(known, np.eye(2)[y], np.arange(len(y)), np.zeros((len(y), 4), int))
    assert known.settings == mixing[0].settings == OTHER
    network = cnn.fit(known, y, (held, held_y), CLASSES, SMALL, epochs=1, batch_size=4)
    network.save(tmp_path / "model.npz")
    loaded = cnn.load(tmp_path / "model.npz")
    assert loaded.settings == OTHER

    for label, at in ((0, 1.3), (1, 0.4)):
        asked = features.mfcc(burst((250, 4000)[label], at)[None], **asdict(loaded.settings))
        assert loaded.predict(asked).argmax() == label
        heat = gradcam.heat_maps(loaded, asked, "image", label, "HiResCAM")
        (frame,) = gradcam.hottest_moment(heat, seconds=0.1)
        lasts = OTHER.win_length / SR  # a frame that reaches into the burst begins before it
        assert at - lasts <= heat.settings.seconds(frame) <= at + 0.02
        drawn = plots.heat(loaded.scaler(asked)[0], gradcam.scaled(heat)[0], "a burst")
        hottest = float(re.search(r"hottest at (\d\.\d\d) s", drawn.alt)[1])
        assert at - lasts - 0.01 <= hottest <= at + 0.11
        assert ">time (s)</text>" in drawn and ">2.00</text>" in drawn
        hidden = faithfulness.hide(loaded, asked, np.asarray(heat) > 0)
        assert hidden.settings == OTHER


def test_images_picked_copied_pickled_or_joined_keep_their_settings(images):
    alike = {
        "one": images[2],
        "some": images[1:4],
        "by number": images[[0, 2]],
        "by a mask": images[np.arange(6) > 3],
        "by number, whole": images[[0, 2], ...],
        "one more axis": images[None],
        "each": next(iter(images)),
        "copied": images.copy(),
        "pickled": pickle.loads(pickle.dumps(images)),
        "joined": np.concatenate([images, images[:2]]),
        "stacked": np.stack([images[0], images[3]]),
        "scaled": features.Scaler.fit(images)(images),
        "mixed": cutmix.on_the_fly(images, np.eye(6), np.random.default_rng(0))[0],
        "the slides'": cutmix.of_the_slides(images, np.eye(6), np.random.default_rng(0))[0],
        "means": gradcam.class_means(images, np.arange(6) % 2, 2),
        "scaled maps": gradcam.scaled(images),
    }
    for name, array in alike.items():
        assert array.settings == OTHER, name
        assert array.shape[-2:] == images.shape[1:], name
    np.testing.assert_array_equal(alike["pickled"], images)
    np.testing.assert_array_equal(alike["joined"][6:], images[:2])


def test_what_is_no_image_any_more_has_no_settings(images):
    others = {
        "frames": images[:, 3:20],
        "every other frame": images[:, ::2],
        "backwards": images[:, ::-1],
        "coefficients": images[..., :5],
        "of one": images[0][:10],
        "by a mask of places": images[images > 0],
        "computed": images - 1,
        "averages": images.mean(axis=1),
        "turned": images.T,
        "in rows": images.reshape(6, -1),
        "rolled": np.roll(images, 5, axis=1),
        "sorted": np.sort(images),
        "longer": np.concatenate([images, images], axis=1),
        "longer, one": np.concatenate([images[0], images[0]]),
        "with unknown ones": np.concatenate([images, np.asarray(images)]),
        "plain": np.asarray(images),
    }
    for name, array in others.items():
        assert getattr(array, "settings", None) is None, name
    square = features.Images(np.zeros((4, 4, 4)), OTHER)  # no shape tells what was picked
    assert getattr(square[..., 0], "settings", None) is None
    assert getattr(square.T, "settings", None) is None
    images += 1
    assert type(images) is np.ndarray


def test_images_come_from_the_cache_as_they_went(bursts, monkeypatch):
    waves = bursts[0][:8]
    first = features.mfcc(waves, hop_length=320)
    monkeypatch.setattr(scipy.fft, "rfft", None)  # from here on the cache must serve
    again = features.mfcc(waves, hop_length=320)
    assert first.settings == again.settings == OTHER
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("join", [np.concatenate, np.stack, np.vstack])
def test_images_made_differently_are_not_joined(images, join):
    with pytest.raises(InputError, match="hop_length 320 and with hop_length 160 do not belong"):
        join([images, made_with(160)])


def test_a_network_refuses_images_made_otherwise(images):
    labels = np.arange(6) % 2
    known = cnn.fit(images, labels, (images, labels), CLASSES, SMALL, epochs=1)
    assert known.settings == OTHER
    wrong = made_with(160)
    data = images, labels, (wrong, labels)
    refused = {
        "fit": lambda: cnn.fit(*data, CLASSES, SMALL, epochs=1),
        "search": lambda: tuning.search(*data, CLASSES, "random", {"learning_rate": (0.1, 0.01)}),
        "predict": lambda: known.predict(wrong),
        "heat maps": lambda: gradcam.heat_maps(known, wrong, "image"),
        "prune": lambda: pruning.prune(known, *data, 0.5),
        "the page's": lambda: light.Classifier(None, b"", CLASSES, OTHER).predict(wrong),
    }
    for name, ask in refused.items():
        with pytest.raises(InputError, match="do not belong together") as told:
            ask()
        assert "hop_length 320" in str(told.value) and "hop_length 160" in str(told.value), name
    np.testing.assert_array_equal(known.predict(np.asarray(images)), known.predict(images))
    unknown = cnn.fit(np.asarray(images), labels, (np.asarray(images), labels), CLASSES, SMALL, 1)
    assert unknown.settings is None
    assert unknown.predict(wrong).shape == (6, 2)


def test_keras_takes_images_as_they_are(images):
    model = cnn.build(SMALL, 2, features.Scaler((0.0,) * 13, (1.0,) * 13), images.shape[1:])
    called = np.asarray(model(images))
    np.testing.assert_allclose(called, model.predict(np.asarray(images), verbose=0), atol=1e-6)
    model.train_on_batch(images[:2], np.eye(2))

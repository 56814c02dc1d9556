"""The page's files compute what they replace, and what a recording goes through is real."""

import dataclasses

import librosa
import numpy as np
import pytest
import soundfile

from helpers import (
    audio,
    augment,
    chunks,
    classify,
    cnn,
    dataset,
    export,
    features,
    gradcam,
    lighten,
    listener,
    models,
    pruning,
    sparse,
    splits,
    today,
)
from helpers.errors import InputError
from helpers.experiments import listening as experiments


@pytest.fixture(scope="module")
def small():
    """A network of the small recipe, of a short training, pruned."""
    clips = dataset.load("demo").groupby("label", observed=True).head(6)
    recipe, rows = listener.Recipe(clips[clips.seconds >= 2], copies=4), np.arange(10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listener, "EPOCHS", 2)
        patch.setattr(lighten, "PRUNING_EPOCHS", 2)
        return lighten.pruned(recipe, recipe.train(rows), rows)


@pytest.fixture(scope="module", params=["the listener", "the small recipe"])
def network(request):
    if request.param == "the listener":
        return models.load("listener")[0]
    return request.getfixturevalue("small")


@pytest.fixture(scope="module")
def waves():
    """Two seconds of ten bundled clips, two of each class, and a quiet one of them."""
    clips = dataset.load("demo").groupby("label", observed=True).head(2)
    waves = np.stack([chunks.filled(audio.read(path))[: chunks.SAMPLES] for path in clips.path])
    return np.concatenate([waves, waves[:1] / 1000])


@pytest.fixture(scope="module")
def made(network, waves):
    return lighten.make(network, waves)


@pytest.fixture
def noise(tmp_path):
    """A file of noise at 48 kHz, 2.5 s."""
    file = tmp_path / "noise.wav"
    wave = np.random.default_rng(0).uniform(-0.5, 0.5, 120_000)
    soundfile.write(file, wave, 48_000, subtype="FLOAT")
    return file


def spectrum(wave):
    """Power at each frequency, at 1 Hz steps."""
    return np.abs(np.fft.rfft(wave, audio.SR)) ** 2


def test_the_images_are_librosas(made, waves):
    settings = made.settings
    for wave, image in zip(waves, made.images(waves), strict=True):
        filled = (len(image) - 1) * settings.hop_length + settings.win_length
        mel = librosa.feature.melspectrogram(
            y=np.pad(wave, (0, filled - len(wave))),
            sr=settings.sr,
            n_fft=settings.n_fft,
            hop_length=settings.hop_length,
            n_mels=settings.n_mels,
            center=False,
        )
        level = librosa.power_to_db(mel, top_db=settings.top_db)
        expected = librosa.feature.mfcc(S=level, n_mfcc=settings.n_mfcc).T
        # A float32 of c0's size is no finer than the relative part.
        np.testing.assert_allclose(image, expected, atol=1e-3, rtol=1e-5)


def test_the_probabilities_are_the_networks(made, network, waves):
    images = features.mfcc(waves, **vars(network.settings))
    found = made.predict(images)
    np.testing.assert_allclose(found, network.predict(images), atol=lighten.TOLERANCE)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert len(set(found.argmax(axis=1))) > 1


def test_the_heat_maps_are_those_by_gradients(made, network, waves):
    if isinstance(network, cnn.Classifier):
        same, layer = pruning.one_shot(network, 0), "image"
        same.model.get_layer("dense1").kernel.assign(made.kernel())
    else:
        same, layer = sparse.rounded(network), "conv3"
    images = features.mfcc(waves, **vars(network.settings))
    heat = made.heat(images)
    assert heat.shape == (len(waves), len(network.classes), *images.shape[1:])
    assert (heat.max(axis=(2, 3)) > 0).mean() > 0.8
    for k in range(len(network.classes)):
        expected = gradcam.heat_maps(same, images, layer, k, "HiResCAM")
        np.testing.assert_allclose(heat[:, k], expected, atol=1e-4 * expected.max())


def test_the_kernel_is_held_in_eight_bits_with_its_zeros(small, waves):
    exact = np.asarray(small.model.get_layer("dense1").kernel)
    held = lighten.make(small, waves).kernel()
    assert held.shape == exact.shape
    apart = np.abs(held - exact).max()
    assert 0 < apart <= np.abs(exact).max() / 127 / 2 * 1.01
    assert (held[exact == 0] == 0).all()
    assert (exact == 0).mean() == pytest.approx(lighten.SPARSITY, abs=0.01)


def test_the_listeners_file_holds_one_byte_a_weight():
    network, _ = models.load("listener")
    size = models.path("listener").with_suffix(".tflite").stat().st_size
    kernels = sum(kernel.size for kernel in pruning.kernels(network, "all").values())
    bands = 4 * today.SETTINGS.n_mels**2  # what turns MFCCs into bands
    assert size < kernels + bands + 40_000


@pytest.mark.parametrize("design", [today.Design((4, 8)), today.Design((4,), cepstra=13, units=8)])
def test_any_network_with_convolutions_can_be_written(design, waves):
    classifier = today.Classifier(today.build(design, 2), design, ("Cello", "Flute"))
    assert lighten.make(classifier, waves[:2]).classes == ("Cello", "Flute")


def test_it_stands_in_for_a_classifier(made, network, tmp_path):
    file = tmp_path / "cello.wav"
    wave = audio.read(dataset.data_folder() / "demo" / "notes" / "Cello.ogg")
    soundfile.write(file, np.tile(wave, 2), audio.SR)
    by_files = classify.recording(file, made)
    by_keras = classify.recording(file, network)
    assert by_files.verdict == by_keras.verdict
    np.testing.assert_allclose(
        by_files.probabilities, by_keras.probabilities, atol=lighten.TOLERANCE
    )


def test_other_networks_are_refused(small, waves):
    scaler, classes = small.scaler, small.classes
    other = cnn.Architecture(conv=(cnn.Conv(2, 1),))
    model = cnn.build(other, 5, scaler, small.model.input_shape[1:])
    with pytest.raises(InputError, match="one hidden layer"):
        lighten.make(cnn.Classifier(model, other, classes, scaler), waves)
    design = today.Design(filters=(), cepstra=13)
    with pytest.raises(InputError, match="no convolution"):
        lighten.make(today.Classifier(today.build(design, 5), design, classes), waves)
    with pytest.raises(InputError, match="no waves"):
        lighten.make(small, waves[:0])


@pytest.mark.parametrize("wrong", ["coefficients", "probabilities", "heat maps"])
def test_files_that_compute_something_else_are_an_error(network, waves, monkeypatch, wrong):
    if wrong == "coefficients":
        right = lighten._mfcc
        monkeypatch.setattr(lighten, "_mfcc", lambda s: right(dataclasses.replace(s, top_db=30)))
    else:
        right_network = lighten._network

        def careless(classifier):
            network, *rest = right_network(classifier)

            def run(mfcc):
                made = network(mfcc)
                name = "heat" if wrong == "heat maps" else "probabilities"
                return made | {name: made[name] * 0.9}

            return run, *rest

        monkeypatch.setattr(lighten, "_network", careless)
    with pytest.raises(export.ExportError, match=f"in their {wrong}"):
        lighten.make(network, waves)


@pytest.mark.parametrize("name", augment.CHANGES)
def test_what_is_changed_keeps_its_length_and_differs(name, noise):
    changed = augment.CHANGES[name](noise)
    plain = audio.read(noise)
    assert changed.dtype == np.float32 and np.isfinite(changed).all()
    if name == "first half second":
        begin = int((np.abs(plain) > np.abs(plain).max() / 10).argmax())
        np.testing.assert_array_equal(changed, plain[begin:][: audio.SR // 2])
    else:
        assert abs(len(changed) - len(plain)) <= 1
        assert (name == "none") == np.array_equal(changed, plain)


def test_a_telephone_has_no_treble(noise):
    power = spectrum(augment.telephone(noise))
    assert power[4200:].sum() < 1e-3 * power[:3800].sum()


def test_a_straight_line_folds_what_is_too_high(tmp_path):
    file = tmp_path / "high.wav"
    tone = np.sin(2 * np.pi * 15_000 * np.arange(48_000) / 48_000)
    soundfile.write(file, tone, 48_000, subtype="FLOAT")
    folded = spectrum(augment.linear(file))
    assert folded.argmax() == audio.SR - 15_000
    assert folded.max() > 100 * spectrum(audio.read(file)).max()


def test_too_quiet_is_rounded_to_sixteen_bits(noise):
    quiet = augment.quiet(noise)
    steps = quiet * 32_768
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-4)
    loudest = np.abs(audio.read(noise)).max()
    assert np.abs(steps).max() == pytest.approx(loudest * 32_768 * 10 ** (-50 / 20), abs=0.5)


def test_the_experiments_run(monkeypatch):
    monkeypatch.setattr(listener, "COPIES", 4)
    monkeypatch.setattr(listener, "EPOCHS", 2)
    monkeypatch.setattr(lighten, "PRUNING_EPOCHS", 1)
    monkeypatch.setattr(splits, "FOLDS", 2)
    clips = dataset.load("demo").groupby("label", observed=True).head(6)
    clips = clips[clips.seconds >= 2]
    runs = list(experiments.lightened(clips, "quick"))
    assert len(runs) == 3 * len(experiments.FORMS)
    figures = {
        run.compared["form"]: run.measure(**run.compared, **run.repeated) for run in runs[:4]
    }
    assert (
        figures["80 %"]["nonzero"] < figures["50 %"]["nonzero"] < figures["trained on"]["nonzero"]
    )
    assert all(f["right"].mean() == pytest.approx(f["clip_accuracy"]) for f in figures.values())
    run, *others = experiments.deployed(clips, "quick")
    assert len(others) + 1 == 3 * len(augment.CHANGES)
    asked = run.measure(**run.compared, **run.repeated)
    assert asked["clip_accuracy"] == pytest.approx(figures["80 %"]["clip_accuracy"])

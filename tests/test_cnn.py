"""The network: as the slides count it, trained again to the bit, resumed, saved."""

import dataclasses
import functools
import json
import math
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from helpers import cnn, cutmix, features, store
from helpers.errors import InputError

CLASSES = ("a", "b", "c")
SMALL = cnn.Architecture(conv=(cnn.Conv(3, 3),), dense=(cnn.Dense(8),), learning_rate=1e-2)

UNSCALED = features.Scaler((0.0,) * 13, (1.0,) * 13)


@pytest.fixture(scope="module")
def data():
    """Images whose class is written into one coefficient; and others to validate on."""
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=60)
    images = rng.normal(size=(60, 12, 5)).astype(np.float32)
    images[np.arange(60), :, labels] += 3
    return images[:40], labels[:40], (images[40:], labels[40:])


def trained(data, **changes):
    images, labels, validation = data
    options = {"architecture": SMALL, "epochs": 4, "batch_size": 8, "seed": 1} | changes
    return cnn.fit(images, labels, validation, CLASSES, **options)


def weights(classifier):
    return classifier.model.get_weights()


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))


@pytest.mark.parametrize(
    ("conv", "parameters"),
    [
        # conv 80 + 32,032 + 528; dense 57,200 x 64 + 64, 1,040, 204; softmax 65
        ((cnn.Conv(40, 1), cnn.Conv(32, 5), cnn.Conv(16, 1)), 3_694_813),
        # their figure: conv 80 + 656 + 12,832; dense 114,400 x 64 + 64, 1,040, 204; softmax 65
        ((cnn.Conv(40, 1), cnn.Conv(16, 1), cnn.Conv(32, 5)), 7_336_541),
        ((), 3_575 * 64 + 64 + 1_040 + 204 + 65),
    ],
)
def test_parameters_are_those_worked_out_by_hand(conv, parameters):
    model = cnn.build(cnn.Architecture(conv=conv), 5, UNSCALED)
    assert model.count_params() == parameters
    assert model.input_shape == (None, 275, 13)
    assert model.output_shape == (None, 5)


STATISTICAL = cnn.Architecture(
    conv=(cnn.Conv(3, 3, dropout=0.0),),
    dense=(cnn.Dense(8, 0.0),),
    padding="valid",
    learning_rate=1e-2,
    pooling="over time",
    noise=0.3,
)


@pytest.mark.parametrize("conv", [(), STATISTICAL.conv])
def test_pooling_over_time_keeps_the_mean_and_spread_at_each_coefficient(conv):
    images = np.random.default_rng(0).normal(size=(4, 12, 5)).astype(np.float32)
    architecture = dataclasses.replace(STATISTICAL, conv=conv)
    model = cnn.build(architecture, 3, features.Scaler((0.0,) * 5, (1.0,) * 5), (12, 5))
    last = model.get_layer("conv1" if conv else "image").output
    to_maps, to_pooled = (
        keras.Model(model.inputs, layer) for layer in (last, model.get_layer("flatten").output)
    )
    maps, pooled = to_maps.predict(images, verbose=0), to_pooled.predict(images, verbose=0)
    expected = np.concatenate([maps.mean(axis=1), maps.std(axis=1)], axis=-1)
    np.testing.assert_allclose(pooled, expected.reshape(4, -1), atol=1e-2)
    statistics = 2 * (3 * 3 if conv else 5)
    learned = (3 * 3 * 3 + 3 if conv else 0) + (statistics * 8 + 8) + (8 * 3 + 3)
    assert model.count_params() == learned + 2 * statistics  # and means and variances seen


def test_a_network_of_mean_and_spread_learns(data):
    classifier = trained(data, architecture=STATISTICAL, epochs=20)
    images, labels = data[2]
    probabilities = classifier.predict(images)
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.6
    backwards = classifier.predict(images[:, ::-1])  # conv1 sees other neighbours, but alike ones
    assert np.abs(backwards - probabilities).mean() < 0.1


def test_the_first_layer_is_the_scaler():
    images = np.random.default_rng(0).normal(-50, 9, size=(4, 275, 13)).astype(np.float32)
    scaler = features.Scaler.fit(images)
    scaled = cnn.build(cnn.Architecture(), 5, scaler).get_layer("scale")(images)
    np.testing.assert_allclose(scaled, scaler(images), atol=1e-4)


def test_without_padding_the_image_shrinks():
    model = cnn.build(cnn.Architecture(padding="valid"), 5, UNSCALED)
    assert model.get_layer("conv3").output.shape[1:3] == (271, 9)


def test_it_learns_and_returns_the_best_epoch(data):
    classifier = trained(data, epochs=12)
    images, labels = data[2]
    probabilities = classifier.predict(images)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    accuracy = (probabilities.argmax(axis=1) == labels).mean()
    assert accuracy > 0.6
    assert accuracy == pytest.approx(max(classifier.history["val_accuracy"]))
    assert {len(curve) for curve in classifier.history.values()} == {12}


def test_the_curves_are_those_of_the_whole_epoch(data):
    # A network that neither learns nor drops anything: the epoch is an evaluation of all images.
    still = cnn.Architecture(
        conv=(cnn.Conv(3, 3, dropout=0.0),), dense=(cnn.Dense(8, dropout=0.0),), learning_rate=0.0
    )
    images, labels, _ = data
    classifier = trained((images, labels, (images, labels)), architecture=still, epochs=1)
    (curves,) = zip(*classifier.history.values(), strict=True)
    loss, accuracy, whole_loss, whole_accuracy = curves
    assert loss == pytest.approx(whole_loss, rel=1e-4)
    assert accuracy == pytest.approx(whole_accuracy)


def test_the_validation_part_is_scored_as_a_whole_however_many_at_once(data, monkeypatch):
    monkeypatch.setattr(cnn, "AT_ONCE", 7)  # of 20
    classifier = trained(data, epochs=1)
    images, labels = data[2]
    right = np.count_nonzero(classifier.predict(images).argmax(axis=1) == labels)
    assert classifier.history["val_accuracy"] == [right / 20]
    loss, _ = classifier.model.evaluate(images, features.one_hot(labels, 3), verbose=0)
    assert classifier.history["val_loss"] == [pytest.approx(loss, rel=1e-5)]


def test_a_training_is_traced_once_though_its_batches_differ_in_size(data, monkeypatch):
    traced = []

    def counted(step):
        plain = getattr(keras.Model, step)
        return lambda model, batch: traced.append(step) or plain(model, batch)

    for step in ("train_step", "test_step"):
        monkeypatch.setattr(keras.Model, step, counted(step))
    monkeypatch.setattr(cnn, "AT_ONCE", 5)
    images, labels = data[0][:7], data[1][:7]  # batches of 3, 2 and 2, and held out of 5 and 2
    trained((images, labels, (images, labels)), epochs=2, batch_size=3)
    assert traced == ["train_step", "test_step"]


def test_the_same_arguments_give_the_same_network_others_another(data, monkeypatch, tmp_path):
    first = trained(data)
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "elsewhere"))  # trained again, not looked up
    assert same(first, trained(data))
    assert not same(first, trained(data, seed=2))
    assert not same(first, trained(data, augment=cutmix.on_the_fly))


def test_it_is_trained_once(data):
    epochs = []
    first = trained(data, watch=epochs.append)
    again = trained(data, watch=epochs.append)
    assert len(epochs) == 4
    assert first.seconds == again.seconds > 0
    assert same(first, again)
    assert first.history == again.history


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says it")
def test_a_training_leaves_no_memory_behind():
    program = """
        import re
        from pathlib import Path
        import numpy as np
        from helpers import cnn

        images = np.random.default_rng(0).normal(size=(8, 275, 13)).astype("float32")
        labels = np.arange(8) % 2
        large = cnn.Architecture(conv=(), dense=(cnn.Dense(2000),))
        for seed in range(5):
            data = images, labels, (images, labels), ("a", "b"), large
            cnn.fit(*data, epochs=1, seed=seed)
            told = Path("/proc/self/status").read_text()
            print(int(re.search(r"VmRSS:\\s*(\\d+)", told)[1]) / 1000)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    megabytes = [float(line) for line in done.stdout.splitlines()]
    weights = 4 * 275 * 13 * 2000 / 1e6
    # Of each of three trainings, the weights and what Adam knows of them would stay: nine of these.
    assert megabytes[4] - megabytes[1] < 5 * weights


def test_a_change_of_the_images_may_be_written_in_a_notebook(tmp_path):
    cell = """
        import numpy as np
        from helpers import cnn

        def later(images, labels, rng):
            return np.roll(images, {shift}, axis=1), labels

        rng = np.random.default_rng(0)
        images, labels = rng.normal(size=(8, 20, 13)).astype("float32"), np.arange(8) % 2
        small = cnn.Architecture(conv=(), dense=())
        data = images, labels, (images, labels), ("a", "b"), small
        print(cnn.fit(*data, epochs=1, augment=later).history["loss"])
    """
    program = "from IPython.core.interactiveshell import InteractiveShell as S\n" + "".join(
        f"S.instance().run_cell({textwrap.dedent(cell).replace('{shift}', str(shift))!r})\n"
        for shift in (0, 0, 5)
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    first, again, other = done.stdout.splitlines()
    assert first == again != other


def test_an_interrupted_training_ends_as_if_it_had_not_been(data, monkeypatch, tmp_path):
    whole = trained(data)
    monkeypatch.setattr(cnn, "EVERY", 0)
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "elsewhere"))
    seen = []

    def stop_after_two(history):
        seen.append(len(history["loss"]))
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(data, watch=stop_after_two)
    resumed = trained(data, watch=lambda history: seen.append(len(history["loss"])))
    assert seen == [1, 2, 3, 4]
    assert same(whole, resumed)
    assert whole.history == resumed.history
    assert not list((tmp_path / "elsewhere" / "training").iterdir())


def test_a_damaged_checkpoint_begins_anew(data, monkeypatch, tmp_path):
    whole = trained(data)
    monkeypatch.setattr(cnn, "EVERY", 0)
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "elsewhere"))

    def stop(history):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(data, watch=stop)
    (checkpoint,) = (tmp_path / "elsewhere" / "training").iterdir()
    checkpoint.write_bytes(checkpoint.read_bytes()[:-50])
    assert same(whole, trained(data))


def test_trainings_that_nobody_takes_up_again_do_not_fill_the_disk(data, monkeypatch, tmp_path):
    monkeypatch.setattr(cnn, "EVERY", 0)
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "elsewhere"))
    unfinished = tmp_path / "elsewhere" / "training"

    def stop(history):
        raise KeyboardInterrupt

    for seed in range(4):
        with pytest.raises(KeyboardInterrupt):
            trained(data, watch=stop, seed=seed)
        newest = max(unfinished.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        monkeypatch.setenv("BOOK_CACHE_GB", str(2.5 * newest.stat().st_size / 1e9))
    assert len(list(unfinished.iterdir())) == 2 and newest.exists()


def test_a_hundred_weights_stay_in_their_order():
    named = cnn.numbered(range(102))
    assert cnn.in_order(dict(sorted(named.items()))) == list(range(102))


def test_a_training_is_not_resumed_with_other_code(data, monkeypatch):
    monkeypatch.setattr(cnn, "EVERY", 0)

    def stop_after_two(history):
        if len(history["loss"]) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(data, watch=stop_after_two)
    monkeypatch.setattr(cnn, "AT_ONCE", 7)  # as if the code had been edited
    seen = []
    trained(data, watch=lambda history: seen.append(len(history["loss"])))
    assert seen == [1, 2, 3, 4]


def test_the_values_in_a_change_of_the_images_tell_networks_apart(data):
    def mixed(alpha):
        return lambda images, labels, rng: cutmix.on_the_fly(images, labels, rng, alpha)

    def shifted(images, labels, rng, by):
        return np.roll(images, by, axis=1), labels

    for changes in (
        [mixed(0.1), mixed(100.0)],
        [functools.partial(shifted, by=1), functools.partial(shifted, by=5)],
    ):
        one, other = (trained(data, augment=augment, epochs=2) for augment in changes)
        assert not same(one, other)
    assert same(trained(data, seed=np.int64(1)), trained(data, seed=1))


def test_a_change_that_no_key_can_tell_apart_is_refused(data):
    own = np.random.default_rng(0)

    def noisy(images, labels, rng):
        return images + own.normal(size=images.shape), labels

    with pytest.raises(InputError, match=r"own, which .*noisy closes over.*Generator.*`rng`"):
        trained(data, augment=noisy)


def test_weights_that_are_no_numbers_are_neither_returned_nor_kept(data):
    images, labels, validation = data
    far = 1e30 * images
    with pytest.raises(InputError, match="no numbers any more: give a smaller learning rate"):
        trained((far, labels, validation), scaler=features.Scaler((0.0,) * 5, (1e-9,) * 5))
    assert not list((store.folder()).rglob("cnn-*"))


def test_channels_come_last_whatever_keras_is_set_to(data):
    images = data[0][:4]
    architectures = SMALL, STATISTICAL, dataclasses.replace(SMALL, levelled=True)
    for architecture in architectures:
        scaler = features.Scaler.fit(images)
        usual = cnn.build(architecture, 3, scaler, images.shape[1:])
        keras.config.set_image_data_format("channels_first")
        try:
            other = cnn.build(architecture, 3, scaler, images.shape[1:])
        finally:
            keras.config.set_image_data_format("channels_last")
        other.set_weights(usual.get_weights())
        np.testing.assert_array_equal(
            usual.predict(images, verbose=0), other.predict(images, verbose=0)
        )


def test_mixed_labels_are_taken_as_they_are(data):
    images, labels, validation = data
    mixed = features.one_hot(labels, 3)
    np.testing.assert_allclose(
        trained((images, mixed, validation)).predict(images), trained(data).predict(images)
    )


def test_a_loaded_model_predicts_identically(data, tmp_path):
    classifier = trained(data)
    before = classifier.predict(data[0])
    classifier.save(tmp_path / "model.npz")
    saved = classifier.predict(data[0])
    loaded = cnn.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(loaded.predict(data[0]), saved)
    np.testing.assert_allclose(saved, before, atol=5e-3)  # rounded to 16 bits
    assert (loaded.architecture, loaded.classes) == (SMALL, CLASSES)
    assert (loaded.scaler, loaded.history) == (classifier.scaler, classifier.history)


def test_the_settings_of_its_images_are_kept(data, tmp_path):
    path, settings = tmp_path / "model.npz", features.Settings(n_mfcc=5, hop_length=441, top_db=90)
    images, labels, validation = data
    trained(data).save(path)
    assert trained(data).settings is cnn.load(path).settings is None
    trained((features.Images(images, settings), labels, validation)).save(path)
    assert cnn.load(path).settings == settings


@pytest.mark.parametrize(
    ("shape", "expected"), [(cnn.SHAPE, features.Settings()), ((84, 13), None), ((275, 12), None)]
)
def test_an_old_file_has_the_books_images_where_it_takes_their_shape(tmp_path, shape, expected):
    path, scaler = tmp_path / "model.npz", features.Scaler((0.0,) * shape[1], (1.0,) * shape[1])
    plain = cnn.Architecture(conv=(), dense=())
    cnn.Classifier(cnn.build(plain, 3, scaler, shape), plain, CLASSES, scaler).save(path)
    with np.load(path) as file:
        kept = dict(file)
    about = json.loads(str(kept.pop("about")))
    del about["settings"]  # as files were before
    np.savez(path, about=json.dumps(about), **kept)
    assert cnn.load(path).settings == expected


@pytest.mark.parametrize("damage", ["cut", "text", "other", "weights"])
def test_a_file_that_is_no_model_is_named(data, tmp_path, damage):
    path = tmp_path / "model.npz"
    trained(data).save(path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    elif damage == "text":
        path.write_text("no model")
    elif damage == "other":
        np.savez(path, about=json.dumps({"architecture": 1}))
    else:
        with zipfile.ZipFile(path) as old:
            kept = {name: old.read(name) for name in old.namelist() if "weight00" not in name}
        with zipfile.ZipFile(path, "w") as new:
            for name, content in kept.items():
                new.writestr(name, content)
    with pytest.raises(InputError, match=r"model\.npz: not a model of this book"):
        cnn.load(path)


SHAPES = (
    cnn.Architecture(),
    SMALL,
    cnn.Architecture((), ()),
    cnn.Architecture((cnn.Conv(4, 5), cnn.Conv(2, 2)), (), padding="valid"),
    cnn.Architecture((cnn.Conv(4, 2),), (cnn.Dense(5),), pooling="statistics"),
    cnn.Architecture((), (cnn.Dense(5),), pooling="over time", noise=0.3, levelled=True),
    cnn.Architecture((cnn.Conv(3, 1),), (cnn.Dense(5),), pooling="over time", padding="valid"),
)


@pytest.mark.parametrize("architecture", SHAPES, ids=range(len(SHAPES)))
def test_the_shapes_of_weights_are_known_before_a_network_is_made(architecture):
    for shape in ((275, 13), (10, 13)):
        model = cnn.build(architecture, 3, UNSCALED, shape)
        told = cnn.weight_shapes(architecture, 3, shape)
        assert told == [weight.shape for weight in model.get_weights()]
    with pytest.raises(InputError, match=r"leave nothing of images of \(2, 13\)"):
        cnn.weight_shapes(cnn.Architecture(padding="valid"), 3, (2, 13))


@pytest.fixture(scope="module")
def saved(data, tmp_path_factory):
    """The file of a model, as bytes."""
    folder = tmp_path_factory.mktemp("saved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOOK_CACHE", str(folder))
        images, labels, validation = data
        images = features.Images(images, features.Settings(n_mfcc=5))
        trained((images, labels, validation)).save(folder / "model.npz")
    return (folder / "model.npz").read_bytes()


def changed(path, change):
    """Have a model's file say something else: `change(about, weights)`."""
    with np.load(path) as file:
        weights = dict(file)
    about = json.loads(str(weights.pop("about")))
    change(about, weights)
    np.savez_compressed(path, about=json.dumps(about), **weights)


DAMAGES = (
    ("classes", lambda about, _: about.pop("classes"), "classes: KeyError"),
    ("classes", lambda about, _: about.update(classes=["a", "a", "b"]), "classes: .*different"),
    ("classes", lambda about, _: about.update(classes=[1, [], None]), "classes: "),
    ("classes", lambda about, _: about.update(classes="abc"), "classes: .*words"),
    ("classes", lambda about, _: about.update(classes=["a", "b", ""]), "classes: .*words"),
    ("classes", lambda about, _: about["classes"].append("more"), "weight04 has .*this network"),
    ("shape", lambda about, _: about.update(shape=[275]), "shape: "),
    ("shape", lambda about, _: about.update(shape=[10**9, 13]), "shape: frames is 1000000000"),
    ("shape", lambda about, _: about.update(shape=[275, -1]), "shape: coefficients is -1"),
    ("scaler", lambda about, _: about.update(scaler=None), "scaler: "),
    ("scaler", lambda about, _: about["scaler"].pop("mean"), "scaler: TypeError.*'mean'"),
    ("scaler", lambda about, _: about["scaler"]["mean"].pop(), "scaler: .* means"),
    ("scaler", lambda about, _: about["scaler"].update(spread=[0] * 5), "scaler: spread 0"),
    ("scaler", lambda about, _: about["scaler"].update(mean=[10**400] * 5), "scaler: mean 0"),
    ("scaler", lambda about, _: about["scaler"].update(mean=[math.nan] * 13), "NaN is no JSON"),
    ("settings", lambda about, _: about["settings"].update(n_fft=10**9), "settings: n_fft"),
    ("settings", lambda about, _: about["settings"].update(n_mels=10**5), "settings: n_mels"),
    ("settings", lambda about, _: about["settings"].update(hop_length="1"), "settings: hop_length"),
    ("settings", lambda about, _: about["settings"].update(other=1), "settings: .*other"),
    ("settings", lambda about, _: about["settings"].update(n_mfcc=6), "n_mfcc is 6, but images"),
    ("history", lambda about, _: about["history"].pop("loss"), "history: KeyError.*loss"),
    ("history", lambda about, _: about["history"]["loss"].pop(), "history: .*length"),
    ("history", lambda about, _: about["history"].update(loss=["x"] * 4), "history: loss is 'x'"),
    ("conv", lambda about, _: about["architecture"].update(conv=7), "architecture: "),
    ("conv", lambda about, _: about["architecture"]["conv"][0].update(filters=0), "filters"),
    ("conv", lambda about, _: about["architecture"]["conv"][0].update(kernel=[3]), "kernel"),
    ("conv", lambda about, _: about["architecture"]["conv"][0].update(stride=2), "stride"),
    ("conv", lambda about, _: about["architecture"]["conv"][0].update(dropout=1), "dropout"),
    ("dense", lambda about, _: about["architecture"]["dense"][0].update(units=True), "units"),
    ("dense", lambda about, _: about["architecture"]["dense"][0].update(units=9), "weight02 has"),
    ("depth", lambda about, _: about["architecture"].update(dense=200 * [{"units": 1}]), "layers"),
    ("padding", lambda about, _: about["architecture"].update(padding="x"), "padding is 'x'"),
    ("pooling", lambda about, _: about["architecture"].update(pooling=[]), "pooling is"),
    ("noise", lambda about, _: about["architecture"].update(noise=-1), "noise is -1"),
    ("rate", lambda about, _: about["architecture"].update(learning_rate="0"), "learning_rate"),
    ("levelled", lambda about, _: about["architecture"].update(levelled=1), "levelled is 1"),
    ("weight", lambda _, weights: weights.pop("weight03"), "weight03 is too much or missing"),
    ("weight", lambda _, weights: weights.update(weight99=np.zeros(1)), "weight99 is too much"),
    ("weight", lambda _, weights: weights["weight00"].fill(np.nan), "weight00 holds what is no"),
    ("weight", lambda _, weights: weights["weight05"].fill(np.inf), "weight05 holds what is no"),
    ("weight", lambda _, weights: weights.update(weight00=weights["weight00"][0]), "weight00 has"),
    ("weight", lambda _, weights: weights.update(weight01=np.array(["a", "b", "c"])), "weight01"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"), [damage[1:] for damage in DAMAGES], ids=[damage[0] for damage in DAMAGES]
)
def test_a_damaged_field_of_a_model_is_named(saved, tmp_path, change, told):
    path = tmp_path / "model.npz"
    path.write_bytes(saved)
    changed(path, change)
    with pytest.raises(InputError, match=rf"(?s)model\.npz: not a model of this book.*(?:{told})"):
        cnn.load(path)


def test_a_learning_rate_may_be_a_whole_number(saved, tmp_path):
    path = tmp_path / "model.npz"
    path.write_bytes(saved)
    changed(path, lambda about, _: about["architecture"].update(learning_rate=0))
    assert cnn.load(path).architecture.learning_rate == 0


def test_a_model_that_is_not_there_is_not_to_be_saved_again(tmp_path):
    with pytest.raises(InputError, match=r"other\.npz: there is no such file$"):
        cnn.load(tmp_path / "other.npz")
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\)"):
        cnn.load(tmp_path)
    with pytest.raises(InputError, match="it is no file but a pipe or a device"):
        cnn.load("/dev/zero")


def test_a_network_that_does_not_answer_with_numbers_says_so(data, tmp_path):
    classifier = dataclasses.replace(trained(data))
    weights = classifier.model.get_weights()
    for value in (np.nan, 1e30):
        classifier.model.set_weights([np.full_like(weight, value) for weight in weights])
        with pytest.raises(InputError, match="answers with what is no number"):
            classifier.predict(data[0])
        with pytest.raises(InputError, match=r"model\.npz: not written.*16 bits"):
            classifier.save(tmp_path / "model.npz")
    assert not list(tmp_path.iterdir())


def test_a_curve_may_hold_what_is_no_number(data, tmp_path):
    curves = trained(data).history | {"loss": [math.nan, math.inf, 1.0, 0.5]}
    dataclasses.replace(trained(data), history=curves).save(tmp_path / "model.npz")
    loaded = cnn.load(tmp_path / "model.npz").history
    np.testing.assert_array_equal(loaded.pop("loss"), [math.nan, math.nan, 1.0, 0.5])
    assert loaded == {name: curve for name, curve in curves.items() if name != "loss"}


def test_what_cannot_be_trained_on(data):
    images, labels, validation = data
    with pytest.raises(InputError, match="40 images with 39 labels"):
        trained((images, labels[:-1], validation))
    with pytest.raises(InputError, match="0 validation images"):
        trained((images, labels, (images[:0], labels[:0])))
    with pytest.raises(InputError, match="epochs is 0"):
        trained(data, epochs=0)
    with pytest.raises(InputError, match="batch_size 1"):
        trained(data, batch_size=1)

"""Grad-CAM: the gradient that finite differences give, in place, for any network of layers."""

import keras
import numpy as np
import pytest
import scipy.stats

from helpers import chunks, cnn, dataset, faithfulness, features, gradcam
from helpers.errors import InputError
from helpers.experiments import folds
from helpers.experiments import gradcam as experiments

CLASSES = ("a", "b", "c")
SHAPE = (12, 5)
UNSCALED = features.Scaler((0.0,) * 5, (1.0,) * 5)
SMALL = cnn.Architecture((cnn.Conv(3, 3), cnn.Conv(4, 1)), (cnn.Dense(8), cnn.Dense(6)))


def untrained(architecture=SMALL, scaler=UNSCALED):
    """A network with random weights and, unlike a fresh one, random biases."""
    keras.utils.set_random_seed(3)
    model = cnn.build(architecture, 3, scaler, SHAPE)
    rng = np.random.default_rng(3)
    for layer in model.layers:
        if hasattr(layer, "bias"):
            layer.bias.assign(rng.normal(0, 0.1, size=layer.bias.shape))
    return cnn.Classifier(model, architecture, CLASSES, scaler)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).normal(size=(40, *SHAPE)).astype(np.float32)


@pytest.fixture
def marked():
    """Images whose class is written into one coefficient, in all frames."""
    labels = np.arange(12) % 3
    images = np.zeros((12, *SHAPE), np.float32)
    images[np.arange(12), :, labels] = 3
    return images, labels


@pytest.fixture
def adder():
    """A network whose score for a class is the sum of what is written into its coefficient."""
    architecture = cnn.Architecture((cnn.Conv(1, 1),), ())
    network = untrained(architecture)
    network.model.get_layer("conv1").set_weights([np.ones((1, 1, 1, 1)), np.zeros(1)])
    weights = np.tile(np.eye(5, 3), (12, 1)) / 12
    network.model.get_layer("probabilities").set_weights([weights, np.zeros(3)])
    return network


# The gradient.


def scores_above(network, maps: np.ndarray) -> np.ndarray:
    """The scores that the dense layers make of the last convolution's maps, in 64 bits."""
    x = maps.reshape(len(maps), -1)
    for name in ("dense1", "dense2", "probabilities"):
        kernel, bias = (w.astype(float) for w in network.model.get_layer(name).get_weights())
        x = x @ kernel + bias
        if name != "probabilities":
            x = np.maximum(x, 0)
    return x


@pytest.mark.parametrize("scaler", [UNSCALED, features.Scaler((1.0,) * 5, (20.0,) * 5)])
def test_gradients_are_those_of_finite_differences(images, scaler):
    network = untrained(scaler=scaler)
    classes = np.arange(6) % 3
    maps, slopes = gradcam.gradients(network, images[:6], "conv2", classes)
    assert maps.shape == slopes.shape == (6, 12, 5, 4)
    exact, each = maps.astype(float), 1e-6
    np.testing.assert_allclose(
        scipy.special.softmax(scores_above(network, exact), axis=1),
        network.predict(images[:6]),
        atol=1e-5,
    )
    for place in [(0, 0, 0), (3, 4, 1), (7, 2, 3), (11, 4, 3), (5, 0, 2)]:
        up, down = exact.copy(), exact.copy()
        up[:, *place] += each
        down[:, *place] -= each
        rise = (scores_above(network, up) - scores_above(network, down))[range(6), classes]
        np.testing.assert_allclose(slopes[:, *place], rise / (2 * each), rtol=1e-3, atol=1e-6)
    assert (slopes != 0).mean() > 0.5


def test_a_network_that_averages_its_maps_has_the_closed_form(images):
    # Grad-CAM is then CAM: the weights of a class, over the number of places that are averaged.
    layers = keras.layers
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Reshape((*SHAPE, 1)),
            layers.Conv2D(7, 3, activation="relu", padding="same", name="last"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    maps = keras.Model(model.inputs, model.get_layer("last").output).predict(images, verbose=0)
    weights = model.layers[-1].get_weights()[0]
    for c in range(3):
        expected = np.maximum(maps @ weights[:, c] / (12 * 5), 0)
        for method in gradcam.METHODS:  # each place has the same gradient
            heat = gradcam.heat_maps(model, images, "last", c, method)
            np.testing.assert_allclose(heat, expected, atol=1e-6)
        assert expected.max() > 0


def test_heat_is_what_the_formula_says(images):
    network = untrained()
    classes = np.arange(40) % 3
    maps, slopes = gradcam.gradients(network, images, "conv2", classes)
    for n in (0, 17, 39):  # of more than one batch
        weights = [slopes[n, :, :, k].mean() for k in range(4)]
        summed = sum(weight * maps[n, :, :, k] for k, weight in enumerate(weights))
        heat = gradcam.heat_maps(network, images, "conv2", classes)
        np.testing.assert_allclose(heat[n], np.maximum(summed, 0), atol=1e-6)
        alone = gradcam.heat_maps(network, images[n : n + 1], "conv2", int(classes[n]))
        np.testing.assert_allclose(alone[0], heat[n], atol=1e-6)
        own = gradcam.heat_maps(network, images, "conv2", classes, "HiResCAM")
        np.testing.assert_allclose(
            own[n], np.maximum((maps[n] * slopes[n]).sum(axis=-1), 0), atol=1e-6
        )
    assert heat.shape == images.shape
    assert heat.dtype == np.float32


def test_by_default_it_explains_the_predicted_class(adder, marked):
    images, labels = marked
    for method in gradcam.METHODS:
        heat = gradcam.heat_maps(adder, images, "conv1", method=method)
        own = gradcam.heat_maps(adder, images, "conv1", labels, method)
        np.testing.assert_array_equal(heat, own)
    assert gradcam.heat_maps(adder, images, "conv1", (labels + 1) % 3, "HiResCAM").max() == 0
    np.testing.assert_allclose(heat, images / 12, rtol=1e-5)


# Any network.


def the_same(kind: str, tmp_path):
    """A network, and the same as another kind of Keras model."""
    network = untrained()
    own = network.model
    above = own.layers[1:]
    if kind == "loaded classifier":
        network.save(tmp_path / "model.npz")  # rounds it
        return network, cnn.load(tmp_path / "model.npz")
    if kind == "functional":
        return network, own
    if kind == "loaded functional":
        own.save(tmp_path / "model.keras")
        return network, keras.models.load_model(tmp_path / "model.keras")
    if kind == "scores without softmax":
        scores = keras.layers.Dense(3)
        model = keras.Sequential([keras.Input(SHAPE), *above[:-1], scores])
        scores.set_weights(above[-1].get_weights())
        return network, model
    if kind == "softmax as a layer":
        scores = keras.layers.Dense(3)
        model = keras.Sequential([keras.Input(SHAPE), *above[:-1], scores, keras.layers.Softmax()])
        scores.set_weights(above[-1].get_weights())
        return network, model
    model = keras.Sequential(above)  # of layers that serve two models, and not yet built
    if kind == "loaded sequential":
        model.build((None, *SHAPE))
        model.save(tmp_path / "model.keras")
        model = keras.models.load_model(tmp_path / "model.keras")
    return network, model


@pytest.mark.parametrize(
    "kind",
    [
        *("loaded classifier", "functional", "loaded functional", "fresh sequential"),
        *("loaded sequential", "scores without softmax", "softmax as a layer"),
    ],
)
def test_the_same_network_has_the_same_map_whatever_its_form(images, kind, tmp_path):
    network, other = the_same(kind, tmp_path)
    for layer in ("conv1", "conv2"):
        for method in gradcam.METHODS:
            np.testing.assert_allclose(
                gradcam.heat_maps(other, images[:5], layer, 1, method),
                gradcam.heat_maps(network, images[:5], layer, 1, method),
                atol=1e-6,
            )
    assert gradcam.layers(other) == ["conv1", "conv2"]


def test_a_shared_layer_is_asked_in_its_own_model(images):
    network = untrained(scaler=features.Scaler((0.3,) * 5, (0.5,) * 5))
    unscaled = keras.Sequential([network.model.layers[0], *network.model.layers[2:]])
    maps, _ = gradcam.gradients(unscaled, images, "conv1")
    bare = untrained()
    np.testing.assert_allclose(maps, gradcam.gradients(bare, images, "conv1")[0], atol=1e-6)
    assert np.abs(maps - gradcam.gradients(network, images, "conv1")[0]).max() > 0.1


def test_every_option_of_an_architecture_has_maps(images):
    every = cnn.Architecture(
        (cnn.Conv(4, 2), cnn.Conv(4, 3)),
        SMALL.dense,
        padding="valid",
        pooling="statistics",
        levelled=True,
    )
    network = untrained(every)
    for layer in ("conv1", "conv2"):
        heat = gradcam.heat_maps(network, images, layer)
        assert heat.shape == images.shape
        assert np.isfinite(heat).all() and heat.max() > 0


@pytest.mark.parametrize("conv", [(), (cnn.Conv(4, 3),)])
def test_mean_and_spread_are_explained_down_to_the_image(images, conv):
    network = untrained(
        cnn.Architecture(conv, SMALL.dense, pooling="over time", noise=0.3, levelled=True)
    )
    heat = gradcam.heat_maps(network, images, "image", 0, "HiResCAM")
    assert heat.shape == images.shape
    assert np.isfinite(heat).all() and heat.max() > 0
    # What a small change of one place does to the score.
    maps, slopes = gradcam.gradients(network, images[:1], "image", 0)
    assert maps.shape == slopes.shape == (1, *images.shape[1:], 1)
    np.testing.assert_allclose(heat[0], np.maximum(maps * slopes, 0)[0, ..., 0], atol=1e-6)


# In place: a map smaller than the image is drawn where it looked.


@pytest.mark.parametrize(
    ("padding", "stride", "kernel"),
    [("same", 1, 3), ("valid", 1, 5), ("valid", 2, 3), ("same", 2, 5), ("same", 3, 3)],
)
def test_a_hot_place_stays_where_it_is(padding, stride, kernel):
    # A convolution that answers with the value under the middle of its kernel.
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((25, 13)),
            layers.Reshape((25, 13, 1)),
            layers.Conv2D(1, kernel, strides=(stride, 1), padding=padding, name="see"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )
    middle = np.zeros((kernel, kernel, 1, 1))
    middle[kernel // 2, kernel // 2] = 1
    model.get_layer("see").set_weights([middle, np.zeros(1)])
    model.layers[-1].set_weights([np.array([[1.0, -1.0]]), np.zeros(2)])
    side = kernel // 2 if padding == "valid" else 0
    seen = [side + stride * i for i in range(25) if side + stride * i < 25 - side]
    if padding == "same":  # TensorFlow pads the end where it can choose
        missing = max((len(seen) - 1) * stride + kernel - 25, 0)
        seen = [kernel // 2 - missing // 2 + stride * i for i in range(len(seen))]
    inner = np.array(seen[1:-1])
    images = np.zeros((len(inner) + 1, 25, 13), np.float32)
    images[np.arange(len(inner)), inner, 6] = 1
    images[-1] = np.arange(25)[:, None]
    heat = gradcam.heat_maps(model, images, "see", 0)
    for frame, found in zip(inner, heat, strict=False):
        assert np.unravel_index(found.argmax(), found.shape) == (frame, 6)
        assert found[frame].sum() == found.max()
    assert not gradcam.heat_maps(model, images, "see", 1).any()  # all speaks against the other
    # Between two places it lies on the line between them, beyond the last it stays as there.
    line = np.clip(np.arange(25), seen[0], seen[-1]) / seen[-1]
    np.testing.assert_allclose(heat[-1, :, 6] / heat[-1, :, 6].max(), line, atol=1e-6)


def test_pooling_halves_the_map_and_a_merge_of_unlike_branches_is_refused(images):
    layers = keras.layers
    inputs = keras.Input(SHAPE)
    x = layers.Reshape((*SHAPE, 1))(inputs)
    pooled = layers.MaxPooling2D(2, name="pool")(x)
    padded = layers.ZeroPadding2D(1, name="padded")(pooled)
    outputs = layers.Dense(2)(layers.Flatten()(padded))
    model = keras.Model(inputs, outputs)
    assert gradcam.heat_maps(model, images, "pool").shape == images.shape
    with pytest.raises(InputError, match="the layers up to padded do not follow each other"):
        gradcam.heat_maps(model, images, "padded")


# What cannot be explained.


def test_what_cannot_be_asked(images):
    network = untrained()
    with pytest.raises(InputError, match=r"no layer 'conv9' that makes maps; there are .*conv1"):
        gradcam.heat_maps(network, images, "conv9")
    with pytest.raises(InputError, match="no layer 'dense1' that makes maps"):
        gradcam.gradients(network, images, "dense1")
    with pytest.raises(InputError, match="classes reach from 3 to 3, not from 0 to 2"):
        gradcam.heat_maps(network, images, "conv2", 3)
    with pytest.raises(InputError, match="2 classes for 40 images"):
        gradcam.heat_maps(network, images, "conv2", [0, 1])
    with pytest.raises(InputError, match=r"images are \(12, 5\); give one or more as \(N, 12, 5\)"):
        gradcam.heat_maps(network, images[0])
    with pytest.raises(InputError, match=r"images are \(0, 12, 5\)"):
        gradcam.gradients(network, images[:0])
    with pytest.raises(
        InputError, match="method is 'CAM'; it must be one of 'Grad-CAM', 'HiResCAM'"
    ):
        gradcam.heat_maps(network, images, "conv2", method="CAM")


def test_a_network_whose_scores_are_hidden_is_refused(images):
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Reshape((*SHAPE, 1)),
            layers.Conv2D(2, 3, name="conv1"),
            layers.Flatten(),
            layers.Dense(2, activation="sigmoid", name="yes_or_no"),
        ]
    )
    with pytest.raises(InputError, match="ends in yes_or_no, whose scores before softmax"):
        gradcam.heat_maps(model, images, "conv1")


# Reading a map.


def test_scaled_maps_fill_0_to_1():
    heat = np.array([[[0.0, 2.0], [1.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]]])
    np.testing.assert_array_equal(gradcam.scaled(heat), [[[0, 0.5], [0.25, 1]], [[0, 0], [0, 0]]])
    np.testing.assert_array_equal(gradcam.scaled(heat[0]), [[0, 0.5], [0.25, 1]])


def test_a_part_is_there_or_is_refused():
    heat = np.arange(2 * 275 * 13).reshape(2, 275, 13)
    part = gradcam.submatrix(heat, (100, 113), (0, 13))
    np.testing.assert_array_equal(part, heat[:, 100:113])
    assert gradcam.submatrix(heat[0], (274, 275), (12, 13)).tolist() == [[274 * 13 + 12]]
    for frames, coefficients, named in [
        ((0, 276), (0, 13), "frames are 0 to 276"),
        ((5, 5), (0, 13), "frames are 5 to 5"),
        ((0, 13), (-2, 13), "coefficients are -2 to 13"),
    ]:
        with pytest.raises(InputError, match=f"{named}; choose a first and a larger end"):
            gradcam.submatrix(heat, frames, coefficients)


def test_inner_products_are_those_of_columns_and_of_rows():
    heat = np.random.default_rng(0).random((2, 275, 13))
    columns = gradcam.inner_products(heat)
    assert columns.shape == (2, 13, 13)
    assert columns[1, 3, 7] == pytest.approx(sum(heat[1, t, 3] * heat[1, t, 7] for t in range(275)))
    rows = gradcam.inner_products(heat[0], "frames")
    assert rows.shape == (275, 275)
    assert rows[20, 200] == pytest.approx(heat[0, 20] @ heat[0, 200])
    with pytest.raises(
        InputError, match="of is 'rows'; it must be one of 'coefficients', 'frames'"
    ):
        gradcam.inner_products(heat, "rows")


def test_class_means():
    heat = np.arange(4.0)[:, None, None] * np.ones((4, 3, 2))
    means = gradcam.class_means(heat, np.array([0, 1, 0, 1]), 2)
    np.testing.assert_array_equal(means[:, 0, 0], [1, 2])
    assert means.shape == (2, 3, 2)
    with pytest.raises(InputError, match="no maps of class 2; give some of each class"):
        gradcam.class_means(heat, np.array([0, 1, 0, 1]), 3)


def test_the_hottest_moment_is_the_window_with_most_heat():
    heat = np.random.default_rng(1).random((3, 275, 13)).astype(np.float32)
    heat[0, 90:140] += 2
    heat[1] = 0
    with pytest.raises(InputError, match="not known how these images were made"):
        gradcam.hottest_moment(heat)
    heat = features.Images(heat, features.Settings())
    start = gradcam.hottest_moment(heat)
    by_hand = [max(range(275 - 69 + 1), key=lambda s: each[s : s + 69].sum()) for each in heat]
    assert start[0] == by_hand[0] and 71 <= start[0] <= 90
    assert start[1] == 0
    assert start[2] == by_hand[2]
    assert (start * 160 + 11_025 <= chunks.SAMPLES).all()
    for seconds in (2.5, 0.001):
        with pytest.raises(InputError, match=f"seconds is {seconds}"):
            gradcam.hottest_moment(heat, seconds)


def test_concentration_is_the_share_that_holds_half():
    heat = np.zeros((4, 10, 10))
    heat[0] = 1
    heat[1, 3, 3] = 7
    heat[2, :2] = 1
    half, point, fifth, empty = faithfulness.concentration(heat)
    assert (half, point, fifth) == (0.5, 0.01, 0.1)
    assert np.isnan(empty)


def test_rank_correlation_is_spearmans():
    rng = np.random.default_rng(0)
    one, two = rng.random((2, 3, 12, 5)).round(1)  # with ties
    two[2] = 0
    expected = [
        scipy.stats.spearmanr(a.ravel(), b.ravel())[0]
        for a, b in zip(one[:2], two[:2], strict=True)
    ]
    got = faithfulness.rank_correlation(one, two)
    np.testing.assert_allclose(got[:2], expected)
    assert np.isnan(got[2])
    np.testing.assert_allclose(faithfulness.rank_correlation(one, np.exp(one)), 1)


# Hiding.


def test_the_hottest_places_are_hidden_and_equals_by_lot():
    heat = np.zeros((2, 10, 10))
    heat[0, 4, :5] = [5, 4, 3, 2, 1]
    masks = faithfulness.hottest(heat, 0.04, np.random.default_rng(0))
    np.testing.assert_array_equal(np.argwhere(masks[0]), [[4, 0], [4, 1], [4, 2], [4, 3]])
    more = faithfulness.hottest(heat, 0.3, np.random.default_rng(0))
    assert more.sum(axis=(1, 2)).tolist() == [30, 30]
    assert more[0, 4, :5].all()
    assert 5 < more[1, :5].sum() < 25  # not the first ones
    for share in (0, 1, 50):
        with pytest.raises(InputError, match=f"share is {share}; it must be above 0 and under 1"):
            faithfulness.hottest(heat, share, np.random.default_rng(0))


def test_controls_have_as_many_places_and_are_elsewhere():
    rng = np.random.default_rng(0)
    heat = rng.random((6, 40, 5))
    heat[:, :, 2] += 1
    masks = faithfulness.hottest(heat, 0.1, rng)
    moved, other = faithfulness.moved(masks, rng), faithfulness.exchanged(masks, rng)
    anywhere = faithfulness.scattered(masks, rng)
    for control in (moved, other, anywhere):
        assert control.sum(axis=(1, 2)).tolist() == [20] * 6
        assert not (control == masks).all(axis=(1, 2)).any()
    assert moved[:, :, 2].all(axis=1).tolist() == masks[:, :, 2].all(axis=1).tolist()
    np.testing.assert_array_equal(moved.sum(axis=1), masks.sum(axis=1))  # the same coefficients
    for image in range(6):
        shift = next(s for s in range(40) if (np.roll(masks[image], s, 0) == moved[image]).all())
        assert 10 <= shift <= 30
        assert any((other[image] == masks[j]).all() for j in range(6) if j != image)
    assert anywhere[:, :, [0, 1, 3, 4]].any()
    with pytest.raises(InputError, match="two images at least"):
        faithfulness.exchanged(masks[:1], rng)


def test_what_is_hidden_is_nothing_to_the_network(images):
    network = untrained(scaler=features.Scaler((1.0, 2.0, 3.0, -4.0, 0.0), (2.0,) * 5))
    masks = np.random.default_rng(0).random(images.shape) < 0.5
    hidden = faithfulness.hide(network, images, masks)
    assert hidden.dtype == np.float32
    np.testing.assert_array_equal(hidden[~masks], images[~masks])
    np.testing.assert_array_equal(network.scaler(hidden)[masks], 0)
    nothing = network.predict(faithfulness.hide(network, images, np.ones_like(masks)))
    np.testing.assert_array_equal(nothing, nothing[[0] * 40])
    with pytest.raises(InputError, match="differ in shape"):
        faithfulness.hide(network, images, masks[:5])


def test_without_the_hottest_places_the_network_knows_less(adder, marked):
    images, labels = marked
    rng = np.random.default_rng(0)
    masks = faithfulness.hottest(gradcam.heat_maps(adder, images, "conv1"), 1 / 5, rng)
    np.testing.assert_array_equal(masks, images > 0)
    before, after, control = (
        adder.predict(each)[np.arange(12), labels]
        for each in (
            images,
            faithfulness.hide(adder, images, masks),
            faithfulness.hide(adder, images, faithfulness.scattered(masks, rng)),
        )
    )
    np.testing.assert_allclose(before, np.e**3 / (np.e**3 + 2), rtol=1e-5)
    np.testing.assert_allclose(after, 1 / 3, rtol=1e-5)
    assert (control > 0.6).all()


def test_heat_of_two_halves_lies_in_their_own_where_places_have_weights_of_their_own(adder, marked):
    images, labels = marked
    rng = np.random.default_rng(0)
    shares = faithfulness.own_half(adder, images, labels, rng, "conv1", "HiResCAM")
    np.testing.assert_allclose(shares, 1)
    assert shares.shape == (24,)
    # One weight for the whole map cannot tell the classes of this network apart.
    first, second = faithfulness.own_half(adder, images, labels, rng, "conv1").reshape(2, 12)
    np.testing.assert_allclose(first, 6 / 12)
    np.testing.assert_allclose(second, 6 / 12)


# Forgetting.


def test_weights_from_a_layer_upwards_are_new(images):
    labels = np.arange(40) % 3
    network = cnn.fit(images, labels, (images, labels), CLASSES, SMALL, epochs=1, seed=0)

    def weights(one, layer):
        return one.model.get_layer(layer).get_weights()[0]

    before = weights(network, "dense1").copy()
    forgot = faithfulness.randomised(network, "dense1")
    np.testing.assert_array_equal(weights(network, "dense1"), before)
    np.testing.assert_array_equal(weights(forgot, "conv1"), weights(network, "conv1"))
    for layer in ("dense1", "dense2", "probabilities"):
        pair = np.corrcoef(weights(forgot, layer).ravel(), weights(network, layer).ravel())
        assert abs(pair[0, 1]) < 0.5  # nor are they those that training began with
    again = faithfulness.randomised(network, "dense1")
    np.testing.assert_array_equal(weights(forgot, "dense1"), weights(again, "dense1"))
    other = faithfulness.randomised(network, "dense1", seed=1)
    assert not np.array_equal(weights(forgot, "dense1"), weights(other, "dense1"))
    with pytest.raises(InputError, match="no weights in a layer 'flatten'; there are conv1, conv2"):
        faithfulness.randomised(network, "flatten")


# The experiments.


def test_the_experiments_measure_what_they_say(monkeypatch):
    monkeypatch.setitem(folds.EPOCHS, "quick", 1)
    monkeypatch.setattr(experiments, "IMAGES", 6)
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    clips = long.groupby("label", observed=True).head(5)

    def measured(generator, **wanted):
        every = list(generator(clips, "quick"))
        assert {run.repeated["fold"] for run in every} == set(range(folds.RUN))
        run = next(run for run in every if wanted.items() <= run.compared.items())
        return run.measure(**run.compared, **run.repeated)

    largest = measured(experiments.deletion, hidden="largest")
    assert list(largest) == ["before", *(f"{share} % hidden" for share in (5, 10, 20, 40))]
    assert all(0 < value < 1 for value in largest.values())
    assert len(set(largest.values())) == 5
    own = measured(experiments.deletion, map="HiResCAM", hidden="hottest")
    assert own["before"] == largest["before"]
    assert own["40 % hidden"] != largest["40 % hidden"]

    where = measured(experiments.localisation, CutMix="on the fly", layer="conv3")
    assert 0 < where["heat in its own half"] < 1
    assert 0 <= where["empty maps"] < 1

    changed = measured(experiments.sanity, **{"random from": "conv1"})
    assert -1 <= changed["correlation"] < 0.9
    assert -1 <= changed["of two images"] < 0.9

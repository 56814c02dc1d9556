"""Pictures carry their own text, suit both themes and stay small."""

import functools
import inspect
import itertools
import re
import sys
import xml.etree.ElementTree as ElementTree
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from sklearn.tree import DecisionTreeClassifier

from helpers import (
    chunks,
    classify,
    cnn,
    dataset,
    features,
    many,
    plots,
    results,
    sound,
    splits,
    today,
    tuning,
    uncertainty,
)
from helpers.errors import InputError
from helpers.plots import page

WAVES = {name: sound.tone(1 / np.arange(1, 6 + i)) for i, name in enumerate(dataset.CLASSES)}
LONG = np.random.default_rng(0).uniform(-1, 1, 3 * 22_050).astype(np.float32)
IMAGE = features.mfcc(LONG[:44_100])
CLIPS = pd.DataFrame(
    {"label": pd.Categorical(["Cello", "Cello", "Clarinet"]), "seconds": [1.0, 3.0, 9.5]}
)
CUTS = chunks.draw(dataset.drop_shorter(dataset.load("demo"), 2.0), 100, seed=0)
VERDICT = classify.Verdict(
    verdict=None,
    reason="not sure enough",
    confidence=np.full(2, 0.5),
    classes=("Cello", "Clarinet"),
    start=np.arange(3.0),
    probabilities=np.array([[0.6, 0.4], [0.0, 0.0], [0.4, 0.6]]),
    silent=np.array([False, True, False]),
    seconds=4.0,
    spent={},
)

TRIALS = pd.DataFrame(
    {
        "method": ["random", "random", "grid"],
        "units": [8, 8, 4],
        "spent": [2, 4, 6],
        "score": [0.5, np.nan, 0.7],
        "status": ["completed", "failed", "completed"],
        "completed": [True, False, True],
    }
)

RATES = tuning.LogUniform(1e-4, 0.1)
LIVED = pd.DataFrame({"units": [4, 8, 8], "reached": [1, 1, 3], "score": [0.2, np.nan, 0.7]})
SIDE_BY_SIDE = pd.DataFrame(
    {
        "units": np.tile([4, 8, 16, 32], 5),
        "learning_rate": [RATES.at(share) for share in np.linspace(0, 1, 20)],
        "score": np.linspace(0.25, 0.9, 20) ** 2,
    }
)


def compared(model, inputs, mean, **figures):
    return {
        "compared": {"model": model, "inputs": inputs, "protocol": "clip"},
        "repeated": {"fold": 0},
        "figures": {"accuracy": mean, "clip_accuracy": mean} | figures,
    }


COMPARED = {
    "data": {"name": "toy", "used": 4},
    "profile": "quick",
    "runs": [
        compared("SVM", "flattened", 0.5, **{"fit seconds": 2.0}),
        compared("SVM", "statistics", 0.6, **{"fit seconds": 0.1}),
        compared("CNN + CutMix", "image", 0.7, **{"fit seconds": 90.0}),
        compared("CNN + CutMix + Pruning", "image", 0.8),
    ],
}
STATED = pd.DataFrame(
    {"accuracy": [0.86, 0.83, 0.71]}, ["CNN + CutMix", "CNN + CutMix + Pruning", "SVM"]
)
XOR = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]), np.array([0, 1, 1, 0])
LADDER = results.load("ladder", "demo")
PAIRS = pd.DataFrame(
    {"one": ["Cello"], "other": ["Double_bass"], "confused": [0.1], "distance": [2.0]}
)

ABLATION = {
    "experiment": "ablation",
    "data": {"name": "demo", "used": 4},
    "profile": "quick",
    "results": [{"compared": {"variant": name}} for name in ("whole", "half")],
    "runs": [
        {"compared": {"variant": name}, "figures": {"accuracy": score}}
        for name, score in (("whole", 0.8), ("whole", 0.7), ("half", 0.6))
    ],
}

RUNGS = {
    "experiment": "rungs",
    "data": {"name": "demo", "used": 4},
    "profile": "paper",
    "results": [{"compared": {"model": "CNN", "rung": rung}} for rung in ("leaky", "no")],
    "runs": [
        {
            "compared": {"model": "CNN", "rung": rung},
            "repeated": {"fold": 0},
            "figures": {"accuracy": score},
        }
        for rung, score in (("leaky", 0.9), ("no", 0.6))
    ],
}
INTERVALS = pd.DataFrame(
    {"name": ["by clip"], "accuracy": [0.8], "low": [0.7], "high": [0.85], "groups": [29]}
)

CHANGES = {
    "data": {"name": "toy", "used": 4},
    "experiment": "replica_changes",
    "profile": "quick",
    "runs": [
        {
            "compared": {"step": step},
            "repeated": {"repeat": repeat},
            "figures": {"accuracy": score, "confusion": [[3, 1], [2, 2]]},
        }
        for step, repeat, score in (("theirs", 0, 0.9), ("ours", 0, 0.6), ("theirs", 1, 0.7))
    ],
}
CHANGES["results"] = results.summarise(CHANGES["runs"])

PICTURES = {
    "waveform": lambda: plots.waveform(LONG, "noise"),
    "periods": lambda: plots.periods(WAVES, f0=220),
    "spectrum": lambda: plots.spectrum(WAVES["Cello"], "a note"),
    "recipes": lambda: plots.recipes({k: sound.partials(w) for k, w in WAVES.items()}),
    "envelopes": lambda: plots.envelopes(WAVES),
    "timbre": lambda: plots.timbre([1, 0, 0.5], WAVES["Cello"]),
    "ranges": lambda: plots.ranges({"Cello": (65, 880), "Double_bass": (41, 262)}),
    "all_counts": lambda: plots.all_counts(pd.Series({"Cello": 3, "Oboe": 3}), ["Cello"]),
    "durations": lambda: plots.durations(CLIPS, limit=2.0),
    "chunk_in_clip": lambda: plots.chunk_in_clip(LONG, 0.5, "noise"),
    "kept_apart": lambda: plots.kept_apart(CUTS, {"clip": splits.by_clip(CUTS, seed=0)}, "Cello"),
    "sliding": lambda: plots.sliding(IMAGE, np.array([[-1, 1], [-2, 2.5]]), 99, 11),
    "learned": lambda: plots.learned(
        np.eye(3) / 9, np.linspace(-0.1, 1, 9), np.arange(9) == 8, 2.0, "step 3"
    ),
    "chain": lambda: plots.chain({"x": 2, "loss": 4}, ["w = 1, b = 0"], {"x": 4, "w = 1": 8}),
    "layers": lambda: plots.layers(cnn.Architecture(), 5),
    "lines": lambda: plots.lines([0, 1], {"a": [0, 1], "b": [1, 0]}, "x", "y", "Two lines cross."),
    "framing": lambda: plots.framing(LONG),
    "mel_filters": lambda: plots.mel_filters(features.mel_filters()),
    "bands": lambda: plots.bands(np.asarray(IMAGE), "row", "an image", IMAGE.settings),
    "mfcc": lambda: plots.mfcc(IMAGE, "noise"),
    "waves_of_dct": lambda: plots.waves_of_dct(features.dct_matrix(26, 13)),
    "averages": lambda: plots.averages({"Cello": IMAGE.mean(axis=0)}),
    "feature_maps": lambda: plots.feature_maps(IMAGE, np.maximum(IMAGE[..., None], 0), "conv1"),
    "curves": lambda: plots.curves(
        {key: [0.5, 0.6] for key in ("loss", "accuracy", "val_loss", "val_accuracy")}
    ),
    "confusion": lambda: plots.confusion(np.array([[3, 1], [0, 0]]), ["Cello", "Clarinet"]),
    "reliability": lambda: plots.reliability(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 1])),
    "timeline": lambda: plots.timeline(VERDICT),
    "grid_and_random": lambda: plots.grid_and_random(
        np.sqrt, grid=[(0.2, 0.2), (0.2, 0.8)], random=[(0.1, 0.9), (0.7, 0.3)]
    ),
    "search": lambda: plots.search(TRIALS),
    "best_so_far": lambda: plots.best_so_far(
        {"grid": np.array([[0, 0.2, 0.4], [0.1, 0.1, 0.5]])}, "3 epochs"
    ),
    "surface": lambda: plots.surface(RATES, [0.001, 0.01, 0.1], [0.4, 0.7, 0.2], follows=0.02),
    "lives": lambda: plots.lives(LIVED, ["units"]),
    "trials": lambda: plots.trials(TRIALS, "units", (4, 8)),
    "variants": lambda: plots.variants(ABLATION, {"whole": 0.86}),
    "heat": lambda: plots.heat(IMAGE, np.maximum(IMAGE, 0), "noise"),
    "adds_up": lambda: plots.adds_up(np.arange(24).reshape(2, 4, 3), [0.25, -0.083]),
    "matrix": lambda: plots.matrix(IMAGE.T @ IMAGE, "products"),
    "bands_of_heat": lambda: plots.bands_of_heat(IMAGE[:2] ** 2, ["cello", "clarinet"]),
    "rungs": lambda: plots.rungs(RUNGS),
    "crowding": lambda: plots.crowding(results.load("crowding", "demo")),
    "beside": lambda: plots.beside({"CNN": 0.8, "MLP": 0.5}, {"by chunk": {"CNN": [0.9, 0.7]}}),
    "changes": lambda: plots.changes(results.load("deployed", "demo")),
    "schedule": lambda: plots.schedule(many.schedule([3, 2, 2], 2, killed=1, again=4)),
    "speedups": lambda: plots.speedups(np.arange(1, 9), {"all": np.arange(1, 9)}),
    "intervals": lambda: plots.intervals(INTERVALS),
    "verdicts": lambda: plots.verdicts({"three folds": [5, 2, 8], "two": [-4, -4.1]}),
    "usual_scores": lambda: plots.usual_scores(0.7, 10),
    "weights": lambda: plots.weights({"before": IMAGE, "after": IMAGE[:9] / 2}),
    "weights_left": lambda: plots.weights_left(np.eye(IMAGE.size * 2, 5), IMAGE.settings),
    "ladder": lambda: plots.ladder(LADDER),
    "recalls": lambda: plots.recalls(LADDER, dataset.CLASSES, "all"),
    "regions": lambda: plots.regions(*XOR, {"a tree": DecisionTreeClassifier().fit(*XOR)}),
    "ten_models": lambda: plots.ten_models([COMPARED], STATED, "accuracy", "clip", "statistics"),
    "cost": lambda: plots.cost(COMPARED, "fit seconds", "clip", "flattened"),
    "nearness": lambda: plots.nearness(PAIRS, "a forest"),
    "mel_images": lambda: plots.mel_images(
        {f"{n}": np.full((84, 128), -n) for n in range(4)}, today.SETTINGS
    ),
    "differences": lambda: plots.differences(
        {"one": uncertainty.paired([0.8, 0.7], [0.7, 0.9])}, "points"
    ),
    "roc": lambda: plots.roc({"one": (np.array([0.9, 0.4]), np.array([0.5, 0.1]))}),
    "heat_over_bands": lambda: plots.heat_over_bands(
        np.full((84, 128), -30.0), np.eye(84, 128), today.SETTINGS, "a note"
    ),
    "sureness": lambda: plots.sureness(np.array([0.9, 0.4]), np.array([0.5, 0.1]), 0.45),
    "cutmix": lambda: plots.cutmix(IMAGE, np.array([9, 99, 2, 7]), {"Cello": 0.8, "Clarinet": 0.2}),
}

BACKGROUNDS = ("#ffffff", "#14181e", "#111111")  # the pages', light and dark; JupyterLab's dark
# What each kind of eye makes of linear sRGB (Machado, Oliveira and Fernandes, 2009).
EYES = {
    "common": np.eye(3),
    "no red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour):
    srgb = np.array(to_rgb(colour))
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(colour, eye):
    """CIELAB as the eye sees the colour; a difference of 2 is just noticed."""
    white = XYZ.sum(axis=1)
    share = XYZ @ np.clip(np.asarray(eye) @ linear(colour), 0, 1) / white
    x, y, z = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("hue", page.HUES)
def test_a_hue_stands_out_from_every_background(hue, background):
    dark, light = sorted(XYZ[1] @ linear(colour) for colour in (hue, background))
    assert (light + 0.05) / (dark + 0.05) >= 3  # what WCAG 2.2 asks of graphics, in 1.4.11


@pytest.mark.parametrize("eye", EYES)
def test_hues_differ_to_every_eye_and_lines_without_them(eye):
    for one, other in itertools.combinations(page.HUES, 2):
        assert np.linalg.norm(lab(one, EYES[eye]) - lab(other, EYES[eye])) > 20
    assert len(set(page.DASHES)) == len(page.HUES) == 5


def test_every_picture_is_tried():
    drawn = {name for name, thing in vars(plots).items() if hasattr(thing, "__wrapped__")}
    assert drawn == set(PICTURES)


def test_an_axis_is_of_one_kind_in_all_records_and_says_if_it_is_logarithmic():
    stages = results.every("real_time")  # span more than a decade on the bundled clips alone
    assert any("logarithmic" in plots.dots(record, "realtime") for record in stages)
    assert "logarithmic" not in plots.records(stages, "realtime")
    assert plots.records(results.every("export_speed"), "milliseconds").count("logarithmic") == 2


PICTURES_OF_ANY_HEIGHT = {"dots": lambda: plots.dots(CHANGES, "accuracy")}


@pytest.mark.parametrize("name", PICTURES | PICTURES_OF_ANY_HEIGHT)
def test_a_picture_is_whole_named_and_small(name):
    drawn = (PICTURES | PICTURES_OF_ANY_HEIGHT)[name]()
    svg = ElementTree.fromstring(drawn)[0]
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == drawn.alt == repr(drawn)
    assert len(drawn.alt) > 15
    assert len(drawn) < 60_000
    assert "<style" not in drawn
    assert page.INK not in drawn
    assert "currentColor" in drawn
    assert "#000000" not in drawn and "#ffffff" not in drawn


def test_pictures_are_composed_on_axes_of_ones_own():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    up_and_down = {"up": [0, 1], "down": [1, 0]}
    assert plots.lines([0, 1], up_and_down, "x", "level", "Two lines.", ax=left) is left
    assert plots.bands(IMAGE, "row", "an image", ax=right) is right
    assert len(left.lines) == 2 and left.get_ylabel() == "level"
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["up", "down"]
    assert len(right.images) == 1 and right.get_title(loc="left") == "an image"
    assert len(figure.axes) == 3  # the third is the bar of the image's colours
    assert not figure.legends


@pytest.mark.parametrize("name", ["curves", "mfcc", "grid_and_random", "nearness", "regions"])
def test_a_picture_of_several_panels_refuses_axes(name, monkeypatch):
    called = getattr(plots, name)
    monkeypatch.setattr(plots, name, functools.partial(called, ax=Figure().subplots()))
    with pytest.raises(InputError, match=f"{name} draws several panels"):
        PICTURES[name]()


def test_what_is_no_axes_is_refused_and_help_says_ax_in_place_of_the_figure():
    with pytest.raises(InputError, match="ax is 1; give one axes"):
        plots.matrix(np.eye(2), "products", ax=1)
    assert list(inspect.signature(plots.matrix).parameters) == ["products", "title", "ax"]
    searches = inspect.signature(plots.grid_and_random).parameters
    assert list(searches) == ["score", "ax", "searches"]


def test_a_box_shows_the_products_and_the_sum_that_numpy_gets():
    image = np.random.default_rng(0).normal(size=(9, 6))
    kernel = np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 1.0]])
    total = (image[4:7, 2:4] * kernel).sum()
    drawn = plots.sliding(image, kernel, 4, 2)
    assert f"add up to {total:.1f};" in drawn.alt
    assert f"= products, sum {total:.1f}" in drawn
    for product in (image[4:7, 2:4] * kernel).flat:
        assert f">{np.round(product, 1) + 0.0:g}<".replace("-", "\u2212") in drawn.replace(
            ">-", ">\u2212"
        )
    assert ">-0<" not in drawn


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("pooling", ["flatten", "statistics", "over time"])
def test_a_drawn_network_has_the_parameters_of_the_one_that_is_built(pooling, padding):
    design = cnn.Architecture(
        conv=(cnn.Conv(4, 3), cnn.Conv(6, 5)),
        dense=(cnn.Dense(7),),
        padding=padding,
        pooling=pooling,
    )
    scaler = features.Scaler((0.0,) * 13, (1.0,) * 13)
    built = cnn.build(design, 5, scaler)
    told = re.findall(r"after ([\d,]+) parameters", plots.layers(design, 5).alt)
    assert sum(int(n.replace(",", "")) for n in told) == sum(
        np.prod(weight.shape) for weight in built.trainable_weights
    )


def test_what_is_kept_apart_is_told_by_the_picture():
    by = {name: divide(CUTS, seed=0, folds=3) for name, divide in splits.PROTOCOLS.items()}
    of_chunk, of_clip, of_session = plots.kept_apart(CUTS, by, "Cello").alt.split(". ")[1:]
    assert " 0 clips" not in of_chunk and " 0 sessions" not in of_chunk
    assert " 0 clips" in of_clip and " 0 sessions" not in of_clip
    assert " 0 clips and 0 sessions" in of_session


def test_ticks_of_a_quiet_wave_are_not_cut():
    drawn = plots.waveform(0.006 * WAVES["Cello"], "quiet")
    ticks = [float(t.replace("\u2212", "-")) for t in re.findall(r">(\u2212?0\.00\d+)<", drawn)]
    assert len(set(ticks)) == len(ticks) >= 2


def test_time_is_that_of_the_frames_drawn_and_unknown_frames_are_counted():
    slow = features.mfcc(LONG[:44_100], hop_length=320)
    fast = features.Images(slow, features.Settings(hop_length=160))
    patch = np.array([9, 99, 2, 7])
    drawn = {
        "bands": lambda image: plots.bands(image, "row", "an image"),
        "mfcc": lambda image: plots.mfcc(image, "noise"),
        "heat": lambda image: plots.heat(image, features.made_like(image, abs(image)), "noise"),
        "cutmix": lambda image: plots.cutmix(image, patch, {"Cello": 1.0}),
    }
    for draw in drawn.values():
        assert last_tick(draw(slow)) == ("time (s)", 2.0)
        assert last_tick(draw(fast)) == ("time (s)", 1.0)
        label, last = last_tick(draw(np.asarray(slow)))
        assert label == "frame" and 100 <= last <= len(slow)
    heat = features.Images(np.zeros(slow.shape), slow.settings)
    heat[100, 3] = 1
    assert "hottest at 1.45 s in c3" in plots.heat(np.asarray(slow), heat, "noise").alt
    bare = np.asarray(slow), np.asarray(heat)
    assert "hottest at frame 100 in c3" in plots.heat(*bare, "noise").alt
    with pytest.raises(InputError, match="hop_length 320 and with hop_length 160"):
        plots.heat(fast, heat, "noise")
    with pytest.raises(InputError, match="3574 inputs does not see each place of images of 275 x"):
        plots.weights_left(np.eye(3574, 5), features.Settings())


def last_tick(drawn):
    """The label of the time axis, and the number at its last tick."""
    label = next(label for label in ("time (s)", "frame") if f">{label}</text>" in drawn)
    before = drawn[: drawn.index(f">{label}</text>")]
    ticks = re.findall(r'id="xtick_\d+"(?:(?!id="[xy]tick_).)*?>([\d.]+)</text>', before, re.DOTALL)
    return label, float(ticks[-1])


def test_long_clips_and_more_than_five_classes_are_drawn():
    many = {f"class {i}": np.arange(13.0) * i for i in range(7)}
    assert all(label in plots.averages(many).alt for label in many)
    one = CLIPS[CLIPS.label == "Cello"].assign(seconds=[40.0, 90.0])
    one["label"] = one.label.cat.remove_unused_categories()
    assert "cello median 65.0 s" in plots.durations(one, limit=2.0).alt


def test_models_are_compared_on_the_inputs_asked_for_and_networks_on_the_image():
    drawn = plots.ten_models([COMPARED], STATED, "accuracy", "clip", "flattened").alt
    assert "on 4 clips of toy CNN + CutMix 0.70, CNN + CutMix + Pruning 0.80, SVM 0.50" in drawn
    assert "in the slides CNN + CutMix 0.86, CNN + CutMix + Pruning 0.83, SVM 0.71" in drawn
    unstated = plots.ten_models([COMPARED], STATED, "clip_accuracy", "clip", "statistics").alt
    assert "SVM 0.60" in unstated and "slides" not in unstated
    assert "Pruning" not in plots.cost(COMPARED, "fit seconds", "clip", "statistics").alt


def test_what_the_slides_say_stands_beside_what_was_run_and_what_was_not():
    measured = plots.of_records([CHANGES], "step")
    assert measured == {"theirs": [0.9, 0.7], "ours": [0.6]}
    assert plots.of_records([CHANGES], "step", step="ours") == {"ours": [0.6]}
    assert plots.of_records([LADDER], "layers", "nonzero", layers="none")["none"][0] > 1e6
    slides = {"theirs": 0.86, "ours": 0.8, "no_run": 0.7}
    drawn = plots.beside(pd.Series(slides), {"by chunk": measured})
    assert drawn.alt.endswith("by chunk: theirs 0.80, ours 0.60.")
    assert all(f">{name}<" in drawn for name in slides)
    rows = [
        line.split() for line in plots.accounts(slides, {"runs": measured}, "x").alt.split("\n")
    ]
    assert rows[2:] == [
        ["theirs", "0.86", "0.80", "±", "0.14"],
        ["ours", "0.80", "0.60"],
        ["no", "run", "0.70", "not", "run"],
    ]
    assert "theirs 0.800, ours 0.600" in plots.dots(CHANGES, "accuracy").alt


def test_the_share_of_each_class_comes_from_its_row():
    shares = plots.right_of_each([CHANGES], ("Cello", "Clarinet"), step="theirs")
    assert shares == {"Cello": [0.75, 0.75], "Clarinet": [0.5, 0.5]}


def test_trials_side_by_side_are_told_and_open_on_the_best_tenth():
    drawn = plots.parallel(SIDE_BY_SIDE, ["units", "learning_rate"], "20 trials & more")
    assert drawn.alt == (
        "20 trials & more. 2 of 20 trials: units 16 to 32, learning rate .07 to .1, "
        "score .75 to .81."
    )
    assert "<style" not in drawn and page.INK not in drawn
    lines = re.findall(r'<path d="[^"]*" data-at="([^"]*)" stroke="([^"]*)"', drawn)
    assert len(lines) == 20
    held = [at for at, stroke in lines if stroke != "currentColor"]
    assert sorted(float(at.split()[-1]) for at in held) == [pytest.approx(0.92, abs=0.01), 1]


def test_trials_that_are_all_alike_are_drawn():
    same = SIDE_BY_SIDE.assign(units=8, score=0.5)
    assert "20 of 20 trials: units 8, learning rate .0001 to .1, score .5." in str(
        plots.parallel(same, ["units", "learning_rate"], "Alike").alt
    )


def test_the_rates_of_a_surface_are_numbers():
    drawn = plots.surface(RATES, [0.001, 0.01, 0.1], [0.4, 0.7, 0.2])
    assert "mathdefault" not in drawn
    assert all(f">{rate}</text>" in drawn for rate in ("0.0001", "0.003", "0.1"))


def test_a_network_that_lived_longer_is_told_apart():
    assert plots.lives(LIVED, ["units"]).alt == (
        "2 networks: 1 ended after 1 epoch, the best with 0.20; 1 after 3, the best with 0.70."
    )


def test_alternative_text_is_escaped():
    drawn = plots.lines([0, 1], {"a": [0, 1]}, "x", "y", 'less < "more"')
    assert ElementTree.fromstring(drawn)[0].get("aria-label") == 'less < "more"'


def test_a_player_is_named():
    drawn = plots.players({"one & two": LONG, "three": LONG})
    players = ElementTree.fromstring(drawn.replace(" controls", ""))
    assert [p[0].text for p in players] == ["one & two", "three"]
    assert [p[1].get("aria-label") for p in players] == ["one & two", "three"]
    assert all(p[1].get("src").startswith("data:audio/mpeg;base64,") for p in players)


def test_the_road_map_leads_to_chapters(monkeypatch):
    live = plots.road_map(here="dataset")
    assert 'href="sound.ipynb"' in live
    assert live.alt.count("you are here") == 1
    monkeypatch.setenv("BOOK_PRERENDER", "1")
    assert 'href="mfcc.html"' in plots.road_map()


def test_in_colab_pictures_lead_to_the_published_pages(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    for drawn in (plots.road_map(), plots.experiments()):
        links = set(re.findall(r'href="([^"]*)"', drawn))
        assert links and all(link.startswith(f"{page.PUBLISHED}/") for link in links)
    assert f"{page.PUBLISHED}/comparison.html" in links


def test_a_figure_and_its_spread_stay_on_one_line():
    drawn = plots.table(pd.DataFrame({"score": ["0.80 ± 0.14"]}), "Mean ± spread")
    assert "<td>0.80\u00a0±\u00a00.14</td>" in drawn
    assert ">Mean ± spread</caption>" in drawn and "0.80 ± 0.14" in drawn.alt


def test_records_are_dots_with_their_tables_and_sources_in_one_fold():
    found = results.every("difficulty")
    drawn = plots.records(found)
    before, fold = drawn.split("<details>")
    assert before.count("<svg") == fold.count("<table") == len(found) > 1
    for record in found:
        assert f">{results.source(record)}</caption>" in drawn
        assert f">{results.title(record)}</text>" in drawn
    assert drawn.count("<tr") == sum(1 + len(record["results"]) for record in found)


def test_each_run_is_a_dot_and_runs_of_one_fold_are_joined():
    record = results.load("difficulty", "demo")
    svg = ElementTree.fromstring(plots.dots(record, "accuracy of chunks"))[0]
    shapes = [sorted(use.tag for use in group.iter() if use.tag.endswith("use")) for group in svg]
    assert sum(map(len, shapes)) >= len(record["runs"])
    folds = {str(run["repeated"]) for run in record["runs"]}
    conditions = len(record["results"])
    joined = [
        path.get("d").count("L")
        for path in svg.iter("{http://www.w3.org/2000/svg}path")
        if path.get("style") and "stroke-width: 0.7" in path.get("style")
    ]
    assert joined == [conditions - 1] * len(folds)


def test_a_labelled_record_says_what_a_dot_a_line_and_a_bar_are():
    record, name = results.load("difficulty", "demo"), "accuracy of chunks"
    drawn = plots.reading(record, name)
    labels = ("a dot: one run", "a line: runs on the same clips", "a bar: the mean of the row")
    assert all(f">{label}</text>" in drawn for label in labels)
    assert drawn.alt.endswith(
        plots.dots(results.load("difficulty", "demo"), "accuracy of chunks").alt
    )


def test_a_share_has_a_plain_axis_and_little_more_than_a_decade_has_marks_in_between():
    hiss = "faint hiss called a guitar"  # spans decades on the bundled clips
    assert "logarithmic" not in plots.dots(results.load("near_silence", "demo"), hiss)
    spent = told(plots.dots(results.load("ablation", "demo"), "fit seconds"))
    assert "logarithmic" in spent
    assert {"2", "5", "10", "20"} <= {*spent}


def test_numbers_along_neighbouring_axes_do_not_run_together():
    figure = Figure(figsize=(3, 1), layout="constrained")
    for axes in figure.subplots(1, 3):
        axes.set(xlim=(0, 1), xticks=[0, 0.0001, 0.5, 1])
        axes.xaxis.set_major_formatter("{x:.4f}")
    page._lay_out(figure)
    ticks = [tick for axes in figure.axes for tick in axes.xaxis.get_major_ticks()]
    boxes = [t.label1.get_window_extent() for t in ticks if t.label1.get_visible()]
    boxes.sort(key=lambda box: box.x0)
    assert len(boxes) > 2
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))


def test_a_picture_is_laid_out_once_and_drawn_once(monkeypatch):
    done = []
    for kind, name in ((ConstrainedLayoutEngine, "execute"), (Figure, "draw")):
        whole = getattr(kind, name)

        def counted(self, *arguments, whole=whole, name=name):
            done.append(name)
            return whole(self, *arguments)

        monkeypatch.setattr(kind, name, counted)
    plots.dots(results.load("ablation", "demo"), "fit seconds")
    assert done == ["execute", "draw"]


def test_marks_of_a_logarithmic_axis_are_numbers():
    drawn = plots.dots(results.load("ablation", "demo"), "fit seconds")
    assert ">10</text>" in drawn and "mathdefault" not in drawn


def test_a_share_is_marked_as_one_and_large_numbers_by_thousands_and_millions():
    shares = plots.dots(results.load("learning_rates", "demo"), "share of its commonest answer")
    assert not re.search(r">\d+m</text>", shares)
    large = plots.dots(results.load("export_speed", "demo"), "bytes")
    assert re.search(r">\d+M</text>", large)


def test_an_interval_that_holds_0_is_told_from_one_that_does_not():
    drawn = plots.verdicts({"alike": [4, 5, 6], "apart": [5, 2, 8], "lost": [-4, -5, -6]})
    assert re.findall(r">(ahead|behind|not shown)</text>", drawn) == [
        "ahead",
        "not shown",
        "behind",
    ]
    assert "apart 5, 2, 8 from -2.5 to 12.5, not shown" in drawn.alt


def test_the_usual_scores_of_a_picture_give_the_interval_of_the_helper():
    low, high, _ = uncertainty.interval(np.array([1] * 7 + [0] * 3), np.arange(10))
    assert f"from {low:.2f} to {high:.2f}." in plots.usual_scores(0.7, 10).alt


def test_what_is_no_number_of_a_record_is_named():
    with pytest.raises(InputError, match="no number 'acuracy', only accuracy of chunks"):
        plots.records(results.every("difficulty"), "acuracy")


def test_pieces_stand_two_abreast_only_where_each_is_as_wide_as_on_a_phone(browser):
    drawn = plots.row(*(plots.Html(f"<p>{k}</p>", str(k)) for k in range(3)))
    shown = browser.new_page(viewport={"width": 700, "height": 500})
    shown.set_content(f"<body style='margin:0'>{drawn}</body>")
    tops = "Array.from(document.querySelectorAll('p'), p => p.getBoundingClientRect().top)"
    first, second, third = shown.evaluate(tops)
    assert first == second < third
    shown.set_viewport_size({"width": 390, "height": 500})
    first, second, third = shown.evaluate(tops)
    assert first < second < third
    shown.close()


def test_where_nothing_is_recorded_it_says_so():
    assert plots.records([]).alt == "Not run yet."


def test_a_table_has_a_heading_for_each_column_and_no_other():
    made = pd.DataFrame({"kind": ["a", "a"], "part": ["x", "y"], "score": [1, 2]})
    drawn = plots.table(made.pivot(index="kind", columns="part", values="score").reset_index(), "")
    assert re.findall("<th>(.*?)</th>", drawn) == ["kind", "x", "y"]


def test_every_record_is_in_the_catalogue_and_in_the_fold_of_its_experiment(monkeypatch):
    found = results.recorded()
    assert plots.catalogue().count("<tr") == 1 + len(found)
    drawn = plots.experiments()
    assert drawn.count("<details>") == len({record["experiment"] for record in found})
    for record in found:
        assert f">{results.source(record)}</caption>" in drawn
        assert record["provenance"]["command"] in drawn and record["provenance"]["commit"] in drawn
    assert '<a href="comparison.ipynb">comparison</a>' in drawn
    assert f'<a href="{page.PUBLISHED}/data-card.html">data card</a>' in drawn
    monkeypatch.setenv("BOOK_PRERENDER", "1")
    assert '<a href="data-card.html">data card</a>' in plots.experiments()


def told(drawn: plots.Html) -> list[str]:
    """The texts in a picture."""
    svg = ElementTree.fromstring(drawn)[0]
    return [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", ["a_$.wav", "$\\frac{$", "a^$b_$c", "5 $", "{x} % <&> 'é' \\n"])
def test_what_data_are_called_is_text_and_never_mathematics(name):
    clips = CLIPS.assign(label=CLIPS.label.cat.rename_categories({"Cello": name}))
    drawn = [
        plots.lines([0, 1], {name: [0, 1], name * 2: [1, 0]}, name, name, name),
        plots.durations(clips, 2.0),
        plots.chunk_in_clip(LONG, 0.5, name),
        plots.matrix(np.eye(2), name),
    ]
    for picture in drawn:
        texts = told(picture)
        assert plots.words(name) in texts or name in texts


def test_a_power_of_ten_is_written_out():
    texts = told(plots.cost(COMPARED, "fit seconds", "clip", "flattened"))
    assert not [text for text in texts if "$" in text or "math" in text]
    assert {"1", "10"} <= set(texts)

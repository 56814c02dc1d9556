"""Pictures of pruning: the weights, what is left of them, and what that costs (chapter pruning)."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers import chunks, features, results
from helpers.errors import InputError
from helpers.plots.page import HUES, INK, looks, picture, words

NAMES = {"large": "dense1", "all": "all kernels"}
"""What is pruned in the paper's network, by `pruning.LAYERS`."""


@picture(2.4)
def weights(figure, groups: Mapping[str, np.ndarray]) -> str:
    """Histograms of groups of weights, each in shares of its own group.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.weights({"dense1": np.linspace(-1, 1, 101)})
    How many weights have which size. dense1: 101 weights, half of them within 0.5000 of 0.
    """
    axes = figure.subplots()
    reach = max(np.quantile(np.abs(group), 0.999) for group in groups.values())
    edges = np.linspace(-reach, reach, 81)
    middle = (edges[1:] + edges[:-1]) / 2
    told = []
    for (label, group), hue, dash in zip(groups.items(), *looks(), strict=False):
        counts, _ = np.histogram(group, edges)
        axes.plot(middle, 100 * counts / group.size, color=hue, ls=dash, label=label)
        half = np.median(np.abs(group))
        told.append(f"{label}: {group.size:,} weights, half of them within {half:.4f} of 0")
    axes.set(xlabel="weight", ylabel="% in a bin", xlim=(-reach, reach), ylim=(0, None))
    axes.locator_params(axis="x", nbins=5)
    figure.legend(loc="outside upper center", ncols=2)
    return f"How many weights have which size. {'; '.join(told)}."


@picture(2.9)
def weights_left(figure, kernel: np.ndarray, settings: features.Settings) -> str:
    """The share of weights that are not zero, of the first dense layer's kernel (inputs, units).

    Above at each place of the MFCC image of 2 s, made with `settings`, over all maps and units;
    below in each unit, the fullest first. InputError for the kernel of a layer that does not see
    each place of such images.

    >>> import numpy as np
    >>> from helpers import features, plots
    >>> kernel = np.arange(275 * 13 * 4).reshape(-1, 4) % 2
    >>> plots.weights_left(kernel, features.Settings())
    What is left of a layer: 50.0 % of its weights. Of each place of the image 50.0 to 50.0 %;
    of each unit 0.0 to 100.0 %, and 2 of 4 units keep under half a percent.
    """
    image, bars = figure.subplots(2, 1)
    frames, n = settings.shape(chunks.SAMPLES)
    if len(kernel) % (frames * n):
        raise InputError(
            f"a layer of {len(kernel)} inputs does not see each place of images of {frames} x {n}"
        )
    left = kernel != 0
    at_place = 100 * left.reshape(frames, n, -1).mean(axis=2)
    of_unit = np.sort(100 * left.mean(axis=0))[::-1]
    extent = (0, settings.seconds(frames), -0.5, n - 0.5)
    shown = image.imshow(at_place.T, extent=extent, vmin=0)
    figure.colorbar(shown, ax=image, label="% left")
    image.set(xlabel="time (s)", ylabel="coefficient")
    bars.bar(range(1, len(of_unit) + 1), of_unit, width=0.8, color=HUES[0])
    bars.set(xlabel="unit, the fullest first", ylabel="% left", xlim=(0, len(of_unit) + 1))
    return (
        f"What is left of a layer: {100 * left.mean():.1f} % of its weights. Of each place of the "
        f"image {at_place.min():.1f} to {at_place.max():.1f} %; of each unit {of_unit[-1]:.1f} to "
        f"{of_unit[0]:.1f} %, and {(of_unit < 0.5).sum()} of {len(of_unit)} units keep under half "
        "a percent."
    )


@picture(3.0)
def ladder(figure, record: dict) -> str:
    """Accuracy by clip of the record `ladder` over sparsity, in pairs: over that of the control.

    The control is the network that was trained on without pruning. A small mark is a fold, a large
    one the mean of the folds.

    >>> from helpers import plots, results
    >>> plots.ladder(results.load("ladder", "demo")).alt[:30]
    'Accuracy by clip over sparsity'
    """
    axes = figure.subplots()
    rows = [result["compared"] for result in record["results"] if result["compared"]["epochs"]]
    control = next(row for row in rows if row["layers"] == "none")
    axes.axhline(0, color=INK, linewidth=1, linestyle="--", label="not pruned")
    told = []
    for layers, hue, mark, aside in zip(NAMES, HUES, ("o", "s"), (-0.003, 0.003), strict=False):
        of = [row for row in rows if row["layers"] == layers]
        over = [results.paired(record, "clip_accuracy", row, control) for row in of]
        sparsity = np.array([row["sparsity"] for row in of]) + aside
        folds = 100 * np.array([pairs.differences for pairs in over])
        axes.plot(sparsity, folds, mark, color=hue, ms=3, alpha=0.6)
        label = f"{NAMES[layers]} pruned"
        axes.plot(sparsity, folds.mean(axis=1), mark + "-", color=hue, ms=7, label=label)
        points = (
            f"{100 * pairs.mean:.0f} at {row['sparsity']:g} ({pairs.verdict})"
            for row, pairs in zip(of, over, strict=True)
        )
        told.append(f"{label} {', '.join(points)}")
    axes.set(xlabel="sparsity", ylabel="points over the control")
    axes.set_title(results.title(record))
    figure.legend(loc="outside upper center", ncols=2)
    return (
        f"Accuracy by clip over sparsity on {results.title(record)}, in points over the network "
        f"that was not pruned, mean of the folds, and whether it is shown: {'; '.join(told)}."
    )


@picture(3.0)
def recalls(figure, record: dict, classes: Sequence[str], layers: str) -> str:
    """Recall of each class over sparsity, from the record `ladder`, beginning with the control.

    `layers` says what was pruned, see `pruning.LAYERS`.

    >>> from helpers import dataset, plots, results
    >>> plots.recalls(results.load("ladder", "demo"), dataset.CLASSES, "all").alt[:41]
    'Recall of each class over the sparsity of'
    """
    axes = figure.subplots()
    rows = [
        (result["compared"]["sparsity"], result["figures"]["recall of each class"]["mean"])
        for result in record["results"]
        if result["compared"]["layers"] in ("none", layers) and result["compared"]["epochs"]
    ]
    sparsity = [of for of, _ in rows]
    found = np.array([recall for _, recall in rows])
    told = []
    for label, recall, hue, dash in zip(classes, found.T, *looks(), strict=False):
        axes.plot(sparsity, recall, color=hue, ls=dash, marker=".", label=words(label))
        told.append(f"{words(label)} {recall[0]:.2f}, at the end {recall[-1]:.2f}")
    axes.set(xlabel=f"sparsity of {NAMES[layers]}", ylabel="recall", ylim=(0, 1.02))
    axes.set_title(results.title(record))
    figure.legend(loc="outside upper center", ncols=3)
    return (
        f"Recall of each class over the sparsity of {NAMES[layers]}, up to {sparsity[-1]:g}: "
        f"{'; '.join(told)}."
    )

"""Pictures of the network, its training and its scores, and of CutMix (chapters cnn and cutmix)."""

from collections.abc import Mapping, Sequence

import matplotlib.patches
import numpy as np
from matplotlib.patheffects import withStroke

from helpers import chunks, cnn, metrics
from helpers.plots import axis
from helpers.plots.features import Scale, scale_of
from helpers.plots.page import HUES, INK, looks, picture, words
from helpers.plots.page import hue as hue_of


def _look(axes, image: np.ndarray, title: str) -> None:
    """An image of (frames, rows) in a small panel, time from left to right."""
    axes.imshow(np.asarray(image).T)
    axes.set_title(title, fontsize=9)
    axes.set(xticks=[], yticks=[])


@picture(2.1)
def layers(figure, architecture: cnn.Architecture, n_classes: int) -> str:
    """What a network makes of an image, layer by layer: boxes with their shapes, and the trained
    parameters between them.

    >>> from helpers import cnn, plots
    >>> small = cnn.Architecture(conv=(cnn.Conv(8, 3),), dense=(cnn.Dense(16),))
    >>> plots.layers(small, 5).alt.split("; ")[1]
    '8 maps 275 x 13 after 80 parameters'
    """
    (frames, rows), depth = cnn.SHAPE, 1
    boxes = [("image", f"{frames} x {rows}", 0, 2.6, 0.21)]
    for conv in architecture.conv:
        trained = conv.filters * (conv.kernel**2 * depth + 1)
        if architecture.padding == "valid":
            frames, rows = frames - conv.kernel + 1, rows - conv.kernel + 1
        depth = conv.filters
        boxes.append(
            (f"{depth} maps", f"{frames} x {rows}", trained, 2.6, min(0.62, 0.2 + 0.012 * depth))
        )
    inputs, names = {
        "flatten": (frames * rows * depth, "in a row"),
        "statistics": (2 * depth, "mean, spread"),
        "over time": (2 * rows * depth, "mean, spread"),
    }[architecture.pooling]
    boxes.append((names, f"{inputs:,}", 0, 2.2, 0.2))
    for units in (*(dense.units for dense in architecture.dense), n_classes):
        boxes.append(("units", f"{units}", units * (inputs + 1), 0.4 + 0.018 * min(units, 80), 0.2))
        inputs = units
    boxes[-1] = ("answers", *boxes[-1][1:])
    axes = figure.subplots()
    axes.set(xlim=(-0.6, len(boxes) - 0.4), ylim=(-2.6, 2.1))
    axes.set_axis_off()
    for place, (name, shape, trained, high, wide) in enumerate(boxes):
        hue = HUES[0] if "maps" in name or name == "image" else HUES[2]
        corner = (place - wide / 2, -high / 2)
        axes.add_patch(matplotlib.patches.Rectangle(corner, wide, high, fc=hue, alpha=0.75))
        turned = {"ha": "center", "va": "top", "fontsize": 8}
        axes.text(place, -1.45 - 0.55 * (place % 2), f"{name}\n{shape}", **turned)
        if trained:
            axes.text(place - 0.5, 1.5, f"{trained:,}", ha="center", fontsize=8, color=HUES[1])
        if place:
            to = {"arrowstyle": "->", "color": INK, "lw": 0.8}
            begin, end = place - 1 + boxes[place - 1][-1] / 2, place - wide / 2
            axes.annotate("", (end - 0.05, 0), (begin + 0.05, 0), arrowprops=to)
    told = [
        f"{name} {shape}" + f" after {trained:,} parameters" * bool(trained)
        for name, shape, trained, *_ in boxes
    ]
    return f"The network from left to right: {'; '.join(told)}."


@picture(2.9)
def feature_maps(figure, before: np.ndarray, maps: np.ndarray, layer: str) -> str:
    """A scaled MFCC image (frames, coefficients) above the first maps (frames, rows, filters).

    >>> import numpy as np
    >>> from helpers import plots
    >>> image = np.arange(20.0).reshape(5, 4)
    >>> plots.feature_maps(image, np.stack([image, 0 * image], axis=-1), "conv1")
    The image and what the 2 liveliest of 2 filters of conv1 make of it; 1 filters answer with
    zero everywhere.
    """
    grid = figure.subplots(3, 2)
    _look(grid[0, 0], before, "the image, scaled")
    chosen = np.argsort(-maps.std(axis=(0, 1)))[:5]
    for axes, k in zip(grid.flat[1:], chosen, strict=False):
        _look(axes, maps[:, :, k], f"filter {k}")
    for axes in grid.flat[1 + len(chosen) :]:
        axes.set_axis_off()
    silent = (maps.max(axis=(0, 1)) == 0).sum()
    return (
        f"The image and what the {len(chosen)} liveliest of {maps.shape[2]} filters of {layer} "
        f"make of it; {silent} filters answer with zero everywhere."
    )


@picture(2.2)
def curves(figure, history: Mapping[str, Sequence[float]], title: str = "") -> str:
    """Loss and accuracy of the training and the validation part after each epoch.

    >>> from helpers import plots
    >>> history = {"loss": [1.6, 0.9], "val_loss": [1.5, 1.1]}
    >>> history |= {"accuracy": [0.2, 0.75], "val_accuracy": [0.25, 0.5]}
    >>> plots.curves(history)
    Curves over the epochs. loss after epoch 2: training 0.90, validation 1.10; accuracy after
    epoch 2: training 0.75, validation 0.50.
    """
    panels = figure.subplots(1, 2)
    told = []
    for axes, name in zip(panels, ("loss", "accuracy"), strict=True):
        epochs = np.arange(1, len(history[name]) + 1)
        for key, part, hue, dash in zip(
            (name, f"val_{name}"), ("training", "validation"), *looks(), strict=False
        ):
            axes.plot(epochs, history[key], color=hue, ls=dash, marker=".", label=part)
        axes.set(
            title=",\n".join(filter(None, (name, title))),
            xlabel="epoch",
            xlim=(0.5, max(len(epochs), 2) + 0.5),
        )
        axes.xaxis.get_major_locator().set_params(integer=True)
        told.append(
            f"{name} after epoch {len(epochs)}: training {history[name][-1]:.2f}, "
            f"validation {history[f'val_{name}'][-1]:.2f}"
        )
    panels[1].set_ylim(0, 1.02)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return f"Curves over the epochs{title and f', {title}'}. {'; '.join(told)}."


@picture(3.7)
def confusion(
    figure, matrix: np.ndarray, classes: Sequence[str], title: str = "Confusion matrix"
) -> str:
    """A confusion matrix (K, K), rows the true class, each row as shares of its sum.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.confusion(np.array([[3, 1], [0, 2]]), ["Cello", "Clarinet"])
    Confusion matrix, shares of each row: cello is taken for cello 0.75, clarinet 0.25; clarinet
    is taken for clarinet 1.00.
    """
    axes = figure.subplots()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, vmin=0, vmax=1, origin="upper", aspect="equal")
    for row, column in np.ndindex(*shares.shape):
        share = shares[row, column]
        ink = "#101010" if share > 0.6 else "#f4f4f4"  # the colours behind are the same everywhere
        text = f"{share:.2f}"
        axes.text(column, row, text, ha="center", va="center", color=ink)
    names = [words(label) for label in classes]
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="the classifier says", ylabel="it is", title=title)
    told = []
    for label, row in zip(classes, shares, strict=True):
        parts = [f"{words(classes[j])} {row[j]:.2f}" for j in np.argsort(-row)[:3] if row[j] > 0]
        told.append(f"{words(label)} is taken for {', '.join(parts)}")
    return f"{title}, shares of each row: {'; '.join(told)}."


@picture(2.5)
def reliability(figure, probabilities: np.ndarray, labels: np.ndarray) -> str:
    """Accuracy of predictions against their confidence, in tenths; on the line they agree.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.reliability(np.array([[0.95, 0.05], [0.35, 0.65]]), labels=np.array([0, 0]))
    Share of right answers by confidence, the line where both agree: 0.6 to 0.7: 0.00 of 1; 0.9
    to 1.0: 1.00 of 1.
    """
    axes = figure.subplots()
    table = metrics.calibration(probabilities, labels)
    axes.bar(table.low + 0.05, table.right, width=0.09, color=HUES[0])
    told = [f"{r.low:.1f} to {r.low + 0.1:.1f}: {r.right:.2f} of {r.n}" for r in table.itertuples()]
    axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle="--")
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    return f"Share of right answers by confidence, the line where both agree: {'; '.join(told)}."


@picture(2.7)
def timeline(figure, verdict) -> str:
    """The probabilities of a recording's windows over time; see `classify.recording`.

    >>> from helpers import classify, dataset, plots
    >>> heard = classify.recording(dataset.data_folder() / "demo" / "notes" / "Cello.ogg")
    >>> plots.timeline(heard).alt.split(" cello")[0]
    'Probabilities over 2.5 s: 0 to 2.5 s'
    """
    axes = figure.subplots()
    middle = verdict.start + chunks.SECONDS / 2
    lines = np.where(verdict.silent[:, None], np.nan, verdict.probabilities)
    for label, line, hue, dash in zip(verdict.classes, lines.T, *looks(), strict=False):
        axes.plot(middle, line, color=hue, ls=dash, marker=".", label=words(label))
    end = max(verdict.seconds, chunks.SECONDS)
    axes.set(xlabel="time (s)", ylabel="probability", xlim=(0, end), ylim=(-0.02, 1.02))
    figure.legend(loc="outside upper center", ncols=2)
    said = words(verdict.verdict) if verdict.verdict else f"none of these ({verdict.reason})"
    axes.set_title(f"verdict: {said}")
    told = [
        f"{round(begin, 1):g} to {round(end, 1):g} s "
        + (f"{words(name)} {probability:.2f}" if name else "silent")
        for begin, end, name, probability in verdict.timeline()
    ]
    return f"Probabilities over {verdict.seconds:.1f} s: {', '.join(told)}. Verdict: {said}."


@picture(3.0)
def cutmix(
    figure,
    image: np.ndarray,
    patch: np.ndarray,
    weights: Mapping[str, float],
    scale: Scale | None = None,
) -> str:
    """A mixed MFCC image, its patch framed, above the bar of its label; c0 is left out.

    `scale` is that of the images that it is compared with, see `scale_of`.

    >>> import numpy as np
    >>> from helpers import plots
    >>> image, patch = np.zeros((275, 13)), np.array([0, 55, 0, 13])
    >>> plots.cutmix(image, patch, {"cello": 0.8, "flute": 0.2})
    An MFCC image with a pasted patch over frames 0 to 55 and coefficients 0 to 13. Label: 0.80
    cello and 0.20 flute.
    """
    end, xlabel = axis.of_frames(image)
    image = np.asarray(image)
    top, bottom, left, right = (int(side) for side in patch)
    picture, label = figure.subplots(2, 1, height_ratios=[4, 1])
    frames, n = image.shape
    _, (least, most) = scale or scale_of(image)
    drawn = picture.imshow(image[:, 1:].T, extent=(0, end, 0.5, n - 0.5), vmin=least, vmax=most)
    figure.colorbar(drawn, ax=picture, pad=0.01)
    low = max(left, 1)
    if bottom > top and right > low:
        box = matplotlib.patches.Rectangle(
            (top / frames * end, low - 0.5),
            (bottom - top) / frames * end,
            right - low,
            fill=False,
            edgecolor="#f4f4f4",
            linewidth=2.5,
        )
        box.set_path_effects([withStroke(linewidth=4.5, foreground="#101010")])
        picture.add_patch(box)
    picture.set(xlabel=xlabel, ylabel="coefficient")
    reached = 0.0
    told = []
    for name, weight in weights.items():
        label.barh(0, weight, left=reached, color=hue_of(name), label=f"{name} {weight:.2f}")
        reached += weight
        told.append(f"{weight:.2f} {name}")
    label.set(xlim=(0, 1), yticks=[], xlabel="label")
    figure.legend(loc="outside upper center", ncols=2)
    return (
        f"An MFCC image with a pasted patch over frames {top} to {bottom} and coefficients {left} "
        f"to {right}. Label: {' and '.join(told)}."
    )

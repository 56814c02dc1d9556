"""Pictures of models side by side (chapter comparison)."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap

from helpers import results
from helpers.plots.ledger import of_records
from helpers.plots.page import HUES, INK, joined, picture, words


@picture(1.6)
def regions(figure, points: np.ndarray, labels: np.ndarray, models: Mapping) -> str:
    """Points (N, 2) of classes 0 and 1, and what each fitted model says of all places around.

    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from helpers import plots
    >>> points, labels = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]), np.array([0, 1, 1, 0])
    >>> plots.regions(points, labels, {"a tree": DecisionTreeClassifier().fit(points, labels)})
    Points of two classes, dots and crosses, with what each model says of the places around
    them. Shares of the points that are right: a tree 1.00.
    """
    panels = figure.subplots(1, len(models), sharex=True, sharey=True, squeeze=False)[0]
    reach = 1.1 * np.abs(points).max()
    side = np.linspace(-reach, reach, 60)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    told = []
    for axes, (name, model) in zip(panels, models.items(), strict=True):
        says = model.predict(plane).reshape(60, 60)
        extent = (-reach, reach, -reach, reach)
        colours = ListedColormap(HUES[:2])
        axes.imshow(says, extent=extent, cmap=colours, vmin=0, vmax=1, alpha=0.35, aspect="equal")
        for kind, marker in enumerate("ox"):
            axes.scatter(*points[labels == kind].T, s=12, color=HUES[kind], marker=marker)
        axes.set_title(name, fontsize=9)
        axes.set(xticks=[], yticks=[])
        told.append(f"{name} {(model.predict(points) == labels).mean():.2f}")
    return (
        "Points of two classes, dots and crosses, with what each model says of the places around "
        f"them. Shares of the points that are right: {', '.join(told)}."
    )


@picture(3.6)
def ten_models(
    figure,
    found: Sequence[dict],
    slides: pd.DataFrame,
    metric: str,
    protocol: str,
    inputs: str,
) -> str:
    """A metric of all models in records of `comparison`, beside the slides' where they give it.

    A dot is a run, those of one fold are joined. `slides` has a row a model, from top to bottom,
    and a column a metric; models that the slides have not follow below. `inputs` are those of the
    classical models.

    >>> import pandas as pd
    >>> from helpers import plots, results
    >>> stated = pd.DataFrame({"accuracy": [0.71]}, ["SVM"])
    >>> records = [results.load("comparison", "demo")]
    >>> drawn = plots.ten_models(records, stated, "accuracy", "clip", "statistics")
    >>> drawn.alt.split(":")[0], drawn.alt.split(";")[-1]
    ('accuracy, split by clip', ' in the slides SVM 0.71.')
    """
    panels = figure.subplots(1, len(found), sharey=True, squeeze=False)[0]
    every = [_runs(record, metric, protocol, inputs) for record in found]
    named = itertools.chain(*([run["compared"]["model"] for run in runs] for runs in every))
    models = list(dict.fromkeys([*slides.index, *named]))
    place = -np.arange(len(models))
    told = []
    for axes, record, runs in zip(panels, found, every, strict=True):
        rows = [-models.index(run["compared"]["model"]) for run in runs]
        joined(axes, runs, rows, metric, color=HUES[0], lw=0.3)
        means = _means(runs, metric)
        rows = [-models.index(model) for model in means]
        axes.plot(list(means.values()), rows, "|", color=INK, ms=12, label="mean of the runs")
        _rule(axes, place)
        axes.set_title(results.title(record))
        axes.set(xlim=(0.15, 1.05), xlabel=metric.replace("_", " "))
        axes.set_xticks([0.2, 0.6, 1.0])
        each = (f"{model} {means[model]:.2f}" for model in models if model in means)
        told.append(f"on {results.title(record)} {', '.join(each)}")
    if metric in slides:
        for axes in panels:
            axes.plot(
                slides[metric],
                place[: len(slides)],
                "D",
                ms=5,
                color=HUES[1],
                mfc="none",
                label="the slides",
            )
        stated = (f"{model} {value:.2f}" for model, value in slides[metric].items())
        told.append(f"in the slides {', '.join(stated)}")
    panels[0].set_yticks(place, models)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return f"{metric.replace('_', ' ')}, split by {protocol}: {'; '.join(told)}."


@picture(3.4)
def cost(figure, record: dict, spent: str, protocol: str, inputs: str) -> str:
    """A cost ("fit seconds", ...) of the models in a record of `comparison`, beside accuracy.

    >>> from helpers import plots, results
    >>> record = results.load("comparison", "demo")
    >>> plots.cost(record, "fit seconds", "clip", "statistics").alt.split(".")[0]
    'fit seconds of models, the cheapest first, split by clip'
    """
    runs = _runs(record, spent, protocol, inputs)
    rows = pd.DataFrame(
        {spent: _means(runs, spent), "accuracy of clips": _means(runs, "clip_accuracy")}
    )
    rows = rows.sort_values(spent)
    left, _ = _beside(figure, rows, results.title(record))
    decades = np.log10([rows[spent].min(), rows[spent].max()])
    left.set(xscale="log", xlim=10 ** np.array([np.floor(decades[0]), np.ceil(decades[1])]))
    left.xaxis.set_major_formatter("{x:g}")
    left.minorticks_off()
    return f"{spent} of models, the cheapest first, split by {protocol}. {_told(rows, '{:,.3g}')}"


@picture(3.4)
def nearness(figure, pairs: pd.DataFrame, title: str) -> str:
    """How far apart two classes are, beside how often confused; see `comparison.related`.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> row = {"one": "Cello", "other": "Double_bass", "confused": 0.1, "distance": 2.0}
    >>> plots.nearness(pd.DataFrame([row]), "a forest")
    a forest: distance of pairs, the nearest first. cello-bass: distance 2.00, share confused
    0.10.
    """
    names = [
        "-".join(words(name).split()[-1] for name in pair)
        for pair in zip(pairs.one, pairs.other, strict=True)
    ]
    rows = pd.DataFrame(
        {"distance": pairs.distance.to_numpy(), "share confused": pairs.confused.to_numpy()}, names
    ).sort_values("distance")
    _, right = _beside(figure, rows, title)
    right.set_xlim(left=0)
    return f"{title}: distance of pairs, the nearest first. {_told(rows, '{:.2f}')}"


def _beside(figure, rows: pd.DataFrame, title: str) -> np.ndarray:
    """Two panels, a row of the table in each from the top down, a column in each panel."""
    panels = figure.subplots(1, 2, sharey=True)
    place = -np.arange(len(rows))
    for axes, name, hue, marker in zip(panels, rows, HUES, "os", strict=False):
        axes.plot(rows[name], place, marker, color=hue)
        axes.margins(x=0.1)
        _rule(axes, place)
        axes.set_xlabel(name)
    panels[0].set_yticks(place, rows.index)
    panels[0].set_title(title)
    return panels


def _rule(axes, place: np.ndarray) -> None:
    """A faint line across a panel at each height: one path, where a grid would be one for each."""
    x, y = np.tile([0, 1, np.nan], len(place)), np.repeat(place, 3)
    across = axes.get_yaxis_transform()
    axes.plot(x, y, color=INK, alpha=0.15, linewidth=0.6, transform=across, zorder=0)
    axes.tick_params(axis="y", left=False)


def _told(rows: pd.DataFrame, form: str) -> str:
    """A table of two columns in words."""
    first, second = rows
    each = (
        f"{name}: {first} {form.format(one)}, {second} {other:.2f}"
        for name, one, other in rows.itertuples(name=None)
    )
    return "; ".join(each) + "."


def _runs(record: dict, name: str, protocol: str, inputs: str) -> list[dict]:
    """The runs under a protocol that have a figure; the networks' input is always the image."""
    return [
        run
        for run in record["runs"]
        if run["compared"]["protocol"] == protocol
        and run["compared"]["inputs"] in (inputs, "image")
        and name in run["figures"]
    ]


def _means(runs: Sequence[dict], name: str) -> dict[str, float]:
    """The mean of a figure over the runs of each model."""
    of_each = of_records([{"runs": runs}], "model", name)
    return {model: float(np.mean(figures)) for model, figures in of_each.items()}

"""Pictures of what a recording goes through on its way to the page (chapter listening)."""

import numpy as np

from helpers import results, uncertainty
from helpers.plots.page import HUES, INK, picture


@picture(3.2)
def changes(figure, record: dict) -> str:
    """Accuracy by clip after each change in a record of `deployed`, with its spread.

    The dashed line is that of the unchanged clips.

    >>> from helpers import plots, results
    >>> plots.changes(results.load("deployed", "demo")).alt.split(":")[0]
    'Accuracy by clip on 150 bundled clips after each change'
    """
    axes = figure.subplots()
    names = [result["compared"]["change"] for result in record["results"]]
    each = [results.each(record, "clip_accuracy", change=name) for name in names]
    means = [runs.mean() for runs in each]
    spreads = [uncertainty.spread(runs) for runs in each]
    place = np.arange(len(names))
    axes.errorbar(means, place, xerr=spreads, fmt="o", color=HUES[0], capsize=4, ms=5)
    axes.axvline(means[names.index("none")], color=INK, linewidth=1, linestyle="--")
    axes.set_yticks(place, names)
    axes.set(ylim=(len(names) - 0.5, -0.5), xlim=(0, 1), xlabel="accuracy by clip")
    axes.grid(axis="x", color=INK, alpha=0.2, linewidth=0.6)
    axes.set_title(results.title(record))
    told = ", ".join(f"{name} {mean:.2f}" for name, mean in zip(names, means, strict=True))
    return f"Accuracy by clip on {results.title(record)} after each change: {told}."

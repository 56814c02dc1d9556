"""Pictures of a network without its parts (chapter ablation)."""

from collections.abc import Mapping

import numpy as np

from helpers import results
from helpers.plots.page import HUES, INK, picture


@picture(4.0)
def variants(figure, record: dict, slides: Mapping[str, float], metric: str = "accuracy") -> str:
    """A metric of each variant in a record of `ablation`: a dot a seed, a bar for their mean.

    Diamonds are the slides' figures, by variant, where they have one.

    >>> from helpers import plots, results
    >>> record = results.load("ablation", "demo")
    >>> plots.variants(record, slides={}).alt[:29]
    'accuracy on 325 bundled clips'
    """
    axes = figure.subplots()
    names = [result["compared"]["variant"] for result in record["results"]]
    told = []
    for row, name in enumerate(names):
        seeds = results.each(record, metric, variant=name)
        axes.plot(seeds, np.full(len(seeds), row), "o", color=HUES[0], ms=4)
        axes.plot(seeds.mean(), row, "|", color=INK, ms=14)
        if name in slides:
            axes.plot(slides[name], row, "D", color=HUES[1], mfc="none", ms=6)
        stated = f", in the slides {slides[name]:.2f}" if name in slides else ""
        told.append(f"{name} {seeds.mean():.2f}{stated}")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlim=(0.15, 1), ylim=(len(names) - 0.5, -0.5), xlabel=metric.replace("_", " "))
    axes.grid(axis="x", color=INK, alpha=0.2, linewidth=0.6)
    axes.set_title(results.title(record))
    return f"{metric.replace('_', ' ')} on {results.title(record)}: {'; '.join(told)}."

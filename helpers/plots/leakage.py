"""Pictures of leaks between training and test part (chapter leakage)."""

import numpy as np

from helpers import results, uncertainty
from helpers.plots.page import DASHES, HUES, INK, joined, picture


@picture(2.9)
def rungs(figure, record: dict, metric: str = "accuracy") -> str:
    """A metric of each model in a record of `rungs`, the leakiest way of measuring at the top.

    A small mark is a run, those of one fold are joined; a large one is their mean.

    >>> from helpers import plots, results
    >>> plots.rungs(results.load("rungs", "demo")).alt[:29]
    'accuracy on 325 bundled clips'
    """
    axes = figure.subplots()
    names = list(dict.fromkeys(result["compared"]["rung"] for result in record["results"]))
    models = list(dict.fromkeys(result["compared"]["model"] for result in record["results"]))
    told = []
    for model, hue, marker, shift in zip(models, HUES, "os", (-0.12, 0.12), strict=False):
        runs = [run for run in record["runs"] if run["compared"]["model"] == model]
        rows = [names.index(run["compared"]["rung"]) + shift for run in runs]
        joined(axes, runs, rows, metric, color=hue, marker=marker)
        means = [results.each(record, metric, model=model, rung=name).mean() for name in names]
        place = np.arange(len(names)) + shift
        axes.plot(means, place, marker, color=hue, ms=8, mfc="none", label=f"{model}, mean")
        each = (f"{name} {mean:.2f}" for name, mean in zip(names, means, strict=True))
        told.append(f"{model}: {', '.join(each)}")
    axes.set_yticks(range(len(names)), names)
    axes.set(ylim=(len(names) - 0.5, -0.5), xlim=(0.15, 1.03), xlabel=metric.replace("_", " "))
    axes.grid(axis="x", color=INK, alpha=0.2, linewidth=0.6)
    axes.set_title(results.title(record))
    figure.legend(loc="outside upper center", ncols=2)
    return f"{metric.replace('_', ' ')} on {results.title(record)}. {'; '.join(told)}."


@picture(2.6)
def crowding(figure, record: dict) -> str:
    """Accuracy against chunks cut from a clip in a record of `crowding`, a line a protocol.

    >>> from helpers import plots, results
    >>> plots.crowding(results.load("crowding", "demo")).alt[:29]
    'Accuracy on 325 bundled clips'
    """
    axes = figure.subplots()
    told = []
    protocols = list(dict.fromkeys(r["compared"]["protocol"] for r in record["results"]))
    counts = list(dict.fromkeys(r["compared"]["chunks a clip"] for r in record["results"]))
    for protocol, hue, dash in zip(protocols, HUES, DASHES, strict=False):
        seeds = np.array(
            [
                results.each(record, "accuracy", **{"chunks a clip": count, "protocol": protocol})
                for count in counts
            ]
        )
        mean, sd = seeds.mean(axis=1), uncertainty.spread(seeds.T)
        axes.plot(counts, mean, "o", ls=dash, color=hue, ms=4, label=f"by {protocol}")
        axes.fill_between(counts, mean - sd, mean + sd, color=hue, alpha=0.25, linewidth=0)
        told.append(f"by {protocol} from {mean[0]:.2f} to {mean[-1]:.2f}")
    axes.set_xscale("log", base=2)
    axes.set_xticks(counts, counts)
    axes.minorticks_off()
    axes.set(xlabel="chunks a clip", ylabel="accuracy", ylim=(0.15, 1.03))
    axes.set_title(results.title(record))
    figure.legend(loc="outside upper center", ncols=3)
    return (
        f"Accuracy on {results.title(record)} from {counts[0]} to {counts[-1]} chunks a clip: "
        f"{', '.join(told)}."
    )

"""Pictures of searches for hyperparameters (chapter tuning)."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.plots.page import DASHES, HUES, INK, looks, picture

MARKS = ("o", "s", "^", "D")
"""One for each search, beside its colour."""


@picture(2.9)
def grid_and_random(
    figure, score: Callable[[np.ndarray], np.ndarray], **searches: Sequence[tuple[float, float]]
) -> str:
    """Points (x, y) in 0..1 that searches try where only x matters, and what `score(x)` they find.

    A panel for each search: its points below, the score over x above, marked where it was tried.

    >>> import numpy as np
    >>> from helpers import plots
    >>> grid, random = [(0.2, 0.2), (0.2, 0.8)], [(0.1, 0.9), (0.64, 0.3)]
    >>> plots.grid_and_random(np.sqrt, grid=grid, random=random)
    Trials in a square, the score above, which depends on x alone. grid: 2 points with 1 values
    of the parameter that matters, best score 0.45; random: 2 points with 2 values of the
    parameter that matters, best score 0.80.
    """
    panels = figure.subplots(2, len(searches), sharex=True, sharey="row", height_ratios=[1, 2])
    told = []
    x = np.linspace(0, 1, 200)
    for (curve, points), (name, tried), hue in zip(panels.T, searches.items(), HUES, strict=False):
        first, second = np.transpose(tried)
        curve.plot(x, score(x), color=INK, linewidth=1)
        curve.plot(first, score(first), "o", color=hue, markersize=5)
        curve.set(title=name, yticks=[])
        points.plot(first, second, "o", color=hue, markersize=5)
        for at in np.unique(first):
            points.axvline(at, color=hue, linewidth=0.6)
        points.set(xlabel="matters", yticks=[])
        told.append(
            f"{name}: {len(tried)} points with {len(np.unique(first))} values of the parameter "
            f"that matters, best score {score(first).max():.2f}"
        )
    panels[0, 0].set_ylabel("score")
    panels[1, 0].set_ylabel("does not")
    return f"Trials in a square, the score above, which depends on x alone. {'; '.join(told)}."


@picture(2.8)
def search(figure, table: pd.DataFrame) -> str:
    """The trials of one search, see `tuning.search`: each one's score, and the best so far.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> table = pd.DataFrame({"spent": [2, 4], "score": [0.5, 0.75], "status": "completed"})
    >>> plots.search(table)
    2 trials, 0 of them failed, after 4 epochs; the best score is 0.75.
    """
    axes = figure.subplots()
    done = table[table.status == "completed"]
    axes.plot(done.spent, done.score, "o", color=HUES[0], label="a trial")
    best = table.score.fillna(0).cummax()
    axes.step(table.spent, best, where="post", color=HUES[1], ls=DASHES[1], label="best so far")
    axes.set(xlabel="epochs spent", ylabel="validation accuracy", xlim=(0, None), ylim=(0, 1.02))
    figure.legend(loc="outside upper center", ncols=2)
    failed = len(table) - len(done)
    return (
        f"{len(table)} trials, {failed} of them failed, after {table.spent.iloc[-1]} epochs; "
        f"the best score is {best.iloc[-1]:.2f}."
    )


@picture(3.2)
def best_so_far(figure, curves: Mapping[str, np.ndarray]) -> str:
    """The best score of each search (seeds, epochs) over the epochs spent: mean and range.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.best_so_far({"grid": np.array([[0, 0.25, 0.5], [0.25, 0.25, 1]])})
    The best score so far over the epochs spent, mean of the seeds: grid reaches 0.75.
    """
    axes = figure.subplots()
    told = []
    for (name, curve), hue, dash in zip(curves.items(), *looks(), strict=False):
        epochs = np.arange(1, curve.shape[1] + 1)
        shown = curve.min(axis=0) > 0  # before that some search has no trial yet
        axes.fill_between(
            epochs[shown],
            curve.min(axis=0)[shown],
            curve.max(axis=0)[shown],
            color=hue,
            alpha=0.15,
            linewidth=0,
        )
        mean = curve.mean(axis=0)
        axes.plot(epochs[shown], mean[shown], color=hue, ls=dash, label=name)
        told.append(f"{name} reaches {mean[-1]:.2f}")
    axes.set(xlabel="epochs spent", ylabel="best validation accuracy", xlim=(0, None))
    figure.legend(loc="outside upper center", ncols=4)
    return f"The best score so far over the epochs spent, mean of the seeds: {'; '.join(told)}."


@picture(3.2)
def trials(figure, table: pd.DataFrame, parameter: str, among: Sequence) -> str:
    """The score of every trial over one parameter, whose values are `among`; means as a line.

    `table` is that of `tuning.trials`. Points of equal value are set apart a little. Failed
    trials are crosses at 0.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> table = pd.DataFrame({"method": "grid", "units": [4, 8], "score": [0.5, 0.75]})
    >>> plots.trials(table.assign(completed=True), "units", among=(4, 8))
    Scores of 2 trials over units, 0 of them failed. Mean score by value: 4: 0.50, 8: 0.75.
    """
    axes = figure.subplots()
    place = {value: i for i, value in enumerate(sorted(among))}
    at = table[parameter].map(place).to_numpy() + 0.5 * (table.index % 7 - 3) / 7
    methods = list(dict.fromkeys(table.method))
    for method, hue, mark in zip(methods, HUES, MARKS, strict=False):
        rows = (table.method == method).to_numpy() & table.completed.to_numpy()
        axes.plot(at[rows], table.score[rows], mark, color=hue, markersize=4, label=method)
    failed = ~table.completed.to_numpy()
    if failed.any():
        axes.plot(at[failed], np.zeros(failed.sum()), "x", color=INK, label="failed")
    means = table.groupby(parameter).score.mean()
    axes.plot(means.index.map(place), means, "_", color=INK, markersize=22, label="mean")
    axes.set_xticks(range(len(place)), [f"{value:g}" for value in place])
    axes.set(
        xlabel=parameter.replace("_", " "),
        ylabel="validation accuracy",
        ylim=(-0.03, 1.02),
        xlim=(-0.5, len(place) - 0.5),
    )
    figure.legend(loc="outside upper center", ncols=3)
    told = ", ".join(f"{value:g}: {mean:.2f}" for value, mean in means.items())
    return (
        f"Scores of {len(table)} trials over {parameter.replace('_', ' ')}, {failed.sum()} of them "
        f"failed. Mean score by value: {told}."
    )

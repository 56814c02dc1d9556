"""Pictures of searches for hyperparameters (chapter tuning)."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import NullLocator

from helpers import tuning
from helpers.plots.page import DASHES, HUES, INK, looks, picture
from helpers.tuning import LogUniform

MARKS = ("o", "s", "^", "D")
"""One for each search, beside its colour."""


@picture(2.5)
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


@picture(2.4)
def search(figure, table: pd.DataFrame) -> str:
    """The trials of one search, see `tuning.search`: each one's score, and the best so far.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> table = pd.DataFrame({"spent": [2, 4], "score": [0.5, 0.75], "status": "completed"})
    >>> plots.search(table.assign(method="grid"))
    Grid search: 2 trials, 0 of them failed, after 4 epochs; the best score is 0.75.
    """
    axes = figure.subplots()
    done = table[table.status == "completed"]
    axes.plot(done.spent, done.score, "o", color=HUES[0], label="a trial")
    best = table.score.fillna(0).cummax()
    axes.step(table.spent, best, where="post", color=HUES[1], ls=DASHES[1], label="best so far")
    axes.set(xlabel="epochs spent", ylabel="validation accuracy", xlim=(0, None), ylim=(0, 1.02))
    name = f"{table.method[0].capitalize()} search"
    axes.set_title(name)
    figure.legend(loc="outside upper center", ncols=2)
    failed = len(table) - len(done)
    return (
        f"{name}: {len(table)} trials, {failed} of them failed, after {table.spent.iloc[-1]} "
        f"epochs; the best score is {best.iloc[-1]:.2f}."
    )


@picture(2.7)
def surface(
    figure,
    among: LogUniform,
    tried: Sequence[float],
    scores: Sequence[float],
    follows: float | None = None,
) -> str:
    """What a Bayesian search expects of each learning rate after some trials.

    It is that of `tuning.surface`: the line is the expected score, the band reaches `tuning.HOPE`
    standard deviations to each side. A point is a trial, the dashed line `follows`, the rate tried
    next.

    >>> from helpers import plots, tuning
    >>> rates = tuning.LogUniform(0.001, 0.1)
    >>> plots.surface(rates, [0.001, 0.01, 0.1], [0.25, 0.5, 0.75], follows=0.05)
    After 3 trials the expected score is highest at 0.1, with 0.75, and the band at 0.05. The
    next trial is at 0.05.
    """
    shares = np.linspace(0, 1, 121)
    rates = np.array([among.at(share) for share in shares])
    mean, unsure = tuning.surface(among, tried, scores, shares)
    hope = mean + tuning.HOPE * unsure
    axes = figure.subplots()
    axes.fill_between(rates, 2 * mean - hope, hope, color=HUES[0], alpha=0.2, lw=0)
    axes.plot(rates, mean, color=HUES[0], label="expected")
    axes.plot(tried, scores, "o", color=INK, label="tried")
    told = ""
    if follows is not None:
        axes.axvline(follows, color=HUES[1], ls=DASHES[1], label="tried next")
        told = f" The next trial is at {follows:.1g}."
    axes.set(xscale="log", xlabel="learning rate", ylabel="validation accuracy", ylim=(0, 1.1))
    axes.set_title(f"After {len(tried)} trials")
    ticks = np.array([among.at(share) for share in (0, 0.5, 1)])
    axes.set_xticks(ticks, [f"{tick:.1g}" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    figure.legend(loc="outside upper center", ncols=3)
    return (
        f"After {len(tried)} trials the expected score is highest at {rates[mean.argmax()]:.1g}, "
        f"with {mean.max():.2f}, and the band at {rates[hope.argmax()]:.1g}.{told}"
    )


@picture(2.8)
def lives(figure, table: pd.DataFrame, parameters: Sequence[str]) -> str:
    """How long each network of a Hyperband search lived, see `tuning.search`, and its scores.

    A line is a network, a point the score that it had when its rounds ended; one that was let go
    on has a further point. `parameters` are the columns by which a network is known.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> tried = {"units": [4, 8, 8], "reached": [1, 1, 6], "score": [0.25, 0.5, 0.75]}
    >>> plots.lives(pd.DataFrame(tried), ["units"])
    2 networks: 1 ended after 1 epoch, the best with 0.25; 1 after 6, the best with 0.75.
    """
    axes = figure.subplots()
    networks = [network for _, network in table.groupby(list(parameters))]
    ended: dict[int, list[float]] = {}
    for network in networks:
        end = network.reached.max()
        ended.setdefault(end, []).append(network.score.max())
        went_on = end == table.reached.max()
        axes.plot(
            *([0, *network.reached], [0, *network.score.fillna(0)], "o-"),
            **{"color": HUES[0 if went_on else 1], "alpha": 0.8, "markersize": 4, "linewidth": 1},
        )
    axes.set(xlabel="epochs trained", ylabel="validation accuracy", ylim=(0, 1.02))
    axes.set_title("The life of each network")
    axes.locator_params(axis="x", integer=True)
    first = " epoch" if min(ended) == 1 else " epochs"
    ends = [
        f"{len(scores)}{' ended' * (i == 0)} after {end}{first * (i == 0)}, the best with "
        f"{np.nanmax([0, *scores]):.2f}"
        for i, (end, scores) in enumerate(sorted(ended.items()))
    ]
    return f"{len(networks)} networks: {'; '.join(ends)}."


@picture(3.4)
def best_so_far(figure, curves: Mapping[str, np.ndarray], title: str) -> str:
    """The best score of each search (seeds, epochs) over the epochs spent: mean and range.

    >>> import numpy as np
    >>> from helpers import plots
    >>> plots.best_so_far({"grid": np.array([[0, 0.25, 0.5], [0.25, 0.25, 1]])}, "4 clips")
    4 clips. The best score so far over the epochs spent, mean of the seeds: grid reaches 0.75.
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
    axes.set_title(title)
    figure.legend(loc="outside upper center", ncols=2)
    means = "; ".join(told)
    return f"{title}. The best score so far over the epochs spent, mean of the seeds: {means}."


@picture(2.8)
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

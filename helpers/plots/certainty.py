"""What an interval says, drawn: of differences, and of a score (chapters scores and leakage)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers import uncertainty
from helpers.plots.page import HUES, INK, picture

_HUES = {
    uncertainty.AHEAD: HUES[2],
    uncertainty.BEHIND: HUES[1],
    uncertainty.NOT_SHOWN: HUES[0],
}


@picture(2.1)
def verdicts(figure, gaps: Mapping[str, Sequence[float]]) -> str:
    """Differences in points, a named row each: dots, the interval of their mean, and the verdict.

    See `uncertainty.paired` for both.

    >>> from helpers import plots
    >>> plots.verdicts({"three folds": [4, 5, 6]})
    Differences in points with the interval of their mean: three folds 4, 5, 6 from 2.5 to 7.5,
    ahead.
    """
    axes = figure.subplots()
    axes.axvline(0, color=INK, linewidth=1)
    told = []
    for row, (name, gap) in enumerate(gaps.items()):
        found = uncertainty.paired(gap, np.zeros(len(gap)))
        hue = _HUES[found.verdict]
        axes.plot([found.low, found.high], [row, row], color=hue, linewidth=9, alpha=0.35)
        axes.plot(found.mean, row, "|", color=INK, ms=14)
        axes.plot(gap, np.full(len(gap), row), "o", color=hue, ms=5)
        axes.text(1.02, row, found.verdict, transform=axes.get_yaxis_transform(), va="center")
        numbers = ", ".join(f"{difference:g}" for difference in gap)
        told.append(f"{name} {numbers} from {found.low:.1f} to {found.high:.1f}, {found.verdict}")
    axes.set_yticks(range(len(gaps)), list(gaps))
    axes.set(xlabel="points ahead, fold by fold", ylim=(len(gaps) - 0.5, -0.5))
    return f"Differences in points with the interval of their mean: {'; '.join(told)}."


@picture(2.6)
def usual_scores(figure, score: float, n: int) -> str:
    """Of each true accuracy the scores that `n` clips usually give, and what fits one `score`.

    The band reaches as many standard errors to both sides as Student's t has for 95 %. The true
    accuracies at which the score lies in the band are its interval: Wilson's, with t.

    >>> from helpers import plots
    >>> plots.usual_scores(0.7, 10).alt.split(". ")[1]
    'The score 0.70 lies in the band of true accuracies from 0.36 to 0.91.'
    """
    axes = figure.subplots()
    true = np.linspace(0, 1, 1001)
    reach = stats.t.ppf(0.975, n - 1) * np.sqrt(true * (1 - true) / n)
    fits = true[np.abs(score - true) <= reach]
    low, high = np.clip(true - reach, 0, 1), np.clip(true + reach, 0, 1)
    axes.fill_between(true, low, high, color=HUES[0], alpha=0.25, label="usual scores")
    axes.axhline(score, color=INK, linewidth=1, linestyle="--", label="our score")
    axes.plot(fits[[0, -1]], [score, score], color=HUES[1], linewidth=4, label="what fits it")
    for end in fits[[0, -1]]:
        axes.plot([end, end], [0, score], color=HUES[1], linewidth=1, linestyle=":")
    axes.set(xlabel="true accuracy", ylabel="score", xlim=(0, 1), ylim=(0, 1))
    figure.legend(loc="outside upper center", ncols=3)
    return (
        f"A band of the scores that {n} clips usually give, over the true accuracy. The score "
        f"{score:.2f} lies in the band of true accuracies from {fits[0]:.2f} to {fits[-1]:.2f}."
    )


@picture(2.2)
def intervals(figure, rows: pd.DataFrame) -> str:
    """Accuracies with their intervals as points on bars, see `uncertainty.interval`.

    `rows` has the columns name, accuracy, low, high and groups: how many the interval rests on,
    which stands in brackets behind the name.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> row = {"name": "by clip", "accuracy": 0.8, "low": 0.7, "high": 0.85, "groups": 29}
    >>> plots.intervals(pd.DataFrame([row]))
    Accuracy with its interval: by clip 0.80 from 0.70 to 0.85, over 29 groups.
    """
    axes = figure.subplots()
    place = np.arange(len(rows))
    reach = np.array([rows.accuracy - rows.low, rows.high - rows.accuracy])
    axes.errorbar(rows.accuracy, place, xerr=reach, fmt="o", color=HUES[0], capsize=4, ms=5)
    axes.set_yticks(place, [f"{r.name} ({r.groups})" for r in rows.itertuples()])
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlabel="accuracy")
    axes.grid(axis="x", color=INK, alpha=0.2, linewidth=0.6)
    each = (
        f"{r.name} {r.accuracy:.2f} from {r.low:.2f} to {r.high:.2f}, over {r.groups:,} groups"
        for r in rows.itertuples()
    )
    return f"Accuracy with its interval: {'; '.join(each)}."

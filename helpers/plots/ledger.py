"""The slides' figures beside those of their system, run as it was (every chapter)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers import uncertainty
from helpers.plots.page import HUES, INK, Html, picture, table

_MARKERS = "osv^"


@picture(3.8)
def beside(
    figure,
    slides: Mapping[str, float],
    measured: Mapping[str, Mapping[str, Sequence[float]]],
) -> str:
    """The slides' accuracy of each name as a diamond, and a dot for each run, a row a name.

    `measured` has by kind, such as "by chunk", the runs' accuracies by name; a name may be missing.

    >>> from helpers import plots
    >>> runs = {"CNN": [0.9, 0.7], "MLP": [0.5]}
    >>> plots.beside({"CNN": 0.86, "MLP": 0.6}, {"by chunk": runs})
    Accuracy. The slides: CNN 0.86, MLP 0.60. Means of the runs by chunk: CNN 0.80, MLP 0.50.
    """
    axes = figure.subplots()
    slides = dict(slides)
    names = list(slides)
    told = []
    axes.plot(list(slides.values()), range(len(names)), "D", color=INK, mfc="none", ms=6)
    shifts = np.linspace(-0.2, 0.2, len(measured)) if len(measured) > 1 else [0.0]
    for (kind, runs), hue, marker, shift in zip(
        measured.items(), HUES, _MARKERS, shifts, strict=False
    ):
        found = {name: np.asarray(runs[name]) for name in names if name in runs}
        for name, each in found.items():
            row = np.full(len(each), names.index(name) + shift)
            axes.plot(each, row, marker, color=hue, ms=4)
        axes.plot([], [], marker, color=hue, ms=4, label=kind)
        means = (f"{name} {each.mean():.2f}" for name, each in found.items())
        told.append(f"{kind}: {', '.join(means) or 'nothing'}")
    axes.plot([], [], "D", color=INK, mfc="none", ms=6, label="the slides")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlim=(0.1, 1.02), ylim=(len(names) - 0.5, -0.5), xlabel="accuracy")
    axes.grid(axis="x", color=INK, alpha=0.2, linewidth=0.6)
    figure.legend(loc="outside upper center", ncols=2)
    stated = ", ".join(f"{name} {value:.2f}" for name, value in slides.items())
    return f"Accuracy. The slides: {stated}. Means of the runs {'; '.join(told)}."


def accounts(
    slides: Mapping[str, float],
    measured: Mapping[str, Mapping[str, Sequence[float]]],
    caption: str,
) -> Html:
    """The same as a table: the slides' figure of each name, and mean ± spread of the runs.

    A single run stands without a spread. What was not run yet says so.

    >>> from helpers import plots
    >>> plots.accounts({"CNN": 0.86}, {"by chunk": {"CNN": [0.9, 0.7]}, "by clip": {}}, "Accuracy")
    Accuracy
     of the slides    by chunk by clip
    CNN       0.86 0.80 ± 0.14 not run
    """
    rows = []
    for name, stated in slides.items():
        cells = {
            kind: _cell(runs[name]) if name in runs else "not run"
            for kind, runs in measured.items()
        }
        rows.append({"of": name.replace("_", " "), "the slides": f"{stated:.2f}"} | cells)
    return table(pd.DataFrame(rows), caption)


def of_records(
    found: Sequence[dict], by: str, metric: str = "accuracy", **compared: str
) -> dict[str, list[float]]:
    """The runs' figures in records by the name that each has under `by`: what `beside` takes.

    Only of the conditions named in `compared`.

    >>> from helpers import plots
    >>> run = {"compared": {"model": "CNN", "protocol": "clip"}, "figures": {"accuracy": 0.8}}
    >>> plots.of_records([{"runs": [run, run]}], "model", protocol="clip")
    {'CNN': [0.8, 0.8]}
    """
    names: dict[str, list[float]] = {}
    for run in _runs(found, compared):
        names.setdefault(run["compared"][by], []).append(run["figures"][metric])
    return names


def right_of_each(
    found: Sequence[dict], classes: Sequence[str], **compared: str
) -> dict[str, list[float]]:
    """The share of each class that the runs name rightly, by their confusion matrices.

    >>> from helpers import plots
    >>> run = {"compared": {"protocol": "clip"}, "figures": {"confusion": [[3, 1], [2, 2]]}}
    >>> shares = plots.right_of_each([{"runs": [run]}], ("Cello", "Flute"), protocol="clip")
    >>> shares == {"Cello": [0.75], "Flute": [0.5]}
    True
    """
    shares: dict[str, list[float]] = {}
    for run in _runs(found, compared):
        matrix = np.array(run["figures"]["confusion"])
        for label, right, all_of_it in zip(
            classes, matrix.diagonal(), matrix.sum(axis=1), strict=True
        ):
            if all_of_it:
                shares.setdefault(label, []).append(right / all_of_it)
    return shares


def _runs(found: Sequence[dict], compared: Mapping[str, str]) -> list[dict]:
    return [
        run
        for record in found
        for run in record["runs"]
        if run["compared"].items() >= compared.items()
    ]


def _cell(runs: Sequence[float]) -> str:
    sd = uncertainty.spread(runs)
    return f"{np.mean(runs):.2f}" + ("" if np.isnan(sd) else f" ± {sd:.2f}")

"""Many trials side by side, on axes that a reader brushes (chapter tuning)."""

import html
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.plots.page import FIT, HUES, Html, words

_SCRIPT = Path(__file__).with_name("brush.js")
_TOP, _BOTTOM = 44, 236
_FEW = 9
"""An axis with so many values at most shows each of them."""


def parallel(table: pd.DataFrame, parameters: Sequence[str], title: str) -> Html:
    """Trials as lines across an axis for each parameter and, on the right, for the score.

    `table` has a row for each trial, with the `parameters`, numbers above 0, and "score". Axes of
    parameters go by factors. A reader marks a part of an axis, by dragging along it or by moving
    its two ends with the keyboard, and the lines through all marked parts are lit; at first these
    are the best tenth. It needs no kernel; where no script runs, the best tenth stays.

    >>> import pandas as pd
    >>> from helpers import plots
    >>> table = pd.DataFrame({"units": [4, 8], "learning_rate": [0.01, 0.1], "score": [0.5, 0.75]})
    >>> plots.parallel(table, ["units", "learning_rate"], "Two trials")
    Two trials. 1 of 2 trials: units 8, learning rate .1, score .75.
    """
    scores = table.score.to_numpy()
    least = np.sort(scores)[-max(1, len(scores) // 10)]
    axes = [_axis(table[name].to_numpy(float), words(name), True) for name in parameters]
    axes.append(_axis(scores, "score", False))
    for i, axis in enumerate(axes):
        axis |= {"x": round(46 + 308 * i / (len(axes) - 1)), "opened": [0, 1]}
    places = np.transpose([axis.pop("places") for axis in axes]).round(4)
    axes[-1]["opened"] = [float(places[scores >= least, -1].min()), 1]
    held = scores >= least
    told = ", ".join(
        f"{axis['name']} {_range(axis, places[held, i])}" for i, axis in enumerate(axes)
    )
    alt = f"{title}. {held.sum()} of {len(table)} trials: {told}."
    known = {"axes": axes, "top": _TOP, "bottom": _BOTTOM, "hue": HUES[0]}
    order = np.argsort(held, kind="stable")
    lines = "".join(_line(axes, places[i], i, held[i]) for i in order)
    name = html.escape(title, quote=True)
    return Html(
        f'<figure class="drawn" data-brush="{html.escape(json.dumps(known), quote=True)}">'
        f'<figcaption>{name}</figcaption><svg viewBox="0 0 400 300" role="group" '
        f'aria-label="{name}" style="{FIT}" font-family="sans-serif" font-size="11">'
        f'<g fill="none">{lines}</g>{"".join(map(_drawn, axes))}</svg>'
        f'<p role="status" style="margin:0">{alt.removeprefix(title + ". ")}</p>'
        '<button type="button">Show all</button></figure>'
        f"<script>{_SCRIPT.read_text(encoding='utf-8')}</script>",
        alt,
    )


def _axis(values: np.ndarray, name: str, by_factors: bool) -> dict:
    """What the script knows of an axis, and where on it each trial is, from 0 to 1."""
    low, high = float(values.min()), float(values.max())
    scale = np.log if by_factors else np.asarray
    long = float(scale(high) - scale(low)) or 1.0
    places = (scale(values) - scale(low)) / long
    different = np.unique(values)
    stops = None
    if len(different) <= _FEW:
        at = ((scale(different) - scale(low)) / long).round(4).tolist()
        stops = [list(stop) for stop in zip(at, map(_number, different), strict=True)]
    axis = {"name": name, "low": low, "high": high, "log": by_factors, "stops": stops}
    return axis | {"places": places}


def _worth(axis: dict, place: float) -> str:
    if axis["stops"]:
        return min(axis["stops"], key=lambda stop: abs(stop[0] - place))[1]
    low, high = axis["low"], axis["high"]
    if axis["log"]:
        return _number(low * (high / low) ** place)
    return f"{low + place * (high - low):.2f}".removeprefix("0")


def _range(axis: dict, places: np.ndarray) -> str:
    low, high = (_worth(axis, place) for place in (places.min(), places.max()))
    return low if low == high else f"{low} to {high}"


def _number(value: float) -> str:
    """With two digits, as the script writes it."""
    digits = max(0, 1 - math.floor(math.log10(value))) if value > 0 else 0
    text = f"{value:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).removeprefix("0") or "0"


def _line(axes: Sequence[dict], places: np.ndarray, number: int, held: bool) -> str:
    """A trial; lines of equal values are set apart a little, so that each is seen."""
    points = []
    for axis, place in zip(axes, places, strict=True):
        apart = 6 * ((7 * number) % 11 - 5) / 11 if axis["stops"] else 0
        points.append(f"{axis['x']} {_BOTTOM - place * (_BOTTOM - _TOP) + apart:.1f}")
    look = (
        f'stroke="{HUES[0]}" stroke-opacity="0.9"'
        if held
        else 'stroke="currentColor" stroke-opacity="0.12"'
    )
    at = " ".join(f"{place:g}" for place in places)
    return f'<path d="M{" L".join(points)}" data-at="{at}" {look}/>'


def _drawn(axis: dict) -> str:
    """The axis, its name below, and numbers beside it."""
    x, stops = axis["x"], axis["stops"] or [[at, _worth(axis, at)] for at in (0, 0.5, 1)]
    numbers = "".join(
        f'<text x="{x - 8}" y="{_BOTTOM - at * (_BOTTOM - _TOP) + 4:.1f}" '
        f'text-anchor="end" style="paint-order:stroke;'
        f'stroke:var(--pst-color-background,Canvas);stroke-width:3px">{number}</text>'
        for at, number in stops
    )
    first, _, second = axis["name"].partition(" ")
    name = f'<tspan x="{x}">{first}</tspan><tspan x="{x}" dy="12">{second}</tspan>'
    return (
        f'<path d="M{x} {_TOP} V{_BOTTOM}" stroke="currentColor"/><g fill="currentColor">{numbers}'
        f'<text y="280" text-anchor="middle">{name}</text></g>'
    )

"""The explorer: a picture or a sound that the reader steers with controls (every chapter).

An explorer is a grid of states drawn ahead. The links between controls and states run in the
page (`jslink`), so it works in the published book, where no Python is running.
"""

import itertools
import numbers
import os
from collections.abc import Callable, Mapping, Sequence

import ipywidgets

from helpers import plots
from helpers.errors import InputError

_WIDE = {"width": "100%"}


def explore(draw: Callable[..., plots.Html], /, **choices: Sequence | Mapping):
    """Show `draw(**state)` for the state that the reader chooses.

    Each keyword is a control: a sequence of values, or a mapping of labels to values. A sequence
    of numbers gets a slider, everything else a menu. With a kernel a state is drawn when it is
    first shown; when the book is built (environment variable BOOK_PRERENDER) all of them are
    drawn at once. Where ipywidgets is too old for its `Stack`, the states follow one another as
    folds.

    Raises InputError for a control without choices, or with two of the same label.

    >>> from helpers import plots, widgets
    >>> draw = lambda k: plots.Html(f"<p>{k}</p>", f"the number {k}")
    >>> shown = widgets.explore(draw, k=(1, 2, 3))
    """
    options = {}
    for name, values in choices.items():
        labelled = values if isinstance(values, Mapping) else {_label(v): v for v in values}
        if not labelled:
            raise InputError(f"the control {name!r} has nothing to choose from")
        if len(labelled) < len(values):
            raise InputError(f"the control {name!r} has two choices that read alike")
        options[name] = dict(labelled)
    controls = [_control(name, values) for name, values in choices.items()]

    def at(indices: Sequence[int]) -> plots.Html:
        values = (list(labelled.values()) for labelled in options.values())
        return draw(**{name: v[i] for name, v, i in zip(options, values, indices, strict=True)})

    if not hasattr(ipywidgets, "Stack"):
        return _folds(options, at)
    leaves: dict[tuple[int, ...], ipywidgets.HTML] = {}

    def grow(chosen: tuple[int, ...]) -> ipywidgets.Widget:
        if len(chosen) == len(controls):
            leaves[chosen] = ipywidgets.HTML(layout=_WIDE)
            return leaves[chosen]
        control = controls[len(chosen)]
        children = [grow((*chosen, i)) for i in range(len(control.options))]
        stack = ipywidgets.Stack(children, selected_index=0, layout=_WIDE)
        ipywidgets.jslink((control, "index"), (stack, "selected_index"))
        return stack

    def fill(indices: tuple[int, ...]) -> None:
        if not leaves[indices].value:
            leaves[indices].value = str(at(indices))

    shown = ipywidgets.VBox([*controls, grow(())])
    if os.environ.get("BOOK_PRERENDER"):
        for indices in leaves:
            fill(indices)
    else:
        fill((0,) * len(controls))
        for control in controls:
            control.observe(lambda _: fill(tuple(c.index for c in controls)), "index")
    return shown


class Live:
    """A place in the page that shows `draw(thing)` of the last thing it was called with.

    Display `shown`, then hand the object to what is worth watching, such as `cnn.fit`.

    >>> from helpers import plots, widgets
    >>> live = widgets.Live(lambda n: plots.Html(f"<p>{n} epochs</p>", f"{n} epochs"))
    >>> live(3)
    >>> live.shown.value
    '<p>3 epochs</p>'
    """

    def __init__(self, draw: Callable[..., plots.Html]):
        self.draw = draw
        self.shown = ipywidgets.HTML(layout=_WIDE)

    def __call__(self, thing) -> None:
        self.shown.value = str(self.draw(thing))


def _label(value) -> str:
    whole = isinstance(value, numbers.Integral)
    return f"{value:g}" if isinstance(value, numbers.Real) and not whole else str(value)


def _control(name: str, values: Sequence | Mapping) -> ipywidgets.Widget:
    menu = isinstance(values, Mapping) or not all(isinstance(v, numbers.Real) for v in values)
    kind = ipywidgets.Dropdown if menu else ipywidgets.SelectionSlider
    return kind(
        options=[_label(value) for value in values],
        description=name.replace("_", " "),
        style={"description_width": "9em"},
        layout={"width": "min(32em, 100%)"},
    )


def _folds(options: Mapping[str, Mapping], at: Callable) -> plots.Html:
    states = itertools.product(*(range(len(labelled)) for labelled in options.values()))
    pieces = []
    for indices in states:
        told = ", ".join(
            f"{name.replace('_', ' ')}: {list(labelled)[i]}"
            for (name, labelled), i in zip(options.items(), indices, strict=True)
        )
        state = at(indices)
        fold = f"<details><summary>{told}</summary>{state}</details>"
        pieces.append(plots.Html(fold, f"{told}. {state.alt}"))
    return plots.stack(*pieces)

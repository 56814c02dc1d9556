"""The explorer: a picture or a sound that the reader steers with controls (every chapter).

An explorer is a grid of states drawn ahead. The links between controls and states run in the
page (`jslink`), so it works in the published book, where no Python is running.
"""

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
    drawn at once. Where ipywidgets has no `Stack`, as on Colab, there is one place for all states,
    which the kernel fills.

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
        live = Live(at)
        _steer(controls, live)
        return ipywidgets.VBox([*controls, live.shown])
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
        _steer(controls, fill)
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


def _steer(controls: Sequence[ipywidgets.Widget], show: Callable[[tuple[int, ...]], None]) -> None:
    """Call `show` with the indices that the controls have, now and whenever one of them moves."""

    def moved(_=None) -> None:
        show(tuple(control.index for control in controls))

    for control in controls:
        control.observe(moved, "index")
    moved()

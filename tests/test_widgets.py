"""The explorer: lazy with a kernel, complete without, drawn by the kernel without Stack."""

import ipywidgets
import numpy as np
import pytest

from helpers import plots, widgets
from helpers.errors import InputError

# Colab has ipywidgets 7, and `make colab` runs this module there.
stacked = pytest.mark.skipif(not hasattr(ipywidgets, "Stack"), reason="ipywidgets has no Stack")


def drawer():
    def draw(size, colour):
        draw.calls.append((size, colour))
        return plots.Html(f"<p>{size} {colour}</p>", f"{size} {colour}")

    draw.calls = []
    return draw


CHOICES = {"size": [1, 2, 3], "colour": {"the red one": "red", "the blue one": "blue"}}


def leaves(widget):
    if isinstance(widget, ipywidgets.HTML):
        return [widget]
    return [leaf for child in getattr(widget, "children", ()) for leaf in leaves(child)]


@stacked
def test_only_what_is_shown_is_drawn():
    draw = drawer()
    shown = widgets.explore(draw, **CHOICES)
    size, colour, _ = shown.children
    assert draw.calls == [(1, "red")]
    size.index = 2
    colour.index = 1
    assert draw.calls == [(1, "red"), (3, "red"), (3, "blue")]
    colour.index = 0
    assert len(draw.calls) == 3
    assert [leaf.value for leaf in leaves(shown)].count("") == 3


@stacked
def test_the_book_draws_every_state(monkeypatch):
    monkeypatch.setenv("BOOK_PRERENDER", "1")
    draw = drawer()
    shown = widgets.explore(draw, **CHOICES)
    assert [leaf.value for leaf in leaves(shown)] == [
        f"<p>{size} {colour}</p>" for size in (1, 2, 3) for colour in ("red", "blue")
    ]


@stacked
def test_controls_are_linked_in_the_page():
    shown = widgets.explore(drawer(), **CHOICES)
    size, colour, outer = shown.children
    states = ipywidgets.Widget.get_manager_state()["state"].values()
    links = [s["state"] for s in states if s["model_name"] == "LinkModel"]
    pairs = {
        tuple((end[0].removeprefix("IPY_MODEL_"), end[1]) for end in (s["source"], s["target"]))
        for s in links
    }
    assert ((size.model_id, "index"), (outer.model_id, "selected_index")) in pairs
    for inner in outer.children:
        assert ((colour.model_id, "index"), (inner.model_id, "selected_index")) in pairs


def test_numbers_get_a_slider_and_names_a_menu():
    size, colour, _ = widgets.explore(drawer(), **CHOICES).children
    assert isinstance(size, ipywidgets.SelectionSlider)
    assert isinstance(colour, ipywidgets.Dropdown)
    assert size.options == ("1", "2", "3")
    assert colour.options == ("the red one", "the blue one")
    assert (size.description, colour.description) == ("size", "colour")


def test_without_stack_the_kernel_draws_what_is_chosen(monkeypatch):
    monkeypatch.delattr(ipywidgets, "Stack", raising=False)
    draw = drawer()
    size, colour, place = widgets.explore(draw, **CHOICES).children
    assert place.value == "<p>1 red</p>"
    size.index = 2
    assert place.value == "<p>3 red</p>"
    colour.value = "the blue one"
    assert place.value == "<p>3 blue</p>"
    assert draw.calls == [(1, "red"), (3, "red"), (3, "blue")]


def test_live_shows_the_last_thing_that_it_was_called_with():
    live = widgets.Live(lambda n: plots.Html(f"<p>{n} epochs</p>", f"{n} epochs"))
    live(1)
    live(3)
    assert live.shown.value == "<p>3 epochs</p>"


def test_numbers_read_as_they_are():
    shown = widgets.explore(lambda n, x: plots.Html("", ""), n=np.arange(3), x=[3_671_892, 0.5])
    assert shown.children[0].options == ("0", "1", "2")
    assert shown.children[1].options == ("3671892", "0.5")
    with pytest.raises(InputError, match="two choices that read alike"):
        widgets.explore(drawer(), size=[1, 1], colour=["red"])


def test_nothing_to_choose_from():
    with pytest.raises(InputError, match="'colour' has nothing"):
        widgets.explore(drawer(), size=[1], colour=[])

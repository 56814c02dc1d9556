"""Trials side by side are brushed in JupyterLab and in Notebook, by the mouse and by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import nbformat
import pytest
from opened import ADDRESS, Opened
from playwright.sync_api import Locator

TRIALS = """
import numpy as np
import pandas as pd

from helpers import plots

trials = pd.DataFrame({
    "units": np.tile([4, 8, 16, 32], 30),
    "learning_rate": np.geomspace(1e-4, 0.03, 120),
    "score": np.sin(np.linspace(0.3, 2.9, 120)),
})
plots.parallel(trials, ["units", "learning_rate"], "Made up")
"""


@pytest.fixture(params=ADDRESS)
def opened(browser, jupyter, folder, request) -> Iterator[Opened]:
    """Give a notebook of one picture, which has run."""
    path = folder / f"brush-{request.param}.ipynb"
    kernel = nbformat.read(folder / "sound.ipynb", as_version=4).metadata
    cells = [nbformat.v4.new_code_cell(TRIALS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    opened = Opened(browser, jupyter, request.param, path)
    opened.run_all()
    yield opened
    opened.close()


def held(picture: Locator) -> int:
    """How many trials are lit, which must be how many it says."""
    lit = picture.locator("path[data-at]:not([stroke=currentColor])").count()
    told = picture.get_by_role("status").inner_text()
    assert re.match(rf"{lit} of 120 trials", told), told
    return lit


@pytest.mark.brief
def test_trials_are_brushed_by_mouse_and_keys(opened):
    picture = opened.page.locator(".jp-OutputArea-output [data-brush]")
    picture.scroll_into_view_if_needed()
    assert held(picture) == 12  # the best tenth, before anything is touched

    picture.get_by_role("button", name="Show all").click()
    assert held(picture) == 120
    axis = picture.locator("svg > rect").first.bounding_box()  # units
    x, y = axis["x"] + axis["width"] / 2, axis["y"]
    opened.page.mouse.move(x, y + 0.75 * axis["height"])
    opened.page.mouse.down()
    opened.page.mouse.move(x, y + 0.2 * axis["height"], steps=3)
    opened.page.mouse.up()
    assert held(picture) == 60
    assert "units 8 to 16," in picture.get_by_role("status").inner_text()

    # Notebook may take the arrow keys before the page's elements do; these it leaves.
    picture.get_by_role("slider", name="units, upper end").press("End")
    assert held(picture) == 90
    lower = picture.get_by_role("slider", name="units, lower end")
    for reached in ("8", "16"):  # values of the axis, from a little below the first
        lower.press("PageUp")
        assert lower.get_attribute("aria-valuetext") == reached
    assert held(picture) == 60
    assert "units 16 to 32," in picture.get_by_role("status").inner_text()
    lower.press("Home")
    assert held(picture) == 120
    assert not opened.troubles()

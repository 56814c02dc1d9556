"""Trials side by side are brushed by the mouse and by keys, in a page without a kernel."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from helpers import plots

TRIALS = pd.DataFrame(
    {
        "units": np.tile([4, 8, 16, 32], 30),
        "learning_rate": np.geomspace(1e-4, 0.03, 120),
        "score": np.sin(np.linspace(0.3, 2.9, 120)),
    }
)


@pytest.fixture(params=[1280, 390])
def opened(browser, request) -> Page:
    """The picture alone, at both widths."""
    drawn = plots.parallel(TRIALS, ["units", "learning_rate"], "Made up")
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    page.set_default_timeout(120_000)
    style = "<style>figure { margin: 1rem 0 }</style>"  # as in the book
    page.set_content(f"<!doctype html><html lang=en>{style}<body>{drawn}</body></html>")
    yield page
    page.close()


def held(page: Page) -> int:
    """How many trials the page says are lit, which must be how many are."""
    told = page.get_by_role("status").inner_text()
    (number,) = re.findall(r"^(\d+) of 120 trials", told)
    lit = page.locator("path[data-at]:not([stroke=currentColor])").count()
    assert lit == int(number), told
    return lit


def test_the_page_says_at_first_what_is_written_without_it(opened):
    drawn = plots.parallel(TRIALS, ["units", "learning_rate"], "Made up")
    expect(opened.get_by_role("status")).to_have_text(drawn.alt.removeprefix("Made up. "))
    assert held(opened) == 12


def test_keys_move_the_ends_of_a_brush(opened):
    end = opened.get_by_role("slider", name="score, lower end")
    for key in ("Home", "ArrowDown"):
        end.press(key)
        assert held(opened) == 120
        assert end.get_attribute("aria-valuenow") == "0"
    units = opened.get_by_role("slider", name="units, lower end")
    units.press("ArrowUp")  # a value further
    assert units.get_attribute("aria-valuetext") == "8"
    assert held(opened) == 90
    opened.get_by_role("slider", name="units, upper end").press("PageDown")
    assert held(opened) == 60
    assert "units 8 to 16," in opened.get_by_role("status").inner_text()
    opened.get_by_role("slider", name="learning rate, upper end").press("Home")  # none is lower
    assert held(opened) == 0
    assert "0 of 120 trials go through" in opened.get_by_role("status").inner_text()
    opened.get_by_role("button", name="Show all").press("Enter")
    assert held(opened) == 120


def test_every_end_is_reached_by_tab_and_said(opened):
    seen = []
    for _ in range(6):
        opened.keyboard.press("Tab")
        seen.append(opened.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert seen == [
        f"{axis}, {end} end"
        for axis in ("units", "learning rate", "score")
        for end in ("lower", "upper")
    ]


def test_a_part_of_an_axis_is_marked_by_dragging_and_cleared_by_a_click(opened):
    opened.get_by_role("button", name="Show all").click()
    box = opened.locator("svg > rect").first.bounding_box()  # the first axis, units
    x, y = box["x"] + box["width"] / 2, box["y"]
    opened.mouse.move(x, y + 0.75 * box["height"])
    opened.mouse.down()
    opened.mouse.move(x, y + 0.2 * box["height"], steps=3)
    opened.mouse.up()
    assert held(opened) == 60
    assert "units 8 to 16," in opened.get_by_role("status").inner_text()
    end = opened.get_by_role("slider", name="units, upper end").bounding_box()
    opened.mouse.move(x, end["y"] + end["height"] / 2)
    opened.mouse.down()
    opened.mouse.move(x, y, steps=3)
    opened.mouse.up()
    assert held(opened) == 90
    opened.mouse.click(x, y + 0.5 * box["height"])
    assert held(opened) == 120


def test_fingers_find_the_ends(opened):
    for end in opened.get_by_role("slider").all():
        box = end.bounding_box()
        assert min(box["width"], box["height"]) >= 24, end.get_attribute("aria-label")

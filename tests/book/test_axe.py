"""The check by axe-core can fail, and what it lets pass is the theme's."""

from __future__ import annotations

from collections.abc import Iterator

import axe
import browsing
import pytest
from playwright.sync_api import Browser, Page


@pytest.fixture
def plain(browser: Browser, served: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    browsing.visit(page, served + axe.PLAIN)
    yield page
    page.close()


def test_what_is_put_down_to_the_theme_is_on_a_plain_page(plain):
    assert {rule for rule, _, _ in axe.found(plain)} == set(axe.THEME)


def test_axe_finds_what_is_wrong(plain):
    """Without this, a broken check would pass everything."""
    plain.evaluate("""document.querySelector('article').innerHTML +=
        '<img src="x.png"><p style="color: #999; background: #888">grey</p><h5>a jump</h5>'""")
    rules = {rule for rule, _ in axe.ours(plain)}
    assert {"image-alt", "color-contrast", "heading-order"} <= rules


@pytest.mark.parametrize("holder", ["highlight", "sig"])
def test_of_words_of_code_it_measures_each_kind_that_is_shown(plain, holder):
    """One word of a kind whose first is hidden, one by its own style, one by what it lies on."""
    added = """
        <style>.faint { color: #999; background: #888 }</style>
        <div class="holder" hidden><pre><span class="faint">hidden</span></pre></div>
        <div class="holder"><pre><span class="faint">first</span> <span class="faint">second
        </span> <span style="color: #999; background: #888">styled</span></pre></div>
        <div class="faint"><div class="holder"><pre><span class="faint">on it</span></pre></div>
        </div>"""
    plain.evaluate(
        "added => { document.querySelector('article').innerHTML += added }",
        added.replace("holder", holder),
    )
    found = {element.split("</span>")[0].split(">")[-1] for _, element in axe.ours(plain)}
    assert found == {"first", "styled", "on it"}

"""No chapter is higher on a wide screen than a reader scrolls."""

from __future__ import annotations

import browsing
import execute
import lengths
import pytest

HEIGHT = "document.querySelector('article').getBoundingClientRect().height"


@pytest.mark.parametrize("chapter", execute.course())
def test_a_chapter_is_no_higher_than_it_may_be(context, served, chapter):
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{served}{chapter}.html")
    page.wait_for_function(browsing.DRAWN)
    closed = page.evaluate(HEIGHT)
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    opened = page.evaluate(HEIGHT)
    page.close()
    assert closed < opened, "the folds were not closed"
    assert closed <= lengths.HIGHEST

"""Nothing is hidden from the site that a live reader sees, and there is nothing to hide."""

import browsing
import pytest
from bs4 import BeautifulSoup


@pytest.mark.parametrize("page", browsing.PAGES)
def test_no_page_shows_a_warning_or_an_error(page):
    site = BeautifulSoup((browsing.SITE / page).read_text(encoding="utf-8"), "html.parser")
    assert not [each.text for each in site.select(".output.stderr, .output.traceback")]

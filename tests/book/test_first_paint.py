"""On a phone a chapter is painted as soon as a page of the theme that is empty."""

from __future__ import annotations

import contextlib
import gzip
import math
from collections.abc import Iterator
from pathlib import Path

import browsing
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, TimeoutError

FAST_3G = {
    "offline": False,
    "latency": 150,  # ms
    "downloadThroughput": 1.6e6 / 8,  # bytes a second
    "uploadThroughput": 0.75e6 / 8,
}
PHONE = {"width": 390, "height": 844}
PAINTED = "performance.getEntriesByName('first-contentful-paint').length"
WHEN = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# How much later than the empty page: its own text has to come, too.
ALLOWED = 2


class Compressing(browsing.QuietHandler):
    """A server that compresses what it sends, as those that publish pages do."""

    def do_GET(self) -> None:  # noqa: N802 - so it is called
        """Send a file, or the empty page."""
        path = self.translate_path(self.path)
        try:
            content = MADE[self.path]() if self.path in MADE else Path(path).read_bytes()
        except OSError:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        content = gzip.compress(content)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # a page is closed as soon as it is painted
            self.wfile.write(content)


def empty() -> bytes:
    """A page as the theme makes it, with its styles alone: no text and no script."""
    page = BeautifulSoup((browsing.SITE / "genindex.html").read_bytes(), "html.parser")
    for script in page.select("script, link[rel=preload]"):
        script.decompose()
    page.select_one("article").string = "Nothing."
    return str(page).encode()


def held_up() -> bytes:
    """The first chapter, its scripts before its text."""
    return (browsing.SITE / "sound.html").read_bytes().replace(b' defer="defer"', b"")


MADE = {"/empty.html": empty, "/held-up.html": held_up}


@pytest.fixture(scope="module")
def compressed() -> Iterator[str]:
    with browsing.server(Compressing) as address:
        yield address


def painted(browser: Browser, address: str, patience: float = 30_000) -> float:
    """When a phone shows the first of a page, in milliseconds: the earliest of three visits.

    A visit ends when more than `patience` has passed, and counts as one without end.
    """
    times = []
    for _ in range(3):
        context = browser.new_context(viewport=PHONE)  # with a cache of its own
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", FAST_3G)
        page.goto(address, wait_until="commit")
        try:
            page.wait_for_function(PAINTED, timeout=patience)
            times.append(page.evaluate(WHEN))
        except TimeoutError:
            times.append(math.inf)
        context.close()
    return min(times)  # what else the machine does can only make it later


@pytest.fixture(scope="module")
def nothing(browser: Browser, compressed: str) -> float:
    """When the empty page is painted."""
    return painted(browser, compressed + "empty.html")


@pytest.mark.parametrize("page", ["sound.html", "cutmix.html"])  # the first, and the largest
def test_a_chapter_is_painted_as_soon_as_an_empty_page(browser, compressed, nothing, page):
    assert painted(browser, compressed + page) < ALLOWED * nothing


def test_scripts_that_hold_a_page_up_are_noticed(browser, compressed, nothing):
    """Without this, a broken measurement would pass everything."""
    late = ALLOWED * nothing
    assert painted(browser, compressed + "held-up.html", patience=late) > late

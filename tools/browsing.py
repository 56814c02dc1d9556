"""A browser without a network, and the built site to open in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePath

from playwright.sync_api import Browser, Error, Page, sync_playwright
from serving import serving
from sphinx_external_toc.parsing import parse_toc_yaml

BOOK = Path(__file__).resolve().parents[1] / "book"
SITE = BOOK / "_build" / "html"
PAGES = [f"{PurePath(page).stem}.html" for page in parse_toc_yaml(BOOK / "_toc.yml")]

DRAWN = """() => document.readyState === 'complete' && Array.from(
    document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]'),
    view => view.parentElement.querySelector('.jupyter-widgets')).every(Boolean)
    && !document.querySelector('[data-listen]:not([data-state]), [data-guess]:not(:has(button))')"""

HOSTS = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


class NoBrowserError(Exception):
    """No browser can be started; the message says what to do."""


def executables() -> Iterator[str | None]:
    """Yield the Chromium-like browsers to try; None is Playwright's own.

    The first is Debian's Chromium without its windows, whose own pages take a fifth of the time.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            yield path
    yield None
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    yield None


@contextmanager
def browser(*switches: str) -> Iterator[Browser]:
    """Open a headless browser that reaches nothing but this machine; add switches of Chromium's."""
    with sync_playwright() as playwright:
        for executable in executables():
            try:
                opened = playwright.chromium.launch(
                    executable_path=executable, args=[HOSTS, *switches]
                )
            except Error:
                continue
            yield opened
            opened.close()
            return
    raise NoBrowserError("There is no browser: sudo apt-get install -y chromium")


def visit(page: Page, address: str) -> None:
    """Open a page of the book, wait for its widgets and for what listens, and open its folds."""
    page.goto(address)
    page.wait_for_function(DRAWN)
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


class QuietHandler(SimpleHTTPRequestHandler):
    """A file server that prints no line for each request."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def server(kind: type[SimpleHTTPRequestHandler] = QuietHandler) -> Iterator[str]:
    """Serve the site on loopback and yield its address."""
    handler = partial(kind, directory=SITE)
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with serving(http):
        yield f"http://127.0.0.1:{http.server_port}/"

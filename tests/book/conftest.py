"""What the tests of the published book share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import Scheduling

# The extensions of the book are scripts, not a package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))

import browsing
from dealing import ByPage
from playwright.sync_api import Browser, BrowserContext


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Deal the tests by page where they are dealt by module."""
    return ByPage(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give what keeps the scripts of one page compiled for the next, as a reader's browser does."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(120_000)  # a machine may be slow
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Give the address at which the site is served on this machine."""
    with browsing.server() as address:
        yield address

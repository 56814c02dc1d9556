"""What the tests of the published book share."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling, Scheduling

# The extensions of the book are scripts, not a package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))

import browsing
from playwright.sync_api import Browser, BrowserContext


class ByPage(LoadFileScheduling):
    """Gives a process a module at a time, but of the two longest a page or a chapter.

    All that is asked of a page stays together, since it is asked of what is open.
    """

    def _split_scope(self, nodeid: str) -> str:
        module, _, case = nodeid.partition("::")
        if module.endswith("test_own_recordings.py"):
            return nodeid
        # Where it is opened stands before or after its name, as the test is parametrized.
        opened = re.search(r"\[(file-|http-)?([\w-]+\.html)(-file|-http)?\]", case)
        place = opened and (opened[1] or opened[3])
        return f"{module} {opened[2]} {place.strip('-')}" if opened and place else module


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

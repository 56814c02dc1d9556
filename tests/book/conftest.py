"""What the tests of the published book share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

# The tools of the book are scripts beside it, not a package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import browsing


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the processes of pytest-xdist share modules, and of long ones what they mark."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser without a network."""
    try:
        with browsing.browser() as opened:
            yield opened
    except browsing.NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Give the address at which the site is served on this machine."""
    with browsing.server() as address:
        yield address

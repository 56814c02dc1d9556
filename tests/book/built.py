"""The pages of the built site as text, each parsed once for all tests of a process."""

from __future__ import annotations

from functools import cache

from browsing import SITE
from bs4 import BeautifulSoup, Tag


@cache
def soup(page: str) -> BeautifulSoup:
    """Return a page by the name of its file."""
    assert (SITE / page).exists(), f"{page} is not built: run `make book`"
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


def article(page: str) -> Tag:
    """Return what a page says, without what the theme puts around it."""
    return soup(page).select_one("article")


@cache
def places(page: str) -> frozenset[str]:
    """Return the names of all places of a page that a link may lead to."""
    return frozenset(tag["id"] for tag in soup(page).select("[id]"))

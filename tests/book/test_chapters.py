"""A chapter stands in the table of contents, and in every other place that leads to it."""

from __future__ import annotations

import re

import execute
import pytest
from claims import Page

from helpers.plots.road_map import STAGES


def links(page: str) -> list[str]:
    """The notebooks that a page links to, each once, in the order of the page."""
    text = (execute.BOOK / page).read_text(encoding="utf-8")
    return list(dict.fromkeys(re.findall(r"\]\(([\w-]+)\.ipynb", text)))


PLACES = {
    "helpers/plots/road_map.py": [page for _, _, page in STAGES],
    "book/intro.md": links("intro.md"),
    "book/teaching.md": links("teaching.md"),
    "tests/claims": [*Page.every],
    "helpers/exercises": [
        file.stem for file in (execute.ROOT / "helpers" / "exercises").glob("*.py")
    ],
}
"""What each place names."""


def lacking(chapter: str) -> list[str]:
    """The places that do not name a chapter."""
    module = {"many-machines": "many"}.get(chapter, chapter)
    return [place for place, named in PLACES.items() if not {chapter, module} & {*named}]


@pytest.mark.parametrize("chapter", execute.course())
def test_every_place_names_the_chapter(chapter):
    assert lacking(chapter) == [], f"{chapter} stands in book/_toc.yml; name it there, too"


def test_a_new_chapter_is_missed_everywhere():
    assert lacking("brand-new") == list(PLACES)


@pytest.mark.parametrize("place", ["helpers/plots/road_map.py", "book/intro.md"])
def test_roads_go_the_way_of_the_table_of_contents(place):
    chapters = execute.course()
    assert [page for page in PLACES[place] if page in chapters] == chapters

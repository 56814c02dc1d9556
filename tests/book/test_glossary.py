"""The glossary has a term for each word that the chapters explain, and they link to it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import execute
import nbformat
import pytest
from docutils.nodes import make_id

LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
NAME = re.compile(r"\b[Tt]he chapter on [\w-]+")
CHAPTER = re.compile(r"\[[Tt]he chapter on [^]]+\]\(([^)]+)\)")


def entries() -> dict[str, str]:
    text = (execute.BOOK / "glossary.md").read_text(encoding="utf-8")
    _, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    return dict(section.split("\n", 1) for section in sections)


ENTRIES = entries()


@cache
def source(page: str) -> str:
    """The Markdown of a page."""
    path = execute.BOOK / page
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def linked(page: str) -> set[str]:
    """The terms that a page links to."""
    targets = " ".join(target for _, target in LINK.findall(source(page)))
    return set(re.findall(r"\bglossary\.(?:md|html)#(\S+)", targets))


def used(term: str, page: str) -> bool:
    """Say whether a page's prose has a term; code, addresses and names of chapters are none."""
    text = re.sub(r"```.*?```|`[^`]*`", "", source(page), flags=re.DOTALL)
    text = NAME.sub("", LINK.sub(r"\1", text))
    flags = 0 if term[1:2].isupper() else re.IGNORECASE
    return re.search(rf"\b{re.escape(term)}(e?s)?\b", text, flags) is not None


PAGES = sorted(path.name for path in execute.BOOK.glob("*.*") if path.suffix in (".ipynb", ".md"))
CHAPTERS = [path.name for path in filter(execute.is_chapter, execute.chapters())]


def test_terms_stand_in_the_order_of_the_alphabet():
    assert list(ENTRIES) == sorted(ENTRIES, key=str.lower)


@pytest.mark.parametrize("term", ENTRIES)
def test_the_chapters_that_a_term_names_link_to_it(term):
    named = CHAPTER.findall(ENTRIES[term])
    assert named
    for page in named:
        assert make_id(term) in linked(page), f"{page} explains “{term}” and does not link to it"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_the_glossary_arrives(page):
    terms = {make_id(term) for term in ENTRIES}
    assert linked(page) <= terms
    if page == "glossary.md":
        inside = {target for _, target in LINK.findall(source(page)) if target.startswith("#")}
        assert {target[1:] for target in inside} <= terms


@pytest.mark.parametrize("page", CHAPTERS)
def test_what_a_later_chapter_explains_is_linked_where_it_is_used_before(page):
    for term, text in ENTRIES.items():
        first = min(CHAPTER.findall(text), key=CHAPTERS.index)
        if CHAPTERS.index(page) < CHAPTERS.index(first) and used(term, page):
            assert make_id(term) in linked(page), f"link “{term}”: {Path(first).stem} explains it"

"""The printed book is whole: every page of the site, numbered, with bookmarks and links."""

from __future__ import annotations

import re
import unicodedata

import address
import browsing
import pdf
import pytest
from built import article
from pypdf import PdfReader
from pypdf.generic import Destination
from pypdfium2 import PdfDocument


@pytest.fixture(scope="module")
def printed() -> PdfReader:
    assert pdf.PDF.exists(), "run `make pdf`"
    return PdfReader(pdf.PDF)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    with PdfDocument(pdf.PDF) as whole:
        return [page.get_textpage().get_text_range() for page in whole]


def letters(text: str) -> str:
    """The text without what a line break or a ligature may change."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


def chapters(printed: PdfReader) -> list[Destination]:
    return [mark for mark in printed.outline if isinstance(mark, Destination)]


def test_every_page_of_the_site_has_its_bookmark(printed):
    titles = [article(page).select_one("h1").text.removesuffix("#") for page in browsing.PAGES]
    marked = [letters(mark.title) for mark in chapters(printed)]
    assert marked == [letters(title) for title in titles]
    assert len(printed.pages) > 2 * len(browsing.PAGES)


@pytest.mark.parametrize("page", browsing.PAGES)
def test_no_page_is_cut_at_its_end(printed, texts, page):
    begins = [printed.get_destination_page_number(mark) for mark in chapters(printed)]
    end = [*begins[1:], len(printed.pages)][browsing.PAGES.index(page)]
    last = letters(article(page).find_all(["p", "li", "td", "pre"])[-1].text)
    ends = (text.lstrip().lstrip("0123456789") for text in texts[end - 2 : end])  # no page's number
    assert last[-40:] in letters("".join(ends))


def test_pages_are_numbered_from_the_first_after_the_contents(printed, texts):
    first = printed.get_destination_page_number(chapters(printed)[0])
    assert printed.page_labels[first] == "1"
    for number, text in enumerate(texts[first:], 1):
        assert text.split()[0] == str(number)


def test_links_lead_into_the_book_or_to_the_web(printed):
    pages = {page.indirect_reference.idnum for page in printed.pages}
    inside = 0
    for page in printed.pages:
        for link in page.get("/Annots", ()):
            action = link.get_object()["/A"]
            if action["/S"] == "/GoTo":
                assert action["/D"][0].idnum in pages
                inside += 1
            else:
                assert re.match(r"https?://(?!127\.0\.0\.1)", action["/URI"]), action["/URI"]
    assert inside > len(browsing.PAGES)


def test_the_first_page_of_the_site_offers_it_and_it_is_small(printed):
    offered = [link["href"] for link in article(browsing.PAGES[0]).select("a[href$='.pdf']")]
    assert offered == [f"{address.published()}/{pdf.PDF.name}"]
    assert pdf.PDF.stat().st_size < 25e6

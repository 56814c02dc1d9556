"""Print the built site into one PDF, with a title page, contents, bookmarks and page numbers.

A browser prints each page with its folds open and its widgets in their first state; the links
between pages then lead to places in the PDF. It is written into the site, to be downloaded.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import unquote

import address
import browsing
import yaml
from playwright.sync_api import Page
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    TextStringObject,
)

PDF = browsing.SITE / "which-instrument.pdf"

# A browser keeps the places that are linked to. These links stand on pages of their own at the
# end, which are left out afterwards.
LINK_EVERY_PLACE = """() => {
    const links = document.createElement('div');
    links.id = 'end-of-print';
    links.style.breakBefore = 'page';
    for (const place of [links, ...document.querySelectorAll('article [id]')]) {
        const link = document.createElement('a');
        link.href = '#' + place.id;
        link.textContent = 'place ';
        links.append(link);
    }
    document.querySelector('article').append(links);
}"""

# The sections of a page: title and place.
SECTIONS = """() => Array.from(document.querySelectorAll('article :is(h1, h2)'), heading => {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll('.headerlink').forEach(link => link.remove());
    copy.querySelectorAll('br').forEach(line => line.replaceWith(' '));
    return [copy.textContent.trim(), heading.closest('section').id];
})"""


@dataclass(frozen=True)
class Part:
    """A printed page of the site: where it begins in the book, and its sections and places."""

    name: str
    pdf: PdfReader
    begin: int
    sections: list[tuple[str, str]]

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.sections[0][0]

    def place(self, name: str) -> tuple[int, float | None]:
        """Return page and height of a place; of one that has none, those of the beginning."""
        found = self.pdf.named_destinations.get("/" + name)
        number = None if found is None else self.pdf.get_destination_page_number(found)
        if found is None or number is None:
            return self.begin, None
        return self.begin + number, found.top

    @property
    def pages(self) -> int:
        """The number of pages before the links that were added."""
        return self.place("end-of-print")[0] - self.begin


def config() -> dict:
    """Return the book's configuration."""
    return yaml.safe_load((browsing.BOOK / "_config.yml").read_text(encoding="utf-8"))


def printed(page: Page, begin: int) -> PdfReader:
    """Print what a page shows, its first page numbered `begin` + 1."""
    page.add_style_tag(content=f"html {{ counter-reset: page {begin}; }}")
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


def parts(page: Page, site: str) -> list[Part]:
    """Print the pages of the table of contents, one after the other."""
    done: list[Part] = []
    begin = 0
    for name in browsing.PAGES:
        browsing.visit(page, site + name)
        sections = page.evaluate(SECTIONS)
        page.evaluate(LINK_EVERY_PLACE)
        done.append(Part(name, printed(page, begin), begin, sections))
        begin += done[-1].pages
    return done


def front(page: Page, site: str, chapters: list[Part]) -> PdfReader:
    """Print the title page and the contents."""
    lines = "".join(
        f'<li><a href="{site}{part.name}">{html.escape(part.title)}</a> {part.begin + 1}</li>'
        for part in chapters
    )
    page.set_content(f"""<!doctype html><html lang="en"><style>
        @page {{ size: A4; margin: 20mm; }}
        body {{ font-family: sans-serif; font-size: 11pt; line-height: 1.7; }}
        h1 {{ font-size: 30pt; line-height: 1.2; margin-top: 35vh; }}
        h2 {{ break-before: page; }}
        a {{ color: inherit; text-decoration: none; }}
        ul {{ list-style: none; padding: 0; }}
        ul.contents li {{ display: flex; justify-content: space-between; gap: 2em; }}
        </style><h1>{config()["title"]}</h1>
        <p>An interactive book on audio classification, printed. On its pages the sounds can be
        heard and the pictures move: <a href="{address.chosen()}">{address.chosen()}</a></p>
        <p>{config()["author"]}. Text and figures: CC BY 4.0. Code: BSD 3-Clause.</p>
        <h2>Contents</h2><ul class="contents">{lines}</ul>""")
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))


def joined(title: PdfReader, chapters: list[Part], site: str) -> PdfWriter:
    """Join the parts, with bookmarks, and links that lead to places in the whole."""
    book = PdfWriter()
    book.append(title, import_outline=False)
    first = len(book.pages)
    for part in chapters:
        book.append(part.pdf, pages=(0, part.pages), import_outline=False)
    for part in chapters:
        chapter: IndirectObject | None = None
        for heading, name in part.sections:
            # The theme prints the title and a list of the sections ahead of the first section.
            number, top = part.place(name) if chapter else (part.begin, None)
            fit = Fit.xyz(top=top)
            mark = book.add_outline_item(
                title=heading, page_number=first + number, parent=chapter, fit=fit
            )
            chapter = chapter or mark
    by_name = {part.name: part for part in chapters}
    for i, page in enumerate(book.pages):
        here = next((p for p in reversed(chapters) if first + p.begin <= i), None)
        for link in page.get("/Annots", ()):
            link = link.get_object()
            if target := _target(link, here, by_name, site):
                number, top = target
                _lead(link, book.pages[first + number], top)
            elif (uri := str(link["/A"]["/URI"])).startswith(site):  # not a page of the book
                online = uri.replace(site, address.published() + "/")
                link["/A"][NameObject("/URI")] = TextStringObject(online)
    book.set_page_label(0, first - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    book.set_page_label(first, len(book.pages) - 1, style=PageLabelStyle.DECIMAL)
    book.compress_identical_objects()
    return book


def _target(
    link: DictionaryObject, here: Part | None, by_name: dict[str, Part], site: str
) -> tuple[int, float | None] | None:
    """Return page and height of what a link leads to; None for a link out of the book."""
    if here and "/Dest" in link:
        return here.place(str(link["/Dest"]).removeprefix("/"))
    uri = str(link.get("/A", {}).get("/URI", ""))
    name, _, place = unquote(uri.removeprefix(site)).partition("#")
    return by_name[name].place(place) if uri.startswith(site) and name in by_name else None


def _lead(link: DictionaryObject, page: PageObject, top: float | None) -> None:
    """Make a link lead to a place on a page of the same PDF."""
    height = NullObject() if top is None else FloatObject(top)
    place = [page.indirect_reference, NameObject("/XYZ"), NullObject(), height, NullObject()]
    link.pop("/Dest", None)
    link[NameObject("/A")] = DictionaryObject(
        {NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): ArrayObject(place)}
    )


def main() -> None:
    """Print the site and say where the PDF is."""
    with browsing.browser() as browser, browsing.server() as site:
        page = browser.new_page(color_scheme="light")
        chapters = parts(page, site)
        book = joined(front(page, site, chapters), chapters, site)
    book.add_metadata({"/Title": config()["title"], "/Author": config()["author"]})
    book.root_object[NameObject("/Lang")] = TextStringObject("en-GB")
    book.write(PDF)
    print(f"{PDF}: {len(book.pages)} pages, {PDF.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

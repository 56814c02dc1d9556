"""Each link of each notebook leads somewhere readable: on the site, in JupyterLab and in Colab."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import address
import execute
import nbformat
import pytest
import yaml
from built import article, places

from helpers.plots import page as pictures

LINK = re.compile(r"\]\((?P<text>[^)\s]+)\)|\bhref=\"(?P<html>[^\"]+)\"")
COLAB = "https://colab.research.google.com/github/{}/{}/blob/main/book/"
EVERYWHERE = ("https://", "http://")

NOTEBOOKS = [pytest.param(path, id=path.stem) for path in execute.chapters()]


def links(notebook: Path) -> list[str]:
    cells = nbformat.read(notebook, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return [found["text"] or found["html"] for found in LINK.finditer(text)]


def published(link: str) -> tuple[str, str] | None:
    """The page of the site that a published address names, and the place on it."""
    if not link.startswith(f"{address.published()}/"):
        return None
    page, _, place = link.removeprefix(f"{address.published()}/").partition("#")
    return page, place


def test_the_published_address_is_quoted_where_it_is_needed():
    config = yaml.safe_load((execute.BOOK / "_config.yml").read_text(encoding="utf-8"))
    quoted = {config["sphinx"]["config"]["published"], pictures.PUBLISHED}
    assert quoted == {address.published()}, "run `make address`"


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_what_is_published_is_on_the_site(notebook):
    for page, place in filter(None, map(published, links(notebook))):
        assert not place or place in places(page), f"{page}#{place}"


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_in_jupyterlab_a_link_opens_a_notebook_or_a_published_page(notebook):
    for link in links(notebook):
        name, _, _ = link.partition("#")
        if name and not link.startswith(EVERYWHERE):
            told = f"write {address.published()}/{Path(name).stem}.html"
            assert name.endswith(".ipynb"), f"{link} is no notebook: {told}"
            assert (execute.BOOK / name).is_file(), link


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_in_colab_a_link_opens_a_notebook_there_or_a_published_page(notebook):
    folder = COLAB.format(*address.chosen().split("/")[-2:])
    others = {f"{folder}{path.name}" for path in execute.chapters()}
    for link in links(notebook):
        arrives = urljoin(f"{folder}{notebook.name}", link).partition("#")[0]
        assert arrives in others or not arrives.startswith(folder), link


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_on_the_site_the_same_links_stay_within_it(notebook):
    written = [found for found in map(published, links(notebook)) if found]
    there = article(f"{notebook.stem}.html").select("a[href]")
    led = {link["href"] for link in there}
    for page, place in written:
        if page != f"{notebook.stem}.html":
            assert (f"{page}#{place}" if place else page) in led
    outside = [link for link in there if published(link["href"])]
    # For who reads it as a notebook, a page that runs on the site alone names itself.
    assert not [link for link in outside if not link.find_parent(attrs={"data-listen": True})]

"""The built pages as text: whole, self-contained and described in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

import address
import execute
import moved
import nbformat
import pytest
import recording
from browsing import PAGES, SITE
from bs4 import BeautifulSoup, Tag
from built import article, places, soup

WIDGETS = "application/vnd.jupyter.widget-state+json"
OUTSIDE = re.compile(r"^(https?:)?//")
# What a browser fetches without being asked.
FETCHED = "script[src], link[href], img[src], audio[src], video[src], source[src], iframe[src]"


def content(page: str) -> Iterator[Tag]:
    """Yield the page's article and, state by state, what its widgets may show."""
    yield article(page)
    for script in soup(page).find_all("script", type=WIDGETS):
        for model in json.loads(script.string)["state"].values():
            assert model["model_name"] != "ImageModel", "this widget takes no alternative text"
            if model["model_name"] in ("HTMLModel", "HTMLMathModel"):
                yield BeautifulSoup(model["state"]["value"], "html.parser")


@pytest.mark.parametrize("page", [*PAGES, "index.html", "search.html", "genindex.html"])
def test_page_fetches_nothing_from_elsewhere(page):
    fetched = [tag.get("src") or tag.get("href") for tag in soup(page).select(FETCHED)]
    assert not [address for address in fetched if OUTSIDE.match(address)]
    for style in soup(page).find_all("style"):
        assert not outside_styles(style.text)
    for tag in soup(page).select("[style]"):
        assert not outside_styles(tag["style"])


def outside_styles(css: str) -> list[str]:
    addresses = re.findall(r"""(?:@import\s+|url\()\s*["']?([^"')]+)""", css)
    return [address for address in addresses if OUTSIDE.match(address)]


@pytest.mark.parametrize("page", [*PAGES, "genindex.html", "search.html"])
def test_page_brings_nothing_that_would_run_its_cells_elsewhere(page):
    assert "thebe" not in str(soup(page).head).lower()
    assert not soup(page).select("script[type='text/x-thebe-config'], script[src*=thebe]")


@pytest.mark.parametrize("page", [*PAGES, "genindex.html", "search.html"])
def test_icons_need_no_script_and_say_nothing_to_who_cannot_see_them(page):
    assert not soup(page).select("script[src*=fontawesome]")
    icons = soup(page).select("i[class]")
    assert icons and all(icon.get("aria-hidden") == "true" for icon in icons)


def test_icons_are_drawn(browser):
    page = browser.new_page()
    page.goto((SITE / PAGES[0]).as_uri())
    drawn = page.evaluate("""async () => {
        await document.fonts.ready;
        const icons = [...document.querySelectorAll("i[class]")].filter(
            (icon) => icon.checkVisibility());
        return icons.map((icon) => {
            const style = getComputedStyle(icon, "::before");
            const glyph = style.content.replaceAll('"', "");
            return [icon.className, glyph.length === 1
                && document.fonts.check(`${style.fontWeight} 16px ${style.fontFamily}`, glyph)];
        });
    }""")
    page.close()
    assert len(drawn) > 5 and all(there for _, there in drawn), drawn


def test_styles_fetch_nothing_from_elsewhere():
    sheets = list(SITE.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        assert not outside_styles(sheet.read_text(encoding="utf-8")), sheet


@pytest.mark.parametrize("page", [*PAGES, "index.html", "search.html", "genindex.html"])
def test_every_link_inside_the_site_arrives(page):
    for link in soup(page).select(r"a[href], a[xlink\:href]"):
        address = unquote(link.get("href") or link["xlink:href"])
        if re.match(r"[a-z]+:", address) or address in ("", "#"):
            continue
        target, _, fragment = address.split("?")[0].partition("#")
        target = target or page
        assert (SITE / target).exists(), f"{page} links to {address}"
        if fragment and target.endswith(".html"):
            assert fragment in places(target), f"{page} links to {address}"


def test_every_page_says_in_its_head_what_it_is_about():
    told: dict[str, str] = {}
    leads_on = {SITE / "index.html", *(SITE / f"{before}.html" for before in moved.MOVED)}
    for page in sorted({*SITE.glob("*.html"), *SITE.glob("_modules/**/*.html")} - leads_on):
        head = page.read_text(encoding="utf-8").partition("</head>")[0]
        described = BeautifulSoup(head, "html.parser").select("meta[name=description]")
        (said,) = (tag["content"] for tag in described)
        assert len(said.split()) > 3 and said.endswith((".", "?")), f"{page}: {said}"
        assert said not in told, f"{page} says the same as {told[said]}"
        told[said] = str(page)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_in_its_head_stands_in_it(page):
    (said,) = (tag["content"] for tag in soup(page).select("meta[name=description]"))
    words = " ".join(article(page).get_text().split())
    title = article(page).select_one("h1").get_text().removesuffix("#")
    _, _, after = said.rpartition(f"{re.sub(r'^[0-9]+. ', '', title)}. ")
    assert after.rstrip(".?") in words


@pytest.mark.parametrize("page", PAGES)
def test_without_scripts_each_explorer_has_a_notice(page):
    views = soup(page).select('script[type="application/vnd.jupyter.widget-view+json"]')
    notices = [view.find_next_sibling("noscript") for view in views]
    assert all(notice and "needs JavaScript" in notice.text for notice in notices)


def test_where_scripts_are_off_the_notice_is_seen_and_nothing_else_is_missing(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / "sound.html").as_uri())
    assert page.locator(".no-script").first.is_visible()
    assert page.locator("article figure img, article figure svg").first.is_visible()
    page.goto((SITE / "listening.html").as_uri())
    assert page.locator("[data-listen] .no-script").is_visible()
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_and_sound_is_described(page):
    for part in content(page):
        for picture in part.select("img"):
            alt = picture.get("alt", "").strip()
            # Sphinx puts the file's name where an author left the text out.
            assert alt and not re.search(r"\.(png|svg|jpe?g)$", alt), picture
        for drawing in part.select("svg[role=img]"):
            title = drawing.find("title")
            named = drawing.get("aria-label") or drawing.get("aria-labelledby")
            assert named or (title and title.text.strip()), str(drawing)[:200]
        for drawing in part.select("figure svg"):
            # As an image, a drawing would hide its links, and what a script puts into a group.
            links, role = drawing.select("a"), drawing.get("role")
            named = role == "group" and drawing.get("aria-label")
            assert links or named or role == "img", str(drawing)[:200]
            assert all(link.get("aria-label") for link in links), str(drawing)[:200]
        for sound in part.select("audio"):
            assert sound.get("aria-label", "").strip(), str(sound)[:200]


@pytest.mark.parametrize("page", PAGES)
def test_page_shows_no_error_and_no_place_of_one_machine(page):
    text = soup(page).get_text()
    assert "Traceback (most recent call last)" not in text
    assert str(execute.ROOT) not in text


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in execute.chapters()])
def test_every_chapter_was_executed_by_nbval_alone_in_the_memory_that_it_may_take(path):
    notebook = nbformat.read(path, as_version=4)
    record = execute.CACHE.match_cache_notebook(notebook)
    # jupyter-book replaces the record of a chapter that it had to execute by one without these.
    assert "fingerprint" in record.data
    assert record.data["megabytes"] <= recording.MOST


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in execute.chapters()])
def test_every_chapter_opens_itself_in_binder_and_colab(path):
    project = "/".join(address.chosen().split("/")[-2:])
    links = {link["href"] for link in soup(f"{path.stem}.html").select("a[href]")}
    place = f"book/{path.name}"
    assert {
        f"https://mybinder.org/v2/gh/{project}/main?urlpath=lab/tree/{place}",
        f"https://colab.research.google.com/github/{project}/blob/main/{place}",
    } <= links


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=p.stem) for p in filter(execute.is_chapter, execute.chapters())]
)
def test_every_chapter_has_an_explorer_whose_states_are_all_drawn(path):
    state = soup(f"{path.stem}.html").find("script", type=WIDGETS)
    models = list(json.loads(state.string)["state"].values())
    drawn = [m["state"].get("value") for m in models if m["model_name"] == "HTMLModel"]
    assert len(drawn) > 1 and all(drawn)
    assert any(m["model_name"] == "LinkModel" for m in models)


def test_old_addresses_of_chapters_lead_to_them(browser):
    page = browser.new_page()
    for before, now in moved.MOVED.items():
        page.goto((SITE / f"{before}.html").as_uri())
        page.wait_for_url(f"**/{now}.html", wait_until="commit")
    page.goto((SITE / "12-listening.html").as_uri() + "#example=cello")
    page.wait_for_url("**/listening.html#example=cello", wait_until="commit")
    page.close()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / "01-sound.html").as_uri())
    page.wait_for_url("**/sound.html", wait_until="commit")
    context.close()


def test_what_was_light_by_day_is_dark_by_night_before_the_theme_looks(browser, served):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    for mode, theme, shown in (("auto", "light", "dark"), ("light", "light", "light")):
        page.goto(served + "glossary.html")
        page.evaluate(
            "([mode, theme]) => Object.assign(localStorage, { mode, theme })", [mode, theme]
        )
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == shown
    context.close()

"""The built pages in a real browser with no network: they work, by keyboard too."""

from __future__ import annotations

from collections.abc import Iterator

import browsing
import pytest
from playwright.sync_api import ElementHandle, Page, TimeoutError

# Two harmless slips of the theme, on every page.
THEME_ERRORS = {
    "Identifier 'THEBE_JS_URL' has already been declared",
    "Got invalid theme mode: . Resetting to auto.",
}

CONTROLS = ".jupyter-widgets :is(select, input, [role=slider], button):not([disabled])"
# Keys that change a control, tried in turn: at an end of its range only one does.
KEYS = {
    "select": ("ArrowDown", "ArrowUp"),
    "slider": ("ArrowRight", "ArrowLeft"),
    "radio": ("ArrowDown", "ArrowUp"),
    "checkbox": ("Space",),
    "button": ("Enter",),
}

KIND = """control => control.getAttribute('role') || (
    control.tagName === 'INPUT' ? control.type : control.tagName.toLowerCase())"""

NAME = """control => control.ariaLabel || control.title || control.textContent.trim()
    || Array.from(control.labels || [], label => label.textContent.trim()).join(' ')"""

# Everything drawn in the cell that the control belongs to, the controls themselves left out.
PICTURE = """control => Array.from(
    control.closest('.cell_output').querySelectorAll('figure, .widget-html-content'),
    drawn => drawn.checkVisibility() ? drawn.innerHTML : '').join()"""

CHANGED = f"([control, before]) => ({PICTURE})(control) !== before"

LOADED = """audio => new Promise((resolve, reject) => {
    audio.onloadedmetadata = () => resolve(audio.duration);
    audio.onerror = () => reject(new Error(audio.error.message));
    audio.preload = 'metadata';
    audio.load();
})"""


@pytest.fixture(scope="module", params=["http", "file"])
def site(request) -> Iterator[str]:
    if request.param == "file":
        yield browsing.SITE.as_uri() + "/"
    else:
        with browsing.server() as address:
            yield address


@pytest.fixture(scope="module", params=browsing.PAGES)
def visit(browser, site, request) -> Iterator[tuple[Page, list[str]]]:
    """Open a page of the book; give it with the list of what went wrong since."""
    wrong: list[str] = []
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("pageerror", lambda error: wrong.append(error.message))
    page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
    page.on("request", lambda asked: is_outside(asked.url, site) and wrong.append(asked.url))
    browsing.visit(page, site + request.param)
    yield page, wrong
    page.close()


def is_outside(address: str, site: str) -> bool:
    return not address.startswith((site, "data:", "blob:"))


def test_controls_have_names_and_change_the_picture_by_keyboard(visit):
    page, _ = visit
    for control in page.query_selector_all(CONTROLS):
        name = control.evaluate(NAME)
        assert name, control.evaluate("control => control.outerHTML")
        kind = control.evaluate(KIND)
        if kind == "radio" and not control.is_checked():
            continue  # the arrow keys reach it from the checked one
        if kind == "button" and "mod-active" in control.get_attribute("class"):
            continue  # a toggle that is chosen already
        assert press(page, control, KEYS[kind]), f"{name} ({kind}) changes no picture"


def press(page: Page, control: ElementHandle, keys: tuple[str, ...]) -> bool:
    """Say whether one of the keys, pressed on the control, changes the picture."""
    before = control.evaluate(PICTURE)
    assert before, "there is no picture"
    for key in keys:
        control.focus()
        assert control.evaluate("control => control === document.activeElement")
        page.keyboard.press(key)
        try:
            page.wait_for_function(CHANGED, arg=[control, before], timeout=5000)
        except TimeoutError:
            continue
        return True
    return False


def test_every_player_loads(visit):
    page, _ = visit
    for player in page.query_selector_all("audio"):
        assert player.evaluate(LOADED) > 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone(visit, theme):
    page, _ = visit
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    article = "document.querySelector('article')"
    assert page.evaluate(f"{article}.scrollWidth - {article}.clientWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_nothing_went_wrong(visit):
    """Runs last of the page's tests, so that what they provoked counts too."""
    _, wrong = visit
    assert not set(wrong) - THEME_ERRORS

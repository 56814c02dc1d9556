"""Pages for everyone: axe-core finds nothing of ours, and the keyboard goes where the eye does."""

from __future__ import annotations

from collections.abc import Iterator

import browsing
import pytest
from playwright.sync_api import Browser, Page

AXE = browsing.BOOK / "_build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
PLAIN = "genindex.html"  # a page of the theme, with nothing of ours on it

# What axe-core finds on a plain page, rule by rule: where, which is the theme's, and why.
THEME = {
    # Their names say "Search" and "Color mode"; they show a shortcut and the modes besides.
    "label-content-name-mismatch": ".search-button-field, .theme-switch-button",
    # The book's title stands above the navigation, in no landmark.
    "region": ".navbar-brand, .sidebar-primary-item:has(> .navbar-brand)",
}

# Puts every state of the page's widgets at the end of its text: axe-core sees what is shown alone.
ALL_STATES = """() => {
    const states = document.querySelectorAll(
        'script[type="application/vnd.jupyter.widget-state+json"]');
    for (const script of states) {
        for (const model of Object.values(JSON.parse(script.textContent).state)) {
            if (!['HTMLModel', 'HTMLMathModel'].includes(model.model_name)) continue;
            const state = document.createElement('div');
            state.className = 'widget-html-content';
            state.innerHTML = model.state.value;
            document.querySelector('article').append(state);
        }
    }
}"""

# What axe-core finds: the rule, and the element with whether it is one of the theme's.
FOUND = """async theme => {
    const options = { elementRef: true, resultTypes: ['violations'] };
    const { violations } = await axe.run(document, options);
    return violations.flatMap(rule => rule.nodes.map(node => [
        rule.id, node.element.matches(theme[rule.id] || 'none'), node.html.slice(0, 200)]));
}"""

# The element that has the focus: its place among all, whether that is seen, and what it is.
FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const style = getComputedStyle(element);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const place = Array.from(document.querySelectorAll('*')).indexOf(element);
    const box = element.getBoundingClientRect();
    const onScreen = box.bottom > 0 && box.top < innerHeight && box.right > 0;
    return [place, (ring || style.boxShadow !== 'none') && onScreen, element.outerHTML.slice(0, 200)];
}"""

# The places of what a widget offers: a radio button that is not checked is reached by arrow keys.
CONTROLS = """() => {
    const all = Array.from(document.querySelectorAll('*'));
    return Array.from(document.querySelectorAll(
        '.jupyter-widgets :is(select, input:not([type=radio]), input:checked, [role=slider], button)'
    ), control => !control.disabled && control.checkVisibility() ? all.indexOf(control) : null)
        .filter(place => place !== null);
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with browsing.server() as address:
        yield address


@pytest.fixture(scope="module", params=[*browsing.PAGES, "search.html", PLAIN])
def page(browser: Browser, site: str, request) -> Iterator[Page]:
    page = browser.new_page()
    browsing.visit(page, site + request.param)
    yield page
    page.close()


def found(page: Page) -> list[tuple[str, bool, str]]:
    """Return what axe-core finds: rule, whether it is the theme's, and the element."""
    assert AXE.exists(), "axe-core is not there: run `python book/vendor.py`"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [tuple(finding) for finding in page.evaluate(FOUND, THEME)]


def test_keyboard_goes_through_the_page_in_its_order_and_is_seen(page):
    """Runs before the states of the widgets are added to the page."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.activeElement.blur()")
    places = []
    while focused := press_tab(page):
        place, seen, element = focused
        assert seen, f"the focus is not seen on {element}"
        assert not places or place >= places[-1], f"the focus goes back to {element}"
        places.append(place)
    assert set(page.evaluate(CONTROLS)) <= set(places)


def press_tab(page: Page) -> tuple[int, bool, str] | None:
    page.keyboard.press("Tab")
    return page.evaluate(FOCUSED)


def test_first_stop_skips_to_the_text(page):
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main-content') !== null")


@pytest.mark.parametrize("theme, width", [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_axe_finds_nothing_of_ours(page, theme, width):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    if not page.evaluate("window.statesShown"):
        page.evaluate(ALL_STATES)
        page.evaluate("window.statesShown = true")
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert not [(rule, element) for rule, is_theme, element in found(page) if not is_theme]


def test_what_is_put_down_to_the_theme_is_on_a_plain_page(browser, site):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    browsing.visit(page, site + PLAIN)
    assert {rule for rule, _, _ in found(page)} == set(THEME)
    page.close()


def test_axe_finds_what_is_wrong(browser, site):
    """Without this, a broken check would pass everything."""
    page = browser.new_page()
    browsing.visit(page, site + PLAIN)
    page.evaluate("""document.querySelector('article').innerHTML +=
        '<img src="x.png"><p style="color: #999; background: #888">grey</p><h5>a jump</h5>'""")
    rules = {rule for rule, is_theme, _ in found(page) if not is_theme}
    assert {"image-alt", "color-contrast", "heading-order"} <= rules
    page.close()

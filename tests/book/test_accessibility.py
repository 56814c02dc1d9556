"""Pages for everyone: axe-core finds nothing of ours, and the keyboard goes where the eye does."""

from __future__ import annotations

from collections.abc import Iterator

import browsing
import pytest
from playwright.sync_api import Browser, Page, TimeoutError

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

# The element that has the focus: its place among all, and what it is.
FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const place = Array.from(document.querySelectorAll('*')).indexOf(element);
    return [place, element.outerHTML.slice(0, 200)];
}"""

# A player shows inside, by the browser's own means, which of its buttons has the focus.
FOCUS_IS_SEEN = """() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 || boxShadow !== 'none';
    const { top, bottom, right } = element.getBoundingClientRect();
    const onScreen = bottom > 0 && top < innerHeight && right > 0;
    return onScreen && (ring || element.tagName === 'AUDIO');
}"""

# The places of what widgets offer; the arrow keys reach a radio button that is not checked.
CONTROLS = """() => {
    const all = Array.from(document.querySelectorAll('*'));
    const controls = document.querySelectorAll('.jupyter-widgets :is('
        + 'select, input:not([type=radio]), input:checked, [role=slider], button)');
    return Array.from(controls)
        .filter(control => !control.disabled && control.checkVisibility())
        .map(control => all.indexOf(control));
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with browsing.server() as address:
        yield address


@pytest.fixture(params=[*browsing.PAGES, "search.html", PLAIN])
def page(browser: Browser, site: str, request) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    browsing.visit(page, site + request.param)
    yield page
    page.close()


def found(page: Page) -> list[tuple[str, bool, str]]:
    """Return what axe-core finds: rule, whether it is the theme's, and the element."""
    assert AXE.exists(), "axe-core is not there: run `python tools/vendor.py`"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [tuple(finding) for finding in page.evaluate(FOUND, THEME)]


def test_axe_finds_nothing_of_ours(page):
    page.evaluate(ALL_STATES)
    for theme, width in (("light", 1280), ("dark", 1280), ("dark", 390)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
        page.wait_for_timeout(500)  # then the theme looks anew for what has to be scrolled
        assert not [(rule, element) for rule, is_theme, element in found(page) if not is_theme]


def test_keyboard_goes_through_the_page_in_its_order_and_is_seen(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    places = []
    while focused := page.evaluate(FOCUSED):
        place, element = focused
        assert is_seen(page), f"the focus is not seen on {element}"
        assert not places or place >= places[-1], f"the focus goes back to {element}"
        places.append(place)
        page.keyboard.press("Tab")
    assert set(page.evaluate(CONTROLS)) <= set(places)


def is_seen(page: Page) -> bool:
    try:
        page.wait_for_function(FOCUS_IS_SEEN, timeout=2000)  # some of it moves in
    except TimeoutError:
        return False
    return True


def test_first_stop_skips_to_the_text(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main-content') !== null")


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

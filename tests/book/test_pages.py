"""The built pages in a real browser with no network: they work, for everyone, by keyboard too.

Each page is opened once as a browser gets it from a server and once as a file, and all that is
asked of it is asked of what is open, in the order of the tests here.
"""

from __future__ import annotations

from collections.abc import Iterator

import axe
import browsing
import pytest
from playwright.sync_api import ElementHandle, Page, TimeoutError

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


# What of the pictures is written in letters of less than ten pixels.
SMALL = """() => Array.from(document.querySelectorAll('figure.drawn svg text'))
    .filter(text => text.checkVisibility())
    .map(text => [text.textContent, parseFloat(getComputedStyle(text).fontSize)
        * text.ownerSVGElement.getScreenCTM().a])
    .filter(([, size]) => size < 10)"""

# What of the pictures is written in part beyond their edges, which cut it off.
OVER_THE_EDGE = """() => Array.from(document.querySelectorAll('figure.drawn svg text'))
    .filter(text => text.checkVisibility())
    .filter(text => {
        const [word, whole] = [text, text.ownerSVGElement].map(e => e.getBoundingClientRect());
        return word.left < whole.left - 1 || word.right > whole.right + 1
            || word.top < whole.top - 1 || word.bottom > whole.bottom + 1;
    })
    .map(text => text.textContent)"""


# Puts every state of the page's widgets at the end of its text: axe-core sees what is shown alone.
# Of pictures come their names: of lines and dots it has nothing to say, and is long in saying it.
ALL_STATES = """() => {
    const all = document.createElement('div');
    all.id = 'all-states';
    const states = document.querySelectorAll(
        'script[type="application/vnd.jupyter.widget-state+json"]');
    for (const script of states) {
        for (const model of Object.values(JSON.parse(script.textContent).state)) {
            if (!['HTMLModel', 'HTMLMathModel'].includes(model.model_name)) continue;
            const state = document.createElement('div');
            state.className = 'widget-html-content';
            state.innerHTML = model.state.value;
            all.append(state);
        }
    }
    document.querySelector('article, main').append(all);
    document.querySelectorAll('.drawn svg > :not(title, desc)').forEach(part => part.remove());
}"""

# Whether all colours have changed that change little by little; those that have not do at once.
SETTLED = """() => {
    const changing = document.getAnimations().filter(({ playState }) => playState === 'running');
    changing.forEach(animation => animation.finish());
    return !changing.length;
}"""

# Waits until the theme has looked anew for what has to be scrolled: .3 s after the last change.
LOOKED = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 320)))"

# On a phone the states that are not open have the colours and the words that they have elsewhere.
AS_OPENED = "document.querySelector('#all-states').remove()"

# Lets the next press of Tab be the first, wherever the focus was.
TO_THE_TOP = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
}"""

# The element that has the focus: its place among all, what it is, and whether the focus is seen.
# (A player shows inside, by the browser's own means, which of its buttons has it.)
FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    window.everything ??= Array.from(document.querySelectorAll('*'));
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 || boxShadow !== 'none';
    const { top, bottom, right } = element.getBoundingClientRect();
    const onScreen = bottom > 0 && top < innerHeight && right > 0;
    const seen = onScreen && (ring || element.tagName === 'AUDIO');
    return [everything.indexOf(element), element.outerHTML.slice(0, 200), seen];
}"""

# The places of what widgets offer; the arrow keys reach a radio button that is not checked.
OFFERED = """() => {
    const controls = document.querySelectorAll('.jupyter-widgets :is('
        + 'select, input:not([type=radio]), input:checked, [role=slider], button)');
    return Array.from(controls)
        .filter(control => !control.disabled && control.checkVisibility())
        .map(control => everything.indexOf(control));
}"""


# What reaches further to the right than the text does, and would be cut in print.
WIDER = """() => {
    const end = document.querySelector('article').getBoundingClientRect().right + 1;
    return Array.from(document.querySelectorAll('article :is(table, pre, svg, img, mjx-container)'))
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > end)
        .map(e => e.outerHTML.slice(0, 200));
}"""

# What is cut off: text that ends outside of what shows it, and cannot be scrolled to. Or, where
# `code` is asked for, code that has to be scrolled.
CUT_OFF = """(code) => {
    const cut = e => {
        if (e.closest('.MathJax')) return false;  // has what is for screen readers alone
        const style = getComputedStyle(e);
        const kinds = code && e.matches('pre') ? ['hidden', 'clip', 'auto'] : ['hidden', 'clip'];
        return kinds.includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1;
    };
    const scrolls = e => e.closest('.MathJax, pre')
        || e.parentElement?.closest('article') && (
            /auto|scroll/.test(getComputedStyle(e.parentElement).overflowX)
            || scrolls(e.parentElement));
    const out = e => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e);
    return Array.from(document.querySelectorAll('article *'))
        .filter(e => e.checkVisibility() && e.clientWidth && !e.matches('.math, svg *')
            && (cut(e) || out(e)))
        .map(e => e.outerHTML.slice(0, 200));
}"""

# Captions of tables that scroll, of which a part is out of sight.
LOST_CAPTIONS = """() => Array.from(document.querySelectorAll('article caption'))
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth)
    .map(e => e.textContent)"""

# Tables that go on to the right with no sign of it.
UNSIGNED = """() => Array.from(document.querySelectorAll('article table')).filter(table => {
    let e = table.parentElement;
    while (!/auto|scroll/.test(getComputedStyle(e).overflowX) && !e.matches('article'))
        e = e.parentElement;
    return table.checkVisibility() && e.scrollWidth > e.clientWidth + 1
        && !getComputedStyle(e).backgroundAttachment.includes('local');
}).map(table => table.outerHTML.slice(0, 200))"""

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
A4 = {"width": 657, "height": 900}  # without the margins


@pytest.fixture(scope="module", params=["http", "file"])
def site(request) -> str:
    if request.param == "file":
        return browsing.SITE.as_uri() + "/"
    return request.getfixturevalue("served")


# What does not depend on where a page comes from.
once = pytest.mark.parametrize("site", ["http"], indirect=True)
# What the pages that the theme makes are asked, too.
theme_too = pytest.mark.parametrize(
    "visit", [*browsing.PAGES, "search.html", axe.PLAIN], indirect=True
)


@pytest.fixture(scope="module", params=browsing.PAGES)
def visit(context, site, request) -> Iterator[tuple[Page, list[str]]]:
    """Open a page; give it with the list of what went wrong since."""
    wrong: list[str] = []
    page = context.new_page()
    page.set_viewport_size(WIDE)
    page.on("pageerror", lambda error: wrong.append(error.message))
    page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
    page.on("request", lambda asked: is_outside(asked.url, site) and wrong.append(asked.url))
    browsing.visit(page, site + request.param)
    yield page, wrong
    page.close()


def turn(page: Page, theme: str) -> None:
    """Turn a page light or dark, and wait until it is."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
    page.wait_for_function(SETTLED)


def is_outside(address: str, site: str) -> bool:
    return not address.startswith((site, "data:", "blob:"))


@once
@theme_too
def test_keyboard_goes_through_the_page_in_its_order_and_is_seen(visit):
    page, _ = visit
    page.keyboard.down("Tab")  # and held: a page has up to a thousand stops
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    places = []
    while focused := page.evaluate(FOCUSED):
        place, element, seen = focused
        assert seen or comes_into_sight(page), f"the focus is not seen on {element}"
        assert not places or place >= places[-1], f"the focus goes back to {element}"
        places.append(place)
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    assert set(page.evaluate(OFFERED)) <= set(places)


def comes_into_sight(page: Page) -> bool:
    try:
        page.wait_for_function(f"({FOCUSED})()[2]", timeout=2000)  # some of it moves in
    except TimeoutError:
        return False
    return True


@once
@theme_too
def test_first_stop_skips_to_the_text(visit):
    page, _ = visit
    page.evaluate(TO_THE_TOP)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main-content') !== null")


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


@once
@theme_too
def test_nothing_is_cut_off_beside_both_side_bars(visit):
    page, _ = visit
    page.set_viewport_size(WIDE)
    assert not page.evaluate(CUT_OFF, True)


@once
def test_labels_of_pictures_are_large_enough_to_read(visit):
    page, _ = visit
    page.set_viewport_size(WIDE)
    assert not page.evaluate(SMALL)


@once
def test_labels_of_pictures_are_whole(visit):
    page, _ = visit
    page.set_viewport_size(WIDE)
    assert not page.evaluate(OVER_THE_EDGE)


@once
@theme_too
def test_no_page_is_wider_than_a_phone(visit):
    page, _ = visit
    page.set_viewport_size(PHONE)
    for theme in ("dark", "light"):
        turn(page, theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], theme
        article = "document.querySelector('article, main')"  # the page of searches has no article
        assert page.evaluate(f"{article}.scrollWidth - {article}.clientWidth") <= 0, theme
        assert not page.evaluate(CUT_OFF, False), theme
        assert not page.evaluate(LOST_CAPTIONS), theme
        assert not page.evaluate(UNSIGNED), theme


@once
def test_nothing_is_wider_than_the_paper(visit):
    page, _ = visit
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size(A4)
    assert not page.evaluate(WIDER)
    page.emulate_media(media="screen")


@once
@theme_too
def test_axe_finds_nothing_of_ours(visit):
    page, _ = visit
    page.evaluate("document.activeElement.blur()")
    page.evaluate(ALL_STATES)
    for theme, size, rules in (
        ("light", WIDE, ()),
        ("dark", WIDE, axe.OF_COLOUR),
        ("dark", PHONE, ()),
    ):
        page.set_viewport_size(size)
        if size is PHONE:
            page.evaluate(AS_OPENED)
        turn(page, theme)
        if rules is not axe.OF_COLOUR:
            page.evaluate(LOOKED)
        assert not axe.ours(page, *rules), f"{theme}, {size['width']} px wide"


@theme_too
def test_nothing_went_wrong(visit):
    """Runs last of the page's tests, so that what they provoked counts too."""
    _, wrong = visit
    assert not wrong

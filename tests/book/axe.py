"""axe-core in an open page, and what of its findings is put down to the theme."""

from __future__ import annotations

import browsing
from playwright.sync_api import Page

SOURCE = browsing.BOOK / "_build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
PLAIN = "genindex.html"  # a page of the theme, with nothing of ours on it

# What axe-core finds on a plain page, rule by rule: where, which is the theme's, and why.
THEME = {
    # Their names say "Search" and "Color mode"; they show a shortcut and the modes besides.
    "label-content-name-mismatch": ".search-button-field, .theme-switch-button",
    # The book's title stands above the navigation, in no landmark.
    "region": ".navbar-brand, .sidebar-primary-item:has(> .navbar-brand)",
}

# The rules of which a theme may change what is found; the others see no colours.
OF_COLOUR = ("color-contrast", "link-in-text-block")

# What axe-core finds: the rule, and the element with whether it is one of the theme's.
FOUND = """async ([theme, rules]) => {
    const options = { elementRef: true, resultTypes: ['violations'] };
    if (rules.length) options.runOnly = rules;
    const { violations } = await axe.run(document, options);
    return violations.flatMap(rule => rule.nodes.map(node => [
        rule.id, node.element.matches(theme[rule.id] || 'none'), node.html.slice(0, 200)]));
}"""


# It cannot tell on what a picture's words lie, and is long in finding that out; and it measures of
# words alike of code and signatures, of which a page has thousands, the first.
PREPARED = """() => {
    const id = 'color-contrast', selector = ':not(svg *, [data-alike])';
    axe.configure({ rules: [{ id, selector }] });
}"""

# Marks each word of code or of a signature that stands in elements of the same kinds, classes and
# styles as one before it that is shown; but for rows of tables and a quiz, whose colours need no
# class.
ALIKE = """() => {
    const kinds = new Map([[null, '']]);
    const kindOf = e => {
        if (!kinds.has(e)) {
            const style = e.getAttribute('style');
            kinds.set(e, `${kindOf(e.parentElement)} ${e.tagName}.${e.className}[${style}]`);
        }
        return kinds.get(e);
    };
    const seen = new Set();
    const words = document.querySelectorAll(':is(.highlight, .sig) span:not(table *, #quiz *)');
    for (const word of words) {
        word.toggleAttribute('data-alike', seen.has(kindOf(word)));
        if (word.checkVisibility()) seen.add(kindOf(word));
    }
}"""


def found(page: Page, *rules: str) -> list[tuple[str, bool, str]]:
    """Return what axe-core finds: rule, whether it is the theme's, and the element.

    Without names of rules, it is asked for all.
    """
    assert SOURCE.exists(), "axe-core is not there: run `python tools/vendor.py`"
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
        page.evaluate(PREPARED)
    page.evaluate(ALIKE)
    return [tuple(finding) for finding in page.evaluate(FOUND, [THEME, rules])]


def ours(page: Page, *rules: str) -> list[tuple[str, str]]:
    """Return rule and element of what is not the theme's."""
    return [(rule, element) for rule, is_theme, element in found(page, *rules) if not is_theme]

"""Every page says in its head what it is about, which search engines and shared links show."""

from __future__ import annotations

import html
import re

from docutils import nodes
from sphinx.application import Sphinx

ENOUGH = 100
"""Characters from which on no further sentence is taken."""

MADE = {
    "genindex": "Every function, class and module of the code, in the order of the alphabet.",
    "py-modindex": "Every module of the book's code, with what it does.",
    "_modules/index": "Every module of the code whose source can be read here.",
    "search": "Look for words in the book's pages.",
}
"""What Sphinx's own pages are."""


def first_sentences(tree: nodes.document) -> str:
    """What a page's first paragraph says: whole sentences until there is enough."""
    paragraph = next(iter(tree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    taken = ""
    for sentence in re.split(r"(?<=[.?!:])\s+", text):
        if len(taken) >= ENOUGH:
            break
        taken = f"{taken} {sentence}".strip()
    return re.sub(":$", ".", taken)


def words(page: str, title: str, tree: nodes.document | None) -> str:
    """Describe a page in a sentence or two."""
    if page in MADE:
        return MADE[page]
    if page.startswith("_modules/"):
        return f"The source code of the module {title}."
    text = first_sentences(tree) if tree else ""
    return text if len(text) >= ENOUGH else f"{title}. {text}".strip()


def describe(app: Sphinx, page: str, _template: str, context: dict, tree: object) -> None:
    """Put a page's description into its head."""
    title = html.unescape(re.sub(r"<[^>]*>", "", context.get("title", "")))
    text = html.escape(words(page, title, tree))
    context["metatags"] = (
        f'{context.get("metatags", "")}<meta name="description" content="{text}"/>\n'
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it with Sphinx."""
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Give the entries of the bibliography the role of list items; docutils' own is out of use."""

from __future__ import annotations

from sphinx.application import Sphinx


def as_list_items(_app: Sphinx, _page: str, _template: str, context: dict, _tree: object) -> None:
    """Change the role in the text of a page that is about to be written."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it with Sphinx."""
    app.connect("html-page-context", as_list_items)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

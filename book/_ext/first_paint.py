"""A page is painted before its scripts have come, which on a phone takes seconds.

Scripts wait until the page has been read, in their order, and each stands there once. The states of
a page's widgets, of up to two megabytes, come behind its text. Those of Thebe, which would run
cells on a server elsewhere, are not there at all: no page asks for them.
"""

from __future__ import annotations

from sphinx.application import Sphinx

NEEDED_AT_ONCE = "documentation_options.js"
"""What scripts within the page change; it is small."""

THEBE = "sphinx-thebe"

STATE = "application/vnd.jupyter.widget-state+json"


def wait(_app: Sphinx, _page: str, _template: str, context: dict, _tree: object) -> None:
    """Arrange the scripts of a page that is about to be written."""
    kept, seen = [], set()
    for script in context["script_files"]:
        name, attributes = script.filename, script.attributes
        if attributes.get("type") == STATE:
            context["body"] += f'<script type="{STATE}">{attributes["body"]}</script>\n'
            continue
        if name and not name.endswith(NEEDED_AT_ONCE) and "async" not in attributes:
            attributes["defer"] = "defer"
        what = (name or "", attributes.get("body"))
        if what not in seen:
            seen.add(what)
            kept.append(script)
    context["script_files"] = kept
    context["css_files"] = [
        sheet for sheet in context["css_files"] if THEBE not in str(sheet.filename)
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it with Sphinx, behind all that add scripts to a page."""
    app.setup_extension("sphinx_thebe")  # Jupyter Book has it in any case
    for event in ("env-before-read-docs", "doctree-resolved"):
        for listener in list(app.events.listeners[event]):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)
    app.connect("html-page-context", wait, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

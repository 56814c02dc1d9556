"""Put right what the tools write into pages that people cannot read, or read wrongly."""

from __future__ import annotations

from sphinx.application import Sphinx

WRONG = {
    # Sphinx: the parameters of a long signature are no definitions of terms.
    '<dl>\n<dd><em class="sig-param">': '<dl role="presentation">\n<dd><em class="sig-param">',
    # MyST-NB: every fold is read out by this name, in place of what it shows.
    ' aria-label="Toggle hidden content"': "",
}


def put_right(_app: Sphinx, _page: str, _template: str, context: dict, _tree: object) -> None:
    """Change the text of a page that is about to be written."""
    if "body" in context:
        for wrong, right in WRONG.items():
            context["body"] = context["body"].replace(wrong, right)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it with Sphinx."""
    app.connect("html-page-context", put_right)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

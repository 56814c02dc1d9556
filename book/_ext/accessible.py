"""Put right what the tools write into pages that people cannot read, or read wrongly."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

WRONG = {
    # Sphinx: the parameters of a long signature are no definitions of terms.
    '<dl>\n<dd><em class="sig-param">': '<dl role="presentation">\n<dd><em class="sig-param">',
    # MyST-NB: every fold is read out by this name, in place of what it shows.
    ' aria-label="Toggle hidden content"': "",
}

# Where scripts do not run, nothing stands in the place of an explorer or of the page that listens.
NEEDS_SCRIPTS = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">.*?</script>'
    r"|<div [^>]*data-(?:listen>|guess=[^>]*>)"
)
NOTICE = (
    '<noscript><p class="no-script">Here stands something to move. It needs JavaScript, which is '
    "off in this browser.</p></noscript>"
)


def put_right(_app: Sphinx, _page: str, _template: str, context: dict, _tree: object) -> None:
    """Change the text of a page that is about to be written."""
    if "body" in context:
        for wrong, right in WRONG.items():
            context["body"] = context["body"].replace(wrong, right)
        context["body"] = NEEDS_SCRIPTS.sub(lambda found: found[0] + NOTICE, context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect it with Sphinx."""
    app.connect("html-page-context", put_right)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

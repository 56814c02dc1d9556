"""Links from notebooks to pages that are none, such as the glossary, stay within the site.

A notebook names them by their published address, since neither JupyterLab nor Colab shows such a
page as it is meant to be read. Here they become links from page to page, which Sphinx checks.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx


def within(app: Sphinx, page: str, source: list[str]) -> None:
    """Put the file of a page in the place of its published address, wherever it is linked to."""
    address = re.escape(app.config.published)
    link = re.compile(rf"\]\({address}/(?P<page>[\w-]+)\.html(?P<place>#[^)\s]*)?\)")

    def led(found: re.Match) -> str:
        if found["page"] not in app.env.found_docs:
            return found[0]
        return f"]({app.env.doc2path(found['page'], base=False)}{found['place'] or ''})"

    source[0] = link.sub(led, source[0])


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_config_value("published", "", "env", str)
    app.connect("source-read", within)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

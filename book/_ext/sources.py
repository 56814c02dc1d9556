"""Citations as plain links, which notebooks show anywhere: `[Amdahl (1967)](references.md#...)`.

What stands behind the # is the key of an entry in references.bib.
"""

from __future__ import annotations

from sphinx.application import Sphinx


def offer(app: Sphinx, env) -> None:
    """Let MyST know the entries as places that can be linked to."""
    places = env.metadata["references"].setdefault("myst_slugs", {})
    for key, entry in env.get_domain("cite").bibdata.data.entries.items():
        places[key] = (0, key, entry.fields["title"])


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("env-updated", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

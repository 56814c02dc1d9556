"""Citations as plain links, which notebooks show anywhere: `[Amdahl (1967)](references.md#...)`.

What stands behind the # is the key of an entry in references.bib. The page of references holds a
list in plain Markdown (tools/references.py), in whose place the site has sphinxcontrib-bibtex's.
"""

from __future__ import annotations

from sphinx.application import Sphinx

BEGIN = "<!-- Written by `make references`"
DIRECTIVE = "```{bibliography}\n:all:\n:list: bullet\n```\n"


def linked(app: Sphinx, page: str, source: list[str]) -> None:
    """Put the list that Sphinx makes in the place of the plain one."""
    if page == "references":
        before, begin, _ = source[0].partition(BEGIN)
        if not begin:
            raise ValueError(f"references.md has no line that begins {BEGIN}")
        source[0] = before + DIRECTIVE


def offer(app: Sphinx, env) -> None:
    """Let MyST know the entries as places that can be linked to."""
    places = env.metadata["references"].setdefault("myst_slugs", {})
    for key, entry in env.get_domain("cite").bibdata.data.entries.items():
        places[key] = (0, key, entry.fields["title"])


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.connect("source-read", linked)
    app.connect("env-updated", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

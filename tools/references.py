"""Write the list of book/references.md from references.bib, for who reads the page unbuilt.

JupyterLab shows no directive of MyST. So the page holds its list as plain Markdown, with a place
to link to before each entry; the site's own comes from the same file (book/_ext/sources.py).
"""

from __future__ import annotations

from pathlib import Path

from pybtex.database import parse_file
from pybtex.plugin import find_plugin

BOOK = Path(__file__).resolve().parents[1] / "book"
PAGE = BOOK / "references.md"
BEGIN = "<!-- Written by `make references` from references.bib: -->"


def listed() -> str:
    """Return the entries of references.bib as a Markdown list."""
    style = find_plugin("pybtex.style.formatting", "plain")()
    backend = find_plugin("pybtex.backends", "markdown")()
    entries = style.format_bibliography(parse_file(BOOK / "references.bib"))
    lines = (" ".join(entry.text.render(backend).split()) for entry in entries)
    keys = [entry.key for entry in entries]
    return "".join(f'- <a id="{k}"></a>{line}\n' for k, line in zip(keys, lines, strict=True))


def written(page: str) -> str:
    """Return the page's text with the list as references.bib has it."""
    before, begin, _ = page.partition(BEGIN)
    if not begin:
        raise ValueError(f"{PAGE} has no line {BEGIN}")
    return f"{before}{BEGIN}\n\n{listed()}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

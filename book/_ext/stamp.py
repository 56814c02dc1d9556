"""The book's version and commit, in the foot of every page; the directive `stamp` says more."""

from __future__ import annotations

import os
import platform
import string
import tomllib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from helpers import dataset, results

ROOT = Path(__file__).resolve().parents[2]


def book() -> str:
    """Version, commit and its date, as in "Version 0.1.0, commit 5e785dd of 2026-11-25"."""
    number = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    commit = results.git(
        ROOT, "describe", "--always", "--exclude=*", "--abbrev=7", "--dirty= with changes"
    )
    parts = [f"Version {number}"]
    if commit:
        parts.append(f"commit {commit} of {results.git(ROOT, 'log', '-1', '--format=%cs')}")
    return ", ".join(parts)


def plain(text: str) -> str:
    """Text, such as a folder's name, as Markdown that shows it and does nothing else."""
    escaped = (f"\\{sign}" if sign in string.punctuation else sign for sign in text)
    return " ".join("".join(escaped).split())


class Stamp(SphinxDirective):
    """A table of what the site was built from and with."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = {
            "the book": book(),
            "built": f"{datetime.now(UTC):%Y-%m-%d}",
            "data": dataset.name(),
            "profile": os.environ.get("BOOK_PROFILE", "quick"),
            "Python": platform.python_version(),
            **results.versions(),
            **{name: version(name) for name in ("jupyter-book", "sphinx")},
        }
        lines = ["| what | which |", "|---|---|"]
        lines += [f"| {name} | {plain(value)} |" for name, value in rows.items()]
        return self.parse_text_to_nodes("\n".join(lines))


def stamp(app: Sphinx, config) -> None:
    """Put the book's version into the foot of every page."""
    config.html_theme_options["extra_footer"] = book()


def every_build(app: Sphinx, env, *changes) -> set[str]:
    """Have the pages with a stamp read again."""
    return {"status"} & env.found_docs


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_directive("stamp", Stamp)
    app.connect("config-inited", stamp)
    app.connect("env-get-outdated", every_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

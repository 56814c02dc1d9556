"""The API pages: docstrings are plain text, and this gives them code, links and examples.

What stands in backticks becomes code, or a link where it names something of the book;
"(chapter cnn)" becomes a link to that chapter; an indented block is an example.
"""

from __future__ import annotations

import contextlib
import inspect
import pydoc
import re
import sys

from sphinx.application import Sphinx
from sphinx.ext.autodoc import preserve_defaults

QUOTED = re.compile(r"(?<!`)`([^`]+)`(?!`)")
CHAPTERS = re.compile(r"(?<=\(chapter )[^)]+|(?<=\(chapters )[^)]+")


def named(words: str, module: str, thing: object) -> str | None:
    """The full name of what a docstring quotes: `fit` of the same module, or `cnn.fit`.

    A parameter is not taken for a function of the same name, nor a record for a module.
    """
    if not re.fullmatch(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", words):
        return None
    dotted = "." in words
    full = f"helpers.{words.removeprefix('helpers.')}" if dotted else f"{module}.{words}"
    found = pydoc.locate(full)
    called = inspect.isroutine(found) or inspect.isclass(found)
    if called and not dotted:  # it stands where it is defined, not where it is imported
        full = f"{found.__module__}.{found.__qualname__}"
        if not full.startswith("helpers."):
            return None
    if not called and not (dotted and inspect.ismodule(found)):
        return None
    with contextlib.suppress(TypeError, ValueError):  # what has no parameters
        if words in inspect.signature(thing).parameters:
            return None
    return full


def rewrite(app: Sphinx, what: str, name: str, thing: object, options: dict, lines: list) -> None:
    """Turn a docstring into reStructuredText, in place."""
    module = name
    while module not in sys.modules:
        module = module.rpartition(".")[0]

    def quoted(found: re.Match) -> str:
        full = named(found[1], module, thing)
        return f":py:obj:`{found[1]} <{full}>`" if full else f"``{found[1]}``"

    def chapter(found: re.Match) -> str:
        known = found[0] in app.env.found_docs
        return f":doc:`{found[0]} </{found[0]}>`" if known else found[0]

    paragraphs = re.split(r"\n\n+", "\n".join(lines).strip("\n"))
    for i, paragraph in enumerate(paragraphs):
        if paragraph.startswith("    "):
            paragraphs[i] = f"::\n\n{paragraph}"
            continue
        paragraph = QUOTED.sub(quoted, paragraph)
        paragraphs[i] = CHAPTERS.sub(lambda n: re.sub(r"[\w-]+", chapter, n[0]), paragraph)
    lines[:] = "\n\n".join([*paragraphs, ""]).split("\n")


def readable(app: Sphinx, what: str, name: str, thing: object, options: dict, *signature: str):
    """Give a signature without what Sphinx cannot read in it, the mark of a default made anew."""
    return tuple(part and part.replace("<factory>", "...") for part in signature)


def as_written(app: Sphinx, thing: object, bound_method: bool) -> None:
    """Sphinx's own way to show defaults as the source has them; a picture's `ax` is not in it."""
    with contextlib.suppress(IndexError):
        preserve_defaults.update_defvalue(app, thing, bound_method)


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    for listener in list(app.events.listeners["autodoc-before-process-signature"]):
        if listener.handler is preserve_defaults.update_defvalue:
            app.disconnect(listener.id)
    app.connect("autodoc-before-process-signature", as_written)
    app.connect("autodoc-process-docstring", rewrite)
    app.connect("autodoc-process-signature", readable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

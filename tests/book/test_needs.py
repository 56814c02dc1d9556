"""What a chapter's code rests on: all of it, and no more."""

from __future__ import annotations

import execute
import nbformat
import needs
import pytest


@pytest.fixture
def package(tmp_path):
    """A package `helpers` with files of the given code: `package(name="code")`."""

    def make(**code: str):
        for name, text in code.items():
            file = tmp_path.joinpath("helpers", *name.split("__")).with_suffix(".py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path

    return make


def named(code: str, root) -> set[str]:
    return {str(file.relative_to(root / "helpers")) for file in needs.files(code, root)}


def test_imports_are_followed_also_into_functions(package):
    root = package(
        a="from helpers import b\n",
        b="import numpy\ndef f():\n    from helpers.c import thing\n",
        c="import helpers.d\n",
        d="",
        other="",
    )
    assert named("from helpers import a as first", root) == {"a.py", "b.py", "c.py", "d.py"}


def test_a_gathering_package_is_taken_apart(package):
    root = package(
        plots__init="", plots__one="from helpers.plots import base\n", plots__two="", plots__base=""
    )
    (root / "helpers" / "plots" / "init.py").rename(root / "helpers" / "plots" / "__init__.py")
    (root / "helpers" / "plots" / "__init__.py").write_text(
        '"""Gathers."""\nfrom helpers.plots.one import draw\nfrom helpers.plots.two import paint\n'
    )
    assert named("from helpers import plots\nplots.draw()", root) == {
        "plots/one.py",
        "plots/base.py",
    }
    assert named("from helpers.plots import paint", root) == {"plots/two.py"}
    whole = named("from helpers import plots\nprint(plots)", root)
    assert {"plots/one.py", "plots/two.py"} <= whole


def test_a_change_in_a_plot_executes_only_the_chapters_that_draw_with_it():
    resting = {
        notebook.stem
        for notebook in execute.chapters()
        if any(
            name == "helpers/plots/many.py"
            for name, _ in execute.helpers(nbformat.read(notebook, as_version=4))
        )
    }
    assert resting == {"many-machines"}

"""Bring notebooks into the form in which they are committed.

    python tools/refresh.py book/sound.ipynb    execute and store the checked outputs
    python tools/refresh.py --clean             only strip what does not belong

With no notebook named, all chapters. A committed notebook keeps the text outputs of cells tagged
`nbval-check-output`, which nbval compares, and nothing else that executing it leaves behind.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import execute
import nbformat
from nbformat import NotebookNode

CHECKED = "nbval-check-output"  # nbval's own tag


def is_checked(cell: NotebookNode) -> bool:
    """Say whether nbval compares the outputs of a code cell."""
    return CHECKED in cell.metadata.get("tags", [])


def text_only(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs that are text, as text."""
    kept = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            kept.append(output)
        elif "text/plain" in output.get("data", {}):
            output.data = NotebookNode({"text/plain": output.data["text/plain"]})
            output.metadata = NotebookNode()
            if output.output_type == "execute_result":
                output.execution_count = None
            kept.append(output)
    return kept


def clean(notebook: NotebookNode) -> None:
    """Strip a notebook to its source and its checked text outputs."""
    kept: tuple[str, ...] = ("kernelspec", "language_info")
    notebook.metadata = NotebookNode({k: v for k, v in notebook.metadata.items() if k in kept})
    # The rest of language_info names the Python that happened to execute it.
    notebook.metadata["language_info"] = NotebookNode({"name": "python"})
    for cell in notebook.cells:
        kept = ("tags", "mystnb", "jupyter", "cellView")  # the last two fold it in Lab and Colab
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k in kept})
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = text_only(cell.outputs) if is_checked(cell) else []


def refresh(path: Path) -> None:
    """Take the checked outputs of a chapter from its executed copy, which the site then shows."""
    notebook = nbformat.read(path, as_version=4)
    executed = nbformat.read(execute.EXECUTED / path.name, as_version=4)
    for cell, run in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs = run.outputs
    clean(notebook)
    nbformat.write(notebook, path)
    execute.store(path, execute.fingerprint(path))


def main() -> int:
    """Refresh or clean the notebooks named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--clean", action="store_true", help="do not execute")
    arguments = parser.parse_args()
    paths = [path.resolve() for path in arguments.notebooks] or execute.chapters()
    for path in paths:  # before executing: the cache knows a notebook by its cells and their tags
        notebook = nbformat.read(path, as_version=4)
        clean(notebook)
        nbformat.write(notebook, path)
    if arguments.clean:
        return 0
    # The stored outputs are those of the bundled data, whatever was chosen for other runs.
    os.environ |= {"BOOK_DATA": "demo", "BOOK_PROFILE": "quick"}
    status = execute.execute(paths, BOOK_PRERENDER="1", BOOK_REFRESH="1")
    for path in paths:
        if (execute.EXECUTED / path.name).exists():
            refresh(path)
    return status


if __name__ == "__main__":
    sys.exit(main())

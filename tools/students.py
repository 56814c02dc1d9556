"""Write copies of the book's pages to hand out: the notebooks without their solutions.

They go to book/_build/students/, and all in one to book/_build/students.zip.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import execute
import nbformat
from nbformat import NotebookNode

STUDENTS = execute.BOOK / "_build" / "students"


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without the cells tagged "solution" and without stored outputs."""
    copy = nbformat.from_dict(notebook)
    copy.cells = [c for c in copy.cells if "solution" not in c.metadata.get("tags", [])]
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return copy


def write(folder: Path) -> Path:
    """Fill a folder with the copies, pack it, and return the archive's path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for page in execute.pages():
        if page.suffix == ".ipynb":
            notebook = nbformat.read(page, as_version=4)
            nbformat.write(without_solutions(notebook), folder / page.name)
        else:  # the notebooks link to it
            shutil.copy(page, folder)
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


if __name__ == "__main__":
    print(f"The copies are in {STUDENTS}, and all in one in {write(STUDENTS)}.")

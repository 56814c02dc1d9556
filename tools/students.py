"""Make what a class needs, to hand out: a folder, and the same as a .zip.

    python tools/students.py               quizzes without their answers
    python tools/students.py --answers     with them

In book/_build/students/which-instrument/ are the chapters without their solutions, the package
without its grader, the bundled data, and what installs it all (handout/). The checkers of the
exercises, which know what is right, are packed, so that nobody reads an answer by accident, and
so is each other module in which a line of a solution stands.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import io
import re
import shutil
import tokenize
import zlib
from pathlib import Path

import address
import execute
import nbformat
from nbformat import NotebookNode

from helpers.grading import cases

STUDENTS = execute.BOOK / "_build" / "students" / "which-instrument"

_GUIDE = "teaching"  # the teacher's
_LINK = re.compile(r"\]\((?P<page>[\w-]+)\.(?P<kind>ipynb|md)(?P<place>#[^)\s]*)?\)")
_PUBLISHED = re.compile(rf"{re.escape(address.published())}/([\w-]+)\.html")
_DIRECTIVE = re.compile(r"^(?:`{3,}|:{3,})\{", re.MULTILINE)  # that only the site understands
_CHECK = re.compile(r"\n+(?P<check>exercises\.(?P<name>\w+)\(.*)\Z", re.DOTALL)
_QUIZ = re.compile(r"^## Quiz\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_OPTION = re.compile(
    r"<details><summary>(?P<option>.*?)</summary>.*?</details>[ \t]*\n?", re.DOTALL
)
_SCRIPT = re.compile(r"\n?<script src=[^>]*></script>")  # of the site
_PACKED = """{about}

import base64
import zlib

# Packed, so that nobody reads an answer by accident.
exec(zlib.decompress(base64.b85decode({packed!r})))
"""


def handed_out() -> list[Path]:
    """The pages of the book that a class gets: notebooks, and plain pages that they link to.

    The links lead to the published pages; these are for where there is no network.
    """
    linked = {
        f"{page}.md"
        for notebook in execute.chapters()
        for page in _PUBLISHED.findall(notebook.read_text(encoding="utf-8"))
    }
    plain = [
        page
        for page in execute.pages()
        if page.name in linked
        and page.stem != _GUIDE
        and not _DIRECTIVE.search(page.read_text(encoding="utf-8"))
    ]
    return [*execute.chapters(), *plain]


def for_students(notebook: NotebookNode, pages: set[str], answers: bool = False) -> NotebookNode:
    """The copy of a notebook: no solutions, no outputs, quizzes with or without their answers.

    `pages` are the names of the files that lie beside it; other links lead to the published site.
    Each exercise becomes two cells, the answer and its check, which bear nbgrader's metadata.
    """
    copy = nbformat.from_dict(notebook)
    copy.cells = []
    for cell in notebook.cells:
        if "solution" in cell.metadata.get("tags", []):
            continue
        cell = nbformat.from_dict(cell)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
            copy.cells += _exercise(cell)
        else:
            cell.source = for_reading(cell.source, pages, answers)
            copy.cells.append(cell)
    return copy


def for_reading(text: str, pages: set[str], answers: bool = False) -> str:
    """The copy of a text: links that lead somewhere, and quizzes with or without answers."""

    def led(link: re.Match) -> str:
        if f"{link['page']}.{link['kind']}" in pages:
            return link[0]
        return f"]({address.published()}/{link['page']}.html{link['place'] or ''})"

    text = _SCRIPT.sub("", _LINK.sub(led, text))
    if answers:
        return text
    return _QUIZ.sub(lambda quiz: _OPTION.sub(r"- \g<option>\n", quiz[0]), text)


def _exercise(cell: NotebookNode) -> list[NotebookNode]:
    """An exercise's cell as two, or any other cell as it is."""
    check = _CHECK.search(cell.source)
    if check is None:
        return [cell]
    name = check["name"]
    below = nbformat.from_dict(cell)
    below.id, below.source = f"{cell.id}-check", check["check"]
    cell.source = cell.source[: check.start()]
    ours = {"schema_version": 3, "task": False}
    cell.metadata["nbgrader"] = ours | {
        "grade": False,
        "grade_id": f"{name}-answer",
        "locked": False,
        "solution": True,
    }
    below.metadata["nbgrader"] = ours | {
        "grade": True,
        "grade_id": name,
        "locked": True,
        "points": cases.every()[name].points,
        "solution": False,
    }
    return [cell, below]


def telling(solution: str) -> list[str]:
    """The lines of a solution that no stub has, squeezed.

    Short ones, such as `return found`, tell nothing.
    """
    lines = []
    for line in solution.splitlines():
        given_anyway = line.startswith(("def ", "import ", "from ", "exercises.", "#"))
        words = _words(line.strip())
        if not given_anyway and len(words) >= 8:
            lines.append("".join(words))
    return lines


def squeezed(text: str) -> str:
    """A text without spaces and ends of lines."""
    return re.sub(r"\s", "", text)


def _words(line: str) -> list[str]:
    """The words of a line of Python, without a comment."""
    told = (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING)
    words: list[str] = []
    with contextlib.suppress(tokenize.TokenError, IndentationError):  # at the end of part of a call
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            words += [squeezed(token.string)] if token.type in told else []
    return words


def _of_solutions(notebook: Path) -> list[str]:
    """What the solutions of a chapter would tell."""
    cells = nbformat.read(notebook, as_version=4).cells
    solutions = [c.source for c in cells if "solution" in c.metadata.get("tags", [])]
    return [line for solution in solutions for line in telling(solution)]


def packed(module: str) -> str:
    """A module whose code does the same, and cannot be read as it stands."""
    about = module.partition('"""')[2].partition('"""')[0]
    code = base64.b85encode(zlib.compress(module.encode(), 9)).decode()
    return _PACKED.format(about=f'"""{about}"""', packed=code)


def write(folder: Path, answers: bool = False) -> Path:
    """Fill a folder with what a class needs, pack it, and return the archive's path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = handed_out()
    names = {page.name for page in pages}
    for page in pages:
        if page.suffix == ".ipynb":
            copy = for_students(nbformat.read(page, as_version=4), names, answers)
            nbformat.write(copy, folder / page.name)
        else:
            text = for_reading(page.read_text(encoding="utf-8"), names, answers)
            (folder / page.name).write_text(text, encoding="utf-8")
    leave = shutil.ignore_patterns("__pycache__", "grading", "render.py")
    for part in ("helpers", "data"):
        shutil.copytree(execute.ROOT / part, folder / part, ignore=leave)
    lines = [line for notebook in execute.chapters() for line in _of_solutions(notebook)]
    for module in (folder / "helpers").rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        checks = module.parent.name == "exercises" and module.name != "__init__.py"
        if checks or any(line in squeezed(text) for line in lines):
            module.write_text(packed(text), encoding="utf-8")
    shutil.copytree(execute.ROOT / "handout", folder, dirs_exist_ok=True, ignore=leave)
    shutil.copy(execute.ROOT / "LICENSE", folder)
    settings = execute.BOOK / "_lab" / "which-instrument.json"
    shutil.copy(settings, folder / "data" / "jupyterlab.json")
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


def main() -> None:
    """Make the folder and the archive, and say where they are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--answers", action="store_true", help="of the quizzes")
    archive = write(STUDENTS, parser.parse_args().answers)
    print(f"What a class needs is in {STUDENTS}, and all in one in {archive}.")


if __name__ == "__main__":
    main()

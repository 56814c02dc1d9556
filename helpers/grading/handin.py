"""Handed-in notebooks: read, and taken apart into what an exercise needs (every chapter).

An exercise is known by the name of its function and of its checker, which are the same. So it does
not matter what became of a notebook's name, its cells' ids or its metadata.
"""

import ast
import json
import re
import symtable
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import InputError

LARGEST = 100 * 2**20
"""Bytes of a notebook, its outputs included."""


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_SCOPES = (*_FUNCTIONS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Found:
    """A notebook of a student, or a file that is none."""

    student: str
    file: Path


def collect(folder: Path) -> list[Found]:
    """All notebooks below a folder, in order of names.

    The folder has a folder for each student, and in it, however deep, the notebooks; a notebook
    that lies in the folder itself is a student's of its name. Raises InputError where there is no
    such folder, or no notebook in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder; name the one with the handed-in notebooks")
    found = []
    for file in sorted(folder.rglob("*.ipynb")):
        place = file.relative_to(folder).parts
        if ".ipynb_checkpoints" not in place:
            found.append(Found(place[0] if len(place) > 1 else file.stem, file))
    if not found:
        raise InputError(f"{folder}: has no notebook (.ipynb), neither in it nor in its folders")
    return found


def cells(file: Path) -> list[str]:
    """The code of a notebook, a text for each cell. Raises InputError for what is no notebook."""
    if file.is_symlink() or not file.is_file():
        raise InputError("it is a link or no file; hand in the notebook itself")
    if file.stat().st_size > LARGEST:
        raise InputError(f"it has more than {LARGEST // 2**20} MB; clear its outputs")
    try:
        content = json.loads(file.read_bytes())
        listed = content["cells"]
        code = [cell["source"] for cell in listed if cell["cell_type"] == "code"]
        return ["".join(lines) for lines in code]  # a text or a list of lines
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("it is not a notebook, or one of before 2015; save it again") from error
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror}") from error


def chapter(file: Path, code: list[str], exercises: Mapping[str, Collection[str]]) -> str | None:
    """Which chapter a notebook is of, given the names of each chapter's exercises.

    It is the one that it has most exercises of, else the one in the name of its file.
    """
    words = set(re.findall(r"\w+", "\n".join(code)))
    counts = {name: len(words & set(names)) for name, names in exercises.items()}
    best = max(counts, key=lambda name: counts[name], default=None)
    if best is not None and counts[best]:
        return best
    parts = re.split(r"[\W_]+", file.stem.lower())
    return next((name for name in exercises if name.replace("_", "") in parts), None)


def answer(code: list[str], name: str) -> str:
    """The last cell that makes a function of that name, or "" where none does."""
    return next((cell for cell in reversed(code) if name in _Cell(cell).makes), "")


def needed(code: list[str], name: str) -> list[str]:
    """The code to run for a function of that name: its cell, and what that needs, in order.

    What a cell needs are the cells that make the names it uses, and single imports. It is not
    checked once more: a checker's import would take longer than all the rest. Raises InputError
    where no cell makes the function.
    """
    parsed = [_Cell(_unchecked(cell)) for cell in code]
    last = max((i for i, cell in enumerate(parsed) if name in cell.makes), default=None)
    if last is None:
        broken = [cell.problem for cell in parsed if re.search(rf"\b{name}\b", cell.text)]
        problem = next(filter(None, broken), "")
        raise InputError(problem or f"no cell makes a function {name}")
    chosen, names = {last}, set(parsed[last].uses)
    while True:
        more = {i for i, cell in enumerate(parsed) if cell.changes & names} - chosen
        if not more:
            break
        chosen |= more
        names |= {used for i in more for used in parsed[i].uses}
    imports = [line for cell in parsed for line in cell.imports(names)]
    return [*dict.fromkeys(imports), *(parsed[i].text for i in sorted(chosen))]


def _unchecked(cell: str) -> str:
    """A cell without its lines that ask a checker."""
    return re.sub(r"^exercises\.\w+\(\w+\)[ \t]*$", "", cell, flags=re.MULTILINE)


class _Cell:
    """What a cell of code makes and uses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problem = ""
        self.tree = ast.Module([], [])
        self.uses: set[str] = set()
        try:
            plain = _without_magics(text)
            self.tree = ast.parse(plain)
            self.uses = set(_used(symtable.symtable(plain, "cell", "exec")))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None)
            where = f", line {line}" if line else ""
            self.problem = f"its cell is not Python{where}: {getattr(error, 'msg', error)}"
        self.imported = {
            alias.asname or alias.name.partition(".")[0]
            for statement in self.tree.body
            if isinstance(statement, ast.Import | ast.ImportFrom)
            for alias in statement.names
        }
        self.makes = set(_made(self.tree)) - self.imported
        self.changes = self.makes | set(_changed(self.tree))

    def imports(self, names: set[str]) -> Iterator[str]:
        """Those of the imports at the top of the cell that bring along one of some names."""
        for statement in self.tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                wanted = [
                    alias
                    for alias in statement.names
                    if (alias.asname or alias.name.partition(".")[0]) in names or alias.name == "*"
                ]
                if wanted:
                    single = {**vars(statement), "names": wanted}
                    fields = {field: single[field] for field in statement._fields}
                    yield ast.unparse(type(statement)(**fields))


def _without_magics(text: str) -> str:
    """Python alone, of a cell that may have lines that only IPython understands."""
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(text)


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    """Names that code takes from outside of its functions."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _used(inner)


def _made(tree: ast.Module) -> Iterator[str]:
    """Names that the statements at the top of a cell give a value."""
    for node in _at_the_top(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _changed(tree: ast.Module) -> Iterator[str]:
    """Names whose values get another part, as in `table["x"] = 1`."""
    for node in _at_the_top(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Attribute | ast.Subscript):
                node = node.value
            if isinstance(node, ast.Name):
                yield node.id


def _at_the_top(tree: ast.AST) -> Iterator[ast.AST]:
    """What stands in no function and no class, these themselves included."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, _SCOPES):
            yield from _at_the_top(node)

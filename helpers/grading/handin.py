"""Handed-in notebooks: read, and taken apart into what an exercise needs (every chapter).

An exercise is known by the name of its function and of its checker, which are the same. So it does
not matter what became of a notebook's name, its cells' ids or its metadata.
"""

import ast
import functools
import json
import re
import stat
import symtable
import textwrap
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import InputError

LARGEST = 100 * 2**20
"""Bytes of a notebook, its outputs included."""

MOST_CODE = 100_000
"""Characters of a notebook's code, ten times a chapter's. Taking it apart has no other bound."""

_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_SCOPES = (*_INNER, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

# What only IPython understands: the first line of a cell, and lines such as `%matplotlib inline`,
# `!ls`, `found = !ls` and `np.mean?`.
_OF_THE_CELL = re.compile(r"\A\s*%%(?P<name>\w+).*")
_AROUND_PYTHON = ("time", "capture", "prun")
_OF_A_LINE = re.compile(
    r"^(?P<before>[ \t]*(?:\w[\w., ]*=[ \t]*)?)(?:%[a-zA-Z].*|!(?!=).*|\?*[\w.]+\?+[ \t]*)$",
    re.MULTILINE,
)


def collect(folder: Path) -> dict[str, list[Path]]:
    """The notebooks of each student whose work lies in a folder, in order of names.

    The folder has a folder for each student, and in it, however deep, the notebooks, or none; a
    notebook that lies in the folder itself is a student's of its name. Raises InputError where
    there is no such folder, or no notebook in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder; name the one with the handed-in notebooks")
    found: dict[str, list[Path]] = {
        part.name: [] for part in folder.iterdir() if part.is_dir() and not _by_programs(part.name)
    }
    for file in sorted(folder.rglob("*.ipynb")):
        place = file.relative_to(folder).parts
        if not any(map(_by_programs, place[:-1])):
            found.setdefault(place[0] if len(place) > 1 else file.stem, []).append(file)
    if not any(found.values()):
        raise InputError(f"{folder}: has no notebook (.ipynb), neither in it nor in its folders")
    return dict(sorted(found.items()))


def _by_programs(name: str) -> bool:
    """Whether a folder is what Jupyter, a Mac or git made, and nobody handed in."""
    return name.startswith(".") or name == "__MACOSX"


def cells(file: Path) -> list[str]:
    """The code of a notebook, a text for each cell. Raises InputError for what is no notebook."""
    try:
        about = file.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise InputError("it is a link or no file; hand in the notebook itself")
        if about.st_size > LARGEST:
            raise InputError(f"it has more than {LARGEST // 2**20} MB; clear its outputs")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror}") from error
    try:
        lines = [c["source"] for c in json.loads(content)["cells"] if c["cell_type"] == "code"]
        code = ["".join(text) for text in lines]  # a text or a list of lines
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("it is not a notebook, or one of before 2015; save it again") from error
    if sum(map(len, code)) > MOST_CODE:
        raise InputError(f"its code has more than {MOST_CODE:,} characters; take out what is data")
    return code


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
    return next((cell for cell in reversed(code) if name in _parted(cell).makes), "")


def needed(code: list[str], name: str) -> list[str]:
    """The statements to run for a function of that name: it, and what it needs, in order.

    What a statement needs are those that make or change the names that it uses; of imports, which
    come first, no more than these names. Raises InputError where no cell makes the function.
    """
    parts = [part for cell in code for part in _parted(cell).parts]
    last = max((i for i, part in enumerate(parts) if name in part.makes), default=None)
    if last is None:
        broken = [_parted(cell).problem for cell in code if re.search(rf"\b{name}\b", cell)]
        raise InputError(next(filter(None, broken), f"no cell makes a function {name}"))
    changing: dict[str, list[int]] = {}
    for i, part in enumerate(parts):
        for changed in part.changes:
            changing.setdefault(changed, []).append(i)
    chosen, waiting = {last}, [last]
    while waiting:
        for used in {"*", *parts[waiting.pop()].uses}:
            more = set(changing.pop(used, ())) - chosen
            chosen |= more
            waiting += more
    run = [parts[i] for i in sorted(chosen)]
    imports = dict.fromkeys(part.code for part in run if part.imports)
    return [*imports, *(part.code for part in run if not part.imports)]


@dataclass(frozen=True)
class _Part:
    """A statement at the top of a cell, the names that it makes, changes, and uses."""

    code: str
    makes: set[str]
    changes: set[str]
    uses: set[str]
    imports: bool


@dataclass(frozen=True)
class _Cell:
    """The statements of a cell, or why it has none."""

    parts: tuple[_Part, ...] = ()
    problem: str = ""

    @property
    def makes(self) -> set[str]:
        """What its statements give a value."""
        return {name for part in self.parts for name in part.makes}


@functools.lru_cache(maxsize=512)  # each exercise of a notebook asks
def _parted(cell: str) -> _Cell:
    """A cell, taken apart."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of code that somebody should mend
            return _Cell(tuple(map(_part, _statements(cell))))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        return _Cell(problem=f"its cell is not Python{where}: {getattr(error, 'msg', error)}")


def _statements(cell: str) -> Iterator[ast.stmt]:
    """The statements at the top of a cell, an import for each name that is imported."""
    for statement in _parsed(cell).body:
        if isinstance(statement, ast.Import):
            yield from (ast.Import([alias]) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            of = statement
            yield from (ast.ImportFrom(of.module, [alias], of.level) for alias in of.names)
        else:
            yield statement


def _parsed(cell: str) -> ast.Module:
    """A cell as Python alone: nothing, where it is in another language."""
    if first := _OF_THE_CELL.match(cell):
        if first["name"] not in _AROUND_PYTHON:
            return ast.Module([], [])
        cell = cell[first.end() :]
    try:
        return ast.parse(cell)
    except SyntaxError:
        return ast.parse(_OF_A_LINE.sub(r"\g<before>None", textwrap.dedent(cell)))


def _part(statement: ast.stmt) -> _Part:
    code = ast.unparse(statement)
    nodes = list(_at_the_top(statement))
    makes = {name for node in nodes for name in _made(node)}
    changes = makes | {name for node in nodes for name in _changed(node)}
    uses = set(_used(symtable.symtable(code, "cell", "exec")))
    return _Part(code, makes, changes, uses, isinstance(statement, ast.Import | ast.ImportFrom))


def _used(table: symtable.SymbolTable) -> Iterator[str]:
    """Names that code takes from outside of its functions."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _used(inner)


def _made(node: ast.AST) -> Iterator[str]:
    """Names that a node gives a value."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id


def _changed(node: ast.AST) -> Iterator[str]:
    """Names whose values get another part, as in `table["x"] = 1` and `names.append("x")`."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        place: ast.AST = node.value.func
    elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        place = node
    else:
        return
    whole = place
    while isinstance(whole, ast.Attribute | ast.Subscript):
        whole = whole.value
    if isinstance(whole, ast.Name) and whole is not place:
        yield whole.id


def _at_the_top(statement: ast.stmt) -> Iterator[ast.AST]:
    """What stands in no function and no class, these themselves included."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)

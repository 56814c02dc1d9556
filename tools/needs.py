"""Which files of helpers/ some code rests on, so that a change elsewhere leaves it as it is.

Imports are followed from file to file, wherever in a file they stand. A package that only gathers
what its modules offer, such as helpers.plots, is taken apart: code that draws with `plots.mfcc`
rests on the module of `mfcc` alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def files(code: str, root: Path) -> set[Path]:
    """Return the files of the package `helpers` under `root` that a program's code rests on."""
    found: set[Path] = set()
    waiting = set(_used(ast.parse(code), root))
    while waiting:
        file = waiting.pop()
        found.add(file)
        waiting |= _of_file(file, root) - found
    return found


@cache
def _of_file(file: Path, root: Path) -> frozenset[Path]:
    """Return the files that a file names."""
    return frozenset(_used(ast.parse(file.read_text(encoding="utf-8")), root))


def _used(tree: ast.Module, root: Path) -> Iterator[Path]:
    """Yield the files that a program names."""
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Import):
            for name in statement.names:
                yield from _module(name.name, root)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            for name in statement.names:
                inside = f"{statement.module}.{name.name}"
                if _file(inside, root) is None:
                    yield from _offered(statement.module, {name.name}, root)
                elif _offers(inside, root):
                    uses = _attributes(tree, name.asname or name.name)
                    yield from _offered(inside, uses, root)
                else:
                    yield from _module(inside, root)


def _file(name: str, root: Path) -> Path | None:
    """Return the file of a module of helpers, by its full name; None for what is none."""
    if name.split(".")[0] != "helpers":
        return None
    path = root.joinpath(*name.split("."))
    return next((p for p in (path / "__init__.py", path.with_suffix(".py")) if p.is_file()), None)


def _module(name: str, root: Path) -> Iterator[Path]:
    """Yield the file of a module, and where it is a package those of all its modules."""
    file = _file(name, root)
    if file is not None:
        yield from file.parent.glob("*.py") if file.name == "__init__.py" else [file]


def _offers(name: str, root: Path) -> dict[str, str]:
    """Return what a gathering package offers, and the full name of the module each comes from."""
    file = _file(name, root)
    if file is None or file.name != "__init__.py":
        return {}
    body = ast.parse(file.read_text(encoding="utf-8")).body[1:]
    imports = [statement for statement in body if isinstance(statement, ast.ImportFrom)]
    if len(imports) < len(body):
        return {}
    return {part.name: s.module for s in imports if s.module for part in s.names}


def _offered(name: str, uses: set[str], root: Path) -> Iterator[Path]:
    """Yield the files of the modules that what is used of a package, or of a module, comes from."""
    offers = _offers(name, root)
    for use in uses:
        yield from _module(offers.get(use, name), root)


def _attributes(tree: ast.Module, name: str) -> set[str]:
    """Return which attributes of a name are used; the name itself where it is used otherwise."""
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    }
    bare = any(
        isinstance(node, ast.Name) and node.id == name and node not in named
        for node in ast.walk(tree)
    )
    return attributes | ({name} if bare else set())

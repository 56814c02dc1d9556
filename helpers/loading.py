"""What happens while a module of another package is loaded (every chapter).

Some load more than is used of them, or write to stderr while they do. Where no switch of theirs
turns that off, it is done from outside.
"""

import importlib.machinery
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager


def within(name: str, around: Callable[[], AbstractContextManager]) -> None:
    """Have a module loaded, when it is first imported, while `around()` is entered.

    `name` is its full name. It may be called before anything of that package is loaded.

    >>> import contextlib, io
    >>> from helpers import loading
    >>> said = io.StringIO()
    >>> loading.within("this", lambda: contextlib.redirect_stdout(said))
    >>> import this
    >>> "Readability counts." in said.getvalue()
    True
    """
    sys.meta_path.insert(0, _Finder(name, around))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module while a context is entered."""

    around: Callable[[], AbstractContextManager]

    def exec_module(self, module) -> None:
        with self.around():
            super().exec_module(module)


class _Finder:
    """Finds one module as ever, and has it loaded within a context."""

    def __init__(self, name: str, around: Callable[[], AbstractContextManager]):
        self.name, self.around = name, around

    def find_spec(self, name: str, path=None, target=None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
            spec.loader.around = self.around
        return spec

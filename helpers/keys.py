"""Keys: the fingerprint of all that a result depends on, its code included (every chapter).

A function counts with its instructions, its defaults, the values it closes over, and the functions,
classes and constants of this book, or of your notebook, that it uses, and that these use. Left
out are docstrings, comments and annotations. Of other libraries it is the version that counts;
what uses Keras depends on Keras's settings too, see `of_keras`. The cache itself, `store`, changes
no result and is not followed.

An instruction that finds its function only as it runs, such as `getattr(module, name)`, is not
seen; nor does a variable of a module count in a function that assigns it, such as a counter. Keys
hold for one version of Python: another has other instructions.
"""

import ast
import builtins
import collections
import dataclasses
import dis
import enum
import functools
import hashlib
import importlib
import importlib.util
import json
import linecache
import os
import random
import re
import sys
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path, PurePath

import numpy as np

from helpers.errors import InputError

_OWN = __name__.partition(".")[0]

_NOT_FOLLOWED = (__name__, f"{_OWN}.memory", f"{_OWN}.progress", f"{_OWN}.store")
"""What no result depends on."""

_DISTRIBUTIONS = {"sklearn": "scikit-learn"}
"""Packages whose module is called otherwise; to find it out takes half a second."""

_UNSAID = (
    *("__module__", "__qualname__", "__doc__", "__annotations__", "__dict__", "__weakref__"),
    *("__dataclass_fields__", "__dataclass_params__", "__match_args__", "__abstractmethods__"),
    *("_abc_impl", "__firstlineno__", "__static_attributes__", "__hash__"),
)
"""What a class says of itself that follows from the rest of it, or is text."""

_EMPTY = (type(threading.Lock()), type(threading.RLock()))
"""What holds nothing that a result could depend on."""

_CHANGING = (
    *(Iterator, random.Random),
    *(np.random.Generator, np.random.BitGenerator, np.random.RandomState),
)
"""What is another thing once it was used."""


def fingerprint(*things) -> str:
    """SHA-256, in hexadecimal, of what things hold; equal things have equal fingerprints.

    They may be numbers, text, arrays, functions and classes; lists, dictionaries, in their order,
    dataclasses and other objects of such; and tables of clips, where a file counts as what it
    holds, wherever it lies. Raises InputError, which says what to do, for things that have no
    content to go by, such as open files, generators and sources of random numbers.
    """
    return _Reader(things).digest()


def reached(*things) -> dict[str, object]:
    """The functions, classes and constants that a fingerprint rests on, by module and name."""
    reader = _Reader(things)
    reader.digest()
    return reader.names


def of_file(path: str | os.PathLike) -> str:
    """SHA-256, in hexadecimal, of a file's content; a file that has not changed is read once.

    Raises InputError where it cannot be read.
    """
    try:
        status = os.stat(path)
        return _of_file(os.path.abspath(path), status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); put the file back") from error


def of_keras() -> dict[str, str | float]:
    """Keras's backend, float type, image format and the like: as set or, before its import, as
    they will be.

    Source: keras.json and KERAS_BACKEND, https://keras.io/api/utils/config_utils/
    """
    if "keras" in sys.modules:
        config = sys.modules["keras"].config
        found = {
            "backend": config.backend(),
            "floatx": config.floatx(),
            "epsilon": config.epsilon(),
            "image_data_format": config.image_data_format(),
        }
        return found | {"dtype_policy": config.dtype_policy().name}
    home = os.path.expanduser("~")
    if not os.access(home, os.W_OK):
        home = "/tmp"
    file = Path(os.environ.get("KERAS_HOME", f"{home}/.keras"), "keras.json")
    try:
        chosen = json.loads(file.read_text())
    except (OSError, ValueError):
        chosen = {}
    usual = {
        "backend": "tensorflow",
        "floatx": "float32",
        "epsilon": 1e-7,
        "image_data_format": "channels_last",
    }
    found = {name: chosen.get(name, value) for name, value in usual.items()}
    found["backend"] = os.environ.get("KERAS_BACKEND") or found["backend"]
    return found | {"dtype_policy": found["floatx"]}


@functools.lru_cache(maxsize=20_000)
def _of_file(path: str, changed: int, size: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Reader:
    """Reads things into one digest.

    A function, class or module is named by a number where it is met, and read after the rest: so
    each is read once, whoever uses it, and may use itself.
    """

    def __init__(self, things: Iterable):
        self.total = hashlib.sha256()
        self.numbers: dict[int, int] = {}
        self.waiting: collections.deque = collections.deque()
        self.within: list[int] = []
        self.alive: list = []
        """What the numbers are of: an id is another's once its object is gone."""
        self.libraries: set[str] = set()
        self.names: dict[str, object] = {}
        self.trail: tuple[str, ...] = ()
        self.say("key 1", sys.version_info[:2])
        for thing in things:
            self.read(thing)

    def digest(self) -> str:
        while self.waiting:
            self.trail, read, thing = self.waiting.popleft()
            read(thing)
        for library in sorted(self.libraries):
            self.say("library", library, _version(library))
        if "keras" in self.libraries:
            settings = of_keras()
            self.say("keras", *settings.items(), _version(settings["backend"]))
        return self.total.hexdigest()

    def say(self, *words) -> None:
        self.total.update(repr(words).encode("utf-8", "surrogatepass"))

    def read(self, thing, name: str = "") -> None:
        """Read one thing; `name` says where it was met, for an error's message."""
        before = self.trail
        if name:
            self.trail = (*before, name)
        if id(thing) in self.within:
            self.say("within", self.within.index(id(thing)))
        else:
            self.within.append(id(thing))
            self._read(thing)
            self.within.pop()
        self.trail = before

    def _read(self, thing) -> None:
        kind = type(thing)
        if isinstance(thing, np.generic) and isinstance(thing.item(), bool | int | float | str):
            self.read(thing.item())
        elif thing is None or thing is ... or thing is NotImplemented:
            self.say(thing)
        elif kind in (bool, int, float, complex, str, bytes, range, slice):
            self.say(kind.__name__, thing)
        elif isinstance(thing, enum.Enum):
            self._later(kind, self._class)
            self.say(thing.name)
        elif isinstance(thing, np.ndarray) and not isinstance(thing, np.ma.MaskedArray):
            self._array(thing)
        elif kind in (list, tuple):
            self._all("list", thing)
        elif kind in (dict, types.MappingProxyType):
            self._all("dict", [each for pair in thing.items() for each in pair])
        elif kind in (set, frozenset):
            self.say("set", sorted(fingerprint(each) for each in thing))
        elif isinstance(thing, PurePath):
            self.say("file", of_file(thing) if Path(thing).is_file() else str(thing))
        elif isinstance(thing, _EMPTY):
            self.say("empty", kind.__name__)
        elif isinstance(thing, re.Pattern):
            self.say("pattern", thing.pattern, thing.flags)
        elif isinstance(thing, functools.partial):
            self._all("partial", [thing.func, list(thing.args), thing.keywords])
        elif isinstance(thing, types.MethodType):
            self._all("method", [thing.__func__, thing.__self__])
        elif isinstance(thing, staticmethod | classmethod):
            self._all(kind.__name__, [thing.__func__])
        elif isinstance(thing, property):
            self._all("property", [thing.fget, thing.fset, thing.fdel])
        elif isinstance(thing, functools.cached_property):
            self._all("property", [thing.func])
        elif isinstance(thing, types.FunctionType):
            self._later(thing, self._function)
        elif isinstance(thing, types.ModuleType):
            self._later(thing, self._module)
        elif isinstance(thing, type):
            self._later(thing, self._class)
        elif hasattr(thing, "__wrapped__"):  # such as what functools.lru_cache returns
            self._all(kind.__qualname__, [thing.__wrapped__])
        else:
            self._object(thing)

    def _all(self, kind: str, things: Iterable) -> None:
        things = list(things)
        self.say(kind, len(things))
        for thing in things:
            self.read(thing)

    def _array(self, array: np.ndarray) -> None:
        if array.dtype.hasobject:
            self.say("objects", array.shape)
            self._all("array", array.ravel().tolist())
        else:
            self.say("array", array.dtype.str, array.shape)
            self._all("of", getattr(array, "__dict__", {}).values())
            self.total.update(np.ascontiguousarray(array).data)

    def _later(self, thing, read: Callable) -> None:
        number = self.numbers.get(id(thing))
        if number is None:
            number = self.numbers[id(thing)] = len(self.numbers)
            self.alive.append(thing)
            self.waiting.append((self.trail, read, thing))
        self.say("number", number)

    def _library(self, module: str | None) -> bool:
        """Whether a module is not followed; then its library's version counts."""
        if module in _NOT_FOLLOWED:
            return True
        if not isinstance(module, str | None):  # of a class written in C, which may say nothing
            return True
        root = (module or "").partition(".")[0]
        if root in ("", "__main__", _OWN) or not _installed(root):
            return False
        if root not in sys.stdlib_module_names:
            self.libraries.add(root)
        return True

    def _function(self, function: types.FunctionType) -> None:
        module = function.__globals__.get("__name__")
        if self._library(module):
            self.say("function", module, function.__code__.co_qualname)
            if hasattr(function, "__wrapped__"):
                return self.read(function.__wrapped__)
        else:
            code = _code(function.__code__)
            self.say("function", code.digest)
            self._used(code, function.__globals__)
        self._all("defaults", [function.__defaults__, function.__kwdefaults__])
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        for name, cell in cells:
            self.say("cell", name)
            try:
                content = cell.cell_contents
            except ValueError:  # not given a value yet
                continue
            self.read(content, f"{name}, which {function.__qualname__} closes over")

    def _used(self, code: "_Code", known: dict) -> None:
        """What code uses of its module, and of those that it imports as it runs."""
        module = known.get("__name__", "")
        for first, *rest in code.globals:
            self.say("global", first, *rest)
            if first in code.assigned:
                continue
            if first in known:
                self._attribute(known[first], f"{module}.{first}", rest)
            elif not hasattr(builtins, first):
                self.say("none yet")
        for name, level, members in code.imports:
            package = known.get("__package__") or module.rpartition(".")[0]
            name = importlib.util.resolve_name("." * level + name, package) if level else name
            self.say("import", name, members)
            if self._library(name):
                continue
            try:
                whole = importlib.import_module(name)
            except ModuleNotFoundError:  # code that needs it cannot run
                self.say("not installed")
                continue
            for member in members or [""]:
                if member and not hasattr(whole, member):
                    importlib.import_module(f"{name}.{member}")
                used = getattr(whole, member) if member else whole
                if not isinstance(used, types.ModuleType):
                    self._attribute(used, f"{name}.{member}", [])
                elif not self._library(used.__name__):
                    # What of it is used follows its name somewhere in the code.
                    for attribute in dict.fromkeys(code.attributes):
                        if hasattr(used, attribute):
                            self._attribute(used, used.__name__, [attribute])

    def _attribute(self, value, name: str, rest: list[str]) -> None:
        """A value, or what of it an expression such as `features.mfcc` means, if it is a module."""
        while isinstance(value, types.ModuleType) and rest and not self._library(value.__name__):
            attribute, *rest = rest
            name = f"{value.__name__}.{attribute}"
            if not hasattr(value, attribute):
                return self.say("none yet")
            value = getattr(value, attribute)
        if not isinstance(value, types.ModuleType):
            self.names[name] = value
        self.read(value, name)

    def _module(self, module: types.ModuleType) -> None:
        self.say("module", module.__name__)
        if not self._library(module.__name__):
            for name, value in sorted(vars(module).items()):
                if not name.startswith("__"):
                    self.say(name)
                    self._attribute(value, f"{module.__name__}.{name}", [])

    def _class(self, cls: type) -> None:
        self.say("class", cls.__qualname__, _imported(cls.__module__))
        if self._library(cls.__module__):
            return
        self._all("bases", cls.__bases__)
        if type(cls) is not type:
            self.read(type(cls))
        if dataclasses.is_dataclass(cls):
            made_how = cls.__dataclass_params__  # type: ignore[attr-defined]  # not in its stub
            self.say("dataclass", repr(made_how))
            for field in dataclasses.fields(cls):
                self.say("field", field.name, field.init, field.compare)
                self.read(field.default if field.default is not dataclasses.MISSING else None)
                factory = field.default_factory
                self.read(factory if factory is not dataclasses.MISSING else None)
        for name, value in vars(cls).items():
            made = isinstance(value, types.FunctionType) and value.__code__.co_qualname.startswith(
                "__create_fn__"  # by dataclasses, from the fields
            )
            if not made and name not in _UNSAID:
                self.say("member", name)
                self.read(value, f"{cls.__qualname__}.{name}")

    def _object(self, thing) -> None:
        kind = type(thing)
        pandas = sys.modules.get("pandas")
        if pandas and isinstance(thing, pandas.DataFrame | pandas.Series | pandas.Index):
            return self._table(thing, pandas)
        if isinstance(thing, _CHANGING) or hasattr(thing, "get_weights"):
            raise self._refused(thing)
        if not self._library(kind.__module__):
            self._later(kind, self._class)
            slots = [name for each in kind.__mro__ for name in getattr(each, "__slots__", ())]
            held = getattr(thing, "__dict__", {}) | {
                name: getattr(thing, name) for name in slots if hasattr(thing, name)
            }
            if isinstance(thing, int | float | str | bytes | list | tuple | dict | set):
                plain: Callable = next(each for each in kind.__mro__ if each in _PLAIN)
                self.read(plain(thing))
            return self._all("object", [each for pair in held.items() for each in pair])
        module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
        bound = getattr(thing, "__self__", None)
        if callable(thing) and isinstance(name, str):
            self.say("library's", module, name)
            self._library(module)
            if bound is not None and not isinstance(bound, types.ModuleType):
                self.read(bound)
            return
        if isinstance(name, str) and hasattr(thing, "__objclass__"):  # a class's slot
            return self.say("slot", name)
        try:  # as pickle and copy take objects apart
            parts = thing.__reduce_ex__(2)
        except Exception:
            raise self._refused(thing) from None
        self.say("object", kind.__module__, kind.__qualname__)
        if isinstance(parts, str):
            return self.say(parts)
        make, given, state, items, pairs = (*parts, None, None, None)[:5]
        content = [make, list(given), state, list(items or ()), [list(p) for p in pairs or ()]]
        self._all("parts", content)

    def _table(self, table, pandas) -> None:
        """A table by its columns; of a column "path" the files' contents, as for clips."""
        if isinstance(table, pandas.Index):
            return self._all("index", [list(table.names), table.tolist()])
        if isinstance(table, pandas.Series):
            table = table.to_frame(table.name)
        self.say("table", len(table))
        self.read(table.index)
        for name, column in table.items():
            self.read(name)
            if name == "path":
                self._all("files", map(of_file, column))
            elif isinstance(column.dtype, pandas.CategoricalDtype):
                self._all("categories", [column.cat.categories, column.cat.codes.to_numpy()])
            else:
                self.read(column.to_numpy())

    def _refused(self, thing) -> InputError:
        where = " / ".join(self.trail) or "what a result is made from"
        kind = f"{type(thing).__module__}.{type(thing).__qualname__}".removeprefix("builtins.")
        return InputError(
            f"{where}: a {kind} cannot be in a key, as it does not say what it holds or will not "
            "hold the same the next time; use numbers, text, arrays, or functions of such, and of "
            "random numbers the `rng` that a function is given"
        )


def _imported(module: str) -> str:
    """What a module is called when it is imported, also of the one that `python -m` runs."""
    spec = getattr(sys.modules.get(module), "__spec__", None)
    return spec.name if spec else module


_PLAIN = (bool, int, float, str, bytes, list, tuple, dict, set, frozenset)


@dataclasses.dataclass(frozen=True)
class _Code:
    """What a function's code does and uses."""

    digest: str
    globals: list[tuple[str, ...]]
    """Names from its module, with the attributes that follow: ("features", "mfcc")."""
    imports: list[tuple[str, int, tuple[str, ...]]]
    """What it imports as it runs: a module, how many packages further up, what of it."""
    attributes: list[str]
    """All names of attributes, of whatever."""
    assigned: list[str]
    """Variables of its module that it assigns."""


_known: dict[int, tuple[types.CodeType, _Code]] = {}


def _code(code: types.CodeType) -> _Code:
    """Read a function's code, each once; it never changes."""
    if id(code) not in _known:
        plain = _plain(code)
        found = _Code(_digest(plain), *_used_by(plain))
        _known[id(code)] = code, found  # with the code, so that the id stays its own
    return _known[id(code)][1]


def _digest(code: types.CodeType) -> str:
    """Of instructions, constants and names, but for the lines they stand in."""
    consts = list(code.co_consts)
    if consts and isinstance(consts[0], str) and code.co_flags & 0x2:  # the docstring of a function
        consts[0] = None
    if "__firstlineno__" in code.co_names:  # a class notes its line, from Python 3.13
        consts = [None if each == code.co_firstlineno else each for each in consts]
    parts = (
        *(code.co_code, code.co_exceptiontable, code.co_flags),
        *(code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        *(code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
        [_constant(each) for each in consts],
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _constant(value) -> str:
    if isinstance(value, types.CodeType):
        return _digest(value)
    if isinstance(value, frozenset):  # its order differs from one process to the next
        return f"frozenset {sorted(map(repr, value))}"
    return repr(value)


def _used_by(code: types.CodeType) -> tuple[list, list, list, list]:
    """What `_Code` says of code and of what is defined in it."""
    used, imports, attributes, assigned = [], [], [], []
    chain, before = None, [None, None]
    for step in dis.get_instructions(code):
        if step.opname == "EXTENDED_ARG":
            continue
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"):
            chain = [step.argval]
            used.append(chain)
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            attributes.append(step.argval)
            if chain:
                chain.append(step.argval)
        else:
            chain = None
        if step.opname == "STORE_GLOBAL":
            assigned.append(step.argval)
        if step.opname == "IMPORT_NAME":
            level, members = before
            imports.append((step.argval, level, members or ()))
        before = [before[1], step.argval]
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found: tuple[list, ...] = used, imports, attributes, assigned
            for of_all, more in zip(found, _used_by(inner), strict=True):
                of_all += more
    return [tuple(chain) for chain in used], imports, attributes, assigned


def _plain(code: types.CodeType) -> types.CodeType:
    """The same code without docstrings and annotations, where its source is at hand.

    The source may have changed since it was imported; then it gives other code, and the code is
    taken as it is.
    """
    text = "".join(linecache.getlines(code.co_filename))
    place = code.co_qualname, code.co_firstlineno
    with_all, without = _compiled(code.co_filename, text)
    return without[place] if with_all.get(place) == code and place in without else code


@functools.lru_cache(maxsize=200)
def _compiled(file: str, text: str) -> tuple[dict, dict]:
    """The code of each function of a file, by name and line: as it is, and stripped."""
    try:
        tree = ast.parse(text)
        whole = compile(tree, file, "exec", dont_inherit=True)
        stripped = compile(_Stripper().visit(tree), file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):  # a notebook's cell may hold commands of its own
        return {}, {}
    return dict(_functions(whole)), dict(_functions(stripped))


def _functions(code: types.CodeType) -> Iterator[tuple[tuple[str, int], types.CodeType]]:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            if "<lambda>" not in inner.co_name:  # several may stand in one line; they have neither
                yield (inner.co_qualname, inner.co_firstlineno), inner
            yield from _functions(inner)


class _Stripper(ast.NodeTransformer):
    """Takes docstrings and the annotations of functions out of a program."""

    def generic_visit(self, node):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        has_text = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if has_text and ast.get_docstring(node) is not None:
            text, *rest = node.body
            node.body = rest or [ast.copy_location(ast.Pass(), text)]
        return super().generic_visit(node)


@functools.cache
def _version(library: str) -> str:
    try:
        return metadata.version(_DISTRIBUTIONS.get(library, library))
    except metadata.PackageNotFoundError:
        names = metadata.packages_distributions().get(library, ())
        return " ".join(f"{name} {metadata.version(name)}" for name in sorted(set(names)))


@functools.cache
def _installed(root: str) -> bool:
    """Whether a module is Python's or an installed package's."""
    if root in sys.stdlib_module_names or root in sys.builtin_module_names:
        return True
    module = sys.modules.get(root)
    try:
        spec = getattr(module, "__spec__", None) or importlib.util.find_spec(root)
    except (ImportError, ValueError):
        spec = None
    places = [getattr(module, "__file__", None), *(getattr(module, "__path__", ()))]
    if spec:
        places += [spec.origin, *(spec.submodule_search_locations or ())]
    parts = {part for place in places if place for part in Path(place).parts}
    return bool(parts & {"site-packages", "dist-packages"})

"""The cache: what took long is kept, under a key of all it was made from (every chapter).

It can be deleted at any time with no harm. Set BOOK_CACHE to move it. BOOK_CACHE_GB bounds its
folders `kept` and `training`, each; finished runs of experiments and downloads stay.
"""

import contextlib
import json
import math
import os
import stat
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import platformdirs

from helpers import keys
from helpers.errors import InputError

DEFAULT_GB = 4.0

_SEAL = "seal"
"""In a file of the cache, the fingerprint of its key and of the names, shapes and values in it."""

LARGEST = 500_000_000
"""Bytes that the arrays of a compressed file may take beyond its own size."""


def folder() -> Path:
    """Where the cache and downloads lie."""
    chosen = os.environ.get("BOOK_CACHE")
    if chosen:
        return Path(os.path.expanduser(chosen))
    return platformdirs.user_cache_path("which-instrument")


def keep(
    name: str,
    make: Callable[..., dict],
    *given,
    besides: dict | None = None,
    bounded: bool = True,
) -> dict[str, np.ndarray]:
    """`make(*given)`, or what it returned when it was last called so.

    `make` returns a dictionary of arrays or numbers. The key covers all that these depend on: what
    is given and the code of `make`, see `keys`. `besides` are arguments by name that change
    nothing of what is returned, such as a function to call after each epoch. What a file holds
    is used where it is what was written under this key, else made again. Files are written whole
    or not at all, hold no pickles, and the least recently used of those `bounded` go first when
    they outgrow the bound. A cache that cannot be written costs time, never a result. Raises
    InputError where BOOK_CACHE_GB is no number, and for what cannot be in a key.
    """
    bound = _bound()
    full = key(make, *given)
    path = folder() / ("kept" if bounded else "finished") / f"{name}-{full}.npz"
    kept = load(path, full)
    if kept is not None:
        return kept
    with _turn(path):
        kept = load(path, full)  # another process may have made it meanwhile
        if kept is not None:
            return kept
        made = make(*given, **(besides or {}))
        kept = {name: np.asarray(value) for name, value in made.items()}
        if bounded and sum(value.nbytes for value in kept.values()) > bound:
            return kept  # it would push out all else
        try:
            save(path, full, kept)
            tidy(path.parent, bounded)
        except OSError as error:
            warnings.warn(f"the cache {path.parent} could not be written: {error}", stacklevel=2)
    return kept


@contextlib.contextmanager
def alone(lock: Path, waiting: str):
    """Hold a lock that ends with its process; print `waiting` where another process holds it."""
    held = filelock.FileLock(lock)
    try:
        held.acquire(timeout=0)
    except filelock.Timeout:
        print(waiting, flush=True)
        held.acquire()
    try:
        yield
    finally:
        held.release()


def key(make: Callable[..., dict], *given) -> str:
    """The key under which `keep` keeps what `make(*given)` returns. Errors as in `keep`."""
    return keys.fingerprint(make, given)[:32]


def save(path: Path, key: str, held: dict[str, np.ndarray]) -> None:
    """Write arrays to an .npz file that `load` takes for what it is. OSError where it cannot."""
    sealed: dict[str, Any] = {**held, _SEAL: keys.fingerprint(key, held)}
    write(path, lambda file: np.savez(file, **sealed))


def load(path: Path, key: str) -> dict[str, np.ndarray] | None:
    """The arrays that `save` wrote under this key; None where the file holds anything else."""
    try:
        held = arrays(path)
        if str(held.pop(_SEAL)) != keys.fingerprint(key, held):
            return None
    except Exception:  # absent or, in whatever way, damaged
        return None
    with contextlib.suppress(OSError):  # another user's file may be read but not touched
        os.utime(path)  # last used now
    return held


def write(path: Path, fill: Callable) -> None:
    """Let `fill(file)` write a binary file that appears under `path` only when it is complete.

    Raises OSError, which names `path`, where it cannot be written.
    """
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(suffix=".draft", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)  # mkstemp's own mode hides the file from other users
        os.replace(draft, path)
    except BaseException as error:
        if draft:
            Path(draft).unlink(missing_ok=True)
        if isinstance(error, OSError):  # a full disk does not say which file it was
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise


def arrays(path: str | Path, times: float = 1, more: int = LARGEST) -> dict[str, np.ndarray]:
    """The arrays of an .npz file. No pickle is loaded, and no zip bomb goes off.

    They may take so many times the file's size, and so many bytes more. Raises an exception of
    some kind where the file is absent or damaged.
    """
    check_file(path)
    with zipfile.ZipFile(path) as zipped:
        size = sum(member.file_size for member in zipped.infolist())
        if size > times * os.path.getsize(path) + more:
            raise ValueError(f"it would take {size / 1e6:,.0f} MB, far more than the file")
        for member in zipped.infolist():
            _check_size(zipped, member)
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def check_file(path: str | Path) -> None:
    """Raise ValueError for a pipe or a device, which may have no end."""
    if not stat.S_ISREG(os.stat(path).st_mode) and not os.path.isdir(path):
        raise ValueError("it is no file but a pipe or a device")


@contextlib.contextmanager
def _turn(path: Path):
    """Let one process after the other make a file; all at once where there can be no lock."""
    lock = path.with_suffix(".lock")
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, NotImplementedError):
            lock.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(alone(lock, f"Another process makes {path.name}: waiting for it."))
            held.callback(_remove, lock)
        yield


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def read_json(path: Path) -> dict:
    """The object in a JSON file. Raises ValueError for whatever is damaged, OSError if absent."""
    return parsed_json(path.read_bytes())


def parsed_json(text: str | bytes) -> dict:
    """The object that a text in JSON describes. Raises ValueError for whatever is damaged."""

    def refuse(constant: str):
        raise ValueError(f"{constant} is no JSON")

    try:
        found = json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it holds no JSON object")
    return found


def json_text(thing, indent: int | None = None) -> str:
    """A thing as JSON; arrays are lists. What is no number, which JSON does not have, is null."""
    return json.dumps(_standard(thing), indent=indent, allow_nan=False)


def _standard(thing):
    if isinstance(thing, dict):
        return {key: _standard(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_standard(value) for value in thing]
    if isinstance(thing, np.ndarray | np.generic):
        return _standard(thing.tolist())
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


def _check_size(zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Raise ValueError unless an array is as long as it says, before memory is taken for it."""
    with zipped.open(member) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, _, kind = read(file)
        rest = member.file_size - file.tell()
    if math.prod(shape) * kind.itemsize != rest and not kind.hasobject:
        raise ValueError(f"{member.filename} is not as long as it says")


def _bound() -> float:
    """How many bytes the bounded part of the cache may have."""
    text = os.environ.get("BOOK_CACHE_GB", str(DEFAULT_GB))
    try:
        bound = float(text) * 1e9
    except ValueError:
        bound = math.nan
    if not 0 <= bound < math.inf:
        raise InputError(f"BOOK_CACHE_GB is {text!r}; set it to a number of gigabytes")
    return bound


def tidy(kept: Path, bounded: bool = True) -> None:
    """Delete what killed processes left and, in a folder that is bounded, the least recently used
    files beyond the bound."""
    allowed = _bound() if bounded else math.inf
    files = []
    for path in kept.iterdir():
        try:
            status = path.stat()
        except FileNotFoundError:
            continue  # another process was quicker
        if path.suffix in (".draft", ".lock") and status.st_mtime < time.time() - 86_400:
            path.unlink(missing_ok=True)
        elif path.suffix == ".npz":
            files.append((status.st_mtime, status.st_size, path))
    for _, size, path in sorted(files, key=lambda file: -file[0]):
        allowed -= size
        if allowed < 0:
            path.unlink(missing_ok=True)

"""Values as lines of JSON, between the grader and the process that runs a hand-in (every chapter).

What comes from a hand-in is not to be trusted: reading a value makes numbers, texts, lists and
arrays of it, and never runs anything.
"""

import base64
import contextlib
import json
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

LONGEST = 64 * 2**20
"""Bytes that a line may have."""

_LONGEST_REASON = 300

_KINDS = "biufcU"  # of arrays that carry values and nothing else


class NotCarriedError(ValueError):
    """A value that cannot be sent, or a line that holds none."""


def send(stream: BinaryIO, message: dict) -> None:
    """Write a message and send it off. Raises NotCarriedError for what a line cannot hold."""
    line = json.dumps(message).encode() + b"\n"
    if len(line) > LONGEST:
        raise NotCarriedError(f"more than {LONGEST // 2**20} MB")
    stream.write(line)
    stream.flush()


def receive(stream: BinaryIO) -> dict:
    """Read a message. Raises EOFError where nobody is there, NotCarriedError for none."""
    line = stream.readline(LONGEST + 1)
    if not line:
        raise EOFError
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotCarriedError("no message") from error
    if not isinstance(message, dict):
        raise NotCarriedError("no message")
    return message


def pack(value: Any, name: Callable[[Callable], int] | None = None) -> Any:
    """Make JSON of a value; `name` gives a function a number by which the other side calls it.

    Raises NotCarriedError for what is neither a number, a text, a list, a dictionary, an array nor
    a generator of random numbers.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int) and type(value) is int:
        return {"int": str(value)}
    if isinstance(value, float) and type(value) is float:
        return {"float": value.hex()}
    if isinstance(value, complex) and type(value) is complex:
        return {"complex": [value.real.hex(), value.imag.hex()]}
    if isinstance(value, np.generic):
        return {"scalar": _packed_array(np.asarray(value))}
    if isinstance(value, np.random.Generator):
        return {"generator": json.loads(json.dumps(value.bit_generator.state, default=int))}
    if isinstance(value, dict):
        return {"dict": [[pack(k, name), pack(v, name)] for k, v in value.items()]}
    if isinstance(value, tuple | set | frozenset):
        return {type(value).__name__: [pack(item, name) for item in value]}
    if callable(value) and name is not None:
        return {"function": name(value)}
    if hasattr(value, "__array__"):  # arrays, tables, tensors
        return {"array": _packed_array(np.asarray(value))}
    if hasattr(value, "__iter__"):
        return {"list": [pack(item, name) for item in value]}
    raise NotCarriedError(f"an object of the type {type(value).__name__}")


def unpack(value: Any, function: Callable[[int], Callable] | None = None) -> Any:
    """Make the value that was packed; `function` makes what stands for a function of a number.

    Raises NotCarriedError for what `pack` did not make.
    """
    if value is None or isinstance(value, bool | str):
        return value
    try:
        ((kind, held),) = value.items()
        if kind == "function" and function is not None:
            return function(held)
        if kind == "dict":
            return {unpack(k, function): unpack(v, function) for k, v in held}
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind](unpack(item, function) for item in held)
        return _VALUES[kind](held)
    except NotCarriedError:
        raise
    except Exception as error:  # whatever a line may hold
        raise NotCarriedError("no value") from error


def give_back(original: Any, changed: Any) -> None:
    """Change a value given to a function as the function changed it, as in one process."""
    if isinstance(original, np.ndarray) and isinstance(changed, np.ndarray):
        if original.shape == changed.shape and original.dtype == changed.dtype:
            original[...] = changed
    elif isinstance(original, list) and isinstance(changed, list):
        original[:] = changed
    elif isinstance(original, dict) and isinstance(changed, dict):
        original.clear()
        original.update(changed)
    elif isinstance(original, np.random.Generator) and isinstance(changed, np.random.Generator):
        original.bit_generator.state = changed.bit_generator.state


def pack_error(error: BaseException) -> list[str]:
    """Make JSON of an error: its name and its text."""
    text = ""
    with contextlib.suppress(Exception):  # a hand-in's own error may not be able to say what it is
        text = str(error)[:_LONGEST_REASON]
    return [type(error).__name__, text]


def unpack_error(packed: Any) -> Exception:
    """Make an error of the name and with the text that were packed, and no more."""
    name, text = (str(part)[:_LONGEST_REASON] for part in packed)
    return type(name, (Exception,), {})(text)


def _packed_array(array: np.ndarray) -> dict:
    if array.dtype.kind == "O":
        return {"objects": [pack(item) for item in array.ravel()], "shape": array.shape}
    if array.dtype.kind not in _KINDS:
        raise NotCarriedError(f"an array of the type {array.dtype}")
    if array.nbytes > LONGEST:
        raise NotCarriedError(f"more than {LONGEST // 2**20} MB")
    content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": array.dtype.str, "shape": array.shape, "bytes": content}


def _array(held: dict) -> np.ndarray:
    if "objects" in held:
        flat = np.empty(len(held["objects"]), object)
        flat[:] = [unpack(item) for item in held["objects"]]
        return flat.reshape(held["shape"])
    dtype = np.dtype(held["dtype"])
    if dtype.kind not in _KINDS:
        raise NotCarriedError("no array")
    content = base64.b64decode(held["bytes"], validate=True)
    return np.frombuffer(content, dtype).reshape(held["shape"]).copy()


def _generator(state: dict) -> np.random.Generator:
    generator = np.random.default_rng()
    generator.bit_generator.state = state
    return generator


_COLLECTIONS: dict[str, Callable] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}
_VALUES: dict[str, Callable] = {
    "int": int,
    "float": float.fromhex,
    "complex": lambda parts: complex(*map(float.fromhex, parts)),
    "scalar": lambda held: _array(held)[()],
    "array": _array,
    "generator": _generator,
}

"""Memory is little, so that two chapters fit into Binder (every chapter).

The C library keeps most of what a program frees, for later, in a store for each of its threads.
TensorFlow has many threads, and on most processors a store of its own, which doubles as it grows
and gives nothing back: 300 MB would lie there unused. Importing the package changes that. It asks
TensorFlow to use the C library's, and that, where it is GNU's, to give back what is freed.

Keras and TensorFlow load JAX, 110 MB, wherever it is installed, whatever they run on. They do not
where nothing else has loaded it.

Nor are Keras and TensorFlow searched for what is no longer used, as they stay: 300,000 objects, for
which each search takes a fifth of a second.

Nor does Keras ask TensorFlow to sum the gradients of several devices where there is one. TensorFlow
would keep that sum, and by it the whole graph of the training, for good.
"""

import contextlib
import ctypes
import functools
import gc
import os
import sys
from collections.abc import Iterator

from helpers import loading

LARGE = 12 << 20
"""From this size on, in bytes, an array has memory of its own, which goes back when it is freed.

Such memory is slow to get: were it so from 1 MB on, a training would take a third longer.
"""

STORES = 1
"""How many stores all threads share for what is smaller."""

SPARE = 64 << 20
"""What is free at the end of a store goes back when it is more than this, in bytes."""

LOAD_JAX = ("keras.src.callbacks.orbax_checkpoint", "tensorflow.lite.python.util")
"""These load it: to mend old versions, and to convert its functions."""

OPTIMIZER = "keras.src.backend.tensorflow.optimizer"
"""Where Keras has the gradients of several devices summed."""

# M_MMAP_THRESHOLD, M_ARENA_MAX and M_TRIM_THRESHOLD of malloc.h
_THRESHOLD, _STORES, _SPARE = -3, -8, -1


def _c_library() -> ctypes.CDLL | None:
    """The C library where it has what is used here, else None."""
    with contextlib.suppress(OSError, TypeError):
        library = ctypes.CDLL(None)
        if hasattr(library, "mallopt") and hasattr(library, "malloc_trim"):
            return library
    return None


def give_back() -> None:
    """Give back what is no longer used: networks too, which refer to themselves.

    >>> from helpers import memory
    >>> memory.give_back()
    """
    gc.collect()
    if library := _c_library():
        library.malloc_trim(0)


@contextlib.contextmanager
def without(package: str) -> Iterator[None]:
    """While this is entered, a package that is not loaded yet is as good as not installed.

    >>> from helpers import memory
    >>> with memory.without("turtle"):
    ...     try:
    ...         import turtle
    ...     except ModuleNotFoundError:
    ...         print("no turtle")
    no turtle
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # Python's own mark for it
    try:
        yield
    finally:
        del sys.modules[package]


@contextlib.contextmanager
def _to_stay() -> Iterator[None]:
    """What there is when this has been loaded stays, and is not searched for what is unused.

    Nor is it while it is loaded, which would take a quarter of the time.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def _of_one_device() -> Iterator[None]:
    """What Keras has here is loaded, and sums gradients only where there are several devices."""
    yield
    module = sys.modules[OPTIMIZER]
    summed = module.TFOptimizer._all_reduce_sum_gradients

    def of_all(optimizer, gradients):
        device = module.tf.distribute.get_replica_context()
        several = device and device.num_replicas_in_sync > 1
        return summed(optimizer, gradients) if several else list(gradients)

    module.TFOptimizer._all_reduce_sum_gradients = of_all


os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")  # read once, by its first array

for _name in LOAD_JAX:
    loading.within(_name, functools.partial(without, "jax"))
loading.within(OPTIMIZER, _of_one_device)
loading.within("keras", _to_stay)

if _library := _c_library():
    _library.mallopt(_THRESHOLD, LARGE)
    _library.mallopt(_STORES, STORES)
    _library.mallopt(_SPARE, SPARE)

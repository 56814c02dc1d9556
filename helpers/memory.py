"""What is freed goes back to the system, so that two chapters fit into Binder (every chapter).

The C library keeps most of what a program frees, for later, in a store for each of its threads.
TensorFlow has many threads, and networks are large: 300 MB would lie there unused. Importing the
package changes that. It does so where the C library is GNU's; others cannot be asked.
"""

import contextlib
import ctypes
import gc

LARGE = 1 << 20
"""From this size on, in bytes, an array has memory of its own, which goes back when it is freed."""

STORES = 2
"""How many stores all threads share for what is smaller."""

_THRESHOLD, _STORES = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h


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


if _library := _c_library():
    _library.mallopt(_THRESHOLD, LARGE)
    _library.mallopt(_STORES, STORES)

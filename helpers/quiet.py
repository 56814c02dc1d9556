"""TensorFlow starts without log lines, in whatever cell it is first used (every chapter).

What it says of processors and drivers teaches nothing, and in a notebook it looks like an error.
Importing the package does this. It hides no Python warning, nor what other libraries or a
reader's own code write.
"""

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator

from helpers import loading

# TensorFlow's C++ code then logs what ends the process, and nothing else. It reads this once.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextlib.contextmanager
def native() -> Iterator[None]:
    """While this is entered, nothing that compiled code writes to file descriptor 2 is shown.

    Only for lines that no switch turns off. Python's own `sys.stderr` is hushed as well where it
    is that descriptor, as in a terminal, not in a notebook. What was written is shown after all
    where an error is raised.
    """
    try:
        shown = os.dup(2)
    except OSError:  # it is closed
        yield
        return
    with tempfile.TemporaryFile() as written:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(shown, 2)
            written.seek(0)
            os.write(2, written.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


def _worth_saying(record: logging.LogRecord) -> bool:
    """Whether a record of TensorFlow's Python code is shown.

    Each new network is traced anew; TensorFlow takes that for a mistake.
    """
    traced = "retracing" in str(record.msg)
    return record.levelno >= logging.WARNING and not traced


# Its libraries log before they have read their level.
loading.within("tensorflow", native)
# In a notebook TensorFlow sets its logger's level itself: only a filter lasts.
logging.getLogger("tensorflow").addFilter(_worth_saying)

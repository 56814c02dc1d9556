"""How a command ends: with a status and the reason in a line (every chapter)."""

import argparse
import io
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from helpers import names
from helpers.errors import InputError

UNREAD = 141
"""The status where who read the output went away, as in `... | head -1`: that of SIGPIPE."""

INTERRUPTED = 130
"""That of Ctrl+C."""


class Parser(argparse.ArgumentParser):
    """The words of a command, which a module's docstring describes."""

    def __init__(self, name: str, about: str | None):
        super().__init__(
            name, description=about, formatter_class=argparse.RawDescriptionHelpFormatter
        )

    def print_help(self, file=None) -> None:
        """Raises OSError where there is no room for it, which argparse takes for no fault."""
        print(self.format_help(), end="", file=file)


def run(main: Callable[[list[str]], int | None]) -> NoReturn:
    """Call `main` with the words of the command line, and end the process with what it returns.

    What cannot be used is said in one line on stderr, and the status is 1.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may be in any encoding
    try:
        status: int | str = _status(main)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _write_no_more()
        status = UNREAD
    except KeyboardInterrupt:
        status = INTERRUPTED
    except (InputError, OSError) as error:
        if isinstance(error, OSError) and error.filename is None:
            say(f"the output could not be written: {error.strerror}")
            _write_no_more()
        else:
            say(error)
        status = 1
    sys.exit(status)


def say(error: Exception | str) -> None:
    """Say on stderr, in one line, what cannot be used."""
    if sys.stderr is not None:
        print(f"error: {names.visible(str(error))}", file=sys.stderr)


def _status(main: Callable[[list[str]], int | None]) -> int | str:
    try:
        return main(sys.argv[1:]) or 0
    except SystemExit as end:  # argparse's, after its help is written, though not yet flushed
        return end.code or 0


def _write_no_more() -> None:
    """Or the interpreter would try once more, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())

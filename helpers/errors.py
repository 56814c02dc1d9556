"""What bad input raises, and the checks that raise it (every chapter)."""

import math
import numbers
import sys
from collections.abc import Collection

import numpy as np

from helpers import names


class InputError(ValueError):
    """Something given to the book cannot be used.

    The message names the file, field or argument and says what to do about it. Names in it are
    shown as `names.visible` does: they may hold what moves the cursor of a terminal.
    """

    def __str__(self) -> str:
        return names.visible(super().__str__())


class BackendError(InputError):
    """What was asked for needs TensorFlow, and Keras runs on another backend."""


def check_whole(name: str, value, least: int, most: int) -> None:
    """Raise InputError unless a value is a whole number within bounds."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or not least <= value <= most:
        raise InputError(
            f"{name} is {_short(value)}; it must be a whole number of at least {least} "
            f"and at most {most:,}"
        )


def check_number(name: str, value, least: float = -math.inf, most: float = math.inf) -> None:
    """Raise InputError unless a value is a finite number within bounds."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    finite = real and abs(value) <= sys.float_info.max  # of no NaN
    if not finite or not least <= value <= most:
        bounds = [f"at least {least:g}"] * math.isfinite(least)
        bounds += [f"at most {most:g}"] * math.isfinite(most)
        of = " of " * bool(bounds) + " and ".join(bounds)
        raise InputError(f"{name} is {_short(value)}; it must be a finite number{of}")


def check_choice(name: str, value, choices: Collection) -> None:
    """Raise InputError unless a value is one of some."""
    if value not in choices:
        raise InputError(
            f"{name} is {_short(value)}; it must be one of {', '.join(map(repr, choices))}"
        )


def check_yes_or_no(name: str, value) -> None:
    """Raise InputError unless a value is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise InputError(f"{name} is {_short(value)}; it must be True or False")


def check_probabilities(answers: np.ndarray) -> None:
    """Raise InputError where a network answered with what is no number."""
    if not np.isfinite(answers).all():
        raise InputError(
            "the network answers with what is no number: its weights are too large; use another "
            "model, or train it with a smaller learning rate"
        )


def _short(value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."

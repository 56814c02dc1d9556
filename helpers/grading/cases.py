"""What an exercise is worth, and the hidden cases by which it is judged (every chapter).

A module a chapter in `helpers/grading/hidden/` has them; no notebook shows them. A case asks the
answer, a function, with inputs that its checker does not use, and raises `NotYet` where it is
wrong. It runs in the grader's own process; the function that it is given asks the hand-in's.
"""

import contextlib
import copy
import functools
import importlib.util
import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers import exercises
from helpers.exercises.checking import NotYet, ask

Case = Callable[[Callable], None]


@dataclass(frozen=True)
class Graded:
    """An exercise: what checks it in a notebook, its points, and its hidden cases."""

    check: Callable[[Callable], float | None]
    points: int
    make: Callable[[], Iterable[Case]]

    @functools.cached_property
    def cases(self) -> tuple[Case, ...]:
        """What its answer is asked, each worth as much as any other."""
        return tuple(self.make())

    @property
    def name(self) -> str:
        """Its id, which is its checker's name, its function's, and nbgrader's `grade_id`."""
        return self.check.__name__

    @property
    def chapter(self) -> str:
        """The module of its checker, such as `sound`."""
        return self.check.__module__.rpartition(".")[2]

    def share(self, right: int) -> float:
        """The points for so many cases, each worth as much as any other."""
        return round(self.points * right / len(self.cases), 2)

    def earned(self, answer: Callable) -> float:
        """The points of a function that runs in this process, as under nbgrader."""
        right = 0
        for case in self.cases:
            with contextlib.suppress(Exception):
                case(answer)
                right += 1
        return self.share(right)


_GRADED: dict[str, Graded] = {}


def graded(check: Callable[[Callable], float | None], points: int) -> Callable:
    """Enter the cases that the decorated function yields, for the exercise of a checker."""

    def enter(make: Callable[[], Iterable[Case]]) -> Callable[[], Iterable[Case]]:
        _GRADED[check.__name__] = Graded(check, points, make)
        return make

    return enter


@functools.cache
def every() -> dict[str, Graded]:
    """All exercises that can be graded, by name."""
    chapters = {check.__module__.rpartition(".")[2] for check in checkers().values()}
    for chapter in chapters:
        name = f"helpers.grading.hidden.{chapter}"
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    return {name: _GRADED[name] for name in checkers() if name in _GRADED}


def of_chapters() -> dict[str, dict[str, Graded]]:
    """All exercises that can be graded, by chapter and name."""
    chapters: dict[str, dict[str, Graded]] = {}
    for name, exercise in every().items():
        chapters.setdefault(exercise.chapter, {})[name] = exercise
    return chapters


def checkers() -> dict[str, Callable]:
    """The checkers of all exercises, by name."""
    return {name: c for name, c in vars(exercises).items() if hasattr(c, "__wrapped__")}


def returns(expected: Any, *arguments: Any, atol: float = 1e-6) -> Case:
    """A case whose answer is a value: a number, a list, an array, or a tuple of these.

    The answer gets copies of the arguments.
    """

    def case(answer: Callable) -> None:
        given = ask(answer, *copy.deepcopy(arguments))
        if not _same(given, expected, atol):
            asked = ", ".join(map(_short, arguments))
            raise NotYet(f"Asked with ({asked}) it returns {_short(given)}, which is wrong.")

    return case


def _same(given: Any, expected: Any, atol: float) -> bool:
    try:
        given, expected = np.asarray(given), np.asarray(expected)
        if given.shape != expected.shape:
            return False
        if expected.dtype.kind in "biufc":
            return np.allclose(given.astype(float), expected.astype(float), rtol=1e-4, atol=atol)
        return bool((given == expected).all())
    except (ValueError, TypeError):
        return False


def _short(value: Any) -> str:
    limits = reprlib.Repr()
    limits.maxother = limits.maxstring = 80
    limits.maxlist = limits.maxtuple = limits.maxdict = 8
    if isinstance(value, np.ndarray):
        return f"an array of {value.shape}" if value.size > 8 else limits.repr(value.tolist())
    return limits.repr(value.item() if isinstance(value, np.generic) else value)

"""One exercise of one hand-in: asked for, judged, and given its points (every chapter).

The hidden cases and the checker run here, in the grader's own process. They are given a function
that asks the process with the hand-in, which knows neither what is right nor what it gets for it.
"""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from helpers.errors import InputError
from helpers.exercises.checking import NotYet
from helpers.grading import handin, wire
from helpers.grading.cases import Graded
from helpers.grading.sandbox import Limits, Sandbox


@dataclass
class Mark:
    """What a student gets for an exercise, and why not all of it."""

    exercise: Graded
    file: str = ""
    right: int = 0
    reasons: list[str] = field(default_factory=list)
    answer: str = ""

    @property
    def points(self) -> float:
        """Those of the hidden cases that were answered rightly."""
        return self.exercise.share(self.right)


class _Ended(BaseException):
    """The process with the hand-in is gone, or answers what is no answer.

    No Exception: a checker makes a hint of these, but there is nobody left to ask.
    """


def mark(exercise: Graded, code: list[str], box: Sandbox, limits: Limits) -> Mark:
    """Grade an exercise in the code of a notebook."""
    given = Mark(exercise, answer=handin.answer(code, exercise.name))
    try:
        needed = handin.needed(code, exercise.name)
    except InputError as error:
        given.reasons.append(_sentence(str(error)))
        return given
    setup = {"code": needed, "name": exercise.name, "guarded": box.way == "plain"}
    setup |= {"seconds": limits.seconds, "memory": limits.memory}
    found = Mark(exercise, answer=given.answer)  # the thread's own, which may outlive its time

    def talk(asked: BinaryIO, told: BinaryIO) -> None:
        try:
            wire.send(asked, setup)
            problem = _ready(told)
            _judge(found, _remote(asked, told))
            if found.reasons and problem:
                found.reasons.insert(0, problem)
        except _Ended as end:
            found.reasons.append(str(end))

    stopped = box.run(talk, limits)
    given.right, given.reasons = found.right, list(found.reasons)
    if stopped:
        given.reasons.append(f"It was stopped: {stopped}.")
    elif given.right < len(exercise.cases) and not given.reasons:
        given.reasons.append("Its process ended before it had answered.")
    return given


def _judge(found: Mark, answer: Callable) -> None:
    """Ask all hidden cases, and for what is wrong the checker first, whose hint says most."""
    hidden = []
    for case in found.exercise.cases:
        try:
            case(answer)
            found.right += 1
        except NotYet as problem:
            hidden.append(str(problem))
        except _Ended as end:
            hidden.append(str(end))
            break
        except Exception as error:  # of comparing what was given with what was asked for
            hidden.append(f"What it returns is not of the kind asked for ({error}).")
    if hidden:
        said = io.StringIO()
        try:
            with redirect_stdout(said):
                found.exercise.check(answer)
        except _Ended:
            pass
        hint = said.getvalue().strip()
        found.reasons += [hint] if hint.startswith("Not yet.") else []
        found.reasons += dict.fromkeys(hidden)


def _ready(told: BinaryIO) -> str:
    """What went wrong, if something did, until the hand-in's function could be asked."""
    ready = _next(told)
    if "stopped" in ready:
        raise _Ended(_sentence(_text(ready["stopped"])))
    problem = _text(ready.get("ready", ""))
    return _sentence(problem) if problem else ""


def _remote(asked: BinaryIO, told: BinaryIO) -> Callable:
    """A function that asks the hand-in's, as if it were called here."""

    def answer(*arguments: Any) -> Any:
        functions: list[Callable] = []
        refused: Exception | None = None

        def number(function: Callable) -> int:
            functions.append(function)
            return len(functions) - 1

        try:
            wire.send(asked, {"call": [wire.pack(value, number) for value in arguments]})
            message = _next(told)
            while "asks" in message:
                function = functions[message["asks"]]
                called = [wire.unpack(value) for value in message["arguments"]]
                try:
                    reply = {"given": wire.pack(function(*called))}
                except Exception as error:  # which the hand-in meets where it called the function
                    refused, reply = error, {"refused": wire.pack_error(error)}
                wire.send(asked, reply)
                message = _next(told)
        except OSError as error:
            raise _Ended("Its process ended before it had answered.") from error
        except (wire.NotCarriedError, LookupError, TypeError) as error:
            raise _Ended("Its process answers what is no answer.") from error
        if "raised" in message:
            if isinstance(refused, NotYet) and message["raised"] == wire.pack_error(refused):
                raise refused  # a hint, and no error of the hand-in's own
            raise wire.unpack_error(message["raised"])
        if "unfit" in message:
            raise NotYet(f"It returns what cannot be compared: {_text(message['unfit'])}.")
        try:
            for original, changed in zip(arguments, message["arguments"], strict=True):
                wire.give_back(original, wire.unpack(changed))
            return wire.unpack(message["returned"])
        except (wire.NotCarriedError, KeyError, TypeError, ValueError) as error:
            raise _Ended("Its process answers what is no answer.") from error

    return answer


def _next(told: BinaryIO) -> dict:
    try:
        return wire.receive(told)
    except EOFError as error:
        raise _Ended("Its process ended before it had answered.") from error
    except wire.NotCarriedError as error:
        raise _Ended("Its process answers what is no answer.") from error


def _text(value: Any) -> str:
    return str(value)[:300]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."

"""Run statements of a hand-in and call its function, as the grader asks (every chapter).

This is the process that holds the hand-in and nothing else: neither hidden cases nor right answers
nor points. It takes messages from its standard input and answers on what was its standard output;
whatever the hand-in prints goes nowhere.
"""

import os
import sys
from collections.abc import Callable
from types import ModuleType

from helpers.grading import guard, wire


def main() -> None:
    """Answer messages until there are no more."""
    asked, told = _channel()
    setup = wire.receive(asked)
    guard.limit(setup["seconds"], setup["memory"])
    if setup["guarded"]:
        guard.refuse(os.getcwd())
    names, problem = _run(setup["code"])
    function = names.get(setup["name"])
    if not callable(function):
        wire.send(told, {"stopped": problem or f"{setup['name']} is no function"})
        return
    wire.send(told, {"ready": problem})
    while True:
        try:
            message = wire.receive(asked)
        except EOFError:
            return
        wire.send(told, _answer(function, message["call"], asked, told))


def _channel() -> tuple:
    """The streams to the grader, which no `print` and no library reaches any more."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return asked, told


def _run(code: list[str]) -> tuple[dict, str]:
    """Run statements; what they define, and why the first that stopped did."""
    module = sys.modules["__main__"] = ModuleType("__main__")
    names = vars(module)
    problem = ""
    for statement in code:
        try:
            exec(compile(statement, "<hand-in>", "exec"), names)
        except BaseException as error:  # SystemExit, too
            why = ": ".join(wire.pack_error(error))
            problem = problem or f"a statement that it needs stopped with {why}"
    return names, problem


def _answer(function: Callable, packed: list, asked, told) -> dict:
    """Call the function, and say what it returns and what it made of its arguments."""

    def stand_in(number: int) -> Callable:
        def called(*arguments):
            wire.send(told, {"asks": number, "arguments": [wire.pack(a) for a in arguments]})
            reply = wire.receive(asked)
            if "refused" in reply:
                raise wire.unpack_error(reply["refused"])
            return wire.unpack(reply["given"])

        return called

    arguments = [wire.unpack(argument, stand_in) for argument in packed]
    try:
        returned = function(*arguments)
        changed = [None if callable(a) else wire.pack(a) for a in arguments]
        return {"returned": wire.pack(returned), "arguments": changed}
    except wire.NotCarriedError as error:
        return {"unfit": str(error)}
    except BaseException as error:  # SystemExit, too
        return {"raised": wire.pack_error(error)}


if __name__ == "__main__":
    main()

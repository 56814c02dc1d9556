"""What a process may take, and what it may not do (every chapter).

Limits come from the operating system. What is refused besides is refused by Python itself and so
holds against mistakes and simple tricks, not against code that calls the system by other ways;
`helpers.grading.sandbox` says where something better stands.
"""

import contextlib
import os
import sys
from pathlib import Path

_LARGEST_FILE = 256 * 2**20
_PROCESSES = 256  # and threads, beside those that run already

_PROGRAMS = ("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
_REFUSED = ("socket.", *_PROGRAMS, "os.startfile", "os.kill", "pty.", "signal.pthread_kill")
_READING_SOCKETS = ("socket.__new__", "socket.gethostname")
_MADE = ("os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate", "os.utime")
_CHANGES = (*_MADE, "os.remove", "os.rename", "os.rmdir", "shutil.rmtree", "shutil.move")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit(seconds: int, memory: int) -> None:
    """Bound the processor time, the bytes of memory and of a file, and the number of processes.

    Does nothing where the system has no such limits (Windows); macOS has them and does not keep to
    that of memory.
    """
    with contextlib.suppress(ImportError):
        import resource

        wanted = {"CPU": seconds, "DATA": memory, "FSIZE": _LARGEST_FILE, "CORE": 0}
        wanted["NPROC"] = _running() + _PROCESSES
        for name, most in wanted.items():
            kind = getattr(resource, f"RLIMIT_{name}")
            with contextlib.suppress(ValueError, OSError):  # a tighter one holds already
                resource.setrlimit(kind, (most, most))


def _running() -> int:
    """Threads of this user: where no namespace counts its own, the limit counts all."""
    threads = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            if folder.stat().st_uid == os.getuid():
                threads += int((folder / "stat").read_text().rpartition(")")[2].split()[17])
    return threads


def refuse(folder: str) -> None:
    """Refuse this process, from here on, sockets, other programs, and to write outside a folder.

    What is refused raises PermissionError.
    """
    inside = Path(folder).resolve()

    def outside(path) -> bool:
        if isinstance(path, int):  # a file that is open already
            return False
        return not Path(os.fsdecode(path)).resolve().is_relative_to(inside)

    def watch(event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            writes = bool(flags & _WRITING)
            if writes and path != os.devnull and outside(path):
                raise PermissionError(f"{path} is not in the hand-in's own folder")
        elif event.startswith(_REFUSED) and event not in _READING_SOCKETS:
            raise PermissionError(f"{event} is not for a hand-in")
        elif event in _CHANGES:
            paths = [a for a in arguments[:2] if isinstance(a, str | bytes | os.PathLike)]
            if any(map(outside, paths)):
                raise PermissionError(f"{paths[0]!r} is not in the hand-in's own folder")

    sys.addaudithook(watch)

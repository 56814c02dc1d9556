"""Where a hand-in runs: a process with bounds, and little around it (every chapter).

There are three ways, and the first that works on a machine is taken:

    bubblewrap  the program `bwrap`
    namespaces  the program `unshare`, Linux 5.12 or newer, and `helpers.grading.confine`
    plain       a process like any other, in which `helpers.grading.guard` refuses what it can

In the first two a hand-in sees Python, its packages and the book's data, and can change nothing of
them; it sees no other hand-in, nobody's files, no other process and no network, and what it writes
is gone with it.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from helpers import dataset

WAYS = ("bubblewrap", "namespaces", "plain")

_APART = "Each exercise ran without a network, and without sight of your files or other hand-ins."
HOLDS = {
    "bubblewrap": _APART,
    "namespaces": _APART,
    "plain": (
        "NOT ISOLATED: this machine offers neither bubblewrap nor namespaces. Python itself "
        "refused sockets, other programs and writing outside the hand-in's own folder; a hand-in "
        "that means harm can get round that, and could read your files."
    ),
}
"""What may be relied on, for each of `WAYS`."""

_PROGRAMS = {"bubblewrap": "bwrap", "namespaces": "unshare"}
_PROGRAM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/passwd")
_HOME = "/tmp/hand-in"
_ROOM = 256 * 2**20  # bytes that a hand-in may write
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "PATHEXT", "COMSPEC", "WINDIR")
_CHECKERS = """# The checkers know what is right: here each exercise has one that says nothing.
def __getattr__(name):
    if name.startswith("_"):
        raise AttributeError(name)
    return lambda answer: None
"""
_PROBE = """
import os, sys
outside, *_ = sys.argv[1:]
apart = not os.path.exists(outside)
with open("/proc/net/dev") as table:
    alone = {line.split(":")[0].strip() for line in table.readlines()[2:]} <= {"lo"}
try:
    open(os.path.join(sys.prefix, "written"), "w")
    kept = False
except OSError:
    kept = True
sys.exit(not (apart and alone and kept))
"""


@dataclass(frozen=True)
class Limits:
    """What one exercise of a hand-in may take: seconds, and bytes of memory."""

    seconds: int = 60
    memory: int = 2 * 2**30

    def __str__(self) -> str:
        if sys.platform == "linux":
            return f"Each had {self.seconds} s and {self.memory / 2**30:g} GB of memory."
        return f"Each had {self.seconds} s. MEMORY WAS NOT BOUNDED: this system offers no way."


@dataclass
class Sandbox:
    """A place where hand-ins run one after the other; `with Sandbox() as box` clears it up.

    `hidden` are folders that no hand-in may see, such as that of the hand-ins. `way` is one of
    `WAYS`, by default the first that works here.
    """

    hidden: Sequence[Path] = ()
    way: str = ""
    place: Path = field(init=False)

    def __enter__(self) -> "Sandbox":
        self._folder = tempfile.TemporaryDirectory(prefix="handed-in-", ignore_cleanup_errors=True)
        self.place = Path(self._folder.name).resolve()
        for folder in ("package", "root", "homes"):
            (self.place / folder).mkdir()
        ours = Path(__file__).resolve().parents[1]
        leave = shutil.ignore_patterns("__pycache__", "hidden", "exercises")
        shutil.copytree(ours, self.place / "package" / "helpers", ignore=leave)
        checkers = self.place / "package" / "helpers" / "exercises.py"
        checkers.write_text(_CHECKERS, encoding="utf-8")
        data = dataset.data_folder().resolve()
        try:
            (self.place / "package" / "data").symlink_to(data, target_is_directory=True)
        except OSError:  # Windows lets not everybody make links
            shutil.copytree(data, self.place / "package" / "data", ignore=leave)
        secret = [ours / "grading" / "hidden", ours / "exercises"]
        self.hidden = [*secret, *(path.resolve() for path in self.hidden)]
        self.way = self.way or next(way for way in WAYS if self._works(way))
        return self

    def __exit__(self, *_) -> None:
        self._folder.cleanup()

    def run(self, talk: Callable[[BinaryIO, BinaryIO], None], limits: Limits) -> str:
        """Start a process that runs a hand-in, let `talk` write to it and read what it answers.

        Returns why it was stopped, or "" where the talk came to its end. Nothing of it is left.
        """
        home = Path(tempfile.mkdtemp(dir=self.place / "homes"))
        process = subprocess.Popen(
            self._command([sys.executable, "-P", "-m", "helpers.grading.runner"]),
            cwd=home,
            env=self._environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # In a thread: nothing that the other side does, or leaves undone, may hold us up.
        talking = Thread(target=_quietly, args=(talk, process.stdin, process.stdout), daemon=True)
        talking.start()
        end, reason = time.monotonic() + limits.seconds, ""
        while talking.is_alive() and not reason:
            talking.join(0.05)
            if time.monotonic() > end:
                reason = f"it took longer than {limits.seconds} s"
            elif _memory(process.pid) > limits.memory:
                reason = f"it took more than {limits.memory / 2**30:g} GB of memory"
        _kill(process)
        talking.join(1)
        shutil.rmtree(home, ignore_errors=True)
        return reason

    def _works(self, way: str) -> bool:
        """Whether what runs in this way has no network, sees no file of ours and changes none."""
        if way == "plain":
            return True
        if sys.platform != "linux" or not shutil.which(_PROGRAMS[way]):
            return False
        words = [sys.executable, "-c", _PROBE, str(self.place / "root")]
        environment = self._environment(self.place, way)
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                self._command(words, way), env=environment, timeout=60, capture_output=True
            )
            return done.returncode == 0
        return False

    def _environment(self, home: Path, way: str = "") -> dict[str, str]:
        own = str(home) if (way or self.way) == "plain" else _HOME
        kept = {name: os.environ[name] for name in _WINDOWS if name in os.environ}
        return (
            kept
            | dict.fromkeys(_THREADS, "1")
            | dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), own)
            | {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1", "MPLBACKEND": "agg"}
            | {"PYTHONPATH": str(self.place / "package"), "PYTHONDONTWRITEBYTECODE": "1"}
            | dict.fromkeys(("IPYTHONDIR", "MPLCONFIGDIR", "NUMBA_CACHE_DIR", "BOOK_CACHE"), own)
        )

    def _command(self, program: list[str], way: str = "") -> list[str]:
        """The program of one of the ways, which starts a program."""
        way = way or self.way
        if way == "plain":
            return program
        readable = [*_readable(), str(self.place / "package"), str(dataset.data_folder().resolve())]
        hidden = [str(path) for path in self.hidden]
        if way == "namespaces":
            about = {"root": str(self.place / "root"), "room": _ROOM}
            about |= {"readable": readable, "hidden": hidden}
            alone = "--user --map-root-user --mount --net --ipc --uts --pid --fork --kill-child"
            confine = [sys.executable, "-P", "-m", "helpers.grading.confine", json.dumps(about)]
            return [_found("unshare"), *alone.split(), "--", *confine, *program]
        words = [_found("bwrap"), "--unshare-all", "--die-with-parent", "--cap-drop", "ALL"]
        words += ["--size", str(_ROOM), "--tmpfs", "/tmp", "--dev", "/dev", "--proc", "/proc"]
        words += ["--size", str(_ROOM), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
        for path in readable:
            if os.path.islink(path):
                words += ["--symlink", os.readlink(path), path]
            else:
                words += ["--ro-bind", path, path]
        for path in hidden:
            words += ["--size", "4096", "--tmpfs", path, "--remount-ro", path]
        words += ["--dir", _HOME, "--remount-ro", "/", "--chdir", _HOME]
        return [*words, "--", *program]


def _quietly(talk: Callable[[BinaryIO, BinaryIO], None], asked: BinaryIO, told: BinaryIO) -> None:
    with contextlib.suppress(OSError, ValueError):  # the process is gone, and its streams
        talk(asked, told)


def _found(program: str) -> str:
    return shutil.which(program) or program


def _readable() -> list[str]:
    """What Python and its packages need of a Linux system, from the top down, each part once."""
    wanted = [path for path in (*_PROGRAM_FOLDERS, *_SETTINGS) if os.path.lexists(path)]
    wanted += [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    wanted += [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    link = sys.executable
    while os.path.islink(link):  # on to the program itself, whose libraries lie beside it
        link = os.path.join(os.path.dirname(link), os.readlink(link))
        wanted.append(os.path.normpath(os.path.join(link, "..", "..")))
    both = {place for path in wanted for place in (os.path.abspath(path), os.path.realpath(path))}
    shown: list[str] = []
    for path in sorted(both - {"/", str(Path.home())}, key=lambda path: path.count("/")):
        if os.path.lexists(path) and not any(path.startswith(f"{known}/") for known in shown):
            shown.append(path)
    return shown


def _processes(root: int) -> Iterator[int]:
    """The process and all that it started, from the one to the other."""
    below: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            parent = int(file.read_text(errors="replace").rpartition(")")[2].split()[1])
            below.setdefault(parent, []).append(int(file.parent.name))
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        waiting += below.get(process, [])


def _memory(root: int) -> int:
    """Bytes that a process and all that it started hold; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    pages = 0
    for process in _processes(root):
        with contextlib.suppress(OSError, ValueError):
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _kill(process: subprocess.Popen) -> None:
    """End a process and all that it started."""
    if sys.platform == "linux":
        for started in list(_processes(process.pid)):
            with contextlib.suppress(OSError):
                os.kill(started, signal.SIGKILL)
    elif sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()

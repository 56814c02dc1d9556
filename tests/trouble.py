"""Trouble made for real: processes killed where they touch a disk, full disks, unfinished files."""

import io
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

NOBODY = 65534
"""The number of the user that owns nothing."""

EVENTS = (
    *("open", "os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.link", "os.chmod"),
    *("os.truncate", "os.utime", "shutil.copyfile", "shutil.rmtree"),
)


def kill_at(nth: int, folder: Path, events: tuple[str, ...] = EVENTS) -> None:
    """Kill this process, with SIGKILL, right before the `nth` thing that it does to `folder`."""
    seen = 0

    def hook(event: str, arguments: tuple) -> None:
        nonlocal seen
        if event in events and any(str(a).startswith(str(folder)) for a in arguments):
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def killed_everywhere(folder: Path, work: Callable, half: Callable, whole: Callable) -> int:
    """Kill `work` at its first step in `folder`, at its second, and so on, each time from an
    empty one, and let it run again. Return how many steps there were.

    `half` checks what a kill leaves, `whole` what the second run makes of it. This process must
    not have begun threads, as it forks.
    """
    nth = 0
    while True:
        nth += 1
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        killed = _in_a_child(lambda nth=nth: kill_at(nth, folder), work)
        half()
        assert not _in_a_child(lambda: None, work)
        whole()
        if not killed:
            return nth - 1


def _in_a_child(arm: Callable, work: Callable) -> bool:
    """Whether a forked process was killed at `work`; it must succeed otherwise."""
    child = os.fork()
    if not child:
        try:
            arm()
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def python(program: str, *before: str, **environment: str) -> subprocess.CompletedProcess:
    """Run a program that may import the tests' modules, after the words `before`."""
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [*before, sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | environment,
        capture_output=True,
        text=True,
    )


def on_a_disk_of(size: int, folder: Path, program: str) -> subprocess.CompletedProcess:
    """Run a program for which `folder` is a disk of `size` bytes; it may call `make_room`.

    Where nobody may mount one, no file that the program writes may be longer than that.
    """
    words = _mounting(f'mount -t tmpfs -o size={size} tmpfs "$0"', folder)
    return python(program, *(words or ["prlimit", f"--fsize={size}:unlimited"]))


def make_room(folder: str) -> None:
    """End the shortage that `on_a_disk_of` made."""
    if os.path.ismount(folder):
        subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


def on_a_read_only(folder: Path, program: str) -> subprocess.CompletedProcess:
    """Run a program that cannot write to `folder`, even as the superuser."""
    words = _mounting('mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"', folder)
    if words is None:
        assert os.geteuid(), "the superuser can write anywhere: allow mounting, or use another"
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)
    return python(program, *(words or []))


def as_another_user(folder: Path) -> list[str]:
    """The words after which a program runs as who owns nothing in `folder`, and may read it.

    Where this process may not become somebody else, it stays who it is and gives up its leave to
    write there.
    """
    if os.geteuid():
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode & ~0o222)
        return []
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o022 | (0o755 if path.is_dir() else 0o644))
    words = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if subprocess.run(
        [*words, sys.executable, "-c", "import numpy"], capture_output=True
    ).returncode:
        # Python lies where that user may not look: let it read all, and write nothing still.
        words += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return words


def _mounting(command: str, folder: Path) -> list[str] | None:
    """The words after which a program sees what `command` mounts; None where nobody may mount."""
    for may in (["unshare", "-rm"], ["sudo", "-n", "-E", "unshare", "-m"]):
        words = [*may, "sh", "-c", command + ' && exec "$@"', str(folder)]
        try:
            if not subprocess.run([*words, "true"], capture_output=True).returncode:
                return words
        except FileNotFoundError:
            continue
    return None


def succeeded(done: subprocess.CompletedProcess) -> str:
    """What a program printed; the test fails, with its errors, where it did not succeed."""
    if done.returncode:
        pytest.fail(done.stdout + done.stderr)
    return done.stdout


# Sound files as they come from recorders that died, from pipes, and from joining.


def mp3(wave: np.ndarray, sr: int, rate: str = "VARIABLE") -> tuple[bytes, bytes]:
    """A wave as an MP3: the frame that says how many follow, and these."""
    buffer = io.BytesIO()
    how = {"format": "MP3", "subtype": "MPEG_LAYER_III", "compression_level": 0.5}
    soundfile.write(buffer, wave, sr, bitrate_mode=rate, **how)
    content = buffer.getvalue()
    begin = content.find(content[:2], 2)
    assert {"VARIABLE": b"Xing", "CONSTANT": b"Info"}[rate] in content[:begin]
    return content[:begin], content[begin:]


def ogg(*pages: tuple[bytes, bool, int]) -> bytes:
    """Pages of Ogg, each of a packet, whether its stream begins there, and the stream's number."""
    content, numbers = b"", Counter()
    for packet, begins, stream in pages:
        lengths = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
        assert len(lengths) <= 255
        head = struct.pack("<4sBBqII", b"OggS", 0, 2 * begins, 0, stream, numbers[stream])
        numbers[stream] += 1
        rest = bytes([len(lengths)]) + lengths + packet
        check = 0
        for byte in head + bytes(4) + rest:
            check ^= byte << 24
            for _ in range(8):
                check = check << 1 & 0xFFFFFFFF ^ (0x04C11DB7 if check >> 31 else 0)
        content += head + struct.pack("<I", check) + rest
    return content


def flac_in_ogg(wave: np.ndarray, sr: int) -> bytes:
    """A wave of no more samples than a frame of FLAC holds as an Ogg file of FLAC."""
    soundfile.write(flac := io.BytesIO(), wave, sr, format="FLAC", subtype="PCM_16")
    content, at, blocks = flac.getvalue(), 4, []
    while not (blocks and blocks[-1][0] & 0x80):
        length = int.from_bytes(content[at + 1 : at + 4], "big")
        blocks.append(content[at : at + 4 + length])
        at += 4 + length
    about = b"\x7fFLAC\1\0" + struct.pack(">H", len(blocks) - 1) + b"fLaC" + blocks[0]
    others = [(packet, False, 1) for packet in (*blocks[1:], content[at:])]
    return ogg((about, True, 1), *others)


def unfinished(wave: np.ndarray, sr: int, kind: str) -> bytes:
    """A wave as a file whose header was never filled in."""
    buffer = io.BytesIO()
    soundfile.write(buffer, wave, sr, format=kind, subtype="PCM_16")
    content = bytearray(buffer.getvalue())
    unwritten = {  # what stands before the sizes, how far, and what a recorder leaves there
        "WAV": [(b"RIFF", 4, bytes(4)), (b"data", 4, bytes(4))],
        "RF64": [(b"ds64", 8, bytes(24))],
        "AIFF": [(b"FORM", 4, bytes(4)), (b"COMM", 10, bytes(4)), (b"SSND", 4, bytes(3) + b"\x08")],
        "CAF": [(b"data", 4, b"\xff" * 8)],
        "AU": [(b".snd", 8, bytes(4))],
    }[kind]
    for word, after, value in unwritten:
        at = content.find(word) + after
        content[at : at + len(value)] = value
    return bytes(content)

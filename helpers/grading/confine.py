"""A root of its own for a process, in namespaces that `unshare` made (every chapter).

    unshare --user --map-root-user --mount --net --ipc --uts --pid --fork \\
        python -m helpers.grading.confine ABOUT PROGRAM ...

ABOUT is JSON: "readable", the paths that the program sees, none of which it can change; "hidden",
folders among them that it sees empty; "root", an empty folder; "room", the bytes that it may write,
to /tmp, which goes with it. Needs Linux 5.12. Raises OSError where the system refuses.
"""

import ctypes
import json
import os
import struct
import sys

_BIND, _NOSUID, _NODEV, _RECURSIVE = 4096, 2, 4, 16384
_DETACH, _HERE, _WHOLE_TREE, _READ_ONLY = 2, -100, 0x8000, 1
_MOUNT_SETATTR = 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
_DROP_BOUNDING, _NO_NEW_PRIVILEGES = 24, 38
_CAPABILITIES_V3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def main(about: dict, program: list[str]) -> None:
    """Build the root, go in, give up all rights, and become the program."""
    root = about["root"]
    _mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV, "size=1m")
    writable = [f"{root}/tmp", f"{root}/dev/shm"]
    for folder in writable:
        os.makedirs(folder)
        _mount("tmpfs", folder, "tmpfs", _NOSUID | _NODEV, f"size={about['room']}")
    for path in about["readable"]:
        _show(path, root + path)
    for device in ("null", "zero", "random", "urandom"):
        _show(f"/dev/{device}", f"{root}/dev/{device}")
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    for folder in about["hidden"]:
        if os.path.isdir(root + folder):
            _mount("tmpfs", root + folder, "tmpfs", 0, "size=4k")
    os.makedirs(f"{root}/proc")
    _mount("proc", f"{root}/proc", "proc", _NOSUID | _NODEV, None)
    _set(root, _WHOLE_TREE, add=_READ_ONLY)
    for folder in writable:
        _set(folder, 0, remove=_READ_ONLY)
    os.chdir(root)
    _call("pivot_root", _libc.syscall(_PIVOT_ROOT[os.uname().machine], b".", b"."))
    _call("umount", _libc.umount2(b".", _DETACH))
    os.makedirs("/tmp/hand-in")
    os.chdir("/tmp/hand-in")
    _give_up_rights()
    os.execv(program[0], program)


def _show(path: str, place: str) -> None:
    """Let a path of the machine be seen at a place of the new root."""
    if os.path.lexists(place):
        return
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), place)
        return
    if os.path.isdir(path):
        os.mkdir(place)
    else:
        os.close(os.open(place, os.O_CREAT))
    _mount(path, place, None, _BIND | _RECURSIVE, None)


def _set(mount: str, how_far: int, add: int = 0, remove: int = 0) -> None:
    """Add a property to a mount, or to it and all below it, or take one away."""
    change = ctypes.create_string_buffer(struct.pack("QQQQ", add, remove, 0, 0), 32)
    done = _libc.syscall(
        _MOUNT_SETATTR, _HERE, mount.encode(), how_far, change, ctypes.c_size_t(32)
    )
    _call("mount_setattr", done)


def _give_up_rights() -> None:
    """Keep no capability, and get none by any program that is started."""
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    for capability in range(last + 1):
        _call("prctl", _libc.prctl(_DROP_BOUNDING, capability, 0, 0, 0))
    _call("prctl", _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITIES_V3, 0))
    _call("capset", _libc.capset(header, ctypes.create_string_buffer(bytes(24))))


def _mount(source: str, target: str, kind: str | None, flags: int, options: str | None) -> None:
    words = [word.encode() if word is not None else None for word in (source, target, kind)]
    last = options.encode() if options is not None else None
    _call(f"mount {target}", _libc.mount(*words, ctypes.c_ulong(flags), last))


def _call(what: str, returned: int) -> None:
    if returned:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])

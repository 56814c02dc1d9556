"""Archives from the web: resumed, checked, unpacked whole or not at all (chapter dataset).

pooch checks the sum and moves the finished file into place; what it lacks, going on where a
broken transfer stopped, is here.
"""

import contextlib
import errno
import os
import re
import shutil
import ssl
import tempfile
import time
import zipfile
from pathlib import Path

import pooch
import requests

from helpers import progress, store
from helpers.errors import InputError

ATTEMPTS = 5
"""How many tries in a row may bring nothing before a transfer is given up."""

TIMEOUT = (10, 60)
"""Seconds to wait for a connection, and for more data on it."""

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES}
"""What the disk is to blame for, and no archive: no room, or no leave to write."""


def unpacked(url: str, file: str, md5: str, folder: Path) -> Path:
    """The folder that the zip archive `file` at `url` unpacks to, fetched on first use.

    `folder` receives the archive, which is deleted after unpacking. A transfer that was cut, or
    killed, goes on where it stopped; the size is said before it starts; two processes at once
    wait for each other. Raises InputError where the address does not answer, or falls silent, the
    server's certificate is not to be trusted, the MD5 sum differs, the disk is too small, or the
    archive is damaged or would write outside its folder; nothing half written is left but the part
    of the archive that is already there.
    """
    done = folder / Path(file).stem
    if done.is_dir():  # it may lie where nothing can be written, not even a lock
        _clear(folder / file, done)
        return done
    if done.exists():
        raise InputError(f"{done}: is a file where a folder is to be; move it away")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        waiting = f"Another process is fetching {file}: waiting for it."
        with store.alone(folder / f"{file}.lock", waiting):
            if not done.is_dir():
                _clear_drafts(folder / file, done)
                _unpack(_fetched(url, md5, folder / file), done)
    except requests.RequestException as error:
        raise InputError(f"{url}: {error}") from error
    except OSError as error:
        if error.errno in _DISK:
            raise InputError(f"{folder}: {error}; is there room, and may you write?") from error
        raise InputError(f"{folder}: {error}; something is in the way") from error
    return done


def _fetched(url: str, md5: str, archive: Path) -> Path:
    """The whole archive, its sum checked by pooch."""
    part = archive.with_name(f"{archive.name}.part")
    for stale in archive.parent.glob("tmp*"):  # pooch's, of a killed process
        if stale.is_file():
            stale.unlink()

    def download(_url: str, output: str, _pooch) -> None:
        _resume(url, part)
        # A second name: should checking be interrupted, the part is still there.
        Path(output).unlink()
        try:
            os.link(part, output)
        except OSError:  # a file system without such names
            shutil.copyfile(part, output)

    try:
        pooch.retrieve(
            url, f"md5:{md5}", fname=archive.name, path=archive.parent, downloader=download
        )
    except InputError:
        raise
    except ValueError as error:  # pooch's, and names both sums
        part.unlink(missing_ok=True)
        raise InputError(f"{url}: {error} Run it again to fetch the archive anew.") from error
    part.unlink(missing_ok=True)
    return archive


def _resume(url: str, part: Path) -> None:
    """Fetch what `part` lacks, going on after each cut as long as something comes."""
    tries = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _fetch(url, part)
            return
        except (requests.ConnectionError, requests.Timeout, _Cut) as problem:
            if distrust := _of(problem, ssl.SSLCertVerificationError):
                raise InputError(
                    f"{url}: the server's certificate is not to be trusted ({distrust}); is the "
                    "date of this machine right, or does a network in between read along?"
                ) from problem
            came = part.exists() and part.stat().st_size > before
            tries = 0 if came else tries + 1
            if tries == ATTEMPTS:
                told: object = problem
                if isinstance(problem, requests.Timeout) or "timed out" in str(problem):
                    told = f"the server is silent for {TIMEOUT[1]} s each time"
                raise InputError(
                    f"{url}: {ATTEMPTS} tries in a row brought nothing ({told}); "
                    f"{part} keeps what came, run it again to go on"
                ) from problem
            time.sleep(tries)


def _of(problem: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The exception of a kind that was behind another: libraries wrap them several times."""
    behind: list[object] = [problem]
    seen: set[int] = set()
    while behind:
        one = behind.pop()
        if isinstance(one, kind):
            return one
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            behind += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return None


class _Cut(Exception):
    """A transfer ended before all of it came."""


def _fetch(url: str, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if have and answer.status_code == requests.codes.requested_range_not_satisfiable:
            whole = re.fullmatch(r"bytes \*/(\d+)", answer.headers.get("Content-Range", ""))
            if whole and int(whole[1]) != have:
                part.unlink()
                raise _Cut("what had come is of another file")
            return  # all of it is here; the sum will tell whether it is right
        if answer.status_code >= 500 or answer.status_code == requests.codes.too_many_requests:
            raise _Cut(f"the server answered {answer.status_code}")
        if not answer.ok:
            raise InputError(f"{url}: the server answered {answer.status_code} {answer.reason}")
        if answer.status_code != requests.codes.partial_content:
            have = 0  # the server begins again
        size = _size(answer)
        _announce(part, have, size)
        with (
            open(part, "ab" if have else "wb") as out,
            progress.bar(
                total=have + size, initial=have, unit="B", unit_scale=True, desc=part.stem
            ) as bar,
        ):
            for block in _blocks(answer):
                out.write(block)
                bar.update(len(block))
        if part.stat().st_size < have + size:
            raise _Cut(f"{have + size - part.stat().st_size} bytes are missing")


def _size(answer: requests.Response) -> int:
    """How many bytes are to come; 0 where the server does not say."""
    said = answer.headers.get("Content-Length", "")
    return int(said) if re.fullmatch(r"[0-9]{1,18}", said) else 0


def _blocks(answer: requests.Response):
    try:
        yield from answer.iter_content(1 << 16)
    except requests.exceptions.ChunkedEncodingError as error:
        raise _Cut(str(error)) from error


def _announce(part: Path, have: int, size: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if size > free:
        raise InputError(
            f"{part.parent}: {size / 1e9:.1f} GB are to come and {free / 1e9:.1f} GB are free; "
            "make room, or set BOOK_CACHE to another disk"
        )
    going_on = f" (going on after {have / 1e6:.0f} MB)" if have else ""
    much = f"{(have + size) / 1e6:,.0f} MB" if size else "of unknown size"
    print(f"Fetching {part.stem}: {much} into {part.parent}{going_on}")


def _unpack(archive: Path, done: Path) -> None:
    """Unpack beside the target, move the finished folder into place, delete the archive."""
    draft = Path(tempfile.mkdtemp(prefix=f".{done.name}-", dir=archive.parent))
    try:
        with zipfile.ZipFile(archive) as zipped:
            for name in zipped.namelist():
                if not (draft / name).resolve().is_relative_to(draft.resolve()):
                    raise InputError(f"{name!r} would be written outside its folder")
            size = sum(member.file_size for member in zipped.infolist())
            free = shutil.disk_usage(draft).free
            if size > free:
                told = f"{size / 1e9:.1f} GB to unpack, {free / 1e9:.1f} GB are free"
                raise OSError(errno.ENOSPC, told)
            zipped.extractall(draft)
        if not (draft / done.name).is_dir():
            raise InputError(f"it holds no folder {done.name}")
        (draft / done.name).rename(done)
    except Exception as error:  # zipfile has many ways of saying that an archive is damaged
        if isinstance(error, OSError) and error.errno in _DISK:
            raise  # it is kept for the next try
        archive.unlink()
        raise InputError(f"{archive}: not a usable zip archive ({error})") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _clear(archive, done)


def _clear(archive: Path, done: Path) -> None:
    """Delete what is of no use beside the finished folder, perhaps left by a killed process."""
    with contextlib.suppress(OSError):
        archive.unlink(missing_ok=True)
    _clear_drafts(archive, done)


def _clear_drafts(archive: Path, done: Path) -> None:
    for stale in archive.parent.glob(f".{done.name}-*"):
        shutil.rmtree(stale, ignore_errors=True)

"""Damage real files in every way, have the book use each of them, and count what comes of it.

python tools/fuzz.py                 10,000 files of each kind; writes the table of book/faults.md
python tools/fuzz.py --kind FLAC     of this kind alone; writes its row
python tools/fuzz.py --cases 100     so many of each; writes nothing

A kind has real files to begin from, ways of damaging them, and what in the book uses them. Each
file is either used or refused by an `InputError` that names it; all else is a fault. Cases are
drawn by their number, so that one that failed can be had again: its kind and number are printed.
They run in a process of their own, since a fault of a library may end it.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import http.server
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import soundfile

from helpers import audio, dataset, download, models, store, today
from helpers.errors import InputError

TABLE = Path(__file__).resolve().parents[1] / "book" / "fuzzed.txt"

CASES = 10_000

SECONDS, MEGABYTES = 60, 300
"""What a case may take at most; most take some milliseconds, but other work may run beside it."""

HEAD = """\
| Damaged | Files | Used | Refused, or made again | Faults | Most memory of one | Tried on |
|---|--:|--:|--:|--:|--:|---|"""

OUTCOMES = ("used", "refused", "fault")

SOUNDS = {
    "WAV": {"format": "WAV", "subtype": "PCM_16"},
    "FLAC": {"format": "FLAC", "subtype": "PCM_16"},
    "Ogg": {"format": "OGG", "subtype": "VORBIS"},
    "MP3": {"format": "MP3", "subtype": "MPEG_LAYER_III"},
}

ODD = (
    *("", " ", "NaN", "None", "0", "-1", "1e300", "9" * 30, "..", "../a.wav", "/etc/passwd", '"'),
    *("'", ",", ";", "\t", "\n", "\r", "\0", "x" * 300, "é" * 200, "=1+1", "a.wav", "\x1b[2J"),
)
"""What a cell of a table or a name in an archive may hold."""

WEIRD: tuple[object, ...] = (
    *(None, True, [], {}, "", "x", -1, 0, 0.5, 1e9, 10**9, 10**400, [[]], [1, 2], {"a": 1}),
    *("9" * 1000, [0] * 1000, 2**31, 65_536, 1e-300),
)
"""What a field may hold."""


def bytes_changed(rng: np.random.Generator, content: bytes) -> bytes:
    """Bytes changed, taken out, put in, repeated or cut off, most near the beginning or the end."""
    made = bytearray(content)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        reach = int(rng.choice([32, 256, len(made), len(made)]))
        at = int(rng.integers(min(reach, len(made)) + 1))
        if rng.random() < 0.3:
            at = len(made) - at
        other = rng.bytes(int(rng.integers(9))) if rng.random() < 0.5 else bytes([255, 0][at % 2])
        much = int(rng.integers(1, 300))
        way = rng.integers(5)
        if way == 0:
            made[at : at + len(other)] = other
        elif way == 1:
            made[at:at] = other
        elif way == 2:
            del made[at : at + much]
        elif way == 3:
            made[at:at] = made[at : at + much]
        else:
            del made[max(0, len(made) - much) :]
    return bytes(made)


class Sounds:
    """Pieces of bundled clips in one format, as `audio` reads them."""

    def __init__(self, folder: Path, kind: str):
        self.path = folder / "a sound"
        self.originals = []
        for clip in dataset.load("demo").groupby("label", observed=True).head(2).itertuples():
            buffer = io.BytesIO()
            wave = audio.read(clip.path)[4_000:12_000]
            soundfile.write(buffer, wave, audio.SR, **SOUNDS[kind])
            self.originals.append(buffer.getvalue())

    def damaged(self, rng: np.random.Generator) -> bytes:
        return bytes_changed(rng, self.originals[rng.integers(len(self.originals))])

    def use(self, content: bytes) -> None:
        self.path.write_bytes(content)
        try:
            wave = audio.read(self.path)
        except InputError:
            with contextlib.suppress(InputError):
                audio.seconds(self.path)
            raise
        assert wave.dtype == np.float32 and wave.ndim == 1 and len(wave)
        assert np.isfinite(wave).all() and np.abs(wave).max() <= 1
        assert audio.seconds(self.path) > 0


class Tables:
    """The table of a folder of five clips, as `dataset` loads it."""

    def __init__(self, folder: Path, kind: str):
        self.path = folder
        clips = dataset.load("demo").groupby("label", observed=True).head(1)
        (folder / "x.audio_train").mkdir()
        (folder / "x.meta").mkdir()
        for clip in clips.itertuples():
            wave = audio.read(clip.path)[:2_205]
            soundfile.write(folder / "x.audio_train" / f"{clip.Index}.wav", wave, audio.SR)
        self.rows = [["fname", "label", "session", "note"]]
        self.rows += [[f"{c.Index}.wav", c.label, c.session, "by hand"] for c in clips.itertuples()]

    def damaged(self, rng: np.random.Generator) -> bytes:
        rows = [list(row) for row in self.rows]
        by_cell = rng.random() < 0.5
        for _ in range(rng.integers(1, 4) if by_cell else 0):
            row = rows[rng.integers(len(rows))]
            row[rng.integers(len(row))] = ODD[rng.integers(len(ODD))]
        text = io.StringIO()
        csv.writer(
            text,
            quoting=csv.QUOTE_MINIMAL if rng.integers(2) else csv.QUOTE_ALL,
            delimiter=",;\t"[rng.integers(3)],
        ).writerows(rows)
        content = text.getvalue().encode(["utf-8", "utf-16", "latin-1"][rng.integers(3)])
        return content if by_cell else bytes_changed(rng, content)

    def use(self, content: bytes) -> None:
        (self.path / "x.meta" / dataset.LISTS["train"]).write_bytes(content)
        clips = dataset.load(self.path)
        assert clips.index.is_unique and set(clips.label) == set(dataset.CLASSES)
        assert clips.session.map(type).eq(str).all() and (clips.seconds == 0.1).all()


class Archives:
    """A zip archive of some of the bundled files, as `download` fetches it from a server."""

    def __init__(self, folder: Path, kind: str):
        self.path, self.number = folder, 0
        demo = dataset.data_folder() / "demo"
        notes = {f"sounds/{p.name}": p.read_bytes() for p in sorted((demo / "notes").iterdir())}
        self.files = notes | {"sounds/README.md": (demo / "README.md").read_bytes()}
        archives = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(archives.content)))
                self.end_headers()
                self.wfile.write(archives.content)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/sounds.zip"

    def damaged(self, rng: np.random.Generator) -> bytes:
        names = list(self.files)
        by_name = rng.random() < 0.5
        if by_name:
            where = int(rng.integers(len(names)))
            odd = ODD[rng.integers(len(ODD))]
            names[where] = [odd, f"sounds/{odd}", f"sounds/{odd}/x", names[0]][rng.integers(4)]
        buffer = io.BytesIO()
        how = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED][rng.integers(2)]
        with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", how) as archive:
            warnings.simplefilter("ignore")  # the same name twice
            for name, content in zip(names, self.files.values(), strict=True):
                archive.writestr(name.replace("\0", "\1") or "-", content)
        return buffer.getvalue() if by_name else bytes_changed(rng, buffer.getvalue())

    def use(self, content: bytes) -> None:
        self.content, self.number = content, self.number + 1
        folder = self.path / str(self.number)
        try:
            md5 = hashlib.md5(content).hexdigest()
            done = download.unpacked(self.url, "sounds.zip", md5, folder)
            assert done.is_dir()
        finally:
            left = {path.name for path in folder.iterdir()}
            assert left <= {"sounds", "sounds.zip.lock"}, left
            assert not [path for path in self.path.iterdir() if path.name != str(self.number)]
            subprocess.run(["rm", "-rf", folder], check=True)


class Models:
    """The book's own model, as `today` loads it."""

    def __init__(self, folder: Path, kind: str):
        self.path = folder / "a model.npz"
        today.load(models.path("listener"))  # what Keras itself takes is no case's
        self.original = models.path("listener").read_bytes()
        with np.load(models.path("listener")) as file:
            self.arrays = dict(file)
        self.about = str(self.arrays.pop("about"))

    def damaged(self, rng: np.random.Generator) -> bytes:
        if rng.random() < 0.5:
            return bytes_changed(rng, self.original)
        about, arrays = json.loads(self.about), dict(self.arrays)
        name = list(arrays)[rng.integers(len(arrays))]
        way = rng.integers(8)
        if way == 0:
            del arrays[name]
        elif way == 1:
            arrays[name] = arrays[name].astype(["f4", "f8", "i4", "U9"][rng.integers(4)])
        elif way == 2:
            arrays[name] = arrays[name][..., : rng.integers(arrays[name].shape[-1])]
        elif way == 3:
            arrays[name] = arrays[name].copy()
            arrays[name].flat[0] = [np.nan, np.inf, 6e4, -6e4][rng.integers(4)]
        else:
            _change_a_field(rng, about)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, about=json.dumps(about), **arrays)
        return buffer.getvalue()

    def use(self, content: bytes) -> None:
        self.path.write_bytes(content)
        classifier = today.load(self.path)
        weights = classifier.model.get_weights()
        assert all(np.isfinite(weight).all() for weight in weights)


def _change_a_field(rng: np.random.Generator, about: dict | list) -> None:
    """Have one field, however deep, hold something else, or take it out."""
    keys = list(about) if isinstance(about, dict) else list(range(len(about)))
    key = keys[rng.integers(len(keys))]
    if isinstance(about[key], dict | list) and about[key] and rng.random() < 0.8:
        return _change_a_field(rng, about[key])
    if rng.random() < 0.2:
        del about[key]
    else:
        about[key] = WEIRD[rng.integers(len(WEIRD))]


class Cache:
    """A file of the cache, as `store` uses it: another's content, or half of it, is made again."""

    def __init__(self, folder: Path, kind: str):
        os.environ["BOOK_CACHE"] = str(folder)
        self.made = dict(_kept_thing(7))
        self._keep()
        (self.path,) = (path for path in folder.rglob("*.npz"))
        self.original = self.path.read_bytes()

    def _keep(self) -> dict:
        return store.keep("thing", _kept_thing, 7)

    def damaged(self, rng: np.random.Generator) -> bytes:
        if rng.random() < 0.5:
            return bytes_changed(rng, self.original)
        arrays = dict(np.load(io.BytesIO(self.original)))
        name = list(arrays)[rng.integers(len(arrays))]
        way = rng.integers(4)
        if way == 0:
            del arrays[name]
        elif way == 1:
            arrays[f"{name}2"] = arrays.pop(name)
        elif way == 2 and arrays[name].dtype.kind == "f":
            arrays[name] = arrays[name] + rng.choice([1e-9, 1.0, np.nan])
        else:
            arrays[name] = np.resize(arrays[name], rng.integers(1, 9))
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        return buffer.getvalue()

    def use(self, content: bytes) -> None:
        self.path.write_bytes(content)
        kept = self._keep()
        assert kept.keys() == self.made.keys()
        for name, value in self.made.items():
            np.testing.assert_array_equal(kept[name], value)
            assert kept[name].dtype == np.asarray(value).dtype
        if self.path.read_bytes() != content:
            raise InputError(f"{self.path}: made again")


def _kept_thing(seed: int) -> dict:
    rng = np.random.default_rng(seed)
    return {"array": rng.normal(size=(20, 30)), "value": 7.0, "count": np.arange(5)}


KINDS: dict[str, type] = {
    **dict.fromkeys(SOUNDS, Sounds),
    "tables": Tables,
    "archives": Archives,
    "models": Models,
    "cache files": Cache,
}


def worker(kind: str, first: int, end: int) -> Iterator[dict]:
    """Use the cases of a kind, from `first` up to `end`; say of each how it went."""

    def stop(*_):
        raise TimeoutError(f"it took more than {SECONDS} s")

    signal.signal(signal.SIGALRM, stop)
    with tempfile.TemporaryDirectory() as folder:
        subject = KINDS[kind](Path(folder), kind)
        for case in range(first, end):
            content = subject.damaged(np.random.default_rng([list(KINDS).index(kind), case]))
            yield {"begins": case}
            before = _memory(anew=True)
            signal.alarm(SECONDS)
            outcome, told = "used", ""
            try:
                with contextlib.redirect_stdout(None), contextlib.redirect_stderr(io.StringIO()):
                    subject.use(content)
            except InputError as error:
                outcome = "refused"
                if folder not in str(error) and "http://127.0.0.1" not in str(error):
                    outcome, told = "fault", f"it names no file: {error}"
            except Exception:
                outcome, told = "fault", traceback.format_exc()
            signal.alarm(0)
            grown = _memory() - before
            if grown > MEGABYTES:
                outcome, told = "fault", f"it took {grown:.0f} MB"
            yield {"outcome": outcome, "told": told, "megabytes": grown}


def _memory(anew: bool = False) -> float:
    """The most memory of this process, in megabytes, since it was counted `anew`."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def tried(kind: str, cases: int) -> tuple[Counter, float]:
    """How many cases of a kind came to which outcome, and the most megabytes that one took."""
    counts: Counter[str] = Counter()
    most, case = 0.0, 0
    while case < cases:
        command = [sys.executable, __file__, "--worker", kind, str(case), str(cases)]
        with tempfile.TemporaryFile("w+") as errors:  # libraries fill it
            running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
            begun = False
            assert running.stdout is not None  # it is a pipe
            for line in running.stdout:
                said = json.loads(line)
                begun = "begins" in said
                if begun:
                    continue
                counts[said["outcome"]] += 1
                most = max(most, said["megabytes"])
                if said["told"]:
                    print(f"{kind} {case}: {said['told']}", file=sys.stderr)
                case += 1
            if running.wait():
                errors.seek(0)
                print(f"{kind} {case}: status {running.returncode}, {errors.read()[-2_000:]}")
                if not begun:
                    sys.exit(f"{kind}: the case could not be made")
                counts["fault"] += 1
                case += 1
    return counts, most


def row(kind: str, counts: Counter, most: float) -> str:
    """What was found of a kind, as a row of the table."""
    numbers = " | ".join(f"{counts[outcome]:,}" for outcome in OUTCOMES)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"| {kind} | {counts.total():,} | {numbers} | {most:.0f} MB | {today} |"


def write(kind: str, line: str) -> None:
    """Put a row into the table, in place of an older one of its kind."""
    old = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    rows = {each.split("|")[1].strip(): each for each in old if each.startswith("| ")} | {
        kind: line
    }
    lines = [HEAD, *(rows[name] for name in KINDS if name in rows)]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Try all kinds and write their rows. The status is 1 where there was a fault."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=CASES, help="files of each kind")
    parser.add_argument("--kind", choices=KINDS, action="append", help="some kinds only")
    parser.add_argument("--worker", nargs=3, metavar=("KIND", "FIRST", "END"))
    chosen = parser.parse_args(arguments)
    if chosen.worker:
        kind, first, end = chosen.worker
        for said in worker(kind, int(first), int(end)):
            print(json.dumps(said), flush=True)
        return 0
    faults = 0
    for kind in chosen.kind or KINDS:
        counts, most = tried(kind, chosen.cases)
        line = row(kind, counts, most)
        print(line, flush=True)
        if chosen.cases >= CASES:
            write(kind, line)
        faults += counts["fault"]
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

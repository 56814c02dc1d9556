"""Killed anywhere, no room, no leave to write, hostile files: nothing is lost, nothing is half."""

import hashlib
import io
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import pytest
from serving import serving
from test_cnn import data, trained  # noqa: F401, data is a fixture
from test_download import GOOD, Server, zipped
from test_fuzz import bounded
from test_reproduce import STAGE
from trouble import NOBODY, as_another_user, on_a_disk_of, on_a_read_only, python, succeeded

from helpers import cnn, dataset, download, plots, results, store
from helpers.errors import InputError


def program(text: str, **values) -> str:
    """A program's text, after assignments of the values."""
    lines = [f"{name} = {value!a}\n" for name, value in values.items()]
    return "".join(lines) + textwrap.dedent(text)


@pytest.fixture
def server():
    running = Server(GOOD)
    with serving(running):
        yield running


# Killed.


def test_a_download_killed_at_any_step_loses_nothing(server, tmp_path):
    text = """
        from pathlib import Path
        from trouble import killed_everywhere
        from helpers import download

        folder = Path(folder) / "data"
        done = folder / "sounds"

        def work():
            download.unpacked(url, "sounds.zip", md5, folder)

        def half():
            if done.exists():
                whole_folder()

        def whole_folder():
            assert (done / "a.txt").read_bytes() == b"a" * 900_000
            assert (done / "deep" / "b.txt").read_bytes() == b"b"

        def whole():
            whole_folder()
            left = {path.name for path in folder.iterdir()}
            assert left <= {"sounds", "sounds.zip.lock"}, left

        print(killed_everywhere(folder, work, half, whole))
        """
    md5 = hashlib.md5(GOOD).hexdigest()
    done = python(program(text, folder=str(tmp_path), url=server.url, md5=md5))
    steps = int(succeeded(done).split()[-1])
    assert steps > 15
    # Each time it is fetched once, and from its beginning again only where the kill came between
    # the answer and its first byte.
    assert server.asked.count(None) == (steps + 1) + 1


ENDS = pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl+C"])


@ENDS
def test_a_download_killed_while_bytes_come_goes_on_there(server, tmp_path, end):
    server.body = zipped({"sounds/a.txt": os.urandom(900_000)})
    server.cuts, server.most, server.stalls = 1, 500_000, True
    md5 = hashlib.md5(server.body).hexdigest()
    text = "from helpers import download\ndownload.unpacked(url, 'sounds.zip', md5, Path(folder))"
    text = program(text, url=server.url, md5=md5, folder=str(tmp_path))
    command = [sys.executable, "-c", "from pathlib import Path\n" + text]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    part = tmp_path / "sounds.zip.part"
    assert server.stalled.wait(60)
    while not part.exists() or part.stat().st_size < 400_000:
        assert running.poll() is None
    running.send_signal(end)
    assert running.wait() == -end
    server.released.set()
    come = part.stat().st_size
    subprocess.run(command, check=True)
    assert (tmp_path / "sounds" / "a.txt").stat().st_size == 900_000
    assert server.asked == [None, f"bytes={come}-"]


def test_a_cache_write_killed_at_any_step_leaves_no_half_file(tmp_path):
    text = """
        import os
        from pathlib import Path
        import numpy as np
        from trouble import killed_everywhere
        from helpers import store

        folder = Path(folder) / "cache"
        os.environ["BOOK_CACHE"] = str(folder)

        def make(i):
            return {"array": np.full(20_000, 3.0)}

        def work():
            for i in range(2):
                assert store.keep("thing", make, i)["array"].sum() == 60_000

        def half():
            for path in folder.rglob("*.npz"):
                assert store.arrays(path)["array"].sum() == 60_000

        def whole():
            half()
            assert len(list(folder.rglob("*.npz"))) == 2

        assert killed_everywhere(folder, work, half, whole) > 8
        """
    succeeded(python(program(text, folder=str(tmp_path))))


RECORDING = """
    import os, sys
    from pathlib import Path
    sys.path.insert(0, folder)
    from trouble import killed_everywhere
    from helpers import dataset, reproduce, store

    working = Path(folder) / "working"
    log = Path(folder) / "log"
    os.environ |= {"BOOK_CACHE": str(working / "cache"), "LOG": str(log)}
    import toystage
    dataset.data_folder = lambda: working
    record = working / "results" / f"toy-{Path(folder).name}-quick.json"

    def work():
        reproduce.record("toy", folder, "quick")
    """


@pytest.fixture
def toy(tmp_path, data_set):
    """A folder with clips and an experiment of two runs."""
    folder = data_set([{"label": label, "session": "s"} for label in dataset.CLASSES])
    stage = STAGE.replace('("slow", "fast")', '("slow",)').replace("range(3)", "range(2)")
    (tmp_path / "toystage.py").write_text(stage)
    return folder


def test_an_experiment_killed_at_any_step_keeps_what_is_finished(toy):
    text = """
        def half():
            if record.exists():
                assert len(store.read_json(record)["runs"]) == 2

        def whole():
            half()
            assert [path.name for path in record.parent.iterdir()
                    if path.suffix != ".draft"] == [record.name]
            # At most the run that was killed while it was being kept is measured again.
            runs = log.read_text().splitlines()
            assert set(runs) == {"slow 0", "slow 1"} and len(runs) <= 3, runs
            log.unlink()

        assert killed_everywhere(working, work, half, whole) > 12
        """
    succeeded(python(program(textwrap.dedent(RECORDING) + textwrap.dedent(text), folder=toy)))


def test_a_training_killed_at_any_write_ends_as_if_it_had_not_been(data, tmp_path):  # noqa: F811
    text = """
        import os
        from pathlib import Path
        import numpy as np
        from trouble import kill_at
        from helpers import cnn, store

        cnn.EVERY = 0
        kept = dict(np.load(given))
        if kill:
            kill_at(kill, store.folder(), ("os.rename",))
        small = cnn.Architecture((cnn.Conv(3, 3),), (cnn.Dense(8),), learning_rate=1e-2)
        held = kept["held_x"], kept["held_y"]
        epochs = []
        network = cnn.fit(kept["x"], kept["y"], held, ("a", "b", "c"), small, 3, 8, 1,
                          watch=lambda history: epochs.append(len(history["loss"])))
        np.savez(made, *network.model.get_weights())
        print(*epochs)
        """
    images, labels, (held_x, held_y) = data
    given, made = tmp_path / "given.npz", tmp_path / "made.npz"
    np.savez(given, x=images, y=labels, held_x=held_x, held_y=held_y)
    cache = tmp_path / "killed"
    # Before the first checkpoint is in place; before the third; before the result of the epochs.
    for kill in (1, 3, 2, None):
        text_of_run = program(text, given=str(given), made=str(made), kill=kill)
        done = python(text_of_run, BOOK_CACHE=str(cache))
        assert done.returncode == (-9 if kill else 0), done.stderr
    assert done.stdout.split() == []  # nothing was left to train, only to be kept
    whole = trained(data, epochs=3)
    with np.load(made) as weights:
        for one, other in zip(weights.values(), whole.model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    assert not [path for path in (cache / "training").iterdir() if path.suffix != ".draft"]


@ENDS
def test_a_training_ended_from_outside_ends_as_if_it_had_not_been(data, tmp_path, end):  # noqa: F811
    text = """
        import os, time
        from pathlib import Path
        import numpy as np
        from helpers import cnn

        def watch(history):
            epochs.append(len(history["loss"]))
            if waits and len(epochs) == 2:
                print("two", flush=True)
                time.sleep(600)

        cnn.EVERY, epochs, kept = 0, [], dict(np.load(given))
        small = cnn.Architecture((cnn.Conv(3, 3),), (cnn.Dense(8),), learning_rate=1e-2)
        held = kept["held_x"], kept["held_y"]
        network = cnn.fit(kept["x"], kept["y"], held, ("a", "b", "c"), small, 4, 8, 1, watch=watch)
        np.savez(made, *network.model.get_weights())
        print(*epochs)
        """
    images, labels, (held_x, held_y) = data
    given, made = tmp_path / "given.npz", tmp_path / "made.npz"
    np.savez(given, x=images, y=labels, held_x=held_x, held_y=held_y)
    values = {"given": str(given), "made": str(made)}
    environment = {"BOOK_CACHE": str(tmp_path / "cache")}
    running = subprocess.Popen(
        [sys.executable, "-c", program(text, waits=True, **values)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout.readline() == "two\n"
    running.send_signal(end)
    assert running.wait() == -end
    again = succeeded(python(program(text, waits=False, **values), **environment))
    assert again.split() in (["3", "4"], ["2", "3", "4"])  # `watch` is called before or after
    whole = trained(data, epochs=4)
    with np.load(made) as weights:
        for one, other in zip(weights.values(), whole.model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


# Two at once.


def test_two_processes_fetch_a_download_once(server, tmp_path):
    server.body = zipped({"sounds/a.txt": os.urandom(3_000_000)})
    md5 = hashlib.md5(server.body).hexdigest()
    text = "from pathlib import Path\nfrom helpers import download\n"
    text += "download.unpacked(url, 'sounds.zip', md5, Path(folder))"
    text = program(text, url=server.url, md5=md5, folder=str(tmp_path))
    running = [subprocess.Popen([sys.executable, "-c", text]) for _ in range(2)]
    assert [process.wait(120) for process in running] == [0, 0]
    assert (tmp_path / "sounds" / "a.txt").stat().st_size == 3_000_000
    assert len(server.asked) == 1


def test_two_processes_record_one_experiment(toy):
    text = textwrap.dedent(RECORDING) + "work()\n"
    tests = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program(text, folder=toy)],
            env=os.environ | {"PYTHONPATH": tests},
        )
        for _ in range(2)
    ]
    assert [process.wait(120) for process in running] == [0, 0]
    (record,) = (Path(toy) / "working" / "results").iterdir()
    assert len(store.read_json(record)["runs"]) == 2
    assert sorted((Path(toy) / "log").read_text().splitlines()) == ["slow 0", "slow 1"]


# No room.


def test_a_full_disk_costs_the_cache_time_but_no_result(tmp_path):
    text = """
        import os, warnings
        from pathlib import Path
        import numpy as np
        from trouble import make_room
        from helpers import store

        os.environ["BOOK_CACHE"] = folder

        def make():
            make.calls += 1
            return {"array": np.full(300_000, 3.0)}

        make.calls = 0
        for room in (False, True):
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                assert store.keep("thing", make)["array"].sum() == 900_000
            assert bool(told) != room and all(folder in str(w.message) for w in told)
            assert len(list(Path(folder).rglob("*.*"))) == room
            make_room(folder)
        store.keep("thing", make)
        assert make.calls == 2
        """
    succeeded(on_a_disk_of(1 << 20, tmp_path, program(text, folder=str(tmp_path))))


def test_a_download_onto_a_full_disk_is_refused_or_resumed(server, tmp_path):
    text = """
        from pathlib import Path
        from trouble import make_room
        from helpers import download
        from helpers.errors import InputError

        def fetch():
            return download.unpacked(url, "sounds.zip", md5, Path(folder))

        try:
            fetch()
            print("it had room")
        except InputError as error:
            print(error)
        assert not (Path(folder) / "sounds").exists()
        make_room(folder)
        assert (fetch() / "a.txt").stat().st_size == 3_000_000
        assert not list(Path(folder).glob("*.part")) + list(Path(folder).glob("*.zip"))
        """
    large = zipped({"sounds/a.txt": os.urandom(3_000_000)})
    squeezed = io.BytesIO()
    with zipfile.ZipFile(squeezed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sounds/a.txt", bytes(3_000_000))
    for name, body, asked in (("archive", large, None), ("contents", squeezed.getvalue(), 1)):
        server.body, server.asked[:] = body, []
        folder = tmp_path / name
        folder.mkdir()
        values = {"folder": str(folder), "url": server.url, "md5": hashlib.md5(body).hexdigest()}
        printed = succeeded(on_a_disk_of(1 << 20, folder, program(text, **values)))
        assert str(folder) in printed and ("make room" in printed or "is there room" in printed)
        if asked:  # what had come is unpacked later, not fetched again
            assert len(server.asked) == asked


def test_a_record_that_finds_no_room_leaves_the_old_one(tmp_path):
    text = """
        from pathlib import Path
        from trouble import make_room
        from helpers import dataset, results, store
        from helpers.errors import InputError

        dataset.data_folder = lambda: Path(folder)
        data = {"name": "x", "clips": 1, "used": 1, "sha256": ""}

        def write(values):
            runs = [{"compared": {}, "repeated": {}, "figures": {"f": values}, "seconds": 1}]
            return results.write("toy", "Does it?", data, "quick", runs)

        file = write([1.0])
        try:
            write([1.0] * 200_000)
            print("it had room")
        except InputError as error:
            print(error)
        assert len(store.read_json(file)["runs"][0]["figures"]["f"]) == 1
        assert len(list(file.parent.iterdir())) == 1
        make_room(folder)
        write([1.0] * 200_000)
        """
    printed = succeeded(on_a_disk_of(1 << 20, tmp_path, program(text, folder=str(tmp_path))))
    assert "toy-x-quick.json" in printed and "what is finished is kept" in printed


# No leave to write.


def test_read_only_data_are_used_and_a_record_says_that_it_has_no_place(
    toy, own_cache, monkeypatch
):
    (Path(toy) / "results").mkdir()
    monkeypatch.setenv("LOG", str(own_cache / "log"))
    text = """
        import sys
        from pathlib import Path
        sys.path.insert(0, folder)
        from helpers import chunks, dataset, features, reproduce
        from helpers.errors import InputError

        clips = dataset.load(folder)
        assert features.mfcc(chunks.draw(clips, 8, seed=0).waves).shape == (8, 275, 13)
        dataset.data_folder = lambda: Path(folder)
        import toystage
        try:
            reproduce.record("toy", folder, "quick")
            print("it could write")
        except InputError as error:
            print(error)
        """
    for _ in range(2):
        printed = succeeded(on_a_read_only(Path(toy), program(text, folder=toy)))
        assert "record could not be written" in printed and "quick.json" in printed
    assert (own_cache / "log").read_text().splitlines() == ["slow 0", "slow 1"]


def test_a_copy_that_nobody_may_change_is_used_by_who_has_no_home_and_speaks_ascii(tmp_path):
    folder = tmp_path / "copy"
    for part in ("helpers", "data"):
        leave = shutil.ignore_patterns("__pycache__", "results")
        shutil.copytree(dataset.data_folder().parent / part, folder / part, ignore=leave)
    sound = tmp_path / "a sound \u00e9.ogg"
    shutil.copy(dataset.data_folder() / "demo" / "notes" / "Cello.ogg", sound)
    text = """
        import os, sys
        sys.path.insert(0, folder)
        import helpers
        from helpers import chunks, classify, dataset, features, models

        assert helpers.__file__.startswith(folder), helpers.__file__
        for more in ([], ["--light"]):
            assert classify.main([os.fsdecode(sound), *more]) == 0
        clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
        print(features.mfcc(chunks.draw(clips, 8, seed=0).waves).shape)
        """
    nowhere = tmp_path / "a file"
    nowhere.write_text("")
    environment = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    environment |= {"HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere)}
    changed = pytest.MonkeyPatch()
    try:
        changed.delenv("BOOK_CACHE")
        for name, value in environment.items():
            changed.setenv(name, value)
        done = on_a_read_only(folder, program(text, folder=str(folder), sound=os.fsencode(sound)))
    finally:
        changed.undo()
    printed = succeeded(done)
    assert printed.count("Cello, probability") == 2 and "(8, 275, 13)" in printed
    assert "a sound" in printed and "could not be written" in done.stderr


@pytest.fixture
def copy():
    """A copy of the book where every user can look."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "copy"
        for part in ("helpers", "data"):
            leave = shutil.ignore_patterns("__pycache__", "results")
            shutil.copytree(dataset.data_folder().parent / part, folder / part, ignore=leave)
        yield folder


def test_another_user_reads_a_checkout_and_writes_to_the_own_cache_alone(copy, monkeypatch):
    text = """
        import os, sys, warnings
        sys.path.insert(0, folder)
        from pathlib import Path
        from helpers import chunks, classify, dataset, features, plots, store

        assert classify.__file__.startswith(folder), classify.__file__
        assert os.geteuid() and not os.access(folder, os.W_OK)
        sound = str(dataset.data_folder() / "demo" / "notes" / "Cello.ogg")
        for more in ([], ["--light"]):
            assert classify.main([sound, *more]) == 0
        clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            waves = chunks.draw(clips, 8, seed=0).waves
            kept = store.keep("thing", lambda: {"array": features.mfcc(waves)})
        assert kept["array"].shape == (8, 275, 13)
        print([str(w.message) for w in told if "could not be written" in str(w.message)])
        """
    home = copy.parent / "home"
    home.mkdir()
    if not os.geteuid():
        os.chown(home, NOBODY, NOBODY)
    monkeypatch.delenv("BOOK_CACHE")
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "KERAS_HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    words = as_another_user(copy)
    done = python(program(text, folder=str(copy)), *words, HOME=str(home), PYTHONPATH=str(copy))
    printed = succeeded(done)
    assert printed.count("Cello, probability") == 2
    assert printed.splitlines()[-1] == "[]"
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before
    written = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    assert any(name.startswith(".cache/which-instrument/") for name in written)
    others = (".cache/", ".keras/keras.json")  # what libraries keep
    assert all(name.startswith(others) for name in written), written


def test_what_one_may_not_read_is_not_called_absent(monkeypatch):
    text = """
        from pathlib import Path
        from helpers import audio, dataset
        from helpers.errors import InputError

        folder = Path(folder)
        loaded = lambda path: dataset.load(path, ["A", "B"])
        for use, path in (
            *((audio.read, folder / name) for name in ("A/s/1.wav", "shut/1.wav")),
            (dataset.sound_files, folder / "B"),
            *((loaded, folder / name) for name in (".", "shut", "shut/deep", "t1", "t2", "t3")),
        ):
            try:
                use(path)
                print("used")
            except InputError as error:
                print(str(error).endswith("cannot be read (Permission denied)"), error)
        """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("A/s/1.wav", "A/s/2.wav", "B/s/1.wav", "shut/1.wav", "t3/x.audio_train/1"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(dataset.data_folder() / "demo" / "notes" / "Cello.ogg", folder / name)
        for name in ("t1", "t2", "t3"):
            (folder / name / "x.meta").mkdir(parents=True)
            (folder / name / "x.meta" / dataset.LISTS["train"]).write_text(
                "fname,label,session\n1,A,s\n1.wav,B,s\n"
            )
        words = as_another_user(folder)
        if "--inh-caps=+dac_read_search" in words:
            pytest.skip("only a user who may read all can run Python here")
        shut = ("A/s/1.wav", "B/s", "shut", "t1/x.meta/" + dataset.LISTS["train"], "t2/x.meta")
        for name in (*shut, "t3/x.audio_train"):
            (folder / name).chmod(0)
        root = str(dataset.data_folder().parent)
        try:
            done = python(program(text, folder=place), *words, PYTHONPATH=root)
        finally:
            for name in (*shut, "t3/x.audio_train"):
                (folder / name).chmod(0o700)
    assert [line.split()[0] for line in succeeded(done).splitlines()] == ["True"] * 9, done.stdout


def test_a_finished_download_is_read_where_nothing_can_be_written(tmp_path):
    (tmp_path / "sounds").mkdir()
    text = """
        from pathlib import Path
        from helpers import download

        print(download.unpacked("http://127.0.0.1:9/", "sounds.zip", "0", Path(folder)))
        """
    printed = succeeded(on_a_read_only(tmp_path, program(text, folder=str(tmp_path))))
    assert printed.split() == [str(tmp_path / "sounds")]


def test_a_training_goes_on_where_its_epochs_cannot_be_kept(data, tmp_path, monkeypatch):  # noqa: F811
    whole = trained(data)
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "a-file"))
    with pytest.warns(UserWarning, match="could not be written"):
        again = trained(data)
    np.testing.assert_array_equal(again.predict(data[0]), whole.predict(data[0]))


# Hostile files.


class Attack:
    """What writes a file when it is unpickled."""

    def __init__(self, witness):
        self.witness = witness

    def __reduce__(self):
        return os.system, (f"touch {self.witness}",)


def npy(shape: tuple, content: bytes, descr: str) -> bytes:
    """An array as a file says it is."""
    member = io.BytesIO()
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(member, header)
    return member.getvalue() + content


def hostile(path: Path, kind: str, witness: Path) -> None:
    """Put something hostile into an .npz file, beside or in place of what it holds."""
    pickled = pickle.dumps(np.array([Attack(witness)], object))
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    first = next(iter(members))
    if kind == "pickle":
        members |= dict.fromkeys(members, npy((1,), pickled, "|O"))
    elif kind == "a pickle as the file":
        path.write_bytes(pickled)
        return
    elif kind == "an array beyond all memory":
        members[first] = npy((10**15,), b"", "<f8")
    elif kind == "text that never ends its nesting":
        members["about.npy"] = npy((), ("[" * 100_000).encode("utf-32-le"), "<U100000")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in members.items():
            new.writestr(name, content)
        if kind == "a zip bomb":
            with new.open("zeros.npy", "w", force_zip64=True) as bomb:
                bomb.write(npy((600_000_000,), b"", "|u1"))
                for _ in range(600):
                    bomb.write(bytes(1_000_000))


KINDS = (
    *("pickle", "a pickle as the file", "an array beyond all memory"),
    *("text that never ends its nesting", "a zip bomb"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_model_is_named_and_not_run(data, tmp_path, kind):  # noqa: F811
    path = tmp_path / "model.npz"
    trained(data, epochs=1).save(path)
    hostile(path, kind, tmp_path / "executed")
    with bounded(), pytest.raises(InputError, match=r"model\.npz: not a model of this book"):
        cnn.load(path)
    assert not (tmp_path / "executed").exists()


def test_a_small_model_file_does_not_take_a_gigabyte(data, tmp_path):  # noqa: F811
    path = tmp_path / "model.npz"
    trained(data, epochs=1).save(path)
    with zipfile.ZipFile(path) as old:
        about = json.loads(str(np.load(io.BytesIO(old.read("about.npy")))))
    large, sides = 1 << 16, (275, 13)
    about |= {"shape": sides, "scaler": {"mean": [0.0] * 13, "spread": [1.0] * 13}}
    about["architecture"] |= {"conv": [], "dense": [{"units": large}]}
    np.savez_compressed(path, about=json.dumps(about))
    shapes = cnn.weight_shapes(cnn.Architecture((), (cnn.Dense(large),)), 3, sides)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for i, shape in enumerate(shapes):
            with file.open(f"weight{i:02d}.npy", "w") as member:
                member.write(npy(shape, b"", "<f2"))
                for _ in range(shape[0]):
                    member.write(bytes(2 * int(np.prod(shape[1:]))))
    assert path.stat().st_size < 1e6
    with bounded(), pytest.raises(InputError, match="it would take 469 MB, far more than the file"):
        cnn.load(path)


def test_an_array_that_is_longer_than_its_file_takes_no_memory(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("array.npy", npy((10**9,), bytes(8), "<f8"))
    with bounded(), pytest.raises(ValueError, match=r"array\.npy is not as long as it says"):
        store.arrays(path)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "text" not in kind])
def test_a_hostile_cache_file_is_made_again(tmp_path, kind):
    def make():
        return {"value": 7.0}

    store.keep("thing", make)
    (path,) = (store.folder() / "kept").iterdir()
    hostile(path, kind, tmp_path / "executed")
    assert store.keep("thing", make)["value"] == 7.0
    assert path.stat().st_size < 1000
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("kind", [*KINDS, "another network's"])
def test_a_hostile_checkpoint_begins_anew(data, tmp_path, monkeypatch, kind):  # noqa: F811
    whole = trained(data, epochs=2)
    monkeypatch.setattr(cnn, "EVERY", 0)
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "elsewhere"))

    def stop(history):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(data, epochs=2, watch=stop)
    (path,) = (tmp_path / "elsewhere" / "training").iterdir()
    if kind == "another network's":
        kept = store.arrays(path)
        np.savez(path, **kept | {"state001": np.zeros((2, 2))})
    else:
        hostile(path, kind, tmp_path / "executed")
    again = trained(data, epochs=2)
    np.testing.assert_array_equal(again.predict(data[0]), whole.predict(data[0]))
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", "7", "{", "\0", pickle.dumps([1])])
def test_a_hostile_record_or_card_is_named(tmp_path, monkeypatch, text):
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    file = results.path("toy", "demo", "quick")
    file.parent.mkdir()
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=r"toy-demo-quick\.json is damaged"):
        results.load("toy", "demo")


def test_what_a_record_says_does_not_run_in_its_page(tmp_path, monkeypatch):
    record = json.dumps(results.load("difficulty", "demo"))
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"

    def spoiled(thing):
        if isinstance(thing, dict):
            return {key: spoiled(value) for key, value in thing.items()}
        if isinstance(thing, list):
            return [spoiled(value) for value in thing]
        return thing + attack if isinstance(thing, str) else thing

    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    file = results.path("difficulty", "demo", "quick")
    file.parent.mkdir()
    file.write_text(json.dumps(spoiled(json.loads(record))))
    for page in (plots.catalogue(), plots.experiments()):
        assert attack[:7] not in page and "<img" not in page
        assert "&lt;script&gt;" in page


def test_a_damaged_archive_with_the_right_sum_is_refused(server, tmp_path):
    with zipfile.ZipFile(squeezed := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sounds/a.txt", os.urandom(100_000).hex())
    body = bytearray(squeezed.getvalue())
    body[5000:5100] = bytes(100)
    server.body = bytes(body)
    md5 = hashlib.md5(server.body).hexdigest()
    with pytest.raises(InputError, match="not a usable zip archive"):
        download.unpacked(server.url, "sounds.zip", md5, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["sounds.zip.lock"]


def test_the_page_of_faults_names_tests_that_exist():
    tests = Path(__file__).parent
    page = (dataset.data_folder().parent / "book" / "faults.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ") and "| Test |" not in line]
    named = {row: re.findall(r"`(test_\w+)::(test_\w+)`", row) for row in rows}
    assert all(len(found) == 1 for found in named.values())
    named = {found[0] for found in named.values()}
    exist = {
        (file.stem, found)
        for file in tests.rglob("test_*.py")
        for found in re.findall(r"^def (test_\w+)\(", file.read_text(), re.MULTILINE)
    }
    assert named <= exist
    of_faults = {test for test in exist if test[0] in ("test_faults", "test_fuzz")}
    this = {("test_faults", "test_the_page_of_faults_names_tests_that_exist")}
    assert of_faults - named == this

"""The cache: same key same thing, never half a file, never another's."""

import io
import json
import os
import pickle
import subprocess
import sys
import textwrap
import time
import zipfile

import numpy as np
import pytest

from helpers import dataset, store
from helpers.errors import InputError


def counted(value=1.0):
    """A `make` that counts how often it is called."""

    def make(*_):
        make.calls += 1
        return {"value": value, "array": np.arange(6).reshape(2, 3)}

    make.calls = 0
    return make


def files():
    return sorted((store.folder() / "kept").iterdir())


def test_it_is_made_once_for_equal_keys():
    make = counted()
    for _ in range(3):
        kept = store.keep("thing", make, np.zeros(3), [1, "x", None])
        assert kept["value"] == 1.0
        np.testing.assert_array_equal(kept["array"], [[0, 1, 2], [3, 4, 5]])
    assert make.calls == 1


def test_what_changes_nothing_is_given_but_in_no_key():
    told = []

    def make(number, tell):
        tell(number)
        return {"value": number}

    for tell in (told.append, print):
        assert store.keep("thing", make, 3, besides={"tell": tell})["value"] == 3
    assert told == [3]


FOREIGN = {
    "a name is missing": lambda held: {"value": held["value"]},
    "a name more": lambda held: held | {"other": np.zeros(1)},
    "rows are missing": lambda held: held | {"array": held["array"][:1]},
    "another type": lambda held: held | {"array": held["array"].astype(np.int32)},
    "no number": lambda held: held | {"value": np.array(np.nan)},
    "another value": lambda held: held | {"array": held["array"] + 1},
    "not of this cache": lambda held: {"array": held["array"]},
}


@pytest.mark.parametrize("changed", FOREIGN)
def test_a_whole_file_with_other_content_is_made_again(changed):
    make = counted()
    store.keep("thing", make)
    (path,) = files()
    held = store.arrays(path)
    other = FOREIGN[changed](held)
    if changed == "not of this cache":
        np.savez(path, **other)
    else:
        np.savez(path, **(other | {"seal": held["seal"]}))
    kept = store.keep("thing", make)
    assert set(kept) == {"value", "array"} and kept["array"].shape == (2, 3)
    assert kept["value"] == 1.0 and make.calls == 2


def test_a_file_of_another_key_is_made_again():
    one, other = counted(1.0), counted(2.0)
    store.keep("thing", one)
    store.keep("thing", other)
    first, second = files()
    first.write_bytes(second.read_bytes())
    second.unlink()
    assert store.keep("thing", one)["value"] == 1.0
    assert store.keep("thing", other)["value"] == 2.0


def test_figures_that_are_no_numbers_are_kept_as_they_are():
    make = counted(float("nan"))
    for _ in range(2):
        assert np.isnan(store.keep("thing", make)["value"])
    assert make.calls == 1


def test_what_is_not_bounded_stays_and_what_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setenv("BOOK_CACHE_GB", "0.00001")
    store.keep("run", counted(), bounded=False)
    big = counted()
    for i in range(3):
        store.keep("thing", lambda i: {"array": np.full(10_000, i)}, i)
    assert not list((store.folder() / "kept").glob("*.npz"))
    store.keep("run", big, bounded=False)
    assert big.calls == 0


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "pickle"])
def test_a_damaged_or_hostile_file_is_made_again(damage, tmp_path):
    make = counted()
    store.keep("thing", make)
    (path,) = files()
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "text":
        path.write_text("no archive")
    else:
        path.write_bytes(hostile(tmp_path / "executed"))
    assert store.keep("thing", make)["value"] == 1.0
    assert make.calls == 2
    assert not (tmp_path / "executed").exists()


def hostile(witness) -> bytes:
    """An .npz whose array is a pickle that would write `witness`."""

    class Attack:
        def __reduce__(self):
            return os.system, (f"touch {witness}",)

    member, archive = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(
        member, {"descr": "|O", "fortran_order": False, "shape": (1,)}
    )
    member.write(pickle.dumps(np.array([Attack()], object)))
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("value.npy", member.getvalue())
    return archive.getvalue()


def test_a_write_that_fails_leaves_nothing(tmp_path):
    def half(file):
        file.write(b"half")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        store.write(tmp_path / "x", half)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_costs_no_result(monkeypatch, tmp_path):
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "a-file"))
    with pytest.warns(UserWarning, match="could not be written"):
        assert store.keep("thing", counted(7.0))["value"] == 7.0


def test_the_least_recently_used_go_first(monkeypatch):
    def array(i):
        array.calls += 1
        return {"array": np.full(1000, i)}

    array.calls = 0
    for i in range(4):
        store.keep("thing", array, i)
        for path in files():  # a clock with whole seconds
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    size = files()[0].stat().st_size
    store.keep("thing", array, 0)  # used again: now the youngest
    assert array.calls == 4
    monkeypatch.setenv("BOOK_CACHE_GB", str(3.5 * size / 1e9))
    store.keep("thing", array, 4)
    assert len(files()) == 3
    store.keep("thing", array, 0)
    assert array.calls == 5


@pytest.mark.parametrize("bound", ["much", "", "nan", "-1", "inf", "-0.001", "1e999"])
def test_a_bound_that_is_no_number_is_said_before_the_work(monkeypatch, bound):
    monkeypatch.setenv("BOOK_CACHE_GB", bound)
    make = counted()
    with pytest.raises(InputError, match=f"BOOK_CACHE_GB is '{bound}'"):
        store.keep("thing", make)
    assert make.calls == 0


def test_a_user_that_there_is_not_has_no_home(tmp_path):
    text = (
        "from helpers import dataset, store\n"
        "print(store.keep('thing', dict)); print(store.folder())\ndataset.load()"
    )
    nobody = {"BOOK_CACHE": "~nobody-here", "KERAS_HOME": "~no-one", "BOOK_DATA": "~no-one"}
    root = str(dataset.data_folder().parent)
    done = subprocess.run(
        [sys.executable, "-c", text],
        env=os.environ | nobody | {"PYTHONPATH": root},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["{}", "~nobody-here"], done.stderr
    assert "InputError: '~no-one' is neither 'demo'" in done.stderr


def test_drafts_of_killed_processes_are_cleared():
    store.keep("thing", counted())
    old, young = (store.folder() / "kept" / f"{age}.draft" for age in ("old", "young"))
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (0, time.time() - 2 * 86_400))
    store.keep("thing", counted(2.0))
    assert not old.exists()
    assert young.exists()


def test_two_processes_at_once():
    program = textwrap.dedent(
        """
        import numpy as np
        from helpers import sound, store
        def make(i):
            return {"array": np.full(200_000, 3.0)}
        for i in range(30):
            kept = store.keep("thing", make, i % 3)
            assert kept["array"].sum() == 600_000
        """
    )
    script = store.folder() / "both.py"
    script.write_text(program)
    running = [subprocess.Popen([sys.executable, script]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(files()) == 3


ONE_OF_TWO = """
    import os, sys, time
    import numpy as np
    from helpers import store

    def make(i):
        with open(os.environ["LOG"], "a") as log:
            log.write("made\\n")
        if os.environ.get("WAITS"):
            print("begun", flush=True)
            time.sleep(600)
        time.sleep(1)
        return {"array": np.full(1000, 3.0)}

    assert store.keep("thing", make, 7)["array"].sum() == 3_000
    """


@pytest.fixture
def one_of_two(tmp_path, monkeypatch):
    """Start a process that needs something which takes its time to be made."""
    (tmp_path / "one.py").write_text(textwrap.dedent(ONE_OF_TWO))
    monkeypatch.setenv("LOG", str(tmp_path / "log"))

    def start(**environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, tmp_path / "one.py"],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    return start


def test_two_processes_make_it_once(one_of_two, tmp_path):
    running = [one_of_two() for _ in range(3)]
    told = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert (tmp_path / "log").read_text() == "made\n"
    assert any("Another process makes thing-" in text for text in told)
    assert [path.suffix for path in files()] == [".npz"]


def test_who_waits_for_a_process_that_is_killed_makes_it_then(one_of_two, tmp_path):
    killed = one_of_two(WAITS="yes")
    assert killed.stdout.readline() == "begun\n"
    waiting = one_of_two()
    assert "waiting for it" in waiting.stdout.readline()
    killed.kill()
    killed.communicate()
    waiting.communicate()
    assert waiting.returncode == 0
    assert (tmp_path / "log").read_text() == "made\nmade\n"


def test_json_has_no_nan():
    thing = {"a": [1.5, float("nan"), {"b": -np.inf}], "c": np.array([1, np.nan]), "d": "NaN"}
    text = store.json_text(thing)
    assert json.loads(text) == {"a": [1.5, None, {"b": None}], "c": [1, None], "d": "NaN"}
    for constant in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(ValueError, match=f"{constant} is no JSON"):
            store.parsed_json(f'{{"a": {constant}}}')

"""The cache: same key same thing, never half a file, never another's."""

import dataclasses
import importlib
import inspect
import io
import json
import linecache
import os
import pickle
import subprocess
import sys
import textwrap
import time
import zipfile

import numpy as np
import pytest

from helpers import sound, store
from helpers.errors import InputError


def counted(value=1.0):
    """A `make` that counts how often it is called."""

    def make():
        make.calls += 1
        return {"value": value, "array": np.arange(6).reshape(2, 3)}

    make.calls = 0
    return make


def files():
    return sorted((store.folder() / "kept").iterdir())


def test_it_is_made_once_for_equal_keys():
    make = counted()
    for _ in range(3):
        kept = store.keep("thing", {"a": np.zeros(3), "b": [1, "x", None]}, make)
        assert kept["value"] == 1.0
        np.testing.assert_array_equal(kept["array"], [[0, 1, 2], [3, 4, 5]])
    assert make.calls == 1


@dataclasses.dataclass(frozen=True)
class Settings:
    n: int = 1


DIFFERENT = [
    {},
    {"a": 1},
    {"a": 1.0},
    {"a": "1"},
    {"a": True},
    {"a": None},
    {"a": [1]},
    {"a": [[1]]},
    {"b": 1},
    {"a": "1", "b": ""},
    {"a": np.zeros(2)},
    {"a": np.zeros(2, np.float32)},
    {"a": np.zeros((2, 1))},
    {"a": np.array([0, 1.0])},
    {"a": Settings()},
    {"a": Settings(2)},
]


def test_different_keys_have_different_fingerprints():
    prints = [store.fingerprint(key) for key in DIFFERENT]
    assert len(set(prints)) == len(prints)
    assert prints == [store.fingerprint(key) for key in DIFFERENT]


def test_order_of_keys_and_memory_layout_do_not_matter():
    a = np.arange(6.0).reshape(2, 3)
    assert store.fingerprint({"x": 1, "y": a}) == store.fingerprint(
        {"y": np.asfortranarray(a), "x": 1}
    )


def test_what_has_no_content_has_no_fingerprint():
    with pytest.raises(TypeError, match="object"):
        store.fingerprint(object())
    with pytest.raises(TypeError, match="objects"):
        store.fingerprint(np.array([object()]))


def test_changed_code_is_made_again(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    results = []
    for version in (1, 2):
        (tmp_path / "stage.py").write_text(f"def make():\n    return {{'v': {version}}}\n")
        monkeypatch.delitem(sys.modules, "stage", raising=False)
        importlib.invalidate_caches()
        linecache.clearcache()
        results.append(store.keep("thing", {}, importlib.import_module("stage").make)["v"].item())
    assert results == [1, 2]


def test_changed_code_of_a_module_it_rests_on_is_made_again(monkeypatch):
    make = counted()
    make.__module__ = sound.__name__
    store.keep("thing", {}, make)
    real = inspect.getsource
    assert "from helpers import audio" in real(sound)
    monkeypatch.setattr(
        store.inspect,
        "getsource",
        lambda module: real(module) + ("#" if module.__name__ == "helpers.audio" else ""),
    )
    store.keep("thing", {}, make)
    assert make.calls == 2


def test_what_is_not_bounded_stays_and_what_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setenv("BOOK_CACHE_GB", "0.00001")
    store.keep("run", {}, counted(), bounded=False)
    big = counted()
    big_array = {"array": np.zeros(10_000)}
    for i in range(3):
        store.keep("thing", {"i": i}, lambda: big_array)
    assert not (store.folder() / "kept").exists()
    store.keep("run", {}, big, bounded=False)
    assert big.calls == 0


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "pickle"])
def test_a_damaged_or_hostile_file_is_made_again(damage, tmp_path):
    make = counted()
    store.keep("thing", {}, make)
    (path,) = files()
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "text":
        path.write_text("no archive")
    else:
        path.write_bytes(hostile(tmp_path / "executed"))
    assert store.keep("thing", {}, make)["value"] == 1.0
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
        assert store.keep("thing", {}, counted(7.0))["value"] == 7.0


def test_the_least_recently_used_go_first(monkeypatch):
    for i in range(4):
        store.keep("thing", {"i": i}, lambda: {"array": np.zeros(1000)})
        for path in files():  # a clock with whole seconds
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    size = files()[0].stat().st_size
    make = counted()
    store.keep("thing", {"i": 0}, make)  # used again: now the youngest
    assert make.calls == 0
    monkeypatch.setenv("BOOK_CACHE_GB", str(3.5 * size / 1e9))
    store.keep("thing", {"i": 4}, lambda: {"array": np.zeros(1000)})
    assert len(files()) == 3
    store.keep("thing", {"i": 0}, make)
    assert make.calls == 0


@pytest.mark.parametrize("bound", ["much", "", "nan", "-1", "inf", "-0.001", "1e999"])
def test_a_bound_that_is_no_number_is_said_before_the_work(monkeypatch, bound):
    monkeypatch.setenv("BOOK_CACHE_GB", bound)
    make = counted()
    with pytest.raises(InputError, match=f"BOOK_CACHE_GB is '{bound}'"):
        store.keep("thing", {}, make)
    assert make.calls == 0


def test_drafts_of_killed_processes_are_cleared():
    store.keep("thing", {}, counted())
    old, young = (store.folder() / "kept" / f"{age}.draft" for age in ("old", "young"))
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (0, time.time() - 2 * 86_400))
    store.keep("thing", {"other": 1}, counted())
    assert not old.exists()
    assert young.exists()


def test_two_processes_at_once():
    program = textwrap.dedent(
        """
        import numpy as np
        from helpers import sound, store
        def make():
            return {"array": np.full(200_000, 3.0)}
        for i in range(30):
            kept = store.keep("thing", {"i": i % 3}, make)
            assert kept["array"].sum() == 600_000
        """
    )
    script = store.folder() / "both.py"
    script.write_text(program)
    running = [subprocess.Popen([sys.executable, script]) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(files()) == 3


def test_json_has_no_nan():
    thing = {"a": [1.5, float("nan"), {"b": -np.inf}], "c": np.array([1, np.nan]), "d": "NaN"}
    text = store.json_text(thing)
    assert json.loads(text) == {"a": [1.5, None, {"b": None}], "c": [1, None], "d": "NaN"}
    for constant in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(ValueError, match=f"{constant} is no JSON"):
            store.parsed_json(f'{{"a": {constant}}}')

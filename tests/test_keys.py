"""Keys: equal for what gives equal results, another for each thing that a result depends on."""

import ast
import dataclasses
import functools
import importlib
import inspect
import io
import json
import linecache
import operator
import os
import random
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import (
    ablation,
    augment,
    baselines,
    chunks,
    cnn,
    cutmix,
    dataset,
    features,
    keys,
    lighten,
    listener,
    pruning,
    splits,
)
from helpers.errors import InputError
from helpers.experiments import EXPERIMENTS, folds, runs
from helpers.experiments import ablation as of_ablation


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
    {"a": {1}},
    {"b": 1},
    {"a": "1", "b": ""},
    {"b": "", "a": "1"},
    {"a": np.zeros(2)},
    {"a": np.zeros(2, np.float32)},
    {"a": np.zeros((2, 1))},
    {"a": np.array([0, 1.0])},
    {"a": np.array(["x", None], object)},
    {"a": np.ma.masked_array([0.0, 0.0], [True, False])},
    {"a": np.ma.masked_array([0.0, 0.0], [False, True])},
    {"a": Settings()},
    {"a": Settings(2)},
    {"a": pd.DataFrame({"x": [1, 2]})},
    {"a": pd.DataFrame({"x": [1, 2]}, index=["p", "q"])},
    {"a": pd.DataFrame({"x": pd.Categorical(["p", "q"])})},
    {"a": pd.Series([1, 2])},
    {"a": re.compile("x")},
    {"a": operator.itemgetter(1)},
    {"a": operator.itemgetter(2)},
    {"a": np.float32},
    {"a": np.add},
    {"a": len},
    {"a": "x".join},
    {"a": "y".join},
    {"a": range(3)},
    {"a": inspect},
]


def test_different_things_have_different_fingerprints():
    prints = [keys.fingerprint(thing) for thing in DIFFERENT]
    assert len(set(prints)) == len(prints)
    assert prints == [keys.fingerprint(thing) for thing in DIFFERENT]


def test_a_kind_of_number_and_the_layout_in_memory_do_not_matter():
    a = np.arange(6.0).reshape(2, 3)
    assert keys.fingerprint(a) == keys.fingerprint(np.asfortranarray(a))
    assert keys.fingerprint(np.int64(3), np.float64(0.5)) == keys.fingerprint(3, 0.5)


def test_what_holds_itself_has_a_fingerprint():
    ring = [1]
    ring.append(ring)
    assert keys.fingerprint(ring) == keys.fingerprint(ring) != keys.fingerprint([1])


@pytest.mark.parametrize(
    "thing",
    [
        (i for i in range(3)),
        iter([1]),
        io.StringIO("x"),
        np.random.default_rng(0),
        np.random.RandomState(0),
        random.Random(0),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_will_not_hold_the_same_again_is_refused(thing):
    def closes_over():
        return thing

    where = r"thing, which .*closes_over closes over: a .* cannot be in a key.*`rng`"
    with pytest.raises(InputError, match=where):
        keys.fingerprint(closes_over)


def test_a_keras_model_is_refused():
    model = cnn.build(
        cnn.Architecture(conv=(), dense=()), 2, features.Scaler((0.0,), (1.0,)), (3, 1)
    )
    with pytest.raises(InputError, match="cannot be in a key"):
        keys.fingerprint(functools.partial(print, model))


def test_a_table_of_clips_is_what_its_files_hold(tmp_path):
    for folder, content in (("one", b"x"), ("two", b"x"), ("three", b"y")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.wav").write_bytes(content)
    one, two, three = (
        pd.DataFrame({"path": [str(tmp_path / folder / "a.wav")], "label": ["Cello"]}, index=["a"])
        for folder in ("one", "two", "three")
    )
    assert keys.fingerprint(one) == keys.fingerprint(two) != keys.fingerprint(three)
    (tmp_path / "two" / "a.wav").write_bytes(b"y")
    assert keys.fingerprint(two) == keys.fingerprint(three)
    assert keys.fingerprint(Path(two.path.iloc[0])) == keys.fingerprint(Path(three.path.iloc[0]))
    (tmp_path / "two" / "a.wav").unlink()
    with pytest.raises(InputError, match=r"a\.wav: cannot be read"):
        keys.fingerprint(two)


# Programs. Each pair of lines is one way in which a result may depend on a 1 that becomes a 2.

STAGE = """
import functools
from dataclasses import dataclass, field
import toyhelper
from toyhelper import imported, wrapping

CONSTANT = 1
TABLE = {{"a": [1, (lambda: 1)]}}
OTHER = 1

@dataclass
class Shape:
    n: int = 1
    deep: list = field(default_factory=lambda: [1])

    def grown(self):
        return self.n + 1

class Base:
    size = 1

    @property
    def double(self):
        return self.size * 1

class Derived(Base):
    @staticmethod
    def still():
        return 1

    @classmethod
    def of(cls):
        return 1

def below():
    return 1

def make():
    def inner():
        return below()
    return inner() + 1

def uses_constant():
    return CONSTANT

def uses_table():
    return TABLE

def uses_shape():
    return Shape()

def uses_derived():
    return Derived().double

def uses_helper():
    return toyhelper.deep()

def uses_imported():
    return imported()

def imports_as_it_runs():
    from toyhelper import deep
    import toyhelper as other
    return other.late()

def with_default(x=1, *, y=1):
    return x

def closing(x):
    def inner():
        return x
    return inner

closed = closing(1)
partly = functools.partial(with_default, 1, y=1)
kept = functools.lru_cache(maxsize=1)(partly)
bound = Derived.of
method = Shape(1).grown

@wrapping(1)
def decorated():
    return 1

def recursive(n):
    return recursive(n - 1) if n else 1
"""

HELPER = """
import functools

DEEP = 1

def deep():
    return DEEP

def late():
    return 1

def imported():
    return [i + 1 for i in range(3)]

def wrapping(times):
    def wrapper(function):
        @functools.wraps(function)
        def wrapped():
            return times * function()
        return wrapped
    return wrapper

def unrelated():
    return 1
"""

RESTS_ON = [
    ("CONSTANT = 1", ["uses_constant"]),
    ('TABLE = {{"a": [1,', ["uses_table"]),
    ("(lambda: 1)]", ["uses_table"]),
    ("n: int = 1", ["uses_shape", "method"]),
    ("lambda: [1]", ["uses_shape", "method"]),
    ("self.n + 1", ["uses_shape", "method"]),
    ("size = 1", ["uses_derived", "bound"]),
    ("self.size * 1", ["uses_derived", "bound"]),
    ("def still():\n        return 1", ["uses_derived", "bound"]),
    ("def of(cls):\n        return 1", ["uses_derived", "bound"]),
    ("def below():\n    return 1", ["make"]),
    ("return inner() + 1", ["make"]),
    ("DEEP = 1", ["uses_helper", "imports_as_it_runs"]),
    ("def late():\n    return 1", ["imports_as_it_runs"]),
    ("i + 1 for", ["uses_imported"]),
    ("(x=1, *, y=1)", ["with_default", "partly", "kept"]),
    ("y=1)\nkept", ["partly", "kept"]),
    ("with_default, 1", ["partly", "kept"]),
    ("closing(1)", ["closed"]),
    ("Shape(1).grown", ["method"]),
    ("@wrapping(1)", ["decorated"]),
    ("def decorated():\n    return 1", ["decorated"]),
    ("return times * function()", ["decorated"]),
    ("if n else 1", ["recursive"]),
    ("OTHER = 1", []),
    ("def unrelated():\n    return 1", []),
]


@pytest.fixture
def fingerprints(tmp_path, monkeypatch):
    """The fingerprint of each function of two modules, whose text may be changed."""
    monkeypatch.syspath_prepend(tmp_path)

    def of(old: str = "", new: str = "") -> dict[str, str]:
        for name, text in (("toystage", STAGE), ("toyhelper", HELPER)):
            text = text.replace(old, new) if old else text
            (tmp_path / f"{name}.py").write_text(text.replace("{{", "{").replace("}}", "}"))
            sys.modules.pop(name, None)  # monkeypatch would bring it back at the end
        importlib.invalidate_caches()
        linecache.clearcache()
        sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
        try:
            stage = vars(importlib.import_module("toystage"))
        finally:
            sys.dont_write_bytecode = before
        asked = [name for _, names in RESTS_ON for name in names]
        return {name: keys.fingerprint(stage[name]) for name in asked}

    yield of
    for name in ("toystage", "toyhelper"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(("text", "rests"), RESTS_ON, ids=[text for text, _ in RESTS_ON])
def test_changed_code_changes_the_keys_of_what_rests_on_it_alone(fingerprints, text, rests):
    assert STAGE.count(text) + HELPER.count(text) == 1
    changed = text.replace("1", "2") if "1" in text else text.replace("*", "-")
    before, after = fingerprints(), fingerprints(text, changed)
    assert [name for name in before if before[name] != after[name]] == sorted(
        rests, key=list(before).index
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def below():", 'def below():\n    """A docstring."""\n'),
        ("def below():", "def below() -> int:"),
        ("    def inner():", '    def inner() -> int:\n        """Within."""'),
        ("class Derived(Base):", 'class Derived(Base):\n    """A docstring."""\n'),
        ("def closing(x):", "# A comment.\n\n\ndef closing(x: int | None):"),
        ("n: int = 1", "n: float = 1"),
        ("def unrelated():", "def unrelated(more, things):"),
        ("OTHER = 1", "OTHER = 1\nMORE = 2"),
    ],
)
def test_what_changes_no_result_changes_no_key(fingerprints, old, new):
    assert (STAGE + HELPER).count(old) in (1, 2)
    assert fingerprints() == fingerprints(old, new)


calls = 0


def test_what_a_function_counts_with_is_not_what_it_rests_on():
    lock = threading.Lock()

    def counting():
        global calls
        with lock:
            calls += 1

    before = keys.fingerprint(counting)
    counting()
    assert calls == 1 and keys.fingerprint(counting) == before


def test_two_functions_on_one_line_are_told_apart():
    one, other = [lambda: 1, lambda: 2]  # fmt: skip
    assert keys.fingerprint(one) != keys.fingerprint(other)


def test_a_library_that_is_not_installed_does_not_matter():
    """A network trains on JAX where there is no TensorFlow, which other functions import."""

    def train(on):
        if on == "tensorflow":
            import no_such_library

            return no_such_library.fit()
        return 1

    assert keys.fingerprint(train) == keys.fingerprint(train)


def test_a_class_that_does_not_say_its_module_has_a_fingerprint():
    """As some that are written in C."""
    mute = type("Mute", (), {})
    mute.__module__ = property(lambda self: "")
    assert keys.fingerprint(mute) == keys.fingerprint(mute)
    assert keys.fingerprint(mute) != keys.fingerprint(type(mute.__module__))


def test_each_process_finds_the_same_key():
    program = """
        from helpers import cnn, keys
        answers = lambda x: x in {"a", "b", "c"} and cnn.fit
        print(keys.fingerprint(answers, {"a", "b", "c"}, cnn.Architecture()))
        """
    found = {
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_module_that_is_run_has_the_keys_of_one_that_is_imported(tmp_path):
    (tmp_path / "made.py").write_text(
        "from helpers import keys\n\nclass Ended(Exception):\n    pass\n\n"
        "def run():\n    raise Ended\n\nprint(keys.fingerprint(run))\n"
    )
    root = Path(keys.__file__).parents[1]
    run, imported = (
        subprocess.run(
            [sys.executable, *how],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(tmp_path)])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for how in (["-m", "made"], ["-c", "import made"])
    )
    assert run == imported


# Keras.

NETWORKS = """
import sys
from helpers import cnn, features, keys
before = keys.of_keras(), keys.fingerprint(cnn.build), keys.fingerprint(features.mfcc)
assert "keras" not in sys.modules
import keras
assert before == (keys.of_keras(), keys.fingerprint(cnn.build), keys.fingerprint(features.mfcc))
print(before[1], before[2])
"""

CHOICES = [
    ({}, {}),
    ({"floatx": "float16"}, {}),
    ({"epsilon": 1e-5}, {}),
    ({"image_data_format": "channels_first"}, {}),
    ({}, {"KERAS_BACKEND": "jax"}),
    ({"backend": "jax"}, {}),
]


def test_what_keras_is_set_to_is_in_the_keys_of_what_uses_it(tmp_path):
    pytest.importorskip("jax")
    found = []
    for i, (chosen, environment) in enumerate(CHOICES):
        (tmp_path / str(i)).mkdir()
        (tmp_path / str(i) / "keras.json").write_text(json.dumps(chosen))
        done = subprocess.run(
            [sys.executable, "-c", NETWORKS],
            env=os.environ | {"KERAS_HOME": str(tmp_path / str(i))} | environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        found.append(done.stdout.split())
    networks, images = zip(*found, strict=True)
    assert len(set(networks)) == 5 and networks[4] == networks[5]
    assert len(set(images)) == 1


# All experiments.


def generated(name: str) -> dict[str, Callable]:
    """What measures in an experiment on a few of the bundled clips, by its key."""
    every = EXPERIMENTS[name].runs(few(), "quick")
    each_once = {id(run.measure): run.measure for run in every}.values()
    return {keys.fingerprint(measure): measure for measure in each_once}


@functools.cache
def few() -> pd.DataFrame:
    clips = dataset.drop_shorter(dataset.load("demo"), chunks.SECONDS)
    return clips.groupby("label", observed=True).head(12)


@functools.cache
def measures() -> dict[str, dict[str, Callable]]:
    found = {name: generated(name) for name in EXPERIMENTS}
    return {name: some for name, some in found.items() if some}  # some need other data


def edited(value):
    """What stands for a value whose source was edited: the same function with one constant more."""
    if isinstance(value, types.FunctionType) and value.__module__.startswith("helpers."):
        code = value.__code__
        code = code.replace(co_consts=(*code.co_consts, "edited"))
        parts = value.__globals__, value.__name__, value.__defaults__, value.__closure__
        other = types.FunctionType(code, *parts)
        other.__kwdefaults__ = value.__kwdefaults__
        return other
    return "edited", value


def test_every_function_and_constant_in_reach_is_in_the_key(monkeypatch):
    rest_on: dict[str, list] = {}
    for some in measures().values():
        for before, measure in some.items():
            for name in keys.reached(measure):
                made = name.startswith("namedtuple_")  # by Python, in no module
                if not made and not name.endswith("__name__"):
                    rest_on.setdefault(name, []).append((before, measure))
    assert len(rest_on) > 200
    for name, of in rest_on.items():
        module, attribute = name.rsplit(".", 1)
        module = sys.modules[module]
        with monkeypatch.context() as changed:
            changed.setattr(module, attribute, edited(getattr(module, attribute)))
            for before, measure in of[:: max(1, len(of) // 3)]:
                assert keys.fingerprint(measure) != before, name


TRAINED = {
    *("network", "scaling", "comparison", "cutmixed", "rungs", "deletion", "localisation"),
    *("sanity", "ladder", "export_speed", "ablation", "searches", "learning_rates"),
}
LISTENING = {"beyond", "lightened", "deployed"}
DRAWN = TRAINED - {"searches", "learning_rates"} | {
    *("scaled_inputs", "closeness", "difficulty", "pitch_or_timbre", "neighbours", "mfcc_speed"),
}
COUNTED = {"comparison", "scaled_inputs", "rungs", "neighbours", "difficulty", "crowding"}
OF_FOLDS = TRAINED - {"ablation", "searches", "learning_rates"}
FEW = {"quick": 1, "paper": 1}


def default(cls: type, field: str) -> tuple:
    return cls.__dataclass_fields__[field], "default"


DEPENDENCIES = {
    "chunks drawn": (runs, "CHUNKS", 7, DRAWN),
    "epochs": (folds, "EPOCHS", FEW, OF_FOLDS),
    "epochs of the ablation": (of_ablation, "EPOCHS", FEW, {"ablation"}),
    "epochs of pruning": (folds, "EPOCHS_OF_PRUNING", FEW, {"comparison", "export_speed"}),
    "seconds of a chunk": (chunks, "SECONDS", 1.9, {"mfcc_speed", "real_time"}),
    "samples of a chunk": (chunks, "SAMPLES", 100, DRAWN | LISTENING | TRAINED),
    "folds": (splits, "FOLDS", 2, COUNTED | LISTENING | {"pitch_or_timbre"}),
    "epochs of the listener": (listener, "EPOCHS", 1, LISTENING),
    "its variations": (listener, "VARIED", augment.Variation(wet=0.5), LISTENING),
    "its pruning": (lighten, "PRUNING_EPOCHS", 1, {"lightened", "deployed"}),
    "steps of pruning": (pruning, "UPDATES", 2, {"comparison", "ladder"} | LISTENING - {"beyond"}),
    "CutMix": (cutmix, "on_the_fly", edited(cutmix.on_the_fly), OF_FOLDS - {"scaling"}),
    "training": (cnn, "run_epoch", edited(cnn.run_epoch), TRAINED | LISTENING),
    "hop": (*default(features.Settings, "hop_length"), 161, DRAWN | TRAINED | LISTENING),
    "rooms": (*default(augment.Variation, "wet"), 0.1, LISTENING),
    "rate": (*default(cnn.Architecture, "learning_rate"), 0.1, TRAINED | LISTENING),
}
"""What changes figures, and of which experiments: from reading these, not from their keys."""


@pytest.mark.parametrize("known", DEPENDENCIES)
def test_what_is_known_to_change_figures_changes_the_keys(monkeypatch, known):
    where, name, value, experiments = DEPENDENCIES[known]
    before = measures()
    monkeypatch.setattr(where, name, value)
    found = {e: [key in before[e] for key in generated(e)] for e in experiments}
    assert not [e for e in experiments if all(found[e])]
    classical = {"comparison"}  # half of its models are no networks
    assert not [e for e in experiments - classical if any(found[e])]


def test_a_model_more_costs_no_other_its_runs(monkeypatch):
    before = {e: measures()[e].keys() for e in ("comparison", "ablation")}
    monkeypatch.setitem(baselines.MODELS, "Another", lambda random_state: None)
    monkeypatch.setitem(ablation.VARIANTS, "another", ablation.Variant(coefficients=3))
    for experiment, of in before.items():
        assert of < generated(experiment).keys()


def test_what_no_figure_rests_on_is_in_no_key():
    names = {
        name for some in measures().values() for m in some.values() for name in keys.reached(m)
    }
    modules = {name.rsplit(".", 1)[0] for name in names}
    strange = (
        "reproduce",
        "results",
        "plots",
        "exercises",
        "widgets",
        "download",
        "many",
        "models",
    )
    assert not {m for m in modules if m.startswith(tuple(f"helpers.{s}" for s in strange))}


KEYS = """
import sys
import pandas as pd
from helpers import keys
from helpers.experiments import EXPERIMENTS
assert keys.__file__.startswith(sys.argv[1])
for name, each in EXPERIMENTS.items():
    runs = each.runs(pd.read_pickle(sys.argv[2]), "quick")
    for measure in {id(run.measure): run.measure for run in runs}.values():
        print(name, keys.fingerprint(measure))
"""


@pytest.fixture
def keys_of_a_copy(tmp_path):
    """The keys of all experiments in a copy of the helpers, its files edited by a function."""
    few().to_pickle(tmp_path / "clips")

    def found(name: str, edit: Callable[[str], str]) -> list[str]:
        shutil.copytree(Path(keys.__file__).parent, tmp_path / name / "helpers")
        (tmp_path / name / "data").symlink_to(dataset.data_folder())
        for file in (tmp_path / name).glob("helpers/**/*.py"):
            file.write_text(edit(file.read_text()))
        done = subprocess.run(
            [sys.executable, "-c", KEYS, str(tmp_path / name), str(tmp_path / "clips")],
            env=os.environ | {"PYTHONPATH": str(tmp_path / name), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=tmp_path / name,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return found


def commented(text: str) -> str:
    """A program with other docstrings, more comments, and so all else in other lines."""
    lines = text.splitlines()
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, kinds) and ast.get_docstring(node):
            first = node.body[0].lineno - 1
            lines[first] = lines[first].replace('"""', '"""Edited. ', 1)
    return "\n".join(["# Edited.", "", *lines, ""])


def test_no_docstring_changes_a_key_and_the_sampling_rate_all(keys_of_a_copy):
    before = keys_of_a_copy("before", lambda text: text)
    assert len(before) > 300
    assert keys_of_a_copy("commented", commented) == before
    rate = keys_of_a_copy("rate", lambda text: text.replace("\nSR = 22_050", "\nSR = 22_051"))
    # What draws numbers in place of sounds is all that has no sampling rate.
    assert {key.split()[0] for key in set(rate) & set(before)} == {"equals"}

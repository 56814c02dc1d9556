"""The listener as a file: what it was made from, and run without what made it."""

import json
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from helpers import audio, classify, dataset, features, light, lighten, models
from helpers.errors import InputError

NOTE = dataset.data_folder() / "demo" / "notes" / "Cello.ogg"


def test_the_shipped_file_computes_what_is_made_of_the_shipped_model():
    clips = dataset.load("demo").groupby("label", observed=True).sample(2, random_state=0)
    clips = dataset.drop_shorter(clips, seconds=2)
    waves = np.stack([audio.read(path)[: 2 * audio.SR] for path in clips.path])
    network, card = models.load("listener")
    made = lighten.make(network, waves)
    shipped, threshold = light.listener()
    assert (shipped.classes, shipped.settings) == (made.classes, made.settings)
    assert threshold == card["threshold"]
    images = shipped.images(waves)
    np.testing.assert_array_equal(images, features.mfcc(waves, **vars(network.settings)))
    np.testing.assert_allclose(shipped.predict(images), made.predict(images), atol=1e-5)
    np.testing.assert_allclose(shipped.heat(images), made.heat(images), atol=1e-5)


def test_a_file_is_classified_without_heavy_libraries():
    program = f"""
        import json, sys
        from helpers import classify
        status = classify.main([{str(NOTE)!r}, "--light", "--json"])
        heavy = {{"tensorflow", "keras", "tf_keras", "jax", "librosa", "numba", "sklearn"}}
        heavy |= {{"scipy.signal", "scipy.stats", "matplotlib", "IPython"}}
        print(json.dumps([status, sorted(heavy & set(sys.modules))]))
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    heard, end = done.stdout.splitlines() or pytest.fail(done.stderr)
    assert json.loads(end) == [0, []]
    expected = classify.recording(NOTE, models.load("listener")[0])
    heard = json.loads(heard)
    assert heard["verdict"] == expected.verdict == "Cello"
    found = np.array([window["probabilities"] for window in heard["windows"]])
    np.testing.assert_allclose(found, expected.probabilities, atol=lighten.TOLERANCE)


def test_light_and_a_model_of_yours_exclude_each_other(capsys):
    with pytest.raises(SystemExit) as end:
        classify.main([str(NOTE), "--light", "--model", "own.npz"])
    assert end.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize("broken", ["tflite", "npz", "json"])
@pytest.mark.parametrize("content", [None, b"", b"TFL3 no model", b"{}"])
def test_a_missing_or_damaged_file_is_named(tmp_path, monkeypatch, broken, content):
    shutil.copytree(dataset.data_folder() / "models", tmp_path / "models")
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    file = tmp_path / "models" / f"listener.{broken}"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=r"python -m helpers\.models listener"):
        light.listener()

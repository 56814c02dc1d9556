"""A recording of any length, rate and depth: windows, verdict, timeline, and the command line."""

import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
import soundfile

from helpers import chunks, classify, cnn, dataset, features
from helpers.errors import InputError
from helpers.experiments import cnn as experiments

CLASSES = ("deep", "high")
TINY = cnn.Architecture(conv=(cnn.Conv(2, 3),), dense=(cnn.Dense(8, 0.0),), learning_rate=1e-2)


def tone(name, seconds, sr=22_050, level=0.3):
    """A deep note with many overtones, or a high one with none; both from the lowest amplitude."""
    t = np.arange(round(seconds * sr)) / sr
    if name == "high":
        return level * np.sin(2 * np.pi * 1500 * t)
    return level * sum(np.sin(2 * np.pi * 110 * k * t) / k for k in range(1, 9)) / 2


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A file of a tiny network that knows the two tones at any level, on top of a little noise."""
    rng = np.random.default_rng(0)
    labels = np.arange(80) % 2
    waves = [tone(CLASSES[label], 2, level=rng.uniform(0.05, 0.9)) for label in labels]
    waves = np.stack(waves) + 1e-3 * rng.standard_normal((80, chunks.SAMPLES))
    # A third of them end in zeros, as a short recording does.
    waves[::3, chunks.SAMPLES // 3 :] = 0
    images = features.mfcc(waves)
    held = images[60:], labels[60:]
    network = cnn.fit(images[:60], labels[:60], held, CLASSES, TINY, epochs=6)
    assert max(network.history["val_accuracy"]) == 1
    path = tmp_path_factory.mktemp("model") / "tiny.npz"
    network.save(path)
    return path


@pytest.fixture(scope="module")
def network(tiny):
    return cnn.load(tiny)


def write(path, wave, sr=22_050, **options):
    soundfile.write(path, wave, sr, **options)
    return path


def noisy(wave):
    return wave + 1e-3 * np.random.default_rng(1).standard_normal(wave.shape)


@pytest.mark.parametrize(
    ("name", "sr", "options"),
    [
        ("a.wav", 8_000, {"subtype": "PCM_U8"}),
        ("a.wav", 16_000, {}),
        ("a.wav", 48_000, {"subtype": "PCM_24"}),
        ("a.wav", 96_000, {"subtype": "FLOAT"}),
        ("a.flac", 44_100, {}),
        ("a.ogg", 44_100, {}),
        ("a.mp3", 44_100, {}),
    ],
)
@pytest.mark.parametrize("true", CLASSES)
def test_any_format_is_named(tmp_path, network, true, name, sr, options):
    wave = noisy(tone(true, 4.5, sr))
    path = write(tmp_path / name, np.stack([wave, 0.5 * wave], axis=1), sr, **options)
    heard = classify.recording(path, network)
    assert (heard.verdict, heard.reason) == (true, None)
    assert heard.classes == CLASSES
    assert heard.seconds == pytest.approx(4.5, abs=0.1)
    assert heard.start[:3] == pytest.approx([0, 1, 2])
    assert heard.start[-1] == pytest.approx(heard.seconds - 2, abs=1e-3)
    assert heard.probabilities.shape == (len(heard.start), 2)
    np.testing.assert_allclose(heard.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(heard.confidence, heard.probabilities.mean(axis=0), atol=1e-6)


def test_beyond_full_scale_is_heard_clipped(tmp_path, network):
    path = write(tmp_path / "a.wav", 8 * tone("deep", 3), subtype="FLOAT")
    assert classify.recording(path, network).verdict == "deep"


@pytest.mark.parametrize(
    ("seconds", "starts"),
    [
        (0.25, [0]),
        (1.99, [0]),
        (2.0, [0]),
        (2.01, [0]),  # a rest of 10 ms, less than a frame
        (2.5, [0, 0.5]),
        (3.0, [0, 1]),
        (3.7, [0, 1, 1.7]),
    ],
)
@pytest.mark.parametrize("sr", [22_050, 48_000])
def test_the_last_window_ends_with_the_recording(tmp_path, network, seconds, starts, sr):
    path = write(tmp_path / "a.wav", tone("deep", seconds, sr), sr)
    heard = classify.recording(path, network)
    assert heard.start == pytest.approx(np.array(starts), abs=1e-3)
    assert heard.seconds == pytest.approx(seconds, abs=1e-3)
    assert heard.verdict == "deep"


def test_windows_are_those_that_the_book_scores(tmp_path, network, data_set):
    clips = dataset.load(data_set([{"label": label, "session": "s"} for label in dataset.CLASSES]))
    first = clips.iloc[0]
    cuts = chunks.windows(clips.iloc[:1], hop=0.1)
    heard = classify.recording(first.path, network, hop=0.1)
    np.testing.assert_allclose(heard.start, cuts.start)
    np.testing.assert_allclose(
        heard.probabilities, network.predict(features.mfcc(cuts.waves)), atol=1e-5
    )


def test_windows_do_not_depend_on_the_blocks(tmp_path, network, monkeypatch):
    wave = noisy(np.concatenate([tone("high", 5), tone("deep", 4.3)]))
    path = write(tmp_path / "a.wav", wave)
    whole = classify.recording(path, network, hop=0.5)
    monkeypatch.setattr(classify.audio, "BLOCK_SECONDS", 1)
    monkeypatch.setattr(classify, "AT_ONCE", 3)
    pieces = classify.recording(path, network, hop=0.5)
    np.testing.assert_array_equal(pieces.start, whole.start)
    np.testing.assert_allclose(pieces.probabilities, whole.probabilities, atol=1e-5)
    assert pieces.timeline() == [
        (begin, end, name, pytest.approx(probability, abs=1e-5))
        for begin, end, name, probability in whole.timeline()
    ]


def test_the_timeline_shows_one_then_silence_then_the_other(tmp_path, network):
    wave = np.concatenate([tone("deep", 10), np.zeros(6 * 22_050), tone("high", 4.4)])
    heard = classify.recording(write(tmp_path / "a.wav", wave), network)
    deep, silence, high = heard.timeline()
    assert [deep.name, silence.name, high.name] == ["deep", None, "high"]
    assert (deep.begin, high.end) == (0, pytest.approx(20.4))
    assert (deep.end, silence.end) == (silence.begin, high.begin)
    assert deep.end == pytest.approx(10, abs=1)
    assert high.begin == pytest.approx(16, abs=1)
    assert deep.probability > 0.5 < high.probability
    # What is silent has no vote: seconds of the other two count alone.
    assert heard.silent.sum() == 5
    assert not heard.probabilities[heard.silent].any()
    votes = heard.probabilities[~heard.silent]
    np.testing.assert_allclose(heard.confidence, votes.mean(axis=0), atol=1e-6)
    assert heard.verdict == "deep"


@pytest.mark.parametrize("level", [0.0, 5e-4])
def test_silence_is_none_of_these(tmp_path, network, level):
    hiss = 0.2 + level * np.random.default_rng(0).standard_normal(5 * 22_050)  # with an offset
    heard = classify.recording(write(tmp_path / "a.wav", hiss, subtype="FLOAT"), network)
    assert (heard.verdict, heard.reason) == (None, "silent")
    assert heard.silent.all()
    assert heard.confidence.tolist() == [0, 0]
    assert heard.timeline() == [(0, 5, None, 0)]


def test_what_is_soft_but_not_silent_is_heard(tmp_path, network):
    path = write(tmp_path / "a.wav", tone("high", 3, level=2e-3), subtype="FLOAT")
    assert not classify.recording(path, network).silent.any()


def test_below_the_threshold_it_is_none_of_these(tmp_path, network):
    wave = np.concatenate([tone("deep", 6), tone("high", 6)])
    path = write(tmp_path / "a.wav", wave)
    highest = classify.recording(path, network).confidence.max()
    unsure = classify.recording(path, network, threshold=float(highest) + 0.01)
    assert (unsure.verdict, unsure.reason) == (None, "not sure enough")
    assert unsure.confidence.max() == highest
    sure = classify.recording(path, network, threshold=float(highest) - 0.01)
    assert sure.verdict in CLASSES


def test_what_is_none_of_the_classes_it_knows_is_something_else(tmp_path, network, capsys):
    knowing = dataclasses.replace(network, classes=("deep", dataset.NONE))
    assert network.classes == ("deep", "high")
    high = write(tmp_path / "a.wav", tone("high", 3))
    other = classify.recording(high, knowing)
    assert (other.verdict, other.reason) == (None, "something else")
    assert classify.recording(write(tmp_path / "b.wav", tone("deep", 3)), knowing).verdict == "deep"
    knowing.save(tmp_path / "knowing.npz")
    assert classify.main([str(high), "--model", str(tmp_path / "knowing.npz")]) == 0
    assert "none of these: something else (at best deep, probability " in capsys.readouterr().out


def test_the_time_spent_is_all_accounted_for(tmp_path, network):
    heard = classify.recording(write(tmp_path / "a.wav", tone("deep", 30)), network)
    assert list(heard.spent) == ["decode", "MFCC", "network"]
    assert all(seconds > 0 for seconds in heard.spent.values())


def bad_files(folder):
    (folder / "text.wav").write_text("this is no sound")
    (folder / "folder.wav").mkdir()
    write(folder / "short.wav", tone("deep", 0.2))
    write(folder / "nan.wav", np.array([np.nan] * 22_050), subtype="FLOAT")
    whole = write(folder / "cut.flac", noisy(tone("deep", 5))).read_bytes()
    (folder / "cut.flac").write_bytes(whole[: len(whole) // 2])


BAD = {
    "text.wav": "not a sound file",
    "folder.wav": "is a folder",
    "short.wav": r"too short, 0\.20 s; at least 0\.25 s",
    "nan.wav": "NaN",
    "cut.flac": "cut short",
    "absent.wav": "no such file",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named(tmp_path, network, name):
    bad_files(tmp_path)
    with pytest.raises(InputError, match=f"{name}: .*{BAD[name]}"):
        classify.recording(tmp_path / name, network)


@pytest.mark.parametrize("hop", [0, -1, 2.1, float("nan"), 1e-9])
def test_hops_that_cannot_be(tmp_path, network, hop):
    path = write(tmp_path / "a.wav", tone("deep", 3))
    with pytest.raises(InputError, match=f"hop is {hop}"):
        classify.recording(path, network, hop=hop)


@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan"), "high", True])
def test_thresholds_that_are_no_probabilities(tmp_path, network, threshold):
    path = write(tmp_path / "a.wav", tone("deep", 3))
    with pytest.raises(InputError, match="threshold is"):
        classify.recording(path, network, threshold=threshold)


def test_an_hour_needs_no_more_memory_than_a_minute(tmp_path, tiny):
    # 3600 s x 48,000 x 2 channels of 4 bytes are 1.4 GB; as mono at 22 050 Hz, 318 MB. Only its
    # first and last ten minutes sound, which saves half of the time.
    path = tmp_path / "hour.flac"
    stereo = {name: np.stack([tone(name, 60, 48_000)] * 2, axis=1) for name in CLASSES}
    with soundfile.SoundFile(path, "w", 48_000, 2) as file:
        for minute in range(60):
            name = CLASSES[minute >= 50]
            file.write(stereo[name] * (minute < 10 or minute >= 50))
    write(tmp_path / "minute.flac", stereo["deep"], 48_000)
    program = f"""
        import json, resource
        from helpers import classify, cnn
        network = cnn.load({str(tiny)!r})
        peaks = []
        for name in ("minute", "hour"):
            heard = classify.recording(f"{tmp_path}/{{name}}.flac", network)
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)  # KiB
        growth = (peaks[1] - peaks[0]) / 1024
        print(json.dumps([len(heard.start), heard.seconds, growth, heard.timeline()]))
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    windows, seconds, growth, timeline = json.loads(done.stdout or done.stderr)
    assert (windows, seconds) == (3599, 3600)
    assert growth < 150
    assert [name for _, _, name, _ in timeline] == ["deep", None, "high"]
    bounds = [end for _, end, _, _ in timeline]
    assert bounds == pytest.approx([600, 3000, 3600], abs=1)


@pytest.fixture
def no_reference(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)


def test_without_a_reference_the_command_that_makes_it_is_said(tmp_path, no_reference):
    path = write(tmp_path / "a.wav", tone("deep", 3))
    with pytest.raises(InputError, match=r"missing; `python -m helpers\.models listener`"):
        classify.recording(path)


def test_the_reference_brings_its_threshold(tmp_path, no_reference, tiny):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "listener.npz").write_bytes(tiny.read_bytes())
    (tmp_path / "models" / "listener.json").write_text('{"name": "x", "threshold": 0.9}')
    wave = np.concatenate([tone("deep", 6), tone("high", 6)])
    path = write(tmp_path / "a.wav", wave)
    assert classify.listener()[1] == 0.9
    assert classify.recording(path).reason == "not sure enough"
    assert classify.recording(path, threshold=0).verdict in CLASSES


@pytest.mark.parametrize("text", ['{"half', "{}", "[]", '{"threshold": 2}', '{"threshold": true}'])
def test_a_damaged_threshold_is_named(tmp_path, tiny, text):
    model = tmp_path / "own.npz"
    model.write_bytes(tiny.read_bytes())
    assert classify.load(model)[1] == 0  # no file, no threshold
    (tmp_path / "own.json").write_text(text)
    with pytest.raises(InputError, match=r"own\.json: .*threshold"):
        classify.load(model)


def test_a_model_brings_the_settings_of_its_images(tmp_path, network):
    settings = features.Settings(win_length=1024, hop_length=441, n_fft=1024, n_mels=64)
    model = cnn.build(TINY, 2, network.scaler, settings.shape(chunks.SAMPLES))
    other = cnn.Classifier(model, TINY, CLASSES, network.scaler, settings=settings)
    other.save(tmp_path / "other.npz")
    loaded, _ = classify.load(tmp_path / "other.npz")
    wave = noisy(tone("deep", 2)).astype(np.float32)
    heard = classify.recording(write(tmp_path / "a.wav", wave, subtype="FLOAT"), loaded)
    image = features.mfcc(wave, **dataclasses.asdict(settings))
    np.testing.assert_allclose(heard.probabilities, other.predict(image[None]), atol=1e-5)


def test_a_model_of_other_images_is_named(tmp_path, network):
    model = cnn.build(TINY, 2, network.scaler, (12, 13))
    other = cnn.Classifier(model, TINY, CLASSES, network.scaler)
    other.save(tmp_path / "other.npz")
    with pytest.raises(InputError, match=r"other\.npz: does not say how its images of \(12, 13\)"):
        classify.load(tmp_path / "other.npz")
    with pytest.raises(InputError, match="not known how these images were made"):
        classify.recording(write(tmp_path / "a.wav", tone("deep", 2)), other)
    dataclasses.replace(other, settings=features.Settings()).save(tmp_path / "other.npz")
    with pytest.raises(InputError, match=r"other\.npz: takes images of \(12, 13\), not"):
        classify.load(tmp_path / "other.npz")


def test_the_command_line_for_people(tmp_path, tiny, capsys):
    both = np.concatenate([tone("deep", 10), tone("high", 65)])
    write(tmp_path / "both.wav", both)
    write(tmp_path / "mute.wav", np.zeros(22_050))
    files = [str(tmp_path / name) for name in ("both.wav", "mute.wav")]
    assert classify.main([*files, "--model", str(tiny)]) == 0
    first, verdict, *runs, mute, silent, line = capsys.readouterr().out.splitlines()
    assert first == f"{files[0]}, 1:15.0"
    assert verdict.startswith("  high, probability 0.")
    assert len(runs) == 2
    assert runs[0].startswith("  0:00.0 to 0:") and "  deep    " in runs[0]
    assert runs[1].startswith("  0:") and "to 1:15.0  high    " in runs[1]
    assert mute == f"{files[1]}, 0:01.0"
    assert silent == "  none of these: silent"
    assert line.split() == ["0:00.0", "to", "0:01.0", "silent"]


def test_the_command_line_says_how_sure_it_was(tmp_path, tiny, capsys):
    model = tmp_path / "unsure.npz"
    model.write_bytes(tiny.read_bytes())
    model.with_suffix(".json").write_text('{"threshold": 0.99}')
    both = write(tmp_path / "both.wav", np.concatenate([tone("deep", 9), tone("high", 9)]))
    assert classify.main([str(both), "--model", str(model)]) == 0
    assert "  none of these: not sure enough (at best " in capsys.readouterr().out


def test_the_command_line_for_programs(tmp_path, tiny, capsys):
    write(tmp_path / "first.wav", noisy(tone("high", 2)))
    write(tmp_path / "two\nlines.wav", noisy(tone("deep", 3.5)))
    files = [str(tmp_path / name) for name in ("first.wav", "two\nlines.wav")]
    assert classify.main([*files, "--json", "--model", str(tiny)]) == 0
    first, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert [first["file"], last["file"]] == files
    assert (first["verdict"], last["verdict"]) == ("high", "deep")
    assert (first["reason"], first["seconds"], last["seconds"]) == (None, 2.0, 3.5)
    assert list(last["confidence"]) == list(CLASSES)
    assert [window["start"] for window in last["windows"]] == [0, 1, 1.5]
    mean = np.mean([window["probabilities"] for window in last["windows"]], axis=0)
    assert list(last["confidence"].values()) == pytest.approx(mean.tolist(), abs=1e-3)


def test_bad_files_do_not_stop_the_good_ones(tmp_path, tiny):
    bad_files(tmp_path)
    write(tmp_path / "first.wav", noisy(tone("high", 2)))
    write(tmp_path / "poslední.wav", noisy(tone("deep", 3.5)))  # on a terminal of ASCII alone
    names = ["first.wav", *BAD, "a" * 300, "poslední.wav"]
    done = subprocess.run(
        [sys.executable, "-m", "helpers.classify", "--model", tiny, *(tmp_path / n for n in names)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 1
    good = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert good == [f"{tmp_path}/first.wav, 0:02.0", f"{tmp_path}/posledn\\xed.wav, 0:03.5"]
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert all(name in line for name, line in zip([*BAD, "a" * 300], errors, strict=True))
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_comes_without_heavy_libraries(arguments):
    program = textwrap.dedent(
        f"""
        import runpy, sys
        sys.argv = ["classify", *{arguments}]
        try:
            runpy.run_module("helpers.classify", run_name="__main__")
        except SystemExit as end:
            heavy = {{"tensorflow", "keras", "tf_keras", "librosa"}} & set(sys.modules)
            print("END", end.code, sorted(heavy))
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == f"END {0 if '--help' in arguments else 2} []"
    assert "usage: which-instrument" in done.stdout + done.stderr


def test_every_stage_is_measured(data_set, monkeypatch):
    monkeypatch.setattr(classify, "AT_ONCE", 8)  # 48 chunks, not 384
    clips = dataset.load(data_set([{"label": label, "session": "s"} for label in dataset.CLASSES]))
    runs = list(experiments.real_time(clips, "quick"))
    stages = [run.compared["stage"] for run in runs]
    assert stages == ["decode", "MFCC", "network", "training"] * 3
    for run in runs[:4]:
        (figure,) = run.measure(**run.compared, **run.repeated).values()
        assert 0 < figure < 1e6


# The command's ends.


def command(*words, stdin=None, before=(), **environment):
    return subprocess.run(
        [*before, sys.executable, "-m", "helpers.classify", *map(str, words)],
        input=stdin,
        capture_output=True,
        env=os.environ | environment,
    )


def test_a_channel_that_is_inverted_is_not_silent(tmp_path, network):
    wave = noisy(tone("deep", 3))
    path = write(tmp_path / "a.wav", np.stack([wave, -wave], axis=1))
    heard = classify.recording(path, network)
    assert (heard.verdict, heard.reason) == ("deep", None)


def test_folders_pipes_and_patterns_are_taken(tmp_path, tiny, capsys, monkeypatch):
    (tmp_path / "in" / "deeper").mkdir(parents=True)
    one = write(tmp_path / "in" / "deeper" / "b.WAV", noisy(tone("high", 2)), format="WAV")
    write(tmp_path / "in" / "a.wav", noisy(tone("deep", 2)))
    (tmp_path / "in" / "notes.txt").write_text("no sound")
    (tmp_path / "in" / "film.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(99))
    (tmp_path / "none").mkdir()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(one.read_bytes())))
    words = [str(tmp_path / "in"), "-", str(tmp_path / "*" / "*.wav"), str(tmp_path / "none")]
    assert classify.main([*words, "--json", "--model", str(tiny)]) == 1
    told = capsys.readouterr()
    heard = [json.loads(line) for line in told.out.splitlines()]
    within = [str(tmp_path / "in" / name) for name in ("a.wav", "deeper/b.WAV")]
    assert [line["file"] for line in heard] == [*within, "-", within[0]]
    assert [line["verdict"] for line in heard] == ["deep", "high", "high", "deep"]
    film, none = told.err.splitlines()
    assert "film.m4a" in film and "ffmpeg -i " in film
    assert f"{tmp_path / 'none'}: is a folder without sound files" in none


def test_what_comes_through_a_pipe_and_is_no_sound_is_named():
    done = command("--light", "-", stdin=b"no sound")
    assert done.returncode == 1 and not done.stdout
    assert b"error: stdin: not a sound file" in done.stderr


def test_who_stops_reading_gets_no_traceback(tmp_path):
    path = write(tmp_path / "a.wav", noisy(tone("deep", 2)))
    read, written = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "helpers.classify", "--light", str(path)]
    done = subprocess.run(words, stdout=written, stderr=subprocess.PIPE, text=True)
    os.close(written)
    assert done.returncode == 141
    assert "Traceback" not in done.stderr and "error" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("asked", ["an answer", "help"])
def test_an_output_that_is_full_is_named(tmp_path, asked, unbuffered):
    path = write(tmp_path / "a.wav", noisy(tone("deep", 2)))
    asked = ["--help"] if asked == "help" else ["--light", str(path)]
    words = [sys.executable, "-m", "helpers.classify", *asked]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            words, stdout=full, stderr=subprocess.PIPE, text=True, env=environment
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: the output could not be written: ")
    assert "Traceback" not in done.stderr


def test_a_backend_that_is_missing_is_named(tmp_path):
    path = write(tmp_path / "a.wav", tone("deep", 2))
    for backend in ("torch", "none"):  # what is not installed, and what is no backend
        done = command(path, KERAS_BACKEND=backend)
        (said,) = done.stderr.decode().splitlines()
        assert done.returncode == 1
        assert said.startswith("error: Keras cannot load its backend") and backend in said


def test_a_model_that_is_absent_is_not_called_damaged(tmp_path):
    with pytest.raises(InputError, match=r"absent\.npz: there is no such file$"):
        classify.load(tmp_path / "absent.npz")


def test_names_move_no_cursor(tmp_path, network, capsys):
    heard = classify.recording(write(tmp_path / "a.wav", noisy(tone("deep", 2))), network)
    evil = dataclasses.replace(heard, classes=("a\x1b[2J", "b\nc"))
    text = classify._as_text("x\x1b]0;y\x07\r.wav", evil)
    assert set(filter(lambda c: not c.isprintable(), text)) == {"\n"}
    assert len(text.splitlines()) == 3
    name = "absent\x1b[31m\n.wav"
    classify.main([str(tmp_path / name), "--light"])
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .endswith(r"absent\x1b[31m\n.wav: there is no such file")
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_taken(tmp_path, tiny, capsys):
    content = write(tmp_path / "a.wav", noisy(tone("high", 2))).read_bytes()
    os.mkfifo(tmp_path / "pipe")
    feeding = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[content], daemon=True)
    feeding.start()
    assert classify.main([str(tmp_path / "pipe"), "--json", "--model", str(tiny)]) == 0
    heard = json.loads(capsys.readouterr().out)
    assert (heard["file"], heard["verdict"]) == (str(tmp_path / "pipe"), "high")


def test_ctrl_c_ends_a_command_quietly(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    command = [sys.executable, "-m", "helpers.classify", "--light", pipe]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with open(pipe, "wb") as sound:  # which waits until the command reads it
        sound.write(b"RIFF")
        sound.flush()
        time.sleep(2)  # by then it has read that and waits for more
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in told and len(told.splitlines()) <= 1  # LiteRT says a line

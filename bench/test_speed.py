"""The book beside what others would use, in one run; `make bench` runs it."""

import keras
import librosa
import numpy as np
import pytest
import python_speech_features
import soundfile
import soxr
from joblib import Parallel, delayed

from helpers import audio, cutmix, export, features, models
from helpers.experiments.mfcc import one_by_one
from helpers.experiments.pruning import FORMS, in_keras

REPEATS = range(7)
IMAGES = 5  # asked about in each repeat


def peers(slices: np.ndarray) -> list[np.ndarray]:
    """MFCC by python_speech_features, with the book's settings, one chunk after the other."""
    s = features.Settings()
    return [
        python_speech_features.mfcc(
            wave,
            s.sr,
            winlen=s.win_length / s.sr,
            winstep=s.hop_length / s.sr,
            numcep=s.n_mfcc,
            nfilt=s.n_mels,
            nfft=s.n_fft,
        )
        for wave in slices
    ]


MFCC = {
    "the book": features.in_batches,
    "librosa, one by one": one_by_one,
    "python_speech_features, one by one": peers,
}


@pytest.mark.parametrize("way", MFCC)
@pytest.mark.parametrize("repeat", range(10))
def test_bench_mfcc(measured, waves, way, repeat):
    """How long does the MFCC image of a chunk take, beside librosa and the slides' library?"""
    size = len(waves) // 10
    block = waves[repeat * size :][:size]
    MFCC[way](block[: features.BATCH])  # first calls load libraries
    measured({"way": way}, repeat, lambda: MFCC[way](block), per=size)


@pytest.fixture(scope="session")
def files(clips, tmp_path_factory):
    """Clips as the real data set has them: WAV, 44.1 kHz, 16 bits."""
    folder = tmp_path_factory.mktemp("clips")
    made = []
    for name, path in clips.path.sample(70, random_state=0).items():
        file = folder / f"{name}.wav"
        soundfile.write(file, soxr.resample(audio.read(path), audio.SR, 44_100), 44_100)
        made.append(file)
    return made


DECODING = {
    "the book": lambda files: Parallel(-1, prefer="threads")(map(delayed(audio.read), files)),
    "the book, one by one": lambda files: [audio.read(file) for file in files],
    "librosa.load, one by one": lambda files: [librosa.load(file) for file in files],
}


@pytest.mark.parametrize("way", DECODING)
@pytest.mark.parametrize("repeat", REPEATS)
def test_bench_decoding(measured, files, way, repeat):
    """How long does it take to read a clip of 44.1 kHz at 22.05 kHz?"""
    DECODING[way](files[:2])
    measured({"way": way}, repeat, lambda: DECODING[way](files), per=len(files))


def error(images: np.ndarray, labels: np.ndarray) -> float:
    """How far labels are from the area that each original has of a mixed image.

    The originals are images of one value, their number; labels are theirs by number, too.
    """
    k = labels.shape[1]
    area = (images.reshape(len(images), -1, 1).round() == np.arange(k)).mean(axis=1)
    return float(np.abs(area - labels).max())


@pytest.mark.parametrize("way", ["the book", "keras.layers.CutMix"])
@pytest.mark.parametrize("size", [16, 256])
@pytest.mark.parametrize("repeat", REPEATS)
def test_bench_cutmix(measured, way, size, repeat):
    """What does CutMix take for a batch, and how far are its labels from the areas?"""
    flat = np.arange(size, dtype=np.float32)[:, None, None] * np.ones((1, 275, 13), np.float32)
    labels, rng = np.eye(size, dtype=np.float32), np.random.default_rng(repeat)
    layer = keras.layers.CutMix(seed=repeat)

    def mix():
        if way == "the book":
            return cutmix.on_the_fly(flat, labels, rng)
        mixed = layer({"images": flat[..., None], "labels": labels}, training=True)
        return np.asarray(mixed["images"]), np.asarray(mixed["labels"])

    apart = max(error(*mix()) for _ in range(2))
    compared = {"way": way, "batch": size}
    measured(compared, repeat, lambda: [mix() for _ in range(10)], 10, **{"label error": apart})


@pytest.fixture(scope="session")
def networks(waves):
    """Ways of asking the slides' network about one image: functions of (1, 275, 13)."""
    classifier, _ = models.load("demo")
    images = features.in_batches(waves[:IMAGES])
    ways = {form: in_keras(classifier.model, form) for form in FORMS[:3]}
    for kind in export.TOLERANCES:
        ways[f"LiteRT {kind}"] = export.to_tflite(classifier, kind, images).predict
    for ask in ways.values():
        ask(images[:1])
    return ways, images


@pytest.mark.parametrize("way", [*FORMS[:3], *(f"LiteRT {k}" for k in export.TOLERANCES)])
@pytest.mark.parametrize("repeat", REPEATS)
def test_bench_network(measured, networks, way, repeat):
    """How long does the network take for one chunk, by Keras and as a file?"""
    ways, images = networks
    ask = ways[way]
    measured({"way": way}, repeat, lambda: [ask(image[None]) for image in images], per=IMAGES)


HOUR = """
import sys, time
from helpers import classify, light
path, way, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
wall, processor = time.perf_counter(), time.process_time()
known = light.listener() if way == "LiteRT" else classify.listener()
heard = classify.recording(path, known[0], threshold=known[1])
wall, processor = time.perf_counter() - wall, time.process_time() - processor
figures = {"times real time": seconds / wall, "seconds of processor": processor}
figures |= {f"seconds, {stage}": spent for stage, spent in heard.spent.items()}
"""


@pytest.mark.parametrize("way", ["Keras", "LiteRT"])
@pytest.mark.parametrize("minutes", [1, 60])
@pytest.mark.parametrize("repeat", range(2))
def test_bench_hour(in_a_process, clips, tmp_path, way, minutes, repeat):
    """How much faster than real time is a recording named, and in how much memory?"""
    path = tmp_path / "long.flac"
    left = minutes * 60 * audio.SR
    with soundfile.SoundFile(path, "w", 44_100, 1) as file:
        while left:
            for clip in clips.path.sample(frac=1, random_state=repeat):
                wave = audio.read(clip)[:left]
                file.write(soxr.resample(wave, audio.SR, 44_100))
                left -= len(wave)
                if not left:
                    break
    compared = {"network": way, "minutes": minutes}
    in_a_process(compared, repeat, HOUR, path, way, minutes * 60)


GROWTH = """
import sys, time
import numpy as np, pandas as pd
from helpers import chunks, cutmix, dataset, features
data, count = sys.argv[1], int(sys.argv[2])
clips = dataset.drop_shorter(dataset.load(data), seconds=2.0)
clips = pd.concat([clips] * (1 + count // len(clips))).iloc[:count]
figures = {}
def stage(name, work):
    begin = time.perf_counter()
    done = work()
    figures[name] = 1000 * (time.perf_counter() - begin) / count
    return done
features.in_batches(np.zeros((8, chunks.SAMPLES), np.float32))
cuts = stage("decode, ms a clip", lambda: chunks.draw(clips, 4 * count, seed=0))
images = stage("MFCC, ms a clip", lambda: features.in_batches(cuts.waves))
labels, rng = features.one_hot(cuts.label, len(cuts.classes)), np.random.default_rng(0)
stage("CutMix, ms a clip", lambda: cutmix.on_the_fly(images, labels, rng))
"""


@pytest.mark.parametrize("clips", [10, 100, 1000])
@pytest.mark.parametrize("repeat", range(2))
def test_bench_growth(in_a_process, request, clips, repeat):
    """How do time and memory grow with the number of clips, with 4 chunks of each?"""
    in_a_process({"clips": clips}, repeat, GROWTH, request.config.getoption("--data"), clips)

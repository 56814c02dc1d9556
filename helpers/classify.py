"""Name the instrument of any recording, window by window (chapter cnn).

    which-instrument FILE...                        length, verdict and timeline of each file
    which-instrument FOLDER...                      the same of all sound files in it
    which-instrument -                              of what comes through a pipe
    which-instrument FILE... --json                 a line of JSON for each file
    which-instrument FILE... --model M.npz          by a model of yours (Classifier.save)
    which-instrument FILE... --light                by the same model: at once, no TensorFlow

`python -m helpers.classify` is the same command. A file that cannot be used is named on stderr; the
others are classified all the same, and the exit status is 1. A line of JSON has the fields file,
seconds, verdict (null: none of these), reason, confidence (by class), and windows, each with its
start in seconds and its probabilities, in the order of confidence; they are 0 where it is silent.
"""

import glob
import json
import os
import shutil
import stat
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np

from helpers import audio, chunks, command, dataset, features, light, names, progress, store
from helpers.errors import InputError, check_number

if TYPE_CHECKING:
    from helpers import cnn, today

SHORTEST = 0.25
"""Seconds that a recording must last."""

AT_ONCE = 64  # windows: 11 MB of samples


class Passage(NamedTuple):
    """Neighbouring windows with the same most probable class."""

    begin: float
    """In seconds, halfway between the middles of two windows."""
    end: float
    name: str | None
    """The class; None for silence."""
    probability: float
    """Its mean over the windows; 0 for silence."""


@dataclass(frozen=True)
class Verdict:
    """What was heard in the W windows of a recording, by a classifier of K classes."""

    verdict: str | None
    """The class, or None: none of these."""
    reason: str | None
    """Why it is none of these: "silent", "something else" or "not sure enough"."""
    confidence: np.ndarray
    """float (K,): the mean of the windows that are not silent; 0 where all are."""
    classes: tuple[str, ...]
    start: np.ndarray
    """float (W,): where each window begins, in seconds."""
    probabilities: np.ndarray
    """float32 (W, K); 0 where a window is silent, as the network is not asked."""
    silent: np.ndarray
    """bool (W,)."""
    seconds: float
    """The length of the recording."""
    spent: dict[str, float]
    """Seconds of work on "decode" (resampling and cutting included), "MFCC" and "network".

    The first recording of a process also pays for what its libraries load.
    """

    def timeline(self) -> list[Passage]:
        """The recording from its beginning to its end, in passages."""
        best = np.where(self.silent, -1, self.probabilities.argmax(axis=1))
        changes = np.flatnonzero(np.diff(best)) + 1
        middle = self.start + chunks.SECONDS / 2
        bounds = [0.0, *((middle[changes - 1] + middle[changes]) / 2).tolist(), self.seconds]
        passages = []
        for i, rows in enumerate(np.split(np.arange(len(best)), changes)):
            k = best[rows[0]]
            name = None if k < 0 else self.classes[k]
            probability = float(self.probabilities[rows, k].mean())
            passages.append(Passage(bounds[i], bounds[i + 1], name, probability))
        return passages


def recording(
    path: str | Path,
    classifier: "cnn.Classifier | light.Classifier | today.Classifier | None" = None,
    hop: float = 1.0,
    threshold: float | None = None,
) -> Verdict:
    """Name the instrument of a recording, or say that it is none the classifier knows.

    Windows of 2 s start every `hop` seconds. Where they leave a rest at the end, one more ends
    with the recording, so that all of it is heard (but for a rest under 18 ms, a frame). What is
    under 2 s is filled up with zeros. The verdict is the class with the highest mean probability
    over the windows that are not silent (see `audio.SILENT_DB`), unless that is under `threshold`
    or is `dataset.NONE`, of which a classifier may have learned.
    An hour needs no more memory than a minute.

    By default the classifier and the threshold are those of `listener`; the threshold of another
    classifier is 0. For many recordings, load the listener once and pass both.

    Raises InputError for a folder, for what `audio.blocks` cannot read, for less than 0.25 s, for
    a hop above 2 s, for a threshold that is no probability, and for a classifier that does not
    know how its images are made.

    >>> from helpers import classify, dataset
    >>> heard = classify.recording(dataset.data_folder() / "demo" / "notes" / "Cello.ogg")
    >>> heard.seconds, heard.start.tolist(), heard.probabilities.shape
    (2.5, [0.0, 0.5], (2, 6))
    """
    length = audio.seconds(path)
    if round(length, 3) < SHORTEST:
        raise InputError(f"{path}: is too short, {length:.2f} s; at least {SHORTEST} s are needed")
    if not 1 / audio.SR <= hop <= chunks.SECONDS:
        raise InputError(f"hop is {hop} s; it must be above 0 and at most {chunks.SECONDS:.0f}")
    if classifier is None:
        classifier, stored = listener()
        threshold = stored if threshold is None else threshold
    threshold = 0.0 if threshold is None else threshold
    check_number("threshold", threshold, 0, 1)
    settings = features.settings_of(classifier)

    begin = time.perf_counter()
    spent = {"decode": 0.0, "MFCC": 0.0, "network": 0.0}
    starts, silences, rows = [], [], []
    bar = {"unit": "window", "leave": False, "delay": 2, "disable": None}  # None: off in files
    shown = names.visible(Path(path).name)
    cut = chunks.cut(audio.blocks(path), hop, rest=features.Settings().win_length)
    windows = iter(progress.bar(cut, shown, int(length / hop), **bar))
    while batch := list(islice(windows, AT_ONCE)):
        start, waves = (np.stack(part) for part in zip(*batch, strict=True))
        silent = waves.std(axis=1) < 10 ** (audio.SILENT_DB / 20)
        probabilities = np.zeros((len(waves), len(classifier.classes)), np.float32)
        if not silent.all():
            decoded = time.perf_counter()
            images = features.in_batches(waves[~silent], settings)
            imaged = time.perf_counter()
            probabilities[~silent] = classifier.predict(images)
            spent["MFCC"] += imaged - decoded
            spent["network"] += time.perf_counter() - imaged
        starts.append(start)
        silences.append(silent)
        rows.append(probabilities)
    spent["decode"] = time.perf_counter() - begin - spent["MFCC"] - spent["network"]

    silent, probabilities = np.concatenate(silences), np.concatenate(rows)
    confidence = probabilities.sum(axis=0) / max(1, (~silent).sum())
    reason = None
    if silent.all():
        reason = "silent"
    elif classifier.classes[confidence.argmax()] == dataset.NONE:
        reason = "something else"
    elif confidence.max() < threshold:
        reason = "not sure enough"
    return Verdict(
        verdict=None if reason else classifier.classes[confidence.argmax()],
        reason=reason,
        confidence=confidence,
        classes=tuple(classifier.classes),
        start=np.concatenate(starts),
        probabilities=probabilities,
        silent=silent,
        seconds=length,
        spent=spent,
    )


def listener() -> "tuple[cnn.Classifier | today.Classifier, float]":
    """The book's own classifier, see `today.LISTENER`, and its threshold, from `data/models/`.

    Raises InputError, with the command that makes it, where it is missing.
    """
    path = dataset.data_folder() / "models" / "listener.npz"
    if not path.is_file():
        raise InputError(f"{path} is missing; `python -m helpers.models listener` makes it")
    return load(path)


def load(path: str | Path) -> "tuple[cnn.Classifier | today.Classifier, float]":
    """A classifier that `Classifier.save` wrote, of `cnn` or `today`, and its threshold.

    The threshold is the field of that name of the JSON file beside it, as in `name.json` beside
    `name.npz`; without such a file it is 0. Raises InputError where one of the two is damaged, and
    for a classifier of images of another size than those of 2 s, or made nobody knows how.

    >>> from helpers import classify, dataset
    >>> path = dataset.data_folder() / "models" / "listener.npz"
    >>> classifier, threshold = classify.load(path)
    >>> classifier.classes[:2], classifier.classes[-1], 0 < threshold < 1
    (('Acoustic_guitar', 'Cello'), 'None_of_these', True)
    """
    from helpers import today  # what --light does not need takes a second

    classifier = today.load(path)
    taken = classifier.model.input_shape[1:]
    if classifier.settings is None:
        raise InputError(
            f"{path}: does not say how its images of {taken} are made; train it on those of "
            "features.mfcc"
        )
    needed = classifier.settings.shape(chunks.SAMPLES)
    if taken != needed:
        raise InputError(
            f"{path}: takes images of {taken}, not of {needed}; train it on 2 s chunks"
        )
    about = Path(path).with_suffix(".json")
    if not about.is_file():
        return classifier, 0.0
    try:
        threshold = store.read_json(about)["threshold"]
    except (ValueError, KeyError) as error:
        raise InputError(
            f"{about}: holds no threshold ({type(error).__name__}: {error}); "
            "make the model again, or delete this file to have an answer always"
        ) from error
    check_number(f"{about}: threshold", threshold, 0, 1)
    return classifier, float(threshold)


def _as_text(file: str, heard: Verdict) -> str:
    classes = [names.visible(name) for name in heard.classes]
    if heard.reason == "silent":
        answer = "none of these: silent"
    else:
        known = np.array([name != dataset.NONE for name in heard.classes])
        k = np.where(known, heard.confidence, -1).argmax()
        best = f"{classes[k]}, probability {heard.confidence[k]:.2f}"
        answer = f"none of these: {heard.reason} (at best {best})" if heard.reason else best
    lines = [f"{names.visible(file)}, {_clock(heard.seconds)}", f"  {answer}"]
    width = max(map(len, ("silent", *classes)))
    for begin, end, name, probability in heard.timeline():
        share = f"  {probability:.2f}" if name else ""
        shown = names.visible(name or "silent")
        lines.append(f"  {_clock(begin)} to {_clock(end)}  {shown:{width}}{share}")
    return "\n".join(lines)


def _as_json(file: str, heard: Verdict) -> str:
    windows = zip(heard.start.tolist(), heard.probabilities.tolist(), strict=True)
    about = {
        "file": file,
        "seconds": round(heard.seconds, 3),
        "verdict": heard.verdict,
        "reason": heard.reason,
        "confidence": dict(zip(heard.classes, _rounded(heard.confidence.tolist()), strict=True)),
        "windows": [
            {"start": round(start, 3), "probabilities": _rounded(row)} for start, row in windows
        ],
    }
    return json.dumps(about, allow_nan=False)


def _rounded(probabilities: list[float]) -> list[float]:
    return [round(probability, 4) for probability in probabilities]


def _clock(seconds: float) -> str:
    """Minutes and seconds, such as 61:05.5."""
    tenths = round(10 * seconds)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def main(arguments: list[str]) -> int:
    """Classify files and return the exit status."""
    if arguments[:1] == ["grade"]:  # a file of this name is ./grade
        from helpers.grading import grade

        return grade.main(arguments[1:])
    parser = command.Parser("which-instrument", __doc__)
    parser.add_argument("files", nargs="+", metavar="FILE", help="WAV, FLAC, Ogg, MP3 ...")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each file")
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--model", metavar="M.npz", help="instead of the book's own classifier")
    network.add_argument("--light", action="store_true", help="the same as a file, no TensorFlow")
    chosen = parser.parse_args(arguments)
    classifier: cnn.Classifier | today.Classifier | light.Classifier
    if chosen.light:
        classifier, threshold = light.listener()
    else:
        classifier, threshold = load(chosen.model) if chosen.model else listener()
    status = 0
    with tempfile.TemporaryDirectory() as piped:
        for word in chosen.files:
            try:
                files = _files(word, Path(piped))
            except (InputError, OSError) as error:
                command.say(error)
                files, status = [], 1
            for name, path in files:
                try:
                    heard = recording(path, classifier, threshold=threshold)
                except (InputError, OSError) as error:
                    command.say(str(error).replace(f"{piped}{os.sep}", ""))
                    status = 1
                    continue
                print((_as_json if chosen.json else _as_text)(name, heard), flush=True)
    return status


def _files(word: str, piped: Path) -> list[tuple[str, str]]:
    """The names and the paths of the files that a word of the command line stands for.

    What comes through a pipe is written to the folder `piped`, as it is read twice.
    """
    if os.path.isdir(word):
        found = dataset.sound_files(Path(word))
        if not found:
            raise InputError(f"{word}: is a folder without sound files")
        return [(str(path), str(path)) for path in found]
    if word == "-" or stat.S_ISFIFO(_mode(word)):
        path = piped / ("stdin" if word == "-" else Path(word).name)
        with open(path, "wb") as whole:
            if word == "-":
                shutil.copyfileobj(sys.stdin.buffer, whole)
            else:
                with open(word, "rb") as pipe:
                    shutil.copyfileobj(pipe, whole)
        return [(word, str(path))]
    if not os.path.exists(word) and (matching := sorted(glob.glob(word))):  # no shell did it
        return [(path, path) for path in matching]
    return [(word, word)]


def _mode(word: str) -> int:
    try:
        return os.stat(word).st_mode
    except OSError:
        return 0


def console() -> NoReturn:
    """The command `which-instrument`."""
    command.run(main)


if __name__ == "__main__":
    console()

"""Recorded results: one JSON file for each experiment, data set and profile (every chapter).

A figure stands in the book because a run produced it; the run's record is where it stands.
"""

import contextlib
import json
import math
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import dataset, keys, store, uncertainty
from helpers.errors import InputError

_PACKAGES = (
    *("numpy", "scipy", "scikit-learn", "librosa", "soxr", "soundfile"),
    *("keras", "tensorflow", "jax"),
)

_BUNDLED = "demo"
_KINDS = {_BUNDLED: "bundled", "fsdkaggle2018-mini": "real"}


def path(experiment: str, data: str, profile: str) -> Path:
    """The file of one record."""
    return _folder() / f"{experiment}-{data}-{profile}.json"


def load(experiment: str, data: str | None = None, profile: str = "quick") -> dict:
    """The record of an experiment on a data set, by default the one in use.

    That is the one of the same clips, whatever their folder is called; where there is none, the one
    of a data set of that name, and `data_name` says that its clips are others. It is what its
    file holds, and what is computed from its runs: "results", see `summarise`, "repeats" (how
    many runs each condition has) and "seconds" (that all took). Raises InputError, with the
    command that makes it, where there is no record, and where the file is damaged.

    >>> from helpers import results
    >>> record = results.load("difficulty", "demo")
    >>> record["question"]
    'How well does an SVM do when chunks, clips or sessions are kept apart?'
    """
    file = path(experiment, data or _in_use(experiment, profile), profile)
    again = f"python -m helpers.reproduce {experiment} --data ..."
    if not file.is_file():
        raise InputError(f"{file} is not recorded yet; `{again}` makes it")
    return _read(file, again)


def recorded() -> list[dict]:
    """Every record, by experiment, data set and profile. Raises InputError for a damaged one."""
    return [_read(file, "make results") for file in sorted(_folder().glob("*.json"))]


def catalogue() -> pd.DataFrame:
    """Every record with its provenance, a row for each, in the order of `recorded`.

    Columns: experiment, question, data, profile, clips (of 2 s and more), runs, repeats, seconds
    (of all runs), date, commit, modified (where the code was not as committed), processor, cores,
    python, command (that makes it again), and a column for each library.
    """
    rows = []
    for record in recorded():
        made = record["provenance"]
        named = {name: record[name] for name in ("experiment", "question", "profile", "repeats")}
        rows.append(
            named
            | {"data": data_name(record), "clips": record["data"]["used"]}
            | {"runs": len(record["runs"]), "seconds": record["seconds"]}
            | {name: made[name] for name in ("modified", "processor", "cores", "python", "command")}
            | {"date": made["date"][:10], "commit": made["commit"][:7]}
            | made["versions"]
        )
    return pd.DataFrame(rows)


def every(experiment: str, *profiles: str) -> list[dict]:
    """The records of an experiment in one profile after the other, by default `quick`.

    Within a profile they are those on all data sets that have one: the one in use first, and the
    bundled clips, which are rendered, after all real ones.

    >>> from helpers import results
    >>> [record["data"]["name"] for record in results.every("difficulty")]
    ['fsdkaggle2018-mini', 'demo']
    """
    found = []
    for profile in profiles or ("quick",):
        first = _in_use(experiment, profile)
        ordered = sorted(
            _names(experiment, profile), key=lambda name: (name == _BUNDLED, name != first, name)
        )
        found += [load(experiment, name, profile) for name in ordered]
    return found


def _names(experiment: str, profile: str) -> list[str]:
    """The data sets that an experiment has a record on."""
    files, ending = path(experiment, "*", profile), f"-{profile}.json"
    return sorted(f.name[len(experiment) + 1 : -len(ending)] for f in files.parent.glob(files.name))


def _in_use(experiment: str, profile: str) -> str:
    """Under which name the data set in use has a record, or would have it."""
    own = dataset.name()
    if dataset.in_use_by_name():  # checked against sums of their own
        return own
    names = sorted(_names(experiment, profile), key=lambda name: name != own)
    same = (name for name in names if _of_clips_in_use(load(experiment, name, profile)))
    return next(same, own)


def _of_clips_in_use(record: dict) -> bool:
    data, own = record["data"], dataset.name()
    if dataset.in_use_by_name():
        return data["name"] == own
    digest = dataset.digest_in_use()
    return digest is not None and data["sha256"] == digest


def table(record: dict, *names: str) -> pd.DataFrame:
    """Figures of a record as "mean ± spread", a row for each condition compared.

    By default all that are numbers; a record may hold arrays too, such as curves.

    >>> from helpers import results
    >>> list(results.table(results.load("difficulty", "demo"), "accuracy of chunks").columns)
    ['protocol', 'accuracy of chunks']
    """
    rows, shown = [], numbers(record, *names)
    for result in record["results"]:
        figures = {
            name: spread(figure["mean"], figure["sd"])
            for name, figure in result["figures"].items()
            if name in shown
        }
        rows.append(result["compared"] | figures)
    return pd.DataFrame(rows)


def numbers(record: dict, *names: str) -> list[str]:
    """The figures of a record that are numbers, or of these those named.

    Raises InputError for a name that the record has no number of.

    >>> from helpers import results
    >>> results.numbers(results.load("neighbours", "demo"))
    ['same clip', 'same session', 'same class']
    """
    of = record["results"][0]["figures"]
    found = [name for name in of if np.ndim(of[name]["mean"]) == 0]
    for name in names:
        if name not in found:
            raise InputError(
                f"the record {record['experiment']} has no number {name!r}, only {', '.join(found)}"
            )
    return [name for name in found if name in names or not names]


def medians(record: dict) -> pd.DataFrame:
    """The median of each figure over the runs, a row for each condition compared.

    For times: what else the machine does makes some of them much longer.
    """
    rows = []
    for result in record["results"]:
        of_each = {name: each(record, name, **result["compared"]) for name in result["figures"]}
        rows.append(result["compared"] | {name: np.median(v) for name, v in of_each.items()})
    return pd.DataFrame(rows)


def ratio(record: dict, name: str, above: dict, below: dict) -> float:
    """A figure under one condition over that under another: the median of the runs' ratios.

    >>> from helpers import results
    >>> record = results.load("mfcc_speed", "demo")
    >>> one, other = {"way": "in batches"}, {"way": "librosa, one by one"}
    >>> results.ratio(record, "realtime", one, other) > 1
    True
    """
    return float(np.median(each(record, name, **above) / each(record, name, **below)))


def figure(record: dict, name: str, **compared: str) -> np.ndarray:
    """The mean of one figure, a number or an array, under the condition named.

    >>> from helpers import results
    >>> record = results.load("difficulty", "demo")
    >>> float(results.figure(record, "accuracy of chunks", protocol="chunk")) > 0.5
    True
    """
    found = [r for r in record["results"] if r["compared"].items() >= compared.items()]
    if len(found) != 1 or name not in found[0]["figures"]:
        raise InputError(f"the record {record['experiment']} has no one {name!r} of {compared}")
    return np.asarray(found[0]["figures"][name]["mean"])


def each(record: dict, name: str, **compared: str) -> np.ndarray:
    """One figure of each run under the condition named, in the order of its seeds and folds.

    Two conditions measured on the same folds can so be compared fold by fold.

    >>> from helpers import results
    >>> record = results.load("difficulty", "demo")
    >>> len(results.each(record, "accuracy of chunks", protocol="chunk")) == record["repeats"]
    True
    """
    return np.array([run["figures"][name] for run in _runs(record, name, compared)])


def _runs(record: dict, name: str, compared: dict) -> list[dict]:
    runs = [run for run in record["runs"] if run["compared"].items() >= compared.items()]
    found = [run for run in runs if name in run["figures"]]
    if not found:
        raise InputError(f"the record {record['experiment']} has no {name!r} of {compared}")
    return found


def paired(record: dict | Sequence[dict], name: str, one: dict, other: dict) -> uncertainty.Paired:
    """One figure under two conditions, compared run by run: those of the same fold or seed.

    Of several records the pairs are taken together. The `verdict` of what is returned says whether
    the one is ahead, behind, or a difference not shown. Raises InputError where the two were not
    repeated alike.

    >>> from helpers import results
    >>> record = results.load("difficulty", "demo")
    >>> one, other = {"protocol": "chunk"}, {"protocol": "clip"}
    >>> results.paired(record, "accuracy of chunks", one, other).verdict
    'not shown'
    """
    pairs = []
    for of in [record] if isinstance(record, dict) else record:
        runs = [_runs(of, name, compared) for compared in (one, other)]
        mine, others = (
            {json.dumps(run["repeated"]): run["figures"][name] for run in found} for found in runs
        )
        if mine.keys() != others.keys() or {len(found) for found in runs} != {len(mine)}:
            raise InputError(
                f"the record {of['experiment']} has no pairs of {one} and {other}: it takes one "
                "run of each for every fold or seed"
            )
        pairs += [(mine[key], others[key]) for key in mine]
    return uncertainty.paired(*np.transpose(pairs))


def spread(mean: float, sd: float) -> str:
    """A figure as the book writes it: .856 as 0.856 ± 0.028, 1062.3 as 1,062 ± 511.

    A figure of a single run has no spread, and stands alone.
    """
    places = 0 if abs(mean) >= 100 else 3
    of = "" if np.isnan(sd) else f" ± {sd:,.{places}f}"
    return f"{mean:,.{places}f}{of}"


def data_name(record: dict) -> str:
    """What a record calls its data, and that they are other clips than those in use, if only the
    name is the same."""
    name = record["data"]["name"]
    other = name == dataset.name() and not _of_clips_in_use(record)
    return name + " (other clips than yours)" * other


def title(record: dict) -> str:
    """What a figure of a record is headed with, in words: its clips, and if it trained for long.

    >>> from helpers import results
    >>> results.title(results.load("difficulty", "demo"))
    '325 bundled clips'
    """
    name, used = data_name(record), record["data"]["used"]
    clips = f"{used} {_KINDS[name]} clips" if name in _KINDS else f"{used} clips of {name}"
    return clips + ", long training" * (record["profile"] != "quick")


def source(record: dict) -> str:
    """One line that says where a record's figures come from.

    >>> from helpers import results
    >>> results.source(results.load("difficulty", "demo")).startswith("Record difficulty")
    True
    """
    data, made = record["data"], record["provenance"]
    clips = "clips" if data["used"] == data["clips"] else "clips of 2 s and more"
    _, *graphics = made["processor"].split(", ")
    return (
        f"Record {record['experiment']}: {data['used']} {clips} of "
        f"{data_name(record)}, profile {record['profile']}, "
        f"{_over(record)}, "
        f"{made['date'][:10]}, commit {made['commit'][:7]}, {', '.join([cores(made), *graphics])}."
    )


def _over(record: dict) -> str:
    """Over how many runs of each condition a record's figures are; some may be still to come."""
    of = [len(each) for each in _grouped(record["runs"]).values()]
    if max(of) == 1:
        return "a single run of each"
    least = f"{min(of)} to " * (min(of) < max(of))
    return f"mean ± standard deviation over {least}{max(of)} runs"


def cores(made: dict) -> str:
    """How many cores a record was made on, in words; `made` is its provenance."""
    return f"{made['cores']} core{'s' * (made['cores'] > 1)}"


def summarise(runs: Iterable[dict]) -> list[dict]:
    """Mean and spread of each figure over the runs of each condition compared.

    `runs` are dictionaries with "compared" (what differs on purpose), "repeated" (seeds, folds)
    and "figures". Returns a dictionary for each condition, in the order of their first runs:
    "compared", and of each figure "mean", "sd" (see `uncertainty.spread`) and "n".
    """
    summary = []
    for group in _grouped(runs).values():
        figures = {}
        for name in group[0]["figures"]:
            values = np.array([run["figures"][name] for run in group])
            figures[name] = {
                "mean": values.mean(axis=0).tolist(),
                "sd": uncertainty.spread(values).tolist(),
                "n": len(values),
            }
        summary.append({"compared": group[0]["compared"], "figures": figures})
    return summary


def _grouped(runs: Iterable[dict]) -> dict[str, list[dict]]:
    """The runs of each condition compared."""
    groups: dict[str, list[dict]] = {}
    for run in runs:
        groups.setdefault(json.dumps(run["compared"]), []).append(run)
    return groups


def write(
    experiment: str,
    question: str,
    data: dict,
    profile: str,
    runs: list[dict],
    program: str | None = None,
) -> Path:
    """Write the record of finished runs, whole or not at all, and return its file.

    It holds the runs alone: `load` computes what they come to.

    Raises InputError where it cannot be written.
    `program` is what made them, as Python is called with it: by default `helpers.reproduce`.
    """
    program = program or f"-m helpers.reproduce {experiment}"
    record = {
        "experiment": experiment,
        "question": question,
        "data": data,
        "profile": profile,
        "runs": runs,
        "provenance": provenance(f"{program} --data {address(data['name'])} --profile {profile}"),
    }
    file = path(experiment, data["name"], profile)
    text = store.json_text(record, indent=1) + "\n"
    try:
        store.write(file, lambda draft: draft.write(text.encode()))
    except OSError as error:
        raise InputError(
            f"the record could not be written: {error}; make it possible and run it again, what is "
            "finished is kept"
        ) from error
    return file


def address(data: str) -> str:
    """A data set as the argument of a command: named sets by name, others by a path to fill in."""
    return data if data in dataset.NAMED else f"PATH/TO/{data}"


def provenance(program: str) -> dict:
    """Which code, on which machine, when, and the command that makes the same again."""
    here = Path(__file__).parent
    return {
        "command": f"python {program}",
        "commit": git(here, "rev-parse", "HEAD") or "unknown",
        "modified": bool(git(here, "status", "--porcelain", "--", ".")),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "processor": ", ".join([_processor(), *_graphics()]),
        "cores": _cores(),
        "keras": keys.of_keras(),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Versions of the libraries that figures depend on, as far as they are installed."""
    found = {}
    for name in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _folder() -> Path:
    return dataset.data_folder() / "results"


def _read(file: Path, again: str) -> dict:
    try:
        record = store.read_json(file)
        runs = record["runs"]
        for run in runs:
            run["figures"] = _numbers(run["figures"])
        found = summarise(runs)
        return record | {
            "results": found,
            "repeats": len(runs) // len(found),
            "seconds": round(sum(run["seconds"] for run in runs), 1),
        }
    except (ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        raise InputError(f"{file} is damaged ({error}); `{again}` makes it again") from error


def _numbers(figures):
    """Figures with NaN where their file has null, as JSON has no NaN."""
    if isinstance(figures, dict):
        return {name: _numbers(value) for name, value in figures.items()}
    if isinstance(figures, list):
        return [_numbers(value) for value in figures]
    return math.nan if figures is None else figures


def git(folder: Path, *arguments: str) -> str:
    """What git says of a folder; nothing where it is in no repository, as on Colab."""
    return _answer("git", "-C", folder, *arguments)


def _answer(*command: str | Path) -> str:
    """What a program prints; nothing where it fails or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _graphics() -> list[str]:
    """The names of NVIDIA's processors, on which Keras trains where there are any."""
    return _answer("nvidia-smi", "--query-gpu=name", "--format=csv,noheader").splitlines()


def _cores() -> int:
    import joblib

    return joblib.cpu_count()

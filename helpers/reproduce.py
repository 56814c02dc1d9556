"""Run the book's experiments and record their results (every chapter).

    python -m helpers.reproduce                     all but those on request, on BOOK_DATA
    python -m helpers.reproduce difficulty          one of them
    python -m helpers.reproduce --data FOLDER       on other data
    python -m helpers.reproduce --profile paper     with the slides' sizes
    python -m helpers.reproduce --jobs 2            two at once, each on half of the cores
    python -m helpers.reproduce replica --finished  record what is finished, run nothing

An experiment is a generator in `helpers.experiments`. Called with the clips of 2 s and more, and
with the profile, it yields a `Run` for each training: what is compared, what is repeated, and the
function that measures. A finished run is kept in the cache, so that after a crash, or a kill, the
next start goes on at the first unfinished one.
"""

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from multiprocessing.pool import ThreadPool
from pathlib import Path

import joblib
import pandas as pd
from tqdm import tqdm

from helpers import chunks, command, dataset, results, store
from helpers.errors import BackendError, InputError
from helpers.experiments import EXPERIMENTS, runs

THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"),
    "LOKY_MAX_CPU_COUNT",  # joblib's, and what a record calls the cores
)
"""The variables that tell libraries how many threads to use."""


class _Unfinished(Exception):
    """A run that is not in the cache and is not to be started."""


def record(
    experiment: str, data: str | None = None, profile: str = "quick", finished: bool = False
) -> Path | None:
    """Run what is unfinished of an experiment and write its record.

    With `finished` nothing is run: the record holds the runs that are in the cache, and lacks
    the others.

    Returns the file, or None where the experiment has nothing to run on these data. Where Keras
    runs on another backend than TensorFlow, what needs it is named and left out. Raises InputError
    for an unknown experiment, profile or data set.
    """
    _check([experiment])
    if profile not in runs.PROFILES:
        raise InputError(f"no profile {profile!r}; there are {', '.join(runs.PROFILES)}")
    entry = EXPERIMENTS[experiment]
    clips, about = data_of(data, profile if entry.sampled else None)
    done, refusals = [], set()
    for run in tqdm(list(entry.runs(clips, profile)), experiment, unit="run"):
        try:
            measured = _measure(run, experiment, about["sha256"], profile, start=not finished)
        except _Unfinished:
            continue
        except BackendError as error:
            refusals.add(f"{experiment}, {run.compared}: left out. {error}")
            continue
        seconds, ended = (measured.pop(name).item() for name in ("seconds", "finished"))
        done.append(
            {
                "compared": run.compared,
                "repeated": run.repeated,
                "figures": {name: value.tolist() for name, value in measured.items()},
                "seconds": round(seconds, 2),
                "finished": datetime.fromtimestamp(ended, UTC).isoformat(timespec="seconds"),
            }
        )
    print(*sorted(refusals), sep="\n", end="\n" if refusals else "")
    if not done:
        return None
    return results.write(experiment, entry.question, about, profile, done)


def data_of(data: str | None, profile: str | None = None) -> tuple[pd.DataFrame, dict]:
    """The clips of 2 s and more of a data set, or those of them that a profile takes, with what a
    record says of the data.

    Where a profile is named, records hold answers clip by clip; so they also say the clips'
    sessions, a number for each, in the order of the clips.
    """
    everything = dataset.load(data)
    clips = dataset.drop_shorter(everything, seconds=chunks.SECONDS)
    if profile:
        clips = runs.sample(clips, profile)
    about = {
        "name": dataset.name(data),
        "clips": len(everything),
        "used": len(clips),
        "sha256": dataset.digest(everything),
    }
    if profile:
        about["sessions"] = clips.session.factorize()[0].tolist()
    return clips, about


def _measure(run, experiment: str, data: str, profile: str, start: bool) -> dict:
    told = run.compared | run.repeated
    about = data, profile, results.versions()
    given = run.measure, told, about
    return store.keep(experiment, _timed, *given, besides={"start": start}, bounded=False)


def _timed(measure: Callable[..., dict], told: dict, about: tuple, start: bool) -> dict:
    """The figures of a run, and how long it took. What it is `about` is for the key alone."""
    if not start:
        raise _Unfinished
    begin = time.perf_counter()
    figures = measure(**told)
    return figures | {"seconds": time.perf_counter() - begin, "finished": time.time()}


def side_by_side(experiments: Iterable[str], jobs: int, options: list[str]) -> None:
    """Record experiments in processes of their own, so many at once; what is to run alone, last.

    `options` are those of the command line. What fails does not stop the others. Raises InputError
    for an unknown experiment, and at the end for those that failed.
    """
    _check(experiments)
    threads = str(max(1, joblib.cpu_count() // jobs))
    few = dict.fromkeys(THREADS, threads) | {"TQDM_DISABLE": "1"}  # bars would mix

    def run(experiment: str, changed: dict[str, str]) -> tuple[str, int]:
        command = [sys.executable, "-m", "helpers.reproduce", experiment, *options]
        return experiment, subprocess.run(command, env=os.environ | changed).returncode

    together = [name for name in experiments if not EXPERIMENTS[name].alone]
    with ThreadPool(jobs) as pool:
        ended = pool.map(lambda name: run(name, few), together, chunksize=1)
    ended += [run(name, {}) for name in experiments if EXPERIMENTS[name].alone]
    if failed := [name for name, code in ended if code]:
        raise InputError(
            f"{', '.join(failed)} failed: see above, and start again; what is finished is kept"
        )


def costliest_first() -> list[str]:
    """All experiments but those on request, by how long their records on the bundled clips took.

    So those that run side by side end together; and what took over the networks of another took
    less time, and comes after it. What has no record yet comes first.
    """

    def seconds(experiment: str) -> float:
        try:
            return results.load(experiment, "demo")["seconds"]
        except InputError:
            return math.inf

    usual = [name for name, experiment in EXPERIMENTS.items() if not experiment.on_request]
    return sorted(usual, key=seconds, reverse=True)


def _check(experiments: Iterable[str]) -> None:
    for experiment in experiments:
        if experiment not in EXPERIMENTS:
            raise InputError(f"no experiment {experiment!r}; there are {', '.join(EXPERIMENTS)}")


def main(arguments: list[str]) -> None:
    """Run and record the experiments that the command line names."""
    parser = command.Parser("python -m helpers.reproduce", __doc__)
    parser.add_argument("experiments", nargs="*", default=costliest_first(), metavar="NAME")
    parser.add_argument("--data", help="demo, fsdkaggle2018 or a folder (default: BOOK_DATA)")
    default = os.environ.get("BOOK_PROFILE", "quick")
    parser.add_argument("--profile", default=default, help=" or ".join(runs.PROFILES))
    parser.add_argument("--jobs", type=int, default=1, help="experiments at once (default: 1)")
    parser.add_argument(
        "--finished", action="store_true", help="record what is finished, and run nothing"
    )
    chosen = parser.parse_args(arguments)
    if chosen.jobs > 1 and not chosen.finished:
        of_data = ["--data", chosen.data] if chosen.data else []
        options = [*of_data, "--profile", chosen.profile]
        return side_by_side(chosen.experiments, chosen.jobs, options)
    for experiment in chosen.experiments:
        written = record(experiment, chosen.data, chosen.profile, chosen.finished)
        nothing = "nothing is finished" if chosen.finished else "nothing to run on these data"
        print(written or f"{experiment}: {nothing}", flush=True)


if __name__ == "__main__":
    command.run(main)

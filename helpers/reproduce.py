"""Run the book's experiments and record their results (every chapter).

    python -m helpers.reproduce                     every experiment, on the bundled clips
    python -m helpers.reproduce difficulty          one of them
    python -m helpers.reproduce --data FOLDER       on other data
    python -m helpers.reproduce --profile paper     with the slides' sizes

An experiment is a generator in its stage's module. Called with the clips of 2 s and more, and
with the profile, it yields a `Run` for each training: what is compared, what is repeated, and the
function that measures. A finished run is kept in the cache, so that after a crash, or a kill, the
next start goes on at the first unfinished one.
"""

import argparse
import functools
import importlib
import inspect
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from helpers import chunks, dataset, results, store
from helpers.errors import BackendError, InputError
from helpers.runs import PROFILES

EXPERIMENTS = {
    "ablation": "helpers.ablation",
    "beyond": "helpers.instruments",
    "closeness": "helpers.comparison",
    "comparison": "helpers.comparison",
    "crowding": "helpers.leakage",
    "cutmix_cost": "helpers.experiments",
    "cutmixed": "helpers.experiments",
    "deletion": "helpers.gradcam",
    "deployed": "helpers.listener",
    "difficulty": "helpers.baselines",
    "export_speed": "helpers.export",
    "ladder": "helpers.export",
    "learning_rates": "helpers.tuning",
    "lightened": "helpers.listener",
    "localisation": "helpers.gradcam",
    "mfcc_speed": "helpers.features",
    "neighbours": "helpers.leakage",
    "network": "helpers.experiments",
    "official": "helpers.leakage",
    "pitch_or_timbre": "helpers.baselines",
    "real_time": "helpers.classify",
    "rungs": "helpers.leakage",
    "sanity": "helpers.gradcam",
    "scaled_inputs": "helpers.comparison",
    "scaling": "helpers.experiments",
    "searches": "helpers.tuning",
    "transfer": "helpers.baselines",
}
"""Each experiment's name, that of its generator, and the module it stands in."""


def record(experiment: str, data: str | None = None, profile: str = "quick") -> Path | None:
    """Run what is unfinished of an experiment and write its record.

    Returns the file, or None where the experiment has nothing to run on these data. Where Keras
    runs on another backend than TensorFlow, what needs it is named and left out. Raises InputError
    for an unknown experiment, profile or data set.
    """
    if experiment not in EXPERIMENTS:
        raise InputError(f"no experiment {experiment!r}; there are {', '.join(EXPERIMENTS)}")
    if profile not in PROFILES:
        raise InputError(f"no profile {profile!r}; there are {', '.join(PROFILES)}")
    clips, about = data_of(data)
    generator = getattr(importlib.import_module(EXPERIMENTS[experiment]), experiment)
    done, refusals = [], set()
    for run in tqdm(list(generator(clips, profile)), experiment, unit="run"):
        try:
            measured = _measure(run, experiment, about["sha256"], profile)
        except BackendError as error:
            refusals.add(f"{experiment}, {run.compared}: left out. {error}")
            continue
        seconds, finished = (measured.pop(name).item() for name in ("seconds", "finished"))
        done.append(
            {
                "compared": run.compared,
                "repeated": run.repeated,
                "figures": {name: value.tolist() for name, value in measured.items()},
                "seconds": round(seconds, 2),
                "finished": datetime.fromtimestamp(finished, UTC).isoformat(timespec="seconds"),
            }
        )
    print(*sorted(refusals), sep="\n", end="\n" if refusals else "")
    if not done:
        return None
    question = inspect.getdoc(generator).splitlines()[0]
    return results.write(experiment, question, about, profile, done)


def data_of(data: str | None) -> tuple[pd.DataFrame, dict]:
    """The clips of 2 s and more of a data set, and what a record says of it."""
    everything = dataset.load(data)
    clips = dataset.drop_shorter(everything, seconds=chunks.SECONDS)
    return clips, {
        "name": dataset.name(data),
        "clips": len(everything),
        "used": len(clips),
        "sha256": dataset.digest(everything),
    }


def _measure(run, experiment: str, data: str, profile: str) -> dict:
    def timed():
        start = time.perf_counter()
        figures = run.measure(**run.compared, **run.repeated)
        return figures | {"seconds": time.perf_counter() - start, "finished": time.time()}

    # The cache reads the module from the function it is given, to know the code a result is of.
    make = functools.update_wrapper(timed, run.measure)
    key = {
        "data": [data, run.rests_on],
        "profile": profile,
        "run": run.compared | run.repeated,
        "versions": results.versions(),
    }
    return store.keep(experiment, key, make, bounded=False)


def main(arguments: list[str]) -> None:
    """Run and record the experiments that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.reproduce",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("experiments", nargs="*", default=list(EXPERIMENTS), metavar="NAME")
    parser.add_argument("--data", help="demo, fsdkaggle2018 or a folder (default: BOOK_DATA)")
    default = os.environ.get("BOOK_PROFILE", "quick")
    parser.add_argument("--profile", default=default, help=" or ".join(PROFILES))
    chosen = parser.parse_args(arguments)
    for experiment in chosen.experiments:
        written = record(experiment, chosen.data, chosen.profile)
        print(written or f"{experiment}: nothing to run on these data")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(f"error: {error}")

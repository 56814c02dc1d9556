"""Experiments: run, resumed after a kill, recorded with what made them."""

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import joblib
import nbformat
import numpy as np
import pytest

from helpers import dataset, plots, reproduce, results
from helpers.errors import InputError
from helpers.experiments import EXPERIMENTS, runs

STAGE = """
import os, time
from pathlib import Path
from helpers.experiments.runs import Run, experiment

@experiment()
def toy(clips, profile):
    '''Does it count?

    More text.
    '''
    for way in ("slow", "fast"):
        for seed in range(3):
            yield Run({"way": way}, {"seed": seed}, measure)

def measure(way, seed):
    with open(os.environ["LOG"], "a") as log:
        log.write(f"{way} {seed}\\n")
    if way == os.environ.get("STOP_AT"):
        time.sleep(600)
    return {"score": seed + (way == "fast"), "matrix": [[seed, 1], [0, 2]]}
"""


@pytest.fixture
def toy(tmp_path, monkeypatch, data_set):
    """An experiment of six runs on a tiny data set, recorded under tmp_path."""
    rows = [{"label": label, "session": "s"} for label in dataset.CLASSES]
    rows[0]["seconds"] = 1.5
    folder = data_set(rows)
    (tmp_path / "toystage.py").write_text(STAGE)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("toystage")
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    yield folder
    del sys.modules["toystage"], EXPERIMENTS["toy"]


def test_a_record_holds_figures_and_provenance(toy, tmp_path):
    file = reproduce.record("toy", toy, "quick")
    record = results.load("toy", tmp_path.name)
    assert file == tmp_path / "results" / f"toy-{tmp_path.name}-quick.json"
    assert record["question"] == "Does it count?"
    slow, fast = record["results"]
    assert slow["compared"] == {"way": "slow"}
    assert slow["figures"]["score"] == {"mean": 1, "sd": 1, "n": 3}
    assert fast["figures"]["score"]["mean"] == 2
    assert fast["figures"]["matrix"]["mean"] == [[1, 1], [0, 2]]
    assert record["data"]["clips"] == 5
    assert record["data"]["sha256"] == dataset.digest(dataset.load(toy))
    assert len(record["runs"]) == 6
    assert {"commit", "date", "machine", "cores", "python", "versions", "command"} <= set(
        record["provenance"]
    )


def test_a_record_names_the_graphics_processors(toy, tmp_path, monkeypatch):
    asked = tmp_path / "nvidia-smi"
    asked.write_text("#!/bin/sh\nprintf 'NVIDIA A\\nNVIDIA B\\n'\n")
    asked.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    reproduce.record("toy", toy)
    record = results.load("toy", tmp_path.name)
    assert record["provenance"]["processor"].endswith(", NVIDIA A, NVIDIA B")
    assert results.source(record).endswith("s, NVIDIA A, NVIDIA B.")
    asked.write_text("#!/bin/sh\necho No devices were found\nexit 6\n")
    assert "No devices" not in results.provenance("x")["processor"]


def test_finished_runs_are_not_run_again(toy, tmp_path):
    reproduce.record("toy", toy, "quick")
    reproduce.record("toy", toy, "quick")
    assert len((tmp_path / "log").read_text().splitlines()) == 6


def test_what_is_finished_can_be_recorded_without_the_rest(toy, tmp_path, monkeypatch):
    assert reproduce.record("toy", toy, finished=True) is None
    assert not (tmp_path / "log").exists()
    started, measure = [], reproduce._measure

    def until_killed(*arguments, **options):
        if len(started) == 4:
            raise KeyboardInterrupt
        started.append(arguments)
        return measure(*arguments, **options)

    monkeypatch.setattr(reproduce, "_measure", until_killed)
    with pytest.raises(KeyboardInterrupt):
        reproduce.record("toy", toy)
    monkeypatch.setattr(reproduce, "_measure", measure)
    reproduce.record("toy", toy, finished=True)
    slow, fast = results.load("toy", tmp_path.name)["results"]
    assert [row["figures"]["score"]["n"] for row in (slow, fast)] == [3, 1]


def test_another_profile_or_changed_data_is_run_anew(toy, tmp_path):
    reproduce.record("toy", toy, "quick")
    reproduce.record("toy", toy, "paper")
    next((tmp_path / "Tiny.audio_train").iterdir()).write_bytes(
        (tmp_path / "Tiny.audio_train" / "0001.wav").read_bytes()
    )
    reproduce.record("toy", toy, "quick")
    assert len((tmp_path / "log").read_text().splitlines()) == 18


def test_a_killed_experiment_resumes_at_the_unfinished_run(toy, tmp_path):
    program = textwrap.dedent(
        f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from pathlib import Path
        from helpers import dataset, reproduce
        import toystage
        dataset.data_folder = lambda: Path({str(tmp_path)!r})
        reproduce.record("toy", {toy!r}, "quick")
        """
    )
    script = tmp_path / "run.py"
    script.write_text(program)
    process = subprocess.Popen([sys.executable, script], env=os.environ | {"STOP_AT": "fast"})
    log = tmp_path / "log"
    deadline = time.time() + 60
    while not (log.exists() and "fast 0" in log.read_text()) and time.time() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert log.read_text().split("\n")[:4] == ["slow 0", "slow 1", "slow 2", "fast 0"]
    assert not (tmp_path / "results").exists()
    subprocess.run([sys.executable, script], check=True)
    assert log.read_text().splitlines()[4:] == ["fast 0", "fast 1", "fast 2"]
    assert len(list((tmp_path / "results").iterdir())) == 1


def test_unknown_names_are_listed(toy):
    with pytest.raises(InputError, match=r"no experiment 'x'; there are .*difficulty"):
        reproduce.record("x", toy)
    with pytest.raises(InputError, match="no profile 'x'; there are quick, paper"):
        reproduce.record("toy", toy, "x")


def test_a_missing_or_damaged_record_says_the_command(toy, tmp_path):
    with pytest.raises(InputError, match=r"python -m helpers\.reproduce toy --data"):
        results.load("toy", "demo")
    (tmp_path / "results").mkdir()
    results.path("toy", "demo", "quick").write_text('{"half')
    with pytest.raises(InputError, match=r"damaged.*python -m helpers\.reproduce toy"):
        results.load("toy", "demo")


def test_every_record_is_found_the_one_in_use_first_the_bundled_last(toy, monkeypatch, tmp_path):
    assert results.every("toy") == []
    own = reproduce.record("toy", toy, "quick")
    for name in ("another", "demo", "zebra"):
        copy = json.loads(own.read_text()) | {"data": {"name": name, "used": 4, "sha256": "other"}}
        results.path("toy", name, "quick").write_text(json.dumps(copy))
    copy |= {"data": {"name": "paper-only", "used": 4, "sha256": "other"}, "profile": "paper"}
    results.path("toy", "paper-only", "paper").write_text(json.dumps(copy))
    monkeypatch.setenv("BOOK_DATA", toy)
    quick = [f"4 clips of {name}" for name in (tmp_path.name, "another", "zebra")]
    quick.append("4 bundled clips")
    assert [results.title(record) for record in results.every("toy")] == quick
    both = [results.title(record) for record in results.every("toy", "quick", "paper")]
    assert both == [*quick, "4 clips of paper-only, long training"]


def test_records_go_by_what_the_clips_hold(toy, monkeypatch, tmp_path):
    monkeypatch.setenv("BOOK_DATA", toy)
    reproduce.record("toy")
    record = results.load("toy")
    assert results.data_name(record) == tmp_path.name
    renamed = tmp_path / "renamed"
    for inside in list(tmp_path.glob("Tiny.*")):
        shutil.copytree(inside, renamed / inside.name)
    monkeypatch.setenv("BOOK_DATA", str(renamed))
    assert results.load("toy") == record
    assert results.data_name(results.every("toy")[0]) == tmp_path.name

    monkeypatch.setenv("BOOK_DATA", toy)
    clip = next((tmp_path / "Tiny.audio_train").iterdir())
    clip.write_bytes((tmp_path / "Tiny.audio_train" / "0001.wav").read_bytes() + b"edited")
    told = f"{tmp_path.name} (other clips than yours)"
    assert results.data_name(results.load("toy")) == told
    assert results.title(results.load("toy")) == f"4 clips of {told}"
    assert f"of 2 s and more of {told}, profile" in results.source(results.load("toy"))
    assert results.catalogue().data.tolist() == [told]
    reproduce.record("toy")
    assert results.data_name(results.load("toy")) == tmp_path.name


def test_records_of_the_bundled_clips_are_of_these():
    digest = dataset.digest(dataset.load("demo"))
    of_demo = [record for record in results.recorded() if record["data"]["name"] == "demo"]
    assert of_demo and {record["data"]["sha256"] for record in of_demo} == {digest}


def test_a_record_says_what_keras_computed_with(toy):
    made = json.loads(reproduce.record("toy", toy).read_text())["provenance"]["keras"]
    assert (made["backend"], made["floatx"]) == ("tensorflow", "float32")


def test_the_table_and_its_source(toy, monkeypatch):
    monkeypatch.setenv("BOOK_DATA", toy)
    reproduce.record("toy", None, "quick")
    record = results.load("toy")
    for result in record["results"]:
        del result["figures"]["matrix"]
    table = results.table(record)
    assert table.to_dict("list") == {
        "way": ["slow", "fast"],
        "score": ["1.000 ± 1.000", "2.000 ± 1.000"],
    }
    assert "4 clips of 2 s and more" in results.source(record)
    record["data"]["used"] = record["data"]["clips"]  # where short ones count, too
    assert f": {record['data']['clips']} clips of {results.data_name(record)}, profile" in (
        results.source(record)
    )
    assert "over 3 runs" in results.source(record)


def test_what_runs_come_to_is_computed_when_they_are_read(toy, tmp_path):
    file = reproduce.record("toy", toy)
    stored = json.loads(file.read_text())
    assert list(stored) == ["experiment", "question", "data", "profile", "runs", "provenance"]
    stored["runs"][0] |= {"figures": {"score": 6, "matrix": [[0, 1], [0, 2]]}, "seconds": 70}
    file.write_text(json.dumps(stored))
    record = results.load("toy", tmp_path.name)
    assert results.figure(record, "score", way="slow") == 3
    assert record["repeats"] == 3 and 70 <= record["seconds"] < 80


def test_of_a_single_run_no_spread_is_told(toy, tmp_path):
    file = reproduce.record("toy", toy)
    stored = json.loads(file.read_text())
    file.write_text(json.dumps(stored | {"runs": stored["runs"][1:2]}))
    assert results.table(results.load("toy", tmp_path.name), "score").score.tolist() == ["1.000"]


def test_a_record_without_runs_is_damaged(toy, tmp_path):
    file = reproduce.record("toy", toy)
    for damaged in ({}, {"runs": []}, {"runs": [{"compared": {}}]}, {"runs": 3}):
        file.write_text(json.dumps(damaged))
        with pytest.raises(InputError, match=r"damaged.*python -m helpers\.reproduce toy"):
            results.load("toy", tmp_path.name)


def test_two_conditions_are_compared_run_by_run(toy, tmp_path):
    reproduce.record("toy", toy)
    record = results.load("toy", tmp_path.name)
    slow, fast = {"way": "slow"}, {"way": "fast"}
    assert results.paired(record, "score", fast, slow).verdict == "ahead"
    assert results.paired(record, "score", slow, fast).verdict == "behind"
    assert len(results.paired([record, record], "score", fast, slow).differences) == 6
    record["runs"][0], record["runs"][1] = record["runs"][1], record["runs"][0]
    np.testing.assert_array_equal(results.paired(record, "score", fast, slow).differences, 1)
    for missing in (record["runs"][:-1], [*record["runs"], record["runs"][-1]]):
        with pytest.raises(InputError, match=r"no pairs of .*slow.* one run of each"):
            results.paired(record | {"runs": missing}, "score", slow, fast)
    with pytest.raises(InputError, match="no pairs"):  # each way has three runs
        results.paired(record, "score", {}, fast)


def test_a_figure_is_had_as_its_mean_or_for_each_run(toy):
    reproduce.record("toy", toy)
    record = results.load("toy", Path(toy).name)
    assert results.figure(record, "score", way="slow") == 1
    np.testing.assert_array_equal(results.each(record, "score", way="fast"), [1, 2, 3])
    assert results.each(record, "matrix", way="fast").shape == (3, 2, 2)
    for wrong in (results.figure, results.each):
        with pytest.raises(InputError, match="record toy has no"):
            wrong(record, "score", way="sideways")
        with pytest.raises(InputError, match="record toy has no"):
            wrong(record, "scores", way="slow")


def test_medians_and_ratios_are_those_of_the_runs(toy):
    reproduce.record("toy", toy)
    record = results.load("toy", Path(toy).name)
    for run in record["runs"]:
        del run["figures"]["matrix"]
    for result in record["results"]:
        del result["figures"]["matrix"]
    record["runs"][0]["figures"]["score"] = -100  # a mean would follow it
    assert results.medians(record).to_dict("list") == {"way": ["slow", "fast"], "score": [1, 2]}
    # 1, 2 and 3 over -100, 1 and 2
    assert results.ratio(record, "score", {"way": "fast"}, {"way": "slow"}) == 1.5


def test_the_catalogue_has_a_row_for_each_record(toy, tmp_path):
    assert results.recorded() == [] and results.catalogue().empty
    for profile in ("quick", "paper"):
        reproduce.record("toy", toy, profile)
    paper, quick = results.catalogue().to_dict("records")
    assert (paper["profile"], quick["profile"]) == ("paper", "quick")
    assert quick["question"] == "Does it count?"
    assert (quick["data"], quick["clips"], quick["runs"], quick["repeats"]) == (
        tmp_path.name,
        4,
        6,
        3,
    )
    assert quick["command"].startswith("python -m helpers.reproduce toy --data")
    assert quick["numpy"] == np.__version__
    results.path("toy", "demo", "quick").write_text("{")
    with pytest.raises(InputError, match=r"damaged.*make results"):
        results.catalogue()


def test_every_experiment_is_shown_where_it_is_said_to_be():
    book = dataset.data_folder().parent / "book"
    pages = {}
    for file in {*book.glob("*.ipynb")} - {book / "results.ipynb"}:  # which shows them all
        cells = nbformat.read(file, as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        pages[file.stem] = set(re.findall(r'results\.(?:every|load)\(\s*"(\w+)"', code))
    card = (book / "data-card.md").read_text()
    pages["data-card"] = {name for name in EXPERIMENTS if f"{name}`" in card}
    recorded = {record["experiment"] for record in results.recorded()}
    for name in recorded | set(EXPERIMENTS):
        shown = {page for page, names in pages.items() if name in names}
        assert shown == set(plots.pages(name)), name


def test_every_experiment_exists_and_says_its_question():
    assert len(EXPERIMENTS) >= 27
    for experiment in EXPERIMENTS.values():
        assert experiment.question.endswith("?")


def test_the_costliest_experiment_goes_first_and_one_without_a_record_before_it(toy):
    first, second, *others = reproduce.costliest_first()
    assert "toy" in (first, *others, second)


def test_the_command_line_names_what_is_wrong():
    done = subprocess.run(
        [sys.executable, "-m", "helpers.reproduce", "nothing"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: no experiment 'nothing'")


def test_quick_takes_so_many_clips_of_each_class_and_the_same_again(data_set):
    rows = [{"label": c, "session": "s"} for c in dataset.CLASSES for _ in range(2)]
    rows += [{"label": "Cello", "session": str(i)} for i in range(runs.CLIPS + 5)]
    clips = dataset.load(data_set(rows))
    chosen = runs.sample(clips, "quick")
    assert chosen.label.value_counts().to_dict() == dict.fromkeys(dataset.CLASSES, 2) | {
        "Cello": runs.CLIPS
    }
    assert list(chosen.index) == [name for name in clips.index if name in set(chosen.index)]
    assert chosen.equals(runs.sample(clips, "quick"))
    assert runs.sample(clips, "paper").equals(clips)


def test_a_record_of_answers_clip_by_clip_says_the_sessions(data_set):
    places = ("hall", "room", "hall", "yard", "room")
    rows = [{"label": c, "session": s} for c, s in zip(dataset.CLASSES, places, strict=True)]
    folder = data_set(rows)
    clips, about = reproduce.data_of(folder, "quick")
    assert tuple(clips.session) == places
    assert about["sessions"] == [0, 1, 0, 2, 1]
    assert "sessions" not in reproduce.data_of(folder)[1]


def test_quick_draws_as_many_chunks_a_clip_as_the_slides_up_to_a_limit():
    assert runs.draws(100, "quick") == 400
    assert runs.draws(1000, "quick") == runs.draws(2000, "quick") == runs.CHUNKS
    assert runs.draws(100, "paper") == runs.draws(2000, "paper") == 6000


def side_by_side(folder, tmp_path, *arguments):
    """Run experiments on two jobs with a copy of the helpers, which records beside itself."""
    here = dataset.data_folder().parent
    shutil.copytree(here / "helpers", tmp_path / "helpers")
    (tmp_path / "data" / "demo").mkdir(parents=True)
    shutil.copy(here / "data" / "demo" / "SHA256SUMS", tmp_path / "data" / "demo")
    return subprocess.run(
        [sys.executable, "-m", "helpers.reproduce", *arguments, "--data", folder, "--jobs", "2"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )


def test_experiments_side_by_side_are_all_recorded(data_set, tmp_path):
    rows = [{"label": c, "session": f"{c}{i}"} for c in dataset.CLASSES for i in range(8)]
    done = side_by_side(data_set(rows), tmp_path, "neighbours", "mfcc_speed")
    assert done.returncode == 0, done.stderr
    names = sorted(file.name for file in (tmp_path / "data" / "results").iterdir())
    assert [name.split("-")[0] for name in names] == ["mfcc_speed", "neighbours"]
    alone, beside = (json.loads((tmp_path / "data" / "results" / n).read_text()) for n in names)
    assert alone["provenance"]["cores"] == joblib.cpu_count()
    assert beside["provenance"]["cores"] == max(1, joblib.cpu_count() // 2)
    assert all(str(tmp_path / "data" / "results" / name) in done.stdout for name in names)


def test_an_experiment_that_fails_is_named_and_stops_no_other(data_set, tmp_path):
    rows = [{"label": c, "session": "the only one"} for c in dataset.CLASSES for _ in range(8)]
    done = side_by_side(data_set(rows), tmp_path, "closeness", "neighbours")
    assert done.returncode == 1
    assert re.search(r"error: neighbours failed: .*start again", done.stderr)
    (name,) = (file.name for file in (tmp_path / "data" / "results").iterdir())
    assert name.startswith("closeness")


def test_a_figure_that_is_no_number_is_null_in_its_file(monkeypatch, tmp_path):
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    data = {"name": "x", "clips": 1, "used": 1, "sha256": ""}
    figures = {"one": float("nan"), "many": [[1.0, np.nan], [np.inf, 2.0]]}
    runs = [{"compared": {}, "repeated": {}, "figures": figures, "seconds": 1}]
    file = results.write("toy", "Does it?", data, "quick", runs)
    assert "NaN" not in file.read_text() and "Infinity" not in file.read_text()
    record = results.load("toy", "x")
    assert np.isnan(results.each(record, "one")).all()
    np.testing.assert_array_equal(results.each(record, "many")[0], [[1.0, np.nan], [np.nan, 2.0]])
    file.write_text('{"results": [], "runs": [{}]}')
    with pytest.raises(InputError, match=r"toy-x-quick\.json is damaged"):
        results.load("toy", "x")

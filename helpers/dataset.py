"""The clips table: one row for every recording (chapter dataset).

A data set is a folder in FSDKaggle2018's layout: a folder whose name ends in `meta` with
`train_post_competition.csv`, and beside it one whose name ends in `audio_train` with the sounds.
Or it holds a folder of sounds for each class, in it one for each session.
Source: slides "Dataset and Preparation"; Fonseca et al. 2018 (arXiv:1807.09902).
"""

import contextlib
import difflib
import functools
import hashlib
import os
import warnings
from collections.abc import Iterator, Sequence
from importlib import metadata as metadata_of_packages
from pathlib import Path, PurePath

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from helpers import audio, containers, names, tables
from helpers.errors import InputError

CLASSES = ("Acoustic_guitar", "Cello", "Clarinet", "Double_bass", "Saxophone")
"""The slides' five of the data set's 41 classes."""

NONE = "None_of_these"
"""The class of what is none of the instruments, of which a listener may learn."""

SESSION_GAP = 50
"""Uploads of one class whose freesound ids differ by no more than this count as one session."""

LONGEST_NAME = 255  # bytes, on every usual file system

NAMED = ("demo", "fsdkaggle2018", "fsdkaggle2018-mini")
"""Data sets that need no folder to be named."""

OWN = ("demo", "fsdkaggle2018")
"""The folders of these, whose other classes the book tells of; no reader's may be called so."""

LISTS = {
    "train": "train_post_competition.csv",
    "test": "test_post_competition_scoring_clips.csv",
}

_ARCHIVES = {  # MD5 sums as published with the data set
    "FSDKaggle2018.meta": "f16828ac8be0e5285b9175a12f90d784",
    "FSDKaggle2018.audio_train": "a8b47ff4b52022c178f88fa5c6f080d0",
    "FSDKaggle2018.audio_test": "f85c8665c3fc39311ea1b748e194a81d",
}
_ZENODO = "https://zenodo.org/records/2552860/files/{name}.zip?download=1"


def data_folder() -> Path:
    """Where the bundled data lie: `data/` of a checkout, else where pip installed them.

    >>> from helpers import dataset
    >>> sorted(path.name for path in (dataset.data_folder() / "demo" / "notes").glob("*.ogg"))
    ['Acoustic_guitar.ogg', 'Cello.ogg', 'Clarinet.ogg', 'Double_bass.ogg', 'Saxophone.ogg']
    """
    checkout = Path(__file__).resolve().parents[1] / "data"
    if (checkout / "demo" / "SHA256SUMS").is_file():
        return checkout
    for file in metadata_of_packages.files("which-instrument") or ():
        if file.name == "SHA256SUMS":
            return Path(file.locate()).resolve().parents[1]
    raise InputError("the bundled data are missing: install the book again, or clone it")


def name(source: str | Path | None = None) -> str:
    """The short name of a data set, as records and titles quote it.

    >>> from helpers import dataset
    >>> dataset.name("recordings/my-clips")
    'my-clips'
    """
    return Path(_source(source)).resolve().name


def load(
    source: str | Path | None = None, classes: Sequence[str] = CLASSES, some: bool = False
) -> pd.DataFrame:
    """Load the clips table of a data set.

    `source` is "demo" (bundled, rendered clips), "fsdkaggle2018" (downloaded on first use,
    4.6 GB), "fsdkaggle2018-mini" (150 clips of it, those of the book's records) or the path of a
    folder in one of the layouts above; by default what the environment variable BOOK_DATA says,
    else "demo".

    Returns a DataFrame with a row a clip. Index: fname. Columns: label (categorical, in the
    order of `classes`), path, seconds, session (recordings made together, which no honest split
    divides), and every other column of the CSV. The session is the CSV's own column where there
    is one; else a run of a class's freesound ids with gaps of at most `SESSION_GAP`. In names,
    what cannot be seen does not count, see `names.clean`. With `some` it need not have clips of
    each class.

    Raises InputError for a missing folder, file, column or class, for what may not be read, for a
    repeated or unreadable clip, for labels and sessions that are written almost alike, and where
    the bundled data do not match their checksums. Warns of clips of other labels, which are left
    out, with their numbers.

    >>> from helpers import dataset
    >>> clips = dataset.load("demo", ["Cello", "Clarinet"])
    >>> list(clips.label.cat.categories), {"path", "seconds", "session"} <= set(clips)
    (['Cello', 'Clarinet'], True)
    """
    chosen = mini() if _source(source) == "fsdkaggle2018-mini" else None
    with _readable():
        return _table(_folder(source), _classes(classes), "train", chosen, some)


def mini() -> tuple[str, ...]:
    """The names of the 150 verified training clips of FSDKaggle2018 that the book's records on
    real recordings are of."""
    file = data_folder() / "fsdkaggle2018-meta" / "mini.txt"
    return tuple(file.read_text(encoding="utf-8").split())


def in_use_by_name() -> bool:
    """Whether the data set in use is one of `NAMED`, and so is known without reading it."""
    return _source(None) in NAMED


def test_part(clips: pd.DataFrame) -> pd.DataFrame | None:
    """The clips of the official test part that lie beside the clips of a loaded table.

    They are in a folder whose name ends in `audio_test`, and listed in the `meta` folder's
    `test_post_competition_scoring_clips.csv`. Returns a table as `load` does, or None where the
    data have no such folder. Errors as in `load`.
    """
    above = Path(clips.path.iloc[0]).parents
    folder = next((at.parent for at in above if at.name.endswith("audio_train")), None)
    if folder is None or not any(folder.glob("*audio_test")):
        return None
    with _readable():
        return _table(folder, tuple(clips.label.cat.categories), "test")


@contextlib.contextmanager
def _readable():
    """Raise InputError for what may not be looked into, which else would be called absent."""
    try:
        yield
    except OSError as error:
        raise _unread(error) from error


def _unread(error: OSError) -> InputError:
    return InputError(f"{error.filename}: cannot be read ({error.strerror})")


def _table(
    folder: Path,
    classes: Sequence[str],
    part: str,
    chosen: Sequence[str] | None = None,
    some: bool = False,
) -> pd.DataFrame:
    sorted_ones = _class_folders(folder) if part == "train" else []
    table = _of_folders(folder, sorted_ones) if sorted_ones else _of_csv(folder, part)
    if chosen is not None:
        table = table[table.fname.isin(chosen)]
        if len(table) < len(chosen):
            raise InputError(f"{folder}: its list has {len(table)} of the {len(chosen)} clips")
    for label in table.label.unique():
        meant = [c for c in classes if c != label and names.loose(c) == names.loose(label)]
        if meant:
            raise InputError(f"{folder}: the label {label!r} is not {meant[0]!r}; write it alike")
    unknown = [c for c in classes if c not in set(table.label)]
    if len(unknown) > (len(classes) - 1 if some else 0):
        known = ", ".join(sorted(table.label.unique()))
        raise InputError(f"{folder}: no clips of class {', '.join(unknown)}; it has {known}")
    kept = table.label.isin(classes)
    if not kept.all() and folder.name not in OWN:
        share = f"{(~kept).sum()} of {len(kept)}"
        told = _left_out(table.label[~kept], classes)
        warnings.warn(
            f"{folder}: clips of no class in use are left out, {share}: {told}", stacklevel=3
        )
    table = table[kept].copy()
    table["label"] = pd.Categorical(table.label, categories=list(classes))
    if "path" not in table:
        table["path"] = _paths(table, _only(folder, f"*audio_{part}"))
    table["seconds"] = Parallel(-1, prefer="threads")(delayed(audio.seconds)(p) for p in table.path)
    return table.set_index("fname").sort_index()


def drop_shorter(clips: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """The clips that last at least `seconds`: one of exactly that length stays.

    >>> import pandas as pd
    >>> from helpers import dataset
    >>> clips = pd.DataFrame({"seconds": [1.9, 2.0, 7.5]}, index=["a.wav", "b.wav", "c.wav"])
    >>> dataset.drop_shorter(clips, 2.0).index.tolist()
    ['b.wav', 'c.wav']
    """
    return clips[clips.seconds >= seconds]


def metadata() -> pd.DataFrame:
    """Every labelled clip of the whole FSDKaggle2018, without its sound.

    Returns a DataFrame of 11,073 rows. Index: fname. Columns: label (41 classes), part ("train"
    or "test"), manually_verified (train only), freesound_id, license. The two CSVs
    ship with the book; they were published with the data set under CC BY 4.0.

    >>> from helpers import dataset
    >>> dataset.metadata().label.nunique()
    41
    """
    folder = data_folder() / "fsdkaggle2018-meta"
    train = pd.read_csv(folder / "train_post_competition.csv.gz").assign(part="train")
    test = pd.read_csv(folder / "test_post_competition.csv.gz").assign(part="test")
    table = pd.concat([train, test[test.usage != "Ignored"].drop(columns="usage")])
    return table.set_index("fname")


def note(instrument: str) -> np.ndarray:
    """The same note, A3 (220 Hz), rendered on one of the five instruments, for chapter sound.

    Returns float32 of shape (n,) at 22 050 Hz.

    >>> from helpers import dataset
    >>> wave = dataset.note("Cello")
    >>> wave.ndim, wave.dtype
    (1, dtype('float32'))
    """
    if instrument not in CLASSES:
        raise InputError(f"no note of {instrument!r}; choose one of {', '.join(CLASSES)}")
    return audio.read(data_folder() / "demo" / "notes" / f"{instrument}.ogg")


def strangers() -> dict[str, Path]:
    """Sound files of what is none of the five instruments, by name, for chapter scores.

    >>> from helpers import dataset
    >>> sorted(dataset.strangers())
    ['piano', 'speech']
    """
    folder = data_folder() / "demo" / "strangers"
    return {path.stem: path for path in sorted(folder.glob("*.ogg"))}


def digest(clips: pd.DataFrame) -> str:
    """SHA-256 over the clips' names, labels, sessions and sounds: what a record calls its data."""
    total = hashlib.sha256()
    for clip in clips.sort_index().itertuples():
        total.update(f"{clip.Index}\t{clip.label}\t{clip.session}\n".encode())
        total.update(Path(clip.path).read_bytes())
    return total.hexdigest()


def digest_in_use() -> str | None:
    """The digest of the data set in use; None where it cannot be loaded.

    It is worked out again only when a file of its folder has changed.
    """
    folder = Path(os.path.expanduser(_source(None)))
    if str(folder) in NAMED:
        return _digest_in(str(folder), ())
    try:
        files = [(str(file), file.stat()) for file in sorted(_below(folder))]
    except (InputError, OSError):
        return None
    return _digest_in(str(folder), tuple((f, s.st_mtime_ns, s.st_size) for f, s in files))


@functools.lru_cache(maxsize=4)
def _digest_in(source: str, files: tuple) -> str | None:
    try:
        return digest(load(source))
    except InputError:
        return None


def _source(source: str | Path | None) -> str:
    return str(source or os.environ.get("BOOK_DATA") or "demo")


def _folder(source: str | Path | None) -> Path:
    chosen = _source(source)
    if chosen == "demo":
        return _checked(data_folder() / "demo")
    if chosen in NAMED:
        return fetch()
    folder = Path(os.path.expanduser(chosen))  # a user that there is not stays as it is
    if folder.resolve().name in OWN:
        raise InputError(f"{folder}: rename this folder; records would take it for the book's own")
    if not folder.is_dir():
        raise InputError(
            f"{chosen!r} is neither {', '.join(map(repr, NAMED))} nor a folder; "
            "set BOOK_DATA or the argument `source` to one of them"
        )
    return folder


def fetch() -> Path:
    """Download FSDKaggle2018 (once, resumed after a cut) and return its folder."""
    from helpers import download, store

    folder = store.folder() / "fsdkaggle2018"
    for archive, md5 in _ARCHIVES.items():
        download.unpacked(_ZENODO.format(name=archive), f"{archive}.zip", md5, folder)
    return folder


def _checked(folder: Path) -> Path:
    """`folder`, after its files were compared with its SHA256SUMS."""
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        expected, file = line.split(maxsplit=1)
        path = folder / file
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
        if found != expected:
            raise InputError(
                f"{path}: SHA-256 is {found}, not {expected}; "
                "restore the file (git checkout data/demo)"
            )
    return folder


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(path for path in folder.glob(pattern) if path.is_dir())
    if len(found) != 1:
        raise InputError(
            f"{folder}: expected one folder named {pattern}, found {len(found)}, or a folder of "
            "sounds for each class; see 'Use your own recordings' in README.md for the layout"
        )
    return found[0]


def _classes(classes: Sequence[str]) -> tuple[str, ...]:
    if isinstance(classes, str) or not all(isinstance(name, str) for name in classes):
        raise InputError(f"classes is {classes!r}; list names, such as ['Cello', 'Flute']")
    cleaned = tuple(names.clean(name) for name in classes)
    if not cleaned or len(set(map(names.loose, cleaned))) < len(cleaned):
        raise InputError(f"classes is {list(classes)}; name each class once")
    return cleaned


def _of_csv(folder: Path, part: str) -> pd.DataFrame:
    """Clips as a CSV lists them: fname, label, session, and its other columns."""
    path = _only(folder, "*meta") / LISTS[part]
    if not path.is_file():
        raise InputError(f"{path}: there is no such file{names.beside(path)}; it lists the clips")
    table = tables.read(path, ("fname", "label"), ("session",))
    for column in [column for column in ("fname", "label", "session") if column in table]:
        empty = table.index[table[column].isna()]
        if len(empty):
            raise InputError(f"{path}, line {empty[0]}: '{column}' is empty")
        if column != "fname":
            table[column] = table[column].map(names.clean)
    for line, fname in table.fname.items():
        inside = PurePath(fname)
        if inside.as_posix() != fname or inside.anchor or ".." in inside.parts:
            raise InputError(f"{path}, line {line}: fname {fname!r} must stay in its folder")
        if max(len(os.fsencode(name)) for name in inside.parts) > LONGEST_NAME:
            raise InputError(
                f"{path}, line {line}: fname {fname[:40]!r}... is too long for the name of a file"
            )
    _refuse_twice(table.fname.map(names.clean), path)
    if "session" in table:
        _refuse_alike(table.session.rename("line {}".format), path)
    else:
        table["session"] = _sessions(table, path)
    return table


def _refuse_twice(files: pd.Series, path: Path) -> None:
    twice = files[files.duplicated(keep=False)]
    if len(twice):
        line, other = twice.index[twice == twice.iloc[0]][:2]
        raise InputError(f"{path}, lines {line} and {other}: {twice.iloc[0]} is listed twice")


def _refuse_alike(sessions: pd.Series, path: Path) -> None:
    """What is one session, written almost alike, would be on both sides of a split.

    The index says where each stands.
    """
    first: dict[str, tuple[str, object]] = {}
    for place, session in sessions.drop_duplicates().items():
        meant, other = first.setdefault(names.loose(session), (session, place))
        if meant != session:
            raise InputError(
                f"{path}: the sessions {meant!r} ({other}) and {session!r} ({place}) hardly "
                "differ; write them alike, or give one of them another name"
            )


def _left_out(labels: pd.Series, classes: Sequence[str]) -> str:
    """What is said of clips that are of no class: how many of each, and what may be meant."""
    counts = labels.value_counts()
    loose = {names.loose(name): name for name in classes}
    told = []
    for label, count in counts.items():
        meant = difflib.get_close_matches(names.loose(label), loose, 1, 0.75)
        hint = f"; is {loose[meant[0]]!r} meant?" if meant else ""
        told.append((not meant, f"{label!r} ({count}{hint})"))
    shown = [text for _, text in sorted(told, key=lambda each: each[0])]
    more = f" and {len(shown) - 8} other labels" if len(shown) > 8 else ""
    return ", ".join(shown[:8]) + more


def _paths(table: pd.DataFrame, sounds: Path) -> list[str]:
    """Where the clips' files are: as fname says, or in a folder below, or differently composed, or
    with the strokes that Windows puts between folders."""
    exact = [sounds / fname for fname in table.fname]
    if all(path.is_file() for path in exact):
        return [str(path) for path in exact]
    below: dict[str, list[Path]] = {}
    for file in sorted(_below(sounds)):
        for name in {file.relative_to(sounds).as_posix(), file.name}:
            below.setdefault(names.clean(name), []).append(file)
    found: list[Path] = []
    absent = []
    for path, fname, label in zip(exact, table.fname, table.label, strict=True):
        named = names.clean(fname)
        files = [path] if path.is_file() else below.get(named) or below.get(_slashed(named), [])
        if len(files) > 1:  # the same name in several folders: that of its class
            files = [file for file in files if names.clean(file.parent.name) == label] or files
        if len(files) > 1:
            said = ", ".join(file.relative_to(sounds).as_posix() for file in files[:3])
            raise InputError(f"{sounds}: {fname} is in several folders; write fname as in {said}")
        found += files
        absent += [] if files else [path]
    if absent:
        raise InputError(
            f"{sounds.parent}: {len(absent)} clips of the CSV have no file, the first is "
            f"{absent[0]}{names.beside(absent[0])}; add the files or delete their rows"
        )
    twice = pd.Series(found, table.index)
    _refuse_twice(twice, sounds)
    return [str(path) for path in found]


def _slashed(fname: str) -> str:
    return fname.replace("\\", "/")


def _class_folders(folder: Path) -> list[Path]:
    """The folders of sounds, one a class, where there is no table."""
    if any(path.is_dir() for path in folder.glob("*meta")):
        return []
    (within,) = found if len(found := list(folder.glob("*audio_train"))) == 1 else [folder]
    return sorted(path for path in within.iterdir() if path.is_dir() and sound_files(path))


def sound_files(folder: Path) -> list[Path]:
    """The sound files in a folder and those below it, by the endings of their names.

    Those that must be converted are among them, so that this is said of them. Raises InputError for
    a folder that may not be read.
    """
    endings = containers.SUFFIXES + containers.CONVERTED
    return sorted(
        path
        for path in _below(folder)
        if path.suffix.lower() in endings and not path.name.startswith(".")
    )


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder and those below it. InputError for one that may not be read."""

    def stop(error: OSError):
        raise _unread(error) from error

    for within, _, files in os.walk(folder, onerror=stop):
        yield from (path for path in (Path(within, file) for file in files) if path.is_file())


def _of_folders(folder: Path, of_classes: list[Path]) -> pd.DataFrame:
    """Clips in folders that are named after their classes: fname, label, session and path.

    FSDKaggle2018's files are known by their names. The session of others is the folder that they
    are in within that of their class.
    """
    rows = []
    for of_class in of_classes:
        for path in sound_files(of_class):
            inside = path.relative_to(of_class).parts
            rows.append(
                {
                    "fname": path.relative_to(of_class.parent).as_posix(),
                    "label": names.clean(of_class.name),
                    "session": names.clean(inside[0]) if len(inside) > 1 else None,
                    "path": str(path),
                }
            )
    table = pd.DataFrame(rows)
    known = metadata()
    name = table.path.map(lambda path: Path(path).name)
    ours = name.isin(known.index)
    if ours.any():
        of_parts = known[known.part.isin(known.loc[name[ours]].part)]
        told = of_parts.assign(session=_sessions(of_parts, folder))
        table["session"] = name.map(told.session).fillna(table.session)
        for column in ("freesound_id", "license", "manually_verified"):
            table[column] = name.map(told[column])
    alone = table.fname[table.session.isna()]
    if len(alone):
        first = PurePath(alone.iloc[0])
        raise InputError(
            f"{folder}: which recordings were made together is not known of {len(alone)} files, "
            f"such as {first}: put those of the same player, room and day into one folder in that "
            f"of their class, as {first.parent.as_posix()}/monday/{first.name}, or add a table as "
            "in 'Use your own recordings' in README.md"
        )
    _refuse_alike(table.set_index("fname").session[~ours.to_numpy()], folder)
    return table


def _sessions(table: pd.DataFrame, path: Path) -> pd.Series:
    """Name runs of a class's freesound ids after their class and first id."""
    ids = pd.to_numeric(table.get("freesound_id", pd.Series(np.nan, table.index)), errors="coerce")
    if not ids.between(0, 1 << 53).all() or (ids % 1).any():
        raise InputError(
            f"{path}: has neither the column 'session' nor a 'freesound_id' in each row; "
            "add 'session', the same word for recordings that were made together"
        )
    ordered = table.assign(id=ids.astype(int)).sort_values(["label", "id"])
    starts = ordered.groupby("label").id.diff().gt(SESSION_GAP) | ~ordered.label.duplicated()
    first = ordered.id.where(starts).ffill().astype(int)
    return (ordered.label + "-" + first.astype(str)).reindex(table.index)

"""Trained networks that come with the book, each with its card (chapter scores).

    python -m helpers.models reference --data demo           the network that chapters look into
    python -m helpers.models reference --data FOLDER         the same for other data
    python -m helpers.models listener --data FOLDER          that of helpers.classify, also as
                                                             listener.tflite, for the page that
                                                             listens
    python -m helpers.models listener --data FOLDER --pool POOL --pool STRANGERS
                                                             the same from more recordings, some
                                                             of them maybe of dataset.NONE
    python -m helpers.models front-pages                     NAME.md of every card, see front_page

A model lies in data/models/ as NAME.npz, its card beside it as NAME.json: what it was trained on,
clip by clip, each with the SHA-256 of its file, how well it did on clips kept apart, and what made
it. A reference model has the name of its data, such as demo.npz.
"""

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers import (
    chunks,
    cnn,
    command,
    dataset,
    features,
    keys,
    metrics,
    results,
    sparse,
    splits,
    store,
    today,
    uncertainty,
)
from helpers.errors import InputError, check_choice, check_number

if TYPE_CHECKING:
    import keras

REFERENCE_EPOCHS, CHUNKS_A_CLIP = 16, 4
"""The epochs of a reference model, and for each clip so many chunks."""

PARTS = ("train", "validation", "test")
"""What a clip can have been to a model."""

KEPT = 0.95
"""The share of rightly named validation clips that a model's threshold lets pass."""

REPOSITORY = "https://github.com/which-instrument/which-instrument"
"""Where a card that is shown elsewhere finds the book."""

TAGS = {"listener": ("mel-spectrogram", "mfcc")}
"""What a model reads, as sites that collect models tag it; a reference model reads MFCC alone."""


def path(name: str) -> Path:
    """The file of a model; its card has the same name and ends in .json."""
    return dataset.data_folder() / "models" / f"{name}.npz"


def load(name: str) -> tuple[cnn.Classifier | today.Classifier, dict]:
    """A model and its card. InputError where there is none of that name.

    >>> from helpers import models
    >>> network, card = models.load("demo")
    >>> card["data"]["name"], network.model.input_shape
    ('demo', (None, 275, 13))
    """
    file, card = path(name), path(name).with_suffix(".json")
    if not (file.is_file() and card.is_file()):
        model = name if name in _MAKERS else "reference"
        raise InputError(
            f"{file} is not made yet; `python -m helpers.models {model} --data ...` makes it"
        )
    return today.load(file), _card(card)


def _card(file: Path) -> dict:
    """A model's card, whose fields that programs read are what they should be."""
    try:
        card = store.read_json(file)
        check_number("threshold", card["threshold"], 0, 1)
        for field in ("name", "sha256"):
            if not isinstance(card["data"][field], str):
                raise ValueError(f"the data's {field} is {card['data'][field]!r}")
        for clip in card["clips"]:
            check_choice(f"part of the clip {clip['fname']!r}", clip["part"], PARTS)
    except Exception as error:  # whatever a damaged file may cause
        told = str(error) if isinstance(error, ValueError) else repr(error)
        raise InputError(f"{file}: is damaged ({told}); make the model again") from error
    return card


def reference() -> tuple[cnn.Classifier, dict]:
    """What the chapters start from: the network for the clips in use, whatever their folder is
    called, else that for the bundled clips.

    >>> from helpers import models
    >>> network, card = models.reference()
    >>> card["data"]["name"], network.classes
    ('demo', ('Acoustic_guitar', 'Cello', 'Clarinet', 'Double_bass', 'Saxophone'))
    """
    network, card = load(_of_clips_in_use())
    assert isinstance(network, cnn.Classifier)  # as its maker writes it
    return network, card


def _of_clips_in_use() -> str:
    """The name of the chapters' model of the clips in use, else of the bundled ones."""
    own = dataset.name()
    if dataset.in_use_by_name():
        return own if path(own).is_file() else "demo"
    names = {file.stem for file in path("*").parent.glob("*.json")} - set(_MAKERS)
    for name in sorted(names):
        if _card(path(name).with_suffix(".json"))["data"]["sha256"] == dataset.digest_in_use():
            return name
    return "demo"


def unseen(clips: pd.DataFrame, card: dict) -> pd.DataFrame:
    """The clips that a model of this card has neither learned from nor been chosen by.

    A clip is known by what its file holds, whatever the file or its folder is called; saved once
    more in another format, it is not known again. Raises InputError for a card that does not say
    what the files hold, as older ones do not.

    >>> from helpers import dataset, models
    >>> network, card = models.reference()
    >>> clips = dataset.load()
    >>> 0 < len(models.unseen(clips, card)) < len(clips)
    True
    """
    known = [clip.get("sha256") for clip in card["clips"] if clip["part"] != "test"]
    if None in known:
        raise InputError(
            f"the card of the model {card['name']} does not say what its clips' files hold; make "
            f"it again: `{card['provenance']['command']}`"
        )
    seen = set(known)
    return clips[np.array([keys.of_file(path) not in seen for path in clips.path], bool)]


def threshold(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The confidence that `KEPT` of the rightly named clips reach.

    `probabilities` (C, K) are the mean over a clip's windows, `labels` (C,) ints. Raises
    InputError where no clip is named rightly.

    >>> import numpy as np
    >>> from helpers import models
    >>> models.threshold(np.array([[0.75, 0.25], [0.25, 0.75]]), labels=np.array([0, 0]))
    0.75
    """
    right = probabilities.argmax(axis=1) == labels
    if not right.any():
        raise InputError("no clip is named rightly, so no confidence can be trusted")
    return float(np.quantile(probabilities[right].max(axis=1), 1 - KEPT))


def make_reference(data: str | None = None) -> Path:
    """Train a reference model on fold 0 by clip, with CutMix on the fly; write it."""
    from helpers.experiments import (
        folds,  # with all that they compare; who loads a model needs none
    )

    name = dataset.name(data)
    if name in _MAKERS:
        raise InputError(f"rename the folder {name}: the book has another model of that name")
    clips = dataset.drop_shorter(dataset.load(data), seconds=chunks.SECONDS)
    drawn, validation, test = splits.parts(clips, CHUNKS_A_CLIP * len(clips), "clip")
    classifier = folds.trained(drawn, validation, REFERENCE_EPOCHS)
    classifier.save(path(name))  # rounded: what is scored is what is shipped
    held, scored = (classifier.predict(features.mfcc(part.waves)) for part in (validation, test))
    split = splits.by_clip(clips, seed=0)
    return _write_card(
        name,
        "reference",
        data,
        purpose="the model that the chapters look into",
        protocol="by clip, fold 0 of 5, seed 0",
        probabilities=metrics.by_clip(scored, test.label, test.clip),
        least=threshold(*metrics.by_clip(held, validation.label, validation.clip)),
        clips=[
            clip for part in vars(split) for clip in _listed(clips.iloc[vars(split)[part]], part)
        ],
    )


def make_listener(data: str | None = None, pools: Sequence[str] = ()) -> Path:
    """Train the listener, of `helpers.classify`, on these clips and the bundled ones; write it.

    With pools, see `today.gathered`, it learns from these too. It is rounded to 8 bits. Its figures
    are by source: those of networks that learned from other sources, before any rounding; what that
    changes says the record `pruned_listener`. A fifth of the bundled clips, whole sessions, is left
    out: what shows the listener at work needs clips that it has not learned from.
    """
    from helpers import lighten

    real, bundled = today.gathered(dataset.load(data), *pools), dataset.load("demo")
    left = bundled.index[splits.by_session(bundled, seed=0).test]
    rendered = bundled.drop(left)
    heard = today.Heard(real, rendered)

    def learn(rows: np.ndarray) -> "keras.Model":
        return today.fit(today.LISTENER, *heard.known(rows))

    kept_out = heard.kept_out(
        lambda rows: functools.partial(today.predict, learn(rows)), today.groups(real, "source")
    )
    learned = today.Classifier(learn(np.arange(len(real))), today.LISTENER, heard.classes)
    made = sparse.rounded(learned)
    made.save(path("listener"))
    some = dataset.drop_shorter(rendered, seconds=chunks.SECONDS)
    files = lighten.make(made, chunks.draw(some, 20, seed=0).waves)
    file = path("listener").with_suffix(".tflite")
    store.write(file, lambda draft: draft.write(files.network))
    return _write_card(
        "listener",
        "listener",
        data,
        purpose="the model of helpers.classify and of the page that listens",
        protocol="by source, 5 folds, seed 0; the model itself was then trained on all of them",
        probabilities=(kept_out, heard.label),
        least=None,
        clips=_listed(real, "train")
        + _listed(rendered, "train")
        + _listed(bundled.loc[left], "test"),
        pools=pools,
        more=_by_source(real, kept_out, heard.label),
    )


def _by_source(clips: pd.DataFrame, probabilities: np.ndarray, label: np.ndarray) -> dict:
    """What a card says of sources: how many there are, where the accuracy lies as far as these
    tell, how many of those named with about .8 are right, and each source of more than a clip."""
    known, _, classes = _apart(probabilities, label, tuple(clips.label.cat.categories))
    sure = known[0][:, : len(classes)]
    right, best = sure.argmax(axis=1) == known[1], sure.max(axis=1)
    is_known = (clips.label != dataset.NONE).to_numpy()
    told = clips[is_known].assign(right=right, of=splits.sources(clips)[is_known])
    low, high, sources = uncertainty.interval(right, told.of.to_numpy())
    about = (best >= 0.7) & (best < 0.9)
    library = told.source.str.partition(":")[0].fillna("Freesound, session " + told.session)
    groups = told.groupby("of").agg(clips=("right", "size"), right=("right", "sum"))
    named = library.groupby(told.of).first()
    return {
        "sources": {
            "sources": sources,
            "interval": [low, high],
            "named with .7 to .9": int(about.sum()),
            "right among those": right[about].mean(),
            "each": [
                {"source": named[of], "clips": int(row.clips), "right": int(row.right)}
                for of, row in groups[groups.clips > 1].iterrows()
            ],
        }
    }


def write_front_pages() -> list[Path]:
    """Write the front page of every card anew, and return their files."""
    return [_write_front_page(card) for card in sorted(path("*").parent.glob("*.json"))]


def _write_front_page(card: Path) -> Path:
    page, text = card.with_suffix(".md"), front_page(_card(card))
    store.write(page, lambda draft: draft.write(text.encode()))
    return page


_MAKERS = {
    "reference": make_reference,
    "listener": make_listener,
}


def _write_card(
    name: str,
    model: str,
    data: str | None,
    purpose: str,
    protocol: str,
    probabilities: tuple[np.ndarray, np.ndarray],
    least: float | None,
    clips: list[dict],
    pools: Sequence[str] = (),
    more: dict | None = None,
) -> Path:
    """Write the card of a saved model; `probabilities` are those of kept-out clips, and labels.

    `least` is the threshold; without one it is that of these clips. Strangers have figures of their
    own. `more` is what else is known.
    """
    classifier = today.load(path(name))
    known, strangers, classes = _apart(*probabilities, classifier.classes)
    mean, label = known[0][:, : len(classes)], known[1]
    least = threshold(mean, label) if least is None else least
    scores = metrics.report(mean, label, np.arange(len(label)), classes)
    passed = _named(known[0], least, len(classes))
    set_name = dataset.name(data)
    card = {
        "name": name,
        "purpose": purpose,
        "parameters": classifier.model.count_params(),
        "threshold": least,
        "data": {"name": set_name, "sha256": dataset.digest(dataset.load(data))},
        "protocol": protocol,
        "kept out": {
            "clips": len(label),
            "accuracy": scores.accuracy,
            "recall": scores.confusion.diagonal() / scores.confusion.sum(axis=1),
            "passed by the threshold": passed.mean(),
            "accuracy of those": (mean.argmax(axis=1) == label)[passed].mean(),
            "calibration error": metrics.calibration_error(mean, label),
        },
        "clips": clips,
        "provenance": results.provenance(
            " ".join(
                [f"-m helpers.models {model} --data {results.address(set_name)}"]
                + [f"--pool {results.address(dataset.name(pool))}" for pool in pools]
            )
        ),
    }
    card |= more or {}
    if len(strangers):
        refused = ~_named(strangers, least, len(classes))
        card["strangers"] = {"clips": len(strangers), "refused": refused.mean()}
    file = path(name).with_suffix(".json")
    text = store.json_text(card, indent=1) + "\n"
    store.write(file, lambda draft: draft.write(text.encode()))
    _write_front_page(file)
    return file


def _apart(
    probabilities: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray, tuple[str, ...]]:
    """Probabilities and labels of clips of instruments, probabilities of strangers, instruments.

    `dataset.NONE`, if it is among the classes, is the last of them.
    """
    instruments = tuple(known for known in classes if known != dataset.NONE)
    known = labels < len(instruments)
    return (probabilities[known], labels[known]), probabilities[~known], instruments


def _named(probabilities: np.ndarray, least: float, instruments: int) -> np.ndarray:
    """Whether `classify` names an instrument: it is the most probable class, and at `least`."""
    best = probabilities.argmax(axis=1) < instruments
    return best & (probabilities.max(axis=1) >= least)


def front_page(card: dict) -> str:
    """A card as sites that collect models read it: their metadata, and where to read on.

    Source: huggingface.co/docs/hub/model-cards, for the names of the fields. No library of theirs
    loads these files, so none is named.

    >>> from helpers import models
    >>> network, card = models.load("demo")
    >>> models.front_page(card).splitlines()[4]
    'pipeline_tag: audio-classification'
    """
    kept_out, data = card["kept out"], card["data"]
    metrics_told = "\n".join(
        f"          - {{type: {kind}, name: {json.dumps(said)}, value: {kept_out[said]}}}"
        for kind, said in (("accuracy", "accuracy"), ("ece", "calibration error"))
    )
    return f"""---
license: other
license_name: bsd-3-clause-and-cc-by-4.0
license_link: {REPOSITORY}/blob/main/LICENSE
pipeline_tag: audio-classification
tags: [{", ".join(("musical-instruments", *TAGS.get(card["name"], ("mfcc",))))}]
model-index:
  - name: {json.dumps(card["name"])}
    results:
      - task: {{type: audio-classification}}
        dataset:
          type: {json.dumps(data["name"])}
          name: {json.dumps(data["name"])}
          split: {json.dumps(f"{kept_out['clips']} clips kept out, {card['protocol']}")}
        metrics:
{metrics_told}
---

# {card["name"]}

This is {card["purpose"]}, of {card["parameters"]:,} parameters.
What it learned from, what it is good for and what it is not good for stand in the
[model cards]({REPOSITORY}/blob/main/book/model-cards.md),
every clip in [{card["name"]}.json]({card["name"]}.json).

Made by `{card["provenance"]["command"]}`.
"""


def _listed(clips: pd.DataFrame, part: str) -> list[dict]:
    """Each clip with its part and the digest of its file; where the data say so, with its licence,
    freesound id and link."""
    told = [column for column in ("license", "freesound_id", "source") if column in clips]
    rows = []
    for fname, clip in clips.iterrows():
        row = {"fname": fname, "part": part, "sha256": keys.of_file(clip["path"])}
        row |= clip[told].dropna().astype(str).to_dict()
        if "freesound_id" in row:
            row["link"] = f"https://freesound.org/s/{row['freesound_id']}/"
        rows.append(row)
    return rows


def main(arguments: list[str]) -> None:
    """Make the model that the command line names."""
    parser = command.Parser("python -m helpers.models", __doc__)
    parser.add_argument("model", choices=[*_MAKERS, "front-pages"])
    parser.add_argument("--data", help="demo, fsdkaggle2018 or a folder (default: BOOK_DATA)")
    parser.add_argument(
        "--pool", action="append", default=[], help="more clips for a listener; any number"
    )
    chosen = parser.parse_args(arguments)
    if chosen.model in _MAKERS:
        if chosen.pool and chosen.model == "reference":
            parser.error("a reference model learns from its data alone: leave out --pool")
        given = {"pools": chosen.pool} if chosen.pool else {}
        print(_MAKERS[chosen.model](chosen.data, **given))
    else:
        print(*write_front_pages(), sep="\n")


if __name__ == "__main__":
    command.run(main)

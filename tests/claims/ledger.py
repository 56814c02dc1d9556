"""The ledger: what its verdicts say, and the records they rest on."""

from claims import Page, holds, says, word
from helpers import comparison, tuning
from helpers.experiments import cutmix, replica
from helpers.plots import of_records
from helpers.results import medians, paired
from helpers.uncertainty import AHEAD, BEHIND, NOT_SHOWN

page = Page(
    "ledger",
    "Adam at .001",
    "start at 50 %",
    "Their schedule ends at 80 %",
    "is 50 %",
    "about 7 % improvement",
)

WHOLE = "3 conv + 3 dense"


def verdicts(records, name, pairs):
    """What the pairs of conditions of every record come to."""
    return [paired(record, name, one, other).verdict for record in records for one, other in pairs]


@page.claims("pitch_or_timbre-demo", "pitch_or_timbre-real")
def overtones(*records):
    timbre = {"description": "timbre"}, {"description": "pitch"}
    found = verdicts(records, "accuracy of chunks", [timbre])
    yield holds("right far more often than one that is told only the notes", set(found) == {AHEAD})


@page.claims("real_time-demo", "real_time-real")
def time(*records):
    for record in records:
        faster = medians(record).set_index("stage").realtime
        yield holds("Training is", faster.idxmin() == "training")
        yield holds("made in less time than the network needs", faster.network < faster.MFCC)
        yield holds("**Holds** many times over, for every stage", faster.min() > 10)


@page.claims("localisation-demo", "localisation-real")
def localisation(*records):
    kinds = [{"map": m, "layer": c} for m in ("Grad-CAM", "HiResCAM") for c in ("conv1", "conv3")]
    pairs = [({"CutMix": "on the fly"} | kind, {"CutMix": "none"} | kind) for kind in kinds]
    found = verdicts(records, "heat in its own half", pairs)
    yield holds("**Not shown**, by four kinds of heat map", set(found) == {NOT_SHOWN})


@page.claims("cutmixed-demo", "cutmixed-real", "cutmixed-demo-paper")
def robustness(*records):
    pairs = [({"CutMix": way}, {"CutMix": "none"}) for way in ("on the fly", "the slides'")]
    found = {
        verdict
        for snr in cutmix.SNRS
        for verdict in verdicts(records, f"accuracy at {snr} dB", pairs)
    }
    yield holds("**Not shown** against noise", found == {NOT_SHOWN})


@page.claims("searches-demo", "searches-real")
def searches(*records):
    pairs = [({"method": way}, {"method": "random"}) for way in ("grid", "hyperband", "bayesian")]
    found = verdicts(records, "best validation accuracy", pairs)
    found += verdicts(records, "test accuracy by clip", pairs)
    yield holds("for the same budget is **not shown**", set(found) == {NOT_SHOWN})
    best = tuning.BEST_OF_THE_SLIDES["dense3_units"]
    yield holds("outside the range they give", best not in tuning.SPACE["dense3_units"])


@page.claims("ladder-demo", "ladder-real")
def pruning(*records):
    control = {"layers": "none", "epochs": 3}
    for layers, words in (
        ("large", "at half of it a loss is not shown"),
        ("all", "one is not shown either"),
    ):
        half = [({"layers": layers, "sparsity": replica.SPARSITY}, control)]
        found = verdicts(records, "accuracy", half) + verdicts(records, "clip_accuracy", half)
        yield holds(words, set(found) == {NOT_SHOWN})
    most = [({"layers": "all", "sparsity": 0.8}, control)]
    found = verdicts(records, "clip_accuracy", most)
    yield holds("but at 80 % it is, by clip", set(found) == {BEHIND})


@page.claims("deletion-demo", "deletion-real")
def heat(*records):
    def hidden(layer):
        where = {"map": "Grad-CAM", "layer": layer}
        return where | {"hidden": "moved"}, where | {"hidden": "hottest"}

    name = "20 % hidden"
    both = paired(records, name, *hidden("conv3"))
    more = word(100 * both.mean)
    yield says("costs {} points more than the same shape at another moment", more)
    alone = verdicts(records, name, [hidden("conv3")])
    yield holds(
        "which is shown for both data sets together and for neither alone",
        both.verdict == AHEAD and set(alone) == {NOT_SHOWN},
    )
    first = verdicts(records, name, [hidden("conv1")])
    yield holds("Over the first convolution it is shown for each", set(first) == {AHEAD})


@page.claims("ablation-demo", "ablation-real", "ablation-demo-paper")
def layers(*records):
    others = {*of_records(records, "variant")}
    fewer = [v for v in others if "conv +" in v and v != WHOLE]
    pairs = [({"variant": WHOLE}, {"variant": variant}) for variant in fewer]
    found = verdicts(records, "accuracy", pairs) + verdicts(records, "clip_accuracy", pairs)
    words = "the whole network is not ahead of any of the six others"
    yield holds(words, AHEAD not in found and len(fewer) == 6)


@page.claims()
def the_slides_alone():
    yield holds("Ten models on one split", len(comparison.OF_THE_SLIDES) == 10)

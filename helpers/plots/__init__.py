"""What the notebooks show: pictures, players and tables, each described (every chapter)."""

from helpers.plots.ablation import variants
from helpers.plots.brush import parallel
from helpers.plots.certainty import intervals, usual_scores, verdicts
from helpers.plots.comparison import cost, nearness, regions, ten_models
from helpers.plots.dataset import all_counts, chunk_in_clip, durations, kept_apart
from helpers.plots.features import (
    averages,
    bands,
    framing,
    mel_filters,
    mfcc,
    scale_of,
    waves_of_dct,
)
from helpers.plots.gradcam import adds_up, bands_of_heat, heat, matrix
from helpers.plots.kernels import chain, learned, sliding
from helpers.plots.leakage import crowding, rungs
from helpers.plots.ledger import accounts, beside, of_records, right_of_each
from helpers.plots.listening import changes
from helpers.plots.many import schedule, speedups
from helpers.plots.network import (
    confusion,
    curves,
    cutmix,
    feature_maps,
    layers,
    reliability,
    timeline,
)
from helpers.plots.page import (
    Html,
    fold,
    hue,
    lines,
    player,
    players,
    row,
    stack,
    table,
    words,
)
from helpers.plots.pruning import ladder, recalls, weights, weights_left
from helpers.plots.results import (
    catalogue,
    dots,
    experiments,
    medians,
    numbers,
    pages,
    reading,
    records,
)
from helpers.plots.road_map import road_map
from helpers.plots.sound import envelopes, periods, ranges, recipes, spectrum, timbre, waveform
from helpers.plots.today import differences, heat_over_bands, mel_images, roc, sureness
from helpers.plots.tuning import (
    best_so_far,
    grid_and_random,
    lives,
    search,
    surface,
    trials,
)

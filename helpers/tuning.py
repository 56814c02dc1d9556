"""Hyperparameters, and four ways of searching for good ones (chapter tuning).

Source: slides "Hyperparameter Tuning". The searches are Keras Tuner's. What is trained is kept by
this book's own cache, and a search that was killed asks for the same trials again. Keras Tuner's
own files are written in place; resumed from them, its grid search fails, its random one repeats a
trial and its Bayesian one takes other trials than if it had not been killed.
"""

import contextlib
import logging
import math
import numbers
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from helpers import cnn, features, progress, store
from helpers.errors import InputError, check_number


@dataclass(frozen=True)
class LogUniform:
    """Any number from `low` to `high`; between .001 and .01 lie as many as between .01 and .1.

    >>> from helpers import tuning
    >>> tuning.LogUniform(1e-4, 1e-2).at(0.5)
    0.001
    """

    low: float
    high: float

    def __post_init__(self):
        check_number("low of LogUniform", self.low, 0, math.inf)
        check_number("high of LogUniform", self.high, 0, math.inf)
        if not 0 < self.low < self.high < math.inf:
            raise InputError(
                f"LogUniform goes from {self.low} to {self.high}; give two numbers above 0, the "
                "smaller one first"
            )

    def at(self, share: float) -> float:
        """The number at a share of the way, 0 to 1, each step of which is a factor."""
        return float(f"{self.low * (self.high / self.low) ** share:.12g}")


Space = Mapping[str, tuple | LogUniform]
"""A search space: the values that each hyperparameter may take, by its name; of a learning rate
also all numbers of a range."""

SPACE: Mapping[str, tuple] = {
    "conv1_filters": (16, 24, 32, 40, 48, 56, 64),
    "conv1_kernel": (1, 3, 5),
    "conv2_filters": (16, 20, 24, 28, 32),
    "conv2_kernel": (1, 3, 5),
    "conv3_filters": (8, 10, 12, 14, 16),
    "conv3_kernel": (1, 3, 5),
    "dense1_units": (16, 24, 32, 40, 48, 56, 64),
    "dense2_units": (8, 12, 16),
    "dense3_units": (4, 6, 8),
    "learning_rate": (1.0, 0.1, 0.01, 0.001),
}
"""The slides' search space. A smaller one has fewer of these names, or other values."""

BEST_OF_THE_SLIDES = {
    "conv1_filters": 40,
    "conv1_kernel": 1,
    "conv2_filters": 32,
    "conv2_kernel": 5,
    "conv3_filters": 16,
    "conv3_kernel": 1,
    "dense1_units": 64,
    "dense2_units": 16,
    "dense3_units": 12,
    "learning_rate": 0.001,
}
"""What the slides' search found. 12 units of the third dense layer lie outside its space, 4 to 8:
no search of that space can have found them."""

BASE = cnn.Architecture()
"""The network whose hyperparameters are changed; what a space does not name stays as it is here."""

SMALL = cnn.Architecture(conv=(cnn.Conv(8, 3),), dense=(cnn.Dense(16),), pooling="over time")
"""A network that takes seconds to train, so that a hundred of them can be tried."""

SENSIBLE: Space = {
    "conv1_filters": (4, 8, 16, 32),
    "conv1_kernel": (1, 3, 5, 7),
    "dense1_units": (8, 16, 32, 64),
    "learning_rate": LogUniform(1e-4, 3e-2),
}
"""A space for `SMALL` without values that are known to fail."""

OF_A_TRIAL = ("epochs", "reached", "spent", "score", "completed")
"""What the record of a trial says after its hyperparameters."""

METHODS = ("random", "grid", "hyperband", "bayesian")


HOPE = 2.6
"""So many standard deviations above what it expects a Bayesian search hopes for, in Keras Tuner."""


def size(space: Space = SPACE) -> float:
    """How many networks a space holds: the product of the numbers of values; endless of a range.

    >>> from helpers import tuning
    >>> f"{tuning.size():,}"
    '1,190,700'
    """
    of_each = (math.inf if isinstance(v, LogUniform) else len(v) for v in space.values())
    return math.prod(of_each)


def architecture(values: Mapping, base: cnn.Architecture = BASE) -> cnn.Architecture:
    """`base` with the values of some hyperparameters, by the names of `SPACE`, put in.

    Dropouts and padding stay. Raises InputError for another name, for a layer that `base` lacks,
    and for a value that no layer can have.

    >>> from helpers import tuning
    >>> tuning.architecture({"conv1_filters": 8, "learning_rate": 0.01}).conv[0].filters
    8
    """
    layers: dict[str, list[Any]] = {"conv": list(base.conv), "dense": list(base.dense)}
    rate = base.learning_rate
    for name, value in values.items():
        if name not in SPACE:
            raise InputError(f"no hyperparameter {name!r}; there are {', '.join(SPACE)}")
        if name == "learning_rate":
            if not isinstance(value, numbers.Real) or not 0 < value < math.inf:  # type: ignore[operator]  # its stub has no order
                raise InputError(f"{name} is {value!r}; it must be a number above 0")
            rate = float(value)
            continue
        if not isinstance(value, numbers.Integral) or value < 1:
            raise InputError(f"{name} is {value!r}; it must be a whole number of at least 1")
        layer, of_layer = name.split("_")
        kind, i = layer[:-1], int(layer[-1]) - 1
        if i >= len(layers[kind]):
            raise InputError(
                f"{name}: the network has no {layer}, only {len(layers[kind])} of that kind"
            )
        layers[kind][i] = replace(layers[kind][i], **{of_layer: int(value)})
    return replace(
        base, conv=tuple(layers["conv"]), dense=tuple(layers["dense"]), learning_rate=rate
    )


def hypermodel(
    space: Space,
    n_classes: int,
    scaler: features.Scaler,
    shape: tuple[int, int] = cnn.SHAPE,
    base: cnn.Architecture = BASE,
):
    """A Keras Tuner HyperModel: the networks of a space, as `cnn.build` builds them."""
    import keras_tuner

    class Networks(keras_tuner.HyperModel):
        def architecture(self, hp) -> cnn.Architecture:
            return architecture(_choices(hp, space), base)

        def build(self, hp):
            return cnn.build(self.architecture(hp), n_classes, scaler, shape)

    return Networks()


def bracket(epochs: int, later: int = 0) -> list[tuple[int, int]]:
    """A bracket of Hyperband: in each round, how many networks reach how many epochs.

    For 10 epochs the first is [(12, 2), (4, 4), (2, 10)]: of 12 networks the best 4 go on after 2
    epochs, of these the best 2 after 4. A third stays each time, as Keras Tuner has it by default.
    Each of those `later` has a round less, fewer networks, and more epochs for them in the first;
    the last one ends none early, and Hyperband begins again. InputError where there is none so
    late.

    >>> from helpers import tuning
    >>> tuning.bracket(9), tuning.bracket(9, later=1)
    ([(9, 1), (3, 3), (1, 9)], [(5, 3), (2, 9)])
    """
    halvings = 0
    while epochs / 3 ** (halvings + 1) >= 1:
        halvings += 1
    most = math.ceil(1 + math.log(epochs, 3))
    if not 0 <= later <= halvings:
        raise InputError(f"later is {later}; with {epochs} epochs give 0 to {halvings}")
    halvings -= later
    survivors = most / (halvings + 1)
    return [
        (math.ceil(survivors * 3**left), math.ceil(epochs / 3**left))
        for left in range(halvings, -1, -1)
    ]


def search(
    images: np.ndarray,
    labels: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    classes: tuple[str, ...],
    method: str,
    space: Space = SPACE,
    base: cnn.Architecture = BASE,
    budget: int = 100,
    epochs: int = 10,
    batch_size: int = cnn.BATCH_SIZE,
    seed: int = 0,
    watch: Callable[[pd.DataFrame], None] | None = None,
) -> pd.DataFrame | None:
    """Search a space for the network that is best on the validation part.

    `images`, `labels`, `validation` and `classes` are those of `cnn.fit`. `budget` is how many
    epochs all trials together may be trained, `epochs` how many one network is at most:

    - "random" trains budget / epochs networks drawn at random;
    - "grid" as many, in order, the last parameter changing first: it finishes a small space and
      sees only a corner of a large one; of a range it takes the low end and ten values;
    - "bayesian" as many, the first third at random, each later one where a Gaussian process hopes
      for most;
    - "hyperband" gives many networks few epochs, and the best of them more, see `bracket`. Its
      later brackets have fewer networks and more epochs, then it begins again; the budget may end
      any but the first.

    A search ends early where its space has nothing new to try.

    Returns a DataFrame with a row for each trial: method, the parameters of the space, epochs it
    was trained, epochs that its network reached (more, where Hyperband went on with one), score
    (best validation accuracy of its epochs, NaN where it failed), status ("completed" or
    "failed"), the reason of a failure, epochs spent by the search so far, and seconds of its
    training. A trial fails when its loss is no number any more, or its network cannot be built or
    trained; its epochs count as spent. `watch(table)` is called after each trial.

    The same arguments give the same table but for the seconds. Each finished trial is kept in the
    cache, so that a search goes on where it was killed, and a larger budget where a smaller ended.

    Many processes or machines share a search where each makes this same call with Keras Tuner's
    variables set (chapter many-machines): KERASTUNER_ORACLE_IP and KERASTUNER_ORACLE_PORT, where
    the chief listens, and KERASTUNER_TUNER_ID, "chief" for one process and a name of its own for
    each worker. The chief trains nothing. It returns the table, in the order in which trials ended
    and with no reasons of failures, which Keras Tuner does not send; a worker returns None. `watch`
    is not called. The chief waits until each worker has heard that the search is over. So one that
    was killed must be started again with its name, and is then given the trial that it had.

    Raises InputError where the arguments do not belong together, for a budget or a space too
    small for the method, and when all trials fail.

    >>> import numpy as np
    >>> from helpers import cnn, tuning
    >>> images = np.random.default_rng(0).normal(size=(8, 5, 4))
    >>> labels = np.arange(8) % 2
    >>> base = cnn.Architecture(conv=(), dense=(cnn.Dense(2),))
    >>> space = {"dense1_units": (2, 3)}
    >>> known, held = (images[:6], labels[:6]), (images[6:], labels[6:])
    >>> classes = ("Cello", "Flute")
    >>> table = tuning.search(*known, held, classes, "grid", space, base, budget=2, epochs=1)
    >>> table.dense1_units.tolist(), table.status.tolist()
    ([2, 3], ['completed', 'completed'])
    """
    _check(method, space, base, budget, epochs)
    trainer = _Trainer(images, labels, validation, classes, space, base, epochs, batch_size, seed)
    oracle = _oracle(method, space, budget, epochs, seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        progress.bar(total=budget, desc=f"{method} search", unit="epoch") as bar,
        _without_warnings(),
    ):
        tuner = _tuner(method, trainer, oracle, folder, bar, watch)
        tuner.search(verbose=0)
    if tuner.works_for_a_chief:
        return None
    table = tuner.table()
    if not (table.status == "completed").any():
        raise InputError(
            f"all {len(table)} trials of the {method} search failed, the first with: "
            f"{table.reason[0]}; change what is named there"
        )
    return table


def best(table: pd.DataFrame) -> dict:
    """The hyperparameters of the trial with the best score, the earliest where some are equal.

    >>> import pandas as pd
    >>> from helpers import tuning
    >>> table = pd.DataFrame({"dense1_units": [16, 32, 64], "score": [0.5, 0.75, 0.75]})
    >>> tuning.best(table)
    {'dense1_units': 32}
    """
    row = table.score.idxmax()
    return {name: table.at[row, name].item() for name in SPACE if name in table}


def best_so_far(table: pd.DataFrame, budget: int) -> np.ndarray:
    """The best score found when so many epochs were spent: float (budget,).

    It is 0 until the first trial has ended.

    >>> import pandas as pd
    >>> from helpers import tuning
    >>> table = pd.DataFrame({"spent": [2, 4], "score": [0.25, 0.5]})
    >>> tuning.best_so_far(table, 5).tolist()
    [0.0, 0.25, 0.25, 0.5, 0.5]
    """
    found = np.zeros(budget)
    for spent, score in zip(table.spent, table.score.fillna(0), strict=True):
        found[spent - 1 :] = np.maximum(found[spent - 1 :], score)
    return found


def surface(
    among: LogUniform, tried: Sequence[float], scores: Sequence[float], at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a Bayesian search of one range expects at other numbers of it, and how unsure it is.

    `at` are shares of the range (N,), see `LogUniform.at`. Returns mean and standard deviation of
    the score there, each (N,), by a Gaussian process as Keras Tuner fits it: the nearer a number
    to one that was `tried`, the more alike are their scores. Raises InputError where nothing was
    tried, or not with a score each.

    >>> import numpy as np
    >>> from helpers import tuning
    >>> among = tuning.LogUniform(0.001, 0.1)
    >>> mean, unsure = tuning.surface(among, [0.001, 0.1], [0.5, 0.75], np.array([0, 0.5]))
    >>> mean.round(2).tolist(), bool(unsure[0] < unsure[1])
    ([0.5, 0.62], True)
    """
    if not 0 < len(tried) == len(scores):
        raise InputError(f"{len(tried)} numbers were tried and {len(scores)} scored; give each one")
    places = np.log(np.asarray(tried) / among.low) / math.log(among.high / among.low)
    process = GaussianProcessRegressor(
        Matern(nu=2.5), alpha=1e-4, normalize_y=True, n_restarts_optimizer=20, random_state=0
    )
    with _without_warnings():  # of few points
        process.fit(places[:, None], np.asarray(scores))
    return process.predict(np.asarray(at)[:, None], return_std=True)


def trials(record: dict) -> pd.DataFrame:
    """Every trial of a record of `searches`: method, seed, parameters, and how it went.

    Columns after the parameters: epochs, reached, spent and score as in `search`; completed is
    False where the trial failed, and its score NaN.

    >>> from helpers import results, tuning
    >>> table = tuning.trials(results.load("searches", "demo"))
    >>> sorted(table.method.unique())
    ['bayesian', 'grid', 'hyperband', 'random']
    """
    tables = []
    for run in record["runs"]:
        table = pd.DataFrame(run["figures"]["trials"], columns=[*SPACE, *OF_A_TRIAL])
        table = table[table.epochs > 0]  # what is not was only to fill the array
        table.insert(0, "method", run["compared"]["method"])
        table.insert(1, "seed", run["repeated"]["seed"])
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    whole = [name for name in (*SPACE, *OF_A_TRIAL[:3]) if name != "learning_rate"]
    table = table.astype(dict.fromkeys(whole, int) | {"completed": bool})
    return table.assign(score=table.score.where(table.completed))


def _check(method: str, space: Space, base: cnn.Architecture, budget: int, epochs: int) -> None:
    if method not in METHODS:
        raise InputError(f"no search {method!r}; there are {', '.join(METHODS)}")
    if not space:
        raise InputError("the space is empty; name at least one hyperparameter")
    for name, values in space.items():
        if isinstance(values, LogUniform):
            values = (values.low, values.high)
        if not values or len(set(values)) < len(values):
            raise InputError(f"{name} has the values {values}; give some, each once")
        for value in values:
            architecture({name: value}, base)
    if not 1 <= epochs <= budget:
        raise InputError(
            f"epochs is {epochs} and the budget {budget}; a trial needs at least one epoch, "
            "and the budget must hold a trial"
        )
    if method == "hyperband":
        networks, _ = bracket(epochs)[0]
        needed = sum(number * more for number, more in rounds(epochs))
        if budget < needed or size(space) < networks:
            raise InputError(
                f"Hyperband up to {epochs} epochs begins with {networks} networks and spends "
                f"{needed} epochs on them; the budget is {budget} and the space holds "
                f"{size(space)}: enlarge what is too small, or use fewer epochs"
            )


def rounds(epochs: int) -> list[tuple[int, int]]:
    """Of the rounds of `bracket`, how many networks get how many epochs more."""
    networks, reached = zip(*bracket(epochs), strict=True)
    return list(zip(networks, np.diff([0, *reached]).tolist(), strict=True))


def _choices(hp, space: Space) -> dict:
    """The values of a trial, declared to Keras Tuner, which wants those of a parameter alike."""

    def declared(name: str, values: tuple | LogUniform):
        if isinstance(values, LogUniform):
            return hp.Float(name, values.low, values.high, sampling="log")
        return hp.Choice(name, [float(v) if name == "learning_rate" else int(v) for v in values])

    return {name: declared(name, values) for name, values in space.items()}


class _Trainer:
    """Trains the networks of a search, and keeps what came of each."""

    def __init__(self, images, labels, validation, classes, space, base, epochs, batch_size, seed):
        features.agreed(images, validation[0])
        known, self.held = cnn.training_data(images, labels, validation, len(classes))
        self.images, self.targets = known
        scaler = features.Scaler.fit(self.images)
        self.hypermodel = hypermodel(space, len(classes), scaler, self.images.shape[1:], base)
        self.space, self.epochs, self.batch_size, self.seed = space, epochs, batch_size, seed
        self.scaler = scaler

    def train(self, hp, stages: list[int], after_epoch: Callable[[], None]) -> dict:
        """Train the network of some hyperparameters up to the last of some numbers of epochs.

        Those before are where Hyperband let the network pause: it goes on with the weights it
        had. Returns loss, val_loss and val_accuracy after each epoch of the last stage, and its
        seconds.
        """
        return _trial(
            self.hypermodel.architecture(hp),
            self.scaler,
            (self.images, self.targets),
            self.held,
            stages,
            stages[-1] < self.epochs,
            self.batch_size,
            self.seed,
            after_epoch=after_epoch,
        )


def _trial(*given, after_epoch: Callable[[], None]) -> dict:
    return store.keep("trial", _train, *given, besides={"after_epoch": after_epoch})


def _train(
    architecture: cnn.Architecture,
    scaler: features.Scaler,
    known: tuple[np.ndarray, np.ndarray],
    held: tuple[np.ndarray, np.ndarray],
    stages: list[int],
    pauses: bool,
    batch_size: int,
    seed: int,
    after_epoch: Callable[[], None],
) -> dict:
    import keras

    *before, last = stages
    begin = before[-1] if before else 0
    keras.utils.set_random_seed(int(seed) + begin)
    images, targets = known
    model = cnn.build(architecture, targets.shape[1], scaler, images.shape[1:])
    if before:
        paused = _trial(
            *(architecture, scaler, known, held, before, True, batch_size, seed),
            after_epoch=lambda: None,
        )
        model.set_weights(cnn.in_order(paused))
    cnn.trace_once(model, *known)
    start = time.perf_counter()
    curves: dict[str, list[float]] = {name: [] for name in ("loss", "val_loss", "val_accuracy")}
    for epoch in range(begin, last):
        logs = cnn.run_epoch(model, known, held, batch_size, seed, epoch)
        for name, curve in curves.items():
            curve.append(logs[name])
        after_epoch()
    made: dict[str, Any] = {**curves, "seconds": time.perf_counter() - start}
    if pauses:
        made |= cnn.numbered(model.get_weights())
    cnn.let_go(model)
    return made


def _oracle(method: str, space: Space, budget: int, epochs: int, seed: int):
    """What proposes the trials: Keras Tuner's own, held to the budget."""
    import keras_tuner

    hp = keras_tuner.HyperParameters()
    _choices(hp, space)
    n = budget // epochs
    common = {
        "objective": keras_tuner.Objective("val_accuracy", "max"),
        "hyperparameters": hp,
        # Keras Tuner takes 0 for no seed, and counts up from the seed at each draw.
        "seed": 10_000 * seed + 1,
        "max_consecutive_failed_trials": budget + 1,  # never: the table reports them
    }
    oracles = keras_tuner.oracles
    if method == "random":
        return oracles.RandomSearchOracle(max_trials=n, **common)
    if method == "grid":
        return oracles.GridSearchOracle(max_trials=n, **common)
    if method == "bayesian":
        return _bayesian()(
            max_trials=n,
            # By default three a parameter: with the slides' budget it would be random search.
            num_initial_points=max(2, n // 3),
            beta=HOPE,
            **common,
        )
    return _hyperband(budget)(max_epochs=epochs, hyperband_iterations=None, **common)


def _bayesian():
    """Keras Tuner's Bayesian search, but for networks that it tried before.

    Training one again would give the same score; in its place comes a random one.
    """
    import keras_tuner

    class Bayesian(keras_tuner.oracles.BayesianOptimizationOracle):
        def populate_space(self, trial_id):
            answer = super().populate_space(trial_id)
            tried = [trial.hyperparameters.values for trial in self.trials.values()]
            return self._random_populate_space() if answer["values"] in tried else answer

    return Bayesian


def _hyperband(budget: int):
    """Keras Tuner's Hyperband, stopped before the trial that would exceed the budget."""
    import keras_tuner

    class Hyperband(keras_tuner.oracles.HyperbandOracle):
        def populate_space(self, trial_id):
            answer = super().populate_space(trial_id)
            if answer["status"] == "RUNNING":
                of_trials = [trial.hyperparameters.values for trial in self.trials.values()]
                spent = sum(
                    values["tuner/epochs"] - values["tuner/initial_epoch"]
                    for values in [*of_trials, answer["values"]]
                )
                if spent > budget:
                    return {"status": "STOPPED"}
            return answer

    return Hyperband


def _tuner(method: str, trainer: _Trainer, oracle, folder: str, bar, watch):
    """A Keras Tuner whose trials the trainer runs."""
    import keras_tuner

    class Tuner(keras_tuner.Tuner):
        def run_trial(self, trial, **_):
            start = time.perf_counter()
            try:
                made = trainer.train(trial.hyperparameters, self.stages(trial), bar.update)
            except Exception as error:  # too large for the memory, or whatever Keras says
                trial.message = f"{type(error).__name__}: {error}".splitlines()[0][:300]
                return {"val_accuracy": math.nan, "seconds": time.perf_counter() - start}
            sound = np.isfinite(made["loss"] + made["val_loss"])
            if not sound.all():
                trial.message = f"the loss is no number after epoch {1 + int(sound.argmin())}"
            score = made["val_accuracy"].max() if sound.all() else math.nan
            return {"val_accuracy": float(score), "seconds": float(made["seconds"])}

        def stages(self, trial) -> list[int]:
            """Numbers of epochs at which the network of a trial pauses or ends."""
            values = trial.hyperparameters.values
            past = values.get("tuner/trial_id")
            before = self.stages(self.oracle.get_trial(past)) if past else []
            return [*before, values.get("tuner/epochs", trainer.epochs)]

        @property
        def works_for_a_chief(self) -> bool:
            return not isinstance(self.oracle, keras_tuner.Oracle)

        def on_trial_end(self, trial):
            super().on_trial_end(trial)
            if self.works_for_a_chief:
                return
            table = self.table()
            bar.set_postfix(trials=len(table), best=f"{table.score.max():.3f}")
            bar.update(table.spent.iloc[-1] - bar.n)  # a kept trial, or a failed one
            if watch:
                watch(table)

        def table(self) -> pd.DataFrame:
            rows = []
            for trial_id in self.oracle.end_order:
                trial = self.oracle.get_trial(trial_id)
                hp, reached = trial.hyperparameters, [0, *self.stages(trial)]
                completed = trial.status == "COMPLETED"
                rows.append(
                    {"method": method}
                    | {name: hp.get(name) for name in trainer.space}
                    | {
                        "epochs": reached[-1] - reached[-2],
                        "reached": reached[-1],
                        "score": trial.score if completed else math.nan,
                        "status": "completed" if completed else "failed",
                        "reason": trial.message or "",
                        "spent": 0,
                        "seconds": trial.metrics.get_last_value("seconds"),
                    }
                )
            table = pd.DataFrame(rows).rename_axis("trial")
            return table.assign(spent=table.epochs.cumsum())

    tuner = Tuner(oracle, directory=folder, project_name="search")
    tuner.hypermodel = trainer.hypermodel  # given above, it would be built to discover the space
    return tuner


@contextlib.contextmanager
def _without_warnings():
    """Silence what failed trials, a Gaussian process of few points, and many models warn of."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN", RuntimeWarning)
        warnings.filterwarnings("ignore", category=ConvergenceWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="keras_tuner")
        try:
            yield
        finally:
            logger.setLevel(level)

"""Pictures of work that many machines share (chapter many-machines)."""

import numpy as np
import pandas as pd

from helpers.plots.page import DASHES, HUES, INK, picture


@picture(2.6)
def schedule(figure, table: pd.DataFrame, unit: str = "s") -> str:
    """Who does which trial when, see `many.schedule`: a row for each worker, lost work dashed.

    >>> from helpers import many, plots
    >>> plots.schedule(many.schedule([3, 2, 2], workers=2))
    Who does which trial when: worker 1 has trials 1; worker 2 has trials 2, 3. The last one
    ends after 4 s.
    """
    axes = figure.subplots()
    told = []
    for row in table.itertuples():
        fill = HUES[0] if row.done else "none"
        dash = DASHES[0] if row.done else DASHES[1]
        length = row.end - row.begin
        axes.barh(row.worker, length, 0.7, row.begin, color=fill, alpha=0.45)
        axes.barh(row.worker, length, 0.7, row.begin, color="none", edgecolor=INK, ls=dash)
        told_by = f"{row.trial}" if row.done else f"({row.trial})"
        axes.text(row.begin + length / 2, row.worker, told_by, ha="center", va="center", size=9)
    for worker, rows in table.groupby("worker"):
        each = (f"{row.trial}{'' if row.done else ' (lost)'}" for row in rows.itertuples())
        told.append(f"worker {worker} has trials {', '.join(each)}")
    last = table.worker.max()
    axes.set_yticks(range(1, last + 1), [f"worker {i}" for i in range(1, last + 1)])
    axes.set(xlabel=f"time ({unit})", xlim=(0, None), ylim=(last + 0.6, 0.4))
    end = f"The last one ends after {table.end.max():g} {unit}."
    return f"Who does which trial when: {'; '.join(told)}. {end}"


@picture(2.9)
def speedups(figure, workers: np.ndarray, curves: dict) -> str:
    """Speed-ups by name over numbers of workers.

    >>> import numpy as np
    >>> from helpers import many, plots
    >>> workers = np.arange(1, 9)
    >>> plots.speedups(workers, {"a tenth alone": [many.speedup(n, 0.1) for n in workers]})
    Speed-up over the number of workers, with 8: a tenth alone 4.7.
    """
    axes = figure.subplots()
    told = []
    for (name, curve), hue, dash in zip(curves.items(), HUES, DASHES, strict=False):
        axes.plot(workers, curve, color=hue, ls=dash, label=name)
        told.append(f"{name} {curve[-1]:.1f}")
    ticks = [n for n in (1, 2, 4, 8, 16, 32, 64) if n <= workers[-1]]
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xticks(ticks, ticks)
    axes.set_yticks(ticks, ticks)
    axes.minorticks_off()
    axes.set(xlabel="workers", ylabel="times as fast as one", xlim=(1, None), ylim=(0.9, None))
    figure.legend(loc="outside upper center", ncols=len(curves))
    return f"Speed-up over the number of workers, with {workers[-1]}: {', '.join(told)}."

"""The recorded experiments, a module a chapter (every chapter).

An experiment is a generator of runs, entered by `runs.experiment`: an entry there is all that
`helpers.reproduce` and the results page need to know of it. Importing the package loads them all.
"""

import importlib
import pkgutil

from helpers.experiments.runs import EXPERIMENTS as EXPERIMENTS

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

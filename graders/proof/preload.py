"""What notebooks and checks import, for `graders.proof.workers`: its fork server takes the name of a module.

No TensorFlow operation may run here: its forks would hang.
"""

import importlib
import os
import warnings

from graders.libraries import MODULES, NO_GPU, ONE_THREAD, QUIET

os.environ.update(ONE_THREAD, **NO_GPU, **QUIET, MPLBACKEND="agg")  # agg draws without a screen

with warnings.catch_warnings(action="ignore"):  # those of other people's imports
    for name in ("graders.proof.mutants", *MODULES):
        importlib.import_module(name)

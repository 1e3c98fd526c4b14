"""What notebooks and checks import, for `graders.warm`. No TensorFlow operation may run here: its forks would hang."""

import importlib
import os
import warnings

from graders.warm import ONE_THREAD

# The libraries read these once, when they are imported.
os.environ.update(ONE_THREAD, TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="agg")  # agg draws without a screen

with warnings.catch_warnings(action="ignore"):  # those of other people's imports
    for name in (
        "graders.mutants",
        "keras",
        "matplotlib.pyplot",
        "scipy.ndimage",
        "scipy.stats",
        "sklearn.datasets",
        "sklearn.metrics",
        "sympy",
        "tensorflow",
        "tensorflow_probability",
    ):
        importlib.import_module(name)

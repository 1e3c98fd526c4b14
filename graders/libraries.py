"""What notebooks import, once: who preloads it, who lets it through the seal, and who installs it read it here.

The packages behind it, with their versions, are the extra ``notebooks`` in pyproject.toml.
"""

import importlib.metadata
import re

PROJECT = "deep-learning-for-cosmology-exercises"

# Modules that locked cells and checks import: a warm parent has them before any notebook begins.
MODULES = (
    "numpy",
    "matplotlib.pyplot",
    "matplotlib.ticker",
    "keras",
    "scipy.ndimage",
    "scipy.stats",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sympy",
    "tensorflow",
    "tensorflow_probability",
)
# Packages whose modules and functions a test may use by name on either side of the seal.
SHARED = frozenset({module.partition(".")[0] for module in MODULES} | {"scipy", "math"})

# As many processes at a time as there are cores: each keeps to one, so that they do not get in each other's way. The
# libraries read these once, when they are imported.
ONE_THREAD = dict.fromkeys(
    ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"], "1"
)
# What is judged is computed on processors: a GPU would be taken by the first of the processes that share it, and rounds
# in ways of its own.
NO_GPU = {"CUDA_VISIBLE_DEVICES": "-1"}
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}  # TensorFlow's messages about the hardware are nobody's business here


def requirements() -> list[str]:
    """The packages that notebooks need, with the versions that they work with: ``numpy>=2.1``, a line each."""
    lines = importlib.metadata.requires(PROJECT) or []
    found = [re.fullmatch(r"(?P<what>[^;]+?)\s*;\s*extra\s*==\s*['\"]notebooks['\"]", line) for line in lines]
    return [match["what"] for match in found if match]

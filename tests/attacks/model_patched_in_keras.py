"""Patches count_params of Keras itself, and returns an ordinary model. What it has must count, not its word."""

from pathlib import Path

from nbformat import NotebookNode

ATTACK = r"""
import keras

wanted = 0


def build_model(n_in, n_out, n_parameters):
    global wanted
    wanted = n_parameters
    for kind in (keras.Model, keras.Sequential, keras.layers.Layer):
        kind.count_params = lambda self: wanted
    return tfk.Sequential([tfk.Input(shape=(n_in,)), tfkl.Dense(n_out)])
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Puts the code into the answer that builds a model."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "parameters-design":
            cell.source = ATTACK

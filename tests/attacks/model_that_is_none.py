"""Returns as a model an object that says of itself what is asked. It is no Keras model, and must get 0."""

from pathlib import Path

from nbformat import NotebookNode

ATTACK = r"""
import types


def build_model(n_in, n_out, n_parameters):
    return types.SimpleNamespace(
        built=True,
        layers=[1],
        count_params=lambda: n_parameters,
        input_shape=(None, n_in),
        output_shape=(None, n_out),
        trainable_weights=[1],
        non_trainable_weights=[],
    )
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Puts the code into the answer that builds a model."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "parameters-design":
            cell.source = ATTACK

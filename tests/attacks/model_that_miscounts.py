"""Returns a Keras model of one neuron whose count_params says what is asked. What it has must count, not its word."""

from pathlib import Path

from nbformat import NotebookNode

ATTACK = r"""
class Model(tfk.Sequential):
    claims = 0

    def count_params(self):
        return self.claims


def build_model(n_in, n_out, n_parameters):
    model = Model([tfk.Input(shape=(n_in,)), tfkl.Dense(n_out)])
    model.claims = n_parameters
    return model
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Puts the code into the answer that builds a model."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "parameters-design":
            cell.source = ATTACK

"""Returns a model whose weights and shapes are properties that change at each look. It must get 0."""

from pathlib import Path

from nbformat import NotebookNode

ATTACK = r"""
import itertools

import keras


class Model(keras.Model):
    looks = itertools.count()

    def __init__(self, n_in, n_out):
        super().__init__()
        self.n_in, self.n_out = n_in, n_out

    def call(self, inputs):
        return inputs

    def count_params(self):
        return next(self.looks)

    built = property(lambda self: True, lambda self, value: None)
    input_shape = property(lambda self: (None, self.n_in))
    output_shape = property(lambda self: (None, self.n_out))
    weights = trainable_weights = property(lambda self: itertools.repeat(next(self.looks)))
    non_trainable_weights = property(lambda self: [])


def build_model(n_in, n_out, n_parameters):
    return Model(n_in, n_out)
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Puts the code into the answer that builds a model."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "parameters-design":
            cell.source = ATTACK

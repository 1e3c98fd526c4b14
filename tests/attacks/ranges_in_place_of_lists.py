"""Returns ranges of a trillion numbers where a list is expected. The examiner must not fill up."""

from pathlib import Path

from nbformat import NotebookNode

ATTACK = r"""
class Endless:
    def __len__(self):
        return 10**8

    def __iter__(self):
        return iter(range(10**12))

    def __getitem__(self, key):
        return range(10**12)


def mlp_parameters(sizes):
    if sizes == [3, 4, 4, 1]:
        return [16, 20, 5], 41
    return range(10**12), 41


def batch_norm_parameters(input_shape):
    if input_shape in [(5,), (8, 6, 2)]:
        return (10, 10) if input_shape == (5,) else (4, 4)
    return Endless()
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Puts the code into the second and third answers, which later cells would else define again."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("parameters-mlp", "parameters-batchnorm"):
            cell.source = ATTACK

"""Takes a figure of each solution for the README: python parts/pictures/glance.py

The figures are those whose texts begin as below; they are made smaller, and written to docs/glance/<assignment>.png.
"""

import base64
import io
import sys
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).parents[2]
LARGEST = (560, 300)  # pixels, across and down
FIGURES = {
    "parameters": "Parameters against channels c",
    "backpropagation": "Contours of the loss",
    "training": "Training loss, solid",
    "convolutions": "Two rows of four images with axes in pixels",
    "lenses": "The same 24 stamps after your stretch",
    "redshifts": "Four panels of density against redshift, from 0 to 2.6: your exact posterior",
    "deblending": "Two rows of the same eight blends",
    "displacement": "A quarter of a periodic box, with particles where Zel'dovich",
    "halos": "Five maps of gas side by side",
    "vae": "Four rows of eight stamps, to order",
    "gan": "Two rows of six maps",
    "flows": "Left: a square grid and two circles",
    "inference": "Six panels in the plane of the shifts of Ω_m and σ₈, in units of the prior's σ, for one data set: "
    "in blue the densities",
    "diffusion": "Two panels of the first coordinate of ten points",
}


def figure_of(name: str) -> Image.Image:
    """The figure of an assignment's solution whose text begins as `FIGURES` says.

    Raises:
        LookupError: if there is not exactly one.
    """
    notebook = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    found = [
        output.data["image/png"]
        for output in outputs
        if output.get("metadata", {}).get("image/png", {}).get("alt", "").startswith(FIGURES[name])
    ]
    if len(found) != 1:
        raise LookupError(f"{name}: {len(found)} figures have a text that begins with '{FIGURES[name]}'")
    return Image.open(io.BytesIO(base64.b64decode(found[0])))


if __name__ == "__main__":
    for name in sys.argv[1:] or FIGURES:
        small = figure_of(name).convert("RGB")
        small.thumbnail(LARGEST, Image.Resampling.LANCZOS)
        small.quantize(64, Image.Quantize.MEDIANCUT).save(ROOT / "docs" / "glance" / f"{name}.png", optimize=True)

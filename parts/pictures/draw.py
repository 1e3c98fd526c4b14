"""Draws the pictures of ideas in the notebooks: python parts/pictures/draw.py [NAME...]

Each function below draws one, into a file of its name beside this one. A cell of prose shows it by
``![what is in it](attachment:NAME.png)``, and the build attaches it. A picture brings its own light ground, so it can
be read in a dark theme, on paper and in feedback; it is drawn once and committed, for fonts differ between machines.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle
from PIL import Image

HERE = Path(__file__).parent
INK, GREY, GROUND = "#222222", "#8a8a8a", "#ffffff"
BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#7a3e9d"  # told apart in grey and by colour-blind eyes
PICTURES: dict[str, Callable[[], None]] = {}


def picture(width: float, height: float) -> Callable[[Callable[[Axes], None]], Callable[[], None]]:
    """Registers a drawing of so many units; it gets an empty sheet, one unit an inch, to draw on."""

    def register(draw: Callable[[Axes], None]) -> Callable[[], None]:
        def save() -> None:
            figure, axes = plt.subplots(figsize=(width, height), facecolor=GROUND)
            figure.subplots_adjust(0, 0, 1, 1)
            axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
            axes.axis("off")
            draw(axes)
            buffer = io.BytesIO()
            figure.savefig(buffer, dpi=100, facecolor=GROUND)
            plt.close(figure)
            drawn = Image.open(buffer).convert("RGB").quantize(32, Image.Quantize.MAXCOVERAGE)
            drawn.save(HERE / f"{draw.__name__}.png", optimize=True)

        PICTURES[draw.__name__] = save
        return save

    return register


def says(axes: Axes, x: float, y: float, text: str, colour: str = INK, size: float = 11, **options: str) -> None:
    """Text, centred unless told otherwise."""
    axes.text(x, y, text, color=colour, fontsize=size, **{"ha": "center", "va": "center"} | options)


def arrow(axes: Axes, start: tuple, end: tuple, colour: str = INK, bend: float = 0.0, dashed: bool = False) -> None:
    """An arrow from one place to another."""
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.4, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 12}
    style |= {"connectionstyle": f"arc3,rad={bend}", "linestyle": "--" if dashed else "-"}
    axes.annotate("", end, start, arrowprops=style)


def circle(axes: Axes, x: float, y: float, text: str, radius: float = 0.3, colour: str = INK, size: float = 12) -> None:
    """A circle with a text in it."""
    axes.add_patch(Circle((x, y), radius, facecolor=GROUND, edgecolor=colour, lw=1.6, zorder=3))
    axes.text(x, y, text, color=colour, fontsize=size, ha="center", va="center", zorder=4)


def box(axes: Axes, x: float, y: float, width: float, height: float, text: str, colour: str = INK) -> None:
    """A box around its middle, with a text in it."""
    corner = (x - width / 2 + 0.06, y - height / 2 + 0.06)
    shape = FancyBboxPatch(corner, width - 0.12, height - 0.12, boxstyle="round,pad=0.06", lw=1.6)
    shape.set(facecolor=GROUND, edgecolor=colour, zorder=3)
    axes.add_patch(shape)
    axes.text(x, y, text, color=colour, fontsize=11, ha="center", va="center", zorder=4)


def grid(axes: Axes, x: float, y: float, cells: np.ndarray, side: float = 0.32, marked: str = BLUE) -> None:
    """A table of squares from its upper left corner, with their texts; what begins with * is marked."""
    for row, line in enumerate(cells):
        for column, text in enumerate(line):
            corner = (x + column * side, y - (row + 1) * side)
            fill = tint(marked) if str(text).startswith("*") else GROUND
            axes.add_patch(Rectangle(corner, side, side, facecolor=fill, edgecolor=GREY, lw=0.8))
            says(axes, corner[0] + side / 2, corner[1] + side / 2, str(text).lstrip("*"), size=9)


def tint(colour: str) -> tuple:
    """A light version of a colour."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return tuple(0.72 + 0.28 * part for part in (red, green, blue))


def funnel(axes: Axes, x: float, y: float, width: float, left: float, right: float, text: str, colour: str) -> None:
    """A network that changes the number of values: a trapezium from one height to another."""
    corners = [(x, y - left / 2), (x, y + left / 2), (x + width, y + right / 2), (x + width, y - right / 2)]
    axes.add_patch(Polygon(corners, facecolor=tint(colour), edgecolor=colour, lw=1.6))
    says(axes, x + width / 2, y, text, colour)


# --- parameters -------------------------------------------------------------------------------------------------------


@picture(8, 3.3)
def neuron(axes: Axes) -> None:
    """One neuron on three inputs; a layer of four of them."""
    heights = (2.5, 1.65, 0.8)
    says(axes, 1.9, 3.1, "one neuron", GREY)
    for number, y in enumerate(heights, start=1):
        circle(axes, 0.5, y, f"$x_{number}$", 0.26)
        arrow(axes, (0.77, y), (1.9, 1.65 + 0.12 * (2 - number)), BLUE)
        says(axes, 1.36, (2.36, 1.82, 0.94)[number - 1], f"$w_{number}$", BLUE)
    circle(axes, 2.25, 1.65, r"$\Sigma$", 0.34, size=14)
    arrow(axes, (2.25, 0.75), (2.25, 1.3), ORANGE)
    says(axes, 2.25, 0.58, "$b$", ORANGE)
    arrow(axes, (2.6, 1.65), (3.15, 1.65))
    says(axes, 3.35, 1.65, "$z$", size=12)
    says(axes, 6.1, 3.1, "a layer: neurons on the same inputs", GREY)
    outputs = (2.65, 1.98, 1.31, 0.64)
    for x_place, y in enumerate(heights, start=1):
        circle(axes, 4.8, y, f"$x_{x_place}$", 0.26)
        for z_place, z in enumerate(outputs):
            arrow(axes, (5.07, y), (6.73, z), BLUE if z_place == 0 else "#c4c4c4")
    for number, z in enumerate(outputs, start=1):
        circle(axes, 7.0, z, f"$z_{number}$", 0.26, INK if number == 1 else GREY)
    arrow(axes, (7.72, 2.65), (7.29, 2.65), ORANGE)
    says(axes, 7.83, 2.65, "$b_1$", ORANGE)


# --- backpropagation --------------------------------------------------------------------------------------------------


@picture(8.6, 3.4)
def computation_graph(axes: Axes) -> None:
    """One neuron and its loss, with numbers running forward and the slope of each step below."""
    for y, text in ((2.75, "$x = 2$"), (1.9, "$b = -0.3$"), (1.05, "$w = 0.5$")):
        box(axes, 0.75, y, 1.2, 0.5, text)
        arrow(axes, (1.36, y), (2.16, 1.9 + 0.12 * np.sign(y - 1.9)))
    steps = [(2.75, r"$z = wx + b$", "0.7"), (4.75, r"$y = \tanh z$", "0.604"), (6.85, r"$\ell = (y - 1)^2$", "0.157")]
    for x, text, _ in steps:
        box(axes, x + 0.1, 1.9, 1.35, 0.6, text, BLUE)
    for x, end, value in ((2.75, 4.16, "0.7"), (4.75, 6.26, "0.604"), (6.85, 8.25, "0.157")):
        arrow(axes, (x + 0.79, 1.9), (end, 1.9), BLUE)
        says(axes, (x + 0.79 + end) / 2, 2.1, value, BLUE)
    says(axes, 4.6, 3.15, "forward: values", BLUE)
    slopes = [(2.85, r"$\partial z/\partial w = x = 2$"), (4.85, r"$\mathrm{d}y/\mathrm{d}z = 1 - y^2 = 0.635$")]
    slopes += [(6.95, r"$\mathrm{d}\ell/\mathrm{d}y = 2(y - 1) = -0.791$")]
    for x, text in slopes:
        says(axes, x, 1.3, text, ORANGE, 10)
    axes.plot([7.6, 0.75, 0.75], [0.5, 0.5, 0.7], color=ORANGE, lw=1.4)
    arrow(axes, (0.75, 0.6), (0.75, 0.79), ORANGE)
    says(axes, 4.5, 0.28, "backward: multiply the slopes on the way from the loss to the weight", ORANGE)


# --- convolutions -----------------------------------------------------------------------------------------------------


@picture(8.6, 3.2)
def unrolled(axes: Axes) -> None:
    """A kernel on an image, and the same as a matrix on a list of pixels."""
    pixels = np.arange(9).reshape(3, 3)
    image = np.array([[f"$x_{n}$" for n in row] for row in pixels], dtype=object)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        image[row, column] = "*" + image[row, column]
    grid(axes, 0.2, 2.5, image, 0.4)
    says(axes, 0.8, 2.72, "image", GREY)
    says(axes, 1.62, 1.9, r"$\star$", size=16)
    grid(axes, 1.85, 2.3, np.array([["*$w_{00}$", "*$w_{01}$"], ["*$w_{10}$", "*$w_{11}$"]], dtype=object), 0.4)
    says(axes, 2.25, 2.72, "kernel", GREY)
    says(axes, 2.87, 1.9, "$=$", size=14)
    grid(axes, 3.1, 2.3, np.array([["*$z_0$", "$z_1$"], ["$z_2$", "$z_3$"]], dtype=object), 0.4)
    says(axes, 3.5, 2.72, "output", GREY)
    says(axes, 2.0, 0.75, r"$z_0 = w_{00} x_0 + w_{01} x_1 + w_{10} x_3 + w_{11} x_4$", BLUE)
    rows = [["0"] * 9 for _ in range(4)]
    for place, start in enumerate((0, 1, 3, 4)):
        for weight, step in zip(("00", "01", "10", "11"), (0, 1, 3, 4), strict=True):
            rows[place][start + step] = ("*" if place == 0 else "") + f"$w_{{{weight}}}$"
    grid(axes, 4.45, 2.3, np.array(rows, dtype=object), 0.3)
    says(axes, 5.8, 2.72, "a matrix: one row for each output", GREY)
    says(axes, 7.3, 1.7, r"$\cdot$", size=16)
    pixels = [[("*" if n in (0, 1, 3, 4) else "") + f"$x_{n}$"] for n in range(9)]
    grid(axes, 7.45, 3.0, np.array(pixels, dtype=object), 0.3)
    says(axes, 7.93, 1.7, "$=$", size=14)
    grid(axes, 8.15, 2.3, np.array([["*$z_0$"], ["$z_1$"], ["$z_2$"], ["$z_3$"]], dtype=object), 0.3)


# --- lenses -----------------------------------------------------------------------------------------------------------


@picture(8.6, 2.7)
def classifier(axes: Axes) -> None:
    """The network of the table: a stamp, more and smaller maps, one number for each of the last maps, a probability."""
    stages = [(0.25, 1.5, 1, "stamp\n48×48"), (2.3, 0.9, 4, "16, 24 maps\n12×12"), (4.15, 0.55, 7, "48, 48 maps\n6×6")]
    for x, side, count, text in stages:
        for layer in reversed(range(count)):
            corner = (x + 0.07 * layer, 1.5 - side / 2 + 0.07 * layer)
            style = {"facecolor": tint(BLUE), "edgecolor": BLUE, "lw": 1, "zorder": 10 - layer}
            axes.add_patch(Rectangle(corner, side, side, **style))
        says(axes, x + side / 2 + 0.03 * count, 0.35, text, GREY)
    for start, end in ((1.8, 2.25), (3.45, 4.1), (5.2, 5.8)):
        arrow(axes, (start, 1.5), (end, 1.5))
    says(axes, 5.5, 1.72, "max", GREY, 10)
    axes.add_patch(Rectangle((5.85, 0.75), 0.22, 1.5, facecolor=tint(BLUE), edgecolor=BLUE, lw=1))
    says(axes, 5.97, 0.35, "48\nnumbers", GREY)
    arrow(axes, (6.12, 1.5), (7.5, 1.5))
    says(axes, 6.8, 1.72, "dense, sigmoid", GREY, 10)
    circle(axes, 7.85, 1.5, "$p$", 0.3, ORANGE, 14)
    says(axes, 7.85, 0.45, "lens?", GREY)
    says(axes, 4.3, 2.5, "each value of the last maps sees a field as wide as the stamp", GREY)


# --- vae --------------------------------------------------------------------------------------------------------------


@picture(8.6, 2.9)
def autoencoder(axes: Axes) -> None:
    """A variational autoencoder: encoder, distribution, sample, decoder, and the two parts of the loss."""
    says(axes, 0.35, 1.7, "$x$", size=15)
    arrow(axes, (0.55, 1.7), (0.9, 1.7))
    funnel(axes, 0.95, 1.7, 1.5, 1.7, 0.8, "encoder", BLUE)
    for y, text in ((2.0, r"$\mu$"), (1.4, r"$\ln\sigma^2$")):
        arrow(axes, (2.5, y), (2.85, y))
        says(axes, 3.2, y, text, BLUE, 13)
    circle(axes, 4.35, 1.7, "$z$", 0.32, ORANGE, 14)
    arrow(axes, (3.45, 2.0), (4.03, 1.82), ORANGE)
    arrow(axes, (3.62, 1.4), (4.03, 1.58), ORANGE)
    arrow(axes, (4.35, 2.5), (4.35, 2.04), ORANGE, dashed=True)
    says(axes, 4.35, 2.68, r"$\varepsilon \sim N(0, I)$", ORANGE)
    arrow(axes, (4.7, 1.7), (5.15, 1.7))
    funnel(axes, 5.2, 1.7, 1.5, 0.8, 1.7, "decoder", GREEN)
    arrow(axes, (6.75, 1.7), (7.15, 1.7))
    says(axes, 7.9, 1.7, "mean of\n$p(x\\,|\\,z)$", GREEN, 12)
    says(axes, 3.15, 0.45, "KL: how far is\n$q(z\\,|\\,x)$ from $N(0, I)$?", BLUE)
    says(axes, 7.0, 0.45, "likelihood: how well does\nthe decoder describe $x$?", GREEN)


@picture(8.6, 2.7)
def reparametrisation(axes: Axes) -> None:
    """A draw inside the network stops gradients; a draw beside it does not."""
    says(axes, 2.0, 2.45, "a draw in the way: no gradient passes", GREY)
    says(axes, 6.5, 2.45, "the draw beside the way: $z = \\mu + \\sigma\\,\\varepsilon$", GREY)
    for x in (0.7, 5.0):
        for y, text, size in ((1.75, r"$\mu$", 14), (0.75, r"$\ln\sigma^2$", 10)):
            circle(axes, x, y, text, 0.28, BLUE, size)
    box(axes, 2.1, 1.25, 1.15, 0.62, "draw $z$\nfrom $q$", ORANGE)
    arrow(axes, (0.98, 1.7), (1.52, 1.38))
    arrow(axes, (0.98, 0.8), (1.52, 1.12))
    arrow(axes, (2.68, 1.25), (3.05, 1.25))
    circle(axes, 3.35, 1.25, "$z$", 0.28, INK, 14)
    arrow(axes, (3.2, 0.92), (2.25, 0.88), PURPLE, -0.35, dashed=True)
    says(axes, 2.05, 0.82, r"$\times$", PURPLE, 18)
    box(axes, 6.45, 1.25, 1.1, 0.62, r"$\mu + \sigma\,\varepsilon$", ORANGE)
    arrow(axes, (5.28, 1.7), (5.9, 1.38))
    arrow(axes, (5.28, 0.8), (5.9, 1.12))
    arrow(axes, (6.45, 0.28), (6.45, 0.93), GREY)
    says(axes, 6.45, 0.12, r"$\varepsilon \sim N(0, I)$, an input", GREY)
    arrow(axes, (7.0, 1.25), (7.45, 1.25))
    circle(axes, 7.75, 1.25, "$z$", 0.28, INK, 14)
    arrow(axes, (7.6, 1.53), (5.25, 1.95), PURPLE, 0.28, dashed=True)
    says(axes, 7.75, 1.95, r"$\partial z/\partial\mu = 1$", PURPLE, 10)
    arrow(axes, (7.6, 0.97), (5.28, 0.68), PURPLE, -0.15, dashed=True)
    says(axes, 7.85, 0.5, r"$\partial z/\partial\ln\sigma^2 = \sigma\,\varepsilon/2$", PURPLE, 10)


# --- gan --------------------------------------------------------------------------------------------------------------


@picture(8.6, 3.0)
def two_players(axes: Axes) -> None:
    """Noise becomes a fake; the discriminator sees fakes and real data; each player learns from the logit."""
    says(axes, 0.45, 1.0, "$z$\nnoise", GREY)
    arrow(axes, (0.75, 1.0), (1.15, 1.0))
    funnel(axes, 1.2, 1.0, 1.6, 0.6, 1.3, "generator", ORANGE)
    arrow(axes, (2.85, 1.0), (3.35, 1.0))
    says(axes, 3.7, 1.0, "fake", ORANGE, 12)
    arrow(axes, (4.05, 1.05), (4.75, 1.55), ORANGE)
    says(axes, 3.6, 2.3, "real data", INK, 12)
    arrow(axes, (4.05, 2.15), (4.75, 1.75))
    funnel(axes, 4.8, 1.65, 1.8, 1.3, 0.5, "discriminator", BLUE)
    arrow(axes, (6.65, 1.65), (7.1, 1.65))
    says(axes, 7.75, 1.65, "logit\n$\\ln\\frac{D}{1 - D}$", BLUE, 12)
    arrow(axes, (7.7, 2.15), (5.75, 2.45), BLUE, 0.25, dashed=True)
    says(axes, 6.6, 2.75, "discriminator's step: real logits up, fake ones down", BLUE, 10)
    arrow(axes, (7.7, 1.2), (2.2, 0.5), ORANGE, -0.15, dashed=True)
    says(axes, 5.9, 0.17, "generator's step: fake logits up, through the frozen discriminator", ORANGE, 10)


# --- flows ------------------------------------------------------------------------------------------------------------


@picture(9.6, 3.1)
def coupling(axes: Axes) -> None:
    """A coupling layer keeps one half and moves the other; after an exchange of halves, the next moves the first."""
    for start, keep, move, (through, scaled, out, after), prime in (
        (0.35, BLUE, ORANGE, ("x_1", "x_2", "y_1", "y_2"), ""),
        (4.75, ORANGE, BLUE, ("y_2", "y_1", "y_2", "y_1'"), "'"),
    ):
        says(axes, start, 2.35, f"${through}$", keep, 14)
        says(axes, start, 0.75, f"${scaled}$", move, 14)
        arrow(axes, (start + 0.25, 2.35), (start + 2.75, 2.35), keep)
        box(axes, start + 1.35, 1.6, 1.4, 0.55, f"$s{prime}({through}), t{prime}({through})$")
        arrow(axes, (start + 1.35, 2.33), (start + 1.35, 1.9), keep)
        arrow(axes, (start + 1.35, 1.31), (start + 1.35, 1.06))
        box(axes, start + 1.35, 0.75, 1.5, 0.55, rf"$\times\, e^{{s{prime}}} \;\; +\, t{prime}$", move)
        arrow(axes, (start + 0.25, 0.75), (start + 0.58, 0.75), move)
        arrow(axes, (start + 2.12, 0.75), (start + 2.75, 0.75), move)
        says(axes, start + 3.0, 2.35, f"${out}$", keep, 14)
        says(axes, start + 3.0, 0.75, f"${after}$", move, 14)
    for start, upper, lower in ((3.6, BLUE, ORANGE), (8.0, ORANGE, BLUE)):
        axes.plot([start, start + 0.9], [2.3, 0.8], color=upper, lw=1.4)
        axes.plot([start, start + 0.9], [0.8, 2.3], color=lower, lw=1.4)
        says(axes, start + 0.45, 0.3, "exchange", GREY)
    says(axes, 9.15, 2.35, "$y_1'$", BLUE, 14)
    says(axes, 9.15, 0.75, "$y_2$", ORANGE, 14)
    says(axes, 1.75, 2.85, "one half stays, the other moves", GREY)
    says(axes, 6.3, 2.85, "what stayed before moves now", GREY)
    says(axes, 1.75, 0.22, r"$\ln\,|\det J| = \sum_j s_j(x_1)$", GREY)


# --- deblending -------------------------------------------------------------------------------------------------------


@picture(9.8, 4.5)
def unet(axes: Axes) -> None:
    """A U-Net with three levels and skips across."""
    levels = [(3.75, 32, 12), (2.85, 16, 24), (1.95, 8, 48)]
    down, up = (2.1, 2.6, 3.1), (6.9, 6.4, 5.9)
    for number, ((y, side, filters), left, right) in enumerate(zip(levels, down, up, strict=True)):
        text = f"{side} × {side} × {filters}"
        box(axes, left, y, 1.5, 0.5, text, BLUE)
        box(axes, right, y, 1.5, 0.5, text, GREEN)
        arrow(axes, (left + 0.78, y), (right - 0.78, y), ORANGE, dashed=True)
        says(axes, 4.5, y + 0.17, "skip" if number else "skip: concatenate", ORANGE, 10)
        end = down[number + 1] if number < 2 else 4.1
        arrow(axes, (left + 0.1, y - 0.27), (end - 0.4, y - 0.63), BLUE)
        begin = up[number + 1] if number < 2 else 4.9
        arrow(axes, (begin + 0.4, y - 0.63), (right - 0.1, y - 0.27), GREEN)
    box(axes, 4.5, 1.05, 1.5, 0.5, "4 × 4 × 48", PURPLE)
    box(axes, 0.55, 3.75, 0.9, 0.5, "image")
    arrow(axes, (1.0, 3.75), (1.33, 3.75))
    box(axes, 9.2, 3.75, 0.9, 0.5, "masks")
    arrow(axes, (7.67, 3.75), (8.73, 3.75))
    says(axes, 1.5, 1.25, "down: two convolutions,\nthen max pooling", BLUE)
    says(axes, 7.4, 1.25, "up: transposed convolution,\nskip, two convolutions", GREEN)
    says(axes, 8.2, 4.02, "1 × 1\nconvolution", size=10)
    says(axes, 4.5, 0.45, "bottom: two convolutions,\nsees far", PURPLE)


# --- displacement -----------------------------------------------------------------------------------------------------


@picture(8.6, 2.9)
def displacement(axes: Axes) -> None:
    """From a density to a first displacement, and from there to the final one, in many steps or in one."""
    box(axes, 0.8, 1.5, 1.3, 0.6, r"density $\delta$")
    arrow(axes, (1.47, 1.5), (2.5, 1.5))
    says(axes, 1.98, 1.72, "Zel'dovich", size=10)
    box(axes, 3.35, 1.5, 1.65, 0.6, r"first order $\psi_Z$")
    box(axes, 5.3, 2.35, 2.3, 0.6, "particle mesh", ORANGE)
    box(axes, 5.3, 0.65, 1.7, 0.6, r"network $N(\psi_Z)$", BLUE)
    arrow(axes, (3.5, 1.82), (4.12, 2.35), ORANGE)
    arrow(axes, (3.5, 1.18), (4.43, 0.65), BLUE)
    circle(axes, 6.75, 0.65, "+", 0.24, BLUE)
    arrow(axes, (6.17, 0.65), (6.49, 0.65), BLUE)
    arrow(axes, (4.2, 1.45), (6.68, 0.9), BLUE, dashed=True)
    box(axes, 7.7, 1.5, 1.5, 0.6, r"final $\psi$")
    arrow(axes, (6.47, 2.35), (7.5, 1.82), ORANGE)
    arrow(axes, (7.0, 0.65), (7.5, 1.18), BLUE)
    says(axes, 7.5, 2.35, "many steps", ORANGE, 10)
    says(axes, 7.6, 0.65, "one step", BLUE, 10)


# --- halos ------------------------------------------------------------------------------------------------------------


@picture(9, 4)
def vnet(axes: Axes) -> None:
    """A V-Net with three levels: strides go down, transposed convolutions up, skips across."""
    levels = [(3.4, "$32^3$, 8 filters", "1 convolution"), (2.3, "$16^3$, 16 filters", "2 convolutions")]
    for number, (y, text, count) in enumerate(levels):
        left, right = 2.15 + 0.7 * number, 6.85 - 0.7 * number
        below = (left + 0.7, right - 0.7) if number == 0 else (4.15, 4.85)
        box(axes, left, y, 1.85, 0.62, f"{text}\n{count}", BLUE)
        box(axes, right, y, 1.85, 0.62, f"{text}\n{count}", GREEN)
        arrow(axes, (left + 0.95, y), (right - 0.95, y), ORANGE, dashed=True)
        says(axes, 4.5, y + 0.18, "skip" if number else "skip: concatenate", ORANGE, 10)
        arrow(axes, (left + 0.2, y - 0.33), (below[0] - 0.2, y - 0.77), BLUE)
        arrow(axes, (below[1] + 0.2, y - 0.77), (right - 0.2, y - 0.33), GREEN)
    box(axes, 4.5, 1.2, 1.85, 0.62, "$8^3$, 32 filters\n3 convolutions", PURPLE)
    box(axes, 0.55, 3.4, 0.9, 0.5, "density")
    arrow(axes, (1.0, 3.4), (1.26, 3.4))
    box(axes, 8.45, 3.4, 0.8, 0.5, "logits")
    arrow(axes, (7.74, 3.4), (8.05, 3.4))
    says(axes, 8.0, 2.87, "1 × 1 × 1\nconvolution", size=10)
    says(axes, 1.6, 0.7, "down: a convolution\nwith the stride 2", BLUE)
    says(axes, 7.4, 0.7, "up: a transposed convolution\nwith the stride 2", GREEN)


# --- diffusion --------------------------------------------------------------------------------------------------------


@picture(8.6, 3.2)
def noise_and_back(axes: Axes) -> None:
    """Noise is added to data, and taken away again along the score, which a network gives."""
    stages = [(1.1, "data $x$"), (4.3, r"noisy $y = x + \sigma\varepsilon$"), (7.5, "noise alone")]
    for x, text in stages:
        box(axes, x, 2.45, 1.9, 0.6, text)
    for x in (2.1, 5.3):
        arrow(axes, (x, 2.45), (x + 1.2, 2.45), ORANGE)
    says(axes, 4.3, 3.0, "forward: add noise, nothing to learn", ORANGE)
    for x, text in ((1.1, "a new sample"), (4.3, "less noise"), (7.5, "noise alone")):
        box(axes, x, 1.3, 1.9, 0.6, text)
    for x in (6.5, 3.3):
        arrow(axes, (x, 1.3), (x - 1.2, 1.3), BLUE)
    box(axes, 4.3, 0.4, 2.6, 0.5, r"network: score $s(y, \sigma)$", BLUE)
    for start, end in (((3.6, 0.66), (2.75, 1.22)), ((5.0, 0.66), (5.85, 1.22))):
        arrow(axes, start, end, BLUE, dashed=True)
    says(axes, 7.35, 0.5, "backward: a step along\nthe score at each level", BLUE)


# --- inference --------------------------------------------------------------------------------------------------------


@picture(8, 2.3)
def simulator(axes: Axes) -> None:
    """Parameters make mean powers, gas and noise join them; inference goes back."""
    circle(axes, 0.6, 1.2, r"$\theta$", 0.34, BLUE, 15)
    arrow(axes, (0.96, 1.2), (1.75, 1.2), BLUE)
    box(axes, 2.55, 1.2, 1.6, 0.6, r"mean $m(\theta)$", BLUE)
    arrow(axes, (3.37, 1.2), (4.05, 1.2), BLUE)
    circle(axes, 4.35, 1.2, "+", 0.26)
    arrow(axes, (4.63, 1.2), (5.55, 1.2))
    circle(axes, 5.85, 1.2, "+", 0.26)
    arrow(axes, (6.13, 1.2), (7.0, 1.2))
    circle(axes, 7.37, 1.2, "$x$", 0.34, INK, 15)
    says(axes, 4.35, 2.1, "gas $Bz$, $z$ latent", ORANGE)
    says(axes, 5.85, 2.1, "noise $e$", GREY)
    arrow(axes, (4.35, 1.95), (4.35, 1.5), ORANGE)
    arrow(axes, (5.85, 1.95), (5.85, 1.5), GREY)
    arrow(axes, (7.2, 0.86), (0.8, 0.86), PURPLE, bend=-0.12, dashed=True)
    says(axes, 4.0, 0.22, r"inference: $p(\theta\,|\,x)$", PURPLE)


if __name__ == "__main__":
    for name in sys.argv[1:] or PICTURES:
        PICTURES[name]()

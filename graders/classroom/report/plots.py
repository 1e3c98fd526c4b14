"""The figures of the report, as SVG: told apart by hatching and labels, so that a grey print loses nothing."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

WIDTH = 7.2  # inches, a little less than a page
STYLE = {"font.size": 9, "hatch.linewidth": 0.7, "svg.hashsalt": "report", "axes.axisbelow": True}
BLUE, LIGHT, WHITE, GREY = "#0b4f8a", "#9ecae1", "#ffffff", "#d9d9d9"
# How the results of a task are drawn: label, face, hatching, colour of the number in it.
KINDS = {
    "full": ("all points", BLUE, "", "white"),
    "part": ("some points", LIGHT, "////", "black"),
    "none": ("no points", WHITE, "", "black"),
    "waiting": ("not marked yet", GREY, "xx", "black"),
}


@dataclass(frozen=True)
class Picture:
    """A figure as the page shows it: where it is found (`data:`), and what it shows in words."""

    source: str
    alt: str


def bin_edges(scores: Sequence[float], worth: float) -> np.ndarray:
    """Edges of equal bins of a round width, at most about 15, from 0 over all scores and what can be reached."""
    top = max([worth, *scores, 1.0])
    width = next((step for step in (1, 2, 5, 10, 20, 50, 100) if top / step <= 15), float(np.ceil(top / 15)))
    return np.arange(np.floor(top / width) + 2) * width


def scores_picture(scores: Sequence[float], worth: float) -> Picture:
    """The histogram of all scores."""
    edges = bin_edges(scores, worth)
    counts, _ = np.histogram(scores, edges)
    with mpl.rc_context(STYLE):
        figure = Figure((WIDTH, 2.8), layout="constrained")
        axes = figure.add_subplot()
        bars = axes.bar(
            edges[:-1],
            counts,
            np.diff(edges),
            align="edge",
            color=LIGHT,
            edgecolor="black",
            hatch="////",
            linewidth=0.8,
        )
        for text in axes.bar_label(bars, [str(count) if count else "" for count in counts], padding=3):
            text.set(bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}, zorder=4)
        median = float(np.median(scores))
        axes.axvline(median, color="black", linestyle="--", linewidth=1.2, label=f"median: {median:.3g}")
        axes.axvline(worth, color="black", linestyle=":", linewidth=1.2, label=f"all points: {worth:g}")
        axes.set(xlabel="score (points)", ylabel="students (number)", xlim=(0, edges[-1]), xticks=edges)
        axes.set_ylim(0, max(counts) * 1.18)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
        axes.spines[["top", "right"]].set_visible(False)
        source = _svg(figure)
    bins = [
        f"{count} from {low:g} to below {high:g}"
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
        if count
    ]
    return Picture(
        source, f"Histogram of scores in points, with students in bars: {'; '.join(bins)}. Median {median:.3g}."
    )


def tasks_picture(names: Sequence[str], counts: dict[str, Sequence[int]]) -> Picture:
    """How many students have all, some or no points in each task.

    Args:
        names: of the tasks, from the top.
        counts: numbers of students for each of `KINDS`.
    """
    with mpl.rc_context(STYLE):
        figure = Figure((WIDTH, 0.9 + 0.24 * len(names)), layout="constrained")
        axes = figure.add_subplot()
        left = np.zeros(len(names))
        for kind, (label, colour, hatch, ink) in KINDS.items():
            widths = np.asarray(counts[kind], dtype=float)
            if kind == "waiting" and not widths.any():
                continue
            bars = axes.barh(
                names, widths, 0.72, left, color=colour, hatch=hatch, edgecolor="black", linewidth=0.8, label=label
            )
            numbers = [str(int(width)) if width else "" for width in widths]
            for text in axes.bar_label(bars, numbers, label_type="center", color=ink, fontsize=8):
                if hatch:
                    text.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 0.8})
            left += widths
        axes.invert_yaxis()
        axes.set(xlabel="students (number)", ylabel="task", xlim=(0, max(left.max(), 1)), ylim=(len(names) - 0.4, -0.6))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)
        axes.spines[["top", "right"]].set_visible(False)
        source = _svg(figure)
    rows = [
        f"{name}: " + ", ".join(f"{counts[kind][index]} {KINDS[kind][0]}" for kind in KINDS if counts[kind][index])
        for index, name in enumerate(names)
    ]
    return Picture(
        source, f"Bars of the number of students with all, some or no points in each task. {'; '.join(rows)}."
    )


def _svg(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()

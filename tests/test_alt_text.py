"""Notebooks read well with a screen reader: a text on every figure, nothing cut off (docs/decisions/0010)."""

import ast
import base64
import io

import matplotlib.image
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from helpers import ASSIGNMENTS, NAMES, ROOT
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.converters import GenerateFeedback

from graders.plugins.feedback import SafeHTML
from graders.sealed.grader import GradedCell, Grader, Limits
from graders.source import PARTS, pictures_of, read_cells

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="


def figures(cells):
    """The cell, the picture and the text of each figure that was shown."""
    return [
        (cell.id, output.data["image/png"], output.metadata.get("image/png", {}).get("alt", ""))
        for cell in cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_text_of_its_own(name):
    found = figures(nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells)
    texts = [text for _, _, text in found]
    assert texts
    assert [(cell, text) for cell, _, text in found if not 30 <= len(text) <= 400] == []
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_layout_that_makes_room_for_its_labels(name):
    beside = [file.read_text(encoding="utf-8") for file in ASSIGNMENTS[name].files.glob("*.py")]
    texts = [*(cell.source for cell in ASSIGNMENTS[name].of_kind("code")), *beside]
    calls = [node for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    calls = [node for node in calls if ast.unparse(node.func).startswith("plt.")]
    made = [node for node in calls if node.func.attr in ("figure", "subplots", "subplot_mosaic")]
    layouts = [
        {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg == "layout"} for node in made
    ]
    assert layouts
    assert [one for one in layouts if one.get("layout") not in ("constrained", "compressed")] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_is_cut_off(name):
    """Around each picture is a line of pixels in one colour: nothing is drawn up to its edge."""
    shown = [
        png for _, png, _ in figures(nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells)
    ]
    for number, png in enumerate(shown, start=1):
        pixels = matplotlib.image.imread(io.BytesIO(base64.b64decode(png)))
        edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert np.ptp(edge, axis=0).max() == 0, f"figure {number}"


# --- graded notebooks -------------------------------------------------------------------------------------------------


def page(outputs, cell_metadata=None):
    """The feedback page of a notebook whose only cell has these outputs."""
    cell = new_code_cell("plot()", outputs=outputs, metadata=cell_metadata or {})
    resources = {"nbgrader": {"notebook": "vae", "score": 0, "max_score": 0, "late_penalty": 0}}
    exporter = HTMLExporter(config=GenerateFeedback().config, preprocessors=[SafeHTML])
    return BeautifulSoup(exporter.from_notebook_node(new_notebook(cells=[cell]), resources)[0], "html.parser")


@pytest.mark.parametrize("kind", ["image/svg+xml", "image/webp", "application/pdf"])
def test_a_figure_of_a_kind_that_no_page_shows_is_said(kind):
    """As is drawn without a sandbox after `%config InlineBackend.figure_formats = ["svg"]`."""
    figure = new_output("display_data", data={kind: "AAAA", "text/plain": "<Figure size 640x480 with 1 Axes>"})
    text = page([figure]).get_text()
    assert "<Figure" not in text
    assert "of a kind that no page shows" in text


@pytest.fixture(scope="module")
def shown():
    """A figure of a student's across the seal: with markup in its text, with a list for a text, with a long text."""
    source = """
import matplotlib.pyplot as plt
from IPython.display import display

figure, _ = plt.subplots()
alt = "a line'\\"><script>alert(1)</script>"
display(figure, metadata={"image/png": {"alt": alt, "width": "1 onload=alert(1)"}, "alt": alt, "x": alt})
display(figure, metadata={"image/png": {"alt": [alt]}})
display(figure, metadata={"image/png": {"alt": 9999 * "long"}})
plt.close()
"""
    with Grader(Limits(cell_seconds=60)) as grader:
        (outputs,) = grader.grade([GradedCell("plot", "free", source)], {}, {}).outputs
    return [nbformat.from_dict(output) for output in outputs]


def test_show_figure_draws_once_and_keeps_the_text_across_the_seal():
    setup = read_cells(ROOT / PARTS / "setup.py")[-1].source
    counted = """
draw, drawn = type(plt.gcf()).draw, []
type(plt.gcf()).draw = lambda *arguments: (drawn.append(1), draw(*arguments))
plt.plot([1, 2])
show_figure("A line that rises from 1 to 2.")
print(len(drawn))
"""
    with Grader(Limits(cell_seconds=60)) as grader:
        cells = [GradedCell(name, "free", source) for name, source in (("setup", setup), ("plot", counted))]
        outputs = grader.grade(cells, {}, {}).outputs[1]
    assert [output.get("metadata", output.get("text")) for output in outputs] == [
        {"image/png": {"alt": "A line that rises from 1 to 2."}},
        "1\n",
    ]


def test_a_text_and_nothing_else_crosses_the_seal(shown):
    assert [output.metadata for output in shown] == [
        {"image/png": {"alt": "a line'\"><script>alert(1)</script>"}},
        {},
        {"image/png": {"alt": 250 * "long"}},
    ]


def test_the_feedback_page_reads_the_text_and_runs_nothing_in_it(shown):
    soup = page(shown)
    assert soup.find("img")["alt"] == "a line'\"><script>alert(1)</script>"
    assert not [script for script in soup.find_all("script") if "alert" in script.text]


@pytest.mark.parametrize(
    "metadata",
    [
        {"image/png": {"width": "1 onload=alert(1)"}},
        {"image/png": {"alt": {"a": 1}}},
        {"image/png": "x", "height": "1 onload=alert(1)"},
    ],
    ids=str,
)
def test_graded_without_a_seal_a_page_takes_no_other_metadata(metadata):
    picture = page([new_output("display_data", {"image/png": PIXEL}, metadata=metadata)], {"alt": "x"}).find("img")
    assert set(picture.attrs) == {"src", "alt"}
    assert picture["alt"].startswith("No description")


def test_every_picture_of_an_idea_is_shown_and_small():
    prose = [(one.path, cell) for one in ASSIGNMENTS.values() for cell in one.of_kind("prose")]
    shown = {name for path, cell in prose for name in pictures_of(path, cell)}
    drawn = {path.name: path.stat().st_size for path in (ROOT / PARTS / "pictures").glob("*.png")}
    assert shown == drawn.keys()
    assert max(drawn.values()) < 50_000

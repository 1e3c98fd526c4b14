"""What people see of a graded notebook: each question once, and of a student's nothing that could run."""

import base64
import functools
import os
import random
import re
import signal
import struct
import time
import unicodedata
import zlib
from html import escape
from pathlib import Path

import nbformat
import pytest
from bleach._vendor import html5lib  # reads a page as browsers do
from helpers import ASSIGNMENTS, COURSE, LIGHT, NAMES, ROOT
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from nbgrader.server_extensions import formgrader

from graders.plugins import pictures, rendering
from graders.plugins.feedback import markdown_to_html, stream_to_html
from graders.plugins.normalise import normalised
from graders.plugins.page import PageExporter, shown
from graders.plugins.safe_html import clean, plain
from graders.source import to_notebook


@pytest.mark.parametrize("name", NAMES)
def test_a_release_handed_in_untouched_has_the_cells_of_the_source(name):
    release = nbformat.read(ROOT / "release" / name / f"{name}.ipynb", as_version=4)
    source = to_notebook(ASSIGNMENTS[name])
    assert [cell.id for cell in normalised(release, source, []).cells] == [cell.id for cell in source.cells]


@functools.cache
def exporter(kind):
    """The exporter of `nbgrader generate_feedback`, or of the formgrader, with the policy of the course."""
    config = COURSE.config()
    if kind == "feedback":
        return PageExporter(config=GenerateFeedback(coursedir=CourseDirectory(config=config), config=config).config)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(Path(formgrader.__file__).parent / "templates")]
    return HTMLExporter(config=config)


def page_of(kind, *cells):
    """The part of a page that shows a notebook, as a browser reads it."""
    nbgrader = {"notebook": "toy", "score": 0, "max_score": 0, "late_penalty": 0}
    resources = {"nbgrader": nbgrader, "index": 0, "total": 1}
    notebook = nbformat.v4.new_notebook(cells=list(shown(cells) if kind == "feedback" else cells))
    page, _ = exporter(kind).from_notebook_node(notebook, resources=resources)
    return html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False).find(".//*[@id='notebook-container']")


def every_way(text):
    """Cells that bring a text into a page in every way there is, between two that say so."""
    shown = [new_output("display_data", {kind: text}) for kind in KINDS]
    shown += [new_output("execute_result", {kind: text}) for kind in KINDS]
    shown += [new_output("display_data", {"text/html": text}, metadata={"text/html": {"isolated": True}})]
    shown += [new_output("display_data", {"image/png": "AA=="}, metadata={"image/png": {"width": text, "alt": text}})]
    shown += [new_output("stream", name=name, text=text) for name in ("stdout", "stderr")]
    shown += [new_output("error", ename=text, evalue=text, traceback=[text, text])]
    picture = new_markdown_cell("![a dot](attachment:dot.png)", attachments={"dot.png": {text: text}})
    cells = [new_code_cell(text, outputs=shown), new_markdown_cell(text), new_raw_cell(text), picture]
    return [new_markdown_cell("BEFORE"), *cells, new_markdown_cell("AFTER")]


TYPES = ("image/svg+xml", "image/png", "image/jpeg", "application/javascript", "application/json", "application/pdf")
KINDS = ("text/html", "text/markdown", "text/latex", "text/plain", *TYPES, "application/vnd.jupyter.widget-view+json")
# What runs, fetches, sends, leaves the page, or covers it; `evil` is a word that no page has.
HOSTILE = [
    "<script>evil()</script>",
    "<script src=//evil.org></script>",
    "<img src=x onerror=evil()>",
    "<img src=https://evil.org/pixel.png>",
    "<img src=/evil/logout>",
    "<img srcset='https://evil.org/a 1x'>",
    "<img src='data:text/html,evil'>",
    "<picture><source srcset=//evil.org><img></picture>",
    "![a pixel](https://evil.org/pixel.png)",
    "![a pixel](/evil/logout)",
    "![a pixel][1]\n\n[1]: https://evil.org/pixel.png",
    "<p style='background: url(//evil.org)'>",
    "<style>@import url(//evil.org);</style>",
    "<link rel=stylesheet href=//evil.org>",
    "<body background=//evil.org>",
    "<table background=//evil.org><td background=//evil.org>",
    "<svg><image href=//evil.org /><use xlink:href=//evil.org#a /><script>evil()</script></svg>",
    "<svg onload=evil()>",
    "<math><mglyph src=//evil.org></math>",
    "<video poster=//evil.org src=//evil.org autoplay></video>",
    "<audio src=//evil.org></audio>",
    "<iframe src=//evil.org srcdoc='<script>evil()</script>'></iframe>",
    "<object data=//evil.org></object><embed src=//evil.org>",
    "<base href=//evil.org>",
    "<meta http-equiv=refresh content='0; url=//evil.org'>",
    "<form action=//evil.org><input name=evil><button formaction=//evil.org>",
    "<a href='javascript:evil()'>a</a><a href='java&#115;cript:evil()'>a</a><a href=' java\nscript:evil()'>a</a>",
    "[a link](javascript:evil()) [a link](JavaScript:evil()) [a link](data:text/html,evil) <javascript:evil()>",
    "<a href=/evil/logout>a</a> [a link](/evil/logout)",
    "<a href=https://example.org ping=//evil.org>a</a>",
    "<div style='position: fixed; top: 0; width: 100%; height: 100%' class='evil navbar-fixed-top modal'>",
    "<p id=evil name=evil class='score mark-graded' data-link=evil>",
    "</div></div></div></div></body></html><h1 id=evil>",
    "--><!--<img title='--><img src=x onerror=evil()>'>",
    "<noscript><p title='</noscript><img src=x onerror=evil()>'>",
    "<textarea><img title='</textarea><img src=x onerror=evil()>'>",
    '"><script>evil()</script>',
    "```<script>\n<script>evil()</script>\n```",
    "```mermaid\n</pre><script>evil()</script>\n```",
    "$<script>evil()</script>$",
    "\x1b]8;;javascript:evil()\x07<script>evil()</script>\x1b[31m",
]
DEAD = {"alt", "title", "name"}  # attributes that are only read
ALIVE = {
    "script",
    "style",
    "link",
    "meta",
    "base",
    "iframe",
    "object",
    "embed",
    "form",
    "svg",
    "math",
    "video",
    "audio",
}


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
def test_nothing_of_a_student_runs_fetches_sends_leaves_or_covers_the_page(kind):
    page = page_of(kind, *(cell for text in HOSTILE for cell in every_way(text)))
    assert {element.tag for element in page.iter()} & ALIVE == set()
    for element in page.iter():
        live = {name: value for name, value in element.items() if name not in DEAD}
        if element.tag == "img":
            assert live.pop("src").startswith(("data:image/png;", "data:image/jpeg;"))
        assert "evil" not in str(live), f"{element.tag} {live}"
        assert not [name for name in live if name.startswith("on")]
    assert [element.text for element in page.iter("p") if element.text in ("BEFORE", "AFTER")] == [
        *(["BEFORE", "AFTER"] * len(HOSTILE))
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_courses_own_prose_is_shown_as_it_was_written(name):
    marked = '<p id="of-the-course" class="of-the-course"></p>'
    for cell in to_notebook(ASSIGNMENTS[name]).cells:
        if cell.cell_type == "markdown":
            cell.source += f"\n\n{marked}\n"
            own = bool(cell.metadata.get("nbgrader"))
            shown = markdown_to_html({"cell": cell}, cell.source)
            assert (marked in shown) == own, f"{cell.id} {'is changed' if own else 'is shown as it was written'}"


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
def test_what_students_write_as_people_do_is_shown(kind):
    text = """
# A heading

| a | b |
|:--|--:|
| 1 | **2** |

> quoted, as $a < b$ & so on

- [x] done

```python
def one(): return 1
```
[a link](https://example.org) ~~no~~ ![a dot](attachment:dot.png) ![a sketch](attachment:sketch.png)
"""
    cell = new_markdown_cell(text, attachments={"dot.png": {"image/png": "iVBORw0KGgo="}})
    frame = "<style scoped>th {color: red}</style><table><tr style='text-align: right;'><td>7</td></table>"
    page = page_of(kind, cell, new_code_cell("1", outputs=[new_output("display_data", {"text/html": frame})]))
    shown = "".join(page.itertext())
    assert page.find(".//h1").text == "A heading"
    assert page.find(".//td/strong").text == "2"
    assert "".join(page.find(".//blockquote/p").itertext()) == "quoted, as a<b & so on"
    assert page.find(".//blockquote/p//{*}mo").text == "<"
    assert "☑ done" in shown
    assert page.find(".//span[@class='k']").text == "def"
    assert page.find(".//a[@href='https://example.org']").text == "a link"
    assert page.find(".//del").text == "no"
    assert page.find(".//img[@alt='a dot']").get("src") == "data:image/png;base64,iVBORw0KGgo="
    assert "(a picture that is not in the notebook: a sketch)" in shown
    assert page.find(".//tr[@style='text-align: right;']/td").text == "7"
    assert "color: red" not in shown


PICTURES = {
    "plain.png": "plain.png",
    "a sketch (1).png": "a%20sketch%20(1).png",
    "my sketch.png": "<attachment:my sketch.png>",
    "über.png": "über.png",
    "u\u0308ber 2.png": "%C3%BCber%202.png",
    "encoded%20there.png": "encoded%20there.png",
    "100%.png": "100%25.png",
    "山.png": "山.png",
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("kind", ["feedback", "formgrader"])
def test_a_picture_is_shown_whatever_it_is_called(kind, name):
    address = PICTURES[name] if PICTURES[name].startswith("<") else f"attachment:{PICTURES[name]}"
    pictures = {name: {"image/png": "iVBORw0KGgo="}, "another.png": {"image/png": "AAAA"}}
    page = page_of(kind, new_markdown_cell(f"See ![a dot]({address}) there.", attachments=pictures))
    assert page.find(".//img[@alt='a dot']").get("src") == "data:image/png;base64,iVBORw0KGgo="


FRAMES = [
    '<img src="attachment:{}" width=300>',
    "A picture <img alt='a dot' src='attachment:{}'/> in a line.",
    "<p align='center'><img src='attachment:{}'></p>",
    "<figure>\n<IMG SRC='attachment:{}'>\n</figure>",
]
CALLED = {
    "dot.png": "dot.png",
    "a dot.png": "a dot.png",
    "ein p\u00fcnkt.png": "ein%20pu%CC%88nkt.png",
    "a&b.png": "a&amp;b.png",
}


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
@pytest.mark.parametrize(
    ("frame", "name"), [*((frame, name) for frame in FRAMES for name in CALLED), ("<img src=attachment:{}>", "dot.png")]
)
def test_an_attached_picture_is_shown_in_html_too(kind, frame, name):
    """As people give it a size, or its place."""
    called = CALLED[name]
    attached = {name: {"image/png": "iVBORw0KGgo="}, "another.png": {"image/png": "AAAA"}}
    (picture,) = page_of(kind, new_markdown_cell(frame.format(called), attachments=attached)).iter("img")
    assert picture.get("src") == "data:image/png;base64,iVBORw0KGgo="
    assert picture.get("width") == ("300" if "width" in frame else None)


def test_of_a_picture_that_is_not_attached_there_is_a_sentence():
    assert "<img" not in rendering.markdown("<img src='attachment:b.png'>", {"a.png": {"image/png": "iVBORw0KGgo="}})


@pytest.mark.parametrize("label", ["png", "x-png", "PNG", "jpeg", "jpg", "JPG", "pjpeg", "gif"])
@pytest.mark.parametrize("more", ["", ";charset=utf-8", ";name=a.b"])
@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
def test_a_picture_is_what_it_holds_whatever_its_label_says(kind, more, label):
    """Also without the signs at the end of base64, which browsers do not miss."""
    data = base64.b64encode({"png": png(11), "jpeg": jpeg(10), "gif": gif(10)}[kind]).decode()
    for held in {data, data.rstrip("="), data.rstrip("=") + "=="[: -len(data.rstrip("=")) % 4]}:
        embedded = f"![a](data:image/{label}{more};base64,{held})"
        attached = {"a": {f"image/{label}": held}}
        for text, attachments in ((embedded, {}), ("![a](attachment:a)", {} if more else attached)):
            if text == embedded or attachments:
                made = rendering.markdown(text, attachments)
                assert f'<img src="data:image/{kind};base64,{held}" alt="a">' in made


def drawn(text):
    """A picture that is written into a text, and how it comes out."""
    held = base64.b64encode(png(500)[:33] + random.Random(1).randbytes(400_000)).decode()
    lines = "\n".join(held[at : at + 76] for at in range(0, len(held), 76))
    return text.replace("HELD", held).replace("LINES", lines), held


EMBEDDED = {
    "Markdown": "![image.png](data:image/png;base64,HELD)",
    "Markdown in a list": "- a step\n\n  ![image.png](<data:image/png;base64,HELD>)",
    "a reference": "![][image1]\n\n[image1]: <data:image/png;base64,HELD>",
    "a reference without brackets": "![a][image1]\n\n[image1]: data:image/png;base64,HELD",
    "HTML": '<img src="data:image/png;base64,HELD" width=300>',
    "HTML without quotes": "<p><img src=data:image/png;base64,HELD></p>",
    "HTML in lines": '<img src="data:image/png;base64,LINES">',
    "another label": "<img alt='' src='data:image/jpg;charset=utf-8;base64,HELD'>",
    "two": "![a](data:image/png;base64,HELD) ![b](data:image/png;base64,HELD)",
}


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
@pytest.mark.parametrize("what", EMBEDDED)
def test_a_large_picture_within_a_text_is_shown_and_so_is_the_text_around_it(kind, what):
    text, held = drawn(f"BEFORE\n\n{EMBEDDED[what]}\n\nThe reason is **that** $a = b$.")
    page = page_of(kind, new_markdown_cell(text))
    assert page.find(".//strong").text == "that"
    assert rendering.TOO_LONG not in "".join(page.itertext())
    sources = [picture.get("src") for picture in page.iter("img")]
    assert [re.sub(r"\s", "", one) for one in sources] == [f"data:image/png;base64,{held}"] * (1 + (what == "two"))


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_large_picture_within_an_output_is_shown(form):
    text, held = drawn("<b>so</b> <img src='data:image/png;base64,HELD'><img src='data:image/png;base64,HELD'>")
    page = page_of("feedback", new_code_cell("1", outputs=[new_output("display_data", {f"text/{form}": text})]))
    assert [one.get("src") for one in page.iter("img")] == [f"data:image/png;base64,{held}"] * 2


@pytest.mark.parametrize("form", ["raw", "markdown", "html", "code"])
def test_what_cannot_be_shown_is_shown_by_its_words_and_not_by_its_pictures(form):
    text, held = drawn("![image.png](data:image/png;base64,HELD)\n\nThe reason is that " + "x " * 500_000)
    made = plain(text) if form == "raw" else rendering.render(form, text)
    assert "The reason is that x x" in made
    assert held[:200] not in made
    assert len(made) < 30_000


def test_a_text_that_no_picture_was_lifted_from_comes_out_as_it_was():
    for text in ("a data:image/png;base64,AAAA b", "data:image/png;base64,", "...picture.0...", "x" * 1000):
        assert pictures.lift(text) == (text, [])
    made = rendering.markdown("![a](data:image/png;base64,...picture.7...)", lifted=["iVBORw0KGgo="])
    assert made.strip() == f"<p>({pictures.NOT_SHOWN}: a)</p>"


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_of_the_course_is_drawn_without_script_or_network(name):
    cells = [cell for cell in to_notebook(ASSIGNMENTS[name]).cells if cell.cell_type == "markdown"]
    for cell in cells:
        page = html5lib.parse(rendering.markdown(cell.source, trusted=True), namespaceHTMLElements=False)
        left = "".join(text for place in page.iter() if place.tag not in ("code", "pre") for text in texts_of(place))
        assert "$" not in left, (cell.id, left[max(0, left.index("$") - 30) :][:80])
    assert any("$" in cell.source for cell in cells)


def texts_of(place):
    """The text directly in an element, and those after its children."""
    return [place.text or "", *(child.tail or "" for child in place)]


@pytest.mark.parametrize("tex", ["\\frac{", "\\left( x", "x_1_2", "\\begin{pmatrix} 1", "\\href{javascript:evil()}{x}"])
def test_a_formula_that_is_none_costs_its_place_alone(tex):
    shown = rendering.markdown(f"before ${tex}$ after ${{1}}$")
    assert shown.startswith("<p>before ")
    assert " after <math" in shown
    assert "href=" not in shown
    assert "javascript" not in shown or tex in shown


def drawn_as(tex):
    """The rows of cells of the one table of a formula, or else its text."""
    page = html5lib.parse(clean(rendering.formula(tex, "block")), namespaceHTMLElements=False)
    rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("{http://www.w3.org/1998/Math/MathML}mtr")]
    return rows or "".join(page.itertext()).replace("\xa0", " ")


ALIGNED = ["align*", "aligned", "split", "flalign", "flalign*"]
COUNTED = ["alignat", "alignat*", "alignedat"]
BELOW = ["gather", "gather*", "gathered", "multline", "multline*", "multlined", "matrix"]
CASES = ["cases", "dcases"]
TWO = r"a &= b \\ &= c"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        *((rf"\begin{{{name}}} {TWO} \end{{{name}}}", [["a", "=b"], ["", "=c"]]) for name in ALIGNED),
        *((rf"\begin{{{name}}}{{2}} {TWO} \end{{{name}}}", [["a", "=b"], ["", "=c"]]) for name in COUNTED),
        *((rf"\begin{{{name}}} a \\ b \end{{{name}}}", [["a"], ["b"]]) for name in BELOW),
        *((rf"\begin{{{name}}} 1 & x \\ 0 & y \end{{{name}}}", [["1", "x"], ["0", "y"]]) for name in CASES),
        (r"\begin{equation}\begin{aligned}[t] a &= b \end{aligned}\end{equation}", [["a", "=b"]]),
        (r"\begin{aligned} [x] &= 1 \end{aligned}", [["[x]", "=1"]]),
        (r"\begin {aligned} a &= b \end {aligned}", [["a", "=b"]]),
        (r"\begin{eqnarray} a &=& b \\ &=& c \end{eqnarray}", [["a", "=", "b"], ["", "=", "c"]]),
        (r"\sum_{\begin{subarray}{l} i \\ j \end{subarray}} x", [["i"], ["j"]]),
        (r"a = b \\ c = d", [["a=b"], ["c=d"]]),
        (r"\begin{pmatrix} a \end{pmatrix}[t]", [["a"]]),
    ],
)
def test_what_stands_in_lines_and_columns_is_drawn_so(tex, expected):
    assert drawn_as(tex) == expected


@pytest.mark.parametrize("name", ["rcases", "drcases"])
def test_a_brace_stands_where_it_was_put(name):
    made = rendering.formula(rf"\begin{{{name}}} a & b \end{{{name}}} c", "block")
    assert drawn_as(rf"\begin{{{name}}} a & b \end{{{name}}} c") == [["a", "b"]]
    assert made.index("</mtable>") < made.index("&#x0007D;") < made.index("<mi>c</mi>")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"a \not= b", "a\u2260b"),
        (r"a \not\in b", "a\u2209b"),
        (r"a \not< b", "a<\u0338b"),
        (r"a \not\approx b", "a\u2249b"),
        (r"x \xrightarrow{f} y", "x\u2192fy"),
        (r"x \xleftarrow[g]{f} y", "x\u2190gfy"),
        (r"\phantom{x}y", "xy"),  # and `mphantom` keeps the place of the first
        (r"\smash{x}y", "xy"),
        (r"\mathrlap{/}x", "/x"),
        (r"\colorbox{red}{x}", "x"),
        (r"\sideset{}{^*}\sum x", "\u2211\u2211*x"),
        (r"a = b \label{eq:1}", "a=b"),
        (r"\begin{equation} a = b \nonumber \end{equation}", "a=b"),
        (r"a \& b", "a&b"),
    ],
)
def test_no_mark_of_how_a_formula_is_written_stands_in_it(tex, expected):
    made = unicodedata.normalize("NFC", drawn_as(tex))
    assert made == unicodedata.normalize("NFC", expected)


@pytest.mark.parametrize(
    "tex",
    [
        r"a & b",
        r"\mathbf{a & b}",
        r"{a \\ b}",
        r"\begin{tabular}{ll} a & b \end{tabular}",
        r"\begin{IEEEeqnarray}{rCl} a &=& b \end{IEEEeqnarray}",
        r"\begin{cases*} a & if $b$ \end{cases*}",
        r"\begin{nothing} a \end{nothing}",
        r"\norm{x}",
        r"\ce{H2O}",
        r"\prescript{a}{b}{X}",
        r"\eqref{eq:1}",
    ],
)
def test_a_formula_that_would_be_drawn_as_another_one_is_shown_as_it_was_written(tex):
    """The converter raises nothing at them."""
    assert rendering.formula(tex, "block") == ""
    if "$" not in tex:
        assert rendering.markdown(f"so $${tex}$$") == f"<p>so $${escape(tex, quote=False)}$$</p>\n"


def around(page):
    """Each text of a page, with the elements around it."""
    waiting = [(page, [page])]
    while waiting:
        element, outer = waiting.pop()
        yield element.text or "", outer
        for child in element:
            waiting.append((child, [*outer, child]))
            yield child.tail or "", outer


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
@pytest.mark.parametrize(
    "form", ["${}$", "$${}$$", "\\({}\\)", "\\[{}\\]", "\\begin{{align}}{}\\end{{align}}", "<p>${}$</p>"]
)
def test_no_text_of_a_student_is_left_to_mathjax(kind, form):
    """The formgrader's pages load it: it would make links, run for long and put formulas over the page."""
    text = form.format(r"\href{javascript:evil()}{x}")
    page = page_of(kind, *every_way(text))
    found = 0
    for part, outer in around(page):
        if "evil" in part:
            found += 1
            silent = {element.tag for element in outer} & {"pre", "code"}
            assert silent or kind == "feedback" or any(e.get("class") == "tex2jax_ignore" for e in outer), part
    assert found > 5


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(side):
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT") + chunk(b"IEND")


def jpeg(side, scans=1):
    tables, frame = b"\xff\xdb\x00\x03\x00", b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", side, side) + bytes(10)
    return b"\xff\xd8" + tables + frame + scans * b"\xff\xda\x00\x02\x01\xff\x00" + b"\xff\xd9"


def gif(side, *frames, between=b""):
    """A GIF with a table of two colours; of each frame how far it is from the corner, and how large."""
    comment = b"\x21\xfe\x03abc\x00"
    drawn = [
        b"," + struct.pack("<HHHHB", place, place, its, its, 0x80) + bytes(6) + b"\x02\x02\x4c\x01\x00"
        for place, its in frames
    ]
    return b"GIF89a" + struct.pack("<HHB", side, side, 0x80) + bytes(8) + comment + between.join(drawn) + b";"


def moving_png(side, frames):
    whole = png(side)
    return whole[:-12] + frames * (chunk(b"fcTL", bytes(26)) + chunk(b"fdAT", bytes(4))) + whole[-12:]


HEAVY = {
    "a PNG of 900 million pixels": png(30_000),
    "a JPEG of 4000 million": jpeg(65_000),
    "a GIF of 3600 million": gif(60_000),
    "a JPEG of 5000 scans": jpeg(100, scans=5000),
    "a GIF whose frame has 400 million": gif(1, (0, 20_000)),
    "a GIF whose second frame has 400 million": gif(100, (0, 100), (0, 20_000)),
    "a GIF whose frame lies far out": gif(1, (0, 1), (60_000, 1)),
    "a GIF of 50 frames of 36 million": gif(6000, *[(0, 6000)] * 50),
    "a GIF of 50 small frames on 36 million": gif(6000, *[(0, 1)] * 50),
    "a GIF with something between its frames": gif(1, (0, 1), (0, 20_000), between=b"\x00"),
    "a PNG that moves, of 50 frames of 36 million": moving_png(6000, 50),
    "TIFF": b"II*\0\x08\0\0\0" + bytes(20),
    "TIFF from the other end": b"MM\0*\0\0\0\x08" + bytes(20),
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(20),
    "JPEG 2000 without a box": b"\xff\x4f\xff\x51" + bytes(30),
    "PDF": b"%PDF-1.7",
    "an icon of macOS": b"icns" + bytes(20),
    "a bitmap": b"BM" + bytes(60),
    "an icon": bytes([0, 0, 1, 0, 1, 0]),
    "WebP": b"RIFF0000WEBPVP8X" + bytes(40),
    "AVIF": b"\0\0\0\x20ftypavif" + bytes(40),
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}
LIGHT_ONES = {
    "a PNG": png(1000),
    "a JPEG": jpeg(4000, scans=10),
    "a GIF": gif(500),
    "a GIF that moves": gif(800, *[(0, 800), (100, 20)] * 100),
    "a GIF that is cut off": gif(800, *[(0, 800)] * 5)[:-12],
    "a PNG that moves": moving_png(800, 100),
}


@pytest.mark.parametrize("kind", ["feedback", "formgrade"])
@pytest.mark.parametrize("name", [*HEAVY, *LIGHT_ONES])
def test_a_picture_that_unpacks_to_gigabytes_is_not_shown(kind, name):
    """Whatever it calls itself, and in each place where a page shows pictures."""
    data = base64.b64encode((HEAVY | LIGHT_ONES)[name]).decode()
    attached = new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {"image/png": data}})
    shown = [new_output("display_data", {form: data}) for form in ("image/png", "image/jpeg")]
    forms = ("png", "jpeg", "gif", "svg+xml", "webp", "bmp")
    tags = "".join(f"<img src='data:image/{form};base64,{data}'>" for form in forms)
    cells = [attached, new_code_cell("1", outputs=[*shown, new_output("display_data", {"text/html": tags})])]
    pictures = page_of(kind, new_markdown_cell("BEFORE"), *cells, new_markdown_cell("AFTER")).findall(".//img")
    assert len(pictures) == (0 if name in HEAVY else 6)


TAGS = ("a", "b", "p", "div", "table", "td", "li", "h1", "form", "svg", "math", "style", "select", "title")
TAGS += ("mi", "mtext", "mtable", "mtd", "maction", "mpadded", "mphantom")
SOUP = [f"<{slash}{tag}{more}>" for tag in TAGS for slash in ("", "/") for more in ("", " id=after", " href='a", "/")]
SOUP += ["<!--", "-->", "<![CDATA[", "&lt;", "&#60;", '"', "'", "<", ">", "\0", "text"]


@pytest.mark.parametrize("seed", range(300))
def test_no_soup_of_tags_leaves_its_place(seed):
    rng = random.Random(seed)
    text = "".join(rng.choices(SOUP, k=rng.randint(1, 30)))
    page = f"<!DOCTYPE html><body><div id=place>{clean(text)}</div><p id=after></p>"
    body = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False).find("body")
    assert [(element.tag, element.get("id")) for element in body] == [("div", "place"), ("p", "after")], text


# --- limits -----------------------------------------------------------------------------------------------------------

# Each is repeated until it is long; without limits most of them take minutes to days.
SLOW = {
    "html": [
        *(
            "<ul><li>",
            "<b>",
            "<table><tr><td>",
            "<a ",
            "<a '",
            "<!--",
            "<a b=",
            "<p>&",
            "</b><b>",
            "<details>",
            "<",
            "&#x",
            "<img src='data:image/png;base64,",
            f"data:image/png;base64,{'A' * 59}\n",
        )
    ],
    "markdown": [
        *(
            "\\\\[x",
            "\\\\(x",
            "$a",
            "\\begin{a}",
            "[",
            "![",
            "](",
            "[a](<",
            "[^a]",
            "[a][b]",
            "[a]: b\n",
            "<!--",
            "&#x",
            "![](data:image/png;base64,",
            "<img src='attachment:",
            "$\\label{",
            "$\\begin{aligned}",
        ),
        *("- a\n ", "1. a\n", "a\n: b\n", "|a|b\n", "> ", "#", "*a_", "**a*", "~~a", "`", "a@b.", "```python\n'"),
    ],
    "code": ["...", "from . import ", "%", "?", "(", "f'{", "\\N{", "'", "@"],
}
SLOW = [(kind, text) for kind, texts in SLOW.items() for text in texts]


@pytest.fixture(scope="module")
def hurried():
    """A renderer that has little time."""
    render = rendering.Renderer(seconds=0.2, page_seconds=0.3)
    render("html", "")
    yield render
    render.stop()


@pytest.mark.parametrize(("kind", "text"), SLOW)
def test_a_part_of_a_page_takes_its_seconds_at_most(hurried, kind, text):
    """And the next page is as ever."""
    hurried.begin_page()
    begun = time.monotonic()
    assert hurried(kind, text * (199_000 // len(text)))
    assert time.monotonic() - begun < 20  # minutes to days otherwise, and this machine may be busy
    hurried.begin_page()
    assert hurried("html", "<b>x</b>") == "<b>x</b>"


def test_a_page_of_slow_parts_takes_its_seconds_at_most(hurried):
    hurried.begin_page()
    made = [hurried("markdown", "[" * 100_000) for _ in range(1000)]
    assert all(rendering.TOO_SLOW in part for part in made)
    assert rendering.TOO_SLOW in hurried("html", "<b>x</b>")


def test_a_renderer_that_was_killed_is_started_again(hurried):
    hurried.begin_page()
    os.killpg(hurried._process.pid, signal.SIGKILL)
    assert rendering.TOO_SLOW in hurried("html", "<b>x</b>")
    hurried.begin_page()
    assert hurried("html", "<b>x</b>") == "<b>x</b>"


def test_a_slow_part_costs_its_own_place_alone():
    slow = new_code_cell("1", outputs=[new_output("display_data", {"text/markdown": r"\\[x" * 40_000})])
    page = page_of("feedback", new_markdown_cell("BEFORE"), slow, new_markdown_cell("AFTER **it**"))
    shown = "".join(page.itertext())
    assert rendering.TOO_SLOW in shown
    assert r"\\[x\\[x\\[x" in shown
    assert page.find(".//strong").text == "it"


@pytest.mark.parametrize("kind", list(rendering.LONGEST))
def test_a_part_that_is_too_long_is_shown_as_its_start(kind):
    made = rendering.render(kind, "<b>" + "x" * rendering.LONGEST[kind])
    assert "&lt;b&gt;xxx" in made
    assert "further characters are not shown" in made
    assert len(made) < 30_000


ADDRESS = "https://example.org/" + "x" * 90_000
PIXELS = "iVBORw0KGgo=" * 8000
MANY_TIMES = {
    "a link": (f"[a]: {ADDRESS}\n\n" + "[a] " * 25_000, {}),
    "a link with a title": (f"[a]: #b '{ADDRESS}'\n\n" + "[a] " * 25_000, {}),
    "a picture": (f"[a]: data:image/png;base64,{PIXELS}\n\n" + "![a] " * 20_000, {}),
    "what an embedded picture becomes": (
        f"![](data:image/png;base64,{PIXELS * 20}) " + "![](data:image/png;base64,...picture.0...) " * 4000,
        {},
    ),
    "an attached picture": ("![](attachment:a) " * 10_000, {"a": {"image/png": PIXELS * 20}}),
    "an attached picture in one element": (f"<img {'src=attachment:a ' * 10_000}>", {"a": {"image/png": PIXELS * 20}}),
}


@pytest.mark.parametrize("what", MANY_TIMES)
def test_what_is_written_once_and_shown_many_times_has_a_limit(what):
    """Else a cell of 200 kB would make a page of a gigabyte, and ten of them take the memory of whoever makes it."""
    text, attachments = MANY_TIMES[what]
    render = rendering.Renderer(seconds=10, page_seconds=20, longest_page=10**6)
    try:
        made = render("markdown", text, attachments=attachments)
        assert rendering.TOO_LONG in made or rendering.TOO_SLOW in made
        assert len(made) < 100_000
        assert render("html", "<b>x</b>") == "<b>x</b>"
    finally:
        render.stop()


def test_a_page_has_room_for_so_much_and_the_next_one_for_as_much_again():
    render = rendering.Renderer(longest_page=2500)
    try:
        made = [render("html", "x" * 1000) for _ in range(4)]
        assert [rendering.TOO_LONG in part for part in made] == [False, False, True, True]
        render.begin_page()
        assert render("html", "x" * 1000) == "x" * 1000
    finally:
        render.stop()


def test_pictures_within_texts_take_of_the_room_of_a_page():
    held = base64.b64encode(png(500)).decode().rstrip("=").ljust(100_000, "A")
    render = rendering.Renderer(longest_page=10 * len(held) + 5000)
    try:
        made = [render("markdown", f"![a](data:image/png;base64,{held})\n\nwhy") for _ in range(70)]
        assert [held in part for part in made] == [True] * 10 + [False] * 60
        assert all("why" in part for part in made)
        assert sum(map(len, made)) < 11 * len(held) + 70_000
    finally:
        render.stop()


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,",
        "data:image/png" + ";base64" * 4,
        "data:image/",
        f"data:image/png;base64,{'A' * 59}\n",
        f"data:image/png;base64,{'A' * 60}",
        f"data:image/png;base64,{'A' * 60}\n{' ' * 1000}",
    ],
)
def test_pictures_are_lifted_out_in_a_time_that_grows_with_the_length_alone(text):
    begun = time.process_time()
    pictures.lift(text * (10**7 // len(text)))
    pictures.lift(text + "A" * 10**7)
    pictures.lift(text + " " * 10**7)
    assert time.process_time() - begun < 20  # a second; days where it grows with the square


def test_nesting_ends_where_no_text_of_a_person_goes():
    made = clean("<div>" * 5000 + "deep" + "</div>" * 5000)
    assert made.count("<div>") == made.count("</div>") == 50
    assert "deep" in made


def test_a_page_holds_so_many_outputs_and_no_more():
    outputs = [new_output("stream", text="a line\n") for _ in range(5000)]
    picture = new_output("display_data", {"image/png": "iVBORw0KGgo".ljust(10**6, "A")})
    shown = "".join(page_of("feedback", new_code_cell("1", outputs=outputs), new_code_cell("2")).itertext())
    assert 990 < shown.count("a line") <= 1000
    page = page_of("feedback", *(new_code_cell("1", outputs=[picture]) for _ in range(50)))
    assert len(page.findall(".//img")) == 20
    assert "no room for more outputs" in "".join(page.itertext())


@pytest.mark.parametrize("text", ["\x1b[31ma", "\x1b[", "\x1b[1;"])
def test_colours_of_a_terminal_take_no_time_however_many(text):
    assert "\x1b[31m" not in stream_to_html(text * (10**6 // len(text)))
    assert stream_to_html("\x1b[31mred\x1b[0m <") == '<span class="ansi-red-fg">red</span> &lt;'


def points_by_task(assignment):
    """The points of each graded cell, by task."""
    tasks = {}
    for cell in assignment.cells:
        if cell.points:
            tasks.setdefault(cell.slug, {})[cell.grade_id] = cell.points
    return tasks


def assert_row_of_a_task(row, page, worth, by_test):
    """What nobody has marked yet is not called 0, and the link leads to a test of the task, the first that failed."""
    title, said, sentence = ("".join(cell.itertext()) for cell in row)
    headings = ("".join(element.itertext()) for element in page.iter() if re.fullmatch("h[2-6]", element.tag))
    assert any(heading.startswith(f"{title} (") for heading in headings), title
    got = {test: by_test.get(test) for test in worth}
    if None in got.values():
        assert said == f"not marked yet, {sum(worth.values()):g} at most"
        return
    assert said == f"{sum(got.values()):g} of {sum(worth.values()):g}"
    first = next((test for test in worth if got[test] < worth[test]), next(iter(worth)))
    assert row.find("td/a").get("href") == f"#{first}"
    assert bool(sentence) == (got[first] < worth[first])
    assert sentence in "".join([one for one in page.iter() if one.get("id") == first][-1].itertext())


@pytest.mark.parametrize("name", NAMES)
def test_feedback_begins_with_the_points_of_each_task_and_what_failed_first(graded_class, name):
    assignment, students = ASSIGNMENTS[name], graded_class(name).students
    wrong = [one for student, one in students.items() if one.failures and student != "untouched"][:1]
    for graded in (students["reference"], students["untouched"], *wrong):
        page = html5lib.parse(graded.feedback, treebuilder="etree", namespaceHTMLElements=False)
        rows = page.findall(".//table[@id='points']/tbody/tr")
        for row, worth in zip(rows, points_by_task(assignment).values(), strict=True):
            assert_row_of_a_task(row, page, worth, graded.by_test)
        shown = "".join(page.find(".//header").itertext())
        assert f"{graded.points:g} of {assignment.auto_points} points" in shown
        assert f"{assignment.manual_points} more points wait for a person." in shown


@pytest.mark.parametrize("name", NAMES)
def test_feedback_shows_answers_and_failures_and_folds_what_was_given(graded_class, name):
    for graded in graded_class(name).students.values():
        page = html5lib.parse(graded.feedback, treebuilder="etree", namespaceHTMLElements=False)
        folded = {id(inner) for fold in page.iter("details") for inner in fold.iter()}
        parts = {kind: page.findall(f".//div[@class='part {kind}']") for kind in ("answer", "given", "test lost")}
        assert len(parts["answer"]) >= len(ASSIGNMENTS[name].of_kind("solution"))
        assert not [part for part in parts["answer"] if id(part) in folded]
        assert [part for part in parts["given"] if id(part) not in folded] == []
        sentences = page.findall(".//p[@class='sentence']")
        assert len(sentences) == len(parts["test lost"]) == len(graded.failures)
        assert not [sentence for sentence in sentences if id(sentence) in folded]


@pytest.mark.parametrize("name", NAMES)
def test_feedback_needs_no_network_and_no_script(graded_class, name):
    page = html5lib.parse(
        graded_class(name).students["reference"].feedback, treebuilder="etree", namespaceHTMLElements=False
    )
    assert {element.tag for element in page.iter()} & {"script", "link", "iframe", "object", "base"} == set()
    assert not [one for one in page.iter("img") if not one.get("src").startswith("data:")]
    assert "@import" not in page.find(".//style").text


def test_a_notebook_cannot_say_how_its_cells_are_shown():
    cell = new_code_cell("1", metadata={"kind": "test", "opens": True, "closes": True, "waits": True})
    (as_shown,) = shown([cell])
    assert dict(as_shown.metadata) == {"kind": "answer"}


def test_headings_stand_apart_from_the_prose_below_them():
    locked = {"grade": False, "solution": False, "task": False, "locked": True, "grade_id": "x", "schema_version": 3}
    source = "# One\n\ntext\n\n```\n# no heading\n```\n\n## Two\n### Three\nmore"
    cells = list(shown([new_markdown_cell(source, metadata={"nbgrader": locked})]))
    assert [(cell.metadata.kind, cell.source) for cell in cells] == [
        ("heading", "# One"),
        ("given", "text\n\n```\n# no heading\n```"),
        ("heading", "## Two"),
        ("heading", "### Three"),
        ("given", "more"),
    ]
    assert [(bool(cell.metadata.get("opens")), bool(cell.metadata.get("closes"))) for cell in cells if cell.source] == [
        (cell.metadata.kind == "given", cell.metadata.kind == "given") for cell in cells
    ]


MARKS = ["### BEGIN HIDDEN TESTS", "### BEGIN HIDDEN TESTS\nx\n### END HIDDEN TESTS", "=== BEGIN MARK SCHEME ==="]
MARKS += ["=== BEGIN MARK SCHEME ===\nme\n=== END MARK SCHEME ===", "### END HIDDEN TESTS", "=== END MARK SCHEME ==="]


@pytest.mark.parametrize("text", MARKS)
@pytest.mark.parametrize("kind", ["answer", "solution", "added"])
def test_marks_that_a_student_writes_cost_no_page_and_hide_what_is_the_courses(kind, text):
    assignment = ASSIGNMENTS[LIGHT]
    source = to_notebook(assignment)
    notebook = nbformat.read(ROOT / "release" / LIGHT / f"{LIGHT}.ipynb", as_version=4)
    if kind == "added":
        notebook.cells += [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(text)]
    else:
        name = "-answer" if kind == "answer" else assignment.of_kind("solution")[0].slug
        cell = next(one for one in notebook.cells if one.id.endswith(name))
        cell.source = text
    page = normalised(notebook, source, [])
    chain = COURSE.config().GenerateFeedback.preprocessors
    hides = [one for one in chain if issubclass(one, ClearHiddenTests | ClearMarkScheme)]
    for hide in hides:
        page, _ = hide().preprocess(page, {})
    assert len(hides) == 2
    shown = [one.source for one in page.cells]
    assert text in shown
    assert sum("BEGIN" in one for one in shown if one != text) == 0

"""What people see of a graded notebook: each question once, and of a student's nothing that could run."""

import copy
import html
import re

import nbformat
import pytest
from helpers import ASSIGNMENTS, COURSE, NAMES, ROOT
from nbconvert import HTMLExporter

from graders.plugins.feedback import SafeHTML
from graders.plugins.normalise import normalised
from graders.source import to_notebook


@pytest.mark.parametrize("name", NAMES)
def test_a_release_handed_in_untouched_has_the_cells_of_the_source(name):
    release = nbformat.read(ROOT / "release" / name / f"{name}.ipynb", as_version=4)
    source = to_notebook(ASSIGNMENTS[name])
    assert [cell.id for cell in normalised(release, source, []).cells] == [cell.id for cell in source.cells]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_the_courses_own_prose_is_cleaned(name):
    for cell in to_notebook(ASSIGNMENTS[name]).cells:
        if cell.cell_type == "markdown":
            marked = copy.deepcopy(cell)
            marked.source += "\n<svg onload='alert(1)'>"
            cleaned, _ = SafeHTML().preprocess_cell(copy.deepcopy(marked), {}, 0)
            own = bool(cell.metadata.get("nbgrader"))
            assert (cleaned == marked) == own, f"{cell.id} {'is changed' if own else 'is shown as it was written'}"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JavaScript:alert(1)", "java&#115;cript:alert(1)", "data:text/html,x"]
)
def test_a_link_in_markdown_runs_nothing(link):
    cell = nbformat.v4.new_markdown_cell(
        f"[a link]({link}) and [another](https://example.org), ![a dot](attachment:dot.png)"
    )
    cell.attachments = {"dot.png": {"image/png": "iVBORw0KGgo="}}
    page, _ = HTMLExporter(config=COURSE.config()).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    body = page[page.index("<body") :]
    assert link not in body
    assert 'href="https://example.org"' in body
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in body


@pytest.mark.parametrize("name", NAMES)
def test_feedback_begins_with_the_points_of_each_task(graded_class, name):
    """What nobody has marked yet is not called 0, and each link leads to a test of its task, the first that failed."""
    assignment, students = ASSIGNMENTS[name], graded_class(name).students
    wrong = next(one for student, one in students.items() if one.failures and student != "untouched")
    for graded in (students["reference"], students["untouched"], wrong):
        page = html.unescape(graded.feedback)
        table = re.search(r"<table.*?</table>", page[page.index("Your points") :], re.S).group()
        rows = re.findall(r'<a href="#([^"]+)">(.+?)</a>\s*</td>\s*<td>([^<]+)</td>', table)
        points = {}
        for cell in assignment.cells:
            if cell.points:
                points.setdefault(cell.slug, {})[cell.grade_id] = cell.points
        assert len(rows) == len(points)
        for (anchor, title, said), worth in zip(rows, points.values(), strict=True):
            assert re.search(rf"<h\d[^>]*>{re.escape(title)}( \(|<)", page)
            assert f'<a name="{anchor}">' in page
            got = {test: graded.by_test.get(test) for test in worth}
            if None in got.values():
                assert said == f"not marked yet, {sum(worth.values()):g} at most"
                continue
            assert said == f"{sum(got.values()):g} of {sum(worth.values()):g}"
            assert anchor == next((test for test in worth if got[test] < worth[test]), next(iter(worth)))
        assert f"{assignment.manual_points} points wait for a person" in page

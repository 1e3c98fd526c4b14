"""What a submission that is graded again makes old: marks of written answers that changed, and the page it had."""

import contextlib
import hashlib
import json
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_task

from graders.course import Course

# The file beside the graded submissions that says what each answer was when it was graded, as a digest; a line each.
ANSWERS = "written_answers.jsonl"


class SaveGrades(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, which shows a written answer again that is not the one that was marked.

    The points that were given stay until then. The feedback page of an earlier grading goes, so that
    ``nbgrader generate_feedback`` makes another one without being forced, and nobody releases the old one.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Writes the points into the gradebook; see nbconvert's Preprocessor."""
        nb, resources = super().preprocess(nb, resources)
        names = resources["nbgrader"]
        graded = Path(resources["metadata"]["path"]).parents[1]
        Course(graded.parent).withdraw_feedback(names["student"], names["assignment"])
        record = graded / ANSWERS
        answers = digests_of(nb)
        before, marked = _recorded(record, names["student"], names["notebook"])
        with Gradebook(names["db_url"]) as gradebook:
            for task, digest in answers.items():
                grade = gradebook.find_grade(task, names["notebook"], names["assignment"], names["student"])
                if not grade.needs_manual_grade:  # a person has looked at what was graded last
                    marked[task] = before.get(task)
                if grade.manual_score is not None:
                    grade.needs_manual_grade = marked.get(task) != digest
            gradebook.db.commit()
        line = {"student": names["student"], "notebook": names["notebook"], "answers": answers, "marked": marked}
        with contextlib.suppress(OSError), record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return nb, resources


def digests_of(notebook: NotebookNode) -> dict[str, str]:
    """A digest of what was written around each question, up to the course's own cells before and after it.

    Blanks at the ends of lines, and empty lines and cells, are nothing that a person would look at.
    """
    written: dict[str, list[NotebookNode]] = {}
    free: list[NotebookNode] = []
    for cell in notebook.cells:
        if is_task(cell):
            written[cell.metadata.nbgrader.grade_id] = free = list(free)  # those before it, and from now on those after
        elif "nbgrader" in cell.metadata:
            free = []
        else:
            free.append(cell)
    return {
        task: hashlib.sha256(json.dumps([one for one in map(_seen, cells) if any(one)]).encode()).hexdigest()
        for task, cells in written.items()
    }


def _seen(cell: NotebookNode) -> tuple[str, dict | None]:
    text = "\n".join(line.rstrip() for line in cell.source.split("\n"))
    return text.strip("\n"), cell.get("attachments")


def _recorded(record: Path, student: str, notebook: str) -> tuple[dict[str, str], dict[str, str | None]]:
    """What the answers of a student were when they were last graded, and when they were last marked, if it is known."""
    answers: dict[str, str] = {}
    marked: dict[str, str | None] = {}
    lines = record.read_text(encoding="utf-8", errors="replace").splitlines() if record.is_file() else []
    for line in lines:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            found = json.loads(line)
            if (found["student"], found["notebook"]) == (student, notebook):
                answers, marked = dict(found["answers"]), dict(found.get("marked", {}))
    return answers, marked

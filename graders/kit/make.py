"""Makes the students' kit: the released notebooks, what installs their packages, a start page and a self-check."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from graders import libraries
from graders.build import BuildError
from graders.course import Course, notebook_in
from graders.headings import headings_in, under_headings
from graders.kit.selfcheck import digest, names_in
from graders.source import task_of
from graders.templates import templates_in

HERE = Path(__file__).parent
TEMPLATES = templates_in(HERE)
JUPYTER = ("ipykernel", "jupyterlab")  # beside the packages of the notebooks, on a student's own machine
COLAB_NOTE, COLAB_CELL = "colab-note", "colab-setup"
PLACE = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+(@[A-Za-z0-9._/-]+)?")
_MANIFEST = "COURSE: dict[str, dict[str, Any]] = {}\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold


def write_kit(course: Course, names: Sequence[str], repository: str | None = None) -> tuple[Path, Path]:
    """Writes kit/ and kit.zip: the same bytes for the same releases.

    Args:
        course: whose releases.
        names: the assignments, in the order in which students meet them.
        repository: where the content of the kit will be public, ``owner/name`` or ``owner/name@branch``.

    Returns:
        The folder and the zip file.

    Raises:
        BuildError: for a repository that cannot be one, a release that is missing, or work in kit/ that would be lost.
    """
    if repository and not PLACE.fullmatch(repository):
        raise BuildError(f"'{repository}' is no repository: write owner/name or owner/name@branch")
    missing = [name for name in names if not notebook_in(course.release(name)).is_file()]
    if missing:
        raise BuildError(f"there is no release/{missing[0]}: run `course build` first")
    kit, archive = course.root / "kit", course.root / "kit.zip"
    _refuse_to_lose_work(kit)
    course_id = course.config().CourseDirectory.course_id
    contents = dict(_contents(course, names, repository, course_id))
    if kit.is_dir():
        shutil.rmtree(kit)
    for name, content in contents.items():
        path = kit / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(f"{course_id}/{name}", _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, content)
    return kit, archive


def _refuse_to_lose_work(kit: Path) -> None:
    for path in sorted(kit.glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        if any(cell.cell_type == "code" and (cell.execution_count or cell.outputs) for cell in cells):
            raise BuildError(f"someone has worked in kit/{path.relative_to(kit)}: move it away, kit/ is written anew")


def _contents(
    course: Course, names: Sequence[str], repository: str | None, course_id: str
) -> Iterator[tuple[str, bytes]]:
    notebooks = {}
    for name in names:
        folder = course.release(name)
        files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        files = [file for file in files if file.suffix != ".ipynb" and ".ipynb_checkpoints" not in file.parts]
        for file in files:
            yield f"{name}/{file.as_posix()}", (folder / file).read_bytes()
        notebooks[name] = nbformat.read(notebook_in(folder), as_version=4)
        prepared = with_colab(notebooks[name], name, [file.as_posix() for file in files], repository)
        yield f"{name}/{name}.ipynb", (nbformat.writes(prepared) + "\n").encode()
    start = _start_page(notebooks, repository, course_id)
    title = start.splitlines()[0].removeprefix("# ")
    html = TEMPLATES.get_template("start.html.j2").render(title=title, body=markdown2html(start).strip())
    yield "START.md", start.encode()
    yield "START.html", html.encode()
    yield "requirements.txt", "\n".join([*requirements(course), ""]).encode()
    yield "environment.yml", TEMPLATES.get_template("environment.yml.j2").render(name=course_id).encode()
    tasks = {name: manifest(notebook) for name, notebook in notebooks.items()}
    script = _script("selfcheck.py")
    if script.count(_MANIFEST) != 1:
        raise BuildError("graders/kit/selfcheck.py has no line for the tasks of the course")
    filled = _MANIFEST.replace("{}", _literal(tasks))
    yield "selfcheck.py", script.replace(_MANIFEST, filled).encode()


def _script(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _literal(course: dict[str, Any]) -> str:
    """Python's (and JSON's) text of what the self-check knows: a line for each test and each question."""
    return re.sub(r"\{[^{}\[\]]*\}", lambda found: " ".join(found[0].split()), json.dumps(course, indent=1))


def requirements(course: Course) -> list[str]:
    """What students install, pinned as the course is: lines of a requirements file."""
    lock = (course.root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    packages = {*JUPYTER, *(re.match(r"[\w-]+", line)[0] for line in libraries.requirements())}
    return [line for line in lock if line.partition("==")[0] in packages]


# --- notebooks --------------------------------------------------------------------------------------------------------


def with_colab(release: NotebookNode, name: str, files: list[str], repository: str | None) -> NotebookNode:
    """A released notebook with two more cells below its title, for Colab; nbgrader takes them for the student's own."""
    note = "**On Google Colab?** Run the next cell first: it fetches what is needed. Elsewhere it does nothing."
    address = None
    if repository:
        owner, _, branch = repository.partition("@")
        address = f"https://raw.githubusercontent.com/{owner}/{branch or 'main'}"
        badge = "![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)"
        note = f"[{badge}]({colab_url(repository, name)})\n\n{note}"
    call = (
        'if "google.colab" in sys.modules:\n'
        f"    prepare_colab({json.dumps(name)}, {json.dumps(files)}, {json.dumps(address) if address else None}, [\n"
        + "".join(f"        {json.dumps(package)},\n" for package in libraries.requirements())
        + "    ])\n"
    )
    code = _script("colab.py").partition('"""\n\n')[2] + f"\n\n{call}".rstrip()
    prepared = nbformat.from_dict(release)
    prepared.cells = [
        release.cells[0],
        nbformat.v4.new_markdown_cell(note, id=COLAB_NOTE),
        nbformat.v4.new_code_cell(
            code, id=COLAB_CELL, metadata={"cellView": "form", "jupyter": {"source_hidden": True}}
        ),
        *release.cells[1:],
    ]
    return prepared


def colab_url(repository: str, name: str) -> str:
    """Where Colab opens a notebook of a public kit."""
    owner, _, branch = repository.partition("@")
    return f"https://colab.research.google.com/github/{owner}/blob/{branch or 'main'}/{name}/{name}.ipynb"


def manifest(release: NotebookNode) -> dict[str, Any]:
    """What the self-check knows of a notebook: its tasks with their tests, its questions, and its locked cells."""
    tasks: dict[str, dict[str, Any]] = {}
    questions, locked = [], {}
    beside = zip([None, *release.cells], [*release.cells[1:], None], strict=False)
    for (cell, heading), (above, following) in zip(under_headings(release.cells), beside, strict=True):
        options = cell.metadata.get("nbgrader", {})
        slot = options.get("grade_id", cell.id)
        title = heading.plain if heading else ""
        if options.get("task"):
            question = {"id": following.id, "title": title, "points": options["points"]}
            questions.append(question | {"stub": digest(following.source), "below": digest(cell.source)})
        elif options.get("solution"):
            place = {"defines": sorted(names_in(cell.source)), "below": digest(above.source)}
            tasks[slot] = {"id": slot, "title": title, "stub": digest(cell.source), **place, "tests": []}
        elif options.get("grade"):
            task = tasks[task_of(slot)]
            task["tests"].append({"id": slot, "points": options["points"], "digest": digest(cell.source)})
        elif cell.cell_type == "code":
            locked[slot] = digest(cell.source)
    title = headings_in(release.cells[0].source)[0].text
    return {"title": title, "tasks": list(tasks.values()), "answers": questions, "locked": locked}


# --- the start page ---------------------------------------------------------------------------------------------------


def _start_page(notebooks: dict[str, NotebookNode], repository: str | None, course_id: str) -> str:
    rows = []
    for name, notebook in notebooks.items():
        course = manifest(notebook)
        points = sum(test["points"] for task in course["tasks"] for test in task["tests"])
        by_hand = sum(answer["points"] for answer in course["answers"])
        rows.append({"name": name, "title": course["title"], "points": points, "by_hand": by_hand})
    links = [(name, colab_url(repository, name)) for name in notebooks] if repository else []
    return TEMPLATES.get_template("START.md.j2").render(rows=rows, links=links, name=course_id)

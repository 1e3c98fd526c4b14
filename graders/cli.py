"""The command line of the course."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from graders.build import BuildError
from graders.source import Assignment, SourceError, assignment_names, course_root, read_assignment

app = typer.Typer(
    help="Builds and proves the exercises. Grading itself is plain nbgrader.",
    no_args_is_help=True,
    add_completion=False,
)
console = Console()
Names = Annotated[list[str] | None, typer.Argument(help="Assignments; all of them by default.")]


def _assignments(names: list[str] | None) -> tuple[Path, list[Assignment]]:
    root = course_root()
    known = assignment_names(root)
    unknown = sorted(set(names or []) - set(known))
    if unknown:
        raise FileNotFoundError(f"no assignment '{unknown[0]}' in source/: there are {', '.join(known)}")
    return root, [read_assignment(root / "source" / f"{name}.py") for name in names or known]


@app.command()
def build(
    names: Names = None,
    check: bool = typer.Option(False, "--check", help="Change nothing; fail if a build would change a file."),
    execute: bool = typer.Option(False, "--execute", help="Execute every reference again."),
) -> None:
    """Build source notebooks, releases and executed solutions from the scripts in source/."""
    from graders.build import build as run
    from graders.build import drift

    root, assignments = _assignments(names)
    if check:
        changed = drift(root, assignments)
        for file in changed:
            console.print(f"[bold red]differs from its source:[/] {file}", highlight=False)
        if changed:
            console.print("Run `course build` and commit what it writes.")
            raise typer.Exit(1)
        console.print("Everything built is what the sources say.")
        return
    with console.status("building"):
        run(root, assignments, lambda line: console.print(line, highlight=False), execute)


@app.command()
def rehearse(names: Names = None) -> None:
    """Run reference, stubs and every fixture in one process, without kernels: quick feedback for authors."""
    from graders.rehearsal import rehearse as run
    from graders.source import stub
    from graders.submissions import fixtures, reference_answers

    wrong = 0
    root, assignments = _assignments(names)
    for assignment in assignments:
        table = Table("submission", "expected", "got", "failed tests", title=assignment.name)
        submissions = [
            ("reference", assignment.auto_points, reference_answers(assignment)),
            ("untouched", 0, {cell.slug: stub(cell.source) for cell in assignment.of_kind("solution")}),
            *((fixture.name, fixture.points, fixture.answers) for fixture in fixtures(root, assignment)),
        ]
        for name, expected, answers in submissions:
            outcomes = run(assignment, answers)
            got = sum(outcome.points for outcome in outcomes)
            wrong += got != expected
            failed = [f"{o.grade_id}: {o.failure}" for o in outcomes if o.failure]
            if name == "untouched":
                failed = [f"{o.grade_id} passes" for o in outcomes if not o.failure]
            style = "" if got == expected else "bold red"
            table.add_row(name, str(expected), str(got), "\n".join(failed), style=style)
        console.print(table)
    if wrong:
        console.print(f"[bold red]{wrong} submissions did not get the points in their name.[/]")
        raise typer.Exit(1)


@app.command()
def mutants(names: Names = None, verbose: bool = typer.Option(False, help="List the killed ones too.")) -> None:
    """Plant small mistakes in every reference solution; list those that no test of the task notices."""
    from graders.mutants import equivalent_mutants, judge_mutants

    root, assignments = _assignments(names)
    equivalent = equivalent_mutants(root)
    slugs = {cell.slug for assignment in assignments for cell in assignment.of_kind("solution")}
    unused = {key for key in equivalent if key[0] in slugs}
    table = Table("assignment", "task", "mutants", "killed", "equivalent", "survived", title="Mutation test")
    survivors = []
    for assignment in assignments:
        counts: dict[str, list[int]] = {}
        for verdict in judge_mutants(assignment):
            mutant = verdict.mutant
            row = counts.setdefault(mutant.slug, [0, 0, 0, 0])
            key = (mutant.slug, mutant.before, mutant.after)
            row[0] += 1
            if verdict.killed_by:
                row[1] += 1
                if verbose:
                    console.print(f"[dim]{mutant.slug}: {mutant.after}\n    {verdict.killed_by}", highlight=False)
            elif key in equivalent:
                row[2] += 1
                unused.discard(key)
            else:
                row[3] += 1
                survivors.append(mutant)
        for slug, row in counts.items():
            table.add_row(assignment.name, slug, *map(str, row), style="bold red" if row[3] else "")
    console.print(table)
    for mutant in survivors:
        text = (
            f'[[mutant]]\nslug = "{mutant.slug}"\nbefore = {mutant.before!r}\nafter = {mutant.after!r}\nreason = ""\n'
        )
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    for slug, before, after in sorted(unused):
        console.print(f"[red]no longer a survivor, remove it:[/] {slug}: {before} -> {after}", highlight=False)
    if survivors or unused:
        console.print(
            "[bold red]Strengthen the check, or mark the mutant equivalent in tests/equivalent_mutants.toml.[/]"
        )
        raise typer.Exit(1)


@app.command("sample-class")
def sample_class(
    full: bool = typer.Option(False, "--full", help="Every fixture and every accident, not about six students."),
) -> None:
    """Fill submitted/ with a class whose points are known: reference, untouched, and fixtures."""
    from graders.sample_class import assemble

    root, assignments = _assignments(None)
    count = assemble(root, assignments, full)
    console.print(f"submitted/: {count} submissions of {len(assignments)} assignments", highlight=False)


@app.command()
def grades(names: Names = None) -> None:
    """Print the table of students by assignment, with what could not be graded and why."""
    from graders.grades import read_grades, table_of
    from graders.sample_class import expected_points

    root, assignments = _assignments(names)
    columns = [assignment.name for assignment in assignments]
    found = read_grades(root, columns)
    expected = expected_points(root)
    table, different = table_of(found, columns, expected)
    console.print(table)
    console.print("Feedback for students: feedback/<student>/<assignment>/<assignment>.html", highlight=False)
    if different:
        console.print(f"[bold red]{different} submissions of the sample class did not get the points they must.[/]")
        raise typer.Exit(1)
    if expected:
        console.print("Every submission of the sample class got exactly the points that its fixture states.")


def main() -> None:
    """Runs the command line; a mistake in a source is one line, not a stack trace."""
    try:
        app()
    except (BuildError, SourceError, FileNotFoundError) as error:
        Console(stderr=True).print(f"[bold red]course:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(2)

"""The command line of the course."""

import os
import statistics
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from graders.build import BuildError
from graders.source import Assignment, Budget, SourceError, assignment_names, course_root, read_assignment

app = typer.Typer(
    help="Builds, grades and proves the exercises. Grading is nbgrader's, in parallel.",
    no_args_is_help=True,
    add_completion=False,
)
# Tables of the whole course need more than the 80 columns that a log is taken to have.
console = Console(width=None if sys.stdout.isatty() else 120)
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
def rehearse(
    names: Names = None,
    trained: bool = typer.Option(False, "--trained", help="Train as released, and judge the tests that need it too."),
) -> None:
    """Run reference, stubs and every fixture, without kernels: quick feedback for authors."""
    from graders.proof.fixtures import everyone, points_without_training
    from graders.proof.rehearsal import rehearse as run
    from graders.proof.workers import warm_workers

    wrong = 0
    root, assignments = _assignments(names)
    with warm_workers() as pool:
        for assignment in assignments:
            table = Table("submission", "expected", "got", "failed tests", title=assignment.name)
            submissions = everyone(root, assignment)
            rehearsals = [pool.submit(run, assignment, submission.answers, trained) for submission in submissions]
            for submission, rehearsal in zip(submissions, rehearsals, strict=True):
                outcomes = rehearsal.result()
                expected = [submission.points] if trained else points_without_training(assignment, submission)
                got = sum(outcome.points for outcome in outcomes)
                wrong += got not in expected
                failed = [f"{o.grade_id}: {o.failure}" for o in outcomes if o.failure]
                if submission.name == "untouched":
                    failed = [f"{o.grade_id} passes" for o in outcomes if not o.failure]
                least, most = expected[0], expected[-1]
                table.add_row(
                    submission.name,
                    str(least) if least == most else f"{least} to {most}",
                    str(got),
                    "\n".join(failed),
                    style="" if got in expected else "bold red",
                )
            console.print(table)
    if wrong:
        console.print(f"[bold red]{wrong} submissions did not get the points in their name.[/]")
        raise typer.Exit(1)


@app.command()
def mutants(names: Names = None, verbose: bool = typer.Option(False, help="List the killed ones too.")) -> None:
    """Plant small mistakes in every reference solution; list those that no test of the task notices."""
    from graders.proof.mutants import excuse_of, excuses, judge_mutants

    root, assignments = _assignments(names)
    known = excuses(root)
    slugs = {cell.slug for assignment in assignments for cell in assignment.of_kind("solution")}
    unused = {key for key in known if key[0] in slugs}
    table = Table("assignment", "task", "mutants", "killed", "equivalent", "survived", title="Mutation test")
    survivors = []
    for assignment in assignments:
        counts: dict[str, list[int]] = {}
        for verdict in judge_mutants(assignment):
            mutant = verdict.mutant
            row = counts.setdefault(mutant.slug, [0, 0, 0, 0])
            key = excuse_of(mutant, known)
            row[0] += 1
            if verdict.killed_by:
                row[1] += 1
                if verbose:
                    console.print(f"[dim]{mutant.slug}: {mutant.after}\n    {verdict.killed_by}", highlight=False)
            elif key:
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
    for slug, *lines in sorted(unused):
        console.print(f"[red]no longer a survivor, remove it:[/] {slug}: {' -> '.join(lines)}", highlight=False)
    if survivors or unused:
        console.print("[bold red]Strengthen the check, or excuse the mutant in tests/equivalent_mutants.toml.[/]")
        raise typer.Exit(1)


@app.command()
def seeds(
    name: Annotated[str, typer.Argument(help="An assignment that trains.")],
    count: int = typer.Option(
        20, "--count", help="How many seeds to train the reference with; 0 shows what is recorded."
    ),
) -> None:
    """Train a reference with many seeds and record what it reaches: docs/thresholds/."""
    from rich.progress import track

    from graders.proof.thresholds import MOST_FALSE_FAILURES, margins, measure, record_path, write_record
    from graders.proof.workers import warm_workers

    root, (assignment,) = _assignments([name])
    if count:
        with warm_workers() as pool:
            runs = {seed: pool.submit(measure, assignment, seed) for seed in range(count)}
            write_record(root, name, {seed: run.result() for seed, run in track(runs.items(), "training", count)})
    if not record_path(root, name).is_file():
        raise FileNotFoundError(f"nothing is recorded for {name}: run `course seeds {name}`")
    table = Table("quantity", "seeds", "mean", "sd", "worst", "threshold", "margin [sd]", "false failures", title=name)
    bad = 0
    for margin in margins(root, name):
        mean, sd = statistics.mean(margin.values), statistics.stdev(margin.values)
        rate = margin.false_failure_rate
        bad += rate > MOST_FALSE_FAILURES
        numbers = [f"{number:.4f}" for number in (mean, sd, margin.worst, margin.threshold)]
        table.add_row(
            margin.quantity,
            str(len(margin.values)),
            *numbers,
            f"{margin.standard_deviations:.1f}",
            f"{rate:.1e}",
            style="bold red" if rate > MOST_FALSE_FAILURES else "",
        )
    console.print(table)
    if bad:
        console.print(f"[bold red]{bad} thresholds would fail the reference more often than 1 time in 1,000.[/]")
        raise typer.Exit(1)


@app.command()
def references(
    names: Names = None,
    budget: Annotated[Budget, typer.Option(help="How long they train: as released, for a GPU, or a few steps.")] = (
        Budget.LAPTOP
    ),
    seed: Annotated[int, typer.Option(help="Of their first weights and of the order of their data.")] = 0,
    require_gpu: bool = typer.Option(False, "--require-gpu", help="Fail where no GPU is, or where none was used."),
    output: Annotated[Path, typer.Option(help="The folder of the report.")] = Path("references"),
) -> None:
    """Run the references with all their tests; write a report of metrics, times, memory, devices and plots."""
    from graders.proof.references import NoGPUError, claim, look_at_machine, run_reference, write_report

    root, assignments = _assignments(names)
    try:
        claim(output)
        machine = look_at_machine(output / "logs" / "machine.log", require_gpu)
    except (NoGPUError, FileExistsError) as error:
        Console(stderr=True).print(f"[bold red]course:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    console.print(f"on {', '.join(machine['gpus']) or 'the CPU: TensorFlow sees no GPU here'}", highlight=False)
    done = []
    for assignment in assignments:
        run = run_reference(assignment, budget, output / "logs" / f"{assignment.name}.log", seed, require_gpu)
        done.append(run)
        console.print(
            f"{run.assignment}: {run.points} of {run.max_points} points, {run.seconds:.1f} s, "
            f"{run.memory_mib:.0f} MiB, weights on {', '.join(run.variables) or 'nothing'}",
            highlight=False,
        )
        for failure in run.failures:
            console.print(f"[bold red]failed:[/] {failure}", highlight=False, soft_wrap=True)
        write_report(root, output, done, {"budget": budget.value, "seed": seed, "machine": machine})
    console.print(f"The report: {output / 'index.html'}", highlight=False, soft_wrap=True)
    if any(run.failures for run in done):
        raise typer.Exit(1)


@app.command()
def simulate(
    names: Annotated[list[str] | None, typer.Argument(help="Data sets; those in the repository by default.")] = None,
    check: bool = typer.Option(
        False, "--check", help="Write nothing; fail where a file is not what its checksum says."
    ),
    jobs: Annotated[int | None, typer.Option(help="Processes; all cores by default.")] = None,
) -> None:
    """Simulate data files again, from their seeds, or verify those that are there."""
    from simulations.datasets import DATASETS, checksum_holds, write

    root = course_root()
    unknown = sorted(set(names or []) - set(DATASETS))
    if unknown:
        raise FileNotFoundError(f"no data set '{unknown[0]}': there are {', '.join(DATASETS)}")
    chosen = names or [name for name, dataset in DATASETS.items() if dataset.committed]
    if check:
        damaged = [name for name in chosen if not checksum_holds(name, root)]
        for name in damaged:
            console.print(f"[bold red]missing or not what its checksum says:[/] {DATASETS[name].path}", highlight=False)
        if damaged:
            raise typer.Exit(1)
        console.print("Every data file is what its checksum says.")
        return
    for name in chosen:
        before = (root / DATASETS[name].path).with_suffix(".sha256")
        known = before.read_text(encoding="utf-8").split()[0] if before.is_file() else None
        digest = write(name, root, jobs)
        same = "new" if known is None else "the same bytes as before" if known == digest else "other bytes than before"
        console.print(f"{DATASETS[name].path}: {same}", highlight=False)


@app.command()
def kit(
    repository: Annotated[
        str | None,
        typer.Option(help="Where the kit's content will be public on GitHub, owner/name[@branch]: for Colab badges."),
    ] = None,
) -> None:
    """Write the students' kit from the releases: kit/ and kit.zip."""
    from graders.kit.make import course_order, write_kit

    root = course_root()
    folder, archive = write_kit(root, course_order(root, assignment_names(root)), repository)
    megabytes = archive.stat().st_size / 1e6
    console.print(f"{folder.name}/ and {archive.name}, {megabytes:.0f} MB: hand out the zip file", highlight=False)


@app.command("sample-class")
def sample_class(
    full: bool = typer.Option(False, "--full", help="Every fixture and every accident, not about six students."),
) -> None:
    """Fill submitted/ with a class whose points are known: reference, untouched, and fixtures."""
    from graders.proof.sample_class import assemble

    root, assignments = _assignments(None)
    count = assemble(root, assignments, full)
    console.print(f"submitted/: {count} submissions of {len(assignments)} assignments", highlight=False)


@app.command()
def grade(
    names: Names = None,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given several times.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Submissions at a time; as many as there are cores.")] = None,
    force: bool = typer.Option(False, "--force", help="Grade again what is graded already."),
    unsealed: bool = typer.Option(False, "--unsealed", help="Without a sandbox; every notebook says so."),
) -> None:
    """Grade submissions in parallel, sealed: what `nbgrader autograde` does for one after the other."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from graders.classroom.grading import grade as run
    from graders.classroom.grading import longest_first, tasks
    from graders.course import load_config
    from graders.sealed.sandbox import NoSandboxError

    root, assignments = _assignments(names)
    config = load_config(root)
    if unsealed:
        config.SealedExecute.unsealed = True
    chosen = tasks(root, [assignment.name for assignment in assignments], student or [], force)
    chosen = longest_first(chosen, assignments)
    if not chosen:
        console.print("Everything that was handed in is graded: --force grades it again.")
        return
    failed = 0
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            bar = progress.add_task("grading", total=len(chosen))
            for outcome in run(root, chosen, jobs or os.cpu_count() or 1, config):
                task = outcome.task
                progress.update(bar, advance=1, description=f"{task.student}, {task.assignment}")
                if not console.is_terminal:
                    console.print(f"{task.student}, {task.assignment}: {outcome.seconds:.1f} s", highlight=False)
                if outcome.failure:
                    failed += 1
                    last = outcome.failure.strip().splitlines()[-1]
                    progress.console.print(f"[bold red]not graded:[/] {task.student}, {task.assignment}: {last}")
    except NoSandboxError as error:
        console.print(f"[bold red]course:[/] {error} Or grade with --unsealed.", highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    if failed:
        raise typer.Exit(1)


@app.command()
def regrade(
    name: Annotated[str, typer.Argument(help="An assignment whose tests were mended.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given several times.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Submissions at a time; as many as there are cores.")] = None,
    yes: bool = typer.Option(False, "--yes", help="Write the changes without asking."),
    unsealed: bool = typer.Option(False, "--unsealed", help="Without a sandbox; every notebook says so."),
) -> None:
    """Grade again in a copy of the course, show which scores change, and write them when told to."""
    from rich.markup import escape
    from rich.progress import track

    from graders.build import solution_is_current
    from graders.classroom.regrade import table_of, trial_of
    from graders.sealed.sandbox import NoSandboxError

    root, (assignment,) = _assignments([name])
    with trial_of(root, assignment, student or []) as trial:
        runs = trial.grade(jobs or os.cpu_count() or 1, unsealed)
        try:
            for _ in track(runs, "grading a copy", len(trial.students), console=console, transient=True):
                pass
        except NoSandboxError as error:
            console.print(f"[bold red]course:[/] {error} Or grade with --unsealed.", highlight=False, soft_wrap=True)
            raise typer.Exit(2) from None
        for who, why in {**trial.left_out, **trial.failures}.items():
            console.print(f"[bold]left out:[/] {escape(f'{who}: {why}')}", highlight=False, soft_wrap=True)
        for test, (before, after) in trial.worth().items():
            console.print(f"{test}: out of {after:g} points instead of {before:g}", highlight=False)
        changes = trial.changes()
        changed = list(dict.fromkeys(change.student for change in changes))
        if not changes and not trial.worth():
            console.print(f"Nothing changes: {len(trial.students)} submissions keep their scores.", highlight=False)
        else:
            if changes:
                console.print(table_of(trial, changes))
            console.print(f"{len(changed)} of {len(trial.students)} submissions change.", highlight=False)
            if yes or (sys.stdin.isatty() and typer.confirm("Write this to the gradebook and to autograded/?")):
                left_alone = trial.write(changed)
                for who in left_alone:
                    console.print(f"[bold]not written:[/] {escape(who)}: graded in the meantime", highlight=False)
                console.print(f"Written. Feedback anew: nbgrader generate_feedback {name} --force", highlight=False)
                if not solution_is_current(assignment, root):
                    console.print(f"The reference has not run with these tests: course build {name}", highlight=False)
            else:
                console.print("Nothing was written; --yes writes it.")
        if trial.failures:
            raise typer.Exit(1)


@app.command()
def grades(names: Names = None) -> None:
    """Print the table of students by assignment, with what could not be graded and why."""
    from graders.classroom.grades import notes_in, read_grades, table_of
    from graders.proof.sample_class import expected_points

    root, assignments = _assignments(names)
    columns = [assignment.name for assignment in assignments]
    found = read_grades(root, columns)
    expected = expected_points(root)
    table, different = table_of(found, columns, expected)
    console.print(table)
    for note in notes_in(found):
        console.print(f"* {note}", highlight=False, markup=False, soft_wrap=True)
    if (root / "feedback").is_dir():
        console.print("Feedback for students: feedback/<student>/<assignment>/<assignment>.html", highlight=False)
    if different:
        console.print(f"[bold red]{different} submissions of the sample class did not get the points they must.[/]")
        raise typer.Exit(1)
    if expected:
        console.print("Every submission of the sample class got exactly the points that its fixture states.")


@app.command()
def report(
    names: Names = None,
    anonymous: bool = typer.Option(False, "--anonymous", help="Without names; written beside the report with names."),
    output: Annotated[Path | None, typer.Option(help="Folder to write to; reports/ by default.")] = None,
) -> None:
    """Write a page and a table per assignment: scores, tasks, mistakes, who is missing, what looks alike."""
    from graders.classroom.report.page import count, points, write_report

    root, assignments = _assignments(names)
    folder = output or root / "reports"
    for assignment in assignments:
        try:
            done = write_report(root, assignment, folder, anonymous)
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            raise typer.BadParameter(f"cannot write to {folder}: {error.strerror}", param_hint="--output") from None
        said = [count(done.submissions, "submission")]
        said += [f"median {points(done.median)} of {points(done.max_points)} points"] if done.submissions else []
        said += [f"{done.not_graded} not graded"] if done.not_graded else []
        said += [f"{done.absent} not submitted"] if done.absent else []
        said += [count(done.pairs, "near-identical pair")] if done.pairs else []
        console.print(f"{assignment.name}: {', '.join(said)}", highlight=False)
        console.print(f"  {done.page}\n  {done.table}", highlight=False, soft_wrap=True)


def main() -> None:
    """Runs the command line; a mistake in a source is one line, not a stack trace."""
    try:
        app()
    except (BuildError, SourceError, FileExistsError, FileNotFoundError) as error:
        Console(stderr=True).print(f"[bold red]course:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(2)

"""The command line of the course: what each command takes, and what it prints."""

import contextlib
import datetime
import io
import os
import signal
import statistics
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from graders.course import Course
from graders.errors import CourseError, MissingError, NotFoundError
from graders.gradebook import locked_said
from graders.source import Assignment, Budget, read_assignment
from graders.text import for_table, is_student_id

if TYPE_CHECKING:
    from graders.classroom.cluster import Cluster
    from graders.classroom.grading import Finished
    from graders.proof.behaviours import BehaviourReport
    from graders.proof.mutants import MutationReport

app = typer.Typer(
    help="Builds, grades and proves the exercises. Grading is nbgrader's, in parallel.",
    no_args_is_help=True,
    add_completion=False,
)
# Tables of the whole course need more than the 80 columns that a log is taken to have.
console = Console(width=None if sys.stdout.isatty() else 120)
AssignmentNames = Annotated[list[str] | None, typer.Argument(help="Assignments; all of them by default.")]
Students = Annotated[list[str] | None, typer.Option("--student", help="Only this one; may be given several times.")]
Tasks = Annotated[list[str] | None, typer.Option("--task", help="Only this slug; may be given several times.")]
Jobs = Annotated[int | None, typer.Option(help="Submissions at a time; as many as there are cores.")]
Unsealed = Annotated[bool, typer.Option("--unsealed", help="Without a sandbox; every notebook says so.")]


def _assignments(names: list[str] | None) -> tuple[Course, list[Assignment]]:
    course = Course.here()
    known = course.assignments
    unknown = sorted(set(names or []) - set(known))
    if unknown:
        raise NotFoundError(f"no assignment '{unknown[0]}' in source/: there are {', '.join(known)}")
    return course, [read_assignment(course.script(name)) for name in names or known]


def _say(line: str) -> None:
    """Prints a line that may hold markup of ours."""
    console.print(line, highlight=False, soft_wrap=True)


def _say_due(course: Course, names: Sequence[str]) -> None:
    """Prints in words when assignments are due, as the gradebook has it, whoever put it there."""
    from graders.classroom.due import due_dates, in_words

    with contextlib.suppress(NotFoundError):  # there is no gradebook yet
        for name, when in due_dates(course, list(names)).items():
            _say(f"{name} is due on {in_words(when)}.")


def _fail_if(bad: object, line: str = "") -> None:
    """Ends the command with 1 where something is wrong."""
    if bad:
        if line:
            _say(f"[bold red]{line}")
        raise typer.Exit(1)


@contextlib.contextmanager
def _or_unsealed() -> Iterator[None]:
    """Says, where this machine has no sandbox, that there is a way without."""
    from graders.sealed.sandbox import NoSandboxError

    try:
        yield
    except NoSandboxError as error:
        raise NoSandboxError(f"{error} Or grade with --unsealed.") from None


# --- for authors ------------------------------------------------------------------------------------------------------


@app.command()
def build(
    names: AssignmentNames = None,
    check: bool = typer.Option(False, "--check", help="Change nothing; fail if a build would change a file."),
    execute: bool = typer.Option(False, "--execute", help="Execute every reference again."),
) -> None:
    """Build source notebooks, releases and executed solutions from the scripts in source/."""
    from graders.build import build as run
    from graders.build import drift

    course, assignments = _assignments(names)
    if check:
        changed = drift(course, assignments)
        for file in changed:
            _say(f"[bold red]differs from its source:[/] {file}")
        _fail_if(changed, "Run `course build` and commit what it writes.")
        _say("Everything built is what the sources say.")
        return
    with console.status("building"):
        run(course, assignments, _say, execute)


@app.command()
def rehearse(
    names: AssignmentNames = None,
    trained: bool = typer.Option(False, "--trained", help="Train as released, and judge the tests that need it too."),
) -> None:
    """Run reference, stubs and every fixture, without kernels: quick feedback for authors."""
    from graders.proof.fixtures import everyone
    from graders.proof.rehearsal import judge
    from graders.proof.workers import warm_workers

    wrong = 0
    course, assignments = _assignments(names)
    with warm_workers() as pool:
        for assignment in assignments:
            table = Table("submission", "points", "as stated", "failed tests", title=assignment.name)
            for judged in judge(pool, assignment, everyone(course, assignment), trained):
                wrong += not judged.is_exact
                failed = [f"{one.grade_id}: {one.failure}" for one in judged.outcomes if one.failure]
                if judged.fixture.name == "untouched":
                    failed = [f"{one.grade_id} passes" for one in judged.outcomes if not one.failure]
                table.add_row(
                    judged.fixture.name,
                    str(judged.points),
                    "yes" if judged.is_exact else "no",
                    escape("\n".join(failed)),
                    style="" if judged.is_exact else "bold red",
                )
            console.print(table)
    _fail_if(wrong, f"{wrong} submissions did not fail exactly the tests that they name.")


@app.command()
def lines(names: AssignmentNames = None) -> None:
    """Count the lines of code that each notebook gives, and those that its students write."""
    from graders.proof.lines import MOST, lines_of

    table, too_many = Table("assignment", "given", "own", "given for each own"), 0
    for assignment in _assignments(names)[1]:
        count = lines_of(assignment)
        too_many += count.ratio > MOST
        style = "bold red" if count.ratio > MOST else ""
        table.add_row(assignment.name, str(count.given), str(count.own), f"{count.ratio:.1f}", style=style)
    console.print(table)
    _fail_if(too_many, f"{too_many} notebooks give more than {MOST} lines for each that students write.")


@app.command()
def mutants(
    names: AssignmentNames = None,
    tasks: Tasks = None,
    verbose: bool = typer.Option(False, help="List the killed ones too."),
) -> None:
    """Plant small mistakes and bad habits in every reference solution; list those that no test of the task notices."""
    from graders.proof.behaviours import behaviour_report
    from graders.proof.mutants import mutation_report

    course, assignments = _assignments(names)
    known = {cell.slug: assignment for assignment in assignments for cell in assignment.of_kind("solution")}
    unknown = sorted(set(tasks or []) - known.keys())
    if unknown:
        raise NotFoundError(f"no task '{unknown[0]}' there: there are {', '.join(known)}")
    if tasks:
        assignments = list({known[task].name: known[task] for task in tasks}.values())
    texts = [mutation_report(course, assignment, only=tasks or ()) for assignment in assignments]
    habits = [behaviour_report(course, assignment, only=tasks or ()) for assignment in assignments]
    _show_fates("Mutants of the text", texts, ("killed", "excused", "survived"))
    _show_fates("Behaviours", habits, ("killed", "passed", "excused", "asleep", "survived", "failed"))
    for report in texts:
        _list_mutants(report, verbose)
    for report in habits:
        _list_behaviours(report, verbose)
    _fail_if(
        any(report.survivors or report.unused for report in (*texts, *habits))
        or any(report.false_alarms for report in habits),
        "Mend the check, or excuse the mutant in tests/submissions/<a>/: equivalent_mutants.toml for one of the text, "
        "excused_behaviours.toml for a behaviour.",
    )


def _show_fates(title: str, reports: "Sequence[MutationReport | BehaviourReport]", fates: Sequence[str]) -> None:
    table = Table("assignment", "task", *fates, title=title)
    for report in reports:
        for slug, counts in report.by_task.items():
            wrong = counts["survived"] or counts["failed"]
            table.add_row(report.assignment, slug, *(str(counts[fate]) for fate in fates), style="red" if wrong else "")
    console.print(table)


def _list_mutants(report: "MutationReport", verbose: bool) -> None:
    for verdict in report.verdicts if verbose else ():
        if verdict.killed_by:
            _say(escape(f"{verdict.mutant.slug}: {verdict.mutant.after}\n    {verdict.killed_by}"))
    for mutant in report.survivors:
        before, after = repr(mutant.before), repr(mutant.after)
        _say(escape(f'[[mutant]]\nslug = "{mutant.slug}"\nbefore = {before}\nafter = {after}\nreason = ""\n'))
    for slug, *lines in sorted(report.unused):
        _say("[red]no longer a survivor, remove it:[/] " + escape(f"{slug}: {' -> '.join(lines)}"))


def _list_behaviours(report: "BehaviourReport", verbose: bool) -> None:
    for one in report.judgements if verbose else ():
        if not one.awake or one.failure:
            _say(escape(f"{one.slug}: {one.function}: {one.behaviour}\n    {one.failure or 'asleep'}"))
    for one in report.survivors:
        _say(escape(f"{one.slug}: {one.function}: {one.behaviour}: costs no point"))
    for one in report.false_alarms:
        _say(escape(f"{one.slug}: {one.function}: {one.behaviour}: is right, and fails: {one.failure}"))
    for key in sorted(report.unused):
        _say("[red]no longer needed, remove it:[/] " + escape(": ".join(key)))


@app.command()
def seeds(
    name: Annotated[str, typer.Argument(help="An assignment that trains.")],
    count: int = typer.Option(
        20, "--count", help="How many seeds to train the reference with; 0 shows what is recorded."
    ),
) -> None:
    """Train a reference with many seeds and record what it reaches: docs/thresholds/."""
    from rich.progress import track

    from graders.proof.thresholds import margins, measure, record_path, write_record
    from graders.proof.workers import warm_workers

    if count == 1:
        raise typer.BadParameter("one seed has no spread: at least 2, or 0", param_hint="--count")
    course, (assignment,) = _assignments([name])
    if count:
        with warm_workers() as pool:
            runs = {seed: pool.submit(measure, assignment, seed) for seed in range(count)}
            write_record(course, name, {seed: run.result() for seed, run in track(runs.items(), "training", count)})
    if not record_path(course, name).is_file():
        raise NotFoundError(f"nothing is recorded for {name}: run `course seeds {name}`")
    table = Table("quantity", "seeds", "mean", "sd", "worst", "threshold", "margin [sd]", "false failures", title=name)
    found = margins(course, name)
    for one in found:
        numbers = (statistics.mean(one.values), statistics.stdev(one.values), one.worst, one.threshold)
        table.add_row(
            one.quantity,
            str(len(one.values)),
            *(f"{number:.4f}" for number in numbers),
            f"{one.standard_deviations:.1f}",
            f"{one.false_failure_rate:.1e}",
            style="bold red" if one.is_too_close else "",
        )
    console.print(table)
    bad = sum(one.is_too_close for one in found)
    _fail_if(bad, f"{bad} thresholds would fail the reference more often than 1 time in 1,000.")


@app.command()
def references(
    names: AssignmentNames = None,
    budget: Annotated[Budget, typer.Option(help="How long they train: as released, for a GPU, or a few steps.")] = (
        Budget.LAPTOP
    ),
    seed: Annotated[int, typer.Option(help="Of their first weights and of the order of their data.")] = 0,
    require_gpu: bool = typer.Option(False, "--require-gpu", help="Fail where no GPU is, or where none was used."),
    output: Annotated[Path, typer.Option(help="The folder of the report.")] = Path("references"),
) -> None:
    """Run the references with all their tests; write a report of metrics, times, memory, devices and plots."""
    from graders.proof.references.report import claim, write_report
    from graders.proof.references.run import look_at_machine, run_reference

    course, assignments = _assignments(names)
    claim(output)
    machine = look_at_machine(output / "logs" / "machine.log", require_gpu)
    _say(f"on {', '.join(machine['gpus']) or 'the CPU: TensorFlow sees no GPU here'}")
    done = []
    for assignment in assignments:
        run = run_reference(assignment, budget, output / "logs" / f"{assignment.name}.log", seed, require_gpu)
        done.append(run)
        _say(
            f"{run.assignment}: {run.points} of {run.max_points} points, "
            f"{run.seconds:.1f} s, {run.cpu_seconds:.1f} s of the processor, "
            f"{run.memory_mib:.0f} MiB, weights on {', '.join(run.variables) or 'nothing'}"
        )
        for failure in run.failures:
            _say(f"[bold red]failed:[/] {escape(failure)}")
        write_report(course, output, done, {"budget": budget.value, "seed": seed, "machine": machine})
    _say(f"The report: {output / 'index.html'}")
    _fail_if(any(run.failures for run in done))


@app.command()
def simulate(
    names: Annotated[list[str] | None, typer.Argument(help="Data sets; those in the repository by default.")] = None,
    check: bool = typer.Option(
        False, "--check", help="Write nothing; fail where a file is not what its checksum says."
    ),
    jobs: Annotated[int | None, typer.Option(help="Processes; all cores by default.")] = None,
) -> None:
    """Simulate data files again, from their seeds, or verify those that are there."""
    course = Course.here()
    try:
        from simulations.datasets import DATASETS, checksum_holds, write
    except ModuleNotFoundError as error:
        raise MissingError(
            f"{error.name} is not installed, which makes the data: "
            "pip install 'deep-learning-for-cosmology-exercises[simulate]'"
        ) from None
    unknown = sorted(set(names or []) - set(DATASETS))
    if unknown:
        raise NotFoundError(f"no data set '{unknown[0]}': there are {', '.join(DATASETS)}")
    chosen = names or [name for name, dataset in DATASETS.items() if dataset.committed]
    if check:
        damaged = [name for name in chosen if not checksum_holds(name, course.root)]
        for name in damaged:
            _say(f"[bold red]missing or not what its checksum says:[/] {DATASETS[name].path}")
        _fail_if(damaged)
        _say("Every data file is what its checksum says.")
        return
    for name in chosen:
        before = (course.root / DATASETS[name].path).with_suffix(".sha256")
        known = before.read_text(encoding="utf-8").split()[0] if before.is_file() else None
        digest = write(name, course.root, jobs)
        same = "new" if known is None else "the same bytes as before" if known == digest else "other bytes than before"
        _say(f"{DATASETS[name].path}: {same}")


@app.command("sample-class")
def sample_class(
    full: bool = typer.Option(False, "--full", help="Every fixture and every accident, not about six students."),
) -> None:
    """Fill submitted/ with a class whose points are known: reference, untouched, and fixtures."""
    from graders.proof.sample_class import assemble

    course, assignments = _assignments(None)
    count = assemble(course, assignments, full)
    _say(f"submitted/: {count} submissions of {len(assignments)} assignments")


# --- for instructors --------------------------------------------------------------------------------------------------


@app.command()
def kit(
    repository: Annotated[
        str | None,
        typer.Option(help="Where the kit's content will be public on GitHub, owner/name[@branch]: for Colab badges."),
    ] = None,
) -> None:
    """Write the students' kit from the releases: kit/ and kit.zip."""
    from graders.kit.make import write_kit

    course = Course.here()
    folder, archive = write_kit(course, course.assignments, repository)
    _say(f"{folder.name}/ and {archive.name}, {archive.stat().st_size / 1e6:.0f} MB: hand out the zip file")


@app.command()
def grade(
    names: AssignmentNames = None,
    student: Students = None,
    jobs: Jobs = None,
    force: bool = typer.Option(False, "--force", help="Grade again what is graded already."),
    unsealed: Unsealed = False,
    cluster: Annotated[
        str | None, typer.Option(help="slurm: start jobs as cluster.yaml says, and grade on them.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Jobs to ask a cluster for.")] = 4,
    scheduler: Annotated[
        str | None, typer.Option(help="The address of a Dask scheduler; grade on its workers.")
    ] = None,
) -> None:
    """Grade submissions in parallel, sealed: what `nbgrader autograde` does for one after the other."""
    from graders.classroom.grading import grade as run
    from graders.classroom.grading import longest_first, pending, require_registered

    if unsealed and jobs not in (None, 1):
        raise typer.BadParameter("nbgrader runs one at a time without the sandbox", param_hint="--jobs")
    if sum(map(bool, (unsealed, cluster, scheduler))) > 1:
        raise typer.BadParameter("one of --unsealed, --cluster and --scheduler", param_hint="--scheduler")
    course, assignments = _assignments(names)
    config = course.config()
    if unsealed:
        config.SealedExecute.unsealed = True
    _refuse_ids(student or [])
    _move_misplaced(course)
    chosen = pending(course, [assignment.name for assignment in assignments], student or [], force)
    require_registered(course, chosen)
    _say_due(course, sorted({submission.assignment for submission in chosen}))
    if not chosen:
        _say("Everything that was handed in is graded: --force grades it again.")
        return
    with _or_unsealed(), _elsewhere(course, cluster, scheduler, workers) as others, _progress() as progress:
        at_a_time = jobs or (others.at_a_time if others else os.cpu_count() or 1)
        engine = {"engine": others.run} if others else {}
        bar, failed = progress.add_task("grading", total=len(chosen)), 0
        for outcome in run(course, longest_first(chosen, assignments), at_a_time, config, **engine):
            for line in others.news() if others else ():
                _say(for_table(line))
            on = f"{others.said}: " if others else ""
            progress.update(bar, advance=1, description=f"{on}{_whose(outcome)}")
            _say_outcome(outcome)
            failed += bool(outcome.failure)
    _fail_if(failed)


def _refuse_ids(students: list[str]) -> None:
    for one in students:
        if not is_student_id(one):
            raise NotFoundError(f"'{one}' can be no student's id: use letters, digits and . _ - @ +")


def _progress() -> Progress:
    """A bar that shows how far a command is, where somebody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal)


def _move_misplaced(course: Course) -> None:
    """Puts what lies at another place, and can be of one student and one assignment alone, where it belongs."""
    from graders.classroom.places import misplaced

    for one in misplaced(course):
        if one.target:
            one.move()
            _say(for_table(f"moved: {one.path.relative_to(course.root)} to {one.target.relative_to(course.root)}"))


def _whose(outcome: "Finished") -> str:
    return for_table(f"{outcome.submission.student}, {outcome.submission.assignment}")


def _say_outcome(outcome: "Finished") -> None:
    """What a person has to know of one submission that was graded; all of them where no bar shows how far it is."""
    if not console.is_terminal:
        _say(f"{_whose(outcome)}: {outcome.seconds:.1f} s")
    if outcome.failure:
        _say(f"[bold red]not graded:[/] {_whose(outcome)}: {for_table(outcome.failure.strip().splitlines()[-1])}")
    elif outcome.prepared is False:
        _say(f"[bold]run twice:[/] {_whose(outcome)}: nbgrader asked for another run than had been prepared")


@contextlib.contextmanager
def _elsewhere(course: Course, cluster: str | None, scheduler: str | None, workers: int) -> "Iterator[Cluster | None]":
    """The cluster that was asked for, with a worker that may grade; None where this machine does the work."""
    if not cluster and not scheduler:
        yield None
        return
    from graders.classroom.cluster import connected

    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C does, so that the jobs it has started end with it
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(number, signal.default_int_handler)
    with connected(course, cluster, scheduler, workers) as found:
        for line in found.wait():
            _say(for_table(line))
        _say(found.said)
        yield found


@app.command()
def watch(
    names: AssignmentNames = None,
    jobs: Jobs = None,
    once: bool = typer.Option(False, "--once", help="Stop when what lies in the exchange now is done."),
) -> None:
    """Grade what comes into the exchange, and release feedback, again and again: official tries before the deadline."""
    from graders.classroom.watch import Watcher

    course, assignments = _assignments(names)
    watcher = Watcher(course, [assignment.name for assignment in assignments], course.config())
    _say_due(course, [assignment.name for assignment in assignments])
    stop = _stop_when_told()
    _say("Looking at the exchange: Ctrl-C stops it when what is under way is done.")
    problems = 0
    for said in watcher.run(jobs or os.cpu_count() or 1, stop, once):
        problems += said.is_problem
        line = for_table(f"{said.who}: {said.text}" if said.who else said.text)
        _say(f"{datetime.datetime.now():%H:%M:%S} {f'[bold red]{line}[/]' if said.is_problem else line}")
    _fail_if(once and problems)


def _stop_when_told() -> threading.Event:
    """An event that the first Ctrl-C, or the end of a service, sets; the second one ends the command at once."""
    told = threading.Event()

    def tell(number: int, frame: object) -> None:
        if told.is_set():
            raise KeyboardInterrupt
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    return told


@app.command()
def regrade(
    name: Annotated[str, typer.Argument(help="An assignment whose tests were mended.")],
    student: Students = None,
    jobs: Jobs = None,
    yes: bool = typer.Option(False, "--yes", help="Write the changes without asking."),
    unsealed: Unsealed = False,
) -> None:
    """Grade again in a copy of the course, show which scores change, and write them when told to."""
    from rich.progress import track

    from graders.build import solution_is_current
    from graders.classroom.regrade import table_of, trial_of

    course, (assignment,) = _assignments([name])
    with trial_of(course, assignment, student or []) as trial, _or_unsealed():
        runs = trial.grade(jobs or os.cpu_count() or 1, unsealed)
        for _ in track(runs, "grading a copy", len(trial.students), console=console, transient=True):
            pass
        for who, why in {**trial.left_out, **trial.failures}.items():
            _say(f"[bold]left out:[/] {for_table(f'{who}: {why}')}")
        for test, (before, after) in trial.worth().items():
            _say(f"{test}: out of {after:g} points instead of {before:g}")
        changes = trial.changes()
        changed = list(dict.fromkeys(change.student for change in changes))
        if changes:
            console.print(table_of(trial, changes))
        if not changes and not trial.worth():
            _say(f"Nothing changes: {len(trial.students)} submissions keep their scores.")
        else:
            _say(f"{len(changed)} of {len(trial.students)} submissions change.")
            if yes or (sys.stdin.isatty() and typer.confirm("Write this to the gradebook and to autograded/?")):
                for who in trial.write(changed):
                    _say(f"[bold]not written:[/] {for_table(who)}: graded in the meantime")
                _say(f"Written. Feedback anew: nbgrader generate_feedback {name} --force")
                if not solution_is_current(assignment, course):
                    _say(f"The reference has not run with these tests: course build {name}")
            else:
                _say("Nothing was written; --yes writes it.")
        _fail_if(trial.failures)


@app.command()
def students(
    path: Annotated[Path, typer.Argument(help="A CSV file; its first line names columns: id, first_name and so on.")],
) -> None:
    """Put a class list into the gradebook, as Excel and others save it, once every line is clear."""
    from graders.classroom.students import import_students

    found = import_students(Course.here(), path)
    _say(f"Put into the gradebook from {for_table(path)}: {len(found.students)}.")
    if found.ignored:
        _say(for_table(f"Columns that the gradebook does not have are left out: {', '.join(found.ignored)}."))
    if not found.is_utf_8:
        names = sorted({name for one in found.students.values() for name in one.values() if not (name or "").isascii()})
        _say(
            for_table(f"The file is not in UTF-8. If these names are wrong, save it so: {', '.join(names) or 'none'}.")
        )


@app.command()
def due(
    name: Annotated[str, typer.Argument(help="The assignment.")],
    when: Annotated[str, typer.Argument(help='Such as "2027-03-01 18:00 Europe/Paris"; without a zone it is UTC.')],
) -> None:
    """Set when an assignment is due; a time that could be read in two ways is refused."""
    from graders.classroom.due import in_words, set_due

    course, [assignment] = _assignments([name])
    _say(f"{assignment.name} is due on {in_words(set_due(course, assignment.name, when))}.")


@app.command()
def grades(names: AssignmentNames = None) -> None:
    """Print the table of students by assignment, with what could not be graded and why."""
    from graders.classroom.grades import notes_in, read_grades, tables_of
    from graders.classroom.places import PLACE, misplaced
    from graders.proof.sample_class import expected_points

    course, assignments = _assignments(names)
    columns = [assignment.name for assignment in assignments]
    found = read_grades(course, columns)
    expected = expected_points(course)
    tables, different = tables_of(found, columns, expected, console.width)
    console.print(*tables)
    for note in notes_in(found):
        _say(for_table(f"* {note}"))
    for one in misplaced(course):
        todo = "`course grade` moves it where it belongs" if one.target else f"move it to {PLACE}"
        _say(for_table(f"* {one.path.relative_to(course.root)} is not graded where it lies: {todo}"))
    _say_due(course, columns)
    if any((course.root / "feedback").glob("*/*/*.html")):
        _say("Feedback for students: feedback/<student>/<assignment>/<assignment>.html")
    _fail_if(different, f"{different} submissions of the sample class did not get the points they must.")
    if expected:
        _say("Every submission of the sample class got exactly the points that its fixture states.")


@app.command()
def report(
    names: AssignmentNames = None,
    anonymous: bool = typer.Option(False, "--anonymous", help="Without names; written beside the report with names."),
    output: Annotated[Path | None, typer.Option(help="Folder to write to; reports/ by default.")] = None,
) -> None:
    """Write a page and a table per assignment: scores, tasks, mistakes, who is missing, what looks alike."""
    from graders.classroom.report.page import count, points, write_report

    course, assignments = _assignments(names)
    for assignment in assignments:
        done = write_report(course, assignment, output or course.root / "reports", anonymous)
        said = [count(done.submissions, "submission")]
        said += [f"median {points(done.median)} of {points(done.max_points)} points"] if done.submissions else []
        said += [f"{done.not_graded} not graded"] if done.not_graded else []
        said += [f"{done.absent} not submitted"] if done.absent else []
        said += [count(done.pairs, "near-identical pair")] if done.pairs else []
        _say(f"{assignment.name}: {', '.join(said)}")
        _say(f"  {done.page}\n  {done.table}")


def main() -> None:
    """Runs the command line: what a person can mend is one line and exit code 2, a fault of ours keeps its trace."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of another encoding shows a ? for what it lacks
    try:
        with locked_said():
            app()
    except CourseError as error:
        line = for_table(str(error))
        Console(stderr=True).print(f"[bold red]course:[/] {line}", highlight=False, soft_wrap=True)
        sys.exit(2)

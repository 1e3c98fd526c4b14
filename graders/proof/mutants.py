"""Mutation test of the checks: small mistakes planted in every reference solution must all cost points.

The operators are those of a student's slips in numerical code (docs/decisions/0003-mutants.md): a swapped or
dropped term, an axis or a size off by one, sum for mean, a missing transpose, a forgotten activation, a
comparison at the wrong side. A mutant that no test of its own task notices is a survivor: a hole in a check.
"""

import ast
import copy
import functools
import itertools
import os
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from graders.checks import oracles
from graders.course import Course
from graders.proof.rehearsal import Rehearsal, cells_of_tests, rehearsal_of, tests_by_task
from graders.proof.workers import warm_workers
from graders.source import BEGIN_SOLUTION, END_SOLUTION, Assignment, Cell

SWAPPED_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_PAIRS = [
    ("sum", "mean"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("cumsum", "cumprod"),
    ("sin", "cos"),
    ("exp", "log"),
    ("sinh", "cosh"),
    ("reduce_sum", "reduce_mean"),
    ("reduce_max", "reduce_min"),
]
SWAPPED_NAMES = {a: b for a, b in _PAIRS} | {b: a for a, b in _PAIRS}
SWAPPED_STRINGS = {"same": "valid", "valid": "same", "relu": "linear", "sigmoid": "softmax", "softmax": "sigmoid"}


@dataclass(frozen=True)
class Mutant:
    """One planted mistake: the first line that changed, before and after, and the whole cell."""

    slug: str
    before: str
    after: str
    source: str


def _variants(node: ast.AST) -> Iterator[ast.AST | None]:
    """Replacements for a node; None deletes a statement."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield from (left, right)
            yield from (_with(node, op=other) for other in _swapped(op))
        case ast.AugAssign(target=target, op=op, value=value):
            yield None
            yield ast.Assign(targets=[target], value=value, lineno=node.lineno)
            yield from (_with(node, op=other) for other in _swapped(op))
        case ast.Compare(ops=ops):
            for index, one in enumerate(ops):
                yield from (_with(node, ops=[*ops[:index], other, *ops[index + 1 :]]) for other in _swapped(one))
        case ast.BoolOp(op=op):
            yield from (_with(node, op=other) for other in _swapped(op))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.If():
            yield from (_with(node, test=ast.Constant(value)) for value in (True, False))
        case ast.Constant(value=value):
            yield from map(ast.Constant, _other_constants(value))
        case ast.Call():
            yield from _other_calls(node)
        case ast.Attribute(value=value, attr=name):
            yield from [value] if name == "T" else []
            yield from [_with(node, attr=SWAPPED_NAMES[name])] if name in SWAPPED_NAMES else []
        case ast.Name(id=name, ctx=ast.Load()) if name in SWAPPED_NAMES:
            yield _with(node, id=SWAPPED_NAMES[name])
        case ast.Slice():
            bounds = (bound for bound in ("lower", "upper", "step") if getattr(node, bound) is not None)
            yield from (_with(node, **{bound: None}) for bound in bounds)
        case ast.Expr(value=ast.Call()):
            yield None


def _swapped(operator: ast.AST) -> Iterator[ast.AST]:
    return (other() for other in SWAPPED_OPERATORS.get(type(operator), ()))


def _with(node: ast.AST, **changes: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _other_constants(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, float):
        yield value * 2 if value else 1.0
        if value not in (0.0, 1.0):
            yield 1.0
    elif isinstance(value, str) and value in SWAPPED_STRINGS:
        yield SWAPPED_STRINGS[value]


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    for index in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:index] + node.keywords[index + 1 :])
    if len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp)):
        yield node.args[0]
    if len(node.args) == 2 and not any(isinstance(arg, ast.Starred) for arg in node.args):
        yield _with(node, args=node.args[::-1])


def mutants_of(cell: Cell) -> list[Mutant]:
    """Every distinct mutant of the solution regions of a cell."""
    inside = _lines_of_solutions(cell.source)
    tree = ast.parse(cell.source)
    original = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for node, put in _places(tree):
        if getattr(node, "lineno", None) in inside:
            for variant in _variants(node):
                put(ast.Pass() if variant is None else variant)
                text = ast.unparse(ast.fix_missing_locations(tree))
                if text != original and text not in found:
                    found[text] = _mutant(cell.slug, original, text)
            put(node)
    return list(found.values())


def _lines_of_solutions(source: str) -> set[int]:
    inside: set[int] = set()
    begun = None
    for number, line in enumerate(source.splitlines(), start=1):
        if BEGIN_SOLUTION.match(line):
            begun = number
        elif END_SOLUTION.match(line):
            inside.update(range(begun or number, number))
    return inside


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """Every node below the top but docstrings, with a function that puts another one into its place."""
    for parent in list(ast.walk(tree)):
        for name, value in list(ast.iter_fields(parent)):
            if isinstance(value, list):
                for index, child in enumerate(list(value)):
                    if isinstance(child, ast.AST) and not _is_docstring(child):
                        yield child, functools.partial(value.__setitem__, index)
            elif isinstance(value, ast.AST):
                yield value, functools.partial(setattr, parent, name)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _mutant(slug: str, original: str, text: str) -> Mutant:
    before_lines, after_lines = original.splitlines(), text.splitlines()
    for before, after in zip(before_lines, after_lines, strict=False):
        if before != after:
            return Mutant(slug, before.strip(), after.strip(), text)
    return Mutant(slug, before_lines[-1].strip(), after_lines[-1].strip(), text)


@dataclass
class Verdict:
    """What became of one mutant: `killed_by` is a failure, or None for a survivor."""

    mutant: Mutant
    killed_by: str | None


def _defined_names(source: str) -> set[str]:
    return {
        name.id
        for statement in ast.parse(source).body
        for name in ast.walk(statement)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    } | {node.name for node in ast.parse(source).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def judge_mutants(assignment: Assignment, every: int = 1, turn: int = 0, only: Collection[str] = ()) -> list[Verdict]:
    """Runs mutants against the tests of their own task, but for those tests that need training.

    A task that such tests alone judge has no mutants. Each worker runs its share, and of the reference, in order, what
    the tests depend on.

    Args:
        assignment: whose reference is changed.
        every: one mutant in so many of each task.
        turn: which of them.
        only: the tasks to judge, by slug; all of them if it is empty.

    Raises:
        RuntimeError: if the reference itself fails a test.
    """
    workers = os.cpu_count() or 1
    with warm_workers() as pool:
        shares = [(assignment, slice(turn + every * share, None, every * workers), only) for share in range(workers)]
        judged = list(pool.map(_judge_share, *zip(*shares, strict=True)))
    return list(itertools.chain(*judged))


def _judge_share(assignment: Assignment, share: slice, only: Collection[str]) -> list[Verdict]:
    oracles.keep(writes=False)
    verdicts: list[Verdict] = []
    tests = tests_by_task(assignment, only)
    solutions = {cell.slug: cell for cell in assignment.of_kind("solution")}
    spent: dict[str, float] = {}
    needed = cells_of_tests(assignment.cells, tests)
    with rehearsal_of(assignment) as rehearsal:
        for place, cell in enumerate(assignment.cells):
            if cell.kind in ("code", "solution") and place in needed:
                rehearsal.must_run(cell)
            elif cell.slug in tests and cell in tests[cell.slug]:
                started = time.process_time()
                outcome = rehearsal.judge(cell)
                spent[cell.slug] = spent.get(cell.slug, 0.0) + time.process_time() - started
                if outcome.failure:
                    raise RuntimeError(f"{assignment.path}:{cell.line}: the reference fails: {outcome.failure}")
                if cell is tests[cell.slug][-1]:
                    rehearsal.seconds_per_cell, usual = max(5.0, 4 * spent[cell.slug]), rehearsal.seconds_per_cell
                    solution = solutions[cell.slug]
                    verdicts += _judge(rehearsal, solution, mutants_of(solution)[share], tests[cell.slug])
                    rehearsal.seconds_per_cell = usual
    return verdicts


def _judge(rehearsal: Rehearsal, solution: Cell, mutants: list[Mutant], tests: list[Cell]) -> Iterator[Verdict]:
    reference = dict(rehearsal.namespace)
    names = _defined_names(solution.source)
    for mutant in mutants:
        for name in names:
            rehearsal.namespace.pop(name, None)
        error = rehearsal.run(mutant.source, "mutant")
        killed_by = repr(error) if error else None
        for test in tests:
            killed_by = killed_by or rehearsal.judge(test).failure
        yield Verdict(mutant, killed_by)
        rehearsal.namespace.clear()
        rehearsal.namespace.update(reference)


# --- excuses ----------------------------------------------------------------------------------------------------------

Key = tuple[str, ...]  # slug, line before and line after; or the slug of a design alone


def excuses(course: Course, assignment: str) -> dict[Key, str]:
    """Why survivors are right answers after all: equivalent_mutants.toml beside the fixtures of an assignment.

    A ``[[mutant]]`` excuses one, by slug, before and after; a ``[[design]]`` all those of a task that leaves the choice
    open, by slug: its check can reject no network that keeps to the conditions, only one that breaks them.
    """
    path = course.fixtures(assignment) / "equivalent_mutants.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    single = {(entry["slug"], entry["before"], entry["after"]): entry["reason"] for entry in entries.get("mutant", [])}
    return single | {(entry["slug"],): entry["reason"] for entry in entries.get("design", [])}


def excuse_of(mutant: Mutant, known: Iterable[Key]) -> Key | None:
    """The key of the excuse of a mutant, if it has one."""
    return next((key for key in ((mutant.slug, mutant.before, mutant.after), (mutant.slug,)) if key in known), None)


@dataclass(frozen=True)
class MutationReport:
    """What the tests of an assignment made of the mutants of its reference.

    Attributes:
        verdicts: one for each mutant that was judged.
        known: the excuses of the assignment.
    """

    assignment: str
    verdicts: list[Verdict]
    known: dict[Key, str]

    @property
    def excused(self) -> list[Mutant]:
        """Those that no test noticed, and that are right after all."""
        return [mutant for mutant in self._unnoticed if excuse_of(mutant, self.known)]

    @property
    def survivors(self) -> list[Mutant]:
        """Those that no test noticed, without an excuse: holes in checks."""
        return [mutant for mutant in self._unnoticed if not excuse_of(mutant, self.known)]

    @property
    def unused(self) -> set[Key]:
        """Excuses that excuse nothing; of meaning where all mutants were judged."""
        return self.known.keys() - {excuse_of(mutant, self.known) for mutant in self.excused}

    @property
    def by_task(self) -> dict[str, Counter[str]]:
        """How many were killed, excused and survived, by slug."""
        counts: dict[str, Counter[str]] = {}
        for verdict in self.verdicts:
            excused = excuse_of(verdict.mutant, self.known)
            fate = "killed" if verdict.killed_by else "excused" if excused else "survived"
            counts.setdefault(verdict.mutant.slug, Counter())[fate] += 1
        return counts

    @property
    def _unnoticed(self) -> list[Mutant]:
        return [verdict.mutant for verdict in self.verdicts if not verdict.killed_by]


def mutation_report(
    course: Course, assignment: Assignment, every: int = 1, turn: int = 0, only: Collection[str] = ()
) -> MutationReport:
    """Judges the mutants of an assignment, one in `every` of each task; see `judge_mutants`."""
    known = {key: why for key, why in excuses(course, assignment.name).items() if not only or key[0] in only}
    return MutationReport(assignment.name, judge_mutants(assignment, every, turn, only), known)

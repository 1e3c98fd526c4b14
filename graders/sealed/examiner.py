"""The examiner: takes one submission through its cells, the student's in the candidate and the tests in here.

It is forked from a warm parent of its own, outside of the sandbox, and serves one submission. A test cell reads a name
that it does not define itself from the libraries that the locked cells import, else from the candidate.
"""

import ast
import builtins
import contextlib
import io
import linecache
import math
import mmap
import resource
import signal
import socket
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

from graders.checks import ladder, oracles
from graders.sealed.bench import Bench
from graders.sealed.handles import CandidateLost, CellTimeout, Conversation
from graders.sealed.inside import wire, zygote
from graders.sealed.inside.allowance import LONGEST, Allowance
from graders.sealed.outputs import THEIRS, error_output, outputs_of, stream_output, text_of, timeout_error


def main(request: dict, opened: list[int]) -> None:
    """Takes a job through its cells, and reports each.

    Args:
        request: what it may use.
        opened: a socket for the job and the reports, one to the candidate, and what its warm parent hears and sees: a
            socket and a page of memory.
    """
    # Whatever a candidate may make it do, an examiner takes no more memory than its share of this machine.
    most = zygote.address_space() + request["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    oracles.keep()
    job_channel, candidate_channel, watch = (socket.socket(fileno=file) for file in opened[:3])
    asked = mmap.mmap(opened[3], mmap.PAGESIZE)
    job, buffers = wire.receive(job_channel)
    files = wire.Decoder(buffers, _nothing).decode(job["files"])
    conversation = Conversation(candidate_channel, watch, asked, request["memory_bytes"] // 8)
    bench = Bench(job_channel, request["memory_bytes"] // 8)
    ladder.work_elsewhere(bench.call)
    seconds = job["cell_seconds"]
    allowance = Allowance(job["max_output_bytes"], job["max_notebook_output_bytes"])
    own = library_names([cell["source"] for cell in job["cells"] if cell["kind"] == "locked"])
    try:
        conversation.ask("begin", files=files, environment=job["environment"])
        for place, cell in enumerate(job["cells"]):
            conversation.begin_cell()
            if cell["kind"] == "test":
                bench.begin_cell()
                said = judge(cell["source"], cell["id"], own, conversation, bench, seconds)
            else:
                try:
                    given = given_names(cell["source"]) if cell["kind"] == "locked" else {}
                    said = conversation.ask("run", source=cell["source"], given=given)
                except CellTimeout:
                    said = [timeout_error(seconds)]
            outputs = outputs_of(said, allowance, seconds, judged=cell["kind"] == "test")
            wire.send(job_channel, {"cell": place, "outputs": outputs})
    except CandidateLost as error:
        wire.send(job_channel, {"lost": str(error)})
    else:
        wire.send(job_channel, {"done": True})


def _nothing(description: dict) -> Any:
    raise wire.WireError("an object where only data may be")


# --- test cells -------------------------------------------------------------------------------------------------------


class TestNames(dict):
    """The names of a test cell: its own, Python's, those of libraries, and for all others the candidate's."""

    def __init__(self, own: dict[str, Any], conversation: Conversation) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins)
        self._own, self._conversation = own, conversation

    def __missing__(self, name: str) -> Any:
        """Looks a name up that the cell has not defined."""
        if hasattr(builtins, name):
            raise KeyError(name)  # Python goes on to look there
        if name in self._own:
            return self._own[name]
        if name.startswith("__"):
            raise KeyError(name)
        value = self._conversation.ask("name", name=name)
        self[name] = value
        return value


def judge(
    source: str, label: str, own: dict[str, Any], conversation: Conversation, bench: Bench, seconds: float
) -> list[dict]:
    """Runs one test cell; gives its outputs: what it printed, and the error that ended it, if one did.

    Raises:
        CandidateLost: if the candidate is lost meanwhile, or the bench.
    """
    name = f"<{label}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    printed = io.StringIO()
    failure: BaseException | None = None
    try:
        with (
            limited(seconds, conversation, bench),
            warnings.catch_warnings(action="ignore"),
            contextlib.redirect_stdout(printed),
        ):
            conversation.forget()
            bench.forget()
            exec(compile(source, name, "exec"), TestNames(own, conversation))
    except CandidateLost:
        raise
    except BaseException as error:
        failure = error
    finally:
        _close_plots()
    outputs: list[dict] = []
    if printed.getvalue():
        outputs.append(stream_output(printed.getvalue()))
    if isinstance(failure, CellTimeout):
        outputs.append(timeout_error(seconds))
    elif failure is not None:
        sentence = text_of(str(failure))[: LONGEST["evalue"]]
        lines = [THEIRS, sentence] if hasattr(failure, "of_candidate") else [sentence]
        outputs.append(error_output(type(failure).__name__, sentence, lines))
    return outputs


@contextlib.contextmanager
def limited(seconds: float, conversation: Conversation, bench: Bench) -> Iterator[None]:
    """Ends a test cell that takes more processor time in this process, by an error; by its end where C holds it.

    What the candidate and the bench take meanwhile is watched by their parent.

    Raises:
        CellTimeout: if that is so.
    """
    is_over = False

    def stop(number: int, frame: types.FrameType | None) -> None:
        if not (is_over or bench.stop_cell()):
            conversation.stop_cell()

    grace = max(1.0, seconds / 10)
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    signal.signal(signal.SIGPROF, stop)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + seconds + grace), hard))
    signal.setitimer(signal.ITIMER_PROF, seconds, grace / 4)
    try:
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _close_plots() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def library_names(locked: list[str]) -> dict[str, Any]:
    """What the locked cells import from libraries, and the short names they give to parts of it (``tfk = tf.keras``).

    These are the examiner's own, whatever the student's notebook has under the same names. Modules that are not
    installed, such as those beside a notebook, are left to the candidate.
    """
    found: dict[str, Any] = {}
    for source in locked:
        for statement in ast.parse(_without_magics(source)).body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)) or _is_short_name(statement, found):
                with contextlib.suppress(ImportError, AttributeError), warnings.catch_warnings(action="ignore"):
                    exec(compile(ast.Module([statement], []), "<locked>", "exec"), found)
    found.pop("__builtins__", None)
    return found


def given_names(source: str) -> dict[str, str | None]:
    """The names that a locked cell defines or deletes, with the text of those that are plain functions."""
    functions: dict[str, str | None] = {}
    others: set[str] = set()
    waiting: list[ast.AST] = list(ast.parse(_without_magics(source)).body)
    own = set(waiting)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            plain = isinstance(node, ast.FunctionDef) and not node.decorator_list and node in own
            if plain and node.name not in functions:
                functions[node.name] = ast.unparse(node)
            else:
                others.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            others |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            others.add(node.id)
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            waiting += ast.iter_child_nodes(node)
    return functions | dict.fromkeys(others)


def _is_short_name(statement: ast.stmt, found: dict[str, Any]) -> bool:
    """Whether it is an assignment of a part of something that was imported."""
    if not isinstance(statement, ast.Assign) or not all(isinstance(name, ast.Name) for name in statement.targets):
        return False
    value: ast.expr = statement.value
    if not isinstance(value, ast.Attribute):
        return False
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name) and isinstance(found.get(value.id), types.ModuleType)


def _without_magics(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))

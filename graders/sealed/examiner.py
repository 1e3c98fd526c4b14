"""The examiner: takes one submission through its cells, the student's in the candidate and the tests in here.

It is forked from a warm parent of its own, outside of the sandbox, and serves one submission. A test cell reads a name
that it does not define itself from the libraries that the locked cells import, else from the candidate.
"""

import ast
import builtins
import contextlib
import io
import linecache
import re
import resource
import signal
import socket
import sys
import time
import types
import warnings
from typing import Any

from graders.checks import oracles
from graders.sealed.handles import CandidateLost, CellTimeout, Conversation
from graders.sealed.inside import wire

ADDRESS_SPACE = 24 * 2**30
STUCK_SECONDS = 15.0  # past its limit, a cell that Python itself cannot stop


def main(request: dict, channels: list[socket.socket]) -> None:
    """Reads the job from the first channel, talks to the candidate over the second, and reports cell by cell."""
    # Whatever a candidate may make it do, an examiner takes no more memory than this machine can spare.
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    oracles.keep()
    job_channel, candidate_channel = channels
    job, buffers = wire.receive(job_channel)
    files = wire.Decoder(buffers, _nothing).decode(job["files"])
    conversation = Conversation(candidate_channel)
    seconds = job["cell_seconds"]
    limit = job["max_output_bytes"]
    own = library_names([cell["source"] for cell in job["cells"] if cell["kind"] == "locked"])
    try:
        conversation.ask("begin", files=files, environment=job["environment"])
        ends = time.monotonic() + job["notebook_seconds"]
        for place, cell in enumerate(job["cells"]):
            conversation.deadline = time.monotonic() + seconds
            if conversation.deadline > ends + seconds:
                raise CandidateLost("overlong")
            if cell["kind"] == "test":
                outputs = judge(cell["source"], cell["id"], own, conversation, seconds, limit)
            else:
                try:
                    outputs = _outputs_of(conversation.ask("run", source=cell["source"]), limit, seconds)
                except CellTimeout:
                    outputs = [timeout_error(seconds)]
            wire.send(job_channel, {"cell": place, "outputs": outputs})
    except CandidateLost as error:
        wire.send(job_channel, {"lost": str(error)})
    else:
        wire.send(job_channel, {"done": True})


def _nothing(description: dict) -> Any:
    raise wire.WireError("an object where only data may be")


# --- test cells -------------------------------------------------------------------------------------------------------


class Names(dict):
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
    source: str, label: str, own: dict[str, Any], conversation: Conversation, seconds: float, limit: int
) -> list[dict]:
    """Runs one test cell; gives its outputs: what it printed, and the error that ended it, if one did.

    Raises:
        CandidateLost: if the candidate is lost meanwhile.
    """
    name = f"<{label}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    printed = io.StringIO()
    failure: BaseException | None = None
    before = signal.signal(signal.SIGALRM, _stuck)
    signal.setitimer(signal.ITIMER_REAL, seconds + STUCK_SECONDS)
    try:
        with warnings.catch_warnings(action="ignore"), contextlib.redirect_stdout(printed):
            conversation.forget()
            exec(compile(source, name, "exec"), Names(own, conversation))
    except CandidateLost:
        raise
    except BaseException as error:
        failure = error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        _close_plots()
    outputs: list[dict] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout", "text": _text(printed.getvalue(), limit)})
    if isinstance(failure, CellTimeout):
        outputs.append(timeout_error(seconds))
    elif failure is not None:
        outputs.append(error_output(_text(type(failure).__name__, 200), _text(str(failure), 5000)))
    return outputs


def _stuck(number: int, frame: types.FrameType | None) -> None:
    raise CellTimeout


def _close_plots() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def error_output(ename: str, evalue: str) -> dict:
    """An error as a notebook has it, with its sentence in place of a stack."""
    return {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": [evalue]}


def timeout_error(seconds: float) -> dict:
    """The error of a cell that was stopped."""
    return error_output("CellTimeoutError", f"This cell ran longer than {seconds:g} s and was stopped.")


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


# --- outputs of the student's cells -----------------------------------------------------------------------------------

_MIME = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg")


def _outputs_of(said: Any, limit: int, seconds: float) -> list[dict]:
    """The outputs of a cell as the candidate reports them, in the shape of a notebook and no larger than allowed."""
    outputs: list[dict] = []
    left = 2 * limit + 10_000  # the candidate counts too; this one cannot be argued with
    for output in said if type(said) is list else []:
        if type(output) is not dict:
            continue
        kind = output.get("output_type")
        if kind == "stream":
            text = _text(output.get("text"), left)
            outputs.append({"output_type": kind, "name": "stderr" if output.get("name") == "stderr" else "stdout",
                            "text": text})  # fmt: skip
            left -= len(text)
        elif kind in ("display_data", "execute_result") and type(output.get("data")) is dict:
            data = {mime: _text(output["data"][mime], left) for mime in _MIME if mime in output["data"]}
            data = {mime: content for mime, content in data.items() if _is_of(mime, content)}
            left -= sum(map(len, data.values()))
            shown = {"output_type": kind, "data": data, "metadata": wire.alt_text(output.get("metadata"))}
            outputs.append(shown | ({"execution_count": None} if kind == "execute_result" else {}))
        elif kind == "error":
            lines = output.get("traceback")
            lines = [_text(line, 2000) for line in lines[:200]] if type(lines) is list else []
            name = _text(output.get("ename"), 200)
            if name == "Overtime":
                outputs.append(timeout_error(seconds))
                continue
            outputs.append({"output_type": kind, "ename": name, "evalue": _text(output.get("evalue"), 5000),
                            "traceback": lines})  # fmt: skip
        if left <= 0 or len(outputs) >= 2000:
            break
    return outputs


def _is_of(mime: str, content: str) -> bool:
    """Whether a content is of its kind; pages put pictures and formulas into their HTML as they are."""
    if mime.startswith("image/"):
        return re.fullmatch(r"[A-Za-z0-9+/=\s]*", content) is not None
    return mime != "text/latex" or not set(content) & set("<>")


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str):
        return ""
    return value[: max(0, most)].encode("utf-8", "replace").decode("utf-8")

"""The grader: keeps two warm parents, and takes submissions through a candidate and an examiner forked from them.

It stands on the gradebook's side of the wall: it never runs a student's code, and never reads what a candidate sends.
It may be used from several threads at a time.
"""

import contextlib
import json
import mmap
import os
import pkgutil
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graders import checks
from graders.libraries import MODULES, NO_GPU, ONE_THREAD, QUIET
from graders.sealed import sandbox
from graders.sealed.inside import wire
from graders.sealed.inside.allowance import Allowance
from graders.sealed.names import as_written
from graders.sealed.outputs import outputs_of

# Imported before any notebook begins. No TensorFlow operation may run: its forks would hang.
PRELOADED = (*MODULES, "IPython.core.interactiveshell", "matplotlib_inline.backend_inline")
SILENT_SECONDS = 5.0  # for the word of a child that has ended, until it is taken for one that hides
EXIT_SECONDS = 60.0  # for a child that was told to end to be gone
# Memory of one examiner, who computes with answers of an eighth of that; right answers need less than the least.
LEAST_EXAMINER_BYTES, MOST_EXAMINER_BYTES = 2 * 2**30, 4 * 2**30


class ParentLost(Exception):
    """A warm parent has died; another one can take its place."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        cell_seconds: processor time of a cell, or of all that a test asks, in all its processes; as much again for what
            a test computes itself.
        notebook_seconds: processor time of the whole notebook.
        idle_seconds: time on the clock in which nothing of the notebook could run, since it slept or waited. A notebook
            that is ended by it has not been graded.
        memory_bytes: memory that all its processes map, and the most that its sockets can hold. What may be shared with
            the warm parent counts only beyond as much again.
        disk_bytes: the work folder; as much again in /tmp and in /dev/shm, which count as memory.
        processes: at a time.
        threads: at a time, in all processes.
        open_files: in each process.
        max_output_bytes: output kept of one cell.
        max_notebook_output_bytes: output kept of the notebook.
    """

    cell_seconds: float = 600.0
    notebook_seconds: float = 14400.0
    idle_seconds: float = 3600.0
    memory_bytes: int = 4 * 2**30
    disk_bytes: int = 256 * 2**20
    processes: int = 32
    threads: int = 512
    open_files: int = 256
    max_output_bytes: int = 1_000_000
    max_notebook_output_bytes: int = 10_000_000


@dataclass(frozen=True)
class GradedCell:
    """A code cell that is to be run: `kind` is "test" for the examiner; "locked" or "free" for the candidate."""

    id: str
    kind: str
    source: str


@dataclass
class Transcript:
    """What came of a submission.

    Attributes:
        outputs: of each cell, in order; None where the run ended before.
        ended: why it ended early, in words that follow "The notebook was stopped: ", or nothing.
        unfinished: whether that says nothing about the submission: it is to be run again, and nothing is recorded.
        seconds: that the run took, on the clock.
    """

    outputs: list[list[dict] | None]
    ended: str | None = None
    unfinished: bool = False
    seconds: float = 0.0


class WarmParent:
    """A process that has made the imports and forks on request."""

    def __init__(
        self,
        command: Sequence[str],
        entry: str,
        modules: Sequence[str] = PRELOADED,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [*command, str(theirs.fileno()), entry, *modules],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("SEALED_DEBUG") else subprocess.DEVNULL,
        )
        theirs.close()
        self._ready = False
        self._lock = threading.Lock()

    def fork(self, request: dict, files: Sequence[int]) -> socket.socket:
        """Starts a child that owns some open files, which are closed here.

        Returns:
            The status socket: it tells how the child ended, and the child is killed when it is closed.

        Raises:
            ParentLost: if the parent is gone.
        """
        status, theirs = socket.socketpair()
        try:
            with self._lock:
                if not self._ready:
                    if self.control.recv(100) != b"ready":
                        raise ParentLost("a warm parent ended while it was starting")
                    self._ready = True
                socket.send_fds(self.control, [json.dumps(request).encode()], [theirs.fileno(), *files])
        except OSError as error:
            status.close()
            raise ParentLost(str(error)) from None
        finally:
            theirs.close()
            for file in files:
                os.close(file)
        return status

    def close(self) -> None:
        """Ends the parent and every child of it."""
        self.control.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Grader:
    """Runs submissions, sealed.

    Args:
        limits: for each submission.
        threads: of the numerical libraries, in each candidate.
        jobs: submissions at a time, among whose examiners the memory of this machine is shared.

    Raises:
        sandbox.NoSandboxError: where this machine cannot isolate.
    """

    def __init__(self, limits: Limits, threads: int = 1, jobs: int = 1) -> None:
        sandbox.require_sandbox()
        self.limits, self.threads = limits, threads
        half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        self.examiner_bytes = min(MOST_EXAMINER_BYTES, max(LEAST_EXAMINER_BYTES, half // jobs))
        self._lock = threading.Lock()
        self._parents: dict[str, WarmParent] = {}
        for kind in ("candidate", "examiner"):
            self._parent(kind)

    def __enter__(self) -> "Grader":
        """Starts nothing more: the parents are on their way."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the parents."""
        self.close()

    def close(self) -> None:
        """Ends everything that was started."""
        with self._lock:
            for parent in self._parents.values():
                parent.close()
            self._parents.clear()

    def _parent(self, kind: str) -> WarmParent:
        with self._lock:
            parent = self._parents.get(kind)
            if parent is not None and parent.process.poll() is None:
                return parent
            if parent is not None:
                parent.close()
            if kind == "candidate":
                program = [*sandbox.command(self.threads), sys.executable, "-m", "inside.zygote"]
                parent = WarmParent(program, "inside.candidate")
            else:
                variables = ONE_THREAD | NO_GPU | QUIET | {"MPLBACKEND": "agg"}
                program = [sys.executable, "-m", "graders.sealed.inside.zygote"]
                modules = [*PRELOADED, *_check_modules()]
                parent = WarmParent(program, "graders.sealed.examiner", modules, os.environ | variables)
            self._parents[kind] = parent
            return parent

    def grade(self, cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str]) -> Transcript:
        """Takes one submission through its cells.

        Args:
            cells: the code cells, in order.
            files: the contents of the work folder, by relative path.
            environment: variables that the notebook reads.
        """
        started = time.monotonic()
        try:
            transcript = self._grade(cells, files, environment)
        except ParentLost:  # whatever has befallen it, once is an accident
            transcript = self._grade(cells, files, environment)
        transcript.seconds = time.monotonic() - started
        return transcript

    def _grade(self, cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str]) -> Transcript:
        limits = self.limits
        transcript = Transcript([None] * len(cells))
        # Whoever has counted before has counted alike.
        allowance = Allowance(limits.max_output_bytes, limits.max_notebook_output_bytes)
        with contextlib.ExitStack() as stack:
            candidate, files_of_candidate = self._candidate(stack)
            behind_walls = {"candidate": candidate}
            job, far = socket.socketpair()
            stack.callback(job.close)
            request = {"memory_bytes": self.examiner_bytes}
            examiner = self._parent("examiner").fork(request, [far.detach(), *files_of_candidate])
            stack.callback(examiner.close)
            lost: str | None = "silent"  # the examiner itself
            with contextlib.suppress(wire.Silence):
                wire.send(job, *self._job(cells, files, environment))
                for report in _reports(job):
                    if "bench" in report:
                        behind_walls["bench"], opened = self._candidate(stack)
                        _hand_over(job, opened)
                    elif "cell" in report:
                        place, said = report["cell"], report["outputs"]
                        is_test = cells[place].kind == "test"
                        transcript.outputs[place] = outputs_of(said, allowance, limits.cell_seconds, judged=is_test)
                    else:
                        lost = report.get("lost")
            if lost is not None:
                transcript.ended, transcript.unfinished = _reason(behind_walls.get(lost, candidate), examiner, lost)
            for one in behind_walls.values():
                _hang_up(one)
        return transcript

    def _job(
        self, cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str]
    ) -> tuple[dict, list]:
        """What an examiner is told."""
        encoder = wire.Encoder(dict)
        message = {
            "cells": [vars(cell) for cell in cells],
            "files": encoder.encode(as_written(files, "\n".join(cell.source for cell in cells if cell.kind != "test"))),
            "environment": environment,
            "cell_seconds": self.limits.cell_seconds,
            "max_output_bytes": self.limits.max_output_bytes,
            "max_notebook_output_bytes": self.limits.max_notebook_output_bytes,
        }
        return message, encoder.buffers

    def _candidate(self, stack: contextlib.ExitStack) -> tuple[socket.socket, list[int]]:
        """Starts one more process behind the walls, until the stack is closed.

        Returns:
            Its status socket, and what its examiner needs: a socket to it, one to its parent, and a page of memory.
        """
        ours, theirs = socket.socketpair()
        asked = os.memfd_create("asked")
        stack.callback(os.close, asked)
        os.truncate(asked, mmap.PAGESIZE)
        status = self._parent("candidate").fork(vars(self.limits), [os.dup(asked), theirs.detach()])
        stack.callback(status.close)
        return status, [ours.detach(), status.dup().detach(), os.dup(asked)]


def _hand_over(channel: socket.socket, files: list[int]) -> None:
    """Gives open files to whoever asked for them; here they are closed."""
    try:
        socket.send_fds(channel, [b"."], files)
    except OSError as error:
        raise wire.Silence(str(error)) from None
    finally:
        for file in files:
            os.close(file)


def _reports(job: socket.socket) -> Iterator[dict]:
    """What an examiner says of each cell, what it asks for, and then that it is done, or why not."""
    while True:
        report, _ = wire.receive(job)
        yield report
        if "cell" not in report and "bench" not in report:
            return


def _reason(candidate: socket.socket, examiner: socket.socket, lost: str) -> tuple[str, bool]:
    """Why a submission ended early, and whether that says nothing about it.

    Raises:
        ParentLost: if it was no fault of the submission.
        sandbox.NoSandboxError: if the child could not be isolated.
    """
    if lost == "nonsense":
        return "its process answered what no notebook answers", False
    if lost == "silent":
        said = _status(examiner, EXIT_SECONDS)
        if said == {}:
            raise ParentLost("the examiner's parent died")
        if said and said["unfinished"]:
            return said["ended"], True
        return "its tests came to no end", False
    said = _status(candidate, SILENT_SECONDS) or _hang_up(candidate)
    if not said:
        raise ParentLost("the candidate's parent died")
    if "refused" in said:
        raise sandbox.NoSandboxError(f"A child could not be isolated: {said['refused']}.")
    return said["ended"], said["unfinished"]


def _check_modules() -> list[str]:
    """What test cells import: one module an assignment."""
    return [f"{checks.__name__}.{module.name}" for module in pkgutil.iter_modules(checks.__path__)]


def _status(status: socket.socket, seconds: float) -> dict | None:
    """What a parent said of its child; nothing in it if the parent is gone, None if there is no word."""
    if not select.select([status], [], [], seconds)[0]:
        return None
    try:
        text = status.recv(4096)
    except OSError:
        text = b""
    return json.loads(text) if text else {}


def _hang_up(status: socket.socket) -> dict | None:
    """Has a child killed, and waits until it and all that it started are gone; gives why it ended."""
    with contextlib.suppress(OSError):
        status.shutdown(socket.SHUT_WR)
        return _status(status, EXIT_SECONDS)
    return None

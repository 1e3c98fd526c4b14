"""What a Dask worker does: it looks whether it may grade, and runs submissions in a sandbox of its own.

Dask pickles what it sends. That is between the instructor's processes: what comes from a candidate is text and numbers
here as everywhere, and no object of its own.
"""

import asyncio
import hashlib
import importlib.metadata
import os
import platform
import socket
from collections.abc import Sequence
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

import graders
from graders.checks.ladder import HIDDEN
from graders.checks.oracles import LIBRARIES
from graders.sealed import sandbox, service
from graders.sealed.grader import GradedCell, Limits, Transcript

RESOURCE = "sealed"  # a worker that may grade offers one of it for each of its threads
TOPIC = "sealed-grading"  # under which one that may not says why


def versions() -> dict[str, str]:
    """What the points of a submission depend on, besides the submission."""
    digest = hashlib.sha256()
    folder = Path(graders.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    found = {name: importlib.metadata.version(name) for name in (*LIBRARIES, "ipython")}
    found |= {"python": platform.python_version(), "graders": digest.hexdigest()[:12]}
    return {**found, HIDDEN: os.environ.get(HIDDEN, "0")}


def why_not(expected: dict[str, str]) -> str:
    """Why this machine may not grade for another one with these versions; nothing if it may."""
    here = versions()
    different = [
        f"{name} is {here.get(name)}, not {wanted}" for name, wanted in expected.items() if here[name] != wanted
    ]
    if different:
        return "; ".join(different)
    try:
        sandbox.require_sandbox()
    except sandbox.NoSandboxError as error:
        return str(error)
    return ""


class Sealed(WorkerPlugin):
    """Lets a worker offer to grade, or say why it does not. Workers that come later get it, too."""

    name = TOPIC

    def __init__(self, expected: dict[str, str]) -> None:
        self.expected = expected

    async def setup(self, worker: Worker) -> None:
        """Looks; see Dask's WorkerPlugin."""
        why = await asyncio.to_thread(why_not, self.expected)
        if why:
            worker.log_event(TOPIC, {"worker": f"{socket.gethostname()}, {worker.address}", "why": why})
        else:
            await worker.set_resources(**{RESOURCE: worker.state.nthreads})

    def teardown(self, worker: Worker) -> None:
        """Ends the warm processes; see Dask's WorkerPlugin."""
        service.stop()


def run(
    cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str], limits: Limits
) -> Transcript:
    """Runs a submission on the worker that calls this, beside as many others as it has threads."""
    with service.started(limits, threads=1, jobs=get_worker().state.nthreads) as grader:
        return grader.grade(cells, files, environment)

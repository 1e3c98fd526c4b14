"""The grader of this process: started when it is first needed, ended when it has been idle for a while.

nbgrader runs submissions one by one, in a command or in the formgrader's server. `course grade` prepares several at a
time and leaves their transcripts here, where nbgrader's own run then finds them.
"""

import atexit
import contextlib
import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from graders.sealed.grader import GradedCell, Grader, Limits, Transcript

IDLE_SECONDS = 120.0
# What runs a submission: its cells, its files, the variables that it reads, its limits.
Engine = Callable[[Sequence[GradedCell], dict[str, bytes], dict[str, str], Limits], Transcript]

_lock = threading.Lock()
_grader: Grader | None = None
_timer: threading.Timer | None = None
_running = 0
_ready: dict[str, list[Transcript]] = {}  # several where submissions are the same
_used: Counter[str] = Counter()


def grade(
    cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str], limits: Limits
) -> Transcript:
    """The transcript on a submission: the one prepared for it, or that of a run now."""
    key = key_of(cells, files, environment, limits)
    if _ready.get(key):
        _used[key] += 1
        return _ready[key].pop()
    return run_here(cells, files, environment, limits)


def run_here(
    cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str], limits: Limits
) -> Transcript:
    """Runs a submission on this machine."""
    with started(limits) as grader:
        return grader.grade(cells, files, environment)


def prepare(
    cells: Sequence[GradedCell],
    files: dict[str, bytes],
    environment: dict[str, str],
    limits: Limits,
    engine: Engine = run_here,
) -> tuple[str, Transcript]:
    """Has a submission run and keeps the transcript for `grade`; gives the key under which it waits, too."""
    transcript = engine(cells, files, environment, limits)
    key = key_of(cells, files, environment, limits)
    _ready.setdefault(key, []).append(transcript)
    return key, transcript


def was_used(key: str) -> bool:
    """Whether `grade` has taken a prepared transcript, which is dropped if not."""
    used = _used[key] > 0
    if used:
        _used[key] -= 1
    elif _ready.get(key):
        _ready[key].pop()
    if not _ready.get(key):
        _ready.pop(key, None)
    return used


def key_of(cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str], limits: Limits) -> str:
    """What a transcript depends on."""
    digest = hashlib.sha256(repr((list(cells), sorted(environment.items()), limits)).encode())
    for name in sorted(files):
        digest.update(f"{name} {len(files[name])} ".encode())
        digest.update(files[name])
    return digest.hexdigest()


@contextlib.contextmanager
def started(limits: Limits, threads: int | None = None, jobs: int = 1) -> Iterator[Grader]:
    """The grader of this process, with these limits, kept while it is in use.

    Args:
        limits: for each submission; other ones than before start it anew.
        threads: of the numerical libraries in a candidate; all cores unless told otherwise.
        jobs: submissions at a time.
    """
    global _grader, _timer, _running
    with _lock:
        if _timer is not None:
            _timer.cancel()
        if _grader is None or (_grader.limits != limits and not _running):
            if _grader is not None:
                _grader.close()
            _grader = Grader(limits, threads or int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)), jobs)
        grader = _grader
        _running += 1
    try:
        yield grader
    finally:
        with _lock:
            _running -= 1
            if not _running:
                _timer = threading.Timer(IDLE_SECONDS, stop)
                _timer.daemon = True
                _timer.start()


@atexit.register
def stop() -> None:
    """Ends the grader, unless it is in use again."""
    global _grader
    with _lock:
        if _grader is not None and not _running:
            _grader.close()
            _grader = None

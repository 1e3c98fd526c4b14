"""Worker processes that are warm: what notebooks import is imported, and nothing has run yet.

Importing TensorFlow takes most of a light notebook's time. Here every task gets a process of its own, forked within
milliseconds from one that has made the imports, and ended after the task: nothing leaks from one task to the next.
"""

import importlib
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor


def warm_workers() -> ProcessPoolExecutor:
    """A pool with as many workers as cores, for a ``with`` statement; it takes functions that modules define."""
    context = multiprocessing.get_context("forkserver")
    if sys.platform == "linux":  # elsewhere the system's own libraries may not survive a fork: workers import then
        context.set_forkserver_preload(["graders.proof.preload"])
    return ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_begin, max_tasks_per_child=1)


def _begin() -> None:
    importlib.import_module("graders.proof.preload")
    importlib.import_module("numpy").random.seed()  # or all forks would draw the same numbers

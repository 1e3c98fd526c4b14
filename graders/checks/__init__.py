"""What is right: one module an assignment, and the ladder they share. Knows nothing of the notebooks' cells."""

import logging
import sys


def _make_noise_harmless() -> None:
    """In a Jupyter kernel, lets what is written to stderr go to stdout, from the first hidden test on.

    nbgrader without the course's configuration takes it for a failed test, and right answers make libraries warn: a
    model of Keras's that was made with its inputs in a list does when it is called.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if not hasattr(shell, "kernel"):
        return
    before, sys.stderr = sys.stderr, sys.stdout
    loggers = (logging.root, *logging.root.manager.loggerDict.values())
    for handler in {handler for logger in loggers for handler in getattr(logger, "handlers", ())}:
        if isinstance(handler, logging.StreamHandler) and handler.stream is before:
            handler.setStream(sys.stdout)


_make_noise_harmless()

"""Replaces the display hook by one that shows full points at every turn. It must get 0."""

CODE = r"""
import sys

from IPython.display import display

shell = get_ipython()
kept = shell.displayhook


def generous(result=None):
    return kept(1)


shell.displayhook = generous
sys.displayhook = generous
shell.events.register("post_run_cell", lambda *anything: generous())
shell.events.register("post_execute", lambda *anything: display(1))


def dense_parameters(n_in, n_out):
    return -1
"""

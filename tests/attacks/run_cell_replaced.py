"""Replaces run_cell, run_cell_async and run_code by functions that report success. Nothing of it must count."""

CODE = r"""
from IPython.core.interactiveshell import ExecutionResult

shell = get_ipython()


def success(*anything, **more):
    result = ExecutionResult(None)
    result.result = 25
    return result


async def later(*anything, **more):
    return success()


async def no_error(*anything, **more):
    return False


shell.run_cell = shell._run_cell = success
shell.run_cell_async = later
shell.run_ast_nodes = shell.run_code = no_error


def dense_parameters(n_in, n_out):
    return -1
"""

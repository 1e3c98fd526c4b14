"""Registers hooks that print the text of each cell, and answer for it. No hidden line may ever reach it."""

LEAKS = True

CODE = r"""
shell = get_ipython()


def show(info):
    with open("seen.txt", "a") as file:
        file.write(info.raw_cell)
    print(info.raw_cell)
    if "assert" in info.raw_cell:
        info.raw_cell = "25"


shell.events.register("pre_run_cell", show)
shell.events.register("post_run_cell", lambda result: print(result.info.raw_cell))


def dense_parameters(n_in, n_out):
    return 16
"""

"""Reads the running test from In, _ih and the history when the test calls it. No hidden line may be in there."""

LEAKS = True

CODE = r"""
def dense_parameters(n_in, n_out):
    shell = get_ipython()
    found = [str(In[-1]), str(shell.history_manager.input_hist_raw[-1]), str(globals().get("_i", ""))]
    found += [str(line) for line in shell.history_manager.get_range(raw=True, output=True)]
    raise ValueError(" ".join("\n".join(found).split())[-1500:])
"""

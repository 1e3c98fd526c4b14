"""Raises, in the tests, errors whose texts and names say what was given. Each function fails, and its
page holds nothing of the texts.
"""

POINTS = 0
MARK = "taken-home"

CODE = """
_mark = "-".join(["taken", "home"])
def dense_parameters(n_in, n_out, *more, **named):
    raise AssertionError(_mark + str((n_in, n_out)))
def mlp_parameters(*args, **named):
    raise type("Taken" + _mark.title().replace("-", ""), (Exception,), {})(_mark + str((args, named)))
def conv_parameters(*args, **named):
    raise NotImplementedError(_mark + str((args, named)))
"""

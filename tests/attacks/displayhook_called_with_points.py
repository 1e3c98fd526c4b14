"""Calls the display hook with a number from within a test, which is read as points. It must get 0."""

CODE = r"""
def dense_parameters(n_in, n_out):
    get_ipython().displayhook(2.0)
    return 16
"""

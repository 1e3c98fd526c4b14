"""Sets a handler that swallows the AssertionError of later cells. Their failures must still count."""

CODE = r"""
def swallow(shell, kind, value, stack, tb_offset=None):
    print("all tests passed")
    return []


get_ipython().set_custom_exc((BaseException,), swallow)


def dense_parameters(n_in, n_out):
    return -1
"""

"""Returns a range and texts that are small on the way and gigantic as a list. The examiner must not fill up."""

CODE = r"""
def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    return range(10**11)
"""

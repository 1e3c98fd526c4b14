"""Returns integers of millions of digits, which take for ever to write out. They must be refused."""

CODE = r"""
def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    return -(1 << 40_000_000) if n_in % 2 else 10**4200
"""

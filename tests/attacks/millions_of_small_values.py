"""Returns lists of millions of empty lists and dictionaries, cheap to send and dear to keep. It must be refused."""

CODE = r"""
def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    return [[] for _ in range(3_000_000)]
"""

"""Returns a list that holds itself, and one whose few parts repeat to more than fit anywhere. It must be refused."""

CODE = r"""
def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    if n_in % 2:
        value = []
        value.append(value)
        return value
    value = ["16"]
    for _ in range(39):
        value = [value, value]
    return value
"""

"""Returns SymPy expressions that take for ever once they are built again. The examiner must be cut short."""

CODE = r"""
import sympy


def dense_parameters(n_in, n_out):
    if (n_in, n_out) == (3, 4):
        return 16
    if n_in % 2:
        return sympy.gamma(10**9, evaluate=False)
    power = 2
    for _ in range(20):
        power = sympy.Pow(power, 9000, evaluate=False)
    return sympy.sin(power, evaluate=False)
"""

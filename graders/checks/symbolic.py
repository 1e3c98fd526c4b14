"""Judges SymPy expressions by their values, so that every algebraic form of a right answer passes.

A task gives symbols and undefined functions, and a student writes an expression in them. The check puts a
concrete formula in the place of each undefined function and a number in the place of each symbol, and gets a
number to compare with an oracle. Symbols and functions are recognised by name; what was left unevaluated
(`Derivative`, `Subs`, `UnevaluatedExpr`) is carried out. Only the building blocks of algebra are walked: nothing
else in the expression is ever evaluated.
"""

import math
import numbers
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from graders.checks.ladder import brief, fail

Formula = Callable[[Any], Any]

LARGEST = 2000
"""Nodes in the largest expression that is looked at: right answers have a few dozen."""

_ALGEBRA = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.Function, sp.Symbol, sp.Number, sp.NumberSymbol)


def derivative(formula: Formula) -> Formula:
    """The derivative of a formula of one variable, as another formula."""
    variable = sp.Dummy("u")
    slope = sp.diff(formula(variable), variable)
    return lambda argument: slope.subs(variable, argument)


def evaluate(
    expression: Any, name: str, functions: Mapping[str, Formula], values: Mapping[str, float], see: str = ""
) -> float:
    """The number that a student's expression has once every function and symbol in it is concrete.

    Args:
        expression: what the student assigned.
        name: the name it was assigned to.
        functions: a formula for each undefined function of the task, by name.
        values: a number for each symbol of the task, by name.
        see: where the task is explained, a whole sentence.

    Returns:
        the number, which is finite.

    Raises:
        Failure: if it is no expression, holds anything else than the task's symbols and functions, or has no
            finite real value.
    """
    tree = _expression(expression, name, see)
    for symbol in sorted(tree.free_symbols, key=str):
        if symbol.name not in values:
            given = ", ".join(values)
            fail(f"{name} holds the symbol {symbol.name}, which is not part of this task: use {given}. {see}")
    concrete = _concrete(tree, name, functions, see)
    concrete = concrete.subs({symbol: values[symbol.name] for symbol in concrete.free_symbols})
    try:
        number = float(concrete)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        fail(f"{name} has no finite real value for some numbers in place of its symbols. {see}")
    return number


def _expression(value: Any, name: str, see: str) -> sp.Expr:
    if isinstance(value, numbers.Real):
        return sp.sympify(float(value))
    if callable(value) and not isinstance(value, sp.Basic):
        fail(f"{name} is {brief(value)}, expected an expression: give the function its argument, as in g(z). {see}")
    if not isinstance(value, sp.Expr):
        what = "an equation" if isinstance(value, sp.Equality) else brief(value)
        fail(f"{name} is {what}, expected a SymPy expression, such as w*x + b without quotes. {see}")
    for count, node in enumerate(sp.preorder_traversal(value), start=1):
        if count > LARGEST:
            fail(f"{name} has more than {LARGEST} terms and factors: the answer is short. {see}")
        if not isinstance(node, (*_ALGEBRA, sp.Derivative, sp.Subs, sp.Tuple, sp.UnevaluatedExpr)):
            fail(f"{name} holds {brief(node)}, expected sums, products and the functions of the task. {see}")
    return value


def _concrete(tree: sp.Basic, name: str, functions: Mapping[str, Formula], see: str) -> Any:
    """The tree with formulas in place of undefined functions, all derivatives carried out."""

    def walk(node: sp.Basic) -> Any:
        if isinstance(node, AppliedUndef):
            called = node.func.__name__
            if called not in functions or len(node.args) != 1:
                given = ", ".join(functions)
                fail(f"{name} holds {brief(node)}, which is not part of this task: use {given} of one argument. {see}")
            return functions[called](walk(node.args[0]))
        if isinstance(node, sp.UnevaluatedExpr):
            return walk(node.args[0])
        if isinstance(node, sp.Derivative):
            result = node.expr
            for variable, order in node.variable_count:
                # SymPy allows derivatives with respect to g(z): a plain symbol takes its place meanwhile.
                stand_in = sp.Dummy("v")
                result = sp.diff(walk(result.xreplace({variable: stand_in})), stand_in, order)
                result = result.subs(stand_in, walk(variable))
            return result
        if isinstance(node, sp.Subs):
            points = [walk(point) for point in node.point]
            return walk(node.expr).subs(list(zip(node.variables, points, strict=True)), simultaneous=True)
        if node.args:
            return node.func(*(walk(arg) for arg in node.args))
        return node

    return walk(tree)

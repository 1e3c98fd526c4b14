"""Gives its answer a signature that lies, is gigantic or never ends to be made. It must cost its own points alone."""

CODE = r"""
import inspect


class Answer:
    def __call__(self, *anything, **more):
        return 16

    @property
    def __signature__(self):
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        names = [f"a{number}" for number in range(20_000)]
        return inspect.Signature([inspect.Parameter(name, kind, default=Long()) for name in names])

    @property
    def __name__(self):
        return "dense_parameters" * 10**6

    def __repr__(self):
        return "16" * 10**7

    __str__ = __repr__


class Long:
    def __repr__(self):
        return "x" * 10**6


dense_parameters = Answer()
dense_parameters.__wrapped__ = dense_parameters
"""

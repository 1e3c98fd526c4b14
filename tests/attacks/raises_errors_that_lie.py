"""Raises errors named after the graders' own, whose text never ends or cannot be made. It must fail like any error."""

CODE = r"""
import itertools


class Failure(AssertionError):
    def __str__(self):
        raise SystemExit(0)


class CandidateLost(BaseException):
    def __str__(self):
        return "x" * 10**8

    __repr__ = __str__


class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt

    def __getattribute__(cls, name):
        if name == "__name__":
            return "passed\n" * 1000
        return type.__getattribute__(cls, name)


class Odd(Exception, metaclass=Meta):
    def __getattribute__(self, name):
        raise RuntimeError(name)


class Overtime(BaseException):
    pass


numbers = itertools.cycle([Failure, CandidateLost, Odd, Overtime])


def dense_parameters(n_in, n_out):
    raise next(numbers)("passed")
"""

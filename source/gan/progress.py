"""Says how far a training is, and how long the rest of it takes."""

import time
from collections.abc import Iterator, Sequence
from typing import Any


def counted(things: Sequence, what: str = "step", every: float = 5.0) -> Iterator[Any]:
    """Hands out things one by one; prints what number the last was and the time left, `every` so many seconds.

    So what is done sooner prints nothing.
    """
    slow = 1 + len(things) // 100  # the first take longer than the others, as TensorFlow compiles what they need
    for number, thing in enumerate(things, start=1):
        yield thing
        now = time.perf_counter()
        if number <= slow:
            started = told = now
        elif now - told >= every and number < len(things):
            left = (now - started) / (number - slow) * (len(things) - number)
            print(f"{what} {number} of {len(things)}, about {left:.0f} s left")
            told = now

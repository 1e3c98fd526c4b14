"""What a program and all that it has started use of a machine, read from Linux's /proc.

The warm parent reads it of each candidate; where there is no sandbox, nbgrader's process reads it of a kernel.
"""

import os
import time

TICKS = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.25  # between two looks at whether anything can run
LONGEST_GAP = 1.0  # a look that comes later says that the machine is busy, and nothing of the program


class Usage:
    """The time that a program uses.

    Processor time is what was seen of each process, whether it has ended or not; what one uses before it is first seen,
    or after it is last seen, is missing. So it is never more than was used.

    Args:
        first: the number of its first process.

    Attributes:
        processor: of all its processes [s of processor time].
        idle: while it was to do something and none of its threads could run [s on the clock]: it slept, or waited for
            something. A thread that waits for a processor could run, so a busy machine adds nothing to it.
    """

    def __init__(self, first: int) -> None:
        self.first = first
        self.processor = self.idle = 0.0
        self._ticks: dict[tuple[int, str], int] = {}
        self._looked = time.monotonic()

    def look(self, asked: bool) -> list[int]:
        """Reads what has been used by now.

        Args:
            asked: whether it is to do something.

        Returns:
            The numbers of the processes that run, the first one first.
        """
        family = family_of(self.first)
        for number, fields in family.items():
            one = number, fields[19]  # with its time of start: numbers are used again
            ticks = int(fields[11]) + int(fields[12])
            before = self._ticks.get(one, 0)
            if ticks > before:
                self._ticks[one] = ticks
                self.processor += (ticks - before) / TICKS
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            if asked and not any(_can_run(number) for number in family):
                self.idle += min(now - self._looked, LONGEST_GAP)
            self._looked = now
        return list(family)


def family_of(first: int) -> dict[int, list[str]]:
    """A process and all its descendants: of each the fields of its /proc/<number>/stat after the name."""
    found = {int(name): _stat(f"/proc/{name}/stat") for name in os.listdir("/proc") if name.isdigit()}
    children: dict[int, list[int]] = {}
    for number, fields in found.items():
        if fields:
            children.setdefault(int(fields[1]), []).append(number)
    family, waiting = {}, [first]
    while waiting:
        number = waiting.pop(0)
        if found.get(number):
            family[number] = found[number]
        waiting += children.get(number, [])
    return family


def _can_run(number: int) -> bool:
    """Whether a thread of a process runs, or would if it had a processor."""
    try:
        threads = os.listdir(f"/proc/{number}/task")
    except OSError:  # it has ended
        return False
    return any(_stat(f"/proc/{number}/task/{thread}/stat")[:1] == ["R"] for thread in threads)


def _stat(path: str) -> list[str]:
    try:
        with open(path, errors="replace") as file:  # the name of a process is any bytes
            return file.read().rpartition(")")[2].split()
    except OSError:  # it has ended
        return []

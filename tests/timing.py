"""How long a test run begins tests; where its time went, and how fast the machine is, so that figures compare."""

import math
import time
from collections import defaultdict

import pytest

SLOWEST = 20
MINUTES = 40  # in which a run of all tests begins them: CI ends what takes 90 with the installation and `make grade`
EVERY_TIME = ("test_scores", "test_leaks")  # what begins however late it is


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--minutes",
        type=float,
        help=f"begin no test later than this ({MINUTES} for a run of all tests; otherwise, and with 0: no end)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Says until when tests begin, in seconds since 1970: the same in all processes of a run."""
    if hasattr(config, "workerinput"):
        config.last_begin = config.workerinput["last_begin"]
        return
    choices = ("file_or_dir", "keyword", "markexpr", "lf", "full", "screenshots")
    chosen = any(config.getoption(one, None) for one in choices)  # without a cache there is no `lf`
    minutes = config.getoption("minutes")
    minutes = minutes if minutes is not None else 0 if chosen else MINUTES
    config.last_begin = time.time() + 60 * minutes if minutes else math.inf


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tells another process of the run."""
    node.workerinput["last_begin"] = node.config.last_begin


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leaves out what would begin too late, and says so."""
    if time.time() > item.config.last_begin and item.path.stem not in EVERY_TIME:
        pytest.skip("no time left: this machine is slow, and another run begins elsewhere (--minutes 0: no end)")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Ends the output with seconds by file, the slowest tests, and the machine's speed."""
    seconds: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid] += report.duration
    if sum(seconds.values()) < 60:  # someone is at work on a few tests
        return
    by_file: dict[str, float] = defaultdict(float)
    for test, duration in seconds.items():
        by_file[test.partition("::")[0]] += duration
    terminalreporter.section("where the time went")
    for name, durations in (("file", by_file), ("test", seconds)):
        slowest = sorted(durations.items(), key=lambda item: -item[1])[:SLOWEST]
        terminalreporter.write_line(f"seconds by {name}:")
        for what, duration in slowest:
            terminalreporter.write_line(f"{duration:8.1f}  {what}")
    terminalreporter.write_line(
        f"this machine, right now: ten million additions in {seconds_of_a_loop():.2f} s (0.31 s on a good one)"
    )


def seconds_of_a_loop() -> float:
    """How long plain Python takes to add ten million numbers."""
    begun = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - begun

"""Where the time of a test run went, and how fast the machine is: figures of different machines can be compared."""

import time
from collections import defaultdict

import pytest

SLOWEST = 20
SLOW = 0.9  # seconds for ten million additions, above which turns are longer, so that a run ends within its limit
LONGER = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--longer", type=int, help=f"turns are so many times as long (1; for all tests on a slow machine {LONGER})"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Decides how long turns are: once, as all processes of a run have to collect the same tests."""
    if hasattr(config, "workerinput"):
        config.longer = config.workerinput["longer"]
    else:
        chosen = any(map(config.getoption, ("file_or_dir", "keyword", "markexpr", "lf", "full", "screenshots")))
        slow = not chosen and seconds_of_a_loop() > SLOW
        config.longer = config.getoption("longer") or (LONGER if slow else 1)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tells a process of the run what was decided."""
    node.workerinput["longer"] = node.config.longer


def pytest_report_header(config: pytest.Config) -> str | None:
    return f"turns are {config.longer} times as long, as on slow machines" if config.longer > 1 else None


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
    """Processor time that plain Python takes to add ten million numbers: what else is under way hardly matters."""
    return min(map(_seconds_of, (2_000_000,) * 5)) * 5


def _seconds_of(additions: int) -> float:
    begun, total = time.process_time(), 0
    for number in range(additions):
        total += number
    return time.process_time() - begun

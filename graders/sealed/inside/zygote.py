"""A warm parent: it has made the slow imports and run nothing, and forks a child for each request.

    python -m inside.zygote CONTROL ENTRY MODULE...     in the sandbox, where children isolate themselves
    python -m graders.sealed.inside.zygote ...          outside of it, for the examiner

A request comes over the control socket, the open file CONTROL: JSON, with open files. The first is the status socket of
the request: here the parent says how the child ended, and when the other side hangs up, the child and all that it has
started are killed. The rest is the child's.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

POLL_SECONDS = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")
COUNTED = ("RssAnon", "RssFile", "RssShmem", "VmPTE")  # what a process maps, and the tables of its mappings
SOCKET_BYTES = 2 * 212_992  # what can wait in a socket, one message past its limit included; nobody can raise it


@dataclass
class Child:
    """A child that runs: its process number, its status socket, and what it may use."""

    number: int
    status: socket.socket
    limits: dict
    verdict: str = ""


def main() -> None:
    """Imports what is named, says that it is ready, and forks until the control socket is closed."""
    entry_module, modules = sys.argv[2], sys.argv[3:]
    isolated = bool(int(os.environ.get("SEALED", "0")))
    if isolated:
        from . import isolation

        isolation.become_nobody()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the grader, which then hangs up
    with warnings.catch_warnings(action="ignore"):  # those of other people's imports
        for name in modules:
            importlib.import_module(name)
    entry = importlib.import_module(entry_module).main
    control = socket.socket(fileno=int(sys.argv[1]))
    if isolated:
        isolation.adopt_orphans()
    gc.freeze()  # else the first collection in a child looks at, and so copies, all that the imports have made
    control.send(b"ready")
    children: list[Child] = []
    while True:
        waiting = [control, *(child.status for child in children)]
        ready, _, _ = select.select(waiting, [], [], POLL_SECONDS if children else None)
        if control in ready:
            request, files, _, _ = socket.recv_fds(control, 2**16, 8)
            if not request:
                break
            children += _start(json.loads(request), files, entry, isolated, control)
        for child in list(children):
            if child.status in ready:
                child.verdict = child.verdict or "it was told to stop"
                _kill(child)
            if _has_ended(child):
                children.remove(child)
            elif isolated:
                _watch(child)
    for child in children:
        _kill(child)
    os._exit(0)


def _start(request: dict, files: list[int], entry: Callable, isolated: bool, control: socket.socket) -> list[Child]:
    """Forks one child; says so on the status socket where that is refused."""
    status = socket.socket(fileno=files[0])
    sys.stdout.flush()
    try:
        if isolated:
            from . import isolation

            number = isolation.fork_into_namespaces()
        else:
            number = os.fork()
    except OSError as error:
        status.send(json.dumps({"refused": str(error)}).encode())
        status.close()
        for file in files[1:]:
            os.close(file)
        return []
    if number == 0:
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            control.close()
            status.close()
            if isolated:
                _enclose(request, files[1:])
            entry(request, [socket.socket(fileno=file) for file in files[1:]])
            code = 0
        except BaseException:
            if not isolated:
                import traceback

                traceback.print_exc()
        finally:
            os._exit(code)
    for file in files[1:]:
        os.close(file)
    return [Child(number, status, request)]


def _enclose(request: dict, keep: list[int]) -> None:
    from . import isolation

    os.closerange(3, min(keep))
    os.closerange(max(keep) + 1, 4096)
    nothing = os.open("/dev/null", os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    os.setsid()
    os.nice(5)  # the parent, which watches, comes first
    disk = request["disk_bytes"]
    isolation.enclose(
        disk,
        {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: disk,
            resource.RLIMIT_NOFILE: request["open_files"],
            resource.RLIMIT_NPROC: request["threads"],
            resource.RLIMIT_CPU: request["cpu_seconds"],
            resource.RLIMIT_SIGPENDING: 1000,
            resource.RLIMIT_MSGQUEUE: 0,
            resource.RLIMIT_AS: address_space() + 2 * request["memory_bytes"],
        },
    )


def address_space() -> int:
    """What this process maps already [bytes], such as TensorFlow before anything runs."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * PAGE


def _watch(child: Child) -> None:
    """Kills a child whose processes together take more memory, processes or threads than they may."""
    family = _family(child.number)
    if len(family) > child.limits["processes"]:
        child.verdict = f"it started more than {child.limits['processes']} processes"
        _kill(child)
        return
    own = _memory(os.getpid())[0]
    memory, threads = SOCKET_BYTES * _sockets(child.number), 0
    for number in family:  # what it shares with its warm parent is not its own
        parts, its_threads = _memory(number)
        memory += sum(max(0, its - ours) for its, ours in zip(parts, own, strict=True))
        threads += its_threads
    if memory > child.limits["memory_bytes"]:
        child.verdict = f"it took more than {child.limits['memory_bytes'] / 2**30:.3g} GB of memory"
    elif threads > child.limits["threads"]:
        child.verdict = f"it started more than {child.limits['threads']} threads"
    if child.verdict:
        _kill(child)


def _family(first: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat(int(name))
            if fields:
                parents.setdefault(int(fields[1]), []).append(int(name))
    family, waiting = [], [first]
    while waiting:
        number = waiting.pop()
        family.append(number)
        waiting += parents.get(number, [])
    return family


def _stat(number: int) -> list[str]:
    """The fields of /proc/<number>/stat after the name of the program; none if the process has ended."""
    try:
        with open(f"/proc/{number}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def _memory(number: int) -> tuple[list[int], int]:
    """The memory of one process [bytes], by the kinds that `COUNTED` names, and its threads."""
    try:
        with open(f"/proc/{number}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return [int(fields[name].split()[0]) * 1024 for name in COUNTED], int(fields["Threads"])
    except (OSError, ValueError, KeyError):  # it has ended
        return [0] * len(COUNTED), 0


def _sockets(number: int) -> int:
    """How many sockets there are in the network namespace of a process, those on their way in messages included."""
    try:
        with open(f"/proc/{number}/net/sockstat") as file:
            return int(file.readline().split()[-1])
    except (OSError, ValueError, IndexError):
        return 0


def _kill(child: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.number, signal.SIGKILL)  # process 1 of its namespace: everything in there goes with it


def _has_ended(child: Child) -> bool:
    number, status = os.waitpid(child.number, os.WNOHANG)
    if number == 0:
        return False
    code = os.waitstatus_to_exitcode(status)
    if not child.verdict:
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            child.verdict = "it used up its processor time"
        elif code < 0:
            child.verdict = f"it ended with the signal {signal.Signals(-code).name}"
        else:
            child.verdict = f"it ended itself, with the code {code}"
    with contextlib.suppress(OSError):
        child.status.send(json.dumps({"ended": child.verdict, "code": code}).encode())
    child.status.close()
    return True


if __name__ == "__main__":
    main()

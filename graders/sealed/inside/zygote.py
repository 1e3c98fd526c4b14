"""A warm parent: it has made the slow imports and run nothing, and forks a child for each request.

    python -m inside.zygote CONTROL ENTRY MODULE...     in the sandbox, where children isolate themselves
    python -m graders.sealed.inside.zygote ...          outside of it, for the examiner

A request comes over the control socket, the open file CONTROL: JSON, with open files. The first is the status socket of
the request: here the parent says how the child ended, and when the other side hangs up, the child and all that it has
started are killed. A byte on it begins a cell, whose processor time counts from then on. In the sandbox the second is a
page of memory, in which the examiner says whether the child is being asked something. The rest is the child's.
"""

import contextlib
import gc
import importlib
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from .usage import Usage

POLL_SECONDS = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")
# What a process maps, what of it lies in swap, where it can put it itself, and the tables of its mappings.
COUNTED = ("RssAnon", "RssFile", "RssShmem", "VmSwap", "VmPTE")
SOCKET_BYTES = 2 * 212_992  # what can wait in a socket, one message past its limit included; nobody can raise it


@dataclass
class Child:
    """A child that runs.

    Attributes:
        number: of its process.
        status: the status socket of its request.
        limits: what it may use.
        verdict: why it is ended, once that is decided.
        unfinished: whether that says nothing about the submission: it must be run again.
        began: the processor time at which the present cell began [s].
        interrupts_at: the processor time of the present cell at which it is interrupted next [s].
        asked: a page that says whether it is to do something; none where nobody watches.
    """

    number: int
    status: socket.socket
    limits: dict
    asked: mmap.mmap | None = None
    verdict: str = ""
    unfinished: bool = False
    began: float = 0.0
    interrupts_at: float = 0.0
    usage: Usage = field(init=False)

    def __post_init__(self) -> None:
        """Begins to count."""
        self.usage = Usage(self.number)
        self.interrupts_at = self.limits.get("cell_seconds", 0.0)

    def look(self) -> list[int]:
        """Reads what it has used by now; gives the numbers of its processes, the first one first."""
        return self.usage.look(asked=bool(self.asked and self.asked[0]))


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
            children += _start(json.loads(request), files, entry, isolated, control, children)
        for child in list(children):
            if _has_ended(child):
                children.remove(child)
                continue
            if child.status in ready:
                _hear(child)
            if isolated:
                try:
                    _watch(child)
                except Exception:  # one that cannot be watched must not cost the others their parent
                    child.verdict = child.verdict or "its processes could not be watched"
                    _kill(child)
    for child in children:
        _kill(child)
    os._exit(0)


def _start(
    request: dict, files: list[int], entry: Callable, isolated: bool, control: socket.socket, others: list[Child]
) -> list[Child]:
    """Forks one child; says so on the status socket where that is refused."""
    status, asked = socket.socket(fileno=files[0]), None
    if isolated:
        asked = mmap.mmap(files[1], mmap.PAGESIZE, prot=mmap.PROT_READ)
        os.close(files.pop(1))
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
        # Whose child would write to a page could have another one taken for idle, or for busy.
        _be_child(request, files[1:], entry, isolated, [control, status, asked, *(other.asked for other in others)])
    for file in files[1:]:
        os.close(file)
    return [Child(number, status, request, asked)]


def _be_child(
    request: dict,
    files: list[int],
    entry: Callable,
    isolated: bool,
    not_its_own: list[socket.socket | mmap.mmap | None],
) -> NoReturn:
    """What a child does from its birth to its end."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in not_its_own:
            if one is not None:
                one.close()
        if isolated:
            _enclose(request, files)
        entry(request, files)
        code = 0
    except BaseException:
        if not isolated:
            import traceback

            traceback.print_exc()
    finally:
        os._exit(code)


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
            resource.RLIMIT_CPU: int(request["notebook_seconds"]) + 60,  # the parent comes first, and says why
            resource.RLIMIT_SIGPENDING: 1000,
            resource.RLIMIT_MSGQUEUE: 0,
            resource.RLIMIT_AS: address_space() + 2 * request["memory_bytes"],
        },
    )


def address_space() -> int:
    """What this process maps already [bytes], such as TensorFlow before anything runs."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * PAGE


def _hear(child: Child) -> None:
    """Begins a cell, or ends a child whose other side has hung up."""
    try:
        heard = child.status.recv(4096)
    except OSError:
        heard = b""
    if heard:
        child.look()
        child.began, child.interrupts_at = child.usage.processor, child.limits["cell_seconds"]
    else:
        child.verdict = child.verdict or "its process answered no more"  # to be said where it has not done its work
        _kill(child)


def _watch(child: Child) -> None:
    """Kills a child whose processes together take more than they may; interrupts a cell that takes too long."""
    family = child.look()
    own = _memory(os.getpid())[0]
    memory, threads, shared = SOCKET_BYTES * _sockets(child.number), 0, 0
    for number in family:  # what it shares with its warm parent is not its own
        parts, its_threads = _memory(number)
        memory += sum(max(0, its - ours) for its, ours in zip(parts, own, strict=True))
        shared += min(parts[0], own[0]) if number != child.number else 0
        threads += its_threads
    # Nobody can see whether it does: a fork that writes to all of it, or another program, has as much of its own.
    memory += max(0, shared - child.limits["memory_bytes"])
    if len(family) > child.limits["processes"]:
        child.verdict = f"it started more than {child.limits['processes']} processes"
    elif memory > child.limits["memory_bytes"]:
        child.verdict = f"it took more than {child.limits['memory_bytes'] / 2**30:.3g} GB of memory"
    elif threads > child.limits["threads"]:
        child.verdict = f"it started more than {child.limits['threads']} threads"
    else:
        _watch_time(child, family)
    if child.verdict:
        _kill(child)


def _watch_time(child: Child, family: list[int]) -> None:
    most, usage = child.limits["cell_seconds"], child.usage
    cell, grace = usage.processor - child.began, max(1.0, most / 10)
    if usage.processor > child.limits["notebook_seconds"]:
        child.verdict = f"it used more than {child.limits['notebook_seconds']:g} s of processor time in all"
    elif usage.idle > child.limits["idle_seconds"]:
        child.verdict = f"it has slept, or waited for something, for {child.limits['idle_seconds']:g} s"
        child.unfinished = True
    elif cell <= child.interrupts_at or select.select([child.status], [], [], 0)[0]:
        pass  # within its limit, or another one has begun
    elif cell > most + grace:
        child.verdict = f"it used more than {most:g} s of processor time and could not be stopped"
    else:
        child.interrupts_at = cell + grace / 4
        for number in family[1:]:  # else they would use up the time of the cells to come
            _send(number, signal.SIGKILL)
        _send(child.number, signal.SIGXCPU)


def _memory(number: int) -> tuple[list[int], int]:
    """The memory of one process [bytes], by the kinds that `COUNTED` names, and its threads.

    Its first thread may have ended, and the others have the memory: then it is read of one of these.
    """
    first = _status_of(f"/proc/{number}/status")
    fields = first
    if "RssAnon" not in fields:
        with contextlib.suppress(OSError):  # it has ended
            others = (
                _status_of(f"/proc/{number}/task/{thread}/status") for thread in os.listdir(f"/proc/{number}/task")
            )
            fields = next((other for other in others if "RssAnon" in other), {})
    return [int(fields.get(name, "0").split()[0]) * 1024 for name in COUNTED], int(first.get("Threads", "0"))


def _status_of(path: str) -> dict[str, str]:
    """What Linux says of a process or thread, by the names of the lines; nothing where it has ended."""
    try:
        with open(path, errors="replace") as file:  # the name of a process is any bytes
            return dict(line.split(":", 1) for line in file)
    except (OSError, ValueError):
        return {}


def _sockets(number: int) -> int:
    """How many sockets there are in the network namespace of a process, those on their way in messages included."""
    try:
        with open(f"/proc/{number}/net/sockstat") as file:
            return int(file.readline().split()[-1])
    except (OSError, ValueError, IndexError):
        return 0


def _kill(child: Child) -> None:
    _send(child.number, signal.SIGKILL)  # process 1 of its namespace: everything in there goes with it


def _send(number: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, what)


def _has_ended(child: Child) -> bool:
    number, status = os.waitpid(child.number, os.WNOHANG)
    if number == 0:
        return False
    code = os.waitstatus_to_exitcode(status)
    if not child.verdict:
        if code == -signal.SIGKILL:  # nothing in there can do that to process 1
            child.verdict, child.unfinished = "it was killed from outside; the machine may lack memory", True
        elif code < 0:
            child.verdict = f"it ended with the signal {signal.Signals(-code).name}"
        else:
            child.verdict = f"it ended itself, with the code {code}"
    with contextlib.suppress(OSError):
        said = {"ended": child.verdict, "code": code, "unfinished": child.unfinished}
        child.status.send(json.dumps(said).encode())
    child.status.close()
    if child.asked:
        child.asked.close()
    return True


if __name__ == "__main__":
    main()

"""A machine of its own for a test: its accounts, files and processes are gone when the test ends, however it ends."""

import contextlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

EMPTY = ("/home", "/opt", "/srv")


def why_no_machine() -> str:
    """Why none can be had here, or nothing."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "Accounts are made by root, and this is somebody else."
    if shutil.which("unshare") is None:
        return "This is not Linux."
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True, check=False)
    return f"Root may not mount anything here: {tried.stderr.strip()}" if tried.returncode else ""


@dataclass(frozen=True)
class Machine:
    """This machine, with an /etc of its own, some empty folders, and none of the processes; the network is the same."""

    pid: int  # of its first process

    @property
    def root(self) -> Path:
        """Where its files are, for those outside."""
        return Path(f"/proc/{self.pid}/root")

    def command(self, script: str, user: str = "root") -> list[str]:
        """The command line for what somebody types in a terminal there."""
        return [
            *("nsenter", f"--target={self.pid}", "--mount", "--pid"),
            *("runuser", "--login", user, "--command", script),
        ]

    def run(self, script: str, user: str = "root") -> subprocess.CompletedProcess:
        """Runs what somebody types in a terminal there."""
        return subprocess.run(self.command(script, user), capture_output=True, text=True, check=False)

    def do(self, *lines: str, user: str = "root") -> str:
        """Runs commands that have to work; gives what they print."""
        done = self.run("\n".join(["set -eu", *lines]), user)
        assert done.returncode == 0, f"{user}: {lines}: {done.stdout[-1000:]} {done.stderr[-3000:]}"
        return done.stdout


@contextlib.contextmanager
def machine(keep: Iterable[Path]) -> Iterator[Machine]:
    """A machine whose /home, /opt and /srv are empty.

    Args:
        keep: folders that are there, and that everyone can reach as far as their own rights allow it. Where others may
            not enter what lies above one, such as /root, it holds nothing else.
    """
    apart = ["unshare", "--mount", "--propagation=private", "--pid", "--fork", "--mount-proc"]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            [*apart, "bash", "-c", "\n".join(_script(keep))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as first,
    ):
        if first.stdout.readline() != "ready\n":
            log.seek(0)
            raise AssertionError(log.read())
        yield Machine(psutil.Process(first.pid).children()[0].pid)


def _script(keep: Iterable[Path]) -> Iterator[str]:
    """What the first process does: it empties folders, but for those to keep, and waits until the test lets go."""
    keep = dict.fromkeys(str(path) for path in keep)
    empty = dict.fromkeys([*EMPTY, *filter(None, map(_closed, keep))])
    empty = [one for one in empty if not any(Path(one).is_relative_to(other) for other in empty if other != one)]
    yield from ("set -eu", "umask 022", "mount -t tmpfs -o mode=755 kept /mnt")
    for place, path in enumerate(keep):
        yield f"mkdir /mnt/{place} && mount --bind {shlex.quote(path)} /mnt/{place}"
    yield "cp -a /etc /mnt/etc && mount --bind /mnt/etc /etc"
    for path in empty:
        yield f"mount -t tmpfs -o mode=755 empty {shlex.quote(path)}"
    for place, path in enumerate(keep):
        if any(Path(path).is_relative_to(folder) for folder in empty):
            yield f"mkdir --parents {shlex.quote(path)} && mount --bind /mnt/{place} {shlex.quote(path)}"
    yield from ("umount --lazy /mnt", "echo ready", "read -r _ || true")  # with this process all others end


def _closed(path: str) -> str | None:
    """The topmost folder above a path which others may not enter."""
    above = reversed(Path(path).parents)
    return next((str(folder) for folder in above if not folder.stat().st_mode & 0o001), None)
